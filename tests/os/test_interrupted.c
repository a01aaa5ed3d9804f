/*
 * test_interrupted.c - EINTR storms: a timer interrupts every system call that
 * waits, many times a second, while large transfers go through pipes, sockets
 * and files. All bytes arrive, once and in order, and nobody sees RILL_EINTR.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { TOTAL = 4 * 1024 * 1024, PART = 10007 };

static volatile sig_atomic_t alarms;

static void count_alarm(int number)
{
    (void)number;
    alarms++;
}

/* Without SA_RESTART, so that system calls do end with EINTR. */
static void start_storm(void)
{
    struct sigaction action = {0};
    struct itimerval timer = {{0, 200}, {0, 200}};

    if (memory_is_instrumented())
        timer.it_interval.tv_usec = timer.it_value.tv_usec = 20000;
    action.sa_handler = count_alarm;
    alarms = 0;
    CHECK_INT(0, sigaction(SIGALRM, &action, NULL));
    CHECK_INT(0, setitimer(ITIMER_REAL, &timer, NULL));
}

static void end_storm(void)
{
    struct itimerval off = {{0, 0}, {0, 0}};

    CHECK_INT(0, setitimer(ITIMER_REAL, &off, NULL));
    CHECK(alarms > 0);
}

/* ---- The other end, in a child where no timer runs ------------------------ */

/* Feeds or drains one descriptor with pauses, so that the parent waits. */
static void pause_sometimes(int64_t at)
{
    if (at / PART % 50 == 0)
        usleep(3000);
}

static void slow_writer(void *arg)
{
    int *fd = arg;
    unsigned char part[PART];

    close(fd[0]);
    for (int64_t at = 0; at < TOTAL; at += PART) {
        size_t n = TOTAL - at < PART ? (size_t)(TOTAL - at) : PART;

        test_pattern(part, n, at);
        pause_sometimes(at);
        MUST(fd_write_all(fd[1], part, n) == 0);
    }
}

static void slow_reader(void *arg)
{
    int *fd = arg;
    unsigned char part[PART];
    int64_t at = 0;
    size_t n;

    close(fd[1]);
    while ((n = fd_read_all(fd[0], part, sizeof(part))) > 0) {
        MUST(is_pattern(part, n, at));
        at += (int64_t)n;
        pause_sometimes(at);
    }
    MUST(at == TOTAL);
}

/* ---- Reading -------------------------------------------------------------- */

/* Reads all of `s` in some way and checks it. */
typedef void reader(rill *s);

static void by_read(rill *s)
{
    unsigned char part[PART];
    int64_t at = 0;
    ptrdiff_t n;

    while ((n = rill_read(s, part, sizeof(part))) > 0) {
        CHECK(n == PART || at + n == TOTAL);
        CHECK(is_pattern(part, (size_t)n, at));
        at += n;
    }
    CHECK_INT(0, n);
    CHECK_INT(TOTAL, at);
}

static void by_read_some(rill *s)
{
    unsigned char part[PART];
    int64_t at = 0;
    ptrdiff_t n;

    while ((n = rill_read_some(s, part, sizeof(part))) > 0) {
        CHECK(is_pattern(part, (size_t)n, at));
        at += n;
    }
    CHECK_INT(0, n);
    CHECK_INT(TOTAL, at);
}

static void by_read_all(rill *s)
{
    void *all;

    CHECK_INT(TOTAL, rill_read_all(s, &all));
    CHECK(is_pattern(all, TOTAL, 0));
    rill_free(all);
}

static void by_lines(rill *s)
{
    const char *line;
    int64_t at = 0;
    ptrdiff_t n;

    while ((n = rill_readline(s, &line)) > 0) {
        CHECK(is_pattern(line, (size_t)n, at));
        at += n;
    }
    CHECK_INT(0, n);
    CHECK_INT(TOTAL, at);
}

static void by_peek(rill *s)
{
    const void *p;
    int64_t at = 0;
    ptrdiff_t n;

    while ((n = rill_peek(s, &p, PART)) > 0) {
        CHECK(n >= PART || at + n == TOTAL);
        CHECK(is_pattern(p, (size_t)n, at));
        CHECK_OK(rill_consume(s, (size_t)n));
        at += n;
    }
    CHECK_INT(0, n);
    CHECK_INT(TOTAL, at);
}

static void by_copy(rill *s)
{
    const void *data;
    rill *m = rill_open_mem(NULL);

    CHECK(m != NULL);
    CHECK_INT(TOTAL, rill_copy(m, s, -1));
    CHECK_INT(TOTAL, rill_data(m, &data));
    CHECK(is_pattern(data, TOTAL, 0));
    CHECK_OK(rill_close(m));
}

