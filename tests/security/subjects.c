/*
 * subjects.c - the kinds of streams that the tests of this directory attack.
 *
 * Files are bounded by RLIMIT_FSIZE, which the tests of sizes set, memory by
 * options, the stores defined here by themselves.
 */
#define _GNU_SOURCE
#include "subjects.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <rill/ops.h>

/* ---- A bounded allocator --------------------------------------------------- */

static void *bounded_realloc(void *ctx, void *p, size_t old_size,
                             size_t new_size)
{
    subject *t = ctx;
    void *to;

    if (new_size > t->largest)
        t->largest = new_size;
    if (new_size == 0) {
        t->allocated -= old_size;
        free(p);
        return NULL;
    }
    to = new_size <= SUBJECT_PIECE ? realloc(p, new_size) : NULL;
    if (to)
        t->allocated += new_size - old_size;
    return to;
}

/* ---- Stores of our own ----------------------------------------------------- */

/* A moving store over an array. */
struct array {
    unsigned char *bytes; /* SUBJECT_MOST of them */
    size_t len;
};

static ptrdiff_t array_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct array *a = self;
    size_t left = (uint64_t)offset < a->len ? a->len - (size_t)offset : 0;

    (void)s;
    if (n > left)
        n = left;
    if (n > 0)
        memcpy(buf, a->bytes + offset, n);
    return (ptrdiff_t)n;
}

/* Make the array at least `len` long, with zeros. */
static int array_extend(struct array *a, int64_t len)
{
    if (len > SUBJECT_MOST)
        return RILL_ENOSPC;
    if ((size_t)len > a->len) {
        memset(a->bytes + a->len, 0, (size_t)len - a->len);
        a->len = (size_t)len;
    }
    return RILL_OK;
}

static ptrdiff_t array_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct array *a = self;

    (void)s;
    if (offset >= SUBJECT_MOST)
        return RILL_ENOSPC;
    if (n > (size_t)(SUBJECT_MOST - offset))
        n = (size_t)(SUBJECT_MOST - offset);
    array_extend(a, offset + (int64_t)n);
    memcpy(a->bytes + offset, buf, n);
    return (ptrdiff_t)n;
}

static int64_t array_size(rill *s, void *self)
{
    struct array *a = self;

    (void)s;
    return (int64_t)a->len;
}

static int array_truncate(rill *s, void *self, int64_t size)
{
    struct array *a = self;

    (void)s;
    if ((uint64_t)size < a->len)
        a->len = (size_t)size;
    return array_extend(a, size);
}

static int array_close(rill *s, void *self)
{
    struct array *a = self;

    (void)s;
    free(a->bytes);
    return RILL_OK;
}

static const rill_ops array_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct array),
    .name = "array",
    .read = array_read,
    .write = array_write,
    .size = array_size,
    .truncate = array_truncate,
    .close = array_close,
};

/* A flat store that grows as rill_grow() does, up to SUBJECT_MOST. */
static int flat_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    (void)self;
    return rill_grow(s, flat, need, SUBJECT_MOST, NULL);
}

static const rill_ops flat_ops = {
    .struct_size = sizeof(rill_ops),
    .name = "flat",
    .flags = RILL_OPS_FLAT | RILL_OPS_EXTENDS | RILL_OPS_OWNS,
    .grow = flat_grow,
};

/* ---- How each is opened ------------------------------------------------------ */

static rill *open_mem(subject *t)
{
    rill_options o = RILL_OPTIONS_INIT;

    (void)t;
    o.max_size = SUBJECT_MOST;
    return rill_open_mem_copy(CONTENT, CONTENT_LEN, &o);
}

static rill *open_mem_allocator(subject *t)
{
    return rill_open_mem_copy(CONTENT, CONTENT_LEN, &t->options);
}

static rill *open_view(subject *t)
{
    (void)t;
    return rill_open_view(CONTENT, CONTENT_LEN);
}

static rill *open_fixed(subject *t)
{
    t->room = test_alloc(100);
    memcpy(t->room, CONTENT, CONTENT_LEN);
    t->options.length = CONTENT_LEN;
    return rill_open_fixed(t->room, 100, &t->options);
}

/* Put the content into a stream that was just made, and rewind it. */
static rill *filled(rill *s)
{
    CHECK(s != NULL);
    CHECK_INT(CONTENT_LEN, rill_write(s, CONTENT, CONTENT_LEN));
    CHECK_OK(rill_rewind(s));
    return s;
}

static rill *open_spool_in_memory(subject *t)
{
    return filled(rill_open_spool(SUBJECT_MOST, &t->options));
}

static rill *open_spool_on_disk(subject *t)
{
    return filled(rill_open_spool(1, &t->options));
}

