/*
 * test_save.c - files that appear whole or not at all: what each mode and level
 * shows before and after rill_close(), and every way to end without it.
 */
#define _GNU_SOURCE
#include "save_support.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

/* ---- Modes and levels --------------------------------------------------- */

static const struct mode {
    const char *letters; /* without the s */
    const char *reported;
    const char *holds; /* "NEW" written into "old content" */
} modes[] = {
    {"w", "wb", "NEW"},
    {"wb", "wb", "NEW"},
    {"w+", "rb+", "NEW"},
    {"+bw", "rb+", "NEW"},
    {"x", "xb", "NEW"},
    {"xb+", "xb+", "NEW"},
    {"a", "ab", "old contentNEW"},
    {"ab+", "ab+", "old contentNEW"},
    {"r+", "rb+", "NEW content"},
    {"rb+", "rb+", "NEW content"},
};

/* The ways to ask for a save. */
static const struct level {
    const char *letter;
    int option;
} levels[] = {
    {"s", RILL_SAVE_PLAIN}, {"s", RILL_SAVE_ATOMIC}, {"s", RILL_SAVE_DURABLE},
    {"", RILL_SAVE_ATOMIC}, {"", RILL_SAVE_DURABLE},
};

static rill *open_as(const char *path, const struct mode *m,
                     const struct level *l)
{
    rill_options o = RILL_OPTIONS_INIT;
    char letters[8];
    rill *s;

    snprintf(letters, sizeof(letters), "%s%s", m->letters, l->letter);
    test_context("mode \"%s\", option %d", letters, l->option);
    o.save = l->option;
    s = rill_open_with(path, letters, &o);
    CHECK(s != NULL);
    return s;
}

/* `path` holds what it did before the save began. */
static void check_still_old(const char *path, int existed)
{
    if (existed)
        CHECK_FILE(path, "old content");
    else
        CHECK(!is_there(path));
}

static void save_in_mode(const struct mode *m, const struct level *l)
{
    int existed = strchr(m->letters, 'x') == NULL;
    rill *s;

    unlink("f");
    if (existed)
        put_file("f", "old content");
    s = open_as("f", m, l);
    CHECK_STR("save", rill_kind(s));
    CHECK_STR("f", rill_name(s));
    CHECK_STR(m->reported, rill_mode(s));
    CHECK_INT(1, rill_writable(s));
    CHECK_INT(1, rill_seekable(s));
    CHECK_INT(strchr(m->letters, '+') != NULL, rill_readable(s));
    check_still_old("f", existed);
    CHECK_INT(3, rill_puts(s, "NEW"));
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    check_still_old("f", existed);
    if (rill_readable(s))
        test_check_holds(s, m->holds, strlen(m->holds), TEST_SITE("the save"));
    CHECK_OK(rill_close(s));
    test_check_file("f", m->holds, strlen(m->holds), TEST_SITE("the file"));
    CHECK_INT(0, count_beside("."));
}

TEST(save__each_mode_at_each_level)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        for (size_t j = 0; j < sizeof(levels) / sizeof(*levels); j++)
            save_in_mode(&modes[i], &levels[j]);
    }
}

TEST(save__creates_what_is_not_there)
{
    CHECK_OK(save_text("w", "wbs", "1"));
    CHECK_OK(save_text("x", "xbs", "2"));
    CHECK_OK(save_text("a", "abs", "3"));
    check_refused("r", "rb+s", ENOENT);
    CHECK_FILE("w", "1");
    CHECK_FILE("x", "2");
    CHECK_FILE("a", "3");
    CHECK(!is_there("r"));
}

TEST(save__nothing_written)
{
    put_file("w", "old");
    put_file("a", "old");
    CHECK_OK(rill_close(open_save("w", "wbs")));
    CHECK_OK(rill_close(open_save("a", "abs")));
    CHECK_OK(rill_close(open_save("new", "wbs")));
    CHECK_FILE("w", "");
    CHECK_FILE("a", "old");
    CHECK_FILE("new", "");
}

