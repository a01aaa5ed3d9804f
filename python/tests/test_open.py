"""open(): as io's, for every combination of arguments; and saving files."""
import builtins
import gc
import io
import os
import pathlib
import pty
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import warnings

import compare
import rillio

PYTHONPATH = str(pathlib.Path(rillio.__file__).parents[1])

# What open() made, in words; then it is closed.
SHOW = """def show(f):
    layers = []
    layer = f
    while layer is not None:
        layers.append((layer, type(layer).__name__, layer.mode, layer.name,
                       layer.readable(), layer.writable(), layer.seekable(),
                       layer.tell(), layer.isatty(), layer.closed))
        layer = getattr(layer, "buffer", getattr(layer, "raw", None))
    text = [getattr(f, name, None) for name in (
        "encoding", "errors", "newlines", "line_buffering", "write_through")]
    return layers, text, f.close(), f.closed
"""

# Arguments that open() refuses, or takes.
ARGUMENTS = [
    "", "'f', file='f'", "'f', bogus=1",
    "'f', 'r', -1, None, None, None, 1, None, 5", "mode='r'",
    "file='f'", "**{k: 1 for k in 'abcdefghi'}",
    "'f', 5", "'f', None", "'f', b'r'", "'f', 'r\\0'", "'f', '\\ud800'",
    "'f', 'r', 2**40",
    "'f', 'r', 2**80", "'f', encoding=5", "'f', encoding=b'utf-8'",
    "'f', encoding='a\\0b'", "'f', encoding='nope'", "'f', encoding='hex'",
    "'f', encoding=None", "'f', encoding='latin-1'", "'f', encoding='locale'",
    "'f', errors=5", "'f', errors='replace'", "'f', errors='nope'",
    "'f', errors='a\\0b'", "'f', newline=5", "'f', newline='x'",
    "'f', newline='\\n\\n'", "'f', newline=''", "'f', newline='\\r\\n'",
    "'f', closefd=False", "'f', opener=5", "'f', opener=lambda p, f: -1",
    "'f', opener=lambda p, f: 'x'", "'f', opener=os.open",
    "'f', opener=lambda p, f: os.open('g', f)", "Path('f'), opener=os.open",
    "None", "[]", "-1", "2**40", "10**9", "'a\\0b'", "b'f'", "Path('f')",
    "Path('f'), 'rb', 0", "Pathlike('f')", "Pathlike(b'f')", "Pathlike(5)",
    "Pathlike('missing')", "'missing'", "'.'", "'.', 'w'", "directory", "''",
    "'missing/f', 'w'", "'f', 'x'", "Number(f)", "Number(f), 'rb', 0",
    "f, 'rb', closefd=False", "f, 'r', closefd=0", "f, 'rb', 0, closefd=False",
    "'f', 'wb', encoding='utf-8'", "'f', 'rb', errors='strict'",
    "'f', 'rb', newline=''", "'f', 'rbt', encoding='x'",
    "'f', 'rwb', newline=1",
    "'f', 'rw', encoding='nope'",
]

# Arguments of the wrong type: each Python has its own words.
WRONG = [
    "1.5", "'f', 'r', 'x'", "'f', 'r', 1.5", "'f', 'r', None",
    "'f', closefd='x'", "'f', closefd=None", "'f', closefd=1.5",
]

BUFFERINGS = [-5, -1, 0, 1, 2, 10, 100_000]


class Pathlike:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


class Number:
    """A descriptor that is no int."""

    def __init__(self, fd):
        self.fd = fd

    def __index__(self):
        return os.dup(self.fd)

    def __int__(self):
        raise NotImplementedError

    def __repr__(self):
        return "Number"


class InDirectory(unittest.TestCase):
    """Each test in an empty directory of its own."""

    def setUp(self):
        before = os.getcwd()
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(os.chdir, before)
        os.chdir(directory)


