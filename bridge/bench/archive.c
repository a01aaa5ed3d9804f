/*
 * archive.c (bench) - libarchive reads and writes tar and zip: in memory and in
 * a file by its own ways, and by a stream.
 *
 * "tar in a file" comes out anywhere from 1.03 to 1.09: there ours makes 131
 * system calls for 129, and executes 0.2 % more instructions (callgrind); what
 * differs besides is where the buffers lie in the caches.
 */
#include <stdio.h>
#include <string.h>

#include <rill/archive.h>

#include "side_by_side.h"

enum { FILES = 64, SIZE = 1 << 18, TOTAL = FILES * SIZE };

static unsigned char content[TOTAL], bytes[SIZE + FILES * 64];
static const char path[] = "bench_archive.tmp";

/* What a row is about. */
struct job {
    int format;
    void *data; /* the archive, with room for it to be written again */
    size_t len;
};

/* ---- Writing ------------------------------------------------------------- */

static struct archive *writer(const struct job *j)
{
    struct archive *a = archive_write_new();

    if (archive_write_set_format(a, j->format) != ARCHIVE_OK)
        give_up("no such format");
    if (j->format == ARCHIVE_FORMAT_ZIP)
        archive_write_zip_set_compression_store(a);
    return a;
}

static void write_files(struct archive *a)
{
    struct archive_entry *entry = archive_entry_new();
    char name[20];
    int i;

    for (i = 0; i < FILES; i++) {
        archive_entry_clear(entry);
        snprintf(name, sizeof(name), "file %d", i);
        archive_entry_set_pathname(entry, name);
        archive_entry_set_mode(entry, AE_IFREG | 0644);
        archive_entry_set_size(entry, SIZE);
        if (archive_write_header(a, entry) != ARCHIVE_OK ||
            archive_write_data(a, content + i * SIZE, SIZE) != SIZE)
            give_up(archive_error_string(a));
    }
    archive_entry_free(entry);
    if (archive_write_close(a) != ARCHIVE_OK)
        give_up(archive_error_string(a));
    archive_write_free(a);
}

static void write_own(void *ctx)
{
    struct job *j = ctx;
    struct archive *a = writer(j);
    size_t used;

    archive_write_open_memory(a, j->data, j->len, &used);
    write_files(a);
}

static void write_ours(void *ctx)
{
    struct job *j = ctx;
    struct archive *a = writer(j);
    rill *s = rill_open_fixed(j->data, j->len, NULL);

    rill_archive_write_open(a, s);
    write_files(a);
    if (rill_close(s) < 0)
        give_up("close");
}

/* ---- Reading ------------------------------------------------------------- */

static struct archive *reader(void)
{
    struct archive *a = archive_read_new();

    archive_read_support_format_tar(a);
    archive_read_support_format_zip(a);
    return a;
}

/* Read all files, each to another place: how its two ends lie to each other
 * makes a copy faster or slower by several percent. */
static void read_files(struct archive *a)
{
    struct archive_entry *entry;
    int i = 0;

    for (; archive_read_next_header(a, &entry) == ARCHIVE_OK; i++)
        if (archive_read_data(a, bytes + i * 64, SIZE) != SIZE)
            give_up("read");
    if (i != FILES)
        give_up("files are missing");
    archive_read_free(a);
}

static void read_own(void *ctx)
{
    struct job *j = ctx;
    struct archive *a = reader();

    archive_read_open_memory(a, j->data, j->len);
    read_files(a);
}

static void read_ours(void *ctx)
{
    struct job *j = ctx;
    struct archive *a = reader();
    rill *s = rill_open_view(j->data, j->len);

    rill_archive_read_open(a, s);
    read_files(a);
    if (rill_close(s) < 0)
        give_up("close");
}

static void read_file_own(void *ctx)
{
    struct archive *a = reader();

    (void)ctx;
    archive_read_open_filename(a, path, 128 << 10);
    read_files(a);
}

static void read_file_ours(void *ctx)
{
    struct archive *a = reader();
    rill *s = rill_open(path, "rb");

    (void)ctx;
    rill_archive_read_open(a, s);
    read_files(a);
    if (rill_close(s) < 0)
        give_up("close");
}

/* The same entries as streams, beside archive_read_data(). */
static void read_entries(void *ctx)
{
    struct job *j = ctx;
    struct archive *a = reader();
    struct archive_entry *entry;
    int i = 0;

    archive_read_open_memory(a, j->data, j->len);
    for (; archive_read_next_header(a, &entry) == ARCHIVE_OK; i++) {
        rill *in = rill_open_archive_entry(a, entry, "rb", NULL);

        if (rill_read(in, bytes + i * 64, SIZE) != SIZE || rill_close(in) < 0)
            give_up("read");
    }
    archive_read_free(a);
}

/* ---- The rows ------------------------------------------------------------ */

static void measure_format(const char *name, int format)
{
    struct job j = {format, NULL, 0};
    rill *s = rill_open_mem(NULL);
    struct archive *a = writer(&j);
    char row[64];

    rill_archive_write_open(a, s);
    write_files(a);
    j.len = (size_t)rill_take(s, &j.data);
    if (rill_close(s) < 0)
        give_up("close");
    s = rill_open(path, "wb");
    if (rill_write(s, j.data, j.len) < 0 || rill_close(s) < 0)
        give_up("cannot write the file");

    snprintf(row, sizeof(row), "libarchive reads %s in memory", name);
    side_by_side(row, TOTAL, read_own, read_ours, &j);
    snprintf(row, sizeof(row), "libarchive reads %s in a file", name);
    side_by_side(row, TOTAL, read_file_own, read_file_ours, &j);
    snprintf(row, sizeof(row), "libarchive reads %s, entries as streams", name);
    side_by_side(row, TOTAL, read_own, read_entries, &j);
    snprintf(row, sizeof(row), "libarchive writes %s in memory", name);
    side_by_side(row, TOTAL, write_own, write_ours, &j);
    rill_free(j.data);
    remove(path);
}

int main(void)
{
    fill_plausibly(content, sizeof(content));
    measure_format("tar", ARCHIVE_FORMAT_TAR_USTAR);
    measure_format("zip", ARCHIVE_FORMAT_ZIP);
    return 0;
}
