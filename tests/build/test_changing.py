"""Files that are saved, and put back, while a build runs: no page is ever made of two versions."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from generator.base.problems import PortalError
from tests.portals import PORTAL, SVG, TestPortal

pytestmark = pytest.mark.slow


def filled(root: Path) -> TestPortal:
    """A portal with a picture, since a build says when it makes one: between reading and pages."""
    portal = TestPortal.small(root)
    portal.article("2026/05/a.md", "Text 1", image="{file: a.svg, alt: Ein Bild, credit: x}")
    portal.article("2026/05/b.md", "Text 1")
    portal.write("content/2026/05/a.svg", SVG)
    return portal


def build_while(portal: TestPortal, stage: str, change: Callable[[], object]) -> str:
    """Builds, and changes something when `stage` is at work; the names of what is said."""
    changed: list[object] = []

    def progress(at: str, _done: int, _of: int) -> None:
        if at == stage and not changed:
            changed.append(change())

    try:
        portal.build(progress=progress, jobs=1)
    except PortalError as error:
        return " ".join(problem.name for problem in error.problems)
    finally:
        assert changed
    return ""


def check_next(portal: TestPortal) -> None:
    """Checks that the next build is right."""
    portal.build()
    found = portal.files()
    portal.build(clean=True)
    assert portal.files() == found


@pytest.mark.parametrize("stage", ["reading", "pictures", "rendering"])
def test_an_article_saved_during_a_build_is_the_old_or_the_new_one_and_the_next_one_has_it(
    tmp_path: Path, stage: str
) -> None:
    portal = filled(tmp_path / "portal")
    portal.build()
    portal.article("2026/05/b.md", "Text 2")
    portal.write("content/2026/05/a.svg", SVG.replace("h9", "h8"))
    portal.write("assets/style.css", "body{margin:0}")
    save = partial(portal.article, "2026/05/b.md", "Text 3")
    assert build_while(portal, stage, save) == ""
    assert any(f"Text {number}" in portal.page("/2026/05/b/") for number in (2, 3))
    portal.build()
    assert "Text 3" in portal.page("/2026/05/b/")
    check_next(portal)


def test_a_layout_saved_during_a_build_is_the_old_one_in_all_of_it(tmp_path: Path) -> None:
    portal = filled(tmp_path / "portal")
    layout = portal.root / "layouts" / "article.html"
    before = layout.read_text(encoding="utf-8")
    after = before.replace("<h1>", "<h1>NEU ")
    change = partial(layout.write_text, after, encoding="utf-8")
    assert build_while(portal, "pictures", change) == ""
    assert "NEU" not in portal.page("/2026/05/b/")
    layout.write_text(before, encoding="utf-8")
    check_next(portal)
    assert "NEU" not in portal.page("/2026/05/b/")


@pytest.mark.parametrize("name", ["assets/style.css", "assets/pictures/logo.svg"])
def test_an_asset_saved_during_a_build_is_never_published_under_the_old_ones_address(
    tmp_path: Path, name: str
) -> None:
    portal = filled(tmp_path / "portal")
    before = (portal.root / name).read_bytes()
    said = build_while(portal, "reading", lambda: portal.write(name, before + b"<!-- -->"))
    assert said == "file-changing"
    assert not portal.output.exists()
    portal.write(name, before)
    check_next(portal)


def test_a_download_saved_during_a_build_is_not_published_beside_the_size_of_another(
    tmp_path: Path,
) -> None:
    portal = filled(tmp_path / "portal")
    file = portal.write("content/2026/05/satzung.pdf", b"%PDF-1.7")
    portal.article("2026/05/b.md", "[Satzung](satzung.pdf)")
    said = build_while(portal, "pictures", lambda: file.write_bytes(b"%PDF-1.7" + bytes(3000)))
    assert said == "file-changing"
    assert not portal.output.exists()
    check_next(portal)
    assert "3\xa0KB" in portal.page("/2026/05/b/")


@pytest.mark.parametrize("stage", ["rendering", "pdf"])
def test_a_pdf_layout_saved_while_pages_are_made_is_a_message(tmp_path: Path, stage: str) -> None:
    """Typst reads it again for each PDF: some would be of the old one, some of the new one."""
    toml = PORTAL.replace("enabled = false", "enabled = true")
    portal = TestPortal.make(tmp_path / "portal", toml=toml)
    portal.article("2026/05/a.md")
    portal.build()
    built = portal.files()
    portal.article("2026/05/a.md", "Neu")
    style = portal.root / "layouts/pdf/style.typ"
    before = style.read_text(encoding="utf-8")
    after = before.replace("24mm", "25mm")
    said = build_while(portal, stage, lambda: style.write_text(after, encoding="utf-8"))
    assert said == "file-changing"
    assert portal.files() == built
    style.write_text(before, encoding="utf-8")
    check_next(portal)
