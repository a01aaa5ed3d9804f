/*
 * position.c - where a text stands: tell and seek.
 *
 * A byte of text has no place of its own in the stream below. So places where
 * decoding can start again are marked as it goes on; a position is the last
 * mark before it, and how many bytes of text to skip from there. Marks that
 * what is unread has left behind are dropped, but for the first one, from
 * which everything can be found: what was read may be put back.
 */
#include <string.h>

#include "text.h"

enum { TEXT_STATE_CR = 1 << 8 }; /* of a position: a \r is held back */

/* ---- Marks ----------------------------------------------------------------- */

static struct mark mark_here(struct text *t)
{
    return (struct mark){
        .text = t->decoded,
        .offset = rill_tell(t->below),
        .state = t->codec.state | (t->lines.pending_cr ? TEXT_STATE_CR : 0),
    };
}

/* Where the core stands: bytes of text since the last seek. */
static int64_t text_stands_at(const rill *s, const struct text *t)
{
    return t->given - (s->rend - s->rpos);
}

static void drop_marks(struct text *t, size_t first, size_t count)
{
    t->mark_count -= count;
    memmove(t->marks + first, t->marks + first + count,
            (t->mark_count - first) * sizeof(t->marks[0]));
}

/* There are too many: leave every second one, and space those to come so. */
static void thin_marks(struct text *t)
{
    for (size_t i = TEXT_MARKS - 2; i > 0; i -= 2)
        drop_marks(t, i, 1);
    t->apart = (t->decoded - t->marks[1].text) / (TEXT_MARKS / 2);
}

void rill__text_mark(const rill *s, struct text *t)
{
    size_t passed = 0, n = t->mark_count;

    if (t->start < 0 || (n > 0 && !t->codec.restarts))
        return;
    while (passed + 2 < n && t->marks[passed + 2].text <= text_stands_at(s, t))
        passed++;
    if (passed > 0)
        drop_marks(t, 1, passed);
    n = t->mark_count;
    if (n <= 2)
        t->apart = 1;
    if (n > 0 && t->decoded - t->marks[n - 1].text < t->apart)
        return;
    if (n == TEXT_MARKS)
        thin_marks(t);
    t->marks[t->mark_count++] = mark_here(t);
}

/* Whether the next byte of text is within a character. */
static bool text_is_within(const rill *s, const struct text *t)
{
    unsigned char next = 0;

    if (s->rpos < s->rend)
        next = *s->rpos;
    else if (t->hold_at < t->hold_end)
        next = t->hold[t->hold_at];
    return (next & 0xc0) == 0x80;
}

/* Whether text and bytes are the same between two marks. Where they are the
 * same but for line ends, the text can only be shorter. */
static bool text_is_same(const struct text *t, const struct mark *from,
                         const struct mark *to)
{
    return t->codec.same && !t->replaces && !(from->state & TEXT_STATE_CR) &&
           to->text - from->text == to->offset - from->offset;
}

/* ---- Tell ------------------------------------------------------------------ */

/* The state to decode with at `offset`, if nothing else is known. */
static uint32_t text_state_at(const struct text *t, int64_t offset)
{
    if (offset == t->start || !t->codec.restarts)
        return CODEC_START;
    return t->codec.state == CODEC_START ? CODEC_NATIVE : t->codec.state;
}

static int text_tell_decoded(const rill *s, struct text *t,
                             rill_text_position *position_out)
{
    struct mark here = mark_here(t);
    const struct mark *m = t->marks + t->mark_count, *next = &here;
    int64_t skip;

    while (--m > t->marks && m->text > text_stands_at(s, t))
        next = m;
    skip = text_stands_at(s, t) - m->text;
    if (skip < 0)
        skip = 0; /* put back before the start */
    *position_out = (rill_text_position){m->offset, m->state, 0};
    if (skip > 0 && text_is_same(t, m, next) && !text_is_within(s, t)) {
        position_out->offset += skip;
        position_out->state = CODEC_NATIVE;
    } else {
        if (skip > UINT32_MAX)
            return RILL_ERANGE;
        position_out->skip = (uint32_t)skip;
    }
    return RILL_OK;
}

