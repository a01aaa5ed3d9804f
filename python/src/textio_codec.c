/*
 * textio_codec.c - bytes to text and back, for TextIOWrapper.
 *
 * Python's incremental codecs are classes of Python code. For UTF-8, ASCII and
 * Latin-1 they keep nearly nothing - a few bytes of a character that has not
 * come in whole - and call a function that the interpreter offers in C. So for
 * these three no codec is made: the function is called, and the few bytes are
 * kept here. In all other encodings a codec of Python's does the work. Line
 * ends come after either.
 *
 * What a program can see of this is the same: errors are raised and handled by
 * the same functions of the interpreter.
 */
#include "textio.h"

/* ---- Which codec -------------------------------------------------------- */

PyObject *textio_find_codec(PyObject *encoding)
{
    PyObject *codec, *flag = NULL;
    int is_text = 1;

    codec = PyObject_CallOneArg(rillio_state.codecs_lookup, encoding);
    if (!codec || PyTuple_CheckExact(codec)) /* a plain one makes no claims */
        return codec;
    if (PyObject_GetOptionalAttr(codec, RILLIO_NAME(_is_text_encoding), &flag) <
        0)
        is_text = -1;
    if (flag)
        is_text = PyObject_IsTrue(flag);
    Py_XDECREF(flag);
    if (is_text == 0)
        PyErr_Format(PyExc_LookupError,
                     "'%.400U' is not a text encoding; use codecs.open() to "
                     "handle arbitrary codecs",
                     encoding);
    if (is_text <= 0)
        Py_CLEAR(codec);
    return codec;
}

#if PY_BIG_ENDIAN
#define NATIVE(bits) "utf_" #bits "_be_encode"
enum { LE_UNIT = 0, BE_UNIT = 1 };
#else
#define NATIVE(bits) "utf_" #bits "_le_encode"
enum { LE_UNIT = 1, BE_UNIT = 0 };
#endif

/* Encodings that need no incremental codec: the name in their CodecInfo, and
 * the module whose classes it must hold. Or else no incremental encoder: with
 * functions of _codecs, another for the start of the stream where a byte order
 * mark stands, and the size of a unit if it is in the machine's order. */
static const struct known {
    const char *name, *module;
    enum textio_kind kind;
    const char *function, *first;
    int unit;
} known[] = {
    {"utf-8", "encodings.utf_8", TEXTIO_UTF8, NULL, NULL, 0},
    {"ascii", "encodings.ascii", TEXTIO_ASCII, NULL, NULL, 0},
    {"iso8859-1", "encodings.latin_1", TEXTIO_LATIN1, NULL, NULL, 0},
    {"utf-16", "encodings.utf_16", TEXTIO_FUNCTION, NATIVE(16), "utf_16_encode",
     2},
    {"utf-16-le", "encodings.utf_16_le", TEXTIO_FUNCTION, "utf_16_le_encode",
     NULL, 2 * LE_UNIT},
    {"utf-16-be", "encodings.utf_16_be", TEXTIO_FUNCTION, "utf_16_be_encode",
     NULL, 2 * BE_UNIT},
    {"utf-32", "encodings.utf_32", TEXTIO_FUNCTION, NATIVE(32), "utf_32_encode",
     4},
    {"utf-32-le", "encodings.utf_32_le", TEXTIO_FUNCTION, "utf_32_le_encode",
     NULL, 4 * LE_UNIT},
    {"utf-32-be", "encodings.utf_32_be", TEXTIO_FUNCTION, "utf_32_be_encode",
     NULL, 4 * BE_UNIT},
};

/* The row for a CodecInfo; NULL and perhaps an exception if there is none. */
static const struct known *look_up_known(PyObject *codec)
{
    PyObject *name = NULL, *class = NULL, *module = NULL;
    const struct known *found = NULL;

    if (PyObject_GetOptionalAttr(codec, RILLIO_NAME(name), &name) > 0 &&
        PyObject_GetOptionalAttr(codec, RILLIO_NAME(incrementaldecoder),
                                 &class) > 0 &&
        PyObject_GetOptionalAttr(class, RILLIO_NAME(__module__), &module) > 0 &&
        PyUnicode_Check(name) && PyUnicode_Check(module))
        for (size_t i = 0; i < sizeof known / sizeof *known && !found; i++)
            if (!PyUnicode_CompareWithASCIIString(name, known[i].name) &&
                !PyUnicode_CompareWithASCIIString(module, known[i].module))
                found = &known[i];
    Py_XDECREF(name);
    Py_XDECREF(class);
    Py_XDECREF(module);
    return found;
}

