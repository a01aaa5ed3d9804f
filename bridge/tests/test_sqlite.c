/*
 * test_sqlite.c - databases from and to every kind of stream: what was stored
 * is there again, and what fails, fails with SQLite's codes and leaves the
 * database that was there.
 */
#include "streams.h"

#include <errno.h>

#include <rill/ops.h>
#include <rill/sqlite.h>

enum { ROWS = 5000 };

static sqlite3 *open_db(const char *name)
{
    sqlite3 *db;

    CHECK_INT(SQLITE_OK,
              sqlite3_open_v2(name, &db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                  SQLITE_OPEN_URI,
                              NULL));
    return db;
}

/* Run statements; the code that they end with. */
static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The first number that a query gives; -1 if it fails. */
static int64_t ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *query = NULL;
    int64_t number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW)
        number = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return number;
}

/* A table of ROWS rows: some 500 KB, of which SQLite keeps little in memory. */
static sqlite3 *filled(const char *name)
{
    sqlite3 *db = open_db(name);
    char sql[300];

    snprintf(sql, sizeof(sql),
             "PRAGMA cache_size = 10;"
             "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
             "                        WHERE i < %d)"
             "INSERT INTO t SELECT i, printf('%%080d', i * 7) FROM n",
             ROWS);
    CHECK_INT(SQLITE_OK, run(db, sql));
    return db;
}

static void check_filled(sqlite3 *db)
{
    CHECK_INT(ROWS, ask(db, "SELECT count(*) FROM t"));
    CHECK_INT(0, ask(db, "SELECT count(*) FROM t"
                         " WHERE b <> printf('%080d', a * 7)"));
    CHECK_INT(1, ask(db, "SELECT integrity_check = 'ok'"
                         " FROM pragma_integrity_check"));
}

/* The bytes of a filled database: rill_free(). */
static size_t image_of(void **data_out)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled(":memory:");
    ptrdiff_t len;

    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, NULL, s));
    len = rill_take(s, data_out);
    CHECK(len > ROWS * 80);
    CHECK_OK(rill_close(s));
    sqlite3_close(db);
    return (size_t)len;
}

/* From one piece of memory, from pages in memory, and from a file: each has a way
 * of its own. */
BRIDGE_TEST(sqlite__comes_back)
{
    static const char *const names[] = {"file:m?vfs=memdb",
                                        ":memory:", "file.db"};
    size_t i;

    for (i = 0; i < 3; i++) {
        rill *s = kind->open();
        sqlite3 *db = filled(names[i]), *again = open_db(":memory:");

        test_context("%s", names[i]);
        CHECK_INT(3, rill_puts(s, "abc"));
        CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, NULL, s));
        CHECK_INT(0, (rill_size(s) - 3) % 512);
        CHECK_INT(rill_size(s), rill_tell(s));
        sqlite3_close(db);

        CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
        CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(again, NULL, s, 0));
        CHECK_INT(rill_size(s), rill_tell(s));
        CHECK_OK(rill_close(s)); /* the database does not need it any more */
        check_filled(again);
        CHECK_INT(SQLITE_OK, run(again, "INSERT INTO t SELECT a + 100000, b"
                                        " FROM t"));
        CHECK_INT(2 * ROWS, ask(again, "SELECT count(*) FROM t"));
        sqlite3_close(again);
    }
}

BRIDGE_TEST(sqlite__empty)
{
    rill *s = kind->open();
    sqlite3 *db = open_db(":memory:"), *file = open_db("empty.db");

    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(file, "main", s));
    CHECK_INT(0, rill_size(s));
    CHECK_INT(SQLITE_OK, run(db, "CREATE TABLE gone(a)"));
    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(db, "main", s, 0));
    CHECK_INT(-1, ask(db, "SELECT count(*) FROM gone"));
    CHECK_INT(SQLITE_OK, run(db, "CREATE TABLE t(a)"));
    sqlite3_close(file);
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
}

