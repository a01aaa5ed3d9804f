/*
 * minizip.c (demo) - minizip: an archive in a stream.
 */
#include <rill/minizip.h>
#include <unzip.h>
#include <zip.h>

#include "carry.h"

const char carrier[] = "minizip, as an entry of a zip";

static int pack(rill *from, rill *s)
{
    zlib_filefunc64_def io;
    zip_fileinfo info = {0};
    zipFile zip;
    const void *piece;
    ptrdiff_t n;
    int rc;

    rill_minizip_filefunc(&io, s);
    zip = zipOpen2_64("goods.zip", APPEND_STATUS_CREATE, NULL, &io);
    if (!zip)
        return 0;
    rc = zipOpenNewFileInZip64(zip, "goods", &info, NULL, 0, NULL, 0, NULL,
                               Z_DEFLATED, Z_DEFAULT_COMPRESSION, 1);
    while (rc == ZIP_OK && (n = rill_peek(from, &piece, 0)) > 0) {
        rc = zipWriteInFileInZip(zip, piece, (unsigned)n);
        rill_consume(from, (size_t)n);
    }
    if (rc == ZIP_OK)
        rc = zipCloseFileInZip(zip);
    return zipClose(zip, NULL) == ZIP_OK && rc == ZIP_OK;
}

static int unpack(rill *s, rill *to)
{
    zlib_filefunc64_def io;
    unzFile zip;
    void *room;
    int n = -1;

    rill_minizip_filefunc(&io, s);
    zip = unzOpen2_64("goods.zip", &io);
    if (zip && unzGoToFirstFile(zip) == UNZ_OK &&
        unzOpenCurrentFile(zip) == UNZ_OK) {
        do {
            if (rill_reserve(to, &room, 4096) < 0)
                break;
            n = unzReadCurrentFile(zip, room, 4096);
            rill_commit(to, n > 0 ? (size_t)n : 0);
        } while (n > 0);
        unzCloseCurrentFile(zip);
    }
    if (zip)
        unzClose(zip);
    return n == 0;
}

int carry(rill *from, rill *to)
{
    rill *s = rill_open_mem(NULL);
    int ok = s && pack(from, s);

    if (ok) {
        rill_rewind(s);
        ok = unpack(s, to);
    }
    return rill_close(s) == 0 && ok ? 0 : -1;
}
