/*
 * rill_skip(): past bytes, never past the end.
 */
#include "fixture.h"

CONFORMS(skip__some, READS)
{
    rill *s = fixture_open(fx, "hello world");

    CHECK_INT(6, rill_skip(s, 6));
    CHECK_READS(s, "wo");
    CHECK_INT(1, rill_skip(s, 1));
    CHECK_REST(s, "ld");
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__stops_at_the_end, READS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_READS(s, "he");
    CHECK_INT(3, rill_skip(s, 100));
    CHECK_INT(0, rill_skip(s, 100));
    CHECK_INT(0, rill_skip(s, INT64_MAX));
    CHECK_REST(s, "");
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__to_just_the_end, READS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_INT(5, rill_skip(s, 5));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__everything_there_is, READS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_INT(5, rill_skip(s, INT64_MAX));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__nothing, READS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_INT(0, rill_skip(s, 0));
    CHECK_REST(s, "hello");
    CHECK_INT(0, rill_skip(s, 0));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__backwards, READS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_READS(s, "he");
    CHECK_CODE(RILL_EINVAL, rill_skip(s, -1));
    CHECK_CODE(RILL_EINVAL, rill_skip(s, INT64_MIN));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "llo");
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__much, READS)
{
    enum { SIZE = 300000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char want[3];

    test_pattern(want, 3, SIZE - 3);
    CHECK_INT(10, rill_skip(s, 10));
    CHECK_INT(SIZE - 13, rill_skip(s, SIZE - 13));
    CHECK_INT(want[0], rill_getc(s));
    CHECK_INT(2, rill_skip(s, SIZE));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__moves_the_position, READS | SEEKS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_INT(2, rill_skip(s, 2));
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(3, rill_skip(s, 9));
    CHECK_INT(5, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__from_past_the_end, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_INT(9, rill_seek(s, 9, RILL_SEEK_SET));
    CHECK_INT(0, rill_skip(s, 5));
    CHECK_INT(9, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(skip__after_a_write, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "hello");

    CHECK_INT(1, rill_write(s, "J", 1));
    CHECK_INT(3, rill_skip(s, 3));
    CHECK_INT(2, rill_write(s, "y!", 2));
    CHECK_INT(0, rill_skip(s, 1));
    CHECK_LEAVES(fx, s, "Jelly!");
}

CONFORMS(skip__in_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");

    CHECK_CODE(RILL_ENOTSUP, rill_skip(s, 1));
    CHECK_OK(rill_close(s));
}
