/*
 * textio.h - what the files of TextIOWrapper share.
 *
 *     textio.c        the object: its states, attributes, and closing it
 *     textio_make.c   __init__() and reconfigure()
 *     textio_codec.c  bytes to text and back
 *     textio_encode.c the same for small texts, in place
 *     textio_read.c   read(), readline(), iteration
 *     textio_write.c  write(), and the text that waits to be written
 *     textio_seek.c   tell(), seek() and their cookies
 *
 * One object is a decoder and an encoder over one buffer, any Python object
 * with the methods of a buffered stream:
 *
 *     buffer.read1() --> decoder --> `decoded`, of which `used` were given out
 *     buffer.write() <-- `pending` <-- encoder
 *
 * Whatever is called - the buffer, a codec of Python's, an error handler, a
 * method of a subclass - may call back, and then read, write, configure, detach
 * or close this very object. So who calls holds references of its own to what
 * it works with, and takes no member for what it was before.
 */
#ifndef RILLIO_TEXTIO_H
#define RILLIO_TEXTIO_H

#include "rillio.h"

/* Who translates one direction. */
enum textio_kind {
    TEXTIO_NONE = 0, /* nobody: the buffer has not this direction */
    TEXTIO_OBJECT,   /* an incremental codec of Python's */
    TEXTIO_FUNCTION, /* a function of Python's; encoders only */
    TEXTIO_UTF8,     /* the interpreter, without any object */
    TEXTIO_ASCII,
    TEXTIO_LATIN1
};

typedef struct {
    enum textio_kind kind;
    PyObject *object;  /* the incremental decoder */
    PyObject *errors;  /* the name of the error handler */
    PyObject *partial; /* without `object`: bytes of a character that has not
                          yet come in whole; NULL if there are none */
    bool universal;    /* line ends go through `newlines` */
    bool lacks_zero;   /* setstate() of 0 would break it: reset() is meant */
    rill_newlines newlines;
} textio_decoder;

typedef struct {
    enum textio_kind kind;
    PyObject *object; /* the incremental encoder, or function(text, errors) */
    PyObject *first;  /* the function for the start of the stream, or NULL */
    PyObject *errors;
    bool strict; /* these are "strict" */
    int unit;    /* UTF-16 or UTF-32 in the machine's order: 2 or 4; else 0 */
} textio_encoder;

enum textio_state { TEXTIO_NOT_MADE = 0, TEXTIO_ATTACHED, TEXTIO_DETACHED };

typedef struct {
    RILLIO_HEAD
    enum textio_state state;
    PyObject *buffer; /* there while attached */
    PyObject *raw;    /* the FileIO under a buffer of ours, or NULL: whether it
                         is open can be seen without a call of Python's */
    PyObject *encoding, *errors;                    /* as they were given */
    int newline;                                    /* enum rill_newline */
    char line_buffering, write_through, finalizing; /* attributes */
    bool seekable, has_read1;

    textio_decoder decoder;
    textio_encoder encoder;
    bool at_start; /* where the next text goes, a byte order mark may stand */

    /* Reading. */
    PyObject *decoded; /* str, or NULL */
    Py_ssize_t used;   /* how many of its characters were given out */
    Py_ssize_t counted, counted_size; /* how many bytes the first characters of
                                         it are in UTF-8, as far as is known */
    bool lf_lines;                    /* only \n ends lines in it */
    const char *ascii; /* then its characters, if they are ASCII; else NULL */
    Py_ssize_t length; /* how many it has */
    double ratio;      /* bytes per character in the last chunk */
    Py_ssize_t chunk_size;

    /* Where tell() can start from: what the decoder's state was, and the bytes
     * that became `decoded` since then. Both NULL: nowhere. */
    bool telling; /* keep it; next() stops that */
    PyObject *snapshot_flags, *snapshot_input;

    /* Writing: what was encoded and waits. There may be nothing to write, which
     * is not the same as having been asked to write nothing. */
    char *pending;
    Py_ssize_t pending_size, pending_room;
    bool has_pending;
    bool copies; /* text goes there with nothing else to be done; but what was
                    read has to be forgotten, where something was */
} textio;

/* ---- textio.c ----------------------------------------------------------- */

static inline textio *textio_of(PyObject *self)
{
    return (textio *)self;
}

/* False: raised, for it was never made or is detached; or, the second, closed
 * (as the buffer says, or what a subclass made of `closed`). */
