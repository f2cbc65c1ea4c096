"""A check of a few sources after edits that leave all others alone: of these it reads nothing.

It is what a commit hook asks for.  What the last check knew of the portal holds for it, as long as
nothing else changed; whatever is more than that is checked as usual.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from generator.base.problems import Problem
from generator.base.scan import Stamp
from generator.build import last_build
from generator.build.kept import Holding, Outcome, around
from generator.build.last_build import STAMPS
from generator.build.workspace import Workspace
from generator.check import one_source, rules_header, rules_links
from generator.check.gathered import Gathered, certain
from generator.check.rules_links import Map, Output
from generator.load.sources import Sources, reading
from generator.load.store import LostError
from generator.model.article import Ad, Article, Firm, Link
from generator.model.entry import Entry, Record
from generator.model.gate import passes_gate, unpublished
from generator.site import downloads, links

FEW: Final = 64
"""After edits of more sources the whole portal is looked at anyway."""

KEY: Final = "others"
"""What the store knows `_Others` by."""


class _Others(msgspec.Struct, frozen=True, array_like=True):
    """What a check knew of all sources together, and when it holds, by all that is not a source.

    `broken` are the paths of the sources with mistakes, `paths` those at each address.  `pages` are
    the files of all pages, `told` the files of which something was said that does not follow from
    themselves; the rest is as in `Map`.
    """

    holding: Holding = Holding()
    last_build: bytes = b""
    broken: frozenset[str] = frozenset()
    paths: dict[str, str] = {}
    pages: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    vanishing: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


def remember(
    workspace: Workspace, known: Map, told: Iterable[str], outcome: Outcome[Gathered]
) -> None:
    """Remembers what was known of a whole portal when that was the outcome of a check."""
    portal = workspace.portal
    others = _Others(
        outcome.holding(_beside(workspace), workspace.options.at),
        last_build.digest(portal),
        frozenset(workspace.sources.broken),
        {entry.source.address: path for path, entry in workspace.entries.items()},
        frozenset(page.target for page in workspace.pages),
        known.targets,
        frozenset(known.vanishing),
        frozenset(told),
    )
    workspace.store.put(KEY, others)
    stamps = tuple((path, record.stamp) for path, record in workspace.sources.records.items())
    workspace.store.list(STAMPS, tuple[str, Stamp]).put(stamps)


def tried(
    paths: Collection[str], off: frozenset[str], workspace: Workspace
) -> Outcome[Gathered] | None:
    """The problems of the sources at `paths`, and of no other file; None: more has to be read."""
    store, sources = workspace.store, workspace.found.sources
    if not 0 < len(paths) <= FEW or not sources.keys() >= {*paths}:
        return None
    others, portal, at = store.get(KEY, _Others), workspace.portal, workspace.options.at
    if store.get("reading", bytes) != reading(portal):
        return None
    if not others.holding.holds(_beside(workspace), portal, at):
        return None
    stamps = dict(store.list(STAMPS, tuple[str, Stamp]))
    if [*stamps] != [*sources]:
        return None
    try:
        edited = _edited(workspace, stamps)
        return None if edited is None else _checked(paths, off, _Now(workspace, edited), others)
    except LostError:
        return None


def _beside(workspace: Workspace) -> bytes:
    return around(workspace.portal, workspace.found, workspace.options)


def _edited(workspace: Workspace, old: Mapping[str, Stamp]) -> Mapping[str, Record] | None:
    """What the sources became that are not surely as they were when their files had these stamps.

    None: not these alone are concerned.
    """
    store = workspace.store
    stamps = {
        path: stamp
        for path, stamp in workspace.found.sources.items()
        if not stamp.proves_unchanged_since(old[path])
    }
    if len(stamps) > FEW:
        return None
    before = {path: store.texts.record(path) for path in stamps}
    if any(record.stamp != old[path] for path, record in before.items()):
        return None  # another command has read it meanwhile
    with closing(Sources(workspace.portal, store, jobs=1, bodies=frozenset())) as sources:
        sources.records = dict(before)
        fresh = sources.read_some(stamps)
        now = sources.records | fresh
    pairs = ((before[path].entry, record.entry) for path, record in now.items())
    if not all(a and b and _leaves_others(workspace, a, b) for a, b in pairs):
        return None
    return now


def _leaves_others(workspace: Workspace, old: Entry, new: Entry) -> bool:
    """Whether an edit of a source leaves all pages, and what is said of other files, alone.

    But for links to it: those are looked at where the source is asked for that has them.
    """
    if old.arrangement != new.arrangement or old.downloads != new.downloads:
        return False
    if downloads.linked([old]) != downloads.linked([new]):
        return False  # a file may be a stray
    if old.text == new.text or not workspace.found.ledger:
        return True
    # Imported here: it takes much that a portal without a ledger does not need.
    from generator.build.small_edit import in_ledger  # noqa: PLC0415

    return not in_ledger(workspace.found.ledger, old, new)


class _Now(NamedTuple):
    """The sources as they are: those that were `edited`, all others as the store has them."""

    workspace: Workspace
    edited: Mapping[str, Record]

    def record(self, path: str) -> Record:
        """The record of the source at `path`."""
        return self.edited.get(path) or self.workspace.store.texts.record(path)

    def entry(self, path: str) -> Entry | None:
        """The source at `path`; None: there is none, or it cannot be read."""
        return self.record(path).entry if path in self.workspace.found.sources else None

    def entries(self, paths: Iterable[str]) -> dict[str, Entry]:
        """Those of the sources at `paths` that can be read."""
        return {path: found for path in paths if (found := self.entry(path))}

    def anchors(self, path: str) -> frozenset[str]:
        """What can be linked to in a text."""
        found = self.entry(path)
        texts = self.workspace.store.texts
        return rules_links.anchors(texts(found.text).html) if found else frozenset()


def _checked(
    paths: Collection[str], off: frozenset[str], now: _Now, others: _Others
) -> Outcome[Gathered] | None:
    shown = now.workspace.portal.folders.in_content
    output = Output(now.workspace.portal.folders.output)
    output.update(others.holding.output)
    others = _after_builds(others, now, output)
    entries = now.entries(paths)
    if len(entries) < len(paths) or not all(
        _is_alone(found, others, now.workspace) for found in entries.values()
    ):
        return None
    links_to = {
        link.source
        for found in entries.values()
        for link in found.placeholders
        if isinstance(link, Link)
    }
    if not links_to <= now.workspace.found.sources.keys():
        return None  # the nearest of all sources is named
    problems = [
        *(one for path in paths for one in now.record(path).problems),
        *links.broken_links(entries | now.entries(links_to), now.workspace.assets, others.broken),
        *_of_sources(entries, off, now, _map(off, now, others, output)),
    ]
    if any(one.name == "anchor-dead" for one in problems):
        return None  # it may be an anchor that layouts put on each page
    _remember_edits(now)
    asked = {*map(shown, paths)}
    gathered = Gathered(
        tuple(one for one in problems if one.path in asked),
        external={},
        drafts=frozenset(shown(path) for path, found in entries.items() if found.source.draft),
    )
    return Outcome(gathered, _until(entries.values(), now, others), output, certain(problems))


def _of_sources(
    entries: Mapping[str, Entry], off: frozenset[str], now: _Now, known: Map
) -> Iterator[Problem]:
    """What rules, pictures, files and links of these sources come to."""
    workspace = now.workspace
    yield from downloads.mistakes(entries, workspace.assets, workspace.portal.downloads.kinds)
    seen = one_source.look(workspace, entries.values(), off)
    if any(any(links.images(found)) for found in entries.values()):
        # Imported here: it takes what reads pictures.
        from generator.check import rules_pictures  # noqa: PLC0415

        yield from rules_pictures.of_sources(workspace, entries.values())
    for path, each in seen.items():
        yield from each.problems
        dead = rules_links.dead_links(entries[path], each.hrefs, known)
        yield from (one.in_file(workspace.portal.folders.in_content(path)) for one in dead)


def _map(off: frozenset[str], now: _Now, others: _Others, output: Output) -> Map:
    return Map(
        portal=now.workspace.portal,
        at=now.workspace.options.at,
        targets=others.targets,
        output=output,
        source=lambda address: now.entry(others.paths.get(address, "")),
        places=now.anchors,
        everywhere=frozenset(),
        unread=rules_links.unread(others.broken),
        vanishing=others.vanishing,
        off=off,
    )


def _remember_edits(now: _Now) -> None:
    store, edited = now.workspace.store, now.edited
    store.put_records(edited)
    sources = enumerate(now.workspace.found.sources)
    stamps = {n: (path, edited[path].stamp) for n, path in sources if path in edited}
    store.list(STAMPS, tuple[str, Stamp]).change(stamps)
    store.commit()


def _until(entries: Iterable[Entry], now: _Now, others: _Others) -> datetime | None:
    """When time may first have the check of these sources come to something else."""
    moments = [moment for found in entries for moment in rules_header.moments(found.source)]
    if others.holding.until:
        moments.append(datetime.fromtimestamp(others.holding.until, UTC))
    return min((m for m in moments if m > now.workspace.options.at), default=None)


def _after_builds(others: _Others, now: _Now, output: Output) -> _Others:
    """The same after builds that may have been since."""
    workspace = now.workspace
    if (last := last_build.digest(workspace.portal)) == others.last_build:
        return others
    gone = rules_links.vanishing(workspace, others.pages, now.entry, output)
    others = msgspec.structs.replace(
        others,
        last_build=last,
        vanishing=frozenset(page.target for page, _ in gone),
        holding=msgspec.structs.replace(others.holding, output=dict(output)),
        told=others.told | {one.path for _, one in gone},
    )
    workspace.store.put(KEY, others)
    return others


def _is_alone(entry: Entry, others: _Others, workspace: Workspace) -> bool:
    """Whether all that there is to say of a source follows from itself and from what it leads to.

    It does not of what is paid for, whose page is looked at, nor of what has expired, or has a PDF
    that is tried.
    """
    source, at = entry.source, workspace.options.at
    if workspace.portal.folders.in_content(source.path) in others.told:
        return False
    if isinstance(source, Firm | Ad) or not passes_gate(source, at, drafts=True):
        return False
    if not isinstance(source, Article):
        return True
    coming = unpublished(source, at) == "scheduled"
    return source.kind != "sponsored" and not (coming and workspace.portal.pdf.enabled)
