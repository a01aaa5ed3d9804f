/*
 * rill/codec.h - compressed streams: what is read is unpacked, what is written
 * is packed, over any other stream.
 *
 * This library is the stream; each codec is a table in a library of its own:
 * rill/zlib.h, zstd.h, bzip2.h, lzma.h, lz4.h, brotli.h. A program that reads
 * gzip and zstd, and what is neither as it is:
 *
 *     static const rill_codec *const known[] = {&rill_gzip, &rill_zstd,
 *                                               &rill_plain, NULL};
 *     rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
 *     rill_options o = RILL_OPTIONS_INIT;
 *     co.among = known;
 *     o.codec = &rill_any;
 *     o.codec_options = &co;
 *     rill *s = rill_open_with("log.gz", "r", &o);
 *
 * Reading. Members (gzip's word; others say frames or streams) that follow each
 * other are read as one, where the format has that. Padding is skipped where
 * the format has it: zeros behind gzip, zeros by fours behind xz. All else
 * behind a member is not ignored but RILL_EDATA, and so are bytes that are not
 * the format's, a checksum that does not fit, and data that end before they
 * should, nothing at all included. What was read before that is not proved yet:
 * formats have their checksums at the end.
 *
 * A stream that reads can seek where the one below does: forward by reading,
 * backward from the start again. It does not know its size: rill_size() and
 * RILL_SEEK_END are RILL_ENOTSUP. rill_pread() works, but in one thread.
 *
 * Writing. rill_flush() makes all that was written so far readable by the other
 * end, at the price of a few bytes (bzip2: of a new member); rill_close() ends
 * the member. Without rill_close() (rill_discard(), the end of a RILL_AUTO
 * scope, a failure) it has no end, which every reader finds out; and if closing
 * what is below commits, as a save does, that is committed or discarded along.
 * After fork() a member is its parent's to write, unless keep_after_fork is
 * set. Nothing written is an empty member; in mode a, one more.
 *
 *   errors     as in rill/stream.h; a failure of the stream below is this
 *              stream's, with its errno, and is cleared by rill_clear() on it.
 *              Data that only ended early can be read on after that, when there
 *              are more; after any other RILL_EDATA, and RILL_ELIMIT, nothing
 *              can, but from the start again, by rill_seek().
 *   ownership  RILL_TAKE: closed along; RILL_BORROW: must not be used meanwhile.
 *              Options are copied, but for what `among` points to.
 *   position   starts where the stream below stands. No more is taken from that
 *              than belongs to the members read. It should have a buffer: bytes
 *              are taken out of it and put into it, without copying them.
 *   threads    as one stream: one thread at a time.
 */
#ifndef RILL_CODEC_STREAM_H
#define RILL_CODEC_STREAM_H

#include <limits.h>

#include <rill/ops.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_codec rill_codec;

/* The level that the libraries call 0, which here is the default. */
#define RILL_LEVEL_ZERO INT_MIN

/* Zero means the default. Start from RILL_CODEC_OPTIONS_INIT. */
typedef struct rill_codec_options {
    size_t struct_size; /* sizeof(rill_codec_options) */

    /* Writing. */
    int level; /* 0: the library's own default; see the codec's header */

    /* Reading. */
    int one; /* read one member; then the stream below stands behind it */
    const rill_codec *const *among; /* rill_any: which, in order, then NULL */

    /* Reading what a stranger sent: each is RILL_ELIMIT. 0: no limit. */
    int64_t max_size;   /* fail instead of giving more bytes than this */
    int64_t max_ratio;  /* of what came out to what went in: fail instead of
                           going above, once more than a MiB came out */
    int64_t max_memory; /* refuse what needs more to decode: xz, lzma; zstd,
                           where 0 is its library's 128 MiB of window, and
                           more is allowed up to the number given */
} rill_codec_options;

#define RILL_CODEC_OPTIONS_INIT                         \
    {                                                   \
        sizeof(rill_codec_options), 0, 0, NULL, 0, 0, 0 \
    }

/*
 * Open a stream over `below`, to read it ("r") or to write it ("w", "x", "a",
 * which differ only in rill_mode(); each perhaps with "b"). Both ways at once
 * (+) is ENOTSUP; so is a stream below, or a codec, that cannot do it. Heeds
 * what a store that moves bytes does, `keep_after_fork` and `codec_options`.
 *
 * The codec itself begins its work with the first read or write.
 */
