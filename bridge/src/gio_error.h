/*
 * gio_error.h - a stream's failure as a GError, and the way back.
 */
#ifndef GIO_ERROR_H
#define GIO_ERROR_H

#include <gio/gio.h>

#include <rill/rill.h>

/* Set *error, where there is one. */
void rill__gio_set_error(GError **error, const rill_error *e);

/* What an operation of a store returns for it. */
int rill__gio_result(const GError *error);

#endif
