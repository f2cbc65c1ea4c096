"""The files in which groups of words lie: which group in which file, and what a file looks like.

The format stands in assets/js/search-index.js.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

FULL: Final = 24_000
"""Bytes of a shard, above which it is divided if it can be."""

SHARE: Final = FULL // 4
"""Bytes of words with a common beginning that are worth a shard of their own."""

_NAMED: Final = 8
"""Bytes that a word takes beside its postings, more or less."""

_LOW: Final = 127
"""The seven bits of a byte that count; the eighth says that another byte follows."""


class Word(NamedTuple):
    """A word's postings, packed, and of how many documents they are."""

    documents: int
    postings: bytes


class Group(NamedTuple):
    """The words that have one stem, and the compounds of which one of these is a part."""

    forms: dict[str, Word]
    compounds: dict[str, Word]

    @property
    def weight(self) -> int:
        """How many bytes it takes, more or less."""
        return sum(len(word.postings) + _NAMED for words in self for word in words.values())


def prefixes(weights: Mapping[str, int]) -> list[str]:
    """The beginnings of stems that have shards of their own, "" for all others among them.

    A function of how many bytes the group of each stem takes.
    """
    stems = sorted(weights)
    sums = [0, *accumulate(weights[stem] for stem in stems)]
    found: list[str] = []

    def divide(prefix: str, first: int, last: int) -> int:
        """Finds prefixes among some stems; returns how many bytes are left to a shorter one."""
        rest = sums[last] - sums[first]
        if rest > FULL:
            for start, end in _branches(stems, len(prefix) + 1, first, last):
                branch = sums[end] - sums[start]
                if branch > SHARE:
                    rest -= branch - divide(stems[start][: len(prefix) + 1], start, end)
        if rest > SHARE or not prefix:
            found.append(prefix)
            return 0
        return rest

    divide("", 0, len(stems))
    return sorted(found)


def _branches(
    stems: Sequence[str], length: int, first: int, last: int
) -> Iterator[tuple[int, int]]:
    """Where stems with the same so many first letters begin and end."""
    while first < last:
        prefix = stems[first][:length]
        end = bisect_left(stems, prefix + "\U0010ffff", first, last)
        if len(prefix) == length:
            yield first, end
        else:
            end = first + 1  # the stem that is no longer than what all of them begin with
        first = end


class Shelf:
    """Which shard a stem is in, by the prefixes that have one."""

    def __init__(self, listed: Iterable[str]) -> None:
        self.prefixes = frozenset(listed)
        self._longest = max(map(len, self.prefixes), default=0)

    def prefix(self, stem: str) -> str:
        """The longest of the prefixes with which a stem begins."""
        for length in range(min(self._longest, len(stem)), 0, -1):
            if stem[:length] in self.prefixes:
                return stem[:length]
        return ""

    def shard(self, stem: str) -> str:
        """The name of a stem's shard."""
        return name(self.prefix(stem))


def name(prefix: str) -> str:
    """The name of the shard of a prefix: its FNV-1a hash, so that it does not spell the word."""
    value = 0x811C9DC5
    for byte in prefix.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def encode(groups: Mapping[str, Group]) -> bytes:
    """A shard with these groups, by stem."""
    out = bytearray(varint(len(groups)))
    before = b""

    def add(text: str) -> None:
        nonlocal before
        data = text.encode()
        shared = _shared(before, data)
        out.extend(varint(shared) + varint(len(data) - shared) + data[shared:])
        before = data

    for stem, group in sorted(groups.items()):
        add(stem)
        out += varint(len(group.forms)) + varint(len(group.compounds))
        for words in group:
            for text, word in sorted(words.items()):
                add(text)
                out += varint(word.documents) + varint(len(word.postings)) + word.postings
    return bytes(out)


def decode(data: bytes) -> dict[str, Group]:
    """The groups of a shard, by stem; ValueError, IndexError: it is none."""
    place = 0
    before = b""

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & _LOW) << shift
            if byte <= _LOW:
                return value
            shift += 7

    def text() -> str:
        nonlocal place, before
        shared, length = number(), number()
        before = before[:shared] + data[place : place + length]
        place += length
        return before.decode()

    def words(total: int) -> dict[str, Word]:
        nonlocal place
        found = {}
        for _ in range(total):
            called, count, length = text(), number(), number()
            found[called] = Word(count, data[place : place + length])
            place += length
        return found

    groups = {}
    for _ in range(number()):
        stem, forms, compounds = text(), number(), number()
        groups[stem] = Group(words(forms), words(compounds))
    return groups


def _shared(one: bytes, other: bytes) -> int:
    """With how many of the same bytes both begin."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


def varint(value: int) -> bytes:
    """A number in as few bytes as can be, the lowest seven bits first."""
    out = bytearray()
    while value > _LOW:
        out.append(value & _LOW | _LOW + 1)
        value >>= 7
    out.append(value)
    return bytes(out)
