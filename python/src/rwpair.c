/*
 * rwpair.c - BufferedRWPair: one stream out of two, one to read and one to
 * write, as a pipe or a socket's two halves.
 *
 * It is a BufferedReader and a BufferedWriter, and hands each call on.
 */
#include "buffered.h"

#include <stddef.h>

typedef struct {
    RILLIO_HEAD
    PyObject *reader, *writer;
} rwpair;

/* ---- Life --------------------------------------------------------------- */

static PyObject *make(PyTypeObject *type, PyObject *raw, Py_ssize_t size)
{
    return PyObject_CallFunction((PyObject *)type, "On", raw, size);
}

static int rwpair_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    rwpair *pair = (rwpair *)self;
    Py_ssize_t size = rillio_state.buffer_size, n = PyTuple_GET_SIZE(args);
    PyObject *reader, *writer;

    if (kwargs && PyDict_GET_SIZE(kwargs) > 0 &&
        Py_TYPE(self)->tp_new == rillio_BufferedRWPair_type.tp_new) {
        PyErr_SetString(PyExc_TypeError,
                        "BufferedRWPair() takes no keyword arguments");
        return -1;
    }
    if (!rillio_count_args("BufferedRWPair", n, 2, 3) ||
        (n > 2 && !buffered_integer_arg(PyTuple_GET_ITEM(args, 2), &size)))
        return -1;
    reader = PyTuple_GET_ITEM(args, 0);
    writer = PyTuple_GET_ITEM(args, 1);
    if (!rillio_check_can(reader, RILLIO_NAME(readable),
                          "File or stream is not readable.") ||
        !rillio_check_can(writer, RILLIO_NAME(writable),
                          "File or stream is not writable."))
        return -1;
    reader = make(&rillio_BufferedReader_type, reader, size);
    if (!reader)
        return -1;
    writer = make(&rillio_BufferedWriter_type, writer, size);
    if (!writer) {
        Py_DECREF(reader);
        return -1;
    }
    Py_XSETREF(pair->reader, reader);
    Py_XSETREF(pair->writer, writer);
    return 0;
}

static int rwpair_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((rwpair *)self)->reader);
    Py_VISIT(((rwpair *)self)->writer);
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int rwpair_clear(PyObject *self)
{
    rwpair *pair = (rwpair *)self;

    Py_CLEAR(pair->reader);
    Py_CLEAR(pair->writer);
    Py_CLEAR(pair->dict);
    return 0;
}

static void rwpair_dealloc(PyObject *self)
{
    if (!rillio_finalized(self))
        return;
    PyObject_GC_UnTrack(self);
    rillio_clear_head((rillio_object *)self);
    rwpair_clear(self);
    Py_TYPE(self)->tp_free(self);
}

/* ---- Handing on --------------------------------------------------------- */

/* half.name(args...); `half` is NULL before __init__(). */
static PyObject *hand_on(PyObject *half, PyObject *name, PyObject *const *args,
                         Py_ssize_t nargs)
{
    PyObject *method, *answer;

    if (!half) {
        PyErr_SetString(PyExc_ValueError,
                        "I/O operation on uninitialized object");
        return NULL;
    }
    method = PyObject_GetAttr(half, name);
    if (!method)
        return NULL;
    answer = PyObject_Vectorcall(method, args, nargs, NULL);
    Py_DECREF(method);
    return answer;
}

#define HAND_ON(half, name)                                               \
    static PyObject *rwpair_##name(PyObject *self, PyObject *const *args, \
                                   Py_ssize_t nargs)                      \
    {                                                                     \
        return hand_on(((rwpair *)self)->half, RILLIO_NAME(name), args,   \
                       nargs);                                            \
    }
HAND_ON(reader, read)
HAND_ON(reader, peek)
HAND_ON(reader, read1)
HAND_ON(reader, readinto)
HAND_ON(reader, readinto1)
HAND_ON(writer, write)

#define HAND_ON_NOTHING(half, name)                                          \
    static PyObject *rwpair_##name(PyObject *self, PyObject *Py_UNUSED(arg)) \
    {                                                                        \
        return hand_on(((rwpair *)self)->half, RILLIO_NAME(name), NULL, 0);  \
    }
HAND_ON_NOTHING(reader, readable)
HAND_ON_NOTHING(writer, writable)
HAND_ON_NOTHING(writer, flush)

