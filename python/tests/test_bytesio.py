"""BytesIO: as io's, in every statement and in random ones; and what is more."""
import array
import binascii
import copy
import io as standard
import mmap
import os
import pickle
import random
import subprocess
import sys
import unittest
import weakref

import leaks
import rillio
from compare import assert_same, fresh, outcome

MIB = 1024 * 1024


class Bytes(bytes):
    """A bytes, but not exactly one."""


class Index:
    def __index__(self):
        return 3


class BadIndex:
    def __index__(self):
        raise RuntimeError("no index")


class Subclass(rillio.BytesIO):
    """Can be pickled by its name."""


class Statements(unittest.TestCase):
    def check(self, *program):
        assert_same(self, list(program), array=array.array, Bytes=Bytes,
                    Index=Index, BadIndex=BadIndex, copy=copy, pickle=pickle,
                    weakref=weakref, crc32=binascii.crc32)

    def test_construction(self):
        self.check(
            "B = io.BytesIO", "B().getvalue()", "B(None).getvalue()",
            "B(b'x').tell()", "B(bytearray(b'xy')).getvalue()",
            "B(memoryview(b'xy')).getvalue()", "B(Bytes(b'xy')).getvalue()",
            "B(array('H', [1, 2])).getvalue()", "B('x')", "B(5)", "B([1])",
            "B(b'', b'')", "B(initial_bytes=b'k').getvalue()", "B(foo=b'')",
            "B(b'', foo=b'')", "B(b'', initial_bytes=b'')", "B(1, 2, 3)",
            "B(memoryview(b'abcd')[::2])",
            "B(memoryview(b'abcd').cast('B', (2, 2))).getvalue()",
            "B.__new__(B).getvalue()", "B.__new__(B).read()",
            "B.__new__(B).write(b'x')", "B.__new__(B, 1, x=2).tell()",
            "B(b'x')", "B.__mro__[1:]", "B.__name__, B.__qualname__",
            "b = B(b'old!')", "b.read(2)", "b.__init__(b'new')", "b.getvalue()",
            "b.tell()", "b.__init__()", "b.getvalue()", "b.__init__(5)",
            "b.getvalue()", "b.write(b'1')", "b.__init__(bytearray(b'more'))",
            "b.tell()", "b.read()", "b.close()", "b.__init__()", "b.closed",
            "b.__init__(bytearray(b'x'))", "b.closed", "b.__init__(b'again')",
            "b.closed", "b.getvalue()")

    def test_read(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "b.read(3)", "b.read(0)",
            "b.read(None)", "b.read()", "b.read(1)", "b.seek(0)", "b.read(-1)",
            "b.seek(0)", "b.read(-100)", "b.seek(3)", "b.read(2**62)",
            "b.read(2**63)", "b.read(-2**63)", "b.read(-2**64)", "b.read('1')",
            "b.read(1.0)", "b.read(True)", "b.read(1, 2)", "b.read(size=1)",
            "b.seek(0)", "b.read(Index())", "b.read(BadIndex())", "b.tell()",
            "b.seek(100)", "b.read()", "b.read(4)", "b.tell()", "b.seek(0)",
            "b.read1()", "b.seek(0)", "b.read1(4)", "b.read1(None)",
            "b.read1(-1)", "b.read1('x')", "b.seek(0)", "b.read(1)")

    def test_lines(self):
        self.check(
            r"b = io.BytesIO(b'ab\ncd\r\nef\n\ngh')", "b.readline()",
            "b.readline(1)", "b.readline(0)", "b.readline(None)",
            "b.readline(-1)", "b.readline(100)", "b.readline()", "b.readline()",
            "b.readline('x')", "b.readline(1.5)", "b.readline(2**64)",
            "b.seek(0)", "b.readlines()", "b.seek(0)", "b.readlines(0)",
            "b.seek(0)", "b.readlines(1)", "b.seek(0)", "b.readlines(3)",
            "b.seek(0)", "b.readlines(4)", "b.seek(0)", "b.readlines(-1)",
            "b.seek(0)", "b.readlines(None)", "b.readlines('x')",
            "b.readlines(1.0)", "b.readlines(2**63)", "b.readlines(True)",
            "b.readlines(Index())", "b.readlines(1, 2)", "b.seek(0)", "list(b)",
            "next(b)", "b.seek(1000)", "b.readline()", "b.readlines()",
            "next(b)", "iter(b) is b")

    def test_lines_of_every_length(self):
        for n in range(130):
            self.check(rf"b = io.BytesIO(b'x' * {n} + b'\n' + b'y' * 40)",
                       "b.readline()", "b.readline()", "b.seek(0)", "list(b)")

    def test_lines_end_with_the_content(self):
        for n in range(1, 130):
            b = rillio.BytesIO()
            b.writelines([b"x" * n, b"\n" * 40])
            b.truncate(n)
            b.seek(0)
            self.assertEqual(b.readline(), b"x" * n)
            self.assertEqual(b.readline(), b"")

    def test_readinto(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "w = bytearray(4)",
            "b.readinto(w)", "w", "b.readinto(memoryview(w)[1:3])", "w",
            "b.readinto(array('i', [0]))", "b.tell()", "b.readinto(b'const')",
            "b.readinto('x')", "b.readinto(None)", "b.readinto()",
            "b.readinto(memoryview(bytearray(8))[::2])",
            "b.readinto(bytearray(0))", "b.readinto(w)", "w", "b.seek(100)",
            "b.readinto(w)", "b.readinto1(w)", "b.seek(0)", "b.readinto1(w)",
            "w", "b.getvalue()")

    def test_readinto_itself(self):
        """Where io.BytesIO copies with memcpy()."""
        b = rillio.BytesIO(b"0123456789")
        with b.getbuffer() as view:
            self.assertEqual(b.readinto(view[2:6]), 4)
        self.assertEqual(b.getvalue(), b"0101236789")

    def test_write(self):
        self.check(
            "b = io.BytesIO()", "b.write(b'abc')", "b.write(b'')",
            "b.write(bytearray(b'de'))", "b.write(memoryview(b'fg'))",
            "b.write(array('H', [0x4142]))", "b.write(Bytes(b'h'))",
            "b.write('x')", "b.write(None)", "b.write(5)", "b.write([1])",
            "b.write()", "b.write(b'', b'')", "b.write(b=b'')",
            "b.write(memoryview(b'abcd')[::2])", "b.getvalue()", "b.seek(2)",
            "b.write(b'ZZ')", "b.getvalue()", "b.tell()", "b.seek(15)",
            "b.write(b'')", "b.getvalue()", "b.tell()", "b.write(b'end')",
            "b.getvalue()", "b.tell()",
            "b.writelines([b'1', bytearray(b'2'), memoryview(b'3')])",
            "b.writelines([b'4', 'x', b'5'])", "b.getvalue()",
            "b.writelines(5)", "b.writelines(b'ab')", "b.writelines([])",
            "b.writelines(iter([b'it']))", "b.writelines(None)",
            "b.getvalue()[-4:]", "b.write(b'x' * 300)", "b.getvalue()")

    def test_seek(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "b.seek(4)", "b.seek(-1)",
            "b.tell()", "b.seek(-2, 1)", "b.seek(-100, 1)", "b.seek(3, 2)",
            "b.seek(-3, 2)", "b.seek(-100, 2)", "b.seek(0, 3)", "b.seek(0, -1)",
            "b.seek(-1, 7)", "b.seek(0, 2**31)", "b.seek(0, 2**63)",
            "b.seek(2**63 - 1)", "b.seek(2**63)", "b.seek(-2**63)",
            "b.seek(-2**63 - 1)", "b.seek(1, 1)", "b.tell()", "b.write(b'x')",
            "b.write(b'')", "b.tell()", "b.seek(2**63 - 1, 2)", "b.seek(0)",
            "b.seek(2**63 - 1, 1)", "b.seek('x')", "b.seek(1.0)",
            "b.seek(None)", "b.seek()", "b.seek(1, 2, 3)", "b.seek(0, '0')",
            "b.seek(0, None)", "b.seek(0, 0.0)", "b.seek(Index())",
            "b.seek(BadIndex())", "b.seek(0, Index())", "b.seek(offset=0)",
            "b.seek(True)", "b.tell(1)", "b.getvalue()")

    def test_truncate(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "b.seek(4)", "b.truncate()",
            "b.getvalue()", "b.tell()", "b.truncate(100)", "b.getvalue()",
            "b.truncate(2)", "b.getvalue()", "b.tell()", "b.truncate(-1)",
            "b.truncate('x')", "b.truncate(1.0)", "b.truncate(None)",
            "b.truncate(1, 2)", "b.getvalue()", "b.tell()", "b.write(b'Q')",
            "b.getvalue()", "b.truncate(0)", "b.getvalue()", "b.tell()",
            "b.write(b'R')", "b.getvalue()", "b.truncate(2**63)",
            "b.truncate(Index())", "b.getvalue()")

    def test_views(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "b.read(3)", "v = b.getbuffer()",
            "v.readonly, v.format, v.itemsize, v.shape, v.nbytes",
            "type(v.obj).__name__", "type(v.obj)()", "b.write(b'')",
            "b.write(b'x')", "b.write('x')", "b.writelines([b'x'])",
            "b.writelines([])", "b.truncate()", "b.truncate(0)",
            "b.truncate(100)", "b.close()", "b.read(2)", "b.seek(1)",
            "v[1] = 33", "b.read()", "b.getvalue()", "b.getvalue()",
            "b.__setstate__((b'', 0, None))", "b.read()", "b.__init__(b'')",
            "b.getvalue()", "b.tell()", "b.read(2)",
            "b.readinto(bytearray(2))", "b.seek(0)", "v[0:2] = b'!!'",
            "bytes(v)", "b.getvalue()", "v2 = b.getbuffer()", "v2.nbytes",
            "v.release()", "b.write(b'x')", "v2.release()", "b.write(b'xy')",
            "b.getvalue()", "bytes(b.getbuffer())", "b.close()",
            "b.getbuffer()", "c = io.BytesIO(b'ab')", "c.seek(20)",
            "len(c.getbuffer())", "io.BytesIO().getbuffer().tobytes()")

    def test_view_from_the_object_of_another(self):
        self.check("b = io.BytesIO(b'abc')", "v = b.getbuffer()", "o = v.obj",
                   "w = memoryview(o)", "v.release()", "b.write(b'x')",
                   "w[0] = 65", "w.release()", "b.getvalue()",
                   "bytes(memoryview(o))", "memoryview(o).readonly",
                   "b.write(b'z')", "bytes(o)")

    def test_closed(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "b.close()", "b.closed",
            "b.close()", "b.read()", "b.read('x')", "b.read1()", "b.read1(1)",
            "b.readline()", "b.readlines()", "b.readlines('x')",
            "b.readinto(bytearray(1))", "b.readinto(5)",
            "b.readinto1(bytearray(1))", "b.write(b'x')", "b.write('x')",
            "b.write(b'')", "b.writelines([])", "b.writelines(5)", "b.seek(0)",
            "b.seek('x')", "b.seek(-1)", "b.seek(0, 9)", "b.tell()",
            "b.truncate()", "b.truncate(-1)", "b.truncate('x')", "b.getvalue()",
            "b.getbuffer()", "b.flush()", "b.isatty()", "b.readable()",
            "b.writable()", "b.seekable()", "b.fileno()", "b.detach()",
            "b.__enter__()", "b.__exit__()", "b.__iter__() is b", "next(b)",
            "b.__getstate__()", "b.__setstate__((b'', 0, None))",
            "b.__setstate__((b'x', 0, None))", "b.name", "b.mode")

    def test_attributes(self):
        self.check(
            "b = io.BytesIO(b'0123456789')", "b.fileno()", "b.detach()",
            "b.isatty()", "b.readable()", "b.writable()", "b.seekable()",
            "b.flush()", "b.name", "b.closed", "b.closed = 1",
            "b.__enter__() is b", "b.__exit__(None, None, None)", "b.closed",
            "repr(io.BytesIO())", "b.__dict__", "b.x = 1", "b.__dict__",
            "b.name = 'n'", "b.name", "del b.name", "b.name",
            "weakref.ref(b)() is b", "hash(b) is not None",
            "io.BytesIO() == io.BytesIO()", "bool(io.BytesIO())",
            "len(io.BytesIO())", "io.BytesIO.x", "io.BytesIO.x = 1",
            "type('S', (io.BytesIO,), {})(b'q').read()")

    def test_pickling(self):
        self.check(
            "b = io.BytesIO(b'abc')", "b.__getstate__()", "b.seek(2)",
            "b.x = [1]", "b.__getstate__()", "b.__reduce_ex__(2)[2]",
            "c = copy.copy(b)", "c.getvalue(), c.tell(), c.x is b.x",
            "c = copy.deepcopy(b)", "c.getvalue(), c.tell(), c.x is b.x",
            "pickle.dumps(b, 0)", "pickle.dumps(b, 1)",
            "c = pickle.loads(pickle.dumps(b, 2))",
            "c.getvalue(), c.tell(), c.x", "b.__setstate__(5)",
            "b.__setstate__((b'', 0))", "b.__setstate__((b'', -1, None))",
            "b.getvalue()", "b.__setstate__((b'q', 'x', None))", "b.getvalue()",
            "b.__setstate__((b'q', 2**63, None))",
            "b.__setstate__((b'', 0, 5))",
            "b.__setstate__(('', 0, None))", "b.getvalue()", "b.tell()",
            "b.__setstate__((b'wxyz', 3, {'y': 2}, 'more'))", "b.__dict__",
            "b.read()", "b.__setstate__((bytearray(b'w'), 100, None))",
            "b.tell()", "b.read()", "b.write(b'x')", "len(b.getvalue())",
            "d = {}", "e = io.BytesIO()", "e.__setstate__((b'', 0, d))",
            "e.__dict__ is d")

    def test_overridden(self):
        self.check(
            "S = type('S', (io.BytesIO,), {'read': lambda s, n=-1: b'zz'})",
            r"S(b'a\nb').readline()",
            "S = type('S', (io.BytesIO,), {'readline': lambda s, n=-1: b''})",
            r"list(S(b'a\nb'))", r"S(b'a\nb').readlines()",
            "S = type('S', (io.BytesIO,), {'write': lambda s, b: 7})",
            "S(bytearray(b'ab')).getvalue()", "s = S()",
            "s.writelines([b'a', b'b'])", "s.getvalue()",
            "S = type('S', (io.BytesIO,), {'close': lambda s: None})",
            "s = S(b'abc')", "s.close()", "s.closed",
            "S = type('S', (io.BytesIO,), {'getvalue': lambda s: 5})",
            "S(b'x').__getstate__()")

    def test_large(self):
        for size in 200, 70000, 3 * MIB:
            self.check(
                f"b = io.BytesIO(b'ab' * {size})", "b.read(5)",
                "crc32(b.read())", "b.tell()", "b.seek(1)", "b.write(b'XY')",
                "crc32(b.getvalue())", "b.write(b'Z')", "crc32(b.getvalue())",
                "b.seek(0)", "crc32(b.read())", "b.write(b'end')",
                "crc32(b.getvalue())", "b.truncate(7)", "b.getvalue()",
                "b.tell()", f"b.write(b'q' * {size})", "crc32(b.getvalue())",
                "b.seek(0)", "b.truncate(0)", "b.write(b'x')", "b.getvalue()")


