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
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar

import msgspec

from generator.base.problems import Problem, problem
from generator.load.kept_list import CHUNK, SEAL, KeptList, sealed, unsealed
from generator.model.article import Body
from generator.model.entry import Record
from generator.site.index import Outline
from generator.site.pages import Page
from generator.templates.context import Question

T = TypeVar("T")

FORMAT: Final = 11
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
    """A `Generation` without its lists, but with a seal of them all."""

    fingerprint: dict[str, bytes] = {}
    arrangement: bytes = b""
    seal: int = 0
    around: bytes = b""


_encode = msgspec.msgpack.Encoder().encode

_LISTS: Final[Mapping[str, Any]] = {
    "outline": tuple[str, tuple[bytes, bytes, bool]], "questions": Question, "digests": bytes,
    "derived": KeptAnswer, "pages": KeptPage, "derived for": int, "asked by derived": bytes,
    "asked by pages": bytes,
}  # fmt: skip
"""What of a `Generation` is kept as lists, and of what they are.

"derived for" are the numbers of the questions that the derived answers answer.  What is "asked by"
others has an item for each chunk of theirs: the numbers of all questions in the traces there,
packed."""

_ASKING: Final = ("derived", "pages")

WRITTEN: Final = "written"
"""What the store knows the files of the output by, as the last build left them."""

_SETTLED: Final = "settled"

_AT_HAND: Final = 1 << 26
"""Bytes of bodies that are kept in memory."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (
  key TEXT, part INTEGER, value BLOB NOT NULL, PRIMARY KEY (key, part)
);
CREATE TABLE IF NOT EXISTS bodies (digest BLOB PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sources (path TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS indexed (
  number INTEGER PRIMARY KEY, digest BLOB NOT NULL, words BLOB NOT NULL
);
"""


_BODY: Final = "SELECT body FROM bodies WHERE digest = ?"
_RECORD: Final = "SELECT record FROM sources WHERE path = ?"
_WORDS: Final = "SELECT words FROM indexed WHERE number = ?"


_decode_record = msgspec.msgpack.Decoder(Record).decode


