"""The server's client of the backend: one request at a time, in the order of asking."""

import asyncio
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Timer
from typing import Final

from generator.serve.process import Process, hang_up, kill, start, stream
from generator.serve.protocol import (
    Ask,
    GoOn,
    Opened,
    Opening,
    Refused,
    Reply,
    Request,
    next_reply,
    send,
)

PATIENCE: Final = 20.0
"""Seconds that making a page may take."""

TURN: Final = 10.0
"""Seconds that a browser waits for its turn, while the backend does something else."""

DUTY: Final = 60.0
"""Seconds that a little of what can wait may take."""

LONGEST: Final = 300.0
"""Seconds after which a backend is taken to be lost, whatever it is doing: no wait is for ever."""

FAREWELL: Final = 3.0
"""Seconds that the backend has to write down what it knows, when it is to end."""


class Gone(Exception):  # noqa: N818 (the backend is, and another one has been started)
    """The backend has ended; `slow` because something took too long."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__("the backend has ended")
        self.slow = slow


class Busy(Exception):  # noqa: N818 (no error: the backend will have time again)
    """A browser's turn did not come in time."""


class BackendClient:
    """Asks `backend`, which was started for `opening`, or to one in its place."""

    def __init__(self, backend: Process, opening: Opening) -> None:
        self._backend = backend
        self._opening = opening
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="client")
        self._closing = False

    def opened(self) -> Opened | Refused:
        """Whether there is a portal to show: what a backend says first.  Gone: nothing."""
        with _limited(self._backend, LONGEST):
            reply = next_reply(stream(self._backend.stdout))
        if not isinstance(reply, Opened | Refused):
            raise Gone(slow=False)
        return reply

    async def ask(self, request: Request) -> Reply:
        """The reply to a request.  Gone: there will be none; the backend has been started anew.

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

    async def close(self) -> None:
        """Ends the backend, and waits until it has."""
        self._closing = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, self._end)

    def _end(self) -> None:
        with suppress(OSError):
            stream(self._backend.stdin).close()
        try:
            self._backend.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            kill(self._backend)
        hang_up(self._backend)

    def _exchange(self, request: Request) -> Reply:
        backend = self._backend
        with _limited(backend, _limit(request)) as over, suppress(OSError):
            send(stream(backend.stdin), request)
            if reply := next_reply(stream(backend.stdout)):
                return reply
        kill(backend)  # its workers, that is
        hang_up(backend)
        if not self._closing:
            self._backend = start(self._opening)
            self.opened()
        raise Gone(slow=over.is_set())


def _limit(request: Request) -> float:
    """How many seconds the reply to a request may take."""
    match request:
        case Ask():
            return PATIENCE
        case GoOn():
            return DUTY
    return LONGEST


@contextmanager
def _limited(backend: Process, seconds: float) -> Iterator[Event]:
    """Ends `backend` when the block takes longer than that; the event says whether it has."""
    over = Event()

    def give_up() -> None:
        over.set()
        kill(backend)

    timer = Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
