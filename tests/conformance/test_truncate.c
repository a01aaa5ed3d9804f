/*
 * rill_truncate(): cuts, extends where the store does, and leaves the position
 * alone.
 */
#include "fixture.h"

CONFORMS(truncate__cuts, TRUNCATES | BLOCKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_OK(fixture_truncate(s, 4));
    CHECK_INT(4, rill_size(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_LEAVES(fx, s, "abcd");
}

CONFORMS(truncate__to_nothing_and_on, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");
    char c;

    CHECK_OK(rill_truncate(s, 0));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_LEAVES(fx, s, "XY");
}

CONFORMS(truncate__to_the_same_size, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_OK(rill_truncate(s, 6));
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_truncate(s, 6));
    CHECK_LEAVES(fx, s, "abcdef");
}

CONFORMS(truncate__leaves_the_position, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");
    char c;

    CHECK_READS(s, "abcd");
    CHECK_OK(rill_truncate(s, 2));
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(2, rill_size(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_LEAVES(fx, s, "ab\0\0X");
}

CONFORMS(truncate__drops_what_was_read_ahead, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "a");
    CHECK_OK(rill_truncate(s, 3));
    CHECK_REST(s, "bc");
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(truncate__after_writes, TRUNCATES)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(6, rill_write(s, "UVWXYZ", 6));
    CHECK_OK(rill_truncate(s, 4));
    CHECK_INT(4, rill_size(s));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(1, rill_write(s, "!", 1));
    CHECK_LEAVES(fx, s, "UVWX\0\0!");
}

CONFORMS(truncate__just_what_was_written, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT(3, rill_write(s, "XYZ", 3));
    CHECK_OK(rill_truncate(s, 3));
    CHECK_LEAVES(fx, s, "XYZ");
}

CONFORMS(truncate__to_more, TRUNCATES | BLOCKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_OK(fixture_truncate(s, 6));
    CHECK_INT(0, rill_tell(s));
    if (fx->row->can & EXTENDS) {
        CHECK_INT(6, rill_size(s));
        CHECK_LEAVES(fx, s, "abc\0\0\0");
    } else {
        CHECK_INT(3, rill_size(s));
        CHECK_LEAVES(fx, s, "abc");
    }
}

CONFORMS(truncate__to_less_then_more_shows_zeros, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_OK(rill_truncate(s, 2));
    CHECK_OK(rill_truncate(s, 5));
    if (fx->row->can & EXTENDS) {
        CHECK_REST(s, "ab\0\0\0");
        CHECK_LEAVES(fx, s, "ab\0\0\0");
    } else {
        CHECK_REST(s, "ab");
        CHECK_LEAVES(fx, s, "ab");
    }
}

CONFORMS(truncate__to_more_after_the_end_was_read, TRUNCATES | EXTENDS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_REST(s, "abc");
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_OK(rill_truncate(s, 5));
    CHECK_REST(s, "\0\0");
    CHECK_OK(rill_close(s));
}

CONFORMS(truncate__much, TRUNCATES)
{
    enum { SIZE = 300000, CUT = 140001 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char *want = test_alloc(SIZE);

    test_pattern(want, SIZE, 0);
    CHECK_INT(CUT - 10, rill_seek(s, CUT - 10, RILL_SEEK_SET));
    CHECK_OK(rill_truncate(s, CUT));
    fixture_close(fx, s);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, want, CUT);
    free(want);
}

CONFORMS(truncate__negative, TRUNCATES)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_CODE(RILL_EINVAL, rill_truncate(s, -1));
    CHECK_CODE(RILL_EINVAL, rill_truncate(s, INT64_MIN));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(truncate__of_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");

    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 3));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(truncate__of_a_pipe, PIPES)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 0));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

TEST(truncate__of_a_view)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 1));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* A fixed buffer's bytes beyond the content are left alone. */
TEST(truncate__of_fixed_memory_touches_nothing_beyond)
{
    char room[8] = "abcdefgh";
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.length = 6;
    s = rill_open_fixed(room, sizeof(room), &o);
    CHECK_OK(rill_truncate(s, 2));
    CHECK_OK(rill_truncate(s, 8));
    CHECK_INT(2, rill_size(s));
    CHECK_OK(rill_close(s));
    CHECK_INT('g', room[6]);
    CHECK_INT('h', room[7]);
}
