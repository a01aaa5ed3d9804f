/*
 * base_lines.c - lines of any stream, by its read() and peek(), and lists of
 * them.
 *
 * A line is mostly one piece: what peek() shows says how much to read, and the
 * bytes that read() returns are returned as they are. Only where a line comes
 * in several pieces (a byte at a time, without peek()) are they put together.
 */
#include "base.h"

/* A line in the making; `bytes` has room for more than `length`. */
struct line {
    PyObject *bytes;
    Py_ssize_t length;
};

static bool line_append(struct line *line, PyObject *piece)
{
    Py_ssize_t n = PyBytes_GET_SIZE(piece), need = line->length + n;
    Py_ssize_t room = line->bytes ? PyBytes_GET_SIZE(line->bytes) : 0;

    if (need < n) {
        PyErr_NoMemory();
        return false;
    }
    if (need > room) {
        room = need < PY_SSIZE_T_MAX / 2 ? need + need / 2 + 64 : need;
        if (!line->bytes)
            line->bytes = PyBytes_FromStringAndSize(NULL, room);
        else
            _PyBytes_Resize(&line->bytes, room);
        if (!line->bytes)
            return false;
    }
    memcpy(PyBytes_AS_STRING(line->bytes) + line->length,
           PyBytes_AS_STRING(piece), (size_t)n);
    line->length = need;
    return true;
}

static PyObject *line_finish(struct line *line)
{
    if (!line->bytes)
        return Py_NewRef(rillio_state.empty_bytes);
    if (line->length < PyBytes_GET_SIZE(line->bytes))
        _PyBytes_Resize(&line->bytes, line->length);
    return line->bytes;
}

/* Call `function(n)` until no signal interrupts it; it must give bytes. */
static PyObject *call_for_bytes(PyObject *function, Py_ssize_t n,
                                const char *name)
{
    PyObject *number = PyLong_FromSsize_t(n), *result;

    if (!number)
        return NULL;
    do
        result = PyObject_CallOneArg(function, number);
    while (!result && rillio_was_interrupted());
    Py_DECREF(number);
    if (!result || PyBytes_Check(result))
        return result;
    PyErr_Format(PyExc_OSError,
                 "%s() should have returned a bytes object, not '%.200s'", name,
                 Py_TYPE(result)->tp_name);
    Py_DECREF(result);
    return NULL;
}

/* How much to read at once: what peek() shows of the line, and at most `limit`
 * (of all the line, as io has it); a byte if it shows nothing. -1: raised. */
static Py_ssize_t look_ahead(PyObject *peek, Py_ssize_t limit)
{
    PyObject *ahead = call_for_bytes(peek, 1, "peek");
    const char *start, *end;
    Py_ssize_t n;

    if (!ahead)
        return -1;
    start = PyBytes_AS_STRING(ahead);
    n = PyBytes_GET_SIZE(ahead);
    if (limit >= 0 && n > limit)
        n = limit;
    end = memchr(start, '\n', (size_t)n);
    if (end)
        n = end - start + 1;
    Py_DECREF(ahead);
    return n > 0 ? n : 1;
}

/* One more piece of the line. 1: there is more, 0: the line is finished, -1:
 * raised. */
static int read_piece(PyObject *read, PyObject *peek, Py_ssize_t limit,
                      struct line *line)
{
    Py_ssize_t n = peek ? look_ahead(peek, limit) : 1;
    PyObject *piece = n > 0 ? call_for_bytes(read, n, "read") : NULL;
    bool ended, fine = true;

    if (!piece)
        return -1;
    n = PyBytes_GET_SIZE(piece);
    ended = n == 0 || PyBytes_AS_STRING(piece)[n - 1] == '\n';
    if (ended && !line->bytes && PyBytes_CheckExact(piece)) {
        line->bytes = piece; /* the whole line at once: that is it */
        line->length = n;
        return 0;
    }
    if (n > 0)
        fine = line_append(line, piece);
    Py_DECREF(piece);
    return fine ? !ended : -1;
}

