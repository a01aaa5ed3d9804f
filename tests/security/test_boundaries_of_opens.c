/*
 * test_boundaries_of_opens.c - the edges of test_boundaries.c in what opens a
 * stream and in what a store takes and says; and that none was forgotten: each
 * function of the headers stands in functions.h with the test that covers it.
 */
#define _XOPEN_SOURCE 700
#include <fnmatch.h>
#include <glob.h>

#include "edges.h"

#include <rill/ops.h>

/* ---- What opens take ---------------------------------------------------------------------- */

/* A field of rill_options that holds a length. */
typedef enum field { BUFFER_SIZE, WINDOW_LIMIT, SIZE_HINT, MAX_SIZE } field;

static void set_field(rill_options *o, field f, int64_t v)
{
    switch (f) {
    case BUFFER_SIZE:
        o->buffer_size = (ptrdiff_t)v;
        break;
    case WINDOW_LIMIT:
        o->window_limit = (size_t)v;
        break;
    case SIZE_HINT:
        o->size_hint = v;
        break;
    case MAX_SIZE:
        o->max_size = v;
        break;
    }
}

/* Read and write a little: all goes well, or memory is what lacks. */
static void check_little_use(rill *s)
{
    const void *data;
    char back[16];
    ptrdiff_t n = rill_read(s, back, sizeof(back));

    CHECK(n == CONTENT_LEN || n == RILL_ENOMEM);
    rill_clear(s);
    n = rill_write(s, "A", 1);
    CHECK(n == 1 || n == RILL_ENOMEM || n == RILL_ENOSPC);
    rill_clear(s);
    n = rill_peek(s, &data, 100);
    CHECK((n >= 0 && n < 12) || n == RILL_ENOMEM || n == RILL_ELIMIT);
    rill_discard(s);
}

static void check_field(field f, int64_t v)
{
    subject t;
    rill_options o;
    rill *s;

    subject_open(&t, &subject_kinds[0]); /* for its allocator */
    o = t.options;
    set_field(&o, f, v);
    for (int way = 0; way < 3; way++) {
        test_context("field %d, way %d: %lld", (int)f, way, (long long)v);
        if (way == 0)
            s = rill_open_with("ten", "r+", &o);
        else if (way == 1)
            s = rill_open_mem_copy(CONTENT, CONTENT_LEN, &o);
        else
            s = rill_open_fixed(NULL, 0, &o);
        if (v < 0 && f != WINDOW_LIMIT && !(v == -1 && f == BUFFER_SIZE)) {
            CHECK(s == NULL);
            continue;
        }
        CHECK(s != NULL);
        if (way < 2)
            check_little_use(s);
        else
            CHECK_OK(rill_close(s));
    }
    subject_drop(&t);
}

TEST(boundaries__options)
{
    static const field fields[] = {BUFFER_SIZE, WINDOW_LIMIT, SIZE_HINT,
                                   MAX_SIZE};

    for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
        for (size_t i = 0; i < EDGES; i++) {
            int64_t v = signed_edge(i);

            if (fields[f] < SIZE_HINT && v != (ptrdiff_t)v)
                continue;
            if (fields[f] == SIZE_HINT && v > SUBJECT_MOST &&
                v < INT64_C(1) << 40)
                continue; /* so much disk there may really be */
            test_write_file("ten", CONTENT, CONTENT_LEN);
            check_field(fields[f], v);
        }
    }
}

/* A struct of a later version is read as far as it says, so no edge but the
 * exact size and one less is safe to claim. */
TEST(boundaries__struct_size)
{
    static const size_t wrong[] = {0, 1, sizeof(size_t),
                                   sizeof(rill_options) - 1};
    rill_options o = RILL_OPTIONS_INIT;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        o.struct_size = wrong[i];
        CHECK_CODE(RILL_EINVAL, rill_check_options(&o));
        CHECK(rill_open_mem(&o) == NULL);
    }
}

TEST(boundaries__lengths_of_memory)
{
    rill_storage storage;

    for (size_t i = 0; i < EDGES; i++) {
        rill_options o = RILL_OPTIONS_INIT;
        void *block = test_alloc(16);
        rill *s;

        if (!length_of_edge(i))
            continue;
        test_context("length %#zx", length);
        o.max_size = 100; /* so that none of these fits */
        CHECK(rill_open_mem_copy(zeros, length, &o) == NULL);
        CHECK(rill_open_mem_take(block, length, &o) == NULL);
        free(block);
        CHECK(rill_open_mem_copy(NULL, length, NULL) == NULL);
        CHECK(rill_open_mem_take(NULL, length, NULL) == NULL);
        CHECK(rill_open_view(NULL, length) == NULL);
        CHECK(rill_init_view(&storage, NULL, length) == NULL);
        CHECK(rill_open_fixed(NULL, length, NULL) == NULL);
        o.length = length;
        CHECK(rill_open_fixed(zeros, length - 1, &o) == NULL);
        if (!too_long())
            continue;
        CHECK(rill_open_mem_copy(zeros, length, NULL) == NULL);
        CHECK(rill_open_view(zeros, length) == NULL);
        CHECK(rill_init_view(&storage, zeros, length) == NULL);
        s = rill_open_fixed(zeros, length, NULL);
        CHECK(s == NULL);
    }
}

