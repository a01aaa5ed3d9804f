/*
 * fixture.c - the project's own stores, for the conformance suite to run over.
 *
 * A row says how to make a stream with a given content, and how to see what
 * the store holds once the stream is closed, without asking the stream. Rows
 * of a store differ in one setting (buffer size, threshold...). Memory and
 * files are in partners.c, a store of the tests' own in user_store.c, pipes and
 * their threads in pump.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture_store.h"
#include "partners.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- Memory ------------------------------------------------------------- */

void fixture_release(fixture *fx)
{
    fixture_own *own = fx->own;

    if (!own)
        return;
    if (rill_close(own->under) < 0 || rill_unshare(own->shared) < 0)
        FAIL("the stream below was not closed well");
    fixture_pump_wait(fx);
    if (own->fd >= 0)
        close(own->fd);
    free(own->room);
    free(own);
    fx->own = NULL;
}

fixture_own *fixture_renew(fixture *fx)
{
    fixture_own *own;

    fixture_release(fx);
    fx->own = own = test_alloc(sizeof(*own));
    memset(own, 0, sizeof(*own));
    own->fd = -1;
    return own;
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
    unsigned char *room = test_alloc(sizeof(rill_storage));
    rill *s;

    (void)mode;
    fixture_renew(fx)->room = room;
    s = rill_init_mem((rill_storage *)(void *)room);
    if (rill_write(s, data, len) != (ptrdiff_t)len || rill_rewind(s) < 0)
        FAIL("cannot fill a stream in the caller's storage");
    return s;
}

static rill *open_mem_bounded(fixture *fx, const char *mode, const void *data,
                              size_t len)
{
    fx->options.max_size = fx->row->setting;
    return fixture_open_mem(fx, mode, data, len);
}

enum { STRICT_HEAD = 16 }; /* before each piece: its size */

/* Memory that always moves, and complains about a wrong old size. */
static void *strict_realloc(void *ctx, void *p, size_t old_size,
                            size_t new_size)
{
    fixture_own *own = ctx;
    unsigned char *old = p ? (unsigned char *)p - STRICT_HEAD : NULL;
    unsigned char *made = NULL;
    size_t size = 0;

    if (old)
        memcpy(&size, old, sizeof(size));
    if (size != old_size)
        FAIL("allocator: old size is %zu, told %zu", size, old_size);
    if (!old && !new_size)
        FAIL("allocator: called for nothing");
    if (new_size > (size_t)1 << 30)
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
    own->allocated += new_size - old_size;
    return made;
}

static rill *open_mem_strict(fixture *fx, const char *mode, const void *data,
                             size_t len)
{
    fixture_own *own = fixture_renew(fx);

    own->allocator = (rill_allocator){strict_realloc, own};
    fx->options.allocator = &own->allocator;
    return fixture_open_mem(fx, mode, data, len);
}

/* Whoever frees too little shows once the stream is closed. */
static void look_at_value_and_memory(fixture *fx, rill *s)
{
    const fixture_own *own = fx->own;

    fixture_look_at_value(fx, s);
    if (!s && own->allocated)
        FAIL("%zu bytes were not freed", own->allocated);
}

static rill *open_view(fixture *fx, const char *mode, const void *data,
                       size_t len)
{
    unsigned char *room = test_alloc(len);

    (void)mode;
    fixture_renew(fx)->room = room;
    memcpy(room, data, len);
    return rill_open_view(room, len);
}

/* The storage and what is read share a piece of memory. */
static rill *open_init_view(fixture *fx, const char *mode, const void *data,
                            size_t len)
{
    unsigned char *room = test_alloc(sizeof(rill_storage) + len);
    unsigned char *content = room + sizeof(rill_storage);

    (void)mode;
    fixture_renew(fx)->room = room;
    memcpy(content, data, len);
    return rill_init_view((rill_storage *)(void *)room, content, len);
}

static rill *open_fixed(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    size_t size = (size_t)fx->row->setting;
    unsigned char *room = test_alloc(size);

    (void)mode;
    fixture_renew(fx)->room = room;
    memset(room, 0xA5, size);
    memcpy(room, data, len);
    fx->options.length = len;
    return rill_open_fixed(room, size, &fx->options);
}

