"""The table `[markdown]` of portal.toml: what in a text becomes more than it is."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from generator.config.toml_file import Table


class MarkdownSettings(msgspec.Struct, frozen=True):
    """`bare_links`: whether addresses that stand in a text by themselves become links."""

    bare_links: bool = True


SHAPE: Final = Table({"bare_links": bool})


def settings(table: Mapping[str, Any]) -> MarkdownSettings:
    """What the table says."""
    return MarkdownSettings(**table)
