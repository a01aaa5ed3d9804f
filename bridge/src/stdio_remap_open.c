/*
 * stdio_remap_open.c - FILEs are made, changed and closed.
 */
#include "stdio_remap.h"

#ifndef _WIN32

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* ---- A FILE without a stream -------------------------------------------- */

void rill__remap_init_lock(struct remap *f)
{
    pthread_mutexattr_t recursive;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&f->mutex, &recursive);
    pthread_mutexattr_destroy(&recursive);
}

static void init(struct remap *f)
{
    rill__remap_init_lock(f);
    f->pub = (rill_FILE){rill__remap_nothing(), rill__remap_nothing()};
}

struct remap *rill__remap_new(void)
{
    struct remap *f = malloc(sizeof(*f));

    if (!f)
        return NULL;
    *f = (struct remap){.fd = -1};
    init(f);
    return f;
}

void rill__remap_free(struct remap *f)
{
    int err = errno;

    pthread_mutex_destroy(&f->mutex);
    free(f);
    errno = err;
}

/* What follows after a FILE has got its stream. */
static void show(struct remap *f)
{
    f->owns_stream = f->unused = true;
    rill__remap_show_windows(f);
    rill__remap_hand_over(f);
}

rill_FILE *rill__remap_begin(struct remap *f, rill *s, int access)
{
    if (!s) {
        rill__remap_free(f);
        return NULL;
    }
    f->s = s;
    f->access = access;
    show(f);
    rill__remap_link(f);
    return &f->pub;
}

/* ---- Modes -------------------------------------------------------------- */

int rill__remap_access(const char *mode)
{
    char known[4] = "", *to = known;

    *to++ = *mode;
    if (*mode && strcspn(mode, "+") < strcspn(mode, ","))
        *to++ = '+';
    *to = 0;
    if (stdio_access(known))
        return stdio_access(known);
    errno = EINVAL;
    return 0;
}

/* Whether a mode has the letter, before the comma of glibc's extensions. */
static bool has(const char *mode, char letter)
{
    const char letters[] = {letter, ',', 0};

    return mode[strcspn(mode, letters)] == letter;
}

static int flags_of(const char *mode, int access)
{
    int flags = access & RILL_WRITE ? O_WRONLY : O_RDONLY;

    if (access & RILL_READ && access & RILL_WRITE)
        flags = O_RDWR;
    if (*mode != 'r')
        flags |= O_CREAT | (*mode == 'w' ? O_TRUNC : O_APPEND);
    if (has(mode, 'x'))
        flags |= O_EXCL;
    return has(mode, 'e') ? flags | O_CLOEXEC : flags;
}

/* ---- Over a descriptor -------------------------------------------------- */

/* A terminal is line buffered. */
static int usual_buffering(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && S_ISCHR(info.st_mode) && isatty(fd)
               ? _IOLBF
               : _IOFBF;
}

/* Put `f` over the descriptor: 0, or -1 with errno. */
static int take_fd(struct remap *f, int fd, int access)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0)
        return -1;
    if (flags & O_APPEND && access & RILL_WRITE)
        access |= RILL_APPEND;
    f->fd = fd;
    f->opener = getpid();
    f->access = access;
    if (f->buffering != _IONBF)
        f->buffering = usual_buffering(fd);
    f->s = rill__remap_open_fd(f);
    return f->s ? 0 : -1;
}

/* A FILE over the descriptor, which it does not own yet; NULL with errno. */
static struct remap *over_fd(int fd, int access)
{
    struct remap *f = rill__remap_new();

    if (!f)
        return NULL;
    if (take_fd(f, fd, access) == 0) {
        rill__remap_begin(f, f->s, f->access);
        return f;
    }
    rill__remap_free(f);
    return NULL;
}

static rill_FILE *open_owned(int fd, int access)
{
    struct remap *f = fd >= 0 ? over_fd(fd, access) : NULL;
    int err = errno;

    if (f) {
        f->owns_fd = true;
        return &f->pub;
    }
    if (fd >= 0)
        close(fd);
    errno = err;
    return NULL;
}

/* "a" stands at the end, "a+" at the start, where it reads. */
static void go_to_end(int fd, int access)
{
    if (access & RILL_APPEND && !(access & RILL_READ))
        lseek(fd, 0, SEEK_END); /* fails where there is no place to be */
}

/* A new descriptor, or -1 with errno. */
static int open_path(const char *path, const char *mode, int access)
{
    int fd = open(path, flags_of(mode, access), 0666);

    if (fd >= 0)
        go_to_end(fd, access);
    return fd;
}

