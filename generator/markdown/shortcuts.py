"""Short cuts through Python-Markdown: what cannot change a text is not tried on it.

Each class stands in for one part of Python-Markdown, does less where the text cannot need all of
it, and leaves the rest to that part.  The HTML is the same to the byte; the tests hold that on
CommonMark's examples, on real articles and on random text.
"""

import re
from functools import cached_property
from typing import Final, cast
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    LINK_RE,
    ImageInlineProcessor,
    LinkInlineProcessor,
    Pattern,
)
from markdown.preprocessors import NormalizeWhitespace
from markdown.treeprocessors import InlineProcessor, UnescapeTreeprocessor
from markdown.util import BLOCK_LEVEL_ELEMENTS, AtomicString, Registry

from generator.markdown.parser import ArticleMarkdown

_INLINE_SIGNS: Final = {
    "backtick": ("`",),
    "escape": ("\\",),
    "backslash_break": ("\\", "\\\n"),
    "footnote": ("[", "[^"),
    "reference": ("[",),
    "link": ("[", "]("),
    "image_link": ("!", "![", "]("),
    "image_reference": ("!", "!["),
    "short_reference": ("[",),
    "short_image_ref": ("!", "!["),
    "autolink": ("<", ":"),
    "automail": ("<", "@"),
    "html": ("<",),
    "bare_link": (":", "://"),
    "bare_www": ("w", "www."),
    "bare_mail": ("@",),
    "entity": ("&",),
    "linebreak": ("\n", "  \n"),
    "delimiter": ("",),
}
"""What all has to be in a text for an inline pattern to match; others are always tried.  The first
is one character, which is found fifty times as fast as two in a text with „ or –."""
_REFERENCES: Final = frozenset(
    {"reference", "image_reference", "short_reference", "short_image_ref"}
)
"""Where no reference is defined, these leave every text as it is."""

_LINKED: Final = re.compile(r"\[[^\[\]\\`^]*\]\(https?://[^\s()<>`'\":]*\)")
"""Links of which no other pattern takes a part."""
_LINK: Final = re.compile(r"""\[([^\[\]]*)\]\(([^\s()<>'"\x02]*)\)""")
"""A link in the usual form, without brackets in its text."""
_EMPHASIS: Final = "*_~"

_BLOCK_ELEMENTS: Final = frozenset(BLOCK_LEVEL_ELEMENTS)
_INLINE_ELEMENTS: Final = frozenset(
    {"a", "abbr", "br", "code", "del", "em", "img", "span", "strong", "sup"}
)
_ADDRESS: Final = re.compile(r"""\(([^\s()<>'"\x02]*)\)""")
_ADDRESS_ENDS: Final = (")", "'", '"')
"""Without one of these no address ends; a quotation mark and a bracket are taken for an end."""


class QuickMarkdown(ArticleMarkdown):
    """Python-Markdown whose parts can look at the whole text, and know what cannot be in it."""

    source = ""

    def convert(self, source: str) -> str:
        """`source` as HTML."""
        self.source = source
        return super().convert(source)

    def is_block_level(self, tag: object) -> bool:
        """Whether `tag` names an element that stands on its own."""
        # Without looking for it in a list: 5 % of Markdown.
        if tag in _BLOCK_ELEMENTS:
            return True
        return tag not in _INLINE_ELEMENTS and super().is_block_level(tag)


