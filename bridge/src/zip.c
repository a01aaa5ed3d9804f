/*
 * zip.c - libzip's source protocol over a stream.
 *
 * While an archive is written, libzip goes on reading the old one, and may take
 * it all back. So the new bytes go to a spool; libzip says how many of the old
 * ones stay in front of them (it calls that cloning), and those are never
 * touched. The commit keeps the rest of the old bytes aside, writes the new
 * ones over them, and on a failure writes the old ones over the new. It does so
 * by rill_pwrite(): what fails there leaves nothing in the stream's window.
 */
#include <rill/zip.h>

#include <errno.h>
#include <stdlib.h>

#include <rill/ops.h>

enum { SPOOL = 64 << 20 };

struct source {
    rill *s;
    int ownership;
    int64_t at;   /* where the next READ begins */
    rill *fresh;  /* while an archive is written: its bytes */
    int64_t kept; /* behind so many of the old ones */
    zip_error_t error;
};

/* Remember a failure `result` of a call on `s`. Returns what a command does. */
static zip_int64_t failed(struct source *z, int what, const rill *s,
                          int64_t result)
{
    zip_error_set(&z->error, what,
                  rill_errno((int)rill_wrapped_result(s, result)));
    return -1;
}

static zip_int64_t refused(struct source *z, int what, int err)
{
    zip_error_set(&z->error, what, err);
    return -1;
}

/* ---- Reading ------------------------------------------------------------- */

static zip_int64_t source_open(struct source *z)
{
    if (!rill_seekable(z->s) && z->at > 0)
        return refused(z, ZIP_ER_SEEK, ESPIPE); /* it has been read */
    z->at = 0;
    return 0;
}

static zip_int64_t source_read(struct source *z, void *data, zip_uint64_t len)
{
    size_t n = len < PTRDIFF_MAX ? (size_t)len : PTRDIFF_MAX;
    int64_t done = 0;

    if (rill_seekable(z->s))
        done = rill_seek(z->s, z->at, RILL_SEEK_SET);
    if (done >= 0)
        done = rill_read(z->s, data, n);
    if (done < 0)
        return failed(z, ZIP_ER_READ, z->s, done);
    z->at += done;
    return done;
}

static zip_int64_t source_seek(struct source *z, void *data, zip_uint64_t len)
{
    int64_t size = rill_size(z->s), at;

    if (size < 0)
        return failed(z, ZIP_ER_SEEK, z->s, size);
    at = zip_source_seek_compute_offset((zip_uint64_t)z->at, (zip_uint64_t)size,
                                        data, len, &z->error);
    if (at < 0)
        return -1;
    z->at = at;
    return 0;
}

static zip_int64_t source_stat(struct source *z, void *data, zip_uint64_t len)
{
    zip_stat_t *st = data;
    int64_t size;

    if (len < sizeof(*st))
        return refused(z, ZIP_ER_INVAL, 0);
    zip_stat_init(st);
    if (rill_seekable(z->s)) {
        size = rill_size(z->s);
        if (size < 0)
            return failed(z, ZIP_ER_READ, z->s, size);
        st->size = (zip_uint64_t)size;
        st->valid |= ZIP_STAT_SIZE;
    }
    return sizeof(*st);
}

/* ---- Writing ------------------------------------------------------------- */

static zip_int64_t begin_write(struct source *z, zip_uint64_t kept)
{
    int64_t size = rill_size(z->s);

    if (size < 0)
        return failed(z, ZIP_ER_WRITE, z->s, size);
    if (kept > (zip_uint64_t)size)
        return refused(z, ZIP_ER_INVAL, 0);
    z->fresh = rill_open_spool(SPOOL, NULL);
    if (!z->fresh)
        return refused(z, ZIP_ER_TMPOPEN, errno);
    z->kept = (int64_t)kept;
    return 0;
}

