/*
 * test_save_failures.c - saves and files that fail: each step of a save by the
 * hook, syncs that fail for good, disks that are full, and the bytes that could
 * not be written, which are still there.
 */
#define _GNU_SOURCE
#include "save_support.h"

#include <signal.h>
#include <sys/resource.h>

/* ---- Making a call fail ------------------------------------------------- */

/* Fails a call of one kind (-1: of any), the nth that is asked from 0 on. */
struct breaker {
    int call, nth, err;
    int asked, last; /* how many were, and what the last one was */
};

static int break_call(void *ctx, int call, size_t *count)
{
    struct breaker *b = ctx;

    (void)count;
    if (b->call >= 0 && call != b->call)
        return 0;
    b->last = call;
    return b->asked++ == b->nth ? b->err : 0;
}

/* Save "new" over the file f, with the breaker at work in rill_close(). */
static int save_broken(struct breaker *b, const char *mode, rill_error *e)
{
    rill *s = open_save("f", mode);
    int rc;

    CHECK_INT(3, rill_puts(s, "new"));
    rill_set_call_hook(break_call, b);
    rc = rill_close_with(s, e);
    rill_set_call_hook(NULL, NULL);
    return rc;
}

/* ---- Each step of a commit ---------------------------------------------- */

static const struct step {
    const char *what;
    int call, nth, err, code;
    int in_place; /* the new file is there all the same */
    const char *operation;
} steps[] = {
    {"write", RILL_CALL_WRITE, 0, EIO, RILL_EIO, 0, "write"},
    {"write, no room", RILL_CALL_WRITE, 0, EDQUOT, RILL_ENOSPC, 0, "write"},
    {"look at the old one", RILL_CALL_STAT, 0, EIO, RILL_EIO, 0, "commit"},
    {"open the old one", RILL_CALL_OPEN, 0, EMFILE, RILL_EIO, 0, "commit"},
    {"permissions", RILL_CALL_ATTRIBUTE, 0, EPERM, RILL_EIO, 0, "commit"},
    {"attributes", RILL_CALL_ATTRIBUTE, 1, ENOSPC, RILL_ENOSPC, 0, "commit"},
    {"memory", RILL_CALL_ALLOCATE, 0, ENOMEM, RILL_ENOMEM, 0, "commit"},
    {"sync", RILL_CALL_SYNC, 0, EIO, RILL_EIO, 0, "commit"},
    {"sync, no room", RILL_CALL_SYNC, 0, ENOSPC, RILL_ENOSPC, 0, "commit"},
    {"rename", RILL_CALL_RENAME, 0, EACCES, RILL_EIO, 0, "commit"},
    {"rename, no room", RILL_CALL_RENAME, 0, EDQUOT, RILL_ENOSPC, 0, "commit"},
    {"sync the directory", RILL_CALL_SYNC, 1, EIO, RILL_EIO, 1, "commit"},
};

TEST(save_failures__each_step_is_reported)
{
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        const struct step *p = &steps[i];
        struct breaker b = {p->call, p->nth, p->err, 0, 0};
        rill_error e;

        test_context("%s", p->what);
        put_file("f", "old");
        CHECK_CODE(p->code, save_broken(&b, "wbs", &e));
        CHECK_CODE(p->code, e.code);
        CHECK_STR(p->operation, e.operation);
        if (p->call != RILL_CALL_ALLOCATE)
            CHECK_INT(p->err, e.os_error);
        if (p->in_place)
            CHECK_FILE("f", "new");
        else
            CHECK_FILE("f", "old");
        CHECK_INT(0, count_beside("."));
    }
}

/* Several descriptors are closed; that of the new file matters, and NFS, say,
 * reports there what could not be written. */
TEST(save_failures__close_is_reported)
{
    struct breaker b = {RILL_CALL_CLOSE, 0, EIO, 0, 0};
    int reported = 0;

    for (; b.asked >= b.nth; b.nth++) {
        rill_error e;

        put_file("f", "old");
        b.asked = 0;
        if (save_broken(&b, "wbs", &e) != RILL_OK) {
            CHECK_STR("close", e.operation);
            CHECK_CODE(RILL_EIO, e.code);
            CHECK_INT(EIO, e.os_error);
            reported++;
        }
        CHECK_FILE("f", "new");
    }
    CHECK_INT(1, reported);
}

