"""The process of the preview that knows the portal: takes in changes, makes pages when asked.

`python -m generator.serve.backend` serves one portal over its standard input and output.
"""

import gc
import os
import sys
import time
import traceback
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from generator.base.problems import PortalError, Problem, problem
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.front_matter import dates
from generator.load.store import FOLDER, Store
from generator.serve.protocol import (
    Answer,
    Ask,
    Failed,
    GoOn,
    Look,
    News,
    Opened,
    Opening,
    Refused,
    Reply,
    next_request,
    send,
)
from generator.serve.responses import Responses, State
from generator.serve.workspace import PreviewWorkspace

STORE: Final = Path(FOLDER, "preview", "store.sqlite")
"""Not the store of builds: one never learns what the other has seen."""


class Problems(NamedTuple):
    """What keeps a portal from being published, and what does not."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Backend:
    """The portal in the folder `root`, shown as `opening` says."""

    def __init__(self, root: Path, opening: Opening) -> None:
        self._file = root / portals.FILE
        self._opening = opening
        self._responses = Responses(root)
        self._portal: Portal | None = None
        self._store: Store | None = None
        self._workspace: PreviewWorkspace | None = None
        self._wrong: tuple[Problem, ...] = ()
        """What is wrong in portal.toml."""
        self._found: tuple[tuple[Problem, ...], Problems] = ((), Problems())
        """All problems that were found, and the same sorted out."""
        self._told: tuple[Problem, ...] = ()
        """The warnings of which browsers and terminal were told."""
        self._noted: tuple[object, ...] = ()
        self._turn = 0
        self._start = f"v{time.time_ns():x}"

    def close(self) -> None:
        """Remembers what was read, and ends all other processes."""
        if self._workspace:
            self._workspace.close()
        if self._store:
            self._store.close()

    def look(self, paths: Collection[str] | None) -> News:
        """Takes in what changed at `paths`, or whatever did where that is None."""
        start = time.perf_counter()
        changed: tuple[str, ...] = ()
        if (paths is None or str(self._file) in paths) and self._load():
            changed = (portals.FILE,)
        elif self._workspace:
            changed = self._workspace.take_in(paths)
        return self._news(changed, time.perf_counter() - start)

    def go_on(self) -> News:
        """Does a little of what can wait, such as checking what no single page shows."""
        start = time.perf_counter()
        if self._workspace and self._workspace.has_duties:
            self._workspace.do_one_duty()
        return self._news((), time.perf_counter() - start)

    def answer(self, ask: Ask) -> Answer:
        """What a browser gets."""
        token, known = self._token(), self._problems()
        answer = self._responses.answer(ask, State(self._workspace, *known, token))
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
        if portal == self._portal:
            return False
        if self._store is None:
            self._store = Store.open(portal.folders.root / STORE)
        if self._workspace:
            self._workspace.close()
        self._workspace = PreviewWorkspace(portal, self._store, self._opening)
        if self._portal:
            gc.unfreeze()
            gc.collect()  # the workspace before this one, whose values refer to each other
        self._portal = portal
        gc.freeze()  # most of it stays: no use in looking for garbage in it again and again
        gc.enable()
        return True

    def _problems(self) -> Problems:
        """All that is wrong; the same value as before where that is the same."""
        found = self._wrong + (self._workspace.problems if self._workspace else ())
        if found != self._found[0]:
            errors = tuple(one for one in found if one.is_error)
            self._found = found, Problems(errors, tuple(one for one in found if not one.is_error))
        return self._found[1]

    def _worth_telling(self) -> Problems:
        """All that is wrong; while much is being read, its warnings are those from before.

        They come once all is known: nobody wants a line or a new page for each of a thousand.
        """
        known = self._problems()
        if self._workspace and self._workspace.is_reading:
            return Problems(known.errors, self._told)
        self._told = known.warnings
        return known

    def _token(self) -> str:
        """Another text whenever a page may be another one."""
        now = (
            id(self._workspace),
            self._workspace and self._workspace.version,
            self._worth_telling(),
        )
        if now != self._noted:
            self._noted = now
            self._turn += 1
        return f"{self._start}-{self._turn}"

    def _news(self, changed: tuple[str, ...], seconds: float) -> News:
        workspace, folders = self._workspace, self._portal and self._portal.folders
        told = self._worth_telling()
        return News(
            token=self._token(),
            ready=workspace is not None,
            changed=changed,
            seconds=seconds,
            problems=told.errors,
            warnings=told.warnings,
            articles=len(workspace.view.site.all_articles) if workspace else 0,
            folders=tuple(map(str, (folders.content, folders.layouts, folders.assets)))
            if folders
            else (),
            due=workspace.due.timestamp() if workspace and workspace.due else 0.0,
            more=workspace is not None and workspace.has_duties,
        )


def open_portal(opening: Opening) -> Opened | Refused:
    """Finds the portal that is meant."""
    folder = Path(opening.folder).resolve()
    file = folder / portals.FILE if opening.exact else portals.find(folder)
    if opening.exact and not (folder / portals.FILE).is_file():
        return Refused((problem("portal-not-in-folder", "--portal", folder=folder),))
    if file is None:
        return Refused((problem("portal-not-found", str(folder)),))
    try:
        zone = portals.load(file).zone
    except PortalError:
        return Opened(str(file.parent))  # the browser shows what is wrong, until it is mended
    try:
        if opening.at:
            dates.parse(opening.at, zone)
    except PortalError as error:
        return Refused(tuple(one.at("--at") for one in error.problems))
    return Opened(str(file.parent))


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answers request after request, until there are no more."""
    opening = next_request(requests)
    if not isinstance(opening, Opening):
        return
    opened = open_portal(opening)
    send(replies, opened)
    if isinstance(opened, Refused):
        return

    backend = Backend(Path(opened.root), opening)
    try:
        while request := next_request(requests):
            try:
                reply: Reply
                match request:
                    case Look(paths, all_):
                        reply = backend.look(None if all_ else paths)
                    case GoOn():
                        reply = backend.go_on()
                    case Ask():
                        reply = backend.answer(request)
            except Exception:  # whatever it is, the preview stays up
                reply = Failed(traceback.format_exc())
            send(replies, reply)
    finally:
        backend.close()


def main() -> None:
    """Serves over standard input and output; what others print there goes to standard error."""
    gc.disable()  # until the portal is read: many values are made and hardly any are dropped
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(BrokenPipeError):  # the server is gone
        serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
