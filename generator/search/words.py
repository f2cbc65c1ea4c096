"""A text to the words that it is found by.

assets/js/search-words.js does the same in the browser, with queries and excerpts;
tests/search/words.json holds both to the same results.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_LETTER: Final = r"[^\W\d_]"

_GENDERED: Final = re.compile(
    rf"({_LETTER}{{2,}})(?:[:*_·]|/-?)[iI]n(nen)?({_LETTER}*)|({_LETTER}*[a-zäöüß])In(nen)?({_LETTER}*)"
    rf"|({_LETTER}{{2,}})\(in(nen)?\)"
)
"""Bürger:innen, Bürger/-innen, BürgerInnen, Bürger(innen), and compounds of them."""

_DASHES: Final = "-‐‑‒–—―−"

_TOKEN: Final = re.compile(
    r"§+\s*(?P<paragraph>[0-9]+[a-z]?)(?!\w)"
    r"|(?P<number>[0-9]+(?:[.,][0-9]+)+)(?!\w)"
    rf"|(?P<word>[^\W_]+(?:[{_DASHES}][^\W_]+)*)"
)
_JOINT: Final = re.compile(rf"[{_DASHES}]|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_DECIMAL: Final = re.compile(r"[0-9]+[.,][0-9]+")

_LETTERS: Final = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
)


def words(text: str) -> Iterator[str]:
    """The words of a text in NFC, in its order and with its capitals.

    A word with hyphens, or with a capital inside, is itself without them, and each of its parts;
    what stands for people of each gender is both words; numbers are written alike.
    """
    for token in _TOKEN.finditer(_GENDERED.sub(_both, text)):
        kind, found = token.lastgroup, token[0]
        if kind == "paragraph":
            yield "§" + token["paragraph"]
            yield token["paragraph"]
        elif kind == "number":
            yield from _numbers(found)
        else:
            parts = _JOINT.split(found)
            if len(parts) == 1:
                if len(found) > 1 or found.isdecimal():
                    yield found
                continue
            if not all(part.isdecimal() for part in parts):
                yield "".join(parts)
            yield from (part for part in parts if len(part) > 1 or part.isdecimal())


def _both(found: re.Match[str]) -> str:
    base, plural, rest = next(
        found.group(n, n + 1, n + 2) if n < 7 else (*found.group(n, n + 1), "")
        for n in (1, 4, 7)
        if found[n]
    )
    return f"{base}{rest} {base}in{plural or ''}{rest}"


def _numbers(found: str) -> Iterator[str]:
    if _THOUSANDS.fullmatch(found):
        yield found.replace(".", "")
    elif _DECIMAL.fullmatch(found):
        yield found.replace(".", ",")
    else:  # a date, a version
        yield from re.split("[.,]", found)


def fold(word: str) -> str:
    """A word as it is compared: in small letters of the plain alphabet."""
    plain = word.lower().translate(_LETTERS)
    if plain.isascii():
        return plain
    apart = unicodedata.normalize("NFD", plain)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
