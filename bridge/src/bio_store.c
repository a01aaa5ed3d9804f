/*
 * bio_store.c - a stream over a BIO.
 *
 * A BIO says little of a call that moved nothing. What that was is found by its
 * retry flags, by what is new in the error queue, and by errno, in this order.
 */
#include <rill/bio.h>
#include <rill/ops.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "bio_private.h"
#include "bridge.h"

struct bio_store {
    BIO *b;
    int64_t at;        /* where the BIO stands; -1: it must be told */
    unsigned long old; /* the error queue's last before the call */
    unsigned char owned, seeks, writes;
    unsigned char tls;     /* TLS takes old errors for its own */
    unsigned char writing; /* the last call wrote: stdio wants a seek */
};

/* Right before a call on the BIO. */
static void begin(struct bio_store *p)
{
    if (p->tls)
        ERR_clear_error();
    p->old = ERR_peek_last_error();
    errno = 0;
}

/* What the call has put into the error queue: 0 if nothing. */
static unsigned long new_error(const struct bio_store *p)
{
    unsigned long e = ERR_peek_last_error();

    return e == p->old ? 0 : e;
}

/* What a call that failed is, as an operation of a store returns it. */
static int failure(struct bio_store *p)
{
    int err = errno;
    unsigned long e = new_error(p);
    int reason = ERR_GET_REASON(e);

    p->at = -1;
    if (BIO_should_retry(p->b))
        return RILL_EAGAIN;
    if (e && ERR_GET_LIB(e) == ERR_LIB_SYS)
        return RILL_OS_ERROR(reason);
    if (e && reason == ERR_R_MALLOC_FAILURE)
        return RILL_ENOMEM;
    if (!e || reason == ERR_R_SYS_LIB)
        return err ? RILL_OS_ERROR(err) : RILL_EIO;
    if (ERR_GET_LIB(e) != ERR_LIB_BIO)
        return RILL_EDATA;
    if (reason == BIO_R_BROKEN_PIPE)
        return RILL_OS_ERROR(EPIPE);
    return reason == BIO_R_UNSUPPORTED_METHOD ||
                   reason == BIO_R_WRITE_TO_READ_ONLY_BIO
               ? RILL_ENOTSUP
               : RILL_EIO;
}

/* BIO_seek() would make an int of what this returns. */
static long seek_bio(BIO *b, long offset)
{
    return BIO_ctrl(b, BIO_C_FILE_SEEK, offset, NULL);
}

static int stand_at(struct bio_store *p, int64_t offset, unsigned char writing)
{
    if (!p->seeks || (p->at == offset && p->writing == writing))
        return RILL_OK;
    if (offset > LONG_MAX)
        return RILL_ERANGE;
    begin(p);
    if (seek_bio(p->b, (long)offset) < 0)
        return failure(p);
    p->at = offset;
    p->writing = writing;
    return RILL_OK;
}

/* A cipher that could not end well has said so once, perhaps in a call that
 * brought bytes: it is asked. */
static int ciphers_are_content(BIO *b)
{
    for (; b; b = BIO_next(b)) {
        if (BIO_method_type(b) == BIO_TYPE_CIPHER &&
            BIO_get_cipher_status(b) <= 0)
            return 0;
    }
    return 1;
}

static int64_t store_size(rill *s, void *self);

static ptrdiff_t store_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct bio_store *p = self;
    int rc = stand_at(p, offset, 0), got;

    if (rc < 0) { /* memory has no places behind its end */
        int64_t size = store_size(s, self);

        return size >= 0 && offset >= size ? 0 : rc;
    }
    begin(p);
    got = BIO_read(p->b, buf, n < INT_MAX ? (int)n : INT_MAX);
    if (got > 0) {
        p->at += got;
        return got;
    }
    if (got < 0 || BIO_should_retry(p->b) || new_error(p))
        return failure(p);
    return ciphers_are_content(p->b) ? 0 : RILL_EDATA;
}

static ptrdiff_t store_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct bio_store *p = self;
    int rc = stand_at(p, offset, 1), put;

    (void)s;
    if (rc < 0)
        return rc;
    begin(p);
    put = BIO_write(p->b, buf, n < INT_MAX ? (int)n : INT_MAX);
    if (put <= 0)
        return failure(p);
    p->at += put;
    return put;
}

