/*
 * fixture.c - the table of stores that the conformance suite runs over.
 *
 * A row says how to make a stream with a given content, and how to see what
 * the store holds once the stream is closed, without asking the stream. Rows
 * of a store differ in one setting (buffer size, threshold...). The stores of
 * the tests' own are in user_store.c, pipes and their threads in pump.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture_store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- Memory ------------------------------------------------------------- */

static void keep(fixture *fx, const void *data, size_t len)
{
    fixture_bytes_cut(&fx->bytes, 0);
    fixture_bytes_put(&fx->bytes, data, len, 0);
}

static void keep_value(fixture *fx, rill *s)
{
    const void *data;
    ptrdiff_t n = rill_data(s, &data);

    if (n < 0)
        FAIL("rill_data: %s", test_code_name(n));
    keep(fx, data, (size_t)n);
}

static rill *open_mem(fixture *fx, const char *mode, const void *data,
                      size_t len)
{
    (void)mode;
    return rill_open_mem_copy(data, len, &fx->options);
}

static rill *open_mem_take(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    void *copy = test_alloc(len);

    (void)mode;
    memcpy(copy, data, len);
    return rill_open_mem_take(copy, len, &fx->options);
}

/* Written and rewound, as there is no way to start with content. */
static rill *open_init_mem(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    rill *s;

    (void)mode;
    fx->room = test_alloc(sizeof(rill_storage));
    s = rill_init_mem((rill_storage *)(void *)fx->room);
    if (rill_write(s, data, len) != (ptrdiff_t)len || rill_rewind(s) < 0)
        FAIL("cannot fill a stream in the caller's storage");
    return s;
}

static rill *open_mem_bounded(fixture *fx, const char *mode, const void *data,
                              size_t len)
{
    fx->options.max_size = fx->kind->setting;
    return open_mem(fx, mode, data, len);
}

enum { STRICT_HEAD = 16 }; /* before each piece: its size */

/* Memory that always moves, and complains about a wrong old size. */
static void *strict_realloc(void *ctx, void *p, size_t old_size,
                            size_t new_size)
{
    fixture *fx = ctx;
    unsigned char *old = p ? (unsigned char *)p - STRICT_HEAD : NULL;
    unsigned char *made = NULL;
    size_t size = 0;

    if (old)
        memcpy(&size, old, sizeof(size));
    if (size != old_size)
        FAIL("allocator: old size is %zu, told %zu", size, old_size);
    if (!old && !new_size)
        FAIL("allocator: called for nothing");
    if (new_size > (size_t)1 << 32)
        return NULL;
    if (new_size) {
        made =
            (unsigned char *)test_alloc(STRICT_HEAD + new_size) + STRICT_HEAD;
        memcpy(made - STRICT_HEAD, &new_size, sizeof(new_size));
        memset(made, 0xA5, new_size);
        if (old)
            memcpy(made, p, old_size < new_size ? old_size : new_size);
    }
    if (old)
        memset(p, 0x5A, old_size);
    free(old);
    fx->allocated += new_size - old_size;
    return made;
}

static rill *open_mem_strict(fixture *fx, const char *mode, const void *data,
                             size_t len)
{
    rill_allocator *a = (rill_allocator *)test_alloc(sizeof(*a));

    a->realloc = strict_realloc;
    a->ctx = fx;
    fx->room = (unsigned char *)a;
    fx->options.allocator = a;
    return open_mem(fx, mode, data, len);
}

void fixture_free(fixture *fx, void *p)
{
    size_t size;

    if (!p || !fx->options.allocator) {
        rill_free(p);
        return;
    }
    memcpy(&size, (unsigned char *)p - STRICT_HEAD, sizeof(size));
    strict_realloc(fx, p, size, 0);
}

/* Whoever frees too little shows here. */
static void check_freed(fixture *fx)
{
    if (fx->allocated)
        FAIL("%zu bytes were not freed", fx->allocated);
}

static rill *open_view(fixture *fx, const char *mode, const void *data,
                       size_t len)
{
    (void)mode;
    fx->room = test_alloc(len);
    memcpy(fx->room, data, len);
    return rill_open_view(fx->room, len);
}

static rill *open_fixed(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    (void)mode;
    fx->room_size = (size_t)fx->kind->setting;
    fx->room = test_alloc(fx->room_size);
    memset(fx->room, 0xA5, fx->room_size);
    memcpy(fx->room, data, len);
    fx->options.length = len;
    return rill_open_fixed(fx->room, fx->room_size, &fx->options);
}

/* The bytes of a spool must be asked for: its file has no name. */
static void keep_by_reading(fixture *fx, rill *s)
{
    void *data = NULL;
    ptrdiff_t n;

    if (rill_seek(s, 0, RILL_SEEK_SET) < 0)
        FAIL("cannot seek back");
    n = rill_read_all(s, &data);
    if (n < 0)
        FAIL("rill_read_all: %s", test_code_name(n));
    keep(fx, data, (size_t)n);
    rill_free(data);
}

