"""What CommonMark and GitHub make of a text, to compare ours with: the tree of its blocks.

Compared are the tags of blocks that readers see: headings as ours are lowered, each picture as a
paragraph behind its own, without pictures that are refused and paragraphs that hold nothing; the
reference goes through our list of elements.
"""

import re
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from generator.markdown import links
from generator.markdown.convert import convert
from generator.markdown.html import ELEMENTS
from generator.markdown.source import prepared
from generator.model.article import Picture

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS: Final = frozenset(
    (
        "blockquote",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    )
) | {*HEADINGS}
_PICTURE: Final = "<wbr>"
_HEADING: Final = re.compile(r"<(/?)h[1-6]\b", re.IGNORECASE)
_VOID: Final = frozenset({"hr", "wbr", "br", "col"})
_CLEANER: Final = nh3.Cleaner(
    tags={*ELEMENTS, "h1"},
    clean_content_tags={"script", "style", "title", "template", "textarea", "svg", "math"},
    attributes={"*": {"role"}},
)


def _picture(_: RendererHTML, tokens: Sequence[Token], idx: int, *__: object) -> str:
    """A sign for a picture; one from elsewhere is refused, with a message."""
    meant = links.address(str(tokens[idx].attrs["src"]))
    return "" if meant.scheme or meant.kind in ("external", "empty") else _PICTURE


def _html(_: RendererHTML, tokens: Sequence[Token], idx: int, *__: object) -> str:
    """Raw HTML, without headings: they would stand outside of the outline."""
    return _HEADING.sub(r"<\1p", tokens[idx].content).replace("<wbr", "<br")


@cache
def _reference() -> MarkdownIt:
    markdown = MarkdownIt("gfm-like2", {"alerts": False})
    markdown.use(footnote_plugin).use(deflist_plugin).use(attrs_plugin)
    markdown.disable("footnote_inline")  # ^[…], which GitHub does not know either
    markdown.add_render_rule("footnote_block_open", lambda *_: "<section><ol>")
    markdown.add_render_rule("image", _picture)
    markdown.add_render_rule("html_block", _html)
    markdown.add_render_rule("html_inline", _html)
    return markdown


def reference(text: str) -> list[str]:
    """The opening and closing tags of the blocks that CommonMark and GitHub make of `text`."""
    return _tree(_CLEANER.clean(_reference().render(prepared(text)[0])))


def ours(text: str) -> list[str]:
    """The opening and closing tags of the blocks that `convert` makes of `text`."""
    body = convert(text)
    html = body.html
    for number, placeholder in enumerate(body.placeholders):
        mark = f"\x02{number}\x03"
        html = html.replace(mark, _PICTURE if isinstance(placeholder, Picture) else "a.md")
    return _tree(html)


def difference(text: str) -> tuple[str, str] | None:
    """The first tags in which the reference and ours differ, with some before them, if they do."""
    wanted, made = reference(text), ours(text)
    for place, (one, other) in enumerate(zip_longest(wanted, made, fillvalue="")):
        if one != other:
            start = max(0, place - 4)
            return " ".join(wanted[start : place + 5]), " ".join(made[start : place + 5])
    return None


class _Tags(HTMLParser):
    """The tags of blocks in well-formed HTML, each picture as a paragraph behind its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self._regions: list[bool] = []
        self._begun = 0  # the place of the paragraph or heading that is open
        self._text = False
        self._pictures = 0
        self._above: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":
            self._pictures += 1
            if not self._begun:
                self._flush()
            return
        if tag == "div":
            self._regions.append(("role", "region") in attrs)  # around a table of ours
            if self._regions[-1]:
                return
        if tag in BLOCKS:
            tag = {"th": "td"}.get(tag, tag)  # an empty one is none
            self.tags.append(f"<{tag}>")
            if tag in ("p", *HEADINGS):
                self._begun, self._text = len(self.tags), False
        elif tag not in ("br", "a"):
            self._text = self._text or tag in ("code",)

    def handle_data(self, data: str) -> None:
        self._text = self._text or bool(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or (tag == "div" and self._regions.pop()) or tag not in BLOCKS:
            return
        self.tags.append(f"</{({'th': 'td'}).get(tag, tag)}>")
        if tag in ("p", *HEADINGS):
            if not self._text and len(self.tags) == self._begun + 1:
                del self.tags[self._begun - 1 :]
            elif tag != "p":
                self.tags[self._begun - 1] = f"<{self._lowered(int(tag[1]))}>"
                self.tags[-1] = self.tags[self._begun - 1].replace("<", "</")
            self._begun = 0
            self._flush()

    def _lowered(self, level: int) -> str:
        while self._above and self._above[-1] >= level:
            self._above.pop()
        self._above.append(level)
        return f"h{min(1 + len(self._above), 6)}"

    def _flush(self) -> None:
        self.tags += ["<p>", "</p>"] * self._pictures
        self._pictures = 0


def _tree(html: str) -> list[str]:
    tags = _Tags()
    tags.feed(html)
    tags.close()
    return tags.tags
