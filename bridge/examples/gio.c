/*
 * gio.c - a picture, compressed and decompressed by GIO, between two streams.
 *
 *     gio PICTURE.png
 *
 * GIO's converters work on its own streams. The one below is a stream in
 * memory, given as a GOutputStream; the one above is GIO's converter, as a
 * stream again, so that what follows is plain copying.
 */
#include <stdio.h>

#include <rill/gio.h>

/* A converter over `s`, which takes both. */
static rill *open_compressor(rill *s)
{
    GZlibCompressor *z =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
    GOutputStream *base = rill_as_goutputstream(s, RILL_BORROW);
    GOutputStream *out = g_converter_output_stream_new(base, G_CONVERTER(z));

    g_object_unref(base);
    g_object_unref(z);
    return rill_open_goutputstream(out, RILL_TAKE, NULL);
}

/* The decompressed bytes of `s`, by GIO's calls alone. */
static GBytes *decompress(rill *s, GError **error)
{
    GZlibDecompressor *z =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    GInputStream *base = rill_as_ginputstream(s, RILL_BORROW);
    GInputStream *in = g_converter_input_stream_new(base, G_CONVERTER(z));
    GOutputStream *out = g_memory_output_stream_new_resizable();
    GBytes *bytes = NULL;

    if (g_output_stream_splice(out, in,
                               G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE |
                                   G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                               NULL, error) >= 0)
        bytes =
            g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
    g_object_unref(out);
    g_object_unref(in);
    g_object_unref(base);
    g_object_unref(z);
    return bytes;
}

/* Whether the bytes are what `file` has. */
static int same(GBytes *bytes, rill *file)
{
    gsize len;
    const void *data = g_bytes_get_data(bytes, &len), *want;

    return rill_rewind(file) == 0 &&
           rill_peek(file, &want, len + 1) == (ptrdiff_t)len &&
           memcmp(data, want, len) == 0;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "rb"), *memory = rill_open_mem(NULL), *zip;
    GError *error = NULL;
    GBytes *bytes;
    int ok = 0;

    if (!file) {
        perror(path);
    } else if (memory && (zip = open_compressor(memory)) != NULL) {
        int64_t n = rill_copy(zip, file, -1);

        if (rill_close(zip) == 0 && n > 0 && rill_rewind(memory) == 0) {
            bytes = decompress(memory, &error);
            if (bytes)
                ok = same(bytes, file);
            else
                fprintf(stderr, "%s\n", error->message);
            puts(ok ? "compressed, and as it was" : "lost");
            g_clear_error(&error);
            g_bytes_unref(bytes);
        }
    }
    ok &= rill_close(file) == 0;
    ok &= rill_close(memory) == 0;
    return !ok;
}
