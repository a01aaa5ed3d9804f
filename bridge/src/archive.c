/*
 * archive.c - libarchive's callbacks over a stream, and a store over the data
 * of an entry.
 *
 * For reading, libarchive wants a pointer to the next block: rill_peek() has
 * one, so no byte is copied. What was lent is consumed when libarchive comes
 * back, because a pointer into the window lasts until the next call on the
 * stream; and at the end only as far as libarchive made use of it.
 */
#include <rill/archive.h>

#include <errno.h>
#include <stdlib.h>

#include "bridge.h"

/* ---- Archives over streams ----------------------------------------------- */

struct reader {
    rill *s;
    int64_t start; /* where the archive begins in the stream */
    int64_t at;    /* where libarchive is: what was lent lies behind it */
    size_t lent;
};

/* Tell libarchive of `code`, a failure of the stream. Returns what a callback
 * returns. */
static int pass_on(struct archive *a, rill *s, const char *operation,
                   int64_t code)
{
    char text[300];
    rill_error e = bridge_error(s, operation, code);

    rill_error_format(&e, text, sizeof(text));
    archive_set_error(a, e.os_error ? e.os_error : rill_errno(e.code), "%s",
                      text);
    return ARCHIVE_FATAL;
}

static void settle(struct reader *r)
{
    rill_consume(r->s, r->lent);
    r->at += (int64_t)r->lent;
    r->lent = 0;
}

static la_ssize_t read_block(struct archive *a, void *ctx, const void **out)
{
    struct reader *r = ctx;
    ptrdiff_t n;

    settle(r);
    n = rill_peek(r->s, out, 0);
    if (n < 0)
        return pass_on(a, r->s, "read", n);
    r->lent = (size_t)n;
    return n;
}

/* Says 0 where the stream fails: then libarchive reads, and learns why. Told of
 * a failure here, many of its versions (3.6.2 is one) would ask for ever. */
static la_int64_t skip_bytes(struct archive *a, void *ctx, la_int64_t n)
{
    struct reader *r = ctx;
    int64_t done;

    (void)a;
    settle(r);
    done = rill_skip(r->s, n);
    if (done < 0)
        return 0;
    r->at += done;
    return done;
}

static la_int64_t seek_to(struct archive *a, void *ctx, la_int64_t offset,
                          int whence)
{
    struct reader *r = ctx;
    int64_t at;

    settle(r);
    at = rill_seek(r->s, whence == SEEK_SET ? r->start + offset : offset,
                   whence);
    if (at >= 0 && at < r->start)
        at = RILL_EINVAL;
    if (at < 0)
        return pass_on(a, r->s, "seek", at);
    r->at = at - r->start;
    return r->at;
}

/* Leave the stream behind what libarchive used, and not what it has seen. */
static int close_reader(struct archive *a, void *ctx)
{
    struct reader *r = ctx;
    int64_t used = archive_filter_bytes(a, -1);

    if (used >= r->at && used - r->at <= (int64_t)r->lent)
        rill_consume(r->s, (size_t)(used - r->at));
    else if (used >= 0 && rill_seekable(r->s))
        rill_seek(r->s, r->start + used, RILL_SEEK_SET);
    free(r);
    return ARCHIVE_OK;
}

int rill_archive_read_open(struct archive *a, rill *s)
{
    struct reader *r = calloc(1, sizeof(*r));

    if (!r) {
        archive_set_error(a, ENOMEM, "out of memory");
        return ARCHIVE_FATAL;
    }
    r->s = s;
    if (archive_read_set_callback_data(a, r) != ARCHIVE_OK) {
        free(r);
        return ARCHIVE_FATAL;
    }
    archive_read_set_read_callback(a, read_block);
    archive_read_set_skip_callback(a, skip_bytes);
    if (rill_seekable(s)) {
        r->start = rill_tell(s);
        archive_read_set_seek_callback(a, seek_to);
    }
    archive_read_set_close_callback(a, close_reader);
    return archive_read_open1(a);
}

