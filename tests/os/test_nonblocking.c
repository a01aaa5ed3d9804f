/*
 * test_nonblocking.c - descriptors with O_NONBLOCK: RILL_EAGAIN is not the end
 * of the data, not a failure that sticks, and loses nothing. What is all or
 * nothing (an exact read, a line) leaves the bytes for the next try; what may
 * be short returns them.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <sys/socket.h>

typedef struct channel {
    rill *s;
    int peer;
} channel;

/* The stream reads a pipe into which the test writes as it likes. */
static channel reading(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd[2];
    channel l;

    o.buffer_size = buffer_size;
    CHECK_INT(0, pipe2(fd, O_CLOEXEC));
    set_nonblocking(fd[0]);
    l.s = rill_open_fd(fd[0], "r", RILL_TAKE, &o);
    CHECK(l.s != NULL);
    l.peer = fd[1];
    return l;
}

static channel writing(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd[2];
    channel l;

    o.buffer_size = buffer_size;
    CHECK_INT(0, pipe2(fd, O_CLOEXEC));
    set_nonblocking(fd[0]);
    set_nonblocking(fd[1]);
    l.s = rill_open_fd(fd[1], "w", RILL_TAKE, &o);
    CHECK(l.s != NULL);
    l.peer = fd[0];
    return l;
}

static void send_text(const channel *l, const char *text)
{
    CHECK_INT(0, fd_write_all(l->peer, text, strlen(text)));
}

/* Would block, and nothing else has happened. */
#define CHECK_AGAIN(l, call)                \
    do {                                    \
        CHECK_CODE(RILL_EAGAIN, call);      \
        CHECK_OK(rill_failed((l).s, NULL)); \
        CHECK_INT(0, rill_eof((l).s));      \
    } while (0)

static const ptrdiff_t buffers[] = {0, RILL_UNBUFFERED, 1, 7};

enum { BUFFERS = sizeof(buffers) / sizeof(buffers[0]) };

/* ---- Reading -------------------------------------------------------------- */

static void read_in(ptrdiff_t buffer_size)
{
    char back[16];
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_read(l.s, back, 8));
    send_text(&l, "abc");
    CHECK_BYTES(back, rill_read(l.s, back, 8), "abc");
    CHECK_AGAIN(l, rill_read(l.s, back, 8));
    CHECK_AGAIN(l, rill_read(l.s, back, 8));
    send_text(&l, "defghijklmn");
    CHECK_BYTES(back, rill_read(l.s, back, 4), "defg");
    CHECK_BYTES(back, rill_read(l.s, back, 16), "hijklmn");
    CHECK_AGAIN(l, rill_read(l.s, back, 1));
    send_text(&l, "o");
    close(l.peer);
    CHECK_BYTES(back, rill_read(l.s, back, 16), "o");
    CHECK_INT(0, rill_read(l.s, back, 16));
    CHECK_INT(1, rill_eof(l.s));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__read)
{
    for (size_t i = 0; i < BUFFERS; i++)
        read_in(buffers[i]);
}

static void read_some_in(ptrdiff_t buffer_size)
{
    char back[16];
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_read_some(l.s, back, 8));
    send_text(&l, "a");
    CHECK_BYTES(back, rill_read_some(l.s, back, 8), "a");
    CHECK_AGAIN(l, rill_read_some(l.s, back, 8));
    close(l.peer);
    CHECK_INT(0, rill_read_some(l.s, back, 8));
    CHECK_INT(1, rill_eof(l.s));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__read_some)
{
    for (size_t i = 0; i < BUFFERS; i++)
        read_some_in(buffers[i]);
}

/* All or nothing: what came too early is still there. */
static void read_exact_in(ptrdiff_t buffer_size)
{
    char back[16];
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_read_exact(l.s, back, 8));
    send_text(&l, "abc");
    CHECK_AGAIN(l, rill_read_exact(l.s, back, 8));
    CHECK_AGAIN(l, rill_read_exact(l.s, back, 8));
    send_text(&l, "def");
    CHECK_AGAIN(l, rill_read_exact(l.s, back, 8));
    CHECK_OK(rill_read_exact(l.s, back, 2));
    CHECK_BYTES(back, 2, "ab");
    CHECK_AGAIN(l, rill_read_exact(l.s, back, 8));
    send_text(&l, "ghijk");
    CHECK_OK(rill_read_exact(l.s, back, 8));
    CHECK_BYTES(back, 8, "cdefghij");
    close(l.peer);
    CHECK_CODE(RILL_EEOF, rill_read_exact(l.s, back, 8));
    CHECK_BYTES(back, 1, "k");
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__read_exact)
{
    for (size_t i = 0; i < BUFFERS; i++)
        read_exact_in(buffers[i]);
}

