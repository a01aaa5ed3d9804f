/*
 * test_zip.c - libzip over every kind of stream: archives come back as they
 * were, other programs read what was written and the other way round, and
 * whatever fails, the old archive stays whole.
 */
#include "archives.h"

#include <rill/share.h>
#include <rill/testing/double.h>
#include <rill/zip.h>

/* ---- Writing ------------------------------------------------------------- */

/* Open an archive in a stream that stays ours. NULL with *error set. */
static zip_t *open_in(rill *s, int flags, zip_error_t *error)
{
    zip_source_t *source;
    zip_t *za;

    zip_error_init(error);
    source = rill_zip_source_create(s, RILL_BORROW, error);
    CHECK(source != NULL);
    za = zip_open_from_source(source, flags, error);
    if (!za)
        zip_source_free(source);
    return za;
}

/* The same where it must succeed. */
static zip_t *archive_in(rill *s, int flags)
{
    zip_error_t error;
    zip_t *za = open_in(s, flags, &error);

    if (!za)
        FAIL("zip_open_from_source: %s", zip_error_strerror(&error));
    return za;
}

static void add_source(zip_t *za, const char *name, zip_source_t *source)
{
    zip_int64_t index;

    CHECK(source != NULL);
    index = zip_file_add(za, name, source, 0);
    CHECK(index >= 0);
    CHECK_INT(0, zip_file_set_mtime(za, (zip_uint64_t)index, 1000000000, 0));
}

static void add(zip_t *za, const char *name, const void *data, size_t len)
{
    add_source(za, name, zip_source_buffer(za, data, len, 0));
}

static void delete_file(zip_t *za, const char *name)
{
    zip_int64_t index = zip_name_locate(za, name, 0);

    CHECK(index >= 0);
    CHECK_INT(0, zip_delete(za, (zip_uint64_t)index));
}

/* The archive that most tests start from. */
static void fill(zip_t *za)
{
    add(za, "a", small, SMALL);
    add(za, "b", big(), BIG);
    CHECK_INT(0, zip_close(za));
}

static rill *filled_mem(void)
{
    rill *s = rill_open_mem(NULL);

    fill(archive_in(s, ZIP_CREATE));
    return s;
}

/* ---- Reading ------------------------------------------------------------- */

/* Whether the file can be read. Ends the test if it can, and the bytes are
 * others. */
static int reads_as(zip_t *za, const char *name, const void *want, size_t len)
{
    zip_file_t *f = zip_fopen(za, name, 0);
    unsigned char *got = test_alloc(len + 1);
    zip_int64_t n = f ? zip_fread(f, got, len + 1) : -1;
    int ok = n == (zip_int64_t)len && zip_fread(f, got + len, 1) == 0;

    if (f)
        zip_fclose(f);
    if (ok)
        CHECK_MEM(got, n, want, len);
    free(got);
    return ok;
}

/* Whether a stream holds what fill() wrote. */
static int reads_back(rill *s)
{
    zip_error_t error;
    zip_t *za = open_in(s, ZIP_RDONLY, &error);
    int ok = za && zip_get_num_entries(za, 0) == 2 &&
             reads_as(za, "a", small, SMALL) && reads_as(za, "b", big(), BIG);

    zip_error_fini(&error);
    if (za)
        zip_discard(za);
    return ok;
}

