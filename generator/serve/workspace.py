"""A portal with all that its pages are made of, in memory: only what changed is read again.

What cannot be read stays as it was when it could.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Final, TypeVar

from generator.base.problems import PortalError, Problem
from generator.base.scan import Stamp, look_at
from generator.build.validation import addresses_twice, between_sources
from generator.config.portal import Portal
from generator.engine.queries import holds_until
from generator.engine.query import ANYTHING
from generator.front_matter import dates
from generator.load.portal_files import look
from generator.load.store import Store
from generator.model import content_files
from generator.model.article import ends
from generator.model.downloads import download_kind
from generator.model.gate import next_change
from generator.serve.cache import Change, Readings, SourceCache
from generator.serve.files import Changed, FileDigests, look_again
from generator.serve.protocol import Opening
from generator.serve.view import Unread, View
from generator.site import downloads, links
from generator.site.assets import Assets
from generator.site.index import Site
from generator.site.pages import Page
from generator.templates.environment import Layouts, References

T = TypeVar("T")

GRACE: Final = 0.1
"""Seconds after which a file is looked at again that is suddenly gone or wrong: an editor may be
about to write it."""

FEW: Final = 3
"""Where more files than these are gone or wrong, nobody is about to write them."""

START: Final = 0.7
"""Seconds that may be spent on reading before there is something to show."""

BATCH: Final = 48
"""Texts that are read at a time while somebody may be asking for a page."""


def _sources(files: Mapping[str, Stamp]) -> dict[str, Stamp]:
    """Those of `files` that are sources."""
    return {path: stamp for path, stamp in files.items() if content_files.is_source(path)}


class PreviewWorkspace:
    """A portal, its sources, layouts and assets as they are now, and the view of them all.

    Where there is much to read, it begins with what is newest, and the rest is a duty.
    """

    def __init__(self, portal: Portal, store: Store, opening: Opening) -> None:
        self.portal = portal
        self.version = 0
        """Another number, other pages."""
        self.due: datetime | None = None
        self._store = store
        self._opening = opening
        self._cache = SourceCache(portal, store, jobs=opening.jobs)
        self._found = look(portal)
        self._cache.expect(_sources(self._found.content.files))
        deadline = time.monotonic() + START
        while self._cache.pending and time.monotonic() < deadline:
            self._cache.read_pending()
        self._digests = FileDigests(portal, self._found)
        self._assets = Assets(portal.folders, self._digests)
        self._references = store.get("references", References)
        self._layouts = self._new_layouts()
        self._in_content = cache(portal.folders.in_content)  # an archive has thousands of warnings
        self._names: frozenset[str] = frozenset()
        self._problems = {"layouts": self._layouts.problems()}
        self._sorted: tuple[tuple[tuple[Problem, ...], ...], tuple[Problem, ...]] = ((), ())
        self._note_problems()
        self.view = self._new_view()
        self._duties: Mapping[str, Callable[[], None]] = {
            "sources": self._read_sources,
            "texts": self._read_texts,
            "links": self._check_links,
            "addresses": self._check_addresses,
            "layouts": self._try_layouts,
            "worker": self._cache.warm_up,
            "remember": self._remember,
            "everything": self._look_everywhere,
            "tidy": self._cache.tidy,
            "due": self._find_due,
        }
        self._later = set(self._duties)

    def close(self) -> None:
        """Remembers everything, and ends all workers."""
        self._remember()
        self._cache.close()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is known to be wrong."""
        found = tuple(self._problems.values())
        if found != self._sorted[0]:  # to sort thousands of warnings takes its time
            self._sorted = found, tuple(sorted({one for part in found for one in part}))
        return self._sorted[1]

    @property
    def pending(self) -> int:
        """How many sources have not been looked into yet: pages do not know them."""
        return len(self._cache.pending)

    @property
    def is_reading(self) -> bool:
        """Whether some sources or their texts have not been looked into yet."""
        return bool(self._cache.pending or self._cache.unread)

    @property
    def has_duties(self) -> bool:
        """Whether something is left that can wait."""
        return bool(self._later)

    def do_one_duty(self) -> None:
        """Does the most urgent of what can wait."""
        name = next(name for name in self._duties if name in self._later)
        self._later.discard(name)
        self._duties[name]()

    def text_of(self, page: Page) -> str:
        """The text of a page.  PortalError: it cannot be made."""
        return self._once_read(lambda: self.view.render(page))

    def pdf_of(self, page: Page) -> bytes:
        """A page that is a PDF.  PortalError: it cannot be made."""
        return self._once_read(lambda: self.view.pdf(page))

    def _once_read(self, make: Callable[[], T]) -> T:
        """What `make` makes, all sources that it wants read before."""
        read: set[str] = set()
        while True:
            try:
                return make()
            except Unread as unread:
                path = unread.path
                if path not in read:
                    read.add(path)
                    self._take_texts([path])
                elif problems := self._cache.records[path].problems:
                    raise PortalError(problems) from unread
                else:
                    raise RuntimeError(f"{path} has been read, and has no text") from unread

    def source_at(self, address: str) -> str:
        """The path of the source that has an address, published or not; "" where none has."""
        entries = self._cache.entries.items()
        return next((path for path, entry in entries if entry.source.address == address), "")

    def address_of(self, path: str) -> str | None:
        """The address that the source at `path` has, published or not; None: there is no source."""
        entry = self._cache.entries.get(path)
        return entry.source.address if entry else None

    def has_expired(self, path: str) -> bool:
        """Whether the source `path` was published, and no longer is."""
        end = ends(self._cache.entries[path].source)
        return end is not None and end.at <= self.view.site.at

    # Taking in what changed.

    def take_in(self, paths: Collection[str] | None) -> tuple[str, ...]:
        """Brings everything up to date with the files at `paths`, or with all where that is None.

        Returns what changed, relative to the folder that it lies in.
        """
        looked = look_again(self.portal, self._found, paths)
        self._found = looked.found
        readings, gone = self._read(looked.content, careful=paths is not None)
        change = self._cache.take(readings, gone)
        is_due = self.due is not None and self._at() >= self.due
        self._renew(change._replace(others=change.others or is_due))
        beside = [path for path in looked.content.paths if not content_files.is_source(path)]
        new_layouts = bool(looked.layouts.paths) and self._renew_layouts()
        files = (*looked.assets.paths, *beside)
        new_assets = bool(files) and self._renew_assets(files)
        if new_layouts or new_assets:
            self.view = self.view.with_looks(self._layouts, self._assets)
            self._later |= {"links", "layouts"}
            self.version += 1
        self._note_problems()
        if readings or gone:
            self._later.add("remember")
        if paths is not None:
            self._later.add("everything")
        folders = self.portal.folders
        return (
            *(f"{folders.layouts.name}/{path}" for path in looked.layouts.paths if new_layouts),
            *(f"{folders.assets.name}/{path}" for path in looked.assets.paths if new_assets),
            *(f"{folders.content.name}/{path}" for path in (*beside, *readings, *gone)),
        )

    def _read(self, content: Changed, *, careful: bool) -> tuple[Readings, frozenset[str]]:
        """What became of the sources that changed, and which are gone.

        `careful`: what is gone or wrong gets the time to come back or be written to its end.
        """
        gone = content.gone & self._cache.records.keys()
        stamps = _sources(content.stamps)
        readings = dict(self._cache.read(stamps))
        wrong = {path for path, record in readings.items() if record.entry is None} | gone
        if careful and 0 < len(wrong) <= FEW:
            time.sleep(GRACE)
            folder = self.portal.folders.content
            again = {path: stamp for path in wrong if (stamp := look_at(folder / path))}
            self._found.content.files.update(again)
            readings |= self._cache.read(again)
            gone -= again.keys()
        return readings, gone

    def _renew(self, change: Change) -> None:
        """Makes the view anew, as far as sources made it another one."""
        if change.others or change.heads:
            alone = change.heads[0] if len(change.heads) == 1 else None
            quick = self.view.with_article(alone) if alone and not change.others else None
            self.view = quick or self._new_view()
            self._later |= {"links", "addresses", "due"}
        if change.texts:
            self.view = self.view.with_texts(change.texts)
            self._later |= {"links", "addresses"}
        if self._cache.unread:
            self._later.add("texts")
        self.version += bool(change.others or change.heads or change.texts)

    def _renew_layouts(self) -> bool:
        """Reads the layouts anew; whether they are others, and in order."""
        layouts = self._new_layouts()
        was_wrong, self._problems["layouts"] = self._problems["layouts"], layouts.problems()
        if self._problems["layouts"]:
            return False  # the ones before are better
        if not was_wrong and layouts.closures == self._layouts.closures:
            return False
        self._layouts = layouts
        return True

    def _renew_assets(self, files: Iterable[str]) -> bool:
        """Looks at the assets anew, `files` of which changed; whether pages would tell otherwise:
        of downloads they tell the size."""
        before = self._digests
        self._digests = FileDigests(self.portal, self._found)
        self._assets = Assets(self.portal.folders, self._digests)
        return any(map(download_kind, files)) or not self._digests.say_the_same_as(before)

    def _new_layouts(self) -> Layouts:
        return Layouts(
            self.portal, self._found.layouts.files,
            compiled=self._store.folder("layouts"), references=self._references,
        )  # fmt: skip

    def _new_view(self) -> View:
        entries, at = self._cache.entries.values(), self._at()
        site = Site(self.portal, entries, at, drafts=self._opening.drafts)
        return View(site, self._layouts, self._assets, self._cache.texts)

    def _at(self) -> datetime:
        """The moment that is shown."""
        zone = self.portal.zone
        return dates.parse(self._opening.at, zone).at if self._opening.at else datetime.now(zone)

    def _note_problems(self) -> None:
        found = self._found
        elsewhere = (*found.assets.problems, *found.layouts.problems)
        self._problems["folders"] = (*self._placed(found.content.problems), *elsewhere)
        if found.content.files.keys() != self._names:
            self._names = frozenset(found.content.files)
            self._find_strays()
        self._problems["sources"] = self._placed(self._cache.problems())

    def _find_strays(self) -> None:
        linked = downloads.linked(self._cache.entries.values())
        self._problems["names"] = self._placed(content_files.problems(self._names, linked))

    def _placed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of sources, at their paths in the portal's folder."""
        return tuple(found.moved(self._in_content(found.path)) for found in problems)

    # What can wait.

    def _read_sources(self) -> None:
        if not self._cache.pending:
            return
        self._cache.read_pending()
        if self._cache.pending:
            self._later.add("sources")
        else:
            self._renew(Change(others=True))
            self._note_problems()

    def _read_texts(self) -> None:
        self._take_texts(list(islice(self._cache.unread, BATCH)))
        if self._cache.unread:
            self._later.add("texts")
        else:
            self._later |= {"links", "layouts", "remember"}

    def _take_texts(self, paths: list[str]) -> None:
        version = self.version
        change = self._cache.take(self._cache.read_texts(paths))
        self._renew(change)
        self._note_problems()
        if not (change.others or change.heads):
            self.version = version  # what is open shows these texts already, or none of them

    def _check_links(self) -> None:
        if not self._cache.unread:
            entries, broken = self._cache.entries, self._cache.broken
            kinds = self.portal.downloads.kinds
            self._problems["links"] = self._placed(
                (
                    *links.broken_links(entries, self._assets, broken),
                    *downloads.mistakes(entries, self._assets, kinds),
                )
            )
            self._find_strays()

    def _check_addresses(self) -> None:
        found = [(entry.source, entry.lines) for entry in self._cache.entries.values()]
        self._problems["addresses"] = self._placed(
            (
                *between_sources(self.view.site.portal, found, self.view.site.at),
                *addresses_twice(
                    tuple(self.view.pages), self._cache.entries, self.view.site.portal
                ),
            )
        )

    def _try_layouts(self) -> None:
        """Makes one page with each layout: a mistake in one may show on no page that is open."""
        problems: list[Problem] = []
        for page in {p.layout: p for p in self.view.pages if not (p.is_pdf or p.file)}.values():
            try:
                self.text_of(page)
            except PortalError as error:
                problems += error.problems
        self._problems["pages"] = tuple(problems)

    def _remember(self) -> None:
        self._store.put("references", self._references)
        self._cache.remember()

    def _look_everywhere(self) -> None:
        """Looks at all files: what the system did not tell of is found after all."""
        self.take_in(None)

    def _find_due(self) -> None:
        """Finds when the view will be another one by itself."""
        site, drafts = self.view.site, self._opening.drafts
        sources = (entry.source for entry in self._cache.entries.values())
        change = next_change(sources, site.at, drafts=drafts)
        self.due = None if self._opening.at else holds_until(site, change, ANYTHING)
