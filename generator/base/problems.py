"""Mistakes in a portal, as values: where they are, what is wrong and what to write instead.

A call site names a message of the catalogue (`words`) and gives the values to fill in; the text is
made only when somebody reads it.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from string import Formatter
from typing import Final, Literal

import msgspec

from generator.base import words
from generator.base.words import Language, Text

Severity = Literal["error", "warning"]


class Message(msgspec.Struct, frozen=True):
    """An entry of the catalogue that is said of a place; `what` and `hint` by language."""

    number: str
    severity: Severity
    what: dict[Language, Text]
    hint: dict[Language, Text]


class Problem(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One thing that is wrong in a portal.

    `path` is as a user would type it, relative to the portal's folder where it lies inside;
    `line` and `column` count from 1, and are 0 where they are not known; `name` names the message
    and `values` fill its placeholders: texts, or what pages are called ("page-kind-…").

    What reads a text alone knows its lines and no path: then `path` is "", and who knows the file
    says `in_file`, once.  What judges a value alone knows no place: who knows that says `at`.
    """

    path: str
    line: int
    column: int
    name: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> Message:
        """The catalogue's entry for this problem."""
        return message(self.name)

    @property
    def is_error(self) -> bool:
        """Whether this problem keeps the portal from being built."""
        return self.message.severity == "error"

    def what(self, language: Language = "en") -> str:
        """What is wrong, in one sentence."""
        return words.filled(self.message.what[language], self._visible(language))

    def hint(self, language: Language = "en") -> str:
        """What to write instead."""
        return words.filled(self.message.hint[language], self._visible(language))

    def _visible(self, language: Language) -> dict[str, str]:
        return {
            key: words.word(value, language) if _is_kind(value) else visible(value)
            for key, value in self.values
        }

    def at(self, path: str, line: int = 0, column: int = 0) -> "Problem":
        """The same problem, of which only this was not known, at its place."""
        return Problem(path, line, column, self.name, self.values)

    def in_file(self, path: str, lines: int = 0) -> "Problem":
        """The same problem of a text, in the file `path`, in which so many lines stand above it."""
        return self.at(path, self.line + lines if self.line else 0, self.column)


def _is_kind(value: str) -> bool:
    return value.startswith("page-kind-") and value in words.names()


def visible(text: str) -> str:
    """`text` with code points for what nobody sees; a single character has its name as well.

    `\\u200b` becomes `U+200B ZERO WIDTH SPACE`, and `a\\u200bb` becomes `a‹U+200B›b`.  A joiner
    between two signs that are no letters stays: an emoji is made of them.
    """
    if text.isprintable():
        return text
    if len(text) == 1:
        return f"U+{ord(text):04X} {unicodedata.name(text, '')}".rstrip()
    return "".join(map(_visible, text, f" {text}"))


def _visible(sign: str, before: str) -> str:
    if sign.isprintable() or (sign == "\u200d" and unicodedata.category(before) in _OF_EMOJI):
        return sign
    return " " if unicodedata.category(sign) == "Zs" else f"‹U+{ord(sign):04X}›"


_OF_EMOJI: Final = frozenset({"So", "Sk", "Mn"})


class PortalError(Exception):
    """The portal cannot be built; `problems` says everything that is wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """All problems, a line each."""
        return "\n".join(f"{p.path}:{p.line}: {p.what()} {p.hint()}" for p in self.problems)


def problem(name: str, path: str = "", line: int = 0, column: int = 0, **values: object) -> Problem:
    """The problem `name` of the catalogue at a place, its placeholders filled with `values`.

    KeyError: the catalogue has no such message, or a placeholder has no value.
    """
    wanted = placeholders(name)
    if wanted != values.keys():
        raise KeyError(f"message {name!r} wants {sorted(wanted)}, got {sorted(values)}")
    filled = tuple(sorted((key, str(value)) for key, value in values.items()))
    return Problem(path, line, column, name, filled)


def lost(why: Literal["died", "slow"], path: str, budget: float) -> Problem:
    """What is said where the worker was lost that looked at `path`: it died, or took so long."""
    if why == "slow":
        return problem("took-too-long", path, seconds=f"{budget:g}")
    return problem("worker-died", path)


def placed(problems: Iterable[Problem], path: str, line: int) -> tuple[Problem, ...]:
    """`problems`, those without a place at that one."""
    return tuple(found if found.path else found.at(path, line) for found in problems)


@cache
def message(name: str) -> Message:
    """The message `name` of the catalogue.  KeyError: it has none of that name."""
    return msgspec.convert(words.entry(name), Message)


def catalogue() -> dict[str, Message]:
    """All messages by name."""
    return {name: message(name) for name in words.names() if "number" in words.entry(name)}


@cache
def placeholders(name: str) -> frozenset[str]:
    """The names of the values that the message `name` is filled with."""
    told = message(name)
    return frozenset().union(
        *(fields(text) for texts in (told.what, told.hint) for text in texts.values())
    )


def fields(text: Text) -> frozenset[str]:
    """The names of the placeholders in a text of the catalogue."""
    forms = (text,) if isinstance(text, str) else text
    return frozenset(field for form in forms for _, field, _, _ in Formatter().parse(form) if field)
