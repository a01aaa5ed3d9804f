/*
 * test_archive.c - libarchive over every kind of stream: archives come back as
 * they were, other programs read what was written and the other way round, and
 * what fails, fails with the stream's words.
 */
#include "archives.h"

#include <rill/archive.h>
#include <rill/testing/double.h>

/* A way to write an archive. */
struct format {
    const char *name;
    int format, filter;
    int streams; /* can be read from a pipe */
    int checked; /* libarchive knows damaged data */
};

static const struct format formats[] = {
    {"zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, 1, 1},
    {"7zip", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, 0, 1},
    {"tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, 1, 0},
    {"tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, 1, 0},
    {"cpio", ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE, 1, 0},
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

/*
 * libarchive 3.6.2 does not free the state of its deflate when a write callback
 * has failed: zip and gzip then lose it, with any callbacks. This tells the
 * leak checker so.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:deflateInit2_\n";
}

/* ---- Writing ------------------------------------------------------------- */

static struct archive *writer(const struct format *f)
{
    struct archive *a = archive_write_new();

    CHECK(a != NULL);
    CHECK_INT(ARCHIVE_OK, archive_write_set_format(a, f->format));
    CHECK_INT(ARCHIVE_OK, archive_write_add_filter(a, f->filter));
    if (f->filter == ARCHIVE_FILTER_GZIP)
        archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
    return a;
}

/* Begin a file. Returns whether that went well. */
static int write_header(struct archive *a, const char *name, int64_t size)
{
    struct archive_entry *entry = archive_entry_new();
    int ok;

    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, AE_IFREG | 0644);
    archive_entry_set_mtime(entry, 1000000000, 0);
    archive_entry_set_size(entry, size);
    ok = archive_write_header(a, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return ok;
}

static int write_file(struct archive *a, const char *name, const void *data,
                      size_t len)
{
    return write_header(a, name, (int64_t)len) &&
           archive_write_data(a, data, len) == (la_ssize_t)len;
}

/* Write the two files and free the archive. Returns whether that went well. */
static int fill(struct archive *a, char text[300])
{
    int ok = write_file(a, "a", small, SMALL) && write_file(a, "b", big(), BIG);

    ok &= archive_write_close(a) == ARCHIVE_OK;
    snprintf(text, 300, "%s", ok ? "" : archive_error_string(a));
    archive_write_free(a);
    return ok;
}

static int write_archive(const struct format *f, rill *s, char text[300])
{
    struct archive *a = writer(f);

    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    return fill(a, text);
}

/* An archive's bytes: free with rill_free(). */
static size_t archive_bytes(const struct format *f, void **data_out)
{
    rill *s = rill_open_mem(NULL);
    char text[300];
    ptrdiff_t len;

    CHECK(write_archive(f, s, text));
    len = rill_take(s, data_out);
    CHECK(len > 1000);
    CHECK_OK(rill_close(s));
    return (size_t)len;
}

/* ---- Reading ------------------------------------------------------------- */

static struct archive *reader(void)
{
    struct archive *a = archive_read_new();

    CHECK(a != NULL);
    archive_read_support_format_all(a);
    archive_read_support_filter_all(a);
    return a;
}

/* Whether the entry at hand is these bytes. Ends the test if libarchive says
 * that all is well, and the bytes are others. */
static int reads_as(struct archive *a, const void *want, size_t len)
{
    unsigned char *got = test_alloc(len + 1);
    la_ssize_t n = archive_read_data(a, got, len + 1);
    int ok = n == (la_ssize_t)len;

    if (ok)
        CHECK_MEM(got, n, want, len);
    free(got);
    return ok;
}

/* Read what fill() wrote, whatever the names; `a` has been opened, if `ok`. */
static int reads_back(struct archive *a, int ok)
{
    struct archive_entry *entry;

    return ok && archive_read_next_header(a, &entry) == ARCHIVE_OK &&
           reads_as(a, small, SMALL) &&
           archive_read_next_header(a, &entry) == ARCHIVE_OK &&
           reads_as(a, big(), BIG) &&
           archive_read_next_header(a, &entry) == ARCHIVE_EOF;
}

/* The same from a stream, at its position; `text` is libarchive's. */
static int read_archive(rill *s, char text[300])
{
    struct archive *a = reader();
    int ok = reads_back(a, rill_archive_read_open(a, s) == ARCHIVE_OK);
    const char *why = archive_error_string(a);

    snprintf(text, 300, "%s", ok || !why ? "" : why);
    archive_read_free(a);
    return ok;
}

static int reads_whole(rill *s)
{
    char text[300];

    return read_archive(s, text);
}

BRIDGE_TEST(archive__comes_back)
{
    char text[300];
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        rill *s = kind->open();

        test_context("%s", formats[i].name);
        CHECK(write_archive(&formats[i], s, text));
        rill_rewind(s);
        CHECK(read_archive(s, text));
        CHECK_OK(rill_close(s));
    }
}

TEST(archive__same_bytes_as_in_a_file)
{
    char text[300];
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        struct archive *a = writer(&formats[i]);
        size_t file_len, len;
        void *file, *data;

        test_context("%s", formats[i].name);
        CHECK_INT(ARCHIVE_OK, archive_write_open_filename(a, "file"));
        CHECK(fill(a, text));
        file = test_read_file("file", &file_len);
        len = archive_bytes(&formats[i], &data);
        CHECK_MEM(data, len, file, file_len);
        rill_free(data);
        free(file);
    }
}

TEST(archive__blocks_that_were_asked_for)
{
    struct archive *a = writer(&formats[2]);
    rill *s = rill_open_mem(NULL);
    char text[300];

    archive_write_set_bytes_per_block(a, 4096);
    archive_write_set_bytes_in_last_block(a, 4096);
    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    CHECK(fill(a, text));
    CHECK_INT(0, rill_size(s) % 4096);
    rill_rewind(s);
    CHECK(read_archive(s, text));
    CHECK_OK(rill_close(s));
}

TEST(archive__from_a_pipe)
{
    char text[300];
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        void *data;
        size_t len = archive_bytes(&formats[i], &data);
        rill *s = open_pipe(data, len);

        test_context("%s", formats[i].name);
        CHECK_INT(formats[i].streams, read_archive(s, text));
        CHECK(formats[i].streams || strlen(text) > 0);
        CHECK_OK(rill_close(s));
        rill_free(data);
    }
}

/* tar's end is known, so that archives may follow each other. */
BRIDGE_TEST(archive__in_a_row)
{
    rill *s = kind->open();
    char text[300];

    CHECK_INT(3, rill_puts(s, "one"));
    CHECK(write_archive(&formats[2], s, text));
    CHECK(write_archive(&formats[2], s, text));
    CHECK_INT(4, rill_puts(s, "last"));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK(read_archive(s, text));
    CHECK(read_archive(s, text));
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
}

TEST(archive__in_a_row_from_a_pipe)
{
    void *data;
    size_t len = archive_bytes(&formats[2], &data);
    rill *both = rill_open_mem(NULL), *s;
    const void *bytes;
    char text[300];

    CHECK_INT(len, rill_write(both, data, len));
    CHECK_INT(len, rill_write(both, data, len));
    s = open_pipe(bytes, (size_t)rill_data(both, &bytes));
    CHECK(read_archive(s, text));
    CHECK(read_archive(s, text));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(both));
    rill_free(data);
}

