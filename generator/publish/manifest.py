"""The manifest: which files of an output folder the generator wrote, and so may replace.

It is a text: how many files were written for whom, a line for each of them, and a line of JSON with
the page of each source.  Earlier versions did not write the last line.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Self

import msgspec

from generator.publish.journal import Stage, Written

MANIFEST: Final = ".stadtschreiber-manifest"
"""The file of the output folder that names all those there that the generator wrote, in order."""

_HEAD: Final = re.compile(r"Stadtschreiber wrote these (\d+) files for (.*)")


class Manifest(NamedTuple):
    """The portal that a folder belongs to, by its address, and what was written there for it.

    `sources`, as JSON, has the target of each source's page; "" where that is not known.
    """

    owner: str
    targets: tuple[str, ...]
    sources: str = ""

    @classmethod
    def of(cls, owner: str, targets: Iterable[str], published: Mapping[str, str]) -> Self:
        """The manifest of a folder in which `published` has the target of each source's page."""
        return cls(owner, tuple(targets), msgspec.json.encode(published).decode())

    @classmethod
    def read(cls, output: Path) -> Self:
        """The manifest of a folder; an empty one where it is missing or damaged."""
        try:
            head, *lines, end = (output / MANIFEST).read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError):
            return cls("", ())
        said = _HEAD.fullmatch(head)
        count = int(said[1]) if said else 0
        if end or not said or len(lines) - count not in (0, 1):
            return cls("", ())
        return cls(said[2], tuple(lines[:count]), "".join(lines[count:]))

    @property
    def published(self) -> dict[str, str] | None:
        """The target of the page of each source that has one; None where that is not known."""
        try:
            return msgspec.json.decode(self.sources, type=dict[str, str]) if self.sources else None
        except msgspec.MsgspecError:
            return None

    @property
    def text(self) -> str:
        """The file that says all this."""
        head = f"Stadtschreiber wrote these {len(self.targets)} files for {self.owner}"
        sources = (self.sources,) if self.sources else ()
        return "\n".join((head, *self.targets, *sources, ""))

    def write(self, stage: Stage) -> Written:
        """Stages the manifest.  PortalError: it cannot be written."""
        written = stage.write(MANIFEST, self.text.encode(), b"")
        # Without it all would be foreign: it has to survive a loss of power.
        with Path(stage.file(MANIFEST)).open("rb") as stream:
            os.fsync(stream.fileno())
        return written
