/*
 * Errors: the first failure sticks and says what, where and why; misuse does
 * not; rill_clear() lets the stream go on with nothing lost.
 */
#include "faulty.h"

#include <rill/ops.h>

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
    CHECK_STR("faulty:store", e.path);
}

/* ---- Writing ------------------------------------------------------------ */

TEST(errors__of_a_write_show_at_the_flush)
{
    faulty f = {.write_fails_at = 3, .code = RILL_OS_ERROR(ENOSPC)};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    check_error(s, RILL_ENOSPC, "write", 2, ENOSPC);
    CHECK_BYTES(f.data, f.len, "ab");
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(1, f.closes);
    CHECK_INT(0, f.commits);
}

TEST(errors__of_an_unbuffered_write_show_at_once)
{
    faulty f = {.write_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = faulty_open(&f, "w", &o);
    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EIO, rill_write(s, "f", 1));
    check_error(s, RILL_EIO, "write", 5, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_BYTES(f.data, f.len, "abcde");
}

TEST(errors__stick)
{
    faulty f = {.write_fails_at = 1, .code = RILL_OS_ERROR(EIO)};
    rill *s = faulty_open(&f, "r+", NULL);
    char c;
    const char *line;

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    f.write_fails_at = 0;
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
    CHECK_INT(0, f.len);
}

TEST(errors__only_the_first_is_kept)
{
    faulty f = {.write_fails_at = 1, .code = RILL_OS_ERROR(EIO)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    f.code = RILL_OS_ERROR(ENOSPC);
    f.close_fails = 1;
    CHECK_CODE(RILL_EIO, rill_flush(s));
    check_error(s, RILL_EIO, "write", 0, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__a_later_one_does_not_replace_it)
{
    faulty f = {.write_fails_at = 3, .code = RILL_OS_ERROR(EIO)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    f.size_fails = 1;
    f.code = RILL_OS_ERROR(ENOSPC);
    CHECK(rill_size(s) < 0);
    check_error(s, RILL_EIO, "write", 2, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__clear_goes_on_and_nothing_is_lost)
{
    faulty f = {.write_fails_at = 3, .code = RILL_OS_ERROR(ENOSPC)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    f.write_fails_at = 0;
    rill_clear(s);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(1, rill_write(s, "f", 1));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(f.data, f.len, "abcdef");
    CHECK_HOLDS(s, "abcdef");
    rill_discard(s);
}

TEST(errors__clear_and_it_fails_again)
{
    faulty f = {.write_fails_at = 3, .code = RILL_OS_ERROR(ENOSPC)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    f.code = RILL_OS_ERROR(EIO);
    rill_clear(s);
    CHECK_CODE(RILL_EIO, rill_flush(s));
    check_error(s, RILL_EIO, "write", 2, EIO);
    rill_discard(s);
}

TEST(errors__close_tells_of_the_last_flush)
{
    faulty f = {.write_fails_at = 1, .code = RILL_OS_ERROR(EIO)};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(1, f.closes);
    CHECK_INT(0, f.commits);
}

TEST(errors__of_commit_and_close)
{
    faulty f = {.commit_fails = 1, .code = RILL_OS_ERROR(EIO)};
    faulty g = {.close_fails = 1, .code = RILL_OS_ERROR(ENOSPC)};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(1, f.commits);
    CHECK_INT(1, f.closes);
    s = faulty_open(&g, "w", NULL);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(1, g.commits);
    CHECK_INT(1, g.closes);
}

TEST(errors__in_the_middle_of_a_large_write)
{
    faulty f = {.write_fails_at = 101, .code = RILL_OS_ERROR(ENOSPC)};
    rill_options o = RILL_OPTIONS_INIT;
    char data[300] = {0};
    ptrdiff_t n;
    rill *s;

    o.buffer_size = 16;
    s = faulty_open(&f, "w", &o);
    CHECK_INT(10, rill_write(s, data, 10));
    n = rill_write(s, data, sizeof(data));
    CHECK(n < (ptrdiff_t)sizeof(data));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    check_error(s, RILL_ENOSPC, "write", 100, ENOSPC);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(100, f.len);
}

/* ---- Reading ------------------------------------------------------------ */

static void fill(faulty *f, size_t len)
{
    f->len = len;
    test_pattern(f->data, len, 0);
}

TEST(errors__of_a_read_come_after_the_bytes_before_them)
{
    faulty f = {.read_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    char buf[16];
    rill *s;

    fill(&f, 10);
    s = faulty_open(&f, "r", NULL);
    CHECK_MEM(buf, rill_read(s, buf, 16), f.data, 5);
    CHECK_INT(0, rill_eof(s));
    CHECK_INT(5, rill_tell(s));
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 16));
    check_error(s, RILL_EIO, "read", 5, EIO);
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 16));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_a_read_before_any_byte)
{
    faulty f = {.read_fails_at = 1, .code = RILL_OS_ERROR(EIO)};
    const void *p;
    char c;
    rill *s;

    fill(&f, 10);
    s = faulty_open(&f, "r", NULL);
    CHECK_CODE(RILL_EIO, rill_peek(s, &p, 1));
    CHECK_CODE(RILL_EIO, rill_read(s, &c, 1));
    check_error(s, RILL_EIO, "read", 0, EIO);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_a_read_and_clear)
{
    faulty f = {.read_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    char buf[16];
    rill *s;

    fill(&f, 10);
    s = faulty_open(&f, "r", NULL);
    CHECK_INT(5, rill_read(s, buf, 16));
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 16));
    f.read_fails_at = 0;
    rill_clear(s);
    CHECK_MEM(buf, rill_read(s, buf, 16), f.data + 5, 5);
    rill_discard(s);
}

TEST(errors__read_exact_fails_with_the_stores_code)
{
    faulty f = {.read_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    char buf[16];
    rill *s;

    fill(&f, 10);
    s = faulty_open(&f, "r", NULL);
    CHECK_CODE(RILL_EIO, rill_read_exact(s, buf, 8));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__read_all_puts_back_what_it_read)
{
    faulty f = {.read_fails_at = 1001, .code = RILL_OS_ERROR(EIO)};
    char mark, buf[4];
    void *data = &mark;
    rill *s;

    fill(&f, 2000);
    s = faulty_open(&f, "r", NULL);
    CHECK_INT(4, rill_read(s, buf, 4));
    CHECK_CODE(RILL_EIO, rill_read_all(s, &data));
    CHECK_PTR(&mark, data);
    f.read_fails_at = 0;
    rill_clear(s);
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(1996, rill_read_all(s, &data));
    CHECK_MEM(data, 1996, f.data + 4, 1996);
    rill_free(data);
    rill_discard(s);
}

TEST(errors__readline_gives_what_came_before)
{
    faulty f = {.read_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    const char *line;
    rill *s;

    memcpy(f.data, "ab\ncdefgh\n", 10);
    f.len = 10;
    s = faulty_open(&f, "r", NULL);
    CHECK_BYTES(line, rill_readline(s, &line), "ab\n");
    CHECK_BYTES(line, rill_readline(s, &line), "cd");
    CHECK_CODE(RILL_EIO, rill_readline(s, &line));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__lines_say_why_they_ended)
{
    faulty f = {.read_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    rill_lines it;
    rill_line line;
    rill *s;

    memcpy(f.data, "ab\ncdefgh\n", 10);
    f.len = 10;
    s = faulty_open(&f, "r", NULL);
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
    faulty f = {.truncate_fails = 1, .code = RILL_OS_ERROR(EIO)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_CODE(RILL_EIO, rill_truncate(s, 10));
    CHECK_CODE(RILL_EIO, rill_failed(s, NULL));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_sync_and_of_the_stores_flush)
{
    faulty f = {.sync_fails = 1, .code = RILL_OS_ERROR(EIO)};
    faulty g = {.flush_fails = 1, .code = RILL_OS_ERROR(ENOSPC)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    CHECK_CODE(RILL_EIO, rill_sync(s, RILL_SYNC_DISK));
    CHECK_CODE(RILL_EIO, rill_close(s));
    s = faulty_open(&g, "r+", NULL);
    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(errors__of_size)
{
    faulty f = {.size_fails = 1, .code = RILL_OS_ERROR(EIO)};
    rill *s = faulty_open(&f, "r+", NULL);

    CHECK_CODE(RILL_EIO, rill_size(s));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(errors__of_pread_and_pwrite_do_not_stick)
{
    faulty f = {.read_fails_at = 1, .code = RILL_OS_ERROR(EIO)};
    rill *s;
    char c;

    fill(&f, 10);
    s = faulty_open(&f, "r+", NULL);
    CHECK_CODE(RILL_EIO, rill_pread(s, &c, 1, 3));
    f.write_fails_at = 1;
    f.code = RILL_OS_ERROR(ENOSPC);
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(s, "x", 1, 3));
    CHECK_OK(rill_failed(s, NULL));
    f.read_fails_at = f.write_fails_at = 0;
    CHECK_INT(f.data[0], rill_getc(s));
    CHECK_OK(rill_close(s));
}

TEST(errors__of_copy_name_the_side)
{
    faulty f = {.read_fails_at = 6, .code = RILL_OS_ERROR(EIO)};
    faulty g = {.write_fails_at = 4, .code = RILL_OS_ERROR(ENOSPC)};
    rill_options o = RILL_OPTIONS_INIT;
    rill *src, *dst;

    o.buffer_size = RILL_UNBUFFERED;
    fill(&f, 10);
    src = faulty_open(&f, "r", NULL);
    dst = rill_open_mem(NULL);
    CHECK(rill_copy(dst, src, -1) < 10);
    CHECK_CODE(RILL_EIO, rill_failed(src, NULL));
    CHECK_OK(rill_failed(dst, NULL));
    CHECK_INT(5, rill_size(dst));
    CHECK_CODE(RILL_EIO, rill_close(src));
    CHECK_OK(rill_close(dst));

    src = rill_open_view("0123456789", 10);
    dst = faulty_open(&g, "w", &o);
    CHECK(rill_copy(dst, src, -1) < 10);
    CHECK_OK(rill_failed(src, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_failed(dst, NULL));
    CHECK_BYTES(g.data, g.len, "012");
    CHECK_REST(src, "3456789");
    CHECK_OK(rill_close(src));
    CHECK_CODE(RILL_ENOSPC, rill_close(dst));
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
        faulty f = {.write_fails_at = 1};
        rill *s = faulty_open(&f, "w", NULL);

        f.code = RILL_OS_ERROR(pairs[i][0]);
        test_context("errno %d", pairs[i][0]);
        CHECK_INT(1, rill_write(s, "a", 1));
        CHECK_CODE(pairs[i][1], rill_flush(s));
        check_error(s, pairs[i][1], "write", 0, pairs[i][0]);
        rill_discard(s);
    }
}

TEST(errors__codes_of_ours_have_no_errno)
{
    faulty f = {.write_fails_at = 1, .code = RILL_EDATA};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EDATA, rill_flush(s));
    check_error(s, RILL_EDATA, "write", 0, 0);
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(errors__would_block_does_not_stick_and_keeps_the_bytes)
{
    faulty f = {.write_fails_at = 3, .code = RILL_OS_ERROR(EAGAIN)};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EAGAIN, rill_flush(s));
    CHECK_CODE(RILL_EAGAIN, rill_flush(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_BYTES(f.data, f.len, "ab");
    CHECK_INT(5, rill_tell(s));
    f.write_fails_at = 0;
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(f.data, f.len, "abcde");
    CHECK_OK(rill_close(s));
}

TEST(errors__would_block_in_a_write_is_a_short_count)
{
    faulty f = {.write_fails_at = 4, .code = RILL_EAGAIN};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = faulty_open(&f, "w", &o);
    CHECK_INT(3, rill_write(s, "abcde", 5));
    CHECK_CODE(RILL_EAGAIN, rill_write(s, "de", 2));
    f.write_fails_at = 0;
    CHECK_INT(2, rill_write(s, "de", 2));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(f.data, f.len, "abcde");
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