BRIDGE_TEST(zip__comes_back)
{
    rill *s = kind->open();

    fill(archive_in(s, ZIP_CREATE));
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(zip__changes)
{
    rill *s = kind->open();
    zip_t *za;
    int64_t size;

    fill(archive_in(s, ZIP_CREATE));
    size = rill_size(s);
    za = archive_in(s, 0);
    add(za, "c", "third", 5);
    CHECK_INT(0, zip_close(za));
    CHECK(rill_size(s) > size);
    CHECK_INT(0, rill_tell(s));

    za = archive_in(s, ZIP_CHECKCONS);
    CHECK(reads_as(za, "c", "third", 5));
    delete_file(za, "b");
    CHECK_INT(0, zip_close(za));
    CHECK(rill_size(s) < size);

    za = archive_in(s, ZIP_CHECKCONS);
    CHECK_INT(2, zip_get_num_entries(za, 0));
    CHECK(reads_as(za, "a", small, SMALL));
    CHECK(reads_as(za, "c", "third", 5));
    delete_file(za, "a");
    delete_file(za, "c");
    CHECK_INT(0, zip_close(za));
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(zip__is_replaced)
{
    rill *s = kind->open();
    zip_t *za;

    fill(archive_in(s, ZIP_CREATE));
    za = archive_in(s, ZIP_TRUNCATE);
    add(za, "only", "one", 3);
    CHECK_INT(0, zip_close(za));
    za = archive_in(s, ZIP_CHECKCONS);
    CHECK_INT(1, zip_get_num_entries(za, 0));
    CHECK(reads_as(za, "only", "one", 3));
    zip_discard(za);
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(zip__discarded)
{
    rill *s = kind->open();
    zip_t *za;

    fill(archive_in(s, ZIP_CREATE));
    za = archive_in(s, 0);
    add(za, "c", "third", 5);
    delete_file(za, "b");
    zip_discard(za);
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
}

TEST(zip__same_bytes_as_in_a_file)
{
    rill *s = filled_mem();
    size_t len;
    void *file;
    const void *data;

    fill(zip_open("file", ZIP_CREATE, NULL));
    file = test_read_file("file", &len);
    CHECK_MEM(file, len, data, (size_t)rill_data(s, &data));
    free(file);
    CHECK_OK(rill_close(s));
}

/* A file, for libzip's own way and for ours. */
TEST(zip__in_a_file_made_for_it)
{
    rill *s = rill_open("made", "wb");
    zip_t *za;

    fill(archive_in(s, ZIP_CREATE));
    CHECK_OK(rill_close(s));
    za = zip_open("made", ZIP_CHECKCONS, NULL);
    CHECK(reads_as(za, "b", big(), BIG));
    zip_discard(za);
}

TEST(zip__whatever_the_position)
{
    rill *s = filled_mem();

    CHECK(rill_seek(s, 0, RILL_SEEK_END) > 0);
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
}

TEST(zip__in_a_section)
{
    rill *whole = filled_mem(), *s = rill_open_mem(NULL), *section;

    CHECK_INT(7, rill_puts(s, "before "));
    CHECK(rill_copy(s, whole, -1) > 0);
    section = rill_open_section(s, 7, rill_size(whole), NULL);
    CHECK(reads_back(section));
    CHECK_OK(rill_close(section));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(whole));
}

/* A save appears when the stream is closed, and not before. */
TEST(zip__in_a_save)
{
    rill *s = rill_open("made", "wb");
    zip_t *za;
    int i;

    fill(archive_in(s, ZIP_CREATE));
    CHECK_OK(rill_close(s));
    for (i = 0; i < 2; i++) {
        rill_options o = RILL_OPTIONS_INIT;

        o.save = RILL_SAVE_ATOMIC;
        s = rill_open_with("made", "rb+", &o);
        za = archive_in(s, 0);
        add(za, "c", "third", 5);
        CHECK_INT(0, zip_close(za));
        if (i == 0)
            rill_discard(s);
        else
            CHECK_OK(rill_close(s));
        za = zip_open("made", ZIP_CHECKCONS, NULL);
        CHECK_INT(2 + i, zip_get_num_entries(za, 0));
        zip_discard(za);
    }
}

/* ---- Content of files ---------------------------------------------------- */

TEST(zip__content_from_streams)
{
    rill *s = rill_open_mem(NULL), *mem = rill_open_mem(NULL), *file;
    zip_t *za = archive_in(s, ZIP_CREATE);

    CHECK_INT(5, rill_puts(mem, "a mem"));
    file = rill_open("content", "wb+");
    CHECK_INT(BIG, rill_write(file, big(), BIG));
    add_source(za, "mem", rill_zip_source(za, mem, RILL_BORROW));
    add_source(za, "again", rill_zip_source(za, mem, RILL_BORROW));
    add_source(za, "file", rill_zip_source(za, file, RILL_TAKE));
    add_source(za, "pipe",
               rill_zip_source(za, open_pipe(big(), BIG), RILL_TAKE));
    add_source(za, "view",
               rill_zip_source(za, rill_open_view("", 0), RILL_TAKE));
    CHECK_INT(0, zip_close(za));
    CHECK_OK(rill_close(mem));

    za = archive_in(s, ZIP_CHECKCONS);
    CHECK(reads_as(za, "mem", "a mem", 5));
    CHECK(reads_as(za, "again", "a mem", 5));
    CHECK(reads_as(za, "file", big(), BIG));
    CHECK(reads_as(za, "pipe", big(), BIG));
    CHECK(reads_as(za, "view", "", 0));
    zip_discard(za);
    CHECK_OK(rill_close(s));
}

TEST(zip__content_that_cannot_be_opened)
{
    rill *s = rill_open_mem(NULL);
    zip_t *za = archive_in(s, ZIP_CREATE);

    CHECK_PTR(NULL, rill_zip_source(za, rill_open("absent", "rb"), RILL_TAKE));
    CHECK_STR("Can't open file: No such file or directory", zip_strerror(za));
    zip_discard(za);
    CHECK_OK(rill_close(s));
}

/* What can seek is read as often as libzip likes. A pipe is read once: libzip
 * is told so, and adds no empty file. */
TEST(zip__content_twice)
{
    rill *streams[] = {rill_open_view(small, SMALL), open_pipe(small, SMALL)};
    int i;

    for (i = 0; i < 2; i++) {
        zip_source_t *source =
            rill_zip_source_create(streams[i], RILL_TAKE, NULL);
        char byte = 0;

        CHECK_INT(0, zip_source_open(source));
        CHECK_INT(1, zip_source_read(source, &byte, 1));
        CHECK_INT(small[0], byte);
        CHECK_INT(0, zip_source_close(source));
        CHECK_INT(-i, zip_source_open(source));
        if (i == 0) {
            CHECK_INT(1, zip_source_read(source, &byte, 1));
            CHECK_INT(small[0], byte);
            CHECK_INT(0, zip_source_close(source));
        } else {
            CHECK_INT(ZIP_ER_SEEK,
                      zip_error_code_zip(zip_source_error(source)));
        }
        zip_source_free(source);
    }
}

TEST(zip__content_fails)
{
    rill *s = filled_mem();
    rill *bad = open_failing(big(), BIG, 5000, EIO);
    zip_t *za = archive_in(s, 0);

    add_source(za, "c", rill_zip_source(za, bad, RILL_BORROW));
    CHECK_INT(-1, zip_close(za));
    CHECK_STR("Read error: Input/output error", zip_strerror(za));
    zip_discard(za);
    CHECK_CODE(RILL_EIO, rill_close(bad));
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
}

/* ---- Other programs ------------------------------------------------------ */

TEST(zip__reads_what_others_made)
{
    check_packers(zip_packers, ZIP_PACKERS, reads_back);
}

/* Ten thousand files, in a file that is changed. */
TEST(zip__others_read_what_was_written)
{
    rill *s = rill_open("made", "wb+");
    zip_t *za = archive_in(s, ZIP_CREATE);
    char name[20];
    int i;

    add(za, "b", big(), BIG);
    CHECK_INT(0, zip_close(za));
    za = archive_in(s, 0);
    for (i = 0; i < 10000; i++) {
        snprintf(name, sizeof(name), "%d", i);
        add(za, name, small, SMALL);
    }
    CHECK_INT(0, zip_close(za));
    CHECK_OK(rill_close(s));
    CHECK(!have_tool("unzip") || tool("unzip -t made"));
    CHECK(!have_tool("python3") ||
          tool("python3 -c 'import zipfile\n"
               "z = zipfile.ZipFile(\"made\")\n"
               "assert z.testzip() is None and len(z.namelist()) == 10001'"));
}

/* Offsets beyond 4 GiB; and what stays in front of a change is not copied: the
 * hole would fill a spool with 5 GiB. */
TEST(zip__zip64_that_python_made)
{
    rill *s;
    zip_t *za;

    if (!have_tool("python3"))
        SKIP("there is no python3");
    CHECK(tool("python3 -c 'import zipfile\n"
               "f = open(\"made\", \"wb\")\n"
               "f.seek(5 << 30)\n"
               "with zipfile.ZipFile(f, \"w\") as z:\n"
               "    z.writestr(\"a\", \"first\")\n'"));
    s = rill_open("made", "rb+");
    za = archive_in(s, 0);
    CHECK(reads_as(za, "a", "first", 5));
    add(za, "b", big(), BIG);
    CHECK_INT(0, zip_close(za));
    CHECK(rill_size(s) > (int64_t)5 << 30);
    CHECK_OK(rill_close(s));
    CHECK(tool("python3 -c 'import zipfile\n"
               "z = zipfile.ZipFile(\"made\")\n"
               "assert z.testzip() is None and z.namelist() == [*\"ab\"]'"));
}

/* ---- What fails ---------------------------------------------------------- */

TEST(zip__damaged)
{
    rill *s = filled_mem();
    void *data;
    size_t len = (size_t)rill_take(s, &data);

    check_cut_short(data, len, reads_back);
    check_reading_fails(data, len, len, reads_back);
    check_damaged(data, len, reads_back);
    rill_free(data);
    CHECK_OK(rill_close(s));
}

/* Ways to change what fill() wrote. */
static void grow(zip_t *za)
{
    add(za, "c", big(), BIG / 2);
}

static void shrink(zip_t *za)
{
    delete_file(za, "a");
}

static void change(zip_t *za)
{
    CHECK_INT(0, zip_file_rename(za, 0, "renamed", 0));
    CHECK_INT(0, zip_set_archive_comment(za, small, SMALL));
}

static void (*const changes[])(zip_t *za) = {grow, shrink, change};

static rill *changed_mem(void (*how)(zip_t *za))
{
    rill *s = filled_mem();
    zip_t *za = archive_in(s, 0);

    how(za);
    CHECK_INT(0, zip_close(za));
    return s;
}

static void check_same(rill *want, rill *got)
{
    const void *wanted, *bytes;
    ptrdiff_t want_len = rill_data(want, &wanted);

    CHECK_MEM(bytes, rill_data(got, &bytes), wanted, (size_t)want_len);
    CHECK_OK(rill_close(want));
}

/* Change the archive under a double. If that fails, the old one is there. */
static void change_under(void (*how)(zip_t *za), rill_double *d)
{
    rill *under = filled_mem();
    rill *s = rill_open_double(under, RILL_BORROW, d, NULL);
    int failure = d->failure;
    zip_t *za = archive_in(s, 0);

    how(za);
    if (zip_close(za) == 0) {
        check_same(changed_mem(how), under);
    } else {
        CHECK_INT(ZIP_ER_WRITE, zip_error_code_zip(zip_get_error(za)));
        CHECK_INT(failure, zip_error_code_system(zip_get_error(za)));
        zip_discard(za);
        check_same(filled_mem(), under);
    }
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(under));
}

TEST(zip__writing_fails)
{
    size_t i, from;

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        rill *changed = changed_mem(changes[i]);
        size_t len = (size_t)rill_size(changed);

        for (from = 0; from < len; from = next_place(from, len)) {
            rill_double d = {.fails = RILL_DOUBLE_WRITE,
                             .failure = EIO,
                             .from = (int64_t)from};

            test_context("change %zu from %zu", i, from);
            change_under(changes[i], &d);
            CHECK(d.writes > 0);
        }
        CHECK_OK(rill_close(changed));
    }
}

