/*
 * codec_faults.c - the tests that every codec goes through, where all is not
 * well: data that are not what they should be, streams that fail, all faults.
 */
#include "codec_suite.h"

#include <errno.h>

#include <rill/testing/double.h>
#include <rill/testing/fault.h>

enum {
    SMALL = 1500, /* for what is done again for each byte */
    MIB = 1024 * 1024
};

/* What a stranger sent shall not take all memory. */
static const rill_options *careful(void)
{
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;

    co.max_memory = 64 * MIB;
    co.max_size = 16 * MIB;
    return codec_options(&co);
}

static void nothing(const struct codec_case *c)
{
    rill *mem = rill_open_mem(NULL), *s = codec_writer(c, mem, RILL_BORROW);
    size_t got;

    CHECK_OK(rill_flush(s));
    CHECK_INT(0, rill_size(mem));
    CHECK_OK(rill_close(s));
    CHECK(rill_size(mem) > 0);
    CHECK_OK(rill_rewind(mem));
    codec_check_all(codec_reader(c, mem, RILL_TAKE, NULL), "", 0);

    s = codec_reader(c, rill_open_view("", 0), RILL_TAKE, NULL);
    CHECK_CODE(RILL_EDATA, codec_drain(s, "", 0, &got));
}

static void cut_short(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SMALL);
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed), cut, got;

    for (cut = 0; cut < len; cut++) {
        rill *s = codec_reader(c, rill_open_view(packed, cut), RILL_TAKE, NULL);

        test_context("cut to %zu of %zu bytes", cut, len);
        CHECK_CODE(RILL_EDATA, codec_drain(s, data, SMALL, &got));
    }
    rill_free(packed);
    free(data);
}

/* What was cut short grows, and is read on. */
static void grows(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SMALL), got[SMALL];
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed), i, done = 0;
    rill *mem = rill_open_mem(NULL), *out = rill_open_mem(NULL);
    rill *s = codec_reader(c, mem, RILL_BORROW, NULL);

    for (i = 0; i < len; i++) {
        ptrdiff_t r = rill_read(s, got, sizeof(got));

        if (r > 0) {
            CHECK_MEM(got, r, data + done, (size_t)r);
            done += (size_t)r;
            r = rill_read(s, got, sizeof(got));
        }
        CHECK_CODE(RILL_EDATA, r);
        rill_clear(s);
        CHECK_INT(1, rill_pwrite(mem, (char *)packed + i, 1, (int64_t)i));
    }
    CHECK_INT(SMALL - done, rill_read(s, got, sizeof(got)));
    CHECK_MEM(got, SMALL - done, data + done, SMALL - done);
    CHECK_INT(0, rill_read(s, got, sizeof(got)));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(mem));
    CHECK_OK(rill_close(out));
    rill_free(packed);
    free(data);
}

/* Read what may be anything: what rill_close() says. */
static int read_anything(const struct codec_case *c, const void *packed,
                         size_t len, void **data_out, ptrdiff_t *len_out)
{
    rill *s =
        codec_reader(c, rill_open_view(packed, len), RILL_TAKE, careful());

    *data_out = NULL;
    *len_out = rill_read_all(s, data_out);
    return rill_close(s);
}

static void changed_byte(const struct codec_case *c)
{
    static const unsigned char flips[] = {0x01, 0x20, 0x80, 0xff};
    unsigned char *data = codec_sample(SMALL), *packed;
    void *p, *got;
    size_t len = codec_pack(c, data, SMALL, &p), i, k;
    ptrdiff_t n;

    packed = p;
    for (i = 0; i < len * sizeof(flips); i++) {
        int rc;

        k = i / sizeof(flips);
        test_context("byte %zu of %zu, ^ %#x", k, len, flips[i % 4]);
        packed[k] ^= flips[i % sizeof(flips)];
        rc = read_anything(c, packed, len, &got, &n);
        packed[k] ^= flips[i % sizeof(flips)];
        CHECK(rc == RILL_OK || rc == RILL_EDATA || rc == RILL_ELIMIT);
        CHECK_INT(rc, n < 0 ? n : 0);
        if (rc == RILL_OK && c->proves)
            CHECK_MEM(got, n, data, SMALL);
        rill_free(got);
    }
    rill_free(packed);
    free(data);
}

