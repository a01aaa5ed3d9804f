/*
 * save.c - files that appear whole, or not at all.
 *
 * What is written goes to a file beside the one that is named, which takes its
 * place when the stream is closed without a failure; close() alone removes it.
 * The directory is held open meanwhile, so that all happens in one place,
 * whatever becomes of the path.
 *
 * The name beside is one of SLOTS. Who works in a slot has its file locked,
 * until the process ends in whatever way; so a file there that can be locked
 * is a dead save's, and is removed by whoever comes next.
 */
#include "file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    SLOTS = 16,
    COPY = 16 * 1024, /* bytes at a time, where the kernel cannot copy */
    SUFFIX = 16       /* "." before, ".15.rill-save" after, the NUL */
};

struct save {
    struct file file; /* first: the operations are a file's */
    unsigned char durable;
    unsigned char exclusive;
    unsigned char done;      /* the file has its name */
    unsigned char child_may; /* keep_after_fork */
    int64_t process;         /* that began it */
    os_dir *dir;
    char name[OS_NAME_SIZE];   /* where it shall appear */
    char beside[OS_NAME_SIZE]; /* where it is now */
};

#define RETRY(result, call) \
    do {                    \
        (result) = (call);  \
    } while ((result) == RILL_OS_ERROR(EINTR))

/* ---- The name beside ------------------------------------------------------ */

/* The slot's name. A long name is cut, between two characters of UTF-8: that
 * others may share the slot does no harm. */
static void slot_name(char to[OS_NAME_SIZE], const char *name, int slot)
{
    size_t len = strlen(name);

    if (len > OS_NAME_SIZE - SUFFIX) {
        len = OS_NAME_SIZE - SUFFIX;
        while (len > 0 && (name[len] & 0xc0) == 0x80)
            len--;
    }
    snprintf(to, OS_NAME_SIZE, ".%.*s.%d.rill-save", (int)len, name, slot);
}

/* Remove what a dead save has left in a slot, if it is that. */
static void clear_slot(os_dir *dir, const char *slot)
{
    struct os_info info;
    int fd;

    RETRY(fd, rill__os_open_at(dir, slot, OS_READ | OS_NO_FOLLOW, 0));
    if (fd < 0)
        return;
    if (rill__os_info(fd, &info) == 0 && info.kind == OS_REGULAR &&
        rill__os_lock(fd) == 0 && rill__os_is_at(dir, slot, fd))
        rill__os_unlink_at(dir, slot);
    rill__os_close(fd);
}

/*
 * Create the file of a slot, and lock it. Returns the descriptor; a code
 * otherwise, EEXIST where the slot is taken.
 */
static int take_slot(os_dir *dir, const char *slot, int how,
                     unsigned permissions)
{
    int fd, rc;

    RETRY(fd, rill__os_open_at(dir, slot, how, permissions));
    if (fd < 0)
        return fd;
    RETRY(rc, rill__os_lock(fd));
    /* Where files cannot be locked, nobody takes this one for a dead save's.
     * Where one that clears slots was quicker, it is gone or as good as. */
    if (rc == RILL_OS_ERROR(EAGAIN) || !rill__os_is_at(dir, slot, fd)) {
        rill__os_close(fd);
        return RILL_OS_ERROR(EEXIST);
    }
    return fd;
}

/* Create the file beside, in the first free slot, and clear the others. */
static int open_beside(struct save *p, int how, unsigned permissions)
{
    int fd = RILL_OS_ERROR(EEXIST);

    for (int slot = 0; slot < SLOTS; slot++) {
        char name[OS_NAME_SIZE];

        slot_name(name, p->name, slot);
        clear_slot(p->dir, name);
        if (fd != RILL_OS_ERROR(EEXIST))
            continue;
        fd = take_slot(p->dir, name, how, permissions);
        memcpy(p->beside, name, sizeof(name));
    }
    return fd;
}

/* ---- Operations ------------------------------------------------------------ */

/* Give the file what the one that it replaces has. */
static int take_attributes(struct save *p)
{
    int old, rc;

    RETRY(old, rill__os_open_at(p->dir, p->name, OS_READ | OS_NO_FOLLOW, 0));
    if (old == RILL_OS_ERROR(ENOENT))
        return RILL_OK;
    if (old < 0)
        return old;
    rc = p->exclusive ? RILL_OS_ERROR(EEXIST)
                      : rill__os_copy_attributes(p->file.fd, old);
    rill__os_close(old);
    return rc;
}

/* The order is what makes it safe: the new content is on the disk before it
 * has the name, and (durable) the name is before anybody is told. */
static int save_commit(rill *s, void *self)
{
    struct save *p = self;
    int rc;

    (void)s;
    if (rill__os_process() != p->process && !p->child_may)
        return RILL_ENOTSUP;
    if (!p->done) {
        rc = take_attributes(p);
        if (rc == RILL_OK)
            rc = rill__os_sync(p->file.fd, RILL_SYNC_DISK);
        if (rc == RILL_OK && !rill__os_is_at(p->dir, p->beside, p->file.fd))
            rc = RILL_OS_ERROR(ENOENT); /* it was taken away */
        if (rc == RILL_OK)
            rc = rill__os_rename_at(p->dir, p->beside, p->name, !p->exclusive);
        if (rc < 0)
            return rc;
        p->done = 1;
    }
    return p->durable ? rill__os_dir_sync(p->dir) : RILL_OK;
}

