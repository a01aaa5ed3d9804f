/*
 * stream.c - Stream: any `rill *` as a raw file of Python.
 *
 * Calls on the stream are made without the GIL, but for those that its window
 * can answer at once. A lock keeps all others out meanwhile; a section uses the
 * lock of the stream that it is a part of. `rill` is only looked at with the
 * GIL: to be NULL is what being closed means.
 */
#include "stream.h"

#include <errno.h>

#include <rill/ops.h>

/* ---- One thread at a time ----------------------------------------------- */

bool stream_raise_closed(void)
{
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return false;
}

/* Wait for the lock, which this thread must not hold. */
static bool wait_for_lock(stream *self, stream *root)
{
    if (root->busy && root->inside == PyThread_get_thread_ident()) {
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %R", self);
        return false;
    }
    WITHOUT_GIL(PyThread_acquire_lock(root->lock, WAIT_LOCK));
    return true;
}

void stream_leave(stream *self)
{
    self->root->busy = false;
    PyThread_release_lock(self->root->lock);
}

bool stream_enter(stream *self)
{
    stream *root = self->root;

    if (!self->rill)
        return stream_raise_closed();
    if (!PyThread_acquire_lock(root->lock, NOWAIT_LOCK) &&
        !wait_for_lock(self, root))
        return false;
    root->busy = true;
    root->inside = PyThread_get_thread_ident();
    if (self->rill)
        return true;
    stream_leave(self);
    return stream_raise_closed();
}

PyObject *stream_leave_failed(stream *self, int64_t code)
{
    PyObject *name = NULL;

    if (self->dict)
        name = PyDict_GetItemWithError(self->dict, RILLIO_NAME(name));
    rillio_raise_failure(self->rill, code, name);
    stream_leave(self);
    return NULL;
}

PyObject *stream_leave_with(stream *self, int64_t result, bool is_number)
{
    if (result < 0)
        return stream_leave_failed(self, result);
    stream_leave(self);
    if (is_number)
        return PyLong_FromLongLong(result);
    Py_RETURN_NONE;
}

/* ---- Made and closed ---------------------------------------------------- */

PyObject *rillio_stream_new(PyTypeObject *type, rill *s, int ownership,
                            PyObject *name)
{
    stream *self = (stream *)type->tp_alloc(type, 0);
    PyObject *found = Py_XNewRef(name);

    if (!self)
        goto fail;
    self->root = self;
    self->borrowed = ownership == RILL_BORROW;
    self->mode = rill_mode(s);
    self->lock = PyThread_allocate_lock();
    if (!self->lock) {
        PyErr_NoMemory();
        goto fail;
    }
    if (!found && rill_name(s) &&
        !(found = PyUnicode_DecodeFSDefault(rill_name(s))))
        goto fail;
    if (found &&
        PyObject_SetAttr((PyObject *)self, RILLIO_NAME(name), found) < 0)
        goto fail;
    Py_XDECREF(found);
    self->rill = s;
    return (PyObject *)self;
fail:
    Py_XDECREF(found);
    Py_XDECREF(self);
    return NULL;
}

/* The same for a stream that was opened for it. NULL: raised, `s` is gone. */
static PyObject *stream_take(PyTypeObject *type, rill *s, PyObject *name)
{
    PyObject *self;

    if (!s)
        return NULL;
    self = rillio_stream_new(type, s, RILL_TAKE, name);
    if (!self)
        rill_discard(s);
    return self;
}

/* The stream is gone. */
static void forget(stream *self)
{
    self->rill = NULL;
    if (self->parent)
        self->parent->sections--;
}

/* End it, and tell nobody. */
static void drop(stream *self)
{
    rill *s = self->rill;

    forget(self);
    if (!self->borrowed)
        rill_discard(s);
}

/* Enter to end it. False: raised. */
static bool enter_last(stream *self)
{
    if (!stream_enter(self))
        return false;
    if (self->sections == 0)
        return true;
    stream_leave(self);
    PyErr_SetString(PyExc_BufferError, "sections of the stream are open");
    return false;
}

static int flush_borrowed(rill *s)
{
    int rc;

    WITHOUT_GIL(rc = rill_flush(s));
    if (rc < 0)
        rillio_raise_failure(s, rc, NULL);
    return rc;
}

PyDoc_STRVAR(dealloc_warn_doc, "Warn that `source` was not closed.");

static PyObject *stream_dealloc_warn(PyObject *o, PyObject *source)
{
    stream *self = (stream *)o;

    if (self->rill && !self->borrowed && rill_name(self->rill) &&
        PyErr_ResourceWarning(source, 1, "unclosed file %R", source) < 0)
        PyErr_WriteUnraisable(source);
    Py_RETURN_NONE;
}

