/*
 * newlines.c - line ends: IncrementalNewlineDecoder, and what StringIO and
 * TextIOWrapper share with it.
 *
 * librill knows line ends in characters of 1, 2 and 4 bytes: just what a str
 * holds. So it works on the characters of a str in place, with no copy in
 * between. Most text has nothing to translate; then the very object that came
 * in goes out.
 */
#include "rillio.h"

typedef struct {
    PyObject_HEAD PyObject
        *decoder; /* its text is translated; NULL: what is given is text */
    rill_newlines state;
    bool ready; /* __init__() was called */
} newline_decoder;

/* ---- For all who have text ---------------------------------------------- */

static const char *const line_ends[] = {
    [RILL_NEWLINE_KEEP] = "",
    [RILL_NEWLINE_LF] = "\n",
    [RILL_NEWLINE_CR] = "\r",
    [RILL_NEWLINE_CRLF] = "\r\n",
};

const char *rillio_newline_text(int newline)
{
    return newline == RILL_NEWLINE_UNIVERSAL ? NULL : line_ends[newline];
}

PyObject *rillio_newline_str(int newline)
{
    static PyObject *strs[RILL_NEWLINE_CRLF + 1];

    if (newline == RILL_NEWLINE_UNIVERSAL)
        return Py_None;
    if (!strs[newline])
        strs[newline] = PyUnicode_InternFromString(line_ends[newline]);
    return strs[newline];
}

int rillio_newline_of(const char *text)
{
    if (!text)
        return RILL_NEWLINE_UNIVERSAL;
    for (int newline = RILL_NEWLINE_KEEP; newline <= RILL_NEWLINE_CRLF;
         newline++)
        if (strcmp(text, line_ends[newline]) == 0)
            return newline;
    return -1;
}

int rillio_newline_arg(PyObject *newline)
{
    const char *text = NULL;
    Py_ssize_t length;
    int found;

    if (newline != Py_None) {
        if (!PyUnicode_Check(newline)) {
            PyErr_Format(PyExc_TypeError,
                         "newline must be str or None, not %.200s",
                         Py_TYPE(newline)->tp_name);
            return -1;
        }
        text = PyUnicode_AsUTF8AndSize(newline, &length);
        if (!text)
            return -1;
        if (strlen(text) != (size_t)length) {
            PyErr_SetString(PyExc_ValueError, "embedded null character");
            return -1;
        }
    }
    found = rillio_newline_of(text);
    if (found < 0)
        PyErr_Format(PyExc_ValueError, "illegal newline value: %s", text);
    return found;
}

PyObject *rillio_newlines_seen(int seen)
{
    static const char *const ends[] = {"\r", "\n", "\r\n"}; /* as the bits */
    const char *found[3];
    Py_ssize_t n = 0;

    for (int bit = 0; bit < 3; bit++)
        if (seen & 1 << bit)
            found[n++] = ends[bit];
    switch (n) {
    case 0:
        Py_RETURN_NONE;
    case 1:
        return PyUnicode_FromString(found[0]);
    case 2:
        return Py_BuildValue("(ss)", found[0], found[1]);
    default:
        return Py_BuildValue("(sss)", found[0], found[1], found[2]);
    }
}

Py_ssize_t rillio_find_line(PyObject *text, Py_ssize_t start, int newline)
{
    int unit = (int)PyUnicode_KIND(text);
    const char *from = (const char *)PyUnicode_DATA(text) + start * unit;
    size_t n = rill_newlines_find(
        from, (size_t)(PyUnicode_GET_LENGTH(text) - start), unit, newline);

    return n == 0 ? -1 : start + (Py_ssize_t)n;
}

static bool has(PyObject *text, char character)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    int unit = (int)PyUnicode_KIND(text);

    if (!memchr(PyUnicode_DATA(text), character, (size_t)(n * unit)))
        return false;
    return unit == 1 ||
           PyUnicode_FindChar(text, (Py_UCS4)character, 0, n, 1) >= 0;
}

/* Whether `text` goes out as it came, although it has a \r. */
static bool is_kept(const rill_newlines *nl, PyObject *text, int last)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);

    return !nl->translate && !nl->pending_cr &&
           (last || PyUnicode_READ_CHAR(text, n - 1) != '\r');
}

/* A new str of what librill makes of `text`. Of a short one it is made on the
 * stack first, for its length to be known. */
