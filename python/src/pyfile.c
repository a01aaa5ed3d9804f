/*
 * pyfile.c - a store whose bytes are a Python file's: any object with read() or
 * write().
 *
 * It may be called from any thread, with or without the GIL: each operation
 * takes it. C code can make nothing of an exception, so the store keeps it and
 * says a code; who ends the stream (rillio_finish()) raises it again. No memory
 * of the caller is shown to the object, which might keep it: bytes are passed
 * in both directions, one copy more than readinto() would cost.
 */
#include "capi.h"

#include <errno.h>
#include <string.h>

#include <rill/ops.h>

struct pyfile {
    PyObject *file;
    PyObject *read; /* its read1(), read() or readinto(); NULL: cannot */
    bool into;      /* that is readinto() */
    PyObject *write;
    bool raw;   /* write() that returns None wrote nothing */
    int64_t at; /* where the file itself stands */
    rillio_exception kept, *report;
};

static const rill_ops pipe_ops, seekable_ops;

static struct pyfile *pyfile_of(rill *s)
{
    struct pyfile *f = rill_self(s, &pipe_ops);
    return f ? f : rill_self(s, &seekable_ops);
}

/* ---- Exceptions --------------------------------------------------------- */

void rillio_exception_clear(rillio_exception *e)
{
    Py_CLEAR(e->type);
    Py_CLEAR(e->value);
    Py_CLEAR(e->traceback);
}

bool rillio_pyfile_raise(rill *s, int64_t code)
{
    struct pyfile *f = pyfile_of(s);
    rillio_exception *e = f ? f->report : NULL;

    if (!e || !e->type || (rill_failed(s, NULL) != code && e->code != code))
        return false;
    /* A failure that sticks is raised again each time. */
    PyErr_Restore(Py_NewRef(e->type), Py_NewRef(e->value),
                  Py_XNewRef(e->traceback));
    return true;
}

void rillio_pyfile_report_to(rill *s, rillio_exception *where)
{
    struct pyfile *f = pyfile_of(s);

    if (!f)
        return;
    if (!where)
        where = &f->kept;
    if (where == f->report)
        return;
    *where = *f->report;
    *f->report = (rillio_exception){0};
    f->report = where;
}

int rillio_pyfile_traverse(rill *s, visitproc visit, void *arg)
{
    struct pyfile *f = pyfile_of(s);

    if (!f)
        return 0;
    Py_VISIT(f->file);
    Py_VISIT(f->read);
    Py_VISIT(f->write);
    Py_VISIT(f->kept.value);
    Py_VISIT(f->kept.traceback);
    return 0;
}

/* The code of an OSError, which also carries its errno. */
static int os_error_code(PyObject *exception)
{
    PyObject *number = PyObject_GetAttr(exception, RILLIO_NAME(errno));
    long err = number && PyLong_Check(number) ? PyLong_AsLong(number) : 0;

    PyErr_Clear();
    Py_XDECREF(number);
    return err > 0 && err < 4096 ? RILL_OS_ERROR((int)err) : RILL_EIO;
}

/* Keep the pending exception. Returns the code that stands for it. */
static int failed(struct pyfile *f)
{
    rillio_exception *e = f->report;
    int code = RILL_EIO;

    if (rillio_was_interrupted() && PyErr_CheckSignals() == 0)
        return RILL_EINTR;
    rillio_exception_clear(e);
    if (PyErr_ExceptionMatches(PyExc_MemoryError))
        code = RILL_ENOMEM;
    else if (PyErr_ExceptionMatches(rillio_state.UnsupportedOperation))
        code = RILL_ENOTSUP;
    PyErr_Fetch(&e->type, &e->value, &e->traceback);
    PyErr_NormalizeException(&e->type, &e->value, &e->traceback);
    if (e->traceback)
        PyException_SetTraceback(e->value, e->traceback);
    if (code == RILL_EIO &&
        PyErr_GivenExceptionMatches(e->value, PyExc_OSError))
        code = os_error_code(e->value);
    return e->code = code;
}

/* ---- Operations --------------------------------------------------------- */

