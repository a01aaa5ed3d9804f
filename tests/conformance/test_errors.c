/*
 * Errors: the first failure sticks and says what, where and why; misuse does
 * not; rill_clear() lets the stream go on with nothing lost.
 */
#include "test.h"

#include <rill/testing/double.h>

#include <errno.h>

static void check_error(const rill *s, int code, const char *operation,
                        int64_t offset, int os_error)
{
    rill_error e = {0};

    CHECK_CODE(code, rill_failed(s, &e));
    CHECK_CODE(code, e.code);
    CHECK_STR(operation, e.operation);
    CHECK_INT(offset, e.offset);
    CHECK_INT(os_error, e.os_error);
}

/* ---- Writing ------------------------------------------------------------ */

TEST(errors__of_a_write_show_at_the_flush)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 2};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    check_error(s, RILL_ENOSPC, "write", 2, ENOSPC);
    CHECK_HOLDS(memory, "ab");
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(1, f.closes);
}

TEST(errors__of_an_unbuffered_write_show_at_once)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EIO, .from = 5};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_double(memory, RILL_BORROW, &f, &o);
    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EIO, rill_write(s, "f", 1));
    check_error(s, RILL_EIO, "write", 5, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_HOLDS(memory, "abcde");
}

TEST(errors__stick)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EIO};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);
    char c;
    const char *line;

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    f.fails = 0;
    CHECK_CODE(RILL_EIO, rill_write(s, "c", 1));
    CHECK_CODE(RILL_EIO, rill_write(s, "c", 0));
    CHECK_CODE(RILL_EIO, rill_putc(s, 'c'));
    CHECK_CODE(RILL_EIO, rill_printf(s, "c"));
    CHECK_CODE(RILL_EIO, rill_read(s, &c, 1));
    CHECK_CODE(RILL_EIO, rill_read(s, &c, 0));
    CHECK_CODE(RILL_EIO, rill_read_some(s, &c, 1));
    CHECK_CODE(RILL_EIO, rill_read_exact(s, &c, 1));
    CHECK_CODE(RILL_EIO, rill_getc(s));
    CHECK_CODE(RILL_EIO, rill_readline(s, &line));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_sync(s, RILL_SYNC_OS));
    CHECK_CODE(RILL_EIO, rill_truncate(s, 0));
    CHECK_INT(1, f.writes);
    CHECK_INT(0, f.reads);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(0, rill_size(memory));
}

TEST(errors__only_the_first_is_kept)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EIO};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    f.failure = ENOSPC;
    f.fails |= RILL_DOUBLE_CLOSE;
    CHECK_CODE(RILL_EIO, rill_flush(s));
    check_error(s, RILL_EIO, "write", 0, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__a_later_one_does_not_replace_it)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EIO, .from = 2};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    f.fails = RILL_DOUBLE_SIZE;
    f.failure = ENOSPC;
    CHECK(rill_size(s) < 0);
    check_error(s, RILL_EIO, "write", 2, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__clear_goes_on_and_nothing_is_lost)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 2};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    f.fails = 0;
    rill_clear(s);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(1, rill_write(s, "f", 1));
    CHECK_OK(rill_flush(s));
    CHECK_HOLDS(memory, "abcdef");
    CHECK_HOLDS(s, "abcdef");
    rill_discard(s);
}

TEST(errors__clear_and_it_fails_again)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 2};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    f.failure = EIO;
    rill_clear(s);
    CHECK_CODE(RILL_EIO, rill_flush(s));
    check_error(s, RILL_EIO, "write", 2, EIO);
    rill_discard(s);
}

TEST(errors__close_tells_of_the_last_flush)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EIO};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(1, f.closes);
}

TEST(errors__of_commit_and_close)
{
    rill_double f = {.fails = RILL_DOUBLE_COMMIT, .failure = EIO};
    rill_double g = {.fails = RILL_DOUBLE_CLOSE, .failure = ENOSPC};
    rill *s = rill_open_double(rill_open("f", "ws"), RILL_TAKE, &f, NULL);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(1, f.commits);
    CHECK_INT(1, f.closes);
    s = rill_open_double(rill_open("f", "ws"), RILL_TAKE, &g, NULL);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(1, g.commits);
    CHECK_INT(1, g.closes);
}

TEST(errors__in_the_middle_of_a_large_write)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {
        .fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 100};
    rill_options o = RILL_OPTIONS_INIT;
    char data[300] = {0};
    ptrdiff_t n;
    rill *s;

    o.buffer_size = 16;
    s = rill_open_double(memory, RILL_BORROW, &f, &o);
    CHECK_INT(10, rill_write(s, data, 10));
    n = rill_write(s, data, sizeof(data));
    CHECK(n < (ptrdiff_t)sizeof(data));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    check_error(s, RILL_ENOSPC, "write", 100, ENOSPC);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(100, rill_size(memory));
}

/* ---- Reading ------------------------------------------------------------ */

