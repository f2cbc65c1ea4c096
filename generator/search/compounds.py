"""The parts of compounds, by the portal's own words.

A part is what has the stem of a word of the portal.  Beside a short one the rest has to be words,
too: Rat is a part of Landrat, since there is Land, and not of Heirat.  Where compounds have the
same rest beside a long word (Daten-schutz, Umwelt-schutz), that is a word as well.  What stands
beside any other word is found by whoever types it (Jugend-amt), and makes no part of anything else.
"""

from collections.abc import Iterator, Set
from typing import Final

from generator.search.german import (
    BEFORE,
    BOUND,
    DERIVED,
    ENDINGS,
    LIKE_ENDINGS,
    LINKED,
    LINKS,
    NO_ENDS,
    NO_FIRST,
    NO_PARTS,
)
from generator.search.languages import Language
from generator.search.words import fold

SHORTEST: Final = 3
"""Letters of a part."""

LONG: Final = 5
"""Letters of a word that is sure to be a part of what it stands in, whatever the rest is."""

POSSIBLE: Final = 4
"""Letters of the stem of what only its neighbour in a compound shows to be a word, perhaps."""

WHOLE: Final = 6
"""Letters of a compound at least."""

_VOWELS: Final = frozenset("aeiouy")

LONGEST: Final = 48
"""Letters beyond which nothing is a word."""


