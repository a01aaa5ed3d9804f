/*
 * os_posix.c - os.h for POSIX systems.
 *
 * One function, one system call. Linux gets its extras (unlinked temporary
 * files, block allocation, shared blocks, huge pages) where the headers have
 * them; elsewhere the plain POSIX way, or "cannot", is the answer.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include "os.h"

#ifndef _WIN32
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <sys/xattr.h>
#endif
/* The kernel's headers need not be installed with a C library. */
#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/fs.h>)
#include <linux/fs.h>
#endif
#endif

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/* What one transfer may carry: beyond it Linux cuts, others fail. */
#define MAX_TRANSFER ((size_t)0x7ffff000)

#define RESULT(expr) os_result((ptrdiff_t)(expr))

static ptrdiff_t os_result(ptrdiff_t r)
{
    return r < 0 ? RILL_OS_ERROR(errno) : r;
}

/*
 * Make a system call that returns -1 on failure, if the hook lets it happen:
 * again where a signal interrupts it.
 */
#define CALL(r, which, expr)                       \
    do {                                           \
        (r) = os_may((which), NULL) ? (expr) : -1; \
    } while ((r) < 0 && errno == EINTR)

/* Make one that moves `n` bytes, of which the hook may leave fewer, once: the
 * core decides whether to go on. */
#define MOVE(which, n, expr) (os_may((which), &(n)) ? (expr) : -1)

static bool os_may(int call, size_t *count)
{
    int err = rill__ask(call, count);

    if (err != 0)
        errno = err;
    return err == 0;
}

static size_t os_cut(size_t n)
{
    return n < MAX_TRANSFER ? n : MAX_TRANSFER;
}

static int os_flags(int how)
{
    int flags = how & OS_INHERIT ? 0 : O_CLOEXEC;

    if ((how & OS_READ) && (how & OS_WRITE))
        flags |= O_RDWR;
    else
        flags |= how & OS_WRITE ? O_WRONLY : O_RDONLY;
    flags |= how & OS_APPEND ? O_APPEND : 0;
    flags |= how & OS_CREATE ? O_CREAT : 0;
    flags |= how & OS_TRUNCATE ? O_TRUNC : 0;
    flags |= how & OS_EXCLUSIVE ? O_EXCL : 0;
    flags |= how & OS_AS_IT_IS ? O_NOFOLLOW | O_NONBLOCK | O_NOCTTY : 0;
    return flags;
}

int rill__os_open(const char *path, int how, unsigned permissions)
{
    int r;

    CALL(r, RILL_CALL_OPEN, open(path, os_flags(how), (mode_t)permissions));
    return (int)RESULT(r);
}

int rill__os_open_temp(void)
{
    const char *dir = getenv("TMPDIR");
    char path[PATH_MAX];
    int fd, len;

    if (!dir || !*dir)
        dir = "/tmp";
#ifdef O_TMPFILE
    CALL(fd, RILL_CALL_OPEN, open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return (int)RESULT(fd);
#endif
    do { /* it needs the X's anew each time */
        len = snprintf(path, sizeof(path), "%s/rill-XXXXXX", dir);
        if (len < 0 || (size_t)len >= sizeof(path))
            return RILL_OS_ERROR(ENAMETOOLONG);
        fd = os_may(RILL_CALL_OPEN, NULL) ? mkostemp(path, O_CLOEXEC) : -1;
    } while (fd < 0 && errno == EINTR);
    if (fd >= 0)
        unlink(path);
    return (int)RESULT(fd);
}

int rill__os_close(int fd)
{
    /* Never again after EINTR: the descriptor is gone (close(2)). So it is
     * where the hook makes the call fail. */
    int r = (int)RESULT(close(fd));
    int err = rill__ask(RILL_CALL_CLOSE, NULL);

    if (r == 0 && err != 0)
        r = RILL_OS_ERROR(err);
    return r == RILL_OS_ERROR(EINTR) ? 0 : r;
}

static int status_of(int fd, struct stat *st)
{
    int r;

    CALL(r, RILL_CALL_STAT, fstat(fd, st));
    return (int)RESULT(r);
}

static int status_at(int dir, const char *name, struct stat *st)
{
    int r;

    CALL(r, RILL_CALL_STAT, fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW));
    return (int)RESULT(r);
}

