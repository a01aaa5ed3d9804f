/*
 * picture.c - a picture of what is in an archive.
 *
 * The bytes of all files, end to end, are laid along a Hilbert curve, which
 * keeps neighbours together: each file becomes a patch as large as its share
 * of the folder. The hue is the kind of file (the ending of its name), the
 * brightness the kind of byte, so text, tables and packed data look different.
 */
#include "picture.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "say.h"

enum { SIDE = 512, PIXELS = SIDE * SIDE }; /* a power of two, for the curve */

struct painter {
    unsigned char *rgb;
    int64_t total, done; /* bytes of all files; those before this piece */
    int64_t next;        /* the pixel to paint next */
    double hue, shade;   /* of this file */
};

/* Where the curve is after `d` steps. */
static void hilbert(uint32_t d, uint32_t *x, uint32_t *y)
{
    uint32_t s, rx, ry, t;

    *x = *y = 0;
    for (s = 1; s < SIDE; s *= 2, d /= 4) {
        rx = 1 & (d / 2);
        ry = 1 & (d ^ rx);
        if (ry == 0) {
            if (rx == 1) {
                *x = s - 1 - *x;
                *y = s - 1 - *y;
            }
            t = *x;
            *x = *y;
            *y = t;
        }
        *x += s * rx;
        *y += s * ry;
    }
}

/* One channel of the colour with this hue, saturation and brightness (0 to
 * 1); `turn` is 5 for red, 3 for green, 1 for blue. */
static unsigned char channel(double turn, double hue, double sat, double value)
{
    double k = turn + hue * 6;

    k = k >= 6 ? k - 6 : k;
    k = k < 4 - k ? k : 4 - k;
    k = k < 0 ? 0 : k > 1 ? 1 : k;
    return (unsigned char)(255 * value * (1 - sat * k));
}

static double brightness(unsigned char byte)
{
    if (byte == 0)
        return 0.06;
    if (byte >= 128)
        return 0.45 + 0.55 * (byte - 128) / 127;
    if (isalpha(byte))
        return 0.80;
    if (isdigit(byte))
        return 1.00;
    return isspace(byte) ? 0.22 : 0.55;
}

static void paint(struct painter *p, unsigned char byte)
{
    double value = brightness(byte) * p->shade;
    double sat = byte >= 128 ? 0.35 : 0.65;
    uint32_t x, y;
    unsigned char *pixel;

    hilbert((uint32_t)p->next++, &x, &y);
    pixel = p->rgb + 3 * ((size_t)y * SIDE + x);
    pixel[0] = channel(5, p->hue, sat, value);
    pixel[1] = channel(3, p->hue, sat, value);
    pixel[2] = channel(1, p->hue, sat, value);
}

/* The same colour for all files whose names end alike, in two shades that
 * take turns. */
static void choose_colour(struct painter *p, const char *name, size_t index)
{
    const char *dot = name ? strrchr(name, '.') : NULL;
    uint32_t hash = 2166136261u;

    while (dot && *dot)
        hash = (hash ^ (unsigned char)*dot++) * 16777619u;
    p->hue = (double)(hash >> 8 & 1023) / 1024;
    p->shade = index % 2 ? 1.0 : 0.8;
}

static int paint_entry(void *ctx, struct archive *a,
                       struct archive_entry *entry, size_t index)
{
    struct painter *p = ctx;
    unsigned char piece[1 << 16];
    la_ssize_t n;

    choose_colour(p, archive_entry_pathname(entry), index);
    while ((n = archive_read_data(a, piece, sizeof(piece))) > 0) {
        int64_t at;

        while (p->next < PIXELS &&
               (at = p->next * p->total / PIXELS) < p->done + n)
            paint(p, piece[at - p->done]);
        p->done += n;
        say_progress("drawing", p->done, p->total);
    }
    if (n < 0)
        return say_bad("Cannot read the archive: %s.", archive_error_string(a));
    return 0;
}

int picture_draw(rill *in, int64_t total, struct picture *p_out)
{
    struct painter p = {.total = total};

    p.rgb = calloc(PIXELS, 3);
    if (!p.rgb)
        return say_bad("Out of memory.");
    if (pack_visit(in, paint_entry, &p) < 0) {
        free(p.rgb);
        return -1;
    }
    *p_out = (struct picture){SIDE, SIDE, p.rgb};
    return 0;
}
