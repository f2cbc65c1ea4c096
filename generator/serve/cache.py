"""The sources of a portal, kept in memory from save to save: only what changed is read again."""

from collections.abc import Collection, Iterable, Mapping, Set
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from generator.base.problems import Problem
from generator.base.scan import Stamp
from generator.base.workers import WorkerPool
from generator.config.portal import Portal
from generator.load import sources
from generator.load.sources import BUDGET, ReadTask, Result
from generator.load.store import Record, Store, Texts
from generator.model.article import Body
from generator.site.index import Entry

MANY: Final = 64
"""Of more files than these, only the front matter is read at once, and the texts later."""

AT_ONCE: Final = 512
"""So many files are read at a time while somebody may be asking for a page."""

KEPT: Final = 256
"""So many texts, the latest ones that were read, are kept in memory."""

Readings = Mapping[str, Record]
"""What files became that were read, by path."""


class Change(NamedTuple):
    """What reading came to: sources of which only the text is another, those of which more is, and
    whether there are others than before."""

    texts: tuple[Entry, ...] = ()
    heads: tuple[Entry, ...] = ()
    others: bool = False


class Wish(NamedTuple):
    """What a worker is to do: read a file, `whole` or without a text that nobody knows yet.

    `anew`: whatever the store may have of its text.
    """

    task: ReadTask
    whole: bool
    anew: bool = False


class LatestTexts:
    """Bodies by the digest of their text: in memory where they were read just now, or in a store.

    So a page that waited for a text gets it, whatever has become of the store meanwhile.
    """

    def __init__(self, stored: Texts) -> None:
        self._stored = stored
        self._latest: dict[bytes, Body] = {}

    def __call__(self, digest: bytes) -> Body:
        """The body with that digest of its text.  LookupError: there is none."""
        return self._latest.get(digest) or self._stored(digest)

    def keep(self, digest: bytes, body: bytes) -> None:
        """Keeps a packed body until others have come."""
        self._latest[digest] = msgspec.msgpack.decode(body, type=Body)
        if len(self._latest) > KEPT:
            del self._latest[next(iter(self._latest))]


