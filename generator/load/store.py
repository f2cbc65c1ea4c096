"""The store: what is remembered between builds, in one SQLite file that may be deleted any time.

Sources are kept by path with the digest of their bytes, bodies by the digest of their text, and the
previous build's traces as one `Generation`.  All of it is held against what is there, so that
even the store of another portal does no harm.  One of another version, or a damaged one, is thrown
away.
"""

import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar

import msgspec

from generator.base.problems import Problem, problem
from generator.model.article import Body
from generator.model.entry import Record
from generator.site.index import Outline
from generator.site.pages import Page
from generator.templates.context import Question

T = TypeVar("T")

FORMAT: Final = 9
"""Changes whenever what is written here changes its shape."""

FOLDER: Final = ".stadtschreiber"
"""The store's folder, beside portal.toml."""


class KeptPage(msgspec.Struct, frozen=True, array_like=True):
    """A page of the previous build, its trace as places in `Generation.questions`, and warnings.

    `offsets` are packed: few of them are needed again.
    """

    page: Page
    trace: tuple[int, ...]
    problems: tuple[Problem, ...]
    offsets: bytes


class KeptAnswer(msgspec.Struct, frozen=True, array_like=True):
    """A derived answer of the previous build; `question` and `trace` as in `KeptPage`."""

    question: int
    trace: tuple[int, ...]
    digest: bytes
    value: str | tuple[str, ...]


class Generation(msgspec.Struct, frozen=True, array_like=True):
    """The queries of the previous build, and the digests of their answers.

    `digests[n]` is that of the answer to `questions[n]`.  It holds for the `fingerprint` (digests
    of the generator and of the settings) and for the `site` with that outline.  All questions are
    asked by a page or a derived answer.
    """

    fingerprint: dict[str, bytes] = {}
    site: Outline = Outline()
    questions: tuple[Question, ...] = ()
    digests: tuple[bytes, ...] = ()
    derived: tuple[KeptAnswer, ...] = ()
    pages: tuple[KeptPage, ...] = ()


class IndexedWords(NamedTuple):
    """What the search index was told of a document: its number there, the digest of all that it
    was, its words with their weights."""

    number: int
    digest: bytes
    weights: dict[str, int]


_body_decoder = msgspec.msgpack.Decoder(Body)
_words_decoder = msgspec.msgpack.Decoder(dict[str, int])


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """A `Generation` without its lists, but with the seals of all their chunks."""

    fingerprint: dict[str, bytes] = {}
    site: Outline = Outline()
    seal: bytes = b""


class _Chunk(NamedTuple):
    """A part of a list, and its checksum in the store."""

    items: tuple[Any, ...]
    seal: bytes


_encode = msgspec.msgpack.Encoder().encode

_SEAL: Final = 4
"""Bytes of the checksum before each value."""

_CHUNK: Final = 256
"""So many items of a list are written at once: mostly a few of them are others than before."""

_LISTS: Final[Mapping[str, Any]] = {
    "questions": Question, "digests": bytes, "derived": KeptAnswer, "pages": KeptPage,
}  # fmt: skip
"""What of a `Generation` is kept as lists, and of what they are."""

_AT_HAND: Final = 1 << 26
"""Bytes of bodies that are kept in memory."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (
  key TEXT, part INTEGER, value BLOB NOT NULL, PRIMARY KEY (key, part)
);
CREATE TABLE IF NOT EXISTS bodies (digest BLOB PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS indexed (
  number INTEGER PRIMARY KEY, digest BLOB NOT NULL, words BLOB NOT NULL
);
"""


_BODY: Final = "SELECT body FROM bodies WHERE digest = ?"
_WORDS: Final = "SELECT words FROM indexed WHERE number = ?"


