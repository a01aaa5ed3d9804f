/*
 * fd_copy.c - a stream's content into a file, and back.
 *
 * Streams of Rill over the file do the work: they complete and repeat the
 * system's calls, and say in one way what failed on either side.
 */
#include "fd_copy.h"

#include <rill/ops.h>

#include <errno.h>

#ifdef _WIN32
#include <io.h>
#endif

/* A stream over the copy that is open as `number`, which stays open. On Windows
 * that is the C runtime's number, and Rill's is the HANDLE. */
static rill *open_copy(int number, const char *mode)
{
#ifdef _WIN32
    number = (int)_get_osfhandle(number);
#endif
    return rill_open_fd(number, mode, RILL_BORROW, NULL);
}

/* Copy all that is left. Returns 0 or a failure of either side. */
static int64_t copy_all(rill *to, rill *from)
{
    int64_t r;

    do
        r = rill_copy(to, from, -1);
    while (r > 0);
    return rill_wrapped_result(from, rill_wrapped_result(to, r));
}

/* Close it, and leave the descriptor's offset at `at`. Returns `result`, or
 * what is wrong now if that was well. */
static int64_t close_copy(rill *copy, int64_t at, int64_t result)
{
    int64_t r = rill_seek(copy, at, RILL_SEEK_SET);

    if (r >= 0)
        r = rill_flush(copy);
    r = rill_wrapped_result(copy, r);
    if (rill_close(copy) < 0 && r >= 0)
        r = RILL_EIO;
    return result < 0 || r >= 0 ? result : r;
}

int64_t rill__fd_fill(rill *s, int number)
{
    rill *copy = open_copy(number, "rb+");
    int64_t r, at = rill_tell(s);

    if (!copy)
        return RILL_OS_ERROR(errno);
    r = at < 0 ? 0 : rill_wrapped_result(s, rill_rewind(s));
    if (r >= 0)
        r = copy_all(copy, s);
    if (at >= 0)
        (void)!rill_seek(s, at, RILL_SEEK_SET);
    return close_copy(copy, at > 0 ? at : 0, r);
}

int64_t rill__fd_place(rill *s, int number)
{
    int64_t at = rill_tell(s);
    rill *copy = open_copy(number, "rb");

    return copy ? close_copy(copy, at > 0 ? at : 0, RILL_OK)
                : RILL_OS_ERROR(errno);
}

/* Whether both hold the same, as far as both go: 1, 0, or a failure. */
static int64_t are_alike(rill *s, rill *copy)
{
    rill *old = rill_open_section(s, 0, -1, NULL);
    const void *a, *b;
    ptrdiff_t n = 0, m = 0;
    int64_t r = 1;

    if (!old)
        return RILL_OS_ERROR(errno);
    n = rill_rewind(copy);
    while (r == 1 && n >= 0 && (n = rill_peek(copy, &a, 0)) > 0 &&
           (m = rill_peek(old, &b, 0)) > 0) {
        size_t len = (size_t)(n < m ? n : m);

        r = memcmp(a, b, len) == 0;
        rill_consume(copy, len);
        rill_consume(old, len);
    }
    if (n < 0 || m < 0)
        r = n < 0 ? rill_wrapped_result(copy, n) : rill_wrapped_result(old, m);
    (void)!rill_close(old);
    return r;
}

/* Make the stream's content that of the copy from `from` on. */
static int64_t replace(rill *s, rill *copy, int64_t from, int64_t size)
{
    int64_t r = rill_seek(copy, from, RILL_SEEK_SET);

    if (r >= 0)
        r = rill_wrapped_result(s, rill_seek(s, from, RILL_SEEK_SET));
    if (r >= 0)
        r = copy_all(s, copy);
    if (r >= 0 && size < rill_size(s))
        r = rill_wrapped_result(s, rill_truncate(s, size));
    return r;
}

static int64_t bring_content(rill *s, rill *copy)
{
    int64_t size = rill_size(copy), old = rill_size(s), at = rill_tell(s);
    int64_t alike = are_alike(s, copy), from, r;

    if (size < 0 || old < 0 || alike < 0)
        return size < 0 ? size : old < 0 ? old : alike;
    if (alike && size == old)
        return RILL_OK;
    if (!alike && *rill_mode(s) == 'a')
        return RILL_ENOTSUP;
    from = size < old ? size : old;
    r = replace(s, copy, alike ? from : 0, size);
    (void)!rill_seek(s, at, RILL_SEEK_SET);
    return r;
}

static int64_t bring_writes(rill *s, rill *copy, int64_t *brought)
{
    int64_t r = rill_seek(copy, *brought, RILL_SEEK_SET);

    if (r >= 0)
        r = copy_all(s, copy);
    *brought = rill_tell(copy);
    return r;
}

int64_t rill__fd_bring_back(rill *s, int number, int64_t *brought)
{
    rill *copy = open_copy(number, "rb");
    int64_t at, r;

    if (!copy)
        return RILL_OS_ERROR(errno);
    at = rill_tell(copy);
    r = rill_readable(s) ? bring_content(s, copy)
                         : bring_writes(s, copy, brought);
    return close_copy(copy, at, r);
}

/* A seek away drops what was read ahead. */
int64_t rill__fd_look_anew(rill *s)
{
    int64_t at = rill_tell(s), r = rill_flush(s);

    if (r >= 0 && rill_seek(s, INT64_MAX, RILL_SEEK_SET) >= 0)
        r = rill_seek(s, at, RILL_SEEK_SET);
    return rill_wrapped_result(s, r);
}
