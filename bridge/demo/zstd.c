/*
 * zstd.c (demo) - Zstandard: packed, and unpacked.
 */
#include <rill/zstd.h>

#include "carry_codec.h"

const char carrier[] = "zstd, packed";

int carry(rill *from, rill *to)
{
    return carry_packed(&rill_zstd, from, to);
}
