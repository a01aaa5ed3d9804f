/*
 * buffered.c - BufferedReader, BufferedWriter and BufferedRandom: their lives,
 * their states, and what is neither reading nor writing.
 *
 * All three are one C type with two capabilities, so each method exists once.
 * buffered.h says how the buffer lies over the raw stream. A lock keeps a
 * second thread out while the first is in the raw stream; what can be answered
 * out of the buffer goes on without it.
 */
#include "buffered.h"

#include <stddef.h>

/* ---- Locking ------------------------------------------------------------ */

/* At the interpreter's end the one who is inside may never come back. */
static void give_up(buffered *b)
{
    PyObject *name = PyObject_Repr((PyObject *)b);
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    char message[256];

    PyOS_snprintf(message, sizeof message,
                  "could not acquire lock for %.150s at interpreter shutdown, "
                  "possibly due to daemon threads",
                  text ? text : Py_TYPE(b)->tp_name);
    Py_FatalError(message);
}

static void wait_for_gate(buffered *b)
{
    const PY_TIMEOUT_T one_second = 1000000;
    bool ending = Py_IsFinalizing();
    PyLockStatus status;

    Py_BEGIN_ALLOW_THREADS status =
        PyThread_acquire_lock_timed(b->gate, ending ? one_second : -1, false);
    Py_END_ALLOW_THREADS if (status == PY_LOCK_ACQUIRED) b->signalled = false;
    else give_up(b);
}

static bool make_gate(buffered *b)
{
    b->gate = PyThread_allocate_lock();
    if (!b->gate) {
        PyErr_SetString(PyExc_RuntimeError, "can't allocate read lock");
        return false;
    }
    PyThread_acquire_lock(b->gate, WAIT_LOCK);
    return true;
}

bool buffered_enter_busy(buffered *b)
{
    if (b->owner == PyThread_get_thread_ident()) {
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %R", b);
        return false;
    }
    if (!b->gate && !make_gate(b))
        return false;
    b->waiting++;
    while (b->held)
        wait_for_gate(b);
    b->waiting--;
    b->held = true;
    b->owner = PyThread_get_thread_ident();
    return true;
}

/* Let one of those who wait try. */
void buffered_wake(buffered *b)
{
    if (!b->signalled) {
        b->signalled = true;
        PyThread_release_lock(b->gate);
    }
}

/* ---- States ------------------------------------------------------------- */

bool buffered_not_ready(const buffered *b)
{
    PyErr_SetString(PyExc_ValueError,
                    b->detached ? "raw stream has been detached"
                                : "I/O operation on uninitialized object");
    return false;
}

bool buffered_is_closed(buffered *b)
{
    PyObject *raw;
    int closed;

    if (!b->data)
        return true;
    if (b->raw &&
        (rillio_fileio_is_fresh(b->raw) || rillio_fileio_fd(b->raw) >= 0))
        return false;
    raw = buffered_raw(b);
    if (!raw)
        return true;
    closed = rillio_is_closed(raw);
    Py_DECREF(raw);
    return closed != 0;
}

/* raw.name() */
static PyObject *call_raw(PyObject *self, PyObject *name)
{
    PyObject *raw, *answer;

    if (!buffered_check_ready((buffered *)self))
        return NULL;
    raw = buffered_raw((buffered *)self);
    if (!raw)
        return NULL;
    answer = PyObject_CallMethodNoArgs(raw, name);
    Py_DECREF(raw);
    return answer;
}

#define CALL_RAW(name)                                                    \
    static PyObject *raw_##name(PyObject *self, PyObject *Py_UNUSED(arg)) \
    {                                                                     \
        return call_raw(self, RILLIO_NAME(name));                         \
    }
CALL_RAW(fileno)
CALL_RAW(flush)
CALL_RAW(isatty)
CALL_RAW(readable)
CALL_RAW(seekable)
CALL_RAW(writable)

/* raw.name; `closure` is where the name is. */
static PyObject *get_from_raw(PyObject *self, void *closure)
{
    PyObject *raw, *value;

    if (!buffered_check_ready((buffered *)self))
        return NULL;
    raw = buffered_raw((buffered *)self);
    if (!raw)
        return NULL;
    value = PyObject_GetAttr(raw, *(PyObject **)closure);
    Py_DECREF(raw);
    return value;
}

/* ---- Making ------------------------------------------------------------- */

