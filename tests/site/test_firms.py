"""The directory of firms: who is listed where, what is paid for says so, and nothing leaks."""

import json
import re
from pathlib import Path

import pytest

from generator.base.report import Report
from generator.site.firms import Directory
from tests.portals import PORTAL, SVG, TestPortal
from tests.serve.test_preview import Session, all_pages

GUIDE = ("/it-guide/", "/it-guide/themen/", "/it-guide/orte/")


def firm(portal: TestPortal, name: str, text: str = "Wir machen Netze.", **fields: object) -> Path:
    """Writes a firm's entry."""
    wanted: dict[str, object] = {"name": name, "town": "Wernried"} | fields
    header = "".join(f"{key}: {value}\n" for key, value in wanted.items())
    slug = name.lower().replace(" ", "-")
    return portal.write(f"content/firmen/{slug}.md", f"---\n{header}---\n\n{text}\n")


@pytest.fixture
def guided(portal: TestPortal) -> TestPortal:
    """A portal with articles, and with firms of which one pays."""
    portal.article("2026/05/a.md", keywords="[Glasfaser, Rat]")
    portal.article("2026/05/b.md", keywords="[Rat]")
    portal.article("2026/05/c.md", keywords="[Netze, Glasfaser, Funk]")
    firm(
        portal, "Zebra", plz="01067", town="Übersee", felder="[Glasfaser, Funk]",
        website="https://www.zebra.example/", bezahlt="ja",
        text="Mehr [bei uns](https://www.zebra.example/mehr).",
    )  # fmt: skip
    firm(portal, "Ärmel", fields="[Schulen]", keywords="[glasfaser]", link="https://aermel.example")
    firm(portal, "Biber", felder="[Funk]", lead="Baut Dämme.")
    return portal


def names(html: str) -> list[str]:
    """The firms that a page lists, in their order."""
    return re.findall(r'<a href="/it-guide/(?!themen|orte)([a-z]+)/"', html)


