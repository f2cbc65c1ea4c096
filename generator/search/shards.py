"""The files in which groups of words lie: which group in which file, and what a file looks like.

The format stands in assets/js/search-index.js.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from generator.search import postings

FULL: Final = 8_000
"""Bytes of a shard, above which it is divided if it can be."""

SHARE: Final = FULL // 4
"""Bytes of words with a common beginning that are worth a shard of their own."""

WHOLE: Final = 512
"""Documents of a word of which all are in its shard; of more there are only the best."""

BEST: Final = 256
"""The best: so many that the first pages of results are sure before the rest is there."""

_NAMED: Final = 8
"""Bytes that a word takes beside its postings, more or less."""

_LOW: Final = 127
"""The seven bits of a byte that count; the eighth says that another byte follows."""


class Word(NamedTuple):
    """A word's postings, packed: of how many documents, the best of them, and the rest."""

    documents: int = 0
    best: bytes = b""
    rest: bytes = b""

    def postings(self) -> list[int]:
        """All postings, in rising order."""
        if self.documents <= WHOLE:
            return postings.decode(self.best, self.documents)
        rest = postings.decode(self.rest, self.documents - BEST)
        return sorted(postings.decode(self.best, BEST) + rest)


def word(found: Sequence[int]) -> Word:
    """A word with these postings, which are in rising order."""
    if len(found) <= WHOLE:
        return Word(len(found), postings.encode(found)) if found else Word()
    # Higher weights first, whether or not with a capital, and later documents among equals.
    counts, high = postings.WEIGHTS - 2, max(found).bit_length()
    ranked = sorted([(one & counts) << high | one for one in found])
    best = sorted([one & (1 << high) - 1 for one in ranked[-BEST:]])
    known = set(best)
    rest = [one for one in found if one not in known]
    return Word(len(found), postings.encode(best), postings.encode(rest))


class Group(NamedTuple):
    """The words that have one stem, the compounds of which one of these is a part, and which
    documents have any of the latter."""

    forms: dict[str, Word]
    compounds: set[str]
    parts: Word

    @property
    def weight(self) -> int:
        """How many bytes it takes in its shard, more or less; 0: there is none."""
        forms = sum(len(word.best) + _NAMED for word in self.forms.values())
        return forms + len(self.parts.best) + _NAMED * len(self.compounds)

    def rest(self) -> bytes:
        """What of it is not in its shard."""
        words = (*(self.forms[text] for text in sorted(self.forms)), self.parts)
        return b"".join(varint(len(one.rest)) + one.rest for one in words if one.rest)

    def with_rest(self, load: Callable[[], bytes]) -> "Group":
        """The group of a shard with what is not there, if that is anything."""
        words = [(text, self.forms[text]) for text in sorted(self.forms)]
        if all(one.documents <= WHOLE for one in (*self.forms.values(), self.parts)):
            return self
        data, place = load(), 0

        def whole(word: Word) -> Word:
            nonlocal place
            if word.documents <= WHOLE:
                return word
            length, start = _number(data, place)
            place = start + length
            return word._replace(rest=data[start:place])

        return Group({text: whole(one) for text, one in words}, self.compounds, whole(self.parts))


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
    return f"w/{_hash(prefix)}"


def rest_name(stem: str) -> str:
    """The name of what of a stem's group is not in its shard; with two hashes it has its own."""
    return f"x/{_hash(stem)}{_hash('+' + stem)}"


def _hash(text: str) -> str:
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def encode(groups: Mapping[str, Group]) -> bytes:
    """A shard with these groups, by stem, without what is not in it."""
    out = bytearray(varint(len(groups)))
    before = b""

    def add(text: str) -> None:
        nonlocal before
        data = text.encode()
        shared = _shared(before, data)
        out.extend(varint(shared) + varint(len(data) - shared) + data[shared:])
        before = data

    def put(word: Word) -> None:
        out.extend(varint(word.documents) + varint(len(word.best)) + word.best)

    for stem, group in sorted(groups.items()):
        add(stem)
        out += varint(len(group.forms)) + varint(len(group.compounds))
        for text, found in sorted(group.forms.items()):
            add(text)
            put(found)
        for text in sorted(group.compounds):
            add(text)
        if group.compounds:
            put(group.parts)
    return bytes(out)


def decode(data: bytes) -> dict[str, Group]:
    """The groups of a shard, by stem; ValueError, IndexError: it is none."""
    place = 0
    before = b""

    def number() -> int:
        nonlocal place
        value, place = _number(data, place)
        return value

    def text() -> str:
        nonlocal place, before
        shared, length = number(), number()
        before = before[:shared] + data[place : place + length]
        place += length
        return before.decode()

    def found() -> Word:
        nonlocal place
        count, length = number(), number()
        place += length
        return Word(count, data[place - length : place])

    groups = {}
    for _ in range(number()):
        stem, forms, compounds = text(), number(), number()
        groups[stem] = Group(
            {text(): found() for _ in range(forms)},
            {text() for _ in range(compounds)},
            found() if compounds else Word(),
        )
    return groups


def _number(data: bytes, place: int) -> tuple[int, int]:
    """The number at a place, as `varint` writes it, and where it ends."""
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & _LOW) << shift
        if byte <= _LOW:
            return value, place
        shift += 7


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
