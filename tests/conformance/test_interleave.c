/*
 * Reading, writing, seeking and truncating in any order: random programs,
 * compared step by step with a model that is an array and a position.
 *
 * Each step draws an operation and small arguments, does it on the stream and
 * on the model, and compares result, position and now and then the content. A
 * difference prints the seed and the program so far.
 */
#include "fixture.h"

enum { STEPS = 60, PROGRAMS = 120, LIMIT = 600 };

typedef struct model {
    unsigned char data[4096];
    int64_t len, at;
    int append;
} model;

typedef struct program {
    fixture *fx;
    rill *s;
    model m;
    uint64_t seed, first_seed;
    char log[STEPS * 64];
    size_t logged;
} program;

/* ---- The model ---------------------------------------------------------- */

static int64_t model_read(model *m, void *buf, int64_t n)
{
    if (m->at >= m->len)
        return 0;
    if (n > m->len - m->at)
        n = m->len - m->at;
    memcpy(buf, m->data + m->at, (size_t)n);
    m->at += n;
    return n;
}

static void model_put(model *m, const void *buf, int64_t n, int64_t at)
{
    if (n == 0)
        return;
    if (at > m->len)
        memset(m->data + m->len, 0, (size_t)(at - m->len));
    memcpy(m->data + at, buf, (size_t)n);
    if (at + n > m->len)
        m->len = at + n;
}

static void model_write(model *m, const void *buf, int64_t n)
{
    if (m->append && n)
        m->at = m->len;
    model_put(m, buf, n, m->at);
    m->at += n;
}

static void model_truncate(model *m, int64_t size, int extends)
{
    if (size > m->len && !extends)
        return;
    if (size > m->len)
        memset(m->data + m->len, 0, (size_t)(size - m->len));
    m->len = size;
}

/* How many bytes the next line has. */
static int64_t model_line(const model *m, int delimiter)
{
    const unsigned char *end;
    int64_t left = m->len - m->at;

    if (left <= 0)
        return 0;
    end = memchr(m->data + m->at, delimiter, (size_t)left);
    return end ? end - (m->data + m->at) + 1 : left;
}

/* ---- Comparing ---------------------------------------------------------- */

static void note(program *p, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(p->log + p->logged, sizeof(p->log) - p->logged, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof(p->log) - p->logged)
        p->logged += (size_t)n;
}

static void differs(program *p, const char *what, int64_t want, int64_t got)
{
    FAIL("%s: seed %llu: %s: expected %lld, got %lld, at the end of:\n%s",
         p->fx->row->name, (unsigned long long)p->first_seed, what,
         (long long)want, (long long)got, p->log);
}

static void same(program *p, const char *what, int64_t want, int64_t got)
{
    if (want != got)
        differs(p, what, want, got);
}

static void same_bytes(program *p, const void *want, const void *got, int64_t n)
{
    const unsigned char *w = want, *g = got;

    for (int64_t i = 0; i < n; i++)
        if (w[i] != g[i])
            differs(p, "a byte", w[i], g[i]);
}

static int64_t below(program *p, uint64_t limit)
{
    return (int64_t)test_below(&p->seed, limit);
}

/* ---- The operations ----------------------------------------------------- */

static void do_read(program *p)
{
    unsigned char want[LIMIT], got[LIMIT];
    int64_t n = below(p, below(p, 4) ? 30 : LIMIT);
    int64_t had;

    note(p, "read %d\n", (int)n);
    had = model_read(&p->m, want, n);
    same(p, "read", had, fixture_read(p->s, got, (size_t)n));
    same_bytes(p, want, got, had);
}

static void do_getc(program *p)
{
    unsigned char c;
    int64_t want = model_read(&p->m, &c, 1) ? c : RILL_EEOF;
    int64_t got;

    note(p, "getc\n");
    RETRY(got, rill_getc(p->s));
    same(p, "getc", want, got);
}

