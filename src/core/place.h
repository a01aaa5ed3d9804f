/*
 * place.h - the short way to a memory stream, for mem.c alone.
 *
 * A stream without options, name and allocator needs nothing but its fields
 * set. These two do that and no more: what rill_open_ops() checks and what it
 * zeroes would cost more than the stream.
 */
#ifndef RILL_PLACE_H
#define RILL_PLACE_H

#include <rill/ops.h>

/*
 * Make a readable and writable stream over the flat store `ops`, on the heap
 * (NULL if out of memory) or in the caller's storage. Its content is empty,
 * with room for `cap` bytes at offset `at` of the store's state, which is not
 * zeroed. It starts out writing: the first write is as cheap as the next.
 */
rill *rill__new_flat(const rill_ops *ops, size_t at, size_t cap,
                     void **self_out);
rill *rill__place_flat(void *place, const rill_ops *ops, size_t at, size_t cap,
                       void **self_out);

#endif /* RILL_PLACE_H */
