/*
 * stdio_store.c - a stream over a FILE *.
 *
 * The store remembers where the FILE stands, and seeks only where the core
 * wants another place, or where C demands it between reading and writing. The
 * flags of the FILE are cleared before each call, since they last, and a
 * stream asks anew.
 */
#include "stdio_private.h"

#include <limits.h>

#include <rill/stdio.h>

#ifdef _WIN32
#include <io.h>
#define ftruncate_file(fd, size) (errno = _chsize_s(fd, size), errno ? -1 : 0)
#define sync_file(fd) _commit(fd)
#define isatty_file(fd) _isatty(fd)
#else
#include <unistd.h>
#define ftruncate_file(fd, size) ftruncate(fd, size)
#define sync_file(fd) fsync(fd)
#define isatty_file(fd) isatty(fd)
#endif

enum direction { NEITHER, READING, WRITING };

struct foreign {
    FILE *f;
    bool owned, seeks, writes, appends;
    enum direction was;
    int64_t at; /* where the FILE stands, if it seeks */
};

/* What an operation returns after a call on the FILE that failed. */
static int failed(void)
{
    return RILL_OS_ERROR(errno ? errno : EIO);
}

/* Stand at `offset`, for that direction. 0 or a failure. */
static int stand_at(struct foreign *p, int64_t offset, enum direction to)
{
    bool turns = p->was != NEITHER && p->was != to;
    bool to_end = to == WRITING && p->appends;
    bool ended = feof(p->f); /* Windows' descriptors remember that, too */

    errno = 0;
    clearerr(p->f);
    p->was = to;
    if (!p->seeks)
        return turns && fflush(p->f) != 0 ? failed() : 0;
    if (!to_end && !turns && !ended && offset == p->at)
        return 0;
    p->at = offset;
    if (fseeko(p->f, to_end ? 0 : offset, to_end ? SEEK_END : SEEK_SET) == 0)
        return 0;
    p->at = -1;
    return failed();
}

/* `done` bytes were read or written. */
static ptrdiff_t moved(struct foreign *p, size_t done)
{
    p->at += (int64_t)done;
    return (ptrdiff_t)done;
}

/* Read what is there, of what may make us wait for more. */
static size_t read_some(FILE *f, unsigned char *buf, size_t n)
{
    int c = getc(f); /* one read(), if need be */
    size_t done = 0;

    if (c == EOF)
        return 0;
    buf[done++] = (unsigned char)c;
#ifndef STDIO_AHEAD
    while (done < n && c != '\n' && (c = getc(f)) != EOF)
        buf[done++] = (unsigned char)c;
#else
    n = n - 1 < STDIO_AHEAD(f) ? n - 1 : STDIO_AHEAD(f);
    if (n > 0)
        done += fread(buf + 1, 1, n, f);
#endif
    return done;
}

static ptrdiff_t foreign_read(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    struct foreign *p = self;
    int rc = stand_at(p, offset, READING);
    size_t done;

    (void)s;
    if (rc < 0) /* an offset that no file can have is behind its end */
        return rc == RILL_OS_ERROR(EINVAL) ? 0 : rc;
    done = p->seeks ? fread(buf, 1, n, p->f) : read_some(p->f, buf, n);
    return done == 0 && ferror(p->f) ? failed() : moved(p, done);
}

static ptrdiff_t foreign_write(rill *s, void *self, const void *buf, size_t n,
                               int64_t offset)
{
    struct foreign *p = self;
    int rc = stand_at(p, offset, WRITING);
    size_t done;

    (void)s;
    if (rc < 0)
        return rc;
    done = fwrite(buf, 1, n, p->f);
    return done == 0 ? failed() : moved(p, done);
}