/* What is borrowed is touched where it is used and nowhere else. */
static void check_view(rill *s)
{
    char back[4];

    CHECK(s != NULL);
    CHECK_INT(length, rill_size(s));
    CHECK_INT(4, rill_read(s, back, 4));
    CHECK_INT(length - 4, rill_skip(s, INT64_MAX));
    CHECK_INT(0, rill_read(s, back, 4));
    CHECK_OK(rill_close(s));
}

TEST(boundaries__views_of_everything)
{
    rill_storage storage;

    for (size_t i = 0; i < EDGES; i++) {
        if (edges[i] > PTRDIFF_MAX - (uintptr_t)zeros)
            continue; /* an object cannot reach there from here */
        length = (size_t)edges[i];
        test_context("length %#zx", length);
        check_view(rill_open_view(zeros, length));
        check_view(rill_init_view(&storage, zeros, length));
    }
}

/* A section starts and ends where offsets do; its last byte can be had. */
TEST(boundaries__sections)
{
    rill *whole = rill_open_null(), *s;

    CHECK(whole != NULL);
    for (size_t i = 0; i < EDGES; i++) {
        int64_t v = signed_edge(i);
        bool fits = v >= 0;

        test_context("%lld", (long long)v);
        s = rill_open_section(whole, v, -1, NULL);
        CHECK((s != NULL) == fits);
        rill_discard(s);
        s = rill_open_section(whole, 0, v, NULL);
        CHECK((s != NULL) == (v >= -1));
        rill_discard(s);
        s = rill_open_section(whole, v, 1, NULL);
        CHECK((s != NULL) == (fits && v < INT64_MAX));
        if (s) {
            CHECK_INT(1, rill_write(s, "x", 1));
            CHECK_OK(rill_close(s));
        }
        s = rill_open_section(whole, v, v, NULL);
        CHECK((s != NULL) == (fits && v <= INT64_MAX / 2));
        rill_discard(s);
    }
    CHECK_OK(rill_close(whole));
}

TEST(boundaries__spool_threshold)
{
    for (size_t i = 0; i < EDGES; i++) {
        rill *s;

        if (!length_of_edge(i))
            continue;
        test_context("threshold %#zx", length);
        s = rill_open_spool(length, NULL);
        CHECK(s != NULL);
        CHECK_INT(65536, rill_write(s, zeros, 65536));
        CHECK_INT(65536, rill_size(s));
        CHECK_OK(rill_close(s));
    }
}

TEST(boundaries__descriptors)
{
    for (int i = 0; i < INTS; i++) {
        if (ints[i] >= 0 && ints[i] < INT_MAX - 1)
            continue; /* may be open */
        test_context("descriptor %d", ints[i]);
        CHECK(rill_open_fd(ints[i], "r", RILL_BORROW, NULL) == NULL);
        CHECK(rill_open_fd(ints[i], "r", RILL_TAKE, NULL) == NULL);
    }
}

TEST(boundaries__pool_limit)
{
    for (size_t i = 0; i < EDGES; i++) {
        rill *s;

        if (edges[i] > SIZE_MAX)
            continue;
        rill_pool_limit((size_t)edges[i]);
        s = rill_open_mem(NULL);
        CHECK(s != NULL);
        CHECK_INT(sizeof(zeros), rill_write(s, zeros, sizeof(zeros)));
        CHECK_INT(sizeof(zeros), rill_write(s, zeros, sizeof(zeros)));
        CHECK_OK(rill_close(s));
    }
    rill_pool_limit((size_t)256 * 1024 * 1024);
    rill_pool_trim();
}

/* ---- What stores take and say ---------------------------------------------------------------- */

