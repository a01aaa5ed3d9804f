/*
 * bytesio.h - the object behind BytesIO, and where its content is.
 *
 * Content is in one of these places:
 *
 *   nowhere  there is none.
 *   shared   in the bytes object `shared`: what it was made of, the value that
 *            it gave, or all that was written to it.
 *   own      in its `stream`, a store whose memory is a bytes object, too, of
 *            which the value is made by cutting it to its length: no copy.
 *            (What is very large lies in memory of librill, which grows
 *            faster.)
 *            While it is `writing`, one write follows the other: the stream's
 *            position is the position, and its window takes what is written.
 *            Otherwise `pos` is the position, and the stream is asked only to
 *            make the content longer or shorter.
 *   viewed   in the memory of another object, which `shared` pins and the
 *            stream views: over(). Of what is shared there is such a stream,
 *            too, for as long as it is lent to C code.
 *
 * The first change moves what is not its own into the stream. While there are
 * exports, nothing may change.
 */
#ifndef RILLIO_BYTESIO_H
#define RILLIO_BYTESIO_H

#include "rillio.h"

/* A stream, and what was seen of it when it was last looked at. It lives with
 * the stream, as the state of its store. */
typedef struct bytesio_stream {
    rill *s;
    PyObject *bytes; /* whose memory it has; NULL: none, librill's, or viewed */
    char *data;
    Py_ssize_t len;
    Py_ssize_t position; /* the stream's: who borrows it may move it */
} bytesio_stream;

typedef struct bytesio {
    RILLIO_HEAD
    bytesio_stream *stream; /* may wait for content, without any */
    PyObject *shared;
    Py_ssize_t pos;
    uint32_t exports;  /* views and loans that are out */
    uint16_t lent;     /* loans alone: of the stream, to C code */
    bool closed : 1;   /* there is no content, and never will be */
    bool streamed : 1; /* the content is own or viewed */
    bool writing : 1;
    bool given : 1;    /* the value was given since the last change */
    bool readonly : 1; /* take() made it: its views may not write */
} bytesio;

/* ---- bytesio_stream.c --------------------------------------------------- */

/* Open a stream that waits for content, or one that reads `len` bytes at
 * `data`. NULL: raised. */
bytesio_stream *bytesio_stream_new(void);
bytesio_stream *bytesio_stream_view(const void *data, Py_ssize_t len);

/* Free it, or leave that to the last view of it. */
void bytesio_stream_free(bytesio_stream *stream);

/* Give it content: `len` bytes at `data`, with room for `room` in all; or a
 * bytes object that nobody else has, which it takes. False: raised. */
bool bytesio_stream_fill(bytesio_stream *stream, const char *data, size_t len,
                         size_t room);
void bytesio_stream_adopt(bytesio_stream *stream, PyObject *bytes);

/* Take its content, two bytes or more, or drop it: then it waits for other. Its
 * position is 0. NULL: raised. */
PyObject *bytesio_stream_take(bytesio_stream *stream);
void bytesio_stream_empty(bytesio_stream *stream);

/* Resize a bytes object that nobody else has. False: raised, and it is as it
 * was. */
bool bytesio_resize_bytes(PyObject **bytes, Py_ssize_t size);

/* Look at it. Returns its position. */
Py_ssize_t bytesio_stream_look(bytesio_stream *stream);

/* ---- bytesio_content.c -------------------------------------------------- */

/* Raise ValueError. Returns false. */
bool bytesio_raise_closed(void);
/* Raise ValueError if it is closed, BufferError if there are exports. */
bool bytesio_may_change(bytesio *self);

/* Look at the stream anew: what was written, or who borrows it, changed it. */
void bytesio_settle(bytesio *self);

/* Make the content, or the first `keep` bytes of it, the stream's own, with
 * room for `room` bytes: then it may change. Must be open; may run anything. */
bool bytesio_own(bytesio *self, size_t keep, size_t room);

/* The slow ways to write, and to cut: its position stays; to more than it is,
 * means nothing. */
bool bytesio_write_slow(bytesio *self, const void *data, size_t n);
bool bytesio_cut(bytesio *self, Py_ssize_t size);

