/*
 * jpeg.c - what a file looks like: each byte a grey pixel, as a JPEG.
 *
 *     jpeg FILE [FILE.jpg]
 *
 * The picture is made in memory. A thumbnail is decoded from there, an eighth
 * of the size; then it is saved, if there is a name.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <rill/jpeg.h>

enum { WIDTH = 512 };

/* libjpeg's errors: said on stderr, then back by a jump. */
struct way_out {
    struct jpeg_error_mgr manager;
    jmp_buf back;
};

static void leave(j_common_ptr cinfo)
{
    cinfo->err->output_message(cinfo);
    longjmp(((struct way_out *)cinfo->err)->back, 1);
}

static int encode(rill *from, rill *to)
{
    struct jpeg_compress_struct c;
    struct way_out out;
    JSAMPLE row[WIDTH], *rows = row;

    c.err = jpeg_std_error(&out.manager);
    out.manager.error_exit = leave;
    jpeg_create_compress(&c);
    if (setjmp(out.back)) {
        jpeg_destroy_compress(&c);
        return -1;
    }
    rill_jpeg_dest(&c, to);
    c.image_width = WIDTH;
    c.image_height = (JDIMENSION)(rill_size(from) / WIDTH);
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height &&
           rill_read_exact(from, row, WIDTH) == 0)
        jpeg_write_scanlines(&c, &rows, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return 0;
}

static int thumbnail(rill *from)
{
    struct jpeg_decompress_struct c;
    struct way_out out;
    JSAMPLE row[WIDTH], *rows = row;

    c.err = jpeg_std_error(&out.manager);
    out.manager.error_exit = leave;
    jpeg_create_decompress(&c);
    if (setjmp(out.back)) {
        jpeg_destroy_decompress(&c);
        return -1;
    }
    rill_jpeg_src(&c, from);
    jpeg_read_header(&c, TRUE);
    c.scale_num = 1;
    c.scale_denom = 8;
    jpeg_start_decompress(&c);
    while (c.output_scanline < c.output_height)
        jpeg_read_scanlines(&c, &rows, 1);
    printf("a picture of %u x %u, a thumbnail of %u x %u\n", c.image_width,
           c.image_height, c.output_width, c.output_height);
    jpeg_finish_decompress(&c);
    jpeg_destroy_decompress(&c);
    return 0;
}

static int save(rill *picture, const char *path)
{
    rill *file = rill_open(path, "wbs");

    if (!file) {
        perror(path);
        return -1;
    }
    rill_rewind(picture);
    rill_copy(file, picture, -1);
    return rill_close(file);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "jpeg.c";
    rill *file = rill_open(path, "rb"), *picture = rill_open_mem(NULL);
    int ok = 0;

    if (!file)
        perror(path);
    else if (picture && encode(file, picture) == 0)
        ok = rill_rewind(picture) == 0 && thumbnail(picture) == 0;
    if (ok && argc > 2)
        ok = save(picture, argv[2]) == 0;
    ok &= rill_close(file) == 0;
    ok &= rill_close(picture) == 0;
    return !ok;
}
