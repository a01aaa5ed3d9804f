/*
 * conform.c - runs the suite over a table of rows, and helps its tests.
 *
 * Tests that fit any store (CONFORMS) announce themselves before main() starts;
 * rill_conform() makes of each one test for each row that can do what it needs.
 * What else has been registered, the TEST()s of the program, runs with them.
 */
#include "fixture.h"

#include "partners.h"

#include <errno.h>

/* ---- What a row says ------------------------------------------------------- */

void rill_conform_holds(rill_conform_case *c, const void *data, size_t len)
{
    rill_conform_bytes *b = &c->bytes;

    if (len > b->cap) {
        free(b->data);
        b->cap = 0;
        b->data = test_alloc(len);
        b->cap = len;
    }
    if (len)
        memcpy(b->data, data, len);
    b->len = len;
}

void rill_conform_fail(const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    FAIL("%s", message);
}

/* ---- Running --------------------------------------------------------------- */

typedef struct conform_test {
    const char *name;
    unsigned needs;
    fixture_test *run;
} conform_test;

typedef struct conform_run {
    const fixture_row *row;
    fixture_test *run;
} conform_run;

static conform_test *conform_tests;
static size_t conform_count, conform_room;
static const fixture_row *conform_rows;
static size_t conform_row_count;

static void *grown(void *p, size_t size)
{
    p = realloc(p, size);
    if (!p)
        abort();
    return p;
}

void fixture_register(const char *name, unsigned needs, fixture_test *run)
{
    if (conform_count == conform_room) {
        conform_room = conform_room ? conform_room * 2 : 64;
        conform_tests =
            grown(conform_tests, conform_room * sizeof(*conform_tests));
    }
    conform_tests[conform_count++] = (conform_test){name, needs, run};
}

fixture *fixture_start(const fixture_row *row)
{
    static unsigned made;
    static const rill_options none = RILL_OPTIONS_INIT;
    fixture *fx = test_alloc(sizeof(*fx));

    test_pattern_of_text(row->can & TEXT ? 1 : 0);
    memset(fx, 0, sizeof(*fx));
    fx->row = row;
    fx->options = none;
    snprintf(fx->path, sizeof(fx->path), "conform-%u", made++);
    return fx;
}

void fixture_stop(fixture *fx)
{
    if (fx->row->stop)
        fx->row->stop(fx);
    test_pattern_of_text(fx->row->can & TEXT ? -1 : 0);
    free(fx->bytes.data);
    free(fx);
}

static void run_case(void *arg)
{
    conform_run run = *(conform_run *)arg;
    fixture *fx = fixture_start(run.row);

    run.run(fx);
    fixture_stop(fx);
}

/* A store that would block needs tests that ask again. */
static int suits(const fixture_row *row, unsigned needs)
{
    if (row->can & BLOCKS && !(needs & BLOCKS))
        return 0;
    if (row->can & TEXT && needs & BINARY)
        return 0;
    return !(needs & ~(unsigned)(BLOCKS | BINARY) & ~row->can);
}

static void register_row(const fixture_row *row)
{
    char name[128];

    for (size_t i = 0; i < conform_count; i++) {
        const conform_test *test = &conform_tests[i];
        conform_run *run;

        if (!suits(row, test->needs))
            continue;
        run = grown(NULL, sizeof(*run));
        *run = (conform_run){row, test->run};
        snprintf(name, sizeof(name), "%s[%s]", test->name, row->name);
        test_register(name, run_case, run);
    }
}

static int row_is_valid(const fixture_row *row)
{
    return row->name && row->open && row->can & (READS | WRITES) &&
           !(row->can & SEEKS && row->can & PIPES);
}

int rill_conform(int argc, char **argv, const rill_conform_row *rows,
                 size_t count)
{
    int failed;

    for (size_t i = 0; i < count; i++) {
        if (!row_is_valid(&rows[i])) {
            fprintf(stderr,
                    "rill_conform: row %zu is none: it needs a name, "
                    "open(), and to read or write\n",
                    i);
            return 2;
        }
    }
    if (count == 0) {
        fprintf(stderr, "rill_conform: no rows\n");
        return 2;
    }
    conform_rows = rows;
    conform_row_count = count;
    for (size_t i = 0; i < count; i++)
        register_row(&rows[i]);
    failed = test_run(argc, argv);
    free(conform_tests);
    conform_tests = NULL;
    conform_count = conform_room = 0;
    return failed;
}

