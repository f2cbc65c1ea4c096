"""Lists and quotations that stand so deep in each other that no room is left for their words."""

from collections.abc import Iterator
from typing import Final

from generator.media.pdf.document import Node, Nodes

ROOM: Final = 340.0
"""How wide a text is on paper, in points."""

SHARE: Final = 0.5
"""So much of a room may be white at the left of the innermost words."""

_INDENTS: Final = {"ul": 14.0, "blockquote": 14.0, "dl": 13.0, "pre": 10.0}
_NUMBER: Final = (11.0, 6.0)
"""What stands before an item with a number: the distance, and for each digit."""


def too_deep(nodes: Nodes, room: float = ROOM, white: float = 0.0) -> Iterator[Node]:
    """The outermost elements that would take more than their share of the `room`, of which so much
    is `white` already.  One that stands in no other is never among them."""
    for node in nodes:
        if not isinstance(node, Node):
            continue
        indent = white + _indent(node)
        if node.tag == "table":
            columns = int(node.attrs["columns"])
            for cell in node.children:
                if isinstance(cell, Node):
                    wide = (room - white) * int(cell.attrs.get("colspan", 1)) / columns
                    yield from too_deep((cell,), wide)
        elif white and indent > max(white, room * SHARE):
            yield node  # What is inside will be plain with it.
        else:
            yield from too_deep(node.children, room, indent)


def _indent(node: Node) -> float:
    """How far an element moves its words to the right, at most."""
    if node.tag != "ol":
        return _INDENTS.get(node.tag, 0.0)
    items = [child for child in node.children if isinstance(child, Node)]
    numbers = [node.attrs.get("start", "1"), *(item.attrs.get("value", "1") for item in items)]
    digits = max(len(str(number)) for number in (*numbers, len(items)))
    distance, digit = _NUMBER
    return distance + digit * digits
