/*
 * test_bio.c - OpenSSL over every kind of stream: keys, signed messages and
 * filters are the real clients. (Streams over BIOs, and TLS: test_bio_store.c.)
 */
#include "test_bio.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sys/socket.h>

#include <openssl/cms.h>
#include <openssl/pem.h>

#include <rill/testing/double.h>

/* ---- A BIO over a stream --------------------------------------------------- */

BRIDGE_TEST(bio__writes_and_reads)
{
    enum { LEN = 300000 };
    BIO *b = bio_over(kind->open());
    unsigned char *want = test_alloc(LEN), *got = test_alloc(LEN);
    size_t done;
    int at = 0, n;

    test_pattern(want, LEN, 0);
    for (at = 0; at < LEN; at += n) {
        n = BIO_write(b, want + at,
                      at / 2 + 1 < LEN - at ? at / 2 + 1 : LEN - at);
        CHECK(n > 0);
    }
    CHECK_INT(1, BIO_flush(b));
    CHECK_INT(0, BIO_wpending(b));
    CHECK_INT(LEN, BIO_tell(b));
    CHECK_INT(1, BIO_reset(b));
    CHECK_INT(0, BIO_tell(b));
    CHECK_INT(0, BIO_eof(b));
    CHECK(BIO_read_ex(b, got, LEN, &done));
    CHECK_MEM(got, done, want, LEN);
    CHECK_INT(0, BIO_read(b, got, 1));
    CHECK_INT(1, BIO_eof(b));
    CHECK_INT(0, BIO_should_retry(b));
    CHECK_INT(0, BIO_seek(b, 1000));
    CHECK_INT(1000, BIO_tell(b));
    CHECK_INT(10, BIO_read(b, got, 10));
    CHECK_MEM(got, 10, want + 1000, 10);
    CHECK_INT(LEN, BIO_number_written(b));
    free_well(b);
    free(want);
    free(got);
}

BRIDGE_TEST(bio__lines)
{
    BIO *b = bio_over(kind->open());
    char line[16];

    CHECK_INT(8, BIO_puts(b, "one\ntwo\n"));
    CHECK_INT(11, BIO_write(b, "N\0UL\n\nthree", 11));
    CHECK_INT(22, BIO_printf(b, "%s and %d", "printf() by name", 7));
    CHECK_INT(1, BIO_reset(b));
    CHECK_BYTES(line, BIO_gets(b, line, sizeof(line)), "one\n");
    CHECK_INT(0, line[4]);
    CHECK_BYTES(line, BIO_gets(b, line, 3), "tw");
    CHECK_INT(0, line[2]);
    CHECK_BYTES(line, BIO_gets(b, line, sizeof(line)), "o\n");
    CHECK_BYTES(line, BIO_gets(b, line, sizeof(line)), "N\0UL\n");
    CHECK_BYTES(line, BIO_gets(b, line, sizeof(line)), "\n");
    CHECK_BYTES(line, BIO_gets(b, line, 1), "");
    CHECK_BYTES(line, BIO_gets(b, line, sizeof(line)), "threeprintf() b");
    CHECK_BYTES(line, BIO_gets(b, line, sizeof(line)), "y name and 7");
    CHECK_INT(0, BIO_gets(b, line, sizeof(line)));
    CHECK_STR("", line);
    free_well(b);
}

BRIDGE_TEST(bio__pem)
{
    BIO *b = bio_over(kind->open());
    EVP_PKEY *key = new_key(), *key2;
    X509 *x = new_certificate(key), *x2;

    CHECK(PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL));
    CHECK(PEM_write_bio_X509(b, x));
    CHECK(PEM_write_bio_PrivateKey(b, key, EVP_aes_128_cbc(), NULL, 0, NULL,
                                   (void *)(uintptr_t) "password"));
    CHECK_INT(1, BIO_reset(b));
    key2 = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    CHECK(key2);
    x2 = PEM_read_bio_X509(b, NULL, NULL, NULL);
    CHECK(x2);
    CHECK_INT(1, EVP_PKEY_eq(key, key2));
    CHECK_INT(0, X509_cmp(x, x2));
    EVP_PKEY_free(key2);
    key2 =
        PEM_read_bio_PrivateKey(b, NULL, NULL, (void *)(uintptr_t) "password");
    CHECK_INT(1, EVP_PKEY_eq(key, key2));
    EVP_PKEY_free(key2);
    EVP_PKEY_free(key);
    X509_free(x);
    X509_free(x2);
    ERR_clear_error(); /* decoders leave what they tried */
    free_well(b);
}