class RandomPrograms(unittest.TestCase):
    """Two objects, one program: statements drawn from all there are."""

    SIZES = [0, 0, 1, 1, 2, 3, 7, 16, 17, 63, 64, 65, 200, 1000, 70000, -1,
             None]

    def data(self, rng):
        length = rng.choice(self.SIZES[:-2])
        text = bytes(rng.choices(b"ab\n\0", k=min(length, 300)))
        text += b"=" * (length - len(text))
        if rng.random() < 0.06:
            return rng.choice(["text", None, 5, memoryview(b"abcd")[::2]])
        return rng.choice([bytes, bytes, bytes, bytearray, Bytes,
                           memoryview])(text)

    def size(self, rng):
        if rng.random() < 0.04:
            return rng.choice(["1", 1.5, 2**63, -2**63, Index(), True])
        return rng.choice(self.SIZES)

    def arguments(self, rng, name):
        if name in ("read", "read1", "readline", "truncate", "readlines"):
            return [self.size(rng)] if rng.random() < 0.7 else []
        if name in ("write", "__init__"):
            return [self.data(rng)]
        if name == "writelines":
            return [[self.data(rng) for _ in range(rng.randrange(4))]]
        if name == "seek":
            whence = rng.choice([0, 0, 0, 1, 2, 2, 5])
            return [rng.choice([0, 0, 1, 5, 64, 100, 5000, -1, -3, -70]),
                    whence]
        if name == "__setstate__":
            return [(self.data(rng), rng.choice([0, 2, 50, -1, "x"]),
                     rng.choice([None, {"k": 1}, 5]))]
        return []

    NAMES = (["read"] * 4 + ["write"] * 6 + ["seek"] * 5 + ["readline"] * 3
             + ["tell", "tell", "getvalue", "getvalue", "truncate", "truncate"]
             + ["read1", "readlines", "writelines", "__next__", "__getstate__"]
             + ["__setstate__", "__init__", "readinto", "view", "change"]
             + ["release", "keep", "forget", "copy", "close"])

    def run_one(self, seed):
        rng = random.Random(seed)
        initial = [] if rng.random() < 0.5 else [self.data(rng)]
        pair = [None, None]
        for i, module in enumerate((standard, rillio)):
            try:
                pair[i] = module.BytesIO(*initial)
            except (TypeError, BufferError):
                pair[i] = module.BytesIO()
        views, kept = [[], []], [[], []]
        log = context = [f"seed {seed}", f"BytesIO(*{initial!r:.80})"]
        for _ in range(rng.randrange(1, 60)):
            name = rng.choice(self.NAMES)
            if name == "close" and rng.random() < 0.7:
                continue
            arguments = self.arguments(rng, name)
            n, extra = rng.choice(self.SIZES[:-2]), rng.randrange(256)
            log.append(f"{name}(*{arguments!r:.80})")
            results = []
            for b, mine, values in zip(pair, views, kept):
                if name == "readinto":
                    target = bytearray(n)
                    results.append((outcome(b.readinto, target), target))
                elif name == "view":
                    def view(b=b, mine=mine):
                        mine.append(b.getbuffer())
                        return len(mine[-1]), bytes(mine[-1])
                    results.append(outcome(view))
                elif name == "change":
                    if mine and len(mine[-1]):
                        mine[-1][extra % len(mine[-1])] = extra
                elif name == "release":
                    if mine:
                        mine.pop(extra % len(mine)).release()
                elif name == "keep":  # or not: who has the value matters
                    if not b.closed:
                        values.append(b.getvalue())
                elif name == "forget":
                    values.clear()
                elif name == "copy":
                    results.append(outcome(lambda b=b: copy.copy(b).read()))
                else:
                    results.append(outcome(getattr(b, name), *arguments))
            context = "\n".join(log)
            self.assertEqual(results[1:], results[:1], context)
            self.assertEqual(*map(repr, kept), context)
            self.assertEqual(*[[bytes(v) for v in mine] for mine in views],
                             context)
            if rng.random() < 0.3:
                self.assertEqual(*[outcome(b.tell) for b in pair], context)
        self.assertEqual(*[outcome(b.tell) for b in pair], context)
        self.assertEqual(*[outcome(b.getvalue) for b in pair], context)

    def test_random_programs(self):
        first = int(os.environ.get("RILLIO_SEED", 0))
        for seed in range(first, first + int(os.environ.get("RILLIO_RUNS",
                                                            1000))):
            self.run_one(seed)

    @unittest.skipUnless(sys.platform == "linux", "no mallinfo2()")
    def test_nothing_leaks(self):
        def views():
            b = rillio.BytesIO(b"abc")
            b.me = [b, b.getbuffer()]
            outcome(b.__init__)
            b.getbuffer()

        def takes():
            many = [rillio.BytesIO() for _ in range(4)]
            for b in many:
                b.writelines([b"x"] * 10)
            del many[:]
            b.writelines([b"y"] * 7000)
            rillio.BytesIO.over(b.take()).write(b"1")

        def once():
            for seed in range(100):
                RandomPrograms().run_one(seed)
                views()
                takes()

        for i in range(10):
            once()
            if i == 3:
                before = leaks.memory()
        blocks, _, size = leaks.memory()
        # What is lost each time is lost 600 times. Less than that may lie in
        # Python's free lists.
        self.assertLess(blocks - before[0], 400)
        self.assertLess(size - before[2], 400 * 100)


