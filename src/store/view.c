/*
 * view.c - borrowed memory: read only (view), or bounded (fixed).
 *
 * The caller's bytes are the stream's content, so there is nothing to do but
 * to point at them; without `grow` the core never goes beyond their end.
 */
#include <rill/memory.h>
#include <rill/ops.h>

#include "../core/place.h"

static const rill_ops view_ops = {
    .struct_size = sizeof(rill_ops),
    .name = "view",
    .flags = RILL_OPS_FLAT,
};

static const rill_ops fixed_ops = {
    .struct_size = sizeof(rill_ops),
    .name = "fixed",
    .flags = RILL_OPS_FLAT,
};

static unsigned char nothing[1]; /* where an empty one points: never NULL */

/* Check what is to be borrowed; what is empty may be NULL, and points to
 * `nothing` then. */
static bool may_borrow(rill_flat *flat)
{
    if ((!flat->base && flat->cap > 0) || flat->len > flat->cap ||
        flat->cap > PTRDIFF_MAX)
        return false;
    if (!flat->base)
        flat->base = nothing;
    return true;
}

/* What a view borrows. The core never writes to a stream without RILL_WRITE. */
static rill_flat constant(const void *data, size_t len)
{
    unsigned char *base = (unsigned char *)(uintptr_t)data;

    return (rill_flat){.base = base, .len = len, .cap = len};
}

/* Open a stream over borrowed memory. */
static rill *borrow(const rill_ops *ops, int access, rill_flat flat,
                    const rill_options *o)
{
    void *self;
    rill *s;

    if (!may_borrow(&flat))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_ops(ops, access, NULL, o, &self);
    if (s)
        *rill_flat_of(s) = flat;
    return s;
}

rill *rill_open_view(const void *data, size_t len)
{
    return borrow(&view_ops, RILL_READ, constant(data, len), NULL);
}

rill *rill_init_view(rill_storage *storage, const void *data, size_t len)
{
    struct rill__stream *st = (void *)storage;
    rill_flat flat = constant(data, len);

    if (!may_borrow(&flat))
        return rill_open_failed(NULL, NULL, RILL_EINVAL);
    return rill__init_view(st, &view_ops, flat);
}

rill *rill_open_fixed(void *buf, size_t size, const rill_options *o)
{
    size_t len = o ? o->length : 0;

    return borrow(&fixed_ops, RILL_READ | RILL_WRITE,
                  (rill_flat){.base = buf, .len = len, .cap = size}, o);
}