/* Sign what is read from one stream into another; verify into a third. */
BRIDGE_TEST(bio__cms)
{
    rill *content = rill_open_mem(NULL);
    BIO *in = bio_over(kind->open()), *signed_ = bio_over(kind->open());
    BIO *out = bio_over(content);
    EVP_PKEY *key = new_key();
    X509 *x = new_certificate(key);
    CMS_ContentInfo *cms;
    unsigned char data[5000], *got;

    test_pattern(data, sizeof(data), 0);
    CHECK_INT(sizeof(data), BIO_write(in, data, sizeof(data)));
    CHECK_INT(1, BIO_reset(in));
    cms = CMS_sign(x, key, NULL, in, CMS_BINARY | CMS_STREAM);
    CHECK(cms);
    CHECK(i2d_CMS_bio_stream(signed_, cms, in, CMS_BINARY | CMS_STREAM));
    CMS_ContentInfo_free(cms);
    CHECK_INT(1, BIO_reset(signed_));
    cms = d2i_CMS_bio(signed_, NULL);
    CHECK(cms);
    CHECK(CMS_verify(cms, NULL, NULL, NULL, out, CMS_NO_SIGNER_CERT_VERIFY));
    CMS_ContentInfo_free(cms);
    CHECK_MEM(got, BIO_get_mem_data(out, &got), data, sizeof(data));
    X509_free(x);
    EVP_PKEY_free(key);
    free_well(in);
    free_well(signed_);
    free_well(out);
}

/* Base64 and a cipher on top of it, written and read. */
BRIDGE_TEST(bio__filters)
{
    static const unsigned char secret[16] = "0123456789abcdef";
    BIO *sink = bio_over(kind->open()), *b64 = BIO_new(BIO_f_base64());
    BIO *cipher = BIO_new(BIO_f_cipher());
    unsigned char data[5000], got[6000];
    int n = 0, r;

    test_pattern(data, sizeof(data), 0);
    BIO_push(cipher, BIO_push(b64, sink));
    CHECK(BIO_set_cipher(cipher, EVP_aes_128_cbc(), secret, secret, 1));
    CHECK_INT(sizeof(data), BIO_write(cipher, data, sizeof(data)));
    CHECK_INT(1, BIO_flush(cipher));
    BIO_free(cipher);
    CHECK_INT(1, BIO_reset(b64));
    cipher = BIO_push(BIO_new(BIO_f_cipher()), b64);
    CHECK(BIO_set_cipher(cipher, EVP_aes_128_cbc(), secret, secret, 0));
    while ((r = BIO_read(cipher, got + n, (int)sizeof(got) - n)) > 0)
        n += r;
    CHECK_MEM(got, n, data, sizeof(data));
    CHECK_INT(1, BIO_get_cipher_status(cipher));
    BIO_free_all(cipher);
    check_no_error();
}

TEST(bio__memory)
{
    rill *s = rill_open_mem(NULL);
    BIO *b = bio_over(s);
    char *data;

    CHECK_INT(6, BIO_write(b, "abcdef", 6));
    CHECK_BYTES(data, BIO_get_mem_data(b, &data), "abcdef");
    CHECK_INT(0, BIO_pending(b));
    CHECK_INT(0, BIO_seek(b, 2));
    CHECK_INT(4, BIO_pending(b));
    CHECK_INT(4, BIO_ctrl_pending(b));
    CHECK_INT(0, BIO_seek(b, 9));
    CHECK_INT(0, BIO_pending(b));
    CHECK_INT(6, BIO_get_mem_data(b, NULL));
    free_well(b);
}

TEST(bio__not_memory)
{
    char buf[4], *data = buf;
    BIO *b = bio_over(open_pipe("abcdef", 6));
    int fd = -1;

    CHECK_INT(0, BIO_pending(b));
    CHECK_INT(2, BIO_read(b, buf, 2));
    CHECK(BIO_pending(b) <= 4);
    CHECK_INT(0, BIO_get_mem_data(b, &data));
    CHECK_PTR(NULL, data);
    CHECK_INT(-1, BIO_tell(b));
    check_no_error();
    CHECK_INT(-1, BIO_seek(b, 0));
    ERR_clear_error();
    CHECK(BIO_get_fd(b, &fd) >= 0);
    CHECK(fd >= 0);
    free_well(b);
    b = bio_over(rill_open_mem(NULL));
    CHECK_INT(-1, BIO_get_fd(b, NULL));
    free_well(b);
}