static void getc_in(ptrdiff_t buffer_size)
{
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_getc(l.s));
    send_text(&l, "xy");
    CHECK_INT('x', rill_getc(l.s));
    CHECK_INT('y', rill_getc(l.s));
    CHECK_AGAIN(l, rill_getc(l.s));
    close(l.peer);
    CHECK_CODE(RILL_EEOF, rill_getc(l.s));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__getc)
{
    for (size_t i = 0; i < BUFFERS; i++)
        getc_in(buffers[i]);
}

/* Fewer than `want` would mean the end: so it would block. */
static void peek_in(ptrdiff_t buffer_size)
{
    const void *p;
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_peek(l.s, &p, 0));
    CHECK_AGAIN(l, rill_peek(l.s, &p, 4));
    send_text(&l, "abc");
    CHECK_AGAIN(l, rill_peek(l.s, &p, 4));
    CHECK(rill_peek(l.s, &p, 0) >= 1);
    CHECK_BYTES(p, 1, "a");
    CHECK(rill_peek(l.s, &p, 3) >= 3);
    CHECK_BYTES(p, 3, "abc");
    send_text(&l, "d");
    CHECK_INT(4, rill_peek(l.s, &p, 4));
    CHECK_BYTES(p, 4, "abcd");
    close(l.peer);
    CHECK_INT(4, rill_peek(l.s, &p, 10));
    CHECK_OK(rill_consume(l.s, 4));
    CHECK_INT(0, rill_peek(l.s, &p, 0));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__peek)
{
    for (size_t i = 0; i < BUFFERS; i++)
        peek_in(buffers[i]);
}

/* ---- Lines ---------------------------------------------------------------- */

/* A line that has not come whole is no line yet, and no last line either. */
static void readline_in(ptrdiff_t buffer_size)
{
    const char *line;
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_readline(l.s, &line));
    send_text(&l, "on");
    CHECK_AGAIN(l, rill_readline(l.s, &line));
    CHECK_AGAIN(l, rill_readline(l.s, &line));
    send_text(&l, "e\ntwo\nthr");
    CHECK_LINE(l.s, "one\n");
    CHECK_LINE(l.s, "two\n");
    CHECK_AGAIN(l, rill_readline(l.s, &line));
    CHECK_INT('t', rill_getc(l.s));
    send_text(&l, "ee");
    CHECK_AGAIN(l, rill_readline(l.s, &line));
    close(l.peer);
    CHECK_LINE(l.s, "hree");
    CHECK_LINE(l.s, "");
    CHECK_INT(1, rill_eof(l.s));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__readline)
{
    for (size_t i = 0; i < BUFFERS; i++)
        readline_in(buffers[i]);
}

static void getline_in(ptrdiff_t buffer_size)
{
    char *own = NULL;
    size_t size = 0;
    ptrdiff_t n;
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_getline(l.s, &own, &size));
    send_text(&l, "on");
    CHECK_AGAIN(l, rill_getline(l.s, &own, &size));
    CHECK_AGAIN(l, rill_getline(l.s, &own, &size));
    send_text(&l, "e\ntw");
    n = rill_getline(l.s, &own, &size);
    CHECK_BYTES(own, n, "one\n");
    CHECK_AGAIN(l, rill_getline(l.s, &own, &size));
    send_text(&l, "o");
    close(l.peer);
    n = rill_getline(l.s, &own, &size);
    CHECK_BYTES(own, n, "two");
    CHECK_INT(0, rill_getline(l.s, &own, &size));
    free(own);
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__getline)
{
    for (size_t i = 0; i < BUFFERS; i++)
        getline_in(buffers[i]);
}

