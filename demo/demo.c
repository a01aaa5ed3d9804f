/*
 * demo.c - steps 1 to 4 of the demo: pack a real folder, read it back, make a
 * picture. demo/run starts it, and does step 5.
 *
 * Each step does its work twice through one and the same function: with a
 * stream in memory, and with a stream to a file. Exit status: 0; 1 if a step
 * failed; 3 if all went well but something was left out.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rill/rill.h>

#include "folder.h"
#include "pack.h"
#include "picture.h"
#include "png_rill.h"
#include "say.h"

enum { INCOMPLETE = 3 };

struct demo {
    struct folder folder;
    const char *output; /* where results go */
    char zip[4096], png[4096];
    rill *memory; /* the archive in memory */
    rill *file;   /* the archive in a file */
    int incomplete;
};

static rill *open_or_say(const char *path, const char *mode)
{
    rill *s = rill_open(path, mode);

    if (!s)
        say_bad("Cannot open %s: %s.", path, strerror(errno));
    return s;
}

static int step_memory(struct demo *d)
{
    double start = say_clock();

    say_step("Pack the folder into a ZIP archive that exists only in memory.");
    d->memory = rill_open_mem(NULL);
    if (!d->memory)
        return say_bad("Out of memory.");
    if (pack_folder(d->memory, &d->folder) < 0)
        return -1;
    say_good("%s became a ZIP archive of %s in %.2f s. No file was written.",
             say_size(d->folder.bytes).s, say_size(rill_size(d->memory)).s,
             say_clock() - start);
    return 0;
}

/* Compare all bytes of two streams. Returns how many, or -1. */
static int64_t compare(rill *a, rill *b)
{
    const void *x, *y;
    ptrdiff_t n, m;
    int64_t same = 0;

    rill_rewind(a);
    rill_rewind(b);
    while ((n = rill_peek(a, &x, 0)) > 0) {
        m = rill_peek(b, &y, 0);
        n = m < n ? m : n;
        if (n <= 0 || memcmp(x, y, (size_t)n) != 0)
            return -1;
        rill_consume(a, (size_t)n);
        rill_consume(b, (size_t)n);
        same += n;
    }
    return n == 0 && rill_peek(b, &y, 0) == 0 ? same : -1;
}

