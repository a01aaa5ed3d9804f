/*
 * Mode strings: exactly Python's.
 *
 * Every string of up to four letters over an alphabet that holds all letters
 * which mean something and two that do not is opened, and the outcome compared
 * with the rule as it is stated: one of r w a x, + b t at most once each, not
 * both b and t.
 */
#include "test.h"

#include <errno.h>

enum { LETTERS = 9, LONGEST = 4 };

static const char letters[LETTERS + 1] = "rwaxbt+U ";

static int is_valid(const char *mode)
{
    int kinds = 0;

    for (size_t i = 0; mode[i]; i++) {
        if (!strchr("rwaxbt+", mode[i]) || strchr(mode + i + 1, mode[i]))
            return 0;
        kinds += strchr("rwax", mode[i]) != NULL;
    }
    return kinds == 1 && !(strchr(mode, 't') && strchr(mode, 'b'));
}

/* What rill_mode() says of a valid one. */
static const char *canonical(const char *mode)
{
    int both = strchr(mode, '+') != NULL;

    if (strchr(mode, 'a'))
        return both ? "ab+" : "ab";
    if (strchr(mode, 'x'))
        return both ? "xb+" : "xb";
    if (both)
        return "rb+";
    return strchr(mode, 'w') ? "wb" : "rb";
}

static void check_refused(const char *mode)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.error = &e;
    errno = 0;
    if (rill_open_with("f", mode, &o))
        FAIL("mode \"%s\" was accepted", mode);
    if (errno != EINVAL || e.code != RILL_EINVAL)
        FAIL("mode \"%s\": errno %d, %s", mode, errno, test_code_name(e.code));
}

static void check_accepted(const char *mode)
{
    rill *s, *file;

    if (strchr(mode, 'x'))
        remove("f");
    else
        test_write_file("f", "content", 7);
    s = file = rill_open("f", mode);
    if (!s)
        FAIL("mode \"%s\" was refused: %s", mode, strerror(errno));
    CHECK_STR(canonical(mode), rill_mode(s));
    CHECK_INT(strchr(mode, 'r') || strchr(mode, '+'), rill_readable(s));
    CHECK_INT(!strchr(mode, 'r') || strchr(mode, '+'), rill_writable(s));
    CHECK_STR(strchr(mode, 't') ? "text" : "file", rill_kind(s));
    if (strchr(mode, 't')) /* what is asked below is asked of bytes */
        file = rill_text_buffer(s);
    CHECK_INT(strchr(mode, 'w') || strchr(mode, 'x') ? 0 : 7, rill_size(file));
    CHECK_INT(strchr(mode, 'a') ? 7 : 0, rill_tell(file));
    CHECK_OK(rill_close(s));
}

/* The next string in an order that visits all of them; 0 after the last. */
static int next_mode(unsigned char *at)
{
    for (size_t i = 0; i < LONGEST; i++) {
        if (++at[i] <= LETTERS)
            return 1;
        at[i] = 1;
    }
    return 0;
}

TEST(mode__strings_up_to_four_letters)
{
    unsigned char at[LONGEST] = {0};
    unsigned valid = 0;

    do {
        char mode[LONGEST + 1];

        for (size_t i = 0; i <= LONGEST; i++)
            mode[i] = i < LONGEST && at[i] ? letters[at[i] - 1] : '\0';
        if (is_valid(mode))
            check_accepted(mode);
        else
            check_refused(mode);
        valid += is_valid(mode) != 0;
    } while (next_mode(at));
    /* 4 kinds: alone, and with b, +, both of them, in any order; and the same
     * with t in the place of b. */
    CHECK_INT(4 * (1 + 2 + 2 + 6) + 4 * (2 + 6), valid);
}

TEST(mode__wrong_ones_touch_nothing)
{
    static const char *const wrong[] = {"",    "ww",  "wr", "w+b+", "wtt",
                                        "W",   "wbt", "w ", "xw",   "aw",
                                        "w\n", "b",   "+",  "U",    "w,ccs=x"};

    test_write_file("f", "content", 7);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(rill_open("f", wrong[i]) == NULL);
        CHECK_FILE("f", "content");
        CHECK(rill_open("none", wrong[i]) == NULL);
        CHECK(fopen("none", "rb") == NULL);
    }
}

TEST(mode__of_longer_strings)
{
    CHECK(rill_open("f", "rb+t") == NULL);
    CHECK(rill_open("f", "wbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb") == NULL);
    CHECK(rill_open("f", "w+bw+bw+b") == NULL);
}

TEST(mode__letters_with_the_high_bit)
{
    CHECK(rill_open("f", "w\xff") == NULL);
    CHECK(rill_open("f", "\xf7") == NULL);
}

TEST(mode__of_descriptors_too)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.error = &e;
    errno = 0;
    CHECK(rill_open_fd(0, "rw", RILL_BORROW, &o) == NULL);
    CHECK_INT(EINVAL, errno);
    CHECK_CODE(RILL_EINVAL, e.code);
    CHECK(rill_open_fd(0, "rtb", RILL_BORROW, &o) == NULL);
    CHECK_INT(EINVAL, errno);
    CHECK_CODE(RILL_EINVAL, e.code);
}
