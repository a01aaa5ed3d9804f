/*
 * test_changing_files.c - files that others change under a stream: that grow,
 * are cut, are appended to by two at once, or may grow no further.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <signal.h>
#include <sys/resource.h>

static rill *open_checked(const char *path, const char *mode,
                          ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = buffer_size;
    s = rill_open_with(path, mode, &o);
    CHECK(s != NULL);
    return s;
}

/* Someone else writes at the end of a file. */
static void grow(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    CHECK(fd >= 0);
    CHECK_INT(0, fd_write_all(fd, text, strlen(text)));
    close(fd);
}

/* ---- Growing -------------------------------------------------------------- */

/* The end is asked for anew at each call, as tail -f needs it. */
static void follow(ptrdiff_t buffer_size)
{
    char back[16];
    const void *p;
    rill *s;

    test_write_file("log", "one", 3);
    s = open_checked("log", "r", buffer_size);
    CHECK_BYTES(back, rill_read(s, back, 16), "one");
    CHECK_INT(0, rill_read(s, back, 16));
    CHECK_INT(1, rill_eof(s));
    grow("log", "two");
    CHECK_BYTES(back, rill_read(s, back, 16), "two");
    CHECK_INT(6, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    grow("log", "3");
    CHECK_INT('3', rill_getc(s));
    CHECK_INT(0, rill_peek(s, &p, 0));
    grow("log", "four");
    CHECK_INT(4, rill_peek(s, &p, 10));
    CHECK_BYTES(p, 4, "four");
    grow("log", "five");
    CHECK_INT(8, rill_peek(s, &p, 8));
    CHECK_OK(rill_consume(s, 8));
    CHECK_INT(0, rill_read_some(s, back, 16));
    grow("log", "six");
    CHECK_BYTES(back, rill_read_some(s, back, 16), "six");
    grow("log", "seven");
    CHECK_INT(23, rill_size(s));
    CHECK_INT(5, rill_skip(s, 100));
    CHECK_OK(rill_close(s));
}

TEST(changing_files__follow)
{
    follow(0);
    follow(RILL_UNBUFFERED);
    follow(1);
    follow(7);
}

TEST(changing_files__follow_lines)
{
    rill *s;

    test_write_file("log", "first\nsec", 9);
    s = open_checked("log", "r", 0);
    CHECK_LINE(s, "first\n");
    CHECK_LINE(s, "sec");
    CHECK_LINE(s, "");
    grow("log", "ond\nthird\n");
    CHECK_LINE(s, "ond\n");
    CHECK_LINE(s, "third\n");
    CHECK_LINE(s, "");
    grow("log", "fourth\n");
    CHECK_LINE(s, "fourth\n");
    CHECK_OK(rill_close(s));
}

TEST(changing_files__follow_with_the_iterator)
{
    rill_lines it;
    rill_line line = {NULL, 0};
    rill *s;

    test_write_file("log", "first\n", 6);
    s = open_checked("log", "r", 0);
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    grow("log", "second\n");
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "second\n");
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
}

TEST(changing_files__read_exact_goes_on)
{
    char back[8] = {0};
    rill *s;

    test_write_file("log", "abc", 3);
    s = open_checked("log", "r", 0);
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, back, 6));
    CHECK_INT(3, rill_tell(s));
    grow("log", "def");
    CHECK_OK(rill_read_exact(s, back + 3, 3));
    CHECK_BYTES(back, 6, "abcdef");
    CHECK_OK(rill_close(s));
}

/* ---- Shrinking ------------------------------------------------------------ */

