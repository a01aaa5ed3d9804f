/*
 * saves.c - a file that appears whole or not at all, whatever fails.
 *
 * After each run the file is the old one or the new one, in full, and the new
 * one exactly if rill_close() said so (or if it was only the directory that
 * could not be synced). What is left beside it, the next save removes.
 */
#define _XOPEN_SOURCE 700
#include "sweep.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OLD_MODE = 0640, FEW = 40, MANY = 300000 };

enum save_end { SAVES, GIVES_UP, LEAVES_SCOPE, SAVE_ENDS };

typedef struct save {
    const char *mode;
    int level;
    enum save_end end;
    bool over;   /* there is an old file */
    bool linked; /* the path is a symbolic link */
    size_t size; /* of the old file, and of what is written */

    model old, new, seen;
    bool renamed; /* the file got its name */
    bool struck;  /* ... after a fault that had to stop that */
} save;

/* The hook of a run: a rename after a failure that must show is a mistake. */
static int watch(void *ctx, int call, size_t *count)
{
    save *v = ctx;
    size_t asked = *count;
    int error = rill_fault_point(call, count);
    rill_fault f = {.call = call, .error = error};

    if (call == RILL_CALL_RENAME && error == 0) {
        v->renamed = true;
        if (v->struck)
            rill_fault_wrong("takes its name after a failure");
    }
    if (asked > 0 && *count == 0)
        f.error = RILL_FAULT_ZERO;
    if (f.error && rill_fault_expected(&f) == RILL_FAULT_SHOWN)
        v->struck = true;
    return error;
}

/* ---- A run -------------------------------------------------------------------- */

static const char *target(const save *v)
{
    return v->linked ? "pointed_to" : "saved";
}

static void save_prepare(void *ctx)
{
    save *v = ctx;

    unlink("saved");
    unlink("pointed_to");
    if (v->over) {
        make_file(target(v), v->old.bytes, v->old.len);
        if (chmod(target(v), OLD_MODE) != 0)
            abort();
    }
    if (v->linked && symlink("pointed_to", "saved") != 0)
        abort();
    v->renamed = v->struck = false;
}

/* Where in the file the new bytes are written. */
static int64_t place(const save *v)
{
    if (v->mode[0] == 'a' && v->over)
        return (int64_t)v->old.len;
    return v->mode[0] == 'r' ? 5 : 0;
}

static int write_all(const save *v, rill *s)
{
    const unsigned char *bytes = v->new.bytes + place(v);

    if (v->mode[0] == 'r' && rill_seek(s, place(v), RILL_SEEK_SET) < 0)
        return RILL_EIO;
    for (size_t done = 0; done < v->size;) {
        size_t n = done == 0 ? v->size / 3 : v->size - done;
        ptrdiff_t r = rill_write(s, bytes + done, n);
        if (r <= 0)
            return (int)r;
        done += (size_t)r;
    }
    return RILL_OK;
}

static int leave_scope(const save *v, rill *opened)
{
    RILL_AUTO rill *s = opened;

    return write_all(v, s);
}

static int save_run(void *ctx)
{
    save *v = ctx;
    rill_options o = RILL_OPTIONS_INIT;
    rill_error error = {0};
    rill *s;
    int rc, closed;

    rill_set_call_hook(watch, v);
    o.save = v->level;
    o.error = &error;
    s = rill_open_with("saved", v->mode, &o);
    if (!s)
        return error.code < 0 ? error.code : RILL_EIO;
    if (v->end == LEAVES_SCOPE)
        return leave_scope(v, s);
    rc = write_all(v, s);
    if (v->end == GIVES_UP) {
        rill_discard(s);
        return rc;
    }
    closed = rill_close(s);
    return rc < 0 ? rc : closed;
}

/* ---- What is there afterwards ---------------------------------------------------- */

/* How many files there are that a save has left beside the one it is about. (A
 * scenario before this one may have left some beside another file, after a
 * fault in unlink().) */
static int litter(const save *v)
{
    DIR *d = opendir(".");
    struct dirent *e;
    char start[32];
    int n = 0;

    snprintf(start, sizeof(start), ".%s.", target(v));
    while (d && (e = readdir(d)) != NULL)
        n += strncmp(e->d_name, start, strlen(start)) == 0;
    if (d)
        closedir(d);
    return n;
}

static bool is_old(save *v)
{
    if (!see_file(target(v), &v->seen))
        return !v->over;
    return v->over && same(&v->seen, &v->old);
}