class Meta:
    """The table of what is remembered by key: values, and lists, read and written in chunks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._chunks: dict[str, list[_Chunk]] = {}

    def get(self, key: str, kind: type[T]) -> T:
        """The value remembered as `key`, or an empty one.

        sqlite3.DatabaseError, msgspec.MsgspecError: it is damaged.
        """
        packed = next(self._packed(key), None)
        return kind() if packed is None else msgspec.msgpack.decode(packed[0], type=kind)

    def put(self, key: str, value: object) -> None:
        """Remembers a value as `key`."""
        self._write(key, 0, value)

    def get_list(self, key: str, kind: type[T]) -> tuple[T, ...]:
        """The list remembered as `key`, or an empty one; errors as of `get`."""
        # `kind` is a type as well as a value, which mypy does not know of a variable.
        decode = msgspec.msgpack.Decoder(tuple[kind, ...]).decode  # type: ignore[valid-type]
        self._chunks[key] = [_Chunk(decode(packed), seal) for packed, seal in self._packed(key)]
        return tuple(chain.from_iterable(chunk.items for chunk in self._chunks[key]))

    def put_list(self, key: str, items: Sequence[object]) -> None:
        """Remembers a list as `key`; writes only those chunks of it that are others than before."""
        chunks = self._chunks.get(key, [])
        count = -(-len(items) // _CHUNK)
        for place in range(count):
            chunk = tuple(items[place * _CHUNK : (place + 1) * _CHUNK])
            # Most items are the very same as before, which is soon seen.
            if place >= len(chunks) or chunks[place].items != chunk:
                chunks[place : place + 1] = [_Chunk(chunk, self._write(key, place, chunk))]
        self._connection.execute("DELETE FROM meta WHERE key = ? AND part >= ?", (key, count))
        self._chunks[key] = chunks[:count]

    def generation(self) -> Generation:
        """The previous build's generation; errors as of `get`."""
        head = self.get("generation", _Head)
        lists = {key: self.get_list(key, kind) for key, kind in _LISTS.items()}
        if head.seal != self._seal_of_lists():
            raise sqlite3.DatabaseError("it is damaged")  # a chunk is lost, or another's
        return Generation(head.fingerprint, head.site, **lists)

    def put_generation(self, generation: Generation) -> None:
        """Remembers a generation."""
        for key in _LISTS:
            self.put_list(key, getattr(generation, key))
        head = _Head(generation.fingerprint, generation.site, self._seal_of_lists())
        self.put("generation", head)

    def _seal_of_lists(self) -> bytes:
        """What tells that the lists of a generation belong together; b"" where all are empty."""
        return b"".join(chunk.seal for key in _LISTS for chunk in self._chunks[key])

    def _packed(self, key: str) -> Iterator[tuple[memoryview, bytes]]:
        # One after the other: memory that was used already is quicker than new one.
        sql = "SELECT value FROM meta WHERE key = ? ORDER BY part"
        rows = self._connection.execute(sql, (key,))
        return ((unsealed(blob), blob[:_SEAL]) for (blob,) in rows)

    def _write(self, key: str, part: int, value: object) -> bytes:
        sealed = _sealed(_encode(value))
        row = (key, part, sealed)
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", row)
        return sealed[:_SEAL]


