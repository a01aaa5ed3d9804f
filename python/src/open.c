/*
 * open.c - open(): from a mode to up to three objects, one on the other.
 *
 * The mode is read into a few flags and checked before anything is opened. Then
 * each layer is made over the one below: the raw file, a buffer, a text. If one
 * fails, what stands is closed. The functions are C functions because those, as
 * attributes of a class, do not become its methods.
 */
#include "rillio.h"

#include <fcntl.h>

/* What open() is asked for, in C. */
struct request {
    PyObject *file;
    const char *mode;
    int buffering;
    const char *encoding, *errors, *newline;
    int closefd;
    PyObject *opener;
};

struct mode {
    bool creating, reading, writing, appending, updating;
    bool text, binary, universal, saving;
    char raw[8]; /* for the raw file: without b, t and U */
};

/* ---- The mode ----------------------------------------------------------- */

/* The flag that a letter sets; NULL for a letter that means nothing. */
static bool *flag_of(struct mode *m, char letter)
{
    switch (letter) {
    case 'x':
        return &m->creating;
    case 'r':
        return &m->reading;
    case 'w':
        return &m->writing;
    case 'a':
        return &m->appending;
    case '+':
        return &m->updating;
    case 't':
        return &m->text;
    case 'b':
        return &m->binary;
    case 's':
        return &m->saving;
    case 'U':
        return RILLIO_SINCE(11) ? NULL : &m->universal;
    default:
        return NULL;
    }
}

static bool read_letters(const char *mode, struct mode *m)
{
    for (const char *letter = mode; *letter; letter++) {
        bool *flag = flag_of(m, *letter);

        if (!flag || *flag) {
            PyErr_Format(PyExc_ValueError, "invalid mode: '%s'", mode);
            return false;
        }
        *flag = true;
    }
    return true;
}

/* 'U', of Python before 3.11: means 'r', and nothing else any more. */
static bool apply_universal(struct mode *m)
{
    if (!m->universal)
        return true;
    if (m->creating || m->writing || m->appending || m->updating) {
        PyErr_SetString(PyExc_ValueError, "mode U cannot be combined with "
                                          "'x', 'w', 'a', or '+'");
        return false;
    }
    m->reading = true;
    return PyErr_WarnEx(PyExc_DeprecationWarning, "'U' mode is deprecated",
                        1) == 0;
}

static const char *what_is_wrong(const struct request *q, const struct mode *m)
{
    if (m->text && m->binary)
        return "can't have text and binary mode at once";
    if (m->creating + m->reading + m->writing + m->appending > 1)
        return "must have exactly one of create/read/write/append mode";
    if (m->binary && q->encoding)
        return "binary mode doesn't take an encoding argument";
    if (m->binary && q->errors)
        return "binary mode doesn't take an errors argument";
    if (m->binary && q->newline)
        return "binary mode doesn't take a newline argument";
    if (m->saving && m->reading && !m->updating)
        return "mode 's' saves what is written: with w, x, a or r+";
    if (m->saving && (PyNumber_Check(q->file) || !q->closefd || q->opener))
        return "mode 's' takes a path, without closefd and opener";
    return NULL;
}

static bool read_mode(const struct request *q, struct mode *m)
{
    const char *wrong;
    char *raw = m->raw;

    if (!read_letters(q->mode, m) || !apply_universal(m))
        return false;
    wrong = what_is_wrong(q, m);
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, wrong);
        return false;
    }
    for (const char *letter = "xrwa+s"; *letter; letter++)
        if (*flag_of(m, *letter))
            *raw++ = *letter;
    if (m->binary && q->buffering == 1)
        return PyErr_WarnEx(PyExc_RuntimeWarning,
                            "line buffering (buffering=1) isn't supported in "
                            "binary mode, the default buffer size will be used",
                            1) == 0;
    return true;
}

/* ---- The layers --------------------------------------------------------- */

static PyObject *open_raw(const struct request *q, const struct mode *m)
{
    if (!m->saving)
        return rillio_fileio_open(q->file, m->raw, q->closefd, q->opener);
    if (PySys_Audit("open", "Osi", q->file, m->raw, O_CREAT | O_RDWR) < 0)
        return NULL;
    return rillio_stream_save(q->file, m->raw);
}

/* Whether `raw` is a terminal; regular files need not be asked. -1: raised. */
static int is_terminal(PyObject *raw)
{
    PyObject *answer;
    int truth;

    if (Py_IS_TYPE(raw, &rillio_FileIO_type) && rillio_fileio_is_regular(raw))
        return 0;
    answer = PyObject_CallMethodNoArgs(raw, RILLIO_NAME(isatty));
    if (!answer)
        return -1;
    truth = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return truth;
}

/* The size of the buffer over a file whose blocks have this size. */
static Py_ssize_t default_buffering(PyObject *raw)
{
    const Py_ssize_t largest = 8 << 20;
    Py_ssize_t block = rillio_state.buffer_size;

    if (Py_IS_TYPE(raw, &rillio_FileIO_type))
        block = rillio_fileio_blksize(raw);
    if (!RILLIO_SINCE(14))
        return block;
    return Py_MAX(Py_MIN(block, largest), rillio_state.buffer_size);
}

