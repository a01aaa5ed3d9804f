/*
 * brotli.c - Brotli's streaming calls.
 *
 * Where its encoder gets no memory, it calls exit(). So it does not come to
 * that: the allocation jumps out of the encoder, which holds nothing but memory,
 * and all of that is in a list here.
 */
#include <rill/brotli.h>

#include <setjmp.h>
#include <stddef.h>

#include <brotli/decode.h>
#include <brotli/encode.h>

static void *brotli_alloc(void *run, size_t size)
{
    return rill_codec_alloc(run, 1, size);
}

static int decode_start(rill_codec_run *run)
{
    BrotliDecoderState **d = run->state;

    BrotliDecoderDestroyInstance(*d);
    *d = BrotliDecoderCreateInstance(brotli_alloc, rill_codec_free, run);
    return *d ? RILL_OK : RILL_ENOMEM;
}

/* Why it failed: its numbers for a lack of memory stand side by side. */
static int decode_code(BrotliDecoderState *d)
{
    BrotliDecoderErrorCode why = BrotliDecoderGetErrorCode(d);

    return why <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                   why >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES
               ? RILL_ENOMEM
               : RILL_EDATA;
}

static int decode_work(rill_codec_run *run, int verb)
{
    BrotliDecoderState **d = run->state;

    (void)verb;
    switch (BrotliDecoderDecompressStream(*d, &run->in_len, &run->in,
                                          &run->out_len, &run->out, NULL)) {
    case BROTLI_DECODER_RESULT_ERROR:
        return decode_code(*d);
    case BROTLI_DECODER_RESULT_SUCCESS:
        return 1;
    default:
        return 0;
    }
}

static void decode_end(rill_codec_run *run)
{
    BrotliDecoderDestroyInstance(*(BrotliDecoderState **)run->state);
}

/* A piece of the encoder's memory, before what it gets. */
union piece {
    struct {
        union piece *next, **to; /* `to` points here */
    } in;
    max_align_t aligned;
};

struct encoder {
    BrotliEncoderState *e;
    union piece *pieces;
    rill_codec_run *run;
    jmp_buf no_memory; /* set while a call of the library runs */
};

static void *piece_alloc(void *opaque, size_t size)
{
    struct encoder *st = opaque;
    union piece *p = NULL;

    if (size <= SIZE_MAX - sizeof(*p))
        p = rill_codec_alloc(st->run, 1, size + sizeof(*p));
    if (!p)
        longjmp(st->no_memory, 1);
    p->in.next = st->pieces;
    p->in.to = &st->pieces;
    if (p->in.next)
        p->in.next->in.to = &p->in.next;
    st->pieces = p;
    return p + 1;
}

static void piece_free(void *opaque, void *memory)
{
    struct encoder *st = opaque;
    union piece *p = memory;

    if (!p)
        return;
    p--;
    *p->in.to = p->in.next;
    if (p->in.next)
        p->in.next->in.to = p->in.to;
    rill_codec_free(st->run, p);
}

/* Frees all, in whatever state the encoder is. */
static void encode_end(rill_codec_run *run)
{
    struct encoder *st = run->state;

    while (st->pieces)
        piece_free(st, st->pieces + 1);
    st->e = NULL;
}

static int encode_start(rill_codec_run *run)
{
    struct encoder *st = run->state;

    encode_end(run);
    st->run = run;
    if (setjmp(st->no_memory))
        return RILL_ENOMEM;
    st->e = BrotliEncoderCreateInstance(piece_alloc, piece_free, st);
    BrotliEncoderSetParameter(st->e, BROTLI_PARAM_QUALITY,
                              (uint32_t)run->level);
    return RILL_OK;
}

static int encode_work(rill_codec_run *run, int verb)
{
    static const BrotliEncoderOperation operation[] = {BROTLI_OPERATION_PROCESS,
                                                       BROTLI_OPERATION_FLUSH,
                                                       BROTLI_OPERATION_FINISH};
    struct encoder *st = run->state;

    if (setjmp(st->no_memory))
        return RILL_ENOMEM;
    if (!BrotliEncoderCompressStream(st->e, operation[verb], &run->in_len,
                                     &run->in, &run->out_len, &run->out, NULL))
        return RILL_EIO; /* it has no other failures */
    if (verb == RILL_CODEC_FINISH)
        return BrotliEncoderIsFinished(st->e) != 0;
    return verb == RILL_CODEC_FLUSH && !BrotliEncoderHasMoreOutput(st->e);
}

const rill_codec rill_brotli = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "brotli",
    .flags = RILL_CODEC_SINGLE,
    .level_min = 0,
    .level_max = BROTLI_MAX_QUALITY,
    .level_default = BROTLI_DEFAULT_QUALITY,
    .decode = {sizeof(BrotliDecoderState *), decode_start, decode_work,
               decode_end},
    .encode = {sizeof(struct encoder), encode_start, encode_work, encode_end},
};
