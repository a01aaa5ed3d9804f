/*
 * base_kinds.c - _RawIOBase, _BufferedIOBase and _TextIOBase: the three kinds of
 * streams, which differ in what they promise of read() and write().
 */
#include "base.h"

/* ---- _RawIOBase --------------------------------------------------------- */

/* The result of readinto(): how many of `size` bytes are there. -1: raised. */
static Py_ssize_t count_read(PyObject *result, Py_ssize_t size)
{
    Py_ssize_t n = PyNumber_AsSsize_t(result, PyExc_ValueError);

    if (n == -1 && PyErr_Occurred())
        return -1;
    if (n >= 0 && n <= size)
        return n;
    PyErr_Format(PyExc_ValueError,
                 "readinto returned %zd outside buffer size %zd", n, size);
    return -1;
}

PyDoc_STRVAR(raw_read_doc,
             "read($self, size=-1, /)\n"
             "--\n"
             "\n"
             "Read up to `size` bytes by one readinto(); all if negative.\n"
             "\n"
             "None where nothing is there yet, b'' at the end.");

static PyObject *raw_read(PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs)
{
    PyObject *target, *result, *data = NULL;
    Py_ssize_t size = -1, n;

    if (!rillio_count_args("read", nargs, 0, 1))
        return NULL;
    if (nargs) {
        PyObject *index = PyNumber_Index(args[0]);

        if (!index)
            return NULL;
        size = PyLong_AsSsize_t(index);
        Py_DECREF(index);
        if (size == -1 && PyErr_Occurred())
            return NULL;
    }
    if (size < 0)
        return PyObject_CallMethodNoArgs(self, RILLIO_NAME(readall));
    target = PyByteArray_FromStringAndSize(NULL, size);
    if (!target)
        return NULL;
    result = PyObject_CallMethodOneArg(self, RILLIO_NAME(readinto), target);
    if (result == Py_None) {
        Py_DECREF(target);
        return result;
    }
    /* readinto() may have kept the bytearray, and even resized it. */
    n = result ? count_read(result, PyByteArray_GET_SIZE(target)) : -1;
    if (n >= 0)
        data = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(target), n);
    Py_XDECREF(result);
    Py_DECREF(target);
    return data;
}

/* Collect what read() gives until it has no more. Returns the last answer, b''
 * or None; NULL: raised. */
static PyObject *collect_pieces(PyObject *self, PyObject *pieces)
{
    PyObject *size = PyLong_FromSsize_t(rillio_state.buffer_size), *piece;

    if (!size)
        return NULL;
    for (;;) {
        do
            piece = PyObject_CallMethodOneArg(self, RILLIO_NAME(read), size);
        while (!piece && rillio_was_interrupted());
        if (!piece || piece == Py_None)
            break;
        if (!PyBytes_Check(piece)) {
            PyErr_SetString(PyExc_TypeError, "read() should return bytes");
            Py_CLEAR(piece);
            break;
        }
        if (PyBytes_GET_SIZE(piece) == 0)
            break;
        if (PyList_Append(pieces, piece) < 0) {
            Py_CLEAR(piece);
            break;
        }
        Py_DECREF(piece);
    }
    Py_DECREF(size);
    return piece;
}

PyDoc_STRVAR(raw_readall_doc, "readall($self, /)\n"
                              "--\n"
                              "\n"
                              "Read until the end, by as many read().\n"
                              "\n"
                              "None where nothing is there yet.");

static PyObject *raw_readall(PyObject *self, PyObject *Py_UNUSED(none))
{
    PyObject *pieces = PyList_New(0), *last, *all = NULL;

    if (!pieces)
        return NULL;
    last = collect_pieces(self, pieces);
    if (last == Py_None && PyList_GET_SIZE(pieces) == 0)
        all = Py_NewRef(last);
    else if (last)
        all = rillio_join(pieces);
    Py_XDECREF(last);
    Py_DECREF(pieces);
    return all;
}

static PyObject *raw_not_implemented(PyObject *Py_UNUSED(self),
                                     PyObject *Py_UNUSED(args))
{
    PyErr_SetNone(PyExc_NotImplementedError);
    return NULL;
}