/* Look for a method: 1, 0 if the file does not have it, -1 raised. */
static int find(PyObject *file, PyObject *name, PyObject **method_out)
{
    PyObject *method = PyObject_GetAttr(file, name);

    if (method) {
        *method_out = method;
        return 1;
    }
    if (!PyErr_ExceptionMatches(PyExc_AttributeError))
        return -1;
    PyErr_Clear();
    return 0;
}

/* Call seek(), or tell() where that returns nothing: where the file stands, or
 * -1 raised. */
static int64_t seek_file(struct pyfile *f, int64_t offset, int whence)
{
    PyObject *moved =
        PyObject_CallMethod(f->file, "seek", "Li", (long long)offset, whence);

    if (moved == Py_None) {
        Py_DECREF(moved);
        moved = PyObject_CallMethodNoArgs(f->file, RILLIO_NAME(tell));
    }
    if (!moved)
        return -1;
    f->at = rillio_offset(moved, PyExc_OverflowError);
    Py_DECREF(moved);
    if (f->at < 0 && !PyErr_Occurred())
        PyErr_SetString(PyExc_OSError, "the file is at a negative position");
    return f->at;
}

static bool go_to(struct pyfile *f, rill *s, int64_t offset)
{
    return f->at == offset || !rill_seekable(s) ||
           seek_file(f, offset, RILL_SEEK_SET) >= 0;
}

/* What read() gave, into the caller's memory: how much, or -1 raised. */
static Py_ssize_t take_bytes(PyObject *data, void *buf, size_t n)
{
    Py_buffer view;
    Py_ssize_t len;

    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError,
                     "read() should have returned bytes, not '%.200s'",
                     Py_TYPE(data)->tp_name);
        return -1;
    }
    len = view.len;
    if ((size_t)len > n) {
        PyErr_Format(PyExc_ValueError, "read(%zu) returned %zd bytes", n, len);
        len = -1;
    } else if (len > 0) {
        memcpy(buf, view.buf, (size_t)len);
    }
    PyBuffer_Release(&view);
    return len;
}

/* readinto() a bytearray: how much came into the caller's memory. */
static Py_ssize_t read_into(struct pyfile *f, void *buf, size_t n)
{
    PyObject *room = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)n);
    PyObject *count = NULL;
    Py_ssize_t len = -1;

    if (room)
        count = PyObject_CallOneArg(f->read, room);
    if (count == Py_None)
        len = RILLIO_WOULD_BLOCK;
    else if (count)
        len = PyNumber_AsSsize_t(count, PyExc_ValueError);
    if (len > PyByteArray_GET_SIZE(room) || (len < -1 && count != Py_None)) {
        PyErr_Format(PyExc_ValueError, "readinto() returned %zd", len);
        len = -1;
    } else if (len > 0) {
        memcpy(buf, PyByteArray_AS_STRING(room), (size_t)len);
    } else if (len == -1 && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "readinto() returned -1");
    }
    Py_XDECREF(count);
    Py_XDECREF(room);
    return len;
}

static Py_ssize_t read_bytes(struct pyfile *f, void *buf, size_t n)
{
    PyObject *size = PyLong_FromSize_t(n), *data = NULL;
    Py_ssize_t len = -1;

    if (size)
        data = PyObject_CallOneArg(f->read, size);
    if (data == Py_None)
        len = RILLIO_WOULD_BLOCK;
    else if (data)
        len = take_bytes(data, buf, n);
    Py_XDECREF(data);
    Py_XDECREF(size);
    return len;
}

static ptrdiff_t pyfile_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct pyfile *f = self;
    ptrdiff_t got = -1;

    if (n > PY_SSIZE_T_MAX)
        n = PY_SSIZE_T_MAX;
    if (go_to(f, s, offset))
        got = f->into ? read_into(f, buf, n) : read_bytes(f, buf, n);
    if (got == -1)
        got = failed(f);
    else if (got == RILLIO_WOULD_BLOCK)
        got = RILL_EAGAIN;
    else
        f->at += got;
    PyGILState_Release(gil);
    return got;
}

