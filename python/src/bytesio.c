/*
 * bytesio.c - BytesIO: the type, the life of its objects, and what they are.
 *
 * Most lives are short, so what one leaves behind serves the next. (Where the
 * content is: bytesio.h. The other methods: bytesio_read.c, bytesio_write.c,
 * bytesio_views.c.)
 */
#include "bytesio.h"

#include <string.h>

PyObject *bytesio_small_ints[257];

/* ---- What it is --------------------------------------------------------- */

static PyObject *bytesio_yes(bytesio *self, PyObject *unused)
{
    (void)unused;
    return bytesio_is_open(self) ? Py_NewRef(Py_True) : NULL;
}

static PyObject *bytesio_isatty(bytesio *self, PyObject *unused)
{
    (void)unused;
    return bytesio_is_open(self) ? Py_NewRef(Py_False) : NULL;
}

static PyObject *bytesio_flush(bytesio *self, PyObject *unused)
{
    (void)unused;
    return bytesio_is_open(self) ? Py_NewRef(Py_None) : NULL;
}

static PyObject *bytesio_get_closed(bytesio *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(self->closed);
}

static PyObject *bytesio_getvalue(bytesio *self, PyObject *unused)
{
    (void)unused;
    return bytesio_is_open(self) ? bytesio_value(self) : NULL;
}

static PyObject *bytesio_close(bytesio *self, PyObject *unused)
{
    (void)unused;
    if (self->closed)
        Py_RETURN_NONE;
    if (!bytesio_may_change(self))
        return NULL;
    self->closed = true;
    bytesio_start(self, NULL);
    Py_RETURN_NONE;
}

/* The attribute `size` is not there in io.BytesIO, and programs set one of
 * their own: that is what they get then. */
static PyObject *bytesio_get_size(bytesio *self, void *closure)
{
    PyObject *own = NULL;
    const char *data;

    (void)closure;
    if (self->dict)
        own = PyDict_GetItemWithError(self->dict, RILLIO_NAME(size));
    if (own || PyErr_Occurred())
        return Py_XNewRef(own);
    if (!bytesio_is_open(self))
        return NULL;
    return bytesio_int(bytesio_look(self, &data));
}

