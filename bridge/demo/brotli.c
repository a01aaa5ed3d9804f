/*
 * brotli.c (demo) - Brotli: packed, and unpacked.
 */
#include <rill/brotli.h>

#include "carry_codec.h"

const char carrier[] = "brotli, packed";

int carry(rill *from, rill *to)
{
    return carry_packed(&rill_brotli, from, to);
}
