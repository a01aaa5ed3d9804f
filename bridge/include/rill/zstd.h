/*
 * rill/zstd.h - Zstandard (RFC 8878), for rill/codec.h: .zst.
 *
 * Level: 1 (fast) to 22 (small), and -1 to -131072 (faster still); 0 is
 * zstd's 3. Written with a checksum, as the zstd program does; one is checked
 * where there is one. Skippable frames are skipped. Reading needs the memory
 * that the writer's level asks for: more than 128 MiB only where
 * rill_codec_options.max_memory says so. Memory is malloc()'s.
 */
#ifndef RILL_ZSTD_H
#define RILL_ZSTD_H

#include <rill/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

RILL_API extern const rill_codec rill_zstd;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_ZSTD_H */
