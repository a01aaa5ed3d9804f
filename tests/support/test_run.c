/*
 * test_run.c - runs the tests that are registered, and does their checks.
 *
 * Tests announce themselves before main() starts; test_run() hands them to
 * cmocka, wrapped so that each runs in a directory of its own, which is removed
 * afterwards. An argument is a pattern of test names to run ("seek__*").
 * Output follows CMOCKA_MESSAGE_OUTPUT (STDOUT, TAP, XML).
 */
#define _XOPEN_SOURCE 700
#include "test.h"

#include "under_faults.h"

#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <rill/hook.h>

/* ---- Registration and the run ------------------------------------------- */

typedef struct test_case {
    const char *name;
    void (*run)(void *arg);
    void *arg;
    char directory[PATH_MAX];
} test_case;

static struct CMUnitTest *tests;
static size_t test_count;
static char start_directory[PATH_MAX];
static char context[256];

/* Without a test to fail, before and after cmocka's run. */
static void give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static int enter_directory(void **state)
{
    test_case *t = *state;
    const char *root = getenv("TMPDIR");

    snprintf(t->directory, sizeof(t->directory), "%s/rill-test-XXXXXX",
             root && *root ? root : "/tmp");
    if (!mkdtemp(t->directory) || chdir(t->directory) != 0)
        give_up(t->directory);
    return 0;
}