TEST(save__starts_as_a_copy)
{
    enum { SIZE = 3 * 1024 * 1024 + 11 };
    unsigned char *old = test_alloc(SIZE);
    rill *s;

    test_pattern(old, SIZE, 0);
    test_write_file("f", old, SIZE);
    s = open_save("f", "r+s");
    CHECK_INT(SIZE, rill_size(s));
    CHECK_INT(SIZE - 4, rill_seek(s, -4, RILL_SEEK_END));
    CHECK_INT(8, rill_puts(s, "12345678"));
    CHECK_OK(rill_close(s));
    s = open_save("f", "a+s");
    CHECK_INT(SIZE + 4, rill_tell(s));
    CHECK_INT(1, rill_puts(s, "9"));
    CHECK_OK(rill_close(s));

    s = rill_open("f", "rb");
    CHECK(s != NULL);
    for (size_t at = 0; at < SIZE - 4; at += 1000) {
        size_t n = SIZE - 4 - at < 1000 ? SIZE - 4 - at : 1000;
        unsigned char part[1000];

        CHECK_OK(rill_read_exact(s, part, n));
        CHECK(memcmp(part, old + at, n) == 0);
    }
    CHECK_REST(s, "123456789");
    CHECK_OK(rill_close(s));
    free(old);
}

TEST(save__cut_and_sought)
{
    rill *s;

    put_file("f", "0123456789");
    s = open_save("f", "r+s");
    CHECK_OK(rill_truncate(s, 4));
    CHECK_INT(6, rill_seek(s, 6, RILL_SEEK_SET));
    CHECK_INT(1, rill_puts(s, "!"));
    CHECK_INT(2, rill_pwrite(s, "AB", 2, 0));
    CHECK_FILE("f", "0123456789");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "AB23\0\0!");
}

TEST(save__descriptor_is_the_new_file)
{
    struct stat beside, f;
    rill *s;
    int fd;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(3, rill_puts(s, "abc"));
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_INT(0, fstat(fd, &beside));
    CHECK_INT(3, beside.st_size);
    CHECK_INT(3, fd_offset(fd));
    CHECK_INT(0, isatty(fd));
    CHECK_FILE("f", "old");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, stat("f", &f));
    CHECK_INT(beside.st_ino, f.st_ino);
    CHECK(!fd_is_open(fd));
}

TEST(save__of_a_gigabyte)
{
    enum { PART = 1024 * 1024 };
    unsigned char *part;
    rill *s;

    NEED_LONG();
    part = test_alloc(PART);
    put_file("f", "old");
    s = open_save("f", "wbs");
    for (int64_t at = 0; at < GIB; at += PART) {
        test_pattern(part, PART, at);
        CHECK_INT(PART, rill_write(s, part, PART));
    }
    CHECK_FILE("f", "old");
    CHECK_OK(rill_close(s));
    s = rill_open("f", "rb");
    CHECK(s != NULL);
    CHECK_INT(GIB, rill_size(s));
    for (int64_t at = 0; at < GIB; at += PART) {
        CHECK_OK(rill_read_exact(s, part, PART));
        CHECK(is_pattern(part, PART, at));
    }
    CHECK_OK(rill_close(s));
    free(part);
}

/* ---- Ends without a save ------------------------------------------------ */

TEST(save__discarded)
{
    rill *s;

    put_file("f", "old");
    for (int i = 0; i < 2; i++) {
        s = open_save(i ? "new" : "f", "wbs");
        CHECK_INT(5, rill_puts(s, "wrong"));
        if (i == 0)
            CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
        rill_discard(s);
    }
    CHECK_FILE("f", "old");
    CHECK(!is_there("new"));
    CHECK_INT(0, count_beside("."));
}

static void note_diagnosis(void *ctx, const rill *s, int diagnosis,
                           const char *message)
{
    (void)s, (void)message;
    *(int *)ctx = diagnosis;
}

static int leave_scope(const char *path, int *diagnosis, int finish)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.save = RILL_SAVE_ATOMIC;
    o.diagnostic = note_diagnosis;
    o.diagnostic_ctx = diagnosis;
    RILL_AUTO rill *s = rill_open_with(path, "wb", &o);

    CHECK(s != NULL);
    CHECK_INT(3, rill_puts(s, "new"));
    return finish ? rill_closep(&s) : RILL_OK;
}

