/*
 * textio_read.c - TextIOWrapper's read(), readline() and iteration.
 *
 * Text comes in chunks: a read of the buffer, decoded, is `decoded`, and is
 * given out from there. A line that lies in it is found and cut out, nothing
 * else; only one that goes on in the next chunk is put together of pieces.
 */
#include "textio.h"

/* ---- The chunk ---------------------------------------------------------- */

/* Whether in `text` only \n ends lines. */
static bool has_lf_lines(const textio *t, PyObject *text)
{
    switch (t->newline) {
    case RILL_NEWLINE_UNIVERSAL:
    case RILL_NEWLINE_LF:
        return true;
    case RILL_NEWLINE_KEEP:
        return PyUnicode_FindChar(text, '\r', 0, PyUnicode_GET_LENGTH(text),
                                  1) < 0;
    default:
        return false;
    }
}

void textio_set_decoded(textio *t, PyObject *text)
{
    t->used = t->counted = t->counted_size = 0;
    t->length = text ? PyUnicode_GET_LENGTH(text) : 0;
    t->lf_lines = text && has_lf_lines(t, text);
    t->ascii =
        t->lf_lines && PyUnicode_IS_ASCII(text) ? PyUnicode_DATA(text) : NULL;
    Py_XSETREF(t->decoded, text);
}

void textio_set_snapshot(textio *t, PyObject *flags, PyObject *input)
{
    PyObject *old_flags = t->snapshot_flags, *old_input = t->snapshot_input;

    t->snapshot_flags = flags;
    t->snapshot_input = input;
    Py_XDECREF(old_flags);
    Py_XDECREF(old_input);
}

void textio_drop_decoded(textio *t)
{
    textio_set_decoded(t, NULL);
    textio_set_snapshot(t, NULL, NULL);
}

void textio_pass_decoded(textio *t)
{
    if (t->snapshot_input || !RILLIO_SINCE(13))
        textio_drop_decoded(t);
}

static Py_ssize_t available(const textio *t)
{
    return t->length - t->used;
}

/* Give out `n` characters, or all if there are not as many or `n` is -1. */
static PyObject *take(textio *t, Py_ssize_t n)
{
    Py_ssize_t start = t->used, left = available(t);

    if (n < 0 || n > left)
        n = left;
    if (n == 0)
        return Py_NewRef(rillio_state.empty_str);
    t->used += n;
    return PyUnicode_Substring(t->decoded, start, start + n);
}

/* One read of the buffer, for about `wanted` characters; 0 if that is all the
 * same. A new reference of what it returned, and its size. */
static PyObject *read_buffer(textio *t, Py_ssize_t wanted, Py_ssize_t *size_out)
{
    bool one = t->has_read1;
    double expected =
        t->ratio > 1.0 ? t->ratio * (double)wanted : (double)wanted;
    PyObject *size, *chunk;
    Py_buffer view;

    if (expected < (double)t->chunk_size)
        size = PyLong_FromSsize_t(t->chunk_size);
    else if (expected < (double)PY_SSIZE_T_MAX)
        size = PyLong_FromSsize_t((Py_ssize_t)expected);
    else
        size = PyLong_FromSsize_t(PY_SSIZE_T_MAX);
    if (!size)
        return NULL;
    chunk = textio_call(t, one ? RILLIO_NAME(read1) : RILLIO_NAME(read), size);
    Py_DECREF(size);
    if (!chunk)
        return NULL;
    if (PyBytes_CheckExact(chunk)) {
        *size_out = PyBytes_GET_SIZE(chunk);
        return chunk;
    }
    if (PyObject_GetBuffer(chunk, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError,
                     "underlying %s() should have returned a bytes-like object,"
                     " not '%.200s'",
                     one ? "read1" : "read", Py_TYPE(chunk)->tp_name);
        Py_DECREF(chunk);
        return NULL;
    }
    *size_out = view.len;
    PyBuffer_Release(&view);
    return chunk;
}

/* Before a chunk is read: the state of the decoder, of which `flags` and
 * `input` are parts, where a snapshot is to be kept. */
