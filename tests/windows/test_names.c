/*
 * test_names.c - names of files on Windows: UTF-8, at any length.
 *
 * That a name has arrived is seen through the system's own wide calls.
 */
#include "test.h"

#include <errno.h>
#include <windows.h>

static int is_there(const wchar_t *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* Write and read a file of that name; it is `wide` to the system. */
static void check_name(const char *name, const wchar_t *wide, const char *mode)
{
    rill *s;

    test_context("%s %s", name, mode);
    s = rill_open(name, mode);
    if (!s)
        FAIL("cannot be opened: %d", errno);
    CHECK_STR(name, rill_name(s));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_close(s));
    CHECK(is_there(wide));
    s = rill_open(name, "r");
    CHECK(s != NULL);
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    CHECK(DeleteFileW(wide));
}

TEST(names__are_utf8)
{
    static const char *const modes[] = {"w", "x", "a", "ws", "xs"};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        check_name("Gr\xc3\xbc\xc3\x9f"
                   "e",
                   L"Gr\u00fc\u00dfe", modes[i]);
        check_name("\xe6\xbc\xa2\xe5\xad\x97", L"\u6f22\u5b57", modes[i]);
        check_name("\xf0\x9f\x8c\x8a.bin", L"\U0001f30a.bin", modes[i]);
    }
}

TEST(names__that_are_not_utf8_are_refused)
{
    static const char *const bad[] = {
        "\xff", "a\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        test_context("name %zu", i);
        errno = 0;
        CHECK(rill_open(bad[i], "w") == NULL);
        CHECK_INT(EILSEQ, errno);
        CHECK(rill_open(bad[i], "ws") == NULL);
        CHECK_INT(EILSEQ, errno);
    }
}

/* Ten directories of 50 characters: twice what the old limit is. */
TEST(names__of_long_paths)
{
    wchar_t path[2048];
    char name[2048] = ".";
    rill *s;

    wcscpy(path, L"\\\\?\\");
    CHECK(GetCurrentDirectoryW(1024, path + 4) > 0);
    for (int i = 0; i < 10; i++) {
        wchar_t part[64];

        swprintf(part, 64, L"\\%050d", i);
        wcscat(path, part);
        CHECK(CreateDirectoryW(path, NULL));
        snprintf(name + strlen(name), 64, "/%050d", i);
    }
    snprintf(name + strlen(name), 64, "/file");
    wcscat(path, L"\\file");
    check_name(name, path, "w");
    check_name(name, path, "ws");
    CHECK(rill_open(name, "r") == NULL);
    CHECK_INT(ENOENT, errno);
    s = rill_open(name, "ws");
    CHECK(s != NULL);
    rill_discard(s);
    CHECK(!is_there(path));
}

TEST(names__too_long)
{
    char name[40000];

    memset(name, 'a', 256);
    name[256] = '\0';
    CHECK(rill_open(name, "w") == NULL);
    CHECK_INT(ENAMETOOLONG, errno);
    for (size_t i = 0; i + 1 < sizeof(name); i++)
        name[i] = i % 100 == 99 ? '/' : 'b';
    name[sizeof(name) - 1] = '\0';
    CHECK(rill_open(name, "w") == NULL);
    CHECK_INT(ENAMETOOLONG, errno);
}

TEST(names__both_slashes)
{
    CHECK(CreateDirectoryW(L"d", NULL));
    check_name("d/f", L"d\\f", "w");
    check_name("d\\f", L"d\\f", "ws");
}

TEST(names__of_devices)
{
    rill *s = rill_open("NUL", "w");

    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_close(s));
    s = rill_open("NUL", "r");
    CHECK(s != NULL);
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
    CHECK(rill_open("NUL", "ws") == NULL);
    CHECK(errno == ENOTSUP || errno == EISDIR || errno == ENOENT);
    CHECK(!is_there(L".NUL.0.rill-save"));
}
