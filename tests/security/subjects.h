/*
 * subjects.h - one of each kind of stream, for attacks on it.
 *
 * Each holds the ten bytes of CONTENT (what has no content: nothing), stands at
 * 0, and is bounded: it takes SUBJECT_MOST bytes and no more, or its allocator
 * gives no larger piece than SUBJECT_PIECE. So a request for 2^62 bytes that
 * slips through shows as what it asked for, and not as a machine without memory.
 */
#ifndef SUBJECTS_H
#define SUBJECTS_H

#include "test.h"

#define CONTENT "0123456789"

enum {
    CONTENT_LEN = 10,
    SUBJECT_MOST = 1024 * 1024,
    SUBJECT_PIECE = 80 * 1024 * 1024 /* more than the window limit, 64 MiB */
};

enum subject_ability {
    READS = 1 << 0,
    WRITES = 1 << 1,
    SEEKS = 1 << 2,   /* has positions: seek, tell, size, pread, pwrite */
    GROWS = 1 << 3,   /* a seek past the end is legal */
    CLAMPS = 1 << 4,  /* relative seeks before the start go to 0 */
    EXTENDS = 1 << 5, /* truncate() makes it longer */
    CUTS = 1 << 6,    /* truncate() is possible */
    FLAT = 1 << 7,    /* its content is memory */
    EMPTY = 1 << 8,   /* has no content whatever was written */
    APPENDS = 1 << 9, /* writes go to the end */
    DISK = 1 << 10    /* a hint of its size allocates blocks */
};

typedef struct subject subject;

typedef struct subject_kind {
    const char *name;
    rill *(*open)(subject *t);
    unsigned can;
} subject_kind;

extern const subject_kind subject_kinds[];
extern const size_t subject_kind_count;

/* A stream and what is known of it. */
struct subject {
    rill *s;
    rill *whole; /* of which `s` is a section, or NULL */
    const subject_kind *kind;
    rill_options options; /* with an allocator that counts */
    rill_allocator allocator;
    size_t allocated; /* bytes that it has given and not got back */
    size_t largest;   /* piece that it was asked for */
    unsigned char *room;
    int fds[2]; /* closed at the end where >= 0 */
};

/* Open a subject; ends the test where that is not possible. */
void subject_open(subject *t, const subject_kind *kind);

/* Drop it, and find that nothing of its memory is left. */
void subject_drop(subject *t);

/* The stream is as it was opened, but for its position, which is `at`. */
void subject_is_unchanged(subject *t, int64_t at);

/* Whatever happened: after rill_clear() the stream can be used, and its windows
 * are in order. */
void subject_is_usable(subject *t);

/* Where the stream stands; 0 where it has no positions. */
int64_t subject_at(const subject *t);

/* Register `run` once for each kind that can do all of `needs`. */
typedef void subject_test(const subject_kind *kind);
void subject_register(const char *name, unsigned needs, subject_test *run);

#define ON_EACH_KIND(name, needs)               \
    static subject_test name;                   \
    TEST_AT_START(name)                         \
    {                                           \
        subject_register(#name, (needs), name); \
    }                                           \
    static void name(const subject_kind *kind)

#endif /* SUBJECTS_H */
