"""The abstract bases: as io's, for classes that a program derives from them."""
import abc
import gc
import io
import os
import pickle
import signal
import subprocess
import sys
import unittest
import unittest.mock
import warnings
import weakref

import compare
import rillio

# A raw stream over a list of answers to readinto(); an exception is raised.
RAW = """class Raw(io.RawIOBase):
    def __init__(self, *answers):
        self.answers = list(answers)
        self.written = []
    def readable(self):
        return True
    def readinto(self, buffer):
        answer = self.answers.pop(0) if self.answers else b""
        if isinstance(answer, BaseException):
            raise answer
        if not isinstance(answer, bytes):
            return answer
        answer, rest = answer[:len(buffer)], answer[len(buffer):]
        if rest:
            self.answers.insert(0, rest)
        buffer[:len(answer)] = answer
        return len(answer)
    def write(self, data):
        if data == b"interrupt" and data not in self.written:
            self.written.append(data)
            raise InterruptedError(4, "interrupted")
        self.written.append(data)
"""

# One that can be looked into.
PEEKING = """class Peeking(Raw):
    def peek(self, size):
        if not self.answers or not isinstance(self.answers[0], bytes):
            return b""
        return self.answers[0]
"""

# Answers of read(), read1(), readline(), write() as they are given.
ANSWERING = """def answering(base, **answers):
    members = {}
    for name, answer in answers.items():
        def method(self, *args, answer=answer):
            if isinstance(answer, BaseException):
                raise answer
            return answer(*args) if callable(answer) else answer
        members[name] = method
    return type("Answering", (base,), members)()
"""

IOBASE = [
    ["s = io.IOBase()", "s.seek(0)", "s.tell()",
     "s.truncate()", "s.truncate(1)", "s.fileno()", "s.isatty()",
     "s.readable()", "s.writable()", "s.seekable()", "s.closed", "s.flush()",
     "s.read()", "s.readline()", "s.readlines()", "list(s)", "next(s)",
     "s.writelines([])", "s.writelines([b''])", "s.writelines(5)",
     "s._checkClosed()", "s._checkReadable()",
     "s._checkWritable()", "s._checkSeekable()", "s._checkClosed(1)",
     "s.readline('x')", "s.readlines('x')",
     "s.readline(None)", "s.readline(0)", "s.readline(2**80)", "s.__enter__(1)",
     "s.x", "setattr(s, 'closed', 1)", "s.__dict__", "bool(s.__weakref__)",
     "s.seekable(1)", "s.__enter__() is s", "iter(s) is s"],
    ["s = io.IOBase()", "s.close()", "s.close()", "s.closed", "s.__dict__",
     "s.flush()", "s.seek(0)", "s.tell()", "s.isatty()", "s.fileno()",
     "s.readable()", "s.readline()", "s.readline(0)", "s.readlines()",
     "iter(s)", "next(s)", "s.writelines([])", "s.writelines(5)",
     "s.__enter__()", "s.__exit__()", "s.__exit__(1, 2, 3, 4)",
     "s._checkClosed()", "s._checkReadable()"],
    ["s = answering(io.IOBase, readable=1, writable=True, seekable=None)",
     "s._checkReadable()", "s._checkWritable()", "s._checkSeekable()",
     "s = answering(io.IOBase, readable=KeyError(1))", "s._checkReadable()"],
    ["s = answering(io.IOBase, flush=KeyError(1))", "s.close()", "s.closed",
     "s.close()", "s.flush()"],
    ["s = answering(io.IOBase, close=KeyError(1))", "s.__exit__()",
     "s.__exit__(None, None, None)"],
    ["s = answering(io.IOBase, seek=lambda *a: a)", "s.tell()"],
    ["class C(io.IOBase):\n closed = property(lambda s: 1 / 0)", "s = C()",
     "s.readlines()", "s._checkClosed()", "s.__enter__()", "s.isatty()",
     "s.flush()", "s.close()"],
    ["class C(io.IOBase):\n closed = True", "s = C()", "s._checkClosed()",
     "s.flush()", "s.close()", "s.writelines([])"],
]

