/*
 * test_png_rill.c - what becomes of pictures when things go wrong.
 *
 * The demo shows them at work; here streams are too small, cut short or
 * damaged, and each failure must come back as text, by plain returns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "png_rill.h"

enum { SIDE = 64, RGB = SIDE * SIDE * 3 };

/* Bytes that do not compress well: a simple generator of numbers. */
static void fill(unsigned char *p, size_t n)
{
    uint32_t x = 1;

    while (n-- > 0) {
        x = x * 1664525u + 1013904223u;
        *p++ = (unsigned char)(x >> 24);
    }
}

static struct picture new_picture(void)
{
    struct picture p = {SIDE, SIDE, malloc(RGB)};

    assert_non_null(p.rgb);
    fill(p.rgb, RGB);
    return p;
}

static rill *new_png(struct picture *p)
{
    struct png_rill_error e;
    rill *s = rill_open_mem(NULL);

    assert_non_null(s);
    assert_int_equal(png_rill_encode(s, p, &e), 0);
    rill_rewind(s);
    return s;
}

static void test_png__round_trip(void **state)
{
    struct picture p = new_picture(), back;
    struct png_rill_error e;
    rill *s = new_png(&p);

    (void)state;
    assert_int_equal(png_rill_decode(s, &back, &e), 0);
    assert_int_equal(back.width, SIDE);
    assert_int_equal(back.height, SIDE);
    assert_memory_equal(back.rgb, p.rgb, RGB);
    free(back.rgb);
    free(p.rgb);
    assert_int_equal(rill_close(s), 0);
}

static void test_png__no_room(void **state)
{
    struct picture p = new_picture();
    struct png_rill_error e;
    unsigned char room[1000];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    (void)state;
    assert_non_null(s);
    assert_int_equal(png_rill_encode(s, &p, &e), -1);
    assert_string_not_equal(e.text, "");
    rill_discard(s);
    free(p.rgb);
}

/* A PNG that ends anywhere is refused; *p_out is left alone. */
static void test_png__cut_short(void **state)
{
    struct picture p = new_picture(), back = {1, 2, NULL};
    struct png_rill_error e;
    rill *s = new_png(&p);
    const void *data;
    ptrdiff_t n = rill_data(s, &data), cut;

    (void)state;
    for (cut = 0; cut < n; cut += n / 50) {
        rill *part = rill_open_view(data, (size_t)cut);

        assert_non_null(part);
        assert_int_equal(png_rill_decode(part, &back, &e), -1);
        assert_string_not_equal(e.text, "");
        assert_int_equal(back.width, 1);
        assert_null(back.rgb);
        assert_int_equal(rill_close(part), 0);
    }
    free(p.rgb);
    assert_int_equal(rill_close(s), 0);
}

static void test_png__damaged(void **state)
{
    struct picture p = new_picture(), back;
    struct png_rill_error e;
    rill *s = new_png(&p);

    (void)state;
    assert_int_equal(rill_pwrite(s, "\xff\x00\xff", 3, RGB / 2), 3);
    assert_int_equal(png_rill_decode(s, &back, &e), -1);
    assert_memory_equal(e.text, "libpng: ", 8);
    free(p.rgb);
    assert_int_equal(rill_close(s), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png__round_trip),
        cmocka_unit_test(test_png__no_room),
        cmocka_unit_test(test_png__cut_short),
        cmocka_unit_test(test_png__damaged),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("demo adapters", tests, NULL, NULL);
}
