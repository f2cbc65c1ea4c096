"""Whether anything can have changed since the last build; if not, nothing has to be looked at."""

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from generator.base import digests
from generator.base.problems import Problem
from generator.base.report import Options
from generator.base.scan import Found, Stamp, scan
from generator.config import fingerprint
from generator.config.portal import Portal


class Situation(msgspec.Struct, frozen=True):
    """What a build found, and what it came to.

    `inputs` is the digest of all that it depended on but the moment; what it made holds from the
    moment `since` until before `until` (POSIX times; None: for ever).
    """

    inputs: bytes = b""
    since: float = 0.0
    until: float | None = 0.0
    due: float | None = None
    articles: int = 0
    pages: int = 0
    warnings: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()

    def still_holds(self, inputs: bytes, at: datetime) -> bool:
        """Whether a build of `inputs` for the moment `at` would come to the same."""
        now = at.timestamp()
        return inputs == self.inputs and self.since <= now and (not self.until or now < self.until)


class Surroundings(msgspec.Struct, frozen=True):
    """The files of a portal as the file system shows them."""

    content: Found
    assets: Found
    layouts: Found

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
    )


def _placed(found: Found, folder: Path, root: Path) -> Found:
    """What was found in a folder, its problems at their paths below the portal's."""
    place = folder.relative_to(root) if folder.is_relative_to(root) else folder
    return found._replace(problems=tuple(p.moved(str(place / p.path)) for p in found.problems))


def inputs(portal: Portal, found: Surroundings, options: Options) -> bytes:
    """The digest of all that a build depends on but the moment; b"" where it cannot be told.

    It cannot where a file was changed so lately that another change might not show.
    """
    stamps: tuple[Mapping[str, Stamp], ...] = (
        found.content.files, found.assets.files, found.layouts.files
    )  # fmt: skip
    if found.problems or not all(stamp.trusted for files in stamps for stamp in files.values()):
        return b""
    places = [str(getattr(portal.folders, field)) for field in portal.folders.__struct_fields__]
    chosen = options.drafts, options.keep_going
    return digests.of_value((fingerprint.generator(), portal.constants, places, chosen, stamps))
