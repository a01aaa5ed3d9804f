/*
 * Doubles over another stream: in pieces, failing, slow, counted; and what
 * passes through them as it would without.
 */
#include "test.h"

#include <rill/ops.h>
#include <rill/testing/double.h>

#include <errno.h>

static rill *unbuffered(rill *under, int ownership, rill_double *d)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_double(under, ownership, d, &o);
    CHECK(s != NULL);
    return s;
}

/* Over "abcdefghij", which goes with it. */
static rill *over_letters(rill_double *d)
{
    return unbuffered(rill_open_view("abcdefghij", 10), RILL_TAKE, d);
}

/* ---- Nothing told --------------------------------------------------------- */

TEST(double__of_nothing_changes_nothing)
{
    RILL_AUTO rill *memory = rill_open_mem_copy("abcdef", 6, NULL);
    rill_double d = {0};
    rill *s = rill_open_double(memory, RILL_BORROW, &d, NULL);

    CHECK_STR("double", rill_kind(s));
    CHECK_STR("rb+", rill_mode(s));
    CHECK_INT(6, rill_size(s));
    CHECK_READS(s, "ab");
    CHECK_INT(2, rill_write(s, "CD", 2));
    CHECK_INT(4, rill_tell(s));
    CHECK_OK(rill_truncate(s, 5));
    CHECK_HOLDS(s, "abCDe");
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "abCDe");
}

TEST(double__starts_where_the_stream_is)
{
    RILL_AUTO rill *memory = rill_open_mem_copy("abcdef", 6, NULL);
    rill_double d = {0};
    rill *s;

    CHECK_READS(memory, "ab");
    s = rill_open_double(memory, RILL_BORROW, &d, NULL);
    CHECK_INT(2, rill_tell(s));
    CHECK_REST(s, "cdef");
    CHECK_OK(rill_close(s));
    CHECK_INT(2, rill_tell(memory));
}

TEST(double__has_the_directions_and_the_name_of_the_stream)
{
    rill_double d = {0};
    rill *s;

    test_write_file("f", "abc", 3);
    s = rill_open_double(rill_open("f", "r"), RILL_TAKE, &d, NULL);
    CHECK_STR("f", rill_name(s));
    CHECK_STR("rb", rill_mode(s));
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));

    s = rill_open_double(rill_open("f", "a"), RILL_TAKE, &d, NULL);
    CHECK_STR("ab", rill_mode(s));
    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "abcdef");

    s = rill_open_double(rill_open("g", "x"), RILL_TAKE, &d, NULL);
    CHECK_STR("xb", rill_mode(s));
    CHECK_OK(rill_close(s));
}

TEST(double__needs_its_arguments)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double d = {0}, no_log = {.log_size = 1};

    errno = 0;
    CHECK_PTR(NULL, rill_open_double(NULL, RILL_TAKE, &d, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_double(memory, RILL_TAKE, NULL, NULL));
    CHECK_PTR(NULL, rill_open_double(memory, 7, &d, NULL));
    CHECK_PTR(NULL, rill_open_double(memory, RILL_TAKE, &no_log, NULL));
    CHECK_INT(1, rill_write(memory, "x", 1)); /* is still ours */
}

/* ---- Pieces --------------------------------------------------------------- */

TEST(double__one_byte_at_a_time)
{
    rill_double d = {.piece = 1};
    rill *s = over_letters(&d);
    char buf[10];

    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "a");
    CHECK_INT(1, d.reads);
    CHECK_BYTES(buf, rill_read(s, buf, 3), "bcd");
    CHECK_INT(4, d.reads);
    CHECK_OK(rill_close(s));
}

TEST(double__writes_in_pieces)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double d = {.piece = 3};
    rill *s = unbuffered(memory, RILL_BORROW, &d);

    CHECK_INT(8, rill_write(s, "abcdefgh", 8));
    CHECK_INT(3, d.writes);
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "abcdefgh");
}

