"""A text to the words that it is found by.

assets/js/search-words.js does the same in the browser, with queries and excerpts;
tests/search/words.json holds both to the same results.
"""

import re
import unicodedata
from typing import Final

_LETTER: Final = r"[^\W\d_]"

_GENDERED: Final = re.compile(
    rf"({_LETTER}{{2,}})(?:[:*_·]|/-?)[iI]n(nen)?({_LETTER}*)|({_LETTER}*[a-zäöüß])In(nen)?({_LETTER}*)"
    rf"|({_LETTER}{{2,}})\(in(nen)?\)()"
)
"""Bürger:innen, Bürger/-innen, BürgerInnen, Bürger(innen), and compounds of them."""

_SIGN: Final = re.compile(r"[:*_·/(-][iI]n|[a-zäöüß]In")
"""Without such a sign nothing is gendered, which is much sooner seen."""

_DASHES: Final = "-‐‑‒–—―−"

_TOKEN: Final = re.compile(
    r"§+\s*[0-9]+[a-z]?(?!\w)|[0-9]+(?:[.,][0-9]+)+(?!\w)"
    rf"|[^\W_]+(?:[{_DASHES}][^\W_]+)*"
)
_JOINT: Final = re.compile(rf"[{_DASHES}]|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_DECIMAL: Final = re.compile(r"[0-9]+[.,][0-9]+")

_LETTERS: Final = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
)


def tokens(text: str) -> list[str]:
    """What stands in a text in NFC: words, with hyphens or without, numbers, paragraphs of laws.

    What stands for people of each gender is two tokens, one for women and one for men.
    """
    if _SIGN.search(text):
        text = "\n".join(map(_spelled_out, text.split("\n")))
    return _TOKEN.findall(text)


def words(token: str) -> list[str]:
    """The words of a token, with their capitals.

    One with hyphens, or with a capital inside, is itself without them, and each of its parts;
    numbers are written alike; of letters none stands for itself.
    """
    if token[0] == "§":
        number = token.lstrip("§ \t\n\u00a0\u202f")
        return ["§" + number, number]
    if "." in token or "," in token:
        return _numbers(token)
    parts = _JOINT.split(token)
    joined = len(parts) > 1 and not all(part.isdecimal() for part in parts)
    found = ["".join(parts)] if joined else []
    return [*found, *(part for part in parts if len(part) > 1 or part.isdecimal())]


def _spelled_out(line: str) -> str:
    return _GENDERED.sub(_both, line) if _SIGN.search(line) else line


def _both(found: re.Match[str]) -> str:
    base, plural, rest = (next(filter(None, found.groups()[n::3]), "") for n in range(3))
    return f"{base}{rest} {base}in{plural}{rest}"


def _numbers(token: str) -> list[str]:
    if _THOUSANDS.fullmatch(token):
        return [token.replace(".", "")]
    if _DECIMAL.fullmatch(token):
        return [token.replace(".", ",")]
    return re.split("[.,]", token)  # a date, a version


def fold(word: str) -> str:
    """A word as it is compared: in small letters of the plain alphabet."""
    plain = word.lower().translate(_LETTERS)
    if plain.isascii():
        return plain
    apart = unicodedata.normalize("NFD", plain)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