/* Whether `raw` can do what is asked of it: in the order that io asks. */
static bool can_all(PyObject *raw, bool readable, bool writable)
{
    return (!(readable && writable) ||
            rillio_check_can(raw, RILLIO_NAME(seekable),
                             "File or stream is not seekable.")) &&
           (!readable || rillio_check_can(raw, RILLIO_NAME(readable),
                                          "File or stream is not readable.")) &&
           (!writable || rillio_check_can(raw, RILLIO_NAME(writable),
                                          "File or stream is not writable."));
}

static bool make_buffer(buffered *b, Py_ssize_t size)
{
    if (size <= 0) {
        PyErr_SetString(PyExc_ValueError,
                        "buffer size must be strictly positive");
        return false;
    }
    b->data = NULL;
    Py_XSETREF(b->memory, PyBytes_FromStringAndSize(NULL, size));
    if (!b->memory)
        return false;
    b->data = PyBytes_AS_STRING(b->memory);
    b->size = size;
    return true;
}

/* __init__(), alone inside; an object may be made anew. */
static bool set_up(buffered *b, PyObject *raw, Py_ssize_t size, bool readable,
                   bool writable)
{
    b->ready = b->detached = false;
    if (!can_all(raw, readable, writable))
        return false;
    Py_XSETREF(b->raw, Py_NewRef(raw));
    b->readable = readable;
    b->writable = writable;
    buffered_drop_read(b);
    buffered_drop_dirty(b);
    b->pos = b->raw_at = 0;
    b->seekable_fd = -1;
    if (!make_buffer(b, size))
        return false;
    if (rillio_fileio_is_fresh(raw))
        b->raw_pos = 0;
    else if (buffered_raw_tell(b) < 0)
        PyErr_Clear(); /* what cannot tell need not */
    b->ready = true;
    return true;
}

/* Before 3.10 a float was refused in words of its own. */
static bool is_refused(PyObject *arg)
{
    if (!PyFloat_Check(arg) || RILLIO_SINCE(10))
        return false;
    PyErr_SetString(PyExc_TypeError, "integer argument expected, got float");
    return true;
}

bool buffered_integer_arg(PyObject *arg, Py_ssize_t *out)
{
    PyObject *index = is_refused(arg) ? NULL : PyNumber_Index(arg);

    if (!index)
        return false;
    *out = PyLong_AsSsize_t(index);
    Py_DECREF(index);
    return *out != -1 || !PyErr_Occurred();
}

/* `arguments` are raw and buffer_size (NULL: the default). */
static bool init(PyObject *self, PyObject *const *arguments, bool readable,
                 bool writable)
{
    buffered *b = (buffered *)self;
    Py_ssize_t size = rillio_state.buffer_size;
    bool made;

    if ((arguments[1] && !buffered_integer_arg(arguments[1], &size)) ||
        !buffered_enter(b))
        return false;
    made = set_up(b, arguments[0], size, readable, writable);
    buffered_leave(b);
    return made;
}

static const char *const parameters[] = {"raw", "buffer_size", NULL};

/*
 * Each class is made in two ways: by tp_init, which subclasses and repeated
 * __init__() go through, and at once by a call of exactly the class.
 */
#define MAKING(class, readable, writable)                                      \
    static const rillio_signature class##_signature = {#class, parameters, 1,  \
                                                       2};                     \
                                                                               \
    static int class##_init(PyObject *self, PyObject *args, PyObject *kwargs)  \
    {                                                                          \
        PyObject *values[2];                                                   \
                                                                               \
        return rillio_init_args(&class##_signature, args, kwargs, values) &&   \
                       init(self, values, readable, writable)                  \
                   ? 0                                                         \
                   : -1;                                                       \
    }                                                                          \
                                                                               \
    static PyObject *class##_call(PyObject *type, PyObject *const *args,       \
                                  size_t nargsf, PyObject *kwnames)            \
    {                                                                          \
        PyObject *values[2], *self;                                            \
                                                                               \
        if (!rillio_args(&class##_signature, args, PyVectorcall_NARGS(nargsf), \
                         kwnames, values))                                     \
            return NULL;                                                       \
        self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);      \
        if (self && !init(self, values, readable, writable))                   \
            Py_CLEAR(self);                                                    \
        return self;                                                           \
    }
MAKING(BufferedReader, true, false)
MAKING(BufferedWriter, false, true)
MAKING(BufferedRandom, true, true)

/* ---- Unmaking ----------------------------------------------------------- */

