/*
 * model.h - what a stream is, in the plainest way: an array of bytes, a
 * position, and what was put back before it.
 *
 * Written from the contracts in include/rill/, to be right at a glance and not
 * to be fast. There are no windows here, nothing is ever pending, and no
 * request is ever cut short but by the end of the content or by a limit.
 *
 * Where several things are wrong with a call, which one is reported is not
 * specified. So what must be refused is a set of codes, of which it must say
 * one.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>

#include <rill/rill.h>

/* No model holds more bytes than this; programs are kept from writing them. */
enum { MODEL_MOST = 1 << 19, MODEL_BACK = 64 };

/* A set of codes. */
#define CODE(code) (1u << -(code))

struct model {
    unsigned char *data;
    size_t len, cap;
    int64_t pos; /* below 0: so much was put back before the start */

    /* Put back, in the order in which it was: the last one is read first. */
    unsigned char back[MODEL_BACK];
    size_t back_len;
    bool put_back; /* since the last seek */

    /* What it is. */
    bool reads, writes, appends, seeks;
    bool memory;   /* answers the calls of memory.h */
    bool owns;     /* rill_take() gives the memory */
    bool clamps;   /* seeking before the start goes to 0 */
    bool extends;  /* truncating to more fills with zeros */
    bool swallows; /* null: nothing is kept */
    bool walled;   /* there is no position beyond `limit` */
    int64_t limit; /* so many bytes of content at most; -1: any */

    /* What happened to it. */
    int failed;
    int views; /* of rill_getbuffer() */
};

/* Replace the content; position 0, nothing put back. */
void model_set(struct model *m, const void *data, size_t len);
void model_free(struct model *m);

/* Why it cannot read, or write, now: codes, or 0 where it can. */
unsigned model_no_read(const struct model *m);
unsigned model_no_write(const struct model *m);

int64_t model_tell(const struct model *m);

/* How many bytes come next, and the first `n` of them. */
size_t model_left(const struct model *m);
void model_next(const struct model *m, void *buf, size_t n);

/* Read `n` of them. */
void model_read(struct model *m, size_t n);

void model_put_back(struct model *m, unsigned char byte);

/* How many of `n` bytes may be written at the position, or at `at`. */
size_t model_room(const struct model *m, size_t n);
size_t model_room_at(const struct model *m, int64_t at, size_t n);

/* Write `n` > 0 bytes, for which there is room: at the position, which moves,
 * or at `at`. */
void model_write(struct model *m, const void *data, size_t n);
void model_write_at(struct model *m, int64_t at, const void *data, size_t n);

/* Where a seek goes: a position, or -1 with the codes that it may say. */
int64_t model_target(const struct model *m, int64_t offset, int whence,
                     unsigned *codes_out);

/* Be there; what was put back is dropped. */
void model_seek(struct model *m, int64_t target);

void model_truncate(struct model *m, int64_t size);

#endif /* FUZZ_MODEL_H */
