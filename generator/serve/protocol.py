"""What the two processes of the preview say to each other, and how.

The *server* talks to browsers and hears which files change; the *backend* knows the portal and
makes its pages.  So a long build keeps no browser waiting for an answer, a layout that never ends
can be ended, and the backend, having one thread, may fork workers.

Each message is a frame: its length in four bytes, then the packed value.
"""

from typing import IO, Final, TypeAlias

import msgspec

from generator.base.problems import Problem
from generator.base.words import Language


class Opening(msgspec.Struct, frozen=True, tag=True):
    """Which portal to show: the nearest one upward from `folder`, or the one there if `exact`.

    `at` is the moment as a user wrote it, "" is now.
    """

    folder: str
    exact: bool
    at: str
    drafts: bool
    jobs: int


class Look(msgspec.Struct, frozen=True, tag=True):
    """Take in what changed: the files at `paths`, or whatever did if `all`."""

    paths: tuple[str, ...] = ()
    all: bool = False


class GoOn(msgspec.Struct, frozen=True, tag=True):
    """Do a little of what can wait."""


class Ask(msgspec.Struct, frozen=True, tag=True):
    """What does a browser get that asks for `path`, in this language, of the server at `host`?"""

    path: str
    host: str
    language: Language


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The portal is found: the folder with portal.toml."""

    root: str


class Refused(msgspec.Struct, frozen=True, tag=True):
    """There is nothing that could be shown, now or later."""

    problems: tuple[Problem, ...]


class News(msgspec.Struct, frozen=True, tag=True):
    """How things are.

    `token` is another one whenever a page may be.  `changed` are the files, as a user would call
    them, that were taken in, in so many `seconds`; `problems` all mistakes there are now, and
    `warnings` all warnings, those of an archive that is being read once all of it is.
    `folders` are to be watched.  `due` is the POSIX time at which pages change by themselves, or 0.
    `more`: there is something left that can wait.
    """

    token: str
    ready: bool
    changed: tuple[str, ...]
    seconds: float
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    articles: int
    folders: tuple[str, ...]
    due: float
    more: bool


class Answer(msgspec.Struct, frozen=True, tag=True):
    """What a browser gets.  `lasting`: there will never be anything else at this address."""

    token: str
    status: int
    kind: str
    data: bytes
    location: str = ""
    lasting: bool = False


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The backend made a mistake of its own; `report` is for whoever mends it."""

    report: str


Request: TypeAlias = Opening | Look | GoOn | Ask
Reply: TypeAlias = Opened | Refused | News | Answer | Failed

_HEAD: Final = 4
_encode = msgspec.msgpack.Encoder().encode
_decode_request = msgspec.msgpack.Decoder(Request).decode
_decode_reply = msgspec.msgpack.Decoder(Reply).decode


def send(stream: IO[bytes], message: Request | Reply) -> None:
    """Writes a message.  OSError: nobody reads any more."""
    data = _encode(message)
    stream.write(len(data).to_bytes(_HEAD, "big") + data)
    stream.flush()


def next_request(stream: IO[bytes]) -> Request | None:
    """The next request; None when the server is gone."""
    data = _frame(stream)
    return None if data is None else _decode_request(data)


def next_reply(stream: IO[bytes]) -> Reply | None:
    """The next reply; None when the backend is gone."""
    data = _frame(stream)
    return None if data is None else _decode_reply(data)


def _frame(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_HEAD)
    if len(head) < _HEAD:
        return None
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return data if len(data) == length else None
