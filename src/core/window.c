/*
 * window.c - between the windows and the store.
 *
 * Everything that changes where the windows stand is here: filling one,
 * writing one out, turning from writing to reading and back, growing. After
 * each of these functions the position formula (internal.h) gives the same
 * position as before, plus what was moved.
 */
#include <string.h>

#include "../os/memory.h"
#include "internal.h"

/* What a fill asks for right after a jump, when the caller wants less. */
enum { NEARBY = 512 };

/* What lies before a window's bytes: the list for fork(), and the slack. */
enum { BEFORE = sizeof(rill__watch) + RILL__SLACK };

_Static_assert(BEFORE + RILL__WINDOW == MEMORY_WINDOW,
               "windows of the usual size are the ones that are kept");

int64_t rill__position(const struct rill__stream *st)
{
    int64_t position;

    if (rill__is_writing(st)) {
        position =
            (rill__is_flat(st) ? 0 : st->off) + (st->win.wpos - st->flat.base);
        /* Append: it moves to the end with the first byte, not before. */
        if (st->access & RILL_APPEND && position == st->info->append_at)
            position = st->info->append_from;
        return position;
    }
    position = st->off - (st->win.rend - st->win.rpos);
    return position < 0 ? 0 : position; /* put back before the start */
}

static void read_window(struct rill__stream *st, const unsigned char *pos,
                        const unsigned char *end)
{
    st->win.rpos = pos;
    st->win.rend = end;
    st->win.wpos = st->win.wend = st->flat.base;
}

static void write_window(struct rill__stream *st, size_t from, size_t to)
{
    st->win.rpos = st->win.rend = st->flat.base;
    st->win.wpos = st->flat.base + from;
    st->win.wend = st->flat.base + to;
}

/* Empty both windows, and stand at `position`. Nothing may be pending. */
static void stand_at(struct rill__stream *st, int64_t position)
{
    read_window(st, st->flat.base, st->flat.base);
    st->off = position;
    st->flags &= (uint16_t) ~(WRITING | UNGOT);
}

void rill__drop_windows(struct rill__stream *st)
{
    stand_at(st, rill__position(st));
}

/* ---- Calling the store ----------------------------------------------------- */

ptrdiff_t rill__store_read(struct rill__stream *st, void *buf, size_t n,
                           int64_t offset)
{
    uint64_t left = (uint64_t)(INT64_MAX - offset);
    ptrdiff_t r;

    if (n > left)
        n = (size_t)left;
    if (n == 0)
        return 0; /* nothing lies beyond the last offset */
    RILL__RETRY(r, st->ops->read(&st->win, rill__state(st), buf, n, offset));
    return r > 0 && (size_t)r > n ? RILL_EIO : r;
}

ptrdiff_t rill__store_write(struct rill__stream *st, const void *buf, size_t n,
                            int64_t offset)
{
    ptrdiff_t r;

    RILL__RETRY(r, st->ops->write(&st->win, rill__state(st), buf, n, offset));
    return r == 0 || (r > 0 && (size_t)r > n) ? RILL_EIO : r;
}

int64_t rill__store_size(struct rill__stream *st)
{
    int64_t size;

    RILL__RETRY(size, st->ops->size(&st->win, rill__state(st)));
    return size;
}

/* Something was written in append mode: stand where the end is now. */
void rill__after_append(struct rill__stream *st)
{
    int64_t end;

    if (!(st->access & RILL_APPEND) || !st->ops->size)
        return;
    end = rill__store_size(st);
    st->off = end >= 0 ? end : st->off;
    st->info->append_at = -1;
}

/* ---- The window's memory --------------------------------------------------- */

static void window_free(struct rill__stream *st, void *p, size_t size)
{
    if (st->info->allocator)
        rill_realloc(&st->win, p, size, 0);
    else
        rill__memory_give_window(p, size);
}

static void window_release(struct rill__stream *st, rill_flat *window)
{
    unsigned char *p = window->base - BEFORE;

    if (window->cap == 0)
        return;
    rill__unwatch_window((void *)p);
    window_free(st, p, BEFORE + window->cap);
}

void rill__free_window(struct rill__stream *st)
{
    window_release(st, &st->flat);
    if (st->flags & DUPLEX)
        window_release(st, &st->info->other);
}

