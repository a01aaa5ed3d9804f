/*
 * zstd.c - Zstandard's streaming calls, which are those of a codec already.
 */
#include <rill/zstd.h>

#include <zstd.h>
#include <zstd_errors.h>

enum { ZSTD_WINDOW_MIN = 10, ZSTD_WINDOW_MAX = sizeof(void *) == 4 ? 30 : 31 };

/* What ZSTD_isError() says is one, as a code. */
static int zstd_code(size_t result)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return RILL_ENOMEM;
    case ZSTD_error_frameParameter_windowTooLarge:
        return RILL_ELIMIT;
    default:
        return RILL_EDATA;
    }
}

/* The largest window, as its logarithm, that takes no more than this. */
static int window_log(int64_t memory)
{
    int log = ZSTD_WINDOW_MIN;

    while (log < ZSTD_WINDOW_MAX && (int64_t)1 << (log + 1) <= memory)
        log++;
    return log;
}

static void move_on(rill_codec_run *run, const ZSTD_inBuffer *in,
                    const ZSTD_outBuffer *out)
{
    run->in += in->pos;
    run->in_len -= in->pos;
    run->out += out->pos;
    run->out_len -= out->pos;
}

static int decode_start(rill_codec_run *run)
{
    ZSTD_DCtx **d = run->state;

    if (!*d)
        *d = ZSTD_createDCtx();
    if (!*d)
        return RILL_ENOMEM;
    ZSTD_DCtx_reset(*d, ZSTD_reset_session_only);
    if (run->max_memory > 0)
        ZSTD_DCtx_setParameter(*d, ZSTD_d_windowLogMax,
                               window_log(run->max_memory));
    return RILL_OK;
}

static int decode_work(rill_codec_run *run, int verb)
{
    ZSTD_DCtx **d = run->state;
    ZSTD_inBuffer in = {run->in, run->in_len, 0};
    ZSTD_outBuffer out = {run->out, run->out_len, 0};
    size_t rc = ZSTD_decompressStream(*d, &out, &in);

    (void)verb;
    move_on(run, &in, &out);
    if (ZSTD_isError(rc))
        return zstd_code(rc);
    return rc == 0;
}

static void decode_end(rill_codec_run *run)
{
    ZSTD_freeDCtx(*(ZSTD_DCtx **)run->state);
}

static int encode_start(rill_codec_run *run)
{
    ZSTD_CCtx **c = run->state;

    if (!*c)
        *c = ZSTD_createCCtx();
    if (!*c)
        return RILL_ENOMEM;
    ZSTD_CCtx_setParameter(*c, ZSTD_c_compressionLevel, run->level);
    ZSTD_CCtx_setParameter(*c, ZSTD_c_checksumFlag, 1);
    return RILL_OK;
}

static int encode_work(rill_codec_run *run, int verb)
{
    static const ZSTD_EndDirective end[] = {ZSTD_e_continue, ZSTD_e_flush,
                                            ZSTD_e_end};
    ZSTD_CCtx **c = run->state;
    ZSTD_inBuffer in = {run->in, run->in_len, 0};
    ZSTD_outBuffer out = {run->out, run->out_len, 0};
    size_t rc = ZSTD_compressStream2(*c, &out, &in, end[verb]);

    move_on(run, &in, &out);
    if (ZSTD_isError(rc))
        return zstd_code(rc);
    return verb != RILL_CODEC_RUN && rc == 0;
}

static void encode_end(rill_codec_run *run)
{
    ZSTD_freeCCtx(*(ZSTD_CCtx **)run->state);
}

/* A frame; or one to skip, of which the first byte says which of 16 it is. */
static int fits_zstd(const unsigned char *data, size_t n)
{
    if (n > 0 && data[0] >> 4 == 5)
        return rill_codec_begins(data + 1, n - 1, "\x2a\x4d\x18", 3);
    return rill_codec_begins(data, n, "\x28\xb5\x2f\xfd", 4);
}

const rill_codec rill_zstd = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "zstd",
    .level_min = -131072,
    .level_max = 22,
    .level_default = 3,
    .fits = fits_zstd,
    .decode = {sizeof(ZSTD_DCtx *), decode_start, decode_work, decode_end},
    .encode = {sizeof(ZSTD_CCtx *), encode_start, encode_work, encode_end},
};