class Sharing(unittest.TestCase):
    def test_shares_what_it_is_made_of(self):
        data = fresh(1000)
        count = sys.getrefcount(data)
        b = rillio.BytesIO(data)
        self.assertEqual(sys.getrefcount(data), count + 1)
        self.assertIs(b.getvalue(), data)
        self.assertIs(b.read(), data)
        b.seek(0)
        self.assertIs(b.read(1000), data)
        b.seek(0)
        self.assertIs(b.readline(), data)
        b.seek(0)
        b.write(b"y")
        self.assertEqual(sys.getrefcount(data), count)
        self.assertEqual(b.getvalue(), b"y" + data[1:])

    def test_a_value_is_given_again(self):
        for n in 2, 100, 70000, 33 * MIB:
            b = rillio.BytesIO()
            b.write(b"x")
            b.write(bytes(n - 1))
            value = b.getvalue()
            self.assertIs(b.getvalue(), value)
            b.seek(0)
            self.assertIs(b.read(), value)
            b.write(b"more")
            self.assertEqual(len(value), n)
            self.assertEqual(b.getvalue(), value + b"more")

    def test_values_do_not_change(self):
        b = rillio.BytesIO()
        values = []
        for i in range(300):
            b.write(bytes([i % 256]) * 3)
            values.append(b.getvalue())
            if i % 5 == 0:
                b.seek(i)
                b.write(b"!")
                b.seek(0, 2)
        for i, value in enumerate(values):
            self.assertEqual(len(value), 3 * (i + 1))
        self.assertEqual(values[0], bytes(3))

    def test_hash_of_a_changed_value(self):
        b = rillio.BytesIO()
        b.write(b"abc")
        b.write(b"def")
        for change in b"X", b"Y":
            before = hash(b.getvalue())
            b.seek(0)
            b.write(change)
            b.seek(0, 2)
            self.assertNotEqual(hash(b.getvalue()), before)
            self.assertEqual(hash(b.getvalue()), hash(change + b"bcdef"))
            b.write(b"")
        hash(b.getvalue())
        b.write(b"g")
        self.assertEqual(hash(b.getvalue()), hash(b"Ybcdefg"))

    def test_first_write_is_shared(self):
        data = fresh(5000)
        b = rillio.BytesIO()
        b.write(data)
        self.assertIs(b.getvalue(), data)
        b.write(b"2")
        self.assertEqual(b.getvalue(), data + b"2")
        for small in b"", b"1":
            b = rillio.BytesIO()
            b.write(small)
            b.write(b"2")
            self.assertEqual(b.getvalue(), small + b"2")

    def test_sizeof(self):
        size = object.__sizeof__(rillio.BytesIO())
        self.assertEqual(size, object.__sizeof__(standard.BytesIO()))
        self.assertEqual(rillio.BytesIO().__sizeof__(), size)
        self.assertEqual(rillio.BytesIO(fresh(1000)).__sizeof__(),
                         size + sys.getsizeof(bytes(1000)))
        b = rillio.BytesIO()
        for _ in range(10):
            b.write(bytes(1000))
        self.assertGreater(b.__sizeof__(), size + 10000)
        del b

    def test_large_values_take_their_memory_once(self):
        import tracemalloc
        b = rillio.BytesIO()
        for _ in range(16):
            b.write(bytes(MIB))
        tracemalloc.start()
        try:
            b.getvalue()
            self.assertLess(tracemalloc.get_traced_memory()[1], 17 * MIB)
            self.assertLess(tracemalloc.get_traced_memory()[0], 17 * MIB)
        finally:
            tracemalloc.stop()


