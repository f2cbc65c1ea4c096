"""Short cuts through Python-Markdown: what cannot change a text is not tried on it.

Each class stands in for one part of Python-Markdown, does less where the text cannot need all of
it, and leaves the rest to that part.  The HTML is the same to the byte; the tests hold that on
CommonMark's examples, on real articles and on random text.
"""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final, cast
from xml.etree.ElementTree import HTML_EMPTY, Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.extensions.fenced_code import FencedBlockPreprocessor, FencedCodeExtension
from markdown.extensions.footnotes import FootnotePostprocessor
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    LINK_RE,
    ImageInlineProcessor,
    LinkInlineProcessor,
    Pattern,
)
from markdown.postprocessors import AndSubstitutePostprocessor
from markdown.preprocessors import HtmlBlockPreprocessor, NormalizeWhitespace
from markdown.serializers import RE_AMP, to_html_string, to_xhtml_string
from markdown.treeprocessors import InlineProcessor, UnescapeTreeprocessor
from markdown.util import BLOCK_LEVEL_ELEMENTS, STX, AtomicString, Registry

from generator.markdown.blocks import ArticleMarkdown, ArticleParser

_LINE_STARTS: Final = {
    "empty": "",
    "defindent": "",
    "indent": "",
    "code": "",
    "table": "|",
    "hashheader": "#",
    "setextheader": "=-",
    "hr": "-_*",
    "olist": "0",
    "ulist": "*+-",
    "deflist": ":",
    "quote": ">",
    "footnote": "[",
    "abbr": "*",
    "reference": "[",
}
"""With what some line has to begin, behind spaces, for a processor to take a block that begins with
neither a space nor a line end.  `0` stands for any digit, `|` for one anywhere in several lines."""

_SIGNS: Final = frozenset("".join(_LINE_STARTS.values()))
_ALL_SIGNS: Final = _SIGNS | {""}
"""Of a block that begins with a space or a line end, or is empty."""
_NO_SIGNS: Final = frozenset[str]()

