/*
 * bench.c - runs the workloads of one program, and makes and checks their data.
 *
 * One process does one measurement: each starts with an untouched heap, and at
 * addresses of its own. (Where a buffer and a record lie to each other can
 * double the time of a copy; in one long-lived process all rounds would have
 * the same luck.)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif
#ifndef CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_START_INSTRUMENTATION ((void)0)
#define CALLGRIND_STOP_INSTRUMENTATION ((void)0)
#endif

#include "bench.h"

enum { HUGE_PAGE = 2 * 1024 * 1024 };

unsigned char bench_records[BENCH_RECORDS][256];

static double cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void bench_start(bench_job *j)
{
    CALLGRIND_START_INSTRUMENTATION;
    j->ns -= cpu_ns();
}

void bench_stop(bench_job *j)
{
    j->ns += cpu_ns();
    CALLGRIND_STOP_INSTRUMENTATION;
}

void bench_check(bench_job *j, int good)
{
    if (!good)
        j->ok = 0;
}

/* ---- Data ------------------------------------------------------------- */

static unsigned char record_byte(size_t row, size_t column)
{
    return (unsigned char)(row * 37 + column * 11 + 1);
}

static void fill_records(void)
{
    for (size_t i = 0; i < BENCH_RECORDS; i++)
        for (size_t k = 0; k < sizeof bench_records[i]; k++)
            bench_records[i][k] = record_byte(i, k);
}

void *bench_memory(size_t size)
{
    size_t room = (size + 2 * HUGE_PAGE) & ~(size_t)(HUGE_PAGE - 1);
    char *p = mmap(NULL, room, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        perror("bench: mmap");
        exit(1);
    }
    p += -(uintptr_t)p & (HUGE_PAGE - 1);
    madvise(p, room - HUGE_PAGE, MADV_HUGEPAGE);
    memset(p, 1, size);
    return p;
}

unsigned char *bench_data(size_t size)
{
    unsigned char *p = bench_memory(size + 8);

    for (size_t k = 0; k * 8 < size; k++) {
        uint64_t w = bench_word(k);
        memcpy(p + k * 8, &w, 8);
    }
    return p;
}

/* 20 to 200 bytes, newline included; 110 on average. */
static size_t line_len(size_t i)
{
    return 20 + (size_t)(bench_word(i) >> 40) % 181;
}

static char line_byte(size_t i, size_t k)
{
    return (char)(' ' + (i + k * 7) % 95);
}

char *bench_lines(size_t n, size_t *len_out)
{
    char *text = bench_memory(n * 200 + 1);
    char *p = text;

    for (size_t i = 0; i < n; i++) {
        size_t len = line_len(i);
        for (size_t k = 0; k + 1 < len; k++)
            *p++ = line_byte(i, k);
        *p++ = '\n';
    }
    *len_out = (size_t)(p - text);
    return text;
}

/* ---- What the results must be ----------------------------------------- */

/* The 8 bytes at an offset of the data. */
static uint64_t word_at(size_t offset)
{
    size_t shift = offset % 8 * 8;
    uint64_t low = bench_word(offset / 8);

    if (shift == 0)
        return low;
    return low >> shift | bench_word(offset / 8 + 1) << (64 - shift);
}

uint64_t bench_expect_records(size_t n, size_t size)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += word_at(i * size);
    return sum;
}

uint64_t bench_expect_bytes(size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (unsigned char)(bench_word(i / 8) >> i % 8 * 8);
    return sum;
}

uint64_t bench_expect_lines(size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += line_len(i) + (unsigned char)line_byte(i, 0);
    return sum;
}

uint64_t bench_expect_random(size_t n, size_t size)
{
    uint64_t state = 1, sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += bench_word(bench_offset(&state, size) / 8);
    return sum;
}

uint64_t bench_expect_create(size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += 11u + bench_records[i % BENCH_RECORDS][0];
    return sum;
}