ON_EACH_KIND(boundaries__realloc, 0)
{
    for (size_t i = 0; i < EDGES; i++) {
        subject t;
        void *p, *q;

        if (edges[i] > SIZE_MAX || edges[i] <= SUBJECT_PIECE ||
            edges[i] < PTRDIFF_MAX - 2 ||
            (sizeof(size_t) < 8 && edges[i] <= PTRDIFF_MAX))
            continue; /* may be had */
        length = (size_t)edges[i];
        test_context("%s: %#zx", kind->name, length);
        subject_open(&t, kind);
        CHECK(rill_realloc(t.s, NULL, 0, length) == NULL);
        p = rill_realloc(t.s, NULL, 0, 100);
        CHECK(p != NULL);
        memcpy(p, CONTENT, CONTENT_LEN);
        q = rill_realloc(t.s, p, 100, length);
        CHECK(q == NULL);
        CHECK_MEM(p, CONTENT_LEN, CONTENT, CONTENT_LEN);
        rill_realloc(t.s, p, 100, 0);
        subject_is_unchanged(&t, 0);
        subject_drop(&t);
    }
}

/* rill_grow() gives at most `max`, and keeps what there was. */
TEST(boundaries__grow)
{
    for (size_t i = 0; i < EDGES; i++) {
        rill *s = rill_open_mem(NULL);
        rill_flat flat = {NULL, 3, 8};
        int rc;

        CHECK(s != NULL);
        if (edges[i] > SIZE_MAX)
            goto next;
        length = (size_t)edges[i];
        test_context("need %#zx", length);
        flat.base = rill_realloc(s, NULL, 0, flat.cap);
        memcpy(flat.base, "abc", 3);
        rc = rill_grow(s, &flat, length, 1000, NULL);
        CHECK_CODE(RILL_ENOSPC, rc);
        CHECK_INT(1000, flat.cap);
        CHECK_BYTES(flat.base, 3, "abc");
        if (length >= PTRDIFF_MAX - 1) {
            CHECK_CODE(RILL_ENOMEM,
                       rill_grow(s, &flat, length, SIZE_MAX, NULL));
            CHECK_INT(1000, flat.cap);
            CHECK_BYTES(flat.base, 3, "abc");
        }
        rill_realloc(s, flat.base, flat.cap, 0);
    next:
        CHECK_OK(rill_close(s));
    }
}

/* A store that starts anywhere reads and writes there, as far as it can. */
TEST(boundaries__start_at)
{
    const subject_kind *kind = &subject_kinds[10]; /* null: takes all */

    CHECK_STR("null", kind->name);
    for (size_t i = 0; i < EDGES; i++) {
        char back[4];
        rill *s;

        if (edges[i] > INT64_MAX)
            continue;
        test_context("start %#llx", (unsigned long long)edges[i]);
        s = rill_open_null();
        CHECK(s != NULL);
        rill_start_at(s, (int64_t)edges[i]);
        CHECK_INT(edges[i], rill_tell(s));
        CHECK_INT(0, rill_read(s, back, sizeof(back)));
        CHECK_CODE(edges[i] < INT64_MAX ? 1 : RILL_ERANGE,
                   rill_write(s, zeros, 1));
        CHECK_OK(rill_close(s));
    }
}

/* A store that answers with an edge, whatever it was asked. */
struct liar {
    int64_t answer;
};

static ptrdiff_t lie(void *self)
{
    const struct liar *l = self;

    if (l->answer > PTRDIFF_MAX)
        return PTRDIFF_MAX;
    return l->answer < PTRDIFF_MIN ? PTRDIFF_MIN : (ptrdiff_t)l->answer;
}

static ptrdiff_t liar_read(rill *s, void *self, void *buf, size_t n, int64_t at)
{
    (void)s, (void)buf, (void)n, (void)at;
    return lie(self);
}

static ptrdiff_t liar_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t at)
{
    (void)s, (void)buf, (void)n, (void)at;
    return lie(self);
}

static ptrdiff_t liar_vector(rill *s, void *self, const rill_iovec *v,
                             int count, int64_t at)
{
    (void)s, (void)v, (void)count, (void)at;
    return lie(self);
}

static int64_t liar_size(rill *s, void *self)
{
    const struct liar *l = self;

    (void)s;
    return l->answer;
}

static const rill_ops liar_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct liar),
    .name = "liar",
    .read = liar_read,
    .write = liar_write,
    .readv = liar_vector,
    .writev = liar_vector,
    .size = liar_size,
};

static rill *open_liar(int64_t answer)
{
    void *self;
    rill *s =
        rill_open_ops(&liar_ops, RILL_READ | RILL_WRITE, NULL, NULL, &self);

    CHECK(s != NULL);
    ((struct liar *)self)->answer = answer;
    return s;
}

