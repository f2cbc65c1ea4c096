"""Links to other websites are asked for politely: tested against servers of our own."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from generator.check import external
from generator.check.external import Limits
from generator.config import portal as portals
from tests.portals import TestPortal


class Server(ThreadingHTTPServer):
    """A website that notes who asked for what, and how many did at the same time."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.busy = 0
        self.most = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers by the path."""

    server: Server

    def do_HEAD(self) -> None:
        self.server.busy += 1
        self.server.most = max(self.server.most, self.server.busy)
        self.server.asked.append(f"{self.command} {self.path}")
        self.server.agents.add(self.headers["User-Agent"])
        time.sleep(0.02)
        name = self.path.partition("?")[0].strip("/")
        if name == "langsam":
            time.sleep(1)
        with suppress(OSError):
            while name == "tropft":
                self.wfile.write(b"H")
                time.sleep(0.1)
        status = {"weg": 404, "fort": 410, "umgezogen": 301, "kreis": 301, "kurz": 302}.get(
            name, 200
        )
        if name == "nur-get" and self.command == "HEAD":
            status = 405
        if name.isdigit():
            status = int(name)
        self.server.busy -= 1
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", {"kreis": "/kreis"}.get(name, "/ziel"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 (so it is called there)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (so it is called there)
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def ask(portal: TestPortal, *urls: str, limits: Limits | None = None) -> dict[str, str]:
    """What is said of each address, "" for what is not about one."""
    text = "\n".join(f"[x]({url})" for url in urls)
    portal.article("a.md", text)
    loaded = portals.load(portal.root / "portal.toml")
    found = external.link_problems(
        loaded, {"a.md": urls}, limits=limits or Limits(timeout=0.5, pause=0.0)
    )
    return {dict(one.values).get("url", ""): one.name for one in found}


def test_each_answer_means_something(portal: TestPortal, server: Server) -> None:
    names = (
        "da",
        "weg",
        "fort",
        "umgezogen",
        "kurz",
        "kreis",
        "nur-get",
        "401",
        "403",
        "500",
    )
    told = ask(portal, *(f"{server.url}/{name}" for name in names))
    assert {url.rpartition("/")[2]: name for url, name in told.items()} == {
        "weg": "external-dead",
        "fort": "external-dead",
        "umgezogen": "external-moved",
        "kreis": "external-unreachable",
        "500": "external-unreachable",
    }
    assert "GET /da" not in server.asked  # HEAD is enough where it is known
    assert "GET /nur-get" in server.asked


def test_what_cannot_be_asked_is_told(portal: TestPortal, server: Server) -> None:
    closed = "http://127.0.0.1:1/"
    urls = (
        f"{server.url}/langsam",
        f"{server.url}/tropft",
        closed,
        "http://[::1/",
        "https://gibt-es-nicht.invalid/",
    )
    told = ask(portal, *urls)
    assert set(told.values()) <= {"external-unreachable", "external-dead"}
    assert set(told) == set(urls)


def test_one_server_is_asked_one_thing_at_a_time(portal: TestPortal, server: Server) -> None:
    ask(portal, *(f"{server.url}/{number}x" for number in range(12)))
    assert server.most == 1
    assert len(server.asked) == 12
    (agent,) = server.agents
    assert agent.startswith("Stadtschreiber/")
    assert "https://www.amt.example/" in agent


def test_there_is_a_pause_between_two_questions(portal: TestPortal, server: Server) -> None:
    start = time.monotonic()
    ask(portal, *(f"{server.url}/{n}x" for n in range(4)), limits=Limits(pause=0.1))
    assert time.monotonic() - start > 0.3


def test_what_is_too_much_is_told(portal: TestPortal, server: Server) -> None:
    urls = tuple(f"{server.url}/{number}x" for number in range(5))
    assert ask(portal, *urls, limits=Limits(links=2, pause=0)) == {"": "external-unchecked"}
    assert len(server.asked) == 2
    assert ask(portal, *urls, limits=Limits(seconds=0)) == {"": "external-unchecked"}


def test_a_server_that_wants_no_more_questions_is_asked_none(
    portal: TestPortal, server: Server
) -> None:
    urls = tuple(f"{server.url}/{name}" for name in ("da", "429", "weg", "fort"))
    assert ask(portal, *urls) == {"": "external-unchecked"}
    assert server.asked == ["HEAD /da", "HEAD /429"]


def test_a_dead_link_has_its_line(portal: TestPortal, server: Server) -> None:
    portal.article("a.md", f"Text\n\nund [x]({server.url}/weg)")
    loaded = portals.load(portal.root / "portal.toml")
    (one,) = external.link_problems(loaded, {"a.md": (f"{server.url}/weg",)})
    assert (one.line, one.column) == (9, 9)


@pytest.mark.system
def test_the_command_asks_only_if_told_to(portal: TestPortal, server: Server) -> None:
    portal.article("a.md", f"[Ein Ziel]({server.url}/weg)", lead="V", keywords="[H]")
    assert portal.run("check", "--lang", "en").stdout == "Nothing to say.\n"
    assert not server.asked
    said = portal.run("check", "--links", "--lang", "en").stdout
    assert "content/a.md:9:12: warning C221 external-dead" in said
