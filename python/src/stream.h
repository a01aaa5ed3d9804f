/*
 * stream.h - what the two files of Stream share.
 */
#ifndef RILLIO_STREAM_H
#define RILLIO_STREAM_H

#include "capi.h"

typedef struct stream stream;
struct stream {
    RILLIO_HEAD
    rill *rill;          /* NULL: closed */
    stream *parent;      /* what this is a section of, or NULL */
    Py_ssize_t sections; /* how many of it are open */
    bool borrowed;       /* closing leaves `rill` alone */
    bool ends_late;      /* nobody has it, but for sections, which end later */
    const char *mode;

    stream *root; /* whose lock it uses: self, or the outermost parent */
    PyThread_type_lock lock;
    unsigned long inside; /* the thread that holds it */
    bool busy;            /* some thread does */
};

/* ---- stream.c: one thread at a time ------------------------------------- */

/* Begin to use self->rill: then one of the stream_leave functions. False:
 * raised, for the stream is closed or this thread is in it already. */
bool stream_enter(stream *self);
void stream_leave(stream *self);

/* Raise why a call failed, and leave. Returns NULL. */
PyObject *stream_leave_failed(stream *self, int64_t code);

/* Leave with what a call returned: a number, or None for 0; or a code. */
PyObject *stream_leave_with(stream *self, int64_t result, bool is_number);

/* Raise that it is closed: false. */
bool stream_raise_closed(void);

/* `call` on a stream that was entered, without the GIL. */
#define WITHOUT_GIL(call)            \
    do {                             \
        Py_BEGIN_ALLOW_THREADS call; \
        Py_END_ALLOW_THREADS         \
    } while (0)

/* ---- stream_io.c: methods ----------------------------------------------- */

PyObject *stream_read(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *stream_readall(PyObject *, PyObject *);
PyObject *stream_readinto(PyObject *, PyObject *);
PyObject *stream_peek(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *stream_readline(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *stream_write(PyObject *, PyObject *);
PyObject *stream_flush(PyObject *, PyObject *);
PyObject *stream_sync(PyObject *, PyObject *);
PyObject *stream_truncate(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *stream_seek(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *stream_tell(PyObject *, PyObject *);
PyObject *stream_copy(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

#endif /* RILLIO_STREAM_H */