class Large(unittest.TestCase):
    """Beyond the size from which on the memory is librill's."""

    def setUp(self):
        self.piece = bytes(range(256)) * 4096
        self.b = rillio.BytesIO()
        for _ in range(34):
            self.b.write(self.piece)

    def test_content(self):
        self.assertEqual(self.b.tell(), 34 * MIB)
        value = self.b.getvalue()
        self.assertEqual(value, self.piece * 34)
        self.b.write(b"!")
        self.assertEqual(self.b.getvalue(), value + b"!")

    def test_change_read_cut(self):
        self.b.seek(5)
        self.b.write(b"hello")
        self.b.seek(0)
        self.assertEqual(self.b.read(12), b"\0\1\2\3\4hello\n\v")
        self.b.truncate(20)
        self.assertEqual(self.b.getvalue()[:7], b"\0\1\2\3\4he")
        self.assertEqual(len(self.b.getvalue()), 20)
        with self.b.getbuffer() as view:
            self.assertEqual(len(view), 20)

    def test_view(self):
        with self.b.getbuffer() as view:
            self.assertEqual(len(view), 34 * MIB)
            self.assertEqual(self.b.getvalue(), view)
        self.b.seek(0)
        self.b.truncate()
        self.assertEqual(self.b.getvalue(), b"")

    def test_gap(self):
        b = rillio.BytesIO()
        b.seek(40 * MIB)
        b.write(b"x")
        self.assertEqual(b.getvalue(), bytes(40 * MIB) + b"x")

    def test_more_than_there_is(self):
        """Where io.BytesIO loses its content, and is closed."""
        for b in rillio.BytesIO(b"abc"), self.b:
            before = b.getvalue()
            for _ in range(2):
                b.seek(2**62)
                self.assertRaises(MemoryError, b.write, b"x")
                self.assertEqual(b.getvalue(), before)
                self.assertEqual(b.tell(), 2**62)
            b.seek(0, 2)
            b.write(b"x")
            self.assertEqual(b.getvalue(), before + b"x")

    def test_made_of_much(self):
        b = rillio.BytesIO(bytes(self.b.getbuffer()))
        data = b.getvalue()
        b.write(b"!")
        b.seek(0, 2)
        b.write(b"!")
        self.assertEqual(b.getvalue(), b"!" + data[1:] + b"!")


