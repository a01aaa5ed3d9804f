/*
 * error.c - what the codes mean, and the first failure that a stream keeps.
 *
 * Operations of a store return either one of our codes or an errno in the
 * guise of RILL_OS_ERROR(); here is the one place that tells them apart.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static const char *const messages[] = {
    "no error",
    "invalid argument",
    "this stream cannot do that",
    "out of memory",
    "input/output error",
    "offset or length out of range",
    "no space left",
    "would block",
    "the data ended early",
    "a view of the buffer is held",
    "longer than the limit",
    "malformed data",
    "interrupted",
};

static const char *const operations[] = {
    "read", "write", "size", "truncate", "flush", "sync", "commit", "close",
};

const char *rill_strerror(int code)
{
    if (code > 0 || code < RILL_EINTR)
        return "unknown error";
    return messages[-code];
}

const char *rill_version(void)
{
    return RILL_VERSION;
}

int rill_error_format(const rill_error *e, char *buf, size_t size)
{
    const char *what =
        e->os_error ? strerror(e->os_error) : rill_strerror(e->code);
    const char *operation = e->operation ? e->operation : "failure";
    const char *path = e->path ? e->path : "";
    const char *colon = e->path ? ": " : "";

    if (size > INT_MAX) /* more than snprintf() need take (POSIX) */
        size = INT_MAX;
    if (e->offset < 0)
        return snprintf(buf, size, "%s: %s%s%s", operation, what, colon, path);
    return snprintf(buf, size, "%s at %lld: %s%s%s", operation,
                    (long long)e->offset, what, colon, path);
}

static int code_of_errno(int err)
{
    switch (err) {
    case ENOMEM:
        return RILL_ENOMEM;
    case ENOSPC:
    case EFBIG:
#ifdef EDQUOT
    case EDQUOT:
#endif
        return RILL_ENOSPC;
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return RILL_EAGAIN;
    case EINTR:
        return RILL_EINTR;
    case ESPIPE:
        return RILL_ENOTSUP;
    case EINVAL:
        return RILL_EINVAL;
    case EOVERFLOW:
        return RILL_ERANGE;
    default:
        return RILL_EIO;
    }
}

int rill__code(int64_t result)
{
    if (result > RILL_OS_ERROR(0))
        return result < RILL_EINTR ? RILL_EIO : (int)result;
    return code_of_errno((int)(RILL_OS_ERROR(0) - result));
}

int rill__errno(int64_t result)
{
    return result > RILL_OS_ERROR(0) ? 0 : (int)(RILL_OS_ERROR(0) - result);
}

/*
 * Keep a failure of the store, if it is the first, and return its code. What
 * passes by itself (would block), and what a wrapper could not know before
 * (that it cannot), is returned only.
 */
int rill__fail(struct rill__stream *st, int64_t result,
               enum rill__operation operation, int64_t offset)
{
    int code = rill__code(result);

    if (code == RILL_EAGAIN || code == RILL_EBUSY || result == RILL_ENOTSUP ||
        st->err)
        return code;
    st->err = (int16_t)code;
    st->err_os = rill__errno(result);
    st->err_operation = (uint8_t)operation;
    st->err_offset = offset;
    st->win.wend = st->win.wpos; /* so that later writes meet the failure */
    return code;
}

int rill_failed(const rill *s, rill_error *e)
{
    const struct rill__stream *st = rill__of_const(s);

    if (st->err && e) {
        e->code = st->err;
        e->os_error = st->err_os;
        e->offset = st->err_offset;
        e->operation = operations[st->err_operation];
        e->path = st->info->name;
    }
    return st->err;
}

int64_t rill_wrapped_result(const rill *inner, int64_t result)
{
    const struct rill__stream *st = rill__of_const(inner);

    if (result < 0 && result == st->err && st->err_os)
        return RILL_OS_ERROR(st->err_os);
    return result;
}

int rill_wrapped_commits(const rill *inner)
{
    return rill__of_const(inner)->ops->commit != NULL;
}

void rill_clear(rill *s)
{
    struct rill__stream *st = rill__of(s);

    if (st->err_operation != RILL__OP_SYNC && !rill__is_called(st))
        st->err = 0;
    st->flags &= (uint16_t)~AT_EOF;
}

void rill__diagnose(struct rill__stream *st, int diagnosis, const char *message)
{
    if (st->info->hook)
        RILL__CALL(st, st->info->hook(st->info->hook_ctx, &st->win, diagnosis,
                                      message));
}

int rill_errno(int result)
{
    int os_error = rill__errno(result);

    if (os_error)
        return os_error;
    switch (result) {
    case RILL_ENOMEM:
        return ENOMEM;
    case RILL_ENOTSUP:
        return ENOTSUP;
    case RILL_ENOSPC:
        return ENOSPC;
    case RILL_ERANGE:
        return EOVERFLOW;
    case RILL_EINVAL:
        return EINVAL;
    case RILL_EDATA:
        return EILSEQ;
    case RILL_EAGAIN:
        return EAGAIN;
    case RILL_EBUSY:
        return EBUSY;
    default:
        return EIO;
    }
}

rill *rill_open_failed(const rill_options *o, const char *path, int result)
{
    if (o && o->struct_size >= sizeof(*o) && o->error) {
        o->error->code = rill__code(result);
        o->error->os_error = rill__errno(result);
        o->error->offset = -1;
        o->error->operation = "open";
        o->error->path = path;
    }
    errno = rill_errno(result);
    return NULL;
}
