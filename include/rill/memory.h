/*
 * rill/memory.h - what only streams in memory have: their bytes.
 *
 * These calls answer for streams whose content lies in one piece of memory
 * (mem, view, fixed, a spool that has not gone to disk, a flat store of
 * yours); on all others they return RILL_ENOTSUP. Rules as in rill/stream.h.
 */
#ifndef RILL_MEMORY_H
#define RILL_MEMORY_H

#include <rill/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Look at the whole content, whatever the position. *data_out gets a pointer
 * (never NULL) that is valid until the next call that writes, truncates, takes
 * or closes. Returns the length.
 */
RILL_API ptrdiff_t rill_data(rill *s, const void **data_out);

/*
 * Copy the whole content, whatever the position: BytesIO.getvalue(). The
 * caller owns the copy, length + 1 bytes with a NUL at the end: rill_free().
 * Returns the length.
 */
RILL_API ptrdiff_t rill_getvalue(rill *s, void **data_out);

/*
 * Lend the whole content for reading and writing in place, as
 * BytesIO.getbuffer() does. Until every view is given back, what would move or
 * shrink it is refused with RILL_EBUSY: every write, truncate, take, reset and
 * close. Reading and seeking go on. The bytes of a stream that cannot be
 * written must not be changed; what was peeked at behind bytes put back
 * (rill_ungetc()) is a copy, which does not change along. Returns the length.
 */
RILL_API ptrdiff_t rill_getbuffer(rill *s, void **data_out);

/* Give a view back; RILL_EINVAL if none is held. */
RILL_API int rill_releasebuffer(rill *s);

/*
 * Give the content to the caller, without a copy where it is larger than the
 * 64 bytes that lie in the stream: release it with rill_free() (or the
 * stream's allocator). Content of less than 1 MiB is malloc()'s, so free()
 * serves too; a stream's own allocator is given the length as its size, or 1.
 * The stream is empty afterwards, at position 0, and goes on.
 *
 * Returns the length; *data_out is never NULL. A stream that only borrows its
 * memory (view, fixed) returns RILL_ENOTSUP.
 */
RILL_API ptrdiff_t rill_take(rill *s, void **data_out);

/* Make it empty, at position 0, without failures, and keep the memory for what
 * comes: for reuse in a loop. */
RILL_API int rill_reset(rill *s);

/* Room for a stream that lives where its user wants: on the stack, in a
 * struct. Its content is private. */
typedef union rill_storage {
    void *align_pointer;
    int64_t align_int64;
    long double align_long_double;
    unsigned char space[256];
} rill_storage;

/*
 * As rill_open_mem(), in the caller's storage: never fails, and costs no
 * allocation while the content fits into what is left of the storage (at
 * least 64 bytes). The storage must not be moved or copied until rill_close(),
 * which does not free it; it may then be used anew.
 */
RILL_API rill *rill_init_mem(rill_storage *storage);

/* As rill_open_view(), in the caller's storage: never fails, but for a length
 * that no memory has (then NULL, with errno EINVAL). */
RILL_API rill *rill_init_view(rill_storage *storage, const void *data,
                              size_t len);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_MEMORY_H */
