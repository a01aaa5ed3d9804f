/*
 * rill/brotli.h - Brotli (RFC 7932), for rill/codec.h: HTTP's "br".
 *
 * Level: 1 (fast) to 11 (small), RILL_LEVEL_ZERO (faster still); 0 is Brotli's
 * 11, which is meant for what is packed once and served often: 5 or so is for
 * all else. One member, which begins with anything and has no checksum: a byte
 * that has changed may go unnoticed. All memory is of the stream's allocator.
 */
#ifndef RILL_BROTLI_H
#define RILL_BROTLI_H

#include <rill/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

RILL_API extern const rill_codec rill_brotli;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_BROTLI_H */
