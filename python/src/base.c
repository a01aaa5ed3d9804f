/*
 * base.c - _IOBase: what all streams have, from their checks to their end.
 *
 * Nothing here knows what `self` is: a class written in Python may have any
 * method replaced. So all goes through attributes, `closed` as well; only that
 * close() has been called is remembered here, in the attribute __IOBase_closed,
 * for the classes that do not remember it themselves.
 */
#include "base.h"

/* ---- Life: finalizer, dict, weak references ----------------------------- */

/* What lies below `stream`, if it is a text or a buffer: a new reference. */
static PyObject *layer_below(PyObject *stream)
{
    PyObject *name, *below;

    if (PyObject_TypeCheck(stream, &rillio_TextIOWrapper_type))
        name = RILLIO_NAME(buffer);
    else if (PyObject_TypeCheck(stream, &rillio_BufferedWriter_type) ||
             PyObject_TypeCheck(stream, &rillio_BufferedRandom_type))
        name = RILLIO_NAME(raw);
    else
        return NULL;
    below = PyObject_GetAttr(stream, name);
    if (!below)
        PyErr_Clear();
    return below;
}

void rillio_discard_save(PyObject *self)
{
    PyObject *stream = Py_NewRef(self), *below;
    int layers = 2; /* a subclass may claim to lie over itself */

    while (layers-- > 0 && (below = layer_below(stream)))
        Py_SETREF(stream, below);
    if (PyObject_TypeCheck(stream, &rillio_Stream_type))
        rillio_stream_discard(stream);
    Py_DECREF(stream);
}

/* close() failed in a finalizer: nobody is there to catch it. */
static void report_failed_close(PyObject *self)
{
#ifdef Py_DEBUG
    bool report = true;
#else
    bool report = RILLIO_SINCE(13);
#endif
    PyObject *type, *value, *traceback;

    if (!report) {
        PyErr_Fetch(&type, &value, &traceback);
        report = rillio_system_flag("dev_mode") > 0;
        PyErr_Clear();
        PyErr_Restore(type, value, traceback);
    }
    if (report)
        PyErr_WriteUnraisable(self);
    else
        PyErr_Clear();
}

void rillio_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback, *result;
    int closed;

    PyErr_Fetch(&type, &value, &traceback);
    closed = rillio_is_closed(self);
    if (closed < 0)
        PyErr_Clear();
    if (closed == 0) {
        rillio_discard_save(self);
        /* close() can see by this that it was not asked for. */
        if (PyObject_SetAttr(self, RILLIO_NAME(_finalizing), Py_True) < 0)
            PyErr_Clear();
        result = PyObject_CallMethodNoArgs(self, RILLIO_NAME(close));
        if (!result)
            report_failed_close(self);
        Py_XDECREF(result);
    }
    PyErr_Restore(type, value, traceback);
}

bool rillio_finalized(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) == 0)
        return true;
    /* The tp_dealloc of a subclass made by a class statement, which called
     * ours, lets go of its type after it, though the object is still there. */
    if (PyType_HasFeature(Py_TYPE(self), Py_TPFLAGS_HEAPTYPE))
        Py_INCREF(Py_TYPE(self));
    return false;
}

void rillio_clear_head(rillio_object *self)
{
    if (self->weakrefs && Py_REFCNT(self) == 0)
        PyObject_ClearWeakRefs((PyObject *)self);
    Py_CLEAR(self->dict);
}

int rillio_traverse_head(rillio_object *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    return 0;
}

PyObject *rillio_get_dict(PyObject *self, void *closure)
{
    return PyObject_GenericGetDict(self, closure);
}

