/*
 * textio.c - TextIOWrapper: text over a buffered stream of bytes.
 *
 * This file makes the object, configures and closes it, and has its attributes;
 * textio.h says where the rest is, and how it hangs together.
 */
#include "textio.h"
#include "bytesio.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <langinfo.h>
#endif

/* ---- States ------------------------------------------------------------- */

bool textio_check_attached(textio *t)
{
    if (t->state == TEXTIO_ATTACHED)
        return true;
    PyErr_SetString(PyExc_ValueError,
                    t->state == TEXTIO_DETACHED
                        ? "underlying buffer has been detached"
                        : "I/O operation on uninitialized object");
    return false;
}

/* The buffer, for a call: it is there from early in __init__() on. */
static PyObject *hold_buffer(textio *t)
{
    if (t->buffer)
        return Py_NewRef(t->buffer);
    textio_check_attached(t);
    return NULL;
}

/* buffer.name */
static PyObject *buffer_attribute(textio *t, PyObject *name)
{
    PyObject *buffer = hold_buffer(t), *value;

    if (!buffer)
        return NULL;
    value = PyObject_GetAttr(buffer, name);
    Py_DECREF(buffer);
    return value;
}

/* What the buffer says: 1, 0, or -1 with an exception. */
static int is_closed(textio *t)
{
    PyObject *closed = buffer_attribute(t, RILLIO_NAME(closed));
    int truth;

    if (!closed)
        return -1;
    truth = PyObject_IsTrue(closed);
    Py_DECREF(closed);
    return truth;
}

static bool is_exact(textio *t)
{
    return Py_IS_TYPE((PyObject *)t, &rillio_TextIOWrapper_type);
}

bool textio_check_open_slowly(textio *t)
{
    int closed;

    if (!textio_check_attached(t))
        return false;
    if (!is_exact(t))
        return rillio_check_closed((PyObject *)t);
    if (t->raw)
        closed = !rillio_fileio_is_open(t->raw);
    else if (Py_IS_TYPE(t->buffer, &rillio_BytesIO_type))
        closed = ((bytesio *)t->buffer)->closed;
    else
        closed = is_closed(t);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return closed == 0;
}

PyObject *textio_call(textio *t, PyObject *name, PyObject *arg)
{
    PyObject *buffer = hold_buffer(t), *result;

    if (!buffer)
        return NULL;
    result = arg ? PyObject_CallMethodOneArg(buffer, name, arg)
                 : PyObject_CallMethodNoArgs(buffer, name);
    Py_DECREF(buffer);
    return result;
}

/* ---- Making ------------------------------------------------------------- */

/* What the locale's encoding is called. */
static PyObject *locale_encoding(void)
{
#ifdef _WIN32
    return PyUnicode_FromFormat("cp%u", GetACP());
#else
    const char *name = nl_langinfo(CODESET);

    return PyUnicode_FromString(*name ? name : "utf-8");
#endif
}

/* The encoding to use where "locale" was asked for, or (NULL) nothing was. In
 * UTF-8 mode the default is UTF-8, which does not change the locale. */
static PyObject *default_encoding(void)
{
    int utf8 = rillio_system_flag("utf8_mode");

    if (utf8 < 0)
        return NULL;
    if (!utf8)
        return locale_encoding();
    return PyUnicode_FromString(RILLIO_SINCE(11) ? "utf-8" : "UTF-8");
}

static PyObject *choose_encoding(const char *encoding)
{
    if (!encoding)
        return default_encoding();
    if (strcmp(encoding, "locale") == 0 && RILLIO_SINCE(10))
        return locale_encoding();
    return PyUnicode_FromString(encoding);
}

/* In development mode, that there is a handler of that name. */
static bool check_errors(const char *errors)
{
    int strict = rillio_system_flag("dev_mode");
    PyObject *handler;

    if (strict <= 0)
        return strict == 0;
    handler = PyCodec_LookupError(errors);
    Py_XDECREF(handler);
    return handler != NULL;
}

