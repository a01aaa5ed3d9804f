/*
 * gio_error.c - a stream's failure as a GError, and the way back.
 *
 * One table serves both ways. The first row that fits counts.
 */
#include <rill/ops.h>

#include <errno.h>

#include "gio_error.h"

static const struct {
    int gio, result;
} rows[] = {
    {G_IO_ERROR_WOULD_BLOCK, RILL_EAGAIN},
    {G_IO_ERROR_NO_SPACE, RILL_ENOSPC},
    {G_IO_ERROR_NOT_SUPPORTED, RILL_ENOTSUP},
    {G_IO_ERROR_INVALID_ARGUMENT, RILL_EINVAL},
    {G_IO_ERROR_INVALID_ARGUMENT, RILL_ERANGE},
    {G_IO_ERROR_INVALID_DATA, RILL_EDATA},
    {G_IO_ERROR_PARTIAL_INPUT, RILL_EDATA},
    {G_IO_ERROR_BUSY, RILL_EBUSY},
    {G_IO_ERROR_PENDING, RILL_EBUSY},
    {G_IO_ERROR_NOT_FOUND, RILL_OS_ERROR(ENOENT)},
    {G_IO_ERROR_EXISTS, RILL_OS_ERROR(EEXIST)},
    {G_IO_ERROR_IS_DIRECTORY, RILL_OS_ERROR(EISDIR)},
    {G_IO_ERROR_PERMISSION_DENIED, RILL_OS_ERROR(EACCES)},
    {G_IO_ERROR_READ_ONLY, RILL_OS_ERROR(EROFS)},
    {G_IO_ERROR_TOO_MANY_OPEN_FILES, RILL_OS_ERROR(EMFILE)},
    {G_IO_ERROR_CLOSED, RILL_OS_ERROR(EBADF)},
    {G_IO_ERROR_CANCELLED, RILL_OS_ERROR(ECANCELED)},
    {G_IO_ERROR_TIMED_OUT, RILL_OS_ERROR(ETIMEDOUT)},
    {G_IO_ERROR_BROKEN_PIPE, RILL_OS_ERROR(EPIPE)},
    {G_IO_ERROR_NOT_CONNECTED, RILL_OS_ERROR(ENOTCONN)},
    {G_IO_ERROR_CONNECTION_REFUSED, RILL_OS_ERROR(ECONNREFUSED)},
    {G_IO_ERROR_NETWORK_UNREACHABLE, RILL_OS_ERROR(ENETUNREACH)},
    {G_IO_ERROR_HOST_UNREACHABLE, RILL_OS_ERROR(EHOSTUNREACH)},
    {G_IO_ERROR_MESSAGE_TOO_LARGE, RILL_OS_ERROR(EMSGSIZE)},
};

static int gio_code(const rill_error *e)
{
    gsize i;

    if (e->os_error)
        return (int)g_io_error_from_errno(e->os_error);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].result == e->code)
            return rows[i].gio;
    }
    return G_IO_ERROR_FAILED;
}

void rill__gio_set_error(GError **error, const rill_error *e)
{
    char text[300], *valid;

    rill_error_format(e, text, sizeof(text));
    valid = g_utf8_make_valid(text, -1); /* of the locale, and cut */
    g_set_error_literal(error, G_IO_ERROR, gio_code(e), valid);
    g_free(valid);
}

int rill__gio_result(const GError *error)
{
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_error_matches(error, G_IO_ERROR, rows[i].gio))
            return rows[i].result;
    }
    return RILL_EIO;
}