static bool is_new(save *v)
{
    struct stat st;

    if (!see_file(target(v), &v->seen) || !same(&v->seen, &v->new))
        return false;
    if (v->over && (stat("saved", &st) != 0 || (st.st_mode & 0777) != OLD_MODE))
        rill_fault_wrong("the new file lacks the old one's permissions");
    return true;
}

/* A save without faults: it works, and leaves nothing. */
static void save_once_more(save *v)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.save = RILL_SAVE_ATOMIC;
    s = rill_open_with("saved", "w", &o);
    if (!s || rill_puts(s, "again") < 0 || rill_close(s) < 0)
        rill_fault_wrong("the next save fails");
    if (litter(v) > 0)
        rill_fault_wrong("the next save leaves the litter");
    if (!see_file(target(v), &v->seen) || v->seen.len != 5)
        rill_fault_wrong("the next save does not arrive");
}

static void save_check(void *ctx, int result)
{
    save *v = ctx;
    bool old = is_old(v), new = is_new(v);
    struct stat st;

    if (!old && !new)
        rill_fault_wrong("neither the old file nor the new: %zu bytes",
                         v->seen.len);
    else if (v->end == SAVES && result >= 0 && !new)
        rill_fault_wrong("said to be saved, and is not");
    else if (new && !old && !v->renamed)
        rill_fault_wrong("is new, without a rename");
    else if (v->end != SAVES && !old)
        rill_fault_wrong("is there though nobody saved it");
    if (v->linked && (lstat("saved", &st) != 0 || !S_ISLNK(st.st_mode)))
        rill_fault_wrong("the link is gone");
    if (result >= 0 && strcmp(rill_fault_text(), "no fault") == 0 && litter(v))
        rill_fault_wrong("leaves litter without any fault");
    save_once_more(v);
}

/* ---- All ways --------------------------------------------------------------------- */

static void fill_models(save *v)
{
    v->old.len = v->new.len = 0;
    fill_start(v->old.bytes, v->size, 3);
    v->old.len = v->size;
    if (v->over && v->mode[0] != 'w')
        model_write(&v->new, v->old.bytes, v->old.len, 0);
    fill_start(v->seen.bytes, v->size, 8);
    model_write(&v->new, v->seen.bytes, v->size, place(v));
}

static void sweep_save(save *v, sweep_run *sweep)
{
    static const char *const ends[] = {"saves", "gives_up", "leaves_scope"};
    char name[64];
    rill_fault_plan plan = {
        .name = name,
        .prepare = save_prepare,
        .run = save_run,
        .check = save_check,
        .ctx = v,
    };

    snprintf(name, sizeof(name), "save[%s%s%s%s%s]/%s", v->mode,
             v->level == RILL_SAVE_DURABLE ? ",durable" : "",
             v->over ? ",over" : "", v->linked ? ",linked" : "",
             v->size == MANY ? ",large" : "", ends[v->end]);
    fill_models(v);
    sweep(&plan);
}

/* Over an old file or as a new one, as the mode can. */
static void sweep_places(save *v, sweep_run *sweep, bool all)
{
    for (int over = 0; over < 2; over++) {
        v->over = over;
        if ((over && v->mode[0] == 'x') || (!over && v->mode[0] == 'r'))
            continue;
        for (int linked = 0; linked < (all ? 2 : 1); linked++) {
            v->linked = linked;
            if (!linked || v->mode[0] != 'x')
                sweep_save(v, sweep);
        }
    }
}

void sweep_saves(sweep_run *sweep, bool all)
{
    static const char *const modes[] = {"w", "a", "r+", "x", "w+", "a+"};
    static unsigned char room[3][MOST];
    save v = {.old = {room[0], 0}, .new = {room[1], 0}, .seen = {room[2], 0}};

    for (size_t i = 0; i < (all ? sizeof(modes) / sizeof(modes[0]) : 4); i++) {
        v.mode = modes[i];
        for (int end = 0; end < (all ? SAVE_ENDS : 1); end++) {
            v.end = (enum save_end)end;
            v.level = RILL_SAVE_DURABLE;
            v.size = FEW;
            sweep_places(&v, sweep, all);
            if (!all)
                continue;
            v.level = RILL_SAVE_ATOMIC;
            sweep_places(&v, sweep, all);
            v.size = MANY;
            sweep_places(&v, sweep, all);
        }
    }
}
