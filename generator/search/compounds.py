"""The parts of compounds, by the portal's own words: a part is what has the stem of one of them."""

from collections.abc import Set
from typing import Final

from generator.search.german import BOUND, NO_PARTS
from generator.search.languages import Language

SHORTEST: Final = 3
"""Letters of a part."""

WHOLE: Final = 6
"""Letters of a compound at least."""

LONGEST: Final = 48
"""Letters beyond which nothing is a word."""


class Splitter:
    """What takes compounds apart; `stems` are those of all words, none of them said in passing."""

    def __init__(self, language: Language, stems: Set[str]) -> None:
        self._stem = language.stem
        self._stems = stems
        self._beginnings = {stem[:SHORTEST] for stem in stems}
        self._stopwords = language.stopwords
        self._known: dict[str, tuple[str, ...] | None] = {}

    def parts(self, word: str) -> frozenset[str]:
        """The stems of all parts of a folded word, those of its longer parts among them."""
        if not WHOLE <= len(word) <= LONGEST or not word.isalpha():
            return frozenset()
        own = self._stem(word)
        found: set[str] = set()
        waiting = [word]
        while waiting:
            for part in self._split(waiting.pop()) or ():
                if self._is_word(part):
                    found.add(self._stem(part))
                if len(part) >= WHOLE:
                    waiting.append(part)
        return frozenset(found - {own})

    def _split(self, word: str) -> tuple[str, ...] | None:
        """The fewest parts that a word is made of, the last as long as can be; None: of none."""
        if word in self._known:
            return self._known[word]
        best: tuple[str, ...] | None = None
        for place in range(SHORTEST, len(word) - SHORTEST + 1):
            head = word[place:]
            if head[:SHORTEST] not in self._beginnings or not self._is_word(head):
                continue
            first = word[:place]
            if self._is_word(first) or first in BOUND:
                best = (first, head)
                # Verwaltung-s-konten, even where there is Skonto.
                if head[0] == "s" and self._is_word(head[1:]) and self._is_word(first + "s"):
                    best = (first + "s", head[1:])
                break
            if len(first) >= WHOLE and (before := self._split(first)):
                found = (*before, head)
                if best is None or len(found) < len(best):
                    best = found
        self._known[word] = best
        return best

    def _is_word(self, part: str) -> bool:
        if len(part) < SHORTEST or part in self._stopwords:
            return False
        stem = self._stem(part)
        return stem in self._stems and part.startswith(stem) and stem not in NO_PARTS
