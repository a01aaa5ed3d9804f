/*
 * cxx.cpp (bench) - the standard library's streams over memory and files, with
 * their own buffers and with Rill's: lines, characters, blocks, numbers. A
 * stringstream copies the text that it reads, as it must; a view borrows it.
 */
#include <rill/stream.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>

extern "C" {
#define _Noreturn [[noreturn]] /* as C++ says it */
#include "side_by_side.h"
}

static const char path[] = "bench_cxx.tmp";
static std::string text;

/* What is measured. */

static void lines(std::istream &in)
{
    std::string line;
    std::size_t sum = 0;

    while (std::getline(in, line))
        sum += line.size() + 1;
    if (sum != text.size())
        give_up("lines");
}

static void characters(std::istream &in)
{
    std::istreambuf_iterator<char> at(in), end;
    std::size_t sum = 0;

    for (; at != end; ++at)
        sum += *at == '\n';
    if (sum == 0)
        give_up("characters");
}

static void blocks(std::istream &in)
{
    char block[64];
    std::size_t sum = 0;

    while (in.read(block, sizeof(block)) || in.gcount() > 0)
        sum += static_cast<std::size_t>(in.gcount());
    if (sum != text.size())
        give_up("blocks");
}

static void numbers(std::ostream &out)
{
    for (int i = 0; i < 100000; i++)
        out << i << ' ';
    if (!out.flush())
        give_up("numbers");
}

static void put_blocks(std::ostream &out)
{
    for (std::size_t at = 0; at + 64 <= text.size(); at += 64)
        out.write(text.data() + at, 64);
    if (!out.flush())
        give_up("blocks");
}

/* Over what. */

template <void (*Reads)(std::istream &)> void memory_own(void *)
{
    std::istringstream in(text);

    Reads(in);
}

template <void (*Reads)(std::istream &)> void memory_ours(void *)
{
    rillpp::istream in(rillpp::stream::open_view(text));

    Reads(in);
}

template <void (*Reads)(std::istream &)> void file_own(void *)
{
    std::ifstream in(path, std::ios::binary);

    Reads(in);
}

template <void (*Reads)(std::istream &)> void file_ours(void *)
{
    rillpp::istream in(rillpp::stream::open(path));

    Reads(in);
}

template <void (*Writes)(std::ostream &)> void written_own(void *)
{
    std::ostringstream out;

    Writes(out);
}

template <void (*Writes)(std::ostream &)> void written_ours(void *)
{
    rillpp::ostream out(rillpp::stream::open_mem());

    Writes(out);
}

int main()
{
    const std::size_t size = 4 << 20;

    for (unsigned i = 0; text.size() < size; i++)
        text += "line " + std::to_string(i * 2654435761u) + " of a log\n";
    std::ofstream(path, std::ios::binary) << text;

    side_by_side("getline: stringstream, Rill", text.size(), memory_own<lines>,
                 memory_ours<lines>, nullptr);
    side_by_side("getline: fstream, Rill", text.size(), file_own<lines>,
                 file_ours<lines>, nullptr);
    side_by_side("characters: stringstream, Rill", text.size(),
                 memory_own<characters>, memory_ours<characters>, nullptr);
    side_by_side("characters: fstream, Rill", text.size(), file_own<characters>,
                 file_ours<characters>, nullptr);
    side_by_side("blocks of 64: stringstream, Rill", text.size(),
                 memory_own<blocks>, memory_ours<blocks>, nullptr);
    side_by_side("blocks of 64: fstream, Rill", text.size(), file_own<blocks>,
                 file_ours<blocks>, nullptr);
    side_by_side("write blocks of 64: stringstream, Rill", text.size(),
                 written_own<put_blocks>, written_ours<put_blocks>, nullptr);
    side_by_side("<< 100000 numbers: stringstream, Rill", 588890,
                 written_own<numbers>, written_ours<numbers>, nullptr);
    std::remove(path);
}
