/*
 * side_by_side.h - a library's own fastest way, and the way through Rill.
 *
 * Each bridge/bench/NAME.c is a program that prepares its data and calls
 * side_by_side() once for each row; `make bench-bridges` runs them all.
 */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H

#include <stddef.h>

/*
 * Run `own` and `ours`, which do the same work once, in turns, and print a row:
 * what it is, the processor time of each, and the median of the ratios of
 * neighbours. Below 1: ours is faster; up to 1.02 is the target. `bytes` is how
 * much data one run moves: for the row's MB/s.
 */
void side_by_side(const char *what, size_t bytes, void (*own)(void *ctx),
                  void (*ours)(void *ctx), void *ctx);

/* Compressible, repeatable bytes, such as pictures and logs have. */
void fill_plausibly(void *buf, size_t len);

/* Say what is wrong, and exit. */
_Noreturn void give_up(const char *what);

#endif
