"""The HTML of an article to the tree of nodes that a layout sets, put right for paper and PDF/UA.

What would make a layout stumble is not handed over: elements with nothing in them, numbers that are
none, letters with pictures among them.  A portal's own layout need not think of such.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import chain
from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element, TreeBuilder

from generator.base.problems import Problem
from generator.media.pdf.document import (
    Attributes,
    Document,
    LeadPicture,
    Node,
    Nodes,
    Origin,
    Particulars,
    Reference,
    Sheet,
    elements,
    holds_block,
    joined,
)

DEPTH: Final = 60
"""Elements may stand so deep in each other; what is deeper stands there without them.

Typst gives up sooner, depending on the layout: the ladder of forms finds out at what.
"""

_VOID: Final = ("br", "col", "hr", "img", "source", "wbr")
_INLINE: Final = re.compile(
    "a|abbr|b|bdi|bdo|br|cite|code|data|del|dfn|em|i|img|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|"
    "span|strong|sub|sup|time|u|var|wbr"
)
_HEADING: Final = re.compile("h[1-6]")
_KEPT: Final = ("class", "lang", "reversed", "type")
"""Attributes that a layout may ask for, besides numbers; the others mean nothing on paper."""

_LETTERS: Final = {"code": "span", "samp": "span", "pre": "div"}
"""Elements of which a layout sets the letters alone, and what they are with a picture in them."""
_UNDERLINED: Final = frozenset({"u", "ins"})
_STRUCK: Final = frozenset({"s", "del"})
_LINED: Final = _UNDERLINED | _STRUCK
"""Elements with a line through or below their letters; PDF/UA allows none in another."""
_OF_TABLE: Final = frozenset({"caption", "colgroup", "thead", "tbody", "tfoot", "tr", "th", "td"})
_PARTS: Final = frozenset({"li", "dt", "dd", "th", "td"})
"""Elements that have their place even with nothing in them."""
_LINES: Final = frozenset({"p", "summary"})
"""Elements that a layout sets as a paragraph, in which Typst drops what is none."""
_EMPTY: Final[Nodes] = ("",)
"""Children of an element without any: joined, they are a text, and not nothing."""

_WHITE: Final = re.compile(r"[ \t\n\r\f]+")
_UNEVEN: Final = ("\n", "  ", "\t", "\r", "\f")
"""White space that is not one space: to look for it costs less than to replace all."""
_LONGEST: Final = 60
_LONG: Final = re.compile(rf"\S{{{_LONGEST},}}")
"""Longer than a line may become; web addresses and words Typst breaks itself."""
_BREAK: Final = re.compile(r"(?<=[/?&=._@#%+~-])(?=\w)|(?<=\w{90})(?=\w)")
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]+)")
_MOST: Final = 2**31 - 1
"""Numbers of lists beyond this are this one, as in browsers."""
_TWICE: Final = "PDF/UA-1: cannot combine underline and strike"
_EXCERPT: Final = 40
"""So many letters of an element say which one is meant."""
_REPEATABLE: Final = 400
"""The head of a table with more letters would fill each page anew."""
_HEAD: Final = 1000
"""With more letters it may be higher than a page, and is no head: that cannot break."""
_JOINED: Final = 40
"""After so many letters without a space a word may be broken where an element begins or ends."""
_RAISED: Final = ("sub", "sup")


def sheet(document: Document) -> tuple[Sheet, tuple[Problem, ...]]:
    """What a layout gets of `document`, and what there is to warn of."""
    composer = _Composer(document)
    lead = document.image
    picture = None
    if lead and (number := composer.picture(lead.file, lead.alt)) is not None:
        picture = LeadPicture(number, lead.alt, lead.credit, lead.caption)
    made = Sheet(
        **{name: getattr(document, name) for name in Particulars.__struct_fields__},
        picture=picture,
        sources=tuple(Origin(each.name, each.url) for each in document.sources),
        body=composer.nodes,
        links=tuple(composer.links),
    )
    return made, tuple(composer.problems)


class _Reader(HTMLParser):
    """HTML to a tree; what is left open ends with what it stands in.

    `too_deep`: something stood deeper than `DEPTH`, and stands less deep now.
    """

    def __init__(self) -> None:
        super().__init__()
        self._builder = TreeBuilder()
        self._open = [("body", True)]
        self._builder.start("body", {})
        self._parted = False
        self.too_deep = False

    def read(self, html: str) -> Element:
        self.feed(html)
        self.close()
        while self._open:
            self._end()
        return self._builder.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self._void(tag, {name: value or "" for name, value in attrs})
            return
        # A table has all its parts, or is none; no link is lost.
        kept = self._open[-1][1] if tag in _OF_TABLE else tag == "a" or len(self._open) < DEPTH
        self._open.append((tag, kept))
        if kept:
            self._parted = False
            self._builder.start(tag, {name: value or "" for name, value in attrs})
        else:
            self.too_deep = True
            self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(tag == each for each, _ in self._open[1:]):
            while self._end() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._parted = self._parted and not data.strip()
        self._builder.data(data)

    def _end(self) -> str:
        last, kept = self._open.pop()
        if kept:
            self._builder.end(last)
        else:
            self._part(last)
        return last

    def _part(self, tag: str) -> None:
        """What is left of a block that may not be there: a line of its own."""
        if not (self._parted or _INLINE.fullmatch(tag)):
            self._void("br", {})
            self._parted = True

    def _void(self, tag: str, attributes: dict[str, str]) -> None:
        self._parted = False
        self._builder.start(tag, attributes)
        self._builder.end(tag)


class _Composer:
    """The body of a document as nodes, its outline and white space put right.

    `links` are the external addresses in it, in order.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._numbers = {picture.name: n for n, picture in enumerate(document.pictures)}
        self._level = 1  # The headline's.
        self._after_space = True
        self._within_code = 0
        self._joined = 0  # Letters since the last space.
        self._within_lined = 0
        self.links: list[Reference] = []
        self.problems: list[Problem] = []
        reader = _Reader()
        body = reader.read(document.body)
        if reader.too_deep:
            self.problems.append(document.about("pdf-nested", depth=DEPTH))
        # What leads where, and what it is called for those who hear it.
        self._wanted = {
            self._anchor(link.get("href", "")): link.get("aria-label", "")
            for link in body.iter("a")
            if "footnote-backref" not in link.get("class", "")
        }
        self._wanted.pop("", None)
        self.nodes = self._children(body)

    def picture(self, name: str, alt: str) -> int | None:
        """The number of a picture; None, and noted, where there is no file of it."""
        if name not in self._numbers:
            self.problems.append(self._document.about("pdf-picture-left-out", file=name))
        elif not alt:
            self.problems.append(self._document.about("pdf-picture-undescribed", file=name))
        return self._numbers.get(name)

    def _anchor(self, href: str) -> str:
        """The id that `href` leads to within the body, or ""."""
        place, _, anchor = href.partition("#")
        return anchor if place in ("", self._document.address) else ""

    def _children(self, element: Element) -> Nodes:
        nodes: list[Node | str] = [*self._text(element.text)]
        for child in element:
            raised = child.tag in _RAISED  # A note's mark belongs to its word.
            nodes += () if raised else self._break(next(child.itertext(), ""))
            nodes += self._element(child)
            nodes += () if raised else self._break(child.tail or "")
            nodes += self._text(child.tail)
        return tuple(nodes)

    def _break(self, following: str) -> Nodes:
        """A place to break between elements, before `following`, in a word that may be too long."""
        if self._joined < _JOINED or not following[:1].isalnum():
            return ()
        self._joined = 0
        return (Node("wbr", {}, _EMPTY),)

    def _text(self, text: str | None) -> Iterator[str]:
        """`text` as a browser shows it: runs of white space are one space, at an edge none."""
        if self._within_code:
            if text:
                yield text
            return
        shown = text or ""
        if any(each in shown for each in _UNEVEN):
            shown = _WHITE.sub(" ", shown)
        if self._after_space:
            shown = shown.removeprefix(" ")
        if shown:
            self._after_space = shown.endswith(" ")
            before, _, last = shown.rpartition(" ")
            self._joined = len(last) + (0 if before or shown[0] == " " else self._joined)
            # To look for long words so is four times as fast as by the pattern.
            is_long = max(map(len, shown.split()), default=0) >= _LONGEST
            yield _LONG.sub(_breakable, shown) if is_long else shown

    def _element(self, element: Element) -> Iterator[Node | str]:
        tag, name = element.tag, element.get("id", "")
        attributes: Attributes = {k: v for k, v in element.items() if k in _KEPT}
        if name in self._wanted:  # Only the first: Typst refuses a link to two places.
            called = self._wanted.pop(name)
            attributes |= {"id": name} | ({"called": called} if called else {})
        if tag == "img":
            yield from self._picture(element, attributes)
        elif tag == "br" and self._within_code:
            yield "\n"
        elif tag == "table":
            yield from self._table(element, attributes)
        elif "footnote-backref" not in element.get("class", ""):
            if _HEADING.fullmatch(tag):
                tag = self._heading(element)
            elif tag == "a":
                attributes |= self._link(element)
            elif tag == "ol":
                _number(element)
                attributes |= _numbers(element, "start")
            elif tag == "li":
                attributes |= _numbers(element, "value")
            if tag in _LETTERS and element.find(".//img") is not None:
                tag = _LETTERS[tag]
            elif tag in _LINED and self._is_combined(element):
                tag = "span"
            self._within_lined += tag in _LINED
            content = self._content(element)
            self._within_lined -= tag in _LINED
            yield from self._whole(tag, attributes, content)

    def _is_combined(self, element: Element) -> bool:
        """Whether an element has to be set without its line, since another is in it or around it.

        What is struck out stays so: without it a text would say something else.
        """
        combined = self._within_lined > 0 or (
            element.tag in _UNDERLINED and any(each.tag in _STRUCK for each in element.iter())
        )
        if combined and (text := _words(element)):
            shown = text if len(text) <= _EXCERPT else text[:_EXCERPT] + " …"
            about = self._document.about("pdf-plainer", tag=element.tag, text=shown, reason=_TWICE)
            self.problems.append(about)
        return combined

    def _picture(self, element: Element, attributes: Attributes) -> Iterator[Node]:
        alt = element.get("alt", "")
        number = self.picture(element.get("src", ""), alt)
        if number is not None:
            yield Node("img", {**attributes, "file": number, "alt": alt}, _EMPTY)
        elif alt:
            yield Node("span", attributes, (alt,))

    def _whole(self, tag: str, attributes: Attributes, children: Nodes) -> Iterator[Node]:
        """An element, if there is something of it to be set."""
        if tag in _LINES and holds_block(children):
            tag = "div"
        if tag == "dt":
            children, behind = _term(children)
            yield Node("dt", attributes, children or _EMPTY)
            if behind:
                yield Node("dd", {}, behind)
        elif children or tag in _VOID or tag in _PARTS:
            yield Node(tag, attributes, children or _EMPTY)
        elif "id" in attributes:  # A link leads here.
            yield Node("span", attributes, _EMPTY)

    def _content(self, element: Element) -> Nodes:
        """What stands in `element`; a block begins and ends a line."""
        block, code = not _INLINE.fullmatch(element.tag), element.tag == "pre"
        if block:
            self._joined = 0
        self._after_space |= block
        self._within_code += code
        nodes = self._children(element)
        self._within_code -= code
        self._after_space |= block
        return nodes

    def _heading(self, element: Element) -> str:
        """The tag of a heading, no more than one level below the heading before it."""
        if not (text := _words(element)):
            return "p"
        level, above = int(element.tag[1]), self._level
        self._level = right = max(2, min(level, above + 1))
        if level > right:
            levels = {"level": str(level), "above": str(above), "right": str(right)}
            about = self._document.about("pdf-heading-skipped", text=text, **levels)
            self.problems.append(about)
        return f"h{right}"

    def _link(self, element: Element) -> Attributes:
        href = element.get("href", "")
        anchor = self._anchor(href)
        if anchor or not href.strip("#"):
            return {"anchor": anchor} if anchor else {}
        text = _words(element)
        found = Reference(text, href)
        if href.startswith(("http:", "https:")) and text not in href and found not in self.links:
            self.links.append(found)
        return {"href": quote(href, safe="!#$%&'()*+,/:;=?@[]~")}

    def _table(self, table: Element, attributes: Attributes) -> Iterator[Node]:
        """A table as its caption and cells; each cell knows its place, so that none can overlap."""
        nodes: list[Node] = []
        captions = [self._content(caption) for caption in table.findall("caption")]
        if several := [each for each in captions if each]:
            between = Node("br", {}, _EMPTY)
            all_of_them = chain.from_iterable((between, *each) for each in several)
            nodes.append(Node("caption", {}, tuple(all_of_them)[1:]))
        places: set[tuple[int, int]] = set()
        header = len(table.findall("thead/tr"))
        head: list[Node] = []
        for y, (row, end) in enumerate(_rows(table)):
            for cell in row:
                x = next(x for x in range(len(places) + 1) if (x, y) not in places)
                high = min(_span(cell, "rowspan"), end - y)
                wide = _span(cell, "colspan")
                wide = next((w for w in range(1, wide) if (x + w, y) in places), wide)
                places |= {(x + i, y + j) for i in range(wide) for j in range(high)}
                place: Attributes = {"x": x, "y": y, "colspan": wide, "rowspan": high}
                place["class"] = cell.get("class", "")
                if cell.tag in ("td", "th"):
                    nodes += self._whole(cell.tag, place, self._content(cell))
                else:
                    nodes.append(Node("td", place, tuple(self._element(cell)) or _EMPTY))
                if y < header:
                    head.append(nodes[-1])
        attributes["columns"] = 1 + max((x for x, _ in places), default=0)
        letters = len(joined(head))
        attributes["header"] = header if letters <= _HEAD else 0
        attributes["repeats"] = int(letters <= _REPEATABLE and not _holds_link(head))
        if places:
            yield Node("table", attributes, tuple(nodes))
        elif nodes:
            yield from self._whole("p", {}, nodes[0].children)