_INLINE_SIGNS: Final = {
    "backtick": ("`",),
    "escape": ("\\",),
    "footnote": ("[", "[^"),
    "reference": ("[",),
    "link": ("[", "]("),
    "image_link": ("!", "![", "]("),
    "image_reference": ("!", "!["),
    "short_reference": ("[",),
    "short_image_ref": ("!", "!["),
    "autolink": ("<", "://"),
    "automail": ("<", "@"),
    "html": ("<",),
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

_EMPHASIS: Final = "*_"

_BLOCK_ELEMENTS: Final = frozenset(BLOCK_LEVEL_ELEMENTS)
_INLINE_ELEMENTS: Final = frozenset({"a", "abbr", "br", "code", "em", "img", "strong", "sup"})
_PLAIN_ELEMENTS: Final = (_BLOCK_ELEMENTS | _INLINE_ELEMENTS) - {"script", "style"}
_QUOTE: Final = '"'
_ADDRESS: Final = re.compile(r"""\(([^\s()<>'"\x02]*)\)""")
_ADDRESS_END: Final = re.compile("[)'\"]")
"""Without one of these no address ends; a quotation mark and a bracket are taken for an end."""
_REFERENCE: Final = re.compile("&[#a-zA-Z]")


class QuickParser(ArticleParser):
    """Tries on a block only the processors that the beginnings of its lines allow."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._allowed: dict[frozenset[str], tuple[BlockProcessor, ...]] = {}

    def parse_each(self, parent: Element, blocks: list[str]) -> None:
        """Parse `blocks` into `parent`, one after the other."""
        while blocks:
            for processor in self._candidates(blocks[0]):
                if processor.test(parent, blocks[0]) and processor.run(parent, blocks) is not False:
                    break

    def _candidates(self, block: str) -> tuple[BlockProcessor, ...]:
        """The processors that may take `block`, in their order."""
        signs = _signs(block)
        if signs not in self._allowed:
            starts = {
                self.blockprocessors[name]: start
                for name, start in _LINE_STARTS.items()
                if name in self.blockprocessors
            }
            self._allowed[signs] = tuple(
                processor
                for processor in self.blockprocessors
                if "" in signs or processor not in starts or not signs.isdisjoint(starts[processor])
            )
        return self._allowed[signs]


def _signs(block: str) -> frozenset[str]:
    """With which of `_SIGNS` the lines of `block` begin."""
    first = block[:1]
    if first.isalpha() and "\n" not in block:
        return _NO_SIGNS
    if first in " \n":  # as an empty one is
        return _ALL_SIGNS
    starts = {line.lstrip(" ")[:1] for line in block.split("\n")}
    signs = {"0" if start.isdecimal() else start for start in starts}
    return frozenset(signs | {"|"} if "|" in block else signs) & _SIGNS


def serialized(element: Element) -> str:
    """`element` as HTML, as Python-Markdown writes it."""
    pieces: list[str] = []
    try:
        _write(element, pieces.append)
    except RecursionError:  # the full serializer keeps a stack of its own
        return to_html_string(element)
    return "".join(pieces)


def _write(element: Element, write: Callable[[str], None]) -> None:
    tag = element.tag
    if tag not in _PLAIN_ELEMENTS:
        write(to_html_string(element))
        return
    if not element.attrib:
        write(f"<{tag}>")
    elif any(value is None or value == name for name, value in element.items()):
        write(to_html_string(element))  # an attribute that is only a name
        return
    else:
        attributes = "".join(
            f' {name}="{_escaped(value).replace(_QUOTE, "&quot;")}"'
            for name, value in sorted(element.items())
        )
        write(f"<{tag}{attributes}>")
    if element.text:
        write(_escaped(element.text))
    for child in element:
        _write(child, write)
    if tag not in HTML_EMPTY:
        write(f"</{tag}>")
    if element.tail:
        write(_escaped(element.tail))


def _escaped(text: str) -> str:
    if "&" in text:
        text = RE_AMP.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


class QuickMarkdown(ArticleMarkdown):
    """Python-Markdown whose parts can look at the whole text, and know what cannot be in it."""

    parser_type = QuickParser
    output_formats = {"html": serialized, "xhtml": to_xhtml_string}  # noqa: RUF012 - as in Markdown
    source = ""

    def convert(self, source: str) -> str:
        """`source` as HTML."""
        self.source = source
        return super().convert(source)

    def is_block_level(self, tag: object) -> bool:
        """Whether `tag` names an element that stands on its own."""
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
                    patterns = [pattern for pattern, signs in possible if _holds(text, signs)]
                    if patterns:
                        self._apply(patterns, element)
        return tree

    def _possible(self) -> list[tuple[Pattern, tuple[str, ...]]]:
        """The patterns that may match somewhere in the source, with the signs of each one."""
        source = self.md.source
        emphasis = tuple(sign for sign in _EMPHASIS if sign in source)
        possible: list[tuple[Pattern, tuple[str, ...]]] = []
        for pattern, name, signs in self._named:
            if name == "delimiter":
                if emphasis:
                    possible.append((pattern, emphasis if len(emphasis) == 1 else ()))
            elif signs[0] in source and (name not in _REFERENCES or self.md.references):
                possible.append((pattern, signs))
        return possible

    @cached_property
    def _named(self) -> list[tuple[Pattern, str, tuple[str, ...]]]:
        """All patterns in their order, with their names and signs where these are known."""
        names = {self.md.inlinePatterns[name]: name for name in _INLINE_SIGNS}
        named = [(pattern, names.get(pattern, "")) for pattern in self.md.inlinePatterns]
        return [(pattern, name, _INLINE_SIGNS.get(name, ("",))) for pattern, name in named]

    def _apply(self, patterns: list[Pattern], element: Element) -> None:
        """Apply `patterns` to the text of `element`, and put before its content what they make."""
        holder = Element("div")
        part = SubElement(holder, element.tag)
        part.text = element.text
        # The full processor only counts the patterns and takes them by their places.
        self.inlinePatterns = cast("Registry[InlineProcessor]", patterns)
        super().run(holder)
        element.text = part.text
        element[:0] = list(part)


def _holds(text: str, signs: tuple[str, ...]) -> bool:
    for sign in signs:  # noqa: SIM110 - the hottest line; a generator takes twice the time
        if sign not in text:
            return False
    return True


class QuickLink(LinkInlineProcessor):
    """Reads the usual `[text](address)` without counting brackets sign by sign."""

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
        if _ADDRESS_END.search(data, index):
            return super().getLink(data, index)
        return "", None, index, False


class QuickImage(QuickLink, ImageInlineProcessor):
    """The same for `![text](address)`."""


class QuickNormalize(NormalizeWhitespace):
    """Leaves lines alone that need no other whitespace."""

    md: QuickMarkdown

    def run(self, lines: list[str]) -> list[str]:
        """`lines` with tabs as spaces and with empty lines at the end."""
        source = self.md.source
        if any(sign in source for sign in "\r\t\x02\x03") or any(line[:1] == " " for line in lines):
            return super().run(lines)
        return [*lines, "", ""]


class QuickFencedBlocks(FencedBlockPreprocessor):
    """Looks for fences only where there may be one."""

    md: QuickMarkdown

    def run(self, lines: list[str]) -> list[str]:
        """`lines` with marks in place of the code between fences."""
        source = self.md.source
        return super().run(lines) if "`" in source or "~" in source else lines


class QuickHtmlBlocks(HtmlBlockPreprocessor):
    """Looks for raw HTML only where something looks like a tag or a character reference."""

    md: QuickMarkdown

    def run(self, lines: list[str]) -> list[str]:
        """`lines` with marks in place of the blocks of raw HTML."""
        source = self.md.source
        if "<" in source or ("&" in source and _REFERENCE.search(source)):
            return super().run(lines)
        return lines


class QuickAttributeLists(AttrListTreeprocessor):
    """Looks for attribute lists only where there is a brace."""

    md: QuickMarkdown

    def run(self, doc: Element) -> None:
        """Give the elements of `doc` the attributes written behind them."""
        if "{" in self.md.source:
            super().run(doc)


class QuickUnescape(UnescapeTreeprocessor):
    """Puts escaped characters back only where there is a backslash."""

    md: QuickMarkdown

    def run(self, root: Element) -> None:
        """Put the escaped characters below `root` back."""
        if "\\" in self.md.source:
            super().run(root)


class QuickFootnoteSigns(FootnotePostprocessor):
    """Puts the signs of footnotes in only where there are marks for them."""

    def run(self, text: str) -> str:
        """`text` with arrows and spaces for their marks."""
        return super().run(text) if STX in text else text


class QuickAmpersands(AndSubstitutePostprocessor):
    """Puts ampersands in only where there are marks for them."""

    def run(self, text: str) -> str:
        """`text` with ampersands for their marks."""
        return super().run(text) if STX in text else text


class Shortcuts(Extension):
    """Puts the short cuts in the places of the parts that they stand in for; the last extension."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        """Register the short cuts."""
        before, after = md.preprocessors, md.treeprocessors
        fenced = FencedCodeExtension().getConfigs()
        before.register(QuickNormalize(md), "normalize_whitespace", 30)
        before.register(QuickFencedBlocks(md, fenced), "fenced_code_block", 25)
        before.register(QuickHtmlBlocks(md), "html_block", 20)
        md.inlinePatterns.register(QuickLink(LINK_RE, md), "link", 160)
        md.inlinePatterns.register(QuickImage(IMAGE_LINK_RE, md), "image_link", 150)
        after.register(QuickInline(md), "inline", 20)
        after.register(QuickAttributeLists(md), "attr_list", 8)
        after.register(QuickUnescape(md), "unescape", 0)
        last = md.postprocessors
        footnotes = cast("FootnotePostprocessor", last["footnote"]).footnotes
        last.register(QuickFootnoteSigns(footnotes), "footnote", 25)
        last.register(QuickAmpersands(), "amp_substitute", 20)
