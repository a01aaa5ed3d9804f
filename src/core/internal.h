/*
 * internal.h - what the core's own files share; no store may include it.
 *
 * The whole of a stream's state is here, and the two rules that make it work:
 * where the position is, and what the memory in `flat` means.
 */
#ifndef RILL_INTERNAL_H
#define RILL_INTERNAL_H

#include <assert.h>
#include <limits.h>
#include <stdbool.h>

#include <rill/line.h>
#include <rill/memory.h>
#include <rill/number.h>
#include <rill/ops.h>

enum {
    RILL__WINDOW = 128 * 1024, /* bytes of a window, unless told */
    RILL__SLACK = 64,          /* room before it, for rill_ungetc() */
    RILL__DIRECT = 16 * 1024,  /* requests of this size pass the window by */
    RILL__FIRST_FILL = 8 * 1024,
    RILL__PIECES = 64 /* of a vector, in one call of the store */
};

/* Keeps what is rare from costing the common way its registers. */
#if defined(__GNUC__) || defined(__clang__)
#define RILL__RARE __attribute__((noinline))
#else
#define RILL__RARE
#endif

/* What happened to a stream: bits of rill__stream.flags. */
enum {
    WRITING = 1 << 0,    /* the write window holds bytes, or may */
    AT_EOF = 1 << 1,     /* the last read found the end */
    WROTE = 1 << 2,      /* bytes were written ... */
    SOUGHT = 1 << 3,     /* ... and the position moved, or there was a read */
    UNGOT = 1 << 4,      /* the read window holds bytes that were put back */
    UNBUFFERED = 1 << 5, /* nothing is kept beyond a call */
    IN_STORAGE = 1 << 6, /* the stream lies in a rill_storage */
    OWN_INFO = 1 << 7,   /* `info` is an allocation of its own */
    DUPLEX = 1 << 8,     /* both directions, no position: two windows */
    PLAIN = 1 << 9       /* made by place.h: nothing to do for the store */
};

/* Operations, for rill_error.operation. */
enum rill__operation {
    RILL__OP_READ,
    RILL__OP_WRITE,
    RILL__OP_SIZE,
    RILL__OP_TRUNCATE,
    RILL__OP_FLUSH,
    RILL__OP_SYNC,
    RILL__OP_COMMIT,
    RILL__OP_CLOSE
};

/* The rare part of a stream. Plain memory streams share one constant. */
typedef struct rill__info {
    const rill_allocator *allocator; /* NULL: malloc and ranges */
    const char *name;
    rill_diagnostic_hook *hook;
    void *hook_ctx;
    size_t window;          /* bytes of a moving store's window */
    size_t window_limit;    /* what it may grow to */
    size_t block_size;      /* of the allocation that holds the stream */
    unsigned char *scratch; /* flat: bytes put back; unbuffered: room lent */
    size_t scratch_size;
    size_t lent; /* unbuffered: bytes of scratch that rill_reserve() lent ... */
    size_t committed; /* ... and of these, what has been written already */
    bool keep_after_fork;
    int64_t append_from; /* append: the position before writing began ... */
    int64_t append_at;   /* ... and the end, where it did */
    rill_flat other;     /* duplex: the window of the other direction ... */
    const unsigned char *other_rpos, *other_rend; /* ... and what is unread */
} rill__info;

/*
 * A stream. Its position is never stored; it follows from the windows:
 *
 *   WRITING   off + (wpos - flat.base)    off: the offset of flat.base
 *     flat    wpos - flat.base            off: where writing began
 *   else      off - (rend - rpos)         off: the offset of rend
 *
 * flat   of a flat store: its content; the windows point into it. While
 *        WRITING, if wpos is beyond `off` something was written, and the
 *        length is max(len, wpos - base).
 *        of a moving store: the window's buffer, `cap` bytes with RILL__SLACK
 *        before them. While WRITING, [base, wpos) waits to be written; else
 *        [base, rend) are the store's bytes up to `off` (unless UNGOT), so
 *        that a seek among them moves a pointer.
 */
