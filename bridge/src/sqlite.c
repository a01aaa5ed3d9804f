/*
 * sqlite.c - the bytes of a database, from and to a stream.
 *
 * SQLite works on memory that sqlite3_malloc64() gave as if it were a file, and
 * frees it with the database. So a stream is read straight into such memory,
 * and nothing is copied again. The other way, a file is read by the methods
 * that SQLite has for it, while a query keeps others from writing: so that no
 * more than a piece of it is in memory.
 */
#include <rill/sqlite.h>

enum { FIRST_GUESS = 64 * 1024, PIECE = 256 * 1024, HEADER = 100 };

/* The bytes of a database. */
struct image {
    unsigned char *data;
    sqlite3_int64 len, room;
};

static int sqlite_code(int64_t code, int otherwise)
{
    if (code == RILL_ENOMEM)
        return SQLITE_NOMEM;
    return code == RILL_ENOSPC ? SQLITE_FULL : otherwise;
}

static int resize(struct image *image, sqlite3_int64 room)
{
    void *data = sqlite3_realloc64(image->data, (sqlite3_uint64)room);

    if (!data)
        return SQLITE_NOMEM;
    image->data = data;
    image->room = room;
    return SQLITE_OK;
}

/* Read all that is left. One byte more than is expected finds the end without
 * another piece of memory. */
static int read_image(rill *s, struct image *image)
{
    int64_t left = rill_seekable(s) ? rill_size(s) - rill_tell(s) : 0;
    int rc = resize(image, (left > 0 ? left : FIRST_GUESS) + 1);
    ptrdiff_t got = 1;

    while (rc == SQLITE_OK && got > 0) {
        if (image->len == image->room)
            rc = resize(image, image->room * 2);
        if (rc == SQLITE_OK)
            got = rill_read(s, image->data + image->len,
                            (size_t)(image->room - image->len));
        if (got > 0)
            image->len += got;
    }
    return got < 0 ? sqlite_code(got, SQLITE_IOERR_READ) : rc;
}

static uint32_t number_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static int64_t page_size(const unsigned char *data)
{
    uint32_t size = number_at(data + 16) >> 16;

    return size == 1 ? 65536 : size;
}

/* Whether these bytes are a database, all of it: what its header says
 * (https://www.sqlite.org/fileformat2.html). */
static int check_image(const unsigned char *data, int64_t len)
{
    if (len == 0)
        return SQLITE_OK;
    if (len < HEADER || memcmp(data, "SQLite format 3", 16) != 0)
        return SQLITE_NOTADB;
    /* The number of pages counts if who wrote last knew of it. */
    if (number_at(data + 24) == number_at(data + 92) &&
        number_at(data + 28) * page_size(data) > len)
        return SQLITE_CORRUPT;
    return SQLITE_OK;
}

static int is_wal(const unsigned char *data)
{
    return data[18] == 2 || data[19] == 2;
}

int rill_sqlite_deserialize(sqlite3 *db, const char *schema, rill *s,
                            unsigned flags)
{
    struct image image = {NULL, 0, 0};
    int rc = rill_readable(s) ? read_image(s, &image) : SQLITE_PERM;

    if (rc == SQLITE_OK)
        rc = check_image(image.data, image.len);
    if (rc != SQLITE_OK) {
        sqlite3_free(image.data);
        return rc;
    }
    if (image.len > 0 && is_wal(image.data))
        image.data[18] = image.data[19] = 1;
    flags &= SQLITE_DESERIALIZE_READONLY;
    flags |= SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
    return sqlite3_deserialize(db, schema ? schema : "main", image.data,
                               image.len, image.room, flags);
}

int rill_sqlite_view(sqlite3 *db, const char *schema, rill *s)
{
    const void *data;
    ptrdiff_t len = rill_data(s, &data);
    int64_t at = rill_tell(s);
    unsigned char *image;
    int rc;

    if (!rill_readable(s))
        return SQLITE_PERM;
    if (len < 0)
        return SQLITE_CANTOPEN;
    if (at > len)
        at = len;
    len -= at;
    image = (unsigned char *)(uintptr_t)data + at; /* SQLite only reads it */
    rc = check_image(image, len);
    if (rc == SQLITE_OK && len > 0 && is_wal(image))
        rc = SQLITE_CANTOPEN;
    if (rc != SQLITE_OK)
        return rc;
    return sqlite3_deserialize(db, schema ? schema : "main", image, len, len,
                               SQLITE_DESERIALIZE_READONLY);
}

