"""A target behind SFTP, for hosts that have nothing else."""

import errno
import os
import struct
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from stat import S_ISDIR
from typing import Final

from generator.config.deploy import Target
from generator.deploy import ssh
from generator.deploy.remote import RefusedError, levels
from generator.deploy.sftp_session import (
    ATTRS,
    DATA,
    DONE,
    END,
    FAILURE,
    MISSING,
    STATUS,
    Job,
    Reply,
    Session,
    attributes,
    named,
    now,
    packet,
    size_of,
    text,
)  # fmt: skip

_OPEN, _CLOSE, _READ, _WRITE, _LSTAT, _FSTAT, _SETSTAT = 3, 4, 5, 6, 7, 8, 9
_OPENDIR, _READDIR, _REMOVE, _MKDIR, _RMDIR, _REALPATH, _STAT = 11, 12, 13, 14, 15, 16, 17
_RENAME, _READLINK, _SYMLINK, _EXTENDED = 18, 19, 20, 200

_READING: Final = struct.pack(">II", 1, 0)
_REPLACING: Final = struct.pack(">III", 2 | 8 | 16, 4, 0o644)
"""To write, made where it is missing, emptied; with the permissions of what a server sends."""
_NEW: Final = struct.pack(">III", 2 | 8 | 32, 4, 0o644)
_FOLDER: Final = struct.pack(">II", 4, 0o755)

_PIECE: Final = 32768
"""Bytes of one piece of a file: what every server takes."""
_FIRST: Final = 8 * _PIECE
"""Bytes that are asked for before it is known how many there are."""
_AT_ONCE: Final = 64
"""Pieces of one file or folder that are under way at once."""
_FEWEST, _MOST = 32, 256
"""So many files at once; servers may have no more than some thousand open."""
_NEAR: Final = 0.01
"""Seconds there and back, from which on more of them pay."""
_SIMPLE: Final = 2048
"""Requests at once that open nothing."""


