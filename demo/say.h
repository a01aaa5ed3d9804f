/*
 * say.h - what the demo says: numbered steps, results with a check mark,
 * progress, and sizes that people can read.
 *
 * Colour and a moving bar appear on a terminal only.
 */
#ifndef SAY_H
#define SAY_H

#include <stdint.h>

#include <rill/base.h>

/* Short text by value, so that a call can stand in an argument list. */
struct text {
    char s[64];
};

struct text say_size(int64_t bytes); /* "412.3 kB" */
struct text say_number(int64_t n);   /* "412,345" */
struct text say_count(int64_t n, const char *one, const char *many);

void say_line(const char *format, ...) RILL_PRINTF(1, 2);

/* Begin the next step: "2. Pack it again..." */
void say_step(const char *format, ...) RILL_PRINTF(1, 2);

/* A result, with a check mark. */
void say_good(const char *format, ...) RILL_PRINTF(1, 2);

/* Something the reader should know that is no failure of the demo. */
void say_note(const char *format, ...) RILL_PRINTF(1, 2);

/* A failure, with a cross. Returns -1, for `return say_bad(...)`. */
int say_bad(const char *format, ...) RILL_PRINTF(1, 2);

/* Show that `done` of `total` bytes are done; often called, seldom shown. */
void say_progress(const char *what, int64_t done, int64_t total);

/* Remove control characters, which would disturb a terminal. */
struct say_name {
    char s[512];
};
struct say_name say_safe(const char *name);

/* Seconds on a clock that never jumps. */
double say_clock(void);

#endif