/* The same, out of a cache: codecs.lookup() gives the same object again. */
static const struct known *find_known(PyObject *codec)
{
    static struct {
        PyObject *codec;
        const struct known *known;
    } cache[4];
    static size_t oldest;
    const struct known *found;

    for (size_t i = 0; i < sizeof cache / sizeof *cache; i++)
        if (cache[i].codec == codec)
            return cache[i].known;
    found = look_up_known(codec);
    if (found) {
        size_t i = oldest++ % (sizeof cache / sizeof *cache);
        PyObject *old = cache[i].codec;

        cache[i].codec = Py_NewRef(codec);
        cache[i].known = found;
        Py_XDECREF(old);
    }
    return found;
}

/* ---- Making ------------------------------------------------------------- */

/* Whether the buffer says that it can; -1: raised. */
static int buffer_can(textio *t, PyObject *which)
{
    PyObject *answer = textio_call(t, which, NULL);
    int can;

    if (!answer)
        return -1;
    can = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return can;
}

/* codec.which(errors) */
static PyObject *make_incremental(PyObject *codec, PyObject *which,
                                  PyObject *errors)
{
    PyObject *class = PyObject_GetAttr(codec, which), *made;

    if (!class)
        return NULL;
    made = PyObject_CallOneArg(class, errors);
    Py_DECREF(class);
    return made;
}

static bool is_multibyte(PyObject *decoder)
{
    PyObject *mro = Py_TYPE(decoder)->tp_mro;

    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        const char *name = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_name;
        const char *dot = strrchr(name, '.'); /* none before Python 3.10 */

        if (strcmp(dot ? dot + 1 : name, "MultibyteIncrementalDecoder") == 0)
            return true;
    }
    return false;
}

/*
 * The state of a decoder of _multibytecodec is a few bytes, which setstate()
 * sets unseen. For the iso2022 family all zero is no state, and decoding from
 * there reads wild memory: these are known by starting in another. -1: raised.
 */
static int lacks_zero(PyObject *decoder)
{
    PyObject *state;
    int lacks = 0;

    if (!is_multibyte(decoder))
        return 0;
    state = PyObject_CallMethodNoArgs(decoder, RILLIO_NAME(getstate));
    if (!state)
        return -1;
    if (PyTuple_Check(state) && PyTuple_GET_SIZE(state) == 2)
        lacks = PyObject_IsTrue(PyTuple_GET_ITEM(state, 1));
    Py_DECREF(state);
    return lacks;
}

void textio_clear_decoder(textio_decoder *d)
{
    textio_decoder old = *d;

    *d = (textio_decoder){.kind = TEXTIO_NONE};
    Py_XDECREF(old.object);
    Py_XDECREF(old.errors);
    Py_XDECREF(old.partial);
}

void textio_clear_encoder(textio_encoder *e)
{
    textio_encoder old = *e;

    *e = (textio_encoder){.kind = TEXTIO_NONE};
    Py_XDECREF(old.object);
    Py_XDECREF(old.first);
    Py_XDECREF(old.errors);
}

bool textio_make_decoder(textio *t, PyObject *codec, PyObject *errors)
{
    const struct known *row;
    textio_decoder made = {.kind = TEXTIO_OBJECT,
                           .newlines = RILL_NEWLINES_INIT};
    int can = buffer_can(t, RILLIO_NAME(readable)), lacks = 0;

    if (can <= 0)
        return can == 0;
    row = find_known(codec);
    if (!row && PyErr_Occurred())
        return false;
    made.universal =
        t->newline == RILL_NEWLINE_UNIVERSAL || t->newline == RILL_NEWLINE_KEEP;
    made.newlines.translate = t->newline == RILL_NEWLINE_UNIVERSAL;
    made.errors = Py_NewRef(errors);
    if (row && row->kind != TEXTIO_FUNCTION) {
        made.kind = row->kind;
    } else {
        made.object =
            make_incremental(codec, RILLIO_NAME(incrementaldecoder), errors);
        lacks = made.object ? lacks_zero(made.object) : -1;
    }
    if (lacks < 0) {
        textio_clear_decoder(&made);
        return false;
    }
    made.lacks_zero = lacks;
    textio_clear_decoder(&t->decoder);
    t->decoder = made;
    return true;
}

