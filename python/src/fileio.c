/*
 * fileio.c - FileIO: a descriptor with methods, a system call each.
 *
 * There is no position here and nothing is buffered: the kernel's position is
 * the position, whoever else has the descriptor. What is remembered is only
 * what cannot change, or cannot be seen to: whether it can seek, and, until the
 * first operation, that a file just opened stands at 0 and how long it was.
 */
#include "fileio.h"

/* ---- Closing ------------------------------------------------------------ */

static void warn_unclosed(fileio *self, PyObject *source)
{
    PyObject *type, *value, *traceback;

    if (self->fd < 0 || !self->closefd)
        return;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning(source, 1, "unclosed file %R", source) < 0 &&
        PyErr_ExceptionMatches(PyExc_Warning))
        PyErr_WriteUnraisable((PyObject *)self);
    PyErr_Restore(type, value, traceback);
}

static PyObject *fileio_dealloc_warn(PyObject *self, PyObject *source)
{
    warn_unclosed((fileio *)self, source);
    return Py_NewRef(Py_None);
}

void rillio_dealloc_warn(PyObject *raw, PyObject *source)
{
    PyObject *result;

    if (Py_IS_TYPE(raw, &rillio_FileIO_type)) {
        warn_unclosed((fileio *)raw, source);
        return;
    }
    result = PyObject_CallMethodOneArg(raw, RILLIO_NAME(_dealloc_warn), source);
    if (!result)
        PyErr_Clear();
    Py_XDECREF(result);
}

PyDoc_STRVAR(close_doc, "close($self, /)\n"
                        "--\n"
                        "\n"
                        "Close the file, and its descriptor if that is ours.");

static PyObject *fileio_close(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;
    PyObject *result = rillio_base_close(object);
    PyObject *type = NULL, *value = NULL, *traceback = NULL;

    if (!self->closefd) {
        self->fd = -1;
        return result;
    }
    if (!result)
        PyErr_Fetch(&type, &value, &traceback);
    if (self->finalizing)
        warn_unclosed(self, object);
    if (!fileio_close_descriptor(self))
        Py_CLEAR(result);
    rillio_chain(type, value, traceback);
    return result;
}

static void fileio_dealloc(PyObject *self)
{
    ((fileio *)self)->finalizing = 1;
    if (!rillio_finalized(self))
        return;
    PyObject_GC_UnTrack(self);
    rillio_clear_head((rillio_object *)self);
    Py_TYPE(self)->tp_free(self);
}

/* ---- What it is --------------------------------------------------------- */

PyDoc_STRVAR(seekable_doc, "seekable($self, /)\n"
                           "--\n"
                           "\n"
                           "Whether it can seek. Asked once.");

static PyObject *fileio_seekable(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    if (!fileio_check_open(self))
        return NULL;
    if (self->fresh_size >= 0)
        Py_RETURN_TRUE;
    if (self->seekable < 0)
        fileio_learn_seekable(self, rillio_fd_try_seek(self->fd, 0, SEEK_CUR));
    return PyBool_FromLong(self->seekable);
}

PyDoc_STRVAR(readable_doc, "readable($self, /)\n"
                           "--\n"
                           "\n"
                           "Whether it was opened for reading.");

static PyObject *fileio_readable(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    return fileio_check_open(self) ? PyBool_FromLong(self->readable) : NULL;
}

PyDoc_STRVAR(writable_doc, "writable($self, /)\n"
                           "--\n"
                           "\n"
                           "Whether it was opened for writing.");

static PyObject *fileio_writable(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    return fileio_check_open(self) ? PyBool_FromLong(self->writable) : NULL;
}

PyDoc_STRVAR(fileno_doc, "fileno($self, /)\n"
                         "--\n"
                         "\n"
                         "Return the descriptor.");

static PyObject *fileio_fileno(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    self->fresh_size = -1; /* who has the descriptor may move it */
    return fileio_check_open(self) ? PyLong_FromLong(self->fd) : NULL;
}

PyDoc_STRVAR(isatty_doc, "isatty($self, /)\n"
                         "--\n"
                         "\n"
                         "Whether this is a terminal.");

static PyObject *fileio_isatty(PyObject *object, PyObject *Py_UNUSED(none))
{
    fileio *self = (fileio *)object;

    if (!fileio_check_open(self))
        return NULL;
    return PyBool_FromLong(rillio_fd_is_terminal(self->fd));
}

static const char *mode_of(const fileio *self)
{
    if (self->created)
        return self->readable ? "xb+" : "xb";
    if (self->appending)
        return self->readable ? "ab+" : "ab";
    if (self->readable)
        return self->writable ? "rb+" : "rb";
    return "wb";
}

static PyObject *repr_with_name(fileio *self, const char *type, PyObject *name)
{
    PyObject *repr = NULL;
    int entered = Py_ReprEnter((PyObject *)self);

    if (entered > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__",
                     Py_TYPE(self)->tp_name);
    if (entered != 0)
        return NULL;
    repr = PyUnicode_FromFormat("<%.100s name=%R mode='%s' closefd=%s>", type,
                                name, mode_of(self),
                                self->closefd ? "True" : "False");
    Py_ReprLeave((PyObject *)self);
    return repr;
}

