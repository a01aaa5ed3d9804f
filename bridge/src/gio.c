/*
 * gio.c - GIO's streams over a stream.
 *
 * A stream is in a box, which is shared by the objects that use it: one, or a
 * GIOStream and its two halves, which then need a lock. What closes the stream
 * takes it out of the box, so that those who come later find that it is gone.
 */
#include <rill/gio.h>

#include "bridge.h"
#include "gio_error.h"

/* ---- The box -------------------------------------------------------------- */

typedef struct {
    gatomicrefcount references;
    rill *stream; /* NULL: closed */
    gboolean owned;
    gboolean is_shared; /* by two halves: GIO lets each have a call under way */
    GMutex lock;        /* for that */
} Box;

static Box *box_new(rill *s, int ownership, gboolean is_shared)
{
    Box *box = g_new0(Box, 1);

    g_atomic_ref_count_init(&box->references);
    g_mutex_init(&box->lock);
    box->stream = s;
    box->owned = ownership == RILL_TAKE;
    box->is_shared = is_shared;
    return box;
}

static Box *box_ref(Box *box)
{
    g_atomic_ref_count_inc(&box->references);
    return box;
}

static void box_unref(Box *box)
{
    if (!g_atomic_ref_count_dec(&box->references))
        return;
    g_mutex_clear(&box->lock);
    g_free(box);
}

static void lock(Box *box)
{
    if (box->is_shared)
        g_mutex_lock(&box->lock);
}

static void unlock(Box *box)
{
    if (box->is_shared)
        g_mutex_unlock(&box->lock);
}

/* Get the stream and its lock, for leave() to give back; or NULL and *error. */
static rill *enter(Box *box, GCancellable *cancellable, GError **error)
{
    if (cancellable && g_cancellable_set_error_if_cancelled(cancellable, error))
        return NULL;
    lock(box);
    if (box->stream)
        return box->stream;
    unlock(box);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                        "the stream has been closed");
    return NULL;
}

/* Returns what the call on the stream did, or -1 with *error set. */
static gint64 leave(Box *box, const char *operation, gint64 result,
                    GError **error)
{
    if (result < 0) {
        rill_error e = bridge_error(box->stream, operation, result);

        rill__gio_set_error(error, &e);
        result = -1;
    }
    unlock(box);
    return result;
}

static gboolean box_close(Box *box, GCancellable *cancellable, GError **error)
{
    gboolean cancelled =
        g_cancellable_set_error_if_cancelled(cancellable, error);
    rill_error e;
    rill *s;

    lock(box);
    s = box->stream;
    box->stream = NULL;
    unlock(box);
    if (!box->owned)
        return !cancelled;
    if (cancelled) {
        rill_discard(s);
        return FALSE;
    }
    if (rill_close_with(s, &e) == RILL_OK)
        return TRUE;
    rill__gio_set_error(error, &e);
    return FALSE;
}

/* ---- The objects ---------------------------------------------------------- */

typedef struct {
    GInputStream parent;
    Box *box;
    gboolean is_half; /* of a GIOStream, which closes the stream */
} RillInputStream;

typedef struct {
    GOutputStream parent;
    Box *box;
    gboolean is_half;
} RillOutputStream;

typedef struct {
    GIOStream parent;
    Box *box;
    GInputStream *in;
    GOutputStream *out;
} RillIOStream;

typedef GInputStreamClass RillInputStreamClass;
typedef GOutputStreamClass RillOutputStreamClass;
typedef GIOStreamClass RillIOStreamClass;

static void seekable_init(GSeekableIface *iface);

GType rill_input_stream_get_type(void);
GType rill_output_stream_get_type(void);
GType rill_io_stream_get_type(void);

G_DEFINE_TYPE_WITH_CODE(RillInputStream, rill_input_stream, G_TYPE_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_SEEKABLE, seekable_init))
G_DEFINE_TYPE_WITH_CODE(RillOutputStream, rill_output_stream,
                        G_TYPE_OUTPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_SEEKABLE, seekable_init))