static int info_of(const struct stat *st, struct os_info *info_out)
{
    info_out->size = (int64_t)st->st_size;
    info_out->permissions = (unsigned)st->st_mode & 07777;
    if (S_ISREG(st->st_mode))
        info_out->kind = OS_REGULAR;
    else
        info_out->kind = S_ISDIR(st->st_mode) ? OS_DIRECTORY : OS_OTHER;
    return 0;
}

int rill__os_info(int fd, struct os_info *info_out)
{
    struct stat st;

    int rc = status_of(fd, &st);

    return rc < 0 ? rc : info_of(&st, info_out);
}

int rill__os_appends(int fd)
{
    int flags;

    CALL(flags, RILL_CALL_DESCRIPTOR, fcntl(fd, F_GETFL));

    return flags >= 0 && (flags & O_APPEND) ? 1 : 0;
}

int rill__os_isatty(int fd)
{
    return isatty(fd) == 1;
}

ptrdiff_t rill__os_read(int fd, void *buf, size_t n)
{
    n = os_cut(n);
    return RESULT(MOVE(RILL_CALL_READ, n, read(fd, buf, n)));
}

ptrdiff_t rill__os_write(int fd, const void *buf, size_t n)
{
    n = os_cut(n);
    return RESULT(MOVE(RILL_CALL_WRITE, n, write(fd, buf, n)));
}

ptrdiff_t rill__os_pread(int fd, void *buf, size_t n, int64_t offset)
{
    n = os_cut(n);
    return RESULT(MOVE(RILL_CALL_READ, n, pread(fd, buf, n, (off_t)offset)));
}

ptrdiff_t rill__os_pwrite(int fd, const void *buf, size_t n, int64_t offset)
{
    n = os_cut(n);
    return RESULT(MOVE(RILL_CALL_WRITE, n, pwrite(fd, buf, n, (off_t)offset)));
}

/* Translate as many pieces as one call takes, and `left` bytes at most. */
static int os_iovec(struct iovec *to, const rill_iovec *from, int count,
                    size_t left)
{
    int i;

    for (i = 0; i < count && i < 64 && left > 0; i++) {
        to[i].iov_base = from[i].data;
        to[i].iov_len = from[i].len < left ? from[i].len : left;
        left -= to[i].iov_len;
    }
    return i;
}

/* The same for a call that the hook lets happen; -1 where it does not. */
static int os_vector(int call, struct iovec *to, const rill_iovec *from,
                     int count)
{
    size_t n = 0, left;

    count = os_iovec(to, from, count, MAX_TRANSFER);
    for (int i = 0; i < count; i++)
        n += to[i].iov_len;
    left = n;
    if (!os_may(call, &left))
        return -1;
    return left < n ? os_iovec(to, from, count, left) : count;
}

ptrdiff_t rill__os_readv(int fd, const rill_iovec *v, int count, int64_t offset)
{
    struct iovec iov[64];

    count = os_vector(RILL_CALL_READ, iov, v, count);
    if (count < 0)
        return RILL_OS_ERROR(errno);
    if (offset < 0)
        return RESULT(readv(fd, iov, count));
    return RESULT(preadv(fd, iov, count, (off_t)offset));
}

ptrdiff_t rill__os_writev(int fd, const rill_iovec *v, int count,
                          int64_t offset)
{
    struct iovec iov[64];

    count = os_vector(RILL_CALL_WRITE, iov, v, count);
    if (count < 0)
        return RILL_OS_ERROR(errno);
    if (offset < 0)
        return RESULT(writev(fd, iov, count));
    return RESULT(pwritev(fd, iov, count, (off_t)offset));
}

int64_t rill__os_seek(int fd, int64_t offset, int whence)
{
    off_t r;

    CALL(r, RILL_CALL_SEEK, lseek(fd, (off_t)offset, whence));

    return r < 0 ? RILL_OS_ERROR(errno) : (int64_t)r;
}

int rill__os_truncate(int fd, int64_t size)
{
    int r;

    CALL(r, RILL_CALL_TRUNCATE, ftruncate(fd, (off_t)size));
    return (int)RESULT(r);
}

