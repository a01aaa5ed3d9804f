/*
 * rill/testing/double.h - streams that misbehave on purpose, for tests.
 *
 * Code that takes a `rill *` meets short counts, full disks and pipes that
 * would block only on bad days. Here are two streams that bring such days
 * about: a double over another stream, which goes through it piece by piece,
 * fails where it is told, is slow, and notes what it was asked; and a script,
 * which has no stream below and answers call by call. In a library of its own,
 * librill-testing (pkg-config rill-testing).
 *
 * What a double shall do, and what was done to it, are in a struct of the
 * test's: the stream borrows it until it is closed, and the test looks into it
 * whenever it likes, also afterwards. All zero is a double that changes
 * nothing. The test may change it between two calls on the stream.
 *
 *     rill_double d = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC,
 *                      .from = 4096};
 *     rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
 *
 * Errors and ownership as in rill/stream.h and rill/open.h. Threads: a double
 * counts, so that it serves one thread at a time, in rill_pread() too.
 */
#ifndef RILL_TESTING_DOUBLE_H
#define RILL_TESTING_DOUBLE_H

#include <rill/open.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- A double over another stream --------------------------------------- */

/* What reaches a store, to be combined with `or` in rill_double.fails. */
enum rill_double_operation {
    RILL_DOUBLE_READ = 1 << 0,
    RILL_DOUBLE_WRITE = 1 << 1,
    RILL_DOUBLE_SIZE = 1 << 2,
    RILL_DOUBLE_TRUNCATE = 1 << 3,
    RILL_DOUBLE_FLUSH = 1 << 4,
    RILL_DOUBLE_SYNC = 1 << 5,
    RILL_DOUBLE_COMMIT = 1 << 6, /* rill_close(), of a save */
    RILL_DOUBLE_CLOSE = 1 << 7   /* the very end, of rill_discard() too */
};

/* One call that reached a double. */
typedef struct rill_double_call {
    int operation;  /* enum rill_double_operation */
    int64_t offset; /* read, write, flush, truncate; else -1 */
    size_t length;  /* read, write: how many bytes were asked for */
    int64_t result; /* a count, a size, 0; or a failure, as in `failure` */
} rill_double_call;

typedef struct rill_double {
    /*
     * Pieces: each call moves `piece` bytes at most (1: one at a time; 0: as
     * many as it is asked for). Calls are interrupted `interrupts` times before
     * they do anything, which nobody should notice; reads and writes then
     * answer RILL_EAGAIN `blocks` times. With a `seed` (not 0) these three are
     * limits below which each call draws its own numbers: the same ones for
     * the same seed.
     */
    size_t piece;
    unsigned interrupts, blocks;
    uint64_t seed;

    /*
     * Failures: the operations `fails` (an `or`) return `failure`: an errno
     * (ENOSPC), or a code (RILL_EDATA). Reads and writes do so from the offset
     * `from` on (of a stream that cannot seek: counted), and move what lies
     * before it. `times` of them, then `fails` becomes 0; 0: for ever.
     */
    unsigned fails;
    int failure;
    int64_t from;
    unsigned times;

    /* Slowness: before each read and write, wait `delay` nanoseconds: by
     * `wait`, or really if that is NULL. */
    int64_t delay;
    void (*wait)(void *ctx, int64_t delay);
    void *wait_ctx;

    /* Where the first `log_size` calls are listed; NULL and 0: nowhere. */
    rill_double_call *log;
    size_t log_size;

    /* How many calls there were, whatever they returned: all, and of each. */
    size_t calls;
    size_t reads, writes, sizes, truncates, flushes, syncs, commits, closes;
} rill_double;

/*
 * Open a double over `under`, from its position on, for what `under` is open
 * for. RILL_TAKE: it is closed with the double, and a save is committed or
 * discarded as it would be without the double between; RILL_BORROW: it stays
 * open. It should not be used otherwise meanwhile. The double borrows `d`; heeds the options that a store which moves
 * bytes does: with RILL_UNBUFFERED it sees each request of the code under test,
 * else those that the window needs.
 *
 * The double seeks where `under` does, and has its name. What it has not is a
 * descriptor, and content in memory, even if `under` has them.
 *
 * NULL with errno on failure (then `under` stays the caller's); so, with
 * EINVAL, if `under` is NULL: what opens it needs no check of its own.
 */
RILL_API RILL_NODISCARD rill *rill_open_double(rill *under, int ownership,
                                               rill_double *d,
                                               const rill_options *o);

/* ---- A script ------------------------------------------------------------ */

/* A call that the script foresees. Make them with the macros below. */
typedef struct rill_step {
    int kind;         /* enum rill_step_kind */
    const void *data; /* READ: what it gets. WRITE: what it brings, or NULL */
    size_t length;    /* of the data; NULL: of whatever is brought */
    int failure;      /* FAIL: an errno or a code, as in rill_double */
} rill_step;

enum rill_step_kind {
    RILL_STEP_READ = 1,
    RILL_STEP_WRITE = 2,
    RILL_STEP_FAIL = 3, /* a read or a write, which fails */
    RILL_STEP_END = 4   /* a read, which finds the end of the data */
};

/* A read gets (or reads get) these bytes, a string literal. */
#define RILL_STEP_GIVES(literal)                        \
    {                                                   \
        RILL_STEP_READ, literal, sizeof(literal) - 1, 0 \
    }
/* A write brings (or writes bring) these bytes, a string literal. */
#define RILL_STEP_TAKES(literal)                         \
    {                                                    \
        RILL_STEP_WRITE, literal, sizeof(literal) - 1, 0 \
    }
/* A write brings, or writes bring, so many bytes of any kind. */
#define RILL_STEP_TAKES_ANY(n)      \
    {                               \
        RILL_STEP_WRITE, NULL, n, 0 \
    }
/* A read or a write fails, would block, is interrupted, or finds the end. */
#define RILL_STEP_FAILS(failure)           \
    {                                      \
        RILL_STEP_FAIL, NULL, 0, (failure) \
    }
#define RILL_STEP_BLOCKS RILL_STEP_FAILS(RILL_EAGAIN)
#define RILL_STEP_INTERRUPTS RILL_STEP_FAILS(RILL_EINTR)
#define RILL_STEP_ENDS            \
    {                             \
        RILL_STEP_END, NULL, 0, 0 \
    }

typedef struct rill_script {
    const rill_step *steps; /* borrowed as the script is */
    size_t count;

    /* How far it is: steps that are done, and bytes of the one after them. */
    size_t done, moved;
    int unforeseen; /* there was a call that it did not foresee */
    char text[160]; /* of rill_script_problem() */
} rill_script;

/*
 * Open a stream that cannot seek, such as a socket, and follows `script`: each
 * call of the core to the store is the next step, or a part of it, since a read
 * may ask for less than a step has. One step is never joined with the next: a
 * short count ends there. After the last step, reads find the end. A call that
 * is not the one foreseen fails with RILL_EDATA and is noted.
 *
 * It reads if a step is a read or the end, and writes if one is a write; both
 * if it only fails. Borrows `script`. What is written comes to the script when
 * the window is flushed: use RILL_UNBUFFERED to have each request come at once.
 */
RILL_API RILL_NODISCARD rill *rill_open_script(rill_script *script,
                                               const rill_options *o);

/*
 * What did not go by the script so far: the first call that was not foreseen,
 * or else that there are steps left. NULL if nothing: it was followed to its
 * end. The text is in the script.
 */
RILL_API const char *rill_script_problem(rill_script *script);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_TESTING_DOUBLE_H */
