/*
 * test_memory_use.c - what memory streams cost: in the heap, in resident
 * pages, in the pool that keeps them for later; and that it is given back.
 *
 * The measures are the C library's own (mallinfo2) and the kernel's (smaps,
 * statm), so these tests mean nothing where memory is instrumented.
 */
#define _GNU_SOURCE
#include "os_support.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdbool.h>

/* Bytes that malloc() has given and not got back, large blocks included; -1: it
 * does not say. */
static int64_t heap_in_use(void)
{
#ifdef __GLIBC__
    struct mallinfo2 m = mallinfo2();

    return (int64_t)(m.uordblks + m.hblkhd);
#else
    return -1;
#endif
}

/* A number from /proc/self/smaps_rollup or status, in bytes; -1: not there. */
static int64_t proc_number(const char *path, const char *format)
{
    char line[256];
    long long kib = -1;
    FILE *f = fopen(path, "r");

    while (f && kib < 0 && fgets(line, sizeof(line), f))
        if (sscanf(line, format, &kib) != 1)
            kib = -1;
    if (f)
        fclose(f);
    return kib < 0 ? -1 : (int64_t)kib * KIB;
}

static int64_t resident(void)
{
    return proc_number("/proc/self/smaps_rollup", "Rss: %lld kB");
}

static int64_t address_space(void)
{
    return proc_number("/proc/self/status", "VmSize: %lld kB");
}

static const char *not_measurable(void)
{
    if (memory_is_instrumented())
        return "instrumented memory says nothing";
    return resident() < 0 ? "no /proc/self/smaps_rollup" : NULL;
}

static const char *heap_not_measurable(void)
{
    return heap_in_use() < 0 ? "this C library does not count its heap"
                             : not_measurable();
}

/* A stream that was filled by many writes of `step` bytes. */
static rill *filled(int64_t size, size_t step)
{
    unsigned char *part = test_alloc(step);
    rill *s = rill_open_mem(NULL);

    CHECK(s != NULL);
    for (int64_t at = 0; at < size; at += (int64_t)step) {
        size_t n = size - at < (int64_t)step ? (size_t)(size - at) : step;

        test_pattern(part, n, at);
        CHECK_INT(n, rill_write(s, part, n));
    }
    free(part);
    return s;
}

/* ---- Small streams -------------------------------------------------------- */

/* A million streams, each with content of its own: at most 200 bytes each
 * beyond it. */
static void many_streams(const char *content, size_t len)
{
    int64_t count = test_is_quick() ? 100000 : 1000000;
    rill **s = test_alloc((size_t)count * sizeof(rill *));
    int64_t before, used;

    /* Once, so that what is made but once is not counted. */
    CHECK_OK(rill_close(rill_open_mem_copy(content, len, NULL)));
    before = heap_in_use();
    for (int64_t i = 0; i < count; i++) {
        s[i] = rill_open_mem_copy(content, len, NULL);
        CHECK(s[i] != NULL);
    }
    used = heap_in_use() - before;
    for (int64_t i = 0; i < count; i++) {
        CHECK_INT(len, rill_size(s[i]));
        CHECK_OK(rill_close(s[i]));
    }
    free(s);
    if (used > count * (200 + (int64_t)len))
        FAIL("%zu bytes cost %.1f bytes a stream", len,
             (double)used / (double)count);
}

TEST(memory_use__a_million_empty_streams)
{
    SKIP_IF(heap_not_measurable());
    many_streams("", 0);
}

TEST(memory_use__a_million_small_streams)
{
    SKIP_IF(heap_not_measurable());
    many_streams("Hello World", 11);
    many_streams("0123456789abcdef0123456789abcdef"
                 "0123456789abcdef0123456789abcdef",
                 64);
}

/* A copy of known size is no larger than it must be. */
TEST(memory_use__copies_fit)
{
    char data[1000];
    rill *s[1000];
    int64_t before, used;

    SKIP_IF(heap_not_measurable());
    memset(data, 'x', sizeof(data));
    before = heap_in_use();
    for (int i = 0; i < 1000; i++) {
        s[i] = rill_open_mem_copy(data, sizeof(data), NULL);
        CHECK(s[i] != NULL);
    }
    used = heap_in_use() - before;
    for (int i = 0; i < 1000; i++)
        CHECK_OK(rill_close(s[i]));
    CHECK(used <= 1000 * (1000 + 280));
}