int rill__os_sync(int fd, int level)
{
    int r;

    CALL(r, RILL_CALL_SYNC,
         level == RILL_SYNC_DATA ? fdatasync(fd) : fsync(fd));
    return (int)RESULT(r);
}

int rill__os_allocate(int fd, int64_t size)
{
#if defined(__linux__) && defined(FALLOC_FL_KEEP_SIZE)
    int r;

    CALL(r, RILL_CALL_PREPARE,
         fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size));
    return (int)RESULT(r);
#else
    (void)fd, (void)size;
    return RILL_ENOTSUP;
#endif
}

#ifdef __linux__
enum { PIPE_SIZE = 1024 * 1024 };

/* Empty `n` bytes of a pipe into a file. Returns how many arrived there. */
static int64_t drain(int pipe_fd, int to, loff_t *offset, size_t n)
{
    size_t left = n;

    while (left > 0) {
        ssize_t r;

        CALL(r, RILL_CALL_CLONE,
             splice(pipe_fd, NULL, to, offset, left, SPLICE_F_MOVE));

        if (r <= 0)
            break;
        left -= (size_t)r;
    }
    return (int64_t)(n - left);
}

/* Pages of the source pass through a pipe and are copied once. */
static int64_t copy_by_splice(int to, int64_t to_offset, int from,
                              int64_t from_offset, int64_t n)
{
    loff_t in = from_offset, out = to_offset;
    int64_t done = 0;
    int fds[2];

    int r;

    CALL(r, RILL_CALL_PIPE, pipe2(fds, O_CLOEXEC));
    if (r < 0)
        return 0;
    fcntl(fds[1], F_SETPIPE_SZ, PIPE_SIZE);
    while (done < n) {
        size_t want = n - done < PIPE_SIZE ? (size_t)(n - done) : PIPE_SIZE;
        ssize_t got;
        int64_t arrived;

        CALL(got, RILL_CALL_CLONE,
             splice(from, &in, fds[1], NULL, want, SPLICE_F_MOVE));
        if (got <= 0)
            break;
        arrived = drain(fds[0], to, &out, (size_t)got);
        done += arrived;
        if (arrived < got)
            break;
    }
    close(fds[0]);
    close(fds[1]);
    return done;
}
#endif

int64_t rill__os_copy_range(int to, int64_t to_offset, int from,
                            int64_t from_offset, int64_t n)
{
#ifdef FICLONERANGE
    struct file_clone_range range = {
        .src_fd = from,
        .src_offset = (uint64_t)from_offset,
        .src_length = (uint64_t)n,
        .dest_offset = (uint64_t)to_offset,
    };
    int r;

    CALL(r, RILL_CALL_CLONE, ioctl(to, FICLONERANGE, &range));
    if (r == 0)
        return n;
#endif
#ifdef __linux__
    return copy_by_splice(to, to_offset, from, from_offset, n);
#else
    (void)to, (void)to_offset, (void)from, (void)from_offset, (void)n;
    return 0;
#endif
}

/* ---- Directories --------------------------------------------------------- */

struct os_dir {
    int fd;
};

enum { MOST_LINKS = 40 }; /* as the kernel follows */

/*
 * Split `path` in place: the directory, and the last name in it. Returns 0,
 * EISDIR for what can only be a directory, ENAMETOOLONG.
 */
static int split_path(char *path, const char **dir_out,
                      char name_out[OS_NAME_SIZE])
{
    char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    if (!*path)
        return RILL_OS_ERROR(ENOENT);
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return RILL_OS_ERROR(EISDIR);
    if (strlen(name) >= OS_NAME_SIZE)
        return RILL_OS_ERROR(ENAMETOOLONG);
    memcpy(name_out, name, strlen(name) + 1);
    *dir_out = !slash ? "." : (slash == path ? "/" : path);
    if (slash)
        *slash = '\0';
    return 0;
}

/* Open the directory `path`, as seen from `from`. Whoever may not read it gets
 * it all the same where the system has a way, but cannot sync it. */
