/*
 * test_gio.c - GIO over every kind of stream: its data streams, converters,
 * copies and asynchronous calls are the real clients. (Streams over GIO:
 * test_gio_store.c.)
 */
#include "streams.h"

#include <errno.h>

#include <rill/gio.h>
#include <rill/testing/double.h>

/* A call of GIO went well: no error. Frees the error otherwise. */
static void check_well(GError *error)
{
    char text[300] = "";

    if (error)
        snprintf(text, sizeof(text), "%s", error->message);
    g_clear_error(&error);
    CHECK_STR("", text);
}

/* A call of GIO failed like this; clears *error. */
static void check_failed(GError **error, int code, const char *words)
{
    char text[300];

    CHECK(*error);
    CHECK((*error)->domain == G_IO_ERROR);
    CHECK_INT(code, (*error)->code);
    snprintf(text, sizeof(text), "%s", (*error)->message);
    g_clear_error(error);
    if (words)
        CHECK_STR(words, text);
}

static void close_input(GInputStream *in)
{
    GError *error = NULL;

    g_input_stream_close(in, NULL, &error);
    g_object_unref(in);
    check_well(error);
}

static void close_output(GOutputStream *out)
{
    GError *error = NULL;

    g_output_stream_close(out, NULL, &error);
    g_object_unref(out);
    check_well(error);
}

static void close_both(GIOStream *io)
{
    GError *error = NULL;

    g_io_stream_close(io, NULL, &error);
    g_object_unref(io);
    check_well(error);
}

/* ---- Reading, writing, seeking --------------------------------------------- */

BRIDGE_TEST(gio__both_ways)
{
    GIOStream *io = rill_as_giostream(kind->open(), RILL_TAKE);
    GInputStream *in = g_io_stream_get_input_stream(io);
    GOutputStream *out = g_io_stream_get_output_stream(io);
    unsigned char want[5000], got[5000];
    GError *error = NULL;
    gsize done;

    test_pattern(want, sizeof(want), 0);
    CHECK(g_output_stream_write_all(out, want, sizeof(want), &done, NULL,
                                    &error));
    CHECK(g_output_stream_flush(out, NULL, &error));
    CHECK_INT(sizeof(want), g_seekable_tell(G_SEEKABLE(io)));
    CHECK(g_seekable_seek(G_SEEKABLE(in), -4000, G_SEEK_END, NULL, &error));
    CHECK_INT(1000, g_seekable_tell(G_SEEKABLE(out)));
    CHECK_INT(500, g_input_stream_skip(in, 500, NULL, &error));
    CHECK_INT(3500, g_input_stream_read(in, got, sizeof(got), NULL, &error));
    CHECK_MEM(got, 3500, want + 1500, 3500);
    CHECK_INT(0, g_input_stream_read(in, got, sizeof(got), NULL, &error));
    CHECK(g_seekable_seek(G_SEEKABLE(io), 10, G_SEEK_SET, NULL, &error));
    CHECK(g_seekable_seek(G_SEEKABLE(io), -5, G_SEEK_CUR, NULL, &error));
    CHECK_INT(3, g_output_stream_write(out, "abc", 3, NULL, &error));
    CHECK(g_seekable_can_truncate(G_SEEKABLE(io)));
    CHECK(g_seekable_truncate(G_SEEKABLE(io), 9, NULL, &error));
    CHECK_INT(8, g_seekable_tell(G_SEEKABLE(io)));
    CHECK(g_seekable_seek(G_SEEKABLE(in), 5, G_SEEK_SET, NULL, &error));
    CHECK_INT(4, g_input_stream_read(in, got, sizeof(got), NULL, &error));
    CHECK_BYTES(got, 3, "abc");
    CHECK_INT(want[8], got[3]);
    check_well(error);
    close_both(io);
}

