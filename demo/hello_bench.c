/*
 * hello_bench.c - collect "Hello World" 50,000 times, each way that C offers.
 *
 * Each way is timed from nothing to the finished bytes (or the closed file),
 * several times; the median is printed as "NAME<tab>SECONDS". Outside the
 * timing, the result is compared with what it must be.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/rill.h>

#include "say.h"

#define WORD "Hello World"
enum { TIMES = 50000, LEN = sizeof(WORD) - 1, MOST_ROUNDS = 15 };
static const double ENOUGH = 2; /* seconds for all rounds of one way */

/* What a way made: bytes and how to free them, or no bytes but a file. */
struct result {
    void *data;
    size_t len;
    void (*release)(void *);
};

struct way {
    const char *name;
    int (*run)(struct result *r, const char *path);
};

/* As `buffer += b"Hello World"`: new memory and a copy of all, each time. */
static int by_concatenation(struct result *r, const char *path)
{
    char *all = NULL;
    size_t len = 0;
    int i;

    (void)path;
    for (i = 0; i < TIMES; i++) {
        char *longer = malloc(len + LEN);

        if (!longer)
            return -1;
        if (len > 0)
            memcpy(longer, all, len);
        memcpy(longer + len, WORD, LEN);
        free(all);
        all = longer;
        len += LEN;
    }
    *r = (struct result){all, len, free};
    return 0;
}

static int by_rill(struct result *r, const char *path)
{
    rill *s = rill_open_mem(NULL);
    int i;

    (void)path;
    if (!s)
        return -1;
    for (i = 0; i < TIMES; i++)
        rill_write(s, WORD, LEN);
    r->len = (size_t)rill_take(s, &r->data);
    r->release = rill_free;
    return rill_close(s);
}

static int by_rill_file(struct result *r, const char *path)
{
    rill *s = rill_open(path, "wb");
    int i;

    (void)r;
    if (!s)
        return -1;
    for (i = 0; i < TIMES; i++)
        rill_write(s, WORD, LEN);
    return rill_close(s);
}

static int by_memstream(struct result *r, const char *path)
{
    char *data = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&data, &len);
    int i;

    (void)path;
    if (!f)
        return -1;
    for (i = 0; i < TIMES; i++)
        fwrite(WORD, 1, LEN, f);
    if (fclose(f) != 0)
        return -1;
    *r = (struct result){data, len, free};
    return 0;
}

static int by_stdio_file(struct result *r, const char *path)
{
    FILE *f = fopen(path, "wb");
    int i;

    (void)r;
    if (!f)
        return -1;
    for (i = 0; i < TIMES; i++)
        fwrite(WORD, 1, LEN, f);
    return fclose(f);
}

static const struct way ways[] = {
    {"C: malloc and copy", by_concatenation},
    {"C: open_memstream", by_memstream},
    {"C: FILE *, to a file", by_stdio_file},
    {"Rill, to a file", by_rill_file},
    {"Rill, in memory", by_rill},
};

/* Whether the result is the word, TIMES times. */
static int is_right(struct result *r, const char *path)
{
    const char *p;
    size_t i;

    if (!r->data) {
        rill *s = rill_open(path, "rb");
        ptrdiff_t n = s ? rill_read_all(s, &r->data) : -1;

        r->len = n < 0 ? 0 : (size_t)n;
        r->release = rill_free;
        if (rill_close(s) < 0 || n < 0)
            return 0;
    }
    p = r->data;
    for (i = 0; i < TIMES && r->len == (size_t)TIMES * LEN; i++)
        if (memcmp(p + i * LEN, WORD, LEN) != 0)
            return 0;
    return r->len == (size_t)TIMES * LEN;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Returns the median time in seconds, or -1 if the way went wrong. */
static double measure(const struct way *w, const char *path)
{
    double seconds[MOST_ROUNDS], spent = 0;
    int i;

    for (i = 0; i < MOST_ROUNDS && spent < ENOUGH; i++) {
        struct result r = {NULL, 0, NULL};
        double start = say_clock();
        int rc = w->run(&r, path);

        seconds[i] = say_clock() - start;
        spent += seconds[i];
        if (rc != 0 || !is_right(&r, path)) {
            fprintf(stderr, "%s: wrong result\n", w->name);
            return -1;
        }
        r.release(r.data);
    }
    qsort(seconds, (size_t)i, sizeof(seconds[0]), by_size);
    return seconds[i / 2];
}

int main(int argc, char **argv)
{
    size_t i;

    if (argc != 2) {
        fputs("usage: hello_bench FILE (is overwritten)\n", stderr);
        return 2;
    }
    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        double seconds = measure(&ways[i], argv[1]);

        if (seconds < 0)
            return 1;
        printf("%s\t%.9f\n", ways[i].name, seconds);
        fflush(stdout);
    }
    return 0;
}
