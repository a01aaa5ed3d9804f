/*
 * Cursors: rill_writer and rill_reader do what rill_write() and
 * rill_read_exact() would, whatever the window holds.
 */
#include "fixture.h"

CONFORMS(cursor__writer, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_writer w = rill_writer_begin(s);

    rill_writer_put(&w, "hello", 5);
    rill_writer_putc(&w, ' ');
    rill_writer_put(&w, NULL, 0);
    rill_writer_put(&w, "world", 5);
    rill_writer_putc(&w, 0x121);
    CHECK_OK(rill_writer_end(&w));
    CHECK_LEAVES(fx, s, "hello world!");
}

CONFORMS(cursor__writer_of_nothing, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_writer w = rill_writer_begin(s);

    CHECK_OK(rill_writer_end(&w));
    w = rill_writer_begin(s);
    rill_writer_put(&w, "", 0);
    CHECK_OK(rill_writer_end(&w));
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(cursor__writer_between_writes, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "0123456789");
    rill_writer w;

    CHECK_READS(s, "01");
    CHECK_INT(1, rill_write(s, "a", 1));
    w = rill_writer_begin(s);
    rill_writer_put(&w, "bc", 2);
    rill_writer_putc(&w, 'd');
    CHECK_OK(rill_writer_end(&w));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(1, rill_write(s, "e", 1));
    CHECK_REST(s, "789");
    CHECK_LEAVES(fx, s, "01abcde789");
}

static void check_writer(fixture *fx, size_t size, size_t step)
{
    unsigned char *data = test_alloc(size);
    rill *s = fixture_open(fx, "");
    rill_writer w = rill_writer_begin(s);

    test_pattern(data, size, 0);
    for (size_t at = 0; at < size; at += step)
        rill_writer_put(&w, data + at, size - at < step ? size - at : step);
    CHECK_OK(rill_writer_end(&w));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, data, size);
    free(data);
}

CONFORMS(cursor__writer_of_much, WRITES)
{
    check_writer(fx, 20000, 1);
    check_writer(fx, 300000, 13);
}

CONFORMS(cursor__writer_of_more_than_any_buffer, WRITES)
{
    check_writer(fx, 600000, 200000);
}

CONFORMS(cursor__writer_that_appends, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a+", "abc");
    rill_writer w;

    CHECK_OK(rill_rewind(s));
    w = rill_writer_begin(s);
    rill_writer_put(&w, "de", 2);
    rill_writer_putc(&w, 'f');
    CHECK_OK(rill_writer_end(&w));
    CHECK_INT(6, rill_tell(s));
    CHECK_LEAVES(fx, s, "abcdef");
}

CONFORMS(cursor__writer_of_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");
    rill_writer w = rill_writer_begin(s);

    rill_writer_put(&w, "x", 1);
    rill_writer_putc(&w, 'y');
    CHECK_CODE(RILL_ENOTSUP, rill_writer_end(&w));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abc");
}

TEST(cursor__writer_into_a_full_buffer)
{
    char room[4] = "####";
    rill *s = rill_open_fixed(room, 3, NULL);
    rill_writer w = rill_writer_begin(s);

    for (int i = 0; i < 10; i++)
        rill_writer_put(&w, "ab", 2);
    rill_writer_putc(&w, 'c');
    CHECK_CODE(RILL_ENOSPC, rill_writer_end(&w));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_BYTES(room, 4, "aba#");
}

/* ---- Reading ------------------------------------------------------------ */

CONFORMS(cursor__reader, READS)
{
    rill *s = fixture_open(fx, "hello world");
    rill_reader r = rill_reader_begin(s);
    char buf[8];

    CHECK_OK(rill_reader_get(&r, buf, 5));
    CHECK_BYTES(buf, 5, "hello");
    CHECK_INT(' ', rill_reader_getc(&r));
    CHECK_OK(rill_reader_get(&r, NULL, 0));
    CHECK_OK(rill_reader_get(&r, buf, 4));
    CHECK_BYTES(buf, 4, "worl");
    CHECK_OK(rill_reader_end(&r));
    CHECK_REST(s, "d");
    CHECK_OK(rill_close(s));
}

