/*
 * os_support.h - what tests against the real operating system share.
 *
 * Limits, users and signal masks are properties of a whole process, so such
 * tests run their body in a forked child: run_child(). A check of cmocka would
 * jump back into the runner there; a child says MUST() instead and exits.
 */
#ifndef OS_SUPPORT_H
#define OS_SUPPORT_H

#ifndef _GNU_SOURCE
#error "define _GNU_SOURCE before the first header"
#endif

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define KIB ((int64_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* RILL_TEST_QUICK=1: leave out what takes seconds or gigabytes. */
static inline int test_is_quick(void)
{
    const char *v = getenv("RILL_TEST_QUICK");

    return v && *v && strcmp(v, "0") != 0;
}

/* RILL_TEST_LONG=1: also what takes minutes or most of the memory. */
static inline int test_is_long(void)
{
    const char *v = getenv("RILL_TEST_LONG");

    return v && *v && strcmp(v, "0") != 0;
}

/* A sanitizer or valgrind owns the memory: what it costs says nothing. */
static inline int memory_is_instrumented(void)
{
    const char *v = getenv("LD_PRELOAD");

    return SANITIZED || (v && strstr(v, "vgpreload"));
}

/* What the kernel says may still be used without swapping, in bytes. */
static inline int64_t memory_available(void)
{
    char line[256];
    long long kib = 0;
    FILE *f = fopen("/proc/meminfo", "r");

    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "MemAvailable: %lld kB", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return (int64_t)kib * KIB;
}

/* Why a test that touches `bytes` of memory cannot run here, or NULL. */
static inline const char *no_room_for(int64_t bytes)
{
    if (test_is_quick())
        return "RILL_TEST_QUICK is set";
    if (sizeof(size_t) < 8)
        return "sizes have 32 bits";
    if (memory_is_instrumented())
        return "instrumented memory is too slow for gigabytes";
    return memory_available() < bytes * 3 / 2 ? "not enough free memory" : NULL;
}

/* Why this directory cannot hold a sparse file of 8 GiB, or NULL. */
static inline const char *no_sparse_files(void)
{
    int fd = open("probe", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    int rc = fd < 0 ? -1 : ftruncate(fd, (off_t)(8 * GIB));

    close(fd);
    unlink("probe");
    return rc == 0 ? NULL : "the file system takes no file above 4 GiB";
}

/* These leave the running TEST as skipped, so they stand in it directly. */
#define SKIP_IF(reason)                 \
    do {                                \
        const char *why_not = (reason); \
        if (why_not)                    \
            SKIP(why_not);              \
    } while (0)
#define NEED_MEMORY(bytes) SKIP_IF(no_room_for(bytes))
#define NEED_SPARSE_FILES() SKIP_IF(no_sparse_files())
#define NEED_LONG() SKIP_IF(test_is_long() ? NULL : "RILL_TEST_LONG is not set")

/* ---- Children ----------------------------------------------------------- */

enum { CHILD_SKIPS = 77 };

#define MUST(condition)                                               \
    do {                                                              \
        if (!(condition)) {                                           \
            fprintf(stderr, "%s:%d: in a child: does not hold: %s\n", \
                    __FILE__, __LINE__, #condition);                  \
            _exit(1);                                                 \
        }                                                             \
    } while (0)

/* Start `body` in a child process; it may return or _exit(). */
static inline pid_t start_child(void (*body)(void *arg), void *arg)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        body(arg);
        _exit(0);
    }
    CHECK(pid > 0);
    return pid;
}

/* Wait for a child: its exit status, or 128 + the signal that ended it. */
static inline int wait_child(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0)
        CHECK(errno == EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Run `body` in a child. Returns 0, or CHILD_SKIPS if that is how it ended. */
static inline int run_child(void (*body)(void *arg), void *arg)
{
#ifdef _WIN32
    int status = CHILD_SKIPS; /* nothing forks */

    (void)body, (void)arg, (void)start_child, (void)wait_child;
#else
    int status = wait_child(start_child(body, arg));
#endif

    if (status != CHILD_SKIPS)
        CHECK_INT(0, status);
    return status;
}

/* The same as a whole test, or as its end. */
#define RUN_CHILD(body, arg)                                \
    do {                                                    \
        if (run_child((body), (arg)) == CHILD_SKIPS)        \
            SKIP("the child could not be set up for this"); \
    } while (0)

/* The next line of `s` is a string literal. */
#define CHECK_LINE(s, literal)                        \
    do {                                              \
        const char *text = "";                        \
        ptrdiff_t text_len = rill_readline(s, &text); \
        CHECK_BYTES(text, text_len, literal);         \
    } while (0)

/* ---- Descriptors --------------------------------------------------------- */

static inline void set_nonblocking(int fd)
{
    CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

static inline int fd_is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static inline int64_t fd_offset(int fd)
{
    return (int64_t)lseek(fd, 0, SEEK_CUR);
}

/* Wait until `fd` is ready for `events`, as long as it takes. */
static inline void wait_for(int fd, short events)
{
    struct pollfd p = {fd, events, 0};

    while (poll(&p, 1, -1) < 0)
        CHECK(errno == EINTR);
}

/* Write all of `buf` straight to a descriptor. Returns 0 or -1. */
static inline int fd_write_all(int fd, const void *buf, size_t n)
{
    const unsigned char *p = buf;

    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

/* Read from a descriptor until `n` bytes or the end. Returns how many. */
static inline size_t fd_read_all(int fd, void *buf, size_t n)
{
    unsigned char *p = buf;
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(fd, p + done, n - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

/* Whether `buf` holds what test_pattern() puts at `offset`. */
static inline int is_pattern(const void *buf, size_t n, int64_t offset)
{
    const unsigned char *p = buf;
    unsigned char want[4096];
    size_t part;

    for (; n > 0; n -= part, p += part, offset += (int64_t)part) {
        part = n < sizeof(want) ? n : sizeof(want);
        test_pattern(want, part, offset);
        if (memcmp(p, want, part) != 0)
            return 0;
    }
    return 1;
}

#endif /* OS_SUPPORT_H */
