/*
 * bench_start.c - a program that does nothing but use one library, built once
 * with Rill and once with libm: what starting it costs is what loading and
 * initialising that library costs.
 */
#ifdef WITH_RILL
#include <rill/rill.h>

int main(void)
{
    return rill_version()[0] == '\0';
}
#else
#include <math.h>

int main(int argc, char **argv)
{
    (void)argv;
    return cos((double)argc) > 2.0;
}
#endif
