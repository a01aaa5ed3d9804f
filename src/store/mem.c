/*
 * mem.c - a growable stream in memory: io.BytesIO.
 *
 * The content begins in the few bytes behind the state, so that a small stream
 * costs no allocation, and moves out once it outgrows them. The core works on
 * it as a flat store, and frees it; all that is left to do here is to set it up
 * and to grow.
 */
#include <rill/memory.h>
#include <rill/ops.h>

#include <stdlib.h>
#include <string.h>

#include "../core/place.h"
#include "../os/call.h"

enum { MEM_SMALL = 64 };

struct mem {
    size_t max; /* the capacity never exceeds this */
    unsigned char small[MEM_SMALL];
};

_Static_assert(RILL__STATE_AT + sizeof(struct mem) <= sizeof(rill_storage),
               "a stream fits into rill_storage");

static int mem_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    struct mem *m = self;
    return rill_grow(s, flat, need, m->max, m->small);
}

static const rill_ops mem_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct mem),
    .name = "mem",
    .flags = RILL_OPS_FLAT | RILL_OPS_CLAMPS | RILL_OPS_OWNS,
    .grow = mem_grow,
};

static rill *open_with_options(const rill_options *o)
{
    void *self;
    struct mem *m;
    rill *s = rill_open_ops(&mem_ops, RILL_READ | RILL_WRITE, NULL, o, &self);

    if (!s)
        return NULL;
    m = self;
    m->max = o->max_size > 0 && (uint64_t)o->max_size < PTRDIFF_MAX
                 ? (size_t)o->max_size
                 : PTRDIFF_MAX;
    *rill_flat_of(s) = (rill_flat){
        .base = m->small,
        .cap = m->max < MEM_SMALL ? m->max : MEM_SMALL,
    };
    rill_hint_size(s, o->size_hint);
    return s;
}

/* Make a stream without options in memory that is the caller's so far. */
static inline rill *start(struct rill__stream *st)
{
    struct mem *m = (void *)((unsigned char *)st + RILL__STATE_AT);

    m->max = PTRDIFF_MAX;
    return rill__init_flat(st, &mem_ops, m->small, MEM_SMALL);
}

rill *rill_open_mem(const rill_options *o)
{
    struct rill__stream *st;

    if (o)
        return open_with_options(o);
    st = rill__malloc(RILL__STATE_AT + sizeof(struct mem));
    if (!st)
        return rill_open_failed(NULL, NULL, RILL_ENOMEM);
    return start(st);
}

rill *rill_open_mem_copy(const void *data, size_t len, const rill_options *o)
{
    rill_flat *flat;
    rill *s;
    int rc;

    if (!data && len > 0)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_mem(o);
    if (!s || len == 0)
        return s;
    rill_reset(s); /* it starts out writing */
    flat = rill_flat_of(s);
    rc = len > PTRDIFF_MAX ? RILL_ENOMEM : RILL_OK;
    if (rc == RILL_OK && len > flat->cap)
        rc = mem_grow(s, rill_self(s, &mem_ops), flat, len);
    if (rc < 0) {
        rill_discard(s);
        return rill_open_failed(o, NULL, rc);
    }
    memcpy(flat->base, data, len);
    flat->len = len;
    return s;
}

rill *rill_open_mem_take(void *data, size_t len, const rill_options *o)
{
    rill_flat *flat;
    struct mem *m;
    rill *s;

    if ((!data && len > 0) || len > PTRDIFF_MAX ||
        (o && o->max_size > 0 && len > (uint64_t)o->max_size))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_mem(o);
    if (!s || !data)
        return s;
    rill_reset(s); /* it starts out writing, into its own bytes */
    if (len == 0) {
        rill_realloc(s, data, 0, 0);
        return s;
    }
    flat = rill_flat_of(s);
    m = rill_self(s, &mem_ops);
    if (flat->base != m->small) /* a size hint's */
        rill_realloc(s, flat->base, flat->cap, 0);
    *flat = (rill_flat){.base = data, .len = len, .cap = len};
    return s;
}

rill *rill_init_mem(rill_storage *storage)
{
    struct rill__stream *st = (void *)storage;
    rill *s = start(st);

    st->flags |= IN_STORAGE;
    return s;
}
