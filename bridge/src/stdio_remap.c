/*
 * stdio_remap.c - how a call on a FILE begins and ends; its position, its state
 * and its lock.
 *
 * Rill keeps the first failure; stdio keeps a flag, and goes on. So a failure
 * is taken from the stream as soon as it shows. The end of the data Rill asks
 * anew each time; stdio remembers it.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <limits.h>
#include <string.h>

rill *rill__remap_nothing(void)
{
    static unsigned char none[1];
    static rill nothing = {none, none, none, none};

    return &nothing;
}

void rill__remap_show_windows(struct remap *f)
{
    bool waits = f->buffering == _IOFBF && !rill__remap_is_exiting();

    f->pub.in = f->access & RILL_READ ? f->s : rill__remap_nothing();
    f->pub.out = f->access & RILL_WRITE && waits ? f->s : rill__remap_nothing();
}

void rill__remap_hand_over(struct remap *f)
{
    if (f->fd < 0 || !rill_seekable(f->s))
        return;
    f->handed_over = true;
    f->pub.in = f->pub.out = rill__remap_nothing();
}

/* Others may have moved the descriptor: go where it is. */
static void resume(struct remap *f)
{
    int64_t at = rill__remap_fd_place(f);

    f->handed_over = false;
    if (at >= 0 && !(f->unused && at == f->at)) {
        f->at = at;
        rill_seek(f->s, INT64_MAX, RILL_SEEK_SET); /* what was read is old */
        rill_seek(f->s, at, RILL_SEEK_SET);
    }
    f->unused = false;
    rill__remap_show_windows(f);
}

bool rill__remap_ready(struct remap *f)
{
    if (!f->s && !rill__remap_open_standard(f))
        return false;
    if (f->handed_over)
        resume(f);
    return true;
}

/* Whether it is open for `access`; otherwise errno and the error flag. */
static bool is_open_for(struct remap *f, int access)
{
    if (rill__remap_ready(f) && f->access & access)
        return true;
    if (f->s)
        errno = EBADF;
    f->error = true;
    return false;
}

bool rill__remap_may_read(struct remap *f)
{
    if (!is_open_for(f, RILL_READ) || f->eof)
        return false;
    if (f->buffering != _IOFBF && f->s->rpos == f->s->rend)
        rill__remap_flush_lines(f);
    return true;
}

bool rill__remap_may_write(struct remap *f)
{
    return is_open_for(f, RILL_WRITE);
}

int rill__remap_fail(struct remap *f, int64_t code)
{
    int err = stdio_errno(f->s, code, EBADF);

    if (code == RILL_EAGAIN && f->interrupt)
        err = f->interrupt;
    f->interrupt = 0;
    f->error = true;
    rill_clear(f->s);
    errno = err;
    return EOF;
}

void rill__remap_short(struct remap *f)
{
    int rc = rill_failed(f->s, NULL);

    if (rc == RILL_OK && rill_eof(f->s))
        f->eof = true;
    else
        rill__remap_fail(f, rc < 0 ? rc : RILL_EAGAIN);
}

size_t rill__remap_write(struct remap *f, const void *buf, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ptrdiff_t r = rill_write(f->s, (const char *)buf + done, n - done);

        if (r < 0) {
            rill__remap_fail(f, r);
            if (f->fd < 0) /* what has a descriptor keeps the rest */
                f->owed = errno;
            break;
        }
        done += (size_t)r;
    }
    return done;
}

/* Whether the end of a line waits. */
static bool line_waits(const struct remap *f)
{
    const void *data;
    size_t n = rill_unwritten(f->s, &data, NULL);

    return n > 0 && memchr(data, '\n', n);
}

int rill__remap_wrote(struct remap *f)
{
    int rc;

    if (f->buffering == _IOFBF && !rill__remap_is_exiting())
        return 0;
    if (f->buffering == _IOLBF && !line_waits(f))
        return 0;
    rc = rill_flush(f->s);
    return rc < 0 ? rill__remap_fail(f, rc) : 0;
}

int rill__remap_flush(struct remap *f)
{
    int rc;

    if (!f->s)
        return 0; /* a standard stream that nobody has used */
    rc = rill_flush(f->s);
    if (rc < 0)
        return rill__remap_fail(f, rc);
    rill__remap_hand_over(f);
    if (f->owed == 0)
        return 0;
    errno = f->owed;
    f->owed = 0;
    return EOF;
}

int rill__remap_finish(struct remap *f)
{
    int rc;

    do
        rc = rill__remap_flush(f);
    while (rc != 0 && errno == EINTR);
    return rc;
}