static int check_newline(const char *text)
{
    int newline = rillio_newline_of(text);

    if (newline < 0)
        PyErr_Format(PyExc_ValueError, "illegal newline value: %s", text);
    return newline;
}

/* Let go of everything but the attributes of RILLIO_HEAD. */
static void release(textio *t)
{
    PyObject *old[] = {t->buffer, t->raw, t->encoding, t->errors};

    t->buffer = t->raw = t->encoding = t->errors = NULL;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        Py_XDECREF(old[i]);
    textio_clear_decoder(&t->decoder);
    textio_clear_encoder(&t->encoder);
    textio_drop_decoded(t);
    PyMem_Free(t->pending);
    t->pending = NULL;
    t->pending_size = t->pending_room = 0;
    t->has_pending = t->copies = false;
}

/* Remember the FileIO under a buffer of ours. */
static bool find_raw(textio *t, PyObject *buffer)
{
    PyTypeObject *type = Py_TYPE(buffer);
    PyObject *raw;

    if (type != &rillio_BufferedReader_type &&
        type != &rillio_BufferedWriter_type &&
        type != &rillio_BufferedRandom_type)
        return true;
    raw = PyObject_GetAttr(buffer, RILLIO_NAME(raw));
    if (!raw)
        return false;
    if (Py_IS_TYPE(raw, &rillio_FileIO_type))
        Py_XSETREF(t->raw, raw);
    else
        Py_DECREF(raw);
    return true;
}

static bool ask_buffer(textio *t, PyObject *buffer)
{
    PyObject *answer = PyObject_CallMethodNoArgs(buffer, RILLIO_NAME(seekable));
    int seekable, has_read1;

    if (!answer)
        return false;
    seekable = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    if (seekable < 0)
        return false;
    t->seekable = t->telling = seekable;
    has_read1 = PyObject_GetOptionalAttr(buffer, RILLIO_NAME(read1), &answer);
    Py_XDECREF(answer);
    t->has_read1 = has_read1 > 0;
    return has_read1 >= 0;
}

/* Tell the encoder whether it starts where the stream does, so that no byte
 * order mark comes to stand in the middle. */
static bool start_encoder(textio *t)
{
    PyObject *position;
    int at_start;

    if (!t->seekable || t->encoder.kind == TEXTIO_NONE)
        return true;
    t->at_start = true;
    if (t->raw && t->encoder.kind >= TEXTIO_UTF8)
        return true; /* it has no use for this, and nobody sees us not ask */
    position = textio_call(t, RILLIO_NAME(tell), NULL);
    if (!position)
        return false;
    at_start = PyObject_RichCompareBool(position, rillio_state.zero, Py_EQ);
    Py_DECREF(position);
    if (at_start < 0)
        return false;
    return at_start || textio_reset_encoder(t, false);
}

/* Take encoding and errors into use. */
static bool set_codec(textio *t, PyObject *encoding, PyObject *errors)
{
    PyObject *codec = textio_find_codec(encoding);
    bool made;

    if (!codec)
        return false;
    made = textio_make_decoder(t, codec, errors) &&
           textio_make_encoder(t, codec, errors);
    Py_DECREF(codec);
    if (!made)
        return false;
    Py_XSETREF(t->encoding, Py_NewRef(encoding));
    Py_XSETREF(t->errors, Py_NewRef(errors));
    return true;
}

/* What the arguments of __init__() come to. */
struct settings {
    PyObject *buffer;
    const char *encoding, *errors, *newline;
    int line_buffering, write_through;
};

