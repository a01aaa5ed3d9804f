/*
 * stdio_copy.c - a FILE * for a stream where the C library has no callbacks: a
 * temporary file with a copy of the content, copied back by rill_file_close().
 *
 * A list says which FILE is for which stream, since there is no place in the
 * FILE for that. The offsets of the two are the same where the stream seeks
 * and can be read; else the FILE starts at 0, where the stream is.
 */
#include "stdio_private.h"

#if defined(RILL_FILE_BY_COPY) || defined(_WIN32)

#include <stdatomic.h>
#include <stdlib.h>

#include <rill/stdio.h>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <sys/stat.h>
#else
#include <unistd.h>
#endif

struct lent {
    struct lent *next;
    FILE *f;
    rill *s;
    bool owned, writes, adds;
    bool whole;   /* the offsets of both are the same */
    int64_t from; /* where what is brought back starts: not 0 if it `adds` */
};

static struct lent *all;
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void lock(void)
{
    while (atomic_flag_test_and_set(&busy))
        ; /* it is held for a few instructions */
}

static void unlock(void)
{
    atomic_flag_clear(&busy);
}

/* The descriptor of a file that vanishes when it is closed, or -1. */
static int open_temporary(bool appends)
{
#ifdef _WIN32 /* where tmpfile() writes to the root of the drive */
    int how = _O_CREAT | _O_EXCL | _O_RDWR | _O_BINARY | _O_TEMPORARY |
              _O_SHORT_LIVED | _O_NOINHERIT | (appends ? _O_APPEND : 0);
    wchar_t *name = _wtempnam(NULL, L"rill");
    int fd = name ? _wsopen(name, how, _SH_DENYRW, _S_IREAD | _S_IWRITE) : -1;

    free(name);
    return fd;
#else
    FILE *f = tmpfile();
    int fd = f ? dup(fileno(f)) : -1;

    (void)appends; /* fdopen() will see to it */
    if (f)
        fclose(f);
    return fd;
#endif
}

static FILE *open_file(bool appends)
{
    int fd = open_temporary(appends);
    FILE *f = fd >= 0 ? fdopen(fd, appends ? "a+b" : "w+b") : NULL;

    if (!f && fd >= 0)
        close(fd);
    return f;
}

/* Copy all that is left of `from`; 0, or an errno. */
static int copy_rest(rill *to, rill *from)
{
    int64_t r;

    do
        r = rill_copy(to, from, -1); /* 0: the end, and no failure kept back */
    while (r > 0);
    if (r == 0)
        r = rill_flush(to);
    if (r >= 0)
        return 0;
    return stdio_errno(rill_failed(to, NULL) ? to : from, r, EBADF);
}

/* Bring what there is to read into the file. 0, or an errno. */
static int copy_in(struct lent *p, rill *file)
{
    int64_t at = p->whole ? rill_tell(p->s) : 0;
    int err;

    if (!rill_readable(p->s) || (p->writes && !p->whole))
        return 0;
    if (p->whole)
        rill_rewind(p->s);
    err = copy_rest(file, p->s);
    if (p->adds)
        p->from = rill_tell(file);
    if (err == 0 && rill_seek(file, at, RILL_SEEK_SET) != at)
        err = EIO;
    if (p->whole)
        rill_seek(p->s, at, RILL_SEEK_SET);
    return err;
}

/* Bring what was written back into the stream. 0, or an errno. */
static int copy_out(struct lent *p, rill *file)
{
    int64_t at = rill_tell(file), rc;
    int err;

    rill_seek(file, p->from, RILL_SEEK_SET);
    if (p->whole)
        rill_seek(p->s, p->from, RILL_SEEK_SET);
    err = copy_rest(p->s, file);
    if (err != 0 || !p->whole)
        return err;
    rc = rill_truncate(p->s, rill_tell(p->s));
    if (rc == RILL_OK || rc == RILL_ENOTSUP)
        rc = rill_seek(p->s, at, RILL_SEEK_SET);
    return rc < 0 ? stdio_errno(p->s, rc, EBADF) : 0;
}

/* Copy in or out, by a stream over the file that is there for that only. */
static int copy(struct lent *p, bool in)
{
    rill *file = rill_open_file(p->f, "r+", RILL_BORROW, NULL);
    int err = errno;

    if (!file)
        return err;
    err = in ? copy_in(p, file) : copy_out(p, file);
    if (rill_close(file) < 0 && err == 0)
        err = EIO;
    return err;
}

static FILE *refuse(struct lent *p, int err)
{
    if (p && p->f)
        fclose(p->f);
    free(p);
    errno = err;
    return NULL;
}

FILE *rill_as_file(rill *s, const char *mode, int ownership)
{
    int access = stdio_access(mode), err;
    bool adds;
    struct lent *p;

    if (!access || (ownership != RILL_BORROW && ownership != RILL_TAKE))
        return refuse(NULL, EINVAL);
    if ((access & RILL_READ && !rill_readable(s)) ||
        (access & RILL_WRITE && !rill_writable(s)))
        return refuse(NULL, EBADF);
    p = malloc(sizeof(*p));
    if (!p)
        return NULL;
    adds = access & RILL_APPEND || *rill_mode(s) == 'a';
    *p = (struct lent){
        .f = open_file(adds),
        .s = s,
        .owned = ownership == RILL_TAKE,
        .writes = (access & RILL_WRITE) != 0,
        .whole = rill_seekable(s) && rill_readable(s),
        .adds = adds,
    };
    if (!p->f)
        return refuse(p, errno);
    err = copy(p, true);
    if (err != 0)
        return refuse(p, err);
    lock();
    p->next = all;
    all = p;
    unlock();
    return p->f;
}

/* Take the FILE out of the list; NULL where it is not ours. */
static struct lent *take_out(FILE *f)
{
    struct lent **at, *p;

    lock();
    for (at = &all; *at && (*at)->f != f; at = &(*at)->next)
        ;
    p = *at;
    if (p)
        *at = p->next;
    unlock();
    return p;
}

int rill_file_close(FILE *f)
{
    struct lent *p = take_out(f);
    int err = 0;

    if (p && p->writes)
        err = fflush(f) != 0 ? errno : copy(p, false);
    if (fclose(f) != 0 && err == 0)
        err = errno;
    if (p && p->owned) {
        rill_error e;

        if (rill_close_with(p->s, &e) < 0 && err == 0)
            err = e.os_error ? e.os_error : EIO;
    }
    free(p);
    if (err == 0)
        return 0;
    errno = err;
    return EOF;
}

#endif

#ifdef _WIN32
int rill_file_is_shared(const FILE *callers_stdout)
{
    return callers_stdout == stdout;
}
#endif
