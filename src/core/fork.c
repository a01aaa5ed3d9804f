/*
 * fork.c - what a child after fork() does not write.
 *
 * A child has a copy of every window, and what waits there to be written would
 * be written twice: by the parent, and by a child that flushes or closes what
 * it inherited. So the windows of moving stores are in a list, by a header in
 * front of their memory, and right after fork() the child goes through it and
 * makes each as if what waits had been written: by the parent, it will be.
 */
#include "../os/os.h"
#include "internal.h"

static rill__watch list = {.next = &list, .prev = &list};
static bool asked; /* for the handlers below */

static void drop_pending(struct rill__stream *st)
{
    size_t n = rill__pending(st);

    if (n == 0)
        return;
    st->off += (int64_t)n;
    st->win.wpos = st->win.wend = st->flat.base;
    if (st->access & RILL_APPEND)
        st->info->append_at = -1;
}

static void in_child(void)
{
    for (rill__watch *w = list.next; w != &list; w = w->next)
        drop_pending(w->stream);
    rill__os_unlock_process();
}

int rill__watch_window(rill__watch *w, struct rill__stream *st)
{
    int rc = RILL_OK;

    w->stream = NULL;
    if (st->info->keep_after_fork)
        return RILL_OK;
    rill__os_lock_process();
    if (!asked)
        rc = rill__os_at_fork(rill__os_lock_process, rill__os_unlock_process,
                              in_child);
    if (rc == RILL_OK) {
        asked = true;
        w->stream = st;
        w->next = list.next;
        w->prev = &list;
        w->next->prev = list.next = w;
    }
    rill__os_unlock_process();
    return rc;
}

void rill__unwatch_window(rill__watch *w)
{
    if (!w->stream)
        return;
    rill__os_lock_process();
    w->prev->next = w->next;
    w->next->prev = w->prev;
    rill__os_unlock_process();
}
