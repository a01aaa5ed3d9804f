/*
 * sqlite.c (bench) - a database from a file to memory, and from memory or a
 * file to a file: by reading and writing memory of SQLite's own, and by a
 * stream. Reading is followed by a query that visits all rows.
 */
#include <stdio.h>

#include <rill/sqlite.h>

#include "side_by_side.h"

static const char path[] = "bench_sqlite.tmp", source[] = "bench_sqlite.db";
static sqlite3_int64 size;

static void must(int rc)
{
    if (rc != SQLITE_OK)
        give_up(sqlite3_errstr(rc));
}

static void *read_file(void)
{
    FILE *f = fopen(path, "rb");
    void *data = sqlite3_malloc64((sqlite3_uint64)size);

    if (!f || !data || fread(data, 1, (size_t)size, f) != (size_t)size)
        give_up("cannot read");
    fclose(f);
    return data;
}

/* In one piece of memory. */
static sqlite3 *new_db(void)
{
    sqlite3 *db;

    must(sqlite3_open_v2("one", &db, SQLITE_OPEN_READWRITE, "memdb"));
    return db;
}

static void query(sqlite3 *db)
{
    must(sqlite3_exec(db, "SELECT sum(length(b)) FROM t", NULL, NULL, NULL));
    must(sqlite3_close(db));
}

static void load_own(void *ctx)
{
    sqlite3 *db = new_db();

    (void)ctx;
    must(sqlite3_deserialize(db, "main", read_file(), size, size,
                             SQLITE_DESERIALIZE_FREEONCLOSE |
                                 SQLITE_DESERIALIZE_RESIZEABLE));
    query(db);
}

static void load_ours(void *ctx)
{
    sqlite3 *db = new_db();
    rill *s = rill_open(path, "rb");

    (void)ctx;
    must(rill_sqlite_deserialize(db, "main", s, 0));
    if (rill_close(s) < 0)
        give_up("close");
    query(db);
}

static void save_own(void *ctx)
{
    FILE *f = fopen(path, "wb");
    sqlite3_int64 len;
    void *data = sqlite3_serialize(ctx, "main", &len, SQLITE_SERIALIZE_NOCOPY);
    void *copy = NULL;

    if (!data)
        data = copy = sqlite3_serialize(ctx, "main", &len, 0);
    if (!f || fwrite(data, 1, (size_t)len, f) != (size_t)len || fclose(f) != 0)
        give_up("cannot write");
    sqlite3_free(copy);
}

static void save_ours(void *ctx)
{
    rill *s = rill_open(path, "wb");

    must(rill_sqlite_serialize(ctx, "main", s));
    if (rill_close(s) < 0)
        give_up("close");
}

static void fill(sqlite3 *db)
{
    must(sqlite3_exec(db,
                      "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                      "                        SELECT i + 1 FROM n"
                      "                        WHERE i < 100000)"
                      "INSERT INTO t SELECT i, printf('%080d', i) FROM n",
                      NULL, NULL, NULL));
}

int main(void)
{
    sqlite3 *db = new_db(), *file;

    remove(source);
    must(sqlite3_open(source, &file));
    fill(db);
    fill(file);
    sqlite3_serialize(db, "main", &size, SQLITE_SERIALIZE_NOCOPY);
    side_by_side("SQLite saves a database of a file", (size_t)size, save_own,
                 save_ours, file);
    side_by_side("SQLite saves a database in memory", (size_t)size, save_own,
                 save_ours, db);
    side_by_side("SQLite loads a database and a query runs", (size_t)size,
                 load_own, load_ours, NULL);
    must(sqlite3_close(db));
    must(sqlite3_close(file));
    remove(source);
    remove(path);
    return 0;
}
