/* Compiled once for each public header, to prove that it stands alone; twice
 * included, to prove that its guard holds. */
#include RILL_HEADER
#include RILL_HEADER

typedef int header_is_compiled;