struct rill__stream {
    rill win; /* first: a rill * and a rill__stream * are one address */
    const rill_ops *ops;
    rill_flat flat;
    int64_t off;
    rill__info *info;
    int64_t err_offset;
    int32_t err_os;
    int16_t err; /* the failure that sticks, or 0 */
    uint8_t err_operation;
    uint8_t access; /* enum rill_access */
    uint16_t flags;
    uint16_t state_at; /* where the store's state is, from the start */
    uint32_t exports;  /* views that rill_getbuffer() lent */
    uint32_t ahead;    /* the next fill's size; 0 after a jump: as asked */
#ifndef NDEBUG
    uint32_t self; /* of its address: to find one that was moved or copied */
#endif
};

/* Where a store's state lies behind the stream. */
#define RILL__STATE_AT                                           \
    ((sizeof(struct rill__stream) + _Alignof(max_align_t) - 1) / \
     _Alignof(max_align_t) * _Alignof(max_align_t))

extern const unsigned char rill__empty[1]; /* empty windows point here */
extern const rill__info rill__no_info;

/* Where an empty window or content points. Nobody writes there. */
static inline unsigned char *rill__no_bytes(void)
{
    return (unsigned char *)(uintptr_t)rill__empty;
}

static inline struct rill__stream *rill__of(rill *s)
{
    return (struct rill__stream *)(void *)s;
}

static inline const struct rill__stream *rill__of_const(const rill *s)
{
    return (const struct rill__stream *)(const void *)s;
}

static inline void *rill__state(struct rill__stream *st)
{
    return (unsigned char *)st + st->state_at;
}

#ifndef NDEBUG
/* What a debug build remembers of where a stream lives. */
static inline uint32_t rill__address(const struct rill__stream *st)
{
    return (uint32_t)((uintptr_t)st >> 3);
}
#endif

static inline bool rill__is_flat(const struct rill__stream *st)
{
    return (st->ops->flags & RILL_OPS_FLAT) != 0;
}

/* Whether a flat store's content lies within the stream's own memory. */
static inline bool rill__is_embedded(const struct rill__stream *st)
{
    size_t size = st->state_at + st->ops->state_size;
    return (uintptr_t)st->flat.base - (uintptr_t)st < size;
}

static inline bool rill__is_writing(const struct rill__stream *st)
{
    return (st->flags & WRITING) != 0;
}

static inline size_t rill__unread(const struct rill__stream *st)
{
    return (size_t)(st->win.rend - st->win.rpos);
}

static inline size_t rill__room(const struct rill__stream *st)
{
    return (size_t)(st->win.wend - st->win.wpos);
}

/* Moving: bytes that wait to be written. Flat: where writing has come to. */
static inline size_t rill__pending(const struct rill__stream *st)
{
    return rill__is_writing(st) ? (size_t)(st->win.wpos - st->flat.base) : 0;
}

/* How long a flat store's content is, what was just written included. */
static inline size_t rill__flat_len(const struct rill__stream *st)
{
    size_t end = rill__pending(st);

    if (end > st->flat.len && end > (size_t)st->off)
        return end;
    return st->flat.len;
}

/* Make what was written part of a flat store's content; go on writing. */
static inline void rill__note_length(struct rill__stream *st)
{
    if (rill__is_flat(st))
        st->flat.len = rill__flat_len(st);
}

static inline bool rill__can_seek(const struct rill__stream *st)
{
    return rill__is_flat(st) || st->ops->size;
}

/* The invariants of the windows: checked around each slow path. */
static inline void rill__check(const struct rill__stream *st)
{
    assert(st->self == rill__address(st)); /* else it was moved or copied */
    assert(st->win.rpos && st->win.rend && st->win.wpos && st->win.wend);
    assert(st->win.rpos <= st->win.rend);
    assert(st->win.wpos <= st->win.wend);
    assert(st->win.rpos == st->win.rend || st->win.wpos == st->win.wend);
    assert(st->flat.base && st->flat.len <= st->flat.cap);
    (void)st;
}

