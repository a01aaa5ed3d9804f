/*
 * test_ranges.c - large memory, when the system gives no more addresses, or no
 * memory behind them, or too many pieces are alive: it comes from malloc() then,
 * and what it held is kept, wherever it comes to lie.
 */
#include "test.h"

#include <errno.h>

#include <rill/hook.h>

#include "os/memory.h"
#include "os/os.h"

enum { PIECE = 2 * 1024 * 1024 };

/* Which of the next allocations are refused: a bit each, the first the lowest.
 * Counts them. */
typedef struct refusals {
    unsigned mask, calls;
} refusals;

static int refuse(void *ctx, int call, size_t *count)
{
    refusals *r = ctx;

    (void)count;
    if (call != RILL_CALL_ALLOCATE)
        return 0;
    return r->mask >> r->calls++ & 1 ? ENOMEM : 0;
}

/* Grow memory that begins with "first" while those are refused. If it could not
 * be, grow it as it must be possible. */
static void *grow(void *p, size_t old_size, size_t new_size, unsigned mask,
                  int can)
{
    refusals r = {mask, 0};
    unsigned char *grown;

    rill_set_call_hook(refuse, &r);
    grown = rill__memory_realloc(p, old_size, new_size);
    rill_set_call_hook(NULL, NULL);
    CHECK_INT(can, grown != NULL);
    if (!grown)
        grown = rill__memory_realloc(p, old_size, new_size);
    CHECK_BYTES(grown, 5, "first");
    grown[new_size - 1] = 'x';
    return grown;
}

/* Memory of `size` bytes that begins with "first". */
static void *start(size_t size)
{
    void *p;

    rill_pool_trim();
    p = rill__memory_realloc(NULL, 0, size);
    CHECK(p != NULL);
    memcpy(p, "first", 5);
    return p;
}

/* Whether this system has the addresses of a range, 64 GiB; valgrind has not. */
static int have_ranges(void)
{
    size_t size = sizeof(size_t) > 4 ? (size_t)1 << 18 << 18 : PIECE;
    void *p = rill__os_reserve(size);

    if (p)
        rill__os_release(p, size);
    return p != NULL;
}

/* A range asks for memory behind more of its addresses; else for another range
 * (its addresses, then the memory); else for malloc()'s. */
TEST(ranges__that_cannot_grow)
{
    static const struct {
        unsigned mask;
        int can;
    } cases[] = {{0, 1}, {1, 1}, {3, 1}, {5, 1}, {7, 0}, {13, 0}};

    if (!have_ranges())
        SKIP("no address ranges here");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_context("mask %u", cases[i].mask);
        rill_free(
            grow(start(PIECE), PIECE, 3 * PIECE, cases[i].mask, cases[i].can));
    }
}

/* Memory of malloc() that grows into a range, or stays malloc()'s; and then
 * grows on. */
TEST(ranges__that_cannot_be_had)
{
    static const unsigned masks[] = {0, 1, 2};

    if (!have_ranges())
        SKIP("no address ranges here");
    for (size_t i = 0; i < 3; i++) {
        void *p = grow(start(1000), 1000, PIECE, masks[i], 1);

        rill_free(grow(p, PIECE, 2 * PIECE, 0, 1));
    }
    rill_free(grow(start(1000), 1000, PIECE, 3, 0)); /* nor from malloc() */
    rill_free(grow(start(1000), 1000, PIECE, 6, 0));
}

/* A range that waited for the next stream has memory for its first bytes. */
TEST(ranges__from_the_pool_that_cannot_grow)
{
    void *p = start(PIECE);

    rill_free(p);
    p = rill__memory_realloc(NULL, 0, 2 * PIECE);
    CHECK(p != NULL);
    memcpy(p, "first", 5);
    rill_free(grow(p, 2 * PIECE, 3 * PIECE, 0, 1));
}

TEST(ranges__from_the_pool_without_memory)
{
    refusals r = {1, 0};
    unsigned char *p;

    if (!have_ranges())
        SKIP("no address ranges here");
    p = start(PIECE);
    rill_free(p);
    rill_set_call_hook(refuse, &r);
    p = rill__memory_realloc(NULL, 0, 2 * PIECE);
    rill_set_call_hook(NULL, NULL);
    CHECK(p != NULL);
    p[2 * PIECE - 1] = 'x';
    rill_free(p);
}

/* One that is too much for the pool is given back, if its end alone cannot be. */
TEST(ranges__that_cannot_be_cut)
{
    refusals r = {1, 0};
    void *p;

    if (!have_ranges())
        SKIP("no address ranges here");
    rill_pool_limit(PIECE);
    p = start(2 * PIECE);
    rill_set_call_hook(refuse, &r);
    rill_free(p);
    rill_set_call_hook(NULL, NULL);
    rill_free(grow(start(PIECE), PIECE, 3 * PIECE, 0, 1));
    rill_pool_limit((size_t)256 << 20);
    CHECK_INT(1, r.calls);
}

/* More than a range has addresses for. */
TEST(ranges__too_short)
{
    size_t huge = (SIZE_MAX >> 1) / PIECE * PIECE;
    void *p;

    if (!have_ranges())
        SKIP("no address ranges here");
    p = start(PIECE);
    CHECK_PTR(NULL, rill__memory_realloc(p, PIECE, huge));
    CHECK_PTR(NULL, rill__memory_realloc(NULL, 0, huge));
    rill_free(grow(p, PIECE, 2 * PIECE, 0, 1));
}

#ifndef _WIN32 /* has no aligned_alloc() */

/* Addresses like those of ranges are not taken for them. */
TEST(ranges__aligned_memory_of_others)
{
    void *p = aligned_alloc(OS_RANGE_ALIGN, OS_RANGE_ALIGN);

    CHECK(p != NULL);
    memcpy(p, "first", 5);
    rill_free(p);
}

#endif

/* There is a table of so many; what has no place in it comes from malloc(),
 * which does not align it so. Nothing else is written to: it costs no memory. */
TEST(ranges__more_than_the_table_holds)
{
    enum { PIECES = 1500 };
    unsigned char **pieces = test_alloc(PIECES * sizeof(*pieces));
    int others = 0;

    if (!have_ranges()) {
        free(pieces);
        SKIP("no address ranges here");
    }
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = rill__memory_realloc(NULL, 0, PIECE);
        CHECK(pieces[i] != NULL);
        if ((uintptr_t)pieces[i] % OS_RANGE_ALIGN != 0) {
            pieces[i][PIECE - 1] = 'x';
            others++;
        }
    }
    CHECK(others >= PIECES - 1024 && others <= PIECES);
    for (size_t i = 0; i < PIECES; i++)
        rill_free(pieces[i]);
    rill_pool_trim();
    free(pieces);
}
