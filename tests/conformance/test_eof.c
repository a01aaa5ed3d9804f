/*
 * rill_eof(): whether the last read ended because the data did.
 */
#include "fixture.h"

CONFORMS(eof__only_after_a_read_that_met_it, READS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_INT(0, rill_eof(s));
    CHECK_READS(s, "abc");
    CHECK_INT(0, rill_eof(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(1, rill_eof(s));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__after_a_short_read, READS)
{
    rill *s = fixture_open(fx, "abc");
    char buf[8];

    CHECK_INT(3, rill_read(s, buf, 8));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__after_getc, READS)
{
    rill *s = fixture_open(fx, "a");

    CHECK_INT('a', rill_getc(s));
    CHECK_INT(0, rill_eof(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__after_reading_it_all, READS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_REST(s, "abc");
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__after_lines, READS)
{
    rill *s = fixture_open(fx, "a\nb");
    const char *line;

    CHECK_INT(2, rill_readline(s, &line));
    CHECK_INT(0, rill_eof(s));
    CHECK_INT(1, rill_readline(s, &line));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__a_seek_forgets_it, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_REST(s, "abc");
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(3, rill_seek(s, 0, RILL_SEEK_CUR));
    CHECK_INT(0, rill_eof(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(0, rill_eof(s));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__clear_forgets_it, READS)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(1, rill_eof(s));
    rill_clear(s);
    CHECK_INT(0, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__is_no_failure, READS)
{
    rill *s = fixture_open(fx, "");
    rill_error e = {.code = 77};
    char c;

    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, &c, 1));
    CHECK_OK(rill_failed(s, &e));
    CHECK_INT(77, e.code);
    CHECK_OK(rill_close(s));
}

CONFORMS(eof__does_not_stick, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_REST(s, "bc");
    CHECK_LEAVES(fx, s, "abc");
}
