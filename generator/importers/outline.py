"""The outline of a text: headings one level below what they stand under."""

from collections.abc import Iterable, Iterator
from typing import Final

from generator.importers.html_tree import Element, walk

_TOP: Final = 2
"""The level of the highest heading of a text; level 1 is the page's own."""
_LOWEST: Final = 6
_LINES: Final = frozenset({"dt", "hr", "img", "p", "pre", "summary"})
"""Blocks in which there is no heading."""


def arranged(blocks: Iterable[Element]) -> tuple[Element, ...]:
    """`blocks` with headings as an outline without gaps below the page's own title."""
    blocks = tuple(blocks)
    written = [int(e.get("level")) for e in walk(blocks) if e.tag == "h"]
    levels: list[int] = []
    above: list[int] = []
    for level in written:
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        levels.append(min(_TOP - 1 + len(above), _LOWEST))
    return tuple(_leveled(blocks, iter(levels))) if levels else blocks


def _leveled(nodes: Iterable[Element], levels: Iterator[int]) -> Iterator[Element]:
    for node in nodes:
        if node.tag == "h":
            anchor = tuple(pair for pair in node.attributes if pair[0] == "id")
            yield Element(f"h{next(levels)}", anchor, node.content)
        elif node.tag in _LINES:
            yield node
        else:
            content = tuple(
                inner
                for part in node.content
                for inner in (_leveled((part,), levels) if isinstance(part, Element) else (part,))
            )
            yield node.holding(content)
