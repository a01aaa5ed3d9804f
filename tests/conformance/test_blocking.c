/*
 * Stores that would block now and then: RILL_EAGAIN changes nothing, so a
 * program that asks again until it is answered gets all of it, once. (Run on
 * the other stores too, where nothing is ever asked twice.)
 */
#include "fixture.h"

CONFORMS(blocking__read_exact_gets_all_or_nothing, READS | BLOCKS)
{
    enum { SIZE = 1000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char want[SIZE], got[SIZE];
    size_t at = 0;
    int rc;

    test_pattern(want, SIZE, 0);
    for (size_t n = 1; at + n <= SIZE; at += n, n = n % 23 + 1) {
        RETRY(rc, rill_read_exact(s, got + at, n));
        CHECK_OK(rc);
    }
    CHECK_MEM(got, at, want, at);
    RETRY(rc, rill_read_exact(s, got, SIZE));
    CHECK_CODE(RILL_EEOF, rc);
    CHECK_OK(rill_close(s));
}

/* A piece that is cut short is the last one that gets anything. */
CONFORMS(blocking__readv_leaves_no_hole, READS | BLOCKS)
{
    enum { SIZE = 1000, PIECE = 3, PIECES = 9 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char want[SIZE], got[PIECES * PIECE];
    rill_iovec v[PIECES];
    size_t at = 0;
    ptrdiff_t n;

    test_pattern(want, SIZE, 0);
    for (size_t i = 0; i < PIECES; i++)
        v[i] = (rill_iovec){got + i * PIECE, PIECE};
    for (;;) {
        RETRY(n, rill_readv(s, v, PIECES));
        if (n == 0)
            break;
        CHECK_MEM(got, n, want + at, (size_t)n);
        at += (size_t)n;
    }
    CHECK_INT(SIZE, at);
    CHECK_OK(rill_close(s));
}

CONFORMS(blocking__writev_leaves_no_hole, WRITES | BLOCKS)
{
    enum { SIZE = 900, PIECE = 3, PIECES = 300 };
    rill *s = fixture_open(fx, "");
    unsigned char want[SIZE];
    rill_iovec v[PIECES];
    size_t at = 0;
    ptrdiff_t n;

    test_pattern(want, SIZE, 0);
    while (at < SIZE) {
        size_t left = SIZE - at, count = 0;

        for (size_t done = 0; done < left; done += v[count++].len)
            v[count] = (rill_iovec){want + at + done,
                                    left - done < PIECE ? left - done : PIECE};
        RETRY(n, rill_writev(s, v, (int)count));
        CHECK(n > 0);
        at += (size_t)n;
    }
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, want, SIZE);
}

CONFORMS(blocking__would_block_leaves_the_position, READS | SEEKS | BLOCKS)
{
    rill *s = fixture_open_pattern(fx, 100);
    char buf[10];

    for (int64_t at = 0; at < 100;) {
        int rc = rill_read_exact(s, buf, 5);

        at += rc == RILL_OK ? 5 : 0;
        CHECK_INT(at, rill_tell(s));
        CHECK_OK(rill_failed(s, NULL));
        CHECK_INT(0, rill_eof(s));
    }
    CHECK_OK(rill_close(s));
}

static const char text[] = "one\ntwenty-two\n\nthree hundred and thirty-three\n"
                           "4\nfive thousand five hundred and fifty-five";

static size_t length_at(size_t at)
{
    const char *end = strchr(text + at, '\n');

    return end ? (size_t)(end - (text + at)) + 1 : strlen(text + at);
}

CONFORMS(blocking__readline_gets_whole_lines, READS | BLOCKS)
{
    rill *s = fixture_open_bytes(fx, "r+", text, sizeof(text) - 1);
    const char *line;
    ptrdiff_t n;

    for (size_t at = 0; at < sizeof(text) - 1; at += (size_t)n) {
        RETRY(n, rill_readline(s, &line));
        CHECK_MEM(line, n, text + at, length_at(at));
    }
    RETRY(n, rill_readline(s, &line));
    CHECK_INT(0, n);
    CHECK_OK(rill_close(s));
}

CONFORMS(blocking__getline_gets_whole_lines, READS | BLOCKS)
{
    rill *s = fixture_open_bytes(fx, "r+", text, sizeof(text) - 1);
    char *line = NULL;
    size_t size = 0;
    ptrdiff_t n;

    for (size_t at = 0; at < sizeof(text) - 1; at += (size_t)n) {
        RETRY(n, rill_getline(s, &line, &size));
        CHECK_MEM(line, n, text + at, length_at(at));
    }
    CHECK_OK(rill_close(s));
    free(line);
}

CONFORMS(blocking__lines_begun_again, READS | BLOCKS)
{
    rill *s = fixture_open_bytes(fx, "r+", text, sizeof(text) - 1);
    size_t at = 0;
    int rc;

    do {
        rill_lines it;
        rill_line line;

        rill_lines_begin(&it, s, '\n');
        while (rill_lines_next(&it, &line)) {
            CHECK_MEM(line.data, line.len, text + at, length_at(at));
            at += line.len;
        }
        rc = rill_lines_end(&it);
    } while (rc == RILL_EAGAIN);
    CHECK_OK(rc);
    CHECK_INT(sizeof(text) - 1, at);
    CHECK_OK(rill_close(s));
}

CONFORMS(blocking__numbers, READS | WRITES | SEEKS | BLOCKS | BINARY)
{
    rill *s = fixture_open(fx, "");
    uint32_t u = 0;
    uint64_t v = 0;
    int rc;

    for (uint32_t i = 0; i < 100; i++) {
        RETRY(rc, rill_put_u32be(s, i * 16777213));
        CHECK_OK(rc);
        RETRY(rc, rill_put_uleb128(s, (uint64_t)i << (i % 57)));
        CHECK_OK(rc);
    }
    CHECK_INT(0, fixture_seek(s, 0, RILL_SEEK_SET));
    for (uint32_t i = 0; i < 100; i++) {
        RETRY(rc, rill_get_u32be(s, &u));
        CHECK_OK(rc);
        CHECK_INT(i * 16777213, u);
        RETRY(rc, rill_get_uleb128(s, &v));
        CHECK_OK(rc);
        CHECK(v == (uint64_t)i << (i % 57));
    }
    RETRY(rc, rill_get_u32be(s, &u));
    CHECK_CODE(RILL_EEOF, rc);
    fixture_close(fx, s);
}

CONFORMS(blocking__peek_at_all_or_nothing, READS | BLOCKS)
{
    rill *s = fixture_open_pattern(fx, 500);
    unsigned char want[500];
    const void *seen;
    ptrdiff_t n;

    test_pattern(want, sizeof(want), 0);
    RETRY(n, rill_peek(s, &seen, 300));
    CHECK(n >= 300);
    CHECK_MEM(seen, n, want, (size_t)n);
    CHECK_OK(rill_consume(s, 300));
    RETRY(n, rill_peek(s, &seen, 200));
    CHECK_MEM(seen, n, want + 300, 200);
    CHECK_OK(rill_close(s));
}

CONFORMS(blocking__skip, READS | BLOCKS)
{
    rill *s = fixture_open_pattern(fx, 500);
    unsigned char want;
    int64_t done = 0, n;
    int c;

    test_pattern(&want, 1, 321);
    while (done < 321) {
        RETRY(n, rill_skip(s, 321 - done));
        CHECK(n > 0);
        done += n;
    }
    RETRY(c, rill_getc(s));
    CHECK_INT(want, c);
    CHECK_OK(rill_close(s));
}

/* Copy until the source says that it has ended. */
static void copy_all(rill *dst, rill *src)
{
    for (;;) {
        int64_t n;

        RETRY(n, rill_copy(dst, src, -1));
        CHECK(n >= 0);
        if (n == 0)
            return;
    }
}

CONFORMS(blocking__copy_from, READS | BLOCKS)
{
    enum { SIZE = 5000 };
    rill *src = fixture_open_pattern(fx, SIZE), *dst = rill_open_mem(NULL);
    unsigned char want[SIZE];
    const void *data;

    test_pattern(want, SIZE, 0);
    copy_all(dst, src);
    CHECK_MEM(data, rill_data(dst, &data), want, SIZE);
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(dst));
}

CONFORMS(blocking__copy_to, READS | WRITES | SEEKS | BLOCKS)
{
    enum { SIZE = 5000 };
    unsigned char want[SIZE];
    rill *src, *file, *dst = fixture_open(fx, "");

    test_pattern(want, SIZE, 0);
    test_write_file("half", want + SIZE / 2, SIZE / 2);
    src = rill_open_view(want, SIZE / 2);
    file = rill_open("half", "r");
    copy_all(dst, src);
    copy_all(dst, file);
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(file));
    fixture_close(fx, dst);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, want, SIZE);
}