rill_FILE *rill_stdio_fopen(const char *path, const char *mode)
{
    int access = rill__remap_access(mode);

    if (!access)
        return NULL;
    return open_owned(open_path(path, mode, access), access);
}

/* Whether the descriptor is open for it; then also append and close-on-exec,
 * as the mode wants them. */
static bool suits(int fd, const char *mode, int access)
{
    int flags = fcntl(fd, F_GETFL), can = flags & O_ACCMODE;

    if (flags < 0)
        return false;
    if ((can == O_RDONLY && access & RILL_WRITE) ||
        (can == O_WRONLY && access & RILL_READ)) {
        errno = EINVAL;
        return false;
    }
    if (has(mode, 'e'))
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (!(access & RILL_APPEND) || flags & O_APPEND)
        return true;
    go_to_end(fd, access);
    return fcntl(fd, F_SETFL, flags | O_APPEND) == 0;
}

rill_FILE *rill_stdio_fdopen(int fd, const char *mode)
{
    int access = rill__remap_access(mode);
    struct remap *f =
        access && suits(fd, mode, access) ? over_fd(fd, access) : NULL;

    if (!f)
        return NULL;
    f->owns_fd = true;
    return &f->pub;
}

rill_FILE *rill_stdio_tmpfile(void)
{
    FILE *c = tmpfile();
    int fd = c ? dup(fileno(c)) : -1;

    if (c)
        fclose(c);
    return open_owned(fd, RILL_READ | RILL_WRITE);
}

/* The C library runs the command; the pipe's end is ours to read or write. */
rill_FILE *rill_stdio_popen(const char *command, const char *mode)
{
    FILE *process = popen(command, mode);
    struct remap *f = process ? over_fd(fileno(process),
                                        *mode == 'r' ? RILL_READ : RILL_WRITE)
                              : NULL;
    int err = errno;

    if (f) {
        f->process = process;
        return &f->pub;
    }
    if (process)
        pclose(process);
    errno = err;
    return NULL;
}

/* ---- Over a stream ------------------------------------------------------ */

rill_FILE *rill_stdio_open(rill *s, const char *mode, int ownership)
{
    int access = s ? rill__remap_access(mode) : 0;
    struct remap *f;

    if (!access)
        return NULL; /* errno: of the mode, or of who should have opened `s` */
    if (ownership != RILL_BORROW && ownership != RILL_TAKE) {
        errno = EINVAL;
        return NULL;
    }
    if ((access & RILL_READ && !rill_readable(s)) ||
        (access & RILL_WRITE && !rill_writable(s))) {
        errno = EBADF;
        return NULL;
    }
    f = rill__remap_new();
    if (!f)
        return NULL;
    if (rill_isatty(s))
        f->buffering = _IOLBF;
    rill__remap_begin(f, s, access);
    f->owns_stream = ownership == RILL_TAKE;
    return &f->pub;
}

/* ---- The end ------------------------------------------------------------ */

/* Let go of the stream and all that is under it. Returns an errno, or 0. */
static int let_go(struct remap *f)
{
    rill_error e;
    int err;

    f->owed = 0; /* who closes was told when it was lost */
    err = rill__remap_finish(f) != 0 ? errno : 0;
    if (f->owns_stream && rill_close_with(f->s, &e) < 0 && err == 0)
        err = e.os_error ? e.os_error : EIO;
    if (f->owns_fd && close(f->fd) != 0 && err == 0)
        err = errno;
    if (f->scanner)
        fclose(f->scanner);
    f->s = NULL;
    f->scanner = NULL;
    f->owns_stream = f->owns_fd = false;
    f->fd = -1;
    f->pub = (rill_FILE){rill__remap_nothing(), rill__remap_nothing()};
    return err;
}

int rill_stdio_fclose(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    FILE *process = f->process;
    int err;

    rill__remap_unlink(f);
    pthread_mutex_lock(&f->mutex);
    err = let_go(f);
    pthread_mutex_unlock(&f->mutex);
    if (!f->standard)
        rill__remap_free(f);
    if (process)
        pclose(process);
    if (err == 0)
        return 0;
    errno = err;
    return EOF;
}

int rill_stdio_pclose(rill_FILE *file)
{
    struct remap *f = remap_of(file);
    FILE *process = f->process;

    if (!process) {
        errno = EINVAL;
        return -1;
    }
    f->process = NULL;
    rill_stdio_fclose(file);
    return pclose(process);
}

/* The descriptor that freopen() goes on with, as `mode` wants it: of the path,
 * or of what is open already. -1 with errno. */
