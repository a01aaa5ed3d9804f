/*
 * buffered_raw.c - the raw stream below a buffer: any Python object, or a file.
 *
 * For an object the method is called and its answer checked. It gets a view of
 * our memory, and may keep it: so the view holds the memory, through an object
 * of its own. For exactly a FileIO the system is called instead; from outside
 * there is no difference.
 */
#include "buffered.h"

#include <errno.h>

/* ---- Memory that outlives the call -------------------------------------- */

/* A piece of another object's memory. */
typedef struct {
    PyObject_HEAD Py_buffer hold; /* keeps it alive and in place */
    char *data;
    Py_ssize_t size;
    bool readonly;
} window;

static void window_dealloc(PyObject *self)
{
    PyBuffer_Release(&((window *)self)->hold);
    PyObject_Free(self);
}

static int window_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    window *w = (window *)self;

    return PyBuffer_FillInfo(view, self, w->data, w->size, w->readonly, flags);
}

static PyBufferProcs window_buffer = {.bf_getbuffer = window_getbuffer};

static PyTypeObject window_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio._Window",
    .tp_doc = PyDoc_STR("Memory of a buffered stream."),
    .tp_basicsize = sizeof(window),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = window_dealloc,
    .tp_as_buffer = &window_buffer,
};

/* A memoryview of `n` bytes at `data`, which are memory of `keeper`. */
static PyObject *view_of(char *data, Py_ssize_t n, bool readonly,
                         PyObject *keeper)
{
    PyObject *view;
    window *w;

    if (!window_type.tp_dict && PyType_Ready(&window_type) < 0)
        return NULL;
    w = PyObject_New(window, &window_type);
    if (!w)
        return NULL;
    w->data = data;
    w->size = n;
    w->readonly = readonly;
    if (PyObject_GetBuffer(keeper, &w->hold, PyBUF_SIMPLE) < 0) {
        PyObject_Free(w);
        return NULL;
    }
    view = PyMemoryView_FromObject((PyObject *)w);
    Py_DECREF(w);
    return view;
}

/* ---- Calls -------------------------------------------------------------- */

PyObject *buffered_raw(const buffered *b)
{
    if (b->raw)
        return Py_NewRef(b->raw);
    buffered_not_ready(b);
    return NULL;
}

int buffered_raw_fd(const buffered *b, PyObject *name)
{
    int fd = b->raw ? rillio_fileio_fd(b->raw) : -1;
    PyObject *dict;

    if (fd < 0)
        return -1;
    dict = ((rillio_object *)b->raw)->dict; /* may hide the method */
    if (dict && PyDict_GET_SIZE(dict) > 0 && PyDict_Contains(dict, name))
        return -1;
    return fd;
}

/* raw.name(view), again while a signal interrupts it. */
static PyObject *call_with_view(buffered *b, PyObject *name, char *data,
                                Py_ssize_t n, bool readonly, PyObject *keeper)
{
    PyObject *raw = buffered_raw(b), *view, *answer = NULL;

    if (!raw)
        return NULL;
    view = view_of(data, n, readonly, keeper);
    if (view) {
        do {
            errno = 0;
            answer = PyObject_CallMethodOneArg(raw, name, view);
            b->raw_errno = errno;
        } while (!answer && rillio_was_interrupted());
        Py_DECREF(view);
    }
    Py_DECREF(raw);
    return answer;
}

static Py_ssize_t invalid_length(const char *method, Py_ssize_t got,
                                 Py_ssize_t n)
{
    PyErr_Format(PyExc_OSError,
                 "raw %s() returned invalid length %zd "
                 "(should have been between 0 and %zd)",
                 method, got, n);
    return -1;
}

/* Raise OSError, caused by what is raised. */
static Py_ssize_t readinto_failed(void)
{
    PyObject *type, *cause, *traceback, *value;

    PyErr_Fetch(&type, &cause, &traceback);
    PyErr_NormalizeException(&type, &cause, &traceback);
    if (traceback)
        PyException_SetTraceback(cause, traceback);
    Py_DECREF(type);
    Py_XDECREF(traceback);
    PyErr_SetString(PyExc_OSError, "raw readinto() failed");
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyException_SetCause(value, Py_NewRef(cause));
    PyException_SetContext(value, cause);
    PyErr_Restore(type, value, traceback);
    return -1;
}

