"""TextIOWrapper: as io's, in every statement and in random programs, in what
these come to and in what the buffer sees."""
import errno
import io as standard
import random
import unittest
import warnings

import rillio
from compare import assert_same, outcome
from recording import Buffer

NEWLINES = [None, "", "\n", "\r", "\r\n"]


# ---- Statements ------------------------------------------------------------

CONSTRUCT = [
    "io.TextIOWrapper()",
    "io.TextIOWrapper(5)",
    "io.TextIOWrapper(None)",
    "io.TextIOWrapper(B(), 'nope')",
    "io.TextIOWrapper(B(), 5)",
    "io.TextIOWrapper(B(), 'utf-8', 5)",
    "io.TextIOWrapper(B(), 'utf-8', 'nope').errors",
    "io.TextIOWrapper(B(), 'utf-8', newline='x')",
    "io.TextIOWrapper(B(), 'utf-8', newline='\\n\\n')",
    "io.TextIOWrapper(B(), 'utf-8', newline=b'x')",
    "io.TextIOWrapper(B(), 'utf-8', newline=5)",
    "io.TextIOWrapper(B(), 'utf-8', newline='\\0')",
    "io.TextIOWrapper(B(), 'utf-8', newline='\\ud800')",
    "io.TextIOWrapper(B(), 'hex')",
    "io.TextIOWrapper(B(), 'rot13')",
    "io.TextIOWrapper(B(), '')",
    "io.TextIOWrapper(B(), 'utf-8\\0x')",
    "io.TextIOWrapper(B(), '\\ud800')",
    "io.TextIOWrapper(B(), 'UTF8').encoding",
    "io.TextIOWrapper(B(), 'locale').encoding",
    "io.TextIOWrapper(B(), None).encoding",
    "io.TextIOWrapper(B()).encoding",
    "io.TextIOWrapper(B(), 'latin1').errors",
    "io.TextIOWrapper(B(), 'ascii', None, None, 1, 1).line_buffering",
    "io.TextIOWrapper(B(), 'ascii', None, None, 0, 1).write_through",
    "io.TextIOWrapper(B(), 'ascii', None, None, 'x')",
    "io.TextIOWrapper(B(), 'ascii', None, None, 2**70)",
    "io.TextIOWrapper(B(), 1, 2, 3, 4, 5, 6)",
    "io.TextIOWrapper(B(), encoding='ascii', nope=1)",
    "io.TextIOWrapper(buffer=B(), encoding='ascii').read()",
    "repr(io.TextIOWrapper(B(), 'ascii'))",
    "io.TextIOWrapper(io.StringIO('x'), 'ascii').read()",
    "io.TextIOWrapper(io.StringIO('x'), 'utf-8').read()",
    "io.TextIOWrapper(io.StringIO('x'), 'utf-16').read()",
    "io.TextIOWrapper(B(), 'ascii').mode",
    "io.TextIOWrapper(B(), 'ascii').name",
    "io.TextIOWrapper(B(), 'ascii')._CHUNK_SIZE",
    "io.TextIOWrapper(B(), 'ascii').newlines",
    "io.TextIOWrapper(B(b'a'), 'utf-16').read()",
    "io.TextIOWrapper(B(b'a\\xffb'), 'utf-8', 'nope').read()",
    "[c.__name__ for c in io.TextIOWrapper.__mro__]",
    "io.TextIOWrapper.read.__text_signature__",
    "io.TextIOWrapper.write.__text_signature__",
    "hash(io.TextIOWrapper(B(), 'ascii')) != 0",
]

UNINITIALIZED = [
    "t = io.TextIOWrapper.__new__(io.TextIOWrapper)",
    "repr(t)", "t.read()", "t.readline()", "next(t)", "list(t)",
    "t.write('x')", "t.writelines(['x'])", "t.flush()", "t.close()",
    "t.detach()", "t.tell()", "t.seek(0)", "t.truncate()",
    "t.reconfigure()", "t.reconfigure(encoding='ascii')", "t.fileno()",
    "t.isatty()", "t.readable()", "t.writable()", "t.seekable()",
    "t.closed", "t.name", "t.newlines", "t.errors", "t._CHUNK_SIZE",
    "t.encoding", "t.buffer", "t.line_buffering", "t.write_through",
    "setattr(t, '_CHUNK_SIZE', 1)", "t.__enter__()",
    "t.__init__(B(), newline='x')", "t.read()",
    "t.__init__(B(b'abc'), 'ascii')", "t.read()",
    "t.__init__(B(b'abc'), 'nope')", "t.read()",
    "t.__init__(B(b'abc'), errors=5)", "t.errors", "t.read()",
    "t.__init__(B(b'xyz'), 'ascii')", "t.read(1)", "t.tell()",
]

