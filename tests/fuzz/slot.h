/*
 * slot.h - one stream of a program of operations, beside its model.
 *
 * What the parts of fuzz_operations.c share: the slot, the store that gives
 * short counts, and how an answer of the stream is held against the model's.
 */
#ifndef FUZZ_SLOT_H
#define FUZZ_SLOT_H

#include "fuzz.h"
#include "input.h"
#include "model.h"

/* What a jerky store said since it was last asked. */
enum said { SAID_AGAIN = 1, SAID_FAILED = 2 };

/* The bytes behind a jerky store, and its script: what it does, call by call,
 * over and over. Calm, it does all it is asked. */
struct jerky {
    unsigned char *data;
    size_t len, cap;
    uint8_t script[16];
    size_t script_len, at;
    unsigned said;
    bool calm, appends, interrupted;
    bool may_fail; /* else what the script has of failures does not count */
};

enum kind {
    KIND_MEM,
    KIND_COPY,
    KIND_TAKE,
    KIND_STORAGE,
    KIND_FIXED,
    KIND_VIEW,
    KIND_SPOOL,
    KIND_FILE,
    KIND_SAVE,
    KIND_NULL,
    KIND_JERKY,
    KIND_SOURCE, /* jerky, and without a position */
    KIND_SINK,
    KINDS
};

struct slot {
    int number;
    rill *s; /* NULL: not open */
    enum kind kind;
    struct model m;
    struct jerky store;
    unsigned char *memory; /* what a view or a fixed stream borrows */
    void *view;            /* what rill_getbuffer() gave */
    size_t window_limit;   /* of a moving store: 0 where there is none */
    rill_storage storage;
    rill_allocator allocator;
    bool allocates; /* with `allocator` */
    int64_t allocated;
    char path[512];
    struct model file; /* what lies at `path` */
    bool exists;
    bool shared; /* its descriptor was asked for */
};

/* Requests of a program are no longer than this. */
enum { REQUEST_MOST = 140000 };

/* slot_open.c: open as the input says. */
void slot_open(struct slot *t, struct input *in);

/* Free what the stream gave, `size` bytes. */
void slot_release(struct slot *t, void *p, size_t size);

/* Close with everything that belongs to it, after comparing what is left with
 * the model. */
void slot_close(struct slot *t, bool discard);

/* jerky.c */
rill *jerky_open(struct slot *t, int access, const rill_options *o);
void jerky_set(struct jerky *j, const void *data, size_t len);

/* Whether the stream has its bytes somewhere else. */
static inline bool slot_is_moving(const struct slot *t)
{
    return t->kind >= KIND_FILE;
}

static inline bool slot_is_jerky(const struct slot *t)
{
    return t->kind >= KIND_JERKY;
}

/* ---- Answers ------------------------------------------------------------ */

/* Whether the stream had to refuse, with one of `codes`; if it had to, it did. */
bool slot_refused(const struct slot *t, unsigned codes, int64_t got);

/* Whether a negative answer is one that the store just gave; nothing has
 * changed then. */
bool slot_excused(const struct slot *t, int64_t got);

/* Whether the store just said that it can do no more: an answer may be short. */
static inline bool slot_cut_short(const struct slot *t)
{
    return t->store.said != 0;
}

/* Bytes were read: they are those that come next. */
void slot_came(struct slot *t, const void *got, size_t n);

/* The store is full: this sticks. */
void slot_full(struct slot *t, int64_t got);

/* A write that failed may have dropped what was put back, or not: drop it. */
void slot_drop(struct slot *t);

/* Where so little is specified that the model cannot follow: believe the
 * stream's position, if that is within `n` bytes, and read those. */
void slot_follow_read(struct slot *t, size_t n);

/* ---- Operations --------------------------------------------------------- */

/* Do one on `t`, with what the input says; `other` may not be open. */
typedef void slot_op(struct slot *t, struct slot *other, struct input *in);

/* ops_read.c */
slot_op op_read, op_read_some, op_read_exact, op_read_all, op_getc, op_ungetc;

/* ops_look.c */
slot_op op_peek, op_skip, op_pread, op_line, op_lines;

/* ops_write.c */
slot_op op_write, op_putc, op_reserve;

/* ops_memory.c */
slot_op op_data, op_take, op_reset, op_getbuffer, op_releasebuffer;

/* ops_change.c */
slot_op op_pwrite, op_truncate, op_copy, op_flush, op_unwritten;

/* Cut `n` bytes into pieces of `piece` (0: one) for readv and writev, after an
 * empty one; the last takes what is left. Returns how many there are. */
enum { PIECES = 8 };
int slot_pieces(rill_iovec v[PIECES], unsigned char *data, size_t n,
                size_t piece);

#endif /* FUZZ_SLOT_H */
