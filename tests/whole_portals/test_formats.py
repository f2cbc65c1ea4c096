"""What the formats' own documents ask of feeds, sitemaps, heads of pages and links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from tests.portals import TestPortal
from tests.sample import ADDRESS

pytestmark = pytest.mark.slow

DC: Final = "{http://purl.org/dc/elements/1.1/}creator"


def html(sample: Path) -> Iterator[tuple[str, str]]:
    """The address and the text of every page."""
    for file in sorted(sample.rglob("index.html")):
        address = "/" + file.relative_to(sample).as_posix().removesuffix("index.html")
        yield address, file.read_text(encoding="utf-8")


def test_a_feed_says_who_wrote_and_what_about_and_how_long_a_picture_is(sample: Path) -> None:
    items = list(ET.parse(sample / "feed.xml").iter("item"))
    assert items
    for item in items:
        # `author` wants an e-mail address.
        assert item.find("author") is None
        assert item.findtext(DC)
        assert item.findall("category")
        assert "<" not in (item.findtext("description") or "")
        for picture in item.findall("enclosure"):
            file = sample / (picture.get("url") or "").removeprefix(f"{ADDRESS}/")
            assert int(picture.get("length") or 0) == file.stat().st_size
            assert picture.get("type") == "image/jpeg"
    assert any(item.find("enclosure") is not None for item in items)


def test_a_feed_was_built_when_its_newest_article_appeared(sample: Path) -> None:
    for file in sample.rglob("feed.xml"):
        channel = ET.parse(file).getroot()[0]
        dates = [item.findtext("pubDate") for item in channel.findall("item")]
        assert channel.findtext("lastBuildDate") == dates[0], file


def test_feed_readers_know_an_article_again_whatever_becomes_of_it(portal: TestPortal) -> None:
    def guid() -> str:
        portal.build()
        (found,) = ET.parse(portal.output / "feed.xml").getroot().iter("guid")
        assert found.get("isPermaLink") == "false"
        return found.text or ""

    portal.article("2026/05/a.md", title="Alt", date="2026-05-01")
    first = guid()
    changed = {"title": "Neu", "date": "2026-06-02 10:00", "slug": "anders", "section": "technik"}
    portal.article("2026/05/a.md", "Ein anderer Text.", **changed)
    assert guid() == first
    (portal.root / "content/2026/05/a.md").unlink()
    portal.article("2026/06/b.md", **changed)
    assert guid() != first
    portal.article("2026/06/b.md", **changed, guid="2026/05/a.md")
    assert guid() == first


def test_every_page_names_its_own_address_as_the_one_that_counts(sample: Path) -> None:
    for address, text in html(sample):
        if 'http-equiv="refresh"' in text or address.endswith("/druck/"):
            continue
        assert f'<link rel="canonical" href="{ADDRESS}{address}">' in text, address
        assert f'<meta property="og:url" content="{ADDRESS}{address}">' in text, address
        assert '<meta property="og:locale" content="de_DE">' in text, address


def test_a_link_mails_title_and_address(sample: Path) -> None:
    for address, text in html(sample):
        for link in re.findall(r'href="(mailto:\?.*?)"', text):
            asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query, strict_parsing=True)
            (subject,), (body,) = asked["subject"], asked["body"]
            assert body == f"{subject}\r\n{ADDRESS}{address}\r\n"
            assert subject.split(": ")[-1] in text


def test_a_bare_mehr_says_to_listeners_what_about(sample: Path) -> None:
    bare = [
        address
        for address, text in html(sample)
        for rest in text.split(">mehr …")[1:]
        if not re.match(r'<span class="hidden"> zu „.+?“</span></a>', rest)
    ]
    assert bare == []
