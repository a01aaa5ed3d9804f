/*
 * base.h - what base.c, base_lines.c and base_kinds.c share.
 */
#ifndef RILLIO_BASE_H
#define RILLIO_BASE_H

#include "rillio.h"

/* What a method without a result returns. */
static inline PyObject *base_none_if(bool fine)
{
    return fine ? Py_NewRef(Py_None) : NULL;
}

/* ---- Lines: base_lines.c ------------------------------------------------ */

PyObject *base_iter(PyObject *self);
PyObject *base_next(PyObject *self);
PyObject *base_readline(PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs);
PyObject *base_readlines(PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs);
PyObject *base_writelines(PyObject *self, PyObject *lines);
extern const char base_readline_doc[], base_readlines_doc[],
    base_writelines_doc[];

#endif /* RILLIO_BASE_H */
