/*
 * write.c - writing, once the window does not suffice.
 *
 * Small writes collect in the window; requests of RILL__DIRECT bytes or a
 * window's size go straight from the caller's memory, after what waits. What
 * a failing store did not take stays in the window and is never lost silently.
 */
#include <string.h>

#include "internal.h"

int rill__may_write(struct rill__stream *st)
{
    rill__check(st);
    if (!rill_writable(&st->win))
        return RILL_ENOTSUP;
    if (st->exports > 0)
        return RILL_EBUSY;
    return st->err;
}

/* Copy as much of `n` bytes as the window has room for. */
static size_t fill_room(struct rill__stream *st, const void *buf, size_t n)
{
    size_t room = rill__room(st);

    if (room > n)
        room = n;
    if (room > 0) {
        memcpy(st->win.wpos, buf, room);
        st->win.wpos += room;
    }
    return room;
}

/* Write past the window, in which nothing waits. */
static ptrdiff_t write_direct(struct rill__stream *st, const void *buf,
                              size_t n)
{
    ptrdiff_t r;

    RILL__CALL(st, r = rill__store_write(st, buf, n, st->off));

    if (r < 0)
        return rill__fail(st, r, RILL__OP_WRITE, st->off);
    st->off += r;
    st->flags |= WROTE;
    rill__after_append(st);
    rill__write_out(st); /* nothing waits: opens the window at `off` */
    return r;
}

static ptrdiff_t write_moving(struct rill__stream *st, const unsigned char *buf,
                              size_t n)
{
    bool direct =
        n >= RILL__DIRECT || n >= st->info->window || st->flags & UNBUFFERED;
    size_t done = 0;
    ptrdiff_t r = 0;

    while (done < n) {
        if (!direct)
            done += fill_room(st, buf + done, n - done);
        if (done == n)
            break;
        if (rill__pending(st) > 0 || !direct) {
            r = rill__write_out(st);
            if (r == RILL_EAGAIN)
                done += fill_room(st, buf + done, n - done);
        }
        if (r == RILL_OK && direct) {
            r = write_direct(st, buf + done, n - done);
            if (r > 0) {
                done += (size_t)r;
                r = RILL_OK;
            }
        }
        if (r < 0)
            break;
    }
    return done > 0 ? (ptrdiff_t)done : r;
}

/* Whether `n` more bytes end at an offset that can be said. */
static bool fits_offsets(const struct rill__stream *st, size_t n)
{
    return (int64_t)n <= INT64_MAX - rill__position(st);
}

/*
 * Go on writing to memory that is full: the one slow path that small streams
 * take often, so it does nothing but grow. False if that is not the case, or
 * not possible: then the general way finds out what to do.
 */
static bool grow_and_write(struct rill__stream *st, const void *buf, size_t n)
{
    size_t at = (size_t)(st->win.wpos - st->flat.base);

    if (!rill__is_writing(st) || !rill__is_flat(st) || st->err ||
        n - 1 >= PTRDIFF_MAX - at)
        return false;
    rill__note_length(st);
    if (rill__grow_flat(st, at + n) != RILL_OK)
        return false;
    memcpy(st->flat.base + at, buf, n);
    st->win.rpos = st->win.rend = st->flat.base;
    st->win.wpos = st->flat.base + at + n;
    st->win.wend = st->flat.base + st->flat.cap;
    st->off = (int64_t)at;
    st->flags |= WRITING | WROTE;
    return true;
}

ptrdiff_t rill_write_slow(rill *s, const void *buf, size_t n)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r;

    if (grow_and_write(st, buf, n))
        return (ptrdiff_t)n;
    r = rill__may_write(st);
    if (r < 0 || n == 0)
        return r;
    if (n > PTRDIFF_MAX)
        return RILL_ERANGE;
    r = rill__start_writing(st, n);
    if (r < 0)
        return r;
    if (!fits_offsets(st, n))
        return RILL_ERANGE;
    r = rill__is_flat(st) ? (ptrdiff_t)fill_room(st, buf, n)
                          : write_moving(st, buf, n);
    rill__check(st);
    return r;
}

