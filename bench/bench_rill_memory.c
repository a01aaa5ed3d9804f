/*
 * bench_rill_memory.c - Rill in memory: plain calls, and as variants the
 * cursor, the window itself, and the other ways to read lines.
 */
#include <stdlib.h>

#include <rill/rill.h>

#include "bench_rill.h"

/* ---- Writing to growing memory ---------------------------------------- */

/* "Recycled": let the range of a stream of `size` bytes be kept. */
static void keep_ranges(bench_job *j, size_t size)
{
    const size_t usual = (size_t)256 << 20;

    if (j->warm && size > usual / 2)
        rill_pool_limit(size * 2);
}

/* Take the value, look at it while the clock stands, give it back. */
static void finish(bench_job *j, rill *s, size_t rep, bench_checker *check)
{
    void *data;
    ptrdiff_t len = rill_take(s, &data);

    bench_check(j, rill_close(s) == RILL_OK && len >= 0);
    if (rep + 1 == j->reps) {
        bench_stop(j);
        check(j, data, (size_t)len);
        bench_start(j);
    }
    rill_free(data);
}

BENCH_INLINE void write_plain(bench_job *j, const size_t size)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = rill_open_mem(NULL);
        loop_put_records(s, j->n, size);
        finish(j, s, r, bench_check_records);
    }
    bench_stop(j);
}

static void write_mem(bench_job *j)
{
    keep_ranges(j, j->n * j->size);
    BENCH_BY_SIZE(j, write_plain);
}

BENCH_INLINE void write_with_cursor(bench_job *j, const size_t size)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = rill_open_mem(NULL);
        loop_put_records_cursor(j, s, size);
        finish(j, s, r, bench_check_records);
    }
    bench_stop(j);
}

static void write_mem_cursor(bench_job *j)
{
    keep_ranges(j, j->n * j->size);
    BENCH_BY_SIZE(j, write_with_cursor);
}

static void putc_mem(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = rill_open_mem(NULL);
        loop_put_bytes(s, j->n);
        finish(j, s, r, bench_check_putc);
    }
    bench_stop(j);
}

static void putc_mem_cursor(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill *s = rill_open_mem(NULL);
        loop_put_bytes_cursor(j, s);
        finish(j, s, r, bench_check_putc);
    }
    bench_stop(j);
}

static void grow_mem(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    keep_ranges(j, j->size);
    bench_start(j);
    rill *s = rill_open_mem(NULL);
    for (size_t at = 0; at < j->size; at += BENCH_BLOCK)
        rill_write(s, block, BENCH_BLOCK);
    finish(j, s, 0, bench_check_blocks);
    bench_stop(j);
}

/* ---- Reading ---------------------------------------------------------- */

