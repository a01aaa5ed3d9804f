/*
 * rill/share.h - one stream, several users.
 *
 * A stream serves one thread at a time. Here are the two ways to let more use
 * it: a section has a position of its own, so that many can read (or write)
 * different places at once; a lock lets them take turns at the one position.
 */
#ifndef RILL_SHARE_H
#define RILL_SHARE_H

#include <rill/open.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A stream over the bytes [offset, offset + size) of `s`, with a position and a
 * window of its own; its offset 0 is `offset`. `size` -1: up to the end of `s`,
 * wherever that is when it is asked; such a section can write past it. With a
 * size, the section ends there for reading, and writing beyond is RILL_ENOSPC.
 *
 * Works through rill_pread() and rill_pwrite(): `s` must be able to seek, is
 * borrowed until the section is closed, keeps its position, and sections of it
 * may be used in several threads at once under the rules of those two calls.
 * Closing a section writes its window and leaves `s` open. What a window of one
 * section has read ahead, another's writes do not change.
 * RILL_EINVAL if offset or size is negative (but for -1).
 */
RILL_API RILL_NODISCARD rill *
rill_open_section(rill *s, int64_t offset, int64_t size, const rill_options *o);

/*
 * A stream behind a lock. Takes `s`, which from now on is used only through
 * what follows; NULL (with errno; `s` stays the caller's) if it cannot. Given
 * NULL it gives NULL, so that an open that failed can be passed on.
 */
typedef struct rill_shared rill_shared;
RILL_API RILL_NODISCARD rill_shared *rill_share(rill *s);

/*
 * A stream for one thread over the shared one, at the position that all share.
 * Each rill_read(), rill_write(), rill_readv() or rill_writev(), and what is
 * one of them (rill_puts(), rill_printf()...), is done whole under the lock:
 * lines of a log do not mix, records of a queue are read once. It keeps nothing
 * back, and cannot seek; lines, peeks and all else that takes several steps
 * are for rill_lock(). Any number may be open; each is closed before
 * rill_unshare(), and leaves the shared stream as it is, flushed.
 */
RILL_API RILL_NODISCARD rill *rill_open_locked(rill_shared *sh,
                                               const rill_options *o);

/*
 * Several calls in one: wait for the lock and get the stream itself, with all
 * it can do; then give it back. Not twice by one thread, and no call on its
 * rill_open_locked() streams between: it would wait for itself.
 */
RILL_API RILL_NODISCARD rill *rill_lock(rill_shared *sh);
RILL_API void rill_unlock(rill_shared *sh);

/*
 * Close the stream and free what rill_share() made. Returns what rill_close()
 * says; RILL_EBUSY, with nothing done, while streams of rill_open_locked() are
 * open or a view of the stream is held. NULL: returns 0.
 */
RILL_API RILL_NODISCARD int rill_unshare(rill_shared *sh);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_SHARE_H */