/* The bytes of a spool must be asked for: its file has no name. */
static void look_by_reading(fixture *fx, rill *s)
{
    void *data = NULL;
    ptrdiff_t n;

    if (!s)
        return;
    if (rill_seek(s, 0, RILL_SEEK_SET) < 0)
        FAIL("cannot seek back");
    n = rill_read_all(s, &data);
    if (n < 0)
        FAIL("rill_read_all: %s", test_code_name(n));
    rill_conform_holds(fx, data, (size_t)n);
    rill_free(data);
}

static rill *open_spool(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    rill *s = rill_open_spool((size_t)fx->row->setting, &fx->options);

    (void)mode;
    if (s && len &&
        (rill_write(s, data, len) != (ptrdiff_t)len || rill_rewind(s) < 0))
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
    int fd = open_descriptor(fx, mode, data, len);

    fixture_renew(fx)->fd = fd;
    fx->options.buffer_size = fx->row->setting;
    return rill_open_fd(fd, mode, RILL_BORROW, &fx->options);
}

/* A save has its name when it is closed; reading saves nothing. */
static rill *open_save(fixture *fx, const char *mode, const void *data,
                       size_t len)
{
    fx->options.save =
        strcmp(mode, "r") == 0 ? RILL_SAVE_PLAIN : RILL_SAVE_ATOMIC;
    return fixture_open_file(fx, mode, data, len);
}

/* ---- Over another stream ------------------------------------------------ */

enum { BEFORE = 5 }; /* bytes before a section */

/* The section is of a stream that already holds `len` bytes behind others. */
static rill *open_section(fixture *fx, rill *whole, const void *data,
                          size_t len)
{
    if (!whole || rill_write(whole, "before", BEFORE) != BEFORE ||
        rill_write(whole, data, len) != (ptrdiff_t)len)
        FAIL("cannot fill what a section is of");
    fixture_renew(fx)->under = whole;
    fx->options.buffer_size = fx->row->setting;
    return rill_open_section(whole, BEFORE, -1, &fx->options);
}

static rill *open_section_of_file(fixture *fx, const char *mode,
                                  const void *data, size_t len)
{
    (void)mode;
    return open_section(fx, rill_open(fx->path, "w+"), data, len);
}

static rill *open_section_of_mem(fixture *fx, const char *mode,
                                 const void *data, size_t len)
{
    (void)mode;
    return open_section(fx, rill_open_mem(NULL), data, len);
}

static void look_at_section(fixture *fx, rill *s)
{
    const fixture_own *own = fx->own;
    void *data = NULL;
    ptrdiff_t n;

    if (s)
        return;
    if (rill_seek(own->under, BEFORE, RILL_SEEK_SET) < 0)
        FAIL("cannot seek in what a section is of");
    n = rill_read_all(own->under, &data);
    if (n < 0)
        FAIL("cannot read what a section is of");
    rill_conform_holds(fx, data, (size_t)n);
    rill_free(data);
}

static rill *open_locked(fixture *fx, const char *mode, const void *data,
                         size_t len)
{
    fixture_own *own = fixture_renew(fx);

    mode = fixture_can(fx, READS) ? "r" : "w";
    own->shared = rill_share(fixture_open_file(fx, mode, data, len));
    return rill_open_locked(own->shared, &fx->options);
}

static void look_at_locked(fixture *fx, rill *s)
{
    fixture_own *own = fx->own;

    if (s)
        return;
    if (rill_unshare(own->shared) < 0)
        FAIL("rill_unshare");
    own->shared = NULL;
    fixture_look_at_file(fx, s);
}

/* ---- Text --------------------------------------------------------------- */

/* Text that is the same as its bytes. */
static rill *open_text(fixture *fx, rill *under)
{
    fixture_renew(fx)->under = under;
    fx->options.newline = RILL_NEWLINE_LF;
    fx->options.buffer_size = fx->row->setting;
    return rill_open_text(under, RILL_BORROW, &fx->options);
}

static rill *open_text_of_mem(fixture *fx, const char *mode, const void *data,
                              size_t len)
{
    (void)mode;
    return open_text(fx, rill_open_mem_copy(data, len, NULL));
}

static rill *open_text_file(fixture *fx, const char *mode, const void *data,
                            size_t len)
{
    char text_mode[8];

    snprintf(text_mode, sizeof(text_mode), "%st", mode);
    fx->options.newline = RILL_NEWLINE_LF;
    fx->options.line_buffering = fx->row->setting == 1;
    return fixture_open_file(fx, text_mode, data, len);
}