static void warn_of_raw(buffered *b, PyObject *source)
{
    if (b->ready && b->raw)
        rillio_dealloc_warn(b->raw, source);
}

static PyObject *buffered_dealloc_warn(PyObject *self, PyObject *source)
{
    warn_of_raw((buffered *)self, source);
    Py_RETURN_NONE;
}

/* The raw stream closes, whatever the flush came to; the data is gone. */
static PyObject *close_raw(buffered *b)
{
    PyObject *raw = buffered_raw(b), *answer = NULL;

    if (raw)
        answer = PyObject_CallMethodNoArgs(raw, RILLIO_NAME(close));
    Py_XDECREF(raw);
    b->data = NULL;
    Py_CLEAR(b->memory);
    buffered_drop_dirty(b);
    b->pos = 0;
    if (b->readable)
        b->read_end = 0;
    return answer;
}

/* Flush by the method flush(), which may be a subclass's, then close. If both
 * fail, the first exception is the second's context. */
static PyObject *flush_and_close(buffered *b)
{
    PyObject *flushed, *closed, *type, *value, *traceback;

    flushed = PyObject_CallMethodNoArgs((PyObject *)b, RILLIO_NAME(flush));
    PyErr_Fetch(&type, &value, &traceback);
    if (!buffered_enter(b)) {
        Py_XDECREF(flushed);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return NULL;
    }
    closed = close_raw(b);
    buffered_leave(b);
    if (!flushed) {
        rillio_chain(type, value, traceback);
        Py_CLEAR(closed);
    }
    Py_XDECREF(flushed);
    return closed;
}

static PyObject *buffered_close(PyObject *self, PyObject *Py_UNUSED(unused))
{
    buffered *b = (buffered *)self;
    PyObject *raw;
    int closed;

    if (!buffered_check_ready(b) || !buffered_enter(b))
        return NULL;
    raw = buffered_raw(b);
    closed = raw ? rillio_is_closed(raw) : -1;
    Py_XDECREF(raw);
    if (closed == 0 && b->finalizing)
        warn_of_raw(b, self);
    buffered_leave(b);
    if (closed != 0)
        return closed < 0 ? NULL : Py_NewRef(Py_None);
    return flush_and_close(b);
}

static PyObject *buffered_detach(PyObject *self, PyObject *Py_UNUSED(unused))
{
    buffered *b = (buffered *)self;
    PyObject *flushed, *raw;

    if (!buffered_check_ready(b))
        return NULL;
    flushed = PyObject_CallMethodNoArgs(self, RILLIO_NAME(flush));
    if (!flushed)
        return NULL;
    Py_DECREF(flushed);
    raw = buffered_raw(b);
    if (!raw)
        return NULL;
    Py_CLEAR(b->raw);
    b->ready = false;
    b->detached = true;
    return raw;
}

static void buffered_dealloc(PyObject *self)
{
    buffered *b = (buffered *)self;

    b->finalizing = 1;
    if (!rillio_finalized(self))
        return;
    PyObject_GC_UnTrack(self);
    b->ready = false;
    rillio_clear_head((rillio_object *)self);
    Py_CLEAR(b->raw);
    Py_CLEAR(b->memory);
    if (b->gate)
        PyThread_free_lock(b->gate);
    Py_TYPE(self)->tp_free(self);
}

static int buffered_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((buffered *)self)->raw);
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int buffered_clear(PyObject *self)
{
    buffered *b = (buffered *)self;

    b->ready = false;
    Py_CLEAR(b->raw);
    Py_CLEAR(b->dict);
    return 0;
}

/* ---- Position ----------------------------------------------------------- */

/* A position as it is told: 3.13 no longer shows that the raw stream was moved
 * behind the buffer's back. */
static PyObject *told(int64_t position)
{
    if (position < 0 && RILLIO_SINCE(13))
        position = 0;
    return PyLong_FromLongLong(position);
}

/* a - b, wrapped where the program asks for it. */
static int64_t minus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static PyObject *buffered_tell(PyObject *self, PyObject *Py_UNUSED(unused))
{
    buffered *b = (buffered *)self;
    int64_t position;

    if (!buffered_check_ready(b))
        return NULL;
    position = buffered_raw_tell(b);
    return position < 0 ? NULL : told(minus(position, buffered_raw_ahead(b)));
}

