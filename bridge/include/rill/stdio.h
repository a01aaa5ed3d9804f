/*
 * rill/stdio.h - a FILE * for any stream, and a stream over any FILE *.
 *
 * For libraries that take a FILE * and nothing else, and for programs that
 * have been given one:
 *
 *     rill *s = rill_open_mem(NULL);
 *     FILE *f = rill_as_file(s, "w", RILL_BORROW);
 *     old_library_prints_to(f);
 *     if (fclose(f) != 0)
 *         perror("old_library_prints_to");
 *
 *   errors     both ways they are carried over with their errno: a failure of
 *              the stream is one of the FILE (ferror(), errno, fclose()), one
 *              of the FILE is RILL_EIO and so on of the stream, where it
 *              sticks, with rill_error.os_error.
 *   ownership  RILL_BORROW: what is below stays open, and is closed after what
 *              is above it. RILL_TAKE: it is closed with it, and what it says
 *              then is what the closing call returns; if the opening call
 *              fails, it is still the caller's.
 *   position   one, which both share; but each side reads ahead and keeps back
 *              for itself. So one side at a time: before the other is used,
 *              fflush() the FILE or rill_flush() the stream. Each hands on
 *              what was written, and moves the other to where it has come to.
 *   buffers    the FILE keeps its own, small ones; setvbuf() works. What a
 *              FILE writes reaches the store of its stream at once, and is not
 *              kept there a second time.
 *   threads    a FILE locks itself at each call; its stream must not be used
 *              by others meanwhile.
 *
 * A FILE is made of callbacks where the C library has them: fopencookie()
 * (glibc, musl, Cygwin), funopen() (BSD, macOS, Android). Elsewhere, that is
 * on Windows, it is a temporary file with a copy of the content, see below.
 *
 * On Windows a FILE * belongs to one of several C runtimes that a process may
 * have, and the others crash on it. That is why nothing in librill has one,
 * and why librill-stdio must use the runtime that its caller uses: where the
 * caller's is another, both functions return NULL with errno ENOTSUP. Then
 * compile bridge/src/stdio*.c into the program instead: they need nothing but
 * the public headers.
 */
#ifndef RILL_STDIO_H
#define RILL_STDIO_H

#include <errno.h>
#include <stdio.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A FILE that reads from, and writes to, `s`, at its position. `mode` is r, w
 * or a, with + for both directions and a b that changes nothing, as for
 * fdopen(): nothing is created or cut. a writes at the end, always. Ends with
 * fclose(). It seeks where the stream does, and has no descriptor.
 *
 * NULL with errno EINVAL for a mode that is none, EBADF where the stream is
 * not open for it.
 *
 * By a temporary file (Windows): all that there is to read is copied into it
 * by this call, so a pipe is read to its end. A FILE that writes must end with
 * rill_file_close(), which brings the file's content back into the stream;
 * after a plain fclose() it is lost, and a stream that was taken is not closed.
 */
RILL_API FILE *rill_as_file(rill *s, const char *mode, int ownership);

/*
 * End what rill_as_file() made, on any system: fclose(), where that suffices.
 * Returns 0, or EOF with errno; the FILE is gone either way.
 */
RILL_API int rill_file_close(FILE *f);

/*
 * A stream over `f`, at its position. `mode` as above, and `f` must be open
 * for it: that is found out by the first read or write. Heeds the options of
 * streams that move bytes.
 *
 * It seeks where `f` does. From a pipe or a terminal it takes what is there,
 * and does not wait for more; but where the C library does not tell how much
 * that is (Windows), it waits for a whole line. It has a descriptor, and can
 * truncate, where `f` has one. The end of the data and failures are asked
 * anew at each call, so that the flags of `f` do not last.
 */
RILL_API RILL_NODISCARD rill *
rill_open_file(FILE *f, const char *mode, int ownership, const rill_options *o);

#ifdef _WIN32
/* Whether a FILE * of the caller's runtime is one of librill-stdio's, too. */
RILL_API int rill_file_is_shared(const FILE *callers_stdout);

static inline FILE *rill_as_file_checked(rill *s, const char *mode,
                                         int ownership)
{
    if (rill_file_is_shared(stdout))
        return rill_as_file(s, mode, ownership);
    errno = ENOTSUP;
    return NULL;
}

static inline rill *rill_open_file_checked(FILE *f, const char *mode,
                                           int ownership, const rill_options *o)
{
    if (rill_file_is_shared(stdout))
        return rill_open_file(f, mode, ownership, o);
    errno = ENOTSUP;
    return NULL;
}

#ifndef RILL_STDIO_BUILD
#define rill_as_file rill_as_file_checked
#define rill_open_file rill_open_file_checked
#endif
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_STDIO_H */
