/*
 * test_error_text.c - what errors are called, and the one line about one; the
 * version. rill_error_format() cuts as snprintf() does: it says how long the
 * whole is, never writes past `size`, and always ends with a NUL.
 */
#include "test.h"

#include <errno.h>

#include <rill/ops.h>

TEST(error_text__each_code_has_a_text)
{
    for (int a = RILL_OK; a >= RILL_EINTR; a--) {
        CHECK(rill_strerror(a) != NULL);
        CHECK(strlen(rill_strerror(a)) > 3);
        CHECK_PTR(rill_strerror(a), rill_strerror(a));
        for (int b = RILL_OK; b > a; b--)
            CHECK(strcmp(rill_strerror(a), rill_strerror(b)) != 0);
    }
}

TEST(error_text__unknown_codes)
{
    static const int unknown[] = {
        1, 2, 100, INT32_MAX, RILL_EINTR - 1, -1000, INT32_MIN};

    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        const char *text = rill_strerror(unknown[i]);

        CHECK(text != NULL && *text);
        for (int code = RILL_OK; code >= RILL_EINTR; code--)
            CHECK(strcmp(text, rill_strerror(code)) != 0);
    }
}

TEST(error_text__errno_of_a_result)
{
    CHECK_INT(ENOENT, rill_errno(RILL_OS_ERROR(ENOENT)));
    CHECK_INT(EINVAL, rill_errno(RILL_EINVAL));
    CHECK_INT(ENOTSUP, rill_errno(RILL_ENOTSUP));
    CHECK_INT(ENOMEM, rill_errno(RILL_ENOMEM));
    CHECK_INT(EOVERFLOW, rill_errno(RILL_ERANGE));
    CHECK_INT(ENOSPC, rill_errno(RILL_ENOSPC));
    CHECK_INT(EAGAIN, rill_errno(RILL_EAGAIN));
    CHECK_INT(EBUSY, rill_errno(RILL_EBUSY));
    CHECK_INT(EILSEQ, rill_errno(RILL_EDATA));
    CHECK_INT(EIO, rill_errno(RILL_EIO));
    CHECK_INT(EIO, rill_errno(RILL_EEOF));
    CHECK_INT(EIO, rill_errno(-1000));
}

/* The numbers never change their meaning. */
TEST(error_text__codes_are_stable)
{
    CHECK_INT(0, RILL_OK);
    CHECK_INT(-1, RILL_EINVAL);
    CHECK_INT(-2, RILL_ENOTSUP);
    CHECK_INT(-3, RILL_ENOMEM);
    CHECK_INT(-4, RILL_EIO);
    CHECK_INT(-5, RILL_ERANGE);
    CHECK_INT(-6, RILL_ENOSPC);
    CHECK_INT(-7, RILL_EAGAIN);
    CHECK_INT(-8, RILL_EEOF);
    CHECK_INT(-9, RILL_EBUSY);
    CHECK_INT(-10, RILL_ELIMIT);
    CHECK_INT(-11, RILL_EDATA);
    CHECK_INT(-12, RILL_EINTR);
}

/* ---- One line ------------------------------------------------------------- */

static const rill_error full = {RILL_ENOSPC, ENOSPC, 4096, "write", "out.bin"};

TEST(error_text__format)
{
    char text[200];
    int n = rill_error_format(&full, text, sizeof(text));

    CHECK_STR("write at 4096: No space left on device: out.bin", text);
    CHECK_INT(strlen(text), n);
}

/* What is not known is left out, without odd punctuation. */
TEST(error_text__parts_left_out)
{
    char text[200], want[200];
    rill_error e = full;

    e.offset = -1;
    rill_error_format(&e, text, sizeof(text));
    CHECK_STR("write: No space left on device: out.bin", text);
    e.path = NULL;
    rill_error_format(&e, text, sizeof(text));
    CHECK_STR("write: No space left on device", text);
    e.offset = 0;
    rill_error_format(&e, text, sizeof(text));
    CHECK_STR("write at 0: No space left on device", text);
    /* No system call was made: the code's own text. */
    e.os_error = 0;
    rill_error_format(&e, text, sizeof(text));
    snprintf(want, sizeof(want), "write at 0: %s", rill_strerror(e.code));
    CHECK_STR(want, text);
}

TEST(error_text__large_offsets)
{
    char text[200];
    rill_error e = full;

    e.offset = INT64_MAX;
    rill_error_format(&e, text, sizeof(text));
    CHECK_STR("write at 9223372036854775807: No space left on device: out.bin",
              text);
    e.offset = INT64_C(4294967296);
    rill_error_format(&e, text, sizeof(text));
    CHECK_STR("write at 4294967296: No space left on device: out.bin", text);
}

/* A path is data. */
TEST(error_text__percent)
{
    char text[200];
    rill_error e = full;

    e.path = "%s%n%d%%%";
    CHECK_INT(strlen("write at 4096: No space left on device: %s%n%d%%%"),
              rill_error_format(&e, text, sizeof(text)));
    CHECK_STR("write at 4096: No space left on device: %s%n%d%%%", text);
}

TEST(error_text__cut_at_every_size)
{
    char whole[200], text[200];
    int len = rill_error_format(&full, whole, sizeof(whole));

    for (size_t size = 1; size <= (size_t)len + 3; size++) {
        size_t kept = size <= (size_t)len ? size - 1 : (size_t)len;

        memset(text, '#', sizeof(text));
        CHECK_INT(len, rill_error_format(&full, text, size));
        CHECK_MEM(text, kept, whole, kept);
        CHECK_INT('\0', text[kept]);
        for (size_t i = kept + 1; i < sizeof(text); i++)
            CHECK_INT('#', text[i]);
    }
}

/* As with snprintf(), no room is no sin: it is how one asks for the length. */
TEST(error_text__no_room)
{
    char text[200], one = '#';
    int len = rill_error_format(&full, text, sizeof(text));

    CHECK_INT(len, rill_error_format(&full, NULL, 0));
    CHECK_INT(len, rill_error_format(&full, &one, 0));
    CHECK_INT('#', one);
}

TEST(error_text__long_path)
{
    char path[3000], *text;
    rill_error e = full;
    int n;

    memset(path, 'p', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    e.path = path;
    n = rill_error_format(&e, NULL, 0);
    CHECK_INT(40 + 2999, n);
    text = test_alloc((size_t)n + 1);
    CHECK_INT(n, rill_error_format(&e, text, (size_t)n + 1));
    CHECK_MEM(text + 40, 2999, path, 2999);
    CHECK_INT('\0', text[n]);
    free(text);
}

/* ---- The version ---------------------------------------------------------- */

TEST(error_text__version)
{
    char text[32];

    snprintf(text, sizeof(text), "%d.%d.%d", RILL_VERSION_MAJOR,
             RILL_VERSION_MINOR, RILL_VERSION_PATCH);
    CHECK_STR(text, RILL_VERSION);
    CHECK_STR(RILL_VERSION, rill_version());
}
