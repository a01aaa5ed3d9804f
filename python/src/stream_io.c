/*
 * stream_io.c - what a Stream does with bytes: read, write, seek, copy.
 */
#include "stream.h"

#include <errno.h>
#include <limits.h>

#ifndef _WIN32
#include <fcntl.h>
#include <poll.h>
#endif

enum { AT_ONCE = 1 << 20 }; /* bytes to read of what may be shorter */

/* Whether the window may be used without stream_enter(). */
static bool is_free(const stream *self)
{
    return self->rill && !self->root->busy;
}

/* ---- Reading ------------------------------------------------------------ */

#ifdef _WIN32
static bool wait_for_data(stream *self)
{
    (void)self;
    return true;
}
#else
/*
 * A store calls again when a signal interrupts it, so a signal handler could
 * not run while a pipe has nothing: wait for that here. False: a handler
 * raised.
 */
static bool wait_for_data(stream *self)
{
    struct pollfd ready = {.fd = -1, .events = POLLIN};
    bool interrupted = true;

    if (rill_seekable(self->rill) || self->rill->rpos < self->rill->rend)
        return true;
    WITHOUT_GIL(ready.fd = rill_fileno(self->rill));
    if (ready.fd < 0 || fcntl(ready.fd, F_GETFL) & O_NONBLOCK)
        return true;
    while (interrupted) {
        WITHOUT_GIL(interrupted = poll(&ready, 1, -1) < 0 && errno == EINTR);
        if (interrupted && PyErr_CheckSignals() < 0)
            return false;
    }
    return true;
}
#endif

enum { RAISED = INT_MIN }; /* among codes: an exception */

/* Read into `buf`: all that was asked for, where that cannot wait for others
 * who write. A count, a code, or RAISED. */
static ptrdiff_t fill(stream *self, void *buf, size_t n)
{
    rill *s = self->rill;
    ptrdiff_t got;

    if (!wait_for_data(self))
        return RAISED;
    if (rill_seekable(s))
        WITHOUT_GIL(got = rill_read(s, buf, n));
    else
        WITHOUT_GIL(got = rill_read_some(s, buf, n));
    return got;
}

/* Leave after fill() gave no count. */
static PyObject *leave_unfilled(stream *self, ptrdiff_t code)
{
    if (code != RILL_EAGAIN && code != RAISED)
        return stream_leave_failed(self, code);
    stream_leave(self);
    if (code == RAISED)
        return NULL;
    Py_RETURN_NONE;
}

/* How many bytes there are to read, at least; entered. */
static Py_ssize_t bytes_left(rill *s)
{
    int64_t size = -1, position = 0;

    if (rill_seekable(s)) {
        WITHOUT_GIL(size = rill_size(s));
        position = rill_tell(s);
    }
    if (size < position || position < 0)
        return 0;
    return size - position > PY_SSIZE_T_MAX ? PY_SSIZE_T_MAX
                                            : (Py_ssize_t)(size - position);
}

/* No more memory than there are bytes, where `n` is a mere limit. */
static Py_ssize_t room_for(rill *s, Py_ssize_t n)
{
    Py_ssize_t left;

    if (n <= AT_ONCE)
        return n;
    left = bytes_left(s);
    return left > AT_ONCE ? Py_MIN(n, left) : AT_ONCE;
}

static PyObject *read_up_to(stream *self, Py_ssize_t n)
{
    PyObject *data;
    ptrdiff_t got;

    if (!stream_enter(self))
        return NULL;
    n = room_for(self->rill, n);
    data = rillio_new_bytes(n);
    if (!data) {
        stream_leave(self);
        return NULL;
    }
    got = fill(self, PyBytes_AS_STRING(data), (size_t)n);
    if (got < 0) {
        Py_DECREF(data);
        return leave_unfilled(self, got);
    }
    stream_leave(self);
    if (got < n)
        _PyBytes_Resize(&data, got);
    return data;
}

/* All that a stream has which does not say how much that is; entered. What
 * comes later than a pause of a non-blocking one is left there. */
static PyObject *read_pieces(stream *self)
{
    PyObject *pieces = PyByteArray_FromStringAndSize(NULL, 0), *data = NULL;
    Py_ssize_t len = 0;
    ptrdiff_t got = -1;

    while (pieces && got != 0) {
        Py_ssize_t room = len < AT_ONCE / 2 ? AT_ONCE / 16 : len;
        if (PyByteArray_Resize(pieces, len + room) < 0)
            break;
        got = fill(self, PyByteArray_AS_STRING(pieces) + len, (size_t)room);
        if (got < 0 && !(got == RILL_EAGAIN && len > 0)) {
            Py_DECREF(pieces);
            return leave_unfilled(self, got);
        }
        got = Py_MAX(got, 0);
        len += got;
    }
    stream_leave(self);
    if (got == 0)
        data = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(pieces), len);
    Py_XDECREF(pieces);
    return data;
}

