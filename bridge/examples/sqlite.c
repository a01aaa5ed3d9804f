/*
 * sqlite.c - a database that is kept in a file as one piece: read into memory,
 * changed there, and saved as a whole or not at all.
 *
 *     sqlite PICTURE.png      counts how often each file was seen, in seen.db
 */
#include <stdio.h>
#include <string.h>

#include <rill/sqlite.h>

/* An empty database if there is no such file yet. */
static int load(sqlite3 *db, const char *path)
{
    rill *s = rill_open(path, "rb");
    int rc;

    if (!s)
        return sqlite3_exec(db, "CREATE TABLE seen(file PRIMARY KEY, times)",
                            NULL, NULL, NULL);
    rc = rill_sqlite_deserialize(db, "main", s, 0);
    return rill_close(s) < 0 ? SQLITE_IOERR : rc;
}

static int save(sqlite3 *db, const char *path)
{
    rill *s = rill_open(path, "ws");
    int rc = s ? rill_sqlite_serialize(db, "main", s) : SQLITE_CANTOPEN;

    if (rc == SQLITE_OK)
        return rill_close(s) < 0 ? SQLITE_IOERR : SQLITE_OK;
    rill_discard(s);
    return rc;
}

/* Count the file once more, and say how often that was. */
static int count(sqlite3 *db, const char *file)
{
    sqlite3_stmt *add;
    int rc = sqlite3_prepare_v2(db,
                                "INSERT INTO seen VALUES(?1, 1)"
                                " ON CONFLICT DO UPDATE SET times = times + 1"
                                " RETURNING times",
                                -1, &add, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_bind_text(add, 1, file, -1, SQLITE_STATIC);
        if (sqlite3_step(add) == SQLITE_ROW)
            printf("%s: %d\n", file, sqlite3_column_int(add, 0));
        sqlite3_step(add);
        rc = sqlite3_finalize(add);
    }
    return rc;
}

static int see(const char *file)
{
    sqlite3 *db;
    int rc = sqlite3_open(":memory:", &db);

    if (rc == SQLITE_OK)
        rc = load(db, "seen.db");
    if (rc == SQLITE_OK)
        rc = count(db, file);
    if (rc == SQLITE_OK)
        rc = save(db, "seen.db");
    if (rc != SQLITE_OK)
        fprintf(stderr, "seen.db: %s\n", sqlite3_errstr(rc));
    sqlite3_close(db);
    return rc == SQLITE_OK;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    const char *file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

    return !(see(file) && see("other.png") && see(file));
}
