"""The buffered classes' lives: their ends, raw streams that call back, threads."""
import errno
import gc
import io as standard
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
import tracemalloc
import unittest
import weakref

import rillio
from rawstream import KINDS, Raw, attempt, into, run_random


class Failing(Raw):
    """A raw stream of which methods raise, one after the other."""

    def __init__(self, *failing):
        super().__init__(b"0123456789")
        self.failing = list(failing)

    def _called(self, *call):
        super()._called(*call)
        if self.failing and self.failing[0] == call[0]:
            del self.failing[0]
            raise OSError(28, f"failed: {call[0]}")

    def close(self):
        self.closed = True
        self.log.append(("close",))
        if self.failing:
            raise OSError(5, f"failed: close after {self.failing}")


class Ends(unittest.TestCase):
    """close(), detach(), finalizers, and what is left of an object then."""

    def both(self, body):
        theirs, ours = body(standard), body(rillio)
        self.assertEqual(ours, theirs)
        return ours

    def test_failing_close(self):
        def body(module):
            results = []
            for kind in ("BufferedWriter", "BufferedRandom"):
                for failing in ((), ("write",), ("x",), ("write", "x")):
                    for end in ("close", "detach", "flush"):
                        raw = Failing(*failing)
                        f = getattr(module, kind)(raw, 8)
                        f.write(b"abc")
                        results.append(
                            (attempt(lambda: type(getattr(f, end)())),
                             attempt(lambda: f.closed), attempt(f.close),
                             attempt(f.tell), attempt(lambda: f.write(b"x")),
                             raw.log, bytes(raw.data)))
            return results

        self.both(body)

    def test_failing_close_of_pair(self):
        def body(module):
            results = []
            for reader in ((), ("x",)):
                for writer in ((), ("write",), ("x",), ("write", "x")):
                    raws = Failing(*reader), Failing(*writer)
                    f = module.BufferedRWPair(*raws, 8)
                    f.write(b"abc")
                    results.append((attempt(f.close), f.closed,
                                    [raw.log for raw in raws]))
            return results

        self.both(body)

    def test_raw_that_stays_open(self):
        class Open(Raw):
            def close(self):
                self.log.append(("close",))

        def body(module):
            results = []
            for kind in KINDS:
                raw = Open(b"0123456789")
                f = getattr(module, kind)(raw, 4)
                if kind != "BufferedWriter":
                    f.read(1)
                for call in (f.close, f.tell, f.close, lambda: f.read(1),
                             lambda: f.peek(), lambda: f.write(b"x"),
                             lambda: f.seek(1), f.truncate, f.flush,
                             lambda: f.closed):
                    results.append(attempt(call))
                results.append(raw.log)
                f.__init__(raw, 4)
                results.append(attempt(f.detach) is raw)
            return results

        self.both(body)

    def test_finalizer(self):
        def body(module):
            raw = Raw()
            f = module.BufferedWriter(raw, 8)
            f.write(b"abc")
            del f
            results = [raw.log]
            raw = Raw()
            f = module.BufferedWriter(raw, 8)
            f.write(b"cycle")
            f.myself = f
            gone = weakref.ref(f)
            del f
            gc.collect()
            results += [gone(), raw.log]
            raw = Raw()
            log = raw.log
            raw.user = module.BufferedWriter(raw, 8)
            raw.user.write(b"cycle through raw")
            gone = weakref.ref(raw)
            del raw
            gc.collect()
            return results + [gone(), log]

        self.both(body)

    def test_subclass_finalizer(self):
        def body(module):
            order = []

            class Sub(module.BufferedRandom):
                def __del__(self):
                    order.append("del")
                    super().__del__()

                def close(self):
                    order.append("close")
                    super().close()

                def flush(self):
                    order.append("flush")
                    super().flush()

            raw = Raw()
            f = Sub(raw, 8)
            f.write(b"x")
            f.attribute = [f]
            del f
            gc.collect()
            return order, raw.log

        self.both(body)

    def test_resurrection(self):
        def body(module):
            kept = []

            class Back(module.BufferedWriter):
                def __del__(self):
                    kept.append(self)

            raw = Raw()
            f = Back(raw, 8)
            f.write(b"abc")
            del f
            gc.collect()
            kept[0].write(b"d")
            kept[0].flush()
            kept[0].close()
            return raw.log

        self.both(body)

    def test_warning_names_the_outermost(self):
        for kind, mode in (("BufferedReader", "r"), ("BufferedWriter", "w"),
                           ("BufferedRandom", "w+")):
            with tempfile.NamedTemporaryFile() as file:
                with self.assertWarns(ResourceWarning) as caught:
                    getattr(rillio, kind)(rillio.FileIO(file.name, mode))
                    gc.collect()
            self.assertEqual(
                str(caught.warning),
                f"unclosed file <rillio.{kind} name={file.name!r}>")

    def test_memory_of_the_buffer(self):
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        f = rillio.BufferedReader(Raw(b"x"), 500_000)
        with_buffer = sys.getsizeof(f)
        traced = tracemalloc.get_traced_memory()[0]
        f.close()
        self.assertEqual(sys.getsizeof(f), with_buffer - 500_000)
        freed = traced - tracemalloc.get_traced_memory()[0]
        self.assertGreater(freed, 490_000)

    def test_repr(self):
        class Named(Raw):
            name = "n"

        f = rillio.BufferedReader(Named())
        self.assertEqual(repr(f), "<rillio.BufferedReader name='n'>")
        f.raw.name = f
        with self.assertRaisesRegex(RuntimeError, "reentrant call inside"):
            repr(f)
        f.raw.name = None
        self.assertEqual(repr(f), "<rillio.BufferedReader name=None>")

    def test_no_leaks(self):
        """Nothing that a program makes stays behind, exceptions included."""
        def programs():
            for seed in range(30):
                for kind in KINDS:
                    run_random(rillio, kind, seed)
            for failing in ((), ("write",), ("x",), ("write", "x")):
                f = rillio.BufferedWriter(Failing(*failing), 8)
                f.write(b"abc")
                attempt(f.close)
                attempt(rillio.BufferedRWPair(Raw(), Failing(*failing)).close)
            for name, call in (("readinto", "readline"), ("readall", "read"),
                               ("readinto", "detach")):
                for _ in range(50):
                    raw = Failing()
                    f = rillio.BufferedReader(raw, 300)
                    f.peek()
                    raw.failing = [name]
                    attempt(getattr(f, call))

        def traced():
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        programs()
        before = traced()
        for _ in range(5):
            programs()
        self.assertLess(traced() - before, 3000)


