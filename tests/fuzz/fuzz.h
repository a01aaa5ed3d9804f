/*
 * fuzz.h - what the fuzz targets share: the trace, the way to fail, a place for
 * files, bytes to write.
 *
 * A target tells the trace what it is about to do, and what came of it. The
 * trace is kept as numbers, which costs little, and is printed when something
 * differs; or at once, where the replay was asked to print the program.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>

#include <rill/rill.h>

/* What libFuzzer, or replay.c, calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Print each step at once, with what follows from it. */
extern bool fuzz_printing;

/* Forget the steps of the input before. */
void fuzz_begin(void);

/* About to do `what` (a static string, of which `detail`, another one or NULL,
 * says more) on stream number `slot`, with the first `count` of the numbers. */
void fuzz_step(int slot, const char *what, const char *detail, int count,
               int64_t a, int64_t b, int64_t c);

/* The step gave this. */
void fuzz_gave(int64_t result);

/* Print the trace and printf()'s message, and abort. */
_Noreturn void fuzz_fail(const char *format, ...) RILL_PRINTF(1, 2);

#define FUZZ_CHECK(condition)                                         \
    do {                                                              \
        if (!(condition))                                             \
            fuzz_fail("%s:%d: does not hold: %s", __FILE__, __LINE__, \
                      #condition);                                    \
    } while (0)

/* Equal numbers, codes or counts. */
void fuzz_equal(int64_t want, int64_t got, const char *what);

/* Equal bytes. */
void fuzz_same(const void *want, const void *got, size_t n, const char *what);

/* The name of an error code, or NULL. */
const char *fuzz_code_name(int64_t code);

/* The path of `name` in a private directory, which is removed at exit. */
void fuzz_path(char *path, size_t size, const char *name);

/* A small file's bytes: free(). NULL if it does not exist. */
unsigned char *fuzz_read_file(const char *path, size_t *len_out);
void fuzz_write_file(const char *path, const void *data, size_t len);

/* `n` letters and line feeds; `seed` says which. */
void fuzz_letters(void *buf, size_t n, unsigned seed);

/* malloc() of exactly `n` bytes, so that a sanitizer sees the edges. */
void *fuzz_alloc(size_t n);

#endif /* FUZZ_H */