/* Pieces of a vector are cut like one buffer, wherever its ends are. */
TEST(double__cuts_vectors)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double d = {.piece = 3};
    rill *s = unbuffered(memory, RILL_BORROW, &d);
    char a[] = "ab", b[] = "cdef", c[] = "g";
    rill_iovec v[] = {{a, 2}, {b, 4}, {c, 1}};

    CHECK_INT(7, rill_writev(s, v, 3));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    memset(a, '-', 2);
    memset(b, '-', 4);
    CHECK_INT(7, rill_readv(s, v, 3));
    CHECK_STR("ab", a);
    CHECK_STR("cdef", b);
    CHECK_STR("g", c);
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "abcdefg");
}

/* All of a stream in pieces of 1 to 50: how many, and how long the first is. */
static size_t random_reads(uint64_t seed, size_t *first)
{
    unsigned char data[1000];
    rill_double d = {.piece = 50, .seed = seed};
    rill *s = unbuffered(rill_open_view(data, sizeof(data)), RILL_TAKE, &d);
    unsigned char got[sizeof(data)];

    test_pattern(data, sizeof(data), 0);
    *first = (size_t)rill_read_some(s, got, 1000);
    CHECK(*first >= 1 && *first <= 50);
    CHECK_MEM(got, rill_read(s, got, 1000 - *first), data + *first,
              1000 - *first);
    CHECK_OK(rill_close(s));
    return d.reads;
}

TEST(double__pieces_at_random_are_the_same_for_a_seed)
{
    size_t a, b, c, first_a, first_b, first_c;

    a = random_reads(1, &first_a);
    b = random_reads(1, &first_b);
    c = random_reads(99, &first_c);
    CHECK_INT(a, b);
    CHECK_INT(first_a, first_b);
    CHECK(a > 1000 / 50); /* not all as long as they may be */
    CHECK(a != c || first_a != first_c);
}

TEST(double__pieces_at_random_are_of_all_lengths)
{
    enum { CALLS = 1000 };
    static const unsigned char data[3 * CALLS];
    rill_double d = {.piece = 3, .seed = 5};
    rill *s = unbuffered(rill_open_view(data, sizeof(data)), RILL_TAKE, &d);
    size_t times[4] = {0};
    char buf[3];

    for (int i = 0; i < CALLS; i++)
        times[rill_read_some(s, buf, 3)]++;
    CHECK_INT(0, times[0]);
    for (int n = 1; n <= 3; n++)
        CHECK(times[n] > CALLS / 6);
    CHECK_OK(rill_close(s));
}

TEST(double__interrupts_are_invisible)
{
    rill_double d = {.interrupts = 2};
    rill *s = over_letters(&d);
    char buf[10];

    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "abcdefghij");
    CHECK_INT(3, d.reads);
    CHECK_INT(10, rill_size(s));
    CHECK_INT(3, d.sizes);
    CHECK_OK(rill_close(s));
    CHECK_INT(3, d.flushes);
    CHECK_INT(1, d.closes);
}

TEST(double__blocks_before_each_answer)
{
    rill_double d = {.blocks = 2, .piece = 4};
    rill *s = over_letters(&d);
    char buf[10];

    CHECK_CODE(RILL_EAGAIN, rill_read_some(s, buf, 10));
    CHECK_CODE(RILL_EAGAIN, rill_read_some(s, buf, 10));
    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "abcd");
    CHECK_CODE(RILL_EAGAIN, rill_read_some(s, buf, 10));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(10, rill_size(s));
    CHECK_OK(rill_close(s));
}

/* ---- Failures ------------------------------------------------------------- */

static void check_error(rill *s, int code, const char *operation,
                        int64_t offset, int os_error)
{
    rill_error e = {0};

    CHECK_CODE(code, rill_failed(s, &e));
    CHECK_STR(operation, e.operation);
    CHECK_INT(offset, e.offset);
    CHECK_INT(os_error, e.os_error);
}

TEST(double__fails_at_an_offset_for_ever)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double d = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 4};
    rill *s = unbuffered(memory, RILL_BORROW, &d);

    CHECK_INT(4, rill_write(s, "abcdef", 6));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "ef", 2));
    check_error(s, RILL_ENOSPC, "write", 4, ENOSPC);
    rill_clear(s);
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "ef", 2));
    rill_clear(s);
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_READS(s, "abcd"); /* reads do not */
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "abcd");
}

