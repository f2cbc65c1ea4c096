"""Which files of a portal change: told by the system, gathered until a burst of changes is over."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path
from typing import Final, NamedTuple

from livereload.watcher import Watcher
from watchfiles import awatch

from generator.config import portal as portals
from generator.model.content_files import is_momentary
from generator.site import ledger

FILES: Final = (portals.FILE, ledger.FILE)
"""What is listened to beside the folders."""

STEP: Final = 15
"""Milliseconds without a further change after which a save is taken to be complete."""

DEBOUNCE: Final = 150
"""Milliseconds after which changes are told of even though they go on."""

MANY: Final = 20
"""So many files are no save, but a checkout or a copy, which goes on for a while."""

QUIET: Final = 0.5
"""Seconds without a change after which a checkout is taken to be complete."""

LONGEST: Final = 30.0
"""Seconds after which a checkout is shown as far as it has come."""

PAUSE: Final = 0.1
"""Seconds until a folder is listened to again that was replaced just now."""


class Batch(NamedTuple):
    """The files that changed; `all`: nobody knows which."""

    paths: frozenset[str]
    all: bool


class Changes(Watcher):  # type: ignore[misc]  # livereload has no types
    """Hears of changes in the portal in the folder `root`: in `FILES`, and in its folders.

    livereload's own watcher looks at every file every 0.8 seconds; this one is told by the system.
    `complain` is called with the reason where the system does not tell.
    """

    def __init__(self, root: Path, complain: Callable[[str], None]) -> None:
        super().__init__()
        self._root = root
        self._complain = complain
        self._folders: tuple[str, ...] = ()
        self._paths: set[str] = set()
        self._all = False
        self._heard = asyncio.Event()
        self._end = asyncio.Event()
        self._again = asyncio.Event()
        self._has_listened = False
        self._listening: list[asyncio.Task[None]] = []

    def start(self, _callback: object) -> bool:
        """Begins to listen.  True: livereload need not look by itself."""
        self._listening = [
            asyncio.create_task(self._listen_to_root()),
            asyncio.create_task(self._listen_to_folders()),
        ]
        return True

    async def stop(self) -> None:
        """Listens no more."""
        self._end.set()
        self._again.set()
        await asyncio.gather(*self._listening)

    def listen_to(self, folders: tuple[str, ...]) -> None:
        """Listens to these folders, and to no others but the portal's own."""
        if folders != self._folders:
            self._folders = folders
            self._again.set()

    def ask_for_all(self) -> None:
        """Lets the next batch come at once, and be everything."""
        self._all = True
        self._heard.set()

    async def batch(self, patience: float | None) -> Batch | None:
        """The next changes, those of a checkout in one; None where there are none in time."""
        if not self._heard.is_set():
            try:
                await asyncio.wait_for(self._heard.wait(), patience)
            except TimeoutError:
                return None
        loop = asyncio.get_running_loop()
        start, known = loop.time(), 0
        while known < len(self._paths) > MANY and loop.time() - start < LONGEST:
            known = len(self._paths)
            await asyncio.sleep(QUIET)
        found = Batch(frozenset(self._paths), self._all)
        self._paths.clear()
        self._all = False
        self._heard.clear()
        return found

    async def _listen_to_root(self) -> None:
        """Hears of `FILES`, and of folders that were put in the place of others."""
        async for paths in self._told([str(self._root)], self._end, recursive=False):
            self._note(paths & {str(self._root / file) for file in FILES})
            if not paths.isdisjoint(self._folders):
                self._again.set()

    async def _listen_to_folders(self) -> None:
        while not self._end.is_set():
            self._again.clear()
            there = [folder for folder in self._folders if Path(folder).is_dir()]
            if there:
                async for paths in self._told(there, self._again, recursive=True):
                    self._note(paths)
            else:
                await self._again.wait()

    async def _told(
        self, places: Collection[str], end: asyncio.Event, *, recursive: bool
    ) -> AsyncIterator[set[str]]:
        """What changed, until `end`."""
        polling = False
        while not end.is_set():
            if recursive:
                self._begin()
            try:
                async for changes in awatch(
                    *places, watch_filter=None, debounce=DEBOUNCE, step=STEP, stop_event=end,
                    recursive=recursive, force_polling=polling or None,
                ):  # fmt: skip
                    yield {path for _, path in changes}
            except FileNotFoundError:
                await asyncio.sleep(PAUSE)
            except (OSError, RuntimeError) as error:
                if polling:
                    raise
                polling = True
                self._complain(str(error))

    def _begin(self) -> None:
        """Asks for what changed while nobody listened, as soon as somebody does."""
        if self._has_listened:
            # `awatch` listens before it first waits, and so before the next turn of the loop.
            asyncio.get_running_loop().call_soon(self.ask_for_all)
        self._has_listened = True

    def _note(self, paths: set[str]) -> None:
        """Notes the changes that may be of a portal's file."""
        changed = {path for path in paths if not is_passed_over(self._within(path))}
        if changed:
            self._paths |= changed
            self._heard.set()

    def _within(self, path: str) -> str:
        """A path as seen from the folder that is listened to."""
        for folder in (*self._folders, str(self._root)):
            if f"{path}{os.sep}".startswith(f"{folder}{os.sep}"):
                return path[len(folder) + 1 :].replace(os.sep, "/")
        return path


def is_passed_over(path: str) -> bool:
    """Whether a file is none of the portal's: hidden, or an editor's own, there for a moment.

    `path` is relative to the folder that it lies in.
    """
    parts = path.split("/")
    name = parts[-1]
    return (
        any(part.startswith(".") for part in parts)
        or name.endswith("~")
        or (name.startswith("#") and name.endswith("#"))
        or is_momentary(name)
    )
