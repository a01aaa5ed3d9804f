/*
 * test_webp.c - libwebp over every kind of stream: the same bytes and the same
 * pixels as by libwebp's own way to memory, in one piece and in many, also of
 * pictures that are damaged or cut short; and what fails, fails by libwebp's
 * statuses.
 */
#include "streams.h"

#include <errno.h>

#include <rill/testing/double.h>
#include <rill/webp.h>
#include <webp/demux.h>

enum { SIDE = 64, ROW = SIDE * 4, SAMPLES = SIDE * ROW, PIECE = 80 };

/* A picture to encode. */
struct form {
    const char *name;
    int lossless, alpha, exif;
};

static const struct form forms[] = {
    {"lossy", 0, 0, 0},
    {"lossless", 1, 0, 0},
    {"lossy with alpha", 0, 1, 0},
    {"lossless with Exif", 1, 0, 1},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

/* Bytes that free() or rill_free() frees. */
struct bytes {
    uint8_t *data;
    size_t len;
};

/* A chunk that is no picture. */
static uint8_t exif_data[] = "EXIF\x08\0\0\0 no Exif";
static const struct bytes exif = {exif_data, 16};

/* ---- Pictures ------------------------------------------------------------ */

static void draw(WebPPicture *picture, const struct form *form)
{
    unsigned char rgba[SAMPLES];
    int i;

    test_pattern(rgba, sizeof(rgba), 0);
    for (i = 0; i < SAMPLES; i++) {
        if (i % 4 == 3)
            rgba[i] = form->alpha ? rgba[i] : 255;
        else /* not too hard */
            rgba[i] = (unsigned char)(i / ROW * 3 + rgba[i] / 4);
    }
    CHECK(WebPPictureInit(picture));
    picture->width = picture->height = SIDE;
    picture->use_argb = form->lossless;
    CHECK(WebPPictureImportRGBA(picture, rgba, ROW));
}

/* Returns libwebp's error, 0 for none. */
static int encode(const struct form *form, WebPWriterFunction writer, void *to)
{
    WebPConfig config;
    WebPPicture picture;
    int ok;

    CHECK(WebPConfigInit(&config));
    config.lossless = form->lossless;
    config.method = 1;
    draw(&picture, form);
    picture.writer = writer;
    picture.custom_ptr = to;
    ok = WebPEncode(&config, &picture);
    CHECK_INT(ok, picture.error_code == VP8_ENC_OK);
    WebPPictureFree(&picture);
    return (int)picture.error_code;
}

static uint8_t *put(uint8_t *to, const char *tag, const void *data, size_t len)
{
    uint8_t size[4];
    int i;

    for (i = 0; i < 4; i++)
        size[i] = (uint8_t)(len >> 8 * i);
    memcpy(to, tag, 4);
    memcpy(to + 4, size, 4);
    if (data) {
        memcpy(to + 8, data, len);
        to += len;
    }
    return to + 8;
}

/* A file of these chunks: the extended header, the picture, and more. */
static struct bytes extended(uint8_t flags, const struct bytes *chunks,
                             int count)
{
    uint8_t header[10] = {flags, 0, 0, 0, SIDE - 1, 0, 0, SIDE - 1, 0, 0}, *p;
    struct bytes b = {NULL, 12 + 8 + 10};
    int i;

    for (i = 0; i < count; i++)
        b.len += chunks[i].len;
    p = b.data = test_alloc(b.len);
    p = put(p, "RIFF", NULL, b.len - 8);
    memcpy(p, "WEBP", 4);
    p = put(p + 4, "VP8X", header, 10);
    for (i = 0; i < count; i++) {
        memcpy(p, chunks[i].data, chunks[i].len);
        p += chunks[i].len;
    }
    return b;
}

/* The picture by libwebp alone. */
static struct bytes encoded(const struct form *form)
{
    WebPMemoryWriter w;
    struct bytes chunks[2], b;

    WebPMemoryWriterInit(&w);
    CHECK_INT(0, encode(form, WebPMemoryWrite, &w));
    b.data = test_alloc(w.size);
    b.len = w.size;
    memcpy(b.data, w.mem, w.size);
    WebPMemoryWriterClear(&w);
    if (form->exif) {
        uint8_t *plain = b.data;

        chunks[0] = (struct bytes){plain + 12, b.len - 12};
        chunks[1] = exif;
        b = extended(0x08, chunks, 2);
        free(plain);
    }
    return b;
}

struct outcome {
    VP8StatusCode status;
    int width, height, format;
    uint8_t pixels[SAMPLES];
};

static void configure(WebPDecoderConfig *config)
{
    CHECK(WebPInitDecoderConfig(config));
    config->output.colorspace = MODE_RGBA;
}

static struct outcome outcome_of(VP8StatusCode status,
                                 WebPDecoderConfig *config)
{
    const WebPRGBABuffer *out = &config->output.u.RGBA;
    struct outcome o = {.status = status};

    if (status == VP8_STATUS_OK) {
        o.width = config->output.width;
        o.height = config->output.height;
        o.format = config->input.format;
        memcpy(o.pixels, out->rgba, out->size < SAMPLES ? out->size : SAMPLES);
    }
    WebPFreeDecBuffer(&config->output);
    return o;
}

/* By libwebp alone where `s` is NULL. */
static struct outcome decode(rill *s, const void *data, size_t len)
{
    WebPDecoderConfig config;

    configure(&config);
    return outcome_of(s ? rill_webp_decode(s, &config)
                        : WebPDecode(data, len, &config),
                      &config);
}

/* By libwebp's incremental decoder alone: what it accepts depends on how the
 * bytes come. */
static struct outcome decode_own_pieces(const uint8_t *data, size_t len)
{
    VP8StatusCode status;
    WebPDecoderConfig config;
    WebPIDecoder *d;
    size_t n;

    configure(&config);
    status = WebPGetFeatures(data, PIECE, &config.input);
    d = WebPIDecode(NULL, 0, &config);
    CHECK(d);
    if (status == VP8_STATUS_OK)
        status = VP8_STATUS_SUSPENDED;
    for (; len > 0 && status == VP8_STATUS_SUSPENDED; data += n, len -= n) {
        n = len < PIECE ? len : PIECE;
        status = WebPIAppend(d, data, n);
    }
    WebPIDelete(d);
    if (status == VP8_STATUS_SUSPENDED)
        status = VP8_STATUS_NOT_ENOUGH_DATA;
    return outcome_of(status, &config);
}

static void check_same(struct outcome want, struct outcome got)
{
    CHECK_INT(want.status, got.status);
    CHECK_INT(want.width, got.width);
    CHECK_INT(want.height, got.height);
    CHECK_INT(want.format, got.format);
    CHECK_MEM(got.pixels, SAMPLES, want.pixels, SAMPLES);
}

/* Show a picture that arrives. `calls` counts what it took. */
static struct outcome decode_as_it_comes(rill *s, int *calls)
{
    struct outcome o = {0};
    WebPIDecoder *d = WebPINewRGB(MODE_RGBA, o.pixels, SAMPLES, ROW);
    int64_t left = -1;

    CHECK(d);
    *calls = 0;
    do {
        o.status = rill_webp_append(d, s, &left);
        ++*calls;
    } while (o.status == VP8_STATUS_SUSPENDED);
    WebPIDelete(d);
    if (o.status == VP8_STATUS_OK)
        rill_skip(s, left);
    return o;
}

/* A file of its own with these bytes, of which few may be peeked at. */
static rill *open_limited(const void *data, size_t len)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.window_limit = 100;
    o.buffer_size = PIECE;
    test_write_file("limited", data, len);
    return rill_open_with("limited", "rb", &o);
}

