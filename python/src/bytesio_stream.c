/*
 * bytesio_stream.c - the store of a BytesIO: memory that becomes its value.
 *
 * The content lies in a bytes object that nobody else has. To grow, that is
 * resized: in place, where the allocator can. For the value it is cut to its
 * length and given away. Beyond BYTES_MAX, where malloc() asks the system for
 * new pages each time, the content lies in an address range of librill's
 * (rill_grow()), and the value is a copy.
 */
#include "bytesio.h"

#include <rill/ops.h>

#include <string.h>

enum { BYTES_MAX = 32 * 1024 * 1024 };

static unsigned char nothing[1]; /* where empty content is: never NULL */

/* ---- Bytes objects ------------------------------------------------------ */

/* Those who had it may have asked for its hash, which it remembers. */
static void forget_hash(PyObject *bytes)
{
    _Py_COMP_DIAG_PUSH _Py_COMP_DIAG_IGNORE_DEPR_DECLS((PyBytesObject *)bytes)
        ->ob_shash = -1;
    _Py_COMP_DIAG_POP
}

/* Unlike _PyBytes_Resize(), which frees what it cannot resize. */
bool bytesio_resize_bytes(PyObject **bytes, Py_ssize_t size)
{
    PyObject *resized;

#ifdef Py_TRACE_REFS /* objects are in a list and cannot move */
    Py_ssize_t len = PyBytes_GET_SIZE(*bytes);
    resized = PyBytes_FromStringAndSize(NULL, size);
    if (!resized)
        return false;
    memcpy(PyBytes_AS_STRING(resized), PyBytes_AS_STRING(*bytes),
           (size_t)(len < size ? len : size));
    Py_DECREF(*bytes);
#else
    resized = PyObject_Realloc(*bytes, offsetof(PyBytesObject, ob_sval) +
                                           (size_t)size + 1);
    if (!resized) {
        PyErr_NoMemory();
        return false;
    }
    Py_SET_SIZE((PyVarObject *)resized, size);
    PyBytes_AS_STRING(resized)[size] = 0;
    forget_hash(resized);
#endif
    rillio_large_pages(resized);
    *bytes = resized;
    return true;
}

/* ---- Memory ------------------------------------------------------------- */

/* Room for `need` bytes, and for some more. */
static size_t capacity_for(size_t need)
{
    return need + need / 2 + 64;
}

/* Have the stream work on the memory of its bytes object. */
static void use_bytes(bytesio_stream *stream, rill_flat *flat, size_t len)
{
    *flat = (rill_flat){
        .base = (unsigned char *)PyBytes_AS_STRING(stream->bytes),
        .len = len,
        .cap = (size_t)PyBytes_GET_SIZE(stream->bytes),
    };
}

static void use_nothing(rill_flat *flat)
{
    *flat = (rill_flat){.base = nothing};
}

/* Free the memory, whoever's it is. */
static void release(bytesio_stream *stream, rill_flat *flat)
{
    if (stream->bytes)
        Py_CLEAR(stream->bytes);
    else if (flat->cap > 0)
        rill_realloc(stream->s, flat->base, flat->cap, 0);
    use_nothing(flat);
}

/* ---- The store ---------------------------------------------------------- */

/* Have a bytes object of this size, and keep its first flat->len bytes. */
static int grow_bytes(bytesio_stream *stream, rill_flat *flat, size_t capacity)
{
    Py_ssize_t size = (Py_ssize_t)capacity;
    bool grown = true;

    if (stream->bytes)
        grown = bytesio_resize_bytes(&stream->bytes, size);
    else
        stream->bytes = rillio_new_bytes(size);
    if (!grown || !stream->bytes) {
        PyErr_Clear();
        return RILL_ENOMEM;
    }
    use_bytes(stream, flat, flat->len);
    return RILL_OK;
}

static int content_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    bytesio_stream *stream = self;
    const void *own = NULL;
    int rc;

    if (need <= BYTES_MAX && (stream->bytes || flat->cap == 0))
        return grow_bytes(stream, flat, capacity_for(need));
    if (stream->bytes)
        own = flat->base;
    rc = rill_grow(s, flat, need, PTRDIFF_MAX, own);
    if (rc == RILL_OK)
        Py_CLEAR(stream->bytes);
    return rc;
}

