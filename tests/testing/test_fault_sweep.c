/*
 * test_fault_sweep.c - a sweep finds each kind of mistake, and nothing else.
 *
 * Each plan here makes one mistake on purpose.
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <rill/testing/fault.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What a sweep told. */
typedef struct told {
    size_t count;
    char fault[128], what[128]; /* of the first */
} told;

static void note(void *ctx, const char *fault, const char *what)
{
    told *t = ctx;

    if (t->count++ > 0)
        return;
    snprintf(t->fault, sizeof(t->fault), "%s", fault);
    snprintf(t->what, sizeof(t->what), "%s", what);
}

static rill_fault_report sweep(told *t, int (*run)(void *ctx))
{
    rill_fault_plan plan = {
        .name = "plan", .run = run, .failed = note, .ctx = t};
    rill_fault_report report;
    int rc = rill_fault_sweep(&plan, &report);

    CHECK_INT(report.failures > 0, rc);
    CHECK_INT(t->count, report.failures);
    return report;
}

static int save_well(void *ctx)
{
    rill *s = rill_open("file", "w");

    (void)ctx;
    if (!s)
        return RILL_EIO;
    rill_puts(s, "text");
    return rill_close(s);
}

TEST(fault_sweep__counts_points_and_runs)
{
    told t = {0};
    rill_fault_report report = sweep(&t, save_well);
    char text[256];

    CHECK_STR("", t.what);
    CHECK_INT(1, report.points[RILL_CALL_OPEN]);
    CHECK_INT(1, report.points[RILL_CALL_WRITE]);
    CHECK_INT(1, report.points[RILL_CALL_CLOSE]);
    CHECK(report.runs > 2 * report.total);
    CHECK(rill_fault_format(&report, text, sizeof(text)) > 0);
    CHECK(strncmp(text, "points: ", 8) == 0);
    CHECK(strstr(text, "write 1, ") != NULL || strstr(text, "write 1)"));
    CHECK(strstr(text, "; failures: 0") != NULL);
}

static int save_unchecked(void *ctx)
{
    (void)save_well(ctx);
    return RILL_OK;
}

TEST(fault_sweep__finds_what_is_not_reported)
{
    told t = {0};

    sweep(&t, save_unchecked);
    CHECK_STR("plan: write 1 EIO", t.fault);
    CHECK_STR("reports no failure", t.what);
}

static int interrupted(void *ctx)
{
    (void)ctx;
    return rill_fault_point(RILL_CALL_SYNC, NULL) == EINTR ? RILL_EIO
                                                           : save_well(ctx);
}

TEST(fault_sweep__finds_what_should_be_hidden)
{
    told t = {0};

    sweep(&t, interrupted);
    CHECK(t.count >= 2);
    CHECK_STR("plan: sync 1 EINTR", t.fault);
}

static int leave_open(void *ctx)
{
    int rc = save_well(ctx);

    if (rc < 0)
        (void)!open("file", O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
    return rc;
}

TEST(fault_sweep__finds_descriptors_left_open)
{
    told t = {0};

    sweep(&t, leave_open);
    CHECK_STR("leaves 1 descriptors open", t.what);
}

static int leave_allocated(void *ctx)
{
    const rill_allocator *a = rill_fault_allocator();
    void *p = a->realloc(a->ctx, NULL, 0, 100);
    int rc = save_well(ctx);

    if (p && rc >= 0)
        a->realloc(a->ctx, p, 100, 0);
    else if (p)
        free(p); /* behind the allocator's back */
    return p ? rc : RILL_ENOMEM;
}

TEST(fault_sweep__finds_memory_that_its_allocator_gave)
{
    told t = {0};

    sweep(&t, leave_allocated);
    CHECK_STR("does not free 100 bytes of its allocator", t.what);
}

static int try_for_ever(void *ctx)
{
    int rc;

    (void)ctx;
    do {
        rc = rill_fault_point(RILL_FAULT_OWN, NULL);
    } while (rc != 0);
    return RILL_OK;
}

TEST(fault_sweep__finds_a_hang)
{
    told t = {0};
    rill_fault_plan plan = {.name = "plan",
                            .run = try_for_ever,
                            .failed = note,
                            .ctx = &t,
                            .most_calls = 5000};

    CHECK_INT(1, rill_fault_sweep(&plan, NULL));
    CHECK_INT(1, t.count);
    CHECK_STR("plan: own 1+ EIO", t.fault);
    CHECK_STR("hangs: more than 5000 calls", t.what);
}

static int say_wrong(void *ctx)
{
    (void)ctx;
    if (rill_fault_point(RILL_FAULT_OWN, NULL))
        rill_fault_wrong("seen with %s", rill_fault_text());
    return RILL_OK;
}

TEST(fault_sweep__tells_what_is_wrong)
{
    told t = {0};
    rill_fault_report report = sweep(&t, say_wrong);

    CHECK_INT(1, report.points[RILL_FAULT_OWN]);
    CHECK_STR("seen with own 1 EIO", t.what);
    CHECK_INT(2, report.failures);
}

TEST(fault_sweep__runs_one_fault_only_if_told)
{
    told t = {0};
    rill_fault_report report;

    CHECK_INT(0, setenv("RILL_FAULT", "plan: own 1+ EIO", 1));
    report = sweep(&t, say_wrong);
    unsetenv("RILL_FAULT");
    CHECK_INT(1, report.runs);
    CHECK_STR("seen with own 1+ EIO", t.what);
}

static int pause_around(void *ctx)
{
    int failed;

    (void)ctx;
    rill_fault_pause(1);
    failed = rill_fault_point(RILL_FAULT_OWN, NULL);
    rill_fault_pause(0);
    return failed ? RILL_EIO : RILL_OK;
}

TEST(fault_sweep__pauses)
{
    told t = {0};

    CHECK_INT(0, sweep(&t, pause_around).total);
}

static int fail_always(void *ctx)
{
    (void)ctx;
    return RILL_EIO;
}

TEST(fault_sweep__must_go_well_without_faults)
{
    told t = {0};
    rill_fault_report report = sweep(&t, fail_always);

    CHECK_INT(0, report.runs);
    CHECK_STR("plan: no fault", t.fault);
}

TEST(fault_sweep__refuses_an_empty_plan)
{
    rill_fault_plan plan = {.name = "plan"};

    CHECK_CODE(RILL_EINVAL, rill_fault_sweep(&plan, NULL));
    CHECK_CODE(RILL_EINVAL, rill_fault_sweep(NULL, NULL));
    CHECK_STR("", rill_fault_text());
    CHECK_INT(0, rill_fault_point(RILL_CALL_READ, NULL));
}