BRIDGE_TEST(gio__data_streams)
{
    rill *s = kind->open();
    GDataOutputStream *out =
        g_data_output_stream_new(rill_as_goutputstream(s, RILL_BORROW));
    GFilterOutputStream *filter = G_FILTER_OUTPUT_STREAM(out);
    GDataInputStream *in;
    GError *error = NULL;
    gsize len;
    char *line;

    g_object_unref(g_filter_output_stream_get_base_stream(filter));
    CHECK(g_data_output_stream_put_string(out, "one\ntwo\r\n", NULL, &error));
    CHECK(g_data_output_stream_put_uint32(out, 0x01020304, NULL, &error));
    CHECK(g_data_output_stream_put_string(out, "last", NULL, &error));
    close_output(G_OUTPUT_STREAM(out));
    CHECK_OK(rill_rewind(s));
    in = g_data_input_stream_new(rill_as_ginputstream(s, RILL_TAKE));
    g_object_unref(
        g_filter_input_stream_get_base_stream(G_FILTER_INPUT_STREAM(in)));
    g_data_input_stream_set_newline_type(in, G_DATA_STREAM_NEWLINE_TYPE_ANY);
    line = g_data_input_stream_read_line(in, &len, NULL, &error);
    CHECK_BYTES(line, len, "one");
    g_free(line);
    line = g_data_input_stream_read_line(in, &len, NULL, &error);
    CHECK_BYTES(line, len, "two");
    g_free(line);
    CHECK_INT(0x01020304, g_data_input_stream_read_uint32(in, NULL, &error));
    CHECK(g_seekable_seek(G_SEEKABLE(in), 5, G_SEEK_SET, NULL, &error));
    line = g_data_input_stream_read_line(in, &len, NULL, &error);
    CHECK_BYTES(line, len, "wo");
    g_free(line);
    check_well(error);
    close_input(G_INPUT_STREAM(in));
}

static GOutputStream *compressing(GOutputStream *out)
{
    GZlibCompressor *z =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
    GOutputStream *c = g_converter_output_stream_new(out, G_CONVERTER(z));

    g_object_unref(z);
    g_object_unref(out);
    return c;
}

static GInputStream *decompressing(GInputStream *in)
{
    GZlibDecompressor *z =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    GInputStream *c = g_converter_input_stream_new(in, G_CONVERTER(z));

    g_object_unref(z);
    g_object_unref(in);
    return c;
}

BRIDGE_TEST(gio__compressed)
{
    enum { LEN = 50000 };
    rill *s = kind->open();
    unsigned char *want = test_alloc(LEN), *got = test_alloc(LEN);
    GOutputStream *out = compressing(rill_as_goutputstream(s, RILL_BORROW));
    GError *error = NULL;
    GInputStream *in;
    gsize done;

    test_pattern(want, LEN, 0);
    CHECK(g_output_stream_write_all(out, want, LEN, &done, NULL, &error));
    close_output(out);
    CHECK_OK(rill_rewind(s));
    in = decompressing(rill_as_ginputstream(s, RILL_TAKE));
    CHECK(g_input_stream_read_all(in, got, LEN, &done, NULL, &error));
    CHECK_MEM(got, done, want, LEN);
    CHECK_INT(0, g_input_stream_read(in, got, 1, NULL, &error));
    check_well(error);
    close_input(in);
    free(want);
    free(got);
}

BRIDGE_TEST(gio__spliced)
{
    rill *from = kind->open();
    GOutputStream *to = g_memory_output_stream_new_resizable();
    GInputStream *in;
    GError *error = NULL;
    char bytes[10000];

    test_pattern(bytes, sizeof(bytes), 0);
    CHECK_INT(sizeof(bytes), rill_write(from, bytes, sizeof(bytes)));
    CHECK_OK(rill_rewind(from));
    in = rill_as_ginputstream(from, RILL_TAKE);
    CHECK_INT(sizeof(bytes),
              g_output_stream_splice(to, in,
                                     G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE |
                                         G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                     NULL, &error));
    CHECK_MEM(g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(to)),
              g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(to)),
              bytes, sizeof(bytes));
    check_well(error);
    g_object_unref(in);
    g_object_unref(to);
}

