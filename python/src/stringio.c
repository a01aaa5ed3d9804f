/*
 * stringio.c - StringIO: text in memory.
 *
 * A position, in characters, in a str_buffer. Line ends are converted when text
 * is written, so that reading only has to find them.
 */
#include "str_buffer.h"

typedef struct {
    RILLIO_HEAD
    str_buffer text;
    Py_ssize_t pos;
    bool ready; /* __init__() was called */
    bool closed;
    int newline; /* enum rill_newline */
    rill_newlines ends;
} stringio;

static stringio *of(PyObject *self)
{
    return (stringio *)self;
}

static bool is_open(const stringio *s)
{
    if (s->closed)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
    return !s->closed;
}

static bool is_ready(const stringio *s)
{
    if (!s->ready)
        PyErr_SetString(PyExc_ValueError,
                        "I/O operation on uninitialized object");
    return s->ready;
}

static inline bool is_usable(const stringio *s)
{
    return (s->ready && !s->closed) || (is_ready(s) && is_open(s));
}

/* ---- Lines -------------------------------------------------------------- */

/* How many of the `n` characters at `from` there are up to the first \n, that
 * included; 0 if it is not there. */
static Py_ssize_t find_lf(const char *from, Py_ssize_t n, int unit)
{
    const char *lf;

    if (unit > 1)
        return (Py_ssize_t)rill_newlines_find(from, (size_t)n, unit,
                                              RILL_NEWLINE_LF);
    if (*from == '\n') /* empty lines are many */
        return 1;
    lf = memchr(from, '\n', (size_t)n);
    return lf ? lf - from + 1 : 0;
}

/* How many of the next `n` characters the line takes, its end included; 0 if it
 * does not end among them. */
static Py_ssize_t find_end(const stringio *s, Py_ssize_t n)
{
    const char *from = str_buffer_at(&s->text, s->pos);
    int unit = s->text.unit;

    if (s->newline == RILL_NEWLINE_LF || s->newline == RILL_NEWLINE_UNIVERSAL)
        return find_lf(from, n, unit);
    return (Py_ssize_t)rill_newlines_find(from, (size_t)n, unit, s->newline);
}

/* How many characters there are to read, `size` at most; < 0: all. */
static Py_ssize_t unread(const stringio *s, Py_ssize_t size)
{
    Py_ssize_t left = s->text.len > s->pos ? s->text.len - s->pos : 0;

    return size < 0 || size > left ? left : size;
}

/* Read `n` characters that are there. */
static PyObject *take(stringio *s, Py_ssize_t n)
{
    PyObject *part = str_buffer_part(&s->text, s->pos, n);

    if (part)
        s->pos += n;
    return part;
}

static PyObject *take_line(stringio *s, Py_ssize_t limit)
{
    Py_ssize_t left = unread(s, limit), n = left > 0 ? find_end(s, left) : 0;

    return take(s, n > 0 ? n : left);
}

/* ---- Writing ------------------------------------------------------------ */

/* Whether there is nothing in `text` to convert, or worth noting. */
static inline bool is_plain(const stringio *s, PyObject *text)
{
    char end = '\r';

    if (s->newline == RILL_NEWLINE_LF)
        return true;
    if (s->newline == RILL_NEWLINE_CR || s->newline == RILL_NEWLINE_CRLF)
        end = '\n';
    else if (!(s->ends.seen & RILL_SEEN_LF))
        return false;
    return !memchr(PyUnicode_DATA(text), end,
                   (size_t)(PyUnicode_GET_LENGTH(text) * PyUnicode_KIND(text)));
}

static bool put(stringio *s, PyObject *text)
{
    if (!str_buffer_put(&s->text, s->pos, text))
        return false;
    s->pos += PyUnicode_GET_LENGTH(text);
    return true;
}

/* Write `text` with `end` for each \n: \r, or \r\n. */
static bool put_lines(stringio *s, PyObject *text, const char *end)
{
    Py_ssize_t left = PyUnicode_GET_LENGTH(text), total = left, n;
    Py_ssize_t end_len = (Py_ssize_t)strlen(end);
    Py_UCS4 widest = PyUnicode_MAX_CHAR_VALUE(text);
    int unit = (int)PyUnicode_KIND(text), to_unit;
    const char *from = PyUnicode_DATA(text), *last = from + left * unit;
    char *to;

    for (; left > 0 && (n = find_lf(last - left * unit, left, unit)) > 0;
         left -= n)
        total += end_len - 1;
    if (!str_buffer_reserve(&s->text, s->pos, total, widest))
        return false;
    to = str_buffer_at(&s->text, s->pos);
    to_unit = s->text.unit;
    for (; from < last - left * unit; from += n * unit) {
        n = find_lf(from, (last - from) / unit, unit);
        str_buffer_copy(to, to_unit, from, unit, n - 1);
        to += (n - 1) * to_unit;
        str_buffer_copy(to, to_unit, end, 1, end_len);
        to += end_len * to_unit;
    }
    str_buffer_copy(to, to_unit, from, unit, left);
    str_buffer_commit(&s->text, s->pos, total, widest);
    s->pos += total;
    return true;
}

