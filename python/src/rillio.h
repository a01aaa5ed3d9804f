/*
 * rillio.h - what the files of the Python module share.
 *
 * One file for each class or family of classes. All types are static and all
 * state is global: there is one copy of the module in a process, as of io.
 * Behaviour is that of CPython's io of the running version, differences
 * between versions included; docs/python.md says what there is beyond.
 */
#ifndef RILLIO_H
#define RILLIO_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <stdbool.h>

#include <rill/rill.h>

#include "compat.h"

/* ---- Objects ------------------------------------------------------------ */

/* What every object of the module starts with. */
/* clang-format off */
#define RILLIO_HEAD     \
    PyObject_HEAD       \
    PyObject *dict;     \
    PyObject *weakrefs;
/* clang-format on */

typedef struct {
    RILLIO_HEAD
} rillio_object;

/* base.c: _IOBase and below; not abstract classes yet, as in _io: those are
 * made of these in rillio/__init__.py. */
extern PyTypeObject rillio_IOBase_type;
extern PyTypeObject rillio_RawIOBase_type;
extern PyTypeObject rillio_BufferedIOBase_type;
extern PyTypeObject rillio_TextIOBase_type;

extern PyTypeObject rillio_FileIO_type;                    /* fileio.c */
extern PyTypeObject rillio_BytesIO_type;                   /* bytesio.c */
extern PyTypeObject rillio_BytesIOBuffer_type;             /* bytesio.c */
extern PyTypeObject rillio_BufferedReader_type;            /* buffered.c */
extern PyTypeObject rillio_BufferedWriter_type;            /* buffered.c */
extern PyTypeObject rillio_BufferedRandom_type;            /* buffered.c */
extern PyTypeObject rillio_BufferedRWPair_type;            /* rwpair.c */
extern PyTypeObject rillio_StringIO_type;                  /* stringio.c */
extern PyTypeObject rillio_IncrementalNewlineDecoder_type; /* newlines.c */
extern PyTypeObject rillio_TextIOWrapper_type;             /* textio.c */
extern PyTypeObject rillio_Stream_type;                    /* stream.c */

/* A METH_FASTCALL function in a table of methods. */
#define RILLIO_FASTCALL(function) ((PyCFunction)(void (*)(void))(function))

/* ---- State -------------------------------------------------------------- */

/* Names that are looked up often: RILLIO_NAME(read) is "read", interned. */
/* clang-format off */
#define RILLIO_NAMES(X)                                                       \
    X(__IOBase_closed) X(_checkClosed) X(_checkReadable) X(_checkSeekable)    \
    X(_checkWritable) X(_dealloc_warn) X(_finalizing) X(_blksize) X(close)    \
    X(closed) X(decode) X(detach) X(encode) X(encoding) X(errors) X(fileno)   \
    X(flush) X(getstate) X(getvalue) X(isatty) X(mode) X(name) X(newlines)    \
    X(peek) X(raw) X(read) X(read1) X(readable) X(readall) X(readinto)        \
    X(readinto1) X(readline) X(readlines) X(reset) X(seek) X(seekable)        \
    X(setstate) X(tell) X(truncate) X(writable) X(write) X(writelines)        \
    X(size) X(strict) X(extend) X(errno) X(buffer) X(join) X(__module__)      \
    X(_is_text_encoding) X(incrementaldecoder) X(incrementalencoder)
/* clang-format on */

struct rillio_state {
    PyObject *UnsupportedOperation; /* io's: who catches that catches ours */
    PyObject *codecs_lookup;        /* importing at shutdown is too late */
    PyObject *empty_bytes, *empty_str;
    PyObject *zero;         /* the int */
    Py_ssize_t buffer_size; /* io.DEFAULT_BUFFER_SIZE */
    long version;           /* the running Python's: 0x030b is 3.11 */
#define RILLIO_NAME_MEMBER(name) PyObject *name_##name;
    RILLIO_NAMES(RILLIO_NAME_MEMBER)
#undef RILLIO_NAME_MEMBER
};
extern struct rillio_state rillio_state;
#define RILLIO_NAME(name) (rillio_state.name_##name)

