/*
 * test_names.c - names of files as an attacker gives them: format strings,
 * control characters, what is no UTF-8, names as long as they may be and
 * longer, and names that are no file's.
 *
 * A name is bytes: it goes to the system as it is, plain or saved, and comes
 * back from rill_name() and in errors as it is. Nothing interprets it.
 */
#define _GNU_SOURCE
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rill/ops.h>

static const char *const odd_names[] = {
    "%n%n%n%n",
    "%s%s%s%s%s%s%s%s",
    "%1000000d",
    "%%",
    "two\nlines",
    "\r\t\a\b\f\v",
    "\x1b[31mred\x1b]0;title\a",
    "\x7f",
    "\xff\xfe\xfd",
    "\xc3",             /* half of a character */
    "\xed\xa0\x80",     /* a surrogate */
    "\xf4\x90\x80\x80", /* beyond Unicode */
    "\xc0\xaf",         /* an overlong slash */
    "\xe2\x80\xae.exe", /* right to left from here on */
    " ",
    "-",
    "--help",
    "~",
    "*?[a]{b,c}$HOME`id`;|&<>\"'\\",
    "...",
    ".hidden",
    "CON",
    "name.rill-save",
    ".file.3.rill-save",
};

enum {
    ODD = sizeof(odd_names) / sizeof(odd_names[0]),
    LONGEST = 255 /* NAME_MAX of every file system that is tested here */
};

static const char *const modes[] = {"wb", "wbs"};

/* Write under a name, look at what the stream says of it, and read it back. */
static void check_name(const char *name, const char *mode)
{
    char back[8];
    rill *s;

    test_context("\"%.100s\" %s", name, mode);
    s = rill_open(name, mode);
    if (!s)
        FAIL("cannot be opened: %s", strerror(errno));
    CHECK_STR(name, rill_name(s));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_close(s));
    s = rill_open(name, "r");
    CHECK(s != NULL);
    CHECK_INT(3, rill_read(s, back, sizeof(back)));
    CHECK_BYTES(back, 3, "abc");
    CHECK_OK(rill_close(s));
}

/* How many entries there are here. */
static int entries(void)
{
    DIR *d = opendir(".");
    int n = 0;

    CHECK(d != NULL);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

/* The name cannot be opened, and the error says so with the name as it is. */
static void check_refused(const char *name, const char *mode, int err)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;
    char text[2 * PATH_MAX];
    int before = entries();

    test_context("\"%.100s\" %s", name, mode);
    o.error = &e;
    errno = 0;
    CHECK(rill_open_with(name, mode, &o) == NULL);
    CHECK_INT(err, errno);
    CHECK_INT(err, e.os_error);
    CHECK_PTR(name, e.path);
    CHECK_STR("open", e.operation);
    rill_error_format(&e, text, sizeof(text));
    CHECK_STR(name, text + strlen(text) - strlen(name));
    CHECK_INT(before, entries());
}

TEST(names__odd)
{
    for (int m = 0; m < 2; m++) {
        for (size_t i = 0; i < ODD; i++) {
            check_name(odd_names[i], modes[m]);
            CHECK_INT(1, entries());
            CHECK(unlink(odd_names[i]) == 0);
            check_refused(odd_names[i], "r", ENOENT);
        }
    }
}

/* The same as names of directories on the way. */
TEST(names__odd_directories)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < ODD; i++) {
        CHECK(mkdir(odd_names[i], 0700) == 0);
        snprintf(path, sizeof(path), "%s/file", odd_names[i]);
        check_name(path, "wb");
        check_name(path, "wbs");
        CHECK(unlink(path) == 0);
        CHECK(rmdir(odd_names[i]) == 0);
    }
}

/* A name of `len` bytes, made of a pattern over and over. */
static char *long_name(char *buf, const char *pattern, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf[i] = pattern[i % strlen(pattern)];
    buf[len] = '\0';
    return buf;
}

/* A save's file beside has a name that is longer: from 240 bytes on it is cut,
 * between characters. */
TEST(names__long)
{
    static const char *const patterns[] = {"a", "%n", "\xe2\x82\xac",
                                           "\xf0\x9f\x8c\x8a", "\x80"};
    char name[PATH_MAX + 2];

    for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
        for (size_t len = 225; len <= LONGEST; len++) {
            long_name(name, patterns[p], len);
            for (int m = 0; m < 2; m++) {
                check_name(name, modes[m]);
                CHECK_INT(1, entries());
                CHECK(unlink(name) == 0);
            }
        }
        for (size_t len = LONGEST + 1; len < LONGEST + 3; len++) {
            long_name(name, patterns[p], len);
            for (int m = 0; m < 2; m++)
                check_refused(name, modes[m], ENAMETOOLONG);
        }
    }
}