static PyObject *decode_to_new(rill_newlines *nl, PyObject *text, int last)
{
    Py_UCS4 room[64];
    rill_newlines next = *nl;
    Py_ssize_t n = PyUnicode_GET_LENGTH(text), most = n + nl->pending_cr;
    Py_UCS4 widest = PyUnicode_MAX_CHAR_VALUE(text);
    int unit = (int)PyUnicode_KIND(text);
    bool is_short = (size_t)(most * unit) <= sizeof room;
    PyObject *out = is_short ? NULL : PyUnicode_New(most, widest);

    if (!out && !is_short)
        return NULL;
    n = (Py_ssize_t)rill_newlines_decode(
        &next, is_short ? room : PyUnicode_DATA(out), PyUnicode_DATA(text),
        (size_t)n, unit, last);
    if (is_short) {
        out = PyUnicode_New(n, widest);
        if (out)
            memcpy(PyUnicode_DATA(out), room, (size_t)(n * unit));
    } else if (n < most && PyUnicode_Resize(&out, n) < 0) {
        Py_CLEAR(out);
    }
    if (out)
        *nl = next;
    return out;
}

PyObject *rillio_newlines_apply(rill_newlines *nl, PyObject *text, int last)
{
    Py_ssize_t n;
    void *data;

    if (rillio_str_ready(text) < 0)
        return NULL;
    n = PyUnicode_GET_LENGTH(text);
    if (n == 0 && !(nl->pending_cr && last))
        return Py_NewRef(text);
    if (!nl->pending_cr && !has(text, '\r')) {
        if (!(nl->seen & RILL_SEEN_LF) && has(text, '\n'))
            nl->seen |= RILL_SEEN_LF;
        return Py_NewRef(text);
    }
    if (!is_kept(nl, text, last))
        return decode_to_new(nl, text, last);
    data = PyUnicode_DATA(text);
    rill_newlines_decode(nl, data, data, (size_t)n, (int)PyUnicode_KIND(text),
                         last);
    return Py_NewRef(text);
}

/* ---- IncrementalNewlineDecoder ------------------------------------------ */

static newline_decoder *of(PyObject *self)
{
    return (newline_decoder *)self;
}

static bool is_ready(PyObject *self)
{
    if (!of(self)->ready)
        PyErr_SetString(PyExc_ValueError,
                        "IncrementalNewlineDecoder.__init__() not called");
    return of(self)->ready;
}

static int newline_decoder_init(PyObject *self, PyObject *args,
                                PyObject *kwargs)
{
    static const char *const names[] = {"decoder", "translate", "errors", NULL};
    static const rillio_signature signature = {"IncrementalNewlineDecoder",
                                               names, 2, 3};
    PyObject *given[3];
    int translate;

    if (!rillio_init_args(&signature, args, kwargs, given) ||
        !rillio_bool_arg(given[1], &translate))
        return -1;
    Py_XSETREF(of(self)->decoder,
               given[0] == Py_None ? NULL : Py_NewRef(given[0]));
    of(self)->state = (rill_newlines)RILL_NEWLINES_INIT;
    of(self)->state.translate = translate != 0;
    of(self)->ready = true;
    return 0;
}

static int newline_decoder_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(of(self)->decoder);
    return 0;
}

static int newline_decoder_clear(PyObject *self)
{
    Py_CLEAR(of(self)->decoder);
    return 0;
}

static void newline_decoder_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    newline_decoder_clear(self);
    Py_TYPE(self)->tp_free(self);
}

/* What the inner decoder makes of `input`: a str, new reference. */
static PyObject *decode_inner(PyObject *inner, PyObject *input, int final)
{
    PyObject *args[] = {inner, input, final ? Py_True : Py_False}, *text;

    Py_INCREF(inner); /* it may call our __init__() */
    text = PyObject_VectorcallMethod(RILLIO_NAME(decode), args, 3, NULL);
    Py_DECREF(inner);
    return text;
}

PyObject *rillio_newlines_decode(PyObject *decoder, PyObject *input, int final)
{
    PyObject *text, *out = NULL;

    if (!is_ready(decoder))
        return NULL;
    if (of(decoder)->decoder)
        text = decode_inner(of(decoder)->decoder, input, final);
    else
        text = Py_NewRef(input);
    if (!text)
        return NULL;
    if (PyUnicode_Check(text))
        out = rillio_newlines_apply(&of(decoder)->state, text, final);
    else
        PyErr_Format(PyExc_TypeError,
                     "decoder should return a string result, not '%.200s'",
                     Py_TYPE(text)->tp_name);
    Py_DECREF(text);
    return out;
}

PyDoc_STRVAR(decode_doc,
             "decode($self, /, input, final=False)\n--\n\n"
             "Decode input, and make \\n of the line ends in it. A \\r at its "
             "end is held\nback, unless it is final, until it is clear whether "
             "\\n follows.");

static PyObject *newline_decoder_decode(PyObject *self, PyObject *const *args,
                                        Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"input", "final", NULL};
    static const rillio_signature signature = {"decode", names, 1, 2};
    PyObject *given[2];
    int final = 0;

    if (nargs == 1 && !kwnames)
        return rillio_newlines_decode(self, args[0], 0);
    if (!rillio_args(&signature, args, nargs, kwnames, given) ||
        !rillio_bool_arg(given[1], &final))
        return NULL;
    return rillio_newlines_decode(self, given[0], final);
}

