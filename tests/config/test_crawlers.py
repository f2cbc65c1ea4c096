"""Pages that collect for readers and programs: credits, news, what crawlers may do."""

import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from PIL import Image

from tests.portals import NOW, PORTAL, SVG, TestPortal

pytestmark = pytest.mark.slow

SITEMAP = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


@pytest.fixture
def newsroom(tmp_path: Path) -> TestPortal:
    """A portal with an article of today, one of yesterday, an old one, and a sponsored one."""
    portal = TestPortal.make(tmp_path / "portal")
    portal.article("heute.md", date="2026-06-15 11:00", title='"Heute & <morgen>"')
    portal.article("gestern.md", date="2026-06-13 12:30")
    portal.article("alt.md", date="2026-06-13 12:00")
    portal.article("firma.md", date="2026-06-15 09:00", kind="sponsored")
    portal.article("spaeter.md", date="2026-06-15 13:00")
    return portal


def news(portal: TestPortal) -> list[tuple[str, str, str]]:
    """Address, date and title of each entry of the news sitemap."""
    root = ElementTree.fromstring(portal.files()["sitemap-news.xml"])
    return [
        (
            str(url.findtext("s:loc", "", SITEMAP)).removeprefix("https://www.amt.example"),
            url.findtext("n:news/n:publication_date", "", SITEMAP),
            url.findtext("n:news/n:title", "", SITEMAP),
        )
        for url in root
    ]


def test_news_are_the_editorial_articles_of_two_days(newsroom: TestPortal) -> None:
    newsroom.build()
    assert news(newsroom) == [
        ("/2026/06/heute/", "2026-06-15T11:00:00+02:00", "Heute & <morgen>"),
        ("/2026/06/gestern/", "2026-06-13T12:30:00+02:00", "Titel von gestern.md"),
    ]
    text = newsroom.files()["sitemap-news.xml"].decode()
    assert text.startswith("<?xml")
    assert "<news:name>Amt &amp; Alltag</news:name><news:language>de</news:language>" in text
    assert "/sitemap-news.xml" in newsroom.files()["robots.txt"].decode()


def test_an_article_leaves_the_news_when_it_is_two_days_old(newsroom: TestPortal) -> None:
    report = newsroom.build()
    leaves = datetime.combine(NOW.date(), NOW.time(), NOW.tzinfo) + timedelta(minutes=30)
    assert report.until == leaves
    assert newsroom.build(at=leaves - timedelta(seconds=1)).written == 0
    report = newsroom.build(at=leaves)
    assert [address for address, _, _ in news(newsroom)] == ["/2026/06/heute/"]
    assert set(report.reasons) == {"/sitemap-news.xml"}
    incremental = newsroom.files()
    newsroom.build(at=leaves, clean=True)
    assert newsroom.files() == incremental