LINES = [
    ["s = answering(io.IOBase, read=b'ab\\ncd\\n')", "s.readline()",
     "s.readline(3)", "s.readline(8)"],
    ["s = answering(io.IOBase, read=bytearray(b'x'))", "s.readline()"],
    ["s = answering(io.IOBase, read=None)", "s.readline()", "list(s)"],
    ["s = answering(io.IOBase, read=b'')", "s.readline()", "list(s)",
     "s.readlines()"],
    ["s = answering(io.IOBase, read=b'a\\n', peek=b'xyz')", "s.readline()"],
    ["s = answering(io.IOBase, read=lambda n: b'abcdefgh'[:n], peek=b'xyz')",
     "s.readline(2)", "s.readline(4)", "s.readline(0)"],
    ["s = answering(io.IOBase, read=lambda n: b'abc', peek='x')",
     "s.readline()"],
    ["s = answering(io.IOBase, read=lambda n: b'%d\\n' % n, peek=b'')",
     "s.readline()", "s.readline(1)"],
    ["s = answering(io.IOBase, read=lambda n: b'%d\\n' % n, peek=b'12\\n4')",
     "s.readline()", "s.readline(2)"],
    ["s = answering(io.IOBase, peek=KeyError(1), read=b'')", "s.readline()"],
    ["s = answering(io.IOBase, read=KeyError(1))", "s.readline()",
     "s.readlines()", "s.readlines(4)", "list(s)"],
    ["class B(bytes): pass", "s = answering(io.IOBase, read=B(b'a\\n'))",
     "s.readline()", "type(s.readline())"],
    ["class C(io.IOBase):\n peek = property(lambda s: 1 / 0)",
     "C().readline()"],
    ["s = answering(io.IOBase, readline=5)", "next(s)", "s.readlines()",
     "s.readlines(3)"],
    ["s = answering(io.IOBase, readline='')", "list(s)", "s.readlines(3)"],
    ["s = answering(io.IOBase, __next__=lambda: 5)", "s.readlines(3)"],
    ["lines = iter([b'12\\n', b'3\\n', b'45\\n', b'6'])",
     "s = answering(io.IOBase, readline=lambda *a: next(lines, b''))",
     "s.readlines(5)", "s.readlines(1)", "s.readlines(-1)"],
    ["lines = iter([b'12\\n', b'3\\n', b'45\\n', b'6'])",
     "s = answering(io.IOBase, readline=lambda *a: next(lines, b''))",
     "s.readlines(4)", "s.readlines(0)"],
    ["s = Raw(b'one\\ntwo\\n', b'thr', b'ee')", "s.readline()", "s.readline(2)",
     "s.readline(-5)", "s.readline()", "s.readline()"],
    ["s = Raw(b'one\\ntwo\\n', b'thr', b'ee')", "list(s)"],
    ["s = Peeking(b'one\\ntwo\\n', b'thr', b'ee')", "s.readline()",
     "s.readline(2)", "s.readline(9)", "s.readline()", "s.readline()"],
    ["s = Peeking(b'x' * 1000, b'y' * 1000 + b'\\nz')", "s.readlines()"],
    ["s = Raw(b'a', InterruptedError(4, 'x'), b'b\\n')", "s.readline()"],
    ["s = Raw(b'a', OSError(5, 'x'), b'b\\n')", "s.readline()"],
    ["s = Raw(b'a', OSError('no number'), b'b\\n')", "s.readline()"],
    ["s = Raw(b'a', None, b'b\\n')", "s.readline()", "s.readline()"],
]

