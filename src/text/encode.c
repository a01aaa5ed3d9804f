/*
 * encode.c - writing text: from UTF-8 with \n to the bytes below.
 *
 * Text comes in pieces that may end anywhere; the first bytes of a character
 * wait for the others. What has been encoded waits too, if the stream below
 * would block, so that a piece is either taken or not.
 */
#include <assert.h>
#include <string.h>

#include "text.h"

/* Hand on what has been encoded: 0 or a code. A failure lasts until a call has
 * told it. */
static int encode_push(struct text *t)
{
    while (t->late == RILL_OK && t->out_at < t->out_end) {
        ptrdiff_t r =
            (ptrdiff_t)told(t, rill_write(t->below, t->out + t->out_at,
                                          t->out_end - t->out_at));
        if (r == RILL_EAGAIN)
            return RILL_EAGAIN;
        if (r < 0)
            t->late = (int)r;
        else
            t->out_at += (size_t)r;
    }
    if (t->late == RILL_OK)
        t->out_at = t->out_end = 0;
    return t->late;
}

/* Encode what there is room for: why it stopped, or a code. */
static int encode_move(struct text *t, struct rill__piece *p)
{
    int rc = t->out_end > TEXT_OUT / 2 ? encode_push(t) : RILL_OK;

    if (rc < 0)
        return rc;
    p->out = t->out + t->out_end;
    p->out_end = t->out + TEXT_OUT;
    rc = (int)t->codec.ops->encode(&t->codec, p);
    t->out_end = (size_t)(p->out - t->out);
    return rc;
}

/* Write what is no character, or none that the encoding has, as one that all
 * have. */
static int encode_bad(struct text *t)
{
    struct rill__piece p = {.in = (const unsigned char *)"?"};
    int rc;

    p.in_end = p.in + 1;
    if (!t->replaces)
        return RILL_EDATA;
    rc = encode_move(t, &p);
    return rc < 0 ? rc : RILL_OK;
}

/* Encode some of `n` bytes. How many that were; 0: they are the first ones of
 * a character; or a code. */
static ptrdiff_t encode_some(struct text *t, const unsigned char *in, size_t n)
{
    struct rill__piece p = {.in = in, .in_end = in + n};
    int stop = encode_move(t, &p);

    if (stop < 0)
        return stop;
    if (p.in > in || stop != CODEC_BAD)
        return p.in - in;
    stop = encode_bad(t);
    return stop < 0 ? stop : (ptrdiff_t)p.bad;
}

/* The same for as many as there are before the first character that cannot be
 * encoded, or is incomplete. */
static ptrdiff_t encode_all(struct text *t, const unsigned char *in, size_t n)
{
    size_t done = 0;
    ptrdiff_t r = 0;

    while (done < n) {
        r = encode_some(t, in + done, n - done);
        if (r <= 0)
            break;
        done += (size_t)r;
    }
    return done > 0 ? (ptrdiff_t)done : r;
}

/* The same, and keep the first bytes of a character for later. */
static ptrdiff_t encode_begun(struct text *t, const unsigned char *in, size_t n)
{
    ptrdiff_t r = encode_all(t, in, n);

    if (r != 0)
        return r;
    assert(n < sizeof(t->part));
    memcpy(t->part, in, n);
    t->part_size = (unsigned char)n;
    return (ptrdiff_t)n;
}

/* Encode up to what ends a line, or that, as it should be written. */
static ptrdiff_t encode_line(struct text *t, const unsigned char *in, size_t n)
{
    const unsigned char *end;
    ptrdiff_t r;

    if (n > TEXT_OUT)
        n = TEXT_OUT; /* not to look far beyond what is taken */
    if (!t->line_end)
        return encode_begun(t, in, n);
    if (t->swallows) {
        t->swallows = 0;
        if (*in == '\n')
            return 1;
    }
    end = memchr(in, t->turned, n);
    if (end != in)
        return encode_begun(t, in, end ? (size_t)(end - in) : n);
    r = encode_all(t, (const unsigned char *)t->line_end, strlen(t->line_end));
    if (r < 0)
        return r;
    t->swallows = t->turned == '\r';
    return 1;
}

/* Encode a character, or replace what is none, whose first bytes came before.
 * How many bytes of `in` belong to it. */
static ptrdiff_t encode_part(struct text *t, const unsigned char *in, size_t n)
{
    size_t before = t->part_size;
    size_t more = n < sizeof(t->part) - before ? n : sizeof(t->part) - before;
    uint32_t character;
    ptrdiff_t r;
    int size;

    memcpy(t->part + before, in, more);
    size = rill__utf8_get(t->part, before + more, &character);
    if (size == 0) { /* not yet */
        t->part_size += (unsigned char)more;
        return (ptrdiff_t)more;
    }
    r = size < 0 ? encode_bad(t) : encode_all(t, t->part, (size_t)size);
    if (r < 0)
        return r;
    t->part_size = 0;
    return (size < 0 ? -size : size) - (ptrdiff_t)before;
}

void rill__text_end_line(struct text *t, const void *buf, size_t n)
{
    if (t->line_buffering && (memchr(buf, '\n', n) || memchr(buf, '\r', n)))
        rill_flush(t->below); /* its failure shows in the next call */
}

ptrdiff_t rill__text_write(rill *s, void *self, const void *buf, size_t n,
                           int64_t offset)
{
    struct text *t = self;
    const unsigned char *in = buf;
    size_t done = 0;
    ptrdiff_t r = t->late;

    (void)s, (void)offset;
    t->wrote = 1;
    if (t->codec.encoder_state == CODEC_START && rill_tell(t->below) > 0)
        t->codec.encoder_state = CODEC_NATIVE; /* no mark in the middle */
    while (r >= 0 && done < n) {
        r = t->part_size > 0 ? encode_part(t, in + done, n - done)
                             : encode_line(t, in + done, n - done);
        if (r > 0)
            done += (size_t)r;
    }
    if (done == 0) {
        t->late = RILL_OK;
        return r;
    }
    if (encode_push(t) == RILL_OK) /* else what is left is for the next call */
        rill__text_end_line(t, buf, done);
    return (ptrdiff_t)done;
}

/* Let the text end here: with whole characters, and as its encoding ends. */
static int encode_end(struct text *t)
{
    ptrdiff_t r = RILL_OK;
    enum rill__codec_stop stop;

    if (t->part_size > 0) {
        r = encode_bad(t);
        if (r < 0)
            return (int)r;
        t->part_size = 0;
    }
    t->swallows = 0;
    r = encode_push(t);
    if (r < 0 || !t->codec.ops->finish)
        return (int)r;
    do {
        struct rill__piece p = {.in = t->out, .in_end = t->out, .out = t->out};

        p.out_end = t->out + TEXT_OUT;
        stop = t->codec.ops->finish(&t->codec, &p, CODEC_ENCODING);
        t->out_end = (size_t)(p.out - t->out);
        r = encode_push(t);
    } while (r == RILL_OK && stop == CODEC_FULL);
    return (int)r;
}

int rill__text_flush(rill *s, void *self, int64_t offset)
{
    struct text *t = self;
    int rc = rill_writable(t->below) ? encode_end(t) : RILL_OK;

    (void)s, (void)offset;
    t->late = RILL_OK;
    return rc < 0 ? rc : (int)told(t, rill_flush(t->below));
}
