"""PDFs in real builds: which articles have one, what is in it, and when it is made anew."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.media.test_images import CANARY, photo, saved
from tests.portals import NOW, PORTAL, TestPortal

pytestmark = pytest.mark.slow

ON = PORTAL.replace("enabled = false", "enabled = true")
TEXT = "Im **Rat** ging es um\ndie [Zukunft](b.md).\n\n## Beschluss\n\nEs blieb *dabei*."
PDF = "2026/05/a/a.pdf"


@pytest.fixture
def papers(tmp_path: Path) -> TestPortal:
    """A portal with PDFs and two articles, the older one first."""
    portal = TestPortal.make(tmp_path / "portal", toml=ON)
    portal.article("2026/05/a.md", TEXT, lead="Der Vorspann.", keywords="Rat", author="ve")
    portal.article("2026/05/b.md", "Mehr.", date="2026-05-02 10:00", section="technik")
    return portal


def text_of(portal: TestPortal, name: str = PDF) -> str:
    """The text of a PDF, white space as single spaces."""
    reader = PdfReader(BytesIO(portal.files()[name]))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def pdfs(portal: TestPortal) -> set[str]:
    return {name for name in portal.files() if name.endswith(".pdf")}


def without_ends(text: str) -> str:
    """Lines that were broken at a hyphen, joined again."""
    return text.replace("\xad", "").replace("- ", "-")


def test_every_article_has_a_pdf_with_its_text_and_a_link_to_it(papers: TestPortal) -> None:
    papers.build()
    assert pdfs(papers) == {PDF, "2026/05/b/b.pdf"}
    text = text_of(papers)
    for part in (
        "Titel von 2026/05/a.md", "Der Vorspann.", "Im Rat ging es um die Zukunft.", "Beschluss",
        "Es blieb dabei.", "Vera Eschenbach", "1. Mai 2026", "Politik", "Amt & Alltag",
        "https://www.amt.example/2026/05/a/",
    ):  # fmt: skip
        assert part in without_ends(text), part
    assert "2. Mai 2026, 10:00 Uhr" in text_of(papers, "2026/05/b/b.pdf")
    page = papers.page("/2026/05/a/")
    assert '<a href="/2026/05/a/a.pdf" type="application/pdf">' in page
    assert '"contentUrl":"https://www.amt.example/2026/05/a/a.pdf"' in page


def test_a_pdf_says_all_that_the_print_view_says(papers: TestPortal) -> None:
    papers.build()
    article = re.search(r'<div class="text">(.*?)</div>', papers.page("/2026/05/a/druck/"), re.S)
    assert article
    words = re.sub("<[^>]+>", " ", article[1]).split()
    assert [word for word in words if word not in text_of(papers)] == []


def test_a_portal_may_have_no_pdfs(papers: TestPortal) -> None:
    papers.build()
    papers.write("portal.toml", PORTAL)
    papers.build()
    assert not pdfs(papers)
    assert "a.pdf" not in papers.page("/2026/05/a/")
    same_as_clean(papers)


def test_the_newest_articles_alone_may_have_pdfs(papers: TestPortal) -> None:
    papers.write("portal.toml", ON + "newest = 1\n")
    papers.build()
    assert pdfs(papers) == {"2026/05/b/b.pdf"}
    assert "a.pdf" not in papers.page("/2026/05/a/")
    papers.article("2026/05/c.md", date="2026-05-03")
    report = papers.build()
    assert pdfs(papers) == {"2026/05/c/c.pdf"}
    assert report.reasons["/2026/05/b/"]
    assert "b.pdf" not in papers.page("/2026/05/b/")
    same_as_clean(papers)


@pytest.mark.parametrize(
    ("table", "name"),
    [("newest = 0", "setting-too-small"), ("newest = true", "setting-not-number")],
)
def test_a_number_of_pdfs_is_one_or_more(tmp_path: Path, table: str, name: str) -> None:
    portal = TestPortal.make(tmp_path / "portal", toml=f"{ON}{table}\n")
    result = portal.run("build")
    assert name in result.stderr


@pytest.mark.parametrize("value", ["1", '"ja"'])
def test_enabled_is_true_or_false(tmp_path: Path, value: str) -> None:
    toml = ON.replace("enabled = true", f"enabled = {value}")
    result = TestPortal.make(tmp_path / "portal", toml=toml).run("build")
    assert "setting-not-boolean" in result.stderr


def same_as_clean(portal: TestPortal) -> None:
    """The output is what a build without any memory would make."""
    incremental = portal.files()
    portal.build(clean=True)
    assert portal.files() == incremental


def test_a_text_edit_makes_the_pages_that_show_the_text_and_no_other(papers: TestPortal) -> None:
    papers.build()
    papers.article("2026/05/a.md", TEXT + " Ja.", lead="Der Vorspann.", keywords="Rat", author="ve")
    report = papers.build()
    assert set(report.reasons) == {
        "/2026/05/a/", "/2026/05/a/druck/", "/2026/05/a/a.pdf",
        "/feed.xml", "/politik/feed.xml", "/stichwort/rat/feed.xml",
    }  # fmt: skip
    assert "dabei. Ja." in text_of(papers)
    same_as_clean(papers)


def test_nothing_changed_makes_nothing(papers: TestPortal) -> None:
    papers.build()
    papers.write("content/2026/05/c.md", "---\ntitle: C\ndate: 2027-01-01\nsection: politik\n---\n")
    report = papers.build()
    assert report.written == 0
    assert not report.reasons


def test_a_changed_layout_makes_all_pdfs_anew_and_nothing_else(papers: TestPortal) -> None:
    papers.build()
    style = papers.root / "layouts/pdf/style.typ"
    style.write_text(style.read_text(encoding="utf-8").replace("24mm", "25mm"), encoding="utf-8")
    report = papers.build()
    assert set(report.reasons) == {"/2026/05/a/a.pdf", "/2026/05/b/b.pdf"}
    assert report.reasons["/2026/05/a/a.pdf"] == (("page-changed", "layout pdf/article.typ"),)
    same_as_clean(papers)


def test_a_replaced_picture_is_in_the_pdf_upright_and_without_notes(papers: TestPortal) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY
    papers.write("content/2026/05/bild.jpg", saved(photo(300, 200), "JPEG"))
    image = "{file: bild.jpg, alt: Ein Bild, credit: Amt}"
    papers.article("2026/05/c.md", '![Noch eins](/bilder/b.jpg "Darunter")', image=image)
    papers.write("assets/bilder/b.jpg", saved(photo(320, 210), "JPEG"))
    report = papers.build()
    assert not report.warnings
    papers.write("content/2026/05/bild.jpg", saved(photo(400, 200), "JPEG", exif=exif))
    report = papers.build()
    assert "/2026/05/c/c.pdf" in report.reasons
    data = papers.files()["2026/05/c/c.pdf"]
    assert CANARY.encode() not in data
    images = [image.image for page in PdfReader(BytesIO(data)).pages for image in page.images]
    assert [image.size for image in images if image] == [(200, 400), (320, 210)]
    text = text_of(papers, "2026/05/c/c.pdf")
    assert "Bild: Amt" in text
    assert "Darunter" in text
    same_as_clean(papers)


def test_what_had_to_be_put_right_is_said_at_every_build(papers: TestPortal) -> None:
    papers.article("2026/05/a.md", "Ein Zeichen: \U0001f9a3")
    first = papers.build()
    (found,) = [problem for problem in first.warnings if problem.name == "pdf-character"]
    assert found.path == "content/2026/05/a.md"
    papers.article("2026/05/b.md", "Anders.", date="2026-05-02 10:00", section="technik")
    assert papers.build().warnings == first.warnings
    assert papers.build().warnings == first.warnings


def test_a_mistake_in_the_layout_is_said_and_nothing_published(papers: TestPortal) -> None:
    papers.build()
    before = papers.files()
    papers.write("layouts/pdf/article.typ", "= Titel\n#nichts")
    (found,) = papers.mistakes()
    assert (Path(found.path).name, found.line, found.name) == ("article.typ", 2, "pdf-layout")
    assert papers.files() == before


def test_mistakes_in_other_layouts_come_first(papers: TestPortal) -> None:
    papers.write("layouts/pdf/article.typ", "#nichts")
    papers.write("layouts/robots.txt", "{{ nichts }}")
    assert {problem.name for problem in papers.mistakes()} == {"layout-failed"}


def test_a_missing_layout_is_said_with_what_to_do(papers: TestPortal) -> None:
    (papers.root / "layouts/pdf/article.typ").unlink()
    (found,) = papers.mistakes()
    assert found.name == "pdf-layout-missing"


def test_what_may_not_appear_has_no_pdf(papers: TestPortal) -> None:
    papers.article("2026/06/geheim.md", CANARY, date="2026-06-15 13:00", title=CANARY)
    papers.build()
    assert not [name for name in pdfs(papers) if "geheim" in name]
    papers.build(at=NOW.replace(hour=13))
    assert CANARY in text_of(papers, "2026/06/geheim/geheim.pdf")
    papers.build()
    assert not [name for name, data in papers.files().items() if CANARY.encode() in data]
    assert not [name for name in pdfs(papers) if "geheim" in name]


def test_sponsored_posts_say_so_and_any_number_of_workers_makes_the_same(
    papers: TestPortal,
) -> None:
    papers.article("2026/05/a.md", kind="sponsored")
    papers.build(jobs=1)
    assert "Anzeige" in text_of(papers)
    one = papers.files()
    papers.build(jobs=3, clean=True)
    assert papers.files() == one
