"""A real sshd for one test, with keys of its own, and portals that are deployed to it."""

import atexit
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from generator.config import portal as portals
from generator.config.deploy import Target
from generator.config.portal import Portal
from generator.deploy.deploy import Done, Wishes, deploy
from tests.portals import PORTAL, TestPortal, files_of

SSHD: Final = "/usr/sbin/sshd"

SETTINGS: Final = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/authorized
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
MaxStartups 100
Subsystem sftp internal-sftp {sftp}
{more}
"""

CLIENT: Final = """\
Host *
  IdentityFile {folder}/key
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {folder}/known
"""


@dataclass(frozen=True)
class Host:
    """An sshd of this machine; `call` is how OpenSSH's client reaches it."""

    folder: Path
    port: int

    @property
    def call(self) -> str:
        """The command for the environment."""
        return f"ssh -F {self.folder}/config"

    def target(self, kind: str, path: object, **more: object) -> Target:
        """A target there."""
        values = {"name": kind, "kind": kind, "host": "127.0.0.1", "port": self.port, **more}
        return Target(path=str(path), user=getpass.getuser(), **values)  # type: ignore[arg-type]  # mixed


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sshd(folder: Path, *, more: str = "", sftp: str = "") -> Iterator[Host]:
    """An sshd that runs while the block does; `more` are lines of its configuration, `sftp`
    options of its SFTP server."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True
        )
    (folder / "authorized").write_bytes((folder / "key.pub").read_bytes())
    (folder / "authorized").chmod(0o644)
    host = Host(folder, free_port())
    key = (folder / "host.pub").read_text(encoding="ascii")
    (folder / "known").write_text(f"[127.0.0.1]:{host.port} {key}", encoding="ascii")
    (folder / "config").write_text(CLIENT.format(folder=folder), encoding="utf-8")
    settings = SETTINGS.format(folder=folder, port=host.port, more=more, sftp=sftp)
    (folder / "sshd_config").write_text(settings, encoding="utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(
        [SSHD, "-D", "-f", folder / "sshd_config", "-E", folder / "log"],
        stdin=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", host.port)) == 0:
                    break
            time.sleep(0.05)
        yield host
    finally:
        server.terminate()
        server.wait(10)


def portal(root: Path, *, toml: str = PORTAL, articles: int = 6) -> TestPortal:
    """A portal with a few articles, built."""
    shutil.copytree(_built(toml, articles), root)
    return TestPortal(root)


@cache
def _built(toml: str, articles: int) -> Path:
    """Where such a portal was built, once for this process."""
    folder = tempfile.mkdtemp(prefix="portal-")
    atexit.register(shutil.rmtree, folder)
    made = TestPortal.small(Path(folder, "portal"), toml=toml)
    for number in range(articles):
        made.article(f"meldung-{number}.md", f"Text {number}.", title=f"Titel {number}")
    made.build()
    return made.root


def loaded(made: TestPortal) -> Portal:
    """The portal as commands know it."""
    return portals.load(made.root / "portal.toml")


def send(made: TestPortal, target: Target, **wishes: object) -> Done:
    """Deploys what was built."""
    return deploy(loaded(made), target, Wishes(**wishes))  # type: ignore[arg-type]  # mixed


def seen(target: Target) -> dict[str, bytes]:
    """The files that readers see at a target on this machine."""
    folder = Path(target.path)
    folder = folder / "current" if (folder / "current").exists() else folder
    return {p: d for p, d in files_of(folder).items() if not p.startswith(".stadtschreiber-")}


def built(made: TestPortal) -> dict[str, bytes]:
    """The files that were built."""
    return {p: d for p, d in made.files().items() if not p.startswith(".stadtschreiber-")}


class Relay:
    """A line to a host that takes its time: what goes in comes out `delay` seconds later."""

    def __init__(self, port: int, delay: float) -> None:
        self._to, self._delay = port, delay
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Lets nobody in any more."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._server.accept()
                there = socket.create_connection(("127.0.0.1", self._to))
                for one in (here, there):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pass(here, there)
                self._pass(there, here)

    def _pass(self, source: socket.socket, goal: socket.socket) -> None:
        waiting: SimpleQueue[tuple[float, bytes]] = SimpleQueue()

        def take() -> None:
            data = b"-"
            while data:
                try:
                    data = source.recv(1 << 16)
                except OSError:
                    data = b""
                waiting.put((time.monotonic() + self._delay, data))

        def give() -> None:
            while True:
                due, data = waiting.get()
                time.sleep(max(0.0, due - time.monotonic()))
                try:
                    if not data:
                        goal.shutdown(socket.SHUT_WR)
                        return
                    goal.sendall(data)
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        threading.Thread(target=give, daemon=True).start()