RILL_API RILL_NODISCARD rill *rill_open_codec(const rill_codec *codec,
                                              rill *below, int ownership,
                                              const char *mode,
                                              const rill_options *o);

/* Whichever of rill_codec_options.among fits the first bytes: when they are
 * read. RILL_EDATA if none does. For reading only. */
RILL_API extern const rill_codec rill_any;

/* No codec: bytes as they are. Fits everything, so it stands last. */
RILL_API extern const rill_codec rill_plain;

/*
 * Look, without reading, which of `list` (up to NULL, the first in its order)
 * fits the bytes that come next. Looks at no more of them than it takes to say.
 *
 * Returns 1 with *codec_out set; 0 if none fits; or a code.
 */
RILL_API int rill_codec_detect(rill *s, const rill_codec *const *list,
                               const rill_codec **codec_out);

/* The codec of such a stream; rill_any while it is not known. NULL for all
 * other streams. */
RILL_API const rill_codec *rill_codec_of(rill *s);

/*
 * End the member and flush: what was written is now a whole. The next write
 * begins a new one. Where the stream below would block, RILL_EAGAIN: call it
 * again; then rill_close() has nothing left that could block. RILL_ENOTSUP if
 * `s` is not such a stream, or reads.
 */
RILL_API int rill_codec_finish(rill *s);

/* ---- For those who write a codec ------------------------------------------ */

/* What rill_codec_way.work() shall do with its input. */
enum rill_codec_verb {
    RILL_CODEC_RUN = 0,   /* go on: all there is to decoding */
    RILL_CODEC_FLUSH = 1, /* put out what makes all so far readable */
    RILL_CODEC_FINISH = 2 /* end the member */
};

/* A codec at work. It moves `in` and `out` on, and counts their lengths down;
 * all else is read only. */
typedef struct rill_codec_run {
    const unsigned char *in;
    unsigned char *out;
    size_t in_len, out_len; /* at most INT_MAX */
    void *state;            /* its own: zeroed, then as it leaves it */
    const rill_codec *codec;
    rill *stream;
    int level;          /* in the codec's range */
    int64_t max_memory; /* as in rill_codec_options */
} rill_codec_run;

/* How it decodes, or encodes. Each returns 0 or a code, unless told. */
typedef struct rill_codec_way {
    size_t state_size; /* at least 1 */

    /* Make ready for a member, the first or another. */
    int (*start)(rill_codec_run *run);

    /*
     * Work until the input is used up or the output full: 0. Decoding, 1 means
     * that the member ends here. Encoding, flush and finish have no input, and
     * are repeated until they are done: 1; a flush of nothing new puts out
     * nothing. Never 0 with nothing done where there
     * is both input and room.
     */
    int (*work)(rill_codec_run *run, int verb);

    /* Free what `state` holds, whatever happened before. */
    void (*end)(rill_codec_run *run);
} rill_codec_way;

enum rill_codec_flags {
    RILL_CODEC_SINGLE = 1,  /* the format has no members that follow */
    RILL_CODEC_ENDLESS = 2, /* ends where the stream below does */
    RILL_CODEC_RESTARTS = 4 /* cannot flush: ends the member instead */
};

struct rill_codec {
    rill_layer layer;   /* {rill_open_codec} */
    size_t struct_size; /* sizeof(rill_codec) */
    const char *name;   /* "gzip" */
    unsigned flags;
    int variant; /* the codec's own */
    int level_min, level_max, level_default;
    unsigned padding; /* zeros behind a member: a multiple of this; 0: none */
    size_t room;      /* encoding: out_len is at least this */

    /* Whether data begin so: 1, 0, or -1: `n` bytes are too few to say. NULL:
     * nobody can say. */
    int (*fits)(const unsigned char *data, size_t n);

    rill_codec_way decode, encode; /* `work` NULL: cannot */
};

/* For `fits`: whether data begin with these bytes. */
RILL_API int rill_codec_begins(const unsigned char *data, size_t n,
                               const char *with, size_t len);

/* Memory for a library that lets one say where it comes from; `run` is the
 * rill_codec_run. */
RILL_API void *rill_codec_alloc(void *run, size_t count, size_t size);
RILL_API void rill_codec_free(void *run, void *p);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_CODEC_STREAM_H */