static la_ssize_t write_block(struct archive *a, void *ctx, const void *data,
                              size_t n)
{
    rill *s = ctx;
    ptrdiff_t done = rill_write(s, data, n);

    return done < 0 ? pass_on(a, s, "write", done) : done;
}

int rill_archive_write_open(struct archive *a, rill *s)
{
    if (archive_write_get_bytes_in_last_block(a) < 0)
        archive_write_set_bytes_per_block(a, 0); /* pass all on as it comes */
    return archive_write_open2(a, s, NULL, write_block, NULL, NULL);
}

/* ---- Entries as streams -------------------------------------------------- */

struct entry {
    struct archive *a;
    int header;             /* whose data this is: archive_file_count() */
    int ended;              /* libarchive has no more blocks */
    const char *data;       /* what is left of the block at hand, */
    size_t len;             /* and how much that is */
    la_int64_t data_offset; /* where it belongs: before it is a hole */
};

/* What libarchive's failure is to a stream. Damage it calls EFTYPE where the
 * system has that, else EILSEQ; and what has no errno, -1. */
static int entry_failure(const struct entry *e)
{
    int err = archive_errno(e->a);

#ifdef EFTYPE
    if (err == EFTYPE)
        return RILL_EDATA;
#endif
    return err <= 0 || err == EILSEQ ? RILL_EDATA : RILL_OS_ERROR(err);
}

/* Get the block that goes on at `offset`, or at the end what is said there:
 * the end of the last hole. */
static int entry_next_block(struct entry *e, int64_t offset)
{
    const void *data = NULL;
    int rc;

    e->data_offset = offset;
    e->len = 0;
    rc = archive_read_data_block(e->a, &data, &e->len, &e->data_offset);
    if (rc < ARCHIVE_OK) {
        e->len = 0;
        return entry_failure(e);
    }
    if (rc == ARCHIVE_EOF)
        e->ended = 1;
    e->data = data ? data : "";
    return e->data_offset < offset && !e->ended ? RILL_EDATA : RILL_OK;
}

static size_t at_most(size_t n, int64_t limit)
{
    return (int64_t)n > limit ? (size_t)limit : n;
}

static ptrdiff_t entry_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct entry *e = self;
    int rc = RILL_OK;

    (void)s;
    if (archive_file_count(e->a) != e->header)
        return RILL_EINVAL;
    while (rc == RILL_OK && !e->ended && e->len == 0 &&
           e->data_offset <= offset)
        rc = entry_next_block(e, offset);
    if (rc < 0)
        return rc;
    if (e->data_offset > offset) {
        n = at_most(n, e->data_offset - offset);
        memset(buf, 0, n);
    } else {
        n = at_most(n, (int64_t)e->len);
        memcpy(buf, e->data, n);
        e->data += n;
        e->len -= n;
        e->data_offset += (la_int64_t)n;
    }
    return (ptrdiff_t)n;
}

static ptrdiff_t entry_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct entry *e = self;
    la_ssize_t done = archive_write_data(e->a, buf, n);

    (void)s, (void)offset;
    if (done < 0)
        return entry_failure(e);
    return done > 0 ? done : RILL_ENOSPC;
}

static const rill_ops entry_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct entry),
    .name = "archive",
    .read = entry_read,
    .write = entry_write,
};

/* RILL_READ, RILL_WRITE, or 0 for what is no mode of an entry. */
static int entry_access(const char *mode)
{
    if (strcmp(mode, "rb") == 0 || strcmp(mode, "r") == 0)
        return RILL_READ;
    if (strcmp(mode, "wb") == 0 || strcmp(mode, "w") == 0)
        return RILL_WRITE;
    return 0;
}

rill *rill_open_archive_entry(struct archive *a, struct archive_entry *entry,
                              const char *mode, const rill_options *o)
{
    const char *name = entry ? archive_entry_pathname(entry) : NULL;
    int access = entry_access(mode);
    void *self;
    struct entry *e;
    rill *s;

    if (!access)
        return rill_open_failed(o, name, RILL_EINVAL);
    s = rill_open_ops(&entry_ops, access, name, o, &self);
    if (s) {
        e = self;
        e->a = a;
        e->header = archive_file_count(a);
    }
    return s;
}
