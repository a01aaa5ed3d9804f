/*
 * stdio_remap_fd.c - the descriptor under a FILE.
 *
 * Not Rill's own files: those read and write at offsets that they keep, and
 * stdio's share the descriptor's with parents, children and dup()s. So here
 * are read() and write() at where the descriptor stands, and lseek() only for
 * a jump of the FILE's own.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <fcntl.h>
#include <sys/stat.h>

struct descriptor {
    struct remap *f;
};

/* What an operation returns for errno. A signal is not Rill's to hide: the FILE
 * is told, and the core that there is nothing just now. */
static int failed(struct remap *f)
{
    if (errno != EINTR)
        return RILL_OS_ERROR(errno);
    f->interrupt = EINTR;
    return RILL_EAGAIN;
}

int64_t rill__remap_fd_place(const struct remap *f)
{
    return lseek(f->fd, 0, SEEK_CUR);
}

/* Go to `offset`, if the descriptor was left elsewhere. */
static int go_to(struct remap *f, int64_t offset)
{
    if (offset == f->at)
        return 0;
    if (lseek(f->fd, offset, SEEK_SET) < 0)
        return failed(f);
    f->at = offset;
    return 0;
}

static ptrdiff_t moved(struct remap *f, ptrdiff_t r)
{
    if (r < 0)
        return failed(f);
    f->at += r;
    return r;
}

/* In one call: macOS refuses what an int does not hold. */
static size_t at_most(size_t n)
{
    size_t most = (size_t)1 << 30;

    return n < most ? n : most;
}

static ptrdiff_t pipe_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct descriptor *d = self;

    (void)s, (void)offset;
    return moved(d->f, read(d->f->fd, buf, at_most(n)));
}

static ptrdiff_t pipe_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    struct descriptor *d = self;

    (void)s, (void)offset;
    return moved(d->f, write(d->f->fd, buf, at_most(n)));
}

static ptrdiff_t file_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct descriptor *d = self;
    int rc = go_to(d->f, offset);

    return rc < 0 ? rc : pipe_read(s, self, buf, n, offset);
}

static ptrdiff_t file_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    struct descriptor *d = self;
    int rc = d->f->access & RILL_APPEND ? 0 : go_to(d->f, offset);

    return rc < 0 ? rc : pipe_write(s, self, buf, n, offset);
}

static int64_t file_size(rill *s, void *self)
{
    struct descriptor *d = self;
    struct stat info;

    (void)s;
    if (fstat(d->f->fd, &info) != 0)
        return failed(d->f);
    if (S_ISREG(info.st_mode))
        return info.st_size;
    d->f->at = lseek(d->f->fd, 0, SEEK_END); /* a disk */
    return d->f->at < 0 ? failed(d->f) : d->f->at;
}

static int file_truncate(rill *s, void *self, int64_t size)
{
    struct descriptor *d = self;

    (void)s;
    return ftruncate(d->f->fd, size) != 0 ? failed(d->f) : 0;
}

/* What was read ahead goes back to the descriptor. */
static int file_flush(rill *s, void *self, int64_t offset)
{
    struct descriptor *d = self;

    (void)s;
    return go_to(d->f, offset);
}

static int fd_sync(rill *s, void *self, int level)
{
    struct descriptor *d = self;

    (void)s, (void)level;
    return fsync(d->f->fd) != 0 ? failed(d->f) : 0;
}

static int fd_fileno(rill *s, void *self)
{
    struct descriptor *d = self;

    (void)s;
    return d->f->fd;
}

static int fd_isatty(rill *s, void *self)
{
    return isatty(fd_fileno(s, self));
}

#define OPERATIONS                                                            \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct descriptor), \
    .sync = fd_sync, .fileno = fd_fileno, .isatty = fd_isatty

static const rill_ops pipe_ops = {
    OPERATIONS,
    .name = "pipe",
    .read = pipe_read,
    .write = pipe_write,
};

static const rill_ops file_ops = {
    OPERATIONS,          .name = "file",    .read = file_read,
    .write = file_write, .size = file_size, .truncate = file_truncate,
    .flush = file_flush,
};

rill *rill__remap_open_fd(struct remap *f)
{
    int64_t at = rill__remap_fd_place(f);
    rill_options o = RILL_OPTIONS_INIT;
    void *self;
    rill *s;

    if (f->buffering == _IONBF)
        o.buffer_size = RILL_UNBUFFERED;
    else if (f->buffer_size > 0 && f->buffer_size <= PTRDIFF_MAX)
        o.buffer_size = (ptrdiff_t)f->buffer_size;
    s = rill_open_ops(at >= 0 ? &file_ops : &pipe_ops, f->access, NULL, &o,
                      &self);
    if (!s)
        return NULL;
    *(struct descriptor *)self = (struct descriptor){f};
    f->at = at;
    if (at > 0)
        rill_start_at(s, at);
    return s;
}

#endif
