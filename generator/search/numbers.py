"""What documents are called: a number by day, section, kind and address, whatever others are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import Final
from zlib import crc32

from generator.search.document import KINDS, Document

SLOTS: Final = 1 << 10
"""Documents of one day, section and kind; two of the same slot move on, which is rare."""

_EPOCH: Final = date(1970, 1, 1).toordinal()


def numbered(documents: Iterable[Document], sections: Sequence[str]) -> dict[int, Document]:
    """The documents by their numbers, in rising order."""
    found: dict[int, Document] = {}
    for document in sorted(documents, key=lambda one: one.address):
        free = (number for number in candidates(document, sections) if number not in found)
        found[next(free)] = document
    return dict(sorted(found.items()))


def candidates(document: Document, sections: Sequence[str]) -> Iterator[int]:
    """The numbers that a document may have: it has the first that no other one had before it."""
    day = date.fromisoformat(document.date[:10]).toordinal() - _EPOCH if document.date else 0
    section = (sections.index(document.section) + 1) if document.section else 0
    attributes = (len(sections) + 1) * len(KINDS)
    code = section * len(KINDS) + KINDS.index(document.kind)
    start, slot = (day * attributes + code) * SLOTS, crc32(document.address.encode())
    for turn in count():
        # More than there are slots, as in an archive without days, have those of days that follow.
        yield start + turn // SLOTS * attributes * SLOTS + (slot + turn) % SLOTS
