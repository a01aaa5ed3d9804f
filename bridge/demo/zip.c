/*
 * zip.c (demo) - libzip: an archive in one stream, its entry from another.
 */
#include <rill/zip.h>

#include "carry.h"

const char carrier[] = "libzip, as an entry of a zip";

static zip_t *open_archive(rill *s, int flags)
{
    zip_source_t *source = rill_zip_source_create(s, RILL_BORROW, NULL);
    zip_t *archive = zip_open_from_source(source, flags, NULL);

    if (!archive)
        zip_source_free(source);
    return archive;
}

static int pack(rill *from, rill *s)
{
    zip_t *archive = open_archive(s, ZIP_CREATE | ZIP_TRUNCATE);
    zip_source_t *source;

    if (!archive)
        return 0;
    source = rill_zip_source(archive, from, RILL_BORROW);
    if (zip_file_add(archive, "goods", source, 0) < 0)
        zip_source_free(source);
    if (zip_close(archive) == 0)
        return 1;
    zip_discard(archive);
    return 0;
}

static int unpack(rill *s, rill *to)
{
    zip_t *archive = open_archive(s, ZIP_RDONLY);
    zip_file_t *file = archive ? zip_fopen(archive, "goods", 0) : NULL;
    char piece[4096];
    zip_int64_t n = -1;

    while (file && (n = zip_fread(file, piece, sizeof(piece))) > 0)
        rill_write(to, piece, (size_t)n);
    if (file)
        zip_fclose(file);
    zip_discard(archive);
    return n == 0;
}

int carry(rill *from, rill *to)
{
    rill *s = rill_open_mem(NULL);
    int ok = s && pack(from, s) && unpack(s, to);

    return rill_close(s) == 0 && ok ? 0 : -1;
}
