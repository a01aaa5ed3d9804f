/*
 * rill/sdl3.h - SDL 3's IOStream over any stream, and a stream over any
 * IOStream. (For SDL 2: rill/sdl.h.)
 *
 * rill_as_sdl_iostream() stands where SDL_IOFromFile() and SDL_IOFromMem()
 * stand:
 *
 *     rill *s = rill_open("picture.bmp", "rb");
 *     SDL_Surface *picture =
 *         SDL_LoadBMP_IO(rill_as_sdl_iostream(s, RILL_TAKE), true);
 *
 *   errors     of a stream: SDL_IO_STATUS_ERROR, and SDL_GetError() is the
 *              stream's words ("read at 700: Input/output error"); NOT_READY
 *              for RILL_EAGAIN, READONLY and WRITEONLY where it is not open for
 *              that. A failure sticks to the stream too, where rill_failed()
 *              has the errno.
 *              Of an IOStream: by its status: RILL_EAGAIN, RILL_ENOTSUP; else
 *              with the errno, where it has left one, or RILL_EIO; its words
 *              stay in SDL_GetError().
 *   ownership  RILL_TAKE: closing the one closes the other, and says what that
 *              said. On success only.
 *   threads    one thread at a time for both together.
 */
#ifndef RILL_SDL3_H
#define RILL_SDL3_H

#include <SDL3/SDL_iostream.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An IOStream that does what `s` can: read, write, seek, say its size; from its
 * position on. Returns NULL with SDL_GetError(), so where `s` is NULL.
 *
 *   read    all that was asked for, but at the end.
 *   write   what does not fit is a failure, what fits has been written.
 *   seek    past the end is legal where the stream can grow. Most loaders of
 *           SDL seek: for a pipe, rill_copy() it to a spool first.
 *   close   flushes, also a stream that is only borrowed.
 */
RILL_API SDL_IOStream *rill_as_sdl_iostream(rill *s, int ownership);

/*
 * A stream over an IOStream, from its position on. `mode` is what it shall be
 * used for: "rb", "wb" or "rb+", which open and cut nothing. EINVAL for others,
 * and if `io` is NULL. The stream seeks where the IOStream does, and is as long
 * as that says; RILL_ENOTSUP if it does not say. rill_flush() is SDL_FlushIO().
 */
RILL_API RILL_NODISCARD rill *rill_open_sdl_iostream(SDL_IOStream *io,
                                                     const char *mode,
                                                     int ownership,
                                                     const rill_options *o);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_SDL3_H */
