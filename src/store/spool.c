/*
 * spool.c - memory up to a threshold, then an unlinked temporary file.
 *
 * While small it is a flat store; when the content outgrows the threshold it
 * is written to a file and the stream becomes a moving store over that, with
 * the same position. The rules are a file's in both lives.
 */
#include <rill/ops.h>

#include <errno.h>

#include "../os/os.h"

struct spool {
    size_t threshold;
    int fd;     /* -1 while in memory */
    int shared; /* it was given away: its offset is kept in step */
};

/* ---- On disk ------------------------------------------------------------ */

static ptrdiff_t spool_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct spool *p = self;
    (void)s;
    return rill__os_pread(p->fd, buf, n, offset);
}

static ptrdiff_t spool_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct spool *p = self;
    (void)s;
    return rill__os_pwrite(p->fd, buf, n, offset);
}

static int64_t spool_size(rill *s, void *self)
{
    struct spool *p = self;
    struct os_info info;
    int rc = rill__os_info(p->fd, &info);

    (void)s;
    return rc < 0 ? rc : info.size;
}

static int spool_truncate(rill *s, void *self, int64_t size)
{
    struct spool *p = self;
    (void)s;
    return rill__os_truncate(p->fd, size);
}

static int spool_flush(rill *s, void *self, int64_t offset)
{
    struct spool *p = self;
    int64_t at = p->shared ? rill__os_seek(p->fd, offset, RILL_SEEK_SET) : 0;

    (void)s;
    return at < 0 && at != RILL_OS_ERROR(EINVAL) ? (int)at : RILL_OK;
}

static int spool_disk_fileno(rill *s, void *self)
{
    struct spool *p = self;
    (void)s;
    p->shared = 1;
    return p->fd;
}

static int spool_disk_close(rill *s, void *self)
{
    struct spool *p = self;
    (void)s;
    return rill__os_close(p->fd);
}

static const rill_ops spool_disk_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct spool),
    .name = "spool",
    .read = spool_read,
    .write = spool_write,
    .size = spool_size,
    .truncate = spool_truncate,
    .flush = spool_flush,
    .fileno = spool_disk_fileno,
    .close = spool_disk_close,
};

/* ---- In memory ---------------------------------------------------------- */

/* Move to a file. On failure all stays as it was. */
static int spool_roll(rill *s, struct spool *p)
{
    rill_flat *flat = rill_flat_of(s);
    int fd = rill__os_open_temp();
    size_t done = 0;

    if (fd < 0)
        return fd;
    while (done < flat->len) {
        ptrdiff_t r = rill__os_pwrite(fd, flat->base + done, flat->len - done,
                                      (int64_t)done);
        if (r == RILL_OS_ERROR(EINTR))
            continue;
        if (r <= 0) {
            rill__os_close(fd);
            return r < 0 ? (int)r : RILL_EIO;
        }
        done += (size_t)r;
    }
    if (flat->cap > 0)
        rill_realloc(s, flat->base, flat->cap, 0);
    p->fd = fd;
    rill_become(s, &spool_disk_ops);
    return RILL_OK;
}

static int spool_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    struct spool *p = self;
    int rc;

    if (need <= p->threshold)
        return rill_grow(s, flat, need, p->threshold, NULL);
    rc = spool_roll(s, p);
    return rc < 0 ? rc : 1;
}

static int spool_fileno(rill *s, void *self)
{
    struct spool *p = self;
    int rc = spool_roll(s, p);

    p->shared = 1;
    return rc < 0 ? rc : p->fd;
}

static const rill_ops spool_memory_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct spool),
    .name = "spool",
    .flags = RILL_OPS_FLAT | RILL_OPS_EXTENDS | RILL_OPS_OWNS,
    .grow = spool_grow,
    .fileno = spool_fileno,
};

rill *rill_open_spool(size_t threshold, const rill_options *o)
{
    struct spool *p;
    void *self;
    rill *s = rill_open_ops(&spool_memory_ops, RILL_READ | RILL_WRITE, NULL, o,
                            &self);
    int rc;

    if (!s)
        return NULL;
    p = self;
    p->threshold = threshold < PTRDIFF_MAX ? threshold : PTRDIFF_MAX;
    p->fd = -1;
    rc = threshold == 0 ? spool_roll(s, p) : RILL_OK;
    if (rc < 0) {
        rill_discard(s);
        return rill_open_failed(o, NULL, rc);
    }
    if (o)
        rill_hint_size(s, o->size_hint);
    return s;
}
