"""IncrementalNewlineDecoder: as io's, in every statement and in random ones."""
import codecs
import gc
import io as standard
import random
import sys
import unittest

import rillio
from compare import assert_same, outcome

try:
    import _testcapi
except ImportError:
    _testcapi = None

# All widths of a str, a lone surrogate, a NUL; \u010d and \u0d0a have the bytes
# of \r and \n.
CHARACTERS = ["a", "\0", "\x85", "\xe9", "\u010d", "\u0d0a", "\u20ac", "\ud800",
              "\U0001f600"]


class Text(str):
    """A str, but not exactly one."""


class Index:
    def __index__(self):
        return 1


class Inner:
    """A decoder that answers with what it was asked for."""

    def __init__(self, state=(b"", 0)):
        self.state = state

    def decode(self, *args, **kwargs):
        return repr((args, kwargs)) + "\r\n"

    def getstate(self):
        return self.state

    def setstate(self, state):
        return "set", state

    def reset(self):
        return "reset"


def random_text(rng, longest=12):
    """Text of one width, about a third of it line ends."""
    letters = rng.choice(["a", "ab\xe9", CHARACTERS])
    return "".join(
        rng.choice(["\r", "\n", "\r\n"]) if rng.random() < 0.35
        else rng.choice(letters) for _ in range(rng.randrange(longest)))


