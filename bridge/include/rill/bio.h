/*
 * rill/bio.h - OpenSSL's BIO over any stream, and a stream over any BIO.
 *
 * rill_as_bio() stands where BIO_new_file() and BIO_new_mem_buf() stand:
 *
 *     rill *s = rill_open("key.pem", "rb");
 *     BIO *b = rill_as_bio(s, RILL_TAKE);
 *     EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
 *     BIO_free(b);
 *
 * and rill_open_bio() makes what OpenSSL does to bytes (base64, ciphers, TLS)
 * into a stream. For OpenSSL 3.0 and later.
 *
 *   errors     of a stream, told to a BIO: the call returns -1, and OpenSSL's
 *              error queue gets an entry: of ERR_LIB_SYS with the errno where
 *              there is one, else of ERR_LIB_BIO; its text is the stream's
 *              ("read at 700: Input/output error"). The failure sticks to the
 *              stream too. The end of the data is 0 and BIO_eof(), without an
 *              entry; RILL_EAGAIN is -1 and BIO_should_retry(), without one.
 *              Of a BIO, told to a stream: RILL_EAGAIN where BIO_should_retry()
 *              says so; with the errno of the system; RILL_ENOMEM; RILL_ENOTSUP;
 *              RILL_EIO for what else a BIO complains of; RILL_EDATA for all
 *              that the rest of OpenSSL finds wrong with the bytes (a bad
 *              decrypt, TLS that ends without its close_notify). What OpenSSL
 *              has put into its queue stays there, for ERR_print_errors(); but
 *              over TLS, which takes old entries for its own, the queue is
 *              cleared before each call.
 *   ownership  RILL_TAKE: the BIO closes the stream when it is freed, or the
 *              stream frees the BIO and all below it. On success only.
 *   threads    one thread at a time for both together. Errors are in the queue
 *              of the thread that made the call.
 */
#ifndef RILL_BIO_H
#define RILL_BIO_H

#include <openssl/bio.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A BIO that reads and writes `s`, from its position on. Filters are pushed on
 * it as on any source or sink. Returns NULL with an entry in the error queue.
 *
 *   BIO_read    all that was asked for where the stream can seek; else what is
 *               there, as soon as something is.
 *   BIO_write   as buffered as the stream; but a stream that reads and writes
 *               and cannot seek (a socket) gets each write at once. For TLS
 *               over two one-way streams, open them RILL_UNBUFFERED; do so too
 *               where they may say RILL_EAGAIN.
 *   BIO_gets    a line with its end; NULs are data, and count.
 *   BIO_flush   rill_flush(). Do that, and look at what it returns, before
 *               BIO_free(), whose failures only the error queue tells.
 *   BIO_eof     whether the last read found the end.
 *   BIO_reset   back to the start: 1, or -1. BIO_seek: 0, or -1. BIO_tell: -1
 *               also where the position is more than its int can hold.
 *   BIO_pending, BIO_wpending   how much can be read without a call to the
 *               store, and waits to be written.
 *   BIO_get_mem_data    the whole content of a stream in memory, else 0.
 *   BIO_get_close, BIO_set_close   the ownership: BIO_CLOSE is RILL_TAKE.
 *   BIO_get_fd  rill_fileno(), or -1.
 *   BIO_dup_chain   is refused: a stream has one position.
 */
RILL_API BIO *rill_as_bio(rill *s, int ownership);

/*
 * A stream over a BIO, which may be the top of a chain of filters. `mode` is
 * what the BIO shall be used for: "rb", "wb" or "rb+", which open and cut
 * nothing. EINVAL for other modes, and if `b` is NULL.
 *
 * The stream seeks where the BIO has no filters and says where it is: a file,
 * a descriptor, BIO_new_mem_buf(), rill_as_bio(). It knows its size (and seeks
 * from the end) where the BIO is a file or memory; RILL_ENOTSUP otherwise.
 *
 * rill_flush() is BIO_flush(). But where that makes an end to the data (base64,
 * ciphers, compression), only rill_close() does it, if nothing has failed: not
 * rill_flush(), rill_discard(), or the end of a RILL_AUTO scope. The BIO is told
 * in pieces of at most INT_MAX bytes. Malformed base64 ends the data, without a
 * word of OpenSSL.
 */
RILL_API RILL_NODISCARD rill *
rill_open_bio(BIO *b, const char *mode, int ownership, const rill_options *o);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_BIO_H */
