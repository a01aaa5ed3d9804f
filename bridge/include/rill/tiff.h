/*
 * rill/tiff.h - libtiff reads, writes and changes TIFFs in any stream that can
 * seek.
 *
 * This stands where TIFFOpen() stands in a program that has a path, and
 * TIFFClientOpen() in one that has callbacks:
 *
 *     rill *s = rill_open_view(bytes, length);
 *     TIFF *tif = rill_tiff_open(s, "scan.tif", "r", RILL_TAKE);
 *     TIFFReadRGBAImage(tif, width, height, pixels, 0);
 *     TIFFClose(tif);
 *
 *   errors     libtiff's. A failure of the stream is told to the error handlers
 *              that the TIFF has, with the module "TIFF stream" and words
 *              ("read at 4096: Input/output error"), before libtiff says what
 *              it could not do because of that, and its call fails. It sticks
 *              to the stream too, where that says so: rill_failed() has the
 *              errno. TIFFClose() returns nothing: who writes either borrows
 *              the stream, and looks at what rill_close() returns, or has an
 *              error handler of the process (TIFFSetErrorHandler()), which is
 *              told if that fails.
 *   ownership  RILL_BORROW: the TIFF borrows the stream until TIFFClose().
 *              RILL_TAKE: it takes it, on success only, and TIFFClose() closes
 *              it.
 *   position   offsets in a TIFF count from the start of the stream. Afterwards
 *              the position is anywhere.
 *   memory     where the content of the stream is memory, a TIFF that is open
 *              for reading ("r", without an m) reads it there, as it does a
 *              file that is mapped: it holds a view (rill_getbuffer()), and
 *              what would move the content is refused until TIFFClose().
 *   threads    as one stream and one TIFF: one thread at a time.
 */
#ifndef RILL_TIFF_H
#define RILL_TIFF_H

#include <tiffio.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Open the TIFF in `s`. `name` is for messages and TIFFFileName(); `mode` is
 * that of TIFFOpen(), where b is for big-endian:
 *
 *   r  read; r+ change       w  write a new one: the stream is emptied first
 *   a  add directories, to an empty stream too
 *
 * with 8 for a BigTIFF, which is what more than 4 GiB need. All but r need a
 * stream that can be read and written (a w with one directory only: written).
 *
 * NULL on failure; the error handlers have been told why. So for a stream that
 * cannot seek: rill_copy() it to a rill_open_spool() first.
 */
RILL_API TIFF *rill_tiff_open(rill *s, const char *name, const char *mode,
                              int ownership);

#ifdef TIFFLIB_AT_LEAST /* 4.5 */
/* The same with libtiff's options (NULL: none), which are borrowed for the
 * call. Their handlers are told of failures of the stream once the TIFF is
 * open; before, only of what libtiff says. */
RILL_API TIFF *rill_tiff_open_ext(rill *s, const char *name, const char *mode,
                                  int ownership, TIFFOpenOptions *options);
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_TIFF_H */
