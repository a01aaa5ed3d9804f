/*
 * test_spool_files.c - the temporary file under a spooled stream: where it is
 * made, that nothing of it can be seen, and what happens when it cannot be.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <dirent.h>
#include <limits.h>

static rill *open_spool(size_t threshold)
{
    rill *s = rill_open_spool(threshold, NULL);

    CHECK(s != NULL);
    return s;
}

/* What /proc says a descriptor is. */
static void describe(int fd, char *buf, size_t size)
{
    char link[64];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, buf, size - 1);
    CHECK(n > 0);
    buf[n] = '\0';
}

static int entries_of(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    int n = 0;

    CHECK(d != NULL);
    while ((e = readdir(d)))
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* The lowest free descriptor: the same before and after means none leaked. */
static int next_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    close(fd);
    return fd;
}

static void fill(rill *s, size_t n)
{
    unsigned char *data = test_alloc(n);

    test_pattern(data, n, 0);
    CHECK_INT(n, rill_write(s, data, n));
    free(data);
}

static void check_filled(rill *s, size_t n)
{
    unsigned char *data = test_alloc(n + 1);

    CHECK_OK(rill_rewind(s));
    CHECK_INT(n, rill_read(s, data, n + 1));
    CHECK(is_pattern(data, n, 0));
    free(data);
}

/* In $TMPDIR, deleted, and gone. */
TEST(spool_files__where)
{
    char here[PATH_MAX], what[PATH_MAX];
    struct stat st;
    int before, fd;
    rill *s;

    CHECK_INT(0, mkdir("tmp", 0700));
    CHECK(realpath("tmp", here) != NULL);
    CHECK_INT(0, setenv("TMPDIR", here, 1));
    before = next_descriptor();
    s = open_spool(100);
    fill(s, 5000);
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_INT(0, entries_of("tmp"));
    describe(fd, what, sizeof(what));
    CHECK_INT(0, strncmp(what, here, strlen(here)));
    CHECK(strlen(what) > 10);
    CHECK_STR(" (deleted)", what + strlen(what) - 10);
    CHECK_INT(0, fstat(fd, &st));
    CHECK_INT(0, st.st_nlink);
    CHECK_INT(0, st.st_mode & 077);
    CHECK_INT(5000, st.st_size);
    check_filled(s, 5000);
    CHECK_OK(rill_close(s));
    CHECK_INT(before, next_descriptor());
    CHECK_INT(0, entries_of("tmp"));
    unsetenv("TMPDIR");
}

