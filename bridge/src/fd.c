/*
 * fd.c - the bytes of a stream behind a descriptor and a path.
 *
 * Where the stream has a file, that is lent. Otherwise there is a copy, in
 * memory (memfd) or in a directory of its own: the content goes there when it
 * is made and, if it has changed, comes back when it is closed (fd_copy.c).
 */
#define _GNU_SOURCE /* memfd_create(), F_ADD_SEALS, mkdtemp() */

#include <rill/fd.h>
#include <rill/ops.h>

#include "fd_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef _WIN32
#include <io.h>
#define O_CLOEXEC O_NOINHERIT
enum { PERMISSIONS = 0600, READ_ONLY = 0600 }; /* read-only cannot be removed */
#else
#include <sys/mman.h>
#define O_BINARY 0
enum { PERMISSIONS = 0600, READ_ONLY = 0400 };
#endif

/* What is brought back to the stream. */
enum back {
    BACK_NOTHING,
    BACK_SHARED, /* it is the stream's own file */
    BACK_COPY    /* what was written to the copy */
};

struct rill_fd {
    rill *s;
    int number;      /* -1: none yet */
    bool owned;      /* the number is ours to close */
    char *directory; /* ours, with the copy in it; NULL: none */
    char *path;      /* NULL: none */
    enum back back;
    int64_t brought; /* so much of it, where the stream only writes */
};

/* Results here are as those of a store's operations, with the errno in them. */
static int64_t os_failed(void)
{
    return RILL_OS_ERROR(errno);
}

/* What a function of the header returns for such a result: its code, or 0. */
static int told(int64_t result)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    if (result >= 0)
        return RILL_OK;
    o.error = &e;
    (void)!rill_open_failed(&o, NULL, (int)result);
    return e.code;
}

/* ---- The system --------------------------------------------------------- */

#ifdef _WIN32
static const char *const temporary[] = {"TEMP", "."};

static char *realpath(const char *path, char *unused)
{
    return _fullpath(unused, path, 0);
}

static char *mkdtemp(char *path)
{
    char *number = path + strlen(path) - 6;
    unsigned n = (unsigned)getpid();
    int rc;

    do {
        snprintf(number, 7, "%06x", n++ & 0xffffff);
        rc = mkdir(path);
    } while (rc != 0 && errno == EEXIST);
    return rc == 0 ? path : NULL;
}

/* A stream's HANDLE is no descriptor of the C runtime: always a copy. */
static int64_t lend(struct rill_fd *f, const char *extension, int flags,
                    bool path)
{
    (void)f, (void)extension, (void)flags, (void)path;
    return 0;
}
#else
static const char *const temporary[] = {"TMPDIR", "/tmp"};

