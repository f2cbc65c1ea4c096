"""What a portal consists of: the address of each kind of page, and what stands in another's way."""

import re
from pathlib import Path

import pytest

from generator.site import pages
from tests.portals import PORTAL, TestPortal


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    return TestPortal.small(tmp_path / "portal")


def test_each_kind_of_page_has_its_address(small: TestPortal) -> None:
    """The table of the portal's pages."""
    small.article(
        "2023/03/haushalt.md", date="2023-03-30", keywords="IT-Planungsrat, Ämter", author="ve",
        aliases="[/artikel-17.html, /alt/haushalt]",
    )  # fmt: skip
    small.article("2023/04/gast.md", date="2023-04-01", author="Gast Autorin", section="technik")
    small.article("seiten/impressum.md", date=None, section=None, aliases="/ueber-uns/")
    small.build()
    assert set(small.files()) - {".stadtschreiber-manifest"} == {
        *small_assets(small),
        "index.html",
        "2023/03/haushalt/index.html",
        "2023/03/haushalt/druck/index.html",
        "2023/04/gast/index.html",
        "2023/04/gast/druck/index.html",
        "politik/index.html",
        "technik/index.html",
        "stichwort/index.html",
        "stichwort/it-planungsrat/index.html",
        "stichwort/aemter/index.html",
        "archiv/index.html",
        "archiv/2023/index.html",
        "archiv/2023/03/index.html",
        "archiv/2023/04/index.html",
        "autor/ve/index.html",
        "autor/gast-autorin/index.html",
        "anzeigen/index.html",
        "impressum/index.html",
        "ueber-uns/index.html",
        "artikel-17.html",
        "alt/haushalt/index.html",
        "feed.xml",
        "politik/feed.xml",
        "technik/feed.xml",
        "anzeigen/feed.xml",
        "stichwort/it-planungsrat/feed.xml",
        "stichwort/aemter/feed.xml",
        "sitemap.xml",
        "robots.txt",
        "404.html",
        *(path for path in small.files() if path.startswith(MORE)),
    }


MORE = (
    "sitemap-news.xml", "bildnachweise/index.html", ".well-known/", "site.webmanifest",
    "manifest.webmanifest",
)  # fmt: skip
"""What programs want to know; whether all of it is right is for other tests to say."""


def small_assets(portal: TestPortal) -> set[str]:
    return {path for path in portal.files() if path.startswith("assets/")}


def test_the_patterns_of_portal_toml_decide(small: TestPortal) -> None:
    small.write(
        "portal.toml",
        PORTAL + "[addresses]\n"
        'article = "/{section}/{year}/{month}/{day}/{slug}/"\n'
        'print = "/druck{article}"\nsection = "/bereich/{section}/"\nkeywords = "/themen/"\n'
        'keyword = "/themen/{keyword}/"\nauthor = "/von/{author}/"\narchive = "/alles/"\n'
        'year = "/alles/{year}/"\nmonth = "/alles/{year}-{month}/"\nstanding = "/seite/{slug}/"\n'
        'numbered = "{list}{number}/"\nsponsored = "/firmen/"\n',
    )
    for day in range(1, 8):
        small.article(f"a{day}.md", date=f"2026-05-{day:02}", keywords="Rat", author="ve")
    small.article("seiten/impressum.md", date=None, section=None)
    small.build()
    for address in (
        "/politik/2026/05/07/a7/", "/druck/politik/2026/05/07/a7/", "/bereich/politik/",
        "/bereich/politik/1/", "/themen/", "/themen/rat/", "/themen/rat/1/", "/von/ve/",
        "/von/ve/1/", "/alles/", "/alles/2026/", "/alles/2026-05/", "/seite/impressum/", "/firmen/",
    ):  # fmt: skip
        assert small.has(address), address
    assert 'href="/themen/rat/1/"' in small.page("/themen/rat/")


def test_a_redirect_leads_to_where_the_article_is_now(small: TestPortal) -> None:
    small.article("2026/05/a.md", aliases="/2020/alt/")
    small.build()
    assert "url=/2026/05/a/" in small.page("/2020/alt/")
    small.article("2026/05/a.md", aliases="/2020/alt/", slug="neu")
    small.build()
    assert "url=/2026/05/neu/" in small.page("/2020/alt/")


def test_a_synonym_redirects_to_the_keyword_while_that_has_articles(small: TestPortal) -> None:
    synonyms = '[keywords.synonyms]\n"Künstliche Intelligenz" = ["KI", "Maschinenlernen"]\n'
    small.write("portal.toml", PORTAL + synonyms)
    small.article("2026/05/a.md", keywords="KI, Rat")
    small.build()
    for other in ("ki", "maschinenlernen"):
        assert "url=/stichwort/kuenstliche-intelligenz/" in small.page(f"/stichwort/{other}/")
    assert ">Künstliche Intelligenz<" in small.page("/stichwort/")
    assert ">KI<" not in small.page("/stichwort/")
    small.article("2026/05/a.md", keywords="Rat")
    small.build()
    assert not small.has("/stichwort/ki/")
    assert not small.has("/stichwort/kuenstliche-intelligenz/")


