/*
 * bzip2.c - bzip2's streaming calls.
 *
 * The library cannot begin again with the state that it has, so each member
 * gets a new one. And its flush leaves the last bits of a block behind, which
 * no reader could do without: so a flush ends the member.
 */
#include <rill/bzip2.h>

#include <bzlib.h>

struct bzip2 {
    bz_stream bz;
    int ready; /* the library's own state is there */
};

static void *bzip2_alloc(void *run, int count, int size)
{
    return rill_codec_alloc(run, (size_t)count, (size_t)size);
}

static void bzip2_hooks(rill_codec_run *run)
{
    struct bzip2 *st = run->state;

    st->bz = (bz_stream){
        .bzalloc = bzip2_alloc,
        .bzfree = rill_codec_free,
        .opaque = run,
    };
}

static int bzip2_result(int rc)
{
    switch (rc) {
    case BZ_OK:
    case BZ_RUN_OK:
    case BZ_FINISH_OK:
        return 0;
    case BZ_STREAM_END:
        return 1;
    case BZ_MEM_ERROR:
        return RILL_ENOMEM;
    default:
        return RILL_EDATA;
    }
}

/* The library goes on from where `run` is, or `run` from where it is. */
static void lend(bz_stream *bz, const rill_codec_run *run)
{
    bz->next_in = (char *)(uintptr_t)run->in;
    bz->avail_in = (unsigned)run->in_len;
    bz->next_out = (char *)run->out;
    bz->avail_out = (unsigned)run->out_len;
}

static void take_back(const bz_stream *bz, rill_codec_run *run)
{
    run->in = (const unsigned char *)bz->next_in;
    run->in_len = bz->avail_in;
    run->out = (unsigned char *)bz->next_out;
    run->out_len = bz->avail_out;
}

static void decode_end(rill_codec_run *run)
{
    struct bzip2 *st = run->state;

    if (st->ready)
        BZ2_bzDecompressEnd(&st->bz);
    st->ready = 0;
}

static int decode_start(rill_codec_run *run)
{
    struct bzip2 *st = run->state;
    int rc;

    decode_end(run);
    bzip2_hooks(run);
    rc = BZ2_bzDecompressInit(&st->bz, 0, 0);
    st->ready = rc == BZ_OK;
    return bzip2_result(rc);
}

static int decode_work(rill_codec_run *run, int verb)
{
    struct bzip2 *st = run->state;
    int rc;

    (void)verb;
    lend(&st->bz, run);
    rc = BZ2_bzDecompress(&st->bz);
    take_back(&st->bz, run);
    return bzip2_result(rc);
}

static void encode_end(rill_codec_run *run)
{
    struct bzip2 *st = run->state;

    if (st->ready)
        BZ2_bzCompressEnd(&st->bz);
    st->ready = 0;
}

static int encode_start(rill_codec_run *run)
{
    struct bzip2 *st = run->state;
    int rc;

    encode_end(run);
    bzip2_hooks(run);
    rc = BZ2_bzCompressInit(&st->bz, run->level, 0, 0);
    st->ready = rc == BZ_OK;
    return bzip2_result(rc);
}

static int encode_work(rill_codec_run *run, int verb)
{
    struct bzip2 *st = run->state;
    int rc;

    lend(&st->bz, run);
    rc =
        BZ2_bzCompress(&st->bz, verb == RILL_CODEC_FINISH ? BZ_FINISH : BZ_RUN);
    take_back(&st->bz, run);
    return bzip2_result(rc);
}

/* A level, then a block; or the end, where there is none. */
static int fits_bzip2(const unsigned char *data, size_t n)
{
    int begins = rill_codec_begins(data, n, "BZh", 3);

    if (begins <= 0 || n < 4)
        return begins > 0 ? -1 : begins;
    if (data[3] < '1' || data[3] > '9')
        return 0;
    begins = rill_codec_begins(data + 4, n - 4, "1AY&SY", 6);
    return begins ? begins
                  : rill_codec_begins(data + 4, n - 4, "\x17rE8P\x90", 6);
}

const rill_codec rill_bzip2 = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "bzip2",
    .flags = RILL_CODEC_RESTARTS,
    .level_min = 1,
    .level_max = 9,
    .level_default = 9,
    .fits = fits_bzip2,
    .decode = {sizeof(struct bzip2), decode_start, decode_work, decode_end},
    .encode = {sizeof(struct bzip2), encode_start, encode_work, encode_end},
};
