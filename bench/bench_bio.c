/*
 * bench_bio.c - OpenSSL's BIO: BIO_s_mem() to write, BIO_new_mem_buf() to
 * read memory, BIO_new_file() for files. It has no getc: a byte is BIO_read()
 * of one. Lengths are int, and memory ends below 2 GiB.
 */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/bio.h>

#include "bench.h"

static BIO *must(BIO *b)
{
    if (!b)
        exit(1);
    return b;
}

/* ---- Memory ----------------------------------------------------------- */

static void finish(bench_job *j, BIO *b, size_t rep, bench_checker *check)
{
    char *data;
    long len = BIO_get_mem_data(b, &data);

    if (rep + 1 == j->reps) {
        bench_stop(j);
        check(j, data, (size_t)len);
        bench_start(j);
    }
    BIO_free(b);
}

static void write_mem(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO *b = must(BIO_new(BIO_s_mem()));
        for (size_t i = 0, n = j->n; i < n; i++)
            BIO_write(b, bench_records[i % BENCH_RECORDS], (int)j->size);
        finish(j, b, r, bench_check_records);
    }
    bench_stop(j);
}

static void putc_mem(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO *b = must(BIO_new(BIO_s_mem()));
        for (size_t i = 0, n = j->n; i < n; i++) {
            unsigned char byte = (unsigned char)i;
            BIO_write(b, &byte, 1);
        }
        finish(j, b, r, bench_check_putc);
    }
    bench_stop(j);
}

static void grow_mem(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    BIO *b = must(BIO_new(BIO_s_mem()));
    for (size_t at = 0; at < j->size; at += BENCH_BLOCK)
        BIO_write(b, block, BENCH_BLOCK);
    finish(j, b, 0, bench_check_blocks);
    bench_stop(j);
}

static uint64_t get_records(BIO *b, size_t n, size_t size)
{
    unsigned char record[256];
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (BIO_read(b, record, (int)size) != (int)size)
            break;
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    return sum;
}

static uint64_t get_bytes(BIO *b)
{
    unsigned char byte;
    uint64_t sum = 0;

    while (BIO_read(b, &byte, 1) == 1)
        sum += byte;
    return sum;
}

static uint64_t get_lines(BIO *b)
{
    char line[1024];
    uint64_t sum = 0;
    int len;

    while ((len = BIO_gets(b, line, sizeof line)) > 0)
        sum += bench_line_sum(line, (size_t)len);
    return sum;
}

static void read_mem(bench_job *j)
{
    size_t len = j->n * j->size;
    BIO *b = must(BIO_new_mem_buf(bench_data(len), (int)len));
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO_reset(b);
        sum += get_records(b, j->n, j->size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
    BIO_free(b);
}

static void getc_mem(bench_job *j)
{
    BIO *b = must(BIO_new_mem_buf(bench_data(j->n), (int)j->n));
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO_reset(b);
        sum += get_bytes(b);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
    BIO_free(b);
}

static void lines_mem(bench_job *j)
{
    size_t len;
    char *text = bench_lines(j->n, &len);
    BIO *b = must(BIO_new_mem_buf(text, (int)len));
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO_reset(b);
        sum += get_lines(b);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
    BIO_free(b);
}

static uint64_t random_reads(bench_job *j, BIO *b)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    for (size_t i = 0, n = j->n; i < n; i++) {
        BIO_seek(b, (int)bench_offset(&state, j->size));
        if (BIO_read(b, record, sizeof record) == sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    return sum;
}

static void rand_mem(bench_job *j)
{
    BIO *b = must(BIO_new_mem_buf(bench_data(j->size), (int)j->size));
    uint64_t sum;

    bench_start(j);
    sum = random_reads(j, b);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
    BIO_free(b);
}

static void create(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        char *data;
        BIO *b = must(BIO_new(BIO_s_mem()));
        BIO_write(b, bench_records[i % BENCH_RECORDS], 11);
        sum += (uint64_t)BIO_get_mem_data(b, &data);
        sum += (unsigned char)data[0];
        BIO_free(b);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

static void many(bench_job *j)
{
    BIO **streams = calloc(j->n, sizeof *streams);
    size_t before;

    if (!streams)
        exit(1);
    memset(streams, 1, j->n * sizeof *streams);
    before = bench_resident();
    for (size_t i = 0, n = j->n; i < n; i++) {
        streams[i] = must(BIO_new(BIO_s_mem()));
        BIO_write(streams[i], bench_records[0], (int)j->size);
    }
    j->value =
        (double)(bench_resident() - before) / (double)j->n - (double)j->size;
}

/* ---- Files ------------------------------------------------------------ */

static void write_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        BIO *b = must(BIO_new_file(j->path, "wb"));
        for (size_t i = 0, n = j->n; i < n; i++)
            BIO_write(b, bench_records[i % BENCH_RECORDS], (int)j->size);
        bench_check(j, BIO_flush(b) == 1 && BIO_free(b) == 1);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        BIO *b = must(BIO_new_file(j->path, "wb"));
        for (size_t i = 0, n = j->n; i < n; i++) {
            unsigned char byte = (unsigned char)i;
            BIO_write(b, &byte, 1);
        }
        bench_check(j, BIO_flush(b) == 1 && BIO_free(b) == 1);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

static void read_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO *b = must(BIO_new_file(j->path, "rb"));
        sum += get_records(b, j->n, j->size);
        BIO_free(b);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
}

static uint64_t sum_file(bench_job *j, uint64_t (*get)(BIO *b))
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        BIO *b = must(BIO_new_file(j->path, "rb"));
        sum += get(b);
        BIO_free(b);
    }
    bench_stop(j);
    return sum;
}

