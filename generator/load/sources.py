"""The sources of a portal, read in processes of their own: each file once for the same bytes.

What was read is kept in memory and in the store.  A build reads all of it at once; a preview first
the headers of the newest sources, and a text when a page shows it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import cached_property, partial
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from generator.base import digests, workers
from generator.base.problems import PortalError, Problem, lost
from generator.base.scan import Stamp, read_bytes
from generator.config import fingerprint
from generator.config.portal import Portal
from generator.load.store import Store, Texts
from generator.model.article import Body, FileLink, Link, Picture, Placeholder
from generator.model.entry import Entry, Record
from generator.site.assets import Assets
from generator.site.links import resolve

BUDGET = 10.0
"""Seconds that one file may take: some texts would keep Markdown busy for hours."""

MANY: Final = 64
"""Of more files than these, an update reads the headers at once, and the texts later."""

AT_ONCE: Final = 512
"""So many files are read at a time while somebody may be asking for a page."""

GROUP: Final = 8
"""Files that are read together, since each message between processes takes time."""

GROUP_BUDGET: Final = 2.0
"""Seconds that these may take; otherwise they are read one by one, to see which it was."""

_encode = msgspec.msgpack.Encoder().encode


Result = tuple[bytes, bytes | None]
"""A packed `Record`, and the packed body where it was not known: messages between processes are
shorter so, and bodies go into the store as they come."""


class ReadTask(NamedTuple):
    """A file to be looked at; `known` is the digest it had, b"" where it is new.

    Unless `whole`, a text that nobody knows yet is left out.
    """

    path: str
    stamp: Stamp
    known: bytes
    whole: bool = True


class Change(NamedTuple):
    """What reading came to: sources of which only the text is another, those of which more is, and
    whether there are others than before."""

    texts: tuple[Entry, ...] = ()
    heads: tuple[Entry, ...] = ()
    others: bool = False


class Sources:
    """All sources of a portal: a record of each file, and of each source the last version that
    could be read.

    The first process that reads begins at once to load Markdown, while its parent does what comes
    before.  To be closed, which ends these processes.
    """

    def __init__(
        self, portal: Portal, store: Store, *, jobs: int, bodies: frozenset[bytes] | None = None
    ) -> None:
        """`bodies` are the digests of those that the store has, as far as they are wanted."""
        self._portal = portal
        self._store = store
        self._bodies = store.body_digests() if bodies is None else bodies
        self._jobs = jobs
        self._work = partial(read_each, portal, store.texts, self._bodies)
        self._pool = workers.WorkerPool(
            self._work, jobs=jobs, budget=GROUP_BUDGET, batch=2, ahead=1, prepare=_prepare
        )
        self._pool.start_workers(1)
        self.read = 0
        """How many files were read, whatever was known of them."""
        self.pending: dict[str, Stamp] = {}
        """The files that nobody has looked into yet, in the order in which that will be done."""
        self.unread: dict[str, None] = {}
        """The sources whose texts are not read yet, in the order in which they will be."""
        self.former: Mapping[str, Record] = {}
        """What was known of files before all were looked at."""
        self._unsaved: set[str] = set()

    def close(self) -> None:
        """Ends the processes."""
        self._pool.close()

    @cached_property
    def records(self) -> dict[str, Record]:
        """What is known of each file, by its path."""
        return known_records(self._portal, self._store)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The sources by path; one with mistakes as it was when it was read before, if it was."""
        return {path: record.entry for path, record in self.records.items() if record.entry}

    @property
    def broken(self) -> Set[str]:
        """The paths of those of which no version could be read."""
        return self.records.keys() - self.entries.keys()

    @property
    def problems(self) -> Iterator[Problem]:
        """All that is wrong in the sources themselves."""
        return (found for record in self.records.values() for found in record.problems)

    def known_before(self, path: str) -> Entry | None:
        """A source as it was known before all were read; None where none was."""
        record = self.former.get(path)
        return record.entry if record else None

    # All of them.

    def expect(self, files: Mapping[str, Stamp]) -> None:
        """Takes these for all files that there are; those that changed are pending."""
        known = self.former = self.records
        self.records = {path: known[path] for path in files if path in known}
        # What an editor looks at first is new, and years and months come first in paths.
        self.pending = dict(sorted(self._changed(files).items(), reverse=True))

    def read_all(self, files: Mapping[str, Stamp], progress: Callable[[int, int], None]) -> None:
        """Reads the files that changed, whole, and remembers what they became; others are gone.

        What a source was before it had a mistake is forgotten.  `progress` is told how many of how
        many files are done.
        """
        self.expect(files)
        fresh = self._read(self.pending, whole=True, progress=progress)
        self.pending = {}
        self._unsaved |= fresh.keys()
        known = self.records | fresh
        self.records = {path: known[path] for path in files}
        self._pool.close()
        self.remember()
        self.tidy()

    # Some of them, while others are known.

    def read_some(self, files: Mapping[str, Stamp]) -> dict[str, Record]:
        """What files became, whole, those left out that have the bytes they had."""
        return self._read(files, whole=True)

    def read_pending(self) -> Change:
        """Reads some of the files that are pending."""
        return self.take(self.look(dict(islice(self.pending.items(), AT_ONCE))))

    def read_texts(self, paths: Iterable[str]) -> Change:
        """Reads the whole of sources whose texts are not read yet, or lost."""
        stamps = {path: self.records[path].stamp for path in paths}
        return self.take(self._read(stamps, whole=True, anew=True))

    def look(self, files: Mapping[str, Stamp]) -> dict[str, Record]:
        """What files became that may have changed; those with the same bytes are left out."""
        for path in files:
            self.pending.pop(path, None)
        changed = self._changed(files)
        return self._read(changed, whole=len(changed) <= MANY)

    def take(self, readings: Mapping[str, Record], gone: Collection[str] = ()) -> Change:
        """Puts what was read in the place of what was known, and forgets the sources `gone`."""
        texts: list[Entry] = []
        heads: list[Entry] = []
        others, entries = False, self.entries
        for path in gone:
            del self.records[path]
            self.pending.pop(path, None)
            self.unread.pop(path, None)
            others |= entries.pop(path, None) is not None
        for path, record in readings.items():
            entry, before = record.entry, entries.get(path)
            self.records[path] = record
            self._unsaved.add(path)
            self.unread.pop(path, None)
            if entry is None:
                continue
            if not entry.text:
                self.unread[path] = None
            entries[path] = entry
            if before is None:
                others = True
            elif before.digest != entry.digest:
                heads.append(entry)
            elif before != entry:
                texts.append(entry)
        return Change(tuple(texts), tuple(heads), others)

    def remember(self) -> None:
        """Writes to the store what it does not know yet."""
        if self._store.get("reading", bytes) != reading(self._portal):
            return  # another preview read a newer portal.toml: it knows better
        ready = self._unsaved - self.unread.keys()
        known = {path: self.records[path] for path in ready if path in self.records}
        self._store.put_records(known, keep=self.records.keys())
        self._store.commit()
        self._unsaved -= ready

    def tidy(self) -> None:
        """Forgets the texts that no source had any more when all are known."""
        if not (self.unread or self.pending):
            in_use = {entry.text for entry in self.entries.values()}
            self._store.forget_bodies(self._bodies - in_use)
            self._store.commit()

    def _digest(self, path: str) -> bytes:
        """The digest of the bytes that a file had; b"" where it has to be read in any case."""
        known = None if path in self.unread else self.records.get(path)
        return known.digest if known else b""

    def _changed(self, files: Mapping[str, Stamp]) -> dict[str, Stamp]:
        known = self.records
        return {
            path: stamp
            for path, stamp in files.items()
            if not (path in known and stamp.proves_unchanged_since(known[path].stamp))
        }

    def _read(
        self, files: Mapping[str, Stamp], *, whole: bool, anew: bool = False,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> dict[str, Record]:  # fmt: skip
        """What files became; unless `anew`, without those that have the bytes they had."""
        tasks = [
            ReadTask(path, stamp, b"" if anew else self._digest(path), whole)
            for path, stamp in files.items()
        ]
        found: dict[str, Record] = {}
        for done, (task, result) in enumerate(self._results(tasks), 1):
            progress(done, len(tasks))
            if isinstance(result, str):
                found[task.path] = _lost(task, self._portal, result)
            elif result is None:
                same = msgspec.structs.replace(self.records[task.path], stamp=task.stamp)
                self.records[task.path] = same
                self._unsaved.add(task.path)
            else:
                record = found[task.path] = unpacked(result[0])
                if result[1] is not None and record.entry:
                    self._store.put_bodies([(record.entry.text, result[1])])
                    self._store.texts.keep_at_hand(record.entry.text, result[1])
        self.read += len(found)
        self._store.commit()
        return found

    def _results(
        self, tasks: Sequence[ReadTask]
    ) -> Iterator[tuple[ReadTask, Result | workers.Lost | None]]:
        """Each task with what became of it, as they come."""
        groups = [tasks[start : start + GROUP] for start in range(0, len(tasks), GROUP)]
        alone: list[Sequence[ReadTask]] = []
        for place, found in self._pool.run(groups):
            if isinstance(found, str):
                alone += [(task,) for task in groups[place]]
            else:
                yield from zip(groups[place], found, strict=True)
        for place, found in workers.run(self._work, alone, jobs=self._jobs, budget=BUDGET, batch=1):
            yield alone[place][0], found if isinstance(found, str) else found[0]


def _prepare() -> None:
    """Loads what a worker needs to read sources, so that it is there when the first one comes."""
    from generator.front_matter import reader  # noqa: F401
    from generator.markdown import convert

    convert.convert("")  # compiles the patterns of Markdown: as long as importing it


def reading(portal: Portal) -> bytes:
    """The digest of how this portal reads sources."""
    shown = portal.folders.in_content("")  # which messages name
    return digests.of_value((fingerprint.generator(), shown, portal.shaping("sources")))


def known_records(portal: Portal, store: Store) -> dict[str, Record]:
    """The sources that `store` knows as this portal reads them, by path; others are forgotten."""
    settings = reading(portal)
    if store.get("reading", bytes) == settings:
        return store.records()
    store.put_records({}, keep=frozenset())
    store.put("reading", settings)
    store.commit()  # so that another preview of the portal need not wait to write there
    return {}


def read_each(
    portal: Portal, texts: Texts, bodies: frozenset[bytes], tasks: Sequence[ReadTask]
) -> list[Result | None]:
    """What a worker does with some files."""
    return [read_one(portal, texts, bodies, task) for task in tasks]


def read_one(
    portal: Portal, texts: Texts, bodies: frozenset[bytes], task: ReadTask
) -> Result | None:
    """What becomes of one file; None where it has the bytes that it had."""
    # Imported here: a build that reads nothing needs neither Markdown nor YAML.
    from generator.front_matter import foreign_heads, reader
    from generator.markdown import convert

    shown = portal.folders.in_content(task.path)
    try:
        data = read_bytes(portal.folders.content / task.path, shown)
    except PortalError as error:
        stamp = msgspec.structs.replace(task.stamp, trusted=False)  # it may be read another time
        return _encode(Record(stamp, b"", None, error.problems)), None
    digest = digests.of_bytes(data)
    if digest == task.known:
        return None
    front = foreign_heads.read(data, portal.front_matter.styles)
    entry, problems = reader.read(task.path, front, portal)
    found = [one.in_file(shown) for one in problems]
    bare_links = portal.markdown.bare_links
    text = digests.of_bytes(fingerprint.generator() + bytes([bare_links]) + front.text.encode())
    body, packed = None, None
    if entry and text in bodies:
        with suppress(LookupError):  # another preview of the portal has tidied up
            body = texts(text)
    if entry and task.whole and body is None:
        body = convert.convert(front.text, bare_links=bare_links)
        packed = _encode(body)
    if entry and body:
        above = front.first_line - 1
        found += [one.in_file(shown, above) for one in body.problems]
        failed = any(one.is_error for one in body.problems)
        entry = None if failed else with_text(entry, text, body, above)
    return _encode(Record(task.stamp, digest, entry, tuple(found))), packed


def with_text(entry: Entry, text: bytes, body: Body, above: int) -> Entry:
    """An entry of a header with what the source's body says, whose digest is `text`, and above
    which there are so many lines in the file."""
    path = entry.source.path

    def placed(one: Placeholder) -> Placeholder:
        if isinstance(one, Picture):
            return Picture(one.image, one.line + above)
        if isinstance(one, FileLink):
            return FileLink(one.target, one.line + above, Assets.name_of(path, one.file))
        return Link(one.target, one.line + above, *resolve(path, one.target))

    return msgspec.structs.replace(
        entry, text=text, placeholders=tuple(placed(one) for one in body.placeholders),
        anchors=tuple(heading.id for heading in body.headings),
    )  # fmt: skip


unpacked: Final = msgspec.msgpack.Decoder(Record).decode
"""The record that a worker packed."""


def _lost(task: ReadTask, portal: Portal, why: workers.Lost) -> Record:
    """What is known of a source whose worker was lost: only that."""
    path = portal.folders.in_content(task.path)
    stamp = msgspec.structs.replace(task.stamp, trusted=False)
    return Record(stamp, b"", None, (lost(why, path, BUDGET),))
