"""The manifest: which files of an output folder the generator wrote, and so may replace."""

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from generator.journal import Stage, Written

MANIFEST: Final = ".stadtschreiber-manifest"
"""The file of the output folder that names all those there that the generator wrote, in order."""

_HEAD: Final = re.compile(r"Stadtschreiber wrote these (\d+) files for (.*)")


class Manifest(NamedTuple):
    """The portal that a folder belongs to, by its address, and what was written there for it."""

    owner: str
    targets: tuple[str, ...]


def read(output: Path) -> Manifest:
    """The manifest; an empty one where it is missing or damaged."""
    try:
        head, *targets, end = (output / MANIFEST).read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return Manifest("", ())
    described = _HEAD.fullmatch(head)
    if end or not described or int(described[1]) != len(targets):
        return Manifest("", ())
    return Manifest(described[2], tuple(targets))


def write(stage: Stage, manifest: Manifest) -> Written:
    """Stages the manifest.  PortalError: it cannot be written."""
    head = f"Stadtschreiber wrote these {len(manifest.targets)} files for {manifest.owner}"
    written = stage.write(MANIFEST, "\n".join((head, *manifest.targets, "")).encode(), b"")
    # Without it all that the generator wrote would be foreign: it has to survive a loss of power.
    with Path(stage.file(MANIFEST)).open("rb") as stream:
        os.fsync(stream.fileno())
    return written
