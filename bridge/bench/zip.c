/*
 * zip.c (bench) - libzip reads, makes and extends an archive: in memory by
 * zip_source_buffer(), in a file by its path, and by a stream.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rill/zip.h>

#include "side_by_side.h"

enum { FILES = 32, SIZE = 1 << 18, TOTAL = FILES * SIZE };

static unsigned char content[TOTAL], bytes[TOTAL * 2];
static const char path[] = "bench_zip.tmp";

/* The archive of a row, and how its files are packed. */
struct job {
    void *data;
    size_t len;
    int method;
};

static zip_t *open_source(zip_source_t *source, int flags)
{
    zip_t *za = zip_open_from_source(source, flags, NULL);

    if (!za)
        give_up("cannot open the archive");
    return za;
}

static void read_files(zip_t *za)
{
    int i;

    for (i = 0; i < FILES; i++) {
        zip_file_t *f = zip_fopen_index(za, (zip_uint64_t)i, 0);

        if (!f || zip_fread(f, bytes, SIZE) != SIZE)
            give_up("read");
        zip_fclose(f);
    }
    zip_discard(za);
}

static void write_files(zip_t *za, const struct job *j, int first, int count)
{
    char name[20];
    int i;

    for (i = 0; i < count; i++) {
        zip_source_t *source =
            zip_source_buffer(za, content + i * SIZE, SIZE, 0);
        zip_int64_t index;

        snprintf(name, sizeof(name), "file %d", first + i);
        index = zip_file_add(za, name, source, 0);
        if (index < 0 ||
            zip_set_file_compression(za, (zip_uint64_t)index, j->method, 0) < 0)
            give_up(zip_strerror(za));
    }
    if (zip_close(za) < 0)
        give_up(zip_strerror(za));
}

/* ---- The two ways -------------------------------------------------------- */

static void read_own(void *ctx)
{
    struct job *j = ctx;

    read_files(open_source(zip_source_buffer_create(j->data, j->len, 0, NULL),
                           ZIP_RDONLY));
}

static void read_ours(void *ctx)
{
    struct job *j = ctx;
    rill *s = rill_open_view(j->data, j->len);

    read_files(
        open_source(rill_zip_source_create(s, RILL_TAKE, NULL), ZIP_RDONLY));
}

static void read_file_own(void *ctx)
{
    zip_t *za = zip_open(path, ZIP_RDONLY, NULL);

    (void)ctx;
    read_files(za);
}

static void read_file_ours(void *ctx)
{
    rill *s = rill_open(path, "rb");

    (void)ctx;
    read_files(
        open_source(rill_zip_source_create(s, RILL_TAKE, NULL), ZIP_RDONLY));
}

/* The bytes are in a buffer of the caller's in the end: for libzip's own way
 * that is to read them from its source. */
static void write_own(void *ctx)
{
    struct job *j = ctx;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_stat_t st;

    zip_source_keep(source);
    write_files(open_source(source, ZIP_CREATE), j, 0, FILES);
    if (zip_source_stat(source, &st) < 0 || zip_source_open(source) < 0 ||
        zip_source_read(source, bytes, st.size) != (zip_int64_t)st.size)
        give_up("cannot read what was written");
    zip_source_close(source);
    zip_source_free(source);
}

static void write_ours(void *ctx)
{
    struct job *j = ctx;
    rill *s = rill_open_mem(NULL);
    const void *data;

    write_files(
        open_source(rill_zip_source_create(s, RILL_BORROW, NULL), ZIP_CREATE),
        j, 0, FILES);
    if (rill_data(s, &data) < TOTAL / 20 || rill_close(s) < 0)
        give_up("close");
}

/* One file more in an archive that has many. */
static void extend_own(void *ctx)
{
    struct job *j = ctx;
    zip_t *za = zip_open(path, 0, NULL);

    write_files(za, j, FILES, 1);
    za = zip_open(path, 0, NULL);
    zip_delete(za, FILES);
    if (zip_close(za) < 0)
        give_up(zip_strerror(za));
}

static void extend_ours(void *ctx)
{
    struct job *j = ctx;
    rill *s = rill_open(path, "rb+");
    zip_t *za = open_source(rill_zip_source_create(s, RILL_BORROW, NULL), 0);

    write_files(za, j, FILES, 1);
    za = open_source(rill_zip_source_create(s, RILL_BORROW, NULL), 0);
    zip_delete(za, FILES);
    if (zip_close(za) < 0 || rill_close(s) < 0)
        give_up("close");
}

/* ---- The rows ------------------------------------------------------------ */

static void measure_method(const char *name, int method)
{
    struct job j = {NULL, 0, method};
    rill *s = rill_open_mem(NULL);
    char row[64];

    write_files(
        open_source(rill_zip_source_create(s, RILL_BORROW, NULL), ZIP_CREATE),
        &j, 0, FILES);
    j.len = (size_t)rill_take(s, &j.data);
    if (rill_close(s) < 0)
        give_up("close");
    s = rill_open(path, "wb");
    if (rill_write(s, j.data, j.len) < 0 || rill_close(s) < 0)
        give_up("cannot write the file");

    snprintf(row, sizeof(row), "libzip reads %s in memory", name);
    side_by_side(row, TOTAL, read_own, read_ours, &j);
    snprintf(row, sizeof(row), "libzip reads %s in a file", name);
    side_by_side(row, TOTAL, read_file_own, read_file_ours, &j);
    snprintf(row, sizeof(row), "libzip writes %s in memory", name);
    side_by_side(row, TOTAL, write_own, write_ours, &j);
    snprintf(row, sizeof(row), "libzip extends %s in a file", name);
    side_by_side(row, 2 * SIZE, extend_own, extend_ours, &j);
    rill_free(j.data);
    remove(path);
}

int main(void)
{
    fill_plausibly(content, sizeof(content));
    measure_method("stored", ZIP_CM_STORE);
    measure_method("deflated", ZIP_CM_DEFLATE);
    return 0;
}
