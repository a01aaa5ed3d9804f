"""StringIO: as io's, in every statement and in random ones, and lighter."""
import copy
import gc
import io as standard
import pickle
import random
import sys
import threading
import tracemalloc
import unittest
import weakref

import rillio
from compare import assert_same, outcome

try:
    import _testcapi
except ImportError:
    _testcapi = None

NEWLINES = [None, "", "\n", "\r", "\r\n"]

# Each of another width; a lone surrogate, a NUL; \u010d and \u0d0a have the
# bytes of \r and \n.
ALPHABETS = ["ab\0", "a\x85\xe9", "a\u010d\u0d0a\u20ac\ud800", "a\U0001f600"]


class Text(str):
    """A str, but not exactly one."""


class Index:
    def __index__(self):
        return 3


class Subclass(rillio.StringIO):
    """Can be pickled by its name."""


def random_text(rng):
    longest = rng.choice([2, 12, 12, 12, 40, 600, 3000])
    letters = list(rng.choice(ALPHABETS))
    ends = rng.choice([[], ["\n"], ["\r", "\n", "\r\n"]])
    text = "".join(rng.choices(letters + ends, k=rng.randrange(longest)))
    return Text(text) if rng.random() < 0.1 else text


class Statements(unittest.TestCase):
    def check(self, *program):
        assert_same(self, list(program), Text=Text, Index=Index)

    def test_construction(self):
        self.check(
            "S = io.StringIO",
            "S().getvalue()", "S(None).getvalue()", "S('x').tell()", "S(b'x')",
            "S(5)", "S('x', 5)", "S('x', b'')", "S('x', 'z')", r"S('', '\n\r')",
            r"S('x', '\r\n\r')", "S(initial_value='k', newline='').getvalue()",
            "S(foo=1)", r"S('a\rb', newline='\0').__getstate__()",
            r"S('', newline='\n\0x').__getstate__()",
            r"S('', newline='\ud800')", "S(1, 2, 3)", "S(1, 2, newline=3)",
            "S('', initial_value='')", "S(newline=3, x=1)", "S(5, 'z')",
            r"type(S('', newline=Text('\n')).__getstate__()[1])",
            "type(S(Text('abc')).getvalue())", r"S('\ud800').getvalue()",
            "S.__mro__[1:]", "S()", "S('x').__init__(1, 2, 3)")

    def test_init_again(self):
        self.check(
            "s = io.StringIO('abc')", "s.read(1)", "s.__init__(5)", "s.read()",
            "s.__init__('x', 'q')", "s.getvalue()", "s.__init__('new')",
            "s.getvalue()", "s.tell()", "s.close()", "s.__init__(newline='')",
            "s.closed", r"s.write('a\r')", "s.newlines", "s.__init__()",
            "s.newlines", "s.__getstate__()")

    def test_each_newline(self):
        for newline in NEWLINES:
            self.check(
                rf"s = io.StringIO('a\nb\rc\r\nd\n\re', newline={newline!r})",
                "s.getvalue()", "s.read()", "s.seek(0)", "s.readlines()",
                "s.newlines", "s.seek(0)", "s.readline(1)", "s.readline()",
                "s.seek(0, 2)", r"s.write('\n1\r2\r\n3')", "s.getvalue()",
                "s.newlines", "s.seek(0)", "list(s)", r"s.write('\r')",
                r"s.write('\n')", "s.getvalue()[-6:]", "s.encoding", "s.errors",
                "s.line_buffering", "s.seek(2)", "s.readline(1)",
                "s.readline(2)", "s.readline(3)", "s.__getstate__()")

    def test_operations(self):
        self.check(
            "s = io.StringIO('0123456789')",
            "s.read(3)", "s.read(0)", "s.read(None)", "s.read()", "s.seek(0)",
            "s.read(-5)", "s.seek(4)", "s.seek(-1)", "s.seek(-1, 1)",
            "s.seek(1, 1)", "s.seek(0, 1)", "s.seek(-1, 2)", "s.seek(0, 2)",
            "s.seek(0, 3)", "s.seek(0, -1)", "s.seek(1, 5)", "s.seek('x')",
            "s.seek(1.0)", "s.seek(2**63)", "s.seek(-2**63)", "s.seek(-2**64)",
            "s.seek(0, 2**40)", "s.seek(0, 2**70)", "s.seek(0, 1.5)",
            "s.seek(0, 'a')", "s.seek(Index(), 0)", "s.seek(0, True)", "s.tell()",
            "s.write('ab')", "s.write(b'x')", "s.write(None)", "s.write(5)",
            "s.write('')", "s.seek(15)", "s.write('')", "s.getvalue()",
            "s.write('E')", "s.getvalue(), s.tell()", "s.truncate(4)",
            "s.getvalue(), s.tell()", "s.truncate(100)", "s.getvalue()",
            "s.truncate(-1)", "s.truncate('x')", "s.truncate(1.0)",
            "s.truncate(2**70)", "s.truncate(None)", "s.seek(2)",
            "s.truncate()", "s.getvalue(), s.tell()", "s.readline('x')",
            "s.readline(1.5)", "s.readline(2**70)", "s.readline(None)",
            "s.read('x')", "s.read(2**70)", "s.read(Index())",
            "s.readlines('x')", "s.writelines(['a', 'b'])",
            "s.writelines([b'a'])", "s.writelines(5)", "s.getvalue()",
            "s.seek(2**62)", "s.write('x')", "s.write('')", "s.read()",
            "s.readline()", "s.seek(2**62 - 4)", "s.write('x')",
            "s.seek(2**62 - 3)", "s.write('x')", "s.seek(2**63 - 1)",
            "s.write('x')", "s.write('xy')", "s.seek(2**63 - 2)",
            "s.write('x')", "s.write('xy')", "s.seek(2**60)",
            r"s.write('\u20ac')", "s.tell()", "s.getvalue()", "s.seek(0)",
            "s.fileno()", "s.detach()", "s.isatty()", "s.flush()",
            "s.readable(), s.writable(), s.seekable()", "s.name", "s.buffer",
            "s.readinto(bytearray(1))", "s.read1()", "s.x = 5", "s.__dict__",
            "next(s)", "next(s)")

    def test_wrong_arguments(self):
        self.check(
            "s = io.StringIO('abc')", "s.read(1, 2)", "s.readline(1, 2)",
            "s.truncate(1, 2)", "s.seek()", "s.seek(1, 2, 3)", "s.write()",
            "s.write('a', 'b')", "s.write(s='a')", "s.read(size=1)",
            "s.getvalue(1)", "s.close(1)", "s.tell(1)", "s.__setstate__()",
            "s.newlines = 1", "s.closed = 1", "s.line_buffering = 1",
            "del s.closed", "s.getvalue()")

    def test_past_the_end(self):
        self.check(
            "s = io.StringIO()", "s.seek(5)", "s.read()", "s.read(3)",
            "s.readline()", "s.tell()", "next(s)", "s.getvalue()",
            r"s.write('\u20ac')", "s.getvalue()", "s.seek(9)", "s.truncate(7)",
            "s.getvalue()", "s.truncate(2)", "s.write(Text('x'))",
            "s.getvalue()", "s.tell()")

    def test_closed(self):
        self.check(
            "s = io.StringIO('abc'); s.close()",
            "s.closed", "s.close()", "s.read()", "s.readline()",
            "s.readlines()", "s.write('x')", "s.write('')", "s.write(b'x')",
            "s.writelines([])", "s.seek(0)", "s.tell()", "s.truncate()",
            "s.getvalue()", "s.flush()", "s.isatty()", "s.readable()",
            "s.writable()", "s.seekable()", "s.newlines", "s.line_buffering",
            "s.encoding", "s.errors", "s.fileno()", "s.detach()",
            "s.__iter__()", "s.__next__()", "s.__enter__()",
            "s.__getstate__()", "s.__setstate__(('', '', 0, None))",
            "s.__setstate__(5)", "s.truncate(-1)", "s.truncate('x')",
            "s.seek(-1, 5)", "s.seek('x', 5)", "s.read('x')", "s.read(1, 2)")

    def test_uninitialized(self):
        self.check(
            "s = io.StringIO.__new__(io.StringIO)",
            "s.read()", "s.readline()", "s.readlines()", "s.write('x')",
            "s.write('')", "s.write(1)", "s.seek(0)", "s.seek('x')", "s.tell()",
            "s.truncate()", "s.truncate(-1)", "s.truncate('x')",
            "s.getvalue()", "s.flush()", "s.readable()", "s.newlines",
            "s.line_buffering", "s.encoding", "s.closed", "s.__next__()",
            "list(s)", "s.__getstate__()", "s", "s.close()", "s.closed",
            "s.read()", "s.__setstate__(('', '', 0, None))", "s.__init__('a')",
            "s.read()")
        self.check(
            "s = io.StringIO.__new__(io.StringIO)",
            r"s.__setstate__(('a\n', '\r', 1, {'x': 2}))", "s.read()", "s.x")

    def test_state(self):
        states = [
            "5", "('', '', 0)", "['', '', 0, None]", "('', '', -1, None)",
            "('', 'x', 0, None)", "(5, '', 0, None)", "('', 5, 0, None)",
            "('', '', 'x', None)", "('', '', Index(), None)",
            "('', '', 2**70, None)", "('', '', 0, 5)", "('a', '', 9, {'x': 1})",
            r"('a\r\n', None, True, {}, 5, 6)", r"('a\r\nb\n', '\r', 2, None)",
            r"('a\r\nb', '', 2, None)", "(Text('a'), '\\n', 0, None)",
            "('zz', '\\n', -1, {'x': 1})", "('zz', '\\n', 1, {'y': 2})"]
        for state in states:
            self.check(
                "s = io.StringIO('abc')", "s.x = 7", "s.read(1)",
                f"s.__setstate__({state})", "s.tell()", "s.getvalue()",
                "s.newlines", "s.__getstate__()", "s.__dict__", "s.write('q')",
                "s.getvalue()")

    def test_dict_of_the_state(self):
        self.check("s = io.StringIO()", "d = {'a': 1}",
                   "s.__setstate__(('', '', 0, d))", "s.__dict__ is d",
                   "s.__getstate__()[3] is d", "s.__getstate__()")

    def test_subclasses(self):
        self.check(
            "class A(io.StringIO): readline = lambda self: 5",
            "class B(io.StringIO): readline = lambda self: b''",
            r"class C(io.StringIO): readline = lambda self: Text('q')",
            "class D(io.StringIO): read = lambda self, n: 5",
            r"A('a\nb').__next__()", r"B('a\nb').__next__()",
            r"C('a\nb').__next__()", r"D('a\nb').__next__()",
            r"list(D('a\nb'))", "D('ab').getvalue()", "D.__init__(D(), 'x')",
            "io.StringIO.x = 1")


