"""The workloads: what each program is asked to do, in three sizes.

A workload is an order that bench.c understands, plus how its result is read.
Sizes are (quick, normal, full); quick ones fit into a minute for all peers.
"""
from dataclasses import dataclass

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
BLOCK = 64 * KIB
MODES = ("quick", "normal", "full")
# Where requests are large, locks do not matter.
SAME_STDIO = ("stdio_single", "stdio_unlocked")


@dataclass
class Workload:
    """One row of the table; `command` is the name in the programs."""
    id: str
    title: str
    command: str
    n: int = 1
    size: int = 1
    warm: bool = True      # measured after an unmeasured run: "recycled"
    repeat: bool = True    # may be repeated until it lasts long enough
    file: str = "-"        # what it reads: "data", "lines" or nothing
    file_size: int = 0
    touch: int = 0         # bytes of memory to touch before
    per: float = 1         # operations counted in one repetition
    unit: str = "ns"       # of the figures: ns or ms an operation, bytes, us
    grows: bool = False    # huge pages in malloc() would help the peers
    only: tuple = ()       # peers, if not all
    without: tuple = ()    # peers that cannot
    chart: str = ""        # name in the chart

    def order(self, reps, paths, variant):
        """The line that bench.c takes."""
        name = self.command + (f"@{variant}" if variant else "")
        source, out = paths
        if self.command in ("write_file", "putc_file", "write_bulk"):
            source = out
        return (f"{name} {self.n} {self.size} {reps} {int(self.warm)} "
                f"{self.touch} {source} {out}")


def count_words(n):
    if n % 1_000_000 == 0:
        return f"{n // 1_000_000} M"
    return f"{n:,}"


def size_words(size):
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size / unit:g} {name}"
    return f"{size} bytes"


def small_memory(pick):
    """Small requests in memory."""
    n = pick(500_000, 10_000_000, 10_000_000)
    yield Workload("write11_50k", "50,000 x 11-byte write, value taken",
                   "write_mem", 50_000, 11, per=50_000, grows=True,
                   chart="50,000 x 11-byte write")
    for warm, word in ((False, "fresh"), (True, "recycled")):
        yield Workload(f"write11_many_{word}",
                       f"{count_words(n)} x 11-byte write, {word} memory",
                       "write_mem", n, 11, warm=warm, repeat=False, per=n,
                       touch=n * 44, grows=True)
    total = pick(2, 16, 16) * MIB
    yield Workload("putc_mem", "putc to memory", "putc_mem", total,
                   per=total, grows=True, chart="putc to memory")
    yield Workload("getc_mem", "getc from memory", "getc_mem", total,
                   per=total, file="data", file_size=total,
                   chart="getc from memory")
    for size, scale in ((8, 1), (64, 4), (256, 4)):
        n = total * scale // size
        yield Workload(f"read{size}_mem", f"read {size} bytes, memory",
                       "read_mem", n, size, per=n, file="data",
                       file_size=n * size,
                       chart="read 64 bytes, memory" if size == 64 else "")
    for size, scale in ((8, 1), (64, 4), (256, 4)):
        n = total * scale // size
        yield Workload(f"write{size}_mem",
                       f"write {size} bytes, growing memory",
                       "write_mem", n, size, per=n, grows=True,
                       touch=n * size * 3,
                       chart="write 64 bytes, memory" if size == 64 else "")


def small_file(pick):
    """Small requests on files, and lines."""
    total = pick(2, 32, 64) * MIB
    yield Workload("getc_file", "getc from a file", "getc_file", total,
                   file="data", file_size=total, per=total,
                   chart="getc from a file")
    yield Workload("putc_file", "putc to a file", "putc_file", total,
                   per=total, touch=2 * total, chart="putc to a file")
    for size in (8, 64):
        n = total // size
        yield Workload(f"read{size}_file", f"read {size} bytes, file",
                       "read_file", n, size, file="data", file_size=total,
                       per=n,
                       chart="read 64 bytes, file" if size == 64 else "")
        yield Workload(f"write{size}_file", f"write {size} bytes, file",
                       "write_file", n, size, per=n, touch=2 * total,
                       chart="write 64 bytes, file" if size == 64 else "")
    n = pick(50_000, 500_000, 500_000)
    for where, what in (("mem", "memory"), ("file", "a warm file")):
        yield Workload(f"lines_{where}", f"line of 110 bytes from {what}",
                       f"lines_{where}", n, file="lines", file_size=n,
                       per=n, chart=f"lines from {what}")


