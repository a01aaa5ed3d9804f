/*
 * fault.c - every fault, in turn.
 *
 * All faults of a sweep have a number: `fault_of` makes the fault of a number
 * from the points that a clean run counted. So a sweep is a loop, a random pair
 * is two numbers, and to repeat a fault is to go through the loop again and
 * leave out all that are called otherwise.
 */
#include <rill/testing/fault.h>

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leaks.h"

enum {
    MOST_CALLS = 1000000, /* in a run, unless told */
    PASSING = 1000,       /* times that EINTR and the like go on for ever */
    LEAK_RUNS = 16,       /* in all of which memory that leaks must grow */
    BEYOND = 3,           /* of a pair, the second may be so much later */
    MOST_ERRORS = 10
};

#ifndef EDQUOT
#define EDQUOT ENOSPC
#endif

/* ---- Kinds of calls, and their faults ------------------------------------- */

/* The name of a kind, and how it may fail: up to a 0. */
static const struct kind {
    const char *name;
    int errors[MOST_ERRORS];
} kinds[RILL_FAULT_CALLS] = {
    [RILL_CALL_ALLOCATE] = {"allocate", {ENOMEM}},
    [RILL_CALL_OPEN] = {"open", {EINTR, EIO, ENOSPC, EDQUOT, EMFILE, EACCES}},
    [RILL_CALL_CLOSE] = {"close", {EINTR, EIO, ENOSPC, EDQUOT}},
    [RILL_CALL_STAT] = {"stat", {EINTR, EIO, EACCES}},
    [RILL_CALL_READ] = {"read",
                        {EINTR, EIO, EAGAIN, RILL_FAULT_SHORT, RILL_FAULT_HALF,
                         RILL_FAULT_ZERO}},
    [RILL_CALL_WRITE] = {"write",
                         {EINTR, EIO, ENOSPC, EDQUOT, EAGAIN, RILL_FAULT_SHORT,
                          RILL_FAULT_HALF, RILL_FAULT_ZERO}},
    [RILL_CALL_SEEK] = {"seek", {EINTR, EIO}},
    [RILL_CALL_TRUNCATE] = {"truncate", {EINTR, EIO, ENOSPC, EDQUOT, EACCES}},
    [RILL_CALL_SYNC] = {"sync", {EINTR, EIO, ENOSPC, EDQUOT}},
    [RILL_CALL_PREPARE] = {"prepare", {EINTR, EIO, ENOSPC, EDQUOT}},
    [RILL_CALL_CLONE] = {"clone", {EINTR, EIO, ENOSPC, EDQUOT, EAGAIN}},
    [RILL_CALL_PIPE] = {"pipe", {EMFILE}},
    [RILL_CALL_RENAME] = {"rename", {EINTR, EIO, ENOSPC, EDQUOT, EACCES}},
    [RILL_CALL_UNLINK] = {"unlink", {EINTR, EIO, EACCES}},
    [RILL_CALL_LINK] = {"link", {EINTR, EIO, EACCES}},
    [RILL_CALL_LOCK] = {"lock", {EINTR, EIO, EAGAIN}},
    [RILL_CALL_ATTRIBUTE] = {"attribute", {EINTR, EIO, ENOSPC, EDQUOT, EACCES}},
    [RILL_CALL_DESCRIPTOR] = {"descriptor", {EINTR, EIO}},
    [RILL_FAULT_OWN] = {"own", {EIO}},
};

static const struct {
    int error;
    const char *name;
} error_names[] = {
    {RILL_FAULT_SHORT, "short"},
    {RILL_FAULT_HALF, "half"},
    {RILL_FAULT_ZERO, "zero"},
    {ENOMEM, "ENOMEM"},
    {EINTR, "EINTR"},
    {EIO, "EIO"},
    {EAGAIN, "EAGAIN"},
    {EMFILE, "EMFILE"},
    {EACCES, "EACCES"},
    {ENOSPC, "ENOSPC"},
    {EDQUOT, "EDQUOT"},
};