/* Settle buffering and line buffering, which the terminal has a say in. */
static bool choose_buffering(const struct request *q, PyObject *raw,
                             Py_ssize_t *size_out, bool *lines_out)
{
    int terminal = q->buffering < 0 ? is_terminal(raw) : 0;

    if (terminal < 0)
        return false;
    *lines_out = q->buffering == 1 || terminal;
    *size_out = q->buffering;
    if (q->buffering < 0 || *lines_out)
        *size_out = default_buffering(raw);
    return true;
}

static PyObject *open_buffer(const struct mode *m, PyObject *raw,
                             Py_ssize_t size)
{
    PyTypeObject *type = &rillio_BufferedReader_type;
    PyObject *args[2] = {raw, PyLong_FromSsize_t(size)}, *buffer;

    if (!args[1])
        return NULL;
    if (m->updating)
        type = &rillio_BufferedRandom_type;
    else if (!m->reading)
        type = &rillio_BufferedWriter_type;
    buffer = PyObject_Vectorcall((PyObject *)type, args, 2, NULL);
    Py_DECREF(args[1]);
    return buffer;
}

static PyObject *string_or_none(const char *text)
{
    return text ? PyUnicode_FromString(text) : Py_NewRef(Py_None);
}

static PyObject *open_text(const struct request *q, PyObject *buffer,
                           bool lines)
{
    PyObject *args[5] = {
        buffer,
        string_or_none(q->encoding),
        string_or_none(q->errors),
        string_or_none(q->newline),
        lines ? Py_True : Py_False,
    };
    PyObject *text = NULL, *mode = PyUnicode_FromString(q->mode);

    if (args[1] && args[2] && args[3] && mode)
        text = PyObject_Vectorcall((PyObject *)&rillio_TextIOWrapper_type, args,
                                   5, NULL);
    if (text && PyObject_SetAttr(text, RILLIO_NAME(mode), mode) < 0)
        Py_CLEAR(text);
    for (int i = 1; i <= 3; i++)
        Py_XDECREF(args[i]);
    Py_XDECREF(mode);
    return text;
}

/* Put buffer and text over `raw`, as the mode asks. What is made so far is in
 * *top, and stays there when the next layer fails. */
static bool stack_layers(const struct request *q, const struct mode *m,
                         PyObject **top)
{
    Py_ssize_t size;
    bool lines;
    PyObject *layer;

    if (!choose_buffering(q, *top, &size, &lines))
        return false;
    if (size == 0) {
        if (!m->binary)
            PyErr_SetString(PyExc_ValueError, "can't have unbuffered text I/O");
        return m->binary;
    }
    layer = open_buffer(m, *top, size);
    if (!layer)
        return false;
    Py_SETREF(*top, layer);
    if (m->binary)
        return true;
    layer = open_text(q, *top, lines);
    if (!layer)
        return false;
    Py_SETREF(*top, layer);
    return true;
}

/* Close what stands when a layer above it failed; that stays the error. */
static void close_unfinished(PyObject *top)
{
    PyObject *type, *value, *traceback, *result;

    PyErr_Fetch(&type, &value, &traceback);
    rillio_discard_save(top);
    result = PyObject_CallMethodNoArgs(top, RILLIO_NAME(close));
    Py_XDECREF(result);
    rillio_chain(type, value, traceback);
    Py_DECREF(top);
}

static PyObject *open_layers(const struct request *q)
{
    struct mode m = {0};
    PyObject *top;

    if (!read_mode(q, &m))
        return NULL;
    top = open_raw(q, &m);
    if (top && !stack_layers(q, &m, &top)) {
        close_unfinished(top);
        return NULL;
    }
    return top;
}

/* A descriptor is left as it is, everything else must be a path. */
static PyObject *open_requested(struct request *q)
{
    PyObject *file = q->file, *result;

    q->file = PyNumber_Check(file) ? Py_NewRef(file) : PyOS_FSPath(file);
    if (!q->file)
        return NULL;
    if (q->opener == Py_None)
        q->opener = NULL;
    result = open_layers(q);
    Py_DECREF(q->file);
    return result;
}

PyObject *rillio_open(PyObject *file, const char *mode, int buffering,
                      const char *encoding, const char *errors,
                      const char *newline, int closefd, PyObject *opener)
{
    struct request q = {file,   mode,    buffering, encoding,
                        errors, newline, closefd,   opener};

    return open_requested(&q);
}

/* ---- The functions ------------------------------------------------------ */

