"""Raw HTML in a text, and attributes: what an article may hold, and what is left out."""

import re
from collections.abc import Iterable, Iterator
from html.entities import html5
from typing import Final
from xml.etree.ElementTree import Element

import nh3
from markdown.util import HTML_PLACEHOLDER_RE, HtmlStash

from generator.markdown import html_blocks, links, misplaced
from generator.markdown.notes import Notes
from generator.markdown.parser import UNCLOSED
from generator.markdown.source import line_and_column
from generator.markdown.tables import SURPLUS


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EVERYWHERE: Final = frozenset({"class", "id", "lang", "dir", "title"})

LAYOUT_IDS: Final = _names(
    """Aktuell Firmen Firmennews Fuss-bereiche Fuss-lesen Fuss-verlag Inhalt Korrektur Menue Stimmen
    Verwandt Weitere"""
)
"""What layouts call places on pages with a text; a layout's own ids begin with a capital letter."""

_CELL: Final = "colspan rowspan headers scope"
_OWN: Final = {
    "a": "href aria-label", "blockquote": "cite", "col": "span", "colgroup": "span",
    "data": "value", "del": "datetime", "details": "open", "div": "aria-label", "ins": "datetime",
    "li": "value", "ol": "start reversed type", "q": "cite", "section": "aria-label", "td": _CELL,
    "th": f"{_CELL} abbr", "time": "datetime",
}  # fmt: skip
"""The attributes that some elements have beside those of all."""
_PLAIN: Final = _names(
    """abbr b bdi bdo br caption cite code dd dfn dl dt em figcaption figure h2 h3 h4 h5 h6 hr i kbd
    mark p pre rp rt ruby s samp small span strong sub summary sup table tbody tfoot thead tr u ul
    var wbr"""
)
ELEMENTS: Final = {tag: _names(_OWN.get(tag, "")) for tag in (*sorted(_PLAIN), *_OWN)}
"""The elements that an article may hold, with their own attributes."""