static bool begin_snapshot(textio *t, PyObject **state, PyObject **flags,
                           PyObject **input)
{
    *state = NULL;
    if (!t->telling)
        return true;
    *state = textio_getstate(t);
    if (*state &&
        PyArg_ParseTuple(*state, "OO;illegal decoder state", input, flags)) {
        if (PyBytes_Check(*input))
            return true;
        PyErr_Format(PyExc_TypeError,
                     "illegal decoder state: the first item should be a bytes "
                     "object, not '%.200s'",
                     Py_TYPE(*input)->tp_name);
    }
    Py_CLEAR(*state);
    return false;
}

/* After it: the flags from before it, and all that was decoded since. */
static bool end_snapshot(textio *t, PyObject *flags, PyObject *input,
                         PyObject *chunk)
{
    PyObject *all = Py_NewRef(input);

    PyBytes_Concat(&all, chunk);
    if (!all)
        return false;
    textio_set_snapshot(t, Py_NewRef(flags), all);
    return true;
}

static bool decode_chunk(textio *t, PyObject *chunk, Py_ssize_t size)
{
    PyObject *text = textio_decode(t, chunk, size == 0 ? Py_True : Py_False);
    Py_ssize_t length;

    if (!text)
        return false;
    length = PyUnicode_GET_LENGTH(text);
    t->ratio = length > 0 ? (double)size / (double)length : 0.0;
    textio_set_decoded(t, text);
    return true;
}

/* Read a chunk, for about `wanted` characters, and decode it. 1: done, 0: the
 * end, -1: raised. */
static int read_chunk(textio *t, Py_ssize_t wanted)
{
    PyObject *state, *flags, *input, *chunk;
    Py_ssize_t size;
    bool done;

    if (t->decoder.kind == TEXTIO_NONE) {
        rillio_unsupported("not readable");
        return -1;
    }
    if (!begin_snapshot(t, &state, &flags, &input))
        return -1;
    chunk = read_buffer(t, wanted, &size);
    done = chunk && decode_chunk(t, chunk, size) &&
           (!state || !t->telling || end_snapshot(t, flags, input, chunk));
    Py_XDECREF(chunk);
    Py_XDECREF(state);
    if (!done)
        return -1;
    return size > 0 || available(t) > 0;
}

/* The same, again while signals interrupt it. */
static int fill(textio *t, Py_ssize_t wanted)
{
    int got;

    do
        got = read_chunk(t, wanted);
    while (got < 0 && rillio_was_interrupted());
    return got;
}

/* ---- read() ------------------------------------------------------------- */

/* Everything: what is decoded, and then the buffer's read(). */
static PyObject *read_all(textio *t)
{
    PyObject *bytes = textio_call(t, RILLIO_NAME(read), NULL), *rest, *text;

    if (!bytes)
        return NULL;
    rest = textio_decode(t, bytes, Py_True);
    Py_DECREF(bytes);
    if (!rest)
        return NULL;
    text = take(t, -1);
    if (text)
        PyUnicode_Append(&text, rest);
    Py_DECREF(rest);
    if (text)
        textio_pass_decoded(t);
    return text;
}

/* Take `piece`, which may be NULL for an exception, to the others. */
static bool collect(PyObject **pieces, PyObject *piece)
{
    bool done = piece && (*pieces || (*pieces = PyList_New(0))) &&
                PyList_Append(*pieces, piece) == 0;

    Py_XDECREF(piece);
    return done;
}

/* All `pieces` as one str, or NULL if there was no success. */
static PyObject *join(PyObject *pieces, bool success)
{
    PyObject *text = NULL;

    if (success)
        text = pieces ? PyUnicode_Join(rillio_state.empty_str, pieces)
                      : Py_NewRef(rillio_state.empty_str);
    Py_XDECREF(pieces);
    return text;
}

static PyObject *read_some(textio *t, Py_ssize_t n)
{
    PyObject *pieces = NULL, *piece = NULL;
    int got = 1;

    if (available(t) >= n)
        return take(t, n);
    for (;;) {
        Py_ssize_t some = available(t) < n ? available(t) : n;

        if (some > 0) {
            n -= some;
            piece = take(t, some);
            if (n == 0 && !pieces)
                return piece;
            if (!collect(&pieces, piece))
                return join(pieces, false);
        }
        if (n == 0 || got == 0)
            return join(pieces, true);
        got = fill(t, n);
        if (got < 0)
            return join(pieces, false);
    }
}

const char textio_read_doc[] =
    PyDoc_STR("read($self, size=-1, /)\n--\n\n"
              "Read size characters, fewer only at the end. -1 or None: all.");

