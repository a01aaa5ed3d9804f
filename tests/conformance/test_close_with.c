/*
 * rill_close_with(): what a close that fails says about it.
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <rill/hook.h>

#include <errno.h>
#include <sys/stat.h>

TEST(close_with__nothing_to_say)
{
    rill_error e = {.code = 1, .os_error = 1, .operation = "x", .path = "y"};
    rill *s = rill_open_mem(NULL);

    CHECK_OK(rill_close_with(s, &e));
    CHECK_INT(0, e.code);
    CHECK_INT(0, e.os_error);
    CHECK_OK(rill_close_with(NULL, &e));
    CHECK_OK(rill_close_with(NULL, NULL));
}

TEST(close_with__a_failed_flush)
{
    rill_error e;
    rill *s = rill_open("/dev/full", "w");

    if (!s)
        SKIP("no /dev/full");
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_ENOSPC, rill_close_with(s, &e));
    CHECK_INT(RILL_ENOSPC, e.code);
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_STR("write", e.operation);
    CHECK_INT(0, e.offset);
    CHECK_PTR(NULL, e.path);
}

static int refuse_rename(void *ctx, int call, size_t *count)
{
    (void)ctx, (void)count;
    return call == RILL_CALL_RENAME ? EROFS : 0;
}

TEST(close_with__a_failed_commit)
{
    rill_error e;
    rill *s;

    test_write_file("f", "old", 3);
    s = rill_open("f", "ws");
    CHECK_INT(3, rill_write(s, "new", 3));
    rill_set_call_hook(refuse_rename, NULL);
    CHECK_CODE(RILL_EIO, rill_close_with(s, &e));
    rill_set_call_hook(NULL, NULL);
    CHECK_INT(EROFS, e.os_error);
    CHECK_STR("commit", e.operation);
    CHECK_FILE("f", "old");
}

static int refuse_close(void *ctx, int call, size_t *count)
{
    (void)ctx, (void)count;
    return call == RILL_CALL_CLOSE ? EDQUOT : 0;
}

TEST(close_with__a_failed_close)
{
    rill_error e;
    rill *s = rill_open("f", "w");

    rill_set_call_hook(refuse_close, NULL);
    CHECK_CODE(RILL_ENOSPC, rill_close_with(s, &e));
    rill_set_call_hook(NULL, NULL);
    CHECK_INT(EDQUOT, e.os_error);
    CHECK_STR("close", e.operation);
    CHECK_INT(-1, e.offset);
}

TEST(close_with__a_view_held)
{
    rill_error e;
    void *view;
    rill *s = rill_open_mem(NULL);

    CHECK_INT(0, rill_getbuffer(s, &view));
    CHECK_CODE(RILL_EBUSY, rill_close_with(s, &e));
    CHECK_INT(RILL_EBUSY, e.code);
    CHECK_OK(rill_releasebuffer(s));
    CHECK_OK(rill_close_with(s, &e));
}
