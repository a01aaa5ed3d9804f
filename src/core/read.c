/*
 * read.c - reading, once the window does not suffice.
 *
 * Small requests fill the window and copy out of it; requests of RILL__DIRECT
 * bytes or a window's size go straight into the caller's memory. So do those
 * right after a jump: random access reads what is asked and no more.
 */
#include <string.h>

#include "internal.h"

/* Whether the stream may read now: 0 or a code. Ends writing. */
int rill__begin_reading(struct rill__stream *st)
{
    rill__check(st);
    if (!rill_readable(&st->win))
        return RILL_ENOTSUP;
    if (st->err)
        return st->err;
    return rill__start_reading(st);
}

/* Copy up to `n` bytes out of the window. */
static size_t take_window(struct rill__stream *st, void *buf, size_t n)
{
    size_t have = rill__unread(st);

    if (have > n)
        have = n;
    if (have > 0) {
        memcpy(buf, st->win.rpos, have);
        st->win.rpos += have;
    }
    return have;
}

/* Whether `n` bytes are better read past the window. */
static bool is_direct(const struct rill__stream *st, size_t n)
{
    if (rill__is_flat(st))
        return false;
    return n >= RILL__DIRECT || n >= st->info->window || st->ahead == 0 ||
           st->flags & UNBUFFERED;
}

/* Note what a read past the window brought; the window is empty. */
static ptrdiff_t came_direct(struct rill__stream *st, ptrdiff_t r)
{
    r = rill__arrived(st, r);
    if (r > 0 && st->ahead == 0)
        st->ahead = RILL__FIRST_FILL / 2;
    return r;
}

/* Read into the caller's memory; the window is empty and stays so. */
static ptrdiff_t read_direct(struct rill__stream *st, void *buf, size_t n)
{
    ptrdiff_t r;

    rill__drop_windows(st);
    RILL__CALL(st, r = rill__store_read(st, buf, n, st->off));
    return came_direct(st, r);
}

ptrdiff_t rill_read_slow(rill *s, void *buf, size_t n)
{
    struct rill__stream *st = rill__of(s);
    unsigned char *out = buf;
    size_t done;
    ptrdiff_t r = rill__begin_reading(st);

    if (r < 0)
        return r;
    if (n > PTRDIFF_MAX)
        return RILL_ERANGE;
    done = take_window(st, out, n);
    while (done < n) {
        if (is_direct(st, n - done)) {
            r = read_direct(st, out + done, n - done);
            if (r > 0)
                done += (size_t)r;
        } else {
            r = rill__fill(st, n - done);
            if (r > 0)
                done += take_window(st, out + done, n - done);
        }
        if (r <= 0)
            break;
    }
    rill__check(st);
    return done > 0 ? (ptrdiff_t)done : r;
}

int rill_read_exact_slow(rill *s, void *buf, size_t n)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r = rill_read_slow(s, buf, n);

    if (r < 0)
        return (int)r;
    if ((size_t)r == n)
        return RILL_OK;
    if (st->err)
        return st->err;
    if (st->flags & AT_EOF)
        return RILL_EEOF;
    int rc = rill__put_back(st, buf, (size_t)r);
    return rc < 0 ? rc : RILL_EAGAIN;
}

ptrdiff_t rill_read_some(rill *s, void *buf, size_t n)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r = rill__begin_reading(st);

    if (r < 0)
        return r;
    if (n > PTRDIFF_MAX)
        return RILL_ERANGE;
    if (n == 0 || rill__unread(st) > 0)
        return (ptrdiff_t)take_window(st, buf, n);
    if (is_direct(st, n))
        return read_direct(st, buf, n);
    r = rill__fill(st, n);
    return r > 0 ? (ptrdiff_t)take_window(st, buf, n) : r;
}

int rill_getc_slow(rill *s)
{
    struct rill__stream *st = rill__of(s);
    int rc = rill__begin_reading(st);

    if (rc < 0)
        return rc;
    if (rill__unread(st) == 0) {
        rc = rill__fill(st, 1);
        if (rc <= 0)
            return rc < 0 ? rc : RILL_EEOF;
    }
    return *s->rpos++;
}

/* Ask the store for all pieces in one call. How many bytes came, 0 at the
 * end, or a code; the window is empty and stays so. */
