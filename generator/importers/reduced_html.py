"""What an article can hold of any HTML: one form for all that reads the same, and what is lost."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from generator.importers.footnotes import (
    are_notes,
    is_short,
    notes_by_hand,
    without_ways_back,
)
from generator.importers.hidden import parted
from generator.importers.html_tree import (
    UNSEEN,
    Element,
    Node,
    Nodes,
    apart,
    element,
    evened,
    line_breaks,
    names,
    source_of,
    text,
    unlinked,
    walk,
    with_spaces,
    without_divisions,
    without_tabs,
)  # fmt: skip
from generator.importers.inline_runs import is_without_text, tidy
from generator.importers.outline import arranged
from generator.importers.web_addresses import spelled
from generator.markdown import html as allowed
from generator.markdown import links
from generator.markdown.misplaced import fits
from generator.model.addresses import web_flaw

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")

_RENAMED: Final = {"b": "strong", "i": "em", "strike": "s", "tt": "code", "acronym": "abbr"}
_INLINE: Final = names(
    """a abbr bdi bdo cite code data del dfn em ins kbd mark q rp rt ruby s samp small span strong
    sub sup time u var wbr"""
)
_BLOCKS: Final = names(
    """address article aside blockquote body caption center col colgroup dd details dialog div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main
    menu nav ol p pre search section summary table tbody td tfoot th thead tr ul"""
)
_SILENT: Final = names(
    """article aside body center div footer header hgroup html main picture search section source
    span"""
)
"""Elements that say nothing to a reader: only what is in them stays."""
_CONTROLS: Final = names("button label legend option select textarea")
"""Elements whose text stands apart from what is beside them."""
_ELSEWHERE: Final = names("audio embed iframe object video")
"""What shows something from elsewhere; a link to it stays."""
_LANGUAGE: Final = re.compile(r"(?:lang(?:uage)?-|brush:\s*)([\w+#.-]+)")
_ALIGNED: Final = re.compile(r"(?:text-align:\s*|has-text-align-|align)(left|center|right)")
_BOLD: Final = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")
_NOT_BOLD: Final = re.compile(r"font-weight:\s*(?:normal|400)")
_PICTURE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)(?:\?.*)?$", re.IGNORECASE
)


class Loss(NamedTuple):
    """An element, or an attribute of one, that an article cannot hold, and what it said."""

    tag: str
    said: str = ""


class Reduced(NamedTuple):
    """Blocks of text and footnotes, in the one form for each thing; what did not fit.

    `p`, `h2` to `h6` and `dt` hold inline elements; `li`, `dd`, `td`, `th`, `blockquote` and
    `details` hold blocks; `img` is a block, a figure with its caption as `title`.  `fnref` stands
    for the sign of a footnote, whose number is its place in `notes` from 1 on.
    """

    blocks: tuple[Element, ...]
    notes: tuple[Nodes, ...]
    losses: tuple[Loss, ...]


def reduced(nodes: Nodes, notes: Mapping[str, Nodes] | None = None) -> Reduced:
    """The one form of `nodes`; `notes` are footnotes that are kept elsewhere, by their ids."""
    return _Reducer(nodes, notes or {}).result()


class _Reducer:
    """Goes through one text."""

    def __init__(self, nodes: Nodes, notes: Mapping[str, Nodes]) -> None:
        self._losses: list[Loss] = []
        self._sources: dict[str, Nodes] = dict(notes)
        self._numbers: dict[str, int] = {}
        nodes, hidden = parted(nodes)
        for one in hidden:
            pictures = (e.get("src") for e in walk((one,)) if e.tag == "img")
            self._lose(f"{one.tag} hidden", " ".join((text((one,)), *pictures)))
        found = walk(nodes)
        self._wanted = {
            e.get("href")[1:] for e in found if e.tag == "a" and e.get("href")[:1] == "#"
        }
        self._by_hand = notes_by_hand(found) if self._wanted else {}
        self._sources |= {label: note.content for label, note in self._by_hand.items()}
        has_notes = bool(self._by_hand) or any(are_notes(e) for e in found if e.attributes)
        self._nodes = tuple(self._without_notes(nodes)) if has_notes else nodes

    def result(self) -> Reduced:
        """The whole text."""
        blocks = self._flow(self._nodes)
        notes: list[Nodes] = []
        while len(notes) < len(self._numbers):  # a note may refer to another one
            label = list(self._numbers)[len(notes)]
            notes.append(tuple(self._flow(without_ways_back(self._sources[label]))))
        for label in self._sources.keys() - self._numbers.keys():
            blocks += self._flow(without_ways_back(self._sources[label]))
        return Reduced(arranged(blocks), tuple(notes), tuple(self._losses))

    def _without_notes(self, nodes: Nodes) -> Iterator[Node]:
        """`nodes` without the list of footnotes, which goes to where it is looked up."""
        for node in nodes:
            if isinstance(node, str):
                yield node
            elif any(node is note.block for note in self._by_hand.values()):
                continue
            elif are_notes(node):
                for item in walk((node,)):
                    if item.tag == "li" and item.get("id"):
                        self._sources.setdefault(item.get("id"), item.content)
            else:
                yield node.holding(tuple(self._without_notes(node.content)))

    def _lose(self, tag: str, said: str = "") -> None:
        self._losses.append(Loss(tag, " ".join(said.split())[:200]))

    # -- blocks ------------------------------------------------------------------------------------

    def _flow(self, nodes: Iterable[Node], around: tuple[Element, ...] = ()) -> list[Element]:
        """`nodes` as blocks; `around` are inline elements that stand around all of them."""
        blocks: list[Element] = []
        run: list[Node] = []
        for node in (*nodes, None):
            if node is not None and not (isinstance(node, Element) and _holds_blocks(node)):
                run.append(node)
                continue
            if run:
                blocks += self._paragraphs(run, around)
                run = []
            if node is not None and node.tag in _BLOCKS:
                blocks += self._block(node, around)
            elif node is not None:
                kept = node.tag in _INLINE or node.tag in _RENAMED
                blocks += self._flow(node.content, (*around, node) if kept else around)
        return blocks

    def _paragraphs(
        self, run: Iterable[Node], around: tuple[Element, ...] = (), tag: str = "p"
    ) -> list[Element]:
        """A block of inline elements, and the pictures in it as blocks behind it."""
        content: Nodes = tuple(run)
        for outer in reversed(around):
            content = (outer.holding(content),)
        content = self._inline(content)
        first = 0
        while first < len(content) and is_without_text(content[first]):
            first += 1
        _, before = apart(content[:first])
        content, pictures = apart(content[first:])
        content = tidy(content)
        blocks = [Element(tag, (), content)] if content else []
        return [*before, *blocks, *pictures]

    def _block(  # noqa: PLR0911 - one way out for each kind of block
        self, node: Element, around: tuple[Element, ...]
    ) -> list[Element]:
        tag = node.tag
        if tag in HEADINGS or tag in ("dt", "summary"):
            made = self._paragraphs(_unblocked(node.content), around, "h" if tag[0] == "h" else tag)
            anchor = {"id": node.get("id")} if node.get("id") in self._wanted else {}
            return [
                element("h", *e.content, level=tag[1], **anchor) if e.tag == "h" else e
                for e in made
            ]
        if tag in ("ul", "ol", "menu"):
            return self._list(node, around)
        if tag == "dl":
            return self._terms(node, around)
        if tag == "blockquote":
            if node.get("cite"):
                self._lose("blockquote cite", node.get("cite"))
            content = self._flow(node.content, around)
            return [Element("blockquote", (), tuple(content))] if content else []
        if tag == "pre":
            return self._preformatted(node)
        if tag == "hr":
            return [Element("hr")]
        if tag == "table":
            return self._table(node)
        if tag == "figure":
            return self._figure(node, around)
        if tag == "details":
            return self._details(node, around)
        if tag not in _SILENT and tag not in ("p", "li", "dd", "figcaption", "caption"):
            self._lose(tag)
        start: Nodes = ()
        if node.get("id") in self._wanted:
            start = (element("span", id=node.get("id")),)
        return self._flow((*start, *node.content), around)

    def _list(self, node: Element, around: tuple[Element, ...]) -> list[Element]:
        items: list[Element] = []
        for child in node.content:
            if isinstance(child, str):
                if not child.strip():
                    continue
                items.append(Element("li", (), tuple(self._flow((child,), around))))
            elif child.tag == "li":
                value = {"value": child.get("value")} if node.tag == "ol" else {}
                if value and not fits("li", "value", child.get("value")):
                    value = {}
                anchor = (element("span", id=child.get("id")),)
                start = anchor if child.get("id") in self._wanted else ()
                items.append(element("li", *self._flow((*start, *child.content), around), **value))
            elif (inner := self._flow((child,), around)) and items:
                items[-1] = items[-1].holding((*items[-1].content, *inner))
            elif inner:
                items.append(Element("li", (), tuple(inner)))
        loose = any(isinstance(e, Element) and e.tag == "p" for i in node.content
                    if isinstance(i, Element) for e in i.content)  # fmt: skip
        kept = {"loose": "yes" if loose else ""}
        if node.tag == "ol":
            kept["start"] = node.get("start") if node.get("start") not in ("", "1") else ""
            if node.get("type") not in ("", "1"):
                kept["type"] = node.get("type")
            if any(name == "reversed" for name, _ in node.attributes):
                kept["reversed"] = "reversed"
        kept = {name: value for name, value in kept.items() if fits("ol", name, value)}
        return [element("ol" if node.tag == "ol" else "ul", *items, **kept)] if items else []

    def _terms(self, node: Element, around: tuple[Element, ...]) -> list[Element]:
        parts: list[Element] = []
        before: list[Element] = []
        for child in without_divisions(node.content):
            if isinstance(child, Element) and child.tag == "dt":
                parts += [e if e.tag == "dt" else Element("dd", (), (e,))
                          for e in self._block(child, around)]  # fmt: skip
            elif isinstance(child, Element) and child.tag == "dd" and parts:
                parts.append(Element("dd", (), tuple(self._flow(child.content, around))))
            elif not isinstance(child, str) or child.strip():
                before += self._flow((child,), around)
        return [*before, Element("dl", (), tuple(parts))] if parts else before

    def _preformatted(self, node: Element) -> list[Element]:
        found = [
            _LANGUAGE.search(e.get("class")) for e in walk((node,)) if e.tag in ("pre", "code")
        ]
        language = next((match[1] for match in found if match), "")
        marked = {_RENAMED.get(e.tag, e.tag) for e in walk(node.content)} & (_INLINE - {"span"})
        if marked - {"code"}:
            content, pictures = apart(self._inline(without_tabs(node.content)))
            return [*([Element("pre", (), content)] if text(content).strip() else []), *pictures]
        whole = text(line_breaks(node.content)).expandtabs(4)
        shown = "\n".join(line.rstrip() for line in whole.split("\n")).strip("\n")
        return [element("pre", shown, language=language)] if shown else []

    def _table(self, node: Element) -> list[Element]:
        captions: list[Element] = []
        groups: dict[str, list[Element]] = {"thead": [], "tbody": []}
        for part in node.content:
            if isinstance(part, str) or part.tag in ("colgroup", "col"):
                continue
            if part.tag == "caption":
                captions += self._paragraphs(_unblocked(part.content), (), "caption")
                continue
            group = groups["thead" if part.tag == "thead" else "tbody"]
            group += [self._row(row) for row in part.content
                      if isinstance(row, Element) and row.tag == "tr"]  # fmt: skip
        head, rows = groups["thead"], groups["tbody"]
        if (
            not head
            and rows
            and all(isinstance(c, Element) and c.tag == "th" for c in rows[0].content)
        ):
            head, rows = rows[:1], rows[1:]
        if not any(text(row.content).strip() or any(e.tag == "img" for e in walk(row.content))
                   for row in (*head, *rows)):  # fmt: skip
            return captions
        head = [row.holding(tuple(
            c._replace(tag="th" if text(c.content).strip() else "td") for c in row.content
            if isinstance(c, Element))) for row in head]  # fmt: skip
        if not any(text(row.content).strip() for row in head):
            head = []
        parts = [Element(tag, (), tuple(evened([*head, *rows], group)))
                 for tag, group in (("thead", head), ("tbody", rows)) if group]  # fmt: skip
        heads = [c for c in captions if c.tag == "caption"][:1]
        others = [c for c in captions if c not in heads]
        return [Element("table", (), (*heads, *parts)), *others]

    def _row(self, row: Element) -> Element:
        cells: list[Element] = []
        for cell in row.content:
            if isinstance(cell, Element) and cell.tag in ("td", "th"):
                aligned = _ALIGNED.search(
                    f"{cell.get('style')} {cell.get('class')} align{cell.get('align')}"
                ) or re.search(r"(?:^| )(left|center|right)(?: |$)", cell.get("class"))
                spans = {
                    name: value
                    for name in ("colspan", "rowspan")
                    if (value := cell.get(name)) != "1" and fits("td", name, value)
                }
                kept = {**spans, "align": aligned[1] if aligned else ""}
                if cell.tag == "th" and cell.get("scope") in ("row", "rowgroup"):
                    kept["scope"] = cell.get("scope")
                cells.append(element(cell.tag, *self._flow(cell.content), **kept))
        return Element("tr", (), tuple(cells))

    def _figure(self, node: Element, around: tuple[Element, ...]) -> list[Element]:
        captions = [e for e in node.content if isinstance(e, Element) and e.tag == "figcaption"]
        rest = tuple(e for e in node.content if e not in captions)
        blocks = self._flow(rest, around)
        said = [block for caption in captions for block in self._flow(caption.content)]
        if not said:
            return blocks
        if len(blocks) == 1 and blocks[0].tag == "img":
            for e in walk(said):
                if e.tag == "a":
                    self._lose("figcaption a", e.get("href"))
            title = " ".join(" ".join(text(with_spaces((b,))) for b in said).split())
            picture = blocks[0]
            return [element("img", alt=picture.get("alt"), src=picture.get("src"), title=title)]
        if len(blocks) == len(said) == 1 and _takes_caption(blocks[0]):
            return [Element("figure", (), (blocks[0], Element("figcaption", (), said[0].content)))]
        return blocks + said

    def _details(self, node: Element, around: tuple[Element, ...]) -> list[Element]:
        heads = [e for e in node.content if isinstance(e, Element) and e.tag == "summary"]
        rest = self._flow([e for e in node.content if e not in heads], around)
        made = [b for head in heads for b in self._block(head, around)]
        heads = [b for b in made if b.tag == "summary"] or [element("summary", "Details")]
        if not made:
            self._lose("details")
        opened = any(name == "open" for name, _ in node.attributes)
        pictures = [b for b in made if b.tag != "summary"]
        kept = {"open": "open"} if opened else {}
        return [element("details", heads[0], *pictures, *rest, **kept)]

    # -- inline ------------------------------------------------------------------------------------

    def _inline(self, nodes: Iterable[Node]) -> Nodes:
        return tuple(found for node in nodes for found in self._one(node))

    def _one(  # noqa: PLR0911, PLR0912 - one way out for each kind of element
        self, node: Node
    ) -> Iterable[Node]:
        if isinstance(node, str):
            return (node,)
        tag = _RENAMED.get(node.tag, node.tag)
        if tag in ("br", "wbr"):
            return (Element(tag),)
        if tag == "img":
            return self._picture(node)
        if tag == "math":
            return self._formula(node)
        if tag in UNSEEN or tag in ("svg", "canvas"):
            self._lose(tag, text(node.content))
            return ()
        if tag == "input":
            if node.get("type") == "checkbox":
                return ("☑ " if any(n == "checked" for n, _ in node.attributes) else "☐ ",)
            self._lose(tag, node.get("value") or node.get("placeholder"))
            return ()
        if tag in _ELSEWHERE:
            return self._elsewhere(node)
        if tag in ("a", "sup") and (label := self._note_label(node)):
            return self._reference(label, node)
        if tag == "a":
            return self._link(node)
        style = node.get("style")
        if tag == "span" and style:
            tag = "strong" if _BOLD.search(style) else "em" if "italic" in style else "span"
        if tag == "strong" and _NOT_BOLD.search(style):
            tag = "span"
        content = self._inline(node.content)
        kept = () if not node.attributes else tuple(
            (name, value)
            for name, value in node.attributes
            if (name == "id" and value in self._wanted)
            or (name not in ("id", "class") and value and allowed.allows(tag, name)
                and fits(tag, name, value) and name != "cite")
        )  # fmt: skip
        if tag not in _INLINE:
            if tag not in _SILENT and ":" not in tag:  # Word's own elements say nothing
                self._lose(node.tag)
            return (" ", *content, " ") if tag in _CONTROLS else content
        if tag == "span" and not kept:
            return content
        if tag == "code":
            content = (text(line_breaks(content)),) if not walk(content) else content
        return (Element(tag, kept, content),)

    def _link(self, node: Element) -> Iterable[Node]:
        content = self._inline(node.content)
        href = " ".join(node.get("href").split())
        anchors = [node.get(name) for name in ("id", "name") if node.get(name) in self._wanted]
        start = (element("span", id=anchors[0]),) if anchors else ()
        if not href:
            return (*start, *content)
        shown, pictures = apart(content)
        if pictures and not text(shown).strip():
            if not _PICTURE.search(href):
                self._lose("a", href)
            return (*start, *content)
        if links.address(href).kind not in ("source", "external", "other") or web_flaw(href):
            self._lose("a", href)
            return (*start, *content)
        title = " ".join(node.get("title").split())
        return (*start, element("a", *unlinked(content), href=spelled(href), title=title))

    def _picture(self, node: Element) -> Iterable[Node]:
        src = " ".join(source_of(node).split())
        alt, title = (" ".join(node.get(name).split()) for name in ("alt", "title"))
        kind = links.address(src).kind
        if kind == "external":
            self._lose("img", src)
            if web_flaw(src):
                return (alt,) if alt else ()
            return (element("a", alt or src, href=spelled(src)),)
        if kind not in ("other", "source") or links.address(src).scheme:
            self._lose("img", src[:80])
            return (alt,) if alt else ()
        return (element("img", alt=alt, src=spelled(src), title=title),)

    def _formula(self, node: Element) -> Iterable[Node]:
        """A formula as it was typed, where that stands beside it, else as a line of its signs."""
        typed = (text(e.content) for e in walk(node.content) if e.tag == "annotation")
        said = " ".join((next(typed, "") or node.get("alttext") or text(node.content)).split())
        self._lose("math", said)
        return (element("code", said),) if said else ()

    def _elsewhere(self, node: Element) -> Iterable[Node]:
        inner = [e.get("src") for e in walk(node.content) if e.get("src")]
        src = (node.get("src") or node.get("data") or next(iter(inner), "")).strip()
        src = f"https:{src}" if src.startswith("//") else src
        self._lose(node.tag, src)
        kind = links.address(src).kind
        if kind not in ("external", "other") or web_flaw(src):
            return self._inline(node.content)
        shown = " ".join(node.get("title").split()) or src
        return (element("a", shown, href=spelled(src)),)

    def _note_label(self, node: Element) -> str:
        """The id of the footnote to which an element is the sign, "" where it is none."""
        if node.tag == "sup":
            if node.get("data-fn"):
                return node.get("data-fn")
            inner = [e for e in node.content if not isinstance(e, str) or e.strip()]
            only = inner[0] if len(inner) == 1 else ""
            return self._note_label(only) if isinstance(only, Element) and only.tag == "a" else ""
        label = node.get("href")[1:] if node.get("href")[:1] == "#" else ""
        is_sign = node.get("role") == "doc-noteref" or node.has_class("footnote-ref")
        return label if is_sign or (label in self._by_hand and is_short(node)) else ""

    def _reference(self, label: str, node: Element) -> Iterable[Node]:
        if label not in self._sources:
            self._lose("footnote", label)
            return (element("sup", text(node.content)),) if text(node.content).strip() else ()
        number = self._numbers.setdefault(label, len(self._numbers) + 1)
        return (element("fnref", number=str(number)),)


def _holds_blocks(node: Element) -> bool:
    return node.tag in _BLOCKS or any(
        isinstance(inner, Element) and _holds_blocks(inner) for inner in node.content
    )


def _unblocked(nodes: Nodes) -> Iterator[Node]:
    """`nodes` with the content of blocks in their place, for where only inline elements may be."""
    for node in nodes:
        if isinstance(node, str) or not _holds_blocks(node):
            yield node
        elif node.tag in _BLOCKS:
            yield from (" ", *_unblocked(node.content), " ")
        else:
            yield node.holding(tuple(_unblocked(node.content)))


def _takes_caption(block: Element) -> bool:
    """Whether a caption stays on a block: a table, or a link to what is shown elsewhere."""
    return block.tag == "table" or (
        block.tag == "p" and [e.tag for e in block.content if isinstance(e, Element)] == ["a"]
        and len(block.content) == 1
    )  # fmt: skip
