/*
 * test_minizip.c - minizip over every kind of stream: archives come back as
 * they were, other programs read what was written and the other way round, and
 * what fails is not taken for an archive.
 */
#include "archives.h"

#include <unzip.h>
#include <zip.h>

#include <rill/minizip.h>
#include <rill/testing/double.h>

/* ---- Writing ------------------------------------------------------------- */

static zipFile open_zip(rill *s, int append)
{
    zlib_filefunc64_def io;

    rill_minizip_filefunc(&io, s);
    return zipOpen2_64("any name", append, NULL, &io);
}

static int add(zipFile z, const char *name, const void *data, unsigned len)
{
    zip_fileinfo info = {.tmz_date = {.tm_mday = 1, .tm_year = 2001}};
    int ok = zipOpenNewFileInZip64(z, name, &info, NULL, 0, NULL, 0, NULL,
                                   Z_DEFLATED, 6, 0) == ZIP_OK;

    ok = ok && zipWriteInFileInZip(z, data, len) == ZIP_OK;
    return zipCloseFileInZip(z) == ZIP_OK && ok;
}

/* The archive that most tests start from. Returns whether that went well. */
static int fill(zipFile z)
{
    int ok = z && add(z, "a", small, SMALL) && add(z, "b", big(), BIG);

    return z && zipClose(z, NULL) == ZIP_OK && ok;
}

static rill *filled_mem(void)
{
    rill *s = rill_open_mem(NULL);

    CHECK(fill(open_zip(s, APPEND_STATUS_CREATE)));
    return s;
}

/* ---- Reading ------------------------------------------------------------- */

static unzFile open_unz(rill *s)
{
    zlib_filefunc64_def io;

    rill_minizip_filefunc(&io, s);
    return unzOpen2_64("any name", &io);
}

/* Whether the file can be read. Ends the test if it can, and the bytes are
 * others. */
static int reads_as(unzFile u, const char *name, const void *want, size_t len)
{
    unsigned char *got;
    int n = -1, ok;

    if (unzLocateFile(u, name, 1) != UNZ_OK || unzOpenCurrentFile(u) != UNZ_OK)
        return 0;
    got = test_alloc(len + 1);
    n = unzReadCurrentFile(u, got, (unsigned)len + 1);
    ok = unzCloseCurrentFile(u) == UNZ_OK && n == (int)len;
    if (ok)
        CHECK_MEM(got, n, want, len);
    free(got);
    return ok;
}

/* Whether a stream holds what fill() wrote. */
static int reads_back(rill *s)
{
    unzFile u = open_unz(s);
    int ok =
        u && reads_as(u, "a", small, SMALL) && reads_as(u, "b", big(), BIG);

    return u && unzClose(u) == UNZ_OK && ok;
}

