"""Where links lead that are written as `[text][name]`: said at the beginning of a paragraph."""

import re
from typing import Final
from xml.etree.ElementTree import Element

from markdown.blockprocessors import BlockProcessor

_DEFINED: Final = re.compile(
    r"\[((?:\\.|[^\[\]\\])+)\]:[ ]*\n?[ ]*(?:<([^<>\n]*)>|([^\s<]\S*))"
    r"(?:(?:[ ]+|[ ]*\n[ ]*)(?:\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'|\(((?:\\.|[^()\\])*)\)))?"
    r"[ ]*(?:\n|$)"
)
_UNTITLED: Final = re.compile(
    r"\[((?:\\.|[^\[\]\\])+)\]:[ ]*\n?[ ]*(?:<([^<>\n]*)>|([^\s<]\S*))[ ]*(?:\n|$)"
)
_TITLE: Final = re.compile(r"[ ]*[\"'(]")


def whole(lines: list[str]) -> bool:
    """Whether the first of `lines` says where a link leads, and the second does not go on."""
    found = _DEFINED.fullmatch(lines[0].strip(" "))
    titled = found and any(found[n] is not None for n in range(4, found.re.groups + 1))
    return found is not None and bool(titled or not any(map(_TITLE.match, lines[1:])))


class ReferenceProcessor(BlockProcessor):
    """Notes the addresses that a paragraph begins with; the first one of a name holds."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - its name
        """Whether `block` may say where a link leads."""
        return block[:1] == "["

    def run(self, parent: Element, blocks: list[str]) -> bool:  # noqa: ARG002 - its name
        """Take the addresses out of the first of `blocks`; False: there is none."""
        block, end = blocks[0], 0
        while found := _DEFINED.match(block, end) or _UNTITLED.match(block, end):
            name = " ".join(found[1].split()).lower()
            if not name:
                break
            title = next((found[n] for n in range(4, found.re.groups + 1) if found[n]), "")
            self.parser.md.references.setdefault(name, (found[2] or found[3] or "", title))
            end = found.end()
        if not end:
            return False
        blocks[:1] = [block[end:]] if block[end:].strip() else []
        return True
