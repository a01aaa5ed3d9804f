/*
 * png_rill.c - libpng's callbacks over a stream.
 *
 * A stream call has always returned before png_error() is called, so a jump
 * passes only frames of libpng and the callback that called it. It lands in
 * encode() or decode(), which return to where everything is released.
 */
#include "png_rill.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_SIDE = 16384 }; /* pixels: nobody makes us allocate terabytes */

static PNG_FUNCTION(void, on_error, (png_structp png, png_const_charp text),
                    PNG_NORETURN)
{
    struct png_rill_error *e = png_get_error_ptr(png);

    if (e->text[0] == '\0') /* or the stream has said more already */
        snprintf(e->text, sizeof(e->text), "libpng: %s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

/* Tell libpng that the stream failed with `code`: does not return. */
static void stream_failed(png_structp png, rill *s, int code)
{
    struct png_rill_error *e = png_get_error_ptr(png);
    rill_error why = {.code = code, .offset = -1};

    rill_failed(s, &why);
    rill_error_format(&why, e->text, sizeof(e->text));
    png_error(png, "stream");
}

static void write_bytes(png_structp png, png_bytep data, size_t n)
{
    rill *s = png_get_io_ptr(png);
    ptrdiff_t done = rill_write(s, data, n);

    if (done != (ptrdiff_t)n)
        stream_failed(png, s, done < 0 ? (int)done : RILL_ENOSPC);
}

static void flush_bytes(png_structp png)
{
    (void)png; /* whoever closes the stream flushes it */
}

static void read_bytes(png_structp png, png_bytep data, size_t n)
{
    rill *s = png_get_io_ptr(png);
    int rc = rill_read_exact(s, data, n);

    if (rc < 0)
        stream_failed(png, s, rc);
}

/* Write the whole PNG. Returns 0, or -1 when an error jumped back here. */
static int encode(png_structp png, png_infop info, const struct picture *p)
{
    uint32_t y;

    if (setjmp(png_jmpbuf(png)))
        return -1;
    png_set_IHDR(png, info, p->width, p->height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (y = 0; y < p->height; y++)
        png_write_row(png, p->rgb + (size_t)y * p->width * 3);
    png_write_end(png, info);
    return 0;
}

int png_rill_encode(rill *s, const struct picture *p, struct png_rill_error *e)
{
    png_structp png;
    png_infop info;
    int rc = -1;

    e->text[0] = '\0';
    png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, e, on_error, on_warning);
    info = png ? png_create_info_struct(png) : NULL;
    if (info) {
        png_set_write_fn(png, s, write_bytes, flush_bytes);
        rc = encode(png, info, p);
    } else {
        snprintf(e->text, sizeof(e->text), "out of memory");
    }
    png_destroy_write_struct(&png, &info);
    return rc;
}

/* Read the whole PNG, as 8-bit RGB whatever it holds. Returns 0, or -1 when an
 * error jumped back here; p->rgb may be set in both cases. */
static int decode(png_structp png, png_infop info, struct picture *p)
{
    uint32_t y;
    int pass;

    if (setjmp(png_jmpbuf(png)))
        return -1;
    png_set_user_limits(png, MAX_SIDE, MAX_SIDE);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
    p->width = png_get_image_width(png, info);
    p->height = png_get_image_height(png, info);
    p->rgb = calloc((size_t)p->width * 3, p->height);
    if (!p->rgb)
        png_error(png, "out of memory");
    for (pass = png_set_interlace_handling(png); pass > 0; pass--)
        for (y = 0; y < p->height; y++)
            png_read_row(png, p->rgb + (size_t)y * p->width * 3, NULL);
    png_read_end(png, NULL);
    return 0;
}

int png_rill_decode(rill *s, struct picture *p_out, struct png_rill_error *e)
{
    struct picture p = {0, 0, NULL};
    png_structp png;
    png_infop info;
    int rc = -1;

    e->text[0] = '\0';
    png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, e, on_error, on_warning);
    info = png ? png_create_info_struct(png) : NULL;
    if (info) {
        png_set_read_fn(png, s, read_bytes);
        rc = decode(png, info, &p);
    } else {
        snprintf(e->text, sizeof(e->text), "out of memory");
    }
    png_destroy_read_struct(&png, &info, NULL);
    if (rc < 0)
        free(p.rgb);
    else
        *p_out = p;
    return rc;
}
