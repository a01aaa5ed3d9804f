# model.py - runs a program of operations on CPython's io and compares, after
# each operation, with what the driver says that Rill did.
#
# The model goes second and sees Rill's records, because some answers are free
# within limits (how much a peek shows, how little read_some gives): then it
# checks the limits and follows. Everything else must be equal: the result or
# the class of the error, the bytes, the position, and at the end the content.

import errno
import io
import os
import struct

from operations import Operations, write_file, remove
from program import (ABSENT, AGAIN, BORROW, DIRECTORY, GUARD, KINDS, NOWHERE,
                     POSITION_LIMIT, QUIET, SKIPPED)
from rules import (DEVIATIONS, ENOSPC, ENOTSUP, Mismatch, Refused, codes_of,
                   said)


def brief(data, other):
    """Data for a message; of long data, what surrounds the difference."""
    if len(data) <= 60:
        return repr(data)
    same = os.path.commonprefix([data, other])
    at = max(len(same) - 8, 0)
    return "(%d bytes) ...%r... at %d" % (len(data), data[at:at + 24], at)


class Stream:
    """One open stream of the model."""

    def __init__(self, op, f):
        self.f = f
        self.kind = KINDS[op.how]
        self.memory = self.kind in ("mem", "view", "fixed")
        self.pipe = self.kind.startswith("pipe")
        self.append = "a" in op.mode and self.kind in ("file", "fd", "ops")
        self.capacity = op.b if self.kind == "fixed" else op.n
        self.views = []       # what getbuffer() gave
        self.path = None      # of its file
        self.seek_failed = False
        self.descriptor = -1  # that outlives the stream
        self.other_end = -1

    def size(self):
        if self.memory:
            return self.f.getbuffer().nbytes
        if self.pipe:
            raise Refused(ENOTSUP)
        if self.f.writable():
            self.f.flush()
        return os.fstat(self.f.fileno()).st_size

    def content(self):
        if self.memory:
            return self.f.getvalue()
        position = self.f.tell()
        self.f.seek(0)
        data = self.f.read()
        self.f.seek(position)
        return data

    def rest(self, n):
        """Up to n bytes that come next, without reading them."""
        if self.pipe:
            self.f.read(0)
            return self.f.peek(n)
        position = self.f.tell()
        data = self.f.read(n)
        self.f.seek(position)
        return data

    def check_busy(self):
        if self.views and not self.memory:
            raise BufferError

    def dispose(self):
        for view in self.views:
            view.release()
        self.views = []
        self.f.close()
        for fd in (self.descriptor, self.other_end):
            if fd >= 0:
                os.close(fd)


class View:
    """What stands for a BytesIO's memoryview on the model's spool, a file."""

    def __init__(self, stream):
        self.stream = stream
        self.nbytes = len(stream.content())

    def __setitem__(self, at, byte):
        f = self.stream.f
        position = f.tell()
        f.seek(at)
        f.write(bytes([byte]))
        f.seek(position)

    def release(self):
        pass


