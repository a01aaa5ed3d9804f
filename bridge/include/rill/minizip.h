/*
 * rill/minizip.h - minizip reads and writes archives in any stream.
 *
 * The table that this fills stands where that of fill_fopen64_filefunc()
 * stands:
 *
 *     zlib_filefunc64_def io;
 *     rill_minizip_filefunc(&io, s);
 *     unzFile in = unzOpen2_64("", &io);
 *     zipFile out = zipOpen2_64("", APPEND_STATUS_CREATE, NULL, &io);
 *
 * Whatever name is opened, it is the stream. As with files, to create an
 * archive drops what the stream held, and to read or extend one begins at
 * offset 0, wherever the position is (for a part: rill_open_section()). The
 * stream must be able to seek: unzOpen2_64() and zipOpen2_64() return NULL
 * otherwise, and where it is not open for what is asked (to append is not to
 * write).
 *
 *   errors     minizip's: UNZ_ERRNO, ZIP_ERRNO... It has no place for words;
 *              rill_failed() of the stream has them, and the errno. Closing
 *              the archive flushes the stream, and says if that fails.
 *   ownership  borrows the stream until unzClose() or zipClose(), and does not
 *              close it. The table may be used again.
 *   position   minizip's to move; wherever it was last, afterwards.
 *   threads    as one stream and one archive: one thread at a time.
 */
#ifndef RILL_MINIZIP_H
#define RILL_MINIZIP_H

#include <ioapi.h> /* what minizip's unzip.h and zip.h share */

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fill `io` for unzOpen2_64() and zipOpen2_64() on `s`. */
RILL_API void rill_minizip_filefunc(zlib_filefunc64_def *io, rill *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_MINIZIP_H */
