/*
 * test_fork.c - a stream after fork(): what waits in the parent's window comes
 * out once, by the parent, whatever the child does with its copy; unless the
 * parent has left it to the child.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <pthread.h>
#include <sys/socket.h>

/* ---- Endings of a child ------------------------------------------------- */

static void close_it(void *s)
{
    MUST(rill_close(s) == RILL_OK);
}

static void flush_it(void *s)
{
    MUST(rill_flush(s) == RILL_OK);
}

static void sync_it(void *s)
{
    /* A pipe cannot; the others can. */
    int rc = rill_sync(s, RILL_SYNC_DATA);

    MUST(rc == RILL_OK || rc == RILL_ENOTSUP);
}

static void discard_it(void *s)
{
    rill_discard(s);
}

static void leave_it(void *s)
{
    (void)s;
    exit(0);
}

static void ask_it(void *s)
{
    const void *rest;

    MUST(rill_unwritten(s, &rest, NULL) == 0);
    MUST(rill_failed(s, NULL) == RILL_OK);
    MUST(rill_writable(s) == 1);
    MUST(!rill_seekable(s) || rill_tell(s) == 4);
    MUST(rill_fileno(s) >= 0);
    MUST(rill_close(s) == RILL_OK);
}

static void (*const endings[])(void *) = {close_it,   flush_it, sync_it,
                                          discard_it, leave_it, ask_it};
enum { ENDINGS = sizeof(endings) / sizeof(*endings) };

/* "one " waits while a child comes and goes, then "two ". */
static void write_around_a_child(rill *s, int ending)
{
    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(endings[ending], s)));
    CHECK_INT(4, rill_puts(s, "two "));
    CHECK_OK(rill_close(s));
}

TEST(fork__file)
{
    for (int i = 0; i < ENDINGS; i++) {
        test_context("ending %d", i);
        write_around_a_child(rill_open("f", "wb"), i);
        CHECK_FILE("f", "one two ");
        write_around_a_child(rill_open("f", "rb+"), i);
        CHECK_FILE("f", "one two ");
    }
}

TEST(fork__append)
{
    for (int i = 0; i < ENDINGS; i++) {
        test_context("ending %d", i);
        unlink("f");
        write_around_a_child(rill_open("f", "ab"), i);
        CHECK_FILE("f", "one two ");
    }
}

static rill *open_unbuffered(const char *path)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = RILL_UNBUFFERED;
    return rill_open_with(path, "wb", &o);
}

TEST(fork__unbuffered)
{
    for (int i = 0; i < ENDINGS; i++) {
        test_context("ending %d", i);
        write_around_a_child(open_unbuffered("f"), i);
        CHECK_FILE("f", "one two ");
    }
}

/* All that comes out of a descriptor is a literal. */
#define CHECK_ARRIVES(fd, literal)                      \
    do {                                                \
        char got[64];                                   \
        size_t len = fd_read_all(fd, got, sizeof(got)); \
        CHECK_BYTES(got, len, literal);                 \
    } while (0)

TEST(fork__pipe)
{
    for (int i = 0; i < ENDINGS; i++) {
        int fds[2];

        test_context("ending %d", i);
        CHECK_INT(0, pipe(fds));
        write_around_a_child(rill_open_fd(fds[1], "wb", RILL_TAKE, NULL), i);
        CHECK_ARRIVES(fds[0], "one two ");
        close(fds[0]);
    }
}

TEST(fork__socket_in_both_directions)
{
    for (int i = 0; i < ENDINGS; i++) {
        int fds[2];

        test_context("ending %d", i);
        CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
        write_around_a_child(rill_open_fd(fds[0], "rb+", RILL_TAKE, NULL), i);
        CHECK_ARRIVES(fds[1], "one two ");
        close(fds[1]);
    }
}

/* The window of the other direction is still there. */
TEST(fork__socket_that_was_read)
{
    int fds[2];
    rill *s;

    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    s = rill_open_fd(fds[0], "rb+", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_INT(6, write(fds[1], "abcdef", 6));
    CHECK_READS(s, "ab");
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(discard_it, s)));
    CHECK_INT(4, rill_puts(s, "two "));
    CHECK_READS(s, "cdef");
    CHECK_OK(rill_close(s));
    CHECK_ARRIVES(fds[1], "one two ");
    close(fds[1]);
}

static void read_the_rest(void *s)
{
    MUST(rill_getc(s) == 'c' && rill_getc(s) == 'd');
    MUST(rill_close(s) == RILL_OK);
}

