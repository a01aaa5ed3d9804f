/*
 * images.h - what the bridges to image libraries share: reading and writing
 * that are worth a call.
 */
#ifndef IMAGES_H
#define IMAGES_H

#include "bridge.h"

/* As many bytes as make a call of the library worth while. */
enum { IMAGES_ENOUGH = 4096 };

/*
 * Look at what comes next. A stream without a buffer would show one byte at a
 * time: ask for more, but of one that can seek only, because others might wait
 * for what is behind the picture. Where more fails, there may be less.
 */
static inline ptrdiff_t images_peek(rill *s, const void **data_out)
{
    ptrdiff_t n =
        rill_seekable(s) ? rill_peek(s, data_out, IMAGES_ENOUGH) : RILL_EAGAIN;

    return n < 0 ? rill_peek(s, data_out, 0) : n;
}

/* Read past `n` bytes: a code, RILL_EEOF where there are fewer. A short count
 * alone would not say whether more will come. */
static inline int images_skip(rill *s, int64_t n)
{
    while (n > 0) {
        int64_t done = rill_skip(s, n);

        if (done <= 0)
            return done < 0 ? (int)done : RILL_EEOF;
        n -= done;
    }
    return RILL_OK;
}

/* Write all, or say why not: a code. */
static inline int images_write(rill *s, const void *data, size_t n)
{
    ptrdiff_t done = bridge_write(s, data, n);

    if (done < 0)
        return (int)done;
    return (size_t)done == n ? RILL_OK : RILL_EAGAIN;
}

/* Flush; what the store does not take just now, the stream keeps. */
static inline int images_flush(rill *s)
{
    int rc = rill_flush(s);

    return rc == RILL_EAGAIN ? RILL_OK : rc;
}

#endif