TEST(save__scope_exit)
{
    int diagnosis = 0;

    put_file("f", "old");
    CHECK_OK(leave_scope("f", &diagnosis, 0));
    CHECK_INT(RILL_DIAG_SCOPE_EXIT, diagnosis);
    CHECK_FILE("f", "old");
    CHECK_INT(0, count_beside("."));
    diagnosis = 0;
    CHECK_OK(leave_scope("f", &diagnosis, 1));
    CHECK_INT(0, diagnosis);
    CHECK_FILE("f", "new");
}

static rill *unfinished; /* no leak: the program has it until its end */

static void begin_a_save(void)
{
    unfinished = must_open("f", "wbs");
    MUST(rill_puts(unfinished, "wrong") == 5);
    MUST(rill_flush(unfinished) == RILL_OK);
}

static void end_by_exit(void *arg)
{
    (void)arg;
    begin_a_save();
    exit(0);
}

static void end_by_underscore_exit(void *arg)
{
    (void)arg;
    begin_a_save();
    _exit(0);
}

static void end_by_signal(void *arg)
{
    (void)arg;
    begin_a_save();
    raise(SIGKILL);
}

TEST(save__program_ends)
{
    put_file("f", "old");
    CHECK_INT(0, wait_child(start_child(end_by_exit, NULL)));
    CHECK_FILE("f", "old");
    CHECK_INT(0, wait_child(start_child(end_by_underscore_exit, NULL)));
    CHECK_FILE("f", "old");
    CHECK_INT(128 + SIGKILL, wait_child(start_child(end_by_signal, NULL)));
    CHECK_FILE("f", "old");
    /* Each has cleared the one before. */
    CHECK_INT(1, count_beside("."));
    CHECK_OK(save_text("f", "wbs", "new"));
    CHECK_FILE("f", "new");
    CHECK_INT(0, count_beside("."));
}

/* ---- What cannot be saved ----------------------------------------------- */

TEST(save__modes_refused)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd;

    put_file("f", "old");
    check_refused("f", "rs", EINVAL);
    check_refused("f", "rbs", EINVAL);
    check_refused("f", "s", EINVAL);
    check_refused("f", "wss", EINVAL);
    check_refused("f", "was", EINVAL);
    check_refused("f", "rts", EINVAL);
    o.save = RILL_SAVE_DURABLE;
    CHECK_PTR(NULL, rill_open_with("f", "rb", &o));
    CHECK_INT(EINVAL, errno);
    o.save = RILL_SAVE_DURABLE + 1;
    CHECK_PTR(NULL, rill_open_with("f", "wb", &o));
    CHECK_INT(EINVAL, errno);
    o.save = -1;
    CHECK_PTR(NULL, rill_open_with("f", "wb", &o));
    CHECK_INT(EINVAL, errno);
    fd = open("f", O_RDWR | O_CLOEXEC);
    CHECK_PTR(NULL, rill_open_fd(fd, "wbs", RILL_BORROW, NULL));
    CHECK_INT(ENOTSUP, errno);
    o.save = RILL_SAVE_ATOMIC;
    CHECK_PTR(NULL, rill_open_fd(fd, "wb", RILL_BORROW, &o));
    CHECK_INT(ENOTSUP, errno);
    close(fd);
    CHECK_FILE("f", "old");
}

TEST(save__options_of_a_failed_open)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e = {0};

    o.error = &e;
    CHECK_PTR(NULL, rill_open_with("no/f", "wbs", &o));
    CHECK_CODE(RILL_EIO, e.code);
    CHECK_INT(ENOENT, e.os_error);
    CHECK_STR("open", e.operation);
    CHECK_STR("no/f", e.path);
}

TEST(save__only_regular_files)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct stat st;

    CHECK_INT(0, mkdir("dir", 0700));
    CHECK_INT(0, mkfifo("fifo", 0600));
    CHECK_INT(0, bind(fd, (struct sockaddr *)&address, sizeof(address)));
    close(fd);
    for (int i = 0; i < 3; i++) {
        const char *mode = (const char *[]){"wbs", "abs", "rb+s"}[i];

        check_refused("fifo", mode, ENOTSUP);
        check_refused("socket", mode, ENOTSUP);
        check_refused("/dev/null", mode, ENOTSUP);
        check_refused("/dev/tty", mode, ENOTSUP);
        check_refused("dir", mode, EISDIR);
        check_refused("dir/", mode, EISDIR);
        check_refused("dir/.", mode, EISDIR);
        check_refused("dir/..", mode, EISDIR);
        check_refused("/", mode, EISDIR);
        check_refused(".", mode, EISDIR);
    }
    CHECK(lstat("fifo", &st) == 0 && S_ISFIFO(st.st_mode));
    CHECK(lstat("socket", &st) == 0 && S_ISSOCK(st.st_mode));
    CHECK(lstat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    CHECK(lstat("dir", &st) == 0 && S_ISDIR(st.st_mode));
}