class Meta:
    """The table of what is remembered by key: values, and lists, read and written in chunks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lists: dict[str, KeptList[Any]] = {}

    def get(self, key: str, kind: type[T], *, part: int = 0) -> T:
        """The value remembered as `key`, or an empty one.

        sqlite3.DatabaseError, msgspec.MsgspecError: it is damaged.
        """
        row = next(self.rows(key, part, part), None)
        return kind() if row is None else msgspec.msgpack.decode(unsealed(row[1]), type=kind)

    def put(self, key: str, value: object, *, part: int = 0) -> bytes:
        """Remembers a value as `key`; its checksum."""
        blob = sealed(_encode(value))
        row = (key, part, blob)
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", row)
        return blob[:SEAL]

    def list(self, key: str, kind: type[T]) -> KeptList[T]:
        """The list remembered as `key`, or an empty one; errors as of `get`."""
        if key not in self._lists:
            self._lists[key] = KeptList(self, key, kind)
        return self._lists[key]

    def lists(self) -> dict[str, KeptList[Any]]:
        """The lists of the previous build's generation, by the names of its fields."""
        found = {key: self.list(key, kind) for key, kind in _LISTS.items()}
        if self.get("generation", _Head).seal != _seal_of(found):
            raise sqlite3.DatabaseError("it is damaged")
        return found

    def generation(self) -> Generation:
        """The previous build's generation; errors as of `get`."""
        head, lists = self.get("generation", _Head), self.lists()
        outline = Outline(head.arrangement, dict(lists["outline"]), head.around)
        found = {
            key: kept.all() for key, kept in lists.items() if key in Generation.__struct_fields__
        }
        return Generation(head.fingerprint, outline, **found)

    def put_generation(self, generation: Generation) -> None:
        """Remembers a generation."""
        lists = {key: self.list(key, kind) for key, kind in _LISTS.items()}
        lists["outline"].put(tuple(generation.site.sources.items()))
        for key in ("questions", "digests"):
            lists[key].put(getattr(generation, key))
        lists["derived for"].put(tuple(kept.question for kept in generation.derived))
        for key in _ASKING:
            items = getattr(generation, key)
            fresh, asked = lists[key].put(items), lists[f"asked by {key}"]
            count = -(-len(items) // CHUNK)
            before = [*asked.all()[:count], *(b"" for _ in range(count - len(asked)))]
            for part in fresh:
                before[part] = _asked(lists[key].chunk(part))
            asked.put(before)
        site = generation.site
        head = _Head(generation.fingerprint, site.arrangement, _seal_of(lists), site.around)
        self.put("generation", head)

    def change_generation(self, changes: Mapping[str, Mapping[int, Any]]) -> None:
        """Remembers items of the generation's lists, by their places, in the place of others."""
        head, lists = self.get("generation", _Head), self.lists()
        for key, items in changes.items():
            fresh = lists[key].change(items)
            if key in _ASKING:
                asked = {part: _asked(lists[key].chunk(part)) for part in fresh}
                lists[f"asked by {key}"].change(asked)
        self.put("generation", msgspec.structs.replace(head, seal=_seal_of(lists)))

    def rows(self, key: str, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """What is remembered as `key` from one part to another, sealed."""
        sql = "SELECT part, value FROM meta WHERE key = ? AND part BETWEEN ? AND ? ORDER BY part"
        return self._connection.execute(sql, (key, first, last))

    def forget(self, key: str, first: int) -> None:
        """Forgets the parts of a list from one on."""
        self._connection.execute("DELETE FROM meta WHERE key = ? AND part >= ?", (key, first))

    @property
    def fingerprint(self) -> dict[str, bytes]:
        """That of the previous build; errors as of `get`."""
        return self.get("generation", _Head).fingerprint

    def record(self, path: str) -> Record:
        """What is known of the source at `path`; errors as of `get`."""
        (blob,) = self._connection.execute(_RECORD, (path,)).fetchone() or (b"",)
        return _decode_record(unsealed(blob))

    def records(self) -> dict[str, Record]:
        """All sources that were read, by path; errors as of `get`."""
        rows = self._connection.execute("SELECT path, record FROM sources")
        return {path: _decode_record(unsealed(blob)) for path, blob in rows}


def _seal_of(lists: Mapping[str, KeptList[Any]]) -> int:
    """What tells that the lists of a generation belong together; 0 where all are empty."""
    seal = 0
    for key in _LISTS:
        seal = zlib.crc32(lists[key].seal.to_bytes(SEAL, "big"), seal) if len(lists[key]) else seal
    return seal


def _asked(kept: Iterable[KeptPage | KeptAnswer]) -> bytes:
    """The numbers of all questions that a chunk of them asks, packed."""
    return array("I", sorted(frozenset().union(*(one.trace for one in kept)))).tobytes()


class Store(Meta):
    """The open store of one portal."""

    def __init__(self, file: Path, connection: sqlite3.Connection, *, renewed: str) -> None:
        super().__init__(connection)
        self.texts = Texts(file)
        self.file = file
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
        path = self.file.parent / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        """Ends the connections; what was not committed is forgotten."""
        self.texts.close()
        self._connection.close()

    def commit(self) -> None:
        """Makes all that was put in last."""
        self._connection.commit()

    def put_records(self, records: Mapping[str, Record], *, keep: Set[str] | None = None) -> None:
        """Remembers `records`, and forgets the sources whose paths are not in `keep`, if given."""
        rows = ((path, sealed(_encode(record))) for path, record in records.items())
        self._connection.executemany("INSERT OR REPLACE INTO sources VALUES (?, ?)", rows)
        known = () if keep is None else self._connection.execute("SELECT path FROM sources")
        gone = [row for row in known if keep is not None and row[0] not in keep]
        self._connection.executemany("DELETE FROM sources WHERE path = ?", gone)
        if records or gone:
            self.forget(_SETTLED, 0)

    @property
    def settled(self) -> bool:
        """Whether the sources are those of which the generation was made."""
        return self.get(_SETTLED, bool)

    def settle(self) -> None:
        """Remembers that they are, until others are put in."""
        self.put(_SETTLED, True)

    def records_hold(self, *texts: bytes) -> bool:
        """Whether one of these texts stands, as it is packed, in what is known of a source."""
        sql = "SELECT 1 FROM sources WHERE instr(record, ?) LIMIT 1"
        return any(self._connection.execute(sql, (text,)).fetchone() for text in texts)

    def body_digests(self) -> frozenset[bytes]:
        """The digests of all bodies."""
        return frozenset(
            digest for (digest,) in self._connection.execute("SELECT digest FROM bodies")
        )

    def put_bodies(self, bodies: Iterable[tuple[bytes, bytes]]) -> None:
        """Remembers packed bodies by digest."""
        rows = ((digest, sealed(body)) for digest, body in bodies)
        self._connection.executemany("INSERT OR REPLACE INTO bodies VALUES (?, ?)", rows)

    def forget_bodies(self, digests: Iterable[bytes]) -> None:
        """Forgets the bodies with those digests."""
        self._connection.executemany("DELETE FROM bodies WHERE digest = ?", ((d,) for d in digests))

    def indexed(self) -> dict[int, bytes]:
        """The digest of each document in the search index, by its number."""
        return dict(self._connection.execute("SELECT number, digest FROM indexed"))

    def indexed_as(self, number: int) -> bytes:
        """The digest of the document with that number; b"" where there is none."""
        sql = "SELECT digest FROM indexed WHERE number = ?"
        row: tuple[bytes] = self._connection.execute(sql, (number,)).fetchone() or (b"",)
        return row[0]

    def words_of(self, numbers: Iterable[int]) -> Iterator[tuple[int, dict[str, int]]]:
        """The words, with their weights, that documents were indexed with.

        sqlite3.DatabaseError, msgspec.MsgspecError: they are damaged.
        """
        for number in numbers:
            (packed,) = self._connection.execute(_WORDS, (number,)).fetchone()
            yield number, _words_decoder.decode(zlib.decompress(unsealed(packed)))

    def put_words(self, documents: Iterable[IndexedWords]) -> None:
        """Remembers what documents are indexed with."""
        rows = ((n, digest, sealed(zlib.compress(_encode(w), 1))) for n, digest, w in documents)
        self._connection.executemany("INSERT OR REPLACE INTO indexed VALUES (?, ?, ?)", rows)

    def forget_words(self, numbers: Iterable[int]) -> None:
        """Forgets documents that are in the index no longer."""
        rows = ((number,) for number in numbers)
        self._connection.executemany("DELETE FROM indexed WHERE number = ?", rows)

    def forget_indexed(self) -> None:
        """Forgets all documents of the index."""
        self._connection.execute("DELETE FROM indexed")


class LostError(sqlite3.DatabaseError, LookupError):
    """A body or a source is not in the store, where it should be: the store is damaged."""


class Texts:
    """The bodies and sources in a store, to be read in any process: each opens the file itself."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process = 0
        self._connection: sqlite3.Connection
        self._at_hand: OrderedDict[bytes, bytes] = OrderedDict()
        self._room = _AT_HAND

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self._file,)  # an open connection does not travel

    def keep_at_hand(self, digest: bytes, body: bytes) -> None:
        """Keeps a packed body in memory as well, until others have come: one just made is soon on a
        page, whatever has become of the store meanwhile."""
        self._room += len(self._at_hand.pop(digest, b"")) - len(body)
        self._at_hand[digest] = body
        while self._room < 0:
            self._room += len(self._at_hand.popitem(last=False)[1])

    def __call__(self, digest: bytes) -> Body:
        """The body with that digest of its text; `LostError` where there is none, or none whole."""
        if (at_hand := self._at_hand.get(digest)) is not None:
            return _body_decoder.decode(at_hand)
        return self._one(_BODY, digest, _body_decoder.decode)

    def record(self, path: str) -> Record:
        """What is known of the source at `path`; errors as for a body."""
        return self._one(_RECORD, path, _decode_record)

    def _one(self, sql: str, key: str | bytes, decode: Callable[[memoryview], T]) -> T:
        if self._process != os.getpid():
            self._connection = sqlite3.connect(self._file, check_same_thread=False)
            self._process = os.getpid()
        row = self._connection.execute(sql, (key,)).fetchone()
        try:
            return decode(unsealed(row[0]))
        except (TypeError, msgspec.MsgspecError, sqlite3.DatabaseError) as error:
            raise LostError(str(key)) from error

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