/* All that __init__() does after its arguments turned out to be good. */
static bool make(textio *t, const struct settings *s, int newline,
                 PyObject *encoding, PyObject *errors)
{
    release(t);
    t->buffer = Py_NewRef(s->buffer);
    t->newline = newline;
    t->line_buffering = s->line_buffering != 0;
    t->write_through = s->write_through != 0;
    t->chunk_size = 8192;
    t->ratio = 0.0;
    t->at_start = false;
    if (!set_codec(t, encoding, errors) || !find_raw(t, s->buffer) ||
        !ask_buffer(t, s->buffer) || !start_encoder(t))
        return false;
    textio_settle_writing(t);
    t->state = TEXTIO_ATTACHED;
    return true;
}

static bool init(textio *t, const struct settings *s)
{
    PyObject *encoding, *errors;
    int newline;
    bool made;

    t->state = TEXTIO_NOT_MADE;
    if (!s->encoding && rillio_warn_default_encoding(1) < 0)
        return false;
    newline = check_errors(s->errors) ? check_newline(s->newline) : -1;
    if (newline < 0)
        return false;
    encoding = choose_encoding(s->encoding);
    errors = PyUnicode_FromString(s->errors ? s->errors : "strict");
    made = encoding && errors && make(t, s, newline, encoding, errors);
    Py_XDECREF(encoding);
    Py_XDECREF(errors);
    return made;
}

static const char *const init_names[] = {
    "buffer",         "encoding",      "errors", "newline",
    "line_buffering", "write_through", NULL};
static const rillio_signature init_signature = {"TextIOWrapper", init_names, 1,
                                                6};

static bool init_given(textio *t, PyObject *const *given)
{
    static const char function[] = "TextIOWrapper", expected[] = "str or None";
    struct settings s = {.buffer = given[0]};

    return rillio_str_arg(function, "encoding", expected, given[1],
                          &s.encoding) &&
           rillio_str_arg(function, "newline", expected, given[3],
                          &s.newline) &&
           rillio_bool_arg(given[4], &s.line_buffering) &&
           rillio_bool_arg(given[5], &s.write_through) &&
           rillio_str_arg(function, "errors", expected, given[2], &s.errors) &&
           init(t, &s);
}

static int textio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *given[6];

    return rillio_init_args(&init_signature, args, kwargs, given) &&
                   init_given(textio_of(self), given)
               ? 0
               : -1;
}

/* TextIOWrapper(...) without a tuple and a dict of the arguments. */
static PyObject *textio_vectorcall(PyObject *type, PyObject *const *args,
                                   size_t nargsf, PyObject *kwnames)
{
    PyObject *given[6], *self;

    if (!rillio_args(&init_signature, args, PyVectorcall_NARGS(nargsf), kwnames,
                     given))
        return NULL;
    self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (self && !init_given(textio_of(self), given))
        Py_CLEAR(self);
    return self;
}

/* ---- reconfigure() ------------------------------------------------------ */

/* What the arguments of reconfigure() come to. */
struct changes {
    PyObject *encoding, *errors; /* NULL: not given */
    int newline;                 /* 0: not given */
    int line_buffering, write_through;
};

/* A truth; None and NULL leave it as it is. */
static bool optional_truth(PyObject *arg, int *out)
{
    long value;

    if (!arg || arg == Py_None)
        return true;
    value = PyLong_AsLong(arg);
    if (value == -1 && PyErr_Occurred())
        return false;
    *out = value != 0;
    return true;
}

/* A str, as UTF-8 too; None and NULL become NULL. */
static bool optional_str(const char *name, PyObject **arg, const char **out)
{
    *out = NULL;
    if (!rillio_str_arg("reconfigure", name, "str or None", *arg, out))
        return false;
    if (*arg == Py_None)
        *arg = NULL;
    return true;
}

