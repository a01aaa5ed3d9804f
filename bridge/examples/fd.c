/*
 * fd.c - a picture in memory, for programs that know only files.
 *
 *     fd PICTURE.png
 *
 * cmp gets a path; gzip reads from one descriptor and writes to another. What
 * is behind them are streams in memory.
 */
#define _POSIX_C_SOURCE 200809L

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

#include <rill/fd.h>

extern char **environ;

/* Run a program with these as its input and output (-1: ours), to its end.
 * Returns its exit status, or -1. */
static int run(char *const *argv, int in, int out)
{
    posix_spawn_file_actions_t ends;
    int status = -1, err;
    pid_t pid;

    posix_spawn_file_actions_init(&ends);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&ends, in, 0);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&ends, out, 1);
    err = posix_spawnp(&pid, argv[0], &ends, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&ends);
    if (err != 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

/* Whether the stream holds what the file does: cmp takes two paths. */
static int is_the_same(char *path, rill *s)
{
    rill_fd *f = rill_as_path(s, ".png", 0);
    char name[] = "cmp", memory[4096];
    int rc;

    if (!f) {
        perror("cmp");
        return 0;
    }
    snprintf(memory, sizeof(memory), "%s", rill_fd_path(f));
    rc = run((char *[]){name, path, memory, NULL}, -1, -1);
    return rill_fd_close(f) == 0 && rc == 0;
}

/* Filter one stream into another: gzip takes what stdin and stdout are. */
static int filter(char *option, rill *from, rill *to)
{
    rill_fd *in, *out;
    char name[] = "gzip";
    int rc = -1;

    rill_rewind(from);
    in = rill_as_fd(from, 0);
    out = rill_as_fd(to, 0);
    if (in && out)
        rc = run((char *[]){name, option, NULL}, rill_fd_number(in),
                 rill_fd_number(out));
    rill_fd_discard(in);
    return rill_fd_close(out) == 0 && rc == 0;
}

int main(int argc, char **argv)
{
    static char compress[] = "-c", expand[] = "-cd", none[] = "picture.png";
    char *path = argc > 1 ? argv[1] : none;
    rill *file = rill_open(path, "rb"), *picture = rill_open_mem(NULL);
    rill *packed = rill_open_mem(NULL), *again = rill_open_mem(NULL);
    int ok = 0;

    if (!file) {
        perror(path);
    } else if (rill_copy(picture, file, -1) > 0) {
        ok = is_the_same(path, picture);
        printf("cmp, of the file and memory: %s\n", ok ? "equal" : "differ");
        ok &=
            filter(compress, picture, packed) && filter(expand, packed, again);
        ok &= is_the_same(path, again);
        printf("gzip, from memory to memory and back: %s\n",
               ok ? "equal" : "differ");
    }
    ok &= rill_close(file) == 0;
    ok &= rill_close(picture) == 0;
    ok &= rill_close(packed) == 0;
    ok &= rill_close(again) == 0;
    return !ok;
}
