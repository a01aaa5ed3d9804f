/*
 * test_jpeg.c - libjpeg over every kind of stream: the same bytes and the same
 * pixels as by libjpeg's own ways to memory and files, also of pictures that
 * are damaged or cut short; and what fails, fails by libjpeg's own way out,
 * with the stream's words.
 */
#include "streams.h"

#include <errno.h>

#include <jerror.h>
#include <rill/jpeg.h>
#include <rill/testing/double.h>

enum { LARGEST = 200 * 150 * 3, APP_LENGTH = 60000 };

/* A picture to encode. */
struct form {
    const char *name;
    JDIMENSION width, height;
    boolean progressive, optimized, grey;
    unsigned restart; /* blocks between markers */
    int extra;        /* long markers in front */
};

static const struct form small = {"small", 40, 30, FALSE, FALSE, FALSE, 0, 0};
static const struct form forms[] = {
    {"baseline", 200, 150, FALSE, FALSE, FALSE, 0, 0},
    {"progressive", 200, 150, TRUE, FALSE, FALSE, 0, 0},
    {"optimized", 199, 149, FALSE, TRUE, FALSE, 0, 0},
    {"restart", 200, 150, FALSE, FALSE, FALSE, 5, 0},
    {"grey", 200, 150, FALSE, FALSE, TRUE, 0, 0},
    {"long markers", 40, 30, FALSE, FALSE, FALSE, 0, 5},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

/* ---- libjpeg, and how it went ------------------------------------------- */

struct outcome {
    struct jpeg_error_mgr err; /* first: libjpeg knows its address */
    jmp_buf out;
    int code; /* 0: all went well */
    char text[JMSG_LENGTH_MAX];
    int cut_short, warnings; /* JWRN_JPEG_EOF, and all others */
    JDIMENSION width, height;
    size_t len;
    unsigned char pixels[LARGEST];
};

static void leave(j_common_ptr cinfo)
{
    struct outcome *o = (struct outcome *)cinfo->err;

    o->code = cinfo->err->msg_code;
    cinfo->err->format_message(cinfo, o->text);
    longjmp(o->out, 1);
}

/* What follows when a source skips beyond the end depends on how it does. */
static void count_warning(j_common_ptr cinfo, int level)
{
    struct outcome *o = (struct outcome *)cinfo->err;

    if (level < 0 && cinfo->err->msg_code == JWRN_JPEG_EOF)
        o->cut_short = 1;
    else if (level < 0)
        o->warnings++;
}

static void begin(struct outcome *o, void *cinfo)
{
    j_common_ptr common = cinfo;

    memset(o, 0, sizeof(*o));
    common->err = jpeg_std_error(&o->err);
    o->err.error_exit = leave;
    o->err.emit_message = count_warning;
}

/* Where a picture is read from or written to. */
struct place {
    rill *s;     /* by Rill; or else */
    FILE *file;  /* by stdio; or else, in memory */
    void *bytes; /* free() */
    unsigned long len;
};

static void read_from(j_decompress_ptr c, struct place *p)
{
    if (p->s)
        rill_jpeg_src(c, p->s);
    else if (p->file)
        jpeg_stdio_src(c, p->file);
    else
        jpeg_mem_src(c, p->bytes, p->len);
}

static void read_rows(j_decompress_ptr c, struct outcome *o)
{
    jpeg_read_header(c, TRUE);
    jpeg_start_decompress(c);
    o->width = c->output_width;
    o->height = c->output_height;
    while (c->output_scanline < c->output_height) {
        size_t row = (size_t)c->output_width * (size_t)c->output_components;
        unsigned char *to = o->pixels + o->len;

        if (o->len + row > LARGEST)
            break; /* damaged: it claims to be larger */
        jpeg_read_scanlines(c, &to, 1);
        o->len += row;
    }
    if (c->output_scanline == c->output_height)
        jpeg_finish_decompress(c);
}

static void decode(struct place *p, struct outcome *o)
{
    struct jpeg_decompress_struct c;

    begin(o, &c);
    jpeg_create_decompress(&c);
    if (setjmp(o->out) == 0) {
        read_from(&c, p);
        read_rows(&c, o);
    }
    jpeg_destroy_decompress(&c);
}

static void write_rows(j_compress_ptr c, const struct form *form)
{
    unsigned char row[200 * 3], *from = row;
    static unsigned char extra[APP_LENGTH];
    int i;

    jpeg_start_compress(c, TRUE);
    for (i = 0; i < form->extra; i++)
        jpeg_write_marker(c, JPEG_APP0 + 5, extra, APP_LENGTH);
    while (c->next_scanline < c->image_height) {
        test_pattern(row, sizeof(row), (int64_t)c->next_scanline * 600);
        jpeg_write_scanlines(c, &from, 1);
    }
    jpeg_finish_compress(c);
}

static void set_form(j_compress_ptr c, const struct form *form)
{
    c->image_width = form->width;
    c->image_height = form->height;
    c->input_components = form->grey ? 1 : 3;
    c->in_color_space = form->grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, 90, TRUE);
    c->optimize_coding = form->optimized;
    c->restart_interval = form->restart;
    if (form->progressive)
        jpeg_simple_progression(c);
}

