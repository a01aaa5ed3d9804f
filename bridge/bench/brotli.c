/*
 * brotli.c (bench) - Brotli's streaming calls in a loop, and by a stream.
 */
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <rill/brotli.h>

#include "codec_rows.h"

enum { LEVEL = 5, LEN = 2 << 20 };

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    BrotliDecoderState *d = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    const uint8_t *in = w->packed;
    size_t left = w->packed_len, done = 0;
    BrotliDecoderResult rc = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;

    while (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t *out = w->out;
        size_t room = PIECE;

        rc = BrotliDecoderDecompressStream(d, &left, &in, &room, &out, &done);
        w->seen += *w->out;
    }
    if (rc != BROTLI_DECODER_RESULT_SUCCESS || done != w->len)
        give_up("BrotliDecoderDecompressStream");
    BrotliDecoderDestroyInstance(d);
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    BrotliEncoderState *e = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    uint8_t *out = w->out;
    size_t room = w->out_len, at, n = 0;

    BrotliEncoderSetParameter(e, BROTLI_PARAM_QUALITY, LEVEL);
    for (at = 0; at < w->len; at += PIECE) {
        const uint8_t *in = w->data + at;

        n = w->len - at < PIECE ? w->len - at : PIECE;
        while (n > 0)
            BrotliEncoderCompressStream(e, BROTLI_OPERATION_PROCESS, &n, &in,
                                        &room, &out, NULL);
    }
    BrotliEncoderCompressStream(e, BROTLI_OPERATION_FINISH, &n,
                                &(const uint8_t *){NULL}, &room, &out, NULL);
    if (!BrotliEncoderIsFinished(e))
        give_up("BrotliEncoderCompressStream");
    BrotliEncoderDestroyInstance(e);
}

int main(void)
{
    codec_rows(&rill_brotli, LEVEL, LEN, unpack_own, pack_own);
    return 0;
}
