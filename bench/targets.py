"""The targets, each a list of checks on the medians of one run.

A check is a measured figure and its bound; "at least" and "at most" are exact:
a figure that is 1 % off is reported as missed by 1 %. Rill's best documented
form (plain calls or the cursor) counts where the target names neither.
"""
SMALL_WRITES = ("putc_mem", "write8_mem", "write11_50k", "write64_mem")
SMALL_READS = ("getc_mem", "read8_mem", "read64_mem", "read256_mem")
RECORD_READS = SMALL_READS[1:]
SMALL_FILE = ("getc_file", "putc_file", "read8_file", "read64_file",
              "write8_file", "write64_file")
C_PEERS = ("stdio", "stdio_single", "stdio_unlocked", "gio", "sdl", "bio",
           "apr")
NOT_PEERS = ("limit", "rill")
AHEAD = 1.03  # "ahead" is at least 3 % faster than the best peer
FIXED = ("sdl",)  # memory that cannot grow


class Medians:
    """The medians of a result, by workload and column."""

    def __init__(self, result):
        self.of = {w["id"]: {name: c["median"]
                             for name, c in w["columns"].items()
                             if c["median"] is not None}
                   for w in result["workloads"]}

    def get(self, row, column):
        return self.of.get(row, {}).get(column)

    def best(self, row, *columns):
        """The least of the columns that were measured."""
        found = [self.get(row, c) for c in columns]
        return min((f for f in found if f is not None), default=None)

    def forms(self, row, name):
        """The least of all forms of one program."""
        return self.best(row, *(c for c in self.of.get(row, {})
                                if c.split(" ")[0] == name))

    def peers(self, row, without=(), among=None):
        """The least of all forms of all peers, with malloc() as usual."""
        names = {c.split(" ")[0] for c in self.of.get(row, {})}
        names = {n for n in names if n not in NOT_PEERS and "+" not in n
                 and n not in without and (not among or n in among)}
        found = [self.forms(row, n) for n in names]
        return min((f for f in found if f is not None), default=None)

    def rows(self, prefix):
        return [row for row in self.of if row.startswith(prefix)]


class Checks:
    """Collects the checks of one target."""

    def __init__(self, title):
        self.title = title
        self.list = []

    def add(self, what, value, bound, least):
        good = value >= bound if least else value <= bound
        off = (bound / value if least and value else value / bound) - 1
        self.list.append({
            "what": what, "value": value, "bound": bound,
            "kind": "at least" if least else "at most", "reached": good,
            "missed_by_percent": None if good else round(off * 100, 1)})

    def ratio(self, what, above, below, bound, least):
        """Check above / below; nothing where one was not measured."""
        if above is not None and below:
            self.add(what, above / below, bound, least)

    def at_most(self, what, above, below, bound):
        self.ratio(what, above, below, bound, False)

    def at_least(self, what, above, below, bound):
        self.ratio(what, above, below, bound, True)


def small_memory(m):
    writes = Checks("small writes to memory")
    for row in SMALL_WRITES:
        limit, plain = m.get(row, "limit"), m.get(row, "rill")
        cursor = m.get(row, "rill cursor")
        best = m.forms(row, "rill")
        writes.at_most(f"{row}: cursor / limit", cursor, limit, 1.3)
        writes.at_most(f"{row}: plain calls / limit", plain, limit, 2)
        for name in ("stdio", "stdio_single", "gio", "bio", "python"):
            writes.at_least(f"{row}: {name} / rill", m.get(row, name), best,
                            20)
        writes.at_least(f"{row}: rust / rill", m.forms(row, "rust"), best,
                        AHEAD)
    reads = Checks("small reads from memory")
    for row in SMALL_READS:
        best = m.best(row, "rill", "rill cursor")
        reads.at_most(f"{row}: rill / limit", best, m.get(row, "limit"), 1.3)
        if row in RECORD_READS:
            reads.at_least(f"{row}: rust / rill", m.get(row, "rust"), best,
                           AHEAD)
    reads.at_most("getc_mem: window loop / vectorised limit",
                  m.get("getc_mem", "rill window"),
                  m.get("getc_mem", "limit vector"), 1.3)
    return writes, reads


def small_file(m):
    files = Checks("small reads and writes on files")
    for row in SMALL_FILE:
        best = m.best(row, "rill", "rill cursor")
        files.at_most(f"{row}: rill / hand-written loop", best,
                      m.get(row, "limit"), 1.05)
        files.at_least(f"{row}: best peer / rill", m.peers(row), best, AHEAD)
    lines = Checks("lines")
    lines.at_most("lines_mem: rill / limit", m.get("lines_mem", "rill"),
                  m.get("lines_mem", "limit"), 1.5)
    for row, bound in (("lines_mem", 5), ("lines_file", 2.5)):
        lines.at_least(f"{row}: best peer / rill", m.peers(row),
                       m.get(row, "rill"), bound)
    return files, lines


