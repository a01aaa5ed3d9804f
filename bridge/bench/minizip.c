/*
 * minizip.c (bench) - minizip reads and writes an archive in a file: by its own
 * functions, which are fopen()'s, and by a stream; and the same by a stream in
 * memory, for which it has no way of its own.
 */
#include <stdio.h>
#include <stdlib.h>

#include <unzip.h>
#include <zip.h>

#include <rill/minizip.h>

#include "side_by_side.h"

enum { FILES = 32, SIZE = 1 << 18, TOTAL = FILES * SIZE };

static unsigned char content[TOTAL], bytes[SIZE];
static const char path[] = "bench_minizip.tmp";

static void read_files(unzFile in)
{
    int rc = in ? unzGoToFirstFile(in) : UNZ_ERRNO, count = 0;

    for (; rc == UNZ_OK; rc = unzGoToNextFile(in), count++)
        if (unzOpenCurrentFile(in) != UNZ_OK ||
            unzReadCurrentFile(in, bytes, SIZE) != SIZE ||
            unzCloseCurrentFile(in) != UNZ_OK)
            give_up("read");
    if (count != FILES)
        give_up("files are missing");
    unzClose(in);
}

/* `method`: 0, stored, or Z_DEFLATED. */
static void write_files(zipFile out, int method)
{
    char name[20];
    int i;

    for (i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "file %d", i);
        if (zipOpenNewFileInZip64(out, name, NULL, NULL, 0, NULL, 0, NULL,
                                  method, 6, 0) != ZIP_OK ||
            zipWriteInFileInZip(out, content + i * SIZE, SIZE) != ZIP_OK ||
            zipCloseFileInZip(out) != ZIP_OK)
            give_up("write");
    }
    if (zipClose(out, NULL) != ZIP_OK)
        give_up("close");
}

/* ---- The ways ------------------------------------------------------------ */

static void read_from(rill *s)
{
    zlib_filefunc64_def io;

    rill_minizip_filefunc(&io, s);
    read_files(unzOpen2_64(path, &io));
    if (rill_close(s) < 0)
        give_up("close");
}

static void write_to(rill *s, int method)
{
    zlib_filefunc64_def io;

    rill_minizip_filefunc(&io, s);
    write_files(zipOpen2_64(path, APPEND_STATUS_CREATE, NULL, &io), method);
    if (rill_close(s) < 0)
        give_up("close");
}

static void read_own(void *ctx)
{
    (void)ctx;
    read_files(unzOpen64(path));
}

static void read_ours(void *ctx)
{
    (void)ctx;
    read_from(rill_open(path, "rb"));
}

static void write_own(void *ctx)
{
    int *method = ctx;

    write_files(zipOpen64(path, APPEND_STATUS_CREATE), *method);
}

static void write_ours(void *ctx)
{
    int *method = ctx;

    write_to(rill_open(path, "wb"), *method);
}

static void write_memory(void *ctx)
{
    int *method = ctx;

    write_to(rill_open_mem(NULL), *method);
}

/* ---- The rows ------------------------------------------------------------ */

static void measure_method(const char *name, int method)
{
    char row[64];

    snprintf(row, sizeof(row), "minizip writes %s to a file", name);
    side_by_side(row, TOTAL, write_own, write_ours, &method);
    snprintf(row, sizeof(row), "minizip writes %s to memory, not a file", name);
    side_by_side(row, TOTAL, write_own, write_memory, &method);
    snprintf(row, sizeof(row), "minizip reads %s from a file", name);
    side_by_side(row, TOTAL, read_own, read_ours, &method);
    remove(path);
}

int main(void)
{
    fill_plausibly(content, sizeof(content));
    measure_method("stored", 0);
    measure_method("deflated", Z_DEFLATED);
    return 0;
}
