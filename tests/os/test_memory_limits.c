/*
 * test_memory_limits.c - memory that runs out: a limit on the address space, an
 * allocator that fails at any call, a maximum size. The answer is RILL_ENOMEM
 * or RILL_ENOSPC, the content is whole, and after rill_clear() it goes on.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <sys/resource.h>

/* ---- A limited address space ---------------------------------------------- */

static int64_t address_space(void)
{
    long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%lld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

/* Leave `more` bytes of address space to this process, or skip. */
static void limit_address_space(int64_t more)
{
    struct rlimit limit;
    int64_t now = address_space();

    if (memory_is_instrumented() || now == 0)
        _exit(CHILD_SKIPS);
    limit.rlim_cur = limit.rlim_max = (rlim_t)(now + more);
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(CHILD_SKIPS);
}

/* No range of 64 GiB can be had, but memory can: growing falls back. */
static void grow_without_ranges(void *arg)
{
    unsigned char block[65536];
    const void *data;
    void *taken;
    int64_t size = 40 * MIB;
    rill *s;

    (void)arg;
    limit_address_space(200 * MIB);
    for (int round = 0; round < 3; round++) {
        s = rill_open_mem(NULL);
        MUST(s != NULL);
        for (int64_t at = 0; at < size; at += (int64_t)sizeof(block)) {
            test_pattern(block, sizeof(block), at);
            MUST(rill_write(s, block, sizeof(block)) ==
                 (ptrdiff_t)sizeof(block));
        }
        MUST(rill_data(s, &data) == size);
        MUST(is_pattern(data, (size_t)size, 0));
        if (round == 1) {
            MUST(rill_take(s, &taken) == size);
            MUST(is_pattern(taken, (size_t)size, 0));
            rill_free(taken);
        }
        MUST(rill_close(s) == RILL_OK);
    }
}

TEST(memory_limits__without_ranges)
{
    RUN_CHILD(grow_without_ranges, NULL);
}

/* Until nothing is left: an error, and not a byte lost. */
static void grow_until_full(void *arg)
{
    unsigned char block[65536];
    rill_error e;
    const void *data;
    int64_t size = 0;
    ptrdiff_t n;
    rill *s;

    (void)arg;
    limit_address_space(100 * MIB);
    s = rill_open_mem(NULL);
    MUST(s != NULL);
    for (;;) {
        test_pattern(block, sizeof(block), size);
        n = rill_write(s, block, sizeof(block));
        if (n < 0)
            break;
        MUST(n == (ptrdiff_t)sizeof(block));
        size += n;
        MUST(size < 200 * MIB);
    }
    MUST(n == RILL_ENOMEM);
    MUST(size >= 16 * MIB);
    MUST(rill_failed(s, &e) == RILL_ENOMEM);
    MUST(strcmp(e.operation, "write") == 0);
    MUST(rill_write(s, "x", 1) == RILL_ENOMEM);
    rill_clear(s);
    MUST(rill_size(s) == size);
    MUST(rill_tell(s) == size);
    MUST(rill_data(s, &data) == size);
    MUST(is_pattern(data, (size_t)size, 0));
    MUST(rill_seek(s, 5, RILL_SEEK_SET) == 5);
    MUST(rill_write(s, "inside", 6) == 6);
    MUST(rill_truncate(s, 10) == RILL_OK);
    MUST(rill_close(s) == RILL_OK);
    /* And there is room again. */
    s = rill_open_mem(NULL);
    MUST(s != NULL);
    for (size = 0; size < 16 * MIB; size += n)
        MUST((n = rill_write(s, block, sizeof(block))) > 0);
    MUST(rill_close(s) == RILL_OK);
}

TEST(memory_limits__until_full)
{
    RUN_CHILD(grow_until_full, NULL);
}

/* The same met by reading all of a file, which changes nothing. */
static void read_all_until_full(void *arg)
{
    void *all = &all;
    const void *p;
    rill *s;

    (void)arg;
    MUST(truncate("sparse", 400 * MIB) == 0);
    limit_address_space(100 * MIB);
    s = rill_open("sparse", "r");
    MUST(s != NULL);
    MUST(rill_getc(s) == 'a');
    MUST(rill_read_all(s, &all) == RILL_ENOMEM);
    MUST(all == &all);
    rill_clear(s);
    MUST(rill_tell(s) == 1);
    MUST(rill_getc(s) == 'b');
    MUST(rill_peek(s, &p, 10) >= 10);
    MUST(rill_close(s) == RILL_OK);
}

TEST(memory_limits__read_all)
{
    test_write_file("sparse", "abc", 3);
    RUN_CHILD(read_all_until_full, NULL);
}

/* ---- An allocator of one's own -------------------------------------------- */

/*
 * Counts, checks what it is told, and fails when told to. Each block carries
 * its size in front, so that a wrong `old_size` is found.
 */
typedef struct meter {
    int64_t calls;   /* allocations and growths */
    int64_t fail_at; /* the first call that fails; < 0: none */
    int64_t fails;   /* how many calls fail in a row */
    int64_t blocks, bytes;
    int wrong; /* broken rules */
} meter;

enum { HEADER = 16 };

static void *meter_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    meter *m = ctx;
    unsigned char *block = p ? (unsigned char *)p - HEADER : NULL, *to;
    size_t have = 0;

    if (block)
        memcpy(&have, block, sizeof(have));
    if (have != old_size || (!p && new_size == 0))
        m->wrong++;
    if (new_size == 0) {
        m->blocks -= p != NULL;
        m->bytes -= (int64_t)have;
        free(block);
        return NULL;
    }
    m->calls++;
    if (m->fail_at >= 0 && m->calls > m->fail_at &&
        m->calls <= m->fail_at + m->fails)
        return NULL;
    /* Always moves, so that a stale pointer is found too. */
    to = malloc(HEADER + new_size);
    if (!to)
        return NULL;
    memset(to, 0xa5, HEADER + new_size);
    memcpy(to, &new_size, sizeof(new_size));
    if (block)
        memcpy(to + HEADER, p, have < new_size ? have : new_size);
    free(block);
    m->blocks += p == NULL;
    m->bytes += (int64_t)new_size - (int64_t)have;
    return to + HEADER;
}