/* Anything but a member behind a member. */
static void garbage_behind(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SMALL);
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed), i, got;

    for (i = 0; i < 8; i++) {
        static const char zeros[8];
        size_t padding = (size_t)c->padding;
        size_t more = i < 6 ? i : i - 5;
        int fine = i == 0 || (i < 6 && padding && i % padding == 0);
        rill *mem = rill_open_mem_copy(packed, len, NULL);

        test_context("%zu bytes of %s", more, i < 6 ? "zeros" : "text");
        rill_seek(mem, 0, RILL_SEEK_END);
        rill_write(mem, i < 6 ? zeros : "garbage", more);
        CHECK_OK(rill_rewind(mem));
        CHECK_CODE(fine ? RILL_OK : RILL_EDATA,
                   codec_drain(codec_reader(c, mem, RILL_TAKE, NULL), data,
                               SMALL, &got));
        CHECK_INT(SMALL, got);
    }
    rill_free(packed);
    free(data);
}

static void is_not_packed(const struct codec_case *c)
{
    static const char text[] = "This is plain text, as it happens to be.\n";
    rill *s = codec_reader(c, rill_open_view(text, sizeof(text)), RILL_TAKE,
                           careful());
    char buf[100];
    ptrdiff_t r;

    do
        r = rill_read(s, buf, sizeof(buf));
    while (r > 0);
    CHECK_CODE(RILL_EDATA, r);
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

static void bombs(const struct codec_case *c)
{
    enum { BOMB = 3 * MIB };
    unsigned char *zeros = calloc(1, BOMB);
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    void *packed;
    size_t len = codec_pack(c, zeros, BOMB, &packed), got;
    rill *s;

    CHECK(len < BOMB / 100);
    co.max_size = BOMB;
    s = codec_reader(c, rill_open_view(packed, len), RILL_TAKE,
                     codec_options(&co));
    codec_check_all(s, zeros, BOMB);
    for (co.max_size = BOMB - 1; co.max_size > 0; co.max_size /= 1000) {
        s = codec_reader(c, rill_open_view(packed, len), RILL_TAKE,
                         codec_options(&co));
        CHECK_CODE(RILL_ELIMIT, codec_drain(s, zeros, BOMB, &got));
        CHECK_INT(co.max_size, got);
    }
    co.max_size = 0;
    co.max_ratio = 50;
    s = codec_reader(c, rill_open_view(packed, len), RILL_TAKE,
                     codec_options(&co));
    CHECK_CODE(RILL_ELIMIT, codec_drain(s, zeros, BOMB, &got));
    CHECK(got <= 2 * MIB);
    co.max_ratio = BOMB;
    s = codec_reader(c, rill_open_view(packed, len), RILL_TAKE,
                     codec_options(&co));
    codec_check_all(s, zeros, BOMB);
    rill_free(packed);
    free(zeros);
}

/* ---- Failures -------------------------------------------------------------- */

static void below_fails_writing(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SMALL);
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed), from;

    for (from = 0; from <= len; from++) {
        rill_double d = {.fails = RILL_DOUBLE_WRITE,
                         .failure = ENOSPC,
                         .from = (int64_t)from};
        rill *mem = rill_open_mem(NULL);
        rill *s = codec_writer(c, rill_open_double(mem, RILL_BORROW, &d, NULL),
                               RILL_TAKE);
        rill_error e;

        test_context("from %zu of %zu", from, len);
        CHECK_INT(SMALL, rill_write(s, data, SMALL));
        CHECK_CODE(from < len ? RILL_ENOSPC : RILL_OK, rill_close_with(s, &e));
        CHECK_INT(from < len ? ENOSPC : 0, e.os_error);
        CHECK_INT(from, rill_size(mem));
        CHECK_OK(rill_close(mem));
    }
    rill_free(packed);
    free(data);
}

static void below_fails_reading(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SMALL);
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed), from, got;

    for (from = 0; from <= len; from++) {
        rill *s = codec_reader(c, open_failing(packed, len, (int64_t)from, EIO),
                               RILL_TAKE, NULL);
        rill_error e;

        test_context("from %zu of %zu", from, len);
        while (rill_getc(s) >= 0)
            continue;
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_INT(EIO, e.os_error);
        CHECK_CODE(RILL_EIO, codec_drain(s, data, SMALL, &got));
        CHECK_INT(0, got);
    }
    rill_free(packed);
    free(data);
}

