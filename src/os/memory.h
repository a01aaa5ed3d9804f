/*
 * memory.h - memory as Rill allocates it where no allocator was given.
 *
 * Small pieces are malloc()'s. A large piece lies in an address range of its
 * own that is reserved once, committed as it grows, and so never moved.
 */
#ifndef RILL_OS_MEMORY_H
#define RILL_OS_MEMORY_H

#include <stddef.h>

enum {
    MEMORY_HEAP_MAX = 1024 * 1024, /* larger pieces lie in ranges */
    /* Windows of this size are kept: with what window.c has before them. */
    MEMORY_WINDOW = 128 * 1024 + 64 + 4 * sizeof(void *)
};

/* As rill_allocator.realloc. */
void *rill__memory_realloc(void *p, size_t old_size, size_t new_size);

/* A file's window: `size` bytes; one of MEMORY_WINDOW is kept for the next
 * stream when it is given back. */
void *rill__memory_take_window(size_t size);
void rill__memory_give_window(void *p, size_t size);

#endif /* RILL_OS_MEMORY_H */