static void readline_into_in(ptrdiff_t buffer_size)
{
    char back[8];
    channel l = reading(buffer_size);

    CHECK_AGAIN(l, rill_readline_into(l.s, back, 8));
    send_text(&l, "on");
    CHECK_AGAIN(l, rill_readline_into(l.s, back, 8));
    send_text(&l, "e\nlong line");
    CHECK_BYTES(back, rill_readline_into(l.s, back, 8), "one\n");
    CHECK_BYTES(back, rill_readline_into(l.s, back, 8), "long lin");
    CHECK_AGAIN(l, rill_readline_into(l.s, back, 8));
    send_text(&l, "\n");
    CHECK_BYTES(back, rill_readline_into(l.s, back, 8), "e\n");
    close(l.peer);
    CHECK_INT(0, rill_readline_into(l.s, back, 8));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__readline_into)
{
    for (size_t i = 0; i < BUFFERS; i++)
        readline_into_in(buffers[i]);
}

static void iterate_in(ptrdiff_t buffer_size)
{
    rill_lines it;
    rill_line line = {NULL, 0};
    channel l = reading(buffer_size);

    send_text(&l, "one\ntwo\nthr");
    rill_lines_begin(&it, l.s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "one\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "two\n");
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_CODE(RILL_EAGAIN, rill_lines_end(&it));
    CHECK_OK(rill_failed(l.s, NULL));
    send_text(&l, "ee\n");
    close(l.peer);
    rill_lines_begin(&it, l.s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "three\n");
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__line_iterator)
{
    for (size_t i = 0; i < BUFFERS; i++)
        iterate_in(buffers[i]);
}

/* ---- Numbers, all, skip, copy --------------------------------------------- */

TEST(nonblocking__number)
{
    uint32_t v = 7;
    channel l = reading(0);

    send_text(&l, "\x01\x02");
    CHECK_AGAIN(l, rill_get_u32le(l.s, &v));
    CHECK_INT(7, v);
    send_text(&l, "\x03\x04");
    CHECK_OK(rill_get_u32le(l.s, &v));
    CHECK_INT(0x04030201, v);
    close(l.peer);
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__varint)
{
    uint64_t u = 7;
    int64_t i = 7;
    channel l = reading(0);

    send_text(&l, "\x80");
    CHECK_AGAIN(l, rill_get_uleb128(l.s, &u));
    CHECK_INT(7, u);
    send_text(&l, "\x81\x01\xff");
    CHECK_OK(rill_get_uleb128(l.s, &u));
    CHECK_INT(16512, u);
    CHECK_AGAIN(l, rill_get_sleb128(l.s, &i));
    CHECK_INT(7, i);
    send_text(&l, "\x7e");
    CHECK_OK(rill_get_sleb128(l.s, &i));
    CHECK_INT(-129, i);
    close(l.peer);
    CHECK_OK(rill_close(l.s));
}

/* "All" is not there before the end is. Nothing of it may be lost. */
static void read_all_in(ptrdiff_t buffer_size)
{
    void *all = NULL;
    channel l = reading(buffer_size);
    ptrdiff_t n;

    CHECK_AGAIN(l, rill_read_all(l.s, &all));
    send_text(&l, "abc");
    CHECK_AGAIN(l, rill_read_all(l.s, &all));
    CHECK_PTR(NULL, all);
    send_text(&l, "def");
    close(l.peer);
    n = rill_read_all(l.s, &all);
    CHECK_BYTES(all, n, "abcdef");
    rill_free(all);
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__read_all)
{
    for (size_t i = 0; i < BUFFERS; i++)
        read_all_in(buffers[i]);
}

/* However the calls are cut, the bytes add up. */
TEST(nonblocking__skip)
{
    int64_t skipped = 0, n;
    channel l = reading(0);

    send_text(&l, "0123");
    for (int i = 0; skipped < 8; i++) {
        n = rill_skip(l.s, 8 - skipped);
        CHECK(n > 0 || n == RILL_EAGAIN);
        skipped += n > 0 ? n : 0;
        if (i == 3)
            send_text(&l, "456789");
    }
    CHECK_INT(8, skipped);
    close(l.peer);
    CHECK_REST(l.s, "89");
    CHECK_OK(rill_close(l.s));
}

TEST(nonblocking__copy_from)
{
    int64_t copied = 0, n = 1;
    channel l = reading(0);
    rill *m = rill_open_mem(NULL);

    CHECK(m != NULL);
    send_text(&l, "first ");
    for (int i = 0; n != 0; i++) {
        n = rill_copy(m, l.s, -1);
        CHECK(n >= 0 || n == RILL_EAGAIN);
        CHECK_OK(rill_failed(l.s, NULL));
        copied += n > 0 ? n : 0;
        CHECK(n != 0 || i > 4);
        if (i == 2)
            send_text(&l, "second");
        if (i == 4)
            close(l.peer);
    }
    CHECK_HOLDS(m, "first second");
    CHECK(copied == 12 || copied == 0);
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(l.s));
}

