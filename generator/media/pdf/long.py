"""Long words, for which a layout may have no room, and what the columns of tables need.

To look for them costs a layout as much as to set the text, and nearly no article has long words.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from generator.media.pdf.document import BLOCKS, Attributes, Node, Nodes, Sheet, joined

MARK: Final = "long"
"""The element around a text with a long word in it; the attribute of one whose letters are set."""

_LETTERS: Final = frozenset({"code", "pre", "samp"})
"""Elements of which a layout sets the letters alone: what stands in them is not marked."""

_LARGE: Final = ("title", "section", "portal")
"""Fields that are set in large letters."""

_TEXTS: Final = ("kicker", "lead", "publisher", "address")

_RUN: Final = re.compile(r"[^ \n\t]{24,}")
"""No word of less letters is wider than a column of text."""

_LARGE_RUN: Final = re.compile(r"[^ \n\t-]{10,}-?")
"""Large letters are not divided, but for hyphens."""

_LARGE_ROOM: Final = 15.0
_BYLINE_ROOM: Final = 10.5
"""So many times their size is the least room for large letters, and for those of the byline."""

_WIDTHS: Final = dict.fromkeys("abcdefghijklnopqrstuvxyzäöüß0123456789", 0.62) | dict.fromkeys(
    "-.,:;/?!()'„“‚‘", 0.4
)
"""How wide a letter may be, as a part of its size; for all others, as wide as it is high."""

_ORDINARY: Final = re.compile(
    '[„“"(]*(?:[A-ZÄÖÜ]{0,9}[a-zäöüß]{0,40}-)*[A-ZÄÖÜ]{0,9}[a-zäöüß]{0,40}[.,;:!?“")…]*'
)
"""Words that Typst divides, wherever they stand, and several with hyphens between them."""

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)[A-Za-z0-9/?&=._@#%+~:;,-]*")
_END: Final = re.compile(r"(?:[A-Za-z]{25,}|[0-9]{25,})[^A-Za-z0-9]*$")
"""Typst breaks addresses between letters, digits and signs, and long runs of letters or digits
anywhere, unless one ends the address."""

_PART: Final = re.compile(r"[^\s\u200b-]+-?")
_DIGIT: Final = re.compile(r"\d")


def marked(sheet: Sheet) -> Sheet:
    """`sheet` with all said of its long words that a layout needs to break them.

    Texts in `body` stand in an element of the name `MARK`, which a layout that does not know it
    sets as its children; `long` are those in fields.  Tables are told what their columns need.
    """
    picture = sheet.picture
    fields = (
        *(getattr(sheet, name) for name in _TEXTS),
        *((picture.caption, picture.credit) if picture else ()),
        *(text for each in sheet.sources for text in (each.name, each.url)),
        *(text for each in sheet.links for text in (each.text, each.address)),
        *(text for _, text in sheet.corrections),
        *sheet.keywords,
    )
    words = (
        *_long_words("\n".join(fields)),
        *_wider("\n".join(getattr(sheet, name) for name in _LARGE), _LARGE_ROOM),
        *_wider("\n".join(sheet.authors), _BYLINE_ROOM),
    )
    long = tuple(dict.fromkeys(words))
    return msgspec.structs.replace(sheet, body=_marked(sheet.body), long=long)


def _long_words(text: str) -> list[str]:
    return [
        word
        for word in _RUN.findall(text)
        if not (_ORDINARY.fullmatch(word) or (_ADDRESS.fullmatch(word) and not _END.search(word)))
    ]


def _wider(text: str, room: float) -> list[str]:
    """The words of `text` that may be wider than so many times their size."""
    return [
        word
        for word in _LARGE_RUN.findall(text)
        if sum(_WIDTHS.get(sign, 1.0) for sign in word) > room
    ]


def _marked(nodes: Nodes) -> Nodes:
    return tuple(
        _marked_element(node)
        if isinstance(node, Node)
        else Node(MARK, {}, (node,))
        if _long_words(node)
        else node
        for node in nodes
    )


def _marked_element(node: Node) -> Node:
    if node.tag == "table":
        return _measured(node)
    if node.tag not in _LETTERS:
        return Node(node.tag, node.attrs, _marked(node.children))
    is_long = _RUN.search(joined(node.children))
    return Node(node.tag, node.attrs | {MARK: 1}, node.children) if is_long else node


def _measured(table: Node) -> Node:
    """A table with what its widths depend on: how many `letters` each cell has, and the longest
    `word` in it; the most `letters` of a line through all columns."""
    cells: list[Node | str] = []
    rows = Counter[str | int]()
    for cell in table.children:
        if not isinstance(cell, Node) or cell.tag == "caption":
            cells += _marked((cell,))
            continue
        text = "".join(_broken_letters(cell))
        rows[cell.attrs["y"]] += max(map(len, text.split("\n")))
        word = max(map(_undivided, _PART.findall(text)), key=len, default="")
        told: Attributes = {"letters": len(text), "word": word}
        cells.append(Node(cell.tag, cell.attrs | told, _marked(cell.children)))
    most = max(rows.values(), default=0)
    return Node(table.tag, table.attrs | {"letters": most}, tuple(cells))


def _undivided(word: str) -> str:
    """What has to stay together of a word in a table."""
    return word[:11] if _DIGIT.search(word) else word[:16]


def _broken_letters(node: Node) -> Iterator[str]:
    """The letters of `node`, with an end of line where a line may end."""
    if node.tag in BLOCKS or node.tag == "br":
        yield "\n"
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _broken_letters(child)
    if node.tag in BLOCKS:
        yield "\n"
