/*
 * value.c - the bytes of streams in memory: looked at, copied, lent, given.
 *
 * All of it works on the content of a flat store, after writing has been
 * settled, so that flat.len is the whole of it.
 */
#include <string.h>

#include "../os/memory.h"
#include "internal.h"

ptrdiff_t rill_data(rill *s, const void **data_out)
{
    struct rill__stream *st = rill__of(s);

    if (!rill__is_flat(st))
        return RILL_ENOTSUP;
    *data_out = st->flat.base;
    return (ptrdiff_t)rill__flat_len(st);
}

ptrdiff_t rill_getvalue(rill *s, void **data_out)
{
    const void *data = NULL;
    ptrdiff_t len = rill_data(s, &data);
    unsigned char *copy;

    if (len < 0)
        return len;
    copy = rill_realloc(s, NULL, 0, (size_t)len + 1);
    if (!copy)
        return RILL_ENOMEM;
    memcpy(copy, data, (size_t)len);
    copy[len] = 0;
    *data_out = copy;
    return len;
}

ptrdiff_t rill_getbuffer(rill *s, void **data_out)
{
    struct rill__stream *st = rill__of(s);

    if (!rill__is_flat(st))
        return RILL_ENOTSUP;
    if (rill__is_called(st))
        return RILL_EBUSY;
    if (st->exports == UINT32_MAX)
        return RILL_ERANGE;
    (void)rill__settle(st); /* closes the write window: writes come by */
    st->exports++;
    *data_out = st->flat.base;
    return (ptrdiff_t)st->flat.len;
}

int rill_releasebuffer(rill *s)
{
    struct rill__stream *st = rill__of(s);

    if (st->exports == 0)
        return RILL_EINVAL;
    st->exports--;
    return RILL_OK;
}

/*
 * Give a flat store's memory away, or a copy: of what lies in the stream
 * itself; and of what is short in a large range, since that is malloc()'s by
 * promise. An allocator of the stream's gets the size said that it was given.
 */
static bool give_memory(struct rill__stream *st, void **data_out)
{
    size_t len = st->flat.len, size = len > 0 ? len : 1;
    bool own = st->info->allocator != NULL;
    bool copy =
        rill__is_embedded(st) || st->flat.cap == 0 ||
        (!own && st->flat.cap > MEMORY_HEAP_MAX && len < MEMORY_HEAP_MAX);
    unsigned char *p = st->flat.base;

    if (copy) {
        p = rill_realloc(&st->win, NULL, 0, size);
        if (p && len > 0)
            memcpy(p, st->flat.base, len);
    } else {
        if (own && st->flat.cap != size)
            p = rill_realloc(&st->win, p, st->flat.cap, size);
        if (p)
            st->flat = (rill_flat){.base = rill__no_bytes()};
    }
    if (p)
        *data_out = p;
    return p != NULL;
}

ptrdiff_t rill_take(rill *s, void **data_out)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t len;
    int rc;

    if (!rill__is_flat(st) || !(st->ops->flags & RILL_OPS_OWNS))
        return RILL_ENOTSUP;
    rc = rill__may_write(st);
    if (rc < 0)
        return rc;
    (void)rill__settle(st); /* flat: cannot fail */
    len = (ptrdiff_t)st->flat.len;
    if (!give_memory(st, data_out))
        return RILL_ENOMEM;
    (void)rill_reset(s); /* it may be written, and no view is held */
    return len;
}

int rill_reset(rill *s)
{
    struct rill__stream *st = rill__of(s);

    if (!rill__is_flat(st) || !rill_writable(s))
        return RILL_ENOTSUP;
    if (st->exports > 0 || rill__is_called(st))
        return RILL_EBUSY;
    rill_clear(s);
    rill__drop_windows(st);
    st->flat.len = 0;
    st->off = 0;
    st->flags &= (uint16_t) ~(WROTE | SOUGHT | AT_EOF);
    return RILL_OK;
}
