/*
 * leaks.h - what a process holds: to compare before and after.
 */
#ifndef RILL_TESTING_LEAKS_H
#define RILL_TESTING_LEAKS_H

#include <stddef.h>

/* How many descriptors are open, of the first 256; 0: not known here. */
size_t rill__leaks_descriptors(void);

/* How many bytes of malloc() are in use; 0: not known here. The C library may
 * keep a few pieces that were freed and count them, so growth is a leak only if
 * it goes on. */
size_t rill__leaks_bytes(void);

#endif /* RILL_TESTING_LEAKS_H */
