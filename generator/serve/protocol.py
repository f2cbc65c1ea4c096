"""What the two processes of the preview say to each other.

The *server* talks to browsers and hears which files change; the *backend* knows the portal and
makes its pages.  So a long build keeps no browser waiting for an answer, a layout that never ends
can be ended, and the backend, having one thread, may fork workers.  It is the one process of a
worker pool whose tasks are requests.
"""

import gc
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from generator.base.problems import Problem
from generator.base.words import Language
from generator.base.workers import WorkerPool

if TYPE_CHECKING:
    from generator.serve.backend import Backend


class Opening(msgspec.Struct, frozen=True):
    """To show the portal in the folder `root`, at the moment that a user wrote; "" is now."""

    root: Path
    at: str
    drafts: bool
    jobs: int


class Look(msgspec.Struct, frozen=True):
    """Take in what changed: the files at `paths`, or whatever did where that is None."""

    paths: tuple[str, ...] | None = None


class GoOn(msgspec.Struct, frozen=True):
    """Do a little of what can wait."""


class Ask(msgspec.Struct, frozen=True):
    """What does a browser get that asks for `path`, in this language, of the server at `host`?"""

    path: str
    host: str
    language: Language


class Close(msgspec.Struct, frozen=True):
    """Write down what is known: this is the end."""


class News(msgspec.Struct, frozen=True):
    """How things are.

    `token` is another one whenever a page may be.  `changed` are the files, as a user would call
    them, that were taken in, in so many `seconds`; `problems` all mistakes there are now, and
    `warnings` all warnings, those of an archive that is being read once all of it is.
    `folders` are to be watched.  `due` is the POSIX time at which pages change by themselves, or 0.
    `more`: there is something left that can wait.
    """

    token: str
    ready: bool
    changed: tuple[str, ...]
    seconds: float
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    articles: int
    folders: tuple[str, ...]
    due: float
    more: bool


class Answer(msgspec.Struct, frozen=True):
    """What a browser gets.  `lasting`: there will never be anything else at this address."""

    token: str
    status: int
    kind: str
    data: bytes
    location: str = ""
    lasting: bool = False


class Failed(msgspec.Struct, frozen=True):
    """The backend made a mistake of its own; `report` is for whoever mends it."""

    report: str


Request: TypeAlias = Look | GoOn | Ask | Close
Reply: TypeAlias = News | Answer | Failed | None

LONGEST: Final = 300.0
"""Seconds after which a backend is taken to be lost, whatever it is doing: no wait is for ever."""


class Handler:
    """Handles requests in the backend's process, where alone the backend and all it needs are."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        return self._backend.handle(request)

    @cached_property
    def _backend(self) -> "Backend":
        gc.disable()  # until the portal is read: many values are made and hardly any are dropped
        from generator.serve.backend import Backend  # noqa: PLC0415

        return Backend(self._opening)


def start_backend(opening: Opening) -> WorkerPool[Request, Reply]:
    """A backend that shows what `opening` says, in a process that begins."""
    pool = WorkerPool(Handler(opening), jobs=1, budget=LONGEST, batch=1, apart=True)
    pool.start_workers(1)
    return pool
