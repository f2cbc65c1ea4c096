"""Links to places of the same text that are not in it: only their words stay."""

from collections.abc import Iterator
from typing import Any

from generator.importers.html_tree import Element, Node, Nodes, walk
from generator.importers.reduced_html import Loss, Reduced


def without_dead_ends(found: Reduced) -> Reduced:
    """`found` with the text alone of links to places that are not in it; those are lost."""
    nodes = (*found.blocks, *(node for note in found.notes for node in note))
    inner = [e for e in walk(nodes) if e.attributes]
    there = {e.get("id") for e in inner}
    ends = [e.get("href") for e in inner if e.get("href")[:1] == "#"]
    dead = {href for href in ends if href[1:] not in there}
    if not dead:
        return found
    return Reduced(
        tuple(_without_links(found.blocks, dead)),
        tuple(tuple(_without_links(note, dead)) for note in found.notes),
        (*found.losses, *(Loss("a", href) for href in sorted(dead))),
    )


def _without_links(nodes: Nodes, dead: set[str]) -> Iterator[Any]:
    said = ""
    for node in _opened(nodes, dead):
        if isinstance(node, str):
            said += node
            continue
        if said:
            yield said
        said = ""
        yield node.holding(tuple(_without_links(node.content, dead)))
    if said:
        yield said


def _opened(nodes: Nodes, dead: set[str]) -> Iterator[Node]:
    """`nodes` with what stands in dead links in their place."""
    for node in nodes:
        if isinstance(node, Element) and node.tag == "a" and node.get("href") in dead:
            yield from _opened(node.content, dead)
        else:
            yield node