def seen(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_firms_are_listed_by_name_by_field_and_by_town(guided: TestPortal) -> None:
    guided.build()
    pages = [guided.page(address) for address in GUIDE]
    main = [page[page.index("<main") : page.index("</main>")] for page in pages]
    assert names(main[0]) == ["aermel", "biber", "zebra"]
    assert names(main[1]) == ["biber", "zebra", "zebra", "aermel"]
    assert re.findall(r'<h2 id="([^"]+)">', main[1]) == ["funk", "glasfaser", "schulen"]
    assert names(main[2]) == ["zebra", "aermel", "biber"]
    assert re.findall(r'<h2 id="([^"]+)">([^<]+)', main[2]) == [
        ("uebersee", "Übersee"),
        ("wernried", "Wernried"),
    ]


def test_a_firm_has_a_page_with_all_that_it_says(guided: TestPortal) -> None:
    guided.build()
    page = guided.page("/it-guide/zebra/")
    assert "01067 Übersee" in seen(page)
    assert '<a href="/it-guide/themen/#glasfaser">Glasfaser</a>' in page
    assert '<a href="/it-guide/orte/#uebersee">Übersee</a>' in page
    data = re.findall(r'<script type="application/ld\+json">\s*(.*?)\s*</script>', page, re.S)
    described = json.loads(data[0])["@graph"][0]
    assert (described["@type"], described["name"]) == ("Organization", "Zebra")
    assert described["address"]["postalCode"] == "01067"


def test_what_is_paid_for_says_so_and_its_links_are_marked(guided: TestPortal) -> None:
    guided.build()
    page = guided.page("/it-guide/zebra/")
    assert "Anzeige" in seen(page[page.index("<main") :])
    assert "<title>Anzeige: Zebra" in page
    outside = re.findall(r'<a [^>]*href="https://www\.zebra[^>]*>', page)
    assert len(outside) == 2
    assert all('rel="sponsored"' in link for link in outside)
    for address in (*GUIDE, "/2026/05/a/"):
        listed = re.findall(r'<a href="/it-guide/zebra/".*?</a>', guided.page(address), re.S)
        assert listed
        assert all('rel="sponsored"' in link and "Anzeige" in link for link in listed), address
        free = re.findall(r'<a href="/it-guide/aermel/".*?</a>', guided.page(address), re.S)
        assert not any("sponsored" in link or "Anzeige" in link for link in free), address
    assert "sponsored" not in guided.page("/it-guide/aermel/")


def test_an_article_names_the_firms_that_match_most_of_its_keywords(guided: TestPortal) -> None:
    guided.build()

    def box(address: str) -> list[str]:
        found = re.search(r'<section class="firms-about".*?</section>', guided.page(address), re.S)
        return names(found[0]) if found else []

    assert box("/2026/05/a/") == ["aermel", "zebra"]
    assert box("/2026/05/b/") == []
    assert box("/2026/05/c/") == ["zebra", "aermel", "biber"]
    assert "firms-about" not in guided.page("/2026/05/a/druck/")


def test_firms_are_in_the_sitemap_and_in_no_feed_archive_or_news(guided: TestPortal) -> None:
    guided.article("2026/06/neu.md", date="2026-06-15", keywords="[Glasfaser]")
    guided.build()
    sitemap = (guided.output / "sitemap.xml").read_text(encoding="utf-8")
    for address in (*GUIDE, "/it-guide/zebra/"):
        assert f"<loc>https://www.amt.example{address}</loc>" in sitemap
    for path, data in guided.files().items():
        if "feed" in path or "news" in path or path.startswith("archiv"):
            main = data[data.index(b"<main") :] if b"<main" in data else data
            main = main.partition(b"</main>")[0]
            assert b"Zebra" not in main, path
            assert b"/it-guide/" not in main, path


def test_a_portal_without_firms_has_no_directory_and_no_entry_in_a_menu(portal: TestPortal) -> None:
    portal.article("a.md", keywords="[Glasfaser]")
    portal.build()
    assert not [path for path, data in portal.files().items() if b"it-guide" in data]
    assert not portal.has("/it-guide/")
    firm(portal, "Zebra")
    portal.build()
    assert '<a href="/it-guide/">IT-Guide</a>' in portal.page("/2026/05/a/")


CANARY = "Kanarienfirma"


@pytest.mark.parametrize("field", [{"draft": "ja"}, {"expires": "2026-06-14"}])
def test_a_firm_that_may_not_be_published_is_nowhere(
    guided: TestPortal, field: dict[str, str]
) -> None:
    guided.write("content/firmen/geheim.svg", SVG.replace("M0 1h9", "M0 7h7"))
    firm(
        guided, CANARY, f"{CANARY} schreibt.", **field, logo="geheim.svg", town=f"{CANARY}stadt",
        felder=f"[Glasfaser, {CANARY}feld]", aliases=f"[/{CANARY.lower()}/]",
    )  # fmt: skip
    guided.article("2026/05/d.md", f"Wie [sie](../../firmen/{CANARY.lower()}.md) sagt.")
    guided.build()
    for path, data in guided.files().items():
        text = (path.encode() + data).lower()
        assert CANARY.lower().encode() not in text, path
        assert b"geheim" not in text, path


def test_a_firm_expires_by_itself_and_a_build_knows_when(guided: TestPortal) -> None:
    firm(guided, "Kurzzeit", expires="2026-06-16 18:00", felder="[Rat]")
    report = guided.build()
    assert report.due
    assert report.due.isoformat() == "2026-06-16T18:00:00+02:00"
    assert "kurzzeit" in guided.page("/2026/05/b/")
    guided.build(at=report.due)
    assert "kurzzeit" not in guided.page("/2026/05/b/")
    assert not guided.has("/it-guide/kurzzeit/")


def rendered(report: Report) -> set[str]:
    return set(report.reasons)


def test_an_edited_firm_touches_only_what_shows_it(guided: TestPortal) -> None:
    guided.build()
    firm(guided, "Biber", felder="[Funk]", lead="Baut Netze.")
    assert rendered(guided.build()) == {"/it-guide/", "/it-guide/biber/", "/it-guide/themen/",
                                        "/it-guide/orte/", "/2026/05/c/"}  # fmt: skip
    firm(guided, "Biber", "Anderer Text.", felder="[Funk]", lead="Baut Netze.")
    assert rendered(guided.build()) == {"/it-guide/biber/"}
    guided.article("2026/05/b.md", keywords="[Rat, Funk]")
    guided.build()
    assert "biber" in guided.page("/2026/05/b/")


def test_the_preview_shows_what_a_build_with_drafts_publishes(guided: TestPortal) -> None:
    firm(guided, "Entwurf", draft="ja", felder="[Glasfaser]")
    session = Session(guided)
    shown = all_pages(session)
    guided.build(drafts=True)
    published = guided.files()
    assert "it-guide/entwurf/index.html" in shown
    assert {target: published[target].decode() for target in shown} == shown
    file = firm(guided, "Entwurf", felder="[Rat]", draft="ja")
    session.save(file)
    session.settle()
    assert "Entwurf" in session.text("/2026/05/b/")
    session.backend.close()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("plz: 1234567", "postcode-wrong"),
        ("plz: D-01067", "postcode-wrong"),
        ("link: www.firma.example", "url-wrong"),
        ("link: javascript:alert(1)", "url-wrong"),
        ("logo: gibt-es-nicht.svg", "picture-missing"),
        ("felder: ['…']", "keyword-no-address"),
        ("bezahlt: vielleicht", "not-yes-or-no"),
        ("qqq: 1", "key-unknown"),
        ("feldr: [Netze]", "key-misspelt"),
        ("titel: Zwei", "field-twice"),
        ("slug: themen", "address-twice"),
    ],
)
def test_mistakes_have_their_line(tmp_path: Path, line: str, name: str) -> None:
    portal = TestPortal.small(tmp_path / "p")
    portal.write("content/firmen/a.md", f"---\nname: Eins\nort: Amt\n{line}\n---\n\nText.\n")
    found = [(one.path, one.line, one.name) for one in portal.mistakes()]
    assert found == [("content/firmen/a.md", 4, name)]


@pytest.mark.parametrize("missing", ["name", "ort"])
def test_a_firm_has_a_name_and_a_town(tmp_path: Path, missing: str) -> None:
    portal = TestPortal.small(tmp_path / "p")
    lines = {"name": "Eins", "ort": "Amt"}
    header = "".join(f"{key}: {value}\n" for key, value in lines.items() if key != missing)
    portal.write("content/firmen/a.md", f"---\n{header}---\n\nText.\n")
    assert [one.name for one in portal.mistakes()] == ["field-missing"]


def test_an_archives_own_names_for_fields_are_not_those_of_firms(tmp_path: Path) -> None:
    toml = f'{PORTAL}\n[front_matter]\nextra = ["ort"]\n[front_matter.aliases]\nname = "title"\n'
    portal = TestPortal.small(tmp_path / "p", toml=toml)
    portal.write("content/firmen/zebra.md", "---\nname: Zebra\nort: Amt\n---\n\nText.\n")
    portal.build()
    assert portal.has("/it-guide/zebra/")


def test_an_empty_directory_answers_with_nothing() -> None:
    empty = Directory(())
    assert (empty.firms(keyword="x"), empty.firm_fields(), empty.firm_towns()) == ((), (), ())
    assert not empty.all
