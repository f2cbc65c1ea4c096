"""Markup that stayed text, and so stands on the page as it was typed: its author is told."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor

from generator.markdown.notes import Notes
from generator.markdown.source import shortened

_KINDS: Final = {
    "emphasis": r"\*\*",
    "table": r"^\|[^\n]*\|[ ]*$|\|[ ]*:?-{3,}:?[ ]*(?=\|)",
    "heading": r"^#{2,6}(?=[^\W\d_])",
    "link": r"\[[^\[\]\n\x02]+\](?:\([^()\s\x02]+\)|\[(?![\^/])[^\[\]\n\x02]*\])",
    "command": (
        r"\[\[[^\[\]\n\x02]+\]\]|\^\[[^\[\]\n\x02]+\]|\[![a-zA-Z]+\]|\[TOC\]|<%[^%\n\x02]*%>"
        r"|==(?<![\w=/?&]==)[^\s=][^=\n\x02]*==|%%(?<![\w/%]%%)[^%\n\x02]*(?:%%)?"
        r"|~(?<![\w/~]~)[^\s~](?:[^~\n\x02]*[^\s~])?~(?![\w~])"
        r"|\[/?(?:caption|gallery|youtube|vimeo|embed|audio|video|playlist)\b[^\[\]\n\x02]*\]?"
        r"|\[[a-z][\w-]*[ ]+[a-z_-]+=[^\[\]\n\x02]*\]|\{\{[^{}\n\x02]*\}\}|\{%[^{}\n\x02]*%\}"
    ),
    "attributes": r"\{[:.#][^{}\n\x02]*\}",
}
_LEFT_OVER: Final = re.compile(
    "(?=[*|#[{^<=%~])(?:"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items())
    + ")",
    re.MULTILINE,
)
_SIGNS: Final = ("*", "|", "#", "[", "{", "=", "%", "~")
"""Single characters are found fifty times as fast as two, in a text with „ or –."""
_CODE: Final = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_NEEDLE: Final = re.compile(r"[^\n\x02<]{1,24}")


class LeftOverProcessor(Treeprocessor):
    """Looks for markup in the finished texts, before escaped signs are only signs."""

    notes = Notes("")

    def run(self, root: Element) -> None:
        """Note what is left over below `root`, and in the raw HTML."""
        signs: Iterable[str] = _SIGNS
        if "{" not in self.notes.text and "<" not in self.notes.text:  # no addresses, no raw HTML
            whole = "".join(root.itertext())
            signs = [sign for sign in _SIGNS if sign in whole]
        for text in self._texts(root) if signs else ():
            if any(sign in text for sign in signs):
                self._look(text)

    def _texts(self, root: Element) -> Iterator[str]:
        for element in root.iter():
            if element.text and element.tag not in ("code", None):
                yield element.text
            if element.tail:
                yield element.tail
            for attribute in ("href", "src"):
                if "{" in (address := element.get(attribute, "")):
                    yield address
        for raw in self.md.htmlStash.rawHtmlBlocks:
            if isinstance(raw, str) and len(raw) > 1:
                yield _CODE.sub("", raw)

    def _look(self, text: str) -> None:
        told = set[str | None]()
        for found in _LEFT_OVER.finditer(text):
            if (kind := found.lastgroup) not in told:
                told.add(kind)
                written = _NEEDLE.match(text, found.start())
                needle = written[0] if written else found[0]
                self.notes.report(
                    f"markdown-raw-{kind}",
                    self.notes.place_of(needle, needle[:8], found[0]),
                    shown=shortened(needle if kind in ("emphasis", "heading") else found[0]),
                )
