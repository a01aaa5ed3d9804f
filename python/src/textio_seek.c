/*
 * textio_seek.c - TextIOWrapper's tell() and seek().
 *
 * A place in a text is a place in the bytes where a decoder can start, its
 * state there, and what to do to come from there to the place: feed it so many
 * bytes and skip so many of the characters that they become. tell() makes one
 * integer of these, the cookie; where a decoder can start right at the place
 * with nothing in its hands, that integer is just the position in the bytes.
 *
 * A snapshot from before the last chunk is such a start, but a far one. tell()
 * looks for a near one by decoding again: first a piece as long as the place is
 * probably far, then byte by byte. In the encodings whose characters' sizes are
 * known it only adds these up.
 */
#include "textio.h"

/* The parts of a cookie. The integer has them in this order, the first lowest,
 * with 64, 32, 32, 32 and 8 bits. */
struct cookie {
    int64_t start; /* position in the buffer */
    int flags;     /* of the decoder there */
    int feed;      /* bytes to decode from there */
    int skip;      /* characters of those to skip */
    int need_eof;  /* tell the decoder that these bytes were all */
};

enum { COOKIE_BYTES = 21 };

static void put_bytes(unsigned char **p, uint64_t value, int n)
{
    for (; n > 0; n--, value >>= 8)
        *(*p)++ = (unsigned char)value;
}

static uint64_t get_bytes(const unsigned char **p, int n)
{
    uint64_t value = 0;

    for (int i = 0; i < n; i++)
        value |= (uint64_t) * (*p)++ << 8 * i;
    return value;
}

static PyObject *cookie_to_int(const struct cookie *c)
{
    unsigned char bytes[COOKIE_BYTES], *p = bytes;

    if (c->start >= 0 && !c->flags && !c->feed && !c->skip && !c->need_eof)
        return PyLong_FromLongLong(c->start);
    put_bytes(&p, (uint64_t)c->start, 8);
    put_bytes(&p, (uint32_t)c->flags, 4);
    put_bytes(&p, (uint32_t)c->feed, 4);
    put_bytes(&p, (uint32_t)c->skip, 4);
    put_bytes(&p, (uint64_t)c->need_eof, 1);
    return PyObject_CallMethod((PyObject *)&PyLong_Type, "from_bytes", "y#s",
                               (char *)bytes, (Py_ssize_t)COOKIE_BYTES,
                               "little");
}

static int get_int(const unsigned char **p)
{
    return (int)(int32_t)(uint32_t)get_bytes(p, 4);
}

/* Any number will do. False: raised; OverflowError where it is too large. */
static bool cookie_from_int(PyObject *position, struct cookie *c)
{
    PyObject *number = PyNumber_Long(position), *bytes;
    const unsigned char *p;
    int beyond;

    *c = (struct cookie){0};
    if (!number)
        return false;
    c->start = PyLong_AsLongLongAndOverflow(number, &beyond);
    if (!beyond && c->start >= 0) {
        Py_DECREF(number);
        return true;
    }
    bytes = PyObject_CallMethod(number, "to_bytes", "is", (int)COOKIE_BYTES,
                                "little");
    Py_DECREF(number);
    if (!bytes)
        return false;
    p = (const unsigned char *)PyBytes_AS_STRING(bytes);
    c->start = (int64_t)get_bytes(&p, 8);
    c->flags = get_int(&p);
    c->feed = get_int(&p);
    c->skip = get_int(&p);
    c->need_eof = (int)get_bytes(&p, 1);
    Py_DECREF(bytes);
    return true;
}

static bool cookie_is_start(const struct cookie *c)
{
    return c->start == 0 && c->flags == 0;
}

/* Let the decoder be as it was at the cookie's start. */
static bool restore_decoder(textio *t, const struct cookie *c)
{
    PyObject *state;
    bool done;

    if (cookie_is_start(c))
        return textio_reset_decoder(t);
    state = Py_BuildValue("(Oi)", rillio_state.empty_bytes, c->flags);
    if (!state)
        return false;
    done = textio_setstate(t, state);
    Py_DECREF(state);
    return done;
}

/* ---- tell() ------------------------------------------------------------- */

/* The search for a cookie: on the way to `skip` characters behind its start,
 * which lies at `at` in `input`. */
struct search {
    textio *t;
    PyObject *input;
    Py_ssize_t at, skip;
    struct cookie cookie;
};

/* Decode `n` bytes of the input from `from` on: how many characters that makes;
 * -1: raised. */
