/*
 * bytesio_read.c - BytesIO: reading, in bytes and in lines.
 *
 * All content lies in one piece, wherever that is: to read is to look at it,
 * and to make bytes of what is there.
 */
#include "bytesio.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { GIVE_FROM = 64 * 1024 }; /* all of it, and this much, needs no copy */

/* The bytes objects that Python, too, has only once, without a call. */
static PyObject *single_bytes[256];

static inline PyObject *from_bytes(const char *data, Py_ssize_t n)
{
    PyObject **single;

    if (n != 1)
        return PyBytes_FromStringAndSize(data, n);
    single = &single_bytes[(unsigned char)*data];
    if (!*single)
        *single = PyBytes_FromStringAndSize(data, 1);
    return Py_XNewRef(*single);
}

/* ---- Bytes -------------------------------------------------------------- */

/* Look at what is to read. Returns its length, -1 with an exception. */
static inline Py_ssize_t rest(bytesio *self, const char **data_out)
{
    Py_ssize_t n = bytesio_look(self, data_out) - self->pos;

    if (n <= 0)
        return bytesio_is_open(self) ? 0 : -1;
    *data_out += self->pos;
    return n;
}

/* Read the next `n` bytes, which are at `data`: the shared object itself where
 * they are all of it. */
static inline PyObject *cut(bytesio *self, const char *data, Py_ssize_t n)
{
    PyObject *shared = self->shared, *bytes;

    if (shared && n == Py_SIZE(shared) && n > 1 && PyBytes_CheckExact(shared))
        bytes = Py_NewRef(shared);
    else
        bytes = from_bytes(data, n);
    if (bytes)
        self->pos += n;
    return bytes;
}

/* Read all that there is. If that is the content, and large, it is given as
 * the value, which takes no copy. */
static PyObject *cut_rest(bytesio *self, const char *data, Py_ssize_t n)
{
    PyObject *bytes;

    if (self->pos > 0 || n < GIVE_FROM || self->shared)
        return cut(self, data, n);
    bytes = bytesio_value(self);
    if (bytes)
        bytesio_move(self, n);
    return bytes;
}

PyObject *bytesio_read(bytesio *self, PyObject *const *args, Py_ssize_t nargs)
{
    const char *data;
    Py_ssize_t n, left;

    if (!bytesio_size_arg("read", args, nargs, &n))
        return NULL;
    left = rest(self, &data);
    if (RILL_LIKELY(n >= 0 && n < left))
        return cut(self, data, n);
    return left < 0 ? NULL : cut_rest(self, data, left);
}

PyObject *bytesio_peek(bytesio *self, PyObject *const *args, Py_ssize_t nargs)
{
    const char *data;
    Py_ssize_t n, left;

    if (!bytesio_size_arg("peek", args, nargs, &n))
        return NULL;
    left = rest(self, &data);
    if (left < 0)
        return NULL;
    return from_bytes(data, n < 1 || n > left ? left : n);
}

PyObject *bytesio_readinto(bytesio *self, PyObject *arg)
{
    Py_buffer view;
    const char *data;
    Py_ssize_t n;

    if (!rillio_writable_buffer("readinto", arg, &view))
        return NULL;
    n = rest(self, &data);
    if (n > view.len)
        n = view.len;
    if (n > 0) {
        memmove(view.buf, data, (size_t)n); /* it may be a view of these */
        self->pos += n;
    }
    PyBuffer_Release(&view);
    return n < 0 ? NULL : bytesio_int(n);
}

/* ---- Lines -------------------------------------------------------------- */

/* As memchr(data, '\n', n); but most lines are too short for that call, which
 * costs more than to look at their few bytes here. */
static inline const char *find_newline(const char *data, Py_ssize_t n)
{
#ifdef __SSE2__
    const __m128i newlines = _mm_set1_epi8('\n');

    for (int i = 0; i < 6 && n >= 16; i++, data += 16, n -= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)data);
        int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newlines));
        if (found)
            return data + __builtin_ctz((unsigned)found);
    }