/* Undo what has not been committed, and let go. */
static int save_release(struct save *p)
{
    bool mine = rill__os_process() == p->process || p->child_may;

    if (!p->done && mine && rill__os_is_at(p->dir, p->beside, p->file.fd))
        rill__os_unlink_at(p->dir, p->beside);
    rill__os_dir_close(p->dir);
    return rill__os_close(p->file.fd);
}

static int save_close(rill *s, void *self)
{
    (void)s;
    return save_release(self);
}

static const rill_ops save_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct save),
    .name = "save",
    .read = rill__file_read,
    .write = rill__file_write,
    .readv = rill__file_readv,
    .writev = rill__file_writev,
    .size = rill__file_size,
    .truncate = rill__file_truncate,
    .flush = rill__file_flush,
    .clone = rill__file_clone,
    .sync = rill__file_sync,
    .hint = rill__file_hint,
    .fileno = rill__file_fileno,
    .isatty = rill__file_isatty,
    .commit = save_commit,
    .close = save_close,
};

/* ---- Opening --------------------------------------------------------------- */

static int copy_content(int to, int from, int64_t size)
{
    unsigned char buf[COPY];
    int64_t at = rill__os_copy_range(to, 0, from, 0, size);

    for (;;) {
        ptrdiff_t n, done = 0;

        RETRY(n, rill__os_pread(from, buf, sizeof(buf), at));
        if (n <= 0)
            return (int)n;
        while (done < n) {
            ptrdiff_t r;

            RETRY(r, rill__os_pwrite(to, buf + done, (size_t)(n - done),
                                     at + done));
            if (r <= 0)
                return r < 0 ? (int)r : RILL_EIO;
            done += r;
        }
        at += n;
    }
}

/* Open the file that will be replaced: its descriptor, or ENOENT. */
static int open_old(const struct save *p, struct os_info *info)
{
    int fd, rc;

    /* First without opening it: a device may be anything. */
    RETRY(rc, rill__os_info_at(p->dir, p->name, info));
    if (rc < 0)
        return rc;
    if (info->kind != OS_REGULAR)
        return info->kind == OS_DIRECTORY ? RILL_OS_ERROR(EISDIR)
                                          : RILL_ENOTSUP;
    RETRY(fd, rill__os_open_at(p->dir, p->name, OS_READ | OS_NO_FOLLOW, 0));
    return fd;
}

/* Make the file beside, as `m` says: like the old one, or new. Returns its
 * descriptor; nothing is left behind where that fails. */
static int begin(struct save *p, struct file_mode m, unsigned permissions)
{
    struct os_info info;
    int old = open_old(p, &info), fd, rc = RILL_OK;
    int how = OS_READ | OS_WRITE | OS_CREATE | OS_EXCLUSIVE | OS_NO_FOLLOW |
              (m.how & (OS_APPEND | OS_INHERIT));
    bool fresh = m.how & (OS_TRUNCATE | OS_EXCLUSIVE);

    if (old == RILL_OS_ERROR(ENOENT)) {
        if (!(m.how & OS_CREATE))
            return old;
        return open_beside(p, how, permissions);
    }
    if (old < 0)
        return old;
    fd = p->exclusive ? RILL_OS_ERROR(EEXIST) : open_beside(p, how, 0600);
    if (fd >= 0)
        rc = rill__os_copy_owner(fd, old);
    if (fd >= 0 && rc == RILL_OK && !fresh)
        rc = copy_content(fd, old, info.size);
    rill__os_close(old);
    if (rc < 0) {
        rill__os_unlink_at(p->dir, p->beside);
        rill__os_close(fd);
        return rc;
    }
    return fd;
}

rill *rill__open_save(const char *path, struct file_mode m,
                      const rill_options *o)
{
    struct save p = {
        .file = {.owned = 1, .appends = (m.how & OS_APPEND) != 0},
        .durable = m.save == RILL_SAVE_DURABLE,
        .exclusive = (m.how & OS_EXCLUSIVE) != 0,
        .child_may = o && o->keep_after_fork,
        .process = rill__os_process(),
    };
    unsigned permissions = o && o->permissions ? o->permissions : 0666;
    struct os_info info;
    void *self;
    rill *s;
    int rc;

    RETRY(rc, rill__os_dir_open(path, &p.dir, p.name));
    if (rc < 0)
        return rill_open_failed(o, path, rc);
    p.file.fd = begin(&p, m, permissions);
    if (p.file.fd < 0) {
        rill__os_dir_close(p.dir);
        return rill_open_failed(o, path, p.file.fd);
    }
    rc = m.access & RILL_APPEND ? rill__os_info(p.file.fd, &info) : RILL_OK;
    s = rc < 0 ? rill_open_failed(o, path, rc)
               : rill_open_ops(&save_ops, m.access, path, o, &self);
    if (!s) {
        int why = errno;
        save_release(&p);
        errno = why;
        return NULL;
    }
    *(struct save *)self = p;
    if (m.access & RILL_APPEND)
        rill_start_at(s, info.size);
    if (o && o->size_hint > 0)
        rill_hint_size(s, o->size_hint);
    return s;
}
