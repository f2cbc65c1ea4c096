"""One deploy at a time: a file at the target says who is at work, and what he has begun to change.

A lock that was left behind is known by its process, where that was of this machine, else by nobody
having touched it for a while: no clock is compared with another.  What its owner had begun is in
doubt from then on, and is said so in the manifest before anything else is done.
"""

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from generator.base.problems import PortalError, Problem, problem
from generator.deploy.manifest import CONTROL, Manifest, manifest_of, packed, unpacked
from generator.deploy.remote import Remote

LOCK: Final = f"{CONTROL}/lock"
_LEFT: Final = "lock-left-"
_PATIENCE: Final = 45.0
"""Seconds after which a lock that nobody has touched is one that was left behind."""
_PAUSE: Final = 0.5
"""Seconds between two looks at somebody else's lock."""


class Note(msgspec.Struct, frozen=True):
    """What a lock says: who holds it, since when, and which files of which manifest he changes."""

    who: str
    since: str
    token: str
    machine: str
    pid: int
    manifest: str = ""
    touched: tuple[str, ...] = ()


class Lock:
    """The lock of a target, held."""

    def __init__(self, remote: Remote, note: Note) -> None:
        self._remote, self._note = remote, note

    def begin(self, manifest: str, touched: Sequence[str]) -> None:
        """Writes down what is about to change; `manifest` is the name of the file that knows it.

        PortalError: somebody took the lock away.
        """
        there = _note(self._remote.read(LOCK))
        if there is None or there.token != self._note.token:
            raise PortalError((problem("lock-lost", who=there.who if there else "?"),))
        note = msgspec.structs.replace(self._note, manifest=manifest, touched=tuple(touched))
        self._remote.write(LOCK, packed(note))


@contextmanager
def held(remote: Remote, *, wait: float, tell: Callable[[Problem], None]) -> Iterator[Lock]:
    """Holds the lock of a target, trying for `wait` seconds; `tell` hears once who has it.

    PortalError: somebody holds it still.
    """
    note = _own()
    _take(remote, note, wait, tell)
    try:
        for name in sorted(remote.names(CONTROL)):
            if name.startswith(_LEFT):
                _doubt(remote, _note(remote.read(f"{CONTROL}/{name}")))
                remote.remove([f"{CONTROL}/{name}"])
        remote.keep_alive(LOCK)
        yield Lock(remote, note)
    except BaseException:
        # What was begun is in doubt: the lock stays, and says so; its process is known to be over.
        with suppress(OSError):
            there = _note(remote.read(LOCK))
            if there and there.token == note.token and not there.touched:
                remote.remove([LOCK])
            elif there and there.token == note.token:
                remote.rename([(LOCK, f"{CONTROL}/{_LEFT}{note.token}")])
        raise
    finally:
        remote.keep_alive("")
    remote.remove([LOCK])


def _take(remote: Remote, note: Note, wait: float, tell: Callable[[Problem], None]) -> None:
    began = seen = time.monotonic()
    last: tuple[bytes | None, int] = (None, 0)
    told = False
    while not remote.create(LOCK, packed(note)):
        there, now = (remote.read(LOCK), remote.stamp(LOCK)), time.monotonic()
        if there != last:
            last, seen = there, now
        other = _note(there[0])
        over = _is_over(other)
        if there[0] is not None and (over or (over is None and now - seen > _PATIENCE)):
            _set_aside(remote, other)
            continue
        who, since = (other.who, other.since) if other else ("?", "?")
        if now - began > wait:
            raise PortalError((problem("deploy-runs", who=who, since=since),))
        if not told:
            tell(problem("deploy-waits", who=who, since=since))
            told = True
        time.sleep(_PAUSE)


def _set_aside(remote: Remote, other: Note | None) -> None:
    """Takes away a lock that was left; what it says is kept until somebody has seen to it."""
    aside = f"{CONTROL}/{_LEFT}{other.token if other else os.urandom(8).hex()}"
    with suppress(FileNotFoundError):
        remote.rename([(LOCK, aside)])
        moved = _note(remote.read(aside))
        if other and moved and moved.token != other.token:  # somebody was quicker, and is at work
            remote.rename([(aside, LOCK)])


def _doubt(remote: Remote, left: Note | None) -> None:
    """Puts down in the manifest that what somebody had begun may be done or not."""
    if left is None or not left.touched:
        return
    known = manifest_of(remote.read(f"{CONTROL}/{left.manifest}")) or Manifest()
    release = left.manifest.rpartition("-")[0]
    name = f"{release}-0" if release else left.manifest
    serial = 0 if release else known.serial
    doubted = msgspec.structs.replace(known.doubted(left.touched), serial=serial)
    remote.write(f"{CONTROL}/{name}", packed(doubted))
    if name != left.manifest:
        remote.remove([f"{CONTROL}/{left.manifest}"])


def _note(data: bytes | None) -> Note | None:
    return unpacked(data, Note)


def _own() -> Note:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        user = str(os.getuid())
    return Note(
        who=f"{user}@{socket.gethostname()}",
        since=time.strftime("%Y-%m-%d %H:%M:%S"),
        token=os.urandom(8).hex(),
        machine=_machine(os.getpid()),
        pid=os.getpid(),
    )


def _machine(pid: int) -> str:
    """What tells this run of this machine, and a process's own beginning; "" where nothing does."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = Path("/proc/self/ns/pid").readlink()
        start = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = start.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else f"{boot} {space} {fields[19]}"


def _is_over(other: Note | None) -> bool | None:
    """Whether the process that holds a lock has ended; None where that cannot be known."""
    if other is None or not other.machine:
        return None
    here, there = _machine(os.getpid()).rpartition(" ")[0], other.machine.rpartition(" ")[0]
    return _machine(other.pid) != other.machine if here == there else None
