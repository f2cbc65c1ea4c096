"""HTML to Markdown, proved: what the Markdown becomes has the same tree, or an element is named."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from generator.importers.dead_ends import without_dead_ends
from generator.importers.html_tree import (
    Element,
    Node,
    Nodes,
    element,
    names,
    parse,
    text,
    visible_text,
    walk,
)
from generator.importers.markdown_writer import Care, document, elements
from generator.importers.reduced_html import HEADINGS, Loss, Reduced, reduced
from generator.importers.shapes import Proved
from generator.markdown.convert import convert
from generator.model.article import Body, Picture

_MARK: Final = re.compile("\x02([0-9]+)\x03")
PLAIN: Final = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:?!()„“”‚‘’–%§€'\"-])*")
"""A line in which nothing can be a sign of Markdown."""
_ROUNDS: Final = 40
"""Blocks that are written with more care only since others stand beside them."""

_BEFORE: Final = 3
"""How far before the place where a text becomes other the reason may stand."""

_PROVED: Final = Proved()


class Converted(NamedTuple):
    """A text in Markdown; what of the HTML no article can hold, and what is not as it was.

    `shown` is what a reader sees of it: the words, and what is said of pictures.
    """

    text: str
    losses: tuple[Loss, ...]
    shown: str


def html_to_markdown(html: str, notes: Mapping[str, str] | None = None) -> Converted:
    """`html` in Markdown; `notes` are footnotes kept elsewhere, by their ids.

    Proved: converted back, the text has the same elements with the same words, or `losses` names
    those that differ.
    """
    return of_nodes(parse(html), {label: parse(note) for label, note in (notes or {}).items()})


def of_nodes(nodes: Nodes, notes: Mapping[str, Nodes] | None = None) -> Converted:
    """As `html_to_markdown`, for HTML that has been read."""
    proof = _Proof(without_dead_ends(reduced(nodes, notes)))
    markdown = proof.text()
    shown = _shown(proof.said() if proof.holds else read_back(markdown))
    return Converted(markdown, tuple(proof.losses), shown)


def shown_by(markdown: str) -> str:
    """What a reader sees of a text: the words, and what is said of pictures."""
    return _shown(read_back(markdown))


def _shown(found: Reduced) -> str:
    nodes = (*found.blocks, *(node for note in found.notes for node in note))
    inner = walk(nodes)
    pictures = [f"{e.get('alt')} {e.get('title')}" for e in inner if e.tag == "img"]
    numbers = [e.get("number") for e in inner if e.tag == "fnref"]
    return " ".join((visible_text(nodes), *pictures, *numbers, *numbers))


def read_back(markdown: str) -> Reduced:
    """What a text in Markdown says, in the same form as HTML."""
    return _reduced(convert(markdown))


def _reduced(body: Body) -> Reduced:
    return reduced(parse(as_html(body)))


def as_html(body: Body) -> str:
    """The HTML of a body with plain links and pictures for its placeholders."""

    def put(mark: re.Match[str]) -> str:
        found = body.placeholders[int(mark[1])]
        if not isinstance(found, Picture):
            return _quoted(found.target)
        image = found.image
        credit = f" (Foto: {image.credit})" if image.credit else ""
        return (
            f'<img src="{_quoted(image.file)}" alt="{_quoted(image.alt)}" '
            f'title="{_quoted(image.caption + credit)}">'
        )

    return _MARK.sub(put, body.html)


def _quoted(said: str) -> str:
    return said.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


class _Proof:
    """Writes one text: with more care, or as something simpler, what comes back as another."""

    def __init__(self, wanted: Reduced) -> None:
        self.losses = list(wanted.losses)
        self.holds = True
        self._blocks = [(block, Care.READABLE) for block in wanted.blocks]
        self._notes = [
            [(b, Care.READABLE) for b in note if isinstance(b, Element)] for note in wanted.notes
        ]

    def text(self) -> str:
        """The text that is proved."""
        if not self._comes_back():
            self._blocks = self._each(self._blocks)
            self._notes = [self._each(note) for note in self._notes]
            self._together()
        return document(self._blocks, self._notes)

    def said(self) -> Reduced:
        """What the text says, if it holds."""
        notes = tuple(tuple(block for block, _ in note) for note in self._notes)
        return Reduced(tuple(block for block, _ in self._blocks), notes, ())

    def _comes_back(self) -> bool:
        """Whether the text is what it was, without a message; only what is new in it is tried."""
        if self._notes:
            return self._difference() == (None, True)
        blocks = [block for block, _ in self._blocks]
        places, shapes = _PROVED.unknown(blocks)
        if places:
            body = convert(document([self._blocks[place] for place in places]))
            found = _reduced(body).blocks
            wanted = [blocks[place] for place in places]
            if body.problems or list(map(_anywhere, found)) != list(map(_anywhere, wanted)):
                return self._difference() == (None, True)
            _PROVED.add(shapes)
        return True

    def _difference(self) -> tuple[int | None, bool]:
        """The first block that comes back other, None: none does; and whether nobody complains."""
        places = list(_telling(self._blocks))
        body = convert(document([self._blocks[place] for place in places], self._notes))
        found = _reduced(body)
        wanted = [_alike(self._blocks[place][0]) for place in places]
        got = [_alike(block) for block in found.blocks]
        if wanted == got:
            notes = [[_alike(b) for b, _ in note] for note in self._notes]
            same = notes == [
                [_alike(b) for b in note if isinstance(b, Element)] for note in found.notes
            ]
            return None if same else len(self._blocks), not body.problems
        pairs = zip(places, wanted, got, strict=False)
        other = (place for place, one, back in pairs if one != back)
        return next(other, places[min(len(got), len(places) - 1)] if places else 0), False

    def _each(self, blocks: Sequence[tuple[Element, Care]]) -> list[tuple[Element, Care]]:
        """`blocks`, each so written that it comes back by itself."""
        proved: list[tuple[Element, Care]] = []
        waiting = [block for block, _ in reversed(blocks)]
        while waiting:
            block = waiting.pop()
            care = next((care for care in Care if _comes_back(block, care)), None)
            if care is not None:
                proved.append((block, care))
            elif simpler := _simpler(block):
                self.losses.append(Loss(*_named(block, simpler)))
                waiting += reversed(simpler)
            else:
                self.losses.append(Loss(block.tag, text(block.content)[:200]))
                proved.append((block, Care.ESCAPED))
        return proved

    def _together(self) -> None:
        """Write those blocks with more care that become others beside their neighbours."""
        for _ in range(_ROUNDS):
            place, _ = self._difference()
            if place is None:
                return
            for index in range(min(place, len(self._blocks) - 1), max(place - _BEFORE, 0) - 1, -1):
                if better := _next_care(*self._blocks[index]):
                    self._blocks[index] = self._blocks[index][0], better
                    break
            else:
                break
        place, _ = self._difference()
        if place is not None:
            self.holds = False
            place = min(place, len(self._blocks) - 1)
            block = self._blocks[place][0] if self._blocks else Element("footnote")
            self.losses.append(Loss(block.tag, text(block.content)[:200]))


def _telling(blocks: Sequence[tuple[Element, Care]]) -> Iterator[int]:
    """The places of the blocks that may come back other.

    A paragraph without any sign of Markdown cannot, so the first of several stands for them all.
    """
    before = False
    for place, (block, care) in enumerate(blocks):
        only = block.content[0] if len(block.content) == 1 else ""
        plain = (
            block.tag == "p" and care is Care.READABLE
            and isinstance(only, str) and PLAIN.fullmatch(only) is not None and "www." not in only
        )  # fmt: skip
        if not (plain and before):
            yield place
        before = plain


def _next_care(block: Element, care: Care) -> Care | None:
    return next((more for more in Care if more > care and _comes_back(block, more)), None)


def _comes_back(block: Element, care: Care) -> bool:
    """Whether a block, written with this care and by itself, is what it was, without a message."""
    if care is Care.HTML and any(e.tag in ("img", "fnref", *HEADINGS) for e in walk((block,))):
        return False
    signs = {e.get("number") for e in walk((block,)) if e.tag == "fnref"}
    markdown = document([(block, care)])
    markdown += "".join(f"\n[^{number}]: x\n" for number in signs)
    body = convert(markdown)
    found = _reduced(body).blocks
    return not body.problems and len(found) == 1 and _anywhere(found[0]) == _anywhere(block)


def _alike(block: Element) -> Element:
    """A block without what Markdown says of a whole list at once."""
    kept = tuple(pair for pair in block.attributes if pair[0] != "loose")
    return Element(
        block.tag, kept, tuple(n if isinstance(n, str) else _alike(n) for n in block.content)
    )


def _anywhere(block: Element) -> Element:
    """As `_alike`, and without what depends on what stands before it: levels, numbers of notes."""
    if block.tag == "fnref":
        return Element("fnref")
    tag = "h" if block.tag in HEADINGS else block.tag
    kept = tuple(pair for pair in block.attributes if pair[0] != "loose")
    content = tuple(n if isinstance(n, str) else _anywhere(n) for n in block.content)
    return Element(tag, kept, content)


# -- What is left of a block that cannot be written as it is ---------------------------------------


def _named(block: Element, simpler: Sequence[Element]) -> tuple[str, str]:
    """The element that goes, and the beginning of what it holds."""
    tags = [e.tag for e in walk((block,))]
    for e in walk(simpler):
        if e.tag in tags:
            tags.remove(e.tag)
    return (tags[0] if tags else block.tag), text(block.content).strip()[:200]


_LINES: Final = names("caption dt figcaption p summary")
_SETS: Final = names("blockquote dl figure ol table ul")
_PARTS: Final = names("dd li tbody td th thead tr")
"""What stands in a set alone."""


def _simpler(block: Element) -> list[Element]:
    """Blocks that say the same with less around it; [] where there is nothing simpler."""
    inner = elements(block)
    pictures = [e for e in walk(block.content) if e.tag == "img"]
    simpler: list[Element] = []
    if block.tag == "details":
        simpler = [element("p", Element("strong", (), inner[0].content)), *inner[1:]]
    elif block.tag in HEADINGS and walk(block.content):
        simpler = [block.holding((text(block.content),))]
    elif block.tag in _LINES and any(
        e.tag not in ("br", "fnref", "a") for e in walk(block.content)
    ):
        simpler = [Element("p", (), tuple(_plain(block.content)))]
    elif block.tag == "pre" and inner:
        simpler = [element("pre", text(block.content))]
    elif block.tag in _SETS:
        flat = tuple(_flat(block.content))
        if flat != block.content:
            return [*([block.holding(flat)] if text(flat).strip() else ()), *pictures]
        simpler = list(_dissolved(block))
    return simpler


def _dissolved(block: Element) -> Iterator[Element]:
    """What stands in a set, without the set."""
    for inner in elements(block):
        if inner.tag in _PARTS:
            yield from _dissolved(inner)
        else:
            yield inner._replace(tag="p") if inner.tag in _LINES else inner


def _flat(nodes: Nodes) -> Iterator[Node]:
    """`nodes` without pictures, and with headings as paragraphs in bold type."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag in HEADINGS:
            yield element("p", Element("strong", (), tuple(_flat(node.content))))
        elif node.tag != "img":
            yield node.holding(tuple(_flat(node.content)))


def _plain(nodes: Nodes) -> Iterator[Node]:
    joined = ""
    for node in nodes:
        if isinstance(node, str):
            joined += node
        elif node.tag in ("br", "fnref", "a"):
            if joined:
                yield joined
            joined = ""
            yield node if node.tag != "a" else node.holding((text(node.content),))
        else:
            joined += text(node.content)
    if joined:
        yield joined