TEST(sqlite__from_a_pipe)
{
    void *data;
    size_t len = image_of(&data);
    rill *s = open_pipe(data, len);
    sqlite3 *db = open_db(":memory:");

    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(db, "main", s, 0));
    check_filled(db);
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
    rill_free(data);
}

/* What a transaction has written is in no file yet, and not lost. */
TEST(sqlite__in_a_transaction)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled("file.db"), *again = open_db(":memory:");

    CHECK_INT(SQLITE_OK, run(db, "BEGIN; INSERT INTO t VALUES(0, 'more')"));
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(SQLITE_OK, run(db, "ROLLBACK"));
    rill_rewind(s);
    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(again, "main", s, 0));
    CHECK_INT(ROWS + 1, ask(again, "SELECT count(*) FROM t"));
    sqlite3_close(again);
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
}

/* A temporary file, which SQLite writes only when it needs the memory. */
TEST(sqlite__temporary)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled(""), *again = open_db(":memory:");

    CHECK_INT(SQLITE_OK, run(db, "PRAGMA cache_size = 10000;"
                                 "INSERT INTO t VALUES(0, 'more')"));
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    rill_rewind(s);
    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(again, "main", s, 0));
    CHECK_INT(ROWS + 1, ask(again, "SELECT count(*) FROM t"));
    sqlite3_close(again);
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
}

/* A stream that tries to change the database with which it is written. */
static sqlite3 *meddler;
static int meddled;

static ptrdiff_t meddle(rill *s, void *self, const void *buf, size_t n,
                        int64_t offset)
{
    (void)s;
    (void)self;
    (void)buf;
    (void)offset;
    meddled = run(meddler, "DELETE FROM t");
    return (ptrdiff_t)n;
}

static const rill_ops meddler_ops = {
    .struct_size = sizeof(rill_ops),
    .name = "meddler",
    .write = meddle,
};

/* While a file is being written nobody changes it; afterwards everybody may. */
TEST(sqlite__held_while_it_is_written)
{
    void *self;
    rill *s = rill_open_ops(&meddler_ops, RILL_WRITE, NULL, NULL, &self);
    rill *failing = open_failing("", 0, 200000, EIO);
    sqlite3 *db = filled("file.db");

    meddler = open_db("file.db");
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(SQLITE_BUSY, meddled);
    CHECK_INT(SQLITE_IOERR_WRITE, rill_sqlite_serialize(db, "main", failing));
    CHECK_INT(SQLITE_OK, run(meddler, "DELETE FROM t"));
    sqlite3_close(meddler);
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
    CHECK_CODE(RILL_EIO, rill_close(failing));
}

TEST(sqlite__attached)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled(":memory:");

    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    rill_rewind(s);
    CHECK_INT(SQLITE_OK, run(db, "ATTACH ':memory:' AS other"));
    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(db, "other", s, 0));
    CHECK_INT(ROWS, ask(db, "SELECT count(*) FROM other.t"));
    CHECK_INT(SQLITE_OK, run(db, "DELETE FROM main.t"));
    CHECK_INT(ROWS, ask(db, "SELECT count(*) FROM other.t"));

    CHECK_INT(SQLITE_ERROR, rill_sqlite_serialize(db, "none", s));
    rill_rewind(s);
    CHECK_INT(SQLITE_ERROR, rill_sqlite_deserialize(db, "none", s, 0));
    CHECK_INT(SQLITE_ERROR, rill_sqlite_view(db, "none", s));
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
}

TEST(sqlite__read_only)
{
    void *data;
    size_t len = image_of(&data);
    rill *s = rill_open_view(data, len);
    sqlite3 *db = open_db(":memory:");

    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(db, "main", s,
                                                 SQLITE_DESERIALIZE_READONLY));
    check_filled(db);
    CHECK_INT(SQLITE_READONLY, run(db, "DELETE FROM t"));
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
    rill_free(data);
}

