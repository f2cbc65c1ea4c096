"""Every character of the Basic Multilingual Plane in a title: programs read what is published."""

import json
import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import feedparser
import pytest

from generator.front_matter import header
from tests.portals import PORTAL, TestPortal

pytestmark = pytest.mark.slow

BATCH: Final = 512
CONTENT: Final = "{http://purl.org/rss/1.0/modules/content/}encoded"


def escaped(codes: Iterable[int]) -> str:
    """Characters as YAML writes them in double quotes, whatever they are."""
    return "".join(f"\\u{code:04x}" for code in codes)


def is_taken(codes: Iterable[int]) -> bool:
    """Whether a header with these characters is no mistake."""
    return not header.read(f'---\ntitle: "{escaped(codes)}"\n---\n'.encode()).problems


def in_xml(code: int) -> bool:
    """Whether XML 1.0 can say this character at all (section 2.2)."""
    try:
        return ElementTree.fromstring(f"<a>&#{code};</a>").text == chr(code)
    except ElementTree.ParseError:
        return False


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.fixture(scope="module")
def taken() -> list[list[int]]:
    """All characters that may stand in a header, in batches."""
    batches = []
    for first in range(0, 0x10000, BATCH):
        codes = list(range(first, first + BATCH))
        if not is_taken(codes):
            codes = [code for code in codes if is_taken([code])]
        if codes:
            batches.append(codes)
    return batches


@pytest.fixture(scope="module")
def titles(taken: list[list[int]]) -> dict[str, str]:
    """For each article's address the title that its readers must see."""
    return {
        f"https://www.amt.example/2026/06/n{number:03}/": plain(
            f"Von {''.join(map(chr, codes))} bis"
        )
        for number, codes in enumerate(taken)
    }


@pytest.fixture(scope="module")
def built(taken: list[list[int]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal with all of these characters in titles, leads and texts."""
    portal = TestPortal.make(
        tmp_path_factory.mktemp("characters") / "portal",
        toml=PORTAL + "\n[feeds]\nlength = 200\n",
    )
    for number, codes in enumerate(taken):
        text = "".join(map(chr, codes))
        portal.article(
            f"2026/06/n{number:03}.md",
            f"Ein Satz: {' '.join(text.split())}",
            date="2026-06-15",
            title=f'"Von {escaped(codes)} bis"',
            lead=f'"{escaped(codes)}"',
        )
    portal.build()
    return portal.output


def test_what_xml_cannot_say_is_a_mistake_and_everything_else_but_controls_is_taken(
    taken: list[list[int]],
) -> None:
    allowed = {code for codes in taken for code in codes}
    assert not [code for code in allowed if not in_xml(code)]
    refused = [code for code in range(0x10000) if code not in allowed and in_xml(code)]
    # DEL and the controls beyond ASCII, which only a wrong conversion leaves behind.
    assert refused == list(range(0x7F, 0xA0))


def test_expat_reads_every_title_from_the_feeds(built: Path, titles: dict[str, str]) -> None:
    for name in ("feed.xml", "politik/feed.xml"):
        items = list(ElementTree.parse(built / name).iter("item"))
        read = {item.findtext("link"): plain(item.findtext("title") or "") for item in items}
        assert read == titles, name
        assert all(item.findtext(CONTENT) for item in items)


def test_feedparser_complains_about_nothing(built: Path, titles: dict[str, str]) -> None:
    parsed = feedparser.parse((built / "feed.xml").read_bytes())
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert {entry.link for entry in parsed.entries} == set(titles)


def test_search_engines_read_every_title_from_the_news_sitemap(
    built: Path, titles: dict[str, str]
) -> None:
    news = ElementTree.parse(built / "sitemap-news.xml").getroot()
    assert {entry[0].text: plain(entry.findtext(".//{*}title") or "") for entry in news} == titles
    assert len(ElementTree.parse(built / "sitemap.xml").getroot()) > len(titles)


class _Title(HTMLParser):
    """The text between <title> and </title>."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.inside = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.inside = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.title += data if self.inside else ""


def test_pages_and_their_json_ld_say_every_title(built: Path, titles: dict[str, str]) -> None:
    for address, title in titles.items():
        file = built / address.removeprefix("https://www.amt.example/") / "index.html"
        text = file.read_bytes().decode()
        assert plain(_Title(text).title) == plain(f"{title} – Amt & Alltag")
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        assert plain(json.loads(data)["@graph"][0]["headline"]) == title
