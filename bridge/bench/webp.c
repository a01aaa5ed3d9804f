/*
 * webp.c (bench) - libwebp from and to memory by its own calls, from a file
 * that is read into memory first, and all of these by streams.
 */
#define _POSIX_C_SOURCE 200809L /* mkstemp() */

#include <stdio.h>
#include <stdlib.h>

#include <rill/webp.h>

#include "side_by_side.h"

enum { WIDTH = 512, HEIGHT = 384, SIZE = WIDTH * HEIGHT * 3 };

static unsigned char pixels[SIZE];
static WebPMemoryWriter encoded;
static char path[] = "/tmp/rill-bench-XXXXXX";

static void encode(WebPWriterFunction writer, void *to)
{
    WebPConfig config;
    WebPPicture picture;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        give_up("another libwebp");
    config.method = 0;
    picture.width = WIDTH;
    picture.height = HEIGHT;
    picture.writer = writer;
    picture.custom_ptr = to;
    if (!WebPPictureImportRGB(&picture, pixels, WIDTH * 3) ||
        !WebPEncode(&config, &picture))
        give_up("cannot encode");
    WebPPictureFree(&picture);
}

static void write_own(void *ctx)
{
    (void)ctx;
    WebPMemoryWriterClear(&encoded);
    encode(WebPMemoryWrite, &encoded);
}

static void write_ours(void *ctx)
{
    rill *s = rill_open_mem(NULL);

    (void)ctx;
    encode(rill_webp_write, s);
    if (rill_close(s) < 0)
        give_up("close");
}

static void decode(const uint8_t *data, size_t len, rill *s)
{
    WebPDecoderConfig config;
    VP8StatusCode status;

    if (!WebPInitDecoderConfig(&config))
        give_up("another libwebp");
    status = s ? rill_webp_decode(s, &config) : WebPDecode(data, len, &config);
    if (status != VP8_STATUS_OK || (s && rill_close(s) < 0))
        give_up("cannot decode");
    WebPFreeDecBuffer(&config.output);
}

static void read_own(void *ctx)
{
    (void)ctx;
    decode(encoded.mem, encoded.size, NULL);
}

static void read_ours(void *ctx)
{
    (void)ctx;
    decode(NULL, 0, rill_open_view(encoded.mem, encoded.size));
}

static void read_own_file(void *ctx)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(encoded.size);

    (void)ctx;
    if (!file || !data || fread(data, 1, encoded.size, file) != encoded.size)
        give_up(path);
    fclose(file);
    decode(data, encoded.size, NULL);
    free(data);
}

static void read_our_file(void *ctx)
{
    rill *s = rill_open(path, "rb");

    (void)ctx;
    if (!s)
        give_up(path);
    decode(NULL, 0, s);
}

static void prepare(void)
{
    int fd = mkstemp(path);
    rill *s = fd < 0 ? NULL : rill_open_fd(fd, "wb", RILL_TAKE, NULL);

    if (!s || rill_write(s, encoded.mem, encoded.size) < 0 || rill_close(s) < 0)
        give_up(path);
}

int main(void)
{
    fill_plausibly(pixels, sizeof(pixels));
    WebPMemoryWriterInit(&encoded);
    write_own(NULL);
    prepare();
    side_by_side("libwebp reads a picture in memory", SIZE, read_own, read_ours,
                 NULL);
    side_by_side("libwebp reads a picture in a file", SIZE, read_own_file,
                 read_our_file, NULL);
    side_by_side("libwebp writes a picture to memory", SIZE, write_own,
                 write_ours, NULL);
    remove(path);
    WebPMemoryWriterClear(&encoded);
    return 0;
}
