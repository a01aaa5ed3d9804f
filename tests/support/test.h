/*
 * test.h - how tests are written here: a thin layer over cmocka.
 *
 *     #include "test.h"
 *
 *     TEST(view__reads_in_place)
 *     {
 *         rill *s = rill_open_view("abc", 3);
 *         CHECK_READS(s, "abc");
 *         CHECK_OK(rill_close(s));
 *     }
 *
 * A test registers itself; test_run(), which is all that main() does, runs what
 * is registered, each in a fresh empty directory that is also the working
 * directory. The part of a name before `__` is the topic: the file's name.
 *
 * Every CHECK ends its test when it fails, and says what was expected. What is
 * expected comes first, but for bytes, where it is the literal at the end.
 */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rill/rill.h>

/* ---- Registration ------------------------------------------------------- */

/* Add a test to those of this program. `name` is copied; `arg` is NULL or of
 * malloc(), and freed at the end. */
void test_register(const char *name, void (*run)(void *arg), void *arg);

#define TEST_AT_START(name) \
    __attribute__((constructor)) static void name##__register(void)

/* Run the registered tests that argv[1], a pattern, fits: main()'s result. */
int test_run(int argc, char **argv);

#ifndef RILL_CONFORM_LIBRARY
#define TEST(name)                               \
    static void name(void);                      \
    static void name##__run(void *arg)           \
    {                                            \
        (void)arg;                               \
        name();                                  \
    }                                            \
    TEST_AT_START(name)                          \
    {                                            \
        test_register(#name, name##__run, NULL); \
    }                                            \
    static void name(void)
#else /* librill-conform has only what fits every store: see conform.c */
#define TEST(name) __attribute__((unused)) static void name(void)
#endif

/* Leave the test function that runs, as skipped, because of `why`. */
#define SKIP(why)           \
    do {                    \
        if (test_skip(why)) \
            return;         \
    } while (0)

int test_skip(const char *why);

/* ---- Checks ------------------------------------------------------------- */

/* Where a check stands and what it looks at, for its message. */
typedef struct test_site {
    const char *file;
    int line;
    const char *text;
} test_site;

#define TEST_SITE(text) ((test_site){__FILE__, __LINE__, (text)})

void test_check(int holds, test_site site);
void test_check_int(int64_t want, int64_t got, test_site site);
void test_check_code(int want, int64_t got, test_site site);
void test_check_ptr(const void *want, const void *got, test_site site);
void test_check_str(const char *want, const char *got, test_site site);
void test_check_bytes(const void *want, size_t want_len, const void *got,
                      int64_t got_len, test_site site);
void test_check_reads(rill *s, const void *want, size_t len, test_site site);
void test_check_rest(rill *s, const void *want, size_t len, test_site site);
void test_check_holds(rill *s, const void *want, size_t len, test_site site);
void test_check_file(const char *path, const void *want, size_t len,
                     test_site site);

/* Say what a loop is at, as printf() does: a check that fails prints it. Empty
 * at the start of each test. */
void test_context(const char *format, ...) RILL_PRINTF(1, 2);

/* The test ends here, with printf()'s message. */
#define FAIL(...)                      \
    do {                               \
        print_error(__VA_ARGS__);      \
        print_error("\n");             \
        test_fail(__FILE__, __LINE__); \
    } while (0)

_Noreturn void test_fail(const char *file, int line);

#define CHECK(condition) test_check((condition) != 0, TEST_SITE(#condition))

/* Equal numbers, counts, offsets. */
#define CHECK_INT(want, got) \
    test_check_int((int64_t)(want), (int64_t)(got), TEST_SITE(#got))

/* Equal results, at least one of which is an error code or RILL_OK. */
#define CHECK_CODE(want, got) \
    test_check_code((want), (int64_t)(got), TEST_SITE(#got))

#define CHECK_OK(got) CHECK_CODE(RILL_OK, got)

#define CHECK_PTR(want, got) test_check_ptr((want), (got), TEST_SITE(#got))

#define CHECK_STR(want, got) test_check_str((want), (got), TEST_SITE(#got))

/* `got_len` bytes at `got` are those of a string literal, NULs included. A
 * negative `got_len` is shown as the error that it is. The length is evaluated
 * first: CHECK_BYTES(line, rill_readline(s, &line), "one") is fine. */
#define CHECK_BYTES(got, got_len, literal) \
    CHECK_MEM(got, got_len, "" literal, sizeof(literal) - 1)

/* The same for bytes that are not a literal. */
#define CHECK_MEM(got, got_len, want, want_len)                \
    do {                                                       \
        int64_t test_len_ = (int64_t)(got_len);                \
        test_check_bytes((want), (want_len), (got), test_len_, \
                         TEST_SITE(#got));                     \
    } while (0)

/* The next bytes of a stream are those of a literal; this reads them. */
#define CHECK_READS(s, literal) \
    test_check_reads((s), "" literal, sizeof(literal) - 1, TEST_SITE(#s))

/* All that is left of a stream is this; reads to the end. */
#define CHECK_REST(s, literal) \
    test_check_rest((s), "" literal, sizeof(literal) - 1, TEST_SITE(#s))

/* The whole content of a stream that can seek is this; keeps the position. */
#define CHECK_HOLDS(s, literal) \
    test_check_holds((s), "" literal, sizeof(literal) - 1, TEST_SITE(#s))

/* The content of a file is this. */
#define CHECK_FILE(path, literal) \
    test_check_file((path), "" literal, sizeof(literal) - 1, TEST_SITE(#path))

/* ---- Helpers ------------------------------------------------------------ */

/* Make a file of `len` bytes. */
void test_write_file(const char *path, const void *data, size_t len);

/* Get a file's bytes, followed by a NUL: free(). Ends the test if it cannot. */
void *test_read_file(const char *path, size_t *len_out);

/* Fill `buf` with bytes that depend on their offset: no two blocks alike. */
void test_pattern(void *buf, size_t len, int64_t offset);

/* Add `more` to how many there are that need it to be text: then it is. */
void test_pattern_of_text(int more);

/* Memory or the end of the test. */
void *test_alloc(size_t size);

/* A small, fast, repeatable source of numbers (xorshift). Seeds: not 0. */
uint64_t test_random(uint64_t *state);

/* A number from 0 to limit - 1. */
uint64_t test_below(uint64_t *state, uint64_t limit);

/* The name of an error code: "RILL_EINVAL". */
const char *test_code_name(int64_t code);

#endif /* TEST_H */
