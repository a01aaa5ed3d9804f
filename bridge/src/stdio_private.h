/*
 * stdio_private.h - what the files of librill-stdio share: modes, errno, and
 * the calls of the C library that differ from system to system.
 *
 * Whoever includes this does so first: it asks the C library for fopencookie()
 * and for offsets of 64 bits.
 */
#ifndef STDIO_PRIVATE_H
#define STDIO_PRIVATE_H

#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _LARGEFILE64_SOURCE
#define RILL_STDIO_BUILD

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include <rill/ops.h>

#ifdef _MSC_VER
#define fseeko _fseeki64
#define ftello _ftelli64
#endif

/* How many bytes a FILE has read ahead, and that they be forgotten: where the
 * C library tells (STDIO_AHEAD). */
#if defined(__GLIBC__)
#include <stdio_ext.h>
#define STDIO_AHEAD(f) (size_t)((f)->_IO_read_end - (f)->_IO_read_ptr)
#define STDIO_FORGET(f) __fpurge(f)
#elif defined(__linux__) && !defined(__ANDROID__) /* musl */
#include <stdio_ext.h>
#define STDIO_AHEAD(f) __freadahead(f)
#define STDIO_FORGET(f) __fpurge(f)
#elif defined(__APPLE__) || defined(__FreeBSD__)
#define STDIO_AHEAD(f) ((f)->_r > 0 ? (size_t)(f)->_r : 0)
#define STDIO_FORGET(f) fpurge(f)
#endif

/* What a mode of stdio asks for, `or` of enum rill_access; 0: it is none. Only
 * r w a + b are letters here. */
static inline int stdio_access(const char *mode)
{
    int access = 0;

    if (!mode || (*mode != 'r' && *mode != 'w' && *mode != 'a'))
        return 0;
    access = *mode == 'r' ? RILL_READ : RILL_WRITE;
    access |= *mode == 'a' ? RILL_APPEND : 0;
    while (*++mode) {
        if (*mode == '+')
            access |= RILL_READ | RILL_WRITE;
        else if (*mode != 'b')
            return 0;
    }
    return access;
}

/* The errno for what a call on `s` returned; `notsup` where it cannot do that:
 * EBADF, ESPIPE. */
static inline int stdio_errno(const rill *s, int64_t code, int notsup)
{
    rill_error e;

    if (rill_failed(s, &e) == code && e.os_error)
        return e.os_error;
    return code == RILL_ENOTSUP ? notsup : rill_errno((int)code);
}

/* As rill_seek(), but nothing is before the start: memory streams would go to
 * it, as Python's do. */
static inline int64_t stdio_seek(rill *s, int64_t offset, int whence)
{
    int64_t from = 0;

    if (whence == SEEK_CUR)
        from = rill_tell(s);
    else if (whence == SEEK_END)
        from = rill_seekable(s) ? rill_size(s) : RILL_ENOTSUP;
    if (from < 0)
        return from;
    if (offset < -from)
        return RILL_EINVAL;
    return rill_seek(s, offset, whence);
}

#endif
