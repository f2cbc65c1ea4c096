"""Previews for tests: the real command in a process of its own, asked as a browser asks."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, TypeVar

from tests.portals import ROOT

T = TypeVar("T")

PATIENCE: Final = 60.0
"""Seconds that anything may take on a machine that has other things to do."""


@dataclass(frozen=True)
class Got:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.data.decode()


@dataclass
class Preview:
    """A running preview."""

    process: "subprocess.Popen[str]"
    port: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        """What is at `path`; headers are written with `_` for `-`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=wanted)
        answer = connection.getresponse()
        got = Got(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()
        return got

    def wait_for(self, path: str, *words: str, status: int = 200) -> Got:
        """What is at `path` as soon as it has that status and all `words`."""
        end = time.monotonic() + PATIENCE
        while True:
            got = self.get(path)
            if got.status == status and all(word in got.text for word in words):
                return got
            if time.monotonic() > end:
                raise AssertionError(f"{got.status} {got.text}\n{self.said}")
            time.sleep(0.05)

    def wait_until_said(self, pattern: str) -> str:
        """The first line that it says and `pattern` is in."""

        def found() -> str | None:
            return next((line for line in list(self.said) if re.search(pattern, line)), None)

        line = wait_until(found, lambda: f"{pattern} is not in {self.said}")
        assert line is not None
        return line

    @property
    def backend(self) -> int:
        """The process that makes its pages."""
        (found,) = (
            pid
            for pid in children_of(self.process.pid)
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        return found

    def end(self, number: int = signal.SIGINT) -> int:
        """Ends it as Ctrl-C does; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def previewing(root: Path, *arguments: str, port: int = 0, **environment: str) -> Iterator[Preview]:
    """A preview of the portal in `root`, ended with the block; without a wished port if -1."""
    wanted = [] if port < 0 else ["--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "serve", *wanted, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    preview = Preview(process)
    reader = threading.Thread(target=_listen, args=(preview,), daemon=True)
    reader.start()
    try:
        address = preview.wait_until_said("http://")
        found = re.search(r":(\d+)/", address)
        assert found
        preview.port = int(found[1])
        preview.wait_until_said("ready after|bereit nach| error | Fehler ")
        yield preview
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        reader.join(PATIENCE)


def _listen(preview: Preview) -> None:
    assert preview.process.stdout is not None
    with preview.process.stdout as stream:
        for line in stream:
            preview.said.append(line.rstrip())


def wait_until(true: Callable[[], T], why: Callable[[], str] = lambda: "") -> T:
    """Waits until something is true, which it returns; AssertionError with `why` if never."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, why()
        time.sleep(0.02)
    return found


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(place.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(place.parent.name))
    return found


def descendants_of(pid: int) -> set[int]:
    """All processes that a process has started, and those have."""
    found = set(children_of(pid))
    return found.union(*map(descendants_of, found)) if found else found


def is_running(pid: int) -> bool:
    """Whether there is such a process, and not only its body that nobody has fetched."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2][1] != "Z"
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody uses just now, and none of those that the system gives away by itself."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise AssertionError("all ports are in use")