static int content_close(rill *s, void *self)
{
    release(self, rill_flat_of(s));
    return RILL_OK;
}

static const rill_ops content_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(bytesio_stream),
    .name = "bytesio",
    .flags = RILL_OPS_FLAT | RILL_OPS_CLAMPS,
    .grow = content_grow,
    .close = content_close,
};

static const rill_ops view_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(bytesio_stream),
    .name = "bytesio",
    .flags = RILL_OPS_FLAT | RILL_OPS_CLAMPS,
};

static bytesio_stream *open(const rill_ops *ops, int access)
{
    bytesio_stream *stream;
    void *self;
    rill *s = rill_open_ops(ops, access, NULL, NULL, &self);

    if (!s) {
        PyErr_NoMemory();
        return NULL;
    }
    stream = self;
    stream->s = s;
    return stream;
}

/* ---- Its life ----------------------------------------------------------- */

bytesio_stream *bytesio_stream_new(void)
{
    bytesio_stream *stream = open(&content_ops, RILL_READ | RILL_WRITE);

    if (stream)
        use_nothing(rill_flat_of(stream->s));
    return stream;
}

bytesio_stream *bytesio_stream_view(const void *data, Py_ssize_t len)
{
    bytesio_stream *stream = open(&view_ops, RILL_READ);

    if (!stream)
        return NULL;
    *rill_flat_of(stream->s) = (rill_flat){
        .base = len > 0 ? (unsigned char *)(uintptr_t)data : nothing,
        .len = (size_t)len,
        .cap = (size_t)len,
    };
    bytesio_stream_look(stream);
    return stream;
}

void bytesio_stream_free(bytesio_stream *stream)
{
    (void)!rill_close(stream->s); /* refused while there are views of it */
}

/* ---- Its content -------------------------------------------------------- */

Py_ssize_t bytesio_stream_look(bytesio_stream *stream)
{
    const void *data;

    stream->len = rill_data(stream->s, &data);
    stream->data = (char *)rill_flat_of(stream->s)->base;
    stream->position = (Py_ssize_t)rill_tell(stream->s);
    return stream->position;
}

void bytesio_stream_adopt(bytesio_stream *stream, PyObject *bytes)
{
    forget_hash(bytes);
    stream->bytes = bytes;
    use_bytes(stream, rill_flat_of(stream->s), (size_t)PyBytes_GET_SIZE(bytes));
    bytesio_stream_look(stream);
}

bool bytesio_stream_fill(bytesio_stream *stream, const char *data, size_t len,
                         size_t room)
{
    size_t capacity = room > len ? capacity_for(room) : len;
    rill_flat *flat = rill_flat_of(stream->s);
    bool filled = true;

    if (room > BYTES_MAX || len > BYTES_MAX) {
        filled = len == 0 || rill_write(stream->s, data, len) > 0;
    } else if (capacity > 0) {
        filled = grow_bytes(stream, flat, capacity) == RILL_OK;
        if (filled) {
            memcpy(flat->base, data, len);
            flat->len = len;
        }
    }
    if (!filled) {
        bytesio_stream_empty(stream);
        PyErr_NoMemory();
    }
    bytesio_stream_look(stream);
    return filled;
}

PyObject *bytesio_stream_take(bytesio_stream *stream)
{
    Py_ssize_t len = stream->len;
    PyObject *bytes;

    if (!stream->bytes) {
        bytes = PyBytes_FromStringAndSize(stream->data, len);
        if (bytes)
            bytesio_stream_empty(stream);
        return bytes;
    }
    rill_reset(stream->s); /* nothing of it may be in a window */
    if (PyBytes_GET_SIZE(stream->bytes) != len &&
        !bytesio_resize_bytes(&stream->bytes, len)) {
        use_bytes(stream, rill_flat_of(stream->s), (size_t)len);
        bytesio_stream_look(stream);
        return NULL;
    }
    bytes = stream->bytes;
    stream->bytes = NULL;
    use_nothing(rill_flat_of(stream->s));
    bytesio_stream_look(stream);
    return bytes;
}

void bytesio_stream_empty(bytesio_stream *stream)
{
    rill_reset(stream->s);
    release(stream, rill_flat_of(stream->s));
    bytesio_stream_look(stream);
}
