/*
 * sdl3.c - an IOStream over a stream, and a stream over an IOStream.
 *
 * SDL 3 keeps one pointer for whoever makes an IOStream: the stream. What that
 * can do, and whether to close it, is said by which functions it is given.
 */
#include <rill/ops.h>
#include <rill/sdl3.h>

#include <errno.h>

#include <SDL3/SDL_error.h>

#include "bridge.h"

/* ---- An IOStream over a stream -------------------------------------------- */

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

/* The same for calls with a status: true if it went well. */
static bool went_well(rill *s, const char *operation, int64_t r,
                      SDL_IOStatus *status)
{
    if (r < 0)
        *status =
            r == RILL_EAGAIN ? SDL_IO_STATUS_NOT_READY : SDL_IO_STATUS_ERROR;
    return told(s, operation, r) >= 0;
}

static Sint64 SDLCALL io_size(void *stream)
{
    return told(stream, "size", rill_size(stream));
}

static Sint64 SDLCALL io_seek(void *stream, Sint64 offset, SDL_IOWhence whence)
{
    return told(stream, "seek", rill_seek(stream, offset, (int)whence));
}

static size_t SDLCALL io_read(void *stream, void *to, size_t n,
                              SDL_IOStatus *status)
{
    ptrdiff_t r = rill_read(stream, to, n);
    int64_t why = r;

    if ((size_t)r == n)
        return n;
    if (r >= 0 && rill_eof(stream)) {
        *status = SDL_IO_STATUS_EOF;
        return (size_t)r;
    }
    if (r >= 0) /* the next call would say */
        why =
            rill_failed(stream, NULL) ? rill_failed(stream, NULL) : RILL_EAGAIN;
    went_well(stream, "read", why, status);
    return r > 0 ? (size_t)r : 0;
}

static size_t SDLCALL io_write(void *stream, const void *from, size_t n,
                               SDL_IOStatus *status)
{
    ptrdiff_t r = bridge_write(stream, from, n);

    if (!went_well(stream, "write", r, status))
        return 0;
    if ((size_t)r < n)
        *status = SDL_IO_STATUS_NOT_READY;
    return (size_t)r;
}

static bool SDLCALL io_flush(void *stream, SDL_IOStatus *status)
{
    return went_well(stream, "flush", rill_flush(stream), status);
}

static bool SDLCALL io_close(void *stream)
{
    rill_error e;

    if (rill_close_with(stream, &e) == RILL_OK)
        return true;
    tell_sdl(&e);
    return false;
}

/* The end of an IOStream that has only borrowed its stream. */
static bool SDLCALL io_release(void *stream)
{
    return !rill_writable(stream) ||
           told(stream, "flush", rill_flush(stream)) >= 0;
}

SDL_IOStream *rill_as_sdl_iostream(rill *s, int ownership)
{
    SDL_IOStreamInterface io;

    if (!s || (ownership != RILL_BORROW && ownership != RILL_TAKE)) {
        SDL_SetError("rill_as_sdl_iostream: invalid argument");
        return NULL;
    }
    SDL_INIT_INTERFACE(&io);
    if (rill_seekable(s)) {
        io.size = io_size;
        io.seek = io_seek;
    }
    if (rill_readable(s))
        io.read = io_read;
    if (rill_writable(s)) {
        io.write = io_write;
        io.flush = io_flush;
    }
    io.close = ownership == RILL_TAKE ? io_close : io_release;
    return SDL_OpenIO(&io, s);
}

/* ---- A stream over an IOStream -------------------------------------------- */

struct io_store {
    SDL_IOStream *io;
    int64_t at; /* where it stands; -1: it must be told */
    unsigned char owned, seeks, writes;
    unsigned char writing; /* the last call wrote: stdio wants a seek */
};

static int failure(void)
{
    return errno ? RILL_OS_ERROR(errno) : RILL_EIO;
}