TEST(double__fails_some_times)
{
    rill_double d = {
        .fails = RILL_DOUBLE_READ, .failure = EIO, .from = 2, .times = 2};
    rill *s = over_letters(&d);
    char buf[10];

    CHECK_BYTES(buf, rill_read(s, buf, 10), "ab");
    for (int i = 0; i < 2; i++) {
        CHECK_CODE(RILL_EIO, rill_read(s, buf, 10));
        check_error(s, RILL_EIO, "read", 2, EIO);
        rill_clear(s);
    }
    CHECK_INT(0, d.fails);
    CHECK_BYTES(buf, rill_read(s, buf, 10), "cdefghij");
    CHECK_OK(rill_close(s));
}

TEST(double__fails_with_a_code_of_ours)
{
    rill_double d = {.fails = RILL_DOUBLE_READ, .failure = RILL_EDATA};
    rill *s = over_letters(&d);
    char c;

    CHECK_CODE(RILL_EDATA, rill_read(s, &c, 1));
    check_error(s, RILL_EDATA, "read", 0, 0);
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(double__fails_in_each_operation)
{
    static const int operations[] = {RILL_DOUBLE_FLUSH, RILL_DOUBLE_SYNC,
                                     RILL_DOUBLE_TRUNCATE, RILL_DOUBLE_SIZE};
    static const char *const names[] = {"flush", "sync", "truncate", "size"};

    for (size_t i = 0; i < 4; i++) {
        RILL_AUTO rill *memory = rill_open_mem(NULL);
        rill_double d = {.fails = (unsigned)operations[i], .failure = EDQUOT};
        rill *s = unbuffered(memory, RILL_BORROW, &d);
        rill_error e = {0};
        int64_t rc;

        test_context("%s", names[i]);
        rc = i == 0   ? rill_flush(s)
             : i == 1 ? rill_sync(s, RILL_SYNC_DISK)
             : i == 2 ? rill_truncate(s, 0)
                      : rill_size(s);
        CHECK_CODE(RILL_ENOSPC, rc);
        CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
        CHECK_STR(names[i], e.operation);
        CHECK_INT(EDQUOT, e.os_error);
        rill_discard(s);
    }
}

/* What fails below keeps its errno on the way up. */
TEST(double__over_a_double_keeps_the_errno)
{
    rill_double inner = {
        .fails = RILL_DOUBLE_READ, .failure = ENXIO, .from = 3};
    rill_double outer = {.piece = 2};
    rill *s = unbuffered(over_letters(&inner), RILL_TAKE, &outer);
    char buf[10];

    CHECK_BYTES(buf, rill_read(s, buf, 10), "abc");
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 10));
    check_error(s, RILL_EIO, "read", 3, ENXIO);
    inner.fails = 0;
    rill_clear(s);
    CHECK_BYTES(buf, rill_read(s, buf, 10), "defghij");
    CHECK_OK(rill_close(s));
    CHECK_INT(1, inner.closes);
}

/* ---- Streams that cannot seek --------------------------------------------- */

TEST(double__over_a_pipe_counts_its_offsets)
{
    static const rill_step steps[] = {RILL_STEP_GIVES("abcdef")};
    rill_script script = {.steps = steps, .count = 1};
    rill_double d = {
        .fails = RILL_DOUBLE_READ, .failure = EIO, .from = 4, .piece = 3};
    rill *s = unbuffered(rill_open_script(&script, NULL), RILL_TAKE, &d);
    char buf[10];

    CHECK_CODE(RILL_ENOTSUP, rill_tell(s));
    CHECK_BYTES(buf, rill_read(s, buf, 10), "abcd");
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 10));
    rill_clear(s);
    d.fails = 0;
    CHECK_BYTES(buf, rill_read(s, buf, 10), "ef");
    CHECK_OK(rill_close(s));
}

TEST(double__over_a_pipe_writes_once)
{
    static const rill_step steps[] = {
        RILL_STEP_TAKES("ab"),  RILL_STEP_BLOCKS,     RILL_STEP_TAKES("c"),
        RILL_STEP_FAILS(EPIPE), RILL_STEP_TAKES("d"),
    };
    rill_script script = {.steps = steps, .count = 5};
    rill_double d = {0};
    rill *s =
        rill_open_double(rill_open_script(&script, NULL), RILL_TAKE, &d, NULL);
    rill_error e = {0};

    CHECK_INT(4, rill_write(s, "abcd", 4));
    CHECK_CODE(RILL_EIO, rill_flush(s)); /* having been asked twice */
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EPIPE, e.os_error);
    rill_clear(s);
    CHECK_OK(rill_close(s));
    CHECK_PTR(NULL, rill_script_problem(&script));
}

