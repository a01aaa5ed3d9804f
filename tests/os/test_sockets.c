/*
 * test_sockets.c - one stream that reads and writes one socket.
 *
 * A socket has two directions and no position, so the stream has a window for
 * each: what was read ahead stays when the program answers, and what was
 * written is sent before the program waits for the answer.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <sys/socket.h>

typedef struct duplex {
    rill *s;
    int peer;
} duplex;

static duplex open_duplex(const char *mode, ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd[2];
    duplex d;

    o.buffer_size = buffer_size;
    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd));
    d.s = rill_open_fd(fd[0], mode, RILL_TAKE, &o);
    CHECK(d.s != NULL);
    d.peer = fd[1];
    return d;
}

static void peer_sends(const duplex *d, const char *text)
{
    CHECK_INT(0, fd_write_all(d->peer, text, strlen(text)));
}

/* What has arrived at the peer by now. */
static ptrdiff_t peer_got(const duplex *d, char *buf, size_t n)
{
    ptrdiff_t got = recv(d->peer, buf, n, MSG_DONTWAIT);

    return got < 0 && errno == EAGAIN ? 0 : got;
}

static void close_duplex(duplex *d)
{
    CHECK_OK(rill_close(d->s));
    close(d->peer);
}

TEST(sockets__capabilities)
{
    char back[4];
    duplex d = open_duplex("r+", 0);

    CHECK_INT(1, rill_readable(d.s));
    CHECK_INT(1, rill_writable(d.s));
    CHECK_INT(0, rill_seekable(d.s));
    CHECK_INT(0, rill_isatty(d.s));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(d.s, 0, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_tell(d.s));
    CHECK_CODE(RILL_ENOTSUP, rill_size(d.s));
    CHECK_CODE(RILL_ENOTSUP, rill_truncate(d.s, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_pread(d.s, back, 4, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(d.s, "x", 1, 0));
    CHECK_OK(rill_failed(d.s, NULL));
    close_duplex(&d);
}

/* Reading first flushes what was written. */
static void request_and_answer(const char *mode, ptrdiff_t buffer_size)
{
    char back[32];
    duplex d = open_duplex(mode, buffer_size);

    CHECK_INT(9, rill_puts(d.s, "request 1"));
    peer_sends(&d, "answer 1");
    CHECK_READS(d.s, "answer 1");
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "request 1");
    CHECK_INT(9, rill_puts(d.s, "request 2"));
    peer_sends(&d, "answer 2\n");
    CHECK_LINE(d.s, "answer 2\n");
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "request 2");
    CHECK_INT('?', rill_putc(d.s, '?'));
    CHECK_OK(rill_flush(d.s));
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "?");
    close_duplex(&d);
}

TEST(sockets__request_and_answer)
{
    request_and_answer("r+", 0);
    request_and_answer("w+", 0);
    request_and_answer("r+", RILL_UNBUFFERED);
    request_and_answer("r+", 1);
    request_and_answer("r+", 7);
}

/* What was read ahead is still there after any number of answers. */
static void read_ahead_stays(ptrdiff_t buffer_size)
{
    char back[32];
    const void *p;
    duplex d = open_duplex("r+", buffer_size);

    peer_sends(&d, "one\ntwo\nthree\nrest");
    CHECK_LINE(d.s, "one\n");
    CHECK_INT(2, rill_puts(d.s, "1;"));
    CHECK_LINE(d.s, "two\n");
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "1;");
    CHECK_INT(2, rill_puts(d.s, "2;"));
    CHECK_INT(2, rill_puts(d.s, "3;"));
    CHECK_OK(rill_flush(d.s));
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "2;3;");
    CHECK_INT('t', rill_getc(d.s));
    CHECK_INT('4', rill_putc(d.s, '4'));
    CHECK(rill_peek(d.s, &p, 4) >= 4);
    CHECK_BYTES(p, 4, "hree");
    CHECK_OK(rill_consume(d.s, 5));
    CHECK_INT('5', rill_putc(d.s, '5'));
    CHECK_READS(d.s, "rest");
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "45");
    close_duplex(&d);
}

TEST(sockets__read_ahead_stays)
{
    read_ahead_stays(0);
}

TEST(sockets__read_ahead_stays_in_small_windows)
{
    read_ahead_stays(7);
}

/* Data in the window is no excuse to keep a request back. */
TEST(sockets__reading_the_window_flushes_too)
{
    char back[8];
    duplex d = open_duplex("r+", 0);

    peer_sends(&d, "abcdef");
    CHECK_READS(d.s, "abc");
    CHECK_INT(3, rill_write(d.s, "xyz", 3));
    CHECK_READS(d.s, "def");
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "xyz");
    close_duplex(&d);
}

