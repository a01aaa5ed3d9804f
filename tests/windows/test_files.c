/*
 * test_files.c - what files are on Windows: bytes, of any number, shared.
 */
#include "test.h"

#include <errno.h>
#include <windows.h>
#include <winioctl.h>

#define GIB ((int64_t)1 << 30)

/* What the C runtime's text mode would change. */
static const char text[] = "one\r\ntwo\nthree\r\x1a four\n\r\n";

TEST(files__are_never_translated)
{
    static const char *const modes[] = {"w", "wb", "w+", "a", "x", "ws"};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        char got[sizeof(text)];
        rill *s;

        test_context("mode %s", modes[i]);
        s = rill_open("f", modes[i]);
        CHECK(s != NULL);
        CHECK_INT(sizeof(text) - 1, rill_write(s, text, sizeof(text) - 1));
        CHECK_OK(rill_close(s));
        s = rill_open("f", "r");
        CHECK(s != NULL);
        CHECK_INT(sizeof(text) - 1, rill_size(s));
        CHECK_MEM(got, rill_read(s, got, sizeof(got)), text, sizeof(text) - 1);
        CHECK_OK(rill_close(s));
        CHECK(DeleteFileW(L"f"));
    }
}

TEST(files__beyond_four_gib)
{
    static const int64_t offsets[] = {
        2 * GIB - 2, 2 * GIB, 4 * GIB - 2, 4 * GIB, 5 * GIB + 1,
    };
    rill *s = rill_open("f", "w+");
    DWORD n;

    CHECK(s != NULL);
    /* So that the disk need not have it all. */
    DeviceIoControl((HANDLE)(intptr_t)rill_fileno(s), FSCTL_SET_SPARSE, NULL, 0,
                    NULL, 0, &n, NULL);
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        test_context("offset %lld", (long long)offsets[i]);
        CHECK_INT(offsets[i], rill_seek(s, offsets[i], RILL_SEEK_SET));
        CHECK_INT(4, rill_write(s, "abcd", 4));
        CHECK_INT(offsets[i] + 4, rill_tell(s));
        CHECK_INT(offsets[i] + 4, rill_size(s));
        CHECK_INT(offsets[i], rill_seek(s, offsets[i], RILL_SEEK_SET));
        CHECK_READS(s, "abcd");
    }
    CHECK_OK(rill_truncate(s, 4 * GIB + 2));
    CHECK_INT(4 * GIB, rill_seek(s, 4 * GIB, RILL_SEEK_SET));
    CHECK_REST(s, "ab");
    CHECK_OK(rill_close(s));
}

/* As POSIX has it: what is open here may be read, written, renamed and deleted
 * by others. */
TEST(files__are_shared)
{
    rill *s = rill_open("f", "w+"), *other;

    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_flush(s));
    other = rill_open("f", "r+");
    CHECK(other != NULL);
    CHECK_READS(other, "abc");
    CHECK_INT(1, rill_write(other, "d", 1));
    CHECK_OK(rill_close(other));
    CHECK_HOLDS(s, "abcd");
    CHECK(MoveFileW(L"f", L"g"));
    CHECK_INT(1, rill_write(s, "e", 1));
    CHECK_OK(rill_close(s));
    CHECK(GetFileAttributesW(L"f") == INVALID_FILE_ATTRIBUTES);
}

TEST(files__that_others_do_not_share)
{
    HANDLE h;
    rill *s;

    test_write_file("f", "old", 3);
    h = CreateFileW(L"f", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                    0, NULL);
    CHECK(h != INVALID_HANDLE_VALUE);
    CHECK(rill_open("f", "r") == NULL);
    CHECK_INT(EBUSY, errno);
    CHECK(rill_open("f", "w") == NULL);
    CHECK_INT(EBUSY, errno);
    CHECK(CloseHandle(h));
    s = rill_open("f", "r");
    CHECK(s != NULL);
    CHECK_REST(s, "old");
    CHECK_OK(rill_close(s));
}