/* No file before one is needed. */
TEST(spool_files__none_below_the_threshold)
{
    int before = next_descriptor();
    rill *s = open_spool(1000);

    fill(s, 1000);
    CHECK_INT(before, next_descriptor());
    check_filled(s, 1000);
    CHECK_INT(1000, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK(next_descriptor() != before);
    CHECK_INT(1001, rill_size(s));
    CHECK_OK(rill_close(s));
    CHECK_INT(before, next_descriptor());
}

/* A descriptor was asked for: the file is made at any size. */
TEST(spool_files__fileno_makes_it)
{
    char back[8];
    rill *s = open_spool(1000);
    int fd;

    CHECK_INT(5, rill_puts(s, "hello"));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(5, pread(fd, back, 8, 0));
    CHECK_BYTES(back, 5, "hello");
    CHECK_READS(s, "ll");
    CHECK_INT(3, rill_puts(s, "0ab"));
    CHECK_OK(rill_flush(s));
    CHECK_INT(7, fd_offset(fd));
    CHECK_INT(7, pread(fd, back, 8, 0));
    CHECK_BYTES(back, 7, "hell0ab");
    CHECK_OK(rill_close(s));
    CHECK(!fd_is_open(fd));
}

TEST(spool_files__fileno_of_nothing)
{
    struct stat st;
    rill *s = open_spool(1000);
    int fd = rill_fileno(s);

    CHECK(fd >= 0);
    CHECK_INT(0, fstat(fd, &st));
    CHECK_INT(0, st.st_size);
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_OK(rill_flush(s));
    CHECK_INT(0, fstat(fd, &st));
    CHECK_INT(1, st.st_size);
    CHECK_OK(rill_close(s));
}

/* Every way across the threshold keeps content and position. */
TEST(spool_files__ways_across)
{
    rill *s;

    s = open_spool(10);
    for (int i = 0; i < 5000; i++)
        CHECK_INT(i & 255, rill_putc(s, i));
    CHECK_INT(5000, rill_tell(s));
    CHECK_INT(4096, rill_seek(s, 4096, RILL_SEEK_SET));
    CHECK_INT(0, rill_getc(s));
    CHECK_OK(rill_close(s));

    s = open_spool(10);
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_INT(1000, rill_seek(s, 1000, RILL_SEEK_SET));
    CHECK_INT(3, rill_puts(s, "xyz"));
    CHECK_INT(1003, rill_size(s));
    CHECK_INT(999, rill_seek(s, 999, RILL_SEEK_SET));
    CHECK_REST(s, "\0xyz");
    CHECK_OK(rill_close(s));

    s = open_spool(10);
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_truncate(s, 20));
    CHECK_INT(3, rill_tell(s));
    CHECK_HOLDS(s, "abc\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    CHECK_INT(1, rill_puts(s, "d"));
    CHECK_OK(rill_truncate(s, 5));
    CHECK_HOLDS(s, "abcd\0");
    CHECK_OK(rill_close(s));

    s = open_spool(0);
    CHECK_INT(1, rill_puts(s, "x"));
    CHECK_HOLDS(s, "x");
    CHECK_OK(rill_close(s));
}

TEST(spool_files__large_copy_into)
{
    rill_options o = RILL_OPTIONS_INIT;
    unsigned char *data = test_alloc((size_t)(3 * MIB));
    rill *v = rill_open_view(data, (size_t)(3 * MIB)), *s;

    test_pattern(data, (size_t)(3 * MIB), 0);
    o.size_hint = 3 * MIB;
    s = rill_open_spool((size_t)MIB, &o);
    CHECK(v && s);
    CHECK_INT(3 * MIB, rill_copy(s, v, -1));
    check_filled(s, (size_t)(3 * MIB));
    CHECK_OK(rill_close(v));
    CHECK_OK(rill_close(s));
    free(data);
}

/* There is no place for the file: said by what needs it, and nothing lost. */
static void without_a_place(void *arg)
{
    rill_error e;
    rill *s;

    (void)arg;
    MUST(setenv("TMPDIR", "no/such/folder", 1) == 0);
    s = rill_open_spool(8, NULL);
    MUST(s != NULL);
    MUST(rill_write(s, "12345678", 8) == 8);
    MUST(rill_write(s, "9", 1) == RILL_EIO);
    MUST(rill_failed(s, &e) == RILL_EIO);
    MUST(e.os_error == ENOENT);
    MUST(rill_write(s, "9", 1) == RILL_EIO);
    rill_clear(s);
    MUST(rill_size(s) == 8);
    MUST(rill_tell(s) == 8);
    MUST(rill_fileno(s) < 0);
    rill_clear(s);
    MUST(rill_rewind(s) == RILL_OK);
    MUST(rill_getc(s) == '1');
    MUST(rill_seek(s, 0, RILL_SEEK_END) == 8);
    /* Put right, it goes on. */
    MUST(mkdir("no", 0700) == 0);
    MUST(mkdir("no/such", 0700) == 0 && mkdir("no/such/folder", 0700) == 0);
    MUST(rill_write(s, "9", 1) == 1);
    MUST(rill_size(s) == 9);
    MUST(rill_rewind(s) == RILL_OK);
    MUST(rill_getc(s) == '1');
    MUST(rill_seek(s, 8, RILL_SEEK_SET) == 8);
    MUST(rill_getc(s) == '9');
    MUST(rill_close(s) == RILL_OK);
}

TEST(spool_files__no_place)
{
    RUN_CHILD(without_a_place, NULL);
}

/* An empty or missing TMPDIR means /tmp. */
static void default_place(void *arg)
{
    char what[PATH_MAX];
    const char *value = arg;
    rill *s;
    ssize_t n;
    char link[64];

    if (access("/tmp", W_OK) != 0)
        _exit(CHILD_SKIPS);
    MUST(value ? setenv("TMPDIR", value, 1) == 0 : unsetenv("TMPDIR") == 0);
    s = rill_open_spool(1, NULL);
    MUST(s != NULL);
    MUST(rill_puts(s, "abc") == 3);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", rill_fileno(s));
    n = readlink(link, what, sizeof(what) - 1);
    MUST(n > 0);
    what[n] = '\0';
    MUST(strncmp(what, "/tmp/", 5) == 0);
    MUST(rill_close(s) == RILL_OK);
}

TEST(spool_files__default_place)
{
    static char empty[] = "";

    RUN_CHILD(default_place, NULL);
    RUN_CHILD(default_place, empty);
}

/* Discarding a spool takes the file with it. */
TEST(spool_files__discard)
{
    int before = next_descriptor();
    rill *s = open_spool(10);

    fill(s, 100000);
    rill_discard(s);
    CHECK_INT(before, next_descriptor());
}

/* Many at once are many files. */
TEST(spool_files__many)
{
    enum { MANY = 50 };
    rill *s[MANY];
    int before = next_descriptor();

    for (int i = 0; i < MANY; i++) {
        s[i] = open_spool(4);
        CHECK(rill_printf(s[i], "spool number %d", i) > 4);
    }
    for (int i = 0; i < MANY; i++) {
        char text[32], back[32];
        int n = snprintf(text, sizeof(text), "spool number %d", i);

        CHECK_OK(rill_rewind(s[i]));
        CHECK_INT(n, rill_read(s[i], back, sizeof(back)));
        CHECK_MEM(back, n, text, (size_t)n);
        CHECK_OK(rill_close(s[i]));
    }
    CHECK_INT(before, next_descriptor());
}
