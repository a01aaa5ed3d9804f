/*
 * rill/sdl.h - SDL 2's RWops over any stream, and a stream over any RWops.
 *
 * rill_as_rwops() stands where SDL_RWFromFile() and SDL_RWFromMem() stand:
 *
 *     rill *s = rill_open("picture.bmp", "rb");
 *     SDL_Surface *picture = SDL_LoadBMP_RW(rill_as_rwops(s, RILL_TAKE), 1);
 *
 *   errors     of a stream: the call returns SDL's 0 or -1, and SDL_GetError()
 *              the stream's words ("read at 700: Input/output error"). The end
 *              of the data leaves SDL_GetError() as it was. A failure sticks to
 *              the stream too, where rill_failed() has the errno.
 *              Of an RWops: with the errno, where it has left one, else
 *              RILL_EIO; its words stay in SDL_GetError(), which is cleared
 *              before reads and writes, since an RWops says 0 for the end as well as
 *              for a failure. One that takes no more, and says nothing, is
 *              RILL_ENOSPC.
 *   ownership  RILL_TAKE: closing the one closes the other, and says what that
 *              said. On success only.
 *   threads    one thread at a time for both together: the audio thread or the
 *              main one.
 */
#ifndef RILL_SDL_H
#define RILL_SDL_H

#include <SDL_rwops.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An RWops that reads, writes and seeks `s`, from its position on. Returns NULL
 * with SDL_GetError(), so where `s` is NULL.
 *
 *   size    -1 where the stream does not know: a pipe.
 *   read    all that was asked for, but at the end; the bytes of a last object
 *           that is not whole have been read. RILL_EAGAIN is a failure: SDL 2
 *           has no word for it.
 *   write   what does not fit is a failure, what fits has been written.
 *   seek    past the end is legal where the stream can grow. Most loaders of
 *           SDL seek: for a pipe, rill_copy() it to a spool first.
 *   close   flushes, also a stream that is only borrowed.
 */
RILL_API SDL_RWops *rill_as_rwops(rill *s, int ownership);

/*
 * A stream over an RWops, from its position on. `mode` is what it shall be used
 * for: "rb", "wb" or "rb+", which open and cut nothing. EINVAL for others, and
 * if `rw` is NULL. The stream seeks where the RWops does, and is as long as
 * that says; RILL_ENOTSUP if it does not say. SDL 2 cannot flush: what RWops
 * hold back is written when they are closed.
 */
RILL_API RILL_NODISCARD rill *rill_open_rwops(SDL_RWops *rw, const char *mode,
                                              int ownership,
                                              const rill_options *o);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_SDL_H */
