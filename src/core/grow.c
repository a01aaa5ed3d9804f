/*
 * grow.c - how memory streams grow.
 *
 * By four while small, where malloc() is cheap and copies cost little; then
 * by an eighth, in an address range that does not move (os/memory.c), so that
 * what is committed stays close to what is used.
 */
#include <string.h>

#include "internal.h"

enum {
    GROW_FIRST = 256,           /* after the bytes in the stream itself */
    GROW_BY_FOUR = 1024 * 1024, /* up to here */
    GROW_STEP = 2 * 1024 * 1024 /* beyond, by an eighth and at least this */
};

static size_t capacity_for(size_t cap, size_t need)
{
    size_t extra;

    if (need <= GROW_BY_FOUR) {
        cap = cap < GROW_FIRST / 4 ? GROW_FIRST : cap * 4;
        if (cap < need) /* what malloc() gives for `need`, not less */
            cap = (need + 7) / 16 * 16 + 8;
        return cap < GROW_BY_FOUR ? cap : GROW_BY_FOUR;
    }
    extra = need / 8 > GROW_STEP ? need / 8 : GROW_STEP;
    return need > PTRDIFF_MAX - extra ? need : need + extra;
}

int rill_grow(rill *s, rill_flat *flat, size_t need, size_t max,
              const void *own)
{
    size_t cap = capacity_for(flat->cap, need);
    bool outside = flat->cap == 0 || flat->base == own;
    unsigned char *p;

    if (need > PTRDIFF_MAX && max == PTRDIFF_MAX)
        return RILL_ENOMEM;
    if (cap > max)
        cap = max;
    if (cap > flat->cap) {
        unsigned char *old = outside ? NULL : flat->base;
        size_t old_size = outside ? 0 : flat->cap;
        p = rill_realloc(s, old, old_size, cap);
        if (!p && cap > need) { /* the exact size may still be had */
            cap = need;
            p = rill_realloc(s, old, old_size, cap);
        }
        if (!p)
            return RILL_ENOMEM;
        if (outside && flat->len > 0)
            memcpy(p, flat->base, flat->len);
        flat->base = p;
        flat->cap = cap;
    }
    return need > cap ? RILL_ENOSPC : RILL_OK;
}
