/*
 * wait.h - the one thing that doubles need of the system: time to pass.
 */
#ifndef RILL_TESTING_WAIT_H
#define RILL_TESTING_WAIT_H

#include <stdint.h>

/* Let `delay` nanoseconds go by. */
void rill__testing_wait(int64_t delay);

#endif /* RILL_TESTING_WAIT_H */
