/*
 * textio_encode.c - small texts become bytes right where they wait.
 *
 * To make a bytes object of a few characters and copy it takes longer than to
 * encode them. Surrogates are left to the error handler: then nothing is done.
 */
#include "textio.h"

static bool is_surrogate(Py_UCS4 c)
{
    return c >= 0xd800 && c < 0xe000;
}

/* A byte of a sequence, of which it has the six bits from `shift` on. */
static char utf8_rest(Py_UCS4 c, int shift)
{
    return (char)(0x80 | (c >> shift & 0x3f));
}

static Py_ssize_t encode_utf8(char *to, PyObject *text)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    char *p = to;

    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);

        if (c < 0x80) {
            *p++ = (char)c;
        } else if (c < 0x800) {
            *p++ = (char)(0xc0 | c >> 6);
            *p++ = utf8_rest(c, 0);
        } else if (c < 0x10000) {
            if (is_surrogate(c))
                return -1;
            *p++ = (char)(0xe0 | c >> 12);
            *p++ = utf8_rest(c, 6);
            *p++ = utf8_rest(c, 0);
        } else {
            *p++ = (char)(0xf0 | c >> 18);
            *p++ = utf8_rest(c, 12);
            *p++ = utf8_rest(c, 6);
            *p++ = utf8_rest(c, 0);
        }
    }
    return p - to;
}

static char *put_16(char *p, Py_UCS4 c)
{
    uint16_t unit = (uint16_t)c;

    memcpy(p, &unit, sizeof unit);
    return p + sizeof unit;
}

static Py_ssize_t encode_utf16(char *to, PyObject *text)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    char *p = to;

    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);

        if (is_surrogate(c))
            return -1;
        if (c >= 0x10000) {
            p = put_16(p, Py_UNICODE_HIGH_SURROGATE(c));
            c = Py_UNICODE_LOW_SURROGATE(c);
        }
        p = put_16(p, c);
    }
    return p - to;
}

static Py_ssize_t encode_utf32(char *to, PyObject *text)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);

    for (Py_ssize_t i = 0; i < n; i++) {
        uint32_t c = PyUnicode_READ(kind, data, i);

        if (is_surrogate(c))
            return -1;
        memcpy(to + i * (Py_ssize_t)sizeof c, &c, sizeof c);
    }
    return n * (Py_ssize_t)sizeof(uint32_t);
}

Py_ssize_t textio_encode_to(const textio *t, char *to, PyObject *text)
{
    if (t->encoder.kind == TEXTIO_UTF8)
        return encode_utf8(to, text);
    if (t->at_start && t->encoder.first)
        return -1; /* a byte order mark comes first */
    switch (t->encoder.unit) {
    case 2:
        return encode_utf16(to, text);
    case 4:
        return encode_utf32(to, text);
    default:
        return -1;
    }
}
