/*
 * faulty.c - a store over an array whose operations fail when told to: every
 * operation asks the plan in `faulty` first.
 */
#include "faulty.h"

#include <rill/ops.h>

typedef struct faulty_self {
    faulty *f;
} faulty_self;

static faulty *plan(void *self)
{
    return ((faulty_self *)self)->f;
}

/* How many of `n` bytes at `offset` go well before `fails_at`. */
static size_t before(int64_t fails_at, size_t n, int64_t offset)
{
    if (!fails_at || offset + (int64_t)n < fails_at)
        return n;
    return offset >= fails_at - 1 ? 0 : (size_t)(fails_at - 1 - offset);
}

static ptrdiff_t faulty_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    faulty *f = plan(self);

    (void)s;
    f->reads++;
    n = before(f->read_fails_at, n, offset);
    if (!n)
        return f->code;
    if ((uint64_t)offset >= f->len)
        return 0;
    n = n < f->len - (size_t)offset ? n : f->len - (size_t)offset;
    memcpy(buf, f->data + offset, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t faulty_write(rill *s, void *self, const void *buf, size_t n,
                              int64_t offset)
{
    faulty *f = plan(self);

    (void)s;
    f->writes++;
    n = before(f->write_fails_at, n, offset);
    if (!n)
        return f->code;
    if ((uint64_t)offset + n > sizeof(f->data))
        FAIL("write at %lld", (long long)offset);
    memcpy(f->data + offset, buf, n);
    if ((size_t)offset + n > f->len)
        f->len = (size_t)offset + n;
    return (ptrdiff_t)n;
}

static int64_t faulty_size(rill *s, void *self)
{
    (void)s;
    return plan(self)->size_fails ? plan(self)->code : (int64_t)plan(self)->len;
}

static int faulty_truncate(rill *s, void *self, int64_t size)
{
    (void)s;
    if (plan(self)->truncate_fails)
        return plan(self)->code;
    plan(self)->len = (size_t)size;
    return RILL_OK;
}

static int faulty_flush(rill *s, void *self, int64_t offset)
{
    (void)s;
    (void)offset;
    return plan(self)->flush_fails ? plan(self)->code : RILL_OK;
}

static int faulty_sync(rill *s, void *self, int level)
{
    (void)s;
    (void)level;
    return plan(self)->sync_fails ? plan(self)->code : RILL_OK;
}

static int faulty_commit(rill *s, void *self)
{
    (void)s;
    plan(self)->commits++;
    return plan(self)->commit_fails ? plan(self)->code : RILL_OK;
}

static int faulty_close(rill *s, void *self)
{
    (void)s;
    plan(self)->closes++;
    return plan(self)->close_fails ? plan(self)->code : RILL_OK;
}

#define FAULTY_OPS                                                           \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(faulty_self),      \
    .name = "faulty", .read = faulty_read, .write = faulty_write,            \
    .size = faulty_size, .truncate = faulty_truncate, .flush = faulty_flush, \
    .sync = faulty_sync, .close = faulty_close

static const rill_ops plain_ops = {FAULTY_OPS};
static const rill_ops saving_ops = {FAULTY_OPS, .commit = faulty_commit};

rill *faulty_open(faulty *f, const char *mode, const rill_options *o)
{
    int access = mode[0] == 'r' ? RILL_READ : RILL_WRITE;
    void *self;
    rill *s;

    if (strchr(mode, '+'))
        access = RILL_READ | RILL_WRITE;
    s = rill_open_ops(f->plain ? &plain_ops : &saving_ops, access,
                      "faulty:store", o, &self);
    if (!s)
        FAIL("cannot open a faulty store");
    ((faulty_self *)self)->f = f;
    return s;
}