/* An archive that ends as soon as it may: libarchive has looked further. */
BRIDGE_TEST(archive__ends_early)
{
    rill *s = kind->open();
    char text[300];
    int64_t end;

    CHECK(write_archive(&formats[2], s, text));
    end = rill_tell(s) - 512;
    CHECK_INT(end, rill_seek(s, end, RILL_SEEK_SET));
    CHECK_INT(600, rill_printf(s, "%600s", "last"));
    rill_rewind(s);
    CHECK(read_archive(s, text));
    CHECK_INT(end, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* Read an archive behind `before` bytes of something else. Returns how far
 * behind its beginning that ended. */
static int64_t end_of_reading(const struct format *f, int before)
{
    rill *s = rill_open_mem(NULL);
    char text[300];
    int64_t end;

    CHECK_INT(before, rill_printf(s, "%*s", before, ""));
    CHECK(write_archive(f, s, text));
    CHECK_INT(before, rill_seek(s, before, RILL_SEEK_SET));
    CHECK(read_archive(s, text));
    end = rill_tell(s) - before;
    CHECK_OK(rill_close(s));
    return end;
}

TEST(archive__begins_at_the_position)
{
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        test_context("%s", formats[i].name);
        CHECK_INT(end_of_reading(&formats[i], 0),
                  end_of_reading(&formats[i], 7));
    }
}

/* ---- Other programs ------------------------------------------------------ */

static const struct tool_command packers[] = {
    {"tar", "tar cf made a b"},
    {"tar", "tar czf made a b"},
    {"tar", "tar --format=pax --xz -cf made a b"},
    {"7z", "7z a made.7z a b && mv made.7z made"},
    {"cpio", "printf 'a\\nb\\n' | cpio -o -H newc >made"},
};

TEST(archive__reads_what_others_made)
{
    check_packers(packers, sizeof(packers) / sizeof(packers[0]), reads_whole);
    check_packers(zip_packers, ZIP_PACKERS, reads_whole);
}

static const struct {
    const char *format, *tool, *command;
} readers[] = {
    {"zip", "python3", "python3 -m zipfile -t made"},
    {"zip", "unzip", "unzip -t made"},
    {"7zip", "7z", "7z t made"},
    {"tar", "python3", "python3 -m tarfile -t made"},
    {"tar", "tar", "tar tf made"},
    {"tar.gz", "tar", "tar tzf made"},
};

TEST(archive__others_read_what_was_written)
{
    char text[300];
    size_t i, k;

    for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        rill *s = rill_open("made", "wb");

        test_context("%s", readers[i].command);
        for (k = 0; strcmp(formats[k].name, readers[i].format) != 0; k++)
            ;
        CHECK(write_archive(&formats[k], s, text));
        CHECK_OK(rill_close(s));
        CHECK(!have_tool(readers[i].tool) || tool(readers[i].command));
    }
}

