# program.py - random programs of stream operations: what an operation is, how
# it is written as text (for the corpus and for replaying), how it is encoded
# for the driver, and how programs are generated.
#
# Every field of an operation is a number (data is a length and the number of a
# pattern), so that a failing program can be shrunk by shrinking numbers. Which
# operations a program draws from is random too ("swarm testing"): programs
# that lack most operations reach states that an even mixture does not.

import random
import struct

KINDS = ["mem", "file", "fd", "spool", "ops", "view", "fixed", "pipe_read",
         "pipe_write"]

# The bits of `opt` when opening.
ALLOCATOR, BORROW, ABSENT, DIRECTORY, NOWHERE, AGAIN = 1, 2, 4, 8, 16, 32

GUARD, QUIET = 1, 2  # flags: see driver.h
POSITION_LIMIT = 1 << 20
SKIPPED = -1000

MODES = ["r", "rb", "r+", "rb+", "w", "wb", "w+", "wb+", "a", "ab", "a+",
         "ab+", "x", "xb", "x+", "xb+", "+r", "b+r", "+bw", "br", "ba+"]

# Operation: {name in text: attribute}, then the names of the ways ("how").
OPERATIONS = {
    "open": ({"buf": "a", "arg": "b", "opt": "c", "mode": "mode", "py": "py",
              "len": "n", "pat": "k"}, KINDS),
    "read": ({"n": "a", "piece": "c"},
             ["read", "readv", "getc", "cursor", "peek"]),
    "read_some": ({"n": "a"}, []),
    "read_exact": ({"n": "a"}, []),
    "pread": ({"n": "a", "at": "b"}, []),
    "peek": ({"n": "a", "consume": "b"}, []),
    "skip": ({"n": "a"}, []),
    "unget": ({"len": "n", "pat": "k", "then": "a"}, []),
    "readline": ({"n": "a", "delimiter": "b"}, ["view", "getline", "into"]),
    "lines": ({"count": "a", "delimiter": "b"}, []),
    "write": ({"len": "n", "pat": "k", "piece": "c"},
              ["write", "writev", "putc", "puts", "printf", "cursor",
               "reserve"]),
    "pwrite": ({"len": "n", "pat": "k", "at": "b"}, []),
    "copy": ({"n": "a", "from": "b"}, []),
    "seek": ({"to": "a", "whence": "b"}, []),
    "rewind": ({}, []),
    "truncate": ({"to": "a"}, ["to", "here"]),
    "size": ({}, []),
    "flush": ({}, ["flush", "sync"]),
    "hint": ({"n": "a"}, []),
    "fileno": ({}, []),
    "getvalue": ({}, ["getvalue", "data", "take"]),
    "export": ({}, []),
    "release": ({}, []),
    "poke": ({"at": "a", "byte": "b"}, []),
    "reset": ({}, []),
    "close": ({}, []),
    "end": ({}, []),
}

PERIOD = 4093  # of patterns: a prime, so that no block size divides it


def _make_patterns():
    alphabets = [b"abcdefghijklmnopqrstuvwxyz", b"ab\n", b"\x00\xff\n",
                 b"\n", b"a"]
    patterns = []
    for i in range(16):
        rng = random.Random(i)
        if i < len(alphabets):
            some = alphabets[i]
            patterns.append((some * PERIOD)[:PERIOD])
            continue
        letters = b"abcdefghijklmnopqrstuvwxyz0123456789\x00\x7f\x80\xff"
        line = b"\n" * rng.choice((0, 1, 4, 10))
        patterns.append(bytes(rng.choices(letters + line, k=PERIOD)))
    return patterns


_PATTERNS = _make_patterns()
PATTERN_COUNT = len(_PATTERNS)