static PyMethodDef raw_methods[] = {
    {"read", RILLIO_FASTCALL(raw_read), METH_FASTCALL, raw_read_doc},
    {"readall", raw_readall, METH_NOARGS, raw_readall_doc},
    {"readinto", raw_not_implemented, METH_VARARGS, NULL},
    {"write", raw_not_implemented, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(raw_doc, "What streams without a buffer have in common.\n"
                      "\n"
                      "A subclass has readinto() or write(), or both.");

PyTypeObject rillio_RawIOBase_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio._rillio._RawIOBase",
    .tp_basicsize = sizeof(rillio_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = raw_doc,
    .tp_methods = raw_methods,
};

/* ---- _BufferedIOBase ---------------------------------------------------- */

/* Read into `target` by `method`, read() or read1(). */
static PyObject *read_into(PyObject *self, PyObject *target, PyObject *method,
                           const char *name)
{
    PyObject *size, *data = NULL, *result = NULL;
    Py_buffer view;
    Py_ssize_t n;

    if (!rillio_writable_buffer(name, target, &view))
        return NULL;
    size = PyLong_FromSsize_t(view.len);
    if (size)
        data = PyObject_CallMethodOneArg(self, method, size);
    Py_XDECREF(size);
    if (data && !PyBytes_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "read() should return bytes");
    } else if (data) {
        n = PyBytes_GET_SIZE(data);
        if (n > view.len)
            PyErr_Format(PyExc_ValueError,
                         "read() returned too much data: %zd bytes requested, "
                         "%zd returned",
                         view.len, n);
        else
            result = PyLong_FromSsize_t(n);
    }
    if (result)
        memcpy(view.buf, PyBytes_AS_STRING(data), (size_t)n);
    Py_XDECREF(data);
    PyBuffer_Release(&view);
    return result;
}

PyDoc_STRVAR(buffered_readinto_doc,
             "readinto($self, buffer, /)\n"
             "--\n"
             "\n"
             "Read into `buffer`, by read(); return how many bytes.");

static PyObject *buffered_readinto(PyObject *self, PyObject *target)
{
    return read_into(self, target, RILLIO_NAME(read), "readinto");
}

PyDoc_STRVAR(buffered_readinto1_doc,
             "readinto1($self, buffer, /)\n"
             "--\n"
             "\n"
             "Read into `buffer`, by read1(); return how many bytes.");

static PyObject *buffered_readinto1(PyObject *self, PyObject *target)
{
    return read_into(self, target, RILLIO_NAME(read1), "readinto1");
}

PyDoc_STRVAR(detach_doc,
             "detach($self, /)\n"
             "--\n"
             "\n"
             "Give away what lies below; then this one is useless.");

PyDoc_STRVAR(buffered_read_doc,
             "read($self, size=-1, /)\n"
             "--\n"
             "\n"
             "Read `size` bytes, fewer only at the end; all if negative.");

PyDoc_STRVAR(buffered_read1_doc,
             "read1($self, size=-1, /)\n"
             "--\n"
             "\n"
             "Read up to `size` bytes with at most one read of what is below.");

PyDoc_STRVAR(buffered_write_doc, "write($self, b, /)\n"
                                 "--\n"
                                 "\n"
                                 "Write all bytes of `b`; return how many.");

/* A method that a base only names. */
#define UNSUPPORTED(name)                                          \
    static PyObject *unsupported_##name(PyObject *Py_UNUSED(self), \
                                        PyObject *Py_UNUSED(args)) \
    {                                                              \
        return rillio_unsupported(#name);                          \
    }
UNSUPPORTED(detach)
UNSUPPORTED(read)
UNSUPPORTED(read1)
UNSUPPORTED(readline)
UNSUPPORTED(write)

static PyMethodDef buffered_methods[] = {
    {"detach", unsupported_detach, METH_NOARGS, detach_doc},
    {"read", unsupported_read, METH_VARARGS, buffered_read_doc},
    {"read1", unsupported_read1, METH_VARARGS, buffered_read1_doc},
    {"readinto", buffered_readinto, METH_O, buffered_readinto_doc},
    {"readinto1", buffered_readinto1, METH_O, buffered_readinto1_doc},
    {"write", unsupported_write, METH_VARARGS, buffered_write_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(buffered_doc,
             "What binary streams with a buffer, or all in memory, have in\n"
             "common: read() and write() move as much as they are asked to.");

PyTypeObject rillio_BufferedIOBase_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio._rillio._BufferedIOBase",
    .tp_basicsize = sizeof(rillio_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = buffered_doc,
    .tp_methods = buffered_methods,
};

/* ---- _TextIOBase -------------------------------------------------------- */

static PyObject *text_none(PyObject *Py_UNUSED(self), void *Py_UNUSED(closure))
{
    return Py_NewRef(Py_None);
}

PyDoc_STRVAR(text_read_doc, "read($self, size=-1, /)\n"
                            "--\n"
                            "\n"
                            "Read `size` characters, or all if negative.");

PyDoc_STRVAR(text_readline_doc,
             "readline($self, size=-1, /)\n"
             "--\n"
             "\n"
             "Read a line, with its end, and at most `size` characters of it.");

PyDoc_STRVAR(text_write_doc, "write($self, s, /)\n"
                             "--\n"
                             "\n"
                             "Write the str `s`; return how many characters.");

static PyMethodDef text_methods[] = {
    {"detach", unsupported_detach, METH_NOARGS, detach_doc},
    {"read", unsupported_read, METH_VARARGS, text_read_doc},
    {"readline", unsupported_readline, METH_VARARGS, text_readline_doc},
    {"write", unsupported_write, METH_VARARGS, text_write_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef text_getset[] = {
    {"encoding", text_none, NULL, "How characters are encoded.", NULL},
    {"newlines", text_none, NULL, "The line ends that were read so far.", NULL},
    {"errors", text_none, NULL, "How errors of the encoding are handled.",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(text_doc, "What streams of characters have in common.");

PyTypeObject rillio_TextIOBase_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio._rillio._TextIOBase",
    .tp_basicsize = sizeof(rillio_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = text_doc,
    .tp_methods = text_methods,
    .tp_getset = text_getset,
};
