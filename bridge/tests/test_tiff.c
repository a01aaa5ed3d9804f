/*
 * test_tiff.c - libtiff over every kind of stream: the same bytes and the same
 * pixels and messages as by TIFFOpen(), also of files that are damaged or cut
 * short; and what fails is told in the stream's words.
 */
#include "streams.h"

#include <errno.h>

#include <rill/testing/double.h>
#include <rill/tiff.h>

enum { SIDE = 40, TILE = 48, PAGES = 3, MOST = 1 << 16 };

/* ---- What libtiff says --------------------------------------------------- */

static char told[4096]; /* each error, in a line: "module: text" */
static size_t told_len;

static void keep(const char *module, const char *format, va_list args)
{
    size_t room = sizeof(told) - told_len;
    int n = snprintf(told + told_len, room, "%s: ", module);

    if (n > 0 && (size_t)n < room) {
        told_len += (size_t)n;
        room -= (size_t)n;
        n = vsnprintf(told + told_len, room, format, args);
        told_len += n > 0 && (size_t)n < room ? (size_t)n : 0;
    }
    if (told_len + 2 < sizeof(told))
        memcpy(told + told_len++, "\n", 2);
}

static void listen(void)
{
    TIFFSetErrorHandler(keep);
    TIFFSetWarningHandler(NULL);
    told[0] = '\0';
    told_len = 0;
}

/* ---- Pictures ------------------------------------------------------------ */

/* A directory with a picture of its own: in strips, compressed, or in tiles. */
static int write_page(TIFF *tif, int page)
{
    unsigned char pixels[TILE * TILE * 3];
    uint16_t compression = page == 1 ? COMPRESSION_LZW : COMPRESSION_NONE;
    int ok = 1, y;

    test_pattern(pixels, sizeof(pixels), page * 10000);
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, SIDE);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, SIDE);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 3);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tif, TIFFTAG_COMPRESSION, compression);
    if (page == 2) {
        TIFFSetField(tif, TIFFTAG_TILEWIDTH, TILE);
        TIFFSetField(tif, TIFFTAG_TILELENGTH, TILE);
        ok = TIFFWriteEncodedTile(tif, 0, pixels, sizeof(pixels)) > 0;
    } else {
        TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, 16);
        for (y = 0; y < SIDE && ok; y++)
            ok = TIFFWriteScanline(tif, pixels + y * SIDE * 3, (uint32_t)y,
                                   0) == 1;
    }
    return TIFFWriteDirectory(tif) && ok;
}

static int write_pages(TIFF *tif)
{
    int page, ok = tif != NULL;

    for (page = 0; page < PAGES && ok; page++)
        ok = write_page(tif, page);
    if (tif)
        TIFFClose(tif);
    return ok;
}

/* What reading has brought: comparable as a whole. */
struct outcome {
    int opened, pages;
    size_t len;
    unsigned char bytes[MOST];
    char told[sizeof(told)];
};

static void keep_bytes(struct outcome *o, const void *data, tmsize_t n)
{
    if (n > 0 && (size_t)n <= MOST - o->len) {
        memcpy(o->bytes + o->len, data, (size_t)n);
        o->len += (size_t)n;
    }
}

static void read_page(TIFF *tif, struct outcome *o)
{
    int tiled = TIFFIsTiled(tif);
    tmsize_t size = tiled ? TIFFTileSize(tif) : TIFFStripSize(tif), n;
    uint32_t i,
        count = tiled ? TIFFNumberOfTiles(tif) : TIFFNumberOfStrips(tif);
    void *buf;

    if (size <= 0 || size > MOST)
        return; /* damaged */
    buf = test_alloc((size_t)size);
    for (i = 0; i < count && i < 10; i++) {
        memset(buf, 0, (size_t)size);
        n = tiled ? TIFFReadEncodedTile(tif, i, buf, size)
                  : TIFFReadEncodedStrip(tif, i, buf, size);
        keep_bytes(o, &n, sizeof(n));
        keep_bytes(o, buf, n);
    }
    free(buf);
}

/* Read all there is; closes it. `tif` may be NULL. */
static void read_pages(TIFF *tif, struct outcome *o)
{
    if (tif) {
        o->opened = 1;
        do {
            o->pages++;
            read_page(tif, o);
        } while (o->pages < 10 && TIFFReadDirectory(tif));
        TIFFClose(tif);
    }
    memcpy(o->told, told, sizeof(told));
}

