/*
 * stdio.c (bench) - the C library's own FILEs, and those over streams.
 *
 * First rill_as_file() beside fmemopen() and open_memstream(), and a stream
 * over a FILE beside the FILE. Then a program's calls, compiled for the C
 * library's stdio and for Rill's.
 *
 * Over 1.02 are: fread() of a FILE over memory, since a callback is a call more
 * for each piece that is copied; fprintf(), which is the C library's own way to
 * format, without its way into the FILE; fscanf(), which is the C library's on
 * a FILE of its own that is filled for each call; and open_memstream() for a
 * few bytes, which is two allocations and a lock more.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RILL_STDIO_KEEP_NAMES
#include <rill_stdio.h>

#include "side_by_side.h"

enum { SIZE = 4 << 20, LINE = 64, NUMBERS = 20000 };

static char text[SIZE + 1];

/* Lines of letters. */
static void fill_lines(void)
{
    size_t i;

    fill_plausibly(text, SIZE);
    for (i = 0; i < SIZE; i++)
        text[i] = i % LINE == LINE - 1 ? '\n' : (char)('a' + text[i] % 26);
}

static void check(int ok, const char *what)
{
    if (!ok)
        give_up(what);
}

/* ---- FILEs of the C library, over memory and over streams ---------------- */

static void read_blocks(FILE *f)
{
    static char buf[4096];
    size_t n, total = 0;

    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        total += n;
    check(total == SIZE && fclose(f) == 0, "reading blocks");
}

static void read_lines(FILE *f)
{
    char *line = NULL;
    size_t size = 0, total = 0;
    ssize_t n;

    while ((n = getline(&line, &size, f)) > 0)
        total += (size_t)n;
    free(line);
    check(total == SIZE && fclose(f) == 0, "reading lines");
}

static void write_lines(FILE *f)
{
    size_t i;

    for (i = 0; i < SIZE; i += LINE)
        check(fwrite(text + i, 1, LINE, f) == LINE, "writing lines");
    check(fclose(f) == 0, "closing");
}

static void blocks_own(void *ctx)
{
    (void)ctx;
    read_blocks(fmemopen(text, SIZE, "r"));
}

static void blocks_ours(void *ctx)
{
    (void)ctx;
    read_blocks(rill_as_file(rill_open_view(text, SIZE), "r", RILL_TAKE));
}

static void lines_own(void *ctx)
{
    (void)ctx;
    read_lines(fmemopen(text, SIZE, "r"));
}

static void lines_ours(void *ctx)
{
    (void)ctx;
    read_lines(rill_as_file(rill_open_view(text, SIZE), "r", RILL_TAKE));
}

static void memstream_own(void *ctx)
{
    char *data;
    size_t size;

    (void)ctx;
    write_lines(open_memstream(&data, &size));
    free(data);
}

static void memstream_ours(void *ctx)
{
    (void)ctx;
    write_lines(rill_as_file(rill_open_mem(NULL), "w", RILL_TAKE));
}

/* ---- A stream over a FILE ------------------------------------------------ */

static void file_own(void *ctx)
{
    read_blocks(fopen(ctx, "r"));
}

static void file_ours(void *ctx)
{
    static char buf[4096];
    rill *s = rill_open_file(fopen(ctx, "r"), "r", RILL_TAKE, NULL);
    size_t total = 0;
    ptrdiff_t n;

    while ((n = rill_read(s, buf, sizeof(buf))) > 0)
        total += (size_t)n;
    check(total == SIZE && rill_close(s) == RILL_OK, "reading by a stream");
}

/* ---- stdio, remapped: each program once for both ------------------------- */

