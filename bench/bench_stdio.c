/*
 * bench_stdio.c - C's stdio (glibc). Built three times: plainly, where glibc
 * leaves the locks out as long as the program has had one thread only; with
 * -DTHREADED, as it is in every program that has started a second; and with
 * -DUNLOCKED, for the calls that never lock. Memory is open_memstream() and
 * fmemopen(); files have a buffer as large as Rill's.
 */
#ifdef THREADED
#include <pthread.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#ifdef UNLOCKED
#define WRITE fwrite_unlocked
#define READ fread_unlocked
#define PUTC putc_unlocked
#define GETC getc_unlocked
#else
#define WRITE fwrite
#define READ fread
#define PUTC putc
#define GETC getc
#endif

static FILE *must(FILE *f)
{
    if (!f) {
        perror("bench_stdio");
        exit(1);
    }
    return f;
}

/* glibc heeds the size only of a buffer that it is given. */
static char large[BENCH_BUFFER];

static FILE *open_large(const char *path, const char *mode)
{
    FILE *f = must(fopen(path, mode));

    setvbuf(f, large, _IOFBF, BENCH_BUFFER);
    return f;
}

/* ---- Memory ----------------------------------------------------------- */

static void finish(bench_job *j, char *data, size_t len, size_t rep,
                   bench_checker *check)
{
    if (rep + 1 == j->reps) {
        bench_stop(j);
        check(j, data, len);
        bench_start(j);
    }
    free(data);
}

BENCH_INLINE void write_records(bench_job *j, const size_t size)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        char *data;
        size_t len;
        FILE *f = must(open_memstream(&data, &len));
        for (size_t i = 0, n = j->n; i < n; i++)
            WRITE(bench_records[i % BENCH_RECORDS], 1, size, f);
        bench_check(j, fclose(f) == 0);
        finish(j, data, len, r, bench_check_records);
    }
    bench_stop(j);
}

static void write_mem(bench_job *j)
{
    BENCH_BY_SIZE(j, write_records);
}

static void putc_mem(bench_job *j)
{
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        char *data;
        size_t len;
        FILE *f = must(open_memstream(&data, &len));
        for (size_t i = 0, n = j->n; i < n; i++)
            PUTC((unsigned char)i, f);
        bench_check(j, fclose(f) == 0);
        finish(j, data, len, r, bench_check_putc);
    }
    bench_stop(j);
}

static void grow_mem(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);
    char *data;
    size_t len;

    bench_start(j);
    FILE *f = must(open_memstream(&data, &len));
    for (size_t at = 0; at < j->size; at += BENCH_BLOCK)
        WRITE(block, 1, BENCH_BLOCK, f);
    bench_check(j, fclose(f) == 0);
    finish(j, data, len, 0, bench_check_blocks);
    bench_stop(j);
}

BENCH_INLINE uint64_t get_records(FILE *f, size_t n, const size_t size)
{
    unsigned char record[256];
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (READ(record, 1, size, f) != size)
            break;
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    return sum;
}

static uint64_t get_bytes(FILE *f)
{
    uint64_t sum = 0;
    int c;

    while ((c = GETC(f)) != EOF)
        sum += (unsigned)c;
    return sum;
}

static uint64_t get_lines(FILE *f)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    uint64_t sum = 0;

    while ((len = getline(&line, &size, f)) > 0)
        sum += bench_line_sum(line, (size_t)len);
    free(line);
    return sum;
}

