/*
 * rill_seek() and rill_rewind(): where a position may be, what each whence
 * counts from, and what is refused.
 */
#include "fixture.h"

#include <rill/testing/double.h>

CONFORMS(seek__from_the_start, READS | SEEKS | BLOCKS)
{
    rill *s = fixture_open(fx, "abcdef");
    char buf[4];

    CHECK_INT(4, fixture_seek(s, 4, RILL_SEEK_SET));
    CHECK_BYTES(buf, fixture_read(s, buf, 1), "e");
    CHECK_INT(0, fixture_seek(s, 0, RILL_SEEK_SET));
    CHECK_BYTES(buf, fixture_read(s, buf, 2), "ab");
    CHECK_INT(6, fixture_seek(s, 6, RILL_SEEK_SET));
    CHECK_INT(0, fixture_read(s, buf, 1));
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__from_the_position, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_CUR));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_CUR));
    CHECK_READS(s, "c");
    CHECK_INT(1, rill_seek(s, -2, RILL_SEEK_CUR));
    CHECK_READS(s, "bc");
    CHECK_INT(5, rill_seek(s, 2, RILL_SEEK_CUR));
    CHECK_READS(s, "f");
    CHECK_INT(0, rill_seek(s, -6, RILL_SEEK_CUR));
    CHECK_READS(s, "a");
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__from_the_end, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT(6, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_REST(s, "");
    CHECK_INT(4, rill_seek(s, -2, RILL_SEEK_END));
    CHECK_REST(s, "ef");
    CHECK_INT(0, rill_seek(s, -6, RILL_SEEK_END));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__end_counts_what_was_just_written, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(3, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(4, rill_write(s, "defg", 4));
    CHECK_INT(7, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(1, rill_seek(s, -6, RILL_SEEK_END));
    CHECK_INT(1, rill_write(s, "B", 1));
    CHECK_INT(6, rill_seek(s, -1, RILL_SEEK_END));
    CHECK_READS(s, "g");
    CHECK_LEAVES(fx, s, "aBcdefg");
}

CONFORMS(seek__stdio_constants_serve, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT(2, rill_seek(s, 2, SEEK_SET));
    CHECK_INT(3, rill_seek(s, 1, SEEK_CUR));
    CHECK_INT(5, rill_seek(s, -1, SEEK_END));
    CHECK_READS(s, "f");
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__rewind, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abcd");
    CHECK_OK(rill_rewind(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_READS(s, "abcd");
    CHECK_REST(s, "ef");
    CHECK_OK(rill_rewind(s));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__bad_whence, SEEKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_EINVAL, rill_seek(s, 0, 3));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 0, -1));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 0, 1 << 30));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(0, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* ---- Before the start --------------------------------------------------- */

CONFORMS(seek__set_before_the_start, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_CODE(RILL_EINVAL, rill_seek(s, -1, RILL_SEEK_SET));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, INT64_MIN, RILL_SEEK_SET));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(2, rill_tell(s));
    CHECK_READS(s, "cd");
    CHECK_OK(rill_close(s));
}

static void check_before(fixture *fx, rill *s, int64_t offset, int whence)
{
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    if (fx->row->can & CLAMPS) {
        CHECK_INT(0, rill_seek(s, offset, whence));
        CHECK_INT(0, rill_tell(s));
    } else {
        CHECK_CODE(RILL_EINVAL, rill_seek(s, offset, whence));
        CHECK_INT(2, rill_tell(s));
    }
}

CONFORMS(seek__cur_and_end_before_the_start, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    check_before(fx, s, -3, RILL_SEEK_CUR);
    check_before(fx, s, -100, RILL_SEEK_CUR);
    check_before(fx, s, INT64_MIN, RILL_SEEK_CUR);
    check_before(fx, s, -7, RILL_SEEK_END);
    check_before(fx, s, -100, RILL_SEEK_END);
    check_before(fx, s, INT64_MIN, RILL_SEEK_END);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(fx->row->can & CLAMPS ? 'a' : 'c', rill_getc(s));
    CHECK_OK(rill_close(s));
}

/* ---- Past the end ------------------------------------------------------- */