TEST(gio__from_a_pipe)
{
    GInputStream *in = rill_as_ginputstream(open_pipe("abcdef", 6), RILL_TAKE);
    GError *error = NULL;
    char buf[10];
    gsize done;

    CHECK(!g_seekable_can_seek(G_SEEKABLE(in)));
    CHECK(!g_seekable_can_truncate(G_SEEKABLE(in)));
    CHECK_INT(0, g_seekable_tell(G_SEEKABLE(in)));
    CHECK(!g_seekable_seek(G_SEEKABLE(in), 0, G_SEEK_SET, NULL, &error));
    check_failed(&error, G_IO_ERROR_NOT_SUPPORTED,
                 "seek: this stream cannot do that");
    CHECK(g_input_stream_read_all(in, buf, sizeof(buf), &done, NULL, &error));
    CHECK_BYTES(buf, done, "abcdef");
    check_well(error);
    close_input(in);
}

/* ---- What fails ------------------------------------------------------------ */

TEST(gio__cut_short)
{
    rill *s = rill_open_mem(NULL);
    GOutputStream *out = compressing(rill_as_goutputstream(s, RILL_BORROW));
    GError *error = NULL;
    char bytes[1000];
    const void *data;
    ptrdiff_t len, cut;
    gsize done;

    test_pattern(bytes, sizeof(bytes), 0);
    g_output_stream_write_all(out, bytes, sizeof(bytes), &done, NULL, &error);
    close_output(out);
    len = rill_data(s, &data);
    for (cut = 1; cut < len; cut += 1 + cut / 4) {
        GInputStream *in = decompressing(
            rill_as_ginputstream(rill_open_view(data, (size_t)cut), RILL_TAKE));

        test_context("cut to %td of %td bytes", cut, len);
        CHECK(!g_input_stream_read_all(in, bytes, sizeof(bytes), &done, NULL,
                                       &error));
        check_failed(&error, G_IO_ERROR_PARTIAL_INPUT, NULL);
        g_object_unref(in);
    }
    CHECK_OK(rill_close(s));
}

TEST(gio__the_stream_fails)
{
    char data[1000] = "";
    rill *s = open_failing(data, sizeof(data), 700, EACCES);
    GInputStream *in = rill_as_ginputstream(s, RILL_BORROW);
    GError *error = NULL;
    rill_error e;
    gsize done;

    CHECK(
        !g_input_stream_read_all(in, data, sizeof(data), &done, NULL, &error));
    check_failed(&error, G_IO_ERROR_PERMISSION_DENIED,
                 "read at 700: Permission denied");
    CHECK_INT(700, done);
    CHECK(!g_seekable_seek(G_SEEKABLE(in), 0, G_SEEK_SET, NULL, &error));
    check_failed(&error, G_IO_ERROR_PERMISSION_DENIED, NULL);
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EACCES, e.os_error);
    close_input(in);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(gio__no_room)
{
    unsigned char room[10];
    GOutputStream *out = rill_as_goutputstream(
        rill_open_fixed(room, sizeof(room), NULL), RILL_TAKE);
    GError *error = NULL;
    gsize done;

    CHECK(!g_output_stream_write_all(out, "more than ten", 13, &done, NULL,
                                     &error));
    CHECK_INT(10, done);
    check_failed(&error, G_IO_ERROR_NO_SPACE, "write at 10: no space left");
    CHECK_BYTES(room, 10, "more than ");
    CHECK(!g_output_stream_close(out, NULL, &error));
    check_failed(&error, G_IO_ERROR_NO_SPACE, "write at 10: no space left");
    g_object_unref(out);
}

TEST(gio__fails_to_close)
{
    static rill_double full;
    GOutputStream *out;
    GError *error = NULL;

    full = (rill_double){.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC};
    out = rill_as_goutputstream(
        rill_open_double(rill_open_mem(NULL), RILL_TAKE, &full, NULL),
        RILL_TAKE);
    CHECK_INT(3, g_output_stream_write(out, "abc", 3, NULL, &error));
    CHECK(!g_output_stream_close(out, NULL, &error));
    check_failed(&error, G_IO_ERROR_NO_SPACE,
                 "write at 0: No space left on device");
    g_object_unref(out);
    CHECK_INT(1, full.closes);
}

