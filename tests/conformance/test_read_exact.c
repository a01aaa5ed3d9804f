/*
 * rill_read_exact(): all of it, or RILL_EEOF with what there was.
 */
#include "fixture.h"

CONFORMS(read_exact__gets_what_was_asked, READS)
{
    rill *s = fixture_open(fx, "hello world");
    char buf[8];

    CHECK_OK(rill_read_exact(s, buf, 5));
    CHECK_BYTES(buf, 5, "hello");
    CHECK_OK(rill_read_exact(s, buf, 6));
    CHECK_BYTES(buf, 6, " world");
    CHECK_OK(rill_close(s));
}

CONFORMS(read_exact__of_no_bytes, READS)
{
    rill *s = fixture_open(fx, "");

    CHECK_OK(rill_read_exact(s, NULL, 0));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_exact__where_too_little_is_left, READS)
{
    rill *s = fixture_open(fx, "hello");
    char buf[8] = "12345678";

    CHECK_OK(rill_read_exact(s, buf, 2));
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, buf, 5));
    CHECK_BYTES(buf, 3, "llo");
    CHECK_BYTES(buf + 5, 3, "678");
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_exact__position_says_how_many_there_were, READS | SEEKS)
{
    rill *s = fixture_open(fx, "hello");
    char buf[8];

    CHECK_CODE(RILL_EEOF, rill_read_exact(s, buf, 8));
    CHECK_INT(5, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, buf, 1));
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_OK(rill_read_exact(s, buf, 4));
    CHECK_BYTES(buf, 4, "ello");
    CHECK_OK(rill_close(s));
}

CONFORMS(read_exact__of_nothing, READS)
{
    rill *s = fixture_open(fx, "");
    char c;

    CHECK_CODE(RILL_EEOF, rill_read_exact(s, &c, 1));
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, &c, 1));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_exact__much, READS)
{
    enum { SIZE = 300000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char *got = test_alloc(SIZE), *want = test_alloc(SIZE);

    test_pattern(want, SIZE, 0);
    CHECK_OK(rill_read_exact(s, got, 10));
    CHECK_OK(rill_read_exact(s, got + 10, SIZE - 11));
    CHECK_OK(rill_read_exact(s, got + SIZE - 1, 1));
    CHECK_MEM(got, SIZE, want, SIZE);
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, got, 1));
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}
