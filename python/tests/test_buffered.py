"""BufferedReader, -Writer, -Random and -RWPair: as io's, in what they answer
and in what they ask of the raw stream.
"""
import io as standard
import os
import pickle
import random
import tempfile
import unittest

import rillio
from compare import assert_same, run
from rawstream import (
    KINDS, RARE, Raw, attempt, random_bytes, run_random)


class Programs(unittest.TestCase):
    """Random programs over raw streams that do what they like."""

    def check(self, kind, seeds):
        for seed in seeds:
            theirs = run_random(standard, kind, seed)
            ours = run_random(rillio, kind, seed)
            for at, (expected, got) in enumerate(zip(theirs, ours)):
                self.assertEqual(got, expected, f"{kind} {seed}, step {at}")

    def test_reader(self):
        self.check("BufferedReader", range(2000))

    def test_writer(self):
        self.check("BufferedWriter", range(2000))

    def test_random(self):
        self.check("BufferedRandom", range(2000))


def run_on_file(module, kind, seed, path):
    """The same over the module's own FileIO: what the file and its descriptor
    came to after each step, where the calls cannot be seen."""
    chance = random.Random(seed)
    with open(path, "wb") as out:
        out.write(random_bytes(chance, 80))
    mode = {"BufferedReader": "r", "BufferedWriter": "r+",
            "BufferedRandom": chance.choice(["r+", "a+"])}[kind]
    raw = module.FileIO(path, mode)
    f = getattr(module, kind)(raw, chance.choice([1, 2, 5, 8, 16, 8192]))
    steps = []
    for _ in range(chance.randrange(1, 40)):
        ops = RARE if chance.random() < .01 else chance.choice(KINDS[kind])
        name = chance.choice(list(ops))
        op = ops[name](chance)
        result = attempt(lambda: op(f))
        with open(path, "rb") as data:
            steps.append((name, result, attempt(raw.tell), data.read()))
    steps.append(attempt(f.close))
    raw.close()
    return steps


class Files(unittest.TestCase):
    """Random programs over files, where the system is called directly."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "f")

    def check(self, kind):
        for seed in range(400):
            theirs = run_on_file(standard, kind, seed, self.path)
            ours = run_on_file(rillio, kind, seed, self.path)
            for at, (expected, got) in enumerate(zip(theirs, ours)):
                self.assertEqual(got, expected, f"{kind} {seed}, step {at}")

    def test_reader(self):
        self.check("BufferedReader")

    def test_writer(self):
        self.check("BufferedWriter")

    def test_random(self):
        self.check("BufferedRandom")

    def test_rest_of_large_file(self):
        data = random.Random(1).randbytes(3_000_001)
        with open(self.path, "wb") as out:
            out.write(data)
        for head in (0, 1, 100, 8192, 10_000, len(data)):
            with rillio.BufferedReader(rillio.FileIO(self.path)) as f:
                self.assertEqual(f.read(head), data[:head])
                self.assertEqual(f.read(), data[head:])
                self.assertEqual(f.read(), b"")
                self.assertEqual(f.tell(), len(data))

    def test_file_that_grows(self):
        with open(self.path, "wb") as out, \
                rillio.BufferedReader(rillio.FileIO(self.path), 4) as f:
            for piece in (b"12", b"345678901234", b"a" * 100_000):
                out.write(piece)
                out.flush()
                self.assertEqual(f.read(), piece)

    def test_raw_that_grows(self):
        """Positions are right after a read of all; io's are not always."""
        for readall in (True, False):
            raw = Raw(b"0123456789", readall=readall)
            f = rillio.BufferedReader(raw, 4)
            f.read(2)
            f.read()
            raw.data += b"abcdef"
            self.assertEqual(f.read(2), b"ab")
            for position in (4, 11, 12, 10, 9):
                f.seek(position)
                self.assertEqual(f.read(1), b"0123456789abcdef"[
                    position:position + 1])

    def test_file_without_a_size(self):
        with standard.open("/proc/self/status", "rb") as f:
            theirs = f.read()
        f = rillio.BufferedReader(rillio.FileIO("/proc/self/status"))
        self.assertEqual(f.read().split()[:2], theirs.split()[:2])
        f.close()

    def test_replaced_method_is_called(self):
        for name, use in (("readinto", lambda f: f.read(1)),
                          ("readall", lambda f: f.read()),
                          ("write", lambda f: (f.write(b"x"), f.flush())),
                          ("seek", lambda f: f.seek(1)),
                          ("tell", lambda f: f.tell())):
            raw, calls = rillio.FileIO(self.path, "w+"), []
            with rillio.BufferedRandom(raw) as f:
                method = getattr(raw, name)
                setattr(raw, name, lambda *a: calls.append(a) or method(*a))
                use(f)
                self.assertEqual(len(calls), 1, name)
                delattr(raw, name)

    def test_pipe_that_would_block(self):
        program = [
            "f.read(5)", "f.read()", "f.read1(5)", "f.peek()", "f.readline()",
            "f.readinto(bytearray(5))", "f.readinto1(bytearray(5))",
            "f.readlines()", "w.write(b'ab\\ncd')", "f.read(10)", "f.read(1)",
            "w.write(b'ab\\ncd')", "f.readline()", "f.readline()",
            "f.readline()", "w.write(b'0123456789abc')", "f.read1(100)",
            "f.read(3)", "f.read()", "f.seek(0)", "f.tell()",
            "b = io.BufferedWriter(w, 16)", "full = attempt(w, 1 << 20)",
            "attempt(b, 10)", "attempt(b, 10)", "attempt(b, 100)",
            "attempt(b, 0)", "told(b)", "len(r.readall()) == full", "b.flush()",
            "r.read()", "b.close()"]

        def write(stream, size):
            return attempt(lambda: stream.write(b"x" * size))

        for module in (standard, rillio):
            r, w = os.pipe()
            os.set_blocking(r, False)
            os.set_blocking(w, False)
            names = dict(r=module.FileIO(r), w=module.FileIO(w, "w"),
                         attempt=write, told=lambda b: attempt(b.flush))
            names["f"] = module.BufferedReader(names["r"], 8)
            done = run(program, module, names)
            names["f"].close()
            if module is standard:
                expected = done
        self.assertEqual(done, expected)


