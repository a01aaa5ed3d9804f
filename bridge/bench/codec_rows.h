/*
 * codec_rows.h - two rows for each codec: unpacking and packing what lies in
 * memory, by the library's own calls with buffers of 128 KiB, and by a stream.
 *
 * Both begin with nothing and leave nothing. Unpacking, both look at each piece
 * where it is; packing, both are given pieces of 128 KiB, and both collect what
 * comes out in memory.
 */
#ifndef CODEC_ROWS_H
#define CODEC_ROWS_H

#include <stdio.h>
#include <stdlib.h>

#include <rill/codec.h>
#include <rill/rill.h>

#include "side_by_side.h"

enum { PIECE = 128 * 1024 };

struct work {
    const rill_codec *codec;
    rill_options o;
    unsigned char *data; /* `len` bytes; packed: `packed_len` */
    size_t len;
    void *packed;
    size_t packed_len;
    unsigned char *out; /* PIECE bytes to unpack to; room to pack to */
    size_t out_len;
    rill *to; /* the same of the stream */
    unsigned seen;
};

/* Bytes of which most have been there before, as in texts and logs: they get
 * shorter by more than half. */
static void fill_as_logs(unsigned char *data, size_t len)
{
    uint32_t x = 1, back = 1, left = 0;
    size_t i;

    for (i = 0; i < len; i++, left--) {
        x = x * 1664525u + 1013904223u;
        if (left == 0) { /* again from somewhere, so many */
            back = 1 + (x >> 8) % 5000;
            left = 4 + (x >> 24) % 32;
        }
        data[i] = i < back || x >> 29 == 0 ? (unsigned char)(x >> 16)
                                           : data[i - back];
    }
}

static void unpack_ours(void *ctx)
{
    struct work *w = ctx;
    rill *below = rill_open_view(w->packed, w->packed_len);
    rill *s = rill_open_codec(w->codec, below, RILL_TAKE, "r", &w->o);
    size_t done = 0;
    const void *piece;
    ptrdiff_t n;

    while ((n = rill_peek(s, &piece, 0)) > 0) {
        w->seen += *(const unsigned char *)piece;
        done += (size_t)n;
        if (rill_consume(s, (size_t)n) < 0)
            give_up("consume");
    }
    if (rill_close(s) < 0 || done != w->len)
        give_up("what was unpacked is not all");
}

static void pack_ours(void *ctx)
{
    struct work *w = ctx;
    rill *s = rill_open_codec(w->codec, w->to, RILL_BORROW, "w", &w->o);
    size_t at;

    for (at = 0; at < w->len; at += PIECE)
        rill_write(s, w->data + at, w->len - at < PIECE ? w->len - at : PIECE);
    if (rill_close(s) < 0)
        give_up("pack");
    w->packed_len = (size_t)rill_tell(w->to);
    if (rill_reset(w->to) < 0)
        give_up("reset");
}

/* `own_unpack` and `own_pack` get a struct work, as unpack_ours() and
 * pack_ours() do. */
static void codec_rows(const rill_codec *codec, int level, size_t len,
                       void (*own_unpack)(void *ctx),
                       void (*own_pack)(void *ctx))
{
    struct work w = {.codec = codec, .o = RILL_OPTIONS_INIT, .len = len};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    const void *packed;
    char name[100];
    rill *s;

    co.level = level;
    w.o.codec_options = &co;
    w.data = malloc(len);
    w.out_len = len + len / 8 + PIECE;
    w.out = malloc(w.out_len);
    w.to = rill_open_mem(NULL);
    if (!w.data || !w.out || !w.to)
        give_up("memory");
    fill_as_logs(w.data, len);

    s = rill_open_codec(codec, w.to, RILL_BORROW, "w", &w.o);
    rill_write(s, w.data, len);
    if (rill_close(s) < 0)
        give_up("pack");
    w.packed_len = (size_t)rill_data(w.to, &packed);
    w.packed = malloc(w.packed_len);
    if (!w.packed || rill_pread(w.to, w.packed, w.packed_len, 0) < 0 ||
        rill_reset(w.to) < 0)
        give_up("memory");

    snprintf(name, sizeof(name), "%s unpacks memory, %.1f times", codec->name,
             (double)len / (double)w.packed_len);
    side_by_side(name, len, own_unpack, unpack_ours, &w);
    snprintf(name, sizeof(name), "%s packs memory, level %d", codec->name,
             level);
    side_by_side(name, len, own_pack, pack_ours, &w);
    if (rill_close(w.to) < 0)
        give_up("close");
    free(w.packed);
    free(w.out);
    free(w.data);
}

#endif
