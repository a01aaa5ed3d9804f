/*
 * seek.c - the position, the size, and access beside the position.
 *
 * All whence arithmetic, with its overflows, is here once for all stores. A
 * seek among bytes that are in the window moves a pointer.
 */
#include <string.h>

#include "internal.h"

int64_t rill_tell(rill *s)
{
    struct rill__stream *st = rill__of(s);

    return rill__can_seek(st) ? rill__position(st) : RILL_ENOTSUP;
}

/* The size, or what the store says instead: for who can do without. */
int64_t rill__size_hint(struct rill__stream *st)
{
    int64_t size, end;

    if (rill__is_flat(st))
        return (int64_t)rill__flat_len(st);
    if (!st->ops->size)
        return RILL_ENOTSUP;
    size = rill__store_size(st);
    end = rill__pending(st) > 0 ? rill__position(st) : 0;
    return size >= 0 && end > size ? end : size;
}

int64_t rill_size(rill *s)
{
    struct rill__stream *st = rill__of(s);
    int64_t size = rill__size_hint(st);

    return size < 0 ? rill__fail(st, size, RILL__OP_SIZE, -1) : size;
}

int rill_rewind(rill *s)
{
    int64_t r = rill_seek(s, 0, RILL_SEEK_SET);
    return r < 0 ? (int)r : RILL_OK;
}

/* Work out where a seek goes: a position or a code. */
static int64_t seek_target(struct rill__stream *st, int64_t offset, int whence)
{
    int64_t from = 0;

    if (whence == RILL_SEEK_CUR)
        from = rill__position(st);
    else if (whence == RILL_SEEK_END)
        from = rill_size(&st->win);
    else if (whence != RILL_SEEK_SET)
        return RILL_EINVAL;
    if (from < 0)
        return from;
    if (offset > INT64_MAX - from)
        return RILL_ERANGE;
    if (from + offset < 0)
        return whence != RILL_SEEK_SET && st->ops->flags & RILL_OPS_CLAMPS
                   ? 0
                   : RILL_EINVAL;
    /* Flat stores that cannot grow have nothing beyond their memory. */
    if (rill__is_flat(st) && !st->ops->grow &&
        (uint64_t)(from + offset) > st->flat.cap)
        return RILL_EINVAL;
    return from + offset;
}

/*
 * Move within what can be read without a call: the content of a flat store, or
 * what a moving store's window holds. False if the target is not there.
 */
static bool seek_in_window(struct rill__stream *st, int64_t target)
{
    int64_t back = st->off - target;

    if (st->flags & (WRITING | UNGOT))
        return false;
    if (rill__is_flat(st)) {
        if ((uint64_t)target >= st->flat.len || !(st->access & RILL_READ))
            return false;
        st->win.rpos = st->flat.base + target;
        st->win.rend = st->flat.base + st->flat.len;
        st->off = (int64_t)st->flat.len;
        return true;
    }
    if (back < 0 || back > st->win.rend - st->flat.base)
        return false;
    st->win.rpos = st->win.rend - back;
    return true;
}

int64_t rill_seek(rill *s, int64_t offset, int whence)
{
    struct rill__stream *st = rill__of(s);
    int64_t target;
    int rc;

    rill__check(st);
    if (!rill__can_seek(st))
        return RILL_ENOTSUP;
    if (st->err)
        return st->err;
    target = seek_target(st, offset, whence);
    if (target < 0)
        return target;
    st->flags = (uint16_t)((st->flags | SOUGHT) & ~AT_EOF);
    if (seek_in_window(st, target))
        return target;
    rc = rill__settle(st);
    if (rc < 0)
        return rc;
    rill__drop_windows(st);
    st->off = target;
    st->ahead = 0;
    return target;
}

/* ---- Cutting and extending ----------------------------------------------------- */