static Py_ssize_t decode_piece(struct search *s, Py_ssize_t from, Py_ssize_t n)
{
    PyObject *piece, *text;
    Py_ssize_t count;

    piece = PyBytes_FromStringAndSize(PyBytes_AS_STRING(s->input) + from, n);
    if (!piece)
        return -1;
    text = textio_decode(s->t, piece, NULL);
    Py_DECREF(piece);
    if (!text)
        return -1;
    count = PyUnicode_GET_LENGTH(text);
    Py_DECREF(text);
    return count;
}

/* How many bytes the decoder holds back, and its flags; -1: raised. */
static Py_ssize_t held_back(textio *t, int *flags_out)
{
    PyObject *state = textio_getstate(t), *input;
    Py_ssize_t n = -1;

    if (!state)
        return -1;
    if (PyArg_ParseTuple(state, "Oi;illegal decoder state", &input,
                         flags_out)) {
        if (PyBytes_Check(input))
            n = PyBytes_GET_SIZE(input);
        else
            PyErr_Format(PyExc_TypeError,
                         "illegal decoder state: the first item should be a "
                         "bytes object, not '%.200s'",
                         Py_TYPE(input)->tp_name);
    }
    Py_DECREF(state);
    return n;
}

/* Go, in one step, as near to the place as the sizes of the characters in the
 * chunk let hope, and back again while that was too far. */
static bool search_near(struct search *s)
{
    Py_ssize_t size = PyBytes_GET_SIZE(s->input), back = 1, count, held;
    Py_ssize_t n = (Py_ssize_t)(s->t->ratio * (double)s->skip);
    int flags;

    if (n > size)
        n = size;
    while (n > 0) {
        if (!restore_decoder(s->t, &s->cookie))
            return false;
        count = decode_piece(s, 0, n);
        if (count < 0)
            return false;
        if (count > s->skip) {
            n -= back;
            back *= 2;
            continue;
        }
        held = held_back(s->t, &flags);
        if (held < 0)
            return false;
        if (held == 0) {
            s->at = n;
            s->skip -= count;
            s->cookie.start += n;
            s->cookie.flags = flags;
            return true;
        }
        n -= held;
        back = 1;
    }
    return restore_decoder(s->t, &s->cookie);
}

/* The bytes are all fed, and made `count` characters: the end makes more. */
static bool search_end(struct search *s, Py_ssize_t count)
{
    PyObject *text = textio_decode(s->t, rillio_state.empty_bytes, Py_True);

    if (!text)
        return false;
    count += PyUnicode_GET_LENGTH(text);
    Py_DECREF(text);
    s->cookie.need_eof = 1;
    if (count >= s->skip)
        return true;
    PyErr_SetString(PyExc_OSError, "can't reconstruct logical file position");
    return false;
}

/* Go on byte by byte, the cookie's start moving along wherever the decoder
 * could start. Sets the cookie's `feed`. */
static bool search_exact(struct search *s)
{
    Py_ssize_t size = PyBytes_GET_SIZE(s->input), count = 0, n, held;
    int flags;

    for (; s->at < size; s->at++) {
        n = decode_piece(s, s->at, 1);
        if (n < 0)
            return false;
        count += n;
        s->cookie.feed++;
        held = held_back(s->t, &flags);
        if (held < 0)
            return false;
        if (held == 0 && count <= s->skip) {
            s->cookie.start += s->cookie.feed;
            s->cookie.flags = flags;
            s->cookie.feed = 0;
            s->skip -= count;
            count = 0;
        }
        if (count >= s->skip)
            return true;
    }
    return search_end(s, count);
}

/* All that comes after search_near() left something to skip. */
static bool search(struct search *s)
{
    if (!search_near(s))
        return false;
    if (s->skip > 0 && !search_exact(s))
        return false;
    s->cookie.skip = (int)s->skip;
    return true;
}

/* Search, with the decoder as it was before when that is over. */
static bool search_and_return(struct search *s)
{
    PyObject *state = textio_getstate(s->t), *type, *value, *traceback;
    bool found;

    if (!state)
        return false;
    found = search(s);
    PyErr_Fetch(&type, &value, &traceback);
    if (!textio_setstate(s->t, state))
        found = false;
    rillio_chain(type, value, traceback);
    Py_DECREF(state);
    return found;
}

/* How many bytes the characters that were used have in UTF-8. What was counted
 * once is not counted again, so that tell() after each line is quick. */
static Py_ssize_t utf8_size(textio *t)
{
    int kind = (int)PyUnicode_KIND(t->decoded);
    const void *data = PyUnicode_DATA(t->decoded);

    if (PyUnicode_IS_ASCII(t->decoded))
        return t->used;
    for (; t->counted < t->used; t->counted++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, t->counted);

        t->counted_size += 1 + (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
    }
    return t->counted_size;
}

