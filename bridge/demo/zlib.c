/*
 * zlib.c (demo) - zlib: packed, and unpacked.
 */
#include <rill/zlib.h>

#include "carry_codec.h"

const char carrier[] = "zlib, packed by gzip";

int carry(rill *from, rill *to)
{
    return carry_packed(&rill_gzip, from, to);
}