static void read_a_pipe(reader *read_it, ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd[2];
    pid_t child;
    rill *s;

    o.buffer_size = buffer_size;
    CHECK_INT(0, pipe2(fd, O_CLOEXEC));
    child = start_child(slow_writer, fd);
    close(fd[1]);
    s = rill_open_fd(fd[0], "r", RILL_TAKE, &o);
    CHECK(s != NULL);
    start_storm();
    read_it(s);
    end_storm();
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

TEST(interrupted__read)
{
    read_a_pipe(by_read, 0);
}

TEST(interrupted__read_unbuffered)
{
    read_a_pipe(by_read, RILL_UNBUFFERED);
}

TEST(interrupted__read_in_a_small_window)
{
    read_a_pipe(by_read, 1000);
}

TEST(interrupted__read_some)
{
    read_a_pipe(by_read_some, 0);
}

TEST(interrupted__read_all)
{
    read_a_pipe(by_read_all, 0);
}

TEST(interrupted__lines)
{
    read_a_pipe(by_lines, 0);
}

TEST(interrupted__peek)
{
    read_a_pipe(by_peek, 0);
}

TEST(interrupted__copy_from)
{
    read_a_pipe(by_copy, 0);
}

/* ---- Writing -------------------------------------------------------------- */

typedef void writer(rill *s);

static void all_at_once(rill *s)
{
    unsigned char *data = test_alloc(TOTAL);

    test_pattern(data, TOTAL, 0);
    CHECK_INT(TOTAL, rill_write(s, data, TOTAL));
    free(data);
}

static void in_parts(rill *s)
{
    unsigned char part[PART];

    for (int64_t at = 0; at < TOTAL; at += PART) {
        size_t n = TOTAL - at < PART ? (size_t)(TOTAL - at) : PART;

        test_pattern(part, n, at);
        CHECK_INT(n, rill_write(s, part, n));
    }
}

static void in_pieces(rill *s)
{
    unsigned char *data = test_alloc(TOTAL);
    rill_iovec v[64];

    test_pattern(data, TOTAL, 0);
    for (size_t i = 0; i < 64; i++)
        v[i] = (rill_iovec){data + i * (TOTAL / 64), TOTAL / 64};
    CHECK_INT(TOTAL, rill_writev(s, v, 64));
    free(data);
}

static void by_copying(rill *s)
{
    unsigned char *data = test_alloc(TOTAL);
    rill *v = rill_open_view(data, TOTAL);

    CHECK(v != NULL);
    test_pattern(data, TOTAL, 0);
    CHECK_INT(TOTAL, rill_copy(s, v, -1));
    CHECK_OK(rill_close(v));
    free(data);
}

static void write_a_socket(writer *write_it, ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd[2];
    pid_t child;
    rill *s;

    o.buffer_size = buffer_size;
    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd));
    child = start_child(slow_reader, fd);
    close(fd[0]);
    s = rill_open_fd(fd[1], "w", RILL_TAKE, &o);
    CHECK(s != NULL);
    start_storm();
    write_it(s);
    CHECK_OK(rill_close(s));
    end_storm();
    CHECK_INT(0, wait_child(child));
}

TEST(interrupted__write)
{
    write_a_socket(all_at_once, 0);
}

TEST(interrupted__write_unbuffered)
{
    write_a_socket(all_at_once, RILL_UNBUFFERED);
}

TEST(interrupted__write_in_parts)
{
    write_a_socket(in_parts, 0);
}

TEST(interrupted__write_through_a_small_window)
{
    write_a_socket(in_parts, 1000);
}

TEST(interrupted__writev)
{
    write_a_socket(in_pieces, 0);
}

TEST(interrupted__copy_to)
{
    write_a_socket(by_copying, 0);
}

/* ---- Files ---------------------------------------------------------------- */

TEST(interrupted__file)
{
    rill *s = rill_open("f", "w+");

    CHECK(s != NULL);
    start_storm();
    in_parts(s);
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    CHECK_OK(rill_rewind(s));
    by_read(s);
    CHECK_OK(rill_rewind(s));
    by_copy(s);
    while (!alarms)
        CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    end_storm();
    CHECK_OK(rill_close(s));
}

/* Opening a FIFO waits for the other side, and is interrupted too. */
static void late_writer(void *arg)
{
    int fd;

    (void)arg;
    usleep(30000);
    fd = open("fifo", O_WRONLY);
    MUST(fd >= 0);
    MUST(fd_write_all(fd, "at last", 7) == 0);
}

TEST(interrupted__open)
{
    pid_t child;
    rill *s;

    CHECK_INT(0, mkfifo("fifo", 0600));
    child = start_child(late_writer, NULL);
    start_storm();
    s = rill_open("fifo", "r");
    end_storm();
    CHECK(s != NULL);
    CHECK_REST(s, "at last");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}

/* Without data there is nothing to return: the read goes on waiting. */
static void silent_then_byte(void *arg)
{
    int *fd = arg;

    usleep(50000);
    MUST(fd_write_all(fd[1], "x", 1) == 0);
}

TEST(interrupted__wait_for_a_byte)
{
    int fd[2];
    pid_t child;
    rill *s;

    CHECK_INT(0, pipe2(fd, O_CLOEXEC));
    child = start_child(silent_then_byte, fd);
    close(fd[1]);
    s = rill_open_fd(fd[0], "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    start_storm();
    CHECK_INT('x', rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    end_storm();
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
}
