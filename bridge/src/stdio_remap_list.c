/*
 * stdio_remap_list.c - all FILEs that are open: for fflush(NULL), for the prompt
 * that is shown before a terminal is read, and for the end of the program.
 *
 * The list's lock is taken before a FILE's; where a FILE's is held already,
 * the others are only tried.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <stdatomic.h>

static pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct remap *first;
static atomic_bool exiting;

void rill__remap_link(struct remap *f)
{
    pthread_mutex_lock(&list_mutex);
    f->prev = NULL;
    f->next = first;
    if (first)
        first->prev = f;
    first = f;
    pthread_mutex_unlock(&list_mutex);
}

void rill__remap_unlink(struct remap *f)
{
    pthread_mutex_lock(&list_mutex);
    if (f->prev)
        f->prev->next = f->next;
    else
        first = f->next;
    if (f->next)
        f->next->prev = f->prev;
    pthread_mutex_unlock(&list_mutex);
}

bool rill__remap_is_exiting(void)
{
    return exiting;
}

/* Of those that are written: what is only read has nothing that waits, and may
 * be held by a thread that waits for input. */
int rill__remap_flush_all(void)
{
    struct remap *f;
    int rc = 0;

    pthread_mutex_lock(&list_mutex);
    for (f = first; f; f = f->next) {
        if (!f->s || !(f->access & RILL_WRITE))
            continue;
        pthread_mutex_lock(&f->mutex);
        if (rill__remap_flush(f) != 0)
            rc = EOF;
        pthread_mutex_unlock(&f->mutex);
    }
    pthread_mutex_unlock(&list_mutex);
    return rc;
}

/* `reader`, whose lock is held, is about to wait for somebody who may wait for
 * what is in a line buffer. */
void rill__remap_flush_lines(const struct remap *reader)
{
    struct remap *f;

    if (pthread_mutex_trylock(&list_mutex) != 0)
        return;
    for (f = first; f; f = f->next) {
        if (f == reader || !f->s || f->buffering != _IOLBF ||
            !(f->access & RILL_WRITE) || pthread_mutex_trylock(&f->mutex) != 0)
            continue;
        rill__remap_flush(f);
        pthread_mutex_unlock(&f->mutex);
    }
    pthread_mutex_unlock(&list_mutex);
}

/* ---- fork() ------------------------------------------------------------- */

static void before_fork(void)
{
    pthread_mutex_lock(&list_mutex);
}

static void in_parent(void)
{
    pthread_mutex_unlock(&list_mutex);
}

/* The other threads are gone, with the locks that they held. What waits is the
 * parent's to write: the child writes at where the descriptor is then. */
static void in_child(void)
{
    const void *data;
    struct remap *f;

    pthread_mutex_init(&list_mutex, NULL);
    for (f = first; f; f = f->next) {
        rill__remap_init_lock(f);
        if (f->s && f->fd >= 0 && rill_unwritten(f->s, &data, NULL) > 0)
            f->at = rill_tell(f->s);
    }
}

void rill__remap_watch_fork(void)
{
    pthread_atfork(before_fork, in_parent, in_child);
}

/* ---- The end of the program --------------------------------------------- */

/* A child that ends must not move what its parent reads. */
static bool has_end(const struct remap *f)
{
    return f->s && (f->access & RILL_WRITE || f->opener == getpid());
}

/* After all that atexit() was told of; what is written later does not wait. */
__attribute__((destructor(101))) static void at_exit(void)
{
    struct remap *f;

    pthread_mutex_lock(&list_mutex);
    exiting = true;
    for (f = first; f; f = f->next) {
        if (!has_end(f) || pthread_mutex_trylock(&f->mutex) != 0)
            continue;
        rill__remap_finish(f);
        if (f->scanner)
            fclose(f->scanner);
        f->scanner = NULL;
        f->buffering = _IONBF;
        f->pub.out = rill__remap_nothing();
        pthread_mutex_unlock(&f->mutex);
    }
    pthread_mutex_unlock(&list_mutex);
}

#endif
