"""Mistakes in a portal, as values: where they are, what is wrong and what to write instead.

The words stand in `messages/*.toml`, by name, in English and in German.  A call site names the
message and gives the values to fill in; the text is made only when somebody reads it.
"""

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final, Literal

import msgspec

Language = Literal["en", "de"]
Severity = Literal["error", "warning"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "de")


class Message(msgspec.Struct, frozen=True):
    """One entry of the catalogue; `what` and `hint` by language, with `{placeholders}`."""

    number: str
    severity: Severity
    what: dict[str, str]
    hint: dict[str, str]


class Problem(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One thing that is wrong in a portal.

    `path` is as a user would type it, relative to the portal's folder where it lies inside;
    `line` and `column` count from 1, and are 0 where they are not known; `name` names the message
    and `values` fill its placeholders.
    """

    path: str
    line: int
    column: int
    name: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> Message:
        """The catalogue's entry for this problem."""
        return catalogue()[self.name]

    @property
    def is_error(self) -> bool:
        """Whether this problem keeps the portal from being built."""
        return self.message.severity == "error"

    def what(self, language: Language = "en") -> str:
        """What is wrong, in one sentence."""
        return self.message.what[language].format_map(self._visible())

    def hint(self, language: Language = "en") -> str:
        """What to write instead."""
        return self.message.hint[language].format_map(self._visible())

    def _visible(self) -> dict[str, str]:
        return {key: visible(value) for key, value in self.values}

    def at(self, path: str, line: int = 0, column: int = 0) -> "Problem":
        """The same problem at another place."""
        return Problem(path, line, column, self.name, self.values)

    def moved(self, path: str, lines: int = 0) -> "Problem":
        """The same problem at `path`, its line counted on by `lines` where it is known."""
        return self.at(path, self.line + lines if self.line else 0, self.column)


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


def placed(problems: Iterable[Problem], path: str, line: int) -> tuple[Problem, ...]:
    """`problems`, those without a place at that one."""
    return tuple(found if found.path else found.at(path, line) for found in problems)


@cache
def catalogue() -> dict[str, Message]:
    """All messages by name, from `messages/*.toml`."""
    entries: dict[str, Message] = {}
    for file in sorted(Path(__file__).with_name("messages").iterdir()):
        if file.name.endswith(".toml"):
            raw = tomllib.loads(file.read_text(encoding="utf-8"))
            entries |= msgspec.convert(raw, dict[str, Message])
    return entries


@cache
def placeholders(name: str) -> frozenset[str]:
    """The names of the values that the message `name` is filled with."""
    message = catalogue()[name]
    texts = (*message.what.values(), *message.hint.values())
    return frozenset(field for text in texts for _, field, _, _ in Formatter().parse(text) if field)
