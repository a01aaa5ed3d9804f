/*
 * fileio_open.c - how a FileIO gets its descriptor.
 *
 * From the program, which opened it; from open(), by a path; or from an opener
 * of the program's own. Until all has worked out the first stays the program's,
 * the other two are closed again.
 */
#include "fileio.h"

#include <errno.h>
#include <fcntl.h>

#ifndef O_BINARY
#define O_BINARY 0
#endif
#ifndef O_CLOEXEC
#define O_CLOEXEC O_NOINHERIT
#endif

static bool wrong_mode(void)
{
    PyErr_SetString(PyExc_ValueError,
                    "Must have exactly one of create/read/write/append mode "
                    "and at most one plus");
    return false;
}

/* Take the direction that a letter names. False: it names none. */
static bool set_direction(fileio *self, char letter, int *flags)
{
    switch (letter) {
    case 'x':
        self->created = self->writable = true;
        *flags |= O_EXCL | O_CREAT;
        return true;
    case 'r':
        self->readable = true;
        return true;
    case 'w':
        self->writable = true;
        *flags |= O_CREAT | O_TRUNC;
        return true;
    case 'a':
        self->appending = self->writable = true;
        *flags |= O_APPEND | O_CREAT;
        return true;
    default:
        return false;
    }
}

static bool read_mode(fileio *self, const char *mode, int *flags)
{
    bool directed = false, plus = false;

    /* What an earlier __init__() set stays set: so does io's. */
    for (const char *letter = mode; *letter; letter++) {
        if (*letter == 'b')
            continue;
        if (*letter == '+') {
            if (plus)
                return wrong_mode();
            plus = true;
        } else if (strchr("xrwa", *letter)) {
            if (directed)
                return wrong_mode();
            directed = set_direction(self, *letter, flags);
        } else {
            PyErr_Format(PyExc_ValueError, "invalid mode: %.200s", mode);
            return false;
        }
    }
    if (!directed)
        return wrong_mode();
    if (plus)
        self->readable = self->writable = true;
    *flags |= O_BINARY | O_CLOEXEC;
    if (self->readable && self->writable)
        *flags |= O_RDWR;
    else
        *flags |= self->readable ? O_RDONLY : O_WRONLY;
    return true;
}

/* What `file` is if it is a descriptor: -1 if it is none, -2 raised. */
static int descriptor_of(PyObject *file)
{
    int fd = -1;

    if (!PyIndex_Check(file))
        return -1;
    if (PyBool_Check(file) && RILLIO_SINCE(13) &&
        PyErr_WarnEx(PyExc_RuntimeWarning, "bool is used as a file descriptor",
                     1) < 0)
        return -2;
    if (!rillio_int_arg(file, &fd)) {
        PyErr_Clear();
        return -1;
    }
    if (fd >= 0)
        return fd;
    PyErr_SetString(PyExc_ValueError, "negative file descriptor");
    return -2;
}

/* The descriptor that the program's opener makes. -1: raised. */
static int call_opener(PyObject *opener, PyObject *file, int flags)
{
    PyObject *result = PyObject_CallFunction(opener, "Oi", file, flags);
    int fd = -1;
    bool converted;

    if (!result)
        return -1;
    if (!PyLong_Check(result)) {
        PyErr_SetString(PyExc_TypeError, "expected integer from opener");
        Py_DECREF(result);
        return -1;
    }
    converted = rillio_int_arg(result, &fd);
    Py_DECREF(result);
    if (converted && fd < 0)
        PyErr_Format(PyExc_ValueError, "opener returned %d", fd);
    return fd;
}

/* Ask what was opened, and refuse a directory. */
static bool examine(fileio *self, PyObject *file)
{
    struct rillio_fd_stat st;

    if (!rillio_fd_stat(self->fd, &st)) {
        /* Some file systems cannot say; but no descriptor is no file. */
        if (errno == EBADF)
            PyErr_SetFromErrno(PyExc_OSError);
        return errno != EBADF;
    }
    if (st.is_directory) {
        errno = EISDIR;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, file);
        return false;
    }
    if (st.block_size > 1)
        self->blksize = (unsigned int)st.block_size;
    self->regular = st.is_regular;
    /* An empty one may be a pipe that looks like a file (in /proc, /sys). */
    if (st.is_regular && st.size > 0)
        self->fresh_size = st.size;
    return true;
}