/* ---- Rows ------------------------------------------------------------------ */

static const fixture_row *find_row(const char *name)
{
    for (size_t i = 0; i < conform_row_count; i++)
        if (strcmp(conform_rows[i].name, name) == 0)
            return &conform_rows[i];
    return NULL;
}

const fixture_row *fixture_row_named(const char *name)
{
    const fixture_row *row = find_row(name);

    if (!row)
        FAIL("no such row: %s", name);
    return row;
}

const fixture_row *fixture_partner(size_t i)
{
    if (i < conform_row_count)
        return &conform_rows[i];
    i -= conform_row_count;
    for (size_t k = 0; k < partner_count; k++)
        if (!find_row(partners[k].name) && i-- == 0)
            return &partners[k];
    return NULL;
}

/* ---- For tests ------------------------------------------------------------- */

rill *fixture_open_bytes(fixture *fx, const char *mode, const void *data,
                         size_t len)
{
    rill_error error = {0};
    rill *s;

    if (strcmp(mode, "r+") == 0 && !fixture_can(fx, WRITES))
        mode = "r";
    fx->options.error = &error;
    s = fx->row->open(fx, mode, data, len);
    fx->options.error = NULL;
    if (!s)
        FAIL("cannot open %s: %s, %s", fx->row->name,
             test_code_name(error.code), strerror(errno));
    return s;
}

rill *fixture_open_pattern(fixture *fx, size_t len)
{
    unsigned char *data = test_alloc(len);
    rill *s;

    test_pattern(data, len, 0);
    s = fixture_open_bytes(fx, "r+", data, len);
    free(data);
    return s;
}

void fixture_free(fixture *fx, void *p, size_t size)
{
    const rill_allocator *a = fx->options.allocator;

    if (a)
        a->realloc(a->ctx, p, size, 0);
    else
        rill_free(p);
}

void fixture_look(fixture *fx, rill *s)
{
    if (fx->row->look)
        fx->row->look(fx, s);
}

void fixture_close(fixture *fx, rill *s)
{
    int rc;

    fixture_look(fx, s);
    if ((rc = fixture_flush(s)) < 0)
        FAIL("rill_flush: %s", test_code_name(rc));
    if ((rc = rill_close(s)) < 0)
        FAIL("rill_close: %s", test_code_name(rc));
    fixture_look(fx, NULL);
}

void fixture_check_leaves(fixture *fx, rill *s, const void *want, size_t len,
                          test_site site)
{
    fixture_close(fx, s);
    if (!fixture_can(fx, FORGETS))
        test_check_bytes(want, len, fx->bytes.data, (int64_t)fx->bytes.len,
                         site);
}

int64_t fixture_write(rill *s, const void *data, size_t len)
{
    const unsigned char *p = data;
    size_t done = 0;

    do {
        ptrdiff_t n = rill_write(s, p + done, len - done);

        if (n < 0 && n != RILL_EAGAIN)
            return n;
        done += n > 0 ? (size_t)n : 0;
    } while (done < len);
    return (int64_t)done;
}

int64_t fixture_read(rill *s, void *buf, size_t len)
{
    unsigned char *p = buf;
    size_t done = 0;

    while (done < len) {
        ptrdiff_t n = rill_read(s, p + done, len - done);

        if (n < 0 && n != RILL_EAGAIN)
            return n;
        if (n == 0)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    return (int64_t)done;
}

int64_t fixture_seek(rill *s, int64_t offset, int whence)
{
    int64_t rc;

    RETRY(rc, rill_seek(s, offset, whence));
    return rc;
}

int fixture_flush(rill *s)
{
    int rc;

    RETRY(rc, rill_flush(s));
    return rc;
}

int fixture_truncate(rill *s, int64_t size)
{
    int rc;

    RETRY(rc, rill_truncate(s, size));
    return rc;
}
