/*
 * rill_peek() and rill_consume(): the bytes to come, in place, without moving.
 */
#include "fixture.h"

CONFORMS(peek__shows_what_comes, READS)
{
    rill *s = fixture_open(fx, "hello world");
    const void *p;
    ptrdiff_t n = rill_peek(s, &p, 5);

    CHECK(n >= 5 && n <= 11);
    CHECK_MEM(p, n, "hello world", (size_t)n);
    CHECK_READS(s, "hello world");
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__of_whatever_is_there, READS)
{
    rill *s = fixture_open(fx, "hello world");
    const void *p;
    ptrdiff_t n = rill_peek(s, &p, 0);

    CHECK(n >= 1 && n <= 11);
    CHECK_MEM(p, n, "hello world", (size_t)n);
    CHECK_READS(s, "hello world");
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__of_more_than_there_is, READS)
{
    rill *s = fixture_open(fx, "hello world");
    const void *p;
    ptrdiff_t n;

    CHECK_READS(s, "hello ");
    n = rill_peek(s, &p, 100);
    CHECK_BYTES(p, n, "world");
    n = rill_peek(s, &p, 5);
    CHECK_BYTES(p, n, "world");
    CHECK_REST(s, "world");
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__at_the_end, READS)
{
    rill *s = fixture_open(fx, "a");
    const void *p;

    CHECK_READS(s, "a");
    CHECK_INT(0, rill_peek(s, &p, 1));
    CHECK_INT(0, rill_peek(s, &p, 0));
    CHECK_INT(0, rill_peek(s, &p, 100));
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__then_consume, READS)
{
    rill *s = fixture_open(fx, "hello world");
    const void *p;

    CHECK(rill_peek(s, &p, 8) >= 8);
    CHECK_OK(rill_consume(s, 6));
    CHECK(rill_peek(s, &p, 5) >= 5);
    CHECK_BYTES(p, 5, "world");
    CHECK_OK(rill_consume(s, 0));
    CHECK_OK(rill_consume(s, 4));
    CHECK_REST(s, "d");
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__consume_more_than_was_shown, READS)
{
    rill *s = fixture_open(fx, "hello");
    const void *p;
    ptrdiff_t n = rill_peek(s, &p, 5);

    CHECK_INT(5, n);
    CHECK_CODE(RILL_EINVAL, rill_consume(s, 6));
    CHECK_CODE(RILL_EINVAL, rill_consume(s, SIZE_MAX));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "hello");
    CHECK_CODE(RILL_EINVAL, rill_consume(s, 1));
    CHECK_OK(rill_consume(s, 0));
    CHECK_OK(rill_close(s));
}

/* Any amount, also on pipes and with no buffer to speak of. */
static void check_much(fixture *fx, size_t size, size_t from)
{
    rill *s = fixture_open_pattern(fx, size);
    unsigned char *want = test_alloc(size), *got = test_alloc(size);
    const void *p;
    ptrdiff_t n;

    test_pattern(want, size, 0);
    CHECK_OK(rill_read_exact(s, got, from));
    n = rill_peek(s, &p, size - from);
    CHECK_MEM(p, n, want + from, size - from);
    CHECK_OK(rill_consume(s, size - from - 1));
    CHECK_INT(want[size - 1], rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    free(want);
    free(got);
}

CONFORMS(peek__at_more_than_any_buffer, READS)
{
    check_much(fx, 300000, 0);
    check_much(fx, 300000, 10);
    check_much(fx, 150000, 100000);
}

CONFORMS(peek__growing_step_by_step, READS)
{
    enum { SIZE = 3000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char want[SIZE];
    const void *p;

    test_pattern(want, SIZE, 0);
    for (size_t want_n = 1; want_n <= SIZE; want_n += 1 + want_n / 3) {
        ptrdiff_t n = rill_peek(s, &p, want_n);

        CHECK(n >= (ptrdiff_t)want_n);
        CHECK_MEM(p, n, want, (size_t)n);
    }
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__leaves_the_position, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefghijklmnop");
    const void *p;

    CHECK_READS(s, "abc");
    CHECK(rill_peek(s, &p, 10) >= 10);
    CHECK_INT(3, rill_tell(s));
    CHECK_INT(4, rill_seek(s, 1, RILL_SEEK_CUR));
    CHECK(rill_peek(s, &p, 10) >= 10);
    CHECK_BYTES(p, 10, "efghijklmn");
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_REST(s, "abcdefghijklmnop");
    CHECK_OK(rill_close(s));
}

CONFORMS(peek__sees_what_was_written, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    const void *p;

    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK(rill_peek(s, &p, 4) == 4);
    CHECK_BYTES(p, 4, "cdef");
    CHECK_OK(rill_rewind(s));
    CHECK(rill_peek(s, &p, 6) == 6);
    CHECK_BYTES(p, 6, "XYcdef");
    CHECK_LEAVES(fx, s, "XYcdef");
}

CONFORMS(peek__then_write_goes_to_the_position, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    const void *p;

    CHECK_READS(s, "a");
    CHECK(rill_peek(s, &p, 5) == 5);
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_INT(3, rill_tell(s));
    CHECK_REST(s, "def");
    CHECK_LEAVES(fx, s, "aXYdef");
}

CONFORMS(peek__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    const void *p;

    CHECK_CODE(RILL_ENOTSUP, rill_peek(s, &p, 1));
    CHECK_CODE(RILL_EINVAL, rill_consume(s, 1));
    CHECK_OK(rill_close(s));
}

static rill *open_limited(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = buffer_size;
    o.window_limit = 16;
    test_write_file("f", "abcdefghijklmnopqrstuvwxyz", 26);
    return rill_open_with("f", "r", &o);
}

static void check_limit(ptrdiff_t buffer_size)
{
    rill *s = open_limited(buffer_size);
    const void *p;

    CHECK_CODE(RILL_ELIMIT, rill_peek(s, &p, 17));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_READS(s, "abc");
    CHECK(rill_peek(s, &p, 16) >= 16);
    CHECK_BYTES(p, 16, "defghijklmnopqrs");
    CHECK_CODE(RILL_ELIMIT, rill_peek(s, &p, 64));
    CHECK_REST(s, "defghijklmnopqrstuvwxyz");
    CHECK_OK(rill_close(s));
}

TEST(peek__beyond_the_window_limit)
{
    check_limit(8);
    check_limit(1);
    check_limit(RILL_UNBUFFERED);
}

TEST(peek__at_the_content_of_a_view_itself)
{
    static const char text[] = "hello";
    rill *s = rill_open_view(text, 5);
    const void *p;

    CHECK_INT(5, rill_peek(s, &p, 0));
    CHECK_PTR(text, p);
    CHECK_OK(rill_close(s));
}
