/*
 * fuzz_codecs.c - compressed streams: bytes that may be packed, or not, unpacked
 * in two ways; and programs that pack, whose bytes must come back.
 *
 * The libraries below are not under test. Whatever they make of their input,
 * the stream over them gives the same bytes and the same end, however its own
 * input comes in and however it is read.
 */
#include <stdlib.h>

#include <rill/brotli.h>
#include <rill/bzip2.h>
#include <rill/lz4.h>
#include <rill/lzma.h>
#include <rill/ops.h>
#include <rill/zlib.h>
#include <rill/zstd.h>

#include "fuzz.h"
#include "input.h"

enum { CODECS = 9, MOST = 200000, STEPS = 40 };

/* In this order in the corpus; then NULL, for rill_any. */
static const rill_codec *const codecs[CODECS + 1] = {
    &rill_gzip, &rill_zlib, &rill_deflate, &rill_zstd,   &rill_bzip2,
    &rill_xz,   &rill_lzma, &rill_lz4,     &rill_brotli, NULL};

/* ---- A store that gives few bytes at a time -------------------------------- */

struct packed {
    const unsigned char *data;
    size_t len, most;
};

static ptrdiff_t trickle_read(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    const struct packed *p = *(struct packed **)self;
    size_t left = p->len - (size_t)offset;

    (void)s;
    n = n < left ? n : left;
    n = n < p->most ? n : p->most;
    if (n > 0)
        memcpy(buf, p->data + offset, n);
    return (ptrdiff_t)n;
}

static const rill_ops trickle_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct packed *),
    .name = "trickle",
    .read = trickle_read,
};

static rill *open_trickle(const struct packed *p, const rill_options *o)
{
    void *self;
    rill *s = rill_open_ops(&trickle_ops, RILL_READ, NULL, o, &self);

    FUZZ_CHECK(s != NULL);
    *(const struct packed **)self = p;
    return s;
}

/* ---- Unpacking ------------------------------------------------------------- */

/* What reading came to: bytes, and then an end (0) or a code. */
struct came {
    unsigned char data[MOST + 1];
    size_t len;
    ptrdiff_t end;
};

/* Read it all, in pieces as the input says, or at once. */
static void read_all(rill *s, struct input *in, struct came *c)
{
    size_t n;

    c->len = 0;
    do {
        n = sizeof(c->data) - c->len;
        if (in && in_left(in) > 0) {
            n = in_size(in, n);
            n += n == 0;
        }
        fuzz_step(0, "read", NULL, 1, (int64_t)n, 0, 0);
        c->end = rill_read_some(s, c->data + c->len, n);
        fuzz_gave(c->end);
        c->len += c->end > 0 ? (size_t)c->end : 0;
    } while (c->end > 0);
    if (c->end < 0)
        fuzz_equal(c->end, rill_read(s, c->data, 1), "once more");
}

/* The same end; and the same bytes, as far as both have them: what a library
 * gives of what is broken depends on how much it sees of it. */
static void same_end(const struct came *a, const struct came *b)
{
    fuzz_equal(a->end, b->end, "the end");
    if (a->end == 0)
        fuzz_equal((int64_t)a->len, (int64_t)b->len, "the length");
    fuzz_same(a->data, b->data, a->len < b->len ? a->len : b->len, "the bytes");
}

