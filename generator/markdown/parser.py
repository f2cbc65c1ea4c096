"""The parser of blocks: a text is divided, and each kind of block becomes elements.

The processors stand in Python-Markdown's registry under the names of its own.
"""

import re
from abc import abstractmethod
from functools import cached_property
from typing import Final, Generic, Self, TypeVar, cast
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.attr_list import get_attrs_and_remainder
from markdown.util import AtomicString, code_escape

from generator.markdown.blocks import divided
from generator.markdown.elements import bare
from generator.markdown.items import TASK
from generator.markdown.kinds import (
    Code,
    Definitions,
    Heading,
    Html,
    Listing,
    Quotation,
    Rule,
)
from generator.markdown.references import ReferenceProcessor
from generator.markdown.tables import TableProcessor

DEPTH: Final = 40
"""Blocks within blocks (two for each level of a list); Python's stack bears several times that."""

UNCLOSED: Final = "unclosed"
"""What code has that nothing ends, until it is told."""
_LANGUAGE: Final = re.compile(r"[\w#.+-]+")


class TooDeep(Exception):  # noqa: N818 - it names what the text is
    """Blocks stand more than `DEPTH` levels deep in each other."""


class ArticleParser(BlockParser):
    """The block parser, with a limit to the depth that does not hang on who calls it from where."""

    depth = 0

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._of_kind: dict[type[str], list[BlockProcessor]] = {}

    def parseChunk(self, parent: Element, text: str) -> None:  # noqa: N802 - its name
        """Parse `text` into `parent`."""
        self.parseBlocks(parent, divided(text).blocks)

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - its name
        """Parse `blocks` into `parent`, each by what is made for its kind.

        TooDeep: they are nested beyond the limit.
        """
        if self.depth >= DEPTH:
            raise TooDeep
        self.depth += 1
        try:
            while blocks:
                kind = type(blocks[0])
                if kind is str and "[" not in blocks[0]:  # neither an address nor an abbreviation
                    self._paragraphs.run(parent, blocks)
                    continue
                for processor in self._of_kind.get(kind) or self._processors(kind):
                    if processor.test(parent, blocks[0]) and (
                        processor.run(parent, blocks) is not False
                    ):
                        break
        finally:
            self.depth -= 1

    def parse_item(self, parent: Element, blocks: list[str], loose: bool) -> None:
        """Parse what an item of a list holds: in a `loose` list, text stands in paragraphs."""
        self.state.set("looselist" if loose else "list")
        self.parseBlocks(parent, blocks)
        self.state.reset()

    @cached_property
    def _paragraphs(self) -> BlockProcessor:
        return self.blockprocessors["paragraph"]

    def _processors(self, kind: type[str]) -> list[BlockProcessor]:
        made = [one for one in self.blockprocessors if getattr(one, "kind", str) is kind]
        return self._of_kind.setdefault(kind, made)


class ArticleMarkdown(Markdown):
    """Python-Markdown with another block parser."""

    def build_parser(self) -> Self:
        """Make the parts; the processors of blocks move to the parser that is used here."""
        super().build_parser()
        parser = ArticleParser(self)
        parser.blockprocessors = self.parser.blockprocessors
        for processor in parser.blockprocessors:
            processor.parser = parser
        self.parser = parser
        return self


Kind = TypeVar("Kind", bound=str)


