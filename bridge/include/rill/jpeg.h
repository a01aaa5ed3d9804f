/*
 * rill/jpeg.h - libjpeg (libjpeg-turbo) reads from, and writes to, any stream.
 *
 * These stand where jpeg_stdio_src() and jpeg_stdio_dest(), or jpeg_mem_src()
 * and jpeg_mem_dest(), stand in other programs:
 *
 *     rill *s = rill_open("picture.jpg", "rb");
 *     jpeg_create_decompress(&cinfo);
 *     rill_jpeg_src(&cinfo, s);
 *     jpeg_read_header(&cinfo, TRUE);
 *
 * Nothing is copied that matters: the decoder reads where the stream has its
 * bytes, and the encoder writes where the stream will have them.
 *
 *   errors     libjpeg's: a failure of the stream goes to error_exit(), with
 *              the code RILL_JPEG_FAILED and words ("JPEG stream: read at 4096:
 *              Input/output error"). A program with messages of its own
 *              (addon_message_table) gets JERR_FILE_READ or JERR_FILE_WRITE.
 *              The call on the stream has returned before, so that a jump
 *              passes nothing that is held. It sticks to the stream too, where
 *              that says so: rill_failed() has the errno.
 *              A picture that is cut short is what it is to jpeg_stdio_src():
 *              a warning, JWRN_JPEG_EOF, and grey where pixels are missing;
 *              who wants an error looks at err->num_warnings, or has an
 *              emit_message() that exits. No bytes at all: JERR_INPUT_EMPTY.
 *              A stream that would block is a failure: libjpeg is not
 *              suspended.
 *   ownership  the jpeg object borrows the stream until it is destroyed, or
 *              another is set. While a picture is being read or written, its
 *              bytes are lent to libjpeg: nobody else may use the stream.
 *   position   reading starts and writing goes on at the stream's position.
 *              jpeg_finish_decompress() leaves it behind the picture's last
 *              byte, so that pictures may follow each other, and anything else
 *              them. After jpeg_abort_decompress(), and tables without a
 *              picture, a jpeg_read_header() that follows goes on where the
 *              last one ended; to read from elsewhere, rill_seek() and set the
 *              stream again. After an error the position is somewhere in the
 *              picture.
 *   threads    as one stream and one jpeg object: one thread at a time.
 */
#ifndef RILL_JPEG_H
#define RILL_JPEG_H

#include <stdio.h> /* jpeglib.h needs it */

#include <jpeglib.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* err->msg_code of a stream's failure. */
enum { RILL_JPEG_FAILED = 5000 };

/* Read from `s`, at its position: instead of jpeg_stdio_src(). */
RILL_API void rill_jpeg_src(j_decompress_ptr cinfo, rill *s);

/* Write to `s`: instead of jpeg_stdio_dest(). jpeg_finish_compress() flushes
 * the stream, as it does with a FILE. What lies behind the position when a
 * picture is given up may have been overwritten. */
RILL_API void rill_jpeg_dest(j_compress_ptr cinfo, rill *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_JPEG_H */
