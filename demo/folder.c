/*
 * folder.c - list a folder with fts(3), sorted by name.
 *
 * Files, folders and symbolic links are listed. What cannot be read is told
 * and counted, so that nobody takes a partial archive for a whole one; sockets,
 * devices and the like hold no bytes to pack and are only mentioned.
 */
#define _DEFAULT_SOURCE
#include "folder.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rill/rill.h>

#include "say.h"

enum { TELL_AT_MOST = 5 }; /* lines about what is left out */

static void leave_out(struct folder *f, size_t *counter, const char *name,
                      const char *why)
{
    if (f->ignored + f->unusable < TELL_AT_MOST)
        say_note("left out: %s (%s)", say_safe(name).s, why);
    *counter += 1;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Whether the demo shall not look at this entry at all. */
static int is_skipped(const FTSENT *e, const struct folder_rules *rules,
                      const struct stat *output)
{
    size_t i;

    if (e->fts_info == FTS_D && e->fts_statp->st_ino == output->st_ino &&
        e->fts_statp->st_dev == output->st_dev)
        return 1;
    for (i = 0; i < rules->skip_count; i++)
        if (e->fts_level == 1 && strcmp(e->fts_name, rules->skip[i]) == 0)
            return 1;
    return 0;
}

/* Why the file cannot be packed, or NULL. */
static const char *file_problem(const char *path, const struct stat *st)
{
    const char *problem = NULL;
    rill *s = rill_open(path, "rb");

    if (!s)
        return strerror(errno);
    if (st->st_size == 0 && rill_getc(s) >= 0)
        problem = "the system makes its content while it is read";
    if (rill_close(s) < 0 && !problem)
        problem = "it cannot be read";
    return problem;
}

static char *read_link(const FTSENT *e)
{
    char target[4096];
    ssize_t n = readlink(e->fts_accpath, target, sizeof(target) - 1);

    if (n < 0)
        return NULL;
    target[n] = '\0';
    return strdup(target);
}

static int add(struct folder *f, const FTSENT *e, size_t prefix, char *link)
{
    struct item *it;

    if (f->count == f->room) {
        size_t room = f->room ? f->room * 2 : 256;
        struct item *more = realloc(f->items, room * sizeof(*more));

        if (!more)
            return -1;
        f->items = more;
        f->room = room;
    }
    it = &f->items[f->count];
    it->path = strdup(e->fts_path);
    if (!it->path)
        return -1;
    it->name = it->path + prefix;
    it->link = link;
    it->st = *e->fts_statp;
    f->count++;
    return 0;
}

/* What the entry is called below the folder; `prefix` is its path's length. */
static const char *name_of(const FTSENT *e, size_t prefix)
{
    return e->fts_pathlen > prefix ? e->fts_path + prefix : e->fts_path;
}

static int take_file(struct folder *f, const FTSENT *e, size_t prefix)
{
    const char *problem = file_problem(e->fts_accpath, e->fts_statp);

    if (problem) {
        leave_out(f, &f->unusable, name_of(e, prefix), problem);
        return 0;
    }
    f->files++;
    f->bytes += e->fts_statp->st_size;
    return add(f, e, prefix, NULL);
}

static int take_link(struct folder *f, const FTSENT *e, size_t prefix)
{
    char *link = read_link(e);

    if (!link) {
        leave_out(f, &f->unusable, name_of(e, prefix), "an unreadable link");
        return 0;
    }
    f->links++;
    if (add(f, e, prefix, link) < 0) {
        free(link);
        return -1;
    }
    return 0;
}

/* Take one entry of the tree into the list. Returns 0, or -1: no memory. */
static int take(struct folder *f, const FTSENT *e, size_t prefix)
{
    const char *name = name_of(e, prefix);

    if (e->fts_info == FTS_DP || e->fts_info == FTS_DOT)
        return 0; /* a folder on the way back */
    if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR ||
        e->fts_info == FTS_NS) {
        leave_out(f, &f->unusable, name, strerror(e->fts_errno));
        return 0;
    }
    if (e->fts_level == 0)
        return 0;
    if (mbstowcs(NULL, name, 0) == (size_t)-1) {
        leave_out(f, &f->unusable, name, "its name is not UTF-8");
        return 0;
    }
    switch (e->fts_info) {
    case FTS_D:
        f->folders++;
        return add(f, e, prefix, NULL);
    case FTS_F:
        return take_file(f, e, prefix);
    case FTS_SL:
    case FTS_SLNONE:
        return take_link(f, e, prefix);
    case FTS_DC:
        leave_out(f, &f->unusable, name, "it contains itself");
        return 0;
    default:
        leave_out(f, &f->ignored, name,
                  S_ISSOCK(e->fts_statp->st_mode)   ? "a socket"
                  : S_ISFIFO(e->fts_statp->st_mode) ? "a named pipe"
                                                    : "a device");
        return 0;
    }
}

/* Say what is wrong with the folder as a whole. Returns 0 if nothing is. */
static int check_result(const struct folder *f,
                        const struct folder_rules *rules)
{
    size_t left_out = f->ignored + f->unusable;

    if (left_out > TELL_AT_MOST)
        say_note("and %s more",
                 say_number((int64_t)(left_out - TELL_AT_MOST)).s);
    if (f->bytes > rules->limit)
        return say_bad("The folder holds %s. The demo keeps a whole archive "
                       "in memory and packs\n     at most %s: choose a smaller "
                       "folder, or raise this with --limit.",
                       say_size(f->bytes).s, say_size(rules->limit).s);
    if (f->count == 0)
        return say_bad(left_out
                           ? "Nothing in this folder can be packed."
                           : "The folder is empty: there is nothing to pack.");
    return 0;
}

static int check_path(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return say_bad("Cannot open the folder %s: %s.", say_safe(path).s,
                       strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return say_bad("%s is not a folder.", say_safe(path).s);
    if (access(path, R_OK | X_OK) < 0)
        return say_bad("Cannot read the folder %s: %s.", say_safe(path).s,
                       strerror(errno));
    return 0;
}

int folder_list(struct folder *f, const char *path,
                const struct folder_rules *rules)
{
    char *root = strdup(path), *roots[2] = {root, NULL};
    size_t len = strlen(path);
    struct stat output;
    FTS *tree;
    FTSENT *e;
    int rc = root ? check_path(path) : say_bad("Out of memory.");

    *f = (struct folder){.path = path};
    if (rc < 0 || stat(rules->output, &output) < 0) {
        free(root);
        return rc < 0 ? rc : say_bad("Cannot see %s.", rules->output);
    }
    while (len > 1 && root[len - 1] == '/')
        root[--len] = '\0';
    tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    while (rc == 0 && tree && (e = fts_read(tree))) {
        if (is_skipped(e, rules, &output))
            fts_set(tree, e, FTS_SKIP);
        else if (take(f, e, len + (root[len - 1] != '/')) < 0)
            rc = say_bad("Out of memory.");
    }
    if (!tree)
        rc = say_bad("Cannot read the folder: %s.", strerror(errno));
    else
        fts_close(tree);
    free(root);
    return rc < 0 ? rc : check_result(f, rules);
}

void folder_free(struct folder *f)
{
    size_t i;

    for (i = 0; i < f->count; i++) {
        free(f->items[i].path);
        free(f->items[i].link);
    }
    free(f->items);
}
