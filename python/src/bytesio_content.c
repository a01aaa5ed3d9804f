/*
 * bytesio_content.c - where the content of a BytesIO is, and how it moves.
 *
 * See bytesio.h for the places. Moving it is put off until a change needs it;
 * letting go of what was shared comes last in each function here, since that
 * may run anything.
 */
#include "bytesio.h"

#include <string.h>

enum {
    RELEASE_FROM = 1024 * 1024 /* memory of this much is not kept for later */
};

/* ---- Looking ------------------------------------------------------------ */

bool bytesio_raise_closed(void)
{
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return false;
}

bool bytesio_may_change(bytesio *self)
{
    if (!bytesio_is_open(self))
        return false;
    if (self->exports > 0)
        rillio_raise(NULL, RILL_EBUSY);
    return self->exports == 0;
}

void bytesio_settle(bytesio *self)
{
    Py_ssize_t before = self->stream->position;
    Py_ssize_t position = bytesio_stream_look(self->stream);

    if (self->writing || position != before)
        self->pos = position;
    self->writing = false;
}

static bool is_own(const bytesio *self)
{
    return self->streamed && !self->shared;
}

/* Whether it is shared with nobody any more, so that it may be changed. (On a
 * Python without the GIL that cannot be told so easily.) */
static bool is_ours_alone(PyObject *bytes)
{
#ifdef Py_GIL_DISABLED
    (void)bytes;
    return false;
#else
    return bytes && PyBytes_CheckExact(bytes) && Py_REFCNT(bytes) == 1 &&
           PyBytes_GET_SIZE(bytes) > 1; /* the shorter ones are Python's */
#endif
}

/* ---- Moving the content ------------------------------------------------- */

/* Go on without the stream's content, at its position. */
static void leave_stream(bytesio *self)
{
    bytesio_stream *stream = self->stream;
    bool own = is_own(self);

    if (!self->streamed)
        return;
    self->pos = bytesio_position(self);
    self->streamed = false;
    if (own && self->exports == 0) {
        bytesio_stream_empty(stream);
    } else {
        self->stream = NULL;
        bytesio_stream_free(stream);
    }
}

static bool move_content(bytesio *self, size_t keep, size_t room)
{
    PyObject *shared = self->shared;
    bytesio_stream *stream = self->streamed ? NULL : self->stream;
    const char *data;
    size_t len = (size_t)bytesio_look(self, &data);

    if (self->lent) {
        rillio_raise(NULL, RILL_EBUSY);
        return false;
    }
    if (!stream)
        stream = bytesio_stream_new();
    if (!stream)
        return false;
    if (keep >= len && is_ours_alone(shared)) {
        bytesio_stream_adopt(stream, shared);
        shared = NULL;
    } else if (!bytesio_stream_fill(stream, data, len < keep ? len : keep,
                                    room)) {
        if (stream != self->stream)
            bytesio_stream_free(stream);
        return false;
    }
    leave_stream(self); /* that of a view */
    self->stream = stream;
    self->streamed = true;
    self->shared = NULL;
    Py_XDECREF(shared);
    return true;
}

bool bytesio_own(bytesio *self, size_t keep, size_t room)
{
    while (!is_own(self)) {
        if (!bytesio_is_open(self) || !move_content(self, keep, room))
            return false;
    }
    self->given = false;
    return true;
}

void bytesio_start(bytesio *self, PyObject *bytes)
{
    PyObject *shared = self->shared;

    leave_stream(self);
    self->pos = 0;
    self->given = false;
    self->shared = Py_XNewRef(bytes);
    Py_XDECREF(shared);
}

/* Read what is at `data`, which `shared` keeps there, through a stream. */
static bool open_view(bytesio *self, const void *data, Py_ssize_t len)
{
    bytesio_stream *stream = bytesio_stream_view(data, len);

    if (!stream)
        return false;
    if (self->stream)
        bytesio_stream_free(self->stream);
    self->stream = stream;
    self->streamed = true;
    return true;
}

bool bytesio_start_over(bytesio *self, PyObject *view)
{
    const Py_buffer *buffer = PyMemoryView_GET_BUFFER(view);

    bytesio_start(self, NULL);
    if (!open_view(self, buffer->buf, buffer->len))
        return false;
    self->shared = Py_NewRef(view);
    return true;
}

void bytesio_leave_to_views(bytesio *self)
{
    if (self->lent || self->readonly)
        return; /* to whom it is lent, and to whom it was given, it stays */
    self->stream = NULL;
    self->streamed = false;
    self->pos = 0;
}

/* ---- Changing it -------------------------------------------------------- */