CONFORMS(cursor__reader_to_the_end, READS)
{
    rill *s = fixture_open(fx, "abc");
    rill_reader r = rill_reader_begin(s);

    CHECK_INT('a', rill_reader_getc(&r));
    CHECK_INT('b', rill_reader_getc(&r));
    CHECK_INT('c', rill_reader_getc(&r));
    CHECK_CODE(RILL_EEOF, rill_reader_getc(&r));
    CHECK_CODE(RILL_EEOF, rill_reader_getc(&r));
    CHECK_CODE(RILL_EEOF, rill_reader_end(&r));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

CONFORMS(cursor__reader_cut_short, READS)
{
    rill *s = fixture_open(fx, "abc");
    rill_reader r = rill_reader_begin(s);
    char buf[8];

    CHECK_INT('a', rill_reader_getc(&r));
    CHECK_CODE(RILL_EEOF, rill_reader_get(&r, buf, 4));
    CHECK_BYTES(buf, 2, "bc");
    CHECK_CODE(RILL_EEOF, rill_reader_get(&r, buf, 1));
    CHECK_CODE(RILL_EEOF, rill_reader_end(&r));
    CHECK_OK(rill_close(s));
}

CONFORMS(cursor__reader_of_nothing, READS)
{
    rill *s = fixture_open(fx, "");
    rill_reader r = rill_reader_begin(s);

    CHECK_OK(rill_reader_end(&r));
    r = rill_reader_begin(s);
    CHECK_CODE(RILL_EEOF, rill_reader_getc(&r));
    CHECK_CODE(RILL_EEOF, rill_reader_end(&r));
    CHECK_OK(rill_close(s));
}

CONFORMS(cursor__reader_position, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefghij");
    rill_reader r;
    char buf[4];

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    r = rill_reader_begin(s);
    CHECK_OK(rill_reader_get(&r, buf, 3));
    CHECK_INT('f', rill_reader_getc(&r));
    CHECK_OK(rill_reader_end(&r));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_REST(s, "abcdefghij");
    CHECK_OK(rill_close(s));
}

CONFORMS(cursor__reader_after_ungetc, READS)
{
    rill *s = fixture_open(fx, "abc");
    rill_reader r;

    CHECK_INT('x', rill_ungetc(s, 'x'));
    r = rill_reader_begin(s);
    CHECK_INT('x', rill_reader_getc(&r));
    CHECK_INT('a', rill_reader_getc(&r));
    CHECK_OK(rill_reader_end(&r));
    CHECK_REST(s, "bc");
    CHECK_OK(rill_close(s));
}

static void check_reader(fixture *fx, size_t size, size_t step)
{
    fixture *one = fixture_start(fx->row);
    unsigned char *want = test_alloc(size), *got = test_alloc(size + step);
    rill *s = fixture_open_pattern(one, size);
    rill_reader r = rill_reader_begin(s);
    size_t at = 0;

    test_pattern(want, size, 0);
    for (; size - at >= step; at += step)
        CHECK_OK(rill_reader_get(&r, got + at, step));
    for (; at < size; at++)
        got[at] = (unsigned char)rill_reader_getc(&r);
    CHECK_OK(rill_reader_end(&r));
    CHECK_MEM(got, at, want, size);
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    free(want);
    free(got);
    fixture_stop(one);
}

CONFORMS(cursor__reader_of_much, READS)
{
    check_reader(fx, 20000, 1);
    check_reader(fx, 300000, 13);
    check_reader(fx, 600001, 200000);
}

CONFORMS(cursor__reader_of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    rill_reader r = rill_reader_begin(s);

    CHECK_CODE(RILL_ENOTSUP, rill_reader_getc(&r));
    CHECK_CODE(RILL_ENOTSUP, rill_reader_end(&r));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}
