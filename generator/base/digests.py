"""Digests: short names for bytes and for values, the same in every process and on every machine."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

SIZE: Final = 16
"""Bytes of a digest: 128 bits, no two of the values of one portal will ever share one."""

_encode = msgspec.msgpack.Encoder().encode


def of_bytes(data: bytes) -> bytes:
    """The digest of some bytes."""
    # Today's processors have instructions for SHA-256: nothing that is in Python is as fast.
    return sha256(data).digest()[:SIZE]


def of_alike(one: bytes, other: bytes, common: int) -> tuple[bytes, bytes]:
    """The digests of bytes whose first `common` ones are the same, which are read once."""
    first = sha256(memoryview(one)[:common])
    second = first.copy()
    first.update(memoryview(one)[common:])
    second.update(memoryview(other)[common:])
    return first.digest()[:SIZE], second.digest()[:SIZE]


class Running:
    """The digest of bytes that come piece by piece."""

    def __init__(self) -> None:
        self._hash = sha256()
        self.add = self._hash.update

    def value(self) -> bytes:
        """The digest of all that was added so far."""
        return self._hash.digest()[:SIZE]


def of_pieces(pieces: Iterable[bytes]) -> bytes:
    """The digest of some bytes that come piece by piece."""
    whole = Running()
    for piece in pieces:
        whole.add(piece)
    return whole.value()


def of_value(value: object) -> bytes:
    """The digest of a frozen value that msgspec can pack.

    Equal values have equal digests, but maps only with the same order: a layout may show it.
    """
    return of_bytes(_encode(value))
