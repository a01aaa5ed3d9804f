/*
 * picture.h - a picture of what is in an archive.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdint.h>

#include <rill/rill.h>

#include "png_rill.h"

/*
 * Draw the bytes of all files in the archive `in`, `total` in number. Returns
 * 0 and fills *p_out, whose `rgb` the caller releases with free(); or -1 and
 * has said why.
 */
int picture_draw(rill *in, int64_t total, struct picture *p_out);

#endif
