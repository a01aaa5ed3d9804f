/*
 * zip.c - an archive that is made, changed and read in memory, through libzip.
 *
 *     zip FILE
 *
 * Packs the file; then adds a note, as one would to an archive that came over
 * the network; then lists what is in it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rill/zip.h>

/* Open the archive in `s`, which stays ours. */
static zip_t *open_archive(rill *s)
{
    zip_error_t error;
    zip_source_t *source;
    zip_t *za;

    zip_error_init(&error);
    source = rill_zip_source_create(s, RILL_BORROW, &error);
    za = source ? zip_open_from_source(source, ZIP_CREATE, &error) : NULL;
    if (!za) {
        fprintf(stderr, "%s\n", zip_error_strerror(&error));
        zip_source_free(source);
    }
    zip_error_fini(&error);
    return za;
}

/* Add all that is in `in`, which is closed with the archive. */
static int add(rill *archive, const char *name, rill *in)
{
    zip_t *za = open_archive(archive);
    zip_source_t *source = za ? rill_zip_source(za, in, RILL_TAKE) : NULL;
    int ok;

    if (!source)
        rill_discard(in);
    ok = source && zip_file_add(za, name, source, 0) >= 0;
    if (source && !ok)
        zip_source_free(source);
    if (ok && zip_close(za) == 0)
        return 0;
    if (za) {
        fprintf(stderr, "%s: %s\n", name, zip_strerror(za));
        zip_discard(za);
    }
    return -1;
}

static int list(rill *archive)
{
    zip_t *za = open_archive(archive);
    zip_int64_t i, count = za ? zip_get_num_entries(za, 0) : -1;
    zip_stat_t st;

    for (i = 0; i < count; i++)
        if (zip_stat_index(za, (zip_uint64_t)i, 0, &st) == 0)
            printf("%-8s  %llu bytes\n", st.name, (unsigned long long)st.size);
    if (za)
        zip_discard(za);
    return count >= 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *archive = rill_open_mem(NULL);
    int ok = archive && add(archive, "file", rill_open(path, "rb")) == 0 &&
             add(archive, "note.txt", rill_open_view("Packed.\n", 8)) == 0 &&
             list(archive) == 0;

    ok &= rill_close(archive) == 0;
    return !ok;
}
