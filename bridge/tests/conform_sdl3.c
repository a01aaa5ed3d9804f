/*
 * conform_sdl3.c - the conformance suite over streams over IOStreams: a file's,
 * and rill_as_sdl_iostream(), over a stream again.
 */
#include <rill/sdl3.h>

#include "conform_over.h"

enum {
    CAN = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
          RILL_CONFORM_GROWS | RILL_CONFORM_MOVES | RILL_CONFORM_OPTIONS
};

static rill *open_over_file(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    (void)mode;
    make_file(c, data, len);
    return rill_open_sdl_iostream(SDL_IOFromFile(c->path, "r+b"), "r+",
                                  RILL_TAKE, &c->options);
}

static rill *open_over_stream(rill_conform_case *c, const char *mode,
                              const void *data, size_t len)
{
    (void)mode;
    return rill_open_sdl_iostream(
        rill_as_sdl_iostream(open_below(c, data, len), RILL_BORROW), "r+",
        RILL_TAKE, &c->options);
}

static const rill_conform_row rows[] = {
    {.name = "SDL_IOFromFile",
     .open = open_over_file,
     .look = look_at_file,
     .can = CAN | RILL_CONFORM_SHOWS},
    {.name = "IOStream over mem",
     .open = open_over_stream,
     .look = look_below,
     .stop = close_below,
     .can = CAN},
};

int main(int argc, char **argv)
{
    return rill_conform(argc, argv, rows, sizeof(rows) / sizeof(rows[0]));
}