static void encode(struct place *p, const struct form *form, struct outcome *o)
{
    struct jpeg_compress_struct c;

    begin(o, &c);
    jpeg_create_compress(&c);
    if (setjmp(o->out) == 0) {
        if (p->s)
            rill_jpeg_dest(&c, p->s);
        else
            jpeg_mem_dest(&c, (unsigned char **)&p->bytes, &p->len);
        set_form(&c, form);
        write_rows(&c, form);
    }
    jpeg_destroy_compress(&c);
}

/* The picture by libjpeg alone: free() its bytes. */
static struct place encoded(const struct form *form)
{
    struct place p = {0};
    struct outcome o;

    encode(&p, form, &o);
    CHECK_INT(0, o.code);
    return p;
}

static void check_same(const struct outcome *want, const struct outcome *got)
{
    CHECK_STR(want->text, got->text);
    CHECK_INT(want->code, got->code);
    CHECK_INT(want->cut_short, got->cut_short);
    if (!want->cut_short)
        CHECK_INT(want->warnings, got->warnings);
    CHECK_INT(want->width, got->width);
    CHECK_INT(want->height, got->height);
    CHECK_MEM(got->pixels, got->len, want->pixels, want->len);
}

/* ---- As it should be ----------------------------------------------------- */

BRIDGE_TEST(jpeg__as_in_memory)
{
    int i;

    for (i = 0; i < FORMS; i++) {
        struct place own = encoded(&forms[i]), ours = {.s = kind->open()};
        struct outcome want, got;
        void *bytes;
        ptrdiff_t len;

        test_context("%s", forms[i].name);
        encode(&ours, &forms[i], &got);
        CHECK_STR("", got.text);
        CHECK_INT(own.len, rill_tell(ours.s));
        rill_rewind(ours.s);
        len = rill_read_all(ours.s, &bytes);
        CHECK_MEM(bytes, len, own.bytes, own.len);
        rill_free(bytes);

        rill_rewind(ours.s);
        decode(&own, &want);
        CHECK_INT(0, want.code);
        decode(&ours, &got);
        check_same(&want, &got);
        CHECK_INT(0, got.cut_short + got.warnings);
        CHECK_INT(own.len, rill_tell(ours.s));
        CHECK_OK(rill_close(ours.s));
        free(own.bytes);
    }
}

BRIDGE_TEST(jpeg__pictures_in_a_row)
{
    struct place p = {.s = kind->open()};
    struct outcome o;

    CHECK_INT(3, rill_puts(p.s, "one"));
    encode(&p, &small, &o);
    CHECK_INT(3, rill_puts(p.s, "two"));
    encode(&p, &forms[1], &o);
    encode(&p, &small, &o);
    CHECK_INT(4, rill_puts(p.s, "last"));
    rill_rewind(p.s);
    CHECK_READS(p.s, "one");
    decode(&p, &o);
    CHECK_INT(40, o.width);
    CHECK_READS(p.s, "two");
    decode(&p, &o);
    CHECK_INT(200, o.width);
    decode(&p, &o);
    CHECK_INT(40, o.width);
    CHECK_REST(p.s, "last");
    CHECK_OK(rill_close(p.s));
}

