/*
 * user_store.c - stores as a user of rill/ops.h would write them.
 *
 * A moving one over an array, which hands out as much as its row says: all,
 * one byte, half, what chance gives, or every other time nothing. And a flat
 * one, which moves its bytes at every growth and spoils where they were.
 */
#include "fixture_store.h"

#include <rill/ops.h>

#include <errno.h>
#include <limits.h>

void fixture_bytes_cut(fixture_bytes *b, size_t len)
{
    if (len > b->cap) {
        b->cap = len * 2;
        b->data = realloc(b->data, b->cap);
        if (!b->data)
            FAIL("out of memory: %zu bytes", b->cap);
    }
    if (len > b->len)
        memset(b->data + b->len, 0, len - b->len);
    b->len = len;
}

void fixture_bytes_put(fixture_bytes *b, const void *data, size_t len,
                       size_t offset)
{
    if (!len)
        return;
    if (offset + len > b->len)
        fixture_bytes_cut(b, offset + len);
    memcpy(b->data + offset, data, len);
}

/* ---- Moving ------------------------------------------------------------- */

typedef struct user_store {
    fixture *fx;
} user_store;

static fixture *fixture_of(void *self)
{
    return ((user_store *)self)->fx;
}

/* How many of `n` bytes this call moves, or the code that it returns. */
static ptrdiff_t portion(fixture *fx, size_t n)
{
    fx->calls++;
    switch (fx->kind->setting) {
    case USER_ONE:
        return 1;
    case USER_HALF:
        return (ptrdiff_t)((n + 1) / 2);
    case USER_EINTR:
        if (test_below(&fx->seed, 3) == 0)
            return test_below(&fx->seed, 2) ? RILL_EINTR : RILL_OS_ERROR(EINTR);
        return (ptrdiff_t)test_below(&fx->seed, n < 100 ? n : 100) + 1;
    case USER_EAGAIN:
        return fx->calls % 2 ? RILL_EAGAIN : (ptrdiff_t)n;
    default:
        return (ptrdiff_t)n;
    }
}

static ptrdiff_t user_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    fixture *fx = fixture_of(self);
    ptrdiff_t part = portion(fx, n);
    size_t left;

    (void)s;
    if (n == 0 || offset < 0)
        FAIL("read of %zu bytes at %lld", n, (long long)offset);
    if (part < 0)
        return part;
    if ((uint64_t)offset >= fx->bytes.len)
        return 0;
    left = fx->bytes.len - (size_t)offset;
    n = (size_t)part < left ? (size_t)part : left;
    memcpy(buf, fx->bytes.data + offset, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t user_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    fixture *fx = fixture_of(self);
    ptrdiff_t part = portion(fx, n);

    (void)s;
    if (n == 0 || offset < 0)
        FAIL("write of %zu bytes at %lld", n, (long long)offset);
    if (part < 0)
        return part;
    if (offset > INT_MAX)
        return RILL_ENOSPC;
    fixture_bytes_put(&fx->bytes, buf, (size_t)part, (size_t)offset);
    return part;
}

/* Whether an operation that moves no bytes shall be called again. */
static int is_interrupted(fixture *fx)
{
    return fx->kind->setting == USER_EINTR && test_below(&fx->seed, 3) == 0;
}

static int64_t user_size(rill *s, void *self)
{
    fixture *fx = fixture_of(self);

    (void)s;
    return is_interrupted(fx) ? RILL_EINTR : (int64_t)fx->bytes.len;
}

static int user_truncate(rill *s, void *self, int64_t size)
{
    (void)s;
    if (size < 0)
        FAIL("truncate to %lld", (long long)size);
    if (is_interrupted(fixture_of(self)))
        return RILL_OS_ERROR(EINTR);
    if (size > INT_MAX)
        return RILL_ENOSPC;
    fixture_bytes_cut(&fixture_of(self)->bytes, (size_t)size);
    return RILL_OK;
}