static rill *open_file(subject *t)
{
    test_write_file("subject", CONTENT, CONTENT_LEN);
    return rill_open_with("subject", "r+", &t->options);
}

static rill *open_file_unbuffered(subject *t)
{
    t->options.buffer_size = RILL_UNBUFFERED;
    return open_file(t);
}

static rill *open_file_small_window(subject *t)
{
    t->options.buffer_size = 7;
    return open_file(t);
}

static rill *open_file_append(subject *t)
{
    rill *s;

    test_write_file("subject", CONTENT, CONTENT_LEN);
    s = rill_open_with("subject", "a+", &t->options);
    CHECK(s != NULL);
    CHECK_OK(rill_rewind(s));
    return s;
}

static rill *open_null(subject *t)
{
    (void)t;
    return rill_open_null();
}

/* The end to read of a pipe that holds the content and ends. */
static rill *open_pipe_to_read(subject *t)
{
    CHECK(pipe2(t->fds, O_CLOEXEC) == 0);
    CHECK(write(t->fds[1], CONTENT, CONTENT_LEN) == CONTENT_LEN);
    close(t->fds[1]);
    t->fds[1] = -1;
    return rill_open_fd(t->fds[0], "r", RILL_BORROW, &t->options);
}

/* The end to write of a pipe that nobody empties: it blocks, or says so. */
static rill *open_pipe_to_write(subject *t)
{
    CHECK(pipe2(t->fds, O_CLOEXEC | O_NONBLOCK) == 0);
    return rill_open_fd(t->fds[1], "w", RILL_BORROW, &t->options);
}

static rill *open_array(subject *t)
{
    void *self;
    rill *s = rill_open_ops(&array_ops, RILL_READ | RILL_WRITE, NULL,
                            &t->options, &self);
    struct array *a = self;

    CHECK(s != NULL);
    a->bytes = test_alloc(SUBJECT_MOST);
    return filled(s);
}

static rill *open_flat(subject *t)
{
    void *self;
    rill *s = rill_open_ops(&flat_ops, RILL_READ | RILL_WRITE, NULL,
                            &t->options, &self);

    CHECK(s != NULL);
    *rill_flat_of(s) = (rill_flat){
        .base = rill_realloc(s, NULL, 0, CONTENT_LEN),
        .len = CONTENT_LEN,
        .cap = CONTENT_LEN,
    };
    CHECK(rill_flat_of(s)->base != NULL);
    memcpy(rill_flat_of(s)->base, CONTENT, CONTENT_LEN);
    return s;
}

/* Parts of an array that ends where they do; `size` as in rill_open_section(). */
static rill *open_part(subject *t, int64_t size)
{
    t->whole = open_array(t);
    CHECK_INT(1, rill_pwrite(t->whole, "9", 1, CONTENT_LEN));
    CHECK_INT(CONTENT_LEN, rill_pwrite(t->whole, CONTENT, CONTENT_LEN, 1));
    return rill_open_section(t->whole, 1, size, &t->options);
}

static rill *open_section(subject *t)
{
    return open_part(t, -1);
}

static rill *open_section_bounded(subject *t)
{
    return open_part(t, SUBJECT_MOST - 1);
}

static rill *open_text_with_positions(subject *t)
{
    t->options.newline = RILL_NEWLINE_LF;
    return rill_open_text(open_array(t), RILL_TAKE, &t->options);
}

static rill *open_text_to_read(subject *t)
{
    t->options.encoding = "latin-1";
    return rill_open_text(rill_open_view(CONTENT, CONTENT_LEN), RILL_TAKE,
                          &t->options);
}

static rill *open_text_to_write(subject *t)
{
    t->options.encoding = "utf-16";
    t->options.newline = RILL_NEWLINE_CRLF;
    return rill_open_text(open_pipe_to_write(t), RILL_TAKE, &t->options);
}

static rill *open_save(subject *t)
{
    test_write_file("subject", CONTENT, CONTENT_LEN);
    return rill_open_with("subject", "r+s", &t->options);
}

#define ALL (READS | WRITES | SEEKS | GROWS | CUTS)

