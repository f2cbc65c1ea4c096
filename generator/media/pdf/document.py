"""What the PDF of an article is made from, and what a layout gets of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from generator.base.problems import Problem, problem
from generator.model.article import Image, Kind, SourceLink

BLOCKS: Final = frozenset(
    (
        *("blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure"),
        *("h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "summary"),
        *("table", "td", "th", "ul"),
    )
)
"""Elements that begin and end a line."""


class PictureFile(msgspec.Struct, frozen=True, array_like=True):
    """A picture's file: `name` is what the article calls it, `digest` that of its bytes.

    `path` is absolute, a JPEG, PNG, GIF, WebP or SVG.
    """

    name: str
    path: str
    digest: bytes


class Particulars(msgspec.Struct, frozen=True, kw_only=True):
    """What readers see of an article around its text, the same for document and layout.

    `address` is absolute.  `label` is what readers are told about the kind ("Anzeige"), or "";
    `corrections` have a day and a text each.
    """

    address: str
    title: str
    kicker: str
    label: str
    kind: Kind
    lead: str
    date: str
    updated: str
    authors: tuple[str, ...]
    section: str
    keywords: tuple[str, ...]
    portal: str
    publisher: str
    language: str
    corrections: tuple[tuple[str, str], ...] = ()


class Document(Particulars, frozen=True, kw_only=True):
    """Everything that the PDF of an article is made from, its texts as readers see them.

    `path` is the source, for messages; addresses in `body` are absolute.  `published`, with its
    time zone, is the PDF's own date.  `image.file` and each `src` in `body` are names of
    `pictures`.
    """

    path: str
    published: datetime
    sources: tuple[SourceLink, ...]
    image: Image | None
    body: str
    pictures: tuple[PictureFile, ...]

    def about(self, name: str, **values: object) -> Problem:
        """A problem of the source; in which line is found out when somebody is told."""
        return problem(name, self.path, 0, 0, **values)


Attributes = dict[str, str | int]


class Node(msgspec.Struct, frozen=True):
    """An element of a body as a layout gets it, in the shape of Typst's own `xml()`."""

    tag: str
    attrs: Attributes
    children: "tuple[Node | str, ...]"


Nodes = tuple[Node | str, ...]


class Origin(msgspec.Struct, frozen=True):
    """A `SourceLink` by the names of its fields."""

    name: str
    url: str


class Reference(msgspec.Struct, frozen=True):
    """An external address in a text, and what the text calls it."""

    text: str
    address: str


class LeadPicture(msgspec.Struct, frozen=True):
    """The picture above a text; `file` is its number."""

    file: int
    alt: str
    credit: str
    caption: str


class Sheet(Particulars, frozen=True, kw_only=True):
    """What a layout gets, as JSON: the body as nodes, pictures by number.

    `links` are the external addresses in the body, in order; `long` are words of the other fields
    for which there may be no room.
    """

    sources: tuple[Origin, ...]
    picture: LeadPicture | None
    body: Nodes
    links: tuple[Reference, ...]
    long: tuple[str, ...] = ()


def joined(nodes: Iterable[Node | str]) -> str:
    """The letters of `nodes`, in whatever elements they stand."""
    return "".join(node if isinstance(node, str) else joined(node.children) for node in nodes)


def elements(nodes: Iterable[Node | str]) -> Iterator[Node]:
    """All elements among `nodes`, what stands in one before itself."""
    for node in nodes:
        if isinstance(node, Node):
            yield from elements(node.children)
            yield node


def holds_block(nodes: Nodes) -> bool:
    """Whether something in `nodes` cannot stand in a line."""
    return any(node.tag in BLOCKS or node.tag == "img" for node in elements(nodes))