/* Both close, whatever the first comes to. */
static PyObject *rwpair_close(PyObject *self, PyObject *Py_UNUSED(unused))
{
    rwpair *pair = (rwpair *)self;
    PyObject *first, *second, *type, *value, *traceback;

    first = hand_on(pair->writer, RILLIO_NAME(close), NULL, 0);
    PyErr_Fetch(&type, &value, &traceback);
    second = hand_on(pair->reader, RILLIO_NAME(close), NULL, 0);
    if (!first) {
        rillio_chain(type, value, traceback);
        Py_CLEAR(second);
    }
    Py_XDECREF(first);
    return second;
}

static PyObject *rwpair_isatty(PyObject *self, PyObject *Py_UNUSED(unused))
{
    rwpair *pair = (rwpair *)self;
    PyObject *answer = hand_on(pair->writer, RILLIO_NAME(isatty), NULL, 0);

    if (answer != Py_False)
        return answer;
    Py_DECREF(answer);
    return hand_on(pair->reader, RILLIO_NAME(isatty), NULL, 0);
}

static PyObject *rwpair_closed(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *writer = ((rwpair *)self)->writer;

    if (!writer) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the BufferedRWPair object is being garbage-collected");
        return NULL;
    }
    return PyObject_GetAttr(writer, RILLIO_NAME(closed));
}

/* ---- The class ---------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"close", rwpair_close, METH_NOARGS,
     PyDoc_STR("close($self, /)\n--\n\nClose the writer, then the reader.")},
    {"flush", rwpair_flush, METH_NOARGS,
     PyDoc_STR("flush($self, /)\n--\n\nWrite out what is buffered.")},
    {"isatty", rwpair_isatty, METH_NOARGS,
     PyDoc_STR("isatty($self, /)\n--\n\nWhether either is a terminal.")},
    {"peek", FASTCALL(rwpair_peek),
     PyDoc_STR("peek($self, size=0, /)\n--\n\n"
               "Bytes that come next, without going on.")},
    {"read", FASTCALL(rwpair_read),
     PyDoc_STR("read($self, size=-1, /)\n--\n\n"
               "Read `size` bytes, or all up to the end.")},
    {"read1", FASTCALL(rwpair_read1),
     PyDoc_STR("read1($self, size=-1, /)\n--\n\n"
               "Read up to `size` bytes with at most one read of the raw\n"
               "stream.")},
    {"readable", rwpair_readable, METH_NOARGS,
     PyDoc_STR("readable($self, /)\n--\n\n"
               "Whether the reader's raw stream can be read.")},
    {"readinto", FASTCALL(rwpair_readinto),
     PyDoc_STR("readinto($self, buffer, /)\n--\n\n"
               "Fill `buffer`, and return how many bytes that took.")},
    {"readinto1", FASTCALL(rwpair_readinto1),
     PyDoc_STR("readinto1($self, buffer, /)\n--\n\n"
               "Read into `buffer` with at most one read of the raw stream.")},
    {"writable", rwpair_writable, METH_NOARGS,
     PyDoc_STR("writable($self, /)\n--\n\n"
               "Whether the writer's raw stream can be written.")},
    {"write", FASTCALL(rwpair_write),
     PyDoc_STR("write($self, buffer, /)\n--\n\n"
               "Write bytes, and return how many.")},
    {NULL},
};

static PyGetSetDef getset[] = {
    {"closed", rwpair_closed, NULL,
     PyDoc_STR("Whether the writer's raw stream is closed."), NULL},
    {NULL},
};

PyTypeObject rillio_BufferedRWPair_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.BufferedRWPair",
    .tp_basicsize = sizeof(rwpair),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR(
        "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, "
        "/)\n--\n\n"
        "Two raw streams as one, `reader` to read and `writer` to write.\n\n"
        "They must not share a position: BufferedRandom is for that."),
    .tp_new = PyType_GenericNew,
    .tp_init = rwpair_init,
    .tp_dealloc = rwpair_dealloc,
    .tp_traverse = rwpair_traverse,
    .tp_clear = rwpair_clear,
    .tp_weaklistoffset = offsetof(rwpair, weakrefs),
    .tp_dictoffset = offsetof(rwpair, dict),
    .tp_methods = methods,
    .tp_getset = getset,
};
