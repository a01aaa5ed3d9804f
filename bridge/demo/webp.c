/*
 * webp.c (demo) - libwebp: the bytes become pixels of four bytes, packed
 * without loss, and bytes again.
 */
#include <stdlib.h>

#include <webp/encode.h>

#include <rill/webp.h>

#include "carry.h"

enum { WIDTH = 1024, ROW = 4 * WIDTH };

const char carrier[] = "libwebp, as pixels";

static int draw(const unsigned char *pixels, int rows, rill *file)
{
    WebPConfig config;
    WebPPicture picture;
    int ok;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return 0;
    config.lossless = config.exact = 1;
    config.method = 0;
    picture.use_argb = 1;
    picture.width = WIDTH;
    picture.height = rows;
    picture.writer = rill_webp_write;
    picture.custom_ptr = file;
    ok = WebPPictureImportRGBA(&picture, pixels, ROW) &&
         WebPEncode(&config, &picture);
    WebPPictureFree(&picture);
    return ok;
}

static int read_back(unsigned char *pixels, size_t n, rill *file)
{
    WebPDecoderConfig config;

    if (!WebPInitDecoderConfig(&config))
        return 0;
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = ROW;
    config.output.u.RGBA.size = n;
    return rill_webp_decode(file, &config) == VP8_STATUS_OK;
}

int carry(rill *from, rill *to)
{
    rill *file = rill_open_mem(NULL);
    unsigned char *pixels;
    size_t n = carry_pad(from, ROW, &pixels);
    int ok = file && draw(pixels, (int)(n / ROW), file);

    memset(pixels, 0, n);
    rill_rewind(file);
    ok = ok && read_back(pixels, n, file) && carry_unpad(pixels, n, to) == 0;
    free(pixels);
    return rill_close(file) == 0 && ok ? 0 : -1;
}