class Statements(unittest.TestCase):
    """Statement by statement, on io and on rillio."""

    def same(self, *program, **names):
        assert_same(self, list(program), Raw=Raw, pickle=pickle, **names)

    def test_construct(self):
        self.same(
            *(f"io.{kind}({arguments})"
              for kind in (*KINDS, "BufferedRWPair")
              for arguments in (
                  "", "5", "None", "Raw(), 0", "Raw(), -1", "Raw(), 'x'",
                  "Raw(), 1.5", "Raw(), 2**63", "Raw(), 2**62", "Raw(), None",
                  "raw=Raw()", "raw=Raw(), buffer_size=2", "Raw(), raw=Raw()",
                  "Raw(), 8, 9", "Raw(), size=8", "buffer_size=8",
                  "Raw(), Raw()", "Raw(), Raw(), 0", "Raw(), Raw(), 8, 9",
                  "Raw(), Raw(), 'x'", "Raw(), None", "None, Raw()")))

    def test_what_raw_must_be_able_to_do(self):
        class Odd(Raw):
            def __init__(self, **answers):
                super().__init__()
                for name, answer in answers.items():
                    setattr(self, name, lambda answer=answer: answer)

        self.same(
            *(f"io.{kind}({arguments})"
              for kind in KINDS
              for name in ("readable", "writable", "seekable")
              for arguments in (f"Odd({name}=False)", f"Odd({name}=1)",
                                f"Odd({name}=None), 0")),
            "io.BufferedRWPair(Odd(readable=0), Odd(writable=0))",
            "io.BufferedRWPair(Odd(seekable=0), Odd(writable=0))",
            "io.BufferedRWPair(Odd(writable=0), Odd(readable=0)).closed",
            "io.BufferedReader(Odd(tell=-1)).tell()",
            "io.BufferedReader(Odd(tell='x')).tell()",
            "io.BufferedReader(Odd(tell=2**70)).tell()",
            "f = io.BufferedReader(Odd(seekable=False))",
            "f.seek(0)", "f.seek('x')", "f.seekable()", Odd=Odd)

    def test_odd_answers(self):
        class Odd(Raw):
            def __init__(self, name, answer):
                super().__init__(b"0123456789")
                setattr(self, name, answer)

        def zero(*args):
            return 1 / 0

        self.same(
            *(f"io.BufferedReader(Odd('readinto', {answer}), 8).{call}"
              for answer in ("lambda b: len(b) + 1", "lambda b: -1",
                             "lambda b: 'x'", "lambda b: None", "lambda b: 1.0",
                             "lambda b: 2**70", "zero", "5")
              for call in ("read(4)", "readline()", "peek()", "read1(3)",
                           "readinto(bytearray(20))")),
            *(f"io.BufferedReader(Odd('{name}', lambda: {answer}), 8).read()"
              for name in ("readall", "read")
              for answer in ("'x'", "None", "b'zz'", "b''", "5", "1/0",
                             "bytearray(b'1')")),
            *(f"io.BufferedWriter(Odd('write', {answer}), 8).write(b'x' * 20)"
              for answer in ("lambda b: len(b) + 1", "lambda b: -1",
                             "lambda b: 'x'", "lambda b: None",
                             "lambda b: 2**70", "zero", "5")),
            *(f"io.BufferedReader(Odd('seek', lambda *a: {answer})).seek(3)"
              for answer in ("-1", "-7", "'x'", "None", "2**70", "3", "1/0")),
            Odd=Odd, zero=zero)

    def test_arguments(self):
        arguments = ["'x'", "1.5", "None", "-2", "2**70", "1, 2", "1, 2, 3",
                     "b'c'", "1, 'x'", "1, 1.5", "1, 9", "1, -1", "1, 2**70",
                     "2**63", "True", "memoryview(bytearray(9))[::2]"]
        for kind in KINDS:
            own = vars(getattr(rillio, kind))
            for name in ("read", "read1", "readline", "peek", "seek",
                         "truncate", "tell", "flush", "write", "readinto",
                         "readinto1", "close", "detach", "_dealloc_warn",
                         "readable", "writable", "seekable"):
                if name not in own:
                    continue
                for argument in arguments:
                    call = f"f.{name}({argument})"
                    with self.subTest(kind=kind, call=call):
                        self.same(f"f = io.{kind}(Raw(b'abc'), 4)", call,
                                  "f.raw")
            self.same(f"f = io.{kind}(Raw(b'abc'), 4)", "f.tell(size=1)",
                      "f.seek(target=1)", "f.write(buffer=b'')"
                      if kind == "BufferedWriter" else "f.read(size=1)")

    def test_states(self):
        calls = ("closed", "name", "mode", "raw", "close()", "read()",
                 "read(1)", "read(0)", "read1()", "read1(0)", "peek()",
                 "readline()", "readlines()", "readinto(bytearray(1))",
                 "readinto1(bytearray(1))", "write(b'x')", "write('x')",
                 "write(b'')", "writelines([])", "writelines([b'x'])",
                 "seek(0)", "seek(0, 9)", "seek('x')", "tell()", "truncate()",
                 "flush()", "isatty()", "readable()", "writable()",
                 "seekable()", "fileno()", "detach()", "__iter__()",
                 "__next__()", "__enter__()", "__repr__()", "_dealloc_warn(1)",
                 "_finalizing", "__sizeof__() < 400")
        for kind in KINDS:
            make = f"f = io.{kind}(io.BytesIO(b'0123456789'), 4)"
            for state in (
                    [f"f = io.{kind}.__new__(io.{kind})"],
                    [make, "f.close()"],
                    [make, "f.detach()"],
                    [make, "f.raw.close()"],
                    [make, "f.seek(1)", "f.__init__(f.raw, 0)"],
                    [make, "f.__init__(1)"]):
                for call in calls:
                    with self.subTest(kind=kind, state=state, call=call):
                        self.same(*state, f"f.{call}", "f.closed")
        for state in ("io.BufferedRWPair.__new__(io.BufferedRWPair)",
                      "io.BufferedRWPair(io.BytesIO(b'ab'), io.BytesIO())"):
            for call in calls:
                if call == "seek('x')":  # a base's, which ignores it or not
                    continue
                self.same(f"f = {state}", f"f.{call}", "f.close()",
                          f"f.{call}", "f.closed")

    def test_read_ahead_outlives_raw(self):
        self.same("f = io.BufferedReader(io.BytesIO(b'0123456789'), 8)",
                  "f.read(1)", "f.raw.close()", "f.closed", "f.peek()",
                  "f.read(2)", "f.read1(2)", "f.read(10)", "f.seek(0)")

    def test_pair(self):
        self.same("p = io.BufferedRWPair(io.BytesIO(b'input\\nmore'), "
                  "io.BytesIO(), 4)",
                  "p.read(2)", "p.peek()", "p.readline()", "p.write(b'out')",
                  "p.flush()", "p.readinto(bytearray(2))",
                  "p.readinto1(bytearray(2))", "p.read1(1)", "p.read()",
                  "p.seekable()", "p.seek(0)", "p.tell()", "p.truncate()",
                  "p.fileno()", "p.isatty()", "p.readable()", "p.writable()",
                  "p.detach()", "p.name", "p.raw", "p.closed", "p.read(1, 2)",
                  "p.read('x')", "p.write()", "p.flush(1)", "p.close()",
                  "p.closed", "p.read()", "p.write(b'x')", "p.flush()",
                  "p.close()")

    def test_pickling(self):
        for kind in (*KINDS, "BufferedRWPair"):
            raws = "Raw(), Raw()" if kind == "BufferedRWPair" else "Raw()"
            # Since 3.12 io makes bytes of a pair, without anything in them.
            first = 2 if kind == "BufferedRWPair" else 0
            for protocol in range(first, pickle.HIGHEST_PROTOCOL + 1):
                self.same(f"f = io.{kind}({raws})",
                          f"pickle.dumps(f, {protocol})")

    def test_names(self):
        for kind in (*KINDS, "BufferedRWPair"):
            missing = {"__new__", "__module__"}
            theirs = set(vars(getattr(standard, kind))) - missing
            ours = set(vars(getattr(rillio, kind))) - missing
            self.assertEqual(ours, theirs, kind)
            for name in ours:
                self.assertIsNotNone(
                    getattr(getattr(rillio, kind), name).__doc__
                    if name != "_finalizing" else "", f"{kind}.{name}")

    def test_subclass_readline(self):
        class Lines:
            def __init__(self, answer):
                self.answer = answer

            def __call__(self, module):
                base, answer = module.BufferedReader, self.answer
                return type("S", (base,), {"readline": lambda self: answer})

        self.same(*(f"list(Lines({answer})(io)(Raw(b'a\\nb')))"
                    for answer in ("b''", "5", "'x'", "None")), Lines=Lines)


if __name__ == "__main__":
    unittest.main()