class KindProcessor(BlockProcessor, Generic[Kind]):
    """Makes elements of the blocks of one kind."""

    kind: type[Kind]
    parser: ArticleParser

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - its kind tells all
        """Whether it takes `block`."""
        return True

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Make elements of the first of `blocks`."""
        self.make(parent, cast("Kind", blocks.pop(0)))

    @abstractmethod
    def make(self, parent: Element, block: Kind) -> None:
        """Put what `block` becomes into `parent`."""


class _HeadingProcessor(KindProcessor[Heading]):
    kind = Heading

    def make(self, parent: Element, block: Heading) -> None:
        SubElement(parent, f"h{block.level}").text = str(block)


class _RuleProcessor(KindProcessor[Rule]):
    kind = Rule

    def make(self, parent: Element, block: Rule) -> None:  # noqa: ARG002 - it says nothing more
        SubElement(parent, "hr")


class _CodeProcessor(KindProcessor[Code]):
    kind = Code

    def make(self, parent: Element, block: Code) -> None:
        pre = SubElement(parent, "pre")
        code = SubElement(pre, "code")
        code.text = AtomicString(f"{code_escape(block)}\n")
        if block.unclosed:
            pre.set(UNCLOSED, block.unclosed)
        if block.info.startswith("{") and block.info.endswith("}"):
            _set_attributes(pre, code, block.info[1:-1])
        elif language := _LANGUAGE.match(block.info.removeprefix(".")):
            code.set("class", f"language-{language[0]}")


def _set_attributes(pre: Element, code: Element, written: str) -> None:
    """Give code the attributes that are written behind its fence: the first class is a language."""
    classes: list[str] = []
    for name, value in get_attrs_and_remainder(written.removeprefix(":"))[0]:
        if name == ".":
            classes.append(value or "")
        else:
            pre.set(name, name if value is None else value)
    if classes:
        code.set("class", f"language-{classes[0]}")
    if classes[1:]:
        pre.set("class", " ".join(classes[1:]))


class _HtmlProcessor(KindProcessor[Html]):
    kind = Html

    def make(self, parent: Element, block: Html) -> None:
        html = self.parser.md.htmlStash.store(str(block))
        parent.append(bare(f"{html}\n"))


class _QuotationProcessor(KindProcessor[Quotation]):
    kind = Quotation

    def make(self, parent: Element, block: Quotation) -> None:
        self.parser.state.set("blockquote")
        self.parser.parseChunk(SubElement(parent, "blockquote"), str(block))
        self.parser.state.reset()


class _ListProcessor(KindProcessor[Listing]):
    kind = Listing

    def make(self, parent: Element, block: Listing) -> None:
        made = SubElement(parent, "ul" if block.start is None else "ol")
        if block.start not in (None, 1):
            made.set("start", str(block.start))
        items = [divided(item, item=True) for item in block.items]
        loose = block.loose or any(item.spaced for item in items)
        for item in items:
            self.parser.parse_item(li := SubElement(made, "li"), item.blocks, loose)
            _mark_task(li)


def _mark_task(item: Element) -> None:
    """Put a box with a name for screen readers before the text of a task, `[ ] …` or `[x] …`."""
    holder = item[0] if not item.text and len(item) and item[0].tag == "p" else item
    if found := TASK.match(text := holder.text or ""):
        done = found[1] != " "
        box = Element("span", {"role": "img", "aria-label": "erledigt" if done else "offen"})
        box.text = AtomicString("\N{BALLOT BOX WITH CHECK}" if done else "\N{BALLOT BOX}")
        box.tail = text[found.end() :]
        item.set("class", "task")
        holder.text = None
        holder.insert(0, box)


class _DefinitionsProcessor(KindProcessor[Definitions]):
    kind = Definitions

    def make(self, parent: Element, block: Definitions) -> None:
        made = SubElement(parent, "dl")
        groups = [
            (terms, [divided(meaning, item=True) for meaning in meanings])
            for terms, meanings in block.groups
        ]
        loose = block.loose or any(one.spaced for _, found in groups for one in found)
        for terms, meanings in groups:
            for term in terms:
                SubElement(made, "dt").text = term.strip()
            for meaning in meanings:
                self.parser.parse_item(SubElement(made, "dd"), meaning.blocks, loose)


class BlocksExtension(Extension):
    """Blocks as CommonMark and GitHub know them, in the places of Python-Markdown's own."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        """Register the processors, and take out what is done when the text is divided."""
        for name in ("fenced_code_block", "html_block"):
            if name in md.preprocessors:
                md.preprocessors.deregister(name)
        blocks = md.parser.blockprocessors
        for name in ("empty", "indent", "setextheader", "ulist"):
            blocks.deregister(name)
        for name, processor, priority in (
            ("code", _CodeProcessor, 80),
            ("table", TableProcessor, 75),
            ("hashheader", _HeadingProcessor, 70),
            ("hr", _RuleProcessor, 50),
            ("olist", _ListProcessor, 40),
            ("deflist", _DefinitionsProcessor, 25),
            ("html", _HtmlProcessor, 22),
            ("quote", _QuotationProcessor, 20),
            ("reference", ReferenceProcessor, 15),
        ):
            blocks.register(processor(md.parser), name, priority)