/* Without durability nobody asks for the directory. */
TEST(save_failures__atomic_does_not_sync_the_directory)
{
    struct breaker b = {RILL_CALL_SYNC, 1, EIO, 0, 0};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    put_file("f", "old");
    o.save = RILL_SAVE_ATOMIC;
    s = rill_open_with("f", "wb", &o);
    CHECK(s != NULL);
    rill_set_call_hook(break_call, &b);
    CHECK_OK(rill_close(s));
    rill_set_call_hook(NULL, NULL);
    CHECK_INT(1, b.asked);
}

/*
 * Any call of rill_close(), one after the other: whatever it says, the file is
 * old or new; new if it says 0, old if it says so before the rename; and the
 * next save succeeds and clears what is left.
 */
static void fail_any_call(const char *mode, const char *new)
{
    struct breaker b = {-1, 0, EIO, 0, 0};
    int reported = 0;

    for (b.nth = 0; b.asked >= b.nth; b.nth++) {
        char now[16] = "";
        rill_error e;
        size_t len;
        char *got;
        int rc;

        test_context("\"%s\", call %d", mode, b.nth);
        if (*mode != 'x')
            put_file("f", "old");
        else
            unlink("f");
        b.asked = 0;
        rc = save_broken(&b, mode, &e);
        if (is_there("f")) {
            got = test_read_file("f", &len);
            snprintf(now, sizeof(now), "%s", got);
            free(got);
        }
        if (rc == RILL_OK || strcmp(now, *mode == 'x' ? "" : "old") != 0)
            CHECK_STR(new, now);
        reported += rc < 0;
        CHECK_OK(save_text("f", "wbs", "next"));
        CHECK_FILE("f", "next");
        CHECK_INT(0, count_beside("."));
    }
    CHECK(b.nth > 8);
    CHECK(reported > 6);
}

TEST(save_failures__any_call_of_a_commit)
{
    fail_any_call("wbs", "new");
    fail_any_call("xbs", "new");
    fail_any_call("abs", "oldnew");
    fail_any_call("rb+s", "new");
}

/* The same for rill_open(): it says why, or goes on. */
TEST(save_failures__any_call_of_an_open)
{
    struct breaker b = {-1, 0, EIO, 0, 0};
    int refused = 0;

    put_file("f", "old");
    for (b.nth = 0; b.asked >= b.nth; b.nth++) {
        rill *s;

        test_context("call %d", b.nth);
        b.asked = 0;
        rill_set_call_hook(break_call, &b);
        errno = 0;
        s = rill_open("f", "abs");
        refused += s == NULL;
        if (!s)
            CHECK(errno == EIO || errno == ENOMEM || errno == EBUSY);
        rill_set_call_hook(NULL, NULL);
        rill_discard(s);
        CHECK_FILE("f", "old");
        CHECK_OK(save_text("f", "abs", ""));
        CHECK_INT(0, count_beside("."));
    }
    CHECK(b.nth > 20);
    CHECK(refused > 4);
}

/* x without RENAME_NOREPLACE: a second name, then without the first. */
TEST(save_failures__exclusive_without_the_kernels_help)
{
    struct breaker b = {RILL_CALL_RENAME, 0, EINVAL, 0, 0};
    rill *s;

    CHECK_OK(save_broken(&b, "xbs", NULL));
    CHECK_INT(2, b.asked);
    CHECK_FILE("f", "new");
    CHECK_INT(0, count_beside("."));

    CHECK_INT(0, unlink("f"));
    b.asked = 0;
    s = open_save("f", "xbs");
    put_file("f", "theirs");
    rill_set_call_hook(break_call, &b);
    CHECK_CODE(RILL_EIO, rill_close(s));
    rill_set_call_hook(NULL, NULL);
    CHECK_FILE("f", "theirs");
    CHECK_INT(0, count_beside("."));
}

/* ---- Writes that fail --------------------------------------------------- */

/* A write that fails is remembered, and the save with it. */
TEST(save_failures__failed_write)
{
    struct breaker b = {RILL_CALL_WRITE, 0, EIO, 0, 0};
    rill_error e;
    rill *s;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(3, rill_puts(s, "new"));
    rill_set_call_hook(break_call, &b);
    CHECK_CODE(RILL_EIO, rill_flush(s));
    rill_set_call_hook(NULL, NULL);
    CHECK_CODE(RILL_EIO, rill_puts(s, "more"));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_STR("write", e.operation);
    CHECK_INT(0, e.offset);
    CHECK_INT(EIO, e.os_error);
    CHECK_STR("f", e.path);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_FILE("f", "old");
    CHECK_INT(0, count_beside("."));
}