OPERATIONS = [
    "b = B('h\xe9llo\\nw\xf6rld\\n\u20acuro'.encode())",
    "t = io.TextIOWrapper(b, 'utf-8')",
    "t.read(2)", "t.tell()", "t.read(0)", "t.readline(2)", "t.readline()",
    "t.readline(-1)", "t.readline(None)", "t.readline('x')",
    "t.readline(2**70)", "t.readline(1, 2)", "t.readline(size=1)",
    "t.read('x')", "t.read(1.5)", "t.read(2**70)", "t.read(1, 2)",
    "t.read(None)", "t.read()",
    "t.seek(0)", "t.readlines(1)", "t.seek(0)", "t.readlines(6)",
    "t.seek(0)", "t.readlines(7)", "t.seek(0)", "t.readlines(-1)",
    "t.readlines('x')", "t.seek(-1)", "t.seek(1, 1)", "t.seek(-1, 2)",
    "t.seek(0, 1)", "t.seek(0, 2)", "t.seek(0, 3)", "t.seek('x')",
    "t.seek(0, 'x')", "t.seek()", "t.seek(1, 2, 3)", "t.seek(1.5)",
    "t.seek(2**200)", "t.seek(float('nan'))", "t.seek(2)", "t.seek(0)",
    "next(t)", "t.tell()", "next(t)", "t.read()", "t.tell()", "list(t)",
    "t.tell()", "t.write(b'x')", "t.write(5)", "t.write(None)", "t.write()",
    "t.writelines(['a', 'b'])", "t.writelines([b'x'])", "t.flush()",
    "b.getvalue()", "t.truncate(3)", "t.truncate(1, 2)", "t.truncate('x')",
    "t.tell()", "b.getvalue()", "t.buffer is b", "t.fileno()", "t.isatty()",
    "t.readable(), t.writable(), t.seekable()",
    "t.encoding, t.errors, t.line_buffering, t.write_through", "t.closed",
    "t.name", "setattr(t, 'buffer', 5)", "setattr(t, 'encoding', 5)",
    "setattr(t, 'closed', 5)", "delattr(t, '_CHUNK_SIZE')",
    "setattr(t, '_CHUNK_SIZE', 0)", "setattr(t, '_CHUNK_SIZE', 'x')",
    "setattr(t, '_CHUNK_SIZE', 2**70)", "setattr(t, '_CHUNK_SIZE', 5)",
    "t._CHUNK_SIZE", "setattr(t, 'mine', 5)", "t.__dict__", "repr(t)",
    "t.__reduce__()", "t.__reduce_ex__(0)", "t.__reduce_ex__(1)",
    "t.__reduce_ex__(2)", "t.__reduce_ex__(4)",
    "setattr(t, 'mode', 'r')", "repr(t)", "setattr(t, 'name', 'n')",
    "t.detach() is b", "repr(t)", "t.read()", "t.buffer", "t.write('x')",
    "t.closed", "t.close()", "t.encoding", "t.errors", "t.flush()",
    "t.detach()", "t.tell()", "t.newlines", "t.fileno()", "next(t)",
    "t.seek(0)", "t.truncate()", "t.reconfigure()", "t._CHUNK_SIZE",
    "b.closed",
]

CLOSED = [
    "t = io.TextIOWrapper(B(b'ab'), 'ascii')", "t.read(1)",
    "t.close()", "t.close()", "t.closed", "t.read()", "t.read('x')",
    "t.readline()", "t.readline('x')", "t.readlines()", "next(t)",
    "list(t)", "t.write('x')", "t.write(b'x')", "t.writelines(['x'])",
    "t.seek(0)", "t.seek(0, 'x')", "t.tell()", "t.truncate()", "t.flush()",
    "t.isatty()", "t.readable()", "t.seekable()", "t.fileno()", "t.detach()",
    "t.encoding", "t.errors", "t.newlines", "t.buffer.closed", "repr(t)",
    "t.__enter__()", "t.reconfigure()", "t.reconfigure(encoding='utf-8')",
    "t.line_buffering",
]

