/*
 * png.c - libpng's callbacks over a stream.
 *
 * png_error() jumps. It is called as the last thing of a callback, when the
 * call on the stream has returned and nothing is held, so that a jump passes
 * only libpng's frames and the callback's own.
 */
#include <rill/png.h>

#include "images.h"

static PNG_FUNCTION(void, png_stream_failed,
                    (png_structp png, rill *s, const char *operation,
                     int64_t code),
                    PNG_NORETURN)
{
    char text[300] = "PNG stream: ";
    size_t len = strlen(text);

    bridge_failure(s, operation, code, text + len, sizeof(text) - len);
    png_error(png, text);
}

static void png_stream_read(png_structp png, png_bytep data, size_t n)
{
    rill *s = png_get_io_ptr(png);
    int rc = rill_read_exact(s, data, n);

    if (rc < 0)
        png_stream_failed(png, s, "read", rc);
}

static void png_stream_write(png_structp png, png_bytep data, size_t n)
{
    rill *s = png_get_io_ptr(png);
    int rc = images_write(s, data, n);

    if (rc < 0)
        png_stream_failed(png, s, "write", rc);
}

static void png_stream_flush(png_structp png)
{
    rill *s = png_get_io_ptr(png);
    int rc = images_flush(s);

    if (rc < 0)
        png_stream_failed(png, s, "flush", rc);
}

void rill_png_read_from(png_structp png, rill *s)
{
    png_set_read_fn(png, s, png_stream_read);
}

void rill_png_write_to(png_structp png, rill *s)
{
    png_set_write_fn(png, s, png_stream_write, png_stream_flush);
}
