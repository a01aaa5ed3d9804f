/*
 * rill_write() and rill_puts(): all of it, at the position, over what was
 * there.
 */
#include "fixture.h"

CONFORMS(write__appears_in_the_store, WRITES | BLOCKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(5, fixture_write(s, "hello", 5));
    CHECK_INT(6, fixture_write(s, " world", 6));
    CHECK_LEAVES(fx, s, "hello world");
}

CONFORMS(write__of_no_bytes, WRITES | BLOCKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(0, rill_write(s, "x", 0));
    CHECK_INT(0, rill_write(s, NULL, 0));
    CHECK_INT(0, rill_puts(s, ""));
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(write__keeps_nuls_and_high_bytes, WRITES | BINARY)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(8, rill_write(s, "\0a\xff\0\n\r\x1a\0", 8));
    CHECK_LEAVES(fx, s, "\0a\xff\0\n\r\x1a\0");
}

CONFORMS(write__puts_leaves_the_nul_out, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(2, rill_puts(s, "ab"));
    CHECK_INT(1, rill_puts(s, "c"));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(write__replaces_what_was_there, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "hello world");

    CHECK_INT(4, rill_write(s, "HELL", 4));
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(11, rill_size(s));
    CHECK_LEAVES(fx, s, "HELLo world");
}

CONFORMS(write__across_the_end, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(4, rill_write(s, "WXYZ", 4));
    CHECK_INT(6, rill_size(s));
    CHECK_LEAVES(fx, s, "abWXYZ");
}

CONFORMS(write__after_a_read_goes_where_the_read_ended, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_READS(s, "de");
    CHECK_INT(2, rill_write(s, "YZ", 2));
    CHECK_INT(7, rill_tell(s));
    CHECK_LEAVES(fx, s, "abXdeYZ");
}

CONFORMS(write__after_the_end_was_read, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");
    char c;

    CHECK_REST(s, "abc");
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_LEAVES(fx, s, "abcdef");
}

static void check_in_pieces(fixture *fx, size_t size, size_t piece)
{
    rill *s = fixture_open(fx, "");
    unsigned char *data = test_alloc(size);

    test_pattern(data, size, 0);
    for (size_t done = 0; done < size; done += piece) {
        size_t n = size - done < piece ? size - done : piece;

        CHECK_INT(n, fixture_write(s, data + done, n));
    }
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, data, size);
    free(data);
}

CONFORMS(write__a_byte_at_a_time, WRITES | BLOCKS)
{
    check_in_pieces(fx, 1000, 1);
}

CONFORMS(write__seven_bytes_at_a_time, WRITES | BLOCKS)
{
    check_in_pieces(fx, 3000, 7);
}

CONFORMS(write__as_much_as_pages, WRITES | BLOCKS)
{
    check_in_pieces(fx, 300000, 4096);
}

CONFORMS(write__more_than_any_buffer, WRITES | BLOCKS)
{
    check_in_pieces(fx, 300000, 300000);
}

CONFORMS(write__across_the_default_buffer, WRITES | BLOCKS)
{
    check_in_pieces(fx, 300000, 100003);
}

CONFORMS(write__just_the_default_buffer, WRITES)
{
    check_in_pieces(fx, 3 * 131072, 131072);
}

CONFORMS(write__after_the_other_sizes, WRITES)
{
    enum { SIZE = 200000 };
    unsigned char *data = test_alloc(SIZE);
    rill *s = fixture_open(fx, "");
    size_t n = 1;

    test_pattern(data, SIZE, 0);
    for (size_t done = 0; done<SIZE; n = n> 20000 ? 1 : n * 3 + 1) {
        size_t part = n < SIZE - done ? n : SIZE - done;

        CHECK_INT(part, rill_write(s, data + done, part));
        done += part;
    }
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, data, SIZE);
    free(data);
}

CONFORMS(write__and_read_it_back, READS | WRITES | SEEKS | BLOCKS)
{
    enum { SIZE = 50000 };
    unsigned char *data = test_alloc(SIZE), *got = test_alloc(SIZE);
    rill *s = fixture_open(fx, "");

    test_pattern(data, SIZE, 3);
    CHECK_INT(SIZE, fixture_write(s, data, SIZE));
    CHECK_INT(0, fixture_seek(s, 0, RILL_SEEK_SET));
    CHECK_MEM(got, fixture_read(s, got, SIZE), data, SIZE);
    fixture_close(fx, s);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, data, SIZE);
    free(data);
    free(got);
}

/* Both directions of a socket have windows of their own. */
CONFORMS(write__leaves_what_is_still_to_be_read, READS | WRITES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_INT(1, rill_write(s, "X", 1));
    if (fx->row->can & PIPES) {
        CHECK_READS(s, "cdef");
        CHECK_LEAVES(fx, s, "X");
    } else {
        CHECK_READS(s, "def");
        CHECK_LEAVES(fx, s, "abXdef");
    }
}

CONFORMS(write__to_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");

    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 0));
    CHECK_CODE(RILL_ENOTSUP, rill_putc(s, 'x'));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_READS(s, "ab");
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_READS(s, "c");
    CHECK_LEAVES(fx, s, "abc");
}

TEST(write__to_a_view)
{
    char text[] = "abc";
    rill *s = rill_open_view(text, 3);

    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, NULL, 0));
    CHECK_READS(s, "a");
    CHECK_CODE(RILL_ENOTSUP, rill_putc(s, 'x'));
    CHECK_READS(s, "bc");
    CHECK_STR("abc", text);
    CHECK_OK(rill_close(s));
}