#endif
    return memchr(data, '\n', (size_t)n);
}

/* The next line, or `limit` bytes of it (negative: no limit). Returns its
 * length, 0 at the end, -1 with an exception. */
static inline Py_ssize_t find_line(bytesio *self, Py_ssize_t limit,
                                   const char **data_out)
{
    Py_ssize_t n = rest(self, data_out);
    const char *end;

    if (limit >= 0 && n > limit)
        n = limit;
    if (n <= 0)
        return n;
    end = find_newline(*data_out, n);
    return end ? end + 1 - *data_out : n;
}

PyObject *bytesio_readline(bytesio *self, PyObject *const *args,
                           Py_ssize_t nargs)
{
    const char *data;
    Py_ssize_t n;

    if (!bytesio_size_arg("readline", args, nargs, &n))
        return NULL;
    n = find_line(self, n, &data);
    return n < 0 ? NULL : cut(self, data, n);
}

PyObject *bytesio_next(bytesio *self)
{
    const char *data;
    Py_ssize_t n = find_line(self, -1, &data);

    return n <= 0 ? NULL : cut(self, data, n);
}

/* None and what is not positive: no limit. */
static bool hint_arg(PyObject *arg, Py_ssize_t *hint_out)
{
    *hint_out = 0;
    if (!arg || arg == Py_None)
        return true;
    if (!PyLong_Check(arg)) {
        PyErr_Format(PyExc_TypeError, "integer argument expected, got '%s'",
                     Py_TYPE(arg)->tp_name);
        return false;
    }
    *hint_out = PyLong_AsSsize_t(arg);
    return *hint_out != -1 || !PyErr_Occurred();
}

static bool append_line(bytesio *self, PyObject *lines, const char *data,
                        Py_ssize_t n)
{
    PyObject *line = cut(self, data, n);
    bool done = line && PyList_Append(lines, line) == 0;

    Py_XDECREF(line);
    return done;
}

PyObject *bytesio_readlines(bytesio *self, PyObject *const *args,
                            Py_ssize_t nargs)
{
    Py_ssize_t hint, n, total = 0;
    const char *data;
    PyObject *lines;

    if (!rillio_count_args("readlines", nargs, 0, 1) ||
        !bytesio_is_open(self) || !hint_arg(nargs ? args[0] : NULL, &hint))
        return NULL;
    lines = PyList_New(0);
    while (lines && (n = find_line(self, -1, &data)) != 0) {
        if (n < 0 || !append_line(self, lines, data, n)) {
            Py_CLEAR(lines);
            break;
        }
        total += n;
        if (hint > 0 && total >= hint)
            break;
    }
    return lines;
}

/* Where `delimiter` ends in `n` bytes at `data`; n if it is not there. */
static Py_ssize_t find_end(const char *data, Py_ssize_t n,
                           const Py_buffer *delimiter)
{
    const char *first = delimiter->buf, *at = data, *end = data + n;

    while (end - at >= delimiter->len) {
        at = memchr(at, *first, (size_t)(end - at - delimiter->len + 1));
        if (!at)
            break;
        if (memcmp(at, first, (size_t)delimiter->len) == 0)
            return at + delimiter->len - data;
        at++;
    }
    return n;
}

PyObject *bytesio_readuntil(bytesio *self, PyObject *arg)
{
    PyObject *result = NULL;
    Py_buffer delimiter;
    const char *data;
    Py_ssize_t left;

    if (PyObject_GetBuffer(arg, &delimiter, PyBUF_CONTIG_RO) < 0)
        return NULL;
    if (delimiter.len == 0)
        PyErr_SetString(PyExc_ValueError, "empty delimiter");
    else if ((left = rest(self, &data)) >= 0)
        result = cut(self, data, find_end(data, left, &delimiter));
    PyBuffer_Release(&delimiter);
    return result;
}
