"""What can be found: what is said of it beside its text, its words, and what results show."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from generator.search.languages import Language
from generator.search.words import tokens, words

TEXT: Final = 0
KEYWORD: Final = 1
LEAD: Final = 2
HEADLINE: Final = 3
"""Where a word stands, in the order of what it counts there."""

KINDS: Final = ("news", "interview", "report", "comment", "sponsored", "firm", "page")
"""Kinds of documents; those of articles first."""

_OFTENEST: Final = 3
"""A word that is said 2 to the power of so many times counts no more if it is said oftener."""


class Document(msgspec.Struct, frozen=True, array_like=True):
    """What a source says of itself; "" where it says nothing.

    `date` is in the form of ISO 8601; `keywords` are all by which it is known, and what
    else stands beside its text: who wrote it, its sources, corrections.  `captions` and `text`, the
    digest of its body, say what its text holds.
    """

    address: str
    title: str
    kicker: str
    lead: str
    date: str
    section: str
    kind: str
    keywords: tuple[str, ...]
    captions: tuple[str, ...]
    text: bytes


def shown(document: Document, lines: Sequence[str]) -> bytes:
    """What results show of a document, with the lines of its text, as JSON."""
    told = msgspec.structs.asdict(document) | {"text": lines}
    del told["captions"]  # they are among the lines
    return msgspec.json.encode(told)


def weights(document: Document, lines: Iterable[str], language: Language) -> dict[str, int]:
    """The words of a document in small letters, each with its weight (see `postings`)."""
    often: dict[str, int] = {}
    where: dict[str, int] = {}
    small: set[str] = set()
    stopwords = language.stopwords
    for place, texts in (
        (HEADLINE, (document.title, document.kicker)),
        (LEAD, (document.lead,)),
        (KEYWORD, document.keywords),
        (TEXT, lines),
    ):
        text = unicodedata.normalize("NFC", "\n".join(texts))
        for token, count in Counter(tokens(text)).items():
            for word, is_capital in _telling(token, stopwords):
                if word in often:
                    often[word] += count
                else:
                    often[word] = count
                    where[word] = place << 3
                if not is_capital:
                    small.add(word)
    return {
        word: where[word] | min(count.bit_length() - 1, _OFTENEST) << 1 | (word not in small)
        for word, count in often.items()
    }


@lru_cache(maxsize=1 << 16)
def _telling(token: str, stopwords: frozenset[str]) -> tuple[tuple[str, bool], ...]:
    """The words of a token that say something, in small letters, and whether each has a capital."""
    return tuple(
        (word.lower(), word[0].isupper()) for word in words(token) if word.lower() not in stopwords
    )
