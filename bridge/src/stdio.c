/*
 * stdio.c - a FILE * whose callbacks are a stream.
 *
 * The FILE has a buffer of its own, so each callback is for many bytes. What
 * it writes is flushed to the store at once: the C library does not tell its
 * callbacks about fflush(), and nothing should wait in a second buffer.
 * Systems without callbacks are served by stdio_copy.c.
 */
#include "stdio_private.h"

#include <stdlib.h>

#include <rill/stdio.h>

#if defined(RILL_FILE_BY_COPY) || defined(_WIN32)
/* Nothing: see stdio_copy.c. */
#else

/* A FILE's stream. */
struct lent {
    rill *s;
    bool owned;
    bool appends;
};

/* What a callback returns after a failure. glibc's may say no less than "none
 * were written", and musl's lose the failure if they do not say -1. */
#ifdef __GLIBC__
#define WRITE_FAILED 0
#else
#define WRITE_FAILED (-1)
#endif

static ptrdiff_t lent_read(struct lent *p, void *buf, size_t n)
{
    ptrdiff_t r = (size_t)(p->s->rend - p->s->rpos) >= n
                      ? rill_read(p->s, buf, n)
                      : rill_read_some(p->s, buf, n);

    if (r >= 0)
        return r;
    errno = stdio_errno(p->s, r, EBADF);
    return -1;
}

/* A bounded stream takes what fits first, and says why when asked again. */
static ptrdiff_t lent_write(struct lent *p, const char *buf, size_t n)
{
    int64_t r = p->appends && rill_seekable(p->s)
                    ? rill_seek(p->s, 0, RILL_SEEK_END)
                    : 0;
    size_t done = 0;

    while (r >= 0 && done < n) {
        r = rill_write(p->s, buf + done, n - done);
        done += r > 0 ? (size_t)r : 0;
    }
    if (r >= 0)
        r = rill_flush(p->s);
    if (r >= 0 || (r == RILL_EAGAIN && done == n)) /* kept for later */
        return (ptrdiff_t)n;
    errno = stdio_errno(p->s, r, EBADF);
    return done < n && done > 0 ? (ptrdiff_t)done : WRITE_FAILED;
}

/* Returns the new position, or -1 with errno. */
static int64_t lent_seek(struct lent *p, int64_t offset, int whence)
{
    int64_t r = stdio_seek(p->s, offset, whence);

    if (r >= 0)
        return r;
    errno = stdio_errno(p->s, r, ESPIPE);
    return -1;
}

static int lent_close(void *cookie)
{
    struct lent *p = cookie;
    int err = 0, rc = rill_failed(p->s, NULL);

    if (rc >= 0 && rill_writable(p->s))
        rc = rill_flush(p->s);
    if (rc < 0)
        err = stdio_errno(p->s, rc, EBADF);
    if (p->owned) {
        rill_error e;

        rc = rill_close_with(p->s, &e);
        if (rc < 0 && err == 0)
            err = e.os_error ? e.os_error : EIO;
    }
    free(p);
    if (err == 0)
        return 0;
    errno = err;
    return -1;
}

#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__) || defined(__ANDROID__)

/* The type of an offset: NetBSD's fpos_t is a struct. */
#ifdef __NetBSD__
typedef off_t lent_offset;
#else
typedef fpos_t lent_offset;
#endif

static int on_read(void *cookie, char *buf, int n)
{
    return (int)lent_read(cookie, buf, (size_t)n);
}

static int on_write(void *cookie, const char *buf, int n)
{
    return (int)lent_write(cookie, buf, (size_t)n);
}

static lent_offset on_seek(void *cookie, lent_offset offset, int whence)
{
    return (lent_offset)lent_seek(cookie, offset, whence);
}

static FILE *open_with_callbacks(struct lent *p, int access)
{
    return funopen(p, access & RILL_READ ? on_read : NULL,
                   access & RILL_WRITE ? on_write : NULL, on_seek, lent_close);
}

#else

static ssize_t on_read(void *cookie, char *buf, size_t n)
{
    return lent_read(cookie, buf, n);
}

static ssize_t on_write(void *cookie, const char *buf, size_t n)
{
    return lent_write(cookie, buf, n);
}

static int on_seek(void *cookie, off64_t *offset, int whence)
{
    int64_t r = lent_seek(cookie, *offset, whence);

    if (r < 0)
        return -1;
    *offset = r;
    return 0;
}

static FILE *open_with_callbacks(struct lent *p, int access)
{
    static const cookie_io_functions_t on = {on_read, on_write, on_seek,
                                             lent_close};
    bool both = access & RILL_READ && access & RILL_WRITE;

    if (access & RILL_APPEND)
        return fopencookie(p, both ? "a+" : "a", on);
    if (access & RILL_WRITE)
        return fopencookie(p, both ? "r+" : "w", on);
    return fopencookie(p, "r", on);
}

#endif

FILE *rill_as_file(rill *s, const char *mode, int ownership)
{
    int access = stdio_access(mode);
    struct lent *p;
    FILE *f;

    if (!access || (ownership != RILL_BORROW && ownership != RILL_TAKE)) {
        errno = EINVAL;
        return NULL;
    }
    if ((access & RILL_READ && !rill_readable(s)) ||
        (access & RILL_WRITE && !rill_writable(s))) {
        errno = EBADF;
        return NULL;
    }
    p = malloc(sizeof(*p));
    if (!p)
        return NULL;
    *p = (struct lent){s, ownership == RILL_TAKE, (access & RILL_APPEND) != 0};
    f = open_with_callbacks(p, access);
    if (!f)
        free(p);
    return f;
}

int rill_file_close(FILE *f)
{
    return fclose(f);
}

#endif
