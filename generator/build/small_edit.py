"""An edit that leaves all lists of articles as they are costs what it changes.

Where nothing became another since the last build but texts and headlines of a few sources, that
build's pages, lists and links hold but for what these sources show.  So nothing else is read: not
the other sources, not the other pages and what they asked, not the manifest.  Whatever this finds
to be more than that (`LargerEditError`) is built as usual; until the very end it changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from generator.base.problems import PortalError, Problem
from generator.base.report import Watch
from generator.base.scan import Stamp
from generator.build import compression, search
from generator.build.last_build import INDEXES, RESOLUTION, STAMPS
from generator.build.pipeline import Made, rendered, vanished
from generator.build.up_to_date import UpToDateCheck
from generator.build.workspace import Workspace
from generator.engine.delta import Edits
from generator.engine.previous_build import StoredBuild
from generator.engine.render import Answers
from generator.engine.staging import FEW
from generator.engine.stale import (
    LargerEditError,
    Staged,
    Stale,
    because,
    changed_answers,
    changes,
)
from generator.load import pictures
from generator.load.kept_list import CHUNK, KeptList
from generator.load.sources import Sources
from generator.load.store import WRITTEN, Generation, LostError, Store
from generator.model.article import Ad, Article, Link, Picture
from generator.model.entry import Entry, Record
from generator.publish.output import (
    OutputFolder,
    PreviousOutput,
    Published,
    Written,
    replace_files,
)  # fmt: skip
from generator.site import links
from generator.site.assets import Assets
from generator.site.kept_site import Indexes, KeptSite
from generator.site.ledger import Resolution, digest_of_text
from generator.site.pages import Page

SOURCES: Final = 64
"""After edits of more sources the whole portal is looked at anyway."""

_encode = msgspec.msgpack.Encoder().encode


class Edited(NamedTuple):
    """What is to be put into the store: what became of sources, and what of the lists there.

    `unpublished` are the paths of the sources that no list names.
    """

    records: Mapping[str, Record]
    stamps: Mapping[int, tuple[str, Stamp]]
    generation: Mapping[str, Mapping[int, Any]]
    written: Mapping[int, Written]
    indexed: search.Edited
    unpublished: frozenset[str]

    def put(self, store: Store) -> None:
        """Puts it there."""
        old = _texts(store, self.records)
        store.put_records(self.records)
        store.list(STAMPS, tuple[str, Stamp]).change(self.stamps)
        store.change_generation(self.generation)
        store.list(WRITTEN, Written).change(self.written)
        self.indexed.put(store)
        if len(self.unpublished) > SOURCES:
            return  # a build that reads all sources forgets what none has
        with suppress(LostError):  # which such a build finds as well
            waiting = _texts(store, self.unpublished - self.records.keys())
            gone = old - waiting - {one.entry.text for one in self.records.values() if one.entry}
            outline = store.lists()["outline"]
            store.forget_bodies(text for text in gone if not outline.parts_with(text))


def _texts(store: Store, paths: Iterable[str]) -> set[bytes]:
    """The digests of the texts that the sources at `paths` had at the last build."""
    return {one.text for path in paths if (one := store.texts.record(path).entry)}


class _Pair(NamedTuple):
    """A source before an edit, and after it."""

    old: Record
    new: Record


def tried(
    workspace: Workspace,
    sources: Sources,
    folder: OutputFolder,
    earlier: UpToDateCheck,
    damaged: Callable[[], set[str]],
    watch: Watch,
) -> Made | None:
    """Makes and publishes what edits of a few sources change.

    None: something else may be another as well, and nothing was published.
    """
    try:
        with watch.stage("scan"):
            stamps = _edited(workspace.store, workspace.found.sources)
        return _built(workspace, sources, folder, earlier, stamps, damaged, watch)
    except LargerEditError:
        return None


def _edited(store: Store, sources: Mapping[str, Stamp]) -> dict[int, tuple[str, Stamp]]:
    """The sources that are not surely as they were, by their places in the store.

    LargerEditError: there are others than before, or these are many.
    """
    kept = store.list(STAMPS, tuple[str, Stamp])
    if len(kept) != len(sources):
        raise LargerEditError
    pairs = enumerate(zip(kept, sources.items(), strict=True))
    found = {place: now for place, (was, now) in pairs if was != now or not now[1].trusted}
    if len(found) > SOURCES or any(kept[place][0] != path for place, (path, _) in found.items()):
        raise LargerEditError
    return found


def _built(
    workspace: Workspace,
    sources: Sources,
    folder: OutputFolder,
    earlier: UpToDateCheck,
    stamps: Mapping[int, tuple[str, Stamp]],
    damaged: Callable[[], set[str]],
    watch: Watch,
) -> Made:
    portal, store, options = workspace.portal, workspace.store, workspace.options
    with watch.stage("index"):
        indexes, resolution = _remembered(store)
        lists = store.lists()
        workspace.layouts  # noqa: B018 (loads Jinja while another process loads Markdown)
    with watch.stage("read"):
        pairs = _read(sources, store, dict(stamps.values()))
    with watch.stage("index"):
        after = {path: pair.new.entry for path, pair in pairs.items() if pair.new.entry}

        def entry(path: str) -> Entry:
            return after.get(path) or _entry(store, path)

        site = KeptSite(portal, indexes, entry, options.at, resolution)
        warnings = _warnings(workspace, site, entry, pairs, earlier.warnings)
    with watch.stage("verify"):
        last = StoredBuild(lists, _edits(site, pairs))
        shown = pictures.Pictures(
            store.folder(pictures.FOLDER), workspace.digests, pictures.remembered(store)
        )
        answers = workspace.answers(site, _Plan(last), shown, previous=last)
        changed = changed_answers(last, answers)
        pages = dict(last.pages_asking(changed))
        targets = [kept.page.target for kept in pages.values()]
        known = _known(store, targets, portal.delivery.compress)
        left = {file.target: file for file in known.values()}
        asked = {number: last.question(number) for number in changed}
        stale = {
            kept.page: because(kept, asked, left.get(target))
            for kept, target in zip(pages.values(), targets, strict=True)
        }
        if damaged() or any(_has_picture(site, last.question(number)) for number in changed):
            raise LargerEditError  # a figure that became another is part of a text
        if any(kept.problems for kept in pages.values()):
            raise LargerEditError  # a page may warn of something no more
        if len(stale) > FEW or any(page.is_pdf for page in stale):
            last.read_all()  # processes to come cannot
        else:
            last.foresee(pages.values(), answers.behind)
        _check_pictures(stale, site, shown, workspace.assets)
    staged = _rendered(stale, answers, last, workspace, folder, watch)
    with watch.stage("render"):
        if any(outcome.asked and outcome.asked[1] for outcome in staged.outcomes.values()):
            raise LargerEditError  # a page warns of something
        generation = changes(last, pages, staged)
        files = {
            target: staged.outcomes[page.address].written
            for target, page in zip(targets, stale, strict=True)
        }
    with watch.stage("search"):
        indexed = _indexed(workspace, site, pairs, folder)
    files = {**indexed.staged, **files}
    known |= _known(store, [*indexed.staged], portal.delivery.compress)
    done = _delivered(files, known.values(), workspace, folder, watch)
    files_kept = len(store.list(WRITTEN, Written)) - len(done.written)
    report = msgspec.structs.replace(
        earlier.report(files_kept, options, watch),
        written=len(done.written),
        read=sources.read,
        rendered=len(staged.outcomes),
        reasons={page.address: why.reasons for page, why in stale.items()},
        warnings=(*warnings, *vanished(Generation(), (), resolution, folder.output)),
    )
    places = {file.target: place for place, file in known.items()}
    edited = Edited(
        {path: pair.new for path, pair in pairs.items()},
        stamps,
        {**generation, "outline": _outline(lists["outline"], site, pairs)},
        {places[target]: file for target, file in done.files.items()},
        indexed,
        frozenset(workspace.found.sources.keys() - site.entries.keys()),
    )
    return report, edited.put


def _remembered(store: Store) -> tuple[Indexes, Resolution]:
    """What is known of the site, and of old addresses; LargerEditError: it is lost."""
    if not all(any(store.rows(key, 0, 0)) for key in (INDEXES, RESOLUTION)):
        raise LargerEditError
    return store.get(INDEXES, Indexes), store.get(RESOLUTION, Resolution)


def _rendered(
    stale: Mapping[Page, Stale],
    answers: Answers,
    last: StoredBuild,
    workspace: Workspace,
    folder: OutputFolder,
    watch: Watch,
) -> Staged:
    """The stale pages, staged, by the layouts of the last build."""
    for layout in {page.layout for page in stale}:
        question = ("layout", layout)
        if answers.digest(question) != last.digest(question):
            raise LargerEditError  # it was saved since the files were looked at
    try:
        return rendered(stale, answers, folder, workspace.options, watch)
    except PortalError as error:
        if any(found.name == "file-changing" for found in error.problems):
            raise  # the usual way would not see it any more
        raise LargerEditError from error  # which tells of it among all others


def _indexed(
    workspace: Workspace, site: KeptSite, pairs: Mapping[str, _Pair], folder: OutputFolder
) -> search.Edited:
    """What the edits make of the search index."""
    portal = workspace.portal
    if not portal.search.enabled:
        return search.Edited({})
    edits = [
        (old.entry, new.entry)
        for path, (old, new) in pairs.items()
        if path in site.entries and old.entry and new.entry and not isinstance(new.entry.source, Ad)
    ]
    found = search.edited(portal, edits, workspace.store, folder, options=workspace.options)
    if found is None:
        raise LargerEditError
    return found


def _delivered(
    files: Mapping[str, Written],
    known: Iterable[Written],
    workspace: Workspace,
    folder: OutputFolder,
    watch: Watch,
) -> Published:
    """Compresses the staged `files`, and puts all in place of those that are `known`."""
    left = {file.target: file for file in known}
    previous, delivery = PreviousOutput(folder, left, frozenset()), workspace.portal.delivery
    with watch.stage("compress"):
        jobs = workspace.options.jobs
        complete = compression.complete([*files], files, previous, delivery, jobs=jobs)
    if set(complete.planned) != left.keys():
        raise LargerEditError  # what does not become smaller is not published compressed
    with watch.stage("publish"):
        ordered = {t: complete.staged[t] for t in complete.planned if t in complete.staged}
        return replace_files(folder, ordered, left)


def _entry(store: Store, path: str) -> Entry:
    """A source; LargerEditError: it is not there, or none that could be read."""
    try:
        entry = store.texts.record(path).entry
    except LookupError as error:
        raise LargerEditError from error
    if entry is None:
        raise LargerEditError
    return entry


class _Plan:
    """The pages of the last build, for the few that want to know all of them."""

    def __init__(self, last: StoredBuild) -> None:
        self._last = last

    def __iter__(self) -> Iterator[Page]:
        return (kept.page for kept in self._last.kept_pages)


def _read(sources: Sources, store: Store, stamps: Mapping[str, Stamp]) -> dict[str, _Pair]:
    """What the sources at these paths were, and became."""
    before = {path: store.texts.record(path) for path in stamps}
    sources.records = dict(before)
    fresh = sources.read_some(stamps)
    now = sources.records | fresh
    if any(one.entry is None for one in (*before.values(), *now.values())):
        raise LargerEditError
    if any(found.is_error for one in now.values() for found in one.problems):
        raise LargerEditError
    return {path: _Pair(old, now[path]) for path, old in before.items()}


def _warnings(
    workspace: Workspace,
    site: KeptSite,
    entry: Callable[[str], Entry],
    pairs: Mapping[str, _Pair],
    known: Iterable[Problem],
) -> tuple[Problem, ...]:
    """All that there is to warn of after the edits.

    Of the rules of `validation.OF_SOURCES` those for folders, names, what sources share and the
    ledger depend on what `_leaves_others` holds to be the same.  A source's own mistakes, and its
    links, are looked at here; files that it shows or offers are the same.  Other sources may link
    to a heading that is gone.

    LargerEditError: others may be concerned, or a warning may have another place now.
    """
    shown = workspace.portal.folders.in_content
    warnings = {*known}
    for path, (old, new) in pairs.items():
        if not (old.entry and new.entry) or old.digest == new.digest:
            continue  # no line of the file is another, of which a warning may tell
        if not _leaves_others(workspace, site, entry, old.entry, new.entry):
            raise LargerEditError
        warnings -= {*old.problems}
        if any(one.path == shown(path) for one in warnings):
            raise LargerEditError
    return tuple(
        sorted({*warnings, *(one for pair in pairs.values() for one in pair.new.problems)})
    )


def _leaves_others(
    workspace: Workspace, site: KeptSite, entry: Callable[[str], Entry], old: Entry, new: Entry
) -> bool:
    """Whether an edit of a source leaves all lists, pages, files, and links of others alone.

    `entry` gives each source by its path as it is after all edits.
    """
    path, store = old.source.path, workspace.store
    if old.arrangement != new.arrangement or _files(old) != _files(new):
        return False
    if path not in site.entries and workspace.portal.pdf.enabled:
        return False  # the PDFs of what is still to come are tried
    gone = {*old.anchors} - {*new.anchors}
    if store.records_hold(*(_encode(path) + _encode(anchor) for anchor in gone)):
        return False
    for link in new.placeholders:
        if isinstance(link, Link):
            there = entry(link.source)
            if isinstance(there.source, Ad) or (link.anchor and link.anchor not in there.anchors):
                return False
    return old.text == new.text or not in_ledger(workspace.found.ledger, old, new)


def _files(entry: Entry) -> tuple[Any, ...]:
    """All that a source shows and offers, wherever it stands."""
    others = (one for one in entry.placeholders if not isinstance(one, Link))
    images = tuple(image for image, _ in links.images(entry))
    return images, tuple(msgspec.structs.replace(one, line=0) for one in others)


def in_ledger(ledger: bytes, old: Entry, new: Entry) -> bool:
    """Whether by the text an address may be found or lost that is not the source's own alone."""
    texts = {digest_of_text(entry.text).encode() for entry in (old, new)}
    if not any(text in ledger for text in texts):
        return False
    address, path = old.source.address.encode(), old.source.path.encode()
    lines = (line.split(b"\t") for line in ledger.splitlines())
    return any(texts & {*parts} and not {address, path} <= {*parts} for parts in lines)


