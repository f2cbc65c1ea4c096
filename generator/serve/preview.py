"""The live preview: serves the portal with its drafts, and shows each save in the browser.

This process talks to browsers and hears of changes; another one, the backend, makes the pages.
Changes go to the backend, its news to browsers and to the terminal.
"""

import asyncio
import signal
import socket
import time
import webbrowser
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from generator.base.problems import Problem, problem
from generator.base.words import Language
from generator.base.workers import WorkerPool
from generator.serve import network, overlay
from generator.serve.protocol import (
    LONGEST,
    Answer,
    Ask,
    Close,
    Failed,
    GoOn,
    Look,
    News,
    Reply,
    Request,
)
from generator.serve.terminal import Terminal

if TYPE_CHECKING:
    from generator.serve.watcher import Changes

FAREWELL: Final = 3.0
"""Seconds that the backend has to write down what it knows, when it is to end."""

BUDGETS: Final = {Ask: 20.0, GoOn: 60.0, Look: LONGEST, Close: FAREWELL}
"""Seconds that the reply to each request may take."""

TURN: Final = 10.0
"""Seconds that a browser waits for its turn, while the backend does something else."""

HASTE: Final = 0.8
"""Seconds that a browser waits for the first page before it is told what is being done."""

QUIET: Final = 0.4
"""Seconds after a save or a request in which the backend belongs to browsers."""

HOUR: Final = 3600.0

DEATHS: Final = 5
"""So many times the backend is started anew after it has ended by itself."""


class Wishes(NamedTuple):
    """Where to serve, `port` None being a free one; whether to open a browser; how to speak.

    A preview that other devices reach is shown only to those who have its key.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    open: bool = False
    language: Language = "en"


def serve(backend: WorkerPool[Request, Reply], root: Path, wishes: Wishes) -> None:
    """Serves the portal in the folder `root` until it is told to end.

    The `backend` has been started, and is ended.  PortalError: it cannot listen as is wished.
    """
    terminal = Terminal(wishes.language, root)
    try:
        sockets = network.listening(wishes.host, wishes.port, terminal.say_problems)
        asyncio.run(_serve(Client(backend), sockets, wishes, terminal))
    finally:
        backend.close()


async def _serve(
    client: "Client", sockets: list[socket.socket], wishes: Wishes, terminal: Terminal
) -> None:
    # Imported here: it takes long, and the backend is starting meanwhile.
    from tornado.httpserver import HTTPServer  # noqa: PLC0415

    from generator.serve.server import Door, application, reload_all  # noqa: PLC0415
    from generator.serve.watcher import Changes  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_pass_over_closed)
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)

    def complain(reason: str) -> None:
        terminal.say_problems([problem("preview-polls", str(terminal.root), reason=reason)])

    changes = Changes(terminal.root, complain)
    coordinator = Coordinator(client, changes, terminal, reload_all)
    door = None if network.is_private(sockets) else Door(network.port(sockets))
    bound = {wishes.host.lower(), *network.heard_at(sockets)}
    server = HTTPServer(
        application(coordinator.answer, lambda: coordinator.token, bound, changes, door)
    )
    server.add_sockets(sockets)
    changes.start(None)
    key = f"?key={door.key}" if door else ""
    addresses = network.addresses(wishes.host, sockets, key)
    terminal.say("preview-at", address=addresses[0])
    for other in addresses[1:]:
        terminal.say("preview-or-at", address=other)
    if wishes.open:
        # Some browsers run in the terminal, and the call ends when they do.
        Thread(target=webbrowser.open, args=(addresses[0],), daemon=True).start()
    work = asyncio.create_task(coordinator.run())
    end = asyncio.create_task(ending.wait())
    try:
        await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        server.stop()
        for task in (work, end):
            task.cancel()
        await changes.stop()
        await server.close_all_connections()
        await client.close()
        terminal.say("preview-stopped")


def _pass_over_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Passes over what goes wrong because a browser has closed a connection meanwhile."""
    from tornado.iostream import StreamClosedError  # noqa: PLC0415
    from tornado.websocket import WebSocketClosedError  # noqa: PLC0415

    if not isinstance(context.get("exception"), StreamClosedError | WebSocketClosedError):
        loop.default_exception_handler(context)


class Gone(Exception):  # noqa: N818 (the backend is, and another one takes its place)
    """The backend has ended; `slow` because something took too long."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__("the backend has ended")
        self.slow = slow


class Busy(Exception):  # noqa: N818 (no error: the backend will have time again)
    """A browser's turn did not come in time."""


class Client:
    """Asks the backend, or the one in its place: one request at a time, in the order of asking."""

    def __init__(self, backend: WorkerPool[Request, Reply]) -> None:
        self._backend = backend
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="client")

    async def ask(self, request: Request) -> Reply:
        """The reply to a request.  Gone: there will be none.

        Busy: it is a browser's, and the backend has had no time for it.
        """
        try:
            async with asyncio.timeout(TURN if isinstance(request, Ask) else None):
                await self._turn.acquire()
        except TimeoutError as error:
            raise Busy from error
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._exchange, request)
        finally:
            self._turn.release()

    def _exchange(self, request: Request) -> Reply:
        ((_, reply),) = self._backend.run([request], budget=BUDGETS[type(request)])
        if isinstance(reply, str):
            raise Gone(slow=reply == "slow")
        return reply

    async def close(self) -> None:
        """Ends the backend, when it has written down what it knows."""
        with suppress(TimeoutError, Gone):
            async with asyncio.timeout(FAREWELL):
                await self.ask(Close())
        self._backend.close()


class Coordinator:
    """Keeps backend, browsers and terminal at one state; `reload_all` tells the browsers."""

    def __init__(
        self,
        client: Client,
        changes: "Changes",
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
            slow = problem("preview-page-slow", address=ask.path, seconds=f"{BUDGETS[Ask]:g}")
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
                request: Request = Look(None if batch.all else tuple(sorted(batch.paths)))
            elif news and news.more:
                request = GoOn()
            else:
                request = Look()  # pages change by themselves now
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
            if self.token.partition("-")[0] not in ("", token.partition("-")[0]):
                self._changes.ask_for_all()  # another backend, which has all its duties before it
            self.token = token
            self._reload_all()

    def _say_problems(self, problems: tuple[Problem, ...]) -> None:
        """Says those problems that are new, and how many are gone."""
        if problems == self._problems:
            return
        self._terminal.say_problems(_additional(problems, self._problems))
        gone = [one for one in _additional(self._problems, problems) if not one.is_error]
        before, left = (sum(one.is_error for one in known) for known in (self._problems, problems))
        if before and not left:
            self._terminal.say_mended()
        if gone:
            self._terminal.say_gone(len(gone), len(problems) - left)
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
