/*
 * world.c - a run: how it starts, what a failure must look like, and what must
 * be true at the end.
 *
 * What was acknowledged is in the store or in rill_unwritten(): so the store as
 * seen from outside, with the unwritten bytes laid over it, is the model.
 */
#define _XOPEN_SOURCE 700
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Faults ----------------------------------------------------------------- */

/* The hook of a run. Before each write the other end is emptied, so that no
 * write waits for somebody to read. */
static int forward(void *ctx, int call, size_t *count)
{
    if (call == RILL_CALL_WRITE)
        drain(ctx);
    return rill_fault_point(call, count);
}

void drain(world *w)
{
    model *m = &w->drained;
    ssize_t n;

    while (w->peer >= 0 &&
           (n = read(w->peer, m->bytes + m->len, MOST - m->len)) > 0)
        m->len += (size_t)n;
}

bool ends_may_lie(void)
{
    const char *read = strstr(rill_fault_text(), "read ");

    return read && strstr(rill_fault_text(), "zero");
}

/* ---- Models ------------------------------------------------------------------ */

void model_write(model *m, const void *data, size_t n, int64_t offset)
{
    size_t at = (size_t)offset;

    if (n == 0)
        return;
    if (at > MOST || n > MOST - at) {
        rill_fault_wrong("a script writes beyond what a model holds");
        return;
    }
    if (at > m->len)
        memset(m->bytes + m->len, 0, at - m->len);
    memcpy(m->bytes + at, data, n);
    if (at + n > m->len)
        m->len = at + n;
}

bool same(const model *a, const model *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

void fill_start(unsigned char *to, size_t n, size_t from)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = from + i;
        to[i] = at % 11 == 10 ? '\n' : (unsigned char)('A' + at * 7 / 3 % 57);
    }
}

static model new_model(void)
{
    model m = {malloc(MOST), 0};

    if (!m.bytes)
        abort();
    return m;
}

/* ---- Files, without Rill -------------------------------------------------------- */

void make_file(const char *path, const void *data, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) != 0) {
        perror(path);
        exit(2);
    }
}

bool see_file(const char *path, model *m)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    m->len = 0;
    if (fd < 0)
        return false;
    while ((n = read(fd, m->bytes + m->len, MOST - m->len)) > 0)
        m->len += (size_t)n;
    close(fd);
    return n == 0;
}

/* ---- Failures -------------------------------------------------------------------- */

/* The name of an errno as the texts of faults have it. */
static const char *errno_name(int error)
{
    switch (error) {
    case EINTR:
        return "EINTR";
    case EIO:
        return "EIO";
    case ENOSPC:
        return "ENOSPC";
    case EDQUOT:
        return "EDQUOT";
    case EAGAIN:
        return "EAGAIN";
    case EMFILE:
        return "EMFILE";
    case EACCES:
        return "EACCES";
    case ENOMEM:
        return "ENOMEM";
    default:
        return "another";
    }
}

/* What a failure says must be what was done. */
static void check_error(const rill_error *e, int code, const char *path)
{
    if (e->code != code)
        rill_fault_wrong("the error is %d, returned was %d", e->code, code);
    if (e->os_error && !strstr(rill_fault_text(), errno_name(e->os_error)))
        rill_fault_wrong("the error has errno %d, which no fault gave",
                         e->os_error);
    if (!e->operation || e->offset < -1)
        rill_fault_wrong("the error does not say what failed and where");
    if (path && (!e->path || strcmp(e->path, path) != 0))
        rill_fault_wrong("the error does not say which file");
}

static void clear_all(world *w)
{
    rill_clear(w->s);
    if (w->under)
        rill_clear(w->under);
    if (w->other)
        rill_clear(w->other);
}

bool again(world *w, int64_t code)
{
    rill_error e = {0};
    int sticks = rill_failed(w->s, &e);

    if (code >= 0) {
        rill_fault_wrong("an operation does nothing, and says so by %d",
                         (int)code);
        w->stopped = true;
        return false;
    }
    if (sticks)
        check_error(&e, (int)code, rill_name(w->s));
    if (w->reported == 0)
        w->reported = (int)code;
    if (w->ending != GOES_ON || ++w->tries > TRIES) {
        w->stopped = true;
        return false;
    }
    clear_all(w);
    if (rill_failed(w->s, NULL)) { /* a failed sync, for good */
        w->stopped = true;
        return false;
    }
    return true;
}

/* ---- A run ------------------------------------------------------------------------ */

world *world_new(void)
{
    world *w = calloc(1, sizeof(*w));

    if (!w)
        abort();
    w->start = new_model();
    w->holds = new_model();
    w->seen = new_model();
    w->drained = new_model();
    snprintf(w->path, sizeof(w->path), "store");
    return w;
}

void world_free(world *w)
{
    free(w->start.bytes);
    free(w->holds.bytes);
    free(w->seen.bytes);
    free(w->drained.bytes);
    free(w);
}