class Statements(unittest.TestCase):
    def check(self, *program):
        assert_same(self, list(program), Text=Text, Index=Index, Inner=Inner,
                    codecs=codecs)

    def test_without_a_decoder(self):
        self.check(
            "d = io.IncrementalNewlineDecoder(None, True)",
            "d.newlines", r"d.decode('a\r')", "d.getstate()", "d.newlines",
            r"d.decode('\nb')", "d.newlines", r"d.decode('c\rd')", "d.newlines",
            r"d.decode('e\r', True)", r"d.decode('f\n')", "d.newlines",
            "d.reset()", "d.newlines", "d.setstate((b'', 1))", "d.decode('x')",
            r"d.decode('\r')", "d.decode('')", "d.getstate()",
            "d.decode('', True)", "d.decode('', final=True)", "d.getstate()",
            r"d.decode('\u20ac\r\n\r')", r"d.decode('\U0001f600')",
            r"d.decode('\ud800\r\n\r\n')", "d.newlines")

    def test_that_only_looks(self):
        self.check(
            "d = io.IncrementalNewlineDecoder(None, False)",
            r"d.decode('a\r\nb\r')", "d.newlines", "d.getstate()",
            r"d.decode('\n')", "d.newlines", r"d.decode('a\rb')", "d.newlines",
            r"d.decode('\r', True)", r"d.decode(Text('a\r\nb'))",
            r"type(d.decode(Text('a\r\nb')))", r"type(d.decode(Text('a\r')))")

    def test_each_combination_of_newlines(self):
        for ends in range(8):
            text = "".join(f"x{end}" for bit, end in
                           enumerate(["\r", "\n", "\r\n"]) if ends >> bit & 1)
            for translate in 0, 1:
                self.check(
                    f"d = io.IncrementalNewlineDecoder(None, {translate})",
                    f"d.decode({text + 'x'!r})", "d.newlines")

    def test_arguments(self):
        self.check(
            "D = io.IncrementalNewlineDecoder",
            "D()", "D(None)", "D(None, 1, 2, 3)", "D(None, True, foo=5)",
            "D(None, translate=1, decoder=2)", "D(None, True, 5)",
            "D(decoder=None, translate=True, errors=None)", "D(None, 'x')",
            "D(None, 1.5)", "D(None, None)", "D(None, 2**70)", "D(None, [])",
            "D(None, Index())", "D(None, True, 'ignore').errors",
            "D(None, 1).decode()", "D(None, 1).decode('a', 1, 2)",
            r"D(None, 1).decode(input='a\r', final=1)",
            "D(None, 1).decode('a', input=1)", "D(None, 1).decode('a', foo=1)",
            "D(None, 1).decode(final=1)", "D(None, 1).decode('a', 'x')",
            r"D(None, 1).decode('a\r', None)", r"D(None, 1).decode('a\r', [])",
            r"D(None, 1).decode('a\r', Index())", "D(None, 1).decode(b'x')",
            "D(None, 1).decode(5)", "D(None, 1).setstate(5)",
            "D(None, 1).setstate(())", "D(None, 1).setstate([b'', 0])",
            "D(None, 1).setstate((b'', 'x'))", "D(None, 1).setstate()",
            "D(None, 1).setstate((5, 3))", "D(None, 1).reset(1)")

    @unittest.skipIf(sys.version_info < (3, 10), "io itself crashes")
    def test_uninitialized(self):
        self.check(
            "D = io.IncrementalNewlineDecoder", "d = D.__new__(D)",
            "d.decode('')", "d.decode(5)", "d.decode()", "d.getstate()",
            "d.setstate((b'', 0))", "d.setstate(5)", "d.reset()", "d.newlines",
            "d.__init__(None)", "d.newlines", "d.__init__(None, 1)",
            "d.newlines", r"d.decode('\r\n')", "d.__init__(None)", "d.newlines",
            "d.__init__(None, 1)", "d.newlines")

    def test_inner_decoder(self):
        self.check(
            "D = io.IncrementalNewlineDecoder", "d = D(Inner(), True)",
            "d.decode(b'x')", "d.decode(b'x', 7)", "d.decode(None)",
            "d.newlines", "d.getstate()", "d.setstate((b'x', 7))",
            "d.setstate((b'x', 2**70 + 6))", "d.setstate((b'x', -1))",
            "d.getstate()", "d.reset()", "D(object(), 1).decode('')",
            "D(object(), 1).reset()", "D(object(), 1).getstate()",
            "D(object(), 1).setstate((b'', 0))")

    def test_states_of_the_inner_decoder(self):
        for state in ("5", "()", "(1, 2, 3)", "(1, 'x')", "(1, -1)", "('q', 5)",
                      "(1, 2**64 + 1)", "(1, 2**63)", "(1, 1.5)", "[b'', 0]"):
            self.check(f"d = io.IncrementalNewlineDecoder(Inner({state}), 1)",
                       "d.getstate()", "d.setstate((b'', 1))", "d.getstate()")

    def test_codecs(self):
        for name in "utf-8", "utf-16", "latin-1", "utf-7":
            data = "a\r\nb\rc\u20ac\n\r".encode(name, "replace")
            self.check(
                f"i = codecs.getincrementaldecoder({name!r})()",
                "d = io.IncrementalNewlineDecoder(i, True)",
                *[f"d.decode({data[i:i + 1]!r})" for i in range(len(data))],
                "d.getstate()", "d.decode(b'', True)", "d.newlines")

    def test_object(self):
        self.check(
            "d = io.IncrementalNewlineDecoder(None, 1)",
            "d.newlines = 1", "d.__dict__", "__import__('weakref').ref(d)", "d",
            "sorted(n for n in dir(d) if n[0] != '_')",
            "type('D', (io.IncrementalNewlineDecoder,), {})(None, 1).decode('')"
        )


class RandomPrograms(unittest.TestCase):
    def pair(self, rng):
        translate = rng.randrange(2)
        inner = rng.choice([None, "utf-8", "utf-16-le"])
        return inner, [
            module.IncrementalNewlineDecoder(
                inner and codecs.getincrementaldecoder(inner)("replace"),
                translate) for module in (standard, rillio)]

    def step(self, rng, inner):
        """What to do with a decoder."""
        kind = rng.randrange(10)
        if kind == 0:
            return lambda d: d.reset()
        if kind == 1:
            state = (b"", rng.randrange(2))
            return lambda d: d.setstate(state)
        if kind == 2:
            return lambda d: d.setstate(d.getstate())
        data = random_text(rng, rng.choice([12, 12, 12, 500]))
        if inner:
            data = data.encode(inner, "replace")
            data = data[:rng.randrange(len(data) + 1)]
        final = rng.random() < 0.2
        return lambda d: d.decode(data, final)

    def test_random_programs(self):
        for seed in range(3000):
            rng = random.Random(seed)
            inner, (theirs, ours) = self.pair(rng)
            for _ in range(12):
                step = self.step(rng, inner)
                with self.subTest(seed=seed):
                    for after in step, lambda d: (d.newlines, d.getstate()):
                        self.assertEqual(outcome(after, ours),
                                         outcome(after, theirs))

    def test_pieces_of_any_size_are_the_whole(self):
        rng = random.Random(1)
        for _ in range(500):
            text = random_text(rng, 40)
            decoder = rillio.IncrementalNewlineDecoder(None, True)
            got, at = "", 0
            while at < len(text):
                size = rng.randrange(1, 6)
                got += decoder.decode(text[at:at + size])
                at += size
            got += decoder.decode("", True)
            self.assertEqual(
                got, text.replace("\r\n", "\n").replace("\r", "\n"))