/* Text in UTF-16, which has no positions. What the tests write is ASCII. */
static rill *open_utf16(fixture *fx, const char *mode, int newline)
{
    fx->options.encoding = "utf-16";
    fx->options.newline = newline;
    fx->options.buffer_size = fx->row->setting;
    return rill_open_text(rill_open(fx->path, mode), RILL_TAKE, &fx->options);
}

static rill *open_utf16_out(fixture *fx, const char *mode, const void *data,
                            size_t len)
{
    const unsigned char *from = data;
    unsigned char *units = test_alloc(2 * len + 2);

    (void)mode;
    memcpy(units, "\xfe\xff", 2);
    for (size_t i = 0; i < len; i++) {
        units[2 * i + 2] = 0;
        units[2 * i + 3] = from[i];
    }
    test_write_file(fx->path, units, 2 * len + 2);
    free(units);
    return open_utf16(fx, "r", RILL_NEWLINE_LF);
}

static rill *open_utf16_in(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    (void)mode, (void)data, (void)len;
    return open_utf16(fx, "w", RILL_NEWLINE_CRLF);
}

/* Its bytes, without the \r that has come before each \n. */
static void look_at_utf16(fixture *fx, rill *s)
{
    static const uint16_t mark = 0xfeff;
    size_t size, len = 0;
    unsigned char *text;

    if (s)
        return;
    text = test_read_file(fx->path, &size);
    if (size > 0 && memcmp(text, &mark, 2) != 0)
        FAIL("no byte order mark");
    for (size_t i = 2; i < size; i += 2) {
        uint16_t unit;

        memcpy(&unit, text + i, 2);
        if (unit == '\n' && (len == 0 || text[--len] != '\r'))
            FAIL("\\n without \\r");
        text[len++] = (unsigned char)unit;
    }
    rill_conform_holds(fx, text, len);
    free(text);
}

static void look_at_under(fixture *fx, rill *s)
{
    const fixture_own *own = fx->own;

    (void)s;
    fixture_look_at_value(fx, own->under);
}

/* ---- Doubles over other streams ------------------------------------------ */

/* Over memory, or the row's other stream; buffered as the setting says. */
static rill *open_double(fixture *fx, rill *under, const rill_double *told)
{
    fixture_own *own = fx->own;

    own->told = *told;
    own->under = under;
    fx->options.buffer_size = fx->row->setting;
    return rill_open_double(under, RILL_BORROW, &own->told, &fx->options);
}

static rill *open_double_of_mem(fixture *fx, const void *data, size_t len,
                                rill_double told)
{
    fixture_renew(fx);
    return open_double(fx, rill_open_mem_copy(data, len, NULL), &told);
}

static rill *open_quiet(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    (void)mode;
    return open_double_of_mem(fx, data, len, (rill_double){0});
}

static rill *open_one(fixture *fx, const char *mode, const void *data,
                      size_t len)
{
    (void)mode;
    return open_double_of_mem(fx, data, len, (rill_double){.piece = 1});
}

static rill *open_interrupted(fixture *fx, const char *mode, const void *data,
                              size_t len)
{
    (void)mode;
    return open_double_of_mem(fx, data, len,
                              (rill_double){.piece = 100,
                                            .interrupts = 2,
                                            .seed = 88172645463325252});
}

static rill *open_blocking(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    (void)mode;
    return open_double_of_mem(fx, data, len, (rill_double){.blocks = 1});
}

static void pass(void *ctx, int64_t delay)
{
    *(int64_t *)ctx += delay;
}

/* The text stream closes the double. */
static rill *open_text_blocking(fixture *fx, const char *mode, const void *data,
                                size_t len)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.newline = RILL_NEWLINE_KEEP;
    o.buffer_size = fx->row->setting;
    return rill_open_text(open_blocking(fx, mode, data, len), RILL_TAKE, &o);
}

/* Slow, but for a clock that nobody waits for; and once more, over a file. */
static rill *open_slow_file(fixture *fx, const char *mode, const void *data,
                            size_t len)
{
    static int64_t clock;
    rill_double slow = {
        .piece = 1000, .delay = 1, .wait = pass, .wait_ctx = &clock};
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = RILL_UNBUFFERED;
    test_write_file(fx->path, data, len);
    fixture_renew(fx);
    return open_double(fx, rill_open_with(fx->path, mode, &o), &slow);
}

