"""What an editor may have meant: names that are near to the one that was written.

A guess is made only where it is near in letters; what is far from all of them is best answered with
the list of what there is.
"""

from collections.abc import Collection
from difflib import SequenceMatcher, get_close_matches
from typing import Final

NEAR: Final = 0.75
"""Two slips in eight letters.  At the usual 0.6 "categories" would be near to "autorinnen"."""


def nearest(word: str, known: Collection[str]) -> str | None:
    """The one of `known` that a slip of the keyboard makes `word` of; None where none is near."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=NEAR)), None)


def nearest_first(word: str, known: Collection[str]) -> list[str]:
    """All of `known`, those that are more like `word` first."""
    return sorted(known, key=lambda name: -SequenceMatcher(None, word, name).ratio())
