"""All sources of a portal, read: each file at most once for the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from generator.base import digests, workers
from generator.base.problems import PortalError, Problem, problem
from generator.base.scan import Found, Stamp, read_bytes
from generator.config import fingerprint
from generator.config.portal import Portal
from generator.load.store import Record, Store, Texts
from generator.model.article import Article, Body, Link, Picture, Source, arrangement
from generator.model.content_files import is_source
from generator.site.index import Entry
from generator.site.links import resolve

BUDGET = 10.0
"""Seconds that one file may take: some texts would keep Markdown busy for hours."""

GROUP: Final = 8
"""Files that are read together, since each message between processes takes time."""

GROUP_BUDGET: Final = 2.0
"""Seconds that these may take; otherwise they are read one by one, to see which it was."""

READING: Final = (
    "address", "time_zone", "sections", "authors", "addresses", "front_matter", "markdown",
    "synonyms",
)  # fmt: skip
"""What of portal.toml decides what a source becomes."""

_encode = msgspec.msgpack.Encoder().encode


Result = tuple[bytes, bytes, bytes | None]
"""A packed `Record`, the digest of its text, and the packed body where it was not known."""


class ReadTask(NamedTuple):
    """A file to be looked at; `known` is the digest it had, b"" where it is new."""

    path: str
    stamp: Stamp
    known: bytes


class Sources(NamedTuple):
    """What all sources became: a record for each file, and how many had to be read anew."""

    records: Mapping[str, Record]
    read: int


class Readers:
    """The processes that read the sources of a portal, once, and are to be ended.

    The first one begins at once to load Markdown, while its parent does what comes before.
    """

    def __init__(self, portal: Portal, store: Store, *, jobs: int) -> None:
        self._portal = portal
        self._store = store
        self._bodies = store.body_digests()
        self._jobs = jobs
        self._work = partial(read_each, portal, store.texts, self._bodies)
        self._pool = workers.WorkerPool(
            self._work, jobs=jobs, budget=GROUP_BUDGET, batch=2, prepare=prepare
        )
        self._pool.start_workers(1)

    def close(self) -> None:
        """Ends the processes."""
        self._pool.close()

    def read_all(
        self, found: Found, progress: Callable[[int, int], None] = lambda _done, _of: None
    ) -> Sources:
        """Reads the files that changed since the store saw them, and remembers what they became.

        `progress` is told how many of how many files are done.
        """
        store = self._store
        known = known_records(self._portal, store)
        files = {path: stamp for path, stamp in found.files.items() if is_source(path)}
        tasks = [
            ReadTask(path, stamp, known[path].digest if path in known else b"")
            for path, stamp in files.items()
            if not (path in known and stamp.proves_unchanged_since(known[path].stamp))
        ]
        fresh: dict[str, Record] = {}
        read = 0
        for done, (task, result) in enumerate(self._results(tasks), 1):
            progress(done, len(tasks))
            if isinstance(result, str):
                fresh[task.path] = lost(task, result)
            elif result is None:
                fresh[task.path] = msgspec.structs.replace(known[task.path], stamp=task.stamp)
            else:
                record, text, body = result
                read += 1
                fresh[task.path] = unpacked(record)
                if body is not None:
                    store.put_bodies([(text, body)])
                    store.texts.keep_at_hand(text, body)
        self._pool.close()
        store.put_records(fresh, keep=files.keys())
        records = {path: fresh.get(path) or known[path] for path in files}
        in_use = {record.entry.text for record in records.values() if record.entry}
        store.forget_bodies(self._bodies - in_use)
        store.commit()
        return Sources(records, read)

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


def prepare() -> None:
    """Loads what a worker needs to read sources, so that it is there when the first one comes."""
    from generator.front_matter import reader  # noqa: F401
    from generator.markdown import convert  # noqa: F401


def reading(portal: Portal) -> bytes:
    """The digest of how this portal reads sources."""
    return digests.of_value(
        (fingerprint.generator(), [getattr(portal, field) for field in READING])
    )


def known_records(portal: Portal, store: Store) -> dict[str, Record]:
    """The sources that `store` knows as this portal reads them, by path; others are forgotten."""
    settings = reading(portal)
    if store.get("reading", bytes) == settings:
        return store.records()
    store.put_records({}, keep=frozenset())
    store.put("reading", settings)
    return {}


def problems(sources: Sources) -> tuple[Problem, ...]:
    """All that is wrong in the sources themselves."""
    return tuple(found for record in sources.records.values() for found in record.problems)


def entries(sources: Sources) -> dict[str, Entry]:
    """The sources that could be read, by path."""
    return {path: record.entry for path, record in sources.records.items() if record.entry}


def read_each(
    portal: Portal, texts: Texts, bodies: frozenset[bytes], tasks: Sequence[ReadTask]
) -> list[Result | None]:
    """What a worker does with some files."""
    return [read_one(portal, texts, bodies, task) for task in tasks]


def read_one(
    portal: Portal, texts: Texts, bodies: frozenset[bytes], task: ReadTask, *, whole: bool = True
) -> Result | None:
    """What becomes of one file; None where it has the bytes that it had.

    Unless `whole`, a text that is not in `bodies` is left out: the entry has b"" and no
    placeholders.
    """
    # Imported here: a build that reads nothing needs neither Markdown nor YAML.
    from generator.front_matter import reader
    from generator.markdown import convert

    try:
        data = read_bytes(portal.folders.content / task.path, task.path)
    except PortalError as error:
        return _encode(Record(task.stamp, b"", None, error.problems)), b"", None
    digest = digests.of_bytes(data)
    if digest == task.known:
        return None
    reading = reader.read(task.path, data, portal)
    if reading.source is None:
        return _encode(Record(task.stamp, digest, None, reading.problems)), b"", None
    bare_links = portal.markdown.bare_links
    text = digests.of_bytes(fingerprint.generator() + bytes([bare_links]) + reading.text.encode())
    if text in bodies:
        body = texts(text)
    elif whole:
        body = convert.convert(reading.text, bare_links=bare_links)
    else:
        text, body = b"", Body("", (), (), (), ())
    found = [p.moved(task.path, reading.first_line - 1) for p in body.problems]
    entry = Entry(
        source=reading.source,
        digest=digests.of_value(reading.source),
        arrangement=arranged(reading.source),
        text=text,
        placeholders=placed(body, task.path, reading.first_line - 1),
        anchors=tuple(heading.id for heading in body.headings),
        lines=reading.lines,
        open=reading.open,
    )
    failed = any(p.is_error for p in found)
    record = Record(task.stamp, digest, None if failed else entry, (*reading.problems, *found))
    return _encode(record), text, _encode(body) if text and text not in bodies else None


def arranged(source: Source) -> bytes:
    """The digest of what of a source decides in which lists it is, and where."""
    return digests.of_value(arrangement(source) if isinstance(source, Article) else source)


def placed(body: Body, path: str, lines: int) -> tuple[Link | Picture, ...]:
    """The placeholders of a body in the source `path`, their lines counted in the whole file."""

    def placed(one: Link | Picture) -> Link | Picture:
        if isinstance(one, Picture):
            return Picture(one.image, one.line + lines)
        return Link(one.target, one.line + lines, *resolve(path, one.target))

    return tuple(placed(one) for one in body.placeholders)


unpacked: Final = msgspec.msgpack.Decoder(Record).decode
"""The record that a worker packed."""


def lost(task: ReadTask, why: workers.Lost) -> Record:
    """What is known of a source whose worker was lost: only that."""
    if why == "slow":
        found = problem("took-too-long", task.path, seconds=f"{BUDGET:g}")
    else:
        found = problem("worker-died", task.path)
    return Record(task.stamp._replace(trusted=False), b"", None, (found,))
