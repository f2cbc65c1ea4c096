"""What every page depends on: the generator, the libraries that shape its output, the settings."""

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from generator import digests
from generator.portal import Portal

LIBRARIES: Final = (
    "babel", "brotli", "jinja2", "markdown", "markupsafe", "nh3", "pagefind-bin", "pillow",
    "pymdown-extensions", "python-frontmatter", "python-slugify", "pyyaml", "typst", "tzdata",
)  # fmt: skip

SETTINGS: Final = ("address", "language", "sections", "authors", "addresses")
"""What of portal.toml the filters know without a layout's asking."""


@cache
def generator() -> bytes:
    """The digest of this program: its own code, Python's version, and those of the libraries."""
    code = [
        (file.name, file.read_bytes())
        for file in sorted(files("generator").iterdir(), key=lambda file: file.name)
        if file.name.endswith(".py")
    ]
    versions = [version(library) for library in LIBRARIES]
    return digests.of_value((code, versions, tuple(sys.version_info)))


def of_pages(portal: Portal) -> Mapping[str, bytes]:
    """The digests of what every page depends on, by how `--explain` calls it."""
    settings = digests.of_value([getattr(portal, name) for name in SETTINGS])
    return {"the generator": generator(), "portal.toml": settings}
