/*
 * test_open_errors.c - opening what cannot be opened: NULL, errno, and a
 * rill_error that says what, which file and why.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

/* Opening `path` must fail with `err`; `code` is what that is called. */
static void fails(const char *path, const char *mode, int err, int code)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    errno = 0;
    CHECK_PTR(NULL, rill_open(path, mode));
    CHECK_INT(err, errno);
    o.error = &e;
    errno = 0;
    CHECK_PTR(NULL, rill_open_with(path, mode, &o));
    CHECK_INT(err, errno);
    CHECK_CODE(code, e.code);
    CHECK_INT(code == RILL_EIO ? err : e.os_error, e.os_error);
    CHECK_INT(-1, e.offset);
    CHECK_STR("open", e.operation);
    CHECK_PTR(path, e.path);
}

TEST(open_errors__missing)
{
    struct stat st;

    fails("missing", "r", ENOENT, RILL_EIO);
    fails("missing", "r+", ENOENT, RILL_EIO);
    fails("no/such/folder", "w", ENOENT, RILL_EIO);
    fails("no/such/folder", "a", ENOENT, RILL_EIO);
    fails("no/such/folder", "x", ENOENT, RILL_EIO);
    CHECK_INT(-1, stat("missing", &st));
}

TEST(open_errors__empty_path)
{
    fails("", "r", ENOENT, RILL_EIO);
    fails("", "w", ENOENT, RILL_EIO);
}

TEST(open_errors__directory)
{
    CHECK_INT(0, mkdir("folder", 0700));
    fails("folder", "r", EISDIR, RILL_EIO);
    fails("folder", "r+", EISDIR, RILL_EIO);
    fails("folder", "w", EISDIR, RILL_EIO);
    fails("folder", "a", EISDIR, RILL_EIO);
    fails(".", "r", EISDIR, RILL_EIO);
    fails("/", "r", EISDIR, RILL_EIO);
}

TEST(open_errors__not_a_directory)
{
    test_write_file("file", "x", 1);
    fails("file/below", "r", ENOTDIR, RILL_EIO);
    fails("file/below", "w", ENOTDIR, RILL_EIO);
    fails("file/", "r", ENOTDIR, RILL_EIO);
    CHECK_FILE("file", "x");
}

TEST(open_errors__symbolic_links)
{
    CHECK_INT(0, symlink("b", "a"));
    CHECK_INT(0, symlink("a", "b"));
    CHECK_INT(0, symlink("nowhere", "dangling"));
    fails("a", "r", ELOOP, RILL_EIO);
    fails("a", "w", ELOOP, RILL_EIO);
    fails("dangling", "r", ENOENT, RILL_EIO);
    fails("dangling", "x", EEXIST, RILL_EIO);
}

TEST(open_errors__name_too_long)
{
    char name[300];

    memset(name, 'n', sizeof(name));
    name[299] = '\0';
    fails(name, "r", ENAMETOOLONG, RILL_EIO);
    fails(name, "w", ENAMETOOLONG, RILL_EIO);
}

TEST(open_errors__path_too_long)
{
    char *path = test_alloc(2 * PATH_MAX + 2);

    for (size_t i = 0; i < 2 * PATH_MAX; i += 2)
        memcpy(path + i, "./", 3);
    fails(path, "r", ENAMETOOLONG, RILL_EIO);
    free(path);
}

TEST(open_errors__exists)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    test_write_file("old", "content", 7);
    fails("old", "x", EEXIST, RILL_EIO);
    fails("old", "x+", EEXIST, RILL_EIO);
    o.exclusive = 1;
    o.error = &e;
    CHECK_PTR(NULL, rill_open_with("old", "w", &o));
    CHECK_INT(EEXIST, e.os_error);
    CHECK_FILE("old", "content");
    s = rill_open_with("new", "w", &o);
    CHECK(s != NULL);
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("new", "new");
    CHECK_PTR(NULL, rill_open_with("new", "a", &o));
    CHECK_INT(EEXIST, e.os_error);
    CHECK_FILE("new", "new");
}

/* Modes are looked at before anything is touched. */
TEST(open_errors__mode)
{
    static const char *const wrong[] = {
        "",   "b",  "+",   "rw", "wr", "rr",  "r++", "rbb", "ra",  "xw",
        "rU", "U",  "z",   "r ", " r", "rb ", "R",   "w\n", "r,b", "+b",
        "ww", "aa", "xx+", "rn", "r0", "re",  "wx",  "rm",
    };

    test_write_file("file", "content", 7);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        fails("file", wrong[i], EINVAL, RILL_EINVAL);
    fails("file", "rtb", EINVAL, RILL_EINVAL);
    CHECK_FILE("file", "content");
}

/* ---- Users and limits ----------------------------------------------------- */

/* The code and errno of a failed open, in a child. */
static void must_fail(const char *path, const char *mode, int err)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.error = &e;
    errno = 0;
    MUST(rill_open_with(path, mode, &o) == NULL);
    MUST(errno == err);
    MUST(e.code == RILL_EIO);
    MUST(e.os_error == err);
    MUST(e.path == path);
}

/* root may open anything: become nobody for good, which is why it is a child.
 */