static rill *open_spool(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    rill *s = rill_open_spool((size_t)fx->kind->setting, &fx->options);

    (void)mode;
    if (s && (rill_write(s, data, len) != (ptrdiff_t)len || rill_rewind(s) < 0))
        FAIL("cannot fill a spool");
    return s;
}

static rill *open_null(fixture *fx, const char *mode, const void *data,
                       size_t len)
{
    (void)fx;
    (void)mode;
    (void)data;
    if (len)
        FAIL("null has no content");
    return rill_open_null();
}

/* ---- Files -------------------------------------------------------------- */

static rill *open_file(fixture *fx, const char *mode, const void *data,
                       size_t len)
{
    fx->options.buffer_size = fx->kind->setting;
    test_write_file(fx->path, data, len);
    return rill_open_with(fx->path, mode, &fx->options);
}

static void keep_file(fixture *fx)
{
    size_t len;
    void *data = test_read_file(fx->path, &len);

    keep(fx, data, len);
    free(data);
}

/* The open(2) flags of a mode that starts with 'r' or 'a'. */
static int flags_of(const char *mode)
{
    int flags = mode[0] == 'a' ? O_APPEND | O_CREAT : 0;

    if (strchr(mode, '+'))
        return flags | O_RDWR;
    return flags | (mode[0] == 'r' ? O_RDONLY : O_WRONLY);
}

static int open_descriptor(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    int fd;

    test_write_file(fx->path, data, len);
    fd = open(fx->path, flags_of(mode) | O_CLOEXEC, 0666);
    if (fd < 0)
        FAIL("open %s: %s", fx->path, strerror(errno));
    return fd;
}

static rill *open_fd_taken(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    int fd = open_descriptor(fx, mode, data, len);

    return rill_open_fd(fd, mode, RILL_TAKE, &fx->options);
}

static rill *open_fd_borrowed(fixture *fx, const char *mode, const void *data,
                              size_t len)
{
    fx->options.buffer_size = fx->kind->setting;
    fx->fd = open_descriptor(fx, mode, data, len);
    return rill_open_fd(fx->fd, mode, RILL_BORROW, &fx->options);
}

/* ---- The table ---------------------------------------------------------- */

enum {
    ROOM = 1 << 21, /* the capacity of what has one */

    BOTH = READS | WRITES | SEEKS | TRUNCATES,
    MEM = BOTH | GROWS | MEMORY | TAKES | CLAMPS,
    FILES = BOTH | GROWS | EXTENDS | APPENDS | MODES | OPTIONS | MOVES,
    SPOOL = BOTH | GROWS | EXTENDS | OPTIONS,
    USER = FILES & ~APPENDS
};

const fixture_kind fixture_kinds[] = {
    {"mem", open_mem, keep_value, NULL, MEM | OPTIONS, 0},
    {"mem_in_storage", open_init_mem, keep_value, NULL, MEM, 0},
    {"mem_allocator", open_mem_strict, keep_value, check_freed, MEM, 0},
    {"mem_take", open_mem_take, keep_value, NULL, MEM | OPTIONS, 0},
    {"mem_bounded", open_mem_bounded, keep_value, NULL,
     (MEM | OPTIONS) & ~GROWS, ROOM},
    {"view", open_view, keep_value, NULL, READS | SEEKS | MEMORY, 0},
    {"fixed", open_fixed, keep_value, NULL, BOTH | MEMORY | OPTIONS, ROOM},
    {"spool", open_spool, keep_by_reading, NULL, SPOOL | MEMORY | TAKES, ROOM},
    {"spool_16", open_spool, keep_by_reading, NULL, SPOOL, 16},
    {"spool_0", open_spool, keep_by_reading, NULL, SPOOL, 0},
    {"file", open_file, NULL, keep_file, FILES, 0},
    {"file_unbuffered", open_file, NULL, keep_file, FILES, RILL_UNBUFFERED},
    {"file_1", open_file, NULL, keep_file, FILES, 1},
    {"file_7", open_file, NULL, keep_file, FILES, 7},
    {"fd", open_fd_taken, NULL, keep_file, FILES, 0},
    {"fd_borrowed_13", open_fd_borrowed, NULL, keep_file, FILES, 13},
    {"pipe_out", fixture_open_pipe_out, NULL, NULL, READS | PIPES | MOVES, 0},
    {"pipe_in", fixture_open_pipe_in, NULL, fixture_pump_wait,
     WRITES | PIPES | MOVES, 0},
    {"socket", fixture_open_socket, NULL, fixture_pump_wait,
     READS | WRITES | PIPES | MOVES, 0},
    {"null", open_null, NULL, NULL, WRITES | SEEKS | FORGETS, 0},
    {"user", fixture_open_user, NULL, NULL, USER, USER_WHOLE},
    {"user_unbuffered", fixture_open_user_unbuffered, NULL, NULL, USER,
     USER_WHOLE},
    {"user_one", fixture_open_user, NULL, NULL, USER, USER_ONE},
    {"user_half", fixture_open_user, NULL, NULL, USER, USER_HALF},
    {"user_eintr", fixture_open_user, NULL, NULL, USER, USER_EINTR},
    {"user_eagain", fixture_open_user, NULL, NULL, USER | BLOCKS, USER_EAGAIN},
    {"user_eagain_7", fixture_open_user_7, NULL, NULL, USER | BLOCKS,
     USER_EAGAIN},
    {"user_eagain_unbuffered", fixture_open_user_unbuffered, NULL, NULL,
     USER | BLOCKS, USER_EAGAIN},
    {"user_flat", fixture_open_user_flat, keep_value, NULL,
     BOTH | GROWS | EXTENDS | MEMORY | MODES | OPTIONS, 0},
    {"user_flat_given", fixture_open_user_flat, keep_value, NULL,
     BOTH | GROWS | MEMORY | TAKES | MODES | OPTIONS, 0},
};

