/*
 * png.c (demo) - libpng: the bytes become a grey picture, and bytes again.
 */
#include <stdlib.h>

#include <rill/png.h>

#include "carry.h"

enum { WIDTH = 1024 };

const char carrier[] = "libpng, as pixels";

static int draw(const unsigned char *pixels, png_uint_32 rows, rill *picture)
{
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_uint_32 y;

    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return -1;
    }
    rill_png_write_to(png, picture);
    png_set_IHDR(png, info, WIDTH, rows, 8, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (y = 0; y < rows; y++)
        png_write_row(png, pixels + (size_t)y * WIDTH);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 0;
}

static int read_back(unsigned char *pixels, png_uint_32 rows, rill *picture)
{
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_uint_32 y;

    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    rill_png_read_from(png, picture);
    png_read_info(png, info);
    for (y = 0; y < rows; y++)
        png_read_row(png, pixels + (size_t)y * WIDTH, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

int carry(rill *from, rill *to)
{
    rill *picture = rill_open_mem(NULL);
    unsigned char *pixels;
    size_t n = carry_pad(from, WIDTH, &pixels);
    int rc = picture ? draw(pixels, (png_uint_32)(n / WIDTH), picture) : -1;

    memset(pixels, 0, n);
    if (rc == 0) {
        rill_rewind(picture);
        rc = read_back(pixels, (png_uint_32)(n / WIDTH), picture);
    }
    if (rc == 0)
        rc = carry_unpad(pixels, n, to);
    free(pixels);
    return rill_close(picture) == 0 ? rc : -1;
}
