"""Stream: any stream of librill as a raw file."""
import contextlib
import errno
import gc
import io
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
import weakref

import rillio
from rillio import Stream

TEXT = b"one\ntwo\n\nfour"


class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.path = self.directory / "file"

    def test_reads(self):
        self.path.write_bytes(TEXT)
        with Stream.open(self.path) as stream:
            self.assertEqual(stream.read(2), b"on")
            self.assertEqual(stream.tell(), 2)
            self.assertEqual(stream.readline(), b"e\n")
            self.assertEqual(stream.peek(3)[:3], b"two")
            self.assertEqual(list(stream), [b"two\n", b"\n", b"four"])
            self.assertEqual(stream.read(1), b"")
            self.assertEqual(stream.seek(-4, 2), 9)
            self.assertEqual(stream.read(), b"four")
            self.assertEqual(stream.read(), b"")
            self.assertEqual(stream.seek(1, 0), 1)
            self.assertEqual(stream.seek(2, 1), 3)
            buffer = bytearray(4)
            self.assertEqual(stream.readinto(buffer), 4)
            self.assertEqual(buffer, b"\ntwo")
            self.assertEqual(stream.readline(0), b"")
            self.assertEqual(stream.readlines(), [b"\n", b"\n", b"four"])
            self.assertEqual(stream.read(0), b"")
            stream.seek(0)
            self.assertEqual(stream.readline(2), b"on")
            self.assertEqual(stream.read(1 << 60), TEXT[2:])

    def test_writes(self):
        with Stream.open(self.path, "wb+") as stream:
            self.assertEqual(stream.write(b"abcdef"), 6)
            self.assertEqual(stream.write(memoryview(b"ghi")), 3)
            self.assertEqual(stream.seek(2), 2)
            self.assertEqual(stream.write(b"C"), 1)
            self.assertEqual(stream.read(2), b"de")
            self.assertEqual(stream.truncate(), 5)
            self.assertEqual(stream.truncate(7), 7)
            self.assertEqual(stream.tell(), 5)
            stream.writelines([b"x", b"y", b"z"])
            stream.flush()
            self.assertEqual(self.path.read_bytes(), b"abCdexyz")
            stream.sync()
            self.assertEqual(os.fstat(stream.fileno()).st_size, 8)
        self.assertRaises(TypeError, Stream.memory().write, "text")

    def test_what_it_is(self):
        with Stream.open(str(self.path), "xb+") as stream:
            self.assertEqual(stream.name, str(self.path))
            self.assertEqual(stream.mode, "xb+")
            self.assertEqual(stream.kind, "file")
            self.assertTrue(stream.readable() and stream.writable())
            self.assertTrue(stream.seekable() and not stream.isatty())
            self.assertIn("kind='file' name='", repr(stream))
            for base in io.RawIOBase, io.IOBase, rillio.RawIOBase:
                self.assertIsInstance(stream, base)
        self.assertTrue(stream.closed)
        self.assertEqual(repr(stream), "<rillio.Stream [closed]>")
        for name in ("read readall readline tell flush fileno isatty readable"
                     " sync getvalue truncate").split():
            self.assertRaises(ValueError, getattr(stream, name))
        stream.close()
        stream.discard()

    def test_a_save_is_old_or_new(self):
        self.path.write_bytes(b"old")
        with self.assertRaises(KeyError), Stream.open(self.path, "ws") as s:
            s.write(b"half")
            raise KeyError
        self.assertEqual(self.path.read_bytes(), b"old")
        stream = Stream.open(self.path, "ws")
        stream.write(b"half")
        stream.discard()
        self.assertEqual(self.path.read_bytes(), b"old")
        stream = Stream.open(self.path, "ws")
        stream.write(b"half")
        del stream
        gc.collect()
        self.assertEqual(self.path.read_bytes(), b"old")
        with Stream.open(self.path, "ws") as stream:
            stream.write(b"new")
            self.assertEqual(self.path.read_bytes(), b"old")
        self.assertEqual(self.path.read_bytes(), b"new")
        self.assertEqual(os.listdir(self.directory), ["file"])

    def test_what_is_plain_is_kept_after_an_exception(self):
        with self.assertRaises(KeyError), Stream.open(self.path, "wb") as s:
            s.write(b"half")
            raise KeyError
        self.assertEqual(self.path.read_bytes(), b"half")

    def test_errors(self):
        with self.assertRaises(FileNotFoundError) as caught:
            Stream.open(str(self.path))
        self.assertEqual(caught.exception.filename, str(self.path))
        self.assertRaises(IsADirectoryError, Stream.open, self.directory)
        for mode in "", "q", "rw", "rt", "rs":
            self.assertRaises(ValueError, Stream.open, self.path, mode)
        self.assertRaises(TypeError, Stream.open, self.path, 5)
        self.assertRaises(TypeError, Stream)
        stream = Stream.memory(b"abc")
        self.assertRaises(ValueError, stream.seek, -1)
        self.assertRaises(ValueError, stream.seek, 0, 3)
        self.assertRaises(OverflowError, stream.seek, 1 << 64)
        self.assertRaises(ValueError, stream.truncate, -1)
        self.assertRaises(TypeError, stream.read, "x")
        self.assertRaises(TypeError, stream.read, 1, 2)
        self.assertRaises(io.UnsupportedOperation, stream.fileno)
        self.assertRaises(TypeError, stream.readinto, b"constant")
        self.assertRaises(TypeError, pickle.dumps, stream)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_failure_stays_until_the_end(self):
        stream = Stream.open("/dev/full", "wb")
        stream.write(b"x")
        for call in stream.flush, stream.flush, stream.close:
            with self.assertRaises(OSError) as caught:
                call()
            self.assertEqual(caught.exception.errno, errno.ENOSPC)
        self.assertTrue(stream.closed)

    def test_unclosed_files_are_told(self):
        stream = Stream.open(self.path, "wb")
        stream.write(b"kept all the same")
        with self.assertWarnsRegex(ResourceWarning, "unclosed file <rillio.S"):
            del stream
            gc.collect()
        self.assertEqual(self.path.read_bytes(), b"kept all the same")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            Stream.memory()
            gc.collect()

    def test_below_python_s_buffers_and_text(self):
        for module in io, rillio:
            with module.TextIOWrapper(module.BufferedWriter(
                    Stream.open(self.path, "wb")), "utf-16") as text:
                text.write("schöne\n" * 5000)
            with module.TextIOWrapper(module.BufferedReader(
                    Stream.open(self.path)), "utf-16") as text:
                self.assertEqual(text.read(), "schöne\n" * 5000)

    def test_open_with_s_is_a_buffer_over_one(self):
        self.path.write_text("old")
        with rillio.open(self.path, "ws") as text:
            text.write("new")
            self.assertIsInstance(text.buffer.raw, Stream)
            self.assertEqual(self.path.read_text(), "old")
        self.assertEqual(self.path.read_text(), "new")


