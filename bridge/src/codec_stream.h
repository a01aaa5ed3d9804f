/*
 * codec_stream.h - what the files of the stream over a codec share: its state.
 *
 * codec.c has its life, codec_read.c and codec_write.c one way each.
 */
#ifndef CODEC_STREAM_H
#define CODEC_STREAM_H

#include <stdbool.h>

#include <rill/codec.h>

struct packed {
    rill_codec_run run;
    const rill_codec_way *way; /* of run.codec */
    rill_codec_options o;
    rill *below;     /* NULL: closed by commit */
    int64_t process; /* the only one that may write; 0: all */
    int failed;      /* the codec cannot go on: why */
    bool owned, writes;
    bool within;  /* a member */
    bool members; /* there was one before */

    /* Reading. */
    int64_t start;    /* where below the first member is; -1: it cannot seek */
    int64_t at;       /* bytes given */
    int64_t taken;    /* bytes of what is below */
    uint64_t padding; /* zeros behind the last member */
    bool full;        /* the last call filled its room: there may be more */

    /* Writing. */
    int verb;    /* what is under way, of enum rill_codec_verb */
    bool ending; /* a flush shall end the member */
    unsigned char *out;
    size_t out_at, out_end, out_size;
};

/* What a call on the stream below returned, as an operation returns it. A
 * failure is this stream's from now on. */
static inline int64_t told(struct packed *p, int64_t result)
{
    result = rill_wrapped_result(p->below, result);
    if (result < 0)
        rill_clear(p->below);
    return result;
}

static inline int fail(struct packed *p, int code)
{
    p->failed = code;
    return code;
}

static inline size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

/* codec.c: go by this codec: 0 or a code. */
int rill__packed_choose(struct packed *p, const rill_codec *codec);

/* Begin a member: 0 or a code. */
int rill__packed_start(struct packed *p);

static inline void end_member(struct packed *p)
{
    p->within = false;
    p->members = true;
}

/* Free what the codec holds. */
void rill__packed_drop(struct packed *p);

/* codec_read.c */
ptrdiff_t rill__packed_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset);

/* codec_write.c: whose writing it is; whether it is this process's. */
int64_t rill__packed_writer(void);
bool rill__packed_is_mine(const struct packed *p);

ptrdiff_t rill__packed_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset);
int rill__packed_flush(rill *s, void *self, int64_t offset);

/* End the member, there must have been one, and flush: 0 or a code. */
int64_t rill__packed_finish(struct packed *p);

#endif