PyObject *stream_readall(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    PyObject *data, *more;
    Py_ssize_t left;

    if (!stream_enter(self))
        return NULL;
    left = bytes_left(self->rill);
    if (left == 0)
        return read_pieces(self);
    stream_leave(self);
    data = read_up_to(self, left);
    if (!data || data == Py_None || !stream_enter(self))
        return data;
    more = read_pieces(self); /* it may have become longer */
    if (more && more != Py_None)
        PyBytes_Concat(&data, more);
    else if (!more)
        Py_CLEAR(data);
    Py_XDECREF(more);
    return data;
}

PyObject *stream_read(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    stream *self = (stream *)o;
    Py_ssize_t n;

    if (!rillio_count_args("read", nargs, 0, 1) ||
        !rillio_size(nargs > 0 ? args[0] : NULL, -1, &n))
        return NULL;
    if (n < 0)
        return stream_readall(o, NULL);
    if (is_free(self) && n <= self->rill->rend - self->rill->rpos) {
        const void *from = self->rill->rpos;
        PyObject *data = PyBytes_FromStringAndSize(from, n);
        if (data)
            rill_consume(self->rill, (size_t)n);
        return data;
    }
    return read_up_to(self, n);
}

PyObject *stream_readinto(PyObject *o, PyObject *target)
{
    stream *self = (stream *)o;
    Py_buffer view;
    ptrdiff_t got;

    if (!rillio_writable_buffer("readinto", target, &view))
        return NULL;
    if (!stream_enter(self)) {
        PyBuffer_Release(&view);
        return NULL;
    }
    got = fill(self, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    if (got < 0)
        return leave_unfilled(self, got);
    return stream_leave_with(self, got, true);
}

PyObject *stream_peek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    stream *self = (stream *)o;
    const void *there = NULL;
    PyObject *data;
    Py_ssize_t want;
    ptrdiff_t n;

    if (!rillio_count_args("peek", nargs, 0, 1) ||
        !rillio_size(nargs > 0 ? args[0] : NULL, 0, &want) ||
        !stream_enter(self))
        return NULL;
    if (!wait_for_data(self))
        return leave_unfilled(self, RAISED);
    WITHOUT_GIL(n = rill_peek(self->rill, &there, (size_t)Py_MAX(want, 0)));
    if (n < 0 && n != RILL_EAGAIN)
        return stream_leave_failed(self, n);
    data = PyBytes_FromStringAndSize(there, Py_MAX(n, 0));
    stream_leave(self);
    return data;
}

PyObject *stream_readline(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    stream *self = (stream *)o;
    const char *line;
    PyObject *data;
    Py_ssize_t limit;
    ptrdiff_t len;

    if (!rillio_count_args("readline", nargs, 0, 1) ||
        !rillio_size(nargs > 0 ? args[0] : NULL, -1, &limit))
        return NULL;
    if (limit >= 0 || (self->rill && !rill_seekable(self->rill)))
        return rillio_readline(o, limit);
    if (!stream_enter(self))
        return NULL;
    WITHOUT_GIL(len = rill_readline(self->rill, &line));
    if (len == RILL_ELIMIT) { /* longer than a window may be */
        stream_leave(self);
        return rillio_readline(o, limit);
    }
    if (len < 0)
        return stream_leave_failed(self, len);
    data = PyBytes_FromStringAndSize(line, len);
    stream_leave(self);
    return data;
}

/* ---- Writing ------------------------------------------------------------ */

PyObject *stream_write(PyObject *o, PyObject *data)
{
    stream *self = (stream *)o;
    Py_buffer view;
    ptrdiff_t n;

    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    if (is_free(self) &&
        (size_t)view.len - 1 < (size_t)(self->rill->wend - self->rill->wpos)) {
        n = rill_write(self->rill, view.buf, (size_t)view.len);
        PyBuffer_Release(&view);
        return PyLong_FromSsize_t(n);
    }
    if (!stream_enter(self)) {
        PyBuffer_Release(&view);
        return NULL;
    }
    WITHOUT_GIL(n = rill_write(self->rill, view.buf, (size_t)view.len));
    PyBuffer_Release(&view);
    if (n == RILL_EAGAIN) {
        stream_leave(self);
        Py_RETURN_NONE;
    }
    return stream_leave_with(self, n, true);
}

PyObject *stream_flush(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    int rc;

    if (!stream_enter(self))
        return NULL;
    WITHOUT_GIL(rc = rill_flush(self->rill));
    return stream_leave_with(self, rc, false);
}

