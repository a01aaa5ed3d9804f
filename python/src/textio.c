/*
 * textio.c - TextIOWrapper: text over a buffered stream of bytes.
 *
 * This file has what the object is, its attributes and its end; textio.h says
 * where the rest is, and how it hangs together.
 */
#include "textio.h"
#include "bytesio.h"

/* ---- States ------------------------------------------------------------- */

bool textio_check_attached(textio *t)
{
    if (t->state == TEXTIO_ATTACHED)
        return true;
    PyErr_SetString(PyExc_ValueError,
                    t->state == TEXTIO_DETACHED
                        ? "underlying buffer has been detached"
                        : "I/O operation on uninitialized object");
    return false;
}

/* The buffer, for a call: it is there from early in __init__() on. */
static PyObject *hold_buffer(textio *t)
{
    if (t->buffer)
        return Py_NewRef(t->buffer);
    textio_check_attached(t);
    return NULL;
}

/* buffer.name */
static PyObject *buffer_attribute(textio *t, PyObject *name)
{
    PyObject *buffer = hold_buffer(t), *value;

    if (!buffer)
        return NULL;
    value = PyObject_GetAttr(buffer, name);
    Py_DECREF(buffer);
    return value;
}

/* What the buffer says: 1, 0, or -1 with an exception. */
static int is_closed(textio *t)
{
    PyObject *buffer = hold_buffer(t);
    int closed;

    if (!buffer)
        return -1;
    closed = rillio_is_closed(buffer);
    Py_DECREF(buffer);
    return closed;
}

static bool is_exact(textio *t)
{
    return Py_IS_TYPE((PyObject *)t, &rillio_TextIOWrapper_type);
}

bool textio_check_open_slowly(textio *t)
{
    int closed;

    if (!textio_check_attached(t))
        return false;
    if (!is_exact(t))
        return rillio_check_closed((PyObject *)t);
    if (t->raw)
        closed = !rillio_fileio_is_open(t->raw);
    else if (Py_IS_TYPE(t->buffer, &rillio_BytesIO_type))
        closed = ((bytesio *)t->buffer)->closed;
    else
        closed = is_closed(t);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return closed == 0;
}

PyObject *textio_call(textio *t, PyObject *name, PyObject *arg)
{
    PyObject *buffer = hold_buffer(t), *result;

    if (!buffer)
        return NULL;
    result = arg ? PyObject_CallMethodOneArg(buffer, name, arg)
                 : PyObject_CallMethodNoArgs(buffer, name);
    Py_DECREF(buffer);
    return result;
}

void textio_release(textio *t)
{
    PyObject *old[] = {t->buffer, t->raw, t->encoding, t->errors};

    t->buffer = t->raw = t->encoding = t->errors = NULL;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        Py_XDECREF(old[i]);
    textio_clear_decoder(&t->decoder);
    textio_clear_encoder(&t->encoder);
    textio_drop_decoded(t);
    PyMem_Free(t->pending);
    t->pending = NULL;
    t->pending_size = t->pending_room = 0;
    t->has_pending = t->copies = false;
}

/* ---- Flushing and closing ----------------------------------------------- */

PyDoc_STRVAR(flush_doc, "flush($self, /)\n--\n\n"
                        "Write what waits, and flush the buffer.");

static PyObject *textio_flush(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);

    if (!textio_check_open(t))
        return NULL;
    t->telling = t->seekable;
    return textio_write_pending(t) ? textio_call(t, RILLIO_NAME(flush), NULL)
                                   : NULL;
}

bool textio_flush_self(textio *t)
{
    PyObject *self = (PyObject *)t, *result;
    int hidden = t->dict ? PyDict_Contains(t->dict, RILLIO_NAME(flush)) : 0;

    if (hidden < 0)
        return false;
    result = hidden == 0 && is_exact(t)
                 ? textio_flush(self, NULL)
                 : PyObject_CallMethodNoArgs(self, RILLIO_NAME(flush));
    Py_XDECREF(result);
    return result != NULL;
}

