"""The live preview: serves the portal with its drafts, and shows each save in the browser.

This process talks to browsers and hears of changes; another one, the backend, makes the pages.
"""

import asyncio
import errno
import signal
import socket
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple

from generator.base.problems import PortalError, Problem, problem
from generator.base.words import Language
from generator.serve import network
from generator.serve.access import Door
from generator.serve.client import BackendClient, Gone
from generator.serve.process import Process, kill
from generator.serve.protocol import Opening, Refused
from generator.serve.terminal import Terminal

PORT: Final = 8000
LAST_PORT: Final = 65535
TRIED: Final = 20
"""So many ports are tried where none is asked for."""


class Wishes(NamedTuple):
    """Where to serve, `port` None being a free one; whether to open a browser; how to speak.

    A preview that other devices reach is shown only to those who have its key.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    open: bool = False
    language: Language = "en"


def serve(backend: Process, opening: Opening, wishes: Wishes) -> int:
    """Serves until it is told to end; the exit code.  PortalError: there is nothing to show.

    `backend` was started for `opening`, and is ended.
    """
    client, terminal = BackendClient(backend, opening), Terminal(wishes.language)
    try:
        sockets = _listening(wishes, terminal)
    except PortalError as error:
        kill(backend)
        terminal.say_problems(error.problems)
        return 2
    try:
        opened = client.opened()
    except Gone:
        terminal.say_problems([problem("preview-broke")])
        return 1
    if isinstance(opened, Refused):
        raise PortalError(opened.problems)
    terminal.root = Path(opened.root)
    with suppress(KeyboardInterrupt):  # where signals cannot be handled otherwise
        asyncio.run(_serve(client, sockets, wishes, terminal))
    return 0


async def _serve(
    client: BackendClient, sockets: list[socket.socket], wishes: Wishes, terminal: Terminal
) -> None:
    # Imported here: it takes long, and the backend is starting meanwhile.
    from tornado.httpserver import HTTPServer  # noqa: PLC0415

    from generator.serve.coordinator import Coordinator  # noqa: PLC0415
    from generator.serve.server import application, reload_all  # noqa: PLC0415
    from generator.serve.watcher import Changes  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_pass_over_closed)
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, ending.set)

    def complain(reason: str) -> None:
        terminal.say_problems([problem("preview-polls", str(terminal.root), reason=reason)])

    changes = Changes(terminal.root, complain)
    coordinator = Coordinator(client, changes, terminal, reload_all)
    door = None if _is_private(sockets) else Door(_port(sockets))
    bound = {wishes.host.lower(), *_heard_at(sockets)}
    server = HTTPServer(
        application(coordinator.answer, lambda: coordinator.token, bound, changes, door)
    )
    server.add_sockets(sockets)
    changes.start(None)
    addresses = _addresses(wishes.host, sockets, door)
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


def _listening(wishes: Wishes, terminal: Terminal) -> list[socket.socket]:
    """Sockets that listen where it is wished.  PortalError: that cannot be."""
    from tornado.netutil import bind_sockets  # noqa: PLC0415

    host = wishes.host
    ports = range(PORT, PORT + TRIED) if wishes.port is None else [wishes.port]
    for port in ports:
        try:
            sockets = bind_sockets(port, None if host in network.EVERYWHERE else host)
        except (OSError, UnicodeError) as error:  # no name may have an empty part
            if getattr(error, "errno", None) == errno.EADDRINUSE and port != ports[-1]:
                continue
            raise PortalError((_refusal(error, host, port),)) from error
        if port != ports[0]:
            terminal.say_problems(
                [problem("preview-port-elsewhere", "--port", port=ports[0], other=port)]
            )
        terminal.say_problems(_doubts(host, sockets))
        return sockets
    raise AssertionError("there is at least one port to try")


def _refusal(error: OSError | UnicodeError, host: str, port: int) -> Problem:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return problem("preview-port-taken", "--port", port=port, other=_next(port))
    if number == errno.EADDRNOTAVAIL:
        own = ", ".join(network.own_addresses()) or "127.0.0.1"
        return problem("preview-host-foreign", "--host", host=host, own=own)
    reason = getattr(error, "strerror", None) or str(error)
    return problem("preview-cannot-listen", "--host", host=host, port=port, reason=reason)


def _next(port: int) -> int:
    """Another port to try than `port`."""
    return port + 1 if port < LAST_PORT else PORT


def _doubts(host: str, sockets: list[socket.socket]) -> list[Problem]:
    """What whoever wished for `host` may not have meant."""
    if not _is_private(sockets):
        doubts = [problem("preview-for-all", "--host", host=host)]
        if host in network.EVERYWHERE and not network.own_addresses():
            doubts.append(problem("preview-no-network", "--host"))
        return doubts
    heard_at = _heard_at(sockets)
    if f".{host}".endswith(".localhost") or network.is_numeric(host):
        return []
    # Many systems have the computer's own name mean the computer itself.
    return [problem("preview-host-alone", "--host", host=host, address=heard_at[0])]


def _heard_at(sockets: list[socket.socket]) -> list[str]:
    """The numeric addresses at which sockets listen."""
    return [one.getsockname()[0] for one in sockets]


def _is_private(sockets: list[socket.socket]) -> bool:
    """Whether nobody but this computer reaches them."""
    return all(map(network.is_loopback, _heard_at(sockets)))


def _addresses(host: str, sockets: list[socket.socket], door: Door | None) -> list[str]:
    """The addresses to type into a browser, on another device where there is a door."""
    hosts: Sequence[str] = (host,)
    if host in network.EVERYWHERE:
        hosts = network.own_addresses() or ("127.0.0.1",)
    port, query = _port(sockets), f"?key={door.key}" if door else ""
    return [f"http://{network.in_url(name)}:{port}/{query}" for name in hosts]


def _port(sockets: list[socket.socket]) -> int:
    """The port at which they all listen."""
    return int(sockets[0].getsockname()[1])


def _pass_over_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Passes over what goes wrong because a browser has closed a connection meanwhile."""
    from tornado.iostream import StreamClosedError  # noqa: PLC0415
    from tornado.websocket import WebSocketClosedError  # noqa: PLC0415

    if not isinstance(context.get("exception"), StreamClosedError | WebSocketClosedError):
        loop.default_exception_handler(context)
