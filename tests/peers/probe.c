/*
 * probe.c - a program that uses one library while something goes wrong:
 *
 *     probe SCENARIO PATH
 *
 * It says how it went by its exit status, since what it prints might be what
 * fails: the names of enum answer. probe.py is the same for CPython; run.py
 * makes the faults and judges.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

enum answer {
    ALL_WELL = 0,
    REPORTED_OPEN = 10, /* the first failure that was reported, and where */
    REPORTED_WRITE,
    REPORTED_FLUSH,
    REPORTED_SYNC,
    REPORTED_CLOSE,
    FORGOTTEN = 20, /* reported by sync, then denied by sync and close */
    INTACT = 30,    /* memory: reported, and what was acknowledged is there */
    DAMAGED = 31,
    CANNOT = 40 /* this library has no such thing */
};

enum { SIZE = 300000, PIECE = 1000, MEBIBYTE = 1024 * 1024 };

static unsigned char bytes[SIZE];

static void fill(void)
{
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)(i * 167 + (i >> 8) * 31);
}

/* Write `size` bytes in pieces, flush and close. */
static int write_file(const char *path, size_t size)
{
    void *h = probed.create(path);
    int answer = ALL_WELL;

    if (!h)
        return REPORTED_OPEN;
    for (size_t at = 0; at < size && !answer; at += PIECE) {
        size_t n = size - at < PIECE ? size - at : PIECE;

        if (probed.write(h, bytes + at, n) < 0)
            answer = REPORTED_WRITE;
    }
    if (!answer && probed.flush(h) < 0)
        answer = REPORTED_FLUSH;
    if (probed.close(h) < 0 && !answer)
        answer = REPORTED_CLOSE;
    return answer;
}

static int scenario_write(const char *path)
{
    return write_file(path, SIZE);
}

/* So little that it waits in a buffer: no flush, close alone. */
static int scenario_write_little(const char *path)
{
    void *h = probed.create(path);
    int answer = ALL_WELL;

    if (!h)
        return REPORTED_OPEN;
    if (probed.write(h, bytes, PIECE) < 0)
        answer = REPORTED_WRITE;
    if (probed.close(h) < 0 && !answer)
        answer = REPORTED_CLOSE;
    return answer;
}

static void on_alarm(int number)
{
    (void)number;
}

/* Signals arrive all the time: writes come out short, or EINTR. */
static int scenario_write_interrupted(const char *path)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    int answer;

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    answer = write_file(path, SIZE);
    setitimer(ITIMER_REAL, &never, NULL);
    return answer;
}

/* The first sync fails. Do a second one and close deny it? */
static int scenario_sync(const char *path)
{
    void *h = probed.create(path);
    int again, end;

    if (!probed.sync)
        return CANNOT;
    if (!h)
        return REPORTED_OPEN;
    if (probed.write(h, bytes, SIZE) < 0 || probed.flush(h) < 0)
        return REPORTED_WRITE;
    if (probed.sync(h) == 0)
        return ALL_WELL;
    again = probed.sync(h);
    end = probed.close(h);
    return again == 0 && end == 0 ? FORGOTTEN : REPORTED_SYNC;
}

static int scenario_save(const char *path)
{
    return probed.save(path, bytes, SIZE) < 0 ? REPORTED_CLOSE : ALL_WELL;
}

static int scenario_exit(const char *path)
{
    void *h = probed.create(path);

    return h && probed.write(h, bytes, PIECE) == 0 ? ALL_WELL : REPORTED_WRITE;
}

static int scenario_fork(const char *path)
{
    void *h = probed.create(path);
    pid_t child;

    if (!h || probed.write(h, bytes, PIECE) < 0)
        return REPORTED_WRITE;
    child = fork();
    if (child == 0)
        return ALL_WELL; /* main() returns: an ordinary exit */
    waitpid(child, NULL, 0);
    return probed.close(h) < 0 ? REPORTED_CLOSE : ALL_WELL;
}

static int scenario_directory(const char *path)
{
    void *h = probed.open(path);
    char byte;

    if (!h)
        return REPORTED_OPEN;
    return probed.read(h, &byte, 1) < 0 ? REPORTED_WRITE : ALL_WELL;
}