/* The whole content as bytes: the very same at each call, until it changes. */
PyObject *bytesio_value(bytesio *self);

/* Begin with `bytes` (NULL: nothing) as content, at position 0. */
void bytesio_start(bytesio *self, PyObject *bytes);
/* Begin with the memory of a memoryview as content. */
bool bytesio_start_over(bytesio *self, PyObject *view);
/* Begin with nothing while views are out: they keep what they see. */
void bytesio_leave_to_views(bytesio *self);

static inline bool bytesio_is_open(bytesio *self)
{
    return RILL_LIKELY(!self->closed) || bytesio_raise_closed();
}

/* Look at the whole content. Returns its length, 0 if it is closed. */
static inline Py_ssize_t bytesio_look(bytesio *self, const char **data_out)
{
    if (self->streamed) {
        if (self->writing || self->lent)
            bytesio_settle(self);
        *data_out = self->stream->data;
        return self->stream->len;
    }
    if (self->shared) {
        *data_out = PyBytes_AS_STRING(self->shared);
        return PyBytes_GET_SIZE(self->shared);
    }
    *data_out = "";
    return 0;
}

static inline Py_ssize_t bytesio_position(bytesio *self)
{
    if (self->writing || self->lent)
        bytesio_settle(self);
    return self->pos;
}

static inline void bytesio_move(bytesio *self, Py_ssize_t position)
{
    if (self->writing || self->lent)
        bytesio_settle(self);
    self->pos = position;
}

/* ---- Arguments and results ---------------------------------------------- */

/* The ints that Python, too, has only once, without the call to get them. */
extern PyObject *bytesio_small_ints[257];

static inline PyObject *bytesio_int(Py_ssize_t n)
{
    if ((size_t)n >= sizeof bytesio_small_ints / sizeof *bytesio_small_ints)
        return PyLong_FromSsize_t(n);
    if (!bytesio_small_ints[n])
        bytesio_small_ints[n] = PyLong_FromSsize_t(n);
    return Py_XNewRef(bytesio_small_ints[n]);
}

/* One optional size: -1 where it is missing or None. */
static inline bool bytesio_size_arg(const char *function, PyObject *const *args,
                                    Py_ssize_t nargs, Py_ssize_t *size_out)
{
    if (nargs == 0) {
        *size_out = -1;
        return true;
    }
    if (RILL_LIKELY(nargs == 1 && rillio_small_int(args[0], size_out)))
        return true;
    return rillio_count_args(function, nargs, 0, 1) &&
           rillio_size(args[0], -1, size_out);
}

/* ---- bytesio_read.c, bytesio_write.c ------------------------------------ */

PyObject *bytesio_read(bytesio *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *bytesio_peek(bytesio *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *bytesio_readline(bytesio *self, PyObject *const *args,
                           Py_ssize_t nargs);
PyObject *bytesio_readlines(bytesio *self, PyObject *const *args,
                            Py_ssize_t nargs);
PyObject *bytesio_readuntil(bytesio *self, PyObject *delimiter);
PyObject *bytesio_readinto(bytesio *self, PyObject *buffer);
PyObject *bytesio_next(bytesio *self);

PyObject *bytesio_write(bytesio *self, PyObject *data);
PyObject *bytesio_writelines(bytesio *self, PyObject *lines);
PyObject *bytesio_truncate(bytesio *self, PyObject *const *args,
                           Py_ssize_t nargs);
PyObject *bytesio_seek(bytesio *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *bytesio_tell(bytesio *self, PyObject *unused);

/* Write any object with a buffer. Returns its length, or -1. */
Py_ssize_t bytesio_write_buffer(bytesio *self, PyObject *data);

/* ---- bytesio_views.c ---------------------------------------------------- */

/* The methods that give views of the content or take them. */
PyObject *bytesio_getbuffer(bytesio *self, PyObject *unused);
PyObject *bytesio_take(bytesio *self, PyObject *unused);
PyObject *bytesio_over(PyTypeObject *type, PyObject *buffer);

#endif /* RILLIO_BYTESIO_H */
