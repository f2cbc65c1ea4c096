"""A portal as it is loaded and kept up to date, the same way for every command."""

import copy
import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeVar

import msgspec

from generator.base.problems import PortalError, Problem
from generator.base.report import Options
from generator.base.scan import Found, look_at
from generator.build.kept import ASIDE
from generator.build.last_build import DAMAGED
from generator.config.portal import Portal
from generator.engine.previous_build import NO_BUILD, PreviousBuild
from generator.load.file_digests import FileDigests, known_files
from generator.load.portal_files import Changed, Surroundings, look, look_again
from generator.load.sources import Change, Sources
from generator.load.store import FOLDER, Store, unusable
from generator.model.content_files import is_source
from generator.model.downloads import download_kind
from generator.model.entry import Entry, Record
from generator.model.gate import next_change
from generator.site.after_edit import with_article, with_texts
from generator.site.assets import Assets, SettledAssets
from generator.site.index import Site
from generator.site.ledger import FILE, Ledger, parse
from generator.site.pages import Page, leads_on, plan

if TYPE_CHECKING:
    from generator.engine.render import Answers
    from generator.load.pictures import Pictures
    from generator.templates.environment import Layouts, References

T = TypeVar("T")

OF_SITE: Final = ("site", "pages", "targets")
"""What is made anew when other sources are published."""

GRACE: Final = 0.1
"""Seconds after which a file is looked at again that is suddenly gone or wrong: an editor may be
about to write it."""

FEW: Final = 3
"""Where more files than these are gone or wrong, nobody is about to write them."""


class Update(NamedTuple):
    """What an update came to: the files that were taken in, as a user would type them.

    `heads`: what headers say, or which sources there are, is another; `texts`: so are texts;
    `looks`: so are layouts or assets.
    """

    files: tuple[str, ...] = ()
    heads: bool = False
    texts: bool = False
    looks: bool = False