RAW_READING = [
    ["io.RawIOBase().read()", "io.RawIOBase().read(1)",
     "io.RawIOBase().readall()", "io.RawIOBase().readinto(b'')"],
    ["s = Raw(b'abc', b'def')", "s.read(2)", "s.read(5)", "s.read(0)",
     "s.read(-1)", "s.read()", "s.read(1)"],
    ["s = Raw(b'abc')", "s.read(2**80)", "s.read(True)", "s.read(-2**80)"],
    ["s = Raw(None, b'abc', None, b'd', None)", "s.readall()", "s.readall()",
     "s.readall()", "s.readall()", "s.readall()"],
    ["s = Raw(InterruptedError(4, 'x'), b'abc', InterruptedError(4, 'x'))",
     "s.readall()", "s.readall(1)"],
    ["s = Raw(b'abc', OSError(5, 'x'))", "s.readall()"],
    ["s = Raw('abc')", "s.read(5)"], ["s = Raw(2**80)", "s.read(5)"],
    ["s = Raw(1.0)", "s.read(5)"], ["s = Raw(None)", "s.read(5)", "s.read(5)"],
    ["s = answering(io.RawIOBase, read='abc')", "s.readall()"],
    ["s = answering(io.RawIOBase, read=None)", "s.readall()"],
    ["s = answering(io.RawIOBase, read=bytearray(b'abc'))", "s.readall()"],
    ["s = answering(io.RawIOBase, readall='abc')", "s.read()", "s.read(-3)"],
    ["s = Raw()", "s.writelines([b'a', b'interrupt', b'c'])", "s.written",
     "s.writelines(x for x in 'ab')", "s.written",
     "s.writelines(1 / x for x in (1, 0))", "s.written"],
]

BUFFERED = [
    ["s = io.BufferedIOBase()", "s.read()", "s.read1()",
     "s.write(b'')", "s.detach()",
     "s.readinto(bytearray(3))", "s.readinto1(bytearray(3))", "s.readinto(b'')",
     "s.readinto1(b'x')", "s.readinto('x')", "s.readinto(None)",
     "s.readinto(memoryview(bytearray(8))[::2])", "s.readline()"],
    ["b = bytearray(b'....')",
     "s = answering(io.BufferedIOBase, read=b'ab', read1=b'xyz')",
     "s.readinto(b)", "b", "s.readinto1(b)", "b", "s.readinto(bytearray(1))",
     "s.readinto1(bytearray(1))", "s.readinto(bytearray())"],
    ["s = answering(io.BufferedIOBase, read=None, read1='x')",
     "s.readinto(bytearray(1))", "s.readinto1(bytearray(1))"],
    ["s = answering(io.BufferedIOBase, read=bytearray(b'x'))",
     "s.readinto(bytearray(1))"],
    ["s = answering(io.BufferedIOBase, read=lambda *a: a)",
     "s.readinto(bytearray(1))"],
]

TEXT = [
    ["s = io.TextIOBase()", "s.read()", "s.readline()",
     "s.write('x')", "s.detach()", "s.encoding", "s.errors",
     "s.newlines", "setattr(s, 'encoding', 1)", "next(s)", "list(s)",
     "s.readlines()", "s.writelines('x')"],
    ["s = answering(io.TextIOBase, readline='')", "list(s)", "s.readlines()"],
]


# Arguments of the wrong type or number: each Python has its own words.
WRONG = [
    ["type(io.IOBase(1)).__name__", "io.IOBase().readline(1, 2)",
     "io.IOBase().seek()", "io.IOBase().truncate(1, 2)"],
    ["s = Raw(b'abc')", "s.read(None)", "s.read(1.5)", "s.read('x')",
     "s.read(1, 2)", "io.RawIOBase().readinto()", "io.RawIOBase().write(1, 2)"],
    ["s = io.BufferedIOBase()", "s.read(1, 2)", "s.write()", "s.detach(1)",
     "s.readinto()"],
    ["s = io.TextIOBase()", "s.read(1, 2)", "s.readline(1, 2)", "s.write()",
     "s.detach(1)"],
]