/* What a call is that moved nothing. */
static int nothing(struct io_store *p)
{
    p->at = -1;
    switch (SDL_GetIOStatus(p->io)) {
    case SDL_IO_STATUS_READY:
    case SDL_IO_STATUS_EOF:
        return 0;
    case SDL_IO_STATUS_NOT_READY:
        return RILL_EAGAIN;
    case SDL_IO_STATUS_READONLY:
    case SDL_IO_STATUS_WRITEONLY:
        return RILL_ENOTSUP;
    default:
        return failure();
    }
}

/* Stand at `offset`: 1; 0 where the IOStream has no such place; or a failure.
 */
static int stand_at(struct io_store *p, int64_t offset, unsigned char writing)
{
    Sint64 at;

    errno = 0;
    if (!p->seeks || (p->at == offset && p->writing == writing))
        return 1;
    at = SDL_SeekIO(p->io, offset, SDL_IO_SEEK_SET);
    p->at = at;
    p->writing = writing;
    if (at < 0)
        return failure();
    return at == offset;
}

static int64_t store_size(rill *s, void *self)
{
    struct io_store *p = self;
    Sint64 size;

    (void)s;
    p->at = -1;
    size = SDL_GetIOSize(p->io);
    return size < 0 ? RILL_ENOTSUP : size;
}

static ptrdiff_t store_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct io_store *p = self;
    int rc = stand_at(p, offset, 0);
    size_t got;

    if (rc < 0) { /* behind the end is nothing to read, and no failure */
        int64_t size = store_size(s, self);

        return size >= 0 && offset >= size ? 0 : rc;
    }
    if (rc == 0)
        return 0;
    got = SDL_ReadIO(p->io, buf, n);
    if (got == 0)
        return nothing(p);
    p->at += (int64_t)got;
    return (ptrdiff_t)got;
}

static ptrdiff_t store_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct io_store *p = self;
    int rc = stand_at(p, offset, 1);
    size_t put;

    (void)s;
    if (rc <= 0)
        return rc < 0 ? rc : RILL_ENOSPC;
    put = SDL_WriteIO(p->io, buf, n);
    if (put == 0) {
        rc = nothing(p);
        return rc < 0 ? rc : RILL_EIO;
    }
    p->at += (int64_t)put;
    return (ptrdiff_t)put;
}

static int store_flush(rill *s, void *self, int64_t offset)
{
    struct io_store *p = self;
    int rc;

    (void)s, (void)offset;
    errno = 0;
    if (!p->writes || SDL_FlushIO(p->io))
        return RILL_OK;
    rc = nothing(p);
    return rc < 0 ? rc : failure();
}

static int store_close(rill *s, void *self)
{
    struct io_store *p = self;

    (void)s;
    errno = 0;
    return p->owned && !SDL_CloseIO(p->io) ? failure() : RILL_OK;
}

#define STORE_OPS                                                           \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct io_store), \
    .name = "sdl_iostream", .read = store_read, .write = store_write,       \
    .flush = store_flush, .close = store_close

/* One that cannot seek, and one that can. */
static const rill_ops store_ops[2] = {
    {STORE_OPS},
    {STORE_OPS, .size = store_size},
};

rill *rill_open_sdl_iostream(SDL_IOStream *io, const char *mode, int ownership,
                             const rill_options *o)
{
    int access = bridge_access(mode);
    struct io_store *p;
    int64_t at;
    void *self;
    rill *s;

    if (!io || !access || (ownership != RILL_BORROW && ownership != RILL_TAKE))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    at = SDL_TellIO(io);
    s = rill_open_ops(&store_ops[at >= 0], access, NULL, o, &self);
    if (!s)
        return NULL;
    p = self;
    p->io = io;
    p->at = at;
    p->owned = ownership == RILL_TAKE;
    p->seeks = at >= 0;
    p->writes = (access & RILL_WRITE) != 0;
    if (p->seeks)
        rill_start_at(s, at);
    return s;
}
