"""The values of a TOML file as the frozen classes in which its settings are declared."""

from pathlib import Path
from typing import Any, Final, TypeVar

from generator.base.problems import Problem
from generator.base.suggestions import nearest
from generator.config.setting import Field, Keyed, Table, folded, keyed, taken_apart
from generator.config.toml_file import Document, Place

T = TypeVar("T", bound=Table)

_NOT: Final[dict[type, str]] = {
    str: "setting-not-text",
    Path: "setting-not-text",
    int: "setting-not-number",
    bool: "setting-not-boolean",
    tuple: "setting-not-list",
    dict: "setting-not-table",
}


def read(document: Document, table: type[T]) -> tuple[T, list[Problem]]:
    """The document as a `table`, and all that is wrong in it.

    What is wrong counts as not written: its default takes its place, or "" where it has none.
    """
    reader = _Reader()
    return reader.table(table, document.values, Place(document)), reader.problems


class _Reader:
    """Reads values; `problems` are those that it found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def table(self, table: type[T], written: dict[str, Any], at: Place) -> T:
        """What is written at the place `at`, as a table."""
        made = table(**self._fields(keyed(table), written, at))
        self.problems += made.mistakes(at)
        return made

    def _fields(self, known: Keyed, written: dict[str, Any], at: Place) -> dict[str, Any]:
        """The values of the fields of a table, by name; without those that take their default."""
        others = {key: value for key, value in written.items() if key not in known or key == "*"}
        if "*" in known:
            written = {**written, "*": others}
        else:
            self.problems += [_unknown(at.at(key), known) for key in others]
        found: dict[str, Any] = {}
        for key, field in known.items():
            place = at if key == "*" else at.at(key)
            if not isinstance(field, Field):
                inner = self._value(dict, written.get(key, {}), place)
                found |= self._fields(field, inner or {}, place)
                continue
            value = None
            if key in written:
                value = self._value(field.type, written[key], place)
            elif field.required:
                self.problems.append(place.problem("setting-missing", key=place.key))
            if value is not None:
                found[field.name] = value
            elif field.default is None:
                found[field.name] = ""
        return found

    def _value(self, kind: Any, written: Any, at: Place) -> Any:
        """What is written at the place `at`, as a value of a type; None where it is none."""
        plain, parts, allowed = taken_apart(kind)
        value = self._plain(plain, parts, written, at)
        if isinstance(value, str) and not allowed.verbatim:
            value = folded(value)
        if value is None:
            return None
        if isinstance(value, str | Path) and (control := min(str(value), default=" ")) < " ":
            wrong = [at.problem("setting-control", key=at.key, character=control)]
        else:
            wrong = list(allowed.mistakes(at, value))
        self.problems += wrong
        return None if wrong else allowed.read(value)

    def _plain(self, plain: Any, parts: tuple[Any, ...], written: Any, at: Place) -> Any:
        """`_value`, whatever else is allowed."""
        match written:
            case dict() if issubclass(plain, Table):
                return self.table(plain, written, at)
            case dict() if plain is dict and parts:
                return self._map(parts[0], parts[1], written, at)
            case list() if plain is tuple:
                items = [self._value(parts[0], item, at.at(n)) for n, item in enumerate(written)]
                return tuple(item for item in items if item is not None)
            case str() if plain is Path:
                return Path(written)
        if type(written) is plain:  # not `isinstance`: true is an int
            return written
        message = _NOT[dict if issubclass(plain, Table) else plain]
        self.problems.append(at.problem(message, key=at.key))
        return None

    def _map(self, keys: Any, values: Any, written: dict[str, Any], at: Place) -> dict[Any, Any]:
        """A table whose keys the user chooses."""
        found: dict[Any, Any] = {}
        for name, each in written.items():
            place = at.at(name)
            key, value = self._value(keys, name, place), self._value(values, each, place)
            if key in found:
                self.problems.append(place.problem("setting-twice", key=place.key))
            elif None not in (key, value):
                found[key] = value
        return found


def _unknown(at: Place, known: Keyed) -> Problem:
    if near := nearest(str(at.keys[-1]), known.keys()):
        return at.problem("setting-misspelt", key=at.key, nearest=near)
    return at.problem("setting-unknown", key=at.key, known=", ".join(known))