/* ---- Writing -------------------------------------------------------------- */

/* Empty the pipe, and look at what came; *at_io counts. */
static void drain(const channel *l, int64_t *at_io)
{
    unsigned char part[4096];
    ssize_t n;

    while ((n = read(l->peer, part, sizeof(part))) > 0) {
        CHECK(is_pattern(part, (size_t)n, *at_io));
        *at_io += n;
    }
}

/* Push `total` bytes through a pipe that is often full. */
static void write_through(ptrdiff_t buffer_size, size_t total, size_t step)
{
    unsigned char *data = test_alloc(total);
    channel l = writing(buffer_size);
    int64_t arrived = 0;
    size_t at = 0;
    int blocked = 0;
    int rc;

    test_pattern(data, total, 0);
    while (at < total) {
        size_t want = total - at < step ? total - at : step;
        ptrdiff_t n = rill_write(l.s, data + at, want);

        CHECK(n == RILL_EAGAIN || (n > 0 && n <= (ptrdiff_t)want));
        CHECK_OK(rill_failed(l.s, NULL));
        if (n > 0)
            at += (size_t)n;
        if (n == (ptrdiff_t)want)
            continue;
        blocked++;
        rc = rill_flush(l.s);
        CHECK(rc == RILL_EAGAIN || rc == RILL_OK);
        drain(&l, &arrived);
        CHECK(arrived <= (int64_t)at);
    }
    while ((rc = rill_flush(l.s)) == RILL_EAGAIN)
        drain(&l, &arrived);
    CHECK_OK(rc);
    CHECK_OK(rill_close(l.s));
    drain(&l, &arrived);
    CHECK_INT(total, arrived);
    CHECK(blocked > 0);
    close(l.peer);
    free(data);
}

TEST(nonblocking__write_in_one)
{
    for (size_t i = 0; i < BUFFERS; i++)
        write_through(buffers[i], (size_t)MIB, (size_t)MIB);
}

TEST(nonblocking__write_in_steps)
{
    for (size_t i = 0; i < BUFFERS; i++)
        write_through(buffers[i], (size_t)MIB, 1000);
}

TEST(nonblocking__write_in_large_steps)
{
    for (size_t i = 0; i < BUFFERS; i++)
        write_through(buffers[i], (size_t)MIB, 50001);
}

/* A full pipe takes nothing: with no window to keep it, that is said. */
TEST(nonblocking__write_nothing)
{
    unsigned char *data = test_alloc((size_t)MIB);
    channel l = writing(RILL_UNBUFFERED);
    ptrdiff_t taken;

    test_pattern(data, (size_t)MIB, 0);
    taken = rill_write(l.s, data, (size_t)MIB);
    CHECK(taken > 0 && taken < MIB);
    CHECK_AGAIN(l, rill_write(l.s, "x", 1));
    CHECK_AGAIN(l, rill_putc(l.s, 'x'));
    CHECK_AGAIN(l, rill_write(l.s, data, (size_t)MIB));
    close(l.peer);
    rill_discard(l.s);
    free(data);
}