const size_t fixture_kind_count =
    sizeof(fixture_kinds) / sizeof(fixture_kinds[0]);

/* ---- Running ------------------------------------------------------------ */

const fixture_kind *fixture_kind_named(const char *name)
{
    for (size_t i = 0; i < fixture_kind_count; i++)
        if (strcmp(fixture_kinds[i].name, name) == 0)
            return &fixture_kinds[i];
    FAIL("no such row: %s", name);
    return NULL;
}

fixture *fixture_start(const fixture_kind *kind)
{
    static unsigned made;
    static const rill_options none = RILL_OPTIONS_INIT;
    fixture *fx = test_alloc(sizeof(*fx));

    memset(fx, 0, sizeof(*fx));
    fx->kind = kind;
    fx->can = kind->can;
    fx->options = none;
    fx->seed = 88172645463325252u;
    fx->fd = -1;
    snprintf(fx->path, sizeof(fx->path), "fixture-%u", made++);
    return fx;
}

void fixture_stop(fixture *fx)
{
    if (fx->fd >= 0)
        close(fx->fd);
    fixture_pump_wait(fx);
    free(fx->bytes.data);
    free(fx->room);
    free(fx);
}

typedef struct fixture_case {
    const fixture_kind *kind;
    fixture_test *run;
} fixture_case;

static void run_case(void *arg)
{
    fixture_case c = *(fixture_case *)arg;
    fixture *fx = fixture_start(c.kind);

    c.run(fx);
    fixture_stop(fx);
}

static fixture_case *new_case(const fixture_kind *kind, fixture_test *run)
{
    fixture_case *c = malloc(sizeof(*c));

    if (!c)
        abort();
    *c = (fixture_case){kind, run};
    return c;
}

void fixture_register(const char *name, unsigned needs, fixture_test *run)
{
    char full[128];

    for (size_t i = 0; i < fixture_kind_count; i++) {
        const fixture_kind *kind = &fixture_kinds[i];

        if ((needs & ~(unsigned)BLOCKS) & ~kind->can)
            continue;
        if ((kind->can & BLOCKS) && !(needs & BLOCKS))
            continue;
        snprintf(full, sizeof(full), "%s[%s]", name, kind->name);
        test_register(full, run_case, new_case(kind, run));
    }
}

/* ---- For tests ---------------------------------------------------------- */

rill *fixture_open_bytes(fixture *fx, const char *mode, const void *data,
                         size_t len)
{
    rill_error error = {0};
    rill *s;

    if (strcmp(mode, "r+") == 0 && !(fx->can & WRITES))
        mode = "r";
    fixture_pump_wait(fx);
    free(fx->room);
    fx->room = NULL;
    fx->options.error = &error;
    s = fx->kind->open(fx, mode, data, len);
    fx->options.error = NULL;
    if (!s)
        FAIL("cannot open %s: %s, %s", fx->kind->name,
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

void fixture_close(fixture *fx, rill *s)
{
    int rc;

    if (fx->kind->before_close)
        fx->kind->before_close(fx, s);
    if ((rc = fixture_flush(s)) < 0)
        FAIL("rill_flush: %s", test_code_name(rc));
    if ((rc = rill_close(s)) < 0)
        FAIL("rill_close: %s", test_code_name(rc));
    if (fx->kind->after_close)
        fx->kind->after_close(fx);
}

void fixture_check_leaves(fixture *fx, rill *s, const void *want, size_t len,
                          test_site site)
{
    fixture_close(fx, s);
    if (!(fx->can & FORGETS))
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
