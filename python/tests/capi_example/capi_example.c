/*
 * capi_example.c - a C extension that takes any file: a path, a BytesIO, a
 * descriptor, a socket file...
 *
 * It is compiled with the directory that rillio.get_include() says, and linked
 * with nothing.
 */
#define PY_SSIZE_T_CLEAN
#include <rillio_capi.h>

/* How many lines a file has from where it stands. */
static PyObject *count_lines(PyObject *module, PyObject *file)
{
    rill *s = rillio_as_rill(file, "rb");
    Py_ssize_t count = 0;
    rill_lines it;
    rill_line line;

    (void)module;
    if (!s)
        return NULL;
    Py_BEGIN_ALLOW_THREADS rill_lines_begin(&it, s, '\n');
    while (rill_lines_next(&it, &line))
        count++;
    (void)rill_lines_end(&it); /* a failure shows in rillio_finish() too */
    Py_END_ALLOW_THREADS if (rillio_finish(s) < 0) return NULL;
    return PyLong_FromSsize_t(count);
}

/* The first line of a file, which is left behind it. */
static PyObject *first_line(PyObject *module, PyObject *file)
{
    rill *s = rillio_as_rill(file, "rb");
    const char *line;
    PyObject *result;
    ptrdiff_t len;

    (void)module;
    if (!s)
        return NULL;
    len = rill_readline(s, &line);
    result =
        len < 0 ? rillio_raise(s, len) : PyBytes_FromStringAndSize(line, len);
    if (rillio_finish(s) < 0)
        Py_CLEAR(result);
    return result;
}

/* Write numbers, one a line, to a file: write_numbers(file, mode, n). */
static PyObject *write_numbers(PyObject *module, PyObject *args)
{
    PyObject *file;
    const char *mode;
    rill *s;
    int n;

    (void)module;
    if (!PyArg_ParseTuple(args, "Osi", &file, &mode, &n))
        return NULL;
    s = rillio_as_rill(file, mode);
    if (!s)
        return NULL;
    Py_BEGIN_ALLOW_THREADS for (int i = 0; i < n; i++)
        rill_printf(s, "%d\n", i); /* a failure sticks until the end */
    Py_END_ALLOW_THREADS if (rillio_finish(s) < 0) return NULL;
    Py_RETURN_NONE;
}

/* A store of the extension's own as a file of Python: n bytes 'z'. */
struct snore {
    int64_t size;
};

static ptrdiff_t snore_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct snore *z = self;
    int64_t left = z->size - offset;

    (void)s;
    if (left <= 0)
        return 0;
    if ((int64_t)n > left)
        n = (size_t)left;
    memset(buf, 'z', n);
    return (ptrdiff_t)n;
}

static int64_t snore_size(rill *s, void *self)
{
    struct snore *z = self;

    (void)s;
    return z->size;
}

static const rill_ops snore_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct snore),
    .name = "snore",
    .read = snore_read,
    .size = snore_size,
};

static PyObject *snore(PyObject *module, PyObject *size)
{
    int64_t n = PyLong_AsLongLong(size);
    struct snore *z;
    PyObject *file;
    void *self;
    rill *s;

    (void)module;
    if (n == -1 && PyErr_Occurred())
        return NULL;
    s = rill_open_ops(&snore_ops, RILL_READ, "snore", NULL, &self);
    if (!s)
        return PyErr_NoMemory();
    z = self;
    z->size = n;
    file = rillio_from_rill(s, RILL_TAKE);
    if (!file)
        rill_discard(s);
    return file;
}

/* Call a function with a file over a stream that stays ours: what that holds
 * afterwards. */
static PyObject *lend(PyObject *module, PyObject *callback)
{
    rill *s = rill_open_mem(NULL);
    PyObject *file, *result = NULL, *value = NULL;
    const void *data;
    ptrdiff_t len;

    (void)module;
    if (!s)
        return PyErr_NoMemory();
    file = rillio_from_rill(s, RILL_BORROW);
    if (file) {
        result = PyObject_CallFunctionObjArgs(callback, file, NULL);
        if (result) {
            Py_DECREF(result);
            result = PyObject_CallMethod(file, "close", NULL);
        }
    }
    if (result) {
        len = rill_data(s, &data);
        value = PyBytes_FromStringAndSize(data, len);
    }
    Py_XDECREF(result);
    Py_XDECREF(file);
    rill_discard(s);
    return value;
}

static PyMethodDef functions[] = {
    {"count_lines", count_lines, METH_O, "How many lines a file has."},
    {"first_line", first_line, METH_O, "The first line of a file."},
    {"write_numbers", write_numbers, METH_VARARGS, "Write 0 to n - 1."},
    {"snore", snore, METH_O, "A file of n bytes 'z'."},
    {"lend", lend, METH_O, "Call with a file; what was written to it."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef example_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "capi_example",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit_capi_example(void);
PyMODINIT_FUNC PyInit_capi_example(void)
{
    if (rillio_import() < 0)
        return NULL;
    return PyModule_Create(&example_module);
}
