"""In which line of a source stands what a warning about its PDF means.

It is found out when somebody is told: a warning is kept with the PDF, which is not made anew when
another key moves the text down.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from generator.base.problems import PortalError, Problem
from generator.base.scan import read_bytes
from generator.config.portal import Portal

_NUMBER: Final = re.compile(r"U\+([0-9A-F]{4,6})")
_WORD: Final = re.compile(r"\w+")


def placed(problems: Iterable[Problem], portal: Portal) -> Iterator[Problem]:
    """`problems`, whose paths are below the content folder, at the lines that they are about."""
    sources: dict[str, tuple[list[str], int]] = {}
    for found in problems:
        if found.path not in sources:
            sources[found.path] = _source(found.path, portal)
        lines, first = sources[found.path]
        yield found.at(
            portal.folders.in_content(found.path), _line(lines, first, dict(found.values))
        )


def _source(path: str, portal: Portal) -> tuple[list[str], int]:
    """The lines of a source, and where its text begins."""
    try:
        data = read_bytes(portal.folders.content / path, path)
    except PortalError:
        return [], 1
    # Imported here: a build without such warnings needs no YAML.
    from generator.front_matter import foreign_heads  # noqa: PLC0415

    first = foreign_heads.read(data, portal.front_matter.styles).first_line
    lines = data.decode("utf-8", "replace").splitlines()
    while first < len(lines) and not lines[first - 1].strip():
        first += 1
    return lines, first


def _line(lines: list[str], first: int, values: dict[str, str]) -> int:
    """The first line that shows most of what a message names; else the first of the text."""
    text = range(first - 1, len(lines))
    if "file" in values or "characters" in values:
        wanted = values.get("file") or _first(values["characters"])
        everywhere = (*text, *range(min(first - 1, len(lines))))
        return next((number + 1 for number in everywhere if wanted in lines[number]), first)
    words = _WORD.findall(values.get("text", ""))

    def shown(number: int) -> int:
        return sum(word in lines[number] for word in words)

    best = max(text, key=shown, default=first - 1)
    return best + 1 if words and text and shown(best) else first


def _first(characters: str) -> str:
    """The first of the characters that a message names."""
    found = characters.split(" ", maxsplit=1)[0]
    number = _NUMBER.fullmatch(found)
    return chr(int(number[1], 16)) if number else found