/* Have nothing wait to be written, and the window be that for reading. */
static int text_settle(rill *s)
{
    unsigned char none;
    int rc = rill_flush(s);

    if (rc == RILL_OK && rill_readable(s))
        rc = (int)rill_read(s, &none, 0);
    return rc;
}

int rill_text_tell(rill *s, rill_text_position *position_out)
{
    struct text *t = rill__text_of(s);
    int64_t at;
    int rc;

    if (t && !t->plain && t->start < 0)
        return RILL_ENOTSUP;
    rc = text_settle(s);
    if (rc < 0)
        return rc;
    if (t && !t->plain && t->mark_count > 0 && !t->wrote)
        return text_tell_decoded(s, t, position_out);
    at = rill_tell(t && !t->plain ? t->below : s);
    if (at < 0)
        return (int)at;
    *position_out = (rill_text_position){
        .offset = at,
        .state = t ? text_state_at(t, at) : CODEC_START,
    };
    return RILL_OK;
}

/* ---- Seek ------------------------------------------------------------------ */

/* Forget all that was read ahead: decoding starts at `position`. */
static void text_restart(rill *s, struct text *t,
                         const rill_text_position *position)
{
    if (rill_readable(s))
        (void)!rill_consume(s, (size_t)(s->rend - s->rpos));
    rill_clear(s); /* of the end of the data */
    t->wrote = 0;
    t->hold_at = t->hold_end = 0;
    t->decoded = t->given = 0;
    t->mark_count = 0;
    t->lines.pending_cr = (position->state & TEXT_STATE_CR) != 0;
    t->codec.state = position->state & ~(uint32_t)TEXT_STATE_CR;
    t->codec.encoder_state = CODEC_START;
    rill__text_mark(s, t);
}

/* Read past `n` bytes of text, and no more. */
static int text_skip(rill *s, struct text *t, size_t n)
{
    unsigned char passed[512];

    while (n > 0) {
        size_t piece = n < sizeof(passed) ? n : sizeof(passed);
        ptrdiff_t r = rill__text_take(s, t, passed, piece);

        if (r == 0)
            return RILL_EDATA; /* there is less text than there was */
        if (r < 0)
            return r < RILL_EINTR ? RILL_EIO : (int)r;
        n -= (size_t)r;
    }
    return RILL_OK;
}

/* Seek in the stream below: the new position there, or a code. */
static int64_t text_seek_below(rill *s, struct text *t, int64_t offset,
                               int whence)
{
    int64_t rc = t->start < 0 ? RILL_ENOTSUP : text_settle(s);

    return rc < 0 ? rc : rill_seek(t->below, offset, whence);
}

int rill_text_seek(rill *s, const rill_text_position *position)
{
    struct text *t = rill__text_of(s);
    int64_t at;

    if (position->offset < 0)
        return RILL_EINVAL;
    if (!t || t->plain) {
        at = rill_seek(s, position->offset, RILL_SEEK_SET);
        return at < 0 ? (int)at : RILL_OK;
    }
    if ((position->state & ~(uint32_t)TEXT_STATE_CR) > CODEC_SWAPPED)
        return RILL_EDATA;
    at = text_seek_below(s, t, position->offset, RILL_SEEK_SET);
    if (at < 0)
        return (int)at;
    text_restart(s, t, position);
    return text_skip(s, t, position->skip);
}

int rill_text_rewind(rill *s)
{
    struct text *t = rill__text_of(s);
    rill_text_position start = {.offset = t && t->start > 0 ? t->start : 0};

    return rill_text_seek(s, &start);
}

int rill_text_seek_end(rill *s)
{
    struct text *t = rill__text_of(s);
    rill_text_position end = {0};

    end.offset = t && !t->plain ? text_seek_below(s, t, 0, RILL_SEEK_END)
                                : rill_seek(s, 0, RILL_SEEK_END);
    if (end.offset < 0)
        return (int)end.offset;
    if (t && !t->plain) {
        end.state = text_state_at(t, end.offset);
        text_restart(s, t, &end);
    }
    return RILL_OK;
}
