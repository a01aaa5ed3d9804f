/*
 * str_buffer.h - text that grows, for StringIO.
 *
 * The characters live in a str. One that came from outside is read where it is.
 * The first change makes another that nobody has seen yet: it is written in
 * place, has room to grow, and its characters are as wide as the widest of them
 * needs. When all of it is asked for it is given away as it is; from then on it
 * is only read, too. So much text takes the memory of one str, and is copied
 * only to be changed after it was given away.
 */
#ifndef STR_BUFFER_H
#define STR_BUFFER_H

#include "rillio.h"

typedef struct str_buffer {
    PyObject *text; /* a str whose first `len` characters count; or NULL */
    char *data;     /* its characters ... */
    int unit;       /* ... of 1, 2 or 4 bytes ... */
    Py_UCS4 widest; /* ... up to this: 0x7f, 0xff, 0xffff or 0x10ffff */
    Py_ssize_t len;
    Py_ssize_t room; /* its length if it is ours alone; 0: it is only read */
    bool narrower;   /* what needed `widest` may be gone */
} str_buffer;

/* Make it empty. One that is all zeros must be, before anything else. */
void str_buffer_clear(str_buffer *b);

/* Where the character `at` is, which is there or has room. */
static inline char *str_buffer_at(const str_buffer *b, Py_ssize_t at)
{
    return b->data + at * b->unit;
}

/* Copy characters to where each takes as many bytes, or more. */
static inline void str_buffer_copy(void *to, int unit, const void *from,
                                   int from_unit, Py_ssize_t n)
{
    if (unit == from_unit)
        memcpy(to, from, (size_t)(n * unit));
    else if (unit == 2)
        for (Py_ssize_t i = 0; i < n; i++)
            ((Py_UCS2 *)to)[i] = ((const Py_UCS1 *)from)[i];
    else if (from_unit == 1)
        for (Py_ssize_t i = 0; i < n; i++)
            ((Py_UCS4 *)to)[i] = ((const Py_UCS1 *)from)[i];
    else
        for (Py_ssize_t i = 0; i < n; i++)
            ((Py_UCS4 *)to)[i] = ((const Py_UCS2 *)from)[i];
}

/* Make room for `n` characters up to `widest` at `at`, and fill what is missing
 * up to there with NULs: then they are copied there, and committed. False:
 * raised, and nothing has changed. */
bool str_buffer_reserve(str_buffer *b, Py_ssize_t at, Py_ssize_t n,
                        Py_UCS4 widest);

static inline void str_buffer_commit(str_buffer *b, Py_ssize_t at, Py_ssize_t n,
                                     Py_UCS4 widest)
{
    if (widest == b->widest)
        b->narrower = false;
    else if (at < b->len)
        b->narrower = true;
    if (at + n > b->len)
        b->len = at + n;
}

/* The common write: behind all that is there, into room that is there, of
 * characters as wide. False: it is not that common. */
static inline bool str_buffer_append(str_buffer *b, Py_ssize_t at,
                                     PyObject *text)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);

    if (n == 0 || n > b->room - at || at != b->len ||
        PyUnicode_MAX_CHAR_VALUE(text) != b->widest)
        return false;
    memcpy(str_buffer_at(b, at), PyUnicode_DATA(text), (size_t)(n * b->unit));
    b->len += n;
    return true;
}

/* Write `text`, which is not empty. False: raised. */
bool str_buffer_put(str_buffer *b, Py_ssize_t at, PyObject *text);

/* All of it, or `n` characters of it: new references. */
PyObject *str_buffer_all(str_buffer *b);
PyObject *str_buffer_part(str_buffer *b, Py_ssize_t from, Py_ssize_t n);

/* Cut it to `len` characters, if it has more. False: raised. */
bool str_buffer_cut(str_buffer *b, Py_ssize_t len);

#endif /* STR_BUFFER_H */
