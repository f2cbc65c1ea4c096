"""Rules about the words and signs of a text."""

import re
from collections.abc import Iterator
from typing import Final

from generator.base.problems import Problem, problem
from generator.check.rule import Circumstances, Piece, Rule
from generator.model.article import Article

_SHOWN: Final = 40
"""Characters around a place that a message shows."""


# Link texts.

_LINK: Final = re.compile(
    r"(?<![!\\])\[([^\[\]\n]{1,40})\](?=[(\[])|<a\s[^<>]*>([^<>\n]{1,40})</a>"
)
_BARE: Final = frozenset(
    (
        "hier", "hier klicken", "klicken sie hier", "klick hier", "bitte hier klicken", "dort",
        "link", "der link", "dieser link", "diesem link", "diesen link", "zum link",
        "mehr", "mehr dazu", "mehr lesen", "mehr erfahren", "mehr infos", "mehr informationen",
        "weitere informationen", "weitere infos", "weiter", "weiterlesen", "details",
        "here", "click here", "click", "this link", "this page", "more", "read more", "learn more",
        "more info", "more information",
    )
)  # fmt: skip


def link_text(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Links that say "here": screen readers list links without their sentences."""
    for found in _LINK.finditer(piece.text):
        text, start = found[found.lastindex or 1], found.start(found.lastindex or 1)
        words = " ".join(re.sub(r"[^\w\s]", " ", text).casefold().split())
        if words in _BARE and piece.prose[start : start + len(text)] == text:
            yield problem("link-text", "", *piece.place(start), text=text.strip())


# Typography, of German alone.

_STRAIGHT: Final = re.compile(r'(?<![\d\\])"')
"""Behind a digit it means inches or seconds."""
_TWO_HYPHENS: Final = re.compile(r"(?<![-\w|:])--(?![-\w|:>])|(?<=[^\W\d_])--(?=[^\W\d_])")
_RULE_OR_TABLE: Final = re.compile(
    r"^[ \t]*(?:[-*_][ \t]*){2,}$|^.*\|[ \t]*:?-{2,}.*$", re.MULTILINE
)


def quotes_straight(piece: Piece, circumstances: Circumstances) -> Iterator[Problem]:
    """Straight quotation marks in German: one problem a line."""
    return _once_a_line(piece, circumstances, _STRAIGHT, "quotes-straight")


def dashes_double(piece: Piece, circumstances: Circumstances) -> Iterator[Problem]:
    """Two hyphens for a dash in German: one problem a line."""
    return _once_a_line(piece, circumstances, _TWO_HYPHENS, "dashes-double")


def _once_a_line(
    piece: Piece, circumstances: Circumstances, sign: re.Pattern[str], name: str
) -> Iterator[Problem]:
    if circumstances.portal.language.partition("-")[0] != "de":
        return
    for field, text in _header_texts(piece):
        if found := sign.search(text):
            yield problem(name, "", piece.line(field), shown=_around(text, found))
    if name == "dashes-double" and "--" not in piece.prose:
        return
    told = 0
    prose = _RULE_OR_TABLE.sub(lambda row: " " * len(row[0]), piece.prose)
    for found in sign.finditer(prose):
        line, column = piece.place(found.start())
        if line > told:
            told = line
            yield problem(name, "", line, column, shown=_around(piece.text, found))


def _header_texts(piece: Piece) -> Iterator[tuple[str, str]]:
    source = piece.source
    yield from (("title", source.title), ("lead", source.lead))
    if isinstance(source, Article):
        yield "kicker", source.kicker


def _around(text: str, found: re.Match[str]) -> str:
    """The words around a place, in its line."""
    begin = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _SHOWN // 2)
    end = text.find("\n", found.end())
    return text[begin : min(end if end >= 0 else len(text), found.end() + _SHOWN // 2)].strip()


# Doubled words.

_DOUBLED: Final = re.compile(
    r"(?<![\w-])([^\W\d_]+)(?:[ \t]++(?:\n[ \t]*+)?|\n[ \t]*+)(\1)(?![\w-])", re.IGNORECASE
)
_PRONOUNS: Final = frozenset({"die", "der", "das", "den", "dem", "deren", "denen", "was", "wer"})
"""German relative pronouns, which an article may follow: "…, die die Stadt betreibt"."""
_CLAUSE: Final = re.compile(
    r"(?:[,;:–(—]|[,;:–(—]?\s\b(?:und|oder|aber|sowie|sondern|denn)\b)\s*(?:[^\W\d_]+\s+){0,2}\Z"
)
"""What stands before a relative pronoun: a comma, and perhaps "für" or "in"."""
_RIGHT: Final = {
    "de": frozenset({"sie", "ihr", "zu", "wer", "bla", "ab", "an"}),
    "en": frozenset({"that", "had", "her", "bye", "blah", "is", "in", "on", "so", "very"}),
}
"""Words that may well follow themselves: "wenn Sie sie brauchen", "ab und zu zu Fuß"."""
_BEFORE: Final = 60
"""Characters before a doubled word in which its clause begins."""


def word_doubled(piece: Piece, circumstances: Circumstances) -> Iterator[Problem]:
    """Words that stand twice in a row and are not meant to."""
    language = circumstances.portal.language.partition("-")[0]
    right = _RIGHT.get(language, frozenset())
    for found in _DOUBLED.finditer(piece.prose):
        word = found[1].casefold()
        before = piece.prose[max(0, found.start() - _BEFORE) : found.start()]
        if word in right or _is_name(found) or before.endswith("#"):
            continue
        if language == "de" and word in _PRONOUNS and _CLAUSE.search(before):
            continue
        yield problem("word-doubled", "", *piece.place(found.start(2)), word=found[1])


def _is_name(found: re.Match[str]) -> bool:
    """Whether both words have a capital letter and stand in a line: Duran Duran, Walla Walla."""
    return found[1][0].isupper() and found[2][0].isupper() and len(found[1]) > len("der")


RULES: Final[dict[str, Rule]] = {
    "link-text": link_text,
    "quotes-straight": quotes_straight,
    "dashes-double": dashes_double,
    "word-doubled": word_doubled,
}