/* Make the window's memory at least `cap` bytes; the windows move along. */
int rill__make_window(struct rill__stream *st, size_t cap)
{
    rill_flat old = st->flat;
    size_t size;

    unsigned char *p;

    if (cap <= old.cap)
        return RILL_OK;
    if (cap > SIZE_MAX - BEFORE)
        return RILL_ENOMEM;
    size = BEFORE + cap;

    p = st->info->allocator ? rill_realloc(&st->win, NULL, 0, size)
                            : rill__memory_take_window(size);
    if (!p)
        return RILL_ENOMEM;
    if (rill__watch_window((void *)p, st) < 0) {
        window_free(st, p, size);
        return RILL_ENOMEM;
    }
    st->flat = (rill_flat){.base = p + BEFORE, .cap = cap};
    if (old.cap == 0) {
        read_window(st, st->flat.base, st->flat.base);
        return RILL_OK;
    }
    memcpy(st->flat.base - RILL__SLACK, old.base - RILL__SLACK,
           old.cap + RILL__SLACK);
    st->win.rpos = st->flat.base + (st->win.rpos - old.base);
    st->win.rend = st->flat.base + (st->win.rend - old.base);
    st->win.wpos = st->flat.base + (st->win.wpos - old.base);
    st->win.wend = st->flat.base + (st->win.wend - old.base);
    window_release(st, &old);
    return RILL_OK;
}

/* ---- Writing ---------------------------------------------------------------- */

/* How far a write window may reach: offsets end at INT64_MAX. */
static size_t window_reach(const struct rill__stream *st)
{
    uint64_t left = (uint64_t)(INT64_MAX - st->off);

    if (st->flags & UNBUFFERED)
        return 0;
    return left < st->flat.cap ? (size_t)left : st->flat.cap;
}

/*
 * Hand what waits in the write window of a moving store to the store. What it
 * does not take stays, and is tried again by the next call; after a failure
 * the window is closed, so that every write comes by and meets the failure.
 */
int rill__write_out(struct rill__stream *st)
{
    unsigned char *base = st->flat.base, *from = base;
    size_t left = rill__pending(st), room;
    int rc = RILL_OK;

    while (left > 0) {
        ptrdiff_t r;
        RILL__CALL(st, r = rill__store_write(st, from, left, st->off));
        if (r < 0) {
            rc = rill__fail(st, r, RILL__OP_WRITE, st->off);
            break;
        }
        from += r;
        left -= (size_t)r;
        st->off += r;
        st->flags |= WROTE;
    }
    if (left > 0 && from > base)
        memmove(base, from, left);
    if (left == 0 && from > base)
        rill__after_append(st);
    room = rc < 0 && rc != RILL_EAGAIN ? left : window_reach(st);
    write_window(st, left, room > left ? room : left);
    return rc;
}

/* Change to the window of the other direction of a duplex stream. */
static void change_sides(struct rill__stream *st)
{
    rill__info *info = st->info;
    rill_flat flat = st->flat;
    const unsigned char *rpos = st->win.rpos, *rend = st->win.rend;

    st->flat = info->other;
    read_window(st, info->other_rpos, info->other_rend);
    info->other = flat;
    info->other_rpos = rpos;
    info->other_rend = rend;
}

/*
 * End writing: make what was written part of the content (flat), or hand it to
 * the store. Afterwards the stream is reading, with nothing in its window (a
 * duplex stream: with what it had read ahead).
 */
int rill__settle(struct rill__stream *st)
{
    if (!rill__is_writing(st))
        return RILL_OK;
    if (rill__is_flat(st)) {
        rill__note_length(st);
        if (st->win.wpos > st->flat.base + st->off)
            st->flags |= WROTE;
    } else {
        int rc = rill__write_out(st);
        if (rc < 0)
            return rc;
    }
    rill__drop_windows(st);
    if (st->flags & DUPLEX)
        change_sides(st);
    return RILL_OK;
}

/*
 * Ask a flat store for room; 1: it has become a moving one. What was written
 * must be part of its length. Afterwards, if it grew, nothing is in a window.
 * What no memory can hold is asked for all the same, as SIZE_MAX: a store that
 * becomes a file can.
 */
int rill__grow_flat(struct rill__stream *st, uint64_t end)
{
    int64_t position = rill__position(st);
    size_t need = end <= PTRDIFF_MAX ? (size_t)end : SIZE_MAX;
    int rc;

    if (need <= st->flat.cap)
        return RILL_OK;
    if (!st->ops->grow)
        return RILL_ENOSPC;
    RILL__CALL(st,
               rc = st->ops->grow(&st->win, rill__state(st), &st->flat, need));
    assert(st->flat.base && st->flat.len <= st->flat.cap);
    if (rc == RILL_OK && st->flat.cap < need)
        rc = RILL_EIO; /* not what a store may return */
    stand_at(st, position);
    return rc;
}