BENCH_INLINE void read_plain(bench_job *j, const size_t size)
{
    rill *s = rill_open_view(bench_data(j->n * size), j->n * size);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill_rewind(s);
        sum += loop_get_records(s, j->n, size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
    bench_check(j, rill_close(s) == RILL_OK);
}

static void read_mem(bench_job *j)
{
    BENCH_BY_SIZE(j, read_plain);
}

BENCH_INLINE void read_with_cursor(bench_job *j, const size_t size)
{
    rill *s = rill_open_view(bench_data(j->n * size), j->n * size);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill_rewind(s);
        sum += loop_get_records_cursor(j, s, size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
    bench_check(j, rill_close(s) == RILL_OK);
}

static void read_mem_cursor(bench_job *j)
{
    BENCH_BY_SIZE(j, read_with_cursor);
}

static void getc_view(bench_job *j, uint64_t (*get)(bench_job *j, rill *s))
{
    rill *s = rill_open_view(bench_data(j->n), j->n);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill_rewind(s);
        sum += get(j, s);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
    bench_check(j, rill_close(s) == RILL_OK);
}

static void getc_mem(bench_job *j)
{
    getc_view(j, loop_get_bytes);
}

static void getc_mem_cursor(bench_job *j)
{
    getc_view(j, loop_get_bytes_cursor);
}

static void getc_mem_window(bench_job *j)
{
    getc_view(j, loop_get_bytes_window);
}

static void lines_view(bench_job *j, uint64_t (*lines)(bench_job *j, rill *s))
{
    size_t len;
    char *text = bench_lines(j->n, &len);
    rill *s = rill_open_view(text, len);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rill_rewind(s);
        sum += lines(j, s);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
    bench_check(j, rill_close(s) == RILL_OK);
}

static void lines_mem(bench_job *j)
{
    lines_view(j, loop_sum_lines);
}

static void lines_mem_readline(bench_job *j)
{
    lines_view(j, loop_sum_readline);
}

static void lines_mem_getline(bench_job *j)
{
    lines_view(j, loop_sum_getline);
}

static void rand_mem(bench_job *j)
{
    rill *s = rill_open_view(bench_data(j->size), j->size);
    uint64_t state = 1, sum = 0;
    unsigned char record[64];

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        rill_seek(s, (int64_t)bench_offset(&state, j->size), RILL_SEEK_SET);
        if (rill_read(s, record, sizeof record) == sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
    bench_check(j, rill_close(s) == RILL_OK);
}

static void rand_mem_pread(bench_job *j)
{
    rill *s = rill_open_view(bench_data(j->size), j->size);
    uint64_t state = 1, sum = 0;
    unsigned char record[64];

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        int64_t at = (int64_t)bench_offset(&state, j->size);
        if (rill_pread(s, record, sizeof record, at) == sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
    bench_check(j, rill_close(s) == RILL_OK);
}

/* ---- Short lives and many lives --------------------------------------- */

static void create(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        const void *data;
        rill *s = rill_open_mem(NULL);
        rill_write(s, bench_records[i % BENCH_RECORDS], 11);
        sum += (uint64_t)rill_data(s, &data);
        sum += *(const unsigned char *)data;
        if (rill_close(s) != RILL_OK)
            sum++;
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

static void create_storage(bench_job *j)
{
    uint64_t sum = 0;
    rill_storage storage;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        const void *data;
        rill *s = rill_init_mem(&storage);
        rill_write(s, bench_records[i % BENCH_RECORDS], 11);
        sum += (uint64_t)rill_data(s, &data);
        sum += *(const unsigned char *)data;
        if (rill_close(s) != RILL_OK)
            sum++;
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

static void create_take(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        void *data;
        rill *s = rill_open_mem(NULL);
        rill_write(s, bench_records[i % BENCH_RECORDS], 11);
        sum += (uint64_t)rill_take(s, &data);
        sum += *(const unsigned char *)data;
        if (rill_close(s) != RILL_OK)
            sum++;
        rill_free(data);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

/* Resident bytes of each of n open streams, beyond their data. */
static void many(bench_job *j)
{
    rill **streams = malloc(j->n * sizeof(rill *));
    size_t before;

    if (!streams)
        exit(1);
    memset(streams, 1, j->n * sizeof(rill *));
    before = bench_resident();
    for (size_t i = 0, n = j->n; i < n; i++) {
        streams[i] = rill_open_mem(NULL);
        rill_write(streams[i], bench_records[0], j->size);
    }
    j->value =
        (double)(bench_resident() - before) / (double)j->n - (double)j->size;
    for (size_t i = 0, n = j->n; i < n; i++) {
        bench_check(j, rill_size(streams[i]) == (int64_t)j->size);
        bench_check(j, rill_close(streams[i]) == RILL_OK);
    }
    free(streams);
}

/* Bytes of memory that one growing stream holds beyond its data. */
static void committed(bench_job *j)
{
    rill *s = rill_open_mem(NULL);
    size_t before = bench_resident();

    for (size_t at = 0; at < j->size; at += 64)
        rill_write(s, bench_records[0], j->size - at < 64 ? j->size - at : 64);
    j->value = (double)bench_resident() - (double)before - (double)j->size;
    bench_check(j, rill_size(s) == (int64_t)j->size);
    bench_check(j, rill_close(s) == RILL_OK);
}

const bench_workload bench_rill_memory_workloads[] = {
    {"write_mem", write_mem},
    {"write_mem@cursor", write_mem_cursor},
    {"putc_mem", putc_mem},
    {"putc_mem@cursor", putc_mem_cursor},
    {"grow_mem", grow_mem},
    {"read_mem", read_mem},
    {"read_mem@cursor", read_mem_cursor},
    {"getc_mem", getc_mem},
    {"getc_mem@cursor", getc_mem_cursor},
    {"getc_mem@window", getc_mem_window},
    {"lines_mem", lines_mem},
    {"lines_mem@readline", lines_mem_readline},
    {"lines_mem@getline", lines_mem_getline},
    {"rand_mem", rand_mem},
    {"rand_mem@pread", rand_mem_pread},
    {"create", create},
    {"create@storage", create_storage},
    {"create@take", create_take},
    {"many", many},
    {"committed", committed},
    {NULL, NULL},
};
