"""BytesIO's life: calls that come back to it, threads, copies, take()."""
import gc
import io as standard
import pickle
import random
import sys
import threading
import unittest
import weakref

import rillio
from compare import fresh, outcome

MIB = 1024 * 1024


class Subclass(rillio.BytesIO):
    """Can be pickled by its name."""


class Evil:
    """A buffer's owner, or an iterator, that does something meanwhile."""

    def __init__(self, action):
        self.action = action

    def __index__(self):
        self.action()
        return 2

    def __iter__(self):
        yield b"one"
        self.action()
        yield b"two"
        self.action()


class Reentry(unittest.TestCase):
    ACTIONS = [
        lambda b: b.close(), lambda b: b.__init__(b"new"),
        lambda b: b.__init__(), lambda b: b.truncate(0),
        lambda b: b.write(b"x" * 5000), lambda b: b.getvalue(),
        lambda b: b.seek(1000), lambda b: b.__setstate__((b"set", 2, None)),
        lambda b: b.getbuffer(), lambda b: b.read(), lambda b: gc.collect(),
    ]

    def both(self, program):
        """The same from io, which keeps its state across these calls."""
        for action in self.ACTIONS:
            results = []
            for module in standard, rillio:
                for initial in b"", b"abc\ndef", b"x" * 100:
                    for written in b"", b"y", b"z" * 200:
                        b = module.BytesIO(initial)
                        b.write(written)
                        views = []

                        def act(b=b, views=views):
                            views.append(action(b))

                        results.append((outcome(program, b, act),
                                        outcome(lambda b=b: b.getvalue()),
                                        outcome(lambda b=b: b.tell())))
                        views.clear()
            half = len(results) // 2
            self.assertEqual(results[half:], results[:half])

    def test_index_of_a_size(self):
        for name in "read", "readline", "truncate", "seek", "read1":
            self.both(lambda b, act: getattr(b, name)(Evil(act)))

    def test_whence(self):
        self.both(lambda b, act: b.seek(0, Evil(act)))

    def test_iterator_of_lines(self):
        self.both(lambda b, act: b.writelines(Evil(act)))

    @unittest.skipUnless(sys.version_info >= (3, 12), "no __buffer__")
    def test_buffer(self):
        class Buffer:
            def __init__(self, act):
                self.act = act

            def __buffer__(self, flags):
                self.act()
                return memoryview(bytearray(b"from a buffer"))

            def __release_buffer__(self, view):
                self.act()

        for action in self.ACTIONS:
            for name in "write", "readinto", "__init__":
                b = rillio.BytesIO(b"abc")
                outcome(getattr(b, name), Buffer(lambda b=b: action(b)))
                outcome(b.getvalue)
                del b
                b = rillio.BytesIO.over(Buffer(lambda: None))
                outcome(b.write, b"x" * 5000)

    def test_element_that_goes_away(self):
        b = rillio.BytesIO()
        lines = [b"a" * 10]

        class Lines:
            def __iter__(self):
                return self

            def __next__(self):
                if not lines:
                    raise StopIteration
                return lines.pop()

        b.writelines(Lines())
        self.assertEqual(b.getvalue(), b"a" * 10)

    def test_callback_of_a_weak_reference(self):
        seen = []
        b = rillio.BytesIO(b"abc")
        reference = weakref.ref(b, lambda r: seen.append(r()))
        del b
        self.assertEqual(seen, [None])
        self.assertIsNone(reference())

    def test_threads(self):
        b = rillio.BytesIO()
        stop = []

        def work(seed):
            rng = random.Random(seed)
            while not stop:
                try:
                    rng.choice(self.ACTIONS)(b)
                    b.write(b"abc\n" * rng.randrange(300))
                    b.seek(rng.randrange(500))
                    b.readline()
                    b.readinto(bytearray(100))
                    b.__init__(b"again")
                except (ValueError, BufferError):
                    pass

        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(2000):
            outcome(b.getvalue)
        stop.append(True)
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)


