/*
 * buffered.h - what the files of the buffered classes share.
 *
 * One object is one buffer over one raw stream. The buffer holds a stretch of
 * the stream; positions in it are offsets from its start:
 *
 *     0        dirty     dirty_end      read_end       size
 *     |--------|#########|--------------|..............|
 *                              ^pos            raw_at: where the raw stream is
 *
 * [0, read_end) is what was read; read_end is -1 while nothing is. [dirty,
 * dirty_end) was written and has yet to go out; dirty_end is -1 while nothing
 * has. A BufferedRandom may have both at once. `pos` is the position that the
 * user sees, and the raw stream is raw_ahead() bytes further.
 *
 * What a program's raw stream can see - which calls, how many, with what
 * sizes, in what order - is part of the interface and the same as io's.
 */
#ifndef RILLIO_BUFFERED_H
#define RILLIO_BUFFERED_H

#include "rillio.h"

typedef struct {
    RILLIO_HEAD
    PyObject *raw;
    bool ready; /* made, and not detached */
    bool detached;
    char finalizing; /* the attribute _finalizing */
    bool readable, writable;

    PyObject *memory; /* the buffer: bytes that nobody else sees */
    char *data;       /* its bytes; NULL: closed */
    Py_ssize_t size;
    Py_ssize_t pos, read_end, dirty, dirty_end;
    Py_ssize_t raw_at; /* -1: not known */
    int64_t raw_pos;   /* where the raw stream said that it is */
    int raw_errno;     /* what the last write to it left in errno */
    int seekable_fd;   /* a descriptor that can be sought in; -1: not known */

    /* The lock. While the GIL is held `held` tells whether somebody is inside;
     * only who has to wait needs a real lock, `gate`. */
    bool held, signalled;
    unsigned long owner;
    int waiting;
    PyThread_type_lock gate; /* taken, but for the time `signalled` is set */
} buffered;

/* ---- The buffer --------------------------------------------------------- */

/* How many bytes can be read without asking the raw stream. */
static inline Py_ssize_t buffered_ahead(const buffered *b)
{
    return b->read_end >= 0 ? b->read_end - b->pos : 0;
}

/* How far the raw stream is beyond `pos`. */
static inline Py_ssize_t buffered_raw_ahead(const buffered *b)
{
    if ((b->read_end < 0 && b->dirty_end < 0) || b->raw_at < 0)
        return 0;
    return b->raw_at - b->pos;
}

static inline void buffered_drop_read(buffered *b)
{
    b->read_end = -1;
}

static inline void buffered_drop_dirty(buffered *b)
{
    b->dirty = 0;
    b->dirty_end = -1;
}

/* ---- Locking and states: buffered.c ------------------------------------- */

bool buffered_enter_busy(buffered *b);
void buffered_wake(buffered *b);

/* Be alone inside, where the GIL may be released or others' code run. False:
 * raised RuntimeError, for this thread is inside already. */
static inline bool buffered_enter(buffered *b)
{
    if (b->held)
        return buffered_enter_busy(b);
    b->held = true;
    b->owner = PyThread_get_thread_ident();
    return true;
}

static inline void buffered_leave(buffered *b)
{
    b->held = false;
    if (b->waiting > 0)
        buffered_wake(b);
}

/* Raise that the object was never made, or has been detached. Returns false. */
bool buffered_not_ready(const buffered *b);

static inline bool buffered_check_ready(const buffered *b)
{
    return b->ready || buffered_not_ready(b);
}

/* Whether it or its raw stream is closed. An exception of the raw stream's
 * `closed` counts as that, and is to be replaced. */
bool buffered_is_closed(buffered *b);

/* Raise ValueError(message) if it is closed, and nothing read is left. */
static inline bool buffered_check_open(buffered *b, const char *message)
{
    if (buffered_ahead(b) > 0 || !buffered_is_closed(b))
        return true;
    PyErr_SetString(PyExc_ValueError, message);
    return false;
}

/* Convert an argument that has to be an integer. */
bool buffered_integer_arg(PyObject *arg, Py_ssize_t *out);

/* ---- The raw stream: buffered_raw.c ------------------------------------- */

/*
 * Read into or write from `data`, memory of `keeper` (which exports a buffer;
 * it is kept as long as the raw stream keeps the view that it is given). The
 * count, or -1 with an exception, or RILLIO_WOULD_BLOCK.
 */
Py_ssize_t buffered_raw_read(buffered *b, char *data, Py_ssize_t n,
                             PyObject *keeper);
Py_ssize_t buffered_raw_write(buffered *b, const char *data, Py_ssize_t n,
                              PyObject *keeper);

/* The new position; -1 with an exception. */
int64_t buffered_raw_seek(buffered *b, int64_t offset, int whence);
int64_t buffered_raw_tell(buffered *b);

/* The descriptor, where a system call stands for the raw stream's method `name`
 * and nobody can tell; else -1. */
int buffered_raw_fd(const buffered *b, PyObject *name);

/* A reference to the raw stream, so that it lives through a call: NULL and an
 * exception if it was detached meanwhile. */
PyObject *buffered_raw(const buffered *b);

/* ---- Reading and writing: buffered_read.c, buffered_write.c ------------- */

/* Write out what is dirty. */
bool buffered_flush_dirty(buffered *b);

/* The same, and take the raw stream to `pos`: what was read is dropped. */
bool buffered_flush_and_rewind(buffered *b);

/* A method that takes an array of arguments, in a PyMethodDef. */
#define FASTCALL(function) \
    (PyCFunction)(void (*)(void))(function), METH_FASTCALL

PyObject *buffered_iternext(PyObject *self);
PyObject *buffered_peek(PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs);
PyObject *buffered_read(PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs);
PyObject *buffered_read1(PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs);
PyObject *buffered_readinto(PyObject *self, PyObject *target);
PyObject *buffered_readinto1(PyObject *self, PyObject *target);
PyObject *buffered_readline(PyObject *self, PyObject *const *args,
                            Py_ssize_t nargs);
PyObject *buffered_write(PyObject *self, PyObject *source);
PyObject *buffered_flush(PyObject *self, PyObject *unused);

#endif /* RILLIO_BUFFERED_H */