static int leave_directory(void **state)
{
    test_case *t = *state;

    if (chdir(start_directory) != 0)
        give_up(start_directory);
    return nftw(t->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/*
 * Whether a test is to be left out, with the reason in `why`. RILL_TEST_SKIP
 * may name a file with what cannot run on this machine: in each line a pattern
 * of test names, and the reason.
 */
static int is_left_out(const char *name, char *why, size_t size)
{
    const char *path = getenv("RILL_TEST_SKIP");
    FILE *f = path && *path ? fopen(path, "r") : NULL;
    char line[512], *reason;
    int found = 0;

    if (path && *path && !f)
        give_up(path);
    while (f && !found && fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = '\0';
        reason = line + strcspn(line, " ");
        if (*reason)
            *reason++ = '\0';
        found = fnmatch(line, name, 0) == 0;
        snprintf(why, size, "%s", reason + strspn(reason, " "));
    }
    if (f)
        fclose(f);
    return found;
}

static test_case *running;

static void renew_directory(void)
{
    void *state = running;

    context[0] = '\0';
    if (leave_directory(&state) != 0 || enter_directory(&state) != 0)
        give_up(running->directory);
}

static void run_case(void **state)
{
    test_case *t = *state;
    char why[512];

    running = t;
    context[0] = '\0';
    if (is_left_out(t->name, why, sizeof(why)))
        test_skip(why);
    else
        test_under_faults(t->run, t->arg, renew_directory);
}

void test_register(const char *name, void (*run)(void *arg), void *arg)
{
    struct CMUnitTest *grown =
        realloc(tests, (test_count + 1) * sizeof(*tests));
    test_case *t = calloc(1, sizeof(*t));
    char *copy = malloc(strlen(name) + 1);

    if (!grown || !t || !copy)
        give_up("test_register");
    t->name = copy;
    t->run = run;
    t->arg = arg;
    tests = grown;
    tests[test_count++] =
        (struct CMUnitTest){memcpy(copy, name, strlen(name) + 1), run_case,
                            enter_directory, leave_directory, t};
}

/* cmocka's TAP says "not ok # SKIP", which readers of TAP take for a failure:
 * there a skipped test says so in a comment and ends as a passed one. */
int test_skip(const char *why)
{
    const char *output = getenv("CMOCKA_MESSAGE_OUTPUT");

    test_ends_early();
    print_message("# skipped: %s\n", why);
    if (output && (output[0] == 'T' || output[0] == 't'))
        return 1;
    skip();
    return 1;
}

static void forget_tests(void)
{
    for (size_t i = 0; i < test_count; i++) {
        test_case *t = tests[i].initial_state;

        free(t->arg);
        free(t);
        free((void *)(uintptr_t)tests[i].name);
    }
    free(tests);
}

int test_run(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    int failed;

    if (!getcwd(start_directory, sizeof(start_directory)))
        give_up("getcwd");
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    /* A reader that goes away shall be an error to look at, not our end. */
    signal(SIGPIPE, SIG_IGN);
    failed = _cmocka_run_group_tests(name ? name + 1 : argv[0], tests,
                                     test_count, NULL, NULL);
    forget_tests();
    test_faults_summary();
    return failed != 0;
}

/* To ask for more memory than there is must fail under a sanitizer too, not
 * end the run. Elsewhere nobody calls these. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* ---- Checks ------------------------------------------------------------- */

void test_context(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(context, sizeof(context), format, args);
    va_end(args);
}

_Noreturn void test_fail(const char *file, int line)
{
    test_ends_early();
    if (context[0])
        print_error("  at: %s\n", context);
    if (test_fault()[0])
        print_error("  with: %s\n", test_fault());
    rill_set_call_hook(NULL, NULL);
    _fail(file, line);
    abort(); /* not reached: _fail() jumps */
}

const char *test_code_name(int64_t code)
{
    static const char *const names[] = {
        "RILL_OK",    "RILL_EINVAL", "RILL_ENOTSUP", "RILL_ENOMEM",
        "RILL_EIO",   "RILL_ERANGE", "RILL_ENOSPC",  "RILL_EAGAIN",
        "RILL_EEOF",  "RILL_EBUSY",  "RILL_ELIMIT",  "RILL_EDATA",
        "RILL_EINTR",
    };

    if (code > 0 || code <= -(int64_t)(sizeof(names) / sizeof(names[0])))
        return "no code";
    return names[-code];
}

/* "3", or "-1 (RILL_EINVAL)". */
static const char *show(char *buf, size_t size, int64_t v)
{
    if (v < 0)
        snprintf(buf, size, "%" PRId64 " (%s)", v, test_code_name(v));
    else
        snprintf(buf, size, "%" PRId64, v);
    return buf;
}

void test_check(int holds, test_site site)
{
    if (holds)
        return;
    print_error("does not hold: %s\n", site.text);
    test_fail(site.file, site.line);
}

void test_check_int(int64_t want, int64_t got, test_site site)
{
    char a[48], b[48];

    if (want == got)
        return;
    print_error("%s\n  is %s, expected %s\n", site.text,
                show(a, sizeof(a), got), show(b, sizeof(b), want));
    test_fail(site.file, site.line);
}

void test_check_code(int want, int64_t got, test_site site)
{
    if (want == got)
        return;
    print_error("%s\n  is %" PRId64 " (%s), expected %s\n", site.text, got,
                test_code_name(got), test_code_name(want));
    test_fail(site.file, site.line);
}

void test_check_ptr(const void *want, const void *got, test_site site)
{
    if (want == got)
        return;
    print_error("%s\n  is %p, expected %p\n", site.text, got, want);
    test_fail(site.file, site.line);
}

void test_check_str(const char *want, const char *got, test_site site)
{
    if (want == got || (want && got && strcmp(want, got) == 0))
        return;
    print_error("%s\n  is \"%s\", expected \"%s\"\n", site.text,
                got ? got : "(null)", want ? want : "(null)");
    test_fail(site.file, site.line);
}

/* Up to 64 bytes from `from` on, as a C string literal would show them. */
static void print_bytes(const char *what, const unsigned char *p, size_t len,
                        size_t from)
{
    size_t end = len - from > 64 ? from + 64 : len;
    char text[64 * 4 + 1];
    size_t at = 0;

    for (size_t i = from; i < end; i++) {
        if (p[i] >= ' ' && p[i] < 127 && p[i] != '"' && p[i] != '\\')
            text[at++] = (char)p[i];
        else
            at += (size_t)snprintf(text + at, 5, "\\x%02x", p[i]);
    }
    text[at] = '\0';
    print_error("  %s %zu bytes: %s\"%s\"%s\n", what, len, from ? "... " : "",
                text, end < len ? " ..." : "");
}

void test_check_bytes(const void *want, size_t want_len, const void *got,
                      int64_t got_len, test_site site)
{
    const unsigned char *w = want, *g = got;
    size_t n = got_len < 0 ? 0 : (size_t)got_len;
    size_t same = 0;

    if (got_len >= 0 && n == want_len && (!n || !memcmp(w, g, n)))
        return;
    while (same < n && same < want_len && w[same] == g[same])
        same++;
    if (got_len < 0)
        print_error("%s\n  failed with %s\n", site.text,
                    test_code_name(got_len));
    else
        print_error("%s\n  differs at byte %zu\n", site.text, same);
    same = same > 16 ? same - 16 : 0;
    if (got_len >= 0)
        print_bytes("got     ", g, n, same);
    print_bytes("expected", w, want_len, same);
    test_fail(site.file, site.line);
}

void test_check_reads(rill *s, const void *want, size_t len, test_site site)
{
    unsigned char *got = test_alloc(len + 1);

    test_check_bytes(want, len, got, rill_read(s, got, len), site);
    free(got);
}

void test_check_rest(rill *s, const void *want, size_t len, test_site site)
{
    size_t cap = len + 64;
    unsigned char *got = test_alloc(cap);
    ptrdiff_t n = rill_read(s, got, cap);

    test_check_bytes(want, len, got, n, site);
    test_check_int(0, rill_read(s, got, cap), site);
    free(got);
}

void test_check_holds(rill *s, const void *want, size_t len, test_site site)
{
    int64_t at = rill_tell(s);

    test_check_code(RILL_OK, rill_seek(s, 0, RILL_SEEK_SET), site);
    test_check_rest(s, want, len, site);
    test_check_int(at, rill_seek(s, at, RILL_SEEK_SET), site);
}

void test_check_file(const char *path, const void *want, size_t len,
                     test_site site)
{
    size_t n;
    void *got = test_read_file(path, &n);

    test_check_bytes(want, len, got, (int64_t)n, site);
    free(got);
}

/* ---- Helpers ------------------------------------------------------------ */

void *test_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p)
        FAIL("out of memory: %zu bytes", size);
    return p;
}

