"""Addresses in finished HTML: only where a browser takes them for some, in attributes of elements.

Text and code that speak of `href="/x"` are left alone, and so are other attributes that hold it.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin

ADDRESSES: Final = frozenset({"href", "src", "cite", "poster"})
"""Attributes that hold one address."""

_TAG: Final = re.compile(
    r"""<!--.*?-->|<[a-zA-Z][^\s<>/"']*\s(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.DOTALL
)
"""A comment, or a tag with attributes; what looks like one in a comment is none."""
_ATTRIBUTE: Final = re.compile(
    r"""(\s)([^\s"'<>/=]+)(?:(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?"""
)
_FROM_THE_ROOT: Final = re.compile(r"(?:/[a-z0-9-]+)+/?")
"""Addresses before which only the host is missing, as nearly all are; others are joined slowly."""
_WHOLE: Final = ("https://", "http://", "mailto:", "tel:")
_RELATIVE: Final = re.compile(r'=(?!"(?:https?://|mailto:|tel:))(?:"([^"]*)")?')
_TAG_BEFORE: Final = re.compile(r'<[a-zA-Z][a-zA-Z0-9]*(?:\s+[^\s"\'<>=/]+(?:="[^"<>]*")?)*\s+')
_IN_TAG: Final = re.compile(r"""<[a-zA-Z][^\s<>/"']*\s(?:[^<>"']|"[^"]*"|'[^']*')*""")

_OTHER_SITE: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)

Change = Callable[[str, str, str], str]
"""What becomes of an address: it gets the tag, the attribute and what is written there."""


def changed(html: str, change: Change) -> str:
    """`html` with other addresses; all but the addresses is the same to the byte."""

    def in_attribute(tag: str, found: re.Match[str]) -> str:
        name = found[2].lower()
        if name not in ADDRESSES or found[3] is None:
            return found[0]
        group = found.lastindex or 0
        old = found[group]
        new = change(tag, name, old)
        if new == old:
            return found[0]
        quote = "'" if group == 5 else '"'  # noqa: PLR2004 (the pattern's own)
        return f"{found[1]}{found[2]}{found[3]}{quote}{new}{quote}"

    def in_tag(found: re.Match[str]) -> str:
        written = found[0]
        if not any(name in written for name in ADDRESSES):
            return written
        tag = _NAME.match(written)
        if not tag:
            return written
        return tag[0] + _ATTRIBUTE.sub(
            lambda each: in_attribute(tag[1].lower(), each), written[tag.end() :]
        )

    return _TAG.sub(in_tag, html)


_NAME: Final = re.compile(r"<([a-zA-Z][^\s<>/\"']*)")


def absolute(html: str, base: str, *, only: frozenset[str] = ADDRESSES, within: bool = True) -> str:
    """`html` in which no address is relative: each is resolved as a browser does on page `base`.

    `only` are the attributes that are meant.  Unless `within`, links to places in the same page
    stay as they are.
    """
    host = base[: base.index("/", len("https://"))]

    def whole(address: str) -> str:
        if address.startswith(_WHOLE) or (address[:1] == "#" and not within):
            return address
        return host + address if _FROM_THE_ROOT.fullmatch(address) else joined(base, address)

    names = tuple(only)
    parts: list[str] = []
    place = 0
    end = -1
    # All names in one search, and by a single character: 2 % of rendering.
    while (end := html.find("=", end + 1)) >= 0:
        if not html.endswith(names, place, end) or not (found := _RELATIVE.match(html, end)):
            continue
        tag = html.rfind("<", 0, end)
        if tag < 0:
            continue
        start = end - next(len(name) for name in names if html.endswith(name, place, end))
        if found[1] is not None and _TAG_BEFORE.fullmatch(html, tag, start):
            parts += (html[place : found.start(1)], whole(found[1]))
            place = found.end(1)
        elif _IN_TAG.fullmatch(html, tag, start):
            # A layout may write attributes otherwise than we do; then all are read.
            return changed(html, lambda _, name, old: whole(old) if name in only else old)
    return "".join([*parts, html[place:]]) if parts else html


@lru_cache(maxsize=4096)
def joined(base: str, address: str) -> str:
    """Where an address leads that stands in the page `base`; what no browser can resolve stays."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def sponsored(html: str) -> str:
    """`html` in which search engines are told that the links to other sites are paid for."""

    def marked(found: re.Match[str]) -> str:
        if found[0][:2] in ("<a", "<A") and found[0][2:3].isspace():
            for each in _ATTRIBUTE.finditer(found[0], 2):
                address = each[each.lastindex or 0] or ""
                if each[2].lower() == "href" and _OTHER_SITE.match(address):
                    return f'{found[0][: each.end()]} rel="sponsored"{found[0][each.end() :]}'
        return found[0]

    return _TAG.sub(marked, html)
