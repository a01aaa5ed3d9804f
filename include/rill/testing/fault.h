/*
 * rill/testing/fault.h - every fault, in turn.
 *
 * What a program does when memory runs out, a disk is full or a call comes out
 * short is hardly ever run. A sweep runs a function of yours again and again,
 * each time with another fault: it first counts the allocations and system
 * calls that Rill makes in it, then lets each of them fail, in each way that
 * makes sense for it, once and from there on; then two at a time. It finds
 * what was reported wrongly, what leaks and what hangs; you say what must be
 * true afterwards:
 *
 *     static int save(void *ctx)
 *     {
 *         rill *s = rill_open("notes.txt", "ws");
 *         if (!s)
 *             return RILL_EIO;
 *         rill_puts(s, "new\n");
 *         return rill_close(s);
 *     }
 *
 *     rill_fault_plan plan = {.name = "save", .prepare = write_old_notes,
 *                             .run = save, .check = notes_are_whole};
 *     return rill_fault_sweep(&plan, NULL);
 *
 * Each fault has a text, such as "write 3 ENOSPC" (the third write fails) or
 * "sync 1+ EIO" (all from the first on). RILL_FAULT="save: write 3 ENOSPC" in
 * the environment runs that one only, for a debugger. All is in this process
 * and without signal handlers, so that a crash ends it: RILL_FAULT=trace prints
 * each fault before its run, the last line is the one.
 *
 * One thread. In the library librill-testing (pkg-config rill-testing).
 */
#ifndef RILL_TESTING_FAULT_H
#define RILL_TESTING_FAULT_H

#include <rill/hook.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a call comes out that does not fail, but moves fewer bytes. */
enum rill_fault_count {
    RILL_FAULT_SHORT = -1, /* one byte */
    RILL_FAULT_HALF = -2,  /* half of them, at least one */
    RILL_FAULT_ZERO = -3   /* none: for a read, the end of the data */
};

enum {
    RILL_FAULT_OWN = RILL_CALLS, /* a call of yours: rill_fault_point() */
    RILL_FAULT_CALLS = 32        /* kinds, with some to spare */
};

/* One fault. */
typedef struct rill_fault {
    int call;     /* RILL_CALL_* or RILL_FAULT_OWN */
    size_t nth;   /* which call of this kind in the run, from 1 */
    int error;    /* an errno, or enum rill_fault_count */
    int for_ever; /* all from there on (of EINTR, EAGAIN, SHORT: 1000) */
} rill_fault;

/* What a fault that struck may come to. */
enum rill_fault_effect {
    RILL_FAULT_EITHER = 0, /* it may be reported, or done without */
    RILL_FAULT_HIDDEN = 1, /* nobody may notice */
    RILL_FAULT_SHOWN = 2   /* a failure must be reported */
};

/*
 * What is expected by default. HIDDEN: EINTR, short and half counts. SHOWN:
 * what fails of reading (but the end of the data), writing, truncating,
 * syncing and renaming. All else, and EAGAIN, which may be tried again: EITHER.
 */
RILL_API int rill_fault_expected(const rill_fault *f);

typedef struct rill_fault_plan {
    const char *name; /* for messages and RILL_FAULT; NULL: "sweep" */

    /* Before each run, without faults: make what it starts from. May be NULL.*/
    void (*prepare)(void *ctx);

    /* What is tested. Returns a negative number if it reports a failure (the
     * code of rill_close(), say), anything else if all went well. Leaves
     * nothing open or allocated. Must do the same at each run. */
    int (*run)(void *ctx);

    /* After each run, without faults; `result` is what it returned. Calls
     * rill_fault_wrong() if something is not as it should be. May be NULL. */
    void (*check)(void *ctx, int result);

    /* Says for a fault that struck what is expected, where that is not
     * rill_fault_expected(). May be NULL. */
    int (*expect)(void *ctx, const rill_fault *f);

    /* Told of each failure. NULL: it is printed to stderr. */
    void (*failed)(void *ctx, const char *fault, const char *what);

    void *ctx;         /* for these functions */
    unsigned pairs;    /* random pairs of faults to run, after the others */
    uint64_t seed;     /* for them */
    size_t most_calls; /* in a run; more is a hang. 0: 1,000,000 */
} rill_fault_plan;

typedef struct rill_fault_report {
    size_t points[RILL_FAULT_CALLS]; /* calls of a run without faults */
    size_t total;                    /* all of these */
    size_t runs;                     /* with a fault */
    size_t failures;
} rill_fault_report;

/*
 * Run the sweep. A failure is: an effect other than the one expected;
 * rill_fault_wrong(); descriptors left open; memory not freed (as far as the C
 * library tells, and of rill_fault_allocator()); too many calls. Fills in
 * *report_out, which may be NULL.
 *
 * Returns 0 if there was no failure, 1 if there was, so that main() can return
 * it; RILL_EINVAL if the plan has no `run`. Sets the hook of rill/hook.h, and
 * takes it away at the end.
 */
RILL_API int rill_fault_sweep(const rill_fault_plan *plan,
                              rill_fault_report *report_out);

/*
 * Write one line about a report into `buf`: "points: 9 (allocate 2, open 1,
 * write 6); runs: 118; failures: 0". Returns as snprintf() does.
 */
RILL_API int rill_fault_format(const rill_fault_report *report, char *buf,
                               size_t size);

/* Say, as printf() does, what is wrong with the present run: within `run` and
 * `check`. Only the first word counts. */
RILL_API void rill_fault_wrong(const char *format, ...) RILL_PRINTF(1, 2);

/* The text of the present run's fault; "no fault"; "" outside of a sweep. */
RILL_API const char *rill_fault_text(void);

/*
 * Make a call of your own a point of the sweep: ask before it, and fail with
 * the errno that is returned; 0: go on. *count (NULL: none) is how many bytes
 * it moves, and may come back smaller. `call` is what it resembles, or
 * RILL_FAULT_OWN, which fails with EIO. Outside of a sweep: 0.
 */
RILL_API int rill_fault_point(int call, size_t *count);

/* Let no fault happen and count no call, within `run` (1), or again (0). */
RILL_API void rill_fault_pause(int pause);

/* An allocator (rill_options.allocator, or for your own code) whose calls are
 * points, and which knows what was not freed. */
RILL_API const rill_allocator *rill_fault_allocator(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_TESTING_FAULT_H */