class Over(unittest.TestCase):
    def test_reads_in_place(self):
        memory = bytearray(b"abc\ndef")
        b = rillio.BytesIO.over(memory)
        self.assertEqual(b.readline(), b"abc\n")
        memory[4] = ord("X")
        self.assertEqual(b.read(), b"Xef")
        self.assertEqual(b.getvalue(), b"abc\nXef")
        memory[0] = ord("Y")
        self.assertEqual(b.getvalue(), b"Ybc\nXef")
        self.assertEqual(b.size, 7)

    def test_pins(self):
        memory = bytearray(b"abc")
        b = rillio.BytesIO.over(memory)
        self.assertRaises(BufferError, memory.append, 1)
        b.close()
        memory.append(1)
        b = rillio.BytesIO.over(memory)
        del b
        memory.append(2)

    def test_first_change_copies(self):
        for change in (lambda b: b.write(b"X"), lambda b: b.truncate(2),
                       lambda b: b.getbuffer().release(),
                       lambda b: b.__init__()):
            memory = bytearray(b"abc")
            b = rillio.BytesIO.over(memory)
            expected = rillio.BytesIO(b"abc")
            change(b)
            change(expected)
            self.assertEqual(b.getvalue(), expected.getvalue())
            memory.extend(b"123")
            self.assertEqual(memory, b"abc123")
            self.assertEqual(b.getvalue(), expected.getvalue())

    def test_position_beyond_the_end(self):
        b = rillio.BytesIO.over(b"abc")
        self.assertEqual(b.seek(10), 10)
        self.assertEqual(b.read(), b"")
        b.write(b"x")
        self.assertEqual(b.getvalue(), b"abc" + bytes(7) + b"x")

    def test_any_buffer(self):
        with mmap.mmap(-1, 4096) as memory:
            memory[:3] = b"abc"
            b = rillio.BytesIO.over(memory)
            self.assertEqual(b.read(3), b"abc")
            b.close()
        b = rillio.BytesIO.over(array.array("H", [1, 2]))
        self.assertEqual(len(b.read()), 4)
        self.assertEqual(rillio.BytesIO.over(b"").read(), b"")
        self.assertEqual(bytes(rillio.BytesIO.over(b"abc").take()), b"abc")
        self.assertRaises(TypeError, rillio.BytesIO.over, "text")
        self.assertRaises(BufferError, rillio.BytesIO.over,
                          memoryview(b"abcd")[::2])

    def test_of_a_subclass(self):
        self.assertIs(type(Subclass.over(b"abc")), Subclass)

        class Odd(rillio.BytesIO):
            def __new__(cls):
                return 5

        self.assertRaises(TypeError, Odd.over, b"abc")


