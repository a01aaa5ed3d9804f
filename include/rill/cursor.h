/*
 * rill/cursor.h - the window in local variables, for hot loops.
 *
 * A compiler must assume that a store through a byte pointer may change the
 * stream itself, and so reloads and saves the window around every call. A
 * cursor is the window in locals, which can stay in registers; the stream gets
 * it back at the end:
 *
 *     rill_writer w = rill_writer_begin(s);
 *     for (size_t i = 0; i < count; i++)
 *         rill_writer_put(&w, &record[i], sizeof record[i]);
 *     int rc = rill_writer_end(&w);
 *
 * Between begin and end the stream must not be used otherwise. Nothing needs
 * to be checked in the loop: the first failure makes the rest of it do
 * nothing, and is what end returns. (So end says RILL_EAGAIN where a
 * non-blocking store took no more: use rill_write() there.)
 *
 * To run over bytes in a loop that the compiler can vectorise, ask for the
 * window itself: rill_peek(s, &data, 0), a plain loop, rill_consume().
 *
 * Rules as in rill/stream.h.
 */
#ifndef RILL_CURSOR_H
#define RILL_CURSOR_H

#include <rill/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Writing ---------------------------------------------------------- */

typedef struct rill_writer {
    unsigned char *pos, *end;
    rill *s;
    int status;
} rill_writer;

static inline rill_writer rill_writer_begin(rill *s)
{
    rill_writer w;
    w.pos = s->wpos;
    w.end = s->wend;
    w.s = s;
    w.status = RILL_OK;
    return w;
}

/* Write `n` bytes that do not fit into the cursor: put() calls this. */
static inline void rill_writer_spill(rill_writer *w, const void *buf, size_t n)
{
    ptrdiff_t done;

    if (w->status < 0)
        return;
    w->s->wpos = w->pos;
    done = rill_write_slow(w->s, buf, n);
    if (done >= 0 && done != (ptrdiff_t)n) /* cut short: ask why */
        done =
            rill_write_slow(w->s, (const char *)buf + done, n - (size_t)done);
    w->pos = w->s->wpos;
    w->end = w->s->wend;
    if (done < 0) {
        w->status = (int)done;
        w->end = w->pos;
    }
}

/* Write `n` bytes. */
static inline void rill_writer_put(rill_writer *w, const void *buf, size_t n)
{
    if (RILL_LIKELY(n - 1 < (size_t)(w->end - w->pos))) {
        rill_move(w->pos, buf, n);
        w->pos += n;
    } else {
        rill_writer_spill(w, buf, n);
    }
}

/* Write one byte. */
static inline void rill_writer_putc(rill_writer *w, int byte)
{
    if (RILL_LIKELY(w->pos < w->end)) {
        *w->pos++ = (unsigned char)byte;
    } else {
        unsigned char b = (unsigned char)byte;
        rill_writer_spill(w, &b, 1);
    }
}

/* Give the window back to the stream. Returns 0 or the first failure. */
static inline int rill_writer_end(rill_writer *w)
{
    if (w->status == RILL_OK)
        w->s->wpos = w->pos;
    return w->status;
}

/* ---- Reading ---------------------------------------------------------- */

typedef struct rill_reader {
    const unsigned char *pos, *end;
    rill *s;
    int status;
} rill_reader;

static inline rill_reader rill_reader_begin(rill *s)
{
    rill_reader r;
    r.pos = s->rpos;
    r.end = s->rend;
    r.s = s;
    r.status = RILL_OK;
    return r;
}

/* Read `n` bytes that the cursor does not hold: get() calls this. */
static inline int rill_reader_refill(rill_reader *r, void *buf, size_t n)
{
    if (r->status < 0)
        return r->status;
    r->s->rpos = r->pos;
    r->status = rill_read_exact_slow(r->s, buf, n);
    r->pos = r->s->rpos;
    r->end = r->status < 0 ? r->pos : r->s->rend;
    return r->status;
}

/* Read exactly `n` bytes: 0, or RILL_EEOF or another code, once and for all. */
static inline int rill_reader_get(rill_reader *r, void *buf, size_t n)
{
    if (RILL_LIKELY(n - 1 < (size_t)(r->end - r->pos))) {
        rill_move(buf, r->pos, n);
        r->pos += n;
        return RILL_OK;
    }
    return rill_reader_refill(r, buf, n);
}

/* Read one byte: 0 to 255, RILL_EEOF at the end, or another negative code. */
static inline int rill_reader_getc(rill_reader *r)
{
    if (RILL_LIKELY(r->pos < r->end)) {
        return *r->pos++;
    } else {
        unsigned char b;
        return rill_reader_refill(r, &b, 1) < 0 ? r->status : b;
    }
}

/*
 * Give the window back to the stream. Returns 0 or the first failure; a loop
 * that read to the end of the data finds RILL_EEOF here.
 */
static inline int rill_reader_end(rill_reader *r)
{
    if (r->status == RILL_OK)
        r->s->rpos = r->pos;
    return r->status;
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_CURSOR_H */