/* Closing and discarding give everything back. */
TEST(memory_use__nothing_is_left)
{
    int64_t before;

    SKIP_IF(heap_not_measurable());
    test_write_file("f", "content", 7);
    for (int round = 0; round < 2; round++) {
        before = heap_in_use();
        for (int i = 0; i < 1000; i++) {
            rill *s = filled(i * 50, 100), *f = rill_open("f", "r+");

            CHECK(f != NULL);
            CHECK_INT('c', rill_getc(f));
            if (i % 2) {
                CHECK_OK(rill_close(s));
                rill_discard(f);
            } else {
                rill_discard(s);
                CHECK_OK(rill_close(f));
            }
        }
        rill_pool_trim();
    }
    CHECK_INT(before, heap_in_use());
}

/* ---- The caller's storage ------------------------------------------------- */

TEST(memory_use__init_mem_allocates_nothing)
{
    static rill_storage storage;
    int64_t before, at_most;
    char back[64];

    SKIP_IF(heap_not_measurable());
    before = at_most = heap_in_use();
    for (int i = 0; i < 1000; i++) {
        rill *s = rill_init_mem(&storage);
        const void *data;

        CHECK_PTR(&storage, s);
        for (int k = 0; k < 64; k++)
            CHECK_INT(k, rill_putc(s, k));
        CHECK_INT(64, rill_data(s, &data));
        CHECK((const unsigned char *)data > storage.space &&
              (const unsigned char *)data < storage.space + sizeof(storage));
        CHECK_OK(rill_rewind(s));
        CHECK_INT(64, rill_read(s, back, 64));
        CHECK_INT(63, back[63]);
        if (heap_in_use() > at_most)
            at_most = heap_in_use();
        CHECK_OK(rill_close(s));
    }
    CHECK_INT(before, at_most);
}

/* Beyond the storage it allocates, and gives that back; the storage is whole
 * for the next. */
static void outgrow_storage(rill_storage *storage)
{
    void *taken;

    for (int i = 0; i < 100; i++) {
        rill *s = rill_init_mem(storage);

        for (int k = 0; k < 5000; k++)
            CHECK_INT(k & 255, rill_putc(s, k));
        CHECK_INT(5000, rill_size(s));
        if (i % 2) {
            CHECK_INT(5000, rill_take(s, &taken));
            rill_free(taken);
            CHECK_INT(1, rill_write(s, "x", 1));
        }
        CHECK_OK(rill_close(s));
    }
}

TEST(memory_use__init_mem_outgrown)
{
    static rill_storage storage;
    int64_t before;

    SKIP_IF(heap_not_measurable());
    /* Once before, so that what malloc() keeps for later is there. */
    outgrow_storage(&storage);
    before = heap_in_use();
    outgrow_storage(&storage);
    CHECK_INT(before, heap_in_use());
}

/* ---- Large streams -------------------------------------------------------- */

/* At most an eighth or 4 MiB, whichever is more, beyond the data. */
static void committed(int64_t size)
{
    int64_t before, used, allowed;
    rill *s;

    rill_pool_trim();
    before = resident();
    s = filled(size, 65536);
    used = resident() - before;
    CHECK_INT(size, rill_size(s));
    CHECK_OK(rill_close(s));
    rill_pool_trim();
    allowed = size + (size / 8 > 4 * MIB ? size / 8 : 4 * MIB);
    if (used > allowed)
        FAIL("%lld bytes keep %lld resident, %lld are allowed", (long long)size,
             (long long)used, (long long)allowed);
}

TEST(memory_use__committed)
{
    SKIP_IF(not_measurable());
    committed(100 * KIB);
    committed(300 * KIB);
    committed(MIB + 1);
    committed(5 * MIB);
    committed(33 * MIB + 77);
    if (!test_is_quick())
        committed(150 * MIB);
}

/* The pages come back with the pool, and at once where there is no pool. */
TEST(memory_use__trim_gives_back)
{
    int64_t space, pages;

    SKIP_IF(not_measurable());
    rill_pool_trim();
    space = address_space();
    pages = resident();
    CHECK_OK(rill_close(filled(20 * MIB, 65536)));
    rill_pool_trim();
    CHECK(resident() - pages < 2 * MIB);
    CHECK(address_space() - space < 2 * MIB);
}

TEST(memory_use__no_pool)
{
    int64_t space, pages;

    SKIP_IF(not_measurable());
    rill_pool_trim();
    space = address_space();
    pages = resident();
    rill_pool_limit(0);
    CHECK_OK(rill_close(filled(20 * MIB, 65536)));
    CHECK(resident() - pages < 2 * MIB);
    CHECK(address_space() - space < 2 * MIB);
    rill_pool_limit((size_t)(256 * MIB));
}

