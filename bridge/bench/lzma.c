/*
 * lzma.c (bench) - lzma_code() in a loop, and by a stream.
 */
#include <lzma.h>
#include <rill/lzma.h>

#include "codec_rows.h"

enum { LEVEL = 1, LEN = 2 << 20 };

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    lzma_stream z = LZMA_STREAM_INIT;
    lzma_ret rc = lzma_stream_decoder(&z, UINT64_MAX, 0);

    z.next_in = w->packed;
    z.avail_in = w->packed_len;
    while (rc == LZMA_OK) {
        z.next_out = w->out;
        z.avail_out = PIECE;
        rc = lzma_code(&z, LZMA_RUN);
        w->seen += *w->out;
    }
    if (rc != LZMA_STREAM_END || z.total_out != w->len)
        give_up("lzma_code");
    lzma_end(&z);
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    lzma_stream z = LZMA_STREAM_INIT;
    size_t at;

    if (lzma_easy_encoder(&z, LEVEL, LZMA_CHECK_CRC64) != LZMA_OK)
        give_up("lzma_easy_encoder");
    z.next_out = w->out;
    z.avail_out = w->out_len;
    for (at = 0; at < w->len; at += PIECE) {
        z.next_in = w->data + at;
        z.avail_in = w->len - at < PIECE ? w->len - at : PIECE;
        while (z.avail_in > 0)
            if (lzma_code(&z, LZMA_RUN) != LZMA_OK)
                give_up("lzma_code");
    }
    if (lzma_code(&z, LZMA_FINISH) != LZMA_STREAM_END)
        give_up("lzma_code");
    lzma_end(&z);
}

int main(void)
{
    codec_rows(&rill_xz, LEVEL, LEN, unpack_own, pack_own);
    return 0;
}