/* A function of the module _codecs, which is built in: looked up once. */
static PyObject *codecs_function(const char *name, PyObject **cache)
{
    PyObject *module;

    if (!*cache) {
        module = PyImport_ImportModule("_codecs");
        if (module)
            *cache = PyObject_GetAttrString(module, name);
        Py_XDECREF(module);
    }
    return Py_XNewRef(*cache);
}

static bool find_functions(textio_encoder *e, const struct known *row)
{
    static PyObject *cache[sizeof known / sizeof *known][2];
    PyObject **functions = cache[row - known];

    e->object = codecs_function(row->function, &functions[0]);
    if (e->object && row->first)
        e->first = codecs_function(row->first, &functions[1]);
    e->unit = row->unit;
    return e->object && (e->first || !row->first);
}

bool textio_make_encoder(textio *t, PyObject *codec, PyObject *errors)
{
    const struct known *row;
    textio_encoder made = {.kind = TEXTIO_OBJECT};
    bool whole = true;
    int can = buffer_can(t, RILLIO_NAME(writable));

    if (can <= 0)
        return can == 0;
    row = find_known(codec);
    if (!row && PyErr_Occurred())
        return false;
    if (row)
        made.kind = row->kind;
    made.errors = Py_NewRef(errors);
    made.strict = PyUnicode_CompareWithASCIIString(errors, "strict") == 0;
    if (made.kind == TEXTIO_FUNCTION) {
        whole = find_functions(&made, row);
    } else if (made.kind == TEXTIO_OBJECT) {
        made.object =
            make_incremental(codec, RILLIO_NAME(incrementalencoder), errors);
        whole = made.object != NULL;
    }
    if (!whole) {
        textio_clear_encoder(&made);
        return false;
    }
    textio_clear_encoder(&t->encoder);
    t->encoder = made;
    return true;
}

/* ---- Decoding ----------------------------------------------------------- */

/* The bytes of any object that has some. */
static PyObject *bytes_of(PyObject *input)
{
    Py_buffer view;
    PyObject *bytes;

    if (PyObject_GetBuffer(input, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    bytes = PyBytes_FromStringAndSize(view.buf, view.len);
    PyBuffer_Release(&view);
    return bytes;
}

/* `input` with what is held back before it: bytes, new reference. UTF-8 joins
 * them even where nothing is, which shows in what it says of no bytes. */
static PyObject *join_partial(textio *t, enum textio_kind kind, PyObject *input)
{
    PyObject *joined;

    if (!t->decoder.partial && PyBytes_CheckExact(input))
        return Py_NewRef(input);
    if (kind != TEXTIO_UTF8)
        return bytes_of(input);
    joined = t->decoder.partial ? Py_NewRef(t->decoder.partial)
                                : Py_NewRef(rillio_state.empty_bytes);
    PyBytes_Concat(&joined, input);
    return joined;
}

/* Hold back what is behind the first `used` of the bytes of `input`: more than
 * there are, where an error handler put others in their place. */
static bool keep_partial(textio *t, PyObject *input, Py_ssize_t used)
{
    Py_ssize_t n = PyBytes_GET_SIZE(input);
    PyObject *partial = NULL;

    if (used < n) {
        partial = PyBytes_FromStringAndSize(PyBytes_AS_STRING(input) + used,
                                            n - used);
        if (!partial)
            return false;
    }
    Py_XSETREF(t->decoder.partial, partial);
    return true;
}

/* Decode bytes as the interpreter does it. */
static PyObject *decode_bytes(textio *t, enum textio_kind kind, PyObject *input,
                              const char *errors, bool final)
{
    const char *bytes = PyBytes_AS_STRING(input);
    Py_ssize_t n = PyBytes_GET_SIZE(input), used = n;
    PyObject *text;

    if (kind == TEXTIO_ASCII)
        return PyUnicode_DecodeASCII(bytes, n, errors);
    if (kind == TEXTIO_LATIN1)
        return PyUnicode_DecodeLatin1(bytes, n, errors);
    text = PyUnicode_DecodeUTF8Stateful(bytes, n, errors, final ? NULL : &used);
    if (text && (used != n || t->decoder.partial) &&
        !keep_partial(t, input, used))
        Py_CLEAR(text);
    return text;
}

static PyObject *decode_here(textio *t, PyObject *input, bool final)
{
    enum textio_kind kind = t->decoder.kind;
    PyObject *errors = Py_NewRef(t->decoder.errors), *joined, *text = NULL;
    const char *handler = PyUnicode_AsUTF8(errors);

    joined = handler ? join_partial(t, kind, input) : NULL;
    if (joined)
        text = decode_bytes(t, kind, joined, handler, final);
    Py_XDECREF(joined);
    Py_DECREF(errors);
    return text;
}

/* Decode `input` by the incremental decoder. Under line ends it gets a bool. */
static PyObject *decode_object(textio *t, PyObject *input, PyObject *final)
{
    PyObject *object = Py_NewRef(t->decoder.object), *text;
    PyObject *args[] = {object, input, final};

    if (t->decoder.universal)
        args[2] = final && PyObject_IsTrue(final) ? Py_True : Py_False;
    text = PyObject_VectorcallMethod(RILLIO_NAME(decode), args, args[2] ? 3 : 2,
                                     NULL);
    Py_DECREF(object);
    if (text && !PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError,
                     "decoder should return a string result, not '%.200s'",
                     Py_TYPE(text)->tp_name);
        Py_CLEAR(text);
    }
    if (text && rillio_str_ready(text) < 0)
        Py_CLEAR(text);
    return text;
}

PyObject *textio_decode(textio *t, PyObject *input, PyObject *final)
{
    bool last = final && PyObject_IsTrue(final);
    PyObject *text, *plain;

    if (t->decoder.kind == TEXTIO_NONE) /* any more */
        return rillio_unsupported("not readable");
    text = t->decoder.kind == TEXTIO_OBJECT ? decode_object(t, input, final)
                                            : decode_here(t, input, last);
    if (!text || !t->decoder.universal)
        return text;
    plain = rillio_newlines_apply(&t->decoder.newlines, text, last);
    Py_DECREF(text);
    return plain;
}

/* ---- The decoder's state ------------------------------------------------ */

/* What is below the line ends: the decoder's own state. */
static PyObject *getstate_inner(textio *t)
{
    PyObject *object, *state;

    if (t->decoder.kind != TEXTIO_OBJECT)
        return Py_BuildValue("(Oi)",
                             t->decoder.partial ? t->decoder.partial
                                                : rillio_state.empty_bytes,
                             0);
    object = Py_NewRef(t->decoder.object);
    state = PyObject_CallMethodNoArgs(object, RILLIO_NAME(getstate));
    Py_DECREF(object);
    if (state && !PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "illegal decoder state");
        Py_CLEAR(state);
    }
    return state;
}

