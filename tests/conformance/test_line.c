/*
 * Lines: a view, into a buffer that grows, into a bounded one; any delimiter,
 * NULs, no final newline, and lines longer than any window.
 */
#include "fixture.h"

CONFORMS(line__one_by_one, READS)
{
    rill *s = fixture_open(fx, "one\ntwo\n\nfour");
    const char *line;
    ptrdiff_t n;

    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "one\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "two\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "four");
    CHECK_INT(0, rill_readline(s, &line));
    CHECK_INT(0, rill_readline(s, &line));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(line__of_nothing, READS)
{
    rill *s = fixture_open(fx, "");
    const char *line;
    char c;

    CHECK_INT(0, rill_readline(s, &line));
    CHECK_INT(0, rill_readline_into(s, &c, 1));
    CHECK_OK(rill_close(s));
}

CONFORMS(line__only_newlines, READS)
{
    rill *s = fixture_open(fx, "\n\n\n");
    const char *line;

    for (int i = 0; i < 3; i++) {
        CHECK_INT(1, rill_readline(s, &line));
        CHECK_INT('\n', line[0]);
    }
    CHECK_INT(0, rill_readline(s, &line));
    CHECK_OK(rill_close(s));
}

CONFORMS(line__carriage_returns_and_nuls_are_data, READS)
{
    rill *s = fixture_open(fx, "a\r\n\0b\0\n\0");
    const char *line;
    ptrdiff_t n;

    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "a\r\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "\0b\0\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "\0");
    CHECK_OK(rill_close(s));
}

CONFORMS(line__other_delimiters, READS | BINARY)
{
    rill *s = fixture_open(fx, "a,b\0cc\xff\nd\0");
    const char *line;
    ptrdiff_t n;

    n = rill_readuntil(s, ',', &line);
    CHECK_BYTES(line, n, "a,");
    n = rill_readuntil(s, 0, &line);
    CHECK_BYTES(line, n, "b\0");
    n = rill_readuntil(s, 0xff, &line);
    CHECK_BYTES(line, n, "cc\xff");
    n = rill_readuntil(s, 0, &line);
    CHECK_BYTES(line, n, "\nd\0");
    CHECK_INT(0, rill_readuntil(s, 0, &line));
    CHECK_OK(rill_close(s));
}

CONFORMS(line__delimiter_that_is_no_byte, READS)
{
    rill *s = fixture_open(fx, "abc");
    const char *line;
    char c, *buf = NULL;
    size_t size = 0;

    CHECK_CODE(RILL_EINVAL, rill_readuntil(s, 256, &line));
    CHECK_CODE(RILL_EINVAL, rill_readuntil(s, -1, &line));
    CHECK_CODE(RILL_EINVAL, rill_readuntil_into(s, 256, &c, 1));
    CHECK_CODE(RILL_EINVAL, rill_getdelim(s, &buf, &size, -1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    free(buf);
}

CONFORMS(line__mixed_with_other_reads, READS)
{
    rill *s = fixture_open(fx, "one\ntwo\nthree\n");
    const char *line;
    ptrdiff_t n;

    CHECK_READS(s, "o");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "ne\n");
    CHECK_INT('t', rill_getc(s));
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "wo\n");
    CHECK_REST(s, "three\n");
    CHECK_OK(rill_close(s));
}

CONFORMS(line__then_write, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "one\ntwo\nthree\n");
    const char *line;
    ptrdiff_t n;

    CHECK_INT(4, rill_readline(s, &line));
    CHECK_INT(3, rill_write(s, "TWO", 3));
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "\n");
    n = rill_readline(s, &line);
    CHECK_BYTES(line, n, "three\n");
    CHECK_INT(4, rill_write(s, "four", 4));
    CHECK_LEAVES(fx, s, "one\nTWO\nthree\nfour");
}

/* ---- getline ------------------------------------------------------------ */

CONFORMS(line__getline_into_a_growing_buffer, READS)
{
    rill *s = fixture_open(fx, "one\n\0two\nlast");
    char *buf = NULL;
    size_t size = 0;

    CHECK_INT(4, rill_getline(s, &buf, &size));
    CHECK(size >= 5);
    CHECK_BYTES(buf, 5, "one\n\0");
    CHECK_INT(5, rill_getline(s, &buf, &size));
    CHECK_BYTES(buf, 6, "\0two\n\0");
    CHECK_INT(4, rill_getline(s, &buf, &size));
    CHECK_BYTES(buf, 5, "last\0");
    CHECK_INT(0, rill_getline(s, &buf, &size));
    CHECK_INT(0, rill_getline(s, &buf, &size));
    CHECK_OK(rill_close(s));
    free(buf);
}

