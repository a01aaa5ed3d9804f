/*
 * test_bio_store.c - streams over OpenSSL's BIOs: files, queues, filters; and
 * TLS, which is a BIO over a stream, as a stream again.
 */
#include "test_bio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#ifdef HAVE_LIBSSL
#include <openssl/ssl.h>
#endif

/* ---- A stream over a BIO --------------------------------------------------- */

static rill *stream_over(BIO *b, const char *mode)
{
    rill *s = rill_open_bio(b, mode, RILL_TAKE, NULL);

    CHECK(s);
    return s;
}

/* There and back: what holds for any stream holds through a BIO over it. */
BRIDGE_TEST(open_bio__over_a_stream)
{
    rill *s = stream_over(bio_over(kind->open()), "rb+");

    check_there_and_back(s);
    CHECK_STR("bio", rill_kind(s));
    CHECK_OK(rill_close(s));
    check_no_error();
}

TEST(open_bio__file)
{
    rill *s = stream_over(BIO_new_file("f", "w+b"), "r+");

    CHECK_INT(11, rill_puts(s, "hello world"));
    CHECK_INT(11, rill_size(s));
    CHECK_INT(6, rill_seek(s, -5, RILL_SEEK_END));
    CHECK_READS(s, "wor");
    CHECK_INT(2, rill_puts(s, "LD"));
    CHECK_HOLDS(s, "hello worLD");
    CHECK_INT(20, rill_seek(s, 20, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "hello worLD");
    check_no_error();
}

TEST(open_bio__starts_where_the_bio_stands)
{
    BIO *b = BIO_new_mem_buf("abcdef", 6);
    char byte;
    rill *s;

    CHECK_INT(1, BIO_read(b, &byte, 1));
    s = stream_over(b, "rb");
    CHECK_INT(1, rill_tell(s));
    CHECK_INT(6, rill_size(s));
    CHECK_READS(s, "bc");
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "abcdef");
    CHECK_INT(100, rill_seek(s, 100, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_CODE(RILL_ENOTSUP, rill_putc(s, 'x'));
    CHECK_OK(rill_close(s));
    check_no_error();
}

TEST(open_bio__descriptor)
{
    rill *file = rill_open("f", "wb+"), *s;

    s = rill_open_bio(BIO_new_fd(rill_fileno(file), BIO_NOCLOSE), "rb+",
                      RILL_TAKE, NULL);
    CHECK(rill_seekable(s));
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_ENOTSUP, rill_size(s));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(rill_fileno(file), rill_fileno(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_REST(s, "bc");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(file));
}

/* A memory BIO that can be written is a queue, and so is a pair of BIOs. */
TEST(open_bio__queues)
{
    BIO *b = BIO_new(BIO_s_mem()), *left, *right;
    rill *s = rill_open_bio(b, "r+", RILL_BORROW, NULL), *t;
    char buf[4];

    CHECK(!rill_seekable(s));
    CHECK_CODE(RILL_EAGAIN, rill_read(s, buf, 1));
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(buf, rill_read(s, buf, 4), "abc");
    CHECK_CODE(RILL_EAGAIN, rill_read(s, buf, 1));
    CHECK_OK(rill_close(s));
    BIO_free(b);

    CHECK(BIO_new_bio_pair(&left, 4, &right, 4));
    s = stream_over(left, "r+");
    t = stream_over(right, "r+");
    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_CODE(RILL_EAGAIN, rill_flush(s)); /* 4 fit */
    CHECK_INT(4, rill_read(t, buf, 4));
    CHECK_OK(rill_flush(s));
    CHECK_INT(1, BIO_shutdown_wr(left));
    CHECK_REST(t, "ef");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_flush(t));
    CHECK_INT(1, rill_puts(t, "x"));
    CHECK_CODE(RILL_EIO, rill_close(t));
    ERR_clear_error();
}

TEST(open_bio__base64)
{
    BIO *chain = BIO_push(BIO_new(BIO_f_base64()), BIO_new_file("f", "wb"));
    rill *s = stream_over(chain, "wb");

    CHECK(!rill_seekable(s)); /* though the file below would say so */
    CHECK_INT(4, rill_puts(s, "hell"));
    CHECK_OK(rill_flush(s)); /* not the end */
    CHECK_INT(7, rill_puts(s, "o world"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "aGVsbG8gd29ybGQ=\n");
    s = stream_over(BIO_push(BIO_new(BIO_f_base64()), BIO_new_file("f", "rb")),
                    "rb");
    CHECK_REST(s, "hello world");
    CHECK_OK(rill_close(s));
    check_no_error();
}

static BIO *cipher_over(BIO *b, int encrypt)
{
    static const unsigned char secret[16] = "0123456789abcdef";
    BIO *cipher = BIO_new(BIO_f_cipher());

    CHECK(BIO_set_cipher(cipher, EVP_aes_128_cbc(), secret, secret, encrypt));
    return BIO_push(cipher, b);
}

/* Ciphertext that is cut or changed is no clean end, whatever the size of the
 * reads: RILL_EDATA. */
TEST(open_bio__cipher)
{
    rill *s, *secret = rill_open_mem(NULL);
    rill_options o = RILL_OPTIONS_INIT;
    const void *bytes;
    char buf[5000];
    ptrdiff_t len, cut;

    test_pattern(buf, sizeof(buf), 0);
    s = stream_over(cipher_over(rill_as_bio(secret, RILL_BORROW), 1), "wb");
    CHECK_INT(sizeof(buf), rill_write(s, buf, sizeof(buf)));
    CHECK_OK(rill_close(s));
    len = rill_data(secret, &bytes);
    CHECK_INT(5008, len);
    for (cut = len; cut > len - 20; cut--) {
        ptrdiff_t n, total = 0;

        test_context("cut to %td bytes", cut);
        s = stream_over(cipher_over(BIO_new_mem_buf(bytes, (int)cut), 0), "rb");
        while ((n = rill_read_some(s, buf, sizeof(buf))) > 0)
            total += n;
        if (cut == len) {
            CHECK_INT(0, n);
            CHECK_INT(sizeof(buf), total);
            CHECK_OK(rill_close(s));
            check_no_error();
        } else {
            CHECK_CODE(RILL_EDATA, n);
            CHECK_CODE(RILL_EDATA, rill_close(s));
        }
        ERR_clear_error();
    }
    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_bio(cipher_over(BIO_new_mem_buf(bytes, (int)len), 0), "rb",
                      RILL_TAKE, &o);
    CHECK(rill_getc(s) >= 0);
    CHECK_OK(rill_flush(s)); /* not an end of what is being read */
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(secret));
    check_no_error();
}

/* The errno of a file, and of a stream, come through a BIO. */
TEST(open_bio__errno)
{
    rill *s = stream_over(BIO_new_file("/dev/full", "wb"), "wb");
    char data[1000] = "", text[300];
    rill_error e;

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_close_with(s, &e));
    CHECK_INT(ENOSPC, e.os_error);
    ERR_clear_error();
    s = stream_over(bio_over(open_failing(data, 1000, 700, EACCES)), "rb");
    CHECK_INT(700, rill_read(s, data, 1000));
    CHECK_CODE(RILL_EIO, rill_read(s, data, 1000));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EACCES, e.os_error);
    CHECK_INT(EACCES, take_error(ERR_LIB_SYS, text));
    CHECK_CODE(RILL_EIO, rill_close(s));
    ERR_clear_error();
}