PyDoc_STRVAR(close_doc, "close($self, /)\n--\n\n"
                        "Flush, and close the buffer even if that fails.");

static PyObject *textio_close(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);
    PyObject *type, *value, *traceback, *result;
    int closed;

    if (!textio_check_attached(t))
        return NULL;
    closed = is_closed(t);
    if (closed < 0)
        return NULL;
    if (closed)
        Py_RETURN_NONE;
    if (t->finalizing && t->buffer) {
        PyObject *buffer = Py_NewRef(t->buffer);

        rillio_dealloc_warn(buffer, self);
        Py_DECREF(buffer);
    }
    textio_flush_self(t);
    PyErr_Fetch(&type, &value, &traceback);
    result = textio_call(t, RILLIO_NAME(close), NULL);
    if (type)
        Py_CLEAR(result);
    rillio_chain(type, value, traceback);
    return result;
}

PyDoc_STRVAR(detach_doc, "detach($self, /)\n--\n\n"
                         "Flush, and give away the buffer; this is of no use "
                         "afterwards.");

static PyObject *textio_detach(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);
    PyObject *buffer;

    if (!textio_check_attached(t) || !textio_flush_self(t) ||
        !textio_check_attached(t))
        return NULL;
    buffer = t->buffer;
    t->buffer = NULL;
    t->state = TEXTIO_DETACHED;
    return buffer;
}

PyDoc_STRVAR(truncate_doc,
             "truncate($self, pos=None, /)\n--\n\n"
             "Flush, and truncate the buffer: where it stands, or at pos.");

static PyObject *textio_truncate(PyObject *self, PyObject *const *args,
                                 Py_ssize_t nargs)
{
    textio *t = textio_of(self);

    if (!rillio_count_args("truncate", nargs, 0, 1) ||
        !textio_check_attached(t) || !textio_flush_self(t))
        return NULL;
    return textio_call(t, RILLIO_NAME(truncate), nargs > 0 ? args[0] : Py_None);
}

/* ---- What the buffer is asked ------------------------------------------- */

/* A method that is the buffer's. */
#define ASK(name, doc)                                                     \
    PyDoc_STRVAR(name##_doc, #name "($self, /)\n--\n\n" doc);              \
    static PyObject *textio_##name(PyObject *self,                         \
                                   PyObject *Py_UNUSED(unused))            \
    {                                                                      \
        return textio_check_attached(textio_of(self))                      \
                   ? textio_call(textio_of(self), RILLIO_NAME(name), NULL) \
                   : NULL;                                                 \
    }

ASK(fileno, "The buffer's file descriptor.")
ASK(seekable, "Whether the buffer can seek.")
ASK(readable, "Whether the buffer can be read.")
ASK(writable, "Whether the buffer can be written.")
ASK(isatty, "Whether the buffer is a terminal.")

/* ---- Attributes --------------------------------------------------------- */

/* The name in repr(). Python 3.13 began to show that of a subclass. */
static const char *type_name(PyObject *self)
{
    return RILLIO_SINCE(13) ? Py_TYPE(self)->tp_name
                            : rillio_TextIOWrapper_type.tp_name;
}

/* " name='f'", or nothing if there is no such attribute: new reference. */
static PyObject *shown(PyObject *self, PyObject *name, bool may_be_detached)
{
    PyObject *value, *text;
    int found = PyObject_GetOptionalAttr(self, name, &value);

    if (found < 0) {
        if (!may_be_detached || !PyErr_ExceptionMatches(PyExc_ValueError))
            return NULL;
        PyErr_Clear();
    }
    if (found <= 0)
        return Py_NewRef(rillio_state.empty_str);
    text = PyUnicode_FromFormat(" %U=%R", name, value);
    Py_DECREF(value);
    return text;
}

