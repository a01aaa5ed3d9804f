/*
 * stdio.h - what "#include <stdio.h>" finds where this directory comes first:
 * the C library's, with Rill's streams in the place of its own.
 */
#include_next <stdio.h>

#include <rill_stdio.h>
