/*
 * archives.h - what the tests of libarchive, libzip and minizip share: two
 * files that are packed, other programs that pack and unpack, and what must
 * hold for any archive that is damaged.
 */
#ifndef ARCHIVES_H
#define ARCHIVES_H

#include <errno.h>
#include <stdlib.h>

#include "streams.h"

/* ---- Two files ----------------------------------------------------------- */

static const char small[] = "A small file.\n";

enum { SMALL = sizeof(small) - 1, BIG = 100000 };

/* Bytes that do not become fewer by being compressed. */
static inline const void *big(void)
{
    static unsigned char bytes[BIG];
    uint64_t seed = 1;
    size_t i;

    for (i = 0; i < BIG; i++)
        bytes[i] = (unsigned char)test_random(&seed);
    return bytes;
}

/* Whether both can be read from the archive in a stream: "a", the small one,
 * then "b", the big one. Ends the test if that goes well, and the bytes are
 * others. */
typedef int reads_back_function(rill *s);

/* ---- Other programs ------------------------------------------------------ */

/* Run a command of the shell in the test's directory, quietly. Returns whether
 * it was content. */
static inline int tool(const char *command)
{
    char quiet[1000];

    snprintf(quiet, sizeof(quiet), "{ %s ; } >log 2>&1 </dev/null", command);
    return system(quiet) == 0;
}

/* Whether there is such a program. */
static inline int have_tool(const char *name)
{
    char command[100];

    snprintf(command, sizeof(command), "command -v %s", name);
    return tool(command);
}

/* What some program does with an archive that is called "made". */
struct tool_command {
    const char *tool, *command;
};

static const struct tool_command zip_packers[] = {
    {"zip", "zip made.zip a b && mv made.zip made"},
    {"zip", "zip -0 -fz made.zip a b && mv made.zip made"},
    {"7z", "7z a -tzip made.zip a b && mv made.zip made"},
    {"python3", "python3 -m zipfile -c made a b"},
};
enum { ZIP_PACKERS = sizeof(zip_packers) / sizeof(zip_packers[0]) };

static inline void check_packers(const struct tool_command *packers,
                                 size_t count, reads_back_function *reads_back)
{
    size_t i;

    test_write_file("a", small, SMALL);
    test_write_file("b", big(), BIG);
    for (i = 0; i < count; i++) {
        rill *s;

        test_context("%s", packers[i].command);
        if (!have_tool(packers[i].tool))
            continue;
        CHECK(tool(packers[i].command));
        s = rill_open("made", "rb");
        CHECK(reads_back(s));
        CHECK_OK(rill_close(s));
        CHECK_INT(0, remove("made"));
    }
}

/* ---- Damage -------------------------------------------------------------- */

/* Where to try next in `len` bytes: ever farther apart, but for the end. */
static inline size_t next_place(size_t at, size_t len)
{
    size_t next = at + 1 + at / 16, end = len > 300 ? len - 300 : 0;

    if (at >= end)
        return at + 1;
    return next < end ? next : end;
}

/* The archive in `data` is not taken for whole if it is cut to less than
 * `needed` bytes. */
static inline void check_cut_short(const void *data, size_t needed,
                                   reads_back_function *reads_back)
{
    size_t cut;

    for (cut = 0; cut < needed; cut = next_place(cut, needed)) {
        rill *s = rill_open_view(data, cut);

        test_context("cut to %zu bytes", cut);
        CHECK(!reads_back(s));
        CHECK_OK(rill_close(s));
    }
}

/* Reading an archive with one wrong byte fails, or the files are right. */
static inline void check_damaged(void *data, size_t len,
                                 reads_back_function *reads_back)
{
    unsigned char *bytes = data;
    size_t at;

    for (at = 0; at < len; at = next_place(at, len)) {
        rill *s = rill_open_view(data, len);

        test_context("damaged at %zu", at);
        bytes[at] ^= 0x55;
        reads_back(s);
        bytes[at] ^= 0x55;
        CHECK_OK(rill_close(s));
    }
}

/* Reading fails if the stream does, anywhere before `needed`; and the stream
 * knows why. */
static inline void check_reading_fails(const void *data, size_t len,
                                       size_t needed,
                                       reads_back_function *reads_back)
{
    size_t from;

    for (from = 0; from < needed; from = next_place(from, needed)) {
        rill *s = open_failing(data, len, (int64_t)from, EIO);
        rill_error e;

        test_context("from %zu", from);
        CHECK(!reads_back(s));
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_INT(EIO, e.os_error);
        CHECK_CODE(RILL_EIO, rill_close(s));
    }
}

#endif
