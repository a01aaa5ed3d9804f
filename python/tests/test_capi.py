"""The C API, by an extension that uses it: capi_example/."""
import gc
import io
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import unittest

import capi_example
import rillio

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = b"one\ntwo\n\nfour"
NUMBERS = b"".join(b"%d\n" % n for n in range(5000))


class TemporaryDirectory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "file")


class AnyFileIsRead(TemporaryDirectory):
    def check(self, file):
        self.assertEqual(capi_example.count_lines(file), 4)

    def test_paths(self):
        pathlib.Path(self.path).write_bytes(TEXT)
        self.check(self.path)
        self.check(os.fsencode(self.path))
        self.check(pathlib.Path(self.path))

    def test_a_descriptor_stays_open(self):
        pathlib.Path(self.path).write_bytes(TEXT)
        fd = os.open(self.path, os.O_RDONLY)
        self.check(fd)
        os.close(fd)

    def test_memory(self):
        for make in rillio.BytesIO, io.BytesIO:
            file = make(TEXT)
            self.check(file)
            self.assertFalse(file.closed)
            self.assertEqual(file.tell(), len(TEXT))
            self.assertEqual(capi_example.count_lines(file), 0)

    def test_a_subclass_is_asked_by_its_methods(self):
        class Louder(rillio.BytesIO):
            def read1(self, size=-1):
                return super().read1(size).upper()

        self.assertEqual(capi_example.first_line(Louder(TEXT)), b"ONE\n")

    def test_files(self):
        pathlib.Path(self.path).write_bytes(TEXT)
        for module in io, rillio:
            for buffering in 0, -1:
                with module.open(self.path, "rb", buffering) as file:
                    self.check(file)
                    self.assertEqual(file.tell(), len(TEXT))

    def test_a_socket_file(self):
        for buffering in 0, -1:
            here, there = socket.socketpair()
            with here, there, here.makefile("rb", buffering) as file:
                there.sendall(TEXT)
                there.shutdown(socket.SHUT_WR)
                self.check(file)

    def test_a_stream(self):
        with rillio.Stream.memory(TEXT) as stream:
            self.check(stream)

    def test_only_readinto(self):
        class Into:
            left = TEXT

            def readinto(self, buffer):
                n = min(len(buffer), 3)
                data, self.left = self.left[:n], self.left[n:]
                buffer[:len(data)] = data
                return len(data)

        self.check(Into())

    def test_the_file_is_left_where_reading_ended(self):
        pathlib.Path(self.path).write_bytes(TEXT)
        for make in (io.BytesIO, rillio.BytesIO,
                     lambda text: io.open(self.path, "rb"),
                     lambda text: rillio.open(self.path, "rb")):
            with make(TEXT) as file:
                file.seek(4)
                self.assertEqual(capi_example.first_line(file), b"two\n")
                self.assertEqual(file.tell(), 8)
                self.assertEqual(file.read(), b"\nfour")