/* "ab\ncdefgh\n", of which no more can be read than what is before d->from. */
static rill *open_lines(rill_double *d)
{
    rill *s = rill_open_double(rill_open_view("ab\ncdefgh\n", 10), RILL_TAKE, d,
                               NULL);

    CHECK(s != NULL);
    return s;
}

TEST(errors__of_a_read_come_after_the_bytes_before_them)
{
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 5};
    rill *s = open_lines(&f);
    char buf[16];

    CHECK_BYTES(buf, rill_read(s, buf, 16), "ab\ncd");
    CHECK_INT(0, rill_eof(s));
    CHECK_INT(5, rill_tell(s));
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 16));
    check_error(s, RILL_EIO, "read", 5, EIO);
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 16));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_a_read_before_any_byte)
{
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO};
    rill *s = open_lines(&f);
    const void *p;
    char c;

    CHECK_CODE(RILL_EIO, rill_peek(s, &p, 1));
    CHECK_CODE(RILL_EIO, rill_read(s, &c, 1));
    check_error(s, RILL_EIO, "read", 0, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_a_read_and_clear)
{
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 5};
    rill *s = open_lines(&f);
    char buf[16];

    CHECK_INT(5, rill_read(s, buf, 16));
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 16));
    f.fails = 0;
    rill_clear(s);
    CHECK_BYTES(buf, rill_read(s, buf, 16), "efgh\n");
    rill_discard(s);
}

TEST(errors__read_exact_fails_with_the_stores_code)
{
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 5};
    rill *s = open_lines(&f);
    char buf[16];

    CHECK_CODE(RILL_EIO, rill_read_exact(s, buf, 8));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__read_all_puts_back_what_it_read)
{
    enum { SIZE = 2000 };
    unsigned char want[SIZE];
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 1000};
    rill *s = rill_open_double(rill_open_view(want, SIZE), RILL_TAKE, &f, NULL);
    char mark, buf[4];
    void *data = &mark;

    test_pattern(want, SIZE, 0);
    CHECK_INT(4, rill_read(s, buf, 4));
    CHECK_CODE(RILL_EIO, rill_read_all(s, &data));
    CHECK_PTR(&mark, data);
    f.fails = 0;
    rill_clear(s);
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(SIZE - 4, rill_read_all(s, &data));
    CHECK_MEM(data, SIZE - 4, want + 4, SIZE - 4);
    rill_free(data);
    rill_discard(s);
}

TEST(errors__readline_gives_what_came_before)
{
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 5};
    rill *s = open_lines(&f);
    const char *line;

    CHECK_BYTES(line, rill_readline(s, &line), "ab\n");
    CHECK_BYTES(line, rill_readline(s, &line), "cd");
    CHECK_CODE(RILL_EIO, rill_readline(s, &line));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__lines_say_why_they_ended)
{
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 5};
    rill *s = open_lines(&f);
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "ab\n");
    while (rill_lines_next(&it, &line))
        CHECK_BYTES(line.data, line.len, "cd");
    CHECK_CODE(RILL_EIO, rill_lines_end(&it));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

/* ---- The other operations ----------------------------------------------- */

TEST(errors__of_truncate)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_TRUNCATE, .failure = EIO};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_CODE(RILL_EIO, rill_truncate(s, 10));
    CHECK_CODE(RILL_EIO, rill_failed(s, NULL));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_sync_and_of_the_stores_flush)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_SYNC, .failure = EIO};
    rill_double g = {.fails = RILL_DOUBLE_FLUSH, .failure = ENOSPC};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    CHECK_CODE(RILL_EIO, rill_sync(s, RILL_SYNC_DISK));
    CHECK_CODE(RILL_EIO, rill_close(s));
    s = rill_open_double(memory, RILL_BORROW, &g, NULL);
    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(errors__of_size)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_SIZE, .failure = EIO};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_CODE(RILL_EIO, rill_size(s));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_pread_and_pwrite_do_not_stick)
{
    RILL_AUTO rill *memory = rill_open_mem_copy("0123456789", 10, NULL);
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);
    char c;

    CHECK_CODE(RILL_EIO, rill_pread(s, &c, 1, 3));
    f.fails = RILL_DOUBLE_WRITE;
    f.failure = ENOSPC;
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(s, "x", 1, 3));
    CHECK_OK(rill_failed(s, NULL));
    f.fails = 0;
    CHECK_INT('0', rill_getc(s));
    CHECK_OK(rill_close(s));
}

TEST(errors__of_copy_name_the_side)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 5};
    rill_double g = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 3};
    rill_options o = RILL_OPTIONS_INIT;
    rill *src, *dst;

    src = open_lines(&f);
    dst = rill_open_mem(NULL);
    CHECK(rill_copy(dst, src, -1) < 10);
    CHECK_CODE(RILL_EIO, rill_failed(src, NULL));
    CHECK_OK(rill_failed(dst, NULL));
    CHECK_INT(5, rill_size(dst));
    CHECK_CODE(RILL_EIO, rill_close(src));
    CHECK_OK(rill_close(dst));

    o.buffer_size = RILL_UNBUFFERED;
    src = rill_open_view("0123456789", 10);
    dst = rill_open_double(memory, RILL_BORROW, &g, &o);
    CHECK(rill_copy(dst, src, -1) < 10);
    CHECK_OK(rill_failed(src, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_failed(dst, NULL));
    CHECK_HOLDS(memory, "012");
    CHECK_REST(src, "3456789");
    CHECK_OK(rill_close(src));
    CHECK_CODE(RILL_ENOSPC, rill_close(dst));
}

