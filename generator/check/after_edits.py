"""A check of a few sources after edits that leave all others alone: of these it reads nothing.

It is what a commit hook asks for.  What the last check knew of the portal holds for it, as long as
nothing else changed; whatever is more than that is checked as usual.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import msgspec

from generator.base.scan import Stamp
from generator.build import last_build
from generator.build.kept import Outcome, around
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
    """What a check knew of all sources together, and when it holds.

    `around` is the digest of all that is not a source, `since` and `until` are POSIX times (None:
    for ever), `broken` the paths of the sources with mistakes, `paths` those at each address.
    `pages` are the files of all pages, `told` the files of which something was said that does not
    follow from themselves; the rest is as in `Map`.
    """

    around: bytes = b""
    since: float = 0.0
    until: float | None = 0.0
    last_build: bytes = b""
    broken: frozenset[str] = frozenset()
    paths: dict[str, str] = {}
    pages: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    vanishing: frozenset[str] = frozenset()
    output: dict[str, bool] = {}
    told: frozenset[str] = frozenset()

    def holds(self, workspace: Workspace) -> bool:
        """Whether nothing but sources can have become others."""
        options, folder = workspace.options, workspace.portal.folders.output
        now, beside = options.at.timestamp(), around(workspace.portal, workspace.found, options)
        return (
            bool(beside)
            and beside == self.around
            and self.since <= now < (self.until or now + 1)
            and all((folder / file).is_file() == there for file, there in self.output.items())
        )


def remember(
    workspace: Workspace, known: Map, told: Iterable[str], outcome: Outcome[Gathered]
) -> None:
    """Remembers what was known of a whole portal when that was the outcome of a check."""
    portal = workspace.portal
    others = _Others(
        around(portal, workspace.found, workspace.options) if outcome.certain else b"",
        workspace.options.at.timestamp(),
        outcome.until.timestamp() if outcome.until else None,
        last_build.digest(portal),
        frozenset(workspace.sources.broken),
        {entry.source.address: path for path, entry in workspace.entries.items()},
        frozenset(page.target for page in workspace.pages),
        known.targets,
        frozenset(known.vanishing),
        dict(outcome.output),
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
    others = store.get(KEY, _Others)
    if store.get("reading", bytes) != reading(workspace.portal) or not others.holds(workspace):
        return None
    stamps = dict(store.list(STAMPS, tuple[str, Stamp]))
    if [*stamps] != [*sources]:
        return None
    try:
        edited = _edited(workspace, stamps)
        return None if edited is None else _checked(paths, off, workspace, others, edited)
    except LostError:
        return None


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


def _checked(
    paths: Collection[str],
    off: frozenset[str],
    workspace: Workspace,
    others: _Others,
    edited: Mapping[str, Record],
) -> Outcome[Gathered] | None:
    portal, store, at = workspace.portal, workspace.store, workspace.options.at
    shown, sources = portal.folders.in_content, workspace.found.sources

    def record(path: str) -> Record:
        return edited.get(path) or store.texts.record(path)

    def entry(path: str) -> Entry | None:
        return record(path).entry if path in sources else None

    def places(path: str) -> frozenset[str]:
        found = entry(path)
        return rules_links.anchors(store.texts(found.text).html) if found else frozenset()

    output = Output(portal.folders.output)
    output.update(others.output)
    others = _after_builds(others, workspace, entry, output)
    entries = {path: found for path in paths if (found := entry(path))}
    if len(entries) < len(paths) or not all(
        _is_alone(found, others, workspace) for found in entries.values()
    ):
        return None
    linked = {
        link.source
        for found in entries.values()
        for link in found.placeholders
        if isinstance(link, Link)
    }
    if not linked <= sources.keys():
        return None  # the nearest of all sources is named
    around_them = entries | {path: found for path in linked if (found := entry(path))}
    problems = [
        *(one for path in paths for one in record(path).problems),
        *links.broken_links(around_them, workspace.assets, others.broken),
        *downloads.mistakes(entries, workspace.assets, portal.downloads.kinds),
    ]
    seen = one_source.look(workspace, entries.values(), off)
    problems += [one for each in seen.values() for one in each.problems]
    if any(any(links.images(found)) for found in entries.values()):
        # Imported here: it takes what reads pictures.
        from generator.check import rules_pictures  # noqa: PLC0415

        problems += rules_pictures.of_sources(workspace, entries.values())
    known = Map(
        portal=portal,
        at=at,
        targets=others.targets,
        output=output,
        source=lambda address: entry(others.paths[address]) if address in others.paths else None,
        places=places,
        everywhere=frozenset(),
        unread=rules_links.unread(others.broken),
        vanishing=others.vanishing,
        off=off,
    )
    for path, each in seen.items():
        dead = rules_links.dead_links(entries[path], each.hrefs, known)
        problems += [one.in_file(shown(path)) for one in dead]
    if any(one.name == "anchor-dead" for one in problems):
        return None  # it may be an anchor that layouts put on each page
    asked = {*map(shown, paths)}
    gathered = Gathered(
        tuple(one for one in problems if one.path in asked),
        external={},
        drafts=frozenset(shown(path) for path, found in entries.items() if found.source.draft),
    )
    store.put_records(edited)
    stamps = {n: (p, edited[p].stamp) for n, p in enumerate(sources) if p in edited}
    store.list(STAMPS, tuple[str, Stamp]).change(stamps)
    store.commit()
    moments = [m for found in entries.values() for m in rules_header.moments(found.source)]
    if others.until:
        moments.append(datetime.fromtimestamp(others.until, UTC))
    until = min((moment for moment in moments if moment > at), default=None)
    return Outcome(gathered, until, output, certain(problems))


def _after_builds(
    others: _Others, workspace: Workspace, entry: Callable[[str], Entry | None], output: Output
) -> _Others:
    """The same after builds that may have been since."""
    portal = workspace.portal
    if (last := last_build.digest(portal)) == others.last_build:
        return others
    gone = tuple(
        rules_links.vanishing(
            last_build.pages(portal), others.pages, entry, workspace.found.sources.keys(),
            workspace.options.at, portal.folders, output,
        )
    )  # fmt: skip
    others = msgspec.structs.replace(
        others,
        last_build=last,
        vanishing=frozenset(page.target for page, _ in gone),
        output=dict(output),
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
