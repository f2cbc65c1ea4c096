"""PDFs of articles: a document and a layout in Typst become bytes, the same on every machine.

The layout gets the article as JSON and decides how it looks; nothing here does.  The body is
handed over as a tree of `Node`s, put right where PDF/UA would refuse it, and said so.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple, cast
from urllib.parse import quote
from xml.etree.ElementTree import Element, TreeBuilder

import msgspec
import typst

from generator import digests
from generator.article import Image, Kind, SourceLink
from generator.problems import PortalError, Problem, problem, visible
from generator.scan import read_bytes, scan

MAIN: Final = "article.typ"
"""The layout's file that is compiled."""

FONTS: Final = "fonts"
"""The folder of a layout with fonts of its own, as .ttf or .otf, besides those inside Typst."""

_RULES: Final = 1
"""To be counted up whenever this module may make other bytes of the same document."""

_DEPTH: Final = 40
"""Elements may stand so deep in each other; Typst gives up somewhat later."""

_VOID: Final = ("br", "col", "hr", "img", "source", "wbr")
_INLINE: Final = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|"
    "strong|sub|sup|time|u|var|wbr"
)
_HEADING: Final = re.compile("h[1-6]")
_KEPT: Final = ("class", "lang", "start", "value", "reversed")
"""Attributes that a layout may ask for; the others mean nothing on paper."""

_WHITE: Final = re.compile(r"[ \t\n\r\f]+")
_LONG: Final = re.compile(r"\S{60,}")
"""Longer than a line may become; web addresses and words Typst breaks itself."""
_BREAK: Final = re.compile(r"(?<=[/?&=._@#%+~-])(?=\w)|(?<=\w{90})(?=\w)")
_MISSING: Final = re.compile(r'the text `"((?:\\.|[^"\\])+)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_PLACE: Final = re.compile(r"┌─ (.+):(\d+):(\d+)$", re.MULTILINE)
_REPLACEMENT: Final = "□"


class PictureFile(msgspec.Struct, frozen=True, array_like=True):
    """A picture's file: `name` is what the article calls it, `digest` that of its bytes.

    `path` is absolute, a JPEG, PNG, GIF, WebP or SVG.
    """

    name: str
    path: str
    digest: bytes


class Document(msgspec.Struct, frozen=True):
    """Everything that the PDF of an article is made from, its texts as readers see them.

    `path` is the source, for messages; `address` and those in `body` are absolute.  `label` is what
    readers are told about the kind ("Anzeige"), or "".  `published`, with its time zone, is the
    PDF's own date.  `image.file` and each `src` in `body` are names of `pictures`; `corrections`
    have a day and a text each.
    """

    path: str
    address: str
    title: str
    kicker: str
    label: str
    kind: Kind
    lead: str
    date: str
    updated: str
    published: datetime
    authors: tuple[str, ...]
    section: str
    keywords: tuple[str, ...]
    sources: tuple[SourceLink, ...]
    image: Image | None
    body: str
    pictures: tuple[PictureFile, ...]
    portal: str
    publisher: str
    language: str
    corrections: tuple[tuple[str, str], ...] = ()


class Made(NamedTuple):
    """A PDF, and what had to be put right on the way: warnings, at the source or the layout."""

    pdf: bytes
    problems: tuple[Problem, ...]


Attributes = dict[str, str | int]


class Node(msgspec.Struct, frozen=True):
    """An element of a body as a layout gets it, in the shape of Typst's own `xml()`."""

    tag: str
    attrs: Attributes
    children: "tuple[Node | str, ...]"


def layout_digest(folder: Path) -> bytes:
    """The digest of a layout with all its files, and of the program that it is written for."""
    files = [(name, read_bytes(folder / name, str(folder / name))) for name in scan(folder).files]
    return digests.of_value((_RULES, version("typst"), files))


def digest(document: Document, layout: bytes) -> bytes:
    """The name of a document's PDF: while it is the same, `make` would make the same bytes.

    `layout` is the `layout_digest`.  Where files lie does not matter, only what they hold.
    """
    pictures = tuple((picture.name, picture.digest) for picture in document.pictures)
    return digests.of_value((layout, pictures, msgspec.structs.replace(document, pictures=())))


def make(document: Document, folder: Path) -> Made:
    """The PDF of `document` by the layout in `folder`; it depends on nothing else.

    Typst keeps threads, so a process that has called this must not fork: in a forked one it would
    wait for ever.  Call it in workers only.
    PortalError: the layout has a mistake; the problem names its file and line.
    """
    body = _Composer(document)
    article = _encoded(document, body)
    # From the root, which on Windows is that of a drive.
    places = [Path(picture.path) for picture in document.pictures]
    pictures = _encode([place.as_posix().removeprefix(place.drive) for place in places]).decode()
    missing: set[str] = set()
    while True:
        try:
            pdf, warnings = _compiler(folder).compile_with_warnings(
                sys_inputs={"article": article, "pictures": pictures},
                pdf_standards="ua-1",  # ISO 14289-1: tagged, for screen readers.
                timestamp=int(document.published.timestamp()),
            )
        except typst.TypstError as error:
            unknown = _undisplayable(error.diagnostic) - missing
            if not unknown:
                raise PortalError((_mistake("pdf-layout", folder, document, error),)) from error
            missing |= unknown
            article = re.sub(f"[{re.escape(''.join(sorted(missing)))}]+", _REPLACEMENT, article)
        else:
            break
    problems = list(body.problems)
    if missing:
        shown = " ".join(map(visible, sorted(missing)))
        problems.append(body.about("pdf-character", characters=shown, shown=_REPLACEMENT))
    problems += [_mistake("pdf-layout-doubtful", folder, document, each) for each in warnings]
    return Made(cast("bytes", pdf), tuple(dict.fromkeys(problems)))


# Typst.


@cache
def _compiler(folder: Path) -> typst.Compiler:
    """One for each layout and process: most of the cost of a PDF is what the first one loads."""
    main = folder.resolve() / MAIN
    if not main.is_file():
        raise PortalError((problem("pdf-layout-missing", str(folder / MAIN)),))
    own = main.parent / FONTS
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(own)] if own.is_dir() else [])
    # Pictures may lie anywhere: below the portal, or where the build keeps what it made.
    return typst.Compiler(main, root=main.anchor, font_paths=fonts)


