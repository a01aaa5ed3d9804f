/*
 * buffered_read.c - reading through a buffer.
 *
 * What is in the buffer is handed out without a lock: with the GIL held nothing
 * comes between. Only who needs the raw stream goes inside. What was written is
 * flushed then, and the buffer filled anew; large requests go past it, straight
 * into the result.
 */
#include "buffered.h"

#include <sys/stat.h>

/* ---- Out of the buffer -------------------------------------------------- */

/* Move up to `n` bytes out of the buffer. How many those were. */
static Py_ssize_t drain(buffered *b, char *out, Py_ssize_t n)
{
    Py_ssize_t have = buffered_ahead(b);

    if (n > have)
        n = have;
    if (n > 0) {
        memcpy(out, b->data + b->pos, n);
        b->pos += n;
    }
    return n;
}

/* The next `n` bytes, which are in the buffer. */
static PyObject *take(buffered *b, Py_ssize_t n)
{
    PyObject *bytes = PyBytes_FromStringAndSize(b->data + b->pos, n);

    if (bytes)
        b->pos += n;
    return bytes;
}

/* ---- Arguments ---------------------------------------------------------- */

/* The argument `size`, None or missing for -1: most often an int. */
static inline bool size_arg(const char *function, PyObject *const *args,
                            Py_ssize_t nargs, Py_ssize_t *size)
{
    if (nargs == 1 && PyLong_CheckExact(args[0])) {
        *size = PyLong_AsSsize_t(args[0]);
        if (*size != -1)
            return true;
        PyErr_Clear();
    }
    if (nargs == 0) {
        *size = -1;
        return true;
    }
    return rillio_count_args(function, nargs, 0, 1) &&
           rillio_size(args[0], -1, size);
}

/* ---- Into the buffer ---------------------------------------------------- */

/* Read once, behind what was read. The count, -1, or RILLIO_WOULD_BLOCK. */
static Py_ssize_t fill(buffered *b)
{
    Py_ssize_t start = b->read_end >= 0 ? b->read_end : 0, n;

    if (!b->data) { /* closed while this thread waited to get inside */
        PyErr_SetString(PyExc_ValueError, "read of closed file");
        return -1;
    }
    n = buffered_raw_read(b, b->data + start, b->size - start, b->memory);
    if (n > 0)
        b->read_end = b->raw_at = start + n;
    return n;
}

/* Make the buffer ready to be filled from `pos` on. */
static bool begin_reading(buffered *b)
{
    if (b->writable && !buffered_flush_and_rewind(b))
        return false;
    buffered_drop_read(b);
    return true;
}

/* An empty buffer that counts as filled so far: fill() goes on from there. */
static void begin_filling(buffered *b)
{
    b->pos = b->raw_at = b->read_end = 0;
}

/* ---- Results that grow -------------------------------------------------- */

/* The first `n` of `bytes`, which is stolen. The raw stream may have kept a
 * view of them: then they stay as they are. */
static PyObject *shorten(PyObject *bytes, Py_ssize_t n)
{
    PyObject *copy;

    if (n == PyBytes_GET_SIZE(bytes))
        return bytes;
    if (Py_REFCNT(bytes) == 1) {
        _PyBytes_Resize(&bytes, n);
        return bytes;
    }
    copy = PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes), n);
    Py_DECREF(bytes);
    return copy;
}

/* What a read of -1 or 0 bytes or RILLIO_WOULD_BLOCK ends with, `got` bytes
 * being in `bytes`, which is stolen. */
static PyObject *ended(PyObject *bytes, Py_ssize_t got, Py_ssize_t reason)
{
    if (reason == 0 || (reason == RILLIO_WOULD_BLOCK && got > 0))
        return shorten(bytes, got);
    Py_DECREF(bytes);
    return reason == -1 ? NULL : Py_NewRef(Py_None);
}

/* Bytes with room for more. */
struct growing {
    PyObject *bytes; /* nobody else's; NULL: none yet, or no memory for them */
    Py_ssize_t used;
};