static const char *error_name(int error)
{
    size_t i = 0;

    while (error_names[i].error != error)
        i++;
    return error_names[i].name;
}

static size_t errors_of(int call)
{
    size_t n = 0;

    while (n < MOST_ERRORS && kinds[call].errors[n])
        n++;
    return n;
}

int rill_fault_expected(const rill_fault *f)
{
    switch (f->error) {
    case EINTR:
    case RILL_FAULT_SHORT:
    case RILL_FAULT_HALF:
        return RILL_FAULT_HIDDEN;
    case EAGAIN:
        return RILL_FAULT_EITHER;
    case RILL_FAULT_ZERO:
        return f->call == RILL_CALL_READ ? RILL_FAULT_EITHER : RILL_FAULT_SHOWN;
    default:
        break;
    }
    switch (f->call) {
    case RILL_CALL_READ:
    case RILL_CALL_WRITE:
    case RILL_CALL_TRUNCATE:
    case RILL_CALL_SYNC:
    case RILL_CALL_RENAME:
        return RILL_FAULT_SHOWN;
    default:
        return RILL_FAULT_EITHER;
    }
}

/* How many faults there are at these points: each once and for ever. */
static size_t fault_count(const size_t points[RILL_FAULT_CALLS])
{
    size_t n = 0;

    for (int call = 0; call < RILL_FAULT_CALLS; call++)
        n += points[call] * errors_of(call) * 2;
    return n;
}

/* The fault of a number below fault_count(). */
static rill_fault fault_of(const size_t points[RILL_FAULT_CALLS], size_t number)
{
    rill_fault f = {0};
    size_t errors = errors_of(0);

    while (number >= points[f.call] * errors * 2) {
        number -= points[f.call] * errors * 2;
        errors = errors_of(++f.call);
    }
    f.for_ever = (int)(number % 2);
    f.error = kinds[f.call].errors[number / 2 % errors];
    f.nth = number / 2 / errors + 1;
    return f;
}

/* ---- The present run ------------------------------------------------------ */

static struct run {
    const rill_fault_plan *plan; /* NULL: none */
    rill_fault faults[2];
    int fault_count;
    size_t struck[2]; /* how often each did */
    size_t asked[RILL_FAULT_CALLS];
    size_t calls, most_calls;
    bool within; /* plan->run, and not paused */
    char wrong[256];
} now;

/* What runs, "save: write 3 ENOSPC": a name that a debugger knows. */
static char rill_fault_running[256];

static size_t allocated; /* by the allocator, and not freed */

/* Whether this call, one of the kind of `f`, is struck by it. */
static bool strikes(const rill_fault *f, size_t struck)
{
    bool passing =
        f->error == EINTR || f->error == EAGAIN || f->error == RILL_FAULT_SHORT;
    size_t nth = now.asked[f->call];

    if (!f->for_ever)
        return nth == f->nth;
    return nth >= f->nth && (!passing || struck < PASSING);
}

static void shorten(int how, size_t *count)
{
    if (how == RILL_FAULT_ZERO)
        *count = 0;
    else if (how == RILL_FAULT_HALF && *count > 1)
        *count /= 2;
    else if (*count > 1)
        *count = 1;
}

/* Which fault strikes a call of this kind: of two, the one that must show; -1:
 * none. */
static int striking(int call)
{
    int which = -1;

    for (int i = 0; i < now.fault_count; i++) {
        const rill_fault *f = &now.faults[i];
        if (f->call == call && strikes(f, now.struck[i]) &&
            (which < 0 || rill_fault_expected(f) == RILL_FAULT_SHOWN))
            which = i;
    }
    return which;
}

/* The hook. A run that makes too many calls gets no faults any more, so that it
 * may come to an end. */
static int ask(void *ctx, int call, size_t *count)
{
    int which;

    (void)ctx;
    if (!now.within || now.calls > now.most_calls)
        return 0;
    now.calls++;
    now.asked[call]++;
    which = striking(call);
    if (which < 0)
        return 0;
    now.struck[which]++;
    if (now.faults[which].error > 0)
        return now.faults[which].error;
    shorten(now.faults[which].error, count);
    return 0;
}