int rill_stdio_fflush(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked;
    int rc;

    if (!f)
        return rill__remap_flush_all();
    locked = remap_lock(f);
    rc = rill__remap_flush(f);
    remap_unlock(f, locked);
    return rc;
}

/* ---- Position ----------------------------------------------------------- */

/* Whether the descriptor is where the FILE is: nothing is read ahead or waits
 * to be written. (POSIX lets others move it then.) */
static bool is_at_descriptor(const struct remap *f)
{
    const void *data;

    return f->fd >= 0 && rill_seekable(f->s) && f->s->rpos == f->s->rend &&
           rill_unwritten(f->s, &data, NULL) == 0;
}

static int64_t seek_stream(struct remap *f, int64_t offset, int whence)
{
    int64_t r = stdio_seek(f->s, offset, whence);

    if (r < 0 || !is_at_descriptor(f))
        return r;
    f->at = -1; /* wherever others have left it */
    return rill_flush(f->s);
}

static int seek(struct remap *f, int64_t offset, int whence)
{
    int64_t r;

    if (!rill__remap_ready(f))
        return -1;
    r = seek_stream(f, offset, whence);
    if (r >= 0) {
        f->eof = false;
        return 0;
    }
    if (rill_failed(f->s, NULL))
        return rill__remap_fail(f, r);
    errno = stdio_errno(f->s, r, ESPIPE);
    return -1;
}

/* The position, or -1 with errno. */
static int64_t tell(struct remap *f)
{
    int64_t at;

    if (!rill__remap_ready(f))
        return -1;
    if (is_at_descriptor(f)) {
        at = f->at = rill__remap_fd_place(f);
        if (at >= 0 && at != rill_tell(f->s))
            rill_seek(f->s, at, RILL_SEEK_SET);
        return at;
    }
    at = rill_tell(f->s);
    if (at >= 0)
        return at;
    errno = stdio_errno(f->s, at, ESPIPE);
    return -1;
}

int rill_stdio_fseeko(rill_FILE *file, int64_t offset, int whence)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int rc = seek(f, offset, whence);

    remap_unlock(f, locked);
    return rc;
}

int rill_stdio_fseek(rill_FILE *f, long offset, int whence)
{
    return rill_stdio_fseeko(f, offset, whence);
}

int64_t rill_stdio_ftello(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int64_t at = tell(f);

    remap_unlock(f, locked);
    return at;
}

long rill_stdio_ftell(rill_FILE *f)
{
    int64_t at = rill_stdio_ftello(f);

    if (at <= LONG_MAX)
        return (long)at;
    errno = EOVERFLOW;
    return -1;
}

int rill_stdio_fgetpos(rill_FILE *f, rill_fpos *pos)
{
    int64_t at = rill_stdio_ftello(f);

    if (at < 0)
        return -1;
    pos->offset = at;
    return 0;
}

int rill_stdio_fsetpos(rill_FILE *f, const rill_fpos *pos)
{
    return rill_stdio_fseeko(f, pos->offset, SEEK_SET);
}

void rill_stdio_rewind(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);

    seek(f, 0, SEEK_SET);
    f->error = false;
    remap_unlock(f, locked);
}

/* ---- State -------------------------------------------------------------- */

int rill_stdio_feof(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    bool eof = f->eof;

    remap_unlock(f, locked);
    return eof;
}

int rill_stdio_ferror(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    bool error = f->error;

    remap_unlock(f, locked);
    return error;
}

void rill_stdio_clearerr(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);

    f->eof = f->error = false;
    f->owed = 0;
    remap_unlock(f, locked);
}

int rill_stdio_fileno(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    int fd = f->fd >= 0 || !f->s ? f->fd : rill_fileno(f->s);

    remap_unlock(f, locked);
    if (fd >= 0)
        return fd;
    errno = EBADF;
    return -1;
}

rill *rill_stdio_stream(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    bool locked = remap_lock(f);
    rill *s = rill__remap_ready(f) ? f->s : NULL;

    remap_unlock(f, locked);
    return s;
}

void rill_stdio_flockfile(rill_FILE *f)
{
    pthread_mutex_lock(&remap_of(f)->mutex);
}

int rill_stdio_ftrylockfile(rill_FILE *f)
{
    return pthread_mutex_trylock(&remap_of(f)->mutex);
}

void rill_stdio_funlockfile(rill_FILE *f)
{
    pthread_mutex_unlock(&remap_of(f)->mutex);
}

#endif
