"""Whether what texts link to on other websites is still there: asked politely, and not for long.

One request at a time to a server, with a pause between two; HEAD, and GET where a server does not
know that; at most so many links, for at most so many seconds.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from generator import __version__
from generator.base.problems import Problem, problem
from generator.base.report import Progress
from generator.config.portal import FILE, Portal
from generator.markdown import comments

SERVERS: Final = 8
"""So many servers are asked at the same time."""
HOPS: Final = 5
"""So many redirects are followed."""

_GONE: Final = frozenset({404, 410})
_MOVED: Final = frozenset({301, 308})
_REDIRECT: Final = frozenset({301, 302, 303, 307, 308})
_NO_HEAD: Final = frozenset({400, 403, 404, 405, 406, 410, 500, 501, 503})
"""Answers to HEAD that may be others to GET."""
_SAFE: Final = "/:?#[]@!$&'()*+,;=%~"


class Limits(NamedTuple):
    """How far a check goes: so many links are asked for, for so many `seconds`; what has not been
    asked for then is told.

    A server has `timeout` seconds for an answer, and a `pause` between two requests.
    """

    links: int = 1000
    seconds: float = 300.0
    timeout: float = 10.0
    pause: float = 0.5


USUAL: Final = Limits()


class _Answer(NamedTuple):
    """What became of a link: the name of a message and its values, "" where all is well."""

    message: str
    values: Mapping[str, object] = {}


def link_problems(
    portal: Portal,
    links: Mapping[str, tuple[str, ...]],
    progress: Progress = lambda _work, _done, _of: None,
    *,
    limits: Limits = USUAL,
) -> Iterator[Problem]:
    """One problem for each external link, of the sources at the paths, that leads nowhere."""
    places: dict[str, list[str]] = {}
    for path, urls in sorted(links.items()):
        for url in urls:
            places.setdefault(url, []).append(path)
    asked = dict(list(places.items())[: limits.links])
    servers: dict[str, list[str]] = {}
    for url in asked:
        servers.setdefault(_host(url), []).append(url)
    agent = f"Stadtschreiber/{__version__} (link check; +{portal.address}/)"
    client = _Client(agent, limits)
    done = 0
    unasked = len(places) - len(asked)
    with ThreadPoolExecutor(SERVERS) as pool:
        jobs = [pool.submit(client.ask_all, urls) for urls in servers.values()]
        for job in as_completed(jobs):
            for url, answer in job.result().items():
                done += 1
                progress("links", done, len(asked))
                unasked += answer is None
                if answer and answer.message:
                    yield from (_placed(portal, path, url, answer) for path in places[url])
    if unasked:
        yield problem("external-unchecked", FILE, count=unasked, limit=limits.links)


def _placed(portal: Portal, path: str, url: str, answer: _Answer) -> Problem:
    """What became of a link, at the first place in the source where it stands, not in code if it
    stands elsewhere."""
    try:
        text = (portal.folders.content / path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        text = ""
    seen = comments.without(text, comments.pieces(text))
    place = seen.find(url) if url in seen else text.find(url)
    line = text.count("\n", 0, place) + 1 if place >= 0 else 0
    column = place - text.rfind("\n", 0, place) if place >= 0 else 0
    return problem(answer.message, portal.folders.in_content(path), line, column, **answer.values)


class _Client:
    """Asks servers, each by one thread at a time."""

    def __init__(self, agent: str, limits: Limits) -> None:
        self._headers = {"User-Agent": agent, "Accept": "*/*"}
        self._limits = limits
        self._deadline = time.monotonic() + limits.seconds
        self._locks: dict[str, threading.Lock] = {}
        self._last: dict[str, float] = {}
        self._tired: set[str] = set()
        self._tls = ssl.create_default_context()

    def ask_all(self, urls: list[str]) -> dict[str, _Answer | None]:
        """The answer to each link, one after the other; None where it was not asked for: the time
        was over, or the server wants no more questions."""
        return {url: self._ask(url) for url in urls}

    def _ask(self, url: str) -> _Answer | None:
        if time.monotonic() >= self._deadline or _host(url) in self._tired:
            return None
        try:
            return self._follow(url)
        except socket.gaierror as error:
            # Without a network no name is known; only one that does not exist is dead.
            dead = error.errno == socket.EAI_NONAME
            name = "external-dead" if dead else "external-unreachable"
            return _Answer(name, {"url": url, "reason": error.strerror or _host(url)})
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
            return _Answer("external-unreachable", {"url": url, "reason": reason})

    def _follow(self, url: str) -> _Answer:
        current, for_good = f"https:{url}" if url.startswith("//") else url, True
        for _ in range(HOPS):
            status, target = self._request(current)
            if status not in _REDIRECT or not target:
                break
            for_good = for_good and status in _MOVED
            current = urljoin(current, target)
        else:
            return _Answer("external-unreachable", {"url": url, "reason": "too many redirects"})
        if status in _GONE:
            return _Answer("external-dead", {"url": url, "reason": f"HTTP {status}"})
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return _Answer("external-unreachable", {"url": url, "reason": f"HTTP {status}"})
        # What asks for a password, or wants no robots (401, 403, 429), is there.
        if for_good and current.rstrip("/") != url.rstrip("/"):
            return _Answer("external-moved", {"url": url, "target": current})
        return _Answer("")

    def _request(self, url: str) -> tuple[int, str]:
        """The status of an answer, and where it leads."""
        status, target = self._once("HEAD", url)
        return self._once("GET", url) if status in _NO_HEAD else (status, target)

    def _once(self, method: str, url: str) -> tuple[int, str]:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"no web address: {url}")
        host = _host(url)
        with self._locks.setdefault(host, threading.Lock()):
            wait = self._last.get(host, 0) + self._limits.pause - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            try:
                status, target = self._exchange(method, url)
            finally:
                self._last[host] = time.monotonic()
        if status == http.HTTPStatus.TOO_MANY_REQUESTS:
            self._tired.add(host)
        return status, target

    def _exchange(self, method: str, url: str) -> tuple[int, str]:
        parts = urlsplit(url)
        name = (parts.hostname or "").encode("idna").decode()
        timeout = self._limits.timeout
        connection = (
            http.client.HTTPSConnection(name, parts.port, timeout=timeout, context=self._tls)
            if parts.scheme == "https"
            else http.client.HTTPConnection(name, parts.port, timeout=timeout)
        )
        try:
            path = quote(parts.path or "/", safe=_SAFE)
            query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
            connection.connect()
            with _ended_after(timeout, connection.sock):
                connection.request(method, path + query, headers=self._headers)
                answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()


@contextmanager
def _ended_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Ends a connection at that time: its own timeout begins anew with each byte that drips in."""

    def end() -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
