"""What of a block decides how Markdown reads it: its elements and signs, not its words.

Texts repeat few shapes, so the proof of a text need only try those that no text had before.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from generator.importers.html_tree import Element, Node

_WORD: Final = r"(?:[^\W_]|[,.;:?!()„“”‚‘’–%§€'\"-])++(?!\S)"
_WORDS: Final = re.compile(rf"(?<!\S)(?=[„“‚(]*[^\W\d_]){_WORD}(?: {_WORD})*+")
"""Words, and numbers behind a word, among which there is no sign of Markdown."""
_NUMBER: Final = re.compile(r"\d+[\d.,]*")
_ADDRESS: Final = re.compile(
    r"(?:https?://(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[A-Za-z0-9./-]*)?(?:\?[a-z0-9=]*)?"
    r"|/?(?:\.\./)*[a-z0-9][a-z0-9/-]*)(?P<ending>\.(?:md|jpg|png|webp))?"
)
_ALIKE: Final = 2
"""So many items of a list, or rows of a table, of one shape stand for more of it."""
_MOST: Final = 10_000


def shape(node: Node) -> Node:
    """`node` with one word for words in a row, and one address for all usual ones.

    Markdown reads what has one shape in one way.
    """
    if isinstance(node, str):
        return _said(node)
    attributes = node.attributes and tuple(_attribute(*pair) for pair in node.attributes)
    content = tuple(map(shape, node.content))
    if node.tag in ("td", "th") and len(content) == 1 and _NUMBER.fullmatch(_only(content[0])):
        content = (Element("p", (), ("Wort",)),)
    if node.tag in ("ul", "tbody") and len(content) > _ALIKE:
        content = tuple(
            part for place, part in enumerate(content)
            if place < _ALIKE or any(part != one for one in content[place - _ALIKE : place])
        )  # fmt: skip
    return Element(node.tag, attributes, content)


def _only(node: Node) -> str:
    """The text of a paragraph that is nothing else."""
    only = node.content[0] if isinstance(node, Element) and len(node.content) == 1 else ""
    return only if isinstance(only, str) else ""


def _said(text: str) -> str:
    return text if "www." in text else _WORDS.sub(_one_word, text)


def _one_word(found: re.Match[str]) -> str:
    begin, end = found[0][0], found[0][-1]
    return f"{'' if begin.isalpha() else begin}Wort{'' if end.isalnum() else end}"


def _attribute(name: str, value: str) -> tuple[str, str]:
    if name in ("alt", "title"):
        return name, _said(value)
    if name in ("href", "src") and (found := _ADDRESS.fullmatch(value)):
        return name, f"a{found['ending'] or ''}"
    return name, value


class Proved:
    """The shapes of blocks that came back as they were, and those of blocks beside each other."""

    def __init__(self) -> None:
        self._shapes: set[object] = set()

    def unknown(self, blocks: Sequence[Element]) -> tuple[list[int], list[object]]:
        """The places of the blocks to be tried, and what is proved if these come back."""
        shapes = [shape(block) for block in blocks]
        pairs = list(pairwise(map(_side, shapes)))
        alone = [one not in self._shapes for one in shapes]
        beside = [False, *(pair not in self._shapes for pair in pairs), False]
        places = [i for i, new in enumerate(alone) if new or beside[i] or beside[i + 1]]
        return places, [*shapes, *pairs]

    def add(self, found: Sequence[object]) -> None:
        """Keeps what is proved."""
        if len(self._shapes) > _MOST:
            self._shapes.clear()
        self._shapes.update(found)


def _side(found: Node) -> Node:
    """What a block is to those beside it: for a paragraph that begins with a word, that alone."""
    is_text = isinstance(found, Element) and found.tag == "p" and found.content
    first = found.content[0] if is_text and isinstance(found, Element) else ""
    return "p" if isinstance(first, str) and first.lstrip("„“‚(").startswith("Wort") else found
