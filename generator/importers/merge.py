"""Writes sources, and remembers them: what an editor changed since is never written over."""

import json
from pathlib import Path
from typing import Final, Literal

import msgspec

from generator.base import digests
from generator.importers.archive import Source

FOLDER: Final = "import"
"""What an import leaves in a portal besides sources: its report, what it remembers, comments."""

FILE: Final = "known.json"

Outcome = Literal["new", "same", "updated", "edited-here", "changed-twice", "deleted-here"]


class Known(msgspec.Struct, frozen=True):
    """A source that came in: where it was written, and the digest of what was written there."""

    path: str
    digest: str


def load(portal: Path) -> dict[str, Known]:
    """What came into a portal before, by the keys of the items; {} if nothing did."""
    file = portal / FOLDER / FILE
    if not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Known])
    except msgspec.DecodeError:
        return {}


def save(portal: Path, known: dict[str, Known]) -> None:
    """Keeps in the portal what came in, in an order that differs little from time to time."""
    file = portal / FOLDER / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{json.dumps(key, ensure_ascii=False)}: {msgspec.json.encode(known[key]).decode()}"
        for key in sorted(known)
    ]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


class Merge:
    """Writes the sources of one import into a content folder."""

    def __init__(self, portal: Path, content: Path, known: dict[str, Known]) -> None:
        self.known = known
        self._portal, self._content = portal, content

    def write(self, source: Source) -> Outcome:
        """Writes a source unless an editor's work would be lost; what came of it.

        "changed-twice": both sides changed; what the archive says lies in `import/changed/`.
        """
        key, path, data = source.account.key, source.account.path, source.data
        digest = digests.of_bytes(data).hex()
        file = self._content / path
        before = self.known.get(key)
        there = digests.of_bytes(file.read_bytes()).hex() if file.is_file() else ""
        if there == digest:
            outcome: Outcome = "same"
        elif before is None:
            outcome = "changed-twice" if there else "new"
        elif not there:
            outcome = "deleted-here"
        elif there == before.digest:
            outcome = "updated"
        else:
            outcome = "edited-here" if digest == before.digest else "changed-twice"
        if outcome in ("new", "updated"):
            _write(file, data)
        elif outcome == "changed-twice":
            _write(self._portal / FOLDER / "changed" / path, data)
        if outcome != "deleted-here":
            self.known[key] = Known(path, digest)
        return outcome


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
