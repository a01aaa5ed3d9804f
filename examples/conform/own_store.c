/*
 * own_store.c - the conformance suite over a store of one's own.
 *
 * The store is that of ../own_store.c, ROT13 over any other stream: here over
 * memory, which can be looked at from outside. Needs librill-conform:
 * pkg-config rill-conform.
 */
#define main own_store_main
int main(void);
#include "../own_store.c"
#undef main

#include <rill/testing/conform.h>

/* The stream below is the case's own: it stays when the store is closed. */
static rill *open_case(rill_conform_case *c, const char *mode, const void *data,
                       size_t len)
{
    rill *memory = rill_open_mem_copy(data, len, NULL);
    const void *raw;

    (void)mode; /* r+: the row says nothing of other modes */
    if (!memory)
        return NULL;
    if (rill_close(c->own) < 0)
        rill_conform_fail("the memory of before was not closed");
    c->own = memory;
    rill_data(memory, &raw);
    rotate((unsigned char *)(uintptr_t)raw, len);
    return open_rot13(memory);
}

/* What the store holds is what is in memory, turned back. */
static void look(rill_conform_case *c, rill *s)
{
    const void *raw;
    ptrdiff_t len = rill_data(c->own, &raw);

    (void)s; /* the same, whether it is open or closed */
    rill_conform_holds(c, raw, (size_t)len);
    rotate(c->bytes.data, c->bytes.len);
}

static void stop(rill_conform_case *c)
{
    if (rill_close(c->own) < 0)
        rill_conform_fail("the memory was not closed");
}

static const rill_conform_row rows[] = {
    {
        .name = "rot13",
        .open = open_case,
        .look = look,
        .stop = stop,
        .can = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
               RILL_CONFORM_GROWS | RILL_CONFORM_MOVES | RILL_CONFORM_SHOWS,
    },
};

int main(int argc, char **argv)
{
    return rill_conform(argc, argv, rows, 1);
}