static int base_traverse(PyObject *self, visitproc visit, void *arg)
{
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int base_clear(PyObject *self)
{
    rillio_clear_head((rillio_object *)self);
    return 0;
}

static void base_dealloc(PyObject *self)
{
    if (!rillio_finalized(self))
        return;
    PyObject_GC_UnTrack(self);
    rillio_clear_head((rillio_object *)self);
    Py_TYPE(self)->tp_free(self);
}

/* ---- Checks ------------------------------------------------------------- */

int rillio_is_closed(PyObject *self)
{
    PyObject *closed = PyObject_GetAttr(self, RILLIO_NAME(closed));
    int truth;

    if (!closed)
        return -1;
    truth = PyObject_IsTrue(closed);
    Py_DECREF(closed);
    return truth;
}

static bool raise_closed(void)
{
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return false;
}

bool rillio_check_closed(PyObject *self)
{
    int closed = rillio_is_closed(self);

    if (closed > 0)
        raise_closed();
    return closed == 0;
}

bool rillio_check_can(PyObject *self, PyObject *which, const char *message)
{
    PyObject *answer = PyObject_CallMethodNoArgs(self, which);

    if (!answer)
        return false;
    Py_DECREF(answer); /* a bool lives on */
    if (answer == Py_True)
        return true;
    rillio_unsupported(message);
    return false;
}

static PyObject *base_check_closed(PyObject *self, PyObject *Py_UNUSED(none))
{
    return base_none_if(rillio_check_closed(self));
}

static PyObject *true_if(bool fine)
{
    return fine ? Py_NewRef(Py_True) : NULL;
}

static PyObject *base_check_seekable(PyObject *self, PyObject *Py_UNUSED(none))
{
    return true_if(rillio_check_can(self, RILLIO_NAME(seekable),
                                    "File or stream is not seekable."));
}

static PyObject *base_check_readable(PyObject *self, PyObject *Py_UNUSED(none))
{
    return true_if(rillio_check_can(self, RILLIO_NAME(readable),
                                    "File or stream is not readable."));
}

static PyObject *base_check_writable(PyObject *self, PyObject *Py_UNUSED(none))
{
    return true_if(rillio_check_can(self, RILLIO_NAME(writable),
                                    "File or stream is not writable."));
}

/* ---- _IOBase: closing --------------------------------------------------- */

/* Whether _IOBase.close() was called: 1, 0, or -1 with an exception. */
static int was_closed(PyObject *self)
{
    PyObject *mark;
    int found =
        PyObject_GetOptionalAttr(self, RILLIO_NAME(__IOBase_closed), &mark);

    Py_XDECREF(mark);
    return found;
}

static PyObject *base_closed(PyObject *self, void *Py_UNUSED(closure))
{
    int closed = was_closed(self);

    return closed < 0 ? NULL : PyBool_FromLong(closed);
}

PyDoc_STRVAR(base_flush_doc, "flush($self, /)\n"
                             "--\n"
                             "\n"
                             "Write out what is buffered, if there is such.");

static PyObject *base_flush(PyObject *self, PyObject *Py_UNUSED(none))
{
    int closed = was_closed(self);

    if (closed > 0)
        raise_closed();
    return base_none_if(closed == 0);
}

PyDoc_STRVAR(base_close_doc, "close($self, /)\n"
                             "--\n"
                             "\n"
                             "Flush and close. Closing again does nothing.");

PyObject *rillio_base_close(PyObject *self)
{
    PyObject *type = NULL, *value = NULL, *traceback = NULL, *flushed;
    int closed = was_closed(self);

    if (closed != 0)
        return base_none_if(closed > 0);
    flushed = PyObject_CallMethodNoArgs(self, RILLIO_NAME(flush));
    if (!flushed)
        PyErr_Fetch(&type, &value, &traceback);
    Py_XDECREF(flushed);
    PyObject_SetAttr(self, RILLIO_NAME(__IOBase_closed), Py_True);
    rillio_chain(type, value, traceback);
    return base_none_if(!PyErr_Occurred());
}

static PyObject *base_close(PyObject *self, PyObject *Py_UNUSED(none))
{
    return rillio_base_close(self);
}

PyObject *rillio_cannot_pickle(PyObject *self, PyObject *Py_UNUSED(args))
{
    const char *name = strrchr(Py_TYPE(self)->tp_name, '.');

    PyErr_Format(PyExc_TypeError, "cannot pickle '%.100s' instances",
                 name ? name + 1 : Py_TYPE(self)->tp_name);
    return NULL;
}

static PyObject *base_enter(PyObject *self, PyObject *Py_UNUSED(none))
{
    return rillio_check_closed(self) ? Py_NewRef(self) : NULL;
}

/* A block that an exception ended has not written what it meant to: that must
 * not replace a file. */
static PyObject *base_exit(PyObject *self, PyObject *const *args,
                           Py_ssize_t nargs)
{
    if (nargs > 0 && args[0] != Py_None)
        rillio_discard_save(self);
    return PyObject_CallMethodNoArgs(self, RILLIO_NAME(close));
}

/* ---- _IOBase: what a stream can do -------------------------------------- */

PyDoc_STRVAR(base_seek_doc,
             "seek($self, offset, whence=os.SEEK_SET, /)\n"
             "--\n"
             "\n"
             "Move to a position and return it.\n"
             "\n"
             "whence: 0 from the start, 1 from where it is, 2 from the end.");

static PyObject *base_seek(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    return rillio_unsupported("seek");
}

PyDoc_STRVAR(base_tell_doc, "tell($self, /)\n"
                            "--\n"
                            "\n"
                            "Return the position.");

static PyObject *base_tell(PyObject *self, PyObject *Py_UNUSED(none))
{
    PyObject *one = PyLong_FromLong(1), *position;

    if (!one)
        return NULL;
    position = PyObject_CallMethodObjArgs(self, RILLIO_NAME(seek),
                                          rillio_state.zero, one, NULL);
    Py_DECREF(one);
    return position;
}

PyDoc_STRVAR(base_truncate_doc,
             "truncate($self, size=None, /)\n"
             "--\n"
             "\n"
             "Resize to `size` bytes, the position by default; return it.\n"
             "\n"
             "The position stays what it is.");

static PyObject *base_truncate(PyObject *Py_UNUSED(self),
                               PyObject *Py_UNUSED(args))
{
    return rillio_unsupported("truncate");
}

PyDoc_STRVAR(base_fileno_doc, "fileno($self, /)\n"
                              "--\n"
                              "\n"
                              "Return the descriptor below, if there is one.");

static PyObject *base_fileno(PyObject *Py_UNUSED(self),
                             PyObject *Py_UNUSED(none))
{
    return rillio_unsupported("fileno");
}

PyDoc_STRVAR(base_isatty_doc, "isatty($self, /)\n"
                              "--\n"
                              "\n"
                              "Whether this is a terminal.");

static PyObject *base_isatty(PyObject *self, PyObject *Py_UNUSED(none))
{
    return rillio_check_closed(self) ? Py_NewRef(Py_False) : NULL;
}

PyDoc_STRVAR(base_seekable_doc, "seekable($self, /)\n"
                                "--\n"
                                "\n"
                                "Whether seek() and tell() work.");

PyDoc_STRVAR(base_readable_doc, "readable($self, /)\n"
                                "--\n"
                                "\n"
                                "Whether it was opened for reading.");

PyDoc_STRVAR(base_writable_doc, "writable($self, /)\n"
                                "--\n"
                                "\n"
                                "Whether it was opened for writing.");

static PyObject *base_false(PyObject *Py_UNUSED(self),
                            PyObject *Py_UNUSED(none))
{
    return Py_NewRef(Py_False);
}

/* ---- _IOBase: the type -------------------------------------------------- */

static PyMethodDef base_methods[] = {
    {"seek", base_seek, METH_VARARGS, base_seek_doc},
    {"tell", base_tell, METH_NOARGS, base_tell_doc},
    {"truncate", base_truncate, METH_VARARGS, base_truncate_doc},
    {"flush", base_flush, METH_NOARGS, base_flush_doc},
    {"close", base_close, METH_NOARGS, base_close_doc},
    {"seekable", base_false, METH_NOARGS, base_seekable_doc},
    {"readable", base_false, METH_NOARGS, base_readable_doc},
    {"writable", base_false, METH_NOARGS, base_writable_doc},
    {"_checkClosed", base_check_closed, METH_NOARGS, NULL},
    {"_checkSeekable", base_check_seekable, METH_NOARGS, NULL},
    {"_checkReadable", base_check_readable, METH_NOARGS, NULL},
    {"_checkWritable", base_check_writable, METH_NOARGS, NULL},
    {"fileno", base_fileno, METH_NOARGS, base_fileno_doc},
    {"isatty", base_isatty, METH_NOARGS, base_isatty_doc},
    {"__enter__", base_enter, METH_NOARGS, NULL},
    {"__exit__", RILLIO_FASTCALL(base_exit), METH_FASTCALL, NULL},
    {"readline", RILLIO_FASTCALL(base_readline), METH_FASTCALL,
     base_readline_doc},
    {"readlines", RILLIO_FASTCALL(base_readlines), METH_FASTCALL,
     base_readlines_doc},
    {"writelines", base_writelines, METH_O, base_writelines_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef base_getset[] = {
    {"__dict__", rillio_get_dict, NULL, NULL, NULL},
    {"closed", base_closed, NULL, "Whether it has been closed.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    base_doc,
    "What all streams have in common.\n"
    "\n"
    "A stream can be iterated over, by lines, and be used in a `with`\n"
    "statement, which closes it. Operations on a closed stream raise\n"
    "ValueError, those that a stream does not have UnsupportedOperation.");

PyTypeObject rillio_IOBase_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio._rillio._IOBase",
    .tp_basicsize = sizeof(rillio_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = base_doc,
    .tp_new = PyType_GenericNew,
    .tp_dealloc = base_dealloc,
    .tp_finalize = rillio_finalize,
    .tp_traverse = base_traverse,
    .tp_clear = base_clear,
    .tp_dictoffset = offsetof(rillio_object, dict),
    .tp_weaklistoffset = offsetof(rillio_object, weakrefs),
    .tp_iter = base_iter,
    .tp_iternext = base_next,
    .tp_methods = base_methods,
    .tp_getset = base_getset,
};
