"""A new portal, made from the layouts and assets that come with the program."""

import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from generator.base.problems import PortalError, problem
from generator.config.portal import FILE

PARTS: Final = ("layouts", "assets/css", "assets/fonts", "assets/icons", "assets/js")
"""The folders that a new portal begins with; in a checkout they are those of the sample portal."""


def make_portal(folder: Path) -> Iterator[str]:
    """Makes a portal in `folder`, and says what it made.

    PortalError: there is a portal already, or files in the way, and nothing was changed; or nothing
    can be written there.
    """
    try:
        yield from _make(folder)
    except OSError as error:
        reason = error.strerror or error
        raise PortalError((problem("not-writable", str(folder), reason=reason),)) from error


def _make(folder: Path) -> Iterator[str]:
    starter = files("generator.build") / "starter"
    sources = {part: _part(starter, part) for part in PARTS}
    taken = [name for name in (FILE, *PARTS, "content") if (folder / name).exists()]
    if folder.exists() and not folder.is_dir():
        taken = [""]
    if taken:
        raise PortalError(
            tuple(problem("starter-in-the-way", str(folder / name)) for name in taken)
        )
    folder.mkdir(parents=True, exist_ok=True)
    for part, source in sources.items():
        with as_file(source) as place:
            shutil.copytree(place, folder / part)
        yield f"{folder / part}/"
    with as_file(starter / "portal") as place:
        for file in sorted(path for path in place.rglob("*") if path.is_file()):
            made = folder / file.relative_to(place)
            made.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, made)
            yield str(made)


def _part(starter: Traversable, part: str) -> Traversable:
    """A folder to copy: beside the package in a checkout, inside it when installed."""
    inside = starter / part
    return inside if inside.is_dir() else Path(__file__).parents[2] / part
