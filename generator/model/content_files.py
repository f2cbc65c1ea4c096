"""What the files in `content/` are by their names: sources, pictures beside them, or strays.

A stray is published nowhere, so that somebody has to say that it is there: it may be an article
under a wrong name.  Programs that keep folders alike on several machines put a copy beside a text
that two people changed; such a *conflict copy* would be a second article.
"""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from functools import cache
from typing import Final

from generator.base.problems import Problem, problem

ENDINGS: Final = (".md", ".markdown")
"""What the name of a source ends in, in capitals or not."""

NAMED: Final = 12
"""How many strays a message names; of more it tells how many they are."""

_PICTURES: Final = (
    ".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp",
    ".ai", ".bmp", ".eps", ".heic", ".heif", ".ico", ".jp2", ".jxl", ".psd", ".svgz", ".tif",
    ".tiff", ".xcf",
)  # fmt: skip
"""Pictures, and those from which a program makes them: they lie where their article does."""
_MOMENTARY: Final = (".tmp", ".swp", ".swx", ".part", ".crdownload")
"""What programs write for the time that a file is open or on its way."""
_OF_THE_SYSTEM: Final = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
"""What Windows and macOS put into folders by themselves."""
VIM: Final = 4913
"""Vim tries out by a file of this name, or of a higher number, whether it may write to a folder."""


@cache
def _conflict() -> re.Pattern[str]:
    """What stands in a conflict copy's name behind that of the text.

    Compiled when a name tells of one: that takes longer than to look at a thousand names.
    """
    return re.compile(
        r"""
        (?: \.sync-conflict-\d{8}-\d{6}(?:-\w+)?    # Syncthing
          | _conflict(?:-\w+)?-\d{8}-\d{6}          # ownCloud, and Nextcloud in earlier years
          | \s\(.*\b(?:
                conflicted[ ]copy                   # Nextcloud, Dropbox
              | in[ ]konflikt[ ]stehende[ ]kopie    # Dropbox
              | konflikt-?kopie
              | (?:conflict|konflikt)\b.*\d{4}-\d\d-\d\d
              | (?:case|unicode[ ]encoding)[ ]conflict | case[ ]clash[ ]from
              | sfconflict                          # Seafile
            )\b.*\)
          | [ ]?\[conflicted\]                      # pCloud
        )
        (?:[ ]?\(?\d{1,3}\)?)?                      # a second one of the same day
        \Z""",
        re.IGNORECASE | re.VERBOSE,
    )


def is_source(path: str) -> bool:
    """Whether the file at `path` is one that an editor writes."""
    return bool(_ending(path)) and not is_conflict_copy(path)


def sources(paths: Collection[str]) -> list[str]:
    """Those of `paths` that are sources; together, as nearly all have plain names."""
    tells = _tells_of_conflict("\0".join(paths).lower())
    return [path for path in paths if (is_source(path) if tells else _ending(path))]


def stem(name: str) -> str:
    """The name of a source without its ending."""
    return name[: len(name) - len(_ending(name))]


def is_conflict_copy(path: str) -> bool:
    """Whether the file at `path` is a text's conflict copy."""
    return bool(
        _tells_of_conflict(path.lower())
        and _ending(path)
        and _conflict().search(stem(posixpath.basename(path)))
    )


def _ending(path: str) -> str:
    """What makes a name that of a source, as it is written; "" where nothing does."""
    if path.endswith(".md"):  # as nearly all do
        return ".md"
    place = path.rfind(".")
    return path[place:] if place > 0 and path[place:].lower() in ENDINGS else ""


def _tells_of_conflict(lower: str) -> bool:
    """Whether the text has a word that is in the name of every conflict copy, and in few others."""
    return "conflict" in lower or "konflikt" in lower or "case clash" in lower


def is_momentary(name: str) -> bool:
    """Whether a program has a file of this name for itself, and for a moment."""
    lower = name.lower()
    return lower.endswith(_MOMENTARY) or (name.isdecimal() and int(name) >= VIM) or "___jb_" in name


def is_stray(path: str) -> bool:
    """Whether the file at `path` is neither a source nor what belongs to one."""
    name = posixpath.basename(path)
    lower = name.lower()
    return not (
        is_source(path)
        or lower.endswith(_PICTURES)
        or lower in _OF_THE_SYSTEM
        or is_momentary(name)
    )


def problems(
    paths: Collection[str], shown: Callable[[str], str], linked: Set[str] = frozenset()
) -> Iterator[Problem]:
    """What there is to say of the names of the files in `content/`: one warning for many.

    `shown` is how messages name a file or folder: of one stray its own path, of several that of
    their folder.  Those that are `linked`, offered by a text, are no strays.
    """
    # Nearly all are articles with plain names, and each build comes here: they are not looked at.
    folded = "\0".join(paths).casefold()
    others = [path for path in paths if not path.endswith(".md")]
    strays = sorted(filter(is_stray, paths if _tells_of_conflict(folded) else others))
    strays = [path for path in strays if path not in linked]
    copies = [path for path in strays if is_conflict_copy(path)]
    rest = [path for path in strays if not is_conflict_copy(path)]
    if copies:
        yield _named("content-conflict-copies", copies, shown)
    if rest:
        yield _named("content-strays", rest, shown)
    if len(set(folded.split("\0"))) < len(paths) or any(map(is_source, others)):
        yield from _twins((path for path in paths if is_source(path)), shown)


def _named(name: str, paths: list[str], shown: Callable[[str], str]) -> Problem:
    some = ", ".join(map(shown, paths[:NAMED]))
    more = f", … (+ {len(paths) - NAMED})" if len(paths) > NAMED else ""
    return problem(name, shown(posixpath.commonpath(paths)), count=len(paths), names=some + more)


def _twins(sources: Iterable[str], shown: Callable[[str], str]) -> Iterator[Problem]:
    """Sources of one folder whose names are the same but for ending and capitals."""
    first: dict[tuple[str, str], str] = {}
    for path in sorted(sources):
        folder, name = posixpath.split(path)
        other = first.setdefault((folder, stem(name).casefold()), name)
        if other != name:
            yield problem("content-twins", shown(path), other=other)