class Others(unittest.TestCase):
    def test_memory(self):
        with Stream.memory(b"abc") as stream:
            stream.seek(0, 2)
            stream.write(b"def")
            self.assertEqual(stream.getvalue(), b"abcdef")
            self.assertRaises(io.UnsupportedOperation,
                              Stream.null().getvalue)

    def test_a_spool_becomes_a_file(self):
        with Stream.spool(100) as stream:
            stream.write(b"x" * 100)
            self.assertEqual(stream.getvalue(), b"x" * 100)
            stream.write(b"y")
            self.assertRaises(io.UnsupportedOperation, stream.getvalue)
            stream.flush()
            self.assertEqual(os.fstat(stream.fileno()).st_size, 101)
            stream.seek(99)
            self.assertEqual(stream.read(), b"xy")
        self.assertRaises(OverflowError, Stream.spool, -1)

    def test_null(self):
        with Stream.null() as stream:
            self.assertEqual(stream.write(b"x" * 1000), 1000)
            self.assertEqual(stream.read(), b"")

    def test_sections(self):
        stream = Stream.memory(b"0123456789")
        stream.seek(1)
        part = stream.section(3, size=4)
        rest = stream.section(8)
        self.assertEqual(part.read(), b"3456")
        self.assertEqual(rest.read(), b"89")
        self.assertEqual(part.seek(1), 1)
        part.write(b"X")
        part.write(b"too long")
        self.assertRaises(OSError, part.flush)
        self.assertEqual(stream.tell(), 1)
        self.assertRaises(BufferError, stream.close)
        self.assertRaises(BufferError, stream.discard)
        self.assertFalse(stream.closed)
        part.discard()
        inner = rest.section(1)
        self.assertRaises(BufferError, rest.close)
        self.assertEqual(inner.read(), b"9")
        inner.close()
        rest.close()
        self.assertEqual(stream.getvalue()[4:5], b"X")
        stream.close()
        for wrong in (-1,), (0, -2):
            self.assertRaises(ValueError, Stream.memory().section, *wrong)
        self.assertRaises(ValueError, stream.section, 0)

    def test_sections_in_rubbish(self):
        stream = Stream.memory(b"0123456789")
        part = stream.section(3, 4)
        stream.part = part
        part.whole = stream
        gone = weakref.ref(stream)
        del stream, part
        gc.collect()
        self.assertIsNone(gone())

    def test_files_that_know_their_stream_in_rubbish(self):
        class File:
            def read(self, size):
                return b""

            def write(self, data):
                raise KeyError(self)

        class Stubborn(Stream):
            def close(self):
                pass

        for cls in Stream, Stubborn:
            for make in File, rillio.BytesIO, io.BytesIO:
                for mode in "rb", "wb":
                    file = make()
                    file.stream = cls.open(file, mode)
                    gone = weakref.ref(file)
                    if mode == "wb":
                        file.stream.write(b"x")
                    del file
                    gc.collect()
                    self.assertIsNone(gone(), (cls, make, mode))

    def test_copies(self):
        target = Stream.memory()
        self.assertEqual(target.copy(io.BytesIO(b"abc")), 3)
        self.assertEqual(target.copy(rillio.BytesIO(b"defgh"), 2), 2)
        self.assertEqual(target.copy(Stream.memory(b"gh"), size=None), 2)
        self.assertEqual(target.getvalue(), b"abcdegh")
        self.assertRaises(ValueError, target.copy, target)
        with self.assertRaises(FileNotFoundError):
            target.copy("/does/not/exist")

        class Broken:
            def read(self, size):
                raise KeyError("mine")

        self.assertRaises(KeyError, target.copy, Broken())
        self.assertEqual(target.getvalue(), b"abcdegh")

    def test_a_file_of_python(self):
        file = io.BytesIO(TEXT)
        with Stream.open(file, "rb+") as stream:
            self.assertEqual(stream.kind, "python")
            self.assertEqual(stream.readline(), b"one\n")
            stream.write(b"TWO")
        self.assertFalse(file.closed)
        self.assertEqual(file.getvalue(), b"one\nTWO\n\nfour")
        self.assertEqual(file.tell(), 7)

    def test_an_exception_of_a_file_stays_the_same(self):
        class Broken:
            def read(self, size):
                raise KeyError("mine")

        with self.assertRaises(KeyError), Stream.open(Broken()) as stream:
            stream.read()
        stream = Stream.open(Broken())
        for call in stream.read, stream.readline, stream.close:
            self.assertRaises(KeyError, call)

    def test_nothing_of_a_file_is_kept(self):
        class Broken:
            def read(self, size):
                raise KeyError(self)

        for end in "close", "discard":
            file = Broken()
            gone = weakref.ref(file)
            stream = Stream.open(file)
            self.assertRaises(KeyError, stream.read)
            with contextlib.suppress(KeyError):
                getattr(stream, end)()
            del file
            gc.collect()
            self.assertIsNone(gone())

    def test_a_subclass(self):
        class Named(Stream):
            pass

        stream = Named.memory(b"abc")
        self.assertIsInstance(stream, Named)
        stream.name = "mine"
        self.assertIn("name='mine'", repr(stream))
        self.assertIsInstance(stream.section(0), Named)
        stream = Stream.memory()
        stream.name = stream
        with self.assertRaises(RuntimeError):
            repr(stream)
        stream.name = None


