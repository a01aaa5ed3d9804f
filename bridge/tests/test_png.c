/*
 * test_png.c - libpng over every kind of stream: pictures come back as they
 * were, and what fails, fails by libpng's own way out, with the stream's words.
 */
#include "streams.h"

#include <errno.h>

#include <rill/png.h>
#include <rill/testing/double.h>

enum { SIDE = 100, ROW = SIDE * 3 };

/* Where libpng's errors go: the text, then back by a jump. */
static void keep_text(png_structp png, png_const_charp text)
{
    snprintf(png_get_error_ptr(png), 300, "%s", text);
    png_longjmp(png, 1);
}

static void draw(png_structp png, png_infop info)
{
    unsigned char row[ROW];
    int y;

    png_set_IHDR(png, info, SIDE, SIDE, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (y = 0; y < SIDE; y++) {
        test_pattern(row, ROW, (int64_t)y * ROW);
        png_write_row(png, row);
        if (y == SIDE / 2)
            png_write_flush(png);
    }
    png_write_end(png, info);
}

static void ignore(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

/* How libpng gets at what it reads or writes: a stream, or stdio's. */
typedef void set_io(png_structp png, void *io);

static void writes_stream(png_structp png, void *io)
{
    rill_png_write_to(png, io);
}

static void reads_stream(png_structp png, void *io)
{
    rill_png_read_from(png, io);
}

static void uses_file(png_structp png, void *io)
{
    png_init_io(png, io);
}

/* Write the picture. Returns whether that went well; `text` is libpng's. */
static int write_by(set_io *set, void *io, char text[300])
{
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, text, keep_text, ignore);
    png_infop info = png_create_info_struct(png);
    int ok;

    set(png, io);
    ok = setjmp(png_jmpbuf(png)) == 0;
    if (ok)
        draw(png, info);
    png_destroy_write_struct(&png, &info);
    return ok;
}

static int write_png(rill *s, char text[300])
{
    return write_by(writes_stream, s, text);
}

static void compare(png_structp png, png_infop info)
{
    unsigned char row[ROW], want[ROW];
    int y;

    png_read_info(png, info);
    CHECK_INT(SIDE, png_get_image_width(png, info));
    CHECK_INT(SIDE, png_get_image_height(png, info));
    for (y = 0; y < SIDE; y++) {
        png_read_row(png, row, NULL);
        test_pattern(want, ROW, (int64_t)y * ROW);
        CHECK_MEM(row, ROW, want, ROW);
    }
    png_read_end(png, NULL);
}

static int read_png(rill *s, char text[300])
{
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, text, keep_text, NULL);
    png_infop info = png_create_info_struct(png);
    int ok;

    rill_png_read_from(png, s);
    ok = setjmp(png_jmpbuf(png)) == 0;
    if (ok)
        compare(png, info);
    png_destroy_read_struct(&png, &info, NULL);
    return ok;
}

BRIDGE_TEST(png__comes_back)
{
    rill *s = kind->open();
    char text[300] = "";

    CHECK(write_png(s, text));
    rill_rewind(s);
    CHECK(read_png(s, text));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(png__pictures_in_a_row)
{
    rill *s = kind->open();
    char text[300] = "";

    CHECK_INT(3, rill_puts(s, "one"));
    CHECK(write_png(s, text));
    CHECK(write_png(s, text));
    CHECK_INT(4, rill_puts(s, "last"));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK(read_png(s, text));
    CHECK(read_png(s, text));
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
}

/* The picture's bytes: free() by rill_free(). */
static ptrdiff_t png_bytes(void **data_out)
{
    rill *s = rill_open_mem(NULL);
    char text[300] = "";
    ptrdiff_t len;

    CHECK(write_png(s, text));
    len = rill_take(s, data_out);
    CHECK(len > 1000);
    CHECK_OK(rill_close(s));
    return len;
}

TEST(png__as_by_stdio)
{
    char text[300] = "";
    void *data, *want;
    size_t len = (size_t)png_bytes(&data), want_len;
    FILE *file = fopen("own.png", "wb");

    CHECK(file && write_by(uses_file, file, text));
    fclose(file);
    want = test_read_file("own.png", &want_len);
    CHECK_MEM(data, len, want, want_len);
    rill_free(data);
    free(want);
}

/* By png_write_flush(), where the store has nothing to say just now too. */
TEST(png__is_flushed)
{
    char text[300] = "";
    rill_double d = {0};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);

    CHECK(write_png(s, text));
    CHECK(d.flushes > 0);
    d.blocks = 1;
    CHECK(write_png(s, text));
    while (rill_flush(s) == RILL_EAGAIN) {
    }
    CHECK_OK(rill_close(s));
}

/* What reading has brought, of a picture that may be damaged. */
struct outcome {
    int ok;
    char text[300];
    size_t len;
    unsigned char rows[SIDE * ROW];
};

