/*
 * rill/curl.h - libcurl downloads into, and uploads from, any stream.
 *
 * A download that appears under its name only when it is there as a whole:
 *
 *     rill *s = rill_open("picture.png", "ws");
 *     CURL *curl = curl_easy_init();
 *     curl_easy_setopt(curl, CURLOPT_URL, "https://example.org/picture.png");
 *     curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
 *     rill_curl_write_to(curl, s);
 *     if (curl_easy_perform(curl) == CURLE_OK)
 *         rc = rill_close(s);
 *     else
 *         rill_discard(s);
 *
 * Each returns CURLE_OK; or CURLE_BAD_FUNCTION_ARGUMENT, where the stream is
 * not open for it; or what libcurl says about its options.
 *
 *   errors     where the stream fails, the transfer ends: a download with
 *              CURLE_WRITE_ERROR, an upload with CURLE_ABORTED_BY_CALLBACK.
 *              libcurl has no place for more, so ask the stream: the failure
 *              sticks there, and rill_failed() has the errno.
 *   blocking   a stream that says RILL_EAGAIN pauses its transfer, with nothing
 *              lost and nothing written twice; who drives it calls
 *              curl_easy_pause() when the stream may go on. To be written, such
 *              a stream needs a buffer: without one it fails instead.
 *   ownership  the handle borrows the stream until its last transfer with it.
 *   position   downloads are written from the stream's position on, uploads
 *              read from it to the end.
 *   threads    a stream is used in the thread that drives the transfer.
 */
#ifndef RILL_CURL_H
#define RILL_CURL_H

#include <curl/curl.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Write the body to `s`: instead of CURLOPT_WRITEFUNCTION. The end of the
 * transfer does not flush; rill_close() or rill_flush() will. */
RILL_API CURLcode rill_curl_write_to(CURL *curl, rill *s);

/* Write the headers to `s`: instead of CURLOPT_HEADERFUNCTION. It may be the
 * body's stream. */
RILL_API CURLcode rill_curl_headers_to(CURL *curl, rill *s);

/*
 * Read the body of an upload (CURLOPT_UPLOAD, CURLOPT_POST without
 * CURLOPT_POSTFIELDS) from `s`: instead of CURLOPT_READFUNCTION,
 * CURLOPT_SEEKFUNCTION, CURLOPT_INFILESIZE_LARGE, CURLOPT_POSTFIELDSIZE_LARGE.
 * The size is said where the stream can seek; otherwise the body goes out in
 * chunks.
 *
 * Redirects, authentication and broken connections make libcurl send a body
 * again, and a resumed upload starts within it. So the stream must be able to
 * seek, and the body be all of it: for libcurl, a body starts at offset 0. Set
 * a stream at another position, and it is read from there, but sent once only:
 * CURLE_SEND_FAIL_REWIND. rill_open_section() makes a whole of a part.
 */
RILL_API CURLcode rill_curl_read_from(CURL *curl, rill *s);

/* The content of a part of a form, from `s`: instead of curl_mime_data_cb(),
 * with the rules of rill_curl_read_from(). One stream for each part. */
RILL_API CURLcode rill_curl_mime_data(curl_mimepart *part, rill *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_CURL_H */