/* Run `unzip -t` on the archive. Returns its exit status, 127: not there. */
static int run_unzip(const struct demo *d)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (chdir(d->output) < 0 || !freopen("/dev/null", "w", stdout) ||
            !freopen("/dev/null", "w", stderr))
            _exit(126);
        execlp("unzip", "unzip", "-tqq", "archive.zip", (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
        return 126;
    return WEXITSTATUS(status);
}

static int check_with_unzip(struct demo *d)
{
    int status = run_unzip(d);

    if (status == 127) {
        say_note("Another program, unzip, should test it, but is not there.");
        d->incomplete = 1;
        return 0;
    }
    if (status != 0)
        return say_bad("unzip -t finds errors in the archive (status %d).",
                       status);
    say_good("Another program, unzip -t, tested it and found no errors.");
    return 0;
}

static int step_file(struct demo *d)
{
    double start = say_clock();
    int64_t same;
    int rc;

    say_step("Pack it again with the same function, now straight into a file.");
    d->file = open_or_say(d->zip, "wb");
    if (!d->file || pack_folder(d->file, &d->folder) < 0)
        return -1;
    rc = rill_close(d->file);
    d->file = NULL;
    if (rc < 0)
        return say_bad("Cannot write %s: %s.", d->zip, rill_strerror(rc));
    say_good("Written in %.2f s: %s", say_clock() - start, d->zip);

    d->file = open_or_say(d->zip, "rb");
    if (!d->file)
        return -1;
    same = compare(d->memory, d->file);
    if (same < 0)
        return say_bad("Memory and file differ. Did the folder change while "
                       "the demo ran?");
    say_good("Memory and file are the same, byte for byte (%s compared).",
             say_count(same, "byte", "bytes").s);
    return check_with_unzip(d);
}

static int step_read_back(struct demo *d)
{
    const struct folder *f = &d->folder;
    int memory_first;

    say_step("Read both archives back with one function, and compare with the "
             "folder.");
    for (memory_first = 1; memory_first >= 0; memory_first--) {
        double start = say_clock();

        if (pack_compare(memory_first ? d->memory : d->file, f) < 0)
            return -1;
        say_good("From %s: %s, all as in the folder (%.2f s).",
                 memory_first ? "memory" : "the file",
                 say_count((int64_t)f->files, "file", "files").s,
                 say_clock() - start);
    }
    return 0;
}

/* Decode the PNG at the start of `s` and compare it with `p`. */
static int decode_and_compare(rill *s, const struct picture *p,
                              const char *where)
{
    struct png_rill_error e;
    struct picture back;
    int same;

    rill_rewind(s);
    if (png_rill_decode(s, &back, &e) < 0)
        return say_bad("Cannot decode the picture: %s.", e.text);
    same = back.width == p->width && back.height == p->height &&
           memcmp(back.rgb, p->rgb, (size_t)p->width * p->height * 3) == 0;
    free(back.rgb);
    if (!same)
        return say_bad("The picture came back from %s with other pixels.",
                       where);
    say_good("Decoded from %s: all %s are the same.", where,
             say_count((int64_t)p->width * p->height, "pixel", "pixels").s);
    return 0;
}

/* Through a PNG in memory, then saved to a file. */
static int round_trip(struct demo *d, rill *memory, const struct picture *p)
{
    struct png_rill_error e;
    rill *file;
    int rc = -1;

    if (png_rill_encode(memory, p, &e) < 0)
        return say_bad("Cannot encode the picture: %s.", e.text);
    say_good("Encoded in memory: %s of pixels became a PNG of %s.",
             say_size((int64_t)p->width * p->height * 3).s,
             say_size(rill_size(memory)).s);
    if (decode_and_compare(memory, p, "memory") < 0)
        return -1;

    file = open_or_say(d->png, "wb+");
    if (!file)
        return -1;
    rill_rewind(memory);
    if (rill_copy(file, memory, -1) != rill_size(memory))
        say_bad("Cannot write %s.", d->png);
    else
        rc = decode_and_compare(file, p, "a file");
    if (rill_close(file) < 0)
        rc = say_bad("Cannot write %s.", d->png);
    if (rc == 0)
        say_good("Saved, to look at: %s", d->png);
    return rc;
}

static int step_picture(struct demo *d)
{
    struct picture p;
    rill *memory;
    int rc;

    say_step("Draw a picture of the folder; turn it into a PNG and back, in "
             "memory.");
    if (picture_draw(d->memory, d->folder.bytes, &p) < 0)
        return -1;
    memory = rill_open_mem(NULL);
    rc = memory ? round_trip(d, memory, &p) : say_bad("Out of memory.");
    if (rill_close(memory) < 0 && rc == 0)
        rc = say_bad("Cannot close a stream in memory.");
    free(p.rgb);
    return rc;
}

static int run(struct demo *d, const char *path,
               const struct folder_rules *rules)
{
    struct folder *f = &d->folder;
    int rc = folder_list(f, path, rules);

    if (rc == 0) {
        say_line("   %s in %s, %s",
                 say_count((int64_t)f->files, "file", "files").s,
                 say_count((int64_t)f->folders + 1, "folder", "folders").s,
                 say_size(f->bytes).s);
        rc = step_memory(d) < 0 || step_file(d) < 0 || step_read_back(d) < 0 ||
             step_picture(d) < 0;
    }
    if ((rill_close(d->memory) < 0) + (rill_close(d->file) < 0) > 0 && rc == 0)
        rc = say_bad("A stream could not be closed.");
    if (rc != 0)
        return 1;
    return d->incomplete || f->unusable > 0 ? INCOMPLETE : 0;
}

int main(int argc, char **argv)
{
    static struct demo d;
    struct folder_rules rules;
    int rc;

    if (argc < 4) {
        fputs("usage: demo FOLDER OUTPUT LIMIT [SKIPPED NAME]...\n", stderr);
        return 2;
    }
    /* File names are UTF-8, whatever the user's language is. */
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    d.output = argv[2];
    snprintf(d.zip, sizeof(d.zip), "%s/archive.zip", d.output);
    snprintf(d.png, sizeof(d.png), "%s/picture.png", d.output);
    rules = (struct folder_rules){
        .output = d.output,
        .skip = (const char *const *)&argv[4],
        .skip_count = (size_t)(argc - 4),
        .limit = strtoll(argv[3], NULL, 10),
    };
    rc = run(&d, argv[1], &rules);
    folder_free(&d.folder);
    return rc;
}
