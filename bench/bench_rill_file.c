/*
 * bench_rill_file.c - Rill on files, and its copies between files and memory:
 * default buffers, plain calls, and as variants the cursor and the other ways
 * to read lines.
 */
#include <stdlib.h>
#include <unistd.h>

#include "bench_rill.h"

static rill *open_in(bench_job *j)
{
    rill *s = rill_open(j->path, "rb");

    if (!s)
        exit(1);
    return s;
}

static rill *open_out(const char *path)
{
    rill *s = rill_open(path, "wb");

    if (!s)
        exit(1);
    return s;
}

/* ---- Small records ---------------------------------------------------- */

/* Close, and remove the file but for the last repetition. */
static void finish(bench_job *j, rill *s, size_t rep)
{
    bench_check(j, rill_close(s) == RILL_OK);
    bench_stop(j);
    if (rep + 1 < j->reps)
        unlink(j->path);
}

BENCH_INLINE void write_plain(bench_job *j, const size_t size)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        rill *s = open_out(j->path);
        loop_put_records(s, j->n, size);
        finish(j, s, r);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void write_file(bench_job *j)
{
    BENCH_BY_SIZE(j, write_plain);
}

BENCH_INLINE void write_with_cursor(bench_job *j, const size_t size)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        rill *s = open_out(j->path);
        loop_put_records_cursor(j, s, size);
        finish(j, s, r);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void write_file_cursor(bench_job *j)
{
    BENCH_BY_SIZE(j, write_with_cursor);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        rill *s = open_out(j->path);
        loop_put_bytes(s, j->n);
        finish(j, s, r);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

static void putc_file_cursor(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        rill *s = open_out(j->path);
        loop_put_bytes_cursor(j, s);
        finish(j, s, r);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

BENCH_INLINE void read_plain(bench_job *j, const size_t size)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = open_in(j);
        sum += loop_get_records(s, j->n, size);
        bench_check(j, rill_close(s) == RILL_OK);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
}

static void read_file(bench_job *j)
{
    BENCH_BY_SIZE(j, read_plain);
}

BENCH_INLINE void read_with_cursor(bench_job *j, const size_t size)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = open_in(j);
        sum += loop_get_records_cursor(j, s, size);
        bench_check(j, rill_close(s) == RILL_OK);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
}

static void read_file_cursor(bench_job *j)
{
    BENCH_BY_SIZE(j, read_with_cursor);
}

static uint64_t sum_file(bench_job *j, uint64_t (*sum)(bench_job *j, rill *s))
{
    uint64_t total = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = open_in(j);
        total += sum(j, s);
        bench_check(j, rill_close(s) == RILL_OK);
    }
    bench_stop(j);
    return total;
}

static void getc_file(bench_job *j)
{
    bench_check(j, sum_file(j, loop_get_bytes) ==
                       j->reps * bench_expect_bytes(j->n));
}

static void getc_file_cursor(bench_job *j)
{
    bench_check(j, sum_file(j, loop_get_bytes_cursor) ==
                       j->reps * bench_expect_bytes(j->n));
}

static void getc_file_window(bench_job *j)
{
    bench_check(j, sum_file(j, loop_get_bytes_window) ==
                       j->reps * bench_expect_bytes(j->n));
}

static void lines_file(bench_job *j)
{
    bench_check(j, sum_file(j, loop_sum_lines) ==
                       j->reps * bench_expect_lines(j->n));
}

static void lines_file_readline(bench_job *j)
{
    bench_check(j, sum_file(j, loop_sum_readline) ==
                       j->reps * bench_expect_lines(j->n));
}

static void lines_file_getline(bench_job *j)
{
    bench_check(j, sum_file(j, loop_sum_getline) ==
                       j->reps * bench_expect_lines(j->n));
}

/* ---- Bulk ------------------------------------------------------------- */

