/*
 * fileio_io.c - FileIO's reading, writing and seeking: a system call each.
 */
#include "fileio.h"

static bool check_readable(fileio *self)
{
    if (!fileio_check_open(self))
        return false;
    if (!self->readable)
        rillio_unsupported("File not open for reading");
    return self->readable;
}

static bool check_writable(fileio *self)
{
    if (!fileio_check_open(self))
        return false;
    if (!self->writable)
        rillio_unsupported("File not open for writing");
    return self->writable;
}

/* ---- Reading ------------------------------------------------------------ */

static PyObject *count_or_none(Py_ssize_t n)
{
    if (n == RILLIO_WOULD_BLOCK)
        return Py_NewRef(Py_None);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

const char fileio_readinto_doc[] =
    PyDoc_STR("readinto($self, buffer, /)\n"
              "--\n"
              "\n"
              "Read into `buffer`; return how many bytes.\n"
              "\n"
              "0 at the end, None where nothing is there yet.");

PyObject *fileio_readinto(PyObject *object, PyObject *target)
{
    fileio *self = (fileio *)object;
    PyObject *result = NULL;
    Py_buffer view;

    if (!rillio_writable_buffer("readinto", target, &view))
        return NULL;
    if (check_readable(self)) {
        self->fresh_size = -1;
        result = count_or_none(rillio_fd_read(self->fd, view.buf, view.len));
    }
    PyBuffer_Release(&view);
    return result;
}

/* How much memory readall() has after `n` bytes: in proportion to what there
 * is, so that the work stays linear; but much is not had twice. -1: raised. */
static Py_ssize_t next_size(Py_ssize_t n)
{
    const Py_ssize_t large = 65536, small = 8192;
    Py_ssize_t more = n > large ? n >> 3 : n + 256;

    if (more < small)
        more = small;
    if (n <= PY_SSIZE_T_MAX - more)
        return n + more;
    PyErr_SetString(PyExc_OverflowError,
                    "unbounded read returned more bytes than a Python bytes "
                    "object can hold");
    return -1;
}

/* How many bytes there are from here to the end; -1 where nobody knows. */
static int64_t rest_of_file(fileio *self)
{
    struct rillio_fd_stat st;
    int64_t position;

    if (self->fresh_size >= 0)
        return self->fresh_size;
    position =
        fileio_learn_seekable(self, rillio_fd_try_seek(self->fd, 0, SEEK_CUR));
    if (position < 0 || !rillio_fd_stat(self->fd, &st))
        return -1;
    return st.size > 0 && st.size >= position ? st.size - position : -1;
}

/* Read until the end into *data, whose size is what was expected, and a byte
 * more, by which the end shows. Returns the length, or as rillio_fd_read(). */
static Py_ssize_t read_to_end(fileio *self, PyObject **data, int64_t expected)
{
    Py_ssize_t length = 0, room = PyBytes_GET_SIZE(*data), n;

    for (;;) {
        if (length >= room) {
            room = next_size(length);
            if (room < 0 || _PyBytes_Resize(data, room) < 0)
                return -1;
        }
        n = rillio_fd_read(self->fd, PyBytes_AS_STRING(*data) + length,
                           room - length);
        if (n == RILLIO_WOULD_BLOCK && length > 0)
            return length;
        if (n < 0)
            return n;
        length += n;
        /* The end; or all that there was, though one byte more was asked. */
        if (n == 0 || length == expected)
            return length;
    }
}

static PyObject *read_all(fileio *self)
{
    int64_t rest = rest_of_file(self);
    Py_ssize_t length, room = 8192;
    PyObject *data;

    self->fresh_size = -1;
    if (rest > 0 && rest < PY_SSIZE_T_MAX)
        room = (Py_ssize_t)rest + 1;
    data = rillio_new_bytes(room);
    if (!data)
        return NULL;
    length = read_to_end(self, &data, rest > 0 ? rest : -1);
    if (length < 0) {
        Py_XDECREF(data);
        return count_or_none(length);
    }
    if (length < PyBytes_GET_SIZE(data))
        _PyBytes_Resize(&data, length);
    return data;
}

const char fileio_readall_doc[] = PyDoc_STR("readall($self, /)\n"
                                            "--\n"
                                            "\n"
                                            "Read until the end.\n"
                                            "\n"
                                            "None where nothing is there yet.");

PyObject *fileio_readall(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    return fileio_check_open(self) ? read_all(self) : NULL;
}

const char fileio_read_doc[] =
    PyDoc_STR("read($self, size=-1, /)\n"
              "--\n"
              "\n"
              "Read up to `size` bytes by one system call; all if negative.\n"
              "\n"
              "b'' at the end, None where nothing is there yet.");

PyObject *fileio_read(PyObject *object, PyObject *const *args, Py_ssize_t nargs)
{
    fileio *self = (fileio *)object;
    PyObject *data;
    Py_ssize_t size, n;

    if (!rillio_count_args("read", nargs, 0, 1) ||
        !rillio_size(nargs ? args[0] : NULL, -1, &size) ||
        !check_readable(self))
        return NULL;
    if (size < 0)
        return PyObject_CallMethodNoArgs(object, RILLIO_NAME(readall));
    data = rillio_new_bytes(size);
    if (!data)
        return NULL;
    self->fresh_size = -1;
    n = rillio_fd_read(self->fd, PyBytes_AS_STRING(data), size);
    if (n < 0) {
        Py_DECREF(data);
        return count_or_none(n);
    }
    if (n < size)
        _PyBytes_Resize(&data, n);
    return data;
}

/* ---- Writing ------------------------------------------------------------ */

const char fileio_write_doc[] =
    PyDoc_STR("write($self, b, /)\n"
              "--\n"
              "\n"
              "Write the bytes of `b` by one system call; return how many.\n"
              "\n"
              "That may be fewer. None where there is no room yet.");

PyObject *fileio_write(PyObject *object, PyObject *source)
{
    fileio *self = (fileio *)object;
    PyObject *result = NULL;
    Py_buffer view;

    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    if (check_writable(self)) {
        self->fresh_size = -1;
        result = count_or_none(rillio_fd_write(self->fd, view.buf, view.len));
    }
    PyBuffer_Release(&view);
    return result;
}

/* ---- Position and size -------------------------------------------------- */

/* An int as an offset; OverflowError beyond 64 bits. */
static bool offset_arg(PyObject *arg, int64_t *out)
{
    if (!RILLIO_SINCE(10) && PyFloat_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return false;
    }
#if SIZEOF_LONG >= 8 /* the message names the type */
    *out = PyLong_AsLong(arg);
#else
    *out = PyLong_AsLongLong(arg);
#endif
    return *out != -1 || !PyErr_Occurred();
}

static int64_t seek(fileio *self, int64_t offset, int whence)
{
    int64_t position;

    if (offset != 0 || whence != SEEK_CUR)
        self->fresh_size = -1;
    position = rillio_fd_seek(self->fd, offset, whence);
    return fileio_learn_seekable(self, position);
}

static PyObject *seek_to(fileio *self, int64_t offset, int whence)
{
    int64_t position = seek(self, offset, whence);

    return position < 0 ? NULL : PyLong_FromLongLong(position);
}

const char fileio_seek_doc[] =
    PyDoc_STR("seek($self, pos, whence=0, /)\n"
              "--\n"
              "\n"
              "Move to a position and return it.\n"
              "\n"
              "whence: 0 from the start, 1 from where it is, 2 from\n"
              "the end; and what else lseek() knows.");

PyObject *fileio_seek(PyObject *object, PyObject *const *args, Py_ssize_t nargs)
{
    fileio *self = (fileio *)object;
    int whence = 0;
    int64_t offset;

    if (!rillio_count_args("seek", nargs, 1, 2) ||
        !rillio_int_arg(nargs > 1 ? args[1] : NULL, &whence) ||
        !fileio_check_open(self) || !offset_arg(args[0], &offset))
        return NULL;
    return seek_to(self, offset, whence);
}

const char fileio_tell_doc[] = PyDoc_STR("tell($self, /)\n"
                                         "--\n"
                                         "\n"
                                         "Return the position.");

PyObject *fileio_tell(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    return fileio_check_open(self) ? seek_to(self, 0, SEEK_CUR) : NULL;
}

const char fileio_truncate_doc[] =
    PyDoc_STR("truncate($self, size=None, /)\n"
              "--\n"
              "\n"
              "Resize to `size` bytes, the position by default; return it.\n"
              "\n"
              "The position stays what it is.");

PyObject *fileio_truncate(PyObject *object, PyObject *const *args,
                          Py_ssize_t nargs)
{
    fileio *self = (fileio *)object;
    PyObject *size = nargs ? args[0] : Py_None;
    int64_t n;

    if (!rillio_count_args("truncate", nargs, 0, 1) || !check_writable(self))
        return NULL;
    if (size == Py_None)
        size = seek_to(self, 0, SEEK_CUR);
    else
        Py_INCREF(size);
    self->fresh_size = -1;
    if (size && (!offset_arg(size, &n) || !rillio_fd_truncate(self->fd, n)))
        Py_CLEAR(size);
    return size;
}
