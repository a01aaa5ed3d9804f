"""TextIOWrapper: as io's, in every statement, in random programs and in what
its buffer sees; and whatever calls back from within, it stands."""
import codecs
import gc
import io as standard
import os
import pickle
import random
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
import weakref

import rillio
from compare import assert_same, outcome

NEWLINES = [None, "", "\n", "\r", "\r\n"]


class Buffer:
    """A buffered stream in Python that notes what is called. `short` reads
    return less than asked for, by chance, the same each time."""

    def __init__(self, data=b"", seekable=True, read1=True, short=0,
                 readable=True, writable=True):
        self.bytes = standard.BytesIO(data)
        self.calls = []
        self.can = {"seekable": seekable, "readable": readable,
                    "writable": writable}
        self.random = random.Random(short) if short else None
        if read1:
            self.read1 = lambda n: self._read("read1", n)

    def note(self, name, *args):
        self.calls.append((name, *args))

    def asked(self, name):
        self.note(name)
        return self.can[name]

    def readable(self):
        return self.asked("readable")

    def writable(self):
        return self.asked("writable")

    def seekable(self):
        return self.asked("seekable")

    @property
    def closed(self):
        return self.bytes.closed

    def _read(self, name, *args):
        self.note(name, *args)
        if self.random and args and args[0] > 0:
            args = (self.random.randint(1, min(args[0], 20)),)
        return self.bytes.read(*args)

    def read(self, *args):
        return self._read("read", *args)

    def write(self, data):
        self.note("write", bytes(data))
        return self.bytes.write(data)

    def flush(self):
        self.note("flush")

    def seek(self, *args):
        self.note("seek", *args)
        return self.bytes.seek(*args)

    def tell(self):
        self.note("tell")
        return self.bytes.tell()

    def truncate(self, *args):
        self.note("truncate", *args)
        return self.bytes.truncate(*args)

    def close(self):
        self.note("close")
        self.bytes.close()


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


# ---- Codecs ----------------------------------------------------------------

class Decoder(codecs.IncrementalDecoder):
    """Notes what is called; two bytes are a character."""

    calls = None
    state = (b"", 0)
    newlines = "mine"

    def decode(self, data, final=False):
        self.calls.append(("decode", bytes(data), final))
        data = self.state[0] + bytes(data)
        n = len(data) if final else len(data) // 2 * 2
        self.state = data[n:], self.state[1]
        return data[:n:2].decode("latin-1")

    def getstate(self):
        self.calls.append(("getstate",))
        return self.state

    def setstate(self, state):
        self.calls.append(("setstate", state))
        self.state = state

    def reset(self):
        self.calls.append(("reset",))
        self.state = b"", 0


class Encoder(codecs.IncrementalEncoder):
    calls = None

    def encode(self, text, final=False):
        self.calls.append(("encode", text, final))
        return b"".join(bytes([ord(c) & 255]) * 2 for c in text)

    def setstate(self, state):
        self.calls.append(("setstate", state))

    def reset(self):
        self.calls.append(("reset",))


class Codec:
    """A codec under the name rillio_test as long as a with statement runs,
    with other methods for its decoder and encoder if some are given."""

    def __init__(self, decoder=(), encoder=(), **info):
        self.calls = []
        self.info = codecs.CodecInfo(
            None, None, name=info.pop("name", "rillio_test"), **dict(
                dict(incrementaldecoder=type(
                         "D", (Decoder,), dict(decoder, calls=self.calls)),
                     incrementalencoder=type(
                         "E", (Encoder,), dict(encoder, calls=self.calls))),
                **info))

    def find(self, name):
        return self.info if name == "rillio_test" else None

    def __enter__(self):
        self.finder = self.find  # it is known by its identity
        codecs.register(self.finder)
        return self

    def __exit__(self, *exception):
        codecs.unregister(self.finder)


