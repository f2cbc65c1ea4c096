"""The backend: knows the portal, takes in changes, and makes pages when it is asked for them."""

import gc
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from generator.base import workers
from generator.base.aside import FORKS
from generator.base.problems import PortalError, Problem, problem
from generator.base.report import Options
from generator.build.validation import OF_SOURCES, addresses_twice, of_folders
from generator.build.workspace import Update, Workspace
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.engine.queries import holds_until
from generator.engine.query import ANYTHING
from generator.front_matter import dates
from generator.load.sources import Change
from generator.load.store import FOLDER, Store
from generator.serve.protocol import (
    Answer,
    Ask,
    Close,
    Failed,
    GoOn,
    Look,
    News,
    Opening,
    Reply,
    Request,
)
from generator.serve.responses import Pages, Responses, State
from generator.site.pages import Page

STORE: Final = Path(FOLDER, "preview", "store.sqlite")
"""Not the store of builds: one never learns what the other has seen."""

START: Final = 0.7
"""Seconds that may be spent on reading before there is something to show."""

TRIAL: Final = 5.0
"""Seconds that a page may take whose layout is tried, while browsers wait."""

BATCH: Final = 48
"""Texts that are read at a time while somebody may be asking for a page."""


class Problems(NamedTuple):
    """What keeps a portal from being published, and what does not."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Backend:
    """The portal that is to be shown, once its portal.toml can be read."""

    def __init__(self, opening: Opening) -> None:
        self._file = opening.root / portals.FILE
        self._opening = opening
        self._responses = Responses(opening.root)
        self._store: Store | None = None
        self._shown: Shown | None = None
        self._has_looked = False
        self._wrong: tuple[Problem, ...] = ()
        """What is wrong in portal.toml."""
        self._found: tuple[tuple[Problem, ...], Problems] = ((), Problems())
        """All problems that were found, and the same sorted out."""
        self._told: tuple[Problem, ...] = ()
        """The warnings of which browsers and terminal were told."""
        self._noted: tuple[object, ...] = ()
        self._turn = 0
        self._start = f"v{time.time_ns():x}"

    def handle(self, request: Request) -> Reply:
        """The reply to a request; whatever goes wrong, the preview stays up."""
        try:
            match request:
                case Look(paths):
                    return self.look(paths)
                case GoOn():
                    return self.go_on()
                case Ask():
                    return self.answer(request)
                case Close():
                    self.close()
        except Exception:
            return Failed(traceback.format_exc())
        return None

    def close(self) -> None:
        """Remembers what was read, and ends all other processes."""
        if self._shown:
            self._shown.close()
        if self._store:
            self._store.close()

    def look(self, paths: Collection[str] | None) -> News:
        """Takes in what changed at `paths`, or whatever did where that is None."""
        start = time.perf_counter()
        self._has_looked = True
        changed: tuple[str, ...] = ()
        if (paths is None or str(self._file) in paths) and self._load():
            changed = (portals.FILE,)
        elif self._shown:
            changed = self._shown.take_in(paths)
        return self._news(changed, time.perf_counter() - start)

    def go_on(self) -> News:
        """Does a little of what can wait, such as checking what no single page shows."""
        start = time.perf_counter()
        if self._shown and self._shown.has_duties:
            self._shown.do_one_duty()
        return self._news((), time.perf_counter() - start)

    def answer(self, ask: Ask) -> Answer:
        """What a browser gets."""
        if not self._has_looked:  # this backend has taken the place of one that died
            self.look(None)
        token, known = self._token(), self._problems()
        pages = self._shown.pages if self._shown else None
        answer = self._responses.answer(ask, State(pages, *known, token))
        # A text that was read for this page may have had a mistake in it.
        same = self._token() == token and self._problems() is known
        return answer if same else self.answer(ask)

    def _load(self) -> bool:
        """Reads portal.toml, and all else where that says something new; whether it does."""
        try:
            portal = portals.load(self._file)
        except PortalError as error:
            self._wrong = error.problems
            return False
        self._wrong = ()
        had_one = self._shown is not None
        if self._shown:
            # Equal maps may differ in their order, which layouts show and by which fields are read.
            if repr(portal) == repr(self._shown.portal):
                return False
            self._shown.close()
            self._shown = None
        if self._store is None:
            self._store = Store.open(portal.folders.root / STORE)
        self._shown = Shown(portal, self._store, self._opening)
        if had_one:
            gc.unfreeze()
            gc.collect()  # the one before it, whose values refer to each other
        gc.freeze()  # most of it stays: no use in looking for garbage in it again and again
        gc.enable()
        return True

    def _problems(self) -> Problems:
        """All that is wrong; the same value as before where that is the same."""
        found = self._wrong + (self._shown.problems if self._shown else ())
        if found != self._found[0]:
            errors = tuple(one for one in found if one.is_error)
            self._found = found, Problems(errors, tuple(one for one in found if not one.is_error))
        return self._found[1]

    def _worth_telling(self) -> Problems:
        """All that is wrong; while much is being read, its warnings are those from before.

        They come once all is known: nobody wants a line or a new page for each of a thousand.
        """
        known = self._problems()
        if self._shown and self._shown.is_reading:
            return Problems(known.errors, self._told)
        self._told = known.warnings
        return known

    def _token(self) -> str:
        """Another text whenever a page may be another one."""
        shown = self._shown
        now = (id(shown), shown and shown.version, self._worth_telling())
        if now != self._noted:
            self._noted = now
            self._turn += 1
        return f"{self._start}-{self._turn}"

    def _news(self, changed: tuple[str, ...], seconds: float) -> News:
        shown, told = self._shown, self._worth_telling()
        folders = shown and shown.portal.folders
        return News(
            token=self._token(),
            ready=shown is not None,
            changed=changed,
            seconds=seconds,
            problems=told.errors,
            warnings=told.warnings,
            articles=shown.articles if shown else 0,
            folders=tuple(map(str, (folders.content, folders.layouts, folders.assets)))
            if folders
            else (),
            due=shown.due.timestamp() if shown and shown.due else 0.0,
            more=shown is not None and shown.has_duties,
        )


class Shown:
    """A portal in the preview: its workspace and pages, what is wrong with it, and what can wait.

    Where there is much to read, it begins with what is newest, and the rest is a duty.
    """

    def __init__(self, portal: Portal, store: Store, opening: Opening) -> None:
        self.portal = portal
        self.version = 0
        """Another number, other pages."""
        self.due: datetime | None = None
        """When the pages will be others by themselves."""
        self._opening = opening
        options = Options(at=self._at(), drafts=opening.drafts, jobs=opening.jobs)
        self._workspace = Workspace(portal, options, store)
        self._workspace.expect_reading()  # while this process is small, and quickly forked
        self._workspace.load(START)
        self.pages = Pages(self._workspace, lambda path: self._take_texts([path]))
        self._names: frozenset[str] = frozenset()
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._sorted: tuple[tuple[tuple[Problem, ...], ...], tuple[Problem, ...]] = ((), ())
        self._note_problems()
        self._duties: Mapping[str, Callable[[], object]] = {
            "sources": self._read_sources,
            "texts": self._read_texts,
            "links": self._check_links,
            "addresses": self._check_addresses,
            "layouts": self._try_layouts,
            "remember": self._remember,
            "everything": partial(self.take_in, None),  # what the system did not tell of
            "tidy": self._workspace.sources.tidy,
            "due": self._find_due,
        }
        """What can wait, the most urgent first."""
        self._later = set(self._duties)

    def close(self) -> None:
        """Remembers everything, and ends all workers."""
        self._remember()
        self._workspace.sources.close()

    @property
    def articles(self) -> int:
        """How many there are."""
        return len(self._workspace.site.all_articles)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is known to be wrong."""
        found = tuple(self._problems.values())
        if found != self._sorted[0]:  # to sort thousands of warnings takes its time
            self._sorted = found, tuple(sorted({one for part in found for one in part}))
        return self._sorted[1]

    @property
    def is_reading(self) -> bool:
        """Whether some sources or their texts have not been looked into yet."""
        return bool(self._workspace.sources.pending or self._workspace.sources.unread)

    @property
    def has_duties(self) -> bool:
        """Whether something is left that can wait."""
        return bool(self._later)

    def do_one_duty(self) -> None:
        """Does the most urgent of what can wait."""
        name = next(name for name in self._duties if name in self._later)
        self._later.discard(name)
        self._duties[name]()

    def take_in(self, paths: Collection[str] | None) -> tuple[str, ...]:
        """Takes in what changed at `paths`, or whatever did where that is None.

        Returns the files, as a user would type them.
        """
        at = self._at()
        found = self._workspace.update(paths, at, anew=self.due is not None and at >= self.due)
        self._note(found)
        if found.files:
            self._later.add("remember")
        if paths is not None:
            self._later.add("everything")
        return found.files

    def _note(self, found: Update) -> None:
        """Notes that pages may be others, and what is to be done about it."""
        self.version += found.heads or found.texts or found.looks
        if found.heads:
            self._later |= {"links", "addresses", "due"}
        if found.texts:
            self._later |= {"links", "addresses"}
        if found.looks:
            self._later |= {"links", "layouts"}
        elif self._problems.get("pages"):  # for which a source may have been the reason
            self._later.add("layouts")
        if self._workspace.sources.unread:
            self._later.add("texts")
        self._note_problems()

    def _note_problems(self) -> None:
        self._problems["elsewhere"] = tuple(of_folders(self._workspace))
        self._look_at("folder", "sources")
        names = self._workspace.found.content.files.keys()
        # Only texts say which files they offer: these are no strays.
        if names != self._names and not self.is_reading:
            self._names = frozenset(names)
            self._look_at("names")

    def _look_at(self, *parts: str) -> None:
        """Finds what is wrong in parts of validation."""
        for part in parts:
            self._problems[part] = tuple(OF_SOURCES[part](self._workspace))

    def _at(self) -> datetime:
        """The moment that is shown."""
        zone = self.portal.zone
        return dates.parse(self._opening.at, zone).at if self._opening.at else datetime.now(zone)

    # What can wait.

    def _read_sources(self) -> None:
        sources = self._workspace.sources
        if not sources.pending:
            return
        sources.read_pending()
        if sources.pending:
            self._later.add("sources")
        else:
            self._note(self._workspace.take(Change(others=True)))

    def _read_texts(self) -> None:
        unread = self._workspace.sources.unread
        self._take_texts(list(islice(unread, BATCH)))
        if not unread:
            self._later |= {"links", "layouts", "remember"}

    def _take_texts(self, paths: list[str]) -> None:
        found = self._workspace.take(self._workspace.sources.read_texts(paths))
        # What is open shows these texts already, or none of them.
        self._note(found if found.heads else Update())

    def _check_links(self) -> None:
        if not self._workspace.sources.unread:
            self._look_at("links", "downloads", "names")

    def _check_addresses(self) -> None:
        self._look_at("between")
        workspace = self._workspace
        found = addresses_twice(workspace.pages, workspace.entries, self.portal)
        self._problems["addresses"] = tuple(found)

    def _try_layouts(self) -> None:
        """Makes one page with each layout: a mistake in one may show on no page that is open."""
        problems: list[Problem] = []
        pages = [*{p.layout: p for p in self.pages if not (p.is_pdf or p.file)}.values()]
        if FORKS:  # a process of their own: one that does not end is no end of this one
            tried = workers.run(self.pages.problems, pages, jobs=1, budget=TRIAL)
        else:
            tried = enumerate(map(self.pages.problems, pages))
        for place, found in tried:
            if isinstance(found, str):
                problems.append(self._given_up(pages[place], found))
            else:
                problems += found
        self._problems["pages"] = tuple(problems)

    def _given_up(self, page: Page, why: workers.Lost) -> Problem:
        folders = self.portal.folders
        layout = f"{folders.shown(folders.layouts)}/{page.layout}"
        if why == "died":
            return problem("worker-died", layout)
        return problem("preview-page-slow", layout, address=page.address, seconds=f"{TRIAL:g}")

    def _remember(self) -> None:
        self._workspace.store.put("references", self._workspace.layouts.references)
        self._workspace.sources.remember()

    def _find_due(self) -> None:
        due = holds_until(self._workspace.site, self._workspace.next_change, ANYTHING)
        self.due = None if self._opening.at else due