WRONG_DIRECTION = [
    "r = io.TextIOWrapper(R(b'abc'), 'ascii')",
    "w = io.TextIOWrapper(W(), 'ascii')",
    "r.write('x')", "r.write(5)", "r.writelines(['x'])", "r.writelines([])",
    "r.flush()", "w.read()", "w.read(0)", "w.read('x')", "w.readline()",
    "w.readline(0)", "next(w)", "w.readlines()", "w.newlines", "w.tell()",
    "w.write('abc')", "w.tell()", "w.seek(0)", "w.seek(0, 2)",
    "w.seek(1 << 128)", "r.tell()", "r.read(1)", "r.tell()",
    "r.truncate()", "r.readable(), r.writable()", "w.readable(), w.writable()",
]

RECONFIGURE = [
    "b = B(b'a\\xe9\\r\\nb')", "t = io.TextIOWrapper(b, 'latin-1')",
    "t.reconfigure()",
    "t.reconfigure(line_buffering=True), t.line_buffering",
    "t.reconfigure(write_through=True), t.write_through",
    "t.reconfigure(line_buffering=None), t.line_buffering",
    "t.reconfigure(line_buffering=0), t.line_buffering",
    "t.reconfigure(line_buffering='x')",
    "t.reconfigure(line_buffering=2**70)",
    "t.reconfigure(errors='ignore'), t.errors",
    "t.reconfigure(encoding='ascii'), t.errors, t.encoding",
    "t.reconfigure(encoding='nope')", "t.encoding",
    "t.reconfigure(newline='x')", "t.reconfigure(newline='\\r\\n')",
    "t.reconfigure('x')", "t.reconfigure(nope=1)",
    "t.reconfigure(encoding='latin-1')", "t.read(1)",
    "t.reconfigure(encoding='utf-8')", "t.reconfigure(newline=None)",
    "t.reconfigure(errors='ignore')", "t.reconfigure(line_buffering=True)",
    "t.read()", "t.reconfigure(encoding='utf-8')", "t.seek(0)",
    "t.reconfigure(encoding='utf-8')", "t.encoding",
    "t.reconfigure(encoding='utf-16')", "t.seek(0, 2)", "t.write('x')",
    "t.reconfigure(encoding='utf-8-sig')", "t.write('x')", "t.flush()",
    "b.getvalue()",
]

DISABLED_TELL = [
    "t = io.TextIOWrapper(B(b'a\\nb\\nc\\n'), 'ascii')",
    "next(t)", "t.tell()", "t.readline()", "t.tell()", "t.seek(0)",
    "t.tell()", "next(t)", "t.seek(0, 1)", "t.flush()",
    "n = io.TextIOWrapper(N(b'a\\nb\\n'), 'ascii')",
    "n.tell()", "n.seek(0)", "n.seek(0, 9)", "next(n)", "n.tell()",
]

# tell() forgets line ends that were seen behind the place.
SEEN_NEWLINES = [
    line for newline in NEWLINES for data in ["ab\\ncd", "ab\\r\\ncd\\re", "ab"]
    for line in [
        f"t = io.TextIOWrapper(B(b'{data}'), 'utf-8', newline={newline!r})",
        "t.newlines", "t.read(1)", "t.newlines", "t.tell()", "t.newlines",
        "t.read(2)", "t.tell()", "t.newlines", "t.readline()", "t.newlines",
        "t.read()", "t.newlines", "t.tell()", "t.newlines", "t.seek(2)",
        "t.newlines", "t.seek(0)", "t.newlines", "t.read()", "t.newlines",
        "t.write('')", "t.newlines"]]

