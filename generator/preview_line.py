"""The server's end of the line to the bench: one request at a time, in the order of asking."""

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Timer
from typing import Final

from generator.preview_process import Process, kill, start, stream
from generator.preview_talk import (
    Ask,
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

FAREWELL: Final = 3.0
"""Seconds that the bench has to write down what it knows, when it is to end."""


class Gone(Exception):  # noqa: N818 (the bench is, and another one has been started)
    """The bench has ended; `slow` because a page took too long."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__("the bench has ended")
        self.slow = slow


class Line:
    """The way to talk to `bench`, which was started for `opening`, or to one in its place."""

    def __init__(self, bench: Process, opening: Opening) -> None:
        self._bench = bench
        self._opening = opening
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="line")
        self._closing = False

    def opened(self) -> Opened | Refused:
        """Whether there is a portal to show: what a bench says first.  Gone: nothing."""
        reply = next_reply(stream(self._bench.stdout))
        if not isinstance(reply, Opened | Refused):
            raise Gone(slow=False)
        return reply

    async def ask(self, request: Request) -> Reply:
        """The reply to a request.  Gone: there will be none; the bench has been started anew."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._exchange, request)

    async def close(self) -> None:
        """Ends the bench, and waits until it has."""
        self._closing = True
        loop = asyncio.get_running_loop()
        self._thread.shutdown(wait=False, cancel_futures=True)
        with suppress(OSError):
            stream(self._bench.stdin).close()
        try:
            await loop.run_in_executor(None, self._bench.wait, FAREWELL)
        except subprocess.TimeoutExpired:
            kill(self._bench)

    def _exchange(self, request: Request) -> Reply:
        bench, slow = self._bench, []

        def give_up() -> None:
            slow.append(True)
            kill(bench)

        timer = Timer(PATIENCE, give_up)
        if isinstance(request, Ask):
            timer.start()
        try:
            send(stream(bench.stdin), request)
            if reply := next_reply(stream(bench.stdout)):
                return reply
        except OSError:
            pass
        finally:
            timer.cancel()
        kill(bench)  # its workers, that is
        if not self._closing:
            self._bench = start(self._opening)
            self.opened()
        raise Gone(slow=bool(slow))
