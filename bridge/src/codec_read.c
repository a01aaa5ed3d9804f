/*
 * codec_read.c - reading: from the window of the stream below, without a copy,
 * to where the reader wants it.
 */
#include "codec_stream.h"

enum {
    CODEC_SKIP = 8 * 1024, /* bytes that are passed over at a time */
    CODEC_RATIO_FROM = 1024 * 1024,
    CODEC_END = -1000 /* of all there is: no code is that */
};

static void consume(struct packed *p, size_t n)
{
    (void)!rill_consume(p->below, n);
    p->taken += (int64_t)n;
}

static size_t count_zeros(const unsigned char *data, size_t n)
{
    size_t zeros = 0;

    while (zeros < n && data[zeros] == 0)
        zeros++;
    return zeros;
}

/* Skip what may stand between members. How many bytes there are behind it, 0 at
 * the end, or a code. */
static int64_t skip_padding(struct packed *p)
{
    unsigned unit = p->members ? p->run.codec->padding : 0;

    for (;;) {
        const void *data;
        int64_t have = told(p, rill_peek(p->below, &data, 0));
        size_t zeros = have > 0 && unit ? count_zeros(data, (size_t)have) : 0;

        if (have < 0)
            return have;
        consume(p, zeros);
        p->padding += zeros;
        if (have > 0 && zeros == (size_t)have)
            continue;
        return unit && p->padding % unit ? RILL_EDATA : have - (int64_t)zeros;
    }
}

/* Begin the next member: 1 if there is one, 0 if not, or a code. */
static int64_t next_member(struct packed *p)
{
    unsigned flags;
    int64_t r;

    if (p->run.codec == &rill_any) {
        const rill_codec *codec;

        r = told(p, rill_codec_detect(p->below, p->o.among, &codec));
        if (r > 0)
            r = rill__packed_choose(p, codec);
        else if (r == 0)
            r = RILL_EDATA;
        if (r < 0)
            return r;
    }
    if (p->members && p->o.one)
        return 0;
    r = skip_padding(p);
    flags = p->run.codec->flags;
    if (r == 0)
        return p->members || flags & RILL_CODEC_ENDLESS ? 0 : RILL_EDATA;
    if (r > 0 && p->members && flags & RILL_CODEC_SINGLE)
        return RILL_EDATA;
    if (r > 0)
        r = rill__packed_start(p);
    return r < 0 ? r : 1;
}

/* Unpack what there is into `n` > 0 bytes: how many that made, maybe 0, or a
 * code. */
static int64_t decode_some(struct packed *p, unsigned char *out, size_t n)
{
    rill_codec_run *run = &p->run;
    const void *data = p->below->rpos;
    int64_t have = 0;
    size_t made, used;
    int rc;

    /* What the codec still holds must not wait for what is to come. */
    if (!p->full || p->below->rpos < p->below->rend) {
        have = told(p, rill_peek(p->below, &data, 0));
        if (have < 0)
            return have;
        if (have == 0)
            return run->codec->flags & RILL_CODEC_ENDLESS ? CODEC_END
                                                          : RILL_EDATA;
    }
    run->in = have > 0 ? data : "";
    run->in_len = at_most((size_t)have, INT_MAX);
    used = run->in_len;
    run->out = out;
    run->out_len = n;
    rc = p->way->work(run, RILL_CODEC_RUN);
    used -= run->in_len;
    made = n - run->out_len;
    consume(p, used);
    p->full = run->out_len == 0;
    if (rc > 0)
        end_member(p);
    if (rc == 0 && made == 0 && used == 0 && have > 0)
        rc = RILL_EIO; /* not what a codec may do */
    if (rc < 0)
        fail(p, rc);
    return made > 0 || rc > 0 ? (int64_t)made : rc;
}

/* Unpack up to `n` > 0 bytes: how many, 0 at the end, or a code. */
static int64_t decode(struct packed *p, unsigned char *out, size_t n)
{
    int64_t r = p->failed;

    while (r == 0) {
        if (!p->within) {
            r = next_member(p);
            if (r <= 0)
                return r;
        }
        r = decode_some(p, out, n);
    }
    return r == CODEC_END ? 0 : r;
}

static bool is_bomb(const struct packed *p)
{
    return p->o.max_ratio > 0 && p->at > CODEC_RATIO_FROM &&
           p->at / p->o.max_ratio > p->taken;
}

/* The same, counted, and within the limits. */
static int64_t take(struct packed *p, unsigned char *out, size_t n)
{
    int64_t left = p->o.max_size > 0 ? p->o.max_size - p->at : INT_MAX, r;
    unsigned char one_more;

    if (left == 0) {
        r = decode(p, &one_more, 1);
        return r > 0 ? fail(p, RILL_ELIMIT) : r;
    }
    n = at_most(n, left < INT_MAX ? (size_t)left : INT_MAX);
    r = decode(p, out, n);
    if (r <= 0)
        return r;
    p->at += r;
    return is_bomb(p) ? fail(p, RILL_ELIMIT) : r;
}

static int64_t rewind_below(struct packed *p)
{
    int64_t r = told(p, rill_seek(p->below, p->start, RILL_SEEK_SET));

    if (r < 0)
        return r;
    rill__packed_drop(p);
    p->at = p->taken = 0;
    p->members = false;
    p->failed = 0;
    return RILL_OK;
}

/* Go to where the reader wants to be: 1 there, 0 if the end is before, or a
 * code. */
static int64_t go_to(struct packed *p, int64_t offset)
{
    unsigned char skipped[CODEC_SKIP];
    int64_t r = offset < p->at ? rewind_below(p) : RILL_OK;

    if (r < 0)
        return r;
    while (p->at < offset) {
        int64_t left = offset - p->at;

        r = take(p, skipped, left < CODEC_SKIP ? (size_t)left : CODEC_SKIP);
        if (r <= 0)
            return r;
    }
    return 1;
}

ptrdiff_t rill__packed_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct packed *p = self;
    int64_t r = p->start < 0 || offset == p->at ? 1 : go_to(p, offset);

    (void)s;
    return (ptrdiff_t)(r > 0 ? take(p, buf, n) : r);
}
