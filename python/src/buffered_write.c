/*
 * buffered_write.c - writing through a buffer.
 *
 * What fits is copied and marked dirty. What does not fit sends the dirty part
 * out first, then itself, straight from the caller's memory, until the rest is
 * less than a buffer; that is kept. Where the raw stream would block, as much
 * as there is room for is kept, and BlockingIOError says how much that was.
 */
#include "buffered.h"

/* Raise BlockingIOError: `written` bytes of this call were taken. */
static void raise_would_block(const buffered *b, Py_ssize_t written)
{
    PyObject *e;

    PyErr_Clear();
    e = PyObject_CallFunction(PyExc_BlockingIOError, "isn", b->raw_errno,
                              "write could not complete without blocking",
                              written);
    if (e)
        PyErr_SetObject(PyExc_BlockingIOError, e);
    Py_XDECREF(e);
}

/* ---- Flushing ----------------------------------------------------------- */

/* Write to the raw stream until all is gone. */
static bool write_dirty(buffered *b)
{
    while (b->dirty < b->dirty_end) {
        Py_ssize_t n = buffered_raw_write(b, b->data + b->dirty,
                                          b->dirty_end - b->dirty, b->memory);

        if (n == RILLIO_WOULD_BLOCK)
            raise_would_block(b, 0);
        if (n < 0)
            return false;
        b->dirty += n;
        b->raw_at = b->dirty;
        /* A partial write may be a signal's work: its handler first. */
        if (PyErr_CheckSignals() < 0)
            return false;
    }
    return true;
}

bool buffered_flush_dirty(buffered *b)
{
    Py_ssize_t back;

    if (b->dirty_end < 0 || b->dirty == b->dirty_end) {
        buffered_drop_dirty(b);
        return true;
    }
    back = buffered_raw_ahead(b) + (b->pos - b->dirty);
    if (back != 0) {
        if (buffered_raw_seek(b, -back, SEEK_CUR) < 0)
            return false;
        b->raw_at -= back;
    }
    if (!write_dirty(b))
        return false;
    buffered_drop_dirty(b);
    return true;
}

bool buffered_flush_and_rewind(buffered *b)
{
    int64_t position;

    if (!buffered_flush_dirty(b))
        return false;
    if (!b->readable)
        return true;
    position = buffered_raw_seek(b, -buffered_raw_ahead(b), SEEK_CUR);
    buffered_drop_read(b);
    return position >= 0;
}

PyObject *buffered_flush(PyObject *self, PyObject *Py_UNUSED(unused))
{
    buffered *b = (buffered *)self;
    bool flushed;

    if (!buffered_check_ready(b) ||
        !buffered_check_open(b, "flush of closed file") || !buffered_enter(b))
        return NULL;
    flushed = buffered_flush_and_rewind(b);
    buffered_leave(b);
    return flushed ? Py_NewRef(Py_None) : NULL;
}

/* ---- Writing ------------------------------------------------------------ */

/* Move on to `pos`: what lies before counts as read. */
static void move_to(buffered *b, Py_ssize_t pos)
{
    b->pos = pos;
    if (b->read_end >= 0 && b->read_end < pos)
        b->read_end = pos;
}

/* Since 3.13 what fills the whole buffer does not go through it. */
static bool fits(const buffered *b, Py_ssize_t n)
{
    return n <= b->size - b->pos && (n < b->size || !RILLIO_SINCE(13));
}

static void put(buffered *b, const char *data, Py_ssize_t n)
{
    if (n > 0)
        memcpy(b->data + b->pos, data, n);
    if (b->dirty_end < 0 || b->dirty > b->pos)
        b->dirty = b->pos;
    move_to(b, b->pos + n);
    if (b->dirty_end < b->pos)
        b->dirty_end = b->pos;
}

/*
 * Flushing for a write failed. Where that is because it would block, keep what
 * there is room for behind the dirty part, which is moved to the front. (If the
 * user went elsewhere since, it does not belong there: nothing is kept.)
 */
