"""A TOML file as values of the right shape that know their lines.

tomllib reads the values but forgets where they stood; `lines` finds that out again from the text,
so that a message about a setting can name its line.
"""

import re
import tomllib
import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from generator.base.problems import PortalError, Problem, problem

Place: TypeAlias = tuple[str | int, ...]
"""The keys that lead to a value, and the numbers of list items from 0: `("sections", 0, "id")`."""


class Table(NamedTuple):
    """A table with these keys; with others only where these have a shape, too."""

    fields: dict[str, "Shape"]
    required: tuple[str, ...] = ()
    others: "Shape | None" = None


class Map(NamedTuple):
    """A table whose keys the user chooses."""

    values: "Shape"


class Many(NamedTuple):
    """A list."""

    items: "Shape"


Shape: TypeAlias = type[str] | type[int] | type[bool] | Table | Map | Many


class Document(NamedTuple):
    """What stands in a TOML file, as far as it has the right shape, and where."""

    name: str
    values: dict[str, Any]
    lines: dict[Place, int]

    def problem(self, message: str, *place: str | int, **values: object) -> Problem:
        """The problem `message` at the line of `place`."""
        return problem(message, self.name, self.line(*place), 0, **values)

    def placed(self, found: Problem, *place: str | int) -> Problem:
        """A problem without a place at the line of `place`."""
        return found.at(self.name, self.line(*place))

    def line(self, *place: str | int) -> int:
        """The line of `place`, or of the nearest table around it."""
        ends = range(len(place), 0, -1)
        return next((self.lines[place[:end]] for end in ends if place[:end] in self.lines), 1)


def read(path: Path, shape: Table) -> tuple[Document, tuple[Problem, ...]]:
    """The values of the file `path` that fit `shape`, and what is wrong with the others.

    PortalError: the file cannot be read, is not UTF-8 or not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text)
    except OSError as error:
        reason = error.strerror or error
        raise PortalError((problem("toml-unreadable", path.name, reason=reason),)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PortalError((problem("toml-not-utf-8", path.name, line),)) from error
    except tomllib.TOMLDecodeError as error:
        raise PortalError((_syntax_problem(path.name, text, str(error)),)) from error
    except RecursionError as error:
        deepest = max(text.splitlines(), key=lambda line: line.count("[") + line.count("{"))
        line = text.splitlines().index(deepest) + 1
        raise PortalError((problem("toml-too-deep", path.name, line),)) from error
    document = Document(path.name, values, lines(text))
    fitting, problems = _sift(document, values, shape, ())
    return document._replace(values=fitting), tuple(problems)


def _syntax_problem(name: str, text: str, reason: str) -> Problem:
    """What tomllib says, at the place that it names at the end of its message."""
    reason, _, place = reason.rpartition(" (at ")
    written = text.splitlines() or [""]
    line, column = (int(number) for number in (*re.findall(r"\d+", place), len(written), 0)[:2])
    shown = written[min(line, len(written)) - 1].strip()
    return problem("toml-syntax", name, line, column, reason=reason, shown=shown)


def _sift(
    document: Document, value: object, shape: Shape, place: Place
) -> tuple[Any, list[Problem]]:
    """The parts of `value` that fit `shape`, None where nothing does, and what does not fit."""
    match shape, value:
        case Table(), dict():
            missing = [
                document.problem("setting-missing", *place, name, key=_dotted(*place, name))
                for name in shape.required
                if name not in value
            ]
            shapes = {name: shape.fields.get(name, shape.others) for name in value}
            known = {name: found for name, found in shapes.items() if found is not None}
            unknown = [_unknown(document, shape, place, name) for name in value.keys() - known]
            fitting, misfits = _sift_all(document, value, known, place)
            return fitting, [*missing, *unknown, *misfits]
        case Map(), dict():
            return _sift_all(document, value, dict.fromkeys(value, shape.values), place)
        case Many(), list():
            items = dict(enumerate(value))
            fitting, misfits = _sift_all(document, items, dict.fromkeys(items, shape.items), place)
            return list(fitting.values()), misfits
        case type(), str() | int() if isinstance(value, shape) and (
            isinstance(value, bool) == (shape is bool)
        ):
            return value, []
    message = _NOT[shape if isinstance(shape, type) else type(shape)]
    return None, [document.problem(message, *place, key=_dotted(*place))]


_NOT: Final[dict[type, str]] = {
    str: "setting-not-text",
    int: "setting-not-number",
    bool: "setting-not-boolean",
    Many: "setting-not-list",
    Table: "setting-not-table",
    Map: "setting-not-table",
}


def _sift_all(
    document: Document, values: Any, shapes: Any, place: Place
) -> tuple[dict[Any, Any], list[Problem]]:
    """`_sift` for each of the `values` that has a shape."""
    sifted = {key: _sift(document, values[key], shapes[key], (*place, key)) for key in shapes}
    fitting = {key: found for key, (found, _) in sifted.items() if found is not None}
    return fitting, [wrong for _, misfits in sifted.values() for wrong in misfits]


def _unknown(document: Document, shape: Table, place: Place, name: str) -> Problem:
    nearest = get_close_matches(name, shape.fields, n=1)
    key = _dotted(*place, name)
    if nearest:
        return document.problem("setting-misspelt", *place, name, key=key, nearest=nearest[0])
    return document.problem("setting-unknown", *place, name, key=key, known=", ".join(shape.fields))


def _dotted(*place: str | int) -> str:
    """`place` as a user says it; the numbers of list items are left to the line."""
    return ".".join(part for part in place if isinstance(part, str))


def folded(text: str) -> str:
    """`text` in NFC, each run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEYS: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEAD: Final = re.compile(rf"[ \t]*\[(\[?)[ \t]*({_KEYS})[ \t]*\]")
_PAIR: Final = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")
_LONG_STRING: Final = re.compile(r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\'')


def lines(text: str) -> dict[Place, int]:
    """The line, from 1, of each table and key of a TOML text; keys of inline tables are left out.

    The text need not be valid.
    """
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    text = _LONG_STRING.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(text.split("\n"), 1):
        if head := _HEAD.match(line):
            table = _parts(head[2])
            if head[1]:
                counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, number)
                table = (*table, counts[table])
            found.setdefault(table, number)
        elif pair := _PAIR.match(line):
            found.setdefault((*table, *_parts(pair[1])), number)
    return found


def _parts(keys: str) -> Place:
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