def pattern(n, k):
    """The first n bytes of pattern k."""
    whole = _PATTERNS[k]
    return whole[:n] if n <= PERIOD else (whole * (n // PERIOD + 1))[:n]


class Op:
    """One operation. What a, b and c mean is in OPERATIONS."""

    __slots__ = ("name", "slot", "how", "flags", "a", "b", "c", "n", "k",
                 "mode", "py")

    def __init__(self, name, slot=0, how=0, flags=0, a=0, b=0, c=0, n=0, k=0,
                 mode="", py=-1):
        self.name = name
        self.slot = slot
        self.how = how
        self.flags = flags
        self.a = a
        self.b = b
        self.c = c
        self.n = n
        self.k = k
        self.mode = mode
        self.py = py

    def copy(self, **changes):
        other = Op(**{f: getattr(self, f) for f in self.__slots__})
        for field, value in changes.items():
            setattr(other, field, value)
        return other

    @property
    def data(self):
        return pattern(self.n, self.k)

    @property
    def way(self):
        ways = OPERATIONS[self.name][1]
        return ways[self.how] if ways else ""

    def encode(self, codes):
        data = self.data
        if self.name == "open":
            mode = self.mode.encode()
            data = bytes([len(mode)]) + mode + data
        return struct.pack("<BBBBqqqI", codes[self.name], self.slot, self.how,
                           self.flags, self.a, self.b, self.c,
                           len(data)) + data

    def __str__(self):
        keys, ways = OPERATIONS[self.name]
        words = [self.name, str(self.slot)]
        if ways:
            words.append(ways[self.how])
        for key, field in keys.items():
            if getattr(self, field) != _DEFAULTS[field]:
                words.append("%s=%s" % (key, getattr(self, field)))
        if self.flags:
            words.append("flags=%d" % self.flags)
        return " ".join(words)

    @classmethod
    def parse(cls, text):
        name, slot, *words = text.split()
        keys, ways = OPERATIONS[name]
        op = cls(name, int(slot))
        if ways:
            op.how = ways.index(words.pop(0))
        for word in words:
            key, value = word.split("=", 1)
            field = "flags" if key == "flags" else keys[key]
            setattr(op, field, value if field == "mode" else int(value))
        return op


_DEFAULTS = {f: getattr(Op(""), f) for f in Op.__slots__}


def to_text(program, separator="; "):
    return separator.join(str(op) for op in program)


def from_text(text):
    """Operations separated by ';' or newlines; '#' starts a comment."""
    lines = [line.split("#")[0] for line in text.splitlines()]
    return [Op.parse(part) for line in lines for part in line.split(";")
            if part.strip()]


# ---- Generating -----------------------------------------------------------

WEIGHTS = {
    "read": 16, "read_some": 4, "read_exact": 4, "pread": 3, "peek": 5,
    "skip": 3, "unget": 3, "readline": 8, "lines": 3, "write": 22,
    "pwrite": 3, "copy": 4, "seek": 14, "rewind": 3, "truncate": 6,
    "size": 3, "flush": 4, "hint": 1, "fileno": 1, "getvalue": 3,
    "export": 2, "release": 2, "poke": 2, "reset": 1, "close": 2,
}

BUFFERS = [-1, 1, 2, 7, 64, 8192, 0]           # Rill's buffer_size
PYTHON_BUFFERS = [0, 1, 2, 7, 64, 8192, -1]    # Python's buffering

FAR = [2**31 - 1, 2**31, 2**32 + 5, 2**36]
FAR_IN_MEMORY = FAR + [2**40, 2**62, 2**63 - 1, 2**63 - 2]


class Generator:
    """Makes one program from one random number generator."""

    def __init__(self, rng):
        self.rng = rng
        self.program = []
        self.opens = {}
        self.sizes = [0, 1, 2, 3]  # numbers that may be edges here
        self.far = set()

    def program_of(self):
        slots = 2 if self.rng.random() < 0.25 else 1
        for slot in range(slots):
            self.open(slot)
        names, weights = self.swarm()
        for _ in range(self.length()):
            name = self.rng.choices(names, weights)[0]
            self.add(name, self.rng.randrange(slots))
        for slot in range(slots):
            self.program.append(Op("end", slot))
        return self.program

    def swarm(self):
        rng = self.rng
        if rng.random() < 0.3:
            return list(WEIGHTS), list(WEIGHTS.values())
        kept = {name: weight * rng.choice((1, 1, 4))
                for name, weight in WEIGHTS.items() if rng.random() < 0.5}
        kept = kept or {"read": 1, "write": 1}
        return list(kept), list(kept.values())

    def length(self):
        rng = self.rng
        return rng.randint(1, 40 if rng.random() < 0.4 else 12)

    def size(self, most=1 << 30):
        """A count or an offset."""
        rng, r = self.rng, self.rng.random()
        if r < 0.5:
            n = rng.choice(self.sizes) + rng.choice((-1, 0, 0, 0, 1))
        elif r < 0.93:
            n = rng.randint(0, 24)
        elif r < 0.99:
            n = rng.randint(0, 700)
        else:
            n = rng.randint(0, 20000)
        return min(max(n, 0), most)

    def data(self, slot):
        rng, r = self.rng, self.rng.random()
        most = 1000 if self.kind(slot) == "pipe_write" else 1 << 30
        if r < 0.6:
            n = rng.randint(0, 12)
        elif r < 0.97:
            n = self.size(9000)
        elif r < 0.997:
            n = rng.randint(0, 20000)
        else:
            n = rng.choice((131072, 262144)) + rng.randint(-2, 40000)
        return {"n": min(n, most), "k": rng.randrange(PATTERN_COUNT)}

    def kind(self, slot):
        return KINDS[self.opens[slot].how]

    # Opening

    def open(self, slot):
        rng = self.rng
        kind = rng.choices(KINDS, (28, 34, 8, 10, 8, 4, 4, 3, 3))[0]
        op = Op("open", slot, KINDS.index(kind), a=rng.choice(BUFFERS),
                py=rng.choice(PYTHON_BUFFERS))
        self.opens[slot] = op
        op.c = ALLOCATOR if rng.random() < 0.3 else 0
        if rng.random() < 0.8 and kind != "pipe_write":
            op.n, op.k = self.data(slot).values()
        getattr(self, "open_" + kind)(op)
        self.sizes += [max(op.a, 1), max(op.py, 1), op.n, op.n // 2]
        self.program.append(op)

    def open_mem(self, op):
        op.b = self.rng.randrange(4)

    def open_file(self, op):
        rng, r = self.rng, self.rng.random()
        op.mode = rng.choice(MODES)
        if rng.random() < 0.4:
            op.mode = rng.choice(("rb+", "r+b", "wb+", "w+", "ab+", "xb+"))
        if r < 0.04:
            op.mode = "".join(rng.choices("rwaxb+UT", k=rng.randint(0, 4)))
        if "x" in op.mode and rng.random() < 0.9 or rng.random() < 0.05:
            op.c |= ABSENT
        elif r > 0.99:
            op.c |= rng.choice((DIRECTORY, NOWHERE))

    def open_fd(self, op):
        rng = self.rng
        op.mode = rng.choice(("r", "rb", "rb+", "+r", "w", "w+", "a", "ab+"))
        op.b = self.size(op.n + 20)
        op.c |= rng.choice((0, BORROW))

    def open_spool(self, op):
        op.b = self.size(9000)
        self.sizes.append(op.b)

    def open_ops(self, op):
        op.mode = self.rng.choice(("rb", "rb+", "rb+", "wb", "wb+", "ab+"))
        op.b = self.rng.choice((1, 2, 3, 10, 100, 1 << 20))

    def open_view(self, op):
        pass

    def open_fixed(self, op):
        op.b = op.n + self.size(9000)
        self.sizes.append(op.b)

    def open_pipe_read(self, op):
        op.n = min(op.n, 60000)

    def open_pipe_write(self, op):
        pass

    # Operations

    def add(self, name, slot):
        op = Op(name, slot)
        if self.rng.random() < 0.2:
            op.flags |= QUIET
        getattr(self, "make_" + name, lambda op: None)(op)
        grows = name in ("write", "truncate", "copy")
        if slot in self.far and grows:
            op.flags |= GUARD
        self.program.append(op)
        if name == "close" and self.kind(slot) == "file":
            self.again(slot)

    def again(self, slot):
        """Open the same file once more, in another mode."""
        rng = self.rng
        self.far.discard(slot)
        self.program.append(self.opens[slot].copy(
            a=rng.choice(BUFFERS), py=rng.choice(PYTHON_BUFFERS), n=0, k=0,
            mode=rng.choice(("rb", "rb+", "rb+", "ab+", "ab", "wb+", "xb")),
            c=AGAIN | rng.choice((0, ALLOCATOR))))

    def make_read(self, op):
        op.how = self.rng.randrange(5)
        op.a = -1 if self.rng.random() < 0.12 else self.size()
        op.c = self.size()
        if op.a <= 0:  # loops that would not call anything
            op.how = 0

    def make_read_some(self, op):
        op.a = self.size()

    make_read_exact = make_read_some
    make_skip = make_read_some
    make_hint = make_read_some

    def make_pread(self, op):
        op.a = self.size()
        op.b = self.size() if self.rng.random() < 0.95 else -self.size() - 1

    def make_peek(self, op):
        op.a = self.size()
        op.b = self.rng.choice((0, 0, op.a, self.size()))

    def make_unget(self, op):
        op.n, op.k = self.rng.randint(1, 60), self.rng.randrange(PATTERN_COUNT)
        if self.rng.random() < 0.6:
            op.n = self.rng.randint(1, 3)
        op.a = op.n + self.rng.choice((0, 0, 1, self.size()))
        if self.rng.random() < 0.3:
            op.a = -2 if b"\n" in op.data else -1
            if op.a == -2 and self.kind(op.slot) == "pipe_read":
                op.a = op.n  # cannot be sought

    def make_readline(self, op):
        op.how = self.rng.randrange(3)
        op.a = self.size()
        op.b = 10 if self.rng.random() < 0.8 else self.rng.choice(b"a\x00\xff")

    def make_lines(self, op):
        op.a = -1 if self.rng.random() < 0.2 else self.rng.randint(1, 6)
        op.b = 10 if self.rng.random() < 0.8 else self.rng.choice(b"a\x00\xff")

    def make_write(self, op):
        op.how = self.rng.randrange(7)
        op.n, op.k = self.data(op.slot).values()
        op.c = self.size()
        if op.how in (3, 4) and 0 in op.data:
            op.how = 0
        if op.n == 0 and op.how == 2:
            op.how = 0
        if self.kind(op.slot) == "fixed" and op.how in (4, 5):
            op.how = 0

    def make_pwrite(self, op):
        op.n, op.k = self.data(op.slot).values()
        op.b = self.size() if self.rng.random() < 0.95 else -self.size() - 1

    def make_copy(self, op):
        op.b = 1 - op.slot
        op.a = -1 if self.rng.random() < 0.4 else self.size()
        if self.kind(op.slot) == "pipe_write":
            op.a = self.size(1000)

    def make_seek(self, op):
        rng = self.rng
        op.b = rng.choice((0, 0, 0, 1, 1, 2, 2))
        op.a = self.size()
        r = rng.random()
        if rng.random() < (0, 0.6, 0.8)[op.b]:
            op.a = -op.a
        if r < 0.03:
            op.a = -op.a - 1
        elif r < 0.05:
            memory = self.kind(op.slot) in ("mem", "view", "fixed")
            op.a = rng.choice(FAR_IN_MEMORY if memory else FAR)
            op.a *= rng.choice((1, 1, -1))
            self.far.add(op.slot)
        elif r < 0.06:
            op.b = rng.choice((5, 7, -1))

    def make_truncate(self, op):
        op.how = self.rng.randrange(2)
        if op.how == 0:
            op.a = self.size()
            if self.rng.random() < 0.04:
                op.a = -op.a - 1

    def make_flush(self, op):
        op.how = self.rng.randrange(2)

    def make_getvalue(self, op):
        op.how = self.rng.choice((0, 0, 1, 1, 2))

    def make_poke(self, op):
        op.a, op.b = self.size(), self.rng.randrange(256)


def generate(seed, number):
    """Program `number` of the sequence that `seed` starts."""
    return Generator(random.Random((seed << 40) + number)).program_of()