int rill_putc_slow(rill *s, int byte)
{
    unsigned char b = (unsigned char)byte;
    ptrdiff_t r = rill_write_slow(s, &b, 1);

    return r < 0 ? (int)r : b;
}

/* ---- Vectors ----------------------------------------------------------------- */

/* Add up the pieces: how many bytes, or a code. */
ptrdiff_t rill__total_of(const rill_iovec *v, int count)
{
    size_t total = 0;

    if (count < 0)
        return RILL_EINVAL;
    for (int i = 0; i < count; i++) {
        if (v[i].len > PTRDIFF_MAX - total)
            return RILL_ERANGE;
        total += v[i].len;
    }
    return (ptrdiff_t)total;
}

/* Take the first pieces that are not empty; how many. */
int rill__pieces(rill_iovec *pieces, const rill_iovec *v, int count)
{
    int used = 0;

    for (int i = 0; i < count && used < RILL__PIECES; i++) {
        if (v[i].len > 0)
            pieces[used++] = v[i];
    }
    return used;
}

/* Try to hand all pieces to the store in one call; how many bytes it took. */
static ptrdiff_t write_pieces(struct rill__stream *st, const rill_iovec *v,
                              int count, size_t total)
{
    rill_iovec pieces[RILL__PIECES];
    int used = rill__pieces(pieces, v, count);
    ptrdiff_t r = rill__start_writing(st, 1);

    if (r == RILL_OK)
        r = rill__write_out(st);
    if (r < 0)
        return r;
    if (!fits_offsets(st, total))
        return RILL_ERANGE;
    RILL__ASK(
        st, r,
        st->ops->writev(&st->win, rill__state(st), pieces, used, st->off));
    if (r == 0 || (r > 0 && (size_t)r > total))
        r = RILL_EIO; /* not what a store may return */
    if (r < 0)
        return rill__fail(st, r, RILL__OP_WRITE, st->off);
    st->off += r;
    st->flags |= WROTE;
    rill__write_out(st);
    return r;
}

ptrdiff_t rill_writev(rill *s, const rill_iovec *v, int count)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r = rill__may_write(st), done = 0, total;
    size_t skip = 0;

    if (r < 0)
        return r;
    total = rill__total_of(v, count);
    if (total <= 0)
        return total;
    if (!rill__is_flat(st) && st->ops->writev && !(st->access & RILL_APPEND) &&
        (total >= RILL__DIRECT || st->flags & UNBUFFERED)) {
        done = write_pieces(st, v, count, (size_t)total);
        if (done < 0)
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
        r = rill_write(s, (const unsigned char *)v[i].data + skip, n);
        skip = 0;
        if (r < 0 && done == 0)
            return r;
        if (r < 0) {
            if (r == RILL_ENOSPC && rill__is_flat(st))
                st->err = 0; /* full: the short count says it this time */
            return done;
        }
        done += r;
        if ((size_t)r < n)
            break;
    }
    return done;
}

/* ---- Writing in place ------------------------------------------------------------ */

/* Room for a stream without a window: written when it is committed. */
static ptrdiff_t reserve_scratch(struct rill__stream *st, void **data_out,
                                 size_t want)
{
    rill__info *info = st->info;

    if (info->scratch_size < want) {
        unsigned char *p =
            rill_realloc(&st->win, info->scratch, info->scratch_size, want);
        if (!p)
            return RILL_ENOMEM;
        info->scratch = p;
        info->scratch_size = want;
    }
    info->lent = want;
    info->committed = 0;
    *data_out = info->scratch;
    return (ptrdiff_t)want;
}

