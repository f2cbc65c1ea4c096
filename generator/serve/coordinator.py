"""The preview at work: changes go to the backend, its news to browsers and to the terminal."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from generator.base.problems import Problem, problem
from generator.serve.client import PATIENCE, BackendClient, Busy, Gone
from generator.serve.protocol import Answer, Ask, Failed, GoOn, Look, News, Reply, Request
from generator.serve.terminal import Terminal
from generator.serve.watcher import Changes

HASTE: Final = 0.8
"""Seconds that a browser waits for the first page before it is told what is being done."""

QUIET: Final = 0.4
"""Seconds after a save or a request in which the backend belongs to browsers."""

HOUR: Final = 3600.0

DEATHS: Final = 5
"""So many times the backend is started anew after it has ended by itself."""


class Coordinator:
    """Keeps backend, browsers and terminal at one state; `reload_all` tells the browsers."""

    def __init__(
        self,
        client: BackendClient,
        changes: Changes,
        terminal: Terminal,
        reload_all: Callable[[], None],
    ) -> None:
        self.token = ""
        """The newest state that is known; what shows another one is out of date."""
        self._client = client
        self._changes = changes
        self._terminal = terminal
        self._reload_all = reload_all
        self._read = asyncio.Event()
        self._problems: tuple[Problem, ...] = ()
        self._deaths = 0
        self._busy_until = 0.0

    async def answer(self, ask: Ask) -> Answer | None:
        """What a browser gets; None where there is nothing yet, or nothing in time."""
        try:
            await asyncio.wait_for(self._read.wait(), HASTE)
        except TimeoutError:
            return None
        self._busy_until = time.monotonic() + QUIET
        try:
            reply = await self._client.ask(ask)
        except Busy:
            return None
        except Gone as gone:
            self._start_over()
            slow = problem("preview-page-slow", address=ask.path, seconds=f"{PATIENCE:g}")
            return self._failure(ask, slow if gone.slow else problem("preview-broke"))
        if isinstance(reply, Answer):
            self._take_token(reply.token)
            return reply
        self._say_failed(reply)
        return self._failure(ask, problem("preview-broke"))

    async def run(self) -> None:
        """Takes in the portal, then each change, until it is cancelled or the backend is lost."""
        start, news = time.perf_counter(), None
        self._changes.ask_for_all()
        while self._deaths <= DEATHS:
            batch = await self._changes.batch(self._patience(news))
            if batch:
                request: Request = Look(tuple(sorted(batch.paths)), batch.all)
            elif news and news.more:
                request = GoOn()
            else:
                request = Look(all=True)  # pages change by themselves now
            first = news is None
            news = await self._tell(request) or news
            if first and news and news.ready:
                took = time.perf_counter() - start
                self._terminal.say("preview-ready", count=news.articles, seconds=took)
            elif news and news.changed and not first:
                self._terminal.say_saved(news.changed, news.seconds)
            if news:
                self._say_problems((*news.problems, *news.warnings))

    def _patience(self, news: News | None) -> float:
        """For how many seconds there is nothing to do but to wait for changes."""
        if news and news.more:
            return max(0.0, self._busy_until - time.monotonic())
        return max(0.0, min(news.due - time.time(), HOUR)) if news and news.due else HOUR

    async def _tell(self, request: Request) -> News | None:
        """Gives the backend something to do, and passes on what came of it."""
        if isinstance(request, Look):
            self._busy_until = time.monotonic() + QUIET
        try:
            reply = await self._client.ask(request)
        except Gone:
            self._start_over()
            return None
        if isinstance(request, Look):
            self._read.set()
        if not isinstance(reply, News):
            self._say_failed(reply)
            return None
        self._deaths = 0
        self._changes.listen_to(reply.folders)
        self._take_token(reply.token)
        return reply

    def _take_token(self, token: str) -> None:
        if token != self.token:
            self.token = token
            self._reload_all()

    def _say_problems(self, problems: tuple[Problem, ...]) -> None:
        """Says those problems that are new, and how many are gone."""
        if problems == self._problems:
            return
        self._terminal.say_problems(_additional(problems, self._problems))
        gone = [one for one in _additional(self._problems, problems) if not one.is_error]
        if any(one.is_error for one in self._problems) and not any(
            one.is_error for one in problems
        ):
            self._terminal.say_mended()
        if gone:
            self._terminal.say_gone(len(gone), sum(not one.is_error for one in problems))
        self._problems = problems

    def _say_failed(self, reply: Reply) -> None:
        if isinstance(reply, Failed):
            self._terminal.say_report(reply.report)
        self._terminal.say_problems([problem("preview-broke")])

    def _start_over(self) -> None:
        """Has everything looked at anew: the backend that did is no more."""
        self._deaths += 1
        self._read.clear()
        self._changes.ask_for_all()

    def _failure(self, ask: Ask, why: Problem) -> Answer:
        """A page that says what went wrong, and reloads itself when that is mended."""
        # Imported here: it needs Jinja, which this process does not need otherwise.
        from generator.serve import overlay  # noqa: PLC0415

        page = overlay.empty(ask.language)
        panel = overlay.mistakes([why], root=Path(), language=ask.language, behind=False)
        html = overlay.live(overlay.with_panel(page, panel), host=ask.host, token=self.token)
        return Answer(self.token, 500, "text/html; charset=utf-8", html.encode())


def _additional(problems: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """Those of `problems` that are not among the `known` ones, wherever in its file each is.

    A line that is added above a problem makes it no other one.
    """
    left = Counter((one.path, one.name, one.values) for one in known)
    found = []
    for one in problems:
        key = (one.path, one.name, one.values)
        if left[key]:
            left[key] -= 1
        else:
            found.append(one)
    return found