static int reopen(const char *path, const char *mode, int access, int old)
{
    int flags = flags_of(mode, access) & ~O_EXCL, fd;
    char self[40];

    if (path)
        return open_path(path, mode, access);
    if (old < 0) {
        errno = EBADF;
        return -1;
    }
    snprintf(self, sizeof(self), "/dev/fd/%d", old);
    fd = open(self, flags & ~O_CREAT);
    if (fd < 0 && suits(old, mode, access)) /* a socket, say */
        fd = dup(old);
    return fd;
}

/* Give a descriptor the number that the FILE had: what is started later, such
 * as a child, knows stdout by it. Returns the number. */
static int renumber(int fd, int old, const char *mode)
{
    if (old < 0 || old == fd || dup2(fd, old) != old)
        return fd;
    if (has(mode, 'e'))
        fcntl(old, F_SETFD, FD_CLOEXEC);
    close(fd);
    return old;
}

/* Begin again over the descriptor, which is closed if that fails. */
static bool begin_again(struct remap *f, int fd, int access)
{
    int err;

    f->eof = f->error = f->handed_over = false;
    f->owed = 0;
    f->buffer_size = 0;
    if (take_fd(f, fd, access) == 0) {
        f->owns_fd = true;
        show(f);
        return true;
    }
    err = errno;
    f->fd = -1;
    close(fd);
    errno = err;
    return false;
}

rill_FILE *rill_stdio_freopen(const char *path, const char *mode,
                              rill_FILE *file)
{
    struct remap *f = remap_of(file);
    int access = rill__remap_access(mode), old, fd, err;
    bool done;

    pthread_mutex_lock(&f->mutex);
    rill__remap_flush(f);
    old = f->fd;
    fd = access ? reopen(path, mode, access, old) : -1;
    err = errno;
    if (fd >= 0)
        f->owns_fd = false; /* its number is used again */
    let_go(f);
    done = fd >= 0 && begin_again(f, renumber(fd, old, mode), access);
    err = fd >= 0 ? errno : err;
    pthread_mutex_unlock(&f->mutex);
    errno = err;
    return done ? file : NULL; /* what is closed may still be fclose()d */
}

/* ---- Buffering ---------------------------------------------------------- */

/* Open the stream anew where it can be done without losing what was read
 * ahead; else it keeps the buffer that it has. */
static void rebuffer(struct remap *f)
{
    rill *s;

    if (f->fd < 0 || !f->s || f->s->rpos < f->s->rend || rill_flush(f->s) < 0)
        return;
    s = rill__remap_open_fd(f);
    if (!s)
        return;
    rill_discard(f->s);
    f->s = s;
}

int rill_stdio_setvbuf(rill_FILE *file, char *buf, int mode, size_t size)
{
    struct remap *f = remap_of(file);
    bool locked;

    (void)buf;
    if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF) {
        errno = EINVAL;
        return -1;
    }
    locked = remap_lock(f);
    if (rill__remap_ready(f)) {
        f->buffering = mode;
        f->buffer_size = size;
        rebuffer(f);
        rill__remap_show_windows(f);
    }
    remap_unlock(f, locked);
    return 0;
}

void rill_stdio_setbuf(rill_FILE *f, char *buf)
{
    rill_stdio_setvbuf(f, buf, buf ? _IOFBF : _IONBF, BUFSIZ);
}

void rill_stdio_setbuffer(rill_FILE *f, char *buf, size_t size)
{
    rill_stdio_setvbuf(f, buf, buf ? _IOFBF : _IONBF, size);
}

void rill_stdio_setlinebuf(rill_FILE *f)
{
    rill_stdio_setvbuf(f, NULL, _IOLBF, 0);
}

/* ---- The standard streams ----------------------------------------------- */

static struct remap standard[3] = {
    {.standard = true, .owns_fd = true, .fd = 0, .access = RILL_READ},
    {.standard = true, .owns_fd = true, .fd = 1, .access = RILL_WRITE},
    {.standard = true, .owns_fd = true, .fd = 2, .access = RILL_WRITE},
};

rill_FILE *rill_stdio_stdin = &standard[0].pub;
rill_FILE *rill_stdio_stdout = &standard[1].pub;
rill_FILE *rill_stdio_stderr = &standard[2].pub;

bool rill__remap_open_standard(struct remap *f)
{
    if (!f->standard || f->fd < 0) {
        errno = EBADF;
        return false;
    }
    if (take_fd(f, f->fd, f->access) != 0)
        return false;
    show(f);
    return true;
}

/* Before whatever might use them. */
__attribute__((constructor(101))) static void at_start(void)
{
    size_t i;

    rill__remap_watch_fork();
    for (i = 0; i < 3; i++) {
        init(&standard[i]);
        rill__remap_link(&standard[i]);
    }
    standard[2].buffering = _IONBF;
}

#endif