ODD_BUFFERS = [
    "io.TextIOWrapper(O(read1=lambda n: 'x'), 'ascii').read(1)",
    "io.TextIOWrapper(O(read1=lambda n: 5), 'utf-8').readline()",
    "io.TextIOWrapper(O(read=lambda n=-1: None), 'ascii').read()",
    "io.TextIOWrapper(O(read=lambda n=-1: None), 'utf-8').read()",
    "io.TextIOWrapper(O(read=lambda n=-1: 'x'), 'ascii').read()",
    "io.TextIOWrapper(O(read=lambda n=-1: 'x'), 'utf-8').read()",
    "io.TextIOWrapper(O(read=lambda n=-1: 'x'), 'utf-16').read()",
    "io.TextIOWrapper(O(read=lambda n=-1: [1]), 'latin-1').read()",
    "io.TextIOWrapper(O(read1=lambda n: bytearray(b'zz')), 'ascii').read(1)",
    "io.TextIOWrapper(O(read1=lambda n: memoryview(b'zz')), 'utf-8').read(3)",
    "io.TextIOWrapper(O(read1=lambda n: memoryview(b'zyzy')[::2]), 'utf-8')"
    ".read(3)",
    "io.TextIOWrapper(O(read=lambda n=-1: memoryview(b'zyzy')[::2]), 'utf-8')"
    ".read()",
    "io.TextIOWrapper(O(read=lambda n=-1: memoryview(b'zyzy')[::2]), 'ascii')"
    ".read()",
    "io.TextIOWrapper(O(seekable=lambda: False), 'ascii').tell()",
    "io.TextIOWrapper(O(readable=lambda: False), 'ascii').read()",
    "io.TextIOWrapper(O(writable=lambda: False), 'ascii').write('')",
    "io.TextIOWrapper(O(readable=lambda: 1 // 0), 'ascii')",
    "io.TextIOWrapper(O(writable=lambda: 1 // 0), 'ascii')",
    "io.TextIOWrapper(O(seekable=lambda: 1 // 0), 'ascii')",
    "io.TextIOWrapper(O(tell=lambda: 1 // 0), 'ascii')",
    "io.TextIOWrapper(O(tell=lambda: 'x'), 'ascii').tell()",
    "io.TextIOWrapper(O(tell=lambda: None), 'ascii').tell()",
    "io.TextIOWrapper(O(flush=lambda: 1 // 0), 'ascii').flush()",
    "io.TextIOWrapper(O(flush=lambda: 5), 'ascii').flush()",
    "io.TextIOWrapper(O(close=lambda: 5), 'ascii').close()",
    "io.TextIOWrapper(O(write=lambda b: 1 // 0), 'ascii', write_through=True)"
    ".write('x')",
    "t = io.TextIOWrapper(O(write=lambda b: 1 // 0), 'ascii')",
    "t.write('x')", "t.flush()", "t.flush()",
]

SUBCLASS = [
    "S = type('S', (io.TextIOWrapper,), {'readline': lambda self: ''})",
    "s = S(B(b'a\nb'), 'ascii')", "s.read(1)", "list(s)", "s.tell()",
    "s.readlines()",
    "S = type('S', (io.TextIOWrapper,), {'readline': lambda self: b''})",
    "s = S(B(b'a\nb'), 'ascii')", "next(s)", "list(s)", "s.tell()",
    "S = type('S', (io.TextIOWrapper,), {'closed': True})",
    "s = S(B(b'a\nb'), 'ascii')", "s.read()", "s.write('x')", "next(s)",
    "S = type('S', (io.TextIOWrapper,), {'flush': lambda self: 1 // 0})",
    "s = S(B(b'a\nb'), 'ascii')", "s.read(1)", "s.tell()", "s.seek(0)",
    "s.seek(0, 2)", "s.truncate()", "s.reconfigure()", "s.detach()",
    "s.close()", "s.closed",
    "S = type('S', (io.TextIOWrapper,), {'__slots__': ()})",
    "repr(S(B(), 'ascii'))",
    "class T(io.TextIOWrapper):\n"
    "    def __init__(self, buffer): pass",
    "T(B()).read()", "repr(T(B()))",
]


class Odd:
    """A buffer of which each method may be another."""

    closed = False

    def __init__(self, **methods):
        for name in ("readable", "writable", "seekable"):
            setattr(self, name, lambda: True)
        self.read = lambda n=-1: b""
        self.tell = lambda: 0
        self.flush = self.close = lambda: None
        self.__dict__.update(methods)


