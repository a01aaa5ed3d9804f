/*
 * double.c - a stream over another stream, which misbehaves as it is told.
 *
 * Every operation comes by `admit`, which says whether it may go on to the
 * stream below, and leaves by `note`, which counts it. Where the stream below
 * can seek it is used by offset alone, so that its position stays; one that
 * cannot is read and written in turn, and flushed at once.
 */
#define _POSIX_C_SOURCE 200809L
#include <rill/ops.h>
#include <rill/testing/double.h>

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wait.h"

/* How often a call is still to be put off before it goes on. */
struct delay {
    unsigned interrupts, blocks;
    int drawn; /* those two are set for this call */
};

struct twin {
    rill *under; /* NULL: closed by commit */
    rill_double *d;
    uint64_t random;
    struct delay reads, writes, others;
    unsigned char owned, seeks, appends;
};

/* ---- What is told, and noted --------------------------------------------- */

/* A number from 0 to `limit`; `limit` itself without a seed (xorshift). */
static uint64_t draw(struct twin *t, uint64_t limit)
{
    uint64_t x = t->random ? t->random : t->d->seed;

    if (!t->d->seed || !limit)
        return limit;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    t->random = x;
    return (x * UINT64_C(2685821657736338717) >> 32) % (limit + 1);
}

/* RILL_EINTR or RILL_EAGAIN as often as the call shall be put off; then 0. */
static int put_off(struct twin *t, int operation)
{
    struct delay *delay = operation == RILL_DOUBLE_READ    ? &t->reads
                          : operation == RILL_DOUBLE_WRITE ? &t->writes
                                                           : &t->others;

    if (!delay->drawn) {
        delay->interrupts = (unsigned)draw(t, t->d->interrupts);
        if (delay != &t->others)
            delay->blocks = (unsigned)draw(t, t->d->blocks);
        delay->drawn = 1;
    }
    if (delay->interrupts > 0) {
        delay->interrupts--;
        return RILL_EINTR;
    }
    if (delay->blocks > 0) {
        delay->blocks--;
        return RILL_EAGAIN;
    }
    delay->drawn = 0;
    return RILL_OK;
}

/* The failure of this call, if it is one of those that fail. */
static int fail(rill_double *d, int operation)
{
    if (!(d->fails & (unsigned)operation))
        return RILL_OK;
    if (d->times > 0 && --d->times == 0)
        d->fails = 0;
    return d->failure < 0 ? d->failure : RILL_OS_ERROR(d->failure);
}

/* Whether an operation other than a read or a write may go on: 0, or not. */
static int admit(struct twin *t, int operation)
{
    int rc = operation == RILL_DOUBLE_CLOSE ? 0 : put_off(t, operation);

    return rc < 0 ? rc : fail(t->d, operation);
}

/* The same for moving *n bytes at `offset`: how many may go on is in *n. */
static int admit_bytes(struct twin *t, int operation, size_t *n, int64_t offset)
{
    rill_double *d = t->d;
    int rc = put_off(t, operation);

    if (rc < 0)
        return rc;
    if (d->delay > 0 && d->wait)
        d->wait(d->wait_ctx, d->delay);
    else if (d->delay > 0)
        rill__testing_wait(d->delay);
    if (d->fails & (unsigned)operation) {
        if (offset >= d->from)
            return fail(d, operation);
        if (*n > (uint64_t)(d->from - offset))
            *n = (size_t)(d->from - offset);
    }
    if (d->piece > 0 && *n > d->piece)
        *n = d->piece;
    if (d->piece > 0 && d->seed)
        *n = (size_t)draw(t, *n - 1) + 1;
    return RILL_OK;
}

static size_t *counter(rill_double *d, int operation)
{
    switch (operation) {
    case RILL_DOUBLE_READ:
        return &d->reads;
    case RILL_DOUBLE_WRITE:
        return &d->writes;
    case RILL_DOUBLE_SIZE:
        return &d->sizes;
    case RILL_DOUBLE_TRUNCATE:
        return &d->truncates;
    case RILL_DOUBLE_FLUSH:
        return &d->flushes;
    case RILL_DOUBLE_SYNC:
        return &d->syncs;
    case RILL_DOUBLE_COMMIT:
        return &d->commits;
    default:
        return &d->closes;
    }
}

