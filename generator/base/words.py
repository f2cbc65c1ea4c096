"""Words for people, in English and in German: one catalogue for messages and all other sentences.

The entries stand in `messages/*.toml`, by name, with `{placeholders}`.  What counts something has
two forms, one for a single thing and one for several; `{count}` chooses.  To read all entries takes
longer than a small build: each is read when it is first said.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Language = Literal["en", "de"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "de")

Text = str | Sequence[str]
"""A text with placeholders, or two forms of it: for one, and for several."""


def word(name: str, language: Language, **values: object) -> str:
    """The word or sentence `name` of the catalogue, filled with `values`.

    Numbers are written as the language writes them.  KeyError: the catalogue has no such entry, or
    a placeholder has no value.
    """
    written = {key: _written(value, language) for key, value in values.items()}
    return filled(entry(name)[language], written)


def filled(text: Text, values: Mapping[str, str]) -> str:
    """`text`, in the form for so many as `values` count, with `values` in its placeholders."""
    form = text if isinstance(text, str) else text[values["count"] != "1"]
    return form.format_map(values)


def general(text: Text) -> str:
    """`text` as it stands in the catalogue, in the form for several."""
    return text if isinstance(text, str) else text[-1]


def _written(value: object, language: Language) -> str:
    if isinstance(value, int | float):
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
        return text.translate(_GERMAN) if language == "de" else text
    return str(value)


_GERMAN: Final = {ord(","): ".", ord("."): ","}


@cache
def entry(name: str) -> dict[str, Any]:
    """What the catalogue has under `name`.  KeyError: nothing."""
    return tomllib.loads(_tables()[name])


def names() -> tuple[str, ...]:
    """The names of all entries, in the order in which they stand in their files."""
    return tuple(_tables())


@cache
def _tables() -> dict[str, str]:
    """The lines of each entry, by name; no text has a line that begins with `[`."""
    tables = {}
    for file in sorted(Path(__file__).with_name("messages").iterdir()):
        if file.suffix == ".toml":
            for table in f"\n{file.read_text(encoding='utf-8')}".split("\n[")[1:]:
                name, _, lines = table.partition("]\n")
                tables[name] = lines
    return tables
