"""A list in the store, read and written in chunks, each with a checksum."""

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final, TypeVar, overload

import msgspec

if TYPE_CHECKING:
    from generator.load.store import Meta

T = TypeVar("T")

SEAL: Final = 4
"""Bytes of the checksum before each value."""

CHUNK: Final = 256
"""So many items of a list are written at once: mostly a few of them are others than before."""

_DIRECTORY: Final = -1
"""The part of a list that holds its directory."""


class _Directory(msgspec.Struct, frozen=True, array_like=True):
    """How many items a list has, and the checksums of its chunks, one behind the other."""

    length: int = 0
    seals: bytes = b""


class KeptList(Sequence[T]):
    """A list in the store; what of it is asked for is read, and kept, chunk by chunk.

    sqlite3.DatabaseError, msgspec.MsgspecError, where something is asked for: it is damaged.
    """

    def __init__(self, meta: "Meta", key: str, kind: type[T]) -> None:
        self._meta = meta
        self._key = key
        # `kind` is a type as well as a value, which mypy does not know of a variable.
        self._decode = msgspec.msgpack.Decoder(tuple[kind, ...]).decode  # type: ignore[valid-type]
        directory = meta.get(key, _Directory, part=_DIRECTORY)
        self._length = directory.length
        self._seals = bytearray(directory.seals)
        self._chunks: dict[int, tuple[T, ...]] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return self.all()[place]
        return self.chunk(place // CHUNK)[place % CHUNK]

    def __iter__(self) -> Iterator[T]:
        return iter(self.all())

    def all(self) -> tuple[T, ...]:
        """All items."""
        count = -(-self._length // CHUNK)
        if len(self._chunks) < count:
            for part, data in self.packed():
                if part not in self._chunks:
                    self._chunks[part] = self._decode(data)
        return tuple(chain.from_iterable(self._chunks[part] for part in range(count)))

    def chunk(self, part: int) -> tuple[T, ...]:
        """The items of one chunk."""
        if part not in self._chunks:
            ((_, data),) = self.packed(part)
            self._chunks[part] = self._decode(data)
        return self._chunks[part]

    def packed(self, *parts: int) -> Iterator[tuple[int, memoryview]]:
        """Chunks as they lie in the store, with their places: of all, or those `parts`."""
        wanted = parts or range(-(-self._length // CHUNK))
        if not wanted:
            return
        # One after the other: memory that was used already is quicker than new one.
        rows = self._meta.rows(self._key, wanted[0], wanted[-1])
        for part, (found, blob) in zip_longest(wanted, rows, fillvalue=(_DIRECTORY, b"")):
            if part != found or blob[:SEAL] != self._seals[part * SEAL : (part + 1) * SEAL]:
                raise sqlite3.DatabaseError("it is damaged")  # a chunk is lost, or another's
            yield part, unsealed(blob)

    def parts_with(self, *texts: bytes) -> list[int]:
        """The chunks that hold one of these texts as it is packed, or what looks so."""
        return [part for part, data in self.packed() if any(map(bytes(data).__contains__, texts))]

    def put(self, items: Sequence[T]) -> list[int]:
        """Makes it consist of `items`; writes only those chunks that are others than it knows, and
        says which."""
        count = -(-len(items) // CHUNK)
        chunks = (tuple(items[part * CHUNK : (part + 1) * CHUNK]) for part in range(count))
        # Most items are the very same as before, which is soon seen.
        fresh = {n: chunk for n, chunk in enumerate(chunks) if self._chunks.get(n) != chunk}
        self._meta.forget(self._key, count)
        self._write(fresh, len(items))
        return list(fresh)

    def change(self, items: Mapping[int, T]) -> list[int]:
        """Puts items in the place of others, and new ones behind; as `put`."""
        length = max(self._length, *(place + 1 for place in items)) if items else self._length
        fresh: dict[int, list[T]] = {}
        for place, item in sorted(items.items()):
            part = place // CHUNK
            if part not in fresh:
                fresh[part] = list(self.chunk(part)) if part * CHUNK < self._length else []
            fresh[part][place % CHUNK : place % CHUNK + 1] = [item]
        self._write({part: tuple(chunk) for part, chunk in fresh.items()}, length)
        return list(fresh)

    def _write(self, chunks: Mapping[int, tuple[T, ...]], length: int) -> None:
        for part, chunk in chunks.items():
            seal = self._meta.put(self._key, chunk, part=part)
            self._seals[part * SEAL : (part + 1) * SEAL] = seal
        self._chunks.update(chunks)
        if chunks or length != self._length:
            count = -(-length // CHUNK)
            self._chunks = {part: chunk for part, chunk in self._chunks.items() if part < count}
            self._length, self._seals = length, self._seals[: count * SEAL]
            directory = _Directory(length, bytes(self._seals))
            self._meta.put(self._key, directory, part=_DIRECTORY)

    @property
    def seals(self) -> tuple[bytes, ...]:
        """The checksums of its chunks."""
        return tuple(bytes(self._seals[n : n + SEAL]) for n in range(0, len(self._seals), SEAL))

    @property
    def seal(self) -> int:
        """What tells it from what it was before."""
        return zlib.crc32(self._seals, self._length)


def unsealed(blob: bytes) -> memoryview:
    """What was put into the store, if it is still whole; sqlite3.DatabaseError if it is not.

    SQLite itself does not notice when bytes within its pages become others.
    """
    data = memoryview(blob)[SEAL:]
    if len(blob) < SEAL or zlib.crc32(data) != int.from_bytes(blob[:SEAL], "big"):
        raise sqlite3.DatabaseError("it is damaged")
    return data


def sealed(data: bytes) -> bytes:
    """`data` as it is put into the store: behind its checksum."""
    return zlib.crc32(data).to_bytes(SEAL, "big") + data