TEST(save_failures__cleared_and_saved)
{
    struct breaker b = {RILL_CALL_WRITE, 0, ENOSPC, 0, 0};
    rill *s;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(3, rill_puts(s, "new"));
    rill_set_call_hook(break_call, &b);
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    rill_set_call_hook(NULL, NULL);
    rill_clear(s);
    CHECK_INT(2, rill_puts(s, "er"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "newer");
}

/* fsync(2): after a failure nobody knows what is on the disk, and a later
 * success says nothing. */
static void check_poisoned(rill *s, int level)
{
    struct breaker b = {RILL_CALL_SYNC, 0, EIO, 0, 0};
    rill_error e;

    CHECK(s != NULL);
    CHECK_INT(3, rill_puts(s, "new"));
    rill_set_call_hook(break_call, &b);
    CHECK_CODE(RILL_EIO, rill_sync(s, level));
    rill_set_call_hook(NULL, NULL);
    for (int i = 0; i < 2; i++) {
        CHECK_CODE(RILL_EIO, rill_sync(s, level));
        CHECK_CODE(RILL_EIO, rill_flush(s));
        CHECK_CODE(RILL_EIO, rill_puts(s, "more"));
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_STR("sync", e.operation);
        CHECK_INT(EIO, e.os_error);
        rill_clear(s);
    }
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(save_failures__failed_sync_is_for_good)
{
    for (int level = RILL_SYNC_DATA; level <= RILL_SYNC_DISK; level++) {
        put_file("f", "old");
        check_poisoned(open_save("f", "wbs"), level);
        CHECK_FILE("f", "old");
        CHECK_INT(0, count_beside("."));
        check_poisoned(rill_open("plain", "wb"), level);
        check_poisoned(rill_open("plain", "ab"), level);
    }
}

/* ---- No room ------------------------------------------------------------ */

enum { TOTAL = 300000, ROOM = 100001 };

static void limit_file_size(rlim_t size)
{
    struct rlimit limit;

    MUST(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = size;
    MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    signal(SIGXFSZ, SIG_IGN);
}

/* How a file is written until there is no more room. */
struct filling {
    const char *path, *mode;
    ptrdiff_t buffer;
    size_t part; /* bytes per rill_write() */
};

/* The descriptor's file holds `size` bytes of the pattern, no more. */
static void must_hold(int fd, int64_t size)
{
    unsigned char *got = malloc(TOTAL + 1);

    MUST(got != NULL);
    MUST(pread(fd, got, TOTAL + 1, 0) == size);
    MUST(is_pattern(got, (size_t)size, 0));
    free(got);
}

/* All that the stream took is in the file or in rill_unwritten(). */
static void must_know_the_rest(rill *s, int fd, int64_t taken)
{
    const void *rest = NULL;
    int64_t offset = -1;
    size_t n = rill_unwritten(s, &rest, &offset);

    MUST(offset <= ROOM && taken == offset + (int64_t)n);
    MUST(is_pattern(rest, n, offset));
    must_hold(fd, offset);
}

static void fill_up(void *arg)
{
    const struct filling *f = arg;
    unsigned char *data = malloc(TOTAL);
    rill_options o = RILL_OPTIONS_INIT;
    int64_t taken = 0;
    rill_error e;
    int fd, rc;
    rill *s;

    MUST(data != NULL);
    test_pattern(data, TOTAL, 0);
    o.buffer_size = f->buffer;
    s = rill_open_with(f->path, f->mode, &o);
    MUST(s != NULL);
    fd = open(strchr(f->mode, 's') ? ".f.0.rill-save" : f->path,
              O_RDONLY | O_CLOEXEC);
    MUST(fd >= 0);
    limit_file_size(ROOM);
    while (taken < TOTAL) {
        size_t n = TOTAL - taken < (int64_t)f->part ? (size_t)(TOTAL - taken)
                                                    : f->part;
        ptrdiff_t r = rill_write(s, data + taken, n);

        if (r < 0)
            break;
        taken += r;
    }
    rc = rill_flush(s);
    MUST(rc == RILL_ENOSPC);
    MUST(rill_failed(s, &e) == RILL_ENOSPC && e.os_error == EFBIG);
    MUST(strcmp(e.operation, "write") == 0 && e.offset <= ROOM);
    must_know_the_rest(s, fd, taken);
    MUST(rill_flush(s) == RILL_ENOSPC);
    rill_clear(s);
    MUST(rill_unwritten(s, &(const void *){NULL}, NULL) == 0 ||
         rill_flush(s) == RILL_ENOSPC);
    must_know_the_rest(s, fd, taken);

    limit_file_size(RLIM_INFINITY);
    rill_clear(s);
    MUST(rill_flush(s) == RILL_OK);
    must_hold(fd, taken);
    MUST(rill_write(s, data + taken, (size_t)(TOTAL - taken)) == TOTAL - taken);
    MUST(rill_close(s) == RILL_OK);
    close(fd);
    fd = open(f->path, O_RDONLY | O_CLOEXEC);
    must_hold(fd, TOTAL);
    free(data);
}

TEST(save_failures__no_room_and_then_room)
{
    static const struct filling fillings[] = {
        {"plain", "wb", 0, 1},
        {"plain", "wb", 0, 1000},
        {"plain", "wb", 0, 150000},
        {"plain", "wb", 0, TOTAL},
        {"plain", "wb", 4096, 777},
        {"plain", "wb+", 4096, 50000},
        {"plain", "wb", RILL_UNBUFFERED, 999},
        {"appended", "ab", 0, 1000},
        {"appended", "ab", 4096, 50000},
        {"appended", "ab", RILL_UNBUFFERED, 999},
        {"f", "wbs", 0, 1},
        {"f", "wbs", 0, 150000},
        {"f", "wbs", RILL_UNBUFFERED, 999},
        {"f", "xbs", 0, 1000},
        {"f", "abs", 4096, 50000},
    };

    for (size_t i = 0; i < sizeof(fillings) / sizeof(*fillings); i++) {
        const struct filling *f = &fillings[i];

        test_context("%s \"%s\", buffer %td, %zu at a time", f->path, f->mode,
                     f->buffer, f->part);
        unlink(f->path);
        CHECK_INT(0, run_child(fill_up, (void *)(uintptr_t)f));
        CHECK_INT(0, count_beside("."));
    }
}

/* An append starts behind what is there; what is missing belongs at the end. */
static void append_without_room(void *arg)
{
    const void *rest;
    int64_t offset;
    rill *s = must_open("f", "ab");

    (void)arg;
    limit_file_size(8);
    MUST(rill_puts(s, "0123456789") == 10);
    MUST(rill_flush(s) == RILL_ENOSPC);
    MUST(rill_unwritten(s, &rest, &offset) == 5);
    MUST(memcmp(rest, "56789", 5) == 0);
    MUST(offset == 8);
    MUST(rill_close(s) == RILL_ENOSPC);
}

TEST(save_failures__append_without_room)
{
    put_file("f", "old");
    RUN_CHILD(append_without_room, NULL);
    CHECK_FILE("f", "old01234");
}

/* The copy that r+ and a start with may not fit either. */
static void copy_without_room(void *arg)
{
    (void)arg;
    limit_file_size(1000);
    MUST(rill_open("f", "abs") == NULL && errno == EFBIG);
    MUST(rill_open("f", "rb+s") == NULL && errno == EFBIG);
    must_save("f", "new");
}

TEST(save_failures__copy_without_room)
{
    unsigned char *old = test_alloc(100000);

    test_pattern(old, 100000, 0);
    test_write_file("f", old, 100000);
    free(old);
    RUN_CHILD(copy_without_room, NULL);
    CHECK_FILE("f", "new");
    CHECK_INT(0, count_beside("."));
}

static int would_block(void *ctx, int call, size_t *count)
{
    (void)ctx, (void)count;
    return call == RILL_CALL_WRITE ? EAGAIN : 0;
}

/* Nothing would block on a file: who looks at rill_close() alone is told. */
TEST(save_failures__would_block_is_a_failure)
{
    static const char much[100000];
    rill_iovec pieces[] = {{(void *)(uintptr_t)much, 50000},
                           {(void *)(uintptr_t)much, 50000}};

    for (int way = 0; way < 2; way++) {
        rill *s;

        test_context("way %d", way);
        test_write_file("f", "old", 3);
        s = rill_open("f", "ws");
        rill_set_call_hook(would_block, NULL);
        if (way == 0)
            CHECK_CODE(RILL_EIO, rill_write(s, much, sizeof(much)));
        else
            CHECK_CODE(RILL_EIO, rill_writev(s, pieces, 2));
        rill_set_call_hook(NULL, NULL);
        CHECK_CODE(RILL_EIO, rill_close(s));
        CHECK_FILE("f", "old");
    }
}