_OUR_OWN: Final = {
    "a": {"role": {"doc-noteref", "doc-backlink"}},
    "div": {"role": {"region"}, "tabindex": {"0"}},
    "section": {"role": {"doc-endnotes"}},
    "span": {"role": {"img"}, "aria-label": {"erledigt", "offen"}},
}
"""Attributes that tables, footnotes and tasks get from us."""

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
"""Markdown's own are allowed; those in raw HTML would stand outside the outline."""
_FAMILIES: Final = (
    ("markdown-html-picture", _names("img picture svg source image")),
    ("markdown-html-heading", _HEADINGS),
    (
        "markdown-html-program",
        _names(
            """applet audio base button canvas embed form frame frameset iframe input label link
            math meta noscript object option script select style template textarea title track
            video"""
        ),
    ),
    ("markdown-html-style", _names("basefont big blink center font marquee nobr strike tt")),
    ("markdown-html-unknown", None),
)
_CONTENT_TOO: Final = {"script", "style", "title", "template", "textarea", "svg", "math"}
"""Of these not even the content is kept."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE: Final = re.compile(
    r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?"
)
_HIDING: Final = r"(?:^|;)\s*(?:display:\s*none|visibility:\s*hidden)\b"
_PARAGRAPH: Final = re.compile(r"(?:[^\n]*\S[^\n]*\n?)+")
_HEADING_TAG: Final = re.compile(r"<(/?)h[1-6]\b[^<>]*>", re.IGNORECASE)
_NOTHING: Final = "<!---->"
"""Unlike an empty string it is not taken for the text of a paragraph."""
_AROUND: Final = {"li": "ul", "dt": "dl", "dd": "dl"}
"""In what a part of a list must stand."""
_NAME: Final = re.compile(r"&[a-zA-Z0-9]+;")
_AUTOLINK: Final = re.compile(r"<(https?://[^<>\s\"]+)>")
_TEXT_BLOCKS: Final = frozenset({"p", "td", "th", "dt", "dd", "li"}) | _HEADINGS
_BLOCKS: Final = frozenset({"p", "ul", "ol", "dl", "pre", "blockquote", "table", "hr"}) | _HEADINGS
_FLOW_BLOCKS: Final = _BLOCKS - {"h1"} | {"details", "div", "figure", "section"}
_EMPTY_PARAGRAPH: Final = re.compile(
    r"<p>(?:[ \n]|</?(?:abbr|b|cite|code|del|em|i|ins|mark|q|s|small|span|strong|sub|sup|u)>"
    r'|<a(?: href="[^"<>]*")?>|</a>)*</p>\n?'
)
"""Also what emphasis or a link leaves before the block that it was put around."""
_FOR_LATER: Final = frozenset({
    ("img", "src"), ("img", "alt"), ("img", "credit"), ("p", "credit"), ("pre", UNCLOSED),
    ("span", "aria-label"), ("span", "role"), ("td", "style"), ("th", "style"), ("tr", SURPLUS),
})  # fmt: skip
"""Attributes that become something else before the text is finished."""


def may_hold_raw(text: str) -> bool:
    """Whether `text` may hold raw HTML, which begins with `<`, or attributes, in braces."""
    return "<" in text or "{" in text


def allows(tag: str, attribute: str) -> bool:
    """Whether `attribute` may stand on a `tag` element in an article."""
    return attribute in _EVERYWHERE or attribute in ELEMENTS.get(tag, ())


class Sanitizer:
    """The one gate that every text with raw HTML or attribute lists passes, and passes last.

    Makes well-formed HTML of anything, with the elements and attributes of the list alone.
    """

    def __init__(self) -> None:
        self._notes = Notes("")
        self._ids: set[str] = set()
        self._cleaner = nh3.Cleaner(
            tags=set(ELEMENTS),
            clean_content_tags=_CONTENT_TOO,
            attributes={tag: set(own) for tag, own in ELEMENTS.items()} | {"*": set(_EVERYWHERE)},
            tag_attribute_values=_OUR_OWN,
            attribute_filter=self._filtered,
            url_schemes=set(links.SCHEMES),
            link_rel=None,
        )

    def clean(self, html: str, notes: Notes) -> str:
        """`html` with nothing that is not on the list; links of its own are noted in `notes`."""
        self._notes, self._ids = notes, set()
        # The parser writes a no-break space as a name that XML does not know.
        return self._cleaner.clean(html).replace("&nbsp;", "\N{NO-BREAK SPACE}")

    def prepare(self, root: Element, stash: HtmlStash, notes: Notes) -> None:
        """Note what will be taken out of the raw HTML in `stash`, and make each piece harmless.

        A block that leaves an element open would else reach over the rest of the text, and a tag
        such as `<script>` would swallow it.
        """
        pieces = stash.rawHtmlBlocks
        for place, raw in enumerate(pieces):
            if isinstance(raw, str) and "<" in raw:
                for tag in _TAG.finditer(raw):
                    if link := _AUTOLINK.fullmatch(tag[0]):
                        links.flawed(link[1], notes)
                    elif not tag[1]:
                        _check_tag(tag, notes)
                pieces[place] = _HEADING_TAG.sub(r"<\1p>", raw)
        blocks = set[int]()
        for group in html_blocks.groups(root):
            found = html_blocks.balanced(
                [_AUTOLINK.sub(r'<a href="\1">\1</a>', str(pieces[place])) for place in group]
            )
            for place, piece, whole in zip(group, found.pieces, found.whole, strict=True):
                pieces[place] = self._whole(piece, notes) if whole else piece
            _report_open(found.unclosed, notes)
            blocks.update(group)
        for place, raw in enumerate(pieces):
            if place not in blocks and isinstance(raw, str) and "<" in raw:
                alone = _TAG.fullmatch(raw)
                pieces[place] = raw if alone and alone[2].lower() in ELEMENTS else _NOTHING

    def _whole(self, raw: str, notes: Notes) -> str:
        """A block of raw HTML that stands by itself, in what has to be around it."""
        html = self.clean(raw, notes).strip()
        if html[:1] == "<":
            around = _AROUND.get(html[1:3])
            return f"<{around}>\n{html}\n</{around}>" if around else html
        outer = _TAG.match(raw)  # where it is not allowed, its text needs another element
        lost = html and outer and not outer[1] and outer[2].lower() not in ELEMENTS
        return f"<p>{html}</p>" if lost else html

    def _filtered(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href" and value.startswith("#"):
            return self._notes.within(value)
        if attribute == "href" and not value.startswith("\x02"):
            return links.href(value, self._notes)
        if not misplaced.fits(tag, attribute, value):
            _report_value(tag, attribute, value, self._notes)
            return None
        if attribute == "cite":
            return links.cite(value, self._notes)
        return self._own_id(value) if attribute == "id" else value

    def _own_id(self, value: str) -> str | None:
        given = _free_id(value, 'id="{}"', self._notes)
        if given in self._ids:
            _report_id(given, self._notes)
        if not given or given in self._ids:
            return None
        self._ids.add(given)
        return given


def _check_tag(written: re.Match[str], notes: Notes) -> None:
    place = notes.place_of(written[0])
    tag = written[2].lower()
    if tag not in ELEMENTS or tag in _HEADINGS:
        message = next(name for name, tags in _FAMILIES if tags is None or tag in tags)
        notes.report(message, place, tag=tag)
        return
    for attribute, value in _attributes(written[3]):
        if not allows(tag, attribute):
            _report_attribute(tag, attribute, value, place, notes)
        elif attribute == "id":
            given = "-".join(value.split())
            notes.ids.add(notes.renamed(given) if given in LAYOUT_IDS else given)
        elif attribute in ("href", "cite") and not links.refused(value, place, notes):
            links.flawed(value, notes)  # the parser would drop it without a word


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    for found in _ATTRIBUTE.finditer(written):
        yield found[1].lower(), found[2] or found[3] or found[4] or ""


def hides(attribute: str, value: str) -> bool:
    """Whether browsers show nothing of an element with this attribute."""
    if attribute == "style":
        return bool(re.search(_HIDING, value, re.IGNORECASE))
    return attribute == "hidden" and value.lower() != "until-found"


def _report_attribute(
    tag: str, attribute: str, value: str, place: tuple[int, int], notes: Notes
) -> None:
    name = "markdown-hidden" if hides(attribute, value) else "markdown-attribute"
    notes.report(name, place, attribute=attribute, tag=tag)


def _report_value(tag: str, attribute: str, value: str, notes: Notes) -> None:
    place = notes.place_of(*(f"{attribute}={quote}{value}" for quote in ('"', "'", "")), value)
    notes.report("markdown-attribute-value", place, tag=tag, attribute=attribute, value=value)


def escape_unknown_references(stash: HtmlStash) -> None:
    """Let what only looks like a character's name, as in `&nbps;`, be text."""
    for place, raw in enumerate(stash.rawHtmlBlocks):
        if isinstance(raw, str) and _NAME.fullmatch(raw) and raw[1:] not in html5:
            stash.rawHtmlBlocks[place] = f"&amp;{raw[1:]}"