static void unpack(struct input *in)
{
    static struct came whole, again, pieces;
    static const ptrdiff_t sizes[] = {0, RILL_UNBUFFERED, 1, 7, 300};
    unsigned which = in_below(in, CODECS + 1);
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    struct input ways;
    struct packed p;
    rill *s;

    co.one = in_below(in, 8) == 0;
    co.max_size = MOST;
    co.max_memory = 32 << 20;
    co.among = codecs;
    o.codec_options = &co;
    p.most = 1 + in_byte(in);
    o.buffer_size = sizes[in_below(in, 5)];
    ways.at = in->at;
    ways.end = in->at + (in_left(in) < 8 ? in_left(in) : 8);
    p.data = ways.end;
    p.len = (size_t)(in->end - ways.end);
    fuzz_step(0, "unpack", codecs[which] ? codecs[which]->name : "any", 3,
              co.one, (int64_t)o.buffer_size, (int64_t)p.most);

    s = rill_open_codec(codecs[which] ? codecs[which] : &rill_any,
                        rill_open_view(p.data, p.len), RILL_TAKE, "r", &o);
    FUZZ_CHECK(s != NULL);
    read_all(s, NULL, &whole);
    FUZZ_CHECK(whole.end == 0 || whole.end == RILL_EDATA ||
               whole.end == RILL_ELIMIT);
    rill_clear(s);
    fuzz_equal(0, rill_seek(s, 0, RILL_SEEK_SET), "rill_seek()");
    read_all(s, NULL, &again);
    same_end(&whole, &again);
    fuzz_equal(whole.end, rill_close(s), "rill_close()");

    s = rill_open_codec(codecs[which] ? codecs[which] : &rill_any,
                        open_trickle(&p, &o), RILL_TAKE, "r", &o);
    FUZZ_CHECK(s != NULL);
    read_all(s, &ways, &pieces);
    same_end(&whole, &pieces);
    fuzz_equal(whole.end, rill_close(s), "rill_close()");
}

/* ---- Packing --------------------------------------------------------------- */

/* Write it in pieces, with flushes and new members. Returns how much. */
static size_t pack(rill *s, const rill_codec *codec, struct input *in,
                   unsigned char *data)
{
    size_t len = 0, n;
    int steps;

    for (steps = 0; steps < STEPS && in_left(in) > 0; steps++) {
        switch (in_below(in, 6)) {
        case 0:
            fuzz_step(0, "flush", NULL, 0, 0, 0, 0);
            fuzz_equal(0, rill_flush(s), "rill_flush()");
            break;
        case 1:
            if (codec->flags & RILL_CODEC_SINGLE)
                break;
            fuzz_step(0, "finish", NULL, 0, 0, 0, 0);
            fuzz_equal(0, rill_codec_finish(s), "rill_codec_finish()");
            break;
        default:
            n = in_size(in, MOST - len);
            fuzz_letters(data + len, n, in_byte(in));
            fuzz_step(0, "write", NULL, 1, (int64_t)n, 0, 0);
            fuzz_equal((int64_t)n, rill_write(s, data + len, n),
                       "rill_write()");
            len += n;
        }
    }
    return len;
}

static void pack_and_unpack(struct input *in)
{
    static unsigned char data[MOST];
    static struct came came;
    const rill_codec *codec = codecs[in_below(in, CODECS)];
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    rill *below = rill_open_mem(NULL), *s;
    size_t len;

    co.level = 1 + (int)in_below(in, 2);
    o.codec_options = &co;
    fuzz_step(0, "pack", codec->name, 1, co.level, 0, 0);
    s = rill_open_codec(codec, below, RILL_BORROW, "w", &o);
    if (!codec->encode.work) { /* lzma */
        FUZZ_CHECK(s == NULL);
        fuzz_equal(0, rill_close(below), "rill_close()");
        return;
    }
    FUZZ_CHECK(s != NULL);
    len = pack(s, codec, in, data);
    fuzz_equal(0, rill_close(s), "rill_close()");

    fuzz_equal(0, rill_rewind(below), "rill_rewind()");
    s = rill_open_codec(codec, below, RILL_TAKE, "r", NULL);
    FUZZ_CHECK(s != NULL);
    read_all(s, NULL, &came);
    fuzz_equal(0, came.end, "the end");
    fuzz_equal((int64_t)len, (int64_t)came.len, "the length");
    fuzz_same(data, came.data, len, "the bytes");
    fuzz_equal(0, rill_close(s), "rill_close()");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size};

    fuzz_begin();
    if (in_below(&in, 2) == 0)
        unpack(&in);
    else
        pack_and_unpack(&in);
    return 0;
}
