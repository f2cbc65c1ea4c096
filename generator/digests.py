"""Digests: short names for bytes and for values, the same in every process and on every machine."""

from hashlib import blake2b
from typing import Final

import msgspec

SIZE: Final = 16
"""Bytes of a digest: 128 bits, no two of the values of one portal will ever share one."""

_encode = msgspec.msgpack.Encoder().encode


def of_bytes(data: bytes) -> bytes:
    """The digest of some bytes."""
    return blake2b(data, digest_size=SIZE).digest()


def of_value(value: object) -> bytes:
    """The digest of a frozen value that msgspec can pack.

    Equal values have equal digests, but maps only with the same order: a layout may show it.
    """
    return blake2b(_encode(value), digest_size=SIZE).digest()
