"""What browsers talk to: pages, and livereload's sockets that tell of new ones.

Only who means this server gets an answer: a page of some other website that an editor has open can
send requests to it, but under its own name (Host) and with its own address (Origin).
"""

import html
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final
from urllib.parse import urlsplit

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.escape import json_decode
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from generator.preview_talk import Answer, Ask
from generator.preview_words import language_of, word
from generator.problems import Language

Source = Callable[[Ask], Awaitable[Answer | None]]
"""Answers a browser; None: there is nothing to show yet."""

LASTING: Final = "private, max-age=86400, immutable"
"""For addresses that have the digest of what they lead to."""


class Guarded(RequestHandler):
    """A handler that answers only those who mean this server."""

    def prepare(self) -> None:
        """HTTPError: the request is for another server, or was meant for it."""
        if not is_ours(self.request.host, str(self.settings["bound"])):
            raise HTTPError(403, reason="Forbidden: unknown Host")

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """Says in a line what is wrong."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")

    def compute_etag(self) -> None:
        """None: nothing here is worth asking for again."""


class Pages(Guarded):
    """Everything that the portal has."""

    async def get(self) -> None:
        """A page, an asset, or the portal's own page for what there is not."""
        language = language_of(self.request.headers.get("Accept-Language", ""))
        answer = await self.settings["source"](Ask(self.request.path, self.request.host, language))
        if answer is None:
            answer = waiting(language)
        self.set_status(answer.status)
        self.set_header("Cache-Control", LASTING if answer.lasting else "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        if answer.kind.startswith("image/svg"):
            self.set_header("Content-Security-Policy", "script-src 'none'")
        if answer.location:
            self.set_header("Location", answer.location)
        self.set_header("Content-Type", answer.kind)
        self.finish(answer.data)

    head = get


class Script(LiveReloadJSHandler, Guarded):  # type: ignore[misc]  # livereload has no types
    """livereload's script for browsers."""


class Socket(LiveReloadHandler, Guarded):  # type: ignore[misc]  # livereload has no types
    """A browser's line to hear of new pages; one that has missed something is told at once."""

    _has: str | None = None
    """The state of the portal that the page shows."""

    def check_origin(self, origin: str) -> bool:
        """Whether the page at `origin` came from this server; livereload lets all pages in."""
        return WebSocketHandler.check_origin(self, origin)

    def on_message(self, message: str | bytes) -> None:
        """Lets livereload answer, and reloads a page that is older than what there is now."""
        said = json_decode(message)
        if not isinstance(said, dict):
            self.close()
            return
        super().on_message(message)
        if said.get("command") == "hello":
            self._has = said.get("snipver")
        elif said.get("command") == "info" and self._has not in (None, self.settings["token"]()):
            self.send_message(RELOAD)


RELOAD: Final = {"command": "reload", "path": "*", "liveCSS": False, "liveImg": False}


def reload_all() -> None:
    """Tells every browser to reload what it shows."""
    LiveReloadHandler.reload_waiters("*")


def application(
    source: Source, token: Callable[[], str], bound: str, watcher: object
) -> Application:
    """The server's handlers; it listens at the address `bound`, and `token` is the newest state.

    livereload wants to know its `watcher`.
    """
    LiveReloadHandler.watcher = watcher
    LiveReloadHandler.live_css = False
    for name in ("livereload", "tornado.general", "tornado.application", "tornado.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Application(
        [("/livereload", Socket), ("/livereload.js", Script), (".*", Pages)],
        source=source,
        token=token,
        bound=bound,
    )


def is_ours(host: str, bound: str) -> bool:
    """Whether a request for `host` means the server that listens at the address `bound`.

    A name that somebody else may have made lead here (DNS rebinding) does not; an address does.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", bound) or name.endswith(".localhost"):
        return True
    address, listens = _address(name), _address(bound)
    if listens is None or listens.is_loopback:
        return address is not None and address.is_loopback
    return address is not None or name in _own_names()


def waiting(language: Language) -> Answer:
    """A page for the time until there is a real one; it asks again by itself."""
    title = html.escape(word("reading", language))
    text = Template(_page()).substitute(language=language, title=title)
    return Answer("", 503, "text/html; charset=utf-8", text.encode())


@cache
def _page() -> str:
    return files("generator").joinpath("preview_page", "waiting.html").read_text("utf-8")


@cache
def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset((name, f"{name}.local", name.partition(".")[0], socket.getfqdn().lower()))


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