static void read_bulk(bench_job *j)
{
    static unsigned char block[BENCH_BLOCK];
    uint64_t sum = 0;

    bench_start(j);
    rill *s = open_in(j);
    while (rill_read(s, block, sizeof block) > 0) {
        BENCH_KEEP(block);
        sum += bench_first_word(block);
    }
    bench_check(j, rill_close(s) == RILL_OK);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    rill *s = open_out(j->path);
    for (size_t i = 0, n = j->n; i < n; i++)
        rill_write(s, block, BENCH_BLOCK);
    bench_check(j, rill_close(s) == RILL_OK);
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

/* A file into memory: the memory is the value that the caller wants. */
static void load(bench_job *j)
{
    void *data;
    ptrdiff_t len;

    if (j->warm)
        rill_pool_limit(j->size * 2);
    bench_start(j);
    rill *in = open_in(j), *s = rill_open_mem(NULL);
    rill_copy(s, in, -1);
    bench_check(j, rill_close(in) == RILL_OK);
    len = rill_take(s, &data);
    bench_check(j, rill_close(s) == RILL_OK);
    bench_stop(j);
    bench_check_data(j, data, (size_t)len);
    bench_start(j);
    rill_free(data);
    bench_stop(j);
}

static void load_read_all(bench_job *j)
{
    void *data;
    ptrdiff_t len;

    if (j->warm)
        rill_pool_limit(j->size * 2);
    bench_start(j);
    rill *in = open_in(j);
    len = rill_read_all(in, &data);
    bench_check(j, rill_close(in) == RILL_OK && len >= 0);
    bench_stop(j);
    if (len < 0)
        return;
    bench_check_data(j, data, (size_t)len);
    bench_start(j);
    rill_free(data);
    bench_stop(j);
}

/* A memory stream into a file, the size said before. */
static void save(bench_job *j)
{
    rill *s = rill_open_mem(NULL);

    rill_write(s, bench_data(j->size), j->size);
    rill_rewind(s);
    bench_start(j);
    rill *out = open_out(j->path2);
    rill_hint_size(out, (int64_t)j->size);
    rill_copy(out, s, -1);
    bench_check(j, rill_close(out) == RILL_OK);
    bench_stop(j);
    bench_check(j, rill_close(s) == RILL_OK);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j)
{
    bench_start(j);
    rill *in = open_in(j), *out = open_out(j->path2);
    rill_copy(out, in, -1);
    bench_check(j, rill_close(in) == RILL_OK);
    bench_check(j, rill_close(out) == RILL_OK);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void rand_file(bench_job *j)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    bench_start(j);
    rill *s = open_in(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        rill_seek(s, (int64_t)bench_offset(&state, j->size), RILL_SEEK_SET);
        if (rill_read(s, record, sizeof record) == sizeof record)
            sum += bench_first_word(record);
    }
    bench_check(j, rill_close(s) == RILL_OK);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void rand_file_pread(bench_job *j)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    bench_start(j);
    rill *s = open_in(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        int64_t at = (int64_t)bench_offset(&state, j->size);
        if (rill_pread(s, record, sizeof record, at) == sizeof record)
            sum += bench_first_word(record);
    }
    bench_check(j, rill_close(s) == RILL_OK);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void open_close(bench_job *j)
{
    unsigned char text[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        rill *s = open_in(j);
        if (rill_read(s, text, sizeof text) == sizeof text)
            sum += bench_first_word(text);
        bench_check(j, rill_close(s) == RILL_OK);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

const bench_workload bench_rill_file_workloads[] = {
    {"write_file", write_file},
    {"write_file@cursor", write_file_cursor},
    {"putc_file", putc_file},
    {"putc_file@cursor", putc_file_cursor},
    {"read_file", read_file},
    {"read_file@cursor", read_file_cursor},
    {"getc_file", getc_file},
    {"getc_file@cursor", getc_file_cursor},
    {"getc_file@window", getc_file_window},
    {"lines_file", lines_file},
    {"lines_file@readline", lines_file_readline},
    {"lines_file@getline", lines_file_getline},
    {"read_bulk", read_bulk},
    {"write_bulk", write_bulk},
    {"load", load},
    {"load@read_all", load_read_all},
    {"save", save},
    {"copy_file", copy_file},
    {"rand_file", rand_file},
    {"rand_file@pread", rand_file_pread},
    {"open_close", open_close},
    {NULL, NULL},
};