/* Ten thousand files, and offsets beyond 4 GiB. */
TEST(archive__zip64_that_python_made)
{
    struct archive *a = reader();
    struct archive_entry *entry;
    int count = 0;
    rill *s;

    if (!have_tool("python3"))
        SKIP("there is no python3");
    CHECK(tool("python3 -c 'import zipfile\n"
               "f = open(\"made\", \"wb\")\n"
               "f.seek(5 << 30)\n"
               "with zipfile.ZipFile(f, \"w\") as z:\n"
               "    for i in range(10000): z.writestr(str(i), str(i))\n'"));
    s = rill_open("made", "rb");
    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);

        CHECK(reads_as(a, name, strlen(name)));
        count++;
    }
    CHECK_INT(10000, count);
    archive_read_free(a);
    CHECK_OK(rill_close(s));
}

/* The header of a file in a tar archive, without the file. */
static void header_alone(unsigned char header[512], int64_t size)
{
    rill *s = rill_open_fixed(header, 512, NULL);
    struct archive *a = writer(&formats[2]);

    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    CHECK(write_header(a, "hole", size));
    CHECK(archive_write_close(a) != ARCHIVE_OK);
    archive_write_free(a);
    rill_discard(s);
}

/* What is not asked for is not read; the file has a hole of 5 GiB. */
TEST(archive__skips_what_is_not_asked_for)
{
    const int64_t size = (int64_t)5 << 30;
    unsigned char header[512];
    rill *s = rill_open("made", "wb+"), *counted;
    struct archive *a = writer(&formats[2]);
    struct archive_entry *entry;
    rill_double d = {0};

    header_alone(header, size);
    CHECK_INT(512, rill_write(s, header, 512));
    CHECK_INT(512 + size, rill_seek(s, size, RILL_SEEK_CUR));
    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    CHECK(write_file(a, "a", small, SMALL));
    archive_write_free(a);

    rill_rewind(s);
    counted = rill_open_double(s, RILL_TAKE, &d, NULL);
    a = reader();
    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, counted));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    CHECK_INT(size, archive_entry_size(entry));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    CHECK(reads_as(a, small, SMALL));
    CHECK_INT(ARCHIVE_EOF, archive_read_next_header(a, &entry));
    archive_read_free(a);
    CHECK(d.reads < 20);
    CHECK_OK(rill_close(counted));
}

/* Also where a seek is not worth it to libarchive: it skips. */
TEST(archive__skips_little)
{
    rill_double d = {0};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s = rill_open_mem(NULL), *counted;
    struct archive *a = writer(&formats[2]);
    struct archive_entry *entry;
    int i;

    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    for (i = 0; i < 10; i++)
        CHECK(write_file(a, "b", big(), 40000));
    archive_write_free(a);
    rill_rewind(s);
    o.buffer_size = 4096;
    counted = rill_open_double(s, RILL_TAKE, &d, &o);
    a = reader();
    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, counted));
    for (i = 0; i < 10; i++)
        CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    archive_read_free(a);
    CHECK(d.reads < 60);
    CHECK_OK(rill_close(counted));
}

