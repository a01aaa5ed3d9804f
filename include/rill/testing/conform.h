/*
 * rill/testing/conform.h - the conformance suite, for those who write a store.
 *
 * The tests that Rill's own stores must pass, run over yours: reading, writing,
 * seeking, lines, numbers, copies, random programs... A store is a row of a
 * table, and the suite gets a main() of a few lines:
 *
 *     static const rill_conform_row rows[] = {
 *         {.name = "mine", .open = open_mine, .look = look_at_mine,
 *          .can = RILL_CONFORM_READS | RILL_CONFORM_WRITES},
 *     };
 *
 *     int main(int argc, char **argv)
 *     {
 *         return rill_conform(argc, argv, rows, 1);
 *     }
 *
 * Several rows are several configurations: buffer sizes, the store over another
 * one. Each test that needs no more than what a row can do is run on that row,
 * in an empty directory of its own, and is called "seek__goes_back[mine]". The
 * suite is in a library of its own, librill-conform (pkg-config rill-conform),
 * and prints by way of cmocka: CMOCKA_MESSAGE_OUTPUT=TAP, XML or STDOUT.
 */
#ifndef RILL_TESTING_CONFORM_H
#define RILL_TESTING_CONFORM_H

#include <rill/open.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a store can do, as far as tests must know: an `or` of these. */
enum rill_conform_ability {
    RILL_CONFORM_READS = 1 << 0,     /* a stream with any content can be read */
    RILL_CONFORM_WRITES = 1 << 1,    /* can be written */
    RILL_CONFORM_SEEKS = 1 << 2,     /* has positions: seek, size, pread... */
    RILL_CONFORM_TRUNCATES = 1 << 3, /* can be cut */
    RILL_CONFORM_EXTENDS = 1 << 4,   /* truncate() to more makes zeros */
    RILL_CONFORM_GROWS = 1 << 5,     /* no capacity that a test could reach */
    RILL_CONFORM_APPENDS = 1 << 6,   /* can be opened for append */
    RILL_CONFORM_MODES = 1 << 7,     /* and for one direction only */
    RILL_CONFORM_MEMORY = 1 << 8,    /* rill_data() and the like answer */
    RILL_CONFORM_TAKES = 1 << 9,     /* rill_take() answers */
    RILL_CONFORM_CLAMPS = 1 << 10,   /* seeking before the start goes to 0 */
    RILL_CONFORM_OPTIONS = 1 << 11,  /* heeds the options of the case */
    RILL_CONFORM_FORGETS = 1 << 12,  /* what is written is gone: no look */
    RILL_CONFORM_PIPES = 1 << 13,    /* cannot seek */
    RILL_CONFORM_MOVES = 1 << 14,    /* a moving store, not a flat one */
    RILL_CONFORM_SHOWS = 1 << 15,    /* what was flushed can be looked at */
    RILL_CONFORM_BLOCKS = 1 << 16,   /* says RILL_EAGAIN now and then */
    RILL_CONFORM_TEXT = 1 << 17      /* takes nothing but UTF-8 */
};

typedef struct rill_conform_row rill_conform_row;

/* Bytes that rill_conform_holds() copied. */
typedef struct rill_conform_bytes {
    unsigned char *data;
    size_t len, cap;
} rill_conform_bytes;

/* A row in use by one test. */
typedef struct rill_conform_case {
    const rill_conform_row *row;
    rill_options options;     /* for what `open` opens (RILL_CONFORM_OPTIONS) */
    char path[32];            /* a name for a file; no other case has it */
    void *own;                /* the row's: NULL before its first `open` */
    rill_conform_bytes bytes; /* what the store holds, by the last look */
} rill_conform_case;

struct rill_conform_row {
    const char *name;

    /*
     * Open a stream at position 0 over a store that holds a copy of the `len`
     * bytes at `data`: none if it can write and not read. `mode` is
     * rill_open()'s: "r+" ("r" where it cannot write), and others with
     * RILL_CONFORM_MODES or RILL_CONFORM_APPENDS. A case may open several
     * streams, one after the other. NULL fails the test.
     */
    rill *(*open)(rill_conform_case *c, const char *mode, const void *data,
                  size_t len);

    /*
     * See what the store holds, without the stream if that can be, and say so
     * by rill_conform_holds(). Called right before the stream is closed, and
     * right after with NULL: the last word counts. Do nothing at the one that
     * is not the time for it. With RILL_CONFORM_SHOWS, called after a flush
     * too. NULL where `bytes` is what the store writes to.
     */
    void (*look)(rill_conform_case *c, rill *s);

    /* At the end of the case: free what `own` is; may be NULL. */
    void (*stop)(rill_conform_case *c);

    unsigned can;      /* an `or` of abilities */
    ptrdiff_t setting; /* for `open`: a buffer size... */
};

/* Say what the store holds: copies the bytes. */
RILL_API void rill_conform_holds(rill_conform_case *c, const void *data,
                                 size_t len);

/* End the test as failed, with printf()'s message: does not return. For `open`
 * and `look`, which have nothing to return. */
RILL_API void rill_conform_fail(const char *format, ...) RILL_PRINTF(1, 2);

/*
 * Run the suite over `count` rows, borrowed: main()'s whole work. An argument
 * is a pattern of tests to run: "seek__*", "*[mine]". Returns what main() does:
 * 0 if all passed; 1; or 2, with a message, if the rows are none.
 */
RILL_API int rill_conform(int argc, char **argv, const rill_conform_row *rows,
                          size_t count);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_TESTING_CONFORM_H */
