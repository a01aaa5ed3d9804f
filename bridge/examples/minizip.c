/*
 * minizip.c - an archive in memory, through minizip.
 *
 *     minizip FILE
 *
 * Packs the file piece by piece, as it comes out of its stream, and lists what
 * is in the archive.
 */
#include <stdio.h>
#include <stdlib.h>

#include <unzip.h>
#include <zip.h>

#include <rill/minizip.h>

/* All of `in` goes to the file of the archive that is open: minizip takes it
 * right from the stream's window. */
static int pack_bytes(zipFile out, rill *in)
{
    const void *data;
    ptrdiff_t n;

    while ((n = rill_peek(in, &data, 0)) > 0) {
        if (zipWriteInFileInZip(out, data, (unsigned)n) != ZIP_OK)
            return -1;
        rill_consume(in, (size_t)n);
    }
    return n == 0 ? 0 : -1;
}

static int pack(rill *archive, const char *name, rill *in)
{
    zlib_filefunc64_def io;
    zipFile out;
    int ok;

    rill_minizip_filefunc(&io, archive);
    out = zipOpen2_64(name, APPEND_STATUS_CREATE, NULL, &io);
    if (!out)
        return -1;
    ok =
        zipOpenNewFileInZip64(out, name, NULL, NULL, 0, NULL, 0, NULL,
                              Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0) == ZIP_OK &&
        pack_bytes(out, in) == 0;
    ok &= zipCloseFileInZip(out) == ZIP_OK;
    ok &= zipClose(out, NULL) == ZIP_OK;
    return ok ? 0 : -1;
}

static int list(rill *archive)
{
    zlib_filefunc64_def io;
    unz_file_info64 info;
    char name[100];
    unzFile in;
    int rc;

    rill_minizip_filefunc(&io, archive);
    in = unzOpen2_64("", &io);
    if (!in)
        return -1;
    for (rc = unzGoToFirstFile(in); rc == UNZ_OK; rc = unzGoToNextFile(in))
        if (unzGetCurrentFileInfo64(in, &info, name, sizeof(name), NULL, 0,
                                    NULL, 0) == UNZ_OK)
            printf("%s  %llu bytes\n", name,
                   (unsigned long long)info.uncompressed_size);
    return unzClose(in) == UNZ_OK && rc == UNZ_END_OF_LIST_OF_FILE ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "rb"), *archive = rill_open_mem(NULL);
    int ok = 0;

    if (!file)
        perror(path);
    else if (archive && pack(archive, "file", file) == 0)
        ok = list(archive) == 0;
    ok &= rill_close(file) == 0;
    ok &= rill_close(archive) == 0; /* knows what went wrong with the stream */
    return !ok;
}
