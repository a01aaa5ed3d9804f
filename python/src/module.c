/*
 * module.c - the extension rillio._rillio: its state, its types, and the few
 * functions that every class needs.
 *
 * What is taken from the real io when the module is made, is taken once and
 * held: the exception that programs catch by name, and the lookup of codecs,
 * for at the interpreter's end nothing can be imported any more.
 */
#include "capi.h"

#include <errno.h>

struct rillio_state rillio_state;

/* ---- Arguments and errors ----------------------------------------------- */

PyObject *rillio_unsupported(const char *message)
{
    PyErr_SetString(rillio_state.UnsupportedOperation, message);
    return NULL;
}

bool rillio_size(PyObject *arg, Py_ssize_t missing, Py_ssize_t *size_out)
{
    if (!arg || arg == Py_None) {
        *size_out = missing;
        return true;
    }
    if (PyLong_CheckExact(arg)) { /* nearly always */
        *size_out = PyLong_AsSsize_t(arg);
        if (*size_out != -1 || !PyErr_Occurred())
            return true;
        PyErr_Clear(); /* the message below is the one for sizes */
    }
    if (!PyIndex_Check(arg)) {
        PyErr_Format(PyExc_TypeError,
                     "argument should be integer or None, not '%.200s'",
                     Py_TYPE(arg)->tp_name);
        return false;
    }
    *size_out = PyNumber_AsSsize_t(arg, PyExc_OverflowError);
    return *size_out != -1 || !PyErr_Occurred();
}

int64_t rillio_offset(PyObject *arg, PyObject *overflow)
{
    PyObject *index = PyNumber_Index(arg);
    int beyond;
    int64_t value;

    if (!index)
        return -1;
    value = PyLong_AsLongLongAndOverflow(index, &beyond);
    Py_DECREF(index);
    if (!beyond)
        return value;
    if (!overflow)
        return beyond < 0 ? INT64_MIN : INT64_MAX;
    PyErr_Format(overflow, "cannot fit '%.200s' into an offset-sized integer",
                 Py_TYPE(arg)->tp_name);
    return -1;
}

bool rillio_was_interrupted(void)
{
    PyObject *type, *value, *traceback, *number = NULL;
    bool interrupted = false;

    if (!PyErr_ExceptionMatches(PyExc_OSError))
        return false;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    number = PyObject_GetAttr(value, RILLIO_NAME(errno));
    if (number && PyLong_Check(number))
        interrupted = PyLong_AsLong(number) == EINTR;
    PyErr_Clear();
    Py_XDECREF(number);
    if (!interrupted) {
        PyErr_Restore(type, value, traceback);
        return false;
    }
    Py_DECREF(type);
    Py_DECREF(value);
    Py_XDECREF(traceback);
    return true;
}

bool rillio_writable_buffer(const char *function, PyObject *arg,
                            Py_buffer *view)
{
    if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) == 0)
        return true;
    PyErr_Format(
        PyExc_TypeError,
        "%s() argument must be read-write bytes-like object, not %.50s",
        function, arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return false;
}

PyObject *rillio_join(PyObject *pieces)
{
    return PyObject_CallMethodOneArg(rillio_state.empty_bytes,
                                     RILLIO_NAME(join), pieces);
}

int rillio_system_flag(const char *name)
{
    PyObject *flags = PySys_GetObject("flags"), *value;
    int truth;

    if (!flags)
        return 0;
    value = PyObject_GetAttrString(flags, name);
    if (!value)
        return -1;
    truth = PyObject_IsTrue(value);
    Py_DECREF(value);
    return truth;
}

/* OSError of what the system answered the stream, or of what the code says. */
static void raise_system_error(rill *s, int64_t code)
{
    rill_error e = {0};

    if (s)
        rill_failed(s, &e);
    if (e.os_error) {
        errno = e.os_error;
        PyErr_SetFromErrno(PyExc_OSError);
    } else {
        PyErr_SetString(PyExc_OSError, rill_strerror((int)code));
    }
}

PyObject *rillio_raise(rill *s, int64_t code)
{
    switch (code) {
    case RILL_ENOMEM:
        return PyErr_NoMemory();
    case RILL_EBUSY:
        PyErr_SetString(PyExc_BufferError,
                        "Existing exports of data: object cannot be re-sized");
        return NULL;
    case RILL_EINVAL:
        PyErr_SetString(PyExc_ValueError, rill_strerror(RILL_EINVAL));
        return NULL;
    case RILL_ERANGE:
        PyErr_SetString(PyExc_OverflowError, rill_strerror(RILL_ERANGE));
        return NULL;
    case RILL_EEOF:
        PyErr_SetString(PyExc_EOFError, rill_strerror(RILL_EEOF));
        return NULL;
    case RILL_ENOTSUP:
        return rillio_unsupported(rill_strerror(RILL_ENOTSUP));
    default: /* the store's: EIO, ENOSPC, EAGAIN, ELIMIT, EDATA */
        raise_system_error(s, code);
        return NULL;
    }
}

