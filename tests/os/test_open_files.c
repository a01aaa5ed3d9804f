/*
 * test_open_files.c - what opening does to the file system and the process:
 * creation, permissions, close-on-exec, names of all kinds.
 */
#define _GNU_SOURCE
#include "os_support.h"

/* The permission bits of a file, or -1. */
static int permissions_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

/* ---- What each mode does -------------------------------------------------- */

TEST(open_files__modes_and_content)
{
    rill *s;

    test_write_file("f", "old content", 11);
    s = rill_open("f", "r+b");
    CHECK(s != NULL);
    CHECK_STR("rb+", rill_mode(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_INT(3, rill_puts(s, "NEW"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "NEW content");
    s = rill_open("f", "ab");
    CHECK(s != NULL);
    CHECK_STR("ab", rill_mode(s));
    CHECK_INT(11, rill_tell(s));
    CHECK_INT(1, rill_puts(s, "!"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "NEW content!");
    s = rill_open("f", "w");
    CHECK(s != NULL);
    CHECK_STR("wb", rill_mode(s));
    CHECK_FILE("f", "");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "");
    s = rill_open("g", "x+");
    CHECK(s != NULL);
    CHECK_STR("xb+", rill_mode(s));
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    CHECK_FILE("g", "abc");
}

TEST(open_files__kind_and_name)
{
    rill *s = rill_open("./f", "w");

    CHECK(s != NULL);
    CHECK_STR("file", rill_kind(s));
    CHECK_STR("./f", rill_name(s));
    CHECK_INT(1, rill_seekable(s));
    CHECK_INT(0, rill_readable(s));
    CHECK_INT(1, rill_writable(s));
    CHECK_INT(0, rill_isatty(s));
    CHECK_OK(rill_close(s));
}

/* The name is the stream's own: the caller's memory may go. */
TEST(open_files__name_is_copied)
{
    char name[8] = "first";
    rill *s = rill_open(name, "w");

    CHECK(s != NULL);
    memset(name, 'x', sizeof(name));
    CHECK_STR("first", rill_name(s));
    CHECK_OK(rill_close(s));
}

/* ---- Permissions ---------------------------------------------------------- */

/* The permissions of a file that was opened with these. */
static int created(const char *path, const char *mode, unsigned permissions)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.permissions = permissions;
    s = rill_open_with(path, mode, &o);
    return s && rill_close(s) == RILL_OK ? permissions_of(path) : -1;
}

/* The umask is the whole process's, so this is a child. */
static void check_permissions(void *arg)
{
    (void)arg;
    umask(022);
    MUST(created("default", "w", 0) == 0644);
    MUST(created("appended", "a", 0) == 0644);
    umask(0);
    MUST(created("open", "x", 0) == 0666);
    MUST(created("private", "w", 0600) == 0600);
    MUST(created("shared", "w", 0664) == 0664);
    umask(077);
    MUST(created("cut", "w", 0664) == 0600);
    /* An existing file keeps what it has. */
    MUST(created("open", "w", 0600) == 0666);
}

TEST(open_files__permissions)
{
    RUN_CHILD(check_permissions, NULL);
}

/* A file may be created that its creator could not open a second time. */
TEST(open_files__write_a_read_only_file)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.permissions = 0400;
    s = rill_open_with("sealed", "w", &o);
    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "once"));
    CHECK_OK(rill_close(s));
    CHECK_INT(0400, permissions_of("sealed"));
    CHECK_FILE("sealed", "once");
}

/* ---- Over exec() ---------------------------------------------------------- */

static int closes_on_exec(rill *s)
{
    int fd = rill_fileno(s);

    CHECK(fd >= 0);
    return fcntl(fd, F_GETFD) & FD_CLOEXEC ? 1 : 0;
}

TEST(open_files__close_on_exec)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *a = rill_open("a", "w"), *b, *spool = rill_open_spool(1, NULL);

    o.inheritable = 1;
    b = rill_open_with("b", "w", &o);
    CHECK(a && b && spool);
    CHECK_INT(1, closes_on_exec(a));
    CHECK_INT(0, closes_on_exec(b));
    CHECK_INT(1, closes_on_exec(spool));
    CHECK_OK(rill_close(a));
    CHECK_OK(rill_close(b));
    CHECK_OK(rill_close(spool));
}

