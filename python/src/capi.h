/*
 * capi.h - between a `rill *` and a Python object, within the module.
 *
 * The same as python/include/rillio_capi.h offers to other extensions, and the
 * stores that it is made of.
 */
#ifndef RILLIO_CAPI_INTERNAL_H
#define RILLIO_CAPI_INTERNAL_H

#include "rillio.h"

/* ---- capi.c ------------------------------------------------------------- */

/* Add the capsule C_API to the module. */
bool rillio_add_capi(PyObject *module);

/* A stream over any file: see rillio_capi.h. NULL: raised. */
rill *rillio_as_rill(PyObject *file, const char *mode);

/* Close *sp, set it to NULL, and raise what went wrong, exceptions of Python
 * files included: 0, or -1 raised. An exception that is pending stays. With a
 * view held the stream stays: BufferError. */
int rillio_finish(rill **sp);

/* Raise why a call on a stream failed: the exception of the Python file below
 * it, or what `code` and the stream say, with `name` (may be NULL) as the file's
 * name. Returns NULL. */
PyObject *rillio_raise_failure(rill *s, int64_t code, PyObject *name);

/* OSError, MemoryError... of an open or a close that failed. Returns NULL. */
PyObject *rillio_raise_error(const rill_error *e, PyObject *name);

/* ---- stream.c ----------------------------------------------------------- */

/* A Stream over `s`, of a subclass of it: `ownership` is RILL_TAKE or
 * RILL_BORROW, `name` is the attribute (NULL: what rill_name() says). */
PyObject *rillio_stream_new(PyTypeObject *type, rill *s, int ownership,
                            PyObject *name);

/* ---- pyfile.c, lent.c --------------------------------------------------- */

/* A stream over a Python file, by its methods. `access` as in rill/ops.h. */
rill *rillio_open_pyfile(PyObject *file, int access);

/* Raise the exception for which such a stream returned `code`: false if it is
 * another kind of stream, or that came from elsewhere. */
bool rillio_pyfile_raise(rill *s, int64_t code);

/* An exception as PyErr_Fetch() has it, and the code that stands for it. */
typedef struct rillio_exception {
    PyObject *type, *value, *traceback;
    int code;
} rillio_exception;

void rillio_exception_clear(rillio_exception *e);

/* Have such a stream put its exception into `*where`, which may outlive it;
 * NULL: keep it. */
void rillio_pyfile_report_to(rill *s, rillio_exception *where);

/* A stream over the very memory of a BytesIO, which is lent until it is closed:
 * meanwhile it refuses what would move it, as with getbuffer(). */
rill *rillio_open_lent(PyObject *bytesio, int access);

/* Visit the objects that such a stream holds, if it is one: for the tp_traverse
 * of who owns it. */
int rillio_pyfile_traverse(rill *s, visitproc visit, void *arg);
int rillio_lent_traverse(rill *s, visitproc visit, void *arg);

#endif /* RILLIO_CAPI_INTERNAL_H */