/* Options with an allocator that fails from its call `fail_at` on. */
typedef struct metered {
    meter m;
    rill_allocator allocator;
    rill_options o;
} metered;

static void metered_init(metered *t, int64_t fail_at, int64_t fails)
{
    t->m = (meter){.fail_at = fail_at, .fails = fails};
    t->allocator = (rill_allocator){meter_realloc, &t->m};
    t->o = (rill_options)RILL_OPTIONS_INIT;
    t->o.allocator = &t->allocator;
}

/* Everything was given back, and no rule broken. */
static void metered_done(const metered *t)
{
    CHECK_INT(0, t->m.wrong);
    CHECK_INT(0, t->m.blocks);
    CHECK_INT(0, t->m.bytes);
}

/* All sizes go through the allocator, those of large streams too. */
TEST(memory_limits__own_allocator)
{
    unsigned char block[50000];
    const void *data;
    void *taken, *copy;
    metered t;
    rill *s;

    metered_init(&t, -1, 0);
    s = rill_open_mem(&t.o);
    CHECK(s != NULL);
    for (int64_t at = 0; at < 3000000; at += (int64_t)sizeof(block)) {
        test_pattern(block, sizeof(block), at);
        CHECK_INT(sizeof(block), rill_write(s, block, sizeof(block)));
    }
    CHECK(t.m.bytes >= 3000000);
    CHECK_INT(3000000, rill_data(s, &data));
    CHECK(is_pattern(data, 3000000, 0));
    CHECK_INT(3000000, rill_getvalue(s, &copy));
    CHECK(is_pattern(copy, 3000000, 0));
    CHECK_OK(rill_truncate(s, 1234));
    CHECK_INT(1234, rill_take(s, &taken));
    CHECK(is_pattern(taken, 1234, 0));
    CHECK_INT(1, rill_puts(s, "x"));
    CHECK_OK(rill_close(s));
    CHECK_INT(2, t.m.blocks);
    free((unsigned char *)taken - HEADER);
    free((unsigned char *)copy - HEADER);
    CHECK_INT(0, t.m.wrong);
}

/* What a stream takes must be of its allocator, and is freed by it. */
TEST(memory_limits__take_over_with_own_allocator)
{
    metered t;
    void *p;
    rill *s;

    metered_init(&t, -1, 0);
    p = meter_realloc(&t.m, NULL, 0, 5);
    memcpy(p, "owned", 5);
    s = rill_open_mem_take(p, 5, &t.o);
    CHECK(s != NULL);
    CHECK_REST(s, "owned");
    CHECK_INT(300, rill_seek(s, 300, RILL_SEEK_SET));
    CHECK_INT(1, rill_puts(s, "!"));
    CHECK_OK(rill_close(s));
    metered_done(&t);
}

