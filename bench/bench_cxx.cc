/*
 * bench_cxx.cc - the C++ standard library (libstdc++): string and file
 * streams, used through their streambuf, which is the fastest documented way;
 * as a variant std::string itself. Files have a buffer as large as Rill's.
 */
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "bench.h"

namespace
{

const char *record_of(std::size_t i)
{
    return reinterpret_cast<const char *>(bench_records[i % BENCH_RECORDS]);
}

/* ---- Memory ----------------------------------------------------------- */

void finish(bench_job *j, const std::string &value, std::size_t rep,
            bench_checker *check)
{
    if (rep + 1 == j->reps) {
        bench_stop(j);
        check(j, value.data(), value.size());
        bench_start(j);
    }
}

void write_mem(bench_job *j)
{
    const auto size = static_cast<std::streamsize>(j->size);

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::ostringstream out;
        std::streambuf *buf = out.rdbuf();
        for (std::size_t i = 0, n = j->n; i < n; i++)
            buf->sputn(record_of(i), size);
        finish(j, std::move(out).str(), r, bench_check_records);
    }
    bench_stop(j);
}

BENCH_INLINE void append_records(bench_job *j, const std::size_t size)
{
    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::string out;
        for (std::size_t i = 0, n = j->n; i < n; i++)
            out.append(record_of(i), size);
        finish(j, out, r, bench_check_records);
    }
    bench_stop(j);
}

void write_mem_string(bench_job *j)
{
    BENCH_BY_SIZE(j, append_records);
}

void putc_mem(bench_job *j)
{
    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::ostringstream out;
        std::streambuf *buf = out.rdbuf();
        for (std::size_t i = 0, n = j->n; i < n; i++)
            buf->sputc(static_cast<char>(i));
        finish(j, std::move(out).str(), r, bench_check_putc);
    }
    bench_stop(j);
}

void putc_mem_string(bench_job *j)
{
    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::string out;
        for (std::size_t i = 0, n = j->n; i < n; i++)
            out.push_back(static_cast<char>(i));
        finish(j, out, r, bench_check_putc);
    }
    bench_stop(j);
}

void grow_mem(bench_job *j)
{
    const auto *block = reinterpret_cast<const char *>(bench_data(BENCH_BLOCK));

    bench_start(j);
    {
        std::ostringstream out;
        std::streambuf *buf = out.rdbuf();
        for (std::size_t at = 0; at < j->size; at += BENCH_BLOCK)
            buf->sputn(block, BENCH_BLOCK);
        finish(j, std::move(out).str(), 0, bench_check_blocks);
    }
    bench_stop(j);
}

void grow_mem_string(bench_job *j)
{
    const auto *block = reinterpret_cast<const char *>(bench_data(BENCH_BLOCK));

    bench_start(j);
    {
        std::string out;
        for (std::size_t at = 0; at < j->size; at += BENCH_BLOCK)
            out.append(block, BENCH_BLOCK);
        finish(j, out, 0, bench_check_blocks);
    }
    bench_stop(j);
}