class Guests(unittest.TestCase):
    """Raw streams that use, change or keep what called them."""

    def test_reentrant_calls(self):
        def body(module, kind, name, entry):
            class Guest(Raw):
                entered = None

                def _called(self, *call):
                    if call[0] == name and self.entered is None:
                        self.entered = ()
                        self.entered = attempt(lambda: entry(f))
                    return super()._called(*call)

            raw = Guest(b"0123456789" * 9)
            f = getattr(module, kind)(raw, 8)
            result = [attempt(lambda: op(f)) for op in (
                lambda f: f.read(3), lambda f: f.write(b"abc"),
                lambda f: f.write(b"x" * 20), lambda f: f.read(4),
                lambda f: f.seek(40), lambda f: f.tell(),
                lambda f: f.readline(), lambda f: f.truncate(30))]
            return result, raw.entered, raw.log[:], bytes(raw.data)

        entries = [lambda f: f.read(1), lambda f: f.read(),
                   lambda f: f.readline(), lambda f: f.peek(),
                   lambda f: into(f.readinto, 3), lambda f: f.write(b"z"),
                   lambda f: f.write(b"z" * 30), lambda f: f.flush(),
                   lambda f: f.close(), lambda f: f.tell(),
                   lambda f: f.seek(0, 2), lambda f: f.truncate()]
        for kind in KINDS:
            for name in ("readinto", "write", "seek", "tell", "truncate"):
                for at, entry in enumerate(entries):
                    with self.subTest(kind=kind, name=name, entry=at):
                        self.assertEqual(body(rillio, kind, name, entry),
                                         body(standard, kind, name, entry))

    def test_remade_and_detached_inside(self):
        """io crashes on most of these."""
        for kind in KINDS:
            for name in ("readinto", "write", "seek", "tell", "truncate",
                         "readall", "flush"):
                for entry in (lambda f: f.__init__(Raw(), 4), detach_quietly):
                    class Guest(Raw):
                        def _called(self, *call):
                            if call[0] == name and len(self.log) < 90:
                                self.log.append(call)
                                attempt(lambda: entry(f))
                            return super()._called(*call)

                    class Sub(getattr(rillio, kind)):
                        def flush(self):
                            pass

                    raw = Guest(b"0123456789" * 9)
                    f = Sub(raw, 8)
                    for op in (lambda: f.read(3), lambda: f.write(b"a" * 5),
                               lambda: f.write(b"b" * 50), lambda: f.read(70),
                               lambda: f.readline(), lambda: f.seek(7),
                               lambda: f.tell(), lambda: f.truncate(3),
                               lambda: f.read(), lambda: f.close()):
                        attempt(op)

    def test_raw_may_keep_its_view(self):
        views = []

        class Keeper(Raw):
            def readinto(self, buffer):
                views.append(buffer)
                return super().readinto(buffer)

            def write(self, buffer):
                views.append(buffer)
                return super().write(buffer)

        f = rillio.BufferedRandom(Keeper(bytes(range(100))), 8)
        target = bytearray(30)
        self.assertEqual(f.read(50), bytes(range(50)))
        self.assertEqual(f.readinto(target), 30)
        self.assertEqual(f.read(40), bytes(range(80, 100)))
        f.seek(0)
        f.write(b"x" * 5)
        f.flush()
        f.write(bytearray(b"y" * 20))
        f.close()
        del f
        gc.collect()
        for view in views:  # memory that has been given back would show
            bytes(view)
            if not view.readonly:
                view[:] = bytes(len(view))
        with self.assertRaises(BufferError):
            target.clear()
        views.clear()
        target.clear()

    def test_interrupted_calls_are_repeated(self):
        class Interrupted(Raw):
            times = 3

            def _called(self, *call):
                super()._called(*call)
                if self.times and call[0] in ("readinto", "write"):
                    self.times -= 1
                    raise InterruptedError(errno.EINTR, "signal")
                return ""

        for module in (standard, rillio):
            raw = Interrupted(b"0123456789")
            f = module.BufferedRandom(raw, 4)
            self.assertEqual(f.read(6), b"012345")
            raw.times = 2
            f.write(b"abcdef")
            f.flush()
            self.assertEqual(raw.times, 0)
            self.assertEqual(bytes(raw.data), b"012345abcdef")

    def test_signal_handler_stops_a_blocking_write(self):
        """The system wrote a part, and what handles the signal raises: before
        the rest is tried, which would block for ever."""
        r, w = os.pipe()

        def handler(number, frame):
            if not select.select([], [w], [], 0)[1]:
                raise ZeroDivisionError("handler")
            signal.setitimer(signal.ITIMER_REAL, .02)  # was too early

        before = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        f = rillio.BufferedWriter(rillio.FileIO(w, "w"))
        signal.setitimer(signal.ITIMER_REAL, .02)
        with self.assertRaises(ZeroDivisionError):
            f.write(bytes(1 << 20))
        os.close(r)
        f.close()

    def test_signal_handler_stops_a_write(self):
        class Signalled(Raw):
            def write(self, buffer):
                signal.raise_signal(signal.SIGUSR1)
                return super().write(bytes(buffer[:1]))

        def handler(number, frame):
            raise ZeroDivisionError("handler")

        before = signal.signal(signal.SIGUSR1, handler)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)
        for module in (standard, rillio):
            raw = Signalled()
            f = module.BufferedWriter(raw, 8)
            f.write(b"abc")
            for call in (f.flush, lambda: f.write(b"x" * 30)):
                with self.assertRaises(ZeroDivisionError):
                    call()
            raw.write = lambda b: Raw.write(raw, b)
            f.close()
            self.assertEqual(raw.log[-1], ("close",))