/* Whether the running Python is at least 3.`minor`. */
#define RILLIO_SINCE(minor) (rillio_state.version >= (0x0300 | (minor)))

/* ---- module.c: what all classes need ------------------------------------ */

/* Raise io.UnsupportedOperation(message). Returns NULL. */
PyObject *rillio_unsupported(const char *message);

/* Convert a size argument: None and a missing one (NULL) are `missing`. False:
 * raised TypeError "argument should be integer or None, not 'str'". */
bool rillio_size(PyObject *arg, Py_ssize_t missing, Py_ssize_t *size_out);

/* Convert a position, as PyNumber_AsOff_t does: `overflow` is what is raised for
 * an integer beyond 64 bits, NULL to clamp it. -1 with an exception. */
int64_t rillio_offset(PyObject *arg, PyObject *overflow);

/* Whether the pending exception was OSError with EINTR: then it is cleared. (A
 * signal handler that raised is found by the caller's next check.) */
bool rillio_was_interrupted(void);

/* The writable, contiguous memory of the argument of readinto() etc.: release
 * it. False: raised TypeError "readinto() argument must be read-write bytes-like
 * object, not str". */
bool rillio_writable_buffer(const char *function, PyObject *arg,
                            Py_buffer *view);

/* b"".join(pieces) */
PyObject *rillio_join(PyObject *pieces);

/* An attribute of sys.flags as a truth; a missing one is false. -1: raised. */
int rillio_system_flag(const char *name);

/* Raise what a code of librill means: RILL_ENOMEM is MemoryError, RILL_EBUSY
 * BufferError, RILL_EIO OSError with the stream's errno... Returns NULL. */
PyObject *rillio_raise(rill *s, int64_t code);

/* While an exception is pending, raise another that has the first as its
 * context: `type`, `value`, `traceback` come from PyErr_Fetch(); are stolen. */
void rillio_chain(PyObject *type, PyObject *value, PyObject *traceback);

/* ---- args.c: arguments of functions, with CPython's messages ------------- */

/*
 * What a function is called with. Names are of all parameters in order, ended
 * by NULL; the first `required` must be given, the first `positional` may be
 * given by position, the rest by keyword only.
 */
typedef struct rillio_signature {
    const char *function; /* its name, without "()" */
    const char *const *names;
    int required, positional;
} rillio_signature;

/* Sort the arguments of a METH_FASTCALL | METH_KEYWORDS function or of a
 * vectorcall into `out`, one slot for each name; borrowed, NULL where none was
 * given. False: raised TypeError. */
bool rillio_args(const rillio_signature *signature, PyObject *const *args,
                 Py_ssize_t nargs, PyObject *kwnames, PyObject **out);

/* The same for tp_init and tp_new, which get a tuple and a dict (or NULL). */
bool rillio_init_args(const rillio_signature *signature, PyObject *args,
                      PyObject *kwargs, PyObject **out);

/* Check how many came to a METH_FASTCALL method without keywords: TypeError
 * "read expected at most 1 argument, got 2". */
bool rillio_wrong_count(const char *function, Py_ssize_t nargs, Py_ssize_t min,
                        Py_ssize_t max);
static inline bool rillio_count_args(const char *function, Py_ssize_t nargs,
                                     Py_ssize_t min, Py_ssize_t max)
{
    return (nargs >= min && nargs <= max) ||
           rillio_wrong_count(function, nargs, min, max);
}

/* Convert one argument as sorted above; NULL leaves *out as it is (so that it
 * may hold the default). False: raised. An int; a bool, in Pythons before 3.12
 * of an int only; a str without NUL as UTF-8, borrowed: `expected` is "str", or
 * "str or None" where None is NULL. */
bool rillio_int_arg(PyObject *arg, int *out);

