/*
 * rill_readv(): into several buffers in turn, as rill_read() into one.
 */
#include "fixture.h"

CONFORMS(readv__fills_one_after_the_other, READS)
{
    rill *s = fixture_open(fx, "hello world!");
    char a[5], b[1], c[5];
    rill_iovec v[] = {{a, 5}, {b, 1}, {c, 5}};

    CHECK_INT(11, rill_readv(s, v, 3));
    CHECK_BYTES(a, 5, "hello");
    CHECK_BYTES(b, 1, " ");
    CHECK_BYTES(c, 5, "world");
    CHECK_READS(s, "!");
    CHECK_OK(rill_close(s));
}

CONFORMS(readv__is_short_at_the_end, READS)
{
    rill *s = fixture_open(fx, "hello");
    char a[3], b[4] = "1234", c[2] = "56";
    rill_iovec v[] = {{a, 3}, {b, 4}, {c, 2}};

    CHECK_INT(5, rill_readv(s, v, 3));
    CHECK_BYTES(a, 3, "hel");
    CHECK_BYTES(b, 2, "lo");
    CHECK_BYTES(c, 2, "56");
    CHECK_INT(0, rill_readv(s, v, 3));
    CHECK_OK(rill_close(s));
}

CONFORMS(readv__skips_empty_pieces, READS)
{
    rill *s = fixture_open(fx, "abcd");
    char a[2], b[2];
    rill_iovec v[] = {{NULL, 0}, {a, 2}, {NULL, 0}, {b, 2}, {NULL, 0}};

    CHECK_INT(4, rill_readv(s, v, 5));
    CHECK_BYTES(a, 2, "ab");
    CHECK_BYTES(b, 2, "cd");
    CHECK_OK(rill_close(s));
}

CONFORMS(readv__of_nothing, READS)
{
    rill *s = fixture_open(fx, "abc");
    rill_iovec none = {NULL, 0};

    CHECK_INT(0, rill_readv(s, NULL, 0));
    CHECK_INT(0, rill_readv(s, &none, 1));
    CHECK_INT(0, rill_eof(s));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(readv__of_a_negative_count, READS)
{
    rill *s = fixture_open(fx, "abc");
    char c;
    rill_iovec v = {&c, 1};

    CHECK_CODE(RILL_EINVAL, rill_readv(s, &v, -1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(readv__many_pieces_of_odd_sizes, READS)
{
    enum { PIECES = 600 };
    rill_iovec v[PIECES];
    size_t size = 0, at = 0;
    unsigned char *got, *want;
    rill *s;

    for (size_t i = 0; i < PIECES; i++)
        size += v[i].len = i % 37;
    got = test_alloc(size);
    want = test_alloc(size);
    test_pattern(want, size, 0);
    for (size_t i = 0; i < PIECES; i++) {
        v[i].data = got + at;
        at += v[i].len;
    }
    s = fixture_open_pattern(fx, size);
    CHECK_MEM(got, rill_readv(s, v, PIECES), want, size);
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}

CONFORMS(readv__after_a_read_and_much, READS)
{
    enum { HALF = 150000 };
    unsigned char *got = test_alloc(2 * HALF), *want = test_alloc(2 * HALF);
    rill_iovec v[] = {{got + 1, HALF - 1}, {got + HALF, HALF}};
    rill *s = fixture_open_pattern(fx, 2 * HALF);

    test_pattern(want, 2 * HALF, 0);
    CHECK_INT(1, rill_read(s, got, 1));
    CHECK_INT(2 * HALF - 1, rill_readv(s, v, 2));
    CHECK_MEM(got, 2 * HALF, want, 2 * HALF);
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}

CONFORMS(readv__moves_the_position, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    char a[2], b[2];
    rill_iovec v[] = {{a, 2}, {b, 2}};

    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT(4, rill_readv(s, v, 2));
    CHECK_INT(5, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(readv__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    char c;
    rill_iovec v = {&c, 1};

    CHECK_CODE(RILL_ENOTSUP, rill_readv(s, &v, 1));
    CHECK_OK(rill_close(s));
}
