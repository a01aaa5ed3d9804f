/*
 * stores.c - every kind of store, as a script finds it.
 */
#define _XOPEN_SOURCE 700
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rill/ops.h>

static void copy_seen(world *w, const void *data, size_t n)
{
    w->seen.len = 0;
    model_write(&w->seen, data, n, 0);
}

/* ---- Memory ------------------------------------------------------------------ */

static rill *open_mem(world *w)
{
    return rill_open_mem_copy(w->start.bytes, w->start.len, &w->options);
}

static rill *open_mem_allocator(world *w)
{
    w->options.allocator = rill_fault_allocator();
    return open_mem(w);
}

static bool look_at_memory(world *w)
{
    const void *data;
    ptrdiff_t n = w->s ? rill_data(w->s, &data) : -1;

    if (n >= 0)
        copy_seen(w, data, (size_t)n);
    return n >= 0;
}

/* What it starts from is not what is tested. */
static rill *open_spool(world *w)
{
    rill *s = rill_open_spool((size_t)w->store->setting, &w->options);

    rill_fault_pause(1);
    if (s &&
        (rill_write(s, w->start.bytes, w->start.len) < 0 || rill_rewind(s) < 0))
        rill_fault_wrong("a spool cannot be filled");
    rill_fault_pause(0);
    return s;
}

/* ---- Files ------------------------------------------------------------------- */

static rill *open_file(world *w)
{
    make_file(w->path, w->start.bytes, w->start.len);
    return rill_open_with(w->path, w->script->mode, &w->options);
}

static rill *open_save(world *w)
{
    w->options.save = RILL_SAVE_DURABLE;
    return open_file(w);
}

static bool look_at_file(world *w)
{
    return see_file(w->path, &w->seen);
}

/* Before it is closed, a save is nowhere to be seen. */
static bool look_at_save(world *w)
{
    return !w->s && look_at_file(w);
}

static int open_descriptor(world *w)
{
    int flags = w->script->mode[0] == 'a' ? O_APPEND : 0;
    int fd;

    make_file(w->path, w->start.bytes, w->start.len);
    fd = open(w->path, O_RDWR | O_CLOEXEC | flags);
    if (fd < 0)
        abort();
    return fd;
}

static rill *open_fd(world *w)
{
    w->fd = open_descriptor(w);
    return rill_open_fd(w->fd, w->script->mode, RILL_BORROW, &w->options);
}

static rill *open_fd_taken(world *w)
{
    int fd = open_descriptor(w);
    rill *s = rill_open_fd(fd, w->script->mode, RILL_TAKE, &w->options);

    if (!s)
        w->fd = fd; /* still ours */
    return s;
}

static void close_ends(world *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (w->peer >= 0)
        close(w->peer);
    w->fd = w->peer = -1;
}

/* ---- Pipes ------------------------------------------------------------------- */

static void unblock(int fd)
{
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        abort();
}

static void fill(int fd, const world *w)
{
    if (write(fd, w->start.bytes, w->start.len) != (ssize_t)w->start.len)
        abort();
}

static rill *open_pipe_in(world *w)
{
    int ends[2];

    if (pipe(ends) != 0)
        abort();
    w->peer = ends[0];
    w->fd = ends[1];
    unblock(w->peer);
    return rill_open_fd(w->fd, "w", RILL_BORROW, &w->options);
}

static rill *open_pipe_out(world *w)
{
    int ends[2];

    if (pipe(ends) != 0)
        abort();
    fill(ends[1], w);
    close(ends[1]);
    w->fd = ends[0];
    return rill_open_fd(w->fd, "r", RILL_BORROW, &w->options);
}

static rill *open_socket(world *w)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        abort();
    w->peer = ends[0];
    w->fd = ends[1];
    fill(w->peer, w);
    shutdown(w->peer, SHUT_WR);
    unblock(w->peer);
    return rill_open_fd(w->fd, "r+", RILL_BORROW, &w->options);
}

static bool look_at_other_end(world *w)
{
    drain(w);
    copy_seen(w, w->drained.bytes, w->drained.len);
    return w->peer >= 0;
}

/* ---- Streams over a stream ----------------------------------------------------- */

