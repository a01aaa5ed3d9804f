"""rillio beside the real io in one process: each takes the other's for its own."""
import ast
import contextlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import rillio

HERE = pathlib.Path(__file__).resolve().parent
CONCRETE = ("FileIO BytesIO StringIO BufferedReader BufferedWriter"
            " BufferedRandom BufferedRWPair TextIOWrapper").split()
BASES = "IOBase RawIOBase BufferedIOBase TextIOBase".split()


class Identity(unittest.TestCase):
    def test_every_name_of_io_is_there(self):
        self.assertEqual(rillio.__all__, io.__all__)
        for name in dir(io):
            if not name.startswith("_") and name not in ("abc", "warnings"):
                self.assertTrue(hasattr(rillio, name), name)

    def test_exceptions_are_the_same(self):
        self.assertIs(rillio.UnsupportedOperation, io.UnsupportedOperation)
        self.assertIs(rillio.BlockingIOError, io.BlockingIOError)
        for make in rillio.BytesIO, rillio.StringIO, rillio.Stream.memory:
            with self.assertRaises(io.UnsupportedOperation):
                make().fileno()

    def test_classes_are_subclasses_of_both_modules_bases(self):
        for name in CONCRETE + BASES:
            ours, theirs = getattr(rillio, name), getattr(io, name)
            for base in BASES:
                expected = issubclass(theirs, getattr(io, base))
                for cls in ours, theirs, type("Sub", (ours,), {}):
                    for module in io, rillio:
                        with self.subTest(cls=cls, base=base, module=module):
                            self.assertEqual(
                                issubclass(cls, getattr(module, base)),
                                expected)

    def test_other_classes_are_not(self):
        for module in io, rillio:
            for base in BASES:
                for cls in int, object, type("Loose", (), {"read": None}):
                    self.assertFalse(issubclass(cls, getattr(module, base)))
            self.assertFalse(issubclass(rillio.BytesIO, io.BytesIO))

    def test_a_subclass_of_a_base_is_one_of_io_s(self):
        class Mine(rillio.RawIOBase):
            pass

        self.assertIsInstance(Mine(), io.RawIOBase)
        self.assertNotIsInstance(Mine(), io.TextIOBase)
        self.assertNotIsInstance(io.BytesIO(), Mine)

    def test_registering_counts_for_one_s_own_bases(self):
        class Foreign:
            pass

        rillio.RawIOBase.register(Foreign)
        self.assertIsInstance(Foreign(), rillio.IOBase)

    def test_signatures_of_methods_name_what_io_s_do(self):
        for name in CONCRETE:
            for method in dir(getattr(io, name)):
                self.assertTrue(hasattr(getattr(rillio, name), method),
                                f"{name}.{method}")