/* Write `text`, its line ends as `newline` says. */
static bool write_text(stringio *s, PyObject *text)
{
    PyObject *converted;
    bool written;

    if (rillio_str_ready(text) < 0)
        return false;
    if (PyUnicode_GET_LENGTH(text) == 0)
        return true;
    if (is_plain(s, text))
        return put(s, text);
    if (s->newline == RILL_NEWLINE_CR || s->newline == RILL_NEWLINE_CRLF)
        return put_lines(s, text, rillio_newline_text(s->newline));
    converted = rillio_newlines_apply(&s->ends, text, 1);
    if (!converted)
        return false;
    written = put(s, converted);
    Py_DECREF(converted);
    return written;
}

/* ---- Construction ------------------------------------------------------- */

static const char *const init_names[] = {"initial_value", "newline", NULL};
static const rillio_signature init_signature = {"StringIO", init_names, 0, 2};

/* The argument `newline` as enum rill_newline; -1: raised. */
static int newline_argument(PyObject *newline)
{
    const char *text = NULL;
    int found;

    if (!newline)
        return RILL_NEWLINE_LF;
    if (newline != Py_None) {
        if (!PyUnicode_Check(newline)) {
            PyErr_Format(PyExc_TypeError,
                         "newline must be str or None, not %.200s",
                         Py_TYPE(newline)->tp_name);
            return -1;
        }
        text = PyUnicode_AsUTF8(newline); /* what is behind a NUL is ignored */
        if (!text)
            return -1;
    }
    found = rillio_newline_of(text);
    if (found < 0)
        PyErr_Format(PyExc_ValueError, "illegal newline value: %R", newline);
    return found;
}

