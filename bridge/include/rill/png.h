/*
 * rill/png.h - libpng reads from, and writes to, any stream.
 *
 * These stand where png_init_io() stands in a program that has a FILE *:
 *
 *     rill *s = rill_open_mem(NULL);
 *     png_structp png = png_create_write_struct(...);
 *     rill_png_write_to(png, s);
 *     png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
 *
 *   errors     libpng's: a failure of the stream is told to png_error(), in
 *              words ("PNG stream: write at 4096: No space left on device"),
 *              and png_error() jumps to the program's setjmp() as always; the
 *              call on the stream has returned before. It sticks to the stream
 *              too, where that says so: rill_failed() has the errno. A picture
 *              that is cut short is "PNG stream: read at 70: end of data".
 *   ownership  the png_struct borrows the stream until it is destroyed, or
 *              another is set.
 *   position   reading starts and writing goes on at the stream's position.
 *              A picture that has been read to png_read_end() leaves it behind
 *              the picture's last byte, so that pictures may follow each other.
 *   threads    as one stream and one png_struct: one thread at a time.
 */
#ifndef RILL_PNG_H
#define RILL_PNG_H

#include <png.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read from `s`: instead of png_init_io(), png_set_read_fn(). */
RILL_API void rill_png_read_from(png_structp png, rill *s);

/* Write to `s`: instead of png_init_io(), png_set_write_fn(). png_write_flush()
 * flushes the stream; its end does not: rill_close() or rill_flush() will. */
RILL_API void rill_png_write_to(png_structp png, rill *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_PNG_H */
