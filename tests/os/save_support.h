/*
 * save_support.h - what the tests of saving share: whole saves in one call,
 * and a look at what lies beside the file.
 */
#ifndef SAVE_SUPPORT_H
#define SAVE_SUPPORT_H

#include "os_support.h"

#include <dirent.h>
#include <grp.h>

#include <rill/hook.h>

/* Open for saving, or end the test. */
static inline rill *open_save(const char *path, const char *mode)
{
    rill *s = rill_open(path, mode);

    if (!s)
        FAIL("cannot open %s for \"%s\": %s", path, mode, strerror(errno));
    return s;
}

/* Save a text in one go. Returns what rill_close() said. */
static inline int save_text(const char *path, const char *mode,
                            const char *text)
{
    rill *s = open_save(path, mode);

    CHECK_INT(strlen(text), rill_puts(s, text));
    return rill_close(s);
}

/* The same in a child process, where a failure ends the child. */
static inline rill *must_open(const char *path, const char *mode)
{
    rill *s = rill_open(path, mode);

    MUST(s != NULL);
    return s;
}

static inline void must_save(const char *path, const char *text)
{
    rill *s = must_open(path, "wbs");

    MUST(rill_puts(s, text) == (ptrdiff_t)strlen(text));
    MUST(rill_close(s) == RILL_OK);
}

static inline void put_file(const char *path, const char *text)
{
    test_write_file(path, text, strlen(text));
}

/* A file of some permissions, whatever the umask. */
static inline void put_file_with(const char *path, const char *text,
                                 mode_t permissions)
{
    put_file(path, text);
    CHECK_INT(0, chmod(path, permissions));
}

static inline int is_there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static inline mode_t permissions_of(const char *path)
{
    struct stat st;

    CHECK_INT(0, lstat(path, &st));
    return st.st_mode & 07777;
}

/* How many files of unfinished saves a directory holds. */
static inline int count_beside(const char *dir)
{
    static const char suffix[] = ".rill-save";
    const size_t len = sizeof(suffix) - 1;
    DIR *d = opendir(dir);
    struct dirent *e;
    int n = 0;

    CHECK(d != NULL);
    while ((e = readdir(d))) {
        size_t have = strlen(e->d_name);

        n += have > len && strcmp(e->d_name + have - len, suffix) == 0;
    }
    closedir(d);
    return n;
}

/* Opening `path` fails with this errno, and changes nothing. */
static inline void check_refused(const char *path, const char *mode, int why)
{
    int beside = count_beside(".");
    rill *s;

    test_context("%s, \"%s\"", path, mode);
    errno = 0;
    s = rill_open(path, mode);
    CHECK_PTR(NULL, s);
    CHECK_INT(why, errno);
    CHECK_INT(beside, count_beside("."));
    test_context("%s", "");
}

/* Give root's rights away for good: user and group 65534, and one more group.
 * For a child; skips where this is not root. */
static inline void become_nobody(gid_t also)
{
    if (geteuid() != 0)
        _exit(CHILD_SKIPS);
    MUST(setgroups(1, &also) == 0);
    MUST(setgid(65534) == 0);
    MUST(setuid(65534) == 0);
}

#endif /* SAVE_SUPPORT_H */