class Store(Meta):
    """The open store of one portal."""

    def __init__(self, file: Path, connection: sqlite3.Connection, *, renewed: str) -> None:
        super().__init__(connection)
        self.texts = Texts(file)
        self._records: dict[str, tuple[str, Record]] = {}
        self._file = file
        self.renewed = renewed
        """Why an older store was thrown away, or ""."""

    @classmethod
    def open(cls, file: Path, *, clean: bool = False) -> Self:
        """The store in `file`, made new where there is none that can be used, or if `clean`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        renewed = ""
        if not clean:
            try:
                return cls(file, _connect(file), renewed="")
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if is_whole(error):
                    raise
                renewed = str(error)  # a message that quotes what is damaged may be no text
        for leftover in file.parent.glob(file.name + "*"):
            leftover.unlink()
        return cls(file, _connect(file), renewed=renewed)

    def folder(self, name: str) -> Path:
        """A folder beside the store for what libraries keep in files; it may be deleted, too."""
        path = self._file.parent / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        """Ends the connections; what was not committed is forgotten."""
        self.texts.close()
        self._connection.close()

    def commit(self) -> None:
        """Makes all that was put in last."""
        self._connection.commit()

    def records(self) -> dict[str, Record]:
        """All sources that were read, by path."""
        self._records = {pair[0]: pair for pair in self.get_list("sources", tuple[str, Record])}
        return dict(self._records.values())

    def put_records(self, records: Mapping[str, Record], *, keep: Set[str]) -> None:
        """Remembers `records`, and forgets the sources at paths that are not in `keep`."""
        kept = {path: pair for path, pair in self._records.items() if path in keep}
        fresh = {path: (path, record) for path, record in records.items()}
        self._records = {**kept, **fresh}  # new ones come last, so that the others stay in place
        self.put_list("sources", tuple(self._records.values()))

    def body_digests(self) -> frozenset[bytes]:
        """The digests of all bodies."""
        return frozenset(
            digest for (digest,) in self._connection.execute("SELECT digest FROM bodies")
        )

    def put_bodies(self, bodies: Iterable[tuple[bytes, bytes]]) -> None:
        """Remembers packed bodies by digest."""
        rows = ((digest, _sealed(body)) for digest, body in bodies)
        self._connection.executemany("INSERT OR REPLACE INTO bodies VALUES (?, ?)", rows)

    def forget_bodies(self, digests: Iterable[bytes]) -> None:
        """Forgets the bodies with those digests."""
        self._connection.executemany("DELETE FROM bodies WHERE digest = ?", ((d,) for d in digests))

    def indexed(self) -> dict[int, bytes]:
        """The digest of each document in the search index, by its number."""
        return dict(self._connection.execute("SELECT number, digest FROM indexed"))

    def words_of(self, numbers: Iterable[int]) -> Iterator[tuple[int, dict[str, int]]]:
        """The words, with their weights, that documents were indexed with.

        sqlite3.DatabaseError, msgspec.MsgspecError: they are damaged.
        """
        for number in numbers:
            (packed,) = self._connection.execute(_WORDS, (number,)).fetchone()
            yield number, _words_decoder.decode(zlib.decompress(unsealed(packed)))

    def put_words(self, documents: Iterable[IndexedWords]) -> None:
        """Remembers what documents are indexed with."""
        rows = ((n, digest, _sealed(zlib.compress(_encode(w), 1))) for n, digest, w in documents)
        self._connection.executemany("INSERT OR REPLACE INTO indexed VALUES (?, ?, ?)", rows)

    def forget_words(self, numbers: Iterable[int]) -> None:
        """Forgets documents that are in the index no longer."""
        rows = ((number,) for number in numbers)
        self._connection.executemany("DELETE FROM indexed WHERE number = ?", rows)

    def forget_indexed(self) -> None:
        """Forgets all documents of the index."""
        self._connection.execute("DELETE FROM indexed")


def unsealed(blob: bytes) -> memoryview:
    """What was put into the store, if it is still whole; sqlite3.DatabaseError if it is not.

    SQLite itself does not notice when bytes within its pages become others.
    """
    data = memoryview(blob)[_SEAL:]
    if len(blob) < _SEAL or zlib.crc32(data) != int.from_bytes(blob[:_SEAL], "big"):
        raise sqlite3.DatabaseError("it is damaged")
    return data


def _sealed(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_SEAL, "big") + data


class LostError(sqlite3.DatabaseError, LookupError):
    """A body is not in the store, where it should be: the store is damaged."""


class Texts:
    """The bodies in a store, to be read in any process: each opens the file for itself."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process = 0
        self._connection: sqlite3.Connection
        self._at_hand: dict[bytes, bytes] = {}
        self._room = _AT_HAND

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self._file,)  # an open connection does not travel

    def keep_at_hand(self, digest: bytes, body: bytes) -> None:
        """Keeps a packed body in memory as well, until others have come: one just made is soon on a
        page, whatever has become of the store meanwhile."""
        self._room += len(self._at_hand.pop(digest, b"")) - len(body)
        self._at_hand[digest] = body
        while self._room < 0:
            self._room += len(self._at_hand.pop(next(iter(self._at_hand))))

    def __call__(self, digest: bytes) -> Body:
        """The body with that digest of its text; `LostError` where there is none, or none whole."""
        if (at_hand := self._at_hand.get(digest)) is not None:
            return _body_decoder.decode(at_hand)
        if self._process != os.getpid():
            self._connection = sqlite3.connect(self._file, check_same_thread=False)
            self._process = os.getpid()
        row = self._connection.execute(_BODY, (digest,)).fetchone()
        if row is None:
            raise LostError(digest.hex())
        try:
            return _body_decoder.decode(unsealed(row[0]))
        except (msgspec.MsgspecError, sqlite3.DatabaseError) as error:
            raise LostError(digest.hex()) from error

    def close(self) -> None:
        """Ends this process's connection; the next call opens another."""
        if self._process == os.getpid():
            self._connection.close()
            self._process = 0


def is_whole(error: Exception) -> bool:
    """Whether the store is not damaged where SQLite says this: it cannot be written, or not now."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _REFUSED or code in _BROKEN_OFF


def unusable(error: sqlite3.DatabaseError, folder: Path) -> Problem:
    """Why the store in `folder` cannot be used, as users are told."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_FULL or _is_full(folder):
        return problem("disk-full", str(folder))
    if code in _BROKEN_OFF:  # SQLite does not say what the system said
        return problem("system-refuses", str(folder), reason=error)
    return problem("not-writable", str(folder), reason=error)


def _is_full(folder: Path) -> bool:
    """Whether there is no room for the index of SQLite's log, which it calls another error."""
    try:
        return shutil.disk_usage(folder).free < _LOG
    except OSError:  # somebody has deleted it
        return False


_LOG: Final = 1 << 16
"""Bytes that SQLite's log and its index grow by at a time, and some more."""

_REFUSED: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_NOMEM}
)
_BROKEN_OFF: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_NOMEM,
    }
)  # fmt: skip
"""What SQLite says where the system refuses: for lack of room, by a quota or a limit."""


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=60, check_same_thread=False)
    try:
        # The store may be lost at any time, so it need not survive a loss of power.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA cache_size = -16000")
        connection.executescript(_TABLES)
        identity = f"Stadtschreiber {FORMAT}".encode()
        found = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
        if found is None:
            connection.execute("INSERT INTO meta VALUES ('identity', 0, ?)", (identity,))
        elif found[0] != identity:
            raise sqlite3.DatabaseError("it is of another version")
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection
