# shrink.py - makes a failing program small: drops operations, largest groups
# first, then makes every number smaller, as long as the program still fails.
# What it fails with may change on the way; any difference is a finding.

from program import AGAIN, KINDS

# What each number is tried as, before halving and subtracting one.
SIMPLEST = {"how": (0,), "flags": (0,), "a": (0, -1, 1), "b": (0, 1, 10),
            "c": (0,), "n": (0, 1), "k": (0, 4, 1), "py": (-1,)}


def fewer_operations(program):
    """Programs with a group of operations left out."""
    size = max(len(program) // 2, 1)
    while size >= 1:
        for start in range(len(program) - size, -1, -size):
            yield program[:start] + program[start + size:]
        if size == 1:
            return
        size //= 2


def smaller_numbers(value, simplest):
    for simple in simplest:
        if abs(simple) < abs(value) or (simple == -1 and value > 0):
            yield simple
    if abs(value) > 2:
        yield value // 2 if value > 0 else -(-value // 2)
    if abs(value) > 1:
        yield value - 1 if value > 0 else value + 1


def simpler_operations(program):
    """Programs with one number of one operation made simpler."""
    for index, op in enumerate(program):
        for field, simplest in SIMPLEST.items():
            if op.name == "open" and field == "how":
                continue
            if op.name == "open" and op.how in (4, 6) and field == "b":
                simplest = (max(op.n, 1),)  # a chunk, a capacity
            value = getattr(op, field)
            if field == "py" and op.name != "open":
                continue
            for simple in smaller_numbers(value, simplest):
                yield (program[:index] + [op.copy(**{field: simple})]
                       + program[index + 1:])
        if op.name == "open" and op.mode not in ("", "rb", "rb+"):
            for mode in ("rb", "rb+", "ab", "ab+", "wb", "wb+"):
                if mode != op.mode and len(mode) <= len(op.mode):
                    yield (program[:index] + [op.copy(mode=mode)]
                           + program[index + 1:])


def is_valid(program):
    """Numbers that the driver cannot run are no simplification."""
    files, kinds = set(), {}
    for op in program:
        if op.name == "open":
            if op.c & AGAIN and op.slot not in files:
                return False  # there is no file yet to be opened again
            files.add(op.slot)
            kinds[op.slot] = KINDS[op.how]
            if op.how == 4 and op.b < 1 or op.how == 6 and op.b < op.n:
                return False
            if op.how in (1, 2) and op.b < 0 or op.a < -1:
                return False
            if op.how == 3 and op.b < 0 or op.how == 2 and "x" in op.mode:
                return False
        elif op.name in ("read_some", "read_exact", "pread", "peek", "skip",
                         "hint") and (op.a < 0 or op.name == "peek"
                                      and op.b < 0):
            return False
        elif op.name == "copy" and op.b != 1 - op.slot:
            return False
        elif op.name == "read" and (op.c < 0 or op.a <= 0 and op.how):
            return False
        elif op.name == "write" and op.way in ("puts", "printf") and (
                0 in op.data):
            return False
        elif op.name == "write" and op.way == "putc" and op.n == 0:
            return False
        elif op.name == "readline" and (op.a < 0 or op.b < 0):
            return False
        elif op.name == "lines" and (op.a == 0 or op.b < 0):
            return False
        elif op.name == "unget" and op.a == -2 and (
                kinds.get(op.slot) == "pipe_read"):
            return False
        elif op.name == "unget" and (op.n == 0 or
                0 <= op.a < op.n or op.a == -1 and b"\n" in op.data):
            return False
        elif op.name == "poke" and op.a < 0:
            return False
    return True


def shrink(program, fails, attempts=4000):
    """The smallest program found for which fails(program) is true; runs at
    most `attempts` programs."""
    progress = True
    while progress and attempts > 0:
        progress = False
        for step in (fewer_operations, simpler_operations):
            again = True
            while again and attempts > 0:
                again = False
                for candidate in step(program):
                    if not candidate or not is_valid(candidate):
                        continue
                    attempts -= 1
                    if fails(candidate):
                        program, again, progress = candidate, True, True
                        break
                    if attempts <= 0:
                        break
    return program