static Py_ssize_t keep_behind(buffered *b, const char *data, Py_ssize_t n)
{
    Py_ssize_t kept = 0;

    if (!PyErr_ExceptionMatches(PyExc_BlockingIOError))
        return -1;
    if (b->pos == b->dirty_end) {
        if (b->readable)
            buffered_drop_read(b);
        memmove(b->data, b->data + b->dirty, b->dirty_end - b->dirty);
        b->raw_at -= b->dirty;
        b->dirty_end -= b->dirty;
        b->dirty = 0;
        kept = b->size - b->dirty_end;
        kept = n < kept ? n : kept;
        memcpy(b->data + b->dirty_end, data, kept);
        b->dirty_end += kept;
        b->pos = b->dirty_end;
    }
    if (kept == n) {
        PyErr_Clear();
        return n;
    }
    raise_would_block(b, kept);
    return -1;
}

/* The raw stream would block in the middle of a large write: keep a buffer's
 * worth of the rest. */
static void keep_some(buffered *b, const char *data, Py_ssize_t written)
{
    memcpy(b->data, data + written, b->size);
    b->dirty = b->raw_at = 0;
    move_to(b, b->size);
    b->dirty_end = b->size;
    raise_would_block(b, written + b->size);
}

/* Write to the raw stream until what is left fits the buffer. How much that
 * was; -1 raised. */
static Py_ssize_t write_direct(buffered *b, const char *data, Py_ssize_t n,
                               PyObject *keeper)
{
    Py_ssize_t most = RILLIO_SINCE(13) ? b->size - 1 : b->size, written = 0;

    while (n - written > most) {
        Py_ssize_t r =
            buffered_raw_write(b, data + written, n - written, keeper);

        if (r == RILLIO_WOULD_BLOCK && n - written <= b->size)
            break;
        if (r == RILLIO_WOULD_BLOCK)
            keep_some(b, data, written);
        if (r < 0)
            return -1;
        written += r;
        if (PyErr_CheckSignals() < 0)
            return -1;
    }
    return written;
}

/* Write what does not fit. */
static Py_ssize_t write_large(buffered *b, const char *data, Py_ssize_t n,
                              PyObject *keeper)
{
    Py_ssize_t ahead, written;

    if (!buffered_flush_dirty(b))
        return keep_behind(b, data, n);
    ahead = buffered_raw_ahead(b);
    if (ahead != 0) { /* something was read, and not all of it used */
        if (buffered_raw_seek(b, -ahead, SEEK_CUR) < 0)
            return -1;
        b->raw_at -= ahead;
    }
    written = write_direct(b, data, n, keeper);
    if (written < 0)
        return -1;
    if (b->readable)
        buffered_drop_read(b);
    memcpy(b->data, data + written, n - written);
    b->dirty = b->raw_at = 0;
    b->dirty_end = b->pos = n - written;
    return n;
}

static Py_ssize_t write_bytes(buffered *b, const char *data, Py_ssize_t n,
                              PyObject *keeper)
{
    Py_ssize_t written = -1;

    if (!buffered_check_ready(b) || !buffered_enter(b))
        return -1;
    if (buffered_is_closed(b)) {
        PyErr_SetString(PyExc_ValueError, "write to closed file");
    } else {
        if (b->read_end < 0 && b->dirty_end < 0)
            b->pos = b->raw_at = 0;
        if (fits(b, n)) {
            put(b, data, n);
            written = n;
        } else {
            written = write_large(b, data, n, keeper);
        }
    }
    buffered_leave(b);
    return written;
}

PyObject *buffered_write(PyObject *self, PyObject *source)
{
    buffered *b = (buffered *)self;
    Py_ssize_t written;
    Py_buffer view;

    if (PyBytes_CheckExact(source)) {
        written = write_bytes(b, PyBytes_AS_STRING(source),
                              PyBytes_GET_SIZE(source), source);
    } else {
        if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0)
            return NULL;
        written = write_bytes(b, view.buf, view.len, source);
        PyBuffer_Release(&view);
    }
    return written < 0 ? NULL : PyLong_FromSsize_t(written);
}
