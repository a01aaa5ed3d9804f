/*
 * place.h - the short way to a memory stream, for mem.c and view.c alone.
 *
 * A stream without options, name and allocator needs nothing but its fields
 * set. This does that and no more: what rill_open_ops() checks and what it
 * zeroes would cost more than the stream.
 */
#ifndef RILL_PLACE_H
#define RILL_PLACE_H

#include "internal.h"

/* Set every field of a new stream, with nothing in its windows. */
static inline void rill__init(struct rill__stream *st, const rill_ops *ops,
                              int access)
{
    unsigned char *empty = rill__no_bytes();

    st->win.rpos = st->win.rend = empty;
    st->win.wpos = st->win.wend = empty;
    st->ops = ops;
    st->flat.base = empty;
    st->flat.len = st->flat.cap = 0;
    st->off = 0;
    st->info = (rill__info *)(uintptr_t)&rill__no_info;
    st->err_offset = 0;
    st->err_os = 0;
    st->err = 0;
    st->err_operation = 0;
    st->access = (uint8_t)access;
    st->flags = 0;
    st->state_at = (uint16_t)RILL__STATE_AT;
    st->exports = 0;
    st->ahead = RILL__FIRST_FILL;
#ifndef NDEBUG
    st->self = rill__address(st);
#endif
}

/*
 * Make a readable and writable stream over the flat store `ops` in `st`, with
 * RILL__STATE_AT + ops->state_size bytes, of which the state is not touched.
 * Its content is empty, with room for `cap` bytes at `base`. It starts out
 * writing, so that the first write is as cheap as the next.
 */
static inline rill *rill__init_flat(struct rill__stream *st,
                                    const rill_ops *ops, unsigned char *base,
                                    size_t cap)
{
    rill__init(st, ops, RILL_READ | RILL_WRITE);
    st->flat.base = base;
    st->flat.cap = cap;
    st->win.rpos = st->win.rend = base;
    st->win.wpos = base;
    st->win.wend = base + cap;
    st->flags = WRITING | PLAIN;
    return &st->win;
}

/*
 * Make a stream that reads `flat` in the caller's storage `st`. It starts out
 * reading, with all of it in the window.
 */
static inline rill *rill__init_view(struct rill__stream *st,
                                    const rill_ops *ops, rill_flat flat)
{
    rill__init(st, ops, RILL_READ);
    st->flat = flat;
    st->off = (int64_t)flat.len;
    st->win.rpos = flat.base;
    st->win.rend = flat.base + flat.len;
    st->win.wpos = st->win.wend = flat.base;
    st->flags = PLAIN | IN_STORAGE;
    return &st->win;
}

#endif /* RILL_PLACE_H */
