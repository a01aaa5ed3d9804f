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
    LONGEST = 240     /* of a name, beside "." and ".15.rill-save": 255 */
};

struct save {
    struct file file; /* first: the operations are a file's */
    unsigned char durable;
    unsigned char exclusive;
    unsigned char done;   /* the file has its name */
    int old;              /* the file that was there at first, or -1 ... */
    unsigned permissions; /* ... and then, what the new one shall have */
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
 * others may share the slot does no harm. On Windows, too, which counts units
 * of UTF-16, of which there are no more than bytes. */
static void slot_name(char to[OS_NAME_SIZE], const char *name, int slot)
{
    size_t len = strlen(name);

    if (len > LONGEST) {
        len = LONGEST;
        while (len > 0 && (name[len] & 0xc0) == 0x80)
            len--;
    }
    (void)snprintf(to, OS_NAME_SIZE, ".%.*s.%d.rill-save", (int)len, name,
                   slot);
}

/* Open what is in a slot: for writing, which some file systems want of who
 * locks it, or for reading alone. */
static int open_slot(os_dir *dir, const char *slot)
{
    int fd = rill__os_open_at(dir, slot, OS_READ | OS_WRITE | OS_AS_IT_IS, 0);

    if (fd == RILL_OS_ERROR(EACCES))
        fd = rill__os_open_at(dir, slot, OS_READ | OS_AS_IT_IS, 0);
    return fd;
}

/* Remove what a dead save has left in a slot, if it is that. */
static void clear_slot(os_dir *dir, const char *slot)
{
    struct os_info info;
    int fd;

    /* First without opening it: others may have put anything there. */
    if (rill__os_info_at(dir, slot, &info) < 0 || info.kind != OS_REGULAR)
        return;
    fd = open_slot(dir, slot);
    if (fd < 0)
        return;
    if (rill__os_info(fd, &info) == 0 && info.kind == OS_REGULAR &&
        rill__os_lock(fd) == 0 && rill__os_is_at(dir, slot, fd) == 1)
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
    int fd = rill__os_open_at(dir, slot, how, permissions), rc;

    if (fd < 0)
        return fd;
    rc = rill__os_lock(fd);
    /* Where files cannot be locked, nobody takes this one for a dead save's.
     * Where one that clears slots was quicker, it is gone or as good as. */
    if (rc != RILL_OS_ERROR(EAGAIN)) {
        rc = rill__os_is_at(dir, slot, fd);
        if (rc == 1)
            return fd;
        if (rc < 0)
            rill__os_unlink_at(dir, slot);
    }
    rill__os_close(fd);
    return rc < 0 && rc != RILL_OS_ERROR(EAGAIN) ? rc : RILL_OS_ERROR(EEXIST);
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
    return fd == RILL_OS_ERROR(EEXIST) ? RILL_OS_ERROR(EBUSY) : fd;
}

/* ---- Operations ------------------------------------------------------------ */

/* Open the file that is replaced. Returns its descriptor; ENOENT, or another
 * code, where there is none that could be. */
static int open_old(const struct save *p, struct os_info *info)
{
    /* First without opening it: a device may be anything. */
    int rc = rill__os_info_at(p->dir, p->name, info);

    if (rc < 0)
        return rc;
    if (p->exclusive)
        return RILL_OS_ERROR(EEXIST);
    if (info->kind == OS_DIRECTORY)
        return RILL_OS_ERROR(EISDIR);
    if (info->kind != OS_REGULAR)
        return RILL_ENOTSUP;
    return rill__os_open_at(p->dir, p->name, OS_READ | OS_AS_IT_IS, 0);
}

/* Give the file what the one that it replaces has: the one that is there now,
 * or else was at first. */
static int take_attributes(struct save *p)
{
    struct os_info info;
    int now = open_old(p, &info), rc;

    if (now < 0 && now != RILL_OS_ERROR(ENOENT))
        return now;
    if (now < 0 && p->old < 0)
        return rill__os_permit(p->file.fd, p->permissions);
    rc = rill__os_copy_attributes(p->file.fd, now >= 0 ? now : p->old);
    if (now >= 0)
        rill__os_close(now);
    return rc;
}

/* Let go of the file that was there at first: of one that is open, Windows
 * gives the name to no other. */
static void close_old(struct save *p)
{
    if (p->old >= 0)
        rill__os_close(p->old);
    p->old = -1;
}

/* The order is what makes it safe: the new content is on the disk before it
 * has the name, and (durable) the name is before anybody is told. */
static int save_commit(rill *s, void *self)
{
    struct save *p = self;
    int rc;

    (void)s;
    if (!rill__file_is_mine(&p->file))
        return RILL_ENOTSUP;
    if (!p->done) {
        rc = take_attributes(p);
        if (rc == RILL_OK)
            rc = rill__os_sync(p->file.fd, RILL_SYNC_DISK);
        if (rc == RILL_OK)
            rc = rill__os_is_at(p->dir, p->beside, p->file.fd);
        if (rc == 0)
            rc = RILL_OS_ERROR(ENOENT); /* it was taken away */
        close_old(p);
        if (rc > 0)
            rc = rill__os_rename_at(p->dir, p->beside, p->name, !p->exclusive);
        if (rc < 0)
            return rc;
        p->done = 1;
    }
    return p->durable ? rill__os_dir_sync(p->dir) : RILL_OK;
}

/* Undo what has not been committed, and let go, of as much as was begun. */
static int save_release(struct save *p)
{
    int rc = RILL_OK;

    if (p->file.fd >= 0) {
        if (!p->done && rill__file_is_mine(&p->file) &&
            rill__os_is_at(p->dir, p->beside, p->file.fd) == 1)
            rill__os_unlink_at(p->dir, p->beside);
        rc = rill__os_close(p->file.fd);
    }
    close_old(p);
    if (p->dir)
        rill__os_dir_close(p->dir);
    return rc;
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
        if (n < 0)
            return (int)n;
        if (n == 0) /* the old one may not come out shorter */
            return at < size ? RILL_EIO : RILL_OK;
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

/* Make the file beside, empty and private: what it shall be permitted is set
 * when it is done. */
static int begin_new(struct save *p, int how, unsigned permissions)
{
    struct os_info info = {0};
    int rc;

    p->file.fd = open_beside(p, how, permissions);
    if (p->file.fd < 0)
        return p->file.fd;
    rc = rill__os_info(p->file.fd, &info); /* less the umask, by now */
    p->permissions = info.permissions;
    return rc == 0 ? rill__os_permit(p->file.fd, 0600) : rc;
}

/* The same where there is an old one, whose content it starts with unless it
 * is `fresh`. */
static int begin_like_old(struct save *p, int how, bool fresh, int64_t size)
{
    int rc;

    p->file.fd = open_beside(p, how, 0600);
    if (p->file.fd < 0)
        return p->file.fd;
    /* Now, so that it is known before all the work is done. */
    rc = rill__os_copy_owner(p->file.fd, p->old);
    if (rc == 0 && !fresh)
        rc = copy_content(p->file.fd, p->old, size);
    return rc;
}

static int begin(struct save *p, struct file_mode m, const char *path,
                 unsigned permissions)
{
    int how = OS_READ | OS_WRITE | OS_CREATE | OS_EXCLUSIVE |
              (m.how & (OS_APPEND | OS_INHERIT));
    int where =
        (p->durable ? OS_DIR_SYNC : 0) | (p->exclusive ? 0 : OS_DIR_FOLLOW);
    struct os_info info = {0};
    int rc = rill__os_dir_open(path, where, &p->dir, p->name);

    if (rc < 0)
        return rc;
    p->old = open_old(p, &info);
    if (p->old >= 0)
        return begin_like_old(p, how, (m.how & OS_TRUNCATE) != 0, info.size);
    if (p->old == RILL_OS_ERROR(ENOENT) && m.how & OS_CREATE)
        return begin_new(p, how, permissions);
    return p->old;
}

rill *rill__open_save(const char *path, struct file_mode m,
                      const rill_options *o)
{
    struct save p = {
        .file = {.fd = -1, .owned = 1, .appends = (m.how & OS_APPEND) != 0},
        .durable = m.save == RILL_SAVE_DURABLE,
        .exclusive = (m.how & OS_EXCLUSIVE) != 0,
        .old = -1,
    };
    struct os_info info = {0};
    void *self;
    rill *s = NULL;
    int rc;

    if (!o || !o->keep_after_fork)
        p.file.process = rill__os_process();
    rc = begin(&p, m, path, o && o->permissions ? o->permissions : 0666);

    if (rc == 0 && m.access & RILL_APPEND)
        rc = rill__os_info(p.file.fd, &info);
    if (rc == 0)
        s = rill_open_ops(&save_ops, m.access, path, o, &self);
    else
        rill_open_failed(o, path, rc);
    if (!s) {
        int why = errno;
        save_release(&p);
        errno = why;
        return NULL;
    }
    *(struct save *)self = p;
    rill_start_at(s, info.size);
    if (o && o->size_hint > 0)
        rill_hint_size(s, o->size_hint);
    return s;
}
