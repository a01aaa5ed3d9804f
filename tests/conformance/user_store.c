/*
 * user_store.c - a flat store as a user of rill/ops.h would write one: it moves
 * its bytes at every growth, and spoils where they were. (Moving ones are made
 * by doubles; see fixture.c.)
 */
#include "fixture_store.h"

#include <rill/ops.h>

#include <limits.h>

typedef struct user_store {
    int owned; /* the memory is rill_realloc()'s, and the core's */
} user_store;

static unsigned char *flat_alloc(rill *s, int owned, size_t size)
{
    unsigned char *p = owned ? rill_realloc(s, NULL, 0, size) : malloc(size);

    if (p)
        memset(p, 0xA5, size);
    return p;
}

static void flat_free(rill *s, int owned, rill_flat *flat)
{
    if (!flat->cap)
        return;
    memset(flat->base, 0x5A, flat->cap);
    if (owned)
        rill_realloc(s, flat->base, flat->cap, 0);
    else
        free(flat->base);
}

static int flat_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    int owned = ((user_store *)self)->owned;
    unsigned char *moved;

    if (need > INT_MAX)
        return RILL_ENOSPC;
    need += need / 4;
    moved = flat_alloc(s, owned, need);
    if (!moved)
        return RILL_ENOMEM;
    memcpy(moved, flat->base, flat->len);
    flat_free(s, owned, flat);
    flat->base = moved;
    flat->cap = need;
    return RILL_OK;
}

static int flat_close(rill *s, void *self)
{
    flat_free(s, ((user_store *)self)->owned, rill_flat_of(s));
    return RILL_OK;
}

/* The core frees the memory, and rill_take() gives it away. */
static const rill_ops owning_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(user_store),
    .name = "user_flat",
    .flags = RILL_OPS_FLAT | RILL_OPS_OWNS,
    .grow = flat_grow,
};

static const rill_ops flat_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(user_store),
    .name = "user_flat",
    .flags = RILL_OPS_FLAT | RILL_OPS_EXTENDS,
    .grow = flat_grow,
    .close = flat_close,
};

static int access_of(const char *mode)
{
    if (strchr(mode, '+'))
        return RILL_READ | RILL_WRITE;
    return mode[0] == 'r' ? RILL_READ : RILL_WRITE;
}

rill *fixture_open_user_flat(fixture *fx, const char *mode, const void *data,
                             size_t len)
{
    int owned = fixture_can(fx, TAKES);
    void *self;
    rill *s = rill_open_ops(owned ? &owning_ops : &flat_ops, access_of(mode),
                            NULL, &fx->options, &self);
    unsigned char *content;

    if (!s)
        return NULL;
    ((user_store *)self)->owned = owned;
    content = flat_alloc(s, owned, len + 1);
    if (!content) {
        rill_discard(s);
        return rill_open_failed(&fx->options, NULL, RILL_ENOMEM);
    }
    memcpy(content, data, len);
    *rill_flat_of(s) = (rill_flat){.base = content, .len = len, .cap = len + 1};
    return s;
}