static rill *open_double_of_pipe_out(fixture *fx, const char *mode,
                                     const void *data, size_t len)
{
    rill *under = fixture_open_pipe_out(fx, mode, data, len);

    return open_double(fx, under, &(rill_double){.piece = 50});
}

static rill *open_double_of_pipe_in(fixture *fx, const char *mode,
                                    const void *data, size_t len)
{
    rill *under = fixture_open_pipe_in(fx, mode, data, len);

    return open_double(fx, under, &(rill_double){.piece = 50});
}

/* The other end sees the end of the data when the pipe is closed, too. */
static void look_at_drain_of_under(fixture *fx, rill *s)
{
    fixture_own *own = fx->own;

    if (s)
        return;
    if (rill_close(own->under) < 0)
        FAIL("the pipe was not closed well");
    own->under = NULL;
    fixture_pump_wait(fx);
}

/* ---- The table ---------------------------------------------------------- */

enum {
    ROOM = 1 << 21, /* the capacity of what has one */

    CAN_SPOOL = CAN_BOTH | GROWS | EXTENDS | OPTIONS,
    CAN_SECTION = READS | WRITES | SEEKS | GROWS | OPTIONS | MOVES,
    CAN_TEXT = PIPES | MOVES | OPTIONS | TEXT,
    CAN_DOUBLE = CAN_BOTH | GROWS | OPTIONS | MOVES | SHOWS,
    CAN_FLAT = CAN_BOTH | GROWS | MEMORY | MODES | OPTIONS
};

#define ROW(name, open, look, can, setting)                 \
    {                                                       \
        name, open, look, fixture_release, (can), (setting) \
    }