/* The start of a range is kept, up to the limit, and serves the next stream;
 * lowering the limit lets go of what is kept. */
TEST(memory_use__pool_limit)
{
    const bool ranges = sizeof(size_t) > 4; /* else nothing is kept */
    int64_t space, kept, pages;
    rill *s;

    SKIP_IF(not_measurable());
    rill_pool_trim();
    space = address_space();
    pages = resident();
    rill_pool_limit((size_t)(8 * MIB));
    CHECK_OK(rill_close(filled(40 * MIB, 65536)));
    CHECK(resident() - pages < 10 * MIB);
    kept = address_space();
    CHECK(!ranges || kept - space > 16 * MIB);
    s = filled(40 * MIB, 65536);
    CHECK(!ranges || address_space() - kept < 16 * MIB);
    CHECK_INT(40 * MIB, rill_size(s));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(filled(3 * MIB, 65536)));
    rill_pool_limit(0);
    CHECK(address_space() - space < 16 * MIB);
    rill_pool_limit((size_t)(256 * MIB));
}

/* What was kept is used again: no more address space, and old bytes never
 * show. */
TEST(memory_use__pool_is_used)
{
    int64_t space;
    rill *s;

    SKIP_IF(not_measurable());
    rill_pool_trim();
    CHECK_OK(rill_close(filled(10 * MIB, 65536)));
    space = address_space();
    for (int i = 0; i < 50; i++) {
        s = rill_open_mem(NULL);
        CHECK(s != NULL);
        CHECK_INT(3 * MIB, rill_seek(s, 3 * MIB, RILL_SEEK_SET));
        CHECK_INT(1, rill_write(s, "x", 1));
        CHECK_INT(MIB, rill_seek(s, MIB, RILL_SEEK_SET));
        for (int k = 0; k < 5000; k++)
            CHECK_INT(0, rill_getc(s));
        CHECK_OK(rill_close(s));
    }
    CHECK(address_space() - space < 4 * MIB);
    rill_pool_trim();
}

/* ---- Ranges do not move --------------------------------------------------- */

/* Beyond 1 MiB the content stays where it is, however many streams grow. */
TEST(memory_use__large_content_stays)
{
    enum { STREAMS = 100 };
    rill *s[STREAMS];
    const void *at[STREAMS], *now;
    char *block;
    int moved = 0;

    SKIP_IF(memory_is_instrumented() || sizeof(size_t) < 8
                ? "no address ranges here"
                : NULL);
    rill_pool_trim();
    block = test_alloc((size_t)MIB);
    memset(block, 'x', (size_t)MIB);
    for (int i = 0; i < STREAMS; i++) {
        s[i] = rill_open_mem(NULL);
        CHECK(s[i] != NULL);
        CHECK_INT(MIB, rill_write(s[i], block, (size_t)MIB));
        CHECK_INT(1, rill_write(s[i], block, 1));
        CHECK_INT(MIB + 1, rill_data(s[i], &at[i]));
    }
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < STREAMS; i++)
            CHECK_INT(MIB, rill_write(s[i], block, (size_t)MIB));
    for (int i = 0; i < STREAMS; i++) {
        CHECK_INT(4 * MIB + 1, rill_data(s[i], &now));
        moved += now != at[i];
        CHECK_OK(rill_close(s[i]));
    }
    CHECK_INT(0, moved);
    rill_pool_trim();
    free(block);
}

/* ---- Taking --------------------------------------------------------------- */