TEST(sockets__many_turns)
{
    char text[32], back[32];
    duplex d = open_duplex("r+", 0);

    for (int i = 0; i < 2000; i++) {
        int n = snprintf(text, sizeof(text), "turn %d of many\n", i);

        CHECK_INT(n, rill_write(d.s, text, (size_t)n));
        peer_sends(&d, text);
        CHECK_INT(n, rill_read(d.s, back, (size_t)n));
        CHECK_MEM(back, n, text, (size_t)n);
        CHECK_INT(n, peer_got(&d, back, sizeof(back)));
        CHECK_MEM(back, n, text, (size_t)n);
    }
    close_duplex(&d);
}

/* An echo server in a child, through a stream of its own. */
static void echo_lines(void *arg)
{
    duplex *d = arg;
    char *line = NULL;
    size_t size = 0;
    ptrdiff_t n;
    rill *s;

    rill_discard(d->s);
    s = rill_open_fd(d->peer, "r+", RILL_TAKE, NULL);
    MUST(s != NULL);
    while ((n = rill_getline(s, &line, &size)) > 0)
        MUST(rill_write(s, line, (size_t)n) == n);
    MUST(n == 0);
    MUST(rill_close(s) == RILL_OK);
    free(line);
}

TEST(sockets__echo_server)
{
    duplex d = open_duplex("r+", 0);
    pid_t child = start_child(echo_lines, &d);

    close(d.peer);
    for (int i = 0; i < 500; i++) {
        char text[64];
        const char *line = "";
        ptrdiff_t n;
        int len = snprintf(text, sizeof(text), "%0*d\n", 1 + i % 50, i);

        CHECK_INT(len, rill_printf(d.s, "%s", text));
        n = rill_readline(d.s, &line);
        CHECK_MEM(line, n, text, (size_t)len);
    }
    CHECK_INT(0, shutdown(rill_fileno(d.s), SHUT_WR));
    CHECK_INT(RILL_EEOF, rill_getc(d.s));
    CHECK_OK(rill_close(d.s));
    CHECK_INT(0, wait_child(child));
}

/* The end of one direction is not the end of the other. */
TEST(sockets__write_after_the_end_of_input)
{
    char byte, back[8];
    duplex d = open_duplex("r+", 0);

    CHECK_INT(0, shutdown(d.peer, SHUT_WR));
    CHECK_INT(0, rill_read(d.s, &byte, 1));
    CHECK_INT(1, rill_eof(d.s));
    CHECK_INT(4, rill_write(d.s, "late", 4));
    CHECK_OK(rill_flush(d.s));
    CHECK_BYTES(back, peer_got(&d, back, sizeof(back)), "late");
    CHECK_INT(0, rill_read(d.s, &byte, 1));
    close_duplex(&d);
}

TEST(sockets__reset_by_peer)
{
    rill_error e;
    duplex d = open_duplex("r+", 0);

    close(d.peer);
    CHECK_INT(1, rill_write(d.s, "x", 1));
    CHECK_CODE(RILL_EIO, rill_flush(d.s));
    CHECK_CODE(RILL_EIO, rill_failed(d.s, &e));
    CHECK(e.os_error == EPIPE || e.os_error == ECONNRESET);
    CHECK_CODE(RILL_EIO, rill_close(d.s));
}

/* As much in flight in each direction at once as there is room for. */
static void shuttle(void *arg)
{
    duplex *d = arg;
    unsigned char part[5000];
    int64_t at = 0;
    size_t n;

    rill_discard(d->s);
    while ((n = fd_read_all(d->peer, part, sizeof(part))) > 0) {
        MUST(is_pattern(part, n, at));
        MUST(fd_write_all(d->peer, part, n) == 0);
        at += (int64_t)n;
    }
}

TEST(sockets__there_and_back)
{
    enum { BLOCK = 10000, BLOCKS = 300 };
    duplex d = open_duplex("r+", 0);
    pid_t child = start_child(shuttle, &d);
    unsigned char *block = test_alloc(BLOCK);

    close(d.peer);
    for (int i = 0; i < BLOCKS; i++) {
        test_pattern(block, BLOCK, (int64_t)i * BLOCK);
        CHECK_INT(BLOCK, rill_write(d.s, block, BLOCK));
        memset(block, 0, BLOCK);
        CHECK_OK(rill_read_exact(d.s, block, BLOCK));
        CHECK(is_pattern(block, BLOCK, (int64_t)i * BLOCK));
    }
    CHECK_OK(rill_close(d.s));
    CHECK_INT(0, wait_child(child));
    free(block);
}
