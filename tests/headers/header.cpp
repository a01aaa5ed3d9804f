/* header.c, for C++. */
#include "header.c"
