/*
 * textio_write.c - TextIOWrapper.write(), and the text that waits.
 *
 * A small text is encoded to the end of `pending` and waits there until a chunk
 * has come together; text of one byte per character that is encoded as it is,
 * as nearly all is, is just copied. What others see are the calls of
 * buffer.write(): which pieces come together in one is the same as in io.
 */
#include "textio.h"

/* buffer.write(bytes), again while signals interrupt it. */
static bool write_bytes(textio *t, PyObject *bytes)
{
    PyObject *result;

    do
        result = textio_call(t, RILLIO_NAME(write), bytes);
    while (!result && rillio_was_interrupted());
    Py_XDECREF(result);
    return result != NULL;
}

bool textio_write_pending(textio *t)
{
    PyObject *bytes;
    bool done;

    if (!t->has_pending)
        return true;
    bytes = PyBytes_FromStringAndSize(t->pending, t->pending_size);
    if (!bytes)
        return false;
    t->has_pending = false;
    t->pending_size = 0;
    done = write_bytes(t, bytes);
    Py_DECREF(bytes);
    return done;
}

/* Make room for `n` more bytes. */
static bool reserve(textio *t, Py_ssize_t n)
{
    const Py_ssize_t least = 1024;
    Py_ssize_t room = t->pending_room < least ? least : t->pending_room;
    char *moved;

    if (n > PY_SSIZE_T_MAX / 2 - t->pending_size) {
        PyErr_NoMemory();
        return false;
    }
    while (room < t->pending_size + n)
        room *= 2;
    moved = PyMem_Realloc(t->pending, (size_t)room);
    if (!moved) {
        PyErr_NoMemory();
        return false;
    }
    t->pending = moved;
    t->pending_room = room;
    return true;
}

/* Let `n` bytes wait. */
static bool append(textio *t, const char *data, Py_ssize_t n)
{
    if (n > t->pending_room - t->pending_size && !reserve(t, n))
        return false;
    if (n > 0)
        memcpy(t->pending + t->pending_size, data, (size_t)n);
    t->pending_size += n;
    t->has_pending = true;
    return true;
}

/* Whether `n` more bytes are for a write of their own, not joined to those that
 * wait. Python 3.13 began to join all but whole chunks. */
static bool is_apart(const textio *t, Py_ssize_t n)
{
    if (RILLIO_SINCE(13))
        return n >= t->chunk_size;
    return n > t->chunk_size - t->pending_size;
}

/* Write `n` bytes at `data`, which are those of `bytes` if that is not NULL. */
static bool write_at_once(textio *t, const char *data, Py_ssize_t n,
                          PyObject *bytes)
{
    bool done;

    bytes = bytes ? Py_NewRef(bytes) : PyBytes_FromStringAndSize(data, n);
    if (!bytes)
        return false;
    done = write_bytes(t, bytes);
    Py_DECREF(bytes);
    return done;
}

/* Take such bytes: they wait, unless a chunk came together or all must go to
 * the buffer `now`. */
static bool put(textio *t, const char *data, Py_ssize_t n, PyObject *bytes,
                bool now)
{
    if (is_apart(t, n))
        while (t->has_pending) /* buffer.write() may write to us */
            if (!textio_write_pending(t))
                return false;
    if (!t->has_pending && (now || n >= t->chunk_size))
        return write_at_once(t, data, n, bytes);
    if (!append(t, data, n))
        return false;
    return (!now && t->pending_size < t->chunk_size) || textio_write_pending(t);
}

/* Encode `text` to where it waits, if there surely is room, and no chunk comes
 * together by that. */
static bool put_in_place(textio *t, PyObject *text)
{
    Py_ssize_t size = t->pending_size, n = PyUnicode_GET_LENGTH(text);
    Py_ssize_t room =
        t->pending_room < t->chunk_size ? t->pending_room : t->chunk_size;

    room -= size;
    if (textio_is_encoded(t, text) && n < room)
        memcpy(t->pending + size, PyUnicode_DATA(text), (size_t)n);
    else if (n < room / 4)
        n = textio_encode_to(t, t->pending + size, text);
    else
        return false;
    if (n < 0)
        return false;
    t->pending_size = size + n;
    t->has_pending = true;
    return true;
}

