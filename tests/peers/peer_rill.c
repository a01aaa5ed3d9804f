/*
 * peer_rill.c - Rill: files, memory, and mode "ws" for a save.
 */
#include <rill/rill.h>

#include "probe.h"

static void *create(const char *path)
{
    return rill_open(path, "wb");
}

static void *open_file(const char *path)
{
    return rill_open(path, "rb");
}

static long long read_some(void *h, void *buf, size_t n)
{
    return rill_read(h, buf, n);
}

static int write_all(void *h, const void *buf, size_t n)
{
    return rill_write(h, buf, n) == (ptrdiff_t)n ? 0 : -1;
}

static int flush(void *h)
{
    return rill_flush(h);
}

static int sync_file(void *h)
{
    return rill_sync(h, RILL_SYNC_DISK);
}

static int close_file(void *h)
{
    return rill_close(h);
}

static int save(const char *path, const void *buf, size_t n)
{
    rill *s = rill_open(path, "wbs");

    if (!s)
        return -1;
    rill_write(s, buf, n); /* a failure shows in close() too */
    return rill_close(s);
}

static void *open_memory(void)
{
    return rill_open_mem(NULL);
}

static void *open_bounded(void *buf, size_t size)
{
    return rill_open_fixed(buf, size, NULL);
}

static const unsigned char *content(void *h, size_t *len_out)
{
    const void *data = NULL;
    ptrdiff_t len = rill_data(h, &data);

    *len_out = len < 0 ? 0 : (size_t)len;
    return data;
}

const peer probed = {
    create,     open_file, read_some,   write_all,    flush,   sync_file,
    close_file, save,      open_memory, open_bounded, content,
};