static int open_directory(int from, const char *path, int how)
{
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    int fd;

    CALL(fd, RILL_CALL_OPEN, openat(from, path, flags));

#ifdef O_PATH
    if (fd < 0 && errno == EACCES && !(how & OS_DIR_SYNC))
        CALL(fd, RILL_CALL_OPEN, openat(from, path, flags | O_PATH));
#endif
    (void)how;
    return (int)RESULT(fd);
}

/*
 * Whether a symbolic link is a stranger's, in a directory such as /tmp, where
 * all may write and each may remove only what is his: the kernel does not
 * follow those either (fs.protected_symlinks).
 */
static bool is_strangers(int dir, const char *name)
{
    const mode_t open_to_all = S_ISVTX | S_IWOTH;
    struct stat in, link;

    if (status_of(dir, &in) < 0 || status_at(dir, name, &link) < 0)
        return true;
    return (in.st_mode & open_to_all) == open_to_all &&
           link.st_uid != geteuid() && link.st_uid != in.st_uid;
}

/* Go from the directory `*dir` to where `name` in it points: 1 if it was a
 * symbolic link, 0 if not. `*dir` is another one then. */
static int follow_link(int *dir, int how, char name[OS_NAME_SIZE])
{
    char target[PATH_MAX];
    const char *path;
    int fd, rc;
    ptrdiff_t n;

    CALL(n, RILL_CALL_LINK, readlinkat(*dir, name, target, sizeof(target)));
    if (n < 0)
        return errno == EINVAL || errno == ENOENT ? 0 : RILL_OS_ERROR(errno);
    if ((size_t)n == sizeof(target))
        return RILL_OS_ERROR(ENAMETOOLONG);
    if (is_strangers(*dir, name))
        return RILL_OS_ERROR(EACCES);
    target[n] = '\0';
    rc = split_path(target, &path, name);
    if (rc < 0)
        return rc;
    fd = open_directory(*dir, path, how);
    if (fd < 0)
        return fd;
    close(*dir);
    *dir = fd;
    return 1;
}

int rill__os_dir_open(const char *path, int how, os_dir **dir_out,
                      char name_out[OS_NAME_SIZE])
{
    char copy[PATH_MAX];
    const char *dir;
    int fd, rc, links = 0;

    if (strlen(path) >= sizeof(copy))
        return RILL_OS_ERROR(ENAMETOOLONG);
    memcpy(copy, path, strlen(path) + 1);
    rc = split_path(copy, &dir, name_out);
    if (rc < 0)
        return rc;
    fd = open_directory(AT_FDCWD, dir, how);
    if (fd < 0)
        return fd;
    if (how & OS_DIR_FOLLOW) {
        while ((rc = follow_link(&fd, how, name_out)) == 1)
            if (links++ == MOST_LINKS) {
                rc = RILL_OS_ERROR(ELOOP);
                break;
            }
    }
    *dir_out = rc == 0 ? rill__malloc(sizeof(**dir_out)) : NULL;
    if (!*dir_out) {
        close(fd);
        return rc < 0 ? rc : RILL_ENOMEM;
    }
    (*dir_out)->fd = fd;
    return 0;
}

void rill__os_dir_close(os_dir *dir)
{
    close(dir->fd);
    free(dir);
}

int rill__os_dir_sync(os_dir *dir)
{
    int r;

    CALL(r, RILL_CALL_SYNC, fsync(dir->fd));
    /* A file system that has no such thing says so, and needs none. */
    return r < 0 && errno == EINVAL ? 0 : (int)RESULT(r);
}

int rill__os_open_at(os_dir *dir, const char *name, int how,
                     unsigned permissions)
{
    int r;

    CALL(r, RILL_CALL_OPEN,
         openat(dir->fd, name, os_flags(how), (mode_t)permissions));
    return (int)RESULT(r);
}

int rill__os_unlink_at(os_dir *dir, const char *name)
{
    int r;

    CALL(r, RILL_CALL_UNLINK, unlinkat(dir->fd, name, 0));
    return (int)RESULT(r);
}