/* ---- What fails ---------------------------------------------------------- */

TEST(archive__damaged)
{
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        void *data;
        size_t len = archive_bytes(&formats[i], &data);

        /* What follows the files is needed by some formats only. */
        check_cut_short(data, len - 3000, reads_whole);
        check_reading_fails(data, len, len - 3000, reads_whole);
        if (formats[i].checked)
            check_damaged(data, len, reads_whole);
        rill_free(data);
    }
}

TEST(archive__the_stream_fails_in_words)
{
    void *data;
    size_t len = archive_bytes(&formats[2], &data);
    rill *s = open_failing(data, len, 5000, EIO);
    struct archive *a = reader();
    struct archive_entry *entry;

    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    CHECK(!reads_as(a, big(), BIG));
    CHECK_STR("read at 5000: Input/output error", archive_error_string(a));
    CHECK_INT(EIO, archive_errno(a));
    archive_read_free(a);
    CHECK_CODE(RILL_EIO, rill_close(s));
    rill_free(data);
}

TEST(archive__no_room)
{
    static unsigned char room[BIG * 2];
    char text[300];
    size_t i, size;

    for (i = 0; i < FORMATS; i++) {
        void *data;
        size_t len = archive_bytes(&formats[i], &data);

        for (size = 0; size < len; size += 1 + size / 3) {
            rill *s = rill_open_fixed(room, size, NULL);

            test_context("%s in %zu bytes", formats[i].name, size);
            CHECK(!write_archive(&formats[i], s, text));
            CHECK(formats[i].filter || strstr(text, ": no space left"));
            CHECK_CODE(RILL_ENOSPC, rill_close(s));
        }
        rill_free(data);
    }
}

TEST(archive__no_room_in_words)
{
    unsigned char room[700];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);
    struct archive *a = writer(&formats[2]);

    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    CHECK(!write_file(a, "b", big(), BIG));
    CHECK_STR("write at 700: no space left", archive_error_string(a));
    CHECK_INT(ENOSPC, archive_errno(a));
    archive_write_close(a);
    archive_write_free(a);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(archive__not_open_for_it)
{
    char text[300];
    rill *s = rill_open_view("abc", 3);

    CHECK(!write_archive(&formats[0], s, text));
    CHECK_OK(rill_close(s));
    s = rill_open("out", "wb");
    CHECK(!read_archive(s, text));
    CHECK(strncmp(text, "read at 0: ", 11) == 0);
    CHECK_OK(rill_close(s));
}

TEST(archive__opened_twice)
{
    struct archive *a = reader();
    rill *s = rill_open_mem(NULL);
    char text[300];

    CHECK(write_archive(&formats[2], s, text));
    rill_rewind(s);
    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
    CHECK_INT(ARCHIVE_FATAL, rill_archive_read_open(a, s));
    archive_read_free(a);
    CHECK_OK(rill_close(s));
}

/* ---- Entries as streams -------------------------------------------------- */

static void check_entry(struct archive *a, const void *want, size_t len)
{
    struct archive_entry *entry;
    rill *data;
    void *got;
    ptrdiff_t n;

    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    data = rill_open_archive_entry(a, entry, "rb", NULL);
    CHECK_STR(archive_entry_pathname(entry), rill_name(data));
    CHECK(!rill_seekable(data));
    CHECK(!rill_writable(data));
    n = rill_read_all(data, &got);
    CHECK_MEM(got, n, want, len);
    CHECK_INT(0, rill_read(data, got, 1));
    rill_free(got);
    CHECK_OK(rill_close(data));
}

static void write_entry(struct archive *a, const char *name, const char *bytes,
                        size_t len)
{
    rill *data;
    size_t half = len / 2;

    CHECK(write_header(a, name, (int64_t)len));
    data = rill_open_archive_entry(a, NULL, "wb", NULL);
    CHECK_INT(half, rill_write(data, bytes, half));
    CHECK_INT(len - half, rill_write(data, bytes + half, len - half));
    CHECK_OK(rill_close(data));
}

