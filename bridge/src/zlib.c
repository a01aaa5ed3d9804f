/*
 * zlib.c - gzip, zlib and raw deflate: three formats that differ in one number,
 * the `windowBits` that zlib is told.
 */
#include <rill/zlib.h>

#include <zlib.h>

struct zlib {
    z_stream z;
    int ready; /* zlib's own state is there */
};

static voidpf zlib_alloc(voidpf run, uInt count, uInt size)
{
    return rill_codec_alloc(run, count, size);
}

/* What zlib returned, as a codec does. That it could do nothing just now is
 * for the stream to see to. */
static int zlib_result(int rc)
{
    switch (rc) {
    case Z_OK:
    case Z_BUF_ERROR:
        return 0;
    case Z_STREAM_END:
        return 1;
    case Z_MEM_ERROR:
        return RILL_ENOMEM;
    default:
        return RILL_EDATA;
    }
}

static void zlib_hooks(rill_codec_run *run)
{
    z_stream *z = &((struct zlib *)run->state)->z;

    z->zalloc = zlib_alloc;
    z->zfree = rill_codec_free;
    z->opaque = run;
}

/* zlib goes on from where `run` is, or `run` from where zlib is. */
static void lend(z_stream *z, const rill_codec_run *run)
{
    z->next_in = (Bytef *)(uintptr_t)run->in;
    z->avail_in = (uInt)run->in_len;
    z->next_out = run->out;
    z->avail_out = (uInt)run->out_len;
}

static void take_back(const z_stream *z, rill_codec_run *run)
{
    run->in = z->next_in;
    run->in_len = z->avail_in;
    run->out = z->next_out;
    run->out_len = z->avail_out;
}

static int inflate_start(rill_codec_run *run)
{
    struct zlib *st = run->state;
    int rc;

    if (st->ready)
        return zlib_result(inflateReset(&st->z));
    zlib_hooks(run);
    rc = inflateInit2(&st->z, run->codec->variant);
    st->ready = rc == Z_OK;
    return zlib_result(rc);
}

static int inflate_work(rill_codec_run *run, int verb)
{
    struct zlib *st = run->state;
    int rc;

    (void)verb;
    lend(&st->z, run);
    rc = inflate(&st->z, Z_NO_FLUSH);
    take_back(&st->z, run);
    return zlib_result(rc);
}

static void inflate_end(rill_codec_run *run)
{
    struct zlib *st = run->state;

    if (st->ready)
        inflateEnd(&st->z);
}

static int deflate_start(rill_codec_run *run)
{
    struct zlib *st = run->state;
    int rc;

    if (st->ready)
        return zlib_result(deflateReset(&st->z));
    zlib_hooks(run);
    rc = deflateInit2(&st->z, run->level, Z_DEFLATED, run->codec->variant, 8,
                      Z_DEFAULT_STRATEGY);
    st->ready = rc == Z_OK;
    return zlib_result(rc);
}

static int deflate_work(rill_codec_run *run, int verb)
{
    static const int flush[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
    struct zlib *st = run->state;
    int rc;

    lend(&st->z, run);
    rc = zlib_result(deflate(&st->z, flush[verb]));
    take_back(&st->z, run);
    /* A flush is done when it leaves some room. */
    return verb == RILL_CODEC_FLUSH && rc == 0 && run->out_len > 0 ? 1 : rc;
}

static void deflate_end(rill_codec_run *run)
{
    struct zlib *st = run->state;

    if (st->ready)
        deflateEnd(&st->z);
}

static int fits_gzip(const unsigned char *data, size_t n)
{
    return rill_codec_begins(data, n, "\x1f\x8b\x08", 3);
}

/* RFC 1950, 2.2: method 8, a window that there is, no dictionary; and together
 * they are a multiple of 31. */
static int fits_zlib(const unsigned char *data, size_t n)
{
    if (n < 2)
        return -1;
    return (data[0] & 0x0f) == 8 && data[0] >> 4 <= 7 && !(data[1] & 0x20) &&
           (data[0] * 256 + data[1]) % 31 == 0;
}

#define ZLIB_CODEC                                                             \
    .layer = {rill_open_codec}, .struct_size = sizeof(rill_codec),             \
    .level_min = 0, .level_max = 9, .level_default = 6,                        \
    .decode = {sizeof(struct zlib), inflate_start, inflate_work, inflate_end}, \
    .encode = {sizeof(struct zlib), deflate_start, deflate_work, deflate_end}

const rill_codec rill_gzip = {
    ZLIB_CODEC,   .name = "gzip",    .variant = 16 + MAX_WBITS,
    .padding = 1, .fits = fits_gzip,
};

const rill_codec rill_zlib = {
    ZLIB_CODEC,           .name = "zlib",
    .variant = MAX_WBITS, .flags = RILL_CODEC_SINGLE,
    .fits = fits_zlib,
};

const rill_codec rill_deflate = {
    ZLIB_CODEC,
    .name = "deflate",
    .variant = -MAX_WBITS,
    .flags = RILL_CODEC_SINGLE,
};
