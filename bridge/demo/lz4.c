/*
 * lz4.c (demo) - LZ4: packed, and unpacked.
 */
#include <rill/lz4.h>

#include "carry_codec.h"

const char carrier[] = "lz4, packed";

int carry(rill *from, rill *to)
{
    return carry_packed(&rill_lz4, from, to);
}
