"""What stands within a line, as CommonMark and GitHub know it: tags, addresses, breaks."""

import re
from typing import Final, cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import (
    AutolinkInlineProcessor,
    HtmlInlineProcessor,
    InlineProcessor,
    SubstituteTagInlineProcessor,
)
from markdown.util import AtomicString
from pymdownx.delimiterprocessor import Delimiter, DelimiterProcessor  # type: ignore[import-untyped]

from generator.markdown.html_blocks import TAG
from generator.model.addresses import web_flaw

_AUTOLINK: Final = r"<(?!mailto:)([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>"
_HTML: Final = rf"({TAG}|<!--(?:(?!<!--|-->).)*-->)"
_BREAK: Final = r"\\\n"
_BARE: Final = {
    "bare_link": (r"(?<![^\W_])(?<![/.:@+-])https?://(?=[\w\[])[^\s<>\x02]++", ""),
    "bare_www": (r"(?<![^\W_])(?<![/.:@+-])www\.(?=\w)[^\s<>\x02]++", "https://"),
    "bare_mail": (r"(?<![^\W_])(?<![/.:@+-])(?!_)[\w.+-]++@[\w-]++(?:\.[\w-]++)+", "mailto:"),
}
"""Addresses by themselves, and what makes links of them."""
_TAGGED: Final = r"<a\b[^<>]*+>(?:[^<]|<(?!/?a\b))*+</a>|<[^<>]*+>"
"""Tags, and links in HTML: what looks like an address in them is none by itself."""
_BEHIND: Final = frozenset("?!.,:;*_~'\"“”«»‘’…")
"""What ends a sentence and no address."""
_REFERENCE: Final = re.compile(r"&[a-zA-Z0-9]{1,31};$")
_BRACKETS: Final = {")": "(", "]": "["}


class BareLinkProcessor(InlineProcessor):
    """Makes links of addresses that stand in a text by themselves, as GitHub does."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, pattern: str, md: Markdown, scheme: str) -> None:
        super().__init__(f"{_TAGGED}|{pattern}", md)
        self._scheme = scheme

    def handleMatch(  # type: ignore[override]  # noqa: N802 - its name
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - its name
    ) -> tuple[Element | None, int | None, int | None]:
        """The link for a match, and where the match begins and ends."""
        if m[0][0] == "<":
            return None, None, None
        written = _trimmed(m[0])
        address = f"{self._scheme}{written}"
        if "." not in written or web_flaw(address):
            return None, None, None
        link = Element("a", {"href": address})
        link.text = AtomicString(written)
        return link, m.start(), m.start() + len(written)


def _trimmed(written: str) -> str:
    """An address without the signs that end the sentence, and the bracket, in which it stands."""
    surplus = {
        sign: written.count(sign) - written.count(other) for sign, other in _BRACKETS.items()
    }
    end = len(written)
    while end:
        sign = written[end - 1]
        if surplus.get(sign, 0) > 0:
            surplus[sign] -= 1
        elif sign == ";" and (found := _REFERENCE.search(written[max(0, end - 33) : end])):
            end -= len(found[0]) - 1
        elif sign not in _BEHIND:
            break
        end -= 1
    return written[:end]


class InlineExtension(Extension):
    """Registers them, in the places of Python-Markdown's own."""

    def __init__(self, bare_links: bool) -> None:
        super().__init__()
        self._bare_links = bare_links

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        """Register the patterns."""
        patterns = md.inlinePatterns
        patterns.register(SubstituteTagInlineProcessor(_BREAK, "br"), "backslash_break", 185)
        patterns.register(AutolinkInlineProcessor(_AUTOLINK, md), "autolink", 120)
        patterns.register(HtmlInlineProcessor(_HTML, md), "html", 90)
        struck = Delimiter("~", "del", smart=False, no_space=False, double=True, punct=True)
        cast("DelimiterProcessor", patterns["delimiter"]).add(struck)
        if self._bare_links:
            for name, (pattern, scheme) in _BARE.items():
                patterns.register(BareLinkProcessor(pattern, md, scheme), name, 95)
