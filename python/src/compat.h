/*
 * compat.h - what newer Pythons have, for the older ones; 3.9 is the oldest.
 */
#ifndef RILLIO_COMPAT_H
#define RILLIO_COMPAT_H

#if PY_VERSION_HEX < 0x03090000
#error "rillio needs Python 3.9 or newer"
#endif

#if PY_VERSION_HEX < 0x030a0000
static inline PyObject *Py_NewRef(PyObject *o)
{
    Py_INCREF(o);
    return o;
}

static inline PyObject *Py_XNewRef(PyObject *o)
{
    Py_XINCREF(o);
    return o;
}
#define Py_IsNone(o) ((o) == Py_None)
#define Py_IsTrue(o) ((o) == Py_True)
#define Py_TPFLAGS_IMMUTABLETYPE 0
#define Py_TPFLAGS_DISALLOW_INSTANTIATION 0
#endif

/* Before 3.12 a str that old code made may not have its characters in place:
 * put them there. -1: no memory. */
static inline int rillio_str_ready(PyObject *str)
{
#if PY_VERSION_HEX < 0x030c0000
    return PyUnicode_READY(str);
#else
    (void)str;
    return 0;
#endif
}

/* Whether `o` is an int of one digit, and not negative: then its value, at less
 * cost than a call. */
#if PY_VERSION_HEX < 0x030b0000
#include <longintrepr.h>
#endif
static inline bool rillio_small_int(PyObject *o, Py_ssize_t *value_out)
{
    PyLongObject *i = (PyLongObject *)o;

    if (!PyLong_CheckExact(o))
        return false;
#if PY_VERSION_HEX < 0x030c0000
    *value_out = (Py_ssize_t)i->ob_digit[0];
    return Py_SIZE(o) == 1;
#else
    if (!PyUnstable_Long_IsCompact(i))
        return false;
    *value_out = PyUnstable_Long_CompactValue(i);
    return *value_out >= 0;
#endif
}

/* 1 found, 0 not there (and no exception), -1 raised. */
#if PY_VERSION_HEX < 0x030d0000
#define PyObject_GetOptionalAttr _PyObject_LookupAttr
#define Py_IsFinalizing _Py_IsFinalizing
#endif

#endif /* RILLIO_COMPAT_H */
