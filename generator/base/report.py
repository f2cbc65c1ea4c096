"""What a build is asked for, and what it tells."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from generator.base.problems import Problem

Work = Literal["reading", "pictures", "rendering", "pdf", "search", "checking", "links"]
"""What takes long enough that people want to see it progress."""

Progress = Callable[[Work, int, int], None]
"""Is told what is being done, and how many of how many things are done."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """For which moment to build, with drafts or without, anew or not, in how many processes.

    `keep_going`: sources with mistakes are left out, and do not stop the others.  `first`: nothing
    of them was published here before, although no manifest says so.  `force`: build into a folder
    with files of somebody else.
    """

    at: datetime
    drafts: bool = False
    clean: bool = False
    keep_going: bool = False
    first: bool = False
    force: bool = False
    jobs: int = 1
    progress: Progress = lambda _work, _done, _of: None


class Reason(NamedTuple):
    """Why a page was rendered: an entry of the catalogue, and `what` it says to have changed."""

    name: str
    what: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did.

    `articles` and `pages` that there are; files `written`, `kept` and `removed`; sources `read`
    anew; `due` is when the next article appears or expires; `until` when a next build may come to
    something else; `seconds` by stage; `reasons` for which pages were rendered, by address.
    `left_out` are the paths of sources that were refused, and `refused` says why.
    """

    articles: int
    pages: int
    kept: int
    due: datetime | None
    seconds: Mapping[str, float]
    warnings: tuple[Problem, ...]
    written: int = 0
    removed: int = 0
    read: int = 0
    rendered: int = 0
    until: datetime | None = None
    left_out: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    reasons: Mapping[str, tuple[Reason, ...]] = {}


class Watch(msgspec.Struct):
    """Measures how long each stage of a build takes."""

    seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts the time spent inside as that of the stage `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
