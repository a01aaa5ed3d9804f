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

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#endif

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
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

static size_t os_cut(size_t n)
{
    return n < MAX_TRANSFER ? n : MAX_TRANSFER;
}

int rill__os_open(const char *path, int how, unsigned permissions)
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
    return (int)RESULT(open(path, flags, (mode_t)permissions));
}

int rill__os_open_temp(void)
{
    const char *dir = getenv("TMPDIR");
    char path[PATH_MAX];
    int fd, len;

    if (!dir || !*dir)
        dir = "/tmp";
#ifdef O_TMPFILE
    fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return (int)RESULT(fd);
#endif
    len = snprintf(path, sizeof(path), "%s/rill-XXXXXX", dir);
    if (len < 0 || (size_t)len >= sizeof(path))
        return RILL_OS_ERROR(ENAMETOOLONG);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return (int)RESULT(fd);
}

int rill__os_close(int fd)
{
    /* Never again after EINTR: the descriptor is gone (close(2)). */
    int r = (int)RESULT(close(fd));
    return r == RILL_OS_ERROR(EINTR) ? 0 : r;
}

int rill__os_info(int fd, struct os_info *info_out)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return RILL_OS_ERROR(errno);
    info_out->size = (int64_t)st.st_size;
    if (S_ISREG(st.st_mode))
        info_out->kind = OS_REGULAR;
    else
        info_out->kind = S_ISDIR(st.st_mode) ? OS_DIRECTORY : OS_OTHER;
    return 0;
}

int rill__os_appends(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_APPEND) ? 1 : 0;
}

int rill__os_isatty(int fd)
{
    return isatty(fd) == 1;
}

ptrdiff_t rill__os_read(int fd, void *buf, size_t n)
{
    return RESULT(read(fd, buf, os_cut(n)));
}

ptrdiff_t rill__os_write(int fd, const void *buf, size_t n)
{
    return RESULT(write(fd, buf, os_cut(n)));
}

ptrdiff_t rill__os_pread(int fd, void *buf, size_t n, int64_t offset)
{
    return RESULT(pread(fd, buf, os_cut(n), (off_t)offset));
}

ptrdiff_t rill__os_pwrite(int fd, const void *buf, size_t n, int64_t offset)
{
    return RESULT(pwrite(fd, buf, os_cut(n), (off_t)offset));
}

/* Translate as many pieces as one call takes. */
static int os_iovec(struct iovec *to, const rill_iovec *from, int count)
{
    size_t left = MAX_TRANSFER;
    int i;

    for (i = 0; i < count && i < 64 && left > 0; i++) {
        to[i].iov_base = from[i].data;
        to[i].iov_len = from[i].len < left ? from[i].len : left;
        left -= to[i].iov_len;
    }
    return i;
}

ptrdiff_t rill__os_readv(int fd, const rill_iovec *v, int count, int64_t offset)
{
    struct iovec iov[64];

    count = os_iovec(iov, v, count);
    if (offset < 0)
        return RESULT(readv(fd, iov, count));
    return RESULT(preadv(fd, iov, count, (off_t)offset));
}

ptrdiff_t rill__os_writev(int fd, const rill_iovec *v, int count,
                          int64_t offset)
{
    struct iovec iov[64];

    count = os_iovec(iov, v, count);
    if (offset < 0)
        return RESULT(writev(fd, iov, count));
    return RESULT(pwritev(fd, iov, count, (off_t)offset));
}

int64_t rill__os_seek(int fd, int64_t offset, int whence)
{
    off_t r = lseek(fd, (off_t)offset, whence);
    return r < 0 ? RILL_OS_ERROR(errno) : (int64_t)r;
}

int rill__os_truncate(int fd, int64_t size)
{
    return (int)RESULT(ftruncate(fd, (off_t)size));
}

int rill__os_sync(int fd, int level)
{
    return (int)RESULT(level == RILL_SYNC_DATA ? fdatasync(fd) : fsync(fd));
}

int rill__os_allocate(int fd, int64_t size)
{
#if defined(__linux__) && defined(FALLOC_FL_KEEP_SIZE)
    return (int)RESULT(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size));
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
        ssize_t r = splice(pipe_fd, NULL, to, offset, left, SPLICE_F_MOVE);
        if (r > 0)
            left -= (size_t)r;
        else if (r == 0 || errno != EINTR)
            break;
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

    if (pipe2(fds, O_CLOEXEC) < 0)
        return 0;
    fcntl(fds[1], F_SETPIPE_SZ, PIPE_SIZE);
    while (done < n) {
        size_t want = n - done < PIPE_SIZE ? (size_t)(n - done) : PIPE_SIZE;
        ssize_t r = splice(from, &in, fds[1], NULL, want, SPLICE_F_MOVE);
        int64_t arrived;
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            break;
        arrived = drain(fds[0], to, &out, (size_t)r);
        done += arrived;
        if (arrived < r)
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
#ifdef __linux__
    struct file_clone_range range = {
        .src_fd = from,
        .src_offset = (uint64_t)from_offset,
        .src_length = (uint64_t)n,
        .dest_offset = (uint64_t)to_offset,
    };
    if (ioctl(to, FICLONERANGE, &range) == 0)
        return n;
    return copy_by_splice(to, to_offset, from, from_offset, n);
#else
    (void)to, (void)to_offset, (void)from, (void)from_offset, (void)n;
    return 0;
#endif
}

void *rill__os_reserve(size_t n)
{
#if SIZE_MAX > 0xffffffff && defined(MAP_ANONYMOUS)
    size_t slack = OS_RANGE_ALIGN, head;
    unsigned char *p = mmap(NULL, n + slack, PROT_NONE,
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
    return (int)RESULT(mprotect((unsigned char *)p + old_size,
                                new_size - old_size, PROT_READ | PROT_WRITE));
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