static bool parse_changes(textio *t, PyObject **given, struct changes *c)
{
    bool has_newline = given[2] != NULL;
    const char *encoding, *errors, *newline;

    if (!optional_str("encoding", &given[0], &encoding) ||
        !optional_str("errors", &given[1], &errors) ||
        !optional_str("newline", &given[2], &newline))
        return false;
    if (t->decoded && (encoding || errors || has_newline)) {
        rillio_unsupported("It is not possible to set the encoding or newline "
                           "of stream after the first read");
        return false;
    }
    *c = (struct changes){.encoding = given[0],
                          .errors = given[1],
                          .line_buffering = t->line_buffering,
                          .write_through = t->write_through};
    if (has_newline && (c->newline = check_newline(newline)) < 0)
        return false;
    return optional_truth(given[3], &c->line_buffering) &&
           optional_truth(given[4], &c->write_through);
}

/* The encoding that reconfigure(encoding=...) means: new reference. */
static PyObject *new_encoding(textio *t, PyObject *encoding)
{
    if (!encoding)
        return Py_XNewRef(t->encoding);
    if (PyUnicode_CompareWithASCIIString(encoding, "locale") == 0 &&
        RILLIO_SINCE(11))
        return default_encoding();
    return PyUnicode_FromObject(encoding);
}

/* Its handler of errors: one of the old encoding is not for a new one. */
static PyObject *new_errors(textio *t, const struct changes *c)
{
    if (c->errors)
        return PyUnicode_FromObject(c->errors);
    return Py_XNewRef(c->encoding ? RILLIO_NAME(strict) : t->errors);
}

static bool change_codec(textio *t, const struct changes *c)
{
    PyObject *encoding, *errors;
    bool changed;

    if (!c->encoding && !c->errors && !c->newline)
        return true;
    encoding = new_encoding(t, c->encoding);
    errors = new_errors(t, c);
    changed = encoding && errors && set_codec(t, encoding, errors) &&
              start_encoder(t);
    Py_XDECREF(encoding);
    Py_XDECREF(errors);
    return changed;
}

static bool reconfigure(textio *t, const struct changes *c)
{
    PyObject *result =
        PyObject_CallMethodNoArgs((PyObject *)t, RILLIO_NAME(flush));

    Py_XDECREF(result);
    if (!result || !textio_check_attached(t))
        return false;
    t->ratio = 0.0;
    t->copies = false;
    if (c->newline)
        t->newline = c->newline;
    if (!change_codec(t, c))
        return false;
    t->line_buffering = c->line_buffering != 0;
    t->write_through = c->write_through != 0;
    textio_settle_writing(t);
    return true;
}

PyDoc_STRVAR(
    reconfigure_doc,
    "reconfigure($self, /, *, encoding=None, errors=None, newline=None,\n"
    "            line_buffering=None, write_through=None)\n--\n\n"
    "Flush, and change what is given; encoding, errors and newline only while\n"
    "nothing that was read waits here.");

static PyObject *textio_reconfigure(PyObject *self, PyObject *const *args,
                                    Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"encoding",      "errors",
                                        "newline",       "line_buffering",
                                        "write_through", NULL};
    static const rillio_signature signature = {"reconfigure", names, 0, 0};
    PyObject *given[5];
    struct changes c;

    if (!rillio_args(&signature, args, nargs, kwnames, given) ||
        !parse_changes(textio_of(self), given, &c) ||
        !reconfigure(textio_of(self), &c))
        return NULL;
    Py_RETURN_NONE;
}

/* ---- Flushing and closing ----------------------------------------------- */

PyDoc_STRVAR(flush_doc, "flush($self, /)\n--\n\n"
                        "Write what waits, and flush the buffer.");

static PyObject *textio_flush(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);

    if (!textio_check_open(t))
        return NULL;
    t->telling = t->seekable;
    return textio_write_pending(t) ? textio_call(t, RILLIO_NAME(flush), NULL)
                                   : NULL;
}

bool textio_flush_self(textio *t)
{
    PyObject *self = (PyObject *)t, *result;
    int hidden = t->dict ? PyDict_Contains(t->dict, RILLIO_NAME(flush)) : 0;

    if (hidden < 0)
        return false;
    result = hidden == 0 && is_exact(t)
                 ? textio_flush(self, NULL)
                 : PyObject_CallMethodNoArgs(self, RILLIO_NAME(flush));
    Py_XDECREF(result);
    return result != NULL;
}

