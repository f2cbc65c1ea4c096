"""Tables that screen readers can follow and that scroll on a phone."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions.tables import TableProcessor as Rows

from generator.markdown.notes import Notes

_LINE: Final = re.compile(r" {0,3}\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*$")

SURPLUS: Final = "surplus"
"""What a row has that holds more cells than the table has columns, until it is told."""
_ALIGNED: Final = re.compile(r"text-align: (left|center|right);")


class Table(str):
    """The rows of a table: the heads first, then the line below them."""


class TableProcessor(Rows):
    """Python-Markdown's tables; what is left over in a row is kept for a message."""

    kind = Table

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser, {"use_align_attribute": False})

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - its first rows say it
        """Whether `block` is a table."""
        heads, line = block.split("\n", 2)[:2]
        if "|" not in heads or not _LINE.match(line):
            return False
        columns = self._split_row(line)
        self.separator = columns  # type: ignore[assignment]  # the stubs say str
        return len(columns) == len(self._split_row(heads))

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Make a table of the first of `blocks`."""
        super().run(parent, blocks)
        if not len(parent[-1][1]):
            del parent[-1][1]

    def _build_empty_row(self, parent: Element, align: Sequence[str | None]) -> None:
        """No row where none is written."""

    def _build_row(self, row: str, parent: Element, align: Sequence[str | None]) -> None:
        super()._build_row(row, parent, align)  # type: ignore[misc]  # the stubs leave it out
        if row.count("|") >= len(align) and len(self._split_row(row)) > len(align):
            parent[-1].set(SURPLUS, row)

    def _split_row(self, row: str) -> list[str]:
        bare = self.RE_END_BORDER.sub("", row.strip(" ").removeprefix("|"))
        cells: list[str] = self._split(bare)  # type: ignore[attr-defined]  # left out as well
        return [cell.replace("\\|", "|") for cell in cells] if "\\|" in bare else cells


@cache
def _rows() -> TableProcessor:
    return TableProcessor(BlockParser(Markdown()))


def begins(heads: str, line: str) -> bool:
    """Whether `line` below `heads` makes a table of both."""
    return "|" in heads and _rows().test(Element("div"), f"{heads}\n{line}")


def wrap(tables: list[Element], notes: Notes) -> None:
    """Put each of `tables` into a region of its own that can be scrolled with the keyboard."""
    for number, table in enumerate(tables, 1):
        for cell in table.iter():
            if cell.tag in {"td", "th"}:
                _finish_cell(cell, notes)
            elif row := cell.attrib.pop(SURPLUS, ""):
                columns = len(cell)
                notes.report("markdown-table-cells", notes.place_of(row), columns=columns)
        inner = Element("table", table.attrib)
        inner.text, inner.tail = table.text, "\n"
        inner[:] = list(table)
        table[:] = [inner]
        table.tag, table.text = "div", "\n"
        name = "Tabelle" if len(tables) == 1 else f"Tabelle {number}"
        table.attrib = {"class": "table", "role": "region", "aria-label": name, "tabindex": "0"}


def _finish_cell(cell: Element, notes: Notes) -> None:
    """Name the alignment as a class, since a strict policy forbids inline style; mark headers."""
    style = cell.attrib.pop("style", None)
    if style and (aligned := _ALIGNED.fullmatch(style)):
        cell.set("class", f"{cell.get('class', '')} {aligned[1]}".strip())
    elif style:
        place = notes.place_of("style=")
        notes.report("markdown-attribute", place, attribute="style", tag=cell.tag)
    if cell.tag == "th":
        if len(cell) or (cell.text or "").strip():
            cell.set("scope", "col")
        else:
            cell.tag = "td"  # an empty header would announce nothing
