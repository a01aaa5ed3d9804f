/*
 * conform_over.h - what the rows of conform_NAME.c have in common: a foreign
 * object over a file, or over a stream of the case's own.
 */
#ifndef CONFORM_OVER_H
#define CONFORM_OVER_H

#include <rill/rill.h>
#include <rill/testing/conform.h>

/* Make the case's file. */
static inline void make_file(rill_conform_case *c, const void *data, size_t len)
{
    rill *file = rill_open(c->path, "wb");

    if (!file || rill_write(file, data, len) < 0 || rill_close(file) < 0)
        rill_conform_fail("cannot make %s", c->path);
}

/* `look` of a row over the case's file. */
static inline void look_at_file(rill_conform_case *c, rill *s)
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

/* `stop` of a row over c->own. */
static inline void close_below(rill_conform_case *c)
{
    if (rill_close(c->own) < 0)
        rill_conform_fail("the stream below was not closed well");
}

/* Make c->own, in memory, and close the one before. */
static inline rill *open_below(rill_conform_case *c, const void *data,
                               size_t len)
{
    close_below(c);
    return c->own = rill_open_mem_copy(data, len, NULL);
}

/* `look` of a row over c->own: when the stream over it has been closed. */
static inline void look_below(rill_conform_case *c, rill *s)
{
    const void *data;
    ptrdiff_t len;

    if (s)
        return;
    len = rill_data(c->own, &data);
    rill_conform_holds(c, data, (size_t)len);
}

#endif