/* Whether each byte or sequence of the input is a character, and no line end
 * was changed: then the place can be computed. */
static bool is_regular(textio *t, PyObject *input, int flags)
{
    switch (t->decoder.kind) {
    case TEXTIO_UTF8:
    case TEXTIO_ASCII:
        if (PyUnicode_CompareWithASCIIString(t->decoder.errors, "strict") != 0)
            return false;
        break;
    case TEXTIO_LATIN1:
        break;
    default:
        return false;
    }
    return !t->decoder.universal ||
           (flags == 0 && !memchr(PyBytes_AS_STRING(input), '\r',
                                  (size_t)PyBytes_GET_SIZE(input)));
}

/* Move the cookie by the characters that were used. */
static void compute(textio *t, struct cookie *c)
{
    rill_newlines *nl = &t->decoder.newlines;

    /* As a search would leave it, which starts with a reset. */
    if (t->decoder.universal) {
        if (cookie_is_start(c))
            nl->seen = 0;
        if (PyUnicode_FindChar(t->decoded, '\n', 0, t->used, 1) >= 0)
            nl->seen |= RILL_SEEN_LF;
    }
    c->start += t->decoder.kind == TEXTIO_UTF8 ? utf8_size(t) : t->used;
}

/* The cookie for the place in the chunk, `position` being where the buffer
 * stands behind it. */
static PyObject *locate(textio *t, PyObject *position)
{
    struct search s = {.t = t, .skip = t->used};
    bool found = true;

    s.cookie.start = PyLong_AsLongLong(position);
    if (s.cookie.start == -1 && PyErr_Occurred())
        return NULL;
    if (!PyArg_Parse(t->snapshot_flags, "i", &s.cookie.flags))
        return NULL;
    s.input = Py_NewRef(t->snapshot_input);
    s.cookie.start -= PyBytes_GET_SIZE(s.input);
    if (s.skip > 0) {
        if (is_regular(t, s.input, s.cookie.flags))
            compute(t, &s.cookie);
        else
            found = search_and_return(&s);
    }
    Py_DECREF(s.input);
    return found ? cookie_to_int(&s.cookie) : NULL;
}

const char textio_tell_doc[] = PyDoc_STR(
    "tell($self, /)\n--\n\n"
    "Where the text stands: an int for seek(), of no other meaning. OSError\n"
    "while lines are taken by next().");

PyObject *textio_tell(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);
    PyObject *position, *cookie;

    if (!textio_check_open(t))
        return NULL;
    if (!t->seekable)
        return rillio_unsupported("underlying stream is not seekable");
    if (!t->telling) {
        PyErr_SetString(PyExc_OSError,
                        "telling position disabled by next() call");
        return NULL;
    }
    if (!textio_write_pending(t) || !textio_flush_self(t))
        return NULL;
    position = textio_call(t, RILLIO_NAME(tell), NULL);
    if (!position || t->decoder.kind == TEXTIO_NONE || !t->snapshot_input)
        return position;
    cookie = locate(t, position);
    Py_DECREF(position);
    return cookie;
}

/* ---- seek() ------------------------------------------------------------- */

/* buffer.seek(0, 2) */
static PyObject *seek_buffer_end(textio *t)
{
    PyObject *args[3] = {NULL, rillio_state.zero, NULL}, *result = NULL;

    if (!textio_check_attached(t))
        return NULL;
    args[0] = Py_NewRef(t->buffer);
    args[2] = PyLong_FromLong(SEEK_END);
    if (args[2])
        result = PyObject_VectorcallMethod(RILLIO_NAME(seek), args, 3, NULL);
    Py_XDECREF(args[2]);
    Py_DECREF(args[0]);
    return result;
}

static PyObject *seek_end(textio *t)
{
    PyObject *result;
    int at_start;

    if (!textio_flush_self(t))
        return NULL;
    textio_drop_decoded(t);
    if (t->decoder.kind != TEXTIO_NONE && !textio_reset_decoder(t))
        return NULL;
    result = seek_buffer_end(t);
    if (!result || t->encoder.kind == TEXTIO_NONE)
        return result;
    at_start = PyObject_RichCompareBool(result, rillio_state.zero, Py_EQ);
    if (at_start < 0 || !textio_reset_encoder(t, at_start))
        Py_CLEAR(result);
    return result;
}

static bool seek_buffer(textio *t, int64_t position)
{
    PyObject *number = PyLong_FromLongLong(position), *result;

    if (!number)
        return false;
    result = textio_call(t, RILLIO_NAME(seek), number);
    Py_DECREF(number);
    Py_XDECREF(result);
    return result != NULL;
}