static void read_rows(png_structp png, png_infop info, struct outcome *o)
{
    size_t row;

    png_read_info(png, info);
    row = png_get_rowbytes(png, info);
    while (row <= sizeof(o->rows) - o->len &&
           o->len < row * png_get_image_height(png, info)) {
        png_read_row(png, o->rows + o->len, NULL);
        o->len += row;
    }
    if (o->len == row * png_get_image_height(png, info))
        png_read_end(png, NULL);
}

static void read_by(set_io *set, void *io, struct outcome *o)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, o->text,
                                             keep_text, ignore);
    png_infop info = png_create_info_struct(png);

    memset(o, 0, sizeof(*o));
    set(png, io);
    o->ok = setjmp(png_jmpbuf(png)) == 0;
    if (o->ok)
        read_rows(png, info, o);
    png_destroy_read_struct(&png, &info, NULL);
}

/* These bytes, whatever they are, decode as by stdio. */
static void check_as_stdio(const void *data, size_t len)
{
    static struct outcome want, got;
    rill *s = rill_open_view(data, len);
    FILE *file;

    test_write_file("picture.png", data, len);
    file = fopen("picture.png", "rb");
    CHECK(file);
    read_by(uses_file, file, &want);
    fclose(file);
    read_by(reads_stream, s, &got);
    CHECK_INT(want.ok, got.ok);
    CHECK_MEM(got.rows, got.len, want.rows, want.len);
    if (strcmp(want.text, "Read Error") == 0)
        CHECK(strstr(got.text, "PNG stream: read at ") == got.text);
    else
        CHECK_STR(want.text, got.text);
    CHECK_OK(rill_close(s));
}

TEST(png__damaged)
{
    unsigned char *data;
    size_t len = (size_t)png_bytes((void **)&data), i;

    for (i = 0; i < len; i += 1 + i / 100) {
        test_context("byte %zu", i);
        data[i] ^= 0x55;
        check_as_stdio(data, len);
        data[i] ^= 0x55;
    }
    rill_free(data);
}

TEST(png__from_a_pipe)
{
    char text[300] = "";
    void *data;
    size_t len = (size_t)png_bytes(&data);
    rill *s = open_pipe(data, len);

    CHECK(read_png(s, text));
    CHECK_INT(0, rill_read(s, text, 1));
    CHECK_OK(rill_close(s));
    rill_free(data);
}

TEST(png__cut_short)
{
    char text[300] = "";
    void *data;
    size_t len = (size_t)png_bytes(&data), cut;

    for (cut = 0; cut < len; cut += 1 + cut / 4) {
        rill *s = rill_open_view(data, cut);

        test_context("cut to %zu bytes", cut);
        CHECK(!read_png(s, text));
        CHECK(strncmp(text, "PNG stream: ", 12) == 0);
        CHECK_OK(rill_close(s));
        check_as_stdio(data, cut);
    }
    rill_free(data);
}

TEST(png__the_stream_fails)
{
    char text[300] = "";
    void *data;
    size_t len = (size_t)png_bytes(&data);
    rill *s = open_failing(data, len, 700, EIO);
    rill_error e;

    CHECK(!read_png(s, text));
    CHECK_STR("PNG stream: read at 700: Input/output error", text);
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_CODE(RILL_EIO, rill_close(s));
    rill_free(data);
}

TEST(png__the_stream_fails_anywhere)
{
    char want[100];
    void *data;
    size_t len = (size_t)png_bytes(&data), at;

    for (at = 0; at < len; at += 1 + at / 100) {
        char text[300] = "";
        rill *s = open_failing(data, len, (int64_t)at, EIO);

        test_context("at %zu", at);
        snprintf(want, sizeof(want),
                 "PNG stream: read at %zu: Input/output error", at);
        CHECK(!read_png(s, text));
        CHECK_STR(want, text);
        CHECK_CODE(RILL_EIO, rill_close(s));

        s = open_failing("", 0, (int64_t)at, ENOSPC);
        if (!write_png(s, text)) /* else it waits to be written */
            CHECK(strstr(text, ": No space left on device") != NULL);
        CHECK_CODE(RILL_ENOSPC, rill_close(s));
    }
    rill_free(data);
}

TEST(png__no_room)
{
    char text[300] = "";
    unsigned char room[700];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    CHECK(!write_png(s, text));
    CHECK_STR("PNG stream: write at 700: no space left", text);
    CHECK_INT(sizeof(room), rill_tell(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(png__not_open_for_it)
{
    char text[300] = "";
    rill *s = rill_open_view("abc", 3);

    CHECK(!write_png(s, text));
    CHECK(strncmp(text, "PNG stream: ", 12) == 0);
    CHECK_OK(rill_close(s));
}
