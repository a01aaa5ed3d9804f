/*
 * gio.c (demo) - GIO: its compressor, between a stream above and one below.
 */
#include <rill/gio.h>

#include "carry.h"

const char carrier[] = "GIO, through its compressor";

static int pack(rill *from, rill *packed)
{
    GConverter *how =
        G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6));
    GOutputStream *below = rill_as_goutputstream(packed, RILL_BORROW);
    GOutputStream *above = g_converter_output_stream_new(below, how);
    rill *s = rill_open_goutputstream(above, RILL_TAKE, NULL);
    int ok = s && rill_copy(s, from, -1) == rill_size(from);

    ok &= rill_close(s) == 0;
    g_object_unref(below);
    g_object_unref(how);
    return ok;
}

static int unpack(rill *packed, rill *to)
{
    GConverter *how =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
    GInputStream *below = rill_as_ginputstream(packed, RILL_BORROW);
    GInputStream *above = g_converter_input_stream_new(below, how);
    rill *s = rill_open_ginputstream(above, RILL_TAKE, NULL);
    int ok = s && rill_copy(to, s, -1) >= 0;

    ok &= rill_close(s) == 0;
    g_object_unref(below);
    g_object_unref(how);
    return ok;
}

int carry(rill *from, rill *to)
{
    rill *packed = rill_open_mem(NULL);
    int ok = packed && pack(from, packed);

    if (ok) {
        rill_rewind(packed);
        ok = unpack(packed, to);
    }
    return rill_close(packed) == 0 && ok ? 0 : -1;
}