#define PROGRAMS(which, T, f)                                            \
    static void which##_getc(void *ctx)                                  \
    {                                                                    \
        T *file = f(fopen)(ctx, "r");                                    \
        size_t total = 0;                                                \
                                                                         \
        while (f(getc)(file) != EOF)                                     \
            total++;                                                     \
        check(total == SIZE && f(fclose)(file) == 0, "getc()");          \
    }                                                                    \
    static void which##_fgets(void *ctx)                                 \
    {                                                                    \
        T *file = f(fopen)(ctx, "r");                                    \
        char line[LINE * 2];                                             \
        size_t total = 0;                                                \
                                                                         \
        while (f(fgets)(line, sizeof(line), file))                       \
            total += LINE;                                               \
        check(total == SIZE && f(fclose)(file) == 0, "fgets()");         \
    }                                                                    \
    static void which##_getline(void *ctx)                               \
    {                                                                    \
        T *file = f(fopen)(ctx, "r");                                    \
        char *line = NULL;                                               \
        size_t size = 0, total = 0;                                      \
                                                                         \
        while (f(getline)(&line, &size, file) > 0)                       \
            total += LINE;                                               \
        free(line);                                                      \
        check(total == SIZE && f(fclose)(file) == 0, "getline()");       \
    }                                                                    \
    static void which##_putc(void *ctx)                                  \
    {                                                                    \
        T *file = f(fopen)("/dev/null", "w");                            \
        size_t i;                                                        \
                                                                         \
        (void)ctx;                                                       \
        for (i = 0; i < SIZE; i++)                                       \
            f(putc)(text[i], file);                                      \
        check(f(fclose)(file) == 0, "putc()");                           \
    }                                                                    \
    static void which##_fwrite(void *ctx)                                \
    {                                                                    \
        T *file = f(fopen)("/dev/null", "w");                            \
        size_t i;                                                        \
                                                                         \
        (void)ctx;                                                       \
        for (i = 0; i < SIZE; i += LINE)                                 \
            f(fwrite)(text + i, 1, LINE, file);                          \
        check(f(fclose)(file) == 0, "fwrite()");                         \
    }                                                                    \
    static void which##_fprintf(void *ctx)                               \
    {                                                                    \
        T *file = f(fopen)("/dev/null", "w");                            \
        int i;                                                           \
                                                                         \
        (void)ctx;                                                       \
        for (i = 0; i < NUMBERS; i++)                                    \
            f(fprintf)(file, "%d: %s %x\n", i, "some text", i);          \
        check(f(fclose)(file) == 0, "fprintf()");                        \
    }                                                                    \
    static void which##_memstream(void *ctx)                             \
    {                                                                    \
        char *data;                                                      \
        size_t size, i;                                                  \
        T *file = f(open_memstream)(&data, &size);                       \
                                                                         \
        (void)ctx;                                                       \
        for (i = 0; i < SIZE; i += LINE)                                 \
            f(fwrite)(text + i, 1, LINE, file);                          \
        check(f(fclose)(file) == 0 && size == SIZE, "open_memstream()"); \
        free(data);                                                      \
    }                                                                    \
    static void which##_small(void *ctx)                                 \
    {                                                                    \
        char *data;                                                      \
        size_t size;                                                     \
        int i;                                                           \
                                                                         \
        (void)ctx;                                                       \
        for (i = 0; i < 1000; i++) {                                     \
            T *file = f(open_memstream)(&data, &size);                   \
                                                                         \
            f(fprintf)(file, "%d is small", i);                          \
            check(f(fclose)(file) == 0 && size > 9, "open_memstream()"); \
            free(data);                                                  \
        }                                                                \
    }                                                                    \
    static void which##_fmemopen(void *ctx)                              \
    {                                                                    \
        T *file = f(fmemopen)(text, SIZE, "r");                          \
        static char buf[512];                                            \
        size_t total = 0, n;                                             \
                                                                         \
        (void)ctx;                                                       \
        while ((n = f(fread)(buf, 1, sizeof(buf), file)) > 0)            \
            total += n;                                                  \
        check(total == SIZE && f(fclose)(file) == 0, "fmemopen()");      \
    }                                                                    \
    static void which##_fscanf(void *ctx)                                \
    {                                                                    \
        static char numbers[NUMBERS * 4 + 1];                            \
        T *file;                                                         \
        int i, total = 0;                                                \
                                                                         \
        (void)ctx;                                                       \
        for (i = 0; i < NUMBERS; i++)                                    \
            memcpy(numbers + (size_t)i * 4, "123 ", 4);                  \
        file = f(fmemopen)(numbers, sizeof(numbers) - 1, "r");           \
        while (f(fscanf)(file, "%d", &i) == 1)                           \
            total++;                                                     \
        check(total == NUMBERS && f(fclose)(file) == 0, "fscanf()");     \
    }

#define AS_IS(name) name
#define AS_OURS(name) rill_stdio_##name
#define rill_stdio_getc rill_stdio_fgetc
#define rill_stdio_putc rill_stdio_fputc

PROGRAMS(own, FILE, AS_IS)
PROGRAMS(ours, rill_FILE, AS_OURS)

static void write_file(const char *path)
{
    FILE *f = fopen(path, "w");

    check(f && fwrite(text, 1, SIZE, f) == SIZE && fclose(f) == 0, path);
}

int main(void)
{
    static char path[] = "bench_stdio.tmp";

    fill_lines();
    write_file(path);
    side_by_side("a FILE over memory: fread()", SIZE, blocks_own, blocks_ours,
                 NULL);
    side_by_side("a FILE over memory: getline()", SIZE, lines_own, lines_ours,
                 NULL);
    side_by_side("a FILE over memory: fwrite()", SIZE, memstream_own,
                 memstream_ours, NULL);
    side_by_side("a stream over a FILE: 4 KiB reads", SIZE, file_own, file_ours,
                 path);
    side_by_side("stdio by Rill: getc()", SIZE, own_getc, ours_getc, path);
    side_by_side("stdio by Rill: fgets()", SIZE, own_fgets, ours_fgets, path);
    side_by_side("stdio by Rill: getline()", SIZE, own_getline, ours_getline,
                 path);
    side_by_side("stdio by Rill: putc()", SIZE, own_putc, ours_putc, NULL);
    side_by_side("stdio by Rill: fwrite(), 64 bytes", SIZE, own_fwrite,
                 ours_fwrite, NULL);
    side_by_side("stdio by Rill: fprintf()", NUMBERS * 20, own_fprintf,
                 ours_fprintf, NULL);
    side_by_side("stdio by Rill: open_memstream()", SIZE, own_memstream,
                 ours_memstream, NULL);
    side_by_side("stdio by Rill: open_memstream(), small", 1000 * 12, own_small,
                 ours_small, NULL);
    side_by_side("stdio by Rill: fmemopen(), 512 bytes", SIZE, own_fmemopen,
                 ours_fmemopen, NULL);
    side_by_side("stdio by Rill: fscanf()", NUMBERS * 4, own_fscanf,
                 ours_fscanf, NULL);
    remove(path);
    return 0;
}