static int start_writing_flat(struct rill__stream *st, size_t n)
{
    int64_t position = rill__position(st);
    size_t at;
    int rc;

    if (st->access & RILL_APPEND) {
        st->info->append_from = position;
        position = st->info->append_at = (int64_t)st->flat.len;
    }
    stand_at(st, position);
    if ((int64_t)n > INT64_MAX - position)
        return RILL_ERANGE;
    rc = rill__grow_flat(st, (uint64_t)position + n);
    if (rc == 1)
        return rill__start_writing(st, n);
    if (rc < 0 &&
        (st->flat.cap <= (uint64_t)position || rill__code(rc) != RILL_ENOSPC))
        return rill__fail(st, rc, RILL__OP_WRITE, position);
    at = (size_t)position;
    if (at > st->flat.len)
        memset(st->flat.base + st->flat.len, 0, at - st->flat.len);
    write_window(st, at, st->flat.cap);
    st->flags |= WRITING;
    return RILL_OK;
}

static int start_writing_moving(struct rill__stream *st)
{
    int64_t position = rill__position(st);
    int rc;

    if (st->flags & DUPLEX)
        change_sides(st);
    if (st->access & RILL_APPEND && st->ops->size) {
        int64_t end = rill__store_size(st);
        if (end < 0)
            return rill__fail(st, end, RILL__OP_WRITE, -1);
        st->info->append_from = position;
        position = st->info->append_at = end;
    }
    if (!(st->flags & UNBUFFERED)) {
        rc = rill__make_window(st, st->info->window);
        if (rc < 0) {
            if (st->flags & DUPLEX)
                change_sides(st);
            return rill__fail(st, rc, RILL__OP_WRITE, position);
        }
    }
    stand_at(st, position);
    st->flags |= WRITING;
    write_window(st, 0, window_reach(st));
    return RILL_OK;
}

/*
 * Turn to writing `n` > 0 bytes at the position (append: at the end). A flat
 * store has room for them afterwards, or is full and has room for some.
 */
int rill__start_writing(struct rill__stream *st, size_t n)
{
    st->flags &= (uint16_t)~AT_EOF;
    if (rill__is_flat(st)) {
        (void)rill__settle(st); /* flat: cannot fail */
        return start_writing_flat(st, n);
    }
    return rill__is_writing(st) ? RILL_OK : start_writing_moving(st);
}

/* ---- Reading ---------------------------------------------------------------- */

/* Show a flat store's content from the position on. */
static void lend(struct rill__stream *st)
{
    unsigned char *base = st->flat.base;

    st->flags &= (uint16_t)~UNGOT;
    if ((uint64_t)st->off < st->flat.len) {
        read_window(st, base + st->off, base + st->flat.len);
        st->off = (int64_t)st->flat.len;
        st->flags |= SOUGHT;
    } else {
        read_window(st, base, base);
    }
}

int rill__start_reading(struct rill__stream *st)
{
    int rc = rill__settle(st);

    if (rc == RILL_OK && rill__is_flat(st) && rill__unread(st) == 0)
        lend(st);
    return rc;
}

/* How much to ask a moving store for, when the caller wants `want`. */
static size_t fill_size(struct rill__stream *st, size_t want)
{
    size_t cap = st->info->window, n;

    if (st->flags & UNBUFFERED)
        return want;
    if (st->ahead == 0) { /* a jump: about what is asked */
        st->ahead = RILL__FIRST_FILL;
        n = want > NEARBY ? want : NEARBY;
    } else {
        n = want > st->ahead ? want : st->ahead;
        if (st->ahead < cap)
            st->ahead = st->ahead < cap / 4 ? st->ahead * 4 : (uint32_t)cap;
    }
    return n < cap || want > cap ? n : cap;
}

/* The store has no more: note it, and wonder about a forgotten rewind. */
void rill__found_end(struct rill__stream *st)
{
    st->flags |= AT_EOF;
    if ((st->flags & (WROTE | SOUGHT)) != WROTE || rill__position(st) == 0)
        return;
    st->flags |= SOUGHT; /* say it once */
    rill__diagnose(st, RILL_DIAG_NOT_REWOUND,
                   "read at the end of what was just written: "
                   "rill_rewind() goes back to the start");
}

/*
 * Note what the store's `read` returned for the offset where the stream's
 * knowledge ends. Returns the count, 0 at the end, or a code.
 */
ptrdiff_t rill__arrived(struct rill__stream *st, ptrdiff_t r)
{
    if (r < 0)
        return rill__fail(st, r, RILL__OP_READ, st->off);
    if (r == 0) {
        rill__found_end(st);
        return 0;
    }
    st->off += r;
    st->flags = (uint16_t)((st->flags | SOUGHT) & ~AT_EOF);
    return r;
}

/*
 * Fill an empty read window, of a stream that is reading; `want` > 0 is what
 * the caller needs now, a hint.
 *
 * Returns 1 if there is something to read, 0 at the end, or a code.
 */
