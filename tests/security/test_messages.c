/*
 * test_messages.c - every message that the library can make: cut where it must
 * be, never beyond; one line but for what a name brings; and without addresses,
 * which would tell an attacker where things lie.
 *
 * Messages come from rill_strerror(), rill_error_format() and the diagnostic
 * hook; there are no others (nothing is printed).
 */
#define _GNU_SOURCE
#include "test.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

#include <rill/hook.h>
#include <rill/ops.h>

/* Whether text holds six hexadecimal digits of an address in a row, in either
 * case: with "0x" or without. */
static bool tells_address(const char *text, const void *p)
{
    char hex[2 * sizeof(uintptr_t) + 1], lower[600];
    size_t i = 0;

    for (; text[i] && i < sizeof(lower) - 1; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    lower[i] = '\0';
    snprintf(hex, sizeof(hex), "%llx", (unsigned long long)(uintptr_t)p);
    return strstr(lower, "0x") || (strlen(hex) > 6 && strstr(lower, hex));
}

/* A message is short, one line, and tells no address. */
static void check_message(const char *text, const void *p)
{
    CHECK(text != NULL);
    if (strlen(text) < 5 || strlen(text) > 400 || strchr(text, '\n') ||
        strchr(text, '%') || tells_address(text, p))
        FAIL("not a message: \"%s\"", text);
}

/* ---- rill_strerror() ------------------------------------------------------------- */

TEST(messages__of_codes)
{
    static const int others[] = {1,     4096,        -13,     -4095,  -4096,
                                 -4100, INT_MIN + 1, INT_MIN, INT_MAX};

    for (int code = RILL_EINTR; code <= 0; code++)
        check_message(rill_strerror(code), &code);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CHECK_STR("unknown error", rill_strerror(others[i]));
}

/* ---- rill_error_format() ---------------------------------------------------------- */

/* Every size from 0 to more than enough: the message is cut, its NUL is there,
 * and the byte behind is nobody's. */
static void check_cuts(const rill_error *e)
{
    char whole[600], part[600];
    int len = rill_error_format(e, whole, sizeof(whole));

    CHECK(len > 0);
    CHECK_INT(strlen(whole), len);
    CHECK_INT(len, rill_error_format(e, NULL, 0));
    for (size_t size = 0; size <= (size_t)len + 2; size++) {
        size_t kept = size > (size_t)len ? (size_t)len : size - 1;

        test_context("size %zu of \"%s\"", size, whole);
        memset(part, '#', sizeof(part));
        CHECK_INT(len, rill_error_format(e, part, size));
        CHECK_INT('#', part[size]);
        if (size == 0)
            continue;
        CHECK_INT(0, part[kept]);
        CHECK_MEM(part, kept, whole, kept);
    }
}

TEST(messages__are_cut)
{
    static const rill_error errors[] = {
        {RILL_EIO, 0, -1, NULL, NULL},
        {RILL_EIO, EIO, 0, "read", NULL},
        {RILL_ENOSPC, ENOSPC, INT64_MAX, "write", "a file"},
        {RILL_ENOSPC, 0, INT64_MIN, "write", ""},
        {12345, INT_MAX, 7, "%n%s", "%n%s%1000000d"},
        {INT_MIN, INT_MIN, -1, "", "two\nlines\xff"},
    };

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        check_cuts(&errors[i]);
}

/* Names are shown as they are, and never read as formats. */
TEST(messages__with_names)
{
    rill_error e = {RILL_EDATA, 0, 5, "%s%n", "%d %n\n%s"};
    char text[100];

    rill_error_format(&e, text, sizeof(text));
    CHECK_STR("%s%n at 5: malformed data: %d %n\n%s", text);
}

/* All codes and all errnos, with and without an offset. */
TEST(messages__of_all_errors)
{
    char text[600];

    for (int code = RILL_EINTR; code < 0; code++) {
        for (int err = 0; err < 140; err++) {
            rill_error e = {code, err, err % 2 ? -1 : err, "write", "file"};

            rill_error_format(&e, text, sizeof(text));
            check_message(text, &e);
            CHECK(strncmp(text, "write", 5) == 0);
            CHECK(strstr(text, ": file") != NULL);
        }
    }
}

/* ---- Of streams that fail -------------------------------------------------------------- */

/* What the stream says about its failure tells no address: of itself, its
 * window, the memory that was passed. */
static void check_failure(rill *s, const void *buf)
{
    rill_error e;
    char text[600];

    CHECK(rill_failed(s, &e) < 0);
    rill_error_format(&e, text, sizeof(text));
    check_message(text, s);
    check_message(text, buf);
    check_message(text, s->wpos);
    check_message(text, e.operation);
}

static int fail_call(void *ctx, int call, size_t *count)
{
    const int *which = ctx;

    (void)count;
    return call == *which ? EIO : 0;
}

/* Each system call that a file's stream makes fails, one kind in turn. */
TEST(messages__of_failing_streams)
{
    static unsigned char buf[300000];

    for (int call = 0; call < RILL_CALLS; call++) {
        rill *s = rill_open("file", "w+");
        const char *name;

        test_context("call %d", call);
        CHECK(s != NULL);
        rill_set_call_hook(fail_call, &call);
        rill_write(s, buf, sizeof(buf));
        rill_flush(s);
        rill_seek(s, 5, RILL_SEEK_END);
        rill_truncate(s, 9);
        rill_sync(s, RILL_SYNC_DISK);
        rill_rewind(s);
        rill_read(s, buf, 10);
        rill_set_call_hook(NULL, NULL);
        name = rill_name(s);
        CHECK_STR("file", name);
        if (rill_failed(s, NULL) < 0)
            check_failure(s, buf);
        rill_discard(s);
    }
}

TEST(messages__of_failed_opens)
{
    static const struct {
        const char *path, *mode;
    } opens[] = {
        {"none", "r"}, {"none/none", "w"},  {"none/none", "ws"},
        {".", "w"},    {".", "ws"},         {"", "r"},
        {"x", "%p"},   {"/dev/null", "ws"}, {NULL, "r"},
    };
    char text[600];

    for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
        rill_error e = {0};
        rill_options o = RILL_OPTIONS_INIT;

        o.error = &e;
        CHECK(rill_open_with(opens[i].path, opens[i].mode, &o) == NULL);
        rill_error_format(&e, text, sizeof(text));
        check_message(text, &e);
        check_message(text, opens[i].path);
        CHECK(strncmp(text, "open: ", 6) == 0);
    }
}

