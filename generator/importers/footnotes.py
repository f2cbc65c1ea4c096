"""Footnotes: lists of them, and those that somebody wrote as links there and back, as Word does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from generator.importers.html_tree import Element, Node, Nodes, names, text, walk

_ARROW: Final = "\N{LEFTWARDS ARROW WITH HOOK}"
_BLOCKS: Final = names("dd div li p")
_HOLDERS: Final = names("h1 h2 h3 h4 h5 h6 hr li ol ul")
"""What stands in no footnote, but with several of them in one element."""
_SHORT: Final = re.compile(r"\W*\w{1,4}\W*")


class Note(NamedTuple):
    """The block that is a footnote, and what stands in it without the links back."""

    block: Element
    content: Nodes


def is_short(link: Element) -> bool:
    """Whether a link may be the sign of a footnote: a number, a letter, a star."""
    return _SHORT.fullmatch(text(link.content)) is not None or text(link.content).strip() == "*"


def notes_by_hand(found: Sequence[Element]) -> dict[str, Note]:
    """The footnotes among all elements of a text, by the anchors that their signs lead to."""
    signs: dict[str, set[str]] = {}  # those that the text had before the element in question
    notes: dict[str, Note] = {}
    for e in found:
        if e.tag in _BLOCKS and signs:
            inner = walk(e.content)
            ways = {i.get("href")[1:] for i in inner if i.get("href")[:1] == "#"}
            labels = {own for own in _anchors((e, *inner)) if signs.get(own, set()) & ways} - ways
            whole = e.tag == "li" or all(i.tag not in _HOLDERS for i in inner)
            if len(labels) == 1 and whole:
                (label,) = labels
                notes.setdefault(label, Note(e, tuple(_without(e.content, signs[label]))))
        for link in (e, *(inner for inner in e.content if isinstance(inner, Element))):
            if link.tag == "a" and link.get("href")[:1] == "#" and is_short(link):
                signs.setdefault(link.get("href")[1:], set()).update(_anchors((e, link)))
    return notes


def _anchors(elements: Iterable[Element]) -> list[str]:
    return [own for e in elements for name in ("id", "name") if (own := e.get(name))]


def _without(nodes: Nodes, ways: set[str]) -> Iterator[Node]:
    """`nodes` without the links to these anchors."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag != "a" or node.get("href")[1:] not in ways:
            content = tuple(_without(node.content, ways))
            if content or not node.content:
                yield node.holding(content)


def are_notes(node: Element) -> bool:
    """Whether an element is the list of a text's footnotes."""
    return node.get("role") == "doc-endnotes" or node.has_class("footnotes")


def without_ways_back(nodes: Nodes) -> Nodes:
    """A footnote without the links back to its sign."""
    return tuple(
        n if isinstance(n, str) else n.holding(without_ways_back(n.content))
        for n in nodes
        if isinstance(n, str)
        or not (n.tag == "a" and (n.get("role") == "doc-backlink" or _ARROW in text(n.content)))
    )
