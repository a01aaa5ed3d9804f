/*
 * under_faults.c - each test again and again, with another fault of the system.
 *
 * The calls of a test that goes well are numbered; a fault belongs to a number,
 * to all from there on, or to every call. What nobody may notice is tried in
 * this process. What shows makes tests fail and leak, so each of these is tried
 * in a child, which must exit by itself.
 */
#define _XOPEN_SOURCE 700
#include "under_faults.h"

#include "test.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/hook.h>

enum {
    ONE_BYTE = -1,
    HALF = -2,
    NOTHING = -3,
    FOREVER = 1000,       /* times that a call is interrupted, or would block */
    MOST_CALLS = 1000000, /* that are struck */
    HANGS = 20000000,
    PATIENCE = 120 /* seconds for a child */
};

enum reach { ONCE, ON, EVERYWHERE };

static struct {
    int error; /* an errno or one of the above; 0: no fault */
    enum reach reach;
    unsigned long at; /* the number of the call, from 0 */
    atomic_ulong calls, struck;
    char text[64];
} fault;

static unsigned char kinds[MOST_CALLS]; /* of the calls without a fault */

static unsigned long tests, points, runs;
static unsigned long null_streams; /* runs that used a stream not opened */
static unsigned long stride;       /* from one point to the next */
static bool in_child;

const char *test_fault(void)
{
    return fault.text;
}

/* ---- The hook ---------------------------------------------------------------- */

static bool moves(int call)
{
    return call == RILL_CALL_READ || call == RILL_CALL_WRITE;
}

/* Whether a call of this kind can come out so. */
static bool makes_sense(int call, int error)
{
    if (error < 0)
        return moves(call);
    if (error == ENOMEM)
        return call == RILL_CALL_ALLOCATE;
    if (call == RILL_CALL_ALLOCATE)
        return false;
    switch (error) {
    case EAGAIN:
        return moves(call) || call == RILL_CALL_LOCK;
    case EMFILE:
        return call == RILL_CALL_OPEN || call == RILL_CALL_PIPE;
    case EACCES:
        return call == RILL_CALL_OPEN || call == RILL_CALL_RENAME;
    case ENOSPC:
        return !moves(call) || call == RILL_CALL_WRITE;
    default:
        return true;
    }
}

static bool strikes(int call, unsigned long number)
{
    bool passing = fault.error == EINTR || fault.error == EAGAIN;

    if (!makes_sense(call, fault.error))
        return false;
    if (fault.reach == EVERYWHERE) /* EINTR: every other, so that it goes on */
        return fault.error < 0 || number % 2 == 0;
    if (fault.reach == ONCE)
        return number == fault.at;
    return number >= fault.at && !(passing && fault.struck >= FOREVER);
}

static int ask(void *ctx, int call, size_t *count)
{
    unsigned long number = fault.calls++;

    (void)ctx;
    if (number >= HANGS) {
        fprintf(stderr, "more than %d calls: %s\n", HANGS, fault.text);
        abort();
    }
    if (number >= MOST_CALLS) /* enough: let it come to its end */
        return 0;
    if (!fault.error)
        kinds[number] = (unsigned char)call;
    if (!fault.error || !strikes(call, number))
        return 0;
    fault.struck++;
    if (fault.error > 0)
        return fault.error;
    if (fault.error == NOTHING)
        *count = 0;
    else if (fault.error == HALF && *count > 1)
        *count /= 2;
    else if (*count > 1)
        *count = 1;
    return 0;
}

static void set_fault(int error, enum reach reach, unsigned long at)
{
    static const char *const reaches[] = {"at call", "from call",
                                          "at every call, from"};
    const char *what = error > 0 ? strerror(error) : "short count";

    fault.error = error;
    fault.reach = reach;
    fault.at = at;
    fault.calls = fault.struck = 0;
    snprintf(fault.text, sizeof(fault.text), "%s %s %lu", what, reaches[reach],
             at);
}

static void run_once(void (*run)(void *arg), void *arg)
{
    rill_set_call_hook(ask, NULL);
    run(arg);
    rill_set_call_hook(NULL, NULL);
}

/* ---- What nobody may notice ---------------------------------------------------- */