/* Count the call, list it, and return its result. */
static int64_t note(rill_double *d, int operation, int64_t offset,
                    size_t length, int64_t result)
{
    if (d->calls < d->log_size)
        d->log[d->calls] =
            (rill_double_call){operation, offset, length, result};
    d->calls++;
    ++*counter(d, operation);
    return result;
}

/* ---- The stream below ------------------------------------------------------ */

/* What a call on the stream below returned. A failure of it is the double's
 * from now on, as rill_clear() reaches only that. */
static int64_t told(rill *under, int64_t result)
{
    result = rill_wrapped_result(under, result);
    if (result < 0)
        rill_clear(under);
    return result;
}

static ptrdiff_t under_read(struct twin *t, void *buf, size_t n, int64_t offset)
{
    if (t->seeks)
        return rill_wrapped_pread(t->under, buf, n, offset);
    return (ptrdiff_t)told(t->under, rill_read_some(t->under, buf, n));
}

/* Bytes that a window below has taken are written once, whatever the flush
 * says: a failure of it shows in the next call. */
static ptrdiff_t under_write(struct twin *t, const void *buf, size_t n,
                             int64_t offset)
{
    ptrdiff_t taken;

    if (t->seeks && !t->appends)
        return rill_wrapped_pwrite(t->under, buf, n, offset);
    taken = (ptrdiff_t)told(t->under, rill_write(t->under, buf, n));
    if (taken > 0)
        rill_flush(t->under);
    return taken;
}

/* ---- Operations ------------------------------------------------------------ */

static size_t total_of(const rill_iovec *v, int count)
{
    size_t total = 0;

    for (int i = 0; i < count; i++)
        total += v[i].len;
    return total;
}

/* Move up to `n` bytes of the pieces: fewer where the stream below does. */
static ptrdiff_t carry(struct twin *t, int operation, const rill_iovec *v,
                       size_t n, int64_t offset)
{
    size_t done = 0;

    while (done < n) {
        size_t part = v->len < n - done ? v->len : n - done;
        int64_t at = offset + (int64_t)done;
        ptrdiff_t r = operation == RILL_DOUBLE_READ
                          ? under_read(t, v->data, part, at)
                          : under_write(t, v->data, part, at);

        if (r < 0 && done == 0)
            return r;
        done += r > 0 ? (size_t)r : 0;
        /* A second read of a pipe might wait for what nobody asked for. */
        if (r < (ptrdiff_t)part || !t->seeks)
            break;
        v++;
    }
    return (ptrdiff_t)done;
}

static ptrdiff_t move(struct twin *t, int operation, const rill_iovec *v,
                      int count, int64_t offset)
{
    size_t asked = total_of(v, count), n = asked;
    ptrdiff_t r = admit_bytes(t, operation, &n, offset);

    assert(asked > 0 && offset >= 0); /* as rill/ops.h promises */
    if (r == RILL_OK)
        r = carry(t, operation, v, n, offset);
    return (ptrdiff_t)note(t->d, operation, offset, asked, r);
}

static ptrdiff_t double_readv(rill *s, void *self, const rill_iovec *v,
                              int count, int64_t offset)
{
    (void)s;
    return move(self, RILL_DOUBLE_READ, v, count, offset);
}

static ptrdiff_t double_writev(rill *s, void *self, const rill_iovec *v,
                               int count, int64_t offset)
{
    (void)s;
    return move(self, RILL_DOUBLE_WRITE, v, count, offset);
}

static ptrdiff_t double_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    rill_iovec v = {buf, n};

    return double_readv(s, self, &v, 1, offset);
}

static ptrdiff_t double_write(rill *s, void *self, const void *buf, size_t n,
                              int64_t offset)
{
    rill_iovec v = {(void *)(uintptr_t)buf, n};

    return double_writev(s, self, &v, 1, offset);
}

static int64_t double_size(rill *s, void *self)
{
    struct twin *t = self;
    int64_t r = admit(t, RILL_DOUBLE_SIZE);

    (void)s;
    if (r == RILL_OK)
        r = told(t->under, rill_size(t->under));
    return note(t->d, RILL_DOUBLE_SIZE, -1, 0, r);
}