class QuickInline(InlineProcessor):
    """Tries on each text only the inline patterns whose signs it holds."""

    md: QuickMarkdown

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Apply the inline patterns to `tree`, level by level as the full processor does."""
        self.inlinePatterns = cast("Registry[InlineProcessor]", self.md.inlinePatterns)
        if any(element.tail for element in tree.iter()):
            return super().run(tree, ancestors)
        possible = self._possible()
        levels = [tree]
        for parent in levels:
            for element in parent:
                if len(element):
                    levels.append(element)
                text = element.text
                if text and not isinstance(text, AtomicString):
                    patterns = [
                        pattern
                        for pattern, first, others in possible
                        if first in text and _holds(text, others)
                    ]
                    if patterns and "://" in text:
                        patterns = self._without_idle(patterns, text)
                    if patterns:
                        self._apply(patterns, element)
        return tree

    def _possible(self) -> list[tuple[Pattern, str, tuple[str, ...]]]:
        """The patterns that may match somewhere in the source, with the signs of each one."""
        source = self.md.source
        emphasis = tuple(sign for sign in _EMPHASIS if sign in source)
        possible: list[tuple[Pattern, str, tuple[str, ...]]] = []
        for pattern, name, signs in self._named:
            if name == "delimiter":
                if emphasis:
                    sign = emphasis[0] if len(emphasis) == 1 else ""
                    possible.append((pattern, sign, ()))
            elif signs[0] in source and (name not in _REFERENCES or self.md.references):
                possible.append((pattern, signs[0], signs[1:]))
        return possible

    def _without_idle(self, patterns: list[Pattern], text: str) -> list[Pattern]:
        """`patterns` without those for bare addresses, where all in `text` are in links."""
        idle = set[str]()
        if text.count("www.") == text.count("://www."):
            idle.add("bare_www")
        plain = not self.md.references and "\\[" not in text
        if plain and text.count("://") == len(_LINKED.findall(text)):
            idle.add("bare_link")
        return [pattern for pattern in patterns if self._names.get(pattern) not in idle]

    @cached_property
    def _names(self) -> dict[Pattern, str]:
        known = [name for name in _INLINE_SIGNS if name in self.md.inlinePatterns]
        return {self.md.inlinePatterns[name]: name for name in known}

    @cached_property
    def _named(self) -> list[tuple[Pattern, str, tuple[str, ...]]]:
        """All patterns in their order, with their names and signs where these are known."""
        named = [(pattern, self._names.get(pattern, "")) for pattern in self.md.inlinePatterns]
        return [(pattern, name, _INLINE_SIGNS.get(name, ("",))) for pattern, name in named]

    def _apply(self, patterns: list[Pattern], element: Element) -> None:
        """Apply `patterns` to the text of `element`, and put before its content what they make."""
        if len(patterns) == 1 and self._names.get(patterns[0]) == "link":
            # Half of all texts with a sign have usual links alone: a tenth of the time of Markdown.
            before, *pieces = _LINK.split(text := element.text or "")
            if len(pieces) == 3 * text.count("["):
                element.text = before or None
                element[:0] = map(_link, pieces[::3], pieces[1::3], pieces[2::3])
                return
        holder = Element("div")
        part = SubElement(holder, element.tag)
        part.text = element.text
        # The full processor only counts the patterns and takes them by their places.
        self.inlinePatterns = cast("Registry[InlineProcessor]", patterns)
        super().run(holder)
        element.text = part.text
        element[:0] = list(part)


def _link(text: str, address: str, tail: str) -> Element:
    link = Element("a", href=address)
    link.text, link.tail = text, tail or None
    return link


def _holds(text: str, signs: tuple[str, ...]) -> bool:
    for sign in signs:  # noqa: SIM110 - the hottest line; a generator takes twice the time
        if sign not in text:
            return False
    return True


class QuickLink(LinkInlineProcessor):
    """Reads the usual `[text](address)` without counting brackets sign by sign.

    So 50 kB of `[a](` take 0.1 s and not 12 s; on usual texts nothing is gained.
    """

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802 - its name
        """The text of the link that begins before `index`, where it ends, whether it does."""
        end = data.find("]", index)
        if end < 0:
            return "", index, False
        if data.find("[", index, end) < 0:
            return data[index:end], end + 1, True
        return super().getText(data, index)

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        """The address at `index`, the title, where both end, whether they do."""
        if found := _ADDRESS.match(data, index):
            return found[1], None, found.end(), True
        if any(data.find(sign, index) >= 0 for sign in _ADDRESS_ENDS):  # no pattern is as quick
            return super().getLink(data, index)
        return "", None, index, False


class QuickImage(QuickLink, ImageInlineProcessor):
    """The same for `![text](address)`."""


class QuickNormalize(NormalizeWhitespace):
    """Leaves lines alone that need no other whitespace: a tenth of Markdown."""

    md: QuickMarkdown

    def run(self, lines: list[str]) -> list[str]:
        """`lines` with tabs as spaces and with empty lines at the end."""
        source = self.md.source
        if any(sign in source for sign in "\r\t\x02\x03") or any(line[:1] == " " for line in lines):
            return super().run(lines)
        return [*lines, "", ""]


class QuickAttributeLists(AttrListTreeprocessor):
    """Looks for attribute lists only where there is a brace: 4 % of Markdown."""

    md: QuickMarkdown

    def run(self, doc: Element) -> None:
        """Give the elements of `doc` the attributes written behind them."""
        if "{" in self.md.source:
            super().run(doc)


class QuickUnescape(UnescapeTreeprocessor):
    """Puts escaped characters back only where there is a backslash: 5 % of Markdown."""

    md: QuickMarkdown

    def run(self, root: Element) -> None:
        """Put the escaped characters below `root` back."""
        if "\\" in self.md.source:
            super().run(root)


class Shortcuts(Extension):
    """Puts the short cuts in the places of the parts that they stand in for; the last extension."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        """Register the short cuts."""
        before, after = md.preprocessors, md.treeprocessors
        before.register(QuickNormalize(md), "normalize_whitespace", 30)
        md.inlinePatterns.register(QuickLink(LINK_RE, md), "link", 160)
        md.inlinePatterns.register(QuickImage(IMAGE_LINK_RE, md), "image_link", 150)
        after.register(QuickInline(md), "inline", 20)
        after.register(QuickAttributeLists(md), "attr_list", 8)
        after.register(QuickUnescape(md), "unescape", 0)