def detach_quietly(f):
    f.detach()


class Threads(unittest.TestCase):
    """One object, many threads."""

    def run_threads(self, work, count=8):
        failed = []

        def guarded(number):
            try:
                work(number)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=guarded, args=(number,))
                   for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failed, [])

    def setUp(self):
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        self.addCleanup(sys.setswitchinterval, interval)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "f")

    def test_reads_share_the_data_out(self):
        words = [b"%07d\n" % i for i in range(40_000)]
        with open(self.path, "wb") as out:
            out.writelines(words)
        for read in (lambda f: f.read(8), lambda f: f.readline(),
                     lambda f: next(f, b""), lambda f: f.read(8 * 777)):
            got = []
            with rillio.BufferedReader(rillio.FileIO(self.path), 4096) as f:
                self.run_threads(
                    lambda _: got.extend(iter(lambda: read(f), b"")))
            self.assertEqual(sorted(b"".join(got).splitlines(True)), words)

    def test_writes_lose_nothing(self):
        for kind, mode in (("BufferedWriter", "w"), ("BufferedRandom", "w+")):
            with getattr(rillio, kind)(rillio.FileIO(self.path, mode),
                                       128) as f:
                def work(number):
                    for i in range(3000):
                        f.write(b"%02d%05d\n" % (number, i))
                        if i % 100 == 0:
                            f.flush()

                self.run_threads(work)
            with open(self.path, "rb") as done:
                lines = sorted(done)
            self.assertEqual(lines, [b"%02d%05d\n" % (number, i)
                                     for number in range(8)
                                     for i in range(3000)])

    def test_everything_at_once(self):
        """Nothing sensible comes of it, and nothing bad."""
        f = rillio.BufferedRandom(rillio.FileIO(self.path, "w+"), 64)
        chances = [random.Random(number) for number in range(8)]

        def work(number):
            chance = chances[number]
            for _ in range(3000):
                ops = chance.choice(KINDS["BufferedRandom"])
                attempt(lambda: ops[chance.choice(list(ops))](chance)(f))

        self.run_threads(work)
        f.close()

    def test_waiting_for_a_close(self):
        """Who waits while the other closes finds it closed."""
        inside, go_on = threading.Event(), threading.Event()

        class Slow(Raw):
            def readinto(self, buffer):
                inside.set()
                go_on.wait()
                return super().readinto(buffer)

        raw = Slow(b"0123456789")
        f = rillio.BufferedReader(raw, 4)
        results = {}
        reader = threading.Thread(
            target=lambda: results.update(reader=attempt(lambda: f.read(2))))
        reader.start()
        inside.wait()
        others = [threading.Thread(
            target=lambda name=name, call=call: results.update(
                {name: attempt(call)}))
            for name, call in (("close", f.close), ("peek", f.peek),
                               ("read", lambda: f.read(9)),
                               ("seek", lambda: f.seek(9)))]
        for thread in others:
            thread.start()
        go_on.set()
        for thread in [reader, *others]:
            thread.join()
        self.assertEqual(results["reader"], b"01")
        self.assertIsNone(results["close"])
        self.assertTrue(f.closed)

    def test_other_threads_run_during_a_read(self):
        r, w = os.pipe()
        with rillio.BufferedReader(rillio.FileIO(r)) as f, \
                rillio.FileIO(w, "w") as out:
            got = []
            thread = threading.Thread(target=lambda: got.append(f.read(3)))
            thread.start()
            out.write(b"abc")  # would hang if the read held the interpreter
            thread.join()
            self.assertEqual(got, [b"abc"])

    def test_end_with_a_thread_inside(self):
        """At the end it is tried for a second, then given up."""
        code = """
import os, sys, threading
io = __import__(sys.argv[1])
r, w = os.pipe()
f = io.BufferedWriter(io.FileIO(w, "w"))
threading.Thread(target=f.write, args=(bytes(1 << 20),), daemon=True).start()
os.read(r, 1)
class Last:
    def __del__(self, flush=f.flush):
        flush()
last = Last()
"""
        env = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None,
                                                                 sys.path)))
        for module in ("io", "rillio"):
            done = subprocess.run([sys.executable, "-c", code, module],
                                  capture_output=True, env=env,
                                  cwd=os.path.dirname(self.path))
            self.assertEqual(done.returncode, -signal.SIGABRT, done.stderr)
            self.assertIn(b"could not acquire lock for <", done.stderr)


if __name__ == "__main__":
    unittest.main()
