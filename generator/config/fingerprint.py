"""What every page depends on: the generator, the libraries that shape its output, the settings."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from generator.base import digests
from generator.config.portal import Portal

LIBRARIES: Final = (
    "babel", "brotli", "jinja2", "markdown", "markupsafe", "nh3", "pillow", "pymdown-extensions",
    "pystemmer", "python-frontmatter", "python-slugify", "pyyaml", "text-unidecode", "typst",
    "tzdata",
)  # fmt: skip


@cache
def generator() -> bytes:
    """The digest of this program: its own code, Python's version, and those of the libraries."""
    root = Path(__file__).parents[1]
    files = sorted(root.rglob("*.py"))
    code = [(file.relative_to(root).as_posix(), file.read_bytes()) for file in files]
    return digests.of_value((code, sorted(_versions().items()), tuple(sys.version_info)))


def _versions() -> dict[str, str]:
    """The version of each library.

    It stands in the name of the folder that tells of it (https://packaging.python.org/, "Recording
    installed projects"); what is not found so is asked for, which takes twenty times as long.
    """
    wanted = {library.replace("-", "_"): library for library in LIBRARIES}
    found: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder or "."):  # noqa: PTH208 (its names are all that is needed)
                library, _, version = name.removesuffix(".dist-info").partition("-")
                if name.endswith(".dist-info") and library.lower() in wanted:
                    found.setdefault(wanted[library.lower()], version)
    if len(found) < len(LIBRARIES):
        from importlib.metadata import version as asked

        found |= {library: asked(library) for library in LIBRARIES if library not in found}
    return found


def of_pages(portal: Portal) -> Mapping[str, bytes]:
    """The digests of what every page depends on, by how `--explain` calls it."""
    settings = digests.of_value(portal.shaping("pages"))
    return {"stadtschreiber": generator(), "portal.toml": settings}
