/*
 * rill/gio.h - GIO's streams over any stream, and a stream over any of GIO's.
 *
 *     rill *s = rill_open_mem_copy(data, len, NULL);
 *     GInputStream *in = rill_as_ginputstream(s, RILL_TAKE);
 *     GdkPixbuf *picture = gdk_pixbuf_new_from_stream(in, NULL, &error);
 *     g_object_unref(in);
 *
 *   errors     of a stream: a GError of G_IO_ERROR, with the code of the errno
 *              where there is one (g_io_error_from_errno()), else that nearest
 *              to the stream's: WOULD_BLOCK, NO_SPACE, NOT_SUPPORTED,
 *              INVALID_ARGUMENT, INVALID_DATA, BUSY, FAILED; its message is the
 *              stream's words ("read at 700: Input/output error"). A failure
 *              sticks to the stream too, where rill_failed() has the errno.
 *              Of GIO: the same way back, INVALID_DATA and PARTIAL_INPUT as
 *              RILL_EDATA. Its words are in rill_gio_error().
 *   ownership  RILL_TAKE: the object closes the stream when it is closed, at
 *              the latest when it is last unreferenced; or the stream closes
 *              the object, whose reference it takes, on success only.
 *              RILL_BORROW: neither closes the other; a stream holds a
 *              reference to its object meanwhile, an object needs the stream to
 *              stay open.
 *   threads    one thread at a time. GIO's asynchronous calls go to a thread of
 *              its pool: until one has finished, the stream is that thread's.
 *              The two halves of a GIOStream take turns by a lock, so that
 *              their calls may be under way at once; but one that waits for
 *              data lets the other wait. Two-way talk over a socket that must
 *              not alternate needs two streams.
 */
#ifndef RILL_GIO_H
#define RILL_GIO_H

#include <gio/gio.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Objects over `s`, from its position on: new ones, for g_object_unref(). NULL
 * if `s` is. What the stream is not open for is G_IO_ERROR_NOT_SUPPORTED.
 *
 *   reading   all that was asked for where the stream can seek; else what is
 *             there, as soon as something is.
 *   writing   as buffered as the stream: g_output_stream_flush() hands it on,
 *             and so does closing, also of a stream that is only borrowed.
 *   GSeekable   seeks where the stream does, and truncates where it can be
 *             written, too; g_seekable_tell() is 0 where it cannot seek.
 *   GCancellable   is looked at before each call; a call that waits in the
 *             store is not interrupted.
 *   closing   with a GCancellable that is cancelled is rill_discard(): a save
 *             leaves the old file, as g_file_replace() does. The last unref
 *             closes without one, and its failure is lost.
 */
RILL_API GInputStream *rill_as_ginputstream(rill *s, int ownership);
RILL_API GOutputStream *rill_as_goutputstream(rill *s, int ownership);

/* Both, with one position and one lock. The two halves belong to the GIOStream,
 * which closes the stream; closing only one of them does not. */
RILL_API GIOStream *rill_as_giostream(rill *s, int ownership);

/*
 * A stream over an object, from its position on. EINVAL if that is NULL. It
 * seeks, knows its size and is cut where the object is GSeekable and can be.
 * rill_flush() is g_output_stream_flush(). Where it takes what g_file_create(),
 * g_file_replace() or g_file_open_readwrite() made, also under filters, it is a
 * save: rill_discard() and a failure close it cancelled, and a replaced file
 * stays as it was. What g_file_append_to() made writes at its end, though it says
 * that it seeks. A converter that finds its data cut short or malformed is
 * RILL_EDATA.
 */
RILL_API RILL_NODISCARD rill *
rill_open_ginputstream(GInputStream *in, int ownership, const rill_options *o);
RILL_API RILL_NODISCARD rill *rill_open_goutputstream(GOutputStream *out,
                                                      int ownership,
                                                      const rill_options *o);
RILL_API RILL_NODISCARD rill *rill_open_giostream(GIOStream *io, int ownership,
                                                  const rill_options *o);

/* The last GError that a call on the object of such a stream ended with; NULL
 * if none, and for other streams. It lives until the next, or rill_close(). */
RILL_API const GError *rill_gio_error(rill *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_GIO_H */