PyObject *stream_sync(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    int rc;

    if (!stream_enter(self))
        return NULL;
    WITHOUT_GIL(rc = rill_sync(self->rill, RILL_SYNC_DISK));
    return stream_leave_with(self, rc, false);
}

PyObject *stream_truncate(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    stream *self = (stream *)o;
    int64_t size = -1, result;

    if (!rillio_count_args("truncate", nargs, 0, 1))
        return NULL;
    if (nargs > 0 && args[0] != Py_None) {
        size = rillio_offset(args[0], PyExc_OverflowError);
        if (size < 0) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_ValueError, "negative size value %lld",
                             (long long)size);
            return NULL;
        }
    }
    if (!stream_enter(self))
        return NULL;
    if (size < 0)
        size = rill_tell(self->rill);
    result = size;
    if (size >= 0)
        WITHOUT_GIL(result = rill_truncate(self->rill, size));
    return stream_leave_with(self, result < 0 ? result : size, true);
}

/* ---- Position ----------------------------------------------------------- */

PyObject *stream_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    stream *self = (stream *)o;
    int64_t offset, position;
    long whence = 0;

    if (!rillio_count_args("seek", nargs, 1, 2))
        return NULL;
    offset = rillio_offset(args[0], PyExc_OverflowError);
    if (offset == -1 && PyErr_Occurred())
        return NULL;
    if (nargs > 1)
        whence = PyLong_AsLong(args[1]);
    if (whence == -1 && PyErr_Occurred())
        return NULL;
    if (whence < 0 || whence > 2)
        return PyErr_Format(PyExc_ValueError,
                            "invalid whence (%ld, should be 0, 1 or 2)",
                            whence);
    if (whence == 0 && offset < 0)
        return PyErr_Format(PyExc_ValueError, "negative seek value %lld",
                            (long long)offset);
    if (!stream_enter(self))
        return NULL;
    WITHOUT_GIL(position = rill_seek(self->rill, offset, (int)whence));
    return stream_leave_with(self, position, true);
}

PyObject *stream_tell(PyObject *o, PyObject *Py_UNUSED(unused))
{
    stream *self = (stream *)o;
    int64_t position;

    if (!stream_enter(self))
        return NULL;
    WITHOUT_GIL(position = rill_tell(self->rill));
    return stream_leave_with(self, position, true);
}

/* ---- From one stream to another ----------------------------------------- */

/* Copy between two streams that were entered; raises the failure of the side
 * where it was. */
static int64_t copy_entered(rill *to, rill *from, int64_t n)
{
    int64_t copied;

    WITHOUT_GIL(copied = rill_copy(to, from, n));
    if (copied < 0)
        rillio_raise_failure(rill_failed(from, NULL) ? from : to, copied, NULL);
    return copied;
}

static int64_t copy_from_stream(stream *self, stream *source, int64_t n)
{
    stream *first = self->root < source->root ? self : source;
    stream *second = first == self ? source : self;
    int64_t copied;

    if (self->root == source->root) {
        PyErr_SetString(PyExc_ValueError, "a stream cannot copy its own bytes");
        return -1;
    }
    if (!stream_enter(first))
        return -1;
    if (!stream_enter(second)) {
        stream_leave(first);
        return -1;
    }
    copied = copy_entered(self->rill, source->rill, n);
    stream_leave(second);
    stream_leave(first);
    return copied;
}

static int64_t copy_from_file(stream *self, PyObject *source, int64_t n)
{
    rill *from = rillio_as_rill(source, "rb");
    int64_t copied;

    if (!from)
        return -1;
    if (!stream_enter(self)) {
        rill_discard(from);
        return -1;
    }
    copied = copy_entered(self->rill, from, n);
    stream_leave(self);
    if (copied < 0)
        rill_discard(from);
    else if (rillio_finish(&from) < 0)
        copied = -1;
    return copied;
}

PyObject *stream_copy(PyObject *o, PyObject *const *args, Py_ssize_t nargs,
                      PyObject *kwnames)
{
    static const char *const names[] = {"source", "size", NULL};
    static const rillio_signature signature = {"copy", names, 1, 2};
    PyObject *given[2];
    int64_t size = -1, copied;

    if (!rillio_args(&signature, args, nargs, kwnames, given))
        return NULL;
    if (given[1] && given[1] != Py_None)
        size = rillio_offset(given[1], NULL);
    if (PyErr_Occurred())
        return NULL;
    if (PyObject_TypeCheck(given[0], &rillio_Stream_type))
        copied = copy_from_stream((stream *)o, (stream *)given[0], size);
    else
        copied = copy_from_file((stream *)o, given[0], size);
    return copied < 0 ? NULL : PyLong_FromLongLong(copied);
}
