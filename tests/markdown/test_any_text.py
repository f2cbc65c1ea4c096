"""What holds for the body of any text at all, however odd."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from generator.markdown.convert import convert
from generator.markdown.html import ELEMENTS
from generator.model.article import Body, Image, Link, Picture
from tests.markdown.test_shortcuts import EXAMPLES, texts

pytestmark = pytest.mark.slow

ATTRIBUTES = {"class", "id", "lang", "dir", "title"}
OWN = {
    "a": {"aria-label", "role"},
    "div": {"aria-label", "role", "tabindex"},
    "section": {"aria-label", "role"},
    "span": {"aria-label", "role"},
}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
VOID = {"br", "hr", "wbr", "col"}
FLOW = {
    "",
    "div",
    "section",
    "blockquote",
    "li",
    "dd",
    "dt",
    "td",
    "th",
    "figure",
    "details",
    "ins",
    "del",
}


class Reading(HTMLParser):
    """What is in a piece of HTML, and what stands in what."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.headings: list[int] = []
        self.around_holes: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        assert not (tag == "a" and "a" in self.open)
        for name, value in attrs:
            assert name in ATTRIBUTES | ELEMENTS[tag] | OWN.get(tag, set()), (tag, name)
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.hrefs.append(value or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "\x02" in data:
            self.around_holes.append(self.open[-1] if self.open else "")


@settings(max_examples=EXAMPLES, deadline=None)
@given(texts)
def test_the_body_is_safe_and_whole(text: str) -> None:
    body = convert(text)
    page = Reading(body.html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert all(given and not re.search(r"\s", given) for given in page.ids)
    for href in page.hrefs:
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", href), re.I)
        assert not scheme or scheme[1].lower() in {"http", "https", "mailto", "tel"}, href
    around = set(page.around_holes)
    assert not around & {"p", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul", "ol", "dl"}
    assert "<" in text or around <= FLOW


@settings(max_examples=EXAMPLES, deadline=None)
@given(texts)
def test_holes_and_headings_are_those_of_the_html(text: str) -> None:
    body = convert(text)
    marks = re.findall("\x02(\\d+)\x03", body.html)
    assert marks == [str(number) for number in range(len(body.placeholders))]
    assert body.html.count("\x02") == body.html.count("\x03") == len(marks)
    page = Reading(body.html)
    assert page.headings == [heading.level for heading in body.headings]
    assert {heading.id for heading in body.headings} <= set(page.ids)
    before = 1
    for level in page.headings:
        assert 2 <= level <= min(before + 1, 6)
        before = level


@settings(max_examples=EXAMPLES, deadline=None)
@given(texts)
def test_nothing_holds_what_xml_forbids_and_all_lines_exist(text: str) -> None:
    body = convert(text)
    written = [body.html.replace("\x02", "").replace("\x03", ""), *body.links, *strings(body)]
    assert not any(FORBIDDEN.search(piece) for piece in written)
    lines = text.count("\n") + 1
    assert all(0 <= problem.line <= lines for problem in body.problems)
    assert all(0 <= one.line <= lines for one in body.placeholders)


def strings(body: Body) -> list[str]:
    """All texts of a body but its HTML."""
    found = [text for heading in body.headings for text in (heading.id, heading.text)]
    for one in body.placeholders:
        match one:
            case Link(target=target):
                found.append(target)
            case Picture(image=Image(file, alt, credit, caption)):
                found += [file, alt, credit, caption]
    return found
