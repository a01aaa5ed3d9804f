/*
 * partners.h - the rows that are there whatever table is run: memory and a
 * file, to copy to. The project's own table has them too.
 */
#ifndef PARTNERS_H
#define PARTNERS_H

#include "fixture.h"

extern const fixture_row partners[];
extern const size_t partner_count;

/* What rows of memory and of files can do. */
enum {
    CAN_BOTH = READS | WRITES | SEEKS | TRUNCATES,
    CAN_MEM = CAN_BOTH | GROWS | MEMORY | TAKES | CLAMPS,
    CAN_FILE =
        CAN_BOTH | GROWS | EXTENDS | APPENDS | MODES | OPTIONS | MOVES | SHOWS
};

/* Memory; its value is looked at while the stream is there. */
rill *fixture_open_mem(fixture *fx, const char *mode, const void *data,
                       size_t len);
void fixture_look_at_value(fixture *fx, rill *s);

/* A file with the row's setting as its buffer size. */
rill *fixture_open_file(fixture *fx, const char *mode, const void *data,
                        size_t len);
void fixture_look_at_file(fixture *fx, rill *s);

#endif /* PARTNERS_H */