/* Nobody reads and the stream is closed: what could not be sent is named. */
TEST(nonblocking__close_with_bytes_left)
{
    unsigned char *data = test_alloc((size_t)MIB);
    channel l = writing(0);
    ptrdiff_t taken;

    test_pattern(data, (size_t)MIB, 0);
    taken = rill_write(l.s, data, (size_t)MIB);
    CHECK(taken > 0 && taken < MIB);
    /* The pipe is full by now, and this waits in the window. */
    CHECK_INT(100, rill_write(l.s, data, 100));
    CHECK_AGAIN(l, rill_flush(l.s));
    CHECK_CODE(RILL_EAGAIN, rill_close(l.s));
    close(l.peer);
    free(data);
}

/* The cursor has no partial answer: its end says that it would block. */
TEST(nonblocking__cursor)
{
    rill_writer w;
    channel l = writing(4096);
    int rc;

    w = rill_writer_begin(l.s);
    for (int i = 0; i < 400000; i++)
        rill_writer_putc(&w, i);
    rc = rill_writer_end(&w);
    CHECK_CODE(RILL_EAGAIN, rc);
    CHECK_OK(rill_failed(l.s, NULL));
    close(l.peer);
    rill_discard(l.s);
}

static void copy_to(ptrdiff_t buffer_size)
{
    enum { TOTAL = 500000 };
    unsigned char *data = test_alloc(TOTAL);
    channel l = writing(buffer_size);
    int64_t arrived = 0, n;
    rill *v = rill_open_view(data, TOTAL);
    int rc;

    CHECK(v != NULL);
    test_pattern(data, TOTAL, 0);
    while (rill_tell(v) < TOTAL) {
        n = rill_copy(l.s, v, -1);
        CHECK(n > 0 || n == RILL_EAGAIN);
        CHECK_OK(rill_failed(l.s, NULL));
        drain(&l, &arrived);
        CHECK(arrived <= rill_tell(v));
    }
    while ((rc = rill_flush(l.s)) == RILL_EAGAIN)
        drain(&l, &arrived);
    CHECK_OK(rc);
    drain(&l, &arrived);
    CHECK_INT(TOTAL, arrived);
    CHECK_OK(rill_close(v));
    CHECK_OK(rill_close(l.s));
    close(l.peer);
    free(data);
}

TEST(nonblocking__copy_to)
{
    for (size_t i = 0; i < BUFFERS; i++)
        copy_to(buffers[i]);
}

/* ---- Both directions ------------------------------------------------------ */

/* An event loop at both ends of a socket, each stream echoing what it can. */
TEST(nonblocking__ping_pong)
{
    enum { TOTAL = 300000 };
    unsigned char *data = test_alloc(TOTAL), *back = test_alloc(TOTAL);
    unsigned char part[1000];
    size_t sent = 0, received = 0, have = 0, done = 0;
    int fd[2];
    rill *a, *b;

    test_pattern(data, TOTAL, 0);
    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd));
    set_nonblocking(fd[0]);
    set_nonblocking(fd[1]);
    a = rill_open_fd(fd[0], "r+", RILL_TAKE, NULL);
    b = rill_open_fd(fd[1], "r+", RILL_TAKE, NULL);
    CHECK(a && b);
    while (received < TOTAL) {
        size_t want = TOTAL - sent < 7000 ? TOTAL - sent : 7000;
        ptrdiff_t n = want ? rill_write(a, data + sent, want) : 0;

        CHECK(n >= 0 || n == RILL_EAGAIN);
        sent += n > 0 ? (size_t)n : 0;
        n = rill_flush(a);
        CHECK(n == RILL_OK || n == RILL_EAGAIN);
        if (done == have) {
            n = rill_read(b, part, sizeof(part));
            CHECK(n > 0 || n == RILL_EAGAIN);
            have = n > 0 ? (size_t)n : 0;
            done = 0;
        }
        n = done < have ? rill_write(b, part + done, have - done) : 0;
        CHECK(n >= 0 || n == RILL_EAGAIN);
        done += n > 0 ? (size_t)n : 0;
        n = rill_flush(b);
        CHECK(n == RILL_OK || n == RILL_EAGAIN);
        n = rill_read(a, back + received, TOTAL - received);
        CHECK(n > 0 || n == RILL_EAGAIN);
        received += n > 0 ? (size_t)n : 0;
    }
    CHECK(is_pattern(back, TOTAL, 0));
    CHECK_OK(rill_close(a));
    CHECK_OK(rill_close(b));
    free(data);
    free(back);
}
