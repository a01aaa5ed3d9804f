/*
 * args.c - the arguments of functions, sorted into the order of their names.
 *
 * Two ways lead here: a C array followed by a tuple of keywords (vectorcall),
 * and a tuple and a dict (tp_init). Both become a struct call, from which each
 * parameter takes what is its own; what nobody took is the caller's mistake.
 * Which mistake is reported first, and in what words, is visible to programs:
 * as CPython's own functions do it.
 */
#include "rillio.h"

struct call {
    PyObject *const *args;
    Py_ssize_t nargs;
    PyObject *kwnames; /* a tuple, their values behind `args`; or NULL */
    PyObject *kwargs;  /* a dict, or NULL */
    Py_ssize_t nkeywords;
};

static bool is_named(PyObject *key, const char *name)
{
    return PyUnicode_Check(key) &&
           PyUnicode_CompareWithASCIIString(key, name) == 0;
}

/* What was given by keyword as `name`: borrowed, NULL if nothing was. */
static PyObject *keyword(const struct call *call, const char *name)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;

    if (call->kwnames) {
        for (; at < call->nkeywords; at++)
            if (is_named(PyTuple_GET_ITEM(call->kwnames, at), name))
                return call->args[call->nargs + at];
        return NULL;
    }
    while (call->kwargs && PyDict_Next(call->kwargs, &at, &key, &value))
        if (is_named(key, name))
            return value;
    return NULL;
}

static const char *plural(Py_ssize_t n)
{
    return n == 1 ? "" : "s";
}

static bool count_is_right(const rillio_signature *s, const struct call *call)
{
    Py_ssize_t given = call->nargs + call->nkeywords, all = 0;

    while (s->names[all])
        all++;
    if (given > all)
        PyErr_Format(PyExc_TypeError,
                     "%s() takes at most %zd %sargument%s (%zd given)",
                     s->function, all, call->nargs == 0 ? "keyword " : "",
                     plural(all), given);
    else if (call->nargs > s->positional && s->positional == 0)
        PyErr_Format(PyExc_TypeError, "%s() takes no positional arguments",
                     s->function);
    else if (call->nargs > s->positional)
        PyErr_Format(PyExc_TypeError,
                     "%s() takes %s %d positional argument%s (%zd given)",
                     s->function,
                     s->required < s->positional ? "at most" : "exactly",
                     s->positional, plural(s->positional), call->nargs);
    else
        return true;
    return false;
}

/* Raise what is wrong with `key`, if it names no parameter that is free. */
static bool keyword_is_right(const rillio_signature *s, const struct call *call,
                             PyObject *key)
{
    int at = 0;

    while (s->names[at] && !is_named(key, s->names[at]))
        at++;
    if (!PyUnicode_Check(key))
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
    else if (!s->names[at] && RILLIO_SINCE(13))
        PyErr_Format(PyExc_TypeError,
                     "%s() got an unexpected keyword argument '%S'",
                     s->function, key);
    else if (!s->names[at])
        PyErr_Format(PyExc_TypeError,
                     "'%S' is an invalid keyword argument for %s()", key,
                     s->function);
    else if (at < call->nargs)
        PyErr_Format(PyExc_TypeError,
                     "argument for %s() given by name ('%s') and position (%d)",
                     s->function, s->names[at], at + 1);
    else
        return true;
    return false;
}

static bool keywords_are_right(const rillio_signature *s,
                               const struct call *call)
{
    PyObject *key;
    Py_ssize_t at = 0;

    if (call->kwnames) {
        for (; at < call->nkeywords; at++) {
            key = PyTuple_GET_ITEM(call->kwnames, at);
            if (!keyword_is_right(s, call, key))
                return false;
        }
        return true;
    }
    while (call->kwargs && PyDict_Next(call->kwargs, &at, &key, NULL))
        if (!keyword_is_right(s, call, key))
            return false;
    return true;
}

static bool sort_arguments(const rillio_signature *s, const struct call *call,
                           PyObject **out)
{
    Py_ssize_t taken = 0;

    if (!count_is_right(s, call))
        return false;
    for (int i = 0; s->names[i]; i++) {
        if (i < call->nargs) {
            out[i] = call->args[i];
            continue;
        }
        out[i] = NULL;
        if (taken < call->nkeywords)
            out[i] = keyword(call, s->names[i]);
        taken += out[i] != NULL;
        if (!out[i] && i < s->required) {
            PyErr_Format(PyExc_TypeError,
                         "%s() missing required argument '%s' (pos %d)",
                         s->function, s->names[i], i + 1);
            return false;
        }
    }
    return taken == call->nkeywords || keywords_are_right(s, call);
}

bool rillio_args(const rillio_signature *signature, PyObject *const *args,
                 Py_ssize_t nargs, PyObject *kwnames, PyObject **out)
{
    struct call call = {.args = args, .nargs = nargs, .kwnames = kwnames};

    if (kwnames)
        call.nkeywords = PyTuple_GET_SIZE(kwnames);
    return sort_arguments(signature, &call, out);
}

bool rillio_init_args(const rillio_signature *signature, PyObject *args,
                      PyObject *kwargs, PyObject **out)
{
    struct call call = {.args = &PyTuple_GET_ITEM(args, 0),
                        .nargs = PyTuple_GET_SIZE(args),
                        .kwargs = kwargs};

    if (kwargs)
        call.nkeywords = PyDict_GET_SIZE(kwargs);
    return sort_arguments(signature, &call, out);
}

bool rillio_wrong_count(const char *function, Py_ssize_t nargs, Py_ssize_t min,
                        Py_ssize_t max)
{
    Py_ssize_t bound = nargs < min ? min : max;

    PyErr_Format(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd",
                 function,
                 min == max    ? ""
                 : nargs < min ? "at least "
                               : "at most ",
                 bound, plural(bound), nargs);
    return false;
}

bool rillio_is_no_float(PyObject *arg)
{
    if (RILLIO_SINCE(10) || !PyFloat_Check(arg))
        return true;
    PyErr_SetString(PyExc_TypeError, "integer argument expected, got float");
    return false;
}

bool rillio_int_arg(PyObject *arg, int *out)
{
    int beyond;
    long value;

    if (!arg)
        return true;
    if (!rillio_is_no_float(arg))
        return false;
    value = PyLong_AsLongAndOverflow(arg, &beyond);
    if (value == -1 && !beyond && PyErr_Occurred())
        return false;
    if (beyond || value < INT_MIN || value > INT_MAX) {
        PyErr_SetString(PyExc_OverflowError,
                        "Python int too large to convert to C int");
        return false;
    }
    *out = (int)value;
    return true;
}

bool rillio_bool_arg(PyObject *arg, int *out)
{
    int truth;

    if (!arg)
        return true;
    if (!RILLIO_SINCE(12))
        return rillio_int_arg(arg, out);
    truth = PyObject_IsTrue(arg);
    if (truth < 0)
        return false;
    *out = truth;
    return true;
}

bool rillio_str_arg(const char *function, const char *name,
                    const char *expected, PyObject *arg, const char **out)
{
    const char *text;
    Py_ssize_t length;

    if (!arg)
        return true;
    if (arg == Py_None && strcmp(expected, "str") != 0) {
        *out = NULL;
        return true;
    }
    if (!PyUnicode_Check(arg)) {
        PyErr_Format(PyExc_TypeError,
                     "%s() argument '%s' must be %s, not %.50s", function, name,
                     expected, arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
        return false;
    }
    text = PyUnicode_AsUTF8AndSize(arg, &length);
    if (text && strlen(text) != (size_t)length) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return false;
    }
    if (text)
        *out = text;
    return text != NULL;
}
