/*
 * peer_gio.c - GIO: GFileOutputStream, GMemoryOutputStream, and
 * g_file_set_contents_full() for a save.
 */
#include <gio/gio.h>

#include "probe.h"

static void *create(const char *path)
{
    GFile *file = g_file_new_for_path(path);
    void *out =
        g_file_replace(file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL);

    g_object_unref(file);
    return out;
}

static void *open_file(const char *path)
{
    GFile *file = g_file_new_for_path(path);
    void *in = g_file_read(file, NULL, NULL);

    g_object_unref(file);
    return in;
}

static long long read_some(void *h, void *buf, size_t n)
{
    gsize got = 0;

    return g_input_stream_read_all(h, buf, n, &got, NULL, NULL) || got > 0
               ? (long long)got
               : -1;
}

static int write_all(void *h, const void *buf, size_t n)
{
    gsize done;

    return g_output_stream_write_all(h, buf, n, &done, NULL, NULL) ? 0 : -1;
}

static int flush(void *h)
{
    return g_output_stream_flush(h, NULL, NULL) ? 0 : -1;
}

static int close_file(void *h)
{
    gboolean ok = G_IS_INPUT_STREAM(h) ? g_input_stream_close(h, NULL, NULL)
                                       : g_output_stream_close(h, NULL, NULL);

    g_object_unref(h);
    return ok ? 0 : -1;
}

static int save(const char *path, const void *buf, size_t n)
{
    return g_file_set_contents_full(path, buf, (gssize)n,
                                    G_FILE_SET_CONTENTS_CONSISTENT |
                                        G_FILE_SET_CONTENTS_DURABLE,
                                    0666, NULL)
               ? 0
               : -1;
}

static void *open_memory(void)
{
    return g_memory_output_stream_new_resizable();
}

static void *open_bounded(void *buf, size_t size)
{
    return g_memory_output_stream_new(buf, size, NULL, NULL);
}

static const unsigned char *content(void *h, size_t *len_out)
{
    *len_out = g_memory_output_stream_get_data_size(h);
    return g_memory_output_stream_get_data(h);
}

const peer probed = {
    create,     open_file, read_some,   write_all,    flush,   NULL,
    close_file, save,      open_memory, open_bounded, content,
};