@unittest.skipUnless(hasattr(codecs, "unregister"), "needs codecs.unregister")
class Codecs(unittest.TestCase):
    def same(self, test, newline="\n", data=b"aabb\n\nccdd", **codec):
        """test(text) comes to the same on both, with the same calls of codec
        and buffer."""
        results = []
        for module in standard, rillio:
            with Codec(**codec) as made:
                buffer = Buffer(data)
                text = []
                results.append((
                    outcome(lambda: text.append(module.TextIOWrapper(
                        buffer, "rillio_test", newline=newline))),
                    outcome(lambda: test(text[0])), buffer.calls[:],
                    made.calls[:]))
        self.assertEqual(results[1], results[0])

    def test_calls(self):
        def work(text):
            text._CHUNK_SIZE = 3
            return (text.read(1), text.tell(), text.readline(), text.tell(),
                    text.seek(text.tell()), text.write("xy\n"), text.flush(),
                    text.seek(2), text.read(1), text.tell(), text.newlines,
                    text.seek(0, 2), text.write("z"), text.seek(0),
                    text.read(), text.reconfigure(newline="\r"))

        for newline in NEWLINES:
            self.same(work, newline)

    def test_wrong_results(self):
        for decoder in [
                dict(decode=lambda *args: b"x"),
                dict(decode=lambda *args: None),
                dict(decode=lambda *args: 1 // 0),
                dict(getstate=lambda self: 5),
                dict(getstate=lambda self: ()),
                dict(getstate=lambda self: (b"",)),
                dict(getstate=lambda self: ("", 0)),
                dict(getstate=lambda self: (b"", "x")),
                dict(getstate=lambda self: (b"", 2 ** 40)),
                dict(getstate=lambda self: (b"", -1)),
                dict(setstate=lambda self, state: 1 // 0),
                dict(reset=lambda self: 1 // 0),
                dict(newlines=property(lambda self: 1 // 0)),
                dict(__init__=lambda self, errors: 1 // 0)]:
            for newline in "\n", None:
                for test in [lambda t: (t.read(1), t.tell()),
                             lambda t: t.readline(), lambda t: t.read(),
                             lambda t: (t.read(3), t.tell()),
                             lambda t: t.seek(4), lambda t: t.seek(0),
                             lambda t: t.seek(1 << 64),
                             lambda t: t.seek(0, 2), lambda t: t.newlines,
                             lambda t: t.write("x")]:
                    self.same(test, newline, decoder=decoder)
        for encoder in [dict(encode=lambda *args: "not bytes"),
                        dict(encode=lambda *args: 1 // 0),
                        dict(setstate=lambda self, state: 1 // 0),
                        dict(reset=lambda self: 1 // 0),
                        dict(__init__=lambda self, errors: 1 // 0)]:
            for test in [lambda t: (t.write("x"), t.flush()),
                         lambda t: t.seek(0), lambda t: t.seek(1),
                         lambda t: t.seek(0, 2)]:
                self.same(test, encoder=encoder)

    def test_codec_info(self):
        for info in [dict(_is_text_encoding=False),
                     dict(incrementaldecoder=None),
                     dict(incrementalencoder=None), dict(name=None),
                     dict(name="utf-8", incrementalencoder=None)]:
            self.same(lambda t: (t.write("x"), t.flush()), **info)

    def test_name_of_a_known_encoding(self):
        """Who calls itself utf-8 need not be it."""
        self.same(lambda t: (t.read(1), t.tell(), t.read()), name="utf-8")

    def test_handler_of_errors(self):
        """It sees the same; where it changes what is decoded, it gets that."""
        for result in [("?", 1), ("?", 0), ("", -1), ("x", 99), (5, 5), "no",
                       ("\udcff", 3), ("long text", 2)]:
            seen = []

            def handler(error):
                seen.append((error.encoding, bytes(error.object), error.start,
                             error.end, error.reason))
                if len(seen) > 30:
                    raise error
                return result

            codecs.register_error("rillio_test", handler)
            for encoding in "utf-8", "ascii":
                for chunk in 1, 2, 3, 100:
                    def read(module):
                        seen.clear()
                        text = module.TextIOWrapper(
                            module.BytesIO(b"a\xff\xe2\x82b\xe2"), encoding,
                            "rillio_test")
                        text._CHUNK_SIZE = chunk
                        return [outcome(text.read, n) for n in
                                (1, 1, 2, -1)], seen[:]

                    self.assertEqual(outcome(read, rillio),
                                     outcome(read, standard))

    def test_handler_that_replaces_the_bytes(self):
        def handler(error):
            error.object = b"longer than it was \xe2\x82\xac"
            return "?", 3

        codecs.register_error("rillio_test", handler)

        def read(module):
            text = module.TextIOWrapper(
                module.BytesIO(b"a\xffb\xe2\x82\xac" * 3), "utf-8",
                "rillio_test")
            text._CHUNK_SIZE = 4
            return [outcome(text.read, n) for n in (1, 2, 5, 30, -1)]

        self.assertEqual(read(rillio), read(standard))

    def test_seek_of_iso2022(self):
        """io crashes here: a decoder without a state."""
        text = rillio.TextIOWrapper(
            rillio.BytesIO("a\u65e5b".encode("iso2022_jp")), "iso2022_jp")
        self.assertEqual(text.seek(1), 1)
        self.assertEqual(text.read(), "\u65e5b")
        text.seek(0)
        self.assertEqual(text.read(1), "a")
        cookie = text.tell()
        self.assertEqual(text.read(1), "\u65e5")
        inside = text.tell()
        self.assertEqual(text.read(), "b")
        text.seek(inside)
        self.assertEqual(text.read(), "b")
        text.seek(cookie)
        self.assertEqual(text.read(), "\u65e5b")

    def test_bad_cookies(self):
        """Any number is a cookie; it may be a bad one, but not worse."""
        rng = random.Random(1)
        for encoding in "utf-8", "utf-16", "shift_jis", "cp1252":
            text = rillio.TextIOWrapper(
                rillio.BytesIO("ab\u3042\r\n".encode(encoding, "ignore") * 9),
                encoding)
            for _ in range(2000):
                cookie = sum(
                    rng.choice([0, 0, 1, 5, (1 << bits) - 1, 1 << bits - 1])
                    << shift for shift, bits in
                    [(0, 64), (64, 32), (96, 32), (128, 32), (160, 8)])
                outcome(text.seek, cookie)
                outcome(text.read, 3)
                outcome(text.tell)
        with self.assertRaises(OverflowError):
            text.seek(1 << 168)
        with self.assertRaises(OSError):
            text.seek(0x80000000 << 128)
        write_only = rillio.TextIOWrapper(Buffer(readable=False), "ascii")
        with self.assertRaises(rillio.UnsupportedOperation):
            write_only.seek(1 << 128)


# ---- Calls that come back --------------------------------------------------

def actions(text):
    """What may be done to a text object from within."""
    def restart():
        text.__init__(rillio.BytesIO(b"other\nlines\n" * 3), "latin-1")

    def restart_in_vain():
        text.__init__(rillio.BytesIO(), "nope")

    def configure():
        text.reconfigure(encoding="utf-16", newline="")

    return [text.close, text.detach, text.read, text.readline, text.flush,
            text.tell, restart, restart_in_vain, configure,
            lambda: text.read(2), lambda: next(text), lambda: text.seek(0),
            lambda: text.write("w" * 9000), lambda: text.write("\u20ac\n"),
            lambda: text.truncate(2), lambda: repr(text), gc.collect]


class ComesBack:
    """Calls something, once, when the n-th call of anything is made."""

    def __init__(self, at):
        self.left = at
        self.action = None

    def __call__(self):
        self.left -= 1
        if self.left == 0 and self.action:
            outcome(self.action)


class Reentry(unittest.TestCase):
    USES = [lambda t: t.read(), lambda t: t.read(5), lambda t: t.readline(),
            lambda t: t.readline(3), lambda t: list(t), lambda t: next(t),
            lambda t: (t.read(3), t.tell()), lambda t: t.seek(3),
            lambda t: t.seek(0, 2), lambda t: t.seek(0, 1),
            lambda t: (t.read(1), t.seek(t.tell())),
            lambda t: t.seek((2 << 128) + (3 << 96) + 1),
            lambda t: t.write("abc\n"), lambda t: t.write("x" * 9000),
            lambda t: t.write("\xe9\r"), lambda t: t.flush(),
            lambda t: (t.write("abc"), t.read(2)),
            lambda t: t.truncate(), lambda t: t.close(),
            lambda t: t.detach(), lambda t: repr(t), lambda t: t.closed,
            lambda t: t.reconfigure(encoding="utf-8", newline="\r\n"),
            lambda t: t.newlines,
            lambda t: t.__init__(t.buffer, "rillio_test")]

    def use(self, make, depth, chunk=4):
        """Each use with each action, in each of the first calls."""
        for use in self.USES:
            for which in range(17):
                for at in range(1, depth):
                    back = ComesBack(at)
                    try:
                        text = make(back)
                    except Exception:
                        continue
                    text._CHUNK_SIZE = chunk
                    back.action = actions(text)[which]
                    outcome(use, text)
                    outcome(text.read)
                    outcome(text.close)

    @staticmethod
    def buffer(back):
        class Calls(standard.BytesIO):
            pass

        def method(name):
            def call(self, *args):
                back()
                return getattr(standard.BytesIO, name)(self, *args)
            return call

        for name in ["read", "read1", "write", "flush", "seek", "tell",
                     "truncate", "readable", "writable", "seekable", "close"]:
            setattr(Calls, name, method(name))
        return Calls(b"ab\r\ncd\ne\xc3\xa9\nf\rg" * 2)

    def test_from_the_buffer(self):
        for newline in None, "\r\n":
            self.use(lambda back: rillio.TextIOWrapper(
                self.buffer(back), "utf-8", newline=newline,
                line_buffering=True), 9)

    @unittest.skipUnless(hasattr(codecs, "unregister"),
                         "needs codecs.unregister")
    def test_from_the_codec(self):
        def method(base, name):
            def call(self, *args):
                self.back()
                return getattr(base, name)(self, *args)
            return call

        def make(back):
            for name in "decode", "getstate", "setstate", "reset":
                decoder[name] = method(Decoder, name)
            for name in "encode", "setstate", "reset":
                encoder[name] = method(Encoder, name)
            with Codec(dict(decoder, back=lambda self: back()),
                       dict(encoder, back=lambda self: back())):
                return rillio.TextIOWrapper(
                    rillio.BytesIO(b"aabb\n\nccdd\r\r\n\n"), "rillio_test",
                    newline=newline)

        decoder, encoder = {}, {}
        for newline in None, "\n":
            self.use(make, 9)

    def test_from_the_handler_of_errors(self):
        def handler(error):
            back[0]()
            return "?", error.end

        def make(comes_back):
            back[0] = comes_back
            return rillio.TextIOWrapper(
                rillio.BytesIO(b"\xff\xe2\x82\n\xff\xff\r\xe2\n"), "utf-8",
                "rillio_test")

        back = [None]
        codecs.register_error("rillio_test", handler)
        self.use(make, 5)

    def test_from_a_subclass(self):
        class Text(rillio.TextIOWrapper):
            back = staticmethod(lambda: None)

            def flush(self):
                self.back()
                return super().flush()

            def readline(self, *args):
                self.back()
                return super().readline(*args)

            def tell(self):
                self.back()
                return super().tell()

            @property
            def closed(self):
                self.back()
                return super().closed

            @property
            def name(self):
                self.back()
                return "name"

        def make(back):
            text = Text(rillio.BytesIO(b"ab\ncd\ne\r\n"), "utf-8")
            text.back = back
            return text

        self.use(make, 6)

    def test_write_from_write(self):
        """What is written from within buffer.write() comes once."""
        class Again(standard.BytesIO):
            text = None

            def write(self, data):
                text, self.text = self.text, None
                if text:
                    text.write("inner")
                    text.write("x" * 10)
                return super().write(data)

        for outer in ["b" * 9000, "b" * 8192, "b" * 4000]:
            buffer = Again()
            text = rillio.TextIOWrapper(buffer, "ascii")
            text.write("a" * 5000)
            buffer.text = text
            text.write(outer)
            text.flush()
            value = buffer.getvalue().decode()
            self.assertEqual(sorted(value),
                             sorted("a" * 5000 + outer + "inner" + "x" * 10))
            self.assertIn("innerxxxxxxxxxx", value)

    def test_threads(self):
        """Nothing is lost of what several write, and nothing breaks."""
        buffer = standard.BytesIO()
        text = rillio.TextIOWrapper(buffer, "utf-8")
        text._CHUNK_SIZE = 50

        def write():
            for i in range(2000):
                text.write("abc\u20ac\n")
                if i % 100 == 0:
                    text.flush()

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        text.flush()
        self.assertEqual(buffer.getvalue().decode(), "abc\u20ac\n" * 8000)


# ---- Life and death --------------------------------------------------------

class Life(unittest.TestCase):
    def test_close_errors(self):
        class Fails(standard.BytesIO):
            def flush(self):
                raise OSError("flush")

            def close(self):
                super().close()
                raise OSError("close")

        def close(module):
            text = module.TextIOWrapper(Fails(), "ascii")
            try:
                text.close()
            except OSError as error:
                return (str(error), str(error.__context__), text.closed)

        def close_own_flush(module):
            text = module.TextIOWrapper(module.BytesIO(), "ascii")
            text.flush = lambda: 1 // 0
            try:
                text.close()
            except ZeroDivisionError as error:
                return text.closed, error.__context__

        for test in close, close_own_flush:
            self.assertEqual(outcome(test, rillio), outcome(test, standard))

    def test_warning_names_the_outermost(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "f")
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                text = rillio.open(path, "w", encoding="ascii")
                text.write("kept")
                del text
                gc.collect()
            self.assertEqual(
                [str(w.message) for w in seen],
                [f"unclosed file <rillio.TextIOWrapper name={path!r} "
                 f"mode='w' encoding='ascii'>"])
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"kept")

    def test_flushed_when_forgotten(self):
        buffer = Buffer()
        text = rillio.TextIOWrapper(buffer, "ascii")
        text.write("abc")
        del text
        self.assertIn(("write", b"abc"), buffer.calls)
        self.assertTrue(buffer.closed)

    def test_cycles(self):
        text = rillio.TextIOWrapper(rillio.BytesIO(b"a\nb"), "utf-8")
        text.me = text
        text.read(1)
        gone = weakref.ref(text)
        del text
        gc.collect()
        self.assertIsNone(gone())

    def test_resurrection(self):
        class Text(rillio.TextIOWrapper):
            def __del__(self):
                kept.append(self)

        kept = []
        text = Text(rillio.BytesIO(b"abc"), "ascii")
        del text
        self.assertEqual(kept[0].read(), "abc")

    def test_not_pickled(self):
        text = rillio.TextIOWrapper(rillio.BytesIO(), "ascii")
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with self.assertRaisesRegex(TypeError, "cannot pickle"):
                pickle.dumps(text, protocol)

    def test_at_shutdown(self):
        """Where nothing can be imported any more, a text can be made."""
        program = ("import rillio\n"
                   "import codecs; codecs.lookup('latin-1')\n"
                   "class C:\n"
                   "    def __del__(self):\n"
                   "        t = make(bytes(), %s)\n"
                   "        t.write('x'); t.close(); print('ok')\n"
                   "def make(data, *args, new=rillio.TextIOWrapper,"
                   " below=rillio.BytesIO): return new(below(data), *args)\n"
                   "c = C()\n")
        for arguments in "'utf-8'", "'latin-1'", "":
            done = subprocess.run(
                [sys.executable, "-c", program % arguments],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=dict(os.environ,
                         PYTHONPATH=os.pathsep.join(filter(None, sys.path))))
            self.assertEqual(done.stdout.strip(), b"ok", done.stderr)

    def test_modes_of_the_interpreter(self):
        """UTF-8 mode, EncodingWarning, development mode: as io's."""
        program = ("import warnings, %s as io\n"
                   "warnings.simplefilter('always')\n"
                   "def run(*args):\n"
                   "    with warnings.catch_warnings(record=True) as seen:\n"
                   "        warnings.simplefilter('always')\n"
                   "        try: t = io.TextIOWrapper(io.BytesIO(), *args)\n"
                   "        except Exception as e: return repr(e)\n"
                   "    return t.encoding, [repr(w.message) for w in seen]\n"
                   "print(run(), run('locale'), run('ascii', 'nope'))\n")
        for option in ["-Xutf8", "-Xutf8=0", "-Xdev",
                       "-Xwarn_default_encoding"]:
            outputs = [subprocess.run(
                [sys.executable, option, "-c", program % name],
                stdout=subprocess.PIPE,
                env=dict(os.environ, PYTHONPATH=os.pathsep.join(
                    filter(None, sys.path)))).stdout
                for name in ("io", "rillio")]
            self.assertTrue(outputs[0])
            self.assertEqual(outputs[1], outputs[0], option)

    def test_no_leaks(self):
        """Five thousand lives leave less than one block for each five."""
        def live():
            text = rillio.TextIOWrapper(
                rillio.BytesIO(b"a\r\nb\xc3\xa9\n" * 5), "utf-8")
            text._CHUNK_SIZE = 4
            text.readline(), text.tell(), text.read(3), text.tell()
            text.seek(text.tell()), list(text), text.seek(0)
            text.write("x\u20ac\n"), text.flush(), text.newlines
            text.reconfigure(encoding="utf-16", newline="\r\n")
            outcome(text.read)
            outcome(text.seek, 1 << 100)
            text.write("y")
            outcome(rillio.TextIOWrapper, rillio.BytesIO(), "nope")
            outcome(text.__init__, rillio.BytesIO(b"x"), "shift_jis")
            text.read(1), text.tell(), text.read()
            text.detach()

        for _ in range(100):
            live()
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(5000):
            live()
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - before, 1000)


if __name__ == "__main__":
    unittest.main()