def _mistake(
    name: str, folder: Path, document: Document, said: typst.TypstError | typst.TypstWarning
) -> Problem:
    """What Typst said, as a problem at the place in the layout that it is about."""
    found = _PLACE.search(said.diagnostic)
    path, line, column = found.groups() if found else (str(folder / MAIN), "0", "0")
    file = Path(path).resolve()  # It was relative to where this process runs.
    if file.is_relative_to(folder.resolve()):
        file = folder / file.relative_to(folder.resolve())
    reason = " ".join(" – ".join([said.message, *said.hints]).split()).rstrip(".")
    values = {"address": document.address} if name == "pdf-layout" else {}
    return problem(name, str(file), int(line), int(column), reason=reason, **values)


def _undisplayable(diagnostic: str) -> set[str]:
    """The characters that Typst says no font has."""
    texts = "".join(_MISSING.findall(diagnostic))
    return set(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), texts))


# What the layout gets.

_encode: Final = msgspec.json.Encoder().encode


def _encoded(document: Document, body: "_Composer") -> str:
    """The document as JSON, pictures by their number."""
    fields = msgspec.structs.asdict(document)
    image = document.image
    picture = None
    if image and (number := body.picture(image.file, image.alt)) is not None:
        picture = msgspec.structs.asdict(image) | {"file": number}
    sources = [msgspec.structs.asdict(source) for source in document.sources]
    for name in ("path", "published", "image", "pictures"):
        del fields[name]
    fields |= {"picture": picture, "sources": sources, "body": body.nodes, "links": body.links}
    return _encode(fields).decode()


