/*
 * conform_stdio.c - the conformance suite over streams over FILEs: of the C
 * library's own, and of rill_as_file(), over a stream again.
 */
#define _GNU_SOURCE
#include <rill/rill.h>
#include <rill/stdio.h>
#include <rill/testing/conform.h>

#include <stdlib.h>

enum {
    CAN_FILE = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
               RILL_CONFORM_TRUNCATES | RILL_CONFORM_EXTENDS |
               RILL_CONFORM_GROWS | RILL_CONFORM_APPENDS | RILL_CONFORM_MODES |
               RILL_CONFORM_OPTIONS | RILL_CONFORM_MOVES | RILL_CONFORM_SHOWS,
    CAN_LENT = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
               RILL_CONFORM_GROWS | RILL_CONFORM_MOVES | RILL_CONFORM_OPTIONS
};

/* A FILE with this content, on disk. */
static FILE *make_file(const char *path, const char *mode, const void *data,
                       size_t len)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        rill_conform_fail("cannot make %s", path);
    return fopen(path, mode);
}

static rill *open_over_file(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    FILE *f = make_file(c->path, mode, data, len);

    if (c->row->setting == _IONBF)
        setvbuf(f, NULL, _IONBF, 0);
    c->options.buffer_size = c->row->setting > 2 ? c->row->setting - 2 : 0;
    return rill_open_file(f, mode, RILL_TAKE, &c->options);
}

static void look_at_file(rill_conform_case *c, rill *s)
{
    static unsigned char content[1 << 22];
    FILE *f = fopen(c->path, "rb");

    (void)s;
    rill_conform_holds(c, content, fread(content, 1, sizeof(content), f));
    fclose(f);
}

/* From a stream to a FILE, to a stream. */
static rill *open_over_lent(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    rill *under = rill_open_mem_copy(data, len, NULL);
    FILE *f = rill_as_file(under, mode, RILL_BORROW);

    if (c->own && rill_close(c->own) < 0)
        rill_conform_fail("the stream below was not closed well");
    c->own = under;
    return rill_open_file(f, mode, RILL_TAKE, &c->options);
}

static void look_below(rill_conform_case *c, rill *s)
{
    const void *data;
    ptrdiff_t len;

    if (s)
        return;
    len = rill_data(c->own, &data);
    rill_conform_holds(c, data, (size_t)len);
}

static void close_below(rill_conform_case *c)
{
    if (rill_close(c->own) < 0)
        rill_conform_fail("the stream below was not closed well");
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