class Workspace:
    """A portal at the moment of `options`; each part of it is read when it is first asked for.

    `found` files become `sources`, those without mistakes `entries`, these a `site`, this `pages`.
    What was read is remembered in `store`.  To be used inside `with`, which ends the processes that
    read.  After `load`, `update` brings it up to date with files that were saved.

    PortalError, where a part is asked for: a file in `assets/` cannot be read.
    """

    def __init__(
        self,
        portal: Portal,
        options: Options,
        store: Store,
        *,
        found: Surroundings | None = None,
        settled: bool = False,
    ) -> None:
        """`found`: the portal's files, if they are known.  `settled`: one that is saved while it is
        used is a mistake."""
        self.portal = portal
        self.options = options
        self.store = store
        self._settled = settled
        if found is not None:
            self.found = found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if sources := self.__dict__.get("_sources"):
            sources.close()

    def load(self, seconds: float | None = None) -> None:
        """Reads all files; what is made of them is made when it is asked for.

        In so many `seconds`: only sources, no more than can be read, the newest first, and not
        their texts.  The others are `sources.pending`, the texts `sources.unread`.
        """
        if seconds is None:
            self.digests, self.sources  # noqa: B018 (asked for what is remembered of them)
            return
        sources, until = self._sources, time.monotonic() + seconds
        sources.expect(self.found.sources)
        while sources.pending and time.monotonic() < until:
            sources.read_pending()
        self.sources = sources
        self.digests = FileDigests(self.portal, self.found)

    @cached_property
    def found(self) -> Surroundings:
        """The portal's files."""
        return look(self.portal)

    def expect_reading(self) -> None:
        """Lets a process load what reads sources, while this one does what comes before."""
        self._sources  # noqa: B018 (asked for what it begins)

    @cached_property
    def _sources(self) -> Sources:
        return Sources(self.portal, self.store, jobs=self.options.jobs)

    @cached_property
    def sources(self) -> Sources:
        """All sources, and what each became."""
        self._sources.read_all(self.found.sources, partial(self.options.progress, "reading"))
        return self._sources

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The sources that could be read, by path."""
        return self.sources.entries

    @cached_property
    def _ledger(self) -> tuple[Ledger, tuple[Problem, ...]]:
        try:
            return parse(self.found.ledger.decode("utf-8", "replace")), ()
        except PortalError as error:
            return Ledger(), error.problems

    @property
    def unreadable_lines(self) -> tuple[Problem, ...]:
        """The lines of the ledger that say nothing."""
        return self._ledger[1]

    @cached_property
    def digests(self) -> Mapping[str, bytes]:
        """The digest of each file that pages may refer to, by its name among the assets."""
        return known_files(self.portal, self.found, self.store)

    @cached_property
    def assets(self) -> Assets:
        """The files that pages may refer to."""
        return (SettledAssets if self._settled else Assets)(self.portal.folders, self.digests)

    @cached_property
    def layouts(self) -> "Layouts":
        """The portal's layouts."""
        return self._read_layouts(None)

    def _read_layouts(self, references: "References | None") -> "Layouts":
        # Imported here, as in `answers`: while Jinja is loaded, another process loads Markdown.
        from generator.templates.environment import Layouts, References

        return Layouts(
            self.portal,
            self.found.layouts.files,
            compiled=self.store.folder("layouts"),
            references=references or self.store.get("references", References),
        )

    @cached_property
    def layout_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the layouts as they were saved, as far as that shows without pages."""
        return self.layouts.problems()

    @cached_property
    def site(self) -> Site:
        """What may be published."""
        options = self.options
        return Site(
            self.portal, self.entries.values(), options.at,
            drafts=options.drafts, ledger=self._ledger[0],
        )  # fmt: skip

    @cached_property
    def everything(self) -> Site:
        """The site with drafts, and with what is still to come."""
        return Site(self.portal, self.entries.values(), self.options.at, drafts=True)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The plan of the site."""
        return plan(self.site)

    @cached_property
    def targets(self) -> Mapping[str, Page]:
        """Those of the pages that lead readers on, by the file of each."""
        server = self.portal.delivery.server
        return {page.target: page for page in reversed(self.pages) if leads_on(page, server)}

    @property
    def next_change(self) -> datetime | None:
        """When the first of the sources appears or expires."""
        found = (entry.source for entry in self.entries.values())
        return next_change(found, self.options.at, drafts=self.options.drafts)

    def answers(
        self,
        site: Site,
        pages: Iterable[Page],
        pictures: "Pictures",
        *,
        previous: PreviousBuild = NO_BUILD,
    ) -> "Answers":
        """What the layouts are told of a site of this portal, with these pages and pictures."""
        from generator.engine.render import Answers

        texts = self.store.texts
        return Answers(site, self.layouts, self.assets, pictures, pages, texts, previous=previous)

    def without(self, paths: Set[str]) -> "Workspace":
        """The portal as it is without some sources."""
        if paths.isdisjoint(self.entries):
            return self
        other = copy.copy(self)
        other.entries = {path: one for path, one in self.entries.items() if path not in paths}
        made = vars(other)
        made.pop("everything", None)
        if "site" in made and not paths.isdisjoint(made["site"].entries):
            for part in OF_SITE:
                made.pop(part, None)
        return other

    # After something was saved.

    def update(self, paths: Collection[str] | None, at: datetime, *, anew: bool = False) -> Update:
        """Takes in what changed at `paths`, or whatever did where that is None.

        What cannot be read stays as it was when it could; where much changed, texts are read later
        (`sources.unread`).  `at`: the moment of the site where it is made anew, which `anew` wants
        in any case.
        """
        looked = look_again(self.portal, self.found, paths)
        ledger = looked.found.ledger != self.found.ledger
        self.found = looked.found
        if ledger:
            vars(self).pop("_ledger", None)
        readings, gone = self._read(looked.content, careful=paths is not None)
        change = self.sources.take(readings, gone)
        done = self.take(change._replace(others=change.others or anew or ledger), at)
        beside = [path for path in looked.content.paths if not is_source(path)]
        layouts = looked.layouts.paths if looked.layouts.paths and self._renew_layouts() else ()
        files = (*looked.assets.paths, *beside)
        looks = bool(files) and self._renew_assets(files)
        folders = self.portal.folders
        named = [
            f"{folders.shown(folder)}/{path}"
            for folder, found in (
                (folders.layouts, layouts),
                (folders.assets, looked.assets.paths if looks else ()),
                (folders.content, (*beside, *readings, *gone)),
            )
            for path in found
        ] + [FILE] * ledger  # fmt: skip
        return done._replace(files=tuple(named), looks=looks or bool(layouts))

    def take(self, change: Change, at: datetime | None = None) -> Update:
        """Makes of the site what sources that were read have made of it; `at` as for `update`."""
        heads, made = bool(change.others or change.heads), vars(self)
        before = self.site.entries if "site" in made else {}
        if "site" in made and heads:
            alone = change.heads[0] if len(change.heads) == 1 and not change.others else None
            if alone and (site := with_article(self.site, alone)):
                self.site = site
            else:
                self.options = msgspec.structs.replace(self.options, at=at or self.options.at)
                for part in OF_SITE:
                    made.pop(part, None)
        if "site" in made and change.texts:
            self.site = with_texts(self.site, change.texts)
        edited = (one for one in (*change.heads, *change.texts) if one.source.path in before)
        if any(before[one.source.path].downloads != one.downloads for one in edited):
            for part in ("pages", "targets"):  # a file that a text offers is a page
                made.pop(part, None)
        made.pop("everything", None)
        return Update(heads=heads, texts=bool(change.texts))

    def _read(self, content: Changed, *, careful: bool) -> tuple[dict[str, Record], frozenset[str]]:
        """What became of the sources that changed, and which are gone.

        `careful`: what is gone or wrong gets the time to come back or be written to its end.
        """
        gone = content.gone & self.sources.records.keys()
        readings = self.sources.look({p: s for p, s in content.stamps.items() if is_source(p)})
        wrong = {path for path, record in readings.items() if record.entry is None} | gone
        if careful and 0 < len(wrong) <= FEW:
            time.sleep(GRACE)
            folder = self.portal.folders.content
            again = {path: stamp for path in wrong if (stamp := look_at(folder / path))}
            before = self.found.content
            after = Found.of(before.files | again, before.problems)
            self.found = msgspec.structs.replace(self.found, content=after)
            readings |= self.sources.look(again)
            gone -= again.keys()
        return readings, gone

    def _renew_layouts(self) -> bool:
        """Reads the layouts anew; whether they are others, and in order."""
        was_wrong, new = self.layout_problems, self._read_layouts(self.layouts.references)
        self.layout_problems = new.problems()
        if self.layout_problems or not (was_wrong or new.closures != self.layouts.closures):
            return False  # where they are wrong, the ones before are better
        self.layouts = new
        return True

    def _renew_assets(self, files: Iterable[str]) -> bool:
        """Looks at the assets anew, `files` of which changed; whether pages would tell otherwise:
        of downloads they tell the size."""
        before, new = self.digests, FileDigests(self.portal, self.found)
        self.digests = new
        vars(self).pop("assets", None)
        return any(map(download_kind, files)) or not new.say_the_same_as(before)


def aside(portal: Portal, options: Options, work: Callable[[Workspace], T]) -> T:
    """What `work` does with the portal; nothing is built, and no build is waited for.

    Where the store of these commands cannot be used (a folder that may not be written, two checks
    at once), `work` is done again with a new one that is thrown away.
    """
    try:
        return _aside(portal, options, portal.folders.root / FOLDER, work)
    except DAMAGED:
        with tempfile.TemporaryDirectory() as folder:
            try:
                return _aside(portal, options, Path(folder), work)
            except sqlite3.DatabaseError as error:
                raise PortalError((unusable(error, Path(folder)),)) from error


def _aside(portal: Portal, options: Options, folder: Path, work: Callable[[Workspace], T]) -> T:
    store = Store.open(folder / ASIDE)
    try:
        with Workspace(portal, options, store) as workspace:
            return work(workspace)
    finally:
        store.close()
