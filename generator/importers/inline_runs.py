"""The inline content of one block: joined where it says the same, with single spaces, without."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from generator.importers.html_tree import Element, Node, Nodes

_EMPTY: Final = frozenset({"br", "fnref", "img", "wbr"})
_SINGLE: Final = frozenset({"strong", "em", "del", "s", "u", "ins", "mark", "small"})
"""Elements that mean the same twice in each other, or one behind the other, as once."""
_BLANK: Final = re.compile(r"[ \t\n\r\f]+")


def _single(said: str) -> str:
    """`said` with single spaces."""
    if "  " not in said and said.isprintable():
        return said
    return _BLANK.sub(" ", said)


def tidy(nodes: Nodes) -> Nodes:
    """Inline `nodes` with single spaces, none at the ends, and no empty elements."""
    if len(nodes) == 1 and isinstance(nodes[0], str):
        only = _single(nodes[0]).strip()
        return (only,) if only else ()
    found = list(_spaced_out(nodes, ()))
    while found and (found[0] == Element("br") or _is_blank(found[0])):
        del found[0]
    while found and (found[-1] == Element("br") or _is_blank(found[-1])):
        del found[-1]
    if found and isinstance(found[0], str):
        found[0] = found[0].lstrip()
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip()
    for place, node in enumerate(found):
        if node == Element("br"):
            before, behind = found[place - 1], found[place + 1]
            if isinstance(before, str):
                found[place - 1] = before.rstrip()
            if isinstance(behind, str):
                found[place + 1] = behind.lstrip()
    return tuple(node for node in found if node)


def _is_blank(node: Node) -> bool:
    return isinstance(node, str) and not node.strip()


def _spaced_out(nodes: Iterable[Node], around: tuple[str, ...]) -> Iterator[Node]:
    """`nodes`, joined where they say the same, with spaces before and behind elements, not in."""
    waiting: Node = ""
    for node in _pieces(nodes, around):
        if node == "":
            continue
        if isinstance(node, str) and isinstance(waiting, str):
            waiting = _single(waiting + node)
        elif (
            isinstance(node, Element)
            and isinstance(waiting, Element)
            and node.tag in _SINGLE
            and node[:2] == waiting[:2]
        ):
            both = (*waiting.content, *node.content)
            waiting = Element(
                node.tag, node.attributes, tuple(_spaced_out(both, (*around, node.tag)))
            )
        else:
            if waiting:
                yield waiting
            waiting = node
    if waiting:
        yield waiting


def _pieces(nodes: Iterable[Node], around: tuple[str, ...]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, str):
            yield _single(node)
        elif node.tag in _EMPTY:
            yield node
        elif node.tag in _SINGLE and node.tag in around and not node.attributes:
            yield from _pieces(node.content, around)
        else:
            yield from _edged(node, list(_spaced_out(node.content, (*around, node.tag))))


def _ends_in_space(node: Node, end: int) -> bool:
    return not node or node[end].isspace() if isinstance(node, str) else node.tag == "br"


def _edged(node: Element, content: list[Node]) -> Iterator[Node]:
    """An element, with the space and the ends of lines at its edges outside of it."""
    if content and not (_ends_in_space(content[0], 0) or _ends_in_space(content[-1], -1)):
        yield node.holding(tuple(content))
        return
    before: list[Node] = []
    behind: list[Node] = []
    while content and (content[0] == Element("br") or isinstance(content[0], str)):
        first = content[0]
        if isinstance(first, str):
            bare = first.lstrip()
            before.append(first[: len(first) - len(bare)])
            content[0] = bare
            if bare:
                break
        else:
            before.append(first)
        del content[0]
    while content and (content[-1] == Element("br") or isinstance(content[-1], str)):
        last = content[-1]
        if isinstance(last, str):
            bare = last.rstrip()
            behind.insert(0, last[len(bare) :])
            content[-1] = bare
            if bare:
                break
        else:
            behind.insert(0, last)
        del content[-1]
    yield from before
    if content or node.get("id"):
        yield node.holding(tuple(content))
    yield from behind


def is_without_text(node: Node) -> bool:
    """Whether nothing but pictures, spaces and ends of lines is in a node."""
    if isinstance(node, str):
        return not node.strip()
    return node.tag in ("br", "img") or (
        not node.get("id") and bool(node.content) and all(map(is_without_text, node.content))
    )
