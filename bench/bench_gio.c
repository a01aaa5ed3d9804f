/*
 * bench_gio.c - GLib's GIO: GMemoryOutputStream, GMemoryInputStream, GFile
 * streams, with GBuffered*Stream where requests are small and GDataInputStream
 * for lines. Files have a buffer as large as Rill's.
 */
#include <stdlib.h>
#include <unistd.h>

#include <gio/gio.h>

#include "bench.h"

static GInputStream *open_in(const char *path)
{
    GFile *file = g_file_new_for_path(path);
    GFileInputStream *in = g_file_read(file, NULL, NULL);

    g_object_unref(file);
    if (!in)
        exit(1);
    return G_INPUT_STREAM(in);
}

static GOutputStream *open_out(const char *path)
{
    GFile *file = g_file_new_for_path(path);
    GFileOutputStream *out =
        g_file_replace(file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL);

    g_object_unref(file);
    if (!out)
        exit(1);
    return G_OUTPUT_STREAM(out);
}

/* A buffer over a stream, which it takes. */
static GInputStream *buffered_in(GInputStream *base)
{
    GInputStream *in = g_buffered_input_stream_new_sized(base, BENCH_BUFFER);

    g_object_unref(base);
    return in;
}

static GOutputStream *buffered_out(GOutputStream *base)
{
    GOutputStream *out = g_buffered_output_stream_new_sized(base, BENCH_BUFFER);

    g_object_unref(base);
    return out;
}

static int close_out(GOutputStream *out)
{
    int good = g_output_stream_close(out, NULL, NULL);

    g_object_unref(out);
    return good;
}

/* ---- Memory ----------------------------------------------------------- */

static void finish(bench_job *j, GOutputStream *out, size_t rep,
                   bench_checker *check)
{
    GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM(out);
    size_t len;
    void *data;

    bench_check(j, g_output_stream_close(out, NULL, NULL));
    len = g_memory_output_stream_get_data_size(memory);
    data = g_memory_output_stream_steal_data(memory);
    g_object_unref(out);
    if (rep + 1 == j->reps) {
        bench_stop(j);
        check(j, data, len);
        bench_start(j);
    }
    g_free(data);
}

static void write_mem(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        GOutputStream *out = g_memory_output_stream_new_resizable();
        for (size_t i = 0, n = j->n; i < n; i++)
            g_output_stream_write(out, bench_records[i % BENCH_RECORDS],
                                  j->size, NULL, NULL);
        finish(j, out, r, bench_check_records);
    }
    bench_stop(j);
}

static void putc_mem(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        GOutputStream *out = g_memory_output_stream_new_resizable();
        for (size_t i = 0, n = j->n; i < n; i++) {
            unsigned char byte = (unsigned char)i;
            g_output_stream_write(out, &byte, 1, NULL, NULL);
        }
        finish(j, out, r, bench_check_putc);
    }
    bench_stop(j);
}

static void grow_mem(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    GOutputStream *out = g_memory_output_stream_new_resizable();
    for (size_t at = 0; at < j->size; at += BENCH_BLOCK)
        g_output_stream_write(out, block, BENCH_BLOCK, NULL, NULL);
    finish(j, out, 0, bench_check_blocks);
    bench_stop(j);
}

