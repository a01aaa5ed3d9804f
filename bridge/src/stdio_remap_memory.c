/*
 * stdio_remap_memory.c - fmemopen() and open_memstream(): two flat stores.
 *
 * The core works on the memory itself. What is left to do at each flush is
 * what POSIX says about a NUL, and where open_memstream() shows what there is.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <string.h>

/* ---- fmemopen() --------------------------------------------------------- */

struct fixed {
    bool owned;
    size_t ended; /* content of this length has its NUL, or needs none */
};

static int fixed_flush(rill *s, void *self, int64_t offset)
{
    rill_flat *flat = rill_flat_of(s);
    struct fixed *p = self;

    (void)offset;
    if (flat->len > p->ended && flat->len < flat->cap)
        flat->base[flat->len] = 0;
    if (flat->len > p->ended)
        p->ended = flat->len;
    return 0;
}

static int fixed_close(rill *s, void *self)
{
    struct fixed *p = self;

    if (p->owned)
        free(rill_flat_of(s)->base);
    return 0;
}

static const rill_ops fixed_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct fixed),
    .name = "fmemopen",
    .flags = RILL_OPS_FLAT,
    .flush = fixed_flush,
    .close = fixed_close,
};

static rill *open_fixed(void *buf, size_t size, int access, bool truncates)
{
    bool owned = !buf, appends = (access & RILL_APPEND) != 0;
    rill_options o = RILL_OPTIONS_INIT;
    void *self;
    rill_flat *flat;
    rill *s;

    if (size > PTRDIFF_MAX)
        errno = ENOMEM;
    else if (owned)
        buf = calloc(size + 1, 1);
    s = size <= PTRDIFF_MAX && buf
            ? rill_open_ops(&fixed_ops, access, NULL, &o, &self)
            : NULL;
    if (!s) {
        if (owned)
            free(buf);
        return NULL;
    }
    flat = rill_flat_of(s);
    *flat = (rill_flat){.base = buf, .len = size, .cap = size};
    if (truncates || appends)
        flat->len = truncates ? 0 : strnlen(buf, size);
    if (truncates && size > 0)
        flat->base[0] = 0;
    if (appends)
        rill_start_at(s, (int64_t)flat->len);
    *(struct fixed *)self = (struct fixed){.owned = owned, .ended = flat->len};
    return s;
}

rill_FILE *rill_stdio_fmemopen(void *buf, size_t size, const char *mode)
{
    int access = rill__remap_access(mode);
    struct remap *f = access ? rill__remap_new() : NULL;

    if (!f)
        return NULL;
    return rill__remap_begin(f, open_fixed(buf, size, access, *mode == 'w'),
                             access);
}

/* ---- open_memstream() --------------------------------------------------- */

enum { FIRST = 64 }; /* bytes, as it is opened */

struct shown {
    char **bufp;
    size_t *sizep;
};

/* One byte more than the core is told of: for the NUL. */
static int shown_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    int rc;

    (void)self;
    if (need >= PTRDIFF_MAX)
        return RILL_ENOMEM;
    flat->cap++;
    rc = rill_grow(s, flat, need + 1, PTRDIFF_MAX, NULL);
    flat->cap--;
    return rc;
}

/* POSIX: the length is the smaller of the content's and the position. */
static int shown_flush(rill *s, void *self, int64_t offset)
{
    rill_flat *flat = rill_flat_of(s);
    struct shown *p = self;

    flat->base[flat->len] = 0;
    *p->bufp = (char *)flat->base;
    *p->sizep = (uint64_t)offset < flat->len ? (size_t)offset : flat->len;
    return 0;
}

/* The memory is the user's from here on: not much more than is used. */
static int shown_close(rill *s, void *self)
{
    rill_flat *flat = rill_flat_of(s);
    struct shown *p = self;
    char *fits = NULL;

    if (flat->cap > FIRST && flat->cap - flat->len > flat->len / 4)
        fits = realloc(flat->base, flat->len + 1);
    if (fits)
        *p->bufp = fits;
    *flat = (rill_flat){.base = (unsigned char *)s}; /* none, but not NULL */
    return 0;
}

static const rill_ops shown_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct shown),
    .name = "open_memstream",
    .flags = RILL_OPS_FLAT | RILL_OPS_OWNS,
    .grow = shown_grow,
    .flush = shown_flush,
    .close = shown_close,
};

/* Memory that free() takes back, as the user will. */
static void *by_malloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx, (void)old_size;
    if (new_size > 0)
        return realloc(p, new_size);
    free(p);
    return NULL;
}

static rill *open_shown(char **bufp, size_t *sizep)
{
    static const rill_allocator allocator = {by_malloc, NULL};
    rill_options o = RILL_OPTIONS_INIT;
    void *self;
    rill *s;
    char *memory = malloc(FIRST);

    o.allocator = &allocator;
    s = memory ? rill_open_ops(&shown_ops, RILL_WRITE, NULL, &o, &self) : NULL;
    if (!s) {
        free(memory);
        return NULL;
    }
    *(struct shown *)self = (struct shown){bufp, sizep};
    *rill_flat_of(s) = (rill_flat){(unsigned char *)memory, 0, FIRST - 1};
    return s;
}

rill_FILE *rill_stdio_open_memstream(char **bufp, size_t *sizep)
{
    struct remap *f;

    if (!bufp || !sizep) {
        errno = EINVAL;
        return NULL;
    }
    f = rill__remap_new();
    if (!f)
        return NULL;
    return rill__remap_begin(f, open_shown(bufp, sizep), RILL_WRITE);
}

#endif