def test_no_news_is_an_empty_sitemap(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal")
    portal.article("alt.md")
    assert portal.build().until is None
    assert news(portal) == []


def test_the_credits_of_all_pictures_are_on_one_page(newsroom: TestPortal) -> None:
    newsroom.write("content/a.svg", SVG)
    newsroom.article("gestern.md", image='{file: a.svg, alt: A, credit: "Foto: Zöllner"}')
    newsroom.article("alt.md", '![A](a.svg "Text (Foto: Ämter)")\n\n![A](a.svg "(Foto: Ämter)")')
    newsroom.article("spaeter.md", date="2026-06-15 13:00", image="{file: a.svg, credit: Geheim}")
    newsroom.build()
    page = newsroom.page("/bildnachweise/")
    assert page.index("Ämter") < page.index("Foto: Zöllner")
    assert page.count("Titel von alt.md") == 1
    assert "Geheim" not in page
    assert '<a href="/bildnachweise/">Bildnachweise</a>' in newsroom.page("/")
    assert "/bildnachweise/" in newsroom.files()["sitemap.xml"].decode()


def test_a_credit_changed_in_a_text_changes_the_page(newsroom: TestPortal) -> None:
    newsroom.write("content/a.svg", SVG)
    newsroom.article("alt.md", '![A](a.svg "Text (Foto: Ämter)")')
    newsroom.build()
    newsroom.article("alt.md", '![A](a.svg "Text (Foto: Behörden)")')
    newsroom.build()
    assert "Behörden" in newsroom.page("/bildnachweise/")
    assert "Ämter" not in newsroom.page("/bildnachweise/")


def test_many_articles_with_pictures_of_one_source_are_counted(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal")
    portal.write("content/a.svg", SVG)
    for number in range(7):
        portal.article(f"n{number}.md", image="{file: a.svg, alt: A, credit: Amt}")
    portal.build()
    assert "und 2 weitere Beiträge" in portal.page("/bildnachweise/")


MACHINES = """
[crawlers]
mining = false
refused = ["GPTBot", "CCBot"]

[security]
contact = "mailto:sicherheit@amt.example"
expires = "2027-01-01T00:00:00Z"
"""


def test_programs_are_told_what_portal_toml_says(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal", toml=PORTAL + MACHINES)
    portal.article("a.md")
    portal.build()
    files = portal.files()
    assert files[".well-known/security.txt"].decode().splitlines() == [
        "Contact: mailto:sicherheit@amt.example",
        "Expires: 2027-01-01T00:00:00Z",
        "Preferred-Languages: de, en",
        "Canonical: https://www.amt.example/.well-known/security.txt",
    ]
    assert json.loads(files[".well-known/tdmrep.json"])[0]["tdm-reservation"] == 1
    assert '<meta name="tdm-reservation" content="1">' in portal.page("/2026/05/a/")
    robots = RobotFileParser()
    robots.parse(files["robots.txt"].decode().splitlines())
    assert [robots.can_fetch(name, "/a/") for name in ("GPTBot", "CCBot", "Googlebot")] == [
        False, False, True,
    ]  # fmt: skip


def test_programs_are_told_nothing_where_portal_toml_says_nothing(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal")
    portal.article("a.md")
    portal.build()
    assert not [name for name in portal.files() if name.startswith(".well-known")]
    assert "tdm-reservation" not in portal.page("/2026/05/a/")
    assert portal.files()["robots.txt"].startswith(b"User-agent: *\nAllow: /\n")


def test_the_manifest_names_the_portal_and_its_icons(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal")
    portal.build()
    files = portal.files()
    manifest = json.loads(files["site.webmanifest"])
    assert manifest["name"] == "Amt & Alltag"
    drawing, *pictures = manifest["icons"]
    assert drawing["src"].removeprefix("/") in files
    for icon in pictures:
        picture = Image.open(io.BytesIO(files[icon["src"].removeprefix("/")]))
        assert icon["sizes"] == "{}x{}".format(*picture.size)
        assert Image.MIME[picture.format or ""] == icon["type"]
    assert {icon["sizes"] for icon in pictures} == {"192x192", "512x512"}
    assert [icon for icon in pictures if icon.get("purpose") == "maskable"]


def test_telephones_find_an_icon_without_transparency(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal")
    portal.build()
    text = portal.page("/")
    found = re.search(r'<link rel="apple-touch-icon" href="/(.*?)">', text)
    assert found
    picture = Image.open(io.BytesIO(portal.files()[found[1]]))
    assert picture.size == (180, 180)
    assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("table", "name", "line"),
    [
        ('[crawlers]\nrefused = ["*\\nAllow: /"]', "crawler-name", 2),
        ('[security]\ncontact = "a@b.example"\nexpires = "2027-01-01T00:00:00Z"',
         "security-address", 2),
        ('[security]\ncontact = "mailto:a@b.example"\nexpires = "2027-13-01T00:00:00Z"',
         "security-expires", 3),
        ('[security]\ncontact = "mailto:a@b.example"', "setting-missing", 1),
    ],
)  # fmt: skip
def test_what_programs_would_not_understand_is_a_mistake(
    tmp_path: Path, table: str, name: str, line: int
) -> None:
    portal = TestPortal.make(tmp_path / "portal", toml=f"{PORTAL}{table}\n")
    (found,) = portal.mistakes()
    assert (found.name, found.line - PORTAL.count("\n")) == (name, line)
