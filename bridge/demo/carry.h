/*
 * carry.h - the part of the demo that each bridge plays.
 *
 * Goods (a picture's bytes, an archive's) go through the library, over streams,
 * and must come out as they were. Each bridge/demo/NAME.c is one carrier; the
 * main program in carry.c brings the goods, and compares.
 */
#ifndef CARRY_H
#define CARRY_H

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What it is that carries: "libpng, as pixels". */
extern const char carrier[];

/* Read the goods from `from`, which is at their start and holds nothing else,
 * send them through the library, and write what comes out to `to`. Returns 0,
 * or -1 where that failed: the carrier may have said on stderr why. */
int carry(rill *from, rill *to);

/*
 * For what carries pixels or samples: all of `from` behind eight bytes that say
 * how long it is, and zeros behind it up to a multiple. free() it. Returns how
 * many bytes there are; exits where there is no memory.
 */
size_t carry_pad(rill *from, size_t multiple, unsigned char **data_out);

/* The way back: 0, or -1 if these bytes are no such block. */
int carry_unpad(const unsigned char *data, size_t n, rill *to);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
