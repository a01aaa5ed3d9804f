/*
 * chars.c - characters, and lines that end as a text stream's do.
 *
 * These work on the window of any stream, which holds UTF-8: a character is
 * looked at as a whole before it is taken.
 */
#include <rill/line.h>

#include <string.h>

#include "text.h"

/*
 * Look at the next character of the stream, as a whole. Returns how many bytes
 * it has, 1 for one that is none (*character_out: RILL_EDATA); 0 at the end, or
 * a code.
 */
static ptrdiff_t chars_look(rill *s, const void **data_out,
                            int32_t *character_out)
{
    ptrdiff_t have = 0, more;
    uint32_t character = 0;
    int size = 0;

    while (size == 0) {
        more = rill_peek(s, data_out, (size_t)have + 1);
        if (more <= 0)
            return more;
        if (more == have)
            break; /* the end, within a character */
        have = more;
        size = rill__utf8_get(*data_out, (size_t)have, &character);
    }
    *character_out = size > 0 ? (int32_t)character : RILL_EDATA;
    return size > 0 ? size : 1;
}

int32_t rill_getchar(rill *s)
{
    int32_t character = RILL_EEOF;
    const void *data;
    ptrdiff_t size;

    if (s->rpos < s->rend && *s->rpos < 0x80)
        return *s->rpos++;
    size = chars_look(s, &data, &character);
    if (size < 0)
        return (int32_t)size;
    (void)!rill_consume(s, (size_t)size);
    return character;
}

int rill_putchar(rill *s, uint32_t character)
{
    unsigned char bytes[4];
    ptrdiff_t r;
    int size;

    if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
        return RILL_EINVAL;
    size = rill__utf8_put(bytes, character);
    r = rill_write(s, bytes, (size_t)size);
    return (int)r;
}

ptrdiff_t rill_read_chars(rill *s, char *buf, size_t size, size_t count)
{
    size_t done = 0;
    ptrdiff_t r = 0;

    if (size > PTRDIFF_MAX)
        return RILL_ERANGE;
    while (count > 0) {
        const void *data;
        int32_t character;

        r = chars_look(s, &data, &character);
        if (r <= 0)
            break;
        if ((size_t)r > size - done) {
            r = RILL_ERANGE;
            break;
        }
        memcpy(buf + done, data, (size_t)r);
        (void)!rill_consume(s, (size_t)r);
        done += (size_t)r;
        count--;
    }
    return done > 0 ? (ptrdiff_t)done : r;
}

/* A line that ends in any of \n, \r and \r\n (keep), or in \r\n only. */
static ptrdiff_t chars_read_line(rill *s, int newline, const char **line_out)
{
    size_t have = 0, searched = 0, n = 0;
    bool ended = false;

    while (!ended) {
        const void *data;
        ptrdiff_t r = rill_peek(s, &data, have + 1);

        if (r <= 0 && (have == 0 || rill_failed(s, NULL) == RILL_OK))
            return r;
        ended = r <= (ptrdiff_t)have; /* a failure shows in the next call */
        have = (size_t)(s->rend - s->rpos);
        n = rill_newlines_find(s->rpos + searched, have - searched, 1, newline);
        if (n > 0)
            n += searched;
        /* Behind a \r there may be a \n. */
        if (n > 0 && (n < have || s->rpos[n - 1] == '\n'))
            break;
        searched = have - 1;
    }
    if (n == 0)
        n = have;
    *line_out = (const char *)s->rpos;
    (void)!rill_consume(s, n);
    return (ptrdiff_t)n;
}

ptrdiff_t rill_text_readline(rill *s, const char **line_out)
{
    struct text *t = rill__text_of(s);

    if (t &&
        (t->newline == RILL_NEWLINE_KEEP || t->newline == RILL_NEWLINE_CRLF))
        return chars_read_line(s, t->newline, line_out);
    return rill_readuntil(s, t && t->newline == RILL_NEWLINE_CR ? '\r' : '\n',
                          line_out);
}