/* One write of many fails; libzip hears of it, unless the next one went. */
TEST(zip__writing_fails_once)
{
    size_t i;
    unsigned piece;

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        for (piece = 1; piece < 2 * BIG; piece *= 3) {
            rill_double d = {.fails = RILL_DOUBLE_WRITE,
                             .failure = ENOSPC,
                             .piece = piece,
                             .from = BIG / 2 + piece,
                             .times = 1};

            test_context("change %zu by %u", i, piece);
            change_under(changes[i], &d);
        }
    }
}

/* libzip lets its users try again where it needs no old archive for that. */
TEST(zip__closed_again)
{
    rill_double d = {.fails = RILL_DOUBLE_WRITE, .failure = EIO, .times = 1};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    zip_t *za = archive_in(s, ZIP_CREATE);

    add(za, "a", small, SMALL);
    add(za, "b", big(), BIG);
    CHECK_INT(-1, zip_close(za));
    CHECK_INT(0, rill_size(s));
    CHECK_INT(0, zip_close(za));
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
}

TEST(zip__cutting_fails)
{
    rill_double d = {.fails = RILL_DOUBLE_TRUNCATE, .failure = EIO, .times = 1};

    change_under(shrink, &d);
    CHECK_INT(1, d.truncates);
}

TEST(zip__no_room)
{
    static unsigned char room[2 * BIG];
    rill *whole = filled_mem();
    const void *data;
    size_t len = (size_t)rill_data(whole, &data), size;

    for (size = len; size < len + BIG / 2; size += 9999) {
        rill_options o = RILL_OPTIONS_INIT;
        rill *s;
        zip_t *za;

        memcpy(room, data, len);
        o.length = len;
        s = rill_open_fixed(room, size, &o);
        za = archive_in(s, 0);
        grow(za);
        CHECK_INT(-1, zip_close(za));
        CHECK_STR("Write error: No space left on device", zip_strerror(za));
        zip_discard(za);
        CHECK_MEM(room, rill_size(s), data, len);
        CHECK_OK(rill_close(s));
    }
    CHECK_OK(rill_close(whole));
}

