/*
 * lines.c - rill_lines: a loop over many lines.
 *
 * The window is indexed a block at a time; rill_lines_next() pops the line ends
 * from the index, inline. Only a line that goes on beyond the window takes
 * another way: rill_readuntil() makes it contiguous, and its end becomes an
 * index of one entry.
 */
#include <rill/line.h>

#include "line_index.h"

/* How many bytes are indexed at a time: enough lines to make up for the call,
 * few enough to be in the nearest cache still when the caller looks at them. */
enum { LINES_BLOCK = 4 * 1024 };

void rill_lines_begin(rill_lines *it, rill *s, int delimiter)
{
    it->pos = s->rpos;
    it->base = s->rpos;
    it->scanned = s->rpos;
    it->next = it->index;
    it->last = it->index;
    it->s = s;
    it->delimiter = delimiter;
    it->status = RILL_OK;
}

/* Index what is left of the window until a line end is found. Returns whether
 * one was. */
static int lines_index_window(rill_lines *it)
{
    const unsigned char *end = it->s->rend;

    while (it->scanned < end) {
        size_t n = (size_t)(end - it->scanned);
        size_t count;

        if (n > LINES_BLOCK)
            n = LINES_BLOCK;
        it->base = it->scanned;
        count = rill__index_lines(it->base, n, it->delimiter, it->index,
                                  RILL_LINES_INDEX, &n);
        it->scanned = it->base + n;
        if (count > 0) {
            it->next = it->index;
            it->last = it->index + count;
            return 1;
        }
    }
    return 0;
}

/* Get a line that the window does not hold in full, and the next window. */
static int lines_read(rill_lines *it)
{
    const char *line;
    ptrdiff_t len = rill_readuntil(it->s, it->delimiter, &line);

    it->status = len < 0 ? (int)len : RILL_OK;
    it->pos = it->scanned = it->s->rpos;
    if (len <= 0)
        return 0;
    /* Lines may be longer than the index counts, so it counts from the end. */
    it->pos = (const unsigned char *)line;
    it->base = it->pos + (len - 1);
    it->index[0] = 0;
    it->next = it->index;
    it->last = it->index + 1;
    return 1;
}

int rill_lines_next_slow(rill_lines *it)
{
    if (it->delimiter < 0 || it->delimiter > 255) {
        it->status = RILL_EINVAL;
        return 0;
    }
    if (lines_index_window(it))
        return 1;
    it->s->rpos = it->pos;
    return lines_read(it);
}

int rill_lines_end(rill_lines *it)
{
    it->s->rpos = it->pos;
    return it->status;
}
