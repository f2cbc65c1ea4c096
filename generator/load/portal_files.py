"""What lies in the folders of a portal."""

from fnmatch import fnmatchcase

import msgspec

from generator.base.problems import Problem
from generator.base.scan import Found, scan
from generator.config.portal import Portal


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
    content = scan(folders.content, folders.shown(folders.content))
    sources = {
        path: stamp
        for path, stamp in content.files.items()
        if not any(fnmatchcase(path, pattern) for pattern in folders.ignore)
    }
    return Surroundings(
        content._replace(files=sources),
        scan(folders.assets, folders.shown(folders.assets)),
        scan(folders.layouts, folders.shown(folders.layouts)),
    )
