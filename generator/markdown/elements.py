"""Taking elements out of a tree, with what ElementTree keeps as text behind them left in place."""

from xml.etree.ElementTree import Element

from markdown.util import AtomicString


def bare(text: str) -> Element:
    """An element that is nothing but `text`, which stays as it is."""
    element = Element("")
    element.tag = None  # type: ignore[assignment]  # so ElementTree knows an element without tags
    element.text = AtomicString(text)
    return element


def parents_in(root: Element) -> dict[Element, Element]:
    """The parent of each element below `root`."""
    return {child: parent for parent in root.iter() for child in parent}


def detach(element: Element, parent: Element) -> None:
    """Take `element` and all within out of `parent`; the text behind it stays."""
    _add_text(parent, list(parent).index(element), element.tail)
    parent.remove(element)


def insert_behind(element: Element, other: Element, parent: Element) -> None:
    """Put `other` behind `element` in `parent`, before the text there, on a line of its own."""
    other.tail = f"\n{(element.tail or '').lstrip()}"
    element.tail = "\n"
    parent.insert(list(parent).index(element) + 1, other)


def unwrap(element: Element, parents: dict[Element, Element]) -> None:
    """Put the content of `element` in its place; `parents` stays right."""
    parent = parents[element]
    place = list(parent).index(element)
    _add_text(parent, place, element.text)
    content = list(element)
    parent[place : place + 1] = content
    _add_text(parent, place + len(content), element.tail)
    parents.update(dict.fromkeys(content, parent))


def _add_text(parent: Element, place: int, text: str | None) -> None:
    """Add `text` before the child of `parent` at `place`."""
    if not text:
        return
    if place:
        before = parent[place - 1]
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
