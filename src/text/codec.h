/*
 * codec.h - from bytes in an encoding to UTF-8, and back.
 *
 * A codec converts pieces: it goes on until the input is used up, the output
 * is full, or something is no character, and says which. It keeps what it must
 * know between pieces (a byte order, iconv's handle) in `struct rill__codec`.
 */
#ifndef RILL_CODEC_H
#define RILL_CODEC_H

#include <stdbool.h>

#include <rill/text.h>

/* Why a conversion stopped. */
enum rill__codec_stop {
    CODEC_MORE, /* no whole character is left in the input */
    CODEC_FULL, /* no room for the next one in the output */
    CODEC_BAD   /* `bad` bytes at `in` are no character of the encoding */
};

/* Which of its two jobs a codec is at. */
enum rill__codec_way { CODEC_DECODING, CODEC_ENCODING };

/* A piece: moves `in` and `out` on, over whole characters. */
struct rill__piece {
    const unsigned char *in, *in_end;
    unsigned char *out, *out_end;
    size_t bad;
};

struct rill__codec;
struct rill__codec_form;

struct rill__codec_ops {
    const char *name; /* as Python calls it: "utf-16-le" */
    enum rill__codec_stop (*decode)(struct rill__codec *c,
                                    struct rill__piece *p);
    enum rill__codec_stop (*encode)(struct rill__codec *c,
                                    struct rill__piece *p);
    /* At the end of what was decoded or encoded: puts out what was held back,
     * or what leads back to the first state. CODEC_MORE when that is done,
     * CODEC_FULL to be called again. NULL: nothing to do. */
    enum rill__codec_stop (*finish)(struct rill__codec *c,
                                    struct rill__piece *p,
                                    enum rill__codec_way way);
    void (*close)(struct rill__codec *c); /* NULL: nothing to free */

    /* Of those built in: */
    const char *aliases; /* as codec.c compares them, a space around each */
    const struct rill__codec_form *form; /* NULL: UTF-8 */
    unsigned variant;                    /* of the form */
    bool same;                           /* as in struct rill__codec */
};

/* Those built in; a name of NULL ends each list. */
extern const struct rill__codec_ops rill__codec_utf[];
extern const struct rill__codec_ops rill__codec_single[];

/*
 * A codec in use. `state` is all that a decoder remembers, so that it can start
 * again in the middle: CODEC_START at the start of the text; with that, an
 * encoding with a byte order mark looks for one, and writes one.
 */
struct rill__codec {
    const struct rill__codec_ops *ops;
    const char *name;       /* as asked for, of iconv; else ops->name */
    uint32_t state;         /* of decoding: enum rill__codec_state */
    uint32_t encoder_state; /* of encoding */
    bool same;              /* bytes and text are the same: UTF-8, ASCII */
    bool restarts;          /* decoding can start at any character */

    /* Of iconv: */
    bool substitutes; /* puts something else for what the encoding lacks */
    void *handle[2];  /* by enum rill__codec_way */
    char *copy;       /* of the name */
};

enum rill__codec_state {
    CODEC_START = 0,  /* a byte order mark may come, or is due */
    CODEC_NATIVE = 1, /* behind the start */
    CODEC_SWAPPED = 2 /* behind a mark of the other byte order */
};

/* Find the encoding `name` (NULL: UTF-8): 0, RILL_EINVAL if there is none,
 * RILL_ENOMEM. */
int rill__codec_open(struct rill__codec *c, const char *name);
void rill__codec_close(struct rill__codec *c);

/* The same for iconv's, in a codec that is all zeros. */
int rill__codec_open_iconv(struct rill__codec *c, const char *name);

/*
 * The longest prefix of [in, in + n) that is whole, valid UTF-8; *bad_out gets
 * how many bytes behind it can be no part of a character, 0 if what follows is
 * only incomplete.
 */
size_t rill__utf8_prefix(const unsigned char *in, size_t n, size_t *bad_out);

/*
 * Go on with the `rank`-th best of the ways to validate that this machine has;
 * 0 is what is used without this call. For tests, which try them all. Returns
 * the name of the way, NULL (and changes nothing) if there are not so many.
 */
const char *rill__utf8_use(size_t rank);

/*
 * Take the first character of `n` bytes of UTF-8: how many bytes it has; 0 if
 * it is only incomplete, or there is none; -bad (see above) if it is none.
 */
int rill__utf8_get(const unsigned char *in, size_t n, uint32_t *character_out);

/* Store a character, at most 4 bytes; it must be one. Returns how many. */
int rill__utf8_put(unsigned char *out, uint32_t character);

#endif /* RILL_CODEC_H */
