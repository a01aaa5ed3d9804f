/*
 * view.c - borrowed memory: read only (view), or bounded (fixed).
 *
 * The caller's bytes are the stream's content, so there is nothing to do but
 * to point at them; without `grow` the core never goes beyond their end.
 */
#include <rill/ops.h>

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

/* Open a stream over `data`, of which the first `len` bytes are content. */
static rill *borrow(const rill_ops *ops, int access, rill_flat flat,
                    const rill_options *o)
{
    void *self;
    rill *s;

    if ((!flat.base && flat.cap > 0) || flat.len > flat.cap ||
        flat.cap > PTRDIFF_MAX)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    if (!flat.base)
        flat.base = nothing;
    s = rill_open_ops(ops, access, NULL, o, &self);
    if (s)
        *rill_flat_of(s) = flat;
    return s;
}

rill *rill_open_view(const void *data, size_t len)
{
    /* The core never writes to a stream without RILL_WRITE. */
    unsigned char *base = (unsigned char *)(uintptr_t)data;

    return borrow(&view_ops, RILL_READ,
                  (rill_flat){.base = base, .len = len, .cap = len}, NULL);
}

rill *rill_open_fixed(void *buf, size_t size, const rill_options *o)
{
    size_t len = o ? o->length : 0;

    return borrow(&fixed_ops, RILL_READ | RILL_WRITE,
                  (rill_flat){.base = buf, .len = len, .cap = size}, o);
}
