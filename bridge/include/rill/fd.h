/*
 * rill/fd.h - a descriptor, or a path, for the bytes of any stream.
 *
 * For what takes nothing else: a library that opens its files by itself, or a
 * child process.
 *
 *     rill *s = rill_open_mem(NULL);
 *     rill_fd *f = rill_as_path(s, ".png", 0);
 *     png_image_write_to_file(&image, rill_fd_path(f), 0, pixels, 0, NULL);
 *     rc = rill_fd_close(f);            ... and the picture is in the stream
 *
 * What is behind them is, in this order:
 *   - the stream's own file, where it seeks and rill_fileno() knows one (and,
 *     if a path is asked for, that has one, with that extension);
 *   - a copy in memory (memfd) with the path /proc/PID/fd/N, which this process
 *     and all others of its user can open; not if an extension is asked for;
 *   - a copy in a file in a directory of its own, in $TMPDIR, else /tmp (%TEMP%
 *     on Windows), that only this user may enter. Libraries that look at the
 *     real path, put further files beside it, or write another file and rename
 *     it, find all they need: sqlite, say. Closing removes the directory.
 *
 * What is written to the stream's own file is there at once; rill_fd_sync()
 * drops what the stream had read ahead of it. What is written to a copy is
 * brought back by rill_fd_sync() and rill_fd_close():
 *
 *   stream that...     the copy holds          what is brought back
 *   reads, seeks       all of its content      nothing: the copy is read-only
 *   reads only         what is left, up to     nothing, as above
 *                      its end (this reads it)
 *   reads, writes,     all of its content      all, if anything has changed:
 *     seeks                                    the stream is as the copy then
 *   writes only        nothing                 what the copy holds beyond what
 *                                              was brought before: written at
 *                                              the position
 *   both ways, no      (none: RILL_ENOTSUP, as for a socket)
 *     seeking
 *
 * Between making and closing the stream itself is left alone: what is written
 * to it meanwhile is not in the copy, and a copy that is brought back replaces
 * it. In append mode only what is behind the old end can be brought back; other
 * changes are RILL_ENOTSUP.
 *
 *   errors     rill_as_fd() and rill_as_path() return NULL with errno; the
 *              others a negative RILL_E*, with errno too. What the stream fails
 *              at sticks to it: rill_failed(). Without memfd_create() a file is
 *              the copy; without /proc, where a path is asked for. ENOSPC,
 *              EMFILE... are the system's.
 *   ownership  a rill_fd borrows the stream, and owns what it gives. It leaves
 *              the descriptor open and the path there until it is closed, and
 *              neither is to be closed or removed by others. A program that is
 *              killed leaves such a directory behind.
 *   position   the descriptor starts at the stream's position (rill_rewind()
 *              first, to give all), a copy of a stream that cannot seek at 0.
 *              From then on they move apart: each keeps its own.
 *   threads    as one stream: one at a time.
 *   Windows    a descriptor is the C runtime's, as _open() gives it, a path in
 *              the encoding of fopen(); it is always a copy.
 */
#ifndef RILL_FD_H
#define RILL_FD_H

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_fd rill_fd;

/* How to make one; an `or`, or 0. */
enum rill_fd_flags {
    /* The descriptor stays open over exec(), for a child process. */
    RILL_FD_INHERITABLE = 1,
    /*
     * A copy in memory as it is now, sealed (F_ADD_SEALS): nobody can change,
     * cut or extend it, and who gets it can make sure of that (F_GET_SEALS).
     * Nothing is brought back. RILL_ENOTSUP where there is no such thing; with
     * an extension, RILL_EINVAL.
     */
    RILL_FD_SEALED = 2
};

/* A descriptor for the bytes of `s`; a path too where that costs nothing. */
RILL_API RILL_NODISCARD rill_fd *rill_as_fd(rill *s, int flags);

/* A path for the bytes of `s`, and a descriptor. The path ends in `extension`
 * (".png"; no directories in it), if that is not NULL. */
RILL_API RILL_NODISCARD rill_fd *rill_as_path(rill *s, const char *extension,
                                              int flags);

/* The descriptor: the same at each call, until `f` is closed. */
RILL_API int rill_fd_number(const rill_fd *f);

/* The path, absolute: the same at each call. NULL where rill_as_fd() found
 * none. */
RILL_API const char *rill_fd_path(const rill_fd *f);

/*
 * Bring back what was written, and go on. For a copy that has a directory, this
 * is what is under the path now, even if that is another file. Returns 0, or a
 * code: then some of it may have been brought back, and it can be tried again.
 */
RILL_API int rill_fd_sync(rill_fd *f);

/* The same, then close the descriptor and remove the file, even if that failed.
 * RILL_EIO with ENOTEMPTY: somebody left a directory in ours, which stays.
 * rill_fd_close(NULL) returns 0. */
RILL_API RILL_NODISCARD int rill_fd_close(rill_fd *f);

/* Close it, and bring nothing back that was written to a copy. */
RILL_API void rill_fd_discard(rill_fd *f);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_FD_H */
