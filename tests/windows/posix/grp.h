/* grp.h - mingw-w64 has none; posix.h has what tests need of it. */