class _Reader(HTMLParser):
    """HTML to a tree; what is left open ends with what it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self._builder = TreeBuilder()
        self._open = ["body"]
        self._builder.start("body", {})

    def read(self, html: str) -> Element:
        self.feed(html)
        self.close()
        while self._open:
            self._builder.end(self._open.pop())
        return self._builder.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) > _DEPTH:
            return
        self._builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open[1:]:
            last = self._open.pop()
            self._builder.end(last)
            if last == tag:
                break

    def handle_data(self, data: str) -> None:
        self._builder.data(data)


class _Composer:
    """The body of a document as nodes, its outline and white space put right.

    `links` are the external addresses in it, in order: `text` and `address`.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._numbers = {picture.name: n for n, picture in enumerate(document.pictures)}
        self._level = 1  # The headline's.
        self._after_space = True
        self._within_code = 0
        self.links: list[dict[str, str]] = []
        self.problems: list[Problem] = []
        body = _Reader().read(document.body)
        self._wanted = {self._anchor(link.get("href", "")) for link in body.iter("a")} - {""}
        self.nodes = self._children(body)

    def picture(self, name: str, alt: str) -> int | None:
        """The number of a picture; None, and noted, where there is no file of it."""
        if name not in self._numbers:
            self.problems.append(self.about("pdf-picture-left-out", file=name))
        elif not alt:
            self.problems.append(self.about("pdf-picture-undescribed", file=name))
        return self._numbers.get(name)

    def about(self, name: str, **values: str) -> Problem:
        """A problem of the document's source."""
        return problem(name, self._document.path, 0, 0, **values)

    def _anchor(self, href: str) -> str:
        """The id that `href` leads to within the body, or ""."""
        place, _, anchor = href.partition("#")
        return anchor if place in ("", self._document.address) else ""

    def _children(self, element: Element) -> tuple[Node | str, ...]:
        nodes: list[Node | str] = [*self._text(element.text)]
        for child in element:
            nodes += self._element(child)
            nodes += self._text(child.tail)
        return tuple(nodes)

    def _text(self, text: str | None) -> Iterator[str]:
        """`text` as a browser shows it: runs of white space are one space, at an edge none."""
        if self._within_code:
            yield text or ""
            return
        shown = _WHITE.sub(" ", text or "")
        if self._after_space:
            shown = shown.removeprefix(" ")
        if shown:
            self._after_space = shown.endswith(" ")
            yield _LONG.sub(_breakable, shown)

    def _element(self, element: Element) -> Iterator[Node]:
        tag, name = element.tag, element.get("id", "")
        attributes: Attributes = {k: v for k, v in element.items() if k in _KEPT}
        if name in self._wanted:  # Only the first: Typst refuses a link to two places.
            self._wanted.remove(name)
            attributes["id"] = name
        if tag == "img":
            alt = element.get("alt", "")
            number = self.picture(element.get("src", ""), alt)
            if number is not None:
                yield Node("img", {**attributes, "file": number, "alt": alt}, ())
        elif tag == "table":
            yield self._table(element, attributes)
        elif "footnote-backref" not in element.get("class", ""):
            if _HEADING.fullmatch(tag):
                tag = self._heading(element, " ".join("".join(element.itertext()).split()))
            elif tag == "a":
                attributes |= self._link(element)
            yield Node(tag, attributes, self._content(element))

    def _content(self, element: Element) -> tuple[Node | str, ...]:
        """What stands in `element`; a block begins and ends a line."""
        block, code = not _INLINE.fullmatch(element.tag), element.tag == "pre"
        self._after_space |= block
        self._within_code += code
        nodes = self._children(element)
        self._within_code -= code
        self._after_space |= block
        return nodes

    def _heading(self, element: Element, text: str) -> str:
        """The tag of a heading, no more than one level below the heading before it."""
        if not text:
            return "p"
        level, above = int(element.tag[1]), self._level
        self._level = right = max(2, min(level, above + 1))
        if level > right:
            levels = {"level": str(level), "above": str(above), "right": str(right)}
            self.problems.append(self.about("pdf-heading-skipped", text=text, **levels))
        return f"h{right}"

    def _link(self, element: Element) -> Attributes:
        href = element.get("href", "")
        anchor = self._anchor(href)
        if anchor or not href.strip("#"):
            return {"anchor": anchor} if anchor else {}
        text = " ".join("".join(element.itertext()).split())
        found = {"text": text, "address": href}
        if href.startswith(("http:", "https:")) and text not in href and found not in self.links:
            self.links.append(found)
        return {"href": quote(href, safe="!#$%&'()*+,/:;=?@[]~")}

    def _table(self, table: Element, attributes: Attributes) -> Node:
        """A table as its caption and cells; each cell knows its place, so that none can overlap."""
        caption = table.find("caption")
        nodes = [] if caption is None else [Node("caption", {}, self._content(caption))]
        places: set[tuple[int, int]] = set()
        for y, (row, end) in enumerate(_rows(table)):
            for cell in row:
                x = next(x for x in range(len(places) + 1) if (x, y) not in places)
                high = min(_span(cell, "rowspan"), end - y)
                wide = _span(cell, "colspan")
                wide = next((w for w in range(1, wide) if (x + w, y) in places), wide)
                places |= {(x + i, y + j) for i in range(wide) for j in range(high)}
                place: Attributes = {"x": x, "y": y, "colspan": wide, "rowspan": high}
                place["class"] = cell.get("class", "")
                nodes.append(Node(cell.tag, place, self._content(cell)))
        attributes["columns"] = 1 + max((x for x, _ in places), default=0)
        attributes["header"] = len(table.findall("thead/tr"))
        return Node("table", attributes, tuple(nodes))


def _rows(table: Element) -> Iterator[tuple[Element, int]]:
    """Each row with the number of the row at which its group ends: no cell reaches out of it."""
    end = 0
    for group in table:
        rows = [group] if group.tag == "tr" else group.findall("tr")
        end += len(rows)
        yield from ((row, end) for row in rows)


def _breakable(word: re.Match[str]) -> str:
    return word[0] if "://" in word[0] else _BREAK.sub("\N{ZERO WIDTH SPACE}", word[0])


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), 100) if value.isdecimal() else 1