class RandomPrograms(unittest.TestCase):
    """The same steps on io's and on ours, with the same answers."""

    def write(self, rng):
        kind = rng.randrange(5)
        if kind == 0:
            return lambda s: s.write("x" * 11)
        if kind == 1:
            texts = [random_text(rng) for _ in range(3)]
            return lambda s: s.writelines(texts)
        if kind == 2:
            return lambda s: s.write(s.getvalue()[:4000])
        text = random_text(rng)
        return lambda s: s.write(text)

    def read(self, rng):
        n = self.number(rng)
        return rng.choice([
            lambda s: s.read(n), lambda s: s.read(1), lambda s: s.read(),
            lambda s: s.readline(), lambda s: s.readline(),
            lambda s: s.readline(n), lambda s: s.readlines(n),
            lambda s: next(s), lambda s: list(s), lambda s: s.getvalue()])

    def move(self, rng):
        n, whence = self.number(rng), rng.randrange(4)
        return rng.choice([
            lambda s: s.seek(n), lambda s: s.seek(0), lambda s: s.seek(0, 2),
            lambda s: s.seek(n, whence), lambda s: s.truncate(n),
            lambda s: s.truncate(), lambda s: s.truncate(0)])

    def begin_again(self, rng):
        text, newline = random_text(rng), rng.choice(NEWLINES)
        n = self.number(rng)
        state = text, newline, max(n, 0), rng.choice([None, {}, {"x": n}])
        return rng.choice([
            lambda s: s.__setstate__(state), lambda s: s.__getstate__(),
            lambda s: s.__init__(text, newline), lambda s: s.write(n)])

    def number(self, rng):
        return rng.randrange(3000) if rng.random() < 0.1 else (
            rng.randrange(-3, 50))

    def check_program(self, seed):
        rng = random.Random(seed)
        newline = rng.choice(NEWLINES)
        text = random_text(rng)
        theirs = standard.StringIO(text, newline)
        ours = rillio.StringIO(text, newline)
        given = []
        for _ in range(30):
            kind, = rng.choices([self.write, self.read, self.move,
                                 self.begin_again], [7, 10, 7, 2])
            step = kind(rng)
            self.assertEqual(outcome(step, ours), outcome(step, theirs))
            self.assertEqual(ours.tell(), theirs.tell())
            self.assertEqual(ours.newlines, theirs.newlines)
            if rng.random() < 0.4:
                given.append((ours.getvalue(), theirs.getvalue()))
        given.append((ours.getvalue(), theirs.getvalue()))
        for got, expected in given:  # and none has changed since
            self.assertEqual(got, expected)
            self.assertEqual(hash(got), hash(expected))
            self.assertEqual(got.isascii(), expected.isascii())
            if len(got) > 1:  # it is as narrow as can be
                self.assertEqual(sys.getsizeof(got), sys.getsizeof(expected))

    def test_random_programs(self):
        for seed in range(2500):
            with self.subTest(seed=seed):
                self.check_program(seed)


