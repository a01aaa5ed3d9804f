/*
 * diskfull.c - a disk that is full, at each of many levels.
 *
 *     diskfull DIRECTORY LEVELS
 *
 * DIRECTORY is a small file system of its own. For each level from 0 on a
 * filler leaves so many pages free, and each writer writes more than that. The
 * failure is reported, by a call or by rill_close(); what the stream took is in
 * the file or in rill_unwritten(), to the byte; a save leaves the old file
 * whole. Then, every other time, there is room again, and the rest arrives.
 */
#define _GNU_SOURCE
#include "scene.h"

#include <fcntl.h>
#include <sys/statvfs.h>

enum { SIZE = 1200000, SMALL = 100000 };

static long operations, refused;

/* ---- The disk ----------------------------------------------------------- */

static long free_pages(void)
{
    struct statvfs v;

    if (statvfs(".", &v) != 0)
        give_up("statvfs");
    return (long)v.f_bavail;
}

static void fill_to(long level)
{
    long page = sysconf(_SC_PAGESIZE);
    int fd = open("filler", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    long pages = free_pages() - level;

    if (fd < 0)
        give_up("filler");
    errno = pages > 0 ? posix_fallocate(fd, 0, pages * page) : 0;
    if (errno != 0 || free_pages() != level)
        give_up("cannot fill the file system");
    close(fd);
}

static void make_room(void)
{
    if (unlink("filler") != 0)
        give_up("filler");
}

/* ---- Writing until it is full ------------------------------------------- */

static const struct writer {
    const char *name;
    const char *mode;
    int save;
    ptrdiff_t buffer;
    size_t part;
    size_t size;
    int old;
} writers[] = {
    {"plain", "wb", 0, 0, 3000, SIZE, 0},
    {"plain, large parts", "wb", 0, 0, 400000, SIZE, 0},
    {"plain, small buffer", "wb", 0, 1000, 777, SIZE, 0},
    {"plain, unbuffered", "wb", 0, RILL_UNBUFFERED, 5000, SIZE, 0},
    {"plain, all in the buffer", "wb", 0, 0, 1000, SMALL, 0},
    {"append", "ab", 0, 0, 3000, SIZE, 1},
    {"append, unbuffered", "ab", 0, RILL_UNBUFFERED, 5000, SIZE, 1},
    {"save", "wb", RILL_SAVE_DURABLE, 0, 3000, SIZE, 1},
    {"save, atomic", "wb", RILL_SAVE_ATOMIC, 1000, 777, SIZE, 1},
    {"save, all in the buffer", "wb", RILL_SAVE_DURABLE, 0, 1000, SMALL, 1},
    {"save, new file", "xb", RILL_SAVE_DURABLE, 0, 400000, SIZE, 0},
    {"save, append", "ab", RILL_SAVE_DURABLE, 0, 3000, SIZE, 1},
};

/* How many bytes of the old file the content begins with. */
static size_t kept(const struct writer *w)
{
    return *w->mode == 'a' ? OLD_SIZE : 0;
}

/* Write from `at` on, to the end or the first failure. Returns how far. */
static size_t write_from(rill *s, const struct writer *w, size_t at)
{
    while (at < w->size) {
        size_t n = w->size - at < w->part ? w->size - at : w->part;
        ptrdiff_t r = rill_write(s, pattern() + at, n);

        if (r < 0)
            break;
        at += (size_t)r;
    }
    return at;
}

/* All that was taken is in the file `path` or still in the stream. */
static void check_taken(rill *s, const struct writer *w, const char *path,
                        size_t taken)
{
    const unsigned char *rest;
    const void *data;
    int64_t offset = -1;
    size_t n = rill_unwritten(s, &data, &offset), stored = taken - n;

    rest = data;
    expect(n <= taken, "%zu bytes unwritten of %zu", n, taken);
    expect(offset == (int64_t)(kept(w) + stored),
           "the rest belongs at %lld, %zu are stored", (long long)offset,
           kept(w) + stored);
    expect(file_is(path, kept(w), kept(w) + stored),
           "the first %zu bytes are not in the file", stored);
    expect(n == 0 || memcmp(rest, pattern() + stored, n) == 0,
           "the rest is not what was written");
}

/* There is room again: the rest arrives, and all that follows. */
static void go_on(rill *s, const struct writer *w, const char *path,
                  size_t taken)
{
    make_room();
    rill_clear(s);
    expect(rill_flush(s) == RILL_OK, "flush with room again");
    expect(file_is(path, kept(w), kept(w) + taken), "%zu bytes after the flush",
           taken);
    expect(write_from(s, w, taken) == w->size, "write with room again");
    expect(rill_close(s) == RILL_OK, "close with room again");
    expect(file_is("f", kept(w), kept(w) + w->size), "not all is there");
}

static void close_full(rill *s, const struct writer *w, size_t taken)
{
    const unsigned char *got;
    size_t stored = taken - rill_unwritten(s, &(const void *){NULL}, NULL);

    expect(rill_close(s) == RILL_ENOSPC, "close does not report it");
    if (!w->save)
        expect(file_is("f", kept(w), kept(w) + stored), "the file is damaged");
    else if (w->old)
        expect(file_is("f", OLD_SIZE, OLD_SIZE), "the old file is damaged");
    else
        expect(get_bytes("f", &got) < 0, "a new file is there");
    make_room();
}

static void fill_by_writing(const struct writer *w, int clears)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e = {0};
    const char *path = w->save ? ".f.0.rill-save" : "f";
    size_t taken;
    rill *s;

    o.save = w->save;
    o.buffer_size = w->buffer;
    s = rill_open_with("f", w->mode, &o);
    if (!s) {
        expect(errno == ENOSPC, "open: %s", strerror(errno));
        expect(!w->old || file_is("f", OLD_SIZE, OLD_SIZE), "old file");
        refused++;
        make_room();
        return;
    }
    taken = write_from(s, w, 0);
    if (rill_flush(s) == RILL_OK) {
        expect(taken == w->size, "a write failed, the flush did not");
        expect(rill_close(s) == RILL_OK, "close");
        expect(file_is("f", kept(w), kept(w) + w->size), "not all is there");
        make_room();
        return;
    }
    refused++;
    expect(rill_failed(s, &e) == RILL_ENOSPC && e.os_error == ENOSPC &&
               strcmp(e.operation, "write") == 0,
           "failed: code %d, errno %d", e.code, e.os_error);
    check_taken(s, w, path, taken);
    if (clears)
        go_on(s, w, path, taken);
    else
        close_full(s, w, taken);
}