class Compare(unittest.TestCase):
    """Both do the same."""

    def test_programs(self):
        for program in IOBASE + LINES + RAW_READING + BUFFERED + TEXT:
            with self.subTest(program=program):
                compare.assert_same(self, [RAW, PEEKING, ANSWERING] + program)

    @unittest.skipUnless((3, 10) <= sys.version_info < (3, 12), "other words")
    def test_wrong_arguments(self):
        for program in WRONG:
            with self.subTest(program=program):
                compare.assert_same(self, [RAW] + program)

    def test_abstract_methods(self):
        compare.assert_same(self, [
            "import abc", "class C(io.IOBase):\n"
            " @abc.abstractmethod\n def read(self): pass",
            "type(C()).__name__"])

    def test_types(self):
        for name in "IOBase", "RawIOBase", "BufferedIOBase", "TextIOBase":
            with self.subTest(name):
                compare.assert_same(self, [
                    f"base = io.{name}.__bases__[0]", "base",
                    "sorted(vars(base).keys() - {'__module__', '__new__'})",
                    f"[c.__name__ for c in io.{name}.__mro__]",
                    "base.__flags__ & (1 << 14)", "base.closed",
                    f"type(io.{name}).__name__", "setattr(base, 'x', 1)",
                    f"setattr(io.{name}, 'x', 1)", f"del io.{name}.x"])

    def test_signatures(self):
        for name in "IOBase", "RawIOBase", "BufferedIOBase", "TextIOBase":
            theirs, ours = (getattr(m, name).__bases__[0] for m in (io, rillio))
            for method, value in vars(theirs).items():
                signature = getattr(value, "__text_signature__", None)
                if signature is not None:
                    with self.subTest(base=name, method=method):
                        self.assertEqual(
                            vars(ours)[method].__text_signature__, signature)

    def test_module(self):
        compare.assert_same(self, [
            "sorted(io.__all__)",
            "[n for n in io.__all__ if not hasattr(io, n)]",
            "io.SEEK_SET, io.SEEK_CUR, io.SEEK_END", "io.DEFAULT_BUFFER_SIZE",
            "io.BlockingIOError", "io.UnsupportedOperation",
            "[k for k in io.__all__ if not getattr(io, k).__doc__]",
            "io.open.__text_signature__", "io.open_code.__text_signature__"])


class Families(unittest.TestCase):
    """The classes of both modules are each other's."""

    def test_exceptions_are_ios(self):
        self.assertIs(rillio.UnsupportedOperation, io.UnsupportedOperation)
        self.assertIs(rillio.BlockingIOError, BlockingIOError)
        with self.assertRaises(io.UnsupportedOperation):
            rillio.IOBase().fileno()

    def test_each_is_an_instance_of_both_bases(self):
        objects = {
            "RawIOBase": [(m.FileIO, 0, "r", False) for m in (io, rillio)],
            "BufferedIOBase": [(io.BytesIO,), (rillio.BytesIO,)],
            "TextIOBase": [(io.StringIO,), (rillio.StringIO,)],
        }
        for expected, constructions in objects.items():
            for construct, *args in constructions:
                for base in "RawIOBase", "BufferedIOBase", "TextIOBase":
                    for module in io, rillio:
                        with self.subTest(construct, base=base, module=module):
                            self.assertEqual(
                                isinstance(construct(*args),
                                           getattr(module, base)),
                                base == expected)
                            self.assertIsInstance(construct(*args),
                                                  module.IOBase)

    def test_derived_from_a_base(self):
        for here, there in (io, rillio), (rillio, io):
            class Mine(here.RawIOBase):
                pass

            class Other(there.RawIOBase):
                pass
            self.assertIsInstance(Mine(), there.RawIOBase)
            self.assertIsInstance(Mine(), there.IOBase)
            self.assertNotIsInstance(Mine(), there.TextIOBase)
            self.assertNotIsInstance(Mine(), Other)
            self.assertNotIsInstance(Other(), Mine)
        self.assertNotIsInstance(5, rillio.IOBase)

    def test_registering(self):
        class Theirs:
            pass
        rillio.RawIOBase.register(Theirs)
        self.assertIsInstance(Theirs(), rillio.IOBase)
        self.assertNotIsInstance(Theirs(), io.IOBase)

    def test_metaclass_and_names(self):
        self.assertIsInstance(rillio.IOBase, abc.ABCMeta)
        self.assertEqual(rillio.IOBase.__module__, "rillio")
        self.assertEqual(rillio.FileIO.__module__, "rillio")
        self.assertIs(pickle.loads(pickle.dumps(rillio.TextIOBase)),
                      rillio.TextIOBase)
        self.assertRegex(rillio.__version__, r"^\d+\.\d+\.\d+$")

    @unittest.skipUnless((3, 10) <= sys.version_info < (3, 12), "gone since")
    def test_open_wrapper(self):
        with self.assertWarnsRegex(DeprecationWarning,
                                   "OpenWrapper is deprecated"):
            self.assertIs(rillio.OpenWrapper, rillio.open)
        del rillio.OpenWrapper


