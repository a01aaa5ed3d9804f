/*
 * png.c (demo) - libpng: the bytes become a grey picture, and bytes again.
 */
#include <stdlib.h>
#include <string.h>

#include <rill/png.h>

#include "carry.h"

enum { WIDTH = 1024 };

const char carrier[] = "libpng, as the pixels of a picture";

/* Write all that `from` holds as rows; the length goes along as a comment. */
static int draw(rill *from, rill *picture)
{
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_uint_32 rows = (png_uint_32)(rill_size(from) / WIDTH + 1), y;
    char key[] = "Length", length[32];
    png_text text = {
        .compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = length};
    unsigned char row[WIDTH];

    snprintf(length, sizeof(length), "%lld", (long long)rill_size(from));
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return -1;
    }
    rill_png_write_to(png, picture);
    png_set_IHDR(png, info, WIDTH, rows, 8, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_text(png, info, &text, 1);
    png_write_info(png, info);
    for (y = 0; y < rows; y++) {
        memset(row, 0, WIDTH);
        if (rill_read(from, row, WIDTH) < 0)
            png_error(png, "cannot read");
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 0;
}

static int read_back(rill *picture, rill *to)
{
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    unsigned char row[WIDTH];
    png_textp text;
    png_uint_32 y;

    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    rill_png_read_from(png, picture);
    png_read_info(png, info);
    if (png_get_text(png, info, &text, NULL) != 1)
        png_error(png, "no length");
    for (y = 0; y < png_get_image_height(png, info); y++) {
        png_read_row(png, row, NULL);
        rill_write(to, row, WIDTH);
    }
    rill_truncate(to, strtoll(text->text, NULL, 10));
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

int carry(rill *from, rill *to)
{
    rill *picture = rill_open_mem(NULL);
    int rc = picture ? draw(from, picture) : -1;

    if (rc == 0) {
        rill_rewind(picture);
        rc = read_back(picture, to);
    }
    return rill_close(picture) == 0 ? rc : -1;
}
