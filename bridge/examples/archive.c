/*
 * archive.c - a folder in an archive in memory, and out of it again, through
 * libarchive.
 *
 *     archive FILE
 *
 * Packs the file, and a note about it, into a .tar.gz that never touches the
 * disk, then unpacks that, entry by entry, as streams.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/archive.h>

/* The content of a stream becomes a file of the archive. */
static int pack(struct archive *a, const char *name, rill *in)
{
    struct archive_entry *entry = archive_entry_new();
    int64_t size = rill_size(in), done = -1;
    rill *out;

    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, AE_IFREG | 0644);
    archive_entry_set_size(entry, size);
    if (archive_write_header(a, entry) == ARCHIVE_OK) {
        out = rill_open_archive_entry(a, entry, "wb", NULL);
        if (out)
            done = rill_copy(out, in, -1);
        if (rill_close(out) < 0)
            done = -1;
    }
    archive_entry_free(entry);
    return done == size ? 0 : -1;
}

static int pack_all(rill *to, const char *path)
{
    struct archive *a = archive_write_new();
    rill *file = rill_open(path, "rb");
    rill *note = rill_open_view("Packed by an example.\n", 22);
    int ok = a && file && note;

    if (!file)
        perror(path);
    ok = ok && archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
         archive_write_add_filter_gzip(a) == ARCHIVE_OK &&
         rill_archive_write_open(a, to) == ARCHIVE_OK &&
         pack(a, "note.txt", note) == 0 && pack(a, "file", file) == 0 &&
         archive_write_close(a) == ARCHIVE_OK;
    if (!ok && a && archive_error_string(a))
        fprintf(stderr, "%s\n", archive_error_string(a));
    archive_write_free(a);
    ok &= rill_close(file) == 0;
    ok &= rill_close(note) == 0;
    return ok ? 0 : -1;
}

/* Say what is in the entry at hand: the first bytes show what it is. */
static int show(struct archive *a, struct archive_entry *entry)
{
    rill *in = rill_open_archive_entry(a, entry, "rb", NULL);
    const void *data;
    ptrdiff_t n = in ? rill_peek(in, &data, 4) : -1;
    int is_png = n >= 4 && memcmp(data, "\x89PNG", 4) == 0;
    int64_t len = n < 0 ? n : rill_skip(in, INT64_MAX);

    if (rill_close(in) < 0 || len < 0)
        return -1;
    printf("%-8s  %lld bytes%s\n", archive_entry_pathname(entry),
           (long long)len, is_png ? ", a picture" : "");
    return 0;
}

static int unpack_all(rill *from)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int rc = ARCHIVE_FATAL;

    if (a && archive_read_support_format_tar(a) == ARCHIVE_OK &&
        archive_read_support_filter_gzip(a) == ARCHIVE_OK &&
        rill_archive_read_open(a, from) == ARCHIVE_OK)
        while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK &&
               show(a, entry) == 0)
            ;
    if (rc != ARCHIVE_EOF && a && archive_error_string(a))
        fprintf(stderr, "%s\n", archive_error_string(a));
    archive_read_free(a);
    return rc == ARCHIVE_EOF ? 0 : -1;
}

int main(int argc, char **argv)
{
    rill *memory = rill_open_mem(NULL);
    int ok = memory &&
             pack_all(memory, argc > 1 ? argv[1] : "picture.png") == 0 &&
             rill_rewind(memory) == 0 && unpack_all(memory) == 0;

    ok &= rill_close(memory) == 0;
    return !ok;
}
