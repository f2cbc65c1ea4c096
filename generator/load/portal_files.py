"""What lies in the folders of a portal."""

from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from generator.base.problems import Problem
from generator.base.scan import Found, scan
from generator.config.portal import Portal
from generator.site import ledger


class Surroundings(msgspec.Struct, frozen=True):
    """The files of a portal as the file system shows them; the bytes of its ledger."""

    content: Found
    assets: Found
    layouts: Found
    ledger: bytes = b""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is in the folders and cannot be read."""
        return (*self.content.problems, *self.assets.problems, *self.layouts.problems)


def look(portal: Portal) -> Surroundings:
    """The files of a portal, as they are now."""
    folders = portal.folders
    content = scan(folders.content)
    sources = {
        path: stamp
        for path, stamp in content.files.items()
        if not any(fnmatchcase(path, pattern) for pattern in folders.ignore)
    }
    return Surroundings(
        content._replace(files=sources),
        _placed(scan(folders.assets), folders.assets, folders.root),
        _placed(scan(folders.layouts), folders.layouts, folders.root),
        _ledger(folders.root / ledger.FILE),
    )


def _ledger(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _placed(found: Found, folder: Path, root: Path) -> Found:
    """What was found in a folder, its problems at their paths below the portal's."""
    place = folder.relative_to(root) if folder.is_relative_to(root) else folder
    return found._replace(problems=tuple(p.moved(str(place / p.path)) for p in found.problems))