# Addresses that are wanted twice.


def clashes(portal: TestPortal) -> list[tuple[str, str]]:
    return [(problem.path, problem.name) for problem in portal.mistakes()]


def test_two_articles_with_one_address_are_a_mistake_that_names_both(small: TestPortal) -> None:
    small.article("2026/05/a.md", slug="gleich")
    small.article("2026/05/b.md", slug="gleich")
    (found,) = small.mistakes()
    assert found.path == "content/2026/05/b.md"
    assert "2026/05/a.md" in found.what()
    assert "/2026/05/gleich/" in found.what()
    assert not small.output.exists() or not small.files()


@pytest.mark.parametrize(
    "alias", ["/2026/05/b/", "/politik/", "/stichwort/", "/archiv/", "/feed.xml"]
)
def test_an_old_address_that_is_somebodys_address_is_a_mistake(
    small: TestPortal, alias: str
) -> None:
    small.article("2026/05/a.md", aliases=alias)
    small.article("2026/05/b.md")
    (found,) = (one for one in small.mistakes() if one.is_error)
    assert found.path == "content/2026/05/a.md"
    assert alias in found.what()


@pytest.mark.parametrize("page", ["archiv", "politik", "stichwort", "anzeigen"])
def test_a_standing_page_may_not_take_the_place_of_a_list(small: TestPortal, page: str) -> None:
    small.article(f"seiten/{page}.md", date=None, section=None)
    (found,) = small.mistakes()
    assert f"/{page}/" in found.what()
    assert f"seiten/{page}.md" in found.path + found.what()


def test_addresses_that_differ_in_capitals_alone_are_one(small: TestPortal) -> None:
    small.article("2026/05/a.md", aliases="/Alt/Seite.html")
    small.article("2026/05/b.md", aliases="/alt/seite.html")
    assert len(clashes(small)) == 1


def test_an_address_may_not_be_a_file_and_a_folder(small: TestPortal) -> None:
    small.article("2026/05/a.md", aliases="/alt.html")
    small.article("2026/05/b.md", aliases="/alt.html/mehr/")
    assert len(clashes(small)) == 1


@pytest.mark.parametrize("name", ["Con", "AUX", "nul"])
def test_names_that_windows_keeps_for_itself_are_mistakes_of_the_source(
    small: TestPortal, name: str
) -> None:
    small.article("2026/05/a.md", author=name)
    (found,) = small.mistakes()
    assert found.path == "content/2026/05/a.md"


def test_a_section_that_windows_keeps_for_itself_is_a_mistake_in_portal_toml(
    small: TestPortal,
) -> None:
    small.write("portal.toml", PORTAL.replace('"technik"', '"con"'))
    (found,) = small.mistakes()
    assert Path(found.path).name == "portal.toml"
    assert found.line


# Sitemaps.


def test_a_long_sitemap_comes_in_parts(small: TestPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SITEMAP_SIZE", 4)
    small.article("2026/05/a.md")
    small.article("2026/05/b.md")
    small.build()
    parts = sorted(path for path in small.files() if re.match(r"sitemap-\d", path))
    texts = [(small.output / part).read_text(encoding="utf-8") for part in parts]
    index = (small.output / "sitemap.xml").read_text(encoding="utf-8")
    assert all(f"/{part}</loc>" in index for part in parts)
    assert all(1 <= text.count("<loc>") <= 4 for text in texts)
    assert sum(text.count("/2026/05/a/</loc>") for text in texts) == 1
    assert not any("druck" in text for text in texts)
    monkeypatch.setattr(pages, "SITEMAP_SIZE", 1000)
    small.article("2026/05/c.md")
    small.build()
    assert not [path for path in small.files() if re.match(r"sitemap-\d", path)]


def test_the_sitemap_tells_only_dates_that_editors_gave(small: TestPortal) -> None:
    small.article("2026/05/a.md", date="2026-05-01", updated="2026-05-07")
    small.article("2026/05/b.md", date="2026-05-03")
    small.build()
    text = (small.output / "sitemap.xml").read_text(encoding="utf-8")
    assert "/2026/05/a/</loc>2026-05-07" in text
    assert "/2026/05/b/</loc>2026-05-03" in text
    assert "/politik/</loc><loc>" in text


def test_below_an_article_stand_six_others_of_its_section_or_nothing(portal: TestPortal) -> None:
    portal.article("2026/05/a0.md", date="2026-05-01")
    portal.build()
    assert "Weitere Meldungen" not in portal.page("/2026/05/a0/")
    for number in range(1, 9):
        portal.article(f"2026/05/a{number}.md", date=f"2026-05-{number + 1:02}")
    portal.build()
    for number in range(9):
        page = portal.page(f"/2026/05/a{number}/")
        below = page[page.index("Weitere Meldungen") : page.index('<footer class="foot"')]
        shown = re.findall(r'<h3><a href="/2026/05/(a\d)/"', below)
        assert shown == [f"a{each}" for each in range(8, -1, -1) if each != number][:6]