static uint64_t get_records(GInputStream *in, size_t n, size_t size)
{
    unsigned char record[256];
    uint64_t sum = 0;
    gsize got;

    for (size_t i = 0; i < n; i++) {
        if (!g_input_stream_read_all(in, record, size, &got, NULL, NULL) ||
            got != size)
            break;
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    return sum;
}

static uint64_t get_bytes(GInputStream *in)
{
    GBufferedInputStream *buffered = G_BUFFERED_INPUT_STREAM(in);
    uint64_t sum = 0;
    int c;

    while ((c = g_buffered_input_stream_read_byte(buffered, NULL, NULL)) >= 0)
        sum += (unsigned)c;
    return sum;
}

static uint64_t get_lines(GDataInputStream *in)
{
    uint64_t sum = 0;
    char *line;
    gsize len;

    while ((line = g_data_input_stream_read_line(in, &len, NULL, NULL))) {
        sum += bench_line_sum(line, len + 1); /* the newline is cut off */
        g_free(line);
    }
    return sum;
}

static GInputStream *over_memory(const void *data, size_t len)
{
    return g_memory_input_stream_new_from_data(data, (gssize)len, NULL);
}

static void read_mem(bench_job *j)
{
    GInputStream *in = over_memory(bench_data(j->n * j->size), j->n * j->size);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        g_seekable_seek(G_SEEKABLE(in), 0, G_SEEK_SET, NULL, NULL);
        sum += get_records(in, j->n, j->size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
    g_object_unref(in);
}

static void getc_mem(bench_job *j)
{
    unsigned char *data = bench_data(j->n);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        GInputStream *in = buffered_in(over_memory(data, j->n));
        sum += get_bytes(in);
        g_object_unref(in);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

/* Lines of a stream that is taken. */
static uint64_t lines_of(GInputStream *base)
{
    GDataInputStream *in = g_data_input_stream_new(base);
    uint64_t sum;

    g_buffered_input_stream_set_buffer_size(G_BUFFERED_INPUT_STREAM(in),
                                            BENCH_BUFFER);
    sum = get_lines(in);
    g_object_unref(in);
    g_object_unref(base);
    return sum;
}

static void lines_mem(bench_job *j)
{
    size_t len;
    char *text = bench_lines(j->n, &len);
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++)
        sum += lines_of(over_memory(text, len));
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

static uint64_t random_reads(bench_job *j, GInputStream *in)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    for (size_t i = 0, n = j->n; i < n; i++) {
        goffset at = (goffset)bench_offset(&state, j->size);
        g_seekable_seek(G_SEEKABLE(in), at, G_SEEK_SET, NULL, NULL);
        if (g_input_stream_read(in, record, sizeof record, NULL, NULL) ==
            sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    return sum;
}

static void rand_mem(bench_job *j)
{
    GInputStream *in = over_memory(bench_data(j->size), j->size);
    uint64_t sum;

    bench_start(j);
    sum = random_reads(j, in);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
    g_object_unref(in);
}

static void create(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        GOutputStream *out = g_memory_output_stream_new_resizable();
        GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM(out);
        g_output_stream_write(out, bench_records[i % BENCH_RECORDS], 11, NULL,
                              NULL);
        sum += g_memory_output_stream_get_data_size(memory);
        sum += *(unsigned char *)g_memory_output_stream_get_data(memory);
        g_object_unref(out);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

static void many(bench_job *j)
{
    GOutputStream **streams = calloc(j->n, sizeof *streams);
    size_t before;

    if (!streams)
        exit(1);
    memset(streams, 1, j->n * sizeof *streams);
    g_object_unref(g_memory_output_stream_new_resizable());
    before = bench_resident();
    for (size_t i = 0, n = j->n; i < n; i++) {
        streams[i] = g_memory_output_stream_new_resizable();
        g_output_stream_write(streams[i], bench_records[0], j->size, NULL,
                              NULL);
    }
    j->value =
        (double)(bench_resident() - before) / (double)j->n - (double)j->size;
}

/* ---- Files ------------------------------------------------------------ */

static void write_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        GOutputStream *out = buffered_out(open_out(j->path));
        for (size_t i = 0, n = j->n; i < n; i++)
            g_output_stream_write_all(out, bench_records[i % BENCH_RECORDS],
                                      j->size, NULL, NULL, NULL);
        bench_check(j, close_out(out));
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        GOutputStream *out = buffered_out(open_out(j->path));
        for (size_t i = 0, n = j->n; i < n; i++) {
            unsigned char byte = (unsigned char)i;
            g_output_stream_write_all(out, &byte, 1, NULL, NULL, NULL);
        }
        bench_check(j, close_out(out));
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

static void read_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        GInputStream *in = buffered_in(open_in(j->path));
        sum += get_records(in, j->n, j->size);
        g_object_unref(in);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
}

static void getc_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        GInputStream *in = buffered_in(open_in(j->path));
        sum += get_bytes(in);
        g_object_unref(in);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

static void lines_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++)
        sum += lines_of(open_in(j->path));
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
}

static void read_bulk(bench_job *j)
{
    static unsigned char block[BENCH_BLOCK];
    uint64_t sum = 0;

    bench_start(j);
    GInputStream *in = open_in(j->path);
    while (g_input_stream_read(in, block, sizeof block, NULL, NULL) > 0) {
        BENCH_KEEP(block);
        sum += bench_first_word(block);
    }
    g_object_unref(in);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    GOutputStream *out = open_out(j->path);
    for (size_t i = 0, n = j->n; i < n; i++)
        g_output_stream_write_all(out, block, BENCH_BLOCK, NULL, NULL, NULL);
    bench_check(j, close_out(out));
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

static void load(bench_job *j)
{
    char *data = NULL;
    gsize len = 0;

    bench_start(j);
    GFile *file = g_file_new_for_path(j->path);
    bench_check(j, g_file_load_contents(file, NULL, &data, &len, NULL, NULL));
    g_object_unref(file);
    bench_stop(j);
    bench_check_data(j, data, len);
    bench_start(j);
    g_free(data);
    bench_stop(j);
}

static void save(bench_job *j)
{
    unsigned char *data = bench_data(j->size);

    bench_start(j);
    GOutputStream *out = open_out(j->path2);
    g_output_stream_write_all(out, data, j->size, NULL, NULL, NULL);
    bench_check(j, close_out(out));
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j)
{
    bench_start(j);
    GFile *in = g_file_new_for_path(j->path);
    GFile *out = g_file_new_for_path(j->path2);
    bench_check(
        j, g_file_copy(in, out, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL));
    g_object_unref(in);
    g_object_unref(out);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void rand_file(bench_job *j)
{
    uint64_t sum;

    bench_start(j);
    GInputStream *in = open_in(j->path);
    sum = random_reads(j, in);
    g_object_unref(in);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void open_close(bench_job *j)
{
    unsigned char text[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        GInputStream *in = open_in(j->path);
        if (g_input_stream_read(in, text, sizeof text, NULL, NULL) ==
            sizeof text)
            sum += bench_first_word(text);
        g_object_unref(in);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

int main(int argc, char **argv)
{
    static const bench_workload all[] = {
        {"write_mem", write_mem},
        {"putc_mem", putc_mem},
        {"grow_mem", grow_mem},
        {"read_mem", read_mem},
        {"getc_mem", getc_mem},
        {"lines_mem", lines_mem},
        {"rand_mem", rand_mem},
        {"create", create},
        {"many", many},
        {"write_file", write_file},
        {"putc_file", putc_file},
        {"read_file", read_file},
        {"getc_file", getc_file},
        {"lines_file", lines_file},
        {"read_bulk", read_bulk},
        {"write_bulk", write_bulk},
        {"load", load},
        {"save", save},
        {"copy_file", copy_file},
        {"rand_file", rand_file},
        {"open_close", open_close},
        {NULL, NULL},
    };

    g_setenv("GIO_USE_VFS", "local", TRUE);
    return bench_main(argc, argv, all);
}
