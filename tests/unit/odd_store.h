/*
 * odd_store.h - a store that answers as a test wants, also what no store may.
 *
 * It holds a few bytes of memory and has every operation that a moving store
 * can have. A test takes operations out of its table, or has one return
 * something else for a number of times. (rill_open_double() only does what a
 * real store could do; this one lies, too.)
 */
#ifndef ODD_STORE_H
#define ODD_STORE_H

#include "test.h"

#include <rill/hook.h>
#include <rill/ops.h>

/* Its operations: indices into says, times and calls. */
enum odd_operation {
    ODD_READ,
    ODD_WRITE,
    ODD_READV,
    ODD_WRITEV,
    ODD_SIZE,
    ODD_TRUNCATE,
    ODD_FLUSH,
    ODD_SYNC,
    ODD_CLONE,
    ODD_FILENO,
    ODD_COMMIT,
    ODD_CLOSE,
    ODD_OPERATIONS
};

enum { ODD_ROOM = 512 * 1024, ODD_FD = 1000 };

typedef struct odd {
    rill_ops ops;                   /* complete; a test may take some out */
    int64_t says[ODD_OPERATIONS];   /* what an operation returns instead ... */
    unsigned times[ODD_OPERATIONS]; /* ... for so many calls */
    unsigned first[ODD_OPERATIONS]; /* after so many that do it right */
    unsigned calls[ODD_OPERATIONS];
    size_t len;
    unsigned char bytes[ODD_ROOM]; /* its content */
} odd;

/* A store that does all right, and holds `text`: free() it after the stream. */
odd *odd_new(const char *text);

/* Make an operation return `result` for its next `times` calls, and do
 * nothing. */
void odd_says(odd *o, enum odd_operation operation, int64_t result,
              unsigned times);

#define ODD_ALWAYS ((unsigned)-1)

/* A stream over it. */
rill *odd_open(odd *o, int access, const rill_options *options);

/* Close a stream that has failed with `code`, and free its store. */
void odd_end(odd *o, rill *s, int code);

/* Refuse every allocation after the next `after` ones, until memory_is_back():
 * which says whether one was refused. */
void memory_ends(int after);
int memory_is_back(void);

#endif /* ODD_STORE_H */