/* __init__(); NULL for what was not given. 0, or -1 raised. */
static int start(stringio *s, PyObject *value, PyObject *newline)
{
    int mode = newline_argument(newline);

    if (mode < 0)
        return -1;
    if (value == Py_None)
        value = NULL;
    if (value && !PyUnicode_Check(value)) {
        PyErr_Format(PyExc_TypeError,
                     "initial_value must be str or None, not %.200s",
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    s->ready = false;
    str_buffer_clear(&s->text);
    s->newline = mode;
    s->ends = (rill_newlines)RILL_NEWLINES_INIT;
    s->ends.translate = mode == RILL_NEWLINE_UNIVERSAL;
    s->pos = 0;
    if (value && !write_text(s, value))
        return -1;
    s->pos = 0;
    s->closed = false;
    s->ready = true;
    return 0;
}

static int stringio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *given[2];

    if (!rillio_init_args(&init_signature, args, kwargs, given))
        return -1;
    return start(of(self), given[0], given[1]);
}

static PyObject *stringio_vectorcall(PyObject *type, PyObject *const *args,
                                     size_t nargsf, PyObject *kwnames)
{
    PyObject *given[2], *self;

    if (!rillio_args(&init_signature, args, PyVectorcall_NARGS(nargsf), kwnames,
                     given))
        return NULL;
    self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (self && start(of(self), given[0], given[1]) < 0)
        Py_CLEAR(self);
    return self;
}

static int stringio_traverse(PyObject *self, visitproc visit, void *arg)
{
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int stringio_clear(PyObject *self)
{
    Py_CLEAR(of(self)->dict);
    return 0;
}

static void stringio_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    str_buffer_clear(&of(self)->text);
    rillio_clear_head((rillio_object *)self);
    Py_TYPE(self)->tp_free(self);
}

/* ---- Methods ------------------------------------------------------------ */

PyDoc_STRVAR(close_doc, "close($self, /)\n--\n\n"
                        "Close it, and free its text. Again: do nothing.");

static PyObject *stringio_close(PyObject *self, PyObject *Py_UNUSED(unused))
{
    of(self)->closed = true;
    str_buffer_clear(&of(self)->text);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(getvalue_doc, "getvalue($self, /)\n--\n\n"
                           "Return all of the text, whatever the position.");

static PyObject *stringio_getvalue(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return is_usable(of(self)) ? str_buffer_all(&of(self)->text) : NULL;
}

PyDoc_STRVAR(tell_doc, "tell($self, /)\n--\n\n"
                       "Return the position, in characters.");

static PyObject *stringio_tell(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return is_usable(of(self)) ? PyLong_FromSsize_t(of(self)->pos) : NULL;
}

/* The argument of a method that takes a size, or nothing: then `missing`. */
static inline bool size_argument(const char *function, PyObject *const *args,
                                 Py_ssize_t nargs, Py_ssize_t missing,
                                 Py_ssize_t *size_out)
{
    *size_out = missing;
    return nargs == 0 ||
           ((nargs == 1 || rillio_count_args(function, nargs, 0, 1)) &&
            rillio_size(args[0], missing, size_out));
}

PyDoc_STRVAR(read_doc, "read($self, size=-1, /)\n--\n\n"
                       "Read size characters, or as many as are left; all that "
                       "are left where size\nis negative or None.");

static PyObject *stringio_read(PyObject *self, PyObject *const *args,
                               Py_ssize_t nargs)
{
    Py_ssize_t size;

    if (!size_argument("read", args, nargs, -1, &size) || !is_usable(of(self)))
        return NULL;
    return take(of(self), unread(of(self), size));
}

PyDoc_STRVAR(readline_doc, "readline($self, size=-1, /)\n--\n\n"
                           "Read up to and with the next line end, but no more "
                           "than size characters\nunless that is negative or "
                           "None.");

static PyObject *stringio_readline(PyObject *self, PyObject *const *args,
                                   Py_ssize_t nargs)
{
    Py_ssize_t size;

    if (!size_argument("readline", args, nargs, -1, &size) ||
        !is_usable(of(self)))
        return NULL;
    return take_line(of(self), size);
}

/* The next line of a subclass, which may have a readline() of its own. */
static PyObject *line_of_subclass(PyObject *self)
{
    PyObject *line = PyObject_CallMethodNoArgs(self, RILLIO_NAME(readline));

    if (!line || PyUnicode_Check(line))
        return line;
    PyErr_Format(PyExc_OSError,
                 "readline() should have returned a str object, not '%.200s'",
                 Py_TYPE(line)->tp_name);
    Py_DECREF(line);
    return NULL;
}

static PyObject *stringio_next(PyObject *self)
{
    PyObject *line;

    if (!is_usable(of(self)))
        return NULL;
    if (Py_IS_TYPE(self, &rillio_StringIO_type))
        line = take_line(of(self), -1);
    else
        line = line_of_subclass(self);
    if (line && PyUnicode_GET_LENGTH(line) == 0)
        Py_CLEAR(line);
    return line;
}

PyDoc_STRVAR(write_doc, "write($self, s, /)\n--\n\n"
                        "Write a str at the position. Return its length.");

static PyObject *write_any(stringio *s, PyObject *text)
{
    if (!is_ready(s))
        return NULL;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "string argument expected, got '%.200s'",
                     Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (!is_open(s) || !write_text(s, text))
        return NULL;
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text));
}

static PyObject *stringio_write(PyObject *self, PyObject *text)
{
    stringio *s = of(self);

    /* What is closed or not initialized has no room. */
    if (s->newline != RILL_NEWLINE_LF || !PyUnicode_Check(text) ||
        rillio_str_ready(text) < 0 ||
        !str_buffer_append(&s->text, s->pos, text))
        return write_any(s, text);
    s->pos = s->text.len;
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text));
}

PyDoc_STRVAR(truncate_doc, "truncate($self, pos=None, /)\n--\n\n"
                           "Cut the text off at pos, or at the position; that "
                           "stays. Return pos.");

static PyObject *stringio_truncate(PyObject *self, PyObject *const *args,
                                   Py_ssize_t nargs)
{
    Py_ssize_t size;

    if (!size_argument("truncate", args, nargs, of(self)->pos, &size) ||
        !is_usable(of(self)))
        return NULL;
    if (size < 0) {
        PyErr_Format(PyExc_ValueError, "Negative size value %zd", size);
        return NULL;
    }
    return str_buffer_cut(&of(self)->text, size) ? PyLong_FromSsize_t(size)
                                                 : NULL;
}