int rill_fault_point(int call, size_t *count)
{
    size_t none = 0;

    return ask(NULL, call, count ? count : &none);
}

void rill_fault_pause(int pause)
{
    now.within = !pause && now.plan;
}

const char *rill_fault_text(void)
{
    const char *colon = strstr(rill_fault_running, ": ");

    return colon ? colon + 2 : "";
}

void rill_fault_wrong(const char *format, ...)
{
    va_list args;

    if (now.wrong[0])
        return;
    va_start(args, format);
    vsnprintf(now.wrong, sizeof(now.wrong), format, args);
    va_end(args);
}

static void *counted_realloc(void *ctx, void *p, size_t old_size,
                             size_t new_size)
{
    void *to;

    (void)ctx;
    if (new_size == 0) {
        allocated -= old_size;
        free(p);
        return NULL;
    }
    to = rill_fault_point(RILL_CALL_ALLOCATE, NULL) ? NULL
                                                    : realloc(p, new_size);
    if (to)
        allocated += new_size - old_size;
    return to;
}

const rill_allocator *rill_fault_allocator(void)
{
    static const rill_allocator counted = {counted_realloc, NULL};

    return &counted;
}

/* ---- One run -------------------------------------------------------------- */

static void name_run(void)
{
    size_t size = sizeof(rill_fault_running), at;
    const char *name = now.plan->name ? now.plan->name : "sweep";

    at = (size_t)snprintf(rill_fault_running, size, "%.64s: ", name);
    if (now.fault_count == 0)
        snprintf(rill_fault_running + at, size - at, "no fault");
    for (int i = 0; i < now.fault_count && at < size; i++) {
        const rill_fault *f = &now.faults[i];
        at += (size_t)snprintf(rill_fault_running + at, size - at,
                               "%s%s %zu%s %s", i ? ", " : "",
                               kinds[f->call].name, f->nth,
                               f->for_ever ? "+" : "", error_name(f->error));
    }
}

/* What is expected of the present run, by the faults that struck. */
static int expected(void)
{
    const rill_fault_plan *plan = now.plan;
    int effect = RILL_FAULT_HIDDEN;

    for (int i = 0; i < now.fault_count; i++) {
        const rill_fault *f = &now.faults[i];
        int one;
        if (now.struck[i] == 0)
            continue;
        one =
            plan->expect ? plan->expect(plan->ctx, f) : rill_fault_expected(f);
        if (one == RILL_FAULT_SHOWN)
            return one;
        if (one == RILL_FAULT_EITHER)
            effect = one;
    }
    return effect;
}

static void judge(int result)
{
    int effect = expected();

    if (now.calls > now.most_calls)
        rill_fault_wrong("hangs: more than %zu calls", now.most_calls);
    else if (result < 0 && effect == RILL_FAULT_HIDDEN)
        rill_fault_wrong("fails (%d), which it should not", result);
    else if (result >= 0 && effect == RILL_FAULT_SHOWN)
        rill_fault_wrong("reports no failure");
}

/* Prepare and run once. Returns by how many bytes the memory in use grew. */
static size_t run_once(int *result_out)
{
    const rill_fault_plan *plan = now.plan;
    size_t descriptors, bytes, left;

    if (plan->prepare)
        plan->prepare(plan->ctx);
    memset(now.struck, 0, sizeof(now.struck));
    memset(now.asked, 0, sizeof(now.asked));
    now.calls = 0;
    now.wrong[0] = '\0';
    allocated = 0;
    rill_pool_trim();
    descriptors = rill__leaks_descriptors();
    bytes = rill__leaks_bytes();

    rill_set_call_hook(ask, NULL);
    rill_fault_pause(0);
    *result_out = plan->run(plan->ctx);
    rill_fault_pause(1);
    rill_set_call_hook(NULL, NULL);

    rill_pool_trim();
    left = rill__leaks_bytes();
    judge(*result_out);
    if (rill__leaks_descriptors() != descriptors)
        rill_fault_wrong("leaves %d descriptors open",
                         (int)(rill__leaks_descriptors() - descriptors));
    if (allocated)
        rill_fault_wrong("does not free %zu bytes of its allocator", allocated);
    if (plan->check)
        plan->check(plan->ctx, *result_out);
    return left > bytes ? left - bytes : 0;
}

