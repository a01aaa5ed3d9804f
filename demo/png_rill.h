/*
 * png_rill.h - encode and decode PNG pictures, to and from any stream.
 *
 * libpng reports errors by longjmp(). Here a jump never leaves the function
 * that called libpng: both functions return normally, and say in words what
 * went wrong.
 */
#ifndef PNG_RILL_H
#define PNG_RILL_H

#include <stdint.h>

#include <rill/rill.h>

/* A picture: `height` rows of `width` pixels of 3 bytes, red, green, blue. */
struct picture {
    uint32_t width, height;
    unsigned char *rgb;
};

/* Why a call failed: text for people. */
struct png_rill_error {
    char text[256];
};

/* Write `p` as a PNG at the stream's position. Returns 0, or -1 with `e`. */
int png_rill_encode(rill *s, const struct picture *p, struct png_rill_error *e);

/*
 * Read a PNG from the stream's position. Returns 0 and fills *p_out, whose
 * `rgb` the caller releases with free(); or -1 with `e`.
 */
int png_rill_decode(rill *s, struct picture *p_out, struct png_rill_error *e);

#endif
