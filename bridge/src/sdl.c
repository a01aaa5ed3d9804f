/*
 * sdl.c - an RWops over a stream, and a stream over an RWops.
 *
 * An RWops has room for two pointers, and two is what it takes: the stream, and
 * whether to close it. On the way back all rests on SDL_GetError(): an RWops
 * that says 0 has failed if it has set an error, and has no more otherwise.
 */
#include <rill/ops.h>
#include <rill/sdl.h>

#include <errno.h>

#include <SDL_error.h>

#include "bridge.h"

/* ---- An RWops over a stream ----------------------------------------------- */

static rill *stream_of(SDL_RWops *rw)
{
    return rw->hidden.unknown.data1;
}

static void tell_sdl(const rill_error *e)
{
    char text[300];

    rill_error_format(e, text, sizeof(text));
    SDL_SetError("%s", text);
}

/* A call on the stream returned `r`: that, or -1 with SDL's error set. */
static Sint64 told(rill *s, const char *operation, int64_t r)
{
    if (r < 0) {
        rill_error e = bridge_error(s, operation, r);

        tell_sdl(&e);
        return -1;
    }
    return r;
}

static Sint64 SDLCALL rw_size(SDL_RWops *rw)
{
    rill *s = stream_of(rw);

    return told(s, "size", rill_size(s));
}

static Sint64 SDLCALL rw_seek(SDL_RWops *rw, Sint64 offset, int whence)
{
    rill *s = stream_of(rw);

    return told(s, "seek", rill_seek(s, offset, whence));
}

/* Whether `count` objects are more bytes than can be said. */
static int too_many(size_t size, size_t count)
{
    return size > 0 && count > PTRDIFF_MAX / size;
}

static size_t SDLCALL rw_read(SDL_RWops *rw, void *to, size_t size,
                              size_t count)
{
    rill *s = stream_of(rw);
    ptrdiff_t r =
        too_many(size, count) ? RILL_ERANGE : rill_read(s, to, size * count);

    if (r < 0)
        told(s, "read", r);
    return r > 0 ? (size_t)r / size : 0;
}

static size_t SDLCALL rw_write(SDL_RWops *rw, const void *from, size_t size,
                               size_t count)
{
    rill *s = stream_of(rw);
    ptrdiff_t r = too_many(size, count) ? RILL_ERANGE
                                        : bridge_write(s, from, size * count);

    if (r < 0)
        told(s, "write", r);
    return r > 0 ? (size_t)r / size : 0;
}

static int SDLCALL rw_close(SDL_RWops *rw)
{
    rill *s = stream_of(rw);
    int owned = rw->hidden.unknown.data2 != NULL;
    rill_error e;

    SDL_FreeRW(rw);
    if (!owned)
        return (int)told(s, "flush", rill_writable(s) ? rill_flush(s) : 0);
    if (rill_close_with(s, &e) == RILL_OK)
        return 0;
    tell_sdl(&e);
    return -1;
}

SDL_RWops *rill_as_rwops(rill *s, int ownership)
{
    SDL_RWops *rw;

    if (!s || (ownership != RILL_BORROW && ownership != RILL_TAKE)) {
        SDL_SetError("rill_as_rwops: invalid argument");
        return NULL;
    }
    rw = SDL_AllocRW();
    if (!rw)
        return NULL;
    rw->type = SDL_RWOPS_UNKNOWN;
    rw->size = rw_size;
    rw->seek = rw_seek;
    rw->read = rw_read;
    rw->write = rw_write;
    rw->close = rw_close;
    rw->hidden.unknown.data1 = s;
    rw->hidden.unknown.data2 = ownership == RILL_TAKE ? s : NULL;
    return rw;
}

/* ---- A stream over an RWops ----------------------------------------------- */

struct rw_store {
    SDL_RWops *rw;
    int64_t at; /* where it stands; -1: it must be told */
    unsigned char owned, seeks;
    unsigned char writing; /* the last call wrote: stdio wants a seek */
};

/* Right before a call on the RWops. */
static void begin(void)
{
    SDL_ClearError();
    errno = 0;
}

static int failure(void)
{
    return errno ? RILL_OS_ERROR(errno) : RILL_EIO;
}

/* What a call is that moved nothing: a failure, or what it is without one. */
static int nothing(struct rw_store *p, int without_failure)
{
    p->at = -1;
    return *SDL_GetError() ? failure() : without_failure;
}

/* Stand at `offset`: 1; 0 where the RWops has no such place; or a failure. */
static int stand_at(struct rw_store *p, int64_t offset, unsigned char writing)
{
    Sint64 at;

    if (!p->seeks || (p->at == offset && p->writing == writing))
        return 1;
    begin();
    at = SDL_RWseek(p->rw, offset, RW_SEEK_SET);
    if (at != offset)
        return nothing(p, 0);
    p->at = offset;
    p->writing = writing;
    return 1;
}

static int64_t store_size(rill *s, void *self)
{
    struct rw_store *p = self;
    Sint64 size;

    (void)s;
    p->at = -1;
    size = SDL_RWsize(p->rw);
    return size < 0 ? RILL_ENOTSUP : size;
}

static ptrdiff_t store_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct rw_store *p = self;
    int rc = stand_at(p, offset, 0);
    size_t got;

    if (rc < 0) { /* behind the end is nothing to read, and no failure */
        int64_t size = store_size(s, self);

        return size >= 0 && offset >= size ? 0 : rc;
    }
    if (rc == 0)
        return 0;
    begin();
    got = SDL_RWread(p->rw, buf, 1, n);
    if (got == 0)
        return nothing(p, 0);
    p->at += (int64_t)got;
    return (ptrdiff_t)got;
}

static ptrdiff_t store_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct rw_store *p = self;
    int rc = stand_at(p, offset, 1);
    size_t put;

    (void)s;
    if (rc <= 0)
        return rc < 0 ? rc : RILL_ENOSPC;
    begin();
    put = SDL_RWwrite(p->rw, buf, 1, n);
    if (put == 0)
        return nothing(p, RILL_ENOSPC);
    p->at += (int64_t)put;
    return (ptrdiff_t)put;
}

static int store_close(rill *s, void *self)
{
    struct rw_store *p = self;

    (void)s;
    errno = 0; /* and keep the words of a failure before */
    return p->owned && SDL_RWclose(p->rw) < 0 ? failure() : RILL_OK;
}

#define STORE_OPS                                                           \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct rw_store), \
    .name = "rwops", .read = store_read, .write = store_write,              \
    .close = store_close

/* One that cannot seek, and one that can. */
static const rill_ops store_ops[2] = {
    {STORE_OPS},
    {STORE_OPS, .size = store_size},
};

rill *rill_open_rwops(SDL_RWops *rw, const char *mode, int ownership,
                      const rill_options *o)
{
    int access = bridge_access(mode);
    struct rw_store *p;
    int64_t at;
    void *self;
    rill *s;

    if (!rw || !access || (ownership != RILL_BORROW && ownership != RILL_TAKE))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    at = SDL_RWtell(rw);
    s = rill_open_ops(&store_ops[at >= 0], access, NULL, o, &self);
    if (!s)
        return NULL;
    p = self;
    p->rw = rw;
    p->at = at;
    p->owned = ownership == RILL_TAKE;
    p->seeks = at >= 0;
    if (p->seeks)
        rill_start_at(s, at);
    return s;
}