static rill *open_section(world *w)
{
    w->under = open_file(w);
    if (!w->under)
        return NULL;
    return rill_open_section(w->under, 0, -1, &w->options);
}

/* A failed close of what lies under is nothing of the section's. */
static void close_under(world *w)
{
    (void)!rill_close(w->under);
    close_ends(w);
}

static rill *open_locked(world *w)
{
    w->under = open_socket(w);
    if (!w->under)
        return NULL;
    w->shared = rill_share(w->under);
    return w->shared ? rill_open_locked(w->shared, &w->options) : NULL;
}

static bool look_through_lock(world *w)
{
    const void *data;
    size_t n;

    look_at_other_end(w);
    n = rill_unwritten(w->under, &data, NULL);
    model_write(&w->seen, data, n, (int64_t)w->seen.len);
    return true;
}

static void unshare(world *w)
{
    if (w->shared)
        (void)!rill_unshare(w->shared);
    else
        (void)!rill_close(w->under);
    close_ends(w);
}

/* ---- Text --------------------------------------------------------------------- */

static rill *open_text(world *w, const char *mode)
{
    char text_mode[8];

    snprintf(text_mode, sizeof(text_mode), "%st", mode);
    w->options.newline = RILL_NEWLINE_LF;
    return rill_open_with(w->path, text_mode, &w->options);
}

static rill *open_text_file(world *w)
{
    make_file(w->path, w->start.bytes, w->start.len);
    return open_text(w, w->script->mode);
}

static rill *open_text_save(world *w)
{
    w->options.save = RILL_SAVE_DURABLE;
    return open_text_file(w);
}

/* What is appended waits below, too. */
static bool look_at_text(world *w)
{
    const void *data;
    size_t n;

    if (!look_at_file(w))
        return false;
    if (!w->s)
        return true;
    n = rill_unwritten(rill_text_buffer(w->s), &data, NULL);
    model_write(&w->seen, data, n, (int64_t)w->seen.len);
    return true;
}

static rill *open_utf16_out(world *w)
{
    static unsigned char units[2 * MOST];

    for (size_t i = 0; i < w->start.len; i++)
        units[2 * i] = w->start.bytes[i];
    make_file(w->path, units, 2 * w->start.len);
    w->options.encoding = "utf-16-le";
    return open_text(w, "r");
}

static rill *open_utf16_in(world *w)
{
    w->options.encoding = "utf-16-le";
    return open_text(w, "w");
}

/* What waits is of two encodings: once it is closed, there is one. */
static bool look_at_utf16(world *w)
{
    if (w->s || !look_at_file(w))
        return false;
    for (size_t i = 0; i < w->seen.len; i += 2)
        w->seen.bytes[i / 2] = w->seen.bytes[i];
    w->seen.len /= 2;
    return true;
}

/* ---- A store of the user's ------------------------------------------------------- */

/* Bytes in w->drained; each operation is a point of the sweep. */
struct user {
    world *w;
};

/* What an operation returns when it fails by this point; 0: it may go on. */
static int point(int call, size_t *count)
{
    int error = rill_fault_point(call, count);

    return error ? RILL_OS_ERROR(error) : 0;
}

static ptrdiff_t user_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    const model *m = &((struct user *)self)->w->drained;
    int rc = point(RILL_CALL_READ, &n);
    size_t left = (size_t)offset < m->len ? m->len - (size_t)offset : 0;

    (void)s;
    if (rc < 0)
        return rc;
    n = n < left ? n : left;
    if (n > 0)
        memcpy(buf, m->bytes + offset, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t user_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    int rc = point(RILL_CALL_WRITE, &n);

    (void)s;
    if (rc < 0)
        return rc;
    model_write(&((struct user *)self)->w->drained, buf, n, offset);
    return (ptrdiff_t)n;
}

static int64_t user_size(rill *s, void *self)
{
    int rc = point(RILL_CALL_STAT, NULL);

    (void)s;
    return rc < 0 ? rc : (int64_t)((struct user *)self)->w->drained.len;
}

static int user_truncate(rill *s, void *self, int64_t size)
{
    model *m = &((struct user *)self)->w->drained;
    size_t n = (size_t)size;
    int rc = point(RILL_CALL_TRUNCATE, NULL);

    (void)s;
    if (rc < 0)
        return rc;
    if (n > m->len)
        memset(m->bytes + m->len, 0, n - m->len);
    m->len = n;
    return RILL_OK;
}