/* Of all sizes, around each way to hold it; the stream goes on. */
static void take_and_free(int64_t size)
{
    void *data = NULL;
    rill *s = filled(size, 65536);

    CHECK_INT(size, rill_take(s, &data));
    CHECK(data != NULL);
    CHECK(is_pattern(data, (size_t)size, 0));
    CHECK_INT(0, rill_size(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_INT(5, rill_puts(s, "again"));
    CHECK_HOLDS(s, "again");
    CHECK(is_pattern(data, (size_t)size, 0));
    rill_free(data);
    CHECK_OK(rill_close(s));
}

TEST(memory_use__take)
{
    static const int64_t sizes[] = {
        0,       1,        63,     64,      65,      255,
        256,     257,      1023,   1024,    1025,    65536,
        262143,  262144,   262145, 1000000, 1 << 20, (1 << 20) + 1,
        3 << 20, 64 << 20,
    };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        take_and_free(sizes[i]);
    rill_pool_trim();
}

/* "Content of less than 1 MiB is malloc()'s, so free() serves too": whatever the
 * stream has been before. */
static void free_serves(void *arg)
{
    void *data = NULL;
    rill *s;

    (void)arg;
    for (int64_t size = 0; size < MIB; size = size * 3 + 1) {
        s = filled(size, 1000);
        MUST(rill_take(s, &data) == size);
        free(data);
        MUST(rill_close(s) == RILL_OK);
    }
    s = filled(MIB - 1, 65536);
    MUST(rill_take(s, &data) == MIB - 1);
    free(data);
    MUST(rill_close(s) == RILL_OK);
}

TEST(memory_use__free_serves)
{
    RUN_CHILD(free_serves, NULL);
}

static void free_serves_after_shrinking(void *arg)
{
    void *data = NULL;
    rill *s = filled(3 * MIB, 65536);

    (void)arg;
    MUST(rill_truncate(s, 1000) == RILL_OK);
    MUST(rill_take(s, &data) == 1000);
    MUST(is_pattern(data, 1000, 0));
    free(data);
    MUST(rill_close(s) == RILL_OK);

    s = filled(3 * MIB, 65536);
    MUST(rill_reset(s) == RILL_OK);
    MUST(rill_puts(s, "short") == 5);
    MUST(rill_take(s, &data) == 5);
    free(data);
    MUST(rill_close(s) == RILL_OK);

    s = rill_open_mem(NULL);
    MUST(s != NULL);
    rill_hint_size(s, 3 * MIB);
    MUST(rill_puts(s, "short") == 5);
    MUST(rill_take(s, &data) == 5);
    free(data);
    MUST(rill_close(s) == RILL_OK);
}

TEST(memory_use__free_serves_after_shrinking)
{
    RUN_CHILD(free_serves_after_shrinking, NULL);
}

/* From stream to stream, with and without the detour through the caller. */
TEST(memory_use__take_and_give_back)
{
    static const int64_t sizes[] = {10, 1000, 1 << 20, 5 << 20};

    for (size_t i = 0; i < 4; i++) {
        void *data = NULL, *back = NULL;
        rill *s = filled(sizes[i], 4096), *t;

        CHECK_INT(sizes[i], rill_take(s, &data));
        t = rill_open_mem_take(data, (size_t)sizes[i], NULL);
        CHECK(t != NULL);
        CHECK_INT(sizes[i], rill_size(t));
        CHECK_INT(sizes[i], rill_seek(t, 0, RILL_SEEK_END));
        CHECK_INT(3, rill_write(t, "end", 3));
        CHECK_INT(sizes[i] + 3, rill_take(t, &back));
        CHECK(is_pattern(back, (size_t)sizes[i], 0));
        CHECK_BYTES((char *)back + sizes[i], 3, "end");
        rill_free(back);
        CHECK_OK(rill_close(s));
        CHECK_OK(rill_close(t));
    }
    rill_pool_trim();
}

/* ---- Reuse ---------------------------------------------------------------- */

/* After a reset the memory is still there, so a loop allocates once. */
TEST(memory_use__reset_keeps_memory)
{
    char block[1000];
    const void *data, *first;
    int64_t before;
    rill *s;

    SKIP_IF(heap_not_measurable());
    memset(block, 'x', sizeof(block));
    s = filled(100000, 1000);
    CHECK_INT(100000, rill_data(s, &first));
    before = heap_in_use();
    for (int i = 0; i < 200; i++) {
        CHECK_OK(rill_reset(s));
        CHECK_INT(0, rill_size(s));
        CHECK_INT(0, rill_tell(s));
        for (int k = 0; k < 100; k++)
            CHECK_INT(1000, rill_write(s, block, sizeof(block)));
        CHECK_INT(100000, rill_data(s, &data));
        CHECK_PTR(first, data);
        CHECK_INT(before, heap_in_use());
    }
    CHECK_OK(rill_close(s));
}

/* A hint makes room once. */
TEST(memory_use__hint_makes_room)
{
    const void *first, *data;
    rill *s = rill_open_mem(NULL);

    CHECK(s != NULL);
    rill_hint_size(s, 200000);
    CHECK_INT(0, rill_size(s));
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_INT(1, rill_data(s, &first));
    for (int i = 1; i < 200000; i++)
        CHECK_INT('y', rill_putc(s, 'y'));
    CHECK_INT(200000, rill_data(s, &data));
    CHECK_PTR(first, data);
    CHECK_OK(rill_close(s));
}