/* In place: the bytes are the stream's, before, after and meanwhile. */
TEST(sqlite__view)
{
    void *data, *before;
    size_t len = image_of(&data);
    rill *s = rill_open_mem_take(data, len, NULL);
    sqlite3 *db = open_db(":memory:");
    sqlite3_int64 size;

    CHECK_INT(len, rill_getvalue(s, &before));
    CHECK_INT(SQLITE_OK, rill_sqlite_view(db, NULL, s));
    CHECK_PTR(data,
              sqlite3_serialize(db, "main", &size, SQLITE_SERIALIZE_NOCOPY));
    check_filled(db);
    CHECK_INT(SQLITE_READONLY, run(db, "DELETE FROM t"));
    CHECK_INT(SQLITE_READONLY, run(db, "VACUUM"));
    CHECK_INT(0, rill_tell(s));
    sqlite3_close(db);
    CHECK_MEM(data, len, before, len);
    CHECK_OK(rill_close(s));
    rill_free(before);
}

TEST(sqlite__no_view)
{
    rill *s = rill_open("file", "wb+");
    sqlite3 *db = filled(":memory:");
    unsigned char other[1000];

    CHECK_INT(SQLITE_CANTOPEN, rill_sqlite_view(db, "main", s));
    check_filled(db);
    CHECK_OK(rill_close(s));
    test_pattern(other, sizeof(other), 0);
    s = rill_open_view(other, sizeof(other));
    CHECK_INT(SQLITE_NOTADB, rill_sqlite_view(db, "main", s));
    check_filled(db);
    CHECK_OK(rill_close(s));
    sqlite3_close(db);
}

/* From the position on, of which there may be nothing. */
TEST(sqlite__view_of_the_rest)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled(":memory:"), *again = open_db(":memory:");

    CHECK_INT(8, rill_puts(s, "the head"));
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(8, rill_seek(s, 8, RILL_SEEK_SET));
    CHECK_INT(SQLITE_OK, rill_sqlite_view(again, "main", s));
    check_filled(again);
    CHECK(rill_seek(s, 100, RILL_SEEK_END) > 0);
    CHECK_INT(SQLITE_OK, rill_sqlite_view(again, "main", s));
    CHECK_INT(0, ask(again, "SELECT count(*) FROM sqlite_schema"));
    sqlite3_close(again);
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
}

/* Memory has no WAL mode: a copy leaves it, a view cannot. A part of what is
 * stored is in no file but the WAL. */
TEST(sqlite__wal)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled("wal.db"), *again = open_db(":memory:");

    CHECK_INT(SQLITE_OK, run(db, "PRAGMA journal_mode = wal;"
                                 "INSERT INTO t VALUES(0, 'more')"));
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    sqlite3_close(db);
    rill_rewind(s);
    CHECK_INT(SQLITE_CANTOPEN, rill_sqlite_view(again, "main", s));
    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(again, "main", s, 0));
    CHECK_INT(ROWS + 1, ask(again, "SELECT count(*) FROM t"));
    CHECK_INT(SQLITE_OK, run(again, "DELETE FROM t WHERE a = 0"));
    check_filled(again);
    sqlite3_close(again);
    CHECK_OK(rill_close(s));
}

/* Where a part is missing, or something else is there, all stays as it was. */
TEST(sqlite__cut_short)
{
    void *data;
    size_t len = image_of(&data), cut;
    sqlite3 *db = filled(":memory:");

    for (cut = 1; cut < len; cut += 1 + cut / 4) {
        rill *s = rill_open_view(data, cut);

        test_context("cut to %zu bytes", cut);
        CHECK_INT(cut < 100 ? SQLITE_NOTADB : SQLITE_CORRUPT,
                  rill_sqlite_deserialize(db, "main", s, 0));
        CHECK_OK(rill_close(s));
    }
    check_filled(db);
    sqlite3_close(db);
    rill_free(data);
}

