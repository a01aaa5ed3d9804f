/*
 * test_gio_store.c - streams over GIO's: files, memory, converters, and what
 * fails there.
 */
#include "streams.h"

#include <errno.h>

#include <rill/gio.h>
#include <rill/testing/double.h>

static rill *over_input(GInputStream *in)
{
    rill *s = rill_open_ginputstream(in, RILL_TAKE, NULL);

    CHECK(s);
    return s;
}

static rill *over_output(GOutputStream *out)
{
    rill *s = rill_open_goutputstream(out, RILL_TAKE, NULL);

    CHECK(s);
    return s;
}

static rill *over_both(GIOStream *io)
{
    rill *s = rill_open_giostream(io, RILL_TAKE, NULL);

    CHECK(s);
    return s;
}

BRIDGE_TEST(open_gio__over_a_stream)
{
    rill *s = over_both(rill_as_giostream(kind->open(), RILL_TAKE));
    unsigned char want[5000], got[5000];

    test_pattern(want, sizeof(want), 0);
    CHECK(rill_seekable(s));
    CHECK_INT(sizeof(want), rill_write(s, want, sizeof(want)));
    CHECK_INT(sizeof(want), rill_size(s));
    CHECK_INT(1000, rill_seek(s, -4000, RILL_SEEK_END));
    CHECK_INT(100, rill_read(s, got, 100));
    CHECK_MEM(got, 100, want + 1000, 100);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_truncate(s, 4000));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(4000, rill_read(s, got, sizeof(got)));
    memcpy(want + 1100, "abc", 3);
    CHECK_MEM(got, 4000, want, 4000);
    CHECK_INT(0, rill_read(s, got, 1));
    CHECK_STR("gio", rill_kind(s));
    CHECK_PTR(NULL, rill_gio_error(s));
    CHECK_OK(rill_close(s));
}