class SourceCache:
    """All sources: what was found in each, and of each the last version that could be read.

    A source with mistakes stays as it was before them.
    """

    def __init__(self, portal: Portal, store: Store, *, jobs: int) -> None:
        self.texts = LatestTexts(store.texts)
        self._store = store
        self._portal = portal
        self._reading = sources.reading(portal)
        work = partial(_work, portal, store.texts, store.body_digests())
        self._pool: WorkerPool[Wish | None, Result | None] = WorkerPool(
            work, jobs=jobs, budget=BUDGET
        )
        self._pool.start_workers(1)  # while this process is small, and quickly forked
        self.records = sources.known_records(portal, store)
        store.commit()  # so that another preview of the portal need not wait to write there
        self.entries = {path: r.entry for path, r in self.records.items() if r.entry}
        self._wrong = {path: r.problems for path, r in self.records.items() if r.problems}
        self.unread: dict[str, None] = {}
        """The sources whose texts are not read yet, in the order in which they will be."""
        self.pending: dict[str, Stamp] = {}
        """The files that nobody has looked into yet, in the order in which that will be done."""
        self._unsaved: set[str] = set()

    def close(self) -> None:
        """Ends the workers."""
        self._pool.close()

    @property
    def broken(self) -> Set[str]:
        """The sources of which no version could be read, as far as is known."""
        return self.records.keys() - self.entries.keys()

    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong in the sources themselves."""
        return tuple(found for problems in self._wrong.values() for found in problems)

    def expect(self, stamps: Mapping[str, Stamp]) -> None:
        """Takes these files for all that there are; those that changed are pending."""
        for path in self.records.keys() - stamps.keys():
            self.records.pop(path)
            self.entries.pop(path, None)
            self._wrong.pop(path, None)
        # What an editor looks at first is new, and years and months come first in paths.
        self.pending = dict(sorted(self._out_of_date(stamps).items(), reverse=True))

    def read_pending(self) -> None:
        """Reads some of the files that are pending."""
        some = dict(islice(self.pending.items(), AT_ONCE))
        self.take(self.read(some))

    def read(self, stamps: Mapping[str, Stamp]) -> Readings:
        """Reads files and says what they became; those with the same bytes are left out."""
        for path in stamps:
            self.pending.pop(path, None)
        stale = self._out_of_date(stamps)
        tasks = [ReadTask(path, stamp, self._digest(path)) for path, stamp in stale.items()]
        whole = len(tasks) <= MANY
        return self._read([Wish(task, whole) for task in tasks])

    def read_texts(self, paths: Iterable[str]) -> Readings:
        """Reads the whole of sources whose texts are not read yet, or lost."""
        tasks = [ReadTask(path, self.records[path].stamp, b"") for path in paths]
        return self._read([Wish(task, whole=True, anew=True) for task in tasks])

    def take(self, readings: Readings, gone: Collection[str] = ()) -> Change:
        """Puts what was read in the place of what was known, and forgets the sources `gone`."""
        texts: list[Entry] = []
        heads: list[Entry] = []
        others = False
        for path in gone:
            del self.records[path]
            self.pending.pop(path, None)
            self.unread.pop(path, None)
            self._wrong.pop(path, None)
            others |= self.entries.pop(path, None) is not None
        for path, record in readings.items():
            self.records[path] = record
            self._unsaved.add(path)
            self.unread.pop(path, None)
            self._wrong.pop(path, None)
            if record.problems:
                self._wrong[path] = record.problems
            entry, before = record.entry, self.entries.get(path)
            if entry is None:
                continue
            if not entry.text:
                self.unread[path] = None
            self.entries[path] = entry
            if before is None:
                others = True
            elif before.digest != entry.digest:
                heads.append(entry)
            elif before != entry:
                texts.append(entry)
        return Change(tuple(texts), tuple(heads), others)

    def warm_up(self) -> None:
        """Lets a worker load what it needs, so that the first save is as quick as all others."""
        for _ in self._pool.run([None]):
            pass

    def remember(self) -> None:
        """Writes to the store what it does not know yet."""
        if self._store.get("reading", bytes) != self._reading:
            return  # another preview read a newer portal.toml: it knows better
        ready = self._unsaved - self.unread.keys()
        known = {path: self.records[path] for path in ready if path in self.records}
        self._store.put_records(known, keep=self.records.keys())
        self._store.commit()
        self._unsaved -= ready

    def tidy(self) -> None:
        """Forgets the texts that no source has any more, as long as all are known."""
        if not (self.unread or self.pending):
            in_use = {entry.text for entry in self.entries.values()}
            self._store.forget_bodies(self._store.body_digests() - in_use)
            self._store.commit()

    def _digest(self, path: str) -> bytes:
        """The digest of the bytes that a source had; b"" where it has to be read in any case."""
        return (
            self.records[path].digest if path in self.records and path not in self.unread else b""
        )

    def _out_of_date(self, stamps: Mapping[str, Stamp]) -> dict[str, Stamp]:
        known = self.records
        return {
            path: stamp
            for path, stamp in stamps.items()
            if not (path in known and stamp.proves_unchanged_since(known[path].stamp))
        }

    def _read(self, wishes: list[Wish]) -> Readings:
        found: dict[str, Record] = {}
        for place, result in self._pool.run(wishes):
            task = wishes[place].task
            if isinstance(result, str):
                found[task.path] = sources.lost(task, self._portal, result)
            elif result is None:
                same = msgspec.structs.replace(self.records[task.path], stamp=task.stamp)
                self.records[task.path] = same
                self._unsaved.add(task.path)
            else:
                packed, text, body = result
                found[task.path] = sources.unpacked(packed)
                if body is not None:
                    self.texts.keep(text, body)
                    self._store.put_bodies([(text, body)])
        self._store.commit()
        return found


def _work(
    portal: Portal, texts: Texts, bodies: frozenset[bytes], wish: Wish | None
) -> Result | None:
    if wish is None:
        sources.prepare()
        return None
    known = frozenset() if wish.anew else bodies
    try:
        return sources.read_one(portal, texts, known, wish.task, whole=wish.whole)
    except LookupError:  # another preview of the portal has tidied up
        return sources.read_one(portal, texts, frozenset(), wish.task, whole=wish.whole)
