"""Tables that screen readers can follow and that scroll on a phone."""

import re
from typing import Final
from xml.etree.ElementTree import Element

from generator.markdown.notes import Notes

_ALIGNED: Final = re.compile(r"text-align: (left|center|right);")


def wrap(tables: list[Element], notes: Notes) -> None:
    """Put each of `tables` into a region of its own that can be scrolled with the keyboard."""
    for number, table in enumerate(tables, 1):
        for cell in table.iter():
            if cell.tag in {"td", "th"}:
                _finish_cell(cell, notes)
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
