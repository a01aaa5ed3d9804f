/*
 * gio_store.c - a stream over an input, an output or both of GIO.
 *
 * It remembers where the object stands, and seeks only if that is not where the
 * core wants to go on. An output that is a file commits when it is closed, and
 * drops what it has when it is closed cancelled: as a save does.
 */
#include <rill/gio.h>
#include <rill/ops.h>

#include "gio_error.h"

struct gio_store {
    GObject *object; /* a reference: what is closed, and seeks */
    GInputStream *in;
    GOutputStream *out;
    GError *error; /* the last, for rill_gio_error() */
    int64_t at;    /* where the object stands; -1: it must be told */
    gboolean owned, seeks, commits;
};

/* Keep the error of a call, taking it. Returns what that is to the core. */
static int failure(struct gio_store *p, GError *error)
{
    g_clear_error(&p->error);
    p->error = error;
    p->at = -1;
    return rill__gio_result(error);
}

static int seek(struct gio_store *p, int64_t offset, GSeekType type)
{
    GError *error = NULL;

    if (!g_seekable_seek(G_SEEKABLE(p->object), offset, type, NULL, &error))
        return failure(p, error);
    p->at = g_seekable_tell(G_SEEKABLE(p->object));
    return RILL_OK;
}

static int stand_at(struct gio_store *p, int64_t offset)
{
    if (!p->seeks || p->at == offset)
        return RILL_OK;
    return seek(p, offset, G_SEEK_SET);
}

static int64_t store_size(rill *s, void *self)
{
    struct gio_store *p = self;
    int rc = seek(p, 0, G_SEEK_END);

    (void)s;
    return rc < 0 ? rc : p->at;
}

static ptrdiff_t store_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct gio_store *p = self;
    GError *error = NULL;
    int rc = stand_at(p, offset);
    gssize got;

    if (rc < 0) { /* memory has no places behind its end */
        int64_t size = store_size(s, self);

        return size >= 0 && offset >= size ? 0 : rc;
    }
    got = g_input_stream_read(p->in, buf, n, NULL, &error);
    if (got < 0)
        return failure(p, error);
    p->at += got;
    return got;
}

static ptrdiff_t store_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct gio_store *p = self;
    GError *error = NULL;
    int rc = stand_at(p, offset);
    gssize put;

    (void)s;
    if (rc < 0)
        return rc;
    put = g_output_stream_write(p->out, buf, n, NULL, &error);
    if (put < 0)
        return failure(p, error);
    p->at += put;
    return put;
}

static int store_truncate(rill *s, void *self, int64_t size)
{
    struct gio_store *p = self;
    GError *error = NULL;

    (void)s;
    p->at = -1;
    if (!g_seekable_truncate(G_SEEKABLE(p->object), size, NULL, &error))
        return failure(p, error);
    return RILL_OK;
}

static int store_flush(rill *s, void *self, int64_t offset)
{
    struct gio_store *p = self;
    GError *error = NULL;

    (void)s, (void)offset;
    if (p->out && !g_output_stream_flush(p->out, NULL, &error))
        return failure(p, error);
    return RILL_OK;
}

static int end(struct gio_store *p, GCancellable *cancellable)
{
    GError *error = NULL;

    if (G_IS_IO_STREAM(p->object))
        g_io_stream_close(G_IO_STREAM(p->object), cancellable, &error);
    else if (p->out)
        g_output_stream_close(p->out, cancellable, &error);
    else
        g_input_stream_close(p->in, cancellable, &error);
    return error ? failure(p, error) : RILL_OK;
}

static int store_commit(rill *s, void *self)
{
    (void)s;
    return end(self, NULL);
}

/* What has been committed is closed, and closing it again does nothing. */
static int store_close(rill *s, void *self)
{
    struct gio_store *p = self;
    int rc = RILL_OK;

    (void)s;
    if (p->commits) {
        GCancellable *cancelled = g_cancellable_new();

        g_cancellable_cancel(cancelled);
        end(p, cancelled);
        g_object_unref(cancelled);
    } else if (p->owned) {
        rc = end(p, NULL);
    }
    g_object_unref(p->object);
    g_clear_error(&p->error);
    return rc;
}

#define STORE_OPS                                                            \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct gio_store), \
    .name = "gio", .read = store_read, .write = store_write,                 \
    .flush = store_flush, .close = store_close
#define SEEKS .size = store_size, .truncate = store_truncate

/* By whether it seeks, and whether it commits. */
static const rill_ops store_ops[2][2] = {
    {{STORE_OPS}, {STORE_OPS, .commit = store_commit}},
    {{STORE_OPS, SEEKS}, {STORE_OPS, SEEKS, .commit = store_commit}},
};

/* Whether a file is below that appears when it is closed. */
static gboolean is_file(GObject *object)
{
    while (G_IS_FILTER_OUTPUT_STREAM(object))
        object = G_OBJECT(g_filter_output_stream_get_base_stream(
            G_FILTER_OUTPUT_STREAM(object)));
    return G_IS_FILE_OUTPUT_STREAM(object) || G_IS_FILE_IO_STREAM(object);
}

/* `in` and `out` belong to `object`, or are it. */
static rill *open_object(GObject *object, GInputStream *in, GOutputStream *out,
                         int ownership, const rill_options *o)
{
    int access = (in ? RILL_READ : 0) | (out ? RILL_WRITE : 0);
    gboolean owned = ownership == RILL_TAKE;
    gboolean seeks =
        G_IS_SEEKABLE(object) && g_seekable_can_seek(G_SEEKABLE(object));
    gboolean commits = owned && is_file(object);
    struct gio_store *p;
    void *self;
    rill *s;

    if (ownership != RILL_BORROW && ownership != RILL_TAKE)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_ops(&store_ops[seeks][commits], access, NULL, o, &self);
    if (!s)
        return NULL;
    p = self;
    p->object = owned ? object : g_object_ref(object);
    p->in = in;
    p->out = out;
    p->owned = owned;
    p->seeks = seeks;
    p->commits = commits;
    if (seeks) {
        p->at = g_seekable_tell(G_SEEKABLE(object));
        rill_start_at(s, p->at);
    }
    return s;
}

rill *rill_open_ginputstream(GInputStream *in, int ownership,
                             const rill_options *o)
{
    if (!in)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    return open_object(G_OBJECT(in), in, NULL, ownership, o);
}

rill *rill_open_goutputstream(GOutputStream *out, int ownership,
                              const rill_options *o)
{
    if (!out)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    return open_object(G_OBJECT(out), NULL, out, ownership, o);
}

rill *rill_open_giostream(GIOStream *io, int ownership, const rill_options *o)
{
    if (!io)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    return open_object(G_OBJECT(io), g_io_stream_get_input_stream(io),
                       g_io_stream_get_output_stream(io), ownership, o);
}

const GError *rill_gio_error(rill *s)
{
    int i;

    for (i = 0; i < 4; i++) {
        struct gio_store *p = rill_self(s, &store_ops[i / 2][i % 2]);

        if (p)
            return p->error;
    }
    return NULL;
}
