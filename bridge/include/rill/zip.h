/*
 * rill/zip.h - libzip reads, writes and changes archives in any stream, and
 * takes the content of files from any.
 *
 * This stands where zip_source_buffer(), zip_source_file() and
 * zip_source_filep() stand:
 *
 *     zip_source_t *source = rill_zip_source_create(s, RILL_BORROW, &error);
 *     zip_t *za = zip_open_from_source(source, ZIP_CREATE, &error);
 *     zip_file_add(za, "a.txt", rill_zip_source(za, in, RILL_BORROW), 0);
 *     zip_close(za);
 *
 * The stream that an archive is in can seek; after zip_close() it holds the new
 * archive, and nothing else. Until the very end of that the new bytes wait in
 * a spool (in memory up to 64 MiB, else in $TMPDIR), without those at the
 * start that stay as they are. After zip_discard(), or if zip_close() fails,
 * the stream holds what it did before: what a failing stream had taken of the
 * new bytes is put back. (A stream that fails for good cannot take them back:
 * ZIP_ER_INCONS; and a program may crash just then. Against both, open a file
 * as a save.) An empty stream that can be written is an empty archive.
 *
 * The stream that a file's content is in may be a pipe. It is read when libzip
 * wants it: in zip_close().
 *
 *   errors     libzip's: ZIP_ER_READ, ZIP_ER_WRITE... with the stream's errno,
 *              so that zip_error_strerror() has both. A failure to read
 *              sticks to the stream too; a write that was taken back does not.
 *   ownership  RILL_BORROW: the stream lives longer than the source: until
 *              zip_close() or zip_discard() has returned. RILL_TAKE: it is
 *              closed with the source; what that closing says is lost, so a
 *              stream that an archive is written to should be borrowed.
 *   position   none: where a stream can seek, the source is all of it, from
 *              offset 0 (for a part, give it a rill_open_section()), and the
 *              position is libzip's to move; 0 after an archive was written. A
 *              pipe is read from where it is, once.
 *   threads    as one stream and one zip_t: one thread at a time.
 */
#ifndef RILL_ZIP_H
#define RILL_ZIP_H

#include <zip.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A source of all that is in `s`; `ownership` is enum rill_ownership. To open
 * an archive or to add a file. Can be written where the stream can, but for
 * one that appends.
 *
 * Returns NULL with *error (may be NULL) set on failure: then `s` stays the
 * caller's. A NULL `s` is ZIP_ER_OPEN with the present errno, so that what
 * opens it needs no check of its own.
 */
RILL_API RILL_NODISCARD zip_source_t *
rill_zip_source_create(rill *s, int ownership, zip_error_t *error);

/* The same with the error in the archive `za`, as zip_source_buffer() has it
 * beside zip_source_buffer_create(). */
RILL_API RILL_NODISCARD zip_source_t *rill_zip_source(zip_t *za, rill *s,
                                                      int ownership);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_ZIP_H */