class Text_that_is_shared(unittest.TestCase):
    """A str that came in or went out never changes, and is not copied."""

    def test_what_came_in(self):
        text = "line\n" * 300
        for newline in NEWLINES[:3]:
            s = rillio.StringIO(text, newline)
            self.assertIs(s.getvalue(), text)
            self.assertIs(s.read(), text)
        short = "short \u20ac"
        self.assertIs(rillio.StringIO(short).getvalue(), short)
        s = rillio.StringIO()
        s.write(text)
        self.assertIs(s.getvalue(), text)
        s.seek(3)
        s.write("X")
        self.assertEqual(text, "line\n" * 300)
        self.assertEqual(s.getvalue(), "linX\n" + "line\n" * 299)

    def test_what_went_out(self):
        for character in "a\xe9\u20ac\U0001f600":
            s = rillio.StringIO()
            for _ in range(1000):
                s.write(character)
            value = s.getvalue()
            self.assertIs(s.getvalue(), value)
            hash(value)
            s.seek(0)
            self.assertIs(s.read(), value)
            s.seek(500)
            s.write("b")
            s.truncate(700)
            self.assertEqual(value, character * 1000)
            self.assertEqual(
                s.getvalue(), character * 500 + "b" + character * 199)

    def test_value_that_is_dropped(self):
        s = rillio.StringIO()
        for i in range(2000):
            s.write("x")
            self.assertEqual(len({s.getvalue(): 1}.popitem()[0]), i + 1)
        self.assertEqual(s.getvalue(), "x" * 2000)

    def test_write_of_its_own_value(self):
        s = rillio.StringIO("ab" * 600)
        s.write(s.getvalue())
        s.write(s.getvalue())
        self.assertEqual(s.getvalue(), "ab" * 1200)

    def test_subclass_of_str_is_not_kept(self):
        text = Text("abc" * 500)
        alive = weakref.ref(text)
        s = rillio.StringIO(text)
        s.write(text)
        del text
        self.assertIsNone(alive())