/* The bytes that a cookie wants decoded. */
static PyObject *read_feed(textio *t, const struct cookie *c)
{
    PyObject *size = PyLong_FromLong(c->feed), *input;

    if (!size)
        return NULL;
    input = textio_call(t, RILLIO_NAME(read), size);
    Py_DECREF(size);
    if (input && !PyBytes_Check(input)) {
        PyErr_Format(PyExc_TypeError,
                     "underlying read() should have returned a bytes object, "
                     "not '%.200s'",
                     Py_TYPE(input)->tp_name);
        Py_CLEAR(input);
    }
    return input;
}

/* A snapshot as if `input` had been read where the cookie starts. */
static bool snapshot_cookie(textio *t, const struct cookie *c, PyObject *input)
{
    PyObject *flags = PyLong_FromLong(c->flags);

    if (!flags)
        return false;
    textio_set_snapshot(t, flags, Py_NewRef(input));
    return true;
}

static bool skip_to_place(textio *t, const struct cookie *c)
{
    PyObject *input = read_feed(t, c), *final = NULL, *text = NULL;

    if (input && snapshot_cookie(t, c, input))
        final = PyLong_FromLong(c->need_eof);
    if (final)
        text = textio_decode(t, input, final);
    Py_XDECREF(final);
    Py_XDECREF(input);
    if (!text)
        return false;
    textio_set_decoded(t, text);
    if (!t->decoded || c->skip < 0 ||
        PyUnicode_GET_LENGTH(t->decoded) < c->skip) {
        PyErr_SetString(PyExc_OSError, "can't restore logical file position");
        return false;
    }
    t->used = c->skip;
    return true;
}

static bool seek_cookie(textio *t, PyObject *position)
{
    struct cookie c;

    if (!textio_flush_self(t) || !cookie_from_int(position, &c) ||
        !seek_buffer(t, c.start))
        return false;
    textio_drop_decoded(t);
    if (t->decoder.kind != TEXTIO_NONE && !restore_decoder(t, &c))
        return false;
    if (c.skip ? !skip_to_place(t, &c)
               : !snapshot_cookie(t, &c, rillio_state.empty_bytes))
        return false;
    return t->encoder.kind == TEXTIO_NONE ||
           textio_reset_encoder(t, cookie_is_start(&c));
}

static PyObject *seek_set(textio *t, PyObject *position)
{
    int negative = PyObject_RichCompareBool(position, rillio_state.zero, Py_LT);

    if (negative < 0)
        return NULL;
    if (negative) {
        PyErr_Format(PyExc_ValueError, "negative seek position %R", position);
        return NULL;
    }
    return seek_cookie(t, position) ? Py_NewRef(position) : NULL;
}

/* A seek from where the text stands to just there, which moves the buffer. */
static PyObject *seek_current(textio *t)
{
    PyObject *result,
        *position = PyObject_CallMethodNoArgs((PyObject *)t, RILLIO_NAME(tell));

    if (!position)
        return NULL;
    result = seek_set(t, position);
    Py_DECREF(position);
    return result;
}

/* From anywhere but the start, only 0 is a position. */
static bool check_zero(PyObject *position, const char *message)
{
    int zero = PyObject_RichCompareBool(position, rillio_state.zero, Py_EQ);

    if (zero == 0)
        rillio_unsupported(message);
    return zero > 0;
}

const char textio_seek_doc[] =
    PyDoc_STR("seek($self, cookie, whence=0, /)\n--\n\n"
              "Go where tell() returned cookie; seek(0) is the start, seek(0, "
              "2) the end\n"
              "of the text. Returns the new position.");

PyObject *textio_seek(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    textio *t = textio_of(self);
    int whence = SEEK_SET;

    if (!rillio_count_args("seek", nargs, 1, 2) ||
        !rillio_int_arg(nargs > 1 ? args[1] : NULL, &whence) ||
        !textio_check_open(t))
        return NULL;
    if (!t->seekable)
        return rillio_unsupported("underlying stream is not seekable");
    switch (whence) {
    case SEEK_SET:
        return seek_set(t, args[0]);
    case SEEK_CUR:
        return check_zero(args[0], "can't do nonzero cur-relative seeks")
                   ? seek_current(t)
                   : NULL;
    case SEEK_END:
        return check_zero(args[0], "can't do nonzero end-relative seeks")
                   ? seek_end(t)
                   : NULL;
    default:
        PyErr_Format(PyExc_ValueError,
                     "invalid whence (%d, should be %d, %d or %d)", whence,
                     SEEK_SET, SEEK_CUR, SEEK_END);
        return NULL;
    }
}