static void tell(rill_fault_report *report)
{
    const rill_fault_plan *plan = now.plan;

    report->failures++;
    if (plan->failed)
        plan->failed(plan->ctx, rill_fault_running, now.wrong);
    else if (now.fault_count == 0)
        fprintf(stderr, "%s: %s\n", rill_fault_running, now.wrong);
    else
        fprintf(stderr, "%s: %s\n    again: RILL_FAULT='%s'\n",
                rill_fault_running, now.wrong, rill_fault_running);
}

/* Run with the faults of `now`, unless only another one is wanted. */
static void run_fault(rill_fault_report *report)
{
    const char *only = getenv("RILL_FAULT");
    bool trace = only && strcmp(only, "trace") == 0;
    size_t grown = 1;
    int result;

    name_run();
    if (now.fault_count > 0 && only && *only && !trace &&
        strcmp(only, rill_fault_running) != 0)
        return;
    if (trace)
        fprintf(stderr, "%s\n", rill_fault_running);
    for (int i = 0; i < LEAK_RUNS && grown > 0 && !(i && now.wrong[0]); i++)
        grown = run_once(&result);
    if (grown > 0)
        rill_fault_wrong("does not free %zu bytes", grown);
    report->runs += now.fault_count > 0;
    if (now.wrong[0])
        tell(report);
}

/* ---- The sweep ------------------------------------------------------------ */

/* A number below `limit` (xorshift). */
static size_t draw(uint64_t *state, size_t limit)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return (size_t)((x * UINT64_C(2685821657736338717) >> 33) % limit);
}

static void run_pairs(rill_fault_report *report, size_t faults)
{
    uint64_t state = now.plan->seed ? now.plan->seed : 1;

    now.fault_count = 2;
    for (unsigned i = 0; i < now.plan->pairs && faults > 0; i++) {
        for (int j = 0; j < 2; j++)
            now.faults[j] = fault_of(report->points, draw(&state, faults));
        /* What comes after a fault may be longer than a clean run. */
        now.faults[1].nth += draw(&state, BEYOND + 1);
        run_fault(report);
    }
}

int rill_fault_sweep(const rill_fault_plan *plan, rill_fault_report *report_out)
{
    rill_fault_report report = {0};
    size_t faults;

    if (!plan || !plan->run)
        return RILL_EINVAL;
    memset(&now, 0, sizeof(now));
    now.plan = plan;
    now.most_calls = plan->most_calls ? plan->most_calls : MOST_CALLS;
    run_fault(&report);
    memcpy(report.points, now.asked, sizeof(report.points));
    for (int call = 0; call < RILL_FAULT_CALLS; call++)
        report.total += report.points[call];
    faults = report.failures == 0 ? fault_count(report.points) : 0;
    now.fault_count = 1;
    for (size_t i = 0; i < faults; i++) {
        now.faults[0] = fault_of(report.points, i);
        run_fault(&report);
    }
    run_pairs(&report, faults);
    memset(&now, 0, sizeof(now));
    rill_fault_running[0] = '\0';
    if (report_out)
        *report_out = report;
    return report.failures > 0;
}

int rill_fault_format(const rill_fault_report *report, char *buf, size_t size)
{
    char points[512] = "none";
    size_t at = 0;

    for (int call = 0; call < RILL_FAULT_CALLS; call++) {
        if (report->points[call] > 0 && kinds[call].name)
            at += (size_t)snprintf(points + at, sizeof(points) - at, "%s%s %zu",
                                   at ? ", " : "", kinds[call].name,
                                   report->points[call]);
    }
    return snprintf(buf, size, "points: %zu (%s); runs: %zu; failures: %zu",
                    report->total, points, report->runs, report->failures);
}
