/*
 * sweep.h - every fault in turn, in every operation, over every kind of store.
 *
 * A script is a piece of program over a stream: it writes, seeks, reads... by
 * the functions below, each of which does one thing on the stream and the same
 * on a model of it: the bytes that were acknowledged, and the position. A
 * script does not know of faults. When an operation fails, the functions that
 * follow do nothing, or clear the failure and try again, as the ending says;
 * and at the end the store must hold what the model does.
 *
 * Scripts are run over all stores that can do what they need, with each ending
 * and with several sizes of the window. What does not fit this has a plan of
 * its own for rill_fault_sweep().
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>

#include <rill/rill.h>
#include <rill/testing/fault.h>

/* ---- The world of a run --------------------------------------------------- */

enum {
    MOST = 1 << 20, /* bytes that a store may come to hold */
    TRIES = 3       /* of an operation that fails again and again */
};

/* What is done after a failure, and at the end. */
enum ending {
    CLOSES,   /* close at once */
    DISCARDS, /* discard at once */
    CLEARS,   /* the faults are over: clear, look at everything, close */
    GOES_ON,  /* clear and try the same again, among the faults */
    ENDINGS
};

/* What a store can do, or is, as far as scripts must know. */
enum ability {
    READS = 1 << 0,
    WRITES = 1 << 1,
    SEEKS = 1 << 2,
    TRUNCATES = 1 << 3,
    APPENDS = 1 << 4,      /* can be opened for append */
    MEMORY = 1 << 5,       /* rill_data() and the like answer */
    TAKES = 1 << 6,        /* rill_take() answers */
    MOVES = 1 << 7,        /* has a window */
    NUMBERED = 1 << 8,     /* has a descriptor */
    EXTENDS = 1 << 9,      /* truncate() to more makes zeros */
    CLOSE_TELLS = 1 << 10, /* a failed close() is its own, and must show */
    TRIES_AGAIN = 1 << 11, /* may do without what failed once */
    MUCH = 1 << 12,        /* too much for a window of a few bytes */
    TEXT = 1 << 13,        /* takes UTF-8 alone */
    CONVERTS = 1 << 14     /* to other bytes, character by character */
};

/* Bytes as they should be. */
typedef struct model {
    unsigned char *bytes;
    size_t len;
} model;

typedef struct world world;

typedef struct store {
    const char *name;

    /* Open a stream at position 0 that holds w->start; NULL if that fails. */
    rill *(*open)(world *w);

    /* Copy what the store holds, without Rill, to w->seen; false: unknown. */
    bool (*look)(world *w);

    /* Undo what `open` did beside the stream; may be NULL. */
    void (*stop)(world *w);

    unsigned can;
    ptrdiff_t setting;
} store;

typedef struct script {
    const char *name;
    void (*run)(world *w);
    unsigned needs;
    const char *mode; /* of files: "r+" unless told */
    size_t start;     /* how many bytes there are before */
    unsigned is;      /* TRIES_AGAIN: goes on after a short count; MUCH */
} script;

struct world {
    const store *store;
    const script *script;
    enum ending ending;
    ptrdiff_t buffer;

    rill *s;
    rill *under; /* a stream that this one is over */
    rill *other; /* the other one of a copy */
    rill_shared *shared;
    int fd, peer; /* the other end of a pipe, not blocking */
    rill_options options;
    rill_error open_error;
    char path[32];

    model start;    /* what is there before, and what a pipe gives */
    model holds;    /* what should be there after */
    model seen;     /* what a look found */
    model drained;  /* what came out of the other end */
    int64_t at;     /* the position */
    int64_t taken;  /* pipes: how much of `start` was read */
    uint64_t stamp; /* so that no two writes bring the same bytes */

    bool stopped; /* nothing more is to be done */
    int reported; /* the first failure that was reported, or 0 */
    int tries;    /* of the operation that fails */
};

/* ---- For scripts ------------------------------------------------------------ */

/* Write `n` bytes: by rill_write(), by pieces, by one rill_writev()... */
void put(world *w, size_t n);
void put_pieces(world *w, size_t n, int pieces);
void put_bytes(world *w, size_t n);  /* rill_putc() */
void put_text(world *w, int number); /* rill_printf() */
void put_room(world *w, size_t n);   /* rill_reserve() */
void put_cursor(world *w, size_t n); /* rill_writer_put() */
void put_at(world *w, size_t n, int64_t offset);

/* Read `n` bytes, or up to the end. */
void get(world *w, size_t n);
void get_pieces(world *w, size_t n, int pieces);
void get_exact(world *w, size_t n);
void get_some(world *w, size_t n);
void get_bytes(world *w, size_t n); /* rill_getc(), and rill_ungetc() */
void get_peeked(world *w, size_t n);
void get_cursor(world *w, size_t n);
void get_at(world *w, size_t n, int64_t offset);
void get_all(world *w);
void skip(world *w, int64_t n);

/* Lines, each in another way. */
void get_line(world *w);
void get_line_copied(world *w);
void get_line_into(world *w, size_t n);
void get_lines(world *w, int count);

void seek(world *w, int64_t to, int whence);
void cut(world *w, int64_t size);
void flush(world *w);
void sync_to(world *w, int level);
void measure(world *w);            /* rill_size() */
void number(world *w);             /* rill_fileno() */
void hint(world *w, int64_t size); /* rill_hint_size() */

/* Memory: copies of the whole, and the whole itself. */
void copy_value(world *w);
void take(world *w);
void lend(world *w);
void reset(world *w);

/* Copy from another stream, or to one. */
enum side { IN_FILE, IN_MEMORY };
void bring(world *w, enum side side, size_t n);
void carry(world *w, enum side side);

/* ---- For operations ---------------------------------------------------- */

/* Note a failure that an operation reported. Returns whether it is to be tried
 * again (it has been cleared). */
bool again(world *w, int64_t code);

/* What an operation did, told to the model. */
void wrote(world *w, const void *data, size_t n);  /* and acknowledged */
void passed(world *w, const void *data, size_t n); /* read; NULL: unseen */
void ended(const world *w);                        /* found the end */
void stands(world *w);                             /* is over, and well */
const unsigned char *next_bytes(const world *w, size_t *n_out); /* to be read */

/* Whether faults are about that make reads find an end that is not there. */
bool ends_may_lie(void);

/* Make a file of `n` bytes, without Rill. */
void make_file(const char *path, const void *data, size_t n);

/* Get what a file holds; false: there is none. */
bool see_file(const char *path, model *m);

bool same(const model *a, const model *b);

/* Change a model as a write would. */
void model_write(model *m, const void *data, size_t n, int64_t offset);

/* The bytes that all starts consist of: short lines. */
void fill_start(unsigned char *to, size_t n, size_t from);

/* Take what waits at the other end. */
void drain(world *w);

/* ---- The tables --------------------------------------------------------------- */

extern const store stores[];
extern const size_t store_count;
extern const script scripts[];
extern const size_t script_count;

/* Sweeps of their own: run all by `sweep`. */
typedef void sweep_run(rill_fault_plan *plan);
void sweep_saves(sweep_run *sweep, bool all);
void sweep_opens(sweep_run *sweep);

/* A run of a script, and the end that it comes to: for rill_fault_plan. */
world *world_new(void);
void world_free(world *w);
void world_prepare(void *w);
int world_run(void *w);
int world_expect(void *w, const rill_fault *f);

#endif /* SWEEP_H */