class Results(unittest.TestCase):
    def test_what_does_not_change_is_not_copied(self):
        for translate in False, True:
            decoder = rillio.IncrementalNewlineDecoder(None, translate)
            for text in ("plain \n text" * 9, "\xe9\n" * 9, "\u20ac\n" * 9,
                         Text("of a subclass\n")):
                self.assertIs(decoder.decode(text), text)
        for text in "a\rb\r\nc", "\u20ac\rb", "a\r\U0001f600":
            self.assertIs(decoder.decode(text, True) is text, False)
            keeps = rillio.IncrementalNewlineDecoder(None, False)
            self.assertIs(keeps.decode(text, True), text)

    def test_results_are_as_narrow_as_can_be(self):
        decoder = rillio.IncrementalNewlineDecoder(None, True)
        for text in "a\r\n" * 9, "\xe9\r\n" * 9, "\u20ac\r" * 9:
            got = decoder.decode(text, True)
            self.assertEqual(sys.getsizeof(got),
                             sys.getsizeof((got + "x")[:-1]))


class Reentry(unittest.TestCase):
    def test_inner_decoder_that_replaces_itself(self):
        class Replacing(Inner):
            def again(self, *args):
                outer.__init__(None, True)
                gc.collect()
                return "a\r\n"

            decode = setstate = reset = again

            def getstate(self):
                self.again()
                return b"", 1

        for call in (lambda: outer.decode(b"x"), lambda: outer.reset(),
                     lambda: outer.setstate((b"", 0)),
                     lambda: outer.getstate()):
            outer = rillio.IncrementalNewlineDecoder(Replacing(), True)
            call()
            self.assertEqual(outer.decode("b\r\n"), "b\n")

    def test_cycle_is_collected(self):
        class Held(Inner):
            def __del__(self):
                died.append(1)

        died = []
        inner = Held()
        inner.outer = rillio.IncrementalNewlineDecoder(inner, True)
        del inner
        gc.collect()
        self.assertEqual(died, [1])


class Memory(unittest.TestCase):
    def work(self):
        decoder = rillio.IncrementalNewlineDecoder(Inner(), True)
        decoder.decode(b"x")
        decoder.getstate()
        decoder.setstate((b"", 3))
        decoder.reset()
        decoder.__init__(None, True)
        decoder.decode("a\r\nb\rc\n\u20ac\r")
        return decoder.newlines

    def test_no_leaks(self):
        for _ in range(10):
            self.work()
        before = sys.getallocatedblocks()
        for _ in range(2000):
            self.work()
        self.assertLess(sys.getallocatedblocks() - before, 100)

    @unittest.skipUnless(hasattr(_testcapi, "set_nomemory"), "needs _testcapi")
    def test_every_allocation_fails(self):
        decoder = rillio.IncrementalNewlineDecoder(None, True)
        text = "a\r\n" * 200
        failures = 0
        for allowed in range(20):
            decoder.reset()
            _testcapi.set_nomemory(allowed, allowed + 1)
            try:
                got = decoder.decode(text)
            except MemoryError:
                got = None
            finally:
                _testcapi.remove_mem_hooks()
            if got is not None:
                self.assertEqual(got, "a\n" * 200)
                break
            failures += 1
            self.assertIsNone(decoder.newlines)
        self.assertGreater(failures, 0)


if __name__ == "__main__":
    unittest.main()