/* A file's window and a spool's memory come from there as well. */
TEST(memory_limits__files_with_own_allocator)
{
    const char *line;
    const void *p;
    metered t;
    rill *s;

    metered_init(&t, -1, 0);
    s = rill_open_with("f", "w+", &t.o);
    CHECK(s != NULL);
    for (int i = 0; i < 100000; i++)
        CHECK_INT(i & 255, rill_putc(s, i));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(11, rill_readline(s, &line));
    CHECK(rill_peek(s, &p, 99000) >= 99000);
    for (int i = 0; i < 64; i++)
        CHECK_INT('u', rill_ungetc(s, 'u'));
    CHECK(t.m.blocks > 0);
    CHECK_OK(rill_close(s));
    metered_done(&t);

    metered_init(&t, -1, 0);
    s = rill_open_spool(1000, &t.o);
    CHECK(s != NULL);
    for (int i = 0; i < 5000; i++)
        CHECK_INT(i & 255, rill_putc(s, i));
    CHECK_INT(4096, rill_seek(s, 4096, RILL_SEEK_SET));
    CHECK_INT(0, rill_getc(s));
    CHECK_OK(rill_close(s));
    metered_done(&t);
}

/* ---- Each allocation fails once ------------------------------------------- */

/* Write byte by byte and in blocks until something fails; how many got in. */
static int64_t write_some(rill *s, int64_t total)
{
    unsigned char block[700];
    int64_t at = 0;

    while (at < total) {
        ptrdiff_t n = 1;

        if (at % 3 == 0) {
            unsigned char b;

            test_pattern(&b, 1, at);
            n = rill_putc(s, b) < 0 ? -1 : 1;
        } else {
            test_pattern(block, sizeof(block), at);
            n = rill_write(s, block, sizeof(block));
        }
        if (n < 0)
            return at;
        at += n;
    }
    return at;
}

/* The stream holds the pattern up to `size`, and can be read and changed. */
static void check_intact(rill *s, int64_t size)
{
    unsigned char *back = test_alloc((size_t)size + 1);

    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(size, rill_size(s));
    CHECK_INT(size, rill_tell(s));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(size, rill_read(s, back, (size_t)size + 1));
    CHECK(is_pattern(back, (size_t)size, 0));
    free(back);
}

/*
 * Fails at the k-th call, k = 0, 1, 2... until a whole run succeeds: a clean
 * RILL_ENOMEM, intact content, and after a clear it goes on to the end.
 */
static void mem_at_each_call(int64_t fails)
{
    enum { TOTAL = 200000 };

    for (int64_t k = 0;; k++) {
        metered t;
        int64_t at;
        rill *s;

        metered_init(&t, k, fails);
        errno = 0;
        s = rill_open_mem(&t.o);
        if (!s) {
            CHECK_INT(ENOMEM, errno);
            metered_done(&t);
            continue;
        }
        at = write_some(s, TOTAL);
        if (at >= TOTAL) {
            CHECK_OK(rill_close(s));
            metered_done(&t);
            CHECK(k > 5);
            return;
        }
        CHECK_CODE(RILL_ENOMEM, rill_failed(s, NULL));
        CHECK_CODE(RILL_ENOMEM, rill_putc(s, 'x'));
        rill_clear(s);
        check_intact(s, at);
        t.m.fail_at = -1;
        CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
        CHECK_INT(5, rill_write(s, "going", 5));
        CHECK_INT(at + 5, rill_size(s));
        CHECK_OK(rill_close(s));
        metered_done(&t);
    }
}

/* Where only one call fails, the exact size may still be had: then all goes
 * well, and the count of calls ends the test. */
TEST(memory_limits__mem_at_each_call_for_good)
{
    mem_at_each_call(INT64_MAX / 2);
}

TEST(memory_limits__mem_at_one_call)
{
    enum { TOTAL = 200000 };

    for (int64_t k = 0; k < 20; k++) {
        metered t;
        int64_t at;
        rill *s;

        metered_init(&t, k, 1);
        s = rill_open_mem(&t.o);
        if (!s)
            continue;
        at = write_some(s, TOTAL);
        if (at < TOTAL) {
            CHECK_CODE(RILL_ENOMEM, rill_failed(s, NULL));
            rill_clear(s);
        }
        check_intact(s, at);
        CHECK_OK(rill_close(s));
        metered_done(&t);
    }
}

/* A failure that was not cleared is what close returns; nothing leaks. */
TEST(memory_limits__close_tells)
{
    metered t;
    rill *s;

    metered_init(&t, 2, INT64_MAX / 2);
    s = rill_open_mem(&t.o);
    CHECK(s != NULL);
    CHECK(write_some(s, 1000000) < 1000000);
    CHECK_CODE(RILL_ENOMEM, rill_close(s));
    metered_done(&t);
}

