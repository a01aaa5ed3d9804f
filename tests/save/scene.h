/*
 * scene.h - what the programs here share: bytes that say where they belong,
 * files that are looked at with nothing of Rill between, and expectations that
 * are counted instead of ending the run.
 */
#ifndef SCENE_H
#define SCENE_H

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rill/rill.h>

enum { MOST = 4 * 1024 * 1024, SHOWN = 20 };

/* ---- Expectations ------------------------------------------------------- */

static long failures;
static char scene[200]; /* what is going on, for messages */

static inline void expect(int holds, const char *format, ...) RILL_PRINTF(2, 3);

static inline void expect(int holds, const char *format, ...)
{
    va_list args;

    if (holds || failures++ >= SHOWN)
        return;
    printf("FAILED: %s: ", scene);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

/* Without what is needed to go on at all. */
static inline _Noreturn void give_up(const char *what)
{
    printf("%s: %s: %s\n", scene, what, strerror(errno));
    exit(2);
}

/* ---- Content ------------------------------------------------------------ */

static inline unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 167 + (i >> 8) * 31 + (i >> 16) * 13 + 1);
}

/* MOST bytes of it: what is written by all of these programs. */
static inline const unsigned char *pattern(void)
{
    static unsigned char *bytes;

    if (!bytes) {
        bytes = malloc(MOST);
        if (!bytes)
            give_up("memory");
        for (size_t i = 0; i < MOST; i++)
            bytes[i] = byte_at(i);
    }
    return bytes;
}

/* The file before: 20000 bytes that are no beginning of the pattern. */
enum { OLD_SIZE = 20000 };

static inline const unsigned char *old_content(void)
{
    return pattern() + 1000001;
}

static inline void put_bytes(const char *path, const void *data, size_t n)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
        give_up(path);
}

/* Read a file into static memory. Returns its size, -1 where there is none. */
static inline long get_bytes(const char *path, const unsigned char **data_out)
{
    static unsigned char *bytes;
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return -1;
    if (!bytes)
        bytes = malloc(MOST);
    if (!bytes)
        give_up("memory");
    n = fread(bytes, 1, MOST, f);
    fclose(f);
    *data_out = bytes;
    return (long)n;
}

/* Whether a file is the first `old` bytes of the old content, then a part of
 * the pattern, in all `size` bytes. */
static inline int file_is(const char *path, size_t old, size_t size)
{
    const unsigned char *got = NULL;

    return get_bytes(path, &got) == (long)size &&
           memcmp(got, old_content(), old) == 0 &&
           memcmp(got + old, pattern(), size - old) == 0;
}

/* ---- Directories -------------------------------------------------------- */

static inline int ends_in(const char *name, const char *suffix)
{
    size_t len = strlen(name), n = strlen(suffix);

    return len > n && strcmp(name + len - n, suffix) == 0;
}

/* Count the files in the working directory whose names end in `suffix` (NULL:
 * all) and remove them, if so wanted. */
static inline int count_files(const char *suffix, int and_remove)
{
    DIR *d = opendir(".");
    struct dirent *e;
    int n = 0;

    if (!d)
        give_up(".");
    while ((e = readdir(d))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (suffix && !ends_in(e->d_name, suffix))
            continue;
        n++;
        if (and_remove && unlink(e->d_name) != 0)
            give_up(e->d_name);
    }
    closedir(d);
    return n;
}

static inline int count_beside(void)
{
    return count_files(".rill-save", 0);
}

static inline void remove_all(void)
{
    count_files(NULL, 1);
}

#endif /* SCENE_H */
