"""A target behind SFTP, version 3, spoken through OpenSSH's client: many requests at once.

The draft that servers follow is draft-ietf-secsh-filexfer-02; what OpenSSH adds is in its PROTOCOL.
A *job* is a generator that yields requests, all of one turn together, and is sent their replies, so
that a delay on the line is waited for by many jobs at the same time.
"""

import errno
import os
import select
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import IO, Any, Final, NamedTuple, TypeVar

from generator.config.deploy import Target
from generator.deploy import ssh
from generator.deploy.remote import FOLDER, HEARTBEAT, OTHER, LineLostError, RefusedError, levels

T = TypeVar("T")

_INIT, _OPEN, _CLOSE, _READ, _WRITE, _LSTAT, _FSTAT, _SETSTAT = 1, 3, 4, 5, 6, 7, 8, 9
_OPENDIR, _READDIR, _REMOVE, _MKDIR, _RMDIR, _REALPATH, _STAT = 11, 12, 13, 14, 15, 16, 17
_RENAME, _READLINK, _SYMLINK, _EXTENDED = 18, 19, 20, 200
_STATUS, _HANDLE, _DATA, _ATTRS = 101, 102, 103, 105

_READING: Final = struct.pack(">II", 1, 0)
_REPLACING: Final = struct.pack(">III", 2 | 8 | 16, 4, 0o644)
"""To write, made where it is missing, emptied; with the permissions of what a server sends."""
_NEW: Final = struct.pack(">III", 2 | 8 | 32, 4, 0o644)
_FOLDER: Final = struct.pack(">II", 4, 0o755)

_DONE, _END, _MISSING, _FORBIDDEN, _FAILURE = 0, 1, 2, 3, 4
_NUMBERS: Final = {_MISSING: errno.ENOENT, _FORBIDDEN: errno.EACCES, 8: errno.EOPNOTSUPP}

_PIECE: Final = 32768
"""Bytes of one piece of a file: what every server takes."""
_AT_ONCE: Final = 64
"""Pieces of one file that are under way at once."""
_LENGTH: Final = 4
"""Bytes that say how long a packet is."""
_FEWEST, _MOST = 32, 256
"""So many files at once; servers may have no more than some thousand open."""
_NEAR: Final = 0.01
"""Seconds there and back, from which on more of them pay."""
_SIMPLE: Final = 2048
"""Requests at once that open nothing."""
_ENOUGH: Final = 1 << 18
"""Bytes that wait to be sent while no more jobs are begun."""
_SILENCE: Final = 60.0
"""Seconds after which a server that says nothing is given up."""


class Reply(NamedTuple):
    """What the server said to a request."""

    kind: int
    data: bytes

    @property
    def status(self) -> int:
        """The number of a status; that of success for what is no status."""
        return int.from_bytes(self.data[:4], "big") if self.kind == _STATUS else _DONE

    def refusal(self, path: str) -> OSError | None:
        """What is to be raised if it is one."""
        status = self.status
        if status == _DONE:
            return None
        size = int.from_bytes(self.data[4:8], "big")
        said = self.data[8 : 8 + size].decode("utf-8", "replace") or "?"
        if number := _NUMBERS.get(status):
            return OSError(number, os.strerror(number), path)
        return RefusedError(errno.EIO, said, path)


Job = Generator[Sequence[bytes], Sequence[Reply], T]


class _Running(NamedTuple):
    """A job under way: its place among the results, and the replies that it waits for."""

    job: Job[Any]
    place: int
    replies: list[Reply | None]
    left: list[int]


def _text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">I", len(data)) + data


