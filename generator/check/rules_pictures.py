"""Rules about picture files: too small for their place, or larger than anybody can use."""

from collections.abc import Iterator
from typing import Final

import msgspec

from generator.base.problems import PortalError, Problem, problem
from generator.base.scan import read_bytes
from generator.config.portal import Folders
from generator.media import images
from generator.model.article import Image
from generator.site.assets import Assets

WIDTH: Final = 800
"""Pixels that a picture fills on a screen; a narrower one looks coarse there."""
MEGABYTES: Final = 20
SIDE: Final = 12_000
"""Pixels; no camera of a newsroom makes larger pictures."""


class Looked(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a picture file; `problems` is why it cannot be published."""

    width: int
    height: int
    drawing: bool
    megabytes: float
    problems: tuple[Problem, ...] = ()


def look(folders: Folders, name: str) -> Looked:
    """What there is to know of the picture `name`; its problems have the path ""."""
    try:
        data = read_bytes(Assets(folders, {}).file(name), "")
        seen = images.look(data, "")
    except PortalError as error:
        return unseen(*error.problems)
    size = round(len(data) / 1_000_000, 1)
    return Looked(seen.width, seen.height, seen.format == "svg", size, seen.problems)


def unseen(*problems: Problem) -> Looked:
    """What is known of a picture that cannot be looked at, because of `problems`."""
    return Looked(0, 0, drawing=True, megabytes=0, problems=problems)


def faults(line: int, seen: Looked) -> Iterator[Problem]:
    """Why the file of a picture that stands in a line cannot be published, or what it will lack."""
    yield from (one.at("", line) for one in seen.problems)


def sizes(image: Image, line: int, seen: Looked) -> Iterator[Problem]:
    """Whether the file of a picture that stands in a line is too small, or huge."""
    if seen.drawing:
        return
    if seen.width < WIDTH:
        yield problem("picture-small", "", line, file=image.file, width=seen.width, limit=WIDTH)
    if seen.megabytes > MEGABYTES or max(seen.width, seen.height) > SIDE:
        yield problem(
            "picture-heavy", "", line, file=image.file, megabytes=seen.megabytes,
            width=seen.width, height=seen.height,
        )  # fmt: skip