def _edits(site: KeptSite, pairs: Mapping[str, _Pair]) -> Edits:
    changed = [
        (path, old.entry, new.entry)
        for path, (old, new) in pairs.items()
        if old.entry and new.entry and path in site.entries
    ]
    heads = {path for path, old, new in changed if old.digest != new.digest}
    return Edits(
        heads,
        {path for path, old, new in changed if old.text != new.text or old.placeholders},
        any(
            path in heads and image.credit
            for path, _, new in changed
            for image, _ in links.images(new)
        ),
        any(_modified(old) != _modified(new) for _, old, new in changed),
    )


def _modified(entry: Entry) -> object:
    return entry.source.changed if isinstance(entry.source, Article) else None


def _has_picture(site: KeptSite, question: tuple[str | int, ...]) -> bool:
    """Whether it asks for a fragment that may be part of the text of a source with pictures."""
    paths = question[2:] if question[0] == "fragment" else ()
    return any(
        isinstance(one, Picture)
        for path in paths
        if isinstance(path, str) and path in site.entries
        for one in site.entries[path].placeholders
    )


def _known(store: Store, targets: Sequence[str], ways: Iterable[str]) -> dict[int, Written]:
    """How the files at `targets`, and what was compressed of them, were left; by their places."""
    written = store.list(WRITTEN, Written)
    endings = ["", *(compression.ENDINGS[way] for way in ways)]
    wanted = {target + ending for target in targets for ending in endings}
    few = len(wanted) <= SOURCES
    every = range(-(-len(written) // CHUNK))
    return {
        place: file
        for part in (written.parts_with(*map(_encode, wanted)) if few else every)
        for place, file in enumerate(written.chunk(part), part * CHUNK)
        if file.target in wanted
    }


def _check_pictures(
    pages: Iterable[Page], site: KeptSite, shown: pictures.Pictures, assets: Assets
) -> None:
    """LargerEditError: the file of a picture is lost that a PDF needs."""
    printed = [site.entries[page.article] for page in pages if page.is_pdf]
    names = (assets.name_of(e.source.path, i.file) for e in printed for i, _ in links.images(e))
    if not all(shown.fallback(name)[0].is_file() for name in names):
        raise LargerEditError


def _outline(
    outline: KeptList[Any], site: KeptSite, pairs: Mapping[str, _Pair]
) -> dict[int, tuple[str, tuple[bytes, bytes, bool]]]:
    """The items of the outline that become others."""
    now = {path: pair.new.entry for path, pair in pairs.items() if path in site.entries}
    parts = outline.parts_with(*map(_encode, now)) if now else ()
    return {
        place: (path, (entry.digest, entry.text, files))
        for part in parts
        for place, (path, (_, _, files)) in enumerate(outline.chunk(part), part * CHUNK)
        if (entry := now.get(path))
    }
