/*
 * rillio_capi.h - for C extensions: any file of Python as a `rill *`, and any
 * `rill *` as a file of Python.
 *
 *     rill *s = rillio_as_rill(file, "rb"); // a path, a BytesIO, a socket file
 *
 *     if (!s)
 *         return NULL;
 *     Py_BEGIN_ALLOW_THREADS
 *     while (rill_read_exact(s, &record, sizeof(record)) == RILL_OK)
 *         count++;
 *     Py_END_ALLOW_THREADS
 *     if (rillio_finish(s) < 0) // raises what went wrong
 *         return NULL;
 *
 * An extension calls rillio_import() when it is initialised, and is compiled
 * with -I and what rillio.get_include() says. It is not linked with anything:
 * librill is a part of the module rillio, and one process must not mix two of
 * them on one stream. So this header, which comes instead of <rill/rill.h> and
 * before all other headers of Rill, makes each function of librill an inline
 * call into the module, by a table that rillio_import() gets; what is inline
 * in librill's headers, such as rill_read() out of the window, is so here. An
 * extension that also uses a librill of its own does that in other source
 * files, and hands no stream from one to the other.
 *
 * Functions are only ever added at the end of the table, and a `rill` never
 * changes, so that an extension works with every later rillio.
 */
#ifndef RILLIO_CAPI_H
#define RILLIO_CAPI_H

#include <Python.h>

#ifdef RILL_BASE_H
#error "include rillio_capi.h before the headers of Rill"
#endif
#define RILL_API static inline
#include <rillio_table.h>

/* ---- What the module has of its own ------------------------------------- */

/*
 * Get the table. Call it once, when the extension is initialised, before all
 * other functions here. Returns 0, or -1 raised: ImportError where rillio is
 * not there, or older than this header.
 */
static inline int rillio_import(void);

/*
 * Make a stream over a file, from where that stands; `mode` is rill_open()'s,
 * always binary. `file` is one of
 *
 *   a path (str, bytes, os.PathLike)  opened, and closed with the stream
 *   a descriptor (int)                stays open
 *   a rillio.BytesIO                  its own memory, without a copy; until the
 *                                     stream is closed it refuses to be written
 *                                     to, as while a getbuffer() is held; what
 *                                     was written shows after a flush
 *   any other object                  its read1() (or read(), or readinto()),
 *                                     write(), seek(), tell(), flush() are
 *                                     called; it must not be used otherwise
 *                                     meanwhile, and stays open
 *
 * All but paths are neither created nor cut: w only says that it is written. A
 * flush, and the end, leave the file where the stream stands, if it can seek.
 *
 * Returns NULL with an exception raised. The stream may be used in any thread,
 * one at a time, with or without the GIL, which calls of a file's methods take
 * for as long as they need it: release it around long work. It ends with
 * rillio_finish(); rill_close() does the same, but an exception of the file's
 * methods is lost then, and what remains is its errno, or RILL_EIO.
 */
static inline rill *rillio_as_rill(PyObject *file, const char *mode);

/*
 * Close any stream, with the GIL. Returns 0, or -1 raised: the exception of a
 * method of the Python file, OSError of a stream that failed otherwise; one that
 * was raised before stays. While a view of rill_getbuffer() is held, that is
 * BufferError, and the stream stays.
 */
static inline int rillio_finish(rill *s);

/* Raise why a call on a stream returned the negative `code`, and leave it open.
 * Always returns NULL. */
static inline PyObject *rillio_raise(rill *s, int64_t code);

/*
 * Make a rillio.Stream, a raw file of Python, of any stream made by functions of
 * this header. `ownership` is RILL_TAKE: the object closes the stream (on
 * success only; on failure it stays the caller's); or RILL_BORROW: closing the
 * object flushes the stream, which must live until then. Returns NULL raised.
 */
static inline PyObject *rillio_from_rill(rill *s, int ownership);

/* ---- The calls ---------------------------------------------------------- */

/* One for all files of an extension, and for no other. */
#ifdef _WIN32
__declspec(selectany)
#else
__attribute__((weak, visibility("hidden")))
#endif
    const rillio_capi *rillio_capi_table;

static inline int rillio_import(void)
{
    const rillio_capi *table;
    PyObject *module = PyImport_ImportModule("rillio._rillio");

    if (!module)
        return -1;
    Py_DECREF(module);
    table = (const rillio_capi *)PyCapsule_Import(RILLIO_CAPI_NAME, 0);
    if (!table)
        return -1;
    if (table->version != RILLIO_CAPI_VERSION ||
        table->size < sizeof(rillio_capi)) {
        PyErr_SetString(PyExc_ImportError,
                        "rillio is older than the rillio_capi.h that this "
                        "was compiled with");
        return -1;
    }
    rillio_capi_table = table;
    return 0;
}

static inline rill *rillio_as_rill(PyObject *file, const char *mode)
{
    return rillio_capi_table->as_rill(file, mode);
}

static inline int rillio_finish(rill *s)
{
    return rillio_capi_table->finish(s);
}

static inline PyObject *rillio_raise(rill *s, int64_t code)
{
    return rillio_capi_table->raise(s, code);
}

static inline PyObject *rillio_from_rill(rill *s, int ownership)
{
    return rillio_capi_table->from_rill(s, ownership);
}

#define RILLIO_CALL(type, name, parameters, arguments) \
    static inline type name parameters                 \
    {                                                  \
        return rillio_capi_table->name arguments;      \
    }
#define RILLIO_VOID_CALL(name, parameters, arguments) \
    static inline void name parameters                \
    {                                                 \
        rillio_capi_table->name arguments;            \
    }
RILLIO_FUNCTIONS(RILLIO_CALL, RILLIO_VOID_CALL)
#undef RILLIO_VOID_CALL
#undef RILLIO_CALL

static inline int64_t rill_printf(rill *s, const char *format, ...)
{
    va_list args;
    int64_t n;

    va_start(args, format);
    n = rill_vprintf(s, format, args);
    va_end(args);
    return n;
}

#endif /* RILLIO_CAPI_H */
