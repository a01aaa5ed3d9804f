"""A raw stream that writes down what is asked of it, and random programs for
the buffered classes over it.

It answers short, not at all, or with an error, as a random generator says: so
the same program over it does the same, in each module that it is run on.
"""
import random

from compare import plain


class Raw:
    """Bytes in memory as a raw stream; `log` is what was asked of it."""

    def __init__(self, data=b"", chance=None, *, readall=True, blocks=False):
        self.data, self.position, self.closed = bytearray(data), 0, False
        self.log, self.chance, self.blocks = [], chance, blocks
        self.faults = (0, 0, 0)  # of 100: short, would block, error
        if readall:
            self.readall = self._readall

    def _called(self, *call):
        """Write a call down; what comes of it: '', 'short', 'none'."""
        self.log.append(call)
        if self.closed:
            raise ValueError("raw is closed")
        if self.chance is None:
            return ""
        at = self.chance.randrange(100)
        short, none, error = self.faults
        if at < short:
            return "short"
        if at < short + none:
            return "none"
        if at < short + none + error:
            raise OSError(5, f"failed: {call[0]}")
        return ""

    def _length(self, fate, length):
        if fate == "short" and length > 1:
            return self.chance.randrange(1, length)
        return length

    def readable(self):
        return True

    writable = seekable = readable

    def readinto(self, buffer):
        fate = self._called("readinto", len(buffer))
        if fate == "none":
            return None
        rest = len(self.data) - self.position
        n = self._length(fate, max(0, min(len(buffer), rest)))
        buffer[:n] = self.data[self.position:self.position + n]
        self.position += n
        return n

    def read(self, size=-1):
        if self._called("read", size) == "none":
            return None
        size = len(self.data) if size < 0 else size
        data = bytes(self.data[self.position:self.position + size])
        self.position += len(data)
        return data

    def _readall(self):
        if self._called("readall") == "none":
            return None
        data = bytes(self.data[self.position:])
        self.position += len(data)
        return data

    def write(self, buffer):
        data = bytes(buffer)
        fate = self._called("write", data)
        if fate == "none":
            if self.blocks:
                return None
            fate = "short"
        data = data[:self._length(fate, len(data))]
        self.data += bytes(max(0, self.position - len(self.data)))
        self.data[self.position:self.position + len(data)] = data
        self.position += len(data)
        return len(data)

    def seek(self, offset, whence=0):
        self._called("seek", offset, whence)
        start = (0, self.position, len(self.data))[whence]
        if start + offset < 0:
            raise OSError(22, "Invalid argument")
        self.position = start + offset
        return self.position

    def tell(self):
        self._called("tell")
        return self.position

    def truncate(self, size=None):
        self._called("truncate", size)
        size = self.position if size is None else size
        del self.data[size:]
        self.data += bytes(size - len(self.data))
        return size

    def flush(self):
        self._called("flush")

    def close(self):
        self.log.append(("close",))
        self.closed = True

    def fileno(self):
        return 1000


def told(error):
    """All that an exception says."""
    if error is None:
        return None
    return (type(error).__name__, plain(str(error)),
            getattr(error, "characters_written", None),
            getattr(error, "errno", None), told(error.__cause__),
            told(error.__context__))


def attempt(call):
    try:
        return call()
    except Exception as error:
        return told(error)


def into(method, size):
    target = bytearray(size)
    return method(target), bytes(target)


def random_bytes(chance, most):
    return bytes(chance.choice(b"ab\n") for _ in range(chance.randrange(most)))


READS = {
    "read": lambda c: (lambda n: lambda f: f.read(n))(
        c.choice([-1, None, 0, 1, 2, 5, 7, 8, 9, 16, 17, 40])),
    "read1": lambda c: (lambda n: lambda f: f.read1(n))(
        c.choice([-1, 0, 1, 3, 8, 9, 20])),
    "readinto": lambda c: (lambda n: lambda f: into(f.readinto, n))(
        c.randrange(30)),
    "readinto1": lambda c: (lambda n: lambda f: into(f.readinto1, n))(
        c.randrange(30)),
    "readline": lambda c: (lambda n: lambda f: f.readline(n))(
        c.choice([-1, None, 0, 1, 3, 8, 12])),
    "readlines": lambda c: (lambda n: lambda f: f.readlines(n))(
        c.choice([-1, 0, 5, 20])),
    "next": lambda c: lambda f: next(f, None),
    "peek": lambda c: (lambda n: lambda f: f.peek(n))(c.choice([-1, 0, 3])),
}
WRITES = {
    "write": lambda c: (lambda d: lambda f: f.write(d))(random_bytes(c, 30)),
    "writelines": lambda c: (lambda d: lambda f: f.writelines(d))(
        [random_bytes(c, 6) for _ in range(c.randrange(4))]),
    "small": lambda c: (lambda d: lambda f: f.write(d))(
        bytearray(random_bytes(c, 5))),
}
OTHERS = {
    "flush": lambda c: lambda f: f.flush(),
    "tell": lambda c: lambda f: f.tell(),
    "seek": lambda c: (lambda o, w: lambda f: f.seek(o, w))(
        c.choice([0, 0, 1, 2, 3, 4, 7, 8, 9, 20, 60, -1, -3]),
        c.choice([0, 0, 0, 1, 1, 2])),
    "truncate": lambda c: (lambda n: lambda f: f.truncate(n))(
        c.choice([None, 0, 3, 12, 50])),
    "closed": lambda c: lambda f: f.closed,
}
RARE = {
    "close": lambda c: lambda f: f.close(),
    "detach": lambda c: lambda f: type(f.detach()).__name__,
    "init": lambda c: (lambda n: lambda f: f.__init__(f.raw, n))(
        c.choice([0, 1, 4, 8, 20])),
}
KINDS = {
    "BufferedReader": [READS, READS, READS, OTHERS],
    "BufferedWriter": [WRITES, WRITES, WRITES, OTHERS],
    "BufferedRandom": [READS, WRITES, OTHERS],
}


def run_random(module, kind, seed):
    """What came of the program of this number: each step's result, and at last
    the data. The raw stream's calls belong to the steps that made them."""
    chance = random.Random(seed)
    raw = Raw(random_bytes(chance, 80), random.Random(seed),
              readall=chance.random() < .7,
              # Where data has been read, io loses its place when a write
              # would block.
              blocks=kind != "BufferedRandom")
    size = chance.choice([1, 2, 5, 8, 8, 16])
    f = getattr(module, kind)(raw, size)
    raw.faults = chance.choice([(0, 0, 0), (40, 0, 0), (30, 20, 0),
                                (20, 10, 10)])
    steps = [(size, raw.log[:])]
    for _ in range(chance.randrange(1, 40)):
        ops = RARE if chance.random() < .01 else chance.choice(KINDS[kind])
        name = chance.choice(list(ops))
        op = ops[name](chance)
        del raw.log[:]
        result = attempt(lambda: op(f))
        steps.append((name, result, raw.log[:], bytes(raw.data)))
    raw.faults = (0, 0, 0)
    steps.append((attempt(f.close), bytes(raw.data), raw.closed))
    return steps
