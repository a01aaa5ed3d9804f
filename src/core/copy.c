/*
 * copy.c - from one stream to another by the shortest way.
 *
 * Memory is written straight from where it lies; everything else is read
 * straight into the place where the target keeps its bytes, which for memory
 * is the content itself and for a file its window. Between two files the kernel
 * is asked first.
 */
#include "internal.h"

enum { CLONE_MIN = 256 * 1024 }; /* for fewer it is not worth the calls */

/* How much of `n` bytes is left to do, in one go. */
static size_t limit(int64_t n, int64_t done, size_t most)
{
    int64_t left = n - done;

    return left > (int64_t)most ? most : (size_t)left;
}

/* Write what the source's window holds. Returns how much, or a code. */
static int64_t copy_window(rill *dst, rill *src, size_t n)
{
    size_t have = rill__unread(rill__of(src));
    ptrdiff_t r = rill_write(dst, src->rpos, have < n ? have : n);

    if (r > 0)
        src->rpos += r;
    return r;
}

/* Read into the target's room. Returns how much, 0 at the end, or a code. */
static int64_t copy_into_room(rill *dst, rill *src, size_t n)
{
    struct rill__stream *to = rill__of(dst);
    size_t want = rill__is_flat(to) ? 0 : to->info->window;
    void *room;
    ptrdiff_t have = rill_reserve(dst, &room, want < n ? want : n);

    if (have < 0)
        return have;
    if (n > (size_t)have)
        n = (size_t)have;
    have = rill_read(src, room, n);
    if (have > 0)
        rill_commit(dst, (size_t)have);
    return have;
}

/* Let the store do it by itself. Returns how much it did: maybe nothing. */
static int64_t copy_blocks(rill *dst, rill *src, int64_t n)
{
    struct rill__stream *to = rill__of(dst), *from = rill__of(src);
    int64_t at, target, size, left;

    if (!to->ops->clone || to->ops->clone != from->ops->clone ||
        to->access & RILL_APPEND)
        return 0;
    size = rill__size_hint(from);
    at = rill_tell(src);
    target = rill_tell(dst);
    left = size - at;
    if (left > n)
        left = n;
    if (size < 0 || at < 0 || target < 0 || left < CLONE_MIN)
        return 0;
    if (rill_flush(dst) < 0 || rill_flush(src) < 0)
        return to->err ? to->err : from->err; /* 0: it would block */
    left = to->ops->clone(dst, rill__state(to), target, rill__state(from), at,
                          left);
    if (left <= 0)
        return 0;
    rill_seek(src, left, RILL_SEEK_CUR);
    rill_seek(dst, left, RILL_SEEK_CUR);
    return left;
}

/* Tell a memory target how much is coming. */
static void make_ready(rill *dst, rill *src, int64_t n)
{
    int64_t left, position;

    if (!rill__is_flat(rill__of(dst)) || !rill_seekable(src))
        return;
    left = rill__size_hint(rill__of(src)) - rill_tell(src);
    position = rill_tell(dst);
    if (left > n)
        left = n;
    if (left > 0 && left < INT64_MAX - position)
        rill_hint_size(dst, position + left);
}

/*
 * Whether to go by way of the source's window. So it is found out that there
 * is more before the target is asked for room, where asking would fail or
 * would change something for nothing; and what an unbuffered target does not
 * take is not lost.
 */
static bool by_window(rill *dst, const struct rill__stream *from, int64_t done)
{
    const struct rill__stream *to = rill__of(dst);

    if (rill__is_flat(from) || done == 0)
        return true;
    return rill__is_flat(to) ? rill__room(to) == 0
                             : (to->flags & UNBUFFERED) != 0;
}

int64_t rill_copy(rill *dst, rill *src, int64_t n)
{
    struct rill__stream *from = rill__of(src);
    int64_t done, r = rill__begin_reading(from);

    if (dst == src)
        return RILL_EINVAL;
    if (r == RILL_OK)
        r = rill__may_write(rill__of(dst));
    if (r < 0 || n == 0)
        return r;
    if (n < 0)
        n = INT64_MAX; /* all that is left */
    make_ready(dst, src, n);
    done = copy_blocks(dst, src, n);
    if (done < 0)
        return done;

    while (done < n) {
        if (rill__unread(from) == 0 && by_window(dst, from, done)) {
            r = rill__fill(from, limit(n, done, from->info->window));
            if (r <= 0)
                break;
        }
        if (rill__unread(from) > 0)
            r = copy_window(dst, src, limit(n, done, PTRDIFF_MAX));
        else
            r = copy_into_room(dst, src, limit(n, done, PTRDIFF_MAX));
        if (r <= 0)
            break;
        done += r;
    }
    return done > 0 ? done : r;
}
