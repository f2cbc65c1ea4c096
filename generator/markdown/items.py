"""How the items of a list begin, and what only looks like one in German."""

import re
from typing import Final, NamedTuple

CODE_INDENT: Final = 4
"""Spaces before a line that is code."""
BULLETS: Final = "-+*"
RULE: Final = re.compile(r" {0,3}(?:(?:\*[ ]*){3,}|(?:-[ ]*){3,}|(?:_[ ]*){3,})$")
"""A line across the page, which may begin as an item does."""
_ITEM: Final = re.compile(r"( {0,3})([-+*]|(\d{1,9})[.)])(?:( +)(?=\S)|[ ]*$)")
TASK: Final = re.compile(r"\[([ xX])\](?=\s+\S)")
"""The box before what is to be done; no sentence holds one."""
_MONTH: Final = re.compile(
    r"(?:Jan(?:uar|\.)|Jänner|Feb(?:ruar|\.)|Feber|März|Apr(?:il|\.)|Mai|Jun[io]|Jul[iy]"
    r"|Aug(?:ust|\.)|Sept?(?:ember|\.)|Okt(?:ober|\.)|Nov(?:ember|\.)|Dez(?:ember|\.))(?!\w)"
)


class Item(NamedTuple):
    """How an item of a list begins."""

    sign: str
    number: int | None
    width: int
    """How far its text, and all that belongs to it, is indented."""
    empty: bool


def item_in(line: str) -> Item | None:
    """How an item begins in `line`; None: none does, for `1. Mai` is a date."""
    found = _ITEM.match(line)
    if not found or (found[2] in "*-" and RULE.match(line)):
        return None
    if found[2][-1] == "." and _MONTH.match(line, found.end()):
        return None
    spaces = len(found[4] or " ")
    width = len(found[1]) + len(found[2]) + (spaces if spaces <= CODE_INDENT else 1)
    return Item(found[2][-1], int(found[3]) if found[3] else None, width, not found[4])


def counts_on(before: int, number: int | None) -> bool:
    """Whether `number` follows `before`; many leave the counting to Markdown and write 1, 1, 1."""
    return number is not None and number in {before, before + 1}
