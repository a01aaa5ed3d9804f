/*
 * fuzz.c - the trace, failures, files and memory of the fuzz targets.
 */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool fuzz_printing;

/* ---- The trace ---------------------------------------------------------- */

struct step {
    const char *what, *detail;
    int64_t number[3], result;
    int slot, count;
    bool done;
};

enum { STEPS = 4096 };

static struct step steps[STEPS];
static size_t step_count; /* the last STEPS of them are kept */

void fuzz_begin(void)
{
    step_count = 0;
}

const char *fuzz_code_name(int64_t code)
{
    static const char *const names[] = {
        "RILL_OK",   "RILL_EINVAL", "RILL_ENOTSUP", "RILL_ENOMEM",
        "RILL_EIO",  "RILL_ERANGE", "RILL_ENOSPC",  "RILL_EAGAIN",
        "RILL_EEOF", "RILL_EBUSY",  "RILL_ELIMIT",  "RILL_EDATA",
        "RILL_EINTR"};

    if (code > 0 || code <= -(int64_t)(sizeof(names) / sizeof(names[0])))
        return NULL;
    return names[-code];
}

static void print_number(FILE *out, int64_t v)
{
    const char *name = v < 0 ? fuzz_code_name(v) : NULL;

    fprintf(out, "%" PRId64, v);
    if (name)
        fprintf(out, " (%s)", name);
}

static void print_call(FILE *out, const struct step *t)
{
    fprintf(out, "  s%d: %s", t->slot, t->what);
    if (t->detail)
        fprintf(out, " %s", t->detail);
    fputc('(', out);
    for (int i = 0; i < t->count; i++)
        fprintf(out, "%s%" PRId64, i > 0 ? ", " : "", t->number[i]);
    fputc(')', out);
}

static void print_result(FILE *out, const struct step *t)
{
    fputs(" = ", out);
    print_number(out, t->result);
    fputc('\n', out);
}

void fuzz_step(int slot, const char *what, const char *detail, int count,
               int64_t a, int64_t b, int64_t c)
{
    struct step *t = &steps[step_count++ % STEPS];

    *t = (struct step){what, detail, {a, b, c}, 0, slot, count, false};
    if (fuzz_printing) {
        print_call(stdout, t);
        fflush(stdout);
    }
}

void fuzz_gave(int64_t result)
{
    struct step *t = &steps[(step_count - 1) % STEPS];

    t->result = result;
    t->done = true;
    if (fuzz_printing)
        print_result(stdout, t);
}

static void print_trace(void)
{
    size_t i = step_count > STEPS ? step_count - STEPS : 0;

    fputs("The program up to here:\n", stderr);
    for (; i < step_count; i++) {
        print_call(stderr, &steps[i % STEPS]);
        if (steps[i % STEPS].done)
            print_result(stderr, &steps[i % STEPS]);
        else
            fputc('\n', stderr);
    }
}

_Noreturn void fuzz_fail(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    if (!fuzz_printing)
        print_trace();
    fputs("\nMISMATCH: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

void fuzz_equal(int64_t want, int64_t got, const char *what)
{
    if (want == got)
        return;
    fuzz_fail("%s is %" PRId64 " %s, expected %" PRId64 " %s", what, got,
              got < 0 && fuzz_code_name(got) ? fuzz_code_name(got) : "", want,
              want < 0 && fuzz_code_name(want) ? fuzz_code_name(want) : "");
}

void fuzz_same(const void *want, const void *got, size_t n, const char *what)
{
    const unsigned char *w = want, *g = got;
    size_t i = 0;

    while (i < n && w[i] == g[i])
        i++;
    if (i < n)
        fuzz_fail("%s: byte %zu of %zu is 0x%02x, expected 0x%02x", what, i, n,
                  g[i], w[i]);
}

/* ---- Files -------------------------------------------------------------- */

static char directory[PATH_MAX - 64];
static pid_t owner;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

static void remove_directory(void)
{
    DIR *dir = getpid() == owner ? opendir(directory) : NULL;
    struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir)) != NULL)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(directory);
}

/* Memory, where there is a file system in memory: many files are written. */
static void make_directory(void)
{
    const char *root = getenv("TMPDIR");

    if (!root || !*root)
        root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(directory, sizeof(directory), "%s/rill-fuzz-XXXXXX", root);
    if (!mkdtemp(directory))
        give_up(directory);
    owner = getpid();
    atexit(remove_directory);
}

void fuzz_path(char *path, size_t size, const char *name)
{
    if (!directory[0])
        make_directory();
    snprintf(path, size, "%s/%s", directory, name);
}

unsigned char *fuzz_read_file(const char *path, size_t *len_out)
{
    FILE *f = fopen(path, "rb");
    unsigned char *data;
    long size;

    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    size = ftell(f);
    if (size < 0)
        give_up(path);
    rewind(f);
    data = fuzz_alloc((size_t)size + 1);
    *len_out = fread(data, 1, (size_t)size, f);
    fclose(f);
    return data;
}

void fuzz_write_file(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        give_up(path);
}

/* ---- Bytes -------------------------------------------------------------- */

void fuzz_letters(void *buf, size_t n, unsigned seed)
{
    unsigned char *p = buf;

    for (size_t i = 0; i < n; i++) {
        size_t k = (seed * 31 + i * 7 + i / 97) % 41;

        p[i] = k < 26   ? (unsigned char)('a' + k)
               : k < 40 ? (unsigned char)('A' + k - 26)
                        : '\n';
    }
}

void *fuzz_alloc(size_t n)
{
    void *p = malloc(n > 0 ? n : 1);

    if (!p)
        give_up("malloc");
    return p;
}
