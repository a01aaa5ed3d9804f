/*
 * lent.c - a store that is the memory of a BytesIO.
 *
 * The stream's window lies over the content itself, so that reading and writing
 * copy once, and make no call. While it is lent, Python code cannot change the
 * BytesIO; only `grow` does, with the GIL. Length and position go back to it
 * with each flush.
 */
#include "capi.h"

#include <rill/ops.h>

struct lent {
    PyObject *bytesio;
    rill *owner; /* its stream */
};

/* Room behind the owner's content for `more` bytes, which may move it. Returns
 * 0 or a code. */
static int make_room(struct lent *l, size_t more)
{
    int64_t rc = rill_seek(l->owner, 0, RILL_SEEK_END);
    void *room;

    if (rc >= 0)
        rc = rill_reserve(l->owner, &room, more);
    return rc < 0 ? (int)rc : RILL_OK;
}

/* Bring the owner's content to the length that the borrower made it: what is
 * new is in place already. */
static int give_length(struct lent *l, size_t len)
{
    int64_t size = rill_size(l->owner);
    size_t more = len - (size_t)size;
    int rc;

    if (size < 0 || (size_t)size == len)
        return size < 0 ? (int)size : RILL_OK;
    if ((size_t)size > len)
        return rill_truncate(l->owner, (int64_t)len);
    rc = make_room(l, more);
    return rc < 0 ? rc : rill_commit(l->owner, more);
}

/* Work on the memory as it is now. */
static void look(struct lent *l, rill_flat *flat)
{
    const rill_flat *own = rill_flat_of(l->owner);

    flat->base = own->base;
    flat->cap = own->cap > own->len ? own->cap : own->len;
}

static int lent_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct lent *l = self;
    int64_t position = rill_tell(l->owner);
    int rc = need > PY_SSIZE_T_MAX ? RILL_ENOMEM : give_length(l, flat->len);

    (void)s;
    if (rc == RILL_OK)
        rc = make_room(l, need - flat->len);
    rill_seek(l->owner, position, RILL_SEEK_SET);
    look(l, flat);
    PyGILState_Release(gil);
    return rc;
}

static int lent_flush(rill *s, void *self, int64_t offset)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct lent *l = self;
    int64_t rc = RILL_OK;

    if (rill_writable(s))
        rc = give_length(l, rill_flat_of(s)->len);
    if (rc == RILL_OK)
        rc = rill_seek(l->owner, offset, RILL_SEEK_SET);
    PyGILState_Release(gil);
    return rc < 0 ? (int)rc : RILL_OK;
}

static int lent_close(rill *s, void *self)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct lent *l = self;

    (void)s;
    rillio_bytesio_return(l->bytesio);
    Py_CLEAR(l->bytesio);
    PyGILState_Release(gil);
    return RILL_OK;
}

static const rill_ops lent_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct lent),
    .name = "bytesio",
    .flags = RILL_OPS_FLAT | RILL_OPS_CLAMPS,
    .grow = lent_grow,
    .flush = lent_flush,
    .close = lent_close,
};

rill *rillio_open_lent(PyObject *bytesio, int access)
{
    struct lent *l;
    rill *owner, *s;
    void *self;

    if (access & RILL_WRITE && !rillio_bytesio_own(bytesio))
        return NULL;
    owner = rillio_bytesio_stream(bytesio);
    if (!owner)
        return NULL;
    s = rill_open_ops(&lent_ops, access, NULL, NULL, &self);
    if (!s) {
        rillio_bytesio_return(bytesio);
        PyErr_NoMemory();
        return NULL;
    }
    l = self;
    l->owner = owner;
    l->bytesio = Py_NewRef(bytesio);
    rill_flat_of(s)->len = (size_t)rill_size(owner);
    look(l, rill_flat_of(s));
    rill_start_at(s, rill_tell(owner));
    return s;
}

int rillio_lent_traverse(rill *s, visitproc visit, void *arg)
{
    struct lent *l = rill_self(s, &lent_ops);

    if (l)
        Py_VISIT(l->bytesio);
    return 0;
}