/* The first argument of seek(); -1 with an exception if it is no integer. */
static Py_ssize_t position_argument(PyObject *arg)
{
    PyObject *index;
    Py_ssize_t pos = -1;

    if (PyLong_CheckExact(arg))
        return PyLong_AsSsize_t(arg);
    index = rillio_is_no_float(arg) ? PyNumber_Index(arg) : NULL;
    if (index)
        pos = PyLong_AsSsize_t(index);
    Py_XDECREF(index);
    return pos;
}

/* Where seek() leads; -1: raised. */
static Py_ssize_t target(const stringio *s, Py_ssize_t pos, int whence)
{
    if (whence < 0 || whence > 2)
        PyErr_Format(PyExc_ValueError,
                     "Invalid whence (%i, should be 0, 1 or 2)", whence);
    else if (whence == 0 && pos < 0)
        PyErr_Format(PyExc_ValueError, "Negative seek position %zd", pos);
    else if (whence != 0 && pos != 0)
        PyErr_SetString(PyExc_OSError, "Can't do nonzero cur-relative seeks");
    else
        return whence == 0 ? pos : whence == 1 ? s->pos : s->text.len;
    return -1;
}

PyDoc_STRVAR(seek_doc,
             "seek($self, pos, whence=0, /)\n--\n\n"
             "Go to pos, in characters. With whence 1 stay, with 2 go "
             "to the end: then pos\nmust be 0. Return the position.");

static PyObject *stringio_seek(PyObject *self, PyObject *const *args,
                               Py_ssize_t nargs)
{
    int whence = 0;
    Py_ssize_t pos;

    if (!rillio_count_args("seek", nargs, 1, 2))
        return NULL;
    pos = position_argument(args[0]);
    if ((pos == -1 && PyErr_Occurred()) ||
        !rillio_int_arg(nargs > 1 ? args[1] : NULL, &whence) ||
        !is_usable(of(self)))
        return NULL;
    pos = target(of(self), pos, whence);
    if (pos < 0)
        return NULL;
    of(self)->pos = pos;
    return PyLong_FromSsize_t(pos);
}

PyDoc_STRVAR(readable_doc, "readable($self, /)\n--\n\nReturn True.");
PyDoc_STRVAR(writable_doc, "writable($self, /)\n--\n\nReturn True.");
PyDoc_STRVAR(seekable_doc, "seekable($self, /)\n--\n\nReturn True.");

static PyObject *stringio_can(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return is_usable(of(self)) ? Py_NewRef(Py_True) : NULL;
}

/* ---- Pickling ----------------------------------------------------------- */

PyDoc_STRVAR(getstate_doc, "__getstate__($self, /)\n--\n\n"
                           "Return (text, newline, position, __dict__).");

static PyObject *stringio_getstate(PyObject *self, PyObject *Py_UNUSED(unused))
{
    stringio *s = of(self);
    PyObject *text, *dict;

    if (!is_usable(s))
        return NULL;
    dict = s->dict ? PyDict_Copy(s->dict) : Py_NewRef(Py_None);
    if (!dict)
        return NULL;
    text = str_buffer_all(&s->text);
    if (!text) {
        Py_DECREF(dict);
        return NULL;
    }
    return Py_BuildValue("(NOnN)", text, rillio_newline_str(s->newline), s->pos,
                         dict);
}

/* Make `text` the content, as it is. */
static bool set_text(stringio *s, PyObject *text)
{
    bool done = true;

    str_buffer_clear(&s->text);
    s->pos = 0;
    if (text != Py_None && PyUnicode_GET_LENGTH(text) > 0)
        done = put(s, text);
    s->pos = 0;
    return done;
}

static bool set_position(stringio *s, PyObject *position)
{
    Py_ssize_t pos;

    if (!PyLong_Check(position)) {
        PyErr_Format(PyExc_TypeError,
                     "third item of state must be an integer, got %.200s",
                     Py_TYPE(position)->tp_name);
        return false;
    }
    pos = PyLong_AsSsize_t(position);
    if (pos == -1 && PyErr_Occurred())
        return false;
    if (pos < 0) {
        PyErr_SetString(PyExc_ValueError, "position value cannot be negative");
        return false;
    }
    s->pos = pos;
    return true;
}

static bool set_dict(stringio *s, PyObject *dict)
{
    PyObject *own;
    int failed;

    if (dict == Py_None)
        return true;
    if (!PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError,
                     "fourth item of state should be a dict, got a %.200s",
                     Py_TYPE(dict)->tp_name);
        return false;
    }
    if (!s->dict) {
        s->dict = Py_NewRef(dict);
        return true;
    }
    own = Py_NewRef(s->dict); /* keys may run code that replaces it */
    failed = PyDict_Update(own, dict);
    Py_DECREF(own);
    return failed == 0;
}