/* How much write() says that it took; -1 raised. */
static Py_ssize_t count_written(struct pyfile *f, PyObject *result, size_t n)
{
    Py_ssize_t len;

    if (result == Py_None)
        return f->raw ? RILLIO_WOULD_BLOCK : (Py_ssize_t)n;
    len = PyNumber_AsSsize_t(result, PyExc_ValueError);
    if (len == -1 && PyErr_Occurred())
        return -1;
    if (len >= 0 && (size_t)len <= n)
        return len > 0 ? len : RILLIO_WOULD_BLOCK;
    PyErr_Format(PyExc_ValueError, "write() of %zu bytes returned %zd", n, len);
    return -1;
}

static ptrdiff_t pyfile_write(rill *s, void *self, const void *buf, size_t n,
                              int64_t offset)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct pyfile *f = self;
    PyObject *data = NULL, *result = NULL;
    ptrdiff_t took = -1;

    if (n > PY_SSIZE_T_MAX)
        n = PY_SSIZE_T_MAX;
    if (go_to(f, s, offset))
        data = PyBytes_FromStringAndSize(buf, (Py_ssize_t)n);
    if (data)
        result = PyObject_CallOneArg(f->write, data);
    if (result)
        took = count_written(f, result, n);
    if (took == -1)
        took = failed(f);
    else if (took == RILLIO_WOULD_BLOCK)
        took = RILL_EAGAIN;
    else
        f->at += took;
    Py_XDECREF(result);
    Py_XDECREF(data);
    PyGILState_Release(gil);
    return took;
}

static int64_t pyfile_size(rill *s, void *self)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    int64_t size = seek_file(self, 0, RILL_SEEK_END);

    (void)s;
    if (size < 0)
        size = failed(self);
    PyGILState_Release(gil);
    return size;
}

static int pyfile_truncate(rill *s, void *self, int64_t size)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct pyfile *f = self;
    PyObject *result =
        PyObject_CallMethod(f->file, "truncate", "L", (long long)size);
    int rc = result ? RILL_OK : failed(f);

    (void)s;
    Py_XDECREF(result);
    PyGILState_Release(gil);
    return rc;
}

/* Call its flush(), if it has one: 0 or a code. */
static int flush_file(struct pyfile *f)
{
    PyObject *method, *result = NULL;
    int found = find(f->file, RILLIO_NAME(flush), &method);

    if (found > 0) {
        result = PyObject_CallNoArgs(method);
        Py_DECREF(method);
    }
    if (found < 0 || (found && !result))
        return failed(f);
    Py_XDECREF(result);
    return RILL_OK;
}

/* Leave the file where the stream stands, and have it written out. */
static int pyfile_flush(rill *s, void *self, int64_t offset)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct pyfile *f = self;
    int rc = RILL_OK;

    if (!go_to(f, s, offset))
        rc = failed(f);
    else if (rill_writable(s))
        rc = flush_file(f);
    PyGILState_Release(gil);
    return rc;
}

static void release(struct pyfile *f)
{
    rillio_exception_clear(&f->kept);
    Py_CLEAR(f->read);
    Py_CLEAR(f->write);
    Py_CLEAR(f->file);
}

static int pyfile_close(rill *s, void *self)
{
    PyGILState_STATE gil = PyGILState_Ensure();

    (void)s;
    release(self);
    PyGILState_Release(gil);
    return RILL_OK;
}

static const rill_ops pipe_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct pyfile),
    .name = "python",
    .read = pyfile_read,
    .write = pyfile_write,
    .flush = pyfile_flush,
    .close = pyfile_close,
};

static const rill_ops seekable_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct pyfile),
    .name = "python",
    .read = pyfile_read,
    .write = pyfile_write,
    .size = pyfile_size,
    .truncate = pyfile_truncate,
    .flush = pyfile_flush,
    .close = pyfile_close,
};

/* ---- Opening ------------------------------------------------------------ */

/* Ask a method that says what the file can do: 1, 0, -1 raised; `missing` where
 * the file does not have it. */
