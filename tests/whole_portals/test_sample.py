"""The sample portal as it is published: valid, complete, and nothing in it that must not be."""

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import feedparser
import pytest

from tests import needs
from tests.sample import ADDRESS

pytestmark = pytest.mark.slow

SITEMAP: Final = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CONTENT: Final = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM: Final = "{http://www.w3.org/2005/Atom}link"


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "style" or "style" in values or any(name.startswith("on") for name in values):
            self.inline.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in values and values.get("type") != "application/ld+json":
            self.inline.append("script")
        for name in ("href", "src"):
            if name in values:
                self.references.append((tag, values[name]))
        for source in values.get("srcset", "").split(","):
            if source.strip():
                self.references.append((tag, source.split()[0]))


def pages(output: Path) -> dict[str, Page]:
    """Every page by the address it is served at."""
    return {
        "/" + file.relative_to(output).as_posix().removesuffix("index.html"): Page(
            file.read_text(encoding="utf-8")
        )
        for file in sorted(output.rglob("*.html"))
    }


def exists(output: Path, address: str) -> bool:
    path = output / unquote(address).lstrip("/")
    return (path / "index.html").is_file() if address.endswith("/") else path.is_file()


def feeds(output: Path) -> list[Path]:
    return sorted(output.rglob("feed.xml"))


