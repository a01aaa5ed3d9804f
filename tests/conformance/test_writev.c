/*
 * rill_writev(): several buffers in turn, as rill_write() one.
 */
#include "fixture.h"

static char hello[] = "hello", space[] = " ", world[] = "world";

CONFORMS(writev__one_after_the_other, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_iovec v[] = {{hello, 5}, {space, 1}, {world, 5}};

    CHECK_INT(11, rill_writev(s, v, 3));
    CHECK_INT(5, rill_writev(s, v, 1));
    CHECK_LEAVES(fx, s, "hello worldhello");
}

CONFORMS(writev__between_writes, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_iovec v[] = {{hello, 5}, {world, 5}};

    CHECK_INT(1, rill_write(s, "<", 1));
    CHECK_INT(10, rill_writev(s, v, 2));
    CHECK_INT(1, rill_write(s, ">", 1));
    CHECK_LEAVES(fx, s, "<helloworld>");
}

CONFORMS(writev__skips_empty_pieces, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_iovec v[] = {{NULL, 0}, {hello, 2}, {NULL, 0}, {world, 2}, {NULL, 0}};

    CHECK_INT(4, rill_writev(s, v, 5));
    CHECK_LEAVES(fx, s, "hewo");
}

CONFORMS(writev__of_nothing, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_iovec none = {NULL, 0};

    CHECK_INT(0, rill_writev(s, NULL, 0));
    CHECK_INT(0, rill_writev(s, &none, 1));
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(writev__of_a_negative_count, WRITES)
{
    rill *s = fixture_open(fx, "");
    rill_iovec v = {hello, 5};

    CHECK_CODE(RILL_EINVAL, rill_writev(s, &v, -1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(writev__replaces_what_was_there, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefghijkl");
    rill_iovec v[] = {{hello, 2}, {world, 2}};

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(4, rill_writev(s, v, 2));
    CHECK_INT(7, rill_tell(s));
    CHECK_READS(s, "hi");
    CHECK_INT(4, rill_writev(s, v, 2));
    CHECK_LEAVES(fx, s, "abchewohihewo");
}

CONFORMS(writev__past_the_end_fills_the_gap, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "ab");
    rill_iovec v[] = {{hello, 1}, {world, 1}};

    CHECK_INT(4, rill_seek(s, 4, RILL_SEEK_SET));
    CHECK_INT(2, rill_writev(s, v, 2));
    CHECK_LEAVES(fx, s, "ab\0\0hw");
}

CONFORMS(writev__many_pieces_of_odd_sizes, WRITES)
{
    enum { PIECES = 2500 };
    rill_iovec *v = test_alloc(PIECES * sizeof(*v));
    size_t size = 0, at = 0;
    unsigned char *data;
    rill *s;

    for (size_t i = 0; i < PIECES; i++)
        size += v[i].len = i % 37;
    data = test_alloc(size);
    test_pattern(data, size, 0);
    for (size_t i = 0; i < PIECES; i++) {
        v[i].data = data + at;
        at += v[i].len;
    }
    s = fixture_open(fx, "");
    CHECK_INT(size, rill_writev(s, v, PIECES));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, data, size);
    free(data);
    free(v);
}

CONFORMS(writev__much, WRITES)
{
    enum { PART = 100000 };
    unsigned char *data = test_alloc(3 * PART);
    rill_iovec v[] = {
        {data + 1, PART - 1}, {data + PART, PART}, {data + 2 * PART, PART}};
    rill *s = fixture_open(fx, "");

    test_pattern(data, 3 * PART, 0);
    CHECK_INT(1, rill_write(s, data, 1));
    CHECK_INT(3 * PART - 1, rill_writev(s, v, 3));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, data, 3 * PART);
    free(data);
}

CONFORMS(writev__to_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");
    rill_iovec v = {hello, 5};

    CHECK_CODE(RILL_ENOTSUP, rill_writev(s, &v, 1));
    CHECK_LEAVES(fx, s, "abc");
}
