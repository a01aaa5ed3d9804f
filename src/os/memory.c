/*
 * memory.c - malloc() for small pieces, address ranges for large ones.
 *
 * Growing a large block by realloc() is not slow for its copies but for the
 * page faults of each new place. A range is 64 GiB of addresses, reserved once
 * and committed bit by bit, with huge pages where the kernel gives them: it
 * never moves, and each page is touched first only once. Released ranges and
 * windows wait in a few slots for the next stream; beyond POOLED_HOT bytes
 * their pages are marked so that the kernel may take them back.
 *
 * All ranges stand in one table, found by their address. That is how
 * rill_free() tells them from malloc()'s memory, and it needs no header in
 * front of the data. Everything shared here is a C11 atomic: a slot belongs to
 * whoever exchanged its value, and no lock is ever held.
 */
#include "memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "call.h"
#include "os.h"

enum {
    RANGES = 1024, /* alive at a time; beyond, malloc() serves */
    PROBES = 16,   /* places in the table where a range may stand */
    POOLED_RANGES = 16,
    POOLED_WINDOWS = 8,
    POOLED_HOT = 64 * 1024 * 1024 /* beyond, the kernel may have the pages */
};

#if SIZE_MAX > 0xffffffff
#define RANGE_SIZE ((size_t)1 << 36)
#else
#define RANGE_SIZE ((size_t)1 << 31) /* which rill__os_reserve() refuses */
#endif
#define CLAIMED ((uintptr_t)1) /* a table entry being filled in */

struct range {
    atomic_uintptr_t base; /* 0: free */
    size_t size;           /* reserved */
    size_t committed;
};

static struct range ranges[RANGES];
static atomic_uintptr_t pooled_ranges[POOLED_RANGES];
static atomic_size_t pooled_bytes;
static atomic_size_t pool_limit = (size_t)256 * 1024 * 1024;

static atomic_uintptr_t pooled_windows[POOLED_WINDOWS];

/* ---- Ranges ------------------------------------------------------------ */

static struct range *range_place(uintptr_t base, size_t probe)
{
    return &ranges[((base / OS_RANGE_ALIGN) * 2654435761u + probe) % RANGES];
}

static struct range *range_find(const void *p)
{
    uintptr_t base = (uintptr_t)p;

    if (base % OS_RANGE_ALIGN != 0)
        return NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct range *r = range_place(base, i);
        if (atomic_load_explicit(&r->base, memory_order_acquire) == base)
            return r;
    }
    return NULL;
}

/* Enter a reservation into the table; false if its places are taken. */
static bool range_enter(void *p, size_t size)
{
    for (size_t i = 0; i < PROBES; i++) {
        struct range *r = range_place((uintptr_t)p, i);
        uintptr_t expected = 0;
        if (atomic_compare_exchange_strong(&r->base, &expected, CLAIMED)) {
            r->size = size;
            r->committed = 0;
            atomic_store_explicit(&r->base, (uintptr_t)p, memory_order_release);
            return true;
        }
    }
    return false;
}

static void range_release(struct range *r)
{
    void *p = (void *)atomic_load(&r->base);
    size_t size = r->size;

    atomic_store(&r->base, 0);
    rill__os_release(p, size);
}

static bool range_commit(struct range *r, void *p, size_t n)
{
    size_t to = (n + OS_RANGE_ALIGN - 1) / OS_RANGE_ALIGN * OS_RANGE_ALIGN;

    if (n > r->size)
        return false;
    if (to <= r->committed)
        return true;
    if (rill__os_commit(p, r->committed, to) < 0)
        return false;
    r->committed = to;
    return true;
}

static void *range_from_pool(void)
{
    for (size_t i = 0; i < POOLED_RANGES; i++) {
        if (atomic_load_explicit(&pooled_ranges[i], memory_order_relaxed)) {
            void *p = (void *)atomic_exchange(&pooled_ranges[i], 0);
            if (p) {
                atomic_fetch_sub(&pooled_bytes, range_find(p)->committed);
                return p;
            }
        }
    }
    return NULL;
}

/* Give back the end of a range that goes to the pool, which is this much too
 * full by it, if something remains. Returns how much that was. */
