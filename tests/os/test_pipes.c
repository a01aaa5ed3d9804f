/*
 * test_pipes.c - pipes and FIFOs: streams without a position.
 *
 * What cannot seek says so; peeking, lines and skipping work all the same; who
 * owns the descriptor is what the caller said.
 */
#define _GNU_SOURCE
#include "os_support.h"

typedef struct ends {
    int r, w;
} ends;

static ends make_pipe(void)
{
    int fd[2];

    CHECK_INT(0, pipe2(fd, O_CLOEXEC));
    return (ends){fd[0], fd[1]};
}

static rill *adopt(int fd, const char *mode, ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = buffer_size;
    s = rill_open_fd(fd, mode, RILL_TAKE, &o);
    CHECK(s != NULL);
    return s;
}

/* A pipe that holds `text` and then ends. */
static rill *pipe_of(const char *text, ptrdiff_t buffer_size)
{
    ends p = make_pipe();

    CHECK_INT(0, fd_write_all(p.w, text, strlen(text)));
    close(p.w);
    return adopt(p.r, "r", buffer_size);
}

/* A child that writes `len` bytes of test_pattern() and goes. */
typedef struct feed {
    ends p;
    size_t len;
    size_t step; /* bytes in one write */
} feed;

static void run_feed(void *arg)
{
    feed *f = arg;
    unsigned char *part = malloc(f->step);
    size_t at, n;

    MUST(part != NULL);
    close(f->p.r);
    for (at = 0; at < f->len; at += n) {
        n = f->len - at < f->step ? f->len - at : f->step;
        test_pattern(part, n, (int64_t)at);
        if (fd_write_all(f->p.w, part, n) < 0)
            break;
    }
    free(part);
}

static rill *open_feed(feed *f, pid_t *child_out, const rill_options *o)
{
    rill *s;

    f->p = make_pipe();
    *child_out = start_child(run_feed, f);
    close(f->p.w);
    s = rill_open_fd(f->p.r, "r", RILL_TAKE, o);
    CHECK(s != NULL);
    return s;
}

/* ---- What a pipe is ------------------------------------------------------ */

TEST(pipes__capabilities)
{
    ends p = make_pipe();
    rill *r = adopt(p.r, "r", 0);
    rill *w = adopt(p.w, "w", 0);

    CHECK_STR("pipe", rill_kind(r));
    CHECK_INT(1, rill_readable(r));
    CHECK_INT(0, rill_writable(r));
    CHECK_INT(0, rill_seekable(r));
    CHECK_INT(0, rill_isatty(r));
    CHECK_INT(1, rill_writable(w));
    CHECK_INT(0, rill_readable(w));
    CHECK_INT(0, rill_seekable(w));
    CHECK_INT(p.r, rill_fileno(r));
    CHECK_INT(p.w, rill_fileno(w));
    CHECK_OK(rill_close(w));
    CHECK_OK(rill_close(r));
}