BRIDGE_TEST(archive__entries_are_streams)
{
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        rill *s = kind->open();
        struct archive *a = writer(&formats[i]);

        test_context("%s", formats[i].name);
        CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
        write_entry(a, "a", small, SMALL);
        write_entry(a, "b", big(), BIG);
        CHECK_INT(ARCHIVE_OK, archive_write_free(a));
        rill_rewind(s);
        a = reader();
        CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
        check_entry(a, small, SMALL);
        check_entry(a, big(), BIG);
        archive_read_free(a);
        CHECK_OK(rill_close(s));
    }
}

/* A file with holes, the last at its end. */
TEST(archive__entry_with_holes)
{
    static unsigned char want[3000000];
    struct archive *a = reader();
    rill *s = rill_open("holes", "wb");

    CHECK_INT(1000000, rill_seek(s, 1000000, RILL_SEEK_SET));
    CHECK_INT(5, rill_puts(s, "bytes"));
    memcpy(want + 1000000, "bytes", 5);
    CHECK_OK(rill_truncate(s, sizeof(want)));
    CHECK_OK(rill_close(s));
    if (!have_tool("tar"))
        SKIP("there is no tar");
    CHECK(tool("tar -S -cf made holes"));
    s = rill_open("made", "rb");
    CHECK(rill_size(s) < 1000000);
    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
    check_entry(a, want, sizeof(want));
    archive_read_free(a);
    CHECK_OK(rill_close(s));
}

TEST(archive__entry_is_over)
{
    rill *s = rill_open_mem(NULL), *data;
    struct archive *a;
    struct archive_entry *entry;
    char text[300];

    CHECK(write_archive(&formats[2], s, text));
    rill_rewind(s);
    a = reader();
    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    data = rill_open_archive_entry(a, entry, "rb", NULL);
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    CHECK_CODE(RILL_EINVAL, rill_read(data, text, 1));
    CHECK_CODE(RILL_EINVAL, rill_close(data));
    archive_read_free(a);
    CHECK_OK(rill_close(s));
}

TEST(archive__entry_is_longer_than_promised)
{
    rill *s = rill_open_mem(NULL), *data;
    struct archive *a = writer(&formats[2]);

    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    CHECK(write_header(a, "file", 4));
    data = rill_open_archive_entry(a, NULL, "wb", NULL);
    CHECK_INT(5, rill_puts(data, "abcde"));
    CHECK_CODE(RILL_ENOSPC, rill_close(data));
    archive_write_free(a);
    CHECK_OK(rill_close(s));
}

/* Open an archive whose second entry cannot be read to its end, and read that
 * as a stream. */
static rill *failing_entry(struct archive *a, rill *s)
{
    struct archive_entry *entry;
    char byte;
    rill *in;

    CHECK_INT(ARCHIVE_OK, rill_archive_read_open(a, s));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    CHECK_INT(ARCHIVE_OK, archive_read_next_header(a, &entry));
    in = rill_open_archive_entry(a, entry, "rb", NULL);
    while (rill_read(in, &byte, 1) > 0)
        ;
    return in;
}

TEST(archive__entry_is_damaged)
{
    struct archive *a = reader();
    void *data;
    size_t len = archive_bytes(&formats[0], &data);
    rill *s = rill_open_view(data, len), *in;

    ((unsigned char *)data)[len / 2] ^= 1;
    in = failing_entry(a, s);
    CHECK_CODE(RILL_EDATA, rill_failed(in, NULL));
    CHECK(strlen(archive_error_string(a)) > 0);
    CHECK_CODE(RILL_EDATA, rill_close(in));
    archive_read_free(a);
    CHECK_OK(rill_close(s));
    rill_free(data);
}

TEST(archive__entry_fails_with_the_stream)
{
    struct archive *a = reader();
    void *data;
    size_t len = archive_bytes(&formats[2], &data);
    rill *s = open_failing(data, len, 5000, EIO);
    rill *in = failing_entry(a, s);
    rill_error e;

    CHECK_CODE(RILL_EIO, rill_failed(in, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_STR("b", e.path);
    CHECK_CODE(RILL_EIO, rill_close(in));
    archive_read_free(a);
    CHECK_CODE(RILL_EIO, rill_close(s));
    rill_free(data);
}

TEST(archive__entry_modes)
{
    rill *s = rill_open_mem(NULL);
    struct archive *a = writer(&formats[2]);

    CHECK_INT(ARCHIVE_OK, rill_archive_write_open(a, s));
    CHECK_PTR(NULL, rill_open_archive_entry(a, NULL, "ab", NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_archive_entry(a, NULL, "rb+", NULL));
    archive_write_free(a);
    CHECK_OK(rill_close(s));
}
