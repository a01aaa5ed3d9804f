/*
 * mem.c - a growable stream in memory: io.BytesIO.
 *
 * The content begins in the few bytes behind the state, so that a small stream
 * costs no allocation, and moves out once it outgrows them. The core works on
 * it as a flat store; all that is left to do here is to set it up, to grow and
 * to free.
 */
#include <rill/memory.h>
#include <rill/ops.h>

#include <string.h>

enum { MEM_SMALL = 64 };

struct mem {
    size_t max; /* the capacity never exceeds this */
    unsigned char small[MEM_SMALL];
};

static int mem_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    struct mem *m = self;
    return rill_grow(s, flat, need, m->max, m->small);
}

static int mem_close(rill *s, void *self)
{
    struct mem *m = self;
    rill_flat *flat = rill_flat_of(s);

    if (flat->cap > 0 && flat->base != m->small)
        rill_realloc(s, flat->base, flat->cap, 0);
    return RILL_OK;
}

static const rill_ops mem_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct mem),
    .name = "mem",
    .flags = RILL_OPS_FLAT | RILL_OPS_CLAMPS | RILL_OPS_GIVES,
    .grow = mem_grow,
    .close = mem_close,
};

rill *rill_open_mem(const rill_options *o)
{
    void *self;
    struct mem *m;
    rill *s = rill_open_ops(&mem_ops, RILL_READ | RILL_WRITE, NULL, o, &self);

    if (!s)
        return NULL;
    m = self;
    m->max = o && o->max_size > 0 && (uint64_t)o->max_size < PTRDIFF_MAX
                 ? (size_t)o->max_size
                 : PTRDIFF_MAX;
    *rill_flat_of(s) = (rill_flat){.base = m->small, .cap = MEM_SMALL};
    if (m->max < MEM_SMALL)
        rill_flat_of(s)->cap = m->max;
    if (o)
        rill_hint_size(s, o->size_hint);
    return s;
}

rill *rill_open_mem_copy(const void *data, size_t len, const rill_options *o)
{
    rill *s;

    if (!data && len > 0)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_mem(o);
    if (!s || len == 0)
        return s;
    rill_hint_size(s, len < PTRDIFF_MAX ? (int64_t)len : 0);
    if (rill_write(s, data, len) != (ptrdiff_t)len ||
        rill_rewind(s) != RILL_OK) {
        int rc = rill_failed(s, NULL);
        rill_discard(s);
        return rill_open_failed(o, NULL, rc ? rc : RILL_ENOSPC);
    }
    return s;
}

rill *rill_open_mem_take(void *data, size_t len, const rill_options *o)
{
    rill *s;

    if ((!data && len > 0) || len > PTRDIFF_MAX ||
        (o && o->max_size > 0 && len > (uint64_t)o->max_size))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_mem(o);
    if (!s || !data)
        return s;
    if (len == 0)
        rill_realloc(s, data, 0, 0);
    else
        *rill_flat_of(s) = (rill_flat){.base = data, .len = len, .cap = len};
    return s;
}

rill *rill__init_storage(rill_storage *storage, const rill_ops *ops,
                         void **self_out);

rill *rill_init_mem(rill_storage *storage)
{
    void *self;
    rill *s = rill__init_storage(storage, &mem_ops, &self);
    struct mem *m = self;

    m->max = PTRDIFF_MAX;
    *rill_flat_of(s) = (rill_flat){.base = m->small, .cap = MEM_SMALL};
    return s;
}