PyDoc_STRVAR(
    open_doc,
    "open($module, /, file, mode='r', buffering=-1, encoding=None,\n"
    "     errors=None, newline=None, closefd=True, opener=None)\n"
    "--\n"
    "\n"
    "Open a file and return a stream; OSError if that fails.\n"
    "\n"
    "file is a path (str, bytes, os.PathLike) or an open descriptor, which is\n"
    "closed together with the stream unless closefd is false.\n"
    "\n"
    "mode is one of\n"
    "  r  read (the default)       w  write: created, or cut to nothing\n"
    "  x  write: must not exist    a  write, always at the end; created\n"
    "and any of\n"
    "  +  the other direction too  b  binary, a stream of bytes\n"
    "  t  text (the default)       s  save: the file appears under its name,\n"
    "                                 whole and on the disk, when it is\n"
    "                                 closed; an exception in its `with`\n"
    "                                 block leaves the old file as it was\n"
    "\n"
    "buffering: 0 for none (binary only), 1 for lines (text only), more for a\n"
    "buffer of that size; by default the block size of the file, and lines on\n"
    "a terminal.\n"
    "\n"
    "encoding, errors and newline are TextIOWrapper's, for text only.\n"
    "\n"
    "opener(file, flags), if given, returns the descriptor to be used.");

static PyObject *py_open(PyObject *Py_UNUSED(module), PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"file",     "mode",   "buffering",
                                        "encoding", "errors", "newline",
                                        "closefd",  "opener", NULL};
    static const rillio_signature signature = {"open", names, 1, 8};
    PyObject *given[8];
    struct request q = {.mode = "r", .buffering = -1, .closefd = 1};

    if (!rillio_args(&signature, args, nargs, kwnames, given) ||
        !rillio_str_arg("open", "mode", "str", given[1], &q.mode) ||
        !rillio_int_arg(given[2], &q.buffering) ||
        !rillio_str_arg("open", "encoding", "str or None", given[3],
                        &q.encoding) ||
        !rillio_str_arg("open", "errors", "str or None", given[4], &q.errors) ||
        !rillio_str_arg("open", "newline", "str or None", given[5],
                        &q.newline) ||
        !rillio_bool_arg(given[6], &q.closefd))
        return NULL;
    q.file = given[0];
    q.opener = given[7];
    return open_requested(&q);
}

PyDoc_STRVAR(
    open_code_doc,
    "open_code($module, /, path)\n"
    "--\n"
    "\n"
    "Open a file that is about to be executed, for reading bytes.\n"
    "\n"
    "Whoever embeds Python may have set a hook that decides how: so it\n"
    "is the interpreter that opens it, and the object is its own.");

static PyObject *py_open_code(PyObject *Py_UNUSED(module),
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    static const char *const names[] = {"path", NULL};
    static const rillio_signature signature = {"open_code", names, 1, 1};
    PyObject *path;

    if (!rillio_args(&signature, args, nargs, kwnames, &path))
        return NULL;
    if (!PyUnicode_Check(path)) {
        PyErr_Format(PyExc_TypeError,
                     "open_code() argument 'path' must be str, not %.50s",
                     path == Py_None ? "None" : Py_TYPE(path)->tp_name);
        return NULL;
    }
    return PyFile_OpenCodeObject(path);
}

int rillio_warn_default_encoding(int stack_level)
{
#if PY_VERSION_HEX >= 0x030a0000
    int warn = rillio_system_flag("warn_default_encoding");

    if (warn <= 0)
        return warn;
    return PyErr_WarnEx(PyExc_EncodingWarning,
                        "'encoding' argument not specified", stack_level);
#else
    (void)stack_level;
    return 0;
#endif
}

PyDoc_STRVAR(
    text_encoding_doc,
    "text_encoding($module, encoding, stacklevel=2, /)\n"
    "--\n"
    "\n"
    "What a function that takes an encoding should pass on to open().\n"
    "\n"
    "That is the encoding itself; for None it is 'locale', or 'utf-8' in "
    "UTF-8\n"
    "mode. With -X warn_default_encoding, None is an EncodingWarning.");

static PyObject *py_text_encoding(PyObject *Py_UNUSED(module),
                                  PyObject *const *args, Py_ssize_t nargs)
{
    int stack_level = 2, utf8 = 0;

    if (!rillio_count_args("text_encoding", nargs, 1, 2) ||
        !rillio_int_arg(nargs > 1 ? args[1] : NULL, &stack_level))
        return NULL;
    if (args[0] != Py_None)
        return Py_NewRef(args[0]);
    if (rillio_warn_default_encoding(stack_level) < 0)
        return NULL;
    if (RILLIO_SINCE(11))
        utf8 = rillio_system_flag("utf8_mode");
    if (utf8 < 0)
        return NULL;
    return PyUnicode_FromString(utf8 ? "utf-8" : "locale");
}

PyMethodDef rillio_open_functions[] = {
    {"open", RILLIO_FASTCALL(py_open), METH_FASTCALL | METH_KEYWORDS, open_doc},
    {"open_code", RILLIO_FASTCALL(py_open_code), METH_FASTCALL | METH_KEYWORDS,
     open_code_doc},
    {"text_encoding", RILLIO_FASTCALL(py_text_encoding), METH_FASTCALL,
     text_encoding_doc},
    {NULL, NULL, 0, NULL},
};
