"""Which files a portal has: after a save, looked at again only where something changed."""

import os
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from generator.base import digests
from generator.base.problems import PortalError
from generator.base.scan import Found, Stamp, look_at, read_pieces
from generator.config.portal import Portal
from generator.load import portal_files
from generator.load.portal_files import Surroundings
from generator.model.content_files import is_momentary, is_source
from generator.site.assets import BESIDE


class Changed(NamedTuple):
    """The files of a folder that are new or perhaps changed, by path, and those that are gone."""

    stamps: dict[str, Stamp]
    gone: frozenset[str]

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.stamps, *self.gone)


class Looked(NamedTuple):
    """What was found, and how it differs from what had been found before."""

    found: Surroundings
    content: Changed
    assets: Changed
    layouts: Changed


def look_again(portal: Portal, before: Surroundings, paths: Collection[str] | None) -> Looked:
    """Looks at the files at `paths`; at all where that is None, or is not enough."""
    folders = portal.folders
    if paths is not None:
        content = _again(folders.content, before.content, paths, folders.ignore)
        assets = _again(folders.assets, before.assets, paths)
        layouts = _again(folders.layouts, before.layouts, paths)
        if content and assets and layouts:
            found = Surroundings(content[0], assets[0], layouts[0])
            return Looked(found, content[1], assets[1], layouts[1])
    found = portal_files.look(portal)
    return Looked(
        found,
        _differing(before.content, found.content),
        _differing(before.assets, found.assets),
        _differing(before.layouts, found.layouts),
    )


class FileDigests(Mapping[str, bytes]):
    """The digests of the files that pages may refer to, by name; found out when they are asked for.

    An archive may have thousands of pictures, and an editor looks at ten.
    """

    def __init__(self, portal: Portal, found: Surroundings) -> None:
        folders = portal.folders
        self._files = {path: folders.assets / path for path in found.assets.files}
        for path in found.content.files:
            if not is_source(path):
                self._files[BESIDE + path] = folders.content / path
        self._known: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._known:
            file = self._files[name]
            self._known[name] = digests.of_pieces(read_pieces(file, str(file)))
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def say_the_same_as(self, before: "FileDigests") -> bool:
        """Whether who asked `before` would be told the same now."""
        if self._files.keys() != before._files.keys():
            return False
        try:
            return all(self[name] == digest for name, digest in before._known.items())
        except PortalError:  # a file cannot be read any more: the page that shows it will say so
            return False


def is_passed_over(path: str) -> bool:
    """Whether a file is none of the portal's: hidden, or an editor's own, there for a moment.

    `path` is relative to the folder that it lies in.
    """
    parts = path.split("/")
    name = parts[-1]
    return (
        any(part.startswith(".") for part in parts)
        or name.endswith("~")
        or (name.startswith("#") and name.endswith("#"))
        or is_momentary(name)
    )


def _inside(folder: Path, paths: Collection[str]) -> list[str]:
    """Those of `paths` that lie in `folder`, as seen from there."""
    start = f"{folder}{os.sep}"
    inside = (path.removeprefix(start) for path in paths if path.startswith(start))
    return [path.replace(os.sep, "/") for path in inside]


def _again(
    folder: Path, before: Found, paths: Collection[str], ignored: Collection[str] = ()
) -> tuple[Found, Changed] | None:
    """The files of one folder, and how they differ; None where single looks do not tell."""
    inside = _inside(folder, paths)
    if not inside:
        return before, Changed({}, frozenset())
    if before.problems:
        return None
    files = dict(before.files)
    stamps: dict[str, Stamp] = {}
    gone: set[str] = set()
    for path in inside:
        if any(part.startswith(".") for part in path.split("/")):
            continue
        stamp = look_at(folder / path)
        if stamp:
            if not any(fnmatchcase(path, pattern) for pattern in ignored):
                files[path] = stamps[path] = stamp
        elif os.path.lexists(folder / path):
            return None  # a folder, a link or a pipe
        elif files.pop(path, None):
            gone.add(path)
        elif any(file.startswith(f"{path}/") for file in files):
            return None  # it was a folder
    return Found(files, ()), Changed(stamps, frozenset(gone))


def _differing(before: Found, after: Found) -> Changed:
    old, new = before.files, after.files
    stamps = {p: s for p, s in new.items() if not s.proves_unchanged_since(old.get(p))}
    return Changed(stamps, frozenset(old.keys() - new.keys()))