void rillio_chain(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyObject *later_type, *later, *later_traceback;

    if (!type)
        return;
    if (!PyErr_Occurred()) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    PyErr_Fetch(&later_type, &later, &later_traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyErr_NormalizeException(&later_type, &later, &later_traceback);
    if (traceback) {
        PyException_SetTraceback(value, traceback);
        Py_DECREF(traceback);
    }
    Py_DECREF(type);
    if (value == later)
        Py_DECREF(value);
    else
        PyException_SetContext(later, value); /* takes it */
    PyErr_Restore(later_type, later, later_traceback);
}

/* ---- The module --------------------------------------------------------- */

/* Every type, with what it derives from: bases first. */
static const struct {
    const char *name;
    PyTypeObject *type, *base;
} types[] = {
    {"_IOBase", &rillio_IOBase_type, &PyBaseObject_Type},
    {"_RawIOBase", &rillio_RawIOBase_type, &rillio_IOBase_type},
    {"_BufferedIOBase", &rillio_BufferedIOBase_type, &rillio_IOBase_type},
    {"_TextIOBase", &rillio_TextIOBase_type, &rillio_IOBase_type},
    {"FileIO", &rillio_FileIO_type, &rillio_RawIOBase_type},
    {"Stream", &rillio_Stream_type, &rillio_RawIOBase_type},
    {"_BytesIOBuffer", &rillio_BytesIOBuffer_type, &PyBaseObject_Type},
    {"BytesIO", &rillio_BytesIO_type, &rillio_BufferedIOBase_type},
    {"BufferedReader", &rillio_BufferedReader_type,
     &rillio_BufferedIOBase_type},
    {"BufferedWriter", &rillio_BufferedWriter_type,
     &rillio_BufferedIOBase_type},
    {"BufferedRandom", &rillio_BufferedRandom_type,
     &rillio_BufferedIOBase_type},
    {"BufferedRWPair", &rillio_BufferedRWPair_type,
     &rillio_BufferedIOBase_type},
    {"IncrementalNewlineDecoder", &rillio_IncrementalNewlineDecoder_type,
     &PyBaseObject_Type},
    {"StringIO", &rillio_StringIO_type, &rillio_TextIOBase_type},
    {"TextIOWrapper", &rillio_TextIOWrapper_type, &rillio_TextIOBase_type},
};

static bool add(PyObject *module, const char *name, PyObject *value)
{
    if (!value || PyModule_AddObject(module, name, Py_NewRef(value)) < 0) {
        Py_XDECREF(value);
        return false;
    }
    return true;
}

static bool add_types(PyObject *module)
{
    /* Since then it looks at arguments and at abstract methods. */
    if (RILLIO_SINCE(12))
        rillio_IOBase_type.tp_new = PyBaseObject_Type.tp_new;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        types[i].type->tp_base = types[i].base;
        if (PyType_Ready(types[i].type) < 0 ||
            !add(module, types[i].name, (PyObject *)types[i].type))
            return false;
    }
    return true;
}

/* An attribute of a module that has been or can be imported. */
static PyObject *import_from(const char *module_name, const char *name)
{
    PyObject *module = PyImport_ImportModule(module_name), *value = NULL;

    if (module)
        value = PyObject_GetAttrString(module, name);
    Py_XDECREF(module);
    return value;
}

static bool intern_names(void)
{
#define INTERN(name)                                                     \
    if (!(rillio_state.name_##name = PyUnicode_InternFromString(#name))) \
        return false;
    RILLIO_NAMES(INTERN)
#undef INTERN
    return true;
}

static bool make_constants(void)
{
    struct rillio_state *state = &rillio_state;
    PyObject *hexversion = PySys_GetObject("hexversion"), *size;

    if (!hexversion)
        return false;
    state->version = (long)(PyLong_AsUnsignedLongMask(hexversion) >> 16);
    size = import_from("io", "DEFAULT_BUFFER_SIZE");
    if (!size)
        return false;
    state->buffer_size = PyLong_AsSsize_t(size);
    Py_DECREF(size);
    state->UnsupportedOperation = import_from("io", "UnsupportedOperation");
    state->codecs_lookup = import_from("codecs", "lookup");
    state->empty_bytes = PyBytes_FromStringAndSize(NULL, 0);
    state->empty_str = PyUnicode_New(0, 0);
    state->zero = PyLong_FromLong(0);
    return state->buffer_size > 0 && state->UnsupportedOperation &&
           state->codecs_lookup && state->empty_bytes && state->empty_str &&
           state->zero;
}

static bool fill(PyObject *module)
{
    return intern_names() && make_constants() && add_types(module) &&
           rillio_add_capi(module) &&
           PyModule_AddFunctions(module, rillio_open_functions) == 0 &&
           PyModule_AddStringConstant(module, "__version__", rill_version()) ==
               0 &&
           PyModule_AddIntConstant(module, "DEFAULT_BUFFER_SIZE",
                                   (long)rillio_state.buffer_size) == 0 &&
           add(module, "UnsupportedOperation",
               rillio_state.UnsupportedOperation) &&
           add(module, "BlockingIOError", PyExc_BlockingIOError);
}

static PyModuleDef rillio_module = {
    PyModuleDef_HEAD_INIT, .m_name = "rillio._rillio",
    .m_doc = "What rillio is made of: see the package.",
    .m_size = -1, /* its state is global: one copy in a process */
};

PyMODINIT_FUNC PyInit__rillio(void);
PyMODINIT_FUNC PyInit__rillio(void)
{
    PyObject *module = PyModule_Create(&rillio_module);

    if (module && !fill(module))
        Py_CLEAR(module);
    return module;
}