@pytest.mark.browser
@pytest.mark.needs("java", "vnu")
def test_w3c_checker_finds_no_error_on_any_page(sample: Path) -> None:
    done = subprocess.run(
        ["java", "-jar", needs.VNU, "--skip-non-html", "--errors-only", "--format", "gnu", sample],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0


def test_every_kind_of_page_is_there(sample: Path) -> None:
    for address in (
        "/", "/2026/11/wernried-haushalt-entwurf/", "/2026/11/wernried-haushalt-entwurf/druck/",
        "/politik/", "/stichwort/", "/stichwort/sensorik/", "/archiv/", "/archiv/2026/",
        "/archiv/2026/11/", "/autor/ve/", "/impressum/", "/datenschutz/", "/barrierefreiheit/",
        "/kontakt/", "/abo/", "/feed.xml", "/politik/feed.xml", "/stichwort/sensorik/feed.xml",
        "/sitemap.xml", "/robots.txt", "/404.html", "/meldungen/1234.html",
    ):  # fmt: skip
        assert exists(sample, address), address


def test_every_reference_inside_the_portal_leads_somewhere(sample: Path) -> None:
    found = pages(sample)
    dead = []
    for address, page in found.items():
        for _, reference in page.references:
            goal = urlsplit(urljoin(ADDRESS + address, reference))
            if goal.scheme not in ("http", "https") or goal.netloc != urlsplit(ADDRESS).netloc:
                continue
            there = exists(sample, goal.path)
            anchored = not goal.fragment or unquote(goal.fragment) in found[goal.path].ids
            if not (there and anchored):
                dead.append((address, reference))
    assert not dead


def test_no_page_asks_another_host_for_anything_or_holds_script_or_style(sample: Path) -> None:
    for address, page in pages(sample).items():
        loaded = [
            ref for tag, ref in page.references if tag in ("img", "script", "source", "iframe")
        ]
        assert not [ref for ref in loaded if urlsplit(ref).netloc], address
        assert not page.inline, address


def test_headings_begin_with_the_only_h1_and_skip_no_level(sample: Path) -> None:
    for address, page in pages(sample).items():
        levels = page.headings
        assert levels.count(1) == 1, address
        assert levels[0] == 1, address
        assert all(after <= before + 1 for before, after in pairwise(levels)), address
        assert page.language == "de"


def test_every_feed_is_what_rss_asks_for(sample: Path) -> None:
    assert len(feeds(sample)) > 50
    for file in feeds(sample):
        channel = ET.parse(file).getroot().find("channel")
        assert channel is not None
        for name in ("title", "link", "description", "language", "lastBuildDate"):
            assert channel.findtext(name), (file, name)
        own = channel.find(ATOM)
        assert own is not None
        assert own.get("href") == f"{ADDRESS}/{file.relative_to(sample).as_posix()}"
        guids = [item.findtext("guid") for item in channel.findall("item")]
        assert len(guids) == len(set(guids)) > 0
        for item in channel.findall("item"):
            assert re.fullmatch(
                r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", item.findtext("pubDate") or ""
            )
            text = item.findtext(CONTENT) or ""
            names = [child.tag for child in item]
            assert names.index("description") < names.index(CONTENT)
            assert "<script" not in text
            references = [reference for _, reference in Page(text).references]
            assert all(urlsplit(reference).scheme for reference in references), file


def test_every_feed_is_read_without_complaint(sample: Path) -> None:
    for file in feeds(sample):
        parsed = feedparser.parse(file.read_bytes())
        assert not parsed.bozo, (file, parsed.get("bozo_exception"))
        assert parsed.entries


def test_the_sitemap_names_what_there_is_and_nothing_else(sample: Path) -> None:
    root = ET.parse(sample / "sitemap.xml").getroot()
    addresses = [place.findtext(SITEMAP + "loc") or "" for place in root]
    assert len(addresses) == len(set(addresses))
    for address in addresses:
        assert exists(sample, address.removeprefix(ADDRESS)), address
        assert "/druck/" not in address
    assert f"{ADDRESS}/2026/11/wernried-haushalt-entwurf/" in addresses


def test_machines_read_who_wrote_what_and_when(sample: Path) -> None:
    text = (sample / "2026/11/wernried-haushalt-entwurf/index.html").read_text(encoding="utf-8")
    data = re.findall(r'<script type="application/ld\+json">\s*(.*?)\s*</script>', text, re.DOTALL)
    graph = [part for block in data for part in json.loads(block)["@graph"]]
    article = next(part for part in graph if part["@type"] == "NewsArticle")
    assert article["headline"]
    assert re.fullmatch(r"2026-11-16T\d\d:\d\d:\d\d\+01:00", article["datePublished"])
    assert article["author"][0]["name"] == "Mirko Rübsam"
    assert all(image.startswith(ADDRESS) for image in article["image"])


def test_the_print_view_points_to_the_article_and_stays_out_of_search_engines(sample: Path) -> None:
    text = (sample / "2026/11/wernried-haushalt-entwurf/druck/index.html").read_text(
        encoding="utf-8"
    )
    assert '<meta name="robots" content="noindex">' in text
    assert f'<link rel="canonical" href="{ADDRESS}/2026/11/wernried-haushalt-entwurf/">' in text


def test_what_was_paid_for_says_so_wherever_it_shows(sample: Path) -> None:
    title = "Mahnen, bevor es teuer wird"
    shown = [file for file in sample.rglob("*.html") if title in file.read_text(encoding="utf-8")]
    assert len(shown) > 3
    for file in shown:
        assert "Anzeige" in file.read_text(encoding="utf-8"), file
    for file in feeds(sample):
        titles = [item.findtext("title") or "" for item in ET.parse(file).iter("item")]
        assert all(t.startswith("Anzeige") for t in titles if title in t), file
    assert (
        title
        not in (sample / "finanzwesen" / "index.html")
        .read_text(encoding="utf-8")
        .partition("<aside")[0]
    )


def test_nothing_unpublished_is_in_any_file(sample: Path) -> None:
    for file in sample.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            for slug in (
                b"gruenhafen-parkraum",
                b"wernland-servicekonto",
                b"falkenrode-digitaltag",
            ):
                assert slug not in data, (file, slug)


def test_no_anchor_of_a_text_is_also_one_of_the_layouts(sample: Path) -> None:
    # The anchors of headings are made of small letters, those of the layouts begin with a capital.
    for file in sample.glob("2026/*/*/index.html"):
        frame = re.sub(
            r'<div class="text">.*?</div>\s*<footer',
            "",
            file.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        assert all(anchor[0].isupper() for anchor in Page(frame).ids), file