def raw_read(fd):
    try:
        return os.read(fd, 1 << 20)
    except BlockingIOError:
        return b""


class Pipes(unittest.TestCase):
    def setUp(self):
        read, write = os.pipe()
        self.addCleanup(lambda: [os.close(fd) for fd in (read, write)])
        self.read, self.write = read, write

    def test_what_is_there_is_read(self):
        stream = Stream.open(self.read)
        os.write(self.write, b"abc\nd")
        self.assertFalse(stream.seekable())
        self.assertEqual(stream.peek(), b"abc\nd")
        self.assertEqual(stream.read(100), b"abc\nd")
        os.write(self.write, b"e\n")
        self.assertEqual(stream.readline(), b"e\n")
        self.assertRaises(io.UnsupportedOperation, stream.tell)
        self.assertRaises(io.UnsupportedOperation, stream.seek, 0)

    def test_without_blocking(self):
        os.set_blocking(self.read, False)
        stream = Stream.open(self.read)
        self.assertIsNone(stream.read(1))
        self.assertIsNone(stream.readinto(bytearray(1)))
        self.assertIsNone(stream.readall())
        os.write(self.write, b"abc")
        self.assertEqual(stream.readall(), b"abc")
        os.set_blocking(self.write, False)
        full = Stream.open(self.write, "wb")
        written = 0
        while (n := full.write(b"x" * 65536)) is not None:
            written += n
            self.assertLess(written, 1 << 30)
        while len(os.read(self.read, 1 << 20)) == 1 << 20:
            pass
        full.discard()

    def test_a_raw_file_that_takes_nothing_now(self):
        os.set_blocking(self.write, False)
        for module in io, rillio:
            with module.FileIO(self.write, "w", closefd=False) as raw:
                stream = Stream.open(raw, "wb")
                written = 0
                while (n := stream.write(b"x" * 65536)) is not None:
                    written += n
                    self.assertLess(written, 1 << 30)
                got = 0
                os.set_blocking(self.read, False)
                while data := raw_read(self.read):
                    got += len(data)
                self.assertLessEqual(got, written)
                stream.discard()

    def test_a_signal_handler_runs(self):
        class Alarm(Exception):
            pass

        def alarm(*_):
            raise Alarm

        before = signal.signal(signal.SIGALRM, alarm)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        stream = Stream.open(self.read)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        self.assertRaises(Alarm, stream.read, 1)
        os.write(self.write, b"x")
        self.assertEqual(stream.read(1), b"x")

    def test_others_run_while_one_waits(self):
        stream = Stream.open(self.read)
        got = []
        thread = threading.Thread(target=lambda: got.append(stream.read(9)))
        thread.start()
        os.write(self.write, b"late")
        thread.join()
        self.assertEqual(got, [b"late"])


