/*
 * rill/lzma.h - the formats of the xz utilities, by liblzma, for rill/codec.h.
 *
 * Level: 1 (fast) to 9 (small), RILL_LEVEL_ZERO (faster still); 0 is xz's 6.
 * That takes 94 MiB of memory to write and 9 to read; level 9 takes 674 and 65.
 * rill_codec_options.max_memory refuses what needs more to be read: there is no
 * other limit. rill_flush() is an LZMA_SYNC_FLUSH. All memory is of the stream's
 * allocator.
 */
#ifndef RILL_LZMA_H
#define RILL_LZMA_H

#include <rill/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* .xz. Written with a CRC-64, as the xz program does; what is checked by a way
 * that liblzma does not know is RILL_EDATA. */
RILL_API extern const rill_codec rill_xz;

/* .lzma, the old format: one member, for reading only. It has no checksum, so
 * that a byte that has changed may go unnoticed; that data begin so is only
 * likely, not certain. */
RILL_API extern const rill_codec rill_lzma;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_LZMA_H */
