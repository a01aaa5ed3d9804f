/*
 * bridge.h - what several bridges need: a failure of a stream, described; a
 * write that says at once that there is no room; and what a mode asks of a
 * foreign object that cannot say what it is open for.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <rill/ops.h>

/* Why a call on `s` has just returned `code`: the failure that sticks, if there
 * is one, or else what is known of the call. */
static inline rill_error bridge_error(rill *s, const char *operation,
                                      int64_t code)
{
    rill_error e = {(int)code, 0, rill_tell(s), operation, rill_name(s)};

    rill_failed(s, &e);
    return e;
}

/* Say in `text` why a call on `s` has just returned `code`. */
static inline void bridge_failure(rill *s, const char *operation, int64_t code,
                                  char *text, size_t size)
{
    rill_error e = bridge_error(s, operation, code);

    rill_error_format(&e, text, size);
}

/* Write, where a short count means that the store would block: one that is full
 * says so now, as few callers of other libraries would ask again. */
static inline ptrdiff_t bridge_write(rill *s, const void *buf, size_t n)
{
    ptrdiff_t done = rill_write(s, buf, n), more;

    if (done <= 0 || (size_t)done == n)
        return done;
    more = rill_write(s, (const char *)buf + done, n - (size_t)done);
    if (more < 0)
        return more == RILL_EAGAIN ? done : more;
    return done + more;
}

/* RILL_READ, RILL_WRITE or both, as a mode with r or w and perhaps + and b
 * asks; 0: it is no such mode. */
static inline int bridge_access(const char *mode)
{
    static const char letters[] = "rw+b";
    int seen = 0;

    for (; mode && *mode; mode++) {
        const char *at = strchr(letters, *mode);
        int bit = at ? 1 << (at - letters) : seen;

        if (seen & bit || !at)
            return 0;
        seen |= bit;
    }
    if ((seen & 3) != 1 && (seen & 3) != 2)
        return 0;
    if (seen & 4)
        return RILL_READ | RILL_WRITE;
    return seen & 1 ? RILL_READ : RILL_WRITE;
}

#endif