bool textio_check_attached(textio *t);
bool textio_check_open_slowly(textio *t);

/* Whether it is plain to see that it is open. */
static inline bool textio_is_open(textio *t)
{
    return t->state == TEXTIO_ATTACHED && t->raw &&
           Py_IS_TYPE((PyObject *)t, &rillio_TextIOWrapper_type) &&
           rillio_fileio_is_open(t->raw);
}

static inline bool textio_check_open(textio *t)
{
    return textio_is_open(t) || textio_check_open_slowly(t);
}

/* buffer.name(arg), arg may be NULL. */
PyObject *textio_call(textio *t, PyObject *name, PyObject *arg);

/* Let go of all that is not in RILLIO_HEAD. */
void textio_release(textio *t);

/* self.flush(), which may be a subclass's. */
bool textio_flush_self(textio *t);

/* ---- textio_make.c ------------------------------------------------------ */

int textio_init(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *textio_vectorcall(PyObject *type, PyObject *const *args,
                            size_t nargsf, PyObject *kwnames);
extern const char textio_reconfigure_doc[];
PyObject *textio_reconfigure(PyObject *self, PyObject *const *args,
                             Py_ssize_t nargs, PyObject *kwnames);

/* ---- textio_codec.c ----------------------------------------------------- */

/* The CodecInfo for a name; LookupError unless it is an encoding of text. */
PyObject *textio_find_codec(PyObject *encoding);

/* Make what the buffer has use for, or leave what there is. False: raised. */
bool textio_make_decoder(textio *t, PyObject *codec, PyObject *errors);
bool textio_make_encoder(textio *t, PyObject *codec, PyObject *errors);
void textio_clear_decoder(textio_decoder *d);
void textio_clear_encoder(textio_encoder *e);

/* Decode what the buffer gave: a str, new reference. `final` is as the decoder
 * gets it; NULL leaves it out. */
PyObject *textio_decode(textio *t, PyObject *input, PyObject *final);

/* The state as incremental decoders tell it: a tuple, of bytes and flags if the
 * decoder is right. New reference. */
PyObject *textio_getstate(textio *t);
/* Go back to such a state. */
bool textio_setstate(textio *t, PyObject *state);
bool textio_reset_decoder(textio *t);
/* Which line ends were seen, as the attribute `newlines`. */
PyObject *textio_newlines(textio *t);

/* Encode: bytes, new reference. */
PyObject *textio_encode(textio *t, PyObject *text);

/* Whether the characters of `text` are, as they lie in memory, its bytes. */
static inline bool textio_is_encoded(const textio *t, PyObject *text)
{
    if (PyUnicode_IS_ASCII(text))
        return t->encoder.kind >= TEXTIO_UTF8;
    return t->encoder.kind == TEXTIO_LATIN1 &&
           PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND;
}

/* Encode to memory that has room for four bytes a character: how many it took.
 * -1: this cannot, which may be an error or not. Raises nothing. */
Py_ssize_t textio_encode_to(const textio *t, char *to, PyObject *text);

/* Tell the encoder whether the start of the stream is where it writes. */
bool textio_reset_encoder(textio *t, bool at_start);

/* ---- textio_read.c ------------------------------------------------------ */

extern const char textio_read_doc[], textio_readline_doc[];
PyObject *textio_read(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *textio_readline(PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs);
PyObject *textio_next(PyObject *self);

/* Set `decoded`, which takes the reference and may be NULL. */
void textio_set_decoded(textio *t, PyObject *text);
/* Forget it, and where it came from. */
void textio_drop_decoded(textio *t);
/* Forget it, for reading or writing went on behind it. Since Python 3.13 it
 * stays where no snapshot is kept. */
void textio_pass_decoded(textio *t);
/* Take both references; they may be NULL. */
void textio_set_snapshot(textio *t, PyObject *flags, PyObject *input);

/* ---- textio_write.c ----------------------------------------------------- */

extern const char textio_write_doc[];
PyObject *textio_write(PyObject *self, PyObject *text);

/* Write what waits. False: raised, and it is lost. */
bool textio_write_pending(textio *t);

/* After a change of codecs, line ends or buffering: find `copies` anew. */
void textio_settle_writing(textio *t);

/* ---- textio_seek.c ------------------------------------------------------ */

extern const char textio_seek_doc[], textio_tell_doc[];
PyObject *textio_seek(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *textio_tell(PyObject *self, PyObject *unused);

#endif /* RILLIO_TEXTIO_H */