TEST(bio__from_a_pipe)
{
    rill *s = rill_open_mem(NULL);
    BIO *b = rill_as_bio(s, RILL_BORROW);
    EVP_PKEY *key = new_key(), *key2;
    const void *data;
    ptrdiff_t len;

    CHECK(PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL));
    BIO_free(b);
    len = rill_data(s, &data);
    b = bio_over(open_pipe(data, (size_t)len));
    key2 = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    CHECK(key2);
    CHECK_INT(1, EVP_PKEY_eq(key, key2));
    EVP_PKEY_free(key);
    EVP_PKEY_free(key2);
    ERR_clear_error();
    free_well(b);
    CHECK_OK(rill_close(s));
}

TEST(bio__cut_short)
{
    rill *s = rill_open_mem(NULL);
    BIO *b = rill_as_bio(s, RILL_BORROW);
    EVP_PKEY *key = new_key();
    X509 *x = new_certificate(key);
    const void *data;
    ptrdiff_t len, cut;

    CHECK(i2d_X509_bio(b, x));
    BIO_free(b);
    len = rill_data(s, &data);
    for (cut = 0; cut < len; cut += 1 + cut / 4) {
        test_context("cut to %td of %td bytes", cut, len);
        b = bio_over(rill_open_view(data, (size_t)cut));
        CHECK(!d2i_X509_bio(b, NULL));
        ERR_clear_error();
        free_well(b);
    }
    X509_free(x);
    EVP_PKEY_free(key);
    CHECK_OK(rill_close(s));
}