/* ---- Diagnostics ------------------------------------------------------------------------- */

typedef struct heard {
    int times;
    int seen; /* bits, by enum rill_diagnosis */
} heard;

static void hear(void *ctx, const rill *s, int diagnosis, const char *message)
{
    heard *h = ctx;

    check_message(message, s);
    check_message(message, ctx);
    h->times++;
    h->seen |= 1 << diagnosis;
}

/* Each place that tells the hook something, so that all messages are seen. */
TEST(messages__of_diagnoses)
{
    heard h = {0};
    rill_options o = RILL_OPTIONS_INIT;
    void *view;
    char c;
    int call = RILL_CALL_WRITE;

    o.diagnostic = hear;
    o.diagnostic_ctx = &h;
    {
        RILL_AUTO rill *s = rill_open_with("%n%s", "w+", &o);

        CHECK(s != NULL);
        CHECK_INT(1, rill_write(s, "x", 1));
        CHECK_INT(0, rill_read(s, &c, 1));
        CHECK_INT(1, h.times); /* not rewound */
        CHECK_INT(1, rill_write(s, "y", 1));
        rill_set_call_hook(fail_call, &call);
    }
    rill_set_call_hook(NULL, NULL);
    CHECK_INT(2, h.times); /* could not be flushed */
    {
        RILL_AUTO rill *s = rill_open_mem(&o);

        CHECK(s != NULL);
        CHECK_INT(0, rill_getbuffer(s, &view));
    }
    CHECK_INT(3, h.times); /* a view was held */
    {
        RILL_AUTO rill *s = rill_open_with("saved", "ws", &o);

        CHECK(s != NULL);
    }
    CHECK_INT(4, h.times); /* a save was discarded */
    CHECK_INT(1 << RILL_DIAG_NOT_REWOUND | 1 << RILL_DIAG_SCOPE_EXIT, h.seen);
}