TEST(open_bio__refused)
{
    static const char *const modes[] = {"", "x", "a", "rw", "r+x", "rb+b", "+"};
    BIO *b = BIO_new(BIO_s_mem());
    size_t i;

    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        test_context("mode '%s'", modes[i]);
        errno = 0;
        CHECK_PTR(NULL, rill_open_bio(b, modes[i], RILL_TAKE, NULL));
        CHECK_INT(EINVAL, errno);
    }
    CHECK_PTR(NULL, rill_open_bio(b, NULL, RILL_TAKE, NULL));
    CHECK_PTR(NULL, rill_open_bio(NULL, "r", RILL_TAKE, NULL));
    CHECK_PTR(NULL, rill_open_bio(b, "r", 7, NULL));
    BIO_free(b);
}

#ifdef HAVE_LIBSSL

/* ---- TLS ------------------------------------------------------------------- */

static SSL_CTX *tls_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    EVP_PKEY *key = new_key();
    X509 *x = new_certificate(key);

    CHECK_INT(1, SSL_CTX_use_certificate(ctx, x));
    CHECK_INT(1, SSL_CTX_use_PrivateKey(ctx, key));
    X509_free(x);
    EVP_PKEY_free(key);
    return ctx;
}

/* TLS over a socket, which is a stream, as a stream; *top is its BIO. */
static rill *tls_over(SSL_CTX *ctx, int fd, int client, ptrdiff_t buffer,
                      BIO **top)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = buffer;
    *top = BIO_push(BIO_new_ssl(ctx, client),
                    bio_over(rill_open_fd(fd, "rb+", RILL_TAKE, &o)));
    return stream_over(*top, "rb+");
}

