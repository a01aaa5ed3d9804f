/*
 * str_buffer.c - text that grows in a str: see str_buffer.h.
 *
 * A str may be written while nobody else has it. PyUnicode_Resize() makes it
 * longer in place, and shorter when it is given away. What is only read is
 * never written again, whoever else has it or not: a hash or an encoding of it
 * may have been remembered in it.
 */
#include "str_buffer.h"

enum {
    FIRST_ROOM = 64, /* characters of room, at least */
    LARGE = 64 * 1024,
    COPIED = 512, /* less text than this is copied rather than given away */
    KEPT = 1024   /* as much room as this stays when it is cut */
};

static const Py_UCS4 ASCII = 0x7f;

/* Hold `text`, which is taken over, in the place of what is held. */
static void hold(str_buffer *b, PyObject *text, Py_ssize_t room)
{
    PyObject *held = b->text;

    b->text = text;
    b->data = PyUnicode_DATA(text);
    b->unit = (int)PyUnicode_KIND(text);
    b->widest = PyUnicode_MAX_CHAR_VALUE(text);
    b->room = room;
    if (held != text)
        Py_XDECREF(held);
}

/* Hold an exact copy of what counts, to be read only. */
static bool hold_copy(str_buffer *b)
{
    PyObject *copy = PyUnicode_FromKindAndData(b->unit, b->data, b->len);

    if (!copy)
        return false;
    hold(b, copy, 0);
    b->narrower = false;
    return true;
}

void str_buffer_clear(str_buffer *b)
{
    Py_CLEAR(b->text);
    b->unit = 1;
    b->widest = ASCII;
    b->len = b->room = 0;
    b->narrower = false;
}

/* ---- Writing ------------------------------------------------------------ */

/* How much room to make for `end` characters. -1: raised. */
static Py_ssize_t room_for(const str_buffer *b, Py_ssize_t end)
{
    Py_ssize_t now = b->room > 0 ? b->room : b->len, more;

    if (end <= b->room)
        return b->room;
    if ((size_t)end > SIZE_MAX / sizeof(Py_UCS4) - 2) {
        PyErr_SetString(PyExc_OverflowError, "new buffer size too large");
        return -1;
    }
    more = now + now / (now < LARGE ? 2 : 4) + FIRST_ROOM;
    return end > more ? end : more;
}

/* Have a str of our own with room for `end` characters up to `widest`. */
static bool make_room(str_buffer *b, Py_ssize_t end, Py_UCS4 widest)
{
    Py_ssize_t room = room_for(b, end);
    PyObject *text;

    if (room < 0)
        return false;
    if (b->room > 0 && widest <= b->widest) {
        if (PyUnicode_Resize(&b->text, room) < 0)
            return false;
        hold(b, b->text, room);
        return true;
    }
    text = PyUnicode_New(room, widest > b->widest ? widest : b->widest);
    if (!text)
        return false;
    if (b->len > 0)
        str_buffer_copy(PyUnicode_DATA(text), (int)PyUnicode_KIND(text),
                        b->data, b->unit, b->len);
    hold(b, text, room);
    return true;
}

bool str_buffer_reserve(str_buffer *b, Py_ssize_t at, Py_ssize_t n,
                        Py_UCS4 widest)
{
    if (at > PY_SSIZE_T_MAX - n) {
        PyErr_SetString(PyExc_OverflowError, "new position too large");
        return false;
    }
    if ((at + n > b->room || widest > b->widest) &&
        !make_room(b, at + n, widest))
        return false;
    if (at > b->len) {
        memset(str_buffer_at(b, b->len), 0, (size_t)((at - b->len) * b->unit));
        b->len = at;
    }
    return true;
}

/* Write `text` where it is narrow enough and has room. */
static inline bool put_in_room(str_buffer *b, Py_ssize_t at, PyObject *text)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    Py_UCS4 widest = PyUnicode_MAX_CHAR_VALUE(text);

    if (n > b->room - at || at > b->len || widest > b->widest)
        return false;
    str_buffer_copy(str_buffer_at(b, at), b->unit, PyUnicode_DATA(text),
                    (int)PyUnicode_KIND(text), n);
    str_buffer_commit(b, at, n, widest);
    return true;
}

bool str_buffer_put(str_buffer *b, Py_ssize_t at, PyObject *text)
{
    if (put_in_room(b, at, text))
        return true;
    if (!b->text && at == 0 && PyUnicode_CheckExact(text)) {
        hold(b, Py_NewRef(text), 0);
        b->len = PyUnicode_GET_LENGTH(text);
        return true;
    }
    return str_buffer_reserve(b, at, PyUnicode_GET_LENGTH(text),
                              PyUnicode_MAX_CHAR_VALUE(text)) &&
           put_in_room(b, at, text);
}

bool str_buffer_cut(str_buffer *b, Py_ssize_t len)
{
    Py_ssize_t held = b->text ? PyUnicode_GET_LENGTH(b->text) : 0;

    if (len >= b->len)
        return true;
    b->len = len;
    b->narrower = b->widest > ASCII;
    if (len == 0 && (b->room == 0 || held > KEPT))
        str_buffer_clear(b);
    else if (held > KEPT && len <= held / 2)
        return hold_copy(b);
    return true;
}

/* ---- Reading ------------------------------------------------------------ */

PyObject *str_buffer_all(str_buffer *b)
{
    if (b->len == 0)
        return Py_NewRef(rillio_state.empty_str);
    if (b->room > 0 && b->len < COPIED)
        return PyUnicode_FromKindAndData(b->unit, b->data, b->len);
    if (b->narrower ||
        (b->room == 0 && PyUnicode_GET_LENGTH(b->text) > b->len)) {
        if (!hold_copy(b))
            return NULL;
    } else if (b->room > 0) {
        if (PyUnicode_Resize(&b->text, b->len) < 0)
            return NULL;
        hold(b, b->text, 0);
    }
    return Py_NewRef(b->text);
}

PyObject *str_buffer_part(str_buffer *b, Py_ssize_t from, Py_ssize_t n)
{
    if (n == 0)
        return Py_NewRef(rillio_state.empty_str);
    if (n == 1)
        return PyUnicode_FromOrdinal(
            (int)PyUnicode_READ(b->unit, b->data, from));
    if (n == b->len)
        return str_buffer_all(b);
    if (b->widest == ASCII) /* nobody has to look how wide they are */
        return PyUnicode_Substring(b->text, from, from + n);
    return PyUnicode_FromKindAndData(b->unit, str_buffer_at(b, from), n);
}