static struct outcome *read_file(const char *path, const char *mode)
{
    struct outcome *o = test_alloc(sizeof(*o));

    memset(o, 0, sizeof(*o));
    listen();
    read_pages(TIFFOpen(path, mode), o);
    return o;
}

/* Read `s`, which lends itself as `path`; it stays open. */
static struct outcome *read_stream(rill *s, const char *path, const char *mode)
{
    struct outcome *o = test_alloc(sizeof(*o));

    memset(o, 0, sizeof(*o));
    listen();
    read_pages(rill_tiff_open(s, path, mode, RILL_BORROW), o);
    return o;
}

/* Frees both. */
static void check_same(struct outcome *want, struct outcome *got)
{
    CHECK_INT(want->opened, got->opened);
    CHECK_INT(want->pages, got->pages);
    CHECK_MEM(got->bytes, got->len, want->bytes, want->len);
    free(want);
    free(got);
}

static void check_same_and_told(struct outcome *want, struct outcome *got)
{
    CHECK_STR(want->told, got->told);
    check_same(want, got);
}

/* A TIFF by libtiff alone: free(). */
static void *file_bytes(const char *mode, size_t *len)
{
    listen();
    CHECK(write_pages(TIFFOpen("own.tif", mode)));
    CHECK_STR("", told);
    return test_read_file("own.tif", len);
}

/* ---- As it should be ----------------------------------------------------- */

BRIDGE_TEST(tiff__as_in_a_file)
{
    static const char *const modes[] = {"w", "wb", "wl", "w8", "w8b"};
    size_t i, len;

    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        rill *s = kind->open();
        void *want = file_bytes(modes[i], &len), *got;
        ptrdiff_t got_len;

        test_context("%s", modes[i]);
        CHECK_INT(10, rill_puts(s, "old things"));
        CHECK(write_pages(rill_tiff_open(s, "x.tif", modes[i], RILL_BORROW)));
        CHECK_STR("", told);
        rill_rewind(s);
        got_len = rill_read_all(s, &got);
        CHECK_MEM(got, got_len, want, len);
        rill_free(got);
        free(want);
        check_same_and_told(read_file("own.tif", "r"),
                            read_stream(s, "own.tif", "r"));
        check_same_and_told(read_file("own.tif", "r"),
                            read_stream(s, "own.tif", "rm"));
        CHECK_OK(rill_close(s));
    }
}

BRIDGE_TEST(tiff__changes)
{
    rill *s = kind->open();
    struct outcome *o;
    const char *text = NULL;
    TIFF *tif;

    listen();
    CHECK(write_pages(rill_tiff_open(s, "x.tif", "a", RILL_BORROW)));
    tif = rill_tiff_open(s, "x.tif", "a", RILL_BORROW);
    CHECK(tif && write_page(tif, 0));
    TIFFClose(tif);
    tif = rill_tiff_open(s, "x.tif", "r+", RILL_BORROW);
    CHECK(tif);
    TIFFSetField(tif, TIFFTAG_IMAGEDESCRIPTION, "changed");
    CHECK(TIFFRewriteDirectory(tif));
    TIFFClose(tif);

    tif = rill_tiff_open(s, "x.tif", "r", RILL_BORROW);
    CHECK(tif);
    CHECK_STR("x.tif", TIFFFileName(tif));
    CHECK(TIFFSetDirectory(tif, 0));
    CHECK(TIFFGetField(tif, TIFFTAG_IMAGEDESCRIPTION, &text));
    CHECK_STR("changed", text);
    TIFFClose(tif);
    o = read_stream(s, "x.tif", "r");
    CHECK_INT(4, o->pages);
    CHECK_STR("", o->told);
    free(o);
    CHECK_OK(rill_close(s));
}

