/*
 * test_faults.c - run all sweeps, one test case each, and count.
 *
 * Usually a short form of it: each script over a third of the stores, in turn,
 * with one ending, the default window and few pairs. RILL_TEST_LONG=1 runs all.
 * An argument is a part of the names to run; RILL_TEST_SHARE=2/4 runs the second
 * of each four. The last line says how many points there were, and runs.
 */
#define _XOPEN_SOURCE 700
#include "sweep.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAIRS = 100, FEW_PAIRS = 20, SHOWN = 5, FEW_CHARACTERS = 1000 };

static const char *wanted; /* a part of the names to run; NULL: all */
static size_t share = 1, shares = 1, planned;
static bool all;
static size_t sweeps, points, runs, failures;

/* ---- One sweep ------------------------------------------------------------------ */

static size_t told; /* of this sweep's failures */

static void tell(void *ctx, const char *fault, const char *what)
{
    (void)ctx;
    if (told++ < SHOWN)
        printf("# RILL_FAULT='%s'\n#   %s\n", fault, what);
}

static void run_sweep(rill_fault_plan *plan)
{
    rill_fault_report report;
    char text[512];

    if (wanted && !strstr(plan->name, wanted))
        return;
    if (planned++ % shares != share - 1)
        return;
    plan->failed = tell;
    plan->pairs = all ? PAIRS : FEW_PAIRS;
    plan->seed = planned;
    told = 0;
    rill_fault_sweep(plan, &report);
    if (told > SHOWN)
        printf("# ... and %zu more\n", told - SHOWN);
    rill_fault_format(&report, text, sizeof(text));
    printf("%s %zu - %s\n# %s\n", report.failures ? "not ok" : "ok", ++sweeps,
           plan->name, text);
    fflush(stdout);
    points += report.total;
    runs += report.runs;
    failures += report.failures;
}

/* ---- Scripts over stores ----------------------------------------------------------- */

static const char *const endings[] = {"closes", "discards", "clears",
                                      "goes_on"};

static void sweep_world(world *w)
{
    char name[128], window[32] = "";
    rill_fault_plan plan = {
        .name = name,
        .prepare = world_prepare,
        .run = world_run,
        .expect = world_expect,
        .ctx = w,
    };

    if (w->buffer)
        snprintf(window, sizeof(window), "/%td",
                 w->buffer > 0 ? w->buffer : (ptrdiff_t)0);
    snprintf(name, sizeof(name), "%s[%s%s]/%s", w->script->name, w->store->name,
             window, endings[w->ending]);
    run_sweep(&plan);
}

static void sweep_windows(world *w)
{
    static const ptrdiff_t buffers[] = {0, RILL_UNBUFFERED, 1, 7};
    /* With a small window, each character converted is a call, and a point. */
    bool many = w->store->can & CONVERTS && w->script->start > FEW_CHARACTERS;
    bool small = w->store->can & MOVES && !(w->script->is & MUCH) && !many;
    size_t count = all && small ? sizeof(buffers) / sizeof(buffers[0]) : 1;

    for (size_t i = 0; i < count; i++) {
        w->buffer = buffers[i];
        sweep_world(w);
    }
}

static void sweep_scripts(void)
{
    world *w = world_new();
    size_t turn = 0;

    for (size_t i = 0; i < store_count; i++) {
        for (size_t j = 0; j < script_count; j++) {
            w->store = &stores[i];
            w->script = &scripts[j];
            if (w->script->needs & ~w->store->can)
                continue;
            for (int e = 0; e < ENDINGS && all; e++) {
                w->ending = (enum ending)e;
                sweep_windows(w);
            }
            w->ending = (enum ending)(turn / 3 % ENDINGS);
            if (!all && turn++ % 3 == 0)
                sweep_windows(w);
        }
    }
    world_free(w);
}

/* ---- The program ---------------------------------------------------------------------- */

static char directory[64];

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

/* Saves wait for a disk, if it is one: memory is as good here. */
static void enter_directory(void)
{
    const char *root = getenv("TMPDIR");

    if (!root || !*root)
        root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(directory, sizeof(directory), "%.40s/rill-faults-XXXXXX", root);
    if (!mkdtemp(directory) || chdir(directory) != 0 ||
        setenv("TMPDIR", directory, 1) != 0) {
        perror(directory);
        exit(2);
    }
}

/* The last words where the program under test crashes. */
static void tell_crash(int signal_number)
{
    const char *text = rill_fault_text();
    ssize_t n = write(STDERR_FILENO, text, strlen(text));

    n += write(STDERR_FILENO, ": crash\n", 8);
    (void)n;
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

int main(int argc, char **argv)
{
    const char *length = getenv("RILL_TEST_LONG");
    const char *part = getenv("RILL_TEST_SHARE");

    wanted = argc > 1 ? argv[1] : NULL;
    all = length && *length;
    if (part && (sscanf(part, "%zu/%zu", &share, &shares) != 2 || !share ||
                 share > shares)) {
        fprintf(stderr, "RILL_TEST_SHARE is %s, not such as 2/4\n", part);
        return 2;
    }
    signal(SIGSEGV, tell_crash);
    signal(SIGABRT, tell_crash);
    enter_directory();
    sweep_scripts();
    sweep_saves(run_sweep, all);
    sweep_opens(run_sweep);
    printf("1..%zu\n", sweeps);
    printf("# points: %zu in %zu scenarios; runs: %zu; failures: %zu\n", points,
           sweeps, runs, failures);
    if (chdir("/") != 0 ||
        nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror(directory);
    return failures > 0;
}
