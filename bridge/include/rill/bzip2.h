/*
 * rill/bzip2.h - bzip2, for rill/codec.h: .bz2.
 *
 * Level: 1 to 9, blocks of that many 100 kB; 0 is the bzip2 program's 9. Blocks
 * do not end with a byte, so that rill_flush() has to end the member: what is
 * flushed often becomes long. CRCs are checked. All memory is of the stream's
 * allocator.
 */
#ifndef RILL_BZIP2_H
#define RILL_BZIP2_H

#include <rill/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

RILL_API extern const rill_codec rill_bzip2;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_BZIP2_H */