/* What gives memory to the caller: left alone, and the content stays. */
TEST(memory_limits__values)
{
    void *value = &value;
    metered t;
    rill *s;

    metered_init(&t, -1, 0);
    s = rill_open_mem(&t.o);
    CHECK(s != NULL);
    CHECK_INT(5, rill_puts(s, "value"));
    t.m.fail_at = 0;
    t.m.fails = INT64_MAX / 2;
    CHECK_CODE(RILL_ENOMEM, rill_getvalue(s, &value));
    CHECK_PTR(&value, value);
    rill_clear(s);
    CHECK_CODE(RILL_ENOMEM, rill_take(s, &value));
    CHECK_PTR(&value, value);
    rill_clear(s);
    CHECK_INT(5, rill_size(s));
    CHECK_OK(rill_rewind(s));
    CHECK_CODE(RILL_ENOMEM, rill_read_all(s, &value));
    CHECK_PTR(&value, value);
    rill_clear(s);
    CHECK_INT(0, rill_tell(s));
    t.m.fail_at = -1;
    CHECK_HOLDS(s, "value");
    CHECK_OK(rill_close(s));
    metered_done(&t);
}

/* A file without memory for its window fails cleanly, at whichever call. */
TEST(memory_limits__files_at_each_call)
{
    for (int64_t k = 0; k < 30; k++) {
        metered t;
        char back[8];
        rill *s;
        int failed = 0;

        test_write_file("f", "0123456789\nabcdefghij\n", 22);
        metered_init(&t, k, INT64_MAX / 2);
        errno = 0;
        s = rill_open_with("f", "r+", &t.o);
        if (!s) {
            CHECK_INT(ENOMEM, errno);
            metered_done(&t);
            continue;
        }
        if (rill_read(s, back, 3) != 3)
            failed = rill_failed(s, NULL);
        if (!failed && rill_write(s, "xy", 2) != 2)
            failed = rill_failed(s, NULL);
        if (!failed && rill_flush(s) != RILL_OK)
            failed = rill_failed(s, NULL);
        CHECK(failed == 0 || failed == RILL_ENOMEM);
        CHECK_CODE(failed, rill_close(s));
        metered_done(&t);
        if (!failed)
            CHECK_FILE("f", "012xy56789\nabcdefghij\n");
        else
            CHECK_FILE("f", "0123456789\nabcdefghij\n");
    }
}

/* A spool that cannot have a window on its file keeps what it had. */
TEST(memory_limits__spool_at_each_call)
{
    for (int64_t k = 0; k < 30; k++) {
        metered t;
        int64_t at = 0;
        rill *s;

        metered_init(&t, k, INT64_MAX / 2);
        s = rill_open_spool(2000, &t.o);
        if (!s)
            continue;
        at = write_some(s, 10000);
        if (at < 10000)
            CHECK_CODE(RILL_ENOMEM, rill_failed(s, NULL));
        rill_clear(s);
        t.m.fail_at = -1;
        check_intact(s, at);
        CHECK_OK(rill_close(s));
        metered_done(&t);
    }
}

/* ---- A maximum ------------------------------------------------------------ */

/* max_size: what fits is taken, once, then RILL_ENOSPC. */
TEST(memory_limits__max_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    char block[1000];
    rill *s;

    memset(block, 'x', sizeof(block));
    o.max_size = 2500;
    s = rill_open_mem(&o);
    CHECK(s != NULL);
    CHECK_INT(1000, rill_write(s, block, 1000));
    CHECK_INT(1000, rill_write(s, block, 1000));
    CHECK_INT(500, rill_write(s, block, 1000));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, block, 1));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    CHECK_INT(2500, rill_size(s));
    rill_clear(s);
    CHECK_INT(10, rill_seek(s, 10, RILL_SEEK_SET));
    CHECK_INT(1000, rill_write(s, block, 1000));
    CHECK_OK(rill_truncate(s, 2000));
    CHECK_INT(2000, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(500, rill_write(s, block, 500));
    CHECK_INT(2500, rill_size(s));
    CHECK_OK(rill_close(s));
}

/* The gap counts: a write behind the maximum leaves no zeros behind. */
TEST(memory_limits__max_size_and_a_gap)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.max_size = 100;
    s = rill_open_mem(&o);
    CHECK(s != NULL);
    CHECK_INT(1, rill_puts(s, "x"));
    CHECK_INT(1000, rill_seek(s, 1000, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "y", 1));
    rill_clear(s);
    CHECK_INT(1, rill_size(s));
    CHECK_INT(98, rill_seek(s, 98, RILL_SEEK_SET));
    CHECK_INT(2, rill_write(s, "abcd", 4));
    CHECK_INT(100, rill_size(s));
    rill_discard(s);
}
