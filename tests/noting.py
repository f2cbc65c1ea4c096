"""A portal that notes which of its settings are looked at."""

from pathlib import Path
from typing import Any, ClassVar

from generator.config import portal as portals
from generator.config.portal import Portal


class Noting(Portal, frozen=True):
    """As `Portal`; `asked` are the settings that any of them was asked for."""

    asked: ClassVar[set[str]] = set()

    def __getattribute__(self, name: str) -> Any:
        if name in Portal.__struct_fields__:
            self.asked.add(name)
        return super().__getattribute__(name)


def noting(file: Path) -> Noting:
    """The portal in `file`; nothing was asked yet."""
    portal = portals.load(file)
    made = Noting(*(getattr(portal, name) for name in Portal.__struct_fields__))
    Noting.asked.clear()
    return made