CONFORMS(line__getline_into_the_callers_buffer, READS)
{
    rill *s = fixture_open(fx, "one\ntwenty-two\n3\n");
    size_t size = 5;
    char *buf = test_alloc(size);

    CHECK_INT(4, rill_getline(s, &buf, &size));
    CHECK_BYTES(buf, 5, "one\n\0");
    CHECK_INT(11, rill_getline(s, &buf, &size));
    CHECK(size >= 12);
    CHECK_BYTES(buf, 12, "twenty-two\n\0");
    CHECK_INT(2, rill_getdelim(s, &buf, &size, '\n'));
    CHECK_BYTES(buf, 3, "3\n\0");
    CHECK_OK(rill_close(s));
    free(buf);
}

CONFORMS(line__getdelim_of_any_byte, READS)
{
    rill *s = fixture_open(fx, "a;bc;d");
    char *buf = NULL;
    size_t size = 0;

    CHECK_INT(2, rill_getdelim(s, &buf, &size, ';'));
    CHECK_STR("a;", buf);
    CHECK_INT(3, rill_getdelim(s, &buf, &size, ';'));
    CHECK_STR("bc;", buf);
    CHECK_INT(1, rill_getdelim(s, &buf, &size, ';'));
    CHECK_STR("d", buf);
    CHECK_OK(rill_close(s));
    free(buf);
}

/* ---- Bounded ------------------------------------------------------------ */

CONFORMS(line__readline_into_takes_long_lines_in_pieces, READS)
{
    rill *s = fixture_open(fx, "abcdefgh\nij\nk");
    char buf[8] = "........";

    CHECK_BYTES(buf, rill_readline_into(s, buf, 3), "abc");
    CHECK_BYTES(buf, rill_readline_into(s, buf, 5), "defgh");
    CHECK_BYTES(buf, rill_readline_into(s, buf, 5), "\n");
    CHECK_BYTES(buf, rill_readline_into(s, buf, 3), "ij\n");
    CHECK_BYTES(buf, rill_readline_into(s, buf, 8), "k");
    CHECK_INT(0, rill_readline_into(s, buf, 8));
    CHECK_OK(rill_close(s));
}

CONFORMS(line__readline_into_stores_no_nul, READS)
{
    rill *s = fixture_open(fx, "ab\ncd");
    char buf[8] = "12345678";

    CHECK_INT(3, rill_readline_into(s, buf, 8));
    CHECK_BYTES(buf, 8, "ab\n45678");
    CHECK_INT(2, rill_readuntil_into(s, 'x', buf, 8));
    CHECK_BYTES(buf, 8, "cd\n45678");
    CHECK_OK(rill_close(s));
}

CONFORMS(line__readline_into_no_room, READS)
{
    rill *s = fixture_open(fx, "ab\n");
    char c = 'x';

    CHECK_INT(0, rill_readline_into(s, &c, 0));
    CHECK_INT(0, rill_readline_into(s, NULL, 0));
    CHECK_INT('x', c);
    CHECK_INT(0, rill_eof(s));
    CHECK_REST(s, "ab\n");
    CHECK_OK(rill_close(s));
}

/* ---- Long ones, many of them -------------------------------------------- */

CONFORMS(line__longer_than_the_buffer, READS)
{
    enum { SIZE = 150000, END = 140000 };
    unsigned char *data = test_alloc(SIZE);
    const char *line;
    char *buf = NULL;
    size_t size = 0;
    ptrdiff_t n;
    rill *s;

    memset(data, 'x', SIZE);
    data[END] = '\n';
    s = fixture_open_bytes(fx, "r+", data, SIZE);
    n = rill_readline(s, &line);
    CHECK_MEM(line, n, data, END + 1);
    n = rill_getline(s, &buf, &size);
    CHECK_MEM(buf, n, data + END + 1, SIZE - END - 1);
    CHECK_INT(0, rill_readline(s, &line));
    CHECK_OK(rill_close(s));
    free(buf);
    free(data);
}

/* Lines of all lengths, short ones most often. */
static void fill_with_lines(unsigned char *data, size_t len, int delimiter)
{
    uint64_t seed = 12345;

    for (size_t i = 0; i < len; i++) {
        uint64_t r = test_below(&seed, 256);

        data[i] = (unsigned char)r;
        if (test_below(&seed, 16) == 0 && i % 2000 < 1200)
            data[i] = (unsigned char)delimiter;
        else if (data[i] == delimiter)
            data[i] = (unsigned char)(delimiter + 1);
    }
}

static size_t line_length(const unsigned char *p, size_t left, int delimiter)
{
    const unsigned char *end = memchr(p, delimiter, left);

    return end ? (size_t)(end - p) + 1 : left;
}

static void check_views(rill *s, const unsigned char *data, size_t len,
                        int delimiter)
{
    const char *line;
    size_t at = 0, n;

    for (; at < len; at += n) {
        n = line_length(data + at, len - at, delimiter);
        CHECK_MEM(line, rill_readuntil(s, delimiter, &line), data + at, n);
    }
    CHECK_INT(0, rill_readuntil(s, delimiter, &line));
}

