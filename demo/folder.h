/*
 * folder.h - the list of what a folder holds, made once, in a fixed order.
 *
 * Because the list is made before anything is packed, packing twice gives the
 * same archive twice.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct item {
    char *path; /* as it can be opened */
    char *name; /* as it is called in the archive; a part of `path` */
    char *link; /* what a symbolic link points to; else NULL */
    struct stat st;
};

struct folder {
    const char *path;
    struct item *items;
    size_t count, room;
    size_t files, folders, links;
    int64_t bytes;   /* in all files */
    size_t ignored;  /* sockets, devices and the like */
    size_t unusable; /* what should be packed but cannot be */
};

struct folder_rules {
    const char *output;      /* a folder to leave out: the demo's own */
    const char *const *skip; /* names to leave out at the top */
    size_t skip_count;
    int64_t limit; /* bytes of all files; more is refused */
};

/* List `path`, sorted by name. Returns 0, or -1 and has said why. */
int folder_list(struct folder *f, const char *path,
                const struct folder_rules *rules);

void folder_free(struct folder *f);

#endif