static void do_write(program *p)
{
    unsigned char data[LIMIT];
    int64_t n = below(p, below(p, 4) ? 20 : 300);

    for (int64_t i = 0; i < n; i++)
        data[i] = (unsigned char)(below(p, 4) ? 'a' + below(p, 26) : '\n');
    if (p->m.at + n > LIMIT * 4)
        n = 0;
    note(p, "write %d\n", (int)n);
    model_write(&p->m, data, n);
    same(p, "write", n, fixture_write(p->s, data, (size_t)n));
}

static void do_putc(program *p)
{
    unsigned char c =
        (unsigned char)below(p, p->fx->row->can & TEXT ? 128 : 256);
    int64_t got;

    note(p, "putc %d\n", c);
    model_write(&p->m, &c, 1);
    RETRY(got, rill_putc(p->s, c));
    same(p, "putc", c, got);
}

static void do_seek(program *p)
{
    int whence = (int)below(p, 3);
    int64_t to = below(p, below(p, 4) ? (uint64_t)p->m.len + 1 : LIMIT);
    int64_t from = whence == RILL_SEEK_SET   ? 0
                   : whence == RILL_SEEK_CUR ? p->m.at
                                             : p->m.len;

    note(p, "seek %d %d\n", (int)(to - from), whence);
    p->m.at = to;
    same(p, "seek", to, fixture_seek(p->s, to - from, whence));
}

static void do_truncate(program *p)
{
    int64_t size = below(p, (uint64_t)p->m.len + 30);

    note(p, "truncate %d\n", (int)size);
    model_truncate(&p->m, size, (p->fx->row->can & EXTENDS) != 0);
    same(p, "truncate", RILL_OK, fixture_truncate(p->s, size));
}

static void do_peek(program *p)
{
    int64_t left = p->m.len > p->m.at ? p->m.len - p->m.at : 0;
    int64_t n = below(p, 100), used;
    const void *seen;
    ptrdiff_t got;

    RETRY(got, rill_peek(p->s, &seen, (size_t)n));
    note(p, "peek %d\n", (int)n);
    if (got < 0 || got > left || (got < n && got < left))
        differs(p, "peek", n < left ? n : left, got);
    if (n == 0 && left && !got)
        differs(p, "peek", 1, got);
    same_bytes(p, p->m.data + p->m.at, seen, got);
    used = below(p, (uint64_t)got + 1);
    note(p, "consume %d\n", (int)used);
    same(p, "consume", RILL_OK, rill_consume(p->s, (size_t)used));
    p->m.at += used;
}

static void do_ungetc(program *p)
{
    int64_t got;

    if (p->m.at == 0 || p->m.at > p->m.len)
        return;
    /* Bytes equal to those before: a step back, whatever follows. */
    p->m.at--;
    note(p, "ungetc of the byte before\n");
    RETRY(got, rill_ungetc(p->s, p->m.data[p->m.at]));
    same(p, "ungetc", p->m.data[p->m.at], got);
}

static void do_readline(program *p)
{
    int64_t want = model_line(&p->m, '\n');
    const char *line;
    ptrdiff_t got;

    note(p, "readline\n");
    RETRY(got, rill_readline(p->s, &line));
    if (p->fx->row->can & BLOCKS && got < want && got > 0)
        want = got; /* cut short by a store that had no more just then */
    same(p, "readline", want, got);
    same_bytes(p, p->m.data + p->m.at, line, got);
    p->m.at += got;
}

static void do_reserve(program *p)
{
    int64_t want = below(p, 50), used;
    void *room;
    ptrdiff_t got;

    RETRY(got, rill_reserve(p->s, &room, (size_t)want));
    note(p, "reserve %d\n", (int)want);
    if (got < want || got < 1)
        differs(p, "reserve", want, got);
    used = below(p, (uint64_t)want + 1);
    memset(room, '#', (size_t)used);
    note(p, "commit %d\n", (int)used);
    model_write(&p->m, room, used);
    RETRY(got, rill_commit(p->s, (size_t)used));
    same(p, "commit", RILL_OK, got);
}

