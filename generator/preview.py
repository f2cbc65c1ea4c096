"""The live preview: serves the portal with its drafts, and shows each save in the browser.

This process talks to browsers and hears of changes; another one, the bench, makes the pages.
"""

import asyncio
import errno
import signal
import socket
import webbrowser
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple

from generator.preview_line import Gone, Line
from generator.preview_process import Process, kill
from generator.preview_talk import Opening, Refused
from generator.preview_terminal import Terminal
from generator.problems import Language, PortalError, Problem, problem

PORT: Final = 8000
TRIED: Final = 20
"""So many ports are tried where none is asked for."""


class Wishes(NamedTuple):
    """Where to serve, `port` None being a free one; whether to open a browser; how to speak."""

    host: str = "127.0.0.1"
    port: int | None = None
    open: bool = False
    language: Language = "en"


def serve(bench: Process, opening: Opening, wishes: Wishes) -> int:
    """Serves until it is told to end; the exit code.  PortalError: there is nothing to show.

    `bench` was started for `opening`, and is ended.
    """
    line, terminal = Line(bench, opening), Terminal(wishes.language)
    try:
        sockets = _listening(wishes, terminal)
    except PortalError as error:
        kill(bench)
        terminal.say_problems(error.problems)
        return 2
    try:
        opened = line.opened()
    except Gone:
        terminal.say_problems([problem("preview-broke")])
        return 1
    if isinstance(opened, Refused):
        raise PortalError(opened.problems)
    terminal.root = Path(opened.root)
    with suppress(KeyboardInterrupt):  # where signals cannot be handled otherwise
        asyncio.run(_serve(line, sockets, wishes, terminal))
    return 0


async def _serve(
    line: Line, sockets: list[socket.socket], wishes: Wishes, terminal: Terminal
) -> None:
    # Imported here: it takes long, and the bench is starting meanwhile.
    from tornado.httpserver import HTTPServer  # noqa: PLC0415

    from generator.preview_conductor import Conductor  # noqa: PLC0415
    from generator.preview_server import application, reload_all  # noqa: PLC0415
    from generator.preview_watch import Changes  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_pass_over_closed)
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, ending.set)

    def complain(reason: str) -> None:
        terminal.say_problems([problem("preview-polls", str(terminal.root), reason=reason)])

    changes = Changes(terminal.root, complain)
    conductor = Conductor(line, changes, terminal, reload_all)
    server = HTTPServer(
        application(conductor.answer, lambda: conductor.token, wishes.host, changes)
    )
    server.add_sockets(sockets)
    changes.start(None)
    address = _address(wishes.host, sockets)
    terminal.say("at", address=address)
    if wishes.open:
        # Some browsers run in the terminal, and the call ends when they do.
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    work = asyncio.create_task(conductor.run())
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
        await line.close()
        terminal.say("stopped")


def _listening(wishes: Wishes, terminal: Terminal) -> list[socket.socket]:
    """Sockets that listen where it is wished.  PortalError: that cannot be."""
    from tornado.netutil import bind_sockets  # noqa: PLC0415

    host = wishes.host
    ports = range(PORT, PORT + TRIED) if wishes.port is None else [wishes.port]
    for port in ports:
        try:
            sockets = bind_sockets(port, host)
        except (OSError, UnicodeError) as error:  # no name may have an empty part
            if getattr(error, "errno", None) == errno.EADDRINUSE and port != ports[-1]:
                continue
            raise PortalError((_refusal(error, host, port),)) from error
        if port != ports[0]:
            terminal.say_problems(
                [problem("preview-port-elsewhere", "--port", port=ports[0], other=port)]
            )
        if not sockets[0].getsockname()[0].startswith(("127.", "::1")):
            terminal.say_problems([problem("preview-for-all", "--host", host=host)])
        return sockets
    raise AssertionError("there is at least one port to try")


def _refusal(error: OSError | UnicodeError, host: str, port: int) -> Problem:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return problem("preview-port-taken", "--port", port=port, other=port + 1)
    reason = getattr(error, "strerror", None) or str(error)
    return problem("preview-cannot-listen", "--host", host=host, port=port, reason=reason)


def _address(host: str, sockets: list[socket.socket]) -> str:
    """The address to type into a browser on this computer."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{sockets[0].getsockname()[1]}/"


def _pass_over_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Passes over what goes wrong because a browser has closed a connection meanwhile."""
    from tornado.iostream import StreamClosedError  # noqa: PLC0415
    from tornado.websocket import WebSocketClosedError  # noqa: PLC0415

    if not isinstance(context.get("exception"), StreamClosedError | WebSocketClosedError):
        loop.default_exception_handler(context)