PyObject *rillio_readline(PyObject *self, Py_ssize_t limit)
{
    PyObject *peek, *read = NULL;
    struct line line = {0};
    int more = 1;

    if (PyObject_GetOptionalAttr(self, RILLIO_NAME(peek), &peek) < 0)
        return NULL;
    while (more > 0 && (limit < 0 || line.length < limit)) {
        if (!read)
            read = PyObject_GetAttr(self, RILLIO_NAME(read));
        more = read ? read_piece(read, peek, limit, &line) : -1;
    }
    Py_XDECREF(peek);
    Py_XDECREF(read);
    if (more < 0) {
        Py_XDECREF(line.bytes);
        return NULL;
    }
    return line_finish(&line);
}

const char base_readline_doc[] =
    PyDoc_STR("readline($self, size=-1, /)\n"
              "--\n"
              "\n"
              "Read a line, with its end, and at most `size` bytes of it.\n"
              "\n"
              "Lines of binary files end with b'\\n'.");

PyObject *base_readline(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit;

    if (!rillio_count_args("readline", nargs, 0, 1) ||
        !rillio_size(nargs ? args[0] : NULL, -1, &limit))
        return NULL;
    return rillio_readline(self, limit);
}

PyObject *base_iter(PyObject *self)
{
    return rillio_check_closed(self) ? Py_NewRef(self) : NULL;
}

PyObject *base_next(PyObject *self)
{
    PyObject *line = PyObject_CallMethodNoArgs(self, RILLIO_NAME(readline));

    if (line && PyObject_Size(line) <= 0) /* the end, or not sized at all */
        Py_CLEAR(line);
    return line;
}

/* Append lines to `list` until their sizes together exceed `hint`. */
static bool append_lines(PyObject *list, PyObject *lines, Py_ssize_t hint)
{
    PyObject *line;
    Py_ssize_t left = hint, size;

    while ((line = PyIter_Next(lines))) {
        size = PyObject_Size(line);
        if (PyList_Append(list, line) < 0)
            size = -1;
        Py_DECREF(line);
        if (size < 0)
            return false;
        if (size > left)
            return true;
        left -= size;
    }
    return !PyErr_Occurred();
}

const char base_readlines_doc[] =
    PyDoc_STR("readlines($self, hint=-1, /)\n"
              "--\n"
              "\n"
              "Read a list of lines: all, or until they exceed `hint` bytes.");

PyObject *base_readlines(PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs)
{
    PyObject *list, *lines;
    Py_ssize_t hint;

    if (!rillio_count_args("readlines", nargs, 0, 1) ||
        !rillio_size(nargs ? args[0] : NULL, -1, &hint))
        return NULL;
    if (hint <= 0)
        return PySequence_List(self);
    lines = PyObject_GetIter(self);
    list = lines ? PyList_New(0) : NULL;
    if (list && !append_lines(list, lines, hint))
        Py_CLEAR(list);
    Py_XDECREF(lines);
    return list;
}

const char base_writelines_doc[] =
    PyDoc_STR("writelines($self, lines, /)\n"
              "--\n"
              "\n"
              "Write each of `lines`. Adds no line ends.");

PyObject *base_writelines(PyObject *self, PyObject *lines)
{
    PyObject *iterator, *line, *written = NULL;

    if (!rillio_check_closed(self))
        return NULL;
    iterator = PyObject_GetIter(lines);
    if (!iterator)
        return NULL;
    while ((line = PyIter_Next(iterator))) {
        do
            written = PyObject_CallMethodOneArg(self, RILLIO_NAME(write), line);
        while (!written && rillio_was_interrupted());
        Py_DECREF(line);
        if (!written)
            break;
        Py_DECREF(written);
    }
    Py_DECREF(iterator);
    return base_none_if(!PyErr_Occurred());
}
