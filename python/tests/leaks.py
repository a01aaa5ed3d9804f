"""Whether memory grows when the same is done again and again.

    leaks.py FILE...     each a file of unittest cases

What first times leave behind (caches, imports, code that is specialised) is no
leak: it ends. Nor is what comes now and then: memory grew if it did each time,
in each of some rounds.
"""
import array
import ctypes
import gc
import pathlib
import sys
import unittest

ROUNDS, TIMES, COUNTED = 5, 12, 6

# What CPython itself leaks there, with io as well.
LEFT_OUT = {
    "Reentry.test_state_whose_keys_run_code":
        "dict.update() of a dict that the other's keys clear meanwhile",
    "Ends.test_no_leaks": "tracemalloc, which it starts and stops",
    "MemoryUse": "tracemalloc, which each of these starts and stops",
}


class _Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
        "uordblks", "fordblks", "keepcost")]


def memory():
    """Python's blocks, its references to None, and the C library's bytes."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = _Mallinfo2
    for _ in range(3):
        gc.collect()
    info = mallinfo2()
    return (sys.getallocatedblocks(), sys.getrefcount(None),
            info.uordblks + info.hblkhd)


UNITS = "blocks", "references to None", "bytes"


def grown_in_a_round(run):
    """Do it TIMES times. What grew each of the last COUNTED times: text."""
    sizes = array.array("q", bytes(8 * len(UNITS) * TIMES))  # grows no more
    for n in range(TIMES):
        run()
        for unit, size in enumerate(memory()):
            sizes[n * len(UNITS) + unit] = size
    found = []
    for unit, name in enumerate(UNITS):
        values = sizes[unit::len(UNITS)]
        steps = [b - a for a, b in zip(values, values[1:])][-COUNTED:]
        if min(steps) > 0:
            found.append(f"{name} grow by {steps}")
    return ", ".join(found)


def grown(run):
    """What grows in each of several rounds: text, "" if nothing does."""
    for _ in range(ROUNDS):
        text = grown_in_a_round(run)
        if not text:
            break
    return text


def kept(suite):
    """The suite without what is left out."""
    result = unittest.TestSuite()
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            result.addTest(kept(test))
        elif not LEFT_OUT.keys() & {test.id().split(".", 1)[1],
                                    type(test).__name__}:
            result.addTest(test)
    return result


def main():
    import tap
    failed = 0
    for name in sys.argv[1:]:
        module = tap.load(pathlib.Path(name).resolve())

        def run(module=module):
            suite = unittest.defaultTestLoader.loadTestsFromModule(module)
            kept(suite).run(unittest.TestResult())

        text = grown(run)
        failed += bool(text)
        print(f"FAILED  {name}: {text}" if text else f"{name}: flat",
              flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