PyDoc_STRVAR(close_doc, "close($self, /)\n--\n\n"
                        "Flush, and close the buffer even if that fails.");

static PyObject *textio_close(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);
    PyObject *type, *value, *traceback, *result;
    int closed;

    if (!textio_check_attached(t))
        return NULL;
    closed = is_closed(t);
    if (closed < 0)
        return NULL;
    if (closed)
        Py_RETURN_NONE;
    if (t->finalizing && t->buffer) {
        PyObject *buffer = Py_NewRef(t->buffer);

        rillio_dealloc_warn(buffer, self);
        Py_DECREF(buffer);
    }
    textio_flush_self(t);
    PyErr_Fetch(&type, &value, &traceback);
    result = textio_call(t, RILLIO_NAME(close), NULL);
    if (type)
        Py_CLEAR(result);
    rillio_chain(type, value, traceback);
    return result;
}

PyDoc_STRVAR(detach_doc, "detach($self, /)\n--\n\n"
                         "Flush, and give away the buffer; this is of no use "
                         "afterwards.");

static PyObject *textio_detach(PyObject *self, PyObject *Py_UNUSED(unused))
{
    textio *t = textio_of(self);
    PyObject *buffer;

    if (!textio_check_attached(t) || !textio_flush_self(t) ||
        !textio_check_attached(t))
        return NULL;
    buffer = t->buffer;
    t->buffer = NULL;
    t->state = TEXTIO_DETACHED;
    return buffer;
}

PyDoc_STRVAR(truncate_doc,
             "truncate($self, pos=None, /)\n--\n\n"
             "Flush, and truncate the buffer: where it stands, or at pos.");

static PyObject *textio_truncate(PyObject *self, PyObject *const *args,
                                 Py_ssize_t nargs)
{
    textio *t = textio_of(self);

    if (!rillio_count_args("truncate", nargs, 0, 1) ||
        !textio_check_attached(t) || !textio_flush_self(t))
        return NULL;
    return textio_call(t, RILLIO_NAME(truncate), nargs > 0 ? args[0] : Py_None);
}

/* ---- What the buffer is asked ------------------------------------------- */

/* A method that is the buffer's. */
#define ASK(name, doc)                                                     \
    PyDoc_STRVAR(name##_doc, #name "($self, /)\n--\n\n" doc);              \
    static PyObject *textio_##name(PyObject *self,                         \
                                   PyObject *Py_UNUSED(unused))            \
    {                                                                      \
        return textio_check_attached(textio_of(self))                      \
                   ? textio_call(textio_of(self), RILLIO_NAME(name), NULL) \
                   : NULL;                                                 \
    }

ASK(fileno, "The buffer's file descriptor.")
ASK(seekable, "Whether the buffer can seek.")
ASK(readable, "Whether the buffer can be read.")
ASK(writable, "Whether the buffer can be written.")
ASK(isatty, "Whether the buffer is a terminal.")

/* ---- Attributes --------------------------------------------------------- */

/* The name in repr(). Python 3.13 began to show that of a subclass. */
static const char *type_name(PyObject *self)
{
    return RILLIO_SINCE(13) ? Py_TYPE(self)->tp_name
                            : rillio_TextIOWrapper_type.tp_name;
}

/* " name='f'", or nothing if there is no such attribute: new reference. */
static PyObject *shown(PyObject *self, PyObject *name, bool may_be_detached)
{
    PyObject *value, *text;
    int found = PyObject_GetOptionalAttr(self, name, &value);

    if (found < 0) {
        if (!may_be_detached || !PyErr_ExceptionMatches(PyExc_ValueError))
            return NULL;
        PyErr_Clear();
    }
    if (found <= 0)
        return Py_NewRef(rillio_state.empty_str);
    text = PyUnicode_FromFormat(" %U=%R", name, value);
    Py_DECREF(value);
    return text;
}

