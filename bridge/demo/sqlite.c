/*
 * sqlite.c (demo) - SQLite: a value in a database that is saved to a stream.
 */
#include <rill/sqlite.h>

#include "carry.h"

const char carrier[] = "SQLite, as a value in a database";

static int store(sqlite3 *db, rill *from)
{
    sqlite3_stmt *insert = NULL;
    const void *data;
    ptrdiff_t n = rill_peek(from, &data, (size_t)rill_size(from));
    int ok = n >= 0 &&
             sqlite3_exec(db, "CREATE TABLE goods (v)", NULL, NULL, NULL) == 0;

    ok = ok && sqlite3_prepare_v2(db, "INSERT INTO goods VALUES (?)", -1,
                                  &insert, NULL) == SQLITE_OK;
    ok = ok && sqlite3_bind_blob64(insert, 1, data, (sqlite3_uint64)n,
                                   SQLITE_STATIC) == SQLITE_OK;
    ok = ok && sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_finalize(insert);
    return ok;
}

static int fetch(sqlite3 *db, rill *to)
{
    sqlite3_stmt *select = NULL;
    int n, ok = sqlite3_prepare_v2(db, "SELECT v FROM goods", -1, &select,
                                   NULL) == SQLITE_OK &&
                sqlite3_step(select) == SQLITE_ROW;

    if (ok) {
        n = sqlite3_column_bytes(select, 0);
        ok = rill_write(to, sqlite3_column_blob(select, 0), (size_t)n) == n;
    }
    sqlite3_finalize(select);
    return ok;
}

int carry(rill *from, rill *to)
{
    rill *file = rill_open_mem(NULL);
    sqlite3 *db = NULL, *copy = NULL;
    int ok = file && sqlite3_open(":memory:", &db) == SQLITE_OK &&
             store(db, from) &&
             rill_sqlite_serialize(db, "main", file) == SQLITE_OK;

    if (ok) {
        rill_rewind(file);
        ok = sqlite3_open(":memory:", &copy) == SQLITE_OK &&
             rill_sqlite_deserialize(copy, "main", file, 0) == SQLITE_OK &&
             fetch(copy, to);
    }
    sqlite3_close(db);
    sqlite3_close(copy);
    return rill_close(file) == 0 && ok ? 0 : -1;
}