def check_attributes(elements: Iterable[Element], notes: Notes) -> None:
    """Take from `elements` the attributes that are not allowed, and ids that were given before."""
    for element in elements:
        for attribute, value in element.items():
            if attribute == "id":
                _check_id(element, value, notes)
            elif value is None or not (
                allows(element.tag, attribute) or (element.tag, attribute) in _FOR_LATER
            ):
                del element.attrib[attribute]
                place = notes.place_of(f"{attribute}=", attribute)
                _report_attribute(element.tag, attribute, value or "", place, notes)


def _check_id(element: Element, value: str, notes: Notes) -> None:
    given = _free_id(value or "", "#{}", notes)
    if given and given not in notes.ids:
        notes.ids.add(given)
        element.set("id", given)
        return
    del element.attrib["id"]
    if given:
        _report_id(given, notes)


def _free_id(value: str, written: str, notes: Notes) -> str:
    """An id without spaces, and another one where layouts have it; `written` is how it stands."""
    given = "-".join(value.split())
    if given not in LAYOUT_IDS:
        return given
    renamed = notes.renamed(given)
    place = notes.place_of(written.format(given), given)
    notes.report("markdown-id-reserved", place, id=given, own=renamed)
    return renamed


def _report_id(given: str, notes: Notes) -> None:
    notes.report("markdown-id-twice", notes.place_of(f"#{given}", given), id=given)