/* Its flush and its commit are like a sync: a failure must show. */
static int user_flush(rill *s, void *self, int64_t offset)
{
    (void)s, (void)self, (void)offset;
    return point(RILL_CALL_RENAME, NULL);
}

static int user_sync(rill *s, void *self, int level)
{
    (void)s, (void)self, (void)level;
    return point(RILL_CALL_SYNC, NULL);
}

static int user_commit(rill *s, void *self)
{
    (void)s, (void)self;
    return point(RILL_CALL_RENAME, NULL);
}

static int user_close(rill *s, void *self)
{
    int rc = point(RILL_CALL_CLOSE, NULL);

    (void)s, (void)self;
    return rc == RILL_OS_ERROR(EINTR) ? RILL_OK : rc;
}

static const rill_ops user_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct user),
    .name = "user",
    .read = user_read,
    .write = user_write,
    .size = user_size,
    .truncate = user_truncate,
    .flush = user_flush,
    .sync = user_sync,
    .commit = user_commit,
    .close = user_close,
};

static rill *open_user(world *w)
{
    void *self;
    rill *s = rill_open_ops(&user_ops, RILL_READ | RILL_WRITE, NULL,
                            &w->options, &self);

    model_write(&w->drained, w->start.bytes, w->start.len, 0);
    if (s)
        *(struct user *)self = (struct user){w};
    return s;
}

static bool look_at_user(world *w)
{
    copy_seen(w, w->drained.bytes, w->drained.len);
    return true;
}

/* ---- The table --------------------------------------------------------------------- */

enum {
    BOTH = READS | WRITES | SEEKS | TRUNCATES,
    MEM = BOTH | MEMORY | TAKES,
    FILES = BOTH | MOVES | EXTENDS | APPENDS | NUMBERED,
    SPOOL = BOTH | EXTENDS | NUMBERED
};

const store stores[] = {
    {"mem", open_mem, look_at_memory, NULL, MEM, 0},
    {"mem_allocator", open_mem_allocator, look_at_memory, NULL, MEM, 0},
    {"spool", open_spool, NULL, NULL, SPOOL | MEMORY | TAKES | TRIES_AGAIN,
     MOST},
    {"spool_64", open_spool, NULL, NULL, SPOOL | MOVES | TRIES_AGAIN, 64},
    {"spool_0", open_spool, NULL, NULL, SPOOL | MOVES | CLOSE_TELLS, 0},
    {"file", open_file, look_at_file, NULL, FILES | CLOSE_TELLS, 0},
    {"save", open_save, look_at_save, NULL, FILES, 0},
    {"fd", open_fd, look_at_file, close_ends, FILES, 0},
    {"fd_taken", open_fd_taken, look_at_file, close_ends, FILES | CLOSE_TELLS,
     0},
    {"pipe_in", open_pipe_in, look_at_other_end, close_ends, WRITES | MOVES, 0},
    {"pipe_out", open_pipe_out, NULL, close_ends, READS | MOVES, 0},
    {"socket", open_socket, look_at_other_end, close_ends,
     READS | WRITES | MOVES, 0},
    {"section", open_section, look_at_file, close_under,
     (BOTH & ~TRUNCATES) | MOVES | TRIES_AGAIN, 0},
    {"locked", open_locked, look_through_lock, unshare, READS | WRITES, 0},
    {"text", open_text_file, look_at_text, NULL,
     FILES | CLOSE_TELLS | TRIES_AGAIN | TEXT, 0},
    {"text_save", open_text_save, look_at_save, NULL,
     FILES | TRIES_AGAIN | TEXT, 0},
    {"text_utf16_out", open_utf16_out, NULL, NULL,
     READS | MOVES | TEXT | CONVERTS, 0},
    {"text_utf16_in", open_utf16_in, look_at_utf16, NULL,
     WRITES | MOVES | CLOSE_TELLS | TEXT | CONVERTS, 0},
    {"user", open_user, look_at_user, NULL,
     BOTH | MOVES | EXTENDS | CLOSE_TELLS, 0},
};

const size_t store_count = sizeof(stores) / sizeof(stores[0]);