PyDoc_STRVAR(
    getstate_doc,
    "getstate($self, /)\n--\n\n"
    "Return (bytes, flag), as the inner decoder does; the flag's lowest "
    "bit tells\nwhether a \\r is held back.");

static PyObject *newline_decoder_getstate(PyObject *self,
                                          PyObject *Py_UNUSED(unused))
{
    PyObject *inner, *state, *input, *out = NULL;
    unsigned long long flag;

    if (!is_ready(self))
        return NULL;
    if (!of(self)->decoder)
        return Py_BuildValue("(Oi)", rillio_state.empty_bytes,
                             of(self)->state.pending_cr);
    inner = Py_NewRef(of(self)->decoder);
    state = PyObject_CallMethodNoArgs(inner, RILLIO_NAME(getstate));
    Py_DECREF(inner);
    if (!state)
        return NULL;
    if (!PyTuple_Check(state))
        PyErr_SetString(PyExc_TypeError, "illegal decoder state");
    else if (PyArg_ParseTuple(state, "OK;illegal decoder state", &input, &flag))
        out = Py_BuildValue("(OK)", input,
                            flag << 1 |
                                (unsigned long long)of(self)->state.pending_cr);
    Py_DECREF(state);
    return out;
}

PyDoc_STRVAR(setstate_doc, "setstate($self, state, /)\n--\n\n"
                           "Go on as where getstate() returned this state.");

static PyObject *newline_decoder_setstate(PyObject *self, PyObject *state)
{
    PyObject *inner, *input, *inner_state, *out = NULL;
    unsigned long long flag;

    if (!is_ready(self))
        return NULL;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state argument must be a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "OK;setstate(): illegal state argument",
                          &input, &flag))
        return NULL;
    of(self)->state.pending_cr = flag & 1;
    if (!of(self)->decoder)
        Py_RETURN_NONE;
    inner_state = Py_BuildValue("(OK)", input, flag >> 1);
    if (!inner_state)
        return NULL;
    inner = Py_NewRef(of(self)->decoder);
    out = PyObject_CallMethodOneArg(inner, RILLIO_NAME(setstate), inner_state);
    Py_DECREF(inner);
    Py_DECREF(inner_state);
    return out;
}

PyDoc_STRVAR(reset_doc, "reset($self, /)\n--\n\n"
                        "Forget what was held back, and which line ends were "
                        "seen.");

static PyObject *newline_decoder_reset(PyObject *self,
                                       PyObject *Py_UNUSED(unused))
{
    PyObject *inner, *out;

    if (!is_ready(self))
        return NULL;
    of(self)->state.seen = 0;
    of(self)->state.pending_cr = 0;
    if (!of(self)->decoder)
        Py_RETURN_NONE;
    inner = Py_NewRef(of(self)->decoder);
    out = PyObject_CallMethodNoArgs(inner, RILLIO_NAME(reset));
    Py_DECREF(inner);
    return out;
}

static PyObject *newline_decoder_newlines(PyObject *self,
                                          void *Py_UNUSED(closure))
{
    if (!is_ready(self))
        return NULL;
    return rillio_newlines_seen(of(self)->state.seen);
}

static PyMethodDef newline_decoder_methods[] = {
    {"decode", (PyCFunction)(void (*)(void))newline_decoder_decode,
     METH_FASTCALL | METH_KEYWORDS, decode_doc},
    {"getstate", newline_decoder_getstate, METH_NOARGS, getstate_doc},
    {"setstate", newline_decoder_setstate, METH_O, setstate_doc},
    {"reset", newline_decoder_reset, METH_NOARGS, reset_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef newline_decoder_getset[] = {
    {"newlines", newline_decoder_newlines, NULL,
     "The line ends seen so far: None, a str, or a tuple of str.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyDoc_STRVAR(
    newline_decoder_doc,
    "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n"
    "--\n\n"
    "An incremental decoder over another one, for universal newlines.\n"
    "\n"
    "With translate, \\r and \\r\\n become \\n; else they stay, but "
    "\\r\\n is never\ntorn apart. With None for a decoder, what is "
    "decoded is text already.");

PyTypeObject rillio_IncrementalNewlineDecoder_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rillio.IncrementalNewlineDecoder",
    .tp_basicsize = sizeof(newline_decoder),
    .tp_dealloc = newline_decoder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = newline_decoder_doc,
    .tp_traverse = newline_decoder_traverse,
    .tp_clear = newline_decoder_clear,
    .tp_methods = newline_decoder_methods,
    .tp_getset = newline_decoder_getset,
    .tp_init = newline_decoder_init,
    .tp_new = PyType_GenericNew,
};