PyObject *textio_read(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    textio *t = textio_of(self);
    Py_ssize_t n;

    if (!rillio_count_args("read", nargs, 0, 1) ||
        !rillio_size(nargs > 0 ? args[0] : NULL, -1, &n) ||
        !textio_check_open(t))
        return NULL;
    if (t->decoder.kind == TEXTIO_NONE)
        return rillio_unsupported("not readable");
    if (!textio_write_pending(t))
        return NULL;
    return n < 0 ? read_all(t) : read_some(t, n);
}

/* ---- Lines -------------------------------------------------------------- */

/* The index of `c` in `text` from `start` on, or -1. */
static Py_ssize_t find(PyObject *text, Py_ssize_t start, char c)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    const char *data, *found;

    if (PyUnicode_KIND(text) != PyUnicode_1BYTE_KIND)
        return PyUnicode_FindChar(text, (Py_UCS4)c, start, n, 1);
    data = (const char *)PyUnicode_1BYTE_DATA(text);
    found = memchr(data + start, c, (size_t)(n - start));
    return found ? found - data : -1;
}

/* The index behind the first \r\n from `start` on, or -1. */
static Py_ssize_t find_crlf_end(PyObject *text, Py_ssize_t start)
{
    Py_ssize_t lf = find(text, start, '\n');

    while (lf >= 0 &&
           (lf == start || PyUnicode_READ_CHAR(text, lf - 1) != '\r'))
        lf = find(text, lf + 1, '\n');
    return lf < 0 ? -1 : lf + 1;
}

/* Where the next line ends in `text`, from `start` on; -1 if it does not. */
static Py_ssize_t find_end(const textio *t, PyObject *text, Py_ssize_t start)
{
    Py_ssize_t end;

    if (t->newline == RILL_NEWLINE_CRLF)
        return find_crlf_end(text, start);
    if (!t->lf_lines && t->newline == RILL_NEWLINE_KEEP)
        return rillio_find_line(text, start, t->newline);
    end = find(text, start, t->newline == RILL_NEWLINE_CR ? '\r' : '\n');
    return end < 0 ? -1 : end + 1;
}

/* A line under construction. */
struct line {
    PyObject *pieces; /* list, or NULL: what earlier chunks had of it */
    PyObject *cr;     /* "\r" at the end of the last, which is to be looked at
                         again with what follows; or NULL */
    Py_ssize_t left;  /* how many characters it may yet have; -1: any number */
};

/* The end of a chunk that is needed to tell whether a line ends there. */
static bool ends_in_doubt(const textio *t, PyObject *text, Py_ssize_t start)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);

    return t->newline == RILL_NEWLINE_CRLF && n > start &&
           PyUnicode_READ_CHAR(text, n - 1) == '\r';
}

/* Go through `text`, the chunk's from `start` on with what was in doubt before
 * it. 1: the line ends at *end_out; 0: it takes all, and goes on; -1: raised */
static int extend_line(textio *t, struct line *line, PyObject *text,
                       Py_ssize_t start, Py_ssize_t *end_out)
{
    Py_ssize_t end = find_end(t, text, start),
               size = PyUnicode_GET_LENGTH(text);
    bool found = end >= 0, doubt = !found && ends_in_doubt(t, text, start);

    if (!found)
        end = size - doubt;
    if (line->left >= 0 && end - start >= line->left) {
        end = start + line->left;
        found = true;
    }
    *end_out = end;
    if (found)
        return 1;
    if (line->left >= 0)
        line->left -= end - start;
    if (end > start &&
        !collect(&line->pieces, PyUnicode_Substring(text, start, end)))
        return -1;
    if (doubt && !(line->cr = PyUnicode_Substring(text, end, size)))
        return -1;
    return 0;
}

/* Use up the chunk, or the part of it that is the line's. 1, 0, -1 as above. */
static int use_chunk(textio *t, struct line *line)
{
    PyObject *text, *cr = line->cr;
    Py_ssize_t start = cr ? 0 : t->used, end, carried = cr ? 1 : 0;
    int state;

    text = cr ? PyUnicode_Concat(cr, t->decoded) : Py_NewRef(t->decoded);
    line->cr = NULL;
    Py_XDECREF(cr);
    if (!text)
        return -1;
    state = extend_line(t, line, text, start, &end);
    if (state == 1) {
        t->used = end - carried;
        if (!collect(&line->pieces, PyUnicode_Substring(text, start, end)))
            state = -1;
    } else if (state == 0) {
        textio_set_decoded(t, NULL);
    }
    Py_DECREF(text);
    return state;
}

