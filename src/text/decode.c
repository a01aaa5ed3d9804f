/*
 * decode.c - reading text: from the bytes below to UTF-8 with \n.
 *
 * The codec takes bytes out of the window of the stream below and puts
 * characters where the caller wants them; there line ends are translated in
 * place. No more is taken from below than makes the characters that were asked
 * for, so that below always stands where the text has been decoded to.
 */
#include <string.h>

#include "text.h"

enum { DECODE_NO_ROOM = -1000 }; /* for the next character: no code is that */

static void decode_consume(struct text *t, size_t n)
{
    (void)!rill_consume(t->below, n);
    t->consumed += (int64_t)n;
}

/* `n` bytes below are no character. */
static ptrdiff_t decode_bad(struct text *t, size_t n, unsigned char *out,
                            size_t room)
{
    static const unsigned char replacement[] = {0xef, 0xbf, 0xbd}; /* U+FFFD */

    if (!t->replaces)
        return RILL_EDATA;
    if (room < sizeof(replacement))
        return DECODE_NO_ROOM;
    decode_consume(t, n);
    memcpy(out, replacement, sizeof(replacement));
    return sizeof(replacement);
}

/* Below there is no more: get what the codec has held back. */
static ptrdiff_t decode_rest(struct text *t, unsigned char *out, size_t room)
{
    struct rill__piece p = {.in = out, .in_end = out, .out = out};

    p.out_end = out + room;
    if (t->codec.ops->finish &&
        t->codec.ops->finish(&t->codec, &p, CODEC_DECODING) == CODEC_FULL &&
        p.out == out)
        return DECODE_NO_ROOM;
    return p.out - out;
}

/* Decode into `room` > 0 bytes: how many that made, 0 at the end, or a code. */
static ptrdiff_t decode_piece(struct text *t, unsigned char *out, size_t room)
{
    size_t want = 0;

    for (;;) {
        const void *data = NULL;
        ptrdiff_t have = (ptrdiff_t)told(t, rill_peek(t->below, &data, want));
        enum rill__codec_stop stop;
        struct rill__piece p;
        size_t left;

        if (have < 0)
            return have;
        if (have == 0)
            return decode_rest(t, out, room);
        p = (struct rill__piece){.in = data, .out = out};
        p.in_end = p.in + have;
        p.out_end = p.out + room;
        stop = t->codec.ops->decode(&t->codec, &p);
        left = (size_t)(p.in_end - p.in);
        decode_consume(t, (size_t)have - left);
        if (p.out > out)
            return p.out - out;
        if (stop == CODEC_FULL)
            return DECODE_NO_ROOM;
        if (stop == CODEC_BAD)
            return decode_bad(t, p.bad, out, room);
        if (left > 0 && (size_t)have < want) /* it ends within a character */
            return decode_bad(t, left, out, room);
        want = left + 1;
    }
}

/* The same with line ends as they should be. A \r that may be half of one is
 * held back, and put before what comes next. */
static ptrdiff_t decode_lines(const rill *s, struct text *t, unsigned char *out,
                              size_t room)
{
    size_t n = 0;

    while (n == 0) {
        size_t held = t->lines.pending_cr ? 1 : 0;
        ptrdiff_t r;

        rill__text_mark(s, t);
        if (room <= held)
            return DECODE_NO_ROOM;
        r = decode_piece(t, out + held, room - held);
        if (r == RILL_EDATA && held)
            r = 0; /* then it ends here, and with the \r alone */
        if (r < 0)
            return r;
        n = held + (size_t)r;
        if (n == 0)
            return 0;
        if (t->newline == RILL_NEWLINE_UNIVERSAL ||
            t->newline == RILL_NEWLINE_KEEP) {
            if (held)
                *out = '\r';
            t->lines.pending_cr = 0;
            n = rill_newlines_decode(&t->lines, out, out, n, 1, r == 0);
        }
        t->decoded += (int64_t)n;
    }
    return (ptrdiff_t)n;
}

/* Where fewer bytes are wanted than the next character has, it is held, and
 * given in pieces. */
ptrdiff_t rill__text_take(const rill *s, struct text *t, void *buf, size_t n)
{
    if (t->hold_at == t->hold_end) {
        ptrdiff_t r = decode_lines(s, t, buf, n);

        if (r > 0)
            t->given += r;
        if (r != DECODE_NO_ROOM)
            return r;
        for (size_t room = n + 1; r == DECODE_NO_ROOM && room <= TEXT_HOLD;
             room++)
            r = decode_lines(s, t, t->hold, room);
        if (r <= 0)
            return r == DECODE_NO_ROOM ? RILL_EDATA : r;
        t->hold_at = 0;
        t->hold_end = (unsigned)r;
    }
    if (n > t->hold_end - t->hold_at)
        n = t->hold_end - t->hold_at;
    memcpy(buf, t->hold + t->hold_at, n);
    t->hold_at += (unsigned)n;
    t->given += (int64_t)n;
    return (ptrdiff_t)n;
}