/* Make room for `n` more (not 0), or twice of what there is. False: raised. */
static bool make_room(struct growing *g, Py_ssize_t n)
{
    Py_ssize_t room;

    if (!g->bytes) {
        g->bytes = rillio_new_bytes(n);
        return g->bytes != NULL;
    }
    room = PyBytes_GET_SIZE(g->bytes);
    if (n <= room - g->used)
        return true;
    if (n > PY_SSIZE_T_MAX / 2 - room) {
        PyErr_NoMemory();
        return false;
    }
    return _PyBytes_Resize(&g->bytes, room + (n > room ? n : room)) == 0;
}

static bool append(struct growing *g, const char *data, Py_ssize_t n)
{
    if (!make_room(g, n))
        return false;
    memcpy(PyBytes_AS_STRING(g->bytes) + g->used, data, n);
    g->used += n;
    return true;
}

/* What it has become. */
static PyObject *grown(struct growing *g)
{
    PyObject *bytes = g->bytes;

    g->bytes = NULL;
    return bytes ? shorten(bytes, g->used) : PyBytes_FromStringAndSize(NULL, 0);
}

/* ---- read(n) ------------------------------------------------------------ */

/* The part of `n` that is whole buffers. */
static Py_ssize_t whole_buffers(const buffered *b, Py_ssize_t n)
{
    return n - n % b->size;
}

/* Read `n` bytes, more than there are in the buffer: whole buffers straight
 * into the result, the rest through the buffer. */
static PyObject *read_inside(buffered *b, Py_ssize_t n)
{
    PyObject *result = rillio_new_bytes(n);
    Py_ssize_t got, block, r;
    char *out;

    if (!result)
        return NULL;
    out = PyBytes_AS_STRING(result);
    got = drain(b, out, n);
    if (!begin_reading(b))
        return ended(result, got, -1);
    while ((block = whole_buffers(b, n - got)) > 0) {
        r = buffered_raw_read(b, out + got, block, result);
        if (r <= 0)
            return ended(result, got, r);
        got += r;
    }
    begin_filling(b);
    while (got < n) {
        r = fill(b);
        if (r <= 0)
            return ended(result, got, r);
        got += drain(b, out + got, n - got);
    }
    return result;
}

/* ---- read(): all the rest ----------------------------------------------- */

/*
 * Three ways to the end of the raw stream. Each goes on behind what `g` holds;
 * the result is None if that is nothing, and the raw stream would block. What
 * is left in `g` on failure is the caller's.
 */

enum { LEAST_GUESS = 8192 };

/* How much to ask for to read a file to its end: one byte too many, which shows
 * at once that it is the end. A guess. */
static Py_ssize_t guess_rest(const buffered *b, int fd)
{
    struct stat st;
    int failed;

    Py_BEGIN_ALLOW_THREADS failed = fstat(fd, &st);
    Py_END_ALLOW_THREADS if (failed || !S_ISREG(st.st_mode) ||
                             st.st_size <= b->raw_pos ||
                             st.st_size - b->raw_pos >=
                                 PY_SSIZE_T_MAX / 2) return LEAST_GUESS;
    return (Py_ssize_t)(st.st_size - b->raw_pos) + 1;
}

/* By system calls, where a FileIO has the descriptor `fd`. */
static PyObject *read_rest_of_file(buffered *b, int fd, struct growing *g)
{
    Py_ssize_t more = guess_rest(b, fd), r;

    for (;; more = 1) {
        if (!make_room(g, more))
            return NULL;
        r = rillio_fd_read(fd, PyBytes_AS_STRING(g->bytes) + g->used,
                           PyBytes_GET_SIZE(g->bytes) - g->used);
        if (r <= 0)
            break;
        g->used += r;
        b->raw_pos += r;
    }
    if (r == -1)
        return NULL;
    return r == 0 || g->used > 0 ? grown(g) : Py_NewRef(Py_None);
}

/* What a method that reads answered: bytes or None, or TypeError. */
static PyObject *check_bytes(PyObject *answer, const char *method)
{
    if (!answer || answer == Py_None || PyBytes_Check(answer))
        return answer;
    Py_DECREF(answer);
    PyErr_Format(PyExc_TypeError, "%s() should return bytes", method);
    return NULL;
}

/* By raw.readall(). */
static PyObject *read_rest_at_once(buffered *b, PyObject *readall,
                                   struct growing *g)
{
    PyObject *rest = check_bytes(PyObject_CallNoArgs(readall), "readall");
    Py_ssize_t n = rest && rest != Py_None ? PyBytes_GET_SIZE(rest) : 0;
    bool fine;

