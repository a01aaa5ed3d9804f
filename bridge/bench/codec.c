/*
 * codec.c (bench) - the stream over a codec that does nothing: a copy, beside
 * memcpy() by the same pieces.
 *
 * What is over the copy is what a stream costs: a few calls for each 128 KiB,
 * which is less than a microsecond of what a codec takes for so much.
 */
#include <string.h>

#include "codec_rows.h"

enum { LEN = 16 << 20 };

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    size_t at;

    for (at = 0; at < w->len; at += PIECE) {
        memcpy(w->out, (char *)w->packed + at, PIECE);
        w->seen += *w->out;
    }
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    size_t at;

    for (at = 0; at < w->len; at += PIECE)
        memcpy(w->out + at, w->data + at, PIECE);
}

int main(void)
{
    codec_rows(&rill_plain, 0, LEN, unpack_own, pack_own);
    return 0;
}
