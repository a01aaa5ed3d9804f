/*
 * png_rill.c - a picture as PNG, in any stream.
 *
 * The bridge gives libpng the stream. What is left to do is to keep libpng's
 * jumps: they land in encode() or decode(), which return to where everything is
 * released.
 */
#include "png_rill.h"

#include <stdio.h>
#include <stdlib.h>

#include <rill/png.h>

enum { MAX_SIDE = 16384 }; /* pixels: nobody makes us allocate terabytes */

static PNG_FUNCTION(void, on_error, (png_structp png, png_const_charp text),
                    PNG_NORETURN)
{
    struct png_rill_error *e = png_get_error_ptr(png);

    snprintf(e->text, sizeof(e->text), "libpng: %s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
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
        rill_png_write_to(png, s);
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
        rill_png_read_from(png, s);
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