/* One object for all pictures, which is told of the stream once. */
BRIDGE_TEST(jpeg__one_object)
{
    struct place p = {.s = kind->open()};
    struct jpeg_decompress_struct c;
    struct outcome o, *first = test_alloc(sizeof(*first));
    int i;

    for (i = 0; i < 3; i++)
        encode(&p, &small, &o);
    rill_rewind(p.s);
    begin(&o, &c);
    jpeg_create_decompress(&c);
    rill_jpeg_src(&c, p.s);
    for (i = 0; i < 3; i++) {
        o.len = 0;
        if (setjmp(o.out) == 0)
            read_rows(&c, &o);
        CHECK_STR("", o.text);
        if (i == 0)
            *first = o;
        check_same(first, &o);
    }
    if (setjmp(o.out) == 0)
        read_rows(&c, &o);
    CHECK_INT(JERR_INPUT_EMPTY, o.code);
    jpeg_destroy_decompress(&c);
    CHECK_OK(rill_close(p.s));
    free(first);
}

/* Tables in a picture of their own, as TIFF and video have them. */
BRIDGE_TEST(jpeg__tables_apart)
{
    struct place p = {.s = kind->open()};
    struct jpeg_compress_struct to;
    struct jpeg_decompress_struct from;
    struct outcome o;

    begin(&o, &to);
    jpeg_create_compress(&to);
    rill_jpeg_dest(&to, p.s);
    set_form(&to, &small);
    jpeg_write_tables(&to);
    jpeg_start_compress(&to, FALSE);
    jpeg_abort_compress(&to); /* has written nothing that was committed */
    jpeg_write_tables(&to);
    jpeg_destroy_compress(&to);
    encode(&p, &small, &o);

    rill_rewind(p.s);
    begin(&o, &from);
    jpeg_create_decompress(&from);
    rill_jpeg_src(&from, p.s);
    CHECK_INT(JPEG_HEADER_TABLES_ONLY, jpeg_read_header(&from, FALSE));
    CHECK_INT(JPEG_HEADER_TABLES_ONLY, jpeg_read_header(&from, FALSE));
    if (setjmp(o.out) == 0)
        read_rows(&from, &o);
    CHECK_STR("", o.text);
    CHECK_INT(40, o.width);
    jpeg_destroy_decompress(&from);
    CHECK_REST(p.s, "");
    CHECK_OK(rill_close(p.s));
}

BRIDGE_TEST(jpeg__header_first)
{
    struct place p = {.s = kind->open()};
    struct jpeg_decompress_struct c;
    struct outcome o;

    encode(&p, &small, &o);
    rill_rewind(p.s);
    begin(&o, &c);
    jpeg_create_decompress(&c);
    rill_jpeg_src(&c, p.s);
    CHECK_INT(JPEG_HEADER_OK, jpeg_read_header(&c, TRUE));
    CHECK_INT(40, c.image_width);
    jpeg_abort_decompress(&c);
    rill_rewind(p.s);
    rill_jpeg_src(&c, p.s);
    if (setjmp(o.out) == 0)
        read_rows(&c, &o);
    CHECK_STR("", o.text);
    jpeg_destroy_decompress(&c);
    CHECK_OK(rill_close(p.s));
}

TEST(jpeg__from_a_pipe)
{
    int i;

    for (i = 0; i < FORMS; i++) {
        struct place own = encoded(&forms[i]), ours = {0};
        struct outcome want, got;
        char *twice = test_alloc(own.len * 2 + 4);

        test_context("%s", forms[i].name);
        memcpy(twice, own.bytes, own.len);
        memcpy(twice + own.len, own.bytes, own.len);
        memcpy(twice + own.len * 2, "last", 4);
        ours.s = open_pipe(twice, own.len * 2 + 4);
        decode(&own, &want);
        decode(&ours, &got);
        check_same(&want, &got);
        decode(&ours, &got);
        check_same(&want, &got);
        CHECK_REST(ours.s, "last");
        CHECK_OK(rill_close(ours.s));
        free(twice);
        free(own.bytes);
    }
}