static bool leads_to(const char *path, int number)
{
    struct stat a, b;

    return stat(path, &a) == 0 && fstat(number, &b) == 0 &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A path to what is open as `number`, from malloc(), or NULL: its name, if it
 * still has the one that the stream was opened with, or /proc's. */
static char *path_of(const rill *s, int number)
{
    const char *name = rill_name(s);
    char text[60];

    if (name && leads_to(name, number))
        return realpath(name, NULL);
    snprintf(text, sizeof(text), "/proc/%ld/fd/%d", (long)getpid(), number);
    if (leads_to(text, number))
        return strdup(text);
    /* The numbers are of another namespace. */
    snprintf(text, sizeof(text), "/proc/self/fd/%d", number);
    return leads_to(text, number) ? strdup(text) : NULL;
}

static bool ends_in(const char *path, const char *extension)
{
    size_t n = strlen(path), m = strlen(extension);

    return n >= m && strcmp(path + n - m, extension) == 0;
}

/* Lend the stream's own file. Returns 1; 0 if it has none that is asked for. */
static int64_t lend(struct rill_fd *f, const char *extension, int flags,
                    bool path)
{
    int fd = rill_seekable(f->s) ? rill_fileno(f->s) : RILL_ENOTSUP;
    char *own;

    if (fd < 0)
        return fd == RILL_ENOTSUP ? 0 : rill_wrapped_result(f->s, fd);
    own = path_of(f->s, fd);
    if (path && (!own || (extension && !ends_in(own, extension)))) {
        free(own);
        return 0;
    }
    f->path = own;
    f->back = BACK_SHARED;
    f->number = flags & RILL_FD_INHERITABLE ? dup(fd) : fd;
    f->owned = f->number >= 0 && f->number != fd;
    return f->number < 0 ? os_failed() : 1;
}
#endif

/* ---- Copies ------------------------------------------------------------- */

/* A file in memory, with a path where there is /proc. Returns 1; 0 if there
 * are none, or none with a path. */
static int64_t make_in_memory(struct rill_fd *f, int flags, bool path)
{
#ifdef MFD_ALLOW_SEALING
    bool inheritable = (flags & RILL_FD_INHERITABLE) != 0;

    f->number = memfd_create("rill", MFD_ALLOW_SEALING |
                                         (inheritable ? 0 : MFD_CLOEXEC));
    if (f->number < 0)
        return 0;
    f->owned = true;
    f->path = path_of(f->s, f->number);
    if (f->path || !path)
        return 1;
    close(f->number);
    f->owned = false;
    f->number = -1;
#else
    (void)f, (void)flags, (void)path;
#endif
    return 0;
}

/* DIRECTORY/NAME, new, or NULL. */
static char *path_in(const char *directory, const char *name,
                     const char *extension)
{
    size_t size =
        strlen(directory) + strlen(name) + strlen(extension) + sizeof("/");
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s/%s%s", directory, name, extension);
    return path;
}

/* Make a directory that is only this user's: its path, new, or NULL. */
static char *make_directory(void)
{
    const char *root = getenv(temporary[0]);
    char *absolute = realpath(root && *root ? root : temporary[1], NULL);
    char *path = absolute ? path_in(absolute, "rill-XXXXXX", "") : NULL;

    if (path && !mkdtemp(path)) {
        int err = errno;

        free(path);
        path = NULL;
        errno = err;
    }
    free(absolute);
    return path;
}

/* Open for reading, and in other ways that `how` says. */
static int64_t open_path(struct rill_fd *f, int how, int flags, int permissions)
{
    if (!(flags & RILL_FD_INHERITABLE))
        how |= O_CLOEXEC;
    f->number = open(f->path, how | O_BINARY, permissions);
    f->owned = f->number >= 0;
    return f->owned ? RILL_OK : os_failed();
}

/* A file in a directory of its own. */
static int64_t make_on_disk(struct rill_fd *f, const char *extension, int flags)
{
    f->directory = make_directory();
    if (f->directory)
        f->path = path_in(f->directory, "stream", extension ? extension : "");
    if (!f->path)
        return os_failed();
    return open_path(f, O_RDWR | O_CREAT | O_EXCL, flags,
                     rill_writable(f->s) ? PERMISSIONS : READ_ONLY);
}

/* Let nobody change the copy. */
static int64_t protect(struct rill_fd *f, int flags)
{
    int64_t r;

    if (f->directory) {
        close(f->number);
        r = open_path(f, O_RDONLY, flags, 0);
        return r < 0 ? r : rill__fd_place(f->s, f->number);
    }
#ifdef F_ADD_SEALS
    if (fcntl(f->number, F_ADD_SEALS,
              F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
        return os_failed();
#endif
    return RILL_OK;
}

/* A flush of the stream would move the offset of its descriptor. */
static int64_t look_anew(const struct rill_fd *f)
{
    off_t at = lseek(f->number, 0, SEEK_CUR);
    int64_t r = rill__fd_look_anew(f->s);

    if (at >= 0)
        lseek(f->number, at, SEEK_SET);
    return r;
}

static int64_t bring_back(struct rill_fd *f)
{
    int64_t r;
    int number;

    if (f->back == BACK_NOTHING)
        return RILL_OK;
    if (f->back == BACK_SHARED)
        return look_anew(f);
    if (!f->directory)
        return rill__fd_bring_back(f->s, f->number, &f->brought);
    number = open(f->path, O_RDONLY | O_BINARY | O_CLOEXEC); /* a new one? */
    if (number < 0)
        return os_failed();
    r = rill__fd_bring_back(f->s, number, &f->brought);
    close(number);
    return r;
}

/* ---- From making to closing --------------------------------------------- */

static int64_t make_copy(struct rill_fd *f, const char *extension, int flags,
                         bool path)
{
    bool sealed = (flags & RILL_FD_SEALED) != 0;
    bool reads = rill_readable(f->s), writes = rill_writable(f->s);
    int64_t r;

    if (reads && writes && !rill_seekable(f->s))
        return RILL_ENOTSUP;
    r = extension ? 0 : make_in_memory(f, flags, path);
    if (r == 0)
        r = sealed ? RILL_ENOTSUP : make_on_disk(f, extension, flags);
    if (r >= 0 && (reads || sealed))
        r = rill__fd_fill(f->s, f->number);
    if (r >= 0 && (!writes || sealed))
        r = protect(f, flags);
    if (writes && !sealed)
        f->back = BACK_COPY;
    return r;
}

static int64_t make(struct rill_fd *f, const char *extension, int flags,
                    bool path)
{
    bool sealed = (flags & RILL_FD_SEALED) != 0;
    int64_t r = 0;

    if (!f->s || flags & ~(RILL_FD_INHERITABLE | RILL_FD_SEALED) ||
        (extension && (sealed || strpbrk(extension, "/\\"))))
        return RILL_EINVAL;
    if (!sealed)
        r = lend(f, extension, flags, path);
    return r == 0 ? make_copy(f, extension, flags, path) : r;
}

static rill_fd *make_new(rill *s, const char *extension, int flags, bool path)
{
    struct rill_fd *f = malloc(sizeof(*f));
    int64_t r = RILL_ENOMEM;

    if (f) {
        *f = (struct rill_fd){.s = s, .number = -1};
        r = make(f, extension, flags, path);
    }
    if (r >= 0)
        return f;
    rill_fd_discard(f);
    told(r);
    return NULL;
}

rill_fd *rill_as_fd(rill *s, int flags)
{
    return make_new(s, NULL, flags, false);
}

rill_fd *rill_as_path(rill *s, const char *extension, int flags)
{
    return make_new(s, extension, flags, true);
}

int rill_fd_number(const rill_fd *f)
{
    return f->number;
}

const char *rill_fd_path(const rill_fd *f)
{
    return f->path;
}

int rill_fd_sync(rill_fd *f)
{
    return told(bring_back(f));
}

/* Remove a directory and the files in it. */
static int64_t remove_directory(const char *directory)
{
    DIR *d = opendir(directory);
    struct dirent *entry;

    while (d && (entry = readdir(d)) != NULL) {
        char *path = path_in(directory, entry->d_name, "");

        if (path)
            unlink(path); /* what stays keeps rmdir() from its work */
        free(path);
    }
    if (d)
        closedir(d);
    return rmdir(directory) == 0 ? RILL_OK : os_failed();
}

/* Free all. Returns `result`, or what goes wrong now if that was well. */
static int64_t finish(rill_fd *f, int64_t result)
{
    int64_t r = RILL_OK;

    if (f->owned && close(f->number) != 0)
        r = os_failed();
    if (f->directory) {
        int64_t removed = remove_directory(f->directory);

        r = r < 0 ? r : removed;
    }
    free(f->directory);
    free(f->path);
    free(f);
    return result < 0 ? result : r;
}

int rill_fd_close(rill_fd *f)
{
    return f ? told(finish(f, bring_back(f))) : RILL_OK;
}

void rill_fd_discard(rill_fd *f)
{
    if (f)
        finish(f, RILL_OK);
}