static int truncate_flat(struct rill__stream *st, int64_t size)
{
    size_t n = (size_t)size, len = st->flat.len;
    int rc;

    if ((uint64_t)size > len) {
        if (!(st->ops->flags & RILL_OPS_EXTENDS))
            return RILL_OK;
        rc = rill__grow_flat(st, (uint64_t)size);
        if (rc != RILL_OK)
            return rc;
        memset(st->flat.base + len, 0, n - len);
    }
    st->flat.len = n;
    return RILL_OK;
}

int rill_truncate(rill *s, int64_t size)
{
    struct rill__stream *st = rill__of(s);
    int rc = rill__may_write(st);

    if (rc < 0)
        return rc;
    if (!rill__is_flat(st) && !st->ops->truncate)
        return RILL_ENOTSUP;
    if (size < 0)
        return RILL_EINVAL;
    rc = rill__settle(st);
    if (rc < 0)
        return rc;
    rill__drop_windows(st);
    st->flags &= (uint16_t)~AT_EOF;
    if (rill__is_flat(st))
        rc = truncate_flat(st, size);
    if (!rill__is_flat(st)) {
        RILL__ASK(st, rc, st->ops->truncate(s, rill__state(st), size));
    }
    return rc < 0 ? rill__fail(st, rc, RILL__OP_TRUNCATE, size) : RILL_OK;
}

/* ---- Beside the position --------------------------------------------------------- */

/*
 * These may run in several threads at once, so they change nothing in the
 * stream, but for a pwrite() that makes memory grow; failures are returned and
 * not kept.
 */
/* Lay what waits in the write window over `done` bytes read at `offset`. */
static size_t overlay_pending(struct rill__stream *st, unsigned char *buf,
                              size_t n, int64_t offset, size_t done)
{
    size_t pending = rill__pending(st);
    int64_t first = st->off > offset ? st->off : offset;
    int64_t last = st->off + (int64_t)pending;
    int64_t end =
        (int64_t)n > INT64_MAX - offset ? INT64_MAX : offset + (int64_t)n;
    size_t at, len;

    if (last > end)
        last = end;
    if (pending == 0 || last <= offset)
        return done;
    if (first > last)
        first = last;
    at = (size_t)(first - offset);
    len = (size_t)(last - first);
    if (done < at)
        memset(buf + done, 0, at - done); /* between the file and the window */
    if (len > 0)
        memcpy(buf + at, st->flat.base + (first - st->off), len);
    return done > at + len ? done : at + len;
}

static ptrdiff_t pread_slow(struct rill__stream *st, void *buf, size_t n,
                            int64_t offset)
{
    rill *s = &st->win;
    unsigned char *out = buf;
    size_t done = 0;
    ptrdiff_t r = 0;

    if (!rill_readable(s) || !rill__can_seek(st))
        return RILL_ENOTSUP;
    if (st->err)
        return st->err;
    if (offset < 0)
        return RILL_EINVAL;
    if (n > PTRDIFF_MAX)
        return RILL_ERANGE;
    if (n == 0 || rill__is_flat(st))
        return 0;
    while (done < n) {
        r = rill__store_read(st, out + done, n - done, offset + (int64_t)done);
        if (r <= 0)
            break;
        done += (size_t)r;
    }
    if (r < 0 && done == 0)
        return r;
    if (r < 0)
        n = done; /* no more than what came */
    return (ptrdiff_t)overlay_pending(st, out, n, offset, done);
}

static ptrdiff_t code_of(ptrdiff_t r)
{
    return r < 0 ? rill__code(r) : r;
}

ptrdiff_t rill_wrapped_pread(rill *s, void *buf, size_t n, int64_t offset)
{
    if (rill__is_flat(rill__of(s)))
        return rill_pread(s, buf, n, offset);
    return pread_slow(rill__of(s), buf, n, offset);
}