static PyObject *show(PyObject *self)
{
    PyObject *name = shown(self, RILLIO_NAME(name), true), *mode, *encoding;
    PyObject *text = NULL;

    mode = name ? shown(self, RILLIO_NAME(mode), false) : NULL;
    encoding = Py_XNewRef(textio_of(self)->encoding);
    if (mode)
        text = PyUnicode_FromFormat("<%s%U%U encoding=%R>", type_name(self),
                                    name, mode, encoding ? encoding : Py_None);
    Py_XDECREF(name);
    Py_XDECREF(mode);
    Py_XDECREF(encoding);
    return text;
}

static bool check_made(PyObject *self)
{
    return textio_of(self)->state != TEXTIO_NOT_MADE ||
           textio_check_attached(textio_of(self));
}

static PyObject *textio_repr(PyObject *self)
{
    PyObject *text;
    int inside;

    if (!check_made(self))
        return NULL;
    inside = Py_ReprEnter(self);
    if (inside > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__",
                     Py_TYPE(self)->tp_name);
    if (inside != 0)
        return NULL;
    text = show(self);
    Py_ReprLeave(self);
    return text;
}

static PyObject *textio_get_name(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? buffer_attribute(t, RILLIO_NAME(name))
                                    : NULL;
}

static PyObject *textio_get_closed(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? buffer_attribute(t, RILLIO_NAME(closed))
                                    : NULL;
}

static PyObject *textio_get_newlines(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? textio_newlines(t) : NULL;
}

static PyObject *textio_get_errors(PyObject *self, void *Py_UNUSED(closure))
{
    return check_made(self) ? Py_NewRef(textio_of(self)->errors) : NULL;
}

static PyObject *textio_get_chunk_size(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? PyLong_FromSsize_t(t->chunk_size) : NULL;
}

static int textio_set_chunk_size(PyObject *self, PyObject *value,
                                 void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);
    Py_ssize_t n;

    if (!textio_check_attached(t))
        return -1;
    if (!value) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete attribute");
        return -1;
    }
    n = PyNumber_AsSsize_t(value, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return -1;
    if (n <= 0) {
        PyErr_SetString(PyExc_ValueError,
                        "a strictly positive integer is required");
        return -1;
    }
    t->chunk_size = n;
    return 0;
}

/* ---- The type ----------------------------------------------------------- */

