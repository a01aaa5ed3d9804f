/*
 * rill/archive.h - libarchive reads from, and writes to, any stream; and the
 * data of an entry is a stream itself.
 *
 * The first two stand where archive_read_open_FILE() and
 * archive_write_open_FILE() stand in a program that has a FILE *:
 *
 *     struct archive *a = archive_read_new();
 *     archive_read_support_format_all(a);
 *     archive_read_support_filter_all(a);
 *     rill_archive_read_open(a, s);
 *     while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
 *         rill *data = rill_open_archive_entry(a, entry, "rb", NULL);
 *         ...
 *         rill_close(data);
 *     }
 *     archive_read_free(a);
 *
 *   errors     libarchive's: ARCHIVE_FATAL, with archive_errno() the stream's
 *              errno and archive_error_string() its words ("read at 700:
 *              Input/output error"); sometimes it lays words of its own over
 *              them. A failure of the store sticks to the stream in any case:
 *              rill_failed(). libarchive cannot go on after RILL_EAGAIN: the
 *              stream must be one that waits.
 *   ownership  the archive borrows the stream until archive_read_close(),
 *              archive_write_close() or their free() functions. An entry's
 *              stream borrows the archive until it is closed.
 *   position   reading starts and writing goes on at the stream's position,
 *              which is offset 0 of the archive.
 *   threads    as one stream and one archive: one thread at a time.
 */
#ifndef RILL_ARCHIVE_H
#define RILL_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Read an archive from `s`: instead of archive_read_open_FILE(),
 * archive_read_open_memory()... libarchive looks at the stream's own window:
 * no byte is copied. It can skip in all streams and seek where they can, so
 * that 7-Zip, RAR and the directory of a ZIP file work; from a pipe come tar,
 * cpio, and ZIP as it streams.
 *
 * archive_read_close() leaves the stream behind the last byte that libarchive
 * made use of: behind the end of a tar archive, so that others may follow.
 * (A pipe stands at most as many bytes further as libarchive put aside.)
 *
 * Returns ARCHIVE_OK or ARCHIVE_FATAL.
 */
RILL_API int rill_archive_read_open(struct archive *a, rill *s);

/*
 * Write an archive to `s`: instead of archive_write_open_FILE(),
 * archive_write_open_memory()... Nothing is gathered into blocks, since the
 * stream has a window, and nothing is added behind the archive; unless
 * archive_write_set_bytes_in_last_block() was called before: then the archive
 * has the blocks that were set. archive_write_close() leaves the last bytes in
 * the stream's window: rill_close() or rill_flush() says whether they went.
 *
 * Returns ARCHIVE_OK or ARCHIVE_FATAL.
 */
RILL_API int rill_archive_write_open(struct archive *a, rill *s);

/*
 * The data of the entry whose header was read or written last, as a stream
 * that cannot seek. `mode` "rb": to read it, instead of archive_read_data();
 * holes of a sparse file are zeros, the last one too. "wb": to write it,
 * instead of archive_write_data(); more than the header promised is
 * RILL_ENOSPC. The archive may be of any kind, not only over a stream.
 *
 * `entry` (NULL: none) gives the stream its name, archive_entry_pathname(), and
 * is not kept. Heeds the options for stores that move bytes. Data goes from
 * libarchive's block straight to where rill_read() or rill_copy() wants it, if
 * that is not less than a window.
 *
 * The stream is for this entry alone: once the next header has been read,
 * reading fails with RILL_EINVAL; a writer is closed before the next header is
 * written. Damaged data is RILL_EDATA, also where libarchive only warns, and
 * archive_error_string() has the words; other failures have its errno.
 *
 * Returns NULL with errno on failure.
 */
RILL_API RILL_NODISCARD rill *
rill_open_archive_entry(struct archive *a, struct archive_entry *entry,
                        const char *mode, const rill_options *o);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_ARCHIVE_H */