G_DEFINE_TYPE_WITH_CODE(RillIOStream, rill_io_stream, G_TYPE_IO_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_SEEKABLE, seekable_init))

/* ---- Seeking, of all three ------------------------------------------------ */

static Box *box_of(GSeekable *seekable)
{
    if (G_IS_INPUT_STREAM(seekable))
        return ((RillInputStream *)seekable)->box;
    if (G_IS_OUTPUT_STREAM(seekable))
        return ((RillOutputStream *)seekable)->box;
    return ((RillIOStream *)seekable)->box;
}

static goffset seekable_tell(GSeekable *seekable)
{
    Box *box = box_of(seekable);
    rill *s = enter(box, NULL, NULL);
    goffset at = s ? leave(box, "tell", rill_tell(s), NULL) : 0;

    return at > 0 ? at : 0;
}

static gboolean seekable_can_seek(GSeekable *seekable)
{
    Box *box = box_of(seekable);
    rill *s = enter(box, NULL, NULL);

    return s && leave(box, "seek", rill_seekable(s), NULL);
}

static gboolean seekable_seek(GSeekable *seekable, goffset offset,
                              GSeekType type, GCancellable *cancellable,
                              GError **error)
{
    Box *box = box_of(seekable);
    rill *s = enter(box, cancellable, error);
    int whence = type == G_SEEK_SET   ? RILL_SEEK_SET
                 : type == G_SEEK_CUR ? RILL_SEEK_CUR
                                      : RILL_SEEK_END;

    return s && leave(box, "seek", rill_seek(s, offset, whence), error) >= 0;
}

static gboolean seekable_can_truncate(GSeekable *seekable)
{
    Box *box = box_of(seekable);
    rill *s = enter(box, NULL, NULL);

    return s &&
           leave(box, "truncate", rill_seekable(s) && rill_writable(s), NULL);
}

static gboolean seekable_truncate(GSeekable *seekable, goffset size,
                                  GCancellable *cancellable, GError **error)
{
    Box *box = box_of(seekable);
    rill *s = enter(box, cancellable, error);

    return s && leave(box, "truncate", rill_truncate(s, size), error) >= 0;
}

static void seekable_init(GSeekableIface *iface)
{
    iface->tell = seekable_tell;
    iface->can_seek = seekable_can_seek;
    iface->seek = seekable_seek;
    iface->can_truncate = seekable_can_truncate;
    iface->truncate_fn = seekable_truncate;
}

/* ---- Reading -------------------------------------------------------------- */

static gssize input_read(GInputStream *in, void *buf, gsize n,
                         GCancellable *cancellable, GError **error)
{
    Box *box = ((RillInputStream *)in)->box;
    rill *s = enter(box, cancellable, error);

    if (!s)
        return -1;
    return (gssize)leave(box, "read",
                         rill_seekable(s) ? rill_read(s, buf, n)
                                          : rill_read_some(s, buf, n),
                         error);
}

static gssize input_skip(GInputStream *in, gsize n, GCancellable *cancellable,
                         GError **error)
{
    Box *box = ((RillInputStream *)in)->box;
    rill *s = enter(box, cancellable, error);

    if (!s)
        return -1;
    return (gssize)leave(box, "read", rill_skip(s, (gint64)n), error);
}

static gboolean input_close(GInputStream *in, GCancellable *cancellable,
                            GError **error)
{
    RillInputStream *self = (RillInputStream *)in;

    return self->is_half || box_close(self->box, cancellable, error);
}

static void input_finalize(GObject *object)
{
    box_unref(((RillInputStream *)object)->box);
    G_OBJECT_CLASS(rill_input_stream_parent_class)->finalize(object);
}

static void rill_input_stream_class_init(RillInputStreamClass *c)
{
    G_OBJECT_CLASS(c)->finalize = input_finalize;
    c->read_fn = input_read;
    c->skip = input_skip;
    c->close_fn = input_close;
}

static void rill_input_stream_init(RillInputStream *self)
{
    (void)self;
}

/* ---- Writing -------------------------------------------------------------- */

