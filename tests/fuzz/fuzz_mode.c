/*
 * fuzz_mode.c - mode strings and options, of every way to open.
 *
 * What is accepted is compared with a predicate that counts letters, as the
 * header states the rule. What is refused says why, the same in errno and in
 * rill_error, and has touched no file. What is opened can do what its mode
 * says, and works.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "input.h"

static const char content[] = "some content";
enum { CONTENT = sizeof(content) - 1 };

/* ---- Modes --------------------------------------------------------------- */

/* How often `letter` is in `mode`. */
static unsigned times(const char *mode, char letter)
{
    unsigned n = 0;

    for (; *mode; mode++)
        n += *mode == letter;
    return n;
}

/* What a mode is: RILL_OK or RILL_EINVAL. */
static int judge(const char *mode)
{
    static const char letters[] = "rwax+bts";
    unsigned known = 0;

    for (size_t i = 0; i < sizeof(letters) - 1; i++) {
        if (times(mode, letters[i]) > 1)
            return RILL_EINVAL;
        known += times(mode, letters[i]);
    }
    if (known != strlen(mode) || times(mode, 'r') + times(mode, 'w') +
                                         times(mode, 'a') + times(mode, 'x') !=
                                     1)
        return RILL_EINVAL;
    if (times(mode, 's') && times(mode, 'r') && !times(mode, '+'))
        return RILL_EINVAL;
    return times(mode, 't') && times(mode, 'b') ? RILL_EINVAL : RILL_OK;
}

/* Letters that mean something, and now and then one that does not. */
static void draw_mode(char *mode, struct input *in)
{
    static const char letters[] = "rwaxrwax++bbtss";
    unsigned n = in_below(in, 6);

    for (unsigned i = 0; i < n; i++) {
        unsigned byte = in_byte(in);

        *mode++ = byte < 240 ? letters[byte % (sizeof(letters) - 1)]
                             : (char)(in_byte(in) | 1);
    }
    *mode = '\0';
}

/* ---- Options ------------------------------------------------------------- */

/* A struct of some later version: longer, and (maybe) asking for more. */
struct later {
    rill_options o;
    unsigned char more[64];
};

static int64_t draw_number(struct input *in)
{
    return in_below(in, 3) ? in_byte(in) : in_offset(in, 0, 1 << 20);
}

static void draw_options(struct later *l, rill_error *e, struct input *in)
{
    static const rill_options init = RILL_OPTIONS_INIT;
    unsigned bits = in_byte(in), size = in_below(in, 8);

    memset(l, 0, sizeof(*l));
    l->o = init;
    l->o.error = e;
    if (size == 0)
        l->o.struct_size = (size_t)draw_number(in) % sizeof(*l);
    else if (size == 1)
        l->o.struct_size = sizeof(*l);
    if (size == 1 && bits & 128)
        l->more[in_below(in, 64)] = (unsigned char)in_byte(in);
    if (bits & 1)
        l->o.buffer_size = (ptrdiff_t)draw_number(in);
    if (bits & 2)
        l->o.window_limit = (size_t)draw_number(in);
    if (bits & 4)
        l->o.size_hint = draw_number(in) % (1 << 20);
    if (bits & 8)
        l->o.permissions = (unsigned)draw_number(in);
    if (bits & 16)
        l->o.exclusive = (int)in_below(in, 2);
    if (bits & 32)
        l->o.max_size = draw_number(in);
    if (bits & 64)
        l->o.length = (size_t)draw_number(in);
    if (in_below(in, 4) == 1)
        l->o.save = (int)in_below(in, 5) - 1;
    if (in_below(in, 4) == 1) {
        static const char *const names[] = {"latin-1", "ASCII", "Utf_8", "no"};

        l->o.encoding = names[in_below(in, 4)];
        l->o.newline = (int)in_below(in, 8) - 1;
        l->o.text_errors = (int)in_below(in, 4) - 1;
        l->o.line_buffering = (int)in_below(in, 2);
    }
    /* A buffer is allocated; what a sanitizer would not give is no finding. */
    if (l->o.buffer_size > 1 << 20)
        l->o.buffer_size %= 1 << 20;
}

/* Whether what is asked for can be asked: what the header says of
 * struct_size; of the numbers it says nothing, so that is not judged. */
static bool is_this_struct(const struct later *l)
{
    const unsigned char *bytes = (const unsigned char *)l;

    for (size_t i = sizeof(l->o); i < l->o.struct_size; i++)
        if (bytes[i] != 0)
            return false;
    return l->o.struct_size >= sizeof(l->o);
}

