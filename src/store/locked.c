/*
 * locked.c - one stream, used by several threads in turn.
 *
 * A rill_shared holds the stream and its lock. Each thread has a stream of its
 * own over it that keeps nothing back, so that each of its calls is one
 * operation here, done whole before the lock is given away.
 */
#include <rill/ops.h>
#include <rill/share.h>

#include <stdbool.h>
#include <stdlib.h>

#include "../os/call.h"
#include "../os/os.h"

struct rill_shared {
    rill *stream;
    os_mutex *mutex;
    size_t handles;
};

struct locked {
    rill_shared *shared;
};

/* Give the lock away after a call on the shared stream. Returns what the call
 * did, as an operation returns it. */
static int64_t give_back(rill_shared *sh, int64_t result)
{
    result = rill_wrapped_result(sh->stream, result);
    rill_unlock(sh);
    return result;
}

static ptrdiff_t locked_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    rill_shared *sh = ((struct locked *)self)->shared;
    rill *whole = rill_lock(sh);

    (void)s, (void)offset;
    return (ptrdiff_t)give_back(sh, rill_read(whole, buf, n));
}

static ptrdiff_t locked_write(rill *s, void *self, const void *buf, size_t n,
                              int64_t offset)
{
    rill_shared *sh = ((struct locked *)self)->shared;
    rill *whole = rill_lock(sh);

    (void)s, (void)offset;
    return (ptrdiff_t)give_back(sh, rill_write(whole, buf, n));
}

static ptrdiff_t locked_readv(rill *s, void *self, const rill_iovec *v,
                              int count, int64_t offset)
{
    rill_shared *sh = ((struct locked *)self)->shared;
    rill *whole = rill_lock(sh);

    (void)s, (void)offset;
    return (ptrdiff_t)give_back(sh, rill_readv(whole, v, count));
}

static ptrdiff_t locked_writev(rill *s, void *self, const rill_iovec *v,
                               int count, int64_t offset)
{
    rill_shared *sh = ((struct locked *)self)->shared;
    rill *whole = rill_lock(sh);

    (void)s, (void)offset;
    return (ptrdiff_t)give_back(sh, rill_writev(whole, v, count));
}

static int locked_flush(rill *s, void *self, int64_t offset)
{
    rill_shared *sh = ((struct locked *)self)->shared;
    rill *whole = rill_lock(sh);

    (void)s, (void)offset;
    return (int)give_back(sh,
                          rill_writable(whole) ? rill_flush(whole) : RILL_OK);
}

static int locked_sync(rill *s, void *self, int level)
{
    rill_shared *sh = ((struct locked *)self)->shared;
    rill *whole = rill_lock(sh);

    (void)s;
    return (int)give_back(sh, rill_sync(whole, level));
}

static int locked_close(rill *s, void *self)
{
    struct locked *p = self;

    (void)s;
    (void)!rill_lock(p->shared);
    p->shared->handles--;
    rill_unlock(p->shared);
    return RILL_OK;
}

static const rill_ops locked_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct locked),
    .name = "locked",
    .read = locked_read,
    .write = locked_write,
    .readv = locked_readv,
    .writev = locked_writev,
    .flush = locked_flush,
    .sync = locked_sync,
    .close = locked_close,
};

rill_shared *rill_share(rill *s)
{
    rill_shared *sh;
    os_mutex *mutex;

    if (!s)
        return NULL;
    sh = rill__malloc(sizeof(*sh));
    mutex = rill__os_mutex_new();
    if (!sh || !mutex) {
        free(sh);
        if (mutex)
            rill__os_mutex_free(mutex);
        (void)!rill_open_failed(NULL, NULL, RILL_ENOMEM);
        return NULL;
    }
    *sh = (rill_shared){.stream = s, .mutex = mutex};
    return sh;
}

rill *rill_open_locked(rill_shared *sh, const rill_options *o)
{
    rill_options options = o ? *o : (rill_options)RILL_OPTIONS_INIT;
    int access, rc = rill_check_options(o);
    void *self;
    rill *s;

    if (rc < 0)
        return rill_open_failed(o, NULL, rc);
    options.struct_size = sizeof(options);
    options.buffer_size = RILL_UNBUFFERED;
    rill__os_mutex_lock(sh->mutex);
    access = (rill_readable(sh->stream) ? RILL_READ : 0) |
             (rill_writable(sh->stream) ? RILL_WRITE : 0);
    s = rill_open_ops(&locked_ops, access, rill_name(sh->stream), &options,
                      &self);
    if (s) {
        *(struct locked *)self = (struct locked){.shared = sh};
        sh->handles++;
    }
    rill__os_mutex_unlock(sh->mutex);
    return s;
}

rill *rill_lock(rill_shared *sh)
{
    rill__os_mutex_lock(sh->mutex);
    return sh->stream;
}

void rill_unlock(rill_shared *sh)
{
    rill__os_mutex_unlock(sh->mutex);
}

int rill_unshare(rill_shared *sh)
{
    bool busy;
    int rc;

    if (!sh)
        return RILL_OK;
    (void)!rill_lock(sh);
    busy = sh->handles > 0;
    rill_unlock(sh);
    if (busy)
        return RILL_EBUSY;
    rc = rill_closep(&sh->stream);
    if (sh->stream)
        return rc; /* a view of it is held */
    rill__os_mutex_free(sh->mutex);
    free(sh);
    return rc;
}