TEST(gio__not_open_for_it)
{
    GIOStream *io = rill_as_giostream(rill_open_view("abc", 3), RILL_TAKE);
    GOutputStream *out = g_io_stream_get_output_stream(io);
    GError *error = NULL;

    CHECK_INT(-1, g_output_stream_write(out, "x", 1, NULL, &error));
    check_failed(&error, G_IO_ERROR_NOT_SUPPORTED,
                 "write at 0: this stream cannot do that");
    CHECK(!g_seekable_truncate(G_SEEKABLE(out), 0, NULL, &error));
    check_failed(&error, G_IO_ERROR_NOT_SUPPORTED, NULL);
    close_both(io);
    CHECK_PTR(NULL, rill_as_ginputstream(NULL, RILL_TAKE));
    CHECK_PTR(NULL, rill_as_goutputstream(NULL, RILL_TAKE));
    CHECK_PTR(NULL, rill_as_giostream(NULL, RILL_TAKE));
}

TEST(gio__would_block)
{
    static const rill_step steps[] = {RILL_STEP_BLOCKS, RILL_STEP_GIVES("ab")};
    rill_script script = {.steps = steps, .count = 2};
    GInputStream *in =
        rill_as_ginputstream(rill_open_script(&script, NULL), RILL_TAKE);
    GError *error = NULL;
    char buf[4];

    CHECK_INT(-1, g_input_stream_read(in, buf, 4, NULL, &error));
    check_failed(&error, G_IO_ERROR_WOULD_BLOCK, NULL);
    CHECK_BYTES(buf, g_input_stream_read(in, buf, 4, NULL, &error), "ab");
    check_well(error);
    close_input(in);
}

/* The words are text, whatever the name of the stream is. */
TEST(gio__words_are_utf8)
{
    GError *error = NULL;
    GInputStream *in;
    char byte;

    test_write_file("\xff", "", 0);
    in = rill_as_ginputstream(rill_open("\xff", "wb"), RILL_TAKE);
    CHECK_INT(-1, g_input_stream_read(in, &byte, 1, NULL, &error));
    CHECK(g_utf8_validate(error->message, -1, NULL));
    check_failed(&error, G_IO_ERROR_NOT_SUPPORTED,
                 "read at 0: this stream cannot do that: \xef\xbf\xbd");
    close_input(in);
}

/* ---- Closing --------------------------------------------------------------- */

TEST(gio__ownership)
{
    static rill_double seen;
    rill *s;
    GOutputStream *out;
    GError *error = NULL;

    seen = (rill_double){0};
    s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &seen, NULL);
    out = rill_as_goutputstream(s, RILL_BORROW);
    CHECK_INT(3, g_output_stream_write(out, "abc", 3, NULL, &error));
    CHECK_INT(0, seen.writes);
    close_output(out);
    CHECK_INT(1, seen.writes); /* closing flushes */
    CHECK_HOLDS(s, "abc");
    out = rill_as_goutputstream(s, RILL_TAKE);
    CHECK(g_output_stream_close(out, NULL, &error));
    CHECK_INT(1, seen.closes);
    CHECK_INT(-1, g_output_stream_write(out, "x", 1, NULL, &error));
    check_failed(&error, G_IO_ERROR_CLOSED, NULL);
    CHECK(!g_seekable_can_seek(G_SEEKABLE(out)));
    CHECK_INT(0, g_seekable_tell(G_SEEKABLE(out)));
    CHECK(!g_seekable_seek(G_SEEKABLE(out), 0, G_SEEK_SET, NULL, &error));
    check_failed(&error, G_IO_ERROR_CLOSED, "the stream has been closed");
    g_object_unref(out);
    CHECK_INT(1, seen.closes);
}

