"""What the index knows of a language: the stems of its words, and in German more."""

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

import Stemmer

from generator.search import german

_ALGORITHMS: Final = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish",
    "nl": "dutch", "en": "english", "et": "estonian", "fi": "finnish", "fr": "french",
    "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian",
    "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nb": "norwegian", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's algorithms by the language's tag."""

_SHORTEST: Final = 3
"""Letters of a stem, and so many at least does a word share with it: a shard is chosen by them."""


class Language(NamedTuple):
    """A language: `stem` takes folded words; `compounds`: whether words are made of words in it.

    `nouns`: whether these have capitals.  `abbreviations`, `before` and `verbs` are those of
    `german`.
    """

    stem: Callable[[str], str]
    stopwords: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    before: tuple[str, ...] = ()
    verbs: tuple[tuple[str, ...], ...] = ()
    compounds: bool = False
    nouns: bool = False


@cache
def language(tag: str) -> Language:
    """The language with a tag such as "de-AT"; of others each word is its own stem."""
    name = _ALGORITHMS.get(tag.lower().partition("-")[0])
    if not name:
        return Language(lambda word: word)
    snowball = Stemmer.Stemmer(name)
    snowball.maxCacheSize = 0
    is_german = name == "german"

    @cache
    def stem(word: str) -> str:
        if not word.isalpha():
            return word
        found = snowball.stemWord(word)
        if is_german:
            found = german.stem(word, found)
        return found if len(found) >= _SHORTEST and word.startswith(found[:_SHORTEST]) else word

    if is_german:
        return Language(
            stem,
            german.STOPWORDS,
            german.ENDINGS,
            german.PAIRS,
            german.ABBREVIATIONS,
            german.BEFORE,
            german.VERBS,
            compounds=True,
            nouns=True,
        )
    return Language(stem)