TEST(bio__the_stream_fails)
{
    char data[1000] = "", text[300];
    rill *s = open_failing(data, sizeof(data), 700, EIO);
    BIO *b = rill_as_bio(s, RILL_BORROW);
    rill_error e;

    CHECK_INT(700, BIO_read(b, data, sizeof(data)));
    CHECK_INT(-1, BIO_read(b, data, sizeof(data)));
    CHECK_INT(0, BIO_should_retry(b));
    CHECK_INT(0, BIO_eof(b));
    CHECK_INT(EIO, take_error(ERR_LIB_SYS, text));
    CHECK_STR("read at 700: Input/output error", text);
    CHECK_INT(-1, BIO_gets(b, data, 10));
    CHECK_INT(EIO, take_error(ERR_LIB_SYS, text));
    CHECK_INT(-1, BIO_reset(b));
    CHECK_INT(EIO, take_error(ERR_LIB_SYS, text));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    BIO_free(b);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(bio__no_room)
{
    char room[10], text[300];
    BIO *b = bio_over(rill_open_fixed(room, sizeof(room), NULL));

    CHECK_INT(-1, BIO_puts(b, "more than ten bytes"));
    CHECK_INT(ERR_R_OPERATION_FAIL, take_error(ERR_LIB_BIO, text));
    CHECK_STR("write at 10: no space left", text);
    CHECK_BYTES(room, 10, "more than ");
    BIO_free(b);
    ERR_clear_error();
}

/* What waits fails to be written when the BIO is flushed, and freed. */
TEST(bio__fails_to_flush)
{
    static rill_double full;
    char text[300];
    BIO *b;

    full = (rill_double){.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC};
    b = bio_over(rill_open_double(rill_open_mem(NULL), RILL_TAKE, &full, NULL));
    CHECK_INT(3, BIO_puts(b, "abc"));
    CHECK_INT(3, BIO_wpending(b));
    CHECK_INT(0, full.writes);
    CHECK_INT(-1, BIO_flush(b));
    CHECK_INT(ENOSPC, take_error(ERR_LIB_SYS, text));
    CHECK_STR("write at 0: No space left on device", text);
    CHECK_INT(1, BIO_free(b));
    CHECK_INT(ENOSPC, take_error(ERR_LIB_SYS, text));
    CHECK_STR("write at 0: No space left on device", text);
}

/* A socket gets each write at once, though its stream has a buffer. */
TEST(bio__socket)
{
    BIO *a, *b;
    char buf[4];
    int ends[2];

    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    a = bio_over(rill_open_fd(ends[0], "rb+", RILL_TAKE, NULL));
    b = bio_over(rill_open_fd(ends[1], "rb+", RILL_TAKE, NULL));
    CHECK_INT(3, BIO_puts(a, "abc"));
    CHECK_INT(0, BIO_wpending(a));
    CHECK_BYTES(buf, BIO_read(b, buf, sizeof(buf)), "abc");
    free_well(a);
    CHECK_INT(0, BIO_read(b, buf, sizeof(buf)));
    free_well(b);
}

TEST(bio__not_open_for_it)
{
    char text[300];
    BIO *b = bio_over(rill_open_view("abc", 3));

    CHECK_INT(-1, BIO_write(b, "x", 1));
    CHECK_INT(BIO_R_UNSUPPORTED_METHOD, take_error(ERR_LIB_BIO, text));
    CHECK_STR("write at 0: this stream cannot do that", text);
    CHECK_INT(1, BIO_flush(b));
    BIO_free(b);
    check_no_error();
    CHECK_PTR(NULL, rill_as_bio(NULL, RILL_TAKE));
    CHECK_INT(ERR_R_PASSED_INVALID_ARGUMENT, take_error(ERR_LIB_BIO, text));
}

TEST(bio__would_block)
{
    static const rill_step steps[] = {
        RILL_STEP_BLOCKS, RILL_STEP_GIVES("ab\n"), RILL_STEP_BLOCKS,
        RILL_STEP_BLOCKS, RILL_STEP_TAKES("xy"),   RILL_STEP_BLOCKS,
        RILL_STEP_BLOCKS, RILL_STEP_TAKES("z"),    RILL_STEP_ENDS,
    };
    rill_script script = {.steps = steps,
                          .count = sizeof(steps) / sizeof(steps[0])};
    rill_options o = RILL_OPTIONS_INIT;
    char buf[10];
    BIO *b;

    o.buffer_size = RILL_UNBUFFERED;
    b = bio_over(rill_open_script(&script, &o));
    CHECK_INT(-1, BIO_read(b, buf, sizeof(buf)));
    CHECK(BIO_should_retry(b) && BIO_should_read(b) && !BIO_should_write(b));
    CHECK_BYTES(buf, BIO_read(b, buf, sizeof(buf)), "ab\n");
    CHECK(!BIO_should_retry(b));
    CHECK_INT(-1, BIO_gets(b, buf, sizeof(buf)));
    CHECK(BIO_should_retry(b) && BIO_should_read(b));
    CHECK_INT(-1, BIO_write(b, "xyz", 3));
    CHECK(BIO_should_retry(b) && BIO_should_write(b) && !BIO_should_read(b));
    CHECK_INT(2, BIO_write(b, "xyz", 3));
    CHECK_INT(1, BIO_write(b, "z", 1));
    CHECK_INT(0, BIO_read(b, buf, sizeof(buf)));
    CHECK(!BIO_should_retry(b) && BIO_eof(b));
    CHECK_PTR(NULL, rill_script_problem(&script));
    free_well(b);
}

TEST(bio__ownership)
{
    rill *s = rill_open_mem(NULL);
    BIO *b = rill_as_bio(s, RILL_BORROW);

    CHECK_INT(BIO_NOCLOSE, BIO_get_close(b));
    CHECK_INT(3, BIO_puts(b, "abc"));
    BIO_free(b);
    CHECK_HOLDS(s, "abc");
    b = rill_as_bio(s, RILL_TAKE);
    CHECK_INT(BIO_CLOSE, BIO_get_close(b));
    CHECK(BIO_set_close(b, BIO_NOCLOSE));
    BIO_free(b);
    CHECK_HOLDS(s, "abc");
    b = rill_as_bio(s, RILL_TAKE);
    CHECK_PTR(NULL, BIO_dup_chain(b));
    BIO_free(b);
    ERR_clear_error();
    s = rill_open_null();
    CHECK_PTR(NULL, rill_as_bio(s, 7));
    ERR_clear_error();
    CHECK_OK(rill_close(s));
}

/* What BIO_tell()'s int cannot hold is not told; it can be sought. */
TEST(bio__beyond_two_gigabytes)
{
    rill *s = rill_open("large", "wb+");
    BIO *b = bio_over(s);
    char byte;

    CHECK_INT(0, BIO_seek(b, INT_MAX));
    CHECK_INT(INT_MAX, BIO_tell(b));
    CHECK_INT(2, BIO_puts(b, "ab"));
    CHECK_INT(-1, BIO_tell(b));
    CHECK_INT((int64_t)INT_MAX + 2, rill_tell(s));
    CHECK_INT(0, BIO_seek(b, INT_MAX + 1L));
    CHECK_INT(1, BIO_read(b, &byte, 1));
    CHECK_INT('b', byte);
    free_well(b);
}

/* ---- Threads --------------------------------------------------------------- */

static void *make_one(void *arg)
{
    BIO *b = rill_as_bio(rill_open_mem(NULL), RILL_TAKE);

    return b && BIO_puts(b, "abc") == 3 && BIO_free(b) ? NULL : arg;
}

TEST(bio__many_threads_make_the_first)
{
    pthread_t threads[8];
    void *failed;
    int i;

    for (i = 0; i < 8; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, make_one, threads));
    for (i = 0; i < 8; i++) {
        CHECK_INT(0, pthread_join(threads[i], &failed));
        CHECK_PTR(NULL, failed);
    }
}
