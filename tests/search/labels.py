"""The labels of queries.toml and traps.toml: what readers type, and which sources are right."""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from tests.portals import ROOT

FOLDER: Final = Path(__file__).parent
SOURCES: Final = {
    FOLDER / "queries.toml": ROOT / "content",
    FOLDER / "traps.toml": FOLDER / "words",
}
"""For each file of labels the folder whose sources its paths name."""


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One search, and what a fair reader would call its answer."""

    text: str
    kind: str
    right: tuple[str, ...]
    best: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    suggest: str = ""
    why: str = ""


def read(file: Path) -> tuple[Query, ...]:
    """The labelled searches of a file, in its order."""
    with file.open("rb") as opened:
        return msgspec.convert(tomllib.load(opened)["query"], tuple[Query, ...])