/* ---- Slowness ------------------------------------------------------------- */

typedef struct clock_double {
    int64_t now;
    int waits;
} clock_double;

static void let_pass(void *ctx, int64_t delay)
{
    clock_double *c = ctx;

    c->now += delay;
    c->waits++;
}

TEST(double__waits_by_the_clock_it_is_given)
{
    clock_double c = {0};
    rill_double d = {
        .piece = 5, .delay = 1000000000000, .wait = let_pass, .wait_ctx = &c};
    rill *s = over_letters(&d);
    char buf[10];

    CHECK_INT(10, rill_read(s, buf, 10));
    CHECK_INT(2, c.waits);
    CHECK_INT(2000000000000, c.now);
    CHECK_INT(10, rill_size(s)); /* nothing moves: no wait */
    CHECK_INT(2, c.waits);
    CHECK_OK(rill_close(s));
}

TEST(double__waits_really_where_no_clock_is_given)
{
    rill_double d = {.delay = 1000};
    rill *s = over_letters(&d);
    char buf[10];

    CHECK_BYTES(buf, rill_read(s, buf, 10), "abcdefghij");
    CHECK_OK(rill_close(s));
}

/* ---- Counting ------------------------------------------------------------- */

TEST(double__shows_that_there_was_one_write)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double d = {0};
    rill *s = rill_open_double(memory, RILL_BORROW, &d, NULL);

    for (int i = 0; i < 1000; i++)
        CHECK_INT('x', rill_putc(s, 'x'));
    CHECK_OK(rill_close(s));
    CHECK_INT(1, d.writes);
    CHECK_INT(0, d.reads);
    CHECK_INT(0, d.commits); /* memory has no need of it */
    CHECK_INT(1, d.closes);
}

static void check_call(const rill_double_call *c, int operation, int64_t offset,
                       size_t length, int64_t result)
{
    CHECK_INT(operation, c->operation);
    CHECK_INT(offset, c->offset);
    CHECK_INT(length, c->length);
    CHECK_INT(result, c->result);
}

TEST(double__lists_the_calls)
{
    RILL_AUTO rill *memory = rill_open_mem_copy("abc", 3, NULL);
    rill_double_call log[4] = {0};
    rill_double d = {.piece = 2, .log = log, .log_size = 3};
    rill *s = unbuffered(memory, RILL_BORROW, &d);
    char buf[8];

    CHECK_BYTES(buf, rill_read_some(s, buf, 8), "ab");
    CHECK_OK(rill_truncate(s, 1));
    d.fails = RILL_DOUBLE_WRITE;
    d.failure = EIO;
    CHECK_CODE(RILL_EIO, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EIO, rill_close(s));
    check_call(&log[0], RILL_DOUBLE_READ, 0, 8, 2);
    check_call(&log[1], RILL_DOUBLE_TRUNCATE, 1, 0, 0);
    check_call(&log[2], RILL_DOUBLE_WRITE, 2, 1, RILL_OS_ERROR(EIO));
    check_call(&log[3], 0, 0, 0, 0); /* beyond its size */
    CHECK(d.calls > 3);
    CHECK_INT(d.calls, d.reads + d.writes + d.sizes + d.truncates + d.flushes +
                           d.syncs + d.commits + d.closes);
}

TEST(double__counts_a_vector_as_one_write)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double_call log[1];
    rill_double d = {.log = log, .log_size = 1};
    rill *s = unbuffered(memory, RILL_BORROW, &d);
    char a[] = "ab", b[] = "cde";
    rill_iovec v[] = {{a, 2}, {b, 3}};

    CHECK_INT(5, rill_writev(s, v, 2));
    CHECK_INT(1, d.writes);
    check_call(&log[0], RILL_DOUBLE_WRITE, 0, 5, 5);
    CHECK_OK(rill_close(s));
}

/* ---- The end of a save ---------------------------------------------------- */

