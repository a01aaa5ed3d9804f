/*
 * bio.c (bench) - OpenSSL over its own BIOs and over streams; and the bytes of
 * a BIO, by BIO_read() and by a stream.
 */
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <rill/bio.h>

#include "side_by_side.h"

enum { SIZE = 4 << 20, CERTIFICATES = 500, PIECE = 4096 };

static const char path[] = "bench_bio.tmp";

/* Text in memory: base64, or certificates. */
struct text {
    const void *data;
    size_t len;
};

static BIO *own_memory(const struct text *t)
{
    return BIO_new_mem_buf(t->data, (int)t->len);
}

static BIO *our_memory(const struct text *t)
{
    return rill_as_bio(rill_open_view(t->data, t->len), RILL_TAKE);
}

/* ---- Base64 ---------------------------------------------------------------- */

static void read_all(BIO *b)
{
    static char piece[PIECE];
    size_t total = 0;
    int n;

    while ((n = BIO_read(b, piece, PIECE)) > 0)
        total += (size_t)n;
    BIO_free_all(b);
    if (total != SIZE)
        give_up("not all came back");
}

static BIO *decoder(BIO *b)
{
    return BIO_push(BIO_new(BIO_f_base64()), b);
}

static void decode_own(void *ctx)
{
    read_all(decoder(own_memory(ctx)));
}

static void decode_ours(void *ctx)
{
    read_all(decoder(our_memory(ctx)));
}

static void decode_own_file(void *ctx)
{
    (void)ctx;
    read_all(decoder(BIO_new_file(path, "rb")));
}

static void decode_our_file(void *ctx)
{
    (void)ctx;
    read_all(decoder(rill_as_bio(rill_open(path, "rb"), RILL_TAKE)));
}

/* The decoder as a stream, read in the same pieces. */
static void decode_as_stream(void *ctx)
{
    static char piece[PIECE];
    rill *s = rill_open_bio(decoder(own_memory(ctx)), "rb", RILL_TAKE, NULL);
    size_t total = 0;
    ptrdiff_t n;

    while ((n = rill_read(s, piece, PIECE)) > 0)
        total += (size_t)n;
    if (rill_close(s) < 0 || total != SIZE)
        give_up("not all came through the stream");
}

static void encode(BIO *b)
{
    static char bytes[SIZE];

    b = decoder(b);
    if (BIO_write(b, bytes, SIZE) != SIZE || BIO_flush(b) != 1)
        give_up("cannot encode");
    BIO_free_all(b);
}

static void encode_own(void *ctx)
{
    (void)ctx;
    encode(BIO_new(BIO_s_mem()));
}

static void encode_ours(void *ctx)
{
    (void)ctx;
    encode(rill_as_bio(rill_open_mem(NULL), RILL_TAKE));
}

/* ---- Certificates ---------------------------------------------------------- */

static void read_certificates(BIO *b)
{
    X509 *x = NULL;
    int i;

    for (i = 0; i < CERTIFICATES; i++) {
        if (!PEM_read_bio_X509(b, &x, NULL, NULL))
            give_up("cannot read a certificate");
    }
    X509_free(x);
    BIO_free(b);
}

static void certificates_own(void *ctx)
{
    read_certificates(own_memory(ctx));
}

static void certificates_ours(void *ctx)
{
    read_certificates(our_memory(ctx));
}

static void write_certificates(BIO *b)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    int i;

    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    if (X509_sign(x, key, EVP_sha256()) <= 0)
        give_up("cannot sign");
    for (i = 0; i < CERTIFICATES; i++) {
        if (!PEM_write_bio_X509(b, x))
            give_up("cannot write a certificate");
    }
    X509_free(x);
    EVP_PKEY_free(key);
    BIO_free(b);
}

/* ---- All ------------------------------------------------------------------- */

static struct text content_of(rill *s)
{
    struct text t;

    t.len = (size_t)rill_data(s, &t.data);
    return t;
}

int main(void)
{
    rill *base64 = rill_open_mem(NULL), *pem = rill_open_mem(NULL);
    rill *file = rill_open(path, "wb");
    struct text t;

    encode(rill_as_bio(base64, RILL_BORROW));
    write_certificates(rill_as_bio(pem, RILL_BORROW));
    t = content_of(base64);
    if (!file || rill_write(file, t.data, t.len) < 0 || rill_close(file) < 0)
        give_up(path);
    side_by_side("OpenSSL decodes base64 in memory", t.len, decode_own,
                 decode_ours, &t);
    side_by_side("OpenSSL decodes base64 in a file", t.len, decode_own_file,
                 decode_our_file, &t);
    side_by_side("OpenSSL encodes base64 into memory", t.len, encode_own,
                 encode_ours, &t);
    side_by_side("OpenSSL's base64, read as a stream", t.len, decode_own,
                 decode_as_stream, &t);
    t = content_of(pem);
    side_by_side("OpenSSL reads certificates in memory", t.len,
                 certificates_own, certificates_ours, &t);
    remove(path);
    return rill_close(base64) < 0 || rill_close(pem) < 0;
}