def bulk(pick):
    """Growing memory, whole files, copies."""
    sizes = pick((32 * MIB,), (32 * MIB, 256 * MIB, GIB),
                 (32 * MIB, 256 * MIB, GIB, 4 * GIB))
    for size in sizes:
        for warm, word in ((False, "fresh"), (True, "recycled")):
            if warm and size < sizes[-1] and size < 256 * MIB:
                continue
            yield Workload(
                f"grow_{size // MIB}m_{word}",
                f"{size_words(size)} to memory in 64 KiB writes, {word}",
                "grow_mem", 1, size, warm=warm, repeat=False,
                touch=size + max(size // 4, GIB // 4), per=size / BLOCK, grows=True,
                without=SAME_STDIO + (("bio",) if size > GIB else ()),
                chart=f"{size_words(size)} to memory, {word}"
                if size == min(sizes[-1], GIB) else "")
    size = pick(32 * MIB, GIB, 2 * GIB)
    for warm, word in ((False, "fresh"), (True, "recycled")):
        yield Workload(f"load_{word}",
                       f"a warm {size_words(size)} file to memory, {word}",
                       "load", 1, size, warm=warm, repeat=False, file="data",
                       file_size=size, touch=size + size // 4, per=1,
                       unit="ms", grows=True,
                       without=SAME_STDIO +
                       (("sdl",) if size >= 2 * GIB else ()),
                       chart=f"a file to memory, {word}")
    size = pick(32, 256, 256) * MIB
    common = dict(warm=False, repeat=False, touch=3 * size,
                  without=SAME_STDIO)
    yield Workload("read_bulk", "read a file in 64 KiB", "read_bulk",
                   size // BLOCK, BLOCK, file="data", file_size=size,
                   per=size // BLOCK, **common)
    yield Workload("write_bulk", "write a file in 64 KiB", "write_bulk",
                   size // BLOCK, size, per=size // BLOCK, **common)
    yield Workload("save", f"{size_words(size)} of memory to a file", "save",
                   1, size, file="data", file_size=size, unit="ms",
                   chart="memory to a file", **common)
    yield Workload("copy_file", f"{size_words(size)} file to file",
                   "copy_file", 1, size, file="data", file_size=size,
                   unit="ms", chart="file to file", **common)


def others(pick):
    """Short lives, random access, opening."""
    n = pick(200_000, 1_000_000, 1_000_000)
    yield Workload("create", "create + 11 bytes + value + destroy", "create",
                   n, repeat=False, per=n,
                   chart="create + 11 bytes + destroy")
    size = pick(64 * MIB, GIB, GIB)
    n = pick(50_000, 1_000_000, 1_000_000)
    yield Workload("rand_mem", f"random 64 bytes of {size_words(size)} "
                   "of memory", "rand_mem", n, size, repeat=False, per=n,
                   warm=False, file="data", file_size=size,
                   chart="random 64 bytes, memory")
    n = pick(5_000, 100_000, 100_000)
    yield Workload("rand_file", f"random 64 bytes of a {size_words(size)} "
                   "file", "rand_file", n, size, repeat=False, per=n,
                   warm=False, file="data", file_size=size,
                   chart="random 64 bytes, file")
    n = pick(4_000, 20_000, 20_000)
    yield Workload("open_close", "open + read 1 KiB + close", "open_close",
                   n, repeat=False, per=n, file="data", file_size=KIB,
                   chart="open + read 1 KiB + close")


def scaling(pick):
    """What happens as the work grows: Rill against hand-written loops."""
    largest = pick(64 * MIB, GIB, 8 * GIB)
    size = KIB
    while size <= largest:
        n = size // 64
        yield Workload(f"sweep_{size}",
                       f"{size_words(size)} in 64-byte writes", "write_mem",
                       n, 64, per=n, only=("limit", "rill"),
                       touch=min(3 * size, size + GIB),
                       repeat=size <= 64 * MIB)
        size *= 8 if size >= GIB else pick(16, 4, 4)
    n = pick(20_000, 1_000_000, 1_000_000)
    for size in (11, 64, 1000):
        yield Workload(f"many_{size}",
                       f"{count_words(n)} open streams of {size} bytes, "
                       "each beyond its data", "many", n, size, warm=False,
                       repeat=False, unit="bytes",
                       without=("limit", "sdl", "apr") + SAME_STDIO)
    for size in (300_000, 1_000_000, 5_000_000, 33_000_000, 100_000_001):
        yield Workload(f"committed_{size}",
                       f"memory beyond {size:,} bytes written", "committed",
                       1, size, warm=False, repeat=False, unit="bytes",
                       only=("rill",))


def workloads(mode):
    """All rows for a mode of MODES."""
    index = MODES.index(mode)

    def pick(*choices):
        return choices[index]

    rows = []
    for part in (small_memory, small_file, bulk, others, scaling):
        rows.extend(part(pick))
    return rows