/* No count that it claims is believed; no size breaks the arithmetic. */
TEST(boundaries__answers_of_stores)
{
    for (size_t i = 0; i < EDGES; i++) {
        char back[300];
        rill_iovec v[2] = {{back, 8}, {back, 9}};
        int64_t answer = signed_edge(i), n;
        rill *s;

        if (answer > 0 && answer <= 131072)
            continue; /* a count that may be true */
        test_context("answer %lld", (long long)answer);
        for (int step = 0; step < 10; step++) {
            if (answer == RILL_EINTR)
                break;
            s = open_liar(answer);
            if (step == 0)
                CHECK(rill_read(s, back, sizeof(back)) < 0);
            if (step == 1)
                CHECK(rill_readv(s, v, 2) < 0);
            if (step == 2)
                CHECK(rill_getc(s) < 0);
            if (step == 3)
                CHECK(rill_pread(s, back, sizeof(back), 7) < 0);
            if (step == 4)
                CHECK(rill_pwrite(s, back, 3, 7) < 0);
            if (step == 5) {
                n = rill_write(s, zeros, 65536);
                CHECK(n < 0);
            }
            if (step == 6) {
                v[0] = (rill_iovec){zeros, 65536};
                CHECK(rill_writev(s, v, 2) < 0);
            }
            if (step == 7) {
                n = rill_seek(s, INT64_MAX, RILL_SEEK_END);
                CHECK_CODE(answer < 0 ? (int)rill_size(s) : RILL_ERANGE, n);
            }
            if (step == 8) {
                n = rill_skip(s, INT64_MAX);
                CHECK(n < 0);
            }
            if (step == 9) {
                void *all = NULL;
                CHECK(rill_read_all(s, &all) < 0);
                CHECK(all == NULL);
            }
            rill_discard(s);
        }
    }
}

/* ---- Messages ---------------------------------------------------------------------------------- */

TEST(boundaries__error_format)
{
    rill_error e = {RILL_EIO, 0, INT64_MAX, "read", "path"};
    char back[100];
    int len;

    for (size_t i = 0; i < EDGES; i++) {
        if (edges[i] > SIZE_MAX)
            continue;
        e.offset = signed_edge(i);
        e.code = (int)(unsigned)edges[i];
        len = rill_error_format(&e, back, length);
        CHECK(len > 0);
        CHECK_INT(strlen(back), len);
        CHECK(rill_strerror(e.code) != NULL);
    }
}

/* ---- Nothing forgotten -------------------------------------------------------------------------- */

/* Every public function: the test above that covers it, or why none does. */
static const struct {
    const char *pattern, *covered_by;
} functions[] = {
#include "functions.h"
};

enum { FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

static size_t used[FUNCTIONS];

/* Blank the comments and the lines of the preprocessor. */
static void blank_comments(char *text)
{
    char *end;

    for (char *p = text; *p; p++) {
        bool line_start = p == text || p[-1] == '\n';

        if (p[0] == '/' && p[1] == '*') {
            end = strstr(p, "*/");
            CHECK(end != NULL);
            memset(p, ' ', (size_t)(end + 2 - p));
        } else if (line_start && *p == '#') {
            for (; *p && *p != '\n'; p++) {
                if (*p == '\\' && p[1] == '\n')
                    p++;
                *p = ' ';
            }
            if (!*p)
                return;
        }
    }
}

/* Look a name up in the list; the test fails where it is not there. */
static void check_listed(const char *name, const char *header)
{
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (fnmatch(functions[i].pattern, name, 0) == 0) {
            used[i]++;
            return;
        }
    }
    FAIL("%s of %s: not in tests/security/functions.h", name, header);
}

/* Every name that is followed by a parenthesis is declared, or called by an
 * inline function and declared elsewhere. */
static void check_header(const char *path)
{
    size_t len;
    char *text = test_read_file(path, &len), *p = text;

    blank_comments(text);
    while ((p = strstr(p, "rill_")) != NULL) {
        size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_");
        bool starts = p == text || !strchr("_", p[-1]);

        if (starts && p[n] == '(') {
            p[n] = '\0';
            check_listed(p, path);
            p[n] = '(';
        }
        p += n;
    }
    free(text);
}

TEST(boundaries__no_function_is_forgotten)
{
    const char *source = getenv("SOURCE_DIR");
    char pattern[PATH_MAX];
    glob_t headers;

    if (!source)
        SKIP("SOURCE_DIR is not set");
    snprintf(pattern, sizeof(pattern), "%s/include/rill/*.h", source);
    CHECK(glob(pattern, 0, NULL, &headers) == 0);
    CHECK(headers.gl_pathc > 5);
    for (size_t i = 0; i < headers.gl_pathc; i++)
        check_header(headers.gl_pathv[i]);
    globfree(&headers);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (!used[i])
            FAIL("%s: listed, but in no header", functions[i].pattern);
    }
}
