/*
 * test_adapters.c - what the adapters do when things go wrong.
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

#include <archive_entry.h>
#include <cmocka.h>

#include "archive_rill.h"
#include "png_rill.h"

enum { SIDE = 64, RGB = SIDE * SIDE * 3, TEXT = 100000 };

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

/* Pack two entries into `s`. Returns what libarchive said last. */
static int pack(rill *s, const unsigned char *text, char *why, size_t size)
{
    static const char *const names[] = {"first", "second"};
    struct archive *a = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    int rc, i;

    /* Stored, because libarchive 3.6 leaks its compressor after a failure. */
    assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
    assert_int_equal(archive_write_zip_set_compression_store(a), ARCHIVE_OK);
    rc = archive_write_open_rill(a, s);
    for (i = 0; i < 2 && rc == ARCHIVE_OK; i++) {
        archive_entry_clear(entry);
        archive_entry_set_pathname(entry, names[i]);
        archive_entry_set_mode(entry, AE_IFREG | 0644);
        archive_entry_set_size(entry, TEXT);
        rc = archive_write_header(a, entry);
        if (rc == ARCHIVE_OK && archive_write_data(a, text, TEXT) != TEXT)
            rc = ARCHIVE_FATAL;
    }
    snprintf(why, size, "%s",
             archive_error_string(a) ? archive_error_string(a) : "");
    if (archive_write_close(a) != ARCHIVE_OK)
        rc = ARCHIVE_FATAL;
    archive_entry_free(entry);
    archive_write_free(a);
    return rc;
}

/* Read what pack() packed, only the second entry's content. Returns 1 if it is
 * `text`, 0 if not, or what libarchive said. */
static int unpack_second(rill *s, const unsigned char *text)
{
    static unsigned char back[TEXT];
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int rc;

    assert_int_equal(archive_read_support_format_zip(a), ARCHIVE_OK);
    rc = archive_read_open_rill(a, s);
    if (rc == ARCHIVE_OK)
        rc = archive_read_next_header(a, &entry);
    if (rc == ARCHIVE_OK)
        rc = archive_read_next_header(a, &entry);
    if (rc == ARCHIVE_OK) {
        memset(back, 0, sizeof(back));
        rc = archive_read_data(a, back, TEXT) == TEXT &&
             memcmp(back, text, TEXT) == 0;
    }
    archive_read_free(a);
    return rc;
}

static void test_archive__round_trip(void **state)
{
    static unsigned char text[TEXT];
    char why[256];
    rill *s = rill_open_mem(NULL);

    (void)state;
    fill(text, TEXT);
    assert_non_null(s);
    assert_int_equal(pack(s, text, why, sizeof(why)), ARCHIVE_OK);
    rill_rewind(s);
    assert_int_equal(unpack_second(s, text), 1);
    assert_int_equal(rill_close(s), 0);
}

/* A stream of tiny windows, and one that cannot be moved around in. */
static void test_archive__from_a_file(void **state)
{
    static unsigned char text[TEXT];
    rill_options o = RILL_OPTIONS_INIT;
    char why[256];
    rill *s = rill_open_spool(0, NULL);
    int fd, size;

    (void)state;
    fill(text, TEXT);
    assert_non_null(s);
    assert_int_equal(pack(s, text, why, sizeof(why)), ARCHIVE_OK);
    fd = rill_fileno(s);
    assert_true(fd >= 0);
    for (size = 1; size < 2000; size = size * 9 + 1) {
        rill *tiny;

        o.buffer_size = size;
        rill_rewind(s);
        rill_flush(s);
        tiny = rill_open_fd(fd, "rb", RILL_BORROW, &o);
        assert_non_null(tiny);
        assert_int_equal(unpack_second(tiny, text), 1);
        assert_int_equal(rill_close(tiny), 0);
    }
    assert_int_equal(rill_close(s), 0);
}

static void test_archive__no_room(void **state)
{
    static unsigned char text[TEXT];
    rill_options o = RILL_OPTIONS_INIT;
    char why[256];
    rill *s;

    (void)state;
    o.max_size = TEXT;
    fill(text, TEXT);
    s = rill_open_mem(&o);
    assert_non_null(s);
    assert_int_equal(pack(s, text, why, sizeof(why)), ARCHIVE_FATAL);
    assert_string_not_equal(why, "");
    assert_int_equal(rill_close(s), RILL_ENOSPC);
}

static void test_archive__cut_short(void **state)
{
    static unsigned char text[TEXT];
    char why[256];
    rill *s = rill_open_mem(NULL);

    (void)state;
    fill(text, TEXT);
    assert_non_null(s);
    assert_int_equal(pack(s, text, why, sizeof(why)), ARCHIVE_OK);
    rill_truncate(s, TEXT / 2);
    rill_rewind(s);
    assert_int_not_equal(unpack_second(s, text), 1);
    assert_int_equal(rill_close(s), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png__round_trip),
        cmocka_unit_test(test_png__no_room),
        cmocka_unit_test(test_png__cut_short),
        cmocka_unit_test(test_png__damaged),
        cmocka_unit_test(test_archive__round_trip),
        cmocka_unit_test(test_archive__from_a_file),
        cmocka_unit_test(test_archive__no_room),
        cmocka_unit_test(test_archive__cut_short),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("demo adapters", tests, NULL, NULL);
}