/* What is in memory is read there, and stays there. */
TEST(tiff__held_in_place)
{
    size_t len;
    void *bytes = file_bytes("w", &len), *view;
    rill *s = rill_open_mem_copy(bytes, len, NULL);
    TIFF *tif;

    CHECK_INT(len, rill_getbuffer(s, &view));
    tif = rill_tiff_open(s, "x.tif", "r", RILL_BORROW);
    CHECK(tif);
    CHECK_OK(rill_releasebuffer(s));
    CHECK_CODE(RILL_EBUSY, rill_truncate(s, 0));
    CHECK_CODE(RILL_EBUSY, rill_close(s));
    TIFFClose(tif);
    CHECK_CODE(RILL_EINVAL, rill_releasebuffer(s));
    CHECK_OK(rill_truncate(s, 0));

    /* Nothing is held when opening has failed, or m is asked for. */
    CHECK_INT(3, rill_pwrite(s, "abc", 3, 0));
    CHECK(!rill_tiff_open(s, "x.tif", "r", RILL_BORROW));
    CHECK_OK(rill_truncate(s, 0));
    CHECK_INT(len, rill_pwrite(s, bytes, len, 0));
    tif = rill_tiff_open(s, "x.tif", "rm", RILL_BORROW);
    CHECK(tif);
    CHECK_CODE(RILL_EINVAL, rill_releasebuffer(s));
    TIFFClose(tif);
    CHECK_OK(rill_close(s));
    free(bytes);
}

TEST(tiff__takes_on_success)
{
    rill_double d = {0};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    TIFF *tif;

    listen();
    CHECK(!rill_tiff_open(s, "x.tif", "r", RILL_TAKE));
    CHECK_INT(0, d.closes);
    CHECK_STR("x.tif: Cannot read TIFF header\n", told);
    tif = rill_tiff_open(s, "x.tif", "w", RILL_TAKE);
    CHECK(tif);
    TIFFClose(tif);
    CHECK_INT(1, d.closes);
}

TEST(tiff__closing_fails)
{
    rill_double d = {.fails = RILL_DOUBLE_CLOSE, .failure = EIO};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);

    listen();
    CHECK(write_pages(rill_tiff_open(s, "x.tif", "w", RILL_TAKE)));
    CHECK(strncmp(told, "TIFF stream: close", 18) == 0);
    CHECK(strstr(told, "Input/output error") != NULL);
}

/* Beyond what 32 bits hold; the file has a hole. */
TEST(tiff__beyond_4_gib)
{
    static const int64_t far_off = (int64_t)5 << 30;
    rill *s = rill_open("large.tif", "wb+");
    struct outcome *o;
    TIFF *tif;

    listen();
    tif = rill_tiff_open(s, "large.tif", "w8", RILL_BORROW);
    CHECK(tif);
    CHECK_OK(rill_truncate(s, far_off));
    CHECK(write_pages(tif));
    CHECK(rill_size(s) > far_off);
    o = read_stream(s, "large.tif", "r");
    CHECK_STR("", o->told);
    check_same(read_file("large.tif", "r"), o);
    CHECK_OK(rill_close(s));
}

/* ---- As it should not be ------------------------------------------------- */

static void check_as_file(const void *bytes, size_t len)
{
    rill *view = rill_open_view(bytes, len), *file;

    test_write_file("x.tif", bytes, len);
    check_same_and_told(read_file("x.tif", "r"),
                        read_stream(view, "x.tif", "r"));
    CHECK_OK(rill_close(view));

    /* A system may refuse to seek where a stream does not. */
    file = rill_open("x.tif", "rb");
    check_same(read_file("x.tif", "rm"), read_stream(file, "x.tif", "r"));
    CHECK_OK(rill_close(file));
}

TEST(tiff__cut_short)
{
    size_t len, cut;
    void *bytes = file_bytes("w", &len);

    for (cut = 1; cut <= len; cut += 7) {
        test_context("cut to %zu bytes", cut);
        check_as_file(bytes, cut);
    }
    free(bytes);
}

TEST(tiff__damaged)
{
    size_t len, i;
    unsigned char *bytes = file_bytes("w8", &len);

    for (i = 0; i < len; i++) {
        /* All of what is not pixels, and some of these. */
        if (i > 100 && bytes[i] != 0 && i % 31)
            continue;
        test_context("byte %zu", i);
        bytes[i] ^= 0x55;
        check_as_file(bytes, len);
        bytes[i] ^= 0x55;
    }
    free(bytes);
}