/* Where a file ends. */
static int64_t size_of_file(struct bio_store *p)
{
    FILE *file = NULL;

    begin(p);
    p->at = -1;
    if (BIO_get_fp(p->b, &file) <= 0 || !file || fseek(file, 0, SEEK_END) != 0)
        return failure(p);
    return ftell(file);
}

static int64_t store_size(rill *s, void *self)
{
    struct bio_store *p = self;
    rill *inner = rill__bio_stream(p->b);
    int type = BIO_method_type(p->b);

    (void)s;
    if (inner)
        return rill_wrapped_result(inner, rill_size(inner));
    if (type == BIO_TYPE_FILE)
        return size_of_file(p);
    if (type == BIO_TYPE_MEM)
        return BIO_tell(p->b) + BIO_get_mem_data(p->b, NULL);
    return RILL_ENOTSUP;
}

static int store_flush(rill *s, void *self, int64_t offset)
{
    struct bio_store *p = self;

    (void)s, (void)offset;
    if (!p->writes)
        return RILL_OK;
    begin(p);
    return BIO_flush(p->b) > 0 ? RILL_OK : failure(p);
}

static int store_commit(rill *s, void *self)
{
    return store_flush(s, self, 0);
}

static int store_fileno(rill *s, void *self)
{
    struct bio_store *p = self;
    int fd = -1;

    (void)s;
    if (BIO_method_type(p->b) & BIO_TYPE_DESCRIPTOR)
        BIO_get_fd(p->b, &fd);
    return fd < 0 ? RILL_ENOTSUP : fd;
}

static int store_close(rill *s, void *self)
{
    struct bio_store *p = self;

    (void)s;
    if (p->owned)
        BIO_free_all(p->b);
    return RILL_OK;
}

#define STORE_OPS                                                            \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct bio_store), \
    .name = "bio", .read = store_read, .write = store_write,                 \
    .fileno = store_fileno, .close = store_close

enum bio_kind { CHAIN, SEEKS, ENDS };

static const rill_ops store_ops[] = {
    [CHAIN] = {STORE_OPS, .flush = store_flush},
    [SEEKS] = {STORE_OPS, .flush = store_flush, .size = store_size},
    [ENDS] = {STORE_OPS, .commit = store_commit},
};

/* Whether BIO_flush() makes an end to what is written: padding, a trailer. Only
 * closing may do that. */
static int flush_ends(BIO *b)
{
    static const int types[] = {BIO_TYPE_BASE64, BIO_TYPE_CIPHER, BIO_TYPE_COMP,
                                BIO_TYPE_ASN1};
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (BIO_find_type(b, types[i]))
            return 1;
    }
    return 0;
}

/*
 * Where the BIO stands, -1 if it cannot seek. Many a BIO says 0 to whatever it
 * does not know, a filter what the BIO below it says, and memory that can be
 * written is a queue: so only those are asked of which it is known.
 */
static int64_t position_of(BIO *b)
{
    int type = BIO_method_type(b);
    long at;

    if (type != BIO_TYPE_FILE && type != BIO_TYPE_FD && !rill__bio_stream(b) &&
        (type != BIO_TYPE_MEM || !BIO_test_flags(b, BIO_FLAGS_MEM_RDONLY)))
        return -1;
    at = BIO_ctrl(b, BIO_C_FILE_TELL, 0, NULL);
    return at >= 0 && seek_bio(b, at) >= 0 ? at : -1;
}

rill *rill_open_bio(BIO *b, const char *mode, int ownership,
                    const rill_options *o)
{
    int access = bridge_access(mode);
    enum bio_kind kind;
    struct bio_store *p;
    int64_t at;
    void *self;
    rill *s;

    if (!b || !access || (ownership != RILL_BORROW && ownership != RILL_TAKE))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    at = position_of(b);
    kind = at >= 0                                ? SEEKS
           : access & RILL_WRITE && flush_ends(b) ? ENDS
                                                  : CHAIN;
    s = rill_open_ops(&store_ops[kind], access, NULL, o, &self);
    if (!s)
        return NULL;
    p = self;
    p->b = b;
    p->at = at;
    p->owned = ownership == RILL_TAKE;
    p->seeks = kind == SEEKS;
    p->writes = (access & RILL_WRITE) != 0;
    p->tls = BIO_find_type(b, BIO_TYPE_SSL) != NULL;
    if (p->seeks)
        rill_start_at(s, at);
    return s;
}
