"""PNG files as browsers take them: what is beside the pixels never makes a sound picture a bad one.

Browsers pass over notes that are long, damaged or old; Pillow refuses the whole picture for them,
or obeys them.  So it is given the chunks alone on which the pixels depend.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_BESIDE: Final = frozenset({b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"eXIf"})
"""Of the chunks that a decoder may pass over those that say how the pixels look."""
_FRAMES: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
"""Those of moving pictures: without them, it would be another picture."""
_LARGEST_PROFILE: Final = 1_000_000
"""Bytes of a colour profile, which Pillow reads no further."""
_SAMPLES: Final = struct.Struct(">H")
_GREY: Final = 0
_KEYS: Final = {_GREY: 1, 2: 3}
"""How many samples a transparent colour has, by PNG's number for what a pixel is."""
_BYTE: Final = 8


class Chunk(NamedTuple):
    """A piece of a PNG file: its name, what it holds, and whether its checksum is right."""

    name: bytes
    data: bytes
    is_sound: bool


def plain(data: bytes) -> bytes:
    """The PNG file `data` with nothing in it but what shows, for Pillow to read.

    A colour that is to be transparent is given in samples of eight bits where Pillow compares it
    with such.  What is damaged or cut off in the pixels stays so.
    """
    if not data.startswith(SIGNATURE):
        return data
    kept: list[bytes] = [SIGNATURE]
    end = len(SIGNATURE)
    depth, kind = _BYTE, _GREY
    for chunk in _chunks(data):
        size = len(chunk.data) + 12
        whole = data[end : end + size]
        end += size
        if chunk.name == b"IHDR":
            depth, kind = chunk.data[8:10].ljust(2, b"\0")
        if chunk.name == b"tRNS" and chunk.is_sound:
            key = _in_bytes(chunk.data, depth, kind)
            kept.append(_written(b"tRNS", key) if key else b"")
        elif _shows(chunk):
            kept.append(whole)
        if chunk.name == b"IEND":
            return b"".join(kept)
    return b"".join((*kept, data[end:]))


def _chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG file that are there as a whole."""
    place = len(SIGNATURE)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        end = place + 12 + length
        if end > len(data):
            return
        name, held = data[place + 4 : place + 8], data[place + 8 : end - 4]
        told = int.from_bytes(data[end - 4 : end], "big")
        yield Chunk(name, held, zlib.crc32(name + held) == told)
        place = end


def _shows(chunk: Chunk) -> bool:
    """Whether the picture looks otherwise without this chunk."""
    if chunk.name[:1].isupper() or chunk.name in _FRAMES:
        return True
    if chunk.name == b"iCCP" and not _is_short(chunk.data):
        return False
    return chunk.name in _BESIDE and chunk.is_sound


def _is_short(profile: bytes) -> bool:
    """Whether a colour profile can be read, and is no larger than Pillow takes it."""
    packed = profile.partition(b"\0")[2][1:]
    try:
        unpacker = zlib.decompressobj()
        unpacker.decompress(packed, _LARGEST_PROFILE)
    except zlib.error:
        return False
    return unpacker.eof


def _in_bytes(key: bytes, depth: int, kind: int) -> bytes:
    """The transparent colour `key` as Pillow compares it with pixels, which are of eight bits but
    for deep grey; b"" where it is cut off.  Of a palette it is none, but opacities.
    """
    if kind not in _KEYS:
        return key
    wanted = _KEYS[kind]
    if len(key) < 2 * wanted:
        return b""
    most = (1 << depth) - 1
    samples = [value & most for (value,) in _SAMPLES.iter_unpack(key[: 2 * wanted])]
    if kind == _GREY and depth in (2, 4):
        samples = [value * 255 // most for value in samples]
    elif kind != _GREY and depth > _BYTE:
        samples = [value >> _BYTE for value in samples]
    return b"".join(map(_SAMPLES.pack, samples))


def _written(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data)
    return len(data).to_bytes(4, "big") + name + data + crc.to_bytes(4, "big")
