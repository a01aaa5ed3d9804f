/*
 * rill_tell() and rill_size(): true after every operation, with bytes read
 * ahead and bytes not yet written.
 */
#include "fixture.h"

CONFORMS(tell__follows_reads, READS | SEEKS)
{
    rill *s = fixture_open(fx, "hello\nworld\n");
    char buf[16];
    const void *p;
    const char *line;

    CHECK_INT(0, rill_tell(s));
    CHECK_INT(2, rill_read(s, buf, 2));
    CHECK_INT(2, rill_tell(s));
    CHECK_INT('l', rill_getc(s));
    CHECK_INT(3, rill_tell(s));
    CHECK(rill_peek(s, &p, 2) >= 2);
    CHECK_INT(3, rill_tell(s));
    CHECK_OK(rill_consume(s, 1));
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(2, rill_readline(s, &line));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(2, rill_skip(s, 2));
    CHECK_INT(8, rill_tell(s));
    CHECK_INT(4, rill_read(s, buf, 16));
    CHECK_INT(12, rill_tell(s));
    CHECK_INT(0, rill_read(s, buf, 16));
    CHECK_INT(12, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(tell__follows_writes, WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_INT(5, rill_tell(s));
    CHECK_INT('!', rill_putc(s, '!'));
    CHECK_INT(6, rill_tell(s));
    CHECK_OK(rill_flush(s));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(4, rill_printf(s, "%d", 1234));
    CHECK_INT(10, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(tell__across_directions, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_INT(4, rill_tell(s));
    CHECK_READS(s, "e");
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(3, rill_write(s, "123", 3));
    CHECK_INT(8, rill_tell(s));
    CHECK_LEAVES(fx, s, "abXYe123");
}

CONFORMS(tell__of_a_pipe, PIPES)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_ENOTSUP, rill_tell(s));
    CHECK_CODE(RILL_ENOTSUP, rill_size(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(tell__size_counts_what_was_not_flushed, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(3, rill_size(s));
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_INT(3, rill_size(s));
    CHECK_INT(4, rill_write(s, "1234", 4));
    CHECK_INT(6, rill_size(s));
    CHECK_INT(10, rill_seek(s, 10, RILL_SEEK_SET));
    CHECK_INT(6, rill_size(s));
    CHECK_INT(1, rill_write(s, "Z", 1));
    CHECK_INT(11, rill_size(s));
    CHECK_INT(11, rill_tell(s));
    CHECK_LEAVES(fx, s, "XY1234\0\0\0\0Z");
}

CONFORMS(tell__size_leaves_the_position, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_INT(6, rill_size(s));
    CHECK_INT(2, rill_tell(s));
    CHECK_READS(s, "cd");
    CHECK_OK(rill_close(s));
}

CONFORMS(tell__hint_size_is_only_a_hint, WRITES)
{
    rill *s = fixture_open(fx, "");

    rill_hint_size(s, 100000);
    CHECK_INT(3, rill_write(s, "abc", 3));
    rill_hint_size(s, 1);
    rill_hint_size(s, 0);
    rill_hint_size(s, -1);
    rill_hint_size(s, INT64_MAX);
    CHECK_INT(3, rill_write(s, "def", 3));
    if (fx->row->can & SEEKS && !(fx->row->can & FORGETS))
        CHECK_INT(6, rill_size(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abcdef");
}
