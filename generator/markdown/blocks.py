"""Blocks as editors mean them: a paragraph that begins with an ordinal is no list."""

import re
from typing import ClassVar, Final, Self
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneOListProcessor, SaneUListProcessor

DEPTH: Final = 40
"""Blocks within blocks (two for each level of a list); Python's stack bears several times that."""

_ORDINAL: Final = re.compile(r"[ ]{0,3}(\d{1,9})\.[ ]")  # CommonMark takes nine digits at most, too
_INDENT: Final = " " * 4


class TooDeep(Exception):  # noqa: N818 - it names what the text is
    """Blocks stand more than `DEPTH` levels deep in each other."""


class ArticleParser(BlockParser):
    """The block parser, with a limit to the depth that does not hang on who calls it from where."""

    depth = 0

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - its name
        """Parse `blocks` into `parent`; TooDeep: they are nested beyond the limit."""
        if self.depth >= DEPTH:
            raise TooDeep
        self.depth += 1
        try:
            self.parse_each(parent, blocks)
        finally:
            self.depth -= 1

    def parse_each(self, parent: Element, blocks: list[str]) -> None:
        """Parse `blocks` into `parent`, one after the other."""
        super().parseBlocks(parent, blocks)


class ArticleMarkdown(Markdown):
    """Python-Markdown with another block parser."""

    parser_type: ClassVar[type[ArticleParser]] = ArticleParser

    def build_parser(self) -> Self:
        """Make the parts; the processors of blocks move to the parser that is used here."""
        super().build_parser()
        parser = self.parser_type(self)
        parser.blockprocessors = self.parser.blockprocessors
        for processor in parser.blockprocessors:
            processor.parser = parser
        self.parser = parser
        return self


class OrdinalProcessor(SaneOListProcessor):
    """Ordered lists; "40. Sitzung …" begins one only where a next item counts on."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)
        self._last: WeakKeyDictionary[Element, int] = WeakKeyDictionary()

    def run(self, parent: Element, blocks: list[str]) -> bool | None:
        """Make a list of the first of `blocks`; False: it is a paragraph."""
        numbers = _numbers(blocks[0])
        if numbers[0] is None:
            return False
        before = self.lastChild(parent)
        goes_on = before is not None and _counts_on(self._last.get(before), numbers[0])
        if not goes_on and not _is_list(numbers, blocks):
            return False
        super().run(parent, blocks)
        made = parent if parent.tag == self.TAG else parent[-1]
        self._last[made] = next(number for number in reversed(numbers) if number is not None)
        return None


def _is_list(numbers: list[int | None], blocks: list[str]) -> bool:
    """Whether an item follows the first one: in a next line, or in the next block."""
    if any(_counts_on(numbers[0], number) for number in numbers[1:]):
        return True
    following = next((block.lstrip("\n") for block in blocks[1:] if block.strip()), "")
    # An indented block belongs to the item above it, so there is one.
    return following.startswith(_INDENT) or _counts_on(numbers[0], _numbers(following)[0])


def _counts_on(before: int | None, number: int | None) -> bool:
    """Whether `number` follows `before`; many leave the counting to Markdown and write 1, 1, 1."""
    return before is not None and number is not None and number in {before, before + 1}


def _numbers(block: str) -> list[int | None]:
    """The ordinal that each line of `block` begins with, None where a line begins with none."""
    return [
        int(found[1]) if (found := _ORDINAL.match(line)) else None for line in block.split("\n")
    ]


class OrdinalListExtension(Extension):
    """Lists that do not mix their kinds and do not catch ordinals."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        """Register the two kinds of lists."""
        md.parser.blockprocessors.register(OrdinalProcessor(md.parser), "olist", 40)
        md.parser.blockprocessors.register(SaneUListProcessor(md.parser), "ulist", 30)
