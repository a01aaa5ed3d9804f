/*
 * driver.h - what the two halves of the differential driver share: the wire
 * format, the slots in which a program's streams live, and the operations.
 */
#ifndef DIFFERENTIAL_DRIVER_H
#define DIFFERENTIAL_DRIVER_H

#define _POSIX_C_SOURCE 200809L

#include <rill/rill.h>

/* The result of an operation that was not run: its stream is not open, or it
 * would write beyond POSITION_LIMIT. */
#define RESULT_SKIPPED (-1000)
#define POSITION_LIMIT (1 << 20)

enum op_flags {
    OP_GUARD = 1, /* skip where the position is beyond POSITION_LIMIT */
    OP_QUIET = 2  /* do not ask rill_tell() afterwards */
};

/* Rules that hold for every operation, found broken by the driver itself. */
enum broken {
    BROKEN_WINDOW = 1,     /* the window's invariants */
    BROKEN_OLD_SIZE = 2,   /* the allocator was told a wrong old size */
    BROKEN_LEAK = 4,       /* memory of the stream outlived it */
    BROKEN_OWNERSHIP = 8,  /* a borrowed descriptor was closed, or not */
    BROKEN_POINTER = 16,   /* a NULL where a pointer was promised */
    BROKEN_TERMINATOR = 32 /* the NUL behind read_all's bytes is missing */
};

/* One operation. The numbers mean what program.py says. */
struct op {
    unsigned char code, slot, how, flags;
    int64_t a, b, c;
    size_t len;
    const unsigned char *data;
};

/* Bytes that grow: what an operation has to say besides its result. */
struct bytes {
    unsigned char *data;
    size_t len, cap;
};

/* The ways to open, in program.py's order of KINDS. */
enum kind {
    KIND_MEM,
    KIND_FILE,
    KIND_FD,
    KIND_SPOOL,
    KIND_OPS,
    KIND_VIEW,
    KIND_FIXED,
    KIND_PIPE_READ,
    KIND_PIPE_WRITE
};

/* The bits of `c` when opening. */
enum open_bits {
    OPEN_ALLOCATOR = 1, /* with the counting allocator */
    OPEN_BORROW = 2,    /* fd: borrow the descriptor */
    OPEN_ABSENT = 4,    /* file: does not exist beforehand */
    OPEN_DIRECTORY = 8, /* file: the path is a directory */
    OPEN_NOWHERE = 16,  /* file: the path's folder does not exist */
    OPEN_AGAIN = 32     /* file: leave as it is what an earlier one wrote */
};

struct slot {
    rill *s;
    enum kind kind;
    const struct driver *d;
    int fd;         /* fd, pipe: the caller's descriptor, or -1 */
    int other_end;  /* pipe: its other end, or -1 */
    int borrowed;   /* fd: rill_close() must leave it open */
    void *memory;   /* view, fixed: what the stream borrows */
    size_t size;    /* of it */
    void *exported; /* the last view of rill_getbuffer() */
    int64_t exported_len;
    int exports;
    int open_allocations; /* by the counting allocator */
    rill_allocator allocator;
    int has_allocator;
    unsigned broken;
    rill_storage storage;
    char path[4096];
};

enum { SLOTS = 2 };

struct driver {
    const char *folder;
    struct slot slots[SLOTS];
};

/* Append to `out`; ends the driver where there is no memory. */
void bytes_add(struct bytes *out, const void *data, size_t n);

/* Append the lowest `size` bytes of a number, the lowest one first. */
void bytes_add_number(struct bytes *out, int64_t number, size_t size);

/* malloc() of exactly `n` bytes (so that a sanitizer sees the edges); ends the
 * driver where there is none. */
void *exactly(size_t n);

/* Open a stream as `op` says. Result and `out`: see program.py. */
int64_t driver_open(struct driver *d, const struct op *op, struct bytes *out);

/* Close a slot's stream and free what belongs to it. `out` gets its content:
 * of memory and spools just before, of all others what is there afterwards. */
int64_t driver_close(struct slot *slot, struct bytes *out);

/* Close a stream that its program left open. */
void driver_abandon(struct slot *slot);

/* Free what a stream of `slot` gave. */
void driver_free(struct slot *slot, void *p, size_t n);

typedef int64_t driver_op(struct driver *d, struct slot *slot,
                          const struct op *op, struct bytes *out);

/* The operations by number, and how many there are. */
struct named_op {
    const char *name;
    driver_op *run;
};
extern const struct named_op driver_ops[];
extern const size_t driver_op_count;

#endif /* DIFFERENTIAL_DRIVER_H */
