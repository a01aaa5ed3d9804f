/*
 * lz4.c - LZ4's frame format.
 *
 * Its encoder does not stop where the room ends, but wants to have enough of it
 * before; so it is given no more at a time than a block, and there is room for
 * one. Each piece is put out at once (`autoFlush`): nothing is left to flush.
 */
#include <rill/lz4.h>

#include <lz4frame.h>

#include <string.h>

enum {
    LZ4_BLOCK = 64 * 1024,
    LZ4_ROOM = LZ4_BLOCK + 64 /* a header of 19, a block's 8, an end of 8 */
};

/* LZ4 has names for its errors, and no numbers. */
static int lz4_code(size_t result)
{
    return strcmp(LZ4F_getErrorName(result), "ERROR_allocation_failed") == 0
               ? RILL_ENOMEM
               : RILL_EDATA;
}

static int decode_start(rill_codec_run *run)
{
    LZ4F_dctx **d = run->state;
    size_t rc = *d ? 0 : LZ4F_createDecompressionContext(d, LZ4F_VERSION);

    return LZ4F_isError(rc) ? lz4_code(rc) : RILL_OK;
}

static int decode_work(rill_codec_run *run, int verb)
{
    LZ4F_dctx **d = run->state;
    size_t used = run->in_len, made = run->out_len;
    size_t rc = LZ4F_decompress(*d, run->out, &made, run->in, &used, NULL);

    (void)verb;
    if (LZ4F_isError(rc))
        return lz4_code(rc);
    run->in += used;
    run->in_len -= used;
    run->out += made;
    run->out_len -= made;
    return rc == 0;
}

static void decode_end(rill_codec_run *run)
{
    LZ4F_freeDecompressionContext(*(LZ4F_dctx **)run->state);
}

struct encoder {
    LZ4F_cctx *c;
    int begun; /* the header has been put out */
};

static int encode_start(rill_codec_run *run)
{
    struct encoder *st = run->state;
    size_t rc = st->c ? 0 : LZ4F_createCompressionContext(&st->c, LZ4F_VERSION);

    st->begun = 0;
    return LZ4F_isError(rc) ? lz4_code(rc) : RILL_OK;
}

/* Note what a call put out: 0 or a code. */
static int put_out(rill_codec_run *run, size_t made)
{
    if (LZ4F_isError(made))
        return lz4_code(made);
    run->out += made;
    run->out_len -= made;
    return RILL_OK;
}

static int put_header(rill_codec_run *run)
{
    struct encoder *st = run->state;
    LZ4F_preferences_t how = LZ4F_INIT_PREFERENCES;

    how.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    how.compressionLevel = run->level;
    how.autoFlush = 1;
    st->begun = 1;
    return put_out(run,
                   LZ4F_compressBegin(st->c, run->out, run->out_len, &how));
}

static int put_block(rill_codec_run *run)
{
    struct encoder *st = run->state;
    size_t n = run->in_len < LZ4_BLOCK ? run->in_len : LZ4_BLOCK;
    int rc = put_out(run, LZ4F_compressUpdate(st->c, run->out, run->out_len,
                                              run->in, n, NULL));
    if (rc < 0)
        return rc;
    run->in += n;
    run->in_len -= n;
    return RILL_OK;
}

static int encode_work(rill_codec_run *run, int verb)
{
    struct encoder *st = run->state;
    int rc = st->begun ? RILL_OK : put_header(run);

    if (rc == RILL_OK && run->in_len > 0)
        rc = put_block(run);
    if (rc == RILL_OK && verb == RILL_CODEC_FINISH)
        rc =
            put_out(run, LZ4F_compressEnd(st->c, run->out, run->out_len, NULL));
    return rc < 0 ? rc : verb != RILL_CODEC_RUN;
}

static void encode_end(rill_codec_run *run)
{
    LZ4F_freeCompressionContext(((struct encoder *)run->state)->c);
}

static int fits_lz4(const unsigned char *data, size_t n)
{
    return rill_codec_begins(data, n, "\x04\x22\x4d\x18", 4);
}

const rill_codec rill_lz4 = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "lz4",
    .level_min = -65537,
    .level_max = 12,
    .level_default = 0,
    .room = LZ4_ROOM,
    .fits = fits_lz4,
    .decode = {sizeof(LZ4F_dctx *), decode_start, decode_work, decode_end},
    .encode = {sizeof(struct encoder), encode_start, encode_work, encode_end},
};