ptrdiff_t rill_reserve_slow(rill *s, void **data_out, size_t want)
{
    struct rill__stream *st = rill__of(s);
    ptrdiff_t r = rill__may_write(st);

    if (r < 0)
        return r;
    if (want == 0)
        want = 1;
    if (want > PTRDIFF_MAX ||
        (!rill__is_flat(st) && want > st->info->window_limit))
        return RILL_ELIMIT;
    r = rill__start_writing(st, want);
    if (r < 0)
        return r;
    if (!fits_offsets(st, want))
        return RILL_ERANGE;
    if (!rill__is_flat(st) && st->flags & UNBUFFERED)
        return reserve_scratch(st, data_out, want);
    if (!rill__is_flat(st) && rill__room(st) < want) {
        r = rill__write_out(st);
        if (r == RILL_OK)
            r = rill__make_window(st, want);
        if (r == RILL_OK)
            r = rill__write_out(st); /* opens the new window */
        if (r < 0)
            return r;
    }
    if (rill__room(st) < want)
        return rill__fail(st, RILL_ENOSPC, RILL__OP_WRITE, rill__position(st));
    *data_out = s->wpos;
    return s->wend - s->wpos;
}

int rill_commit_slow(rill *s, size_t n)
{
    struct rill__stream *st = rill__of(s);
    rill__info *info = st->info;

    if (!(st->flags & UNBUFFERED) || n > info->lent || n < info->committed)
        return RILL_EINVAL;
    while (info->committed < n) {
        ptrdiff_t r = rill_write_slow(s, info->scratch + info->committed,
                                      n - info->committed);
        if (r < 0)
            return (int)r;
        info->committed += (size_t)r;
    }
    info->lent = info->committed = 0;
    return RILL_OK;
}

/* ---- Handing on ------------------------------------------------------------------ */

/* Hand what waits in the window to the store. */
int rill__flush_window(struct rill__stream *st)
{
    rill__check(st);
    if (st->err)
        return st->err;
    rill__note_length(st);
    if (!rill__is_writing(st) || rill__is_flat(st))
        return RILL_OK;
    return rill__write_out(st);
}

int rill_flush(rill *s)
{
    struct rill__stream *st = rill__of(s);
    int rc = rill__flush_window(st);

    if (rc < 0)
        return rc;
    if (st->ops->flush) {
        int64_t position = rill__position(st);
        RILL__ASK(st, rc, st->ops->flush(s, rill__state(st), position));
        if (rc < 0)
            return rill__fail(st, rc, RILL__OP_FLUSH, position);
    }
    return RILL_OK;
}

int rill_sync(rill *s, int level)
{
    struct rill__stream *st = rill__of(s);
    int rc;

    if (level < RILL_SYNC_OS || level > RILL_SYNC_DISK)
        return RILL_EINVAL;
    rc = rill_flush(s);
    if (rc < 0 || level == RILL_SYNC_OS || !st->ops->sync)
        return rc;
    RILL__ASK(st, rc, st->ops->sync(s, rill__state(st), level));
    return rc < 0 ? rill__fail(st, rc, RILL__OP_SYNC, -1) : RILL_OK;
}

void rill_hint_size(rill *s, int64_t size)
{
    struct rill__stream *st = rill__of(s);

    if (size <= 0 || rill__may_write(st) < 0)
        return;
    if (rill__is_flat(st) && !(st->flags & UNGOT)) {
        if (!st->ops->grow || (uint64_t)size > PTRDIFF_MAX ||
            (size_t)size <= st->flat.cap)
            return;
        (void)rill__settle(st); /* flat: cannot fail */
        rill__grow_flat(st, (size_t)size);
    }
    if (!rill__is_flat(st) && st->ops->hint)
        RILL__CALL(st, st->ops->hint(s, rill__state(st), size));
}

size_t rill_unwritten(const rill *s, const void **data_out, int64_t *offset_out)
{
    const struct rill__stream *st = rill__of_const(s);
    size_t n = rill__is_flat(st) ? 0 : rill__pending(st);

    *data_out = n > 0 ? st->flat.base : rill__empty;
    if (offset_out)
        *offset_out = n > 0 ? st->off : rill__position(st);
    return n;
}