PyDoc_STRVAR(setstate_doc,
             "__setstate__($self, state, /)\n--\n\n"
             "Become what __getstate__() returned this state of.");

static PyObject *stringio_setstate(PyObject *self, PyObject *state)
{
    stringio *s = of(self);

    if (!is_open(s))
        return NULL;
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) < 4) {
        PyErr_Format(PyExc_TypeError,
                     "%.200s.__setstate__ argument should be 4-tuple, got "
                     "%.200s",
                     Py_TYPE(self)->tp_name, Py_TYPE(state)->tp_name);
        return NULL;
    }
    /* The line ends of the text have been converted already: only what they are
     * is learnt from it; then it is set as it is. */
    if (start(s, PyTuple_GET_ITEM(state, 0), PyTuple_GET_ITEM(state, 1)) < 0 ||
        !set_text(s, PyTuple_GET_ITEM(state, 0)) ||
        !set_position(s, PyTuple_GET_ITEM(state, 2)) ||
        !set_dict(s, PyTuple_GET_ITEM(state, 3)))
        return NULL;
    Py_RETURN_NONE;
}

/* ---- Attributes --------------------------------------------------------- */

static PyObject *stringio_get_closed(PyObject *self, void *Py_UNUSED(closure))
{
    return is_ready(of(self)) ? PyBool_FromLong(of(self)->closed) : NULL;
}

static PyObject *stringio_get_newlines(PyObject *self, void *Py_UNUSED(closure))
{
    return is_usable(of(self)) ? rillio_newlines_seen(of(self)->ends.seen)
                               : NULL;
}

static PyObject *stringio_get_line_buffering(PyObject *self,
                                             void *Py_UNUSED(closure))
{
    return is_usable(of(self)) ? Py_NewRef(Py_False) : NULL;
}

static PyMethodDef stringio_methods[] = {
    {"close", stringio_close, METH_NOARGS, close_doc},
    {"getvalue", stringio_getvalue, METH_NOARGS, getvalue_doc},
    {"read", (PyCFunction)(void (*)(void))stringio_read, METH_FASTCALL,
     read_doc},
    {"readline", (PyCFunction)(void (*)(void))stringio_readline, METH_FASTCALL,
     readline_doc},
    {"tell", stringio_tell, METH_NOARGS, tell_doc},
    {"truncate", (PyCFunction)(void (*)(void))stringio_truncate, METH_FASTCALL,
     truncate_doc},
    {"seek", (PyCFunction)(void (*)(void))stringio_seek, METH_FASTCALL,
     seek_doc},
    {"write", stringio_write, METH_O, write_doc},
    {"seekable", stringio_can, METH_NOARGS, seekable_doc},
    {"readable", stringio_can, METH_NOARGS, readable_doc},
    {"writable", stringio_can, METH_NOARGS, writable_doc},
    {"__getstate__", stringio_getstate, METH_NOARGS, getstate_doc},
    {"__setstate__", stringio_setstate, METH_O, setstate_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef stringio_getset[] = {
    {"closed", stringio_get_closed, NULL, "Whether it is closed.", NULL},
    {"newlines", stringio_get_newlines, NULL,
     "The line ends seen so far: None, a str, or a tuple of str.", NULL},
    {"line_buffering", stringio_get_line_buffering, NULL, "False.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    stringio_doc,
    "StringIO(initial_value='', newline='\\n')\n--\n\n"
    "Text in memory, read and written as a text file.\n\n"
    "It begins with initial_value, at position 0. The newline argument is as\n"
    "that of TextIOWrapper, except that with None line ends become \\n when\n"
    "they are written.");

PyTypeObject rillio_StringIO_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.StringIO",
    .tp_basicsize = sizeof(stringio),
    .tp_dealloc = stringio_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = stringio_doc,
    .tp_traverse = stringio_traverse,
    .tp_clear = stringio_clear,
    .tp_weaklistoffset = offsetof(rillio_object, weakrefs),
    .tp_iternext = stringio_next,
    .tp_methods = stringio_methods,
    .tp_getset = stringio_getset,
    .tp_dictoffset = offsetof(rillio_object, dict),
    .tp_init = stringio_init,
    .tp_new = PyType_GenericNew,
    .tp_vectorcall = stringio_vectorcall,
};