static void as_nobody(void *arg)
{
    (void)arg;
    if (geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
        _exit(CHILD_SKIPS);
    must_fail("private", "r", EACCES);
    must_fail("private", "r+", EACCES);
    must_fail("private", "w", EACCES);
    must_fail("closed/inside", "r", EACCES);
    must_fail("closed/inside", "w", EACCES);
    must_fail("sealed/new", "w", EACCES);
    must_fail("sealed/new", "x", EACCES);
    must_fail("readable", "a", EACCES);
    must_fail("readable", "r+", EACCES);
    MUST(rill_close(rill_open("readable", "r")) == RILL_OK);
}

TEST(open_errors__permission_denied)
{
    CHECK_INT(0, chmod(".", 0755));
    test_write_file("private", "secret", 6);
    test_write_file("readable", "open", 4);
    CHECK_INT(0, chmod("private", 0));
    CHECK_INT(0, chmod("readable", 0444));
    CHECK_INT(0, mkdir("closed", 0));
    CHECK_INT(0, mkdir("sealed", 0555));
    CHECK_INT(0, chmod("sealed", 0555));
    RUN_CHILD(as_nobody, NULL);
    CHECK_INT(0, chmod("closed", 0700));
    CHECK_INT(0, chmod("private", 0600));
    CHECK_FILE("private", "secret");
}

static void without_descriptors(void *arg)
{
    struct rlimit limit;
    rill *s;
    int fd = open("file", O_RDONLY | O_CLOEXEC);

    (void)arg;
    MUST(fd >= 0);
    close(fd);
    limit.rlim_cur = limit.rlim_max = (rlim_t)fd;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(CHILD_SKIPS);
    must_fail("file", "r", EMFILE);
    must_fail("new", "w", EMFILE);
    /* Memory needs none, and a spool says so where it does. */
    s = rill_open_mem(NULL);
    MUST(s && rill_puts(s, "x") == 1 && rill_close(s) == RILL_OK);
    s = rill_open_spool(4, NULL);
    MUST(s != NULL);
    MUST(rill_write(s, "abc", 3) == 3);
    MUST(rill_write(s, "defgh", 5) == RILL_EIO);
    MUST(rill_failed(s, NULL) == RILL_EIO);
    rill_clear(s);
    MUST(rill_size(s) == 3);
    MUST(rill_rewind(s) == RILL_OK);
    MUST(rill_getc(s) == 'a');
    MUST(rill_close(s) == RILL_OK);
}

TEST(open_errors__no_descriptor_left)
{
    struct stat st;

    test_write_file("file", "x", 1);
    RUN_CHILD(without_descriptors, NULL);
    CHECK_INT(-1, stat("new", &st));
}

/* The pipe says how it went: its end is closed by exec(), or a byte comes. */
static void run_program(void *arg)
{
    int *ends = arg;

    close(ends[0]);
    execl("./program", "program", "600", (char *)NULL);
    MUST(write(ends[1], "!", 1) == 1);
}

/* A program being run cannot be written. */
TEST(open_errors__text_busy)
{
    char byte;
    size_t len;
    void *sleeper;
    int ends[2];
    pid_t child;

    SKIP_IF(access("/bin/sleep", R_OK) == 0 ? NULL : "there is no /bin/sleep");
    sleeper = test_read_file("/bin/sleep", &len);
    test_write_file("program", sleeper, len);
    free(sleeper);
    CHECK_INT(0, chmod("program", 0755));
    CHECK_INT(0, pipe2(ends, O_CLOEXEC));
    child = start_child(run_program, ends);
    close(ends[1]);
    if (read(ends[0], &byte, 1) == 0) {
        fails("program", "r+", ETXTBSY, RILL_EIO);
        fails("program", "w", ETXTBSY, RILL_EIO);
        kill(child, SIGKILL);
    }
    close(ends[0]);
    if (wait_child(child) != 128 + SIGKILL)
        SKIP("programs cannot be run here");
}

/* ---- Messages ------------------------------------------------------------ */

/* A name is data: what looks like a conversion is no conversion. */
TEST(open_errors__percent_in_a_name)
{
    static const char name[] = "100%s%n%d 50%.txt";
    char text[200];
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;
    int n;

    o.error = &e;
    CHECK_PTR(NULL, rill_open_with(name, "r", &o));
    n = rill_error_format(&e, text, sizeof(text));
    CHECK_INT(strlen(text), n);
    CHECK(strstr(text, name) != NULL);
    CHECK(strstr(text, "No such file or directory") != NULL);
    CHECK(strncmp(text, "open", 4) == 0);
}

/* A failed open leaves nothing behind, not even where it was half done. */
TEST(open_errors__no_leak)
{
    int before = open("/dev/null", O_RDONLY | O_CLOEXEC), after;

    close(before);
    CHECK_INT(0, mkdir("folder", 0700));
    for (int i = 0; i < 100; i++) {
        CHECK_PTR(NULL, rill_open("folder", "r"));
        CHECK_PTR(NULL, rill_open("missing", "r"));
        CHECK_PTR(NULL, rill_open("folder", "bad"));
    }
    after = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(after);
    CHECK_INT(before, after);
}
