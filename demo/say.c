/*
 * say.c - what the demo says; see say.h.
 *
 * A progress bar is drawn over itself on a terminal, at most 20 times a
 * second; in a file or a pipe it becomes a plain line every two seconds. Each
 * other line first wipes the bar away.
 */
#define _POSIX_C_SOURCE 200809L
#include "say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int bar_shown;
static double bar_time;

static int on_terminal(void)
{
    static int known = -1;

    if (known < 0)
        known = isatty(STDOUT_FILENO);
    return known;
}

/* An escape sequence where colour is wanted, else nothing. */
static const char *colour(const char *sequence)
{
    return on_terminal() && !getenv("NO_COLOR") ? sequence : "";
}

double say_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct text say_size(int64_t bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double n = (double)bytes;
    size_t unit = 0;
    struct text t;

    while (n >= 999.95 && unit < 4) {
        n /= 1000;
        unit++;
    }
    if (unit == 0)
        return say_count(bytes, "byte", "bytes");
    snprintf(t.s, sizeof(t.s), "%.1f %s", n, units[unit]);
    return t;
}

struct text say_number(int64_t n)
{
    char digits[32];
    struct text t;
    size_t len, i, out = 0;

    snprintf(digits, sizeof(digits), "%" PRId64, n);
    len = strlen(digits);
    for (i = 0; i < len; i++) {
        t.s[out++] = digits[i];
        if (i + 1 < len && (len - i - 1) % 3 == 0 && digits[i] != '-')
            t.s[out++] = ',';
    }
    t.s[out] = '\0';
    return t;
}

struct text say_count(int64_t n, const char *one, const char *many)
{
    struct text t = say_number(n);
    size_t len = strlen(t.s);

    snprintf(t.s + len, sizeof(t.s) - len, " %s", n == 1 ? one : many);
    return t;
}

struct say_name say_safe(const char *name)
{
    struct say_name safe;
    size_t i;

    snprintf(safe.s, sizeof(safe.s), "%s", name);
    for (i = 0; safe.s[i] != '\0'; i++)
        if ((unsigned char)safe.s[i] < 32 || safe.s[i] == 127)
            safe.s[i] = '?';
    return safe;
}

static void wipe_bar(void)
{
    if (bar_shown)
        fputs("\r\033[K", stdout);
    bar_shown = 0;
}

static void say(const char *before, const char *format, va_list args)
{
    wipe_bar();
    fputs(before, stdout);
    vprintf(format, args);
    fputs(colour("\033[0m"), stdout);
    putchar('\n');
    fflush(stdout);
}

void say_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void say_step(const char *format, ...)
{
    static int step;
    char before[32];
    va_list args;

    snprintf(before, sizeof(before), "\n%s%d. ", colour("\033[1m"), ++step);
    va_start(args, format);
    say(before, format, args);
    va_end(args);
    bar_time = say_clock();
}

void say_good(const char *format, ...)
{
    char before[32];
    va_list args;

    snprintf(before, sizeof(before), "   %s✓%s ", colour("\033[32m"),
             colour("\033[0m"));
    va_start(args, format);
    say(before, format, args);
    va_end(args);
}

void say_note(const char *format, ...)
{
    char before[32];
    va_list args;

    snprintf(before, sizeof(before), "   %s!%s ", colour("\033[33m"),
             colour("\033[0m"));
    va_start(args, format);
    say(before, format, args);
    va_end(args);
}

int say_bad(const char *format, ...)
{
    char before[32];
    va_list args;

    snprintf(before, sizeof(before), "   %s✗%s ", colour("\033[31m"),
             colour("\033[0m"));
    va_start(args, format);
    say(before, format, args);
    va_end(args);
    return -1;
}

void say_progress(const char *what, int64_t done, int64_t total)
{
    static const char full[] = "########################################";
    double now = say_clock();
    int percent = total > 0 ? (int)((double)done * 100 / (double)total) : 0;

    if (now - bar_time < (on_terminal() ? 0.05 : 2.0))
        return;
    bar_time = now;
    if (!on_terminal()) {
        printf("     %s: %d %%\n", what, percent);
    } else {
        printf("\r   [%-40.*s] %3d %%  %s\033[K", percent * 40 / 100, full,
               percent, what);
        bar_shown = 1;
    }
    fflush(stdout);
}