static int scenario_truncated(const char *path)
{
    void *h = probed.open(path);
    long long n, total = PIECE;
    static unsigned char got[SIZE];

    if (!h || probed.read(h, got, PIECE) != PIECE)
        return REPORTED_OPEN;
    if (truncate(path, PIECE + 10) < 0)
        return REPORTED_OPEN;
    while ((n = probed.read(h, got + total, (size_t)(SIZE - total))) > 0)
        total += n;
    if (memcmp(got, bytes, PIECE + 10) != 0)
        return DAMAGED;
    return n < 0 ? REPORTED_WRITE : ALL_WELL;
}

/* More than 2 GiB in one call; the last byte is not like the others. */
static void *much(size_t *size_out)
{
    size_t size = ((size_t)1 << 31) + 5;
    unsigned char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED)
        return NULL;
    p[size - 1] = 'E';
    *size_out = size;
    return p;
}

static int scenario_much(const char *path)
{
    size_t size;
    void *p = much(&size), *h = probed.create(path);
    int answer = ALL_WELL;

    if (!p || !h)
        return REPORTED_OPEN;
    if (probed.write(h, p, size) < 0)
        answer = REPORTED_WRITE;
    if (probed.close(h) < 0 && !answer)
        answer = REPORTED_CLOSE;
    return answer;
}

/* Write to memory in pieces of 1 MiB up to `most`; what had been acknowledged
 * when it failed must be there. */
static int grow_memory(size_t most)
{
    unsigned char *piece = malloc(MEBIBYTE);
    void *h = probed.memory();
    size_t acknowledged = 0, len;
    const unsigned char *p;

    if (!piece || !h)
        return REPORTED_OPEN;
    memset(piece, 'm', MEBIBYTE);
    while (acknowledged < most && probed.write(h, piece, MEBIBYTE) == 0 &&
           probed.flush(h) == 0)
        acknowledged += MEBIBYTE;
    p = probed.content(h, &len);
    if (len < acknowledged)
        return DAMAGED;
    for (size_t i = 0; i < acknowledged; i += 4096) {
        if (p[i] != 'm')
            return DAMAGED;
    }
    return acknowledged == most ? ALL_WELL : INTACT;
}

static int scenario_memory_short(const char *path)
{
    struct rlimit limit = {(rlim_t)1 << 29, (rlim_t)1 << 29};

    (void)path;
    setrlimit(RLIMIT_AS, &limit);
    return grow_memory((size_t)1 << 32);
}

static int scenario_memory_5g(const char *path)
{
    (void)path;
    return grow_memory((size_t)5 << 30);
}

static int scenario_memory_bounded(const char *path)
{
    static unsigned char room[PIECE];
    void *h = probed.bounded(room, sizeof(room));
    int answer = ALL_WELL;

    (void)path;
    if (!h)
        return REPORTED_OPEN;
    if (probed.write(h, bytes, 2 * PIECE) < 0)
        answer = REPORTED_WRITE;
    if (!answer && probed.flush(h) < 0)
        answer = REPORTED_FLUSH;
    if (probed.close(h) < 0 && !answer)
        answer = REPORTED_CLOSE;
    return answer;
}

static const struct {
    const char *name;
    int (*run)(const char *path);
} scenarios[] = {
    {"write", scenario_write},
    {"write-little", scenario_write_little},
    {"write-interrupted", scenario_write_interrupted},
    {"sync", scenario_sync},
    {"save", scenario_save},
    {"exit", scenario_exit},
    {"fork", scenario_fork},
    {"directory", scenario_directory},
    {"truncated", scenario_truncated},
    {"much", scenario_much},
    {"memory-short", scenario_memory_short},
    {"memory-5g", scenario_memory_5g},
    {"memory-bounded", scenario_memory_bounded},
};

int main(int argc, char **argv)
{
    size_t count = sizeof(scenarios) / sizeof(scenarios[0]);

    fill();
    for (size_t i = 0; argc == 3 && i < count; i++) {
        if (strcmp(argv[1], scenarios[i].name) == 0)
            return scenarios[i].run(argv[2]);
    }
    fprintf(stderr, "usage: probe SCENARIO PATH\n");
    return 2;
}
