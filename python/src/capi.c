/*
 * capi.c - the module's side of rillio_capi.h: any file as a `rill *`, and the
 * table by which other extensions call librill in here.
 */
#include "capi.h"

#include <errno.h>
#include <string.h>

#include <rill/ops.h>

#include "../include/rillio_table.h"

/* ---- Failures ----------------------------------------------------------- */

PyObject *rillio_raise_error(const rill_error *e, PyObject *name)
{
    if (!e->os_error)
        return rillio_raise(NULL, e->code);
    errno = e->os_error;
    return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
}

PyObject *rillio_raise_failure(rill *s, int64_t code, PyObject *name)
{
    rill_error e = {0};
    PyObject *path = NULL;

    if (rillio_pyfile_raise(s, code))
        return NULL;
    if (rill_failed(s, &e) != code || !e.os_error)
        return rillio_raise(s, code);
    if (!name && e.path && !(path = PyUnicode_DecodeFSDefault(e.path)))
        return NULL;
    rillio_raise_error(&e, name ? name : path);
    Py_XDECREF(path);
    return NULL;
}

int rillio_finish(rill **sp)
{
    rillio_exception earlier = {0}, kept = {0};
    rill_error e = {0};
    int rc;

    PyErr_Fetch(&earlier.type, &earlier.value, &earlier.traceback);
    rillio_pyfile_report_to(*sp, &kept);
    Py_BEGIN_ALLOW_THREADS rc = rill_close_with(*sp, &e);
    Py_END_ALLOW_THREADS if (rc == RILL_EBUSY && e.operation &&
                             strcmp(e.operation, "close") == 0)
        rillio_pyfile_report_to(*sp, NULL); /* a view of it is held */
    else *sp = NULL;
    if (rc < 0 && kept.type)
        PyErr_Restore(kept.type, kept.value, kept.traceback);
    else if (rc < 0)
        rillio_raise_error(&e, NULL);
    if (rc >= 0 || !kept.type)
        rillio_exception_clear(&kept);
    if (earlier.type)
        PyErr_Restore(earlier.type, earlier.value, earlier.traceback);
    return rc < 0 ? -1 : 0;
}

/* ---- Any file ----------------------------------------------------------- */

static rill *invalid_mode(const char *mode)
{
    PyErr_Format(PyExc_ValueError, "invalid mode: '%s'", mode);
    return NULL;
}

/* What rill_open() or rill_open_fd() said, or why it failed. */
static rill *opened(rill *s, const rill_error *e, const char *mode,
                    PyObject *name)
{
    if (s)
        return s;
    if (e->code == RILL_EINVAL && !e->os_error)
        return invalid_mode(mode);
    rillio_raise_error(e, name);
    return NULL;
}

static rill *open_path(PyObject *file, const char *mode)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e = {0};
    PyObject *path;
    rill *s;

    if (PySys_Audit("open", "Osi", file, mode, 0) < 0 ||
        !PyUnicode_FSConverter(file, &path))
        return NULL;
    o.error = &e;
    Py_BEGIN_ALLOW_THREADS s =
        rill_open_with(PyBytes_AS_STRING(path), mode, &o);
    Py_END_ALLOW_THREADS s = opened(s, &e, mode, file);
    Py_DECREF(path);
    return s;
}

static rill *open_descriptor(PyObject *file, const char *mode)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e = {0};
    long fd = PyLong_AsLong(file);
    rill *s;

    if (fd == -1 && PyErr_Occurred())
        return NULL;
    if (fd < 0 || fd > INT_MAX) {
        PyErr_Format(PyExc_ValueError, "%ld is no descriptor", fd);
        return NULL;
    }
    o.error = &e;
    Py_BEGIN_ALLOW_THREADS s = rill_open_fd((int)fd, mode, RILL_BORROW, &o);
    Py_END_ALLOW_THREADS return opened(s, &e, mode, NULL);
}

/* What a mode asks of a file that exists already: an `or` of rill_access, or 0
 * if it is none. */
static int access_of(const char *mode)
{
    bool update = strchr(mode, '+') != NULL;
    int access = 0, kinds = 0;

    for (const char *c = mode; *c; c++) {
        if (!strchr("rwxab+", *c) || strchr(c + 1, *c))
            return 0;
        kinds += strchr("rwxa", *c) != NULL;
        access |= *c == 'r' ? RILL_READ : 0;
        access |= strchr("wxa", *c) ? RILL_WRITE : 0;
        access |= *c == 'a' ? RILL_APPEND : 0;
    }
    return kinds != 1 ? 0 : update ? access | RILL_READ | RILL_WRITE : access;
}

static bool is_path(PyObject *file)
{
    PyObject *method;

    if (PyUnicode_Check(file) || PyBytes_Check(file))
        return true;
    method = PyObject_GetAttrString((PyObject *)Py_TYPE(file), "__fspath__");
    if (!method && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    Py_XDECREF(method);
    return method != NULL;
}

rill *rillio_as_rill(PyObject *file, const char *mode)
{
    int access = access_of(mode);

    if (strchr(mode, 't')) {
        PyErr_Format(PyExc_ValueError, "mode '%s': a stream is binary", mode);
        return NULL;
    }
    if (is_path(file))
        return open_path(file, mode);
    if (PyErr_Occurred())
        return NULL;
    if (PyLong_Check(file))
        return open_descriptor(file, mode);
    if (!access)
        return invalid_mode(mode);
    if (Py_IS_TYPE(file, &rillio_BytesIO_type))
        return rillio_open_lent(file, access);
    return rillio_open_pyfile(file, access);
}

/* ---- The table ---------------------------------------------------------- */

static int capi_finish(rill *s)
{
    return rillio_finish(&s);
}

static PyObject *capi_raise(rill *s, int64_t code)
{
    return rillio_raise_failure(s, code, NULL);
}

static PyObject *capi_from_rill(rill *s, int ownership)
{
    return rillio_stream_new(&rillio_Stream_type, s, ownership, NULL);
}

#define ENTRY(type, name, parameters, arguments) .name = name,
#define VOID_ENTRY(name, parameters, arguments) .name = name,

static const rillio_capi table = {.version = RILLIO_CAPI_VERSION,
                                  .size = sizeof(rillio_capi),
                                  .as_rill = rillio_as_rill,
                                  .finish = capi_finish,
                                  .raise = capi_raise,
                                  .from_rill = capi_from_rill,
                                  RILLIO_FUNCTIONS(ENTRY, VOID_ENTRY)};

bool rillio_add_capi(PyObject *module)
{
    PyObject *capsule =
        PyCapsule_New((void *)(uintptr_t)&table, RILLIO_CAPI_NAME, NULL);

    if (!capsule || PyModule_AddObject(module, "C_API", capsule) < 0) {
        Py_XDECREF(capsule);
        return false;
    }
    return true;
}
