/*
 * bio_private.h - what the two ways between streams and BIOs share.
 */
#ifndef BIO_PRIVATE_H
#define BIO_PRIVATE_H

#include <openssl/bio.h>

#include <rill/rill.h>

/* The stream below a BIO that rill_as_bio() made; NULL for others. */
rill *rill__bio_stream(BIO *b);

#endif