/* The last unref closes; the halves of a GIOStream may outlive it. */
TEST(gio__unref_closes)
{
    static rill_double seen;
    GInputStream *in;
    GIOStream *io;
    GError *error = NULL;
    char byte;

    seen = (rill_double){0};
    in = rill_as_ginputstream(
        rill_open_double(rill_open_mem(NULL), RILL_TAKE, &seen, NULL),
        RILL_TAKE);
    g_object_unref(in);
    CHECK_INT(1, seen.closes);
    io = rill_as_giostream(
        rill_open_double(rill_open_mem(NULL), RILL_TAKE, &seen, NULL),
        RILL_TAKE);
    in = g_object_ref(g_io_stream_get_input_stream(io));
    CHECK(
        g_output_stream_close(g_io_stream_get_output_stream(io), NULL, &error));
    CHECK_INT(0, g_input_stream_read(in, &byte, 1, NULL, &error));
    CHECK_INT(1, seen.closes);
    CHECK(g_input_stream_close(in, NULL, &error));
    CHECK(g_seekable_seek(G_SEEKABLE(io), 0, G_SEEK_SET, NULL, &error));
    CHECK_INT(1, seen.closes);
    g_object_unref(io);
    CHECK_INT(2, seen.closes);
    CHECK_INT(-1, g_input_stream_read(in, &byte, 1, NULL, &error));
    check_failed(&error, G_IO_ERROR_CLOSED, NULL);
    g_object_unref(in);
}

static GCancellable *cancelled(void)
{
    GCancellable *c = g_cancellable_new();

    g_cancellable_cancel(c);
    return c;
}