void bench_check_records(bench_job *j, const void *data, size_t len)
{
    const unsigned char *p = data;

    bench_check(j, len == j->n * j->size);
    for (size_t i = 0; j->ok && i < j->n; i++, p += j->size)
        bench_check(j,
                    memcmp(p, bench_records[i % BENCH_RECORDS], j->size) == 0);
}

void bench_check_putc(bench_job *j, const void *data, size_t len)
{
    const unsigned char *p = data;

    bench_check(j, len == j->n);
    for (size_t i = 0; j->ok && i < len; i++)
        bench_check(j, p[i] == (unsigned char)i);
}

/* Look at one word in 4 KiB, and at the last. */
static void check_words(bench_job *j, const unsigned char *p, size_t len,
                        size_t period)
{
    bench_check(j, len == j->size);
    for (size_t at = 0; j->ok && at + 8 <= len; at += 4096)
        bench_check(j, bench_first_word(p + at) == bench_word(at % period / 8));
    if (j->ok && len >= 8)
        bench_check(j, bench_first_word(p + len / 8 * 8 - 8) ==
                           bench_word((len / 8 * 8 - 8) % period / 8));
}

void bench_check_blocks(bench_job *j, const void *data, size_t len)
{
    check_words(j, data, len, BENCH_BLOCK);
}

void bench_check_data(bench_job *j, const void *data, size_t len)
{
    check_words(j, data, len, SIZE_MAX - 7);
}

void bench_check_file(bench_job *j, const char *path, bench_checker *check)
{
    size_t len = bench_file_size(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;

    if (fd >= 0 && len > 0)
        p = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    bench_check(j, p != MAP_FAILED);
    if (j->ok)
        check(j, p, len);
    if (p != MAP_FAILED)
        munmap(p, len);
    if (fd >= 0)
        close(fd);
    unlink(path);
}

size_t bench_file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

/* smaps_rollup counts; statm is quicker but off by a batch of each core. */
size_t bench_resident(void)
{
    size_t kib = 0;
    char line[256];
    FILE *f = fopen("/proc/self/smaps_rollup", "r");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "Rss:", 4) == 0)
            kib = strtoull(line + 4, NULL, 10);
    if (f)
        fclose(f);
    return kib * 1024;
}

/* ---- Running ---------------------------------------------------------- */

/*
 * Touch and free memory right before a measurement: on a virtual machine the
 * first touch of memory that was given back to the host costs ten times as
 * much, and would be paid by whoever comes first.
 */
static void touch_memory(size_t bytes)
{
    char *p;

    if (bytes == 0)
        return;
    p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
             -1, 0);
    if (p == MAP_FAILED)
        return;
    madvise(p, bytes, MADV_HUGEPAGE);
    for (size_t at = 0; at < bytes; at += 4096)
        p[at] = 1;
    munmap(p, bytes);
}

static const bench_workload *find(const bench_workload *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

/* An order: name n size reps warm touch path path2. */
static int execute(const bench_workload *table, char *order)
{
    char *field[8], *rest;
    size_t count = 0;
    const bench_workload *w;
    bench_job j = {0};

    for (char *p = strtok_r(order, " \n", &rest); p && count < 8;
         p = strtok_r(NULL, " \n", &rest))
        field[count++] = p;
    if (count != 8 || !(w = find(table, field[0])))
        return 1;
    j.n = strtoull(field[1], NULL, 10);
    j.size = strtoull(field[2], NULL, 10);
    j.reps = strtoull(field[3], NULL, 10);
    j.warm = strtoull(field[4], NULL, 10);
    j.path = field[6];
    j.path2 = field[7];
    j.ok = 1;
    touch_memory(strtoull(field[5], NULL, 10));
    if (j.warm) {
        w->run(&j);
        j.ns = 0;
    }
    w->run(&j);
    printf("%.0f %.3f %d\n", j.ns, j.value, j.ok);
    return 0;
}

int bench_main(int argc, char **argv, const bench_workload *table)
{
    fill_records();
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        for (; table->name; table++)
            puts(table->name);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "run") == 0)
        return execute(table, argv[2]);
    fprintf(stderr, "usage: %s list | run ORDER\n", argv[0]);
    return 2;
}
