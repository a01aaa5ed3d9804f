/*
 * rill/sqlite.h - SQLite databases from, and to, any stream.
 *
 *     rill *s = rill_open("words.db", "rb");
 *     sqlite3_open(":memory:", &db);
 *     if (rill_sqlite_deserialize(db, "main", s, 0) != SQLITE_OK)
 *         ...
 *
 * `schema` is "main" or the name of an attached database; NULL: "main". A
 * database that is attached as ':memory:' or '' is a place for one more.
 *
 *   errors     SQLite's codes, extended ones: SQLITE_IOERR_READ and _WRITE
 *              where the stream failed, SQLITE_FULL where it has no more room,
 *              SQLITE_PERM and SQLITE_READONLY where it is not open for it,
 *              SQLITE_NOTADB and SQLITE_CORRUPT (it is cut short) where it
 *              holds something else. Failures of the stream stick there, and
 *              rill_failed() has the errno. Up to then the database is as it
 *              was. sqlite3_errmsg() knows of none of this, but sqlite3_errstr()
 *              has words for each code.
 *   ownership  streams are borrowed for the call, but for rill_sqlite_view().
 *   position   reading starts at the stream's position, and goes to its end;
 *              writing starts there, and ends behind the database.
 *   threads    as one stream and one connection.
 */
#ifndef RILL_SQLITE_H
#define RILL_SQLITE_H

#include <sqlite3.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Make `schema` an in-memory database with the content that the stream has:
 * instead of sqlite3_deserialize(). `flags` is 0, or
 * SQLITE_DESERIALIZE_READONLY. What is there before is closed, and stays where
 * it is. The bytes are read straight into memory that SQLite then owns, of
 * which one piece may have up to 2 GiB (SQLITE_NOMEM); the database may grow to
 * SQLITE_CONFIG_MEMDB_MAXSIZE. An empty stream is an empty database. One in WAL
 * mode, which memory cannot have, leaves it.
 */
RILL_API int rill_sqlite_deserialize(sqlite3 *db, const char *schema, rill *s,
                                     unsigned flags);

/*
 * Make `schema` a database that is read in place, from a stream that lies in
 * memory (rill_data(): a view, a mem), without a copy and of any size. It
 * cannot be written, and borrows the stream's memory until it is closed,
 * detached or replaced: until then the stream must not be written or closed.
 * SQLITE_CANTOPEN for other streams, and for databases in WAL mode.
 */
RILL_API int rill_sqlite_view(sqlite3 *db, const char *schema, rill *s);

/*
 * Write `schema` to the stream, as the bytes of the file that it would be:
 * instead of sqlite3_serialize(). A file is copied a piece at a time, whatever
 * its size, under a read lock. One piece of memory (what was deserialized) is
 * written from there. All else is copied to memory first, by sqlite3_serialize()
 * itself, and may have up to 2 GiB (SQLITE_NOMEM): pages in memory, a file in
 * WAL mode, and one in the transaction that the connection is in, so that what
 * is not committed yet is written too.
 */
RILL_API int rill_sqlite_serialize(sqlite3 *db, const char *schema, rill *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_SQLITE_H */