struct server {
    SSL_CTX *ctx;
    int fd;
    ptrdiff_t buffer;
    int rude; /* end without a close_notify */
};

/* Send each line back, until there are no more. Returns NULL if all is well. */
static void *serve(void *arg)
{
    struct server *v = arg;
    const char *line;
    ptrdiff_t n;
    SSL *ssl;
    BIO *top;
    rill *s = tls_over(v->ctx, v->fd, 0, v->buffer, &top);

    while ((n = rill_readline(s, &line)) > 0) {
        if (rill_write(s, line, (size_t)n) != n || rill_flush(s) < 0)
            break;
    }
    BIO_get_ssl(top, &ssl);
    SSL_set_quiet_shutdown(ssl, v->rude);
    return rill_close(s) < 0 || n != 0 ? v : NULL;
}

/* Wait until there is something to read, if that is why a call said `r`. */
static int blocks(int fd, int64_t r)
{
    struct pollfd readable = {fd, POLLIN, 0};

    return r == RILL_EAGAIN && poll(&readable, 1, -1) == 1;
}

/* Ask a server in another thread, and check what it says. */
static void talk_tls(ptrdiff_t buffer, int flags, int rude)
{
    struct server v = {tls_context(), -1, buffer, rude};
    int ends[2], rc, i;
    pthread_t thread;
    const char *line;
    ptrdiff_t n;
    void *failed;
    rill *s;
    BIO *top;

    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    v.fd = ends[1];
    CHECK_INT(0, fcntl(ends[0], F_SETFL, flags));
    CHECK_INT(0, pthread_create(&thread, NULL, serve, &v));
    s = tls_over(v.ctx, ends[0], 1, buffer, &top);
    for (i = 0; i < 100; i++) {
        CHECK(rill_printf(s, "line %d of some\n", i) > 0);
        while (blocks(ends[0], rc = rill_flush(s)))
            continue;
        CHECK_OK(rc);
        while (blocks(ends[0], n = rill_readline(s, &line)))
            continue;
        CHECK(n > 14);
        CHECK_INT(i, strtol(line + 5, NULL, 10));
    }
    BIO_ssl_shutdown(top);
    while (blocks(ends[0], n = rill_readline(s, &line)))
        continue;
    CHECK_INT(rude ? RILL_EDATA : 0, n);
    CHECK_INT(rude ? RILL_EDATA : 0, rill_close(s));
    CHECK_INT(0, pthread_join(thread, &failed));
    CHECK_PTR(NULL, failed);
    SSL_CTX_free(v.ctx);
    ERR_clear_error();
}

TEST(bio__tls)
{
    talk_tls(0, 0, 0);
    talk_tls(RILL_UNBUFFERED, 0, 0);
}

TEST(bio__tls_that_blocks)
{
    talk_tls(0, O_NONBLOCK, 0);
    talk_tls(RILL_UNBUFFERED, O_NONBLOCK, 0);
}

/* The server goes away without a close_notify: that is no clean end. */
TEST(bio__tls_cut_off)
{
    talk_tls(0, 0, 1);
}

/* Both ends in one thread, and what other code has left in the error queue: TLS
 * would take it for its own. */
TEST(bio__tls_after_an_error)
{
    SSL_CTX *ctx = tls_context();
    BIO *left, *right;
    rill *client, *server;
    const char *line;
    ptrdiff_t n = 0;

    CHECK(BIO_new_bio_pair(&left, 0, &right, 0));
    client = stream_over(BIO_push(BIO_new_ssl(ctx, 1), left), "r+");
    server = stream_over(BIO_push(BIO_new_ssl(ctx, 0), right), "r+");
    CHECK_INT(6, rill_puts(client, "hello\n"));
    while (n <= 0) {
        n = rill_flush(client);
        CHECK(n == RILL_OK || n == RILL_EAGAIN);
        n = rill_readline(server, &line);
        CHECK(n > 0 || n == RILL_EAGAIN);
    }
    CHECK_BYTES(line, n, "hello\n");
    ERR_raise(ERR_LIB_USER, 1);
    CHECK_CODE(RILL_EAGAIN, rill_readline(server, &line));
    CHECK_OK(rill_close(client));
    CHECK_OK(rill_close(server));
    SSL_CTX_free(ctx);
    ERR_clear_error();
}

#endif /* HAVE_LIBSSL */
