/*
 * lzma.c - .xz and .lzma: one interface, whose decoders differ in how they are
 * begun.
 */
#include <rill/lzma.h>

#include <lzma.h>

enum { LZMA_IS_XZ = 0, LZMA_IS_ALONE = 1 }; /* rill_codec.variant */

struct lzma {
    lzma_stream z;
    lzma_allocator memory;
};

static int lzma_result(lzma_ret rc)
{
    switch (rc) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* nothing to do just now: the stream sees to that */
        return 0;
    case LZMA_STREAM_END:
        return 1;
    case LZMA_MEM_ERROR:
        return RILL_ENOMEM;
    case LZMA_MEMLIMIT_ERROR:
        return RILL_ELIMIT;
    default:
        return RILL_EDATA;
    }
}

/* Where all zeros are LZMA_STREAM_INIT, this is what they lack. */
static lzma_stream *with_memory(rill_codec_run *run)
{
    struct lzma *st = run->state;

    st->memory = (lzma_allocator){
        .alloc = rill_codec_alloc,
        .free = rill_codec_free,
        .opaque = run,
    };
    st->z.allocator = &st->memory;
    return &st->z;
}

static int decode_start(rill_codec_run *run)
{
    lzma_stream *z = with_memory(run);
    uint64_t most =
        run->max_memory > 0 ? (uint64_t)run->max_memory : UINT64_MAX;

    if (run->codec->variant == LZMA_IS_ALONE)
        return lzma_result(lzma_alone_decoder(z, most));
    return lzma_result(
        lzma_stream_decoder(z, most, LZMA_TELL_UNSUPPORTED_CHECK));
}

static int encode_start(rill_codec_run *run)
{
    return lzma_result(lzma_easy_encoder(with_memory(run), (uint32_t)run->level,
                                         LZMA_CHECK_CRC64));
}

static int work(rill_codec_run *run, int verb)
{
    static const lzma_action action[] = {LZMA_RUN, LZMA_SYNC_FLUSH,
                                         LZMA_FINISH};
    lzma_stream *z = &((struct lzma *)run->state)->z;
    lzma_ret rc;

    z->next_in = run->in;
    z->avail_in = run->in_len;
    z->next_out = run->out;
    z->avail_out = run->out_len;
    rc = lzma_code(z, action[verb]);
    run->in = z->next_in;
    run->in_len = z->avail_in;
    run->out = z->next_out;
    run->out_len = z->avail_out;
    return lzma_result(rc);
}

static void end(rill_codec_run *run)
{
    lzma_end(with_memory(run));
}

static int fits_xz(const unsigned char *data, size_t n)
{
    return rill_codec_begins(data, n,
                             "\xfd"
                             "7zXZ\0",
                             6);
}

static uint64_t little_endian(const unsigned char *data, int bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | data[bytes];
    return value;
}

/*
 * The usual properties; a dictionary of 2^n or 2^n + 2^(n-1) bytes; and an
 * unknown size, or one below 256 GiB. It is all that there is to look at.
 */
static int fits_lzma(const unsigned char *data, size_t n)
{
    uint64_t dictionary, size;

    if (n > 0 && data[0] != 0x5d)
        return 0;
    if (n < 13)
        return -1;
    dictionary = little_endian(data + 1, 4);
    size = little_endian(data + 5, 8);
    while (dictionary > 3 && dictionary % 2 == 0)
        dictionary /= 2;
    return (dictionary == 2 || dictionary == 3 || dictionary == UINT32_MAX) &&
           (size == UINT64_MAX || size < (uint64_t)1 << 38);
}

const rill_codec rill_xz = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "xz",
    .variant = LZMA_IS_XZ,
    .level_min = 0,
    .level_max = 9,
    .level_default = LZMA_PRESET_DEFAULT,
    .padding = 4,
    .fits = fits_xz,
    .decode = {sizeof(struct lzma), decode_start, work, end},
    .encode = {sizeof(struct lzma), encode_start, work, end},
};

const rill_codec rill_lzma = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "lzma",
    .flags = RILL_CODEC_SINGLE,
    .variant = LZMA_IS_ALONE,
    .fits = fits_lzma,
    .decode = {sizeof(struct lzma), decode_start, work, end},
};
