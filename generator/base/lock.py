"""One build at a time: a lock on a file, released by the end of its process, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from generator.base.problems import PortalError, Problem, problem

WAIT: Final = 600.0
"""Seconds for which commands wait for another one that writes to the same place."""

_PAUSE: Final = 0.05
"""Seconds between two tries."""

_held: set[int] = set()
"""The descriptors of the locks that this process holds or waits for."""


@contextmanager
def hold(file: Path, *, wait: float = 0) -> Iterator[None]:
    """Hold the lock `file` while the block runs, trying for `wait` seconds to get it.

    The file stays, and names its last holder.  PortalError: another process holds it still.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    _held.add(descriptor)
    try:
        deadline = time.monotonic() + wait
        while not _taken(descriptor):
            if time.monotonic() >= deadline:
                raise PortalError((_holder(descriptor, file),))
            time.sleep(_PAUSE)
        _sign(descriptor)
        yield
    finally:
        if descriptor in _held:  # a forked worker that comes here has let go of it
            _held.remove(descriptor)
            os.close(descriptor)


def _sign(descriptor: int) -> None:
    text = f"{os.getpid()} {time.strftime('%Y-%m-%d %H:%M:%S')}"
    with suppress(OSError):  # on a full disk the lock holds just as well without a name on it
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text.encode())


def _holder(descriptor: int, file: Path) -> Problem:
    os.lseek(descriptor, 0, os.SEEK_SET)
    pid, _, since = os.read(descriptor, 100).decode("utf-8", "replace").partition(" ")
    return problem("build-runs", path=str(file), pid=pid or "?", since=since or "?")


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def shared() -> tuple[int, ...]:
    """The descriptors of all locks: a process that is handed them holds the locks as well, with
    all that it starts, until the last of them has ended."""
    return tuple(_held)


def _let_go() -> None:
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


# A forked worker shares its parent's lock, and would keep it after the parent was killed.
os.register_at_fork(after_in_child=_let_go)