static PyObject *show(PyObject *self)
{
    PyObject *name = shown(self, RILLIO_NAME(name), true), *mode, *encoding;
    PyObject *text = NULL;

    mode = name ? shown(self, RILLIO_NAME(mode), false) : NULL;
    encoding = Py_XNewRef(textio_of(self)->encoding);
    if (mode)
        text = PyUnicode_FromFormat("<%s%U%U encoding=%R>", type_name(self),
                                    name, mode, encoding ? encoding : Py_None);
    Py_XDECREF(name);
    Py_XDECREF(mode);
    Py_XDECREF(encoding);
    return text;
}

static bool check_made(PyObject *self)
{
    return textio_of(self)->state != TEXTIO_NOT_MADE ||
           textio_check_attached(textio_of(self));
}

static PyObject *textio_repr(PyObject *self)
{
    PyObject *text;
    int inside;

    if (!check_made(self))
        return NULL;
    inside = Py_ReprEnter(self);
    if (inside > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__",
                     Py_TYPE(self)->tp_name);
    if (inside != 0)
        return NULL;
    text = show(self);
    Py_ReprLeave(self);
    return text;
}

static PyObject *textio_get_name(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? buffer_attribute(t, RILLIO_NAME(name))
                                    : NULL;
}

static PyObject *textio_get_closed(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? buffer_attribute(t, RILLIO_NAME(closed))
                                    : NULL;
}

static PyObject *textio_get_newlines(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? textio_newlines(t) : NULL;
}

static PyObject *textio_get_errors(PyObject *self, void *Py_UNUSED(closure))
{
    return check_made(self) ? Py_NewRef(textio_of(self)->errors) : NULL;
}

static PyObject *textio_get_chunk_size(PyObject *self, void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);

    return textio_check_attached(t) ? PyLong_FromSsize_t(t->chunk_size) : NULL;
}

static int textio_set_chunk_size(PyObject *self, PyObject *value,
                                 void *Py_UNUSED(closure))
{
    textio *t = textio_of(self);
    Py_ssize_t n;

    if (!textio_check_attached(t))
        return -1;
    if (!value) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete attribute");
        return -1;
    }
    n = PyNumber_AsSsize_t(value, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return -1;
    if (n <= 0) {
        PyErr_SetString(PyExc_ValueError,
                        "a strictly positive integer is required");
        return -1;
    }
    t->chunk_size = n;
    return 0;
}

/* ---- The type ----------------------------------------------------------- */

static int textio_traverse(PyObject *self, visitproc visit, void *arg)
{
    textio *t = textio_of(self);

    Py_VISIT(t->buffer);
    Py_VISIT(t->raw);
    Py_VISIT(t->decoder.object);
    Py_VISIT(t->encoder.object);
    Py_VISIT(t->encoder.first);
    Py_VISIT(t->decoded); /* may be of a subclass of str */
    Py_VISIT(t->snapshot_flags);
    return rillio_traverse_head((rillio_object *)self, visit, arg);
}

static int textio_clear(PyObject *self)
{
    textio_of(self)->state = TEXTIO_NOT_MADE;
    release(textio_of(self));
    rillio_clear_head((rillio_object *)self);
    return 0;
}

static void textio_dealloc(PyObject *self)
{
    textio_of(self)->finalizing = 1;
    if (!rillio_finalized(self))
        return;
    PyObject_GC_UnTrack(self);
    textio_clear(self);
    Py_TYPE(self)->tp_free(self);
}

#define FASTCALL(function) ((PyCFunction)(void (*)(void))(function))
#define ASKED(name)                                   \
    {                                                 \
#name, textio_##name, METH_NOARGS, name##_doc \
    }

