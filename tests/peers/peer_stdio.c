/*
 * peer_stdio.c - stdio of the C library: fopen(), open_memstream(), fmemopen().
 * It offers no save: a file is written in place.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "probe.h"

static char *memory;
static size_t memory_len;

static void *create(const char *path)
{
    return fopen(path, "wb");
}

static void *open_file(const char *path)
{
    return fopen(path, "rb");
}

static long long read_some(void *h, void *buf, size_t n)
{
    size_t got = fread(buf, 1, n, h);

    return got == 0 && ferror((FILE *)h) ? -1 : (long long)got;
}

static int write_all(void *h, const void *buf, size_t n)
{
    return fwrite(buf, 1, n, h) == n ? 0 : -1;
}

static int flush(void *h)
{
    return fflush(h) == 0 ? 0 : -1;
}

static int sync_file(void *h)
{
    return fsync(fileno(h)) == 0 ? 0 : -1;
}

static int close_file(void *h)
{
    return fclose(h) == 0 ? 0 : -1;
}

static int save(const char *path, const void *buf, size_t n)
{
    FILE *f = fopen(path, "wb");
    int rc;

    if (!f)
        return -1;
    rc = write_all(f, buf, n);
    if (rc == 0)
        rc = flush(f);
    if (rc == 0)
        rc = sync_file(f);
    if (fclose(f) != 0)
        rc = -1;
    return rc;
}

static void *open_memory(void)
{
    return open_memstream(&memory, &memory_len);
}

static void *open_bounded(void *buf, size_t size)
{
    return fmemopen(buf, size, "wb");
}

static const unsigned char *content(void *h, size_t *len_out)
{
    (void)h;
    *len_out = memory_len;
    return (unsigned char *)memory;
}

const peer probed = {
    create,     open_file, read_some,   write_all,    flush,   sync_file,
    close_file, save,      open_memory, open_bounded, content,
};