/* Before 3.10 a float was refused in other words. False: it is one, raised. */
bool rillio_is_no_float(PyObject *arg);
bool rillio_bool_arg(PyObject *arg, int *out);
bool rillio_str_arg(const char *function, const char *name,
                    const char *expected, PyObject *arg, const char **out);

/* ---- open.c ------------------------------------------------------------- */

/* open(), open_code() and text_encoding(): functions of the module. */
extern PyMethodDef rillio_open_functions[];

/* EncodingWarning where the interpreter was asked for it. -1: it was raised. */
int rillio_warn_default_encoding(int stack_level);

/* io.open() with its arguments, for those who have them in C. */
PyObject *rillio_open(PyObject *file, const char *mode, int buffering,
                      const char *encoding, const char *errors,
                      const char *newline, int closefd, PyObject *opener);

/* ---- base.c ------------------------------------------------------------- */

/* tp_finalize, tp_traverse, tp_clear and tp_dealloc of _IOBase. The first is
 * what every tp_dealloc of a subclass calls through rillio_finalized(). */
void rillio_finalize(PyObject *self);
/* Run the finalizer in a tp_dealloc: false if the object lives on. */
bool rillio_finalized(PyObject *self);
/* _IOBase.close(): flush(), and mark it closed. */
PyObject *rillio_base_close(PyObject *self);
/* __reduce__ and __reduce_ex__ (METH_VARARGS) of files since Python 3.12. */
PyObject *rillio_cannot_pickle(PyObject *self, PyObject *args);
/* Drop dict and weak references in a tp_dealloc, and visit or clear them. */
void rillio_clear_head(rillio_object *self);
int rillio_traverse_head(rillio_object *self, visitproc visit, void *arg);

/* `self` may be, or be the buffer or the text over, a Stream that saves: then
 * drop it (rillio_stream_discard()). Exceptions are swallowed; none may be
 * pending. */
void rillio_discard_save(PyObject *self);

/* self.closed, by attribute: 1, 0, or -1 with an exception. */
int rillio_is_closed(PyObject *self);
/* Raise ValueError("I/O operation on closed file.") if it is. */
bool rillio_check_closed(PyObject *self);
/* self.readable() etc. must be true, else UnsupportedOperation. `which` is one
 * of the interned names. */
bool rillio_check_can(PyObject *self, PyObject *which, const char *message);
/* IOBase.readline(size) for any object, by its peek() and read(). */
PyObject *rillio_readline(PyObject *self, Py_ssize_t limit);

/* Getters of __dict__, for the PyGetSetDef of a concrete type. */
PyObject *rillio_get_dict(PyObject *self, void *closure);

/* ---- fd.c: system calls ------------------------------------------------- */

/*
 * One system call each, without the GIL, repeated when a signal interrupts it
 * and its handler does not raise. -1 or false: raised, where nothing else is
 * said; RILLIO_WOULD_BLOCK: nothing was there or no room was.
 */
enum { RILLIO_WOULD_BLOCK = -2 };
Py_ssize_t rillio_fd_read(int fd, void *buf, Py_ssize_t n);
Py_ssize_t rillio_fd_write(int fd, const void *buf, Py_ssize_t n);
int64_t rillio_fd_seek(int fd, int64_t offset, int whence);
/* Raises nothing: -errno. */
int64_t rillio_fd_try_seek(int fd, int64_t offset, int whence);
bool rillio_fd_truncate(int fd, int64_t size);
bool rillio_fd_is_terminal(int fd);
/* Open `path` (bytes); `name` is what an error shows. */
int rillio_fd_open(PyObject *name, PyObject *path, int flags);
/* Let no program inherit it. */
bool rillio_fd_keep_private(int fd);
bool rillio_fd_close(int fd);

struct rillio_fd_stat {
    int64_t size;
    long block_size; /* 0: not known */
    bool is_directory, is_regular;
};
/* Raises nothing: false, and errno. */
bool rillio_fd_stat(int fd, struct rillio_fd_stat *out);