/* Two long names that differ at their end only share the names beside, and are
 * saved at once without touching each other. */
TEST(names__long_and_alike)
{
    char one[LONGEST + 1], two[LONGEST + 1];
    rill *s, *t;

    long_name(one, "a", LONGEST);
    long_name(two, "a", LONGEST);
    two[LONGEST - 1] = 'b';
    s = rill_open(one, "ws");
    t = rill_open(two, "ws");
    CHECK(s != NULL);
    CHECK(t != NULL);
    CHECK_INT(3, rill_write(s, "one", 3));
    CHECK_INT(3, rill_write(t, "two", 3));
    CHECK_OK(rill_close(t));
    CHECK_OK(rill_close(s));
    CHECK_FILE(one, "one");
    CHECK_FILE(two, "two");
    CHECK_INT(2, entries());
}

/* Paths around PATH_MAX, of which the final NUL is a part. */
TEST(names__long_paths)
{
    char path[PATH_MAX + 3];

    for (size_t len = PATH_MAX - 2; len <= PATH_MAX + 1; len++) {
        long_name(path, "./", len);
        path[len - 1] = 'f';
        for (int m = 0; m < 2; m++) {
            if (len < PATH_MAX)
                check_name(path, modes[m]);
            else
                check_refused(path, modes[m], ENAMETOOLONG);
        }
    }
}

TEST(names__not_of_files)
{
    CHECK(mkdir("dir", 0700) == 0);
    test_write_file("file", "x", 1);
    for (int m = 0; m < 2; m++) {
        check_refused("", modes[m], ENOENT);
        check_refused(".", modes[m], EISDIR);
        check_refused("..", modes[m], EISDIR);
        check_refused("/", modes[m], EISDIR);
        check_refused("//", modes[m], EISDIR);
        check_refused("dir", modes[m], EISDIR);
        check_refused("dir/", modes[m], EISDIR);
        check_refused("dir/.", modes[m], EISDIR);
        check_refused("dir/..", modes[m], EISDIR);
        check_refused("new/", modes[m], EISDIR);
        check_refused("file/new", modes[m], ENOTDIR);
        check_refused("none/new", modes[m], ENOENT);
    }
    CHECK(rill_open("file/", "w") == NULL);
    CHECK(rill_open("file/", "ws") == NULL);
    CHECK(rill_open(NULL, "w") == NULL);
    CHECK_INT(EINVAL, errno);
    CHECK(rill_open(NULL, "ws") == NULL);
    CHECK_INT(EINVAL, errno);
    CHECK_FILE("file", "x");
}

/* ".." on the way is the system's to follow. */
TEST(names__dots_on_the_way)
{
    CHECK(mkdir("dir", 0700) == 0);
    check_name("dir/../file", "wb");
    check_name("./dir/.././file", "wbs");
    check_name("dir//file", "wbs");
    CHECK_FILE("file", "abc");
    CHECK_FILE("dir/file", "abc");
}

/* Modes are names too. */
TEST(names__modes)
{
    static const char *const wrong[] = {
        "",    "%s",
        "%n",  "rr",
        "rw",  "wsss",
        "r\n", "w\xff",
        "rs",  "b",
        "+",   "rbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    };

    test_write_file("file", "x", 1);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        test_context("mode \"%s\"", wrong[i]);
        CHECK(rill_open("file", wrong[i]) == NULL);
        CHECK_INT(EINVAL, errno);
    }
    CHECK(rill_open("file", NULL) == NULL);
    CHECK_INT(EINVAL, errno);
    CHECK_FILE("file", "x");
}

/* What is written is bytes; only rill_printf() has a format. */
TEST(names__are_not_formats)
{
    rill *s = rill_open_mem(NULL);

    CHECK(s != NULL);
    CHECK_INT(8, rill_puts(s, "%n%s%d%%"));
    CHECK_INT(4, rill_printf(s, "%s", "%n%s"));
    CHECK_HOLDS(s, "%n%s%d%%%n%s");
    CHECK_OK(rill_close(s));
}
