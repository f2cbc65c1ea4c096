"""What an editor changes between two builds: one source file each."""

from collections.abc import Callable, Sequence
from pathlib import Path

Edit = Callable[[Sequence[Path], int], None]
"""Changes one of the sources, which are sorted from the oldest, differently in each round."""


def change_text(sources: Sequence[Path], turn: int) -> None:
    """A sentence more in an article of the middle of the archive."""
    path = sources[len(sources) // 2]
    header, text = path.read_text(encoding="utf-8").split("\n---\n\n", 1)
    text = f"Nachtrag {turn}: Die Angaben wurden ergänzt. {text}"
    path.write_text(f"{header}\n---\n\n{text}", encoding="utf-8")


def change_title(sources: Sequence[Path], turn: int) -> None:
    """Another headline for that article."""
    _retitle(sources[len(sources) // 2], turn)


def change_newest_title(sources: Sequence[Path], turn: int) -> None:
    """Another headline for the newest article, which stands on every page."""
    _retitle(sources[-1], turn)


def _retitle(path: Path, turn: int) -> None:
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace('title: "', f'title: "Nr. {turn}, ', 1), encoding="utf-8")
