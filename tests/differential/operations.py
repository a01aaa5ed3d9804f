# operations.py - each operation on a stream of CPython's io. A method returns
# the result and the bytes that Rill must have given, or raises what Python
# raised; rules.py says which code that is in Rill.

import os
import struct

from program import SKIPPED
from rules import (EBUSY, EEOF, EINVAL, ENOSPC, ENOTSUP, ERANGE, Mismatch,
                   Refused)

PIECES = 64  # as in driver_ops.c


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def write_file(path, data):
    with open(path, "wb") as f:
        f.write(data)


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


def cut(data, size):
    """The pieces of driver_ops.c's cut()."""
    size = size or len(data)
    pieces = [b""]
    while data:
        n = len(data) if len(pieces) == PIECES - 1 else size
        pieces.append(data[:n])
        data = data[n:]
    return pieces


def signed_byte(number):
    return struct.pack("<b", number)


class Operations:
    """The operations of a Model (model.py)."""

    # ---- Reading ------------------------------------------------------------

    def do_read(self, s, op, record):
        if op.a > 0 and op.py != 0 and op.a % 2:
            data = bytearray(op.a)
            data = bytes(data[:s.f.readinto(data)])
        else:
            data = s.f.read(op.a)
        return len(data), data

    def do_read_some(self, s, op, record):
        if s.memory:
            data = s.f.read1(op.a)
            return len(data), data
        if record.result < 0:
            s.f.read(0)
            return 0, b""
        if record.result > op.a:
            raise Mismatch("more than was asked for")
        data = s.f.read(record.result)
        if record.result == 0 and op.a > 0 and s.rest(1):
            raise Mismatch("0, but the data has not ended")
        return record.result, data

    def do_read_exact(self, s, op, record):
        data = s.f.read(op.a)
        if len(data) == op.a:
            return 0, data
        return EEOF, b"" if s.pipe else data

    def do_pread(self, s, op, record):
        if s.memory:
            position = s.f.tell()
            s.f.seek(op.b)
            data = s.f.read(op.a)
            s.f.seek(position)
        else:
            if s.f.writable():
                s.f.flush()
            if s.pipe and op.b < 0:
                self.deviates("two mistakes")
                raise Refused(EINVAL, ENOTSUP)
            if not s.f.readable() and op.b < 0:
                self.deviates("two mistakes")
                raise Refused(EINVAL, ENOTSUP)
            data = os.pread(s.f.fileno(), op.a, op.b)
        return len(data), data

    def do_peek(self, s, op, record):
        got = record.result
        if got < 0:
            s.f.read(0)
            raise Mismatch("a failure, expected bytes")
        rest = s.rest(max(op.a, got, 1))
        shown = record.data[1:]
        if shown != rest[:got] or got < min(max(op.a, 1), len(rest)):
            raise Mismatch("peek showed %d bytes %r, the next are %r" % (
                got, shown[:40], rest[:40]))
        if op.b > got:
            return got, signed_byte(EINVAL) + shown
        s.f.read(op.b)
        return got, b"\0" + shown

    def do_skip(self, s, op, record):
        s.f.read(0)
        if s.pipe:
            return len(s.f.read(op.a)), b""
        there = min(op.a, max(s.size() - s.f.tell(), 0))
        s.f.seek(there, 1)
        return there, b""

    def do_unget(self, s, op, record):
        s.f.read(0)
        back = op.data[::-1]
        if op.a == -2:
            return self.seek(s, 0), b""
        if op.a >= 0:
            data = back[:op.a] + s.f.read(max(op.a - len(back), 0))
        else:
            data = back + s.f.readline()
        return len(data), data

    # ---- Lines --------------------------------------------------------------

    def line(self, s, delimiter, most=-1):
        if most == 0:
            self.deviates("readline(0)")
            return s.f.read(0)
        if delimiter == 10:
            return s.f.readline(most)
        rest = s.rest(1 << 30 if most < 0 else most)
        if s.pipe and most >= 0:
            rest = rest[:most]
        end = rest.find(delimiter)
        return s.f.read(len(rest) if end < 0 else end + 1)

    def do_readline(self, s, op, record):
        data = self.line(s, op.b, op.a if op.way == "into" else -1)
        return len(data), data

    def do_lines(self, s, op, record):
        data, count = b"", 0
        while count != op.a:
            line = self.line(s, op.b)
            if not line:
                break
            data += struct.pack("<I", len(line)) + line
            count += 1
        return count, data

    # ---- Writing ------------------------------------------------------------

    def check_writable(self, s):
        if s.kind == "view":
            self.deviates("read-only memory")
            raise Refused(ENOTSUP)
        s.check_busy()

    def write_fixed(self, s, op):
        """As much as fits at the position."""
        room = max(s.capacity - s.f.tell(), 0)
        data = op.data
        if s.views:
            raise BufferError
        lent = op.name == "write" and op.way == "reserve"
        if lent and room < max(len(data), 1) or room == 0 < len(data):
            self.deviates("full")
            raise Refused(ENOSPC)
        if len(data) > room:
            self.deviates("full")
        return s.f.write(data[:room])

    def do_write(self, s, op, record):
        self.check_writable(s)
        if s.kind == "fixed":
            return self.write_fixed(s, op), b""
        if op.way == "writev":
            s.f.writelines(cut(op.data, op.c))
        else:
            s.f.write(op.data)
        return op.n, b""

    def do_pwrite(self, s, op, record):
        if (op.b < 0 and (s.pipe or s.views or s.append or s.kind == "view"
                          or not s.f.writable())):
            self.deviates("two mistakes")
            raise Refused(EINVAL, ENOTSUP, EBUSY)
        self.check_writable(s)
        if s.memory:
            return self.pwrite_memory(s, op)
        if s.append:
            self.deviates("append pwrite")
            raise Refused(ENOTSUP)
        if s.f.writable():
            s.f.flush()
        return os.pwrite(s.f.fileno(), op.data, op.b), b""

    def pwrite_memory(self, s, op):
        position = s.f.tell()
        s.f.seek(op.b)
        try:
            if s.kind != "fixed":
                return s.f.write(op.data), b""
            if op.b > s.capacity and not s.views:
                self.deviates("full")
                raise Refused(ENOSPC, EINVAL, *[0] * (op.n == 0))
            return self.write_fixed(s, op), b""
        finally:
            s.f.seek(position)

    def do_copy(self, s, op, record):
        source = self.slots.get(op.b)
        if source is None:
            return SKIPPED, b""
        why = self.why_not_copy(s, source)
        if why:
            raise Refused(*why)
        if s.kind == "fixed":
            return self.copy_to_fixed(s, source, op), b""
        data = source.f.read(op.a)
        s.f.write(data)
        return len(data), b""

    def copy_to_fixed(self, s, source, op):
        """As much as fits; the rest is not lost."""
        room = max(s.capacity - s.f.tell(), 0)
        there = len(source.rest(1 << 30))
        if 0 <= op.a < there:
            there = op.a
        if room < there:
            self.deviates("full")
            if room == 0:
                raise Refused(ENOSPC)
        return s.f.write(source.f.read(min(there, room)))

    def why_not_copy(self, s, source):
        """The codes of which copy() must say one, were there nothing to copy
        or not: a read of 0 bytes and a write of 0 bytes say them too."""
        why = []
        if not source.f.readable() or s.kind == "view" or (
                not s.f.writable()):
            why.append(ENOTSUP)
        if s.views:
            why.append(EBUSY)
        return why

    # ---- Position, size, flush ----------------------------------------------

    def do_seek(self, s, op, record):
        if s.kind in ("view", "fixed"):
            return self.seek_borrowed(s, op), b""
        if s.pipe and (op.b not in (0, 1, 2) or op.a < 0):
            self.deviates("two mistakes")
            raise Refused(EINVAL, ENOTSUP)
        return self.seek(s, op.a, op.b), b""

    def seek(self, s, offset, whence=0):
        """seek() of Python, and tell() where that is wrong."""
        try:
            position = s.f.seek(offset, whence)
        except OSError:
            s.seek_failed = True
            raise
        if s.seek_failed:
            self.deviates("raw position")
            return s.f.tell()
        return position

    def seek_borrowed(self, s, op):
        if op.b not in (0, 1, 2):
            raise Refused(EINVAL)
        target = op.a + (0, s.f.tell(), s.size())[op.b]
        end = s.capacity
        if 0 <= target <= end:
            return s.f.seek(target)
        self.deviates("borrowed")
        raise Refused(EINVAL, *[ERANGE] * (abs(target) >= 1 << 63))

    def do_rewind(self, s, op, record):
        return self.seek(s, 0), b""

    def do_truncate(self, s, op, record):
        here = op.way == "here"
        if s.pipe:
            self.deviates("pipe size")
            raise Refused(ENOTSUP, *[EINVAL] * (here or op.a < 0))
        if not here and op.a < 0 and (s.views or s.kind == "view"
                                      or not s.f.writable()):
            self.deviates("two mistakes")
            raise Refused(EINVAL, ENOTSUP, EBUSY)
        self.check_writable(s)
        s.f.truncate(None if here else op.a)
        return 0, b""

    def do_size(self, s, op, record):
        return s.size(), b""

    def do_flush(self, s, op, record):
        s.f.flush()
        return 0, b""

    def do_hint(self, s, op, record):
        return 0, b""

    def do_fileno(self, s, op, record):
        if s.kind == "ops":
            raise Refused(ENOTSUP)
        if s.pipe:
            return -1, b""  # from lseek()
        if s.kind == "spool" and s.views:
            raise Refused(EBUSY, s.f.tell())
        if not s.memory:
            s.f.flush()
        s.f.fileno()
        return s.f.tell(), b""

    # ---- Memory -------------------------------------------------------------

    def is_memory(self, s, record):
        """Whether the calls for memory answer; a spool may do either."""
        if s.memory:
            return True
        if s.kind != "spool":
            self.deviates("file memory")
            raise Refused(ENOTSUP)
        self.deviates("spool memory")
        if record.result == ENOTSUP:
            raise Refused(ENOTSUP)
        return True

    def empty(self, s):
        self.check_writable(s)
        s.f.truncate(0)
        s.f.seek(0)

    def do_getvalue(self, s, op, record):
        self.is_memory(s, record)
        data = s.content()
        if op.way == "take":
            if s.kind in ("fixed", "view"):
                self.deviates("read-only memory")
                raise Refused(ENOTSUP, *[EBUSY] * bool(s.views))
            self.empty(s)
        return len(data), data

    def do_reset(self, s, op, record):
        if s.kind == "view" and s.views:
            self.deviates("two mistakes")
            raise Refused(ENOTSUP, EBUSY)
        self.is_memory(s, record)
        self.empty(s)
        return 0, b""

    def do_export(self, s, op, record):
        self.is_memory(s, record)
        s.views.append(self.view_of(s))
        data = s.content()
        return len(data), data

    def do_release(self, s, op, record):
        if not s.views:
            raise Refused(EINVAL, *[ENOTSUP] * (not s.memory))
        s.views.pop().release()
        return 0, b""

    def do_poke(self, s, op, record):
        if not s.views or op.a >= s.views[-1].nbytes:
            return SKIPPED, b""
        s.views[-1][op.a] = op.b
        return 0, b""

    # ---- The end ------------------------------------------------------------

    def do_close(self, s, op, record):
        if s.views:
            s.check_busy()
            s.f.close()  # refuses
        return self.do_end(s, op, record)

    def do_end(self, s, op, record):
        for view in s.views:
            view.release()
        s.views = []
        self.slots[op.slot] = None
        content = b""
        if s.memory or s.kind == "spool":
            content = s.content()
        s.f.close()
        if s.kind in ("file", "fd", "ops"):
            content = read_file(s.path)
        elif s.other_end >= 0:
            while data := os.read(s.other_end, 1 << 16):
                content += data
        s.dispose()
        return 0, content
