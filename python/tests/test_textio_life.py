"""TextIOWrapper under calls that come back to it, its end, and what it leaves
behind."""
import codecs
import gc
import io as standard
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
import weakref

import rillio
from compare import outcome
from recording import Buffer, Codec, Decoder, Encoder


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

    def test_detach_from_flush(self):
        class Detached(standard.BytesIO):
            def flush(self):
                flushed.append(text.detach)
                if len(flushed) == 1:
                    text.detach()

        flushed = []
        text = rillio.TextIOWrapper(Detached(), "ascii")
        with self.assertRaisesRegex(ValueError, "has been detached"):
            text.detach()

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