static void run_invisible(void (*run)(void *arg), void *arg,
                          void (*renew)(void), unsigned long count)
{
    static const int errors[] = {EINTR, ONE_BYTE, HALF};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        for (unsigned long at = 0; at < count; at += stride) {
            if (!makes_sense(kinds[at], errors[i]))
                continue;
            renew();
            set_fault(errors[i], ONCE, at);
            run_once(run, arg);
            runs++;
        }
        renew();
        set_fault(errors[i], EVERYWHERE, 0);
        run_once(run, arg);
        runs++;
    }
}

/* ---- What shows ------------------------------------------------------------------ */

#ifdef _WIN32
static void run_visible(void (*run)(void *arg), void *arg, void (*renew)(void),
                        unsigned long count)
{
    (void)run, (void)arg, (void)renew, (void)count;
}

void test_ends_early(void) {}
#else
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void test_ends_early(void)
{
    if (in_child)
        _exit(0);
}

enum { NULL_STREAM = 3 }; /* an exit status */

/* Tests do not look whether each stream was opened that they need on the way.
 * Which of them uses NULL then is of no interest. */
static void segfault(int number, siginfo_t *info, void *context)
{
    (void)context;
    if ((uintptr_t)info->si_addr < sizeof(struct rill) * 16)
        _exit(NULL_STREAM);
    signal(number, SIG_DFL);
    raise(number);
}

/* Catch that one; what else cmocka catches shall end the process. */
static void set_signals(void)
{
    struct sigaction action = {0};

    action.sa_sigaction = segfault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    signal(SIGBUS, SIG_DFL);
    signal(SIGFPE, SIG_DFL);
    signal(SIGILL, SIG_DFL);
    signal(SIGABRT, SIG_DFL);
}

/* Run with the fault in a child. Returns its status, 0 where all is well. */
static int run_child(void (*run)(void *arg), void *arg)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child < 0) {
        perror("fork");
        exit(2);
    }
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        alarm(PATIENCE);
        set_signals();
        in_child = true;
        run_once(run, arg);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

static void run_visible(void (*run)(void *arg), void *arg, void (*renew)(void),
                        unsigned long count)
{
    static const int errors[] = {ENOMEM, EIO,   ENOSPC,   EAGAIN, EMFILE,
                                 EACCES, EINTR, ONE_BYTE, NOTHING};

    int status;

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        for (unsigned long at = 0; at < 2 * count;
             at += at % 2 ? 2 * stride - 1 : 1) {
            if (!makes_sense(kinds[at / 2], errors[i]))
                continue;
            renew();
            set_fault(errors[i], at % 2 ? ON : ONCE, at / 2);
            runs++;
            status = run_child(run, arg);
            if (WIFEXITED(status) && WEXITSTATUS(status) == NULL_STREAM)
                null_streams++;
            else if (status == 0)
                continue;
            else if (WIFSIGNALED(status))
                FAIL("ends by signal %d", WTERMSIG(status));
            else
                FAIL("ends with exit status %d", WEXITSTATUS(status));
        }
    }
}
#endif

/* ---- One test -------------------------------------------------------------------- */

void test_under_faults(void (*run)(void *arg), void *arg, void (*renew)(void))
{
    const char *how = getenv("RILL_FAULTS");
    const char *colon = how ? strchr(how, ':') : NULL;
    unsigned long count, most = colon ? strtoul(colon + 1, NULL, 10) : 0;

    fault.text[0] = '\0';
    fault.error = 0;
    if (!how || !*how) {
        run(arg);
        return;
    }
    fault.calls = 0;
    run_once(run, arg);
    count = fault.calls < MOST_CALLS ? fault.calls : MOST_CALLS;
    stride = most > 0 && count > most ? (count + most - 1) / most : 1;
    tests++;
    points += count;
    if (strncmp(how, "invisible", 9) == 0)
        run_invisible(run, arg, renew, count);
    else if (strncmp(how, "visible", 7) == 0)
        run_visible(run, arg, renew, count);
    fault.text[0] = '\0';
}

void test_faults_summary(void)
{
    if (tests > 0)
        printf("# points: %lu in %lu tests; runs: %lu (%lu up to a NULL)\n",
               points, tests, runs, null_streams);
}