static rill *save_over(const char *path, rill_double *d)
{
    return rill_open_double(rill_open(path, "ws"), RILL_TAKE, d, NULL);
}

TEST(double__closed_commits_what_it_took)
{
    rill_double inner = {0}, outer = {0};
    rill *s = rill_open_double(save_over("f", &inner), RILL_TAKE, &outer, NULL);

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_close(s));
    CHECK_INT(1, outer.commits);
    CHECK_INT(1, inner.commits);
    CHECK_INT(1, inner.closes);
    CHECK_FILE("f", "abc");
}

TEST(double__discarded_commits_nothing)
{
    rill_double inner = {0}, outer = {0};
    rill *s = rill_open_double(save_over("f", &inner), RILL_TAKE, &outer, NULL);

    CHECK_INT(3, rill_write(s, "abc", 3));
    rill_discard(s);
    CHECK_INT(0, outer.commits);
    CHECK_INT(1, outer.closes);
    CHECK_INT(0, inner.commits);
    CHECK_INT(1, inner.closes);
    CHECK(rill_open("f", "r") == NULL);
}

TEST(double__of_a_save_keeps_the_old_file_until_it_is_closed)
{
    rill_double d = {0};
    rill *s;

    test_write_file("f", "old", 3);
    s = save_over("f", &d);
    CHECK_INT(3, rill_write(s, "new", 3));
    CHECK_OK(rill_flush(s));
    CHECK_FILE("f", "old");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "new");
}

/* Who owns the save says whether it counts. */
TEST(double__of_a_borrowed_save_commits_nothing)
{
    rill *save = rill_open("f", "ws");
    rill_double d = {0};
    rill *s = rill_open_double(save, RILL_BORROW, &d, NULL);

    CHECK_INT(3, rill_write(s, "new", 3));
    CHECK_OK(rill_close(s));
    CHECK(rill_open("f", "r") == NULL);
    CHECK_OK(rill_close(save));
    CHECK_FILE("f", "new");
}

TEST(double__of_a_save_that_fails_keeps_the_old_file)
{
    static const int operations[] = {RILL_DOUBLE_WRITE, RILL_DOUBLE_FLUSH,
                                     RILL_DOUBLE_COMMIT};

    for (size_t i = 0; i < 3; i++) {
        rill_double d = {.fails = (unsigned)operations[i], .failure = EIO};
        rill *s;

        test_write_file("f", "old", 3);
        s = save_over("f", &d);
        test_context("operation %d", operations[i]);
        CHECK_INT(3, rill_write(s, "new", 3));
        CHECK_CODE(RILL_EIO, rill_close(s));
        CHECK_INT(1, d.closes);
        CHECK_FILE("f", "old");
    }
}

TEST(double__tells_of_a_failing_close)
{
    rill_double d = {.fails = RILL_DOUBLE_CLOSE, .failure = ENOSPC};
    rill *s = rill_open_double(rill_open("f", "w"), RILL_TAKE, &d, NULL);

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_INT(1, d.closes);
    CHECK_FILE("f", "abc");
}

/* What is asked in between does not start the count anew. */
TEST(double__blocks_reads_and_writes_each_by_itself)
{
    RILL_AUTO rill *memory = rill_open_mem_copy("abc", 3, NULL);
    rill_double d = {.blocks = 1};
    rill *s = unbuffered(memory, RILL_BORROW, &d);
    char c;

    CHECK_CODE(RILL_EAGAIN, rill_pread(s, &c, 1, 0));
    CHECK_INT(3, rill_size(s));
    CHECK_CODE(RILL_EAGAIN, rill_pwrite(s, "x", 1, 1));
    CHECK_INT(1, rill_pread(s, &c, 1, 0));
    CHECK_INT(1, rill_pwrite(s, "x", 1, 1));
    CHECK_OK(rill_close(s));
}

/* A section cannot be cut, which a double over it finds out too late to say so
 * before; it is no failure all the same. */
TEST(double__what_the_stream_cannot_do_does_not_stick)
{
    RILL_AUTO rill *memory = rill_open_mem_copy("abcdef", 6, NULL);
    rill_double d = {0};
    rill *s = rill_open_double(rill_open_section(memory, 0, 3, NULL), RILL_TAKE,
                               &d, NULL);

    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 0));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}
