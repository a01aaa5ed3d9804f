/*
 * rill/ops.h - for those who write a store.
 *
 * A store moves bytes and nothing else. The core owns the rules: it keeps the
 * position, checks arguments, retries what was interrupted or cut short,
 * switches between reading and writing, flushes, and remembers failures. There
 * are two kinds of store, and a store is one of them at a time:
 *
 *   moving  the bytes are elsewhere (a file, a socket, a codec): `read` and
 *           `write` carry them to and from a window that the core owns;
 *   flat    the bytes are memory: the core works on that memory itself, and
 *           asks only `grow` for more of it.
 *
 * `self` is the store's own state: `state_size` bytes that the core has zeroed
 * and placed behind the stream, aligned as malloc() aligns.
 *
 * An operation left NULL means "cannot": the stream says so (rill_readable(),
 * rill_seekable()...) and its callers get RILL_ENOTSUP. Only `struct_size`,
 * `name` and one way to move bytes are required.
 *
 * What operations return: a count or 0 when all is well, or a negative code.
 * Failures of the operating system are RILL_OS_ERROR(errno), which carries the
 * errno to rill_error. RILL_EINTR (or RILL_OS_ERROR(EINTR)) means "call me
 * again"; RILL_EAGAIN (or of EAGAIN, EWOULDBLOCK) "nothing just now".
 *
 * Operations may not use the stream that they serve, but for the functions at
 * the end of this header: other calls than the inline ones are refused with
 * RILL_EBUSY (rill_discard() and rill_auto_close() do nothing).
 */
#ifndef RILL_OPS_H
#define RILL_OPS_H

#include <rill/open.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_OS_ERROR(err) (-4096 - (err))

/* Memory that holds a flat store's content, or a moving store's window. */
typedef struct rill_flat {
    unsigned char *base; /* never NULL */
    size_t len;          /* content: the core's to change */
    size_t cap;          /* room: the store's to change, >= len */
} rill_flat;

/* What a table of operations is, beyond what its NULLs say. */
enum rill_ops_flags {
    RILL_OPS_FLAT = 1,    /* a flat store */
    RILL_OPS_EXTENDS = 2, /* flat: truncate() to more extends with zeros */
    RILL_OPS_CLAMPS = 4,  /* seeking before the start goes to 0 (BytesIO) */
    RILL_OPS_OWNS = 8,    /* flat: the memory is rill_realloc()'s or in the
                             state; the core frees it, rill_take() gives it */
    RILL_OPS_ENDS = 16    /* `commit` hands on what `flush` would, in its own
                             way: closing calls only that */
};

/* What a stream is opened for. */
enum rill_access {
    RILL_READ = 1,
    RILL_WRITE = 2,
    RILL_APPEND = 4,   /* every write goes to the end */
    RILL_EXCLUSIVE = 8 /* it was created: only rill_mode() asks */
};

typedef struct rill_ops {
    size_t struct_size; /* sizeof(rill_ops) that the store was built with */
    size_t state_size;
    const char *name; /* "file", "mem"...: rill_kind() */
    unsigned flags;

    /*
     * Moving: read up to `n` > 0 bytes at `offset` into `buf`. Fewer is fine,
     * 0 is the end of the data. A store without `size` cannot seek; its
     * offsets only count.
     */
    ptrdiff_t (*read)(rill *s, void *self, void *buf, size_t n, int64_t offset);

    /* Moving: write up to `n` > 0 bytes at `offset`. Fewer is fine, 0 is not.
     * A store with RILL_APPEND writes at its end, whatever `offset` says. */
    ptrdiff_t (*write)(rill *s, void *self, const void *buf, size_t n,
                       int64_t offset);

    /* Moving, optional: the same for `count` > 0 pieces, none of them empty. */
    ptrdiff_t (*readv)(rill *s, void *self, const rill_iovec *v, int count,
                       int64_t offset);
    ptrdiff_t (*writev)(rill *s, void *self, const rill_iovec *v, int count,
                        int64_t offset);

    /*
     * Flat: make flat->cap >= `need` and keep the first flat->len bytes,
     * moving them if it must. Return 0; 1 if the store has become another
     * (rill_become()) and the core shall ask that; RILL_ENOSPC at a limit.
     * SIZE_MAX is asked for where no memory can be long enough. NULL: the room
     * never grows.
     */
    int (*grow)(rill *s, void *self, rill_flat *flat, size_t need);

    /* The content's length now. Flat stores need none: flat->len is. */
    int64_t (*size)(rill *s, void *self);

    /* Moving: cut or extend with zeros. Nothing is pending when called. */
    int (*truncate)(rill *s, void *self, int64_t size);

    /* Hand on what the store itself holds back. `offset` is the stream's
     * position. Called after the window has been written. */
    int (*flush)(rill *s, void *self, int64_t offset);

    /* Moving, optional: bring `n` bytes at `from_offset` of another stream of
     * this store to `offset` without moving them through memory. Return how
     * many that was; 0 or a code: none, the core will copy. */
    int64_t (*clone)(rill *s, void *self, int64_t offset, void *from_self,
                     int64_t from_offset, int64_t n);

    /* Make it durable; `level` is RILL_SYNC_DATA or RILL_SYNC_DISK. */
    int (*sync)(rill *s, void *self, int level);

    /* The content will be `size` bytes long: a hint. */
    void (*hint)(rill *s, void *self, int64_t size);

    /* A descriptor for the same bytes at the same offsets. A flat store may
     * become a moving one for it (rill_become()). */
    int (*fileno)(rill *s, void *self);
    int (*isatty)(rill *s, void *self);

    /*
     * All was written without a failure and the stream is being closed: make
     * it count, whole. Not called by rill_discard(), after a failure, or where
     * a RILL_AUTO scope ends; then `close` alone drops what was written, and
     * what was there before stays. A wrapper of what commits (see
     * rill_wrapped_commits()) has a `commit` that closes what it wraps, and a
     * `close` that discards it otherwise, so that the rule holds through any
     * number of them.
     */
    int (*commit)(rill *s, void *self);

    /* Free what the store holds; the state itself belongs to the core. Called
     * once, last, whatever happened before. A failure is rill_close()'s. */
    int (*close)(rill *s, void *self);
} rill_ops;