BRIDGE_TEST(minizip__comes_back)
{
    rill *s = kind->open();

    CHECK(fill(open_zip(s, APPEND_STATUS_CREATE)));
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(minizip__is_extended)
{
    rill *s = kind->open();
    unzFile u;
    zipFile z;

    CHECK(fill(open_zip(s, APPEND_STATUS_CREATE)));
    z = open_zip(s, APPEND_STATUS_ADDINZIP);
    CHECK(z && add(z, "c", "third", 5));
    CHECK_INT(ZIP_OK, zipClose(z, NULL));
    u = open_unz(s);
    CHECK(reads_as(u, "b", big(), BIG));
    CHECK(reads_as(u, "c", "third", 5));
    CHECK_INT(UNZ_OK, unzClose(u));
    CHECK_OK(rill_close(s));
}

/* Behind what is there, which stays: an archive that unpacks itself. */
BRIDGE_TEST(minizip__behind_something)
{
    rill *s = kind->open();

    CHECK_INT(7, rill_puts(s, "program"));
    CHECK(fill(open_zip(s, APPEND_STATUS_CREATEAFTER)));
    CHECK(reads_back(s));
    rill_rewind(s);
    CHECK_READS(s, "program");
    CHECK_OK(rill_close(s));
}

/* Creating drops what was there, however long it was. */
BRIDGE_TEST(minizip__is_replaced)
{
    rill *s = kind->open(), *mem = filled_mem();
    int i;

    for (i = 0; i < 50; i++)
        CHECK_INT(SMALL, rill_puts(s, small));
    CHECK_INT(3 * BIG, rill_seek(s, 3 * BIG, RILL_SEEK_SET));
    CHECK_INT(SMALL, rill_puts(s, small));
    CHECK(fill(open_zip(s, APPEND_STATUS_CREATE)));
    CHECK_INT(rill_size(mem), rill_size(s));
    CHECK(reads_back(s));
    CHECK_OK(rill_close(mem));
    CHECK_OK(rill_close(s));
}

TEST(minizip__same_bytes_as_in_a_file)
{
    rill *s = filled_mem();
    size_t len;
    void *file;
    const void *data;

    CHECK(fill(zipOpen64("file", APPEND_STATUS_CREATE)));
    file = test_read_file("file", &len);
    CHECK_MEM(file, len, data, (size_t)rill_data(s, &data));
    free(file);
    CHECK_OK(rill_close(s));
}

TEST(minizip__in_a_file_made_for_it)
{
    rill *s = rill_open("made", "wb");
    unzFile u;

    CHECK(fill(open_zip(s, APPEND_STATUS_CREATE)));
    CHECK_OK(rill_close(s));
    u = unzOpen64("made");
    CHECK(reads_as(u, "b", big(), BIG));
    CHECK_INT(UNZ_OK, unzClose(u));
}

/* ---- Other programs ------------------------------------------------------ */

TEST(minizip__reads_what_others_made)
{
    check_packers(zip_packers, ZIP_PACKERS, reads_back);
}

TEST(minizip__others_read_what_was_written)
{
    rill *s = rill_open("made", "wb");
    zipFile z = open_zip(s, APPEND_STATUS_CREATE);
    char name[20];
    int i;

    for (i = 0; i < 10000; i++) {
        snprintf(name, sizeof(name), "%d", i);
        CHECK(add(z, name, small, SMALL));
    }
    CHECK_INT(ZIP_OK, zipClose(z, "ten thousand files"));
    CHECK_OK(rill_close(s));
    CHECK(!have_tool("unzip") || tool("unzip -t made"));
    CHECK(!have_tool("python3") ||
          tool("python3 -c 'import zipfile\n"
               "z = zipfile.ZipFile(\"made\")\n"
               "assert z.testzip() is None and len(z.namelist()) == 10000'"));
}

/* An archive behind a hole of 5 GiB. Many versions of minizip write such offsets
 * and list the files, but cannot read these, with files of their own too. */
TEST(minizip__beyond_4_gib)
{
    rill *s = rill_open("made", "wb+");
    char name[10];
    unzFile u;

    CHECK_OK(rill_truncate(s, (int64_t)5 << 30));
    CHECK(fill(open_zip(s, APPEND_STATUS_CREATEAFTER)));
    CHECK(rill_size(s) > ((int64_t)5 << 30) + BIG);
    u = open_unz(s);
    CHECK_INT(UNZ_OK, unzLocateFile(u, "b", 1));
    CHECK_INT(UNZ_OK, unzGetCurrentFileInfo64(u, NULL, name, sizeof(name), NULL,
                                              0, NULL, 0));
    CHECK_STR("b", name);
    CHECK_INT(UNZ_OK, unzClose(u));
    CHECK_OK(rill_close(s));
    CHECK(!have_tool("python3") || tool("python3 -m zipfile -t made"));
}

/* ---- What fails ---------------------------------------------------------- */

TEST(minizip__damaged)
{
    rill *s = filled_mem();
    void *data;
    size_t len = (size_t)rill_take(s, &data);

    /* The last two bytes, a comment's length, minizip can do without. */
    check_cut_short(data, len - 2, reads_back);
    check_reading_fails(data, len, len - 2, reads_back);
    check_damaged(data, len, reads_back);
    rill_free(data);
    CHECK_OK(rill_close(s));
}

/* What minizip asks after a short read: whether that was the end. */
TEST(minizip__tells_failures_from_the_end)
{
    rill *s = open_failing(small, SMALL, 5, EIO);
    zlib_filefunc64_def io;
    char bytes[SMALL];

    rill_minizip_filefunc(&io, s);
    CHECK_INT(5, io.zread_file(io.opaque, s, bytes, SMALL));
    CHECK_INT(0, io.zread_file(io.opaque, s, bytes, 1));
    CHECK(io.zerror_file(io.opaque, s) != 0);
    rill_discard(s);
    s = rill_open_view("", 0);
    CHECK_INT(0, io.zread_file(s, s, bytes, 1));
    CHECK_INT(0, io.zerror_file(s, s));
    CHECK_OK(rill_close(s));
}

/* Wherever a write fails, zipClose() has said so at last. */
TEST(minizip__writing_fails)
{
    rill *whole = filled_mem();
    size_t len = (size_t)rill_size(whole), from;

    for (from = 0; from < len; from = next_place(from, len)) {
        rill_double d = {.fails = RILL_DOUBLE_WRITE,
                         .failure = ENOSPC,
                         .from = (int64_t)from};
        rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);

        test_context("from %zu", from);
        CHECK(!fill(open_zip(s, APPEND_STATUS_CREATE)));
        CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
        rill_discard(s);
    }
    CHECK_OK(rill_close(whole));
}

TEST(minizip__no_room)
{
    unsigned char room[5000];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    CHECK(!fill(open_zip(s, APPEND_STATUS_CREATE)));
    rill_discard(s);
}

TEST(minizip__not_open_for_it)
{
    rill *mem = filled_mem(), *s;
    const void *data;

    s = rill_open_view(data, (size_t)rill_data(mem, &data));
    CHECK_PTR(NULL, open_zip(s, APPEND_STATUS_CREATE));
    CHECK_PTR(NULL, open_zip(s, APPEND_STATUS_ADDINZIP));
    CHECK(reads_back(s));
    CHECK_OK(rill_close(s));
    s = open_pipe("", 0);
    CHECK_PTR(NULL, open_unz(s));
    CHECK_OK(rill_close(s));
    s = rill_open("made", "wb");
    CHECK_PTR(NULL, open_unz(s));
    CHECK_PTR(NULL, open_zip(s, APPEND_STATUS_ADDINZIP));
    CHECK_OK(rill_close(s));
    s = rill_open("made", "ab+");
    CHECK_PTR(NULL, open_zip(s, APPEND_STATUS_CREATE));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(mem));
}

/* minizip does not close what it cannot make sense of: nothing is lost. */
TEST(minizip__that_is_none)
{
    rill *s = rill_open_mem(NULL);

    CHECK_INT(SMALL, rill_puts(s, small));
    CHECK_PTR(NULL, open_unz(s));
    CHECK_PTR(NULL, open_zip(s, APPEND_STATUS_ADDINZIP));
    CHECK_HOLDS(s, "A small file.\n");
    CHECK_OK(rill_close(s));
}