class MemoryUse(unittest.TestCase):
    """Memory is that of the text: one str, as wide as its widest character."""

    def peak(self, work):
        gc.collect()
        tracemalloc.start()
        try:
            kept = work()
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        del kept
        return now, peak

    def write_pieces(self, piece):
        s = rillio.StringIO()
        for _ in range(100_000):
            s.write(piece)
        return s

    def test_width(self):
        for character, width in zip("a\xe9\u20ac\U0001f600", [1, 1, 2, 4]):
            size = width * 1_000_000
            now, peak = self.peak(
                lambda: self.write_pieces(character * 10))
            self.assertLess(now, 1.6 * size)
            self.assertLess(peak, 2.7 * size)

    def test_value_is_given_away(self):
        s = self.write_pieces("a" * 10)
        now, peak = self.peak(lambda: [s.getvalue() for _ in range(10)])
        self.assertLess(peak, 1_100_000)  # the str itself, moved at most

    def test_initial_value_is_not_copied(self):
        text = "a" * 1_000_000

        def read():
            s = rillio.StringIO(text)
            return s, s.read(999_999) and s.getvalue()

        self.assertLess(self.peak(read)[0], 10_000)

    def test_truncate_frees(self):
        for size, limit in (0, 2_000), (10, 2_000), (100_000, 102_000):
            def work():
                s = self.write_pieces("a" * 10)
                s.truncate(size)
                return s

            self.assertLess(self.peak(work)[0], limit)

    def test_close_frees(self):
        def work():
            s = self.write_pieces("a" * 10)
            s.close()
            return s

        self.assertLess(self.peak(work)[0], 2_000)


