/*
 * png.c - a picture, from a file to memory and back, through libpng.
 *
 *     png PICTURE.png
 *
 * libpng has been given streams; that one is a file and one is memory, it does
 * not know. The picture is read, turned upside down, and written to memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rill/png.h>

/* All of the picture: libpng frees it with `info`. */
static int read_picture(png_structp png, png_infop info, rill *s)
{
    if (setjmp(png_jmpbuf(png)))
        return -1; /* libpng has said why, on stderr */
    rill_png_read_from(png, s);
    png_read_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    return 0;
}

static int write_picture(png_structp png, png_infop info, rill *s)
{
    if (setjmp(png_jmpbuf(png)))
        return -1;
    rill_png_write_to(png, s);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    return 0;
}

static void turn(png_structp png, png_infop info)
{
    png_bytepp rows = png_get_rows(png, info);
    png_uint_32 a = 0, b = png_get_image_height(png, info) - 1;

    for (; a < b; a++, b--) {
        png_bytep row = rows[a];

        rows[a] = rows[b];
        rows[b] = row;
    }
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "rb"), *memory = rill_open_mem(NULL);
    png_structp in =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_structp out =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(in);
    int ok = 0;

    if (!file) {
        perror(path);
    } else if (memory && info && out && read_picture(in, info, file) == 0) {
        turn(in, info);
        ok = write_picture(out, info, memory) == 0;
        printf("%u x %u pixels; %s\n", png_get_image_width(in, info),
               png_get_image_height(in, info),
               ok && rill_tell(memory) > 8 ? "upside down in memory" : "lost");
    }
    png_destroy_read_struct(&in, &info, NULL);
    png_destroy_write_struct(&out, NULL);
    ok &= rill_close(file) == 0;
    ok &= rill_close(memory) == 0;
    return !ok;
}