class Life(unittest.TestCase):
    def test_cycles_are_collected(self):
        for make in rillio.BytesIO, Subclass:
            b = make(b"x")
            b.me = b
            reference = weakref.ref(b)
            del b
            gc.collect()
            self.assertIsNone(reference())

    def test_cycle_through_a_view(self):
        b = rillio.BytesIO(b"x")
        b.view = b.getbuffer()
        reference = weakref.ref(b)
        del b
        gc.collect()
        self.assertIsNone(reference())

    def test_cycle_through_what_it_is_over(self):
        class Memory(bytearray):
            pass

        memory = Memory(b"abc")
        memory.b = rillio.BytesIO.over(memory)
        reference = weakref.ref(memory)
        del memory
        gc.collect()
        self.assertIsNone(reference())

    def test_subclass_is_closed_at_its_end(self):
        closed = []

        class Closing(rillio.BytesIO):
            def close(self):
                closed.append(self.getvalue())
                super().close()

        Closing(b"value")
        self.assertEqual(closed, [b"value"])

    def test_resurrection(self):
        kept = []

        class Surviving(rillio.BytesIO):
            def __del__(self):
                kept.append(self)

        Surviving(b"abc").write(b"X")
        self.assertEqual(kept[0].read(), b"bc")

    def test_subclass_with_state(self):
        b = Subclass(b"abc")
        b.read(1)
        b.extra = 5
        c = pickle.loads(pickle.dumps(b))
        self.assertIs(type(c), Subclass)
        self.assertEqual((c.read(), c.extra), (b"bc", 5))

    def test_many_at_once(self):
        many = [rillio.BytesIO() for _ in range(200)]
        for i, b in enumerate(many):
            b.write(b"%d" % i)
            b.write(b"!")
        del many[::2]
        more = [rillio.BytesIO() for _ in range(200)]
        self.assertEqual([b.getvalue() for b in more], [b""] * 200)
        self.assertEqual([b.getvalue() for b in many],
                         [b"%d!" % i for i in range(1, 200, 2)])
        self.assertEqual({b.tell() for b in more}, {0})

    def test_nothing_stays_of_the_one_before(self):
        b = rillio.BytesIO(b"secret")
        b.x = 1
        b.close()
        del b
        b = rillio.BytesIO()
        self.assertFalse(b.closed)
        self.assertEqual((b.getvalue(), b.tell(), b.__dict__), (b"", 0, {}))


class Take(unittest.TestCase):
    def test_gives_all_and_goes_on(self):
        for n in 0, 1, 10, 100, 70000, 33 * MIB:
            data = fresh(n)
            for pieces in [data], [data[:1], data[1:]]:
                b = rillio.BytesIO()
                b.writelines(pieces)
                taken = b.take()
                self.assertEqual(taken, data)
                self.assertTrue(taken.readonly)
                self.assertEqual((b.getvalue(), b.tell()), (b"", 0))
                b.write(b"next")
                self.assertEqual(b.getvalue(), b"next")
                self.assertEqual(taken, data)

    def test_does_not_copy(self):
        data = fresh(1000)
        taken = rillio.BytesIO(data).take()
        self.assertGreater(sys.getrefcount(data), 2)
        del taken
        self.assertEqual(sys.getrefcount(data), 2)

    def test_whole_content_at_any_position(self):
        b = rillio.BytesIO(b"abcdef")
        b.seek(4)
        self.assertEqual(bytes(b.take()), b"abcdef")

    def test_is_hashable_as_bytes_are(self):
        self.assertEqual(hash(rillio.BytesIO(b"abc").take()), hash(b"abc"))

    def test_refuses(self):
        b = rillio.BytesIO(b"abc")
        with b.getbuffer():
            self.assertRaises(BufferError, b.take)
        self.assertEqual(b.getvalue(), b"abc")
        b.close()
        self.assertRaises(ValueError, b.take)

    def test_owner_goes_first(self):
        b = rillio.BytesIO()
        b.write(b"one")
        b.write(b"two")
        taken = b.take()
        part = taken[1:3]
        del b, taken
        gc.collect()
        self.assertEqual(part, b"ne")

    def test_who_has_the_view_cannot_write(self):
        b = rillio.BytesIO()
        b.write(bytearray(b"abc"))
        taken = b.take()
        with self.assertRaises(TypeError):
            taken[0] = 1
        self.assertRaises(TypeError, rillio.BytesIO(b"xyz").readinto, taken)


if __name__ == "__main__":
    unittest.main()