/* As IncrementalNewlineDecoder has it: the lowest bit of the flags is for the
 * \r that is held back. */
PyObject *textio_getstate(textio *t)
{
    PyObject *state = getstate_inner(t), *input, *out = NULL;
    unsigned long long flags;

    if (!state || !t->decoder.universal)
        return state;
    if (PyArg_ParseTuple(state, "OK;illegal decoder state", &input, &flags))
        out = Py_BuildValue(
            "(OK)", input,
            flags << 1 | (unsigned long long)t->decoder.newlines.pending_cr);
    Py_DECREF(state);
    return out;
}

/* object.name(arg), arg may be NULL; what it returns is of no interest. */
static bool tell_codec(PyObject *object, PyObject *name, PyObject *arg)
{
    PyObject *held = Py_NewRef(object), *result;

    result = arg ? PyObject_CallMethodOneArg(held, name, arg)
                 : PyObject_CallMethodNoArgs(held, name);
    Py_DECREF(held);
    Py_XDECREF(result);
    return result != NULL;
}

static bool is_zero_state(PyObject *state)
{
    return PyTuple_GET_SIZE(state) == 2 &&
           PyLong_Check(PyTuple_GET_ITEM(state, 1)) &&
           !PyObject_IsTrue(PyTuple_GET_ITEM(state, 1));
}

static bool setstate_inner(textio *t, PyObject *state)
{
    textio_decoder *d = &t->decoder;

    if (d->kind == TEXTIO_OBJECT) {
        if (d->lacks_zero && is_zero_state(state))
            return tell_codec(d->object, RILLIO_NAME(reset), NULL);
        return tell_codec(d->object, RILLIO_NAME(setstate), state);
    }
    if (d->kind == TEXTIO_UTF8) {
        PyObject *partial = PyTuple_GET_SIZE(state) ? PyTuple_GET_ITEM(state, 0)
                                                    : rillio_state.empty_bytes;
        bool some = PyBytes_Check(partial) && PyBytes_GET_SIZE(partial) > 0;

        Py_XSETREF(d->partial, some ? Py_NewRef(partial) : NULL);
    }
    return true;
}

