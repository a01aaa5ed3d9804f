"""FileIO: as io's, call by call; and what only the system can see."""
import contextlib
import errno
import gc
import io
import os
import pathlib
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
import weakref

import compare
import rillio


class InDirectory(unittest.TestCase):
    """Each test in an empty directory of its own."""

    def setUp(self):
        before = os.getcwd()
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(os.chdir, before)
        os.chdir(directory)


@contextlib.contextmanager
def pipe():
    """Both ends of a pipe that does not block."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    try:
        yield ends
    finally:
        for end in ends:
            with contextlib.suppress(OSError):
                os.close(end)


# What is done with one FileIO `f` over b"0123\n56789", one line after another.
OPERATIONS = [
    ["f.read(3)", "f.read(0)", "f.tell()", "f.read()", "f.read(5)", "f.tell()"],
    ["f.read(-7)", "f.read(None)", "f.readall()"],
    ["f.readall()", "f.readall()", "f.readall(1)"],
    ["b = bytearray(4)", "f.readinto(b)", "b", "f.readinto(memoryview(b)[:2])",
     "b", "f.readinto(bytearray())"],
    ["f.readline()", "f.readline(2)", "f.readlines()", "f.seek(0)",
     "f.readlines(1)", "list(f)", "next(f)"],
    ["f.write(b'abc')", "f.write(bytearray(b'x'))", "f.write(b'')",
     "f.write('x')", "f.write(None)", "f.write(memoryview(b'abcd')[::2])",
     "f.tell()", "f.seek(0)", "f.read()"],
    ["f.writelines([b'ab', b'c'])", "f.writelines([1])", "f.writelines(7)",
     "f.writelines([])", "f.seek(0)", "f.read()"],
    ["f.seek(4)", "f.seek(2, 1)", "f.seek(-3, 2)", "f.read()", "f.seek(-1)",
     "f.seek(-50, 1)", "f.seek(100)", "f.read()", "f.write(b'z')",
     "f.seek(95)", "f.read()"],
    ["f.seek(2**63)", "f.seek(-2**63 - 1)", "f.seek(0, 9)", "f.seek(0, 2**70)",
     "f.seek(0, 2**40)"],
    ["f.seek(3)", "f.truncate()", "f.tell()", "f.seek(0)", "f.read()",
     "f.truncate(8)", "f.tell()", "f.read()", "f.truncate(0)", "f.tell()"],
    ["f.truncate(-1)", "f.truncate(2**64)", "f.truncate(None)",
     "f.truncate(True)", "f.read()"],
    ["f.readable()", "f.writable()", "f.seekable()", "f.seekable(1)",
     "f.isatty()", "f.mode", "f.closefd", "f.closed", "f.name", "f._blksize",
     "f._finalizing", "f.fileno() > 2"],
    ["setattr(f, 'closed', 1)", "setattr(f, 'mode', 1)",
     "setattr(f, '_blksize', 7)", "f._blksize", "setattr(f, 'name', 'n')",
     "f", "delattr(f, 'name')", "f", "setattr(f, 'x', 1)", "f.x",
     "f.y"],
    ["f._dealloc_warn(1)", "f._dealloc_warn()", "f._checkClosed()",
     "f._checkReadable()", "f._checkSeekable()", "f._checkWritable()"],
    ["f.detach()", "f.peek()", "f.read1()", "f.flush()", "len(f)"],
    ["import pickle, copy", "pickle.dumps(f)", "pickle.dumps(f, 0)",
     "copy.copy(f)", "f.__reduce_ex__(4)"],
    ["f.__init__('other', 'w')", "f.write(b'x')", "f", "f.__init__('f')",
     "f.read()", "f.__init__('missing')", "f.closed", "f.read()", "f"],
    ["f.close()", "f.close()", "f.closed", "f", "f.read()", "f.read('x')",
     "f.readall()", "f.readinto(bytearray(1))",
     "f.write(b'x')", "f.write('x')", "f.seek(0)", "f.tell()",
     "f.truncate()", "f.fileno()", "f.isatty()", "f.readable()",
     "f.writable()", "f.seekable()", "f.flush()", "f.readline()",
     "f.readlines()", "next(f)", "iter(f)", "f.writelines([])",
     "f.__enter__()", "f.mode", "f.name", "f.closefd", "f.__exit__()"],
]

# Arguments of the wrong type or number: each Python has its own words.
WRONG = [
    ["f.read(1.5)", "f.read('x')", "f.read(2**70)", "f.read(1, 2)",
     "f.read(size=1)", "f.readinto(b'const')", "f.readinto('x')",
     "f.readinto(None)", "f.readinto(memoryview(bytearray(4))[::2])",
     "f.readinto()", "f.write()"],
    ["f.seek(1.5)", "f.seek('x')", "f.seek(None)", "f.seek(0, 'x')", "f.seek()",
     "f.seek(1, 2, 3)", "f.seek(pos=1)", "f.truncate('x')", "f.truncate(1.5)",
     "f.truncate(1, 2)"],
    ["f.close()", "f.readinto(b'x')", "f.seek('x')", "f.seek(0, 'x')",
     "f.truncate('x')", "f.read('x')"],
    ["FileIO = io.FileIO", "FileIO('f', None)", "FileIO(2.5)",
     "FileIO('f', closefd='x')", "FileIO('f', closefd=2.5)"],
]

# What making one comes to; `show(f)` says what it is and closes it.
CONSTRUCTIONS = [
    "FileIO()", "FileIO('f', 'r', True, None, 5)", "FileIO(file='f')",
    "FileIO('f', file='f')", "FileIO('f', bogus=1)",
    "FileIO('f', 'r', 1, None)",
    "FileIO('f', 'rw')", "FileIO('f', '')", "FileIO('f', 'b')",
    "FileIO('f', 't')", "FileIO('f', 'U')", "FileIO('f', 'r+b')",
    "FileIO('f', 'rbb')", "FileIO('f', 'r++')", "FileIO('f', '+')",
    "FileIO('f', 'rr')", "FileIO('f', '\xe9')", "FileIO('f', 5)",
    "FileIO('f', 'r\\0')", "FileIO('f', mode='a')",
    "FileIO('f', 'a+')", "FileIO('f', 'x')", "FileIO('new', 'x')",
    "FileIO('new2', 'x+')", "FileIO('w', 'w+')", "FileIO(-1)", "FileIO(-5)",
    "FileIO(2**40)", "FileIO(10**9)", "FileIO(None)",
    "FileIO([])", "FileIO('.')", "FileIO('missing')", "FileIO(b'missing')",
    "FileIO(b'f')", "FileIO(Path('f'))", "FileIO(Path('missing'))",
    "FileIO('a\\0b')", "FileIO('')", "FileIO('f', closefd=False)",
    "FileIO('f', opener=3)", "FileIO('f', opener=lambda p, f: 'x')",
    "FileIO('f', opener=lambda p, f: -1)",
    "FileIO('f', opener=lambda p, f: -2)",
    "FileIO('f', opener=lambda p, f: 2**40)",
    "FileIO('f', opener=lambda p, f: 10**9)", "FileIO('f', opener=lambda p: 1)",
    "FileIO('f', opener=os.open)", "FileIO('f', 'r', opener=None)",
    "FileIO('f', 'rw', opener=os.open)",
    "FileIO(os.open('f', os.O_RDONLY))", "FileIO(directory)",
    "FileIO(os.open('f', os.O_RDWR | os.O_APPEND), 'a')",
    "FileIO.__new__(FileIO)", "FileIO.__new__(FileIO).read()",
    "FileIO.__new__(FileIO).mode", "FileIO.__new__(FileIO).name",
]


class Compare(InDirectory):
    """Both do the same."""

    def setUp(self):
        super().setUp()
        self.directory = os.open(".", os.O_RDONLY)
        self.addCleanup(os.close, self.directory)
        quiet = warnings.catch_warnings()
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        warnings.simplefilter("ignore", ResourceWarning)

    def fresh(self):
        pathlib.Path("f").write_bytes(b"0123\n56789")
        for name in ("new", "new2", "w", "other"):
            pathlib.Path(name).unlink(missing_ok=True)

    def compare(self, setup, program):
        names = {"fresh": self.fresh, "os": os, "Path": pathlib.Path,
                 "directory": self.directory}
        compare.assert_same(self, ["fresh()"] + setup + program + [
            "f = None", "Path('f').read_bytes()"], **names)

    def test_operations(self):
        for mode in ("r", "r+", "w", "w+", "a", "a+"):
            for program in OPERATIONS:
                with self.subTest(mode=mode, program=program):
                    self.compare([f"f = io.FileIO('f', {mode!r})"], program)

    @unittest.skipUnless((3, 10) <= sys.version_info < (3, 12), "other words")
    def test_wrong_arguments(self):
        for program in WRONG:
            with self.subTest(program=program):
                self.compare(["f = io.FileIO('f', 'r+')"], program)

    def test_subclass(self):
        for program in OPERATIONS:
            with self.subTest(program=program):
                self.compare(["class F(io.FileIO): pass", "f = F('f', 'r+')"],
                             program)

    def test_constructions(self):
        show = ("show = lambda f: (f, f.closed, f.mode, f.readable(), "
                "f.writable(), f.seekable(), f.tell(), f.closefd, f.close())")
        for source in CONSTRUCTIONS:
            with self.subTest(source):
                self.compare(["FileIO = io.FileIO", show],
                             ["f = " + source, source, f"show({source})"])

    def test_type(self):
        compare.assert_same(self, [
            "sorted(k for k in vars(io.FileIO) if k not in"
            " ('__getattribute__', '__module__'))",
            "[c.__name__ for c in io.FileIO.__mro__]",
            "io.FileIO.x", "io.FileIO.read('x')", "setattr(io.FileIO, 'x', 1)",
            "issubclass(io.FileIO, io.RawIOBase)",
            "issubclass(io.FileIO, io.BufferedIOBase)"])

    def test_pipe_that_is_empty_or_full(self):
        with pipe() as (reader, writer):
            compare.assert_same(self, [
                "r = io.FileIO(reader, closefd=False)",
                "w = io.FileIO(writer, 'w', closefd=False)",
                "r.read()", "r.read(5)", "r.readall()",
                "r.readinto(bytearray(3))", "r.readline()", "r.readlines()",
                "w.write(b'abcdef')", "r.read(2)", "r.readinto(bytearray(1))",
                "r.read()", "w.write(bytes(1 << 20)) < (1 << 20)",
                "w.write(b'x')", "len(r.readall()) > 4096", "r.seek(0)",
                "r.tell()", "r.seekable()", "w.truncate(0)", "r.seekable()",
                "io.FileIO(writer, 'a', closefd=False).seekable()",
            ], reader=reader, writer=writer)

    def test_name_that_names_itself(self):
        self.compare(["f = io.FileIO('f')", "f.name = f"],
                     ["repr(f)", "f.name = [f]", "repr(f)", "f.name = 'g'",
                      "repr(f)", "class N:\n def __repr__(s): 1 / 0",
                      "f.name = N()", "repr(f)"])

    def test_descriptor_closed_behind_its_back(self):
        self.compare(["f = io.FileIO('f', 'r+')", "os.close(f.fileno())"],
                     ["f.read()", "f.readall()", "f.write(b'')", "f.seek(0)",
                      "f.tell()", "f.seekable()", "f.truncate(1)", "f.isatty()",
                      "f.close()", "f.closed", "f.close()"])


class Behaviour(InDirectory):
    def test_is_ours(self):
        with rillio.FileIO("f", "w") as f:
            self.assertIs(type(f), rillio.FileIO)
            self.assertEqual(repr(f), "<rillio.FileIO name='f' mode='wb' "
                                      "closefd=True>")
            self.assertIsInstance(f, io.RawIOBase)
            self.assertIsInstance(f, rillio.RawIOBase)
            self.assertNotIsInstance(f, io.BufferedIOBase)

    def test_position_is_the_descriptors(self):
        pathlib.Path("f").write_bytes(b"0123456789")
        with rillio.FileIO("f") as f:
            os.lseek(f.fileno(), 4, os.SEEK_SET)
            self.assertEqual(f.tell(), 4)
            self.assertEqual(os.read(f.fileno(), 2), b"45")
            self.assertEqual(f.readall(), b"6789")

    def test_position_of_a_buffer_over_it(self):
        pathlib.Path("f").write_bytes(b"0123456789")
        fd = os.open("f", os.O_RDONLY)
        os.lseek(fd, 3, os.SEEK_SET)
        given = rillio.FileIO(fd)
        moved = [rillio.FileIO("f") for _ in range(4)]
        os.lseek(moved[0].fileno(), 3, os.SEEK_SET)
        moved[1].read(3)
        moved[2].readinto(bytearray(3))
        moved[3].seek(3)
        for raw in [given] + moved:
            with rillio.BufferedReader(raw) as f:
                self.assertEqual(f.read(2), b"34")
                f.seek(6)  # within what it has read
                self.assertEqual(f.read(2), b"67")

    def test_readall_of_a_file_that_changes(self):
        with rillio.FileIO("f", "w+") as f, rillio.FileIO("f") as g:
            f.write(b"x" * 100_000)  # g was opened when it was empty
            self.assertEqual(g.readall(), b"x" * 100_000)
            self.assertEqual(g.readall(), b"")
            f.write(b"y" * 10)
            self.assertEqual(g.readall(), b"y" * 10)
        with rillio.FileIO("f") as g:
            os.truncate("f", 10)  # and now it is shorter than it was
            self.assertEqual(g.readall(), b"x" * 10)

    def test_readall_where_the_size_is_not_known(self):
        with rillio.FileIO("/proc/self/status") as f:
            self.assertTrue(f.readall().startswith(b"Name:"))
        for size in (0, 1, 8191, 8192, 8193, 70_000, 1_000_003):
            with self.subTest(size):
                child = subprocess.Popen([sys.executable, "-c", f"""if True:
                    import sys
                    sys.stdout.write("x" * {size})
                    """], stdout=subprocess.PIPE)
                with rillio.FileIO(child.stdout.fileno(), closefd=False) as f:
                    self.assertEqual(f.readall(), b"x" * size)
                child.stdout.close()
                child.wait()

    def test_not_inherited(self):
        with rillio.FileIO("f", "w") as f:
            self.assertFalse(os.get_inheritable(f.fileno()))

        def opener(path, flags):
            fd = os.open(path, flags)
            os.set_inheritable(fd, True)
            return fd
        with rillio.FileIO("f", opener=opener) as f:
            self.assertFalse(os.get_inheritable(f.fileno()))

    def test_failing_leaves_no_descriptor(self):
        pathlib.Path("f").touch()
        before = os.listdir("/proc/self/fd")
        for args in (".",), ("f", "rw"), ("missing",):
            with self.assertRaises((OSError, ValueError)):
                rillio.FileIO(*args)

        class NoName(rillio.FileIO):
            @property
            def name(self):
                raise KeyError

            @name.setter
            def name(self, value):
                raise KeyError
        with self.assertRaises(KeyError):
            NoName("f")
        fd = os.open("f", os.O_RDONLY)
        with self.assertRaises(KeyError):
            NoName(fd)
        os.close(fd)  # still the caller's
        self.assertEqual(os.listdir("/proc/self/fd"), before)

    def test_audit(self):
        code = """if True:
            import sys
            import rillio
            sys.addaudithook(lambda name, args:
                             name == 'open' and print(*args))
            rillio.FileIO('new', 'x+').close()
            """
        done = subprocess.run([sys.executable, "-c", code], text=True,
                              capture_output=True, check=True, env={
                                  **os.environ,
                                  "PYTHONPATH": os.pathsep.join(sys.path)})
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self.assertEqual(done.stdout, f"new x+ {flags}\n")

    def test_warns_of_what_nobody_closed(self):
        with self.assertWarnsRegex(ResourceWarning, "unclosed file "
                                   "<rillio.FileIO name='f' mode='wb' .*>"):
            rillio.FileIO("f", "w")
            gc.collect()
        fd = os.open("f", os.O_RDONLY)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            rillio.FileIO(fd, closefd=False)
            gc.collect()
        os.close(fd)

    def test_closed_with_its_cycle(self):
        class File(rillio.FileIO):
            pass
        f = File("f", "w")
        f.me = f
        fd, gone = f.fileno(), weakref.ref(f)
        with self.assertWarns(ResourceWarning):
            del f
            gc.collect()
        self.assertIsNone(gone())
        with self.assertRaises(OSError):
            os.fstat(fd)

    def test_close_of_a_subclass_is_called_at_its_end(self):
        record = []

        class File(rillio.FileIO):
            def close(self):
                record.append(self._finalizing)
                super().close()
        with self.assertWarns(ResourceWarning):
            File("f", "w")
            gc.collect()
        self.assertEqual(record, [True])

    def test_flush_of_a_subclass_fails_in_close(self):
        class File(rillio.FileIO):
            def flush(self):
                raise KeyError("flush")
        f = File("f", "w")
        fd = f.fileno()
        with self.assertRaises(KeyError):
            f.close()
        self.assertTrue(f.closed)
        with self.assertRaises(OSError):
            os.fstat(fd)

    def test_interrupted_read_is_repeated(self):
        called = []
        before = signal.signal(signal.SIGALRM,
                               lambda *args: called.append(args))
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        reader, writer = os.pipe()
        late = threading.Timer(0.3, os.write, (writer, b"late"))
        with rillio.FileIO(reader) as f:
            late.start()
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            self.assertEqual(f.read(10), b"late")
        late.join()
        os.close(writer)
        self.assertTrue(called)

    def test_interrupted_read_whose_handler_raises(self):
        def handler(*args):
            raise KeyError("stop")
        before = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        reader, writer = os.pipe()
        with rillio.FileIO(reader) as f, rillio.FileIO(writer, "w"):
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with self.assertRaises(KeyError):
                f.read(10)

    def test_no_room(self):
        with rillio.FileIO("/dev/full", "w") as f:
            with self.assertRaises(OSError) as caught:
                f.write(b"x")
        self.assertEqual(caught.exception.errno, errno.ENOSPC)

    def test_unpickled(self):
        with rillio.FileIO("f", "w") as f:
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                with self.assertRaisesRegex(TypeError, "cannot pickle"):
                    pickle.dumps(f, protocol)

    @unittest.skipUnless(shutil.which("strace"), "counts with strace")
    def test_system_calls(self):
        pathlib.Path("f").write_bytes(b"x" * 1000)
        code = """if True:
            import rillio
            f = rillio.FileIO('f')
            f.read()
            f.close()
            """
        subprocess.run(
            ["strace", "-o", "trace", sys.executable, "-c", code], check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        opened, calls = pathlib.Path("trace").read_text().split('"f", ', 1)[1] \
            .split("\n", 1)
        fd = opened.rpartition(" = ")[2]
        names = re.findall(rf"^(\w+)\({fd}\b", calls, re.MULTILINE)[:3]
        self.assertIn("stat", names.pop(0))
        self.assertEqual(names, ["read", "close"])


if __name__ == "__main__":
    unittest.main()