static ptrdiff_t read_pieces(struct rill__stream *st, const rill_iovec *v,
                             int count, size_t total)
{
    rill_iovec pieces[RILL__PIECES];
    int used = rill__pieces(pieces, v, count);
    ptrdiff_t r;

    rill__drop_windows(st);
    RILL__ASK(st, r,
              st->ops->readv(&st->win, rill__state(st), pieces, used, st->off));
    if (r > 0 && (size_t)r > total)
        r = RILL_EIO; /* not what a store may return */
    return came_direct(st, r);
}

/* Whether to leave pieces of `total` bytes to the store. */
static bool is_direct_pieces(const struct rill__stream *st, size_t total)
{
    return !rill__is_flat(st) && st->ops->readv && total > 0 &&
           rill__unread(st) == 0 && is_direct(st, total) &&
           (int64_t)total <= INT64_MAX - st->off;
}

ptrdiff_t rill_readv(rill *s, const rill_iovec *v, int count)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t done = 0, total, r = rill__begin_reading(st);
    size_t skip = 0;

    if (r < 0)
        return r;
    total = rill__total_of(v, count);
    if (total < 0)
        return total;
    if (is_direct_pieces(st, (size_t)total)) {
        done = read_pieces(st, v, count, (size_t)total);
        if (done <= 0)
            return done;
        skip = (size_t)done;
    }
    for (int i = 0; i < count; i++) {
        size_t n = v[i].len;
        if (skip >= n) {
            skip -= n;
            continue;
        }
        n -= skip;
        r = rill_read(s, (unsigned char *)v[i].data + skip, n);
        skip = 0;
        if (r < 0)
            return done > 0 ? done : r;
        done += r;
        if ((size_t)r < n)
            break;
    }
    return done;
}

/* ---- Looking ahead and back ------------------------------------------------ */

ptrdiff_t rill_peek_slow(rill *s, const void **data_out, size_t want)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r = rill__begin_reading(st);

    if (r < 0)
        return r;
    if (want == 0)
        want = 1;
    if (rill__unread(st) < want) {
        r = rill__gather(st, want);
        if (r < 0)
            return r;
    }
    rill__check(st);
    *data_out = s->rpos;
    return (ptrdiff_t)rill__unread(st);
}

/* Start a window of bytes that were put back, for a flat store. */
static int start_scratch(struct rill__stream *st)
{
    int64_t position = rill__position(st);
    rill__info *info;
    int rc = rill__own_info(st);

    if (rc < 0)
        return rc;
    info = st->info;
    if (!info->scratch) {
        info->scratch = rill_realloc(&st->win, NULL, 0, RILL__SLACK);
        if (!info->scratch)
            return RILL_ENOMEM;
        info->scratch_size = RILL__SLACK;
    }
    rill__drop_windows(st);
    st->off = position;
    st->win.rpos = st->win.rend = info->scratch + info->scratch_size;
    st->flags |= UNGOT;
    return RILL_OK;
}

int rill_ungetc(rill *s, int byte)
{
    struct rill__stream *st = rill__of(s);
    unsigned char b = (unsigned char)byte, *to;
    const unsigned char *first; /* where putting back must stop */
    int rc = rill__begin_reading(st);

    if (rc < 0)
        return rc;
    if (rill__is_flat(st)) {
        int64_t position = rill__position(st);
        bool step = !(st->flags & UNGOT) && position > 0 &&
                    (uint64_t)position <= st->flat.len &&
                    st->flat.base[position - 1] == b;
        if (step)
            return rill_seek(s, position - 1, RILL_SEEK_SET) < 0 ? RILL_EIO : b;
        rc = st->flags & UNGOT ? RILL_OK : start_scratch(st);
        if (rc < 0)
            return rc;
        first = st->info->scratch;
    } else {
        rc = rill__make_window(st, 1);
        if (rc < 0)
            return rc;
        if (!(st->flags & UNGOT) && s->rpos > st->flat.base &&
            s->rpos[-1] == b) {
            s->rpos--;
            st->flags &= (uint16_t)~AT_EOF;
            return b;
        }
        first = st->flat.base - RILL__SLACK;
    }
    if (s->rpos == first)
        return RILL_ELIMIT;
    to = (unsigned char *)(uintptr_t)--s->rpos;
    *to = b;
    st->flags = (uint16_t)((st->flags | UNGOT) & ~AT_EOF);
    return b;
}

int rill_eof(const rill *s)
{
    return (rill__of_const(s)->flags & AT_EOF) != 0;
}

/* ---- Reading much ------------------------------------------------------------ */

