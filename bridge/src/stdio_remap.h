/*
 * stdio_remap.h - what the files of stdio by Rill share: a FILE, and how a call on
 * one begins and ends.
 *
 * A FILE is a stream and what stdio remembers of it: the end of the data and
 * an error until they are cleared, how it is buffered, a lock. A call takes the
 * lock, asks whether it may begin, calls Rill, and turns what came of it into
 * flags and errno.
 */
#ifndef STDIO_REMAP_H
#define STDIO_REMAP_H

#include "stdio_private.h"

#ifndef _WIN32 /* POSIX: see rill_stdio.h */

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define RILL_STDIO_KEEP_NAMES
#include <rill_stdio.h>

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 32)
#include <sys/single_threaded.h>
#define ALONE __libc_single_threaded
#endif
#endif
#ifndef ALONE
#define ALONE 0
#endif

struct remap {
    rill_FILE pub; /* first: both are one address */
    rill *s;       /* NULL: a standard stream not yet used; or closed */
    struct remap *next, *prev;
    pthread_mutex_t mutex;
    FILE *scanner; /* the C library's, for fscanf(): stdio_remap_scan.c */
    rill *source;  /* what that reads from */
    FILE *process; /* the C library's, of popen() */
    int access;    /* enum rill_access */
    int buffering; /* _IOFBF, _IOLBF, _IONBF */
    size_t buffer_size;
    int fd;        /* its descriptor, or -1 */
    int64_t at;    /* where that stands, if nobody else has moved it */
    int owed;      /* errno for bytes that were lost, for fflush(), fclose() */
    int interrupt; /* EINTR, where that is why a call came to RILL_EAGAIN */
    pid_t opener;
    bool owns_fd, owns_stream;
    bool standard; /* one of stdin, stdout, stderr: not freed */
    bool eof, error;
    bool unused;      /* nothing has been read or written yet */
    bool handed_over; /* others may have moved the descriptor since */
};

static inline struct remap *remap_of(rill_FILE *file)
{
    return (struct remap *)(void *)file;
}

/* ---- Locks: remap_lock() says whether there is something to unlock ------- */

static inline bool remap_lock(struct remap *f)
{
    return !ALONE && pthread_mutex_lock(&f->mutex) == 0;
}

static inline void remap_unlock(struct remap *f, bool locked)
{
    if (locked)
        pthread_mutex_unlock(&f->mutex);
}

/* ---- stdio_remap.c ------------------------------------------------------ */

/* A stream whose windows are empty, for nobody to call: see rill_FILE. */
rill *rill__remap_nothing(void);

/* Let the inlined calls at the windows that have no rules beside. */
void rill__remap_show_windows(struct remap *f);

/* From now until `f` is used again, others may move the descriptor. */
void rill__remap_hand_over(struct remap *f);

/* Whether `f` has its stream, and that knows where the descriptor stands. */
bool rill__remap_ready(struct remap *f);

/* Whether reading or writing may begin; otherwise errno and flags say why. */
bool rill__remap_may_read(struct remap *f);
bool rill__remap_may_write(struct remap *f);

/* Note that a call came to `code`: errno, the error flag. Returns EOF. */
int rill__remap_fail(struct remap *f, int64_t code);

/* Note that fewer bytes were read than asked for: the end, or a failure. */
void rill__remap_short(struct remap *f);

/* Write all `n` bytes; how many were written, with errno if that is fewer. */
size_t rill__remap_write(struct remap *f, const void *buf, size_t n);

/* After writing: hand on what is not to wait. 0 or EOF. */
int rill__remap_wrote(struct remap *f);

/* Flush it, whatever it is. 0 or EOF. The second goes on after signals. */
int rill__remap_flush(struct remap *f);
int rill__remap_finish(struct remap *f);

/* ---- stdio_remap_open.c: a FILE without a stream; stdio's modes --------------- */

struct remap *rill__remap_new(void);
void rill__remap_init_lock(struct remap *f);
void rill__remap_free(struct remap *f); /* keeps errno */

/* What a mode asks for, `or` of enum rill_access; 0 with errno. */
int rill__remap_access(const char *mode);

/* Open a standard stream, at its first use. */
bool rill__remap_open_standard(struct remap *f);

/* Give `f` the stream (NULL: free it, return NULL) and put it into the list. */
rill_FILE *rill__remap_begin(struct remap *f, rill *s, int access);

/* ---- stdio_remap_list.c: all that are open ------------------------------------ */

void rill__remap_link(struct remap *f);
void rill__remap_unlink(struct remap *f);
int rill__remap_flush_all(void);
void rill__remap_flush_lines(const struct remap *reader);
bool rill__remap_is_exiting(void);
void rill__remap_watch_fork(void);

/* ---- Stores ------------------------------------------------------------- */

/* stdio_remap_fd.c: over f->fd, for f->access, buffered as f says. */
rill *rill__remap_open_fd(struct remap *f);

/* Where the descriptor stands; -1 where it does not seek. */
int64_t rill__remap_fd_place(const struct remap *f);

#endif

#endif