static bool is_being_finalized(stream *self)
{
    return self->dict &&
           PyDict_GetItemWithError(self->dict, RILLIO_NAME(_finalizing));
}

PyDoc_STRVAR(close_doc,
             "close($self, /)\n"
             "--\n"
             "\n"
             "Write out what waits and close; a save appears under its name.\n"
             "\n"
             "An earlier failure is raised again, and a save discarded then.");

static PyObject *stream_close(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    rill *s;
    int rc;

    if (!self->rill)
        Py_RETURN_NONE;
    if (is_being_finalized(self)) {
        Py_XDECREF(stream_dealloc_warn(o, o));
        self->ends_late = self->sections > 0;
        if (self->ends_late)
            Py_RETURN_NONE;
    }
    if (!enter_last(self))
        return NULL;
    s = self->rill;
    rc = self->borrowed ? flush_borrowed(s) : rillio_finish(&s);
    if (self->borrowed || !s)
        forget(self);
    stream_leave(self);
    if (rc < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(discard_doc,
             "discard($self, /)\n"
             "--\n"
             "\n"
             "Close without writing what waits: a save leaves the old file.");

static PyObject *stream_discard(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;

    if (!self->rill)
        Py_RETURN_NONE;
    if (!enter_last(self))
        return NULL;
    if (!self->borrowed)
        WITHOUT_GIL(rill_discard(self->rill));
    forget(self);
    stream_leave(self);
    Py_RETURN_NONE;
}

void rillio_stream_discard(PyObject *raw)
{
    stream *self = (stream *)raw;

    if (!PyObject_TypeCheck(raw, &rillio_Stream_type) || !self->rill ||
        self->borrowed || !rill_wrapped_commits(self->rill))
        return;
    Py_XDECREF(stream_discard(raw, NULL));
    PyErr_Clear();
}

/* Close what was dropped before its sections. */
static void end_late(stream *self)
{
    PyObject *type, *value, *traceback;
    rill *s = self->rill;

    PyErr_Fetch(&type, &value, &traceback);
    if ((self->borrowed ? flush_borrowed(s) : rillio_finish(&s)) < 0)
        PyErr_WriteUnraisable(NULL);
    if (self->borrowed || !s)
        forget(self);
    PyErr_Restore(type, value, traceback);
}

/* What nobody has any more, but which is open: its close() waited for the end
 * of sections, or was overridden, or refused. */
static void end(stream *self)
{
    if (self->ends_late)
        end_late(self);
    if (self->rill)
        drop(self);
}

static void stream_dealloc(PyObject *o)
{
    stream *self = (stream *)o;

    if (!rillio_finalized(o))
        return;
    PyObject_GC_UnTrack(o);
    if (self->rill)
        end(self);
    if (self->lock)
        PyThread_free_lock(self->lock);
    Py_XDECREF(self->parent);
    rillio_clear_head((rillio_object *)o);
    Py_TYPE(o)->tp_free(o);
}

static int stream_traverse(PyObject *o, visitproc visit, void *arg)
{
    stream *self = (stream *)o;
    int rc = 0;

    Py_VISIT(self->parent);
    if (self->rill && !self->borrowed)
        rc = rillio_pyfile_traverse(self->rill, visit, arg);
    if (rc == 0 && self->rill && !self->borrowed)
        rc = rillio_lent_traverse(self->rill, visit, arg);
    return rc ? rc : rillio_traverse_head((rillio_object *)o, visit, arg);
}

/* The parent stays: its stream is what this one works on. What close() was not
 * called for, or did not close, is let go of. */
static int stream_clear(PyObject *o)
{
    stream *self = (stream *)o;

    if (self->rill && self->sections == 0)
        end(self);
    rillio_clear_head((rillio_object *)o);
    return 0;
}

/* ---- What it is --------------------------------------------------------- */

typedef int question(const rill *s);

static PyObject *answer(PyObject *o, question *asked)
{
    stream *self = (stream *)o;

    if (self->rill)
        return PyBool_FromLong(asked(self->rill));
    stream_raise_closed();
    return NULL;
}

PyDoc_STRVAR(readable_doc, "readable($self, /)\n--\n\nWhether it can be read.");

static PyObject *stream_readable(PyObject *o, PyObject *Py_UNUSED(unused))
{
    return answer(o, rill_readable);
}

PyDoc_STRVAR(writable_doc,
             "writable($self, /)\n--\n\nWhether it can be written.");

static PyObject *stream_writable(PyObject *o, PyObject *Py_UNUSED(unused))
{
    return answer(o, rill_writable);
}

PyDoc_STRVAR(seekable_doc,
             "seekable($self, /)\n--\n\nWhether it has positions.");

static PyObject *stream_seekable(PyObject *o, PyObject *Py_UNUSED(unused))
{
    return answer(o, rill_seekable);
}

PyDoc_STRVAR(isatty_doc, "isatty($self, /)\n--\n\nWhether it is a terminal.");

static PyObject *stream_isatty(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    int yes;

    if (!stream_enter(self))
        return NULL;
    yes = rill_isatty(self->rill);
    stream_leave(self);
    return PyBool_FromLong(yes);
}

PyDoc_STRVAR(
    fileno_doc,
    "fileno($self, /)\n"
    "--\n"
    "\n"
    "Return the descriptor below, after a flush; a spool makes its file.");

static PyObject *stream_fileno(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    int fd;

    if (!stream_enter(self))
        return NULL;
    WITHOUT_GIL(fd = rill_fileno(self->rill));
    if (fd == RILL_ENOTSUP) {
        stream_leave(self);
        return rillio_unsupported("fileno");
    }
    return stream_leave_with(self, fd, true);
}

PyDoc_STRVAR(getvalue_doc, "getvalue($self, /)\n"
                           "--\n"
                           "\n"
                           "Return all the bytes of a stream in memory.");

static PyObject *stream_getvalue(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    PyObject *value;
    const void *data;
    ptrdiff_t len;

    if (!stream_enter(self))
        return NULL;
    len = rill_data(self->rill, &data);
    if (len < 0)
        return stream_leave_failed(self, len);
    value = PyBytes_FromStringAndSize(data, len);
    stream_leave(self);
    return value;
}

static PyObject *get_closed(PyObject *o, void *Py_UNUSED(closure))
{
    return PyBool_FromLong(((stream *)o)->rill == NULL);
}

static PyObject *get_mode(PyObject *o, void *Py_UNUSED(closure))
{
    return PyUnicode_FromString(((stream *)o)->mode);
}

static PyObject *get_kind(PyObject *o, void *Py_UNUSED(closure))
{
    stream *self = (stream *)o;

    if (self->rill)
        return PyUnicode_FromString(rill_kind(self->rill));
    stream_raise_closed();
    return NULL;
}

static PyObject *stream_repr(PyObject *o)
{
    stream *self = (stream *)o;
    const char *type = Py_TYPE(o)->tp_name;
    PyObject *name = NULL, *text;
    int recursive;

    if (!self->rill)
        return PyUnicode_FromFormat("<%s [closed]>", type);
    if (self->dict)
        name = PyDict_GetItemWithError(self->dict, RILLIO_NAME(name));
    if (!name)
        return PyUnicode_FromFormat("<%s kind='%s' mode='%s'>", type,
                                    rill_kind(self->rill), self->mode);
    recursive = Py_ReprEnter(o);
    if (recursive > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__",
                     type);
    if (recursive != 0)
        return NULL;
    Py_INCREF(name);
    text = PyUnicode_FromFormat("<%s kind='%s' name=%R mode='%s'>", type,
                                rill_kind(self->rill), name, self->mode);
    Py_DECREF(name);
    Py_ReprLeave(o);
    return text;
}

/* ---- A part of it ------------------------------------------------------- */

PyDoc_STRVAR(
    section_doc,
    "section($self, offset, size=-1)\n"
    "--\n"
    "\n"
    "Return a stream over `size` bytes from `offset` on, with a position\n"
    "of its own; to the end if -1. Close it before this one.");

static PyObject *stream_section(PyObject *o, PyObject *const *args,
                                Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"offset", "size", NULL};
    static const rillio_signature signature = {"section", names, 1, 2};
    stream *self = (stream *)o, *section;
    PyObject *given[2];
    int64_t offset, size = -1;
    rill *s;

    if (!rillio_args(&signature, args, nargs, kwnames, given))
        return NULL;
    offset = rillio_offset(given[0], PyExc_OverflowError);
    if (given[1] && (offset != -1 || !PyErr_Occurred()))
        size = rillio_offset(given[1], PyExc_OverflowError);
    if (PyErr_Occurred() || !stream_enter(self))
        return NULL;
    WITHOUT_GIL(s = rill_open_section(self->rill, offset, size, NULL));
    if (!s)
        return stream_leave_failed(self, errno == ENOMEM    ? RILL_ENOMEM
                                         : errno == ENOTSUP ? RILL_ENOTSUP
                                                            : RILL_EINVAL);
    stream_leave(self);
    section = (stream *)stream_take(Py_TYPE(o), s, NULL);
    if (!section)
        return NULL;
    section->parent = (stream *)Py_NewRef(o);
    section->root = self->root;
    self->sections++;
    return (PyObject *)section;
}

/* ---- Opening ------------------------------------------------------------ */

PyDoc_STRVAR(
    open_doc,
    "open($type, file, mode='rb')\n"
    "--\n"
    "\n"
    "Open a path, or make a stream over a descriptor or a file object,\n"
    "which stay open when it is closed.\n"
    "\n"
    "mode is as for rillio.open(), always binary; with s what is written\n"
    "to a path appears there when it is closed, whole, and not at all\n"
    "after an exception in a `with` statement.");

static PyObject *stream_open(PyObject *type, PyObject *const *args,
                             Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"file", "mode", NULL};
    static const rillio_signature signature = {"open", names, 1, 2};
    PyObject *given[2], *name = NULL;
    const char *mode = "rb";

    if (!rillio_args(&signature, args, nargs, kwnames, given))
        return NULL;
    if (given[1] && !(mode = PyUnicode_AsUTF8(given[1])))
        return NULL;
    if (PyUnicode_Check(given[0]) || PyBytes_Check(given[0]) ||
        PyLong_Check(given[0]))
        name = given[0];
    return stream_take((PyTypeObject *)type, rillio_as_rill(given[0], mode),
                       name);
}