class Compare(InDirectory):
    """Both do the same."""

    def setUp(self):
        super().setUp()
        self.directory = os.open(".", os.O_RDONLY)
        self.addCleanup(os.close, self.directory)
        pathlib.Path("f").touch()
        self.fd = os.open("f", os.O_RDWR)
        self.addCleanup(os.close, self.fd)

    def fresh(self):
        pathlib.Path("f").write_bytes(b"one\r\ntwo\nthree\r")
        pathlib.Path("g").write_bytes(b"other")
        pathlib.Path("new").unlink(missing_ok=True)
        os.lseek(self.fd, 0, os.SEEK_SET)

    def compare(self, program):
        names = {"fresh": self.fresh, "os": os, "Path": pathlib.Path,
                 "Pathlike": Pathlike, "Number": Number, "f": self.fd,
                 "directory": self.directory}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compare.assert_same(self, ["fresh()", SHOW] + program + [
                "Path('f').read_bytes()", "Path('new').exists()"], **names)

    def test_modes(self):
        letters = ["", "r", "w", "x", "a", "rw", "rr", "wx", "ra", "U", "rU",
                   "q", "\xe9", "+", "b", "t", "bt", "+b", "++", "s "]
        suffixes = ["", "b", "t", "+", "b+", "+b", "+t", "t+", "bt", "tb+",
                    "++", "bb", "tt"]
        for file in "f", "new":
            for mode in {a + b for a in letters for b in suffixes}:
                with self.subTest(file=file, mode=mode):
                    self.compare([f"show(io.open({file!r}, {mode!r}))"])

    def test_arguments(self):
        for arguments in ARGUMENTS:
            with self.subTest(arguments):
                self.compare([f"show(io.open({arguments}))"])

    @unittest.skipIf(sys.version_info < (3, 10), "other words")
    def test_wrong_arguments(self):
        for arguments in WRONG:
            with self.subTest(arguments):
                self.compare([f"show(io.open({arguments}))"])

    def test_buffering(self):
        for mode in "r", "w", "a+", "rb", "wb", "r+b", "ab":
            for buffering in BUFFERINGS:
                with self.subTest(mode=mode, buffering=buffering):
                    self.compare([
                        f"show(io.open('f', {mode!r}, {buffering}))"])

    def test_what_is_written_when(self):
        for buffering in [-1, 2, 10, 100_000]:
            with self.subTest(buffering=buffering):
                self.compare([
                    f"o = io.open('f', 'wb', {buffering})",
                    "o.write(b'x' * 7)", "Path('f').read_bytes()",
                    "o.write(b'y' * 7)", "Path('f').read_bytes()",
                    "o.write(b'z' * 9000)", "len(Path('f').read_bytes())",
                    "o.close()"])

    def test_lines_of_text(self):
        for newline in None, "", "\n", "\r", "\r\n":
            with self.subTest(newline=newline):
                self.compare([
                    f"o = io.open('f', 'w+', newline={newline!r})",
                    "o.write('a\\nb\\r\\nc\\rd')", "o.flush()",
                    "Path('f').read_bytes()", "o.seek(0)", "o.readlines()",
                    "o.close()",
                    f"o = io.open('f', newline={newline!r}, encoding='utf-8')",
                    "list(o)", "o.newlines", "o.close()"])

    def test_errors_of_the_encoding(self):
        pathlib.Path("f").write_bytes(b"caf\xe9")
        for errors in "strict", "replace", "ignore", "surrogateescape", "nope":
            for encoding in "utf-8", "ascii":
                with self.subTest(errors=errors, encoding=encoding):
                    compare.assert_same(self, [
                        f"f = io.open('f', 'r', -1, {encoding!r}, {errors!r})",
                        "f.read()", "f.close()"])

    def test_what_is_warned_of(self):
        arguments = ["'f', 'rb', 1", "'f', 'r', 1", "'f', 'wb', 1", "True"]
        for args in arguments:
            seen = []
            for module in io, rillio:
                with warnings.catch_warnings(record=True) as record:
                    warnings.simplefilter("always")
                    f = eval(f"module.open({args}, closefd=False)"
                             if args == "True" else f"module.open({args})",
                             {"module": module})
                    seen.append([(w.category, str(w.message), w.lineno,
                                  w.filename) for w in record])
                    f.close()
            with self.subTest(args):
                self.assertEqual(seen[0], seen[1])

    def test_warnings_as_errors(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compare.assert_same(self, ["io.open('f', 'wb', 1)"])

    def test_terminal(self):
        terminal, ours = pty.openpty()
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.close, ours)
        compare.assert_same(self, [
            "f = io.open(ours, 'w', closefd=False)", "f.line_buffering",
            "f = io.open(ours, 'w', 100, closefd=False)", "f.line_buffering",
            "f = io.open(ours, 'rb', closefd=False)", "f.isatty()"], ours=ours)

    @unittest.skipUnless(hasattr(io, "text_encoding"), "since 3.10")
    def test_text_encoding(self):
        compare.assert_same(self, [
            "io.text_encoding(None)", "io.text_encoding('x')",
            "io.text_encoding(5)", "io.text_encoding(None, 1)",
            "io.text_encoding(None, 'x')", "io.text_encoding()",
            "io.text_encoding(1, 2, 3)"])

    def test_open_code(self):
        pathlib.Path("f").write_bytes(b"code")
        compare.assert_same(self, [
            "io.open_code(5)", "io.open_code('missing')", "io.open_code()",
            "io.open_code('f', path='f')", "io.open_code(x='f')",
            "io.open_code(None)", "io.open_code('f', 'rb')",
            "f = io.open_code(path='f')", "f.mode", "f.read()", "f.close()"])

    def test_in_other_interpreters(self):
        code = """if True:
            import sys, warnings
            io = __import__(sys.argv[1])
            warnings.simplefilter("always")
            print(ascii(io.open("f").encoding))
            def helper(encoding=None):
                return io.text_encoding(encoding)
            if sys.version_info >= (3, 10):
                print(helper())
            sys.addaudithook(lambda name, args:
                             name == "open" and print(args))
            io.open("f", "r+t").close()
            io.open(b"f", "ab", 0).close()
            io.open_code("f").close()
            """
        for options in [], ["-X", "utf8"], ["-X", "warn_default_encoding"]:
            seen = []
            for module in "io", "rillio":
                done = subprocess.run(
                    [sys.executable, *options, "-c", code, module], text=True,
                    capture_output=True,
                    env=dict(os.environ, PYTHONPATH=PYTHONPATH))
                seen.append((done.returncode, done.stdout,
                             compare.plain(done.stderr)))
            with self.subTest(options):
                self.assertEqual(seen[0][0], 0, seen[0])
                self.assertEqual(seen[0], seen[1])