/* A line that does not end in this chunk, or whatever else is not simple. */
static PyObject *build_line(textio *t, Py_ssize_t limit)
{
    struct line line = {NULL, NULL, limit};
    int state = 0;

    while (state == 0) {
        int got = 1;

        while (got > 0 && t->length == 0)
            got = fill(t, 0);
        if (got < 0) {
            state = -1;
        } else if (got == 0) {
            textio_drop_decoded(t);
            if (line.cr && !collect(&line.pieces, Py_NewRef(line.cr)))
                state = -1;
            break;
        } else {
            state = use_chunk(t, &line);
        }
    }
    Py_XDECREF(line.cr);
    return join(line.pieces, state >= 0);
}

/* The next line from the chunk, of at most `limit` characters unless that is
 * negative. False: it does not end there. */
static bool cut_line(textio *t, Py_ssize_t limit, PyObject **line_out)
{
    Py_ssize_t start = t->used, end = find_end(t, t->decoded, start);

    if (end < 0)
        return false;
    if (limit >= 0 && end - start > limit)
        end = start + limit;
    t->used = end;
    *line_out = PyUnicode_Substring(t->decoded, start, end);
    return true;
}

/* The same for a whole line of more than its end, and where `ascii` is: that is
 * what most lines are. */
static bool cut_ascii_line(textio *t, PyObject **line_out)
{
    const char *from = t->ascii + t->used, *end;
    size_t n;

    end = memchr(from, '\n', (size_t)available(t));
    if (!end || end == from)
        return false;
    n = (size_t)(end - from) + 1;
    *line_out = PyUnicode_New((Py_ssize_t)n, 127);
    if (*line_out) {
        memcpy(PyUnicode_1BYTE_DATA(*line_out), from, n);
        t->used += (Py_ssize_t)n;
    }
    return true;
}

/* The next line. */
static PyObject *read_line(textio *t, Py_ssize_t limit)
{
    PyObject *line;

    if (!textio_check_open(t) || (t->has_pending && !textio_write_pending(t)))
        return NULL;
    if (t->ascii && limit < 0 && cut_ascii_line(t, &line))
        return line;
    if (available(t) > 0 && cut_line(t, limit, &line))
        return line;
    return build_line(t, limit);
}

const char textio_readline_doc[] = PyDoc_STR(
    "readline($self, size=-1, /)\n--\n\n"
    "Read a line, its end included, or its first size characters if that is\n"
    "not negative. An empty str is the end of the file.");

PyObject *textio_readline(PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs)
{
    Py_ssize_t limit = -1;
    PyObject *index;

    if (!rillio_count_args("readline", nargs, 0, 1))
        return NULL;
    if (nargs > 0) {
        index = PyNumber_Index(args[0]);
        if (!index)
            return NULL;
        limit = PyLong_AsSsize_t(index);
        Py_DECREF(index);
        if (limit == -1 && PyErr_Occurred())
            return NULL;
    }
    return read_line(textio_of(self), limit);
}

/* What readline() of a subclass returns. */
static PyObject *call_readline(PyObject *self)
{
    PyObject *line = PyObject_CallMethodNoArgs(self, RILLIO_NAME(readline));

    if (line && !PyUnicode_Check(line)) {
        PyErr_Format(PyExc_OSError,
                     "readline() should have returned a str object, not "
                     "'%.200s'",
                     Py_TYPE(line)->tp_name);
        Py_CLEAR(line);
    }
    if (line && rillio_str_ready(line) < 0)
        Py_CLEAR(line);
    return line;
}

PyObject *textio_next(PyObject *self)
{
    textio *t = textio_of(self);
    PyObject *line;

    if (t->ascii && !t->has_pending && textio_is_open(t) &&
        cut_ascii_line(t, &line)) {
        t->telling = false;
        return line;
    }
    if (!textio_check_attached(t))
        return NULL;
    t->telling = false;
    line = Py_IS_TYPE(self, &rillio_TextIOWrapper_type) ? read_line(t, -1)
                                                        : call_readline(self);
    if (line && PyUnicode_GET_LENGTH(line) == 0) {
        Py_CLEAR(line);
        textio_set_snapshot(t, NULL, NULL);
        t->telling = t->seekable;
    }
    return line;
}