const subject_kind subject_kinds[] = {
    {"mem", open_mem, ALL | CLAMPS | FLAT},
    {"mem, own allocator", open_mem_allocator, ALL | CLAMPS | FLAT},
    {"view", open_view, READS | SEEKS | FLAT},
    {"fixed", open_fixed, READS | WRITES | SEEKS | CUTS | FLAT},
    {"spool in memory", open_spool_in_memory, ALL | EXTENDS | FLAT | DISK},
    {"spool on disk", open_spool_on_disk, ALL | EXTENDS | DISK},
    {"file", open_file, ALL | EXTENDS | DISK},
    {"file, unbuffered", open_file_unbuffered, ALL | EXTENDS | DISK},
    {"file, small window", open_file_small_window, ALL | EXTENDS | DISK},
    {"file, append", open_file_append, ALL | EXTENDS | DISK | APPENDS},
    {"null", open_null, ALL | EMPTY},
    {"pipe to read", open_pipe_to_read, READS},
    {"pipe to write", open_pipe_to_write, WRITES | EMPTY},
    {"user store, moving", open_array, ALL | EXTENDS},
    {"save", open_save, ALL | EXTENDS | DISK},
    {"section to the end", open_section, READS | WRITES | SEEKS | GROWS},
    {"section", open_section_bounded, READS | WRITES | SEEKS | GROWS},
    {"text with positions", open_text_with_positions, ALL | EXTENDS},
    {"text to read", open_text_to_read, READS},
    {"text to write", open_text_to_write, WRITES | EMPTY},
    {"user store, flat", open_flat, ALL | EXTENDS | FLAT},
};

const size_t subject_kind_count =
    sizeof(subject_kinds) / sizeof(subject_kinds[0]);

void subject_open(subject *t, const subject_kind *kind)
{
    *t = (subject){
        .kind = kind,
        .options = RILL_OPTIONS_INIT,
        .allocator = {bounded_realloc, t},
        .fds = {-1, -1},
    };
    t->options.allocator = &t->allocator;
    t->s = kind->open(t);
    if (!t->s)
        FAIL("%s: cannot be opened: %s", kind->name, strerror(errno));
    t->largest = 0;
}

void subject_drop(subject *t)
{
    rill_discard(t->s);
    rill_discard(t->whole);
    CHECK_INT(0, t->allocated);
    free(t->room);
    for (int i = 0; i < 2; i++) {
        if (t->fds[i] >= 0)
            close(t->fds[i]);
    }
}

/* ---- What must hold --------------------------------------------------------- */

int64_t subject_at(const subject *t)
{
    return t->kind->can & SEEKS ? rill_tell(t->s) : 0;
}

void subject_is_unchanged(subject *t, int64_t at)
{
    unsigned can = t->kind->can;
    char back[CONTENT_LEN + 1];
    int64_t len = can & EMPTY ? 0 : CONTENT_LEN;

    CHECK_OK(rill_failed(t->s, NULL));
    if (can & SEEKS) {
        CHECK_INT(at, rill_tell(t->s));
        CHECK_INT(len, rill_size(t->s));
        CHECK_INT(0, rill_seek(t->s, 0, RILL_SEEK_SET));
    }
    if (can & READS) {
        CHECK_INT(len, rill_read(t->s, back, sizeof(back)));
        CHECK_MEM(back, len, CONTENT, (size_t)len);
    }
    if (can & SEEKS)
        CHECK_INT(at, rill_seek(t->s, at, RILL_SEEK_SET));
}

void subject_is_usable(subject *t)
{
    unsigned can = t->kind->can;
    rill *s = t->s;
    char byte = 0;

    rill_clear(s);
    if (can & SEEKS)
        CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    if (can & WRITES) {
        ptrdiff_t n = rill_write(s, "A", 1);
        int full = n == RILL_EAGAIN; /* a pipe that nobody empties */

        CHECK(n == 1 || full);
        n = rill_flush(s);
        CHECK(n == RILL_OK || n == RILL_EAGAIN);
    }
    if (can & SEEKS && can & READS && can & WRITES && !(can & EMPTY)) {
        CHECK_INT(1, rill_seek(s, -1, RILL_SEEK_CUR) < 0 ? -1 : 1);
        CHECK_INT(1, rill_read(s, &byte, 1));
        CHECK_INT('A', byte);
    }
    CHECK(s->rpos <= s->rend);
    CHECK(s->wpos <= s->wend);
    CHECK(s->rpos == s->rend || s->wpos == s->wend);
}

/* ---- One test for each kind -------------------------------------------------- */

typedef struct pairing {
    subject_test *run;
    const subject_kind *kind;
} pairing;

static void run_pairing(void *arg)
{
    const pairing *p = arg;

    p->run(p->kind);
}

void subject_register(const char *name, unsigned needs, subject_test *run)
{
    char text[120];

    for (size_t i = 0; i < subject_kind_count; i++) {
        pairing *p;

        if ((subject_kinds[i].can & needs) != needs)
            continue;
        p = test_alloc(sizeof(*p));
        *p = (pairing){run, &subject_kinds[i]};
        snprintf(text, sizeof(text), "%s (%s)", name, subject_kinds[i].name);
        test_register(text, run_pairing, p);
    }
}