/* ---- large.c ------------------------------------------------------------- */

/* A bytes object to be filled, in large pages where it is large. */
PyObject *rillio_new_bytes(Py_ssize_t size);

/* Have what it will be filled with lie in large pages, if it is large. */
void rillio_large_pages(PyObject *bytes);

/* ---- fileio.c ----------------------------------------------------------- */

/* A FileIO whose descriptor may be used without its methods: exactly that type
 * (else, or closed: -1). Its __dict__ may yet hide a method. */
int rillio_fileio_fd(PyObject *raw);

/* FileIO(file, mode, closefd, opener): `mode` is known to be right. */
PyObject *rillio_fileio_open(PyObject *file, const char *mode, bool closefd,
                             PyObject *opener);

/* For open(): what fstat() said, so that nobody asks twice. */
long rillio_fileio_blksize(PyObject *fileio);
bool rillio_fileio_is_regular(PyObject *fileio);

/* Whether `raw` is exactly a FileIO, and open: what `closed` would say. */
bool rillio_fileio_is_open(PyObject *raw);

/* Whether `raw` is a FileIO just opened by name, with which nothing was done,
 * nor its descriptor taken: it stands at 0, and need not be asked. */
bool rillio_fileio_is_fresh(PyObject *raw);

/* _dealloc_warn(source) of `raw`, exceptions swallowed. */
void rillio_dealloc_warn(PyObject *raw, PyObject *source);

/* ---- bytesio.c ---------------------------------------------------------- */

/*
 * Lend the stream of a BytesIO (or a subclass) until rillio_bytesio_return():
 * until then Python code cannot change or close it, as if a view was out. To
 * write to it, call rillio_bytesio_own() before. NULL or false: raised, for it
 * is closed, or views are out.
 */
rill *rillio_bytesio_stream(PyObject *bytesio);
bool rillio_bytesio_own(PyObject *bytesio);
void rillio_bytesio_return(PyObject *bytesio);

/* ---- stream.c ----------------------------------------------------------- */

/* A Stream that saves: what is written to it appears under the name `path` (str
 * or bytes, after os.fspath()) when it is closed, whole and durable. `mode` is
 * rill_open()'s, "ws" or "r+s" say. open() puts a buffer over it. Its `mode` is
 * as FileIO's would be, its `name` is `path`. */
PyObject *rillio_stream_save(PyObject *path, const char *mode);

/* If `raw` is a Stream that saves and is open: drop what was written to it and
 * close it, as far as `closed` and whoever writes to it can tell. */
void rillio_stream_discard(PyObject *raw);

/* ---- newlines.c --------------------------------------------------------- */

/* IncrementalNewlineDecoder for others in C: decode an str (or what the inner
 * decoder makes of `input`). New reference. */
PyObject *rillio_newlines_decode(PyObject *decoder, PyObject *input, int final);

/* The same without an object: pass a piece of `text` through `nl`. New
 * reference; of `text` itself where nothing changes. */
PyObject *rillio_newlines_apply(rill_newlines *nl, PyObject *text, int last);

/* Where the first line from `start` on ends in `text`, its end included, as
 * `newline` (enum rill_newline) ends lines: an index; -1 if none ends. */
Py_ssize_t rillio_find_line(PyObject *text, Py_ssize_t start, int newline);

/* None, '', '\n', '\r' or '\r\n' as enum rill_newline; -1 raised: ValueError
 * "illegal newline value: x". TypeError for others. */
int rillio_newline_arg(PyObject *newline);

/* The same in C, where NULL is None; -1, and nothing raised, for others. */
int rillio_newline_of(const char *text);

/* And back; as a str borrowed, NULL without memory. */
const char *rillio_newline_text(int newline);
PyObject *rillio_newline_str(int newline);

/* What `seen` (enum rill_seen) is as the attribute `newlines`. */
PyObject *rillio_newlines_seen(int seen);

#endif /* RILLIO_H */
