"""One publication: what goes from where to where."""

from pathlib import Path
from typing import NamedTuple

from generator.deploy.courier import Line
from generator.deploy.lock import Lock
from generator.deploy.manifest import Manifest


class Publication(NamedTuple):
    """The way to a target whose lock is held, what readers see there `before`, with what of it is
    in doubt, what is `wanted`, and the folder `output` that has those files."""

    line: Line
    lock: Lock
    before: Manifest
    wanted: Manifest
    output: Path