/* Also brings the FILE to where the stream is, for who uses that next. */
static int foreign_flush(rill *s, void *self, int64_t offset)
{
    struct foreign *p = self;

    (void)s;
    errno = 0;
    if (p->was == WRITING && fflush(p->f) != 0)
        return failed();
    if (!p->seeks || (p->was == WRITING && offset == p->at))
        return 0;
    p->was = NEITHER; /* C: after fseek() it may be either */
    p->at = offset;
    if (fseeko(p->f, offset, SEEK_SET) != 0) {
        p->at = -1;
        return errno == EINVAL ? 0 : failed(); /* no file has that offset */
    }
    (void)fflush(p->f); /* POSIX: and its descriptor stands there, too */
    return 0;
}

static int64_t foreign_size(rill *s, void *self)
{
    struct foreign *p = self;

    (void)s;
    errno = 0;
    if (fseeko(p->f, 0, SEEK_END) != 0)
        return failed();
    p->was = NEITHER;
    p->at = ftello(p->f);
    return p->at < 0 ? failed() : p->at;
}

/* The descriptor, with nothing waiting in front of it; or a code. */
static int settled_fd(struct foreign *p)
{
    int fd = fileno(p->f);

    errno = 0;
    if (p->writes && fflush(p->f) != 0)
        return failed();
    return fd >= 0 ? fd : RILL_ENOTSUP;
}

static int foreign_truncate(rill *s, void *self, int64_t size)
{
    struct foreign *p = self;
    int fd = settled_fd(p);

    (void)s;
    if (fd < 0)
        return fd;
    if (ftruncate_file(fd, size) != 0)
        return failed();
    p->was = NEITHER;
    p->at = ftello(p->f);
    return 0;
}

static int foreign_sync(rill *s, void *self, int level)
{
    int fd = settled_fd(self);

    (void)s, (void)level;
    if (fd < 0) /* without a descriptor, to have flushed it is all */
        return fd == RILL_ENOTSUP ? 0 : fd;
    return sync_file(fd) != 0 ? failed() : 0;
}

static int foreign_fileno(rill *s, void *self)
{
    (void)s;
    return settled_fd(self);
}

static int foreign_isatty(rill *s, void *self)
{
    struct foreign *p = self;
    int fd = fileno(p->f);

    (void)s;
    return fd >= 0 && isatty_file(fd);
}

static int foreign_close(rill *s, void *self)
{
    struct foreign *p = self;

    (void)s;
    errno = 0;
    return p->owned && rill_file_close(p->f) != 0 ? failed() : 0;
}

/* Two tables of operations: with `size`, what can seek; and without. */
#define OPERATIONS                                                          \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct foreign),  \
    .name = "FILE", .read = foreign_read, .write = foreign_write,           \
    .flush = foreign_flush, .sync = foreign_sync, .fileno = foreign_fileno, \
    .isatty = foreign_isatty, .close = foreign_close

static const rill_ops foreign_ops = {OPERATIONS};
static const rill_ops seeking_ops = {
    OPERATIONS,
    .size = foreign_size,
    .truncate = foreign_truncate,
};

/* Where the FILE stands, or -1: it does not seek. */
static int64_t place_of(FILE *f, int access)
{
    int whence = access & RILL_APPEND ? SEEK_END : SEEK_CUR;

    return fseeko(f, 0, whence) != 0 ? -1 : ftello(f);
}

rill *rill_open_file(FILE *f, const char *mode, int ownership,
                     const rill_options *o)
{
    int access = stdio_access(mode);
    int64_t at;
    void *self;
    rill *s;

    if (!f || !access || (ownership != RILL_BORROW && ownership != RILL_TAKE))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    at = place_of(f, access);
    s = rill_open_ops(at >= 0 ? &seeking_ops : &foreign_ops, access, NULL, o,
                      &self);
    if (!s)
        return NULL;
    *(struct foreign *)self = (struct foreign){
        .f = f,
        .owned = ownership == RILL_TAKE,
        .seeks = at >= 0,
        .writes = (access & RILL_WRITE) != 0,
        .appends = (access & RILL_APPEND) != 0,
        .at = at,
    };
    if (at > 0)
        rill_start_at(s, at);
    return s;
}