static int textio_traverse(PyObject *self, visitproc visit, void *arg)
{
    textio *t = textio_of(self);

    Py_VISIT(t->buffer);
    Py_VISIT(t->raw);
    Py_VISIT(t->decoder.object);
    Py_VISIT(t->encoder.object);
    Py_VISIT(t->encoder.first);
    Py_VISIT(t->decoded); /* may be of a subclass of str */
    Py_VISIT(t->snapshot_flags);
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int textio_clear(PyObject *self)
{
    textio_of(self)->state = TEXTIO_NOT_MADE;
    textio_release(textio_of(self));
    rillio_clear_head((rillio_object *)self);
    return 0;
}

static void textio_dealloc(PyObject *self)
{
    textio_of(self)->finalizing = 1;
    if (!rillio_finalized(self))
        return;
    PyObject_GC_UnTrack(self);
    textio_clear(self);
    Py_TYPE(self)->tp_free(self);
}

#define FASTCALL(function) ((PyCFunction)(void (*)(void))(function))
#define ASKED(name)                                   \
    {                                                 \
#name, textio_##name, METH_NOARGS, name##_doc \
    }

static PyMethodDef textio_methods[] = {
    {"read", FASTCALL(textio_read), METH_FASTCALL, textio_read_doc},
    {"readline", FASTCALL(textio_readline), METH_FASTCALL, textio_readline_doc},
    {"write", textio_write, METH_O, textio_write_doc},
    {"flush", textio_flush, METH_NOARGS, flush_doc},
    {"close", textio_close, METH_NOARGS, close_doc},
    {"detach", textio_detach, METH_NOARGS, detach_doc},
    {"reconfigure", FASTCALL(textio_reconfigure), METH_FASTCALL | METH_KEYWORDS,
     textio_reconfigure_doc},
    {"seek", FASTCALL(textio_seek), METH_FASTCALL, textio_seek_doc},
    {"tell", textio_tell, METH_NOARGS, textio_tell_doc},
    {"truncate", FASTCALL(textio_truncate), METH_FASTCALL, truncate_doc},
    ASKED(fileno),
    ASKED(seekable),
    ASKED(readable),
    ASKED(writable),
    ASKED(isatty),
#if PY_VERSION_HEX >= 0x030c0000 /* before, object's refuse as well */
    {"__reduce__", rillio_cannot_pickle, METH_VARARGS, NULL},
    {"__reduce_ex__", rillio_cannot_pickle, METH_VARARGS, NULL},
#endif
    {NULL, NULL, 0, NULL},
};

static PyMemberDef textio_members[] = {
    {"encoding", T_OBJECT, offsetof(textio, encoding), READONLY,
     PyDoc_STR("The name of the encoding, as it was given.")},
    {"buffer", T_OBJECT, offsetof(textio, buffer), READONLY,
     PyDoc_STR("The stream of bytes below; None when detached.")},
    {"line_buffering", T_BOOL, offsetof(textio, line_buffering), READONLY,
     PyDoc_STR("Whether a line end that is written flushes.")},
    {"write_through", T_BOOL, offsetof(textio, write_through), READONLY,
     PyDoc_STR("Whether what is written goes to the buffer at once.")},
    {"_finalizing", T_BOOL, offsetof(textio, finalizing), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef textio_getset[] = {
    {"name", textio_get_name, NULL, PyDoc_STR("The buffer's name."), NULL},
    {"closed", textio_get_closed, NULL,
     PyDoc_STR("Whether the buffer is closed."), NULL},
    {"newlines", textio_get_newlines, NULL,
     PyDoc_STR("The line ends seen so far: None, a str, or a tuple of str."),
     NULL},
    {"errors", textio_get_errors, NULL,
     PyDoc_STR("The name of the error handler."), NULL},
    {"_CHUNK_SIZE", textio_get_chunk_size, textio_set_chunk_size, NULL, NULL},
    {"__dict__", rillio_get_dict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    textio_doc,
    "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n"
    "              line_buffering=False, write_through=False)\n"
    "--\n\n"
    "Text over a buffered stream of bytes.\n"
    "\n"
    "encoding is the name of a codec; None and 'locale' stand for the "
    "locale's.\n"
    "errors says what becomes of what it cannot translate; 'strict' raises.\n"
    "\n"
    "newline None: \\n, \\r and \\r\\n all end lines and are read as \\n, "
    "which "
    "is\nwritten as the system does. '': all three end lines, and nothing is "
    "changed.\n'\\n', '\\r' or '\\r\\n': that ends lines, and \\n is written "
    "as "
    "it.\n"
    "\n"
    "line_buffering: a write with a line end flushes. write_through: nothing\n"
    "that is written waits here.");

PyTypeObject rillio_TextIOWrapper_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.TextIOWrapper",
    .tp_basicsize = sizeof(textio),
    .tp_dealloc = textio_dealloc,
    .tp_repr = textio_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = textio_doc,
    .tp_traverse = textio_traverse,
    .tp_clear = textio_clear,
    .tp_weaklistoffset = offsetof(textio, weakrefs),
    .tp_iternext = textio_next,
    .tp_methods = textio_methods,
    .tp_members = textio_members,
    .tp_getset = textio_getset,
    .tp_dictoffset = offsetof(textio, dict),
    .tp_init = textio_init,
    .tp_new = PyType_GenericNew,
    .tp_vectorcall = textio_vectorcall,
};
