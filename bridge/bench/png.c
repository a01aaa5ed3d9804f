/*
 * png.c (bench) - libpng from and to memory: by callbacks that copy from and to
 * a pointer, as its users write them, and by a stream.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <rill/png.h>

#include "side_by_side.h"

enum { WIDTH = 1024, HEIGHT = 768 };

static unsigned char pixels[WIDTH * HEIGHT * 3];
static png_bytep rows[HEIGHT];

/* The encoded picture; and how far its own way has read. */
struct picture {
    void *data;
    size_t len, at;
};

static void copy_bytes(png_structp png, png_bytep to, size_t n)
{
    struct picture *p = png_get_io_ptr(png);

    if (n > p->len - p->at)
        png_error(png, "cut short");
    memcpy(to, (char *)p->data + p->at, n);
    p->at += n;
}

static void read_rows(png_structp png)
{
    png_infop info = png_create_info_struct(png);

    if (setjmp(png_jmpbuf(png)))
        give_up("cannot read the picture");
    png_read_info(png, info);
    png_read_image(png, rows);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
}

static png_structp reader(void)
{
    return png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
}

static void read_own(void *ctx)
{
    struct picture *p = ctx;
    png_structp png = reader();

    p->at = 0;
    png_set_read_fn(png, p, copy_bytes);
    read_rows(png);
}

static void read_ours(void *ctx)
{
    struct picture *p = ctx;
    png_structp png = reader();
    rill *s = rill_open_view(p->data, p->len);

    rill_png_read_from(png, s);
    read_rows(png);
    if (rill_close(s) < 0)
        give_up("close");
}

/* Memory that grows: `len` bytes, of which `at` are used. */
static void append_bytes(png_structp png, png_bytep from, size_t n)
{
    struct picture *p = png_get_io_ptr(png);

    if (n > p->len - p->at) {
        p->len = (p->at + n) * 2;
        p->data = realloc(p->data, p->len);
        if (!p->data)
            png_error(png, "no memory");
    }
    memcpy((char *)p->data + p->at, from, n);
    p->at += n;
}

static png_structp writer(void)
{
    return png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
}

/* Fast, so that moving bytes is a part of it. */
static void write_rows(png_structp png)
{
    png_infop info = png_create_info_struct(png);

    if (setjmp(png_jmpbuf(png)))
        give_up("cannot write the picture");
    png_set_compression_level(png, 1);
    png_set_IHDR(png, info, WIDTH, HEIGHT, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
}

static void write_own(void *ctx)
{
    struct picture p = {NULL, 0, 0};
    png_structp png = writer();

    (void)ctx;
    png_set_write_fn(png, &p, append_bytes, NULL);
    write_rows(png);
    free(p.data);
}

static rill *write_to_memory(void)
{
    rill *s = rill_open_mem(NULL);
    png_structp png = writer();

    rill_png_write_to(png, s);
    write_rows(png);
    return s;
}

static void write_ours(void *ctx)
{
    (void)ctx;
    if (rill_close(write_to_memory()) < 0)
        give_up("close");
}

int main(void)
{
    struct picture p = {NULL, 0, 0};
    rill *s;
    int y;

    fill_plausibly(pixels, sizeof(pixels));
    for (y = 0; y < HEIGHT; y++)
        rows[y] = pixels + (size_t)y * WIDTH * 3;
    s = write_to_memory();
    p.len = (size_t)rill_take(s, &p.data);
    if (rill_close(s) < 0)
        give_up("close");
    side_by_side("libpng reads a picture in memory", sizeof(pixels), read_own,
                 read_ours, &p);
    side_by_side("libpng writes a picture to memory", sizeof(pixels), write_own,
                 write_ours, NULL);
    rill_free(p.data);
    return 0;
}