PyObject *rillio_stream_save(PyObject *path, const char *mode)
{
    return stream_take(&rillio_Stream_type, rillio_as_rill(path, mode), path);
}

/* A stream without a name that `s` is, or why there is none. */
static PyObject *opened(PyObject *type, rill *s)
{
    return s ? stream_take((PyTypeObject *)type, s, NULL) : PyErr_NoMemory();
}

PyDoc_STRVAR(memory_doc, "memory($type, data=b'', /)\n"
                         "--\n"
                         "\n"
                         "A stream in memory that holds a copy of `data`.");

static PyObject *stream_memory(PyObject *type, PyObject *const *args,
                               Py_ssize_t nargs)
{
    Py_buffer view = {0};
    PyObject *self;

    if (!rillio_count_args("memory", nargs, 0, 1) ||
        (nargs > 0 && PyObject_GetBuffer(args[0], &view, PyBUF_SIMPLE) < 0))
        return NULL;
    self = opened(type, rill_open_mem_copy(view.buf, (size_t)view.len, NULL));
    PyBuffer_Release(&view);
    return self;
}

PyDoc_STRVAR(spool_doc,
             "spool($type, threshold, /)\n"
             "--\n"
             "\n"
             "A stream in memory that becomes a temporary file when it holds\n"
             "more than `threshold` bytes.");