static int bytesio_set_size(bytesio *self, PyObject *value, void *closure)
{
    (void)closure;
    if (!self->dict && !(self->dict = PyDict_New()))
        return -1;
    if (value)
        return PyDict_SetItem(self->dict, RILLIO_NAME(size), value);
    if (PyDict_DelItem(self->dict, RILLIO_NAME(size)) == 0)
        return 0;
    if (PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_SetObject(PyExc_AttributeError, RILLIO_NAME(size));
    return -1;
}

static Py_ssize_t size_of_bytes(PyObject *bytes)
{
    return PyBytes_Type.tp_basicsize + PyBytes_GET_SIZE(bytes);
}

/* What it holds: its stream, and bytes that nobody else has. */
static PyObject *bytesio_sizeof(bytesio *self, PyObject *unused)
{
    Py_ssize_t size = Py_TYPE(self)->tp_basicsize, len;
    bytesio_stream *stream = self->stream;
    PyObject *shared = self->shared;
    const char *data;

    (void)unused;
    len = bytesio_look(self, &data);
    if (self->streamed)
        size += (Py_ssize_t)(sizeof *stream + sizeof(rill_storage));
    if (self->streamed && !shared)
        size += stream->bytes ? size_of_bytes(stream->bytes) : len;
    if (shared && PyBytes_CheckExact(shared) && Py_REFCNT(shared) == 1)
        size += size_of_bytes(shared);
    return bytesio_int(size);
}

/* ---- Its life ----------------------------------------------------------- */

/* Make it what BytesIO(initial) is. */
static int begin(bytesio *self, PyObject *initial)
{
    if (self->exports > 0) {
        bytesio_leave_to_views(self);
        rillio_raise(NULL, RILL_EBUSY);
        return -1;
    }
    bytesio_start(self, NULL);
    if (!initial || initial == Py_None)
        return 0;
    if (PyBytes_CheckExact(initial)) {
        self->closed = false;
        bytesio_start(self, initial);
        return 0;
    }
    if (bytesio_write_buffer(self, initial) < 0)
        return -1;
    bytesio_move(self, 0);
    return 0;
}

static const char *const init_names[] = {"initial_bytes", NULL};
static const rillio_signature init_signature = {"BytesIO", init_names, 0, 1};

static int bytesio_init(bytesio *self, PyObject *args, PyObject *kwargs)
{
    PyObject *initial;

    if (!rillio_init_args(&init_signature, args, kwargs, &initial))
        return -1;
    return begin(self, initial);
}

/* Objects that were freed wait for the next, with their streams: what they were
 * made of costs more than the rest of a short life. */
enum { SPARE = 16 };
static bytesio *spare[SPARE];
static int spares;

static PyObject *bytesio_alloc(PyTypeObject *type, Py_ssize_t items)
{
    bytesio_stream *stream;
    bytesio *self;

    if (spares == 0 || type != &rillio_BytesIO_type)
        return PyType_GenericAlloc(type, items);
    self = spare[--spares];
    stream = self->stream;
    memset((char *)self + sizeof(PyObject), 0, sizeof *self - sizeof(PyObject));
    self->stream = stream;
    PyObject_Init((PyObject *)self, type);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static void free_stream(bytesio *self)
{
    if (self->stream)
        bytesio_stream_free(self->stream);
}

static void bytesio_free(void *object)
{
    bytesio *self = object;

    if (spares < SPARE && Py_IS_TYPE(self, &rillio_BytesIO_type) &&
        !PyObject_GC_IsFinalized(object)) {
        spare[spares++] = self;
        return;
    }
    free_stream(self);
    PyObject_GC_Del(self);
}

/* BytesIO(...): what tp_new and tp_init do, in one. */
static PyObject *bytesio_vectorcall(PyTypeObject *type, PyObject *const *args,
                                    size_t nargsf, PyObject *kwnames)
{
    PyObject *initial = NULL;
    bytesio *self;

    if ((PyVectorcall_NARGS(nargsf) > 0 || kwnames) &&
        !rillio_args(&init_signature, args, PyVectorcall_NARGS(nargsf), kwnames,
                     &initial))
        return NULL;
    self = (bytesio *)type->tp_alloc(type, 0);
    if (self && initial && begin(self, initial) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *bytesio_new(PyTypeObject *type, PyObject *args,
                             PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    return type->tp_alloc(type, 0); /* all zero: open and empty */
}

static int bytesio_traverse(bytesio *self, visitproc visit, void *arg)
{
    Py_VISIT(self->shared);
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int bytesio_clear(bytesio *self)
{
    if (self->exports == 0 && self->shared && !PyBytes_CheckExact(self->shared))
        bytesio_start(self, NULL);
    Py_CLEAR(self->dict);
    return 0;
}

static void bytesio_dealloc(bytesio *self)
{
    freefunc release = Py_TYPE(self)->tp_free;

    PyObject_GC_UnTrack(self);
    bytesio_start(self, NULL);
    rillio_clear_head((rillio_object *)self);
    if (release != bytesio_free) /* a class derived from it: not kept */
        free_stream(self);
    release(self);
}

/* ---- Pickling ----------------------------------------------------------- */

static PyObject *bytesio_getstate(bytesio *self, PyObject *unused)
{
    PyObject *value, *dict;

    (void)unused;
    value = bytesio_getvalue(self, NULL);
    if (!value)
        return NULL;
    dict = self->dict ? PyDict_Copy(self->dict) : Py_NewRef(Py_None);
    if (!dict) {
        Py_DECREF(value);
        return NULL;
    }
    return Py_BuildValue("(NnN)", value, bytesio_position(self), dict);
}

static bool set_content(bytesio *self, PyObject *value)
{
    if (!bytesio_may_change(self))
        return false;
    if (!PyBytes_CheckExact(value))
        return bytesio_write_buffer(self, value) >= 0;
    bytesio_start(self, value);
    self->pos = PyBytes_GET_SIZE(value);
    return true;
}

static bool set_position(bytesio *self, PyObject *value)
{
    Py_ssize_t position;

    if (!PyLong_Check(value)) {
        PyErr_Format(PyExc_TypeError,
                     "second item of state must be an integer, not %.200s",
                     Py_TYPE(value)->tp_name);
        return false;
    }
    position = PyLong_AsSsize_t(value);
    if (position == -1 && PyErr_Occurred())
        return false;
    if (position < 0) {
        PyErr_SetString(PyExc_ValueError, "position value cannot be negative");
        return false;
    }
    bytesio_move(self, position);
    return true;
}

static bool set_dict(bytesio *self, PyObject *dict)
{
    if (dict == Py_None)
        return true;
    if (!PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError,
                     "third item of state should be a dict, got a %.200s",
                     Py_TYPE(dict)->tp_name);
        return false;
    }
    if (self->dict)
        return PyDict_Update(self->dict, dict) == 0;
    self->dict = Py_NewRef(dict);
    return true;
}

static PyObject *bytesio_setstate(bytesio *self, PyObject *state)
{
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) < 3) {
        PyErr_Format(PyExc_TypeError,
                     "%.200s.__setstate__ argument should be 3-tuple, got "
                     "%.200s",
                     Py_TYPE(self)->tp_name, Py_TYPE(state)->tp_name);
        return NULL;
    }
    if (self->exports > 0)
        return rillio_raise(NULL, RILL_EBUSY);
    bytesio_start(self, NULL);
    if (!set_content(self, PyTuple_GET_ITEM(state, 0)) ||
        !set_position(self, PyTuple_GET_ITEM(state, 1)) ||
        !set_dict(self, PyTuple_GET_ITEM(state, 2)))
        return NULL;
    Py_RETURN_NONE;
}

/* ---- Files -------------------------------------------------------------- */

/* Call a function of the package that is written in Python. */
static PyObject *call_extra(bytesio *self, const char *name)
{
    PyObject *module = PyImport_ImportModule("rillio._extras"), *result = NULL;

    if (module)
        result = PyObject_CallMethod(module, name, "O", self);
    Py_XDECREF(module);
    return result;
}

static PyObject *bytesio_as_fd(bytesio *self, PyObject *unused)
{
    (void)unused;
    return call_extra(self, "as_fd");
}

static PyObject *bytesio_as_path(bytesio *self, PyObject *unused)
{
    (void)unused;
    return call_extra(self, "as_path");
}

/* ---- The type ----------------------------------------------------------- */

#define METHOD(name, flags, doc)                                \
    {                                                           \
        .ml_name = #name,                                       \
        .ml_meth = (PyCFunction)(void (*)(void))bytesio_##name, \
        .ml_flags = (flags), .ml_doc = PyDoc_STR(#name doc),    \
    }

static PyMethodDef bytesio_methods[] = {
    METHOD(read, METH_FASTCALL,
           "($self, size=-1, /)\n--\n\n"
           "Read up to size bytes; all that is left for None or -1."),
    {"read1", RILLIO_FASTCALL(bytesio_read), METH_FASTCALL,
     PyDoc_STR("read1($self, size=-1, /)\n--\n\nThe same as read().")},
    METHOD(readinto, METH_O,
           "($self, buffer, /)\n--\n\n"
           "Read into buffer, as much as it holds; returns how much."),
    METHOD(readline, METH_FASTCALL,
           "($self, size=-1, /)\n--\n\n"
           "Read to the end of the line, or size bytes of it."),
    METHOD(readlines, METH_FASTCALL,
           "($self, size=None, /)\n--\n\n"
           "Read lines into a list, until they have size bytes or more."),
    METHOD(readuntil, METH_O,
           "($self, delimiter, /)\n--\n\n"
           "Read to the end of delimiter, or all where it does not come.\n\n"
           "Not in io.BytesIO."),
    METHOD(peek, METH_FASTCALL,
           "($self, size=-1, /)\n--\n\n"
           "Like read(), with the position left as it is; all for 0, too.\n\n"
           "In io.BytesIO from Python 3.16 on."),
    METHOD(write, METH_O,
           "($self, b, /)\n--\n\n"
           "Write the bytes of b; returns their number."),
    METHOD(writelines, METH_O,
           "($self, lines, /)\n--\n\n"
           "Write each of lines, without adding line ends."),
    METHOD(truncate, METH_FASTCALL,
           "($self, size=None, /)\n--\n\n"
           "Cut the content to size bytes, or at the position.\n\n"
           "The position stays. Content that is shorter stays as it is."),
    METHOD(seek, METH_FASTCALL,
           "($self, pos, whence=0, /)\n--\n\n"
           "Move the position; returns it.\n\n"
           "pos counts from the start (whence 0), from the position (1), or\n"
           "from the end (2). It may be beyond the end."),
    METHOD(tell, METH_NOARGS, "($self, /)\n--\n\nThe position."),
    METHOD(getvalue, METH_NOARGS,
           "($self, /)\n--\n\nAll of the content, as bytes."),
    METHOD(getbuffer, METH_NOARGS,
           "($self, /)\n--\n\n"
           "The content as a memoryview that reads and writes it in place.\n\n"
           "While there is one, the content cannot be resized or closed."),
    METHOD(take, METH_NOARGS,
           "($self, /)\n--\n\n"
           "Take the content out, as a memoryview, without copying it.\n\n"
           "It is empty afterwards. The view is read-only, and the content's\n"
           "memory lives as long as the view. Not in io.BytesIO."),
    METHOD(over, METH_O | METH_CLASS,
           "($type, buffer, /)\n--\n\n"
           "Make one whose content is buffer's memory, without copying it.\n\n"
           "Reading sees what buffer holds then. The first change copies it;\n"
           "until that or close() it cannot be resized. Not in io.BytesIO."),
    METHOD(as_fd, METH_NOARGS,
           "($self, /)\n--\n\n"
           "The content as a file descriptor, for the block of a with.\n\n"
           "At its end what was written there is the content. Not in\n"
           "io.BytesIO."),
    METHOD(as_path, METH_NOARGS,
           "($self, /)\n--\n\n"
           "The content under a path, for the block of a with.\n\n"
           "At its end what was written there is the content. Not in\n"
           "io.BytesIO."),
    METHOD(flush, METH_NOARGS, "($self, /)\n--\n\nDo nothing."),
    METHOD(close, METH_NOARGS, "($self, /)\n--\n\nFree the content."),
    METHOD(isatty, METH_NOARGS, "($self, /)\n--\n\nAlways False."),
    {"readable", (PyCFunction)bytesio_yes, METH_NOARGS,
     PyDoc_STR("readable($self, /)\n--\n\nAlways True.")},
    {"writable", (PyCFunction)bytesio_yes, METH_NOARGS,
     PyDoc_STR("writable($self, /)\n--\n\nAlways True.")},
    {"seekable", (PyCFunction)bytesio_yes, METH_NOARGS,
     PyDoc_STR("seekable($self, /)\n--\n\nAlways True.")},
    {"__getstate__", (PyCFunction)bytesio_getstate, METH_NOARGS, NULL},
    {"__setstate__", (PyCFunction)bytesio_setstate, METH_O, NULL},
    {"__sizeof__", (PyCFunction)bytesio_sizeof, METH_NOARGS,
     PyDoc_STR("__sizeof__($self, /)\n--\n\nThe memory it holds, in bytes.")},
    {NULL},
};

static PyGetSetDef bytesio_getset[] = {
    {"closed", (getter)bytesio_get_closed, NULL,
     PyDoc_STR("Whether it is closed."), NULL},
    {"size", (getter)bytesio_get_size, (setter)bytesio_set_size,
     PyDoc_STR("How many bytes the content has, unless set to something else.\n"
               "Not in io.BytesIO."),
     NULL},
    {NULL},
};

PyTypeObject rillio_BytesIO_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.BytesIO",
    .tp_basicsize = sizeof(bytesio),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = PyDoc_STR("BytesIO(initial_bytes=b'')\n--\n\n"
                        "A binary file in memory."),
    .tp_dictoffset = offsetof(bytesio, dict),
    .tp_weaklistoffset = offsetof(bytesio, weakrefs),
    .tp_new = bytesio_new,
    .tp_init = (initproc)bytesio_init,
    .tp_vectorcall = (vectorcallfunc)bytesio_vectorcall,
    .tp_traverse = (traverseproc)bytesio_traverse,
    .tp_clear = (inquiry)bytesio_clear,
    .tp_dealloc = (destructor)bytesio_dealloc,
    .tp_alloc = bytesio_alloc,
    .tp_free = bytesio_free,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)bytesio_next,
    .tp_methods = bytesio_methods,
    .tp_getset = bytesio_getset,
};