static zip_int64_t source_write(struct source *z, const void *data,
                                zip_uint64_t len)
{
    ptrdiff_t done;

    if (len > PTRDIFF_MAX)
        return refused(z, ZIP_ER_INVAL, 0);
    done = rill_write(z->fresh, data, (size_t)len);
    return done < 0 ? failed(z, ZIP_ER_WRITE, z->fresh, done) : done;
}

static zip_int64_t tell_write(struct source *z)
{
    return z->kept + rill_tell(z->fresh);
}

static zip_int64_t seek_write(struct source *z, void *data, zip_uint64_t len)
{
    int64_t size = z->kept + rill_size(z->fresh);
    int64_t at = zip_source_seek_compute_offset(
        (zip_uint64_t)tell_write(z), (zip_uint64_t)size, data, len, &z->error);

    if (at < 0)
        return -1;
    at = rill_seek(z->fresh, at - z->kept, RILL_SEEK_SET);
    return at < 0 ? failed(z, ZIP_ER_SEEK, z->fresh, at) : 0;
}

/* Write the content of `from` over what is in `s` from *at on, at most up to
 * `end`. *at is how far that got, also if it failed. */
static int64_t put(rill *s, int64_t *at, int64_t end, rill *from)
{
    const void *data;
    ptrdiff_t n = rill_rewind(from);

    while (n >= 0 && *at < end && (n = rill_peek(from, &data, 0)) > 0) {
        if (n > end - *at)
            n = (ptrdiff_t)(end - *at);
        n = rill_wrapped_pwrite(s, data, (size_t)n, *at);
        if (n > 0) {
            rill_consume(from, (size_t)n);
            *at += n;
        }
    }
    return n < 0 ? n : 0;
}

/* Make `s` end at `size`. */
static int64_t cut(rill *s, int64_t size)
{
    int64_t rc = rill_size(s);

    if (rc > size)
        rc = rill_truncate(s, size);
    return rc < 0 ? rc : rill_flush(s);
}

/* What is in `s` from `at` on. NULL with *result if that cannot be had. */
static rill *copy_behind(rill *s, int64_t at, int64_t *result)
{
    rill *copy = rill_open_spool(SPOOL, NULL);

    *result = copy ? RILL_OK : RILL_OS_ERROR(errno);
    if (copy && rill_size(s) > at) {
        *result = rill_seek(s, at, RILL_SEEK_SET);
        if (*result >= 0)
            *result = rill_copy(copy, s, -1);
    }
    if (*result >= 0)
        return copy;
    rill_discard(copy);
    return NULL;
}

static void end_write(struct source *z)
{
    rill_discard(z->fresh);
    z->fresh = NULL;
    rill_rewind(z->s);
}

/* Put back what put() wrote over, up to `end`. */
static void take_back(struct source *z, int64_t end, rill *old)
{
    int64_t at = z->kept;

    rill_clear(z->s); /* or it would refuse to take the old bytes */
    if (put(z->s, &at, end, old) < 0 || cut(z->s, z->kept + rill_size(old)) < 0)
        zip_error_set(&z->error, ZIP_ER_INCONS, 0);
}

static zip_int64_t commit_write(struct source *z)
{
    int64_t at = z->kept, result;
    rill *old = copy_behind(z->s, z->kept, &result);

    if (old)
        result = put(z->s, &at, INT64_MAX, z->fresh);
    if (result >= 0)
        result = cut(z->s, at);
    if (result >= 0)
        end_write(z);
    else
        failed(z, ZIP_ER_WRITE, z->s, result);
    if (result < 0 && old)
        take_back(z, at, old);
    rill_discard(old);
    return result < 0 ? -1 : 0;
}

/* What zip_close() does with an archive without files. */
static zip_int64_t source_remove(struct source *z)
{
    int rc = rill_truncate(z->s, 0);

    return rc < 0 ? failed(z, ZIP_ER_REMOVE, z->s, rc) : 0;
}

/* ---- The source ---------------------------------------------------------- */

