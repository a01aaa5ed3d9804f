/*
 * zlib.c (bench) - inflate() and deflate() in a loop, and by a stream; and
 * gzread() of a file, and by a stream.
 */
#include <string.h>

#include <rill/zlib.h>
#include <zlib.h>

#include "codec_rows.h"

enum { LEVEL = 6, LEN = 4 << 20, GZIP = 16 + MAX_WBITS };

static const char file_name[] = "rill-bench.gz";

static void unpack_own(void *ctx)
{
    struct work *w = ctx;
    z_stream z = {.next_in = w->packed, .avail_in = (uInt)w->packed_len};
    int rc = inflateInit2(&z, GZIP);

    while (rc == Z_OK) {
        z.next_out = w->out;
        z.avail_out = PIECE;
        rc = inflate(&z, Z_NO_FLUSH);
        w->seen += *w->out;
    }
    if (rc != Z_STREAM_END || z.total_out != w->len)
        give_up("inflate");
    inflateEnd(&z);
}

static void pack_own(void *ctx)
{
    struct work *w = ctx;
    z_stream z = {.next_out = w->out, .avail_out = (uInt)w->out_len};
    size_t at;

    if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, 8, 0) != Z_OK)
        give_up("deflateInit2");
    for (at = 0; at < w->len; at += PIECE) {
        z.next_in = w->data + at;
        z.avail_in = w->len - at < PIECE ? (uInt)(w->len - at) : PIECE;
        deflate(&z, Z_NO_FLUSH);
    }
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        give_up("deflate");
    deflateEnd(&z);
}

static void read_own(void *ctx)
{
    struct work *w = ctx;
    gzFile f = gzopen(file_name, "rb");
    size_t done = 0;
    int n;

    gzbuffer(f, PIECE);
    while ((n = gzread(f, w->out, PIECE)) > 0) {
        w->seen += *w->out;
        done += (size_t)n;
    }
    if (gzclose(f) != Z_OK || done != w->len)
        give_up("gzread");
}

static void read_ours(void *ctx)
{
    struct work *w = ctx;
    rill_options o = RILL_OPTIONS_INIT;
    size_t done = 0;
    ptrdiff_t n;
    rill *s;

    o.codec = &rill_gzip;
    s = rill_open_with(file_name, "r", &o);
    while ((n = rill_read(s, w->out, PIECE)) > 0) {
        w->seen += *w->out;
        done += (size_t)n;
    }
    if (rill_close(s) < 0 || done != w->len)
        give_up("read");
}

static void row_of_files(void)
{
    struct work w = {.len = LEN};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    w.out = malloc(LEN);
    if (!w.out)
        give_up("memory");
    fill_plausibly(w.out, LEN);
    o.codec = &rill_gzip;
    s = rill_open_with(file_name, "w", &o);
    if (!s || rill_write(s, w.out, LEN) != LEN || rill_close(s) < 0)
        give_up(file_name);
    side_by_side("gzip file: gzread(), rill_read()", LEN, read_own, read_ours,
                 &w);
    remove(file_name);
    free(w.out);
}

int main(void)
{
    codec_rows(&rill_gzip, LEVEL, LEN, unpack_own, pack_own);
    row_of_files();
    return 0;
}
