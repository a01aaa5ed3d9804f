/*
 * stdio_remap_scan.c - scanf(), by the C library's own.
 *
 * That reads from a FILE of its own: so it gets one, whose bytes are those that
 * rill_peek() shows of ours. They stay where they are until scanf() asks for
 * what is behind them, or is done; then those are consumed that it has used,
 * and not what its FILE had read ahead, or had put back.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <string.h>

#include <rill/stdio.h>

/* The store under the scanner. */
struct source {
    struct remap *f;
    size_t given; /* how many bytes, behind the position, the scanner has */
    bool dry;     /* only what was put back is wanted now */
};

enum { PIECE = 256 }; /* most calls need less */

static ptrdiff_t source_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    struct source *p = self;
    rill *from = p->f->s;
    const void *data;
    ptrdiff_t have;

    (void)s, (void)offset;
    if (p->dry)
        return 0;
    rill_consume(from, p->given);
    p->given = 0;
    have = rill_peek(from, &data, 0);
    if (have <= 0)
        return (ptrdiff_t)rill_wrapped_result(from, have);
    if (n > (size_t)have)
        n = (size_t)have;
    if (n > PIECE)
        n = PIECE;
    memcpy(buf, data, n);
    p->given = n;
    return (ptrdiff_t)n;
}

static const rill_ops source_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct source),
    .name = "scanf",
    .read = source_read,
};

static bool make_scanner(struct remap *f)
{
    rill_options o = RILL_OPTIONS_INIT;
    void *self;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_ops(&source_ops, RILL_READ, NULL, &o, &self);
    if (!s)
        return false;
    f->scanner = rill_as_file(s, "r", RILL_TAKE);
    if (!f->scanner) {
        rill_discard(s);
        return false;
    }
#ifndef STDIO_AHEAD
    setvbuf(f->scanner, NULL, _IONBF, 0);
#endif
    *(struct source *)self = (struct source){.f = f};
    f->source = s;
    return true;
}

/* How many of the bytes that the scanner was given it has not used; from here
 * on it does not have them. */
static size_t take_back(struct source *p, FILE *scanner)
{
    size_t n = 0;

#ifdef STDIO_AHEAD
    (void)p;
    n = STDIO_AHEAD(scanner);
    STDIO_FORGET(scanner);
#else /* it has no buffer, but for what was put back */
    p->dry = true;
    clearerr(scanner);
    while (getc(scanner) != EOF)
        n++;
    p->dry = false;
#endif
    return n;
}

static int scan(struct remap *f, const char *format, va_list args)
{
    struct source *p;
    bool ended, failed;
    int n, err;

    if (!rill__remap_may_read(f) || (!f->scanner && !make_scanner(f)))
        return EOF;
    p = rill_self(f->source, &source_ops);
    rill_clear(f->source);
    clearerr(f->scanner);
    n = vfscanf(f->scanner, format, args);
    err = errno;
    ended = feof(f->scanner) != 0;
    failed = ferror(f->scanner) != 0;
    rill_consume(f->s, p->given - take_back(p, f->scanner));
    p->given = 0;
    errno = err;
    if (failed)
        rill__remap_short(f);
    else if (ended)
        f->eof = true;
    return n;
}

int rill_stdio_vfscanf(rill_FILE *file, const char *format, va_list args)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int n = scan(f, format, args);

    remap_unlock(f, locked);
    return n;
}

int rill_stdio_vscanf(const char *format, va_list args)
{
    return rill_stdio_vfscanf(rill_stdio_stdin, format, args);
}

int rill_stdio_fscanf(rill_FILE *f, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = rill_stdio_vfscanf(f, format, args);
    va_end(args);
    return n;
}

int rill_stdio_scanf(const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = rill_stdio_vscanf(format, args);
    va_end(args);
    return n;
}

#endif
