/*
 * webp.c - a file's bytes as the colours of a picture, a lossless WebP in
 * memory, and back.
 *
 *     webp FILE [FILE.webp]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/webp.h>

enum { WIDTH = 128, ROW = WIDTH * 3 };

/* The whole rows of the content; what is left of it is left out. */
static int encode(rill *from, rill *to)
{
    WebPConfig config;
    WebPPicture picture;
    void *bytes;
    ptrdiff_t n = rill_read_all(from, &bytes);
    int ok;

    if (n < 0)
        return -1;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
        rill_free(bytes);
        return -1;
    }
    config.lossless = config.exact = 1;
    picture.use_argb = 1;
    picture.width = WIDTH;
    picture.height = (int)(n / ROW);
    picture.writer = rill_webp_write;
    picture.custom_ptr = to;
    ok = WebPPictureImportRGB(&picture, bytes, ROW) &&
         WebPEncode(&config, &picture);
    if (!ok)
        fprintf(stderr, "cannot encode: error %d\n", picture.error_code);
    WebPPictureFree(&picture);
    rill_free(bytes);
    return ok ? 0 : -1;
}

/* Whether the picture's pixels are what comes next in `with`. */
static int is_same(const WebPDecBuffer *picture, rill *with)
{
    unsigned char row[ROW];
    int y;

    for (y = 0; y < picture->height; y++) {
        const uint8_t *pixels =
            picture->u.RGBA.rgba + (size_t)y * (size_t)picture->u.RGBA.stride;

        if (rill_read_exact(with, row, ROW) < 0 ||
            memcmp(pixels, row, ROW) != 0)
            return 0;
    }
    return 1;
}

static int compare(rill *picture, rill *with)
{
    WebPDecoderConfig config;
    VP8StatusCode status;
    int same = 0;

    if (!WebPInitDecoderConfig(&config))
        return -1;
    status = rill_webp_decode(picture, &config);
    if (status == VP8_STATUS_OK) {
        same = is_same(&config.output, with);
        printf("a picture of %d x %d; %s\n", config.output.width,
               config.output.height,
               same ? "no pixel has changed" : "some pixels have changed");
    } else {
        fprintf(stderr, "cannot decode: status %d\n", status);
    }
    WebPFreeDecBuffer(&config.output);
    return same ? 0 : -1;
}

static int save(rill *picture, const char *path)
{
    rill *file = rill_open(path, "wbs");

    if (!file) {
        perror(path);
        return -1;
    }
    rill_rewind(picture);
    rill_copy(file, picture, -1);
    return rill_close(file);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "webp.c";
    rill *file = rill_open(path, "rb"), *picture = rill_open_mem(NULL);
    int ok = 0;

    if (!file)
        perror(path);
    else if (picture && encode(file, picture) == 0)
        ok = rill_rewind(file) == 0 && rill_rewind(picture) == 0 &&
             compare(picture, file) == 0;
    if (ok && argc > 2)
        ok = save(picture, argv[2]) == 0;
    ok &= rill_close(file) == 0;
    ok &= rill_close(picture) == 0;
    return !ok;
}