static void getc_file(bench_job *j)
{
    bench_check(j,
                sum_file(j, get_bytes) == j->reps * bench_expect_bytes(j->n));
}

static void lines_file(bench_job *j)
{
    bench_check(j,
                sum_file(j, get_lines) == j->reps * bench_expect_lines(j->n));
}

static void read_bulk(bench_job *j)
{
    static unsigned char block[BENCH_BLOCK];
    uint64_t sum = 0;

    bench_start(j);
    BIO *b = must(BIO_new_file(j->path, "rb"));
    while (BIO_read(b, block, sizeof block) > 0) {
        BENCH_KEEP(block);
        sum += bench_first_word(block);
    }
    BIO_free(b);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    BIO *b = must(BIO_new_file(j->path, "wb"));
    for (size_t i = 0, n = j->n; i < n; i++)
        BIO_write(b, block, BENCH_BLOCK);
    bench_check(j, BIO_flush(b) == 1 && BIO_free(b) == 1);
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

static void save(bench_job *j)
{
    unsigned char *data = bench_data(j->size);
    size_t written;

    bench_start(j);
    BIO *b = must(BIO_new_file(j->path2, "wb"));
    for (size_t at = 0; at < j->size; at += written)
        if (!BIO_write_ex(b, data + at,
                          j->size - at < INT_MAX ? j->size - at : INT_MAX,
                          &written))
            break;
    bench_check(j, BIO_flush(b) == 1 && BIO_free(b) == 1);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j)
{
    static unsigned char piece[BENCH_BUFFER];
    int got;

    bench_start(j);
    BIO *in = must(BIO_new_file(j->path, "rb"));
    BIO *out = must(BIO_new_file(j->path2, "wb"));
    while ((got = BIO_read(in, piece, sizeof piece)) > 0)
        BIO_write(out, piece, got);
    BIO_free(in);
    bench_check(j, BIO_flush(out) == 1 && BIO_free(out) == 1);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void rand_file(bench_job *j)
{
    uint64_t sum;

    bench_start(j);
    BIO *b = must(BIO_new_file(j->path, "rb"));
    sum = random_reads(j, b);
    BIO_free(b);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void open_close(bench_job *j)
{
    unsigned char text[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        BIO *b = must(BIO_new_file(j->path, "rb"));
        if (BIO_read(b, text, sizeof text) == sizeof text)
            sum += bench_first_word(text);
        BIO_free(b);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

int main(int argc, char **argv)
{
    static const bench_workload all[] = {
        {"write_mem", write_mem},
        {"putc_mem", putc_mem},
        {"grow_mem", grow_mem},
        {"read_mem", read_mem},
        {"getc_mem", getc_mem},
        {"lines_mem", lines_mem},
        {"rand_mem", rand_mem},
        {"create", create},
        {"many", many},
        {"write_file", write_file},
        {"putc_file", putc_file},
        {"read_file", read_file},
        {"getc_file", getc_file},
        {"lines_file", lines_file},
        {"read_bulk", read_bulk},
        {"write_bulk", write_bulk},
        {"save", save},
        {"copy_file", copy_file},
        {"rand_file", rand_file},
        {"open_close", open_close},
        {NULL, NULL},
    };

    return bench_main(argc, argv, all);
}