int rill__os_rename_at(os_dir *dir, const char *from, const char *to,
                       int replace)
{
    int fd = dir->fd, r;

    if (replace) {
        CALL(r, RILL_CALL_RENAME, renameat(fd, from, fd, to));
        return (int)RESULT(r);
    }
#ifdef SYS_renameat2 /* for which not each C library has a function */
    CALL(r, RILL_CALL_RENAME,
         (int)syscall(SYS_renameat2, fd, from, fd, to, RENAME_NOREPLACE));
    if (r == 0 || (errno != EINVAL && errno != ENOSYS))
        return (int)RESULT(r);
#endif
    /* A file system without that: a second name, then without the first. */
    CALL(r, RILL_CALL_RENAME, linkat(fd, from, fd, to, 0));
    if (r == 0)
        (void)rill__os_unlink_at(dir, from); /* if not: the next save does */
    return (int)RESULT(r);
}

int rill__os_info_at(os_dir *dir, const char *name, struct os_info *info_out)
{
    struct stat st;

    int rc = status_at(dir->fd, name, &st);

    return rc < 0 ? rc : info_of(&st, info_out);
}

int rill__os_is_at(os_dir *dir, const char *name, int fd)
{
    struct stat there, here;
    int rc = status_of(fd, &here);

    if (rc == 0)
        rc = status_at(dir->fd, name, &there);
    if (rc < 0)
        return rc == RILL_OS_ERROR(ENOENT) ? 0 : rc;
    return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

int rill__os_lock(int fd)
{
    int r;

    CALL(r, RILL_CALL_LOCK, flock(fd, LOCK_EX | LOCK_NB));
    return (int)RESULT(r);
}

/* ---- Attributes ---------------------------------------------------------- */

#ifdef __linux__
enum { MOST_ATTRIBUTES = 64 * 1024 }; /* the kernel's limits, both of them */

/* Whether failing to set an attribute leaves the file as it should be: these
 * are the system's, which sets what it wants the new file to have. */
static bool is_systems(const char *name)
{
    return strncmp(name, "security.", 9) == 0 ||
           strncmp(name, "trusted.", 8) == 0;
}

static int copy_attribute(int to, int from, const char *name, char *value)
{
    ssize_t n;

    CALL(n, RILL_CALL_ATTRIBUTE, fgetxattr(from, name, value, MOST_ATTRIBUTES));
    if (n >= 0) {
        size_t size = (size_t)n;
        CALL(n, RILL_CALL_ATTRIBUTE, fsetxattr(to, name, value, size, 0));
    }
    if (n < 0 && !(is_systems(name) && (errno == EPERM || errno == ENOTSUP)))
        return RILL_OS_ERROR(errno);
    return 0;
}

/* Get the names of a file's attributes, and room for a value behind them, to
 * be freed. Returns how many bytes they are; 0 where there are none. */
static ptrdiff_t list_attributes(int fd, char **names_out)
{
    ptrdiff_t n;

    *names_out = rill__malloc(2 * MOST_ATTRIBUTES);
    if (!*names_out)
        return RILL_ENOMEM;
    CALL(n, RILL_CALL_ATTRIBUTE, flistxattr(fd, *names_out, MOST_ATTRIBUTES));
    if (n < 0 && errno == ENOTSUP)
        return 0;
    return RESULT(n);
}

/* Take away what a new file has inherited and the other has not: an access
 * control list, say. */
static int drop_extended(int to, int from)
{
    char *names;
    ptrdiff_t n = list_attributes(to, &names);
    int rc = n < 0 ? (int)n : 0;

    for (char *name = names; rc == 0 && name < names + n;
         name += strlen(name) + 1) {
        if (is_systems(name))
            continue;
        CALL(rc, RILL_CALL_ATTRIBUTE, (int)fgetxattr(from, name, NULL, 0));
        if (rc < 0 && errno == ENODATA)
            CALL(rc, RILL_CALL_ATTRIBUTE, fremovexattr(to, name));
        rc = rc < 0 ? RILL_OS_ERROR(errno) : 0;
    }

    free(names);
    return rc;
}

static int copy_extended(int to, int from)
{
    char *names;
    ptrdiff_t n = list_attributes(from, &names);
    int rc = n < 0 ? (int)n : 0;

    for (char *name = names; rc == 0 && name < names + n;
         name += strlen(name) + 1)
        rc = copy_attribute(to, from, name, names + MOST_ATTRIBUTES);
    free(names);
    return rc;
}
#else
static int drop_extended(int to, int from)
{
    (void)to, (void)from;
    return 0;
}

static int copy_extended(int to, int from)
{
    (void)to, (void)from;
    return 0;
}
#endif

int rill__os_copy_owner(int to, int from)
{
    struct stat want, have;
    int r = status_of(from, &want);

    if (r == 0)
        r = status_of(to, &have);
    if (r < 0)
        return r;
    if (want.st_uid == have.st_uid && want.st_gid == have.st_gid)
        return 0;
    CALL(r, RILL_CALL_ATTRIBUTE, fchown(to, want.st_uid, want.st_gid));
    return (int)RESULT(r);
}

int rill__os_permit(int fd, unsigned permissions)
{
    int r;

    CALL(r, RILL_CALL_ATTRIBUTE, fchmod(fd, (mode_t)permissions));
    return (int)RESULT(r);
}

int rill__os_copy_attributes(int to, int from)
{
    struct stat want;
    int rc = rill__os_copy_owner(to, from);

    if (rc == 0)
        rc = drop_extended(to, from);
    if (rc < 0)
        return rc;
    /* After the owner, whose change takes set-user-ID bits away; before the
     * access control list, which is finer. */
    rc = status_of(from, &want);
    if (rc == 0)
        rc = rill__os_permit(to, want.st_mode & 07777);
    return rc < 0 ? rc : copy_extended(to, from);
}

/* ---- Processes and threads ------------------------------------------------ */

int64_t rill__os_process(void)
{
    return (int64_t)getpid();
}

int rill__os_at_fork(void (*before)(void), void (*in_parent)(void),
                     void (*in_child)(void))
{
    int err = pthread_atfork(before, in_parent, in_child);
    return err == 0 ? 0 : RILL_OS_ERROR(err);
}

static pthread_mutex_t process_lock = PTHREAD_MUTEX_INITIALIZER;

void rill__os_lock_process(void)
{
    pthread_mutex_lock(&process_lock);
}

void rill__os_unlock_process(void)
{
    pthread_mutex_unlock(&process_lock);
}

struct os_mutex {
    pthread_mutex_t mutex;
};

os_mutex *rill__os_mutex_new(void)
{
    os_mutex *m = rill__malloc(sizeof(*m));

    if (m && pthread_mutex_init(&m->mutex, NULL) != 0) {
        free(m);
        return NULL;
    }
    return m;
}

void rill__os_mutex_lock(os_mutex *m)
{
    pthread_mutex_lock(&m->mutex);
}

void rill__os_mutex_unlock(os_mutex *m)
{
    pthread_mutex_unlock(&m->mutex);
}

void rill__os_mutex_free(os_mutex *m)
{
    pthread_mutex_destroy(&m->mutex);
    free(m);
}

/* ---- Address space -------------------------------------------------------- */

void *rill__os_reserve(size_t n)
{
#if SIZE_MAX > 0xffffffff && defined(MAP_ANONYMOUS)
    size_t slack = OS_RANGE_ALIGN, head;
    unsigned char *p = MAP_FAILED;

    if (os_may(RILL_CALL_ALLOCATE, NULL))
        p = mmap(NULL, n + slack, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    head = (slack - ((uintptr_t)p & (slack - 1))) & (slack - 1);
    if (head > 0)
        munmap(p, head);
    if (slack - head > 0)
        munmap(p + head + n, slack - head);
#ifdef MADV_HUGEPAGE
    madvise(p + head, n, MADV_HUGEPAGE);
#endif
    return p + head;
#else
    (void)n;
    return NULL;
#endif
}

int rill__os_commit(void *p, size_t old_size, size_t new_size)
{
    int r;

    CALL(r, RILL_CALL_ALLOCATE,
         mprotect((unsigned char *)p + old_size, new_size - old_size,
                  PROT_READ | PROT_WRITE));
    return (int)RESULT(r);
}

void rill__os_release(void *p, size_t n)
{
    munmap(p, n);
}

void rill__os_lazy_free(void *p, size_t n)
{
#ifdef MADV_FREE
    madvise(p, n, MADV_FREE);
#else
    (void)p, (void)n;
#endif
}
#endif /* _WIN32 */