/* A file for appending stands at its end. */
static bool go_to_end(fileio *self)
{
    int64_t end = rillio_fd_try_seek(self->fd, 0, SEEK_END);

    self->fresh_size = -1;
    if (fileio_learn_seekable(self, end) >= 0 || end == -ESPIPE)
        return true;
    errno = (int)-end;
    PyErr_SetFromErrno(PyExc_OSError);
    return false;
}

/* Open `path`, or ask the opener to. The result is ours. */
static bool make_descriptor(fileio *self, PyObject *file, PyObject *path,
                            int flags, PyObject *opener)
{
    if (!opener) {
        self->fd = rillio_fd_open(file, path, flags);
        return self->fd >= 0;
    }
    self->fd = call_opener(opener, file, flags);
    return self->fd >= 0 && rillio_fd_keep_private(self->fd);
}

bool fileio_close_descriptor(fileio *self)
{
    int fd = self->fd;

    self->fd = -1;
    return fd < 0 || rillio_fd_close(fd);
}

/* Close what was opened, while an exception is pending. */
static void undo_open(fileio *self)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    fileio_close_descriptor(self);
    rillio_chain(type, value, traceback);
}

/* Open by `fd`, or by `path` where that is -1. */
static bool open_either(fileio *self, PyObject *file, int fd, PyObject *path,
                        int flags, PyObject *opener)
{
    self->blksize = (unsigned int)rillio_state.buffer_size;
    self->seekable = -1;
    self->regular = false;
    if (fd >= 0) {
        self->fd = fd;
    } else if (!make_descriptor(self, file, path, flags, opener)) {
        undo_open(self);
        return false;
    }
    if (examine(self, file)) {
        if (fd >= 0 || opener)
            self->fresh_size = -1;
        if (PyObject_SetAttr((PyObject *)self, RILLIO_NAME(name), file) == 0 &&
            (!self->appending || go_to_end(self)))
            return true;
    }
    if (fd >= 0)
        self->fd = -1; /* on failure it stays the caller's */
    undo_open(self);
    return false;
}

static bool fileio_open(fileio *self, PyObject *file, const char *mode,
                        bool closefd, PyObject *opener)
{
    PyObject *path = NULL;
    int flags = 0, fd = descriptor_of(file);
    bool opened = false;

    if (fd == -2 || (fd < 0 && !PyUnicode_FSConverter(file, &path)))
        return false;
    if (read_mode(self, mode, &flags) &&
        PySys_Audit("open", "Osi", file, mode, flags) == 0) {
        self->closefd = fd < 0 || closefd;
        if (self->closefd == closefd)
            opened = open_either(self, file, fd, path, flags, opener);
        else
            PyErr_SetString(PyExc_ValueError,
                            "Cannot use closefd=False with file name");
    }
    Py_XDECREF(path);
    return opened;
}

PyObject *fileio_new(PyTypeObject *type, PyObject *Py_UNUSED(args),
                     PyObject *Py_UNUSED(kwargs))
{
    fileio *self = (fileio *)type->tp_alloc(type, 0);

    if (!self)
        return NULL;
    self->fd = -1;
    self->seekable = -1;
    self->fresh_size = -1;
    self->closefd = true;
    return (PyObject *)self;
}

int fileio_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"file", "mode", "closefd", "opener",
                                        NULL};
    static const rillio_signature signature = {"FileIO", names, 1, 4};
    fileio *self = (fileio *)object;
    PyObject *given[4];
    const char *mode = "r";
    int closefd = 1;

    if (!rillio_init_args(&signature, args, kwargs, given) ||
        !rillio_str_arg("FileIO", "mode", "str", given[1], &mode) ||
        !rillio_bool_arg(given[2], &closefd))
        return -1;
    if (!self->closefd)
        self->fd = -1;
    else if (!fileio_close_descriptor(self))
        return -1;
    if (given[3] == Py_None)
        given[3] = NULL;
    return fileio_open(self, given[0], mode, closefd, given[3]) ? 0 : -1;
}

PyObject *rillio_fileio_open(PyObject *file, const char *mode, bool closefd,
                             PyObject *opener)
{
    PyObject *self = fileio_new(&rillio_FileIO_type, NULL, NULL);

    if (self && !fileio_open((fileio *)self, file, mode, closefd, opener))
        Py_CLEAR(self);
    return self;
}