class Sftp:
    """The files of a target, as of `Remote`, through one connection."""

    packing = 1

    def __init__(self, target: Target, *, through: Sequence[str] = ()) -> None:
        """Connects; `through` are options that lead through a connection which is there."""
        self._root = target.path.rstrip("/") + "/"
        self._session = Session([*ssh.call(target), *through, "-s", "--", target.host, "sftp"])
        self._all, self.close = self._session.run, self._session.close
        self._alive = ""
        self._extensions = self._session.extensions
        self.replaces = "posix-rename@openssh.com" in self._extensions
        self._files = _FEWEST

    def keep_alive(self, path: str) -> None:
        """As of `Remote`."""
        self._alive = path
        self._session.keep_alive(self._at(path) if path else b"")

    def sign(self) -> None:
        """Says that somebody is still at work, if it is to be said."""
        if self._alive:
            self.touch(self._alive)

    def make_root(self) -> None:
        """Makes the folder of the target, if only it is missing."""
        began = time.monotonic()
        self._all([self._folder("")], 1)
        self._files = _MOST if time.monotonic() - began > _NEAR else _FEWEST

    # What `Remote` offers.

    def read(self, path: str) -> bytes | None:
        """As of `Remote`."""
        return self.read_all([path])[0]

    def read_all(self, paths: Sequence[str]) -> list[bytes | None]:
        """As of `Remote`."""
        return self._all((self._read(path) for path in paths), self._files)

    def write(self, path: str, data: bytes) -> None:
        """As of `Remote`."""
        self._all([self._put(f"{path}.new", lambda: data, _REPLACING)], 1)
        self.rename([(f"{path}.new", path)])

    def create(self, path: str, data: bytes) -> bool:
        """As of `Remote`."""
        opened = self._ask(_OPEN, self._at(path), _NEW)
        if refusal := opened.refusal(path):
            if isinstance(refusal, RefusedError) and self.sizes([path]) != [None]:
                return False
            raise refusal
        try:
            self._all([self._write(path, opened.data, data)], 1)
        except OSError:
            self.remove([path])  # half of it says nothing, and nobody would know whose it is
            raise
        return True

    def touch(self, path: str) -> None:
        """As of `Remote`."""
        self._one(_SETSTAT, self._at(path), now())

    def stamp(self, path: str) -> int:
        """As of `Remote`."""
        reply = self._ask(_LSTAT, self._at(path))
        return attributes(reply.data)[2] if reply.kind == ATTRS else 0

    def names(self, folder: str) -> Mapping[str, int]:
        """As of `Remote`."""
        return self._all([self._names(folder)], 1)[0]

    def sizes(self, paths: Sequence[str]) -> list[int | None]:
        """As of `Remote`."""
        return self._all((self._size(path) for path in paths), _SIMPLE)

    def make_folders(self, folders: Iterable[str]) -> None:
        """As of `Remote`."""
        by_level = levels(folders)
        try:
            # Nearly all servers do one after the other what they are sent.
            self._all((self._folder(each) for level in by_level for each in level), _SIMPLE)
        except FileNotFoundError:
            for level in by_level:
                self._all((self._folder(folder) for folder in level), _SIMPLE)

    def put(self, files: Sequence[tuple[Path, str]]) -> None:
        """As of `Remote`."""
        jobs = (self._put(path, source.read_bytes, _REPLACING) for source, path in files)
        self._all(jobs, self._files)

    def link(self, pairs: Sequence[tuple[str, str]], *, if_possible: bool = False) -> None:
        """As of `Remote`."""
        name = "hardlink@openssh.com"
        if name in self._extensions and if_possible:
            ways = ((text(name), self._at(old), self._at(new)) for old, new in pairs)
            self._all((self._try(_EXTENDED, *way) for way in ways), _SIMPLE)
        elif name in self._extensions:
            self._each((_EXTENDED, text(name), old, new) for old, new in pairs)
        elif not if_possible:
            raise OSError(errno.EXDEV, "no hard links", pairs[0][1] if pairs else "")

    def rename(self, pairs: Sequence[tuple[str, str]]) -> None:
        """As of `Remote`; where the server cannot replace, the old file goes right before."""
        if self.replaces:
            ways = ((_EXTENDED, text("posix-rename@openssh.com"), old, new) for old, new in pairs)
            self._each(ways)
        else:
            self._all((self._removed_and_renamed(old, new) for old, new in pairs), _SIMPLE)

    def remove(self, paths: Sequence[str]) -> None:
        """As of `Remote`."""
        self._all((self._removed(path) for path in paths), _SIMPLE)

    def remove_folders(self, folders: Iterable[str]) -> None:
        """As of `Remote`."""
        deepest = (folder for level in reversed(levels(folders)) for folder in level)
        self._all((self._try(_RMDIR, self._at(folder)) for folder in deepest), _SIMPLE)

    def linked(self, path: str) -> str:
        """As of `Remote`."""
        reply = self._ask(_READLINK, self._at(path))
        if reply.status == MISSING:
            return ""
        if reply.status != DONE:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        return named(reply.data)[0][0]

    def switch(self, path: str, goal: str) -> None:
        """As of `Remote`."""
        self.remove([f"{path}.new"])
        # OpenSSH takes the two in the other order than the draft, and all others follow it.
        self._one(_SYMLINK, text(goal), self._at(f"{path}.new"), path=path)
        self.rename([(f"{path}.new", path)])

    def room(self) -> int | None:
        """As of `Remote`."""
        if "statvfs@openssh.com" not in self._extensions:
            return None
        reply = self._ask(_EXTENDED, text("statvfs@openssh.com"), text(self._root))
        if reply.status != DONE:
            return None
        numbers = struct.unpack(">11Q", reply.data[:88])
        return int(numbers[1] * numbers[4])

    # Jobs.

    def _at(self, path: str) -> bytes:
        return text(self._root + path if path else self._root)

    def _removed(self, path: str) -> Job[None]:
        (reply,) = yield (packet(_REMOVE, self._at(path)),)
        if (refusal := reply.refusal(path)) and reply.status != MISSING:
            raise refusal

    def _try(self, kind: int, *parts: bytes) -> Job[Reply]:
        (reply,) = yield (packet(kind, *parts),)
        return reply

    def _pair(self, kind: int, name: bytes, old: str, new: str) -> Job[None]:
        (reply,) = yield (packet(kind, name, self._at(old), self._at(new)),)
        if refusal := reply.refusal(new):
            raise refusal

    def _each(self, ways: Iterable[tuple[int, bytes, str, str]]) -> None:
        self._all((self._pair(*way) for way in ways), _SIMPLE)

    def _removed_and_renamed(self, old: str, new: str) -> Job[None]:
        _, reply = yield (
            packet(_REMOVE, self._at(new)), packet(_RENAME, self._at(old), self._at(new)),
        )  # fmt: skip
        if refusal := reply.refusal(new):
            raise refusal

    def _folder(self, folder: str) -> Job[None]:
        reply, found = yield (
            packet(_MKDIR, self._at(folder), _FOLDER), packet(_STAT, self._at(folder)),
        )  # fmt: skip
        is_there = found.kind == ATTRS and S_ISDIR(attributes(found.data)[1])
        if (refusal := reply.refusal(folder)) and not is_there:
            raise refusal

    def _size(self, path: str) -> Job[int | None]:
        (reply,) = yield (packet(_LSTAT, self._at(path)),)
        if reply.kind == ATTRS:
            return size_of(reply.data)
        if reply.status not in (MISSING, FAILURE):  # which is said of a file's inside
            raise reply.refusal(path) or RefusedError(errno.EIO, "?", path)
        return None

    def _put(self, path: str, data_of: Callable[[], bytes], way: bytes) -> Job[None]:
        (opened,) = yield (packet(_OPEN, self._at(path), way),)
        if refusal := opened.refusal(path):
            raise refusal
        yield from self._write(path, opened.data, data_of())

    def _write(self, path: str, handle: bytes, data: bytes) -> Job[None]:
        for start in range(0, len(data) or 1, _PIECE * _AT_ONCE):
            part = memoryview(data)[start : start + _PIECE * _AT_ONCE]
            requests = [
                packet(
                    _WRITE, handle, struct.pack(">Q", start + place),
                    text(bytes(part[place : place + _PIECE])),
                )
                for place in range(0, len(part), _PIECE)
            ]  # fmt: skip
            if start + len(part) == len(data):
                requests.append(packet(_CLOSE, handle))
            for reply in (yield requests):
                if refusal := reply.refusal(path):
                    raise refusal

    def _read(self, path: str) -> Job[bytes | None]:
        (opened,) = yield (packet(_OPEN, self._at(path), _READING),)
        if opened.status == MISSING:
            return None
        if refusal := opened.refusal(path):
            raise refusal
        handle, data = opened.data, bytearray()
        replies = yield [packet(_FSTAT, handle), *self._pieces(handle, 0, _FIRST)]
        length = attributes(replies[0].data)[0] if replies[0].kind == ATTRS else 0
        replies = replies[1:]
        while True:
            for reply in replies:
                if reply.kind != DATA:
                    if reply.status != END and (refusal := reply.refusal(path)):
                        raise refusal
                    length = 0  # it is over, or was cut off meanwhile
                    break
                data += reply.data[4:]
                # A reply may be shorter than what was asked for; then the next turn begins there.
                if len(reply.data) < 4 + _PIECE:
                    break
            if len(data) >= length:
                break
            replies = yield self._pieces(handle, len(data), length)
        self._session.tell(packet(_CLOSE, handle))
        return bytes(data)

    @staticmethod
    def _pieces(handle: bytes, start: int, end: int) -> list[bytes]:
        """Requests for what lies between, as far as it may be under way at once."""
        starts = range(start, min(end, start + _PIECE * _AT_ONCE), _PIECE)
        return [packet(_READ, handle, struct.pack(">QI", one, _PIECE)) for one in starts]

    def _names(self, folder: str) -> Job[Mapping[str, int]]:
        found: dict[str, int] = {}
        (opened,) = yield (packet(_OPENDIR, self._at(folder)),)
        if opened.status == MISSING:
            return found
        if refusal := opened.refusal(folder):
            raise refusal
        # A reply has some hundred names: the larger the folder proves, the more are asked for.
        at_once, over = 2, False
        while not over:
            for reply in (yield [packet(_READDIR, opened.data)] * at_once):
                if reply.kind == STATUS:
                    over = True
                else:
                    found |= dict(named(reply.data))
            at_once = min(2 * at_once, _AT_ONCE)
        self._session.tell(packet(_CLOSE, opened.data))
        return {name: size for name, size in found.items() if name not in (".", "..")}

    def _ask(self, kind: int, *parts: bytes) -> Reply:
        return self._all([self._try(kind, *parts)], 1)[0]

    def _one(self, kind: int, *parts: bytes, path: str = "") -> None:
        if refusal := self._ask(kind, *parts).refusal(path):
            raise refusal