static Py_ssize_t object_read(buffered *b, char *data, Py_ssize_t n,
                              PyObject *keeper)
{
    PyObject *answer =
        call_with_view(b, RILLIO_NAME(readinto), data, n, false, keeper);
    Py_ssize_t got;

    if (!answer)
        return -1;
    if (answer == Py_None) {
        Py_DECREF(answer);
        return RILLIO_WOULD_BLOCK;
    }
    got = PyNumber_AsSsize_t(answer, PyExc_ValueError);
    Py_DECREF(answer);
    if (got == -1 && PyErr_Occurred() && RILLIO_SINCE(10))
        return readinto_failed();
    return got < 0 || got > n ? invalid_length("readinto", got, n) : got;
}

static Py_ssize_t object_write(buffered *b, const char *data, Py_ssize_t n,
                               PyObject *keeper)
{
    PyObject *answer =
        call_with_view(b, RILLIO_NAME(write), (char *)data, n, true, keeper);
    Py_ssize_t put;

    if (!answer)
        return -1;
    if (answer == Py_None) {
        Py_DECREF(answer);
        return RILLIO_WOULD_BLOCK;
    }
    put = PyNumber_AsSsize_t(answer, PyExc_ValueError);
    Py_DECREF(answer);
    return put < 0 || put > n ? invalid_length("write", put, n) : put;
}

Py_ssize_t buffered_raw_read(buffered *b, char *data, Py_ssize_t n,
                             PyObject *keeper)
{
    int fd = buffered_raw_fd(b, RILLIO_NAME(readinto));
    Py_ssize_t got =
        fd >= 0 ? rillio_fd_read(fd, data, n) : object_read(b, data, n, keeper);

    if (got > 0)
        b->raw_pos += got;
    return got;
}

Py_ssize_t buffered_raw_write(buffered *b, const char *data, Py_ssize_t n,
                              PyObject *keeper)
{
    int fd = buffered_raw_fd(b, RILLIO_NAME(write));
    Py_ssize_t put;

    if (fd >= 0) {
        put = rillio_fd_write(fd, data, n);
        b->raw_errno = EAGAIN; /* matters only where it would block */
    } else {
        put = object_write(b, data, n, keeper);
    }
    if (put > 0)
        b->raw_pos += put;
    return put;
}

/* Check the position that a method of the raw stream answered: steals it. */
static int64_t arrived(buffered *b, PyObject *answer)
{
    int64_t position;

    if (!answer)
        return -1;
    position = rillio_offset(answer, PyExc_ValueError);
    Py_DECREF(answer);
    if (position >= 0) {
        b->raw_pos = position;
        return position;
    }
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_OSError, "Raw stream returned invalid position %lld",
                     (long long)position);
    return -1;
}

static PyObject *object_seek(const buffered *b, int64_t offset, int whence)
{
    PyObject *raw = buffered_raw(b), *answer = NULL;
    PyObject *target = PyLong_FromLongLong(offset);
    PyObject *from = PyLong_FromLong(whence);

    if (raw && target && from)
        answer = PyObject_CallMethodObjArgs(raw, RILLIO_NAME(seek), target,
                                            from, NULL);
    Py_XDECREF(raw);
    Py_XDECREF(target);
    Py_XDECREF(from);
    return answer;
}

int64_t buffered_raw_seek(buffered *b, int64_t offset, int whence)
{
    int fd = buffered_raw_fd(b, RILLIO_NAME(seek));
    int64_t position;

    if (fd < 0)
        return arrived(b, object_seek(b, offset, whence));
    position = rillio_fd_seek(fd, offset, whence);
    if (position >= 0)
        b->raw_pos = position;
    return position;
}

int64_t buffered_raw_tell(buffered *b)
{
    int fd = buffered_raw_fd(b, RILLIO_NAME(tell));
    int64_t position;
    PyObject *raw, *answer;

    if (fd >= 0) {
        position = rillio_fd_seek(fd, 0, SEEK_CUR);
        if (position >= 0)
            b->raw_pos = position;
        return position;
    }
    raw = buffered_raw(b);
    if (!raw)
        return -1;
    answer = PyObject_CallMethodNoArgs(raw, RILLIO_NAME(tell));
    Py_DECREF(raw);
    return arrived(b, answer);
}
