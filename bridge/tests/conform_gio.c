/*
 * conform_gio.c - the conformance suite over streams over GIO's: a file's, and
 * rill_as_giostream(), over a stream again.
 */
#include <rill/gio.h>

#include "conform_over.h"

enum {
    CAN = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
          RILL_CONFORM_TRUNCATES | RILL_CONFORM_GROWS | RILL_CONFORM_MOVES |
          RILL_CONFORM_OPTIONS
};

static rill *open_over_file(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    GFile *file = g_file_new_for_path(c->path);
    GFileIOStream *io;

    (void)mode;
    make_file(c, data, len);
    io = g_file_open_readwrite(file, NULL, NULL);
    g_object_unref(file);
    return rill_open_giostream(G_IO_STREAM(io), RILL_TAKE, &c->options);
}

static rill *open_over_stream(rill_conform_case *c, const char *mode,
                              const void *data, size_t len)
{
    (void)mode;
    return rill_open_giostream(
        rill_as_giostream(open_below(c, data, len), RILL_BORROW), RILL_TAKE,
        &c->options);
}

static const rill_conform_row rows[] = {
    {.name = "GFileIOStream",
     .open = open_over_file,
     .look = look_at_file,
     .can = CAN | RILL_CONFORM_SHOWS | RILL_CONFORM_EXTENDS},
    {.name = "GIOStream over mem",
     .open = open_over_stream,
     .look = look_below,
     .stop = close_below,
     .can = CAN},
};

int main(int argc, char **argv)
{
    return rill_conform(argc, argv, rows, sizeof(rows) / sizeof(rows[0]));
}
