/*
 * rill/sndfile.h - libsndfile reads, writes and edits sound in any stream.
 *
 *     rill *s = rill_open_mem(NULL);
 *     SF_INFO info = {0, 44100, 2, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0, 0};
 *     SNDFILE *sound = rill_sf_open(s, SFM_WRITE, &info);
 *     sf_writef_short(sound, samples, frames);
 *     sf_close(sound);
 *     if (rill_flush(s) < 0)
 *         ...
 */
#ifndef RILL_SNDFILE_H
#define RILL_SNDFILE_H

#include <sndfile.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Open the sound that a stream holds: instead of sf_open(), sf_open_virtual().
 * `mode` is SFM_READ, SFM_WRITE (the stream is emptied first) or SFM_RDWR. NULL
 * on failure, for which sf_strerror(NULL) has the words; "bad pointer on
 * SF_VIRTUAL_IO struct" there means that the stream cannot do what the mode
 * needs. All modes need it to seek: copy a pipe into rill_open_spool() first.
 *
 *   errors     libsndfile's callbacks cannot say that they fail: fewer frames
 *              are read or written, sf_error() says 0, and sf_close() too. So
 *              ask the stream, where the failure sticks: rill_failed(), and
 *              after writing rill_flush() or rill_close(). Sound that ends too
 *              early and a stream that failed look the same to libsndfile. A
 *              stream that would block has less than it should, and fails so.
 *   ownership  the SNDFILE borrows the stream until sf_close(), which writes
 *              what is missing, but does not flush the stream.
 *   position   the sound is the whole stream, from offset 0 on (of a part, make
 *              a stream by rill_open_section()); where the position is on
 *              return, and later, is libsndfile's affair.
 *   threads    as one stream and one SNDFILE: one thread at a time.
 */
RILL_API SNDFILE *rill_sf_open(rill *s, int mode, SF_INFO *info);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_SNDFILE_H */
