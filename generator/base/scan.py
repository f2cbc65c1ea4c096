"""What files a folder holds, and whether they are still as they were when last looked at."""

import os
import stat
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import msgspec

from generator.base.problems import PortalError, Problem, problem

RACY_NS: Final = 50_000_000
"""A file changed so shortly before the scan may change again without its times showing it:
file systems count in ticks of up to some ten milliseconds."""

COARSE_NS: Final = 2_050_000_000
"""The same where times are whole seconds: ext3, HFS+; those of FAT are even ones."""

_SECOND: Final = 1_000_000_000

LONGEST: Final = 250_000_000
"""Bytes of the largest file that is read; more would fill the memory of many a machine."""


PIECE: Final = 1_000_000
"""Bytes of a large file that are in memory at a time."""


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the file system says of a file's state.

    The change time cannot be set by a user, so an edit that keeps size and modification time, or
    sets the latter back, shows.  `trusted` is False where the file changed just before the scan.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    trusted: bool

    def proves_unchanged_since(self, old: "Stamp | None") -> bool:
        """Whether the file must have the same bytes as when it had the stamp `old`."""
        return old == msgspec.structs.replace(self, trusted=True)


_encode = msgspec.msgpack.Encoder().encode


class Found(msgspec.Struct, frozen=True, dict=True):
    """The regular files below a folder, and what else is there.

    `folders` are their folders, by paths that end in `/`, each with the stamps of its files,
    packed: where nothing changed it suffices to compare these, in 0.4 s of 0.6 for 100,000 files.
    `trusted` is whether all of them are.
    """

    folders: tuple[tuple[str, bytes], ...] = ()
    problems: tuple[Problem, ...] = ()
    trusted: bool = True

    @classmethod
    def of(cls, files: dict[str, Stamp], problems: tuple[Problem, ...] = ()) -> Self:
        """These files, by their path with `/`."""
        trusted = all(stamp.trusted for stamp in files.values())
        found = cls((("", _encode(files)),), problems, trusted)
        vars(found)["files"] = files
        return found

    @cached_property
    def files(self) -> dict[str, Stamp]:
        """The files by their path with `/`, in the order of these."""
        decode = msgspec.msgpack.Decoder(dict[str, Stamp]).decode
        found = {
            prefix + name: stamp
            for prefix, packed in self.folders
            for name, stamp in decode(packed).items()
        }
        return {path: found[path] for path in sorted(found)}


def scan(folder: Path, shown: str = "") -> Found:
    """The files below `folder`, called `shown` in messages.

    Names that begin with a dot are passed over.  Links are not followed, so that nothing outside
    the folder is read and no loop is entered; a link, pipe or device is a problem.
    """
    now = time.time_ns()
    folders: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    trusted = True
    pending = [(str(folder), "")]
    while pending:
        place, prefix = pending.pop()
        files: dict[str, Stamp] = {}
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    name = entry.name
                    if name[0] == ".":
                        continue
                    if not (name.isascii() or _is_utf_8(name)):
                        name = os.fsencode(name).decode("utf-8", "replace")
                        problems.append(problem("name-not-utf-8", _below(shown, prefix + name)))
                    elif entry.is_file(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        files[name] = _stamp(status, now)
                    elif entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, f"{prefix}{name}/"))
                    else:
                        path = _below(shown, prefix + name)
                        problems.append(problem("not-a-regular-file", path))
        except OSError as error:
            path = _below(shown, prefix.rstrip("/")) or place
            reason = error.strerror or error
            problems.append(problem("folder-unreadable", path, reason=reason))
        if files:
            trusted = trusted and all(stamp.trusted for stamp in files.values())
            folders.append((prefix, _encode(files)))
    return Found(tuple(folders), tuple(sorted(problems)), trusted)


def _is_utf_8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def look_at(file: Path | str) -> Stamp | None:
    """The stamp of one regular file; None where there is none, or something else."""
    try:
        now, status = time.time_ns(), os.lstat(file)
    except OSError:
        return None
    return _stamp(status, now) if stat.S_ISREG(status.st_mode) else None


def _stamp(status: os.stat_result, now: int) -> Stamp:
    modified, inode_changed = status.st_mtime_ns, status.st_ctime_ns
    changed = modified if modified > inode_changed else inode_changed
    trusted = changed < now - COARSE_NS or bool(changed % _SECOND and changed < now - RACY_NS)
    return Stamp(status.st_size, modified, inode_changed, status.st_ino, trusted)


def _below(shown: str, path: str) -> str:
    """What messages call `path` in a folder that they call `shown`."""
    return f"{shown}/{path}" if shown and path else shown or path


def read_bytes(file: Path, path: str) -> bytes:
    """The bytes of the regular file `file`; arguments and errors as of `read_pieces`."""
    return b"".join(read_pieces(file, path, size=-1))


def read_pieces(file: Path, path: str, *, size: int = PIECE) -> Iterator[bytes]:
    """The bytes of the regular file `file`, called `path` in messages, `size` at a time.

    PortalError: it cannot be read, is larger than any portal needs, or is a link, pipe or device.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as opened:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise PortalError((problem("not-a-regular-file", path),))
            if status.st_size > LONGEST:
                raise PortalError((problem("file-huge", path, limit=LONGEST // 1_000_000),))
            while piece := opened.read(size):
                yield piece
    except OSError as error:
        raise PortalError(
            (problem("file-unreadable", path, reason=error.strerror or error),)
        ) from error
