/*
 * replay.c - runs a target on inputs from files, without libFuzzer.
 *
 *     fuzz_TARGET [--print] FILE-OR-DIRECTORY...
 *
 * Each file is a case of TAP, and runs in a process of its own, which a
 * mismatch, a crash or a sanitizer ends. --print shows what each input does,
 * step by step, as it is done.
 */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

/* The inputs, by name; more than there will be in any corpus. */
enum { INPUTS = 4096 };
static char *inputs[INPUTS];
static size_t count;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

static void add(const char *directory, const char *name)
{
    char path[PATH_MAX];

    if (count == INPUTS)
        give_up("too many inputs");
    snprintf(path, sizeof(path), "%s%s%s", directory, *directory ? "/" : "",
             name);
    inputs[count] = strdup(path);
    if (!inputs[count++])
        give_up(path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_directory(const char *path)
{
    size_t first = count;
    DIR *dir = opendir(path);
    struct dirent *entry;

    if (!dir)
        give_up(path);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            add(path, entry->d_name);
    closedir(dir);
    qsort(inputs + first, count - first, sizeof(inputs[0]), by_name);
}

static _Noreturn void run(const char *path)
{
    size_t len;
    unsigned char *data = fuzz_read_file(path, &len);

    if (!data)
        give_up(path);
    LLVMFuzzerTestOneInput(data, len);
    free(data);
    exit(0);
}

/* Whether it came to a good end. */
static bool runs(const char *path)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0)
        run(path);
    if (child < 0 || waitpid(child, &status, 0) != child)
        give_up(path);
    return status == 0;
}

int main(int argc, char **argv)
{
    struct stat st;
    char path[PATH_MAX];
    size_t failed = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--print") == 0)
            fuzz_printing = true;
        else if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            add_directory(argv[i]);
        else
            add("", argv[i]);
    }
    printf("1..%zu\n", count);
    fuzz_path(path, sizeof(path), ""); /* the directory is this process's */
    for (size_t i = 0; i < count; i++) {
        bool good = runs(inputs[i]);

        printf("%sok %zu - %s\n", good ? "" : "not ", i + 1, inputs[i]);
        failed += !good;
        free(inputs[i]);
    }
    return failed > 0;
}