/* It fails when all has been written. */
static void below_fails_to_close(const struct codec_case *c)
{
    rill_double d = {.fails = RILL_DOUBLE_CLOSE, .failure = EIO};
    rill *mem = rill_open_mem(NULL), *s;
    rill_error e;

    s = codec_writer(c, rill_open_double(mem, RILL_BORROW, &d, NULL),
                     RILL_TAKE);
    CHECK_CODE(RILL_EIO, rill_close_with(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_STR("commit", e.operation);
    CHECK_OK(rill_rewind(mem));
    s = codec_reader(c, rill_open_double(mem, RILL_BORROW, &d, NULL), RILL_TAKE,
                     NULL);
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_CODE(RILL_EIO, rill_close_with(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_OK(rill_close(mem));
}

/* Memory of the caller that is just long enough, or is not. */
static void no_room(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SMALL), room[2 * SMALL];
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed), size;

    for (size = len - 3; size <= len; size++) {
        rill *fixed = rill_open_fixed(room, size, NULL);
        rill *s = codec_writer(c, fixed, RILL_TAKE);

        CHECK_INT(SMALL, rill_write(s, data, SMALL));
        CHECK_CODE(size < len ? RILL_ENOSPC : RILL_OK, rill_close(s));
        CHECK_MEM(room, size, packed, size);
    }
    rill_free(packed);
    free(data);
}

/* ---- All faults ------------------------------------------------------------ */

static unsigned char *swept; /* SMALL bytes of sample */

static void write_old(void *ctx)
{
    (void)ctx;
    test_write_file("file", "old", 3);
}

/* Save, then read what was saved: all by the sweep's allocator. */
static int save_and_read(void *ctx)
{
    rill_options o = *codec_for_open(ctx);
    size_t len = 0;
    void *data;
    rill *s;
    int rc;

    o.allocator = rill_fault_allocator();
    s = rill_open_with("file", "ws", &o);
    if (!s)
        return RILL_EIO;
    rill_write(s, swept, SMALL / 2);
    rill_flush(s);
    rill_write(s, swept + SMALL / 2, SMALL / 2);
    rc = rill_close(s);
    if (rc < 0)
        return rc;
    s = rill_open_with("file", "r", &o);
    if (!s)
        return RILL_EIO;
    data = test_alloc(SMALL);
    while (len < SMALL && rill_failed(s, NULL) == 0) {
        ptrdiff_t r = rill_read(s, (char *)data + len, SMALL - len);

        len += r > 0 ? (size_t)r : 0;
        if (r == 0)
            break;
    }
    if (rill_getc(s) >= 0)
        rill_fault_wrong("more than there was");
    if (memcmp(data, swept, len) != 0)
        rill_fault_wrong("not what was written");
    rc = rill_close(s);
    if (rc == RILL_OK && len < SMALL)
        rill_fault_wrong("less than there was");
    free(data);
    return rc;
}

/* The old file, or the new one, and that is whole. */
static void old_or_new(void *ctx, int result)
{
    size_t len;
    char *bytes = test_read_file("file", &len);
    rill *s;

    if (len == 3 && memcmp(bytes, "old", 3) == 0) {
        if (result == RILL_OK)
            rill_fault_wrong("not saved");
    } else {
        s = rill_open_with("file", "r", codec_for_open(ctx));
        if (rill_skip(s, INT64_MAX) != SMALL || rill_close(s) < 0)
            rill_fault_wrong("saved in part");
    }
    free(bytes);
}

static void all_faults(const struct codec_case *c)
{
    rill_fault_plan plan = {
        .name = c->codec->name,
        .prepare = write_old,
        .run = save_and_read,
        .check = old_or_new,
        .ctx = (void *)(uintptr_t)c,
    };

    swept = codec_sample(SMALL);
    CHECK_INT(0, rill_fault_sweep(&plan, NULL));
    free(swept);
}

/* ---- Registration ---------------------------------------------------------- */

void codec_suite_of_faults(const struct codec_case *c)
{
    ADD(nothing);
    ADD(cut_short);
    ADD(grows);
    ADD(changed_byte);
    ADD(garbage_behind);
    ADD(is_not_packed);
    ADD(bombs);
    ADD(below_fails_writing);
    ADD(below_fails_reading);
    ADD(below_fails_to_close);
    ADD(no_room);
    ADD(all_faults);
}
