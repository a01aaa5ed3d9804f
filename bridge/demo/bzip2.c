/*
 * bzip2.c (demo) - bzip2: packed, and unpacked.
 */
#include <rill/bzip2.h>

#include "carry_codec.h"

const char carrier[] = "bzip2, packed";

int carry(rill *from, rill *to)
{
    return carry_packed(&rill_bzip2, from, to);
}