/* ---- As it should be ----------------------------------------------------- */

BRIDGE_TEST(webp__as_in_memory)
{
    int i;

    for (i = 0; i < FORMS; i++) {
        struct bytes own = encoded(&forms[i]);
        rill *s = kind->open();
        void *got;
        ptrdiff_t len;

        test_context("%s", forms[i].name);
        if (forms[i].exif)
            CHECK_INT(own.len, rill_write(s, own.data, own.len));
        else
            CHECK_INT(0, encode(&forms[i], rill_webp_write, s));
        rill_rewind(s);
        len = rill_read_all(s, &got);
        CHECK_MEM(got, len, own.data, own.len);
        rill_free(got);

        rill_rewind(s);
        CHECK_INT(own.len, rill_webp_size(s));
        check_same(decode(NULL, own.data, own.len), decode(s, NULL, 0));
        CHECK_INT(own.len, rill_tell(s));
        CHECK_OK(rill_close(s));
        free(own.data);
    }
}

BRIDGE_TEST(webp__as_it_comes)
{
    int i, calls;

    for (i = 0; i < FORMS; i++) {
        struct bytes own = encoded(&forms[i]);
        struct outcome want = decode(NULL, own.data, own.len), got;
        rill *s = kind->open();

        test_context("%s", forms[i].name);
        CHECK_INT(own.len, rill_write(s, own.data, own.len));
        CHECK_INT(own.len, rill_write(s, own.data, own.len));
        CHECK_INT(4, rill_puts(s, "last"));
        rill_rewind(s);
        got = decode_as_it_comes(s, &calls);
        CHECK_INT(VP8_STATUS_OK, got.status);
        CHECK_MEM(got.pixels, SAMPLES, want.pixels, SAMPLES);
        got = decode_as_it_comes(s, &calls);
        CHECK_INT(VP8_STATUS_OK, got.status);
        CHECK_REST(s, "last");
        CHECK_OK(rill_close(s));
        free(own.data);
    }
}

