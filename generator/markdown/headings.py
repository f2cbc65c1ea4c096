"""Headings of a text: an outline without gaps below the page's h1, with anchors that stay."""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE, HtmlStash

from generator.markdown.elements import detach, parents_in
from generator.markdown.notes import Notes, plain
from generator.markdown.source import line_and_column
from generator.model.addresses import slug
from generator.model.article import Heading

TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_TOP: Final = 2
"""The level of the highest heading of a text; level 1 is the page's own."""
_LOWEST: Final = 6
_NAMELESS: Final = "abschnitt"
_TAG: Final = re.compile(r"<[^<>]*>")
_EMPTY: Final = re.compile(r"^[ ]{0,3}#{1,6}[ #]*$", re.MULTILINE)


def arrange(root: Element, headings: list[Element], stash: HtmlStash, notes: Notes) -> None:
    """Give `headings`, in the order of the text, their levels and anchors, and note them.

    Each stands one level below the nearest heading before it that stood higher; an id of its own
    stays, and otherwise the words of the heading make one.  A heading without words goes.
    """
    texts = [words(heading, stash) for heading in headings]
    above: list[int] = []  # the levels, as written, of the headings that the next may stand under
    highest = min(map(_level, headings))
    for heading, text in zip(headings, texts, strict=True):
        if not text:
            notes.report("markdown-heading-empty", _place_of_empty(notes.seen))
            detach(heading, parents_in(root)[heading])
            continue
        written = _level(heading)
        while above and above[-1] >= written:
            above.pop()
        if written > (above[-1] if above else highest - 1) + 1:
            notes.report("markdown-heading-skipped", _place(heading, text, notes), heading=text)
        above.append(written)
        level = min(_TOP - 1 + len(above), _LOWEST)
        heading.tag = f"h{level}"
        anchor = heading.get("id") or _anchor(text, notes.ids)
        heading.set("id", anchor)
        notes.headings.append(Heading(level, anchor, text))


def words(element: Element, stash: HtmlStash) -> str:
    """The text of `element` as a reader sees it, without footnote marks and markup."""
    text = "".join(_texts(element))
    if "\x02" in text:
        text = HTML_PLACEHOLDER_RE.sub(lambda mark: _TAG.sub("", _raw(stash, mark)), text)
        text = text.replace(AMP_SUBSTITUTE, "&")
    return " ".join(plain(text).split())


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.find("a[@class='footnote-ref']") is None:
            yield from _texts(child)
        yield child.tail or ""


def _raw(stash: HtmlStash, mark: re.Match[str]) -> str:
    return str(stash.rawHtmlBlocks[int(mark[1])])


def _level(heading: Element) -> int:
    return int(heading.tag[1])


def _anchor(text: str, taken: set[str]) -> str:
    """An id for a heading: its words, with a number where they have been used before."""
    base = slug(text) or _NAMELESS
    anchor, number = base, 1
    while anchor in taken:
        number += 1
        anchor = f"{base}-{number}"
    taken.add(anchor)
    return anchor


def _place(heading: Element, text: str, notes: Notes) -> tuple[int, int]:
    begin = (heading.text or text).strip()
    return notes.place_of(f"# {begin}", begin)


def _place_of_empty(text: str) -> tuple[int, int]:
    found = _EMPTY.search(text)
    return line_and_column(text, found.start()) if found else (0, 0)