TEST(jpeg__over_what_is_there)
{
    static const char mark[] = "this was here, and stays here";
    JDIMENSION width;

    for (width = 1; width < 120; width++) {
        struct form form = {"", width, 9, FALSE, FALSE, FALSE, 0, 0};
        struct place own = encoded(&form), ours = {0};
        struct outcome o;

        test_context("%u wide", width);
        ours.s = rill_open_mem(NULL);
        CHECK_INT(own.len, rill_write(ours.s, own.bytes, own.len));
        CHECK_INT(sizeof(mark) - 1, rill_puts(ours.s, mark));
        rill_rewind(ours.s);
        encode(&ours, &form, &o);
        CHECK_INT(0, o.code);
        CHECK_REST(ours.s, "this was here, and stays here");
        CHECK_OK(rill_close(ours.s));
        free(own.bytes);
    }
}

TEST(jpeg__after_other_managers)
{
    struct place own = encoded(&small), ours = {0};
    struct jpeg_decompress_struct c;
    struct outcome o;

    ours.s = rill_open_view(own.bytes, own.len);
    begin(&o, &c);
    jpeg_create_decompress(&c);
    if (setjmp(o.out) == 0) {
        read_from(&c, &own);
        read_rows(&c, &o);
        o.len = 0;
        read_from(&c, &ours);
        read_rows(&c, &o);
    }
    CHECK_STR("", o.text);
    jpeg_destroy_decompress(&c);
    CHECK_OK(rill_close(ours.s));
    free(own.bytes);
}

TEST(jpeg__is_flushed)
{
    struct place p = {.s = rill_open("new.jpg", "wb")};
    struct place own = encoded(&small);
    struct outcome o;
    size_t len;
    void *bytes;

    encode(&p, &small, &o);
    bytes = test_read_file("new.jpg", &len);
    CHECK_MEM(bytes, len, own.bytes, own.len);
    CHECK_OK(rill_close(p.s));
    free(bytes);
    free(own.bytes);
}

/* ---- As it should not be ------------------------------------------------- */

/* These bytes, whatever they are, decode as by jpeg_stdio_src(). */
static void check_as_stdio(const void *bytes, size_t len)
{
    struct place own = {0}, ours = {0};
    struct outcome want, got;

    test_write_file("picture", bytes, len);
    own.file = fopen("picture", "rb");
    CHECK(own.file);
    decode(&own, &want);
    fclose(own.file);
    ours.s = rill_open_view(bytes, len);
    decode(&ours, &got);
    check_same(&want, &got);
    CHECK_OK(rill_close(ours.s));
    ours.s = rill_open("picture", "rb");
    decode(&ours, &got);
    check_same(&want, &got);
    CHECK_OK(rill_close(ours.s));
}

TEST(jpeg__cut_short)
{
    struct place own = encoded(&small);
    size_t cut;

    for (cut = 0; cut <= own.len; cut++) {
        test_context("cut to %zu bytes", cut);
        check_as_stdio(own.bytes, cut);
    }
    free(own.bytes);
}

TEST(jpeg__cut_short_is_told)
{
    struct place own = encoded(&small), ours = {0};
    struct outcome o;

    ours.s = rill_open_view(own.bytes, own.len - 50);
    decode(&ours, &o);
    CHECK_INT(0, o.code);
    CHECK_INT(30, o.height);
    CHECK_INT(1, o.cut_short);
    CHECK_OK(rill_close(ours.s));

    ours.s = rill_open_view("", 0);
    decode(&ours, &o);
    CHECK_INT(JERR_INPUT_EMPTY, o.code);
    CHECK_OK(rill_close(ours.s));
    free(own.bytes);
}

TEST(jpeg__damaged)
{
    struct place own = encoded(&small);
    unsigned char *bytes = own.bytes;
    size_t i;

    for (i = 0; i < own.len; i++) {
        test_context("byte %zu", i);
        bytes[i] ^= 0x55;
        check_as_stdio(bytes, own.len);
        bytes[i] ^= 0x55;
    }
    free(own.bytes);
}

