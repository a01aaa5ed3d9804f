/*
 * archive_rill.c - libarchive's callbacks over a stream.
 *
 * Writing passes each block on; the stream's window does the buffering. For
 * reading, libarchive wants a pointer to the next block: rill_peek() has one,
 * so no byte is copied. What was lent is consumed when libarchive comes back,
 * because a pointer into the window lasts until the next call on the stream.
 */
#include "archive_rill.h"

#include <errno.h>
#include <stdlib.h>

struct reader {
    rill *s;
    size_t lent; /* bytes libarchive has seen that are not consumed yet */
};

/* Hand the stream's failure `code` on. Returns what a callback returns. */
static int pass_on(struct archive *a, rill *s, int64_t code)
{
    char text[256];
    rill_error e = {.code = (int)code, .offset = -1};

    rill_failed(s, &e);
    rill_error_format(&e, text, sizeof(text));
    archive_set_error(a, e.os_error ? e.os_error : EIO, "%s", text);
    return ARCHIVE_FATAL;
}

static la_ssize_t write_block(struct archive *a, void *ctx, const void *data,
                              size_t n)
{
    rill *s = ctx;
    ptrdiff_t done = rill_write(s, data, n);

    return done < 0 ? pass_on(a, s, done) : done;
}

int archive_write_open_rill(struct archive *a, rill *s)
{
    /* No blocks of libarchive's own, and no padding behind the last. */
    archive_write_set_bytes_per_block(a, 0);
    archive_write_set_bytes_in_last_block(a, 1);
    return archive_write_open2(a, s, NULL, write_block, NULL, NULL);
}

static void settle(struct reader *r)
{
    rill_consume(r->s, r->lent);
    r->lent = 0;
}

static la_ssize_t read_block(struct archive *a, void *ctx, const void **out)
{
    struct reader *r = ctx;
    ptrdiff_t n;

    settle(r);
    n = rill_peek(r->s, out, 0);
    if (n < 0)
        return pass_on(a, r->s, n);
    r->lent = (size_t)n;
    return n;
}

static la_int64_t skip_bytes(struct archive *a, void *ctx, la_int64_t n)
{
    struct reader *r = ctx;
    int64_t done;

    settle(r);
    done = rill_skip(r->s, n);
    return done < 0 ? pass_on(a, r->s, done) : done;
}

static la_int64_t seek_to(struct archive *a, void *ctx, la_int64_t offset,
                          int whence)
{
    struct reader *r = ctx;
    int64_t at;

    settle(r);
    at = rill_seek(r->s, offset, whence);
    return at < 0 ? pass_on(a, r->s, at) : at;
}

static int close_reader(struct archive *a, void *ctx)
{
    struct reader *r = ctx;

    (void)a;
    settle(r);
    free(r);
    return ARCHIVE_OK;
}

int archive_read_open_rill(struct archive *a, rill *s)
{
    struct reader *r = malloc(sizeof(*r));

    if (!r) {
        archive_set_error(a, ENOMEM, "out of memory");
        return ARCHIVE_FATAL;
    }
    *r = (struct reader){.s = s};
    archive_read_set_callback_data(a, r);
    archive_read_set_read_callback(a, read_block);
    archive_read_set_skip_callback(a, skip_bytes);
    if (rill_seekable(s))
        archive_read_set_seek_callback(a, seek_to);
    archive_read_set_close_callback(a, close_reader);
    return archive_read_open1(a);
}
