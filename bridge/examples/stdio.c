/*
 * stdio.c - a parser that was written for files, and is given memory.
 *
 *     stdio PICTURE.png
 *
 * Its input is a picture in memory, its report is caught in memory; it does not
 * know. And the other way round: a FILE * that somebody has is copied to as a
 * stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/stdio.h>

/* The old code: list the parts of a PNG file that matter, runs as one. */
static int list_parts(FILE *in, FILE *report)
{
    unsigned char head[8] = {0};
    char last[5] = "", type[5] = "";

    if (fread(head, 1, 8, in) != 8 || memcmp(head, "\x89PNG\r\n\x1a\n", 8) != 0)
        return -1;
    while (strcmp(type, "IEND") != 0 && fread(head, 1, 8, in) == 8) {
        long length =
            (long)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3];

        memcpy(type, head + 4, 4);
        if (strcmp(type, "IHDR") == 0 && fread(head, 1, 8, in) == 8) {
            fprintf(report, "%d x %d\n", head[2] << 8 | head[3],
                    head[6] << 8 | head[7]);
            length -= 8;
        }
        if (type[0] >= 'A' && type[0] <= 'Z' && strcmp(type, last) != 0) {
            fprintf(report, "%s\n", type);
            memcpy(last, type, sizeof(last));
        }
        if (fseek(in, length + 4, SEEK_CUR) != 0) /* 4: the checksum */
            return -1;
    }
    return strcmp(type, "IEND") == 0 && getc(in) == EOF ? 0 : -1;
}

/* The picture, all of it in memory. */
static rill *load(const char *path)
{
    RILL_AUTO rill *file = rill_open(path, "rb");
    rill *s = file ? rill_open_mem(NULL) : NULL;

    if (s && rill_copy(s, file, -1) >= 0 && rill_rewind(s) == RILL_OK)
        return s;
    perror(path);
    rill_discard(s);
    return NULL;
}

/* Run the old code on the stream: is what it has to say as it should be? */
static int show_parts(rill *picture)
{
    rill *text = rill_open_mem(NULL);
    FILE *in = rill_as_file(picture, "r", RILL_BORROW);
    FILE *report = text ? rill_as_file(text, "w", RILL_BORROW) : NULL;
    int ok = in && report && list_parts(in, report) == 0;
    const void *data;
    ptrdiff_t n;

    if (report && rill_file_close(report) != 0)
        ok = 0;
    if (in)
        rill_file_close(in);
    n = text ? rill_data(text, &data) : -1;
    if (n > 0)
        printf("%.*s", (int)n, (const char *)data);
    return rill_close(text) == RILL_OK && ok;
}

/* Copy the stream to a FILE, as a stream. */
static int copy_to_file(rill *picture)
{
    FILE *f = tmpfile();
    rill *s = f ? rill_open_file(f, "w+", RILL_TAKE, NULL) : NULL;
    int64_t n = -1;

    if (!s && f)
        fclose(f);
    if (s && rill_rewind(picture) == RILL_OK)
        n = rill_copy(s, picture, -1);
    printf("%s\n", n == rill_size(picture) ? "all of it copied" : "lost");
    return rill_close(s) == RILL_OK && n > 0;
}

int main(int argc, char **argv)
{
    rill *picture = load(argc > 1 ? argv[1] : "picture.png");
    int ok = picture && show_parts(picture) && copy_to_file(picture);

    ok &= rill_close(picture) == RILL_OK;
    return !ok;
}
