/*
 * os_windows.c - os.h for Windows; os_windows_files.c has what needs a name.
 *
 * A descriptor is a HANDLE in an int: the system promises that 32 bits hold
 * one, so neither a C runtime nor a table of ours stands between. Every
 * transfer to or from a file names its own offset.
 * Source: Microsoft's reference of each call.
 */
#include "os.h"

#ifdef _WIN32
#include "os_windows.h"

#include <limits.h>
#include <stdlib.h>

/* What one transfer may carry. */
#define MAX_TRANSFER ((size_t)0x7ffff000)

/* ---- Errors -------------------------------------------------------------- */

/* Not in all headers. */
enum { DISK_QUOTA_EXCEEDED = 1295 };

int rill__os_errno(DWORD error)
{
    static const struct {
        DWORD error;
        int err;
    } known[] = {
        {ERROR_INVALID_FUNCTION, ENOTSUP},
        {ERROR_FILE_NOT_FOUND, ENOENT},
        {ERROR_PATH_NOT_FOUND, ENOENT},
        {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
        {ERROR_ACCESS_DENIED, EACCES},
        {ERROR_INVALID_HANDLE, EBADF},
        {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
        {ERROR_OUTOFMEMORY, ENOMEM},
        {ERROR_INVALID_DRIVE, ENOENT},
        {ERROR_NOT_SAME_DEVICE, EXDEV},
        {ERROR_WRITE_PROTECT, EROFS},
        {ERROR_NOT_READY, ENXIO},
        {ERROR_SHARING_VIOLATION, EBUSY},
        {ERROR_LOCK_VIOLATION, EBUSY},
        {ERROR_HANDLE_DISK_FULL, ENOSPC},
        {ERROR_NOT_SUPPORTED, ENOTSUP},
        {ERROR_BAD_NETPATH, ENOENT},
        {ERROR_NETWORK_ACCESS_DENIED, EACCES},
        {ERROR_BAD_NET_NAME, ENOENT},
        {ERROR_FILE_EXISTS, EEXIST},
        {ERROR_CANNOT_MAKE, EACCES},
        {ERROR_INVALID_PARAMETER, EINVAL},
        {ERROR_DRIVE_LOCKED, EBUSY},
        {ERROR_BROKEN_PIPE, EPIPE},
        {ERROR_BUFFER_OVERFLOW, ENAMETOOLONG},
        {ERROR_DISK_FULL, ENOSPC},
        {ERROR_CALL_NOT_IMPLEMENTED, ENOTSUP},
        {ERROR_SEM_TIMEOUT, ETIMEDOUT},
        {ERROR_INVALID_NAME, EINVAL},
        {ERROR_NEGATIVE_SEEK, EINVAL},
        {ERROR_SEEK_ON_DEVICE, ESPIPE},
        {ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
        {ERROR_BAD_PATHNAME, ENOENT},
        {ERROR_BUSY, EBUSY},
        {ERROR_ALREADY_EXISTS, EEXIST},
        {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
        {ERROR_FILE_TOO_LARGE, EFBIG},
        {ERROR_PIPE_BUSY, EBUSY},
        {ERROR_NO_DATA, EPIPE},
        {ERROR_PIPE_NOT_CONNECTED, EPIPE},
        {ERROR_DIRECTORY, ENOTDIR},
        {ERROR_DELETE_PENDING, EACCES},
        {ERROR_OPERATION_ABORTED, ECANCELED},
        {ERROR_NOACCESS, EFAULT},
        {ERROR_NO_UNICODE_TRANSLATION, EILSEQ},
        {ERROR_TOO_MANY_LINKS, EMLINK},
        {ERROR_USER_MAPPED_FILE, EBUSY},
        {DISK_QUOTA_EXCEEDED, ENOSPC},
        {ERROR_PRIVILEGE_NOT_HELD, EPERM},
        {ERROR_NO_SYSTEM_RESOURCES, ENOMEM},
        {ERROR_COMMITMENT_LIMIT, ENOMEM},
        {ERROR_NOT_ENOUGH_QUOTA, ENOMEM},
        {ERROR_CANT_RESOLVE_FILENAME, ELOOP},
    };

    if (error & WITH_ERRNO)
        return (int)(error & ~WITH_ERRNO);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].error == error)
            return known[i].err;
    }
    return EIO;
}

/* ---- Descriptors ---------------------------------------------------------- */

int rill__os_close(int fd)
{
    int rc = os_result(CloseHandle(handle_of(fd)));
    int err = rill__ask(RILL_CALL_CLOSE, NULL);

    return rc == 0 && err != 0 && err != EINTR ? RILL_OS_ERROR(err) : rc;
}

int rill__os_appends(int fd)
{
    return fd >= STANDARD && fd & APPENDS ? 1 : 0;
}

int rill__os_isatty(int fd)
{
    DWORD mode;

    return GetConsoleMode(handle_of(fd), &mode) != 0;
}

int rill__os_info_of(HANDLE h, struct os_info *info_out)
{
    BY_HANDLE_FILE_INFORMATION info;
    DWORD type;

    SetLastError(NO_ERROR);
    type = GetFileType(h);
    if (type == FILE_TYPE_UNKNOWN && GetLastError() != NO_ERROR)
        return os_failed();
    *info_out = (struct os_info){.kind = OS_OTHER, .permissions = 0666};
    if (type != FILE_TYPE_DISK)
        return 0;
    if (!GetFileInformationByHandle(h, &info))
        return os_failed();
    info_out->size =
        (int64_t)((uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow);
    if (info.dwFileAttributes & FILE_ATTRIBUTE_READONLY)
        info_out->permissions = 0444;
    info_out->kind = info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY
                         ? OS_DIRECTORY
                         : OS_REGULAR;
    return 0;
}

int rill__os_info(int fd, struct os_info *info_out)
{
    return CALL(RILL_CALL_STAT, true)
               ? rill__os_info_of(handle_of(fd), info_out)
               : os_failed();
}

/* ---- Transfers ------------------------------------------------------------ */

/* Where a transfer goes that has no offset of its own. */
enum { AT_POSITION = -1, AT_END = -2 };

/* Why a read gave nothing: perhaps for the end, of a file, or of a pipe that
 * nobody writes to any more. */
static int not_read(void)
{
    switch (GetLastError()) {
    case ERROR_HANDLE_EOF:
    case ERROR_BROKEN_PIPE:
        return 0;
    case ERROR_NO_DATA: /* a pipe that does not wait */
        return RILL_OS_ERROR(EAGAIN);
    case ERROR_ACCESS_DENIED: /* not open for it, as in read(2) */
        return RILL_OS_ERROR(EBADF);
    default:
        return os_failed();
    }
}

static int not_written(void)
{
    return GetLastError() == ERROR_ACCESS_DENIED ? RILL_OS_ERROR(EBADF)
                                                 : os_failed();
}

enum direction { INWARD, OUTWARD };

/* Move up to `n` bytes. A handle that somebody opened for overlapped transfers
 * is waited for: the memory is ours only for this call. */
static ptrdiff_t move(enum direction way, int fd, void *buf, size_t n,
                      int64_t offset)
{
    HANDLE h = handle_of(fd);
    uint64_t at = offset == AT_END ? UINT64_MAX : (uint64_t)offset;
    OVERLAPPED where = {.Offset = (DWORD)at, .OffsetHigh = (DWORD)(at >> 32)};
    OVERLAPPED *to = offset == AT_POSITION ? NULL : &where;
    DWORD part = (DWORD)(n < MAX_TRANSFER ? n : MAX_TRANSFER), done = 0;
    BOOL ok = way == INWARD ? ReadFile(h, buf, part, &done, to)
                            : WriteFile(h, buf, part, &done, to);

    while (!ok && (GetLastError() == ERROR_IO_PENDING ||
                   GetLastError() == ERROR_IO_INCOMPLETE))
        ok = GetOverlappedResult(h, &where, &done, TRUE);
    if (!ok)
        return way == INWARD ? not_read() : not_written();
    if (way != INWARD && part > 0 && done == 0)
        return RILL_OS_ERROR(EAGAIN); /* a full pipe that does not wait */
    return (ptrdiff_t)done;
}

/* The system has no vectors for files: the pieces go one by one, up to `left`
 * bytes and until one comes out short. From a pipe only one is read, since the
 * next could have to wait. */
static ptrdiff_t move_pieces(enum direction way, int fd, const rill_iovec *v,
                             int count, int64_t offset, size_t left)
{
    ptrdiff_t all = 0;

    for (int i = 0; i < count; i++) {
        size_t n = v[i].len < left ? v[i].len : left;
        ptrdiff_t r =
            move(way, fd, v[i].data, n, offset < 0 ? offset : offset + all);
        if (r < 0)
            return all > 0 ? all : r;
        all += r;
        left -= (size_t)r;
        if ((size_t)r < v[i].len || (way == INWARD && offset < 0))
            break;
    }
    return all;
}

/* The bytes of all pieces, as many as one transfer may carry. */
static size_t size_of(const rill_iovec *v, int count)
{
    size_t n = 0;

    for (int i = 0; i < count && n < MAX_TRANSFER; i++)
        n += v[i].len < MAX_TRANSFER ? v[i].len : MAX_TRANSFER;
    return n < MAX_TRANSFER ? n : MAX_TRANSFER;
}

ptrdiff_t rill__os_readv(int fd, const rill_iovec *v, int count, int64_t offset)
{
    size_t n = size_of(v, count);

    if (!os_may(RILL_CALL_READ, &n))
        return os_failed();
    return move_pieces(INWARD, fd, v, count, offset < 0 ? AT_POSITION : offset,
                       n);
}

ptrdiff_t rill__os_writev(int fd, const rill_iovec *v, int count,
                          int64_t offset)
{
    size_t n = size_of(v, count);

    if (!os_may(RILL_CALL_WRITE, &n))
        return os_failed();
    if (offset < 0)
        offset = rill__os_appends(fd) ? AT_END : AT_POSITION;
    return move_pieces(OUTWARD, fd, v, count, offset, n);
}

ptrdiff_t rill__os_pread(int fd, void *buf, size_t n, int64_t offset)
{
    rill_iovec whole = {buf, n};

    return rill__os_readv(fd, &whole, 1, offset);
}

ptrdiff_t rill__os_pwrite(int fd, const void *buf, size_t n, int64_t offset)
{
    rill_iovec whole = {(void *)(uintptr_t)buf, n};

    return rill__os_writev(fd, &whole, 1, offset);
}

ptrdiff_t rill__os_read(int fd, void *buf, size_t n)
{
    return rill__os_pread(fd, buf, n, AT_POSITION);
}

ptrdiff_t rill__os_write(int fd, const void *buf, size_t n)
{
    return rill__os_pwrite(fd, buf, n, AT_POSITION);
}

int64_t rill__os_seek(int fd, int64_t offset, int whence)
{
    HANDLE h = handle_of(fd);
    LARGE_INTEGER to = {.QuadPart = offset}, at;

    /* Of pipes and consoles the call itself says that they have moved. */
    if (!is_on_disk(h))
        return RILL_OS_ERROR(ESPIPE);
    if (!CALL(RILL_CALL_SEEK, SetFilePointerEx(h, to, &at, (DWORD)whence)))
        return os_failed();
    return at.QuadPart;
}

int rill__os_truncate(int fd, int64_t size)
{
    HANDLE h = handle_of(fd);
    FILE_END_OF_FILE_INFO end = {.EndOfFile = {.QuadPart = size}};

    return os_result(CALL(
        RILL_CALL_TRUNCATE,
        SetFileInformationByHandle(h, FileEndOfFileInfo, &end, sizeof(end))));
}

int rill__os_sync(int fd, int level)
{
    HANDLE h = handle_of(fd);

    (void)level;
    /* A pipe would wait until all has been read. */
    if (GetFileType(h) == FILE_TYPE_PIPE || GetFileType(h) == FILE_TYPE_CHAR)
        return RILL_OS_ERROR(EINVAL);
    return os_result(CALL(RILL_CALL_SYNC, FlushFileBuffers(h)));
}

int rill__os_allocate(int fd, int64_t size)
{
    /* The system's way cuts a file that somebody has made longer meanwhile. */
    (void)fd, (void)size;
    return RILL_ENOTSUP;
}

int64_t rill__os_copy_range(int to, int64_t to_offset, int from,
                            int64_t from_offset, int64_t n)
{
    (void)to, (void)to_offset, (void)from, (void)from_offset, (void)n;
    return 0;
}

/* ---- Processes and threads ------------------------------------------------ */

int64_t rill__os_process(void)
{
    return (int64_t)GetCurrentProcessId();
}

int rill__os_at_fork(void (*before)(void), void (*in_parent)(void),
                     void (*in_child)(void))
{
    (void)before, (void)in_parent, (void)in_child; /* nothing forks */
    return 0;
}

static SRWLOCK process_lock = SRWLOCK_INIT;

void rill__os_lock_process(void)
{
    AcquireSRWLockExclusive(&process_lock);
}

void rill__os_unlock_process(void)
{
    ReleaseSRWLockExclusive(&process_lock);
}

struct os_mutex {
    SRWLOCK lock;
};

os_mutex *rill__os_mutex_new(void)
{
    os_mutex *m = rill__malloc(sizeof(*m));

    if (m)
        InitializeSRWLock(&m->lock);
    return m;
}

void rill__os_mutex_lock(os_mutex *m)
{
    AcquireSRWLockExclusive(&m->lock);
}

void rill__os_mutex_unlock(os_mutex *m)
{
    ReleaseSRWLockExclusive(&m->lock);
}

void rill__os_mutex_free(os_mutex *m)
{
    free(m);
}

/* ---- Address space -------------------------------------------------------- */

void *rill__os_reserve(size_t n)
{
#if SIZE_MAX > 0xffffffff
    size_t slack = OS_RANGE_ALIGN;
    unsigned char *p = NULL;

    if (os_may(RILL_CALL_ALLOCATE, NULL))
        p = VirtualAlloc(NULL, n + slack, MEM_RESERVE, PAGE_NOACCESS);
    if (!p)
        return NULL;
    return p + ((slack - ((uintptr_t)p & (slack - 1))) & (slack - 1));
#else
    (void)n;
    return NULL;
#endif
}

int rill__os_commit(void *p, size_t old_size, size_t new_size)
{
    return os_result(
        CALL(RILL_CALL_ALLOCATE,
             VirtualAlloc((unsigned char *)p + old_size, new_size - old_size,
                          MEM_COMMIT, PAGE_READWRITE) != NULL));
}

/* Only a whole reservation can be released, slack and all. */
void rill__os_release(void *p, size_t n)
{
    MEMORY_BASIC_INFORMATION info;

    (void)n;
    if (VirtualQuery(p, &info, sizeof(info)) != 0)
        VirtualFree(info.AllocationBase, 0, MEM_RELEASE);
}

int rill__os_uncommit(void *p, size_t old_size, size_t new_size)
{
    return os_result(CALL(RILL_CALL_ALLOCATE,
                          VirtualFree((unsigned char *)p + new_size,
                                      old_size - new_size, MEM_DECOMMIT)));
}

void rill__os_lazy_free(void *p, size_t n)
{
    VirtualAlloc(p, n, MEM_RESET, PAGE_READWRITE);
}
#endif /* _WIN32 */
