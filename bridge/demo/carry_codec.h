/*
 * carry_codec.h - what all codecs have in common as carriers: pack into
 * memory, unpack from there.
 */
#ifndef CARRY_CODEC_H
#define CARRY_CODEC_H

#include <rill/codec.h>

#include "carry.h"

static inline int carry_packed(const rill_codec *codec, rill *from, rill *to)
{
    rill *packed = rill_open_mem(NULL);
    rill *s = rill_open_codec(codec, packed, RILL_BORROW, "wb", NULL);
    int ok = s && rill_copy(s, from, -1) == rill_size(from);

    ok &= rill_close(s) == 0;
    rill_rewind(packed);
    s = rill_open_codec(codec, packed, RILL_TAKE, "rb", NULL);
    ok &= s && rill_copy(to, s, -1) == rill_size(from);
    return rill_close(s) == 0 && ok ? 0 : -1;
}

#endif
