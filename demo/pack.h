/*
 * pack.h - pack a folder into a stream, and read the archive back from one.
 *
 * None of these functions knows whether its stream is memory or a file.
 */
#ifndef PACK_H
#define PACK_H

#include <archive.h>
#include <archive_entry.h>

#include <rill/rill.h>

#include "folder.h"

/* Pack the folder as a ZIP archive. Returns 0, or -1 and has said why. */
int pack_folder(rill *out, const struct folder *f);

/* Called for each entry of an archive, with its place in the archive. The
 * entry's content comes from archive_read_data(). Returns 0 to go on. */
typedef int pack_visitor(void *ctx, struct archive *a,
                         struct archive_entry *entry, size_t index);

/* Read an archive from its start. Returns 0, or -1 and has said why. */
int pack_visit(rill *in, pack_visitor *visit, void *ctx);

/* Read an archive and compare each file in it with the folder's. Returns 0 if
 * all is the same, or -1 and has said what is not. */
int pack_compare(rill *in, const struct folder *f);

#endif
