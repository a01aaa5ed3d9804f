/*
 * print.c - printf straight into the window.
 *
 * vsnprintf() ends with a NUL, which nobody asked for: so it may write only
 * where nothing of value is, that is into a moving store's window or behind
 * the content of memory that is the stream's own. Everything else, and what
 * does not fit, is formatted aside and written.
 */
#include <stdio.h>

#include "internal.h"

/* Whether the bytes from wpos on may be scribbled over. */
static bool room_is_free(const struct rill__stream *st)
{
    if (!rill__is_writing(st))
        return false;
    if (!rill__is_flat(st))
        return true;
    return st->ops->flags & RILL_OPS_OWNS &&
           (size_t)(st->win.wpos - st->flat.base) >= st->flat.len;
}

int64_t rill_vprintf(rill *s, const char *format, va_list args)
{
    struct rill__stream *st = rill__of(s);
    char small[256], *text = small;
    size_t size = sizeof(small);
    bool in_place;
    va_list again;
    int64_t r;
    int n, rc = rill__may_write(st);

    if (rc < 0)
        return rc;
    in_place = room_is_free(st) && rill__room(st) > 0;
    if (in_place) {
        text = (char *)s->wpos;
        size = rill__room(st) < INT_MAX ? rill__room(st) : INT_MAX;
    }
    va_copy(again, args);
    n = vsnprintf(text, size, format, again);
    va_end(again);
    if (n < 0)
        return RILL_EDATA;
    if ((size_t)n < size) {
        if (!in_place)
            return rill_write(s, small, (size_t)n);
        s->wpos += n;
        return n;
    }
    size = (size_t)n + 1;
    text = rill_realloc(s, NULL, 0, size);
    if (!text)
        return RILL_ENOMEM;
    n = vsnprintf(text, size, format, args);
    r = n < 0 ? RILL_EDATA : rill_write(s, text, (size_t)n);
    rill_realloc(s, text, size, 0);
    return r;
}

int64_t rill_printf(rill *s, const char *format, ...)
{
    va_list args;
    int64_t r;

    va_start(args, format);
    r = rill_vprintf(s, format, args);
    va_end(args);
    return r;
}
