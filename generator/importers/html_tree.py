"""HTML as a tree of frozen values, read as browsers read it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode


def names(text: str) -> frozenset[str]:
    """The words of `text` as a set."""
    return frozenset(text.split())


DEPTH: Final = 60
"""Elements within elements; what lies deeper is read as its text alone."""

UNSEEN: Final = frozenset(
    {"annotation", "annotation-xml", "head", "noscript", "script", "style", "template", "title"}
)
"""Elements of which no reader sees the text."""
_PARTS: Final = frozenset({"tbody", "td", "tfoot", "th", "thead", "tr"})
"""Only in these may a table hold text."""
VOID: Final = frozenset({"br", "col", "hr", "img", "wbr"})

_COMMENT: Final = "-comment"
_PLANES: Final = range(0x10000, 0x110000, 0x10000)
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in _PLANES)
    + "]"
)
_WORD: Final = re.compile(r"[^\W_]+")
_INLINE: Final = names(
    """a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strike
    strong sub sup time tt u var wbr"""
)
"""Elements between which and the text beside them nobody sees a space."""


class Element(NamedTuple):
    """An element with its attributes in the order of their names, and what stands in it."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    content: "tuple[Element | str, ...]" = ()

    def get(self, name: str) -> str:
        """The value of an attribute; "" where there is none."""
        for key, value in self.attributes:
            if key == name:
                return value
        return ""

    def holding(self, content: "Nodes") -> "Element":
        """The same element around something else."""
        return Element(self.tag, self.attributes, content)

    def has_class(self, *names: str) -> bool:
        """Whether the element is of one of these classes."""
        own = self.get("class")
        return bool(own) and not set(names).isdisjoint(own.split())


Node: TypeAlias = Element | str
Nodes: TypeAlias = tuple[Node, ...]


def element(tag: str, *content: Node, **attributes: str) -> Element:
    """An element; attributes without a value are left out."""
    return Element(tag, tuple(sorted((k, v) for k, v in attributes.items() if v)), content)


def parse(html: str) -> Nodes:
    """What stands in a piece of HTML, with comments left out; anything at all is read."""
    html = html.encode("utf-8", "replace").decode()
    root = LexborHTMLParser(html, is_fragment=True).root if html.strip() else None
    return tuple(_siblings(root, 0))


def _siblings(node: LexborNode | None, depth: int) -> Iterator[Node]:
    while node is not None:
        if node.is_text_node:
            yield _readable(node.text_content or "")
        elif depth > DEPTH and node.tag not in _PARTS:
            yield _readable(node.text() or "")
        elif node.tag and node.is_element_node and node.tag != _COMMENT:
            given = node.attributes
            attributes = (
                tuple(sorted((name, _readable(value or "")) for name, value in given.items()))
                if given
                else ()
            )
            yield Element(node.tag, attributes, tuple(_siblings(node.child, depth + 1)))
        node = node.next


def _readable(written: str) -> str:
    """`written` in NFC, with spaces for what is no character of a text."""
    if written.replace("\n", "").isprintable():  # no such character is
        return written if written.isascii() else unicodedata.normalize("NFC", written)
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", written))


def walk(nodes: Iterable[Node]) -> list[Element]:
    """All elements among `nodes` and in them, in the order of the text."""
    found: list[Element] = []
    _walk(nodes, found)
    return found


def _walk(nodes: Iterable[Node], found: list[Element]) -> None:
    for node in nodes:
        if isinstance(node, Element):
            found.append(node)
            if node.content:
                _walk(node.content, found)


def text(nodes: Iterable[Node]) -> str:
    """The text of `nodes` as it stands."""
    return "".join(node if isinstance(node, str) else text(node.content) for node in nodes)


def visible_text(nodes: Iterable[Node]) -> str:
    """The text that a reader sees; what stands in different blocks is kept apart."""
    said: list[str] = []
    _see(nodes, said)
    return "".join(said)


def _see(nodes: Iterable[Node], said: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            said.append(node)
        elif node.tag not in UNSEEN and not (node.tag == "sup" and node.get("data-fn")):
            apart = "" if node.tag in _INLINE else " "
            said.append(apart)
            _see(node.content, said)
            said.append(apart)


def words(shown: str) -> list[str]:
    """The words of a text, in small letters."""
    return _WORD.findall(shown.casefold())


def without_divisions(nodes: Nodes) -> Iterator[Node]:
    """`nodes` with the content of divisions in their place."""
    for node in nodes:
        if isinstance(node, Element) and node.tag == "div":
            yield from without_divisions(node.content)
        else:
            yield node


def apart(nodes: Nodes) -> tuple[Nodes, list[Element]]:
    """`nodes` without the pictures in them, and these."""
    kept: list[Node] = []
    pictures: list[Element] = []
    for node in nodes:
        if isinstance(node, str):
            kept.append(node)
        elif node.tag == "img":
            pictures.append(node)
            kept.append(" ")
        else:
            content, inner = apart(node.content)
            kept.append(node.holding(content))
            pictures += inner
    return tuple(kept), pictures


def unlinked(nodes: Nodes) -> Iterator[Node]:
    """`nodes` with the content of links in their place."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag == "a":
            yield from unlinked(node.content)
        else:
            yield node.holding(tuple(unlinked(node.content)))


def line_breaks(nodes: Nodes) -> Iterator[Node]:
    """`nodes` as text, with ends of lines for `<br>`."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag == "br":
            yield "\n"
        else:
            yield from line_breaks(node.content)


def with_spaces(nodes: Nodes) -> Iterator[Node]:
    """`nodes` with spaces for `<br>`."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield (" " if node.tag == "br" else node.holding(tuple(with_spaces(node.content))))


def without_tabs(nodes: Nodes) -> Iterator[Node]:
    """`nodes` with four spaces for each tab."""
    for node in nodes:
        if isinstance(node, str):
            yield node.replace("\t", "    ")
        else:
            yield node.holding(tuple(without_tabs(node.content)))


def source_of(picture: Element) -> str:
    """The address of a picture; some pages load it late, and show an empty one until then."""
    names = ("src", "data-src", "data-lazy-src", "data-original", "data-orig-file")
    given = [said for name in names if (said := picture.get(name))]
    return next((said for said in given if not said.startswith("data:")), "".join(given[:1]))


def evened(rows: Sequence[Element], group: Sequence[Element]) -> Iterator[Element]:
    """The rows of `group` filled up to the longest of `rows`, where no cell spans several."""
    spanned = any(c.get("colspan") or c.get("rowspan") for c in walk(rows) if c.tag in ("td", "th"))
    widest = max(len(row.content) for row in rows)
    for row in group:
        missing = 0 if spanned else widest - len(row.content)
        yield row.holding((*row.content, *[Element("td")] * missing))