BRIDGE_TEST(webp__pictures_in_a_row)
{
    rill *s = kind->open();
    int i;

    CHECK_INT(3, rill_puts(s, "one"));
    for (i = 0; i < 3; i++)
        CHECK_INT(0, encode(&forms[i], rill_webp_write, s));
    CHECK_INT(4, rill_puts(s, "last"));
    rill_rewind(s);
    CHECK_READS(s, "one");
    for (i = 0; i < 3; i++)
        CHECK_INT(VP8_STATUS_OK, decode(s, NULL, 0).status);
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
}

TEST(webp__from_a_pipe)
{
    int i, calls;

    for (i = 0; i < FORMS; i++) {
        struct bytes own = encoded(&forms[i]);
        struct outcome want = decode(NULL, own.data, own.len), got;
        uint8_t *twice = test_alloc(own.len * 2 + 4);
        rill *s;

        test_context("%s", forms[i].name);
        memcpy(twice, own.data, own.len);
        memcpy(twice + own.len, own.data, own.len);
        memcpy(twice + own.len * 2, "last", 4);
        s = open_pipe(twice, own.len * 2 + 4);
        check_same(want, decode(s, NULL, 0));
        got = decode_as_it_comes(s, &calls);
        CHECK_MEM(got.pixels, SAMPLES, want.pixels, SAMPLES);
        CHECK_REST(s, "last");
        CHECK_OK(rill_close(s));
        free(twice);
        free(own.data);
    }
}

TEST(webp__longer_than_the_limit)
{
    int i, calls;

    for (i = 0; i < FORMS; i++) {
        struct bytes own = encoded(&forms[i]);
        rill *s = open_limited(own.data, own.len);
        WebPData data;

        test_context("%s", forms[i].name);
        CHECK_CODE(RILL_ELIMIT, rill_webp_peek(s, &data));
        check_same(decode(NULL, own.data, own.len), decode(s, NULL, 0));
        CHECK_REST(s, "");
        rill_rewind(s);
        CHECK_INT(VP8_STATUS_OK, decode_as_it_comes(s, &calls).status);
        CHECK(calls > 2);
        CHECK_OK(rill_close(s));
        free(own.data);
    }
}

/* What a configuration asks for is done. */
TEST(webp__as_configured)
{
    struct bytes own = encoded(&forms[0]);
    rill *streams[2];
    int i;

    streams[0] = rill_open_view(own.data, own.len);
    streams[1] = open_limited(own.data, own.len);
    for (i = 0; i < 2; i++) {
        static uint8_t want[20 * 100], got[sizeof(want)];
        WebPDecoderConfig config;

        memset(want, 0xee, sizeof(want));
        memset(got, 0xee, sizeof(got));
        CHECK(WebPInitDecoderConfig(&config));
        config.options.use_scaling = 1;
        config.options.scaled_width = 30;
        config.options.scaled_height = 20;
        config.options.flip = 1;
        config.output.colorspace = MODE_BGR;
        config.output.is_external_memory = 1;
        config.output.u.RGBA.stride = 100;
        config.output.u.RGBA.size = sizeof(want);
        config.output.u.RGBA.rgba = want;
        CHECK_INT(0, WebPDecode(own.data, own.len, &config));
        config.output.u.RGBA.rgba = got;
        config.output.u.RGBA.stride = 100;
        CHECK_INT(0, rill_webp_decode(streams[i], &config));
        CHECK_MEM(got, sizeof(got), want, sizeof(want));
        WebPFreeDecBuffer(&config.output);
        CHECK_OK(rill_close(streams[i]));
    }
    free(own.data);
}