static void do_pread(program *p)
{
    unsigned char got[64];
    int64_t at = below(p, LIMIT), n = below(p, sizeof(got)), rc;
    int64_t left = p->m.len > at ? p->m.len - at : 0;

    note(p, "pread %d at %d\n", (int)n, (int)at);
    RETRY(rc, rill_pread(p->s, got, (size_t)n, at));
    if (p->fx->row->can & BLOCKS && rc >= 0 && rc < n)
        return;
    same(p, "pread", n < left ? n : left, rc);
    same_bytes(p, p->m.data + at, got, rc);
}

static void do_pwrite(program *p)
{
    int64_t at = below(p, LIMIT), n = below(p, 30), rc;

    if (p->m.append || p->fx->row->can & BLOCKS)
        return;
    note(p, "pwrite %d at %d\n", (int)n, (int)at);
    model_put(&p->m, "abcdefghijklmnopqrstuvwxyz0123456789", n, at);
    rc = rill_pwrite(p->s, "abcdefghijklmnopqrstuvwxyz0123456789", (size_t)n,
                     at);
    same(p, "pwrite", n, rc);
}

static void do_skip(program *p)
{
    int64_t n = below(p, 40);
    int64_t left = p->m.len > p->m.at ? p->m.len - p->m.at : 0;
    int64_t got;

    if (p->fx->row->can & BLOCKS)
        return;
    note(p, "skip %d\n", (int)n);
    n = n < left ? n : left;
    RETRY(got, rill_skip(p->s, n));
    same(p, "skip", n, got);
    p->m.at += n;
}

static void do_flush(program *p)
{
    note(p, "flush\n");
    same(p, "flush", RILL_OK, fixture_flush(p->s));
}

static void do_compare(program *p)
{
    unsigned char got[sizeof(p->m.data)];
    int64_t n;

    note(p, "compare all\n");
    same(p, "seek", 0, fixture_seek(p->s, 0, RILL_SEEK_SET));
    n = fixture_read(p->s, got, sizeof(got));
    same(p, "content", p->m.len, n);
    same_bytes(p, p->m.data, got, n);
    p->m.at = p->m.len;
}

typedef void operation(program *p);

static operation *const operations[] = {
    do_read,  do_read,     do_read,    do_getc,     do_write,
    do_write, do_write,    do_putc,    do_seek,     do_seek,
    do_seek,  do_truncate, do_peek,    do_ungetc,   do_readline,
    do_pread, do_pwrite,   do_reserve, do_skip,     do_flush,
    do_getc,  do_getc,     do_putc,    do_readline, do_compare,
};

static void run(fixture *fx, uint64_t seed, int append)
{
    enum { COUNT = sizeof(operations) / sizeof(operations[0]) };
    program p = {.fx = fx, .seed = seed, .first_seed = seed};
    int64_t size;

    p.m.append = append;
    p.m.len = below(&p, 200);
    test_pattern(p.m.data, (size_t)p.m.len, (int64_t)seed);
    note(&p, "open with %d bytes%s\n", (int)p.m.len, append ? ", append" : "");
    p.s =
        fixture_open_bytes(fx, append ? "a+" : "r+", p.m.data, (size_t)p.m.len);
    p.m.at = append ? p.m.len : 0;
    for (int i = 0; i < STEPS; i++) {
        operations[below(&p, COUNT)](&p);
        same(&p, "tell", p.m.at, rill_tell(p.s));
        if (below(&p, 4) == 0) {
            RETRY(size, rill_size(p.s));
            same(&p, "size", p.m.len, size);
        }
    }
    note(&p, "close\n");
    fixture_close(fx, p.s);
    same(&p, "the content left", p.m.len, (int64_t)fx->bytes.len);
    same_bytes(&p, p.m.data, fx->bytes.data, p.m.len);
}

static void run_programs(const fixture_row *kind, int append)
{
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        fixture *one = fixture_start(kind);

        run(one, seed * 7919, append);
        fixture_stop(one);
    }
}

CONFORMS(interleave__random_programs,
         READS | WRITES | SEEKS | TRUNCATES | BLOCKS)
{
    run_programs(fx->row, 0);
}

CONFORMS(interleave__random_programs_in_append_mode, APPENDS)
{
    run_programs(fx->row, 1);
}
