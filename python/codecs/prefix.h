/*
 * prefix.h - comes before each source of the extension _codecs.
 *
 * The bridges to codecs are compiled as they are; this makes their calls of
 * librill calls into the module rillio, where the streams are.
 */
#define PY_SSIZE_T_CLEAN
#include <rillio_capi.h>
#undef RILL_API
#define RILL_API /* the codecs' own: ordinary functions, hidden */
