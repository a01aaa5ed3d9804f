/*
 * lzma.c (demo) - liblzma: packed, and unpacked.
 */
#include <rill/lzma.h>

#include "carry_codec.h"

const char carrier[] = "liblzma, packed by xz";

int carry(rill *from, rill *to)
{
    return carry_packed(&rill_xz, from, to);
}
