"""What lies in the folders of a portal; after a save, looked at again only where it changed."""

import os
from collections.abc import Collection
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.base.problems import Problem
from generator.base.scan import Found, Stamp, look_at, scan
from generator.config.portal import Portal
from generator.model import content_files
from generator.site import ledger


class Surroundings(msgspec.Struct, frozen=True, dict=True):
    """The files of a portal as the file system shows them; the bytes of its ledger."""

    content: Found
    assets: Found
    layouts: Found
    ledger: bytes = b""

    @cached_property
    def sources(self) -> dict[str, Stamp]:
        """The files in `content/` that are sources."""
        files = self.content.files
        found = content_files.sources(files)
        return files if len(found) == len(files) else {path: files[path] for path in found}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is in the folders and cannot be read."""
        return (*self.content.problems, *self.assets.problems, *self.layouts.problems)


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


def look(portal: Portal) -> Surroundings:
    """The files of a portal, as they are now."""
    folders = portal.folders
    content = scan(folders.content, folders.shown(folders.content))
    for pattern in folders.ignore:
        files = {p: s for p, s in content.files.items() if not fnmatchcase(p, pattern)}
        content = Found.of(files, content.problems)
    return Surroundings(
        content,
        scan(folders.assets, folders.shown(folders.assets)),
        scan(folders.layouts, folders.shown(folders.layouts)),
        _ledger(folders.root / ledger.FILE),
    )


def _ledger(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def look_again(portal: Portal, before: Surroundings, paths: Collection[str] | None) -> Looked:
    """Looks at the files at `paths`; at all where that is None, or is not enough."""
    folders = portal.folders
    if paths is not None:
        content = _again(folders.content, before.content, paths, folders.ignore)
        assets = _again(folders.assets, before.assets, paths)
        layouts = _again(folders.layouts, before.layouts, paths)
        if content and assets and layouts:
            file = folders.root / ledger.FILE
            known = _ledger(file) if str(file) in paths else before.ledger
            found = Surroundings(content[0], assets[0], layouts[0], known)
            return Looked(found, content[1], assets[1], layouts[1])
    found = look(portal)
    return Looked(
        found,
        _differing(before.content, found.content),
        _differing(before.assets, found.assets),
        _differing(before.layouts, found.layouts),
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
    return Found.of(files), Changed(stamps, frozenset(gone))


def _differing(before: Found, after: Found) -> Changed:
    old, new = before.files, after.files
    stamps = {p: s for p, s in new.items() if not s.proves_unchanged_since(old.get(p))}
    return Changed(stamps, frozenset(old.keys() - new.keys()))