static PyObject *stream_spool(PyObject *type, PyObject *argument)
{
    size_t threshold = PyLong_AsSize_t(argument);

    if (threshold == (size_t)-1 && PyErr_Occurred())
        return NULL;
    return opened(type, rill_open_spool(threshold, NULL));
}

PyDoc_STRVAR(null_doc, "null($type, /)\n"
                       "--\n"
                       "\n"
                       "A stream that takes all and has nothing.");

static PyObject *stream_null(PyObject *type, PyObject *Py_UNUSED(unused))
{
    return opened(type, rill_open_null());
}

static PyObject *stream_new(PyTypeObject *type, PyObject *Py_UNUSED(args),
                            PyObject *Py_UNUSED(kwargs))
{
    return PyErr_Format(PyExc_TypeError,
                        "a %s is made by its open(), memory(), spool() or "
                        "null()",
                        type->tp_name);
}

/* ---- The type ----------------------------------------------------------- */

PyDoc_STRVAR(readall_doc, "readall($self, /)\n"
                          "--\n"
                          "\n"
                          "Read all that is left.");

PyDoc_STRVAR(read_doc,
             "read($self, size=-1, /)\n"
             "--\n"
             "\n"
             "Read `size` bytes; all that is left if negative or None.\n"
             "\n"
             "Fewer only at the end, or where the stream cannot seek: then\n"
             "what is there, and None where that is nothing yet.");

PyDoc_STRVAR(readinto_doc, "readinto($self, buffer, /)\n"
                           "--\n"
                           "\n"
                           "Read into a writable buffer and return how much;\n"
                           "as read().");