void test_write_file(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        FAIL("cannot write %s: %s", path, strerror(errno));
}

void *test_read_file(const char *path, size_t *len_out)
{
    FILE *f = fopen(path, "rb");
    size_t cap = 4096, len = 0, n;
    unsigned char *data = test_alloc(cap + 1);

    if (!f)
        FAIL("cannot open %s: %s", path, strerror(errno));
    while ((n = fread(data + len, 1, cap - len, f)) > 0) {
        len += n;
        if (len == cap && !(data = realloc(data, (cap *= 2) + 1)))
            FAIL("out of memory: %zu bytes", cap);
    }
    if (ferror(f))
        FAIL("cannot read %s: %s", path, strerror(errno));
    fclose(f);
    data[len] = '\0';
    *len_out = len;
    return data;
}

static int pattern_of_text;

void test_pattern_of_text(int more)
{
    pattern_of_text += more;
}

void test_pattern(void *buf, size_t len, int64_t offset)
{
    unsigned char *p = buf;

    for (size_t i = 0; i < len; i++) {
        uint64_t at = (uint64_t)offset + i;

        p[i] = (unsigned char)(at * 167 + (at >> 8) * 31 + (at >> 16) * 13);
        if (pattern_of_text > 0)
            p[i] &= 0x7f;
    }
}

uint64_t test_random(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x * UINT64_C(2685821657736338717);
}

uint64_t test_below(uint64_t *state, uint64_t limit)
{
    return (test_random(state) >> 33) % limit;
}
