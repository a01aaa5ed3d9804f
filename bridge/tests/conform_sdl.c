/*
 * conform_sdl.c - the conformance suite over streams over RWops: a file's, and
 * rill_as_rwops(), over a stream again.
 */
#include <rill/sdl.h>
#include <rill/testing/conform.h>

enum {
    CAN = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
          RILL_CONFORM_GROWS | RILL_CONFORM_MOVES | RILL_CONFORM_OPTIONS
};

static rill *open_over_file(rill_conform_case *c, const char *mode,
                            const void *data, size_t len)
{
    rill *file = rill_open(c->path, "wb");

    (void)mode;
    if (!file || rill_write(file, data, len) < 0 || rill_close(file) < 0)
        rill_conform_fail("cannot make %s", c->path);
    return rill_open_rwops(SDL_RWFromFile(c->path, "r+b"), "r+", RILL_TAKE,
                           &c->options);
}

static void look_at_file(rill_conform_case *c, rill *s)
{
    rill *file = rill_open(c->path, "rb");
    void *data = NULL;
    ptrdiff_t len = file ? rill_read_all(file, &data) : -1;

    (void)s;
    if (len < 0 || rill_close(file) < 0)
        rill_conform_fail("cannot read %s", c->path);
    rill_conform_holds(c, data, (size_t)len);
    rill_free(data);
}

static rill *open_over_stream(rill_conform_case *c, const char *mode,
                              const void *data, size_t len)
{
    (void)mode;
    if (c->own && rill_close(c->own) < 0)
        rill_conform_fail("the stream below was not closed well");
    c->own = rill_open_mem_copy(data, len, NULL);
    return rill_open_rwops(rill_as_rwops(c->own, RILL_BORROW), "r+", RILL_TAKE,
                           &c->options);
}

static void look_below(rill_conform_case *c, rill *s)
{
    const void *data;
    ptrdiff_t len = rill_data(c->own, &data);

    if (!s)
        rill_conform_holds(c, data, (size_t)len);
}

static void close_below(rill_conform_case *c)
{
    if (rill_close(c->own) < 0)
        rill_conform_fail("the stream below was not closed well");
}

static const rill_conform_row rows[] = {
    {.name = "SDL_RWFromFile",
     .open = open_over_file,
     .look = look_at_file,
     .can = CAN},
    {.name = "RWops over mem",
     .open = open_over_stream,
     .look = look_below,
     .stop = close_below,
     .can = CAN},
};

int main(int argc, char **argv)
{
    return rill_conform(argc, argv, rows, sizeof(rows) / sizeof(rows[0]));
}