static bool change_failed(bytesio *self, int64_t code)
{
    rill_clear(self->stream->s);
    bytesio_settle(self);
    if (code == RILL_ERANGE)
        PyErr_SetString(PyExc_OverflowError, "new buffer size too large");
    else
        rillio_raise(NULL, code);
    return false;
}

/* Write to the stream; the next write will find its window open. */
static bool write_on(bytesio *self, const void *data, size_t n)
{
    rill *s = self->stream->s;
    ptrdiff_t r;

    if (!self->writing && rill_tell(s) != self->pos)
        rill_seek(s, self->pos, RILL_SEEK_SET);
    self->writing = true;
    r = rill_write(s, data, n);
    return r > 0 || change_failed(self, r);
}

/* Where writes and questions for the value take turns, what is written goes
 * behind the value at once. */
static bool extend_value(bytesio *self, const void *data, size_t n)
{
    Py_ssize_t len = PyBytes_GET_SIZE(self->shared);

    if (!bytesio_resize_bytes(&self->shared, len + (Py_ssize_t)n))
        return false;
    memcpy(PyBytes_AS_STRING(self->shared) + len, data, n);
    self->pos = len + (Py_ssize_t)n;
    self->given = false;
    return true;
}

bool bytesio_write_slow(bytesio *self, const void *data, size_t n)
{
    Py_ssize_t left;
    const char *old;

    if (!bytesio_may_change(self))
        return false;
    if (n == 0)
        return true;
    if (self->writing)
        return write_on(self, data, n);
    left = bytesio_look(self, &old) - self->pos;
    if (left == 0 && self->given && is_ours_alone(self->shared) &&
        n < (size_t)(PY_SSIZE_T_MAX / 2 - self->pos))
        return extend_value(self, data, n);
    if (!is_own(self) && (!bytesio_own(self, SIZE_MAX, (size_t)self->pos + n) ||
                          !bytesio_may_change(self)))
        return false;
    left = self->stream->len - self->pos;
    if (left > 0 && n <= (size_t)left) {
        memcpy(self->stream->data + self->pos, data, n);
        self->pos += (Py_ssize_t)n;
        return true;
    }
    return write_on(self, data, n);
}

bool bytesio_cut(bytesio *self, Py_ssize_t size)
{
    const char *data;
    Py_ssize_t len = bytesio_look(self, &data), position = self->pos;
    int rc;

    if (size >= len)
        return true;
    if (size == 0 && (!is_own(self) || len >= RELEASE_FROM)) {
        bytesio_start(self, NULL);
        self->pos = position;
        return true;
    }
    if (!bytesio_own(self, (size_t)size, 0))
        return false;
    rc = rill_truncate(self->stream->s, size);
    if (rc < 0)
        return change_failed(self, rc);
    bytesio_settle(self);
    return true;
}

/* ---- Its value ---------------------------------------------------------- */

PyObject *bytesio_value(bytesio *self)
{
    const char *data;
    Py_ssize_t len;

    if (self->shared && PyBytes_CheckExact(self->shared)) {
        self->given = true;
        return Py_NewRef(self->shared);
    }
    len = bytesio_look(self, &data);
    if (!is_own(self) || len <= 1 || self->exports > 0)
        return PyBytes_FromStringAndSize(data, len);
    self->shared = bytesio_stream_take(self->stream);
    self->streamed = self->shared == NULL;
    self->given = true;
    return Py_XNewRef(self->shared);
}

/* ---- Loans to C code ---------------------------------------------------- */

bool rillio_bytesio_own(PyObject *object)
{
    bytesio *self = (bytesio *)object;

    return bytesio_may_change(self) && bytesio_own(self, SIZE_MAX, 0);
}

rill *rillio_bytesio_stream(PyObject *object)
{
    bytesio *self = (bytesio *)object;
    const char *data;
    Py_ssize_t len;
    rill *s;

    if (!bytesio_may_change(self))
        return NULL;
    len = bytesio_look(self, &data);
    /* A view's position cannot be beyond its end. */
    if (!self->shared || self->pos > len) {
        if (!bytesio_own(self, SIZE_MAX, 0))
            return NULL;
    } else if (!self->streamed && !open_view(self, data, len)) {
        return NULL;
    }
    s = self->stream->s;
    rill_seek(s, self->pos, RILL_SEEK_SET);
    self->stream->position = self->pos;
    self->exports++;
    self->lent++;
    return s;
}

void rillio_bytesio_return(PyObject *object)
{
    bytesio *self = (bytesio *)object;

    bytesio_settle(self);
    self->exports--;
    self->lent--;
    if (self->shared && PyBytes_CheckExact(self->shared))
        leave_stream(self);
}