class Protocols(unittest.TestCase):
    def test_pickle(self):
        for newline in NEWLINES:
            s = Subclass("a\nb\r\nc\u20ac", newline)
            s.note = "x"
            s.seek(3)
            for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
                t = pickle.loads(pickle.dumps(s, protocol))
                self.assertIs(type(t), Subclass)
                self.assertEqual(t.__getstate__(), s.__getstate__())
                self.assertEqual(t.readline(), s.readline())
                s.seek(3)
            self.assertEqual(copy.copy(s).__getstate__(), s.__getstate__())
        for protocol in 0, 1:
            with self.assertRaises(TypeError):
                pickle.dumps(rillio.StringIO(), protocol)

    def test_weak_references(self):
        s = rillio.StringIO("x")
        alive = weakref.ref(s)
        self.assertIs(alive(), s)
        del s
        self.assertIsNone(alive())

    def test_cycles_are_collected(self):
        for make in rillio.StringIO, Subclass:
            s = make("x")
            s.itself = s
            alive = weakref.ref(s)
            del s
            gc.collect()
            self.assertIsNone(alive())

    def test_bases(self):
        s = rillio.StringIO()
        for module in standard, rillio:
            self.assertIsInstance(s, module.TextIOBase)
            self.assertIsInstance(s, module.IOBase)
            self.assertNotIsInstance(s, module.BufferedIOBase)

    def test_is_closed_by_with(self):
        with rillio.StringIO("x") as s:
            self.assertEqual(s.read(), "x")
        self.assertTrue(s.closed)

    def test_subclass_is_closed_when_it_dies(self):
        class Noisy(rillio.StringIO):
            def close(self):
                calls.append("close")
                super().close()

        calls = []
        Noisy()
        self.assertEqual(calls, ["close"])

    def test_documentation(self):
        for name in vars(standard.StringIO):
            if callable(getattr(rillio.StringIO, name)):
                self.assertTrue(getattr(rillio.StringIO, name).__doc__, name)