/* In the middle of what is to be skipped, and of a pipe too. */
TEST(jpeg__cut_short_in_a_marker)
{
    struct place own = encoded(&forms[5]), ours = {0};
    struct outcome want, got;
    size_t cut;

    for (cut = 1000; cut < own.len; cut += 9001) {
        test_context("cut to %zu bytes", cut);
        check_as_stdio(own.bytes, cut);
        ours.s = rill_open_view(own.bytes, cut);
        decode(&ours, &want);
        CHECK_OK(rill_close(ours.s));
        ours.s = open_pipe(own.bytes, cut);
        decode(&ours, &got);
        check_same(&want, &got);
        CHECK_OK(rill_close(ours.s));
    }
    free(own.bytes);
}

TEST(jpeg__the_stream_fails)
{
    struct place own = encoded(&small), ours = {0};
    struct outcome o;
    size_t at;

    for (at = 0; at < own.len; at++) {
        char want[100];
        rill_error e;

        test_context("at %zu", at);
        ours.s = open_failing(own.bytes, own.len, (int64_t)at, EIO);
        decode(&ours, &o);
        snprintf(want, sizeof(want),
                 "JPEG stream: read at %zu: Input/output error", at);
        CHECK_STR(want, o.text);
        CHECK_INT(RILL_JPEG_FAILED, o.code);
        CHECK_CODE(RILL_EIO, rill_failed(ours.s, &e));
        CHECK_INT(EIO, e.os_error);
        CHECK_CODE(RILL_EIO, rill_close(ours.s));

        ours.s = open_failing("", 0, (int64_t)at, ENOSPC);
        encode(&ours, &small, &o);
        CHECK_INT(RILL_JPEG_FAILED, o.code);
        CHECK(strncmp(o.text, "JPEG stream: ", 13) == 0);
        CHECK(strstr(o.text, "No space left on device") != NULL);
        CHECK_CODE(RILL_ENOSPC, rill_close(ours.s));
    }
    free(own.bytes);
}

TEST(jpeg__skipping_fails)
{
    struct place own = encoded(&forms[5]), ours = {0};
    struct outcome o;
    rill_double d = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 30000};
    rill_options options = RILL_OPTIONS_INIT;

    options.buffer_size = 4096;
    ours.s = rill_open_double(rill_open_mem_copy(own.bytes, own.len, NULL),
                              RILL_TAKE, &d, &options);
    decode(&ours, &o);
    CHECK_INT(RILL_JPEG_FAILED, o.code);
    CHECK(strstr(o.text, "Input/output error") != NULL);
    CHECK_CODE(RILL_EIO, rill_close(ours.s));
    free(own.bytes);
}

TEST(jpeg__no_room)
{
    struct place own = encoded(&small);
    size_t room;

    for (room = 0; room <= own.len; room++) {
        unsigned char *buf = test_alloc(room + 1);
        struct place ours = {.s = rill_open_fixed(buf, room, NULL)};
        struct outcome o;

        test_context("%zu bytes", room);
        encode(&ours, &small, &o);
        if (room < own.len) {
            char want[100];

            snprintf(want, sizeof(want),
                     "JPEG stream: write at %zu: no space left", room);
            CHECK_STR(want, o.text);
            CHECK_CODE(RILL_ENOSPC, rill_close(ours.s));
        } else {
            CHECK_STR("", o.text);
            CHECK_MEM(buf, room, own.bytes, own.len);
            CHECK_OK(rill_close(ours.s));
        }
        free(buf);
    }
    free(own.bytes);
}

TEST(jpeg__not_open_for_it)
{
    struct place p = {.s = rill_open_view("abc", 3)};
    struct outcome o;

    encode(&p, &small, &o);
    CHECK_INT(RILL_JPEG_FAILED, o.code);
    CHECK_OK(rill_close(p.s));
    p.s = rill_open("new.jpg", "wb");
    decode(&p, &o);
    CHECK_INT(RILL_JPEG_FAILED, o.code);
    CHECK_OK(rill_close(p.s));
}