    b->raw_pos += n;
    if (!rest || !g->bytes)
        return rest;
    fine = n == 0 || append(g, PyBytes_AS_STRING(rest), n);
    Py_DECREF(rest);
    return fine ? grown(g) : NULL;
}

/* raw.read(): bytes or None. */
static PyObject *read_piece(buffered *b)
{
    PyObject *raw = buffered_raw(b), *answer;

    if (!raw)
        return NULL;
    answer = PyObject_CallMethodNoArgs(raw, RILLIO_NAME(read));
    Py_DECREF(raw);
    return check_bytes(answer, "read");
}

/* By raw.read(), until nothing comes. */
static PyObject *read_rest_by_pieces(buffered *b, struct growing *g)
{
    for (;;) {
        PyObject *piece = read_piece(b);
        Py_ssize_t n = piece && piece != Py_None ? PyBytes_GET_SIZE(piece) : 0;
        bool fine;

        if (!piece || (n == 0 && !g->bytes))
            return piece;
        fine = n == 0 || append(g, PyBytes_AS_STRING(piece), n);
        Py_DECREF(piece);
        if (!fine)
            return NULL;
        if (n == 0)
            return grown(g);
        b->raw_pos += n;
    }
}

/* raw.readall: NULL without an exception if there is none. */
static PyObject *find_readall(const buffered *b)
{
    PyObject *raw = buffered_raw(b), *method;

    if (!raw)
        return NULL;
    method = PyObject_GetAttr(raw, RILLIO_NAME(readall));
    Py_DECREF(raw);
    if (!method && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return method;
}

static PyObject *read_rest(buffered *b, struct growing *g)
{
    PyObject *readall, *result;
    int fd;

    if (!b->raw || !rillio_fileio_is_fresh(b->raw)) { /* it knows its size */
        fd = buffered_raw_fd(b, RILLIO_NAME(readall));
        if (fd >= 0)
            return read_rest_of_file(b, fd, g);
    }
    readall = find_readall(b);
    if (!readall)
        return PyErr_Occurred() ? NULL : read_rest_by_pieces(b, g);
    result = read_rest_at_once(b, readall, g);
    Py_DECREF(readall);
    return result;
}

static PyObject *read_all_inside(buffered *b)
{
    Py_ssize_t ahead = buffered_ahead(b);
    struct growing g = {0};
    PyObject *result = NULL;

    if (ahead > 0 && !append(&g, b->data + b->pos, ahead))
        return NULL;
    b->pos += ahead;
    if (begin_reading(b))
        result = read_rest(b, &g);
    Py_XDECREF(g.bytes);
    return result;
}

/* ---- Lines -------------------------------------------------------------- */

/* The end of the line that starts at `pos`, of the next `n` bytes: its length,
 * 0 if it does not end there. */
static Py_ssize_t find_end(const buffered *b, Py_ssize_t n)
{
    const char *start, *end;

    if (n <= 0)
        return 0;
    start = b->data + b->pos;
    end = memchr(start, '\n', n);
    return end ? end + 1 - start : 0;
}

/* Of what is in the buffer, at most `limit` (negative: all). */
static Py_ssize_t within(const buffered *b, Py_ssize_t limit)
{
    Py_ssize_t have = buffered_ahead(b);

    return limit >= 0 && have > limit ? limit : have;
}

/* Put the next `n` bytes of the buffer behind the line. */
static bool append_taken(buffered *b, struct growing *line, Py_ssize_t n,
                         Py_ssize_t *limit)
{
    if (!append(line, b->data + b->pos, n))
        return false;
    b->pos += n;
    if (*limit >= 0)
        *limit -= n;
    return true;
}

/* Read pieces of a line until it ends. False: raised. */
static bool read_pieces(buffered *b, struct growing *line, Py_ssize_t limit)
{
    for (;;) {
        Py_ssize_t r, n, length;

        buffered_drop_read(b);
        r = fill(b);
        if (r <= 0)
            return r != -1;
        b->pos = 0;
        n = within(b, limit);
        length = find_end(b, n);
        if (length > 0)
            return append_taken(b, line, length, &limit);
        if (!append_taken(b, line, n, &limit))
            return false;
        if (limit == 0)
            return true;
    }
}

/* A line of which the buffer holds `n` bytes, and not the end. */
static PyObject *read_line_inside(buffered *b, Py_ssize_t limit)
{
    Py_ssize_t n = within(b, limit);
    struct growing line = {0};
    PyObject *result = NULL;

    if ((n == 0 || append_taken(b, &line, n, &limit)) && begin_reading(b) &&
        read_pieces(b, &line, limit))
        result = grown(&line);
    Py_XDECREF(line.bytes);
    return result;
}

static PyObject *read_line(buffered *b, Py_ssize_t limit)
{
    Py_ssize_t n, length;
    PyObject *line;

    if (!buffered_check_ready(b) ||
        !buffered_check_open(b, "readline of closed file"))
        return NULL;
    n = within(b, limit);
    length = find_end(b, n);
    if (length > 0)
        return take(b, length);
    if (n == limit)
        return take(b, n);
    if (!buffered_enter(b))
        return NULL;
    line = read_line_inside(b, limit);
    buffered_leave(b);
    return line;
}

PyObject *buffered_readline(PyObject *self, PyObject *const *args,
                            Py_ssize_t nargs)
{
    Py_ssize_t limit;

    if (!size_arg("readline", args, nargs, &limit))
        return NULL;
    return read_line((buffered *)self, limit);
}

/* self.readline(), of a subclass that may have its own. */
static PyObject *call_readline(PyObject *self)
{
    PyObject *line = PyObject_CallMethodNoArgs(self, RILLIO_NAME(readline));

    if (!line || PyBytes_Check(line))
        return line;
    PyErr_Format(PyExc_OSError,
                 "readline() should have returned a bytes object, not '%.200s'",
                 Py_TYPE(line)->tp_name);
    Py_DECREF(line);
    return NULL;
}

PyObject *buffered_iternext(PyObject *self)
{
    PyObject *line;

    if (Py_IS_TYPE(self, &rillio_BufferedReader_type) ||
        Py_IS_TYPE(self, &rillio_BufferedRandom_type))
        line = read_line((buffered *)self, -1);
    else if (buffered_check_ready((buffered *)self))
        line = call_readline(self);
    else
        return NULL;
    if (line && PyBytes_GET_SIZE(line) == 0)
        Py_CLEAR(line);
    return line;
}

/* ---- read, peek, read1 -------------------------------------------------- */

PyObject *buffered_read(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    buffered *b = (buffered *)self;
    PyObject *result;
    Py_ssize_t n;

    if (!size_arg("read", args, nargs, &n) || !buffered_check_ready(b))
        return NULL;
    if (n > 0 && n <= buffered_ahead(b))
        return take(b, n);
    if (n < -1) {
        PyErr_SetString(PyExc_ValueError,
                        "read length must be non-negative or -1");
        return NULL;
    }
    if (!buffered_check_open(b, "read of closed file"))
        return NULL;
    if (n == 0)
        return PyBytes_FromStringAndSize(NULL, 0);
    if (!buffered_enter(b))
        return NULL;
    if (n < 0)
        result = read_all_inside(b);
    else if (n <= buffered_ahead(b)) /* others read while this one waited */
        result = take(b, n);
    else
        result = read_inside(b, n);
    buffered_leave(b);
    return result;
}

/* Read once, if there is nothing in the buffer, and show what there is. */
static PyObject *peek_inside(buffered *b)
{
    Py_ssize_t r;

    if (b->writable && !buffered_flush_and_rewind(b))
        return NULL;
    if (buffered_ahead(b) == 0) {
        buffered_drop_read(b);
        r = fill(b);
        b->pos = 0;
        if (r == -1)
            return NULL;
        if (r <= 0)
            return PyBytes_FromStringAndSize(NULL, 0);
    }
    return PyBytes_FromStringAndSize(b->data + b->pos, buffered_ahead(b));
}

PyObject *buffered_peek(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    buffered *b = (buffered *)self;
    PyObject *result;
    Py_ssize_t ignored;

    if (!rillio_count_args("peek", nargs, 0, 1) ||
        (nargs > 0 && !buffered_integer_arg(args[0], &ignored)) ||
        !buffered_check_ready(b) ||
        !buffered_check_open(b, "peek of closed file") || !buffered_enter(b))
        return NULL;
    result = peek_inside(b);
    buffered_leave(b);
    return result;
}

/* One read, past the buffer, straight into the result. */
static PyObject *read1_inside(buffered *b, Py_ssize_t n)
{
    PyObject *result = rillio_new_bytes(n);
    Py_ssize_t r;

    if (!result)
        return NULL;
    if (RILLIO_SINCE(13) && b->writable && !buffered_flush_and_rewind(b))
        return ended(result, 0, -1);
    buffered_drop_read(b);
    r = buffered_raw_read(b, PyBytes_AS_STRING(result), n, result);
    if (r == RILLIO_WOULD_BLOCK)
        r = 0;
    return r < 0 ? ended(result, 0, r) : shorten(result, r);
}

PyObject *buffered_read1(PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs)
{
    buffered *b = (buffered *)self;
    Py_ssize_t n = -1, have;
    PyObject *result;

    if (!rillio_count_args("read1", nargs, 0, 1) ||
        (nargs > 0 && !buffered_integer_arg(args[0], &n)) ||
        !buffered_check_ready(b) ||
        !buffered_check_open(b, "read of closed file"))
        return NULL;
    if (n < 0)
        n = b->size;
    have = buffered_ahead(b);
    if (have > 0 || n == 0)
        return take(b, n < have ? n : have);
    if (!buffered_enter(b))
        return NULL;
    result = read1_inside(b, n);
    buffered_leave(b);
    return result;
}

/* ---- readinto ----------------------------------------------------------- */

/* Where a readinto() reads to. */
struct target {
    PyObject *object;
    char *data;
    Py_ssize_t size, filled;
    bool once; /* readinto1() */
};

/* Read once towards what is missing: straight into the target where that is
 * more than a buffer's worth. The count, 0 at the end; negative as fill(). */
static Py_ssize_t read_towards(buffered *b, struct target *t)
{
    Py_ssize_t missing = t->size - t->filled, r;

    if (missing > b->size)
        return buffered_raw_read(b, t->data + t->filled, missing, t->object);
    if (t->once && t->filled > 0)
        return 0;
    r = fill(b);
    return r <= 0 ? r : drain(b, t->data + t->filled, missing);
}

/* Fill the target. 1; 0 if the raw stream would block and there is nothing;
 * -1 raised. */
static int readinto_inside(buffered *b, struct target *t)
{
    if (!begin_reading(b))
        return -1;
    b->pos = 0;
    while (t->filled < t->size) {
        bool direct = t->size - t->filled > b->size;
        Py_ssize_t r = read_towards(b, t);

        if (r == RILLIO_WOULD_BLOCK && t->filled == 0)
            return 0;
        if (r == -1)
            return -1;
        if (r <= 0)
            break;
        t->filled += r;
        if (t->once && direct)
            break;
    }
    return 1;
}

static PyObject *readinto_target(buffered *b, struct target *t)
{
    int done;

    if (!buffered_check_ready(b) ||
        !buffered_check_open(b, "readinto of closed file"))
        return NULL;
    if (buffered_ahead(b) > 0) {
        t->filled = drain(b, t->data, t->size);
        if (t->filled == t->size)
            return PyLong_FromSsize_t(t->filled);
    }
    if (!buffered_enter(b))
        return NULL;
    done = readinto_inside(b, t);
    buffered_leave(b);
    if (done <= 0)
        return done < 0 ? NULL : Py_NewRef(Py_None);
    return PyLong_FromSsize_t(t->filled);
}

static PyObject *readinto(PyObject *self, PyObject *object, bool once)
{
    Py_buffer view;
    PyObject *result;

    if (PyObject_GetBuffer(object, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError,
                     "readinto%s() argument must be read-write bytes-like "
                     "object, not %.50s",
                     once ? "1" : "",
                     object == Py_None ? "None" : Py_TYPE(object)->tp_name);
        return NULL;
    }
    result =
        readinto_target((buffered *)self, &(struct target){.object = object,
                                                           .data = view.buf,
                                                           .size = view.len,
                                                           .once = once});
    PyBuffer_Release(&view);
    return result;
}

PyObject *buffered_readinto(PyObject *self, PyObject *target)
{
    return readinto(self, target, false);
}

PyObject *buffered_readinto1(PyObject *self, PyObject *target)
{
    return readinto(self, target, true);
}
