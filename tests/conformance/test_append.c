/*
 * Append mode: every write goes to the end, at once, and leaves the position
 * there; reads go where the position is.
 */
#include "fixture.h"

CONFORMS(append__starts_at_the_end, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abc");

    CHECK_INT(3, rill_tell(s));
    CHECK_INT(3, rill_size(s));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(append__writes_at_the_end, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a", "abc");

    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT('g', rill_putc(s, 'g'));
    CHECK_INT(7, rill_size(s));
    CHECK_LEAVES(fx, s, "abcdefg");
}

CONFORMS(append__whatever_the_position, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abcdef");

    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_INT(7, rill_tell(s));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_READS(s, "cd");
    CHECK_INT(1, rill_write(s, "Y", 1));
    CHECK_INT(8, rill_tell(s));
    CHECK_INT(100, rill_seek(s, 100, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "Z", 1));
    CHECK_INT(9, rill_tell(s));
    CHECK_LEAVES(fx, s, "abcdefXYZ");
}

CONFORMS(append__reads_what_was_appended, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abc");

    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_OK(rill_rewind(s));
    CHECK_READS(s, "abcd");
    CHECK_INT(2, rill_write(s, "gh", 2));
    CHECK_REST(s, "");
    CHECK_INT(4, rill_seek(s, 4, RILL_SEEK_SET));
    CHECK_REST(s, "efgh");
    CHECK_LEAVES(fx, s, "abcdefgh");
}

CONFORMS(append__of_no_bytes, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abc");

    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT(0, rill_write(s, "", 0));
    CHECK_INT(3, rill_size(s));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(append__after_truncate, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abcdef");

    CHECK_OK(rill_truncate(s, 2));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_INT(3, rill_tell(s));
    CHECK_OK(rill_truncate(s, 5));
    CHECK_INT(1, rill_write(s, "Y", 1));
    CHECK_LEAVES(fx, s, "abX\0\0Y");
}

CONFORMS(append__printf_reserve_and_vectors, APPENDS)
{
    char one[] = "1", two[] = "2";
    rill_iovec v[] = {{one, 1}, {two, 1}};
    rill *s = fixture_open_mode(fx, "a+", "abc");
    void *room;

    CHECK_OK(rill_rewind(s));
    CHECK_INT(2, rill_printf(s, "<%c", '>'));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(2, rill_writev(s, v, 2));
    CHECK_OK(rill_rewind(s));
    CHECK(rill_reserve(s, &room, 2) >= 2);
    memcpy(room, "XY", 2);
    CHECK_OK(rill_commit(s, 2));
    CHECK_INT(9, rill_tell(s));
    CHECK_LEAVES(fx, s, "abc<>12XY");
}

CONFORMS(append__of_much, APPENDS)
{
    enum { SIZE = 300000 };
    unsigned char *data = test_alloc(SIZE);
    rill *s = fixture_open_mode(fx, "a", "");
    size_t step = 1;

    test_pattern(data, SIZE, 0);
    for (size_t at = 0; at < SIZE; at += step, step = step * 2 + 1) {
        size_t n = step < SIZE - at ? step : SIZE - at;

        CHECK_INT(n, rill_write(s, data + at, n));
    }
    fixture_close(fx, s);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, data, SIZE);
    free(data);
}

/* Another writer of the same file has gone on meanwhile. */
CONFORMS(append__behind_what_others_append, APPENDS | SHOWS)
{
    rill *s = fixture_open_mode(fx, "a+", "abc");
    rill *other = rill_open(fx->path, "a");

    CHECK_INT(1, rill_write(s, "1", 1));
    CHECK_OK(rill_flush(s));
    CHECK_INT(1, rill_write(other, "2", 1));
    CHECK_OK(rill_flush(other));
    CHECK_INT(1, rill_write(s, "3", 1));
    CHECK_OK(rill_flush(s));
    CHECK_INT(6, rill_tell(s));
    CHECK_OK(rill_close(other));
    CHECK_LEAVES(fx, s, "abc123");
}

CONFORMS(append__has_no_pwrite, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abc");
    char c;

    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(s, "x", 1, 0));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(1, rill_pread(s, &c, 1, 1));
    CHECK_INT('b', c);
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(append__only_cannot_be_read, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a", "abc");
    char c;

    CHECK_CODE(RILL_ENOTSUP, rill_read(s, &c, 1));
    CHECK_INT(0, rill_readable(s));
    CHECK_LEAVES(fx, s, "abc");
}