void world_prepare(void *ctx)
{
    static const rill_options none = RILL_OPTIONS_INIT;
    world *w = ctx;

    w->options = none;
    w->options.error = &w->open_error;
    w->options.buffer_size = w->buffer;
    w->open_error = (rill_error){0};
    w->s = w->under = w->other = NULL;
    w->shared = NULL;
    w->fd = w->peer = -1;
    w->drained.len = 0;
    w->start.len = w->script->start;
    fill_start(w->start.bytes, w->start.len, 0);
    w->holds.len = 0;
    if (w->store->can & SEEKS)
        model_write(&w->holds, w->start.bytes, w->start.len, 0);
    w->at = w->script->mode[0] == 'a' ? (int64_t)w->start.len : 0;
    w->taken = 0;
    w->stamp = 1;
    w->stopped = false;
    w->reported = w->tries = 0;
}

/* Lay what waits in the stream over what was seen outside. */
static void add_unwritten(world *w, model *m)
{
    const void *data;
    int64_t offset;
    size_t n = rill_unwritten(w->s, &data, &offset);

    if (!(w->store->can & SEEKS) || strchr(w->script->mode, 'a'))
        offset = (int64_t)m->len;
    model_write(m, data, n, offset);
}

static void check_seen(world *w, const char *when)
{
    const model *a = &w->seen, *b = &w->holds;
    size_t i = 0;

    if (same(a, b))
        return;
    while (i < a->len && i < b->len && a->bytes[i] == b->bytes[i])
        i++;
    rill_fault_wrong("%s: the store has %zu bytes, acknowledged were %zu; they "
                     "differ from byte %zu on",
                     when, a->len, b->len, i);
}

/* What was acknowledged must be in the store, or be said to wait. */
static void check_outside(world *w, const char *when)
{
    if (!w->store->look || !w->store->look(w))
        return;
    add_unwritten(w, &w->seen);
    check_seen(w, when);
}

/* Without faults: everything must be there, seen through the stream. */
static void check_inside(world *w)
{
    unsigned all = READS | SEEKS;

    if ((w->store->can & all) != all)
        return;
    w->seen.len = 0;
    if (rill_flush(w->s) < 0 || rill_rewind(w->s) < 0) {
        rill_fault_wrong("the stream cannot be used after rill_clear()");
        return;
    }
    for (;;) {
        ptrdiff_t n =
            rill_read(w->s, w->seen.bytes + w->seen.len, MOST - w->seen.len);
        if (n < 0)
            rill_fault_wrong("the stream cannot be read after rill_clear()");
        if (n <= 0)
            break;
        w->seen.len += (size_t)n;
    }
    check_seen(w, "after rill_clear()");
}

/* Close: the failure that sticks must be what this says. If all is well, the
 * store holds everything. */
static void end_by_closing(world *w)
{
    int sticks = rill_failed(w->s, NULL), rc;

    rc = rill_close(w->s);
    if (sticks && rc != sticks)
        rill_fault_wrong("close says %d, the first failure was %d", rc, sticks);
    if (rc < 0 && w->reported == 0)
        w->reported = rc;
    w->s = NULL;
    if (rc >= 0 && w->store->look && w->store->look(w))
        check_seen(w, "after rill_close()");
}

static void end(world *w)
{
    rill_fault_pause(1);
    check_outside(w, "before the end");
    if (w->ending == CLEARS) {
        clear_all(w);
        if (!rill_failed(w->s, NULL))
            check_inside(w);
    } else {
        rill_fault_pause(0);
    }
    if (w->ending == DISCARDS) {
        rill_discard(w->s);
        w->s = NULL;
    } else {
        end_by_closing(w);
    }
}

int world_run(void *ctx)
{
    world *w = ctx;

    rill_set_call_hook(forward, w);
    errno = 0;
    w->s = w->store->open(w);
    if (!w->s) {
        if (errno == 0)
            rill_fault_wrong("a failed open does not set errno");
        w->reported = w->open_error.code ? w->open_error.code : RILL_EIO;
    } else {
        w->script->run(w);
        end(w);
    }
    rill_fault_pause(1);
    if (w->store->stop)
        w->store->stop(w);
    return w->reported;
}

int world_expect(void *ctx, const rill_fault *f)
{
    const world *w = ctx;

    if (f->call == RILL_CALL_CLOSE && f->error != EINTR)
        return w->store->can & CLOSE_TELLS &&
                       (w->ending == CLOSES || w->ending == GOES_ON)
                   ? RILL_FAULT_SHOWN
                   : RILL_FAULT_EITHER;
    /* What was converted waits: that it could not be written shows in the next
     * call, if there is one. */
    if (f->call == RILL_CALL_WRITE && w->store->can & CONVERTS &&
        w->ending == DISCARDS && rill_fault_expected(f) == RILL_FAULT_SHOWN)
        return RILL_FAULT_EITHER;
    /* A spool that cannot roll into one file tries another; a section, and
     * plain text, take a read that failed after some bytes for a short one, and
     * ask again; so do pread() and pwrite(), whose failures do not stick. */
    if ((w->store->can | w->script->is) & TRIES_AGAIN && !f->for_ever &&
        rill_fault_expected(f) == RILL_FAULT_SHOWN)
        return RILL_FAULT_EITHER;
    return rill_fault_expected(f);
}
