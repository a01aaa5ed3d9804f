/*
 * fileio.h - what the files of FileIO share.
 */
#ifndef RILLIO_FILEIO_H
#define RILLIO_FILEIO_H

#include "rillio.h"

typedef struct {
    RILLIO_HEAD
    int fd; /* -1: closed */
    unsigned int blksize;
    bool created, readable, writable, appending, closefd, regular;
    char finalizing;      /* attribute _finalizing */
    signed char seekable; /* -1: not known yet */
    int64_t fresh_size;   /* nothing was done with it yet: its size, more than
                             0, and it stands at 0; else -1 */
} fileio;

static inline bool fileio_check_open(fileio *self)
{
    if (self->fd >= 0)
        return true;
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
    return false;
}

/* What lseek() answered tells whether the file can seek. */
static inline int64_t fileio_learn_seekable(fileio *self, int64_t answer)
{
    if (self->seekable < 0)
        self->seekable = answer >= 0;
    return answer;
}

/* ---- fileio_open.c ------------------------------------------------------ */

PyObject *fileio_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
int fileio_init(PyObject *object, PyObject *args, PyObject *kwargs);

/* Close the descriptor, if there is one. */
bool fileio_close_descriptor(fileio *self);

/* ---- fileio_io.c -------------------------------------------------------- */

PyObject *fileio_readinto(PyObject *object, PyObject *target);
PyObject *fileio_readall(PyObject *object, PyObject *none);
PyObject *fileio_read(PyObject *object, PyObject *const *args,
                      Py_ssize_t nargs);
PyObject *fileio_write(PyObject *object, PyObject *source);
PyObject *fileio_seek(PyObject *object, PyObject *const *args,
                      Py_ssize_t nargs);
PyObject *fileio_tell(PyObject *object, PyObject *none);
PyObject *fileio_truncate(PyObject *object, PyObject *const *args,
                          Py_ssize_t nargs);
extern const char fileio_readinto_doc[], fileio_readall_doc[],
    fileio_read_doc[], fileio_write_doc[], fileio_seek_doc[], fileio_tell_doc[],
    fileio_truncate_doc[];

#endif /* RILLIO_FILEIO_H */