class Life(unittest.TestCase):
    """Finalizers, cycles, weak references, and calls that come back."""

    def test_closed_when_it_goes(self):
        record = []

        class C(rillio.IOBase):
            def close(self):
                record.append(self._finalizing)
                super().close()
        C()
        self.assertEqual(record, [True])
        c = C()
        c.me, gone = c, weakref.ref(c)
        del c
        gc.collect()
        self.assertEqual(record, [True, True])
        self.assertIsNone(gone())

    def test_not_closed_twice(self):
        record = []

        class C(rillio.IOBase):
            def close(self):
                record.append(1)
                super().close()
        C().close()
        self.assertEqual(record, [1])

    def test_own_del_is_called_once(self):
        record = []

        class C(rillio.RawIOBase):
            def __del__(self):
                record.append("del")
                super().__del__()

            def close(self):
                record.append("close")
                super().close()
        C()
        self.assertEqual(record, ["del", "close"])

    def test_brought_back_by_close(self):
        kept = []

        class C(rillio.IOBase):
            def close(self):
                kept.append(self)
                super().close()
        for _ in range(3):
            C()
        gc.collect()
        self.assertEqual([c.closed for c in kept], [True] * 3)
        kept.clear()

    def test_failing_close_at_the_end(self):
        class C(rillio.IOBase):
            def close(self):
                raise KeyError("close")
        with unittest.mock.patch("sys.unraisablehook") as hook:
            C()
        self.assertEqual(hook.called, sys.version_info >= (3, 13)
                         or bool(sys.flags.dev_mode))

    def test_exception_goes_on_over_a_finalizer(self):
        class C(rillio.IOBase):
            def close(self):
                raise KeyError("close")
        with self.assertRaises(ZeroDivisionError):
            c = C()
            try:
                1 / 0
            finally:
                del c

    def test_error_of_close_has_that_of_flush_as_context(self):
        class C(rillio.IOBase):
            def flush(self):
                raise KeyError("flush")

            def __setattr__(self, name, value):
                raise IndexError("set")
        c = C()
        with self.assertRaises(IndexError) as caught:
            c.close()
        self.assertIsInstance(caught.exception.__context__, KeyError)

    def test_readinto_that_keeps_and_changes_the_buffer(self):
        class Cut(rillio.RawIOBase):
            def readinto(self, buffer):
                del buffer[3:]
                return 10
        with self.assertRaises(ValueError):
            Cut().read(10)

        class Negative(rillio.RawIOBase):
            def readinto(self, buffer):
                return -3
        with self.assertRaises(ValueError):
            Negative().read(10)

    def test_list_that_changes_while_it_is_written(self):
        class C(rillio.RawIOBase):
            def write(self, data):
                del lines[1:]
        lines = [b"a", b"b", b"c"]
        C().writelines(lines)
        self.assertEqual(lines, [b"a"])

    def test_handler_of_an_interrupted_read_raises(self):
        class C(rillio.RawIOBase):
            def read(self, n):
                signal.raise_signal(signal.SIGUSR1)
                raise InterruptedError(4, "interrupted")

        def handler(*args):
            raise KeyError("stop")
        before = signal.signal(signal.SIGUSR1, handler)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)
        with self.assertRaises(KeyError):
            C().readline()

    def test_at_the_end_of_the_interpreter(self):
        code = """if True:
            import rillio
            class C(rillio.IOBase):
                def close(self):
                    print("closed")
                    super().close()
            c = C()
            c.me = c
            rillio.kept = c
            """
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)))
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
