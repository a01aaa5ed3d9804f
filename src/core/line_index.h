/*
 * line_index.h - find all delimiters of a block of memory in one pass.
 *
 * Private to the core and its unit test.
 */
#ifndef RILL_LINE_INDEX_H
#define RILL_LINE_INDEX_H

#include <stddef.h>
#include <stdint.h>

/* How many entries may be written behind the `max` that were asked for. */
enum { RILL__INDEX_SLACK = 64 };

/*
 * Store the offsets from `p` of the bytes that equal `delimiter` (0 to 255),
 * in order, into `out`. Stops at the end of the `n` bytes (at most UINT32_MAX)
 * or once `max` > 0 are found and perhaps some more; `out` has room for `max` +
 * RILL__INDEX_SLACK, all of which may be overwritten. No byte outside of
 * p[0..n) is read.
 *
 * Returns how many were found; *scanned_out gets the number of bytes that were
 * looked at.
 */
size_t rill__index_lines(const unsigned char *p, size_t n, int delimiter,
                         uint32_t *out, size_t max, size_t *scanned_out);

/*
 * Go on with the `rank`-th best of the ways that this machine has; 0 is what
 * is used without this call. For tests, which try them all. Returns the name
 * of the way, NULL (and changes nothing) if there are not so many.
 */
const char *rill__index_use(size_t rank);

#endif /* RILL_LINE_INDEX_H */
