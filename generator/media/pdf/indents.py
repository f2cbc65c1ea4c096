"""Lists and quotations that stand so deep in each other that no room is left for their words."""

from collections.abc import Iterator
from itertools import count
from typing import Final

from generator.media.pdf.document import Node, Nodes

ROOM: Final = 340.0
"""How wide a text is on paper, in points."""

SHARE: Final = 0.5
"""So much of a room may be white at the left of the innermost words."""

_INDENTS: Final = {"ul": 14.0, "blockquote": 14.0, "dl": 13.0, "pre": 10.0}
_NUMBER: Final = (11.0, 6.0)
"""What stands before an item with a number: the distance, and for each digit."""


def too_deep(nodes: Nodes) -> Iterator[int]:
    """The outermost elements that would take more than their share of the room, numbered as
    `elements` has them.  One that stands in no other is never among them."""
    yield from _too_deep(nodes, count(), ROOM, 0.0)


def _too_deep(nodes: Nodes, numbers: Iterator[int], room: float, white: float) -> Iterator[int]:
    for node in nodes:
        if not isinstance(node, Node):
            continue
        indent = white + _indent(node)
        if node.tag == "table":
            columns = int(node.attrs["columns"])
            for cell in node.children:
                if isinstance(cell, Node):
                    wide = (room - white) * int(cell.attrs.get("colspan", 1)) / columns
                    yield from _too_deep((cell,), numbers, wide, 0.0)
        elif white and indent > max(white, room * SHARE):
            # What is inside will be plain with it.
            yield from _passed(node, numbers)
            yield next(numbers)
            continue
        else:
            yield from _too_deep(node.children, numbers, room, indent)
        next(numbers)


def _passed(node: Node, numbers: Iterator[int]) -> Iterator[int]:
    """Counts what stands in `node`; none of it is too deep by itself."""
    for child in node.children:
        if isinstance(child, Node):
            yield from _passed(child, numbers)
            next(numbers)


def _indent(node: Node) -> float:
    """How far an element moves its words to the right, at most."""
    if node.tag != "ol":
        return _INDENTS.get(node.tag, 0.0)
    items = [child for child in node.children if isinstance(child, Node)]
    numbers = [node.attrs.get("start", "1"), *(item.attrs.get("value", "1") for item in items)]
    digits = max(len(str(number)) for number in (*numbers, len(items)))
    distance, digit = _NUMBER
    return distance + digit * digits