TEST(save__exclusive_of_what_is_there)
{
    rill_options o = RILL_OPTIONS_INIT;

    put_file("f", "old");
    CHECK_INT(0, symlink("f", "link"));
    CHECK_INT(0, symlink("nowhere", "dangling"));
    CHECK_INT(0, mkfifo("fifo", 0600));
    CHECK_INT(0, mkdir("dir", 0700));
    check_refused("f", "xbs", EEXIST);
    check_refused("link", "xbs", EEXIST);
    check_refused("dangling", "xbs", EEXIST);
    check_refused("fifo", "xbs", EEXIST);
    check_refused("dir", "xbs", EEXIST);
    CHECK(!is_there("nowhere"));
    o.exclusive = 1;
    CHECK_PTR(NULL, rill_open_with("f", "wbs", &o));
    CHECK_INT(EEXIST, errno);
    CHECK_FILE("f", "old");
    CHECK_INT(0, count_beside("."));
}

TEST(save__paths_refused)
{
    char *path = test_alloc(8192);

    put_file("f", "old");
    check_refused("", "wbs", ENOENT);
    check_refused("no/f", "wbs", ENOENT);
    check_refused("f/g", "wbs", ENOTDIR);
    check_refused("f/", "wbs", EISDIR);
    memset(path, 'n', 8192);
    path[256] = '\0'; /* a name of one byte more than there may be */
    check_refused(path, "wbs", ENAMETOOLONG);
    memset(path, '/', 8192);
    memcpy(path + 8000, "f", 2);
    check_refused(path, "wbs", ENAMETOOLONG);
    free(path);
}

static void save_without_rights(void *arg)
{
    (void)arg;
    become_nobody(65534);
    MUST(rill_open("locked/f", "wbs") == NULL && errno == EACCES);
    MUST(rill_open("locked/new", "wbs") == NULL && errno == EACCES);
    MUST(rill_open("hidden/f", "wbs") == NULL && errno == EACCES);
    MUST(rill_open("unreadable", "rb+s") == NULL && errno == EACCES);
    MUST(rill_open("other", "wbs") == NULL && errno == EPERM);
}

TEST(save__without_rights)
{
    CHECK_INT(0, chmod(".", 0777));
    CHECK_INT(0, mkdir("locked", 0755));
    put_file("locked/f", "old");
    CHECK_INT(0, mkdir("hidden", 0700));
    put_file("hidden/f", "old");
    put_file_with("unreadable", "old", 0200);
    put_file_with("other", "old", 0666);
    RUN_CHILD(save_without_rights, NULL);
    CHECK_FILE("locked/f", "old");
    CHECK_FILE("hidden/f", "old");
    CHECK_FILE("unreadable", "old");
    CHECK_FILE("other", "old");
    CHECK_INT(0, count_beside("."));
    CHECK_INT(0, count_beside("locked"));
}

/* A directory that may be written to but not read cannot be synced, and that
 * is said before the work is done. */
static void save_in_the_dark(void *arg)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    (void)arg;
    become_nobody(65534);
    MUST(rill_open("dark/f", "wbs") == NULL && errno == EACCES);
    o.save = RILL_SAVE_ATOMIC;
    s = rill_open_with("dark/f", "wb", &o);
    MUST(s && rill_puts(s, "new") == 3);
    MUST(rill_close(s) == RILL_OK);
}

TEST(save__in_an_unreadable_directory)
{
    if (geteuid() != 0)
        SKIP("not root");
    CHECK_INT(0, mkdir("dark", 0700));
    put_file("dark/f", "old");
    CHECK_INT(0, chown("dark", 65534, 65534));
    CHECK_INT(0, chown("dark/f", 65534, 65534));
    CHECK_INT(0, chmod("dark", 0300));
    CHECK_INT(0, chmod(".", 0755));
    RUN_CHILD(save_in_the_dark, NULL);
    CHECK_FILE("dark/f", "new");
    CHECK_INT(0, count_beside("dark"));
}