/* ---- Not open for it ----------------------------------------------------- */

TEST(zip__read_only)
{
    rill *whole = filled_mem(), *s;
    const void *data;
    zip_t *za;

    s = rill_open_view(data, (size_t)rill_data(whole, &data));
    CHECK(reads_back(s));
    za = archive_in(s, 0);
    CHECK_INT(-1, zip_delete(za, 0));
    CHECK_INT(ZIP_ER_RDONLY, zip_error_code_zip(zip_get_error(za)));
    zip_discard(za);
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(whole));
}

/* What can be written, and what cannot be an archive. */
TEST(zip__that_is_none)
{
    rill *streams[] = {rill_open_view("", 0), rill_open_view("not a zip", 9),
                       open_pipe("", 0), rill_open("made", "ab+")};
    const int why[] = {ZIP_ER_NOZIP, ZIP_ER_NOZIP, ZIP_ER_OPNOTSUPP,
                       ZIP_ER_NOZIP};
    size_t i;

    for (i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
        zip_error_t error;

        test_context("stream %zu", i);
        CHECK_PTR(NULL, open_in(streams[i], ZIP_CREATE, &error));
        CHECK_INT(why[i], zip_error_code_zip(&error));
        zip_error_fini(&error);
        CHECK_OK(rill_close(streams[i]));
    }
}