static void check_getdelim(rill *s, const unsigned char *data, size_t len,
                           int delimiter)
{
    char *buf = NULL;
    size_t at = 0, n, size = 0;

    for (; at < len; at += n) {
        n = line_length(data + at, len - at, delimiter);
        CHECK_INT(n, rill_getdelim(s, &buf, &size, delimiter));
        CHECK_MEM(buf, n, data + at, n);
        CHECK(size > n);
        CHECK_INT(0, buf[n]);
    }
    CHECK_INT(0, rill_getdelim(s, &buf, &size, delimiter));
    free(buf);
}

static void check_bounded(rill *s, const unsigned char *data, size_t len,
                          int delimiter)
{
    unsigned char buf[20];
    size_t at = 0, n;

    for (; at < len; at += n) {
        n = line_length(data + at, len - at, delimiter);
        n = n < sizeof(buf) ? n : sizeof(buf);
        CHECK_MEM(buf, rill_readuntil_into(s, delimiter, buf, sizeof(buf)),
                  data + at, n);
    }
    CHECK_INT(0, rill_readuntil_into(s, delimiter, buf, sizeof(buf)));
}

typedef void line_check(rill *s, const unsigned char *data, size_t len,
                        int delimiter);

static void check_delimiters(fixture *fx, line_check *check)
{
    enum { SIZE = 20000 };
    static const int delimiters[] = {'\n', 0, 255, 'a', 127, 128};
    unsigned char *data = test_alloc(SIZE);

    for (size_t i = 0; i < sizeof(delimiters) / sizeof(delimiters[0]); i++) {
        fixture *one = fixture_start(fx->row);
        rill *s;

        fill_with_lines(data, SIZE, delimiters[i]);
        s = fixture_open_bytes(one, "r+", data, SIZE);
        check(s, data, SIZE, delimiters[i]);
        CHECK_OK(rill_close(s));
        fixture_stop(one);
    }
    free(data);
}

CONFORMS(line__many_as_views, READS | BINARY)
{
    check_delimiters(fx, check_views);
}

CONFORMS(line__many_with_getdelim, READS | BINARY)
{
    check_delimiters(fx, check_getdelim);
}

CONFORMS(line__many_in_bounded_pieces, READS | BINARY)
{
    check_delimiters(fx, check_bounded);
}

CONFORMS(line__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    const char *line;
    char c, *buf = NULL;
    size_t size = 0;

    CHECK_CODE(RILL_ENOTSUP, rill_readline(s, &line));
    CHECK_CODE(RILL_ENOTSUP, rill_readline_into(s, &c, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_getline(s, &buf, &size));
    CHECK_OK(rill_close(s));
    free(buf);
}

/* ---- The window limit --------------------------------------------------- */

static void check_limit(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    const char *line;
    char buf[64];
    rill *s;

    o.buffer_size = buffer_size;
    o.window_limit = 16;
    test_write_file("f", "short\nabcdefghijklmnopqrstuvwxyz\nend\n", 37);
    s = rill_open_with("f", "r", &o);
    CHECK_BYTES(line, rill_readline(s, &line), "short\n");
    CHECK_CODE(RILL_ELIMIT, rill_readline(s, &line));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(6, rill_tell(s));
    CHECK_CODE(RILL_ELIMIT, rill_readline(s, &line));
    CHECK_BYTES(buf, rill_readline_into(s, buf, 20), "abcdefghijklmnopqrst");
    CHECK_BYTES(buf, rill_readline_into(s, buf, 20), "uvwxyz\n");
    CHECK_BYTES(line, rill_readline(s, &line), "end\n");
    CHECK_INT(0, rill_readline(s, &line));
    CHECK_OK(rill_close(s));
}

TEST(line__longer_than_the_window_limit)
{
    check_limit(8);
    check_limit(1);
    check_limit(RILL_UNBUFFERED);
}

TEST(line__getline_knows_no_limit)
{
    rill_options o = RILL_OPTIONS_INIT;
    char *buf = NULL;
    size_t size = 0;
    rill *s;

    o.buffer_size = 8;
    o.window_limit = 16;
    test_write_file("f", "abcdefghijklmnopqrstuvwxyz\nend\n", 31);
    s = rill_open_with("f", "r", &o);
    CHECK_INT(27, rill_getline(s, &buf, &size));
    CHECK_STR("abcdefghijklmnopqrstuvwxyz\n", buf);
    CHECK_INT(4, rill_getline(s, &buf, &size));
    CHECK_OK(rill_close(s));
    free(buf);
}

TEST(line__in_memory_knows_no_limit)
{
    rill_options o = RILL_OPTIONS_INIT;
    const char *line;
    rill *s;

    o.window_limit = 4;
    s = rill_open_mem_copy("abcdefghij\nk", 12, &o);
    CHECK_INT(11, rill_readline(s, &line));
    CHECK_OK(rill_close(s));
}

TEST(line__view_points_into_the_memory)
{
    static const char text[] = "one\ntwo\n";
    rill *s = rill_open_view(text, 8);
    const char *line;

    CHECK_INT(4, rill_readline(s, &line));
    CHECK_PTR(text, line);
    CHECK_INT(4, rill_readline(s, &line));
    CHECK_PTR(text + 4, line);
    CHECK_OK(rill_close(s));
}