def close_inline(elements: Iterable[Element], stash: HtmlStash, notes: Notes) -> None:
    """Let each inline element of raw HTML end with its block, and not reach into the next one."""
    offsets: dict[str, list[int]] = {}
    for block in elements:
        if block.tag not in _TEXT_BLOCKS or any(child.tag in _BLOCKS for child in block):
            continue
        places = HTML_PLACEHOLDER_RE.findall("".join(block.itertext()))
        missing = _unclosed((str(stash.rawHtmlBlocks[int(place)]), 0) for place in places)
        if missing and not offsets:
            offsets = _unclosed_in_source(notes.seen)
        for tag, written, _ in missing:
            known = offsets.get(written)
            place = line_and_column(notes.text, known.pop(0)) if known else notes.place_of(written)
            notes.report("markdown-html-open", place, tag=tag)
        end = (
            stash.store("".join(f"</{tag}>" for tag, _, _ in reversed(missing))) if missing else ""
        )
        if len(block):
            block[-1].tail = (block[-1].tail or "") + end
        else:
            block.text = (block.text or "") + end


def _report_open(unclosed: Iterable[tuple[str, str]], notes: Notes) -> None:
    for tag, written in unclosed:
        if tag in ELEMENTS:
            notes.report("markdown-html-open", notes.place_of(written), tag=tag)


def end_paragraphs(elements: Iterable[Element], stash: HtmlStash) -> None:
    """Let a block of raw HTML that begins in a line of text end the paragraph there.

    What stands behind it is a paragraph of its own; the parser would leave an empty one.
    """
    for paragraph in elements:
        if paragraph.tag != "p":
            continue
        depth = 0
        text = "".join(_own_texts(paragraph))
        for number in map(int, HTML_PLACEHOLDER_RE.findall(text)):
            raw = str(stash.rawHtmlBlocks[number])
            for tag in _TAG.finditer(raw):
                name = tag[2].lower()
                if name not in _FLOW_BLOCKS:
                    continue
                closing, empty = bool(tag[1]), name == "hr"
                if depth == 0 and not closing:
                    stash.rawHtmlBlocks[number] = raw = f"</p>{raw}"
                depth += 0 if empty else -1 if closing else 1
                if (empty or closing) and depth <= 0:
                    stash.rawHtmlBlocks[number] = raw = f"{raw}<p>"
                    depth = 0


def _own_texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def without_empty_paragraphs(html: str) -> str:
    """`html` without paragraphs that hold nothing and are called nothing."""
    return _EMPTY_PARAGRAPH.sub("", html) if "<p>" in html else html


def _unclosed_in_source(text: str) -> dict[str, list[int]]:
    """Where `text` opens what its paragraph does not close, by the tag as it is written."""
    offsets: dict[str, list[int]] = {}
    for paragraph in _PARAGRAPH.finditer(text):
        tags = ((tag[0], tag.start()) for tag in _TAG.finditer(text, *paragraph.span()))
        for _, written, offset in _unclosed(tags):
            offsets.setdefault(written, []).append(offset)
    return offsets


def _unclosed(pieces: Iterable[tuple[str, int]]) -> list[tuple[str, str, int]]:
    """The elements that pieces of raw HTML open and do not close: each tag, as written, and where.

    A piece comes with the place at which it stands.
    """
    opened: list[tuple[str, str, int]] = []
    for piece, place in pieces:
        found = _TAG.fullmatch(piece)
        if not found or found[3].endswith("/"):
            continue
        tag = found[2].lower()
        if not found[1] and tag in ELEMENTS and tag not in html_blocks.VOID:
            opened.append((tag, piece, place))
        elif found[1] and tag in (tags := [name for name, _, _ in opened]):
            del opened[len(tags) - 1 - tags[::-1].index(tag)]
    return opened
