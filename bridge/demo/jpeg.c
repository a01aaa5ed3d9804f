/*
 * jpeg.c (demo) - libjpeg: the bytes travel as comments of a picture, since its
 * pixels would not come back the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rill/jpeg.h>

#include "carry.h"

enum { COMMENT = 65533 }; /* bytes at most */

const char carrier[] = "libjpeg, as comments of a picture";

/* Errors: libjpeg's own manager says what it is on stderr, and exits. */
static int draw(rill *from, rill *picture)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char piece[COMMENT];
    JSAMPROW row = piece;
    ptrdiff_t n;

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    rill_jpeg_dest(&c, picture);
    c.image_width = c.image_height = 1;
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
    jpeg_start_compress(&c, TRUE);
    while ((n = rill_read(from, piece, COMMENT)) > 0)
        jpeg_write_marker(&c, JPEG_COM, piece, (unsigned)n);
    jpeg_write_scanlines(&c, &row, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return (int)n;
}

static int read_back(rill *picture, rill *to)
{
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr errors;
    jpeg_saved_marker_ptr m;

    d.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&d);
    rill_jpeg_src(&d, picture);
    jpeg_save_markers(&d, JPEG_COM, 0xffff);
    jpeg_read_header(&d, TRUE);
    for (m = d.marker_list; m; m = m->next)
        rill_write(to, m->data, m->data_length);
    jpeg_destroy_decompress(&d);
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
