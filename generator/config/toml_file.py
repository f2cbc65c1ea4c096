"""A TOML file whose values know where they stand.

tomllib reads the values but forgets their places; `lines` finds the line of each out again from
the text, so that a message about a setting can name it.
"""

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from generator.base.problems import PortalError, Problem, problem

Keys: TypeAlias = tuple[str | int, ...]
"""The keys that lead to a value, and the numbers of list items from 0: `("sections", 0, "id")`."""


class Document(msgspec.Struct, frozen=True, dict=True):
    """What stands in a TOML file."""

    name: str
    text: str
    values: dict[str, Any]

    @cached_property
    def lines(self) -> dict[Keys, int]:
        """The line of each table and key."""
        return lines(self.text)


class Place(msgspec.Struct, frozen=True):
    """The place of a value in a document: the keys that lead to it."""

    document: Document
    keys: Keys = ()

    def at(self, *keys: str | int) -> "Place":
        """The place that `keys` lead to from here."""
        return Place(self.document, (*self.keys, *keys))

    @property
    def key(self) -> str:
        """The place as a user says it; the numbers of list items are left to the line."""
        return ".".join(part for part in self.keys if isinstance(part, str))

    @property
    def line(self) -> int:
        """The line, or that of the nearest table around it."""
        known, ends = self.document.lines, range(len(self.keys), 0, -1)
        return next((known[self.keys[:end]] for end in ends if self.keys[:end] in known), 1)

    def problem(self, message: str, **values: object) -> Problem:
        """The problem `message` here."""
        return problem(message, self.document.name, self.line, 0, **values)

    def placed(self, found: Problem) -> Problem:
        """A problem without a place, here."""
        return found.at(self.document.name, self.line)


def read(path: Path) -> Document:
    """The file `path`.  PortalError: it cannot be read, is not UTF-8 or not TOML."""
    try:
        text = path.read_bytes().decode().removeprefix("\ufeff")  # a BOM
        return Document(path.name, text, tomllib.loads(text))
    except OSError as error:
        found = problem("toml-unreadable", path.name, reason=error.strerror or error)
        raise PortalError((found,)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PortalError((problem("toml-not-utf-8", path.name, line),)) from error
    except tomllib.TOMLDecodeError as error:
        raise PortalError((_syntax_problem(path.name, text, str(error)),)) from error
    except RecursionError as error:
        deepest = max(text.splitlines(), key=lambda line: line.count("[") + line.count("{"))
        line = text.splitlines().index(deepest) + 1
        raise PortalError((problem("toml-too-deep", path.name, line),)) from error


def _syntax_problem(name: str, text: str, reason: str) -> Problem:
    """What tomllib says, at the place that it names at the end of its message."""
    reason, _, place = reason.rpartition(" (at ")
    written = text.splitlines() or [""]
    line, column = (int(number) for number in (*re.findall(r"\d+", place), len(written), 0)[:2])
    shown = written[min(line, len(written)) - 1].strip()
    return problem("toml-syntax", name, line, column, reason=reason, shown=shown)


_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEYS: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEAD: Final = rf"[ \t]*\[(\[?)[ \t]*({_KEYS})[ \t]*\]"
_PAIR: Final = rf"[ \t]*({_KEYS})[ \t]*="
_LONG_STRING: Final = r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\''


def lines(text: str) -> dict[Keys, int]:
    """The line, from 1, of each table and key of a TOML text; keys of inline tables are left out.

    The text need not be valid.
    """
    found: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    table: Keys = ()
    text = re.sub(_LONG_STRING, lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(text.split("\n"), 1):
        if head := re.match(_HEAD, line):
            table = _parts(head[2])
            if head[1]:
                counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, number)
                table = (*table, counts[table])
            found.setdefault(table, number)
        elif pair := re.match(_PAIR, line):
            found.setdefault((*table, *_parts(pair[1])), number)
    return found


def _parts(keys: str) -> Keys:
    """The single keys of dotted ones, without their quotes: `a."b c"` → `("a", "b c")`."""
    try:
        found: Any = tomllib.loads(f"{keys} = 0")
    except tomllib.TOMLDecodeError:
        return (keys,)
    parts: list[str] = []
    while isinstance(found, dict):
        ((key, found),) = found.items()
        parts.append(key)
    return tuple(parts)
