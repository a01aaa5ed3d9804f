/*
 * tiff.c (bench) - libtiff from memory by procedures that copy from a pointer
 * and map, as its users write them, from and to a file by TIFFOpen(), and all
 * of these by streams. The pictures are not compressed and in small strips:
 * what is measured is moving bytes, and what it costs to begin a strip. In
 * memory that is not mapped, which nobody needs to ask for, it is 7 ns more
 * through a stream, which looks whether the position is one.
 */
#include <stdlib.h>
#include <string.h>

#include <rill/tiff.h>

#include "side_by_side.h"

enum { WIDTH = 1024, HEIGHT = 768, ROW = WIDTH * 3, SIZE = HEIGHT * ROW };

static unsigned char pixels[SIZE], row[ROW];
static const char path[] = "bench_tiff.tmp";

static void write_picture(TIFF *tif)
{
    uint32_t y;

    if (!tif)
        give_up("cannot write");
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, WIDTH);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, HEIGHT);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 3);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tif, 0));
    for (y = 0; y < HEIGHT; y++)
        if (TIFFWriteScanline(tif, pixels + (size_t)y * ROW, y, 0) < 0)
            give_up("cannot write a row");
    TIFFClose(tif);
}

static void read_picture(TIFF *tif)
{
    uint32_t y;

    if (!tif)
        give_up("cannot read");
    for (y = 0; y < HEIGHT; y++)
        if (TIFFReadScanline(tif, row, y, 0) < 0)
            give_up("cannot read a row");
    TIFFClose(tif);
}

/* A TIFF in memory, by hand. */
struct bytes {
    unsigned char *data;
    size_t len, at;
};

static tmsize_t copy_bytes(thandle_t handle, void *to, tmsize_t n)
{
    struct bytes *b = handle;

    if ((size_t)n > b->len - b->at)
        n = (tmsize_t)(b->len - b->at);
    memcpy(to, b->data + b->at, (size_t)n);
    b->at += (size_t)n;
    return n;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t n)
{
    (void)handle;
    (void)from;
    (void)n;
    return -1;
}

static toff_t set_at(thandle_t handle, toff_t offset, int whence)
{
    struct bytes *b = handle;

    if (whence != SEEK_SET || offset > b->len)
        give_up("an unexpected seek");
    b->at = (size_t)offset;
    return offset;
}

static int close_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t length(thandle_t handle)
{
    return ((struct bytes *)handle)->len;
}

static int map(thandle_t handle, void **base, toff_t *size)
{
    *base = ((struct bytes *)handle)->data;
    *size = length(handle);
    return 1;
}

static void unmap(thandle_t handle, void *base, toff_t size)
{
    (void)handle;
    (void)base;
    (void)size;
}

static struct bytes in_memory;
static const char *mode;

static void read_own(void *ctx)
{
    (void)ctx;
    in_memory.at = 0;
    read_picture(TIFFClientOpen("memory", mode, &in_memory, copy_bytes,
                                write_nothing, set_at, close_nothing, length,
                                map, unmap));
}

static void read_ours(void *ctx)
{
    (void)ctx;
    read_picture(rill_tiff_open(rill_open_view(in_memory.data, in_memory.len),
                                "memory", mode, RILL_TAKE));
}

static void read_own_file(void *ctx)
{
    (void)ctx;
    read_picture(TIFFOpen(path, mode));
}

static void read_our_file(void *ctx)
{
    rill *s = rill_open(path, "rb");

    (void)ctx;
    if (!s)
        give_up(path);
    read_picture(rill_tiff_open(s, path, mode, RILL_TAKE));
}

static void write_own_file(void *ctx)
{
    (void)ctx;
    write_picture(TIFFOpen(path, "w"));
}

static void write_our_file(void *ctx)
{
    rill *s = rill_open(path, "wb+");

    (void)ctx;
    if (!s)
        give_up(path);
    write_picture(rill_tiff_open(s, path, "w", RILL_BORROW));
    if (rill_close(s) < 0)
        give_up("close");
}

/* The picture's bytes, by way of the file. */
static void prepare(void)
{
    ptrdiff_t n;
    void *data;
    rill *s;

    write_own_file(NULL);
    s = rill_open(path, "rb");
    if (!s)
        give_up(path);
    n = rill_read_all(s, &data);
    if (n <= 0 || rill_close(s) < 0)
        give_up(path);
    in_memory.data = data;
    in_memory.len = (size_t)n;
}

int main(void)
{
    fill_plausibly(pixels, sizeof(pixels));
    prepare();
    mode = "r";
    side_by_side("libtiff reads a TIFF in memory, mapped", SIZE, read_own,
                 read_ours, NULL);
    mode = "rm";
    side_by_side("libtiff reads a TIFF in memory", SIZE, read_own, read_ours,
                 NULL);
    side_by_side("libtiff reads a TIFF in a file", SIZE, read_own_file,
                 read_our_file, NULL);
    mode = "r";
    side_by_side("libtiff reads a TIFF in a file, mapped", SIZE, read_own_file,
                 read_our_file, NULL);
    side_by_side("libtiff writes a TIFF to a file", SIZE, write_own_file,
                 write_our_file, NULL);
    remove(path);
    rill_free(in_memory.data);
    return 0;
}
