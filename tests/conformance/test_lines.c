/*
 * rill_lines: the iterator gives what rill_readuntil() would, and leaves the
 * stream behind the last line that it gave.
 */
#include "fixture.h"

CONFORMS(lines__all_of_them, READS)
{
    rill *s = fixture_open(fx, "one\ntwo\n\nfour");
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "one\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "two\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "four");
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__of_nothing, READS)
{
    rill *s = fixture_open(fx, "");
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__begun_and_ended, READS)
{
    rill *s = fixture_open(fx, "one\ntwo\n");
    rill_lines it;

    CHECK_READS(s, "o");
    rill_lines_begin(&it, s, '\n');
    CHECK_OK(rill_lines_end(&it));
    CHECK_REST(s, "ne\ntwo\n");
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__ended_early, READS)
{
    rill *s = fixture_open(fx, "one\ntwo\nthree\nfour\n");
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_READS(s, "thr");
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "ee\n");
    CHECK_OK(rill_lines_end(&it));
    CHECK_REST(s, "four\n");
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__position_while_ended_early, READS | SEEKS)
{
    rill *s = fixture_open(fx, "one\ntwo\nthree\n");
    rill_lines it;
    rill_line line;

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "e\n");
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(4, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__then_write, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "one\ntwo\nthree\n");
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(3, rill_write(s, "TWO", 3));
    CHECK_LEAVES(fx, s, "one\nTWO\nthree\n");
}

CONFORMS(lines__after_writes, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "one\ntwo\n");
    rill_lines it;
    rill_line line;

    CHECK_INT(1, rill_write(s, "O", 1));
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "ne\n");
    CHECK_OK(rill_lines_end(&it));
    CHECK_LEAVES(fx, s, "One\ntwo\n");
}

CONFORMS(lines__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, '\n');
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_CODE(RILL_ENOTSUP, rill_lines_end(&it));
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__delimiter_that_is_no_byte, READS)
{
    rill *s = fixture_open(fx, "abc");
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, 256);
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_CODE(RILL_EINVAL, rill_lines_end(&it));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- The same as rill_readuntil() --------------------------------------- */

/* Stretches of short lines, of long ones, and of nothing but delimiters. */
static void fill(unsigned char *data, size_t len, int delimiter, uint64_t seed)
{
    unsigned odds = 1;

    for (size_t i = 0; i < len; i++) {
        if (i % 700 == 0)
            odds = 1u << test_below(&seed, 11);
        data[i] = (unsigned char)test_below(&seed, 256);
        if (test_below(&seed, odds) == 0)
            data[i] = (unsigned char)delimiter;
    }
}

static void check_same(fixture *fx, int delimiter, size_t size, uint64_t seed)
{
    unsigned char *data = test_alloc(size);
    fixture *two = fixture_start(fx->row), *one = fixture_start(fx->row);
    const char *want = NULL;
    ptrdiff_t want_len;
    rill *a, *b;
    rill_lines it;
    rill_line line;

    fill(data, size, delimiter, seed);
    a = fixture_open_bytes(one, "r+", data, size);
    b = fixture_open_bytes(two, "r+", data, size);
    rill_lines_begin(&it, a, delimiter);
    while (rill_lines_next(&it, &line)) {
        want_len = rill_readuntil(b, delimiter, &want);
        CHECK_MEM(line.data, line.len, want, (size_t)want_len);
    }
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(0, rill_readuntil(b, delimiter, &want));
    CHECK_OK(rill_close(a));
    CHECK_OK(rill_close(b));
    fixture_stop(one);
    fixture_stop(two);
    free(data);
}

CONFORMS(lines__are_those_of_readuntil, READS | BINARY)
{
    check_same(fx, '\n', 30000, 1);
    check_same(fx, 0, 30000, 2);
    check_same(fx, 255, 30001, 3);
    check_same(fx, 'e', 29999, 4);
}

CONFORMS(lines__of_every_small_size, READS | BINARY)
{
    for (size_t size = 0; size < 80; size++)
        check_same(fx, '\n', size, size + 1);
}

/* Ended after each number of lines: what follows is what was not given. */
CONFORMS(lines__ended_after_each_line, READS | SEEKS | BINARY)
{
    enum { SIZE = 3000 };
    unsigned char data[SIZE], got[SIZE];
    rill *s;

    fill(data, SIZE, '\n', 99);
    s = fixture_open_bytes(fx, "r+", data, SIZE);
    for (int stop = 0; stop < 40; stop++) {
        size_t at = 0;
        rill_lines it;
        rill_line line;

        CHECK_OK(rill_rewind(s));
        rill_lines_begin(&it, s, '\n');
        for (int i = 0; i < stop; i++) {
            CHECK_INT(1, rill_lines_next(&it, &line));
            at += line.len;
        }
        CHECK_OK(rill_lines_end(&it));
        CHECK_INT(at, rill_tell(s));
        CHECK_MEM(got, rill_read(s, got, 30), data + at, 30);
    }
    CHECK_OK(rill_close(s));
}

CONFORMS(lines__more_than_the_index_holds, READS)
{
    enum { LINES = 3 * RILL_LINES_INDEX + 17 };
    unsigned char *data = test_alloc(2 * LINES);
    rill_lines it;
    rill_line line;
    rill *s;

    for (size_t i = 0; i < LINES; i++) {
        data[2 * i] = (unsigned char)('a' + i % 26);
        data[2 * i + 1] = '\n';
    }
    s = fixture_open_bytes(fx, "r+", data, 2 * LINES);
    rill_lines_begin(&it, s, '\n');
    for (size_t i = 0; i < LINES; i++) {
        CHECK_INT(1, rill_lines_next(&it, &line));
        CHECK_MEM(line.data, line.len, data + 2 * i, 2);
    }
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
    free(data);
}

CONFORMS(lines__longer_than_the_buffer, READS)
{
    enum { SIZE = 150000, END = 140000 };
    unsigned char *data = test_alloc(SIZE);
    rill_lines it;
    rill_line line;
    rill *s;

    memset(data, 'x', SIZE);
    data[2] = data[END] = '\n';
    s = fixture_open_bytes(fx, "r+", data, SIZE);
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_MEM(line.data, line.len, data, 3);
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_MEM(line.data, line.len, data + 3, END - 2);
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_MEM(line.data, line.len, data + END + 1, SIZE - END - 1);
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
    free(data);
}

TEST(lines__longer_than_the_window_limit)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_lines it;
    rill_line line;
    rill *s;

    o.buffer_size = 8;
    o.window_limit = 16;
    test_write_file("f", "short\nabcdefghijklmnopqrstuvwxyz\nend\n", 37);
    s = rill_open_with("f", "r", &o);
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_CODE(RILL_ELIMIT, rill_lines_end(&it));
    CHECK_REST(s, "abcdefghijklmnopqrstuvwxyz\nend\n");
    CHECK_OK(rill_close(s));
}
