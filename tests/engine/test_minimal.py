"""An edit renders the pages that show it, and no others: for each kind of edit, which they are.

With the sample portal's layouts, because it is these that readers and editors wait for.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.base.report import Report
from tests.portals import NOW, PORTAL, SVG, TestPortal

pytestmark = pytest.mark.slow

OLD = "/2024/03/alt/"
NEW = "/2026/06/neu/"
TOML = PORTAL + '\n[feeds]\nlength = 5\n\n[keywords.synonyms]\n"Straße" = ["Weg"]\n'


def old(portal: TestPortal, text: str = "Ein alter Text.", **fields: object) -> None:
    """Writes an article of long ago."""
    wanted: dict[str, object] = {
        "title": "Alte Sache", "date": "2024-03-05", "keywords": "Haushalt, Radweg", "author": "ve",
        "lead": "Ein alter Vorspann.",
    }  # fmt: skip
    portal.article("2024/03/alt.md", text, **(wanted | fields))


def new(portal: TestPortal, text: str = "Ein neuer Text.", **fields: object) -> None:
    """Writes the newest article."""
    wanted: dict[str, object] = {
        "title": "Neue Sache", "date": "2026-06-14", "keywords": "Glasfaser", "author": "tl",
        "lead": "Ein neuer Vorspann.", "section": "technik",
    }  # fmt: skip
    portal.article("2026/06/neu.md", text, **(wanted | fields))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    """Thirty-six articles, built: enough that an old one is on no list of the newest."""
    portal = TestPortal.make(tmp_path_factory.mktemp("minimal") / "portal", toml=TOML)
    old(portal)
    new(portal)
    portal.article(
        "2024/03/radweg.md", date="2024-03-06", keywords="Radweg", section="technik", lead="Rad."
    )
    for day in range(1, 17):
        for section in ("politik", "technik"):
            portal.article(
                f"2026/05/{section}-{day}.md",
                date=f"2026-05-{day:02}",
                section=section,
                keywords=f"Haushalt, Eigenes {section} {day % 8}",
            )
    portal.write("content/2024/03/bild.svg", SVG)
    portal.article(
        "seiten/impressum.md", date=None, section=None, title="Impressum",
        aliases="/alte-seite/",
    )  # fmt: skip
    portal.build()
    return portal


@pytest.fixture
def portal(built: TestPortal, tmp_path: Path) -> Iterator[TestPortal]:
    """A copy of it, with output and store, for one edit."""
    copied = TestPortal(tmp_path / "portal")
    shutil.copytree(built.root, copied.root)
    assert copied.build().rendered == 0
    yield copied
    before = copied.files()
    copied.build(clean=True)
    assert copied.files() == before


def rendered(report: Report) -> set[str]:
    """The addresses of the pages that were rendered."""
    assert len(report.reasons) == report.rendered
    return set(report.reasons)


ITS_PAGES = {OLD, f"{OLD}druck/"}
ITS_FEEDS = {"/stichwort/radweg/feed.xml"}
"""Those of its other keyword and of its section hold newer articles only."""
ITS_TEASERS = {
    "/2024/03/radweg/",  # among its related articles
    "/autor/ve/",
    "/politik/seite-1/",
    "/stichwort/haushalt/seite-1/",
    "/stichwort/radweg/",
}
ITS_ARCHIVE = {"/archiv/2024/", "/archiv/2024/03/"}


def rendered_after_edit(portal: TestPortal) -> set[str]:
    report = portal.build()
    assert report.written <= report.rendered + 10  # assets and the manifest
    return rendered(report)


def test_nothing_renders_nothing(portal: TestPortal) -> None:
    report = portal.build()
    assert (report.read, report.rendered, report.written, report.removed) == (0, 0, 0, 0)


def test_touching_files_renders_nothing(portal: TestPortal) -> None:
    before = {path: path.stat().st_mtime_ns for path in portal.output.rglob("*")}
    for folder in ("content", "layouts", "assets"):
        for file in (portal.root / folder).rglob("*"):
            os.utime(file)
    report = portal.build()
    assert (report.read, report.rendered, report.written, report.removed) == (0, 0, 0, 0)
    assert before == {path: path.stat().st_mtime_ns for path in portal.output.rglob("*")}


def test_a_text_renders_its_page_its_print_view_and_the_feeds_with_it(portal: TestPortal) -> None:
    old(portal, "Ein Komma, berichtigt.")
    assert rendered_after_edit(portal) <= ITS_PAGES | ITS_FEEDS


def test_the_newest_text_renders_the_feeds_of_the_portal_and_of_its_section(
    portal: TestPortal,
) -> None:
    new(portal, "Ein Komma, berichtigt.")
    feeds = {"/feed.xml", "/technik/feed.xml", "/stichwort/glasfaser/feed.xml"}
    assert rendered_after_edit(portal) <= {NEW, f"{NEW}druck/"} | feeds


def test_a_standing_page_renders_itself(portal: TestPortal) -> None:
    portal.article(
        "seiten/impressum.md", "Neu.", date=None, section=None, title="Impressum",
        aliases="/alte-seite/",
    )  # fmt: skip
    assert rendered_after_edit(portal) == {"/impressum/"}


def test_a_lead_renders_the_teasers_with_it(portal: TestPortal) -> None:
    old(portal, lead="Ein anderer Vorspann.")
    assert rendered_after_edit(portal) <= ITS_PAGES | ITS_FEEDS | ITS_TEASERS


def test_an_old_title_renders_the_lists_with_it(portal: TestPortal) -> None:
    old(portal, title="Andere Sache")
    assert rendered_after_edit(portal) <= ITS_PAGES | ITS_FEEDS | ITS_TEASERS | ITS_ARCHIVE


def test_the_newest_title_spares_what_shows_no_newest_headlines(portal: TestPortal) -> None:
    new(portal, title="Andere Sache")
    found = rendered_after_edit(portal)
    assert not {a for a in found if a.endswith("/druck/")} - {f"{NEW}druck/"}
    feeds = {"/feed.xml", "/technik/feed.xml", "/stichwort/glasfaser/feed.xml"}
    assert {a for a in found if a.endswith("feed.xml")} <= feeds
    assert not found & {"/sitemap.xml", "/robots.txt", "/alte-seite/", "/stichwort/weg/"}


def test_a_new_keyword_renders_its_page_and_the_index(portal: TestPortal) -> None:
    old(portal, keywords="Haushalt, Radweg, Brücke")
    brand_new = {
        "/stichwort/bruecke/",
        "/stichwort/bruecke/feed.xml",
        "/stichwort/",
        "/sitemap.xml",
    }
    assert rendered_after_edit(portal) <= ITS_PAGES | ITS_FEEDS | brand_new


def test_another_section_renders_the_lists_of_both(portal: TestPortal) -> None:
    old(portal, section="technik")
    found = rendered_after_edit(portal)
    lists = {a for a in found if a.startswith(("/politik/", "/technik/"))}
    assert not lists & {"/politik/feed.xml", "/technik/feed.xml"}
    assert found - lists <= ITS_PAGES | ITS_FEEDS | ITS_TEASERS


def test_a_date_among_others_moves_nothing_else(portal: TestPortal) -> None:
    old(portal, date="2024-03-04")
    listed = ITS_TEASERS | ITS_ARCHIVE | {"/sitemap.xml"}
    assert rendered_after_edit(portal) <= ITS_PAGES | ITS_FEEDS | listed


def test_a_deleted_article_renders_the_lists_that_it_was_in(portal: TestPortal) -> None:
    (portal.root / "content/2024/03/alt.md").unlink()
    report = portal.build()
    assert not portal.has(OLD)
    assert not portal.has("/autor/ve/")
    assert {problem.name for problem in report.warnings} == {"address-vanishes"}
    found = rendered(report)
    assert not {a for a in found if a.startswith("/2026/") or a.endswith("/druck/")}
    # One article less moves all numbered pages behind it: they count from the oldest.
    numbered = {a for a in found if a.startswith(("/politik/", "/stichwort/haushalt/"))}
    archive = {a for a in found if a.startswith("/archiv/")}
    others = ITS_TEASERS | ITS_FEEDS | {"/stichwort/", "/sitemap.xml"}
    assert found - numbered - archive <= others


def test_a_new_article_leaves_the_numbered_pages_alone(portal: TestPortal) -> None:
    portal.article("2026/06/neuer.md", date="2026-06-15", section="politik", keywords="Haushalt")
    found = rendered_after_edit(portal)
    written = {
        a for a in found if "/seite-" in a and a.startswith(("/politik/", "/stichwort/haushalt/"))
    }
    # Their lists stay; but the newest one may get a neighbour, and all show the newest headlines.
    before = portal.page("/politik/seite-1/")
    assert "Titel von 2026/05/politik-2.md" in before
    assert "/politik/seite-1/" in written
    assert not {a for a in found if a.endswith("/druck/")} - {"/2026/06/neuer/druck/"}


def test_a_new_article_leaves_the_archive_of_other_years(portal: TestPortal) -> None:
    portal.article("2026/06/neuer.md", date="2026-06-15", section="politik", keywords="Haushalt")
    report = portal.build()
    assert {"/archiv/2026/", "/archiv/2026/06/"} <= rendered(report)
    for address in ("/archiv/2024/", "/archiv/2024/03/"):
        # They show the newest headlines, as all pages do, and these are put in.
        said = {reason.what for reason in report.reasons.get(address, ())}
        assert all(cause.startswith("site.fragment(") for cause in said), said


def test_another_author_renders_the_lists_of_both(portal: TestPortal) -> None:
    old(portal, author="tl")
    authors = {"/autor/tl/", "/autor/tl/seite-1/", "/sitemap.xml"}
    assert rendered(portal.build()) <= ITS_PAGES | ITS_FEEDS | ITS_TEASERS | authors


def test_a_correction_renders_what_says_that_there_is_one(portal: TestPortal) -> None:
    old(portal, corrections='[{date: 2024-03-07, text: "Es waren drei."}]')
    found = rendered_after_edit(portal)
    assert found <= ITS_PAGES | ITS_FEEDS | ITS_TEASERS | {"/sitemap.xml"}
    assert found >= ITS_PAGES


def test_a_draft_renders_nothing(portal: TestPortal) -> None:
    portal.article("2026/06/entwurf.md", date="2026-06-15", draft="true")
    assert rendered_after_edit(portal) == set()


def test_a_text_of_a_firm_renders_its_page(portal: TestPortal) -> None:
    head = "---\nname: Rechenhaus\ntown: Aachhausen\n---\n"
    portal.write("content/firmen/rechenhaus.md", f"{head}Alt.\n")
    portal.build()
    portal.write("content/firmen/rechenhaus.md", f"{head}Neu.\n")
    assert rendered_after_edit(portal) == {"/it-guide/rechenhaus/"}


def test_an_ad_renders_what_shows_its_slot(portal: TestPortal) -> None:
    portal.write("content/anzeigen/bild.svg", SVG)
    head = "---\nname: Rechenhaus\nslot: oben\nimage: {file: bild.svg, alt: Ein Angebot}\n"
    portal.write("content/anzeigen/a.md", f"{head}link: https://www.rechenhaus.example/\n---\n")
    found = rendered_after_edit(portal)
    assert "/" in found
    assert not found & {OLD, NEW, "/impressum/"}
    assert not {a for a in found if a.endswith(("/druck/", ".xml", ".txt"))}


def test_a_layout_renders_its_pages(portal: TestPortal) -> None:
    layout = portal.root / "layouts/print.html"
    layout.write_text(layout.read_text(encoding="utf-8") + "<!-- -->", encoding="utf-8")
    found = rendered_after_edit(portal)
    assert found == {f"{a}druck/" for a in addresses_of_articles(portal)}


def test_a_layout_that_others_extend_renders_theirs(portal: TestPortal) -> None:
    layout = portal.root / "layouts/base.html"
    layout.write_text(layout.read_text(encoding="utf-8") + "<!-- -->", encoding="utf-8")
    found = rendered_after_edit(portal)
    assert not {a for a in found if a.endswith(("/druck/", ".xml", ".txt"))}
    assert {"/", OLD, "/impressum/"} <= found


def test_a_fragment_whose_text_stays_the_same_renders_nothing(portal: TestPortal) -> None:
    fragment = portal.root / "layouts/fragments/newest.html"
    fragment.write_text("{#- anders -#}" + fragment.read_text(encoding="utf-8"), encoding="utf-8")
    assert rendered_after_edit(portal) == set()


def test_a_fragment_renders_what_shows_it(portal: TestPortal) -> None:
    fragment = portal.root / "layouts/fragments/newest.html"
    fragment.write_text(fragment.read_text(encoding="utf-8") + "<!-- -->", encoding="utf-8")
    found = rendered_after_edit(portal)
    assert not {a for a in found if a.endswith(("/druck/", ".xml", ".txt"))}


def test_a_layout_that_nothing_uses_renders_nothing(portal: TestPortal) -> None:
    portal.write("layouts/unused.html", "{{ site.articles() }}")
    portal.write("layouts/fragments/unused.html", "{{ site.articles() }}")
    assert rendered_after_edit(portal) == set()


def test_an_asset_that_nothing_shows_renders_nothing(portal: TestPortal) -> None:
    portal.write("assets/unused.txt", "x")
    portal.write("content/2024/03/bild.svg", SVG.replace("h9", "h8"))
    report = portal.build()
    assert (report.rendered, report.written) == (0, 0)


def test_a_picture_renders_what_shows_it(portal: TestPortal) -> None:
    old(portal, "![Bild](bild.svg)")
    portal.build()
    portal.write("content/2024/03/bild.svg", SVG.replace("h9", "h8"))
    assert rendered_after_edit(portal) <= ITS_PAGES | ITS_FEEDS


def test_a_style_renders_the_pages_that_link_to_it(portal: TestPortal) -> None:
    style = portal.root / "assets/css/style.css"
    style.write_text(style.read_text(encoding="utf-8") + "a{}", encoding="utf-8")
    assert not {a for a in rendered_after_edit(portal) if a.endswith((".xml", ".txt"))}


@pytest.mark.parametrize(
    ("old_text", "new_text", "ends"),
    [
        ("length = 5", "length = 4", ("feed.xml",)),
        ("author = 3", "author = 4", ("/",)),
        ('["Weg"]', '["Weg", "Pfad"]', ("/stichwort/pfad/",)),
    ],
)
def test_a_setting_renders_what_shows_it(
    portal: TestPortal, old_text: str, new_text: str, ends: tuple[str, ...]
) -> None:
    assert old_text in TOML
    portal.write("portal.toml", TOML.replace(old_text, new_text))
    assert all(address.endswith(ends) for address in rendered_after_edit(portal))


def test_a_title_of_the_portal_spares_robots(portal: TestPortal) -> None:
    portal.write("portal.toml", TOML.replace('"Amt & Alltag"', '"Rat & Tat"'))
    report = portal.build()
    assert report.read == 0
    assert not rendered(report) & {"/robots.txt", "/sitemap.xml"}


def test_what_only_reading_needs_reads_all_and_renders_nothing(portal: TestPortal) -> None:
    portal.write("portal.toml", TOML + '\n[front_matter]\nextra = ["ort"]\n')
    report = portal.build()
    assert report.read == len(list((portal.root / "content").rglob("*.md")))
    assert report.rendered == 0


@pytest.mark.parametrize(
    ("old_text", "new_text", "page", "shown"),
    [
        ('"Straße" = ["Weg"]', '"Fahrradweg" = ["Radweg"]', OLD, "/stichwort/fahrradweg/"),
        (
            "[feeds]",
            '[addresses]\narticle = "/{year}/{slug}/"\n\n[feeds]',
            "/2024/alt/",
            "Alte Sache",
        ),
        ('[authors]\nve = "Vera Eschenbach"', '[authors]\nxx = "ve"', OLD, "/autor/xx/"),
        ('title = "Amt', 'time_zone = "Asia/Tokyo"\ntitle = "Amt', NEW, "+09:00"),
    ],
    ids=["synonyms", "addresses", "authors", "time_zone"],
)
def test_a_setting_that_sources_are_read_by_reaches_all_that_did_not_change(
    portal: TestPortal, old_text: str, new_text: str, page: str, shown: str
) -> None:
    assert old_text in TOML
    portal.write("portal.toml", TOML.replace(old_text, new_text))
    portal.build()
    assert shown in portal.page(page)


def test_an_output_file_changed_by_hand_is_mended_alone(portal: TestPortal) -> None:
    (portal.output / "impressum/index.html").write_text("von Hand", encoding="utf-8")
    (portal.output / "robots.txt").unlink()
    report = portal.build()
    assert rendered(report) == {"/impressum/", "/robots.txt"}
    assert report.written == 2


def test_a_new_day_renders_what_asks_for_the_day(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md")
    portal.build()
    report = portal.build(at=NOW.replace(day=16))
    assert rendered(report) == {"/"}
    assert portal.build(at=NOW.replace(day=16, hour=23)).rendered == 0


def test_an_article_that_is_due_renders_as_if_it_were_new(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md")
    portal.article("2026/06/b.md", date="2026-06-15 13:00")
    portal.build()
    assert portal.build(at=NOW.replace(hour=12, minute=59)).rendered == 0
    report = portal.build(at=NOW.replace(hour=13))
    assert report.read == 0
    assert {"/", "/2026/06/b/", "/2026/06/b/druck/"} <= rendered(report)
    assert "/2026/05/a/druck/" not in rendered(report)


def addresses_of_articles(portal: TestPortal) -> set[str]:
    """The addresses of all articles."""
    files = (portal.root / "content").rglob("*/*/*.md")
    return {f"/{file.relative_to(portal.root / 'content').with_suffix('')}/" for file in files}
