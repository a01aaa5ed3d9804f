/*
 * rill/lz4.h - LZ4's frame format, for rill/codec.h: .lz4.
 *
 * Level: 1 and 2 (fast), 3 to 12 (small, slow to write), and -1 to -65537
 * (faster still); 0 is 1. Written in blocks of 64 KiB that refer to each other,
 * with a checksum of all, as the lz4 program does; one is checked where there
 * is one. Skippable frames are skipped. Memory is malloc()'s.
 */
#ifndef RILL_LZ4_H
#define RILL_LZ4_H

#include <rill/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

RILL_API extern const rill_codec rill_lz4;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_LZ4_H */