class More(unittest.TestCase):
    def test_peek(self):
        b = rillio.BytesIO(b"0123456789")
        self.assertEqual(b.peek(3), b"012")
        self.assertEqual(b.peek(), b"0123456789")
        b.seek(8)
        for everything in (0, -1, None, 5, 2):
            self.assertEqual(b.peek(everything), b"89")
        self.assertEqual(b.tell(), 8)
        b.seek(20)
        self.assertEqual(b.peek(1), b"")
        self.assertRaises(TypeError, b.peek, "x")
        b.close()
        self.assertRaises(ValueError, b.peek)

    def test_readuntil(self):
        b = rillio.BytesIO(b"a--b---c-")
        self.assertEqual([b.readuntil(b"--") for _ in range(4)],
                         [b"a--", b"b--", b"-c-", b""])
        b.seek(0)
        self.assertEqual(b.readuntil(b"-c"), b"a--b---c")
        self.assertEqual(b.readuntil(bytearray(b"zz")), b"-")
        b.seek(100)
        self.assertEqual(b.readuntil(b"-"), b"")
        self.assertRaises(ValueError, b.readuntil, b"")
        self.assertRaises(TypeError, b.readuntil, "-")
        b.close()
        self.assertRaises(ValueError, b.readuntil, b"-")

    def test_readuntil_as_find(self):
        rng = random.Random(1)
        for _ in range(2000):
            data = bytes(rng.choices(b"ab", k=rng.randrange(30)))
            delimiter = bytes(rng.choices(b"ab", k=rng.randrange(1, 5)))
            b, parts = rillio.BytesIO(data), []
            while part := b.readuntil(delimiter):
                parts.append(part)
            self.assertEqual(b"".join(parts), data)
            at = data.find(delimiter)
            self.assertEqual(parts[:1], [data[:at + len(delimiter)]]
                             if at >= 0 else [data] if data else [])

    def test_size(self):
        b = rillio.BytesIO(b"abc")
        self.assertEqual(b.size, 3)
        b.seek(100)
        self.assertEqual(b.size, 3)
        b.write(b"x")
        b.write(b"y")
        self.assertEqual(b.size, 102)
        b.close()
        self.assertRaises(ValueError, lambda: b.size)

    def test_size_may_be_set(self):
        b = rillio.BytesIO(b"abc")
        b.size = "mine"
        self.assertEqual((b.size, b.__dict__), ("mine", {"size": "mine"}))
        del b.size
        self.assertEqual(b.size, 3)
        with self.assertRaises(AttributeError):
            del b.size

    def test_as_fd(self):
        b = rillio.BytesIO(b"hello")
        b.seek(2)
        with b.as_fd() as fd:
            self.assertEqual(os.read(fd, 100), b"hello")
            os.write(fd, b", world")
        self.assertEqual((b.getvalue(), b.tell()), (b"hello, world", 2))
        with b.as_fd() as fd:
            os.ftruncate(fd, 3)
        self.assertEqual(b.getvalue(), b"hel")
        self.assertRaises(OSError, os.fstat, fd)

    def test_as_path(self):
        b = rillio.BytesIO(b"one\ntwo\n")
        with b.as_path() as path:
            with open(path, "ab") as file:
                file.write(b"three\n")
            code = f"print(open({path!r}, 'rb').read())"
            self.assertEqual(
                subprocess.check_output([sys.executable, "-c", code]),
                b"b'one\\ntwo\\nthree\\n'\n")
        self.assertEqual(b.getvalue(), b"one\ntwo\nthree\n")

    def test_as_path_unchanged_keeps_what_is_shared(self):
        data = fresh(100)
        b = rillio.BytesIO(data)
        with b.as_path() as path, open(path, "rb") as file:
            self.assertEqual(file.read(), data)
        self.assertIs(b.getvalue(), data)

    def test_as_path_comes_back_after_an_error(self):
        b = rillio.BytesIO(b"old")
        with self.assertRaises(KeyError):
            with b.as_path() as path:
                with open(path, "wb") as file:
                    file.write(b"newer")
                raise KeyError
        self.assertEqual(b.getvalue(), b"newer")

    def test_as_path_where_descriptors_have_none(self):
        from rillio import _extras
        b = rillio.BytesIO(b"old")
        with _extras._as_named_file(b) as path, open(path, "ab") as file:
            file.write(b", new")
        self.assertEqual(b.getvalue(), b"old, new")
        self.assertFalse(os.path.exists(path))

    def test_as_fd_of_a_closed_one(self):
        b = rillio.BytesIO()
        b.close()
        with self.assertRaises(ValueError), b.as_fd():
            pass

    def test_documented(self):
        for name in dir(rillio.BytesIO):
            if not name.startswith("_"):
                self.assertTrue(getattr(rillio.BytesIO, name).__doc__, name)


if __name__ == "__main__":
    unittest.main()
