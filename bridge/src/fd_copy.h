/*
 * fd_copy.h - a stream's content into a file that is open as `number`, and
 * back. Results are as those of a store's operations: 0, a code, or
 * RILL_OS_ERROR().
 */
#ifndef FD_COPY_H
#define FD_COPY_H

#include <rill/rill.h>

/* Copy the content (of a stream that cannot seek: what is left) to the file,
 * whose offset is the stream's position then. The stream keeps that. */
int64_t rill__fd_fill(rill *s, int number);

/* Set the file's offset to the stream's position again. */
int64_t rill__fd_place(rill *s, int number);

/*
 * Make the content what is in the file, if it is not that already, and keep
 * both positions. To a stream that cannot be read, write what is in the file
 * from *brought on; *brought gets where that ended.
 */
int64_t rill__fd_bring_back(rill *s, int number, int64_t *brought);

/* The file is the stream's own: flush it, and drop what was read ahead. */
int64_t rill__fd_look_anew(rill *s);

#endif