static gssize output_write(GOutputStream *out, const void *buf, gsize n,
                           GCancellable *cancellable, GError **error)
{
    Box *box = ((RillOutputStream *)out)->box;
    rill *s = enter(box, cancellable, error);

    if (!s)
        return -1;
    return (gssize)leave(box, "write", rill_write(s, buf, n), error);
}

static gboolean output_flush(GOutputStream *out, GCancellable *cancellable,
                             GError **error)
{
    Box *box = ((RillOutputStream *)out)->box;
    rill *s = enter(box, cancellable, error);

    return s && leave(box, "flush", rill_flush(s), error) >= 0;
}

static gboolean output_close(GOutputStream *out, GCancellable *cancellable,
                             GError **error)
{
    RillOutputStream *self = (RillOutputStream *)out;

    return self->is_half || box_close(self->box, cancellable, error);
}

static void output_finalize(GObject *object)
{
    box_unref(((RillOutputStream *)object)->box);
    G_OBJECT_CLASS(rill_output_stream_parent_class)->finalize(object);
}

static void rill_output_stream_class_init(RillOutputStreamClass *c)
{
    G_OBJECT_CLASS(c)->finalize = output_finalize;
    c->write_fn = output_write;
    c->flush = output_flush;
    c->close_fn = output_close;
}

static void rill_output_stream_init(RillOutputStream *self)
{
    (void)self;
}

/* ---- Both ----------------------------------------------------------------- */

static GInputStream *io_input(GIOStream *io)
{
    return ((RillIOStream *)io)->in;
}

static GOutputStream *io_output(GIOStream *io)
{
    return ((RillIOStream *)io)->out;
}

/* Closing the halves flushes; why that failed is the better reason. */
static gboolean io_close(GIOStream *io, GCancellable *cancellable,
                         GError **error)
{
    gboolean ok = G_IO_STREAM_CLASS(rill_io_stream_parent_class)
                      ->close_fn(io, cancellable, error);

    return box_close(((RillIOStream *)io)->box, cancellable,
                     ok ? error : NULL) &&
           ok;
}

static void io_finalize(GObject *object)
{
    RillIOStream *self = (RillIOStream *)object;

    g_object_unref(self->in);
    g_object_unref(self->out);
    box_unref(self->box);
    G_OBJECT_CLASS(rill_io_stream_parent_class)->finalize(object);
}

static void rill_io_stream_class_init(RillIOStreamClass *c)
{
    G_OBJECT_CLASS(c)->finalize = io_finalize;
    c->get_input_stream = io_input;
    c->get_output_stream = io_output;
    c->close_fn = io_close;
}

static void rill_io_stream_init(RillIOStream *self)
{
    (void)self;
}

/* ---- Making them ---------------------------------------------------------- */

/* Takes a reference to the box. */
static GInputStream *input_new(Box *box, gboolean is_half)
{
    RillInputStream *in = g_object_new(rill_input_stream_get_type(), NULL);

    in->box = box;
    in->is_half = is_half;
    return (GInputStream *)in;
}

static GOutputStream *output_new(Box *box, gboolean is_half)
{
    RillOutputStream *out = g_object_new(rill_output_stream_get_type(), NULL);

    out->box = box;
    out->is_half = is_half;
    return (GOutputStream *)out;
}

GInputStream *rill_as_ginputstream(rill *s, int ownership)
{
    return s ? input_new(box_new(s, ownership, FALSE), FALSE) : NULL;
}

GOutputStream *rill_as_goutputstream(rill *s, int ownership)
{
    return s ? output_new(box_new(s, ownership, FALSE), FALSE) : NULL;
}

GIOStream *rill_as_giostream(rill *s, int ownership)
{
    RillIOStream *io;

    if (!s)
        return NULL;
    io = g_object_new(rill_io_stream_get_type(), NULL);
    io->box = box_new(s, ownership, TRUE);
    io->in = input_new(box_ref(io->box), TRUE);
    io->out = output_new(box_ref(io->box), TRUE);
    return (GIOStream *)io;
}
