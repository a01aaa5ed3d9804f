/*
 * bytesio_views.c - a BytesIO's content in place: views of it, and over others.
 *
 * A view is a memoryview over an object made for it, which counts for the
 * BytesIO and for the stream that it sees. The stream is remembered in the view
 * itself: BytesIO.__init__() starts a new one without waiting for views, and
 * the last view of the old one closes it.
 */
#include "bytesio.h"

typedef struct {
    PyObject_HEAD bytesio *source;
} bytesio_buffer;

/* ---- The object between a memoryview and a BytesIO ---------------------- */

/* Fill in a view of content that others may see too: it is read-only. */
static int get_constant(bytesio_buffer *self, Py_buffer *view, int flags)
{
    const char *data;
    Py_ssize_t len = bytesio_look(self->source, &data);

    return PyBuffer_FillInfo(view, (PyObject *)self, (void *)(uintptr_t)data,
                             len, 1, flags);
}

/* Fill in a view of the stream's own memory. */
static int get_writable(bytesio_buffer *self, Py_buffer *view, int flags)
{
    bytesio *source = self->source;
    ptrdiff_t len;
    void *data;
    rill *s;

    if (!bytesio_own(source, SIZE_MAX, 0))
        return -1;
    (void)bytesio_position(source); /* no writes will follow */
    s = source->stream->s;
    len = rill_getbuffer(s, &data);
    if (len < 0) {
        rillio_raise(s, len);
        return -1;
    }
    if (PyBuffer_FillInfo(view, (PyObject *)self, data, len, 0, flags) < 0) {
        rill_releasebuffer(s);
        return -1;
    }
    view->internal = source->stream;
    return 0;
}

static int buffer_get(bytesio_buffer *self, Py_buffer *view, int flags)
{
    bytesio *source = self->source;
    int rc;

    if (!view) {
        PyErr_SetString(PyExc_BufferError, "a view needs a Py_buffer");
        return -1;
    }
    view->obj = NULL;
    if (!bytesio_is_open(source))
        return -1;
    rc = source->readonly ? get_constant(self, view, flags)
                          : get_writable(self, view, flags);
    if (rc == 0)
        source->exports++;
    return rc;
}

static void buffer_release(bytesio_buffer *self, Py_buffer *view)
{
    bytesio_stream *stream = view->internal;

    self->source->exports--;
    if (!stream)
        return;
    rill_releasebuffer(stream->s);
    if (stream != self->source->stream)
        bytesio_stream_free(stream);
}

static int buffer_traverse(bytesio_buffer *self, visitproc visit, void *arg)
{
    Py_VISIT(self->source);
    return 0;
}

/* One that was freed waits for the next view. */
static bytesio_buffer *spare;

static void buffer_dealloc(bytesio_buffer *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->source);
    if (spare)
        PyObject_GC_Del(self);
    else
        spare = self;
}

static bytesio_buffer *buffer_new(bytesio *source)
{
    PyTypeObject *type = &rillio_BytesIOBuffer_type;
    bytesio_buffer *self = spare;

    if (self)
        PyObject_Init((PyObject *)self, type);
    else
        self = PyObject_GC_New(bytesio_buffer, type);
    if (!self)
        return NULL;
    spare = NULL;
    self->source = (bytesio *)Py_NewRef((PyObject *)source);
    PyObject_GC_Track(self);
    return self;
}

static PyBufferProcs buffer_procs = {
    .bf_getbuffer = (getbufferproc)buffer_get,
    .bf_releasebuffer = (releasebufferproc)buffer_release,
};

PyTypeObject rillio_BytesIOBuffer_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio._BytesIOBuffer",
    .tp_basicsize = sizeof(bytesio_buffer),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "What a view of a BytesIO's content holds on to.",
    .tp_as_buffer = &buffer_procs,
    .tp_traverse = (traverseproc)buffer_traverse,
    .tp_dealloc = (destructor)buffer_dealloc,
};

/* ---- Views -------------------------------------------------------------- */

static PyObject *view_of(bytesio *source)
{
    bytesio_buffer *buffer = buffer_new(source);
    PyObject *view;

    if (!buffer)
        return NULL;
    view = PyMemoryView_FromObject((PyObject *)buffer);
    Py_DECREF(buffer);
    return view;
}

PyObject *bytesio_getbuffer(bytesio *self, PyObject *unused)
{
    (void)unused;
    return bytesio_is_open(self) ? view_of(self) : NULL;
}

/* Give the content of one BytesIO to another, which has none; its stream, that
 * waits for some, is given for it. */
static void hand_over(bytesio *from, bytesio *to)
{
    bytesio_stream *waiting = to->stream;

    to->pos = bytesio_position(from);
    to->stream = from->stream;
    to->streamed = from->streamed;
    to->shared = from->shared;
    from->pos = 0;
    from->stream = waiting;
    from->streamed = false;
    from->shared = NULL;
}

/* The content goes to a BytesIO that nobody has but the view of it. */
PyObject *bytesio_take(bytesio *self, PyObject *unused)
{
    PyTypeObject *type = &rillio_BytesIO_type;
    bytesio *taken;
    PyObject *view;

    (void)unused;
    taken = (bytesio *)type->tp_alloc(type, 0);
    if (!taken || !bytesio_may_change(self)) {
        Py_XDECREF(taken);
        return NULL;
    }
    taken->readonly = true;
    hand_over(self, taken);
    view = view_of(taken);
    if (!view) {
        bytesio_start(self, NULL);
        hand_over(taken, self);
    }
    Py_DECREF(taken);
    return view;
}

/* ---- Over the memory of others ------------------------------------------ */

/* A view of `buffer` that is in one piece. */
static PyObject *pin(PyObject *buffer)
{
    PyObject *view = PyMemoryView_FromObject(buffer);

    if (view && !PyBuffer_IsContiguous(PyMemoryView_GET_BUFFER(view), 'C')) {
        Py_CLEAR(view);
        PyErr_SetString(PyExc_BufferError, "buffer is not C-contiguous");
    }
    return view;
}

PyObject *bytesio_over(PyTypeObject *type, PyObject *buffer)
{
    PyObject *self, *view = pin(buffer);

    if (!view)
        return NULL;
    self = PyObject_CallNoArgs((PyObject *)type);
    if (self && !PyObject_TypeCheck(self, &rillio_BytesIO_type)) {
        Py_CLEAR(self);
        PyErr_SetString(PyExc_TypeError, "over() needs a class of BytesIO");
    }
    if (self && !bytesio_may_change((bytesio *)self))
        Py_CLEAR(self);
    if (self && !bytesio_start_over((bytesio *)self, view))
        Py_CLEAR(self);
    Py_DECREF(view);
    return self;
}
