/*
 * rill/zlib.h - zlib's formats, for rill/codec.h.
 *
 *     rill_options o = RILL_OPTIONS_INIT;
 *     o.codec = &rill_gzip;
 *     rill *s = rill_open_with("log.gz", "a", &o);
 *
 * Level: 1 (fast) to 9 (small), RILL_LEVEL_ZERO (as it is); 0 is zlib's 6.
 * rill_flush() is a Z_SYNC_FLUSH. All memory is of the stream's allocator.
 */
#ifndef RILL_ZLIB_H
#define RILL_ZLIB_H

#include <rill/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* RFC 1952: .gz. Written without a name and a time, so that the same bytes
 * give the same file. Its CRC and length are checked. */
RILL_API extern const rill_codec rill_gzip;

/* RFC 1950: HTTP's "deflate". One member; an Adler-32 is checked. Begins with
 * only two bytes that say so, which a text may have too. */
RILL_API extern const rill_codec rill_zlib;

/* RFC 1951: bare, as in a zip file. One member, which nothing protects: a byte
 * that has changed may go unnoticed. Begins with anything. */
RILL_API extern const rill_codec rill_deflate;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_ZLIB_H */