/* What has been read ahead belongs to both: reading takes nothing away. */
TEST(fork__bytes_read_ahead)
{
    int fds[2];
    rill *s;

    CHECK_INT(0, pipe(fds));
    CHECK_INT(4, write(fds[1], "abcd", 4));
    close(fds[1]);
    s = rill_open_fd(fds[0], "rb", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_READS(s, "ab");
    CHECK_INT(0, wait_child(start_child(read_the_rest, s)));
    CHECK_REST(s, "cd");
    CHECK_OK(rill_close(s));
}

/* ---- A child that goes on ----------------------------------------------- */

static void write_more(void *s)
{
    MUST(rill_puts(s, "child ") == 6);
    MUST(rill_close(s) == RILL_OK);
}

/* What the child writes itself is its own business, and is written. */
TEST(fork__child_writes_too)
{
    int fds[2];
    rill *s;

    s = rill_open("f", "ab");
    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(write_more, s)));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "child one ");

    CHECK_INT(0, pipe(fds));
    s = rill_open_fd(fds[1], "wb", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(write_more, s)));
    CHECK_OK(rill_close(s));
    CHECK_ARRIVES(fds[0], "child one ");
    close(fds[0]);
}

/* In a file it writes behind what its parent will write. */
TEST(fork__child_writes_behind)
{
    rill *s = rill_open("f", "wb");

    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(write_more, s)));
    CHECK_FILE("f", "\0\0\0\0child ");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "one child ");
}

static void fork_again(void *s)
{
    MUST(rill_puts(s, "child ") == 6);
    MUST(wait_child(start_child(close_it, s)) == 0);
    MUST(rill_close(s) == RILL_OK);
}

TEST(fork__grandchild)
{
    rill *s = rill_open("f", "ab");

    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(fork_again, s)));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "child one ");
}

/* ---- The opt-out -------------------------------------------------------- */

static rill *open_kept(const char *path, const char *mode)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.keep_after_fork = 1;
    s = rill_open_with(path, mode, &o);
    CHECK(s != NULL);
    return s;
}

TEST(fork__left_to_the_child)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fds[2];
    rill *s;

    s = open_kept("f", "wb");
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(write_more, s)));
    rill_discard(s);
    CHECK_FILE("f", "one child ");

    s = open_kept("f", "ab");
    CHECK_INT(4, rill_puts(s, "two "));
    CHECK_INT(0, wait_child(start_child(close_it, s)));
    rill_discard(s);
    CHECK_FILE("f", "one child two ");

    o.keep_after_fork = 1;
    CHECK_INT(0, pipe(fds));
    s = rill_open_fd(fds[1], "wb", RILL_TAKE, &o);
    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(write_more, s)));
    rill_discard(s);
    CHECK_ARRIVES(fds[0], "one child ");
    close(fds[0]);
}

/* ---- Memory is everybody's own ------------------------------------------ */

static void read_memory(void *s)
{
    MUST(rill_puts(s, "def") == 3);
    MUST(rill_size(s) == 6);
    MUST(rill_close(s) == RILL_OK);
}

TEST(fork__memory)
{
    for (int i = 0; i < 2; i++) {
        rill *s = i ? rill_open_spool(1000, NULL) : rill_open_mem(NULL);

        CHECK(s != NULL);
        CHECK_INT(3, rill_puts(s, "abc"));
        CHECK_INT(0, wait_child(start_child(read_memory, s)));
        CHECK_HOLDS(s, "abc");
        CHECK_OK(rill_close(s));
    }
}

TEST(fork__spool_on_disk)
{
    for (int i = 0; i < ENDINGS; i++) {
        rill *s = rill_open_spool(2, NULL);

        test_context("ending %d", i);
        CHECK(s != NULL);
        CHECK_INT(4, rill_puts(s, "one "));
        CHECK_INT(0, wait_child(start_child(endings[i], s)));
        CHECK_INT(4, rill_puts(s, "two "));
        CHECK_HOLDS(s, "one two ");
        CHECK_OK(rill_close(s));
    }
}

/* ---- With other threads at work ----------------------------------------- */

enum { THREADS = 4, FORKS = 100 };

static int enough;

/* Opens, writes and closes, all the time. */
static void *busy(void *arg)
{
    char path[32];

    snprintf(path, sizeof(path), "busy%d", (int)(intptr_t)arg);
    while (!__atomic_load_n(&enough, __ATOMIC_RELAXED)) {
        rill *s = rill_open(path, "wb");

        MUST(s && rill_puts(s, "busy") == 4);
        MUST(rill_close(s) == RILL_OK);
    }
    return NULL;
}

/* Opens one of its own, too: no lock is held by a thread that is not here. */
static void work_after_fork(void *s)
{
    rill *own = rill_open("own", "wb");

    MUST(own && rill_puts(own, "own") == 3);
    MUST(rill_close(own) == RILL_OK);
    MUST(rill_close(s) == RILL_OK);
}

static void fork_among_threads(void *arg)
{
    pthread_t threads[THREADS];

    (void)arg;
    for (intptr_t i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, busy, (void *)i) == 0);
    for (int i = 0; i < FORKS; i++) {
        rill *s = rill_open("f", "wb");

        MUST(s && rill_puts(s, "one ") == 4);
        MUST(wait_child(start_child(work_after_fork, s)) == 0);
        MUST(rill_puts(s, "two ") == 4);
        MUST(rill_close(s) == RILL_OK);
    }
    __atomic_store_n(&enough, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
}

TEST(fork__among_threads)
{
    RUN_CHILD(fork_among_threads, NULL);
    CHECK_FILE("f", "one two ");
    CHECK_FILE("own", "own");
}
