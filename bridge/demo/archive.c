/*
 * archive.c (demo) - libarchive: an entry of a tar archive, which is a stream
 * in a stream.
 */
#include <rill/archive.h>

#include "carry.h"

const char carrier[] = "libarchive, as an entry of a tar";

static int pack(rill *from, rill *tar)
{
    struct archive *a = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    rill *data;
    int ok;

    archive_write_set_format_pax_restricted(a);
    archive_entry_set_pathname(entry, "goods");
    archive_entry_set_mode(entry, AE_IFREG | 0644);
    archive_entry_set_size(entry, rill_size(from));
    ok = rill_archive_write_open(a, tar) == ARCHIVE_OK &&
         archive_write_header(a, entry) == ARCHIVE_OK;
    data = ok ? rill_open_archive_entry(a, entry, "wb", NULL) : NULL;
    ok = data && rill_copy(data, from, -1) == rill_size(from);
    ok &= rill_close(data) == 0;
    ok &= archive_write_close(a) == ARCHIVE_OK;
    archive_entry_free(entry);
    archive_write_free(a);
    return ok;
}

static int unpack(rill *tar, rill *to)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    rill *data = NULL;
    int ok;

    archive_read_support_format_tar(a);
    ok = rill_archive_read_open(a, tar) == ARCHIVE_OK &&
         archive_read_next_header(a, &entry) == ARCHIVE_OK;
    if (ok)
        data = rill_open_archive_entry(a, entry, "rb", NULL);
    ok = data && rill_copy(to, data, -1) >= 0;
    ok &= rill_close(data) == 0;
    archive_read_free(a);
    return ok;
}

int carry(rill *from, rill *to)
{
    rill *tar = rill_open_mem(NULL);
    int ok = tar && pack(from, tar);

    if (ok) {
        rill_rewind(tar);
        ok = unpack(tar, to);
    }
    return rill_close(tar) == 0 && ok ? 0 : -1;
}
