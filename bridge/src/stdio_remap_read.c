/*
 * stdio_remap_read.c - reading from a FILE: characters, lines, blocks.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <string.h>

/* A character, or EOF: the lock is held. */
static int get(struct remap *f)
{
    int c;

    if (RILL_LIKELY(f->pub.in->rpos < f->pub.in->rend))
        return *f->pub.in->rpos++;
    if (!rill__remap_may_read(f))
        return EOF;
    c = rill_getc(f->s);
    if (c >= 0)
        return c;
    if (c != RILL_EEOF)
        return rill__remap_fail(f, c);
    f->eof = true;
    return EOF;
}

int rill_stdio_fgetc(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int c = get(f);

    remap_unlock(f, locked);
    return c;
}

int rill_stdio_getchar(void)
{
    return rill_stdio_fgetc(rill_stdio_stdin);
}

int rill_stdio_ungetc(int c, rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked, done;

    if (c == EOF)
        return EOF;
    locked = remap_lock(f);
    done = rill__remap_ready(f) && f->access & RILL_READ &&
           rill_ungetc(f->s, c) >= 0;
    f->eof = f->eof && !done;
    remap_unlock(f, locked);
    return done ? (unsigned char)c : EOF;
}

/* Read `n` bytes, or as many as there are. */
static size_t read_bytes(struct remap *f, void *buf, size_t n)
{
    ptrdiff_t r;

    if (!rill__remap_may_read(f))
        return 0;
    r = rill_read(f->s, buf, n);
    if (r < 0) {
        rill__remap_fail(f, r);
        return 0;
    }
    if ((size_t)r < n)
        rill__remap_short(f);
    return (size_t)r;
}

size_t rill_stdio_fread(void *buf, size_t size, size_t count, rill_FILE *file)
{
    struct remap *f = remap_of(file);
    size_t n;
    bool locked;

    if (size == 0 || count == 0)
        return 0;
    locked = remap_lock(f);
    if (count > PTRDIFF_MAX / size) {
        f->error = true;
        errno = EOVERFLOW;
        n = 0;
    } else {
        n = read_bytes(f, buf, size * count);
    }
    remap_unlock(f, locked);
    return n == size * count ? count : n / size;
}

/* How long the line is that is wholly in the window, or its first `n` bytes; 0:
 * there is no such. */
static size_t line_in_window(const struct remap *f, int delimiter, size_t n)
{
    const rill *in = f->pub.in;
    size_t have = (size_t)(in->rend - in->rpos);
    const unsigned char *end;

    if (have == 0)
        return 0;
    end = memchr(in->rpos, delimiter, have < n ? have : n);
    if (end)
        return (size_t)(end + 1 - in->rpos);
    return have >= n ? n : 0;
}

/* Read a line, or the first `n` bytes of one. How many bytes it has. */
static size_t read_line(struct remap *f, char *buf, size_t n)
{
    size_t len = line_in_window(f, '\n', n);
    ptrdiff_t r;

    if (len > 0) {
        rill_read(f->pub.in, buf, len);
        return len;
    }
    if (!rill__remap_may_read(f))
        return 0;
    r = rill_readline_into(f->s, buf, n);
    if (r < 0) {
        rill__remap_fail(f, r);
        return 0;
    }
    if ((size_t)r < n && (r == 0 || buf[r - 1] != '\n'))
        rill__remap_short(f);
    return (size_t)r;
}

char *rill_stdio_fgets(char *buf, int size, rill_FILE *file)
{
    struct remap *f = remap_of(file);
    size_t n = 0;
    bool locked;

    if (size <= 0) {
        errno = EINVAL;
        return NULL;
    }
    if (size > 1) {
        locked = remap_lock(f);
        n = read_line(f, buf, (size_t)size - 1);
        remap_unlock(f, locked);
        if (n == 0)
            return NULL;
    }
    buf[n] = 0;
    return buf;
}

/* As getdelim(), with the lock held. */
static ptrdiff_t read_delimited(struct remap *f, char **linep, size_t *sizep,
                                int delimiter)
{
    size_t len;
    ptrdiff_t r;

    if (!*linep)
        *sizep = 0;
    len = *sizep > 1 ? line_in_window(f, delimiter, *sizep) : 0;
    if (len > 0 && len < *sizep) {
        rill_read(f->pub.in, *linep, len);
        (*linep)[len] = 0;
        return (ptrdiff_t)len;
    }
    if (!rill__remap_may_read(f))
        return -1;
    r = rill_getdelim(f->s, linep, sizep, delimiter);
    if (r < 0)
        return rill__remap_fail(f, r);
    if (r == 0 || (unsigned char)(*linep)[r - 1] != (unsigned char)delimiter)
        rill__remap_short(f);
    return r > 0 ? r : -1;
}

ssize_t rill_stdio_getdelim(char **linep, size_t *sizep, int delimiter,
                            rill_FILE *file)
{
    struct remap *f = remap_of(file);
    ptrdiff_t r;
    bool locked;

    if (!linep || !sizep) {
        errno = EINVAL;
        return -1;
    }
    locked = remap_lock(f);
    r = read_delimited(f, linep, sizep, delimiter);
    remap_unlock(f, locked);
    return r;
}

ssize_t rill_stdio_getline(char **linep, size_t *sizep, rill_FILE *f)
{
    return rill_stdio_getdelim(linep, sizep, '\n', f);
}

#endif