class Reentry(unittest.TestCase):
    def test_writelines_over_what_closes_it(self):
        def lines(action):
            yield "a" * 600
            action()
            yield "b"

        s = rillio.StringIO()
        with self.assertRaises(ValueError):
            s.writelines(lines(s.close))
        s.__init__("q" * 700)
        s.getvalue()
        s.writelines(lines(lambda: s.__init__("\u20ac")))
        self.assertEqual(s.getvalue(), "b")

    def test_arguments_that_close_it(self):
        class Closing:
            def __index__(self):
                s.close()
                return 1

        for name in "read", "readline", "truncate", "seek":
            s = rillio.StringIO("abc")
            with self.assertRaises(ValueError):
                getattr(s, name)(Closing())
        s = rillio.StringIO("abc")
        with self.assertRaises(ValueError):
            s.seek(0, Closing())

    def test_readline_that_closes_it(self):
        class Closing(rillio.StringIO):
            def readline(self, size=-1):
                self.close()
                return "x"

        s = Closing("a\nb\n")
        self.assertEqual(next(s), "x")
        with self.assertRaises(ValueError):
            next(s)

    def test_state_whose_keys_run_code(self):
        class Key(str):
            def __eq__(self, other):
                vars(s).clear()
                s.__setstate__(("other", "\n", 0, {"y": 1}))
                gc.collect()
                return False

            __hash__ = str.__hash__

        s = rillio.StringIO("abc")
        vars(s)["x"] = 1
        s.__setstate__(("text", "\n", 0, {Key("x"): 2}))
        self.assertEqual(s.getvalue(), "other")

    def test_str_subclass_with_methods_of_its_own(self):
        class Hostile(str):
            def fail(self, *args):
                raise AssertionError("must not be called")

            __len__ = __getitem__ = __str__ = __iter__ = __eq__ = fail
            replace = encode = find = fail
            __hash__ = str.__hash__

        for newline in NEWLINES:
            s = rillio.StringIO(Hostile("a\n"), newline)
            s.write(Hostile("b\r\n"))
            s.write(Hostile("c\n"))
            self.assertIs(type(s.getvalue()), str)

    def test_threads(self):
        s = rillio.StringIO()

        def work(character):
            for i in range(2000):
                s.write(character * 9)
                s.getvalue()
                if i % 50 == 0:
                    s.truncate(s.tell() // 2)
                    s.seek(0, 2)
                    s.readline()

        threads = [threading.Thread(target=work, args=(character,))
                   for character in "a\xe9\u20ac\U0001f600"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(set(s.getvalue()), set("a\xe9\u20ac\U0001f600\0"))


class Allocation(unittest.TestCase):
    def work(self):
        s = rillio.StringIO("a\r\n" * 400, None)
        s.seek(0, 2)
        s.write("\u20ac\n" * 300)
        s.getvalue()
        s.seek(5)
        s.write("x\r\n")
        s.seek(5000)
        s.write("\U0001f600")
        s.truncate(700)
        s.seek(0)
        s.readline()
        s.read(10)
        s.x = 1
        state = s.__getstate__()
        t = rillio.StringIO(newline="\r\n")
        t.__setstate__(state)
        t.__setstate__(state)
        t.write("q\n")
        return state, t.getvalue(), s.newlines

    def test_no_leaks(self):
        for _ in range(10):
            self.work()
        before = sys.getallocatedblocks()
        for _ in range(2000):
            self.work()
            rillio.StringIO().close()
            outcome(rillio.StringIO, "x", "bad")
            outcome(rillio.StringIO, 5)
            outcome(rillio.StringIO("abc").__setstate__, ("", "", -1, None))
        self.assertLess(sys.getallocatedblocks() - before, 100)

    @unittest.skipUnless(hasattr(_testcapi, "set_nomemory"), "needs _testcapi")
    def test_every_allocation_fails(self):
        right = self.work()
        for allowed in range(1000):
            _testcapi.set_nomemory(allowed, allowed + 1)
            try:
                got = self.work()
            except MemoryError:
                got = None
            finally:
                _testcapi.remove_mem_hooks()
            if got is not None:
                break
        self.assertEqual(got, right)
        self.assertGreater(allowed, 10)  # times it has failed

    @unittest.skipUnless(hasattr(_testcapi, "set_nomemory"), "needs _testcapi")
    def test_failed_write_changes_nothing(self):
        for start in "a" * 600, "\xe9" * 600:
            for text in "x" * 900, "\u20ac":
                s = rillio.StringIO(start)
                s.seek(3)
                failed = False
                _testcapi.set_nomemory(0, 1)
                try:
                    s.write(text)
                except MemoryError:
                    failed = True
                finally:
                    _testcapi.remove_mem_hooks()
                self.assertTrue(failed)
                self.assertEqual((s.getvalue(), s.tell()), (start, 3))


if __name__ == "__main__":
    unittest.main()