TEST(jpeg__would_block)
{
    static rill_step steps[] = {RILL_STEP_GIVES("\xff\xd8\xff"),
                                RILL_STEP_BLOCKS};
    rill_script script = {.steps = steps, .count = 2};
    struct place p = {.s = rill_open_script(&script, NULL)};
    struct outcome o;

    decode(&p, &o);
    CHECK_INT(RILL_JPEG_FAILED, o.code);
    CHECK_PTR(NULL, rill_script_problem(&script));
    CHECK_OK(rill_close(p.s));
}

/* Within what is skipped: once, which costs nothing, and for longer. */
TEST(jpeg__would_block_in_a_marker)
{
    struct place own = encoded(&forms[5]), ours = {0};
    const unsigned char *bytes = own.bytes;
    rill_step once[] = {{RILL_STEP_READ, bytes, 9000, 0},
                        RILL_STEP_BLOCKS,
                        {RILL_STEP_READ, bytes + 9000, own.len - 9000, 0}};
    rill_step twice[] = {once[0], once[1], once[1], once[2]};
    rill_script script = {.steps = once, .count = 3};
    struct outcome want, got;

    decode(&own, &want);
    ours.s = rill_open_script(&script, NULL);
    decode(&ours, &got);
    check_same(&want, &got);
    CHECK_OK(rill_close(ours.s));

    script = (rill_script){.steps = twice, .count = 4};
    ours.s = rill_open_script(&script, NULL);
    decode(&ours, &got);
    CHECK_INT(RILL_JPEG_FAILED, got.code);
    CHECK_INT(3, script.done);
    CHECK_OK(rill_close(ours.s));
    free(own.bytes);
}

/* What the store does not take at once waits in the stream. */
TEST(jpeg__flushing_would_block)
{
    struct place own = encoded(&small), ours = {0};
    rill_double d = {.piece = 100, .blocks = 1};
    struct outcome o;
    rill *under = rill_open_mem(NULL);
    const void *bytes;

    ours.s = rill_open_double(under, RILL_BORROW, &d, NULL);
    encode(&ours, &small, &o);
    CHECK_STR("", o.text);
    while (rill_flush(ours.s) == RILL_EAGAIN) {
    }
    CHECK_OK(rill_close(ours.s));
    CHECK_MEM(bytes, rill_data(under, &bytes), own.bytes, own.len);
    CHECK_OK(rill_close(under));
    free(own.bytes);
}

/* Somebody used the stream while libjpeg had its bytes. */
TEST(jpeg__used_meanwhile)
{
    struct place own = encoded(&small);
    struct jpeg_decompress_struct c;
    struct outcome o;
    rill *s = rill_open_mem_copy(own.bytes, own.len, NULL);

    begin(&o, &c);
    jpeg_create_decompress(&c);
    rill_jpeg_src(&c, s);
    if (setjmp(o.out) == 0) {
        jpeg_read_header(&c, TRUE);
        jpeg_abort_decompress(&c);
        CHECK_INT(own.len, rill_seek(s, 0, RILL_SEEK_END));
        jpeg_read_header(&c, TRUE);
    }
    CHECK_INT(RILL_JPEG_FAILED, o.code);
    jpeg_destroy_decompress(&c);
    CHECK_OK(rill_close(s));
    free(own.bytes);
}

/* A program that has messages of its own keeps them. */
TEST(jpeg__messages_of_its_own)
{
    static const char *const messages[] = {"mine", NULL};
    struct place own = encoded(&small);
    struct jpeg_decompress_struct c;
    struct outcome o;
    rill *s = open_failing(own.bytes, own.len, 100, EIO);

    begin(&o, &c);
    o.err.addon_message_table = messages;
    o.err.first_addon_message = o.err.last_addon_message = 1000;
    jpeg_create_decompress(&c);
    if (setjmp(o.out) == 0) {
        rill_jpeg_src(&c, s);
        read_rows(&c, &o);
    }
    CHECK_INT(JERR_FILE_READ, o.code);
    CHECK_STR("Input file read error", o.text);
    CHECK_PTR(messages, o.err.addon_message_table);
    jpeg_destroy_decompress(&c);
    CHECK_CODE(RILL_EIO, rill_close(s));
    free(own.bytes);
}
