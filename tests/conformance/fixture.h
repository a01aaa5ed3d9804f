/*
 * fixture.h - every store as the tests of the conformance suite see it.
 *
 *     CONFORMS(seek__goes_back, READS | SEEKS)
 *     {
 *         rill *s = fixture_open(fx, "abc");
 *         CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
 *         CHECK_READS(s, "bc");
 *         CHECK_LEAVES(fx, s, "abc");
 *     }
 *
 * is registered once and run for each row of a table that can do what it needs.
 * What rows and abilities are is in rill/testing/conform.h. The project's own
 * rows are in fixture.c; a new store gets the whole suite by a row there.
 *
 * The files of this directory are compiled twice: each test_*.c is a program,
 * which runs its CONFORMS() over the rows of fixture.c, and its TEST()s; and
 * all of them without their TEST()s are librill-conform, which runs over the
 * rows of whoever uses it.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <rill/testing/conform.h>

#include "test.h"

/* The abilities, short. */
enum {
    READS = RILL_CONFORM_READS,
    WRITES = RILL_CONFORM_WRITES,
    SEEKS = RILL_CONFORM_SEEKS,
    TRUNCATES = RILL_CONFORM_TRUNCATES,
    EXTENDS = RILL_CONFORM_EXTENDS,
    GROWS = RILL_CONFORM_GROWS,
    APPENDS = RILL_CONFORM_APPENDS,
    MODES = RILL_CONFORM_MODES,
    MEMORY = RILL_CONFORM_MEMORY,
    TAKES = RILL_CONFORM_TAKES,
    CLAMPS = RILL_CONFORM_CLAMPS,
    OPTIONS = RILL_CONFORM_OPTIONS,
    FORGETS = RILL_CONFORM_FORGETS,
    PIPES = RILL_CONFORM_PIPES,
    MOVES = RILL_CONFORM_MOVES,
    SHOWS = RILL_CONFORM_SHOWS,

    /* "Would block" now and then. Tests run on such a store only if they say
     * so here, and retry: RETRY(), CHECK_READS_ALL(), fixture_write(). */
    BLOCKS = RILL_CONFORM_BLOCKS,

    /* UTF-8 alone: test_pattern() is ASCII as long as such a store is there.
     * Tests with other bytes need BINARY, and do not run on it. */
    TEXT = RILL_CONFORM_TEXT,
    BINARY = 1 << 30
};

typedef rill_conform_case fixture;
typedef rill_conform_row fixture_row;

/* The row of that name, of those that are run. */
const fixture_row *fixture_row_named(const char *name);

/* The rows to copy to: those that are run, and memory and a file. NULL where
 * `i` is beyond them. */
const fixture_row *fixture_partner(size_t i);

fixture *fixture_start(const fixture_row *row);
void fixture_stop(fixture *fx);

typedef void fixture_test(fixture *fx);

/* Have `run` run once for each row that can do all of `needs`. */
void fixture_register(const char *name, unsigned needs, fixture_test *run);

#define CONFORMS(name, needs)                   \
    static fixture_test name;                   \
    TEST_AT_START(name)                         \
    {                                           \
        fixture_register(#name, (needs), name); \
    }                                           \
    static void name(fixture *fx)

static inline int fixture_can(const fixture *fx, unsigned abilities)
{
    return (fx->row->can & abilities) == abilities;
}

/* A readable and writable stream at position 0, as far as the store can. */
rill *fixture_open_bytes(fixture *fx, const char *mode, const void *data,
                         size_t len);

#define fixture_open(fx, literal) \
    fixture_open_bytes((fx), "r+", "" literal, sizeof(literal) - 1)

/* The same in a mode of rill_open(): needs MODES, or APPENDS for 'a'. */
#define fixture_open_mode(fx, mode, literal) \
    fixture_open_bytes((fx), (mode), "" literal, sizeof(literal) - 1)

/* Holding `len` bytes of test_pattern(). */
rill *fixture_open_pattern(fixture *fx, size_t len);

/* Free the `size` bytes that rill_take(), rill_getvalue(), rill_read_all() gave
 * of a stream of `fx`, which may have an allocator of its own. */
void fixture_free(fixture *fx, void *p, size_t size);

/* Have the row say what the store holds: into fx->bytes. */
void fixture_look(fixture *fx, rill *s);

/* Close, and look what the store holds then. */
void fixture_close(fixture *fx, rill *s);

/* Close; the store now holds this (not asked of null). */
#define CHECK_LEAVES(fx, s, literal)                                 \
    fixture_check_leaves((fx), (s), "" literal, sizeof(literal) - 1, \
                         TEST_SITE(#s))

void fixture_check_leaves(fixture *fx, rill *s, const void *want, size_t len,
                          test_site site);

/* Do it again as long as it would block. */
#define RETRY(result, call) \
    do                      \
        (result) = (call);  \
    while ((result) == RILL_EAGAIN)

/* Write all, read up to the end or `len`, seek... however often it blocks. */
int64_t fixture_write(rill *s, const void *data, size_t len);
int64_t fixture_read(rill *s, void *buf, size_t len);
int64_t fixture_seek(rill *s, int64_t offset, int whence);
int fixture_flush(rill *s);
int fixture_truncate(rill *s, int64_t size);

#endif /* FIXTURE_H */