bool textio_setstate(textio *t, PyObject *state)
{
    PyObject *input, *inner;
    unsigned long long flags;
    bool done;

    if (!t->decoder.universal)
        return setstate_inner(t, state);
    if (!PyArg_ParseTuple(state, "OK;setstate(): illegal state argument",
                          &input, &flags))
        return false;
    t->decoder.newlines.pending_cr = flags & 1;
    inner = Py_BuildValue("(OK)", input, flags >> 1);
    if (!inner)
        return false;
    done = setstate_inner(t, inner);
    Py_DECREF(inner);
    return done;
}

bool textio_reset_decoder(textio *t)
{
    textio_decoder *d = &t->decoder;

    if (d->universal) {
        d->newlines.seen = 0;
        d->newlines.pending_cr = 0;
    }
    Py_CLEAR(d->partial);
    return d->kind != TEXTIO_OBJECT ||
           tell_codec(d->object, RILLIO_NAME(reset), NULL);
}

PyObject *textio_newlines(textio *t)
{
    PyObject *object, *value = NULL;
    int found;

    if (t->decoder.universal)
        return rillio_newlines_seen(t->decoder.newlines.seen);
    if (t->decoder.kind != TEXTIO_OBJECT)
        Py_RETURN_NONE;
    object = Py_NewRef(t->decoder.object);
    found = PyObject_GetOptionalAttr(object, RILLIO_NAME(newlines), &value);
    Py_DECREF(object);
    if (found == 0)
        Py_RETURN_NONE;
    return value;
}

/* ---- Encoding ----------------------------------------------------------- */

/* What a function of _codecs makes of it: the first of the pair. */
static PyObject *encode_by_function(textio *t, PyObject *text)
{
    bool first = t->at_start && t->encoder.first;
    PyObject *function =
        Py_NewRef(first ? t->encoder.first : t->encoder.object);
    PyObject *args[] = {text, t->encoder.errors}, *pair, *bytes = NULL;

    Py_INCREF(args[1]);
    pair = PyObject_Vectorcall(function, args, 2, NULL);
    Py_DECREF(args[1]);
    Py_DECREF(function);
    if (pair) {
        bytes = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
        Py_DECREF(pair);
    }
    return bytes;
}

static PyObject *encode_by_object(textio *t, PyObject *text)
{
    PyObject *object = Py_NewRef(t->encoder.object), *bytes;

    bytes = PyObject_CallMethodOneArg(object, RILLIO_NAME(encode), text);
    Py_DECREF(object);
    if (bytes && !PyBytes_Check(bytes)) {
        PyErr_Format(PyExc_TypeError,
                     "encoder should return a bytes object, not '%.200s'",
                     Py_TYPE(bytes)->tp_name);
        Py_CLEAR(bytes);
    }
    return bytes;
}

/* Encode as the interpreter does it. */
static PyObject *encode_here(textio *t, PyObject *text, const char *encoding)
{
    PyObject *held = Py_NewRef(t->encoder.errors), *bytes = NULL;
    const char *errors = PyUnicode_AsUTF8(held);

    if (errors)
        bytes = PyUnicode_AsEncodedString(text, encoding, errors);
    Py_DECREF(held);
    return bytes;
}

PyObject *textio_encode(textio *t, PyObject *text)
{
    bool strict = t->encoder.strict;
    PyObject *bytes;

    switch (t->encoder.kind) {
    case TEXTIO_OBJECT:
        return encode_by_object(t, text);
    case TEXTIO_UTF8:
        bytes = strict ? PyUnicode_AsUTF8String(text)
                       : encode_here(t, text, "utf-8");
        break;
    case TEXTIO_ASCII:
        bytes = strict ? PyUnicode_AsASCIIString(text)
                       : encode_here(t, text, "ascii");
        break;
    case TEXTIO_LATIN1:
        bytes = strict ? PyUnicode_AsLatin1String(text)
                       : encode_here(t, text, "latin-1");
        break;
    default:
        bytes = encode_by_function(t, text);
    }
    t->at_start = false; /* also after an error, which io does not undo */
    return bytes;
}

bool textio_reset_encoder(textio *t, bool at_start)
{
    t->at_start = at_start;
    if (t->encoder.kind != TEXTIO_OBJECT)
        return true;
    return at_start ? tell_codec(t->encoder.object, RILLIO_NAME(reset), NULL)
                    : tell_codec(t->encoder.object, RILLIO_NAME(setstate),
                                 rillio_state.zero);
}
