/*
 * gio.c (bench) - GIO over its own streams and over Rill's; and GIO's file, by
 * its own calls and as a stream.
 */
#include <stdio.h>
#include <string.h>

#include <rill/gio.h>

#include "side_by_side.h"

/* GIO itself reads pieces of 8 KiB, to splice. */
enum { SIZE = 8 << 20, PIECE = 8192, SMALL = 64, NUMBERS = 200000 };

static const char path[] = "bench_gio.tmp";
static char bytes[SIZE];

static GInputStream *own_memory(void)
{
    return g_memory_input_stream_new_from_data(bytes, SIZE, NULL);
}

static GInputStream *our_memory(void)
{
    return rill_as_ginputstream(rill_open_view(bytes, SIZE), RILL_TAKE);
}

static GInputStream *own_file(void)
{
    GFile *file = g_file_new_for_path(path);
    GInputStream *in = G_INPUT_STREAM(g_file_read(file, NULL, NULL));

    g_object_unref(file);
    return in;
}

static GInputStream *our_file(void)
{
    return rill_as_ginputstream(rill_open(path, "rb"), RILL_TAKE);
}

/* ---- In pieces ------------------------------------------------------------- */

static void read_pieces(GInputStream *in, gsize piece)
{
    static char buf[PIECE];
    gsize total = 0;
    gssize n;

    while ((n = g_input_stream_read(in, buf, piece, NULL, NULL)) > 0)
        total += (gsize)n;
    g_object_unref(in);
    if (total != SIZE)
        give_up("not all was read");
}

static void pieces_own(void *ctx)
{
    (void)ctx;
    read_pieces(own_memory(), PIECE);
}

static void pieces_ours(void *ctx)
{
    (void)ctx;
    read_pieces(our_memory(), PIECE);
}

static void pieces_own_file(void *ctx)
{
    (void)ctx;
    read_pieces(own_file(), PIECE);
}

static void pieces_our_file(void *ctx)
{
    (void)ctx;
    read_pieces(our_file(), PIECE);
}

static void small_own(void *ctx)
{
    (void)ctx;
    read_pieces(own_memory(), SMALL);
}

static void small_ours(void *ctx)
{
    (void)ctx;
    read_pieces(our_memory(), SMALL);
}

/* The other way: GIO's file as a stream. */
static void pieces_as_stream(void *ctx)
{
    static char buf[PIECE];
    rill *s = rill_open_ginputstream(own_file(), RILL_TAKE, NULL);
    size_t total = 0;
    ptrdiff_t n;

    (void)ctx;
    while ((n = rill_read(s, buf, PIECE)) > 0)
        total += (size_t)n;
    if (rill_close(s) < 0 || total != SIZE)
        give_up("not all was read");
}

/* ---- By a data stream ------------------------------------------------------ */

static void read_numbers(GInputStream *in)
{
    GDataInputStream *data = g_data_input_stream_new(in);
    guint32 sum = 0;
    int i;

    for (i = 0; i < NUMBERS; i++)
        sum += g_data_input_stream_read_uint32(data, NULL, NULL);
    g_object_unref(data);
    g_object_unref(in);
    if (sum == 0)
        give_up("cannot read the numbers");
}

static void numbers_own(void *ctx)
{
    (void)ctx;
    read_numbers(own_file());
}

static void numbers_ours(void *ctx)
{
    (void)ctx;
    read_numbers(our_file());
}

/* ---- Writing --------------------------------------------------------------- */

static void write_pieces(GOutputStream *out)
{
    gsize at;

    for (at = 0; at < SIZE; at += PIECE) {
        if (!g_output_stream_write_all(out, bytes + at, PIECE, NULL, NULL,
                                       NULL))
            give_up("cannot write");
    }
    if (!g_output_stream_close(out, NULL, NULL))
        give_up("cannot close");
    g_object_unref(out);
}

static void write_own(void *ctx)
{
    (void)ctx;
    write_pieces(g_memory_output_stream_new_resizable());
}

static void write_ours(void *ctx)
{
    (void)ctx;
    write_pieces(rill_as_goutputstream(rill_open_mem(NULL), RILL_TAKE));
}

int main(void)
{
    fill_plausibly(bytes, SIZE);
    if (!g_file_set_contents(path, bytes, SIZE, NULL))
        give_up(path);
    side_by_side("GIO reads memory, 8 KiB a time", SIZE, pieces_own,
                 pieces_ours, NULL);
    side_by_side("GIO reads memory, 64 bytes a time", SIZE, small_own,
                 small_ours, NULL);
    side_by_side("GIO reads a file, 8 KiB a time", SIZE, pieces_own_file,
                 pieces_our_file, NULL);
    side_by_side("GDataInputStream reads numbers in a file", NUMBERS * 4,
                 numbers_own, numbers_ours, NULL);
    side_by_side("GIO writes memory, 8 KiB a time", SIZE, write_own, write_ours,
                 NULL);
    side_by_side("GIO's file, read as a stream", SIZE, pieces_own_file,
                 pieces_as_stream, NULL);
    remove(path);
    return 0;
}