int rill__fill(struct rill__stream *st, size_t want)
{
    ptrdiff_t r;
    size_t n;
    int rc;

    if (rill__is_flat(st)) {
        lend(st);
        if (rill__unread(st) > 0)
            return 1;
        rill__found_end(st);
        return 0;
    }
    rc =
        rill__make_window(st, st->flags & UNBUFFERED ? want : st->info->window);
    if (rc < 0)
        return rill__fail(st, rc, RILL__OP_READ, st->off);
    stand_at(st, rill__position(st));
    n = fill_size(st, want);
    if (n > st->flat.cap)
        n = st->flat.cap;
    RILL__CALL(st, r = rill__store_read(st, st->flat.base, n, st->off));
    r = rill__arrived(st, r);
    if (r <= 0)
        return (int)r;
    read_window(st, st->flat.base, st->flat.base + r);
    return 1;
}

/* Bring what was put back together with what follows it, for a flat store. */
static ptrdiff_t gather_flat(struct rill__stream *st, size_t want)
{
    size_t have = rill__unread(st), more = want - have;
    size_t left =
        (uint64_t)st->off < st->flat.len ? st->flat.len - (size_t)st->off : 0;
    unsigned char *p;

    if (more > left)
        more = left;
    if (more == 0)
        return (ptrdiff_t)have;
    p = rill_realloc(&st->win, NULL, 0, RILL__SLACK + have + more);
    if (!p)
        return RILL_ENOMEM;
    memcpy(p + RILL__SLACK, st->win.rpos, have);
    memcpy(p + RILL__SLACK + have, st->flat.base + st->off, more);
    rill_realloc(&st->win, st->info->scratch, st->info->scratch_size, 0);
    st->info->scratch = p;
    st->info->scratch_size = RILL__SLACK + have + more;
    read_window(st, p + RILL__SLACK, p + st->info->scratch_size);
    st->off += (int64_t)more;
    return (ptrdiff_t)(have + more);
}

/* Make room for `want` bytes from rpos on, in a moving store's window. */
static int gather_room(struct rill__stream *st, size_t want)
{
    size_t have = rill__unread(st), cap = st->flat.cap;
    unsigned char *base;
    int rc;

    if (want > cap) {
        size_t size = cap * 2 > want ? cap * 2 : want;
        if (size < st->info->window && !(st->flags & UNBUFFERED))
            size = st->info->window;
        if (size > st->info->window_limit)
            size = st->info->window_limit;
        rc = rill__make_window(st, size);
        if (rc < 0)
            return rc;
    }
    base = st->flat.base;
    if (st->win.rpos < base ||
        (size_t)(base + st->flat.cap - st->win.rpos) < want) {
        memmove(base, st->win.rpos, have);
        read_window(st, base, base + have);
    }
    return RILL_OK;
}

/*
 * Make `want` > 0 bytes readable in one piece, of a stream that is reading.
 *
 * Returns how many are: fewer only at the end of the data; or a code, with the
 * window as it was.
 */
ptrdiff_t rill__gather(struct rill__stream *st, size_t want)
{
    if (rill__is_flat(st)) {
        if (rill__unread(st) == 0 && rill__fill(st, want) == 0)
            return 0;
        if (rill__unread(st) >= want || !(st->flags & UNGOT))
            return (ptrdiff_t)rill__unread(st);
        return gather_flat(st, want);
    }
    if (want > st->info->window_limit)
        return RILL_ELIMIT;
    if (rill__is_called(st))
        return RILL_EBUSY;
    while (rill__unread(st) < want) {
        size_t have = rill__unread(st), n;
        ptrdiff_t r;
        int rc = gather_room(st, want);
        if (rc < 0)
            return rc;
        n = fill_size(st, want - have);
        if (n > (size_t)(st->flat.base + st->flat.cap - st->win.rend))
            n = (size_t)(st->flat.base + st->flat.cap - st->win.rend);
        RILL__CALL(st, r = rill__store_read(
                           st, st->flat.base + (st->win.rend - st->flat.base),
                           n, st->off));
        if (r == 0 && have > 0)
            break; /* not yet the end: there is something to read */
        r = rill__arrived(st, r);
        if (r <= 0)
            return r;
        st->win.rend += r;
        st->win.wpos = st->win.wend = st->flat.base;
    }
    return (ptrdiff_t)rill__unread(st);
}

/*
 * Put `n` bytes that were read back before the position. Some may be not the
 * store's but what rill_ungetc() had put there.
 * For calls that take all or nothing, when a store would block halfway.
 */
int rill__put_back(struct rill__stream *st, const void *bytes, size_t n)
{
    size_t have = rill__unread(st);
    int rc = rill__make_window(st, n + have);

    if (rc < 0)
        return rill__fail(st, rc, RILL__OP_READ, st->off);
    if (have > 0)
        memmove(st->flat.base + n, st->win.rpos, have);
    if (n > 0)
        memcpy(st->flat.base, bytes, n);
    read_window(st, st->flat.base, st->flat.base + n + have);
    st->flags |= UNGOT;
    return RILL_OK;
}