class Behaviour(InDirectory):
    def test_classes_are_ours(self):
        expected = {("r", -1): rillio.TextIOWrapper,
                    ("wb", -1): rillio.BufferedWriter,
                    ("ab", 5): rillio.BufferedWriter,
                    ("rb", -1): rillio.BufferedReader,
                    ("r+b", -1): rillio.BufferedRandom,
                    ("xb", 0): rillio.FileIO}
        for (mode, buffering), expected_type in expected.items():
            if mode == "xb":
                os.unlink("f")
            else:
                pathlib.Path("f").touch()
            with rillio.open("f", mode, buffering) as f:
                self.assertIs(type(f), expected_type)
                if mode == "r":
                    self.assertIs(type(f.buffer), rillio.BufferedReader)
                    self.assertIs(type(f.buffer.raw), rillio.FileIO)

    def test_in_a_class_body(self):
        class Mine:
            opener = rillio.open
            code = rillio.open_code
        pathlib.Path("f").write_text("text")
        with Mine().opener("f") as f, Mine().code(os.path.abspath("f")) as g:
            self.assertEqual(f.read(), "text")
            self.assertEqual(g.read(), b"text")

    def test_stands_for_the_builtin(self):
        pathlib.Path("f").write_text("text")
        with unittest.mock.patch.object(builtins, "open", rillio.open):
            self.assertEqual(pathlib.Path("f").read_text(), "text")
            with open("f") as f:
                self.assertEqual(f.read(), "text")

    def test_nothing_is_left_open_on_failure(self):
        pathlib.Path("f").write_text("text")
        before = os.listdir("/proc/self/fd")
        for args in (("f", "r", 0), ("f", "r", -1, "nope"), (".",),
                     ("f", "r", -1, None, None, "x"), ("f", "rb", 1),
                     ("f", "r", -1, "hex")):
            with self.subTest(args), warnings.catch_warnings():
                warnings.simplefilter("error")
                with self.assertRaises(Exception):
                    rillio.open(*args)
                self.assertEqual(os.listdir("/proc/self/fd"), before)

    def test_text_without_buffer_has_cut_the_file(self):
        pathlib.Path("f").write_text("text")
        with self.assertRaisesRegex(ValueError, "unbuffered text"):
            rillio.open("f", "w", 0)
        self.assertEqual(os.path.getsize("f"), 0)

    @unittest.skipUnless(shutil.which("strace"), "counts with strace")
    def test_system_calls(self):
        pathlib.Path("f").write_bytes(b"x" * 1000)
        for arguments in "'f', 'rb'", "'f', encoding='utf-8'":
            subprocess.run(
                ["strace", "-o", "trace", sys.executable, "-c",
                 "import rillio\n"
                 f"with rillio.open({arguments}) as f: f.read()"],
                env=dict(os.environ, PYTHONPATH=PYTHONPATH), check=True)
            opened, calls = pathlib.Path("trace").read_text() \
                .split('"f", ', 1)[1].split("\n", 1)
            fd = opened.rpartition(" = ")[2]
            names = re.findall(rf"^(\w+)\({fd}\b", calls, re.MULTILINE)[:3]
            with self.subTest(arguments):
                self.assertIn("stat", names.pop(0))
                self.assertEqual(names, ["read", "close"])


