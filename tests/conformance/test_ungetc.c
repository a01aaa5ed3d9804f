/*
 * rill_ungetc(): bytes put back come first, whatever reads them; the store
 * never sees them; a seek, a truncate or a write drops them.
 */
#include "fixture.h"

CONFORMS(ungetc__comes_back_first, READS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT('a', rill_getc(s));
    CHECK_INT('a', rill_ungetc(s, 'a'));
    CHECK_INT('a', rill_getc(s));
    CHECK_INT('X', rill_ungetc(s, 'X'));
    CHECK_READS(s, "Xbc");
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__before_anything_was_read, READS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT('Y', rill_ungetc(s, 'Y'));
    CHECK_INT('X', rill_ungetc(s, 'X'));
    CHECK_REST(s, "XYabc");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__at_the_end, READS)
{
    rill *s = fixture_open(fx, "ab");

    CHECK_REST(s, "ab");
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT('Z', rill_ungetc(s, 'Z'));
    CHECK_INT('Z', rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__of_nothing, READS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT('Z', rill_ungetc(s, 'Z'));
    CHECK_REST(s, "Z");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__takes_a_byte, READS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(0xff, rill_ungetc(s, -1));
    CHECK_INT(0x00, rill_ungetc(s, 0x100));
    CHECK_INT(0x34, rill_ungetc(s, 0x1234));
    CHECK_REST(s, "\x34\0\xff");
    CHECK_OK(rill_close(s));
}

static void put_back(rill *s, size_t count)
{
    for (size_t i = count; i > 0; i--)
        CHECK_INT('0' + (int)(i % 10), rill_ungetc(s, '0' + (int)(i % 10)));
}

CONFORMS(ungetc__sixty_four_in_a_row, READS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abc");
    put_back(s, 64);
    CHECK_READS(s, "1234567890123456789012345678901234567890");
    CHECK_READS(s, "123456789012345678901234");
    CHECK_REST(s, "def");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__sixty_four_more_when_those_were_read, READS)
{
    rill *s = fixture_open(fx, "abcdef");

    for (int i = 0; i < 3; i++) {
        put_back(s, 64);
        CHECK_READS(s, "1234567890123456789012345678901234567890");
        CHECK_READS(s, "123456789012345678901234");
    }
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__has_a_limit_and_says_so, READS)
{
    rill *s = fixture_open(fx, "abcdef");
    size_t n = 0;
    int rc;

    while ((rc = rill_ungetc(s, 'x')) == 'x' && n < 1000000)
        n++;
    CHECK(n >= 64);
    if (n < 1000000)
        CHECK_CODE(RILL_ELIMIT, rc);
    CHECK_OK(rill_failed(s, NULL));
    for (; n > 0; n--)
        CHECK_INT('x', rill_getc(s));
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_close(s));
}

/* ---- Everything that reads sees them ------------------------------------ */

static rill *with_bytes_put_back(fixture *fx)
{
    rill *s = fixture_open(fx, "abcd\nef");

    CHECK_READS(s, "ab");
    CHECK_INT('Y', rill_ungetc(s, 'Y'));
    CHECK_INT('X', rill_ungetc(s, 'X'));
    return s;
}