static PyObject *fileio_repr(PyObject *object)
{
    fileio *self = (fileio *)object;
    const char *type = rillio_FileIO_type.tp_name;
    PyObject *name, *repr;

    if (RILLIO_SINCE(13))
        type = Py_TYPE(object)->tp_name;
    if (self->fd < 0)
        return PyUnicode_FromFormat("<%.100s [closed]>", type);
    if (PyObject_GetOptionalAttr(object, RILLIO_NAME(name), &name) < 0)
        return NULL;
    if (!name)
        return PyUnicode_FromFormat("<%.100s fd=%d mode='%s' closefd=%s>", type,
                                    self->fd, mode_of(self),
                                    self->closefd ? "True" : "False");
    repr = repr_with_name(self, type, name);
    Py_DECREF(name);
    return repr;
}

static PyObject *fileio_closed(PyObject *self, void *Py_UNUSED(closure))
{
    return PyBool_FromLong(((fileio *)self)->fd < 0);
}

static PyObject *fileio_closefd(PyObject *self, void *Py_UNUSED(closure))
{
    return PyBool_FromLong(((fileio *)self)->closefd);
}

static PyObject *fileio_mode(PyObject *self, void *Py_UNUSED(closure))
{
    return PyUnicode_FromString(mode_of((fileio *)self));
}

/* ---- For the other files ------------------------------------------------ */

int rillio_fileio_fd(PyObject *raw)
{
    fileio *self = (fileio *)raw;

    if (!Py_IS_TYPE(raw, &rillio_FileIO_type))
        return -1;
    self->fresh_size = -1;
    return self->fd;
}

long rillio_fileio_blksize(PyObject *raw)
{
    return (long)((fileio *)raw)->blksize;
}

bool rillio_fileio_is_regular(PyObject *raw)
{
    return ((fileio *)raw)->regular;
}

bool rillio_fileio_is_open(PyObject *raw)
{
    return Py_IS_TYPE(raw, &rillio_FileIO_type) && ((fileio *)raw)->fd >= 0;
}

bool rillio_fileio_is_fresh(PyObject *raw)
{
    return Py_IS_TYPE(raw, &rillio_FileIO_type) &&
           ((fileio *)raw)->fresh_size >= 0;
}

/* ---- The type ----------------------------------------------------------- */

static int fileio_traverse(PyObject *self, visitproc visit, void *arg)
{
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int fileio_clear(PyObject *self)
{
    rillio_clear_head((rillio_object *)self);
    return 0;
}

static PyMethodDef fileio_methods[] = {
    {"read", RILLIO_FASTCALL(fileio_read), METH_FASTCALL, fileio_read_doc},
    {"readall", fileio_readall, METH_NOARGS, fileio_readall_doc},
    {"readinto", fileio_readinto, METH_O, fileio_readinto_doc},
    {"write", fileio_write, METH_O, fileio_write_doc},
    {"seek", RILLIO_FASTCALL(fileio_seek), METH_FASTCALL, fileio_seek_doc},
    {"tell", fileio_tell, METH_NOARGS, fileio_tell_doc},
    {"truncate", RILLIO_FASTCALL(fileio_truncate), METH_FASTCALL,
     fileio_truncate_doc},
    {"close", fileio_close, METH_NOARGS, close_doc},
    {"seekable", fileio_seekable, METH_NOARGS, seekable_doc},
    {"readable", fileio_readable, METH_NOARGS, readable_doc},
    {"writable", fileio_writable, METH_NOARGS, writable_doc},
    {"fileno", fileio_fileno, METH_NOARGS, fileno_doc},
    {"isatty", fileio_isatty, METH_NOARGS, isatty_doc},
    {"_dealloc_warn", fileio_dealloc_warn, METH_O, NULL},
#if PY_VERSION_HEX >= 0x030c0000
    {"__reduce__", rillio_cannot_pickle, METH_VARARGS, NULL},
    {"__reduce_ex__", rillio_cannot_pickle, METH_VARARGS, NULL},
#endif
    {NULL, NULL, 0, NULL},
};

static PyMemberDef fileio_members[] = {
    {"_blksize", T_UINT, offsetof(fileio, blksize), 0, NULL},
    {"_finalizing", T_BOOL, offsetof(fileio, finalizing), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef fileio_getset[] = {
    {"closed", fileio_closed, NULL, "Whether it has been closed.", NULL},
    {"closefd", fileio_closefd, NULL,
     "Whether close() closes the descriptor too.", NULL},
    {"mode", fileio_mode, NULL, "What it was opened for, as open() says it.",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    fileio_doc,
    "FileIO(file, mode='r', closefd=True, opener=None)\n"
    "--\n"
    "\n"
    "A file without a buffer: a system call for each method.\n"
    "\n"
    "file is a path or an open descriptor, mode one of r, w, x, a and\n"
    "maybe a +, as for open(). opener(file, flags) returns the\n"
    "descriptor to be used.");

PyTypeObject rillio_FileIO_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.FileIO",
    .tp_basicsize = sizeof(fileio),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = fileio_doc,
    .tp_new = fileio_new,
    .tp_init = fileio_init,
    .tp_dealloc = fileio_dealloc,
    .tp_traverse = fileio_traverse,
    .tp_clear = fileio_clear,
    .tp_dictoffset = offsetof(fileio, dict),
    .tp_weaklistoffset = offsetof(fileio, weakrefs),
    .tp_repr = fileio_repr,
    .tp_methods = fileio_methods,
    .tp_members = fileio_members,
    .tp_getset = fileio_getset,
};