class Statements(unittest.TestCase):
    """The same statements on both modules."""

    def check(self, program):
        class Reader(standard.BytesIO):
            def writable(self):
                return False

        class Writer(standard.BytesIO):
            def readable(self):
                return False

        class NotSeekable(standard.BytesIO):
            def seekable(self):
                return False

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert_same(self, program, B=standard.BytesIO, R=Reader, W=Writer,
                        N=NotSeekable, O=Odd)

    def test_construct(self):
        self.check(CONSTRUCT)

    def test_uninitialized(self):
        self.check(UNINITIALIZED)

    def test_operations(self):
        self.check(OPERATIONS)

    def test_closed(self):
        self.check(CLOSED)

    def test_wrong_direction(self):
        self.check([line for line in WRONG_DIRECTION if "128" not in line])

    def test_reconfigure(self):
        self.check(RECONFIGURE)

    def test_disabled_tell(self):
        self.check(DISABLED_TELL)

    def test_subclass(self):
        self.check(SUBCLASS)

    def test_interrupted(self):
        """A call that a signal interrupted is made again; not buffer.read()
        for everything, nor flush()."""
        class Interrupted(Buffer):
            left = 0

            def note(self, name, *args):
                super().note(name, *args)
                if self.left:
                    self.left -= 1
                    raise InterruptedError(errno.EINTR, "interrupted")

        def run(module, left):
            buffer = Interrupted(b"ab\ncd\n")
            text = module.TextIOWrapper(buffer, "ascii")
            seen = []
            for name, *args in [("read", 1), ("readline",), ("seek", 0),
                                ("readline",), ("read",), ("write", "x"),
                                ("flush",), ("seek", 0, 2), ("truncate",)]:
                buffer.left = left
                seen.append(outcome(getattr(text, name), *args))
            return seen, buffer.calls[:]

        for left in 1, 2:
            self.assertEqual(run(rillio, left), run(standard, left))

    def test_seen_newlines(self):
        self.check(SEEN_NEWLINES)

    def test_odd_buffers(self):
        self.check(ODD_BUFFERS)

    def test_errors_and_encodings(self):
        texts = ["ab", "\xe9\u20ac", "\ud800", "\udcff", "a\nb\r\n", ""]
        for encoding in ["ascii", "latin-1", "utf-8", "utf-8-sig", "utf-16",
                         "utf-16-be", "utf-32", "utf-7", "iso-2022-jp",
                         "cp1252", "unicode_escape"]:
            for errors in ["strict", "replace", "ignore", "backslashreplace",
                           "xmlcharrefreplace", "namereplace",
                           "surrogatepass", "surrogateescape", "nope"]:
                self.check(["b = B()", f"t = io.TextIOWrapper(b, "
                            f"{encoding!r}, {errors!r})"] +
                           [f"t.write({text!r})" for text in texts] +
                           ["t.flush()", "b.getvalue()", "t.seek(0)",
                            "t.read(1)", "t.read()"] +
                           ["t.seek(0)", "b.seek(0)",
                            "b.write(b'a\\xff\\x80\\xe2\\x82')", "t.seek(0)",
                            "t.read(1)", "t.read()", "t.readline()"])

    def test_strings_with_nul_or_surrogates_change_nothing(self):
        text = rillio.TextIOWrapper(rillio.BytesIO(b"ab"), "ascii")
        for name in "encoding", "errors", "newline":
            for value, error in [("a\0", ValueError),
                                 ("\ud800", UnicodeEncodeError),
                                 (5, TypeError)]:
                with self.assertRaises(error):
                    text.reconfigure(**{name: value})
                with self.assertRaises(error):
                    text.__init__(rillio.BytesIO(), **{name: value})
                text.__init__(rillio.BytesIO(b"ab"), "ascii")
        self.assertEqual(text.read(), "ab")


# ---- Random programs -------------------------------------------------------

ENCODINGS = ["utf-8"] * 6 + [
    "ascii", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    "utf-32-be", "utf-8-sig", "utf-7", "iso2022_jp", "shift_jis", "gb18030",
    "hz", "cp1252", "euc_jp", "big5", "raw_unicode_escape", "unicode_escape"]
ERRORS = ["strict"] * 4 + ["ignore", "replace", "surrogateescape",
                           "backslashreplace", "surrogatepass",
                           "xmlcharrefreplace"]