class Saving(InDirectory):
    """Mode letter s: the file is there as a whole, or not at all."""

    def content(self, name="f"):
        return pathlib.Path(name).read_bytes()

    def test_appears_at_close(self):
        for mode, data, expected in (("ws", "text\n", b"text\n"),
                                     ("wbs", b"bytes", b"bytes"),
                                     ("xs", "new", b"new"),
                                     ("w+s", "both", b"both")):
            with self.subTest(mode):
                f = rillio.open("f", mode)
                f.write(data)
                f.flush()
                self.assertFalse(os.path.exists("f"))
                f.close()
                self.assertTrue(f.closed)
                self.assertEqual(self.content(), expected)
                self.assertEqual(os.listdir(), ["f"])
                os.unlink("f")

    def test_replaces(self):
        pathlib.Path("f").write_bytes(b"old")
        os.chmod("f", 0o640)
        with rillio.open("f", "ws", encoding="utf-16-le", newline="\r\n") as f:
            f.write("n\n")
            self.assertEqual(self.content(), b"old")
        self.assertEqual(self.content(), b"n\0\r\0\n\0")
        self.assertEqual(stat.S_IMODE(os.stat("f").st_mode), 0o640)

    def test_starts_from_the_old_content(self):
        pathlib.Path("f").write_bytes(b"0123456789")
        with rillio.open("f", "r+bs") as f:
            self.assertEqual(f.read(3), b"012")
            f.seek(5)
            f.write(b"abc")
            self.assertEqual(self.content(), b"0123456789")
        self.assertEqual(self.content(), b"01234abc89")
        with rillio.open("f", "as") as f:
            f.write("more")
        self.assertEqual(self.content(), b"01234abc89more")

    def test_exception_discards(self):
        pathlib.Path("f").write_bytes(b"old")
        for mode, buffering in (("ws", -1), ("wbs", -1), ("wbs", 0),
                                ("r+s", -1), ("as", 1), ("w+bs", 20)):
            with self.subTest(mode=mode, buffering=buffering):
                with self.assertRaises(KeyError):
                    with rillio.open("f", mode, buffering) as f:
                        f.write(b"new" if "b" in mode else "new\n")
                        raise KeyError
                self.assertTrue(f.closed)
                self.assertEqual(self.content(), b"old")
                self.assertEqual(os.listdir(), ["f"])

    def test_forgotten_is_discarded(self):
        pathlib.Path("f").write_bytes(b"old")
        for mode in "ws", "wbs", "r+bs":
            for cycle in False, True:
                with self.subTest(mode=mode, cycle=cycle):
                    f = rillio.open("f", mode)
                    f.write(b"new" if "b" in mode else "new\n")
                    f.flush()
                    if cycle:
                        f.me = f
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", ResourceWarning)
                        del f
                        gc.collect()
                    self.assertEqual(self.content(), b"old")
                    self.assertEqual(os.listdir(), ["f"])

    def test_forgotten_at_the_end_of_the_program(self):
        pathlib.Path("f").write_bytes(b"old")
        code = ("import rillio; f = rillio.open('f', 'ws'); f.write('new'); "
                "f.me = f; rillio.kept = f")
        subprocess.run([sys.executable, "-c", code], check=True,
                       env=dict(os.environ, PYTHONPATH=PYTHONPATH))
        self.assertEqual(self.content(), b"old")

    def test_exception_after_close_changes_nothing(self):
        with self.assertRaises(KeyError):
            with rillio.open("f", "ws") as f:
                f.write("new")
                f.close()
                raise KeyError
        self.assertEqual(self.content(), b"new")

    def test_exception_that_was_caught_inside(self):
        with rillio.open("f", "ws") as f:
            try:
                f.write(5)
            except TypeError:
                f.write("fine")
        self.assertEqual(self.content(), b"fine")

    def test_failing_to_make_a_text_discards(self):
        pathlib.Path("f").write_bytes(b"old")
        for arguments in {"encoding": "nope"}, {"newline": "x"}, \
                {"buffering": 0}:
            with self.assertRaises((LookupError, ValueError)):
                rillio.open("f", "ws", **arguments)
            self.assertEqual(self.content(), b"old")
            self.assertEqual(os.listdir(), ["f"])

    def test_detached_layers(self):
        pathlib.Path("f").write_bytes(b"old")
        text = rillio.open("f", "ws")
        text.write("new")
        raw = text.detach().detach()
        self.assertEqual(self.content(), b"old")
        raw.close()
        self.assertEqual(self.content(), b"new")

    def test_refused(self):
        pathlib.Path("f").write_bytes(b"old")
        for args, kwargs in ((("f", "rs"), {}), (("f", "wss"), {}),
                             (("f", "s"), {}), ((1, "ws"), {}),
                             (("f", "ws"), {"closefd": False}),
                             (("f", "ws"), {"opener": os.open}),
                             (("f", "wsb"), {"encoding": "utf-8"})):
            with self.subTest(args=args, kwargs=kwargs):
                with self.assertRaises(ValueError):
                    rillio.open(*args, **kwargs)
        with self.assertRaises(FileExistsError):
            rillio.open("f", "xs")
        with self.assertRaises(FileNotFoundError) as caught:
            rillio.open("missing", "r+s")
        self.assertEqual(caught.exception.filename, "missing")
        with self.assertRaises(FileNotFoundError):
            rillio.open("missing/f", "ws")
        with self.assertRaises(IsADirectoryError):
            rillio.open(".", "ws")
        self.assertEqual(self.content(), b"old")

    def test_attributes(self):
        for path in "f", b"f", pathlib.Path("f"):
            with rillio.open(path, "ws") as f:
                self.assertIs(type(f), rillio.TextIOWrapper)
                self.assertIs(type(f.buffer), rillio.BufferedWriter)
                self.assertIs(type(f.buffer.raw), rillio.Stream)
                self.assertEqual(f.mode, "ws")
                self.assertEqual(f.name, os.fspath(path))
                self.assertIsInstance(f.buffer.raw, io.RawIOBase)
        with rillio.open("f", "r+bs") as f:
            self.assertIs(type(f), rillio.BufferedRandom)
        with rillio.open("f", "wbs", 0) as f:
            self.assertIs(type(f), rillio.Stream)


if __name__ == "__main__":
    unittest.main()