/* ---- Spools and copies -------------------------------------------------- */

/* What a spool took can be read again, once there is room. */
static void fill_a_spool(int clears)
{
    static unsigned char got[SIZE];
    rill *s = rill_open_spool(10000, NULL);
    const struct writer w = {.part = 3000, .size = SIZE};
    size_t taken;
    int rc;

    if (!s)
        give_up("spool");
    taken = write_from(s, &w, 0);
    rc = rill_flush(s);
    expect(rc == RILL_OK ? taken == SIZE : rc == RILL_ENOSPC,
           "flush: %s after %zu bytes", rill_strerror(rc), taken);
    refused += rc < 0;
    make_room();
    if (clears || rc == RILL_OK) {
        rill_clear(s);
        expect(rill_size(s) == (int64_t)taken, "size");
        expect(rill_rewind(s) == RILL_OK, "rewind");
        expect(rill_read(s, got, SIZE) == (ptrdiff_t)taken &&
                   memcmp(got, pattern(), taken) == 0,
               "it does not hold what was written");
        rc = RILL_OK;
    }
    expect(rill_close(s) == rc, "close");
}

/* What a copy could not bring is still in its source. */
static void fill_by_copying(rill *from, const char *mode, int save)
{
    rill_options o = RILL_OPTIONS_INIT;
    int64_t first, second;
    rill *to;

    o.save = save;
    to = rill_open_with("f", mode, &o);
    if (!to || !from)
        give_up("open");
    first = rill_copy(to, from, -1);
    if (first == SIZE && rill_flush(to) == RILL_OK) {
        second = 0;
    } else {
        refused++;
        expect(rill_failed(to, NULL) == RILL_ENOSPC, "target: %d",
               rill_failed(to, NULL));
        expect(rill_failed(from, NULL) == RILL_OK, "source: %d",
               rill_failed(from, NULL));
        make_room();
        rill_clear(to);
        expect(rill_tell(to) == rill_tell(from), "%lld and %lld",
               (long long)rill_tell(to), (long long)rill_tell(from));
        second = rill_copy(to, from, -1);
        expect(second >= 0, "copy with room again: %lld", (long long)second);
    }
    expect(rill_close(to) == RILL_OK && rill_close(from) == RILL_OK, "close");
    expect(file_is("f", 0, SIZE), "the copy");
    if (access("filler", F_OK) == 0)
        make_room();
}

/* ---- The whole ---------------------------------------------------------- */

static void begin(const char *name, long level, int clears)
{
    operations++;
    snprintf(scene, sizeof(scene), "%s, %ld pages free%s", name, level,
             clears ? ", then room" : "");
}

static void run_writer(const struct writer *w, long level, int clears)
{
    begin(w->name, level, clears);
    if (w->old)
        put_bytes("f", old_content(), OLD_SIZE);
    fill_to(level);
    fill_by_writing(w, clears);
    expect(count_beside() == 0, "litter");
    remove_all();
}

static void run_copy(const char *name, long level, int save, int from_file)
{
    rill *from;

    begin(name, level, 1);
    if (from_file)
        put_bytes("source", pattern(), SIZE);
    from =
        from_file ? rill_open("source", "rb") : rill_open_view(pattern(), SIZE);
    fill_to(level);
    fill_by_copying(from, "wb", save);
    expect(count_beside() == 0, "litter");
    remove_all();
}

static void run_level(long level)
{
    for (int clears = 0; clears < 2; clears++) {
        for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++)
            run_writer(&writers[i], level, clears);
        begin("spool", level, clears);
        fill_to(level);
        fill_a_spool(clears);
        remove_all();
    }
    run_copy("copy of a file", level, RILL_SAVE_PLAIN, 1);
    run_copy("copy of memory", level, RILL_SAVE_PLAIN, 0);
    run_copy("copy into a save", level, RILL_SAVE_DURABLE, 1);
}

int main(int argc, char **argv)
{
    long levels = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    char here[4096];

    if (argc != 3 || chdir(argv[1]) != 0 || !getcwd(here, sizeof(here))) {
        fprintf(stderr, "diskfull DIRECTORY LEVELS\n");
        return 2;
    }
    setenv("TMPDIR", here, 1);
    for (long level = 0; level < levels; level++)
        run_level(level);
    printf("levels: %ld, operations: %ld, of which %ld found it full, "
           "failures: %ld\n",
           levels, operations, refused, failures);
    return failures != 0;
}
