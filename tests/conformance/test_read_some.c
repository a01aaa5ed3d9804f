/*
 * rill_read_some(): what is there, with at most one call to the store.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <rill/testing/double.h>

#include <fcntl.h>
#include <unistd.h>

CONFORMS(read_some__gets_it_all_in_the_end, READS | BLOCKS)
{
    rill *s = fixture_open_pattern(fx, 1000);
    unsigned char got[1000 + 64], want[1000];
    size_t done = 0;
    ptrdiff_t n;

    test_pattern(want, sizeof(want), 0);
    for (;;) {
        RETRY(n, rill_read_some(s, got + done, 64));
        if (n <= 0)
            break;
        CHECK(n <= 64);
        done += (size_t)n;
        CHECK(done <= sizeof(want));
    }
    CHECK_INT(0, n);
    CHECK_MEM(got, done, want, sizeof(want));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_some__of_no_bytes, READS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(0, rill_read_some(s, NULL, 0));
    CHECK_READS(s, "abc");
    CHECK_INT(0, rill_read_some(s, NULL, 0));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_some__at_the_end, READS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_READS(s, "abc");
    CHECK_INT(0, rill_read_some(s, &c, 1));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_some__sees_what_was_written, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    char buf[8];
    ptrdiff_t n;

    CHECK_INT(3, rill_write(s, "XYZ", 3));
    n = rill_read_some(s, buf, 8);
    CHECK(n >= 1 && n <= 3);
    CHECK_MEM(buf, n, "def", (size_t)n);
    CHECK_INT(3 + n, rill_tell(s));
    CHECK_LEAVES(fx, s, "XYZdef");
}

static void check_calls(rill_double d, ptrdiff_t buffer_size, size_t want)
{
    rill_options o = RILL_OPTIONS_INIT;
    char buf[10];
    size_t done = 0;
    rill *s;

    o.buffer_size = buffer_size;
    s = rill_open_double(rill_open_view("abcdefghij", 10), RILL_TAKE, &d, &o);
    while (done < sizeof(buf)) {
        size_t before = d.reads;
        ptrdiff_t n = rill_read_some(s, buf + done, sizeof(buf) - done);

        CHECK_INT(want, n);
        CHECK_INT(before + 1, d.reads);
        done += (size_t)n;
    }
    CHECK_BYTES(buf, 10, "abcdefghij");
    CHECK_OK(rill_close(s));
}

TEST(read_some__calls_the_store_once)
{
    check_calls((rill_double){0}, 0, 10);
    check_calls((rill_double){0}, RILL_UNBUFFERED, 10);
    check_calls((rill_double){.piece = 1}, 0, 1);
}

TEST(read_some__calls_the_store_once_for_much)
{
    enum { SIZE = 100000, ASKED = 40000, PIECE = 20000 };
    unsigned char *got = test_alloc(ASKED), *want = test_alloc(SIZE);
    rill_double d = {.piece = PIECE};
    rill *s = rill_open_double(rill_open_view(want, SIZE), RILL_TAKE, &d, NULL);

    test_pattern(want, SIZE, 0);
    CHECK_MEM(got, rill_read_some(s, got, ASKED), want, PIECE);
    CHECK_INT(1, d.reads);
    CHECK_MEM(got, rill_read_some(s, got, ASKED), want + PIECE, PIECE);
    CHECK_INT(2, d.reads);
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}

TEST(read_some__asks_the_window_first)
{
    rill_double d = {0};
    rill *s =
        rill_open_double(rill_open_view("abcdefghij", 10), RILL_TAKE, &d, NULL);
    char buf[10];

    CHECK_INT('a', rill_getc(s));
    CHECK_INT(1, d.reads);
    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "bcdefghij");
    CHECK_INT(1, d.reads);
    CHECK_OK(rill_close(s));
}

TEST(read_some__does_not_wait_for_more)
{
    int fd[2];
    char buf[100];
    rill *s;

    CHECK_INT(0, pipe(fd));
    s = rill_open_fd(fd[0], "r", RILL_TAKE, NULL);
    CHECK_INT(3, write(fd[1], "abc", 3));
    CHECK_BYTES(buf, rill_read_some(s, buf, sizeof(buf)), "abc");
    CHECK_INT(2, write(fd[1], "de", 2));
    CHECK_BYTES(buf, rill_read_some(s, buf, sizeof(buf)), "de");
    CHECK_INT(0, close(fd[1]));
    CHECK_INT(0, rill_read_some(s, buf, sizeof(buf)));
    CHECK_OK(rill_close(s));
}

TEST(read_some__would_block)
{
    int fd[2];
    char buf[100];
    rill *s;

    CHECK_INT(0, pipe(fd));
    CHECK_INT(0, fcntl(fd[0], F_SETFL, O_NONBLOCK));
    s = rill_open_fd(fd[0], "r", RILL_TAKE, NULL);
    CHECK_CODE(RILL_EAGAIN, rill_read_some(s, buf, sizeof(buf)));
    CHECK_INT(0, rill_eof(s));
    CHECK_INT(3, write(fd[1], "abc", 3));
    CHECK_BYTES(buf, rill_read_some(s, buf, sizeof(buf)), "abc");
    CHECK_CODE(RILL_EAGAIN, rill_read(s, buf, 1));
    CHECK_INT(3, write(fd[1], "def", 3));
    CHECK_BYTES(buf, rill_read(s, buf, 100), "def");
    CHECK_INT(0, close(fd[1]));
    CHECK_INT(0, rill_read(s, buf, 1));
    CHECK_OK(rill_close(s));
}