class Sftp:
    """The files of a target, as of `Remote`, through one connection."""

    def __init__(self, target: Target, *, through: Sequence[str] = ()) -> None:
        """Connects; `through` are options that lead through a connection which is there."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (`close` closes it)
        self._root = target.path.removeprefix("~/").rstrip("/") + "/"
        command = [*ssh.call(target), *through, "-s", "--", target.host, "sftp"]
        try:
            self._ssh = subprocess.Popen(  # noqa: S603 (what the administrator wrote down)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said,
                start_new_session=True,  # Ctrl+C is for us; the line is needed to tidy up
            )  # fmt: skip
        except FileNotFoundError as error:
            raise LineLostError(errno.ENOENT, f"{command[0]}: {error.strerror}") from error
        self._to, self._from = _pipe(self._ssh.stdin), _pipe(self._ssh.stdout)
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._out, self._in = bytearray(), bytearray()
        self._number = 0
        self._alive = ""
        self._signed = time.monotonic()
        self._out += struct.pack(">IBI", 5, _INIT, 3)
        self._extensions = self._greeting()
        self.replaces = "posix-rename@openssh.com" in self._extensions
        began = time.monotonic()
        self._one(_REALPATH, _text("."))
        self._files = _MOST if time.monotonic() - began > _NEAR else _FEWEST

    def close(self) -> None:
        """Ends the connection."""
        for stream in (self._ssh.stdin, self._ssh.stdout):
            if stream:
                stream.close()
        try:
            self._ssh.wait(2)
        except subprocess.TimeoutExpired:
            self._ssh.kill()
            self._ssh.wait()
        self._said.close()

    def keep_alive(self, path: str) -> None:
        """As of `Remote`."""
        self._alive = path

    def make_root(self) -> None:
        """Makes the folder of the target, if only it is missing."""
        self._all([self._folder("")], 1)

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
        try:
            self._all([self._put(path, lambda: data, _NEW)], 1)
        except RefusedError:
            if self.sizes([path]) != [None]:
                return False
            raise
        return True

    def touch(self, path: str) -> None:
        """As of `Remote`."""
        self._one(_SETSTAT, self._at(path), _now())

    def stamp(self, path: str) -> int:
        """As of `Remote`."""
        reply = self._ask(_LSTAT, self._at(path))
        return _attributes(reply.data)[2] if reply.kind == _ATTRS else 0

    def names(self, folder: str) -> Mapping[str, int]:
        """As of `Remote`."""
        return self._all([self._names(folder)], 1)[0]

    def sizes(self, paths: Sequence[str]) -> list[int | None]:
        """As of `Remote`."""
        return self._all((self._size(path) for path in paths), _SIMPLE)

    def make_folders(self, folders: Iterable[str]) -> None:
        """As of `Remote`."""
        for level in levels(folders):
            self._all((self._folder(folder) for folder in level), _SIMPLE)

    def put(self, files: Sequence[tuple[Path, str]]) -> None:
        """As of `Remote`."""
        jobs = (self._put(path, source.read_bytes, _REPLACING) for source, path in files)
        self._all(jobs, self._files)

    def link(self, pairs: Sequence[tuple[str, str]]) -> None:
        """As of `Remote`."""
        if "hardlink@openssh.com" not in self._extensions:
            raise OSError(errno.EXDEV, "no hard links", pairs[0][1] if pairs else "")
        self._each((_EXTENDED, _text("hardlink@openssh.com"), old, new) for old, new in pairs)

    def rename(self, pairs: Sequence[tuple[str, str]]) -> None:
        """As of `Remote`; where the server cannot replace, the old file goes right before."""
        if self.replaces:
            ways = ((_EXTENDED, _text("posix-rename@openssh.com"), old, new) for old, new in pairs)
            self._each(ways)
        else:
            self._all((self._removed_and_renamed(old, new) for old, new in pairs), _SIMPLE)

    def remove(self, paths: Sequence[str]) -> None:
        """As of `Remote`."""
        self._all((self._simple(path, (_REMOVE,), missing=True) for path in paths), _SIMPLE)

    def remove_folders(self, folders: Iterable[str]) -> None:
        """As of `Remote`."""
        for level in reversed(levels(folders)):
            self._all((self._try(_RMDIR, self._at(folder)) for folder in level), _SIMPLE)

    def linked(self, path: str) -> str:
        """As of `Remote`."""
        reply = self._ask(_READLINK, self._at(path))
        if reply.status == _MISSING:
            return ""
        if reply.status != _DONE:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        return _named(reply.data)[0][0]

    def switch(self, path: str, goal: str) -> None:
        """As of `Remote`."""
        self.remove([f"{path}.new"])
        # OpenSSH takes the two in the other order than the draft, and all others follow it.
        self._one(_SYMLINK, _text(goal), self._at(f"{path}.new"), path=path)
        self.rename([(f"{path}.new", path)])

    def room(self) -> int | None:
        """As of `Remote`."""
        if "statvfs@openssh.com" not in self._extensions:
            return None
        reply = self._ask(_EXTENDED, _text("statvfs@openssh.com"), _text(self._root))
        if reply.status != _DONE:
            return None
        numbers = struct.unpack(">11Q", reply.data[:88])
        return int(numbers[1] * numbers[4])

    # Jobs.

    def _at(self, path: str) -> bytes:
        return _text(self._root + path if path else self._root)

    def _simple(
        self, path: str, parts: tuple[int, *tuple[bytes, ...]], *, missing: bool = False
    ) -> Job[None]:
        (reply,) = yield (_packet(parts[0], *parts[1:], self._at(path)),)
        if (refusal := reply.refusal(path)) and not (missing and reply.status == _MISSING):
            raise refusal

    def _try(self, kind: int, *parts: bytes) -> Job[Reply]:
        (reply,) = yield (_packet(kind, *parts),)
        return reply

    def _pair(self, kind: int, name: bytes, old: str, new: str) -> Job[None]:
        (reply,) = yield (_packet(kind, name, self._at(old), self._at(new)),)
        if refusal := reply.refusal(new):
            raise refusal

    def _each(self, ways: Iterable[tuple[int, bytes, str, str]]) -> None:
        self._all((self._pair(*way) for way in ways), _SIMPLE)

    def _removed_and_renamed(self, old: str, new: str) -> Job[None]:
        _, reply = yield (
            _packet(_REMOVE, self._at(new)), _packet(_RENAME, self._at(old), self._at(new)),
        )  # fmt: skip
        if refusal := reply.refusal(new):
            raise refusal

    def _folder(self, folder: str) -> Job[None]:
        (reply,) = yield (_packet(_MKDIR, self._at(folder), _FOLDER),)
        if refusal := reply.refusal(folder):
            (found,) = yield (_packet(_STAT, self._at(folder)),)
            if found.kind != _ATTRS or not S_ISDIR(_attributes(found.data)[1]):
                raise refusal

    def _size(self, path: str) -> Job[int | None]:
        (reply,) = yield (_packet(_LSTAT, self._at(path)),)
        if reply.kind == _ATTRS:
            return _size(reply.data)
        if reply.status not in (_MISSING, _FAILURE):  # which is said of a file's inside
            raise reply.refusal(path) or RefusedError(errno.EIO, "?", path)
        return None

    def _put(self, path: str, data_of: Callable[[], bytes], way: bytes) -> Job[None]:
        (opened,) = yield (_packet(_OPEN, self._at(path), way),)
        if refusal := opened.refusal(path):
            raise refusal
        data, handle = data_of(), opened.data
        for start in range(0, len(data) or 1, _PIECE * _AT_ONCE):
            part = memoryview(data)[start : start + _PIECE * _AT_ONCE]
            requests = [
                _packet(
                    _WRITE, handle, struct.pack(">Q", start + place),
                    _text(bytes(part[place : place + _PIECE])),
                )
                for place in range(0, len(part), _PIECE)
            ]  # fmt: skip
            if start + len(part) == len(data):
                requests.append(_packet(_CLOSE, handle))
            for reply in (yield requests):
                if refusal := reply.refusal(path):
                    raise refusal

    def _read(self, path: str) -> Job[bytes | None]:
        (opened,) = yield (_packet(_OPEN, self._at(path), _READING),)
        if opened.status == _MISSING:
            return None
        if refusal := opened.refusal(path):
            raise refusal
        handle, data, size = opened.data, bytearray(), _PIECE
        (found,) = yield (_packet(_FSTAT, handle),)
        if found.kind == _ATTRS:
            size = _attributes(found.data)[0]
        while len(data) < size:
            # A reply may be shorter than what was asked for; then the next turn begins there.
            starts = range(len(data), min(size, len(data) + _PIECE * _AT_ONCE), _PIECE)
            replies = yield [
                _packet(_READ, handle, struct.pack(">QI", start, _PIECE)) for start in starts
            ]
            for reply in replies:
                if reply.kind != _DATA:
                    if reply.status != _END and (refusal := reply.refusal(path)):
                        raise refusal
                    size = 0  # it was cut off meanwhile
                    break
                data += reply.data[4:]
                if len(reply.data) < 4 + _PIECE:
                    break
        yield (_packet(_CLOSE, handle),)
        return bytes(data)

    def _names(self, folder: str) -> Job[Mapping[str, int]]:
        found: dict[str, int] = {}
        (opened,) = yield (_packet(_OPENDIR, self._at(folder)),)
        if opened.status == _MISSING:
            return found
        if refusal := opened.refusal(folder):
            raise refusal
        while True:
            (reply,) = yield (_packet(_READDIR, opened.data),)
            if reply.kind == _STATUS:
                yield (_packet(_CLOSE, opened.data),)
                return found
            found |= {name: size for name, size in _named(reply.data) if name not in (".", "..")}

    # The line.

    def _ask(self, kind: int, *parts: bytes) -> Reply:
        return self._all([self._try(kind, *parts)], 1)[0]

    def _one(self, kind: int, *parts: bytes, path: str = "") -> None:
        if refusal := self._ask(kind, *parts).refusal(path):
            raise refusal

    def _all(self, jobs: Iterable[Job[T]], at_once: int) -> list[T]:
        """What the jobs return, so many of them under way at a time.

        OSError: the first refusal; no job is begun after it, and none is left under way.
        """
        waiting: Iterator[tuple[int, Job[T]]] = iter(enumerate(jobs))
        results: dict[int, T] = {}
        failed: OSError | None = None
        asked: dict[int, tuple[_Running, int]] = {}
        under_way = 0

        def go_on(running: _Running, replies: Sequence[Reply] | None) -> bool:
            """Lets a job take its next turn; whether it goes on."""
            nonlocal failed
            try:
                requests = next(running.job) if replies is None else running.job.send(replies)
            except StopIteration as stop:
                results[running.place] = stop.value
                return False
            except OSError as error:
                failed = failed or error
                return False
            turn = running._replace(replies=[None] * len(requests), left=[len(requests)])
            for place, request in enumerate(requests):
                number = self._send(request)
                asked[number] = turn, place
            return True

        while True:
            while failed is None and under_way < at_once and len(self._out) < _ENOUGH:
                begun = list(islice(waiting, 1))
                if not begun:
                    break
                place, job = begun[0]
                under_way += go_on(_Running(job, place, [], [0]), None)
            if not under_way:
                break
            if self._alive and time.monotonic() - self._signed > HEARTBEAT:
                self._signed = time.monotonic()
                self._send(_packet(_SETSTAT, self._at(self._alive), _now()))
            for number, reply in self._received():
                if number not in asked:
                    continue  # of a sign of life
                running, place = asked.pop(number)
                running.replies[place] = reply
                running.left[0] -= 1
                if running.left[0] == 0:
                    whole = [reply for reply in running.replies if reply is not None]
                    under_way -= not go_on(running, whole)
        if failed is not None:
            raise failed
        return [results[place] for place in range(len(results))]

    def _send(self, request: bytes) -> int:
        self._number = (self._number + 1) & 0xFFFFFFFF
        kind, rest = request[:1], memoryview(request)[1:]
        self._out += struct.pack(">IcI", len(request) + 4, kind, self._number)
        self._out += rest
        return self._number

    def _received(self) -> list[tuple[int, Reply]]:
        """Sends what waits, and the replies that come meanwhile, at least one."""
        found: list[tuple[int, Reply]] = []
        while not found:
            self._exchange()
            packets = self._packets()
            found = [(int.from_bytes(p[1:5], "big"), Reply(p[0], p[5:])) for p in packets]
        return found

    def _greeting(self) -> Mapping[str, bytes]:
        """The extensions that the server has."""
        while not (packets := list(self._packets())):
            self._exchange()
        data, found = packets[0][5:], {}
        while data:
            name, data = _cut(data)
            found[name.decode("utf-8", "replace")], data = _cut(data)
        return found

    def _packets(self) -> Iterator[bytes]:
        start = 0
        while len(self._in) - start >= _LENGTH:
            size = int.from_bytes(self._in[start : start + 4], "big")
            if size > 1 << 24:
                raise LineLostError(errno.EPROTO, "Received message too long")
            if len(self._in) - start < 4 + size:
                break
            yield bytes(self._in[start + 4 : start + 4 + size])
            start += 4 + size
        del self._in[:start]

    def _exchange(self) -> None:
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if self._out:
            poll.register(self._to, select.POLLOUT)
        ready = poll.poll(_SILENCE * 1000)
        if not ready:
            raise self._lost("no answer for a minute")
        for descriptor, _ in ready:
            try:
                if descriptor == self._to:
                    del self._out[: os.write(self._to, memoryview(self._out)[: 1 << 16].tobytes())]
                elif data := os.read(self._from, 1 << 18):
                    self._in += data
                else:
                    raise self._lost("")
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise self._lost("") from error

    def _lost(self, said: str) -> LineLostError:
        try:
            self._ssh.wait(2)
        except subprocess.TimeoutExpired:
            self._ssh.kill()
            self._ssh.wait()
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        told = " ".join(" ".join(lines).split())
        return LineLostError(errno.ECONNRESET, told[-600:] or said or "the connection ended")


def _pipe(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise ValueError("no pipe")
    return stream.fileno()


def _packet(kind: int, *parts: bytes) -> bytes:
    """A request without its number; a handle is sent as it came, with its length."""
    return bytes((kind,)) + b"".join(parts)


def _now() -> bytes:
    now = int(time.time())
    return struct.pack(">III", 8, now, now)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """The text at the beginning, and what comes after it."""
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end], data[end:]


def _attributes(data: bytes) -> tuple[int, int, int, bytes]:
    """Size, permissions and time of modification, and what comes after the attributes."""
    flags, data = int.from_bytes(data[:4], "big"), data[4:]
    size = mode = modified = 0
    if flags & 1:
        size, data = int.from_bytes(data[:8], "big"), data[8:]
    if flags & 2:
        data = data[8:]
    if flags & 4:
        mode, data = int.from_bytes(data[:4], "big"), data[4:]
    if flags & 8:
        modified, data = int.from_bytes(data[4:8], "big"), data[8:]
    if flags & 0x80000000:
        count, data = int.from_bytes(data[:4], "big"), data[4:]
        for _ in range(2 * count):
            _, data = _cut(data)
    return size, mode, modified, data


def _size(data: bytes) -> int:
    size, mode, _, _ = _attributes(data)
    if S_ISREG(mode):
        return size
    return FOLDER if S_ISDIR(mode) else OTHER


def _named(data: bytes) -> list[tuple[str, int]]:
    """The names of a reply, with sizes."""
    count, data = int.from_bytes(data[:4], "big"), data[4:]
    found = []
    for _ in range(count):
        name, data = _cut(data)
        _, data = _cut(data)  # as `ls -l` would say it
        found.append((os.fsdecode(name), _size(data)))
        data = _attributes(data)[3]
    return found
