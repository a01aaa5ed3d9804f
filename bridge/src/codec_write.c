/*
 * codec_write.c - writing: from where the writer has it, without a copy, into
 * the window of the stream below. Where that has little room left, the last of
 * it is bridged by a buffer of its own.
 */
#include "codec_stream.h"

#ifndef _WIN32
#include <unistd.h>
#endif

enum {
    CODEC_ENOUGH = 512,   /* room below that is worth using */
    CODEC_OUT = 16 * 1024 /* bytes of the own buffer, at least */
};

int64_t rill__packed_writer(void)
{
#ifdef _WIN32
    return 0;
#else
    return getpid();
#endif
}

bool rill__packed_is_mine(const struct packed *p)
{
    return p->process == 0 || p->process == rill__packed_writer();
}

/* Hand on what is in the own buffer: 0 or a code. */
static int64_t push(struct packed *p)
{
    while (p->out_at < p->out_end) {
        int64_t r = told(p, rill_write(p->below, p->out + p->out_at,
                                       p->out_end - p->out_at));
        if (r < 0)
            return r;
        p->out_at += (size_t)r;
    }
    p->out_at = p->out_end = 0;
    return RILL_OK;
}

/* The own buffer, which is empty, of the size that the codec needs. */
static int64_t make_out(struct packed *p)
{
    size_t room = p->run.codec->room;

    if (p->out)
        return RILL_OK;
    p->out_size = room > CODEC_OUT ? room : CODEC_OUT;
    p->out = rill_realloc(p->run.stream, NULL, 0, p->out_size);
    return p->out ? RILL_OK : RILL_ENOMEM;
}

/* Let the codec go on: 1 where `verb` is done, 0, or a code. */
static int64_t encode(struct packed *p, int verb)
{
    rill_codec_run *run = &p->run;
    size_t enough = run->codec->room, room, had = run->in_len, made;
    int64_t r = push(p);
    void *out;

    if (r < 0)
        return r;
    room = (size_t)(p->below->wend - p->below->wpos);
    if (room < (enough > CODEC_ENOUGH ? enough : CODEC_ENOUGH)) {
        r = make_out(p);
        out = p->out;
        room = p->out_size;
    } else {
        r = told(p, rill_reserve(p->below, &out, 0));
    }
    if (r < 0)
        return r;
    run->out = out;
    run->out_len = room = at_most(room, INT_MAX);
    r = p->way->work(run, verb);
    made = room - run->out_len;
    if (out == p->out)
        p->out_end = made;
    else
        (void)!rill_commit(p->below, made);
    if (r == 0 && made == 0 && run->in_len == had)
        r = RILL_EIO; /* not what a codec may do */
    return r < 0 ? fail(p, (int)r) : r;
}

/* Go on with what is under way, if anything, until it is done: 0 or a code. */
static int64_t complete(struct packed *p)
{
    int64_t r = p->failed;

    while (r == 0 && p->verb != RILL_CODEC_RUN) {
        r = encode(p, p->verb);
        if (r <= 0)
            continue;
        if (p->verb == RILL_CODEC_FINISH)
            end_member(p);
        p->verb = RILL_CODEC_RUN;
        r = 0;
    }
    return r;
}

static int64_t do_verb(struct packed *p, int verb)
{
    p->verb = verb;
    return complete(p);
}

/* End the member; there must have been one. 0 or a code. */
static int64_t end_last(struct packed *p)
{
    int64_t r = complete(p);

    if (r == RILL_OK && !p->within && !p->members)
        r = rill__packed_start(p);
    return r == RILL_OK && p->within ? do_verb(p, RILL_CODEC_FINISH) : r;
}

/* Let the other end read what was written: 0 or a code. */
static int64_t flush_member(struct packed *p)
{
    int restarts = p->run.codec->flags & RILL_CODEC_RESTARTS;
    int64_t r = complete(p);

    if (r < 0 || !p->within)
        return r;
    return do_verb(p, restarts ? RILL_CODEC_FINISH : RILL_CODEC_FLUSH);
}

static int64_t flush_below(struct packed *p)
{
    int64_t r = push(p);

    return r < 0 ? r : told(p, rill_flush(p->below));
}

ptrdiff_t rill__packed_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct packed *p = self;
    rill_codec_run *run = &p->run;
    int64_t r = rill__packed_is_mine(p) ? complete(p) : RILL_ENOTSUP;

    (void)s, (void)offset;
    if (r == RILL_OK && !p->within)
        r = rill__packed_start(p);
    n = at_most(n, INT_MAX);
    run->in = buf;
    run->in_len = n;
    while (r >= 0 && run->in_len > 0)
        r = encode(p, RILL_CODEC_RUN);
    n -= run->in_len;
    run->in_len = 0;
    return n > 0 ? (ptrdiff_t)n : (ptrdiff_t)r;
}

int64_t rill__packed_finish(struct packed *p)
{
    int64_t r = end_last(p);

    return r < 0 ? r : flush_below(p);
}

int rill__packed_flush(rill *s, void *self, int64_t offset)
{
    struct packed *p = self;
    int64_t r;

    (void)s, (void)offset;
    if (!rill__packed_is_mine(p))
        return RILL_OK; /* what waits is its parent's */
    if (p->ending)
        return (int)rill__packed_finish(p);
    r = flush_member(p);
    return (int)(r < 0 ? r : flush_below(p));
}
