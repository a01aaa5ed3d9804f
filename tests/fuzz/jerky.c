/*
 * jerky.c - a store as a user writes it, which does as little as it may: short
 * counts, interruptions, "not now" and failures, as its script says.
 *
 * A script is repeated, and a store that is interrupted twice in a row would
 * never get on: the second time it works.
 */
#include "slot.h"

#include <errno.h>
#include <stdlib.h>

#include <rill/ops.h>

/* What one byte of a script says. */
enum whim { WHOLE, WHOLE_TOO, ONE, SOME, SHORT_BY_ONE, INTERRUPT, AGAIN, FAIL };

struct self {
    struct jerky *j;
};

static struct jerky *jerky_of(void *self)
{
    return ((struct self *)self)->j;
}

/* How many of `n` bytes this call moves, or the code that it returns. */
static ptrdiff_t portion(struct jerky *j, size_t n)
{
    uint8_t byte;

    if (j->calm || j->script_len == 0)
        return (ptrdiff_t)n;
    byte = j->script[j->at++ % j->script_len];
    if (byte % 8 != INTERRUPT)
        j->interrupted = false;
    switch (byte % 8) {
    case ONE:
        return 1;
    case SOME:
        return (ptrdiff_t)((size_t)(byte / 8) + 1 < n ? (size_t)(byte / 8) + 1
                                                      : n);
    case SHORT_BY_ONE:
        return (ptrdiff_t)(n > 1 ? n - 1 : n);
    case INTERRUPT:
        j->interrupted = !j->interrupted;
        if (!j->interrupted)
            return (ptrdiff_t)n;
        return byte & 8 ? RILL_EINTR : RILL_OS_ERROR(EINTR);
    case AGAIN:
        j->said |= SAID_AGAIN;
        return byte & 8 ? RILL_EAGAIN : RILL_OS_ERROR(EAGAIN);
    case FAIL:
        if (!j->may_fail)
            return (ptrdiff_t)n;
        j->said |= SAID_FAILED;
        return byte & 8 ? RILL_EIO : RILL_OS_ERROR(ENXIO);
    default:
        return (ptrdiff_t)n;
    }
}

static void set_len(struct jerky *j, size_t len)
{
    if (len > j->cap) {
        j->cap = len * 2;
        j->data = realloc(j->data, j->cap);
        if (!j->data)
            fuzz_fail("out of memory");
    }
    if (len > j->len)
        memset(j->data + j->len, 0, len - j->len);
    j->len = len;
}

void jerky_set(struct jerky *j, const void *data, size_t len)
{
    set_len(j, 0);
    set_len(j, len);
    if (len > 0)
        memcpy(j->data, data, len);
}

static ptrdiff_t jerky_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct jerky *j = jerky_of(self);
    ptrdiff_t part;

    (void)s;
    FUZZ_CHECK(n > 0 && offset >= 0);
    part = portion(j, n);
    if (part < 0)
        return part;
    if (offset >= (int64_t)j->len)
        return 0;
    if ((size_t)part > j->len - (size_t)offset)
        part = (ptrdiff_t)(j->len - (size_t)offset);
    memcpy(buf, j->data + offset, (size_t)part);
    return part;
}

static ptrdiff_t jerky_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct jerky *j = jerky_of(self);
    ptrdiff_t part;

    (void)s;
    FUZZ_CHECK(n > 0 && offset >= 0);
    part = portion(j, n);
    if (part < 0)
        return part;
    if (j->appends)
        offset = (int64_t)j->len;
    FUZZ_CHECK(offset <= 2 * MODEL_MOST);
    if ((size_t)offset + (size_t)part > j->len)
        set_len(j, (size_t)offset + (size_t)part);
    memcpy(j->data + offset, buf, (size_t)part);
    return part;
}

/* Pieces one after the other, until one is not taken whole. */
static ptrdiff_t jerky_pieces(rill *s, void *self, const rill_iovec *v,
                              int count, int64_t offset, bool writes)
{
    ptrdiff_t done = 0;

    FUZZ_CHECK(count > 0);
    for (int i = 0; i < count; i++) {
        ptrdiff_t n =
            writes ? jerky_write(s, self, v[i].data, v[i].len, offset + done)
                   : jerky_read(s, self, v[i].data, v[i].len, offset + done);

        if (n < 0 && done > 0) {
            jerky_of(self)->said = 0; /* nobody was told */
            return done;
        }
        if (n < 0)
            return n;
        done += n;
        if ((size_t)n < v[i].len)
            break;
    }
    return done;
}

static ptrdiff_t jerky_readv(rill *s, void *self, const rill_iovec *v,
                             int count, int64_t offset)
{
    return jerky_pieces(s, self, v, count, offset, false);
}

static ptrdiff_t jerky_writev(rill *s, void *self, const rill_iovec *v,
                              int count, int64_t offset)
{
    return jerky_pieces(s, self, v, count, offset, true);
}

static int64_t jerky_size(rill *s, void *self)
{
    (void)s;
    return (int64_t)jerky_of(self)->len;
}

static int jerky_truncate(rill *s, void *self, int64_t size)
{
    (void)s;
    FUZZ_CHECK(size >= 0 && size <= 2 * MODEL_MOST);
    set_len(jerky_of(self), (size_t)size);
    return RILL_OK;
}

static const rill_ops jerky_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct self),
    .name = "jerky",
    .read = jerky_read,
    .write = jerky_write,
    .size = jerky_size,
    .truncate = jerky_truncate,
};

static const rill_ops pieces_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct self),
    .name = "jerky pieces",
    .read = jerky_read,
    .write = jerky_write,
    .readv = jerky_readv,
    .writev = jerky_writev,
    .size = jerky_size,
    .truncate = jerky_truncate,
};

/* Without a size there is no position. */
static const rill_ops source_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct self),
    .name = "source",
    .read = jerky_read,
    .readv = jerky_readv,
};

static const rill_ops sink_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct self),
    .name = "sink",
    .write = jerky_write,
};

rill *jerky_open(struct slot *t, int access, const rill_options *o)
{
    const rill_ops *ops = t->kind == KIND_SOURCE    ? &source_ops
                          : t->kind == KIND_SINK    ? &sink_ops
                          : t->store.script_len % 2 ? &pieces_ops
                                                    : &jerky_ops;
    void *self;
    rill *s = rill_open_ops(ops, access, "jerky", o, &self);

    if (!s)
        return NULL;
    ((struct self *)self)->j = &t->store;
    t->store.appends = (access & RILL_APPEND) != 0;
    if (access & RILL_APPEND)
        rill_start_at(s, (int64_t)t->store.len);
    return s;
}
