/*
 * archive_rill.h - let libarchive write into, and read from, any stream.
 *
 * These stand beside libarchive's own archive_write_open_FILE() and friends.
 * Both borrow the stream until the archive is closed; a failure of the stream
 * becomes libarchive's: archive_error_string() says it in words.
 */
#ifndef ARCHIVE_RILL_H
#define ARCHIVE_RILL_H

#include <archive.h>

#include <rill/rill.h>

/* Returns ARCHIVE_OK or ARCHIVE_FATAL, as libarchive does. */
int archive_write_open_rill(struct archive *a, rill *s);

/* The same for reading. An archive in a stream that can seek may be read in
 * any order, and what is not wanted is skipped. */
int archive_read_open_rill(struct archive *a, rill *s);

#endif