/* Go to where the buffer has the data of, if it has. */
static bool seek_in_buffer(buffered *b, int64_t target, int whence,
                           int64_t *position)
{
    Py_ssize_t ahead = buffered_ahead(b);

    if (!b->readable || whence > SEEK_CUR || ahead <= 0)
        return false;
    if (whence == SEEK_SET)
        target = minus(target, b->raw_pos - buffered_raw_ahead(b));
    if (target < -b->pos || target > ahead)
        return false;
    b->pos += (Py_ssize_t)target;
    *position = b->raw_pos - ahead + target;
    return true;
}

static PyObject *seek_inside(buffered *b, int64_t target, int whence)
{
    int64_t position;

    if (b->writable && !buffered_flush_dirty(b))
        return NULL;
    if (whence == SEEK_CUR)
        target = minus(target, buffered_raw_ahead(b));
    position = buffered_raw_seek(b, target, whence);
    if (position < 0)
        return NULL;
    b->raw_at = -1;
    buffered_drop_read(b);
    return PyLong_FromLongLong(position);
}

/* Ask the raw stream; a FileIO once. */
static bool can_seek(buffered *b)
{
    int fd = buffered_raw_fd(b, RILLIO_NAME(seekable));
    PyObject *raw;
    bool can;

    if (fd >= 0 && fd == b->seekable_fd)
        return true;
    raw = buffered_raw(b);
    if (!raw)
        return false;
    can = rillio_check_can(raw, RILLIO_NAME(seekable),
                           "File or stream is not seekable.");
    Py_DECREF(raw);
    if (can)
        b->seekable_fd = fd;
    return can;
}

static bool whence_is_known(int whence)
{
    switch (whence) {
    case SEEK_SET:
    case SEEK_CUR:
    case SEEK_END:
#ifdef SEEK_DATA
    case SEEK_DATA:
    case SEEK_HOLE:
#endif
        return true;
    default:
        PyErr_Format(PyExc_ValueError, "whence value %d unsupported", whence);
        return false;
    }
}

static PyObject *buffered_seek(PyObject *self, PyObject *const *args,
                               Py_ssize_t nargs)
{
    buffered *b = (buffered *)self;
    int64_t target, position;
    int whence = SEEK_SET;
    PyObject *result;

    if (!rillio_count_args("seek", nargs, 1, 2) ||
        (nargs > 1 &&
         (is_refused(args[1]) || !rillio_int_arg(args[1], &whence))) ||
        !buffered_check_ready(b) || !whence_is_known(whence) ||
        !buffered_check_open(b, "seek of closed file") || !can_seek(b))
        return NULL;
    target = rillio_offset(args[0], PyExc_ValueError);
    if (target == -1 && PyErr_Occurred())
        return NULL;
    if (seek_in_buffer(b, target, whence, &position))
        return told(position);
    if (!buffered_enter(b))
        return NULL;
    result = seek_inside(b, target, whence);
    buffered_leave(b);
    return result;
}

static PyObject *truncate_inside(buffered *b, PyObject *size)
{
    PyObject *raw, *answer;

    if (!buffered_flush_and_rewind(b))
        return NULL;
    raw = buffered_raw(b);
    if (!raw)
        return NULL;
    answer = PyObject_CallMethodOneArg(raw, RILLIO_NAME(truncate), size);
    Py_DECREF(raw);
    if (answer && buffered_raw_tell(b) < 0)
        PyErr_Clear();
    return answer;
}

/* Since 3.12 the same mistake is told in other words. */
static bool count_truncate_args(Py_ssize_t nargs)
{
    if (nargs <= 1 || !RILLIO_SINCE(12))
        return rillio_count_args("truncate", nargs, 0, 1);
    PyErr_Format(PyExc_TypeError,
                 "truncate() takes at most 1 argument (%zd given)", nargs);
    return false;
}

static PyObject *buffered_truncate(PyObject *self, PyObject *const *args,
                                   Py_ssize_t nargs)
{
    buffered *b = (buffered *)self;
    PyObject *result;

    if (!count_truncate_args(nargs) || !buffered_check_ready(b) ||
        !buffered_check_open(b, "truncate of closed file"))
        return NULL;
    if (!b->writable)
        return rillio_unsupported("truncate");
    if (!buffered_enter(b))
        return NULL;
    result = truncate_inside(b, nargs > 0 ? args[0] : Py_None);
    buffered_leave(b);
    return result;
}

/* ---- What it looks like ------------------------------------------------- */