TEST(files__that_are_locked)
{
    OVERLAPPED all = {.Offset = 0};
    HANDLE h;
    rill_error e = {0};
    char byte;
    DWORD n;
    rill *s;

    test_write_file("f", "old", 3);
    h = CreateFileW(L"f", GENERIC_READ | GENERIC_WRITE,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, 0, NULL);
    CHECK(h != INVALID_HANDLE_VALUE);
    CHECK(LockFileEx(h, LOCKFILE_EXCLUSIVE_LOCK, 0, 3, 0, &all));
    s = rill_open("f", "r");
    CHECK(s != NULL);
    if (ReadFile((HANDLE)(intptr_t)rill_fileno(s), &byte, 1, &n, NULL)) {
        CHECK_OK(rill_close(s));
        CHECK(CloseHandle(h));
        SKIP("locks bar nobody from reading: this is wine");
    }
    CHECK_CODE(RILL_EIO, rill_read(s, &byte, 1));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EBUSY, e.os_error);
    CHECK(CloseHandle(h));
    rill_clear(s);
    CHECK_REST(s, "old");
    CHECK_OK(rill_close(s));
}

/* A descriptor is a handle, whoever made it. */
TEST(files__handles_are_descriptors)
{
    HANDLE h = CreateFileW(L"f", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ,
                           NULL, CREATE_NEW, 0, NULL);
    DWORD n;
    rill *s;

    CHECK(h != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(h, "abc", 3, &n, NULL));
    s = rill_open_fd((int)(intptr_t)h, "r+", RILL_BORROW, NULL);
    CHECK(s != NULL);
    CHECK_INT(3, rill_tell(s));
    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_OK(rill_close(s));
    CHECK(WriteFile(h, "ghi", 3, &n, NULL));
    CHECK(CloseHandle(h));
    CHECK_FILE("f", "abcdefghi");
}

/* A handle for overlapped transfers is waited for. */
TEST(files__overlapped_handles)
{
    HANDLE h = CreateFileW(L"f", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ,
                           NULL, CREATE_NEW, FILE_FLAG_OVERLAPPED, NULL);
    unsigned char want[5000], got[5000];
    rill *s = rill_open_fd((int)(intptr_t)h, "r+", RILL_TAKE, NULL);

    CHECK(s != NULL);
    test_pattern(want, sizeof(want), 0);
    CHECK_INT(sizeof(want), rill_write(s, want, sizeof(want)));
    CHECK_OK(rill_rewind(s));
    CHECK_MEM(got, rill_read(s, got, sizeof(got)), want, sizeof(want));
    CHECK_INT(0, rill_read(s, got, 1));
    CHECK_OK(rill_close(s));
}

/* The numbers that standard streams have everywhere. */
TEST(files__standard_streams)
{
    HANDLE before = GetStdHandle(STD_INPUT_HANDLE), h;
    rill *s;

    test_write_file("f", "abc", 3);
    h = CreateFileW(L"f", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0,
                    NULL);
    CHECK(h != INVALID_HANDLE_VALUE);
    CHECK(SetStdHandle(STD_INPUT_HANDLE, h));
    s = rill_open_fd(0, "r", RILL_BORROW, NULL);
    CHECK(SetStdHandle(STD_INPUT_HANDLE, before) && s != NULL);
    rill_discard(s);
    CHECK(CloseHandle(h));
}

TEST(files__a_closed_pipe)
{
    HANDLE in, out;
    rill_error e = {0};
    rill *s;

    CHECK(CreatePipe(&in, &out, NULL, 0));
    s = rill_open_fd((int)(intptr_t)out, "w", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK(CloseHandle(in));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    rill_failed(s, &e);
    CHECK_INT(EPIPE, e.os_error);
    rill_discard(s);
}

TEST(files__a_pipe_that_does_not_wait)
{
    DWORD mode = PIPE_READMODE_BYTE | PIPE_NOWAIT, n;
    HANDLE in, out;
    char byte;
    rill *s;

    CHECK(CreatePipe(&in, &out, NULL, 0));
    CHECK(SetNamedPipeHandleState(in, &mode, NULL, NULL));
    s = rill_open_fd((int)(intptr_t)in, "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_CODE(RILL_EAGAIN, rill_read(s, &byte, 1));
    CHECK(WriteFile(out, "x", 1, &n, NULL));
    CHECK_READS(s, "x");
    CHECK(CloseHandle(out));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}