def growing(m):
    grow = Checks("growing memory")
    for row in m.rows("grow_"):
        if int(row.split("_")[1][:-1]) < 256:
            continue  # page faults of the first megabytes tell little
        bound = 5 if row.endswith("fresh") else 10
        grow.at_least(f"{row}: best growable peer / rill",
                      m.peers(row, without=FIXED), m.get(row, "rill"), bound)
    for row in m.rows("sweep_"):
        if int(row.split("_")[1]) < 1 << 20:
            grow.at_least(f"{row}: realloc() / rill",
                          m.get(row, "limit realloc"), m.get(row, "rill"), 1)
    for row in m.rows("committed_"):
        size = int(row.split("_")[1])
        beyond = m.get(row, "rill")
        if beyond is not None:
            grow.add(f"{row}: MiB beyond the data", beyond / (1 << 20),
                     max(size / 8, 4 << 20) / (1 << 20), False)
    return (grow,)


def lifetimes(m):
    create = Checks("create to destroy")
    for column, bound in (("rill storage", 3), ("rill", 12)):
        if m.get("create", column) is not None:
            create.add(f"create: {column}, ns", m.get("create", column),
                       bound, False)
    create.at_least("create: best C peer / rill in the caller's storage",
                    m.peers("create", among=C_PEERS),
                    m.get("create", "rill storage"), 5)
    create.at_least("create: best C peer that allocates / rill on the heap",
                    m.peers("create", among=C_PEERS, without=FIXED),
                    m.get("create", "rill"), 5)
    many = Checks("cost as work grows")
    sweep = [m.get(row, "rill") for row in m.rows("sweep_")]
    if len(sweep) > 1:
        many.at_most("64-byte writes, from 1 KiB: dearest size / cheapest",
                     max(sweep), min(sweep), 1.1)
    # Caches make the hand-written loop dearer with the size as well.
    sweep = [m.get(row, "rill") / m.get(row, "limit")
             for row in m.rows("sweep_") if int(row[6:]) >= 1 << 16]
    if len(sweep) > 1:
        many.at_most("the same over the limit's time, from 64 KiB",
                     max(sweep), min(sweep), 1.1)
    for row in m.rows("many_"):
        if m.get(row, "rill") is not None:
            many.add(f"{row}: bytes each beyond the data",
                     m.get(row, "rill"), 200, False)
    return create, many


def whole_files(m):
    bulk = Checks("bulk file read and write")
    for row in ("read_bulk", "write_bulk"):
        bulk.at_most(f"{row}: rill / bare system calls", m.get(row, "rill"),
                     m.get(row, "limit"), 1.02)
        bulk.at_least(f"{row}: best peer / rill", m.peers(row),
                      m.get(row, "rill"), 1)
    copies = Checks("copies")
    for row in ("load_fresh", "load_recycled"):
        copies.at_least(f"{row}: best peer / rill", m.peers(row),
                        m.forms(row, "rill"), 3.7)
    copies.at_most("save: rill / plain write()", m.get("save", "rill"),
                   m.get("save", "limit"), .75)
    copies.at_least("copy_file: best raw route / rill",
                    m.forms("copy_file", "limit"),
                    m.get("copy_file", "rill"), .98)
    return bulk, copies


def random_access(m):
    access = Checks("random access")
    access.at_most("rand_mem: pread / limit", m.get("rand_mem", "rill pread"),
                   m.get("rand_mem", "limit"), 1.3)
    for column in ("rill", "rill pread"):
        access.at_most(f"rand_file: {column} / pread(2)",
                       m.get("rand_file", column),
                       m.get("rand_file", "limit"), 1.15)
    return (access,)


def size(result):
    checks = Checks("size and start-up")
    if result.get("text_bytes"):
        checks.add("library text, KiB", result["text_bytes"] / 1024, 100,
                   False)
    took = result.get("startup_us", {})
    if took.get("start_rill") and took.get("start_libm"):
        middle = {name: sorted(t)[len(t) // 2] for name, t in took.items()}
        checks.at_most("start-up: linked with Rill / with libm",
                       middle["start_rill"], middle["start_libm"], 1.03)
    return (checks,)


def check(result):
    """All targets of which something was measured."""
    m = Medians(result)
    found = (*small_memory(m), *small_file(m), *growing(m), *lifetimes(m),
             *whole_files(m), *random_access(m), *size(result))
    return [{"title": t.title, "checks": t.list} for t in found if t.list]