/* A failure of a stream that has a name says so. */
TEST(errors__name_the_file)
{
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EIO};
    rill *s =
        rill_open_double(rill_open("some.file", "w"), RILL_TAKE, &f, NULL);
    rill_error e = {0};

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_STR("some.file", e.path);
    rill_discard(s);
}

TEST(errors__codes_of_the_system)
{
    static const int pairs[][2] = {
        {ENOMEM, RILL_ENOMEM},    {ENOSPC, RILL_ENOSPC},  {EDQUOT, RILL_ENOSPC},
        {EFBIG, RILL_ENOSPC},     {ESPIPE, RILL_ENOTSUP}, {EINVAL, RILL_EINVAL},
        {EOVERFLOW, RILL_ERANGE}, {EPIPE, RILL_EIO},      {EBADF, RILL_EIO},
        {ECONNRESET, RILL_EIO},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = pairs[i][0]};
        rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &f, NULL);

        test_context("errno %d", pairs[i][0]);
        CHECK_INT(1, rill_write(s, "a", 1));
        CHECK_CODE(pairs[i][1], rill_flush(s));
        check_error(s, pairs[i][1], "write", 0, pairs[i][0]);
        rill_discard(s);
    }
}

TEST(errors__codes_of_ours_have_no_errno)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = RILL_EDATA};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EDATA, rill_flush(s));
    check_error(s, RILL_EDATA, "write", 0, 0);
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(errors__would_block_does_not_stick_and_keeps_the_bytes)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = EAGAIN, .from = 2};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EAGAIN, rill_flush(s));
    CHECK_CODE(RILL_EAGAIN, rill_flush(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_HOLDS(memory, "ab");
    CHECK_INT(5, rill_tell(s));
    f.fails = 0;
    CHECK_OK(rill_flush(s));
    CHECK_HOLDS(memory, "abcde");
    CHECK_OK(rill_close(s));
}

TEST(errors__would_block_in_a_write_is_a_short_count)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {
        .fails = RILL_DOUBLE_WRITE, .failure = RILL_EAGAIN, .from = 3};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_double(memory, RILL_BORROW, &f, &o);
    CHECK_INT(3, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EAGAIN, rill_write(s, "de", 2));
    f.fails = 0;
    CHECK_INT(2, rill_write(s, "de", 2));
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "abcde");
}

/* ---- Misuse ------------------------------------------------------------- */

TEST(errors__misuse_does_not_stick)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, -1, RILL_SEEK_SET));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 0, 9));
    CHECK_CODE(RILL_EINVAL, rill_consume(s, 99));
    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 0));
    CHECK_CODE(RILL_EINVAL, rill_releasebuffer(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- Saying it ---------------------------------------------------------- */

TEST(errors__strerror_knows_all_codes)
{
    for (int code = RILL_EINTR; code <= RILL_OK; code++) {
        CHECK(rill_strerror(code) != NULL);
        CHECK(strlen(rill_strerror(code)) > 3);
        for (int other = RILL_EINTR; other < code; other++)
            CHECK(strcmp(rill_strerror(code), rill_strerror(other)) != 0);
    }
    CHECK(rill_strerror(1) != NULL);
    CHECK(rill_strerror(-1000) != NULL);
}

TEST(errors__format_says_what_where_and_why)
{
    rill_error e = {RILL_ENOSPC, ENOSPC, 4096, "write", "out.bin"};
    char buf[256], cut[10];
    int n = rill_error_format(&e, buf, sizeof(buf));

    CHECK_INT(strlen(buf), n);
    CHECK(strstr(buf, "write") != NULL);
    CHECK(strstr(buf, "4096") != NULL);
    CHECK(strstr(buf, "out.bin") != NULL);
    CHECK(strstr(buf, strerror(ENOSPC)) != NULL);
    CHECK(strchr(buf, '\n') == NULL);
    CHECK_INT(n, rill_error_format(&e, cut, sizeof(cut)));
    CHECK_MEM(cut, 9, buf, 9);
    CHECK_INT(0, cut[9]);
    CHECK_INT(n, rill_error_format(&e, NULL, 0));
}

TEST(errors__format_with_little_to_say)
{
    rill_error e = {RILL_EDATA, 0, -1, NULL, NULL};
    char buf[256];

    CHECK(rill_error_format(&e, buf, sizeof(buf)) > 3);
    CHECK(strstr(buf, "-1") == NULL);
    CHECK(strstr(buf, "null") == NULL);
}
