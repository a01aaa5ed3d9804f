/*
 * test_proc_files.c - files in /proc and /sys, whose size is a lie: 0 or a
 * page, whatever they hold. A size is a hint; the data end where they end.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <dirent.h>

static rill *open_for_reading(const char *path)
{
    rill *s = rill_open(path, "r");

    CHECK(s != NULL);
    return s;
}

/* A file of /sys that says 4096 and holds less, or NULL. */
static const char *page_file(void)
{
    static const char *const known[] = {
        "/sys/kernel/mm/transparent_hugepage/enabled",
        "/sys/devices/system/cpu/online",
        "/sys/kernel/mm/ksm/run",
        "/sys/class/net/lo/mtu",
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (access(known[i], R_OK) == 0)
            return known[i];
    return NULL;
}

/* All of a file in any of the ways there are: the same bytes as read(2). */
static void reads_as(const char *path)
{
    size_t want_len, got = 0;
    char *want = test_read_file(path, &want_len), *back;
    void *all = NULL;
    rill *s = open_for_reading(path), *m = rill_open_mem(NULL);
    ptrdiff_t n;

    CHECK(want_len > 0 && m != NULL);
    n = rill_read_all(s, &all);
    CHECK_MEM(all, n, want, want_len);
    rill_free(all);
    CHECK_OK(rill_rewind(s));
    CHECK_INT(want_len, rill_copy(m, s, -1));
    CHECK_INT(want_len, rill_size(m));
    CHECK_OK(rill_rewind(s));
    back = test_alloc(want_len + 100);
    CHECK_INT(want_len, rill_read(s, back, want_len + 100));
    CHECK_MEM(back, want_len, want, want_len);
    CHECK_INT(0, rill_read(s, back, 1));
    CHECK_OK(rill_rewind(s));
    while ((n = rill_read_some(s, back + got, want_len + 100 - got)) > 0)
        got += (size_t)n;
    CHECK_INT(0, n);
    CHECK_MEM(back, got, want, want_len);
    free(back);
    free(want);
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(s));
}

TEST(proc_files__version)
{
    reads_as("/proc/version");
}

TEST(proc_files__cpuinfo_is_more_than_a_page)
{
    size_t a_len, b_len;
    char *a = test_read_file("/proc/cpuinfo", &a_len);
    char *b = test_read_file("/proc/cpuinfo", &b_len);
    void *all = NULL;
    rill *s = open_for_reading("/proc/cpuinfo");
    ptrdiff_t n = rill_read_all(s, &all);

    /* Clock rates change while one looks: only the length can be compared. */
    CHECK(n > 0);
    CHECK(a_len != b_len || n == (ptrdiff_t)a_len);
    CHECK(memmem(all, (size_t)n, "processor", 9) != NULL);
    rill_free(all);
    CHECK_OK(rill_close(s));
    free(a);
    free(b);
}

TEST(proc_files__filesystems)
{
    reads_as("/proc/filesystems");
}

TEST(proc_files__size_is_0)
{
    void *all = NULL;
    rill *s = open_for_reading("/proc/self/status");
    ptrdiff_t n;

    CHECK_INT(0, rill_size(s));
    CHECK_INT(1, rill_seekable(s));
    n = rill_read_all(s, &all);
    CHECK(n > 100);
    CHECK_BYTES(all, 6, "Name:\t");
    CHECK_INT(n, rill_tell(s));
    rill_free(all);
    CHECK_OK(rill_close(s));
}

TEST(proc_files__lines)
{
    const char *line = "";
    char *own = NULL;
    size_t size = 0;
    int pid = 0, count = 0;
    ptrdiff_t n;
    rill *s = open_for_reading("/proc/self/status");

    CHECK(rill_readline(s, &line) > 6);
    CHECK_BYTES(line, 6, "Name:\t");
    while ((n = rill_getline(s, &own, &size)) > 0) {
        CHECK_INT('\n', own[n - 1]);
        sscanf(own, "Pid: %d", &pid);
        count++;
    }
    CHECK_INT(0, n);
    CHECK(count > 10);
    CHECK_INT(getpid(), pid);
    free(own);
    CHECK_OK(rill_close(s));
}

