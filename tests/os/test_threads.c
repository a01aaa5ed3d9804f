/*
 * test_threads.c - what may run at once: rill_pread() and rill_pwrite() on one
 * stream, anything on different streams, rill_free() anywhere. Run under the
 * thread sanitizer, this also proves that nothing is shared in secret.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <pthread.h>

enum { THREADS = 8, SIZE = 1 << 20 };

/*
 * One thread's part. A check of cmocka may only fail in the main thread, so a
 * thread notes what went wrong, and the main thread checks that nothing did.
 */
typedef struct worker {
    pthread_t thread;
    int number;
    rill *s;
    void *memory;
    const char *failed;
} worker;

#define WORKER_MUST(w, condition)     \
    do {                              \
        if (!(condition)) {           \
            (w)->failed = #condition; \
            return NULL;              \
        }                             \
    } while (0)

/* Start a thread for each worker, wait for all, and look at what they say. */
static void run_workers(worker *w, int count, void *(*body)(void *))
{
    for (int i = 0; i < count; i++)
        CHECK_INT(0, pthread_create(&w[i].thread, NULL, body, &w[i]));
    for (int i = 0; i < count; i++)
        CHECK_INT(0, pthread_join(w[i].thread, NULL));
    for (int i = 0; i < count; i++)
        CHECK_STR(NULL, w[i].failed);
}

static void run_on(rill *s, void *(*body)(void *))
{
    worker w[THREADS] = {{0}};

    for (int i = 0; i < THREADS; i++) {
        w[i].number = i;
        w[i].s = s;
    }
    run_workers(w, THREADS, body);
}

static int rounds(void)
{
    return SANITIZED || test_is_quick() ? 200 : 2000;
}

/* ---- One stream ----------------------------------------------------------- */

static void *read_everywhere(void *arg)
{
    worker *w = arg;
    uint64_t seed = (uint64_t)w->number + 1;
    unsigned char back[5000];
    int count = rounds();

    for (int i = 0; i < count; i++) {
        int64_t at = (int64_t)test_below(&seed, SIZE);
        size_t n = (size_t)test_below(&seed, sizeof(back));
        int64_t there = SIZE - at < (int64_t)n ? SIZE - at : (int64_t)n;

        WORKER_MUST(w, rill_pread(w->s, back, n, at) == there);
        WORKER_MUST(w, is_pattern(back, (size_t)there, at));
    }
    return NULL;
}

static unsigned char *make_pattern(void)
{
    unsigned char *data = test_alloc(SIZE);

    test_pattern(data, SIZE, 0);
    return data;
}

