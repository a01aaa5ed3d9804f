/*
 * rill/webp.h - libwebp reads from, and writes to, any stream.
 *
 * libwebp decodes what lies in memory in one piece. These stand where a program
 * would read a file into memory first:
 *
 *     WebPDecoderConfig config;
 *     WebPInitDecoderConfig(&config);
 *     if (rill_webp_decode(s, &config) == VP8_STATUS_OK)
 *         show(config.output.u.RGBA.rgba, config.output.width...);
 *     WebPFreeDecBuffer(&config.output);
 *
 * and rill_webp_write() stands where WebPMemoryWrite() does:
 *
 *     picture.writer = rill_webp_write;
 *     picture.custom_ptr = s;
 *     WebPEncode(&config, &picture);
 *
 * Nothing is copied: the decoder looks at the stream's own window.
 *
 *   errors     libwebp's: each status as libwebp has it, and for the stream
 *                  VP8_STATUS_NOT_ENOUGH_DATA  the data ends in the picture
 *                  VP8_STATUS_BITSTREAM_ERROR  no WebP, or a damaged one
 *                  VP8_STATUS_SUSPENDED        it would block: call again
 *                  VP8_STATUS_USER_ABORT       it failed: rill_failed() says
 *                                              why, in words and by errno
 *              A failure to write is VP8_ENC_ERROR_BAD_WRITE, and sticks to the
 *              stream: rill_failed() and rill_close() say why.
 *   ownership  the stream is borrowed for the call; a WebPPicture borrows it
 *              while it is its custom_ptr.
 *   position   reading starts and writing goes on at the stream's position. A
 *              picture that was decoded is left behind, to its last byte, so
 *              that pictures may follow each other; of one that was not, the
 *              position is where it was.
 *   threads    as one stream: one thread at a time.
 */
#ifndef RILL_WEBP_H
#define RILL_WEBP_H

#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux_types.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Reading ------------------------------------------------------------- */

/*
 * Decode the picture that comes next: instead of WebPDecode(). What `config`
 * asks for is done: cropping, scaling, pixels to memory of the caller's.
 *
 * A picture longer than the stream's window limit (rill_options.window_limit)
 * is decoded piece by piece as it is read. If that fails, the position is
 * somewhere in the picture; and where it would block, that is a failure.
 */
RILL_API VP8StatusCode rill_webp_decode(rill *s, WebPDecoderConfig *config);

/*
 * Say how long the picture that comes next is, in bytes, from its first twelve.
 * RILL_EDATA: it is no WebP; RILL_EEOF: there are no twelve bytes.
 */
RILL_API int64_t rill_webp_size(rill *s);

/*
 * Look at the whole picture that comes next, without reading it: for all that
 * takes WebPData, such as
 *
 *     if (rill_webp_peek(s, &data) > 0)
 *         movie = WebPAnimDecoderNew(&data, NULL);
 *
 * data->bytes points into the window, valid until the next call on the stream.
 * Then rill_consume() data->size bytes.
 *
 * Returns the size; on failure `data` is left alone, and it is as for
 * rill_webp_size(), RILL_EEOF if it is cut short, or RILL_ELIMIT if it is longer
 * than the window limit.
 */
RILL_API ptrdiff_t rill_webp_peek(rill *s, WebPData *data);

/*
 * Give the decoder what the stream has just now: for pictures that are shown
 * while they arrive. `left` is -1 at the start of a picture; then it says how
 * many bytes of it are still to be read.
 *
 *     int64_t left = -1;
 *     WebPIDecoder *d = WebPINewDecoder(NULL);
 *
 *     while (rill_webp_append(d, s, &left) == VP8_STATUS_SUSPENDED)
 *         show(WebPIDecGetRGB(d, &last_row, &width, &height, &stride));
 *
 * Returns VP8_STATUS_SUSPENDED if there is more to come: call again, and where
 * the stream does not block, wait for it before. VP8_STATUS_OK when all pixels
 * are there: what then is left are no pixels, and rill_skip(s, left) passes it.
 * What has been given to the decoder has been read.
 */
RILL_API VP8StatusCode rill_webp_append(WebPIDecoder *decoder, rill *s,
                                        int64_t *left);

/* ---- Writing ------------------------------------------------------------- */

/* A WebPPicture's `writer`; its `custom_ptr` is the stream. */
RILL_API int rill_webp_write(const uint8_t *data, size_t data_size,
                             const WebPPicture *picture);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_WEBP_H */