CONFORMS(seek__past_the_end_reads_nothing, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_INT(10, rill_seek(s, 10, RILL_SEEK_SET));
    CHECK_INT(10, rill_tell(s));
    CHECK_INT(3, rill_size(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(1, rill_eof(s));
    CHECK_INT(10, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(2, rill_seek(s, -8, RILL_SEEK_CUR));
    CHECK_READS(s, "c");
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(seek__past_the_end_and_write_fills_with_zeros,
         READS | WRITES | SEEKS | BLOCKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(6, fixture_seek(s, 3, RILL_SEEK_END));
    CHECK_INT(1, fixture_write(s, "X", 1));
    CHECK_INT(7, rill_tell(s));
    CHECK_INT(7, rill_size(s));
    CHECK_INT(9, fixture_seek(s, 2, RILL_SEEK_CUR));
    CHECK_INT(1, fixture_write(s, "Y", 1));
    CHECK_LEAVES(fx, s, "abc\0\0\0X\0\0Y");
}

CONFORMS(seek__past_the_end_of_nothing, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT('X', rill_putc(s, 'X'));
    CHECK_LEAVES(fx, s, "\0\0\0X");
}

CONFORMS(seek__past_the_end_and_write_nothing, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(10, rill_seek(s, 10, RILL_SEEK_SET));
    CHECK_INT(0, rill_write(s, "", 0));
    CHECK_INT(0, rill_write(s, NULL, 0));
    CHECK_OK(rill_flush(s));
    CHECK_INT(3, rill_size(s));
    CHECK_INT(10, rill_tell(s));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(seek__far_past_the_end_and_write, READS | WRITES | SEEKS)
{
    enum { FAR = 300000 };
    unsigned char *want = calloc(1, FAR + 1);
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(FAR, rill_seek(s, FAR, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "X", 1));
    memcpy(want, "abc", 3);
    want[FAR] = 'X';
    fixture_close(fx, s);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, want, FAR + 1);
    free(want);
}

/* What was there before does not come back as the gap. */
CONFORMS(seek__gap_is_zero_where_bytes_have_been,
         READS | WRITES | SEEKS | TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdefgh");

    CHECK_OK(rill_truncate(s, 2));
    CHECK_INT(6, rill_seek(s, 6, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_LEAVES(fx, s, "ab\0\0\0\0X");
}

/* ---- The edges of 64 bits ----------------------------------------------- */

CONFORMS(seek__sums_beyond_64_bits, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_CODE(RILL_ERANGE, rill_seek(s, INT64_MAX, RILL_SEEK_CUR));
    CHECK_CODE(RILL_ERANGE, rill_seek(s, INT64_MAX - 1, RILL_SEEK_CUR));
    CHECK_CODE(RILL_ERANGE, rill_seek(s, INT64_MAX, RILL_SEEK_END));
    CHECK_CODE(RILL_ERANGE, rill_seek(s, INT64_MAX - 5, RILL_SEEK_END));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(2, rill_tell(s));
    CHECK_READS(s, "cd");
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__to_the_last_offset, READS | WRITES | SEEKS | GROWS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_INT(INT64_MAX, rill_seek(s, INT64_MAX, RILL_SEEK_SET));
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(INT64_MAX, rill_seek(s, 0, RILL_SEEK_CUR));
    CHECK_CODE(RILL_ERANGE, rill_seek(s, 1, RILL_SEEK_CUR));
    CHECK_INT(INT64_MAX - 1, rill_seek(s, -1, RILL_SEEK_CUR));
    CHECK_INT(INT64_MAX - 1, rill_tell(s));
    CHECK_INT(0, rill_seek(s, -(INT64_MAX - 1), RILL_SEEK_CUR));
    CHECK_INT(INT64_MAX, rill_seek(s, INT64_MAX - 3, RILL_SEEK_END));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(seek__write_across_the_last_offset, READS | WRITES | SEEKS | GROWS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(INT64_MAX - 1, rill_seek(s, INT64_MAX - 1, RILL_SEEK_SET));
    CHECK_CODE(RILL_ERANGE, rill_write(s, "xyz", 3));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(3, rill_size(s));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- Pipes; the window -------------------------------------------------- */

CONFORMS(seek__in_a_pipe, PIPES)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_CUR));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_CODE(RILL_ENOTSUP, rill_rewind(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__in_a_pipe_loses_nothing, READS | PIPES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_REST(s, "cdef");
    CHECK_OK(rill_close(s));
}

CONFORMS(seek__everywhere_in_a_large_content, READS | SEEKS)
{
    enum { SIZE = 200000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    uint64_t seed = 42;

    for (int i = 0; i < 300; i++) {
        int64_t at = (int64_t)test_below(&seed, SIZE);
        unsigned char got[64], want[64];
        size_t n = (size_t)test_below(&seed, sizeof(got)) + 1;

        n = (int64_t)n < SIZE - at ? n : (size_t)(SIZE - at);
        test_pattern(want, n, at);
        if (i % 3 == 0)
            CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
        else if (i % 3 == 1)
            CHECK_INT(at, rill_seek(s, at - rill_tell(s), RILL_SEEK_CUR));
        else
            CHECK_INT(at, rill_seek(s, at - SIZE, RILL_SEEK_END));
        CHECK_MEM(got, rill_read(s, got, n), want, n);
    }
    CHECK_OK(rill_close(s));
}

TEST(seek__inside_the_window_asks_nobody)
{
    rill_double d = {0};
    rill *s =
        rill_open_double(rill_open_view("abcdefghij", 10), RILL_TAKE, &d, NULL);
    size_t before;

    CHECK_READS(s, "abcde");
    before = d.calls;
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_READS(s, "bc");
    CHECK_INT(8, rill_seek(s, 5, RILL_SEEK_CUR));
    CHECK_READS(s, "ij");
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_READS(s, "a");
    CHECK_INT(before, d.calls);
    CHECK_OK(rill_close(s));
}
