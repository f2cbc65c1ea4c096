"""Links from text to text, and pictures: what they mean, and what is nearest to broken ones."""

from pathlib import Path

import pytest

from generator.site.links import resolve
from tests.portals import SVG, TestPortal


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/haushalt.md", "## Der Plan\n\n## Die Zahlen")
    portal.article("seiten/impressum.md", date=None, section=None)
    return portal


@pytest.mark.parametrize(
    ("target", "source", "anchor"),
    [
        ("b.md", "2026/05/b.md", ""),
        ("./b.md", "2026/05/b.md", ""),
        ("../06/b.md#oben", "2026/06/b.md", "oben"),
        ("../../seiten/impressum.md", "seiten/impressum.md", ""),
        ("/2025/b.md", "2025/b.md", ""),
        ("//2025//b.md", "2025/b.md", ""),
        ("../../../../b.md", "b.md", ""),
        ("../05/./../05/b.md", "2026/05/b.md", ""),
    ],
)
def test_what_a_link_means(target: str, source: str, anchor: str) -> None:
    assert resolve("2026/05/a.md", target) == (source, anchor)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("haushalt.md", "/2026/05/haushalt/"),
        ("./haushalt.md#der-plan", "/2026/05/haushalt/#der-plan"),
        ("../../seiten/impressum.md", "/impressum/"),
        ("/seiten/impressum.md", "/impressum/"),
        ("<haushalt.md>", "/2026/05/haushalt/"),
    ],
)
def test_a_link_to_a_file_becomes_its_address(small: TestPortal, link: str, address: str) -> None:
    small.article("2026/05/a.md", f"Wir [berichteten]({link}).")
    small.build()
    assert f'<a href="{address}">berichteten</a>' in small.page("/2026/05/a/")


@pytest.mark.parametrize(
    "written", ["zwei%20Wörter.md", "<zwei Wörter.md>", "zwei%20W%C3%B6rter.md"]
)
def test_a_name_with_spaces_or_umlauts_may_be_written_as_programs_do(
    small: TestPortal, written: str
) -> None:
    small.article("2026/05/zwei Wörter.md", title="X")
    small.article("2026/05/a.md", f"Wir [berichteten]({written}).")
    small.build()
    assert '<a href="/2026/05/zwei-woerter/">berichteten</a>' in small.page("/2026/05/a/")


def test_a_link_follows_its_article_to_another_address(small: TestPortal) -> None:
    small.article("2026/05/a.md", "[x](haushalt.md#die-zahlen)")
    small.build()
    small.article("2026/05/haushalt.md", "## Die Zahlen", slug="etat")
    small.build()
    assert 'href="/2026/05/etat/#die-zahlen"' in small.page("/2026/05/a/")


@pytest.mark.parametrize(
    ("link", "nearest"),
    [
        ("haushlat.md", "haushalt.md"),
        ("../04/haushalt.md", "haushalt.md"),
        ("impressum.md", "../../seiten/impressum.md"),
        ("Haushalt.md", "haushalt.md"),
    ],
)
def test_a_broken_link_names_the_nearest_file_as_it_would_be_written(
    small: TestPortal, link: str, nearest: str
) -> None:
    small.article("2026/05/a.md", f"Ein Satz.\n\nWir [berichteten]({link}).")
    (found,) = small.mistakes()
    assert (found.path, found.line, found.name) == ("content/2026/05/a.md", 9, "link-broken")
    assert f'"{link}"' in found.what()
    assert f'"{nearest}"' in found.hint()


def test_a_missing_anchor_names_those_that_there_are(small: TestPortal) -> None:
    small.article("2026/05/a.md", "[x](haushalt.md#zahlen)")
    (found,) = small.mistakes()
    assert found.name == "anchor-missing"
    assert "der-plan, die-zahlen" in found.hint()


def test_all_broken_links_are_told_at_once(small: TestPortal) -> None:
    small.article("2026/05/a.md", "[x](b.md)\n\n[y](c.md)\n\n![z](d.svg)")
    small.article("2026/06/e.md", "[x](b.md)", image="{file: e.svg, alt: x}")
    found = [(problem.path, problem.line, problem.name) for problem in small.mistakes()]
    assert found == [
        ("content/2026/05/a.md", 7, "link-broken"),
        ("content/2026/05/a.md", 9, "link-broken"),
        ("content/2026/05/a.md", 11, "picture-missing"),
        ("content/2026/06/e.md", 5, "picture-missing"),
        ("content/2026/06/e.md", 8, "link-broken"),
    ]


def test_a_link_to_what_is_not_published_yet_is_none_until_it_is(small: TestPortal) -> None:
    small.article("2026/05/b.md", draft="true")
    small.article("2026/05/a.md", "Wir [berichten](b.md) [bald](b.md 'Titel').")
    small.build()
    assert "b/" not in small.page("/2026/05/a/").partition("<h1>")[2].partition("<ol>")[0]
    small.article("2026/05/b.md")
    small.build()
    assert small.page("/2026/05/a/").count('href="/2026/05/b/"') >= 2


def test_a_deleted_article_breaks_the_links_to_it(small: TestPortal) -> None:
    small.article("2026/05/a.md", "[x](haushalt.md)")
    small.build()
    before = small.files()
    (small.root / "content/2026/05/haushalt.md").unlink()
    (found,) = small.mistakes()
    assert (found.path, found.name) == ("content/2026/05/a.md", "link-broken")
    assert small.files() == before


def test_a_deleted_heading_breaks_the_links_to_it(small: TestPortal) -> None:
    small.article("2026/05/a.md", "[x](haushalt.md#der-plan)")
    small.build()
    small.article("2026/05/haushalt.md", "## Ein anderer Plan")
    (found,) = small.mistakes()
    assert found.name == "anchor-missing"


@pytest.mark.parametrize(
    ("file", "nearest"),
    [
        ("bidl.svg", "bild.svg"),
        ("/pictures/lgoo.svg", "/pictures/logo.svg"),
        ("pictures/logo.svg", "/pictures/logo.svg"),
        ("/wp-content/uploads/2026/05/Bild.svg", "bild.svg"),
    ],
)
def test_a_missing_picture_names_the_nearest(small: TestPortal, file: str, nearest: str) -> None:
    small.write("content/2026/05/bild.svg", SVG)
    small.article("2026/05/a.md", f"![x]({file})")
    (found,) = small.mistakes()
    assert f'"{nearest}"' in found.hint()
