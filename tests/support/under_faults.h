/*
 * under_faults.h - each test again and again, with another fault of the system.
 */
#ifndef UNDER_FAULTS_H
#define UNDER_FAULTS_H

/*
 * Run a test: once; or as RILL_FAULTS in the environment says. `renew` gives it
 * an empty directory.
 *
 *   count      none: for the number of points that the summary says
 *   invisible  each call interrupted, each transfer cut to one byte or to half:
 *              one by one, and all together; the test must pass each time
 *   visible    each allocation and each call failing in each way, once and from
 *              there on, each time in a process of its own: the test may fail,
 *              but must come to an end
 *
 * "invisible:20" takes at most 20 of a test's points, spread evenly, one by one.
 */
void test_under_faults(void (*run)(void *arg), void *arg, void (*renew)(void));

/* A test is about to end early: a process of its own ends here. */
void test_ends_early(void);

/* What the fault is, for messages; "" for none. */
const char *test_fault(void);

/* Say how many points and runs there were, where there were any. */
void test_faults_summary(void);

#endif /* UNDER_FAULTS_H */