BENCH_INLINE std::uint64_t get_records(std::streambuf *buf, std::size_t n,
                                       const std::size_t size)
{
    const auto wanted = static_cast<std::streamsize>(size);
    char record[256];
    std::uint64_t sum = 0;

    for (std::size_t i = 0; i < n; i++) {
        if (buf->sgetn(record, wanted) != wanted)
            break;
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    return sum;
}

std::uint64_t get_bytes(std::streambuf *buf)
{
    std::uint64_t sum = 0;

    for (int c; (c = buf->sbumpc()) != EOF;)
        sum += static_cast<unsigned>(c);
    return sum;
}

std::uint64_t get_lines(std::istream &in)
{
    std::string line;
    std::uint64_t sum = 0;

    while (std::getline(in, line)) /* cuts the newline off */
        sum += bench_line_sum(line.data(), line.size() + 1);
    return sum;
}

/* A stream over a copy of the data, as libstdc++ has no other. */
std::istringstream over_memory(const void *data, std::size_t len)
{
    return std::istringstream(
        std::string(static_cast<const char *>(data), len));
}

void read_mem(bench_job *j)
{
    const std::size_t len = j->n * j->size;
    std::istringstream in = over_memory(bench_data(len), len);
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        in.rdbuf()->pubseekpos(0);
        sum += get_records(in.rdbuf(), j->n, j->size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
}

void getc_mem(bench_job *j)
{
    std::istringstream in = over_memory(bench_data(j->n), j->n);
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        in.rdbuf()->pubseekpos(0);
        sum += get_bytes(in.rdbuf());
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

void lines_mem(bench_job *j)
{
    std::size_t len;
    const char *text = bench_lines(j->n, &len);
    std::istringstream in = over_memory(text, len);
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        in.clear();
        in.seekg(0);
        sum += get_lines(in);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

std::uint64_t random_reads(bench_job *j, std::streambuf *buf)
{
    char record[64];
    std::uint64_t state = 1, sum = 0;

    for (std::size_t i = 0, n = j->n; i < n; i++) {
        buf->pubseekpos(
            static_cast<std::streamoff>(bench_offset(&state, j->size)));
        if (buf->sgetn(record, sizeof record) == sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    return sum;
}

void rand_mem(bench_job *j)
{
    std::istringstream in = over_memory(bench_data(j->size), j->size);

    bench_start(j);
    const std::uint64_t sum = random_reads(j, in.rdbuf());
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

void create(bench_job *j)
{
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t i = 0, n = j->n; i < n; i++) {
        std::ostringstream out;
        out.rdbuf()->sputn(record_of(i), 11);
        const std::string value = std::move(out).str();
        sum += value.size() + static_cast<unsigned char>(value[0]);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

void create_string(bench_job *j)
{
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t i = 0, n = j->n; i < n; i++) {
        std::string out;
        out.append(record_of(i), 11);
        BENCH_KEEP(out);
        sum += out.size() + static_cast<unsigned char>(out[0]);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

void many(bench_job *j)
{
    std::vector<std::unique_ptr<std::ostringstream>> streams(j->n);

    std::make_unique<std::ostringstream>();
    const std::size_t before = bench_resident();
    for (auto &s : streams) {
        s = std::make_unique<std::ostringstream>();
        s->rdbuf()->sputn(record_of(0), static_cast<std::streamsize>(j->size));
    }
    j->value = static_cast<double>(bench_resident() - before) /
                   static_cast<double>(j->n) -
               static_cast<double>(j->size);
}

/* ---- Files ------------------------------------------------------------ */

char large[BENCH_BUFFER];

void open_file(std::filebuf &f, const char *path, std::ios::openmode mode)
{
    f.pubsetbuf(large, sizeof large);
    if (!f.open(path, mode | std::ios::binary))
        std::exit(1);
}

void write_file(bench_job *j)
{
    const auto size = static_cast<std::streamsize>(j->size);

    for (std::size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        std::filebuf f;
        open_file(f, j->path, std::ios::out);
        for (std::size_t i = 0, n = j->n; i < n; i++)
            f.sputn(record_of(i), size);
        bench_check(j, f.close() != nullptr);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_records);
}

void putc_file(bench_job *j)
{
    for (std::size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        std::filebuf f;
        open_file(f, j->path, std::ios::out);
        for (std::size_t i = 0, n = j->n; i < n; i++)
            f.sputc(static_cast<char>(i));
        bench_check(j, f.close() != nullptr);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

void read_file(bench_job *j)
{
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::filebuf f;
        open_file(f, j->path, std::ios::in);
        sum += get_records(&f, j->n, j->size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
}

void getc_file(bench_job *j)
{
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::filebuf f;
        open_file(f, j->path, std::ios::in);
        sum += get_bytes(&f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

void lines_file(bench_job *j)
{
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t r = 0; r < j->reps; r++) {
        std::ifstream in;
        in.rdbuf()->pubsetbuf(large, sizeof large);
        in.open(j->path, std::ios::binary);
        sum += get_lines(in);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

void read_bulk(bench_job *j)
{
    static char block[BENCH_BLOCK];
    std::uint64_t sum = 0;

    bench_start(j);
    {
        std::filebuf f;
        if (!f.open(j->path, std::ios::in | std::ios::binary))
            std::exit(1);
        while (f.sgetn(block, sizeof block) > 0) {
            BENCH_KEEP(block);
            sum += bench_first_word(block);
        }
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

void write_bulk(bench_job *j)
{
    const auto *block = reinterpret_cast<const char *>(bench_data(BENCH_BLOCK));

    bench_start(j);
    std::filebuf f;
    f.open(j->path, std::ios::out | std::ios::binary);
    for (std::size_t i = 0, n = j->n; i < n; i++)
        f.sputn(block, BENCH_BLOCK);
    bench_check(j, f.close() != nullptr);
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

/* The usual way: ask for the size, make a string of it, read in one call. */
void load(bench_job *j)
{
    bench_start(j);
    {
        std::filebuf f;
        f.open(j->path, std::ios::in | std::ios::binary);
        std::string data(std::filesystem::file_size(j->path), '\0');
        const auto got =
            f.sgetn(&data[0], static_cast<std::streamsize>(data.size()));
        f.close();
        bench_stop(j);
        bench_check_data(j, data.data(), static_cast<std::size_t>(got));
        bench_start(j);
    }
    bench_stop(j);
}

void save(bench_job *j)
{
    const auto *data = reinterpret_cast<const char *>(bench_data(j->size));

    bench_start(j);
    std::filebuf f;
    f.open(j->path2, std::ios::out | std::ios::binary);
    f.sputn(data, static_cast<std::streamsize>(j->size));
    bench_check(j, f.close() != nullptr);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

void copy_file(bench_job *j)
{
    bench_start(j);
    std::filesystem::copy_file(
        j->path, j->path2, std::filesystem::copy_options::overwrite_existing);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

void rand_file(bench_job *j)
{
    bench_start(j);
    std::filebuf f;
    f.open(j->path, std::ios::in | std::ios::binary);
    const std::uint64_t sum = random_reads(j, &f);
    f.close();
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

void open_close(bench_job *j)
{
    char text[1024];
    std::uint64_t sum = 0;

    bench_start(j);
    for (std::size_t i = 0, n = j->n; i < n; i++) {
        std::filebuf f;
        f.open(j->path, std::ios::in | std::ios::binary);
        if (f.sgetn(text, sizeof text) == sizeof text)
            sum += bench_first_word(text);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

const bench_workload all[] = {
    {"write_mem", write_mem},
    {"write_mem@string", write_mem_string},
    {"putc_mem", putc_mem},
    {"putc_mem@string", putc_mem_string},
    {"grow_mem", grow_mem},
    {"grow_mem@string", grow_mem_string},
    {"read_mem", read_mem},
    {"getc_mem", getc_mem},
    {"lines_mem", lines_mem},
    {"rand_mem", rand_mem},
    {"create", create},
    {"create@string", create_string},
    {"many", many},
    {"write_file", write_file},
    {"putc_file", putc_file},
    {"read_file", read_file},
    {"getc_file", getc_file},
    {"lines_file", lines_file},
    {"read_bulk", read_bulk},
    {"write_bulk", write_bulk},
    {"load", load},
    {"save", save},
    {"copy_file", copy_file},
    {"rand_file", rand_file},
    {"open_close", open_close},
    {nullptr, nullptr},
};

} // namespace

int main(int argc, char **argv)
{
    return bench_main(argc, argv, all);
}
