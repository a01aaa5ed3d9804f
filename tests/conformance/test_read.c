/*
 * rill_read(): fills the request, in whatever pieces the store gives it; short
 * only at the end.
 */
#include "fixture.h"

#include <rill/testing/double.h>

CONFORMS(read__fills_the_request, READS)
{
    rill *s = fixture_open(fx, "hello world");
    char buf[16];

    CHECK_BYTES(buf, rill_read(s, buf, 5), "hello");
    CHECK_BYTES(buf, rill_read(s, buf, 1), " ");
    CHECK_BYTES(buf, rill_read(s, buf, 5), "world");
    CHECK_OK(rill_close(s));
}

CONFORMS(read__is_short_at_the_end, READS)
{
    rill *s = fixture_open(fx, "hello");
    char buf[16];

    CHECK_BYTES(buf, rill_read(s, buf, 3), "hel");
    CHECK_BYTES(buf, rill_read(s, buf, 16), "lo");
    CHECK_INT(0, rill_read(s, buf, 16));
    CHECK_INT(0, rill_read(s, buf, 1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(read__of_no_bytes, READS | BLOCKS)
{
    rill *s = fixture_open(fx, "abc");
    char c[3] = "xyz";

    CHECK_INT(0, rill_read(s, c, 0));
    CHECK_INT(0, rill_read(s, NULL, 0));
    CHECK_INT(0, rill_eof(s));
    CHECK_BYTES(c, 3, "xyz");
    CHECK_BYTES(c, fixture_read(s, c, 3), "abc");
    CHECK_INT(0, rill_read(s, NULL, 0));
    CHECK_OK(rill_close(s));
}

CONFORMS(read__keeps_nuls_and_high_bytes, READS | BINARY)
{
    rill *s = fixture_open(fx, "\0a\xff\0\n\r\x1a\0");

    CHECK_READS(s, "\0a\xff\0\n\r\x1a\0");
    CHECK_OK(rill_close(s));
}

CONFORMS(read__stores_nothing_beyond, READS)
{
    rill *s = fixture_open(fx, "abcdef");
    char buf[8] = "12345678";

    CHECK_INT(2, rill_read(s, buf + 1, 2));
    CHECK_BYTES(buf, 8, "1ab45678");
    CHECK_INT(4, rill_read(s, buf, 4));
    CHECK_BYTES(buf, 8, "cdef5678");
    CHECK_OK(rill_close(s));
}

static void check_in_pieces(fixture *fx, size_t size, size_t piece)
{
    rill *s = fixture_open_pattern(fx, size);
    unsigned char *got = test_alloc(size + piece);
    unsigned char *want = test_alloc(size);
    size_t done = 0;
    int64_t n;

    test_pattern(want, size, 0);
    while ((n = fixture_read(s, got + done, piece)) > 0) {
        if (done + (size_t)n < size)
            CHECK_INT(piece, n);
        done += (size_t)n;
        CHECK(done <= size);
    }
    CHECK_INT(0, n);
    CHECK_MEM(got, done, want, size);
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}

CONFORMS(read__a_byte_at_a_time, READS | BLOCKS)
{
    check_in_pieces(fx, 1000, 1);
}

CONFORMS(read__seven_bytes_at_a_time, READS | BLOCKS)
{
    check_in_pieces(fx, 3000, 7);
}

CONFORMS(read__as_much_as_pages, READS | BLOCKS)
{
    check_in_pieces(fx, 70000, 4096);
}

CONFORMS(read__more_than_any_buffer, READS | BLOCKS)
{
    check_in_pieces(fx, 300000, 300000);
}

CONFORMS(read__across_the_default_buffer, READS | BLOCKS)
{
    check_in_pieces(fx, 300000, 100003);
}

CONFORMS(read__after_the_other_sizes, READS)
{
    enum { SIZE = 200000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char *got = test_alloc(SIZE), *want = test_alloc(SIZE);
    size_t done = 0;

    test_pattern(want, SIZE, 0);
    for (size_t n = 1; done < SIZE; n = n * 3 + 1) {
        size_t part = n < SIZE - done ? n : SIZE - done;

        CHECK_INT(part, rill_read(s, got + done, part));
        done += part;
        if (n > 20000)
            n = 0;
    }
    CHECK_MEM(got, SIZE, want, SIZE);
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}

CONFORMS(read__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    char c = 'x';

    CHECK_CODE(RILL_ENOTSUP, rill_read(s, &c, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_read(s, &c, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_read_some(s, &c, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_read_exact(s, &c, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_getc(s));
    CHECK_INT('x', c);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(2, rill_write(s, "ok", 2));
    CHECK_CODE(RILL_ENOTSUP, rill_read(s, &c, 1));
    CHECK_LEAVES(fx, s, "ok");
}

CONFORMS(read__does_not_change_the_store, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "hello world");

    CHECK_READS(s, "hello");
    CHECK_LEAVES(fx, s, "hello world");
}

/* The end is asked for anew: a file that grows goes on. */
static void check_goes_on(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    char buf[16];
    rill *s;

    o.buffer_size = buffer_size;
    test_write_file("f", "abc", 3);
    s = rill_open_with("f", "r", &o);
    CHECK_BYTES(buf, rill_read(s, buf, 16), "abc");
    CHECK_INT(0, rill_read(s, buf, 16));
    test_write_file("f", "abcdef", 6);
    CHECK_BYTES(buf, rill_read(s, buf, 16), "def");
    CHECK_INT(0, rill_read(s, buf, 1));
    CHECK_OK(rill_close(s));
}

TEST(read__goes_on_when_a_file_grows)
{
    check_goes_on(0);
    check_goes_on(RILL_UNBUFFERED);
    check_goes_on(1);
    check_goes_on(7);
}

/* A short count of the store is not the end of the data. */
TEST(read__short_counts_are_not_the_end)
{
    unsigned char got[5000], want[5000];
    rill_double d = {.piece = 999};
    rill *s = rill_open_double(rill_open_view(want, sizeof(want)), RILL_TAKE,
                               &d, NULL);

    test_pattern(want, sizeof(want), 0);
    CHECK_MEM(got, rill_read(s, got, sizeof(got)), want, sizeof(want));
    CHECK_OK(rill_close(s));
}
