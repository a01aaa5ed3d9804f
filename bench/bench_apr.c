/*
 * bench_apr.c - APR's files, buffered (APR_FOPEN_BUFFERED) where requests are
 * small. APR has no stream in memory.
 */
#include <stdlib.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_general.h>

#include "bench.h"

enum {
    IN = APR_FOPEN_READ | APR_FOPEN_BINARY,
    OUT = APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE |
          APR_FOPEN_BINARY
};

static apr_pool_t *pool;

static apr_file_t *must_open(const char *path, apr_int32_t flags)
{
    apr_file_t *f;

    if (apr_file_open(&f, path, flags, APR_FPROT_OS_DEFAULT, pool) !=
        APR_SUCCESS)
        exit(1);
    return f;
}

static apr_file_t *open_buffered(const char *path, apr_int32_t flags)
{
    static char buffer[BENCH_BUFFER];
    apr_file_t *f = must_open(path, flags | APR_FOPEN_BUFFERED);

    apr_file_buffer_set(f, buffer, sizeof buffer);
    return f;
}

static void close_out(bench_job *j, apr_file_t *f, size_t rep)
{
    bench_check(j, apr_file_close(f) == APR_SUCCESS);
    bench_stop(j);
    apr_pool_clear(pool);
    if (rep + 1 < j->reps)
        unlink(j->path);
}

static void write_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        apr_file_t *f = open_buffered(j->path, OUT);
        for (size_t i = 0, n = j->n; i < n; i++)
            apr_file_write_full(f, bench_records[i % BENCH_RECORDS], j->size,
                                NULL);
        close_out(j, f, r);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        apr_file_t *f = open_buffered(j->path, OUT);
        for (size_t i = 0, n = j->n; i < n; i++)
            apr_file_putc((char)i, f);
        close_out(j, f, r);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

static void read_file(bench_job *j)
{
    unsigned char record[256];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        apr_file_t *f = open_buffered(j->path, IN);
        for (size_t i = 0, n = j->n; i < n; i++) {
            if (apr_file_read_full(f, record, j->size, NULL) != APR_SUCCESS)
                break;
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
        apr_file_close(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
}

static void getc_file(bench_job *j)
{
    uint64_t sum = 0;
    char c;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        apr_file_t *f = open_buffered(j->path, IN);
        while (apr_file_getc(&c, f) == APR_SUCCESS)
            sum += (unsigned char)c;
        apr_file_close(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

static void lines_file(bench_job *j)
{
    char line[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        apr_file_t *f = open_buffered(j->path, IN);
        while (apr_file_gets(line, sizeof line, f) == APR_SUCCESS)
            sum += bench_line_sum(line, strlen(line));
        apr_file_close(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

static void read_bulk(bench_job *j)
{
    static unsigned char block[BENCH_BLOCK];
    apr_size_t got = sizeof block;
    uint64_t sum = 0;

    bench_start(j);
    apr_file_t *f = must_open(j->path, IN);
    while (apr_file_read(f, block, &got) == APR_SUCCESS) {
        BENCH_KEEP(block);
        sum += bench_first_word(block);
        got = sizeof block;
    }
    apr_file_close(f);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    apr_file_t *f = must_open(j->path, OUT);
    for (size_t i = 0, n = j->n; i < n; i++)
        apr_file_write_full(f, block, BENCH_BLOCK, NULL);
    close_out(j, f, 0);
    bench_check_file(j, j->path, bench_check_blocks);
}

/* The usual way: ask for the size, allocate, read in one call. */
static void load(bench_job *j)
{
    apr_finfo_t info;
    apr_size_t got = 0;

    bench_start(j);
    apr_file_t *f = must_open(j->path, IN);
    bench_check(j, apr_file_info_get(&info, APR_FINFO_SIZE, f) == APR_SUCCESS);
    char *data = malloc((size_t)info.size);
    if (data)
        apr_file_read_full(f, data, (apr_size_t)info.size, &got);
    apr_file_close(f);
    bench_stop(j);
    bench_check_data(j, data, got);
    bench_start(j);
    free(data);
    bench_stop(j);
}

static void save(bench_job *j)
{
    unsigned char *data = bench_data(j->size);

    bench_start(j);
    apr_file_t *f = must_open(j->path2, OUT);
    apr_file_write_full(f, data, j->size, NULL);
    close_out(j, f, 0);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j)
{
    bench_start(j);
    bench_check(j, apr_file_copy(j->path, j->path2, APR_FPROT_OS_DEFAULT,
                                 pool) == APR_SUCCESS);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void rand_file(bench_job *j)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    bench_start(j);
    apr_file_t *f = must_open(j->path, IN);
    for (size_t i = 0, n = j->n; i < n; i++) {
        apr_off_t at = (apr_off_t)bench_offset(&state, j->size);
        apr_file_seek(f, APR_SET, &at);
        if (apr_file_read_full(f, record, sizeof record, NULL) == APR_SUCCESS)
            sum += bench_first_word(record);
    }
    apr_file_close(f);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void open_close(bench_job *j)
{
    unsigned char text[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        apr_size_t got = sizeof text;
        apr_file_t *f = must_open(j->path, IN);
        if (apr_file_read(f, text, &got) == APR_SUCCESS)
            sum += bench_first_word(text);
        apr_file_close(f);
        apr_pool_clear(pool);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

int main(int argc, char **argv)
{
    static const bench_workload all[] = {
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
        {NULL, NULL},
    };

    apr_initialize();
    apr_pool_create(&pool, NULL);
    return bench_main(argc, argv, all);
}