/* The decoder of moving pictures, over what is peeked at. */
BRIDGE_TEST(webp__moving_pictures)
{
    static uint8_t loop[14];
    struct bytes frame = encoded(&forms[1]), chunks[3], movie;
    struct outcome want = decode(NULL, frame.data, frame.len);
    uint8_t header[16] = {0, 0, 0, 0, 0, 0, SIDE - 1, 0, 0, SIDE - 1, 0, 0, 40};
    uint8_t *rgba, *p = test_alloc(frame.len + 100);
    rill *s = kind->open();
    WebPAnimDecoder *d;
    WebPData data;
    int frames, time;

    put(loop, "ANIM", "\0\0\0\0\0", 6);
    chunks[0] = (struct bytes){loop, 14};
    chunks[1].data = chunks[2].data = p;
    put(p, "ANMF", NULL, 16 + frame.len - 12);
    memcpy(p + 8, header, 16);
    memcpy(p + 24, frame.data + 12, frame.len - 12);
    chunks[1].len = chunks[2].len = 24 + frame.len - 12;
    movie = extended(0x02, chunks, 3);

    CHECK_INT(movie.len, rill_write(s, movie.data, movie.len));
    CHECK_INT(4, rill_puts(s, "last"));
    rill_rewind(s);
    CHECK_INT(VP8_STATUS_UNSUPPORTED_FEATURE, decode(s, NULL, 0).status);
    CHECK_INT(movie.len, rill_webp_peek(s, &data));
    d = WebPAnimDecoderNew(&data, NULL);
    CHECK(d);
    for (frames = 0; WebPAnimDecoderGetNext(d, &rgba, &time); frames++)
        CHECK_MEM(rgba, SAMPLES, want.pixels, SAMPLES);
    CHECK_INT(2, frames);
    CHECK_INT(80, time);
    WebPAnimDecoderDelete(d);
    CHECK_OK(rill_consume(s, data.size));
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
    free(p);
    free(frame.data);
    free(movie.data);
}

/* ---- As it should not be ------------------------------------------------- */

TEST(webp__cut_short)
{
    int i, calls;

    for (i = 0; i < FORMS; i++) {
        struct bytes own = encoded(&forms[i]);
        struct outcome want = decode(NULL, own.data, own.len);
        size_t cut;

        for (cut = 0; cut < own.len; cut++) {
            rill *s = rill_open_view(own.data, cut);
            struct outcome o;

            test_context("%s cut to %zu bytes", forms[i].name, cut);
            CHECK_INT(VP8_STATUS_NOT_ENOUGH_DATA, decode(s, NULL, 0).status);
            CHECK_INT(0, rill_tell(s));
            o = decode_as_it_comes(s, &calls);
            if (o.status == VP8_STATUS_OK) /* missing is no pixel */
                CHECK_MEM(o.pixels, SAMPLES, want.pixels, SAMPLES);
            else
                CHECK_INT(VP8_STATUS_NOT_ENOUGH_DATA, o.status);
            CHECK_OK(rill_close(s));
            s = open_limited(own.data, cut);
            CHECK_INT(VP8_STATUS_NOT_ENOUGH_DATA, decode(s, NULL, 0).status);
            CHECK_OK(rill_close(s));
        }
        free(own.data);
    }
}

TEST(webp__damaged)
{
    int i;

    for (i = 0; i < FORMS; i++) {
        struct bytes own = encoded(&forms[i]);
        size_t at;

        for (at = 0; at < own.len; at += 1 + at / 200) {
            struct outcome want;
            rill *s;

            test_context("%s, byte %zu", forms[i].name, at);
            own.data[at] ^= 0x55;
            want = decode(NULL, own.data, own.len);
            s = rill_open_view(own.data, own.len);
            check_same(want, decode(s, NULL, 0));
            CHECK_INT(want.status == 0 ? own.len : 0, rill_tell(s));
            CHECK_OK(rill_close(s));
            s = open_limited(own.data, own.len);
            if (at < 4 || at >= 8) /* the length: as above */
                want = decode_own_pieces(own.data, own.len);
            check_same(want, decode(s, NULL, 0));
            CHECK_OK(rill_close(s));
            own.data[at] ^= 0x55;
        }
        free(own.data);
    }
}

/* A file that ends before its pixels begin: what follows is not its. */
TEST(webp__without_pixels)
{
    struct bytes own = extended(0x08, &exif, 1);
    rill *s = rill_open_mem(NULL);
    int calls;

    CHECK_INT(own.len, rill_write(s, own.data, own.len));
    CHECK_INT(4, rill_puts(s, "last"));
    rill_rewind(s);
    check_same(decode(NULL, own.data, own.len), decode(s, NULL, 0));
    CHECK_INT(0, rill_tell(s));
    CHECK_INT(VP8_STATUS_NOT_ENOUGH_DATA, decode_as_it_comes(s, &calls).status);
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
    free(own.data);
}