/*
 * Jump over up to `n` bytes that the store says are there. Its word is not
 * enough (/sys files claim a page): the last of them is read.
 *
 * Returns how many; 0 if it must be done by reading.
 */
static int64_t skip_by_seeking(struct rill__stream *st, int64_t n)
{
    int64_t at = rill__position(st);
    int64_t left = rill__can_seek(st) ? rill__size_hint(st) - at : 0;

    if (left > n)
        left = n;
    if (left <= 0 || st->flags & UNGOT)
        return 0;
    if (rill_seek(&st->win, left - 1, RILL_SEEK_CUR) < 0)
        return 0;
    if (rill_getc(&st->win) >= 0)
        return left;
    rill__drop_windows(st); /* a failure would refuse a seek */
    st->off = at;
    return 0;
}

int64_t rill_skip(rill *s, int64_t n)
{
    struct rill__stream *st = rill__of(s);
    int64_t done = 0, size;
    int rc = rill__begin_reading(st);

    if (rc < 0)
        return rc;
    if (n < 0)
        return RILL_EINVAL;
    while (done < n) {
        int64_t have = (int64_t)rill__unread(st);
        if (have > n - done)
            have = n - done;
        s->rpos += have;
        done += have;
        if (done == n)
            break;
        size = skip_by_seeking(st, n - done);
        if (size > 0) {
            done += size;
            continue;
        }
        if (st->err)
            return done > 0 ? done : st->err;
        rc = rill__fill(st, n - done > RILL__DIRECT ? RILL__DIRECT
                                                    : (size_t)(n - done));
        if (rc <= 0)
            return done > 0 ? done : rc;
    }
    return done;
}

/* Undo a read_all() that failed: nothing shall be lost. `start` is where to
 * seek to, -1 where that would not bring back all that was read. */
static ptrdiff_t read_all_failed(struct rill__stream *st, rill_flat *all,
                                 int64_t start, ptrdiff_t result)
{
    if (start >= 0) {
        rill__drop_windows(st);
        st->off = start;
    } else if (rill__put_back(st, all->base, all->len) < 0) {
        result = st->err; /* the first of them */
    }
    rill_realloc(&st->win, all->base, all->cap, 0);
    return result;
}

static bool all_grow(struct rill__stream *st, rill_flat *all, size_t cap)
{
    unsigned char *p = rill_realloc(&st->win, all->base, all->cap, cap);

    if (!p)
        return false;
    all->base = p;
    all->cap = cap;
    return true;
}

/* How much is left, as far as the store knows: a hint. */
static size_t left_to_read(struct rill__stream *st)
{
    int64_t size = rill__can_seek(st) ? rill__size_hint(st) : -1;
    int64_t left = size - rill__position(st);

    return left > 0 && (uint64_t)left < PTRDIFF_MAX / 2 ? (size_t)left : 0;
}

ptrdiff_t rill_read_all(rill *s, void **data_out)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r = rill__begin_reading(st);
    bool moves =
        !rill__is_flat(st) && st->flags & UNGOT; /* what was put back */
    int64_t start = rill__can_seek(st) && !moves ? rill__position(st) : -1;
    rill_flat all = {NULL, 0, 0};
    size_t hint = left_to_read(st);

    if (r < 0)
        return r;
    if (!all_grow(st, &all, (hint > 1000 ? hint : 1000) + 24))
        return RILL_ENOMEM;
    for (;;) {
        size_t room = all.cap - all.len - 1; /* the NUL's place stays free */
        size_t had = take_window(st, all.base + all.len, room);
        all.len += had;
        if (rill__unread(st) == 0 && had < room) {
            r = rill__is_flat(st)
                    ? rill__fill(st, room)
                    : read_direct(st, all.base + all.len, room - had);
            if (r == 0)
                break;
            if (r < 0)
                return read_all_failed(st, &all, start, r);
            if (!rill__is_flat(st))
                all.len += (size_t)r;
        }
        if (all.cap - all.len < 16 &&
            (all.cap > PTRDIFF_MAX / 2 || !all_grow(st, &all, all.cap * 2)))
            return read_all_failed(st, &all, start, RILL_ENOMEM);
    }
    if (st->info->allocator && /* the caller must know the size */
        !all_grow(st, &all, all.len + 1))
        return read_all_failed(st, &all, start, RILL_ENOMEM);
    all.base[all.len] = 0;
    *data_out = all.base;
    return (ptrdiff_t)all.len;
}
