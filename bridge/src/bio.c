/*
 * bio.c - a BIO over a stream.
 *
 * It needs nothing but the stream as its data, and a method, which is made once
 * and never freed: BIOs may be left when the program ends.
 */
#include <rill/bio.h>

#include <limits.h>

#include <openssl/err.h>

#include "bio_private.h"
#include "bridge.h"

static BIO_METHOD *stream_method;
static int stream_type;

/* The queue's reason for what is not the system's. */
static int reason_of(int code)
{
    switch (code) {
    case RILL_ENOMEM:
        return ERR_R_MALLOC_FAILURE;
    case RILL_ENOTSUP:
        return BIO_R_UNSUPPORTED_METHOD;
    case RILL_EINVAL:
    case RILL_ERANGE:
        return ERR_R_PASSED_INVALID_ARGUMENT;
    default:
        return ERR_R_OPERATION_FAIL;
    }
}

static void tell_queue(const rill_error *e)
{
    char text[300];

    rill_error_format(e, text, sizeof(text));
    if (e->os_error)
        ERR_raise_data(ERR_LIB_SYS, e->os_error, "%s", text);
    else
        ERR_raise_data(ERR_LIB_BIO, reason_of(e->code), "%s", text);
}

/* A call on the stream returned `code`: what the BIO's does. `direction` is
 * what to wait for where it would block. */
static int bio_failed(BIO *b, const char *operation, int64_t code,
                      int direction)
{
    if (code == RILL_EAGAIN) {
        BIO_set_flags(b, direction | BIO_FLAGS_SHOULD_RETRY);
    } else {
        rill_error e = bridge_error(BIO_get_data(b), operation, code);

        tell_queue(&e);
    }
    return -1;
}

static int bio_read(BIO *b, char *buf, size_t n, size_t *done)
{
    rill *s = BIO_get_data(b);
    ptrdiff_t r =
        rill_seekable(s) ? rill_read(s, buf, n) : rill_read_some(s, buf, n);

    BIO_clear_retry_flags(b);
    *done = r > 0 ? (size_t)r : 0;
    return r < 0 ? bio_failed(b, "read", r, BIO_FLAGS_READ) : r > 0;
}

static int bio_write(BIO *b, const char *buf, size_t n, size_t *done)
{
    rill *s = BIO_get_data(b);
    ptrdiff_t r = bridge_write(s, buf, n);

    BIO_clear_retry_flags(b);
    if (r > 0 && rill_readable(s) && !rill_seekable(s)) {
        int rc = rill_flush(s);

        if (rc < 0 && rc != RILL_EAGAIN)
            r = rc;
    }
    *done = r > 0 ? (size_t)r : 0;
    return r < 0 ? bio_failed(b, "write", r, BIO_FLAGS_WRITE) : r > 0;
}

static int bio_puts(BIO *b, const char *text)
{
    size_t len = strlen(text), done;
    int r = bio_write(b, text, len < INT_MAX ? len : INT_MAX, &done);

    return r > 0 ? (int)done : r;
}

static int bio_gets(BIO *b, char *buf, int size)
{
    ptrdiff_t r = 0;

    BIO_clear_retry_flags(b);
    if (size > 1)
        r = rill_readline_into(BIO_get_data(b), buf, (size_t)size - 1);
    if (size > 0)
        buf[r > 0 ? r : 0] = 0;
    return r < 0 ? bio_failed(b, "read", r, BIO_FLAGS_READ) : (int)r;
}

static long at_most(int64_t n, long most)
{
    return n < most ? (long)n : most;
}

static long bio_seek(BIO *b, int64_t offset, long result)
{
    int64_t r = rill_seek(BIO_get_data(b), offset, RILL_SEEK_SET);

    return r < 0 ? bio_failed(b, "seek", r, BIO_FLAGS_WRITE) : result;
}

/* BIO_tell() makes an int of this: no position is better than a wrong one. */
static long bio_tell(rill *s)
{
    int64_t at = rill_tell(s);

    return at < 0 || at > INT_MAX ? -1 : (long)at;
}

static long bio_flush(BIO *b)
{
    rill *s = BIO_get_data(b);
    int rc = rill_writable(s) ? rill_flush(s) : RILL_OK;

    BIO_clear_retry_flags(b);
    return rc < 0 ? bio_failed(b, "flush", rc, BIO_FLAGS_WRITE) : 1;
}