static size_t range_cut(struct range *r, size_t excess)
{
    void *p = (void *)atomic_load(&r->base);
    size_t n = (excess + OS_RANGE_ALIGN - 1) / OS_RANGE_ALIGN * OS_RANGE_ALIGN;

    if (n >= r->committed ||
        rill__os_uncommit(p, r->committed, r->committed - n) < 0)
        return 0;
    r->committed -= n;
    atomic_fetch_sub(&pooled_bytes, n);
    return n;
}

static void range_to_pool(struct range *r)
{
    void *p = (void *)atomic_load(&r->base);
    size_t n = r->committed, limit = atomic_load(&pool_limit);
    size_t all = atomic_fetch_add(&pooled_bytes, n) + n;

    if (all > limit)
        all -= range_cut(r, all - limit);
    if (all <= limit) {
        for (size_t i = 0; i < POOLED_RANGES; i++) {
            uintptr_t expected = 0;
            if (atomic_load_explicit(&pooled_ranges[i], memory_order_relaxed))
                continue;
            if (all > POOLED_HOT)
                rill__os_lazy_free(p, r->committed);
            if (atomic_compare_exchange_strong(&pooled_ranges[i], &expected,
                                               (uintptr_t)p))
                return;
        }
    }
    atomic_fetch_sub(&pooled_bytes, r->committed);
    range_release(r);
}

/* A range of at least `n` committed bytes, or NULL. */
static void *range_new(size_t n)
{
    void *p = range_from_pool();
    size_t size = RANGE_SIZE;

    if (p && range_commit(range_find(p), p, n))
        return p;
    if (p)
        range_release(range_find(p));
    while (size < n && size <= SIZE_MAX / 4)
        size *= 2;
    if (n > size || !(p = rill__os_reserve(size)))
        return NULL;
    if (!range_enter(p, size)) {
        rill__os_release(p, size);
        return NULL;
    }
    if (!range_commit(range_find(p), p, n)) {
        range_release(range_find(p));
        return NULL;
    }
    return p;
}

/* ---- The allocator ----------------------------------------------------- */

void rill_free(void *p)
{
    struct range *r = range_find(p);

    if (r)
        range_to_pool(r);
    else
        free(p);
}

void *rill__memory_realloc(void *p, size_t old_size, size_t new_size)
{
    struct range *r;
    void *to;

    if (!p && new_size <= MEMORY_HEAP_MAX)
        return rill__malloc(new_size);
    if (new_size == 0) {
        rill_free(p);
        return NULL;
    }
    r = p ? range_find(p) : NULL;
    if (r && range_commit(r, p, new_size))
        return p;
    if (!r && (new_size <= MEMORY_HEAP_MAX || old_size > MEMORY_HEAP_MAX))
        return rill__realloc(p, new_size);
    to = range_new(new_size);
    if (!to && !r)
        return rill__realloc(p, new_size);
    if (!to && !(to = rill__malloc(new_size)))
        return NULL;
    if (p) {
        memcpy(to, p, old_size < new_size ? old_size : new_size);
        rill_free(p);
    }
    return to;
}

/* ---- Windows of files ---------------------------------------------------- */

void *rill__memory_take_window(size_t size)
{
    for (size_t i = 0; size == MEMORY_WINDOW && i < POOLED_WINDOWS; i++) {
        if (atomic_load_explicit(&pooled_windows[i], memory_order_relaxed)) {
            void *p = (void *)atomic_exchange(&pooled_windows[i], 0);
            if (p)
                return p;
        }
    }
    return rill__malloc(size);
}

void rill__memory_give_window(void *p, size_t size)
{
    for (size_t i = 0; size == MEMORY_WINDOW && i < POOLED_WINDOWS; i++) {
        uintptr_t expected = 0;
        if (atomic_compare_exchange_strong(&pooled_windows[i], &expected,
                                           (uintptr_t)p))
            return;
    }
    free(p);
}

/* ---- The pool ------------------------------------------------------------ */

void rill_pool_trim(void)
{
    for (size_t i = 0; i < POOLED_RANGES; i++) {
        void *p = (void *)atomic_exchange(&pooled_ranges[i], 0);
        if (p) {
            struct range *r = range_find(p);
            atomic_fetch_sub(&pooled_bytes, r->committed);
            range_release(r);
        }
    }
    for (size_t i = 0; i < POOLED_WINDOWS; i++)
        free((void *)atomic_exchange(&pooled_windows[i], 0));
}

void rill_pool_limit(size_t bytes)
{
    atomic_store(&pool_limit, bytes);
    if (atomic_load(&pooled_bytes) > bytes)
        rill_pool_trim();
}