/* window.c: between the windows and the store. */
int64_t rill__position(const struct rill__stream *st);
void rill__drop_windows(struct rill__stream *st);
int rill__settle(struct rill__stream *st);
int rill__start_reading(struct rill__stream *st);
int rill__start_writing(struct rill__stream *st, size_t n);
int rill__write_out(struct rill__stream *st);
int rill__fill(struct rill__stream *st, size_t want);
ptrdiff_t rill__gather(struct rill__stream *st, size_t want);
void rill__found_end(struct rill__stream *st);
ptrdiff_t rill__arrived(struct rill__stream *st, ptrdiff_t r);
int rill__put_back(struct rill__stream *st, const void *bytes, size_t n);
int rill__grow_flat(struct rill__stream *st, uint64_t end);
int rill__make_window(struct rill__stream *st, size_t cap);
void rill__free_window(struct rill__stream *st);
ptrdiff_t rill__store_read(struct rill__stream *st, void *buf, size_t n,
                           int64_t offset);
int64_t rill__store_size(struct rill__stream *st);
void rill__after_append(struct rill__stream *st);
int64_t rill__size_hint(struct rill__stream *st); /* seek.c */
ptrdiff_t rill__store_write(struct rill__stream *st, const void *buf, size_t n,
                            int64_t offset);

/* fork.c: a window's memory is watched for fork() as long as it is used. */
typedef struct rill__watch {
    struct rill__watch *next, *prev;
    struct rill__stream *stream; /* NULL: not watched */
    void *unused;                /* keeps what follows aligned as malloc() */
} rill__watch;
int rill__watch_window(rill__watch *w, struct rill__stream *st);
void rill__unwatch_window(rill__watch *w);

/* error.c */
int rill__code(int64_t result);  /* of what an operation returned */
int rill__errno(int64_t result); /* the same: 0 if there is none */
int rill__fail(struct rill__stream *st, int64_t result,
               enum rill__operation operation, int64_t offset);
void rill__diagnose(struct rill__stream *st, int diagnosis,
                    const char *message);

/* read.c, write.c: whether the stream may do that now, 0 or a code. */
int rill__begin_reading(struct rill__stream *st);
int rill__may_write(struct rill__stream *st);
int rill__flush_window(struct rill__stream *st);
ptrdiff_t rill__total_of(const rill_iovec *v, int count);
int rill__pieces(rill_iovec *pieces, const rill_iovec *v, int count);

/*
 * Call an operation of the store, or a hook, which may not use the stream:
 * meanwhile the stream has failed with RILL_EBUSY, so that each call that looks
 * for a failure (all but the inline ones) finds that and refuses.
 */
#define RILL__CALL(st, call)      \
    do {                          \
        int16_t err_ = (st)->err; \
        (st)->err = RILL_EBUSY;   \
        call;                     \
        (st)->err = err_;         \
    } while (0)

/* Whether that is so. A store's own RILL_EBUSY never sticks. */
static inline bool rill__is_called(const struct rill__stream *st)
{
    return st->err == RILL_EBUSY;
}

/* Call an operation of the store until nothing interrupts it. (But `close` is
 * called once.) For calls beside the position, in any number of threads, which
 * change nothing in the stream. */
#define RILL__RETRY(result, call) \
    do {                          \
        (result) = (call);        \
    } while ((result) < 0 && rill__code(result) == RILL_EINTR)

/* The same for the others: they keep the store from using the stream. */
#define RILL__ASK(st, result, call) RILL__CALL(st, RILL__RETRY(result, call))

/* stream.c */
int rill__own_info(struct rill__stream *st);

#endif /* RILL_INTERNAL_H */