/* All that is in memory; *out, which may be missing, is where. */
static long bio_info(rill *s, void *out)
{
    const void *data = NULL;
    ptrdiff_t len = rill_data(s, &data);

    if (out)
        *(char **)out = (char *)(uintptr_t)data;
    return len < 0 ? 0 : at_most(len, LONG_MAX);
}

/* What can be read without asking the store. */
static long bio_pending(rill *s)
{
    const void *data;
    int64_t len = rill_data(s, &data), at = rill_tell(s);

    if (!rill_readable(s))
        return 0;
    if (len >= 0)
        return at < len ? at_most(len - at, INT_MAX) : 0;
    return at_most(s->rend - s->rpos, INT_MAX);
}

static long bio_wpending(rill *s)
{
    const void *data;
    size_t n = rill_unwritten(s, &data, NULL);

    return n < INT_MAX ? (long)n : INT_MAX;
}

static long bio_fd(rill *s, void *out)
{
    int fd = rill_fileno(s);

    if (fd >= 0 && out)
        *(int *)out = fd;
    return fd < 0 ? -1 : fd;
}

static long bio_ctrl(BIO *b, int command, long number, void *pointer)
{
    rill *s = BIO_get_data(b);

    switch (command) {
    case BIO_CTRL_RESET:
        return bio_seek(b, 0, 1);
    case BIO_C_FILE_SEEK:
        return bio_seek(b, number, 0);
    case BIO_C_FILE_TELL:
        return bio_tell(s);
    case BIO_CTRL_EOF:
        return rill_eof(s);
    case BIO_CTRL_FLUSH:
        return bio_flush(b);
    case BIO_CTRL_INFO:
        return bio_info(s, pointer);
    case BIO_CTRL_PENDING:
        return bio_pending(s);
    case BIO_CTRL_WPENDING:
        return bio_wpending(s);
    case BIO_CTRL_GET_CLOSE:
        return BIO_get_shutdown(b);
    case BIO_CTRL_SET_CLOSE:
        BIO_set_shutdown(b, (int)number);
        return 1;
    case BIO_C_GET_FD:
        return bio_fd(s, pointer);
    default: /* BIO_CTRL_DUP is one of these */
        return 0;
    }
}

/* There is no stream in a BIO that BIO_dup_chain() could not make. */
static int bio_destroy(BIO *b)
{
    rill_error e;

    if (BIO_get_shutdown(b) && rill_close_with(BIO_get_data(b), &e) < 0)
        tell_queue(&e);
    return 1;
}

static void make_method(void)
{
    int index = BIO_get_new_index();
    BIO_METHOD *m;

    if (index < 0)
        return;
    stream_type = index | BIO_TYPE_SOURCE_SINK;
    m = BIO_meth_new(stream_type, "rill stream");
    if (!m)
        return;
    BIO_meth_set_read_ex(m, bio_read);
    BIO_meth_set_write_ex(m, bio_write);
    BIO_meth_set_gets(m, bio_gets);
    BIO_meth_set_puts(m, bio_puts);
    BIO_meth_set_ctrl(m, bio_ctrl);
    BIO_meth_set_destroy(m, bio_destroy);
    stream_method = m;
}

/* The method, made by the first call; NULL if it cannot be. */
static BIO_METHOD *method(void)
{
    static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

    return CRYPTO_THREAD_run_once(&once, make_method) ? stream_method : NULL;
}

rill *rill__bio_stream(BIO *b)
{
    return method() && BIO_method_type(b) == stream_type ? BIO_get_data(b)
                                                         : NULL;
}

BIO *rill_as_bio(rill *s, int ownership)
{
    BIO *b;

    if (!s || (ownership != RILL_BORROW && ownership != RILL_TAKE)) {
        ERR_raise(ERR_LIB_BIO, ERR_R_PASSED_INVALID_ARGUMENT);
        return NULL;
    }
    if (!method()) {
        ERR_raise(ERR_LIB_BIO, ERR_R_MALLOC_FAILURE);
        return NULL;
    }
    b = BIO_new(method());
    if (!b)
        return NULL;
    BIO_set_data(b, s);
    BIO_set_shutdown(b, ownership == RILL_TAKE ? BIO_CLOSE : BIO_NOCLOSE);
    BIO_set_init(b, 1);
    return b;
}
