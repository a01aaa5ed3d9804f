/*
 * test_interruptions.c - system calls that signals interrupt are made again:
 * nobody notices, whatever the call. (A real signal hits the one call that
 * waits; tests/os has those. Here each call of each kind is hit, by the hook.)
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <errno.h>
#include <unistd.h>

#include <rill/hook.h>

enum { MUCH = 300 * 1024 };

/* Interrupts each kind of call the first two times that it is made, then once
 * in three. What was asked of memory is none. */
typedef struct signals {
    unsigned made[RILL_CALLS], hit[RILL_CALLS];
} signals;

static int interrupt(void *ctx, int call, size_t *count)
{
    signals *g = ctx;

    (void)count;
    if (call == RILL_CALL_ALLOCATE || g->made[call]++ % 3 == 2)
        return 0;
    g->hit[call]++;
    return EINTR;
}

/* Run `work` so; it must have met each call of `kinds`, which ends with -1. */
static void check(void (*work)(void), const int *kinds)
{
    signals g = {{0}, {0}};

    rill_set_call_hook(interrupt, &g);
    work();
    rill_set_call_hook(NULL, NULL);
    for (; *kinds >= 0; kinds++) {
        test_context("call %d", *kinds);
        CHECK(g.hit[*kinds] > 0);
    }
}

static void work_on_a_file(void)
{
    rill *s = rill_open("f", "w+");

    CHECK(s != NULL);
    rill_hint_size(s, 1000);
    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    CHECK_OK(rill_truncate(s, 4));
    CHECK_INT(4, rill_size(s));
    CHECK_HOLDS(s, "abcd");
    CHECK(rill_fileno(s) >= 0);
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_close(s));
    s = rill_open("f", "a");
    CHECK(s != NULL);
    CHECK_INT(1, rill_puts(s, "e"));
    CHECK_OK(rill_close(s));
}

TEST(interruptions__of_a_file)
{
    static const int kinds[] = {RILL_CALL_OPEN,     RILL_CALL_STAT,
                                RILL_CALL_READ,     RILL_CALL_WRITE,
                                RILL_CALL_SEEK,     RILL_CALL_SYNC,
                                RILL_CALL_TRUNCATE, RILL_CALL_CLOSE,
                                RILL_CALL_PREPARE,  -1};

    check(work_on_a_file, kinds);
    CHECK_FILE("f", "abcde");
}

static void save_a_file(void)
{
    rill *s = rill_open("link", "ws");

    CHECK(s != NULL);
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_OK(rill_close(s));
    s = rill_open("link", "r+s"); /* begins with a copy */
    CHECK(s != NULL);
    CHECK_INT(1, rill_puts(s, "N"));
    CHECK_OK(rill_close(s));
    s = rill_open("fresh", "xs");
    CHECK(s != NULL);
    CHECK_INT(5, rill_puts(s, "fresh"));
    CHECK_OK(rill_close(s));
    s = rill_open("link", "ws");
    CHECK(s != NULL);
    rill_discard(s);
}

TEST(interruptions__of_a_save)
{
    static const int kinds[] = {RILL_CALL_OPEN,      RILL_CALL_STAT,
                                RILL_CALL_WRITE,     RILL_CALL_SYNC,
                                RILL_CALL_LOCK,      RILL_CALL_RENAME,
                                RILL_CALL_UNLINK,    RILL_CALL_LINK,
                                RILL_CALL_ATTRIBUTE, -1};

    test_write_file("old", "old", 3);
    CHECK_INT(0, symlink("old", "link"));
    check(save_a_file, kinds);
    CHECK_FILE("old", "New");
    CHECK_FILE("fresh", "fresh");
}

static void spool_much(void)
{
    rill *s = rill_open_spool(10, NULL);
    unsigned char *data = test_alloc(MUCH), *got = test_alloc(MUCH);

    test_pattern(data, MUCH, 0);
    CHECK_INT(8, rill_write(s, data, 8));
    CHECK_INT(MUCH - 8, rill_write(s, data + 8, MUCH - 8));
    CHECK_INT(MUCH, rill_size(s));
    CHECK_OK(rill_rewind(s));
    CHECK_MEM(got, rill_read(s, got, MUCH), data, MUCH);
    CHECK(rill_fileno(s) >= 0);
    CHECK_OK(rill_close(s));
    free(data);
    free(got);
}

TEST(interruptions__of_a_spool)
{
    static const int kinds[] = {RILL_CALL_OPEN, RILL_CALL_WRITE, RILL_CALL_READ,
                                RILL_CALL_STAT, RILL_CALL_SEEK,  -1};

    check(spool_much, kinds);
}

static void copy_much(void)
{
    rill *from = rill_open("from", "r"), *to = rill_open("to", "w");

    CHECK(from != NULL && to != NULL);
    CHECK_INT(MUCH, rill_copy(to, from, -1));
    CHECK_OK(rill_close(from));
    CHECK_OK(rill_close(to));
}

TEST(interruptions__of_a_copy)
{
    static const int kinds[] = {RILL_CALL_CLONE, RILL_CALL_PIPE, -1};
    unsigned char *data = test_alloc(MUCH), *got;
    size_t len;

    test_pattern(data, MUCH, 0);
    test_write_file("from", data, MUCH);
    check(copy_much, kinds);
    got = test_read_file("to", &len);
    CHECK_MEM(got, len, data, MUCH);
    free(got);
    free(data);
}