/* Seen from the other side: what a program that was exec'ed can write to. */
static void exec_shell(void *arg)
{
    const int *fd = arg;
    char script[100];

    snprintf(script, sizeof(script),
             "{ printf heir >&%d; } 2>/dev/null || printf none >seen", *fd);
    execl("/bin/bash", "bash", "-c", script, (char *)NULL);
    _exit(CHILD_SKIPS);
}

TEST(open_files__exec_sees_the_inheritable)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd;
    rill *s;

    SKIP_IF(access("/bin/bash", X_OK) == 0 ? NULL : "there is no bash");
    o.inheritable = 1;
    s = rill_open_with("kept", "w", &o);
    CHECK(s != NULL);
    fd = rill_fileno(s);
    RUN_CHILD(exec_shell, &fd);
    CHECK_OK(rill_close(s));
    CHECK_FILE("kept", "heir");

    s = rill_open("closed", "w");
    CHECK(s != NULL);
    fd = rill_fileno(s);
    RUN_CHILD(exec_shell, &fd);
    CHECK_OK(rill_close(s));
    CHECK_FILE("closed", "");
    CHECK_FILE("seen", "none");
}

/* ---- Names ---------------------------------------------------------------- */

/* A file of this name is made, read and named. */
static void round_trip(const char *name)
{
    rill *s = rill_open(name, "x");

    CHECK(s != NULL);
    CHECK_STR(name, rill_name(s));
    CHECK_INT(4, rill_puts(s, "data"));
    CHECK_OK(rill_close(s));
    s = rill_open(name, "r");
    CHECK(s != NULL);
    CHECK_REST(s, "data");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, unlink(name));
}

TEST(open_files__names)
{
    char longest[256];

    round_trip("plain");
    round_trip(" ");
    round_trip(" leading and trailing ");
    round_trip("new\nline");
    round_trip("tab\tquote\"back\\slash");
    round_trip("100%s%n");
    round_trip("-");
    round_trip("-rf");
    round_trip("...");
    round_trip("~");
    round_trip("a:b*c?d|e<f>g");
    round_trip("\x01\x1b[31m\x7f");
    round_trip("gr\xc3\xbc\xc3\x9f");
    round_trip("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e");
    round_trip("\xf0\x9f\x8e\xb6");
    memset(longest, 'n', 255);
    longest[255] = '\0';
    round_trip(longest);
}

/* Linux names are bytes: what is no UTF-8 is passed on as it is. */
TEST(open_files__names_of_odd_bytes)
{
    rill *s = rill_open("\xff\xfe\x80", "w");

    SKIP_IF(s ? NULL : "the file system wants UTF-8");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, unlink("\xff\xfe\x80"));
}

TEST(open_files__links)
{
    rill *s;

    test_write_file("target", "behind a link", 13);
    CHECK_INT(0, symlink("target", "link"));
    s = rill_open("link", "r+");
    CHECK(s != NULL);
    CHECK_STR("link", rill_name(s));
    CHECK_INT(6, rill_puts(s, "BEHIND"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("target", "BEHIND a link");
}

/* ---- Sync, and removal under way ----------------------------------------- */

TEST(open_files__sync)
{
    rill *s = rill_open("f", "w+");

    CHECK(s != NULL);
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    CHECK_FILE("f", "abc");
    CHECK_INT(3, rill_puts(s, "def"));
    CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    CHECK_FILE("f", "abcdef");
    CHECK_INT(3, rill_puts(s, "ghi"));
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    CHECK_FILE("f", "abcdefghi");
    CHECK_CODE(RILL_EINVAL, rill_sync(s, 17));
    CHECK_OK(rill_close(s));
}

TEST(open_files__unlinked_while_open)
{
    rill *s = rill_open("f", "w+");

    CHECK(s != NULL);
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_INT(0, unlink("f"));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    CHECK_INT(-1, access("f", F_OK));
}

/* A hint allocates blocks at most; the size is what was written. */
TEST(open_files__size_hint)
{
    rill_options o = RILL_OPTIONS_INIT;
    struct stat st;
    rill *s;

    o.size_hint = 3 * MIB;
    s = rill_open_with("f", "w", &o);
    CHECK(s != NULL);
    CHECK_INT(5, rill_puts(s, "short"));
    rill_hint_size(s, 2 * MIB);
    CHECK_INT(5, rill_size(s));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, stat("f", &st));
    CHECK_INT(5, st.st_size);
    CHECK_FILE("f", "short");
}
