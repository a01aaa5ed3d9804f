/*
 * stdio_remap.c - a program written for stdio, whose FILEs are Rill's.
 *
 *     stdio_remap PICTURE
 *
 * It dumps a file in hexadecimal, as hd(1) does, and makes the file from the
 * dump again, by fread(), fprintf(), getline() and the rest; the dump is in
 * memory. Nothing in it is Rill's but the header, in the place of <stdio.h>.
 */
#define _POSIX_C_SOURCE 200809L
#include <rill_stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW = 16 };

/* A row: its offset, its bytes, and those that are letters as such. */
static int dump(FILE *in, FILE *out)
{
    unsigned char row[ROW];
    size_t n, i, at = 0;

    while ((n = fread(row, 1, ROW, in)) > 0) {
        fprintf(out, "%08zx ", at);
        for (i = 0; i < n; i++)
            fprintf(out, " %02x", row[i]);
        fprintf(out, "%*s|", (int)(3 * (ROW - n)) + 2, "");
        for (i = 0; i < n; i++)
            putc(row[i] >= ' ' && row[i] < 127 ? row[i] : '.', out);
        fputs("|\n", out);
        at += n;
    }
    return ferror(in) || ferror(out) ? -1 : 0;
}

/* The bytes of a dump. */
static int undump(FILE *in, FILE *out)
{
    char *line = NULL, *end;
    size_t size = 0;

    while (getline(&line, &size, in) > 0) {
        char *at = line + strcspn(line, " ");

        line[strcspn(line, "|")] = 0;
        for (;; at = end) {
            long byte = strtol(at, &end, 16);

            if (end == at)
                break;
            putc((int)byte, out);
        }
    }
    free(line);
    return ferror(in) || fflush(out) != 0 ? -1 : 0;
}

/* Whether the rest of both is the same. */
static int same(FILE *a, FILE *b)
{
    int c;

    while ((c = getc(a)) == getc(b))
        if (c == EOF)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    FILE *in = fopen(path, "rb"), *copy = tmpfile(), *out, *back = NULL;
    unsigned offset = 1, first = 0;
    char *text = NULL;
    size_t size = 0;
    int ok;

    if (!in || !copy) {
        perror(path);
        return 1;
    }
    out = open_memstream(&text, &size);
    ok = out && dump(in, out) == 0;
    ok &= out && fclose(out) == 0;
    if (ok)
        back = fmemopen(text, size, "r");
    ok &= back && fscanf(back, "%x %x", &offset, &first) == 2;
    printf("first row: offset %u, byte 0x%02x\n", offset, first);
    if (ok) {
        rewind(back);
        ok = undump(back, copy) == 0;
        rewind(in);
        rewind(copy);
        ok &= same(in, copy);
        printf("%s\n", ok ? "the dump gives the file again" : "they differ");
    }
    if (back)
        ok &= fclose(back) == 0;
    free(text);
    ok &= fclose(in) == 0;
    ok &= fclose(copy) == 0;
    return !ok;
}