class Model(Operations):
    """Runs programs; `folder` is where the driver and it keep their files."""

    def __init__(self, folder, bytes_io=io.BytesIO, open_io=io.open):
        self.folder = folder
        self.bytes_io = bytes_io
        self.open_io = open_io
        self.slots = {}
        self.seen = {}  # how often each deviation was made use of

    def run(self, program, records):
        """Raises Mismatch, with .index, at the first difference."""
        self.slots = {}
        try:
            for index, (op, record) in enumerate(zip(program, records)):
                self.index = index
                try:
                    self.step(op, record)
                except Mismatch as mismatch:
                    mismatch.index = index
                    raise
        finally:
            for stream in self.slots.values():
                if stream is not None:
                    stream.dispose()

    def deviates(self, name):
        assert name in DEVIATIONS, name
        self.seen[name] = self.seen.get(name, 0) + 1

    def step(self, op, record):
        stream = self.slots.get(op.slot)
        try:
            if op.name == "open":
                want = self.do_open(op, record)
            elif stream is None or self.guarded(stream, op):
                want = SKIPPED, b""
            else:
                want = getattr(self, "do_" + op.name)(stream, op, record)
        except Mismatch:
            raise
        except Exception as error:
            codes = codes_of(error)
            if record.result not in codes:
                raise Mismatch("result %s, expected %s (%r)" % (
                    said(record.result), " or ".join(map(said, codes)),
                    error)) from error
            want = record.result, record.data
        self.compare(op, record, want)

    def guarded(self, stream, op):
        return op.flags & GUARD and not stream.pipe and (
            stream.f.tell() > POSITION_LIMIT)

    def compare(self, op, record, want):
        result, data = want
        if record.result != result:
            raise Mismatch("result %s, expected %s" % (
                said(record.result), said(result)))
        if record.data != data:
            raise Mismatch("bytes %s, expected %s" % (
                brief(record.data, data), brief(data, record.data)))
        if record.broken:
            raise Mismatch("a rule was broken: bits %d (driver.h)"
                           % record.broken)
        stream = self.slots.get(op.slot)
        if stream is None:
            return
        if record.failed and not (stream.kind == "fixed"
                                  and record.failed == ENOSPC):
            raise Mismatch("rill_failed() is %s" % said(record.failed))
        if not op.flags & QUIET:
            position = ENOTSUP if stream.pipe else stream.f.tell()
            if record.tell != position:
                raise Mismatch("position %s, expected %s" % (
                    said(record.tell), said(position)))

    # ---- Opening and closing ------------------------------------------------

    def view_of(self, stream):
        return stream.f.getbuffer() if stream.memory else View(stream)

    def do_open(self, op, record):
        if self.slots.get(op.slot) is not None:
            return SKIPPED, b""
        try:
            stream = getattr(self, "open_" + KINDS[op.how])(op)
        except Exception as error:
            code = codes_of(error)[0]
            number = getattr(error, "errno", None) or errno.EINVAL
            return code, struct.pack("<i", number)
        self.slots[op.slot] = stream
        f = stream.f
        readable, writable = f.readable(), f.writable()
        if stream.kind == "view":
            self.deviates("read-only memory")
            writable = False
        if record.data[:3] != bytes((readable, writable, not stream.pipe)):
            raise Mismatch("readable, writable, seekable %r, expected %r" % (
                list(record.data[:3]), [readable, writable, not stream.pipe]))
        if stream.kind in ("file", "fd") and (
                record.data[3:] != f.mode.encode()):
            raise Mismatch("mode %r, expected %r" % (record.data[3:], f.mode))
        return 0, record.data

    def open_mem(self, op):
        return Stream(op, self.bytes_io(op.data))

    open_view = open_fixed = open_mem

    def buffering(self, op):
        if "a" in op.mode:
            self.deviates("append")
            return 0
        return op.py

    def open_path(self, op):
        path = os.path.join(self.folder, "python%d" % op.slot)
        if op.c & (ABSENT | DIRECTORY | NOWHERE):
            remove(path)
        elif not op.c & AGAIN:
            write_file(path, op.data)
        if op.c & NOWHERE:
            path = os.path.join(self.folder, "none", "nowhere")
        elif op.c & DIRECTORY:
            path = self.folder
        return path

    def open_file(self, op):
        path = self.open_path(op)
        mode = op.mode
        try:  # is it a mode at all?
            io.open(os.devnull, mode).close()
        except FileExistsError:
            pass
        if "b" not in mode:
            mode += "b"
        f = self.open_io(path, mode, self.buffering(op))
        stream = Stream(op, f)
        stream.path = path
        return stream

    def adopt(self, op, offset):
        path = self.open_path(op)
        write_file(path, op.data)
        flags = (os.O_RDWR if "+" in op.mode else
                 os.O_RDONLY if "r" in op.mode else os.O_WRONLY)
        fd = os.open(path, flags | (os.O_APPEND if "a" in op.mode else 0))
        os.lseek(fd, offset, os.SEEK_SET)
        mode = op.mode if "b" in op.mode else op.mode + "b"
        borrow = bool(op.c & BORROW)
        stream = Stream(op, self.open_io(fd, mode, self.buffering(op),
                                         closefd=not borrow))
        stream.path = path
        stream.descriptor = fd if borrow else -1
        return stream

    def open_fd(self, op):
        return self.adopt(op, op.b)

    def open_ops(self, op):
        return self.adopt(op.copy(c=0), 0)

    def open_spool(self, op):
        path = os.path.join(self.folder, "python%d" % op.slot)
        f = self.open_io(path, "wb+", op.py)
        f.write(op.data)
        f.seek(0)
        stream = Stream(op, f)
        stream.path = path
        return stream

    def open_pipe_read(self, op):
        reads, writes = os.pipe()
        os.write(writes, op.data)
        os.close(writes)
        # So large a buffer that its peek() shows all that is in the pipe.
        return Stream(op, self.open_io(reads, "rb", 1 << 16))

    def open_pipe_write(self, op):
        reads, writes = os.pipe()
        stream = Stream(op, self.open_io(writes, "wb", op.py))
        stream.other_end = reads
        return stream