class AnyFileIsWritten(TemporaryDirectory):
    def test_paths(self):
        capi_example.write_numbers(self.path, "wb", 5000)
        self.assertEqual(pathlib.Path(self.path).read_bytes(), NUMBERS)

    def test_a_save_replaces_at_the_end(self):
        pathlib.Path(self.path).write_bytes(b"old")
        capi_example.write_numbers(self.path, "ws", 5000)
        self.assertEqual(pathlib.Path(self.path).read_bytes(), NUMBERS)
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["file"])

    def test_memory_from_its_position(self):
        for make in rillio.BytesIO, io.BytesIO:
            file = make(b"......")
            file.seek(2)
            capi_example.write_numbers(file, "r+b", 1)
            self.assertEqual(file.getvalue(), b"..0\n..")
            self.assertEqual(file.tell(), 4)

    def test_memory_grows(self):
        for make in rillio.BytesIO, io.BytesIO:
            file = make(b"kept")
            capi_example.write_numbers(file, "ab", 5000)
            self.assertEqual(file.getvalue(), b"kept" + NUMBERS)

    def test_memory_that_was_given_is_copied_first(self):
        data = b"a constant that stays"
        file = rillio.BytesIO(data)
        capi_example.write_numbers(file, "wb", 3)
        self.assertEqual(data, b"a constant that stays")
        self.assertEqual(file.getvalue(), b"0\n1\n2\n" + data[6:])

    def test_memory_with_a_view_is_refused(self):
        file = rillio.BytesIO(b"abc")
        with file.getbuffer(), self.assertRaises(BufferError):
            capi_example.write_numbers(file, "wb", 10)
        capi_example.write_numbers(file, "wb", 1)
        self.assertEqual(file.getvalue(), b"0\nc")

    def test_files_and_what_only_has_write(self):
        class Pieces(list):
            write = list.append  # returns None, keeps what it gets

        for module in io, rillio:
            with module.open(self.path, "wb") as file:
                capi_example.write_numbers(file, "wb", 5000)
            self.assertEqual(pathlib.Path(self.path).read_bytes(), NUMBERS)
        pieces = Pieces()
        capi_example.write_numbers(pieces, "wb", 5000)
        self.assertEqual(b"".join(pieces), NUMBERS)


class WhatFails(TemporaryDirectory):
    def test_an_exception_comes_back(self):
        class Broken:
            def read(self, size):
                raise KeyError("mine")

            def write(self, data):
                raise ZeroDivisionError("mine too")

        for call in capi_example.count_lines, capi_example.first_line:
            with self.assertRaisesRegex(KeyError, "mine"):
                call(Broken())
        try:
            capi_example.count_lines(Broken())
        except KeyError as error:
            frames = traceback.extract_tb(error.__traceback__)
        self.assertEqual(frames[-1].name, "read")
        with self.assertRaises(ZeroDivisionError):
            capi_example.write_numbers(Broken(), "wb", 1)

    def test_an_exception_that_leaves_the_stream_well(self):
        class Unable:
            def read(self, size):
                raise io.UnsupportedOperation("not today")

        with self.assertRaisesRegex(io.UnsupportedOperation, "not today"):
            capi_example.first_line(Unable())

    def test_an_exception_after_some_data(self):
        class Breaks:
            pieces = [b"a\n", b"b\n"]

            def read(self, size):
                return self.pieces.pop()

        with self.assertRaises(IndexError):
            capi_example.count_lines(Breaks())

    def test_wrong_answers(self):
        class Wrong:
            def __init__(self, answer):
                self.answer = answer

            def read(self, size):
                return self.answer

            def write(self, data):
                return self.answer

        class WrongInto:
            def __init__(self, answer):
                self.answer = answer

            def readinto(self, buffer):
                return self.answer

        for answer, error in (("text", TypeError), (7, TypeError),
                              (b"x" * (1 << 20), ValueError)):
            with self.subTest(answer=repr(answer)[:20]):
                self.assertRaises(error, capi_example.count_lines,
                                  Wrong(answer))
        for answer, error in ("text", TypeError), (1 << 40, ValueError), (
                -1, ValueError), (-2, ValueError), (-9, ValueError):
            with self.subTest(answer=answer):
                self.assertRaises(error, capi_example.count_lines,
                                  WrongInto(answer))
                self.assertRaises(error, capi_example.write_numbers,
                                  Wrong(answer), "wb", 1)

    def test_what_is_no_file(self):
        for thing in None, 1.5, [], object():
            with self.assertRaises(TypeError):
                capi_example.count_lines(thing)
        with self.assertRaises(ValueError):
            capi_example.count_lines(-1)
        with self.assertRaises(ValueError):
            capi_example.count_lines("a\0b")

    def test_modes(self):
        for mode in "", "q", "rw", "rb+b", "rt", "t":
            for file in self.path, rillio.BytesIO(), io.BytesIO():
                with self.subTest(mode=mode, file=type(file)):
                    self.assertRaises(ValueError, capi_example.write_numbers,
                                      file, mode, 1)

    def test_the_wrong_direction(self):
        with open(self.path, "wb") as file:
            with self.assertRaises(io.UnsupportedOperation):
                capi_example.count_lines(file)
        with open(self.path, "rb") as file:
            with self.assertRaises(io.UnsupportedOperation):
                capi_example.write_numbers(file, "wb", 1)

    def test_a_missing_file_is_named(self):
        with self.assertRaises(FileNotFoundError) as caught:
            capi_example.count_lines(self.path)
        self.assertEqual(caught.exception.filename, self.path)

    def test_a_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with self.assertRaises(OSError) as caught:
            capi_example.write_numbers("/dev/full", "wb", 100000)
        self.assertEqual(caught.exception.errno, 28)

    def test_nothing_of_the_file_is_kept(self):
        class Broken(io.RawIOBase):
            def readable(self):
                return True

            def readinto(self, buffer):
                raise ZeroDivisionError

        references = []
        for _ in range(3):
            broken = Broken()
            with self.assertRaises(ZeroDivisionError):
                capi_example.count_lines(broken)
            gc.collect()
            references.append(sys.getrefcount(broken))
        self.assertEqual(references, [2, 2, 2])