BENCH_INLINE void read_records(bench_job *j, const size_t size)
{
    FILE *f = must(fmemopen(bench_data(j->n * size), j->n * size, "r"));
    uint64_t sum = 0;

    setvbuf(f, large, _IOFBF, BENCH_BUFFER);
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rewind(f);
        sum += get_records(f, j->n, size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
    fclose(f);
}

static void read_mem(bench_job *j)
{
    BENCH_BY_SIZE(j, read_records);
}

static void getc_mem(bench_job *j)
{
    FILE *f = must(fmemopen(bench_data(j->n), j->n, "r"));
    uint64_t sum = 0;

    setvbuf(f, large, _IOFBF, BENCH_BUFFER);
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rewind(f);
        sum += get_bytes(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
    fclose(f);
}

static void lines_mem(bench_job *j)
{
    size_t len;
    char *text = bench_lines(j->n, &len);
    FILE *f = must(fmemopen(text, len, "r"));
    uint64_t sum = 0;

    setvbuf(f, large, _IOFBF, BENCH_BUFFER);
    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        rewind(f);
        sum += get_lines(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_lines(j->n));
    fclose(f);
}

static void rand_mem(bench_job *j)
{
    FILE *f = must(fmemopen(bench_data(j->size), j->size, "r"));
    uint64_t state = 1, sum = 0;
    unsigned char record[64];

    setvbuf(f, NULL, _IONBF, 0); /* a buffer would be filled each time */
    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        fseeko(f, (off_t)bench_offset(&state, j->size), SEEK_SET);
        if (READ(record, 1, sizeof record, f) == sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
    fclose(f);
}

static void create(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        char *data;
        size_t len;
        FILE *f = must(open_memstream(&data, &len));
        WRITE(bench_records[i % BENCH_RECORDS], 1, 11, f);
        fclose(f);
        sum += len + (unsigned char)data[0];
        free(data);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

static void many(bench_job *j)
{
    struct one {
        FILE *f;
        char *data;
        size_t len;
    } *streams = calloc(j->n, sizeof *streams);
    size_t before;

    if (!streams)
        exit(1);
    memset(streams, 1, j->n * sizeof *streams);
    before = bench_resident();
    for (size_t i = 0, n = j->n; i < n; i++) {
        struct one *s = &streams[i];
        s->f = must(open_memstream(&s->data, &s->len));
        WRITE(bench_records[0], 1, j->size, s->f);
    }
    j->value =
        (double)(bench_resident() - before) / (double)j->n - (double)j->size;
}

/* ---- Files ------------------------------------------------------------ */

static void close_out(bench_job *j, FILE *f, size_t rep)
{
    bench_check(j, fclose(f) == 0);
    bench_stop(j);
    if (rep + 1 < j->reps)
        unlink(j->path);
}

BENCH_INLINE void write_file_records(bench_job *j, const size_t size)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        FILE *f = open_large(j->path, "wb");
        for (size_t i = 0, n = j->n; i < n; i++)
            WRITE(bench_records[i % BENCH_RECORDS], 1, size, f);
        close_out(j, f, r);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void write_file(bench_job *j)
{
    BENCH_BY_SIZE(j, write_file_records);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        FILE *f = open_large(j->path, "wb");
        for (size_t i = 0, n = j->n; i < n; i++)
            PUTC((unsigned char)i, f);
        close_out(j, f, r);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

BENCH_INLINE void read_file_records(bench_job *j, const size_t size)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        FILE *f = open_large(j->path, "rb");
        sum += get_records(f, j->n, size);
        fclose(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, size));
}

static void read_file(bench_job *j)
{
    BENCH_BY_SIZE(j, read_file_records);
}

static uint64_t sum_file(bench_job *j, uint64_t (*get)(FILE *f))
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        FILE *f = open_large(j->path, "rb");
        sum += get(f);
        fclose(f);
    }
    bench_stop(j);
    return sum;
}

static void getc_file(bench_job *j)
{
    bench_check(j,
                sum_file(j, get_bytes) == j->reps * bench_expect_bytes(j->n));
}

static void lines_file(bench_job *j)
{
    bench_check(j,
                sum_file(j, get_lines) == j->reps * bench_expect_lines(j->n));
}

static void read_bulk(bench_job *j)
{
    static unsigned char block[BENCH_BLOCK];
    uint64_t sum = 0;

    bench_start(j);
    FILE *f = must(fopen(j->path, "rb"));
    while (READ(block, 1, sizeof block, f) > 0) {
        BENCH_KEEP(block);
        sum += bench_first_word(block);
    }
    fclose(f);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    FILE *f = must(fopen(j->path, "wb"));
    for (size_t i = 0, n = j->n; i < n; i++)
        WRITE(block, 1, BENCH_BLOCK, f);
    bench_check(j, fclose(f) == 0);
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

/* The usual way: ask for the size, allocate, read in one call. */
static void load(bench_job *j)
{
    bench_start(j);
    FILE *f = must(fopen(j->path, "rb"));
    fseeko(f, 0, SEEK_END);
    size_t size = (size_t)ftello(f);
    rewind(f);
    char *data = malloc(size);
    size_t got = data ? READ(data, 1, size, f) : 0;
    fclose(f);
    bench_stop(j);
    bench_check_data(j, data, got);
    bench_start(j);
    free(data);
    bench_stop(j);
}

static void save(bench_job *j)
{
    unsigned char *data = bench_data(j->size);

    bench_start(j);
    FILE *f = must(fopen(j->path2, "wb"));
    WRITE(data, 1, j->size, f);
    bench_check(j, fclose(f) == 0);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j)
{
    static unsigned char piece[BENCH_BUFFER];
    size_t got;

    bench_start(j);
    FILE *in = must(fopen(j->path, "rb")), *out = must(fopen(j->path2, "wb"));
    while ((got = READ(piece, 1, sizeof piece, in)) > 0)
        WRITE(piece, 1, got, out);
    fclose(in);
    bench_check(j, fclose(out) == 0);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void rand_with_buffer(bench_job *j, size_t buffer)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    bench_start(j);
    FILE *f = must(fopen(j->path, "rb"));
    setvbuf(f, large, buffer ? _IOFBF : _IONBF, buffer);
    for (size_t i = 0, n = j->n; i < n; i++) {
        fseeko(f, (off_t)bench_offset(&state, j->size), SEEK_SET);
        if (READ(record, 1, sizeof record, f) == sizeof record)
            sum += bench_first_word(record);
    }
    fclose(f);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void rand_file(bench_job *j)
{
    rand_with_buffer(j, 0);
}

static void rand_file_large(bench_job *j)
{
    rand_with_buffer(j, BENCH_BUFFER);
}

static void open_close(bench_job *j)
{
    unsigned char text[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        FILE *f = must(fopen(j->path, "rb"));
        if (READ(text, 1, sizeof text, f) == sizeof text)
            sum += bench_first_word(text);
        fclose(f);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

#ifdef THREADED
static void *nothing(void *arg)
{
    return arg;
}

/* From now on glibc locks. */
static void start_thread(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, nothing, NULL) != 0)
        exit(1);
    pthread_join(thread, NULL);
}
#endif

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
        {"rand_file@128k", rand_file_large},
        {"open_close", open_close},
        {NULL, NULL},
    };

#ifdef THREADED
    start_thread();
#endif
    return bench_main(argc, argv, all);
}
