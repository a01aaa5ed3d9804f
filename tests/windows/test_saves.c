/*
 * test_saves.c - saving on Windows, where files that are open resist.
 */
#include "test.h"

#include <errno.h>
#include <windows.h>

/* No file but those named is left. */
static int files_here(void)
{
    WIN32_FIND_DATAW found;
    HANDLE h = FindFirstFileW(L"*", &found);
    int n = 0;

    CHECK(h != INVALID_HANDLE_VALUE);
    do
        n += !(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
    while (FindNextFileW(h, &found));
    FindClose(h);
    return n;
}

static rill *start_save(void)
{
    rill *s = rill_open("f", "ws");

    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "new", 3));
    CHECK_OK(rill_flush(s));
    return s;
}

TEST(saves__replace)
{
    rill *s;

    test_write_file("f", "old", 3);
    s = start_save();
    CHECK_FILE("f", "old");
    CHECK_INT(2, files_here());
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "new");
    CHECK_INT(1, files_here());
}

TEST(saves__discard)
{
    test_write_file("f", "old", 3);
    rill_discard(start_save());
    CHECK_FILE("f", "old");
    CHECK_INT(1, files_here());
}

/* Close a save over a file that resists. Either it has replaced the file, or it
 * says why not and all is as before. */
static void check_all_or_nothing(rill *s)
{
    rill_error e;

    if (rill_close_with(s, &e) == RILL_OK) {
        CHECK_FILE("f", "new");
    } else {
        CHECK_STR("commit", e.operation);
        CHECK(e.os_error == EACCES || e.os_error == EBUSY);
        CHECK_FILE("f", "old");
    }
    CHECK_INT(1, files_here());
}

/* Whoever has the old file open keeps it. Not every file system can do that. */
TEST(saves__over_an_open_file)
{
    rill *reader;

    test_write_file("f", "old", 3);
    reader = rill_open("f", "r");
    CHECK(reader != NULL);
    check_all_or_nothing(start_save());
    CHECK_REST(reader, "old");
    CHECK_OK(rill_close(reader));
}

/* Where others share nothing that fails everywhere. */
TEST(saves__over_a_file_that_is_not_shared)
{
    HANDLE h;
    rill *s;

    test_write_file("f", "old", 3);
    s = start_save();
    h = CreateFileW(L"f", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0,
                    NULL);
    CHECK(h != INVALID_HANDLE_VALUE);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK(CloseHandle(h));
    CHECK_FILE("f", "old");
    CHECK_INT(1, files_here());
}

TEST(saves__over_a_read_only_file)
{
    test_write_file("f", "old", 3);
    CHECK(SetFileAttributesW(L"f", FILE_ATTRIBUTE_READONLY));
    check_all_or_nothing(start_save()); /* wine's replaces it */
    CHECK(SetFileAttributesW(L"f", FILE_ATTRIBUTE_NORMAL));
}

TEST(saves__keep_attributes)
{
    const DWORD hidden = FILE_ATTRIBUTE_HIDDEN;

    test_write_file("f", "old", 3);
    CHECK(SetFileAttributesW(L"f", hidden));
    if (!(GetFileAttributesW(L"f") & hidden))
        SKIP("the file system has no hidden files");
    CHECK_OK(rill_close(start_save()));
    CHECK(GetFileAttributesW(L"f") & hidden);
    CHECK_FILE("f", "new");
}

/* What a process leaves that ends in the midst of it, the next save removes;
 * what another still writes, it does not. */
TEST(saves__clear_what_a_dead_one_left)
{
    rill *one, *two;

    test_write_file(".f.0.rill-save", "dead", 4);
    test_write_file(".f.5.rill-save", "dead", 4);
    one = start_save();
    CHECK_INT(1, files_here());
    two = start_save();
    CHECK_INT(2, files_here());
    CHECK_OK(rill_close(one));
    CHECK_OK(rill_close(two));
    CHECK_FILE("f", "new");
    CHECK_INT(1, files_here());
}

/* That is told by a lock on the file beside, somewhere in it. */
TEST(saves__lock_the_file_beside)
{
    rill *s = start_save();
    HANDLE h =
        CreateFileW(L".f.0.rill-save", GENERIC_READ,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, 0, NULL);
    OVERLAPPED all = {.Offset = 0};
    const DWORD flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;

    CHECK(h != INVALID_HANDLE_VALUE);
    CHECK(!LockFileEx(h, flags, 0, MAXDWORD, MAXDWORD, &all));
    CHECK_INT(ERROR_LOCK_VIOLATION, GetLastError());
    CHECK_OK(rill_close(s));
    CHECK(LockFileEx(h, flags, 0, MAXDWORD, MAXDWORD, &all));
    CHECK(CloseHandle(h));
}

/* The directory cannot go away under a save. */
TEST(saves__hold_the_directory)
{
    rill *s;

    CHECK(CreateDirectoryW(L"d", NULL));
    s = rill_open("d/f", "ws");
    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK(!MoveFileW(L"d", L"e"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("d/f", "abc");
    CHECK(MoveFileW(L"d", L"e"));
}