class Layers(unittest.TestCase):
    """Objects of one module below and above those of the other."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "file")

    def pairs(self):
        return [(io, rillio), (rillio, io), (rillio, rillio)]

    def test_buffers_and_text(self):
        for upper, lower in self.pairs():
            with self.subTest(upper=upper.__name__, lower=lower.__name__):
                with upper.TextIOWrapper(upper.BufferedWriter(
                        lower.FileIO(self.path, "w")), "utf-8") as text:
                    text.write("grüße\n" * 3000)
                with upper.TextIOWrapper(upper.BufferedReader(
                        lower.FileIO(self.path)), "utf-8") as text:
                    self.assertEqual(text.readline(), "grüße\n")
                    position = text.tell()
                    self.assertEqual(text.read(), "grüße\n" * 2999)
                    text.seek(position)
                    self.assertEqual(next(text), "grüße\n")
                text = upper.TextIOWrapper(lower.BytesIO(b"a\r\nb"))
                self.assertEqual(text.read(), "a\nb")

    def test_random_access(self):
        for upper, lower in self.pairs():
            with upper.BufferedRandom(lower.BytesIO(b"0123456789")) as file:
                file.seek(3)
                file.write(b"abc")
                self.assertEqual(file.read(2), b"67")
                file.seek(0)
                self.assertEqual(file.read(), b"012abc6789")

    def test_pairs(self):
        for upper, lower in self.pairs():
            out = lower.BytesIO()
            pair = upper.BufferedRWPair(lower.BytesIO(b"in"), out)
            pair.write(b"out")
            pair.flush()
            self.assertEqual((pair.read(), out.getvalue()), (b"in", b"out"))


class StandardStreams(unittest.TestCase):
    def test_redirected(self):
        out = rillio.StringIO()
        with contextlib.redirect_stdout(out):
            print("text", 1, sep=",")
        self.assertEqual(out.getvalue(), "text,1\n")

    def test_replaced(self):
        program = ("import sys, rillio\n"
                   "sys.stdin = rillio.open(0, closefd=False)\n"
                   "sys.stdout = rillio.open(1, 'w', closefd=False)\n"
                   "sys.stderr = rillio.open(2, 'w', closefd=False)\n"
                   "print(input('? '), input())\n"
                   "print('err', file=sys.stderr)\n"
                   "raise SystemExit(3)\n")
        run = subprocess.run([sys.executable, "-c", program], input="a\nb\n",
                             capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout, run.stderr),
                         (3, "? a b\n", "err\n"))

    def test_a_traceback_goes_there(self):
        program = ("import sys, rillio\n"
                   "sys.stderr = rillio.open(2, 'w', closefd=False)\n"
                   "1 / 0\n")
        run = subprocess.run([sys.executable, "-c", program],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("ZeroDivisionError", run.stderr)


class TheExtension(unittest.TestCase):
    def test_exports_and_needs_nothing_else(self):
        if not shutil.which("nm"):
            self.skipTest("no nm")
        path = rillio._rillio.__file__

        def symbols(option):
            text = subprocess.run(["nm", "-D", option, path], check=True,
                                  capture_output=True, text=True).stdout
            return [line.split()[-2:] for line in text.splitlines()]

        self.assertEqual([name for _, name in symbols("--defined-only")],
                         ["PyInit__rillio"])
        needed = [name for kind, name in symbols("--undefined-only")
                  if kind == "U" and not name.lstrip("_").startswith("Py")]
        if any(name.startswith("__asan") for name in needed):
            self.skipTest("built with a sanitizer")
        # What is the C library's has a version.
        self.assertEqual([name for name in needed if "@" not in name], [])

    def test_another_librill_in_the_process_changes_nothing(self):
        """A library whose rill_read_slow() would end the program."""
        compiler = os.environ.get("CC", "cc")
        if not shutil.which(compiler.split()[0]):
            self.skipTest("no compiler")
        with tempfile.TemporaryDirectory() as directory:
            source = pathlib.Path(directory, "other.c")
            library = pathlib.Path(directory, "other.so")
            source.write_text("".join(
                f"void {name}(void) {{ __builtin_trap(); }}\n" for name in
                ("rill_read_slow", "rill_write_slow", "rill_open",
                 "rill_open_mem", "rill_close", "rill__fill")))
            subprocess.run([*compiler.split(), "-shared", "-fPIC", str(source),
                            "-o", str(library)], check=True)
            run = subprocess.run(
                [sys.executable, "-c",
                 "import rillio\n"
                 "with rillio.Stream.memory(b'abc') as s: print(s.read(9))"],
                env=dict(os.environ, LD_PRELOAD=" ".join(
                    [os.environ.get("LD_PRELOAD", ""), str(library)])),
                capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, "b'abc'\n"))


class Stubs(unittest.TestCase):
    def test_are_there_for_every_name(self):
        package = pathlib.Path(rillio.__file__).parent
        self.assertTrue((package / "py.typed").exists())
        tree = ast.parse((package / "__init__.pyi").read_text())
        declared = set()
        for node in tree.body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                declared.add(node.name)
            elif isinstance(node, ast.AnnAssign):
                declared.add(node.target.id)
            elif isinstance(node, ast.Assign):
                declared.update(target.id for target in node.targets)
        self.assertLessEqual(set(rillio.__all__) - {"Reader", "Writer"},
                             declared)


if __name__ == "__main__":
    unittest.main()
