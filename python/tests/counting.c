/*
 * counting.c - count how often types of an extension are called and some of its
 * functions, without the extension knowing.
 *
 * What makes an object is a pointer in its type: it is replaced by a function
 * that counts, and calls what stood there. Such a function cannot be told which
 * it is, so there are some of each kind. Types that share a pointer go on doing
 * so: tp_new compares.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define EACH(X)                                                                \
    X(0)                                                                       \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) \
        X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)

enum { COUNTERS = 24 };

static unsigned long long total;
static newfunc replaced_new[COUNTERS];
static vectorcallfunc replaced_call[COUNTERS];
static _PyCFunctionFastWithKeywords replaced_function[COUNTERS];

#define COUNT(i)                                                         \
    static PyObject *new_##i(PyTypeObject *type, PyObject *args,         \
                             PyObject *kwargs)                           \
    {                                                                    \
        total++;                                                         \
        return replaced_new[i](type, args, kwargs);                      \
    }                                                                    \
    static PyObject *call_##i(PyObject *self, PyObject *const *args,     \
                              size_t nargs, PyObject *kwnames)           \
    {                                                                    \
        total++;                                                         \
        return replaced_call[i](self, args, nargs, kwnames);             \
    }                                                                    \
    static PyObject *function_##i(PyObject *self, PyObject *const *args, \
                                  Py_ssize_t nargs, PyObject *kwnames)   \
    {                                                                    \
        total++;                                                         \
        return replaced_function[i](self, args, nargs, kwnames);         \
    }
EACH(COUNT)

#define NEW(i) new_##i,
#define CALL(i) call_##i,
#define FUNCTION(i) function_##i,
static const newfunc counting_new[] = {EACH(NEW)};
static const vectorcallfunc counting_call[] = {EACH(CALL)};
static const _PyCFunctionFastWithKeywords counting_function[] = {
    EACH(FUNCTION)};

/* The place of `pointer` in a list that is filled up to the first NULL; it is
 * added if it is new. -1: raised, no room. */
#define PLACE(list, pointer, at)                                           \
    do {                                                                   \
        for (at = 0; at < COUNTERS && list[at] && list[at] != pointer;)    \
            at++;                                                          \
        if (at == COUNTERS) {                                              \
            PyErr_SetString(PyExc_IndexError, "more than can be counted"); \
            return NULL;                                                   \
        }                                                                  \
        list[at] = pointer;                                                \
    } while (0)

static PyObject *count_type(PyObject *module, PyObject *o)
{
    PyTypeObject *type = (PyTypeObject *)o;
    int at;

    (void)module;
    if (!PyType_Check(o))
        return PyErr_Format(PyExc_TypeError, "%R is no type", o);
    PLACE(replaced_new, type->tp_new, at);
    type->tp_new = counting_new[at];
    if (type->tp_vectorcall) {
        PLACE(replaced_call, type->tp_vectorcall, at);
        type->tp_vectorcall = counting_call[at];
    }
    Py_RETURN_NONE;
}

static PyObject *count_function(PyObject *module, PyObject *o)
{
    _PyCFunctionFastWithKeywords function;
    PyMethodDef *def;
    int at;

    (void)module;
    if (!PyCFunction_CheckExact(o))
        return PyErr_Format(PyExc_TypeError, "%R is no function in C", o);
    def = ((PyCFunctionObject *)o)->m_ml;
    if (def->ml_flags != (METH_FASTCALL | METH_KEYWORDS))
        return PyErr_Format(PyExc_TypeError, "%R is of another kind", o);
    function = (_PyCFunctionFastWithKeywords)(void (*)(void))def->ml_meth;
    PLACE(replaced_function, function, at);
    def->ml_meth = (PyCFunction)(void (*)(void))counting_function[at];
    Py_RETURN_NONE;
}

static PyObject *count(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromUnsignedLongLong(total);
}

static PyMethodDef functions[] = {
    {"count_type", count_type, METH_O, "Count the calls of a type."},
    {"count_function", count_function, METH_O, "Count those of a function."},
    {"count", count, METH_NOARGS, "How many there were so far."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef counting_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "counting",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit_counting(void);
PyMODINIT_FUNC PyInit_counting(void)
{
    return PyModule_Create(&counting_module);
}
