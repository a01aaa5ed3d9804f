/*
 * lz4.c (bench) - LZ4F_decompress() and LZ4F_compressUpdate() in a loop, and by
 * a stream. Both pack with a checksum, in blocks of 64 KiB.
 */
#include <lz4frame.h>
#include <rill/lz4.h>

#include "codec_rows.h"

enum { LEN = 16 << 20, BLOCK = 64 * 1024 };

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    const unsigned char *in = w->packed;
    size_t left = w->packed_len, done = 0, rc = 1;
    LZ4F_dctx *d;

    if (LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)))
        give_up("LZ4F_createDecompressionContext");
    while (rc != 0 && !LZ4F_isError(rc)) {
        size_t made = PIECE, used = left;

        rc = LZ4F_decompress(d, w->out, &made, in, &used, NULL);
        w->seen += *w->out;
        in += used;
        left -= used;
        done += made;
    }
    if (rc != 0 || done != w->len)
        give_up("LZ4F_decompress");
    LZ4F_freeDecompressionContext(d);
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    LZ4F_preferences_t how = LZ4F_INIT_PREFERENCES;
    LZ4F_cctx *c;
    size_t at, to;

    how.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    if (LZ4F_isError(LZ4F_createCompressionContext(&c, LZ4F_VERSION)))
        give_up("LZ4F_createCompressionContext");
    to = LZ4F_compressBegin(c, w->out, w->out_len, &how);
    for (at = 0; at < w->len; at += BLOCK) {
        size_t left = w->len - at;

        to += LZ4F_compressUpdate(c, w->out + to, w->out_len - to, w->data + at,
                                  left < BLOCK ? left : BLOCK, NULL);
    }
    if (LZ4F_isError(LZ4F_compressEnd(c, w->out + to, w->out_len - to, NULL)))
        give_up("LZ4F_compressEnd");
    LZ4F_freeCompressionContext(c);
}

int main(void)
{
    codec_rows(&rill_lz4, 0, LEN, unpack_own, pack_own);
    return 0;
}
