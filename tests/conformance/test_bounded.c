/*
 * Stores that fill up: a fixed buffer, and memory with a maximum. What fits is
 * taken and counted once; then RILL_ENOSPC, which sticks; nothing beyond is
 * ever touched.
 */
#include "test.h"

TEST(bounded__fixed_takes_what_fits_then_fails)
{
    char room[8] = "########";
    rill *s = rill_open_fixed(room, 5, NULL);

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(2, rill_write(s, "defg", 4));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "fg", 2));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "h", 1));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_BYTES(room, 8, "abcde###");
}

TEST(bounded__fixed_filled_to_the_last_byte_is_no_failure)
{
    char room[5];
    rill *s = rill_open_fixed(room, 5, NULL);

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_INT(0, rill_write(s, "", 0));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_HOLDS(s, "hello");
    CHECK_OK(rill_close(s));
    CHECK_BYTES(room, 5, "hello");
}

TEST(bounded__fixed_putc)
{
    char room[3] = "##";
    rill *s = rill_open_fixed(room, 2, NULL);

    CHECK_INT('a', rill_putc(s, 'a'));
    CHECK_INT('b', rill_putc(s, 'b'));
    CHECK_CODE(RILL_ENOSPC, rill_putc(s, 'c'));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_BYTES(room, 3, "ab\0");
}

TEST(bounded__fixed_of_no_bytes)
{
    rill *s = rill_open_fixed(NULL, 0, NULL);

    CHECK_INT(0, rill_write(s, "", 0));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "a", 1));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(bounded__fixed_over_what_was_there)
{
    char room[6] = "abcdef";
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.length = 6;
    s = rill_open_fixed(room, 6, &o);
    CHECK_INT(4, rill_seek(s, 4, RILL_SEEK_SET));
    CHECK_INT(2, rill_write(s, "XYZ", 3));
    CHECK_BYTES(room, 6, "abcdXY");
    rill_discard(s);
}

TEST(bounded__fixed_positions)
{
    char room[8] = "abcdefgh";
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.length = 2;
    s = rill_open_fixed(room, 8, &o);
    CHECK_INT(8, rill_seek(s, 8, RILL_SEEK_SET));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 9, RILL_SEEK_SET));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 1, RILL_SEEK_CUR));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 7, RILL_SEEK_END));
    CHECK_INT(8, rill_tell(s));
    CHECK_INT(5, rill_seek(s, 3, RILL_SEEK_END));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_BYTES(room, 8, "ab\0\0\0Xgh");
    CHECK_INT(6, rill_size(s));
    CHECK_OK(rill_close(s));
}

TEST(bounded__view_positions)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 4, RILL_SEEK_SET));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 1, RILL_SEEK_CUR));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 1, RILL_SEEK_END));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, INT64_MAX, RILL_SEEK_SET));
    CHECK_INT(3, rill_tell(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(0, rill_seek(s, -3, RILL_SEEK_CUR));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

TEST(bounded__fixed_failure_and_clear)
{
    char room[4];
    rill *s = rill_open_fixed(room, 4, NULL);

    CHECK_INT(4, rill_write(s, "abcdef", 6));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "e", 1));
    rill_clear(s);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_HOLDS(s, "aXYd");
    rill_discard(s);
}

/* ---- Memory with a maximum ---------------------------------------------- */

static rill *open_at_most(int64_t max_size)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.max_size = max_size;
    return rill_open_mem(&o);
}

TEST(bounded__mem_takes_what_fits_then_fails)
{
    rill *s = open_at_most(5);

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(2, rill_write(s, "defg", 4));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "fg", 2));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    rill_clear(s);
    CHECK_HOLDS(s, "abcde");
    rill_discard(s);
}

TEST(bounded__mem_of_many_sizes)
{
    static const size_t sizes[] = {1, 63, 64, 65, 1000, 262144, 262145, 400000};
    char *data = test_alloc(400001);

    test_pattern(data, 400001, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        rill *s = open_at_most((int64_t)sizes[i]);
        const void *got;

        test_context("at most %zu", sizes[i]);
        CHECK_INT(sizes[i], rill_write(s, data, sizes[i] + 1));
        CHECK_CODE(RILL_ENOSPC, rill_putc(s, 'x'));
        CHECK_MEM(got, rill_data(s, &got), data, sizes[i]);
        CHECK_CODE(RILL_ENOSPC, rill_close(s));

        s = open_at_most((int64_t)sizes[i]);
        for (size_t at = 0; at < sizes[i]; at++)
            if (rill_putc(s, 'x') != 'x')
                FAIL("byte %zu", at);
        CHECK_CODE(RILL_ENOSPC, rill_putc(s, 'x'));
        CHECK_INT(sizes[i], rill_size(s));
        CHECK_CODE(RILL_ENOSPC, rill_close(s));
    }
    free(data);
}

TEST(bounded__mem_far_out)
{
    rill *s = open_at_most(100);

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(1000, rill_seek(s, 1000, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "x", 1));
    rill_clear(s);
    CHECK_HOLDS(s, "abc");
    rill_discard(s);
}

TEST(bounded__mem_reserve)
{
    rill *s = open_at_most(10);
    void *room;

    CHECK_INT(4, rill_write(s, "abcd", 4));
    CHECK(rill_reserve(s, &room, 6) >= 6);
    CHECK_CODE(RILL_ENOSPC, rill_reserve(s, &room, 7));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(bounded__mem_cannot_start_with_more)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e = {0};

    o.max_size = 2;
    o.error = &e;
    CHECK(rill_open_mem_copy("abc", 3, &o) == NULL);
    CHECK_CODE(RILL_ENOSPC, e.code);
}
