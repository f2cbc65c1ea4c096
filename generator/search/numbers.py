"""What documents are called: a number by day, section, kind and address, whatever others are."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from zlib import crc32

from generator.search.document import KINDS, Document

SLOTS: Final = 1 << 10
"""Documents of one day, section and kind; two of the same slot move on, which is rare."""

_EPOCH: Final = date(1970, 1, 1).toordinal()


def numbered(documents: Iterable[Document], sections: Sequence[str]) -> dict[int, Document]:
    """The documents by their numbers, in rising order."""
    codes = {section: place * len(KINDS) for place, section in enumerate(("", *sections))}
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    attributes = len(codes) * len(kinds)
    found: dict[int, Document] = {}
    for document in sorted(documents, key=lambda one: one.address):
        day = date.fromisoformat(document.date[:10]).toordinal() - _EPOCH if document.date else 0
        start = (day * attributes + codes[document.section] + kinds[document.kind]) * SLOTS
        slot = crc32(document.address.encode())
        while (number := start + slot % SLOTS) in found:
            slot += 1
        found[number] = document
    return dict(sorted(found.items()))