/* Whether there can be an archive that changes. */
static int can_change(const struct source *z)
{
    return rill_seekable(z->s) && rill_writable(z->s) &&
           rill_mode(z->s)[0] != 'a';
}

static zip_int64_t source_supports(const struct source *z)
{
    zip_int64_t set = ZIP_SOURCE_SUPPORTS_READABLE |
                      zip_source_make_command_bitmap(
                          ZIP_SOURCE_SUPPORTS, ZIP_SOURCE_ACCEPT_EMPTY, -1);

    if (rill_seekable(z->s))
        set |= ZIP_SOURCE_SUPPORTS_SEEKABLE;
#if LIBZIP_VERSION_MAJOR > 1 || LIBZIP_VERSION_MINOR >= 10
    if (rill_seekable(z->s))
        set |= ZIP_SOURCE_MAKE_COMMAND_BITMASK(ZIP_SOURCE_SUPPORTS_REOPEN);
#endif
    if (can_change(z))
        set |= ZIP_SOURCE_SUPPORTS_WRITABLE |
               ZIP_SOURCE_MAKE_COMMAND_BITMASK(ZIP_SOURCE_BEGIN_WRITE_CLONING);
    return set;
}

static zip_int64_t source_free(struct source *z)
{
    int rc = z->ownership == RILL_TAKE ? rill_close(z->s) : RILL_OK;

    (void)rc; /* libzip would ask a source that failed why: after this */
    rill_discard(z->fresh);
    zip_error_fini(&z->error);
    free(z);
    return 0;
}

static zip_int64_t command(void *ctx, void *data, zip_uint64_t len,
                           zip_source_cmd_t cmd)
{
    struct source *z = ctx;

    switch (cmd) {
    case ZIP_SOURCE_SUPPORTS:
        return source_supports(z);
    case ZIP_SOURCE_OPEN:
        return source_open(z);
    case ZIP_SOURCE_READ:
        return source_read(z, data, len);
    case ZIP_SOURCE_CLOSE:
        return 0;
    case ZIP_SOURCE_STAT:
        return source_stat(z, data, len);
    case ZIP_SOURCE_SEEK:
        return source_seek(z, data, len);
    case ZIP_SOURCE_TELL:
        return z->at;
    case ZIP_SOURCE_ACCEPT_EMPTY:
        return can_change(z);
    case ZIP_SOURCE_BEGIN_WRITE:
        return begin_write(z, 0);
    case ZIP_SOURCE_BEGIN_WRITE_CLONING:
        return begin_write(z, len);
    case ZIP_SOURCE_WRITE:
        return source_write(z, data, len);
    case ZIP_SOURCE_SEEK_WRITE:
        return seek_write(z, data, len);
    case ZIP_SOURCE_TELL_WRITE:
        return tell_write(z);
    case ZIP_SOURCE_COMMIT_WRITE:
        return commit_write(z);
    case ZIP_SOURCE_ROLLBACK_WRITE:
        end_write(z);
        return 0;
    case ZIP_SOURCE_REMOVE:
        return source_remove(z);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&z->error, data, len);
    case ZIP_SOURCE_FREE:
        return source_free(z);
    default:
        return refused(z, ZIP_ER_OPNOTSUPP, 0);
    }
}

zip_source_t *rill_zip_source_create(rill *s, int ownership, zip_error_t *error)
{
    struct source *z;
    zip_source_t *source;

    if (!s) {
        zip_error_set(error, ZIP_ER_OPEN, errno);
        return NULL;
    }
    z = calloc(1, sizeof(*z));
    if (!z) {
        zip_error_set(error, ZIP_ER_MEMORY, 0);
        return NULL;
    }
    z->s = s;
    z->ownership = ownership;
    zip_error_init(&z->error);
    source = zip_source_function_create(command, z, error);
    if (!source)
        free(z);
    return source;
}

zip_source_t *rill_zip_source(zip_t *za, rill *s, int ownership)
{
    return rill_zip_source_create(s, ownership, zip_get_error(za));
}