static bool has_odd_numbers(const rill_options *o)
{
    return o->buffer_size < 0 || o->max_size < 0 || o->size_hint < 0 ||
           o->length > CONTENT || o->max_size > 0 || o->permissions > 07777 ||
           o->save < 0 || o->save > RILL_SAVE_DURABLE || o->newline < 0 ||
           o->newline > RILL_NEWLINE_CRLF || o->text_errors < 0 ||
           o->text_errors > RILL_TEXT_REPLACE ||
           (o->encoding && strcmp(o->encoding, "no") == 0);
}

/* ---- What comes out ------------------------------------------------------ */

static void check_refused(const struct later *l, const rill_error *e, int err)
{
    char line[200];

    FUZZ_CHECK(err != 0);
    if (l->o.struct_size < sizeof(l->o)) { /* then `error` is not known */
        FUZZ_CHECK(err == EINVAL || err == ENOTSUP);
        return;
    }
    FUZZ_CHECK(e->code < 0 && fuzz_code_name(e->code) != NULL);
    FUZZ_CHECK(e->operation != NULL && *e->operation);
    FUZZ_CHECK(rill_error_format(e, line, sizeof(line)) > 0);
    if (e->code == RILL_EINVAL && e->os_error == 0)
        fuzz_equal(EINVAL, err, "errno");
    if (e->os_error != 0)
        fuzz_equal(e->os_error, err, "errno");
}

/* A stream that is open works: a byte goes in or comes out, and the end is
 * clean, or says that it is full. */
static void check_sane(rill *s)
{
    char byte;
    int64_t rc;

    fuzz_equal(0, rill_failed(s, NULL), "rill_failed() of a new stream");
    FUZZ_CHECK(rill_readable(s) || rill_writable(s));
    FUZZ_CHECK(rill_kind(s) != NULL && rill_mode(s) != NULL);
    rc = rill_read(s, &byte, 1);
    if (rill_readable(s))
        FUZZ_CHECK(rc == 0 || rc == 1);
    else
        fuzz_equal(RILL_ENOTSUP, rc, "a read");
    rc = rill_write(s, "w", 1);
    if (!rill_writable(s))
        fuzz_equal(RILL_ENOTSUP, rc, "a write");
    else if (rc != 1)
        fuzz_equal(RILL_ENOSPC, rc, "a write");
    if (rc == 1 && rill_seekable(s) && strcmp(rill_kind(s), "null") != 0)
        FUZZ_CHECK(rill_size(s) >= 1);
    rc = rill_failed(s, NULL);
    fuzz_equal(rc, rill_close(s), "rill_close()");
}

static void check_mode(const rill *s, const char *mode)
{
    bool both = times(mode, '+') > 0, reads = times(mode, 'r') > 0;
    char want[4] = "";

    fuzz_equal(reads || both, rill_readable(s), "rill_readable()");
    fuzz_equal(!reads || both, rill_writable(s), "rill_writable()");
    snprintf(want, sizeof(want), "%cb%s",
             times(mode, 'a')            ? 'a'
             : times(mode, 'x')          ? 'x'
             : times(mode, 'w') && !both ? 'w'
                                         : 'r',
             both ? "+" : "");
    if (strcmp(want, rill_mode(s)) != 0)
        fuzz_fail("rill_mode() is %s, expected %s", rill_mode(s), want);
}

/* ---- Files --------------------------------------------------------------- */

static void check_untouched(const char *path, bool exists)
{
    size_t len;
    unsigned char *got = fuzz_read_file(path, &len);

    FUZZ_CHECK((got != NULL) == exists);
    if (got) {
        fuzz_equal(CONTENT, (int64_t)len, "the length of a file left alone");
        fuzz_same(content, got, CONTENT, "a file left alone");
    }
    free(got);
}

