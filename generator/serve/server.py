"""What browsers talk to: pages, and livereload's sockets that tell of new ones.

Only who means this server gets an answer: a page of some other website that an editor has open can
send requests to it, but under its own name (Host) and with its own address (Origin).  Where other
devices reach it, an answer also takes the key, or the pass that a browser got for it.

The key is short, since it is typed on a telephone; therefore few wrong ones may be tried.  The pass
is too long to be guessed, and a browser shows it from then on.
"""

import hmac
import html
import logging
import re
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from string import Template
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.escape import json_decode
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from generator.base.words import LANGUAGES, Language, word
from generator.serve import network, overlay
from generator.serve.protocol import Answer, Ask

Responder = Callable[[Ask], Awaitable[Answer | None]]
"""Answers a browser; None: there is nothing to show yet."""

LASTING: Final = "private, max-age=86400, immutable"
"""For addresses that have the digest of what they lead to."""


LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike: i, l, 1, o, 0."""

LENGTH: Final = 8
"""Characters of a key: 8.5e11 keys, of which a day of guessing tries 14,400."""

TRIES: Final = 10
"""So many wrong keys are looked at in a `SPAN`, whoever tries them."""

SPAN: Final = 60.0
"""Seconds."""

Verdict = Literal["right", "wrong", "wait"]


class Door:
    """Knows the key and the pass of the preview at `port`; both are made anew with each door."""

    def __init__(self, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.cookie: Final = f"stadtschreiber-{port}"
        """What the pass is called: browsers keep the cookies of all ports of a host together."""
        self.key: Final = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self.pass_: Final = secrets.token_urlsafe(32)
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=TRIES)
        """When wrong keys were tried."""

    def knows(self, pass_: str) -> bool:
        """Whether a browser has the pass."""
        return _same(pass_, self.pass_)

    def try_key(self, key: str) -> Verdict:
        """Whether a key is the right one; "wait": too many were wrong, none is looked at now."""
        now = self._clock()
        if len(self._wrong) == TRIES and now - self._wrong[0] < SPAN:
            return "wait"
        if _same(key.strip().lower(), self.key):
            return "right"
        self._wrong.append(now)
        return "wrong"


class Guarded(RequestHandler):
    """A handler that answers only those who mean this server."""

    said = ""
    """Why there is no answer, in the language of the browser."""

    def prepare(self) -> None:
        """HTTPError: the request was meant for another server, or by somebody without the key."""
        if not any(is_ours(self.request.host, bound) for bound in self.settings["bound"]):
            raise HTTPError(403, reason="Forbidden: unknown Host")
        door: Door | None = self.settings["door"]
        if door:
            self._require_key(door)

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """Says in a line what is wrong."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(self.said or f"{status_code} {self._reason}\n")

    def _require_key(self, door: Door) -> None:
        """HTTPError: a request has neither key nor pass.  A page comes without the key in its
        address, by the pass."""
        key = self.get_query_argument("key", "")
        if not door.knows(self.get_cookie(door.cookie) or ""):
            verdict = door.try_key(key) if key else "none"
            if verdict != "right":
                language = language_of(self.request.headers.get("Accept-Language", ""))
                self.said = f"{word(f'key-{verdict}', language)}\n"
                raise HTTPError(429 if verdict == "wait" else 403)
            self.set_cookie(door.cookie, door.pass_, path="/", httponly=True, samesite="Strict")
        if key and isinstance(self, Pages):
            self.set_header("Cache-Control", "no-store")
            self.redirect(_without_key(self.request.path, self.request.query), status=303)

    def compute_etag(self) -> None:
        """None: nothing here is worth asking for again."""


class Pages(Guarded):
    """Everything that the portal has."""

    async def get(self) -> None:
        """A page, an asset, or the portal's own page for what there is not."""
        language = language_of(self.request.headers.get("Accept-Language", ""))
        ask = Ask(self.request.path, self.request.host, language)
        answer = await self.settings["responder"](ask)
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


class Panel(Guarded):
    """What the panels that lie over a page look like, and what they do."""

    def get(self, name: str) -> None:
        """One of the panels' files, for ever: its digest stands in the address."""
        self.set_header("Cache-Control", LASTING)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Type", overlay.FILES[name])
        self.finish(overlay.text_of(name))

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
    responder: Responder,
    token: Callable[[], str],
    bound: Collection[str],
    watcher: object,
    door: Door | None = None,
) -> Application:
    """The server's handlers; it listens at the addresses or names `bound`, `token` is the newest
    state, and who wants to come in has to pass the `door`, if there is one.

    livereload wants to know its `watcher`.
    """
    LiveReloadHandler.watcher = watcher
    LiveReloadHandler.live_css = False
    for name in ("livereload", "tornado.general", "tornado.application", "tornado.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Application(
        [
            ("/livereload", Socket),
            ("/livereload.js", Script),
            (f"/({'|'.join(map(re.escape, overlay.FILES))})", Panel),
            (".*", Pages),
        ],
        responder=responder,
        token=token,
        bound=bound,
        door=door,
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
    address, listens = network.numeric(name), network.numeric(bound)
    if listens is None or listens.is_loopback:
        return address is not None and address.is_loopback
    return address is not None or name in network.names()


def _without_key(path: str, query: str) -> str:
    """The address of a page of this server with all of its query but the key."""
    rest = [(name, value) for name, value in parse_qsl(query, True) if name != "key"]
    # Two slashes at its beginning would make it an address of another server.
    return "/" + path.lstrip("/\\") + (f"?{urlencode(rest)}" if rest else "")


def language_of(accepted: str) -> Language:
    """The language that a browser with this Accept-Language wants most of those that are known."""
    wishes = [part.strip().partition(";q=") for part in accepted.lower().split(",")]
    ranked = [
        (-_weight(weight), place, known)
        for place, (tag, _, weight) in enumerate(wishes)
        for known in LANGUAGES
        if tag.split("-")[0] == known
    ]
    return min(ranked, default=(0.0, 0, LANGUAGES[0]))[2]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def waiting(language: Language) -> Answer:
    """A page for the time until there is a real one; it asks again by itself."""
    title = html.escape(word("page-waiting", language))
    text = Template(overlay.text_of("waiting.html")).substitute(language=language, title=title)
    return Answer("", 503, "text/html; charset=utf-8", text.encode())


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