class AStreamOfC(unittest.TestCase):
    def test_is_a_raw_file(self):
        with capi_example.snore(10) as file:
            self.assertIsInstance(file, io.RawIOBase)
            self.assertIsInstance(file, rillio.Stream)
            self.assertEqual(file.name, "snore")
            self.assertEqual(file.kind, "snore")
            self.assertTrue(file.readable())
            self.assertFalse(file.writable())
            self.assertEqual(file.seek(4), 4)
            self.assertEqual(file.read(), b"zzzzzz")
            self.assertRaises(io.UnsupportedOperation, file.write, b"x")
        self.assertRaises(ValueError, file.read)

    def test_goes_below_a_buffer(self):
        file = io.TextIOWrapper(io.BufferedReader(capi_example.snore(5)))
        self.assertEqual(file.read(), "zzzzz")
        file.close()

    def test_that_is_lent(self):
        kept = []

        def use(file):
            kept.append(file)
            file.write(b"from Python")

        self.assertEqual(capi_example.lend(use), b"from Python")
        self.assertRaises(ValueError, kept[0].write, b"too late")


class ThreadsAndProcesses(TemporaryDirectory):
    def test_files_of_python_in_threads(self):
        files = [rillio.BytesIO(NUMBERS) for _ in range(4)]
        files += [io.BytesIO(NUMBERS) for _ in range(4)]
        counts = []
        threads = [
            threading.Thread(target=lambda file=file: counts.append(
                capi_example.count_lines(file))) for file in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(counts, [5000] * 8)

    def test_a_module_without_the_capsule_is_refused(self):
        program = ("import sys, types\n"
                   "sys.modules['rillio'] = types.ModuleType('rillio')\n"
                   "sys.modules['rillio._rillio'] = types.ModuleType('x')\n"
                   "sys.modules['rillio']._rillio = "
                   "sys.modules['rillio._rillio']\n"
                   "import capi_example\n")
        run = subprocess.run([sys.executable, "-c", program],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("C_API", run.stderr)


class TheTable(unittest.TestCase):
    def test_has_every_function(self):
        exported = re.findall(r"^    (rill_\w+);",
                              (ROOT / "src/rill.map").read_text(), re.M)
        header = ROOT / "python/include/rillio_table.h"
        listed = re.findall(r"^    [FV]\((?:[^,(]*, )?(rill_\w+),",
                            header.read_text().replace("\\\n     ", ""), re.M)
        # rill_printf() is made of rill_vprintf(); hooks are for librill's tests.
        self.assertEqual(
            set(exported) - {"rill_printf", "rill_set_call_hook"}, set(listed))
        self.assertEqual(len(listed), len(set(listed)))


if __name__ == "__main__":
    unittest.main()