CONFORMS(ungetc__then_read_exact, READS)
{
    rill *s = with_bytes_put_back(fx);
    char buf[4];

    CHECK_OK(rill_read_exact(s, buf, 4));
    CHECK_BYTES(buf, 4, "XYcd");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_read_some, READS)
{
    rill *s = with_bytes_put_back(fx);
    char buf[8];
    ptrdiff_t n = rill_read_some(s, buf, 8);

    CHECK(n >= 1);
    CHECK_MEM(buf, n, "XYcd\nef", (size_t)n);
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_peek, READS)
{
    rill *s = with_bytes_put_back(fx);
    const void *p;

    CHECK(rill_peek(s, &p, 7) >= 7);
    CHECK_BYTES(p, 7, "XYcd\nef");
    CHECK_OK(rill_consume(s, 3));
    CHECK_REST(s, "d\nef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_readline, READS)
{
    rill *s = with_bytes_put_back(fx);
    const char *line;
    ptrdiff_t n = rill_readline(s, &line);

    CHECK_BYTES(line, n, "XYcd\n");
    CHECK_REST(s, "ef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__of_a_newline_then_readline, READS)
{
    rill *s = fixture_open(fx, "abc");
    const char *line;
    ptrdiff_t n;

    CHECK_INT('\n', rill_ungetc(s, '\n'));
    CHECK_INT('z', rill_ungetc(s, 'z'));
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "z\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_lines, READS)
{
    rill *s = with_bytes_put_back(fx);
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "XYcd\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "ef");
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_skip, READS)
{
    rill *s = with_bytes_put_back(fx);

    CHECK_INT(3, rill_skip(s, 3));
    CHECK_REST(s, "d\nef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_skip_a_part, READS)
{
    rill *s = with_bytes_put_back(fx);

    CHECK_INT(1, rill_skip(s, 1));
    CHECK_REST(s, "Ycd\nef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_read_all, READS)
{
    rill *s = with_bytes_put_back(fx);

    CHECK_REST(s, "XYcd\nef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_readv, READS)
{
    rill *s = with_bytes_put_back(fx);
    char a[1], b[3];
    rill_iovec v[] = {{a, 1}, {b, 3}};

    CHECK_INT(4, rill_readv(s, v, 2));
    CHECK_BYTES(a, 1, "X");
    CHECK_BYTES(b, 3, "Ycd");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__then_copy, READS)
{
    rill *s = with_bytes_put_back(fx);
    rill *to = rill_open_mem(NULL);

    CHECK_INT(7, rill_copy(to, s, -1));
    CHECK_HOLDS(to, "XYcd\nef");
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(s));
}

/* ---- The store never does ----------------------------------------------- */

CONFORMS(ungetc__steps_the_position_back, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_READS(s, "ab");
    CHECK_INT('b', rill_ungetc(s, 'b'));
    CHECK_INT(1, rill_tell(s));
    CHECK_INT('X', rill_ungetc(s, 'X'));
    CHECK_INT(0, rill_tell(s));
    CHECK_READS(s, "Xbc");
    CHECK_INT(3, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__is_dropped_by_a_seek, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abc");
    put_back(s, 10);
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_REST(s, "cdef");
    put_back(s, 3);
    CHECK_INT(6, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_REST(s, "");
    put_back(s, 3);
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_close(s));
}

CONFORMS(ungetc__is_dropped_by_a_write, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abc");
    CHECK_INT('X', rill_ungetc(s, 'X'));
    CHECK_INT(1, rill_write(s, "1", 1));
    CHECK_INT(3, rill_tell(s));
    CHECK_REST(s, "def");
    CHECK_LEAVES(fx, s, "ab1def");
}

CONFORMS(ungetc__of_the_same_byte_then_write, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abc");
    CHECK_INT('c', rill_ungetc(s, 'c'));
    CHECK_INT(1, rill_write(s, "1", 1));
    CHECK_INT(3, rill_tell(s));
    CHECK_LEAVES(fx, s, "ab1def");
}

CONFORMS(ungetc__is_dropped_by_truncate, TRUNCATES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abc");
    CHECK_INT('X', rill_ungetc(s, 'X'));
    CHECK_OK(rill_truncate(s, 5));
    CHECK_INT(2, rill_tell(s));
    CHECK_REST(s, "cde");
    CHECK_LEAVES(fx, s, "abcde");
}

CONFORMS(ungetc__is_not_in_the_store, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    char buf[8];

    CHECK_READS(s, "abc");
    put_back(s, 5);
    CHECK_BYTES(buf, rill_pread(s, buf, 8, 0), "abcdef");
    CHECK_INT(6, rill_size(s));
    CHECK_LEAVES(fx, s, "abcdef");
}

CONFORMS(ungetc__is_not_in_the_memory, READS | MEMORY)
{
    rill *s = fixture_open(fx, "abcdef");
    const void *data;
    ptrdiff_t n;

    CHECK_READS(s, "abc");
    put_back(s, 5);
    n = rill_data(s, &data);
    CHECK_BYTES(data, n, "abcdef");
    CHECK_REST(s, "12345def");
    CHECK_LEAVES(fx, s, "abcdef");
}

CONFORMS(ungetc__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");

    CHECK_CODE(RILL_ENOTSUP, rill_ungetc(s, 'x'));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "");
}
