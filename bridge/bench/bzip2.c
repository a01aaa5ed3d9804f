/*
 * bzip2.c (bench) - BZ2_bzDecompress() and BZ2_bzCompress() in a loop, and by a
 * stream.
 */
#include <bzlib.h>
#include <rill/bzip2.h>

#include "codec_rows.h"

enum { LEVEL = 9, LEN = 1 << 20 };

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    bz_stream z = {.next_in = w->packed, .avail_in = (unsigned)w->packed_len};
    int rc = BZ2_bzDecompressInit(&z, 0, 0);

    while (rc == BZ_OK) {
        z.next_out = (char *)w->out;
        z.avail_out = PIECE;
        rc = BZ2_bzDecompress(&z);
        w->seen += *w->out;
    }
    if (rc != BZ_STREAM_END || z.total_out_lo32 != w->len)
        give_up("BZ2_bzDecompress");
    BZ2_bzDecompressEnd(&z);
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    bz_stream z = {.next_out = (char *)w->out,
                   .avail_out = (unsigned)w->out_len};
    size_t at;

    if (BZ2_bzCompressInit(&z, LEVEL, 0, 0) != BZ_OK)
        give_up("BZ2_bzCompressInit");
    for (at = 0; at < w->len; at += PIECE) {
        size_t left = w->len - at;

        z.next_in = (char *)w->data + at;
        z.avail_in = left < PIECE ? (unsigned)left : PIECE;
        while (z.avail_in > 0)
            BZ2_bzCompress(&z, BZ_RUN);
    }
    if (BZ2_bzCompress(&z, BZ_FINISH) != BZ_STREAM_END)
        give_up("BZ2_bzCompress");
    BZ2_bzCompressEnd(&z);
}

int main(void)
{
    codec_rows(&rill_bzip2, LEVEL, LEN, unpack_own, pack_own);
    return 0;
}
