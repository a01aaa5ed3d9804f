/*
 * webp.c - libwebp's pictures, looked at in a stream's window.
 *
 * A WebP says how long it is in its first bytes. So all of it can be peeked at,
 * decoded where it lies, and consumed only if that went well.
 */
#include <rill/webp.h>

#include "images.h"

enum {
    HEADER = 12,  /* "RIFF", the length of what follows in 32 bits, "WEBP" */
    FEATURES = 64 /* as many bytes as WebPGetFeatures() may need */
};

static VP8StatusCode status_of(int64_t code)
{
    switch (code) {
    case RILL_EAGAIN:
        return VP8_STATUS_SUSPENDED;
    case RILL_EEOF:
        return VP8_STATUS_NOT_ENOUGH_DATA;
    case RILL_EDATA:
        return VP8_STATUS_BITSTREAM_ERROR;
    case RILL_ENOMEM:
        return VP8_STATUS_OUT_OF_MEMORY;
    default:
        return VP8_STATUS_USER_ABORT;
    }
}

int64_t rill_webp_size(rill *s)
{
    const void *header;
    const unsigned char *p;
    ptrdiff_t n = rill_peek(s, &header, HEADER);
    uint32_t size;

    if (n < 0)
        return n;
    if (n < HEADER)
        return RILL_EEOF;
    p = header;
    if (memcmp(p, "RIFF", 4) != 0 || memcmp(p + 8, "WEBP", 4) != 0)
        return RILL_EDATA;
    size = (uint32_t)p[4] | (uint32_t)p[5] << 8 | (uint32_t)p[6] << 16 |
           (uint32_t)p[7] << 24;
    return (int64_t)size + 8;
}

ptrdiff_t rill_webp_peek(rill *s, WebPData *data)
{
    int64_t size = rill_webp_size(s);
    const void *bytes;
    ptrdiff_t n;

    if (size < 0)
        return (ptrdiff_t)size;
    if (size > PTRDIFF_MAX)
        return RILL_ELIMIT;
    n = rill_peek(s, &bytes, (size_t)size);
    if (n < 0)
        return n;
    if (n < size)
        return RILL_EEOF;
    data->bytes = bytes;
    data->size = (size_t)size;
    return (ptrdiff_t)size;
}

/*
 * Give the decoder the next of the picture's `left` bytes. Returns how many,
 * and its status; or the code of the stream's failure.
 */
static ptrdiff_t feed(WebPIDecoder *decoder, rill *s, int64_t *left,
                      VP8StatusCode *status)
{
    const void *data;
    ptrdiff_t n = images_peek(s, &data);

    if (n <= 0)
        return n < 0 ? n : RILL_EEOF;
    if (n > *left)
        n = (ptrdiff_t)*left;
    *status = WebPIAppend(decoder, data, (size_t)n);
    *left -= n;
    if (*status == VP8_STATUS_SUSPENDED && *left == 0)
        *status = VP8_STATUS_NOT_ENOUGH_DATA;
    rill_consume(s, (size_t)n);
    return n;
}

VP8StatusCode rill_webp_append(WebPIDecoder *decoder, rill *s, int64_t *left)
{
    VP8StatusCode status;
    int64_t r = *left;

    if (r < 0)
        r = rill_webp_size(s);
    if (r >= 0) {
        *left = r;
        r = feed(decoder, s, left, &status);
    }
    return r < 0 ? status_of(r) : status;
}

/* All of the picture, and then what is behind the pixels. */
static VP8StatusCode feed_all(WebPIDecoder *decoder, rill *s)
{
    VP8StatusCode status = VP8_STATUS_SUSPENDED;
    int64_t left = rill_webp_size(s), r = 0;

    while (status == VP8_STATUS_SUSPENDED && r >= 0)
        r = feed(decoder, s, &left, &status);
    if (status == VP8_STATUS_OK)
        r = images_skip(s, left);
    if (r == RILL_EAGAIN)
        return VP8_STATUS_USER_ABORT; /* cannot be called again */
    return r < 0 ? status_of(r) : status;
}

/* A picture that is longer than what may be peeked at. */
static VP8StatusCode decode_in_pieces(rill *s, WebPDecoderConfig *config)
{
    WebPIDecoder *decoder;
    VP8StatusCode status;
    const void *start;
    ptrdiff_t n = rill_peek(s, &start, FEATURES);

    if (n < 0)
        return status_of(n);
    status = WebPGetFeatures(start, (size_t)n, &config->input);
    if (status != VP8_STATUS_OK)
        return status;
    decoder = WebPIDecode(NULL, 0, config);
    if (!decoder)
        return VP8_STATUS_OUT_OF_MEMORY;
    status = feed_all(decoder, s);
    WebPIDelete(decoder);
    return status;
}

VP8StatusCode rill_webp_decode(rill *s, WebPDecoderConfig *config)
{
    VP8StatusCode status;
    WebPData data;
    ptrdiff_t n = rill_webp_peek(s, &data);

    if (n == RILL_ELIMIT)
        return decode_in_pieces(s, config);
    if (n < 0)
        return status_of(n);
    status = WebPDecode(data.bytes, data.size, config);
    if (status == VP8_STATUS_OK)
        rill_consume(s, data.size);
    return status;
}

int rill_webp_write(const uint8_t *data, size_t data_size,
                    const WebPPicture *picture)
{
    return images_write(picture->custom_ptr, data, data_size) == RILL_OK;
}
