/*
 * bio.c (demo) - OpenSSL: a BIO that writes and reads base64, between a stream
 * above it and a stream below.
 */
#include <openssl/evp.h>

#include <rill/bio.h>

#include "carry.h"

const char carrier[] = "OpenSSL, as base64 by a BIO";

/* A stream of bytes, over a stream of base64. */
static rill *open_base64(rill *below, const char *mode)
{
    BIO *base64 = BIO_new(BIO_f_base64());

    BIO_push(base64, rill_as_bio(below, RILL_BORROW));
    return rill_open_bio(base64, mode, RILL_TAKE, NULL);
}

int carry(rill *from, rill *to)
{
    rill *text = rill_open_mem(NULL);
    rill *s = text ? open_base64(text, "wb") : NULL;
    int ok = s && rill_copy(s, from, -1) == rill_size(from);

    ok &= rill_close(s) == 0;
    if (ok) {
        rill_rewind(text);
        s = open_base64(text, "rb");
        ok = s && rill_copy(to, s, -1) == rill_size(from);
        ok &= rill_close(s) == 0;
    }
    return rill_close(text) == 0 && ok ? 0 : -1;
}