TEST(tiff__the_stream_fails)
{
    size_t len, at;
    void *bytes = file_bytes("w", &len);

    for (at = 0; at < len; at += 97) {
        rill *s = open_failing(bytes, len, (int64_t)at, EIO);
        struct outcome *o = read_stream(s, "x.tif", "r");
        char want[100] = "TIFF stream: ";
        rill_error e;

        test_context("reading at %zu", at);
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_INT(EIO, e.os_error);
        rill_error_format(&e, want + 13, sizeof(want) - 13);
        CHECK(strncmp(o->told, want, strlen(want)) == 0);
        CHECK_CODE(RILL_EIO, rill_close(s));
        free(o);

        test_context("writing at %zu", at);
        s = open_failing("", 0, (int64_t)at, ENOSPC);
        listen();
        if (!write_pages(rill_tiff_open(s, "x.tif", "w", RILL_BORROW)))
            CHECK(strstr(told, ": No space left on device\n") != NULL);
        CHECK_CODE(RILL_ENOSPC, rill_close(s));
    }
    free(bytes);
}

TEST(tiff__no_room)
{
    static unsigned char buf[1 << 16];
    size_t len, room;

    free(file_bytes("w", &len));
    for (room = 0; room <= len; room += room + 101 < len ? 101 : 1) {
        rill *s = rill_open_fixed(buf, room, NULL);
        int ok;

        test_context("%zu bytes", room);
        listen();
        ok = write_pages(rill_tiff_open(s, "x.tif", "w", RILL_BORROW));
        CHECK_INT(room == len, ok);
        /* No room to write, or none to seek to. */
        CHECK(ok || strncmp(told, "TIFF stream: ", 13) == 0);
        if (strstr(told, ": no space left\n"))
            CHECK_CODE(RILL_ENOSPC, rill_close(s));
        else
            CHECK_OK(rill_close(s));
    }
}

TEST(tiff__not_open_for_it)
{
    size_t len;
    void *bytes = file_bytes("w", &len);
    rill *s = rill_open_view(bytes, len);

    listen();
    CHECK(!rill_tiff_open(s, "x.tif", "w", RILL_BORROW));
    CHECK(strncmp(told, "TIFF stream: open", 17) == 0);
    listen();
    CHECK(!rill_tiff_open(s, "x.tif", "z", RILL_BORROW));
    CHECK_STR("TIFFClientOpenExt: \"z\": Bad mode\n", told);
    CHECK_OK(rill_close(s));

    s = rill_open("new.tif", "wb");
    listen();
    CHECK(!rill_tiff_open(s, "x.tif", "r", RILL_BORROW));
    CHECK(strncmp(told, "TIFF stream: read at 0: ", 24) == 0);
    CHECK_OK(rill_close(s));

    s = open_pipe(bytes, len);
    listen();
    CHECK(!rill_tiff_open(s, "x.tif", "r", RILL_TAKE));
    CHECK_STR("TIFF stream: cannot seek: copy it to a rill_open_spool() "
              "first\n",
              told);
    CHECK_OK(rill_close(s));
    free(bytes);
}

#ifdef TIFFLIB_AT_LEAST
static int keep_for_one(TIFF *tif, void *ctx, const char *name,
                        const char *format, va_list args)
{
    (void)tif;
    ++*(int *)ctx;
    keep(name, format, args);
    return 1; /* no other handler */
}

/* A TIFF with a handler of its own tells that one, and it alone. */
TEST(tiff__handlers_of_its_own)
{
    size_t len;
    void *bytes = file_bytes("w", &len);
    rill *s = open_failing(bytes, len, (int64_t)len - 500, EIO);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    struct outcome *o = test_alloc(sizeof(*o));
    int count = 0;
    TIFF *tif;

    memset(o, 0, sizeof(*o));
    listen();
    TIFFSetErrorHandler(NULL);
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_for_one, &count);
    tif = rill_tiff_open_ext(s, "x.tif", "r", RILL_BORROW, options);
    TIFFOpenOptionsFree(options);
    read_pages(tif, o);
    CHECK(count > 0);
    CHECK(strstr(told, "TIFF stream: read at ") != NULL);
    CHECK_CODE(RILL_EIO, rill_close(s));
    free(o);
    free(bytes);
}

TEST(tiff__handlers_before_it_is_open)
{
    rill *s = open_failing("", 0, 0, EIO);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    int count = 0;

    listen();
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_for_one, &count);
    CHECK(!rill_tiff_open_ext(s, "x.tif", "r", RILL_BORROW, options));
    TIFFOpenOptionsFree(options);
    CHECK_INT(1, count);
    CHECK_STR("x.tif: Cannot read TIFF header\n", told);
    CHECK_CODE(RILL_EIO, rill_close(s));
}
#endif
