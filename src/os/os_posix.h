/*
 * os_posix.h - what the files of os.h for POSIX systems share: how a system
 * call is made.
 */
#ifndef RILL_OS_POSIX_H
#define RILL_OS_POSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include "os.h"

#ifndef _WIN32
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <sys/xattr.h>
#endif
/* The kernel's headers need not be installed with a C library. */
#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/fs.h>)
#include <linux/fs.h>
#endif
#endif

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

#define RESULT(expr) os_result((ptrdiff_t)(expr))

static inline ptrdiff_t os_result(ptrdiff_t r)
{
    return r < 0 ? RILL_OS_ERROR(errno) : r;
}

/*
 * Make a system call that returns -1 on failure, if the hook lets it happen:
 * again where a signal interrupts it.
 */
#define CALL(r, which, expr)                       \
    do {                                           \
        (r) = os_may((which), NULL) ? (expr) : -1; \
    } while ((r) < 0 && errno == EINTR)

/* Make one that moves `n` bytes, of which the hook may leave fewer, once: the
 * core decides whether to go on. */
#define MOVE(which, n, expr) (os_may((which), &(n)) ? (expr) : -1)

static inline bool os_may(int call, size_t *count)
{
    int err = rill__ask(call, count);

    if (err != 0)
        errno = err;
    return err == 0;
}

/* What open(2) is told. */
static inline int os_flags(int how)
{
    int flags = how & OS_INHERIT ? 0 : O_CLOEXEC;

    if ((how & OS_READ) && (how & OS_WRITE))
        flags |= O_RDWR;
    else
        flags |= how & OS_WRITE ? O_WRONLY : O_RDONLY;
    flags |= how & OS_APPEND ? O_APPEND : 0;
    flags |= how & OS_CREATE ? O_CREAT : 0;
    flags |= how & OS_TRUNCATE ? O_TRUNC : 0;
    flags |= how & OS_EXCLUSIVE ? O_EXCL : 0;
    flags |= how & OS_AS_IT_IS ? O_NOFOLLOW | O_NONBLOCK | O_NOCTTY : 0;
    return flags;
}

static inline int status_of(int fd, struct stat *st)
{
    int r;

    CALL(r, RILL_CALL_STAT, fstat(fd, st));
    return (int)RESULT(r);
}

static inline int info_of(const struct stat *st, struct os_info *info_out)
{
    info_out->size = (int64_t)st->st_size;
    info_out->permissions = (unsigned)st->st_mode & 07777;
    if (S_ISREG(st->st_mode))
        info_out->kind = OS_REGULAR;
    else
        info_out->kind = S_ISDIR(st->st_mode) ? OS_DIRECTORY : OS_OTHER;
    return 0;
}

#endif /* not Windows */

#endif /* RILL_OS_POSIX_H */
