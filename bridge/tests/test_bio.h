/*
 * test_bio.h - what the tests of BIOs share: keys, and the error queue.
 */
#ifndef TEST_BIO_H
#define TEST_BIO_H

#include "streams.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <rill/bio.h>

/* The last entry of the error queue: its text, and errno or reason. The queue
 * is empty afterwards. */
static inline int take_error(int library, char text[300])
{
    const char *data = "";
    int flags = 0;
    unsigned long e = ERR_peek_last_error_data(&data, &flags);

    CHECK_INT(library, ERR_GET_LIB(e));
    snprintf(text, 300, "%s", flags & ERR_TXT_STRING ? data : "");
    ERR_clear_error();
    return ERR_GET_REASON(e);
}

static inline void check_no_error(void)
{
    CHECK_INT(0, ERR_peek_error());
}

static inline BIO *bio_over(rill *s)
{
    BIO *b = rill_as_bio(s, RILL_TAKE);

    CHECK(b);
    return b;
}

/* Free a BIO that has closed its stream well. */
static inline void free_well(BIO *b)
{
    CHECK_INT(1, BIO_flush(b));
    BIO_free_all(b);
    check_no_error();
}

static inline EVP_PKEY *new_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    CHECK(key);
    return key;
}

/* A certificate that `key` has signed for itself. */
static inline X509 *new_certificate(EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);

    CHECK(X509_set_version(x, 2));
    CHECK(ASN1_INTEGER_set(X509_get_serialNumber(x), 7));
    CHECK(X509_gmtime_adj(X509_getm_notBefore(x), 0));
    CHECK(X509_gmtime_adj(X509_getm_notAfter(x), 3600));
    CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     (const unsigned char *)"rill", -1, -1, 0));
    CHECK(X509_set_issuer_name(x, name));
    CHECK(X509_set_pubkey(x, key));
    CHECK(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

#endif