class Threads(unittest.TestCase):
    def test_share_one_stream(self):
        stream = Stream.spool(1000)
        lines = [b"%06d\n" % n for n in range(2000)]

        def write(part):
            for line in part:
                stream.write(line)

        threads = [threading.Thread(target=write, args=(lines[n::4],))
                   for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stream.seek(0)
        self.assertEqual(sorted(stream), lines)

    def test_sections_read_at_once(self):
        stream = Stream.memory(b"".join(b"%04d" % n for n in range(10000)))
        sums = []

        def add(part):
            with part:
                sums.append(sum(int(part.read(4)) for _ in range(2500)))

        threads = [threading.Thread(target=add,
                                    args=(stream.section(n * 10000, 10000),))
                   for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sum(sums), sum(range(10000)))

    def test_take_turns(self):
        class Slow:
            """A file whose reads wait until they may go on."""

            def __init__(self):
                self.entered, self.go = threading.Event(), threading.Event()
                self.position = 0

            def seekable(self):
                return True

            def tell(self):
                return self.position

            def seek(self, offset, whence=0):
                self.position = offset + (0, self.position, 100)[whence]
                return self.position

            def read(self, size):
                self.entered.set()
                self.go.wait()
                self.position += 1
                return b"x"

        for of_a_section in False, True:
            slow, results = Slow(), []
            stream = Stream.open(slow)
            other = stream.section(1) if of_a_section else stream
            first = threading.Thread(
                target=lambda: results.append(stream.read(1)))
            first.start()
            slow.entered.wait()
            second = threading.Thread(
                target=lambda: results.append(other.read(2)))
            second.start()
            time.sleep(0.05)  # it could come in now
            slow.go.set()
            first.join()
            second.join()
            self.assertEqual(results, [b"x", b"xx"])
            other.close()

    def test_the_same_thread_again_is_refused(self):
        class Again:
            def read(self, size):
                return stream.read(size)

            def write(self, data):
                stream.close()

        stream = Stream.open(Again())
        self.assertRaisesRegex(RuntimeError, "reentrant", stream.read, 1)
        stream = Stream.open(Again(), "wb")
        stream.write(b"x")
        self.assertRaisesRegex(RuntimeError, "reentrant", stream.flush)

    def test_two_that_copy_from_each_other(self):
        one, two = Stream.memory(b"1" * 1000), Stream.memory(b"2" * 1000)

        def copy(to, source):
            for _ in range(200):
                source.seek(0)
                to.copy(source, 10)

        threads = [threading.Thread(target=copy, args=pair)
                   for pair in ((one, two), (two, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertGreaterEqual(len(one.getvalue()), 1000)


class AtTheEnd(unittest.TestCase):
    def test_a_stream_that_goes_with_its_sections(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "file")
            kept = [Stream.open(path, "wb+")]
            kept[0].write(b"not flushed")
            kept += [kept[0].section(0, 3), kept]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                del kept
                gc.collect()
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"not flushed")

    def test_of_the_interpreter(self):
        program = ("import rillio\n"
                   "class Kept:\n"
                   "    stream = rillio.Stream.memory(b'x')\n"
                   "    part = stream.section(0)\n"
                   "    pipe = rillio.Stream.open(1, 'wb')\n"
                   "Kept.me = Kept\n"
                   "Kept.pipe.write(b'written')\n")
        run = subprocess.run([sys.executable, "-c", program],
                             capture_output=True)
        self.assertEqual((run.returncode, run.stdout, run.stderr),
                         (0, b"written", b""))


if __name__ == "__main__":
    unittest.main()