static PyMethodDef textio_methods[] = {
    {"read", FASTCALL(textio_read), METH_FASTCALL, textio_read_doc},
    {"readline", FASTCALL(textio_readline), METH_FASTCALL, textio_readline_doc},
    {"write", textio_write, METH_O, textio_write_doc},
    {"flush", textio_flush, METH_NOARGS, flush_doc},
    {"close", textio_close, METH_NOARGS, close_doc},
    {"detach", textio_detach, METH_NOARGS, detach_doc},
    {"reconfigure", FASTCALL(textio_reconfigure), METH_FASTCALL | METH_KEYWORDS,
     reconfigure_doc},
    {"seek", FASTCALL(textio_seek), METH_FASTCALL, textio_seek_doc},
    {"tell", textio_tell, METH_NOARGS, textio_tell_doc},
    {"truncate", FASTCALL(textio_truncate), METH_FASTCALL, truncate_doc},
    ASKED(fileno),
    ASKED(seekable),
    ASKED(readable),
    ASKED(writable),
    ASKED(isatty),
    {NULL, NULL, 0, NULL},
};

static PyMemberDef textio_members[] = {
    {"encoding", T_OBJECT, offsetof(textio, encoding), READONLY,
     PyDoc_STR("The name of the encoding, as it was given.")},
    {"buffer", T_OBJECT, offsetof(textio, buffer), READONLY,
     PyDoc_STR("The stream of bytes below; None when detached.")},
    {"line_buffering", T_BOOL, offsetof(textio, line_buffering), READONLY,
     PyDoc_STR("Whether a line end that is written flushes.")},
    {"write_through", T_BOOL, offsetof(textio, write_through), READONLY,
     PyDoc_STR("Whether what is written goes to the buffer at once.")},
    {"_finalizing", T_BOOL, offsetof(textio, finalizing), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef textio_getset[] = {
    {"name", textio_get_name, NULL, PyDoc_STR("The buffer's name."), NULL},
    {"closed", textio_get_closed, NULL,
     PyDoc_STR("Whether the buffer is closed."), NULL},
    {"newlines", textio_get_newlines, NULL,
     PyDoc_STR("The line ends seen so far: None, a str, or a tuple of str."),
     NULL},
    {"errors", textio_get_errors, NULL,
     PyDoc_STR("The name of the error handler."), NULL},
    {"_CHUNK_SIZE", textio_get_chunk_size, textio_set_chunk_size, NULL, NULL},
    {"__dict__", rillio_get_dict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    textio_doc,
    "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n"
    "              line_buffering=False, write_through=False)\n"
    "--\n\n"
    "Text over a buffered stream of bytes.\n"
    "\n"
    "encoding is the name of a codec; None and 'locale' stand for the "
    "locale's.\n"
    "errors says what becomes of what it cannot translate; 'strict' raises.\n"
    "\n"
    "newline None: \\n, \\r and \\r\\n all end lines and are read as \\n, "
    "which "
    "is\nwritten as the system does. '': all three end lines, and nothing is "
    "changed.\n'\\n', '\\r' or '\\r\\n': that ends lines, and \\n is written "
    "as "
    "it.\n"
    "\n"
    "line_buffering: a write with a line end flushes. write_through: nothing\n"
    "that is written waits here.");

PyTypeObject rillio_TextIOWrapper_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.TextIOWrapper",
    .tp_basicsize = sizeof(textio),
    .tp_dealloc = textio_dealloc,
    .tp_repr = textio_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = textio_doc,
    .tp_traverse = textio_traverse,
    .tp_clear = textio_clear,
    .tp_weaklistoffset = offsetof(textio, weakrefs),
    .tp_iternext = textio_next,
    .tp_methods = textio_methods,
    .tp_members = textio_members,
    .tp_getset = textio_getset,
    .tp_dictoffset = offsetof(textio, dict),
    .tp_init = textio_init,
    .tp_new = PyType_GenericNew,
    .tp_vectorcall = textio_vectorcall,
};
