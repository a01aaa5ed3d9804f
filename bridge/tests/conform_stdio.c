/*
 * conform_stdio.c - the conformance suite over streams over FILEs: of the C
 * library's own, and of rill_as_file(), over a stream again.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include <rill/stdio.h>

#include "conform_over.h"

enum {
    CAN_FILE = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
               RILL_CONFORM_TRUNCATES | RILL_CONFORM_EXTENDS |
               RILL_CONFORM_GROWS | RILL_CONFORM_APPENDS | RILL_CONFORM_MODES |
               RILL_CONFORM_OPTIONS | RILL_CONFORM_MOVES | RILL_CONFORM_SHOWS,
    CAN_LENT = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
               RILL_CONFORM_GROWS | RILL_CONFORM_MOVES | RILL_CONFORM_OPTIONS
};

static rill *open_over_file(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    FILE *f;

    make_file(c, data, len);
    f = fopen(c->path, mode);
    if (c->row->setting == _IONBF)
        setvbuf(f, NULL, _IONBF, 0);
    c->options.buffer_size = c->row->setting > 2 ? c->row->setting - 2 : 0;
    return rill_open_file(f, mode, RILL_TAKE, &c->options);
}

/* From a stream to a FILE, to a stream. */
static rill *open_over_lent(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    FILE *f = rill_as_file(open_below(c, data, len), mode, RILL_BORROW);

    return rill_open_file(f, mode, RILL_TAKE, &c->options);
}

static const rill_conform_row rows[] = {
    {.name = "FILE",
     .open = open_over_file,
     .look = look_at_file,
     .can = CAN_FILE,
     .setting = _IOFBF},
    {.name = "FILE, no buffer",
     .open = open_over_file,
     .look = look_at_file,
     .can = CAN_FILE,
     .setting = _IONBF},
    {.name = "FILE, window of 7",
     .open = open_over_file,
     .look = look_at_file,
     .can = CAN_FILE & ~RILL_CONFORM_OPTIONS,
     .setting = 2 + 7},
    {.name = "FILE over mem",
     .open = open_over_lent,
     .look = look_below,
     .stop = close_below,
     .can = CAN_LENT},
};

int main(int argc, char **argv)
{
    return rill_conform(argc, argv, rows, sizeof(rows) / sizeof(rows[0]));
}
