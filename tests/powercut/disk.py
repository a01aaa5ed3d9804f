"""What a disk may hold after a power cut, by two sets of rules.

Posix   the weakest that POSIX allows: nothing is on the disk for certain but
        what was synced. Of the rest each name holds any of the files that it
        has stood for, each sector of a file any of its contents, each file
        any of its sizes and attributes, all independent of each other.
Ext4    data=ordered: names, sizes and attributes get there in order, and each
        sync of a file or directory takes all that came before along; written
        bytes get there in any order. With `allocates` (auto_da_alloc, the
        default), a rename over another file waits for the new one's bytes.

Both say, for a cut after the first `count` events: names(), each possible
state of the names with a token for what else follows from it, and contents(),
each possible version of a file then.
"""
from recording import apply

SECTOR = 512
ALL_SUBSETS_OF = 8


def subsets(count, random, samples):
    """Subsets of `count` things, in order: all where these are few; else none,
    all, each beginning, end and single one, all but one, and random ones."""
    if count <= ALL_SUBSETS_OF:
        for bits in range(1 << count):
            yield [k for k in range(count) if bits >> k & 1]
        return
    every = range(count)
    yield []
    yield list(every)
    step = max(1, count // samples)
    for k in range(0, count, step):
        yield list(range(k))
        yield list(range(k, count))
        yield [k]
        yield [other for other in every if other != k]
    for _ in range(samples):
        yield [k for k in every if random.random() < 0.5]


class Sector:
    """A piece of a write that gets to the disk whole or not at all."""

    def __init__(self, offset, data):
        self.write = offset, data
        self.size = None


def sectors(event):
    offset, data = event.write
    at = 0
    while at < len(data):
        end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
        yield Sector(offset + at, data[at:end])
        at = end


def with_size(content, size, filler):
    return bytes(content[:size]) + filler * max(0, size - len(content))


class Disk:
    def __init__(self, recorder, random, samples):
        self.first_names = recorder.first_names
        self.events = recorder.events
        self.random = random
        self.samples = samples

    def last_sync(self, what, count, attributes=False):
        """How many of the first `count` events are up to the last sync of a
        file or directory."""
        for k in range(count - 1, -1, -1):
            event = self.events[k]
            if event.sync is not None and event.sync == what and (
                    event.attributes or not attributes):
                return k + 1
        return 0

    def changes(self, file, start, end):
        return [e for e in self.events[start:end]
                if e.file is file and not e.attribute]

    def content_after(self, file, count):
        """A file's bytes with all that was done to it by then."""
        content = bytearray(file.first_content)
        for event in self.changes(file, 0, count):
            apply(content, event)
        return content

    def attributes_after(self, file, count):
        found = dict(file.first_attributes)
        for event in self.events[:count]:
            if event.file is file and event.attribute:
                found[event.attribute[0]] = event.attribute[1]
        return frozenset(item for item in found.items()
                         if item[1] is not None)


class Posix(Disk):
    title = "POSIX"

    def names(self, count):
        """Each name, by itself, holds one of those since the last sync."""
        held = {place: [node] for place, node in self.first_names.items()}
        for k, event in enumerate(self.events[:count]):
            for place, node in event.names.items():
                if k < self.last_sync(place[0], count):
                    held[place] = [node]
                else:
                    held.setdefault(place, [None]).append(node)
        places = list(held)
        choices = [list(dict.fromkeys(held[place])) for place in places]
        for nodes in self.combinations(choices):
            yield {place: node for place, node in zip(places, nodes)
                   if node is not None}, None

    def combinations(self, choices):
        """Each way to choose one of each; some of them, where too many."""
        total = 1
        for choice in choices:
            total *= len(choice)
        if total <= 1 << (2 * ALL_SUBSETS_OF):
            ways = [()]
            for choice in choices:
                ways = [way + (one,) for way in ways for one in choice]
            yield from ways
            return
        yield tuple(choice[0] for choice in choices)
        yield tuple(choice[-1] for choice in choices)
        for _ in range(self.samples * 16):
            yield tuple(self.random.choice(choice) for choice in choices)

    def contents(self, file, count, token):
        synced = self.last_sync(file, count)
        durable = self.content_after(file, synced)
        pending = self.changes(file, synced, count)
        sizes, now = [len(durable)], bytearray(durable)
        parts = []
        for event in pending:
            apply(now, event)
            sizes.append(len(now))
            parts += sectors(event) if event.write else [event]
        sizes = list(dict.fromkeys(sizes))
        if len(sizes) > ALL_SUBSETS_OF:
            some = self.random.sample(sizes[1:-1], ALL_SUBSETS_OF - 2)
            sizes = [sizes[0], sizes[-1]] + some
        for attributes in self.attributes_then(file, count, token):
            for chosen in subsets(len(parts), self.random, self.samples):
                content = bytearray(durable)
                for k in chosen:
                    apply(content, parts[k])
                for size in sizes:
                    yield with_size(content, size, b"\0"), attributes
                    if size > len(content):
                        yield with_size(content, size, b"\xa5"), attributes

    def attributes_then(self, file, count, token):
        """Each attribute, by itself, is as it was at a time since the sync."""
        synced = self.last_sync(file, count, attributes=True)
        held = {key: [value] for key, value in
                self.attributes_after(file, synced)}
        for event in self.events[synced:count]:
            if event.file is file and event.attribute:
                key, value = event.attribute
                held.setdefault(key, [None]).append(value)
        keys = list(held)
        choices = [list(dict.fromkeys(held[key])) for key in keys]
        for values in self.combinations(choices):
            yield frozenset(item for item in zip(keys, values)
                            if item[1] is not None)


class Ext4(Disk):
    title = "ext4"
    allocates = True

    def names(self, count):
        """The token is how many events the journal has on the disk."""
        committed = 0
        for k, event in enumerate(self.events[:count]):
            if event.sync is not None and event.attributes:
                committed = k + 1
        journal = [k + 1 for k in range(committed, count)
                   if self.events[k].names or self.events[k].attribute or
                   self.events[k].size is not None]
        for end in [committed] + journal:
            names = dict(self.first_names)
            for event in self.events[:end]:
                names.update(event.names)
            yield {place: node for place, node in names.items()
                   if node is not None}, end

    def contents(self, file, count, token):
        synced = self.last_sync(file, count)
        for k, event in enumerate(self.events[:token]):
            if self.allocates and event.replaced and \
                    file in event.names.values():
                synced = max(synced, k)
        durable = self.content_after(file, synced)
        parts = []
        for k in range(synced, count):
            event = self.events[k]
            if event.file is not file or event.attribute:
                continue
            if event.write:
                parts += sectors(event)
            elif k < token:
                parts.append(event)
        attributes = self.attributes_after(file, token)
        optional = [k for k, part in enumerate(parts) if part.write]
        for chosen in subsets(len(optional), self.random, self.samples):
            wanted = {optional[k] for k in chosen}
            content = bytearray(durable)
            for k, part in enumerate(parts):
                if k in wanted or not part.write:
                    apply(content, part)
            yield bytes(content), attributes


    def attributes_then(self, file, count, token):
        yield self.attributes_after(file, token)


class Ext4WithoutAllocation(Ext4):
    title = "ext4, noauto_da_alloc"
    allocates = False


MODELS = (Posix, Ext4, Ext4WithoutAllocation)
