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

/* What it is that carries: "libpng, as pixels". */
extern const char carrier[];

/* Read the goods from `from`, which is at their start and holds nothing else,
 * send them through the library, and write what comes out to `to`. Returns 0,
 * or -1 where that failed: the carrier may have said on stderr why. */
int carry(rill *from, rill *to);

#endif
