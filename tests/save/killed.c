/*
 * killed.c - a writer that is killed at each system call it makes.
 *
 *     killed DIRECTORY SEED
 *
 * Each writer runs in a child, which is traced (ptrace(2)): SIGKILL comes
 * before its first system call, in the next run before its second, and so on
 * until it ends by itself. Then as many times again at moments of a clock, for
 * calls that are half done. What the child said before it died it said in
 * shared memory: how many bytes were flushed, whether a save was closed.
 * Afterwards a plain file holds all that was flushed; a saved one is old or
 * new, whole; and the next save succeeds and clears what is left.
 */
#define _GNU_SOURCE
#include "scene.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

enum { SIZE = 60000, TIMES = 100, SKIPPED = 77 };

/* What the child has to say. */
struct words {
    volatile size_t flushed;
    volatile int closed;
};

static struct words *said;
static long kills;

/* ---- Writers ------------------------------------------------------------ */

static const struct writer {
    const char *name;
    const char *mode;
    int save;
    ptrdiff_t buffer;
    size_t part;    /* bytes per write */
    int flush_each; /* a flush after so many writes */
    int old;        /* there is an old file */
    int litter;     /* and what dead saves have left */
} writers[] = {
    {"plain", "wb", 0, 0, 1000, 5, 0, 0},
    {"plain, old file", "wb", 0, 4096, 777, 7, 1, 0},
    {"plain, unbuffered", "wb", 0, RILL_UNBUFFERED, 3000, 1, 0, 0},
    {"append", "ab", 0, 4096, 3000, 2, 1, 0},
    {"save", "wb", RILL_SAVE_DURABLE, 4096, 5000, 4, 1, 0},
    {"save, atomic", "wb", RILL_SAVE_ATOMIC, 4096, 5000, 4, 1, 0},
    {"save, new file", "wb", RILL_SAVE_DURABLE, 4096, 5000, 4, 0, 0},
    {"save, exclusive", "xb", RILL_SAVE_DURABLE, 4096, 5000, 4, 0, 0},
    {"save, append", "ab", RILL_SAVE_DURABLE, 4096, 5000, 4, 1, 0},
    {"save, update", "rb+", RILL_SAVE_DURABLE, 4096, 5000, 4, 1, 0},
    {"save, litter", "wb", RILL_SAVE_DURABLE, 4096, 5000, 4, 1, 1},
};

static int write_file(const struct writer *w)
{
    rill_options o = RILL_OPTIONS_INIT;
    int writes = 0;
    rill *s;

    o.save = w->save;
    o.buffer_size = w->buffer;
    s = rill_open_with("f", w->mode, &o);
    if (!s)
        return 1;
    for (size_t at = 0; at < SIZE;) {
        size_t n = SIZE - at < w->part ? SIZE - at : w->part;

        if (rill_write(s, pattern() + at, n) != (ptrdiff_t)n)
            return 1;
        at += n;
        if (++writes % w->flush_each == 0) {
            if (rill_flush(s) != RILL_OK)
                return 1;
            said->flushed = at;
        }
    }
    if (rill_close(s) != RILL_OK)
        return 1;
    said->flushed = SIZE;
    said->closed = 1;
    return 0;
}

static void prepare(const struct writer *w)
{
    remove_all();
    if (w->old)
        put_bytes("f", old_content(), OLD_SIZE);
    for (int i = 0; w->litter && i < 5; i++) {
        char name[40];

        snprintf(name, sizeof(name), ".f.%d.rill-save", 2 * i);
        put_bytes(name, pattern(), 1000);
    }
    said->flushed = 0;
    said->closed = 0;
}

/* ---- Killing ------------------------------------------------------------ */

static pid_t start_writer(const struct writer *w, int traced)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid > 0)
        return pid;
    if (traced &&
        (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0))
        _exit(SKIPPED);
    _exit(write_file(w));
}

static int wait_for_child(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) != pid)
        give_up("waitpid");
    return status;
}

/* Whether it was killed: 1; 0 where it had come to its end. */
static int was_killed(int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return 1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
        printf("skipped: processes may not be traced here\n");
        exit(SKIPPED);
    }
    expect(WIFEXITED(status) && WEXITSTATUS(status) == 0,
           "the writer ended with status %#x", (unsigned)status);
    return 0;
}