static PyObject *repr_with_name(PyObject *self, PyObject *name)
{
    const char *type = Py_TYPE(self)->tp_name;
    PyObject *text = NULL;
    int status = Py_ReprEnter(self);

    if (status > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__",
                     type);
    if (status == 0) {
        text = PyUnicode_FromFormat("<%s name=%R>", type, name);
        Py_ReprLeave(self);
    }
    return text;
}

static PyObject *buffered_repr(PyObject *self)
{
    PyObject *name = NULL, *text;

    if (PyObject_GetOptionalAttr(self, RILLIO_NAME(name), &name) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return NULL;
        PyErr_Clear();
    }
    if (!name)
        return PyUnicode_FromFormat("<%s>", Py_TYPE(self)->tp_name);
    text = repr_with_name(self, name);
    Py_DECREF(name);
    return text;
}

static PyObject *buffered_sizeof(PyObject *self, PyObject *Py_UNUSED(unused))
{
    buffered *b = (buffered *)self;

    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize +
                              (b->data ? b->size : 0));
}

/* ---- The classes -------------------------------------------------------- */

#if PY_VERSION_HEX >= 0x030c0000 /* before, object's own refuse */
#define PICKLE_METHODS                                        \
    {"__reduce__", rillio_cannot_pickle, METH_VARARGS,        \
     PyDoc_STR("Raise TypeError.")},                          \
        {"__reduce_ex__", rillio_cannot_pickle, METH_VARARGS, \
         PyDoc_STR("Raise TypeError.")},
#else
#define PICKLE_METHODS
#endif

#define COMMON_METHODS                                                     \
    {"close", buffered_close, METH_NOARGS,                                 \
     PyDoc_STR("close($self, /)\n--\n\n"                                   \
               "Flush, and close the raw stream, even if that fails.")},   \
        {"detach", buffered_detach, METH_NOARGS,                           \
         PyDoc_STR("detach($self, /)\n--\n\n"                              \
                   "Flush, and give the raw stream back.\n\n"              \
                   "The buffered object is unusable afterwards.")},        \
        {"fileno", raw_fileno, METH_NOARGS,                                \
         PyDoc_STR("fileno($self, /)\n--\n\n"                              \
                   "The file descriptor of the raw stream.")},             \
        {"isatty", raw_isatty, METH_NOARGS,                                \
         PyDoc_STR("isatty($self, /)\n--\n\n"                              \
                   "Whether the raw stream is a terminal.")},              \
        {"seek", FASTCALL(buffered_seek),                                  \
         PyDoc_STR("seek($self, target, whence=0, /)\n--\n\n"              \
                   "Go to another position, and return it.")},             \
        {"seekable", raw_seekable, METH_NOARGS,                            \
         PyDoc_STR("seekable($self, /)\n--\n\n"                            \
                   "Whether the raw stream can be moved in.")},            \
        {"tell", buffered_tell, METH_NOARGS,                               \
         PyDoc_STR("tell($self, /)\n--\n\nThe current position.")},        \
        {"truncate", FASTCALL(buffered_truncate),                          \
         PyDoc_STR(                                                        \
             "truncate($self, pos=None, /)\n--\n\n"                        \
             "Set the size of the file to `pos`, by default the current\n" \
             "position, which stays as it is. Return the new size.")},     \
        {"_dealloc_warn", buffered_dealloc_warn, METH_O,                   \
         PyDoc_STR("_dealloc_warn($self, source, /)\n--\n\n"               \
                   "Warn that `source` was never closed.")},               \
        {"__sizeof__", buffered_sizeof, METH_NOARGS,                       \
         PyDoc_STR("__sizeof__($self, /)\n--\n\n"                          \
                   "Bytes of memory, the buffer's included.")},            \
        PICKLE_METHODS