ptrdiff_t rill_pread(rill *s, void *buf, size_t n, int64_t offset)
{
    struct rill__stream *st = rill__of(s);
    size_t len;

    /* Memory first: random access is bound by how many of these overlap. */
    if (!rill__is_flat(st) || !(st->access & RILL_READ) || st->err)
        return code_of(pread_slow(st, buf, n, offset));
    len = rill__flat_len(st);
    if ((uint64_t)offset >= len || n - 1 >= PTRDIFF_MAX)
        return code_of(pread_slow(st, buf, n, offset));
    if (n > len - (size_t)offset)
        n = len - (size_t)offset;
    memcpy(buf, st->flat.base + offset, n);
    return (ptrdiff_t)n;
}

/* Let a flat store's read window reach to the end of what is there now. */
static void show_more(struct rill__stream *st)
{
    if (rill__unread(st) == 0)
        return;
    st->win.rend = st->flat.base + st->flat.len;
    st->off = (int64_t)st->flat.len;
}

static ptrdiff_t pwrite_flat(struct rill__stream *st, const void *buf, size_t n,
                             int64_t offset)
{
    size_t at = (size_t)offset, room;
    int rc = RILL_OK;

    if (offset + (int64_t)n > rill_size(&st->win)) { /* alone: see header */
        (void)rill__settle(st);                      /* flat: cannot fail */
        rc = rill__grow_flat(st, (uint64_t)offset + n);
        if (rc == 1)
            return rill_pwrite(&st->win, buf, n, offset);
        room = st->flat.cap > (uint64_t)offset ? st->flat.cap - at : 0;
        if (room == 0)
            return rill__code(rc);
        if (n > room)
            n = room;
        if (at > st->flat.len)
            memset(st->flat.base + st->flat.len, 0, at - st->flat.len);
        if (at + n > st->flat.len)
            st->flat.len = at + n;
        show_more(st);
    }
    memcpy(st->flat.base + at, buf, n);
    return (ptrdiff_t)n;
}

/* Bring what the window holds of [offset, offset + n) up to date. */
static void patch_window(struct rill__stream *st, const unsigned char *buf,
                         size_t n, int64_t offset)
{
    bool writing = rill__is_writing(st);
    size_t held =
        writing ? rill__pending(st) : (size_t)(st->win.rend - st->flat.base);
    int64_t start = writing ? st->off : st->off - (int64_t)held;
    int64_t first = start > offset ? start : offset;
    int64_t last = start + (int64_t)held;

    if (last > offset + (int64_t)n)
        last = offset + (int64_t)n;
    if (first >= last)
        return;
    memcpy(st->flat.base + (first - start), buf + (first - offset),
           (size_t)(last - first));
}

ptrdiff_t rill_wrapped_pwrite(rill *s, const void *buf, size_t n,
                              int64_t offset)
{
    struct rill__stream *st = rill__of(s);
    const unsigned char *in = buf;
    size_t done = 0;
    ptrdiff_t r = rill__may_write(st);

    if (r < 0)
        return r;
    if (!rill__can_seek(st) || st->access & RILL_APPEND)
        return RILL_ENOTSUP;
    if (offset < 0)
        return RILL_EINVAL;
    if (n > PTRDIFF_MAX || (int64_t)n > INT64_MAX - offset)
        return RILL_ERANGE;
    if (n == 0)
        return 0;
    if (st->flags & UNGOT) /* as any write, it drops what was put back */
        rill__drop_windows(st);
    if (rill__is_flat(st))
        return pwrite_flat(st, buf, n, offset);
    while (done < n) {
        r = rill__store_write(st, in + done, n - done, offset + (int64_t)done);
        if (r < 0)
            break;
        done += (size_t)r;
    }
    patch_window(st, in, done, offset);
    return done > 0 ? (ptrdiff_t)done : r;
}

ptrdiff_t rill_pwrite(rill *s, const void *buf, size_t n, int64_t offset)
{
    return code_of(rill_wrapped_pwrite(s, buf, n, offset));
}