TEST(webp__no_webp)
{
    rill *s = rill_open_view("GIF89a, say the first bytes", 27);
    WebPData data = {NULL, 7};

    CHECK_CODE(RILL_EDATA, rill_webp_size(s));
    CHECK_CODE(RILL_EDATA, rill_webp_peek(s, &data));
    CHECK_INT(7, data.size);
    CHECK_INT(VP8_STATUS_BITSTREAM_ERROR, decode(s, NULL, 0).status);
    CHECK_INT(0, rill_tell(s));
    CHECK_OK(rill_close(s));

    s = rill_open_view("RIFF\xff\xff\xff\xffWEBP", 12);
    CHECK_INT(((int64_t)1 << 32) + 7, rill_webp_size(s));
    CHECK_CODE(sizeof(size_t) > 4 ? RILL_EEOF : RILL_ELIMIT,
               rill_webp_peek(s, &data));
    CHECK_OK(rill_close(s));

    s = rill_open_view("RIFF\0\0\0\0WEBP", 12);
    CHECK_INT(VP8_STATUS_BITSTREAM_ERROR, decode(s, NULL, 0).status);
    CHECK_OK(rill_close(s));
}

TEST(webp__the_stream_fails)
{
    struct bytes own = encoded(&forms[1]);
    size_t at;
    int calls;

    for (at = 0; at < own.len; at += 1 + at / 50) {
        rill *s = open_failing(own.data, own.len, (int64_t)at, EIO);
        rill_error e;

        test_context("at %zu", at);
        CHECK_INT(VP8_STATUS_USER_ABORT, decode(s, NULL, 0).status);
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_INT(EIO, e.os_error);
        CHECK_INT(at, e.offset);
        CHECK_CODE(RILL_EIO, rill_close(s));

        s = open_failing(own.data, own.len, (int64_t)at, EIO);
        CHECK_INT(VP8_STATUS_USER_ABORT, decode_as_it_comes(s, &calls).status);
        CHECK_CODE(RILL_EIO, rill_close(s));

        s = open_failing("", 0, (int64_t)at, ENOSPC);
        if (encode(&forms[1], rill_webp_write, s) == 0)
            CHECK_CODE(RILL_ENOSPC, rill_flush(s));
        CHECK_CODE(RILL_ENOSPC, rill_close(s));
    }
    free(own.data);
}

TEST(webp__no_room)
{
    struct bytes own = encoded(&forms[1]);
    uint8_t *buf = test_alloc(own.len);
    size_t room;

    for (room = 0; room <= own.len; room += room + 31 < own.len ? 31 : 1) {
        rill *s = rill_open_fixed(buf, room, NULL);
        int error;

        test_context("%zu bytes", room);
        error = encode(&forms[1], rill_webp_write, s);
        CHECK_INT(room < own.len ? VP8_ENC_ERROR_BAD_WRITE : 0, error);
        CHECK_MEM(buf, room, own.data, room);
        CHECK_CODE(room < own.len ? RILL_ENOSPC : 0, rill_close(s));
    }
    free(buf);
    free(own.data);
}

TEST(webp__not_open_for_it)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_INT(VP8_ENC_ERROR_BAD_WRITE, encode(&forms[0], rill_webp_write, s));
    CHECK_OK(rill_close(s));
    s = rill_open("new.webp", "wb");
    CHECK_INT(VP8_STATUS_USER_ABORT, decode(s, NULL, 0).status);
    CHECK_CODE(RILL_ENOTSUP, rill_webp_size(s));
    CHECK_OK(rill_close(s));
}

/* It is called again until all has come. */
TEST(webp__would_block)
{
    struct bytes own = encoded(&forms[1]);
    rill_double d = {.piece = 50, .blocks = 1};
    struct outcome got;
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;
    int waits = 0, calls;

    s = rill_open_double(rill_open_view(own.data, own.len), RILL_TAKE, &d,
                         NULL);
    while ((got = decode(s, NULL, 0)).status == VP8_STATUS_SUSPENDED)
        waits++;
    check_same(decode(NULL, own.data, own.len), got);
    CHECK(waits > 5);
    rill_rewind(s);
    got = decode_as_it_comes(s, &calls);
    CHECK_INT(VP8_STATUS_OK, got.status);
    CHECK_OK(rill_close(s));

    o.window_limit = 100;
    o.buffer_size = 100;
    d = (rill_double){.piece = 50};
    s = rill_open_double(rill_open_view(own.data, own.len), RILL_TAKE, &d, &o);
    CHECK_INT(own.len, rill_webp_size(s));
    CHECK(rill_peek(s, &(const void *){NULL}, 100) > 0);
    d.blocks = 1;
    CHECK_INT(VP8_STATUS_USER_ABORT, decode(s, NULL, 0).status);
    CHECK_OK(rill_close(s));
    free(own.data);
}