/*
 * Make a stream over a store. `access` is an `or` of RILL_READ, RILL_WRITE,
 * RILL_APPEND. `name` (copied, may be NULL) is what rill_name() says. The
 * table is borrowed until close. *self_out gets the zeroed state.
 */
RILL_API RILL_NODISCARD rill *rill_open_ops(const rill_ops *ops, int access,
                                            const char *name,
                                            const rill_options *o,
                                            void **self_out);

/* The memory of a flat store (to set it up right after rill_open_ops(), and in
 * `close`), current whenever an operation runs. */
RILL_API rill_flat *rill_flat_of(rill *s);

/* The store's state, e.g. for functions of its own. NULL if the stream's table
 * is not `ops`. */
RILL_API void *rill_self(rill *s, const rill_ops *ops);

/* Go on with another table over the same state: a flat store that becomes a
 * moving one has taken its content out of rill_flat_of(s) before. Callable
 * from `grow`, `fileno` and before first use. */
RILL_API void rill_become(rill *s, const rill_ops *ops);

/* Set the position of a stream that has not been used yet; in an operation of a
 * store without `size`, what its offsets count on from: a failure is there. */
RILL_API void rill_start_at(rill *s, int64_t offset);

/*
 * Allocate, resize or free as the stream's allocator does (see
 * rill_allocator). Without one, pieces above 1 MiB lie in address ranges
 * that grow in place; such memory is what rill_free() frees.
 */
RILL_API void *rill_realloc(rill *s, void *p, size_t old_size, size_t new_size);

/*
 * A flat store's `grow` for memory of rill_realloc(): makes flat->cap at least
 * `need`, by factors that keep copies and page faults few, but never more than
 * `max`. `own` is memory in the store's state that the content may lie in at
 * first and that is not freed, or NULL.
 *
 * Returns 0, RILL_ENOMEM, or RILL_ENOSPC with the capacity grown to `max`.
 */
RILL_API int rill_grow(rill *s, rill_flat *flat, size_t need, size_t max,
                       const void *own);

/*
 * For wrappers, whose operations call those of another stream: what a result of
 * a call on `inner` is when an operation returns it, so that the errno of a
 * failure is not lost on the way. The two others are rill_pread() and
 * rill_pwrite() with results like that.
 */
RILL_API int64_t rill_wrapped_result(const rill *inner, int64_t result);
RILL_API ptrdiff_t rill_wrapped_pread(rill *inner, void *buf, size_t n,
                                      int64_t offset);
RILL_API ptrdiff_t rill_wrapped_pwrite(rill *inner, const void *buf, size_t n,
                                       int64_t offset);

/* Whether closing `inner` commits. A wrapper of what does has a `commit`, of
 * what does not has none: one table of operations for each. */
RILL_API int rill_wrapped_commits(const rill *inner);

/*
 * A layer is what rill_open() puts between a file and the stream that it gives,
 * where rill_options.codec is set: that points to this, or to a struct that
 * begins with it. `open` makes a stream over `below`, which is open for `mode`
 * ("r", "w", "x", "a", each perhaps with "+"); it takes that, or leaves it to
 * the caller if it fails, as `ownership` says. It refuses what it cannot do
 * at once: it is tried on another stream first.
 */
typedef struct rill_layer {
    rill *(*open)(const struct rill_codec *self, rill *below, int ownership,
                  const char *mode, const rill_options *o);
} rill_layer;

/* Whether options are valid: 0 or RILL_EINVAL. For rill_open_*() functions that
 * have something to undo when rill_open_ops() refuses them. */
RILL_API int rill_check_options(const rill_options *o);

/* The errno that says what a result does: that of RILL_OS_ERROR(), or the one
 * nearest to a code; EIO where none is. For callers that can be told no more. */
RILL_API int rill_errno(int result);

/* What a rill_open_*() function returns when it fails with `result` (a code or
 * RILL_OS_ERROR()): NULL, with errno and o->error set. */
RILL_API rill *rill_open_failed(const rill_options *o, const char *path,
                                int result);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_OPS_H */