/* Each of these is a caller's mistake: it does not stick. */
TEST(pipes__no_position)
{
    char byte;
    ends p = make_pipe();
    rill *w = adopt(p.w, "w", 0);
    rill *r;

    CHECK_CODE(RILL_ENOTSUP, rill_seek(w, 0, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_tell(w));
    CHECK_CODE(RILL_ENOTSUP, rill_size(w));
    CHECK_CODE(RILL_ENOTSUP, rill_truncate(w, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(w, "x", 1, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_read(w, &byte, 1));
    CHECK_OK(rill_failed(w, NULL));
    CHECK_INT(3, rill_write(w, "abc", 3));
    CHECK_OK(rill_close(w));
    r = adopt(p.r, "r", 0);
    CHECK_CODE(RILL_ENOTSUP, rill_seek(r, 0, RILL_SEEK_CUR));
    CHECK_CODE(RILL_ENOTSUP, rill_rewind(r));
    CHECK_CODE(RILL_ENOTSUP, rill_tell(r));
    CHECK_CODE(RILL_ENOTSUP, rill_size(r));
    CHECK_CODE(RILL_ENOTSUP, rill_pread(r, &byte, 1, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_write(r, "x", 1));
    CHECK_READS(r, "abc");
    CHECK_INT(0, rill_read(r, &byte, 1));
    CHECK_INT(1, rill_eof(r));
    CHECK_OK(rill_close(r));
}

TEST(pipes__skip_reads)
{
    rill *s = pipe_of("0123456789", 0);

    CHECK_INT(4, rill_skip(s, 4));
    CHECK_READS(s, "45");
    CHECK_INT(4, rill_skip(s, 100));
    CHECK_INT(0, rill_skip(s, 1));
    CHECK_OK(rill_close(s));
}

/* More than any window holds is skipped too. */
TEST(pipes__skip_megabytes)
{
    unsigned char back[100];
    feed f = {{0, 0}, (size_t)(5 * MIB), 100000};
    pid_t child;
    rill *s = open_feed(&f, &child, NULL);

    CHECK_INT(3 * MIB + 1, rill_skip(s, 3 * MIB + 1));
    CHECK_INT(100, rill_read(s, back, 100));
    CHECK(is_pattern(back, 100, 3 * MIB + 1));
    CHECK_INT(2 * MIB - 101, rill_skip(s, INT64_MAX));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

/* ---- Ownership ----------------------------------------------------------- */

TEST(pipes__borrow_leaves_open)
{
    char back[4];
    ends p = make_pipe();
    rill *w = rill_open_fd(p.w, "w", RILL_BORROW, NULL);

    CHECK(w != NULL);
    CHECK_INT(2, rill_write(w, "ab", 2));
    CHECK_OK(rill_close(w));
    CHECK(fd_is_open(p.w));
    w = rill_open_fd(p.w, "w", RILL_BORROW, NULL);
    CHECK(w != NULL);
    CHECK_INT(2, rill_write(w, "cd", 2));
    rill_discard(w);
    CHECK(fd_is_open(p.w));
    close(p.w);
    /* What was discarded had not been handed on. */
    CHECK_INT(2, fd_read_all(p.r, back, 4));
    CHECK_BYTES(back, 2, "ab");
    close(p.r);
}

TEST(pipes__take_closes)
{
    ends p = make_pipe();

    CHECK_OK(rill_close(adopt(p.w, "w", 0)));
    CHECK(!fd_is_open(p.w));
    rill_discard(adopt(p.r, "r", 0));
    CHECK(!fd_is_open(p.r));
}

/* "Takes on success only": after a failed open it is still the caller's. */
TEST(pipes__failed_open_takes_nothing)
{
    ends p = make_pipe();

    errno = 0;
    CHECK_PTR(NULL, rill_open_fd(p.w, "rw", RILL_TAKE, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK(fd_is_open(p.w));
    close(p.w);
    close(p.r);
}

TEST(pipes__bad_descriptor)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.error = &e;
    s = rill_open_fd(-1, "r", RILL_BORROW, &o);
    CHECK_PTR(NULL, s);
    CHECK(errno == EBADF || errno == EINVAL);
    CHECK(e.code == RILL_EIO || e.code == RILL_EINVAL);
    CHECK_STR("open", e.operation);
}

/* The wrong end is found out by the first transfer, and that sticks. */
TEST(pipes__wrong_end)
{
    char byte;
    rill_error e;
    ends p = make_pipe();
    rill *s = rill_open_fd(p.w, "r", RILL_TAKE, NULL);

    if (s) {
        CHECK_CODE(RILL_EIO, rill_read(s, &byte, 1));
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_INT(EBADF, e.os_error);
        CHECK_STR("read", e.operation);
        CHECK_CODE(RILL_EIO, rill_close(s));
    } else {
        close(p.w);
    }
    close(p.r);
}

/* As a program treats its stdin and stdout: descriptors 0 and 1, borrowed. */
static void filter_upper(void *arg)
{
    ends *io = arg;
    rill *in, *out;
    int c;

    MUST(dup2(io[0].r, 0) == 0 && dup2(io[1].w, 1) == 1);
    close(io[0].w);
    close(io[0].r);
    close(io[1].w);
    close(io[1].r);
    in = rill_open_fd(0, "r", RILL_BORROW, NULL);
    out = rill_open_fd(1, "w", RILL_BORROW, NULL);
    MUST(in && out);
    while ((c = rill_getc(in)) >= 0)
        MUST(rill_putc(out, c >= 'a' && c <= 'z' ? c - 32 : c) >= 0);
    MUST(c == RILL_EEOF);
    MUST(rill_close(out) == RILL_OK);
    MUST(rill_close(in) == RILL_OK);
    MUST(fd_is_open(0) && fd_is_open(1));
}

TEST(pipes__standard_descriptors)
{
    char back[32];
    ends io[2] = {make_pipe(), make_pipe()};
    pid_t child = start_child(filter_upper, io);

    close(io[0].r);
    close(io[1].w);
    CHECK_INT(0, fd_write_all(io[0].w, "Hello, pipe", 11));
    close(io[0].w);
    CHECK_BYTES(back, fd_read_all(io[1].r, back, sizeof(back)), "HELLO, PIPE");
    close(io[1].r);
    CHECK_INT(0, wait_child(child));
}

/* ---- Reading ------------------------------------------------------------- */

/* One call to the store at most: what came is returned while more may come. */
TEST(pipes__read_some_is_early)
{
    char back[100];
    ends p = make_pipe();
    rill *s = adopt(p.r, "r", 0);

    CHECK_INT(0, fd_write_all(p.w, "abc", 3));
    CHECK_BYTES(back, rill_read_some(s, back, 100), "abc");
    CHECK_INT(0, fd_write_all(p.w, "defgh", 5));
    CHECK_BYTES(back, rill_read_some(s, back, 2), "de");
    CHECK_INT(0, fd_write_all(p.w, "ij", 2));
    /* What the window holds comes first, and by itself. */
    CHECK_BYTES(back, rill_read_some(s, back, 100), "fgh");
    CHECK_BYTES(back, rill_read_some(s, back, 100), "ij");
    close(p.w);
    CHECK_INT(0, rill_read_some(s, back, 100));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

/* A full read waits for all of it, however small the pieces that arrive. */
static void read_fills(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    feed f = {{0, 0}, 300000, 1};
    unsigned char *back = test_alloc(300001);
    pid_t child;
    rill *s;

    o.buffer_size = buffer_size;
    f.step = 77;
    s = open_feed(&f, &child, &o);
    CHECK_INT(5, rill_read(s, back, 5));
    CHECK_INT(200000, rill_read(s, back + 5, 200000));
    CHECK_OK(rill_read_exact(s, back + 200005, 9995));
    CHECK_INT(90000, rill_read(s, back + 210000, 90001));
    CHECK(is_pattern(back, 300000, 0));
    CHECK_INT(0, rill_read(s, back, 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
    free(back);
}

TEST(pipes__read_fills)
{
    read_fills(0);
    read_fills(RILL_UNBUFFERED);
    read_fills(1);
    read_fills(1000);
}

TEST(pipes__read_all)
{
    feed f = {{0, 0}, 3000000, 5000};
    void *all = NULL;
    pid_t child;
    rill *s = open_feed(&f, &child, NULL);

    CHECK_INT(0x00, rill_getc(s));
    CHECK_INT(2999999, rill_read_all(s, &all));
    CHECK(is_pattern(all, 2999999, 1));
    CHECK_INT(0, ((char *)all)[2999999]);
    rill_free(all);
    CHECK_INT(0, rill_read_all(s, &all));
    CHECK(all != NULL);
    rill_free(all);
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

TEST(pipes__read_exact_at_the_end)
{
    char back[8] = "........";
    rill *s = pipe_of("abcde", 0);

    CHECK_OK(rill_read_exact(s, back, 3));
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, back + 3, 4));
    CHECK_BYTES(back, 8, "abcde...");
    CHECK_OK(rill_close(s));
}

TEST(pipes__put_back)
{
    rill *s = pipe_of("xyz", 0);

    CHECK_INT('x', rill_getc(s));
    for (int i = 63; i >= 0; i--)
        CHECK_INT('A' + i % 26, rill_ungetc(s, 'A' + i % 26));
    for (int i = 0; i < 64; i++)
        CHECK_INT('A' + i % 26, rill_getc(s));
    CHECK_REST(s, "yz");
    CHECK_OK(rill_close(s));
}

/* ---- Peeking ------------------------------------------------------------- */

TEST(pipes__peek)
{
    const void *p;
    rill *s = pipe_of("magic number", 0);

    CHECK(rill_peek(s, &p, 5) >= 5);
    CHECK_BYTES(p, 5, "magic");
    CHECK_INT(12, rill_peek(s, &p, 12));
    CHECK_BYTES(p, 12, "magic number");
    CHECK_INT(12, rill_peek(s, &p, 100));
    CHECK_OK(rill_consume(s, 6));
    CHECK_INT(6, rill_peek(s, &p, 0));
    CHECK_CODE(RILL_EINVAL, rill_consume(s, 7));
    CHECK_READS(s, "number");
    CHECK_INT(0, rill_peek(s, &p, 0));
    CHECK_INT(0, rill_peek(s, &p, 1));
    CHECK_OK(rill_close(s));
}

/* `want` 0 waits for one byte only. */
TEST(pipes__peek_what_is_there)
{
    const void *p;
    ends e = make_pipe();
    rill *s = adopt(e.r, "r", 0);

    CHECK_INT(0, fd_write_all(e.w, "ab", 2));
    CHECK_INT(2, rill_peek(s, &p, 0));
    CHECK_BYTES(p, 2, "ab");
    close(e.w);
    CHECK_OK(rill_close(s));
}

/* Up to the window limit any number can be seen; one more is refused. */
static void peek_limit(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    feed f = {{0, 0}, (size_t)(2 * MIB), 9999};
    const void *p;
    pid_t child;
    rill *s;

    o.buffer_size = buffer_size;
    o.window_limit = (size_t)MIB;
    s = open_feed(&f, &child, &o);
    CHECK_INT(7, rill_skip(s, 7));
    CHECK(rill_peek(s, &p, 1000) >= 1000);
    CHECK(is_pattern(p, 1000, 7));
    CHECK(rill_peek(s, &p, (size_t)MIB) >= MIB);
    CHECK(is_pattern(p, (size_t)MIB, 7));
    CHECK_CODE(RILL_ELIMIT, rill_peek(s, &p, (size_t)(2 * MIB)));
    CHECK_OK(rill_failed(s, NULL));
    CHECK(rill_peek(s, &p, (size_t)MIB) >= MIB);
    CHECK_OK(rill_consume(s, (size_t)MIB));
    CHECK_INT(MIB - 7, rill_peek(s, &p, (size_t)MIB));
    CHECK(is_pattern(p, (size_t)MIB - 7, MIB + 7));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

TEST(pipes__peek_limit)
{
    peek_limit(0);
    peek_limit(1);
    peek_limit(4096);
}

TEST(pipes__peek_limit_unbuffered)
{
    peek_limit(RILL_UNBUFFERED);
}

/* ---- Lines --------------------------------------------------------------- */

TEST(pipes__lines)
{
    char *own = NULL, part[4];
    size_t size = 0;
    ptrdiff_t n;
    rill *s = pipe_of("one\ntwo\nthree\n\nlast", 0);

    CHECK_LINE(s, "one\n");
    n = rill_getline(s, &own, &size);
    CHECK_BYTES(own, n, "two\n");
    CHECK_BYTES(part, rill_readline_into(s, part, 4), "thre");
    CHECK_BYTES(part, rill_readline_into(s, part, 4), "e\n");
    n = rill_getline(s, &own, &size);
    CHECK_BYTES(own, n, "\n");
    CHECK_LINE(s, "last");
    CHECK_LINE(s, "");
    free(own);
    CHECK_OK(rill_close(s));
}

/* A line arrives in pieces; the reader sees it whole. */
static void write_in_pieces(void *arg)
{
    ends *p = arg;
    static const char *const pieces[] = {"a", "b\nc", "", "d", "\n", "e"};

    close(p->r);
    for (size_t i = 0; i < 6; i++) {
        MUST(fd_write_all(p->w, pieces[i], strlen(pieces[i])) == 0);
        usleep(2000);
    }
}

TEST(pipes__lines_in_pieces)
{
    ends p = make_pipe();
    pid_t child = start_child(write_in_pieces, &p);
    rill *s = adopt(p.r, "r", 0);

    close(p.w);
    CHECK_LINE(s, "ab\n");
    CHECK_LINE(s, "cd\n");
    CHECK_LINE(s, "e");
    CHECK_LINE(s, "");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

/* A line beyond the limit: refused whole, then taken in pieces. */
TEST(pipes__line_beyond_the_limit)
{
    rill_options o = RILL_OPTIONS_INIT;
    const char *line;
    char *text = test_alloc(20002), *own = NULL;
    size_t size = 0;
    ends p = make_pipe();
    rill *s;

    memset(text, 'x', 20000);
    memcpy(text + 20000, "\n", 2);
    o.buffer_size = 1000;
    o.window_limit = 10000;
    CHECK_INT(0, fd_write_all(p.w, text, 20001));
    CHECK_INT(0, fd_write_all(p.w, text, 20001));
    close(p.w);
    s = rill_open_fd(p.r, "r", RILL_TAKE, &o);
    CHECK(s != NULL);
    CHECK_CODE(RILL_ELIMIT, rill_readline(s, &line));
    CHECK_CODE(RILL_ELIMIT, rill_readline(s, &line));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(20001, rill_getline(s, &own, &size));
    CHECK_MEM(own, 20001, text, 20001);
    CHECK_INT(15000, rill_readline_into(s, own, 15000));
    CHECK_INT(5001, rill_readline(s, &line));
    CHECK_INT('\n', line[5000]);
    CHECK_INT(0, rill_readline(s, &line));
    CHECK_OK(rill_close(s));
    free(own);
    free(text);
}

/* ---- Writing ------------------------------------------------------------- */

TEST(pipes__write_arrives_on_flush)
{
    char back[8];
    ends p = make_pipe();
    rill *s = adopt(p.w, "w", 0);

    CHECK_INT(5, rill_write(s, "hello", 5));
    set_nonblocking(p.r);
    CHECK_INT(-1, read(p.r, back, 8));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(back, read(p.r, back, 8), "hello");
    CHECK_INT(2, rill_puts(s, "ab"));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(back, read(p.r, back, 8), "ab");
    CHECK_INT(0, read(p.r, back, 8));
    close(p.r);
}

TEST(pipes__unbuffered_write_arrives_at_once)
{
    char back[8];
    ends p = make_pipe();
    rill *s = adopt(p.w, "w", RILL_UNBUFFERED);

    set_nonblocking(p.r);
    CHECK_INT('h', rill_putc(s, 'h'));
    CHECK_BYTES(back, read(p.r, back, 8), "h");
    CHECK_INT(4, rill_printf(s, "%d-%s", 42, "x"));
    CHECK_BYTES(back, read(p.r, back, 8), "42-x");
    CHECK_OK(rill_close(s));
    close(p.r);
}

/* The reader has gone: EPIPE, which sticks and is what close returns. */
static void no_reader(ptrdiff_t buffer_size)
{
    rill_error e;
    ends p = make_pipe();
    rill *s = adopt(p.w, "w", buffer_size);
    ptrdiff_t n;

    close(p.r);
    n = rill_write(s, "lost", 4);
    if (n == 4)
        n = rill_flush(s);
    CHECK_CODE(RILL_EIO, n);
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EPIPE, e.os_error);
    CHECK_INT(RILL_EIO, e.code);
    CHECK_STR("write", e.operation);
    CHECK_CODE(RILL_EIO, rill_write(s, "more", 4));
    CHECK_CODE(RILL_EIO, rill_putc(s, 'x'));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(pipes__no_reader)
{
    no_reader(0);
    no_reader(1);
    no_reader(RILL_UNBUFFERED);
}

/* Found out by close alone. */
TEST(pipes__no_reader_until_close)
{
    ends p = make_pipe();
    rill *s = adopt(p.w, "w", 0);

    CHECK_INT(4, rill_write(s, "lost", 4));
    close(p.r);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK(!fd_is_open(p.w));
}

/* ---- FIFOs --------------------------------------------------------------- */

static void write_fifo(void *arg)
{
    rill *s = rill_open("fifo", "w");

    (void)arg;
    MUST(s != NULL);
    MUST(!rill_seekable(s));
    MUST(rill_puts(s, "through a name\n") == 15);
    MUST(rill_close(s) == RILL_OK);
}

TEST(pipes__fifo)
{
    pid_t child;
    rill *s;

    CHECK_INT(0, mkfifo("fifo", 0600));
    child = start_child(write_fifo, NULL);
    s = rill_open("fifo", "r");
    CHECK(s != NULL);
    CHECK_INT(0, rill_seekable(s));
    CHECK_STR("fifo", rill_name(s));
    CHECK_REST(s, "through a name\n");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

/* Appending to what has no end is writing: Python tolerates it too. */
TEST(pipes__append_to_a_fifo)
{
    char back[8];
    int r;
    rill *s;

    CHECK_INT(0, mkfifo("fifo", 0600));
    r = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK(r >= 0);
    s = rill_open("fifo", "a");
    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(back, read(r, back, 8), "abc");
    close(r);
}

/* ---- Copying ------------------------------------------------------------- */

TEST(pipes__copy_through)
{
    feed f = {{0, 0}, 1000000, 3333};
    const void *data;
    pid_t child;
    rill *s = open_feed(&f, &child, NULL);
    rill *to = rill_open_mem(NULL);

    CHECK(to != NULL);
    CHECK_INT(10, rill_copy(to, s, 10));
    CHECK_INT(500000, rill_copy(to, s, 500000));
    CHECK_INT(499990, rill_copy(to, s, -1));
    CHECK_INT(1000000, rill_data(to, &data));
    CHECK(is_pattern(data, 1000000, 0));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}
