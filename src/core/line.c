/*
 * line.c - one line, or one record, at a time.
 *
 * The delimiter is searched in the window; a line that goes beyond it is
 * either gathered there into one piece (the view) or collected piece by piece
 * in the caller's memory. (For many lines in a row see lines.c.)
 */
#include <stdlib.h>
#include <string.h>

#include "../os/call.h"
#include "internal.h"

ptrdiff_t rill_readuntil(rill *s, int delimiter, const char **line_out)
{
    struct rill__stream *st = rill__of(s);
    size_t have = rill__unread(st), searched = 0;
    ptrdiff_t r = RILL_OK;

    if (delimiter & ~0xff)
        return RILL_EINVAL;
    /* A non-empty read window is enough to know that reading is legal. */
    if (have == 0) {
        r = rill__begin_reading(st);
        if (r < 0)
            return r;
        have = rill__unread(st);
    }
    for (;;) {
        const unsigned char *end =
            have > searched
                ? memchr(s->rpos + searched, delimiter, have - searched)
                : NULL;
        if (end) {
            *line_out = (const char *)s->rpos;
            r = end + 1 - s->rpos;
            s->rpos = end + 1;
            return r;
        }
        searched = have;
        r = rill__gather(st, have + 1);
        if (r < 0 && (!st->err || r == RILL_EBUSY))
            return r; /* nothing has happened to the line */
        if (r <= (ptrdiff_t)have)
            break; /* the end, or a failure that the next call will meet */
        have = (size_t)r;
    }
    if (r >= 0)
        st->flags |= AT_EOF;
    if (have == 0)
        return r;
    *line_out = (const char *)s->rpos;
    s->rpos += have;
    return (ptrdiff_t)have;
}

/*
 * One piece of a line: what the window holds of it, up to `max` bytes, not yet
 * consumed. *done_out says whether the line ends with it.
 */
static ptrdiff_t line_piece(struct rill__stream *st, int delimiter, size_t max,
                            bool *done_out)
{
    const unsigned char *end;
    size_t have;
    int rc = rill__begin_reading(st);

    if (rc == RILL_OK && rill__unread(st) == 0) {
        rc = rill__fill(st, 1);
        if (rc == 0)
            *done_out = true;
    }
    if (rc < 0)
        return rc;
    have = rill__unread(st);
    if (have > max)
        have = max;
    end = have > 0 ? memchr(st->win.rpos, delimiter, have) : NULL;
    if (end) {
        have = (size_t)(end + 1 - st->win.rpos);
        *done_out = true;
    }
    return (ptrdiff_t)have;
}

/* Grow a malloc()ed buffer to at least `need` bytes. */
static bool grow_line(char **buf, size_t *size, size_t need)
{
    size_t to = *size < 120 ? 120 : *size;
    char *p;

    if (need <= *size)
        return true;
    while (to < need)
        to *= 2; /* need <= PTRDIFF_MAX */
    p = rill__realloc(*buf, to);
    if (!p)
        return false;
    *buf = p;
    *size = to;
    return true;
}

ptrdiff_t rill_getdelim(rill *s, char **buf, size_t *size, int delimiter)
{
    struct rill__stream *st = rill__of(s);
    int64_t start = rill_tell(s);
    size_t len = 0;
    bool done = false;
    ptrdiff_t r = 0;

    if (!buf || !size || delimiter & ~0xff)
        return RILL_EINVAL;
    if (!*buf)
        *size = 0;
    while (!done) {
        r = line_piece(st, delimiter, PTRDIFF_MAX, &done);
        if (r < 0)
            break;
        if ((size_t)r >= PTRDIFF_MAX - len ||
            !grow_line(buf, size, len + (size_t)r + 1)) {
            if (start >= 0)
                rill_seek(s, start, RILL_SEEK_SET);
            return RILL_ENOMEM;
        }
        memcpy(*buf + len, s->rpos, (size_t)r);
        s->rpos += r;
        len += (size_t)r;
    }
    if (r == RILL_EAGAIN && len > 0)
        return rill__put_back(st, *buf, len) < 0 ? RILL_ENOMEM : RILL_EAGAIN;
    if (len == 0 && r < 0)
        return r;
    (*buf)[len] = 0; /* there is room: the loop has asked for it */
    return (ptrdiff_t)len;
}

ptrdiff_t rill_readuntil_into(rill *s, int delimiter, void *buf, size_t size)
{
    struct rill__stream *st = rill__of(s);
    unsigned char *out = buf;
    size_t len = 0;
    bool done = false;
    ptrdiff_t r = rill__begin_reading(st);

    if (r < 0)
        return r;
    if (delimiter & ~0xff)
        return RILL_EINVAL;
    if (size > PTRDIFF_MAX)
        size = PTRDIFF_MAX;
    while (!done && len < size) {
        r = line_piece(st, delimiter, size - len, &done);
        if (r < 0)
            break;
        if (r > 0)
            memcpy(out + len, s->rpos, (size_t)r);
        s->rpos += r;
        len += (size_t)r;
    }
    if (r == RILL_EAGAIN && len > 0)
        return rill__put_back(st, buf, len) < 0 ? RILL_ENOMEM : RILL_EAGAIN;
    return len > 0 ? (ptrdiff_t)len : r;
}
