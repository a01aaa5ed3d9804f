/*
 * codecs.c - the extension rillio._codecs: streams that unpack what they read
 * and pack what they write, over any file.
 *
 * An extension of its own, so that the module itself needs no library: this one
 * needs those of the codecs, and is built with what there is.
 */
#include <stdbool.h>
#include <string.h>

#include <rill/codec.h>
#ifdef RILLIO_HAVE_ZLIB
#include <rill/zlib.h>
#endif
#ifdef RILLIO_HAVE_ZSTD
#include <rill/zstd.h>
#endif
#ifdef RILLIO_HAVE_BZIP2
#include <rill/bzip2.h>
#endif
#ifdef RILLIO_HAVE_LZMA
#include <rill/lzma.h>
#endif
#ifdef RILLIO_HAVE_LZ4
#include <rill/lz4.h>
#endif
#ifdef RILLIO_HAVE_BROTLI
#include <rill/brotli.h>
#endif

/* Those with marks at their start come first, in the order of looking. */
static const rill_codec *const known[] = {
#ifdef RILLIO_HAVE_ZLIB
    &rill_gzip,
#endif
#ifdef RILLIO_HAVE_ZSTD
    &rill_zstd,
#endif
#ifdef RILLIO_HAVE_BZIP2
    &rill_bzip2,
#endif
#ifdef RILLIO_HAVE_LZMA
    &rill_xz,
#endif
#ifdef RILLIO_HAVE_LZ4
    &rill_lz4,
#endif
    NULL,
};

/* Those that must be named, for their data may begin with anything, or nearly. */
static const rill_codec *const unmarked[] = {
#ifdef RILLIO_HAVE_ZLIB
    &rill_zlib,   &rill_deflate,
#endif
#ifdef RILLIO_HAVE_LZMA
    &rill_lzma,
#endif
#ifdef RILLIO_HAVE_BROTLI
    &rill_brotli,
#endif
    NULL,
};

static const rill_codec *find(const rill_codec *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp((*list)->name, name) == 0)
            return *list;
    return NULL;
}

/* The codec of that name, or that detects one (NULL); NULL raised. */
static const rill_codec *codec_called(const char *name)
{
    const rill_codec *codec;

    if (!name)
        return &rill_any;
    codec = find(known, name);
    if (!codec)
        codec = find(unmarked, name);
    if (!codec)
        PyErr_Format(PyExc_LookupError, "unknown codec: %s", name);
    return codec;
}

/* The mode of what lies over a file: saving is the file's business. */
static const char *mode_over(const char *mode, char room[8])
{
    size_t n = 0;

    for (; *mode && n < 7; mode++)
        if (*mode != 's')
            room[n++] = *mode;
    room[n] = '\0';
    return room;
}

/* Why there is no stream: as opening a file says it. */
static PyObject *not_opened(const rill_error *e, const char *mode)
{
    if (e->code == RILL_EINVAL)
        PyErr_Format(PyExc_ValueError, "invalid mode: '%s'", mode);
    else if (e->code == RILL_ENOTSUP)
        PyErr_Format(PyExc_ValueError, "mode '%s' is not for this codec", mode);
    else if (e->code == RILL_ENOMEM)
        PyErr_NoMemory();
    else
        PyErr_SetString(PyExc_OSError, rill_strerror(e->code));
    return NULL;
}

PyDoc_STRVAR(
    open_codec_doc,
    "open_codec($module, /, file, mode='rb', codec=None, *, level=0,\n"
    "           one=False, max_size=0, max_ratio=0)\n"
    "--\n"
    "\n"
    "A Stream that unpacks `file` as it is read, or packs it.\n"
    "\n"
    "`file` is a path, a descriptor or any file object. `codec` is one\n"
    "of `CODECS`; None: what the first bytes say, when reading. Members\n"
    "that follow each other are read as one, unless `one` is true. More\n"
    "than `max_size` bytes, or more than `max_ratio` times what was\n"
    "read, is an OSError (0: no limit).");

static PyObject *open_codec(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {
        "file", "mode", "codec", "level", "one", "max_size", "max_ratio", NULL};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e = {0};
    const char *mode = "rb", *name = NULL, *over;
    char room[8];
    const rill_codec *codec;
    long long max_size = 0, max_ratio = 0;
    PyObject *file, *stream;
    rill *below, *s;

    (void)module;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|sz$ipLL:open_codec",
                                     (char **)names, &file, &mode, &name,
                                     &co.level, &co.one, &max_size, &max_ratio))
        return NULL;
    codec = codec_called(name);
    if (!codec)
        return NULL;
    co.max_size = max_size;
    co.max_ratio = max_ratio;
    co.among = known;
    o.codec_options = &co;
    o.error = &e;
    /* Refused before the file is made, or cut. */
    over = mode_over(mode, room);
    below = rill_open_null();
    s = rill_open_codec(codec, below, RILL_BORROW, over, &o);
    rill_discard(s);
    rill_discard(below);
    if (!s)
        return not_opened(&e, mode);
    below = rillio_as_rill(file, mode);
    if (!below)
        return NULL;
    s = rill_open_codec(codec, below, RILL_TAKE, over, &o);
    if (!s) {
        rill_discard(below);
        return not_opened(&e, mode);
    }
    stream = rillio_from_rill(s, RILL_TAKE);
    if (!stream)
        rill_discard(s);
    return stream;
}

static PyMethodDef methods[] = {
    {"open_codec", (PyCFunction)(void (*)(void))open_codec,
     METH_VARARGS | METH_KEYWORDS, open_codec_doc},
    {NULL, NULL, 0, NULL},
};

static bool append_names(PyObject *names, const rill_codec *const *list)
{
    for (; *list; list++) {
        PyObject *name = PyUnicode_FromString((*list)->name);
        bool done = name && PyList_Append(names, name) == 0;

        Py_XDECREF(name);
        if (!done)
            return false;
    }
    return true;
}

/* `CODECS`, the names of all. */
static int add_names(PyObject *module)
{
    PyObject *names = PyList_New(0), *tuple = NULL;

    if (names && append_names(names, known) && append_names(names, unmarked))
        tuple = PyList_AsTuple(names);
    Py_XDECREF(names);
    if (!tuple || PyModule_AddObject(module, "CODECS", tuple) < 0) {
        Py_XDECREF(tuple);
        return -1;
    }
    return 0;
}

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "rillio._codecs",
    .m_doc = "Packed streams, for rillio.",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit__codecs(void);

PyMODINIT_FUNC PyInit__codecs(void)
{
    PyObject *module;

    if (rillio_import() < 0)
        return NULL;
    module = PyModule_Create(&definition);
    if (module && add_names(module) < 0)
        Py_CLEAR(module);
    return module;
}
