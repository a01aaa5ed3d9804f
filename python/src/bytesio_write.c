/*
 * bytesio_write.c - BytesIO: writing, truncating and the position.
 *
 * Writes that follow each other go through the window of the stream, without a
 * call. Everything else is bytesio_write_slow()'s.
 */
#include "bytesio.h"

/* ---- Writing ------------------------------------------------------------ */

/* Write to the window, if it has room. */
static inline bool write_quickly(bytesio *self, const void *data, size_t n)
{
    rill *s;

    if (RILL_LIKELY(self->writing)) {
        s = self->stream->s;
        if (RILL_LIKELY(n - 1 < (size_t)(s->wend - s->wpos)))
            return rill_write(s, data, n) > 0;
    }
    return false;
}

/* Of what is written first, nothing need be copied: it may remain all. */
static bool write_first(bytesio *self, PyObject *bytes)
{
    if (self->streamed || self->shared || self->pos > 0 || self->exports > 0 ||
        self->closed)
        return false;
    bytesio_start(self, bytes);
    self->pos = PyBytes_GET_SIZE(bytes);
    return true;
}

Py_ssize_t bytesio_write_buffer(bytesio *self, PyObject *data)
{
    Py_ssize_t n;
    Py_buffer view;

    if (!bytesio_may_change(self) ||
        PyObject_GetBuffer(data, &view, PyBUF_CONTIG_RO) < 0)
        return -1;
    n = view.len;
    if (!write_quickly(self, view.buf, (size_t)n) &&
        !bytesio_write_slow(self, view.buf, (size_t)n))
        n = -1;
    PyBuffer_Release(&view);
    return n;
}

/* Write what does not fit, or is not bytes. Returns its length, or -1. */
static Py_ssize_t write_other(bytesio *self, PyObject *data)
{
    if (PyBytes_CheckExact(data)) {
        Py_ssize_t n = PyBytes_GET_SIZE(data);
        return write_first(self, data) ||
                       bytesio_write_slow(self, PyBytes_AS_STRING(data),
                                          (size_t)n)
                   ? n
                   : -1;
    }
    if (PyByteArray_CheckExact(data)) {
        Py_ssize_t n = PyByteArray_GET_SIZE(data);
        if (write_quickly(self, PyByteArray_AS_STRING(data), (size_t)n))
            return n;
    }
    return bytesio_write_buffer(self, data);
}

/* Write any object with a buffer. Returns its length, or -1. */
static inline Py_ssize_t write_object(bytesio *self, PyObject *data)
{
    if (RILL_LIKELY(PyBytes_CheckExact(data))) {
        Py_ssize_t n = PyBytes_GET_SIZE(data);
        if (write_quickly(self, PyBytes_AS_STRING(data), (size_t)n))
            return n;
    }
    return write_other(self, data);
}

PyObject *bytesio_write(bytesio *self, PyObject *data)
{
    Py_ssize_t n = write_object(self, data);

    return n < 0 ? NULL : bytesio_int(n);
}

PyObject *bytesio_writelines(bytesio *self, PyObject *lines)
{
    PyObject *it, *line;
    bool done = true;

    if (!bytesio_is_open(self))
        return NULL;
    it = PyObject_GetIter(lines);
    if (!it)
        return NULL;
    while (done && (line = PyIter_Next(it))) {
        done = write_object(self, line) >= 0;
        Py_DECREF(line);
    }
    Py_DECREF(it);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

PyObject *bytesio_truncate(bytesio *self, PyObject *const *args,
                           Py_ssize_t nargs)
{
    bool here = nargs == 0 || args[0] == Py_None;
    Py_ssize_t size;

    if (!bytesio_size_arg("truncate", args, nargs, &size) ||
        !bytesio_may_change(self))
        return NULL;
    if (here)
        size = bytesio_position(self);
    if (size < 0) {
        PyErr_Format(PyExc_ValueError, "negative size value %zd", size);
        return NULL;
    }
    return bytesio_cut(self, size) ? bytesio_int(size) : NULL;
}

/* ---- The position ------------------------------------------------------- */

/* An integer that must fit. */
static inline bool offset_arg(PyObject *arg, Py_ssize_t *offset_out)
{
    PyObject *index;

    if (rillio_small_int(arg, offset_out))
        return true;
    index = rillio_is_no_float(arg) ? PyNumber_Index(arg) : NULL;
    if (!index)
        return false;
    *offset_out = PyLong_AsSsize_t(index);
    Py_DECREF(index);
    return *offset_out != -1 || !PyErr_Occurred();
}

static bool whence_arg(PyObject *arg, int *whence_out)
{
    return rillio_int_arg(arg, whence_out);
}

/* Where a seek goes; -1 with an exception. */
static Py_ssize_t seek_target(bytesio *self, Py_ssize_t offset, int whence)
{
    Py_ssize_t from = 0;
    const char *data;

    if (whence == 0 && offset < 0) {
        PyErr_Format(PyExc_ValueError, "negative seek value %zd", offset);
        return -1;
    }
    if (whence == 1) {
        from = bytesio_position(self);
    } else if (whence == 2) {
        from = bytesio_look(self, &data);
    } else if (whence != 0) {
        PyErr_Format(PyExc_ValueError,
                     "invalid whence (%i, should be 0, 1 or 2)", whence);
        return -1;
    }
    if (offset > PY_SSIZE_T_MAX - from) {
        PyErr_SetString(PyExc_OverflowError, "new position too large");
        return -1;
    }
    return from + offset < 0 ? 0 : from + offset;
}

PyObject *bytesio_seek(bytesio *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t target;
    int whence = 0;

    if (!rillio_count_args("seek", nargs, 1, 2) ||
        !offset_arg(args[0], &target) ||
        (nargs == 2 && !whence_arg(args[1], &whence)) || !bytesio_is_open(self))
        return NULL;
    if (whence != 0 || target < 0)
        target = seek_target(self, target, whence);
    if (target < 0)
        return NULL;
    bytesio_move(self, target);
    return bytesio_int(target);
}

PyObject *bytesio_tell(bytesio *self, PyObject *unused)
{
    (void)unused;
    if (!bytesio_is_open(self))
        return NULL;
    return bytesio_int(bytesio_position(self));
}
