/*
 * rill/rill.h - all of Rill: one file-like stream over files and memory.
 *
 *   base.h     error codes, allocator, version
 *   stream.h   the stream: read, write, seek, copy, errors, close
 *   open.h     the ways to open one: file, descriptor, memory, spool...
 *   memory.h   streams in memory: getvalue, getbuffer, take, caller's storage
 *   line.h     lines and other delimited records
 *   number.h   integers, floats and varints of a fixed byte order
 *   cursor.h   the window in local variables, for hot loops
 *   share.h    one stream for several threads: sections, a lock
 *   text.h     text: encodings, line ends, characters; strings
 *
 * Not included here:
 *
 *   ops.h      for those who write a store
 *   hook.h     for tests: make allocations and system calls fail
 *   testing/   the library librill-testing: faults, doubles, conformance
 */
#ifndef RILL_RILL_H
#define RILL_RILL_H

#include <rill/base.h>
#include <rill/cursor.h>
#include <rill/line.h>
#include <rill/memory.h>
#include <rill/number.h>
#include <rill/open.h>
#include <rill/share.h>
#include <rill/stream.h>
#include <rill/text.h>

#endif /* RILL_RILL_H */
