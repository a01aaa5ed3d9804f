/*
 * rill_share(): one stream that several threads use in turn.
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <errno.h>
#include <pthread.h>

enum { THREADS = 4, RECORDS = 500, RECORD = 16 };

typedef struct worker {
    pthread_t thread;
    rill_shared *shared;
    int id;
    int failures;
    unsigned char seen[THREADS * RECORDS];
} worker;

static void start(worker *w, rill_shared *sh, void *(*run)(void *))
{
    for (int i = 0; i < THREADS; i++) {
        w[i] = (worker){.shared = sh, .id = i};
        CHECK_INT(0, pthread_create(&w[i].thread, NULL, run, &w[i]));
    }
}

static void finish(worker *w)
{
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(0, pthread_join(w[i].thread, NULL));
        CHECK_INT(0, w[i].failures);
    }
}

/* A record: its writer and number, in several ways of writing. */
static void *write_records(void *arg)
{
    worker *w = arg;
    rill *s = rill_open_locked(w->shared, NULL);

    for (int i = 0; i < RECORDS; i++) {
        char record[RECORD + 1];
        rill_iovec pieces[] = {{record, 5}, {record + 5, RECORD - 5}};
        int64_t n;

        snprintf(record, sizeof(record), "%7d %7d\n", w->id, i);
        if (i % 3 == 0)
            n = rill_write(s, record, RECORD);
        else if (i % 3 == 1)
            n = rill_writev(s, pieces, 2);
        else
            n = rill_printf(s, "%7d %7d\n", w->id, i);
        w->failures += n != RECORD;
    }
    w->failures += rill_close(s) < 0;
    return NULL;
}

static void *read_records(void *arg)
{
    worker *w = arg;
    rill *s = rill_open_locked(w->shared, NULL);
    char record[RECORD + 1] = "";
    int id, i;

    while (rill_read(s, record, RECORD) == RECORD) {
        if (sscanf(record, "%7d %7d", &id, &i) != 2 || id < 0 ||
            id >= THREADS || i < 0 || i >= RECORDS)
            w->failures++;
        else
            w->seen[id * RECORDS + i]++;
    }
    w->failures += rill_failed(s, NULL) != 0;
    w->failures += rill_close(s) < 0;
    return NULL;
}

TEST(shared__records_stay_whole)
{
    static worker w[THREADS];
    rill_shared *sh = rill_share(rill_open("f", "w+"));

    start(w, sh, write_records);
    finish(w);
    CHECK_INT(0, rill_rewind(rill_lock(sh)));
    rill_unlock(sh);
    start(w, sh, read_records);
    finish(w);
    for (int i = 0; i < THREADS * RECORDS; i++) {
        int seen = 0;
        for (int j = 0; j < THREADS; j++)
            seen += w[j].seen[i];
        test_context("record %d", i);
        CHECK_INT(1, seen);
    }
    CHECK_OK(rill_unshare(sh));
}

/* Under the lock, a thread has the stream to itself. */
static void *count_up(void *arg)
{
    worker *w = arg;

    for (int i = 0; i < RECORDS; i++) {
        rill *s = rill_lock(w->shared);
        uint64_t n;
        w->failures += rill_rewind(s) < 0 || rill_get_u64le(s, &n) < 0;
        w->failures += rill_rewind(s) < 0 || rill_put_u64le(s, n + 1) < 0;
        rill_unlock(w->shared);
    }
    return NULL;
}

TEST(shared__several_calls_under_the_lock)
{
    static worker w[THREADS];
    rill_shared *sh =
        rill_share(rill_open_mem_copy("\0\0\0\0\0\0\0\0", 8, NULL));
    uint64_t n;
    rill *s;

    start(w, sh, count_up);
    finish(w);
    s = rill_lock(sh);
    CHECK_INT(0, rill_rewind(s));
    CHECK_OK(rill_get_u64le(s, &n));
    CHECK_INT(THREADS * RECORDS, n);
    rill_unlock(sh);
    CHECK_OK(rill_unshare(sh));
}

TEST(shared__does_what_the_stream_can)
{
    rill_shared *sh = rill_share(rill_open_view("abc", 3));
    rill *s = rill_open_locked(sh, NULL);

    CHECK_STR("locked", rill_kind(s));
    CHECK(rill_readable(s));
    CHECK(!rill_writable(s));
    CHECK(!rill_seekable(s));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_OK(rill_flush(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_unshare(sh));
}

TEST(shared__flush_and_sync_reach_the_stream)
{
    rill_shared *sh = rill_share(rill_open("f", "w"));
    rill *s = rill_open_locked(sh, NULL);

    CHECK_STR("f", rill_name(s));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_FILE("f", "");
    CHECK_OK(rill_flush(s));
    CHECK_FILE("f", "abc");
    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    CHECK_FILE("f", "abcdef");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_unshare(sh));
}

TEST(shared__not_closed_while_in_use)
{
    rill_shared *sh = rill_share(rill_open_mem(NULL));
    rill *s = rill_open_locked(sh, NULL);
    void *view;

    CHECK_CODE(RILL_EBUSY, rill_unshare(sh));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, rill_getbuffer(rill_lock(sh), &view));
    rill_unlock(sh);
    CHECK_CODE(RILL_EBUSY, rill_unshare(sh));
    CHECK_OK(rill_releasebuffer(rill_lock(sh)));
    rill_unlock(sh);
    CHECK_OK(rill_unshare(sh));
    CHECK_OK(rill_unshare(NULL));
}

/* The failure is the stream's: who closes it is told. */
TEST(shared__failures_are_told_to_all)
{
    rill *file = rill_open("/dev/full", "w");
    rill_shared *sh;
    rill *a, *b;
    rill_error e;

    if (!file)
        SKIP("no /dev/full");
    sh = rill_share(file);
    a = rill_open_locked(sh, NULL);
    b = rill_open_locked(sh, NULL);
    CHECK_INT(1, rill_write(a, "x", 1));
    CHECK_CODE(RILL_ENOSPC, rill_flush(b));
    CHECK_CODE(RILL_ENOSPC, rill_failed(b, &e));
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_CODE(RILL_ENOSPC, rill_write(a, "y", 1));
    CHECK_CODE(RILL_ENOSPC, rill_close(a));
    CHECK_CODE(RILL_ENOSPC, rill_close(b));
    CHECK_CODE(RILL_ENOSPC, rill_unshare(sh));
}

TEST(shared__bad_arguments)
{
    rill_options bad = {0};
    rill_shared *sh = rill_share(rill_open_mem(NULL));

    errno = 0;
    CHECK_PTR(NULL, rill_open_locked(sh, &bad));
    CHECK_INT(EINVAL, errno);
    CHECK_OK(rill_unshare(sh));
    CHECK_PTR(NULL, rill_share(NULL));
}
