"""An SFTP session, version 3, spoken through OpenSSH's client: many requests at once.

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
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from stat import S_ISDIR, S_ISREG
from typing import IO, Any, Final, NamedTuple, TypeVar

from generator.deploy.remote import (
    FOLDER,
    HEARTBEAT,
    OTHER,
    LineLostError,
    NotInstalledError,
    RefusedError,
)

T = TypeVar("T")

INIT, SETSTAT = 1, 9
STATUS, DATA, ATTRS = 101, 103, 105
DONE, END, MISSING, _FORBIDDEN, FAILURE = 0, 1, 2, 3, 4
_NUMBERS: Final = {
    MISSING: errno.ENOENT, _FORBIDDEN: errno.EACCES, 8: errno.EOPNOTSUPP,
    5: errno.ENAMETOOLONG,  # OpenSSH calls that a bad message
}  # fmt: skip

_LENGTH: Final = 4
"""Bytes that say how long a packet is."""
_LONGEST: Final = 1 << 24
"""More than a packet ever has; text that somebody prints there looks like such a length."""
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
        return int.from_bytes(self.data[:4], "big") if self.kind == STATUS else DONE

    def refusal(self, path: str) -> OSError | None:
        """What is to be raised if it is one."""
        status = self.status
        if status == DONE:
            return None
        size = int.from_bytes(self.data[4:8], "big")
        said = self.data[8 : 8 + size].decode("utf-8", "replace") or "?"
        if number := _NUMBERS.get(status):
            return OSError(number, os.strerror(number), path)
        return RefusedError(errno.EIO, said, path)


Job = Generator[Sequence[bytes], Sequence[Reply], T]


class _Running(NamedTuple):
    """A job under way: its place among the results, the replies to its last requests by their
    places, and how many these were."""

    job: Job[Any]
    place: int
    replies: dict[int, Reply]
    asked: int


def text(value: str | bytes) -> bytes:
    """Text, or other bytes, with their length before them."""
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">I", len(data)) + data


class Session:
    """A session that is open until it is closed.

    OSError, in each method: what the server refuses, or, as LineLostError, that the line broke.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Opens the one that `command` leads to."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (`close` closes it)
        try:
            self._ssh = subprocess.Popen(  # noqa: S603 (what the administrator wrote down)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said,
                start_new_session=True,  # Ctrl+C is for us; the line is needed to tidy up
            )  # fmt: skip
        except FileNotFoundError as error:
            self._said.close()
            raise NotInstalledError(errno.ENOENT, "", command[0]) from error
        self._to, self._from = _pipe(self._ssh.stdin), _pipe(self._ssh.stdout)
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._out, self._in = bytearray(), bytearray()
        self._number = 0
        self._alive = b""
        self._signed = time.monotonic()
        self._out += struct.pack(">IBI", 5, INIT, 3)
        try:
            self.extensions = self._greeting()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Ends the connection."""
        for stream in (self._ssh.stdin, self._ssh.stdout):
            if stream:
                stream.close()
        self._wait()
        self._said.close()

    def _wait(self) -> None:
        """Until the client has ended, which it is given two seconds for."""
        try:
            self._ssh.wait(2)
        except subprocess.TimeoutExpired:
            self._ssh.kill()
            self._ssh.wait()

    def tell(self, request: bytes) -> None:
        """Sends a request, sooner or later, whose reply nobody waits for."""
        self._send(request)

    def keep_alive(self, name: bytes) -> None:
        """From now on touches the file of that name now and then while jobs run; b"": no more."""
        self._alive = name

    def run(self, jobs: Iterable[Job[T]], at_once: int) -> list[T]:
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
            turn = running._replace(replies={}, asked=len(requests))
            for place, request in enumerate(requests):
                number = self._send(request)
                asked[number] = turn, place
            return True

        while True:
            while failed is None and under_way < at_once and len(self._out) < _ENOUGH:
                if not (begun := next(waiting, None)):
                    break
                under_way += go_on(_Running(begun[1], begun[0], {}, 0), None)
            if not under_way:
                break
            if self._alive and time.monotonic() - self._signed > HEARTBEAT:
                self._signed = time.monotonic()
                self._send(packet(SETSTAT, self._alive, now()))
            for number, reply in self._received():
                if number not in asked:
                    continue  # of a sign of life, or of what nobody waits for
                running, place = asked.pop(number)
                running.replies[place] = reply
                if len(running.replies) == running.asked:
                    whole = [running.replies[place] for place in range(running.asked)]
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
            name, data = cut(data)
            found[name.decode("utf-8", "replace")], data = cut(data)
        return found

    def _packets(self) -> Iterator[bytes]:
        start = 0
        while len(self._in) - start >= _LENGTH:
            size = int.from_bytes(self._in[start : start + 4], "big")
            if size > _LONGEST:
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
        self._wait()
        self._said.seek(0)
        told = " ".join(self._said.read().decode("utf-8", "replace").split())
        return LineLostError(errno.ECONNRESET, told[-3000:] or said or "the connection ended")


def _pipe(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise ValueError("no pipe")
    return stream.fileno()


def packet(kind: int, *parts: bytes) -> bytes:
    """A request without its number; a handle is sent as it came, with its length."""
    return bytes((kind,)) + b"".join(parts)


def now() -> bytes:
    """The attributes that set both times of a file."""
    now = int(time.time())
    return struct.pack(">III", 8, now, now)


def cut(data: bytes) -> tuple[bytes, bytes]:
    """The text at the beginning, and what comes after it."""
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end], data[end:]


def attributes(data: bytes) -> tuple[int, int, int, bytes]:
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
            _, data = cut(data)
    return size, mode, modified, data


def size_of(data: bytes) -> int:
    """The size that attributes tell, as `Remote` tells it."""
    size, mode, _, _ = attributes(data)
    if S_ISREG(mode):
        return size
    return FOLDER if S_ISDIR(mode) else OTHER


def named(data: bytes) -> list[tuple[str, int]]:
    """The names of a reply, with sizes."""
    count, data = int.from_bytes(data[:4], "big"), data[4:]
    found = []
    for _ in range(count):
        name, data = cut(data)
        _, data = cut(data)  # as `ls -l` would say it
        found.append((os.fsdecode(name), size_of(data)))
        data = attributes(data)[3]
    return found
