/*
 * os_posix_dir.c - os.h for POSIX systems: directories held open, and what a
 * file has besides its content.
 */
#include "os_posix.h"

#ifndef _WIN32

static int status_at(int dir, const char *name, struct stat *st)
{
    int r;

    CALL(r, RILL_CALL_STAT, fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW));
    return (int)RESULT(r);
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
static bool is_strangers(int dir, const struct stat *link)
{
    const mode_t open_to_all = S_ISVTX | S_IWOTH;
    struct stat in = {0};

    return status_of(dir, &in) < 0 ||
           ((in.st_mode & open_to_all) == open_to_all &&
            link->st_uid != geteuid() && link->st_uid != in.st_uid);
}

/* Read where a symbolic link leads, if it is one that may be followed. Returns
 * the length; 0 if `name` is no link, or nothing. */
static ptrdiff_t read_link(int dir, const char *name, char *target, size_t size)
{
    struct stat link = {0};
    ptrdiff_t n;
    int rc;
#ifdef O_PATH /* held, so that what is looked at is what is read */
    int fd;

    CALL(fd, RILL_CALL_OPEN,
         openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    rc = fd < 0 ? (int)RESULT(fd) : status_of(fd, &link);
#else
    rc = status_at(dir, name, &link);
#endif
    n = rc == RILL_OS_ERROR(ENOENT) ? 0 : rc;
    if (rc == 0 && S_ISLNK(link.st_mode)) {
        if (is_strangers(dir, &link)) {
            n = RILL_OS_ERROR(EACCES);
        } else {
#ifdef O_PATH
            CALL(n, RILL_CALL_LINK, readlinkat(fd, "", target, size));
#else
            CALL(n, RILL_CALL_LINK, readlinkat(dir, name, target, size));
#endif
            n = RESULT(n);
        }
    }
#ifdef O_PATH
    if (fd >= 0)
        close(fd);
#endif
    return (size_t)n == size ? RILL_OS_ERROR(ENAMETOOLONG) : n;
}

/* Go from the directory `*dir` to where `name` in it points: 1 if it was a
 * symbolic link, 0 if not. `*dir` is another one then. */
static int follow_link(int *dir, int how, char name[OS_NAME_SIZE])
{
    char target[PATH_MAX];
    const char *path;
    ptrdiff_t n = read_link(*dir, name, target, sizeof(target));
    int fd, rc;

    if (n <= 0)
        return (int)n;
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
    struct stat st = {0};
    int rc = status_at(dir->fd, name, &st);

    return rc < 0 ? rc : info_of(&st, info_out);
}

int rill__os_is_at(os_dir *dir, const char *name, int fd)
{
    struct stat there = {0}, here = {0};
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

    *names_out = rill__malloc((size_t)2 * MOST_ATTRIBUTES);
    if (!*names_out)
        return RILL_ENOMEM;
    CALL(n, RILL_CALL_ATTRIBUTE, flistxattr(fd, *names_out, MOST_ATTRIBUTES));
    if (n < 0 && errno == ENOTSUP)
        return 0;
    return RESULT(n);
}

/* Take away what a new file has inherited: an access control list, say. What
 * cannot be removed, and is another in `from`, will be overwritten. */
static int drop_extended(int to, int from)
{
    char *names;
    ptrdiff_t n = list_attributes(to, &names);
    int rc = n < 0 ? (int)n : 0;

    for (char *name = names; rc == 0 && name < names + n;
         name += strlen(name) + 1) {
        if (is_systems(name))
            continue;
        CALL(rc, RILL_CALL_ATTRIBUTE, fremovexattr(to, name));
        rc = (int)RESULT(rc);
        if (rc < 0 && fgetxattr(from, name, NULL, 0) >= 0)
            rc = 0;
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
    struct stat want = {0}, have = {0};
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
    struct stat want = {0};
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
#endif /* not Windows */