static bool put_text(textio *t, PyObject *text, bool now)
{
    PyObject *bytes;
    bool done;

    if (!now && put_in_place(t, text))
        return true;
    if (textio_is_encoded(t, text)) {
        t->at_start = false;
        return put(t, PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text), NULL,
                   now);
    }
    bytes = textio_encode(t, text);
    if (!bytes)
        return false;
    done =
        put(t, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), bytes, now);
    Py_DECREF(bytes);
    return done;
}

static bool has(PyObject *text, Py_UCS4 character)
{
    return PyUnicode_FindChar(text, character, 0, PyUnicode_GET_LENGTH(text),
                              1) >= 0;
}

/* What \n is written as, NULL if as it is. */
static const char *line_end(const textio *t)
{
    switch (t->newline) {
    case RILL_NEWLINE_CR:
    case RILL_NEWLINE_CRLF:
        return rillio_newline_text(t->newline);
#ifdef _WIN32
    case RILL_NEWLINE_UNIVERSAL:
        return "\r\n";
#endif
    default:
        return NULL;
    }
}

/* `text` with its \n as they are written: new reference. */
static PyObject *with_line_ends(PyObject *text, const char *end)
{
    PyObject *lf = PyUnicode_FromString("\n");
    PyObject *new_end = PyUnicode_FromString(end), *out = NULL;

    if (lf && new_end)
        out = PyUnicode_Replace(text, lf, new_end, -1);
    Py_XDECREF(lf);
    Py_XDECREF(new_end);
    return out;
}

/* Write what has line ends to translate, or to flush for. */
static bool write_lines(textio *t, PyObject *text, const char *end)
{
    bool lf = has(text, '\n');
    bool flush = t->line_buffering && (lf || has(text, '\r'));
    PyObject *result;
    bool done;

    text = lf && end ? with_line_ends(text, end) : Py_NewRef(text);
    if (!text)
        return false;
    done = put_text(t, text, flush || t->write_through);
    Py_DECREF(text);
    if (!done || !flush)
        return done;
    result = textio_call(t, RILLIO_NAME(flush), NULL);
    Py_XDECREF(result);
    return result != NULL;
}

static bool write_text(textio *t, PyObject *text)
{
    const char *end = line_end(t);

    return end || t->line_buffering ? write_lines(t, text, end)
                                    : put_text(t, text, t->write_through);
}

void textio_settle_writing(textio *t)
{
    t->copies = t->encoder.kind >= TEXTIO_FUNCTION && !line_end(t) &&
                !t->line_buffering && !t->write_through &&
                t->decoder.kind != TEXTIO_OBJECT;
}

/* Write `text` if to put it in place is all there is to do. */
static bool copy_text(textio *t, PyObject *text)
{
    if (!t->copies || t->decoded || t->snapshot_input || t->decoder.partial ||
        !put_in_place(t, text))
        return false;
    t->decoder.newlines.seen = t->decoder.newlines.pending_cr = 0;
    return true;
}

const char textio_write_doc[] = PyDoc_STR(
    "write($self, text, /)\n--\n\n"
    "Write a str, encoded and with line ends as newline says, and return its\n"
    "length. It may wait here until flush() or a chunk has come together.");

PyObject *textio_write(PyObject *self, PyObject *text)
{
    textio *t = textio_of(self);

    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "write() argument must be str, not %.50s",
                     text == Py_None ? "None" : Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (rillio_str_ready(text) < 0 || !textio_check_open(t))
        return NULL;
    if (copy_text(t, text))
        return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text));
    if (t->encoder.kind == TEXTIO_NONE)
        return rillio_unsupported("not writable");
    if (!write_text(t, text))
        return NULL;
    if (t->decoded || t->snapshot_input)
        textio_pass_decoded(t);
    if (t->decoder.kind != TEXTIO_NONE && !textio_reset_decoder(t))
        return NULL;
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text));
}
