/*
 * fixture.h - every store as the conformance suite sees it.
 *
 *     CONFORMS(seek__goes_back, READS | SEEKS)
 *     {
 *         rill *s = fixture_open(fx, "abc");
 *         CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
 *         CHECK_READS(s, "bc");
 *         CHECK_LEAVES(fx, s, "abc");
 *     }
 *
 * is registered once and run for each row of the table in fixture.c that can
 * do what it needs. A new store gets the whole suite by a row of its own.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "test.h"

/* What a store can do, as far as tests must know. */
enum fixture_ability {
    READS = 1 << 0,     /* a stream holding any content can be read */
    WRITES = 1 << 1,    /* can be written */
    SEEKS = 1 << 2,     /* has positions: seek, tell, size, pread, pwrite */
    TRUNCATES = 1 << 3, /* can be cut */
    EXTENDS = 1 << 4,   /* truncate() to more makes zeros */
    GROWS = 1 << 5,     /* no capacity that a test could reach */
    APPENDS = 1 << 6,   /* can be opened for append */
    MODES = 1 << 7,     /* can be opened for one direction only, too */
    MEMORY = 1 << 8,    /* rill_data() and the like answer */
    TAKES = 1 << 9,     /* rill_take() answers */
    CLAMPS = 1 << 10,   /* seeking before the start goes to 0 */
    OPTIONS = 1 << 11,  /* heeds fx->options */
    FORGETS = 1 << 12,  /* what is written is gone (null) */
    PIPES = 1 << 13,    /* cannot seek */
    MOVES = 1 << 14,    /* moving: bytes are carried to and from a window */

    /* "Would block" now and then. Tests run on such a store only if they say
     * so here, and retry: RETRY(), CHECK_READS_ALL(), fixture_write(). */
    BLOCKS = 1 << 15
};

typedef struct fixture fixture;

/* One row: a store and its configuration. */
typedef struct fixture_kind {
    const char *name;
    /* Make a stream at position 0 that holds a copy of `len` bytes; `mode` is
     * "r+" unless the row has MODES or APPENDS. */
    rill *(*open)(fixture *fx, const char *mode, const void *data, size_t len);
    /* Copy what the store holds: into fx->bytes. Before the stream is closed
     * where it would be gone, afterwards where it must have been flushed. */
    void (*before_close)(fixture *fx, rill *s);
    void (*after_close)(fixture *fx);
    unsigned can;
    ptrdiff_t setting; /* buffer size, threshold, bytes a call... */
} fixture_kind;

typedef struct fixture_bytes {
    unsigned char *data;
    size_t len, cap;
} fixture_bytes;

/* A kind in use by one test. */
struct fixture {
    const fixture_kind *kind;
    unsigned can;
    rill_options options; /* for the next open; tests may add to it */
    fixture_bytes bytes;  /* the content, from outside */
    unsigned char *room;  /* fixed: the memory it writes in */
    size_t room_size;
    size_t allocated; /* custom allocator: bytes not yet freed */
    uint64_t seed;    /* user stores: for what is random */
    unsigned calls;   /* user stores: how often they were called */
    int fd;           /* a descriptor that is the fixture's to close, or -1 */
    struct pump *fill, *drain;
    char path[32];
};

extern const fixture_kind fixture_kinds[];
extern const size_t fixture_kind_count;

/* The row of that name. */
const fixture_kind *fixture_kind_named(const char *name);

fixture *fixture_start(const fixture_kind *kind);
void fixture_stop(fixture *fx);

typedef void fixture_test(fixture *fx);

/* Register `run` once for each row that can do all of `needs`. */
void fixture_register(const char *name, unsigned needs, fixture_test *run);

#define CONFORMS(name, needs)                   \
    static fixture_test name;                   \
    TEST_AT_START(name)                         \
    {                                           \
        fixture_register(#name, (needs), name); \
    }                                           \
    static void name(fixture *fx)

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

/* Free what rill_take(), rill_getvalue(), rill_read_all() gave of a stream of
 * `fx`, which may have an allocator of its own. */
void fixture_free(fixture *fx, void *p);

/* Close, and copy what the store holds then to fx->bytes. */
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
