/*
 * tiff.c (demo) - libtiff: the bytes become a grey picture, and bytes again.
 */
#include <stdlib.h>

#include <rill/tiff.h>

#include "carry.h"

enum { WIDTH = 1024 };

const char carrier[] = "libtiff, as pixels";

static int draw(unsigned char *pixels, uint32_t rows, rill *file)
{
    TIFF *picture = rill_tiff_open(file, "goods.tif", "w", RILL_BORROW);
    uint32_t y;
    int ok = picture != NULL;

    if (!ok)
        return 0;
    TIFFSetField(picture, TIFFTAG_IMAGEWIDTH, WIDTH);
    TIFFSetField(picture, TIFFTAG_IMAGELENGTH, rows);
    TIFFSetField(picture, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(picture, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(picture, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
    TIFFSetField(picture, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(picture, TIFFTAG_ROWSPERSTRIP, 64);
    for (y = 0; ok && y < rows; y++)
        ok = TIFFWriteScanline(picture, pixels + (size_t)y * WIDTH, y, 0) == 1;
    ok &= TIFFFlush(picture) == 1;
    TIFFClose(picture);
    return ok;
}

static int read_back(unsigned char *pixels, uint32_t rows, rill *file)
{
    TIFF *picture = rill_tiff_open(file, "goods.tif", "r", RILL_BORROW);
    uint32_t y;
    int ok = picture != NULL;

    for (y = 0; ok && y < rows; y++)
        ok = TIFFReadScanline(picture, pixels + (size_t)y * WIDTH, y, 0) == 1;
    if (picture)
        TIFFClose(picture);
    return ok;
}

int carry(rill *from, rill *to)
{
    rill *file = rill_open_mem(NULL);
    unsigned char *pixels;
    size_t n = carry_pad(from, WIDTH, &pixels);
    uint32_t rows = (uint32_t)(n / WIDTH);
    int ok = file && draw(pixels, rows, file);

    memset(pixels, 0, n);
    rill_rewind(file);
    ok = ok && read_back(pixels, rows, file) && carry_unpad(pixels, n, to) == 0;
    free(pixels);
    return rill_close(file) == 0 && ok ? 0 : -1;
}