TEST(proc_files__line_iterator)
{
    rill_lines it;
    rill_line line = {NULL, 0};
    int count = 0;
    rill *s = open_for_reading("/proc/filesystems");

    rill_lines_begin(&it, s, '\n');
    while (rill_lines_next(&it, &line)) {
        CHECK_INT('\n', line.data[line.len - 1]);
        count++;
    }
    CHECK_OK(rill_lines_end(&it));
    CHECK(count > 3);
    CHECK_OK(rill_close(s));
}

/* Positions count bytes, whatever the size says. */
TEST(proc_files__seek)
{
    rill *s = open_for_reading("/proc/self/status");

    CHECK_READS(s, "Name:");
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_READS(s, "me:");
    CHECK_INT(1, rill_seek(s, -4, RILL_SEEK_CUR));
    CHECK_READS(s, "ame:");
    CHECK_OK(rill_rewind(s));
    CHECK_READS(s, "Name:");
    CHECK_OK(rill_close(s));
}

TEST(proc_files__pread)
{
    char back[5];
    rill *s = open_for_reading("/proc/self/status");

    CHECK_INT(5, rill_pread(s, back, 5, 0));
    CHECK_BYTES(back, 5, "Name:");
    CHECK_INT(3, rill_pread(s, back, 3, 2));
    CHECK_BYTES(back, 3, "me:");
    CHECK_INT(0, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* Bytes that are there are skipped, not taken for beyond the end. */
TEST(proc_files__skip)
{
    rill *s = open_for_reading("/proc/self/status");

    CHECK_INT(2, rill_skip(s, 2));
    CHECK_READS(s, "me:");
    CHECK_OK(rill_close(s));
}

TEST(proc_files__skip_to_the_end)
{
    size_t len;
    char *all = test_read_file("/proc/version", &len);
    rill *s = open_for_reading("/proc/version");

    CHECK_INT(len, rill_skip(s, 1000000));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    free(all);
}

TEST(proc_files__peek)
{
    const void *p;
    rill *s = open_for_reading("/proc/self/status");

    CHECK(rill_peek(s, &p, 5) >= 5);
    CHECK_BYTES(p, 5, "Name:");
    CHECK(rill_peek(s, &p, 100) >= 100);
    CHECK_INT(0, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* A page-sized lie: nothing may be invented behind the content. */
TEST(proc_files__sys_says_a_page)
{
    const char *path = page_file();
    struct stat st;
    size_t len;
    char *all;

    SKIP_IF(path ? NULL : "no readable file in /sys");
    CHECK_INT(0, stat(path, &st));
    all = test_read_file(path, &len);
    CHECK(len > 0 && (int64_t)len < (int64_t)st.st_size);
    free(all);
    reads_as(path);
}

TEST(proc_files__sys_skip_to_the_end)
{
    const char *path = page_file();
    size_t len;
    char *all;
    rill *s;

    SKIP_IF(path ? NULL : "no readable file in /sys");
    all = test_read_file(path, &len);
    s = open_for_reading(path);
    CHECK_INT(len, rill_skip(s, 1000000));
    CHECK_OK(rill_close(s));
    free(all);
}

/* Many streams leave no descriptor behind. */
static int open_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    CHECK(d != NULL);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

TEST(proc_files__no_descriptor_left)
{
    int before = open_descriptors();

    for (int i = 0; i < 200; i++) {
        rill *s = open_for_reading("/proc/version");

        CHECK(rill_getc(s) >= 0);
        if (i % 2)
            rill_discard(s);
        else
            CHECK_OK(rill_close(s));
    }
    CHECK_INT(before, open_descriptors());
}