/* A save that is closed cancelled leaves the old file. */
TEST(gio__saves)
{
    GCancellable *c = cancelled();
    GOutputStream *out;
    GError *error = NULL;

    test_write_file("f", "old", 3);
    out = rill_as_goutputstream(rill_open("f", "ws"), RILL_TAKE);
    CHECK_INT(3, g_output_stream_write(out, "new", 3, NULL, &error));
    CHECK(!g_output_stream_close(out, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    g_object_unref(out);
    CHECK_FILE("f", "old");
    out = rill_as_goutputstream(rill_open("f", "ws"), RILL_TAKE);
    CHECK_INT(3, g_output_stream_write(out, "new", 3, NULL, &error));
    close_output(out);
    CHECK_FILE("f", "new");
    g_object_unref(c);
}

TEST(gio__cancelled)
{
    rill *s = rill_open_mem_copy("abcdef", 6, NULL);
    GIOStream *io = rill_as_giostream(s, RILL_BORROW);
    GInputStream *in = g_io_stream_get_input_stream(io);
    GOutputStream *out = g_io_stream_get_output_stream(io);
    GCancellable *c = cancelled();
    GError *error = NULL;
    char byte;

    CHECK_INT(-1, g_input_stream_read(in, &byte, 1, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    CHECK_INT(-1, g_input_stream_skip(in, 1, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    CHECK_INT(-1, g_output_stream_write(out, "x", 1, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    CHECK(!g_output_stream_flush(out, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    CHECK(!g_seekable_seek(G_SEEKABLE(in), 1, G_SEEK_SET, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    CHECK(!g_seekable_truncate(G_SEEKABLE(out), 1, c, &error));
    check_failed(&error, G_IO_ERROR_CANCELLED, NULL);
    CHECK_INT(0, rill_tell(s));
    CHECK_HOLDS(s, "abcdef");
    CHECK_INT(1, g_input_stream_read(in, &byte, 1, NULL, &error));
    close_both(io);
    CHECK_OK(rill_close(s));
    g_object_unref(c);
}

/* ---- Asynchronous calls, and threads --------------------------------------- */

/* What asynchronous calls have come to. */
struct pending {
    GMainLoop *loop;
    int left;
    gssize read, written;
    GError *read_error, *write_error;
};

static void done_one(struct pending *p)
{
    if (--p->left == 0)
        g_main_loop_quit(p->loop);
}

static void have_read(GObject *in, GAsyncResult *result, gpointer data)
{
    struct pending *p = data;

    p->read =
        g_input_stream_read_finish(G_INPUT_STREAM(in), result, &p->read_error);
    done_one(p);
}

static void have_written(GObject *out, GAsyncResult *result, gpointer data)
{
    struct pending *p = data;

    p->written = g_output_stream_write_finish(G_OUTPUT_STREAM(out), result,
                                              &p->write_error);
    done_one(p);
}

static void wait_for(struct pending *p, int calls)
{
    p->loop = g_main_loop_new(NULL, FALSE);
    p->left = calls;
    g_main_loop_run(p->loop);
    g_main_loop_unref(p->loop);
}

BRIDGE_TEST(gio__asynchronous)
{
    rill *s = kind->open();
    GIOStream *io = rill_as_giostream(s, RILL_TAKE);
    GInputStream *in = g_io_stream_get_input_stream(io);
    GOutputStream *out = g_io_stream_get_output_stream(io);
    struct pending p = {0};
    char buf[100];

    g_output_stream_write_async(out, "hello world", 11, 0, NULL, have_written,
                                &p);
    wait_for(&p, 1);
    check_well(p.write_error);
    CHECK_INT(11, p.written);
    CHECK_OK(rill_rewind(s));
    g_input_stream_read_async(in, buf, sizeof(buf), 0, NULL, have_read, &p);
    wait_for(&p, 1);
    check_well(p.read_error);
    CHECK_BYTES(buf, p.read, "hello world");
    close_both(io);
}

/* Both halves have calls under way at once; the lock makes them take turns. */
TEST(gio__both_halves_at_once)
{
    rill *s = rill_open_mem(NULL);
    GIOStream *io = rill_as_giostream(s, RILL_BORROW);
    GInputStream *in = g_io_stream_get_input_stream(io);
    GOutputStream *out = g_io_stream_get_output_stream(io);
    char buf[100];
    int i;

    for (i = 0; i < 200; i++) {
        struct pending p = {0};

        g_output_stream_write_async(out, "0123456789", 10, 0, NULL,
                                    have_written, &p);
        g_input_stream_read_async(in, buf, sizeof(buf), 0, NULL, have_read, &p);
        wait_for(&p, 2);
        check_well(p.write_error);
        check_well(p.read_error);
        CHECK_INT(10, p.written);
        CHECK_INT(0, p.read); /* the position is at the end, before or after */
    }
    close_both(io);
    CHECK_INT(2000, rill_size(s));
    CHECK_OK(rill_close(s));
}

TEST(gio__asynchronous_failure)
{
    char data[10] = "";
    GInputStream *in =
        rill_as_ginputstream(open_failing(data, 10, 0, EIO), RILL_BORROW);
    struct pending p = {0};
    GCancellable *c = cancelled();

    g_input_stream_read_async(in, data, 10, 0, c, have_read, &p);
    wait_for(&p, 1);
    check_failed(&p.read_error, G_IO_ERROR_CANCELLED, NULL);
    g_input_stream_read_async(in, data, 10, 0, NULL, have_read, &p);
    wait_for(&p, 1);
    check_failed(&p.read_error, G_IO_ERROR_FAILED,
                 "read at 0: Input/output error");
    g_object_unref(c);
    g_object_unref(in);
}

static gpointer make_one(gpointer data)
{
    GIOStream *io = rill_as_giostream(rill_open_mem(NULL), RILL_TAKE);

    g_object_unref(io);
    return data;
}

TEST(gio__types_are_registered_once)
{
    GThread *threads[8];
    int i;

    for (i = 0; i < 8; i++)
        threads[i] = g_thread_new(NULL, make_one, threads);
    for (i = 0; i < 8; i++)
        CHECK_PTR(threads, g_thread_join(threads[i]));
    CHECK(g_type_from_name("RillInputStream"));
}
