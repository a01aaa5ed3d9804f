/*
 * fd.c - system calls on a descriptor, as Python makes them.
 *
 * Each lets other threads run meanwhile. One that a signal interrupts is made
 * again after the signal's handler, unless that raised (PEP 475). What differs
 * on Windows, where these are functions of the C runtime, differs only here.
 */
#include "rillio.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifdef _WIN32
#include <io.h>
#define SEEK _lseeki64
#define STAT _fstat64
#define CUT(fd, size) (errno = _chsize_s(fd, size), errno ? -1 : 0)
#define READ(fd, buf, n) _read(fd, buf, (unsigned)(n))
#define WRITE(fd, buf, n) _write(fd, buf, (unsigned)(n))
typedef struct __stat64 fd_stat;
#define S_ISDIR(mode) (((mode)&_S_IFMT) == _S_IFDIR)
#define S_ISREG(mode) (((mode)&_S_IFMT) == _S_IFREG)
#else
#include <unistd.h>
#define SEEK lseek
#define STAT fstat
#define CUT ftruncate
#define READ read
#define WRITE write
typedef struct stat fd_stat;
#endif

/* macOS and Windows refuse more at once. */
#if defined(__APPLE__) || defined(_WIN32)
#define MOST_AT_ONCE INT_MAX
#else
#define MOST_AT_ONCE PY_SSIZE_T_MAX
#endif

/* Make `result = call` without the GIL, until no signal interrupts it. Leaves
 * errno of a failure; `raised`: it was a signal, and its handler raised. */
#define CALL(result, call, raised)             \
    do {                                       \
        int error_ = 0;                        \
        Py_BEGIN_ALLOW_THREADS;                \
        (result) = (call);                     \
        if ((result) < 0)                      \
            error_ = errno;                    \
        Py_END_ALLOW_THREADS;                  \
        if (error_)                            \
            errno = error_;                    \
    } while ((result) < 0 && errno == EINTR && \
             !((raised) = PyErr_CheckSignals() < 0))

/* What a read or write that failed returns. */
static Py_ssize_t transfer_failed(bool raised)
{
    if (!raised && errno == EAGAIN)
        return RILLIO_WOULD_BLOCK;
    if (!raised)
        PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

Py_ssize_t rillio_fd_read(int fd, void *buf, Py_ssize_t n)
{
    Py_ssize_t got;
    bool raised = false;

    CALL(got, READ(fd, buf, (size_t)Py_MIN(n, MOST_AT_ONCE)), raised);
    return got < 0 ? transfer_failed(raised) : got;
}

Py_ssize_t rillio_fd_write(int fd, const void *buf, Py_ssize_t n)
{
    Py_ssize_t put;
    bool raised = false;

    CALL(put, WRITE(fd, buf, (size_t)Py_MIN(n, MOST_AT_ONCE)), raised);
    return put < 0 ? transfer_failed(raised) : put;
}

int64_t rillio_fd_try_seek(int fd, int64_t offset, int whence)
{
    int64_t position;

    Py_BEGIN_ALLOW_THREADS;
    position = SEEK(fd, offset, whence);
    if (position < 0)
        position = -errno;
    Py_END_ALLOW_THREADS;
    return position;
}

int64_t rillio_fd_seek(int fd, int64_t offset, int whence)
{
    int64_t position = rillio_fd_try_seek(fd, offset, whence);

    if (position >= 0)
        return position;
    errno = (int)-position;
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

bool rillio_fd_truncate(int fd, int64_t size)
{
    int result;
    bool raised = false;

    CALL(result, CUT(fd, size), raised);
    if (result < 0 && !raised)
        PyErr_SetFromErrno(PyExc_OSError);
    return result == 0;
}

bool rillio_fd_is_terminal(int fd)
{
    int answer;

    Py_BEGIN_ALLOW_THREADS;
    answer = isatty(fd);
    Py_END_ALLOW_THREADS;
    return answer != 0;
}

bool rillio_fd_stat(int fd, struct rillio_fd_stat *out)
{
    fd_stat st;
    int result;

    Py_BEGIN_ALLOW_THREADS;
    result = STAT(fd, &st);
    Py_END_ALLOW_THREADS;
    if (result < 0)
        return false;
    out->size = st.st_size;
    out->is_directory = S_ISDIR(st.st_mode);
    out->is_regular = S_ISREG(st.st_mode);
#ifdef _WIN32
    out->block_size = 0;
#else
    out->block_size = (long)st.st_blksize;
#endif
    return true;
}

int rillio_fd_open(PyObject *name, PyObject *path, int flags)
{
    int fd;
    bool raised = false;
#ifdef _WIN32
    wchar_t *wide;
    PyObject *text;

    if (!PyUnicode_FSDecoder(path, &text))
        return -1;
    wide = PyUnicode_AsWideCharString(text, NULL);
    Py_DECREF(text);
    if (!wide)
        return -1;
    CALL(fd, _wopen(wide, flags, 0666), raised);
    PyMem_Free(wide);
#else
    CALL(fd, open(PyBytes_AS_STRING(path), flags, 0666), raised);
#endif
    if (fd < 0 && !raised)
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
    return fd;
}

bool rillio_fd_keep_private(int fd)
{
#ifndef _WIN32
    int flags = fcntl(fd, F_GETFD);

    if (flags < 0 ||
        (!(flags & FD_CLOEXEC) && fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)) {
        PyErr_SetFromErrno(PyExc_OSError);
        return false;
    }
#else
    (void)fd; /* its descriptors are private from the start */
#endif
    return true;
}

bool rillio_fd_close(int fd)
{
    int result, error;

    Py_BEGIN_ALLOW_THREADS;
    result = close(fd);
    error = errno;
    Py_END_ALLOW_THREADS;
    errno = error;
    if (result < 0)
        PyErr_SetFromErrno(PyExc_OSError);
    return result == 0;
}
