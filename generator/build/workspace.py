"""A portal as it is loaded, the same way for every command."""

import copy
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

from generator.base.problems import PortalError, Problem
from generator.base.report import Options
from generator.build.last_build import DAMAGED
from generator.config.portal import Portal
from generator.engine.previous_build import NO_BUILD, PreviousBuild
from generator.load import sources
from generator.load.file_digests import known_files
from generator.load.portal_files import Surroundings, look
from generator.load.sources import Readers, Sources
from generator.load.store import FOLDER, Store, unusable
from generator.site.assets import Assets, SettledAssets
from generator.site.index import Entry, Site
from generator.site.ledger import Ledger, parse
from generator.site.pages import Page, plan

if TYPE_CHECKING:
    from generator.engine.render import Answers
    from generator.load.pictures import Pictures
    from generator.templates.environment import Layouts

T = TypeVar("T")

ASIDE: Final = "check.sqlite"
"""The store of commands that do not build: a running build has locked the other one."""


class Workspace:
    """A portal at the moment of `options`; each part of it is read when it is first asked for.

    `found` files become `sources`, those without mistakes `entries`, these a `site`, this `pages`.
    What was read is remembered in `store`.  To be used inside `with`, which ends the processes that
    read.

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
        if readers := self.__dict__.get("_readers"):
            readers.close()

    @cached_property
    def found(self) -> Surroundings:
        """The portal's files."""
        return look(self.portal)

    def expect_reading(self) -> None:
        """Lets a process load what reads sources, while this one does what comes before."""
        self._readers  # noqa: B018 (asked for what it begins)

    @cached_property
    def _readers(self) -> Readers:
        return Readers(self.portal, self.store, jobs=self.options.jobs)

    def load(self) -> None:
        """Reads all files; what is made of them is made when it is asked for."""
        self.digests, self.sources  # noqa: B018 (asked for what is remembered of them)

    @cached_property
    def sources(self) -> Sources:
        """What each source became."""
        progress = partial(self.options.progress, "reading")
        return self._readers.read_all(self.found.content, progress)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The sources that could be read, by path."""
        return sources.entries(self.sources)

    @property
    def broken(self) -> Set[str]:
        """The paths of those that could not."""
        return {path for path, record in self.sources.records.items() if not record.entry}

    @cached_property
    def _files(self) -> tuple[Mapping[str, bytes], tuple[Problem, ...]]:
        return known_files(self.portal, self.found, self.store)

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

    @property
    def digests(self) -> Mapping[str, bytes]:
        """The digest of each file that pages may refer to, by its name among the assets."""
        return self._files[0]

    @property
    def unreadable(self) -> tuple[Problem, ...]:
        """What cannot be read beside the sources; paths are below the content folder."""
        return self._files[1]

    @cached_property
    def assets(self) -> Assets:
        """The files that pages may refer to."""
        return (SettledAssets if self._settled else Assets)(self.portal.folders, self.digests)

    @cached_property
    def layouts(self) -> "Layouts":
        """The portal's layouts."""
        # Imported here, as in `answers`: while Jinja is loaded, another process loads Markdown.
        from generator.templates.environment import Layouts, References

        return Layouts(
            self.portal,
            self.found.layouts.files,
            compiled=self.store.folder("layouts"),
            references=self.store.get("references", References),
        )

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
            del made["site"]
            made.pop("pages", None)
        return other


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
