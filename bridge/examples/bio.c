/*
 * bio.c - a picture, encrypted and in base64, and back, through OpenSSL.
 *
 *     bio PICTURE.png
 *
 * OpenSSL's filters work on BIOs. Below them is a stream here, in memory, and
 * above them is one too: so sealing the picture is a copy, and unsealing it
 * another.
 */
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include <rill/bio.h>

/* A stream of the secret over `s`, which holds it in base64. */
static rill *open_sealed(rill *s, const char *mode, int encrypt)
{
    static const unsigned char key[32] = "a key that nobody should know...";
    static const unsigned char start[16] = "once, and never";
    BIO *sealed = rill_as_bio(s, RILL_BORROW);
    BIO *base64 = BIO_new(BIO_f_base64()), *cipher = BIO_new(BIO_f_cipher());
    rill *secret = NULL;

    if (sealed && base64 && cipher &&
        BIO_set_cipher(cipher, EVP_aes_256_cbc(), key, start, encrypt)) {
        BIO_push(cipher, BIO_push(base64, sealed));
        secret = rill_open_bio(cipher, mode, RILL_TAKE, NULL);
    }
    if (!secret) {
        BIO_free_all(cipher);
        ERR_print_errors_fp(stderr);
    }
    return secret;
}

/* Copy all of one stream to another, which is then closed. */
static int copy_and_close(rill *to, rill *from)
{
    rill_error e;

    if (!to || !from)
        return -1;
    if (rill_copy(to, from, -1) < 0)
        fprintf(stderr, "the copy failed\n");
    if (rill_close_with(to, &e) < 0) {
        fprintf(stderr, "%s: %s\n", e.operation, rill_strerror(e.code));
        ERR_print_errors_fp(stderr);
        return -1;
    }
    return 0;
}

static int same(rill *a, rill *b)
{
    void *x = NULL, *y = NULL;
    ptrdiff_t n, m;
    int equal;

    if (rill_rewind(a) < 0 || rill_rewind(b) < 0)
        return 0;
    n = rill_read_all(a, &x);
    m = rill_read_all(b, &y);
    equal = n > 0 && n == m && memcmp(x, y, (size_t)n) == 0;
    rill_free(x);
    rill_free(y);
    return equal;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "rb"), *letter = rill_open_mem(NULL);
    rill *back = rill_open_mem(NULL), *opened = NULL;
    const char *line;
    int ok = 0;

    if (!file)
        perror(path);
    else if (letter && back &&
             copy_and_close(open_sealed(letter, "wb", 1), file) == 0 &&
             rill_rewind(letter) == 0) {
        printf("%d bytes a line; ", (int)rill_readline(letter, &line));
        rill_rewind(letter);
        opened = open_sealed(letter, "rb", 0);
        ok = opened && rill_copy(back, opened, -1) > 0 && same(file, back);
        puts(ok ? "it comes back as it was" : "lost");
    }
    ok &= rill_close(opened) == 0;
    ok &= rill_close(file) == 0;
    ok &= rill_close(letter) == 0;
    ok &= rill_close(back) == 0;
    return !ok;
}