#define READ_METHODS                                                          \
    {"peek", FASTCALL(buffered_peek),                                         \
     PyDoc_STR(                                                               \
         "peek($self, size=0, /)\n--\n\n"                                     \
         "Bytes that come next, without going on: what is buffered, or\n"     \
         "what one read of the raw stream brings.")},                         \
        {"read", FASTCALL(buffered_read),                                     \
         PyDoc_STR(                                                           \
             "read($self, size=-1, /)\n--\n\n"                                \
             "Read `size` bytes, or all up to the end.\n\n"                   \
             "Less only at the end, or where the raw stream would block:\n"   \
             "None then, if there is nothing at all.")},                      \
        {"read1", FASTCALL(buffered_read1),                                   \
         PyDoc_STR(                                                           \
             "read1($self, size=-1, /)\n--\n\n"                               \
             "Read up to `size` bytes with at most one read of the raw\n"     \
             "stream: only what is buffered, if anything is.")},              \
        {"readable", raw_readable, METH_NOARGS,                               \
         PyDoc_STR("readable($self, /)\n--\n\n"                               \
                   "Whether the raw stream can be read.")},                   \
        {"readinto", buffered_readinto, METH_O,                               \
         PyDoc_STR("readinto($self, buffer, /)\n--\n\n"                       \
                   "Fill `buffer`, and return how many bytes that took.")},   \
        {"readinto1", buffered_readinto1, METH_O,                             \
         PyDoc_STR(                                                           \
             "readinto1($self, buffer, /)\n--\n\n"                            \
             "Read into `buffer` with at most one read of the raw stream.")}, \
        {"readline", FASTCALL(buffered_readline),                             \
         PyDoc_STR("readline($self, size=-1, /)\n--\n\n"                      \
                   "Read a line, its end included; at most `size` bytes.")},

#define WRITE_METHODS                                      \
    {"writable", raw_writable, METH_NOARGS,                \
     PyDoc_STR("writable($self, /)\n--\n\n"                \
               "Whether the raw stream can be written.")}, \
        {"write", buffered_write, METH_O,                  \
         PyDoc_STR("write($self, buffer, /)\n--\n\n"       \
                   "Write bytes, and return how many: all of them.")},

#define FLUSH_METHOD(function)           \
    {"flush", function, METH_NOARGS,     \
     PyDoc_STR("flush($self, /)\n--\n\n" \
               "Write out what is buffered.")},

static PyMethodDef reader_methods[] = {
    COMMON_METHODS READ_METHODS FLUSH_METHOD(raw_flush){NULL}};

static PyMethodDef writer_methods[] = {
    COMMON_METHODS WRITE_METHODS FLUSH_METHOD(buffered_flush){NULL}};

static PyMethodDef random_methods[] = {COMMON_METHODS READ_METHODS WRITE_METHODS
                                           FLUSH_METHOD(buffered_flush){NULL}};

static PyMemberDef members[] = {
    {"raw", T_OBJECT, offsetof(buffered, raw), READONLY,
     PyDoc_STR("The stream below the buffer.")},
    {"_finalizing", T_BOOL, offsetof(buffered, finalizing), 0, NULL},
    {NULL},
};

static PyGetSetDef getset[] = {
    {"closed", get_from_raw, NULL, PyDoc_STR("Whether it is closed."),
     &RILLIO_NAME(closed)},
    {"name", get_from_raw, NULL, PyDoc_STR("The name of the raw stream."),
     &RILLIO_NAME(name)},
    {"mode", get_from_raw, NULL, PyDoc_STR("The mode of the raw stream."),
     &RILLIO_NAME(mode)},
    {NULL},
};

/* What the three have in common. */
#define SLOTS(class, methods)                                                  \
    .tp_basicsize = sizeof(buffered),                                          \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, \
    .tp_new = PyType_GenericNew, .tp_init = class##_init,                      \
    .tp_vectorcall = class##_call, .tp_dealloc = buffered_dealloc,             \
    .tp_traverse = buffered_traverse, .tp_clear = buffered_clear,              \
    .tp_repr = buffered_repr,                                                  \
    .tp_weaklistoffset = offsetof(buffered, weakrefs),                         \
    .tp_dictoffset = offsetof(buffered, dict), .tp_methods = methods,          \
    .tp_members = members, .tp_getset = getset

PyTypeObject rillio_BufferedReader_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.BufferedReader",
    SLOTS(BufferedReader, reader_methods),
    .tp_iternext = buffered_iternext,
    .tp_doc =
        PyDoc_STR("BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n"
                  "A buffer over a raw stream that can be read."),
};

PyTypeObject rillio_BufferedWriter_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.BufferedWriter",
    SLOTS(BufferedWriter, writer_methods),
    .tp_doc =
        PyDoc_STR("BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n"
                  "A buffer over a raw stream that can be written."),
};

PyTypeObject rillio_BufferedRandom_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.BufferedRandom",
    SLOTS(BufferedRandom, random_methods),
    .tp_iternext = buffered_iternext,
    .tp_doc = PyDoc_STR(
        "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n"
        "A buffer over a raw stream that can be read, written and moved in."),
};