static void save_a_read_only_file(void *arg)
{
    (void)arg;
    become_nobody(65534);
    MUST(rill_open("f", "wb") == NULL && errno == EACCES);
    must_save("f", "new");
}

/* It is the directory that says who may give its names to other files. */
TEST(save__of_a_read_only_file)
{
    if (geteuid() != 0)
        SKIP("not root");
    CHECK_INT(0, chmod(".", 0777));
    put_file_with("f", "old", 0444);
    CHECK_INT(0, chown("f", 65534, 65534));
    RUN_CHILD(save_a_read_only_file, NULL);
    CHECK_FILE("f", "new");
}

/* ---- Names -------------------------------------------------------------- */

static void save_under(const char *name)
{
    test_context("a name of %zu bytes", strlen(name));
    CHECK_OK(save_text(name, "wbs", "first"));
    CHECK_FILE(name, "first");
    CHECK_OK(save_text(name, "wbs", "second"));
    CHECK_FILE(name, "second");
    CHECK_INT(0, count_beside("."));
    CHECK_INT(0, unlink(name));
}

TEST(save__long_names)
{
    char name[256];

    for (size_t len = 230; len <= 255; len++) {
        memset(name, 'n', len);
        name[len] = '\0';
        save_under(name);
        for (size_t i = len % 3; i < len; i += 3) /* three bytes each */
            memcpy(name + i, "\xe2\x82\xac", 3);
        save_under(name);
        memset(name, '\x82', len); /* no character at all */
        save_under(name);
    }
}

/* Two names that share their first 240 bytes share what lies beside. */
TEST(save__long_names_at_once)
{
    char name[2][256];
    rill *s[2];

    for (int i = 0; i < 2; i++) {
        memset(name[i], 'n', 254);
        name[i][254] = (char)('0' + i);
        name[i][255] = '\0';
        s[i] = open_save(name[i], "wbs");
        CHECK_INT(1, rill_putc(s[i], '0' + i) == '0' + i);
    }
    CHECK_INT(2, count_beside("."));
    CHECK_OK(rill_close(s[0]));
    CHECK_OK(rill_close(s[1]));
    CHECK_FILE(name[0], "0");
    CHECK_FILE(name[1], "1");
}

TEST(save__odd_names)
{
    static const char *const names[] = {
        " ",
        "-",
        "...",
        "..f",
        "a b",
        "a\nb",
        "\\",
        "%s%n",
        "\x01",
        "\xff",
        "a\xc3",
        "\xf0\x9f\x92\xbe",
        "*?[",
        "~",
        "a:b",
        ".rill-save",
        ".f.0.rill-savex",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        save_under(names[i]);
}

TEST(save__path_is_relative_to_the_start)
{
    char all[] = "././/sub/../sub//f";
    rill *s;

    CHECK_INT(0, mkdir("sub", 0700));
    CHECK_INT(0, mkdir("sub/sub", 0700));
    put_file("sub/f", "old");
    put_file("sub/sub/f", "other");
    s = open_save(all, "wbs");
    memset(all, 'x', strlen(all));
    CHECK_STR("././/sub/../sub//f", rill_name(s));
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_INT(0, chdir("sub"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "new");
    CHECK_FILE("sub/f", "other");
}

TEST(save__absolute_path)
{
    char here[4000], path[4096];

    CHECK(getcwd(here, sizeof(here)) != NULL);
    snprintf(path, sizeof(path), "%s/f", here);
    CHECK_OK(save_text(path, "wbs", "abc"));
    CHECK_FILE("f", "abc");
}

TEST(save__directory_moves)
{
    rill *s;

    CHECK_INT(0, mkdir("a", 0700));
    put_file("a/f", "old");
    s = open_save("a/f", "wbs");
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_INT(0, rename("a", "b"));
    CHECK_INT(0, mkdir("a", 0700));
    put_file("a/f", "another");
    CHECK_OK(rill_close(s));
    CHECK_FILE("a/f", "another");
    CHECK_FILE("b/f", "new");
    CHECK_INT(0, count_beside("b"));
}
