/*
 * stdio_remap_write.c - writing to a FILE: characters, strings, blocks, printf().
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <string.h>

#include <rill/stdio.h>

/* ---- Characters and blocks ---------------------------------------------- */

/* Write a character: the lock is held. */
static int put(struct remap *f, int c)
{
    unsigned char byte = (unsigned char)c;

    if (RILL_LIKELY(f->pub.out->wpos < f->pub.out->wend))
        return *f->pub.out->wpos++ = byte;
    if (!rill__remap_may_write(f) || rill__remap_write(f, &byte, 1) != 1 ||
        rill__remap_wrote(f) != 0)
        return EOF;
    return byte;
}

int rill_stdio_fputc(int c, rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int r = put(f, c);

    remap_unlock(f, locked);
    return r;
}

int rill_stdio_putchar(int c)
{
    return rill_stdio_fputc(c, rill_stdio_stdout);
}

/* Write `n` bytes, and what is not to wait. Returns how many were written. */
static size_t write_bytes(struct remap *f, const void *buf, size_t n)
{
    size_t done;

    if (!rill__remap_may_write(f))
        return 0;
    done = rill__remap_write(f, buf, n);
    return done == n && rill__remap_wrote(f) != 0 ? 0 : done;
}

size_t rill_stdio_fwrite(const void *buf, size_t size, size_t count,
                         rill_FILE *file)
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
        n = write_bytes(f, buf, size * count);
    }
    remap_unlock(f, locked);
    return n == size * count ? count : n / size;
}

int rill_stdio_fputs(const char *text, rill_FILE *f)
{
    size_t n = strlen(text);

    if (n == 0)
        return 0;
    return rill_stdio_fwrite(text, 1, n, f) == n ? 1 : EOF;
}

int rill_stdio_puts(const char *text)
{
    struct remap *f = remap_of(rill_stdio_stdout);
    size_t n = strlen(text);
    bool locked = remap_lock(f);
    bool done = rill__remap_may_write(f) &&
                rill__remap_write(f, text, n) == n &&
                rill__remap_write(f, "\n", 1) == 1 && rill__remap_wrote(f) == 0;

    remap_unlock(f, locked);
    return done ? 1 : EOF;
}

/* ---- printf() ----------------------------------------------------------- */

enum { SMALL = 512, LARGE = 64 * 1024 };

/* Format `n` bytes, more than there was room for, in memory. */
static int print_aside(struct remap *f, int n, const char *format, va_list args)
{
    char *text = malloc((size_t)n + 1);

    if (!text) {
        f->error = true;
        return -1;
    }
    n = vsnprintf(text, (size_t)n + 1, format, args);
    if (n >= 0 && write_bytes(f, text, (size_t)n) != (size_t)n)
        n = -1;
    free(text);
    return n;
}

/* Format what may be larger than memory: the C library writes it in pieces. */
static int print_large(struct remap *f, const char *format, va_list args)
{
    FILE *c = rill_as_file(f->s, "w", RILL_BORROW);
    int n, rc;

    if (!c) {
        f->error = true;
        return -1;
    }
    n = vfprintf(c, format, args);
    if (fclose(c) != 0)
        n = -1;
    rc = rill_failed(f->s, NULL);
    return rc < 0 ? rill__remap_fail(f, rc) : n;
}

/* vsnprintf() ends with a NUL; so where that may fall into content, and where
 * there is no room to speak of, the text is formatted aside. */
static int print(struct remap *f, const char *format, va_list args)
{
    rill *out = f->pub.out;
    char small[SMALL], *text = small;
    size_t size = sizeof(small);
    va_list again;
    int n;

    if (!rill__remap_may_write(f))
        return -1;
    if (f->fd >= 0 && (size_t)(out->wend - out->wpos) > size) {
        text = (char *)out->wpos;
        size = (size_t)(out->wend - out->wpos);
    }
    va_copy(again, args);
    n = vsnprintf(text, size, format, again);
    va_end(again);
    if (n >= LARGE && (size_t)n >= size)
        return print_large(f, format, args);
    if (n >= 0 && (size_t)n >= size)
        return print_aside(f, n, format, args);
    if (n > 0 && text != small)
        out->wpos += n;
    else if (n > 0 && write_bytes(f, text, (size_t)n) != (size_t)n)
        return -1;
    return n;
}

int rill_stdio_vfprintf(rill_FILE *file, const char *format, va_list args)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int n = print(f, format, args);

    remap_unlock(f, locked);
    return n;
}

int rill_stdio_vprintf(const char *format, va_list args)
{
    return rill_stdio_vfprintf(rill_stdio_stdout, format, args);
}

int rill_stdio_fprintf(rill_FILE *f, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = rill_stdio_vfprintf(f, format, args);
    va_end(args);
    return n;
}

int rill_stdio_printf(const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = rill_stdio_vprintf(format, args);
    va_end(args);
    return n;
}

#endif
