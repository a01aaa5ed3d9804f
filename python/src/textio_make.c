/*
 * textio_make.c - TextIOWrapper's __init__() and reconfigure().
 *
 * All arguments are checked before anything changes. From then on the buffer
 * is asked what it can, and for each direction it has a codec is made.
 */
#include "textio.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <langinfo.h>
#endif

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
    textio_release(t);
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

int textio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *given[6];

    return rillio_init_args(&init_signature, args, kwargs, given) &&
                   init_given(textio_of(self), given)
               ? 0
               : -1;
}

/* TextIOWrapper(...) without a tuple and a dict of the arguments. */
PyObject *textio_vectorcall(PyObject *type, PyObject *const *args,
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

const char textio_reconfigure_doc[] = PyDoc_STR(
    "reconfigure($self, /, *, encoding=None, errors=None, newline=None,\n"
    "            line_buffering=None, write_through=None)\n--\n\n"
    "Flush, and change what is given; encoding, errors and newline only while\n"
    "nothing that was read waits here.");

PyObject *textio_reconfigure(PyObject *self, PyObject *const *args,
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
