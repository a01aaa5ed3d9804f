/*
 * edges.h - the numbers at which lengths and offsets go wrong, and what they
 * are passed through: variables whose values the compiler may not know.
 */
#ifndef EDGES_H
#define EDGES_H

#include <limits.h>
#include <stdbool.h>

#include "subjects.h"

#define AROUND(x) (x) - 1, (x), (x) + 1

/* As 64 bits; a test of lengths leaves out those that size_t does not hold. */
static const uint64_t edges[] = {
    AROUND(UINT64_C(1) << 15),
    AROUND(UINT64_C(1) << 16),
    AROUND(UINT64_C(1) << 31),
    AROUND(UINT64_C(1) << 32),
    AROUND((uint64_t)PTRDIFF_MAX),
    (uint64_t)SIZE_MAX - 1,
    (uint64_t)SIZE_MAX,
    AROUND((uint64_t)INT64_MAX),
    UINT64_MAX - 1,
    UINT64_MAX,
};

/* For what is an int: a whence, a count, a delimiter, a byte. */
static const int ints[] = {
    INT_MIN,       INT_MIN + 1,   -2,          -1,
    AROUND(32768), AROUND(65536), INT_MAX - 1, INT_MAX,
};

enum {
    EDGES = sizeof(edges) / sizeof(edges[0]),
    INTS = sizeof(ints) / sizeof(ints[0])
};

/* What lengths point to. More than any bounded store takes. */
static unsigned char zeros[2 * SUBJECT_MOST];

/* volatile: the compiler may not see, and warn of, what is asked for. */
static volatile size_t length;

/* An edge as a number with a sign. */
static inline int64_t signed_edge(size_t i)
{
    int64_t v;

    memcpy(&v, &edges[i], sizeof(v));
    return v;
}

/* Set `length` to an edge; false if size_t does not hold it. */
static inline bool length_of_edge(size_t i)
{
    length = (size_t)edges[i];
    return edges[i] <= SIZE_MAX;
}

static inline bool too_long(void)
{
    return length > PTRDIFF_MAX;
}

#endif /* EDGES_H */