static int double_truncate(rill *s, void *self, int64_t size)
{
    struct twin *t = self;
    int64_t r = admit(t, RILL_DOUBLE_TRUNCATE);

    (void)s;
    if (r == RILL_OK)
        r = told(t->under, rill_truncate(t->under, size));
    return (int)note(t->d, RILL_DOUBLE_TRUNCATE, size, 0, r);
}

static int double_flush(rill *s, void *self, int64_t offset)
{
    struct twin *t = self;
    int64_t r = admit(t, RILL_DOUBLE_FLUSH);

    (void)s;
    if (r == RILL_OK)
        r = told(t->under, rill_flush(t->under));
    return (int)note(t->d, RILL_DOUBLE_FLUSH, offset, 0, r);
}

static int double_sync(rill *s, void *self, int level)
{
    struct twin *t = self;
    int64_t r = admit(t, RILL_DOUBLE_SYNC);

    (void)s;
    if (r == RILL_OK)
        r = told(t->under, rill_sync(t->under, level));
    return (int)note(t->d, RILL_DOUBLE_SYNC, -1, 0, r);
}

static void double_hint(rill *s, void *self, int64_t size)
{
    (void)s;
    rill_hint_size(((struct twin *)self)->under, size);
}

/* The flush first: it says which errno it was, where closing only fails. */
static int64_t end_well(struct twin *t)
{
    int64_t r = told(t->under, rill_flush(t->under));
    rill *under = t->under;

    if (r < 0 || !t->owned)
        return r;
    t->under = NULL;
    return rill_close(under);
}

static int double_commit(rill *s, void *self)
{
    struct twin *t = self;
    int64_t r = admit(t, RILL_DOUBLE_COMMIT);

    (void)s;
    if (r == RILL_OK)
        r = end_well(t);
    return (int)note(t->d, RILL_DOUBLE_COMMIT, -1, 0, r);
}

/* What commits and has not been committed is discarded. What does not commit
 * is closed here, in any case. */
static int double_close(rill *s, void *self)
{
    struct twin *t = self;
    int64_t r = admit(t, RILL_DOUBLE_CLOSE);

    (void)s;
    if (t->owned && t->under) {
        if (!rill_wrapped_commits(t->under)) {
            int64_t closed = end_well(t);

            r = r < 0 ? r : closed;
        }
        rill_discard(t->under);
    }
    return (int)note(t->d, RILL_DOUBLE_CLOSE, -1, 0, r);
}

/*
 * Tables for what the stream below can do. Without `size` a double cannot seek;
 * with a `commit` it must be closed for its bytes to count (rill/ops.h).
 */
#define DOUBLE_OPS                                                         \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct twin),    \
    .name = "double", .read = double_read, .write = double_write,          \
    .readv = double_readv, .writev = double_writev, .flush = double_flush, \
    .sync = double_sync, .hint = double_hint, .close = double_close

static const rill_ops double_ops[2][2] = {
    {
        {DOUBLE_OPS},
        {DOUBLE_OPS, .commit = double_commit},
    },
    {
        {DOUBLE_OPS, .size = double_size, .truncate = double_truncate},
        {DOUBLE_OPS, .size = double_size, .truncate = double_truncate,
         .commit = double_commit},
    },
};

/* ---- Opening --------------------------------------------------------------- */

static int access_of(const rill *under)
{
    char mode = *rill_mode(under);

    return (rill_readable(under) ? RILL_READ : 0) |
           (rill_writable(under) ? RILL_WRITE : 0) |
           (mode == 'a' ? RILL_APPEND : 0) | (mode == 'x' ? RILL_EXCLUSIVE : 0);
}

rill *rill_open_double(rill *under, int ownership, rill_double *d,
                       const rill_options *o)
{
    struct twin *t;
    void *self;
    rill *s;
    int seeks;

    if (!under || !d || (!d->log && d->log_size) ||
        (ownership != RILL_BORROW && ownership != RILL_TAKE))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    seeks = rill_seekable(under);
    s = rill_open_ops(&double_ops[seeks][rill_wrapped_commits(under)],
                      access_of(under), rill_name(under), o, &self);
    if (!s)
        return NULL;
    t = self;
    t->under = under;
    t->d = d;
    t->owned = ownership == RILL_TAKE;
    t->seeks = seeks != 0;
    t->appends = *rill_mode(under) == 'a';
    if (seeks)
        rill_start_at(s, rill_tell(under));
    return s;
}
