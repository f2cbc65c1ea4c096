"""The files at a target, whatever reaches them, and what is said where that fails.

Whatever fails raises OSError, with `errno` as of the local system, however far away that was.
"""

import errno
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from generator.base.problems import PortalError, Problem, problem
from generator.config.deploy import Target

FOLDER: Final = -1
OTHER: Final = -2
"""What stands for a size where something is a folder, or a link, a pipe, a device."""


HEARTBEAT: Final = 5.0
"""Seconds between two signs of life, which keep others from taking the lock."""


class Remote(Protocol):
    """The files of a target; all paths are relative to its `path`, with `/`.

    A call with many paths does them in their order, or as if it did.
    """

    replaces: bool
    """Whether a rename puts a file in the place of another at once."""
    packing: int
    """How much smaller it pays to make what is sent: 0 not at all, 9 as small as can be."""

    def keep_alive(self, path: str) -> None:
        """From now on touches the file at `path` now and then while much is done; "": no more."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none."""

    def read_all(self, paths: Sequence[str]) -> list[bytes | None]:
        """The bytes of many files."""

    def write(self, path: str, data: bytes) -> None:
        """Puts a file there, or in the place of one, as a whole."""

    def create(self, path: str, data: bytes) -> bool:
        """Makes a file; False where there is one."""

    def touch(self, path: str) -> None:
        """Sets a file's time, so that others see that somebody is at work."""

    def stamp(self, path: str) -> int:
        """A number that `touch` changes; 0 where there is no such file."""

    def names(self, folder: str) -> Mapping[str, int]:
        """What a folder holds, with sizes; nothing where there is none."""

    def sizes(self, paths: Sequence[str]) -> list[int | None]:
        """The size of each; None where there is nothing."""

    def make_folders(self, folders: Iterable[str]) -> None:
        """Makes what of them is missing, with those above them."""

    def put(self, files: Sequence[tuple[Path, str]]) -> None:
        """Sends files to places at which there are none, or parts of them that were cut off."""

    def link(self, pairs: Sequence[tuple[str, str]], *, if_possible: bool = False) -> None:
        """Gives each first file a second name, which is free; or, `if_possible`, passes over it."""

    def rename(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Moves each first file to the second place, whatever file is there."""

    def remove(self, paths: Sequence[str]) -> None:
        """Removes files that are there."""

    def remove_folders(self, folders: Iterable[str]) -> None:
        """Removes those that are empty, and those above them that become so."""

    def linked(self, path: str) -> str:
        """Where a symbolic link leads; "" where there is nothing.  OSError: it is no link."""

    def switch(self, path: str, goal: str) -> None:
        """Lets the symbolic link lead elsewhere, at once."""

    def room(self) -> int | None:
        """Bytes that are free; None where that cannot be known."""

    def close(self) -> None:
        """Ends the connection."""


def levels(folders: Iterable[str]) -> list[list[str]]:
    """`folders` and all above them, those that lie in no other first."""
    found = {""}
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]  # noqa: PLW2901 (the way upwards)
    by_depth: dict[int, list[str]] = {}
    for folder in sorted(found - {""}):
        by_depth.setdefault(folder.count("/"), []).append(folder)
    return [by_depth[depth] for depth in sorted(by_depth)]


class RefusedError(OSError):
    """What the far end refuses without a reason that has a number here."""


class NotInstalledError(OSError):
    """A program is missing: `filename` here, or on the host `strerror`."""


class LineLostError(OSError):
    """The connection ended; `strerror` is what was said last."""


_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", "host-key-changed"),
    ("Host key verification failed", "host-key-unknown"),
    ("Permission denied", "host-refuses"),
    ("Too many authentication failures", "host-refuses"),
    ("Load key", "host-refuses"),
    ("Could not resolve hostname", "host-unknown"),
    ("Name or service not known", "host-unknown"),
    ("Connection refused", "host-silent"),
    ("Connection timed out", "host-silent"),
    ("No route to host", "host-silent"),
    ("Network is unreachable", "host-silent"),
    ("subsystem request failed", "host-no-sftp"),
    ("Received message too long", "host-chatters"),
)
"""What OpenSSH says, and which message of ours explains it; the first that fits."""


def explained(error: OSError, target: Target, remote: Remote | None) -> PortalError:
    """What people are told of an error."""
    return PortalError((_explained(error, target, remote),))


def _explained(error: OSError, target: Target, remote: Remote | None) -> Problem:
    place = str(error.filename or "") or target.place
    said = error.strerror or str(error)
    if isinstance(error, NotInstalledError):
        values = {"program": error.filename}
        if not error.strerror:
            return problem("program-missing", target.name, 0, 0, **values)
        return problem("program-missing-there", target.name, 0, 0, **values, host=error.strerror)
    if isinstance(error, LineLostError):
        name = next((name for words, name in _WORDS if words in said), "line-lost")
        return problem(name, target.name, 0, 0, host=target.host, **_said_of(name, said, target))
    if error.errno == errno.ENOENT and not error.filename and target.host:
        return problem("target-nowhere", target.place, 0, 0, target=target.name)
    full = isinstance(error, RefusedError) and _is_full(remote)
    name = "target-full" if full else _NAMES.get(error.errno or 0, "target-refuses")
    values = {} if name == "target-foreign" else {"target": target.name}
    values |= {"reason": said} if name == "target-refuses" else {}
    return problem(name, place, 0, 0, **values)


def _said_of(name: str, said: str, target: Target) -> dict[str, str]:
    """What a message says beside the host: what ssh said, or what is to be typed."""
    if name == "line-lost":
        return {"reason": said[-300:]}
    if not name.startswith("host-key-"):
        return {}
    port, user = target.port, f"{target.user}@" if target.user else ""
    call = f"sftp {f'-P {port} ' if port else ''}{user}{target.host}"
    if name == "host-key-changed":
        return {"call": call, "known": f"[{target.host}]:{port}" if port else target.host}
    return {"call": call, "scan": f"ssh-keyscan {f'-p {port} ' if port else ''}{target.host}"}


_NAMES: Final = {
    errno.ENOSPC: "target-full",
    errno.EDQUOT: "target-full",
    errno.EACCES: "target-forbids",
    errno.EPERM: "target-forbids",
    errno.EROFS: "target-forbids",
    errno.ENAMETOOLONG: "target-name-long",
    errno.EXDEV: "target-no-links",
    errno.EMLINK: "target-no-links",
    errno.EEXIST: "target-foreign",
}
_LITTLE: Final = 1 << 20


def _is_full(remote: Remote | None) -> bool:
    try:
        room = remote.room() if remote else None
    except OSError:
        return False
    return room is not None and room < _LITTLE