/* So many bytes will be written: a disk can make place for them in one piece. */
static void announce(rill *s, int64_t len)
{
    rill_hint_size(s, (rill_seekable(s) ? rill_tell(s) : 0) + len);
}

/* A short count is followed by another write, which says why. */
static int write_image(rill *s, const unsigned char *data, sqlite3_int64 len)
{
    sqlite3_int64 done = 0;
    ptrdiff_t rc = 1;

    while (done < len && rc > 0) {
        rc = rill_write(s, data + done, (size_t)(len - done));
        done += rc;
    }
    return rc < 0 ? sqlite_code(rc, SQLITE_IOERR_WRITE) : SQLITE_OK;
}

/* The file that has all of the schema; NULL if some may be in memory: of the
 * transaction that is under way, or of what is never meant to be a file. */
static sqlite3_file *file_of(sqlite3 *db, const char *schema)
{
    const char *path = sqlite3_db_filename(db, schema);
    sqlite3_file *file = NULL;

    if (path && *path && sqlite3_get_autocommit(db))
        sqlite3_file_control(db, schema, SQLITE_FCNTL_FILE_POINTER, &file);
    return file && file->pMethods ? file : NULL;
}

static int write_pages(rill *s, sqlite3_file *file, int64_t len)
{
    unsigned char *piece = sqlite3_malloc(PIECE);
    int rc = piece ? SQLITE_OK : SQLITE_NOMEM;
    int64_t at = 0;

    announce(s, len);
    while (rc == SQLITE_OK && at < len) {
        int n = len - at < PIECE ? (int)(len - at) : PIECE;

        rc = file->pMethods->xRead(file, piece, n, at);
        if (rc == SQLITE_OK)
            rc = write_image(s, piece, n);
        at += n;
    }
    sqlite3_free(piece);
    return rc;
}

/* Write a file that stays as it is for as long as `query` is not finalized.
 * SQLITE_NOTFOUND, and nothing written, if a part of it is in its WAL. */
static int write_file(rill *s, sqlite3_file *file, sqlite3_stmt *query)
{
    unsigned char header[HEADER];
    int64_t pages;
    int rc = sqlite3_step(query);

    if (rc != SQLITE_ROW)
        return rc;
    pages = sqlite3_column_int64(query, 0);
    if (pages == 0)
        return SQLITE_OK;
    rc = file->pMethods->xRead(file, header, HEADER, 0);
    if (rc != SQLITE_OK)
        return rc;
    if (is_wal(header))
        return SQLITE_NOTFOUND;
    return write_pages(s, file, pages * page_size(header));
}

/* SQLITE_NOTFOUND if there is no such file. */
static int serialize_file(sqlite3 *db, const char *schema, rill *s)
{
    sqlite3_file *file = file_of(db, schema);
    char *sql;
    sqlite3_stmt *query = NULL;
    int rc;

    if (!file)
        return SQLITE_NOTFOUND;
    sql = sqlite3_mprintf("PRAGMA \"%w\".page_count", schema);
    rc = sql ? sqlite3_prepare_v2(db, sql, -1, &query, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    if (rc == SQLITE_OK)
        rc = write_file(s, file, query);
    sqlite3_finalize(query);
    return rc;
}

/* Why sqlite3_serialize() gave no memory, and this length. */
static int no_image(sqlite3 *db, sqlite3_int64 len)
{
    int rc = sqlite3_extended_errcode(db);

    if (len == 0)
        return SQLITE_OK; /* nothing has been stored yet */
    if (len > 0)
        return SQLITE_NOMEM;
    return rc == SQLITE_OK ? SQLITE_ERROR : rc; /* no such schema */
}

static int serialize_memory(sqlite3 *db, const char *schema, rill *s)
{
    sqlite3_int64 len = 0;
    unsigned char *data, *copy = NULL;
    int rc;

    data = sqlite3_serialize(db, schema, &len, SQLITE_SERIALIZE_NOCOPY);
    if (!data && len > 0)
        data = copy = sqlite3_serialize(db, schema, &len, 0);
    announce(s, data ? len : 0);
    rc = data ? write_image(s, data, len) : no_image(db, len);
    sqlite3_free(copy);
    return rc;
}

int rill_sqlite_serialize(sqlite3 *db, const char *schema, rill *s)
{
    int rc;

    if (!rill_writable(s))
        return SQLITE_READONLY;
    if (!schema)
        schema = "main";
    rc = serialize_file(db, schema, s);
    return rc == SQLITE_NOTFOUND ? serialize_memory(db, schema, s) : rc;
}