/* What is in the window may still be read; then the data end. */
static void cut_while_read(ptrdiff_t buffer_size)
{
    char *back = test_alloc(400000);
    ptrdiff_t n;
    int64_t at;
    rill *s;

    memset(back, 'x', 400000);
    test_write_file("f", back, 400000);
    s = open_checked("f", "r", buffer_size);
    CHECK_INT(10, rill_read(s, back, 10));
    CHECK_INT(0, truncate("f", 5));
    n = rill_read(s, back, 400000);
    CHECK(n >= 0 && n < 399990);
    for (ptrdiff_t i = 0; i < n; i++)
        CHECK_INT('x', back[i]);
    CHECK_INT(0, rill_read(s, back, 1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(5, rill_size(s));
    at = rill_tell(s);
    CHECK_INT(10 + n, at);
    CHECK_INT(400000, rill_seek(s, 400000, RILL_SEEK_SET));
    CHECK_INT(0, rill_read(s, back, 1));
    CHECK_INT(0, rill_pread(s, back, 10, 6));
    CHECK_INT(1, rill_pread(s, back, 10, 4));
    CHECK_OK(rill_close(s));
    free(back);
}

TEST(changing_files__cut_while_read)
{
    cut_while_read(0);
    cut_while_read(RILL_UNBUFFERED);
    cut_while_read(7);
}

/* A copy ends where the file does by then. */
TEST(changing_files__cut_before_a_copy)
{
    char back[8];
    rill *s, *m = rill_open_mem(NULL);

    test_write_file("f", "0123456789", 10);
    s = open_checked("f", "r", RILL_UNBUFFERED);
    CHECK(m != NULL);
    CHECK_INT(2, rill_read(s, back, 2));
    CHECK_INT(0, truncate("f", 6));
    CHECK_INT(4, rill_copy(m, s, 8));
    CHECK_HOLDS(m, "2345");
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(s));
}

/* A writer whose file is cut goes on where it stands, over a hole. */
TEST(changing_files__cut_while_written)
{
    rill *s = open_checked("f", "w", 0);

    CHECK_INT(5, rill_puts(s, "hello"));
    CHECK_OK(rill_flush(s));
    CHECK_INT(0, truncate("f", 0));
    CHECK_INT(5, rill_puts(s, "world"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "\0\0\0\0\0world");
}

/* ---- Appending ------------------------------------------------------------ */

/* Two streams and the kernel: each flush lands whole, at the end. */
TEST(changing_files__two_appenders)
{
    rill *a = open_checked("log", "a", 0), *b = open_checked("log", "a", 0);
    char *log, *at;
    size_t len;
    int next_a = 0, next_b = 0;

    for (int i = 0; i < 1000; i++) {
        CHECK(rill_printf(a, "a %d\n", i) > 0);
        CHECK(rill_printf(b, "b %d\n", i) > 0);
        if (i % 7 == 0)
            CHECK_OK(rill_flush(a));
        if (i % 11 == 0)
            CHECK_OK(rill_flush(b));
    }
    CHECK_OK(rill_close(a));
    CHECK_OK(rill_close(b));
    log = test_read_file("log", &len);
    for (at = log; at < log + len; at = strchr(at, '\n') + 1) {
        int *next = at[0] == 'a' ? &next_a : &next_b;
        char *end;

        CHECK(at[0] == 'a' || at[0] == 'b');
        CHECK_INT(*next, strtol(at + 2, &end, 10));
        CHECK_INT('\n', *end);
        ++*next;
    }
    CHECK_INT(1000, next_a);
    CHECK_INT(1000, next_b);
    free(log);
}

/* The position after a write is behind what was written, wherever the end had
 * moved to. */
TEST(changing_files__append_behind_others)
{
    char back[8];
    rill *s;

    test_write_file("log", "one ", 4);
    s = open_checked("log", "a+", 0);
    CHECK_INT(4, rill_puts(s, "two "));
    CHECK_OK(rill_flush(s));
    CHECK_INT(8, rill_tell(s));
    grow("log", "three ");
    CHECK_INT(4, rill_puts(s, "four"));
    CHECK_OK(rill_flush(s));
    CHECK_INT(18, rill_tell(s));
    CHECK_INT(14, rill_seek(s, -4, RILL_SEEK_CUR));
    CHECK_BYTES(back, rill_read(s, back, 8), "four");
    CHECK_OK(rill_close(s));
    CHECK_FILE("log", "one two three four");
}

/* Processes that append to one log, each through a stream of its own. */
static void append_lines(void *arg)
{
    const int *me = arg;
    rill *s = rill_open("log", "a");

    MUST(s != NULL);
    for (int i = 0; i < 500; i++) {
        MUST(rill_printf(s, "%d %d\n", *me, i) > 0);
        MUST(rill_flush(s) == RILL_OK);
    }
    MUST(rill_close(s) == RILL_OK);
}

TEST(changing_files__processes_append)
{
    enum { WRITERS = 4 };
    int next[WRITERS] = {0}, ids[WRITERS];
    pid_t child[WRITERS];
    rill_line line = {NULL, 0};
    rill_lines it;
    rill *s;

    for (int i = 0; i < WRITERS; i++) {
        ids[i] = i;
        child[i] = start_child(append_lines, &ids[i]);
    }
    for (int i = 0; i < WRITERS; i++)
        CHECK_INT(0, wait_child(child[i]));
    s = open_checked("log", "r", 0);
    rill_lines_begin(&it, s, '\n');
    while (rill_lines_next(&it, &line)) {
        int who = -1, number = -1;
        char text[32] = "";

        CHECK(line.len < sizeof(text));
        memcpy(text, line.data, line.len);
        CHECK_INT(2, sscanf(text, "%d %d\n", &who, &number));
        CHECK(who >= 0 && who < WRITERS);
        CHECK_INT(next[who], number);
        next[who]++;
    }
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
    for (int i = 0; i < WRITERS; i++)
        CHECK_INT(500, next[i]);
}

/* ---- A limit -------------------------------------------------------------- */

/* RLIMIT_FSIZE: what fits is written, the rest is kept until there is room. */
static void beyond_the_limit(void *arg)
{
    const ptrdiff_t *buffer_size = arg;
    struct rlimit limit;
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e;
    unsigned char data[6000];
    size_t taken = 0;
    struct stat st;
    rill *s;

    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(CHILD_SKIPS);
    limit.rlim_cur = 4096;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(CHILD_SKIPS);
    test_pattern(data, sizeof(data), 0);
    o.buffer_size = *buffer_size;
    s = rill_open_with("f", "w", &o);
    MUST(s != NULL);
    while (taken < sizeof(data)) {
        ptrdiff_t n = rill_write(s, data + taken, 100);

        if (n < 0)
            break;
        taken += (size_t)n;
    }
    if (taken == sizeof(data))
        MUST(rill_flush(s) == RILL_ENOSPC);
    MUST(rill_failed(s, &e) == RILL_ENOSPC);
    MUST(e.os_error == EFBIG);
    MUST(taken >= 4096);
    MUST(stat("f", &st) == 0 && st.st_size == 4096);

    limit.rlim_cur = limit.rlim_max;
    MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    rill_clear(s);
    MUST(rill_write(s, data + taken, sizeof(data) - taken) ==
         (ptrdiff_t)(sizeof(data) - taken));
    MUST(rill_close(s) == RILL_OK);
    MUST(stat("f", &st) == 0 && st.st_size == sizeof(data));
}

static void limit_with(ptrdiff_t buffer_size)
{
    unsigned char *back;
    size_t len;

    CHECK_INT(0, run_child(beyond_the_limit, &buffer_size));
    back = test_read_file("f", &len);
    CHECK_INT(6000, len);
    CHECK(is_pattern(back, len, 0));
    free(back);
}

TEST(changing_files__size_limit)
{
    limit_with(0);
    limit_with(RILL_UNBUFFERED);
    limit_with(1000);
    limit_with(7);
}