static int user_flush(rill *s, void *self, int64_t offset)
{
    (void)s;
    (void)offset;
    return is_interrupted(fixture_of(self)) ? RILL_EINTR : RILL_OK;
}

static int user_sync(rill *s, void *self, int level)
{
    (void)s;
    (void)level;
    return is_interrupted(fixture_of(self)) ? RILL_EINTR : RILL_OK;
}

static const rill_ops user_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(user_store),
    .name = "user",
    .read = user_read,
    .write = user_write,
    .size = user_size,
    .truncate = user_truncate,
    .flush = user_flush,
    .sync = user_sync,
};

static int access_of(const char *mode)
{
    if (strchr(mode, '+'))
        return RILL_READ | RILL_WRITE;
    return mode[0] == 'r' ? RILL_READ : RILL_WRITE;
}

rill *fixture_open_user(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    void *self;
    rill *s;

    fixture_bytes_cut(&fx->bytes, 0);
    fixture_bytes_put(&fx->bytes, data, len, 0);
    s = rill_open_ops(&user_ops, access_of(mode), "user:store", &fx->options,
                      &self);
    if (s)
        ((user_store *)self)->fx = fx;
    return s;
}

rill *fixture_open_user_unbuffered(fixture *fx, const char *mode,
                                   const void *data, size_t len)
{
    fx->options.buffer_size = RILL_UNBUFFERED;
    return fixture_open_user(fx, mode, data, len);
}

rill *fixture_open_user_7(fixture *fx, const char *mode, const void *data,
                          size_t len)
{
    fx->options.buffer_size = 7;
    return fixture_open_user(fx, mode, data, len);
}

/* ---- Flat --------------------------------------------------------------- */

/* Memory of the stream's allocator, or (no OWNS) of the store's own. */
static unsigned char *flat_alloc(rill *s, fixture *fx, size_t size)
{
    unsigned char *p =
        fx->kind->can & TAKES ? rill_realloc(s, NULL, 0, size) : malloc(size);

    if (p)
        memset(p, 0xA5, size);
    return p;
}

static void flat_free(rill *s, fixture *fx, rill_flat *flat)
{
    if (!flat->cap)
        return;
    memset(flat->base, 0x5A, flat->cap);
    if (fx->kind->can & TAKES)
        rill_realloc(s, flat->base, flat->cap, 0);
    else
        free(flat->base);
}

static int flat_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    fixture *fx = fixture_of(self);
    unsigned char *moved;

    if (need > INT_MAX)
        return RILL_ENOSPC;
    need += need / 4;
    moved = flat_alloc(s, fx, need);
    if (!moved)
        return RILL_ENOMEM;
    memcpy(moved, flat->base, flat->len);
    flat_free(s, fx, flat);
    flat->base = moved;
    flat->cap = need;
    return RILL_OK;
}

static int flat_close(rill *s, void *self)
{
    flat_free(s, fixture_of(self), rill_flat_of(s));
    return RILL_OK;
}

/* The core frees the memory, and rill_take() gives it away. */
static const rill_ops owning_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(user_store),
    .name = "user_flat",
    .flags = RILL_OPS_FLAT | RILL_OPS_OWNS,
    .grow = flat_grow,
};

static const rill_ops flat_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(user_store),
    .name = "user_flat",
    .flags = RILL_OPS_FLAT | RILL_OPS_EXTENDS,
    .grow = flat_grow,
    .close = flat_close,
};

rill *fixture_open_user_flat(fixture *fx, const char *mode, const void *data,
                             size_t len)
{
    const rill_ops *ops = fx->kind->can & TAKES ? &owning_ops : &flat_ops;
    void *self;
    rill *s = rill_open_ops(ops, access_of(mode), NULL, &fx->options, &self);
    rill_flat *flat;

    if (!s)
        return NULL;
    ((user_store *)self)->fx = fx;
    flat = rill_flat_of(s);
    flat->base = flat_alloc(s, fx, len + 1);
    flat->cap = len + 1;
    flat->len = len;
    memcpy(flat->base, data, len);
    return s;
}
