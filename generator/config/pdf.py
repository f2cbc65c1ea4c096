"""The table `[pdf]` of portal.toml: whether articles are offered as PDFs, and which."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Table


class PdfSettings(msgspec.Struct, frozen=True):
    """Which articles are offered as PDFs: the `newest` so many; 0 stands for all."""

    enabled: bool = True
    newest: int = 0


SHAPE: Final = Table({"enabled": bool, "newest": int})


def settings(table: Mapping[str, Any]) -> PdfSettings:
    """What the table says, as far as it can be read."""
    return PdfSettings(**table)


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """A number of PDFs that is none."""
    newest = document.values.get("pdf", {}).get("newest", 1)
    if newest < 1:
        yield document.problem("size-too-small", "pdf", "newest", key="pdf.newest", size=newest)