PyDoc_STRVAR(readline_doc,
             "readline($self, size=-1, /)\n"
             "--\n"
             "\n"
             "Read to the end of the line, that included; no more than `size`\n"
             "bytes unless negative or None.");

PyDoc_STRVAR(flush_doc, "flush($self, /)\n"
                        "--\n"
                        "\n"
                        "Hand on what was written.");

PyDoc_STRVAR(sync_doc, "sync($self, /)\n"
                       "--\n"
                       "\n"
                       "Flush, and wait until the disk has it.");

PyDoc_STRVAR(truncate_doc,
             "truncate($self, size=None, /)\n"
             "--\n"
             "\n"
             "Cut to `size` bytes, or to the position; which stays.\n"
             "Returns the size.");

PyDoc_STRVAR(seek_doc, "seek($self, offset, whence=0, /)\n"
                       "--\n"
                       "\n"
                       "Move from the start, the position (1) or the end (2);\n"
                       "returns the new position.");

PyDoc_STRVAR(tell_doc, "tell($self, /)\n"
                       "--\n"
                       "\n"
                       "Return the position.");

PyDoc_STRVAR(
    peek_doc,
    "peek($self, size=0, /)\n"
    "--\n"
    "\n"
    "Show the bytes to come, and stay: at least `size`, if so many are\n"
    "left; what is there anyway for 0.");

PyDoc_STRVAR(
    write_doc,
    "write($self, data, /)\n"
    "--\n"
    "\n"
    "Write bytes and return how many; None where a non-blocking stream\n"
    "takes none now.");

PyDoc_STRVAR(
    copy_doc,
    "copy($self, source, size=-1)\n"
    "--\n"
    "\n"
    "Copy up to `size` bytes of a file, or of all that open() takes, to\n"
    "here, the shortest way there is. Returns how many.");

#define METHOD(name, flags)                                                  \
    {                                                                        \
#name, (PyCFunction)(void (*)(void))stream_##name, flags, name##_doc \
    }
#define KEYWORDS (METH_FASTCALL | METH_KEYWORDS)

static PyMethodDef stream_methods[] = {
    METHOD(open, KEYWORDS | METH_CLASS),
    METHOD(memory, METH_FASTCALL | METH_CLASS),
    METHOD(spool, METH_O | METH_CLASS),
    METHOD(null, METH_NOARGS | METH_CLASS),
    METHOD(close, METH_NOARGS),
    METHOD(discard, METH_NOARGS),
    METHOD(read, METH_FASTCALL),
    METHOD(readall, METH_NOARGS),
    METHOD(readinto, METH_O),
    METHOD(peek, METH_FASTCALL),
    METHOD(readline, METH_FASTCALL),
    METHOD(write, METH_O),
    METHOD(flush, METH_NOARGS),
    METHOD(sync, METH_NOARGS),
    METHOD(truncate, METH_FASTCALL),
    METHOD(seek, METH_FASTCALL),
    METHOD(tell, METH_NOARGS),
    METHOD(readable, METH_NOARGS),
    METHOD(writable, METH_NOARGS),
    METHOD(seekable, METH_NOARGS),
    METHOD(isatty, METH_NOARGS),
    METHOD(fileno, METH_NOARGS),
    METHOD(getvalue, METH_NOARGS),
    METHOD(section, KEYWORDS),
    METHOD(copy, KEYWORDS),
    {"_dealloc_warn", stream_dealloc_warn, METH_O, dealloc_warn_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef stream_getset[] = {
    {"closed", get_closed, NULL, "Whether it was closed.", NULL},
    {"mode", get_mode, NULL, "What it was opened for, as of a FileIO.", NULL},
    {"kind", get_kind, NULL, "Where its bytes are: 'file', 'mem'...", NULL},
    {"__dict__", rillio_get_dict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    stream_doc,
    "A stream of librill as a raw file: of a path, a descriptor, memory,\n"
    "a spool, or C code.\n"
    "\n"
    "It has a buffer of its own, so that small reads and writes cost\n"
    "little. One thread at a time uses it; the others wait.");

PyTypeObject rillio_Stream_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.Stream",
    .tp_basicsize = sizeof(stream),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = stream_doc,
    .tp_new = stream_new,
    .tp_dealloc = stream_dealloc,
    .tp_finalize = rillio_finalize,
    .tp_traverse = stream_traverse,
    .tp_clear = stream_clear,
    .tp_repr = stream_repr,
    .tp_dictoffset = offsetof(stream, dict),
    .tp_weaklistoffset = offsetof(stream, weakrefs),
    .tp_methods = stream_methods,
    .tp_getset = stream_getset,
};
