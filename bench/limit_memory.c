/*
 * limit_memory.c - the limit in memory: what a loop written by hand for the
 * one purpose costs, over memory that is there already. Nothing can be much
 * faster; the targets say how close Rill has to come.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "limit.h"

/* Start a repetition so that the compiler cannot merge it with another. */
static unsigned char *opaque(unsigned char *p)
{
    BENCH_OPAQUE(p);
    return p;
}

BENCH_INLINE void write_records(bench_job *j, const size_t size)
{
    unsigned char *memory = bench_memory(j->n * size);

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        unsigned char *p = opaque(memory);
        for (size_t i = 0, n = j->n; i < n; i++, p += size)
            memcpy(p, bench_records[i % BENCH_RECORDS], size);
    }
    bench_stop(j);
    bench_check_records(j, memory, j->n * size);
}

static void write_mem(bench_job *j)
{
    BENCH_BY_SIZE(j, write_records);
}

/* Growing by hand: realloc() to twice the size, the classic way. */
BENCH_INLINE void write_realloc(bench_job *j, const size_t size)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        unsigned char *memory = NULL;
        size_t len = 0, room = 0;
        for (size_t i = 0, n = j->n; i < n; i++) {
            if (room - len < size) {
                room = room ? room * 2 : 64;
                room = room < size ? size : room;
                memory = realloc(memory, room);
                if (!memory)
                    exit(1);
            }
            memcpy(memory + len, bench_records[i % BENCH_RECORDS], size);
            len += size;
        }
        if (r + 1 == j->reps) {
            bench_stop(j);
            bench_check_records(j, memory, len);
            bench_start(j);
        }
        free(memory);
    }
    bench_stop(j);
}

static void write_mem_realloc(bench_job *j)
{
    BENCH_BY_SIZE(j, write_realloc);
}

static void putc_mem(bench_job *j)
{
    unsigned char *memory = bench_memory(j->n);

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        unsigned char *p = opaque(memory);
        for (size_t i = 0, n = j->n; i < n; i++) {
            *p++ = (unsigned char)i;
            BENCH_OPAQUE(p); /* one byte at a time */
        }
    }
    bench_stop(j);
    bench_check_putc(j, memory, j->n);
}

BENCH_INLINE void read_records(bench_job *j, const size_t size)
{
    unsigned char *data = bench_data(j->n * size);
    uint64_t sum = 0;
    unsigned char record[256];

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        const unsigned char *p = opaque(data);
        for (size_t i = 0, n = j->n; i < n; i++, p += size) {
            memcpy(record, p, size);
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
}

static void read_mem(bench_job *j)
{
    BENCH_BY_SIZE(j, read_records);
}

static void getc_mem(bench_job *j)
{
    unsigned char *data = bench_data(j->n);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        const unsigned char *p = opaque(data);
        for (size_t i = 0, n = j->n; i < n; i++) {
            sum += *p++;
            BENCH_OPAQUE(sum); /* one byte at a time */
        }
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

BENCH_VECTORISED static void getc_mem_vector(bench_job *j)
{
    unsigned char *data = bench_data(j->n);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        const unsigned char *p = opaque(data);
        for (size_t i = 0, n = j->n; i < n; i++)
            sum += p[i];
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

static void lines_mem(bench_job *j)
{
    size_t len;
    char *text = bench_lines(j->n, &len);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        const char *p = (const char *)opaque((unsigned char *)text);
        limit_sum_lines(p, len, &sum);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

static void grow_mem(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);
    unsigned char *memory = bench_memory(j->size);

    bench_start(j);
    for (size_t at = 0; at < j->size; at += BENCH_BLOCK)
        memcpy(memory + at, block, BENCH_BLOCK);
    bench_stop(j);
    bench_check_blocks(j, memory, j->size);
    munmap(memory, j->size);
}

static void create(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        unsigned char text[16];
        memcpy(text, bench_records[i % BENCH_RECORDS], 11);
        BENCH_KEEP(text);
        sum += 11;
    }
    bench_stop(j);
    bench_check(j, sum == 11 * j->n);
}

static void rand_mem(bench_job *j)
{
    unsigned char *data = bench_data(j->size);
    uint64_t state = 1, sum = 0;
    unsigned char record[64];

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        memcpy(record, data + bench_offset(&state, j->size), sizeof record);
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

const bench_workload limit_memory[] = {
    {"write_mem", write_mem},
    {"write_mem@realloc", write_mem_realloc},
    {"putc_mem", putc_mem},
    {"read_mem", read_mem},
    {"getc_mem", getc_mem},
    {"getc_mem@vector", getc_mem_vector},
    {"lines_mem", lines_mem},
    {"grow_mem", grow_mem},
    {"create", create},
    {"rand_mem", rand_mem},
    {NULL, NULL},
};