def _words(element: Element) -> str:
    """The words of an element, in one line."""
    return " ".join("".join(element.itertext()).split())


def _holds_link(nodes: Iterable[Node]) -> bool:
    """Whether something leads elsewhere, or is led to, or a picture: PDF/UA allows none in the head
    of a table that stands on each of its pages."""
    return any(node.tag in ("a", "img") or "id" in node.attrs for node in elements(nodes))


def _term(nodes: Nodes) -> tuple[Nodes, Nodes]:
    """What may stand in a term of a list, for PDF/UA a line; and what has to stand behind it."""
    line: list[Node | str] = []
    behind: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str) or not holds_block((node,)):
            line.append(node)
        elif node.tag in ("p", "div") and not holds_block(node.children):
            line += [" ", *node.children] if line else node.children
        else:
            behind.append(node)
    return tuple(line), tuple(behind)


def _rows(table: Element) -> Iterator[tuple[Element, int]]:
    """Each row with the number of the row at which its group ends: no cell reaches out of it."""
    end = 0
    for group in table:
        rows = [group] if group.tag == "tr" else group.findall("tr")
        end += len(rows)
        yield from ((row, end) for row in rows)


def _number(items: Element) -> None:
    """Gives each item its number where one is below zero: Typst can only count from there upwards,
    and a layout has to know all of them beforehand."""
    own = [item for item in items if item.tag == "li"]
    step = -1 if "reversed" in items.attrib else 1
    found = _read(items, "start")
    number = found if found is not None else (len(own) if step < 0 else 1)
    numbers = []
    for item in own:
        given = _read(item, "value")
        number = number if given is None else given
        numbers.append(number)
        number += step
    if min(numbers, default=0) < 0:
        for item, each in zip(own, numbers, strict=True):
            item.set("value", str(each))


def _numbers(element: Element, name: str) -> Attributes:
    number = _read(element, name)
    return {} if number is None else {name: str(number)}


def _read(element: Element, name: str) -> int | None:
    """The number in an attribute as browsers read it; None where there is none."""
    found = _NUMBER.match(element.get(name, ""))
    return max(-_MOST, min(int(found[1][:20]), _MOST)) if found else None


def _breakable(word: re.Match[str]) -> str:
    return word[0] if "://" in word[0] else _BREAK.sub("\N{ZERO WIDTH SPACE}", word[0])


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), 100) if value.isdecimal() else 1
