/*
 * cxx.cpp - a parser that takes a std::istream, over a file and over memory.
 *
 *     cxx PICTURE.png
 *
 * It reads the chunks of a picture; what it says of them is formatted into
 * memory by a std::ostream, and read from there as lines.
 */
#include <rill/stream.hpp>

#include <iostream>
#include <stdexcept>

/* A number of four bytes, the highest first. */
static std::uint32_t number(std::istream &in)
{
    std::uint32_t n = 0;

    for (int i = 0; i < 4; i++)
        n = n << 8 | static_cast<std::uint32_t>(in.get());
    return n;
}

/* Describe a picture: size, chunks. Any std::istream will do. */
static void describe(std::istream &in, std::ostream &out)
{
    std::string name(8, '\0');
    std::int64_t size = 8;
    std::uint32_t len;

    in.read(name.data(), 8);
    if (name != "\x89PNG\r\n\x1a\n")
        throw std::runtime_error("not a picture");
    for (name.resize(4); name != "IEND"; size += len + 12) {
        len = number(in);
        in.read(name.data(), 4);
        if (name == "IHDR") {
            std::uint32_t width = number(in), height = number(in);

            out << width << " x " << height << " pixels\n";
            in.seekg(-8, std::ios::cur);
        }
        in.seekg(len + 4, std::ios::cur);
        if (!in)
            throw std::runtime_error("cut short");
    }
    in.seekg(0, std::ios::end);
    out << (in.tellg() == size ? "whole" : "there is more") << '\n';
}

int main(int argc, char **argv)
{
    try {
        auto file = rillpp::stream::open(argc > 1 ? argv[1] : "picture.png");
        auto memory = rillpp::stream::open_mem_copy(file.read_all());
        auto report = rillpp::stream::open_mem();
        rillpp::ostream out(report);

        file.seek(0);
        rillpp::istream from_file(file), from_memory(memory);
        describe(from_file, out << "file: ");
        describe(from_memory, out << "memory: ");
        out.close();

        report.seek(0);
        for (std::string_view line : report.lines())
            std::cout << line;
    } catch (const std::exception &e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