class Splitter:
    """What takes compounds apart: `forms` are all words, folded, `stems` theirs, `shown` those of
    what only compounds show to be a word."""

    def __init__(
        self, language: Language, forms: Set[str], stems: Set[str], shown: Set[str] = frozenset()
    ) -> None:
        self._stem = language.stem
        self._forms = forms
        self._shown = shown
        self._stems = stems | shown
        self._beginnings = {stem[:SHORTEST] for stem in self._stems}
        self._stopwords = frozenset(map(fold, language.stopwords))
        self._known: dict[str, tuple[str, ...] | None] = {}

    def parts(self, word: str) -> frozenset[str]:
        """The stems of all parts of a folded word, those of its longer parts among them."""
        if not WHOLE <= len(word) <= LONGEST or not word.isalpha():
            return frozenset()
        found: set[str] = set()
        waiting = [word]
        while waiting:
            whole = waiting.pop()
            for part in self._split(whole) or self._sure(whole):
                if self._has_stem(part):
                    found.add(self._stem(part))
                if len(part) >= WHOLE:
                    waiting.append(part)
        if self._split(word) is None:
            found.update(self._possible(word))
        return frozenset(found - {self._stem(word)})

    def _possible(self, word: str) -> Iterator[str]:
        """The stems of what may be a word, and is said nowhere: the rest beside a word."""
        cuts = [(word[:at], word[at:]) for at in range(SHORTEST, len(word) - SHORTEST + 1)]
        for first, head in cuts:
            if self._is_first(first) and not head.startswith(DERIVED) and head not in ENDINGS:
                yield from self._unsaid(head)
        # Krankenhaus-bau, but Fußgänger-überwege: of both kinds the longest last part.
        for befores in (("",), BEFORE):
            for first, head in cuts:
                bare = [head.removeprefix(one) for one in befores if head.startswith(one)]
                if first not in BEFORE and any(map(self._is_last, bare)):
                    yield from self._unsaid(first)
                    break

    def _unsaid(self, rest: str) -> Iterator[str]:
        """The stem of a rest that may be a word, if it is none that is known."""
        stem = self._stem(rest)
        if len(stem) < POSSIBLE or stem in self._stems or not rest.startswith(stem):
            return
        ends = LIKE_ENDINGS | NO_PARTS | NO_ENDS | self._stopwords
        if ends.isdisjoint((rest, stem)) and _VOWELS.intersection(stem):
            yield stem

    def _is_first(self, part: str) -> bool:
        """Whether something is a word as the first part of a compound that is known in part."""
        if part in BEFORE or part in self._stopwords:
            return False
        if len(part) < LONG:
            return self._is_form(part)
        return self._is_said(part) or self._stem(part) in self._shown

    def _is_last(self, part: str) -> bool:
        """Whether something is a word as the last part of such a compound."""
        return self._is_head(part) and self._stem(part) not in LIKE_ENDINGS

    def shown(self, word: str) -> frozenset[str]:
        """The stems of what a folded word shows to be a word: the rest beside a long one."""
        if not WHOLE <= len(word) <= LONGEST or not word.isalpha() or self._split(word):
            return frozenset()
        found = set()
        for part in self._sure(word, without_e=True):
            rest = word.removeprefix(part) if word.startswith(part) else word.removesuffix(part)
            if len(rest) >= LONG:
                found.add(self._stem(rest))
        return frozenset(found - {self._stem(word)})

    def _split(self, word: str) -> tuple[str, ...] | None:
        """The fewest parts that a word is made of, the last as long as can be; None: of none."""
        if word in self._known:
            return self._known[word]
        best: tuple[str, ...] | None = None
        for place in range(SHORTEST, len(word) - SHORTEST + 1):
            head = word[place:]
            if head[:SHORTEST] not in self._beginnings or not self._is_head(head):
                continue
            first = word[:place]
            if self._stem(head) in LIKE_ENDINGS and not self._is_said(first):
                continue
            if self._is_word(first) or first in BOUND:
                best = (first, head)
                # Verwaltung-s-konten, even where there is Skonto.
                if first.endswith(LINKED) and head[0] == "s" and self._is_head(head[1:]):
                    best = (first + "s", head[1:])
                break
            if len(first) >= WHOLE and (before := self._split(first)):
                found = (*before, head)
                if best is None or len(found) < len(best):
                    best = found
        self._known[word] = best
        return best

    def _sure(self, word: str, *, without_e: bool = False) -> tuple[str, ...]:
        """The long word at the end or at the beginning of one of which the rest is unknown.

        `without_e`: at the beginning it may lack its last letter, as Sperre does in Sperrfrist.
        """
        for place in range(SHORTEST, len(word) - LONG + 1):
            head = word[place:]
            if head[:SHORTEST] not in self._beginnings or not self._is_head(head):
                continue
            if self._is_end(word[:place], head):
                return (head,)
        for place in range(len(word) - SHORTEST - 1, LONG - 1, -1):
            first, rest = word[:place], word[place:]
            if rest.startswith(DERIVED) or rest in ENDINGS:
                continue
            if not self._is_said(first) and not (without_e and first + "e" in self._forms):
                continue
            if first[-1] == "s" and rest.startswith("ch") and self._is_said(first[:-1]):
                return (first[:-1],)
            return (first,)
        return ()

    def _is_end(self, first: str, head: str) -> bool:
        """Whether something can be the last part beside what is no known word."""
        stem = self._stem(head)
        if stem in LIKE_ENDINGS or first in NO_FIRST or not _VOWELS.intersection(first):
            return False
        if len(stem) >= LONG or first in BEFORE:
            return True
        # Of enthalten the end is no word: alten.
        is_verb = any(
            first.startswith(prefix) and len(first) - len(prefix) < SHORTEST
            for prefix in (*BEFORE, *NO_FIRST)
        )
        return not is_verb and not self._forms.isdisjoint((head, stem))

    def _is_word(self, part: str) -> bool:
        """Whether something can be a part that is not the last."""
        if len(part) < LONG:
            return self._is_said(part) or part + "e" in self._forms
        return self._has_stem(part)

    def _is_head(self, part: str) -> bool:
        """Whether something can be the last part: a word in some form."""
        if not self._has_stem(part):
            return False
        stem = self._stem(part)
        if stem in NO_ENDS:
            return False
        # Where there are Büros, there is a Büro.
        is_form = part != stem or part in self._forms or part + "s" in self._forms
        return is_form or stem in self._shown

    def _is_said(self, part: str) -> bool:
        """Whether something is a word as it is said, or with what links it to the next part."""
        return any(
            part.endswith(link) and self._is_form(part[: len(part) - len(link)]) for link in LINKS
        )

    def _is_form(self, part: str) -> bool:
        return len(part) >= SHORTEST and part in self._forms and self._has_stem(part)

    def _has_stem(self, part: str) -> bool:
        if len(part) < SHORTEST or part in self._stopwords:
            return False
        stem = self._stem(part)
        return stem in self._stems and part.startswith(stem) and stem not in NO_PARTS