static int ask(PyObject *file, PyObject *name, int missing)
{
    PyObject *method, *answer;
    int yes = find(file, name, &method);

    if (yes <= 0)
        return yes < 0 ? -1 : missing;
    answer = PyObject_CallNoArgs(method);
    yes = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    Py_DECREF(method);
    return yes;
}

/* Whether the file can be read, or written: else raised. */
static bool can(PyObject *file, PyObject *question, const char *message)
{
    int yes = ask(file, question, 1);

    if (yes == 0)
        rillio_unsupported(message);
    return yes > 0;
}

static bool raise_no_file(PyObject *o, const char *what_for)
{
    PyErr_Format(PyExc_TypeError,
                 "expected a path, a descriptor or a file to %s, not '%.200s'",
                 what_for, Py_TYPE(o)->tp_name);
    return false;
}

/* Find the method to read by: read1() returns what is there, of a file with a
 * buffer; read() of all others; some only have readinto(). */
static bool find_read(struct pyfile *f)
{
    PyObject *names[] = {RILLIO_NAME(read1), RILLIO_NAME(read),
                         RILLIO_NAME(readinto)};
    int found = 0;

    for (int i = 0; i < 3 && found == 0; i++) {
        f->into = i == 2;
        found = find(f->file, names[i], &f->read);
    }
    if (found == 0)
        return raise_no_file(f->file, "read");
    return found > 0 && can(f->file, RILLIO_NAME(readable),
                            "File or stream is not readable.");
}

static bool find_write(struct pyfile *f)
{
    int found = find(f->file, RILLIO_NAME(write), &f->write);

    if (found == 0)
        return raise_no_file(f->file, "write");
    return found > 0 && can(f->file, RILLIO_NAME(writable),
                            "File or stream is not writable.");
}

/* Whether it is a raw file of either module; -1 raised. */
static int is_raw(PyObject *file)
{
    PyObject *io = PyImport_ImportModule("io"), *base = NULL;
    int raw = -1;

    if (io)
        base = PyObject_GetAttrString(io, "RawIOBase");
    if (base)
        raw = PyObject_IsInstance(file, base);
    Py_XDECREF(base);
    Py_XDECREF(io);
    return raw;
}

/* Fill in what is known of the file before there is a stream over it: whether
 * it can seek, or -1 raised. */
static int look_at(struct pyfile *f, int access)
{
    int raw, seekable;

    if ((access & RILL_READ && !find_read(f)) ||
        (access & RILL_WRITE && !find_write(f)))
        return -1;
    raw = is_raw(f->file);
    seekable = raw < 0 ? -1 : ask(f->file, RILLIO_NAME(seekable), 0);
    if (seekable > 0 && seek_file(f, 0, RILL_SEEK_CUR) < 0)
        return -1;
    f->raw = raw;
    return seekable;
}

/* The file's name, for messages; NULL if it has none that is a string. */
static PyObject *name_of(PyObject *file)
{
    PyObject *name = PyObject_GetAttr(file, RILLIO_NAME(name));

    if (!name)
        PyErr_Clear();
    else if (!PyUnicode_Check(name) || !PyUnicode_AsUTF8(name)) {
        PyErr_Clear();
        Py_CLEAR(name);
    }
    return name;
}

rill *rillio_open_pyfile(PyObject *file, int access)
{
    struct pyfile known = {.file = Py_NewRef(file)}, *f;
    int seekable = look_at(&known, access);
    PyObject *name;
    void *self;
    rill *s = NULL;

    if (seekable >= 0) {
        name = name_of(file);
        s = rill_open_ops(seekable ? &seekable_ops : &pipe_ops, access,
                          name ? PyUnicode_AsUTF8(name) : NULL, NULL, &self);
        Py_XDECREF(name);
        if (!s)
            PyErr_NoMemory();
    }
    if (!s) {
        release(&known);
        return NULL;
    }
    f = self;
    *f = known;
    f->report = &f->kept;
    if (seekable)
        rill_start_at(s, f->at);
    return s;
}
