"""What no reader of the old portal saw: elements that an attribute hides."""

from collections.abc import Set
from itertools import starmap

from generator.importers.html_tree import Element, Node, Nodes, walk
from generator.markdown.html import hides


def parted(nodes: Nodes) -> tuple[Nodes, list[Element]]:
    """`nodes` without what is hidden in them, and that.

    A tab, and what a link or a button opens by its id, readers could see: they stay.
    """
    found = walk(nodes)
    if not any(_is_hidden(e) for e in found if e.attributes):
        return nodes, []
    opened = {e.get("aria-controls") for e in found} | {e.get("href")[1:] for e in found}
    hidden: list[Element] = []
    return _kept(nodes, opened - {""}, hidden), hidden


def _kept(nodes: Nodes, opened: Set[str], hidden: list[Element]) -> Nodes:
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            kept.append(node)
        elif _is_hidden(node) and node.get("id") not in opened:
            hidden.append(node)
        else:
            kept.append(node.holding(_kept(node.content, opened, hidden)))
    return tuple(kept)


def _is_hidden(node: Element) -> bool:
    """Whether browsers show nothing of an element, until a script does."""
    return node.get("role") != "tabpanel" and any(starmap(hides, node.attributes))