static void open_path(const char *mode, struct later *l, rill_error *e,
                      bool exists)
{
    char path[512];
    bool save = times(mode, 's') || l->o.save != RILL_SAVE_PLAIN;
    bool nothing_to_save = save && times(mode, 'r') && !times(mode, '+');
    int verdict = nothing_to_save ? RILL_EINVAL : judge(mode), err;
    bool exclusive =
        times(mode, 'x') > 0 || (l->o.exclusive != 0 && !times(mode, 'r'));
    struct stat st;
    mode_t mask;
    rill *s;

    fuzz_path(path, sizeof(path), "mode");
    remove(path);
    if (exists)
        fuzz_write_file(path, content, CONTENT);
    errno = 0;
    s = rill_open_with(path, mode, &l->o);
    err = errno;
    fuzz_gave(s ? 0 : -1);
    if (s) {
        fuzz_equal(RILL_OK, verdict, "the verdict on an accepted mode");
        FUZZ_CHECK(is_this_struct(l));
        FUZZ_CHECK(!(exists && exclusive));
        FUZZ_CHECK(exists || !times(mode, 'r'));
        check_mode(s, mode);
        if (rill_seekable(s))
            fuzz_equal(times(mode, 'a') && exists ? CONTENT : 0, rill_tell(s),
                       "the position");
        check_sane(s);
        mask = umask(0);
        umask(mask);
        if (!exists && stat(path, &st) == 0 && l->o.permissions <= 0777)
            fuzz_equal((l->o.permissions ? l->o.permissions : 0666) & ~mask,
                       st.st_mode & 07777, "the permissions");
        return;
    }
    check_refused(l, e, err);
    check_untouched(path, exists);
    if (verdict != RILL_OK && is_this_struct(l) && !has_odd_numbers(&l->o) &&
        (judge(mode) == RILL_OK || judge(mode) == verdict))
        fuzz_equal(verdict, e->code, "the error of a wrong mode");
    if (verdict == RILL_OK && is_this_struct(l) && !has_odd_numbers(&l->o))
        FUZZ_CHECK(err == ENOENT || err == EEXIST || err == EINVAL);
    if (verdict == RILL_OK && is_this_struct(l) && exists && !exclusive)
        FUZZ_CHECK(has_odd_numbers(&l->o) ||
                   (l->o.exclusive && times(mode, 'r')));
}

/* ---- All ways ------------------------------------------------------------ */

static rill *open_other(unsigned way, struct later *l, const char *mode,
                        unsigned char *memory)
{
    static rill_storage storage;
    unsigned char *taken;
    rill *s;

    switch (way) {
    case 0:
        return rill_open_mem(&l->o);
    case 1:
        return rill_open_mem_copy(content, CONTENT, &l->o);
    case 2:
        taken = fuzz_alloc(CONTENT);
        memcpy(taken, content, CONTENT);
        s = rill_open_mem_take(taken, CONTENT, &l->o);
        if (!s)
            free(taken);
        return s;
    case 3:
        return rill_open_fixed(memory, CONTENT, &l->o);
    case 4:
        return rill_open_spool((size_t)mode[0], &l->o);
    case 5:
        return rill_open_view(content, CONTENT);
    case 6:
        return rill_open_null();
    default:
        return rill_init_mem(&storage);
    }
}

static void open_descriptor(const char *mode, struct later *l, rill_error *e)
{
    char path[512];
    int fd, err;
    rill *s;

    fuzz_path(path, sizeof(path), "descriptor");
    fuzz_write_file(path, content, CONTENT);
    fd = open(path, O_RDWR | O_CLOEXEC);
    FUZZ_CHECK(fd >= 0);
    errno = 0;
    s = rill_open_fd(fd, mode, RILL_BORROW, &l->o);
    err = errno;
    fuzz_gave(s ? 0 : -1);
    if (s) {
        fuzz_equal(RILL_OK, judge(mode), "the verdict on an accepted mode");
        FUZZ_CHECK(is_this_struct(l));
        FUZZ_CHECK(!times(mode, 's') &&
                   !l->o.save); /* there is no name to replace */
        check_mode(s, mode);
        check_sane(s);
    } else {
        check_refused(l, e, err);
        check_untouched(path, true);
    }
    FUZZ_CHECK(close(fd) == 0); /* borrowed: still open */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size};
    unsigned char memory[CONTENT] = {0};
    unsigned way = in_below(&in, 24);
    rill_error e = {0};
    struct later l;
    char mode[8];
    rill *s;

    fuzz_begin();
    draw_mode(mode, &in);
    draw_options(&l, &e, &in);
    fuzz_step((int)way, "open", mode, 3, (int64_t)l.o.struct_size,
              (int64_t)l.o.buffer_size, (int64_t)l.o.max_size);
    if (way >= 11) {
        open_path(mode, &l, &e, way % 2 == 0);
    } else if (way >= 8) {
        open_descriptor(mode, &l, &e);
    } else {
        errno = 0;
        s = open_other(way, &l, mode, memory);
        fuzz_gave(s ? 0 : -1);
        if (s)
            check_sane(s);
        else
            check_refused(&l, &e, errno);
        FUZZ_CHECK(s || !is_this_struct(&l) || has_odd_numbers(&l.o));
        FUZZ_CHECK(!s || way > 4 || is_this_struct(&l));
    }
    return 0;
}