static const fixture_row rows[] = {
    ROW("mem", fixture_open_mem, fixture_look_at_value, CAN_MEM | OPTIONS, 0),
    ROW("mem_in_storage", open_init_mem, fixture_look_at_value, CAN_MEM, 0),
    ROW("mem_allocator", open_mem_strict, look_at_value_and_memory, CAN_MEM, 0),
    ROW("mem_take", open_mem_take, fixture_look_at_value, CAN_MEM | OPTIONS, 0),
    ROW("mem_bounded", open_mem_bounded, fixture_look_at_value,
        (CAN_MEM | OPTIONS) & ~GROWS, ROOM),
    ROW("view", open_view, fixture_look_at_value, READS | SEEKS | MEMORY, 0),
    ROW("view_in_storage", open_init_view, fixture_look_at_value,
        READS | SEEKS | MEMORY, 0),
    ROW("fixed", open_fixed, fixture_look_at_value, CAN_BOTH | MEMORY | OPTIONS,
        ROOM),
    ROW("spool", open_spool, look_by_reading, CAN_SPOOL | MEMORY | TAKES, ROOM),
    ROW("spool_16", open_spool, look_by_reading, CAN_SPOOL, 16),
    ROW("spool_0", open_spool, look_by_reading, CAN_SPOOL, 0),
    ROW("file", fixture_open_file, fixture_look_at_file, CAN_FILE, 0),
    ROW("file_unbuffered", fixture_open_file, fixture_look_at_file, CAN_FILE,
        RILL_UNBUFFERED),
    ROW("file_1", fixture_open_file, fixture_look_at_file, CAN_FILE, 1),
    ROW("file_7", fixture_open_file, fixture_look_at_file, CAN_FILE, 7),
    ROW("fd", open_fd_taken, fixture_look_at_file, CAN_FILE, 0),
    ROW("fd_borrowed_13", open_fd_borrowed, fixture_look_at_file, CAN_FILE, 13),
    ROW("save", open_save, fixture_look_at_file, CAN_FILE & ~SHOWS, 0),
    ROW("section_of_file", open_section_of_file, look_at_section, CAN_SECTION,
        0),
    ROW("section_of_file_7", open_section_of_file, look_at_section, CAN_SECTION,
        7),
    ROW("section_of_mem", open_section_of_mem, look_at_section, CAN_SECTION, 0),
    ROW("locked_out", open_locked, look_at_locked, READS | PIPES | MOVES, 0),
    ROW("locked_in", open_locked, look_at_locked, WRITES | PIPES | MOVES, 0),
    ROW("pipe_out", fixture_open_pipe_out, NULL, READS | PIPES | MOVES, 0),
    ROW("pipe_in", fixture_open_pipe_in, fixture_look_at_drain,
        WRITES | PIPES | MOVES, 0),
#ifndef _WIN32 /* where sockets are no descriptors */
    ROW("socket", fixture_open_socket, fixture_look_at_drain,
        READS | WRITES | PIPES | MOVES, 0),
#endif
    ROW("text_of_mem", open_text_of_mem, look_at_under, CAN_DOUBLE | TEXT, 0),
    ROW("text_of_mem_7", open_text_of_mem, look_at_under, CAN_DOUBLE | TEXT, 7),
    ROW("text_of_file", open_text_file, fixture_look_at_file, CAN_FILE | TEXT,
        0),
    ROW("text_of_file_lines", open_text_file, fixture_look_at_file,
        CAN_FILE | TEXT, 1),
    ROW("text_of_file_unbuffered", open_text_file, fixture_look_at_file,
        CAN_FILE | TEXT, RILL_UNBUFFERED),
    ROW("text_utf16_out", open_utf16_out, NULL, CAN_TEXT | READS, 0),
    ROW("text_utf16_out_7", open_utf16_out, NULL, CAN_TEXT | READS, 7),
    ROW("text_utf16_out_unbuffered", open_utf16_out, NULL, CAN_TEXT | READS,
        RILL_UNBUFFERED),
    ROW("text_utf16_in", open_utf16_in, look_at_utf16, CAN_TEXT | WRITES, 0),
    ROW("text_utf16_in_7", open_utf16_in, look_at_utf16, CAN_TEXT | WRITES, 7),
    ROW("text_utf16_in_unbuffered", open_utf16_in, look_at_utf16,
        CAN_TEXT | WRITES, RILL_UNBUFFERED),
    ROW("text_eagain_out", open_text_blocking, NULL,
        (CAN_TEXT | READS | BLOCKS) & ~OPTIONS, 0),
    ROW("text_eagain_out_7", open_text_blocking, NULL,
        (CAN_TEXT | READS | BLOCKS) & ~OPTIONS, 7),
    ROW("text_eagain_in", open_text_blocking, look_at_under,
        (CAN_TEXT | WRITES | BLOCKS) & ~OPTIONS, 0),
    ROW("text_eagain_in_7", open_text_blocking, look_at_under,
        (CAN_TEXT | WRITES | BLOCKS) & ~OPTIONS, 7),
    ROW("null", open_null, NULL, WRITES | SEEKS | FORGETS, 0),
    ROW("double", open_quiet, look_at_under, CAN_DOUBLE, 0),
    ROW("double_unbuffered", open_quiet, look_at_under, CAN_DOUBLE,
        RILL_UNBUFFERED),
    ROW("double_one", open_one, look_at_under, CAN_DOUBLE, 0),
    ROW("double_eintr", open_interrupted, look_at_under, CAN_DOUBLE, 0),
    ROW("double_eagain", open_blocking, look_at_under, CAN_DOUBLE | BLOCKS, 0),
    ROW("double_eagain_7", open_blocking, look_at_under, CAN_DOUBLE | BLOCKS,
        7),
    ROW("double_eagain_unbuffered", open_blocking, look_at_under,
        CAN_DOUBLE | BLOCKS, RILL_UNBUFFERED),
    ROW("double_of_file", open_slow_file, fixture_look_at_file, CAN_FILE, 0),
    ROW("double_of_pipe_out", open_double_of_pipe_out, NULL,
        READS | PIPES | MOVES, 0),
    ROW("double_of_pipe_in", open_double_of_pipe_in, look_at_drain_of_under,
        WRITES | PIPES | MOVES, 0),
    ROW("user_flat", fixture_open_user_flat, fixture_look_at_value,
        CAN_FLAT | EXTENDS, 0),
    ROW("user_flat_given", fixture_open_user_flat, fixture_look_at_value,
        CAN_FLAT | TAKES, 0),
};

int main(int argc, char **argv)
{
    return rill_conform(argc, argv, rows, sizeof(rows) / sizeof(rows[0]));
}