/* Let the child stop before each system call and after it, and kill it at the
 * stop of that number. */
static int kill_at_stop(const struct writer *w, long number)
{
    pid_t pid = start_writer(w, 1);
    int status = wait_for_child(pid);

    if (!WIFSTOPPED(status))
        return was_killed(status);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
    for (long i = 0; i <= number; i++) {
        if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
            give_up("ptrace");
        status = wait_for_child(pid);
        if (!WIFSTOPPED(status))
            return was_killed(status);
    }
    kill(pid, SIGKILL);
    return was_killed(wait_for_child(pid));
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Let it run to its end: how long that takes, in seconds. */
static double time_writer(const struct writer *w)
{
    double start = now();

    was_killed(wait_for_child(start_writer(w, 0)));
    return now() - start;
}

static int kill_after(const struct writer *w, double seconds)
{
    pid_t pid = start_writer(w, 0);
    double start = now();

    while (now() - start < seconds)
        continue;
    kill(pid, SIGKILL);
    return was_killed(wait_for_child(pid));
}

/* ---- What is there afterwards ------------------------------------------- */

static void check_plain(const struct writer *w)
{
    const unsigned char *got;
    size_t old = *w->mode == 'a' ? OLD_SIZE : 0;
    long size = get_bytes("f", &got);

    if (said->flushed == 0 && !w->old && size < 0)
        return; /* it had not opened it */
    if (said->flushed == 0 && w->old && file_is("f", OLD_SIZE, OLD_SIZE))
        return;
    expect(size >= (long)(old + said->flushed) && size <= (long)(old + SIZE),
           "%zu bytes were flushed, the file has %ld", said->flushed, size);
    expect(file_is("f", old, (size_t)size), "the file is damaged");
}

static void check_saved(const struct writer *w)
{
    const unsigned char *got;
    size_t kept = *w->mode == 'a' ? OLD_SIZE : 0;
    int is_new = file_is("f", kept, kept + SIZE);
    int is_old =
        w->old ? file_is("f", OLD_SIZE, OLD_SIZE) : get_bytes("f", &got) < 0;

    expect(is_new || (is_old && !said->closed),
           "neither old nor new (closed: %d)", said->closed);
    expect(count_beside() <= 1 + 5 * w->litter, "%d files beside",
           count_beside());
}

static void save_again(void)
{
    rill *s = rill_open("f", "wbs");

    expect(s != NULL, "the next save cannot begin: %s", strerror(errno));
    if (!s)
        return;
    rill_write(s, pattern(), 100);
    expect(rill_close(s) == RILL_OK, "the next save fails");
    expect(file_is("f", 0, 100), "the next save is not there");
    expect(count_beside() == 0, "litter after the next save");
}

static void check_after(const struct writer *w)
{
    if (w->save)
        check_saved(w);
    else
        check_plain(w);
    save_again();
}

/* ---- The whole ---------------------------------------------------------- */

static void kill_at_each_call(const struct writer *w)
{
    long number = 0;
    int killed = 1;

    for (; killed; number++) {
        snprintf(scene, sizeof(scene), "%s, killed at stop %ld", w->name,
                 number);
        prepare(w);
        killed = kill_at_stop(w, number);
        kills += killed;
        check_after(w);
    }
    expect(number > 20, "only %ld stops", number);
    printf("%s: killed at %ld stops\n", w->name, number - 1);
}

static void kill_at_times(const struct writer *w, uint64_t *seed)
{
    double whole;

    prepare(w);
    whole = time_writer(w);
    for (int i = 0; i < TIMES; i++) {
        double part;

        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        part = (double)(*seed >> 32) / 4294967296.0;
        snprintf(scene, sizeof(scene), "%s, killed after %.2f of its time",
                 w->name, part);
        prepare(w);
        kills += kill_after(w, whole * part);
        check_after(w);
    }
}

int main(int argc, char **argv)
{
    uint64_t seed = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

    if (argc != 3 || chdir(argv[1]) != 0) {
        fprintf(stderr, "killed DIRECTORY SEED\n");
        return 2;
    }
    said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (said == MAP_FAILED)
        give_up("mmap");
    pattern();
    for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++) {
        kill_at_each_call(&writers[i]);
        kill_at_times(&writers[i], &seed);
    }
    remove_all();
    printf("kills: %ld, failures: %ld\n", kills, failures);
    return failures != 0;
}
