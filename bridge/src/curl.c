/*
 * curl.c - libcurl's callbacks over a stream.
 *
 * Their only state is the stream, so that nothing has to be freed and a handle
 * may be duplicated. That is why a body that can be sent again must be a whole
 * stream: there is no place to keep where another one starts.
 */
#include <rill/curl.h>

/*
 * A paused piece comes again whole, so it must be taken whole or not at all:
 * that is what rill_reserve() does. Returning 0 for a piece is a failure.
 */
static size_t curl_write(char *data, size_t one, size_t n, void *stream)
{
    rill *s = stream;
    void *room;
    ptrdiff_t rc;

    n *= one;
    if (n == 0)
        return 0;
    rc = rill_reserve(s, &room, n);
    if (rc == RILL_EAGAIN)
        return CURL_WRITEFUNC_PAUSE;
    if (rc == RILL_ELIMIT) /* a piece is larger than the window may be */
        return rill_write(s, data, n) == (ptrdiff_t)n ? n : 0;
    if (rc < 0)
        return 0;
    memcpy(room, data, n);
    return rill_commit(s, n) == RILL_OK ? n : 0;
}

/* Some is enough: what a slow pipe has goes out at once. */
static size_t curl_read(char *data, size_t one, size_t n, void *stream)
{
    ptrdiff_t got = rill_read_some(stream, data, one * n);

    if (got == RILL_EAGAIN)
        return CURL_READFUNC_PAUSE;
    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static int curl_seek(void *stream, curl_off_t offset, int whence)
{
    return rill_seek(stream, offset, whence) < 0 ? CURL_SEEKFUNC_FAIL
                                                 : CURL_SEEKFUNC_OK;
}

/* What libcurl is told about a body. */
struct body {
    curl_off_t size; /* -1: unknown */
    curl_seek_callback seek;
};

static struct body body_of(rill *s)
{
    struct body body = {-1, NULL};
    int64_t size = rill_size(s), at = rill_tell(s);

    if (size >= 0 && at >= 0)
        body.size = size > at ? size - at : 0;
    if (at == 0)
        body.seek = curl_seek;
    return body;
}

CURLcode rill_curl_write_to(CURL *curl, rill *s)
{
    CURLcode rc = CURLE_BAD_FUNCTION_ARGUMENT;

    if (rill_writable(s))
        rc = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, curl_write);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_WRITEDATA, s);
    return rc;
}

CURLcode rill_curl_headers_to(CURL *curl, rill *s)
{
    CURLcode rc = CURLE_BAD_FUNCTION_ARGUMENT;

    if (rill_writable(s))
        rc = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, curl_write);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_HEADERDATA, s);
    return rc;
}

CURLcode rill_curl_read_from(CURL *curl, rill *s)
{
    struct body body = body_of(s);
    CURLcode rc = CURLE_BAD_FUNCTION_ARGUMENT;

    if (rill_readable(s))
        rc = curl_easy_setopt(curl, CURLOPT_READFUNCTION, curl_read);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_READDATA, s);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, body.seek);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_SEEKDATA, s);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, body.size);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, body.size);
    return rc;
}

CURLcode rill_curl_mime_data(curl_mimepart *part, rill *s)
{
    struct body body = body_of(s);

    if (!rill_readable(s))
        return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_mime_data_cb(part, body.size, curl_read, body.seek, NULL, s);
}
