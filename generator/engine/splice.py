"""Splicing: another text is put in the place of a fragment without running the page's layout.

While a layout runs, marks stand for the fragments; afterwards their texts take the marks' places,
and where those are in the page is kept as *offsets*.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from generator.templates.context import Question, Trace
from generator.templates.fast_runtime import html


class FragmentOffsets(NamedTuple):
    """A fragment in a page: its question's place in the page's trace; its first byte, its end."""

    question: int
    start: int
    end: int


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[FragmentOffsets, ...]).decode


_encoded = lru_cache(maxsize=256)(str.encode)
"""The bytes of a fragment: most are on many pages."""


class Patch(NamedTuple):
    """How a page becomes another one: in the file with that `digest`, at its packed `offsets`, by
    the texts of fragments, by their questions' place in the page's trace.
    """

    digest: bytes
    offsets: bytes
    fragments: tuple[tuple[int, Question], ...]


class Marks:
    """The fragments that a layout put on its page so far."""

    def __init__(self) -> None:
        self._asked: list[tuple[Question, str]] = []

    def mark(self, question: Question, text: str) -> Markup:
        """What stands for a fragment until the layout is done; no source has such characters."""
        self._asked.append((question, text))
        return html(f"\x02fragment {len(self._asked) - 1}\x03")

    def spliced(self, page: str, trace: Trace) -> tuple[bytes, bytes] | None:
        """The page with its fragments, and their packed offsets; None if one is not there once."""
        first, *pieces = page.encode().split(b"\x02")
        if len(pieces) != len(self._asked):
            return None
        places = {question: place for place, question in enumerate(trace)}
        done = [first]
        length = len(first)
        offsets = []
        for number, ((question, text), piece) in enumerate(zip(self._asked, pieces, strict=True)):
            mark, _, behind = piece.partition(b"\x03")
            if mark != b"fragment %d" % number:
                return None
            inside = _encoded(text)
            end = length + len(inside)
            offsets.append(FragmentOffsets(places[question], length, end))
            done += (inside, behind)
            length = end + len(behind)
        return b"".join(done), _pack(offsets)


def splice(page: bytes, packed: bytes, texts: Mapping[int, str]) -> tuple[bytes, bytes, int]:
    """A page with other `texts` for some questions, by their place in its trace; its offsets; and
    how many bytes at its beginning are as before."""
    done: list[bytes] = []
    made = []
    before = moved = 0
    for question, start, end in _unpack(packed):
        first, text = start + moved, texts.get(question)
        if text is not None:  # what lies between such ones is copied in one piece
            inside = _encoded(text)
            done += (page[before:start], inside)
            before = end
            moved += len(inside) - (end - start)
        made.append((question, first, end + moved))
    done.append(page[before:])
    return b"".join(done), _pack(made), len(done[0])