/* The largest pages, whose size the header cannot hold. */
TEST(sqlite__large_pages)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = open_db("large.db");

    CHECK_INT(SQLITE_OK, run(db, "PRAGMA page_size = 65536;"
                                 "CREATE TABLE t(a)"));
    CHECK_INT(SQLITE_OK, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(2 * 65536, rill_size(s));
    rill_rewind(s);
    CHECK_INT(SQLITE_OK, rill_sqlite_deserialize(db, "main", s, 0));
    CHECK_INT(0, ask(db, "SELECT count(*) FROM t"));
    CHECK_OK(rill_truncate(s, 100000));
    rill_rewind(s);
    CHECK_INT(SQLITE_CORRUPT, rill_sqlite_deserialize(db, "main", s, 0));
    sqlite3_close(db);
    CHECK_OK(rill_close(s));
}

TEST(sqlite__no_memory)
{
    void *data;
    size_t len = image_of(&data);
    rill *in = rill_open_view(data, len), *out = rill_open_mem(NULL);
    sqlite3 *db = filled(":memory:");

    sqlite3_hard_heap_limit64(sqlite3_memory_used() + 100000);
    CHECK_INT(SQLITE_NOMEM, rill_sqlite_serialize(db, "main", out));
    CHECK_INT(SQLITE_NOMEM, rill_sqlite_deserialize(db, "main", in, 0));
    sqlite3_hard_heap_limit64(0);
    CHECK_INT(0, rill_size(out));
    check_filled(db);
    sqlite3_close(db);
    CHECK_OK(rill_close(in));
    CHECK_OK(rill_close(out));
    rill_free(data);
}

TEST(sqlite__reading_fails)
{
    void *data;
    size_t len = image_of(&data);
    rill *s = open_failing(data, len, 7000, EIO);
    sqlite3 *db = filled(":memory:");
    rill_error e;

    CHECK_INT(SQLITE_IOERR_READ, rill_sqlite_deserialize(db, "main", s, 0));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    check_filled(db);
    sqlite3_close(db);
    CHECK_CODE(RILL_EIO, rill_close(s));
    rill_free(data);
}

TEST(sqlite__writing_fails)
{
    rill *s = open_failing("", 0, 7000, EIO);
    sqlite3 *db = filled(":memory:");

    CHECK_INT(SQLITE_IOERR_WRITE, rill_sqlite_serialize(db, "main", s));
    CHECK_CODE(RILL_EIO, rill_close(s));
    sqlite3_close(db);
}

TEST(sqlite__no_room)
{
    static unsigned char room[7000];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);
    sqlite3 *db = filled(":memory:");

    CHECK_INT(SQLITE_FULL, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(SQLITE_FULL, rill_sqlite_serialize(db, "main", s));
    sqlite3_close(db);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(sqlite__locked)
{
    rill *s = rill_open_mem(NULL);
    sqlite3 *db = filled("locked.db"), *other = open_db("locked.db");

    CHECK_INT(SQLITE_OK, run(other, "BEGIN EXCLUSIVE; DELETE FROM t"));
    CHECK_INT(SQLITE_BUSY, rill_sqlite_serialize(db, "main", s));
    CHECK_STR("database is locked", sqlite3_errmsg(db));
    CHECK_INT(SQLITE_OK, run(db, "BEGIN"));
    CHECK_INT(SQLITE_BUSY, rill_sqlite_serialize(db, "main", s));
    sqlite3_close(db);
    db = open_db("locked.db"); /* this one does not even know its tables */
    CHECK_INT(SQLITE_BUSY, rill_sqlite_serialize(db, "main", s));
    CHECK_INT(0, rill_size(s));
    sqlite3_close(db);
    sqlite3_close(other);
    CHECK_OK(rill_close(s));
}

TEST(sqlite__not_open_for_it)
{
    rill *in = rill_open_view("abc", 3), *out = rill_open("out", "wb");
    sqlite3 *db = filled(":memory:");

    CHECK_INT(SQLITE_READONLY, rill_sqlite_serialize(db, "main", in));
    CHECK_INT(SQLITE_PERM, rill_sqlite_deserialize(db, "main", out, 0));
    CHECK_INT(SQLITE_PERM, rill_sqlite_view(db, "main", out));
    check_filled(db);
    sqlite3_close(db);
    CHECK_OK(rill_close(in));
    CHECK_OK(rill_close(out));
}