static void read_at_once(rill *s)
{
    CHECK(s != NULL);
    run_on(s, read_everywhere);
    CHECK_INT(0, rill_tell(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

TEST(threads__pread_a_file)
{
    unsigned char *data = make_pattern();

    test_write_file("f", data, SIZE);
    read_at_once(rill_open("f", "r"));
    free(data);
}

/* With bytes in the write window, which every thread must see. */
TEST(threads__pread_a_file_being_written)
{
    unsigned char *data = make_pattern();
    rill *s = rill_open("f", "w+");

    CHECK(s != NULL);
    for (int at = 0; at < SIZE; at += 1024)
        CHECK_INT(1024, rill_write(s, data + at, 1024));
    run_on(s, read_everywhere);
    CHECK_INT(SIZE, rill_tell(s));
    CHECK_OK(rill_close(s));
    free(data);
}

TEST(threads__pread_memory)
{
    unsigned char *data = make_pattern();
    rill *s = rill_open_mem(NULL);

    read_at_once(rill_open_mem_copy(data, SIZE, NULL));
    CHECK(s != NULL);
    for (int at = 0; at < SIZE; at += 1024)
        CHECK_INT(1024, rill_write(s, data + at, 1024));
    run_on(s, read_everywhere);
    CHECK_INT(SIZE, rill_tell(s));
    CHECK_OK(rill_close(s));
    free(data);
}

TEST(threads__pread_view_and_fixed)
{
    unsigned char *data = make_pattern();
    rill_options o = RILL_OPTIONS_INIT;

    o.length = SIZE;
    read_at_once(rill_open_view(data, SIZE));
    read_at_once(rill_open_fixed(data, SIZE, &o));
    free(data);
}

TEST(threads__pread_a_spool_on_disk)
{
    unsigned char *data = make_pattern();
    rill *s = rill_open_spool(100, NULL);

    CHECK(s != NULL);
    CHECK_INT(SIZE, rill_write(s, data, SIZE));
    CHECK_OK(rill_rewind(s));
    read_at_once(s);
    free(data);
}

/* Each thread writes every eighth block, and reads its own back. */
static void *write_own_blocks(void *arg)
{
    worker *w = arg;
    unsigned char block[512], back[512];

    for (int64_t at = w->number * 512; at < SIZE; at += THREADS * 512) {
        test_pattern(block, sizeof(block), at);
        WORKER_MUST(w, rill_pwrite(w->s, block, sizeof(block), at) == 512);
        WORKER_MUST(w, rill_pread(w->s, back, sizeof(back), at) == 512);
        WORKER_MUST(w, memcmp(block, back, sizeof(back)) == 0);
    }
    return NULL;
}

static void write_at_once(rill *s)
{
    unsigned char *back = test_alloc(SIZE);

    CHECK(s != NULL);
    run_on(s, write_own_blocks);
    CHECK_INT(0, rill_tell(s));
    CHECK_INT(SIZE, rill_size(s));
    CHECK_INT(SIZE, rill_read(s, back, SIZE));
    CHECK(is_pattern(back, SIZE, 0));
    CHECK_OK(rill_close(s));
    free(back);
}

/* A file may grow under many writers. */
TEST(threads__pwrite_a_file)
{
    write_at_once(rill_open("f", "w+"));
}

/* Memory must have its size before (a growing rill_pwrite() runs alone). */
TEST(threads__pwrite_memory)
{
    unsigned char *zeros = test_alloc(SIZE);
    rill_options o = RILL_OPTIONS_INIT;

    memset(zeros, 0, SIZE);
    write_at_once(rill_open_mem_copy(zeros, SIZE, NULL));
    memset(zeros, 0, SIZE);
    o.length = SIZE;
    write_at_once(rill_open_fixed(zeros, SIZE, &o));
    free(zeros);
}

/* Within its length; to make content in memory longer is for one alone. */
TEST(threads__pwrite_within_fixed_memory)
{
    rill_options o = RILL_OPTIONS_INIT;
    unsigned char *zeros = test_alloc(SIZE);

    o.length = SIZE;
    for (int round = 0; round < 10; round++) {
        memset(zeros, 0, SIZE);
        write_at_once(rill_open_fixed(zeros, SIZE, &o));
    }
    free(zeros);
}

/* ---- Streams of one's own ------------------------------------------------- */

/* Sizes on both sides of each way to allocate, so that the pool is busy. */
static void *use_memory_streams(void *arg)
{
    static const int64_t sizes[] = {10,         100,    5000,    200 * 1024,
                                    256 * 1024, 300000, 1 << 20, 3 << 20};
    worker *w = arg;
    unsigned char block[4096];
    const void *data;
    int count = rounds() / 40;

    for (int i = 0; i < count; i++) {
        int64_t size = sizes[(i + w->number) % 8], at;
        rill *s = rill_open_mem(NULL);

        WORKER_MUST(w, s != NULL);
        for (at = 0; at < size; at += (int64_t)sizeof(block)) {
            size_t n = size - at < (int64_t)sizeof(block) ? (size_t)(size - at)
                                                          : sizeof(block);
            test_pattern(block, n, at + w->number);
            WORKER_MUST(w, rill_write(s, block, n) == (ptrdiff_t)n);
        }
        WORKER_MUST(w, rill_data(s, &data) == size);
        WORKER_MUST(w, is_pattern(data, (size_t)size, w->number));
        if (i % 3 == 0) {
            void *taken;

            WORKER_MUST(w, rill_take(s, &taken) == size);
            WORKER_MUST(w, is_pattern(taken, (size_t)size, w->number));
            rill_free(taken);
        }
        if (i % 10 == 0)
            rill_pool_trim();
        if (i % 16 == 0)
            rill_pool_limit(i % 32 ? 1 << 20 : 256 << 20);
        WORKER_MUST(w, rill_close(s) == RILL_OK);
    }
    return NULL;
}

TEST(threads__memory_streams)
{
    run_on(NULL, use_memory_streams);
    rill_pool_limit(256 << 20);
    rill_pool_trim();
}

/* Windows of files are pooled as well. */
static void *use_files(void *arg)
{
    worker *w = arg;
    char name[16], text[64];
    int count = rounds() / 10;

    snprintf(name, sizeof(name), "file %d", w->number);
    for (int i = 0; i < count; i++) {
        rill *s = rill_open(name, "w+");
        const char *line;
        ptrdiff_t n,
            len = snprintf(text, sizeof(text), "%d of %d\n", i, w->number);

        WORKER_MUST(w, s != NULL);
        for (int k = 0; k < 20; k++)
            WORKER_MUST(w, rill_write(s, text, (size_t)len) == len);
        WORKER_MUST(w, rill_rewind(s) == RILL_OK);
        for (int k = 0; k < 20; k++) {
            n = rill_readline(s, &line);
            WORKER_MUST(w, n == len && !memcmp(line, text, (size_t)n));
        }
        WORKER_MUST(w, rill_getc(s) == RILL_EEOF);
        WORKER_MUST(w, rill_close(s) == RILL_OK);
    }
    return NULL;
}

TEST(threads__files)
{
    run_on(NULL, use_files);
}

/* Lines choose their code for this processor once: by whichever comes first. */
static void *count_lines(void *arg)
{
    worker *w = arg;
    rill_lines it;
    rill_line line = {NULL, 0};
    int count = 0;
    rill *s = rill_open_view(w->memory, SIZE);

    WORKER_MUST(w, s != NULL);
    rill_lines_begin(&it, s, '\n');
    while (rill_lines_next(&it, &line))
        count++;
    WORKER_MUST(w, rill_lines_end(&it) == RILL_OK);
    WORKER_MUST(w, count == SIZE / 64);
    WORKER_MUST(w, rill_close(s) == RILL_OK);
    return NULL;
}

TEST(threads__lines)
{
    worker w[THREADS] = {{0}};
    char *text = test_alloc(SIZE);

    memset(text, 'x', SIZE);
    for (int i = 63; i < SIZE; i += 64)
        text[i] = '\n';
    for (int i = 0; i < THREADS; i++)
        w[i].memory = text;
    run_workers(w, THREADS, count_lines);
    free(text);
}

/* ---- From hand to hand ---------------------------------------------------- */

static void *make_memory(void *arg)
{
    worker *w = arg;
    rill *s = rill_open_mem(NULL);
    int64_t size = w->number % 2 ? 3 * MIB : 1000;

    WORKER_MUST(w, s != NULL);
    for (int64_t at = 0; at < size; at += 8)
        WORKER_MUST(w, rill_put_u64le(s, (uint64_t)at) == RILL_OK);
    WORKER_MUST(w, rill_take(s, &w->memory) == size);
    w->s = s;
    return NULL;
}

static void *free_memory(void *arg)
{
    worker *w = arg;
    int64_t last = (w->number % 2 ? 3 * MIB : 1000) - 8;
    unsigned char *p = w->memory;

    WORKER_MUST(w, p[last] == (last & 255));
    WORKER_MUST(w, p[last + 1] == (last >> 8 & 255));
    rill_free(p);
    WORKER_MUST(w, rill_puts(w->s, "again") == 5);
    WORKER_MUST(w, rill_close(w->s) == RILL_OK);
    return NULL;
}

/* Memory and streams made in one thread may end in another. */
TEST(threads__free_in_another)
{
    worker w[THREADS] = {{0}};

    for (int i = 0; i < THREADS; i++)
        w[i].number = i;
    run_workers(w, THREADS, make_memory);
    run_workers(w, THREADS, free_memory);
    rill_pool_trim();
}

/* A pipe between two threads, a stream at each end. */
static void *send_numbers(void *arg)
{
    worker *w = arg;

    for (uint32_t i = 0; i < 300000; i++)
        WORKER_MUST(w, rill_put_u32be(w->s, i) == RILL_OK);
    WORKER_MUST(w, rill_close(w->s) == RILL_OK);
    return NULL;
}

static void *receive_numbers(void *arg)
{
    worker *w = arg;
    uint32_t v = 0;

    for (uint32_t i = 0; i < 300000; i++) {
        WORKER_MUST(w, rill_get_u32be(w->s, &v) == RILL_OK);
        WORKER_MUST(w, v == i);
    }
    WORKER_MUST(w, rill_get_u32be(w->s, &v) == RILL_EEOF);
    WORKER_MUST(w, rill_close(w->s) == RILL_OK);
    return NULL;
}

static void *either_end(void *arg)
{
    worker *w = arg;

    return w->number ? receive_numbers(w) : send_numbers(w);
}

TEST(threads__pipe_between)
{
    worker w[2] = {{0}};
    int fd[2];

    CHECK_INT(0, pipe2(fd, O_CLOEXEC));
    w[1].number = 1;
    w[0].s = rill_open_fd(fd[1], "w", RILL_TAKE, NULL);
    w[1].s = rill_open_fd(fd[0], "r", RILL_TAKE, NULL);
    CHECK(w[0].s && w[1].s);
    run_workers(w, 2, either_end);
}
