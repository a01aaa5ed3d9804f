/*
 * rill/line.h - lines, and records that end in any byte.
 *
 * A line here always includes its delimiter; the last one may lack it. NULs
 * are data: every call returns a length. Rules as in rill/stream.h.
 *
 * Which to use: rill_lines for a loop over many lines (fastest); rill_readline
 * for one, without a copy; rill_getline where the line must outlive the next
 * call; rill_readline_into where its length must be bounded.
 */
#ifndef RILL_LINE_H
#define RILL_LINE_H

#include <rill/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Read to the next `delimiter` (0 to 255), that included, without a copy:
 * *line_out points into the window until the next call on the stream.
 *
 * Returns the length, 0 at the end; RILL_ELIMIT where the line is longer than
 * the window limit (never for memory): nothing was read, take the line in
 * pieces with rill_readuntil_into(). A failure after some bytes returns those
 * bytes, and the next call returns the failure.
 */
RILL_API ptrdiff_t rill_readuntil(rill *s, int delimiter,
                                  const char **line_out);

static inline ptrdiff_t rill_readline(rill *s, const char **line_out)
{
    return rill_readuntil(s, '\n', line_out);
}

/*
 * The same into the caller's memory, as POSIX getdelim(): *buf (malloc'ed, or
 * NULL with *size 0) is grown with realloc() as needed and stays the caller's,
 * to be freed with free(). The line is followed by a NUL that is not counted.
 * Returns the length, 0 at the end; on RILL_ENOMEM nothing was read where the
 * stream can seek. Lines of any length that memory holds.
 */
RILL_API ptrdiff_t rill_getdelim(rill *s, char **buf, size_t *size,
                                 int delimiter);

static inline ptrdiff_t rill_getline(rill *s, char **buf, size_t *size)
{
    return rill_getdelim(s, buf, size, '\n');
}

/*
 * The same, but at most `size` bytes, as Python's readline(size): the rest of
 * a longer line is what the next call reads. No NUL is stored.
 */
RILL_API ptrdiff_t rill_readuntil_into(rill *s, int delimiter, void *buf,
                                       size_t size);

static inline ptrdiff_t rill_readline_into(rill *s, void *buf, size_t size)
{
    return rill_readuntil_into(s, '\n', buf, size);
}

/* One line: `len` bytes at `data`, delimiter included. */
typedef struct rill_line {
    const char *data;
    size_t len;
} rill_line;

/*
 * Iterate over the lines of a stream from an index of line ends that is made
 * for many lines at once:
 *
 *     rill_lines it;
 *     rill_line line;
 *     rill_lines_begin(&it, s, '\n');
 *     while (rill_lines_next(&it, &line))
 *         use(line.data, line.len);
 *     int rc = rill_lines_end(&it);
 *
 * A line is valid until the next rill_lines_next(). Between begin and end the
 * stream must not be used otherwise; rill_lines_end() leaves its position
 * behind the last line that was returned.
 */
enum { RILL_LINES_INDEX = 256 };

typedef struct rill_lines {
    const unsigned char *pos;     /* where the next line starts */
    const unsigned char *base;    /* what the index counts from */
    const unsigned char *scanned; /* the window is indexed up to here */
    const uint32_t *next, *last;  /* the ends not yet returned */
    rill *s;
    int delimiter;
    int status;
    uint32_t index[RILL_LINES_INDEX + 64];
} rill_lines;

RILL_API void rill_lines_begin(rill_lines *it, rill *s, int delimiter);

/* Put at least one line into the index, if there is one: rill_lines_next()
 * calls this. */
RILL_API int rill_lines_next_slow(rill_lines *it);

/* Get the next line: 1, or 0 when there is none (then rill_lines_end() says
 * whether that was the end or a failure). */
static inline int rill_lines_next(rill_lines *it, rill_line *line_out)
{
    const unsigned char *end;

    if (!RILL_LIKELY(it->next < it->last) && !rill_lines_next_slow(it))
        return 0;
    end = it->base + *it->next++ + 1;
    line_out->data = (const char *)it->pos;
    line_out->len = (size_t)(end - it->pos);
    it->pos = end;
    return 1;
}

/* Write the position back. Returns 0, or why the iteration stopped early. */
RILL_API int rill_lines_end(rill_lines *it);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_LINE_H */
