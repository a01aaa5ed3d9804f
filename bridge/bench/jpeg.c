/*
 * jpeg.c (bench) - libjpeg from and to memory by its own managers, from a file
 * by stdio, and all of these by streams.
 */
#include <stdlib.h>

#include <rill/jpeg.h>

#include "side_by_side.h"

enum { WIDTH = 1024, HEIGHT = 768, SIZE = WIDTH * HEIGHT * 3 };

static unsigned char pixels[SIZE], row[WIDTH * 3];

/* The encoded picture, and a file with it. */
static unsigned char *picture;
static unsigned long picture_len;
static const char path[] = "bench_jpeg.tmp";

static void decode(j_decompress_ptr c)
{
    JSAMPROW rows = row;

    jpeg_read_header(c, TRUE);
    jpeg_start_decompress(c);
    while (c->output_scanline < c->output_height)
        jpeg_read_scanlines(c, &rows, 1);
    jpeg_finish_decompress(c);
}

static void encode(j_compress_ptr c)
{
    c->image_width = WIDTH;
    c->image_height = HEIGHT;
    c->input_components = 3;
    c->in_color_space = JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_start_compress(c, TRUE);
    while (c->next_scanline < HEIGHT) {
        JSAMPROW rows = pixels + (size_t)c->next_scanline * WIDTH * 3;

        jpeg_write_scanlines(c, &rows, 1);
    }
    jpeg_finish_compress(c);
}

/* Where from and where to: what differs. */
typedef void set_source(j_decompress_ptr c);

static void read_picture(set_source *set)
{
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr err;

    c.err = jpeg_std_error(&err);
    jpeg_create_decompress(&c);
    set(&c);
    decode(&c);
    jpeg_destroy_decompress(&c);
}

static void from_memory(j_decompress_ptr c)
{
    jpeg_mem_src(c, picture, picture_len);
}

static void read_own(void *ctx)
{
    (void)ctx;
    read_picture(from_memory);
}

static rill *s;
static FILE *file;

static void from_stream(j_decompress_ptr c)
{
    rill_jpeg_src(c, s);
}

static void from_file(j_decompress_ptr c)
{
    jpeg_stdio_src(c, file);
}

static void close_stream(void)
{
    if (rill_close(s) < 0)
        give_up("close");
}

static void read_ours(void *ctx)
{
    (void)ctx;
    s = rill_open_view(picture, picture_len);
    read_picture(from_stream);
    close_stream();
}

static void read_own_file(void *ctx)
{
    (void)ctx;
    file = fopen(path, "rb");
    if (!file)
        give_up(path);
    read_picture(from_file);
    fclose(file);
}

static void read_our_file(void *ctx)
{
    (void)ctx;
    s = rill_open(path, "rb");
    if (!s)
        give_up(path);
    read_picture(from_stream);
    close_stream();
}

static void write_own(void *ctx)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr err;

    (void)ctx;
    free(picture);
    picture = NULL;
    picture_len = 0;
    c.err = jpeg_std_error(&err);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &picture, &picture_len);
    encode(&c);
    jpeg_destroy_compress(&c);
}

static void write_ours(void *ctx)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr err;

    (void)ctx;
    s = rill_open_mem(NULL);
    c.err = jpeg_std_error(&err);
    jpeg_create_compress(&c);
    rill_jpeg_dest(&c, s);
    encode(&c);
    jpeg_destroy_compress(&c);
    close_stream();
}

static void write_file(void)
{
    s = rill_open(path, "wb");
    if (!s || rill_write(s, picture, picture_len) != (ptrdiff_t)picture_len)
        give_up(path);
    close_stream();
}

int main(void)
{
    fill_plausibly(pixels, sizeof(pixels));
    write_own(NULL);
    write_file();
    side_by_side("libjpeg reads a picture in memory", SIZE, read_own, read_ours,
                 NULL);
    side_by_side("libjpeg reads a picture in a file", SIZE, read_own_file,
                 read_our_file, NULL);
    side_by_side("libjpeg writes a picture to memory", SIZE, write_own,
                 write_ours, NULL);
    remove(path);
    free(picture);
    return 0;
}