TEST(open_gio__file)
{
    GFile *file = g_file_new_for_path("f");
    rill *s = over_both(G_IO_STREAM(
        g_file_create_readwrite(file, G_FILE_CREATE_NONE, NULL, NULL)));

    CHECK_INT(11, rill_puts(s, "hello world"));
    CHECK_INT(6, rill_seek(s, -5, RILL_SEEK_END));
    CHECK_READS(s, "wor");
    CHECK_INT(2, rill_puts(s, "LD"));
    CHECK_HOLDS(s, "hello worLD");
    CHECK_INT(20, rill_seek(s, 20, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_OK(rill_truncate(s, 5));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "hello");
    s = over_input(G_INPUT_STREAM(g_file_read(file, NULL, NULL)));
    CHECK_CODE(RILL_ENOTSUP, rill_putc(s, 'x'));
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
    s = over_output(G_OUTPUT_STREAM(
        g_file_append_to(file, G_FILE_CREATE_NONE, NULL, NULL)));
    CHECK_INT(6, rill_puts(s, " again"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "hello again");
    g_object_unref(file);
}

TEST(open_gio__memory)
{
    GInputStream *in = g_memory_input_stream_new_from_data("abcdef", 6, NULL);
    GOutputStream *out = g_memory_output_stream_new_resizable();
    GMemoryOutputStream *bytes = G_MEMORY_OUTPUT_STREAM(out);
    char room[4];
    rill *s;

    CHECK_INT(2, g_input_stream_skip(in, 2, NULL, NULL));
    s = over_input(in);
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(6, rill_size(s));
    CHECK_READS(s, "cd");
    CHECK_INT(100, rill_seek(s, 100, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_REST(s, "bcdef");
    CHECK_OK(rill_close(s));

    s = rill_open_goutputstream(out, RILL_BORROW, NULL);
    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(1, rill_puts(s, "X"));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(g_memory_output_stream_get_data(bytes),
                g_memory_output_stream_get_data_size(bytes), "abXdef");
    CHECK(!g_output_stream_is_closed(out));
    g_object_unref(out);

    s = over_output(g_memory_output_stream_new(room, 4, NULL, NULL));
    CHECK_INT(5, rill_puts(s, "12345"));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK(g_error_matches(rill_gio_error(s), G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

/* A file that is replaced is so when all has gone well, and else stays. */
TEST(open_gio__replaces)
{
    GFile *file = g_file_new_for_path("f");
    static const char *const ends[] = {"close", "discard", "failure"};
    int i;

    for (i = 0; i < 3; i++) {
        GOutputStream *out;
        rill *s;

        test_context("%s", ends[i]);
        test_write_file("f", "old", 3);
        out = G_OUTPUT_STREAM(
            g_file_replace(file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL));
        CHECK(out);
        if (i == 1) { /* below a filter too */
            GOutputStream *base = out;

            out = g_buffered_output_stream_new(base);
            g_object_unref(base);
        }
        s = over_output(out);
        CHECK_INT(3, rill_puts(s, "new"));
        CHECK_OK(rill_flush(s));
        CHECK_FILE("f", "old");
        if (i == 0)
            CHECK_OK(rill_close(s));
        else if (i == 1)
            rill_discard(s);
        else {
            g_output_stream_set_pending(out, NULL);
            CHECK_INT(1, rill_puts(s, "x"));
            CHECK_CODE(RILL_EBUSY, rill_flush(s));
            g_output_stream_clear_pending(out);
            rill_discard(s);
        }
        if (i == 0)
            CHECK_FILE("f", "new");
        else
            CHECK_FILE("f", "old");
    }
    g_object_unref(file);
}

static GInputStream *converted(GInputStream *in, gpointer converter)
{
    GInputStream *c = g_converter_input_stream_new(in, converter);

    g_object_unref(converter);
    g_object_unref(in);
    return c;
}

static GInputStream *unzipped(const void *data, ptrdiff_t len)
{
    return converted(g_memory_input_stream_new_from_data(data, len, NULL),
                     g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
}

TEST(open_gio__converters)
{
    GOutputStream *memory = g_memory_output_stream_new_resizable();
    GMemoryOutputStream *bytes = G_MEMORY_OUTPUT_STREAM(memory);
    GZlibCompressor *z =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    rill *s =
        over_output(g_converter_output_stream_new(memory, G_CONVERTER(z)));
    ptrdiff_t len, cut;
    char *data, text[200];

    g_object_unref(z);
    CHECK(!rill_seekable(s));
    CHECK_INT(11, rill_puts(s, "hello world"));
    CHECK_OK(rill_close(s));
    data = g_memory_output_stream_get_data(bytes);
    len = (ptrdiff_t)g_memory_output_stream_get_data_size(bytes);
    s = over_input(unzipped(data, len));
    CHECK_REST(s, "hello world");
    CHECK_OK(rill_close(s));
    for (cut = 1; cut < len; cut++) {
        test_context("cut to %td of %td bytes", cut, len);
        s = over_input(unzipped(data, cut));
        while ((rill_read_some(s, text, sizeof(text))) > 0)
            continue;
        CHECK_CODE(RILL_EDATA, rill_failed(s, NULL));
        CHECK(g_error_matches(rill_gio_error(s), G_IO_ERROR,
                              G_IO_ERROR_PARTIAL_INPUT));
        CHECK_CODE(RILL_EDATA, rill_close(s));
    }
    data[len - 6] ^= 1; /* the checksum */
    s = over_input(unzipped(data, len));
    CHECK_CODE(RILL_EDATA, (rill_read(s, text, 200), rill_read(s, text, 200)));
    CHECK(g_error_matches(rill_gio_error(s), G_IO_ERROR,
                          G_IO_ERROR_INVALID_DATA));
    CHECK_CODE(RILL_EDATA, rill_close(s));
    g_object_unref(memory);
}

/* An errno goes through GIO and comes back; what would block, does. */
TEST(open_gio__errors)
{
    static const rill_step steps[] = {RILL_STEP_BLOCKS, RILL_STEP_GIVES("ab")};
    rill_script script = {.steps = steps, .count = 2};
    char data[1000] = "";
    rill *s = over_input(rill_as_ginputstream(
        open_failing(data, sizeof(data), 700, EACCES), RILL_TAKE));
    rill_error e;

    CHECK_INT(700, rill_read(s, data, sizeof(data)));
    CHECK_CODE(RILL_EIO, rill_read(s, data, sizeof(data)));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EACCES, e.os_error);
    CHECK_STR("read at 700: Permission denied", rill_gio_error(s)->message);
    CHECK_CODE(RILL_EIO, rill_close(s));

    s = over_input(
        rill_as_ginputstream(rill_open_script(&script, NULL), RILL_TAKE));
    CHECK_CODE(RILL_EAGAIN, rill_read(s, data, 2));
    CHECK_REST(s, "ab");
    CHECK_OK(rill_close(s));
}

TEST(open_gio__device_that_is_full)
{
    GFile *file = g_file_new_for_path("/dev/full");
    rill *s = over_output(G_OUTPUT_STREAM(
        g_file_append_to(file, G_FILE_CREATE_NONE, NULL, NULL)));

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    g_object_unref(file);
}

TEST(open_gio__ownership)
{
    GInputStream *in = g_memory_input_stream_new_from_data("abcdef", 6, NULL);
    rill *s = rill_open_ginputstream(in, RILL_BORROW, NULL);

    CHECK_READS(s, "a");
    CHECK_OK(rill_close(s));
    CHECK(!g_input_stream_is_closed(in));
    s = rill_open_ginputstream(in, RILL_TAKE, NULL);
    g_object_ref(in);
    CHECK_OK(rill_close(s));
    CHECK(g_input_stream_is_closed(in));
    CHECK_PTR(NULL, rill_open_ginputstream(in, 7, NULL));
    CHECK_INT(EINVAL, errno);
    g_object_unref(in);
    CHECK_PTR(NULL, rill_open_ginputstream(NULL, RILL_TAKE, NULL));
    CHECK_PTR(NULL, rill_open_goutputstream(NULL, RILL_TAKE, NULL));
    CHECK_PTR(NULL, rill_open_giostream(NULL, RILL_TAKE, NULL));
    s = rill_open_mem(NULL);
    CHECK_PTR(NULL, rill_gio_error(s));
    CHECK_OK(rill_close(s));
}