ALPHABETS = ["ab\n", "ab\r\n", "\r\n", "a\xe9\n\r", "a\u20ac\u65e5\n",
             "\U0001f600\n\ra", "xyz\ud800\n", "abc defgh\n"]


class Program:
    """A random program, which is the same for the same seed."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.encoding = rng.choice(ENCODINGS)
        # io crashes where such a decoder is set to nothing (gh-153603).
        self.stateful = self.encoding.startswith("iso2022")
        self.text = dict(encoding=self.encoding, errors=rng.choice(ERRORS),
                         newline=rng.choice(NEWLINES),
                         line_buffering=rng.random() < .2,
                         write_through=rng.random() < .15)
        data = self.bytes()
        self.buffer = None
        if rng.random() < .75:
            self.buffer = dict(
                seekable=rng.random() < .85, read1=rng.random() < .8,
                short=rng.randrange(2) * seed, readable=rng.random() < .9,
                writable=rng.random() < .8)
        self.data = data
        self.start = rng.choice([0, 0, 0, rng.randint(0, len(data) + 1)])
        self.chunk = rng.choice([None, 1, 2, 3, 5, rng.randint(1, 20)])
        self.steps = [self.step() for _ in range(rng.randint(1, 14))]

    def characters(self, n):
        letters = self.rng.choice(ALPHABETS) + self.rng.choice(ALPHABETS)
        return "".join(self.rng.choices(letters, k=self.rng.randint(0, n)))

    def bytes(self):
        rng = self.rng
        data = self.characters(60).encode(self.encoding, "ignore") or b"a"
        if rng.random() < .3:
            data = bytes(rng.choices(data, k=rng.randint(0, 60)))
        if rng.random() < .15:
            data = bytes(rng.choices(b"a\r\n\xe2\x82\xac\xff\xc3\xa9",
                                     k=rng.randint(0, 60)))
        if rng.random() < .05:
            data *= rng.randint(1, 2000)
        return data

    def settings(self):
        rng = self.rng
        changes = {}
        if rng.random() < .5:
            changes["encoding"] = rng.choice(
                [e for e in ENCODINGS if not e.startswith("iso2022")])
        if rng.random() < .4:
            changes["errors"] = rng.choice(ERRORS)
        if rng.random() < .4:
            changes["newline"] = rng.choice(NEWLINES)
        if rng.random() < .3:
            changes["line_buffering"] = rng.choice([True, False, None])
        return changes

    def step(self):
        rng = self.rng
        anywhere = 0 if self.stateful else rng.randint(0, len(self.data) + 3)
        kind = rng.choices(
            ["read", "read_all", "readline", "next", "write", "flush", "tell",
             "seek_cookie", "seek", "truncate", "reconfigure", "chunk",
             "buffer.seek", "readlines", "writelines", "close", "detach"],
            [14, 3, 13, 8, 15, 5, 16, 8, 5, 2, 4, 2, 1, 1, 1, 1, 1])[0]
        if kind == "read":
            return kind, rng.choice([-1, 0, 1, 2, 3, rng.randint(0, 30),
                                     rng.randint(0, 9000)])
        if kind == "read_all":
            return "read",
        if kind == "readline":
            return kind, *rng.choice([(), (), (rng.randint(-1, 12),)])
        if kind == "write":
            text = self.characters(12)
            return kind, text * rng.choice([1] * 9 + [rng.randint(1, 1500)])
        if kind == "seek_cookie":
            return kind, rng.randrange(10)
        if kind == "seek":
            return kind, *rng.choice(
                [(0,), (0, 2), (0, 2 if self.stateful else 1), (anywhere,)])
        if kind == "truncate":
            return kind, *rng.choice([(), (rng.randint(0, 20),)])
        if kind == "reconfigure":
            return kind, self.settings()
        if kind == "chunk":
            return kind, rng.choice([1, 4, 16, 100])
        if kind == "buffer.seek":
            return kind, rng.randint(0, len(self.data))
        if kind == "readlines":
            return kind, rng.choice([-1, 3, 20])
        if kind == "writelines":
            return kind, [self.characters(5) for _ in range(3)]
        return kind,

    def run(self, module):
        """All that can be seen of it."""
        if self.buffer is None:
            buffer = module.BytesIO(self.data)
        else:
            buffer = Buffer(self.data, **self.buffer)
        buffer.seek(self.start)
        run = Run(module.TextIOWrapper(buffer, **self.text), buffer,
                  self.stateful)
        if self.chunk:
            run.text._CHUNK_SIZE = self.chunk
        for step in self.steps:
            run.do(*step)
        run.see("repr", outcome(repr, run.text))
        run.see("encoding", run.text.encoding, run.text.errors)
        run.see("close", outcome(run.text.close))
        if not buffer.closed and self.buffer is None:
            run.see(buffer.getvalue())
        return run.seen


class Run:
    """One run of a program on one module."""

    def __init__(self, text, buffer, stateful):
        self.text, self.buffer, self.stateful = text, buffer, stateful
        self.cookies = [0]
        self.seen = []
        # After next() without a seek() io takes the position from memory that
        # is not its own: then nothing asks for it.
        self.lost = False

    def see(self, *what):
        self.seen.append(what)

    def tell(self):
        self.cookies.append(self.text.tell())
        return self.cookies[-1]

    def seek_cookie(self, i):
        cookie = self.cookies[i % len(self.cookies)]
        if self.stateful and cookie and not (cookie >> 64) & 0xffffffff:
            cookie = 0
        return self.text.seek(cookie)

    def call(self, name, *args):
        if self.lost and (name, *args) in [("tell",), ("seek", 0, 1)]:
            name, args = "flush", ()
        if name == "tell":
            return outcome(self.tell)
        if name == "next":
            return outcome(next, self.text)
        if name == "seek_cookie":
            return outcome(self.seek_cookie, *args)
        if name == "chunk":
            return outcome(setattr, self.text, "_CHUNK_SIZE", *args)
        if name == "buffer.seek":
            return outcome(self.buffer.seek, *args)
        if name == "reconfigure":
            return outcome(lambda: self.text.reconfigure(**args[0]))
        return outcome(getattr(self.text, name), *args)

    def do(self, name, *args):
        came = self.call(name, *args)
        if name == "next":
            self.lost = came[0] != "StopIteration"
        elif name == "readlines" and args[0] >= 0:
            self.lost = True
        elif name.startswith("seek") and came[0] == "int":
            self.lost = False
        self.see(name, args, came, outcome(lambda: self.text.newlines),
                 getattr(self.buffer, "calls", [])[:])


class RandomPrograms(unittest.TestCase):
    def setUp(self):
        catcher = warnings.catch_warnings()
        catcher.__enter__()
        self.addCleanup(catcher.__exit__, None, None, None)
        warnings.simplefilter("ignore")  # unicode_escape has opinions

    def test_same_as_io(self):
        """Values, exceptions, cookies, line ends and calls of the buffer."""
        for seed in range(1, 6000):
            program = Program(seed)
            expected, got = program.run(standard), program.run(rillio)
            if got != expected:
                i = [a == b for a, b in zip(expected, got)].index(False)
                self.fail(f"seed {seed}: {program.text} of "
                          f"{program.data[:100]!r}\nafter "
                          f"{str(expected[:i])[-2000:]}\n"
                          f"io:     {str(expected[i])[:2000]}\n"
                          f"rillio: {str(got[i])[:2000]}")

    def test_every_position(self):
        """tell() after each character; from there, all reads as from io's."""
        for seed in range(150):
            rng = random.Random(seed)
            encoding = rng.choice(
                [e for e in ENCODINGS if not e.startswith("iso2022")])
            letters = "ab\r\n\xe9" + ("" if "latin" in encoding else "\u65e5")
            data = "".join(rng.choices(letters, k=60)).encode(
                encoding, "ignore")
            chunk, newline = rng.randint(1, 20), rng.choice(NEWLINES)

            def positions(module):
                text = module.TextIOWrapper(module.BytesIO(data), encoding,
                                            newline=newline)
                text._CHUNK_SIZE = chunk
                cookies = [text.tell()]
                while text.read(1):
                    cookies.append(text.tell())
                return cookies, [(text.seek(cookie), text.read(),
                                  text.newlines) for cookie in cookies]

            with self.subTest(seed=seed, encoding=encoding):
                self.assertEqual(outcome(positions, rillio),
                                 outcome(positions, standard))

if __name__ == "__main__":
    unittest.main()
