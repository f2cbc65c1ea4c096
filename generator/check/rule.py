"""What a rule of `check` is, and a source as it sees it: which parts of the text are prose."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, cached_property
from typing import Final, NamedTuple

import msgspec

from generator.base.problems import Problem
from generator.config.portal import Portal
from generator.markdown import comments
from generator.model.article import Body, Source
from generator.model.entry import Entry

_HIDDEN: Final = (
    (
        ("```", "~~~"),
        r"^[ ]{0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*\n.*?(?:^[ ]{0,3}(?P=fence)[`~]*[ ]*$|\Z)",
    ),
    # Code, or what a list goes on with.
    (("    ", "\t"), r"(?:\A|(?<=\A\n)|(?<=\n\n))(?:(?:[ ]{4}|\t)[^\n]*(?:\n|\Z))+"),
    (("`",), r"(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=ticks)(?!`)"),
    (("<!--",), r"<!--.*?(?:-->|\Z)"),
    (("<",), r"</?[A-Za-z][^<>]*>"),
    # Where a link leads, and its title.
    (("](",), r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"),
    (("]:",), r"^[ ]{0,3}\[(?!\^)[^\]\n]+\]:[^\n]*"),
    (("://", "www."), r"\b(?:https?://|www\.)[^\s<>)\]]+"),
    (("{",), r"\{[:%{<#][^{}\n]*\}+"),
    (("&",), r"&#?\w+;"),
)
"""What is no prose, each with what it must hold: most texts hold little of it, and looking for all
of it takes three times as long."""
_NOT_A_LINE_END: Final = re.compile(r"[^\n]")


class Piece(msgspec.Struct, frozen=True, dict=True):
    """A source with all that a rule looks at.

    `text` is its Markdown, from the line `first_line` of the file on, and `prose` the same with
    blanks for all that no reader reads: code, addresses, HTML.
    """

    entry: Entry
    body: Body
    text: str
    prose: str
    first_line: int

    @property
    def source(self) -> Source:
        """What the front matter says."""
        return self.entry.source

    @cached_property
    def seen(self) -> str:
        """The text with blanks for code and comments; all else stands where it does there."""
        return comments.without(self.text, comments.pieces(self.text))

    def line(self, field: str) -> int:
        """The line of a field of the front matter; the first one where the field is not there."""
        return self.entry.lines.get(field, 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a place in `text`."""
        line = bisect_left(self._ends, offset)
        return self.first_line + line, offset - (self._ends[line - 1] if line else -1)

    @cached_property
    def _ends(self) -> list[int]:
        """Where the lines end: a long one may be told of a thousand times."""
        return [found.start() for found in re.finditer("\n", self.text)]


class Circumstances(NamedTuple):
    """What a rule knows beside the source: the portal, and the moment of the check."""

    portal: Portal
    at: datetime


Rule = Callable[[Piece, Circumstances], Iterable[Problem]]
"""Looks at one source for one thing; its problems have the rule's name and no path."""


def prose(text: str) -> str:
    """Markdown with blanks for all that is not prose; each letter stays where it is."""
    wanted = tuple(pattern for signs, pattern in _HIDDEN if any(sign in text for sign in signs))
    if not wanted:
        return text
    return _one_of(wanted).sub(lambda found: _NOT_A_LINE_END.sub(" ", found[0]), text)


@cache
def _one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.DOTALL | re.MULTILINE)
