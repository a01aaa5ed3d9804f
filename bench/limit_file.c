/*
 * limit_file.c - the limit on files: bare system calls, with a buffer and a
 * loop written by hand where the records are small. Also makes the files that
 * the workloads read, and measures how long a program takes to start.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "limit.h"

extern char **environ;

static int open_in(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_out(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static int write_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t done = write(fd, p, len);
        if (done <= 0)
            return 0;
        p += done;
        len -= (size_t)done;
    }
    return 1;
}

/* ---- Small records ---------------------------------------------------- */

static unsigned char buffer[BENCH_BUFFER + 256];

/* Fill the buffer, keeping the `rest` bytes that end at `end`. */
static size_t refill(int fd, const unsigned char *end, size_t rest)
{
    ssize_t got;

    memmove(buffer, end - rest, rest);
    got = read(fd, buffer + rest, BENCH_BUFFER);
    return rest + (got > 0 ? (size_t)got : 0);
}

BENCH_INLINE void write_records(bench_job *j, const size_t size)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        int fd = open_out(j->path);
        unsigned char *p = buffer, *end = buffer + BENCH_BUFFER;
        for (size_t i = 0, n = j->n; i < n; i++) {
            if (size > (size_t)(end - p)) {
                bench_check(j, write_all(fd, buffer, (size_t)(p - buffer)));
                p = buffer;
            }
            memcpy(p, bench_records[i % BENCH_RECORDS], size);
            p += size;
        }
        bench_check(j, write_all(fd, buffer, (size_t)(p - buffer)));
        close(fd);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void write_file(bench_job *j)
{
    BENCH_BY_SIZE(j, write_records);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        int fd = open_out(j->path);
        unsigned char *p = buffer, *end = buffer + BENCH_BUFFER;
        for (size_t i = 0, n = j->n; i < n; i++) {
            if (p == end) {
                bench_check(j, write_all(fd, buffer, BENCH_BUFFER));
                p = buffer;
            }
            *p++ = (unsigned char)i;
        }
        bench_check(j, write_all(fd, buffer, (size_t)(p - buffer)));
        close(fd);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

BENCH_INLINE void read_records(bench_job *j, const size_t size)
{
    unsigned char record[256];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        int fd = open_in(j->path);
        unsigned char *p = buffer, *end = buffer;
        for (size_t i = 0, n = j->n; i < n; i++) {
            if (size > (size_t)(end - p)) {
                size_t held = refill(fd, end, (size_t)(end - p));
                p = buffer;
                end = buffer + held;
                if (size > held)
                    break;
            }
            memcpy(record, p, size);
            p += size;
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
        close(fd);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
}

static void read_file(bench_job *j)
{
    BENCH_BY_SIZE(j, read_records);
}

static void getc_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        int fd = open_in(j->path);
        unsigned char *p = buffer, *end = buffer;
        for (size_t i = 0, n = j->n; i < n; i++) {
            if (p == end) {
                p = buffer;
                end = buffer + refill(fd, end, 0);
                if (p == end)
                    break;
            }
            sum += *p++;
        }
        close(fd);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

static void lines_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        int fd = open_in(j->path);
        size_t rest = 0, held = 0, used;
        while ((held = refill(fd, buffer + held, rest)) > rest) {
            used = limit_sum_lines((char *)buffer, held, &sum);
            rest = held - used;
        }
        close(fd);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

/* ---- Bulk ------------------------------------------------------------- */

static void read_bulk(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    int fd = open_in(j->path);
    while (read(fd, buffer, BENCH_BLOCK) > 0) {
        BENCH_KEEP(buffer);
        sum += bench_first_word(buffer);
    }
    close(fd);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    int fd = open_out(j->path);
    for (size_t i = 0, n = j->n; i < n; i++)
        bench_check(j, write_all(fd, block, BENCH_BLOCK));
    close(fd);
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

static void load(bench_job *j)
{
    char *memory = bench_memory(j->size);
    size_t got = 0;
    ssize_t r;

    bench_start(j);
    int fd = open_in(j->path);
    while ((r = read(fd, memory + got, j->size - got)) > 0)
        got += (size_t)r;
    close(fd);
    bench_stop(j);
    bench_check_data(j, memory, got);
    munmap(memory, j->size);
}

static void save(bench_job *j)
{
    unsigned char *data = bench_data(j->size);

    bench_start(j);
    int fd = open_out(j->path2);
    bench_check(j, write_all(fd, data, j->size));
    close(fd);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j, int (*copy)(int in, int out, size_t size))
{
    bench_start(j);
    int in = open_in(j->path), out = open_out(j->path2);
    bench_check(j, copy(in, out, j->size));
    close(in);
    close(out);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static int by_read(int in, int out, size_t size)
{
    static char piece[512 * 1024];
    ssize_t got;

    while (size > 0 && (got = read(in, piece, sizeof piece)) > 0) {
        if (!write_all(out, piece, (size_t)got))
            return 0;
        size -= (size_t)got;
    }
    return size == 0;
}

static int by_sendfile(int in, int out, size_t size)
{
    ssize_t got;

    while (size > 0 && (got = sendfile(out, in, NULL, size)) > 0)
        size -= (size_t)got;
    return size == 0;
}

static int by_range(int in, int out, size_t size)
{
    ssize_t got;

    while (size > 0 &&
           (got = copy_file_range(in, NULL, out, NULL, size, 0)) > 0)
        size -= (size_t)got;
    return size == 0;
}

static int by_splice(int in, int out, size_t size)
{
    ssize_t got = 1;
    int ends[2];

    if (pipe(ends) != 0)
        return 0;
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    while (size > 0 &&
           (got = splice(in, NULL, ends[1], NULL, 1 << 20, 0)) > 0) {
        size -= (size_t)got;
        for (ssize_t sent; got > 0; got -= sent) {
            sent = splice(ends[0], NULL, out, NULL, (size_t)got, 0);
            if (sent <= 0)
                return 0;
        }
    }
    close(ends[0]);
    close(ends[1]);
    return size == 0;
}

static void copy_read(bench_job *j)
{
    copy_file(j, by_read);
}

static void copy_sendfile(bench_job *j)
{
    copy_file(j, by_sendfile);
}

static void copy_range(bench_job *j)
{
    copy_file(j, by_range);
}

static void copy_splice(bench_job *j)
{
    copy_file(j, by_splice);
}

static void rand_file(bench_job *j)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    bench_start(j);
    int fd = open_in(j->path);
    for (size_t i = 0, n = j->n; i < n; i++) {
        uint64_t at = bench_offset(&state, j->size);
        if (pread(fd, record, sizeof record, (off_t)at) == sizeof record)
            sum += bench_first_word(record);
    }
    close(fd);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void open_close(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        int fd = open_in(j->path);
        if (read(fd, buffer, 1024) == 1024)
            sum += bench_first_word(buffer);
        close(fd);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

/* ---- What is not a peer ----------------------------------------------- */

/* Make the data file of `size` bytes, on the disk, so that no later
 * measurement pays for writing it back. */
static void make_data(bench_job *j)
{
    int fd = open_out(j->path);
    unsigned char piece[BENCH_BLOCK];

    for (size_t k = 0; k * 8 < j->size; k++) {
        uint64_t w = bench_word(k);
        memcpy(piece + k * 8 % sizeof piece, &w, 8);
        if ((k + 1) * 8 % sizeof piece == 0 || (k + 1) * 8 >= j->size)
            bench_check(j, write_all(fd, piece, k * 8 % sizeof piece + 8));
    }
    bench_check(j, ftruncate(fd, (off_t)j->size) == 0 && fsync(fd) == 0);
    close(fd);
}

static void make_lines(bench_job *j)
{
    size_t len;
    char *text = bench_lines(j->n, &len);
    int fd = open_out(j->path);

    bench_check(j, write_all(fd, text, len) && fsync(fd) == 0);
    close(fd);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median wall time, in ns, that a program takes from spawn to exit. */
static void startup(bench_job *j)
{
    double *took = calloc(j->n, sizeof *took);
    char *argv[] = {(char *)(uintptr_t)j->path, NULL};

    for (size_t i = 0; took && i < j->n; i++) {
        struct timespec a, b;
        pid_t pid;
        int status = 1;
        clock_gettime(CLOCK_MONOTONIC, &a);
        if (posix_spawn(&pid, j->path, NULL, NULL, argv, environ) == 0)
            waitpid(pid, &status, 0);
        clock_gettime(CLOCK_MONOTONIC, &b);
        bench_check(j, status == 0);
        took[i] = (double)(b.tv_sec - a.tv_sec) * 1e9 +
                  (double)(b.tv_nsec - a.tv_nsec);
    }
    if (took) {
        qsort(took, j->n, sizeof *took, compare);
        j->value = took[j->n / 2];
    }
    free(took);
}

const bench_workload limit_file[] = {
    {"write_file", write_file},
    {"putc_file", putc_file},
    {"read_file", read_file},
    {"getc_file", getc_file},
    {"lines_file", lines_file},
    {"read_bulk", read_bulk},
    {"write_bulk", write_bulk},
    {"load", load},
    {"save", save},
    {"copy_file@read", copy_read},
    {"copy_file@sendfile", copy_sendfile},
    {"copy_file@range", copy_range},
    {"copy_file@splice", copy_splice},
    {"rand_file", rand_file},
    {"open_close", open_close},
    {"make_data", make_data},
    {"make_lines", make_lines},
    {"startup", startup},
    {NULL, NULL},
};
