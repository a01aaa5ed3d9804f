/*
 * text.h - what the files of the text stream share: its state.
 *
 * A text stream is a moving store over the stream below it. Two kinds:
 *
 *   plain  bytes and text are the same, so that positions are: it reads and
 *          writes below at the offsets that it is told, and only looks whether
 *          all is UTF-8 (plain.c);
 *   other  it takes bytes from below one after the other, in decode.c, and
 *          gives them in encode.c; where it stands, position.c knows.
 */
#ifndef RILL_TEXT_STORE_H
#define RILL_TEXT_STORE_H

#include <rill/ops.h>

#include "codec.h"

enum {
    TEXT_HOLD = 16,  /* bytes of text: more than a decoder makes at once */
    TEXT_OUT = 1024, /* bytes that are encoded at a time */
    TEXT_MARKS = 32
};

/* A place where decoding can start again. */
struct mark {
    int64_t text;   /* bytes of text before it, since the last seek */
    int64_t offset; /* in the stream below */
    uint32_t state; /* as in rill_text_position */
};

struct text {
    rill *below; /* NULL: closed by commit */
    struct rill__codec codec;
    int64_t start; /* where below the text begins; -1: that cannot seek */
    unsigned char newline, owned, plain, appends, replaces, line_buffering;
    unsigned char wrote; /* the last operation was a write */

    /* Decoding. */
    rill_newlines lines; /* what is held back of it, too */
    int64_t decoded;     /* bytes of text, since the last seek ... */
    int64_t given;       /* ... and of these to the core: the rest is held */
    int64_t consumed;    /* bytes of what is below */
    unsigned hold_at, hold_end;
    unsigned char hold[TEXT_HOLD];
    int64_t apart; /* at least, of marks: bytes of text */
    size_t mark_count;
    struct mark marks[TEXT_MARKS]; /* the first one stays: see position.c */

    /* Encoding: a `turned` is written as `line_end`, unless that is NULL. */
    const char *line_end;
    unsigned char turned;
    unsigned char swallows;  /* a \n that follows belongs to a \r before */
    unsigned char part_size; /* of a character that is not yet complete */
    unsigned char part[4];
    int64_t part_end; /* plain: where the rest of that is due */
    int late; /* the failure of what waits in `out`, until a call has told it */
    size_t out_at, out_end;
    unsigned char out[TEXT_OUT]; /* encoded, and not yet taken from below */
};

/* text.c: the state of a text stream, or NULL. */
struct text *rill__text_of(rill *s);

/* What a call on the stream below returned, as an operation returns it. A
 * failure of it is the text stream's from now on: rill_clear() reaches only
 * that. */
static inline int64_t told(struct text *t, int64_t result)
{
    result = rill_wrapped_result(t->below, result);
    if (result < 0)
        rill_clear(t->below);
    return result;
}

/* decode.c: up to `n` > 0 bytes of the text that comes next: how many, 0 at the
 * end, or a code. `s` is the text stream. */
ptrdiff_t rill__text_take(const rill *s, struct text *t, void *buf, size_t n);

/* encode.c. A flush puts out what is held back, and hands all on. */
ptrdiff_t rill__text_write(rill *s, void *self, const void *buf, size_t n,
                           int64_t offset);
int rill__text_flush(rill *s, void *self, int64_t offset);
void rill__text_end_line(struct text *t, const void *buf, size_t n);

/* position.c: decoding goes on from here. */
void rill__text_mark(const rill *s, struct text *t);

/* plain.c */
ptrdiff_t rill__plain_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset);
ptrdiff_t rill__plain_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset);
int rill__plain_flush(rill *s, void *self, int64_t offset);

#endif /* RILL_TEXT_STORE_H */
