/*
 * os_posix.c - os.h for POSIX systems.
 *
 * One function, one system call. Linux gets its extras (unlinked temporary
 * files, block allocation, shared blocks, huge pages) where the headers have
 * them; elsewhere the plain POSIX way, or "cannot", is the answer.
 */
#include "os_posix.h"

#ifndef _WIN32

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/* What one transfer may carry: beyond it Linux cuts, others fail. */
#define MAX_TRANSFER ((size_t)0x7ffff000)

static size_t os_cut(size_t n)
{
    return n < MAX_TRANSFER ? n : MAX_TRANSFER;
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

int rill__os_info(int fd, struct os_info *info_out)
{
    struct stat st = {0};
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

/* ---- Processes and threads ------------------------------------------------ */

int64_t rill__os_process(void)
{
    return (int64_t)getpid();
}

int rill__os_at_fork(void (*before)(void), void (*in_parent)(void),
                     void (*in_child)(void))
{
    int err = rill__ask(RILL_CALL_ALLOCATE, NULL);

    if (err == 0)
        err = pthread_atfork(before, in_parent, in_child);

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

int rill__os_uncommit(void *p, size_t old_size, size_t new_size)
{
    unsigned char *from = (unsigned char *)p + new_size;
    size_t n = old_size - new_size;
    int r = madvise(from, n, MADV_DONTNEED);

    if (r == 0)
        CALL(r, RILL_CALL_ALLOCATE, mprotect(from, n, PROT_NONE));
    return (int)RESULT(r);
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
