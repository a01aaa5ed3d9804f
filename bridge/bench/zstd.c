/*
 * zstd.c (bench) - ZSTD_decompressStream() and ZSTD_compressStream2() in a
 * loop, and by a stream.
 */
#include <rill/zstd.h>
#include <zstd.h>

#include "codec_rows.h"

enum { LEVEL = 3, LEN = 16 << 20 };

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    ZSTD_DCtx *d = ZSTD_createDCtx();
    ZSTD_inBuffer in = {w->packed, w->packed_len, 0};
    size_t rc = 1, done = 0;

    while (rc != 0 && !ZSTD_isError(rc)) {
        ZSTD_outBuffer out = {w->out, PIECE, 0};

        rc = ZSTD_decompressStream(d, &out, &in);
        w->seen += *w->out;
        done += out.pos;
    }
    if (rc != 0 || done != w->len)
        give_up("ZSTD_decompressStream");
    ZSTD_freeDCtx(d);
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_outBuffer out = {w->out, w->out_len, 0};
    size_t at;

    ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    for (at = 0; at < w->len; at += PIECE) {
        size_t left = w->len - at;
        ZSTD_inBuffer in = {w->data + at, left < PIECE ? left : PIECE, 0};

        while (in.pos < in.size)
            ZSTD_compressStream2(c, &out, &in, ZSTD_e_continue);
    }
    if (ZSTD_compressStream2(c, &out, &(ZSTD_inBuffer){NULL, 0, 0},
                             ZSTD_e_end) != 0)
        give_up("ZSTD_compressStream2");
    ZSTD_freeCCtx(c);
}

int main(void)
{
    codec_rows(&rill_zstd, LEVEL, LEN, unpack_own, pack_own);
    return 0;
}
