"""A real browser, and a small server that sends what the documented configuration sends."""

import functools
import gzip
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Page, Playwright

from tests import needs
from tests.previews import wait_until

FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SLOW: Final = 60_000
"""Milliseconds that anything may take on a machine that has other things to do."""

CSP: Final = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
"""The content security policy under which everything has to work."""

PACKED: Final = (".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest", ".xml")
"""What is sent packed; every browser takes gzip."""


class _Handler(SimpleHTTPRequestHandler):
    policy = CSP
    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - the base class declares it as a plain dict
        **SimpleHTTPRequestHandler.extensions_map,
        ".avif": "image/avif",
        ".webmanifest": "application/manifest+json",
        ".woff2": "font/woff2",
        ".xml": "application/xml",
    }

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Packs texts, as servers do."""
        file = Path(self.translate_path(self.path))
        if file.is_dir() and self.path.endswith("/"):
            file /= "index.html"
        if not file.is_file() or file.suffix not in PACKED:
            return super().send_head()
        data = gzip.compress(file.read_bytes(), 9)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return BytesIO(data)

    def log_message(self, *_arguments: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_arguments: object) -> None:
        """Says nothing: browsers break connections off when they have what they want."""


@contextmanager
def serving(folder: Path, policy: str = CSP) -> Iterator[str]:
    """Serves a folder as long as it is needed; gives the address, without a slash at its end.

    `policy` is the content security policy; "" is none.
    """
    handler = type("Handler", (_Handler,), {"policy": policy})
    server = _Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def start(playwright: Playwright, folder: Path | None = None) -> Browser:
    """Debian's Chromium, without a window; what it leaves behind lies in `folder`."""
    place: dict[str, str | float | bool] = {**os.environ}
    if folder:
        place["TMPDIR"] = str(folder)
    return playwright.chromium.launch(executable_path=needs.CHROMIUM, args=FLAGS, env=place)


def go(page: Page, address: str) -> None:
    """Opens an address, even where a save reloads the page in that very moment."""

    def arrives() -> bool:
        with suppress(Error):
            page.goto(address)
            return True
        return False

    wait_until(arrives)


@dataclass
class Watched:
    """What went on while a page was open that a reader must never cause."""

    home: str
    trouble: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Notes console messages, errors, answers that are none, and requests to another host."""
        page.on("console", lambda message: self.trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on(
            "response",
            lambda answer: (
                self.trouble.append(f"{answer.status}: {answer.url}")
                if answer.status >= 400
                else None
            ),
        )

    def _request(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob") and not address.startswith(self.home + "/"):
            self.trouble.append(f"request: {address}")
